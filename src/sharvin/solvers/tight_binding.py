"""The scattering matrix of a tight-binding system with leads.

The Schur route serves every energy first: C from one sparse factorization (`region`), the leads' Σ, W and U (`ports`),
and the dense problem on the interface, for many energies in stacked calls (`interface`). Each matrix is vouched for by
the figures of its elimination, its linear problem and its leads, and by unitarity; one that is not certified is
computed again by the next route.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import NotCertified, NumericalError
from ..linalg import in_threads, one_dense_thread
from ..model.system import System
from ..options import Options, forced_solver, options_of
from ..scattering import (
    Certificate,
    LeadModes,
    ScatteringMatrix,
    energies_of,
    scattering_matrix,
    thresholds,
    unitarity_error,
    window_of,
)
from .interface import INTERFACE_GROWTH_BOUND, WIDTH_BOUND, Interface
from .layers import LAYER_BOUNDS
from .layout import layout_of
from .ports import BOUNDS, LeadPorts
from .region import Complement, Figures, Region, Solution, first_certified

_REMEDY = "Move the energy by a part in 10⁹, look for isolated pieces, or loosen the bound in Options"
_SMALL = 400  # interface orbitals up to which dense algebra gains nothing from threads
_STACK_BYTES = 32e6  # of interface blocks handled in one call
_MOST_AT_ONCE = 64  # energies
_LAYERED = "layers in stacked calls: a small region, many energies"


@dataclass(frozen=True, eq=False)
class _Point:
    """S at one energy, on the modes that are open there, with what vouches for it."""

    matrix: np.ndarray
    labels: list[np.ndarray]
    momentum: np.ndarray
    velocity: np.ndarray
    route: str
    backend: str
    figures: Figures
    notes: tuple[str, ...]


class _Problem:
    """A system at one set of parameters: the region, the leads, and who shares which interface orbitals."""

    def __init__(self, system: System, params: Mapping[str, Any], options: Options) -> None:
        layout = layout_of(system, dict(params))
        self.leads, self.places, self.interface = layout.leads, layout.places, layout.interface
        values = system.hamiltonian(**params).data
        self.region = Region(values, layout, options)
        self.options = options
        self._layout, self._values = layout, values
        self._may_layer = options.solver == "auto" and forced_solver() is None

    def at(self, energies: np.ndarray) -> list[_Point]:
        """S at several energies."""
        ports = [lead.at(energies) for lead in self.leads]
        sides = Interface.of(ports, self.places, len(self.interface))
        if not sides.open_modes.any():
            return [self._point(sides, row, _nothing(sides), ()) for row in range(len(energies))]
        complements = self._complements(energies)
        stack = np.array([found.matrix for found in complements])
        matrices, solved = sides.solved(stack)
        points = []
        for row, energy in enumerate(energies.tolist()):
            figures = {
                **complements[row].figures,
                "width_residual": (float(solved["width_residual"][row]), WIDTH_BOUND),
                "residual": (float(solved["residual"][row]), self.options.residual_bound),
                "interface_growth": (float(solved["interface_growth"][row]), INTERFACE_GROWTH_BOUND),
                "unitarity_error": (float(solved["unitarity_error"][row]), self.options.unitarity_bound),
            }
            solution = Solution(matrices[row], complements[row].route, complements[row].backend, figures)
            notes: tuple[str, ...] = (complements[row].reason,)
            if solution.broken:
                solution, notes = self._otherwise(energy, sides, row, complements[row], solution)
            points.append(self._point(sides, row, solution, notes))
        return points

    def _complements(self, energies: np.ndarray) -> list[Complement]:
        """C at every energy: by layers where that is faster and can be vouched for, by sparse elimination else."""
        if not (self._may_layer and self._layout.suits_layers(len(energies))):
            return [self._complement(energy) for energy in energies.tolist()]
        matrices, figures = self._layout.layers.complements(self._values, energies)
        found = []
        for row, energy in enumerate(energies.tolist()):
            own: Figures = {name: (float(figures[name][row]), bound) for name, bound in LAYER_BOUNDS.items()}
            good = all(value <= bound for value, bound in own.values())
            found.append(
                Complement(matrices[row], "numpy", _LAYERED, own, "layers")
                if good
                else self._complement(energy)
            )
        return found

    def _complement(self, energy: float) -> Complement:
        """C(E), or NaN where elimination meets a pivot of zero."""
        try:
            return self.region.complement(energy)
        except NumericalError as error:
            nothing = np.full((len(self.interface),) * 2, np.nan)
            return Complement(nothing, "", str(error), {"elimination_error": (np.nan, 0.0)})

    def _otherwise(
        self, energy: float, sides: Interface, row: int, complement: Complement, first: Solution
    ) -> tuple[Solution, tuple[str, ...]]:
        """S by the routes behind the first one, each in its turn, or `NotCertified`."""
        is_open = sides.open_modes[row]
        sigma, width = sides.sigma[row], sides.width[row][:, is_open]
        partner = sides.partner[row][np.ix_(is_open, is_open)]
        source = 1j * width @ partner

        def vouched(solution: Solution) -> Solution:
            if solution.broken:
                return Solution(np.zeros(first.psi.shape), solution.route, solution.backend, solution.figures)
            psi = solution.psi if len(solution.psi) == len(self.interface) else solution.psi[self.interface]
            matrix = np.zeros(first.psi.shape, dtype=complex)
            matrix[np.ix_(is_open, is_open)] = width.conj().T @ psi - partner
            error = float(unitarity_error(matrix, is_open))
            figures = {
                **solution.figures,
                "width_residual": first.figures["width_residual"],
                "unitarity_error": (error, self.options.unitarity_bound),
            }
            return Solution(matrix, solution.route, solution.backend, figures)

        region = self.region
        attempts = [
            lambda: first,
            lambda: vouched(region.by_schur(complement, sigma, source)),
            lambda: vouched(region.by_reaction_matrix(complement, sigma, width, partner)),
            lambda: vouched(region.by_refinement(energy, sigma, source)),
            lambda: vouched(region.by_full_matrix(energy, sigma, source)),
            lambda: vouched(region.by_full_matrix(energy, sigma, source, pivoting=True)),
        ]
        if not np.isfinite(complement.matrix).all():
            del attempts[:3]
        solution, notes = first_certified(attempts)
        if solution.broken:
            figures = ", ".join(
                f"{name} = {value:.1e} (bound {bound:.1e})"
                for name, (value, bound) in solution.figures.items()
                if name in solution.broken
            )
            raise NotCertified(
                f"S at E = {energy:.12g} eV is not certified by route {solution.route!r}: {figures}. "
                + _REMEDY
            )
        return solution, (complement.reason, *notes)

    def _point(self, sides: Interface, row: int, solution: Solution, notes: tuple[str, ...]) -> _Point:
        is_open = sides.open_modes[row]
        lead_figures: Figures = {
            name: (value, BOUNDS.get(name, np.inf)) for name, value in sides.figures(row).items()
        }
        return _Point(
            solution.psi[np.ix_(is_open, is_open)],
            [port.labels[port.open_modes[row]] for port in sides.ports],
            np.concatenate([port.momentum[row][port.open_modes[row]] for port in sides.ports]),
            np.concatenate([port.velocity[row][port.open_modes[row]] for port in sides.ports]),
            solution.route,
            solution.backend,
            {**solution.figures, **lead_figures},
            notes,
        )


def _nothing(sides: Interface) -> Solution:
    """No mode is open: there is nothing to solve."""
    size = sides.partner.shape[-1]
    return Solution(np.zeros((size, size), dtype=complex), "no open modes", "", {"residual": (0.0, 1.0)})


@scattering_matrix.register
def _(
    system: System, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> ScatteringMatrix:
    options = options_of(options)
    energies = energies_of(energy)
    points = _solved(_Problem(system, params, options), np.atleast_1d(energies), options)
    scalar = energies.ndim == 0
    leads, matrix, open_modes = _gathered(system.leads, points, scalar=scalar)
    return ScatteringMatrix.certified(
        energies,
        leads,
        matrix,
        open_modes,
        spin_degeneracy=system.spin_degeneracy,
        certificate=_certificate(points, scalar=scalar),
        options=options,
        remedy=_REMEDY,
    )


def _solved(problem: _Problem, energies: np.ndarray, options: Options) -> list[_Point]:
    """S at many energies, some at a time in each thread: factorizations and dense calls hold no lock."""
    size = len(problem.interface)
    threads = options.threads or os.cpu_count() or 1
    most = int(min(_MOST_AT_ONCE, max(1, _STACK_BYTES // (16 * max(size, 1) ** 2))))
    parts = np.array_split(energies, max(min(threads, len(energies)), -(-len(energies) // most)))
    if len(parts) == 1 and size <= _SMALL:
        with one_dense_thread():
            return problem.at(energies)
    return [point for points in in_threads(problem.at, parts, threads) for point in points]


@thresholds.register
def _(system: System, window: tuple[float, float], **params: Any) -> np.ndarray:
    window = window_of(window)
    edges = [LeadPorts(system.lead_cell(name, **params)).band_edges(window) for name in system.leads]
    return np.unique(np.concatenate(edges)) if edges else np.zeros(0)


def _gathered(
    names: tuple[str, ...], points: list[_Point], *, scalar: bool
) -> tuple[tuple[LeadModes, ...], np.ndarray, np.ndarray]:
    """The matrices of all energies in one padded array, modes in their places by label."""
    known = [np.unique(np.concatenate([point.labels[n] for point in points])) for n in range(len(names))]
    starts = np.concatenate([[0], np.cumsum([len(labels) for labels in known])])
    total = starts[-1]
    matrix = np.zeros((len(points), total, total), dtype=complex)
    open_modes = np.zeros((len(points), total), dtype=bool)
    momentum, velocity = np.full((2, len(points), total), np.nan)
    for row, point in enumerate(points):
        slots = [start + np.searchsorted(labels, mine)
                 for start, labels, mine in zip(starts, known, point.labels, strict=False)]  # fmt: skip
        slot = np.concatenate(slots).astype(int)
        matrix[row][np.ix_(slot, slot)] = point.matrix
        open_modes[row, slot] = True
        momentum[row, slot], velocity[row, slot] = point.momentum, point.velocity
    only = 0 if scalar else slice(None)
    leads = []
    for n, name in enumerate(names):
        mine = slice(starts[n], starts[n + 1])
        labels = tuple(str(label) for label in known[n])
        leads.append(LeadModes(name, labels, momentum[only, mine], velocity[only, mine]))
    return tuple(leads), matrix[only], open_modes[only]


def _certificate(points: list[_Point], *, scalar: bool) -> Certificate:
    """The certificates of all energies as one: figures per energy, the routes taken, the reasons."""
    names = sorted({name for point in points for name in point.figures} - {"unitarity_error"})
    figures: dict[str, Any] = {
        name: np.array([point.figures.get(name, (0.0, 0.0))[0] for point in points]) for name in names
    }
    bounds = {
        name: max(point.figures[name][1] for point in points if name in point.figures) for name in names
    }
    bounds = {name: bound for name, bound in bounds.items() if np.isfinite(bound)}
    if scalar:
        figures = {name: float(values[0]) for name, values in figures.items()}
    routes = [point.route for point in points]
    route = ", ".join(f"{name} ({routes.count(name)})" for name in dict.fromkeys(routes))
    backends = dict.fromkeys(point.backend for point in points)
    notes = dict.fromkeys(note for point in points for note in point.notes)
    return Certificate(routes[0] if scalar else route, ", ".join(backends), figures, bounds, tuple(notes))
