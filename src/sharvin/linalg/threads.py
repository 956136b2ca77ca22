"""How many threads dense algebra takes.

Products and factorizations of matrices of some hundred rows gain little from threads, and where the processor is
busy with anything else they lose: the threads wait for each other. Batches of small matrices run on one.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_lock = threading.Lock()
_inside = 0
_limit: Any = None


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    """The dense libraries that are loaded, found once: looking for them takes milliseconds."""
    return ThreadpoolController()


@contextmanager
def one_dense_thread() -> Iterator[None]:
    """A ``with`` block in which dense algebra keeps to one thread.

    The limit is one of the whole process. Blocks may overlap, in one thread or in several; the first one in sets it,
    the last one out lifts it.
    """
    global _inside, _limit
    with _lock:
        if _inside == 0:
            _limit = _libraries().limit(limits=1, user_api="blas")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _limit.restore_original_limits()


_pool = threading.local()


def in_threads(function: Callable[[_Item], _Result], items: Sequence[_Item], threads: int) -> list[_Result]:
    """The function of each item, some at a time, dense algebra on one thread meanwhile: its threads and ours would get
    in each other's way.

    `threads` is how many, 0 for one per processor. Inside another such call the items are done one after another.
    """
    workers = min(threads or os.cpu_count() or 1, len(items))
    if workers <= 1 or getattr(_pool, "inside", False):
        return [function(item) for item in items]

    def marked(item: _Item) -> _Result:
        _pool.inside = True
        return function(item)

    with one_dense_thread(), ThreadPoolExecutor(workers) as pool:
        return list(pool.map(marked, items))


def forget_libraries() -> None:
    """Look for the dense libraries anew at the next `one_dense_thread`: a package with its own has been imported."""
    _libraries.cache_clear()
