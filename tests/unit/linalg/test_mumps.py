import sys
import types
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy import sparse

from sharvin.errors import MissingExtra
from sharvin.linalg import Mumps, Pattern, available_back_ends

installed = pytest.mark.skipif("mumps" not in available_back_ends(), reason="python-mumps is not installed")


def lattice(width):
    """A square lattice in real symmetric arithmetic, its whole diagonal stored."""
    row = sparse.diags_array([-np.ones(width - 1), -np.ones(width - 1)], offsets=[-1, 1])
    h = sparse.kron(row, sparse.eye_array(width)) + sparse.kron(sparse.eye_array(width), row)
    h = sparse.csr_array(h + 3.3 * sparse.eye_array(width**2))
    h.sort_indices()
    return h


def test_another_package_of_the_same_name_is_told_apart(monkeypatch):
    monkeypatch.setitem(sys.modules, "mumps", types.ModuleType("mumps"))
    with pytest.raises(MissingExtra, match=r'another one provides the module "mumps".*sharvin\[mumps\]'):
        Mumps()


@installed
def test_one_analysis_serves_every_factorization(monkeypatch):
    import mumps

    calls = []
    analyze = mumps.Context.analyze
    monkeypatch.setattr(mumps.Context, "analyze", lambda self: (calls.append(1), analyze(self))[1])
    h, kept = lattice(12), np.array([3, 0, 140])
    factorization = Mumps()
    factorization.analyse(Pattern.of(h), dtype=float, schur=kept)
    for scale in (1.0, 2.0, -0.5):
        factorization.factor(scale * h.data)
        wanted = np.linalg.inv(np.linalg.inv(scale * h.toarray())[np.ix_(kept, kept)])
        assert np.abs(factorization.schur() - wanted).max() < 1e-11
    assert len(calls) == 1


@installed
def test_threads_take_turns():
    h = lattice(30)
    pattern, rhs = Pattern.of(h), np.ones((900, 2))

    def residual(seed):
        factorization = Mumps()
        factorization.analyse(pattern, dtype=float)
        worst = 0.0
        for step in range(4):
            values = h.data.copy()
            values[pattern.diagonal] += 0.1 * seed + step
            factorization.factor(values)
            worst = max(worst, np.abs(pattern.matrix(values) @ factorization.solve(rhs) - rhs).max())
        return worst

    with ThreadPoolExecutor(4) as pool:
        assert max(pool.map(residual, range(12))) < 1e-11


@installed
def test_the_rows_of_small_pivots_are_exchanged():
    matrix = sparse.csr_array((np.array([1e-20, 1.0, 1.0, 1.0]), ([0, 0, 1, 1], [0, 1, 0, 1])))
    for dtype in (float, complex):
        factorization = Mumps()
        factorization.analyse(Pattern.of(matrix), dtype=dtype)
        factorization.factor(matrix.data)
        assert np.allclose(factorization.solve(np.array([[1.0], [2.0]])), 1.0, rtol=1e-15)
