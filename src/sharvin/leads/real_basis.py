"""A basis in which a complex lead is real.

If an antiunitary Θ = UK (K: complex conjugation) with Θ² = 1 commutes with the cell and, up to a phase, with the
hopping, then h0 and v are real in the basis of vectors with Θφ = φ. Time reversal is such a Θ without a field and
spin–orbit coupling. In a uniform field it is time reversal times the mirror that reverses the cross-section: with
orbitals in their order across it, U reverses the order of the orbitals, or of groups of a few of them.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

_EXACT = 1e-14  # relative deviation from the symmetry that rounding explains


@dataclass(frozen=True, eq=False)
class RealBasis:
    """The columns of Q: h0 = Q h0′ Q†, v = e^{iα} Q v′ Q† with real h0′ and v′.

    Attributes
    ----------
    vectors
        Q, unitary and sparse (two elements per column), (m, m); None stands for the unit matrix.
    phase
        e^{iα}: Bloch factors of (h0, v) are those of (h0′, v′) times its inverse.
    h0, v
        The real matrices.
    """

    vectors: sparse.csr_array | None
    phase: complex
    h0: np.ndarray
    v: np.ndarray

    def spread(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors of the real basis as vectors of the orbitals."""
        return vectors if self.vectors is None else self.vectors @ vectors

    def spread_matrix(self, matrix: np.ndarray) -> np.ndarray:
        """Q · matrix · Q†."""
        if self.vectors is None:
            return matrix
        return self.vectors @ (self.vectors.conj() @ matrix.T).T


def real_basis(h0: np.ndarray, v: np.ndarray) -> RealBasis | None:
    """A basis in which h0 and v are real, or None where none of those that are tried is."""
    if not (np.any(np.imag(h0)) or np.any(np.imag(v))):
        return RealBasis(None, 1.0, np.ascontiguousarray(np.real(h0)), np.ascontiguousarray(np.real(v)))
    size = len(h0)
    for group in (1, 2, 3, 4):
        if size % group:
            continue
        order = np.arange(size).reshape(-1, group)[::-1].ravel()
        phase = _common_phase(h0, v, order)
        if phase is not None:
            vectors = _fixed_vectors(order)
            turned = [
                vectors.conj().T @ (vectors.conj().T @ part.conj().T).conj().T for part in (h0, v / phase)
            ]
            return RealBasis(vectors, phase, *(np.ascontiguousarray(np.real(part)) for part in turned))
    return None


def _common_phase(h0: np.ndarray, v: np.ndarray, order: np.ndarray) -> complex | None:
    """e^{iα} with U(e^{−iα}v)*U† = e^{−iα}v and Uh0*U† = h0 for the permutation U, or None."""
    across = np.ix_(order, order)
    scale = max(np.abs(h0).max(), np.abs(v).max())
    if np.abs(h0[across].conj() - h0).max() > _EXACT * scale:
        return None
    image = v[across].conj()
    twice = np.vdot(image, v)
    if twice == 0:
        return None
    phase = np.sqrt(twice / np.abs(twice))
    return complex(phase) if np.abs(image * phase**2 - v).max() <= _EXACT * scale else None


def _fixed_vectors(order: np.ndarray) -> sparse.csr_array:
    """(e_j + e_j′)/√2 and i(e_j − e_j′)/√2 for the pairs j < j′ that a reversal exchanges, e_j where j′ = j."""
    size = len(order)
    own = np.arange(size)
    first, alone = own < order, own == order
    root = np.sqrt(0.5)
    # Column j holds the even vector of a pair, column j′ the odd one.
    diagonal = np.where(alone, 1.0, np.where(first, root, -1j * root))
    other = np.where(first, root, 1j * root)[~alone]
    rows = np.concatenate([own, order[~alone]])
    columns = np.concatenate([own, own[~alone]])
    return sparse.csr_array((np.concatenate([diagonal, other]), (rows, columns)), shape=(size, size))
