"""The saddle-point contact."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import loggamma

from ..errors import InputError
from .two_terminal import TwoTerminal, Waves, countable, moduli
from .validation import degeneracy, number

#: Channels are kept down to this ε below the lowest one (or below the top of its barrier): e^(−14π) < 1e-19.
_REACH = 7.0


@dataclass(frozen=True)
class SaddlePoint(TwoTerminal):
    """Büttiker's saddle: the contact V₀ − mω_x²x²/2 + mω_y²y²/2.

    Channel n has T_n = 1/(1 + e^(−2πε_n)) with ε_n = [E − V₀ − (n + 1/2)ħω_y]/ħω_x. The amplitudes are
    t = e^{iφ}/√(1 + e^(−2πε)) and r = −i e^{iφ} e^(−πε)/√(1 + e^(−2πε)), φ = −arg Γ(1/2 + iε): those of
    the waves exp[±i(ξ²/2 + ε ln(√2|ξ|))]/√|ξ| far from the saddle, ξ = x√(mω_x/ħ). S holds the
    channels with ε_n ≥ min(ε₀, 0) − 7; what the others would add is below 1e-18 of what is kept.

    Parameters
    ----------
    omega_x, omega_y
        ħω_x and ħω_y, in eV.
    V0
        Potential at the saddle, in eV.
    zeeman
        Full spin splitting gμ_BB, in eV. With it the conductor is spin-explicit: channels "up:n" stand zeeman/2
        higher and "down:n" zeeman/2 lower, and the spin degeneracy is 1, also for zeeman = 0.
    spin_degeneracy
        g_s, contained in SI results only. Ignored with `zeeman`, which sets it to 1; a copy without `zeeman` must be
        given it anew.

    Raises
    ------
    InputError
        For an ħω that is not positive, or a number that is not finite.

    Notes
    -----
    M. Büttiker, Phys. Rev. B 41, 7906 (1990); H. A. Fertig and B. I. Halperin, Phys. Rev. B 36, 7969 (1987).

    Examples
    --------
    >>> import sharvin as sv
    >>> contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    >>> sv.scattering_matrix(contact, energy=[1.5e-3, 3e-3]).transmission("right", "left").values.round(6)
    array([0.5, 1. ])
    >>> split = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3, zeeman=2e-3)
    >>> sv.thresholds(split, window=(0, 4e-3))
    array([0.0005, 0.0025, 0.0035])
    """

    omega_x: float
    omega_y: float
    V0: float = 0.0
    zeeman: float | None = None

    analytic: ClassVar[bool] = True

    def __post_init__(self) -> None:
        degeneracy(self)
        number(self, "omega_x", "eV", positive=True)
        number(self, "omega_y", "eV", positive=True)
        number(self, "V0", "eV")
        if self.zeeman is not None:
            number(self, "zeeman", "eV")
            if self.spin_degeneracy > 2:
                raise InputError(
                    f"SaddlePoint: with zeeman the spin degeneracy is 1, got {self.spin_degeneracy}; leave it out"
                )
            object.__setattr__(self, "spin_degeneracy", 1)

    def waves(self, energy: np.ndarray) -> Waves:
        """Amplitudes of the channels; the channels of one spin stand before those of the other."""
        spins = [(*self._channels(energy, shift), block) for block, shift in self._shifts()]
        eps = np.concatenate([eps for eps, _, _ in spins], axis=1)
        kept = np.concatenate([kept for _, kept, _ in spins], axis=1)
        labels = tuple(f"{block}{n}" for eps, _, block in spins for n in range(eps.shape[1]))
        size_r, size_t = moduli(-np.pi * eps)
        phase = np.exp(-1j * loggamma(0.5 + 1j * eps).imag)
        r = -1j * size_r * phase
        return Waves(r, size_t * phase, r, kept, kept, labels)

    def levels(self, low: float, high: float) -> np.ndarray:
        """V₀ ± zeeman/2 + (n + 1/2)ħω_y up to `high`."""
        levels = []
        for _, shift in self._shifts():
            bottom = self.V0 + shift
            count = countable(max(0, np.ceil((high - bottom) / self.omega_y)), "SaddlePoint")
            levels.append(bottom + self.omega_y * (np.arange(count) + 0.5))
        return np.concatenate(levels)

    def _shifts(self) -> list[tuple[str, float]]:
        """Prefix of the labels and shift of the levels, for each spin that is explicit."""
        if self.zeeman is None:
            return [("", 0.0)]
        return [("up:", 0.5 * self.zeeman), ("down:", -0.5 * self.zeeman)]

    def _channels(self, energy: np.ndarray, shift: float) -> tuple[np.ndarray, np.ndarray]:
        """ε_n over energies and the channels of one spin, and which of them S holds."""
        ratio = self.omega_y / self.omega_x
        lowest = (energy - self.V0 - shift) / self.omega_x - 0.5 * ratio
        reach = (lowest - np.minimum(lowest, 0) + _REACH) / ratio
        n = np.arange(countable(np.max(reach, initial=0.0), "SaddlePoint") + 1)
        return lowest[:, None] - n * ratio, n <= reach[:, None]
