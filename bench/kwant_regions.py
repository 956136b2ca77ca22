"""Closed regions by Kwant, its sites from generators (a shape takes it a quarter longer); see bench/build.py.

Runs in the environment that kwant_environment.py makes.
"""

from collections.abc import Iterator
from typing import Any

import kwant
import numpy as np
from kwant_workloads import versions
from regions import HOPPING, ONSITE, Region, main, trap

_LATTICES = {
    "square": kwant.lattice.square(norbs=1),
    "honeycomb": kwant.lattice.honeycomb(norbs=1),
    "cubic": kwant.lattice.cubic(norbs=1),
}


def sites(region: Region) -> Iterator[kwant.builder.Site]:
    """The sites inside the box of a region."""
    lattice = _LATTICES[region.lattice]
    if region.lattice != "honeycomb":
        return (lattice(*index) for index in np.ndindex(*region.numbers))
    length, chains = region.numbers[0], region.numbers[1] // 2
    return (
        sublattice(n - (row + 1) // 2, row)
        for sublattice, first in ((lattice.a, 1), (lattice.b, 0))
        for row in range(first, first + chains)
        for n in range(length)
    )


def built(region: Region) -> Any:
    """The finalized builder; its Hamiltonian is not evaluated yet."""
    system = kwant.Builder()
    system[sites(region)] = (lambda site: trap(site.pos[0], site.pos[1])) if region.trap else ONSITE
    system[_LATTICES[region.lattice].neighbors()] = HOPPING
    return system.finalized()


if __name__ == "__main__":
    main("Kwant", built, lambda system: system.hamiltonian_submatrix(sparse=True), versions())
