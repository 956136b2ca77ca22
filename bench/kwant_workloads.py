"""The workloads by Kwant, with MUMPS; runs in the environment that kwant_environment.py makes.

A user's Kwant program, written the fast way: sites from generators, hoppings by kind, disorder from a table,
modes of the leads computed once where only the disorder changes.
"""

import copy
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import kwant
import numpy as np
from disorder import uniform
from hamiltonian import (
    CROSS_ENERGY,
    FLUX,
    GRAPHENE_ENERGY,
    SEED,
    SPIN_ORBIT_ENERGY,
    SPIN_ORBIT_HOPPINGS,
    SPIN_ORBIT_STRENGTH,
    SQUARE_ENERGY,
    STRENGTH,
    energies,
)
from harness import Sizes, Work, main

warnings.filterwarnings("ignore", category=DeprecationWarning)

# ---- systems


def disorder_table(sizes: Sizes, seed: int = SEED) -> list[list[float]]:
    """On-site energies [i][j] of a disordered square lattice."""
    i, j = np.meshgrid(np.arange(sizes.length), np.arange(sizes.width), indexing="ij")
    return (4 + uniform(STRENGTH, seed, i, j)).tolist()


def square(sizes: Sizes, onsite: Any, along: Any = -1.0) -> kwant.system.FiniteSystem:
    """A square lattice with two leads of full width; `along` is the hopping ⟨i + 1, j|H|i, j⟩."""
    lattice = kwant.lattice.square(norbs=1)
    system = kwant.Builder()
    system[(lattice(i, j) for i in range(sizes.length) for j in range(sizes.width))] = onsite
    lead = kwant.Builder(kwant.TranslationalSymmetry((-1, 0)))
    lead[(lattice(0, j) for j in range(sizes.width))] = 4.0
    for part in (system, lead):
        if callable(along):
            part[kwant.builder.HoppingKind((1, 0), lattice)] = along
            part[kwant.builder.HoppingKind((0, 1), lattice)] = -1.0
        else:
            part[lattice.neighbors()] = along
    system.attach_lead(lead)
    system.attach_lead(lead.reversed())
    return system.finalized()


def disordered_square(sizes: Sizes, along: Any = -1.0) -> kwant.system.FiniteSystem:
    """The same, disordered."""
    table = disorder_table(sizes)

    def onsite(site: Any) -> float:
        i, j = site.tag
        return table[i][j]

    return square(sizes, onsite, along)


def peierls(sizes: Sizes) -> Callable[[Any, Any], complex]:
    """⟨i + 1, j|H|i, j⟩ in a perpendicular field: B > 0, charge −e, A along x."""
    phases = (-np.exp(2j * np.pi * FLUX * np.arange(sizes.width))).tolist()
    return lambda to, source: phases[to.tag[1]]


def cross_peierls(
    length: int, band: range
) -> tuple[Callable[[Any, Any], complex], Callable[[Any, Any], complex]]:
    """⟨i + 1, j|H|i, j⟩ and ⟨i, j + 1|H|i, j⟩ in the same field: A along x in the bar along x, along y in the rest."""

    def phases(counts: np.ndarray) -> list[complex]:
        return (-np.exp(2j * np.pi * FLUX * counts)).tolist()

    n = np.arange(length)
    rows, columns, entering, leaving = map(phases, (n, -n, n * (band.start - 1), -n * band.stop))

    def along_x(to: Any, source: Any) -> complex:
        j = to.tag[1]
        return rows[j] if j in band else -1.0

    def along_y(to: Any, source: Any) -> complex:
        i, j = to.tag
        if j == band.start:
            return entering[i]
        if j == band.stop:
            return leaving[i]
        return -1.0 if j in band else columns[i]

    return along_x, along_y


