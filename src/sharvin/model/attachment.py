"""How a lead fits a region: its period, its cell, and the sites that fill a ragged edge.

Along its direction a lead repeats with the shortest lattice translation P that is parallel to it (or a multiple
of P, if hoppings reach further). Sites that differ by multiples of P form a class; the classes present in the
region are the lead's cell. Layer 0 is the slab of thickness |P| behind the outermost site of the region. Where
a class has no site there, the region is filled up to it with the lead's terms; layer 1 is the lead's cell 0.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .lattice import Lattice
from .sites import Sites
from .terms import Terms

_NAMED = {
    sign + axis: np.array([step * (axis == name) for name in "xyz"])
    for axis in "xyz"
    for sign, step in (("+", 1.0), ("-", -1.0), ("", 1.0))
}
_SPACIOUS, _SMALL = 4, 100_000  # a table of classes may have so many places per site, and so many more
_REACH = 12  # search for periods among translations of up to so many lattice vectors


@dataclass(frozen=True, eq=False)
class Attachment:
    """Where a lead meets the sites: layer 0 (`interface`), its first three cells, and what was filled in.

    The lead's sites are front + n · period_cells, n = 1, 2, …, each on the sublattice `kind`.
    """

    interface: np.ndarray
    front: np.ndarray
    kind: np.ndarray
    period_cells: np.ndarray
    cell_sites: Sites
    fill_cells: np.ndarray
    fill_sublattice: np.ndarray
    period: np.ndarray


def direction_vector(direction: object) -> np.ndarray:
    """A unit vector from "+x", "-y", … or from a vector of one to three components."""
    if isinstance(direction, str):
        if direction not in _NAMED:
            raise InputError(
                f'lead: direction must be one of "+x", "-x", "+y", … or a vector, got "{direction}"'
            )
        return _NAMED[direction]
    try:
        vector = np.atleast_1d(np.asarray(direction, dtype=float))
    except (TypeError, ValueError):
        raise InputError(f'lead: direction must be "+x", … or a vector, got {direction!r}') from None
    if vector.ndim != 1 or not 1 <= len(vector) <= 3 or not np.isfinite(vector).all() or not vector.any():
        raise InputError(
            f"lead: direction must be a non-zero vector of one to three numbers, got {direction!r}"
        )
    vector = np.pad(vector, (0, 3 - len(vector)))
    return vector / np.linalg.norm(vector)


def attach(sites: Sites, terms: Terms, direction: object) -> Attachment:
    """Fit a lead with these terms to the sites, outward along the direction."""
    lattice = sites.lattice
    unit = direction_vector(direction)
    basis = _adapted_basis(lattice, unit)
    multiple = _range_in_periods(lattice, terms, basis[0] @ lattice.vectors)
    period_cells = multiple * basis[0]
    period = period_cells @ lattice.vectors

    classes = _Classes.of(sites, basis, multiple)
    along = lattice.positions(classes.outermost, classes.sublattice) @ unit
    # Layer 0 is the slab behind the outermost site; a class whose outermost site lies deeper lacks some there.
    missing = -np.ceil((along - along.max()) / np.linalg.norm(period) - 1e-9).astype(int)
    front = classes.outermost + missing[:, None] * period_cells
    kind = classes.sublattice

    fill = np.repeat(np.arange(len(front)), missing)
    first_fill = np.cumsum(missing) - missing
    depth = np.arange(missing.sum()) - first_fill[fill]
    fill_cells = (front[fill] - depth[:, None] * period_cells).astype(sites.cells.dtype)
    interface = np.where(missing == 0, classes.number, len(sites) + first_fill)
    cell_sites = Sites(
        lattice,
        np.concatenate([front + step * period_cells for step in (1, 2, 3)]),
        np.tile(kind, 3),
    )
    return Attachment(interface, front, kind, period_cells, cell_sites, fill_cells, kind[fill], period)


@dataclass(frozen=True, eq=False)
class _Classes:
    """The classes of sites that differ by multiples of the period; of each its outermost site: number, cell, kind."""

    number: np.ndarray
    outermost: np.ndarray
    sublattice: np.ndarray

    @classmethod
    def of(cls, sites: Sites, basis: np.ndarray, multiple: int) -> "_Classes":
        """The classes of sites for a period of `multiple` times the first row of the basis, in order."""
        inverse = np.rint(np.linalg.inv(basis)).astype(int)
        steps = [_combined(sites.cells, column) for column in inverse.T]  # cell = steps · basis
        if multiple == 1:
            periods, keys, size = steps[0], np.zeros(len(sites), dtype=np.int64), 1
        else:
            periods, keys = np.divmod(steps[0], multiple)
            keys, size = keys.astype(np.int64), multiple
        for step in steps[1:]:
            low, extent = int(step.min()), int(np.ptp(step)) + 1
            keys *= extent
            keys += step
            keys -= low
            size *= extent
        if sites.lattice.sublattice_count > 1:
            keys *= sites.lattice.sublattice_count
            keys += sites.sublattice
            size *= sites.lattice.sublattice_count
        if size > _SPACIOUS * len(sites) + _SMALL:
            _, keys = np.unique(keys, return_inverse=True)
            size = int(keys.max()) + 1
        nowhere = np.iinfo(periods.dtype).min
        furthest = np.full(size, nowhere, dtype=periods.dtype)
        np.maximum.at(furthest, keys, periods)
        front = np.flatnonzero(furthest[keys] == periods)  # one site of each class
        number = front[np.argsort(keys[front])]
        return cls(number, sites.cells[number].astype(int), sites.sublattice[number])


def _combined(cells: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Σ weight · coordinate of integer cells (sites, d)."""
    combined = np.zeros(len(cells), dtype=cells.dtype)
    for column, weight in zip(cells.T, weights.tolist(), strict=True):
        if weight:
            combined += column if weight == 1 else column * weight
    return combined


