"""The scattering matrix of a tight-binding system with leads, and its scattering states, at one energy or many."""

import hashlib
import os
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, NumericalError
from ..linalg import in_threads, one_dense_thread
from ..model.body import LatticeBody
from ..model.system import System
from ..options import Options, options_of
from ..scattering import (
    Certificate,
    LeadModes,
    ScatteringMatrix,
    ScatteringStates,
    energies_of,
    fingerprint,
    scattering_matrix,
    thresholds,
    window_of,
)
from .ports import LeadPorts
from .problem import REMEDY, Point, Problem

_SMALL = 400  # interface orbitals up to which dense algebra gains nothing from threads
_STACK_BYTES = 32e6  # of interface blocks, or of waves, handled in one call
_MOST_AT_ONCE = 64  # energies

_Solve = Callable[[np.ndarray], list[Point]]


@scattering_matrix.register
def _(
    system: System, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> ScatteringMatrix:
    options = options_of(options)
    energies = energies_of(energy)
    problem = Problem(system, params, options)
    points = _solved(system, problem, problem.at, energies, options)
    return _matrix(system, problem, points, energies, options)


def scattering_states(
    system: System, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> ScatteringStates:
    """The waves inside a system that its incoming modes bring about, and the scattering matrix that they belong to.

    For every incoming mode of unit current the solution of (E − H)ψ = 0 in region and leads, with no other incoming
    wave: (E − H − Σ)ψ = iWU, refined against the whole sparse matrix until its residual is at rounding. The symbolic
    analysis is that of `scattering_matrix`, done once for a pattern.

    Parameters
    ----------
    system
        A system with leads.
    energy
        Energy in eV, or a one-dimensional array of energies.
    options
        Numerical choices.
    **params
        Parameters of the system.

    Returns
    -------
    ScatteringStates
        ψ on every orbital of the region for every incoming mode, in 1/√eV; (2π)⁻¹ Σ|ψ|² is the local density of states,
        in 1/eV, without spin degeneracy (and without bound states, which nothing scatters into).

    Raises
    ------
    InputError
        For what is not a system with leads, unknown, missing or ill-formed parameters, a complex or infinite energy.
    NotCertified
        If no route reaches the bounds of the certificate.

    Notes
    -----
    M. Büttiker, H. Thomas and A. Prêtre, Z. Phys. B 94, 133 (1994), for densities of states by incoming leads.

    Examples
    --------
    In a clean chain of hopping −1 eV a wave of unit current has |ψ|² = 1/(dE/dk) everywhere:

    >>> import sharvin as sv
    >>> chain = (0.0, -1.0, [0])
    >>> wire = sv.System.from_matrices([[0.0]], leads={"left": chain, "right": chain})
    >>> states = sv.scattering_states(wire, energy=0.0)
    >>> (abs(states.of("left")) ** 2).values.round(12)
    array([[0.5]])
    """
    if not isinstance(system, System):
        raise InputError(
            f"scattering_states: expected a System with leads, got {type(system).__name__}; only what has an inside "
            "has waves there"
        )
    options = options_of(options)
    energies = energies_of(energy)
    problem = Problem(system, params, options)
    points = _solved(system, problem, problem.states_at, energies, options)
    matrix = _matrix(system, problem, points, energies, options)
    psi = np.zeros((*energies.shape, system.orbital_count, matrix.matrix.shape[-1]), dtype=complex)
    for row, point in enumerate(points):
        target = psi[row] if energies.ndim else psi
        target[:, np.atleast_2d(matrix.open_modes)[row]] = point.psi
    positions = None
    if isinstance(system.body, LatticeBody):
        positions = system.body.orbital_positions
    return ScatteringStates(matrix, psi, positions)


@fingerprint.register
def _(system: System, **params: Any) -> Hashable | None:
    """A digest of the matrices of region and leads; None with a lead whose self-energy is a function."""
    digest = hashlib.sha256()

    def add(*arrays: np.ndarray | None) -> None:
        for array in arrays:
            digest.update(repr(None if array is None else (array.shape, array.dtype.str)).encode())
            digest.update(b"" if array is None else np.ascontiguousarray(array).tobytes())

    h, overlap = system.hamiltonian(**params), system.overlap
    add(h.indptr, h.indices, h.data, None if overlap is None else overlap.data)
    for name in system.leads:
        cell = system.lead_cell(name, **params)
        if cell.self_energy is not None:
            return None
        add(cell.h0, cell.v, cell.orbitals, *(cell.overlap or ()))
    return "System", system.leads, system.spin_degeneracy, digest.hexdigest()


@thresholds.register
def _(system: System, window: tuple[float, float], **params: Any) -> np.ndarray:
    window = window_of(window)
    edges = [LeadPorts(system.lead_cell(name, **params)).band_edges(window) for name in system.leads]
    return np.unique(np.concatenate(edges)) if edges else np.zeros(0)


def _solved(
    system: System, problem: Problem, solve: _Solve, energies: np.ndarray, options: Options
) -> list[Point]:
    """What `solve` gives at every energy; where some fail, an error that has the scattering matrix of the others."""
    flat = np.atleast_1d(energies)
    failed: dict[int, NumericalError] = {}

    def some(rows: np.ndarray) -> list[Point]:
        return _each(solve, flat, rows, failed)

    size = len(problem.interface)
    threads = options.threads or os.cpu_count() or 1
    most = int(min(_MOST_AT_ONCE, max(1, _STACK_BYTES // (16 * max(size, 1) ** 2))))
    parts = np.array_split(np.arange(len(flat)), max(min(threads, len(flat)), -(-len(flat) // most)))
    if len(parts) == 1 and size <= _SMALL:
        with one_dense_thread():
            points = some(parts[0])
    else:
        points = [point for points in in_threads(some, parts, threads) for point in points]
    if failed:
        first = failed[min(failed)]
        if energies.ndim == 0:
            raise first
        kept = np.delete(flat, sorted(failed))
        partial = _matrix(system, problem, points, kept, options) if len(kept) else None
        raise first.of_batch(flat[sorted(failed)], partial)
    return points


def _each(
    solve: _Solve, energies: np.ndarray, rows: np.ndarray, failed: dict[int, NumericalError]
) -> list[Point]:
    """The points of some energies; those that fail are taken down, and left out."""
    try:
        return solve(energies[rows])
    except NumericalError as error:
        if len(rows) == 1:
            failed[int(rows[0])] = error
            return []
    half = len(rows) // 2
    return [point for part in (rows[:half], rows[half:]) for point in _each(solve, energies, part, failed)]


def _matrix(
    system: System, problem: Problem, points: list[Point], energies: np.ndarray, options: Options
) -> ScatteringMatrix:
    """The scattering matrix of all energies."""
    scalar = energies.ndim == 0
    leads, matrix, open_modes = _gathered(system.leads, problem.leads, points, scalar=scalar)
    return ScatteringMatrix.certified(
        energies,
        leads,
        matrix,
        open_modes,
        spin_degeneracy=system.spin_degeneracy,
        certificate=_certificate(points, scalar=scalar),
        options=options,
        remedy=REMEDY,
    )


def _gathered(
    names: tuple[str, ...], ports: list[LeadPorts], points: list[Point], *, scalar: bool
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
    for n, (name, port) in enumerate(zip(names, ports, strict=True)):
        mine = slice(starts[n], starts[n + 1])
        labels = tuple(port.label(number) for number in known[n])
        leads.append(LeadModes(name, labels, momentum[only, mine], velocity[only, mine], port.block_names))
    return tuple(leads), matrix[only], open_modes[only]


def _certificate(points: list[Point], *, scalar: bool) -> Certificate:
    """The certificates of all energies as one: figures per energy, the routes taken, the reasons."""
    names = sorted({name for point in points for name in point.figures} - {"unitarity_error"})
    figures: Mapping[str, Any] = {
        name: np.array([point.figures.get(name, (-np.inf, 0.0))[0] for point in points]) for name in names
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
