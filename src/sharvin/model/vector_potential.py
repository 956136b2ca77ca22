"""Vector potentials of a perpendicular field, and their integrals along straight lines.

In the gauge of a direction u in the plane, A = −F(s, n) u with s = u·r, n = (ẑ × u)·r and ∂F/∂n = B, which is the
Landau gauge where B is uniform. Where B does not change along u, nor does A: a lead along u stays periodic.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.interpolate import BSpline, RectBivariateSpline, make_interp_spline

from ..errors import InputError

#: B in tesla at points (x, y) in nm.
FieldFunction = Callable[[np.ndarray, np.ndarray], np.ndarray]
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(3)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2  # on (0, 1)
_AT_ONCE = 2**17  # lines, or places, that are handled at the same time
_MOST_PLACES = 5 * 10**7
_STRAIGHT, _BENT, _GOLDEN = 1e-12, 1e-6, 0.6180339887
#: Of the largest field, a change from cell to cell that asks for more places; how many along each side; and in all.
_STEEP, _CLOSELY, _MOST_VALUES = 0.05, 32, 2e8


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
    """A = −F(s, n) u of a field that varies, with F = ∂G/∂s and G = ∬B ds dn from the corner of a box of the plane.

    G is a cubic spline through its values on a mesh that is finer than the bonds. So every cell of the mesh has its
    flux, whether the field is smooth on the scale of the lattice or jumps; a jump is smeared over a bond or two.
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

        def rotated(along: np.ndarray, across: np.ndarray) -> np.ndarray:
            return field(u[0] * along + n[0] * across, u[1] * along + n[1] * across)

        total = np.zeros((len(s), len(t)))
        total[1:, 1:] = _fluxes(rotated, s, t).cumsum(axis=0).cumsum(axis=1)
        return cls(along, RectBivariateSpline(s, t, total), step)

    def integrals(self, to: np.ndarray, source: np.ndarray) -> np.ndarray:
        """∫A·dl of each line, (lines,)."""
        u, n = axes_of(self.along)
        found = np.empty(len(to))
        longest = float(np.linalg.norm(to - source, axis=1).max(initial=0.0))
        panels = max(1, int(np.ceil(2 * longest / self.step)))
        where = ((np.arange(panels)[:, None] + _NODES) / panels).ravel()
        weights = np.tile(_WEIGHTS / panels, panels)
        lines = max(1, _AT_ONCE // len(where))
        for start in range(0, len(to), lines):
            some = slice(start, start + lines)
            s0, n0, s1, n1 = source[some] @ u, source[some] @ n, to[some] @ u, to[some] @ n
            straight = np.abs(n1 - n0) <= _STRAIGHT * np.abs(s1 - s0)
            part = self.spline.ev(s0, n0) - self.spline.ev(s1, n0)  # where n stays, ∫F ds is known
            bent = np.flatnonzero(~straight)
            s = s0[bent, None] + np.multiply.outer(s1[bent] - s0[bent], where)
            t = n0[bent, None] + np.multiply.outer(n1[bent] - n0[bent], where)
            part[bent] = -(s1[bent] - s0[bent]) * (self.spline.ev(s, t, dx=1) @ weights)
            found[some] = part
        return found


@dataclass(frozen=True, eq=False)
class EndlessPotential:
    """A = −F(n) u of a field that does not change along u, with F = ∫B dn, and the integral of F, as cubic splines."""

    along: np.ndarray
    spline: BSpline
    integral: BSpline

    @classmethod
    def of(
        cls, field: FieldFunction, along: np.ndarray, points: np.ndarray, step: float
    ) -> "EndlessPotential":
        """The potential where there are points (points, 3), of the field at u·r = 0."""
        _, n = axes_of(along)
        t = _mesh(points @ n, step)

        def across(_: np.ndarray, place: np.ndarray) -> np.ndarray:
            return field(n[0] * place, n[1] * place)

        lengths = _fluxes(across, np.array([0.0, 1.0]), t)[0]
        spline = make_interp_spline(t, np.concatenate([[0.0], np.cumsum(lengths)]), k=3)
        return cls(along, spline, spline.antiderivative())

    def integrals(self, to: np.ndarray, source: np.ndarray) -> np.ndarray:
        """∫A·dl of each line, (lines,)."""
        u, n = axes_of(self.along)
        run, low, high = (to - source) @ u, source @ n, to @ n
        bent = np.abs(high - low) > _BENT * np.abs(run)
        mean = self.spline((low + high) / 2)
        mean[bent] = (self.integral(high[bent]) - self.integral(low[bent])) / (high - low)[bent]
        return -run * mean


def _fluxes(field: FieldFunction, s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """∬B of the cells of a mesh, in T nm²; closely where the field changes much from one cell to the next."""
    found = np.empty((len(s) - 1, len(t) - 1))
    changes = np.empty_like(found)
    rows = max(1, _AT_ONCE // (4 * len(t)))
    for start in range(0, len(found), rows):
        some = slice(start, min(start + rows, len(found)))
        cells = np.indices((some.stop - start, len(t) - 1)).reshape(2, -1)
        values = _at_nodes(field, s, t, cells[0] + start, cells[1], 2)
        found[some] = values.mean(axis=1).reshape(found[some].shape)  # the weights of two nodes are equal
        changes[some] = np.ptp(values, axis=1).reshape(found[some].shape)
    for axis in (0, 1):
        step = np.abs(np.diff(found, axis=axis))
        pad = [(0, 0), (0, 0)]
        for pad[axis] in ((0, 1), (1, 0)):
            np.maximum(changes, np.pad(step, pad), out=changes)
    steep = np.flatnonzero(changes > _STEEP * np.abs(found).max(initial=0.0))
    order = 2 * int(np.clip(np.sqrt(_MOST_VALUES / max(len(steep), 1)), 4, _CLOSELY) // 2)
    cells = max(1, _AT_ONCE // order**2)
    for start in range(0, len(steep), cells):
        row, column = np.divmod(steep[start : start + cells], len(t) - 1)
        found[row, column] = _at_nodes(field, s, t, row, column, order).mean(axis=1)
    return found * (s[1] - s[0]) * (t[1] - t[0])


def _at_nodes(
    field: FieldFunction, s: np.ndarray, t: np.ndarray, row: np.ndarray, column: np.ndarray, order: int
) -> np.ndarray:
    """B at order × order places in cells of a mesh: Gauss nodes for two, else in the middles of equal parts.

    The middles are moved a little from row to row, and back, so that they do not line up with an edge of the field.
    """
    nodes, shifts = (np.polynomial.legendre.leggauss(2)[0] + 1) / 2, np.zeros(2)
    if order > 2:
        nodes = (np.arange(order) + 0.5) / order
        shifts = (np.modf(_GOLDEN * (np.arange(order // 2) + 0.5))[0] - 0.5) / order
        shifts = np.concatenate([shifts, -shifts[::-1]])
    along = s[row][:, None, None] + (s[1] - s[0]) * nodes[:, None] + 0 * nodes
    across = t[column][:, None, None] + (t[1] - t[0]) * (nodes + shifts[:, None])
    return field(along.ravel(), across.ravel()).reshape(len(row), order**2)


def _mesh(values: np.ndarray, step: float) -> np.ndarray:
    """An even mesh over the values, of four points or more."""
    low, high = float(values.min()), float(values.max())
    if high - low < step:
        low, high = low - step, high + step
    return np.linspace(low, high, max(4, int(np.ceil((high - low) / step)) + 1))
