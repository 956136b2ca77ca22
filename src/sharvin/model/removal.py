"""Which sites of a region to take away: vacancies, rough edges, loose ends.

Each function gives a mask over the sites. Random choices belong to a site and a seed, as those of `noise` do, so that
they do not depend on the order of sites, or on what else is in the region.
"""

from typing import Any

import numpy as np
from scipy import sparse

from ..errors import InputError
from ..reals import integer, number, shown
from .coordinates import site_coordinates
from .noise import uniform
from .sites import Sites
from .terms import SITE_COORDINATES
from .values import Value

_VACANCIES = 2**20  # streams of random numbers, apart from those of on-site disorder
_EDGES = 2**20 + 1  # and, for the n-th layer, this plus n


def chosen_sites(sites: Sites, where: Any) -> np.ndarray:
    """The sites that a user means: a mask, or a function of coordinates that gives one."""
    what = "without_sites"
    if not callable(where):
        mask = np.asarray(where)
        if mask.dtype != bool or mask.shape != (len(sites),):
            raise InputError(
                f"{what}: expected a function of coordinates, or True or False for each of the {len(sites)} sites, "
                f"got {shown(where)}"
            )
        return mask
    value = Value(where, what, SITE_COORDINATES)
    if value.parameters:
        raise InputError(
            f"{what}: the sites cannot depend on parameters ({', '.join(value.parameters)}), since they make the "
            f"pattern of the Hamiltonian; coordinates are {', '.join(SITE_COORDINATES)}"
        )
    mask = np.asarray(value.call(site_coordinates(sites, np.arange(len(sites))), {}, len(sites)))
    if mask.dtype != bool or mask.shape not in ((), (len(sites),)):
        raise InputError(
            f"{what}: the function must give True or False for each of the {len(sites)} sites, got {shown(mask)}"
        )
    return np.broadcast_to(mask, (len(sites),))


def random_sites(sites: Sites, probability: Any, seed: Any, sublattice: str | None) -> np.ndarray:
    """Each site with a probability, independently."""
    share = _probability("vacancies", probability)
    found = uniform(sites.cells, sites.sublattice, integer("vacancies: seed", seed), _VACANCIES) < share
    if sublattice is not None:
        found &= sites.sublattice == sites.lattice.sublattice_number(sublattice)
    return found


def rough_sites(
    sites: Sites,
    neighbours: sparse.csr_array,
    full: np.ndarray,
    kept: np.ndarray,
    probability: Any,
    layers: Any,
    seed: Any,
) -> np.ndarray:
    """Sites at the edge, which have fewer neighbours than `full`, each with a probability; then again, by layers.

    Those that are `kept` have their other neighbours in leads, and are no edge.
    """
    share, number_of = _probability("rough_edges", probability), integer("rough_edges: seed", seed)
    count = integer("rough_edges: layers", layers)
    if count < 1:
        raise InputError(f"rough_edges: layers must be 1 or more, got {shown(layers)}")
    gone = np.zeros(len(sites), dtype=bool)
    for layer in range(count):
        edge = ~gone & ~kept & (neighbours @ (~gone).astype(int) < full)
        draws = uniform(sites.cells[edge], sites.sublattice[edge], number_of, _EDGES + layer)
        gone[np.flatnonzero(edge)[draws < share]] = True
    return gone


def loose_sites(neighbours: sparse.csr_array, kept: np.ndarray, least: Any) -> np.ndarray:
    """Sites that have fewer neighbours than `least`, and those that then have so few, to the end; none `kept`."""
    fewest = integer("trimmed: neighbours", least)
    if fewest < 1:
        raise InputError(f"trimmed: neighbours must be 1 or more, got {shown(least)}")
    gone = np.zeros(len(kept), dtype=bool)
    while True:
        loose = ~gone & ~kept & (neighbours @ (~gone).astype(int) < fewest)
        if not loose.any():
            return gone
        gone |= loose


def _probability(what: str, value: Any) -> float:
    found = number(f"{what}: probability", value)
    if not 0 <= found <= 1:
        raise InputError(f"{what}: probability must be between 0 and 1, got {shown(value)}")
    return found
