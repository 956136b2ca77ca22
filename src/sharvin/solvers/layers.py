"""Schur complements of many energies or realizations at once, by layers, in stacked dense calls.

The orbitals kept are layer 0, layer k is what lies k bonds away from them, and A = E − H is block tridiagonal in the
layers. Elimination from the innermost layer outward,

    S_K = A_KK,    X_k = S_{k+1}⁻¹ A_{k+1,k},    S_k = A_kk − A_{k,k+1} X_k,    C = S_0,

is the block LU factorization (G. H. Golub and C. F. Van Loan, Matrix Computations, 4th ed., section 4.5), in transport
the recursive Green's function (A. MacKinnon, Z. Phys. B 59, 385 (1985)). Each step is one solve, with pivoting inside
the layer, and one product for the whole stack, whatever Python costs is shared by it, and what is real stays real. Its
work grows with the cube of the layers' sizes, so it suits what is small or long and thin.

It is written on the array API (https://data-apis.org/array-api), for any library that follows it; PyTorch, which does
so but for some names, serves as well.

What vouches for it is found on waves p on the orbitals kept, one or more per member of the stack, z_{k+1} = −X_k z_k
inside, as elimination has it. Then Az, from the elements of A as they are stored, must vanish inside and be Cp on the
orbitals kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from ..linalg import Pattern
from .elimination import ELIMINATION_BOUND

_EPS = float(np.finfo(float).eps)
_TINY = 1e-300
#: Largest values of the figures that vouch for a complement; beside these the others follow.
LAYER_BOUNDS = {"elimination_error": ELIMINATION_BOUND, "asymmetry": 1e-9}


@dataclass(frozen=True, eq=False)
class _Block:
    """A block of the matrix: where each of its elements is stored, and the first place behind the last for a zero."""

    shape: tuple[int, int]
    places: np.ndarray

    def of(self, xp: Any, stored: Any) -> Any:
        """The dense block for every member of the stack, from the stored elements with a zero behind them."""
        return xp.reshape(_taken(xp, stored, self.places), (stored.shape[0], *self.shape))


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of the matrix by their stored elements: where these are, and their columns, (most per row, rows)."""

    places: np.ndarray
    columns: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray, columns: np.ndarray, elements: np.ndarray, size: int, zero: int) -> "_Rows":
        """From the row and column of each element, rows ascending; `zero` is a place where a zero is stored."""
        slot = np.arange(len(rows)) - np.searchsorted(rows, rows)
        most = int(slot.max(initial=-1)) + 1
        found = cls(np.full((most, size), zero), np.zeros((most, size), dtype=int))
        found.places[slot, rows], found.columns[slot, rows] = elements, columns
        return found

    def times(self, xp: Any, stored: Any, z: Any) -> Any:
        """Their product with vectors for every member of the stack, (members, rows, vectors)."""
        image = xp.zeros_like(z)
        for places, columns in zip(self.places, self.columns, strict=True):
            image = image + _taken(xp, stored, places)[:, :, None] * _taken(xp, z, columns)
        return image


