"""Rectangular and delta barriers, two in a row, and free propagation."""

from dataclasses import dataclass

import numpy as np

from ..constants import HBAR2_OVER_2M
from ..errors import InputError
from .one_dimensional import Barrier, wave_number_squared
from .validation import degeneracy, number

#: Most resonances of a double barrier that are looked for, one by one.
_MOST_RESONANCES = 100_000


def slab(energy: np.ndarray, height: float, width: float, mass: float) -> tuple[np.ndarray, np.ndarray]:
    """(r, t) of a rectangular barrier between planes at its two faces, for E > 0.

    With q² = k² − 2mV/ħ², t = 1/[cos qd − i(k² + q²)/(2kq) sin qd] and r = −i(k² − q²)/(2kq) sin qd · t. Both
    are even in q, so that E = V is a point like any other; below it e^(−κd) is kept apart from cosh and sinh.
    """
    k = np.sqrt(wave_number_squared(energy, mass))
    phase_squared = wave_number_squared(energy - height, mass) * width**2
    phase = np.sqrt(np.abs(phase_squared))
    some = np.where(phase == 0, 1.0, phase)
    below, at_top = phase_squared < 0, phase == 0
    decay = np.where(below, np.exp(-phase), 1.0)
    cosine = np.where(below, 0.5 * (1 + np.exp(-2 * phase)), np.cos(phase))
    sine = np.where(at_top, 1.0, np.where(below, -0.5 * np.expm1(-2 * phase), np.sin(phase)) / some)
    turn = 0.5j * width * sine
    denominator = k * cosine - turn * wave_number_squared(2 * energy - height, mass)
    return -turn * (height * mass / HBAR2_OVER_2M) / denominator, k * decay / denominator


@dataclass(frozen=True)
class RectangularBarrier(Barrier):
    """Rectangular barrier, or well where the height is negative.

    T = 1/[1 + V² sinh²(κd)/(4E(V − E))] below the top, with ħκ = √(2m(V − E)); sin above; at E = V the limit
    1/(1 + mVd²/2ħ²). The reference planes of the phases are the two faces.

    Parameters
    ----------
    height
        V, in eV.
    width
        d, in nm.
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
    Any text on quantum mechanics, for example A. Messiah, Quantum Mechanics, chapter III.

    Examples
    --------
    >>> import sharvin as sv
    >>> barrier = sv.RectangularBarrier(height=0.3, width=2.0, mass=0.067)
    >>> round(sv.scattering_matrix(barrier, energy=0.3).transmission("right", "left"), 6)
    0.654638
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
        """(r, t, r′) between planes at the faces."""
        r, t = slab(energy, self.height, self.width, self.mass)
        return r, t, r

    def levels(self, low: float, high: float) -> np.ndarray:
        """The channel opens at zero."""
        return np.zeros(1)


@dataclass(frozen=True)
class DeltaBarrier(Barrier):
    """The barrier λδ(x), or well where λ is negative.

    t = 1/(1 + iβ) and r = −iβt, with β = mλ/ħ²k. The reference plane of the phases is x = 0, on both sides.

    Parameters
    ----------
    strength
        λ, in eV nm.
    mass
        In electron masses.
    spin_degeneracy
        g_s, contained in SI results only.

    Raises
    ------
    InputError
        For a mass that is not positive, or a number that is not finite.

    Notes
    -----
    Any text on quantum mechanics; as an impurity in a wire, P. F. Bagwell, Phys. Rev. B 41, 10354 (1990).

    Examples
    --------
    >>> import sharvin as sv
    >>> S = sv.scattering_matrix(sv.DeltaBarrier(strength=0.2, mass=0.067), energy=0.05)
    >>> round(S.transmission("right", "left"), 6)
    0.739805
    """

    strength: float
    mass: float = 1.0

    def __post_init__(self) -> None:
        degeneracy(self)
        number(self, "strength", "eV nm")
        number(self, "mass", "electron masses", positive=True)

    def solve(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(r, t, r′) with the planes at the barrier."""
        k = np.sqrt(wave_number_squared(energy, self.mass))
        kick = self.strength * self.mass / (2 * HBAR2_OVER_2M)
        r = -1j * kick / (k + 1j * kick)
        return r, k / (k + 1j * kick), r

    def levels(self, low: float, high: float) -> np.ndarray:
        """The channel opens at zero."""
        return np.zeros(1)


