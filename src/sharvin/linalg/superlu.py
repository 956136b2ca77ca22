"""SuperLU from SciPy: pivots for stability, runs anywhere."""

import numpy as np
from scipy.sparse.linalg import splu

from ..errors import NumericalError
from .factorization import Factorization, Pattern

_COLUMNS = 64  # right-hand sides solved at once, which bounds the memory of a Schur complement


class SuperLU(Factorization):
    """LU with partial pivoting and the COLAMD ordering (J. W. Demmel et al., SIAM J. Matrix Anal. 20, 720 (1999)).

    SciPy offers no separate analysis, so `analyse` only prepares index arrays. The Schur complement is formed by
    solving with the eliminated block.
    """

    name = "superlu"

    def analyse(self, pattern: Pattern, *, dtype: type, schur: np.ndarray | None = None) -> None:
        """Split the rows into those kept and those eliminated."""
        self._pattern, self._dtype, self._kept = pattern, dtype, schur
        if schur is not None:
            self._eliminated = np.setdiff1d(np.arange(pattern.size), schur)

    def factor(self, values: np.ndarray) -> None:
        """Factor A, or its eliminated block."""
        matrix = self._pattern.matrix(np.asarray(values, dtype=self._dtype))
        if self._kept is None:
            self._lu = _factor(matrix)
            return
        kept, eliminated = self._kept, self._eliminated
        self._corner = matrix[kept][:, kept].toarray()
        self._right = matrix[eliminated][:, kept].tocsc()
        self._left = matrix[kept][:, eliminated].tocsr()
        self._lu = _factor(matrix[eliminated][:, eliminated]) if len(eliminated) else None

    def schur(self) -> np.ndarray:
        """A_kk − A_ke A_ee⁻¹ A_ek, some columns at a time."""
        complement = self._corner.astype(self._dtype)
        if self._lu is None:
            return complement
        for start in range(0, complement.shape[1], _COLUMNS):
            columns = slice(start, start + _COLUMNS)
            complement[:, columns] -= self._left @ self._lu.solve(self._right[:, columns].toarray())
        return complement

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """A⁻¹ · rhs."""
        if self._lu is None:
            raise NumericalError("superlu: solve needs a factorization of the whole matrix")
        return self._lu.solve(np.asarray(rhs, dtype=self._dtype))

    def certificate(self) -> dict[str, tuple[float, float]]:
        """Nothing to add: pivots are exchanged, never perturbed."""
        return {}


def _factor(matrix):
    try:
        return splu(matrix.tocsc(), permc_spec="COLAMD")
    except RuntimeError as error:  # SuperLU's word for an exactly singular matrix
        raise NumericalError(f"superlu: {error}") from error
