"""From sites and terms to the sparse Hamiltonian: the pattern once, the values for every set of parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from ..errors import InputError
from .lattice import Lattice
from .terms import HoppingTerm, OnsiteTerm, Terms

#: Multiplies ⟨to|H|from⟩ by a phase: (positions to, positions from) → complex array over the bonds.
BondPhase = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Sites:
    """A finite set of lattice sites: cells (sites, d) and sublattice numbers (sites,)."""

    lattice: Lattice
    cells: np.ndarray
    sublattice: np.ndarray

    def __len__(self) -> int:
        return len(self.cells)

    @cached_property
    def positions(self) -> np.ndarray:
        """Positions in nm, shape (sites, 3)."""
        return self.lattice.positions(self.cells, self.sublattice)

    @cached_property
    def sublattice_names(self) -> np.ndarray:
        """The sublattice of each site by name."""
        return np.array(self.lattice.sublattices)[self.sublattice]

    @cached_property
    def _grid(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest cell, and a map from (cell − lowest, sublattice) to the site's number, −1 where there is none."""
        low = self.cells.min(axis=0)
        extent = self.cells.max(axis=0) - low + 1
        grid = np.full((*extent, self.lattice.sublattice_count), -1, dtype=np.int64)
        grid[(*(self.cells - low).T, self.sublattice)] = np.arange(len(self))
        return low, grid

    def find(self, cells: np.ndarray, sublattice: np.ndarray | int) -> np.ndarray:
        """Numbers of the sites at these cells and sublattices; −1 for those that are not in the set."""
        low, grid = self._grid
        shifted = cells - low
        inside = ((shifted >= 0) & (shifted < np.array(grid.shape[:-1]))).all(axis=1)
        sublattice = np.broadcast_to(sublattice, len(cells))
        found = np.full(len(cells), -1, dtype=np.int64)
        found[inside] = grid[(*shifted[inside].T, sublattice[inside])]
        return found

    def with_more(self, cells: np.ndarray, sublattice: np.ndarray) -> "Sites":
        """The set with further sites behind the present ones."""
        return Sites(
            self.lattice, np.concatenate([self.cells, cells]), np.concatenate([self.sublattice, sublattice])
        )