def _adapted_basis(lattice: Lattice, unit: np.ndarray) -> np.ndarray:
    """Integer rows spanning all lattice translations, the first one the shortest along `unit`."""
    d = lattice.dimension
    vectors = lattice.vectors
    candidates = np.indices((2 * _REACH + 1,) * d).reshape(d, -1).T - _REACH
    translations = candidates @ vectors
    along = translations @ unit
    off = np.linalg.norm(translations - along[:, None] * unit, axis=1)
    parallel = (along > 1e-9) & (off < 1e-9 * np.abs(vectors).max())
    if not parallel.any():
        raise InputError(
            f"lead: no lattice translation of up to {_REACH} cells lies along the direction {unit.round(6).tolist()}; "
            f"the lattice vectors are {vectors.round(6).tolist()}"
        )
    first = candidates[parallel][np.argmin(along[parallel])]
    if d == 1:
        return first[None, :]
    small = np.indices((3,) * d).reshape(d, -1).T - 1
    small = small[np.lexsort((*-small.T[::-1], np.abs(small).sum(axis=1)))]  # plain lattice vectors first
    for rest in np.array(np.meshgrid(*[np.arange(len(small))] * (d - 1), indexing="ij")).reshape(d - 1, -1).T:
        rows = np.vstack([first, small[rest]])
        if abs(round(np.linalg.det(rows))) == 1:
            return rows
    raise InputError(
        f"lead: cannot complete the period {first.tolist()} to a basis of the lattice; use a simpler direction"
    )


def _range_in_periods(lattice: Lattice, terms: Terms, period: np.ndarray) -> int:
    """The number of periods that the longest hopping spans along the lead (1 for neighbouring cells)."""
    length = np.linalg.norm(period)
    reach = 0.0
    for term in terms.hopping:
        for to, source, cell in term.bonds(lattice):
            delta = np.array(cell) @ lattice.vectors + lattice.basis[to]
            reach = max(reach, abs((delta - lattice.basis[source]) @ period) / length**2)
    return max(1, int(np.ceil(reach - 1e-9)))
