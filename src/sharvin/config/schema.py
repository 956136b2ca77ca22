"""What may stand in a TOML file: names, units, ranges. Nothing else is accepted."""

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ..electrostatics import ElectronGas
from ..errors import nearest
from ..options import Options
from .expressions import evaluate


def _number(value: Any) -> float:
    """A number, or an arithmetic expression in a string."""
    if isinstance(value, str):
        return evaluate(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("must be a number, or arithmetic in a string")
    return float(value)


def _finite(value: float) -> float:
    if not np.isfinite(value):
        raise ValueError("must be a finite number")
    return value


def _not_nan(value: float) -> float:
    if np.isnan(value):
        raise ValueError("must be a number")
    return value


Number = Annotated[float, BeforeValidator(_number), AfterValidator(_finite)]
Edge = Annotated[float, BeforeValidator(_number), AfterValidator(_not_nan)]
Count = Annotated[int, BeforeValidator(_number)]


class Section(BaseModel):
    """A table of the file: frozen, and closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Gas(Section):
    """[gas]: the two-dimensional electron gas."""

    density: Number = Field(gt=0, le=1e17, description="sheet density without gate voltage, in m^-2")
    mass: Number = Field(default=0.067, gt=0, le=100, description="effective mass, in electron masses")
    permittivity: Number = Field(default=12.9, ge=1, le=1e4, description="relative static permittivity")
    depth: Number = Field(gt=0, le=1e4, description="distance of the gas from the surface, in nm")

    def build(self) -> ElectronGas:
        """The gas as the package's own object."""
        return ElectronGas(self.density, self.mass, self.permittivity, self.depth)


class Gate(Section):
    """[[gate]]: a rectangular gate on the surface."""

    name: str = Field(min_length=1, max_length=60, description="the gate's name")
    x: tuple[Edge, Edge] = Field(description="left and right edge, in nm; -inf and inf allowed")
    y: tuple[Edge, Edge] = Field(description="bottom and top edge, in nm; -inf and inf allowed")
    voltage: Number | None = Field(
        default=None, ge=-100, le=100, description="fixed voltage of a gate that is not swept, in V"
    )

    @model_validator(mode="after")
    def _increasing(self) -> Self:
        for axis, (low, high) in (("x", self.x), ("y", self.y)):
            if not low < high:
                raise ValueError(f"{axis} must be two increasing edges, in nm, got {low}, {high}")
        return self


class Electrostatics(Section):
    """[electrostatics]: how the gas answers the gates."""

    screening: Literal["thomas-fermi", "textbook", "none"] = Field(
        default="thomas-fermi",
        description='linear screening by the gas: "thomas-fermi" (images in the surface), "textbook", "none"',
    )


class Lattice(Section):
    """[lattice]: the region that is discretized; hard walls at its sides, leads at its ends."""

    spacing: Number = Field(gt=0, le=100, description="lattice spacing, in nm")
    length: Number = Field(gt=0, le=1e5, description="length of the region along x, in nm")
    width: Number = Field(gt=0, le=1e5, description="width of the region along y, in nm")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for name in ("length", "width"):
            half = getattr(self, name) / (2 * self.spacing)
            if abs(half - round(half)) > 1e-9 or round(half) < 2:
                raise ValueError(
                    f"{name} must be an even multiple of spacing, at least four, got {getattr(self, name)} nm"
                )
        return self


class Range(Section):
    """A range of gate voltages."""

    start: Number = Field(ge=-100, le=100, description="first gate voltage, in V")
    stop: Number = Field(ge=-100, le=100, description="last gate voltage, in V")
    points: Count = Field(ge=2, le=10000, description="number of voltages from start to stop")


class Sweep(Section):
    """[sweep]: the gates that share the swept voltage, and its values."""

    gates: tuple[str, ...] = Field(min_length=1, description="names of the gates that are swept together")
    voltages: tuple[Range, ...] = Field(
        min_length=1, description="ranges of the gate voltage, joined and sorted"
    )

    def values(self) -> np.ndarray:
        """All gate voltages, in V, increasing, each once."""
        return np.unique(
            np.concatenate([np.linspace(r.start, r.stop, r.points) for r in self.voltages]).round(12)
        )


class Measurement(Section):
    """[measurement]: temperatures, fields in the plane, g factors."""

    temperatures: tuple[Annotated[Number, Field(ge=0, le=1000)], ...] = Field(
        min_length=1, description="temperatures, in K"
    )
    fields: tuple[Annotated[Number, Field(ge=-100, le=100)], ...] = Field(
        default=(0.0,), min_length=1, description="magnetic fields in the plane of the gas, in T"
    )
    g_factors: tuple[Annotated[Number, Field(ge=-100, le=100)], ...] = Field(
        default=(1.2, 0.44), min_length=1, description="effective g factors, the first one the one to report"
    )

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        for name in ("temperatures", "fields", "g_factors"):
            values = getattr(self, name)
            if len(set(values)) < len(values):
                raise ValueError(f"{name} must be distinct, got {list(values)}")
        return self


class Numerics(Section):
    """[numerics]: tolerances and how to compute."""

    rtol: Number = Field(default=1e-4, gt=0, le=0.1, description="relative tolerance of the energy integral")
    window: Number = Field(
        default=15, ge=5, le=100, description="half width of the energy window, in units of k_B T"
    )
    solver: Literal["auto", "pardiso", "mumps", "superlu", "dense"] = Field(
        default="auto", description="back end of the linear problem"
    )
    threads: Count = Field(
        default=0, ge=0, le=256, description="energies at the same time; 0: one for each core"
    )

    def build(self) -> Options:
        """The choices as the package's own object."""
        return Options(
            rtol=self.rtol,
            window=self.window,
            solver=self.solver,
            threads=self.threads,
            break_at_thresholds=False,  # the subbands of the wide leads leave no trace in T(E)
        )


class Study(Section):
    """A file: a split-gate contact and what is measured on it."""

    title: str = Field(default="Point contact", max_length=200, description="title of the picture")
    gas: Gas = Field(description="the electron gas")
    gate: tuple[Gate, ...] = Field(
        min_length=1, description="the gates, one [[gate]] table each, with name, x and y"
    )
    electrostatics: Electrostatics = Field(
        default_factory=Electrostatics, description="the electrostatic model"
    )
    lattice: Lattice = Field(description="the region that is discretized")
    sweep: Sweep = Field(description="the gate voltages")
    measurement: Measurement = Field(description="temperatures, fields, g factors")
    numerics: Numerics = Field(default_factory=Numerics, description="tolerances")

    @model_validator(mode="after")
    def _gates_exist(self) -> Self:
        names = [gate.name for gate in self.gate]
        if len(set(names)) < len(names):
            raise ValueError(f"gate: names must be distinct, got {names}")
        for name in self.sweep.gates:
            if name not in names:
                raise ValueError(
                    f'sweep.gates: no gate "{name}"{nearest(name, names)} (gates: {", ".join(names)})'
                )
        for number, gate in enumerate(self.gate):
            if gate.name in self.sweep.gates and gate.voltage is not None:
                raise ValueError(
                    f'gate[{number}].voltage: gate "{gate.name}" is swept and may not have a fixed voltage'
                )
        return self

    @model_validator(mode="after")
    def _lattice_is_fine(self) -> Self:
        gas = self.gas.build()
        coarsest = float(np.sqrt(0.5 * gas.hbar2_over_2m / gas.fermi_energy))
        if self.lattice.spacing > coarsest:
            raise ValueError(
                f"lattice.spacing: must be at most {coarsest:.3g} nm at this density (Fermi energy below half the "
                f"hopping), got {self.lattice.spacing:g}"
            )
        return self
