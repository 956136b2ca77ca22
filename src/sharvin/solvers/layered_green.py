"""Green's functions G = A⁻¹ of a matrix that is block tridiagonal in layers, and what needs no more of G than that.

With g_k = (A_kk − A_{k,k+1} g_{k+1} A_{k+1,k})⁻¹, from the last layer to the first, and

    F_k = −g_k A_{k,k−1},     B_k = −A_{k−1,k} g_k,     G_00 = g_0,     G_kk = g_k + F_k G_{k−1,k−1} B_k,

G_km = F_k ⋯ F_{m+1} G_mm below the diagonal, and G_km = G_kk B_{k+1} ⋯ B_m above it. (A. Svizhenko, M. P. Anantram,
T. R. Govindan, B. Biegel and R. Venugopal, J. Appl. Phys. 91, 2343 (2002).) So the diagonal of G X G† for a diagonal X
follows in one pass inward and one outward, without G:

    Z_k = B_{k+1}(X_{k+1} + Z_{k+1})B_{k+1}†,   Y_k = G_kk X_k G_kk† + F_k Y_{k−1} F_k†,   (G X G†)_kk = Y_k + G_kk Z_k G_kk†.

Memory is four blocks for each layer; both passes take six products of blocks for each.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse


class LayeredGreen:
    """G by layers of orbitals, which nothing connects to the others.

    Attributes
    ----------
    diagonal
        G_aa, (n,). Vectors are over all orbitals of the matrix, and results vanish on those in no layer.
    """

    def __init__(self, matrix: sparse.csr_array, layers: list[np.ndarray]) -> None:
        sizes = [len(layer) for layer in layers]
        stops = np.cumsum(sizes)
        self._order = np.concatenate(layers)
        self._slices = [slice(stop - size, stop) for stop, size in zip(stops.tolist(), sizes, strict=True)]
        ordered = sparse.csr_array(matrix[self._order][:, self._order])
        self._factor(ordered)
        self._invert()
        self.diagonal = np.zeros(matrix.shape[0], dtype=complex)
        self.diagonal[self._order] = np.concatenate([np.diagonal(block) for block in self._green])

    def spread(self, x: np.ndarray) -> np.ndarray:
        """Σ_b |G_ab|² x_b for real x, (n,)."""
        parts = [x[self._order[part]] for part in self._slices]
        last = len(parts) - 1
        outer = [np.zeros((0, 0), dtype=complex)] * len(parts)  # Z
        outer[last] = np.zeros((len(parts[last]),) * 2, dtype=complex)
        for k in reversed(range(last)):
            inside = outer[k + 1]
            inside[np.diag_indices(len(inside))] += parts[k + 1]
            outer[k] = self._down[k + 1] @ inside @ _adjoint(self._down[k + 1])
            inside[np.diag_indices(len(inside))] -= parts[k + 1]
        found = []
        within = np.zeros((0, 0), dtype=complex)  # Y
        for k, (green, own) in enumerate(zip(self._green, parts, strict=True)):
            carried = self._up[k] @ within @ _adjoint(self._up[k]) if k else 0.0
            within = (green * own) @ _adjoint(green) + carried
            beyond = np.einsum("ij,ij->i", green @ outer[k], green.conj())
            found.append(np.diagonal(within).real + beyond.real)
        result = np.zeros(len(x))
        result[self._order] = np.concatenate(found)
        return result

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """G · rhs, (n, columns)."""
        return self._solved(rhs, self._surface, self._up, self._down)

    def solve_adjoint(self, rhs: np.ndarray) -> np.ndarray:
        """G† · rhs, (n, columns)."""
        adjoint = ([_adjoint(block) for block in blocks] for blocks in (self._surface, self._down, self._up))
        return self._solved(rhs, *adjoint)

    def near(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
        """For each layer its rows, |G_kk|², |G_{k,k−1}|² and |G_{k−1,k}|²; the last two are empty for the first."""
        nothing = np.zeros((0, 0))
        for k, part in enumerate(self._slices):
            rows, own = self._order[part], np.abs(self._green[k]) ** 2
            if not k:
                yield rows, own, nothing, nothing
                continue
            before = self._green[k - 1]
            below, above = self._up[k] @ before, before @ self._down[k]
            yield rows, own, np.abs(below) ** 2, np.abs(above) ** 2

    def _factor(self, ordered: sparse.csr_array) -> None:
        """g, F and B of the module, from the last layer to the first."""
        count = len(self._slices)
        nothing: list[Any] = [np.zeros((0, 0), dtype=complex)] * count
        self._surface, self._up, self._down = list(nothing), list(nothing), list(nothing)
        correction: Any = 0.0
        for k in reversed(range(count)):
            own = self._slices[k]
            rows = ordered[own]
            self._surface[k] = np.linalg.inv(rows[:, own].toarray() - correction)
            if k:
                before = self._slices[k - 1]
                left, right = rows[:, before], ordered[before][:, own]
                self._up[k] = -(self._surface[k] @ left)
                self._down[k] = -(right @ self._surface[k])
                correction = -(right @ self._up[k])

    def _invert(self) -> None:
        """G_kk, from the first layer to the last."""
        self._green = [self._surface[0]]
        for surface, up, down in zip(self._surface[1:], self._up[1:], self._down[1:], strict=True):
            self._green.append(surface + up @ self._green[-1] @ down)

    def _solved(
        self, rhs: np.ndarray, surface: list[np.ndarray], up: list[np.ndarray], down: list[np.ndarray]
    ) -> np.ndarray:
        """g, F and B applied to a source: once inward, once outward."""
        parts = [rhs[self._order[part]].astype(complex) for part in self._slices]
        for k in reversed(range(len(parts) - 1)):
            parts[k] += down[k + 1] @ parts[k + 1]
        found = [surface[0] @ parts[0]]
        for k in range(1, len(parts)):
            found.append(surface[k] @ parts[k] + up[k] @ found[-1])
        result = np.zeros(rhs.shape, dtype=complex)
        result[self._order] = np.concatenate(found)
        return result


def _adjoint(block: np.ndarray) -> np.ndarray:
    return block.conj().T
