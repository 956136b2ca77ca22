"""PARDISO of oneMKL, by the wheel ``py-mkl-pardiso`` (x86-64 Linux and Windows)."""

from collections.abc import Callable

import numpy as np

from .._optional import optional_import
from ..errors import NumericalError
from .factorization import GROWTH_BOUND, Factorization, Pattern, growth, lost_digits
from .superlu import SuperLU

# iparm, counted from zero. Scaling and matching stay off: they would depend on the values, not on the pattern. So does
# two-level factorization (iparm 23), a quarter faster: with a Schur complement it spoils the solves that check it.
_NO_DEFAULTS, _METIS, _PIVOT_THRESHOLD, _SCALING, _MATCHING = 0, 1, 9, 10, 12
_PERTURBED_PIVOTS, _ZERO_BASED, _SCHUR = 13, 34, 35
_ANALYSE, _FACTOR, _SOLVE, _FORWARD, _BACKWARD = 11, 22, 33, 331, 333
_MTYPE_REAL_SYMMETRIC, _MTYPE_COMPLEX_STRUCTURALLY_SYMMETRIC = -2, 3
_STANDS_IN = "; SuperLU stands in, for no connected rows are to be eliminated"
# Complex Hermitian (mtype -4) is never used: its Schur complements come back wrong by 1e-3 without a word.


