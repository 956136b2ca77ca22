"""A periodic lead at any energy: what does not depend on the energy is worked out once.

A cell may fall into independent parts: orbitals that nothing connects, or, hidden by the choice of orbitals, the
even and odd states of a mirror. Parts are solved apart: it is faster, and bands of unlike symmetry, which cross
freely, keep their labels where they cross.
"""

import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array, eye_array
from scipy.sparse.csgraph import connected_components

from ..errors import NumericalError
from ..linalg import one_dense_thread
from .bloch_modes import pencil_modes
from .doubling import WideLead
from .gauge import reference_vectors
from .modes import Modes
from .separable import TransverseStates
from .subbands import band_extrema

_ZERO = 1e-13  # elements this small, relative to what rounding acts on, connect nothing
_ROUNDING = 4e-15  # elements of a part, relative to what they are a sum of, that rounding explains
_WIDE = 40  # orbitals from which on doubling is faster than the pencil
_FILLED = 0.1  # share of elements below which a basis is kept sparse
_EQUAL = 1e-12  # band edges this close, relative to the scale of the lead, are one


@dataclass(frozen=True, eq=False)
class _Cell:
    """The matrices of a cell, or of some states of one that the others do not feel.

    `by_level`: whether transverse states may be numbered by their levels.
    """

    h0: np.ndarray
    v: np.ndarray
    by_level: bool

    def of_orbitals(self, orbitals: np.ndarray) -> "_Cell":
        """The cell of some orbitals."""
        mine = np.ix_(orbitals, orbitals)
        return _Cell(self.h0[mine], self.v[mine], self.by_level)

    def spanned(self, basis: Any) -> "_Cell":
        """The cell of some states, the columns of a basis; what rounding leaves there is nothing."""

        def own(matrix: np.ndarray) -> np.ndarray:
            inside, size = _transformed(matrix, basis)
            return np.where(np.abs(inside) > _ROUNDING * size, inside, 0.0)

        return _Cell(own(self.h0), own(self.v), self.by_level)


@dataclass(frozen=True, eq=False)
class _Part:
    """Some states of a cell, the columns of an isometry (dense or sparse), that the others do not feel; H in them."""

    basis: Any
    cell: _Cell
    transverse: TransverseStates | None
    wide: WideLead | None
    first_label: int = 0

    @classmethod
    def of(cls, cell: _Cell, basis: Any) -> "_Part":
        """The part that has a cell of its own, in a basis."""
        transverse = TransverseStates.of(cell.h0, cell.v, by_level=cell.by_level)
        is_wide = transverse is None and len(cell.h0) >= _WIDE
        return cls(basis, cell, transverse, WideLead.of(cell.h0, cell.v) if is_wide else None)

    def within(self, states: Any) -> "_Part":
        """This part of a space of some states, with its basis in the orbitals of the cell."""
        return dataclasses.replace(self, basis=states @ self.basis)

    def modes(self, energy: float) -> Modes:
        """The modes of the part, in its own basis: by doubling if it is wide, by the pencil where that fails."""
        if self.transverse is not None:
            return self.transverse.modes(energy)
        references = self.basis.conj().T @ reference_vectors(self.basis.shape[0])
        if self.wide is not None:
            with suppress(NumericalError):
                return self.wide.modes(energy, references)
        return pencil_modes(self.cell.h0, self.cell.v, energy, references)

    def running(self) -> np.ndarray:
        """Those of its states that hop, as far as single ones can be told apart, in the orbitals of the cell."""
        if self.transverse is None:
            return self.basis.toarray() if hasattr(self.basis, "toarray") else self.basis
        return self.basis @ self.transverse.states[:, ~self.transverse.still]

    def band_edges(self, window: tuple[float, float]) -> np.ndarray:
        """Energies at which its modes open or close."""
        if self.transverse is None:
            return band_extrema(self.cell.h0, self.cell.v, window)
        levels, hoppings = self.transverse.levels, self.transverse.hoppings
        return np.concatenate([levels - 2 * hoppings, levels + 2 * hoppings])


