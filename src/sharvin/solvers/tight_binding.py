"""The scattering matrix of a tight-binding system with leads.

S = Pψ + D, with the ports of the leads (`ports`) and ψ on their interface orbitals (`region`). Each matrix is vouched
for by the residual of its linear problem, the residuals of its leads, perturbed pivots, and unitarity; one that is
not certified by the first route is computed again by the next.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, NotCertified
from ..linalg import one_dense_thread
from ..model.system import System
from ..options import Options, options_of
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
from .ports import LeadPorts, Port
from .region import Region, Solution, first_certified

_LEAD_RESIDUAL_BOUND = 1e-9
_REMEDY = "Move the energy by a part in 10⁹, look for isolated pieces, or loosen the bound in Options"
_SMALL = 400  # interface orbitals up to which dense algebra gains nothing from threads


@dataclass(frozen=True, eq=False)
class _Point:
    """S at one energy with what vouches for it."""

    ports: list[Port]
    matrix: np.ndarray
    solution: Solution
    notes: tuple[str, ...]


class _Problem:
    """A system at one set of parameters: the region, the leads, and who shares which interface orbitals."""

    def __init__(self, system: System, params: Mapping[str, Any], options: Options) -> None:
        if not system.leads:
            raise InputError(
                "the system has no leads, so it has no scattering matrix; attach one with .lead(…)"
            )
        cells = [system.lead_cell(name, **params) for name in system.leads]
        self.leads = [LeadPorts(cell) for cell in cells]
        self.interface, where = np.unique(
            np.concatenate([cell.orbitals for cell in cells]), return_inverse=True
        )
        self.places = np.split(where, np.cumsum([len(cell.orbitals) for cell in cells])[:-1])
        self.region = Region(system.hamiltonian(**params), self.interface, options)
        self.options = options

    def at(self, energy: float) -> _Point:
        """S at one energy."""
        ports = [lead.at(energy) for lead in self.leads]
        counts = [port.width.shape[1] for port in ports]
        starts = np.concatenate([[0], np.cumsum(counts)])
        sigma = np.zeros((len(self.interface),) * 2, dtype=complex)
        width = np.zeros((len(self.interface), starts[-1]), dtype=complex)
        partner = np.zeros((starts[-1],) * 2, dtype=complex)
        for port, place, start, count in zip(ports, self.places, starts, counts, strict=False):
            mine = slice(start, start + count)
            sigma[np.ix_(place, place)] += port.sigma
            width[place, mine] += port.width
            partner[mine, mine] = port.partner
        source = 1j * width @ partner

        def amplitudes(solution: Solution) -> np.ndarray:
            return width.conj().T @ solution.psi - partner

        def vouched(solution: Solution) -> Solution:
            matrix = amplitudes(solution)
            error = float(unitarity_error(matrix, np.ones(len(matrix), dtype=bool)))
            figures = {**solution.figures, "unitarity": (error, self.options.unitarity_bound)}
            return Solution(solution.psi, solution.route, solution.backend, figures)

        if starts[-1] == 0:  # no open mode, nothing to solve
            nothing = Solution(source, "no open modes", "", {"residual": (0.0, self.options.residual_bound)})
            return _Point(ports, np.zeros((0, 0), dtype=complex), nothing, ())
        solution, notes = first_certified(
            [
                lambda: vouched(self.region.by_schur(energy, sigma, source)),
                lambda: vouched(self.region.by_reaction_matrix(energy, sigma, width, partner)),
                lambda: vouched(self.region.by_full_matrix(energy, sigma, source)),
                lambda: vouched(self.region.by_full_matrix(energy, sigma, source, pivoting=True)),
            ]
        )
        if solution.broken:  # here, energy by energy: routes have bounds of their own
            figures = ", ".join(
                f"{name} = {value:.1e} (bound {bound:.1e})"
                for name, (value, bound) in solution.figures.items()
                if name in solution.broken
            )
            raise NotCertified(
                f"S at E = {energy:.12g} eV is not certified by route {solution.route!r}: {figures}. "
                + _REMEDY
            )
        return _Point(ports, amplitudes(solution), solution, notes)


@scattering_matrix.register
def _(
    system: System, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> ScatteringMatrix:
    options = options_of(options)
    energies = energies_of(energy)
    problem = _Problem(system, params, options)
    points = _solved(problem, np.atleast_1d(energies).tolist(), options)
    leads, matrix, open_modes = _gathered(system.leads, points)
    if energies.ndim == 0:
        matrix, open_modes = matrix[0], open_modes[0]
    return ScatteringMatrix.certified(
        energies,
        leads,
        matrix,
        open_modes,
        spin_degeneracy=system.spin_degeneracy,
        certificate=_certificate(points, scalar=energies.ndim == 0),
        options=options,
        remedy=_REMEDY,
    )


def _solved(problem: _Problem, energies: list[float], options: Options) -> list[_Point]:
    """S at many energies, a few at a time: sparse factorizations run outside the interpreter's lock.

    Dense algebra keeps to one thread meanwhile; its threads and ours would get in each other's way.
    """
    workers = min(options.threads or (os.cpu_count() or 1), len(energies))
    if workers == 1 and len(problem.interface) > _SMALL:
        return [problem.at(energy) for energy in energies]
    with one_dense_thread(), ThreadPoolExecutor(workers) as pool:
        return list(pool.map(problem.at, energies))


@thresholds.register
def _(system: System, window: tuple[float, float], **params: Any) -> np.ndarray:
    window = window_of(window)
    edges = [LeadPorts(system.lead_cell(name, **params)).band_edges(window) for name in system.leads]
    return np.unique(np.concatenate(edges)) if edges else np.zeros(0)


def _gathered(
    names: tuple[str, ...], points: list[_Point]
) -> tuple[tuple[LeadModes, ...], np.ndarray, np.ndarray]:
    """The matrices of all energies in one padded array, modes in their places by label."""
    known = [
        np.unique(np.concatenate([point.ports[n].labels for point in points])) for n in range(len(names))
    ]
    starts = np.concatenate([[0], np.cumsum([len(labels) for labels in known])])
    total = starts[-1]
    matrix = np.zeros((len(points), total, total), dtype=complex)
    open_modes = np.zeros((len(points), total), dtype=bool)
    momentum, velocity = np.full((2, len(points), total), np.nan)
    for row, point in enumerate(points):
        slots = [start + np.searchsorted(labels, port.labels)
                 for start, labels, port in zip(starts, known, point.ports, strict=False)]  # fmt: skip
        slot = np.concatenate(slots).astype(int)
        matrix[row][np.ix_(slot, slot)] = point.matrix
        open_modes[row, slot] = True
        momentum[row, slot] = np.concatenate([port.momentum for port in point.ports])
        velocity[row, slot] = np.concatenate([port.velocity for port in point.ports])
    leads = []
    for n, name in enumerate(names):
        mine = slice(starts[n], starts[n + 1])
        labels = tuple(str(label) for label in known[n])
        leads.append(LeadModes(name, labels, momentum[:, mine], velocity[:, mine]))
    return tuple(leads), matrix, open_modes


def _certificate(points: list[_Point], *, scalar: bool) -> Certificate:
    """The certificates of all energies as one: figures per energy, the routes taken, the reasons."""
    names = sorted({name for point in points for name in point.solution.figures} - {"unitarity"})
    figures = {
        name: np.array([point.solution.figures.get(name, (0.0, 0.0))[0] for point in points])
        for name in names
    }
    bounds = {name: max(point.solution.figures[name][1] for point in points if name in point.solution.figures)
              for name in names}  # fmt: skip
    figures["lead_residual"] = np.array([np.max([port.residual for port in point.ports]) for point in points])
    bounds["lead_residual"] = _LEAD_RESIDUAL_BOUND
    if scalar:
        figures = {name: float(values[0]) for name, values in figures.items()}
    routes = [point.solution.route for point in points]
    route = ", ".join(f"{name} ({routes.count(name)})" for name in dict.fromkeys(routes))
    backends = dict.fromkeys(point.solution.backend for point in points)
    notes = dict.fromkeys(note for point in points for note in point.notes)
    return Certificate(routes[0] if scalar else route, ", ".join(backends), figures, bounds, tuple(notes))
