"""Shapes: open sets of points, in nm.

A rectangle of width 80 nm on a 2 nm lattice holds 39 rows: the hard walls stand exactly 80 nm apart. A point
on the boundary (to 1e-9 of the size) is outside. Shapes combine by ``|``, ``&`` and ``-``, where A − B keeps the
boundary of B, and are moved by ``translated``, ``rotated`` and ``mirrored``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InputError
from ..reals import NotReal, number, positive, reals, shown
from .point_set import Shape, unit_vector, vector
from .values import USER_ERRORS

__all__ = [
    "Shape", "ball", "bitmap", "box", "cylinder", "disk", "ellipse", "function", "half_space", "line", "polygon",
    "rectangle", "ring", "strip",
]  # fmt: skip

#: Relative distance from the boundary within which a point counts as on it, and so outside.
_EDGE = 1e-9


def _positive(what: str, **lengths: float) -> None:
    """Refuse lengths in nm that are not."""
    for name, value in lengths.items():
        positive(f"{what}: {name}", value, "nm")


def box(size: tuple[float, ...], center: tuple[float, ...] = (0.0, 0.0, 0.0)) -> Shape:
    """A box with edges `size` = (x, y, z) in nm about `center`; coordinates without a size are free.

    >>> import sharvin as sv
    >>> cube = sv.shape.box((10.0, 10.0, 10.0))
    >>> bool(cube.contains(4.9, 0.0, -4.9)), bool(cube.contains(5.0, 0.0, 0.0))
    (True, False)
    """
    if not isinstance(size, (tuple, list)) or not 1 <= len(size) <= 3:
        raise InputError(f"box: size must be one to three lengths in nm, got {shown(size)}")
    middle = vector("box: center", center)
    edges = [positive(f"box: size in {axis}", edge, "nm") for axis, edge in zip("xyz", size, strict=False)]
    half = np.array([*edges, *([np.inf] * (3 - len(edges)))]) / 2

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
    return _quadric((radius, radius, np.inf), vector("disk: center", center))


def ellipse(length: float, width: float, center: tuple[float, float] = (0.0, 0.0)) -> Shape:
    """The ellipse with axes of `length` along x and `width` along y, in nm, about `center`."""
    _positive("ellipse", length=length, width=width)
    return _quadric((length / 2, width / 2, np.inf), vector("ellipse: center", center))


def ring(outer: float, inner: float, center: tuple[float, float] = (0.0, 0.0)) -> Shape:
    """The ring between the radii `inner` and `outer` in nm, both boundaries left out.

    >>> import sharvin as sv
    >>> square = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    >>> square.region(sv.shape.ring(outer=6.0, inner=3.0)).site_count
    80
    """
    _positive("ring", outer=outer, inner=inner)
    if not inner < outer:
        raise InputError(f"ring: inner must be smaller than outer, got {inner!r} and {outer!r}")
    return disk(outer, center) - disk(inner * (1 + 2 * _EDGE), center)


def ball(radius: float, center: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Shape:
    """The ball of a radius in nm about `center`."""
    _positive("ball", radius=radius)
    return _quadric((radius, radius, radius), vector("ball: center", center))


def cylinder(radius: float, length: float, center: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Shape:
    """The round wire along x, |x| < length/2, of a radius in nm about `center`."""
    _positive("cylinder", radius=radius, length=length)
    middle = vector("cylinder: center", center)
    return _quadric((np.inf, radius, radius), middle) & box((length,), (middle[0],))


def strip(width: float, center: float = 0.0) -> Shape:
    """The endless strip |y − center| < width/2 along x; with a lead, y counts across the lead from its axis.

    >>> import sharvin as sv
    >>> flake = sv.shape.disk(10.0) & sv.shape.strip(width=4.0)
    >>> bool(flake.contains(9.0, 1.9, 0.0)), bool(flake.contains(0.0, 2.1, 0.0))
    (True, False)
    """
    _positive("strip", width=width)
    middle, reach = vector("strip: center", (0.0, center)), np.array([np.inf, width / 2, np.inf])

    def contains(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        return np.abs(y - middle[1]) < width / 2 * (1 - _EDGE)

    return Shape(contains, middle - reach, middle + reach)


def half_space(normal: Any, offset: float = 0.0) -> Shape:
    """The points with n·r > offset, n being the unit vector along `normal`, offset in nm."""
    n, offset = unit_vector("half_space: normal", normal), number("half_space: offset", offset)

    def contains(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        return n[0] * x + n[1] * y + n[2] * z > offset + _EDGE * max(1.0, abs(offset))

    low, high = np.full(3, -np.inf), np.full(3, np.inf)
    along = np.flatnonzero(n)
    if len(along) == 1:
        end = low if n[along[0]] > 0 else high
        end[along[0]] = offset * n[along[0]]
    return Shape(contains, low, high)


def polygon(corners: Any) -> Shape:
    """The inside of a polygon with these corners, (corners, 2) in nm, in order; convex or not.

    Where edges cross each other, what they go round an even number of times is outside.

    >>> import sharvin as sv
    >>> triangle = sv.shape.polygon([(0, 0), (4, 0), (0, 4)])
    >>> bool(triangle.contains(1.0, 1.0, 0.0)), bool(triangle.contains(2.0, 2.0, 0.0))
    (True, False)
    """
    try:
        ends = reals(corners)
    except NotReal as reason:
        raise InputError(
            f"polygon: corners must be coordinates in nm, got {shown(corners)}: {reason}"
        ) from None
    if ends.ndim != 2 or ends.shape[1] != 2 or len(ends) < 3 or not np.isfinite(ends).all():
        raise InputError(f"polygon: expected three or more finite corners (x, y) in nm, got {shown(corners)}")
    low, high = ends.min(axis=0), ends.max(axis=0)
    margin = _EDGE * np.linalg.norm(high - low)
    edges = list(zip(ends.tolist(), np.roll(ends, -1, axis=0).tolist(), strict=True))

    def contains(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        x, y = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
        inside, on_edge = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
        for (x1, y1), (x2, y2) in edges:
            along, length2 = (x - x1) * (x2 - x1) + (y - y1) * (y2 - y1), (x2 - x1) ** 2 + (y2 - y1) ** 2
            part = np.clip(along / length2, 0, 1) if length2 else np.zeros(())
            on_edge |= np.hypot(x - x1 - part * (x2 - x1), y - y1 - part * (y2 - y1)) <= margin
            if y1 != y2:  # a ray along +x crosses it
                crosses = ((y1 > y) != (y2 > y)) & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
                inside ^= crosses
        return inside & ~on_edge

    return Shape(contains, np.array([*low, -np.inf]), np.array([*high, np.inf]))


def bitmap(mask: Any, pixel: float, center: tuple[float, float] = (0.0, 0.0)) -> Shape:
    """The set where an image is true, its pixels squares of edge `pixel` in nm.

    The image lies as it is printed: its first row is the one with the largest y, and its middle is at `center`. A point
    between pixels is inside if all that meet there are true.

    >>> import sharvin as sv
    >>> corner = sv.shape.bitmap([[True, False], [True, True]], pixel=10.0)
    >>> bool(corner.contains(-5.0, 5.0, 0.0)), bool(corner.contains(5.0, 5.0, 0.0))
    (True, False)
    """
    try:
        image = np.asarray(mask)
    except ValueError:
        raise InputError(f"bitmap: rows of the image have unlike lengths, got {shown(mask)}") from None
    if image.ndim != 2 or not image.size or image.dtype.kind not in "b":
        raise InputError(
            f"bitmap: expected a two-dimensional array of booleans (image > 0.5, say), got {shown(mask)}"
        )
    pixel = positive("bitmap: pixel", pixel, "nm")
    middle = vector("bitmap: center", center)
    rows = np.pad(image[::-1], 1)  # y rising, with a false frame
    half = np.array([image.shape[1], image.shape[0]]) * pixel / 2

    def contains(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        column, row = (x - middle[0] + half[0]) / pixel + 1, (y - middle[1] + half[1]) / pixel + 1
        inside = np.array(True)
        for dx, dy in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            j, i = (np.floor(c + s * _EDGE * n).astype(int) for c, s, n in
                    ((column, dx, rows.shape[1]), (row, dy, rows.shape[0])))  # fmt: skip
            inside = inside & rows[np.clip(i, 0, rows.shape[0] - 1), np.clip(j, 0, rows.shape[1] - 1)]
        return inside

    low, high = middle[:2] - half, middle[:2] + half
    return Shape(contains, np.array([*low, -np.inf]), np.array([*high, np.inf]))


def _quadric(half_axes: tuple[float, float, float], center: np.ndarray) -> Shape:
    """The points with Σ((r − center)/half axis)² < 1."""
    reach = np.array(half_axes, dtype=float)
    used = np.flatnonzero(np.isfinite(reach))

    def contains(*point: np.ndarray) -> np.ndarray:
        radius = np.zeros(())
        for axis in used:
            radius = np.hypot(radius, (point[axis] - center[axis]) / reach[axis])
        return radius < 1 - _EDGE

    center = np.where(np.isfinite(reach), center, 0.0)
    return Shape(contains, center - reach, center + reach)


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
    return Shape(
        _called(contains), np.array([*corners[0], *(-end for end in free)]), np.array([*corners[1], *free])
    )


def _called(contains: Callable[..., Any]) -> Callable[..., np.ndarray]:
    """A user's function of coordinate arrays; what is no array of booleans like these is refused."""

    def checked(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        try:
            inside = np.asarray(contains(x, y, z))
        except InputError:
            raise
        except USER_ERRORS as error:
            raise InputError(
                f"shape.function: the function failed on arrays x, y, z ({error}); it is called once with arrays, so "
                "use numpy functions, and & and | instead of and, or"
            ) from error
        shape = np.broadcast_shapes(np.shape(x), np.shape(y), np.shape(z))
        if inside.dtype.kind != "b" or inside.shape not in ((), shape):
            raise InputError(
                f"shape.function: the function must return booleans, an array of shape {shape} like x, y and z, got "
                f"{inside.dtype} of shape {inside.shape}"
            )
        return inside

    return checked
