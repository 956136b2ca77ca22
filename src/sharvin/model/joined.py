"""The Hamiltonian of a region together with the first cells of leads on lattices of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from .assembly import Assembly
from .foreign_lead import ForeignLead
from .magnetic import GaugedField


@dataclass(frozen=True, eq=False)
class Joint:
    """A lead, the Hamiltonian of its first cells, and the field for its contact, on the sites of both."""

    lead: ForeignLead
    cells: Assembly
    field: GaugedField


@dataclass(frozen=True, eq=False)
class Joined:
    """A region, behind it the first cells of its leads in order, and their contacts; on one pattern."""

    region: Assembly
    joints: Sequence[Joint]

    @property
    def size(self) -> int:
        """Rows of the matrix."""
        return self.region.size + sum(joint.cells.size for joint in self.joints)

    @cached_property
    def starts(self) -> list[int]:
        """The first row of each lead."""
        sizes = [self.region.size, *(joint.cells.size for joint in self.joints)]
        return np.cumsum(sizes)[:-1].tolist()

    @property
    def pattern(self) -> tuple[np.ndarray, np.ndarray]:
        """CSR index arrays (indptr, indices): sorted, symmetric, with the whole diagonal; read-only and shared."""
        return self._layout[0], self._layout[1]

    def hamiltonian(self, params: Mapping[str, Any]) -> sparse.csr_array:
        """H in eV, on the common pattern."""
        parts = [self.region.hamiltonian(params).data]
        for joint, bonds in zip(self.joints, self._bonds, strict=True):
            elements = self._contact(joint, bonds, params).ravel()
            parts += [joint.cells.hamiltonian(params).data, elements, elements.conj()]
        indptr, indices, order = self._layout
        h = sparse.csr_array((np.concatenate(parts)[order], indices, indptr), shape=(self.size, self.size))
        h.indices, h.indptr = indices, indptr  # the very arrays, where SciPy made views
        h.has_sorted_indices = h.has_canonical_format = True
        return h

    def _contact(
        self, joint: Joint, bonds: tuple[np.ndarray, np.ndarray], params: Mapping[str, Any]
    ) -> np.ndarray:
        """⟨region site|H|lead site⟩ of the bonds of a contact, with the field's phases."""
        positions = np.concatenate([self.region.sites.positions, joint.lead.within.positions])
        ends = bonds[0], bonds[1] + len(self.region.sites)
        charges = self.region.sites.lattice.charges, joint.lead.lattice.charges
        blocks = joint.lead.contact.blocks(positions, *ends, charges, params)
        phases = joint.field.hopping_phases(positions, *ends, params, *charges) if joint.field else None
        return blocks if phases is None else blocks * phases

    @cached_property
    def _bonds(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return [joint.lead.bonds(self.region.sites.positions) for joint in self.joints]

    @cached_property
    def _layout(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The index arrays, and where in the numbers of the parts, one behind the other, each element stands."""
        rows, columns = _coordinates(self.region, 0)
        m = self.region.sites.lattice.orbital_count
        for joint, (to, source), start in zip(self.joints, self._bonds, self.starts, strict=True):
            own = _coordinates(joint.cells, start)
            n = joint.lead.lattice.orbital_count
            shape = (len(to), m, n)
            row = np.broadcast_to(to[:, None, None] * m + np.arange(m)[:, None], shape).ravel()
            column = np.broadcast_to(start + source[:, None, None] * n + np.arange(n), shape).ravel()
            rows += [*own[0], row, column]
            columns += [*own[1], column, row]
        row, column = np.concatenate(rows), np.concatenate(columns)
        order = np.lexsort((column, row))
        indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=self.size))]).astype(np.int32)
        indices = column[order].astype(np.int32)
        for shared in (indptr, indices):
            shared.setflags(write=False)
        return indptr, indices, order


def _coordinates(part: Assembly, start: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Rows and columns of the elements of a part whose first row is `start`."""
    indptr, indices = part.pattern
    rows = np.repeat(np.arange(part.size), np.diff(indptr)) + start
    return [rows], [indices + start]
