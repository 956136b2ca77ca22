from threadpoolctl import threadpool_info

from sharvin.linalg import one_dense_thread


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
