"""Finite sets of lattice sites, and how to find one by its lattice coordinates."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .bravais import Lattice

_SPACIOUS = 8  # a map over the bounding box may have so many places for every site …
_SMALL = 100_000  # … and this many more, whatever the number of sites


@dataclass(frozen=True, eq=False)
class Sites:
    """A finite set of lattice sites: integer cells (sites, d) and sublattice numbers (sites,)."""

    lattice: Lattice
    cells: np.ndarray
    sublattice: np.ndarray

    @classmethod
    def of_cell(cls, lattice: Lattice) -> "Sites":
        """The sites of one cell, at the origin."""
        count = lattice.sublattice_count
        return cls(lattice, np.zeros((count, lattice.dimension), dtype=int), np.arange(count))

    def __len__(self) -> int:
        return len(self.cells)

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}  # nothing computed

    @cached_property
    def positions(self) -> np.ndarray:
        """Positions in nm, shape (sites, 3); read-only, since all that ask share them."""
        positions = self.lattice.positions(self.cells, self.sublattice)
        for view in (positions.base, positions):
            if view is not None:
                view.setflags(write=False)
        return positions

    @cached_property
    def sublattice_names(self) -> np.ndarray:
        """The sublattice of each site by name."""
        return np.array(self.lattice.sublattices)[self.sublattice]

    @cached_property
    def _index(self) -> "SiteIndex":
        return SiteIndex(self)

    def find(self, cells: np.ndarray, sublattice: np.ndarray | int) -> np.ndarray:
        """Numbers of the sites at these cells and sublattices; −1 for those that are not in the set."""
        return self._index.find(cells, sublattice)

    def with_more(self, cells: np.ndarray, sublattice: np.ndarray) -> "Sites":
        """The set with further sites behind the present ones."""
        if len(cells) == 0:
            return self
        columns = np.concatenate([self.cells.T, cells.T], axis=1, dtype=np.result_type(self.cells, cells))
        return Sites(self.lattice, columns.T, np.concatenate([self.sublattice, sublattice]))


class SiteIndex:
    """Numbers of sites by one integer key: the place in their bounding box, widened by a halo of `halo` cells.

    Within the halo no step leads out of the box, so a neighbour's key is the key plus a constant (`step`). Where the
    box is not much larger than the set, a key is looked up in a map of the box, else among the sorted keys.
    """

    def __init__(self, sites: Sites, halo: np.ndarray | int = 0) -> None:
        cells = sites.cells
        self._low = np.array([column.min() for column in cells.T], dtype=np.int64) - halo
        self._extent = np.array([column.max() for column in cells.T], dtype=np.int64) + halo + 1 - self._low
        shape = [*self._extent.tolist(), sites.lattice.sublattice_count]
        self._strides = [int(np.prod(shape[axis + 1 :], dtype=object)) for axis in range(len(shape) - 1)]
        volume = self._strides[0] * shape[0]
        self._dtype = np.int32 if volume < 2**31 else np.int64
        self.keys = self._keys(cells, sites.sublattice)
        numbers = np.arange(len(sites), dtype=np.int32)
        self._map: np.ndarray | None = None
        self._order, self._sorted = numbers[:0], self.keys[:0]
        if volume <= _SPACIOUS * len(sites) + _SMALL:
            self._map = box = np.full(volume, -1, dtype=np.int32)
            box[self.keys] = numbers
        else:
            self._order = numbers[np.argsort(self.keys, kind="stable")]
            self._sorted = self.keys[self._order]

    def _keys(self, cells: np.ndarray, sublattice: np.ndarray | int) -> np.ndarray:
        keys = np.array(np.broadcast_to(sublattice, len(cells)), dtype=self._dtype)
        for column, low, stride in zip(cells.T, self._low, self._strides, strict=True):
            shifted = (column - column.dtype.type(low)).astype(self._dtype, copy=False)
            shifted *= stride
            keys += shifted
        return keys

    def step(self, cell: tuple[int, ...], sublattice: int) -> int:
        """What a translation by `cell`, and by `sublattice` in the number of the sublattice, adds to a key."""
        return sum(c * stride for c, stride in zip(cell, self._strides, strict=True)) + sublattice

    def at(self, keys: np.ndarray) -> np.ndarray:
        """Numbers of the sites with these keys, −1 where there is none."""
        if self._map is not None:
            return self._map[keys]
        place = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        return np.where(self._sorted[place] == keys, self._order[place], np.int32(-1))

    def find(self, cells: np.ndarray, sublattice: np.ndarray | int) -> np.ndarray:
        """Numbers of the sites at any cells and sublattices, −1 where there is none."""
        inside: Any = ((cells >= self._low) & (cells < self._low + self._extent)).all(axis=1)
        keys = self._keys(np.where(inside[:, None], cells, self._low), sublattice)
        return np.where(inside, self.at(keys), np.int32(-1))
