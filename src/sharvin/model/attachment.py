"""How a lead fits a region: its period, its cell, and the sites that fill a ragged edge.

Along its direction a lead repeats with the shortest lattice translation P that is parallel to it (or a multiple
of P, if hoppings reach further). Sites that differ by multiples of P form a class; the classes in the lead's shape, or
those present in the region, are the lead's cell. Layer 0 is the slab of thickness |P| behind the outermost of their
sites in the region; layer 1 is the lead's cell 0. Sites that the region lacks in layer 0 and further in are filled in
with the lead's terms, as far as the lead's hoppings lead from layer 1 without meeting the region.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import GeometryError, InputError
from ..reals import NotReal, reals
from .bravais import Lattice
from .lead_classes import Classes, completed, find_rows, in_cross_section, one_period
from .misfits import no_period, no_site, not_ended
from .point_set import Shape
from .sites import Sites
from .terms import Terms

_NAMED = {
    sign + axis: np.array([step * (axis == name) for name in "xyz"])
    for axis in "xyz"
    for sign, step in (("+", 1.0), ("-", -1.0), ("", 1.0))
}
_REACH = 12  # search for periods among translations of up to so many lattice vectors


@dataclass(frozen=True, eq=False)
class Attachment:
    """Where a lead meets the sites: layer 0 (`interface`), its first three cells, and what was filled in.

    The lead's sites are front + n · period_cells, n = 1, 2, …, each on the sublattice `kind`. The interface is −1 for
    sites that are missing in layer 0, which nothing of layer 1 hops to. `members` tells which sites, those that are
    filled in included, are of the lead's classes; None if all are.
    """

    interface: np.ndarray
    front: np.ndarray
    kind: np.ndarray
    period_cells: np.ndarray
    cell_sites: Sites
    fill_cells: np.ndarray
    fill_sublattice: np.ndarray
    period: np.ndarray
    members: np.ndarray | None = None

    @property
    def places(self) -> np.ndarray:
        """Places of the sites of layer 0, in nm, (sites, 3), whether the region has them or not."""
        return self.cell_sites.lattice.positions(self.front, self.kind)

    @property
    def there(self) -> np.ndarray:
        """Which of them the region has."""
        return self.interface >= 0


def direction_vector(direction: object, what: str = "lead") -> np.ndarray:
    """A unit vector from "+x", "-y", … or from a vector of one to three components."""
    if isinstance(direction, str):
        if direction not in _NAMED:
            raise InputError(
                f'{what}: direction must be one of "+x", "-x", "+y", … or a vector, got "{direction}"'
            )
        return _NAMED[direction]
    try:
        vector = np.atleast_1d(reals(direction))
    except NotReal:
        raise InputError(f'{what}: direction must be "+x", … or a vector, got {direction!r}') from None
    if vector.ndim != 1 or not 1 <= len(vector) <= 3 or not np.isfinite(vector).all() or not vector.any():
        raise InputError(
            f"{what}: direction must be a non-zero vector of one to three numbers, got {direction!r}"
        )
    vector = np.pad(vector, (0, 3 - len(vector))) / np.abs(vector).max()
    return vector / np.linalg.norm(vector)


def attach(
    sites: Sites,
    terms: Terms,
    direction: object,
    shape: Shape | None = None,
    *,
    own: np.ndarray | None = None,
    like: Sites | None = None,
    what: str = "lead",
) -> Attachment:
    """Fit a lead with these terms to the sites, outward along the direction; `shape` cuts it out of the lattice.

    Without a shape it is as wide as the lead of which one cell is `like`, or it is the projection of the sites that are
    a region's `own`, and not filled in for another lead. Errors call the lead `what`.
    """
    lattice = sites.lattice
    unit = direction_vector(direction, what)
    basis = adapted_basis(sites, unit, what)
    multiple = range_in_periods(lattice, terms, basis[0] @ lattice.vectors)
    period_cells = multiple * basis[0]
    period = period_cells @ lattice.vectors

    chosen = None
    if shape is not None:
        chosen = in_cross_section(shape, unit)(*sites.positions.T)
        if not chosen.any():
            raise no_site(what, sites, shape, unit, float(np.linalg.norm(period)))
    elif like is not None:
        chosen = Classes.of(like, basis, multiple).holding(sites, np.zeros(len(sites), dtype=bool))
    elif own is not None and not own.all():
        chosen = Classes.of(sites, basis, multiple, own).holding(sites, own)
    classes = Classes.of(sites, basis, multiple, chosen)
    if shape is not None:
        lead_sites = one_period(lattice, shape, unit, float(np.linalg.norm(period)))
        classes = classes if lead_sites is None else classes.with_more(lead_sites)
    elif like is not None:
        classes = classes.with_more(like)
    along = lattice.positions(classes.outermost, classes.sublattice) @ unit
    there = classes.number >= 0
    # Layer 0 is the slab behind the outermost site; a class whose outermost site lies deeper lacks some there.
    missing = -np.ceil((along - along[there].max()) / np.linalg.norm(period) - 1e-9).astype(int)
    front = classes.outermost + missing[:, None] * period_cells
    kind = classes.sublattice

    interface = np.where(there & (missing == 0), classes.number, -1)
    fill_class, fill_layer = np.zeros((2, 0), dtype=int)
    if (interface < 0).any():
        lead = _Lead(classes, front, period_cells, terms, what)
        fill_class, fill_layer = lead.flooded(sites)
        added = len(sites) + np.flatnonzero(fill_layer == 0)
        interface[fill_class[fill_layer == 0]] = added
    fill_cells = (front[fill_class] + fill_layer[:, None] * period_cells).astype(sites.cells.dtype)
    cell_sites = Sites(
        lattice,
        np.concatenate([front + step * period_cells for step in (1, 2, 3)]),
        np.tile(kind, 3),
    )
    members = None if chosen is None else np.concatenate([chosen, np.ones(len(fill_class), dtype=bool)])
    return Attachment(
        interface, front, kind, period_cells, cell_sites, fill_cells, kind[fill_class], period, members
    )


@dataclass(frozen=True, eq=False)
class _Lead:
    """The sites front + layer · period of a lead, by class and layer, and who neighbours whom."""

    classes: Classes
    front: np.ndarray
    period_cells: np.ndarray
    terms: Terms
    what: str

    def flooded(self, sites: Sites) -> tuple[np.ndarray, np.ndarray]:
        """Classes and layers of the sites that the region lacks before the lead ends in it, from layer 0 inward.

        From the lead's first cell, layer 1, along the lead's hoppings, as far as there are no sites of the region.
        """
        count = len(self.front)
        to, source, step = self._bonds()
        lowest = int(self._layers_of(sites).min()) - 1
        known = np.zeros((0, 2), dtype=int)
        edge = np.column_stack([np.arange(count), np.ones(count, dtype=int)])
        while len(edge):
            # Every bond from a class of the edge, at every layer that the edge has of it.
            order = np.argsort(edge[:, 0], kind="stable")
            first, last = (np.searchsorted(edge[order, 0], source, side=side) for side in ("left", "right"))
            each = np.repeat(np.arange(len(source)), last - first)
            place = order[np.arange(len(each)) - np.repeat(np.cumsum(last - first) - last, last - first)]
            reached = np.unique(np.column_stack([to[each], edge[place, 1] + step[each]]), axis=0)
            reached = reached[reached[:, 1] <= 0]
            cells = self.front[reached[:, 0]] + reached[:, 1:] * self.period_cells
            reached = reached[sites.find(cells, self.classes.sublattice[reached[:, 0]]) < 0]
            edge = _without(reached, known)
            known = np.concatenate([known, edge])
            if len(edge) and edge[:, 1].min() < lowest:
                raise self._endless(sites, edge[np.argmin(edge[:, 1]), 0])
        known = known[np.lexsort((-known[:, 1], known[:, 0]))]
        return known[:, 0], known[:, 1]

    def _bonds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Class to, class from, and step in layers of all hoppings of the lead, in both directions."""
        found = [np.zeros((3, 0), dtype=int)]
        lattice = self.classes.lattice
        for term in self.terms.hopping:
            for to, source, cell in term.bonds(lattice):
                for end, start, sign in ((to, source, 1), (source, to, -1)):
                    begin = np.flatnonzero(self.classes.sublattice == start)
                    number, layer = self._placed(self.front[begin] + sign * np.array(cell), end)
                    inside = number >= 0
                    found.append(np.array([number[inside], begin[inside], layer[inside]]))
        return tuple(np.concatenate(found, axis=1))

    def _placed(self, cells: np.ndarray, sublattice: int) -> tuple[np.ndarray, np.ndarray]:
        """Class (−1 for none) and layer of sites."""
        rows, periods = self.classes.located(cells, np.full(len(cells), sublattice))
        own, front = self.classes.located(self.front, self.classes.sublattice)
        number = find_rows(own, rows)
        return number, periods - front[number]

    def _layers_of(self, sites: Sites) -> np.ndarray:
        """Layers of the sites of the region, counted from the lead's front, about."""
        period = self.period_cells @ self.classes.lattice.vectors
        front = self.classes.lattice.positions(self.front, self.classes.sublattice)
        return np.floor((sites.positions @ period - (front @ period).max()) / (period @ period)).astype(int)

    def _endless(self, sites: Sites, number: int) -> GeometryError:
        lattice = self.classes.lattice
        cell = lattice.positions(self.front, self.classes.sublattice)
        period = self.period_cells @ lattice.vectors
        return not_ended(self.what, sites, cell, self.classes.number >= 0, number, period)


