import numpy as np
import pytest
from scipy import sparse

from sharvin.errors import NumericalError
from sharvin.linalg import Pattern, SuperLU


def chain(size, diagonal):
    return sparse.csr_array(np.eye(size, k=1) + np.eye(size, k=-1) + diagonal * np.eye(size) + 0.0)


def stored(matrix):
    """The matrix with its whole diagonal stored."""
    dense = matrix.toarray()
    mask = (dense != 0) | np.eye(len(dense), dtype=bool)
    rows, columns = np.nonzero(mask)
    indptr = np.searchsorted(rows, np.arange(len(dense) + 1))
    return sparse.csr_array((dense[rows, columns], columns, indptr), shape=dense.shape)


def test_pivoting_survives_a_zero_diagonal():
    matrix = stored(chain(30, 0.0))
    factorization = SuperLU(pivoting=True)
    factorization.analyse(Pattern.of(matrix), dtype=float)
    factorization.factor(matrix.data)
    rhs = np.arange(30.0)[:, None]
    assert np.abs(matrix @ factorization.solve(rhs) - rhs).max() < 1e-12
    assert factorization.certificate()["elimination_residual"][0] < 1e-14


def test_a_solve_without_a_factorization_is_refused():
    matrix = stored(chain(3, 4.0))
    factorization = SuperLU()
    factorization.analyse(Pattern.of(matrix), dtype=float, schur=np.arange(3))
    factorization.factor(matrix.data)
    with pytest.raises(NumericalError, match="nothing was factored"):
        factorization.solve(np.ones((3, 1)))
    assert np.array_equal(factorization.schur(), matrix.toarray())


def test_the_certificate_is_of_the_last_factorization():
    bad, good = stored(chain(6, 1e-17)), stored(chain(6, 4.0))
    factorization = SuperLU()
    factorization.analyse(Pattern.of(good), dtype=float)
    factorization.factor(good.data)
    factorization.solve(np.ones((6, 1)))
    first = factorization.certificate()["elimination_residual"][0]
    assert first < 1e-15
    values = bad.data.copy()
    values[Pattern.of(bad).diagonal] = 1e-17
    factorization.factor(values)
    assert factorization.certificate()["elimination_residual"][0] == 0.0


def test_more_columns_than_one_batch():
    matrix = stored(chain(200, 4.0))
    kept = np.arange(0, 200, 2)[::-1].copy()
    factorization = SuperLU()
    factorization.analyse(Pattern.of(matrix), dtype=float, schur=kept)
    factorization.factor(matrix.data)
    inverse = np.linalg.inv(matrix.toarray())[np.ix_(kept, kept)]
    assert np.abs(factorization.schur() - np.linalg.inv(inverse)).max() < 1e-12
