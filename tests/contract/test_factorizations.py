"""Every back end over every class of matrix: the contract of `sharvin.linalg.factorization`, beside dense numpy.

One table drives the tests: `BACK_ENDS` × `MATRICES` × `SETS` × new values or not (× one right-hand side or several,
where no Schur complement is asked for). A back end that is not installed is skipped, and says so.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import sparse

from sharvin.errors import NumericalError
from sharvin.linalg import Factorization, Pattern, SuperLU, available_back_ends, back_end
from sharvin.options import SOLVERS

SIZE = 40
KINDS = ("real symmetric", "complex hermitian", "complex structurally symmetric")
NAMES = tuple(name for name in SOLVERS if name != "auto")
BACK_ENDS: dict[str, Callable[[], Factorization]] = {
    name: (lambda name=name: back_end(name)) for name in NAMES
}
BACK_ENDS["superlu with pivoting"] = lambda: SuperLU(pivoting=True)


def _row(name):
    absent = name in NAMES and name not in available_back_ends()
    marks = (
        [pytest.mark.skip(reason=f"the package of the back end {name} is not installed")] if absent else []
    )
    return pytest.param(BACK_ENDS[name], id=name, marks=marks)


each_back_end = pytest.mark.parametrize("make", [_row(name) for name in BACK_ENDS])
each_kind = pytest.mark.parametrize("kind", KINDS)


# ---- the matrices


@dataclass(frozen=True)
class Class:
    """A class of matrices: one of it for every seed, all of one pattern; `safe` if no small pivot can come up."""

    kind: str
    diagonal: str
    pattern: Callable[[], np.ndarray]

    @property
    def dtype(self):
        return dtype_of(self.kind)

    @property
    def safe(self):
        return self.diagonal != "zero"

    def member(self, seed):
        """The matrix as CSR with its whole diagonal stored, and dense."""
        pattern = self.pattern()
        size = len(pattern)
        rng = np.random.default_rng(seed)
        values = rng.normal(size=(size, size))
        if self.kind != "real symmetric":
            values = values + 1j * rng.normal(size=(size, size))
        if self.kind != "complex structurally symmetric":
            values = values + values.conj().T
        dense = np.where(pattern, values, 0)
        along = {
            "dominant": np.abs(dense).sum(axis=1) + 1,
            "indefinite": 3 * (-1.0) ** np.arange(size) * (1 + rng.random(size)),
            "zero": np.zeros(size),
        }[self.diagonal]
        dense[np.arange(size), np.arange(size)] = along
        return stored(dense, pattern), dense


def connected():
    """A chain with some bonds across it."""
    upper = np.triu(np.random.default_rng(99).random((SIZE, SIZE)) < 4 / SIZE, 1)
    upper[np.arange(SIZE - 1), np.arange(1, SIZE)] = True
    return upper | upper.T | np.eye(SIZE, dtype=bool)


def blocks():
    """Blocks without a bond between them, of three rows, of two, and single ones."""
    block_of = np.repeat(np.arange(21), [3, 1, 2] * 7)[:SIZE]
    return np.equal.outer(block_of, block_of)


def unconnected():
    """Rows without any bond."""
    return np.eye(SIZE, dtype=bool)


def single():
    """One row."""
    return np.ones((1, 1), dtype=bool)


def dtype_of(kind):
    return float if kind == "real symmetric" else complex


def stored(dense, pattern):
    """The elements of a pattern as a CSR array, zeros among them."""
    rows, columns = np.nonzero(pattern)
    indptr = np.searchsorted(rows, np.arange(len(dense) + 1))
    return sparse.csr_array((dense[rows, columns], columns, indptr), shape=dense.shape)


def sample(kind, diagonal, seed=0):
    return Class(kind, diagonal, connected).member(seed)


MATRICES = {
    f"{kind}, {diagonal} diagonal": Class(kind, diagonal, connected)
    for kind in KINDS
    for diagonal in ("dominant", "indefinite", "zero")
} | {
    f"{pattern.__name__}, {kind}": Class(kind, "dominant", pattern)
    for pattern in (blocks, unconnected, single)
    for kind in KINDS
}

#: Rows kept, for a size; None is no Schur complement at all.
SETS = {
    "no set": lambda size: None,
    "empty": lambda size: [],
    "one": lambda size: [7 % size],
    "few": lambda size: list(range(3, 7)),
    "permuted": lambda size: [31, 2, 17, 11, 5],
    "half": lambda size: list(range(size - 1, size // 2 - 1, -1)),
    "everything": lambda size: list(range(size)),
    "everything, permuted": lambda size: list(np.random.default_rng(4).permutation(size)),
}


def combinations():
    for name, matrices in MATRICES.items():
        for kept, rows in SETS.items():
            if matrices.pattern is single and kept not in ("no set", "empty", "everything"):
                continue
            for columns in (1, 5) if kept == "no set" else (0,):
                for seeds in ((0,), (1, 2, 1)):
                    label = (
                        f"{name} | {kept}"
                        + f", {columns} rhs" * (columns > 0)
                        + ", new values" * (len(seeds) > 1)
                    )
                    yield pytest.param(matrices, rows, columns, seeds, id=label)


# ---- what is right


def dense_schur(dense, kept):
    rest = np.setdiff1d(np.arange(len(dense)), kept)
    if len(rest) == 0 or len(kept) == 0:
        return dense[np.ix_(kept, kept)]
    inverse = np.linalg.solve(dense[np.ix_(rest, rest)], dense[np.ix_(rest, kept)])
    return dense[np.ix_(kept, kept)] - dense[np.ix_(kept, rest)] @ inverse


def broken(factorization):
    return [name for name, (value, bound) in factorization.certificate().items() if not value <= bound]


def check(found, wanted, factorization, safe):
    """Right, and vouched for; where pivots may vanish, right or not vouched for."""
    assert found.shape == wanted.shape
    error = np.abs(found - wanted).max(initial=0.0) / np.abs(wanted).max(initial=1e-300)
    if safe:
        assert error < 1e-11
        assert broken(factorization) == []
    else:
        assert error < 1e-8 or broken(factorization)


@each_back_end
@pytest.mark.parametrize(("matrices", "rows", "columns", "seeds"), list(combinations()))
def test_capability(make, matrices, rows, columns, seeds):
    matrix, _ = matrices.member(0)
    size = matrix.shape[0]
    kept = None if rows(size) is None else np.array(rows(size), dtype=int)
    factorization = make()
    factorization.analyse(Pattern.of(matrix), dtype=matrices.dtype, schur=kept)
    for seed in seeds:
        again, dense = matrices.member(seed)
        factorization.factor(again.data)
        if kept is None:
            rhs = np.random.default_rng(3).normal(size=(size, columns)).astype(matrices.dtype)
            found, wanted = factorization.solve(rhs), np.linalg.solve(dense, rhs)
        else:
            found, wanted = factorization.schur(), dense_schur(dense, kept)
        assert found.dtype == np.dtype(matrices.dtype)
        check(found, wanted, factorization, matrices.safe)
        values = factorization.certificate().values()
        assert all(isinstance(value, float) and isinstance(bound, float) for value, bound in values)


# ---- what is eliminated, after an analysis with rows to keep

INNER_SETS = {name: SETS[name] for name in ("one", "few", "permuted", "half")} | {
    "all but one": lambda size: list(range(1, size)),
    "all but two": lambda size: list(range(size - 2)),
}


def inner_combinations():
    """Matrices of every class; where no rows are bound to each other, PARDISO leaves the work to a stand-in."""
    for name, matrices in MATRICES.items():
        for kept, rows in INNER_SETS.items():
            # A single row of zero cannot be eliminated.
            if matrices.pattern is not single and (matrices.safe or kept != "all but one"):
                yield pytest.param(matrices, rows, id=f"{name} | {kept}")


@each_back_end
@pytest.mark.parametrize(("matrices", "rows"), list(inner_combinations()))
def test_the_eliminated_block_is_solved_with_after_a_schur_analysis(make, matrices, rows):
    matrix, _ = matrices.member(0)
    size = matrix.shape[0]
    kept = np.array(rows(size))
    inner = np.setdiff1d(np.arange(size), kept)
    factorization = make()
    factorization.analyse(Pattern.of(matrix), dtype=matrices.dtype, schur=kept)
    for seed in (1, 2):
        again, dense = matrices.member(seed)
        factorization.factor(again.data)
        complement = factorization.schur()
        rng = np.random.default_rng(seed)
        for columns in (1, 3):
            rhs = rng.normal(size=(len(inner), columns)).astype(matrices.dtype)
            p = rng.normal(size=(len(kept), columns)).astype(matrices.dtype)
            if matrices.dtype is complex:
                rhs, p = rhs + 1j * rng.normal(size=rhs.shape), p + 1j * rng.normal(size=p.shape)
            block, across = dense[np.ix_(inner, inner)], dense[np.ix_(inner, kept)]
            before = rhs.copy(), p.copy()
            found, extended = (
                factorization.solve(rhs),
                factorization.extended(p, lambda p=p, across=across: across @ p),
            )
            assert found.dtype == extended.dtype == np.dtype(matrices.dtype)
            if matrices.safe:
                check(found, np.linalg.solve(block, rhs), factorization, safe=True)
                wave = -np.linalg.solve(block, across @ p)
                assert extended.shape == wave.shape
                assert np.abs(extended - wave).max() < 1e-11 * max(1.0, np.abs(p).max())
            elif np.linalg.cond(block) < 1e6:
                wave = -np.linalg.solve(block, across @ p)
                close = np.abs(extended - wave).max() < 1e-8 * (1 + np.abs(wave).max())
                assert close or broken(factorization)
            assert np.array_equal(rhs, before[0])
            assert np.array_equal(p, before[1])
        check(factorization.schur(), complement, factorization, safe=False)  # as before the solves


@each_back_end
@each_kind
def test_the_wave_that_extends_the_rows_kept_gives_the_complement(make, kind):
    matrix, dense = sample(kind, "dominant")
    kept = np.array([9, 4, 30])
    inner = np.setdiff1d(np.arange(SIZE), kept)
    factorization = make()
    factorization.analyse(Pattern.of(matrix), dtype=dtype_of(kind), schur=kept)
    factorization.factor(matrix.data)
    p = np.eye(3).astype(dtype_of(kind))
    wave = np.zeros((SIZE, 3), dtype=dtype_of(kind))
    wave[kept] = p
    wave[inner] = factorization.extended(p, lambda: dense[np.ix_(inner, kept)] @ p)
    image = dense @ wave
    assert np.abs(image[inner]).max() < 1e-12 * np.abs(dense).max()
    assert np.abs(image[kept] - factorization.schur()).max() < 1e-12 * np.abs(dense).max()


# ---- matrices that are singular, or nearly


def nearly_singular(kind, distance):
    """Among rows that are well behaved, two that are parallel but for a small distance, bound to the first row."""
    _, dense = sample(kind, "dominant")
    above, below = {
        "real symmetric": (1, 1),
        "complex hermitian": (1j, -1j),
        "complex structurally symmetric": (2j, 0.5),
    }[kind]
    dense[20:22, :] = dense[:, 20:22] = 0
    dense[20:22, 20:22] = [[1, above], [below, above * below + distance]]
    dense[0, 20] = dense[20, 0] = 0.5
    return stored(dense, (dense != 0) | connected())


def figures_near_a_singular_matrix(make, kind, kept, distance):
    """The broken figures, and all figures (those that count pivots, and the residual, left out)."""
    matrix = nearly_singular(kind, distance)
    if kept is None:  # the two rows by themselves, or the first would make the whole regular
        matrix = matrix[1:, 1:].tocsr()
    factorization = make()
    factorization.analyse(Pattern.of(matrix), dtype=dtype_of(kind), schur=kept)
    factorization.factor(matrix.data)
    if kept is None:
        rhs = np.random.default_rng(5).normal(size=(SIZE - 1, 1))
        factorization.solve(rhs.astype(dtype_of(kind)))
    else:
        factorization.schur()
    figures = factorization.certificate()
    gradual = [value for name, (value, bound) in figures.items() if bound > 0 and "residual" not in name]
    return broken(factorization), max(gradual)


each_way = pytest.mark.parametrize(
    "kept", [pytest.param(None, id="solve"), pytest.param(np.array([5, 0]), id="schur")]
)


@each_back_end
@each_kind
@each_way
def test_a_nearly_singular_matrix_breaks_a_bound(make, kind, kept):
    assert figures_near_a_singular_matrix(make, kind, kept, 1.0)[0] == []
    for distance in (1e-9, 1e-12):
        assert figures_near_a_singular_matrix(make, kind, kept, distance)[0]


@each_back_end
@each_kind
@each_way
def test_the_figures_grow_as_a_singular_matrix_is_approached(make, kind, kept):
    far, nearer = (figures_near_a_singular_matrix(make, kind, kept, distance)[1] for distance in (1e-2, 1e-6))
    assert 1e3 * far < nearer < 1e5 * far


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


# ---- manners


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


@each_back_end
def test_each_thread_has_a_factorization_of_its_own(make):
    matrix, _ = sample("real symmetric", "dominant")
    kept = np.array([4, 8, 1])

    def error(seed):
        again, dense = sample("real symmetric", "dominant", seed)
        factorization = make()
        factorization.analyse(Pattern.of(matrix), dtype=float, schur=kept)
        factorization.factor(again.data)
        return np.abs(factorization.schur() - dense_schur(dense, kept)).max()

    with ThreadPoolExecutor(4) as pool:
        assert max(pool.map(error, range(16))) < 1e-11


def test_the_pattern_knows_its_rows_and_diagonal():
    matrix, dense = sample("real symmetric", "dominant")
    pattern = Pattern.of(matrix)
    assert pattern.size == SIZE
    assert np.array_equal(matrix.data[pattern.diagonal], np.diag(dense))
    assert np.array_equal(pattern.matrix(matrix.data).toarray(), dense)
    assert np.array_equal(dense[pattern.rows, pattern.indices], matrix.data)


@each_back_end
def test_every_back_end_has_a_name(make):
    factorization = make()
    assert isinstance(factorization, Factorization)
    assert factorization.name in NAMES
