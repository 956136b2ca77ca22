"""MUMPS by the package ``python-mumps``, which is built on the MUMPS library of the system.

The package documents no way to a second Schur complement on the same analysis (``Context.schur`` analyses each time).
Its parts allow one: ``set_matrix`` with new values, then ``factor(reuse_analysis=True)``, with the buffer of the
complement declared once before the analysis. So that an analysis depends on the pattern alone, the permutations that
MUMPS would choose by the values are switched off; its pivots are exchanged during the factorization.

The MUMPS library is not thread-safe, and the package calls it without Python's global lock; two threads in it crash.
One lock therefore stands around every call: energies that are solved at the same time take turns here.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
from scipy import sparse

from .._optional import optional_import
from ..errors import MissingExtra, NumericalError
from .factorization import LOST_DIGITS_BOUND, Factorization, Pattern, lost_digits, others
from .threads import forget_libraries

# Numbers of the manual (they count from one).
_MATCHING, _COMPRESSED_ORDERING, _SCHUR = 6, 12, 19  # ICNTL
_TINY_PIVOTS = 25  # INFOG
_SMALLEST_PIVOT, _LARGEST_PIVOT = 19, 21  # RINFOG, since MUMPS 5.5; zero before
_PIVOT_THRESHOLD = 0.01
_LOCK = threading.RLock()


class Mumps(Factorization):
    """Multifrontal LDLᵀ (real symmetric) or LU (complex) with threshold pivoting.

    (P. R. Amestoy et al., SIAM J. Matrix Anal. Appl. 23, 15 (2001).) Where no pivot of a front is large enough, its
    elimination is delayed to a later front; what remains small at the very end shows in the certificate.
    """

    name = "mumps"

    def __init__(self) -> None:
        module = _imported()
        self._make, self._error = module.Context, module.MUMPSError
        self._context: Any = None

    def __del__(self, lock: Any = _LOCK) -> None:
        with lock:  # the library frees its memory
            self._context = None

    def analyse(self, pattern: Pattern, *, dtype: type, schur: np.ndarray | None = None) -> None:
        """Order and analyse; a real matrix is stored by its upper triangle."""
        self._pattern, self._dtype, self._kept = pattern, dtype, schur
        self._idle = schur is not None and len(schur) in (0, pattern.size)
        if self._idle:  # nothing to eliminate, or nothing to eliminate it for
            return
        self._real = dtype is float
        self._taken = np.flatnonzero(pattern.indices >= pattern.rows) if self._real else slice(None)
        self._coords = (pattern.rows[self._taken], pattern.indices[self._taken])
        with self._call():
            self._context = self._make()
            self._load(np.ones(len(pattern.indices), dtype=dtype))
            instance = self._context.mumps_instance
            instance.icntl[_MATCHING], instance.icntl[_COMPRESSED_ORDERING] = 0, 1
            if schur is not None:
                self._listed = np.asarray(schur, dtype=np.int32) + 1  # kept alive, as the buffer is
                self._buffer = np.zeros((len(schur), len(schur)), dtype=dtype)
                instance.icntl[_SCHUR] = 1
                instance.set_schur(self._buffer, self._listed)
            self._context.analyze()

    def factor(self, values: np.ndarray) -> None:
        """Factor A, or eliminate all rows but those named."""
        values = np.asarray(values, dtype=self._dtype)
        if self._idle:
            rows = self._kept if self._kept is not None else slice(None)
            self._buffer = self._pattern.matrix(values)[rows][:, rows].toarray()
            return
        with self._call():
            self._load(values)
            self._context.factor(pivot_tol=_PIVOT_THRESHOLD, reuse_analysis=True)

    def schur(self) -> np.ndarray:
        """The complement from the last factorization (MUMPS fills only a triangle of a symmetric one)."""
        if self._idle or not self._real:
            return self._buffer.copy()
        return np.tril(self._buffer) + np.tril(self._buffer, -1).T

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """A⁻¹ · rhs, or A_ee⁻¹ · rhs: with a Schur complement MUMPS solves with what is eliminated."""
        if self._idle:
            raise NumericalError("mumps: nothing was factored")
        if self._kept is not None:
            eliminated = others(self._pattern.size, self._kept)
            whole = np.zeros((self._pattern.size, rhs.shape[1]), dtype=self._dtype, order="F")
            whole[eliminated] = rhs
            return self._solved(whole)[eliminated]
        return self._solved(rhs)

    def _solved(self, rhs: np.ndarray) -> np.ndarray:
        rhs = np.array(rhs, dtype=self._dtype, order="F")
        shape = rhs.shape
        if rhs.shape[1] == 1:  # the package takes a matrix of one element for one that is not contiguous
            rhs = rhs[:, 0]
        with self._call():
            return self._context.solve(rhs, overwrite_b=True).reshape(shape, order="F")

    def certificate(self) -> dict[str, tuple[float, float]]:
        """The number of tiny pivots, and the ratio of the largest to the smallest pivot, times the rounding."""
        if self._idle:
            return {"tiny_pivots": (0.0, 0.0)}
        instance = self._context.mumps_instance
        figures = {"tiny_pivots": (float(instance.infog[_TINY_PIVOTS]), 0.0)}
        smallest, largest = instance.rinfog[_SMALLEST_PIVOT], instance.rinfog[_LARGEST_PIVOT]
        if largest > 0:
            ratio = largest / smallest if smallest > 0 else np.inf
            figures["pivot_ratio"] = (lost_digits(ratio), LOST_DIGITS_BOUND)
        return figures

    def _load(self, values: np.ndarray) -> None:
        """Hand the values over."""
        size = self._pattern.size
        matrix = sparse.coo_array((values[self._taken], self._coords), shape=(size, size))
        self._context.set_matrix(matrix, symmetric=self._real)

    @contextmanager
    def _call(self) -> Iterator[None]:
        """The library to oneself, its complaints translated."""
        with _LOCK:
            try:
                yield
            except self._error as error:
                raise NumericalError(f"mumps: {error}") from error


def _imported() -> ModuleType:
    """The package, which is not the only one with a module of this name."""
    first = "mumps" not in sys.modules
    module = optional_import(
        "mumps",
        extra="mumps",
        purpose="the MUMPS back end (built on the system's MUMPS library, on Debian libmumps-seq-dev)",
    )
    if not hasattr(module, "Context"):
        raise MissingExtra(
            'the MUMPS back end needs the package "python-mumps", but another one provides the module "mumps" '
            '(PyMUMPS?); replace it with: pip install "sharvin[mumps]"'
        )
    if first:
        forget_libraries()
    return module
