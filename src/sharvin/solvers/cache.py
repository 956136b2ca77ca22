"""What is worth keeping between energies and parameters, bounded in memory and safe between threads.

Entries are keyed by fingerprints of the numbers they were computed from, so identical leads and patterns are met
once, whichever system they belong to.
"""

import hashlib
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from cachetools import LRUCache


def fingerprint(*arrays: Any) -> bytes:
    """A digest of arrays: of their numbers, types and shapes."""
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        array = np.ascontiguousarray(array)
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.data)
    return digest.digest()


class Store:
    """A least-recently-used cache that several threads may share; `size` measures an entry.

    An entry that is larger than the capacity is not kept, or if `alone`, as the only one.
    """

    def __init__(self, capacity: float, size: Callable[[Any], float], *, alone: bool = False) -> None:
        self._size = size if not alone else lambda entry: min(size(entry), capacity)
        self._entries: LRUCache = LRUCache(capacity, getsizeof=self._size)
        self._lock = threading.Lock()

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        """The entry of a key, made if it is not there."""
        with self._lock:
            found = self._entries.get(key)
        if found is None:
            found = make()
            with self._lock:
                if self._size(found) <= self._entries.maxsize:
                    self._entries[key] = found
        return found

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
