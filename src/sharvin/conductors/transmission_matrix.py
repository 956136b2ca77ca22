"""A conductor of which only the transmissions between its leads are known."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from ..options import Options
from ..reals import NotReal, reals, shown
from ..scattering import (
    Transmissions,
    energies_of,
    fingerprint,
    scattering_matrix,
    thresholds,
    transmissions,
    window_of,
)
from .closed_form import fields_of
from .validation import degeneracy

_BALANCE = 1e-9  # of what comes and goes at a lead: what may be missing there


@dataclass(frozen=True, eq=False)
class TransmissionMatrix:
    """A conductor given by T_αβ, from lead β into lead α: an edge network, a measured matrix, a textbook's example.

    Currents are conserved if as much leaves a lead for the others as comes from them, Σ_β T_αβ = Σ_β T_βα (β ≠ α).

    Parameters
    ----------
    matrix
        T, (leads, leads), index order (out, in), not negative; reflections on the diagonal may stand there or not,
        nothing depends on them. Or a function T(E): takes an array of energies in eV, returns (energies, leads, leads).
    leads
        Names of the leads, in order.
    jumps
        Energies in eV at which T jumps or has a kink: integrals break there.
    spin_degeneracy
        g_s, contained in SI results only.

    Raises
    ------
    InputError
        For another shape, negative numbers, NaN, or currents that are not conserved; for a function, when it is called.

    Notes
    -----
    M. Büttiker, Phys. Rev. Lett. 57, 1761 (1986). It has no scattering matrix: there is no noise to be had from it.

    Examples
    --------
    A quantum spin Hall bar with four contacts, one helical pair: R₁₄,₂₃ = h/4e²:

    >>> import numpy as np, sharvin as sv
    >>> around = np.roll(np.eye(4), 1, axis=0)
    >>> bar = sv.TransmissionMatrix(around + around.T, leads=("1", "2", "3", "4"), spin_degeneracy=1)
    >>> round(float(sv.resistance(bar, current=("1", "4"), voltage=("2", "3"), mu=0.0)) / (2 * sv.R0), 12)
    0.25
    """

    matrix: ArrayLike | Callable[[np.ndarray], Any]
    leads: tuple[str, ...]
    jumps: Iterable[float] = ()
    spin_degeneracy: int = 2

    #: What is known has no phases.
    phases_known: ClassVar[bool] = False
    #: Only transmissions.
    has_scattering_matrix: ClassVar[bool] = False

    def __post_init__(self) -> None:
        degeneracy(self)
        names = tuple(self.leads) if isinstance(self.leads, (tuple, list)) else ()
        words = all(isinstance(name, str) and name for name in names)
        if not names or not words or len(set(names)) < len(names):
            raise InputError(
                f"TransmissionMatrix: leads must be different names, one for each lead, got {shown(self.leads)}"
            )
        object.__setattr__(self, "leads", names)
        try:
            jumps = reals(list(self.jumps))
        except (NotReal, TypeError):
            jumps = np.full(1, np.nan)
        if jumps.ndim != 1 or not np.isfinite(jumps).all():
            raise InputError(
                f"TransmissionMatrix: jumps must be finite energies in eV, got {shown(self.jumps)}"
            )
        object.__setattr__(self, "jumps", tuple(jumps.tolist()))
        if not callable(self.matrix):
            object.__setattr__(self, "matrix", self._checked(self.matrix, (len(names), len(names))))

    @property
    def parameters(self) -> tuple[str, ...]:
        """None."""
        return ()

    def at(self, energy: np.ndarray) -> np.ndarray:
        """T at an array of energies, (energies, leads, leads)."""
        size = len(self.leads)
        if callable(self.matrix):
            try:
                found = self.matrix(energy)
            except Exception as error:
                raise InputError(
                    f"TransmissionMatrix: T(E), called with an array of {energy.size} energies, raised "
                    f"{type(error).__name__}: {error}; it must take arrays and return (energies, leads, leads)"
                ) from error
            return self._checked(found, (len(energy), size, size))
        return np.broadcast_to(np.asarray(self.matrix), (len(energy), size, size))

    def _checked(self, matrix: Any, shape: tuple[int, ...]) -> np.ndarray:
        try:
            found = reals(matrix)
        except NotReal as reason:
            raise InputError(f"TransmissionMatrix: transmissions must be real numbers: {reason}") from None
        if found.shape != shape:
            raise InputError(f"TransmissionMatrix: expected shape {shape} for its leads, got {found.shape}")
        if not (np.isfinite(found).all() and (found >= 0).all()):
            raise InputError("TransmissionMatrix: transmissions must be finite and not negative")
        between = found * (1 - np.eye(shape[-1]))
        into, out_of = between.sum(axis=-1), between.sum(axis=-2)
        missing = np.abs(into - out_of)
        if (missing > _BALANCE * (into + out_of)).any():
            lead = self.leads[int(missing.reshape(-1, shape[-1]).max(axis=0).argmax())]
            raise InputError(
                f'TransmissionMatrix: currents are not conserved at lead "{lead}": what leaves it for the others and '
                f"what comes from them differ by {missing.max():.2g}; rows and columns must have the same sums"
            )
        return found


@transmissions.register(TransmissionMatrix)
def _transmissions(
    conductor: TransmissionMatrix, energy: np.ndarray, *, options: Options | None = None, **params: Any
) -> Transmissions:
    _none(params)
    values = conductor.at(energy)
    error = np.abs(values.sum(axis=-1) - values.sum(axis=-2)).max(axis=-1)
    return Transmissions(values, error, conductor.spin_degeneracy)


@fingerprint.register(TransmissionMatrix)
def _fingerprint(conductor: TransmissionMatrix, **params: Any) -> Hashable | None:
    return fields_of(conductor)


@thresholds.register(TransmissionMatrix)
def _thresholds(conductor: TransmissionMatrix, window: tuple[float, float], **params: Any) -> np.ndarray:
    _none(params)
    low, high = window_of(window)
    jumps = np.unique(np.array(tuple(conductor.jumps)))
    return jumps[(jumps >= low) & (jumps <= high)]


@scattering_matrix.register(TransmissionMatrix)
def _scattering_matrix(
    conductor: TransmissionMatrix, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> NoReturn:
    energies_of(energy)
    raise InputError(
        "a TransmissionMatrix has no scattering matrix, only transmissions: use sharvin.transmission, or give S itself "
        "to a FixedScatterer"
    )


def _none(params: dict[str, Any]) -> None:
    if params:
        raise InputError(f'TransmissionMatrix has no parameter "{next(iter(params))}"')
