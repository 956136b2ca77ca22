"""Green's functions G = A⁻¹ of a matrix that is block tridiagonal in layers, and what needs no more of G than that.

What lies behind a layer, to the last layer and to the first one, acts on it by self-energies,

    g_k = (A_kk − A_{k,k+1} g_{k+1} A_{k+1,k})⁻¹,     g′_k = (A_kk − A_{k,k−1} g′_{k−1} A_{k−1,k})⁻¹,
    G_kk = (A_kk − A_{k,k+1} g_{k+1} A_{k+1,k} − A_{k,k−1} g′_{k−1} A_{k−1,k})⁻¹,

and with B_k = −A_{k,k+1} g_{k+1}, B′_k = −A_{k,k−1} g′_{k−1}, G_km is G_kk B_k B_{k+1} ⋯ B_{m−1} to the one side and
G_kk B′_k B′_{k−1} ⋯ B′_{m+1} to the other. So the diagonal of G X G† for a diagonal X follows in two passes without G:

    Z_k = B_k(X_{k+1} + Z_{k+1})B_k†,     Z′_k = B′_k(X_{k−1} + Z′_{k−1})B′_k†,
    (G X G†)_kk = G_kk(X_k + Z_k + Z′_k)G_kk†.

Z and Z′ are lesser self-energies of the recursive Green's function (A. Svizhenko, M. P. Anantram, T. R. Govindan,
B. Biegel and R. Venugopal, J. Appl. Phys. 91, 2343 (2002)). Memory is four blocks for each layer, and the diagonal
takes five products of blocks for each.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse

_NOTHING = np.zeros((0, 0), dtype=complex)


class LayeredGreen:
    """G by layers of orbitals, which nothing connects to the others.

    Attributes
    ----------
    diagonal
        G_aa, (n,). Vectors are over all orbitals of the matrix, and results vanish on those in no layer.
    """

    def __init__(self, matrix: sparse.csr_array, layers: list[np.ndarray]) -> None:
        stops = np.cumsum([len(layer) for layer in layers]).tolist()
        self._order = np.concatenate(layers)
        self._slices = [slice(stop - len(layer), stop) for stop, layer in zip(stops, layers, strict=True)]
        self._cut(sparse.csr_array(matrix[self._order][:, self._order]))
        self._invert()
        self.diagonal = np.zeros(matrix.shape[0], dtype=complex)
        self.diagonal[self._order] = np.concatenate([np.diagonal(block) for block in self._green])

    def spread(self, x: np.ndarray) -> np.ndarray:
        """Σ_b |G_ab|² x_b for real x, (n,)."""
        parts = [x[self._order[part]] for part in self._slices]
        sources = [np.diag(part).astype(complex) for part in parts]
        inside = _NOTHING
        for k in reversed(range(len(parts) - 1)):
            inside = _carried(self._after[k], inside, parts[k + 1])
            sources[k] += inside
        for k in range(1, len(parts)):
            inside = _carried(self._before[k], inside if k > 1 else _NOTHING, parts[k - 1])
            sources[k] += inside
        found = [
            _diagonal_of_product(green @ source, green)
            for green, source in zip(self._green, sources, strict=True)
        ]
        result = np.zeros(len(x))
        result[self._order] = np.concatenate(found)
        return result

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """G · rhs, (n, columns)."""
        return self._solved(rhs, self._surface, self._lower, self._upper)

    def solve_adjoint(self, rhs: np.ndarray) -> np.ndarray:
        """G† · rhs, (n, columns)."""
        adjoint = (
            [block.conj().T for block in blocks] for blocks in (self._surface, self._upper, self._lower)
        )
        return self._solved(rhs, *adjoint)

    def near(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
        """For each layer its orbitals, |G_kk|², |G_{k,k−1}|² and |G_{k−1,k}|²; the last two are empty for the first."""
        for k, part in enumerate(self._slices):
            below = self._green[k] @ self._before[k] if k else _NOTHING
            above = self._green[k - 1] @ self._after[k - 1] if k else _NOTHING
            yield self._order[part], _squared(self._green[k]), _squared(below), _squared(above)

    def _cut(self, ordered: sparse.csr_array) -> None:
        """A_kk, A_{k,k−1} and A_{k−1,k}; the last two, sparse, have nothing at k = 0."""
        self._own = [ordered[part][:, part].toarray() for part in self._slices]
        pairs = list(zip(self._slices[1:], self._slices[:-1], strict=True))
        none: Any = sparse.csr_array((0, 0), dtype=complex)
        self._lower: list[Any] = [none, *(ordered[here][:, before] for here, before in pairs)]
        self._upper: list[Any] = [none, *(ordered[before][:, here] for here, before in pairs)]

    def _invert(self) -> None:
        """g, B, B′ and G of the module."""
        count = len(self._own)
        self._surface, self._after, self._before = ([_NOTHING] * count for _ in range(3))
        behind: list[Any] = [0.0] * count  # A_{k,k+1} g_{k+1} A_{k+1,k}
        for k in reversed(range(count)):
            self._surface[k] = np.linalg.inv(self._own[k] - behind[k])
            if k:
                self._after[k - 1] = -(self._upper[k] @ self._surface[k])
                behind[k - 1] = -(self._after[k - 1] @ self._lower[k])
        self._green = [self._surface[0]]
        ahead: Any = 0.0
        for k in range(1, count):
            surface = np.linalg.inv(self._own[k - 1] - ahead)
            self._before[k] = -(self._lower[k] @ surface)
            ahead = -(self._before[k] @ self._upper[k])
            self._green.append(np.linalg.inv(self._own[k] - behind[k] - ahead))
        self._own = []

    def _solved(
        self, rhs: np.ndarray, surface: list[np.ndarray], lower: list[Any], upper: list[Any]
    ) -> np.ndarray:
        """g and the couplings applied to a source: once from the last layer to the first, once back."""
        parts = [rhs[self._order[part]].astype(complex) for part in self._slices]
        for k in reversed(range(1, len(parts))):
            parts[k - 1] -= upper[k] @ (surface[k] @ parts[k])
        found = [surface[0] @ parts[0]]
        for k in range(1, len(parts)):
            found.append(surface[k] @ (parts[k] - lower[k] @ found[-1]))
        result = np.zeros(rhs.shape, dtype=complex)
        result[self._order] = np.concatenate(found)
        return result


def _carried(step: np.ndarray, inside: np.ndarray, x: np.ndarray) -> np.ndarray:
    """B(Z + X)B†, or BXB† where there is no Z."""
    image = step * x
    if inside.size:
        image += step @ inside
    return image @ step.conj().T


def _diagonal_of_product(left: Any, right: Any) -> np.ndarray:
    """The diagonal, which is real, of left · right†."""
    return (left.real * right.real + left.imag * right.imag).sum(axis=1)


def _squared(block: Any) -> np.ndarray:
    return block.real**2 + block.imag**2
