"""Sites in layers, such that a matrix with the leads' self-energies is block tridiagonal in them.

A self-energy connects all sites that its lead touches, and a probe all orbitals of its site. Layer k holds the sites
that are k bonds away from where one starts: from one of the leads, or from all of them, whichever leaves the least
work, which grows with the cube of the layers' sizes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

_SMALL = 24  # orbitals of a layer up to which smaller ones are put together


@dataclass(frozen=True, eq=False)
class SiteGraph:
    """Which sites are bound to each other, by elements of H that are not zero or by a lead.

    Attributes
    ----------
    bonds
        (sites, sites), structurally symmetric.
    touched
        The sites that each lead touches.
    site
        Of each orbital.
    """

    bonds: Any
    touched: tuple[np.ndarray, ...]
    site: np.ndarray

    @classmethod
    def of(cls, h: sparse.csr_array, site: np.ndarray, leads: Iterable[np.ndarray]) -> "SiteGraph":
        """From H, the site of each orbital, and the orbitals that each lead touches."""
        whole: Any = h.tocoo()
        bound = whole.data != 0
        rows, columns = site[whole.row[bound]], site[whole.col[bound]]
        touched = tuple(np.unique(site[orbitals]) for orbitals in leads)
        cliques = [(np.repeat(own, len(own)), np.tile(own, len(own))) for own in touched]
        to = np.concatenate([rows, columns, *(pair[0] for pair in cliques)])
        source = np.concatenate([columns, rows, *(pair[1] for pair in cliques)])
        size = int(site.max(initial=-1)) + 1
        bonds = sparse.coo_matrix((np.ones(len(to)), (to, source)), shape=(size, size)).tocsr()
        return cls(bonds, touched, site)

    @cached_property
    def pieces(self) -> np.ndarray:
        """The number of the connected piece that each site belongs to."""
        return csgraph.connected_components(self.bonds, directed=False)[1]

    def reached(self, leads: np.ndarray) -> np.ndarray:
        """The sites that some leads can be reached from, (sites,)."""
        pieces = self.pieces
        own = [pieces[self.touched[lead]] for lead in np.flatnonzero(leads)]
        return np.isin(pieces, np.concatenate(own)) if own else np.zeros(len(pieces), dtype=bool)

    def layers(self, leads: np.ndarray) -> list[np.ndarray]:
        """The orbitals of the sites that some leads can be reached from, layer by layer.

        Parameters
        ----------
        leads
            Which of them, (leads,).
        """
        everywhere = np.unique(np.concatenate(self.touched))
        starts = [*(self.touched[lead] for lead in np.flatnonzero(leads)), everywhere]
        distances = [self._distance(start) for start in starts]
        reached = self.reached(leads)[self.site]
        return min((self._split(distance, reached) for distance in distances), key=layer_work)

    def _distance(self, start: np.ndarray) -> np.ndarray:
        """Bonds from a start to each site; in a piece that it cannot reach, from the first site of the piece."""
        pieces = self.pieces
        first = np.unique(pieces, return_index=True)[1]
        others = first[~np.isin(pieces[first], pieces[start])]
        sources = np.concatenate([start, others])
        found = csgraph.dijkstra(self.bonds, indices=sources, unweighted=True, min_only=True)
        return np.asarray(found)

    def _split(self, distance: np.ndarray, reached: np.ndarray) -> list[np.ndarray]:
        orbitals = np.flatnonzero(reached)
        layer = distance[self.site[orbitals]].astype(int)
        order = np.lexsort((self.site[orbitals], layer))  # a site's orbitals beside each other
        return _merged(np.split(orbitals[order], np.flatnonzero(np.diff(layer[order])) + 1))


def _merged(layers: list[np.ndarray]) -> list[np.ndarray]:
    """Neighbouring layers put together while they are so small that Python costs more than arithmetic."""
    found: list[list[np.ndarray]] = []
    size = _SMALL
    for layer in layers:
        if size + len(layer) > _SMALL:
            found.append([])
            size = 0
        found[-1].append(layer)
        size += len(layer)
    return [np.concatenate(group) for group in found]


def layer_work(layers: list[np.ndarray]) -> float:
    """Σ size³: what one product of all blocks takes, in units of one multiplication."""
    return float(sum(float(len(layer)) ** 3 for layer in layers))
