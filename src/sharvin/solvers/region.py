"""The linear problem of a scattering region, by several routes.

With Σ = Σ_α Σ_α on the interface orbitals b, and the rest of the region r, the amplitudes on the interface obey

    [C(E) − Σ] ψ_b = Q,     C = (E − H)_bb − (E − H)_br (E − H)_rr⁻¹ (E − H)_rb.

**schur**: one sparse factorization gives C, without any Σ inside: real when H is real, and one analysis for a whole
sweep. It has a weak point: where E is a level of the region cut off from its interface, C has a pole although S has
none. Perturbed pivots and the growth of C betray it.
**reaction matrix**: the same C; Σ enters in two steps, which loses less where it is large.
**full**: the whole sparse matrix E − H − Σ, which is regular there. Its pivots may vanish all the same (at a band
centre the diagonal does), so what is factored is E + iη − H − Σ with a small η, and the solution is refined against the
true matrix until its residual is at rounding: each step gains a factor η over the distance to the next resonance.
**pivoting**: the same matrix without η, with exchange of rows: slow, and the last resort.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from ..errors import NumericalError
from ..linalg import Factorization, Pattern, SuperLU, back_end
from ..options import Options
from .cache import Store, fingerprint

_ANALYSES = Store(512e6, lambda entry: 16.0 * len(entry.pattern.indices))
#: Largest max|C| / max|E − H|, times the rounding error: digits lost next to a pole of C.
_GROWTH_BOUND = 1e-11
#: η of the full route, relative to the largest element of E − H; how often it is refined; and the residual then.
_SHIFT, _REFINEMENTS, _REFINED_BOUND = 1e-6, 12, 1e-13

Figures = dict[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Solution:
    """ψ on the interface orbitals for every source column, and the figures (value, bound) that vouch for it."""

    psi: np.ndarray
    route: str
    backend: str
    figures: Figures

    @property
    def broken(self) -> list[str]:
        """Names of the figures outside their bounds."""
        return [name for name, (value, bound) in self.figures.items() if not value <= bound]


class _Prepared:
    """Factorizations analysed for one pattern; each thread that needs one at the same time has its own."""

    def __init__(self, pattern: Pattern, make: Callable[[], Factorization]) -> None:
        self.pattern, self._make = pattern, make
        self._idle: list[Factorization] = []
        self._lock = threading.Lock()

    @contextmanager
    def lent(self) -> Iterator[Factorization]:
        """A factorization for the time of a ``with`` block."""
        with self._lock:
            factorization = self._idle.pop() if self._idle else None
        if factorization is None:
            factorization = self._make()
        yield factorization  # one that fails is not used again
        with self._lock:
            self._idle.append(factorization)


class Region:
    """H of a scattering region, with its interface orbitals, at any energy."""

    def __init__(self, h: sparse.csr_array, interface: np.ndarray, options: Options) -> None:
        self._h = _with_full_pattern(h)
        self._pattern = Pattern.of(self._h)
        self._interface, self._options = interface, options
        self._scale = float(np.abs(self._h.data).max(initial=0.0))
        self._prepared = self._analysed()

    def by_schur(self, energy: float, sigma: np.ndarray, source: np.ndarray) -> Solution:
        """Reduce E − H to the interface, then solve with Σ there."""
        complement, name, figures = self._complement(energy)
        matrix = complement - sigma
        psi = _dense_solve(matrix, source)
        figures["residual"] = (_residual(matrix, psi, source), self._options.residual_bound)
        return Solution(psi, "schur", name, figures)

    def by_reaction_matrix(
        self, energy: float, sigma: np.ndarray, width: np.ndarray, partner: np.ndarray
    ) -> Solution:
        """As `by_schur`, with the anti-Hermitian part of Σ, −iWW†/2, taken out: G W = A⁻¹W(1 + iR/2)⁻¹, R = W†A⁻¹W.

        S is then the Cayley transform of the Hermitian R (the reaction matrix), and keeps its digits where Σ is large,
        as it is next to a threshold whose standing wave does not vanish at the surface of the lead.
        """
        complement, name, figures = self._complement(energy)
        matrix = complement - (sigma + sigma.conj().T) / 2
        waves = _dense_solve(matrix, width)
        reaction = width.conj().T @ waves
        reaction = (reaction + reaction.conj().T) / 2
        psi = waves @ _dense_solve(np.eye(len(reaction)) + 0.5j * reaction, 1j * partner)
        source = 1j * width @ partner
        figures["residual"] = (_residual(complement - sigma, psi, source), self._options.residual_bound)
        return Solution(psi, "reaction matrix", name, figures)

    def _complement(self, energy: float) -> tuple[np.ndarray, str, Figures]:
        """C(E), who computed it, and the figures that vouch for it."""
        with self._prepared.lent() as factorization:
            factorization.factor(self._shifted(energy))
            complement = factorization.schur()
            figures = dict(factorization.certificate())
        growth = (
            np.finfo(float).eps * np.abs(complement).max(initial=0.0) / max(self._scale, abs(energy), 1e-300)
        )
        figures["schur_growth"] = (float(growth), _GROWTH_BOUND)
        return complement, factorization.name, figures

    def by_full_matrix(
        self, energy: float, sigma: np.ndarray, source: np.ndarray, *, pivoting: bool = False
    ) -> Solution:
        """Solve (E − H − Σ)ψ = Q for the whole region, with a small imaginary shift or with pivoting, refined."""
        matrix, rhs = self._open_system(energy, sigma, source)
        pattern = Pattern.of(matrix)
        factorization = SuperLU(pivoting=True) if pivoting else back_end(self._options.solver)
        factorization.analyse(pattern, dtype=complex)
        values = matrix.data.copy()
        if not pivoting:
            values[pattern.diagonal] += 1j * _SHIFT * max(self._scale, abs(energy))
        factorization.factor(values)
        psi = factorization.solve(rhs)
        residual = _residual(matrix, psi, rhs)
        for _ in range(_REFINEMENTS):
            refined = psi + factorization.solve(rhs - matrix @ psi)
            improved = _residual(matrix, refined, rhs)
            if not improved < residual:
                break
            psi, residual = refined, improved
        route = "pivoting" if pivoting else "full"
        figures = {"residual": (residual, _REFINED_BOUND)}
        return Solution(psi[self._interface], route, factorization.name, figures)

    def _open_system(
        self, energy: float, sigma: np.ndarray, source: np.ndarray
    ) -> tuple[sparse.csr_array, np.ndarray]:
        """E − H − Σ as a sparse matrix, and the sources in all rows of the region."""
        size, interface = self._h.shape[0], self._interface
        own = self._pattern.matrix(self._shifted(energy)).tocoo()
        rows = np.concatenate([own.coords[0], np.repeat(interface, len(interface))])
        columns = np.concatenate([own.coords[1], np.tile(interface, len(interface))])
        data = np.concatenate([own.data, -sigma.ravel()])
        matrix = sparse.coo_array((data, (rows, columns)), shape=(size, size)).tocsr()
        matrix.sort_indices()
        rhs = np.zeros((size, source.shape[1]), dtype=complex)
        rhs[interface] = source
        return matrix, rhs

    def _shifted(self, energy: float) -> np.ndarray:
        """The stored elements of E − H."""
        values = -self._h.data
        values[self._pattern.diagonal] += energy
        return values

    def _analysed(self) -> _Prepared:
        """The factorizations of this pattern, shared by all regions that have it."""
        dtype = complex if np.iscomplexobj(self._h.data) else float
        pattern = self._pattern
        key = (fingerprint(pattern.indptr, pattern.indices, self._interface), dtype, self._options.solver)

        def make() -> Factorization:
            factorization = back_end(self._options.solver)
            factorization.analyse(pattern, dtype=dtype, schur=self._interface)
            return factorization

        return _ANALYSES.get(key, lambda: _Prepared(pattern, make))


def first_certified(attempts: list[Callable[[], Solution]]) -> tuple[Solution, tuple[str, ...]]:
    """The first solution that keeps its bounds, or the last one tried; with a note for each that was passed over."""
    notes: list[str] = []
    solution = None
    for attempt in attempts:
        try:
            solution = attempt()
        except NumericalError as error:
            notes.append(str(error))
            continue
        if not solution.broken:
            return solution, tuple(notes)
        figures = ", ".join(f"{name} = {solution.figures[name][0]:.1e}" for name in solution.broken)
        notes.append(f"route {solution.route} passed over: {figures}")
    if solution is None:
        raise NumericalError("the linear problem of the region has no solution: " + "; ".join(notes))
    return solution, tuple(notes)


def _with_full_pattern(h: sparse.csr_array) -> sparse.csr_array:
    """H with its whole diagonal stored and a symmetric pattern (explicit zeros where it has none)."""
    size, coo, diagonal = h.shape[0], h.tocoo(), np.arange(h.shape[0])
    rows, columns = coo.coords
    data = np.concatenate([coo.data, np.zeros(len(coo.data) + size, dtype=coo.data.dtype)])
    coords = (np.concatenate([rows, columns, diagonal]), np.concatenate([columns, rows, diagonal]))
    full = sparse.coo_array((data, coords), shape=h.shape).tocsr()
    full.sort_indices()
    return full


def _dense_solve(matrix: np.ndarray, source: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.solve(matrix, source)
    except np.linalg.LinAlgError as error:
        raise NumericalError("the interface block is singular") from error


def _residual(matrix: Any, psi: np.ndarray, source: np.ndarray) -> float:
    """‖Aψ − Q‖ / (‖A‖‖ψ‖ + ‖Q‖) in the largest element."""
    if source.size == 0:
        return 0.0
    size = abs(matrix).max()
    return float(
        np.abs(matrix @ psi - source).max() / (size * np.abs(psi).max() + np.abs(source).max() + 1e-300)
    )
