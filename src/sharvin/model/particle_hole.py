"""Matrices over the orbitals of electrons and of holes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np


def electrons_and_holes(h: np.ndarray) -> np.ndarray:
    """H of electrons and −H* of holes, from matrices (…, m, m)."""
    return blocks(h, 0, 0, -h.conj())


def blocks(a: Any, b: Any, c: Any, d: Any) -> np.ndarray:
    """[[a, b], [c, d]] of matrices (…, m, m) or zeros."""
    *shape, m, _ = np.broadcast_shapes(*(np.shape(part) for part in (a, b, c, d)))
    found = np.zeros((*shape, 2 * m, 2 * m), dtype=np.result_type(a, b, c, d, float))
    found[..., :m, :m], found[..., :m, m:], found[..., m:, :m], found[..., m:, m:] = a, b, c, d
    return found


def mapped(term: Any, transform: Callable[[np.ndarray], np.ndarray], of: int) -> Any:
    """A term of the model as one of the doubled model."""
    return replace(term, value=replace(term.value, transform=transform, of=of))
