"""Factorizations analysed once for a pattern, and lent to whoever needs one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from ..linalg import Factorization, Pattern, back_end
from ..linalg.choice import choose
from .cache import Store, fingerprint

#: Factors, and what an analysis keeps beside them: a megabyte even for a small pattern; measured for square lattices.
_ANALYSES = Store(6e8, lambda entry: 1.2e6 + 300.0 * len(entry.pattern.indices), alone=True)


class Analysed:
    """Factorizations analysed for one pattern; each thread that needs one at the same time has its own."""

    def __init__(self, pattern: Pattern, make: Callable[[], Factorization]) -> None:
        self.pattern, self._make = pattern, make
        self._idle: list[Factorization] = []
        self._lock = threading.Lock()

    @contextmanager
    def lent(self) -> Iterator[Factorization]:
        """A factorization for the time of a ``with`` block."""
        with self._lock:
            factorization = self._idle.pop() if self._idle else None
        if factorization is None:
            factorization = self._make()
        yield factorization  # one that fails is not used again
        with self._lock:
            self._idle.append(factorization)


def analysed(pattern: Pattern, kept: np.ndarray, dtype: type, solver: str) -> Analysed:
    """The factorizations of a pattern with rows to keep, shared by all who have it."""
    name, _ = choose(solver, pattern.size)
    key = (fingerprint(pattern.indptr, pattern.indices, kept), dtype, name)

    def make() -> Factorization:
        factorization = back_end(solver, size=pattern.size)
        factorization.analyse(pattern, dtype=dtype, schur=kept)
        return factorization

    return _ANALYSES.get(key, lambda: Analysed(pattern, make))
