"""Spin operators on the orbitals of a site.

Orbitals named "up" and "down", or with these as their last word ("s up", "s down"), are the two states of a spin.
"""

import numpy as np

from ..errors import InputError
from .bravais import Lattice

#: σ_x, σ_y, σ_z on (up, down).
PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


def is_spinful(orbitals: tuple[str, ...]) -> bool:
    """Whether there are both states of a spin among the orbitals."""
    return {"up", "down"} <= {name.split()[-1] for name in orbitals if name.split()}


def spin_matrices(lattice: Lattice, what: str) -> np.ndarray:
    """σ over the orbitals of a site, (3, orbitals, orbitals); `what` asks for it.

    >>> import sharvin as sv
    >>> spin_matrices(sv.lattice.square(orbitals=("s up", "s down")), "zeeman")[2].real
    array([[ 1.,  0.],
           [ 0., -1.]])
    """
    pairs = _pairs(lattice.orbitals)
    if pairs is None:
        raise InputError(
            f'{what}: it acts on spin, so that the lattice needs orbitals ("up", "down"), or pairs such as "s up", '
            f'"s down"; it has {lattice.orbitals}'
        )
    matrices = np.zeros((3, lattice.orbital_count, lattice.orbital_count), dtype=complex)
    for pair in pairs:
        matrices[np.ix_(range(3), pair, pair)] = PAULI
    return matrices


def _pairs(orbitals: tuple[str, ...]) -> list[tuple[int, int]] | None:
    """Places of the up and the down state of every spin; None if some orbital has no partner."""
    found: dict[str, dict[str, int]] = {}
    for place, name in enumerate(orbitals):
        *rest, last = name.split()
        if last not in ("up", "down"):
            return None
        found.setdefault(" ".join(rest), {})[last] = place
    if any(len(pair) != 2 for pair in found.values()):
        return None
    return [(pair["up"], pair["down"]) for pair in found.values()]
