"""The pattern of a Hamiltonian: a table of partners, from which the stored elements and their places follow.

A kind of bond is (to, from, Δ): from sublattice `from` of cell R to sublattice `to` of cell R + Δ, all over the
lattice. Sites that a region lists cell by cell keep their order under translations, so the partners of a site rise
along its row of the table when its kinds of bonds are sorted, and the elements stand in the data as in the table. Only
rows next to sites that were appended must be sorted one by one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .bravais import Kind, Lattice
from .sites import SiteIndex, Sites

_AT_ONCE = 2**14  # rows worked on at a time: what is gathered meanwhile stays in the processor's cache
_NONE: Mapping[int, np.ndarray] = {}


def reversed_kind(kind: Kind) -> Kind:
    """The kind of the conjugate elements."""
    to, source, cell = kind
    return source, to, tuple(-c for c in cell)


@dataclass(frozen=True, eq=False)
class BondPattern:
    """Of every site the partners, of which the matrix has blocks; all diagonal blocks are among them.

    Attributes
    ----------
    sites
        The sites.
    partners
        (sites, columns): a row holds the partners of a site in the bonds that lead to it, −1 where there is none.
    columns
        Where a kind stands in the rows of its sublattice `to`.
    mixed
        The rows along which partners do not rise.
    """

    sites: Sites
    partners: np.ndarray
    columns: dict[Kind, int]
    mixed: np.ndarray

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
        rule = _Rule.of(sites, owner, kinds, members)
        index = SiteIndex(sites, np.abs([cell for _, _, cell in rule.kinds]).max(axis=0))
        width = max(map(len, rule.rows))
        partners = np.empty((len(sites), width), dtype=np.int32)
        for number, mine in enumerate(rule.rows):
            steps = [index.step(reversed_kind(kind)[2], kind[1] - number) for kind in mine]
            rows = np.flatnonzero(sites.sublattice == number)
            for some in map(rows.__getitem__, _pieces(len(rows))):
                keys, found = index.keys[some], np.full((len(some), width), -1, dtype=np.int32)
                for column, kind, step in zip(found.T, mine, steps, strict=False):
                    column[:] = index.at(keys + step)
                    rule.sever(kind, some, column)
                partners[some] = found
        ordered = _ordered_count(index.keys)
        mixed = np.flatnonzero(partners.max(axis=1) >= ordered) if ordered < len(sites) else np.arange(0)
        columns = {kind: column for mine in rule.rows for column, kind in enumerate(mine)}
        return cls(sites, partners, columns, mixed)

    @property
    def there(self) -> np.ndarray:
        """Where the table has a partner."""
        return self.partners >= 0

    @cached_property
    def starts(self) -> np.ndarray:
        """The first block of every row of blocks, and the number of all, of the type for indices."""
        degree = np.zeros(len(self.sites) + 1, dtype=np.int32)
        for column in self.there.T:
            degree[1:] += column
        starts = np.cumsum(degree, dtype=np.int64)
        return starts.astype(np.int32 if int(starts[-1]) * self._orbitals**2 < 2**31 else np.int64)

    @cached_property
    def indptr(self) -> np.ndarray:
        """Where the rows of the matrix begin in the data; read-only, since every matrix has this very array."""
        m = self._orbitals
        if m == 1:
            return _shared(self.starts)
        number = np.arange(m, dtype=self.starts.dtype)
        lines = self.starts[:-1, None] * m**2 + np.diff(self.starts)[:, None] * (m * number)
        return _shared(np.append(lines.ravel(), number.dtype.type(self.count)))

    @cached_property
    def indices(self) -> np.ndarray:
        """The columns of the elements, rising in a row; read-only, since every matrix has this very array."""
        m, dtype = self._orbitals, self.starts.dtype

        def numbers(rows: Any) -> np.ndarray:
            partner = self.partners[rows].astype(dtype, copy=False)[:, :, None, None]
            return np.broadcast_to(
                partner * dtype.type(m) + np.arange(m, dtype=dtype), (*partner.shape[:2], m, m)
            )

        return _shared(self.laid_out(numbers, dtype))

    @property
    def count(self) -> int:
        """Elements of the matrix."""
        return int(self.starts[-1]) * self._orbitals**2

    @property
    def _orbitals(self) -> int:
        return self.sites.lattice.orbital_count

    def laid_out(self, blocks: Callable[[Any], np.ndarray], number_type: Any) -> np.ndarray:
        """The data of a matrix of which `blocks` (rows) gives the blocks in the table, (rows, columns, m, m)."""
        data = np.empty(self.count, dtype=number_type)
        stop = 0
        for rows in _pieces(len(self.sites)):
            some = blocks(rows)
            there = np.broadcast_to((self.partners[rows] >= 0)[:, :, None, None], some.shape)
            kept = _lines(some)[_lines(there)]
            start, stop = stop, stop + len(kept)
            data[start:stop] = kept
        if len(self.mixed):
            there = self.partners[self.mixed] >= 0
            site = np.repeat(self.mixed, there.sum(axis=1))
            data[self._slots(site, self._sorted_numbers()[there])] = blocks(self.mixed)[there]
        return data

    def bonds(self, kind: Kind) -> tuple[np.ndarray, np.ndarray]:
        """(to, source) of all bonds of a kind, the sources ascending."""
        source = np.flatnonzero(self.sites.sublattice == kind[1]).astype(np.int32)
        to = self.partners[source, self.columns[reversed_kind(kind)]]
        return to[to >= 0], source[to >= 0]

    def numbers(self) -> np.ndarray:
        """The number of each block of the table in the order of the data, (sites, columns)."""
        numbers = np.cumsum(self.there, dtype=self.starts.dtype).reshape(self.partners.shape)
        numbers -= 1
        numbers[self.mixed] = self._sorted_numbers()
        return numbers

    def slots(self, numbers: np.ndarray, kind: Kind, rows: np.ndarray) -> np.ndarray:
        """Where the elements of the blocks of a kind in some rows stand in the data, (rows, m, m)."""
        return self._slots(rows, numbers[rows, self.columns[kind]])

    def diagonal_slots(self, numbers: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Where the elements of the diagonal blocks of some rows stand in the data, (rows, m, m)."""
        lattice = self.sites.lattice
        columns = [self.columns[diagonal_kind(lattice, number)] for number in range(lattice.sublattice_count)]
        return self._slots(rows, numbers[rows, np.array(columns)[self.sites.sublattice[rows]]])

    def _slots(self, rows: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        m, dtype = self._orbitals, self.starts.dtype
        start, degree = self.starts[rows], self.starts[rows + 1]
        degree -= start
        first = numbers * dtype.type(m) + start * dtype.type(m * (m - 1))
        within = np.arange(m, dtype=dtype)
        return first[:, None, None] + degree[:, None, None] * (m * within)[:, None] + within

    def _sorted_numbers(self) -> np.ndarray:
        """The numbers of the blocks in the mixed rows, (rows, columns)."""
        table = self.partners[self.mixed]
        table[table < 0] = np.iinfo(table.dtype).max
        return self.starts[self.mixed][:, None] + np.argsort(np.argsort(table, axis=1), axis=1)


@dataclass(frozen=True, eq=False)
class _Rule:
    """Which bonds there may be: the kinds into each sublattice in the order of the sources, and who lacks which."""

    rows: list[list[Kind]]
    owner: np.ndarray
    lacking: dict[Kind, list[int]]
    members: dict[int, np.ndarray]

    @classmethod
    def of(
        cls, sites: Sites, owner: np.ndarray, kinds: Sequence[set[Kind]], members: Mapping[int, np.ndarray]
    ) -> "_Rule":
        present = np.flatnonzero(np.bincount(owner)).tolist()
        numbers = range(sites.lattice.sublattice_count)
        own = {diagonal_kind(sites.lattice, number) for number in numbers}
        wanted = own.union(*(kinds[n] for n in present))
        rows = [
            sorted((kind for kind in wanted if kind[0] == number), key=lambda k: (reversed_kind(k)[2], k[1]))
            for number in numbers
        ]
        lacking = {kind: [n for n in present if kind not in kinds[n]] for kind in wanted - own}
        return cls(rows, owner, lacking, {n: members[n] for n in present if n in members})

    @property
    def kinds(self) -> list[Kind]:
        """All of them."""
        return [kind for mine in self.rows for kind in mine]

    def sever(self, kind: Kind, rows: np.ndarray, partner: np.ndarray) -> None:
        """Take partners away from rows: bonds of a kind that their owner lacks, or to what is none of its members."""
        lacking = self.lacking.get(kind)
        if not (lacking or self.members):
            return
        later = np.where(partner >= 0, np.maximum(self.owner[rows], self.owner[partner]), -1)
        if lacking:
            partner[np.isin(later, lacking)] = -1
        for number, members in self.members.items():
            mine = np.flatnonzero(later == number)
            partner[mine[~(members[rows[mine]] & members[partner[mine]])]] = -1


def diagonal_kind(lattice: Lattice, number: int) -> Kind:
    """The kind of the blocks on the diagonal in the rows of a sublattice."""
    return number, number, (0,) * lattice.dimension


def _lines(blocks: np.ndarray) -> np.ndarray:
    """Blocks (rows, columns, m, m) as rows of the matrix, (rows, m, columns · m)."""
    rows, columns, m, _ = blocks.shape
    return blocks.swapaxes(1, 2).reshape(rows, m, columns * m)


def _pieces(count: int) -> Iterator[slice]:
    """A range in pieces that are worked on at a time."""
    return (slice(start, start + _AT_ONCE) for start in range(0, count, _AT_ONCE))


def _ordered_count(keys: np.ndarray) -> int:
    """How many of the first sites have ascending keys."""
    falls = np.flatnonzero(keys[1:] <= keys[:-1])
    return int(falls[0]) + 1 if len(falls) else len(keys)


def _shared(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