@dataclass(frozen=True, eq=False)
class _PlacedTerm:
    """A term with the sites or bonds it acts on, and where its numbers go in the matrix."""

    term: OnsiteTerm | HoppingTerm
    to: np.ndarray
    source: np.ndarray
    slots: np.ndarray  # (count, orbitals, orbitals): positions in the data of the CSR matrix
    conjugate_slots: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Assembly:
    """The Hamiltonian of a set of sites, of which each belongs to one of several sums of terms.

    A bond between sites of different owners belongs to the later owner: what a lead adds to a region is bound
    to it by the lead's terms.
    """

    sites: Sites
    owner: np.ndarray
    terms: tuple[Terms, ...]

    @property
    def orbitals(self) -> int:
        """Orbitals of a site."""
        return self.sites.lattice.orbital_count

    @property
    def size(self) -> int:
        """Rows of the matrix."""
        return len(self.sites) * self.orbitals

    @property
    def bonds(self) -> np.ndarray:
        """Pairs of sites that a hopping connects, (bonds, 2)."""
        _, _, placed = self._pattern
        pairs = [
            np.column_stack([item.to, item.source]) for item in placed if isinstance(item.term, HoppingTerm)
        ]
        return np.concatenate(pairs) if pairs else np.zeros((0, 2), dtype=np.int64)

    def hamiltonian(self, params: Mapping[str, Any], phase: BondPhase | None = None) -> sparse.csr_array:
        """H in eV; its pattern does not depend on the parameters. Real when no value is complex."""
        positions, names = self.sites.positions, self.sites.sublattice_names
        indptr, indices, placed = self._pattern
        data = np.zeros(len(indices))
        for item in placed:
            to, source = positions[item.to], positions[item.source]
            if isinstance(item.term, OnsiteTerm):
                blocks = item.term.blocks(to, names[item.to], params, self.orbitals)
            else:
                blocks = item.term.blocks(to, source, params, self.orbitals)
                if phase is not None:
                    blocks = blocks * phase(to, source)[:, None, None]
            if np.iscomplexobj(blocks) and not np.iscomplexobj(data):
                data = data.astype(complex)
            data[item.slots] += blocks
            if item.conjugate_slots is not None:
                data[item.conjugate_slots] += np.conj(np.swapaxes(blocks, 1, 2))
        return sparse.csr_array((data, indices, indptr), shape=(self.size, self.size))

    @cached_property
    def _pattern(self) -> tuple[np.ndarray, np.ndarray, list[_PlacedTerm]]:
        """CSR index arrays, and every term with the positions of its numbers."""
        pieces = [piece for number, terms in enumerate(self.terms) for piece in self._pieces(number, terms)]
        everywhere = np.arange(len(self.sites))
        keys = [self._keys(everywhere, everywhere)]
        keys += [self._keys(to, source) for _, to, source in pieces]
        keys += [self._keys(source, to) for term, to, source in pieces if isinstance(term, HoppingTerm)]
        pattern = np.unique(np.concatenate([key.ravel() for key in keys]))
        rows, indices = np.divmod(pattern, self.size)
        indptr = np.searchsorted(rows, np.arange(self.size + 1))
        placed = []
        for term, to, source in pieces:
            slots = np.searchsorted(pattern, self._keys(to, source))
            back = np.searchsorted(pattern, self._keys(source, to)) if isinstance(term, HoppingTerm) else None
            placed.append(_PlacedTerm(term, to, source, slots, back))
        return indptr, indices, placed

    def _keys(self, to: np.ndarray, source: np.ndarray) -> np.ndarray:
        """row · size + column of every element of the blocks ⟨to|H|source⟩, shape (count, orbitals, orbitals)."""
        orbital = np.arange(self.orbitals)
        rows = to[:, None] * self.orbitals + orbital
        columns = source[:, None] * self.orbitals + orbital
        return rows[:, :, None] * self.size + columns[:, None, :]

    def _pieces(
        self, number: int, terms: Terms
    ) -> list[tuple[OnsiteTerm | HoppingTerm, np.ndarray, np.ndarray]]:
        """(term, to, source) for the sites and bonds that the terms of one owner act on."""
        lattice, sites = self.sites.lattice, self.sites
        pieces: list[tuple[OnsiteTerm | HoppingTerm, np.ndarray, np.ndarray]] = []
        for term in terms.onsite:
            chosen = self.owner == number
            if term.sublattice is not None:
                chosen = chosen & (sites.sublattice == lattice.sublattice_number(term.sublattice))
            where = np.flatnonzero(chosen)
            pieces.append((term, where, where))
        for term in terms.hopping:
            ends = [self._bond(number, *bond) for bond in term.bonds(lattice)]
            to = np.concatenate([end[0] for end in ends]) if ends else np.zeros(0, dtype=np.int64)
            source = np.concatenate([end[1] for end in ends]) if ends else np.zeros(0, dtype=np.int64)
            pieces.append((term, to, source))
        return pieces

    def _bond(
        self, number: int, to: int, source: int, cell: tuple[int, ...]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Site numbers of both ends of one kind of bond, where its owner is `number`."""
        sources = np.flatnonzero(self.sites.sublattice == source)
        targets = self.sites.find(self.sites.cells[sources] + np.array(cell), to)
        kept = targets >= 0
        sources, targets = sources[kept], targets[kept]
        owned = np.maximum(self.owner[sources], self.owner[targets]) == number
        return targets[owned], sources[owned]


def sites_inside(lattice: Lattice, contains: Callable, low: np.ndarray, high: np.ndarray) -> Sites:
    """The sites of a lattice for which contains(x, y, z), searched in the box from `low` to `high`."""
    vectors = lattice.vectors
    spanned = np.abs(vectors).max(axis=0) > 0
    low, high = np.where(spanned, low, 0.0), np.where(spanned, high, 0.0)
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    shifts = corners[:, None, :] - lattice.basis[None, :, :]
    fractions = shifts.reshape(-1, 3) @ np.linalg.pinv(vectors)
    first = np.floor(fractions.min(axis=0)).astype(int)
    extent = np.ceil(fractions.max(axis=0)).astype(int) - first + 1
    cells = np.indices(tuple(extent)).reshape(len(vectors), -1).T + first
    cells = np.repeat(cells, lattice.sublattice_count, axis=0)
    sublattice = np.tile(np.arange(lattice.sublattice_count), len(cells) // lattice.sublattice_count)
    places = lattice.positions(cells, sublattice)
    in_box = ((places >= low) & (places <= high))[:, spanned].all(axis=1)
    cells, sublattice, places = cells[in_box], sublattice[in_box], places[in_box]
    try:
        inside = np.broadcast_to(np.asarray(contains(*places.T), dtype=bool), len(cells))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"region: the shape's function failed on arrays x, y, z ({error}); it is called once with arrays, so use "
            "& and | instead of and, or"
        ) from error
    return Sites(lattice, cells[inside], sublattice[inside])
