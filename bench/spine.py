"""Time of the main steps: import, conductances of a closed form, building, S in a sweep by each back end.

Prints a Markdown table of medians, row by row, in less than a minute. S is timed at eight energies in one call, other
ones in each repetition; the analysis of the pattern is done before. Nothing is asserted: machines are noisy.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from hamiltonian import SEED, SQUARE_ENERGY, energies
from harness import Sizes
from sharvin_workloads import square, square_disorder

import sharvin as sv
from sharvin.linalg import available_back_ends

SIDES, COUNT, REPEATS = (50, 100, 200), 8, 3
#: Largest square that a back end is asked to do: a dense matrix of 10⁴ rows takes 20 s for each energy.
LARGEST = {"dense": 50, "superlu": 100}


def median(work: Callable[[int], object], repeats: int = REPEATS) -> float:
    """Median time of ``work(repetition)`` in seconds, after one to warm up, with the repetition −1."""
    work(-1)
    times = []
    for repetition in range(repeats):
        start = time.perf_counter()
        work(repetition)
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def imported(what: str) -> float:
    """Time of an interpreter that imports a module."""
    return median(lambda _: subprocess.run([sys.executable, "-c", f"import {what}"], check=True))


def built(side: int) -> float:
    """Time of a square from the model to its Hamiltonian."""
    sizes = Sizes(side, side, 1, 1)
    return median(lambda _: square(sizes, square_disorder).hamiltonian(seed=SEED))


def per_energy(side: int, solver: str) -> float:
    """Time of S of a disordered square by a back end, for each energy of a sweep."""
    system, options = square(Sizes(side, side, 1, 1), square_disorder), sv.Options(solver=solver)

    def sweep(repetition: int) -> object:
        chosen = energies(SQUARE_ENERGY, COUNT, repetition)
        return sv.scattering_matrix(system, chosen, options=options, seed=SEED)

    return median(sweep) / COUNT


def closed_form() -> float:
    """Time of the conductance of a saddle point at many chemical potentials and temperatures."""
    contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    return median(lambda _: sv.conductance(contact, np.linspace(-2e-3, 14e-3, 161), [0.05, 1.0, 4.2]))


def rows() -> Iterator[tuple[str, float]]:
    """What is timed, and its seconds, one after the other."""
    yield "import xarray, in a fresh interpreter", imported("xarray")
    yield "import sharvin", imported("sharvin")
    yield "saddle point: 161 μ × 3 temperatures", closed_form()
    for side in SIDES:
        yield f"build square {side}×{side}", built(side)
        for solver in available_back_ends():
            if side <= LARGEST.get(solver, side):
                yield f"S per energy, square {side}×{side}, {solver}", per_energy(side, solver)


def main() -> None:
    """Print the table."""
    print("| work | median |\n|---|--:|", flush=True)
    for what, seconds in rows():
        print(f"| {what} | {1e3 * seconds:.1f} ms |", flush=True)


if __name__ == "__main__":
    main()
