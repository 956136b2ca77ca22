"""Closed regions by Sharvin; see bench/build.py."""

from regions import HOPPING, ONSITE, Region, main, trap
from sharvin_workloads import versions

import sharvin as sv

_LATTICES = {
    "square": sv.lattice.square(),
    "honeycomb": sv.lattice.honeycomb(a=1.0),
    "cubic": sv.lattice.cubic(),
}


def built(region: Region) -> sv.System:
    """The sites inside a box."""
    onsite = sv.onsite(trap if region.trap else ONSITE)
    model = sv.Model(_LATTICES[region.lattice], onsite + sv.hopping(HOPPING))
    return model.region(sv.shape.box(region.edges, region.center))


if __name__ == "__main__":
    main("Sharvin", built, lambda system: system.hamiltonian(), versions())
