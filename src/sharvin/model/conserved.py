"""Conserved quantities of leads, which divide their modes into labelled blocks.

An operator Q that commutes with a lead, [Q, h0] = [Q, v] = 0, has its eigenspaces solved apart: every mode is in one of
them, and where modes of unlike Q have one momentum they do not mix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..errors import InputError

_EQUAL = 1e-8  # eigenvalues of Q this close, relative to the largest, are one
_EXACT = 1e-10  # what a projector or a Hermitian matrix may miss, relative to its size
#: What a commutator with the lead may miss: it is left out of the blocks, and must not count.
_COMMUTES = 1e-13


@dataclass(frozen=True, eq=False)
class Blocks:
    """The eigenspaces of a conserved quantity.

    Attributes
    ----------
    names
        Of each block, in order.
    bases
        Orthonormal states of each, (orbitals, states).
    """

    names: tuple[str, ...]
    bases: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, what: str, given: Any, size: int) -> "Blocks":
        """From a Hermitian matrix over `size` orbitals, or from a dictionary name → projector."""
        if isinstance(given, Mapping):
            return cls._of_projectors(what, given, size)
        matrix = _hermitian(what, given, size)
        values, states = _eigenstates(matrix)
        splits = np.flatnonzero(np.diff(values) > _EQUAL * max(np.abs(values).max(), 1e-300)) + 1
        bounds = [0, *splits.tolist(), size]
        means = [round(float(values[low:high].mean()), 9) + 0.0 for low, high in pairwise(bounds)]
        names = tuple(f"{mean:g}" for mean in means)
        if len(set(names)) != len(names):
            raise InputError(
                f"{what}: eigenvalues {means} are too close to be told apart by name; give a dictionary"
            )
        return cls(names, tuple(states[:, low:high] for low, high in pairwise(bounds)))

    @classmethod
    def _of_projectors(cls, what: str, given: Mapping[Any, Any], size: int) -> "Blocks":
        for name in given:
            if not isinstance(name, str) or not name or ":" in name:
                raise InputError(
                    f"{what}: a block's name must be a non-empty string without a colon, got {name!r}"
                )
        projectors = {
            name: _hermitian(f'{what}, block "{name}"', matrix, size) for name, matrix in given.items()
        }
        for name, matrix in projectors.items():
            if np.abs(matrix @ matrix - matrix).max() > _EXACT:
                raise InputError(
                    f'{what}: block "{name}" must be given by a projector, P² = P; this matrix is none'
                )
        if np.abs(sum(projectors.values(), np.zeros((size, size))) - np.eye(size)).max() > _EXACT:
            raise InputError(f"{what}: the projectors of all blocks must add up to one")
        bases = []
        for matrix in projectors.values():
            values, states = _eigenstates(matrix)
            bases.append(states[:, values > 0.5])
        return cls(tuple(projectors), tuple(bases))

    def on_sites(self, count: int) -> "Blocks":
        """The same quantity on each of some sites, whose orbitals stand one site after another."""
        return Blocks(self.names, tuple(np.kron(np.eye(count), basis) for basis in self.bases))

    def conserved_by(self, h0: np.ndarray, v: np.ndarray) -> bool:
        """Whether a lead connects no two blocks at all."""
        return not any(
            (left.conj().T @ matrix @ right).any()
            for matrix in (h0, v, v.conj().T)
            for n, left in enumerate(self.bases)
            for right in self.bases[n + 1 :]
        )

    def check(self, what: str, h0: np.ndarray, v: np.ndarray) -> None:
        """Refuse a lead that connects two blocks."""
        scale = max(np.abs(h0).max(initial=0.0), np.abs(v).max(initial=0.0), 1e-300)
        for name, basis in zip(self.names, self.bases, strict=True):
            for matrix in (h0, v, v.conj().T):
                image = matrix @ basis
                mixed = np.abs(image - basis @ (basis.conj().T @ image)).max(initial=0.0)
                if mixed > _COMMUTES * scale:
                    raise InputError(
                        f'{what}: the lead does not conserve it: block "{name}" is connected with others by '
                        f"{mixed:.1e} eV"
                    )


def _hermitian(what: str, given: Any, size: int) -> np.ndarray:
    try:
        matrix = np.atleast_2d(np.asarray(given.toarray() if hasattr(given, "toarray") else given))
    except ValueError:
        raise InputError(f"{what} has rows of unlike lengths") from None
    if matrix.dtype.kind not in "iufc" or matrix.shape != (size, size) or not np.isfinite(matrix).all():
        raise InputError(
            f"{what} must be a finite ({size}, {size}) matrix over the orbitals, or a dictionary name → projector, got "
            f"{matrix.dtype} of shape {matrix.shape}"
        )
    if np.abs(matrix - matrix.conj().T).max() > _EXACT * max(np.abs(matrix).max(), 1e-300):
        raise InputError(f"{what} must be Hermitian")
    return matrix


def _eigenstates(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, rising, and eigenvectors: the orbitals themselves, in their order, where the matrix is diagonal."""
    diagonal = np.real(np.diagonal(matrix))
    if np.array_equal(matrix, np.diag(np.diagonal(matrix))):
        order = np.argsort(diagonal, kind="stable")
        return diagonal[order], np.eye(len(matrix))[:, order]
    return np.linalg.eigh(matrix)