class PeriodicLead:
    """A lead at any energy.

    Parameters
    ----------
    h0
        Hamiltonian of a cell in eV, Hermitian, (m, m).
    v
        ⟨cell n|H|cell n + 1⟩ in eV, (m, m), n growing outward. Any rank.
    blocks
        Orthonormal states (m, …) of each eigenspace of a conserved quantity, if there is one.

    by_level
        Whether transverse states may be numbered by their levels: not where the matrices change with the energy.

    The labels of modes are numbers: block · m² + part · m + number in the part, the parts of a block counted.
    """

    def __init__(
        self, h0: np.ndarray, v: np.ndarray, blocks: Sequence[np.ndarray] = (), *, by_level: bool = True
    ) -> None:
        self.h0, self.v = h0, v
        self._scale = max(np.abs(h0).max(), np.abs(v).max())
        self._isolated_levels = None if v.any() else np.linalg.eigvalsh(h0)
        self._parts: list[_Part] = []
        m = len(h0)
        with one_dense_thread():
            for block, parts in enumerate(_parts_by_block(_Cell(h0, v, by_level), blocks)):
                self._parts += [
                    dataclasses.replace(part, first_label=block * m**2 + number * m)
                    for number, part in enumerate(parts)
                ]
        self._whole = len(self._parts) == 1 and not blocks  # the only part is the cell itself

    def modes(self, energy: float) -> Modes:
        """The modes at an energy in eV, with one thread for dense algebra.

        At E exactly on a threshold the standing mode counts as closed. A flat band at E that is coupled to anything, a
        surface state at E, and an energy at which some mode can't be told in or out, raise `NumericalError`.
        """
        if self._isolated_levels is not None and np.any(
            np.abs(self._isolated_levels - energy) <= 1e-12 * self._scale
        ):
            raise NumericalError(
                f"the lead's cells are not connected, and E = {energy:.12g} eV is one of their levels, a flat band, "
                "on which modes are not defined; move the energy"
            )
        with one_dense_thread():
            pieces = [part.modes(energy) for part in self._parts]
        if self._whole:
            return pieces[0]
        bases = [part.basis for part in self._parts]

        def side_by_side(name: str) -> np.ndarray:
            columns = [basis @ getattr(modes, name) for basis, modes in zip(bases, pieces, strict=True)]
            return np.concatenate(columns, axis=1)

        def chained(name: str) -> np.ndarray:
            return np.concatenate([getattr(modes, name) for modes in pieces])

        sigma = sum(basis @ modes.sigma @ basis.conj().T for basis, modes in zip(bases, pieces, strict=True))
        labels = [part.first_label + modes.labels for part, modes in zip(self._parts, pieces, strict=True)]
        return Modes(
            side_by_side("incoming"),
            side_by_side("outgoing"),
            chained("incoming_factor"),
            chained("outgoing_factor"),
            chained("velocity"),
            np.concatenate(labels),
            np.asarray(sigma),
            max(modes.residual for modes in pieces),
            max(modes.mode_residual for modes in pieces),
        )

    @property
    def transverse(self) -> TransverseStates | None:
        """The transverse states of the whole cell, if every part has them: then nothing else depends on energy."""
        parts = [part.transverse for part in self._parts]
        if self._isolated_levels is not None or any(part is None for part in parts):
            return None
        known = [part for part in self._parts if part.transverse is not None]
        known = [(part.basis, part.transverse, part.first_label) for part in known]
        return TransverseStates(
            np.concatenate([basis @ part.states for basis, part, _ in known], axis=1),
            np.concatenate([part.levels for _, part, _ in known]),
            np.concatenate([part.hoppings for _, part, _ in known]),
            np.concatenate([first + part.labels for _, part, first in known]),
        )

    @property
    def running(self) -> np.ndarray | None:
        """The states that hop at all, (m, states); None if all do. The others are levels of single cells."""
        running = [part.running() for part in self._parts]
        count = sum(states.shape[1] for states in running)
        return None if count in (0, len(self.h0)) else np.concatenate(running, axis=1)

    def band_edges(self, window: tuple[float, float]) -> np.ndarray:
        """Energies in the window at which a mode opens or closes, in eV, sorted: the extrema of the bands."""
        found = np.sort(np.concatenate([part.band_edges(window) for part in self._parts]))
        found = found[np.diff(found, prepend=-np.inf) > _EQUAL * self._scale]
        return found[(found >= window[0]) & (found <= window[1])]


def _parts_by_block(cell: _Cell, blocks: Sequence[np.ndarray]) -> list[list[_Part]]:
    """The parts of each block of a conserved quantity, or of the whole cell."""
    if not blocks:
        return [_parts(cell)]
    found = []
    for basis in blocks:
        states = csr_array(basis) if np.count_nonzero(basis) < _FILLED * basis.size else basis
        parts = _parts(cell.spanned(states)) if basis.shape[1] else []
        found.append([part.within(states) for part in parts])
    return found


