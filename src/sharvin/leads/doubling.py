"""Modes of a wide lead by doubling: a few products of matrices in place of an eigenproblem of twice its width.

Eliminating every other cell of (E − h0)ψ_n = vψ_{n+1} + v†ψ_{n−1} leaves an equation of the same form,

    A′ = A − VA⁻¹V† − V†A⁻¹V,    V′ = VA⁻¹V,    and for the first cell  A_s′ = A_s − VA⁻¹V†,

between cells 2, 4, 8, … apart, so that evanescent waves die out of the coupling, whose rank r falls to that of the
open and the slowly decaying waves: V = UW†. What is left is a pencil of size 2r for (x_n, z_n) = (W†ψ_n, U†ψ_{n−1}),

    x_n = W†A⁻¹U x_{n+1} + W†A⁻¹W z_n,    z_{n+1} = U†A⁻¹U x_{n+1} + U†A⁻¹W z_n,

whose outgoing waves obey x₁ = K z₁, and Σ = (A − A_s) + UKU† on the first cell. Everything is real but the pencil's
waves where the lead has a real basis (`real_basis`). No η is needed, and none is used; what is lost is the accuracy
that a level of the eliminated strip next to E costs, and that is measured.
(C. H. Guo and W. W. Lin, SIAM J. Matrix Anal. Appl. 31, 2784 (2010); M. P. López Sancho, J. M. López Sancho and
J. Rubio, J. Phys. F 15, 851 (1985).)
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, sparse

from ..errors import NumericalError
from .energy_shell import Open, Shell, groups_of, on_shell, ordered, single_states
from .gauge import single_gauge, standard_gauge
from .modes import Modes, mode_residual
from .real_basis import RealBasis, real_basis
from .schur_form import ordered_schur

_SHORTEST, _LONG, _LONGEST = 16, 64, 2048  # cells
_STAY = 0.9  # of the waves remain over a doubling: they are open
_RANK = 1e-13  # singular values of the coupling below this, relative to the largest or to the hopping, are rounding
#: | ln|λ| | of open modes, and of decaying waves; what lies between is told apart by the pencil.
_ON_CIRCLE, _OFF_CIRCLE = 1e-8, 1e-4
_FILLED = 0.1  # share of elements below which a matrix is better kept sparse
_CARRIES = 1e-7  # least current of an open wave, relative to the largest
_GOOD, _SOLVED = 1e-11, 1e-10  # relative residual of Σ: not to be improved, and allowed
_MODE_SOLVED = 1e-8  # relative residual of each mode


@dataclass(frozen=True, eq=False)
class WideLead:
    """A lead as the doubling takes it: all that does not depend on energy.

    Attributes
    ----------
    h0, v
        The matrices in the orbitals of the cell, sparse where most of their elements are zero.
    basis
        A basis in which they are real, or the orbitals themselves.
    kept, rest
        Orbitals (of that basis) that hop outward, and the others, which are eliminated cell by cell.
    """

    h0: Any
    v: Any
    basis: RealBasis
    kept: np.ndarray
    rest: np.ndarray

    @classmethod
    def of(cls, h0: np.ndarray, v: np.ndarray) -> "WideLead":
        """Find the real basis, and the orbitals that hop outward."""
        basis = real_basis(h0, v) or RealBasis(None, 1.0, h0, v)
        outward = np.abs(basis.v).max(axis=1) > 1e-14 * np.abs(v).max()
        return cls(_sparse(h0), _sparse(v), basis, np.flatnonzero(outward), np.flatnonzero(~outward))

    def modes(self, energy: float, references: np.ndarray) -> Modes:
        """The modes at an energy in eV; `NumericalError` where another way has to be taken."""
        chain = _Chain.of(self, energy)
        found: list[Modes] = []
        reason = ""
        for first in (2, 3):
            try:
                found.append(self._from(chain, first, energy, references))
            except NumericalError as error:
                reason = str(error)
            if found and found[-1].residual <= _GOOD:
                break
        best = min(found, key=lambda modes: modes.residual, default=None)
        if best is None:
            raise NumericalError(reason)
        if not (best.residual <= _SOLVED and best.mode_residual <= _MODE_SOLVED):
            missed = f"{best.residual:.1e} in Σ and {best.mode_residual:.1e} in a mode"
            raise NumericalError(f"doubling left a residual of {missed} at E = {energy:.12g} eV")
        return best

    def _from(self, chain: "_Chain", first: int, energy: float, references: np.ndarray) -> Modes:
        """The modes from a strip that begins with `first` cells."""
        waves = _Strip.of(chain, first).waves(chain)
        sigma = np.zeros(self.h0.shape, dtype=complex)
        sigma[np.ix_(self.kept, self.kept)] = chain.beyond + waves.sigma
        sides: list[Open] = []
        for direction, (factors, states) in ((1, waves.out), (-1, waves.into)):
            cell = np.zeros((self.h0.shape[0], len(factors)), dtype=complex)
            cell[self.kept] = states
            cell[self.rest] = chain.back_after @ states / factors - chain.back_own @ states
            sides.append(self._side(energy, factors / self.basis.phase, cell, direction, references))
        out, into = sides
        missed = [mode_residual(self.h0, self.v, energy, side.factors, side.vectors) for side in sides]
        return Modes(
            into.vectors, out.vectors, into.factors, out.factors, out.velocity, np.arange(len(out.factors)),
            self.basis.spread_matrix(sigma), waves.residual, max(missed),
        )  # fmt: skip

    def _side(
        self, energy: float, factors: np.ndarray, states: np.ndarray, direction: int, references: np.ndarray
    ) -> Open:
        """Waves of one direction as modes: those of a momentum of their own at once, then the degenerate groups."""
        states, momenta = self.basis.spread(states), np.angle(factors)
        groups = groups_of(momenta)
        alone = np.array([members[0] for members in groups if len(members) == 1], dtype=int)
        shells: list[tuple[Any, Shell]] = [
            (momenta[alone], single_states(self.h0, self.v, energy, momenta[alone], states[:, alone]))
        ]
        for members in (members for members in groups if len(members) > 1):
            spread = np.angle(np.exp(1j * (momenta[members] - momenta[members[0]])).mean())
            momentum = float(momenta[members[0]] + spread)
            space = np.linalg.qr(states[:, members])[0]
            shells.append((momentum, on_shell(self.h0, self.v, energy, momentum, space)))
        if not all((direction * shell.velocity > 0).all() for _, shell in shells):
            raise NumericalError(f"a mode at E = {energy:.12g} eV stands")
        gauges = [single_gauge, *[standard_gauge] * (len(shells) - 1)]
        return ordered(
            [
                (momentum + shell.shift, gauge(shell.waves, shell.speed, references), shell.speed)
                for gauge, (momentum, shell) in zip(gauges, shells, strict=True)
            ],
            self.h0.shape[0],
            direction,
        )


@dataclass(frozen=True, eq=False)
class _Chain:
    """The kept orbitals of every cell at one energy: Aψ_n = Vψ_{n+1} + V†ψ_{n−1}.

    `beyond` is what the rest of the next cell adds to Σ; in cell n the rest is back_after ψ_{n−1} − back_own ψ_n.
    """

    onsite: np.ndarray
    hopping: np.ndarray
    beyond: np.ndarray
    back_own: np.ndarray
    back_after: np.ndarray

    @classmethod
    def of(cls, lead: WideLead, energy: float) -> "_Chain":
        """Eliminate the orbitals that do not hop outward, inside each cell."""
        kept, rest, v = lead.kept, lead.rest, lead.basis.v
        inverse = energy * np.eye(len(v)) - lead.basis.h0
        own, after = inverse[np.ix_(rest, kept)], v[np.ix_(kept, rest)]
        both = _solve(inverse[np.ix_(rest, rest)], np.concatenate([own, after.conj().T], axis=1))
        back_own, back_after = both[:, : len(kept)], both[:, len(kept) :]
        beyond = after @ back_after
        onsite = inverse[np.ix_(kept, kept)] - own.conj().T @ back_own - beyond
        return cls(_hermitian(onsite), v[np.ix_(kept, kept)] - after @ back_own, beyond, back_own, back_after)


@dataclass(frozen=True, eq=False)
class _Waves:
    """Σ on the first cell, less `beyond`; (factors, states) of the open waves outward and inward; a residual."""

    sigma: np.ndarray
    out: tuple[np.ndarray, np.ndarray]
    into: tuple[np.ndarray, np.ndarray]
    residual: float


@dataclass(frozen=True, eq=False)
class _Strip:
    """The chain between cells `period` apart: A, V = UW†, and A − A_s of the first cell."""

    onsite: np.ndarray
    left: np.ndarray
    right: np.ndarray
    surface: np.ndarray
    period: int

    @classmethod
    def of(cls, chain: _Chain, first: int) -> "_Strip":
        """From a period of `first` (2 or 3) cells, double it until few waves reach from one cell to the next."""
        scale, few = np.abs(chain.hopping).max(), max(12, len(chain.onsite) // 10)
        cells = _tripled if first == 3 else _doubled
        a, v, surface = cells(chain.onsite, chain.hopping)
        period, before = first, len(a)
        left, right = v, np.eye(len(a))
        while True:
            if period >= _SHORTEST:
                left, right = _factors(v, scale)
                rank = left.shape[1]
                # No need to go on once few waves are left, or those that are left do not decay.
                if rank <= few or (period >= _LONG and rank > _STAY * before) or period >= _LONGEST:
                    break
                before = rank
            a, v, outward = _doubled(a, v)
            surface, period = surface + outward, 2 * period
        return cls(a, left, right, surface, period)

    def waves(self, chain: _Chain) -> _Waves:
        """Σ from the outgoing waves of the pencil, and the open waves cell by cell."""
        r = self.left.shape[1]
        inside = _solve(self.onsite, np.concatenate([self.left, self.right], axis=1))
        xu, xw = np.hsplit(self.right.conj().T @ inside, 2)
        zu, zw = np.hsplit(self.left.conj().T @ inside, 2)
        none, one = np.zeros((r, r)), np.eye(r)
        pencil = np.block([[one, -xw], [none, zw]]), np.block([[xu, none], [-zu, one]])
        open_factors, open_waves, decaying = _divided(*pencil, self.period)
        forward, backward = _by_current(open_waves, r)
        space = np.concatenate([decaying, open_waves @ forward], axis=1)
        if space.shape[1] != r:
            raise NumericalError(f"{space.shape[1]} outgoing waves where {r} couple the cells")
        k = _solve(space[r:].T, space[:r].T).T
        sigma = self.surface + self.left @ k @ self.left.conj().T
        states = inside @ np.concatenate([open_factors * open_waves[:r], open_waves[r:]])
        out, residual = _cell_by_cell(chain, sigma, states @ forward)
        if np.isrealobj(chain.onsite):
            into = out[0].conj(), out[1].conj()
        else:
            into, advanced = _cell_by_cell(chain, sigma.conj().T, states @ backward)
            residual = max(residual, advanced)
        return _Waves(sigma, out, into, residual)


def _doubled(a: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A′, V′ and A_s − A_s′ without every other cell."""
    ahead, back = np.hsplit(_solve(a, np.concatenate([v, v.conj().T], axis=1)), 2)
    outward = v @ back
    return _hermitian(a - outward - v.conj().T @ ahead), v @ ahead, outward


