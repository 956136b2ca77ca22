"""The ordered generalized Schur form, its complaints translated."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg

from ..errors import NumericalError


def ordered_schur(
    a: np.ndarray, b: np.ndarray, first: Callable[[np.ndarray, np.ndarray], np.ndarray], output: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """α, β and right Schur vectors of (A, B), those whose eigenvalues α/β pass `first(|α|, |β|)` in front."""
    ordqz: Any = linalg.ordqz
    try:
        _, _, alpha, beta, _, z = ordqz(a, b, sort=lambda p, q: first(np.abs(p), np.abs(q)), output=output)
    except (ValueError, linalg.LinAlgError) as error:
        raise NumericalError(f"the Schur form of the lead's pencil cannot be ordered: {error}") from None
    return alpha, beta, z
