"""Solutions of linear problems, refined, and how well they solve them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import NumericalError

_REFINEMENTS = 12  # at most


def residual(matrix: Any, psi: np.ndarray, source: np.ndarray) -> float:
    """‖Aψ − Q‖ / (‖A‖‖ψ‖ + ‖Q‖) in the largest element."""
    if source.size == 0:
        return 0.0
    return _relative(np.abs(matrix @ psi - source).max(), abs(matrix).max(), psi, source)


def _relative(missed: float, size: float, psi: np.ndarray, source: np.ndarray) -> float:
    return float(missed / (size * np.abs(psi).max() + np.abs(source).max() + 1e-300))


def refined(
    solved: Callable[[np.ndarray], np.ndarray],
    applied: Callable[[np.ndarray], np.ndarray],
    rhs: np.ndarray,
    scale: float,
) -> tuple[np.ndarray, float]:
    """A solution refined against the true matrix as long as that helps, and its relative residual."""
    if rhs.size == 0:
        return rhs, 0.0
    with np.errstate(all="ignore"):  # a useless factorization shows in the residual
        return _refining(solved, applied, rhs, scale)


def _refining(solved: Any, applied: Any, rhs: np.ndarray, scale: float) -> tuple[np.ndarray, float]:
    psi = solved(rhs)
    missed = rhs - applied(psi)
    error = _relative(np.abs(missed).max(), scale, psi, rhs)
    for _ in range(_REFINEMENTS):
        better = psi + solved(missed)
        left = rhs - applied(better)
        improved = _relative(np.abs(left).max(), scale, better, rhs)
        if not improved < error:
            break
        psi, missed, error = better, left, improved
    return psi, error


def dense_solve(matrix: np.ndarray, source: np.ndarray) -> np.ndarray:
    """A⁻¹Q, or `NumericalError` where A is singular."""
    try:
        return np.linalg.solve(matrix, source)
    except np.linalg.LinAlgError as error:
        raise NumericalError("the interface block is singular") from error
