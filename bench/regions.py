"""What the three programs of bench/build.py share: the regions, their command line, the clock, and what is printed.

Regions are closed, without leads: hopping −1 between nearest neighbours, lattice constant 1, and on the sites the
energy 4, or that of a trap, a function of position.
"""

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from harness import libraries, peak_bytes
from scipy import sparse

HOPPING, ONSITE = -1.0, 4.0
_LATTICES = ("square", "honeycomb", "cubic")
_WARM_UP = {2: (20, 20), 3: (8, 8, 8)}


def trap(x: Any, y: Any) -> Any:
    """On-site energy of the trap."""
    return ONSITE + 1e-6 * (x * x + y * y)


@dataclass(frozen=True)
class Region:
    """A rectangle or box of a lattice.

    Attributes
    ----------
    lattice
        "square", "honeycomb" or "cubic".
    numbers
        Sites along each direction, from 0 to n − 1; of the honeycomb lattice cells along x and orbitals across, so that
        the number of sites is their product too.
    trap
        Whether the on-site energies are those of `trap`.
    single
        Whether numbers are in single precision, in a program that knows it.
    """

    lattice: str
    numbers: tuple[int, ...]
    trap: bool = False
    single: bool = False

    @property
    def edges(self) -> tuple[float, ...]:
        """Lengths of the edges."""
        if self.lattice == "honeycomb":
            return self.numbers[0], self.numbers[1] // 2 * np.sqrt(0.75)
        return self.numbers

    @property
    def center(self) -> tuple[float, ...]:
        """The middle; no site lies on an edge."""
        if self.lattice == "honeycomb":  # as in the ribbons of sharvin_workloads.py: zigzag along x
            return self.edges[0] / 2 - 0.75, self.edges[1] / 2 + 1 / np.sqrt(12)
        return tuple((n - 1) / 2 for n in self.numbers)

    def words(self) -> list[str]:
        """Command line of a program that is to build the region."""
        options = [f"--{name}" for name in ("trap", "single") if getattr(self, name)]
        return [self.lattice, *map(str, self.numbers), *options]


def main(
    program: str,
    built: Callable[[Region], Any],
    evaluated: Callable[[Any], Any],
    versions: dict[str, str],
) -> None:
    """Build the region named on the command line, then its sparse Hamiltonian; print the times and what came of it.

    A small region of the same kind is built before the clock starts.
    """
    region = _asked()
    evaluated(built(dataclasses.replace(region, numbers=_WARM_UP[len(region.numbers)])))
    memory = [peak_bytes()]
    start = time.perf_counter()
    system = built(region)
    middle = time.perf_counter()
    memory.append(peak_bytes())
    resumed = time.perf_counter()
    h = evaluated(system)
    seconds = {"build": middle - start, "evaluate": time.perf_counter() - resumed}
    memory.append(peak_bytes())
    report = {
        "program": program,
        "region": dataclasses.asdict(region),
        "seconds": seconds,
        "numbers": _numbers(h),
        "number_type": str(h.dtype),
        "peak_bytes": dict(zip(("before", "build", "evaluate"), memory, strict=True)),
        "versions": {"python": sys.version.split()[0], **versions},
        "libraries": libraries(),
    }
    print(json.dumps(report))


def _numbers(h: Any) -> list[float]:
    """What must be equal, whatever the order of the sites: rows, elements, Σ|H|, and Σ over rows of elements²."""
    h = sparse.csr_array(h)
    in_row = np.diff(h.indptr).astype(float)
    return [float(h.shape[0]), float(h.nnz), float(np.abs(h.data).sum(dtype=float)), float(in_row @ in_row)]


def _asked() -> Region:
    parser = argparse.ArgumentParser(description="Build one closed region, and its Hamiltonian.")
    parser.add_argument("lattice", choices=_LATTICES)
    parser.add_argument("numbers", type=int, nargs="+", help="sites along each direction")
    parser.add_argument("--trap", action="store_true", help="on-site energies that depend on position")
    parser.add_argument("--single", action="store_true", help="single precision, where the program knows it")
    arguments = parser.parse_args()
    return Region(arguments.lattice, tuple(arguments.numbers), arguments.trap, arguments.single)
