"""SuperLU from SciPy: runs anywhere."""

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, onenormest, splu

from ..errors import NumericalError
from .factorization import LOST_DIGITS_BOUND, Factorization, Pattern, lost_digits, others

_COLUMNS = 64  # right-hand sides solved at once, which bounds the memory of a Schur complement
_RESIDUAL_BOUND = 1e-12


class SuperLU(Factorization):
    """Sparse LU (J. W. Demmel et al., SIAM J. Matrix Anal. Appl. 20, 720 (1999)).

    By default pivots stay on the diagonal, which keeps the fill of a minimum-degree ordering and is fast, but says
    nothing of stability: every solve is refined once, and the residual stands in the certificate. Beside it stands the
    condition number, estimated by some more solves (N. J. Higham, ACM Trans. Math. Softw. 14, 381 (1988)). With
    ``pivoting=True`` rows are exchanged for stability, which may be hundreds of times slower.

    SciPy offers no separate analysis, so `analyse` only prepares index arrays. The Schur complement is formed by
    solving with the eliminated block.
    """

    name = "superlu"

    def __init__(self, *, pivoting: bool = False) -> None:
        self._choices: dict[str, Any] = {"permc_spec": "COLAMD"}
        if not pivoting:
            self._choices = {
                "permc_spec": "MMD_AT_PLUS_A",
                "diag_pivot_thresh": 0.0,
                "options": {"SymmetricMode": True},
            }

    def analyse(self, pattern: Pattern, *, dtype: type, schur: np.ndarray | None = None) -> None:
        """Split the rows into those kept and those eliminated."""
        self._pattern, self._dtype, self._kept = pattern, dtype, schur
        if schur is not None:
            self._eliminated = others(pattern.size, schur)

    def factor(self, values: np.ndarray) -> None:
        """Factor A, or its eliminated block."""
        matrix = self._pattern.matrix(np.asarray(values, dtype=self._dtype))
        self._residual, self._condition, self._lu = 0.0, None, None
        if self._kept is None:
            self._matrix, self._lu = matrix, self._factored(matrix)
            return
        kept, eliminated = self._kept, self._eliminated
        self._corner = matrix[kept][:, kept].toarray()
        self._right = matrix[eliminated][:, kept].tocsc()
        self._left = matrix[kept][:, eliminated].tocsr()
        self._matrix = matrix[eliminated][:, eliminated]
        if len(eliminated) and len(kept):
            self._lu = self._factored(self._matrix)

    def schur(self) -> np.ndarray:
        """A_kk − A_ke A_ee⁻¹ A_ek, some columns at a time."""
        complement = self._corner.astype(self._dtype)
        if self._lu is None:
            return complement
        for start in range(0, complement.shape[1], _COLUMNS):
            columns = slice(start, start + _COLUMNS)
            complement[:, columns] -= self._left @ self.solve(self._right[:, columns].toarray())
        return complement

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """A⁻¹ · rhs, or A_ee⁻¹ · rhs, refined once."""
        if self._lu is None:
            raise NumericalError("superlu: nothing was factored")
        rhs = np.asarray(rhs, dtype=self._dtype)
        solution = self._lu.solve(rhs)
        solution = solution + self._lu.solve(rhs - self._matrix @ solution)
        size = np.abs(self._matrix.data).max() * np.abs(solution).max(initial=0.0) + np.abs(rhs).max(
            initial=0.0
        )
        error = np.abs(self._matrix @ solution - rhs).max(initial=0.0) / (size or 1.0)
        self._residual = max(self._residual, float(error)) if np.isfinite(error) else np.inf
        return solution

    def certificate(self) -> dict[str, tuple[float, float]]:
        """The relative residual of the worst solve since the last factorization, and the condition number."""
        if self._condition is None:
            self._condition = 0.0 if self._lu is None else lost_digits(_condition(self._matrix, self._lu))
        return {
            "elimination_residual": (self._residual, _RESIDUAL_BOUND),
            "elimination_condition": (self._condition, LOST_DIGITS_BOUND),
        }

    def _factored(self, matrix: sparse.csr_array) -> Any:
        try:
            return splu(matrix.tocsc(), **self._choices)
        except RuntimeError as error:  # SuperLU's word for an exactly singular matrix
            raise NumericalError(f"superlu: {error}") from error


def _condition(matrix: sparse.csr_array, lu: Any) -> float:
    """‖A‖ ‖A⁻¹‖ in the 1-norm, the second factor estimated from below by a handful of solves (without chance)."""
    inverse = LinearOperator(
        matrix.shape, matvec=lu.solve, rmatvec=lambda rhs: lu.solve(rhs, trans="H"), dtype=matrix.dtype
    )
    with np.errstate(all="ignore"):
        estimate = float(np.max(abs(matrix).sum(axis=0))) * float(onenormest(inverse, t=1))
    return estimate if np.isfinite(estimate) else np.inf
