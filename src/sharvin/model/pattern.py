"""The pattern of a Hamiltonian: which elements are stored, and where those of each kind of bond stand in the data.

A kind of bond is (to, from, Δ): from sublattice `from` of cell R to sublattice `to` of cell R + Δ, all over the
lattice. Sites that a region lists cell by cell keep their order under translations, so the elements of a row come out
sorted when its kinds of bonds are; only next to sites that were appended must rows be sorted one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .bravais import Kind
from .sites import SiteIndex, Sites

_NONE: Mapping[int, np.ndarray] = {}


def reversed_kind(kind: Kind) -> Kind:
    """The kind of the conjugate elements."""
    to, source, cell = kind
    return source, to, tuple(-c for c in cell)


@dataclass(frozen=True, eq=False)
class Links:
    """All stored blocks ⟨to|H|source⟩ of one kind, `to` ascending; `slots` (count, orbitals, orbitals) in the data."""

    to: np.ndarray
    source: np.ndarray
    slots: np.ndarray


@dataclass(frozen=True, eq=False)
class BondPattern:
    """CSR index arrays, sorted, symmetric and with the whole diagonal; and the slots of diagonal and bonds."""

    indptr: np.ndarray
    indices: np.ndarray
    diagonal: np.ndarray
    links: dict[Kind, Links]

    @classmethod
    def of(
        cls,
        sites: Sites,
        owner: np.ndarray,
        kinds: Sequence[set[Kind]],
        members: Mapping[int, np.ndarray] = _NONE,
    ) -> "BondPattern":
        """The pattern of sites where the bonds between owners m ≤ n are those of `kinds[n]`.

        `members`: of some n, which of the sites up to its own take part in such bonds.
        """
        candidates = _candidates(sites, owner, kinds, members)
        places = _Places.of(sites, candidates)
        orbital = np.arange(places.orbitals, dtype=places.dtype)
        indices = np.empty(places.count, dtype=places.dtype)
        links: dict[Kind, Links] = {}
        while candidates:  # each is let go when its links are made
            for kind, link in candidates.pop().links(places):
                indices[link.slots] = link.source[:, None, None] * places.orbitals + orbital
                links[kind] = link
        diagonal = np.empty((len(sites), len(orbital), len(orbital)), dtype=places.dtype)
        for number in range(sites.lattice.sublattice_count):
            own = links.pop(_diagonal_kind(sites, number))
            diagonal[own.to] = own.slots
        indptr = places.indptr()
        for shared in (indptr, indices):
            shared.setflags(write=False)  # every matrix of this pattern has these very arrays
        return cls(indptr, indices, diagonal, links)

    def bonds(self, kind: Kind) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """(to, source, slots, slots of the conjugate) of all bonds of a kind, the sources ascending."""
        forward, backward = self.links[kind], self.links[reversed_kind(kind)]
        to, source = backward.source, backward.to
        slots = forward.slots
        if not _ascending(to):
            slots = np.empty_like(forward.slots)
            slots[np.argsort(to, kind="stable")] = forward.slots
        return to, source, slots, backward.slots


@dataclass(frozen=True, eq=False)
class _Places:
    """Where blocks stand: the first block of every row of blocks, their number, and the orbitals of a site."""

    starts: np.ndarray
    degree: np.ndarray
    orbitals: int
    dtype: type

    @classmethod
    def of(cls, sites: Sites, candidates: "list[_Candidates]") -> "_Places":
        """The rows that the candidates fill."""
        degree = np.zeros(len(sites), dtype=np.int32)
        for found in candidates:
            degree[found.rows] = found.degree
        starts = np.zeros(len(sites) + 1, dtype=np.int64)
        np.cumsum(degree, out=starts[1:])
        orbitals = sites.lattice.orbital_count
        number_type = np.int32 if int(starts[-1]) * orbitals**2 < 2**31 else np.int64
        return cls(starts.astype(number_type), degree, orbitals, number_type)

    @property
    def count(self) -> int:
        """Elements of the matrix."""
        return int(self.starts[-1]) * self.orbitals**2

    def slots(self, to: np.ndarray, rank: np.ndarray) -> np.ndarray:
        """Slots of the elements of the blocks that are the `rank`-th of their row, (count, orbitals, orbitals)."""
        m = self.orbitals
        first = self.starts[to]
        if m == 1:
            first += rank
            return first[:, None, None]
        first = (first * m**2 + rank * m).astype(self.dtype)
        lines = (self.degree[to] * m)[:, None, None] * np.arange(m)[:, None]
        return (first[:, None, None] + lines + np.arange(m)).astype(self.dtype, copy=False)

    def indptr(self) -> np.ndarray:
        """Where the rows of the matrix begin."""
        m = self.orbitals
        if m == 1:
            return self.starts
        return np.concatenate([[0], np.cumsum(np.repeat(self.degree * m, m), dtype=self.dtype)]).astype(
            self.dtype
        )


@dataclass(frozen=True, eq=False)
class _Candidates:
    """The rows of one sublattice, and for every kind of bond into it: the partner or −1, and its rank in the row."""

    rows: np.ndarray
    kinds: list[Kind]
    partners: list[np.ndarray]
    ranks: list[np.ndarray]
    degree: np.ndarray

    def links(self, places: _Places) -> list[tuple[Kind, Links]]:
        """What there is of each kind, with its slots."""
        found = []
        for kind, partner, rank in zip(self.kinds, self.partners, self.ranks, strict=True):
            there = partner >= 0
            to = self.rows[there]
            found.append((kind, Links(to, partner[there], places.slots(to, rank[there]))))
        return found


def _candidates(
    sites: Sites, owner: np.ndarray, kinds: Sequence[set[Kind]], members: Mapping[int, np.ndarray]
) -> list[_Candidates]:
    """The rows of the pattern, sublattice by sublattice."""
    present = np.flatnonzero(np.bincount(owner)).tolist()
    own_kinds = {_diagonal_kind(sites, number) for number in range(sites.lattice.sublattice_count)}
    wanted = own_kinds.union(*(kinds[n] for n in present))
    # Of a kind that not all owners have, the bonds between others are left out.
    partial = {kind: [n for n in present if kind not in kinds[n]] for kind in wanted - own_kinds}
    index = SiteIndex(sites, np.abs([cell for _, _, cell in wanted]).max(axis=0))
    ordered = _ordered_count(index.keys)
    found = []
    for number in range(sites.lattice.sublattice_count):
        rows = np.flatnonzero(sites.sublattice == number).astype(np.int32)
        mine = sorted(
            (kind for kind in wanted if kind[0] == number), key=lambda k: (reversed_kind(k)[2], k[1])
        )
        partners, keys = [], index.keys[rows]
        for kind in mine:
            _, source, back = *kind[:2], reversed_kind(kind)[2]
            partner = index.at(keys + index.keys.dtype.type(index.step(back, source - number)))
            if lacking := partial.get(kind):
                later = np.maximum(owner[rows], np.where(partner >= 0, owner[partner], -1))
                partner[np.isin(later, lacking)] = -1
            for n in set(members).intersection(present):
                partner[_between_strangers(rows, partner, owner, n, members[n])] = -1
            partners.append(partner)
        found.append(_Candidates(rows, mine, partners, *_ranks(rows, partners, ordered)))
    return found


def _between_strangers(
    rows: np.ndarray, partner: np.ndarray, owner: np.ndarray, number: int, members: np.ndarray
) -> np.ndarray:
    """The bonds that belong to an owner, but lead to a site that is none of its members."""
    there = np.flatnonzero(partner >= 0)
    mine = there[np.maximum(owner[rows[there]], owner[partner[there]]) == number]
    return mine[~(members[rows[mine]] & members[partner[mine]])]


def _ranks(rows: np.ndarray, partners: list[np.ndarray], ordered: int) -> tuple[list[np.ndarray], np.ndarray]:
    """The place of each partner among those of its row, and their number; the first `ordered` sites are in order."""
    ranks, degree = [], np.zeros(len(rows), dtype=np.int32)
    appended = rows >= ordered
    for partner in partners:
        ranks.append(degree.copy())
        degree += partner >= 0
        appended |= partner >= ordered
    mixed = np.flatnonzero(appended)
    if len(mixed):
        table = np.array([partner[mixed] for partner in partners])
        table[table < 0] = np.iinfo(table.dtype).max
        for rank, place in zip(ranks, np.argsort(np.argsort(table, axis=0), axis=0), strict=True):
            rank[mixed] = place
    return ranks, degree


def _ordered_count(keys: np.ndarray) -> int:
    """How many of the first sites have ascending keys."""
    falls = np.flatnonzero(keys[1:] <= keys[:-1])
    return int(falls[0]) + 1 if len(falls) else len(keys)


def _ascending(numbers: np.ndarray) -> bool:
    return bool((numbers[1:] > numbers[:-1]).all())


def _diagonal_kind(sites: Sites, number: int) -> Kind:
    return number, number, (0,) * sites.lattice.dimension
