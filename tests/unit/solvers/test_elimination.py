import numpy as np
import pytest
from scipy import sparse

from sharvin.linalg import Pattern, available_back_ends, back_end
from sharvin.solvers.elimination import Elimination, storage

KEPT = np.array([0, 3, 11, 12])
each_back_end = pytest.mark.parametrize("solver", available_back_ends())


def eliminated(solver, *, complex_=False, hermitian=True, seed=0):
    """A random band matrix with its interior eliminated, C, and the matrix."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(20, 20)) + 1j * complex_ * rng.normal(size=(20, 20))
    a = (a + a.conj().T) * (np.abs(np.subtract.outer(range(20), range(20))) <= 2)
    a = a if complex_ else a.real
    if not hermitian:
        a = a + 0.3j * np.eye(20)
    matrix = sparse.csr_array(a)
    matrix.sort_indices()
    factorization = back_end(solver)
    dtype = complex if np.iscomplexobj(a) else float
    factorization.analyse(Pattern.of(matrix), dtype=dtype, schur=KEPT)
    factorization.factor(matrix.data)
    inner = np.setdiff1d(np.arange(20), KEPT)
    r = np.ix_(inner, inner)
    c = a[np.ix_(KEPT, KEPT)] - a[KEPT][:, inner] @ np.linalg.solve(a[r], a[inner][:, KEPT])
    return Elimination(matrix, KEPT, inner, factorization, hermitian), c, a


def waves(columns, complex_, seed=1):
    rng = np.random.default_rng(seed)
    p = rng.normal(size=(4, columns))
    return p + 1j * rng.normal(size=(4, columns)) if complex_ else p


@each_back_end
@pytest.mark.parametrize("complex_", [False, True])
@pytest.mark.parametrize("complex_wave", [False, True])
def test_waves_tell_the_error_of_the_complement_and_what_they_store(solver, complex_, complex_wave):
    elimination, c, a = eliminated(solver, complex_=complex_)
    p = waves(2, complex_wave or complex_)
    trial = elimination.tried(c, p)
    assert trial.error < 1e-12
    z = np.zeros((20, 2), dtype=complex)
    z[KEPT] = p
    inner = elimination.inner
    z[inner] = -np.linalg.solve(a[np.ix_(inner, inner)], a[inner][:, KEPT] @ p)
    assert trial.storage == pytest.approx(np.sqrt(np.sum(np.sum(np.abs(z) ** 2, axis=1) ** 2)), rel=1e-11)
    off = np.zeros((4, 4))
    off[1, 2] = off[2, 1] = 1e-6
    wanted = np.abs(np.sum(p.conj() * (off @ p), axis=0))
    if complex_wave and not complex_:  # its real and its imaginary part apart
        parts = np.concatenate([p.real, p.imag], axis=1)
        wanted = np.abs(np.sum(parts * (off @ parts), axis=0))
    assert elimination.tried(c + off, p).error == pytest.approx(wanted.sum(), rel=1e-5)


@each_back_end
def test_a_wrong_factor_is_found(solver):
    elimination, c, _ = eliminated(solver)
    values = elimination.a.data.copy()
    values[Pattern.of(elimination.a).diagonal[7]] += 1e-6  # an interior element
    elimination.factorization.factor(values)
    wrong = elimination.factorization.schur()
    p = waves(1, False)
    wanted = np.abs(p.T @ (wrong - c) @ p).item()
    assert wanted > 1e-9
    assert elimination.tried(wrong, p).error == pytest.approx(wanted, rel=1e-4)
    assert np.abs(elimination.corrected(wrong, waves(1, False, 5), [np.arange(4)]) - c).max() < 1e-11


@each_back_end
@pytest.mark.parametrize("complex_", [False, True])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_errors_of_low_rank_are_corrected_by_as_many_waves(solver, complex_, rank):
    elimination, c, _ = eliminated(solver, complex_=complex_)
    d = waves(rank, complex_, seed=9)
    signs = np.array([1.0, -2.0, 0.5])[:rank]
    wrong = c + 1e-6 * (d * signs) @ d.conj().T
    better = elimination.corrected(wrong, waves(3, False, seed=4), [np.arange(4)])
    assert np.abs(better - c).max() < 1e-11
    assert np.abs(wrong - c).max() > 1e-7  # what was given is left alone


def test_pieces_stay_apart():
    elimination, c, _ = eliminated("dense")
    wrong = c.copy()
    wrong[:2, :2] += 1e-6 * np.ones((2, 2))
    better = elimination.corrected(wrong, waves(2, False), [np.array([0, 1]), np.array([2, 3])])
    assert np.array_equal(better[2:, :2], c[2:, :2])
    assert np.abs(better - c).max() < 1e-11


def test_where_flux_is_lost_the_error_is_that_of_the_vector():
    elimination, c, _ = eliminated("superlu", hermitian=False)
    p = waves(1, False)
    assert elimination.tried(c, p).error < 1e-12
    off = np.zeros((4, 4))
    off[0, 1] = 1e-6
    assert elimination.tried(c + off, p).error == pytest.approx(1e-6 * np.abs(p[0] * p[1]).item(), rel=1e-6)


def test_a_useless_factorization_is_not_a_number():
    elimination, c, _ = eliminated("superlu")
    bad = Elimination(elimination.a, KEPT, elimination.inner, Useless(), True)
    assert np.isnan(bad.tried(c, waves(1, False)).error)
    assert bad.corrected(c, waves(1, False), [np.arange(4)]) is c


class Useless:
    """Factors of nothing."""

    def extended(self, values, source):
        return np.full_like(source, np.nan)

    def solve(self, rhs):
        return np.full_like(rhs, np.nan)


def test_storage_counts_all_columns_together():
    assert storage(np.array([[3.0, 4.0j], [0.0, 0.0]])) == 25.0
    assert storage(np.zeros((3, 0))) == 0.0
