"""The cross-section of a lead: classes of lattice sites that differ by multiples of its period."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .bravais import Lattice
from .inside import sites_inside
from .point_set import Shape, box_image
from .sites import Sites

_SPACIOUS, _SMALL = 4, 100_000  # a table of classes may have so many places per site, and so many more
_SLACK = 1e-6  # of a period, at either end of one


@dataclass(frozen=True, eq=False)
class Classes:
    """Classes of sites for a period of `multiple` times the first row of a basis of all lattice translations.

    Of each class the site of a region that is furthest along the period, by its number, cell and sublattice; if the
    region has none the number is −1 and the site is any of the class.
    """

    lattice: Lattice
    basis: np.ndarray
    multiple: int
    number: np.ndarray
    outermost: np.ndarray
    sublattice: np.ndarray

    @classmethod
    def of(
        cls, sites: Sites, basis: np.ndarray, multiple: int, chosen: np.ndarray | None = None
    ) -> "Classes":
        """The classes of the sites, or of those that are chosen, in order."""
        cells, sublattice = (
            (sites.cells, sites.sublattice)
            if chosen is None
            else (sites.cells[chosen], sites.sublattice[chosen])
        )
        columns, periods = _reduced(cells, sublattice, basis, multiple)
        keys, size = np.zeros(len(cells), dtype=np.int64), 1
        for column in columns:
            low, extent = int(column.min(initial=0)), int(column.max(initial=0) - column.min(initial=0)) + 1
            if extent > 1:
                keys *= extent
                keys += column
                keys -= low
                size *= extent
        if size > _SPACIOUS * len(cells) + _SMALL:
            _, keys = np.unique(keys, return_inverse=True)
            size = int(keys.max()) + 1
        furthest = np.full(size, np.iinfo(periods.dtype).min, dtype=periods.dtype)
        np.maximum.at(furthest, keys, periods)
        front = np.flatnonzero(furthest[keys] == periods)  # one site of each class
        front = front[np.argsort(keys[front])]
        number = front if chosen is None else np.flatnonzero(chosen)[front]
        return cls(
            sites.lattice, basis, multiple, number, cells[front].astype(int), sublattice[front].astype(int)
        )

    def with_more(self, sites: Sites) -> "Classes":
        """With the classes of other sites, which the region has none of, in order."""
        other = Classes.of(sites, self.basis, self.multiple)
        new = find_rows(self.rows, other.rows) < 0
        number = np.concatenate([self.number, np.full(np.count_nonzero(new), -1)])
        cells = np.concatenate([self.outermost, other.outermost[new]])
        sublattice = np.concatenate([self.sublattice, other.sublattice[new]])
        columns, _ = _reduced(cells, sublattice, self.basis, self.multiple)
        order = np.lexsort(columns[::-1])
        return Classes(
            self.lattice, self.basis, self.multiple, number[order], cells[order], sublattice[order]
        )

    def holding(self, sites: Sites, known: np.ndarray) -> np.ndarray:
        """Which sites are of the classes; of those known it is clear."""
        found, rest = known.copy(), np.flatnonzero(~known)
        rows, _ = self.located(sites.cells[rest], sites.sublattice[rest])
        found[rest] = find_rows(self.rows, rows) >= 0
        return found

    @property
    def rows(self) -> np.ndarray:
        """What tells the classes apart, a row of integers for each."""
        return self.located(self.outermost, self.sublattice)[0]

    def located(self, cells: np.ndarray, sublattice: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of any sites what tells their classes apart, as in `rows`, and how many periods out they are."""
        columns, periods = _reduced(cells, sublattice, self.basis, self.multiple)
        return np.column_stack(columns), periods


def _reduced(
    cells: np.ndarray, sublattice: np.ndarray, basis: np.ndarray, multiple: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """Coordinates of sites within a period, across it, and the sublattice; and the number of the period."""
    inverse = np.rint(np.linalg.inv(basis)).astype(int)
    along, *across = (_combined(cells, column) for column in inverse.T)  # cell = steps · basis
    periods, within = np.divmod(along, multiple) if multiple > 1 else (along, np.zeros_like(along))
    return [within, *across, sublattice], periods


def _combined(cells: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Σ weight · coordinate of integer cells (sites, d)."""
    combined = np.zeros(len(cells), dtype=cells.dtype)
    for column, weight in zip(cells.T, weights.tolist(), strict=True):
        if weight:
            combined += column if weight == 1 else column * weight
    return combined


def completed(first: np.ndarray) -> np.ndarray | None:
    """Integer rows that span all lattice translations, the first one as given; None if no short ones do."""
    d = len(first)
    if d == 1:
        return first[None, :]
    small = np.indices((3,) * d).reshape(d, -1).T - 1
    small = small[np.lexsort((*-small.T[::-1], np.abs(small).sum(axis=1)))]  # plain lattice vectors first
    for rest in np.array(np.meshgrid(*[np.arange(len(small))] * (d - 1), indexing="ij")).reshape(d - 1, -1).T:
        rows = np.vstack([first, small[rest]])
        if abs(round(np.linalg.det(rows))) == 1:
            return rows
    return None


def find_rows(table: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Where rows of integers stand in a table of different rows; −1 for those that do not."""
    if not len(table):
        return np.full(len(rows), -1)
    _, ids = np.unique(np.concatenate([table, rows]), axis=0, return_inverse=True)
    ids = ids.ravel()
    place = np.full(ids.max(initial=0) + 1, -1)
    place[ids[: len(table)]] = np.arange(len(table))
    return place[ids[len(table) :]]


def frame(unit: np.ndarray) -> np.ndarray:
    """Axes of a lead as rows: outward, across to the left as seen from above (x for a lead along z), and the third."""
    across = np.array([-unit[1], unit[0], 0.0])
    length = np.linalg.norm(across)
    across = across / length if length > 1e-12 else np.array([1.0, 0.0, 0.0])
    return np.array([unit, across, np.cross(unit, across)])


def in_cross_section(shape: Shape, unit: np.ndarray) -> Callable[..., np.ndarray]:
    """Whether points (x, y, z) lie in a shape that is endless along the lead, in the axes of the lead."""
    axes = frame(unit)

    def contains(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        across, third = (axis[0] * x + axis[1] * y + axis[2] * z for axis in axes[1:])
        return np.broadcast_to(
            np.asarray(shape.contains(0 * across, across, third), dtype=bool), across.shape
        )

    return contains


def one_period(lattice: Lattice, shape: Shape, unit: np.ndarray, period: float) -> Sites | None:
    """The sites of one period of an endless lead, a few of them twice; None if its cross-section has no end."""
    slack = _SLACK * period
    low, high = np.array([-slack, *shape.low[1:]]), np.array([period + slack, *shape.high[1:]])
    box = box_image(frame(unit).T, low, high)
    spanned = np.abs(lattice.vectors).max(axis=0) > 0
    if not np.isfinite([end[spanned] for end in box]).all():
        return None
    section = in_cross_section(shape, unit)

    def contains(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        along = unit[0] * x + unit[1] * y + unit[2] * z
        return section(x, y, z) & (along > -slack) & (along < period + slack)

    return sites_inside(lattice, contains, *box)
