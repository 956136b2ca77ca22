"""The gauge of modes: phases and degenerate subspaces fixed without history.

A set of modes Φ spanning a degenerate space is rotated by the unitary that brings it closest to energy-independent
reference vectors, the polar factor of Φ†R. For a single mode this makes its overlap with the reference positive. The
reference is complex and generic, so that the overlap vanishes at isolated points of a two-dimensional parameter space
only, not along a sweep of one energy; S(E) is then smooth between thresholds.
"""

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=64)
def reference_vectors(size: int, count: int | None = None) -> np.ndarray:
    """The first `count` of fixed, generic complex vectors, (size, count); all `size` of them by default."""
    row, column = np.arange(size)[:, None] + 1.0, np.arange(size if count is None else count) + 1.0
    golden = (np.sqrt(5) - 1) / 2
    phase = np.mod(golden * row * (column + golden) + np.sqrt(2) * row**2, 1.0)
    vectors = (1 + 0.5 * np.cos(row * column + column)) * np.exp(0.5j * np.pi * phase)
    vectors.setflags(write=False)
    return vectors


def standard_gauge(vectors: np.ndarray, speed: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Unit-current vectors (m, modes) of one direction and one momentum in the standard gauge.

    Modes of equal momentum but unlike speed are distinct and each gets its phase; those of equal speed are rotated
    together.
    """
    gauged = np.array(vectors, dtype=complex)
    order = np.argsort(speed)
    splits = np.flatnonzero(np.diff(speed[order]) > 1e-6 * speed.max()) + 1
    for members in map(np.sort, np.split(order, splits)):  # rounding must not exchange those of equal speed
        block = gauged[:, members]
        left, _, right = np.linalg.svd(block.conj().T @ references[:, : len(members)])
        gauged[:, members] = block @ (left @ right)
    return gauged


def single_gauge(vectors: np.ndarray, speed: np.ndarray, references: np.ndarray) -> np.ndarray:
    """As `standard_gauge` for modes of a momentum each, one per column."""
    overlap = vectors.conj().T @ references[:, 0]
    return vectors * np.where(overlap == 0, 1.0, overlap / np.where(overlap == 0, 1.0, np.abs(overlap)))