class Pardiso(Factorization):
    """Supernodal LDLᵀ (real symmetric) or LU (complex, structurally symmetric) with static pivoting.

    Static pivoting perturbs small pivots instead of exchanging them; their number stands in the certificate. PARDISO
    estimates no condition number; the growth of the result stands for it. In complex arithmetic it is the growth that
    tells first: pivots are left alone there down to the rounding error, whatever threshold is set.
    (O. Schenk and K. Gärtner, Future Gener. Comput. Syst. 20, 475 (2004).)
    """

    name = "pardiso"

    def __init__(self) -> None:
        module = optional_import("pymklpardiso._mkl_pardiso", extra="pardiso", purpose="the PARDISO back end")
        self._make = module.PardisoSolver

    def analyse(self, pattern: Pattern, *, dtype: type, schur: np.ndarray | None = None) -> None:
        """Order and analyse; a real matrix is stored by its upper triangle."""
        self._dtype, self._kept, self._size = dtype, schur, pattern.size
        self._stand_in = _stand_in(pattern, schur)
        if self._stand_in is not None:
            self._stand_in.analyse(pattern, dtype=dtype, schur=schur)
            self.reason = f"{self.reason.partition(_STANDS_IN)[0]}{_STANDS_IN}"
            return
        real = dtype is float
        self._taken = np.flatnonzero(pattern.indices >= pattern.rows) if real else slice(None)
        rows, indices = pattern.rows[self._taken], pattern.indices[self._taken]
        indptr = np.searchsorted(rows, np.arange(pattern.size + 1)).astype(np.int64)
        self._solver = solver = self._make(
            _MTYPE_REAL_SYMMETRIC if real else _MTYPE_COMPLEX_STRUCTURALLY_SYMMETRIC, 0
        )
        settings = {
            _NO_DEFAULTS: 1,
            _METIS: 2,
            _PIVOT_THRESHOLD: 8,
            _SCALING: 0,
            _MATCHING: 0,
            _ZERO_BASED: 1,
        }
        for number, value in settings.items():
            solver.set_iparm(number, value)
        if schur is not None:
            solver.set_iparm(_SCHUR, 1)
        solver.set_pattern(indptr, np.ascontiguousarray(indices, dtype=np.int64), pattern.size)
        if schur is not None:
            mask = np.zeros(pattern.size, dtype=np.int64)
            mask[schur] = 1
            solver.set_perm(mask)
            # PARDISO returns the complement with its rows in ascending order.
            self._order = np.argsort(np.argsort(schur))
            self._eliminated = np.flatnonzero(mask == 0)
        self._analysed = False

    def factor(self, values: np.ndarray) -> None:
        """Factor numerically (the first call also runs the analysis, which wants values)."""
        if self._stand_in is not None:
            self._stand_in.factor(values)
            return
        solver = self._solver
        taken = np.ascontiguousarray(np.asarray(values, dtype=self._dtype)[self._taken])
        self._scale, self._growth = float(np.abs(taken).max(initial=0.0)), 0.0
        solver.set_values(taken)
        if not self._analysed:
            self._run(_ANALYSE)
            self._analysed = True
        if self._kept is None:
            self._run(_FACTOR)
            return
        # The first n² numbers of the solution buffer are the complement; it needs two columns at least.
        columns = max(2, -(-(len(self._kept) ** 2) // self._size))
        rhs = np.zeros((self._size, columns), dtype=self._dtype, order="F")
        out = np.zeros_like(rhs, order="F")
        self._run(_FACTOR, rhs, out)
        n = len(self._kept)
        complement = out.ravel(order="F")[: n * n].reshape(n, n)
        self._complement = complement[np.ix_(self._order, self._order)]
        self._growth = growth(self._complement, self._scale, 1.0)

    def schur(self) -> np.ndarray:
        """The complement from the last factorization."""
        return self._complement if self._stand_in is None else self._stand_in.schur()

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """A⁻¹ · rhs, or A_ee⁻¹ · rhs."""
        if self._stand_in is not None:
            return self._stand_in.solve(rhs)
        if self._kept is not None:
            return self._solve_eliminated(rhs)
        rhs = np.asfortranarray(rhs, dtype=self._dtype)
        out = np.zeros_like(rhs, order="F")
        self._run(_SOLVE, rhs, out)
        self._growth = max(self._growth, growth(out, float(np.abs(rhs).max(initial=0.0)), self._scale))
        return out

    def _solve_eliminated(self, rhs: np.ndarray) -> np.ndarray:
        """Forward through the eliminated rows, nothing on those that are kept, and back."""
        ahead = np.zeros((self._size, rhs.shape[1]), dtype=self._dtype, order="F")
        ahead[self._eliminated] = rhs
        middle, back = np.zeros_like(ahead, order="F"), np.zeros_like(ahead, order="F")
        self._run(_FORWARD, ahead, middle)
        middle[self._kept] = 0
        self._run(_BACKWARD, middle, back)
        return back[self._eliminated]

    def extended(self, values: np.ndarray, source: Callable[[], np.ndarray]) -> np.ndarray:
        """−A_ee⁻¹A_ek · values by back substitution alone."""
        if self._stand_in is not None:
            return self._stand_in.extended(values, source)
        middle = np.zeros((self._size, values.shape[1]), dtype=self._dtype, order="F")
        middle[self._kept] = values
        back = np.zeros_like(middle, order="F")
        self._run(_BACKWARD, middle, back)
        return back[self._eliminated]

    def _run(self, phase: int, *buffers: np.ndarray) -> None:
        """One phase of PARDISO, its complaints translated."""
        try:
            self._solver.run_phase_into(phase, *buffers) if buffers else self._solver.run_phase(phase)
        except RuntimeError as error:
            raise NumericalError(f"pardiso: {error}") from error

    def certificate(self) -> dict[str, tuple[float, float]]:
        """The number of perturbed pivots (a single one may cost all digits of a Schur complement), and the growth."""
        if self._stand_in is not None:
            return self._stand_in.certificate()
        return {
            "perturbed_pivots": (float(self._solver.get_iparm_value(_PERTURBED_PIVOTS)), 0.0),
            "elimination_growth": (lost_digits(self._growth), GROWTH_BOUND),
        }


def _stand_in(pattern: Pattern, schur: np.ndarray | None) -> SuperLU | None:
    """SuperLU where the rows to eliminate are not connected at all: PARDISO's ordering then reads past its memory.

    It stands in as well where no row is kept, which is no Schur complement to PARDISO.
    """
    if schur is None:
        return None
    if len(schur) == 0:
        return SuperLU()
    kept = np.zeros(pattern.size, dtype=bool)
    kept[schur] = True
    bonds = ~kept[pattern.rows] & ~kept[pattern.indices] & (pattern.rows != pattern.indices)
    return None if bonds.any() else SuperLU()
