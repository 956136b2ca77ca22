"""The linear problem of a scattering region, by several routes.

With Σ = Σ_α Σ_α on the interface orbitals b, and the rest of the region r, the amplitudes on the interface obey

    [C(E) − Σ] ψ_b = Q,     C = (E − H)_bb − (E − H)_br (E − H)_rr⁻¹ (E − H)_rb.

**schur**: one sparse factorization gives C, without any Σ inside: real when H is real, and one analysis for a whole
sweep. It has a weak point: where E is a level of the region cut off from its interface, C has a pole although S has
none, and beside it elimination loses digits. Perturbed pivots, the growth of C, and the equations of the interior, on
which one wave is tried, betray it.
**reaction matrix**: the same C; Σ enters in two steps, which loses less where it is large.
**refined**: the waves in the interior too, and both refined against the true matrix.
**full**: the whole sparse matrix E − H − Σ, which is regular there. Its pivots may vanish all the same (at a band
centre the diagonal does), so what is factored is E + iη − H − Σ with a small η, and the solution is refined against the
true matrix until its residual is at rounding: each step gains a factor η over the distance to the next resonance.
**pivoting**: the same matrix without η, with exchange of rows: slow, and the last resort.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ..errors import NumericalError
from ..linalg import Factorization, Pattern, SuperLU, back_end
from ..options import Options
from .layout import Layout
from .refinement import dense_solve, refined, residual

#: Largest max|C| / max|E − H|, times the rounding error: digits lost next to a pole of C.
_GROWTH_BOUND = 1e-11
#: Relative error of C, as waves in the interior find it: what is corrected, how often at most, and what is allowed.
_ELIMINATION_GOAL, _CORRECTIONS, _ELIMINATION_BOUND = 5e-10, 5, 5e-9
#: Least part of a correction along the probe that found it.
_ALONG = 1e-4
#: Largest residual of the full routes: they are refined until it is at rounding.
_REFINED_BOUND = 1e-13
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
        self._scale = float(np.abs(values).max(initial=0.0))
        is_real = hermitian and np.isrealobj(values) and (overlap is None or np.isrealobj(overlap))
        self._dtype: type = float if is_real else complex
        self._analysed = layout.analysed(self._dtype, options.solver)
        size = len(self.interface), _CORRECTIONS + 1
        self._probes = np.random.default_rng(size[0]).standard_normal(size)

    def complement(self, energy: float) -> Complement:
        """C(E), tried on waves in the interior, and corrected where they find it wrong."""
        with self._analysed.lent() as factorization:
            factorization.factor(self._shifted(energy))
            matrix = factorization.schur()
            if self.hermitian:  # which elimination in complex arithmetic forgets
                matrix = (matrix + matrix.conj().T) / 2
            figures = dict(factorization.certificate())
            if len(self._inner) and len(self.interface):
                tried = self._correct if self.hermitian else self._missed
                with np.errstate(all="ignore"):  # a useless factorization shows in the error
                    error = tried(energy, factorization, matrix)
                figures["elimination_error"] = (error, _ELIMINATION_BOUND)
        growth = np.finfo(float).eps * np.abs(matrix).max(initial=0.0) / max(self._scale, abs(energy), 1e-300)
        figures["schur_growth"] = (float(growth), _GROWTH_BOUND)
        return Complement(matrix, factorization.name, factorization.reason, figures)

    def _correct(self, energy: float, factorization: Factorization, c: np.ndarray) -> float:
        """The relative error of C in the direction of a random p, after corrections of C if it was large.

        The wave z = (−A_rr⁻¹A_rb p, p) leaves Az = (ρ, Cp) with ρ = 0. Elimination without exchange of rows is exact
        for a matrix a little off; then ρ does not vanish, z†Az − p†Cp is the error of p†Cp to first order in ρ, and
        d = (Az)_b − A_br A_rr⁻¹ρ − Cp that of Cp. As single small pivots are to blame, the error has a low rank, and
        C + dd†/p†d is right (symmetric rank-one update), in each connected piece of the region by itself. Each update
        is tried on a wave of its own.
        """
        a = self._pattern.matrix(self._shifted(energy))
        b, r = self.interface, self._inner
        error = np.inf
        for number in range(_CORRECTIONS + 1):
            p = self._probes[:, [number]]
            wave = np.zeros((self._pattern.size, 1), dtype=self._dtype)
            wave[b] = p
            wave[r] = factorization.extended(p, (a @ wave)[r])
            image = a @ wave
            off = image[b] - c @ p
            error = float(
                np.abs(wave[r].conj().T @ image[r] + p.T @ off).item() / max(np.abs(c).max(), self._scale)
            )
            if not error > _ELIMINATION_GOAL or number == _CORRECTIONS:
                break
            wave[b], wave[r] = 0, factorization.solve(image[r])
            d = off - (a @ wave)[b]
            for piece in self._pieces:
                own = d[piece]
                along = (p[piece].T @ own).item()
                if np.abs(along) > _ALONG * np.linalg.norm(p[piece]) * np.linalg.norm(own):
                    c[np.ix_(piece, piece)] += own @ own.conj().T / np.real(along)
        return error

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

    def _missed(self, energy: float, factorization: Factorization, c: np.ndarray) -> float:
        """The relative error of Cp for a random p, where A is not Hermitian; nothing is corrected then."""
        a = self._pattern.matrix(self._shifted(energy))
        b, r = self.interface, self._inner
        wave = np.zeros((self._pattern.size, 1), dtype=complex)
        wave[b] = self._probes[:, [0]]
        wave[r] = -factorization.solve((a @ wave)[r])
        image = a @ wave
        wave[b], wave[r] = 0, factorization.solve(image[r])
        missed = image[b] - c @ self._probes[:, [0]] - (a @ wave)[b]
        return float(np.abs(missed).max() / max(np.abs(c).max(), self._scale))

    def absorbed(self, psi: np.ndarray, complement: Complement | None) -> np.ndarray:
        """ψ†Xψ, X = i(A† − A): the flux that the region takes from each pair of waves, A being E − H, or C.

        For H = H₀ − iη it is 2η ψ†ψ. With ψ on the interface alone it takes C, which has eliminated the rest.
        """
        if len(psi) == self._pattern.size:
            image = self._pattern.matrix(self._shifted(0.0)) @ psi
        elif complement is not None:
            image = complement.matrix @ psi
        else:
            raise ValueError("waves on the interface need the complement")
        product = psi.conj().T @ image
        return 1j * (product.conj().T - product)

    def by_schur(self, complement: Complement, sigma: np.ndarray, source: np.ndarray) -> Solution:
        """Solve with Σ on the interface."""
        matrix = complement.matrix - sigma
        psi = dense_solve(matrix, source)
        figures = {
            **complement.figures,
            "residual": (residual(matrix, psi, source), self._options.residual_bound),
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
        figures = {**complement.figures, "residual": (missed, self._options.residual_bound)}
        return Solution(psi, "reaction matrix", complement.backend, figures)

    def by_refinement(self, energy: float, sigma: np.ndarray, source: np.ndarray) -> Solution:
        """The waves everywhere, from C and the factors of the interior, refined against E − H − Σ; ψ is everywhere."""
        matrix = self._pattern.matrix(self._shifted(energy)).astype(complex)
        b, r = self.interface, self._inner
        across, back = matrix[r][:, b], matrix[b][:, r]
        with self._analysed.lent() as factorization:
            factorization.factor(self._shifted(energy))
            reduced = factorization.schur() - sigma

            def solved(rhs: np.ndarray) -> np.ndarray:
                x = np.zeros(rhs.shape, dtype=complex)
                own = self._eliminated(factorization, rhs[r])
                x[b] = dense_solve(reduced, rhs[b] - back @ own)
                x[r] = own - self._eliminated(factorization, across @ x[b])
                return x

            rhs = np.zeros((matrix.shape[0], source.shape[1]), dtype=complex)
            rhs[b] = source

            def applied(x: np.ndarray) -> np.ndarray:
                image = matrix @ x
                image[b] -= sigma @ x[b]
                return image

            psi, missed = refined(solved, applied, rhs, max(self._scale, np.abs(sigma).max(initial=0.0)))
        return Solution(psi, "refined", factorization.name, {"residual": (missed, _REFINED_BOUND)})

    def _eliminated(self, factorization: Factorization, rhs: np.ndarray) -> np.ndarray:
        """A_rr⁻¹ · rhs of complex columns."""
        if not len(rhs):
            return rhs
        if self._dtype is complex:
            return factorization.solve(rhs)
        both = factorization.solve(np.concatenate([np.real(rhs), np.imag(rhs)], axis=1))
        return both[:, : rhs.shape[1]] + 1j * both[:, rhs.shape[1] :]

    def by_full_matrix(
        self, energy: float, sigma: np.ndarray, source: np.ndarray, *, pivoting: bool = False
    ) -> Solution:
        """Solve (E − H − Σ)ψ = Q for the whole region, with a small imaginary shift or with pivoting, refined.

        ψ is everywhere.
        """
        matrix, rhs = self._open_system(energy, sigma, source)
        pattern = Pattern.of(matrix)
        factorization = (
            SuperLU(pivoting=True) if pivoting else back_end(self._options.solver, size=pattern.size)
        )
        factorization.analyse(pattern, dtype=complex)
        values = matrix.data.copy()
        if not pivoting:
            values[pattern.diagonal] += 1j * _SHIFT * max(self._scale, abs(energy))
        factorization.factor(values)
        scale = float(np.abs(matrix.data).max())
        psi, missed = refined(factorization.solve, lambda x: matrix @ x, rhs, scale)
        route = "pivoting" if pivoting else "full"
        return Solution(psi, route, factorization.name, {"residual": (missed, _REFINED_BOUND)})

    def _open_system(
        self, energy: float, sigma: np.ndarray, source: np.ndarray
    ) -> tuple[sparse.csr_array, np.ndarray]:
        """E − H − Σ as a sparse matrix, and the sources in all rows of the region."""
        size, interface = self._pattern.size, self.interface
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
        """The stored elements of E − H, or of E·O − H."""
        values = -self._values if self._overlap is None else energy * self._overlap - self._values
        if self._overlap is None:
            values[self._pattern.diagonal] += energy
        return values


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
