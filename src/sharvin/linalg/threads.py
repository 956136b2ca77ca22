"""How many threads dense algebra takes.

Products and factorizations of matrices of some hundred rows gain little from threads, and where the processor is
busy with anything else they lose: the threads wait for each other. Batches of small matrices run on one.
"""

from contextlib import AbstractContextManager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    """The dense libraries that are loaded, found once: looking for them takes milliseconds."""
    return ThreadpoolController()


def one_dense_thread() -> AbstractContextManager:
    """A ``with`` block in which dense algebra keeps to one thread."""
    return _libraries().limit(limits=1, user_api="blas")


def forget_libraries() -> None:
    """Look for the dense libraries anew at the next `one_dense_thread`: a package with its own has been imported."""
    _libraries.cache_clear()
