"""What every closed form is: fields, amplitudes over an array of energies, and the energies where channels open.

The two generic functions of the conductor's contract are registered here, once, for the base class. A new
closed form is a frozen dataclass that says `amplitudes` and `levels` (or, between two leads and with channels that do
not mix, `waves` and `levels`: see `two_terminal`); nothing else is to be done.
"""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, nearest
from ..options import Options
from ..scattering import (
    Certificate,
    LeadModes,
    ScatteringMatrix,
    energies_of,
    fingerprint,
    scattering_matrix,
    thresholds,
    window_of,
)


@dataclass(frozen=True, eq=False)
class Amplitudes:
    """Scattering amplitudes over an array of energies.

    Attributes
    ----------
    matrix
        Complex, shape (energies, modes, modes), index order (out, in); zero in the rows and columns of closed modes.
    open_modes
        Boolean, shape (energies, modes).
    labels
        The labels of the modes, per lead.
    """

    matrix: np.ndarray
    open_modes: np.ndarray
    labels: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ClosedForm(ABC):
    """A conductor whose scattering amplitudes are known in closed form; abstract.

    Its fields may be given as parameters: ``scattering_matrix(qpc, E, omega_x=2e-3)`` is S of a copy with that
    field replaced. The exception is a field called ``energy`` (of `ResonantLevel` and `Tabulated`), a name that
    belongs to the energy at which S is taken; sweep it by building several conductors.
    """

    spin_degeneracy: int = field(default=2, kw_only=True)

    #: Whether the phases of S are those of a wave. Without them S gives currents and noise, but no interference.
    phases_known: ClassVar[bool] = True
    #: Whether T(E) is analytic on the real axis, at the energies of `levels` too; then nothing jumps or bends there.
    analytic: ClassVar[bool] = False

    @property
    @abstractmethod
    def leads(self) -> tuple[str, ...]:
        """Names of the leads, in order."""

    @property
    @abstractmethod
    def parameters(self) -> tuple[str, ...]:
        """Names that `scattering_matrix` and `thresholds` take as parameters."""

    @abstractmethod
    def amplitudes(self, energy: np.ndarray) -> Amplitudes:
        """Scattering amplitudes at an array of energies, in eV."""

    @abstractmethod
    def levels(self, low: float, high: float) -> np.ndarray:
        """Energies, in eV, at which an energy integral from `low` to `high` must break; others may be among them."""

    def with_parameters(self, params: Mapping[str, Any]) -> Self:
        """A copy with the given parameters replaced, or an error with the nearest name."""
        for name, value in params.items():
            if name not in self.parameters:
                hint = nearest(name, self.parameters)
                raise InputError(f'{type(self).__name__} has no parameter "{name}"{hint}')
            if value is None:
                raise InputError(f'{type(self).__name__}: parameter "{name}" must have a value, got None')
        return dataclasses.replace(self, **params) if params else self


@scattering_matrix.register(ClosedForm)
def _scattering_matrix(
    conductor: ClosedForm, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> ScatteringMatrix:
    """S of a closed form, at one energy or at all energies of an array at once."""
    conductor = conductor.with_parameters(params)
    energies = energies_of(energy)
    found = conductor.amplitudes(np.atleast_1d(energies))
    modes = tuple(LeadModes(name, labels) for name, labels in zip(conductor.leads, found.labels, strict=True))
    only = (0,) if energies.ndim == 0 else ()
    return ScatteringMatrix.certified(
        energies,
        modes,
        found.matrix[only],
        found.open_modes[only],
        spin_degeneracy=conductor.spin_degeneracy,
        certificate=Certificate(route="closed form"),
        options=options,
        remedy="Check the fields of the conductor.",
    )


@fingerprint.register(ClosedForm)
def _fingerprint(conductor: ClosedForm, **params: Any) -> Hashable | None:
    """Type and fields; None where a field is a function."""
    conductor = conductor.with_parameters(params)
    return fields_of(conductor)


def fields_of(conductor: Any) -> Hashable | None:
    """The type of a dataclass and what its fields hold, as something that can be compared; None for functions."""
    found: list[Hashable] = [type(conductor)]
    for one in dataclasses.fields(conductor):
        value = getattr(conductor, one.name)
        if isinstance(value, Mapping):
            value = tuple(value.items())
        elif isinstance(value, np.ndarray):
            value = (value.shape, value.dtype.str, value.tobytes())
        if callable(value) or not isinstance(value, Hashable):
            return None
        found.append(value)
    return tuple(found)


@thresholds.register(ClosedForm)
def _thresholds(conductor: ClosedForm, window: tuple[float, float], **params: Any) -> np.ndarray:
    """The levels of a closed form inside a window, sorted, each once."""
    low, high = window_of(window)
    levels = np.unique(np.asarray(conductor.with_parameters(params).levels(low, high), dtype=float))
    return levels[(levels >= low) & (levels <= high)]
