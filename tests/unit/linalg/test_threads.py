import threading
import time

import pytest
from threadpoolctl import threadpool_info

from sharvin.linalg import in_threads, one_dense_thread


def dense_threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_overlapping_blocks_lift_the_limit_with_the_last_one():
    before = dense_threads()
    first, second = one_dense_thread(), one_dense_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert dense_threads() == {1}
    second.__exit__(None, None, None)
    assert dense_threads() == before


def test_an_error_inside_lifts_it_too():
    before = dense_threads()
    try:
        with one_dense_thread():
            raise KeyError
    except KeyError:
        assert dense_threads() == before


@pytest.mark.parametrize("threads", [0, 1, 2, 3, 50])
def test_results_stand_in_the_order_of_the_items(threads):
    def late(item):
        time.sleep(0.002 * (10 - item))  # the last ones are ready first
        return item**2

    assert in_threads(late, range(10), threads) == [item**2 for item in range(10)]
    assert in_threads(late, [], threads) == []


def test_items_are_done_at_the_same_time():
    barrier = threading.Barrier(3)
    assert in_threads(lambda item: barrier.wait(10) >= 0, range(3), 3) == [True] * 3


@pytest.mark.parametrize("threads", [1, 3])
def test_an_exception_comes_through_and_lifts_the_limit(threads):
    before = dense_threads()

    def broken(item):
        if item == 2:
            raise KeyError(item)
        return item

    with pytest.raises(KeyError, match="2"):
        in_threads(broken, range(5), threads)
    assert dense_threads() == before


def test_dense_algebra_keeps_to_one_thread_meanwhile():
    before = dense_threads()
    assert in_threads(lambda item: dense_threads(), range(2), 2) == [{1}, {1}]
    assert dense_threads() == before


def test_a_call_inside_another_runs_one_after_the_other():
    def outer(item):
        mine = threading.get_ident()
        inside = in_threads(lambda part: (threading.get_ident(), item, part), range(3), 4)
        return [ident == mine for ident, _, _ in inside], [part for _, _, part in inside]

    for same, parts in in_threads(outer, range(3), 3):
        assert same == [True] * 3
        assert parts == [0, 1, 2]


def test_a_call_after_another_has_threads_again():
    for _ in range(2):
        idents = in_threads(lambda item: threading.get_ident(), range(4), 2)
        assert threading.get_ident() not in idents
