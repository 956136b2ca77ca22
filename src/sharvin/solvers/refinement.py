"""Solutions of linear problems, refined in twice the working precision, and how well they solve them.

A solution x is corrected by the solution of A·δ = b − Ax, with whatever factors of A there are. If b − Ax is computed
in twice the working precision, x ends with its full number of digits although A has lost many (N. J. Higham, Accuracy
and Stability of Numerical Algorithms, 2nd ed., section 12.1). A narrow resonance needs that: rounding E − H alone, by
10⁻¹⁶ eV, would move its level by a good part of its width.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

from ..errors import NumericalError
from ..linalg import Pattern

_REFINEMENTS = 30  # at most
#: A correction below the first ends the refinement; so does one that is not smaller than the second of the last.
_SETTLED, _SMALLER = 1e-15, 0.7
_DIGITS = np.finfo(float).nmant + 1  # binary

Number = Any


def exact_sum(a: Number, b: Number) -> tuple[Number, Number]:
    """a + b, and what rounding took from it (D. E. Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def exact_product(a: float, b: Number) -> tuple[Number, Number]:
    """ab for a real number a, and what rounding took from it (T. J. Dekker)."""
    product = a * b
    (a1, a2), (b1, b2) = _halves(a), _halves(b)
    return product, a2 * b2 - (((product - a1 * b1) - a2 * b1) - a1 * b2)


def _halves(a: Number) -> tuple[Number, Number]:
    """A number as a sum of two with half of its digits."""
    large = a * (2.0 ** ((_DIGITS + 1) // 2) + 1)
    first = large - (large - a)
    return first, a - first


class PreciseMatrix:
    """A sparse matrix, given as a sum of two, whose products with vectors are good to about 99 binary digits.

    A = A₁ + A₂ + A₃ and x = x₁ + x₂ + x₃, with so few digits in each but the last that A₁x₁, A₁x₂ and A₂x₁ are exact;
    the rest is small. (T. Ozaki, T. Ogita, S. Oishi and S. M. Rump, Numer. Algorithms 59, 95 (2012).)
    """

    def __init__(self, pattern: Pattern, values: np.ndarray, rest: np.ndarray) -> None:
        in_row = int(np.diff(pattern.indptr).max(initial=1))
        # Sums of products of (digits + 1)-digit numbers, two for each complex element, must fit.
        self._digits = (_DIGITS - 3 - int(np.ceil(np.log2(in_row)))) // 2
        largest = np.maximum.reduceat(_largest(values), pattern.indptr[:-1])[pattern.rows]
        first, second, third = self._parts(values, largest)
        self._first: sparse.csr_array = pattern.matrix(first)
        self._second: sparse.csr_array = pattern.matrix(second)
        self._third: sparse.csr_array = pattern.matrix(third + rest)

    @classmethod
    def dense(cls, matrix: np.ndarray) -> "PreciseMatrix":
        """Of a dense matrix."""
        stored = sparse.csr_array(matrix)
        stored.setdiag(stored.diagonal())  # no row may be empty
        stored.sort_indices()
        return cls(Pattern.of(stored), stored.data, np.zeros_like(stored.data))

    def product(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ax as a sum of two, the second of which is small."""
        first, second, third = self._parts(x, _largest(x).max(axis=0, initial=0.0))
        rest = self._first @ third + self._second @ (second + third) + self._third @ x
        total, lost = exact_sum(self._first @ second, self._second @ first)
        total, also = exact_sum(total, self._first @ first)
        return total, rest + lost + also

    def _parts(self, x: np.ndarray, largest: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        first = _leading(x, largest, self._digits)
        second = _leading(x - first, largest * 2.0**-self._digits, self._digits)
        return first, second, x - first - second


def _largest(x: np.ndarray) -> np.ndarray:
    """The larger of the real and the imaginary part of every element."""
    return np.maximum(np.abs(np.real(x)), np.abs(np.imag(x)))


def _leading(x: np.ndarray, largest: np.ndarray, digits: int) -> np.ndarray:
    """The leading binary digits of numbers, relative to a number that is no smaller than they."""
    exponent = np.ceil(np.log2(np.maximum(largest, 1e-290)))
    large = np.exp2(exponent + _DIGITS - digits)
    if np.iscomplexobj(x):
        large = large * (1 + 1j)
    return (x + large) - large


def residual(matrix: Any, psi: np.ndarray, source: np.ndarray) -> float:
    """‖Aψ − Q‖ / (‖A‖‖ψ‖ + ‖Q‖) in the largest element."""
    if source.size == 0:
        return 0.0
    return _relative(np.abs(matrix @ psi - source).max(), abs(matrix).max(), psi, source)


def _relative(missed: float, size: float, psi: np.ndarray, source: np.ndarray) -> float:
    return float(missed / (size * np.abs(psi).max() + np.abs(source).max() + 1e-300))


def growth(size: Any, waves: np.ndarray, source: np.ndarray) -> Any:
    """The largest growth of a wave over its source, in units of the matrix, times the rounding error.

    From waves and sources (…, n, columns); columns without a source are zero in both.
    """
    grown, sent = (np.abs(part).max(axis=-2, initial=0.0) for part in (waves, source))
    return np.finfo(float).eps * size * (grown / (sent + 1e-300)).max(axis=-1, initial=0.0)


def refined(
    solved: Callable[[np.ndarray], np.ndarray],
    missed: Callable[[np.ndarray, np.ndarray], np.ndarray],
    rhs: np.ndarray,
    scale: float,
    measure: Callable[[np.ndarray, np.ndarray], float],
) -> tuple[np.ndarray, float, float]:
    """A solution refined as long as that helps, its relative residual, and the size of the last correction.

    `missed` tells b − Ax from x and b, `measure` the size of a correction from that and x.
    """
    if rhs.size == 0:
        return rhs, 0.0, 0.0
    with np.errstate(all="ignore"):  # a useless factorization shows in the residual
        psi = solved(rhs)
        left, last, size = missed(psi, rhs), np.inf, np.inf
        for _ in range(_REFINEMENTS):
            change = solved(left)
            size = measure(change, psi)
            if not size < _SMALLER * last:
                break
            psi = psi + change
            left, last = missed(psi, rhs), size
            if size < _SETTLED:
                break
        return psi, _relative(np.abs(left).max(), scale, psi, rhs), float(size)


def dense_solve(matrix: np.ndarray, source: np.ndarray) -> np.ndarray:
    """A⁻¹Q, or `NumericalError` where A is singular."""
    try:
        return np.linalg.solve(matrix, source)
    except np.linalg.LinAlgError as error:
        raise NumericalError("the interface block is singular") from error
