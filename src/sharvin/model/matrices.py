"""Systems given as matrices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from ..errors import InputError, nearest
from .checked import check_hermitian, square
from .lead_cell import LeadCell
from .matrix_leads import divided, fitted
from .matrix_region import GrowingRegion, on_one_pattern


@dataclass(frozen=True, eq=False)
class MatrixBody:
    """A region and its leads as matrices.

    Attributes
    ----------
    h
        The Hamiltonian, on a pattern that `overlap` shares.
    cells
        Of the leads.
    overlap
        The stored elements of the overlap matrix; None where the orbitals are orthonormal.
    hermitian
        Whether h must be; if not, the region may absorb or amplify.
    """

    h: sparse.csr_array
    cells: Mapping[str, LeadCell]
    overlap: np.ndarray | None = None
    hermitian: bool = True

    @classmethod
    def build(
        cls,
        h: Any,
        leads: Mapping[str, tuple[Any, ...]],
        *,
        overlap: Any = None,
        lead_overlaps: Mapping[str, tuple[Any, ...]] | None = None,
        conserved: Mapping[str, Any] | None = None,
        hermitian: bool = True,
    ) -> "MatrixBody":
        """Check the matrices; put the first cell of leads with a coupling of their own into the region."""
        h = square("h", h)
        if hermitian:
            check_hermitian("h", h)
            # Exactly so: of what rounding left, each back end would take its own half.
            h = sparse.csr_array((h + h.conj().T) / 2)
        if not isinstance(leads, Mapping):
            raise InputError(
                f"leads must be a dictionary name → (h0, v, orbitals), got {type(leads).__name__}"
            )
        lead_overlaps = _by_lead("lead_overlaps", lead_overlaps, leads)
        conserved = _by_lead("conserved", conserved, leads)
        region = GrowingRegion.of(h, overlap, orthonormal=overlap is None and not lead_overlaps)
        cells: dict[str, LeadCell] = {}
        for name, lead in leads.items():
            if not isinstance(name, str) or not name or ":" in name:
                raise InputError(f"leads: a name must be a non-empty string without a colon, got {name!r}")
            cell = fitted(name, region, lead, lead_overlaps.get(name))
            if name in conserved:
                cell = divided(name, cell, conserved[name])
            for array in (cell.h0, cell.v, cell.orbitals, *(cell.overlap or ())):
                if array is not None:
                    array.setflags(write=False)  # shared by all that ask, and known to caches by its identity
            cells[name] = cell
        region.check_overlap(cells.values())
        full, own = on_one_pattern(region.h, region.overlap)
        return cls(full, cells, own, hermitian)

    @property
    def leads(self) -> tuple[str, ...]:
        """Names of the leads, in order."""
        return tuple(self.cells)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Matrices have no parameters."""
        return {}

    @property
    def size(self) -> int:
        """Rows of the Hamiltonian."""
        return self.h.shape[0]

    def hamiltonian(self, params: Mapping[str, Any]) -> sparse.csr_array:
        """H of the region, on the common pattern."""
        h = sparse.csr_array((self.h.data.copy(), self.h.indices, self.h.indptr), shape=self.h.shape)
        h.indices, h.indptr = self.pattern[1], self.pattern[0]  # the very arrays, where SciPy made views
        return h

    @property
    def pattern(self) -> tuple[np.ndarray, np.ndarray]:
        """CSR index arrays (indptr, indices) of H: sorted, symmetric, with the whole diagonal; read-only."""
        return self.h.indptr, self.h.indices

    def lead_parameters(self, name: str) -> Mapping[str, Any]:
        """Matrices have no parameters."""
        return {}

    def lead_cell(self, name: str, params: Mapping[str, Any]) -> LeadCell:
        """The cell of a lead."""
        return self.cells[name]


def _by_lead(what: str, given: Any, leads: Mapping[str, Any]) -> Mapping[str, Any]:
    """A dictionary by names of leads."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError(f"{what} must be a dictionary with names of leads, got {type(given).__name__}")
    for name in given:
        if name not in leads:
            raise InputError(f'{what}: no lead "{name}"{nearest(str(name), [str(lead) for lead in leads])}')
    return given