@dataclass(frozen=True, eq=False)
class Layers:
    """A pattern by layers around the orbitals kept, prepared once for any values; see the module.

    Orbitals that nothing connects to those kept are dropped: C knows nothing of them.

    Attributes
    ----------
    orbitals
        Of each layer; layer 0 is what is kept, in the order given.
    diagonal, inward, outward
        A_kk, A_{k,k+1} and A_{k+1,k}: where their elements are stored.
    rows
        The whole matrix, in the order of the layers.
    """

    orbitals: tuple[np.ndarray, ...]
    diagonal: tuple[_Block, ...]
    inward: tuple[_Block, ...]
    outward: tuple[_Block, ...]
    rows: _Rows

    @classmethod
    def of(cls, pattern: Pattern, kept: np.ndarray) -> "Layers":
        """The layers of a structurally symmetric pattern around the orbitals kept."""
        kept = np.asarray(kept, dtype=int)
        orbitals = _by_distance(pattern, kept)
        sizes = [len(layer) for layer in orbitals]
        order = np.concatenate(orbitals)
        layer, within, position = np.full((3, pattern.size), -1)
        layer[order] = np.repeat(np.arange(len(sizes)), sizes)
        within[order] = np.concatenate([np.arange(size) for size in sizes])
        position[order] = np.arange(len(order))

        # Elements by layer and by the step to the layer of their column: 0 outward, 1 none, 2 inward.
        row, column, zero = pattern.rows, pattern.indices, len(pattern.indices)
        key = np.where(layer[row] >= 0, 3 * layer[row] + layer[column] - layer[row] + 1, -1)
        elements = np.argsort(key, kind="stable")
        bounds = np.searchsorted(key[elements], np.arange(3 * len(sizes) + 1))

        def block(here: int, there: int) -> _Block:
            group = 3 * here + there - here + 1
            mine = elements[bounds[group] : bounds[group + 1]]
            places = np.full((sizes[here], sizes[there]), zero)
            places[within[row[mine]], within[column[mine]]] = mine
            return _Block(places.shape, places.ravel())

        last = len(sizes) - 1
        reached = np.flatnonzero(layer[row] >= 0)
        reached = reached[np.argsort(position[row[reached]], kind="stable")]
        return cls(
            tuple(orbitals),
            tuple(block(k, k) for k in range(last + 1)),
            tuple(block(k, k + 1) for k in range(last)),
            tuple(block(k + 1, k) for k in range(last)),
            _Rows.of(position[row[reached]], position[column[reached]], reached, len(order), zero),
        )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of orbitals in each layer."""
        return tuple(len(layer) for layer in self.orbitals)

    @property
    def steps(self) -> int:
        """Layers eliminated: each takes the Python of a dozen calls, for the whole stack together."""
        return len(self.orbitals) - 1

    @property
    def flops(self) -> float:
        """Operations per member of the stack: factors, solve and product of each step; complex ones count once."""
        return sum(
            2 / 3 * inner**3 + 2 * inner**2 * outer + 2 * outer**2 * inner for outer, inner in self._steps()
        )

    @property
    def numbers(self) -> int:
        """Numbers held in memory per member of the stack: all X_k, and a handful of blocks besides."""
        return sum(outer * inner for outer, inner in self._steps()) + 6 * max(self.sizes) ** 2

    def complements(
        self, values: Any, energies: Any, xp: Any = None, *, waves: Callable[[Any], Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """C of E − H for every member of a stack, Hermitian, real if H is, and the figures that vouch for them.

        Parameters
        ----------
        values
            Stored elements of a Hermitian H: (stored,) the same for all, or (members, stored).
        energies
            Real: (members,), or one for all.
        xp
            Namespace of the array library; by default that of `values`, or NumPy. `torch` must be named, and NumPy
            arrays are taken to it.
        waves
            Tells from C (members, kept, kept) the waves on the orbitals kept, (members, kept, columns), on which C is
            tried; by default one random vector.

        Returns
        -------
        tuple
            C (members, kept, kept), and figures (members,), NaN where a layer was exactly singular:

            - ``elimination_error``: of p†Cp, to first order;
            - ``elimination_residual``: of the equations inside, max|Az| / (max|A| max|z|);
            - ``layer_growth``: the largest element of any X_k, times the rounding error;
            - ``wave_growth``: the largest of z, which is what the product of all X_k makes of p, times the
              rounding error;
            - ``storage``: (Σ|z|⁴)^½, with |z|² of all columns together;
            - ``asymmetry``: max|C − C†| / max|C| before C is made Hermitian.
        """
        xp = _namespace(values) if xp is None else xp
        values = xp.asarray(values)
        energies = xp.reshape(xp.asarray(energies, device=values.device), (-1, 1, 1))
        stored = -(values if values.ndim == 2 else values[None, :])
        stored = xp.concat([stored, xp.zeros_like(stored[:, :1])], axis=1)
        with np.errstate(all="ignore"):  # what is singular shows in the figures
            found, inside = self._eliminated(xp, stored, energies)
            matrices = (found + _adjoint(xp, found)) / 2
            p = _random_wave(xp, matrices) if waves is None else waves(matrices)
            figures = self._figures(xp, stored, energies, matrices, inside, p)
            figures["asymmetry"] = _largest(xp, found - _adjoint(xp, found)) / (_largest(xp, found) + _TINY)
        return matrices, figures

    def _eliminated(self, xp: Any, stored: Any, energies: Any) -> tuple[Any, list[Any]]:
        """S_0, and X_k from the outermost inward."""

        def own(k: int) -> Any:
            one = xp.eye(len(self.orbitals[k]), dtype=energies.dtype, device=stored.device)
            return energies * one + self.diagonal[k].of(xp, stored)

        inside = []
        s = own(self.steps)
        for k in reversed(range(self.steps)):
            x = _solved(xp, s, self.outward[k].of(xp, stored))
            s = own(k) - xp.matmul(self.inward[k].of(xp, stored), x)
            inside.append(x)
        return s, inside[::-1]

    def _figures(
        self, xp: Any, stored: Any, energies: Any, c: Any, inside: list[Any], p: Any
    ) -> dict[str, Any]:
        """What vouches for C, on some waves."""
        n = len(self.orbitals[0])
        layers = [p]
        for x in inside:
            layers.append(-xp.matmul(x, layers[-1]))
        z = xp.concat(layers, axis=1)
        image = energies * z + self.rows.times(xp, stored, z)
        missed, off = image[:, n:, :], image[:, :n, :] - xp.matmul(c, p)
        error = xp.sum(xp.conj(z[:, n:, :]) * missed, axis=1) + xp.sum(xp.conj(p) * off, axis=1)
        scale = xp.maximum(_largest(xp, stored[:, None, :]), xp.abs(energies[:, 0, 0])) + _TINY
        growth = xp.zeros_like(scale)
        for x in inside:
            growth = xp.maximum(growth, _largest(xp, x))
        return {
            "elimination_error": xp.sum(xp.abs(error), axis=1),
            "elimination_residual": _largest(xp, missed) / (scale * (_largest(xp, z) + _TINY)),
            "layer_growth": _EPS * growth,
            "wave_growth": _EPS * _largest(xp, z) / (_largest(xp, p) + _TINY),
            "storage": xp.sqrt(xp.sum(xp.sum(xp.abs(z) ** 2, axis=2) ** 2, axis=1)),
        }

    def _steps(self) -> Iterator[tuple[int, int]]:
        """Sizes of each layer and of the one inside it."""
        return zip(self.sizes[:-1], self.sizes[1:], strict=True)


def _by_distance(pattern: Pattern, kept: np.ndarray) -> list[np.ndarray]:
    """The orbitals at 0, 1, 2, … bonds from those kept."""
    if len(kept) == 0:
        return [kept]
    graph: Any = pattern.matrix(np.ones(len(pattern.indices)))
    distance = csgraph.dijkstra(sparse.csr_matrix(graph), indices=kept, unweighted=True, min_only=True)
    inside = np.flatnonzero((distance > 0) & np.isfinite(distance))
    inside = inside[np.argsort(distance[inside], kind="stable")]
    return [kept, *np.split(inside, np.flatnonzero(np.diff(distance[inside])) + 1)] if len(inside) else [kept]


def _solved(xp: Any, matrices: Any, sources: Any) -> Any:
    """Solutions of a stack of systems; NaN for those that are singular, wherever a library gives up the whole stack."""
    try:
        return xp.linalg.solve(matrices, sources)
    except (np.linalg.LinAlgError, RuntimeError):  # PyTorch's word for it is a RuntimeError
        members = matrices.shape[0]
        if members == 1:
            return sources * xp.nan
        shared = sources.shape[0] == 1
        half = members // 2
        first = _solved(xp, matrices[:half, ...], sources if shared else sources[:half, ...])
        second = _solved(xp, matrices[half:, ...], sources if shared else sources[half:, ...])
        return xp.concat([first, second], axis=0)


def _random_wave(xp: Any, c: Any) -> Any:
    """The same random vector for every member of a stack, in one column."""
    n = c.shape[-1]
    probe = np.random.default_rng(n).standard_normal((1, n, 1))
    return xp.broadcast_to(xp.asarray(probe, dtype=c.dtype, device=c.device), (c.shape[0], n, 1))


def _namespace(values: Any) -> Any:
    """The array library of some values."""
    return values.__array_namespace__() if hasattr(values, "__array_namespace__") else np


def _taken(xp: Any, rows: Any, places: np.ndarray) -> Any:
    """Elements of every row at some places; PyTorch means something else by `take`."""
    take = getattr(xp, "index_select", None)
    where = xp.asarray(places, device=rows.device)
    return xp.take(rows, where, axis=1) if take is None else take(rows, 1, where)


def _largest(xp: Any, stack: Any) -> Any:
    """The largest element of each matrix; PyTorch's `max` takes no two axes, and its `amax` does."""
    if 0 in stack.shape:
        return xp.zeros_like(xp.abs(xp.sum(stack, axis=(1, 2))))
    return getattr(xp, "amax", xp.max)(xp.abs(stack), axis=(1, 2))


def _adjoint(xp: Any, stack: Any) -> Any:
    return xp.conj(stack).mT
