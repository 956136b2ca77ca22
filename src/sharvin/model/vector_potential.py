"""Vector potentials of a perpendicular field, and their integrals along straight lines.

In the gauge of a direction u in the plane, A = −F(s, n) u with s = u·r, n = (ẑ × u)·r and ∂F/∂n = B, which is the
Landau gauge where B is uniform. Where B does not change along u, nor does A: a lead along u stays periodic.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.interpolate import RectBivariateSpline

from ..errors import InputError

#: B in tesla at points (x, y) in nm.
FieldFunction = Callable[[np.ndarray, np.ndarray], np.ndarray]
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(3)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2  # on (0, 1)
_AT_ONCE = 2**17  # lines, or places, that are handled at the same time
_MOST_PLACES = 5 * 10**7


class VectorPotential(Protocol):
    """What gives ∫A·dl in T nm² along straight lines from `source` to `to`, (lines, 3) each, in nm."""

    def integrals(self, to: np.ndarray, source: np.ndarray) -> np.ndarray:
        """∫A·dl of each line, (lines,)."""
        ...


def axes_of(along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """u and n = ẑ × u, of a vector that has a part in the plane."""
    u = np.array([along[0], along[1], 0.0])
    u /= np.linalg.norm(u)
    return u, np.array([-u[1], u[0], 0.0])


@dataclass(frozen=True, eq=False)
class UniformPotential:
    """A = −B n u: along a straight line the integral is −B n·(r + r′)/2 · u·(r − r′)."""

    tesla: float
    along: np.ndarray

    def integrals(self, to: np.ndarray, source: np.ndarray) -> np.ndarray:
        """∫A·dl of each line, (lines,)."""
        u, n = axes_of(self.along)
        return -self.tesla * ((to + source) / 2 @ n) * ((to - source) @ u)


@dataclass(frozen=True, eq=False)
class ProfilePotential:
    """A = −F(s, n) u of a field that varies, with F = ∫B dn in a box of the plane as a cubic spline.

    The spline's mesh is finer than the bonds, so that a field that is smooth on the scale of the lattice has its
    flux through every plaquette, and one that jumps does so within a bond or two.
    """

    along: np.ndarray
    spline: RectBivariateSpline
    step: float

    @classmethod
    def of(
        cls, field: FieldFunction, along: np.ndarray, points: np.ndarray, step: float
    ) -> "ProfilePotential":
        """The potential where there are points (points, 3) of a lattice with bonds longer than `step`."""
        u, n = axes_of(along)
        s, t = (_mesh(points @ axis, step) for axis in (u, n))
        if not len(s) * len(t) <= _MOST_PLACES:
            raise InputError(
                f"field: a field that varies needs its values at {len(s) * len(t):.1e} places in the region, more "
                f"than {_MOST_PLACES:.0e}; give a smaller region, or a uniform field"
            )
        width = t[1] - t[0]
        between = (t[:-1, None] + width * _NODES).ravel()
        total = np.zeros((len(s), len(t)))
        rows = max(1, _AT_ONCE // len(between))
        for start in range(0, len(s), rows):
            some = slice(start, start + rows)
            x, y = (u[axis] * s[some, None] + n[axis] * between for axis in (0, 1))
            tesla = field(x.ravel(), y.ravel()).reshape(len(x), len(t) - 1, len(_NODES))
            np.cumsum(tesla @ _WEIGHTS * width, axis=1, out=total[some, 1:])
        return cls(along, RectBivariateSpline(s, t, total), step)

    def integrals(self, to: np.ndarray, source: np.ndarray) -> np.ndarray:
        """∫A·dl of each line, (lines,)."""
        u, n = axes_of(self.along)
        longest = float(np.abs((to - source) @ u).max(initial=0.0))
        panels = max(1, int(np.ceil(longest / self.step / 2)))
        where = ((np.arange(panels)[:, None] + _NODES) / panels).ravel()
        weights = np.tile(_WEIGHTS / panels, panels)
        found = np.empty(len(to))
        lines = max(1, _AT_ONCE // len(where))
        for start in range(0, len(to), lines):
            some = slice(start, start + lines)
            s0, n0, s1, n1 = source[some] @ u, source[some] @ n, to[some] @ u, to[some] @ n
            s = s0[:, None] + np.multiply.outer(s1 - s0, where)
            t = n0[:, None] + np.multiply.outer(n1 - n0, where)
            found[some] = -(s1 - s0) * (self.spline.ev(s, t) @ weights)
        return found


def _mesh(values: np.ndarray, step: float) -> np.ndarray:
    """An even mesh over the values, of four points or more."""
    low, high = float(values.min()), float(values.max())
    if high - low < step:
        low, high = low - step, high + step
    return np.linspace(low, high, max(4, int(np.ceil((high - low) / step)) + 1))
