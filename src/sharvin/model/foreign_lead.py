"""Leads on a lattice of their own, with a declared contact: a tip above a sheet, a wire on a chain.

The lead is a half of its own endless wire. Its first cells, those that the contact reaches, count as part of the
region; from the next one on it is a periodic lead like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from ..errors import InputError
from ..reals import number, shown
from .attachment import adapted_basis, direction_vector, range_in_periods
from .coordinates import bond_coordinates
from .lead_classes import one_period
from .point_set import Shape
from .sites import Sites
from .terms import BOND_COORDINATES, Terms
from .values import Parameter, Value

_MOST_CELLS = 20  # of a lead that a contact may reach


@dataclass(frozen=True, eq=False)
class Contact:
    """Hoppings between a region and a lead on another lattice; see `contact`."""

    value: Value
    within: float

    def blocks(
        self,
        positions: np.ndarray,
        to: np.ndarray,
        source: np.ndarray,
        charges: tuple[np.ndarray, np.ndarray],
        params: Mapping[str, Any],
    ) -> np.ndarray:
        """⟨region site|H|lead site⟩ in eV, (bonds, orbitals of the region, orbitals of the lead).

        `charges` tell of the orbitals on both sides whether they are an electron's, 1, or a hole's, −1: for holes a
        number t counts as −t*.
        """
        shape = len(charges[0]), len(charges[1])
        given = self.value.source
        if isinstance(given, Parameter):
            given = params[given.name]
        elif callable(given):
            given = self.value.call(bond_coordinates(positions, to, source), params, len(to))
        found = _numbers(given)
        if found.dtype.kind not in "iufc" or np.ma.isMaskedArray(given) or not np.isfinite(found).all():
            raise InputError(f"contact: expected finite numbers in eV, got {shown(given)}")
        if found.shape in ((), (len(to),)) and np.array_equal(*charges):
            electrons, holes = np.diag(charges[0] > 0), np.diag(charges[0] < 0)
            found = np.multiply.outer(found, electrons) - np.multiply.outer(np.conj(found), holes)
        if found.shape not in (shape, (len(to), *shape)):
            raise InputError(
                f"contact: a value of shape {found.shape} does not fit: {len(to)} bonds from {shape[1]} orbital(s) of "
                f"a site of the lead to {shape[0]} of the region take a matrix {shape}, one for each bond, or a "
                "number if the orbitals on both sides are alike"
            )
        return np.broadcast_to(found, (len(to), *shape))


def contact(value: Any, within: float) -> Contact:
    """The hoppings ⟨r|H|r′⟩ in eV from sites r′ of a lead to sites r of a region, for a lead on another lattice.

    Parameters
    ----------
    value
        A number, a matrix (orbitals of a region's site, orbitals of a lead's site), ``sharvin.param(name)``, or a
        function of the arrays ``x1, y1, z1`` (in the region), ``x2, y2, z2`` (in the lead), ``x, y, z`` (between them),
        in nm, and of named parameters.
    within
        The largest distance in nm of sites that have one.

    Raises
    ------
    InputError
        For a value that is neither, or a distance that is not positive.

    Examples
    --------
    A tip above a sheet of graphene:

    >>> import numpy as np
    >>> import sharvin as sv
    >>> graphene = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7))
    >>> chain = sv.lattice.Lattice([[0, 0, 0.3]], basis=[[0, 0, 0.5]])
    >>> tip = sv.Model(chain, sv.hopping(-1.0))
    >>> tunnel = sv.contact(lambda x1, y1, x2, y2: 0.1 * np.exp(-np.hypot(x1 - x2, y1 - y2) / 0.1), within=0.8)
    >>> sheet = graphene.region(sv.shape.rectangle(length=6, width=4)).lead("left", graphene, "-x")
    >>> device = sheet.lead("tip", tip, "+z", contact=tunnel)
    >>> T = sv.scattering_matrix(device, energy=0.3).transmission("tip", "left")
    >>> 0 < T < 1
    True
    """
    distance = number("contact: within", within)
    if not distance > 0:
        raise InputError(f"contact: within must be a positive distance in nm, got {shown(within)}")
    if not (callable(value) or isinstance(value, Parameter)) and _numbers(value).ndim == 2:
        matrix = value
        return Contact(Value(lambda: matrix, "contact", BOND_COORDINATES), distance)
    return Contact(Value(value, "contact", BOND_COORDINATES), distance)


def _numbers(value: Any) -> np.ndarray:
    """The value as an array, or a clear refusal."""
    try:
        return np.asarray(value)
    except ValueError:
        raise InputError("contact: the rows of its matrix have unlike lengths") from None


@dataclass(frozen=True, eq=False)
class ForeignLead:
    """A lead on a lattice of its own.

    Attributes
    ----------
    within
        Its first cells, as sites, that count as part of the region.
    cell_sites
        The three cells after them.
    period
        In nm, (3,).
    count
        Sites of a cell.
    """

    contact: Contact
    within: Sites
    cell_sites: Sites
    period: np.ndarray
    count: int

    @property
    def lattice(self) -> Any:
        """The lead's own lattice."""
        return self.within.lattice

    @property
    def size(self) -> int:
        """Orbitals of the cells that count as part of the region."""
        return len(self.within) * self.lattice.orbital_count

    @property
    def places(self) -> np.ndarray:
        """Places of the last cell that counts as part of the region, in nm, (count, 3)."""
        return self.within.positions[-self.count :]

    @property
    def kind(self) -> np.ndarray:
        """The sublattices of its sites."""
        return self.within.sublattice[-self.count :]

    @property
    def there(self) -> np.ndarray:
        """That the region has them all."""
        return np.ones(self.count, dtype=bool)

    def check(self, name: str, positions: np.ndarray, others: Mapping[str, np.ndarray]) -> None:
        """Refuse a contact that reaches further than its first cells, or into another lead, or that is none any more.

        `positions` are those of the region; `others` those of the first cells of other leads, by name.
        """
        reach = self.contact.within * (1 + 1e-9)
        region, own = cKDTree(positions), cKDTree(self.within.positions)
        if not own.count_neighbors(region, reach):
            raise InputError(
                f'lead "{name}": no site is left that its contact reaches, within {self.contact.within:.6g} nm; the '
                "sites there were taken away"
            )
        if cKDTree(self.cell_sites.positions).count_neighbors(region, reach):
            raise InputError(
                f'lead "{name}": after it was attached, sites were filled in for another lead that its contact '
                "reaches from further cells; attach this lead after the other one"
            )
        for other, places in others.items():
            if own.count_neighbors(cKDTree(places), reach):
                raise InputError(
                    f'lead "{name}": its contact reaches the lead "{other}"; let the region reach further out there, '
                    "or give contact a smaller distance"
                )

    def bonds(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of a site of the region, at these positions, and one of the lead's first cells."""
        near = cKDTree(positions).sparse_distance_matrix(
            cKDTree(self.within.positions), self.contact.within * (1 + 1e-9), output_type="ndarray"
        )
        order = np.lexsort((near["j"], near["i"]))
        return near["i"][order], near["j"][order]


def foreign_lead(
    name: str,
    sites: Sites,
    lattice: Any,
    terms: Terms,
    direction: object,
    shape: Shape | None,
    start: float | None,
    joint: Contact,
) -> ForeignLead:
    """Fit a lead on its own lattice to the sites of a region."""
    unit = direction_vector(direction, f'lead "{name}"')
    basis = adapted_basis(Sites.of_cell(lattice), unit, f'lead "{name}"')
    period_cells = range_in_periods(lattice, terms, basis[0] @ lattice.vectors) * basis[0]
    period = period_cells @ lattice.vectors
    length = float(np.linalg.norm(period))
    first = _one_period(name, lattice, shape, unit, length)
    begin = float((sites.positions @ unit).max()) if start is None else number(f'lead "{name}": start', start)
    along = first.positions @ unit
    steps = np.floor((begin - along) / length + 1e-9).astype(int) + 1
    rows = np.unique(np.column_stack([first.cells + steps[:, None] * period_cells, first.sublattice]), axis=0)
    cells, sublattice = rows[:, :-1], rows[:, -1]

    def at(numbers: range) -> Sites:
        moved = np.concatenate([cells + n * period_cells for n in numbers])
        return Sites(lattice, moved, np.tile(sublattice, len(numbers)))

    tree = cKDTree(sites.positions)
    reach = joint.within * (1 + 1e-9)
    distances = [np.min(tree.query(at(range(n, n + 1)).positions)[0]) for n in range(_MOST_CELLS + 1)]
    touched = np.array(distances) <= reach
    if not touched[0]:
        raise InputError(
            f'lead "{name}": no site of the region is within {joint.within:.6g} nm of its first cell, the nearest is '
            f"{distances[0]:.6g} nm away; give contact a larger distance, or another start (now {begin:.6g} nm along "
            "the direction), or move the lead's lattice by its basis"
        )
    if touched[-1]:
        raise InputError(
            f'lead "{name}": its contact reaches over {_MOST_CELLS} cells of it, so that it runs beside the region; '
            "give contact a smaller distance, or start the lead further out"
        )
    count = int(np.flatnonzero(touched)[-1]) + 1
    return ForeignLead(joint, at(range(count)), at(range(count, count + 3)), period, len(cells))


def _one_period(name: str, lattice: Any, shape: Shape | None, unit: np.ndarray, length: float) -> Sites:
    """The sites of one period of the endless lead."""
    if shape is None:
        if lattice.dimension > 1:
            raise InputError(
                f'lead "{name}": on a lattice of its own it needs a shape, since there is no region of it to project'
            )
        periods = max(1, round(length / float(np.linalg.norm(lattice.vectors[0]))))
        cells = np.repeat(np.arange(periods), lattice.sublattice_count)[:, None]
        return Sites(lattice, cells, np.tile(np.arange(lattice.sublattice_count), periods))
    found = one_period(lattice, shape, unit, length)
    if found is None:
        raise InputError(f'lead "{name}": the shape has no end across the lead; give it one')
    if not len(found):
        raise InputError(
            f'lead "{name}": no site of its lattice lies in its shape; move the shape, or the lattice'
        )
    return found
