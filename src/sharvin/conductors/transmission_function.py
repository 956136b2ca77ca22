"""A conductor given by its transmission as a function of energy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..errors import InputError
from .two_terminal import TwoTerminal, Waves
from .validation import array, degeneracy, probabilities


def scattering_without_phases(tau: np.ndarray) -> Waves:
    """S = [[√(1−τ), i√τ], [i√τ, √(1−τ)]] per channel, for τ of shape (channels, energies)."""
    tau = tau.T
    always = np.ones(tau.shape, dtype=bool)
    r = np.sqrt(1 - tau)
    labels = tuple(str(n) for n in range(tau.shape[1]))
    return Waves(r, 1j * np.sqrt(tau), r, always, always, labels)


@dataclass(frozen=True, eq=False)
class TransmissionFunction(TwoTerminal):
    """A conductor of which only the transmission τ(E) is known.

    S = [[√(1−τ), i√τ], [i√τ, √(1−τ)]] per channel: right for every current and its noise. The phases are made up, and
    `series` refuses it.

    Parameters
    ----------
    function
        τ(E): takes an array of energies in eV, returns τ in [0, 1], of shape (energies,) or (channels, energies).
    jumps
        Energies, in eV, at which τ jumps or has a kink: integrals break there.
    spin_degeneracy
        g_s, contained in SI results only.

    Raises
    ------
    InputError
        If `function` cannot be called or `jumps` are not numbers; when S is taken, for a τ that is NaN, outside
        [0, 1] by more than 1e-9, or of another shape.

    Notes
    -----
    R. Landauer, IBM J. Res. Dev. 1, 223 (1957).

    Examples
    --------
    >>> import numpy as np, sharvin as sv
    >>> step = sv.TransmissionFunction(lambda E: np.where(E > 0.01, 1.0, 0.0), jumps=(0.01,))
    >>> sv.scattering_matrix(step, energy=[0.0, 0.02]).transmission("right", "left").values
    array([0., 1.])
    """

    function: Callable[[np.ndarray], Any]
    jumps: Iterable[float] = ()

    #: The phases of S are made up.
    phases_known: ClassVar[bool] = False

    def __post_init__(self) -> None:
        degeneracy(self)
        if not callable(self.function):
            raise InputError(
                f"TransmissionFunction: function must be callable with an array of energies, got {self.function!r}; "
                "for arrays there is Tabulated"
            )
        jumps = self.jumps if np.ndim(self.jumps) == 0 else list(self.jumps)  # type: ignore[arg-type]
        checked = np.atleast_1d(array(self, "jumps", jumps, (0, 1)))
        object.__setattr__(self, "jumps", tuple(float(jump) for jump in checked))

    def waves(self, energy: np.ndarray) -> Waves:
        """Amplitudes of the channels, labelled "0", "1", …, all open at every energy."""
        tau = array(self, "τ(E)", self._called(energy), (0, 1, 2))
        tau = np.broadcast_to(tau, energy.shape) if tau.ndim == 0 else tau
        if tau.shape[-1] != energy.size:
            raise InputError(
                f"TransmissionFunction: τ(E) must have shape (energies,) or (channels, energies) with "
                f"{energy.size} energies, got {tau.shape}"
            )
        return scattering_without_phases(probabilities("TransmissionFunction: τ(E)", np.atleast_2d(tau)))

    def _called(self, energy: np.ndarray) -> Any:
        """What the function gives, or an error that names it and keeps the cause."""
        try:
            return self.function(energy)
        except Exception as error:
            name = getattr(self.function, "__name__", type(self.function).__name__)
            raise InputError(
                f"TransmissionFunction: {name}, called with an array of {energy.size} energies, raised "
                f"{type(error).__name__}: {error}; τ(E) must take arrays (numpy.where instead of if)"
            ) from error

    def levels(self, low: float, high: float) -> np.ndarray:
        """The jumps."""
        return np.array(tuple(self.jumps))
