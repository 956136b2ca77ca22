"""The Green's function of a small matrix as a whole."""

from functools import cached_property

import numpy as np
from scipy import sparse


class DenseGreen:
    """G = A⁻¹ on some orbitals that nothing connects to the others, so few that all of it is at hand.

    Attributes
    ----------
    orbitals
        Where G is; vectors are over all orbitals of the matrix, and results vanish on the others.
    diagonal
        G_aa, (n,).
    """

    def __init__(self, matrix: sparse.csr_array, orbitals: np.ndarray) -> None:
        self.orbitals = orbitals
        self._green = np.linalg.inv(matrix[orbitals][:, orbitals].toarray())
        self.diagonal = np.zeros(matrix.shape[0], dtype=complex)
        self.diagonal[orbitals] = np.diagonal(self._green)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """|G_ab|² between the orbitals."""
        return self._green.real**2 + self._green.imag**2

    def spread(self, x: np.ndarray) -> np.ndarray:
        """Σ_b |G_ab|² x_b."""
        result = np.zeros(len(x))
        result[self.orbitals] = self.probabilities @ x[self.orbitals]
        return result

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """G · rhs, (n, columns)."""
        return self._applied(self._green, rhs)

    def solve_adjoint(self, rhs: np.ndarray) -> np.ndarray:
        """G† · rhs, (n, columns)."""
        return self._applied(self._green.conj().T, rhs)

    def _applied(self, green: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        result = np.zeros(rhs.shape, dtype=complex)
        result[self.orbitals] = green @ rhs[self.orbitals]
        return result
