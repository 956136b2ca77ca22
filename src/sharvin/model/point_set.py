"""Sets of points, by a membership function and a box: their algebra, and how they move."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from ..errors import InputError
from ..reals import NotReal, number, reals, shown


@dataclass(frozen=True)
class Shape:
    """A set of points: a membership function of coordinate arrays, and a box that holds the set.

    Shapes combine by ``|``, ``&`` and ``-``, and are moved by `translated`, `rotated` and `mirrored`.

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

    def translated(self, by: Any) -> "Shape":
        """The shape moved by one to three components in nm.

        >>> import sharvin as sv
        >>> disk = sv.shape.disk(2.0).translated((10.0, 0.0))
        >>> bool(disk.contains(11.9, 0.0, 0.0)), bool(disk.contains(0.0, 0.0, 0.0))
        (True, False)
        """
        step = vector("translated: by", by)

        def contains(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
            return self.contains(x - step[0], y - step[1], z - step[2])

        return Shape(contains, self.low + step, self.high + step)

    def rotated(self, angle: float, center: Any = (0.0, 0.0, 0.0)) -> "Shape":
        """The shape turned about the z axis through `center`, by an angle in radians, counter-clockwise.

        >>> import numpy as np
        >>> import sharvin as sv
        >>> upright = sv.shape.rectangle(length=10, width=2).rotated(np.pi / 2)
        >>> bool(upright.contains(0.0, 4.9, 0.0)), bool(upright.contains(4.9, 0.0, 0.0))
        (True, False)
        """
        turn = float(number("rotated: angle", angle))
        cos, sin = (round(part, 15) for part in (np.cos(turn), np.sin(turn)))  # a right angle is one
        matrix = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
        return self._mapped(matrix, vector("rotated: center", center))

    def mirrored(self, normal: Any, center: Any = (0.0, 0.0, 0.0)) -> "Shape":
        """The mirror image on the plane through `center` that is perpendicular to `normal`."""
        n = unit_vector("mirrored: normal", normal)
        return self._mapped(np.eye(3) - 2 * np.outer(n, n), vector("mirrored: center", center))

    def _mapped(self, matrix: np.ndarray, center: np.ndarray) -> "Shape":
        """The image under r → M(r − center) + center, M orthogonal."""
        low, high = box_image(matrix, self.low - center, self.high - center)

        def contains(*point: np.ndarray) -> np.ndarray:
            shifted = [c - m if m else c for c, m in zip(point, center.tolist(), strict=True)]
            return self.contains(
                *(_combined(column, shifted) + m for column, m in zip(matrix.T, center, strict=True))
            )

        return Shape(contains, low + center, high + center)


def box_image(matrix: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The box that holds the images M r of a box; coordinates that are free leave those free that they go into."""
    ends = list(zip(low, high, strict=True))
    reach = [
        np.sum([sorted((m * a, m * b)) for m, (a, b) in zip(row, ends, strict=True) if m], axis=0)
        for row in matrix.tolist()
    ]
    first, last = np.transpose(reach)
    return first, last


def _combined(weights: np.ndarray, coordinates: list[np.ndarray]) -> np.ndarray:
    """Σ weight · coordinate."""
    first, *rest = (weight * c for weight, c in zip(weights.tolist(), coordinates, strict=True) if weight)
    return reduce(np.add, rest, first)


def vector(what: str, value: Any) -> np.ndarray:
    """One to three finite numbers as a vector of three, or a clear refusal."""
    try:
        found = np.atleast_1d(reals(value))
    except NotReal:
        found = np.zeros(0)
    if found.ndim != 1 or not 1 <= len(found) <= 3 or not np.isfinite(found).all():
        raise InputError(f"{what} must be one to three coordinates in nm, got {shown(value)}")
    return np.concatenate([found, np.zeros(3 - len(found))])


def unit_vector(what: str, value: Any) -> np.ndarray:
    """The direction of a vector of one to three numbers, or a clear refusal."""
    found = vector(what, value)
    if not found.any():
        raise InputError(f"{what} must not be zero, got {shown(value)}")
    found = found / np.abs(found).max()  # whose square is a number
    return found / np.linalg.norm(found)
