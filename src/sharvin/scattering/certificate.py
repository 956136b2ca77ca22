"""What vouches for a scattering matrix."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.linalg import blas

from ..errors import NotCertified
from ..linalg import one_dense_thread

#: Figures that estimate by how much elements of S are off.
_AMPLITUDES = ("unitarity_error", "elimination_error", "condition", "lead_condition")
_LARGE = 200  # modes from which on half of a Hermitian product is worth a call for each energy


@dataclass(frozen=True)
class Certificate:
    """What vouches for a scattering matrix: figures beside the bounds that they must keep.

    Attributes
    ----------
    route
        The way S was computed ("closed form", "schur", "full", …).
    backend
        What solved the linear problem ("", "pardiso", "mumps", "superlu", "dense").
    figures
        Name → value, a number or an array over the energies; −∞ at an energy whose route has no such figure.
    bounds
        Name → largest allowed value, for the figures that have one.
    notes
        What a reader should know of the way taken (a fallback and its reason).
    """

    route: str
    backend: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    bounds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def amplitude_error(self) -> np.ndarray:
        """About how much the elements of S may be off: the largest of the figures that tell, per energy or a number."""
        told = (self.figures[name] for name in _AMPLITUDES if name in self.figures)
        return np.maximum.reduce(np.broadcast_arrays(0.0, *told))

    @property
    def broken(self) -> tuple[str, ...]:
        """Names of the figures outside their bound (a figure that is not a number is broken)."""
        return tuple(
            name
            for name, bound in self.bounds.items()
            if not np.max(self.figures[name], initial=0.0) <= bound
        )

    @property
    def certified(self) -> bool:
        """Whether every figure keeps its bound."""
        return not self.broken

    def require(self, what: str, remedy: str) -> None:
        """Raise `NotCertified` with the broken figures and a remedy, unless every figure keeps its bound."""
        if self.broken:
            figures = ", ".join(
                f"{name} = {np.max(self.figures[name]):.1e} (bound {self.bounds[name]:.1e})"
                for name in self.broken
            )
            raise NotCertified(f"{what} is not certified by route {self.route!r}: {figures}. {remedy}")


def unitarity_error(matrix: np.ndarray, open_modes: np.ndarray) -> Any:
    """max |S†S − 1| over the open modes; one number per energy, NaN where S has one."""
    size = matrix.shape[-1]
    if size == 0:
        return np.zeros(matrix.shape[:-2])
    with one_dense_thread():
        if size > _LARGE:
            stack = zip(matrix.reshape(-1, size, size), np.asarray(open_modes).reshape(-1, size), strict=True)
            return np.array([_largest_defect(one, is_open) for one, is_open in stack]).reshape(
                matrix.shape[:-2]
            )
        gram = np.swapaxes(np.conj(matrix), -1, -2) @ matrix
    return np.abs(gram - open_modes[..., :, None] * np.eye(size)).max(axis=(-2, -1))


def _largest_defect(matrix: np.ndarray, is_open: np.ndarray) -> float:
    """The same of one matrix, by half of S†S, which is Hermitian."""
    half = blas.zherk(1.0, np.asarray(matrix, dtype=complex).T)
    half[np.diag_indices(len(half))] -= is_open
    return float(np.abs(half).max())
