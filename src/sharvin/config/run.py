"""A study, carried out: the conductance over gate voltage, field, g factor and temperature, as one Dataset."""

import json
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import xarray as xr

from .._version import __version__
from ..constants import BOHR_MAGNETON
from ..electrostatics import GatePotential, RectangleGate, split_gate_contact
from ..errors import SharvinError
from ..model.system import System
from ..observables.plateaus import find_plateaus, split_step_dip
from ..schema import CONVENTIONS
from ..sweeps import spin_split_conductance
from .schema import Study


class Unfinished(SharvinError):
    """A run that stopped early; `result` holds what it had computed, NaN elsewhere."""

    def __init__(self, message: str, result: xr.Dataset) -> None:
        super().__init__(message)
        self.result = result


def gate_potential(study: Study) -> GatePotential:
    """The potential of the study's gates over its region."""
    gates = [RectangleGate(gate.x, gate.y, gate.name) for gate in study.gate]
    half_length, half_width = study.lattice.length / 2, study.lattice.width / 2
    extent = ((-half_length, half_length), (-half_width, half_width))
    return GatePotential(gates, study.gas.build(), extent, screening=study.electrostatics.screening)


def fixed_voltages(study: Study) -> dict[str, float]:
    """Voltages of the gates that are not swept, in V."""
    return {gate.name: gate.voltage for gate in study.gate if gate.voltage is not None}


@lru_cache(maxsize=1)
def build_system(study: Study) -> System:
    """The study's device, with the parameter ``gate_voltage``."""
    return split_gate_contact(
        gate_potential(study),
        swept=study.sweep.gates,
        fixed=fixed_voltages(study),
        spacing=study.lattice.spacing,
    )


def splittings(study: Study) -> np.ndarray:
    """Zeeman splittings |g μ_B B| in eV, of shape (fields, g factors)."""
    return np.abs(BOHR_MAGNETON * np.multiply.outer(study.measurement.fields, study.measurement.g_factors))


def sample(study: Study, gate_voltage: float) -> np.ndarray:
    """G in S at one gate voltage, of shape (fields, g factors, temperatures), from one pass over energy."""
    shifts = splittings(study)
    result = spin_split_conductance(
        build_system(study),  # pyright: ignore[reportArgumentType] frozen, so hashable
        mu=study.gas.build().fermi_energy,
        temperature=study.measurement.temperatures,
        splittings=shifts.ravel(),
        options=study.numerics.build(),
        gate_voltage=gate_voltage,
    )
    return result.values.reshape(*shifts.shape, -1)


def run_study(study: Study, progress: Callable[[int, int], None] | None = None) -> xr.Dataset:
    """Carry out a study.

    Parameters
    ----------
    study
        From `load` or `parse`.
    progress
        Called with (points done, points in all) after each gate voltage.

    Returns
    -------
    Dataset with ``conductance`` (gate_voltage, B, g_factor, temperature) in S, the potential, plateaus and dips.

    Raises
    ------
    Unfinished
        If a point fails or the user interrupts; it carries the points that were finished.
    """
    voltages = study.sweep.values()
    data = np.full((len(voltages), *splittings(study).shape, len(study.measurement.temperatures)), np.nan)
    done = 0
    try:
        for index, voltage in enumerate(voltages.tolist()):
            data[index] = sample(study, voltage)
            done += 1
            if progress is not None:
                progress(done, len(voltages))
    except (Exception, KeyboardInterrupt) as error:
        reason = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error) or type(error).__name__
        message = f"stopped after {done} of {len(voltages)} gate voltages: {reason}"
        raise Unfinished(message, dataset(study, voltages, data)) from error
    return dataset(study, voltages, data)


