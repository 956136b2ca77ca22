"""Disorder that two programs can agree on: a uniform number for each site, by a hash of the site's integers.

No generator and no order of the sites is involved, only 64-bit integer arithmetic (the finalizer of SplitMix64),
so that the same energies come out whichever program visits the sites, and however.
"""

from typing import Any

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def uniform(strength: float, seed: Any, *indices: Any) -> np.ndarray:
    """Numbers from (−strength/2, strength/2), one for each site of the integer arrays `indices`."""
    state = _word(seed)
    with np.errstate(over="ignore"):
        for index in indices:
            state = _mixed(state ^ _word(index))
    fraction = ((state >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53
    return strength * (fraction - 0.5)


def _word(integers: Any) -> np.ndarray:
    """Integers (also as floats, also negative) as unsigned words."""
    return np.asarray(np.rint(integers)).astype(np.int64).astype(np.uint64)


def _mixed(state: np.ndarray) -> np.ndarray:
    state = state + _GOLDEN
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))
