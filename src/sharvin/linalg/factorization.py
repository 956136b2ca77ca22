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

What a certificate can hold is what its library offers:

| back end | pivots | condition or growth |
|---|---|---|
| pardiso | ``perturbed_pivots``: how many it changed | ``elimination_growth`` |
| mumps | ``tiny_pivots``: how many were taken although tiny | ``pivot_ratio``: largest to smallest |
| superlu | (a zero pivot is an error) | ``elimination_residual``, ``elimination_condition`` |
| dense | (a zero pivot is an error) | ``elimination_condition`` |

Conditions, growths and ratios stand there times the rounding error, as the relative error that they make of it.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

#: Most that the condition of a matrix, or what stands for it, may cost: eight digits are left.
LOST_DIGITS_BOUND = 1e-8
#: The same for a growth, which is less than the condition, often by much.
GROWTH_BOUND = 1e-10


def lost_digits(ratio: float) -> float:
    """The relative error to which rounding grows by a factor: a condition number, a growth, a ratio of pivots."""
    return float(np.finfo(float).eps * ratio)


def growth(result: np.ndarray, source: float, matrix: float) -> float:
    """By how much a result outgrows its source, in units of the matrix (sizes are largest elements).

    It bounds the condition number from below, costs nothing, and is large next to a singular matrix unless the source
    is orthogonal to what is singular.
    """
    size = float(np.abs(result).max(initial=0.0))
    if not np.isfinite(size):
        return np.inf
    return size * matrix / source if source > 0 else 0.0


def others(size: int, chosen: np.ndarray) -> np.ndarray:
    """The numbers below `size` that are not among those chosen, in ascending order."""
    is_other = np.ones(size, dtype=bool)
    is_other[chosen] = False
    return np.flatnonzero(is_other)


@dataclass(frozen=True, eq=False)
class Pattern:
    """The pattern of a square, structurally symmetric sparse matrix, as CSR index arrays (sorted)."""

    indptr: np.ndarray
    indices: np.ndarray

    @classmethod
    def of(cls, matrix: sparse.csr_array) -> "Pattern":
        """The pattern of a CSR matrix with sorted indices."""
        return cls(matrix.indptr, matrix.indices)

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
        matrix = copy.copy(self._empty)  # whose indices were checked once
        matrix.data = values
        return matrix

    @cached_property
    def _empty(self) -> sparse.csr_array:
        values = np.zeros(len(self.indices))
        return sparse.csr_array((values, self.indices, self.indptr), shape=(self.size, self.size))


class Factorization(ABC):
    """One pattern, analysed once and factored for many sets of values; see the module."""

    name: str = ""
    #: Why this back end was chosen, in a few words; `back_end` fills it in.
    reason: str = ""

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
        """A⁻¹ · rhs for a dense right-hand side of shape (size, columns).

        After an analysis with `schur` it is the eliminated block that is solved with, A_ee⁻¹ · rhs, over the
        eliminated rows in ascending order.
        """

    def extended(self, values: np.ndarray, source: Callable[[], np.ndarray]) -> np.ndarray:
        """−A_ee⁻¹A_ek · values: what values on the rows kept ask of the eliminated ones, in ascending order.

        `source` tells A_ek · values to those that need it.
        """
        return -self.solve(source())

    @abstractmethod
    def certificate(self) -> dict[str, tuple[float, float]]:
        """Figure → (value, bound) for the last factorization."""
