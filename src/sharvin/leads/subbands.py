"""Subbands E_n(k) of a lead, and the energies where they turn."""

import numpy as np
from scipy.linalg import eigh, eigvalsh
from scipy.optimize import brentq

#: (s0, s1): overlaps inside a cell, and of a cell with the next one.
Overlap = tuple[np.ndarray, np.ndarray]
_DEGENERATE = 1e-10  # energies this close, relative to the largest, are one level
_GRID = 96  # momenta at which bands are sampled to find their extrema


def bloch(h0: np.ndarray, v: np.ndarray, momentum: float) -> np.ndarray:
    """H(k) = h0 + v e^{ik} + v† e^{−ik}, in eV, for a momentum in radians per cell."""
    hop = v * np.exp(1j * momentum)
    return h0 + hop + hop.conj().T


def band_energies(
    h0: np.ndarray, v: np.ndarray, momenta: np.ndarray, overlap: Overlap | None = None
) -> np.ndarray:
    """Sorted eigenvalues of H(k), in the overlap s0 + s1 e^{ik} + s1† e^{−ik} if there is one, shape (momenta, m)."""
    if overlap is None:
        return np.array([np.linalg.eigvalsh(bloch(h0, v, momentum)) for momentum in momenta])
    return np.array([eigvalsh(bloch(h0, v, momentum), bloch(*overlap, momentum)) for momentum in momenta])


def bands_and_slopes(
    h0: np.ndarray, v: np.ndarray, momenta: np.ndarray, overlap: Overlap | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """E_n(k) and dE_n/dk, (momenta, m) each; in a degenerate space the slopes are those of the bands that cross."""
    found = [_bands_and_slopes(h0, v, momentum, overlap, crossing=True) for momentum in momenta]
    return np.array([energies for energies, _ in found]), np.array([slopes for _, slopes in found])


def band_extrema(
    h0: np.ndarray, v: np.ndarray, window: tuple[float, float], overlap: Overlap | None = None
) -> np.ndarray:
    """Energies in a window at which some band has a minimum or maximum, in eV.

    Bands are sampled at 96 momenta, and more closely about 0 and π, where spin–orbit coupling splits an extremum into
    three; a change of sign of dE/dk between two of them is refined. Where sorted bands cross, their kinks come out
    as well: breaking an integral there does no harm. Two extrema of one band closer than the sampling are missed.
    """
    momenta = _sampled_momenta()
    sampled = [_bands_and_slopes(h0, v, momentum, overlap) for momentum in momenta]
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
            return float(_bands_and_slopes(h0, v, k, overlap)[1][band])

        turning = float(brentq(slope_at, float(momenta[step]), float(momenta[step + 1]), xtol=1e-13))
        extrema.append(_bands_and_slopes(h0, v, turning, overlap)[0][[band]])
    found = np.unique(np.concatenate(extrema))
    return found[(found >= low) & (found <= high)]


def _sampled_momenta() -> np.ndarray:
    """From −π to π, in steps of 2π/96 and, next to 0 and ±π, 1/4, 1/16 and 1/64 of it."""
    step = 2 * np.pi / _GRID
    close = step * 4.0 ** -np.arange(1, 4)
    near = np.concatenate([-close, close, close - np.pi, np.pi - close])
    return np.sort(np.concatenate([np.linspace(-np.pi, np.pi, _GRID + 1), near]))


def _bands_and_slopes(
    h0: np.ndarray, v: np.ndarray, momentum: float, overlap: Overlap | None, *, crossing: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """E_n and dE_n/dk = φ†(∂H/∂k − E ∂S/∂k)φ (Hellmann–Feynman) at one momentum.

    If `crossing`, in the states of a degenerate space that diagonalize ∂H/∂k − E ∂S/∂k there.
    """
    turn = 1j * np.exp(1j * momentum)
    if overlap is None:
        energies, states = np.linalg.eigh(bloch(h0, v, momentum))
    else:
        energies, states = eigh(bloch(h0, v, momentum), bloch(*overlap, momentum))
    if crossing:
        scale = max(np.abs(energies).max(), np.abs(v).max(), 1e-300)
        splits = np.flatnonzero(np.diff(energies) > _DEGENERATE * scale) + 1
        for members in np.split(np.arange(len(energies)), splits):
            if len(members) > 1:
                half = turn * (v if overlap is None else v - energies[members].mean() * overlap[1])
                space = states[:, members]
                states[:, members] = space @ eigh(space.conj().T @ (half + half.conj().T) @ space)[1]
    slopes = _expected(turn * v, states)
    return energies, slopes if overlap is None else slopes - energies * _expected(turn * overlap[1], states)


def _expected(half: np.ndarray, states: np.ndarray) -> np.ndarray:
    """φ†(X + X†)φ of each state."""
    return np.real(np.einsum("ij,ik,kj->j", states.conj(), half + half.conj().T, states, optimize=True))
