"""The contract of every sparse back end.

A `Factorization` handles one pattern at a time:

- ``analyse(pattern, schur=…)``: once per pattern, the symbolic work; `schur` names the rows onto which
  the matrix is to be reduced, if any;
- ``factor(values)``: once per set of values, in the order of the pattern;
- ``schur()``: the dense Schur complement A_ss − A_sr A_rr⁻¹ A_rs onto the rows named, after a factorization with
  `schur`;
- ``solve(rhs)``: A⁻¹ · rhs, after a factorization without;
- ``certificate()``: the figures that vouch for the last factorization, with their bounds.

Matrices are structurally symmetric; a real one is symmetric. Back ends are final classes; `back_end` chooses one.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse


@dataclass(frozen=True, eq=False)
class Pattern:
    """The pattern of a square, structurally symmetric sparse matrix, as CSR index arrays (sorted)."""

    indptr: np.ndarray
    indices: np.ndarray

    @classmethod
    def of(cls, matrix: sparse.csr_array) -> "Pattern":
        """The pattern of a CSR matrix with sorted indices."""
        return cls(np.asarray(matrix.indptr, dtype=np.int64), np.asarray(matrix.indices, dtype=np.int64))

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.indptr) - 1

    @cached_property
    def rows(self) -> np.ndarray:
        """The row of every stored element."""
        return np.repeat(np.arange(self.size), np.diff(self.indptr))

    @cached_property
    def diagonal(self) -> np.ndarray:
        """Positions of the diagonal elements among the stored ones (all are stored)."""
        return np.flatnonzero(self.rows == self.indices)

    def matrix(self, values: np.ndarray) -> sparse.csr_array:
        """The matrix with these values."""
        return sparse.csr_array((values, self.indices, self.indptr), shape=(self.size, self.size))


class Factorization(ABC):
    """One pattern, analysed once and factored for many sets of values; see the module."""

    name: str = ""

    @abstractmethod
    def analyse(self, pattern: Pattern, *, dtype: type, schur: np.ndarray | None = None) -> None:
        """Prepare for matrices of a pattern; `dtype` is float (symmetric) or complex."""

    @abstractmethod
    def factor(self, values: np.ndarray) -> None:
        """Factor the matrix with these values, in the order of the pattern."""

    @abstractmethod
    def schur(self) -> np.ndarray:
        """The Schur complement onto the rows named in `analyse`, in their order."""

    @abstractmethod
    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """A⁻¹ · rhs for a dense right-hand side of shape (size, columns)."""

    @abstractmethod
    def certificate(self) -> dict[str, tuple[float, float]]:
        """Figure → (value, bound) for the last factorization."""
