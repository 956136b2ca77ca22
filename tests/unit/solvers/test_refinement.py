from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from sharvin.errors import NumericalError
from sharvin.linalg import Pattern
from sharvin.solvers.refinement import (
    PreciseMatrix,
    dense_solve,
    exact_product,
    exact_sum,
    growth,
    refined,
    residual,
)

numbers = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-100)


@given(numbers, numbers)
def test_sums_and_products_lose_nothing(a, b):
    total, lost = exact_sum(np.float64(a), np.float64(b))
    assert Fraction(float(total)) + Fraction(float(lost)) == Fraction(a) + Fraction(b)
    product, lost = exact_product(a, np.float64(b))
    exact = Fraction(a) * Fraction(b)
    assert Fraction(float(product)) + Fraction(float(lost)) == exact


def missed(matrix, x, source, rows):
    """Source − Ax, summed without loss."""
    left, rest = (-part for part in matrix.product(x))
    left[rows], lost = exact_sum(left[rows], source)
    rest[rows] += lost
    return left + rest


def exact_missed(matrix, rest, x, source):
    """Source − (A + R)x in rational numbers, rounded once."""
    size, columns = x.shape
    wanted = np.zeros((size, columns), dtype=complex)
    for i in range(size):
        for j in range(columns):
            re, im = Fraction(float(source[i, j].real)), Fraction(float(source[i, j].imag))
            for k in np.flatnonzero(matrix[i]):
                part = matrix[i, k], rest[i, k]
                a, b = (sum(Fraction(float(f(z))) for z in part) for f in (np.real, np.imag))
                u, v = Fraction(float(x[k, j].real)), Fraction(float(x[k, j].imag))
                re, im = re - a * u + b * v, im - a * v - b * u
            wanted[i, j] = complex(float(re), float(im))
    return wanted


@pytest.mark.parametrize("complex_", [False, True])
@pytest.mark.parametrize("size", [3, 40])
def test_products_keep_their_digits_where_everything_cancels(complex_, size):
    rng = np.random.default_rng(size)
    dense = np.where(rng.random((size, size)) < 5 / size, rng.normal(size=(size, size)), 0) + 4 * np.eye(size)
    if complex_:
        dense = dense + 1j * np.roll(dense, 1, axis=0)
    dense = dense * 10.0 ** rng.uniform(-3, 3, size=(size, 1))
    matrix = sparse.csr_array(dense)
    matrix.sort_indices()
    pattern = Pattern.of(matrix)
    rest = 1e-17 * rng.normal(size=matrix.nnz)
    x = rng.normal(size=(size, 2)) * [1.0, 1e7] + 1j * rng.normal(size=(size, 2))
    source = exact_missed(dense, 0 * dense, -x, np.zeros((size, 2)))  # Ax, rounded: all of it cancels
    found = missed(PreciseMatrix(pattern, matrix.data, rest), x, source, np.arange(size))
    wanted = exact_missed(dense, pattern.matrix(rest).toarray(), x, source)
    plain = source - matrix @ x
    scale = np.abs(dense).max(axis=1, keepdims=True) * np.abs(x).max(axis=0)
    assert np.abs(wanted / scale).max() > 1e-18
    assert np.abs((found - wanted) / scale).max() < 1e-28
    assert np.abs((plain - wanted) / scale).max() > 1e-18


def test_rows_without_a_source_have_none():
    matrix = sparse.csr_array(np.array([[2.0, 1.0], [1.0, 3.0]]))
    precise = PreciseMatrix(Pattern.of(matrix), matrix.data, 0 * matrix.data)
    found = missed(precise, np.ones((2, 1), dtype=complex), np.array([[5.0]]), np.array([1]))
    assert found.ravel().tolist() == [-3.0, 1.0]


def test_dense_matrices_with_empty_rows():
    rng = np.random.default_rng(5)
    dense = rng.normal(size=(6, 6)) + 1j * rng.normal(size=(6, 6))
    dense[2] = 0
    x = rng.normal(size=(6, 3)) + 0j
    total, rest = PreciseMatrix.dense(dense).product(x)
    assert np.abs(total + rest - dense @ x).max() < 1e-14
    assert np.abs(rest).max() < 1e-12


def hilbert(size):
    """A matrix that is singular to fourteen digits, by whole numbers that are exact."""
    common = float(np.lcm.reduce(np.arange(1, 2 * size)))
    return common / (np.add.outer(np.arange(size), np.arange(size)) + 1)


def test_an_ill_conditioned_system_is_solved_to_its_last_digits():
    h = hilbert(9)
    assert np.linalg.cond(h) > 1e11
    x = np.arange(1.0, 10.0)[:, None] + 0j
    rhs = h @ x  # whole numbers, exact
    matrix = sparse.csr_array(h)
    precise = PreciseMatrix(Pattern.of(matrix), matrix.data, 0 * matrix.data)

    def solved(b):
        return np.linalg.solve(h, b)

    assert np.abs(solved(rhs) - x).max() > 1e-9
    found, left, last = refined(
        solved,
        lambda psi, rhs: missed(precise, psi, rhs, np.arange(9)),
        rhs,
        h.max(),
        lambda change, psi: float(np.abs(change).max() / np.abs(psi).max()),
    )
    assert np.abs(found - x).max() < 1e-14
    assert left < 1e-16
    assert last < 1e-14


def test_what_does_not_converge_says_so():
    matrix = sparse.csr_array(np.diag([1.0, 2.0]))
    precise = PreciseMatrix(Pattern.of(matrix), matrix.data, 0 * matrix.data)
    rhs = np.ones((2, 1), dtype=complex)

    def measured(change, psi):
        return float(np.abs(change).max())

    def left(psi, rhs):
        return missed(precise, psi, rhs, np.arange(2))

    for wrong in (lambda b: -b, lambda b: np.full_like(b, np.nan), lambda b: 1e200 * b):
        *_, last = refined(wrong, left, rhs, 2.0, measured)
        assert not last < 1e-3
    # Half of what is missing at each step, 30 times: 2⁻³⁰ of it is left, and told.
    psi, _, last = refined(lambda b: 0.5 * b / np.array([[1.0], [2.0]]), left, rhs, 2.0, measured)
    assert np.abs(psi.ravel() - [1.0, 0.5]).max() <= last
    assert last == pytest.approx(2.0**-31)


def test_nothing_to_solve():
    nothing = np.zeros((3, 0), dtype=complex)
    psi, left, last = refined(None, None, nothing, 1.0, None)
    assert psi.shape == (3, 0)
    assert left == last == 0


def test_residuals_are_relative():
    matrix = np.diag([1e3, 1.0])
    assert residual(matrix, np.array([[1.0], [1.0]]), np.array([[1e3], [0.0]])) == pytest.approx(1 / 2e3)
    assert residual(matrix, np.zeros((2, 0)), np.zeros((2, 0))) == 0


def test_growth_is_that_of_the_worst_column():
    waves = np.array([[1.0, 1e6, 0.0], [2.0, 0.0, 0.0]])
    source = np.array([[1.0, 1e-3, 0.0], [0.0, 0.0, 0.0]])
    assert growth(2.0, waves, source) == pytest.approx(2e9 * np.finfo(float).eps)
    assert growth(np.ones(2), np.zeros((2, 3, 0)), np.zeros((2, 3, 0))).tolist() == [0, 0]


def test_a_singular_block_is_an_error():
    with pytest.raises(NumericalError, match="singular"):
        dense_solve(np.zeros((2, 2)), np.ones((2, 1)))
