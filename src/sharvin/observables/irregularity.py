"""Noise of transmissions, measured: by how much they change irregularly between energies next to each other.

Rounding makes T(E) a function that jumps from one float to the next; physics does not. Four energies within a millionth
of a panel lie on a straight line, unless a feature of that width is just there, and then the deviation is large.
"""

import numpy as np

_STEPS = np.array([0.0, -1.0, 0.37, 0.71])
_STEP = 2.0**-20  # of a panel
_FLOATS = 4.0  # at least so many floats
#: Of T(E), or of what its S tells of its error: what is more is no rounding.
_LARGEST, _TOLD = 1e-5, 16.0
#: A sum of a few coefficients of 24 samples is at most so many times the noise of three repeated ones.
_SPREAD = 8.0

_LINE = np.vander(_STEPS, 2)
_REST = np.eye(len(_STEPS)) - _LINE @ np.linalg.pinv(_LINE)


def beside(energy: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Energies next to each of some, on panels of some widths, (energies, 4); the first is the energy itself."""
    step = np.maximum(_STEP * width, _FLOATS * np.spacing(np.abs(energy)))
    return energy[:, None] + step[:, None] * _STEPS


def noise_of(values: np.ndarray, error: np.ndarray) -> np.ndarray:
    """The most that rounding contributes to an error; 0 if what is found is none.

    From values at `beside` and the errors that S tells of them, (energies, 4, …).

    >>> smooth, rough = 1e-3 * np.array([1 + _STEPS, [1.0, 1.0, 1 + 1e-12, 1.0]])
    >>> found = [float(noise_of(one[None], 1e-16 * one[None])[0]) for one in (smooth, rough)]
    >>> found[0] < 1e-16, 1e-15 < found[1] < 1e-14
    (True, True)
    """
    found = np.abs(np.einsum("kl,nl...->nk...", _REST, values)).max(axis=1)
    most = np.maximum(_LARGEST * np.abs(values), _TOLD * error).max(axis=1)
    return np.where(found > most, 0.0, _SPREAD * found)
