"""The coordinates that functions of terms may ask for: nothing is worked out before one does."""

import numpy as np

from .sites import Sites
from .values import Coordinates


def site_coordinates(sites: Sites, where: np.ndarray) -> Coordinates:
    """x, y, z (nm), sublattice (names, numbers) and cell (integers) of the sites `where`, and the lattice."""
    everywhere = len(where) == len(sites)  # then they come in order

    def column(axis: int) -> np.ndarray:
        whole = sites.positions.T[axis]
        return whole if everywhere else whole[where]

    def sublattice() -> np.ndarray:
        return sites.sublattice_names if everywhere else sites.sublattice_names[where]

    return {
        **{name: lambda axis=axis: column(axis) for axis, name in enumerate("xyz")},
        "sublattice": sublattice,
        "sublattice_number": lambda: sites.sublattice[where],
        "cell": lambda: sites.cells[where],
        "lattice": lambda: sites.lattice,
    }


def bond_coordinates(positions: np.ndarray, to: np.ndarray, source: np.ndarray) -> Coordinates:
    """x1 … of the ends ⟨to|, x2 … of the ends |source⟩, x … of the middle of bonds, in nm."""

    def end(axis: int, where: np.ndarray) -> np.ndarray:
        return positions.T[axis][where]

    coordinates = {}
    for axis, name in enumerate("xyz"):
        coordinates[name + "1"] = lambda axis=axis: end(axis, to)
        coordinates[name + "2"] = lambda axis=axis: end(axis, source)
        coordinates[name] = lambda axis=axis: (end(axis, to) + end(axis, source)) / 2
    return coordinates
