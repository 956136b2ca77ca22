"""The linear problem of a scattering region, by several routes.

With Σ = Σ_α Σ_α on the interface orbitals b, and the rest of the region r, the amplitudes on the interface obey

    [C(E) − Σ] ψ_b = Q,     C = (E − H)_bb − (E − H)_br (E − H)_rr⁻¹ (E − H)_rb.

**schur**: one sparse factorization gives C, without any Σ inside: real when H is real, and one analysis for a whole
sweep. It has two weak points. Where E is a level of the region cut off from its interface, C has a pole although S has
none, and beside it elimination loses digits: perturbed pivots, the growth of C, and the equations of the interior, on
which a few waves are tried, betray it. And what rounds E − H and C by δA changes S by ψ†δAψ, which counts where a wave
of unit current is large, on a narrow resonance: the size of a few waves tells (`elimination`).
**reaction matrix**: the same C; Σ enters in two steps, which loses less where it is large.
**refined**: the waves in the interior too, and both refined against the true matrix, in twice the working precision.
**full**: the whole sparse matrix E − H − Σ, which is regular at a pole of C. Its pivots may vanish all the same (at a
band centre the diagonal does), so what is factored is E + iη − H − Σ with a small η, and the solution is refined
against the true matrix: each step gains a factor η over the distance to the next resonance.
**pivoting**: the same matrix without η, with exchange of rows: slow, and the last resort.

A level so narrow that its wave, 10⁻¹⁵ of what it is inside, cannot be told on the interface (its width is below a part
in 10³⁰ of the bandwidth) counts as bound, whatever the route: at its very energy S is that of everything else.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ..errors import NumericalError
from ..linalg import Factorization, Pattern, SuperLU, back_end
from ..options import Options
from .elimination import (
    CONDITION_BOUND,
    CONDITION_GOAL,
    CORRECTIONS,
    ELIMINATION_BOUND,
    Elimination,
    Trial,
)
from .layout import Layout
from .refinement import PreciseMatrix, dense_solve, exact_product, exact_sum, growth, refined, residual

#: Largest max|C| / max|E − H|, times the rounding error: digits lost next to a pole of C.
_GROWTH_BOUND = 1e-11
#: Largest growth of the waves on the interface, times the rounding error.
INTERFACE_GROWTH_BOUND = 1e-10
#: Largest residual of the refined routes, and largest change of S and of the waves by the last correction.
_REFINED_BOUND, _CORRECTION_BOUND = 4e-15, 1e-13
#: Memory of the waves that are refined together; what that takes is some times as much.
_COLUMN_BYTES = 2.5e8
#: η of the full route, relative to the largest element of E − H.
_SHIFT = 1e-6

Figures = dict[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Complement:
    """C at one energy, who computed it and why, and the figures that vouch for it."""

    matrix: np.ndarray
    backend: str
    reason: str
    figures: Figures
    route: str = "schur"

    @property
    def certified(self) -> bool:
        """Whether every figure keeps its bound."""
        return all(value <= bound for value, bound in self.figures.values())


@dataclass(frozen=True, eq=False)
class Solution:
    """ψ for every source column (on the interface, or everywhere), and the figures that vouch for it.

    `matrix` is S, once it was found from ψ.
    """

    psi: np.ndarray
    route: str
    backend: str
    figures: Figures
    matrix: np.ndarray | None = None

    @property
    def broken(self) -> list[str]:
        """Names of the figures outside their bounds."""
        return [name for name, (value, bound) in self.figures.items() if not value <= bound]

    @property
    def sensitive(self) -> bool:
        """Whether rounding of E − H counts, though not so much that S is refused: refined waves are better."""
        return self.figures.get("condition", (0.0, 0.0))[0] > CONDITION_GOAL


class Region:
    """H of a scattering region, by its values on a pattern, with its interface orbitals, at any energy.

    `overlap` are the elements of O on the same pattern, where it is E·O − H that counts.
    """

    def __init__(
        self,
        values: np.ndarray,
        layout: Layout,
        options: Options,
        *,
        overlap: np.ndarray | None = None,
        hermitian: bool = True,
    ) -> None:
        self._values, self._pattern, self._options = values, layout.pattern, options
        self._overlap, self.hermitian = overlap, hermitian
        self.interface, self._inner = layout.interface, layout.inner
        self._scale = _largest(values)
        self._unit = 1.0 if overlap is None else _largest(overlap)
        is_real = hermitian and np.isrealobj(values) and (overlap is None or np.isrealobj(overlap))
        self._dtype: type = float if is_real else complex
        self._analysed = layout.analysed(self._dtype, options.solver)

    def complement(self, energy: float, waves: Callable[[np.ndarray, int], np.ndarray]) -> Complement:
        """C(E), tried on waves of unit current, and corrected where they find it wrong.

        `waves` tells from C, and the number of the trial, mixtures of scattering states on the interface, (n, columns),
        real where C is.
        """
        with self._analysed.lent() as factorization:
            elimination = self._eliminated(energy, factorization)
            first = matrix = self._schur(factorization)
            trial = elimination.tried(matrix, waves(matrix, 0))
            for number, columns in enumerate(CORRECTIONS, start=1):
                if trial.error <= ELIMINATION_BOUND or not self.hermitian:
                    break
                matrix = elimination.corrected(first, self._random_waves(columns), self._pieces)
                trial = elimination.tried(matrix, waves(matrix, number))
            return self._vouched(energy, factorization, matrix, trial)

    def complements(
        self, energies: np.ndarray, waves: Callable[[np.ndarray], np.ndarray]
    ) -> list[Complement]:
        """C at a few energies, whose factors are kept side by side, tried but not corrected.

        `waves` tells from C (energies, n, n) the mixtures of scattering states, (energies, n, columns).
        """
        with ExitStack() as lent:
            each = [lent.enter_context(self._analysed.lent()) for _ in energies]
            numbers = energies.tolist()
            eliminations = [self._eliminated(*pair) for pair in zip(numbers, each, strict=True)]
            matrices = np.array([self._schur(factorization) for factorization in each])
            trials = [
                elimination.tried(*pair)
                for elimination, *pair in zip(eliminations, matrices, waves(matrices), strict=True)
            ]
            return [self._vouched(*one) for one in zip(numbers, each, matrices, trials, strict=True)]

    def _schur(self, factorization: Factorization) -> np.ndarray:
        matrix = factorization.schur()
        if self.hermitian:  # which elimination in complex arithmetic forgets
            matrix = (matrix + matrix.conj().T) / 2
        return matrix

    def _vouched(
        self, energy: float, factorization: Factorization, matrix: np.ndarray, trial: Trial
    ) -> Complement:
        figures = dict(factorization.certificate()) | self._figures(energy, trial)
        times = _largest(matrix) / self._size(energy)
        figures["schur_growth"] = (float(np.finfo(float).eps * times), _GROWTH_BOUND)
        return Complement(matrix, factorization.name, factorization.reason, figures)

    def tried(self, energy: float, complement: Complement, p: np.ndarray) -> Figures:
        """What waves p on the interface, (n, columns), say of a C that others have found already."""
        with self._analysed.lent() as factorization:
            trial = self._eliminated(energy, factorization).tried(complement.matrix, p)
        return self._figures(energy, trial)

    def _random_waves(self, columns: int) -> np.ndarray:
        size = len(self.interface), columns
        return np.random.default_rng(size).standard_normal(size)

    def _eliminated(self, energy: float, factorization: Factorization) -> Elimination:
        values = self._shifted(energy)
        factorization.factor(values)
        a = self._pattern.matrix(values)
        return Elimination(a, self.interface, self._inner, factorization, self.hermitian)

    def _figures(self, energy: float, trial: Trial) -> Figures:
        return {
            "elimination_error": (trial.error, ELIMINATION_BOUND),
            "condition": self.condition(energy, trial.storage),
        }

    def condition(self, energy: float, storage: float) -> tuple[float, float]:
        """By how much S changes where E − H is rounded, from the storage of a wave; and its bound."""
        return float(np.finfo(float).eps * self._size(energy) * storage), CONDITION_BOUND

    def _size(self, energy: float) -> float:
        """The largest element of E − H, or more."""
        return max(self._scale, abs(energy) * self._unit, 1e-300)

    @cached_property
    def _pieces(self) -> list[np.ndarray]:
        """The places in the interface that belong to each connected piece of the region, which are apart for good."""
        strength = np.abs(self._values)
        if self._overlap is not None:
            strength = strength + np.abs(self._overlap)
        bound, size = strength > 0, self._pattern.size
        where = self._pattern.rows[bound], self._pattern.indices[bound]
        bonds: Any = sparse.csr_matrix((strength[bound], where), shape=(size, size))
        _, piece = connected_components(bonds, directed=False)
        of_interface = piece[self.interface]
        return [np.flatnonzero(of_interface == number) for number in np.unique(of_interface)]

    def absorbed(self, psi: np.ndarray, complement: Complement | None) -> np.ndarray:
        """ψ†Xψ, X = i(A† − A): the flux that the region takes from each pair of waves, A being E − H, or C.

        For H = H₀ − iη it is 2η ψ†ψ. With ψ on the interface alone it takes C, which has eliminated the rest.
        """
        if len(psi) == self._pattern.size:
            matrix: Any = self._pattern.matrix(self._values)  # E does not matter
            taken = 1j * (matrix - matrix.conj().T)
        elif complement is not None:
            taken = 1j * (complement.matrix.conj().T - complement.matrix)
        else:
            raise ValueError("waves on the interface need the complement")
        return psi.conj().T @ (taken @ psi)

    def by_schur(self, complement: Complement, sigma: np.ndarray, source: np.ndarray) -> Solution:
        """Solve with Σ on the interface."""
        matrix = complement.matrix - sigma
        psi = dense_solve(matrix, source)
        # Backward stable: S is that of a C with an error ε|C|.
        times = np.finfo(float).eps * _largest(matrix) * _largest(psi) ** 2
        figures = {
            **complement.figures,
            "residual": (residual(matrix, psi, source), self._options.residual_bound),
            "interface_growth": (float(times), INTERFACE_GROWTH_BOUND),
        }
        return Solution(psi, "schur", complement.backend, figures)

    def by_reaction_matrix(
        self, complement: Complement, sigma: np.ndarray, width: np.ndarray, partner: np.ndarray
    ) -> Solution:
        """As `by_schur`, with the anti-Hermitian part of Σ, −iWW†/2, taken out: G W = A⁻¹W(1 + iR/2)⁻¹, R = W†A⁻¹W.

        S is then the Cayley transform of the Hermitian R (the reaction matrix), and keeps its digits where Σ is large,
        as it is next to a threshold whose standing wave does not vanish at the surface of the lead.
        """
        matrix = complement.matrix - (sigma + sigma.conj().T) / 2
        waves = dense_solve(matrix, width)
        reaction = width.conj().T @ waves
        reaction = (reaction + reaction.conj().T) / 2
        psi = waves @ dense_solve(np.eye(len(reaction)) + 0.5j * reaction, 1j * partner)
        missed = residual(complement.matrix - sigma, psi, 1j * width @ partner)
        figures = {
            **complement.figures,
            "residual": (missed, self._options.residual_bound),
            "interface_growth": (float(growth(_largest(matrix), waves, width)), INTERFACE_GROWTH_BOUND),
        }
        return Solution(psi, "reaction matrix", complement.backend, figures)

    def by_refinement(
        self, energy: float, sigma: np.ndarray, source: np.ndarray, *, everywhere: bool = False
    ) -> Solution:
        """The waves in the interior too, from C and the factors of that, refined against E − H − Σ.

        ψ is on the interface, or `everywhere`, as it is where flux is lost.
        """
        matrix = self._pattern.matrix(self._shifted(energy)).astype(complex)
        b, r = self.interface, self._inner
        across, back = matrix[r][:, b], matrix[b][:, r]
        with self._analysed.lent() as factorization:
            factorization.factor(self._shifted(energy))
            reduced = factorization.schur() - sigma

            def solved(rhs: np.ndarray) -> np.ndarray:
                x = np.zeros(rhs.shape, dtype=complex)
                own = self._inside(factorization, rhs[r])
                x[b] = dense_solve(reduced, rhs[b] - back @ own)
                x[r] = own - self._inside(factorization, across @ x[b])
                return x

            return self._refined("refined", factorization.name, solved, energy, sigma, source, everywhere)

    def _refined(
        self,
        route: str,
        backend: str,
        solved: Callable[[np.ndarray], np.ndarray],
        energy: float,
        sigma: np.ndarray,
        source: np.ndarray,
        everywhere: bool,
    ) -> Solution:
        """ψ refined with an approximate solver, some columns at a time: where it is needed, everywhere or for S."""
        b, size = self.interface, self._pattern.size
        exact, leads = (
            PreciseMatrix(self._pattern, *self._exactly_shifted(energy)),
            PreciseMatrix.dense(sigma),
        )
        scale = max(self._size(energy), _largest(sigma))
        keep_all = everywhere or not self.hermitian  # what is absorbed inside shows inside
        most = max(1, int(_COLUMN_BYTES / (16 * size)))
        parts, worst = [np.zeros((size if keep_all else len(b), 0), dtype=complex)], (0.0, 0.0)
        for start in range(0, source.shape[1], most):
            some = source[:, start : start + most]
            rhs = np.zeros((size, some.shape[1]), dtype=complex)
            rhs[b] = some

            def missed(x: np.ndarray, some: np.ndarray = some) -> np.ndarray:
                """Q + Σx − Ax."""
                left, rest = (-part for part in exact.product(x))
                outside, small = leads.product(x[b])
                left[b], lost = exact_sum(left[b], outside)
                left[b], also = exact_sum(left[b], some)
                rest[b] += small + lost + also
                return left + rest

            def measure(change: np.ndarray, x: np.ndarray) -> float:
                """The change of S, or of waves inside: one that goes on has not found its narrow resonance yet."""
                each = np.abs(change).max(axis=0) / (np.abs(x).max(axis=0) + 1e-300)
                return float(np.max([np.abs(source.conj().T @ change[b]).max(initial=0.0), each.max()]))

            psi, *own = refined(solved, missed, rhs, scale, measure)
            parts.append(psi if keep_all else psi[b])
            worst = tuple(np.max([worst, own], axis=0).tolist())  # NaN stays
        figures = {"residual": (worst[0], _REFINED_BOUND), "correction": (worst[1], _CORRECTION_BOUND)}
        return Solution(np.concatenate(parts, axis=1), route, backend, figures)

    def _inside(self, factorization: Factorization, rhs: np.ndarray) -> np.ndarray:
        """A_rr⁻¹ · rhs of complex columns."""
        if not len(rhs):
            return rhs
        if self._dtype is complex:
            return factorization.solve(rhs)
        both = factorization.solve(np.concatenate([np.real(rhs), np.imag(rhs)], axis=1))
        return both[:, : rhs.shape[1]] + 1j * both[:, rhs.shape[1] :]

    def by_full_matrix(
        self,
        energy: float,
        sigma: np.ndarray,
        source: np.ndarray,
        *,
        pivoting: bool = False,
        everywhere: bool = False,
    ) -> Solution:
        """Solve (E − H − Σ)ψ = Q for the whole region, with a small imaginary shift or with pivoting, refined.

        `everywhere` as in `by_refinement`.
        """
        matrix = self._open_system(energy, sigma)
        pattern = Pattern.of(matrix)
        factorization = (
            SuperLU(pivoting=True) if pivoting else back_end(self._options.solver, size=pattern.size)
        )
        factorization.analyse(pattern, dtype=complex)
        values = matrix.data.copy()
        if not pivoting:
            values[pattern.diagonal] += 1j * _SHIFT * self._size(energy)
        factorization.factor(values)
        route = "pivoting" if pivoting else "full"
        return self._refined(
            route, factorization.name, factorization.solve, energy, sigma, source, everywhere
        )

    def _open_system(self, energy: float, sigma: np.ndarray) -> sparse.csr_array:
        """E − H − Σ as a sparse matrix."""
        size, interface = self._pattern.size, self.interface
        own = self._pattern.matrix(self._shifted(energy)).tocoo()
        rows = np.concatenate([own.coords[0], np.repeat(interface, len(interface))])
        columns = np.concatenate([own.coords[1], np.tile(interface, len(interface))])
        data = np.concatenate([own.data, -sigma.ravel()])
        matrix = sparse.coo_array((data, (rows, columns)), shape=(size, size)).tocsr()
        matrix.sort_indices()
        return matrix

    def _shifted(self, energy: float) -> np.ndarray:
        """The stored elements of E − H, or of E·O − H."""
        values = -self._values if self._overlap is None else energy * self._overlap - self._values
        if self._overlap is None:
            values[self._pattern.diagonal] += energy
        return values

    def _exactly_shifted(self, energy: float) -> tuple[np.ndarray, np.ndarray]:
        """The stored elements of E − H, or of E·O − H, and what rounding took from them."""
        if self._overlap is not None:
            product, lost = exact_product(energy, self._overlap)
            values, rest = exact_sum(product, -self._values)
            return values, rest + lost
        values, rest, diagonal = -self._values, np.zeros_like(self._values), self._pattern.diagonal
        values[diagonal], rest[diagonal] = exact_sum(energy, values[diagonal])
        return values, rest


def _largest(matrix: np.ndarray) -> float:
    return float(np.abs(matrix).max(initial=0.0))


def first_certified(attempts: list[Callable[[], Solution]]) -> tuple[Solution, tuple[str, ...]]:
    """The first solution that keeps its bounds, or the last one tried; with a note for each that was passed over.

    One that is sensitive to rounding is taken if none of the others keeps its bounds.
    """
    notes: list[str] = []
    solution = second = None
    for attempt in attempts:
        try:
            solution = attempt()
        except NumericalError as error:
            notes.append(str(error))
            continue
        if not solution.broken and not solution.sensitive:
            return solution, tuple(notes)
        if not solution.broken:
            second = second or solution
            notes.append(
                f"route {solution.route} set aside: condition = {solution.figures['condition'][0]:.1e}"
            )
            continue
        figures = ", ".join(f"{name} = {solution.figures[name][0]:.1e}" for name in solution.broken)
        notes.append(f"route {solution.route} passed over: {figures}")
    if second is not None:
        return second, tuple(notes)
    if solution is None:
        raise NumericalError("the linear problem of the region has no solution: " + "; ".join(notes))
    return solution, tuple(notes)
