"""Random numbers that belong to the sites of a lattice: the same for a site whatever the region, its order, or process.

A number is a hash of the site's cell, its sublattice and a seed, by 64-bit integer arithmetic alone (the finalizer of
SplitMix64: G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014). Smooth fields are sums over the sites of the lattice
around, weighted by a function of the distance.
"""

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from scipy.signal import fftconvolve
from scipy.special import ndtri

from ..errors import InputError
from .bravais import Lattice

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_MOST_CELLS = 10**8  # of the box in which noise is smoothed

#: (cells (sites, d), sublattice numbers (sites,)) → a number for each site.
Noise = Callable[[np.ndarray, np.ndarray], np.ndarray]


def uniform(cells: np.ndarray, sublattice: np.ndarray, seed: int, stream: int = 0) -> np.ndarray:
    """Numbers in (0, 1), independent for all sites, seeds and streams."""
    with np.errstate(over="ignore"):
        state = _mixed(_mixed(np.full(len(cells), _word(seed))) ^ _word(stream))
        for index in (*cells.T, sublattice):
            state = _mixed(state ^ _word(index))
    return ((state >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53


def normal(cells: np.ndarray, sublattice: np.ndarray, seed: int, stream: int = 0) -> np.ndarray:
    """Normal numbers of mean 0 and variance 1, independent as in `uniform`."""
    return ndtri(uniform(cells, sublattice, seed, stream))


def _word(integers: Any) -> Any:
    return np.asarray(integers).astype(np.int64).astype(np.uint64)


def _mixed(state: np.ndarray) -> np.ndarray:
    state = state + _GOLDEN
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))


def smoothed(
    lattice: Lattice,
    cells: np.ndarray,
    sublattice: np.ndarray,
    noise: Noise,
    kernel: Callable[[np.ndarray], np.ndarray],
    reach: float,
) -> np.ndarray:
    """Σ_r′ kernel(|r − r′|) noise(r′) over all sites of the lattice up to a distance, at the sites given."""
    found = np.zeros(len(cells))
    if not len(cells):
        return found
    inverse = lattice.inverse
    fractions = lattice.basis @ inverse
    pad = np.ceil(reach * np.linalg.norm(inverse, axis=0) + np.ptp(fractions, axis=0))
    count = math.prod((np.ptp(cells, axis=0) + 2 * pad + 1).tolist()) * lattice.sublattice_count
    if not count <= _MOST_CELLS:
        raise InputError(
            f"disorder: a field that is smooth over {reach:.3g} nm needs {count:.1e} sites of the lattice, more than "
            f"{_MOST_CELLS:.0e}; lengths are in nm"
        )
    pad = pad.astype(int)
    low = cells.min(axis=0).astype(int) - pad
    shape = tuple((cells.max(axis=0) + pad + 1 - low).tolist())
    grid = np.indices(shape).reshape(len(shape), -1).T + low
    steps = np.array(list(product(*(range(-n, n + 1) for n in pad))))
    window = tuple(2 * pad + 1)
    for source in range(lattice.sublattice_count):
        values = noise(grid, np.full(len(grid), source)).reshape(shape)
        for to in np.unique(sublattice).tolist():
            away = lattice.positions(steps, np.full(len(steps), to)) - lattice.basis[source]
            distance = np.linalg.norm(away, axis=1)
            weights = np.where(distance <= reach, kernel(distance), 0.0).reshape(window)
            smooth = fftconvolve(values, weights, mode="valid")
            mine = sublattice == to
            found[mine] += smooth[tuple((cells[mine] - low - pad).T)]
    return found
