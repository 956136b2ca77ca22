"""From sites and terms to the sparse Hamiltonian: the pattern once, the values for every set of parameters.

Numbers are the same for all bonds of a kind: they are summed in a small table, and laid out in one pass over the data.
Terms that vary are given slots, and are grouped by the parameters that they use. What uses none is summed once; of the
other groups the last values are kept, so that another value of one parameter costs the terms that use it, and one pass
over the data.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from .bravais import Kind, Lattice
from .coordinates import bond_coordinates, site_coordinates
from .magnetic import GaugedField
from .pattern import BondPattern, diagonal_kind, reversed_kind
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
        return self._pattern.indptr, self._pattern.indices

    @property
    def bonds(self) -> np.ndarray:
        """Pairs of sites that a hopping connects, (bonds, 2)."""
        ends = [self._ends(act, kind) for act in self._acts if act.is_hopping for kind in act.kinds]
        return np.concatenate([np.column_stack(pair) for pair in ends] or [np.zeros((0, 2), dtype=np.int64)])

    def hamiltonian(self, params: Mapping[str, Any]) -> sparse.csr_array:
        """H in eV; its pattern does not depend on the parameters. Real when no value is complex."""
        additions = [addition for group in self._groups if group.names for addition in group.values(params)]
        if additions:
            number_type = np.result_type(self._constant, _number_type(additions))
            data = _added(self._constant.astype(number_type), additions)
        else:
            data = self._constant_sum()  # there is nothing to keep it for
        indptr, indices = self.pattern
        h = sparse.csr_array((data, indices, indptr), shape=(self.size, self.size))
        h.indices, h.indptr = indices, indptr  # the very arrays, where SciPy made views
        h.has_sorted_indices = h.has_canonical_format = True
        return h

    @cached_property
    def _constant(self) -> np.ndarray:
        return self._constant_sum()

    def _constant_sum(self) -> np.ndarray:
        """The sum of the terms without parameters, in the data of the matrix."""
        additions = [addition for group in self._groups if not group.names for addition in group.values({})]
        table, owner, sublattice = self._uniform, self.owner, self.sites.sublattice
        partners, alone = self._pattern.partners, self._owners[0] if len(self._owners) == 1 else None

        def blocks(rows: Any) -> np.ndarray:
            if alone is not None:
                return table[alone].take(sublattice[rows], axis=0)
            later = np.maximum(owner[rows, None], owner[partners[rows]])
            return table[later, sublattice[rows, None], np.arange(partners.shape[1])]

        number_type = np.result_type(table, _number_type(additions))
        return _added(self._pattern.laid_out(blocks, number_type), additions)

    @cached_property
    def _uniform(self) -> np.ndarray:
        """What is the same everywhere, by owner, sublattice and column of the pattern: (…, orbitals, orbitals)."""
        columns = self._pattern.columns
        blocks = [act.block(self.sites) for act in self._sorted[0]]
        number_type = complex if any(map(np.iscomplexobj, blocks)) else float
        lattice, width = self.sites.lattice, self._pattern.partners.shape[1]
        shape = len(self.terms), lattice.sublattice_count, width, *(lattice.orbital_count,) * 2
        table = np.zeros(shape, dtype=number_type)
        for act, block in zip(self._sorted[0], blocks, strict=True):
            for kind in act.kinds:
                table[act.owner, kind[0], columns[kind]] += block
                if act.is_hopping:
                    table[act.owner, kind[1], columns[reversed_kind(kind)]] += block.conj().T
        return table

    @cached_property
    def _groups(self) -> "list[_Group]":
        """The terms that vary, those that use the same parameters together."""
        groups: dict[frozenset[str], _Group] = {}
        varying = self._sorted[1]
        numbers = self._pattern.numbers() if varying else np.zeros((0, 0))
        for act in varying:
            names = self._parameters(act)
            groups.setdefault(names, _Group(self, names, [])).items.append(self._placed(act, numbers))
        return list(groups.values())

    def _parameters(self, act: "_Act") -> frozenset[str]:
        """Names of the parameters that the values of a term depend on."""
        own = frozenset(act.term.parameters)
        return own.union(self.field.parameters) if self._turned(act) else own

    def _turned(self, act: "_Act") -> bool:
        """Whether the field may change the values of a term."""
        return bool(self.field) and (act.is_hopping or bool(self.sites.lattice.holes and self.field.turned))

    @cached_property
    def _sorted(self) -> "tuple[list[_Act], list[_Act]]":
        """The terms that are the same everywhere, and those that vary with place, with parameters or by the field.

        What is added to a function that has no parameters counts as varying too: sums keep their order.
        """
        uniform, varying, begun = [], [], set()
        for act in self._acts:
            names, touched = self._parameters(act), {(act.owner, kind) for kind in act.both_ways}
            if act.term.value.is_number and not (names or self._turned(act) or touched & begun):
                uniform.append(act)
                continue
            varying.append(act)
            if not names:
                begun |= touched
        return uniform, varying

    @cached_property
    def _owners(self) -> list[int]:
        """Those that have sites."""
        return np.flatnonzero(np.bincount(self.owner)).tolist()

    @cached_property
    def _acts(self) -> "list[_Act]":
        """The terms of each owner that has sites, with their kinds of bonds."""
        lattice = self.sites.lattice
        return [
            _Act.of(number, term, lattice) for number in self._owners for term in self.terms[number].in_order
        ]

    @cached_property
    def _pattern(self) -> BondPattern:
        kinds: list[set[Kind]] = [set() for _ in self.terms]
        for act in self._acts:
            kinds[act.owner].update(act.both_ways)
        return BondPattern.of(self.sites, self.owner, kinds, self.members)

    def _placed(self, act: "_Act", numbers: np.ndarray) -> "_PlacedTerm":
        """A term with the slots of its values; `numbers` of the pattern's blocks."""
        if not act.is_hopping:
            where = self._where(act)
            slots = self._pattern.diagonal_slots(numbers, where)
            return _PlacedTerm(act.term, where, where, slots, None)
        parts = []
        for kind in act.kinds:
            to, source = self._ends(act, kind)
            slots = self._pattern.slots(numbers, kind, to)
            parts.append((to, source, slots, self._pattern.slots(numbers, reversed_kind(kind), source)))
        return _PlacedTerm(act.term, *(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

    def _where(self, act: "_Act") -> np.ndarray:
        """The sites of an on-site term."""
        chosen = self.owner == act.owner
        if len(act.kinds) < self.sites.lattice.sublattice_count:
            chosen &= self.sites.sublattice == act.kinds[0][0]
        return np.flatnonzero(chosen).astype(np.int32)

    def _ends(self, act: "_Act", kind: Kind) -> tuple[np.ndarray, np.ndarray]:
        """(to, source) of the bonds of a kind on which a hopping acts, the sources ascending."""
        to, source = self._pattern.bonds(kind)
        if len(self._owners) == 1:
            return to, source
        owned = np.maximum(self.owner[to], self.owner[source]) == act.owner
        return to[owned], source[owned]


@dataclass(frozen=True, eq=False)
class _Act:
    """A term of an owner, and the kinds of bonds it acts on: on-site, of a site with itself."""

    owner: int
    term: OnsiteTerm | HoppingTerm
    kinds: list[Kind]

    @classmethod
    def of(cls, owner: int, term: OnsiteTerm | HoppingTerm, lattice: Lattice) -> "_Act":
        """With the kinds that a term has on a lattice."""
        if isinstance(term, HoppingTerm):
            return cls(owner, term, term.bonds(lattice))
        name = term.sublattice
        numbers = range(lattice.sublattice_count) if name is None else [lattice.sublattice_number(name)]
        return cls(owner, term, [diagonal_kind(lattice, number) for number in numbers])

    @property
    def is_hopping(self) -> bool:
        """Whether it acts on bonds."""
        return isinstance(self.term, HoppingTerm)

    @property
    def both_ways(self) -> set[Kind]:
        """The kinds and their conjugates."""
        return {*self.kinds, *map(reversed_kind, self.kinds)}

    def block(self, sites: Sites) -> np.ndarray:
        """Its value, where that is the same everywhere."""
        nowhere = np.zeros(0, dtype=np.int32)
        coordinates = bond_coordinates(np.zeros((0, 3)), nowhere, nowhere)  # which a number does not ask for
        return self.term.blocks(coordinates, {}, 1, sites.lattice.orbital_count)[0]


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
