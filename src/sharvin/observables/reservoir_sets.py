"""The reservoirs of many integrals at once: where in energy their occupations vary, and how fast."""

from dataclasses import dataclass

import numpy as np

from .spectrum import TransmissionSpectrum

_PIECE = (
    4.0  # length of a piece in k_BT: the nodes resolve the poles of f at ± iπk_BT, next to thresholds too
)
_EPS = np.finfo(float).eps
_UNSEEN = 2e-13  # k_BT smaller than this much of |μ| is lost in the rounding of energies near μ
_UNRESOLVED = 16.0  # panels wider than so many k_BT are compared with S near μ
_FAR = 64.0  # k_BT: μ that are farther apart leave it to T(E) where panels end
_MOST_DOUBTS = 12  # energies at which one panel is compared


@dataclass(frozen=True, eq=False)
class ReservoirSets:
    """μ and k_BT of the reservoirs of each integral, (integrals, reservoirs) in eV.

    `bottom` is where the integrals begin, in eV, for weights that do not vanish far below μ.
    """

    mu: np.ndarray
    thermal_energy: np.ndarray
    bottom: float | None = None

    @classmethod
    def resolved(cls, mu: np.ndarray, thermal_energy: np.ndarray) -> "ReservoirSets":
        """With those k_BT at zero that floats near μ cannot resolve."""
        return cls(mu, resolved(mu, thermal_energy))

    def __len__(self) -> int:
        return len(self.mu)

    def window(self, width: float) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest energy of each integral, for a window in k_BT."""
        reach = width * self.thermal_energy
        low, high = (self.mu - reach).min(axis=1), (self.mu + reach).max(axis=1)
        if self.bottom is None:
            return low, high
        return np.full_like(low, self.bottom), np.maximum(high, self.bottom + reach.max(axis=1))

    def first_breaks(self) -> np.ndarray:
        """Where the first panels end: a few of the largest k_BT around the outermost μ, if these are not far apart."""
        kt, lowest, highest = self.thermal_energy.max(), self.mu.min(), self.mu.max()
        if highest - lowest > _FAR * kt:
            return np.zeros(0)
        return np.unique([lowest - 8 * kt, lowest, highest, highest + 8 * kt])

    def cuts(self, width: float) -> np.ndarray:
        """Energies between which the weights of each integral vary little, (integrals, cuts)."""
        steps = np.append(np.arange(-width, width + _PIECE / 2, _PIECE), 0.0)
        return (self.mu[:, :, None] + self.thermal_energy[:, :, None] * steps).reshape(len(self), -1)

    def doubtful(self, spectrum: TransmissionSpectrum) -> np.ndarray:
        """Energies at which panels should be compared with S: near each μ that they do not resolve.

        A window that is narrow beside a panel may hold what the samples of the panel fell beside.
        """
        kt, mu = self.thermal_energy.ravel(), self.mu.ravel()
        near, scale = mu + 0.137 * kt, kt  # not at μ itself, where round numbers may be thresholds
        first, last = self.mu.min(axis=1), self.mu.max(axis=1)
        cold = (self.thermal_energy == 0).all(axis=1) & (last > first)
        near = np.concatenate([near[kt > 0], (first + 0.5137 * (last - first))[cold]])
        scale = np.concatenate([scale[kt > 0], (last - first)[cold] / 4])
        panel, (stretches, widths) = spectrum.panel_of(near), spectrum.stretches()
        low, high = spectrum.panels.low[panel], spectrum.panels.high[panel]
        unresolved = (near > low) & (near < high) & (widths[panel] > _UNRESOLVED * scale)
        energy, index = np.unique(near[unresolved], return_index=True)
        stretch = stretches[panel[unresolved][index]]
        # At most so many in what was sampled as one, evenly among those that are in question.
        checks = np.bincount(stretches, spectrum.checks)
        step = -(-np.bincount(stretch, minlength=len(checks)) // np.maximum(_MOST_DOUBTS - checks, 1))
        order = np.argsort(stretch, kind="stable")
        rank = np.empty(len(stretch), dtype=int)
        rank[order] = np.arange(len(stretch)) - np.searchsorted(stretch[order], stretch[order])
        return energy[(rank % np.maximum(step[stretch], 1) == 0) & (checks[stretch] < _MOST_DOUBTS)]

    def coarseness(self) -> np.ndarray:
        """How much, relative to ∫|integrand|, the rounding of energies counts, (integrals, 1).

        Between reservoirs the flow is a difference: what drives it is how far they differ. One reservoir alone has
        the weight −∂f/∂E, as wide as k_BT.
        """
        mu, kt = np.abs(self.mu).max(axis=1) + abs(self.bottom or 0.0), self.thermal_energy.max(axis=1)
        drive = np.ptp(self.mu, axis=1) + np.ptp(self.thermal_energy, axis=1)
        drive, size = (kt, mu) if self.mu.shape[1] == 1 else (drive, mu + 4 * kt)
        return (2 * _EPS * size / np.where(drive > 0, drive, np.inf))[:, None]


def resolved(mu: np.ndarray, thermal_energy: np.ndarray) -> np.ndarray:
    """k_BT, or zero where floats near μ are too coarse to resolve it.

    >>> resolved(np.array([1e-3, 0.0]), np.array([1e-17, 1e-17]))
    array([0.e+00, 1.e-17])
    """
    return np.where(thermal_energy < _UNSEEN * np.abs(mu), 0.0, thermal_energy)
