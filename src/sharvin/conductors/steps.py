"""Steps: a potential that is zero on the left and V on the right, sharp or smooth."""

from dataclasses import dataclass

import numpy as np
from scipy.special import loggamma

from .one_dimensional import OneDimensional, wave_number
from .validation import degeneracy, number


@dataclass(frozen=True)
class PotentialStep(OneDimensional):
    """A sharp step, between two masses.

    With velocities v = ħk/m on the two sides, r = (v_L − v_R)/(v_L + v_R) = −r′ and t = 2√(v_L v_R)/(v_L + v_R). Where
    one side is closed, its v is imaginary, and the other reflects everything. The reference plane of the phases is
    the step, on both sides.

    Parameters
    ----------
    height
        V on the right, in eV (zero on the left); may be negative.
    mass_left, mass_right
        In electron masses.
    spin_degeneracy
        g_s, contained in SI results only.

    Raises
    ------
    InputError
        For a mass that is not positive, or a number that is not finite.

    Notes
    -----
    ψ and ψ′/m are continuous: D. J. BenDaniel and C. B. Duke, Phys. Rev. 152, 683 (1966).

    Examples
    --------
    >>> import sharvin as sv
    >>> S = sv.scattering_matrix(sv.PotentialStep(height=0.1, mass_left=0.067, mass_right=0.067), energy=0.2)
    >>> round(S.transmission("right", "left"), 6)
    0.970563
    """

    height: float
    mass_left: float = 1.0
    mass_right: float = 1.0

    def __post_init__(self) -> None:
        degeneracy(self)
        number(self, "height", "eV")
        number(self, "mass_left", "electron masses", positive=True)
        number(self, "mass_right", "electron masses", positive=True)

    @property
    def lead_potentials(self) -> tuple[float, float]:
        """(0, V), in eV."""
        return (0.0, self.height)

    @property
    def lead_masses(self) -> tuple[float, float]:
        """(mass_left, mass_right)."""
        return (self.mass_left, self.mass_right)

    def solve(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(r, t, r′) with the planes at the step."""
        left = wave_number(energy, self.mass_left) / self.mass_left
        right = wave_number(energy - self.height, self.mass_right) / self.mass_right
        r = (left - right) / (left + right)
        return r, 2 * np.sqrt(left.real) * np.sqrt(right.real) / (left + right), -r

    def levels(self, low: float, high: float) -> np.ndarray:
        """The two sides open at 0 and at V."""
        return np.array(self.lead_potentials)


@dataclass(frozen=True)
class SmoothStep(OneDimensional):
    """The step V/(1 + e^(−x/a)).

    With k and q the wave numbers far to the left and right, T = 1 − [sinh πa(k − q)/sinh πa(k + q)]²;
    r = (k − q)/(k + q) · Γ(1 + 2ika)/Γ(1 − 2ika) · [Γ(1 − i(k+q)a)/Γ(1 + i(k−q)a)]², and arg t =
    2 arg Γ(1 − i(k+q)a) − arg Γ(1 − 2ika) − arg Γ(1 − 2iqa). Where one side is closed its wave number is iκ.
    The phases count from x = 0, the middle of the step: the waves there are those of the far ends, continued.

    Parameters
    ----------
    height
        V on the right, in eV (zero on the left); may be negative.
    width
        a, in nm; nine tenths of the step lie within ± 3a.
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
    L. D. Landau and E. M. Lifshitz, Quantum Mechanics, section 25, problem 3; `PotentialStep` is its limit a → 0.

    Examples
    --------
    >>> import sharvin as sv
    >>> S = sv.scattering_matrix(sv.SmoothStep(height=0.1, width=1.0, mass=0.067), energy=0.11)
    >>> round(S.transmission("right", "left"), 6)
    0.854037
    """

    height: float
    width: float
    mass: float = 1.0

    def __post_init__(self) -> None:
        degeneracy(self)
        number(self, "height", "eV")
        number(self, "width", "nm", positive=True)
        number(self, "mass", "electron masses", positive=True)

    @property
    def lead_potentials(self) -> tuple[float, float]:
        """(0, V), in eV."""
        return (0.0, self.height)

    @property
    def lead_masses(self) -> tuple[float, float]:
        """The one mass, twice."""
        return (self.mass, self.mass)

    def solve(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(r, t, r′) with the planes at x = 0."""
        k = self.width * wave_number(energy, self.mass)
        q = self.width * wave_number(energy - self.height, self.mass)
        x, y = 2 * np.pi * k.real, 2 * np.pi * q.real
        both = np.expm1(-(x + y))
        t = np.sqrt(np.expm1(-2 * x) / both) * np.sqrt(np.expm1(-2 * y) / both)
        through = np.exp(1j * (2 * _phase(-k - q) - _phase(-2 * k.real) - _phase(-2 * q.real)))
        r = np.exp(-np.minimum(x, y)) * np.expm1(-np.abs(x - y)) / both
        forth = _reflection_phase(k, q)
        # Where both sides are open, unitarity gives the phase of r′ to the last digit, however wide the step.
        back = np.where((x > 0) & (y > 0), -np.conj(forth) * through**2, _reflection_phase(q, k))
        return r * forth, t * through, r * back

    def levels(self, low: float, high: float) -> np.ndarray:
        """The two sides open at 0 and at V."""
        return np.array(self.lead_potentials)


def _phase(z: np.ndarray) -> np.ndarray:
    """arg Γ(1 + iz)."""
    return np.imag(loggamma(1 + 1j * z))


def _reflection_phase(k: np.ndarray, q: np.ndarray) -> np.ndarray:
    """e^{i arg r} of the wave k that meets a smooth step to q; both in units of 1/a, and k taken as real."""
    k = np.real(k)
    return np.exp(1j * (np.angle((k - q) / (k + q)) + 2 * (_phase(2 * k) + _phase(-k - q) - _phase(k - q))))