@dataclass(frozen=True)
class DoubleBarrier(Barrier):
    """Two equal rectangular barriers with a well between them: the resonant-tunnelling structure, coherent.

    t = t₁² e^{ikw}/(1 − r₁² e^{2ikw}), with t₁ and r₁ of one barrier. On resonance T = 1, however opaque the barriers
    are: the denominator is written T₁ − 2iR₁ sin(χ) e^{iχ}, χ = kw + arg r₁, which loses no digit there. The
    reference planes of the phases are the two outer faces.

    Parameters
    ----------
    height
        Of the barriers, in eV; the well is at zero.
    thickness
        Of each barrier, in nm.
    well
        Width between the barriers, in nm.
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
    R. Tsu and L. Esaki, Appl. Phys. Lett. 22, 562 (1973). Its `thresholds` hold zero, where the channel opens, and
    the resonances below the top of the barriers, so that an energy integral misses no narrow one.

    Examples
    --------
    >>> import sharvin as sv
    >>> double = sv.DoubleBarrier(height=0.3, thickness=4.0, well=8.0, mass=0.067)
    >>> _, resonance, _ = sv.thresholds(double, window=(0.0, 0.2))
    >>> S = sv.scattering_matrix(double, energy=resonance)
    >>> round(float(resonance), 5), round(S.transmission("right", "left"), 6)
    (0.04768, 1.0)
    """

    height: float
    thickness: float
    well: float
    mass: float = 1.0

    def __post_init__(self) -> None:
        degeneracy(self)
        number(self, "height", "eV")
        number(self, "thickness", "nm", positive=True)
        number(self, "well", "nm", positive=True)
        number(self, "mass", "electron masses", positive=True)

    def solve(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(r, t, r′) between planes at the outer faces."""
        r1, t1 = slab(energy, self.height, self.thickness, self.mass)
        phase = self._half_round_trip(energy, r1)
        detour = -2j * np.sin(phase) * np.exp(1j * phase)  # 1 − e^{2i·phase}
        denominator = np.abs(t1) ** 2 + np.abs(r1) ** 2 * detour
        opaque = denominator == 0  # T₁ below the smallest number, and exactly on resonance
        denominator = np.where(opaque, 1.0, denominator)
        well = np.exp(1j * np.sqrt(wave_number_squared(energy, self.mass)) * self.well)
        r = np.where(opaque, r1, r1 * detour / denominator)
        return r, t1**2 * well / denominator, r

    def levels(self, low: float, high: float) -> np.ndarray:
        """Zero, where the channel opens, and the resonances between zero and the top of the barriers."""
        top = min(high, self.height)
        if top <= 0:
            return np.zeros(1)
        top_k = float(np.sqrt(wave_number_squared(np.array(top), self.mass)))
        resonances = top_k * self.well / np.pi
        if resonances > _MOST_RESONANCES:
            raise InputError(
                f"DoubleBarrier: {resonances:.3g} resonances lie below {top:g} eV, and more than {_MOST_RESONANCES} "
                "are not looked for; lower the window or the barriers, or choose a narrower well"
            )
        count = 8 * int(resonances) + 64
        grid = top * (np.arange(1, count + 1) / count) ** 2
        turns = self._turns(grid)
        wanted = np.arange(np.ceil(turns[0]), np.floor(turns[-1]) + 1)
        after = np.minimum(np.searchsorted(turns, wanted), count - 1)
        below, above = grid[np.maximum(after - 1, 0)], grid[after]
        for _ in range(60):
            middle = 0.5 * (below + above)
            early = self._turns(middle) < wanted
            below, above = np.where(early, middle, below), np.where(early, above, middle)
        return np.append(0.0, 0.5 * (below + above))

    def _turns(self, energy: np.ndarray) -> np.ndarray:
        """(kw + arg r₁)/π: a whole number at each resonance, and growing with energy below the top."""
        r1, _ = slab(energy, self.height, self.thickness, self.mass)
        return self._half_round_trip(energy, r1) / np.pi

    def _half_round_trip(self, energy: np.ndarray, r1: np.ndarray) -> np.ndarray:
        return np.sqrt(wave_number_squared(energy, self.mass)) * self.well + np.angle(r1)


@dataclass(frozen=True)
class FreePropagation(Barrier):
    """A stretch of empty line: t = e^{ikL}, r = 0. With `series`, it moves barriers apart.

    The reference planes of the phases are its two ends.

    Parameters
    ----------
    length
        L, in nm; zero is allowed.
    mass
        In electron masses.
    spin_degeneracy
        g_s, contained in SI results only.

    Raises
    ------
    InputError
        For a negative length, a mass that is not positive, or a number that is not finite.

    Notes
    -----
    S. Datta, Electronic Transport in Mesoscopic Systems (Cambridge, 1995), section 3.2.

    Examples
    --------
    >>> import numpy as np, sharvin as sv
    >>> S = sv.scattering_matrix(sv.FreePropagation(length=10.0, mass=0.067), energy=0.05)
    >>> round(float(np.angle(S.block("right", "left").item()) % (2 * np.pi)), 6)
    2.965247
    """

    length: float
    mass: float = 1.0

    def __post_init__(self) -> None:
        degeneracy(self)
        number(self, "length", "nm", minimum=0.0)
        number(self, "mass", "electron masses", positive=True)

    def solve(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(0, e^{ikL}, 0)."""
        none = np.zeros(energy.shape)
        return none, np.exp(1j * np.sqrt(wave_number_squared(energy, self.mass)) * self.length), none

    def levels(self, low: float, high: float) -> np.ndarray:
        """The channel opens at zero."""
        return np.zeros(1)
