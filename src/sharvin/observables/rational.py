"""Transmissions on a panel as rational functions with common poles.

Resonances and thermally smooth steps are poles of T_αβ, the same for all pairs of leads. A few samples determine them,
where a polynomial would need many panels. (Y. Nakatsukasa, O. Sète and L. N. Trefethen, SIAM J. Sci. Comput. 40,
A1494 (2018), for the algorithm; scipy has it for one function, of which support points and weights serve all.)
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.interpolate import AAA

_MOST_TERMS = 10  # 19 free numbers: the 24 samples of a panel determine them with some to spare
_NARROW = 0.05  # poles nearer to the panel than this much of it are looked at one by one
_EPS = np.finfo(float).eps


@dataclass(frozen=True, eq=False)
class Rational:
    """Σ_j w_j T_j/(s − s_j) / Σ_j w_j/(s − s_j): support points (m,), weights (m,), values (m, leads, leads); poles."""

    points: np.ndarray
    weights: np.ndarray
    values: np.ndarray
    poles: np.ndarray

    @classmethod
    def of(cls, points: np.ndarray, values: np.ndarray) -> "Rational | None":
        """Through samples (n,), (n, leads, leads) as nearly as 10 terms can, or None where that fails."""
        flat = values.reshape(len(points), -1)
        size = np.abs(flat).max(axis=0)
        used = size > 0
        if not used.any():
            return None
        # A pole in the panel is one of rounding, which T has not: fewer terms, until none is left.
        # One function that has the poles of all: each transmission in its own size, with unlike weights.
        mixture = (flat[:, used] / size[used]) @ np.cos(1.7 * np.arange(used.sum()) + 0.3)
        for terms in range(_MOST_TERMS, 1, -1):
            found = _fitted(points, mixture, terms)
            if found is None or len(found[0]) < 2 or not np.isfinite(found[1]).all():
                return None
            support, weights, poles = found
            inside = (np.imag(poles) == 0) & (np.real(poles) > 0) & (np.real(poles) < 1)
            if not inside.any():
                place = [int(np.abs(points - point).argmin()) for point in support]
                return cls(points[place], np.real(weights), values[place], poles)
        return None

    def at(self, s: np.ndarray) -> np.ndarray:
        """T_αβ at points s, (points, leads, leads)."""
        distance = s[:, None] - self.points
        exact = distance == 0
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = self.weights / distance
            found = np.einsum("pm,mab->pab", terms, self.values) / terms.sum(axis=1)[:, None, None]
        on = exact.any(axis=1)
        found[on] = self.values[exact[on].argmax(axis=1)]
        return found

    @property
    def narrow(self) -> np.ndarray:
        """Where on the panel poles lie so near that samples may have fallen beside what they do, s in (0, 1)."""
        place, depth = np.real(self.poles), np.imag(self.poles)  # they come in conjugate pairs
        return np.unique(place[(depth >= 0) & (depth < _NARROW) & (place > 0) & (place < 1)])


def _fitted(
    points: np.ndarray, values: np.ndarray, terms: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Support points, weights and poles of a fit with so many terms at most, or None where that fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it did not converge shows in what it misses
            fit: Any = AAA(points, values, rtol=4 * _EPS, max_terms=terms, clean_up=False)
            return fit.support_points, fit.weights, fit.poles()
    except (ValueError, np.linalg.LinAlgError):
        return None
