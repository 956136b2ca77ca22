"""The waves on all orbitals of a region, refined against its true matrix E − H − Σ.

**refined**: from C, which gives them on the interface, and the factors that C came from, which give them inside.
**full**: from the whole sparse matrix, which is regular at a pole of C. Its pivots may vanish all the same (at a band
centre the diagonal does), so what is factored is E + iη − H − Σ with a small η: each step of the refinement gains a
factor η over the distance to the next resonance.
**pivoting**: from the same matrix without η, with exchange of rows: slow, and the last resort.
"""

from collections.abc import Callable

import numpy as np

from ..linalg import Factorization, Pattern, SuperLU, back_end
from .layout import Layout
from .refinement import PreciseMatrix, dense_solve, exact_sum, refined
from .secular import SecularMatrix, largest
from .solution import Figures, Solution

#: Largest residual, and largest change of S and of the waves by the last correction.
_RESIDUAL_BOUND, _CORRECTION_BOUND = 4e-15, 1e-13
#: Memory of the waves that are refined together; what that takes is some times as much.
_COLUMN_BYTES = 2.5e8
#: η of the full route, relative to the largest element of E − H.
_SHIFT = 1e-6

_Solve = Callable[[np.ndarray], np.ndarray]


class WholeRegion:
    """(E − H − Σ)ψ = Q on all orbitals. Q, like Σ, is on the interface; what is asked of ψ is there, or everywhere."""

    def __init__(self, secular: SecularMatrix, layout: Layout, solver: str) -> None:
        self._secular, self._solver = secular, solver
        self._interface, self._inner = layout.interface, layout.inner
        self._analysed = layout.analysed(secular.dtype, solver)

    def refined(
        self, energy: float, sigma: np.ndarray, source: np.ndarray, *, everywhere: bool = False
    ) -> Solution:
        """ψ from C and the factors of the interior."""
        values = self._secular.values(energy)
        matrix = self._secular.pattern.matrix(values).astype(complex)
        b, r = self._interface, self._inner
        across, back = matrix[r][:, b], matrix[b][:, r]
        with self._analysed.lent() as factorization:
            factorization.factor(values)
            reduced = factorization.schur() - sigma

            def solved(rhs: np.ndarray) -> np.ndarray:
                x = np.zeros(rhs.shape, dtype=complex)
                own = self._inside(factorization, rhs[r])
                x[b] = dense_solve(reduced, rhs[b] - back @ own)
                x[r] = own - self._inside(factorization, across @ x[b])
                return x

            psi, figures = self._in_chunks(solved, energy, sigma, source, everywhere)
            return Solution(psi, "refined", factorization.name, figures)

    def full(
        self,
        energy: float,
        sigma: np.ndarray,
        source: np.ndarray,
        *,
        pivoting: bool = False,
        everywhere: bool = False,
    ) -> Solution:
        """ψ from factors of the whole matrix, with a small imaginary shift or with pivoting."""
        matrix = self._secular.opened(energy, self._interface, sigma)
        pattern = Pattern.of(matrix)
        factorization = SuperLU(pivoting=True) if pivoting else back_end(self._solver, size=pattern.size)
        factorization.analyse(pattern, dtype=complex)
        values = matrix.data.copy()
        if not pivoting:
            values[pattern.diagonal] += 1j * _SHIFT * self._secular.size(energy)
        factorization.factor(values)
        psi, figures = self._in_chunks(factorization.solve, energy, sigma, source, everywhere)
        return Solution(psi, "pivoting" if pivoting else "full", factorization.name, figures)

    def _in_chunks(
        self, solved: _Solve, energy: float, sigma: np.ndarray, source: np.ndarray, everywhere: bool
    ) -> tuple[np.ndarray, Figures]:
        """ψ refined with an approximate solver, some columns at a time, and the worst figures."""
        b, size = self._interface, self._secular.pattern.size
        missed = self._missed(energy, sigma)
        scale = max(self._secular.size(energy), largest(sigma))
        keep_all = everywhere or not self._secular.hermitian  # what is absorbed inside shows inside

        def measure(change: np.ndarray, x: np.ndarray) -> float:
            """The change of S, or of waves inside: one that goes on has not found its narrow resonance yet."""
            each = np.abs(change).max(axis=0) / (np.abs(x).max(axis=0) + 1e-300)
            return float(np.max([largest(source.conj().T @ change[b]), each.max()]))

        most = max(1, int(_COLUMN_BYTES / (16 * size)))
        parts, worst = [np.zeros((size if keep_all else len(b), 0), dtype=complex)], np.zeros(2)
        for start in range(0, source.shape[1], most):
            some = source[:, start : start + most]
            rhs = np.zeros((size, some.shape[1]), dtype=complex)
            rhs[b] = some
            psi, *own = refined(solved, missed, rhs, scale, measure)
            parts.append(psi if keep_all else psi[b])
            worst = np.maximum(worst, own)  # NaN stays
        names, bounds = ("residual", "correction"), (_RESIDUAL_BOUND, _CORRECTION_BOUND)
        figures = dict(zip(names, zip(worst.tolist(), bounds, strict=True), strict=True))
        return np.concatenate(parts, axis=1), figures

    def _missed(self, energy: float, sigma: np.ndarray) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        """Q − (A − Σ)x in twice the working precision, as a function of x and Q, both on all orbitals."""
        b = self._interface
        exact = PreciseMatrix(self._secular.pattern, *self._secular.exact_values(energy))
        leads = PreciseMatrix.dense(sigma)

        def missed(x: np.ndarray, rhs: np.ndarray) -> np.ndarray:
            left, rest = (-part for part in exact.product(x))
            outside, small = leads.product(x[b])
            left[b], lost = exact_sum(left[b], outside)
            left[b], also = exact_sum(left[b], rhs[b])
            rest[b] += small + lost + also
            return left + rest

        return missed

    def _inside(self, factorization: Factorization, rhs: np.ndarray) -> np.ndarray:
        """A_rr⁻¹ · rhs of complex columns."""
        if not len(rhs):
            return rhs
        if self._secular.dtype is complex:
            return factorization.solve(rhs)
        both = factorization.solve(np.concatenate([np.real(rhs), np.imag(rhs)], axis=1))
        return both[:, : rhs.shape[1]] + 1j * both[:, rhs.shape[1] :]
