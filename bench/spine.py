"""Time of the main steps: import, building, one scattering matrix in a sweep by each back end, a staircase.

Prints a Markdown table of medians. Nothing is asserted: machines are noisy.
"""

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

import sharvin as sv
from sharvin.linalg import available_back_ends


def median(work: Callable[[], object], repeats: int = 5) -> float:
    """Median time of a call in seconds, after one to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def imported(what: str) -> float:
    """Time of an interpreter that imports a module."""
    return median(lambda: subprocess.run([sys.executable, "-c", f"import {what}"], check=True), 3)


def square(length: int, width: int, disorder: float = 0.5) -> sv.System:
    """A disordered square lattice of length × width sites with two leads of full width."""
    wire = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
    noise = np.random.default_rng(1)
    dirty = wire + sv.onsite(lambda x: disorder * (noise.random(x.shape) - 0.5))
    region = dirty.region(sv.shape.rectangle(length + 1, width + 1))
    return region.lead("left", wire, "-x").lead("right", wire, "+x")


def main() -> None:
    """Print the table."""
    contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    rows = [
        ("import xarray, in a fresh interpreter", imported("xarray")),
        ("import sharvin", imported("sharvin")),
        (
            "saddle point: 161 μ × 3 temperatures",
            median(lambda: sv.conductance(contact, np.linspace(-2e-3, 14e-3, 161), [0.05, 1.0, 4.2]), 3),
        ),
    ]
    for size in (50, 100, 200):
        rows.append(
            (f"build square {size}×{size}", median(lambda size=size: square(size, size).hamiltonian(), 3))
        )
        system, energies = square(size, size), 0.5 + 1e-3 * np.arange(8)
        for name in available_back_ends() if size <= 100 else available_back_ends()[:1]:
            options = sv.Options(solver=name)
            spent = median(lambda s=system, e=energies, o=options: sv.scattering_matrix(s, e, options=o), 3)
            rows.append((f"S per energy, square {size}×{size}, {name}", spent / len(energies)))
    print("| work | median |\n|---|---|")
    for what, seconds in rows:
        print(f"| {what} | {1e3 * seconds:.1f} ms |")


if __name__ == "__main__":
    main()
