import numpy as np
import pytest
from scipy import sparse

from sharvin.errors import InputError, NumericalError
from sharvin.linalg import Dense, Pattern


def pattern_of_a_diagonal(size):
    return Pattern(np.arange(size + 1), np.arange(size))


@pytest.mark.parametrize(("dtype", "size"), [(float, 11_181), (complex, 7_906)])
def test_a_matrix_beyond_the_stated_memory_is_refused(dtype, size):
    with pytest.raises(InputError, match=rf"would need 1\.0 GB for a matrix of {size} rows.*superlu"):
        Dense().analyse(pattern_of_a_diagonal(size), dtype=dtype)
    Dense().analyse(pattern_of_a_diagonal(size - 1), dtype=dtype)


def test_rows_are_exchanged():
    matrix = sparse.csr_array((np.array([1e-20, 1.0, 1.0, 1.0]), ([0, 0, 1, 1], [0, 1, 0, 1])))
    factorization = Dense()
    factorization.analyse(Pattern.of(matrix), dtype=float)
    factorization.factor(matrix.data)
    assert np.allclose(factorization.solve(np.array([[1.0], [2.0]])), 1.0, rtol=1e-15)
    assert factorization.certificate()["elimination_condition"][0] < 1e-14


def test_real_stays_real():
    factorization = Dense()
    factorization.analyse(pattern_of_a_diagonal(4), dtype=float, schur=np.array([2, 0]))
    factorization.factor(np.arange(1.0, 5.0))
    assert factorization.schur().dtype == float
    assert np.array_equal(factorization.schur(), [[3, 0], [0, 1]])


def test_the_condition_is_that_of_the_matrix():
    factorization = Dense()
    factorization.analyse(pattern_of_a_diagonal(3), dtype=complex)
    factorization.factor(np.array([1.0, 1e5, 10.0]))
    assert factorization.certificate()["elimination_condition"][0] == pytest.approx(1e5 * 2**-52, rel=1e-12)


def test_an_exact_zero_pivot_is_an_error():
    factorization = Dense()
    factorization.analyse(pattern_of_a_diagonal(3), dtype=float)
    with pytest.raises(NumericalError, match="dense: pivot 2 of 3 is exactly zero"):
        factorization.factor(np.array([1.0, 0.0, 1.0]))
