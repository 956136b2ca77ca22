"""From sites and terms to the sparse Hamiltonian: the pattern once, the values for every set of parameters.

Terms are grouped by the parameters that they use. What uses none is summed once; of the other groups the last values
are kept, so that another value of one parameter costs the terms that use it, and one pass over the data.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from .bravais import Kind
from .coordinates import bond_coordinates, site_coordinates
from .magnetic import GaugedField
from .pattern import BondPattern, reversed_kind
from .remembered import Remembered
from .sites import Sites
from .terms import HoppingTerm, OnsiteTerm, Terms

_AT_ONCE = (
    2**15
)  # values added to the data at a time: what is gathered meanwhile stays in the processor's cache
_NO_FIELD = GaugedField()


@dataclass(frozen=True, eq=False)
class Assembly:
    """The Hamiltonian of a set of sites, of which each belongs to one of several sums of terms.

    A bond between sites of different owners belongs to the later owner: what a lead adds to a region is bound
    to it by the lead's terms, and where `members` of an owner are told, to those sites only.
    """

    sites: Sites
    owner: np.ndarray
    terms: tuple[Terms, ...]
    field: GaugedField = _NO_FIELD
    members: Mapping[int, np.ndarray] = dataclasses.field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}  # nothing computed

    @property
    def size(self) -> int:
        """Rows of the matrix."""
        return len(self.sites) * self.sites.lattice.orbital_count

    @property
    def pattern(self) -> tuple[np.ndarray, np.ndarray]:
        """CSR index arrays (indptr, indices): sorted, symmetric, with the whole diagonal; read-only and shared."""
        indptr, indices, _ = self._layout
        return indptr, indices

    @property
    def bonds(self) -> np.ndarray:
        """Pairs of sites that a hopping connects, (bonds, 2)."""
        pairs = [np.column_stack([item.to, item.source]) for item in self._placed if item.is_hopping]
        return np.concatenate(pairs) if pairs else np.zeros((0, 2), dtype=np.int64)

    def hamiltonian(self, params: Mapping[str, Any]) -> sparse.csr_array:
        """H in eV; its pattern does not depend on the parameters. Real when no value is complex."""
        additions = [addition for group in self._groups for addition in group.values(params)]
        number_type = np.result_type(self._constant, _number_type(additions))
        data = _added(self._constant.astype(number_type), additions)
        indptr, indices = self.pattern
        h = sparse.csr_array((data, indices, indptr), shape=(self.size, self.size))
        h.indices, h.indptr = indices, indptr  # the very arrays, where SciPy made views
        h.has_sorted_indices = h.has_canonical_format = True
        return h

    @cached_property
    def _constant(self) -> np.ndarray:
        """The sum of the terms without parameters, in the data of the matrix."""
        fixed = _Group(self, {}, [item for item in self._placed if not self._parameters(item)])
        additions = fixed.evaluated({})
        return _added(np.zeros(len(self.pattern[1]), dtype=_number_type(additions)), additions)

    @cached_property
    def _groups(self) -> "list[_Group]":
        """The terms with parameters, those that use the same ones together."""
        groups: dict[frozenset[str], _Group] = {}
        for item in self._placed:
            if names := self._parameters(item):
                groups.setdefault(names, _Group(self, names, [])).items.append(item)
        return list(groups.values())

    def _parameters(self, item: "_PlacedTerm") -> frozenset[str]:
        """Names of the parameters that the values of a placed term depend on."""
        own = frozenset(item.term.parameters)
        turned = item.is_hopping or (self.sites.lattice.holes and self.field.turned)
        return own.union(self.field.parameters) if turned else own

    @property
    def _placed(self) -> "list[_PlacedTerm]":
        return self._layout[2]

    @cached_property
    def _layout(self) -> "tuple[np.ndarray, np.ndarray, list[_PlacedTerm]]":
        """The index arrays, and every term of each owner that has sites with the slots of its numbers."""
        pattern = self._bond_pattern()  # its links are not kept beyond this
        owners = np.flatnonzero(np.bincount(self.owner)).tolist()
        alone = len(owners) == 1
        placed = []
        for number in owners:
            terms = self.terms[number]
            placed += [self._placed_onsite(term, pattern, number, alone=alone) for term in terms.onsite]
            placed += [self._placed_hopping(term, pattern, number, alone=alone) for term in terms.hopping]
        return pattern.indptr, pattern.indices, placed

    def _bond_pattern(self) -> BondPattern:
        lattice = self.sites.lattice
        kinds = []
        for terms in self.terms:
            one_way = {kind for term in terms.hopping for kind in term.bonds(lattice)}
            kinds.append(one_way.union(reversed_kind(kind) for kind in one_way))
        return BondPattern.of(self.sites, self.owner, kinds, self.members)

    def _placed_onsite(
        self, term: OnsiteTerm, pattern: BondPattern, number: int, *, alone: bool
    ) -> "_PlacedTerm":
        sites, diagonal = self.sites, pattern.diagonal
        if alone and term.sublattice is None:
            where = np.arange(len(sites), dtype=np.int32)
            return _PlacedTerm(term, where, where, diagonal, None)
        chosen = self.owner == number
        if term.sublattice is not None:
            chosen = chosen & (sites.sublattice == sites.lattice.sublattice_number(term.sublattice))
        where = np.flatnonzero(chosen).astype(np.int32)
        return _PlacedTerm(term, where, where, diagonal[where], None)

    def _placed_hopping(
        self, term: HoppingTerm, pattern: BondPattern, number: int, *, alone: bool
    ) -> "_PlacedTerm":
        ends = []
        for kind in term.bonds(self.sites.lattice):
            bonds = pattern.bonds(kind) if kind in pattern.links else self._loops(kind, pattern)
            if not alone:
                owned = np.maximum(self.owner[bonds[0]], self.owner[bonds[1]]) == number
                bonds = tuple(array[owned] for array in bonds)
            ends.append(bonds)
        return _PlacedTerm(term, *(np.concatenate(arrays) for arrays in zip(*ends, strict=True)))

    def _loops(self, kind: Kind, pattern: BondPattern) -> tuple[np.ndarray, ...]:
        """Bonds from sites to themselves, around a period of a wrapped lattice: as `BondPattern.bonds`."""
        where = np.flatnonzero(self.sites.sublattice == kind[0]).astype(np.int32)
        slots = pattern.diagonal[where]
        return where, where, slots, slots


@dataclass(frozen=True, eq=False)
class _PlacedTerm:
    """A term with the sites or bonds it acts on, and where its numbers go in the data of the matrix."""

    term: OnsiteTerm | HoppingTerm
    to: np.ndarray
    source: np.ndarray
    slots: np.ndarray  # (count, orbitals, orbitals)
    conjugate_slots: np.ndarray | None

    @property
    def is_hopping(self) -> bool:
        """Whether it acts on bonds."""
        return self.conjugate_slots is not None

    def blocks(self, sites: Sites, field: GaugedField, params: Mapping[str, Any]) -> np.ndarray:
        """Its values, (count, orbitals, orbitals): an array that nobody else will write to."""
        count, orbitals = len(self.to), sites.lattice.orbital_count
        if self.is_hopping:
            coordinates = bond_coordinates(sites.positions, self.to, self.source)
        else:
            coordinates = site_coordinates(sites, self.to)
        blocks = self.term.blocks(coordinates, params, count, orbitals)
        if field:
            charges = sites.lattice.charges
            if self.is_hopping:
                phases = field.hopping_phases(sites.positions, self.to, self.source, params, charges, charges)
            else:
                phases = field.onsite_phases(sites.positions, self.to, params, charges)
            if phases is not None:
                return blocks * phases
        return blocks if blocks.strides[0] == 0 else blocks.copy()  # a function may use its array again

    def add_to(self, data: np.ndarray, blocks: np.ndarray) -> None:
        """Add values to the data of a matrix; no slot comes twice in a term."""
        for start in range(0, len(blocks), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            data[self.slots[some]] += blocks[some]
            if self.conjugate_slots is not None:
                data[self.conjugate_slots[some]] += np.conj(np.swapaxes(blocks[some], 1, 2))


_Additions = list[tuple[_PlacedTerm, np.ndarray]]


class _Group:
    """Placed terms that depend on the same parameters, and their values for the last ones."""

    def __init__(self, assembly: Assembly, names: Any, items: list[_PlacedTerm]) -> None:
        self.names, self.items = frozenset(names), items
        self._sites, self._field = assembly.sites, assembly.field
        self._last: Remembered[_Additions] = Remembered()

    def values(self, params: Mapping[str, Any]) -> _Additions:
        """The terms with their values."""
        own = {name: params[name] for name in self.names}
        return self._last.get(own, lambda: self.evaluated(own))

    def evaluated(self, params: Mapping[str, Any]) -> _Additions:
        """The terms with their values, computed now."""
        return [(item, item.blocks(self._sites, self._field, params)) for item in self.items]


def _number_type(additions: _Additions) -> type:
    """Real unless one of the values is complex."""
    return complex if any(np.iscomplexobj(blocks) for _, blocks in additions) else float


def _added(data: np.ndarray, additions: _Additions) -> np.ndarray:
    """The data, with the values of terms added to them."""
    for item, blocks in additions:
        item.add_to(data, blocks)
    return data
