"""A region given as matrices, while it is put together."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from ..errors import InputError
from .checked import check_positive, square, surface_overlap
from .lead_cell import LeadCell


@dataclass(eq=False)
class GrowingRegion:
    """The region while it is put together; a lead with a coupling of its own makes it grow.

    `named` orbitals are those that the user knows.
    """

    h: sparse.csr_array
    overlap: sparse.csr_array | None
    named: int

    @classmethod
    def of(cls, h: sparse.csr_array, overlap: Any, *, orthonormal: bool) -> "GrowingRegion":
        """Of the user's matrices."""
        size = h.shape[0]
        if orthonormal:
            return cls(h, None, size)
        own = sparse.csr_array(sparse.eye_array(size)) if overlap is None else square("overlap", overlap)
        if own.shape != h.shape:
            raise InputError(f"overlap has shape {own.shape}, h has {h.shape}; they must be equal")
        check_positive("overlap", own)
        return cls(h, sparse.csr_array((own + own.conj().T) / 2), size)

    def grow(
        self, orbitals: np.ndarray, h: tuple[np.ndarray, np.ndarray], overlap: tuple[np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """Append a cell with its matrices (coupling, cell) for H and for the overlap; its orbitals."""
        first = self.h.shape[0]
        self.h = _bordered(self.h, orbitals, *h)
        if self.overlap is not None:
            self.overlap = _bordered(self.overlap, orbitals, *overlap)
        return np.arange(first, self.h.shape[0])

    def check_overlap(self, leads: Iterable[LeadCell]) -> None:
        """Refuse an overlap that is not positive definite for region and leads as a whole.

        What the leads take from it, cell by cell, must leave that of the region so.
        """
        if self.overlap is None:
            return
        whole = self.overlap
        for lead in leads:
            if lead.overlap is not None:
                taken = sparse.coo_array(surface_overlap(*lead.overlap))
                where = tuple(lead.orbitals[places] for places in taken.coords)
                whole = whole - sparse.coo_array((taken.data, where), shape=whole.shape).tocsr()
        check_positive("overlap of region and leads together", sparse.csr_array(whole))


def _bordered(matrix: sparse.csr_array, orbitals: np.ndarray, coupling: np.ndarray, cell: np.ndarray) -> Any:
    """A matrix with a cell behind it that is coupled to some of its orbitals."""
    where = (orbitals, np.arange(len(orbitals)))
    spread = sparse.csr_array((np.ones(len(orbitals)), where), shape=(matrix.shape[0], len(orbitals)))
    bridge = spread @ sparse.csr_array(coupling)
    return sparse.block_array([[matrix, bridge], [bridge.conj().T, sparse.csr_array(cell)]], format="csr")


def on_one_pattern(
    h: sparse.csr_array, overlap: sparse.csr_array | None
) -> tuple[sparse.csr_array, np.ndarray | None]:
    """H on a symmetric pattern with the whole diagonal, which holds the overlap too; the elements of that.

    Where one of them has no element there are explicit zeros.
    """
    diagonal = np.arange(h.shape[0])
    parts = [part.tocoo() for part in (h, overlap) if part is not None]
    rows = np.concatenate([array for part in parts for array in part.coords] + [diagonal])
    columns = np.concatenate([array for part in parts for array in part.coords[::-1]] + [diagonal])
    full = []
    start = 0
    for part in parts:
        data = np.zeros(len(rows), dtype=part.dtype)
        data[start : start + part.nnz] = part.data
        start += 2 * part.nnz
        matrix = sparse.coo_array((data, (rows, columns)), shape=h.shape).tocsr()
        matrix.sort_indices()
        full.append(matrix)
    for shared in (full[0].indptr, full[0].indices):
        shared.setflags(write=False)
    return full[0], full[1].data if len(full) > 1 else None
