"""Shapes: open sets of points, in nm.

A rectangle of width 80 nm on a 2 nm lattice holds 39 rows: the hard walls stand exactly 80 nm apart. A point
on the boundary (to 1e-9 of the size) is outside. Shapes combine by ``|``, ``&`` and ``-``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..reals import NotReal, reals, shown

#: Relative distance from the boundary within which a point counts as on it, and so outside.
_EDGE = 1e-9


@dataclass(frozen=True)
class Shape:
    """A set of points: a membership function of coordinate arrays, and a box that holds the set.

    Parameters
    ----------
    contains
        Function (x, y, z) → boolean array.
    low, high
        Opposite corners (x, y, z) of a box that holds the set, in nm; infinite where a coordinate is free
        (a rectangle says nothing of z).
    """

    contains: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    low: np.ndarray
    high: np.ndarray

    def __or__(self, other: "Shape") -> "Shape":
        if not isinstance(other, Shape):
            return NotImplemented
        low, high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        return Shape(lambda x, y, z: self.contains(x, y, z) | other.contains(x, y, z), low, high)

    def __and__(self, other: "Shape") -> "Shape":
        if not isinstance(other, Shape):
            return NotImplemented
        low, high = np.maximum(self.low, other.low), np.minimum(self.high, other.high)
        return Shape(lambda x, y, z: self.contains(x, y, z) & other.contains(x, y, z), low, high)

    def __sub__(self, other: "Shape") -> "Shape":
        if not isinstance(other, Shape):
            return NotImplemented
        return Shape(lambda x, y, z: self.contains(x, y, z) & ~other.contains(x, y, z), self.low, self.high)


def _positive(what: str, **lengths: float) -> None:
    for name, value in lengths.items():
        if not (isinstance(value, (int, float, np.number)) and np.isfinite(value) and value > 0):
            raise InputError(f"{what}: {name} must be a positive number of nm, got {value!r}")


def _point(what: str, center: object) -> tuple[float, ...]:
    """A place of one to three coordinates, or a clear refusal."""
    try:
        place = np.atleast_1d(np.asarray(center, dtype=float))
    except (TypeError, ValueError):
        place = np.zeros(0)
    if place.ndim != 1 or not 1 <= len(place) <= 3 or not np.isfinite(place).all():
        raise InputError(f"{what}: center must be one to three coordinates in nm, got {center!r}")
    return tuple(place.tolist())


def box(size: tuple[float, ...], center: tuple[float, ...] = (0.0, 0.0, 0.0)) -> Shape:
    """A box with edges `size` = (x, y, z) in nm about `center`; coordinates without a size are free.

    >>> import sharvin as sv
    >>> cube = sv.shape.box((10.0, 10.0, 10.0))
    >>> bool(cube.contains(4.9, 0.0, -4.9)), bool(cube.contains(5.0, 0.0, 0.0))
    (True, False)
    """
    if not isinstance(size, (tuple, list)) or not 1 <= len(size) <= 3:
        raise InputError(f"box: size must be one to three lengths in nm, got {size!r}")
    center = _point("box", center)
    _positive("box", **dict(zip(("size in x", "size in y", "size in z"), size, strict=False)))
    half = np.array([*size, *([np.inf] * (3 - len(size)))]) / 2
    middle = np.array([*center, *([0.0] * (3 - len(center)))], dtype=float)

    def contains(*point: np.ndarray) -> np.ndarray:
        inside = np.array(True)
        for c, m, h in zip(point, middle, half, strict=True):
            if np.isfinite(h):
                inside = inside & (np.abs(c - m if m else c) < h * (1 - _EDGE))
        return inside

    return Shape(contains, middle - half, middle + half)


def line(length: float, center: float = 0.0) -> Shape:
    """The interval |x − center| < length/2, for chains."""
    return box((length,), (center,))


def rectangle(length: float, width: float, center: tuple[float, float] = (0.0, 0.0)) -> Shape:
    """The rectangle |x| < length/2, |y| < width/2 about `center`, in nm."""
    _positive("rectangle", length=length, width=width)
    return box((length, width), center)


def disk(radius: float, center: tuple[float, float] = (0.0, 0.0)) -> Shape:
    """The disk of a radius in nm about `center`."""
    _positive("disk", radius=radius)
    cx, cy = _point("disk", center)[:2] if np.size(center) > 1 else (*_point("disk", center), 0.0)

    def contains(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        return np.hypot(x - cx, y - cy) < radius * (1 - _EDGE)

    reach = np.array([radius, radius, np.inf])
    return Shape(contains, np.array([cx, cy, 0.0]) - reach, np.array([cx, cy, 0.0]) + reach)


def function(contains: Callable[..., np.ndarray], low: tuple[float, ...], high: tuple[float, ...]) -> Shape:
    """The set where a function of coordinate arrays (x, y, z) is true, inside the box from `low` to `high`."""
    if not callable(contains):
        raise InputError(f"shape.function: expected a function of coordinate arrays, got {shown(contains)}")
    corners = []
    for name, corner in (("low", low), ("high", high)):
        try:
            place = reals(corner)
        except NotReal as reason:
            raise InputError(
                f"shape.function: {name} must be coordinates in nm, got {shown(corner)}: {reason}"
            ) from None
        if place.ndim != 1 or not 1 <= len(place) <= 3 or np.isnan(place).any():
            raise InputError(
                f"shape.function: {name} must be one to three coordinates in nm, got {shown(corner)}"
            )
        corners.append(place)
    if len(corners[0]) != len(corners[1]) or not (corners[0] < corners[1]).all():
        raise InputError(
            f"shape.function: low must lie below high in every coordinate, got {shown(low)}, {shown(high)}"
        )
    free = [np.inf] * (3 - len(corners[0]))
    return Shape(contains, np.array([*corners[0], *(-end for end in free)]), np.array([*corners[1], *free]))
