from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from scipy import sparse

from sharvin.linalg import Pattern
from sharvin.solvers.analyses import Analysed, analysed


def chain(size=12, shift=0.3):
    ones = np.ones(size - 1)
    matrix = sparse.csr_array(
        sparse.diags_array([ones, (3 + shift) * np.ones(size), ones], offsets=[-1, 0, 1])
    )
    matrix.sort_indices()
    return matrix


KEPT = np.array([0, 11])


def test_equal_patterns_share_their_factorizations():
    first = analysed(Pattern.of(chain()), KEPT, float, "superlu")
    assert analysed(Pattern.of(chain(shift=0.9)), KEPT.copy(), float, "superlu") is first
    assert analysed(Pattern.of(chain()), np.array([0]), float, "superlu") is not first
    assert analysed(Pattern.of(chain()), KEPT, complex, "superlu") is not first
    assert analysed(Pattern.of(chain()), KEPT, float, "dense") is not first
    assert analysed(Pattern.of(chain(13)), KEPT, float, "superlu") is not first


def counted():
    made = []
    honest = analysed(Pattern.of(chain()), KEPT, float, "dense")
    return Analysed(honest.pattern, lambda: made.append(1) or honest._make()), made


def test_a_factorization_is_made_once_and_lent_again():
    store, made = counted()
    for _ in range(5):
        with store.lent() as factorization:
            factorization.factor(chain().data)
    assert len(made) == 1


def test_each_borrower_at_the_same_time_has_its_own():
    store, made = counted()
    with store.lent() as one, store.lent() as other:
        assert one is not other
    assert len(made) == 2
    with store.lent(), store.lent():
        pass
    assert len(made) == 2


def test_one_that_failed_is_not_lent_again():
    store, made = counted()
    with pytest.raises(ZeroDivisionError), store.lent() as first:
        raise ZeroDivisionError
    with store.lent() as second:
        assert second is not first
    assert len(made) == 2


def test_threads_do_not_meet_on_one_factorization():
    store, made = counted()
    barrier = Barrier(4)

    def complement(shift):
        with store.lent() as factorization:
            barrier.wait(10)
            factorization.factor(chain(shift=shift).data)
            barrier.wait(10)
            return factorization.schur()

    shifts = [0.1, 0.2, 0.3, 0.4]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(complement, shifts))
    assert len(made) == 4
    for shift, schur in zip(shifts, found, strict=True):
        dense = chain(shift=shift).toarray()
        assert np.abs(np.linalg.inv(schur) - np.linalg.inv(dense)[np.ix_(KEPT, KEPT)]).max() < 1e-13