def dataset(study: Study, voltages: np.ndarray, data: np.ndarray) -> xr.Dataset:
    """The result: the conductance, what follows from it, and the attributes that describe it."""
    measured = study.measurement
    coords = {
        "gate_voltage": ("gate_voltage", voltages, {"units": "V", "long_name": "gate voltage"}),
        "B": ("B", np.array(measured.fields), {"units": "T", "long_name": "field in the plane"}),
        "g_factor": ("g_factor", np.array(measured.g_factors), {"units": "1", "long_name": "g factor"}),
        "temperature": ("temperature", np.array(measured.temperatures), {"units": "K"}),
    }
    result = xr.Dataset(
        {
            "conductance": (tuple(coords), data, {"units": "S", "long_name": "two-terminal conductance"}),
            "zeeman_splitting": (
                ("B", "g_factor"),
                splittings(study),
                {"units": "eV", "long_name": "g mu_B B"},
            ),
        },
        coords=coords,
        attrs=_attributes(study, complete=bool(np.isfinite(data).all())),
    )
    coldest = result.conductance.isel(temperature=int(np.argmin(measured.temperatures)))
    field_order = np.argsort(np.abs(measured.fields))
    plateaus = find_plateaus(
        coldest.isel(B=int(field_order[0]), g_factor=0, drop=True).reset_coords(drop=True)
    )
    renamed = plateaus.rename({name: f"plateau_{name}" for name in plateaus.data_vars})
    result = result.assign(renamed.data_vars)
    split = coldest.isel(B=int(field_order[-1]))
    dips = [
        split_step_dip(split.isel(g_factor=n).reset_coords(drop=True), steps=4)
        for n in range(len(measured.g_factors))
    ]
    result["spin_dip"] = xr.concat(dips, dim=result.g_factor)
    return result.assign(_potential_map(study, _shown_voltage(plateaus, voltages)))


def _shown_voltage(plateaus: xr.Dataset, voltages: np.ndarray) -> float:
    """The gate voltage at which the potential is drawn: the middle of the lowest plateau, else of the sweep."""
    if plateaus.sizes["plateau"]:
        return float((plateaus.start[0] + plateaus.stop[0]) / 2)
    return float(voltages[len(voltages) // 2])


def _potential_map(study: Study, voltage: float) -> dict[str, xr.DataArray]:
    """U(x, y) on the sites of the lattice at one gate voltage."""
    axes = {}
    for name, size in (("x", study.lattice.length), ("y", study.lattice.width)):
        count = round(size / study.lattice.spacing) - 1
        axes[name] = (name, (np.arange(count) - (count - 1) / 2) * study.lattice.spacing, {"units": "nm"})
    all_voltages = {**fixed_voltages(study), **dict.fromkeys(study.sweep.gates, voltage)}
    energy = gate_potential(study)(axes["x"][1][:, None], axes["y"][1][None, :], all_voltages)
    attrs = {"units": "eV", "long_name": "potential energy", "gate_voltage_V": voltage}
    return {"potential": xr.DataArray(energy, dims=("x", "y"), coords=axes, attrs=attrs)}


def _attributes(study: Study, *, complete: bool) -> dict[str, str | float]:
    """What the arrays cannot say, as strings and numbers."""
    gas = study.gas.build()
    return {
        "title": study.title,
        "complete": "yes" if complete else "no: NaN where the run did not arrive",
        "electrostatic_model": gate_potential(study).description,
        "self_consistency": "not self-consistent",
        "material": f"two-dimensional electron gas, m* = {gas.mass:g} electron masses, relative permittivity "
        f"{gas.permittivity:g}, density {gas.density:g} m^-2, depth {gas.depth:g} nm",
        "fermi_energy_eV": gas.fermi_energy,
        "thomas_fermi_wavenumber_per_nm": gas.thomas_fermi_wavenumber,
        "spin_degeneracy": 2,
        "zeeman": "levels shifted by plus and minus half of g mu_B B; field in the plane, no orbital effect",
        "g_factors": json.dumps(study.measurement.g_factors),
        "gates": json.dumps([gate.model_dump() for gate in study.gate]),
        "parameters": json.dumps(study.model_dump()),
        "options": study.numerics.build().to_json(),
        "conventions": json.dumps(CONVENTIONS, ensure_ascii=False),
        "sharvin_version": __version__,
    }
