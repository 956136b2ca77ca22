"""Every back end over every class of matrix: the contract of `sharvin.linalg.factorization`, beside dense numpy."""

import numpy as np
import pytest
from scipy import sparse

from sharvin.errors import InputError, NumericalError
from sharvin.linalg import Factorization, Pattern, SuperLU, available_back_ends, back_end

SIZE = 40
KINDS = ("real symmetric", "complex hermitian", "complex structurally symmetric")
DIAGONALS = ("dominant", "indefinite", "zero")
MAKERS = {name: (lambda name=name: back_end(name)) for name in available_back_ends()}
MAKERS["superlu with pivoting"] = lambda: SuperLU(pivoting=True)

each_back_end = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())
each_kind = pytest.mark.parametrize("kind", KINDS)
each_diagonal = pytest.mark.parametrize("diagonal", DIAGONALS)


def dtype_of(kind):
    return float if kind == "real symmetric" else complex


def sample(kind, diagonal, seed=0, size=SIZE):
    """A sparse matrix of a class, all of whose diagonal is stored; the pattern does not depend on the seed."""
    where = np.random.default_rng(99)
    upper = np.triu(where.random((size, size)) < 4 / size, 1)
    upper[np.arange(size - 1), np.arange(1, size)] = True
    pattern = upper | upper.T | np.eye(size, dtype=bool)
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(size, size))
    if kind == "real symmetric":
        values = values + values.T
    elif kind == "complex hermitian":
        values = values + 1j * rng.normal(size=(size, size))
        values = values + values.conj().T
    else:
        values = values + 1j * rng.normal(size=(size, size))
    dense = np.where(pattern, values, 0)
    along = {
        "dominant": np.abs(dense).sum(axis=1) + 1,
        "indefinite": 3 * (-1.0) ** np.arange(size) * (1 + rng.random(size)),
        "zero": np.zeros(size),
    }[diagonal]
    dense[np.arange(size), np.arange(size)] = along
    rows, columns = np.nonzero(pattern)
    indptr = np.searchsorted(rows, np.arange(size + 1))
    return sparse.csr_array((dense[rows, columns], columns, indptr), shape=(size, size)), dense


def dense_schur(dense, kept):
    rest = np.setdiff1d(np.arange(len(dense)), kept)
    if len(rest) == 0:
        return dense[np.ix_(kept, kept)]
    inverse = np.linalg.solve(dense[np.ix_(rest, rest)], dense[np.ix_(rest, kept)])
    return dense[np.ix_(kept, kept)] - dense[np.ix_(kept, rest)] @ inverse


def broken(factorization):
    return [name for name, (value, bound) in factorization.certificate().items() if not value <= bound]


def check(found, wanted, factorization, diagonal):
    """Right, and vouched for; on a zero diagonal, where pivots may vanish, right or not vouched for."""
    error = np.abs(found - wanted).max() / np.abs(wanted).max()
    if diagonal == "zero":
        assert error < 1e-8 or broken(factorization)
    else:
        assert error < 1e-11
        assert broken(factorization) == []


@each_back_end
@each_kind
@each_diagonal
@pytest.mark.parametrize("columns", [1, 5])
def test_solve(make, kind, diagonal, columns):
    matrix, dense = sample(kind, diagonal)
    factorization = make()
    factorization.analyse(Pattern.of(matrix), dtype=dtype_of(kind))
    factorization.factor(matrix.data)
    rhs = np.random.default_rng(3).normal(size=(SIZE, columns)).astype(dtype_of(kind))
    solution = factorization.solve(rhs)
    assert solution.shape == (SIZE, columns)
    assert solution.dtype == np.dtype(dtype_of(kind))
    check(solution, np.linalg.solve(dense, rhs), factorization, diagonal)