def _tripled(a: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same with two of three cells eliminated: other strips, with other levels."""
    ahead, back = np.hsplit(_solve(a, np.concatenate([v, v.conj().T], axis=1)), 2)
    behind = v.conj().T @ back
    far, near = np.hsplit(_solve(a - v.conj().T @ ahead, np.concatenate([v, behind], axis=1)), 2)
    outward = v @ (back + ahead @ near)
    return _hermitian(a - outward - v.conj().T @ far), v @ (ahead @ far), outward


def _divided(now: np.ndarray, then: np.ndarray, period: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Factors and vectors of the open waves of now w = Λ then w, and a basis of the decaying ones."""
    factors, vectors = linalg.eig(now, then, check_finite=False)
    with np.errstate(divide="ignore"):
        decay = np.abs(np.log(np.abs(factors))) / period
    is_open = decay < _ON_CIRCLE
    if not np.all(is_open | (decay > _OFF_CIRCLE)):
        raise NumericalError("a wave decays so slowly that doubling cannot tell it from an open one")
    count = (len(now) - int(is_open.sum())) // 2
    if count == 0:
        return factors[is_open], vectors[:, is_open], np.zeros((len(now), 0))
    inside = 1 - period * _OFF_CIRCLE / 2
    *_, z = ordered_schur(now, then, lambda p, q: p < inside * q, "real" if np.isrealobj(now) else "complex")
    return factors[is_open], vectors[:, is_open], z[:, :count]


def _by_current(waves: np.ndarray, r: int) -> tuple[np.ndarray, np.ndarray]:
    """Combinations of the open waves (x; z) that carry current outward, and inward: J = i(z†x − x†z)."""
    product = 1j * waves[r:].conj().T @ waves[:r]
    current, combinations = np.linalg.eigh(product + product.conj().T)
    count = len(current) // 2
    if len(current) % 2 or not (
        (current[:count] < 0).all()
        and (current[count:] > 0).all()
        and np.abs(current).min(initial=np.inf) > _CARRIES * np.abs(current).max(initial=0.0)
    ):
        raise NumericalError("not as many open waves run outward as inward, or one stands")
    return combinations[:, count:], combinations[:, :count]


def _cell_by_cell(
    chain: _Chain, sigma: np.ndarray, space: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray], float]:
    """(λ, φ) of the waves of one direction from the space they span, by F = (A − Σ)⁻¹V†; and the residual of Σ = VF."""
    count, probes = space.shape[1], np.eye(len(sigma))[:, :: max(1, len(sigma) // 4)]
    after = _solve(chain.onsite - sigma, chain.hopping.conj().T @ np.concatenate([space, probes], axis=1))
    scale = (
        max(np.abs(sigma).max(), np.abs(chain.hopping).max()) * max(1.0, np.abs(after[:, count:]).max()) ** 2
    )
    residual = np.abs(sigma @ probes - chain.hopping @ after[:, count:]).max() / scale
    factors, combinations = np.linalg.eig(np.linalg.lstsq(space, after[:, :count])[0])
    return (factors, space @ combinations), float(residual)


def _factors(v: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """U and W with V = UW†, of as many columns as V has rank."""
    q, r, order = linalg.qr(v, mode="economic", pivoting=True, check_finite=False)
    size = np.abs(np.diag(r))
    rank = int(np.count_nonzero(size > _RANK * max(size[0], scale)))
    right = np.zeros((len(v), rank), dtype=v.dtype)
    right[order] = r[:rank].conj().T
    return q[:, :rank], right


def _solve(matrix: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    if not len(matrix):
        return np.zeros_like(rhs)
    gesv: Any = linalg.get_lapack_funcs("gesv", (matrix, rhs))
    *_, x, singular = gesv(matrix, rhs)
    if singular:
        raise NumericalError("a level of the eliminated cells lies at this energy")
    return x


def _sparse(matrix: np.ndarray) -> Any:
    """A matrix, as a sparse one where that makes its products cheaper."""
    return sparse.csr_array(matrix) if np.count_nonzero(matrix) < _FILLED * matrix.size else matrix


def _hermitian(matrix: np.ndarray) -> np.ndarray:
    return (matrix + matrix.conj().T) / 2