def _transformed(matrix: np.ndarray, basis: Any) -> tuple[np.ndarray, np.ndarray]:
    """B†MB, and |B|†|M||B|, of which its elements are uncertain by the rounding error, and more by that of B."""
    return basis.conj().T @ (matrix @ basis), abs(basis).T @ (np.abs(matrix) @ abs(basis))


def _parts(cell: _Cell) -> list[_Part]:
    """The independent parts of a cell."""
    found: list[_Part] = []
    bonds = np.abs(cell.h0) + np.abs(cell.v) + np.abs(cell.v.T)
    strongest, orbitals = bonds.max(axis=1), eye_array(len(bonds), format="csc")
    for connected in _blocks(bonds, _ZERO * np.minimum.outer(strongest, strongest)):
        part = _Part.of(cell.of_orbitals(connected), orbitals[:, connected].tocsr())
        hidden = [] if part.transverse is not None else _hidden_parts(part)
        found += hidden or [part]
    return found


def _blocks(bonds: np.ndarray, least: np.ndarray) -> list[np.ndarray]:
    """Orbitals that are connected with each other, as lists of numbers, by bonds larger than the least."""
    where: Any = np.nonzero(bonds > least)
    graph: Any = csr_array((np.ones(len(where[0]), dtype=np.int8), where), shape=bonds.shape)
    _, part = connected_components(graph, directed=False)
    return [np.flatnonzero(part == number) for number in range(part.max() + 1)]


def _hidden_parts(part: _Part) -> list[_Part]:
    """The parts that a symmetry divides a connected cell into; none if there are none.

    Every symmetry of h0 and v is one of any polynomial in them. The eigenvectors of a generic Hermitian one belong to
    one symmetry class each, so that in their basis h0 and v fall into blocks. In a wide cell only the mirror that
    reverses the order of the orbitals is looked for.
    """
    cell, h0, v = part.cell, part.cell.h0, part.cell.v
    if part.wide is not None:
        return [_Part.of(cell.spanned(basis), part.basis @ basis) for basis in _mirror_bases(h0, v)]
    scale = max(np.abs(h0).max(), np.abs(v).max())
    even, odd = v + v.conj().T, v - v.conj().T
    _, states = np.linalg.eigh(h0 + (np.pi / 3) * even + (np.e / 5) * odd.conj().T @ odd / scale)
    (own, own_size), (hop, hop_size) = _transformed(h0, states), _transformed(v, states)
    bonds, size = np.abs(own) + np.abs(hop) + np.abs(hop.T), own_size + hop_size + hop_size.T
    blocks = _blocks(bonds, _ZERO * size)
    if len(blocks) == 1:
        return []
    # In an order that does not follow the levels: where orbitals overlap, these change with the energy.
    reference = reference_vectors(len(h0), 1)[:, 0]
    blocks.sort(key=lambda block: float(np.linalg.norm(states[:, block].conj().T @ reference)))
    return [_Part.of(cell.spanned(states[:, block]), part.basis @ states[:, block]) for block in blocks]


def _mirror_bases(h0: np.ndarray, v: np.ndarray) -> list[csr_array]:
    """Even and odd combinations of orbitals, if reversing their order, or that of groups of a few, changes nothing."""
    size, scale = len(h0), _ZERO * max(np.abs(h0).max(), np.abs(v).max())
    for group in (1, 2, 4):
        if size % group:
            continue
        order = np.arange(size).reshape(-1, group)[::-1].ravel()
        across = np.ix_(order, order)
        if np.abs(h0[across] - h0).max() <= scale and np.abs(v[across] - v).max() <= scale:
            first, alone = np.flatnonzero(np.arange(size) < order), np.flatnonzero(np.arange(size) == order)
            half, single = np.full(len(first), np.sqrt(0.5)), np.ones(len(alone))
            even = _columns(size, [(first, half), (order[first], half)], (alone, single))
            return [even, _columns(size, [(first, half), (order[first], -half)])]
    return []


def _columns(
    size: int, pairs: list[tuple[np.ndarray, np.ndarray]], single: tuple[np.ndarray, np.ndarray] | None = None
) -> csr_array:
    """A sparse matrix whose columns have an element from each of the pairs' lists, then those with a single one."""
    count = len(pairs[0][0])
    rows, values = ([part[k] for part in pairs] for k in (0, 1))
    columns = [np.arange(count)] * len(pairs)
    extra = 0 if single is None else len(single[0])
    if single is not None:
        rows, values = [*rows, single[0]], [*values, single[1]]
        columns = [*columns, count + np.arange(extra)]
    where = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.concatenate(values), where), shape=(size, count + extra))