@each_back_end
@each_kind
@each_diagonal
@pytest.mark.parametrize(
    "kept",
    [[7], [3, 4, 5, 6], [31, 2, 17, 11, 5], list(range(SIZE - 1, SIZE // 2 - 1, -1)), list(range(SIZE))],
    ids=["one", "few", "permuted", "half", "all"],
)
def test_schur(make, kind, diagonal, kept):
    matrix, dense = sample(kind, diagonal)
    kept = np.array(kept)
    factorization = make()
    factorization.analyse(Pattern.of(matrix), dtype=dtype_of(kind), schur=kept)
    factorization.factor(matrix.data)
    complement = factorization.schur()
    assert complement.shape == (len(kept), len(kept))
    check(complement, dense_schur(dense, kept), factorization, diagonal)


@each_back_end
@each_kind
def test_all_rows_kept_in_another_order(make, kind):
    matrix, dense = sample(kind, "indefinite")
    order = np.random.default_rng(4).permutation(SIZE)
    factorization = make()
    factorization.analyse(Pattern.of(matrix), dtype=dtype_of(kind), schur=order)
    factorization.factor(matrix.data)
    assert np.abs(factorization.schur() - dense[np.ix_(order, order)]).max() < 1e-13


@each_back_end
@each_kind
@pytest.mark.parametrize("kept", [None, [9, 1, 30]], ids=["solve", "schur"])
def test_one_analysis_serves_many_values(make, kind, kept):
    matrix, _ = sample(kind, "indefinite", seed=0)
    factorization = make()
    kept = None if kept is None else np.array(kept)
    factorization.analyse(Pattern.of(matrix), dtype=dtype_of(kind), schur=kept)
    rhs = np.ones((SIZE, 2), dtype=dtype_of(kind))
    for seed in (1, 2, 1):
        again, dense = sample(kind, "indefinite", seed=seed)
        assert np.array_equal(again.indices, matrix.indices)
        factorization.factor(again.data)
        if kept is None:
            check(factorization.solve(rhs), np.linalg.solve(dense, rhs), factorization, "indefinite")
        else:
            check(factorization.schur(), dense_schur(dense, kept), factorization, "indefinite")


@each_back_end
def test_results_of_an_earlier_factorization_are_not_overwritten(make):
    first, dense = sample("real symmetric", "dominant", seed=1)
    second, _ = sample("real symmetric", "dominant", seed=2)
    kept = np.array([4, 8])
    factorization = make()
    factorization.analyse(Pattern.of(first), dtype=float, schur=kept)
    factorization.factor(first.data)
    complement = factorization.schur()
    factorization.factor(second.data)
    factorization.schur()
    assert np.abs(complement - dense_schur(dense, kept)).max() < 1e-11


@each_back_end
@pytest.mark.parametrize("dtype", [float, complex])
def test_values_and_right_hand_sides_are_left_as_they_were(make, dtype):
    kind = "real symmetric" if dtype is float else "complex hermitian"
    matrix, _ = sample(kind, "dominant")
    values, rhs = matrix.data.copy(), np.ones((SIZE, 2), dtype=dtype)
    factorization = make()
    factorization.analyse(Pattern.of(matrix), dtype=dtype)
    factorization.factor(matrix.data)
    factorization.solve(rhs)
    assert np.array_equal(values, matrix.data)
    assert np.array_equal(rhs, np.ones((SIZE, 2)))


def singular(kind):
    """A matrix with a row and column of zeros in the part that is eliminated."""
    matrix, dense = sample(kind, "indefinite")
    dense = dense.copy()
    dense[20, :] = dense[:, 20] = 0
    rows = np.repeat(np.arange(SIZE), np.diff(matrix.indptr))
    return sparse.csr_array((dense[rows, matrix.indices], matrix.indices, matrix.indptr), shape=dense.shape)


@each_back_end
@each_kind
@pytest.mark.parametrize("kept", [None, [1, 2]], ids=["solve", "schur"])
def test_a_singular_matrix_is_never_solved_silently(make, kind, kept):
    matrix = singular(kind)
    factorization = make()
    factorization.analyse(
        Pattern.of(matrix), dtype=dtype_of(kind), schur=None if kept is None else np.array(kept)
    )
    try:
        factorization.factor(matrix.data)
        if kept is None:
            factorization.solve(np.ones((SIZE, 1), dtype=dtype_of(kind)))
        else:
            factorization.schur()
    except NumericalError:
        return
    assert broken(factorization)


@each_back_end
@each_kind
def test_a_singular_block_of_two_is_never_eliminated_silently(make, kind):
    # Two rows [[1, 1], [1, 1]]: no pivot is zero at first, the second becomes so.
    matrix = sparse.csr_array(np.kron(np.eye(4), np.ones((2, 2))) + np.kron(np.eye(4, k=1) + np.eye(4, k=-1),
                                                                            np.zeros((2, 2))))  # fmt: skip
    factorization = make()
    factorization.analyse(Pattern.of(matrix), dtype=dtype_of(kind), schur=np.array([0, 1]))
    try:
        factorization.factor(matrix.data.astype(dtype_of(kind)))
        factorization.schur()
    except NumericalError:
        return
    assert broken(factorization)


def test_the_pattern_knows_its_rows_and_diagonal():
    matrix, dense = sample("real symmetric", "dominant")
    pattern = Pattern.of(matrix)
    assert pattern.size == SIZE
    assert np.array_equal(matrix.data[pattern.diagonal], np.diag(dense))
    assert np.array_equal(pattern.matrix(matrix.data).toarray(), dense)
    assert np.array_equal(dense[pattern.rows, pattern.indices], matrix.data)


@each_back_end
def test_every_back_end_has_a_name_and_says_what_vouches_for_it(make):
    factorization = make()
    assert isinstance(factorization, Factorization)
    assert factorization.name in ("pardiso", "superlu")


def test_the_fastest_installed_back_end_is_the_default():
    assert back_end().name == available_back_ends()[0]
    assert "superlu" in available_back_ends()


def test_an_unknown_back_end_names_those_installed():
    with pytest.raises(InputError, match=r'"mumps" is not installed here; available are .*superlu'):
        back_end("mumps")
