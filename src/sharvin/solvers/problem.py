"""The scattering problem of a system at one set of parameters, at any energies.

The Schur route serves every energy first: C from one sparse factorization (`region`), the leads' Σ, W and U (`ports`),
and the dense problem on the interface, for many energies in stacked calls (`interface`). Each matrix is vouched for by
the figures of its elimination, its linear problem and its leads, and by unitarity; one that is not certified is
computed again by the next route. A region that absorbs has no unitary S: there the flux that is missing from S†S must
be the flux that the region takes from the waves, 1 − S†S = ψ†i(A† − A)ψ, A = E − H.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import NotCertified, NumericalError
from ..model.system import System
from ..options import Options, forced_solver
from ..scattering import unitarity_error
from .complement import INTERFACE_GROWTH_BOUND, Complement
from .interface import LEAD_CONDITION_BOUND, WIDTH_BOUND, Interface, Solved
from .layers import LAYER_BOUNDS
from .layout import layout_of
from .port_checks import width_residual
from .ports import BOUNDS, LeadPorts, Ports
from .region import Region
from .secular import SecularMatrix
from .solution import Figures, Solution, first_certified
from .whole_region import WholeRegion

#: Orbitals up to which C is tried on more waves at once, and how many, there and in larger regions.
_FEW, _MANY_WAVES, _WAVES = 300, 4, 2
#: Orbitals up to which a few energies are eliminated side by side, and how many: that saves Python, not arithmetic.
_SIDE_BY_SIDE, _TOGETHER = 1000, 5
#: Draws of random waves that take turns, by the energy.
_DRAWS = 16
REMEDY = "Move the energy by a part in 10⁹, look for isolated pieces, or loosen the bound in Options"
_LAYERED = "layers in stacked calls: a small region, many energies"

_Attempts = list[Callable[[], Solution]]


@dataclass(frozen=True, eq=False)
class Point:
    """S at one energy, on the modes that are open there, with what vouches for it; perhaps the waves everywhere."""

    matrix: np.ndarray
    labels: list[np.ndarray]
    momentum: np.ndarray
    velocity: np.ndarray
    route: str
    backend: str
    figures: Figures
    notes: tuple[str, ...]
    psi: np.ndarray | None = None


class Problem:
    """A system at one set of parameters: the region, the leads, and who shares which interface orbitals."""

    def __init__(self, system: System, params: Mapping[str, Any], options: Options) -> None:
        layout = layout_of(system, dict(params))
        self.names = system.leads
        self.leads, self.places, self.interface = layout.leads, layout.places, layout.interface
        values, overlap = system.hamiltonian(**params).data, system.body.overlap
        self._secular = SecularMatrix(layout.pattern, values, overlap, system.hermitian)
        self._region = Region(self._secular, layout, options.solver)
        self._whole = WholeRegion(self._secular, layout, options.solver)
        self._options, self._layout = options, layout
        self._columns = _MANY_WAVES if layout.pattern.size <= _FEW else _WAVES
        self._bounds = {
            "width_residual": WIDTH_BOUND,
            "residual": options.residual_bound,
            "interface_growth": INTERFACE_GROWTH_BOUND,
            "lead_condition": LEAD_CONDITION_BOUND,
            "unitarity_error": options.unitarity_bound,
        }
        plain = overlap is None and system.hermitian
        self._may_layer = plain and options.solver == "auto" and forced_solver() is None

    def at(self, energies: np.ndarray) -> list[Point]:
        """S at several energies."""
        sides = self._sides(energies)
        is_open = sides.open_modes.any(axis=1)
        if not is_open.all():
            solved = iter(self.at(energies[is_open]) if is_open.any() else ())
            return [
                next(solved) if waves else self._point(sides, row, self._closed(sides), ())
                for row, waves in enumerate(is_open.astype(bool).tolist())
            ]
        if not self._secular.hermitian:
            return [self._absorbing(float(energy), sides, row) for row, energy in enumerate(energies)]
        return self._by_elimination(energies, sides)

    def _by_elimination(self, energies: np.ndarray, sides: Interface) -> list[Point]:
        """S of a region that conserves flux: C by layers, for all energies together, or by sparse elimination."""
        if self._may_layer and self._layout.suits_layers(len(energies)):
            found = self._by_layers(energies, sides)
        elif self._layout.pattern.size > _SIDE_BY_SIDE:
            found = [self._complement(energy, sides, row) for row, energy in enumerate(energies.tolist())]
        else:
            starts = range(0, len(energies), _TOGETHER)
            found = [one for start in starts for one in self._together(energies, sides, start)]
        points = []
        for row, (complement, solved) in enumerate(found):
            figures = {
                **complement.figures,
                **{name: (float(values[0]), self._bounds[name]) for name, values in solved.figures.items()},
            }
            none = np.zeros((0, 0))  # the waves themselves were not kept
            solution = Solution(none, complement.route, complement.backend, figures, solved.matrices[0])
            notes: tuple[str, ...] = (complement.reason,)
            if solution.broken or solution.sensitive:
                energy, first = float(energies[row]), solution  # as it is now: the loop goes on
                attempts = [lambda first=first: first]
                if solution.broken and "condition" not in solution.broken:  # which no route on C mends
                    attempts += self._by_complement(complement, sides, row)
                solution, others = self._certified(energy, sides, row, complement, attempts)
                notes = (*notes, *others)
            points.append(self._point(sides, row, solution, notes))
        return points

    def states_at(self, energies: np.ndarray) -> list[Point]:
        """S at several energies, and the waves of all incoming modes on all orbitals of the region."""
        sides = self._sides(energies)
        points = []
        for row, energy in enumerate(energies.tolist()):
            if sides.open_modes[row].any():
                solution, notes = self._certified(energy, sides, row, None, [], everywhere=True)
            else:
                solution, notes = self._closed(sides), ()
            points.append(self._point(sides, row, solution, notes, everywhere=True))
        return points

    def _sides(self, energies: np.ndarray) -> Interface:
        """All leads at several energies, each certified."""
        ports = [
            certified_ports(name, lead, energies) for name, lead in zip(self.names, self.leads, strict=True)
        ]
        return Interface.of(ports, self.places, len(self.interface))

    def _by_layers(self, energies: np.ndarray, sides: Interface) -> list[tuple[Complement, Solved]]:
        """C and S at every energy, by layers where that can be vouched for."""
        kept: list[Solved] = []

        def waves(c: np.ndarray) -> np.ndarray:
            kept.append(sides.solved(c, columns=self._columns))
            return kept[0].mixed

        matrices, figures = self._layout.layers.complements(self._secular.h, energies, waves=waves)
        found = []
        for row, energy in enumerate(energies.tolist()):
            own: Figures = {name: (float(figures[name][row]), bound) for name, bound in LAYER_BOUNDS.items()}
            own["condition"] = self._region.condition(energy, float(figures["storage"][row]))
            if all(value <= bound for value, bound in own.values()):
                found.append((Complement(matrices[row], "numpy", _LAYERED, own, "layers"), kept[0].at(row)))
            else:
                found.append(self._complement(energy, sides, row))
        return found

    def _together(
        self, energies: np.ndarray, sides: Interface, start: int
    ) -> list[tuple[Complement, Solved]]:
        """C and S at the next few energies, with the dense problems in the same calls."""
        rows = slice(start, start + _TOGETHER)
        kept: list[Solved] = []

        def waves(c: np.ndarray) -> np.ndarray:
            draw = hash(float(energies[start])) % _DRAWS
            kept.append(sides.solved(c, rows, columns=self._columns, number=draw))
            return kept[0].mixed

        found: list[Complement | None]
        try:
            found = [*self._region.complements(energies[rows], waves)]
        except NumericalError:  # of one of them
            found = [None] * len(energies[rows])
        return [
            self._complement(energy, sides, start + row)
            if complement is None or not complement.certified
            else (complement, kept[0].at(row))
            for row, (energy, complement) in enumerate(zip(energies[rows].tolist(), found, strict=True))
        ]

    def _complement(self, energy: float, sides: Interface, row: int) -> tuple[Complement, Solved]:
        """C(E) and S from it, or NaN where elimination meets a pivot of zero."""
        kept: list[Solved] = []

        def waves(c: np.ndarray, number: int) -> np.ndarray:
            own = _DRAWS * number + hash(energy) % _DRAWS  # what one draw misses another finds
            kept[:] = [sides.solved(c[None], slice(row, row + 1), columns=self._columns, number=own)]
            return kept[0].mixed[0]

        try:
            complement = self._region.complement(energy, waves)
        except NumericalError as error:
            nothing = np.full((len(self.interface),) * 2, np.nan)
            waves(nothing, 0)
            complement = Complement(nothing, "", str(error), {"elimination_error": (np.nan, 0.0)})
        return complement, kept[0]

    def _absorbing(self, energy: float, sides: Interface, row: int) -> Point:
        """S of a region that may absorb or amplify."""
        found, _ = self._complement(energy, sides, row)
        attempts = self._by_complement(found, sides, row)[:1]
        solution, notes = self._certified(energy, sides, row, found, attempts)
        return self._point(sides, row, solution, (found.reason, *notes))

    def _by_complement(self, complement: Complement, sides: Interface, row: int) -> _Attempts:
        """The routes that start from C: none where it could not be computed."""
        if not np.isfinite(complement.matrix).all():
            return []
        sigma, width, partner = sides.at(row)
        bound = self._options.residual_bound
        return [
            lambda: complement.solved(sigma, 1j * width @ partner, bound),
            lambda: complement.solved_by_reaction_matrix(sigma, width, partner, bound),
        ]

    def _certified(
        self,
        energy: float,
        sides: Interface,
        row: int,
        complement: Complement | None,
        attempts: _Attempts,
        *,
        everywhere: bool = False,
    ) -> tuple[Solution, tuple[str, ...]]:
        """S by these routes, and those that find the waves everywhere, each in its turn; or `NotCertified`.

        `everywhere`: waves on every orbital are asked for, and not only S.
        """
        sigma, width, partner = sides.at(row)
        whole, source = self._whole, 1j * width @ partner
        attempts = [
            *attempts,
            lambda: whole.refined(energy, sigma, source, everywhere=everywhere),
            lambda: whole.full(energy, sigma, source, everywhere=everywhere),
            lambda: whole.full(energy, sigma, source, pivoting=True, everywhere=everywhere),
        ]

        def vouched(attempt: Callable[[], Solution]) -> Callable[[], Solution]:
            return lambda: self._scattered(energy, sides, row, attempt(), complement)

        solution, notes = first_certified([vouched(attempt) for attempt in attempts])
        if solution.broken:
            figures = ", ".join(
                f"{name} = {value:.1e} (bound {bound:.1e})"
                for name, (value, bound) in solution.figures.items()
                if name in solution.broken
            )
            raise NotCertified(
                f"S at E = {energy:.12g} eV is not certified by route {solution.route!r}: {figures}. "
                + REMEDY
            )
        return solution, notes

    def _scattered(
        self, energy: float, sides: Interface, row: int, solution: Solution, complement: Complement | None
    ) -> Solution:
        """The solution with its S = W†ψ − U, and what vouches for that."""
        if solution.matrix is not None or solution.broken:
            return solution
        is_open = sides.open_modes[row]
        sigma, width, _ = sides.at(row)
        psi, figures = solution.psi, dict(solution.figures)
        if complement is not None and "correction" not in figures:
            mixed = psi @ sides.mixtures(self._columns)[is_open]
            figures |= self._region.tried(energy, complement, mixed)
        elif len(psi) != len(self.interface):
            psi = psi[self.interface]
        matrix = sides.amplitudes(row, psi)
        figures |= {
            "width_residual": (float(width_residual(sigma, width)), WIDTH_BOUND),
            "lead_condition": (sides.condition(row, psi), LEAD_CONDITION_BOUND),
            **self._flux(matrix[np.ix_(is_open, is_open)], solution.psi, complement),
        }
        return Solution(solution.psi, solution.route, solution.backend, figures, matrix)

    def _flux(self, matrix: np.ndarray, psi: np.ndarray, complement: Complement | None) -> Figures:
        """How well S conserves flux, or misses as much as the region absorbs."""
        bound = self._options.unitarity_bound
        if self._secular.hermitian:
            every = np.ones(len(matrix), dtype=bool)
            return {"unitarity_error": (float(unitarity_error(matrix, every)), bound)}
        missing = np.eye(len(matrix)) - matrix.conj().T @ matrix
        inside: Any = self._secular if len(psi) == self._layout.pattern.size else complement
        error = np.abs(missing - psi.conj().T @ (inside.absorption() @ psi)).max(initial=0.0)
        size = max(1.0, np.abs(missing).max(initial=0.0))
        parts = np.linalg.eigvalsh(missing)
        largest = float(parts[np.argmax(np.abs(parts))])
        return {"flux_error": (float(error / size), bound), "missing_flux": (largest, np.inf)}

    def _closed(self, sides: Interface) -> Solution:
        """No mode is open: there is nothing to solve."""
        size = sides.partner.shape[-1]
        psi = np.zeros((self._layout.pattern.size, 0), dtype=complex)
        figures: Figures = {"residual": (0.0, self._options.residual_bound)}
        if not self._secular.hermitian:
            figures |= {"flux_error": (0.0, self._options.unitarity_bound), "missing_flux": (0.0, np.inf)}
        return Solution(psi, "no open modes", "", figures, np.zeros((size, size), dtype=complex))

    def _point(
        self,
        sides: Interface,
        row: int,
        solution: Solution,
        notes: tuple[str, ...],
        *,
        everywhere: bool = False,
    ) -> Point:
        is_open = sides.open_modes[row]
        assert solution.matrix is not None, "a certified solution has its S"
        lead_figures: Figures = {
            name: (value, BOUNDS.get(name, np.inf)) for name, value in sides.figures(row).items()
        }
        return Point(
            solution.matrix[np.ix_(is_open, is_open)],
            [port.labels[port.open_modes[row]] for port in sides.ports],
            np.concatenate([port.momentum[row][port.open_modes[row]] for port in sides.ports]),
            np.concatenate([port.velocity[row][port.open_modes[row]] for port in sides.ports]),
            solution.route,
            solution.backend,
            {**solution.figures, **lead_figures},
            notes,
            solution.psi if everywhere else None,
        )


def certified_ports(name: str, lead: LeadPorts, energies: np.ndarray) -> Ports:
    """The ports of a lead at several energies; refused if a figure that vouches for them is beyond its bound."""
    ports = lead.at(energies)
    for figure, bound in BOUNDS.items():
        bad = np.flatnonzero(~(ports.figures[figure] <= bound))
        if len(bad):
            raise NotCertified(
                f'lead "{name}" is not certified at E = {energies[bad[0]]:.12g} eV: {figure} = '
                f"{ports.figures[figure][bad[0]]:.1e} (bound {bound:.1e}). {REMEDY}"
            )
    return ports
