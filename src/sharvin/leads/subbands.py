"""Subbands E_n(k) of a lead, and the energies where they turn."""

import numpy as np
from scipy.optimize import brentq

_GRID = 96  # momenta at which bands are sampled to find their extrema


def bloch(h0: np.ndarray, v: np.ndarray, momentum: float) -> np.ndarray:
    """H(k) = h0 + v e^{ik} + v† e^{−ik}, in eV, for a momentum in radians per cell."""
    hop = v * np.exp(1j * momentum)
    return h0 + hop + hop.conj().T


def band_energies(h0: np.ndarray, v: np.ndarray, momenta: np.ndarray) -> np.ndarray:
    """Sorted eigenvalues of H(k), shape (momenta, m)."""
    return np.array([np.linalg.eigvalsh(bloch(h0, v, momentum)) for momentum in momenta])


def band_extrema(h0: np.ndarray, v: np.ndarray, window: tuple[float, float]) -> np.ndarray:
    """Energies in a window at which some band has a minimum or maximum, in eV.

    Bands are sampled at 96 momenta; a change of sign of dE/dk between two of them is refined. Where sorted bands
    cross, their kinks come out as well: breaking an integral there does no harm. Two extrema of one band
    closer than the sampling are missed.
    """
    momenta = np.linspace(-np.pi, np.pi, _GRID + 1)
    sampled = [_bands_and_slopes(h0, v, momentum) for momentum in momenta]
    bands = np.array([energies for energies, _ in sampled])
    slopes = np.array([slope for _, slope in sampled])
    slopes[np.abs(slopes) < 1e-10 * np.abs(v).max()] = 0.0
    low, high = window
    reach = 2 * np.pi / _GRID * np.abs(slopes).max()
    extrema = [bands[slopes == 0.0]]
    turns = slopes[:-1] * slopes[1:] < 0
    turns &= (bands[:-1] > low - reach) & (bands[:-1] < high + reach)
    for step, band in np.argwhere(turns):

        def slope_at(k: float, band: int = band) -> float:
            return float(_bands_and_slopes(h0, v, k)[1][band])

        turning = float(brentq(slope_at, float(momenta[step]), float(momenta[step + 1]), xtol=1e-13))
        extrema.append(_bands_and_slopes(h0, v, turning)[0][[band]])
    found = np.unique(np.concatenate(extrema))
    return found[(found >= low) & (found <= high)]


def _bands_and_slopes(h0: np.ndarray, v: np.ndarray, momentum: float) -> tuple[np.ndarray, np.ndarray]:
    """E_n and dE_n/dk (Hellmann–Feynman) at one momentum."""
    energies, states = np.linalg.eigh(bloch(h0, v, momentum))
    slope = 1j * np.exp(1j * momentum) * v
    velocity = np.einsum("ij,ik,kj->j", states.conj(), slope + slope.conj().T, states, optimize=True)
    return energies, np.real(velocity)
