"""The sites of a lattice inside a shape.

The lattice is a stack of lines along its last vector. Each line crosses the box of the shape in one interval, so only
sites in the box are ever listed, however skew the lattice and however large the box that its vectors would span.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .bravais import Lattice
from .sites import Sites

#: Sites that a shape's box may hold; at the 1 to 2 kB that solving takes for each, far beyond one machine.
_MOST_SITES = 10**8
_FURTHEST = 2.0**45  # cells from the origin
_BYTES_PER_SITE = 100  # what the search alone needs


def sites_inside(lattice: Lattice, contains: Callable, low: np.ndarray, high: np.ndarray) -> Sites:
    """The sites of a lattice for which contains(x, y, z), searched in the box from `low` to `high`."""
    spanned = np.abs(lattice.vectors).max(axis=0) > 0
    low, high = np.where(spanned, low, 0.0), np.where(spanned, high, 0.0)
    lines = _Lines.through(lattice, low, high)
    try:
        columns, sublattice, places = lines.sites_between(low, high)
    except MemoryError:
        raise _too_many(float(lines.lengths.sum()) * lattice.sublattice_count, low, high) from None
    try:
        inside = np.broadcast_to(np.asarray(contains(*places), dtype=bool), len(sublattice))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"region: the shape's function failed on arrays x, y, z ({error}); it is called once with arrays, so use "
            "& and | instead of and, or"
        ) from error
    if not inside.all():
        columns, sublattice = columns.compress(inside, axis=1), sublattice[inside]
    return Sites(lattice, columns.T, sublattice)


@dataclass(frozen=True, eq=False)
class _Lines:
    """Lines of cells: all but their last coordinate (d − 1, lines), and the interval of the last one."""

    lattice: Lattice
    fixed: np.ndarray
    first: np.ndarray
    lengths: np.ndarray

    @classmethod
    def through(cls, lattice: Lattice, low: np.ndarray, high: np.ndarray) -> "_Lines":
        """The lines that meet a box, each a little longer than its part within."""
        corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
        shifts = (corners[:, None, :] - lattice.basis[None, :, :]).reshape(-1, 3)
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            fractions = shifts @ lattice.inverse
        first, last = np.floor(fractions.min(axis=0)), np.ceil(fractions.max(axis=0))
        extent = last - first + 1
        if not math.prod(extent[:-1].tolist()) <= _MOST_SITES:
            raise _too_many(math.prod(extent.tolist()) * lattice.sublattice_count, low, high)
        if extent[-1] <= _MOST_SITES and not max(np.abs(first).max(), np.abs(last).max()) < _FURTHEST:
            raise InputError(
                f"region: the box of the shape, from {low.tolist()} to {high.tolist()} nm, lies so far from the "
                "origin that numbers do not tell its sites apart; lengths are in nm"
            )
        across = extent[:-1].astype(int)
        fixed = np.indices(across).reshape(len(across), int(across.prod()))
        fixed = fixed + first[:-1, None].astype(int)
        start, stop = np.full(fixed.shape[1], first[-1]), np.full(fixed.shape[1], last[-1])
        for axis, step in enumerate(lattice.vectors[-1]):
            if step != 0:
                origin = lattice.vectors[:-1, axis] @ fixed
                ends = [(edge - origin - place) / step for edge in (low[axis], high[axis])
                        for place in (lattice.basis[:, axis].min(), lattice.basis[:, axis].max())]  # fmt: skip
                start = np.maximum(start, np.floor(np.min(ends, axis=0)))
                stop = np.minimum(stop, np.ceil(np.max(ends, axis=0)))
        lengths = np.maximum(stop - start + 1, 0)
        count = float(lengths.sum()) * lattice.sublattice_count
        if not count <= _MOST_SITES:
            raise _too_many(count, low, high)
        return cls(lattice, fixed, start.astype(int), lengths.astype(int))

    def sites_between(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cells (d, sites), sublattices and places (3, sites) of the sites on the lines that are in a box."""
        columns, sublattice = self._sites()
        places = self.lattice.positions(columns.T, sublattice).T
        in_box = np.ones(len(sublattice), dtype=bool)
        for axis in np.flatnonzero(np.abs(self.lattice.vectors).max(axis=0)).tolist():
            in_box &= (places[axis] >= low[axis]) & (places[axis] <= high[axis])
        if in_box.all():
            return columns, sublattice, places
        return columns.compress(in_box, axis=1), sublattice[in_box], places.compress(in_box, axis=1)

    def _sites(self) -> tuple[np.ndarray, np.ndarray]:
        """Cells (d, sites) and sublattices of all sites on the lines: line by line, cell by cell."""
        count = self.lattice.sublattice_count
        starts = np.cumsum(self.lengths) - self.lengths
        cells = np.arange(self.lengths.sum())
        cells += np.repeat(self.first - starts, self.lengths)
        columns = np.empty((len(self.fixed) + 1, len(cells) * count), dtype=_integers(self.fixed, cells))
        for column, line in zip(columns, self.fixed, strict=False):
            column[:] = np.repeat(line.astype(columns.dtype), self.lengths * count)
        columns[-1] = np.repeat(cells, count) if count > 1 else cells
        sublattice = np.tile(np.arange(count, dtype=np.int16), len(cells))
        return columns, sublattice


def _integers(*arrays: np.ndarray) -> type:
    """The integer type for coordinates, with room for small multiples of them."""
    furthest = max((np.abs(array).max(initial=0) for array in arrays), default=0)
    return np.int32 if furthest < 2**24 else np.int64


def _too_many(count: float, low: np.ndarray, high: np.ndarray) -> InputError:
    return InputError(
        f"region: the box of the shape, from {low.tolist()} to {high.tolist()} nm, holds about {count:.1e} lattice "
        f"sites; to list them would take about {count * _BYTES_PER_SITE / 1e9:.1e} GB of memory, and at most "
        f"{_MOST_SITES:.0e} are searched. Lengths are in nm: give a smaller shape (or box), or a larger lattice "
        "constant"
    )
