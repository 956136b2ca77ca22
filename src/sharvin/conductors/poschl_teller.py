"""The Pöschl–Teller well and the Eckart barrier."""

from dataclasses import dataclass

import numpy as np
from scipy.special import loggamma

from .one_dimensional import Barrier, wave_number_squared
from .two_terminal import moduli
from .validation import degeneracy, number


@dataclass(frozen=True)
class PoschlTeller(Barrier):
    """The potential V/cosh²(x/a): the Eckart barrier for V > 0, the Pöschl–Teller well for V < 0.

    With s(s + 1) = −2mVa²/ħ², t = Γ(1 + s − ika) Γ(−s − ika)/[Γ(1 − ika) Γ(−ika)] and r = i t sin(πs)/sinh(πka), so
    that T = sinh²(πka)/[sinh²(πka) + sin²(πs)]. A well of whole s reflects nothing. In a barrier with 2mVa²/ħ² > 1/4,
    s = −1/2 + iβ and sin²(πs) = cosh²(πβ). The phases count from x = 0: the waves there are those of the far
    ends, continued.

    Parameters
    ----------
    height
        V, in eV.
    width
        a, in nm.
    mass
        In electron masses.
    spin_degeneracy
        g_s, contained in SI results only.

    Raises
    ------
    InputError
        For a width or a mass that is not positive, or a number that is not finite.

    Notes
    -----
    G. Pöschl and E. Teller, Z. Phys. 83, 143 (1933); C. Eckart, Phys. Rev. 35, 1303 (1930); L. D. Landau and
    E. M. Lifshitz, Quantum Mechanics, sections 23 and 25.

    Examples
    --------
    >>> import sharvin as sv
    >>> S = sv.scattering_matrix(sv.PoschlTeller(height=0.1, width=2.0, mass=0.067), energy=0.1)
    >>> round(S.transmission("right", "left"), 6)
    0.730991
    """

    height: float
    width: float
    mass: float = 1.0

    def __post_init__(self) -> None:
        degeneracy(self)
        number(self, "height", "eV")
        number(self, "width", "nm", positive=True)
        number(self, "mass", "electron masses", positive=True)

    def solve(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(r, t, r′) with the planes at x = 0."""
        K = self.width * np.sqrt(wave_number_squared(energy, self.mass))
        s, log_sine, sign = self._order()
        log_sinh = np.pi * K + np.log(-np.expm1(-2 * np.pi * K)) - np.log(2)
        size_r, size_t = moduli(log_sine - log_sinh)
        # Γ(−ika) = iΓ(1 − ika)/ka, so that only regular factors and a constant phase are left.
        gammas = loggamma(1 + s - 1j * K) + loggamma(-s - 1j * K) - 2 * loggamma(1 - 1j * K)
        phase = np.exp(1j * (gammas.imag - np.pi / 2))
        r = 1j * sign * size_r * phase
        return r, size_t * phase, r

    def levels(self, low: float, high: float) -> np.ndarray:
        """The channel opens at zero."""
        return np.zeros(1)

    def _order(self) -> tuple[complex, float, float]:
        """s, ln|sin πs| and the sign of sin πs."""
        strength = float(wave_number_squared(np.array(self.height), self.mass)) * self.width**2
        if strength > 0.25:
            beta = 0.5 * np.sqrt(4 * strength - 1)
            return complex(-0.5, beta), np.logaddexp(np.pi * beta, -np.pi * beta) - np.log(2), -1.0
        s = -2 * strength / (1 + np.sqrt(1 - 4 * strength))
        whole = np.round(s)
        sine = float(np.sin(np.pi * (s - whole)) * (-1) ** whole)
        return complex(s), float(np.log(abs(sine))) if sine else -np.inf, float(np.sign(sine))