def _without(rows: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The rows that are not among the known ones."""
    return rows[find_rows(known, rows) < 0]


def adapted_basis(sites: Sites, unit: np.ndarray, what: str) -> np.ndarray:
    """Integer rows spanning all lattice translations, the first one the shortest along `unit`."""
    lattice, d = sites.lattice, sites.lattice.dimension
    vectors = lattice.vectors
    candidates = np.indices((2 * _REACH + 1,) * d).reshape(d, -1).T - _REACH
    translations = candidates @ vectors
    along = translations @ unit
    off = np.linalg.norm(translations - along[:, None] * unit, axis=1)
    parallel = (along > 1e-9) & (off < 1e-9 * np.abs(vectors).max())
    if not parallel.any():
        raise no_period(what, sites, unit, _REACH)
    first = candidates[parallel][np.argmin(along[parallel])]
    rows = completed(first)
    if rows is not None:
        return rows
    raise InputError(
        f"{what}: cannot complete the period {first.tolist()} to a basis of the lattice; use a simpler direction"
    )


def range_in_periods(lattice: Lattice, terms: Terms, period: np.ndarray) -> int:
    """The number of periods that the longest hopping spans along the lead (1 for neighbouring cells)."""
    length = np.linalg.norm(period)
    reach = 0.0
    for term in terms.hopping:
        for to, source, cell in term.bonds(lattice):
            delta = np.array(cell) @ lattice.vectors + lattice.basis[to]
            reach = max(reach, abs((delta - lattice.basis[source]) @ period) / length**2)
    return max(1, int(np.ceil(reach - 1e-9)))
