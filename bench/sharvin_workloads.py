"""The workloads by Sharvin, with its defaults."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

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

import sharvin as sv

# ---- systems


def with_leads(region: sv.System, wire: sv.Model) -> sv.System:
    """A region with two clean leads."""
    return region.lead("left", wire, "-x").lead("right", wire, "+x")


def square(sizes: Sizes, disorder: Any = None) -> sv.System:
    """A square lattice with two leads of full width; its sites are 0 … length − 1, 0 … width − 1."""
    wire = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
    model = wire if disorder is None else wire + sv.onsite(disorder)
    center = ((sizes.length - 1) / 2, (sizes.width - 1) / 2)
    return with_leads(model.region(sv.shape.rectangle(sizes.length, sizes.width, center)), wire)


def square_disorder(x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Disorder on a square lattice."""
    return uniform(STRENGTH, seed, x, y)


def in_field(system: sv.System) -> sv.System:
    """The system in the field of the benchmark; the lattice constant is 1 nm."""
    return system.field(perpendicular=FLUX * sv.constants.FLUX_QUANTUM)


def graphene(sizes: Sizes) -> sv.System:
    """A disordered zigzag ribbon: `width` orbitals in a cell of the lead, `length` cells."""
    wire = sv.Model(sv.lattice.honeycomb(a=1.0), sv.hopping(-1.0))
    grid = 2 * np.sqrt(3)  # y of a site is a multiple of 1/(2√3): 3n on sublattice A, 3n + 2 on B
    dirty = wire + sv.onsite(lambda x, y: uniform(STRENGTH, SEED, 2 * x, grid * y))
    across = sizes.width // 2 * np.sqrt(0.75)
    center = (sizes.length / 2 - 0.75, across / 2 + 1 / grid)
    return with_leads(dirty.region(sv.shape.rectangle(sizes.length, across, center)), wire)


def spin_orbit_wire(sizes: Sizes) -> sv.System:
    """A disordered wire of a cubic lattice with spin–orbit coupling, two orbitals on each site."""
    terms = sv.onsite(6.0)
    for offset, matrix in SPIN_ORBIT_HOPPINGS.items():
        terms = terms + sv.hopping(matrix, offset=offset)
    wire = sv.Model(sv.lattice.cubic(orbitals=("up", "down")), terms)
    dirty = wire + sv.onsite(lambda x, y, z: uniform(SPIN_ORBIT_STRENGTH, SEED, x, y, z))
    size = (sizes.length, sizes.width, sizes.height)
    center = tuple((n - 1) / 2 for n in size)
    return with_leads(dirty.region(sv.shape.box(size, center)), wire)


def cross(sizes: Sizes) -> sv.System:
    """A disordered cross of two bars, `length` long and `width` wide, with a lead at each end of them."""
    wire = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
    middle = (sizes.length - 1) / 2  # of the sites 0 … length − 1
    bars = [(sizes.length, sizes.width), (sizes.width, sizes.length)]
    along_x, along_y = (sv.shape.rectangle(*bar, (middle, middle)) for bar in bars)
    system = (wire + sv.onsite(square_disorder)).region(along_x | along_y)
    for name, direction, left in (
        ("left", "-x", -1),
        ("right", "+x", 1),
        ("bottom", "-y", 1),
        ("top", "+y", -1),
    ):
        system = system.lead(name, wire, direction, shape=sv.shape.strip(sizes.width, center=left * middle))
    return system


# ---- what is timed


def sweep(system: sv.System, first_energy: float, sizes: Sizes, **params: Any) -> Work:
    """S at `count` energies of one system, in one call."""

    def run(repetition: int) -> np.ndarray:
        S = sv.scattering_matrix(system, energies(first_energy, sizes.count, repetition), **params)
        return np.asarray(S.transmission("right", "left"))

    def warm() -> Any:
        return sv.scattering_matrix(system, first_energy - 1e-4, **params)

    return Work(run, sizes.count, "energy", warm, "S at another energy")


def cross_sweep(sizes: Sizes) -> Work:
    """The cross in a field: transmissions between all leads."""
    system = in_field(cross(sizes))

    def run(repetition: int) -> np.ndarray:
        S = sv.scattering_matrix(system, energies(CROSS_ENERGY, sizes.count, repetition), seed=SEED)
        return S.transmission_matrix().values

    def warm() -> Any:
        return sv.scattering_matrix(system, CROSS_ENERGY - 1e-4, seed=SEED)

    return Work(run, sizes.count, "energy", warm, "S at another energy")