def graphene(sizes: Sizes) -> kwant.system.FiniteSystem:
    """A disordered zigzag ribbon: `width` orbitals in a cell of the lead, `length` cells."""
    lattice = kwant.lattice.honeycomb(norbs=1)
    chains = sizes.width // 2
    i, j = np.arange(2 * sizes.length), np.arange(3 * chains + 1)  # 1 + twice x, and y in units of 1/(2√3)
    table = uniform(STRENGTH, SEED, i[:, None] - 1, j[None, :]).tolist()

    def onsite(above: int) -> Callable[[Any], float]:
        return lambda site: table[2 * site.tag[0] + site.tag[1] + 1][3 * site.tag[1] + above]

    def cells(sublattice: Any, first_row: int, length: int) -> list[Any]:
        rows = range(first_row, first_row + chains)
        return [sublattice(n - (row + 1) // 2, row) for n in range(length) for row in rows]

    system = kwant.Builder()
    system[cells(lattice.a, 1, sizes.length)] = onsite(0)
    system[cells(lattice.b, 0, sizes.length)] = onsite(2)
    symmetry = kwant.TranslationalSymmetry(lattice.vec((-1, 0)))
    for sublattice in lattice.sublattices:
        symmetry.add_site_family(sublattice, other_vectors=[(-1, 2)])  # a straight front
    lead = kwant.Builder(symmetry)
    lead[cells(lattice.a, 1, 1) + cells(lattice.b, 0, 1)] = 0.0
    for part in (system, lead):
        part[lattice.neighbors()] = -1.0
    system.attach_lead(lead)
    system.attach_lead(lead.reversed())
    return system.finalized()


def spin_orbit_wire(sizes: Sizes) -> kwant.system.FiniteSystem:
    """A disordered wire of a cubic lattice with spin–orbit coupling, two orbitals on each site."""
    lattice = kwant.lattice.cubic(norbs=2)
    i, j, k = np.indices((sizes.length, sizes.width, sizes.height))
    table = (6 + uniform(SPIN_ORBIT_STRENGTH, SEED, i, j, k)).tolist()
    unit = np.eye(2)

    def onsite(site: Any) -> np.ndarray:
        i, j, k = site.tag
        return table[i][j][k] * unit

    def sites(length: int) -> list[Any]:
        return [lattice(*index) for index in np.ndindex(length, sizes.width, sizes.height)]

    system, lead = kwant.Builder(), kwant.Builder(kwant.TranslationalSymmetry((-1, 0, 0)))
    system[sites(sizes.length)], lead[sites(1)] = onsite, 6 * unit
    for part in (system, lead):
        for offset, matrix in SPIN_ORBIT_HOPPINGS.items():
            part[kwant.builder.HoppingKind(offset, lattice)] = matrix
    system.attach_lead(lead)
    system.attach_lead(lead.reversed())
    return system.finalized()


def cross(sizes: Sizes) -> kwant.system.FiniteSystem:
    """A disordered cross in a perpendicular field: two bars, `length` long and `width` wide, a lead at each end."""
    lattice = kwant.lattice.square(norbs=1)
    start = (sizes.length - sizes.width) // 2
    ends, band = range(sizes.length), range(start, start + sizes.width)
    table = disorder_table(Sizes(sizes.length, sizes.length, 1, 1))

    def onsite(site: Any) -> float:
        i, j = site.tag
        return table[i][j]

    system = kwant.Builder()
    system[(lattice(i, j) for i in ends for j in (ends if i in band else band))] = onsite
    leads = []
    for step in ((-1, 0), (0, -1)):
        lead = kwant.Builder(kwant.TranslationalSymmetry(step))
        lead[(lattice(0, n) if step[0] else lattice(n, 0) for n in band)] = 4.0
        leads += [lead, lead.reversed()]
    along_x, along_y = cross_peierls(sizes.length, band)
    for part in (system, *leads):
        part[kwant.builder.HoppingKind((1, 0), lattice)] = along_x
        part[kwant.builder.HoppingKind((0, 1), lattice)] = along_y
    for lead in leads:
        system.attach_lead(lead)
    return system.finalized()


# ---- what is timed


def transmission(system: Any, energy: float, **params: Any) -> float:
    """T from lead 0 (left) into lead 1 (right); the whole S is computed."""
    return kwant.smatrix(system, energy, params=params).transmission(1, 0)


def sweep(system: Any, first_energy: float, sizes: Sizes) -> Work:
    """S at `count` energies of one system."""

    def run(repetition: int) -> list[float]:
        return [transmission(system, e) for e in energies(first_energy, sizes.count, repetition)]

    def warm() -> float:
        return transmission(system, first_energy - 1e-4)

    return Work(run, sizes.count, "energy", warm, "S at another energy")


def frozen(system: Any) -> Any:
    """The system with its Hamiltonian, and those of its leads, worked out once instead of at each energy."""
    copied = copy.copy(system)
    fixed = system.hamiltonian_submatrix(sparse=True, return_norb=True)
    copied.hamiltonian_submatrix = lambda *args, **options: fixed
    copied.leads = [copy.copy(lead) for lead in system.leads]
    for lead, original in zip(copied.leads, system.leads, strict=True):
        cell, hopping = original.cell_hamiltonian(), original.inter_cell_hopping()
        lead.cell_hamiltonian = lambda *args, cell=cell, **options: cell.copy()  # Kwant writes into it
        lead.inter_cell_hopping = lambda *args, hopping=hopping, **options: hopping
    return copied


def cross_sweep(sizes: Sizes) -> Work:
    """The cross in a field: transmissions between all leads."""
    system, leads = cross(sizes), range(4)

    def run(repetition: int) -> list[float]:
        found = [kwant.smatrix(system, e) for e in energies(CROSS_ENERGY, sizes.count, repetition)]
        return [S.transmission(out, source) for S in found for out in leads for source in leads]

    return Work(
        run, sizes.count, "energy", lambda: kwant.smatrix(system, CROSS_ENERGY - 1e-4), "S at another energy"
    )


def build(sizes: Sizes) -> Work:
    """Builder, leads and finalization of a clean square lattice; the Hamiltonian is not evaluated yet."""

    def run(repetition: int) -> list[float]:
        system = square(sizes, 4.0)
        return [system.graph.num_nodes, system.graph.num_edges]

    return Work(run, 1, "system", lambda: square(Sizes(20, 20, 1, 1), 4.0), "a system of 20×20")


def square_sweep(sizes: Sizes) -> Work:
    """Disordered square lattice without a field."""
    return sweep(disordered_square(sizes), SQUARE_ENERGY, sizes)


def square_sweep_frozen(sizes: Sizes) -> Work:
    """The same, with the Hamiltonians worked out beforehand."""
    return sweep(frozen(disordered_square(sizes)), SQUARE_ENERGY, sizes)


def field_sweep(sizes: Sizes) -> Work:
    """Disordered square lattice in a perpendicular field."""
    return sweep(disordered_square(sizes, peierls(sizes)), SQUARE_ENERGY, sizes)


def graphene_sweep(sizes: Sizes) -> Work:
    """Disordered zigzag ribbon."""
    return sweep(graphene(sizes), GRAPHENE_ENERGY, sizes)


def spin_orbit_sweep(sizes: Sizes) -> Work:
    """Disordered wire with spin–orbit coupling."""
    return sweep(spin_orbit_wire(sizes), SPIN_ORBIT_ENERGY, sizes)


def realizations(sizes: Sizes) -> Work:
    """T of `count` realizations of the disorder at one energy; the leads' modes are computed once."""
    system = square(sizes, lambda site, table: table[site.tag[0]][site.tag[1]])

    def some(count: int, repetition: int) -> list[float]:
        energy = energies(SQUARE_ENERGY, 1, repetition)[0]
        ready = system.precalculate(energy, what="modes")
        return [transmission(ready, energy, table=disorder_table(sizes, seed)) for seed in range(count)]

    return Work(
        lambda repetition: some(sizes.count, repetition),
        sizes.count, "realization",
        lambda: some(1, -1), "one realization at another energy",
    )  # fmt: skip


def modes(lead: Any, first_energy: float, sizes: Sizes) -> Work:
    """Modes of one lead; the numbers are their count, the sum of velocities, and Tr Σ and ‖Σ‖ of the self-energy.

    Σ follows from the modes, and only to be compared: it is outside the clock, once for all repetitions.
    """
    found = []

    def run(repetition: int) -> "LateNumbers":
        found[:] = [lead.modes(energy) for energy in energies(first_energy, sizes.count, repetition)]
        return LateNumbers(list(found))

    return Work(run, sizes.count, "energy", lambda: run(-1), "modes at another energy")


class LateNumbers:
    """Numbers worked out when they are asked for, after the clock has stopped."""

    def __init__(self, found: list[Any]) -> None:
        self.found = found

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        numbers = []
        for propagating, stabilized in self.found:
            sigma, outgoing = stabilized.selfenergy(), propagating.velocities[stabilized.nmodes :]
            trace = np.trace(sigma)
            numbers.append([len(outgoing), outgoing.sum(), trace.real, trace.imag, np.linalg.norm(sigma)])
        return np.array(numbers)


def square_modes(sizes: Sizes) -> Work:
    """Modes of a lead of the square lattice."""
    return modes(square(sizes, 4.0).leads[0], SQUARE_ENERGY, sizes)


def field_modes(sizes: Sizes) -> Work:
    """Modes of a lead of the square lattice in a field."""
    return modes(square(sizes, 4.0, peierls(sizes)).leads[0], SQUARE_ENERGY, sizes)


def graphene_modes(sizes: Sizes) -> Work:
    """Modes of a zigzag ribbon."""
    return modes(graphene(sizes).leads[0], GRAPHENE_ENERGY, sizes)


def whole(sizes: Sizes) -> Work:
    """From nothing to T of a disordered square lattice, once."""
    return Work(lambda repetition: transmission(disordered_square(sizes), SQUARE_ENERGY), 1, "process")


WORKLOADS = {
    work.__name__: work
    for work in (
        build, square_sweep, square_sweep_frozen, field_sweep, cross_sweep, graphene_sweep, spin_orbit_sweep,
        realizations, square_modes, field_modes, graphene_modes, whole,
    )
}  # fmt: skip


def versions() -> dict[str, str]:
    """Versions, and the solver and ordering that Kwant chose by itself."""
    solver = kwant.smatrix.__self__
    return {
        **{name: version(name) for name in ("kwant", "numpy", "scipy")},
        "solver": type(solver).__module__,
        "ordering": str(getattr(solver, "ordering", "")),
    }


if __name__ == "__main__":
    main("Kwant", WORKLOADS, versions())
