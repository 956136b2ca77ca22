"""LAPACK on the matrix with all its zeros: for small systems, and as a reference."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import get_lapack_funcs

from ..errors import InputError, NumericalError
from .factorization import LOST_DIGITS_BOUND, Factorization, Pattern, lost_digits, others

#: Largest matrix that is stored with its zeros, in bytes: 11 180 rows if real, 7 905 if complex.
_MEMORY = 1e9


@dataclass(frozen=True, eq=False)
class _Block:
    """Some rows and columns of a pattern: which stored elements they hold, and where these go in a dense array."""

    shape: tuple[int, int]
    taken: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, pattern: Pattern, rows: np.ndarray, columns: np.ndarray) -> "_Block":
        """The block of these rows and columns, in their order."""
        row_of, column_of = np.full(pattern.size, -1), np.full(pattern.size, -1)
        row_of[rows], column_of[columns] = np.arange(len(rows)), np.arange(len(columns))
        row, column = row_of[pattern.rows], column_of[pattern.indices]
        taken = np.flatnonzero((row >= 0) & (column >= 0))
        return cls((len(rows), len(columns)), taken, row[taken] + len(rows) * column[taken])

    def filled(self, values: np.ndarray) -> np.ndarray:
        """The dense block (columns contiguous) for the values of the whole pattern."""
        flat = np.zeros(self.shape[0] * self.shape[1], dtype=values.dtype)
        flat[self.places] = values[self.taken]
        return flat.reshape(self.shape, order="F")


class Dense(Factorization):
    """LU with partial pivoting (LAPACK's ``getrf``) of the whole matrix, or of the block that is eliminated.

    Work grows with the cube of the size and memory with its square, whatever the pattern; matrices beyond 1 GB are
    refused. A real matrix stays real. The reciprocal condition number (``gecon``) is this back end's certificate.
    """

    name = "dense"

    def analyse(self, pattern: Pattern, *, dtype: type, schur: np.ndarray | None = None) -> None:
        """Note where the stored elements go; refuse a matrix that is too large."""
        needed = float(pattern.size) ** 2 * np.dtype(dtype).itemsize
        if needed > _MEMORY:
            raise InputError(
                f'solver "dense" would need {needed / 1e9:.1f} GB for a matrix of {pattern.size} rows, and refuses '
                f'more than {_MEMORY / 1e9:.0f} GB; take a sparse one: "pardiso", "mumps" or "superlu"'
            )
        self._dtype = dtype
        functions: Any = get_lapack_funcs(("getrf", "getrs", "gecon"), dtype=dtype)
        self._getrf, self._getrs, self._gecon = functions
        kept = np.arange(0) if schur is None else schur
        rest = others(pattern.size, kept)
        self._unused = schur is not None and len(schur) == 0
        self._eliminated = _Block.of(pattern, rest, rest)
        self._right, self._left = _Block.of(pattern, rest, kept), _Block.of(pattern, kept, rest)
        self._corner = _Block.of(pattern, kept, kept)

    def factor(self, values: np.ndarray) -> None:
        """Factor A, or its eliminated block."""
        self._values = np.array(values, dtype=self._dtype)
        self._factors, self._condition = None, 0.0
        if self._unused or self._eliminated.shape[0] == 0:
            return
        matrix = self._eliminated.filled(self._values)
        size = np.abs(matrix).sum(axis=0).max()
        factors, order, singular = self._getrf(matrix, overwrite_a=True)
        if singular > 0:
            raise NumericalError(f"dense: pivot {singular} of {len(factors)} is exactly zero")
        self._factors = factors, order
        reciprocal, wrong = self._gecon(factors, size)
        self._condition = lost_digits(1 / reciprocal if reciprocal > 0 and not wrong else np.inf)

    def schur(self) -> np.ndarray:
        """A_kk − A_ke A_ee⁻¹ A_ek."""
        complement = self._corner.filled(self._values)
        if self._factors is None:
            return complement
        inner = self.solve(self._right.filled(self._values))
        return complement - self._left.filled(self._values) @ inner

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """A⁻¹ · rhs, or A_ee⁻¹ · rhs."""
        if self._factors is None:
            raise NumericalError("dense: nothing was factored")
        solution, _ = self._getrs(*self._factors, np.asarray(rhs, dtype=self._dtype))
        return solution

    def certificate(self) -> dict[str, tuple[float, float]]:
        """The condition number (in the 1-norm, as LAPACK estimates it) of what was factored, times the rounding."""
        return {"elimination_condition": (self._condition, LOST_DIGITS_BOUND)}
