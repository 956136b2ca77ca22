"""One level between two leads."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .two_terminal import TwoTerminal, Waves
from .validation import degeneracy, number


@dataclass(frozen=True)
class ResonantLevel(TwoTerminal):
    """A level coupled to two wide bands: the Breit–Wigner resonance.

    S = 1 − iW†W/(E − ε + iΓ/2) with W = (√Γ_L, √Γ_R) and Γ = Γ_L + Γ_R, hence T = Γ_LΓ_R/[(E − ε)² + Γ²/4]. The bands
    have no edge: both channels are open at every energy. The reference planes are those at which r = 1 far off
    resonance.

    Parameters
    ----------
    energy
        ε, in eV. As a name it belongs to the energy at which S is taken, so it cannot be swept as a parameter:
        build one conductor per level position, or shift μ.
    gamma_left, gamma_right
        Γ_L and Γ_R, the rates into the leads times ħ (full widths), in eV; zero decouples the level.
    spin_degeneracy
        g_s, contained in SI results only.

    Raises
    ------
    InputError
        For a negative Γ, or a number that is not finite.

    Notes
    -----
    A. D. Stone and P. A. Lee, Phys. Rev. Lett. 54, 1196 (1985); M. Büttiker, IBM J. Res. Dev. 32, 63 (1988). Its
    `thresholds` hold ε, where no channel opens, so that an energy integral finds the resonance however narrow.

    Examples
    --------
    >>> import sharvin as sv
    >>> level = sv.ResonantLevel(energy=0.0, gamma_left=1e-4, gamma_right=3e-4)
    >>> round(sv.scattering_matrix(level, energy=0.0).transmission("right", "left"), 6)
    0.75
    """

    energy: float
    gamma_left: float
    gamma_right: float

    analytic: ClassVar[bool] = True

    def __post_init__(self) -> None:
        degeneracy(self)
        number(self, "energy", "eV")
        number(self, "gamma_left", "eV", minimum=0.0)
        number(self, "gamma_right", "eV", minimum=0.0)

    def waves(self, energy: np.ndarray) -> Waves:
        """Amplitudes of the one channel, labelled "0"."""
        detuning = energy[:, None] - self.energy
        left, right = self.gamma_left, self.gamma_right
        denominator = detuning + 0.5j * (left + right)
        isolated = denominator == 0  # Γ = 0, and on resonance
        denominator = np.where(isolated, 1.0, denominator)
        r, r_right = (
            np.where(isolated, 1.0, (detuning + 0.5j * asymmetry) / denominator)
            for asymmetry in (right - left, left - right)
        )
        t = -1j * np.sqrt(left * right) / denominator
        always = np.ones(t.shape, dtype=bool)
        return Waves(r, t, r_right, always, always, ("0",))

    def levels(self, low: float, high: float) -> np.ndarray:
        """The position of the level, where T peaks."""
        return np.array([self.energy])
