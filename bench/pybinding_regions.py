"""Closed regions by pybinding; runs in the environment that pybinding_environment.py makes; see bench/build.py."""

from importlib.metadata import version
from typing import Any

import numpy as np
import pybinding as pb
from regions import HOPPING, ONSITE, Region, main, trap


def bravais(dimension: int) -> pb.Lattice:
    """The square or simple cubic lattice."""
    lattice = pb.Lattice(*np.eye(dimension).tolist())
    lattice.add_sublattices(("A", [0.0] * dimension, ONSITE))
    lattice.add_hoppings(*((step, "A", "A", HOPPING) for step in np.eye(dimension, dtype=int).tolist()))
    return lattice


def honeycomb() -> pb.Lattice:
    """The honeycomb lattice, zigzag along x."""
    lattice = pb.Lattice([1, 0], [0.5, np.sqrt(0.75)])
    lattice.add_sublattices(("A", [0, 0], ONSITE), ("B", [0, 1 / np.sqrt(3)], ONSITE))
    lattice.add_hoppings(*((cell, "A", "B", HOPPING) for cell in ([0, 0], [0, -1], [1, -1])))
    return lattice


_LATTICES = {"square": bravais(2), "honeycomb": honeycomb(), "cubic": bravais(3)}


def shape(region: Region) -> Any:
    """The box of a region; in three dimensions, where pybinding has none, so many cells along each vector."""
    if len(region.numbers) == 3:
        return pb.primitive(*region.numbers)
    return pb.rectangle(*region.edges).with_offset(region.center)


def in_trap(*, single: bool) -> Any:
    """On-site energies of the trap; pybinding keeps coordinates in single precision."""

    @pb.onsite_energy_modifier(is_double=not single)
    def modifier(energy: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return trap(x.astype(energy.dtype), y.astype(energy.dtype))

    return modifier


#: Whether in a trap, and in single precision → modifiers; pybinding takes a millisecond to make one.
_MODIFIERS = {
    (False, True): (),
    (False, False): (pb.force_double_precision(),),
    (True, True): (in_trap(single=True),),
    (True, False): (in_trap(single=False),),
}


def built(region: Region) -> pb.Model:
    """The model; pybinding makes its sites when they are asked for, with the Hamiltonian."""
    return pb.Model(_LATTICES[region.lattice], shape(region), *_MODIFIERS[region.trap, region.single])


def versions() -> dict[str, str]:
    """Versions of what computes."""
    return {"pybinding": pb.__version__, **{name: version(name) for name in ("numpy", "scipy")}}


if __name__ == "__main__":
    main("pybinding", built, lambda model: model.hamiltonian, versions())
