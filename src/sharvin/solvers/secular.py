"""The secular matrix of a region, A = E − H, or E·O − H, at any energy."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ..linalg import Pattern
from .refinement import exact_product, exact_sum


@dataclass(frozen=True, eq=False)
class SecularMatrix:
    """A by the elements of H, and perhaps of O, on a common pattern."""

    pattern: Pattern
    h: np.ndarray
    overlap: np.ndarray | None = None
    hermitian: bool = True

    @property
    def dtype(self) -> type:
        """Whether A is real, and symmetric, or complex."""
        is_real = np.isrealobj(self.h) and (self.overlap is None or np.isrealobj(self.overlap))
        return float if self.hermitian and is_real else complex

    def values(self, energy: float) -> np.ndarray:
        """The stored elements of A."""
        values = -self.h if self.overlap is None else energy * self.overlap - self.h
        if self.overlap is None:
            values[self.pattern.diagonal] += energy
        return values

    def exact_values(self, energy: float) -> tuple[np.ndarray, np.ndarray]:
        """The stored elements of A, and what rounding took from them."""
        if self.overlap is not None:
            product, lost = exact_product(energy, self.overlap)
            values, rest = exact_sum(product, -self.h)
            return values, rest + lost
        values, rest, diagonal = -self.h, np.zeros_like(self.h), self.pattern.diagonal
        values[diagonal], rest[diagonal] = exact_sum(energy, values[diagonal])
        return values, rest

    def at(self, energy: float) -> sparse.csr_array:
        """A."""
        return self.pattern.matrix(self.values(energy))

    def opened(self, energy: float, interface: np.ndarray, sigma: np.ndarray) -> sparse.csr_array:
        """A − Σ, with Σ on the interface orbitals."""
        own = self.at(energy).tocoo()
        rows = np.concatenate([own.coords[0], np.repeat(interface, len(interface))])
        columns = np.concatenate([own.coords[1], np.tile(interface, len(interface))])
        data = np.concatenate([own.data, -sigma.ravel()])
        matrix = sparse.coo_array((data, (rows, columns)), shape=own.shape).tocsr()
        matrix.sort_indices()
        return matrix

    def absorption(self) -> sparse.csr_array:
        """i(A† − A), the flux that is lost for each pair of waves; E does not matter."""
        matrix = self.pattern.matrix(self.h)
        return 1j * (matrix - matrix.conj().T)

    def size(self, energy: float) -> float:
        """The largest element of A; for overlapping orbitals, or where H is not Hermitian, perhaps up to twice that."""
        across, low, high, unit = self._scales
        return max(across, abs(energy * unit - low), abs(energy * unit - high), 1e-300)

    @cached_property
    def _scales(self) -> tuple[float, float, float, float]:
        """The largest elements of H beside the diagonal, the least and the largest on it, and the largest of O."""
        if self.overlap is not None or not self.hermitian:
            scale = largest(self.h)
            return scale, -scale, scale, 1.0 if self.overlap is None else largest(self.overlap)
        across, diagonal = np.abs(self.h), np.real(self.h[self.pattern.diagonal])
        across[self.pattern.diagonal] = 0
        return largest(across), float(diagonal.min()), float(diagonal.max()), 1.0

    @cached_property
    def pieces(self) -> np.ndarray:
        """The number of the connected piece that each orbital belongs to; pieces are apart at any energy."""
        strength = np.abs(self.h)
        if self.overlap is not None:
            strength = strength + np.abs(self.overlap)
        bound, size = strength > 0, self.pattern.size
        where = self.pattern.rows[bound], self.pattern.indices[bound]
        bonds: Any = sparse.csr_matrix((strength[bound], where), shape=(size, size))
        return connected_components(bonds, directed=False)[1]


def largest(matrix: np.ndarray) -> float:
    """The largest modulus of an element; zero if there is none."""
    return float(np.abs(matrix).max(initial=0.0))