def build(sizes: Sizes) -> Work:
    """Region, leads and their matrices of a clean square lattice; the Hamiltonian is evaluated."""

    def run(repetition: int) -> list[float]:
        system = square(sizes)
        h = system.hamiltonian()
        for name in system.leads:
            system.lead_cell(name)
        return [h.shape[0], h.nnz - np.count_nonzero(h.diagonal())]

    def warm() -> Any:
        return square(Sizes(20, 20, 1, 1)).hamiltonian()

    return Work(run, 1, "system", warm, "a system of 20×20")


def square_sweep(sizes: Sizes) -> Work:
    """Disordered square lattice without a field."""
    return sweep(square(sizes, square_disorder), SQUARE_ENERGY, sizes, seed=SEED)


def field_sweep(sizes: Sizes) -> Work:
    """Disordered square lattice in a perpendicular field."""
    return sweep(in_field(square(sizes, square_disorder)), SQUARE_ENERGY, sizes, seed=SEED)


def graphene_sweep(sizes: Sizes) -> Work:
    """Disordered zigzag ribbon."""
    return sweep(graphene(sizes), GRAPHENE_ENERGY, sizes)


def spin_orbit_sweep(sizes: Sizes) -> Work:
    """Disordered wire with spin–orbit coupling."""
    return sweep(spin_orbit_wire(sizes), SPIN_ORBIT_ENERGY, sizes)


def realizations(sizes: Sizes) -> Work:
    """T of `count` realizations of the disorder at one energy, as one sweep of the seed."""
    system = square(sizes, square_disorder)

    def some(count: int, repetition: int) -> np.ndarray:
        energy = energies(SQUARE_ENERGY, 1, repetition)[0]
        return sv.transmission(system, energy, "right", "left", seed=np.arange(count)).values

    return Work(
        lambda repetition: some(sizes.count, repetition),
        sizes.count, "realization",
        lambda: some(1, -1), "one realization at another energy",
    )  # fmt: skip


def modes(system: sv.System, first_energy: float, sizes: Sizes) -> Work:
    """Modes of one lead; the numbers are their count, the sum of velocities, and Tr Σ and ‖Σ‖ of the self-energy.

    The lead is made anew in each repetition: what Sharvin works out once for all energies is inside the clock.
    """

    def run(repetition: int) -> list[list[float]]:
        modes_at = lead_modes(system, "left")
        found = [modes_at(energy) for energy in energies(first_energy, sizes.count, repetition).tolist()]
        return [_numbers(modes.velocity, modes.sigma) for modes in found]

    return Work(run, sizes.count, "energy", lambda: run(-1), "modes at another energy, the lead made anew")


def lead_modes(system: sv.System, name: str) -> Callable[[float], Any]:
    """Energy → modes of a lead, with their velocities and the self-energy; the only place that looks inside Sharvin."""
    from sharvin.leads.periodic_lead import PeriodicLead  # noqa: PLC0415  # not public, so only where it is needed

    cell = system.lead_cell(name)
    return PeriodicLead(cell.h0, cell.v).modes


def _numbers(velocity: np.ndarray, sigma: np.ndarray) -> list[float]:
    trace = np.trace(sigma)
    return [len(velocity), velocity.sum(), trace.real, trace.imag, float(np.linalg.norm(sigma))]


def square_modes(sizes: Sizes) -> Work:
    """Modes of a lead of the square lattice."""
    return modes(square(sizes), SQUARE_ENERGY, sizes)


def field_modes(sizes: Sizes) -> Work:
    """Modes of a lead of the square lattice in a field."""
    return modes(in_field(square(sizes)), SQUARE_ENERGY, sizes)


def graphene_modes(sizes: Sizes) -> Work:
    """Modes of a zigzag ribbon."""
    return modes(graphene(sizes), GRAPHENE_ENERGY, sizes)


def whole(sizes: Sizes) -> Work:
    """From nothing to T of a disordered square lattice, once."""

    def run(repetition: int) -> float:
        S = sv.scattering_matrix(square(sizes, square_disorder), SQUARE_ENERGY, seed=SEED)
        return float(S.transmission("right", "left"))

    return Work(run, 1, "process")


WORKLOADS = {
    work.__name__: work
    for work in (
        build, square_sweep, field_sweep, cross_sweep, graphene_sweep, spin_orbit_sweep,
        realizations, square_modes, field_modes, graphene_modes, whole,
    )
}  # fmt: skip


def versions() -> dict[str, str]:
    """Versions of what computes."""
    found = {}
    for name in ("sharvin", "numpy", "scipy", "py-mkl-pardiso"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


if __name__ == "__main__":
    main("Sharvin", WORKLOADS, versions())
