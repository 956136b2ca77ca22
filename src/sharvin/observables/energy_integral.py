"""Integrals over energy of transmissions with thermal weights, many at once from one sampled spectrum.

Each integral j belongs to a set of reservoirs. Its energies reach ± `Options.window` · k_BT around each μ, and between
the smallest and the largest μ. The spectrum is sampled once for all of them (`spectrum`); weights vary on the scale of
k_BT, so each panel is cut into pieces of a few k_BT around every μ, on which Gauss–Legendre quadrature is exact to
rounding. At T = 0 the pieces end at the μ and the weights are constant on them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial.legendre import leggauss

from ..errors import NotConverged
from ..options import Options
from .spectrum import TransmissionSpectrum

_GAUSS_X, _GAUSS_W = leggauss(24)
_PIECE = 4.0  # length of a piece in k_BT: the nodes resolve the poles of f at ± iπk_BT, next to thresholds too
_FLOOR = 1e-10  # values this much smaller than the largest of their pass are absolute, not relative
_ROUNDING = 4 * np.finfo(float).eps
_CHUNK = 200_000  # quadrature nodes handled at once

#: (energies (n,), transmissions (n, leads, leads), number of the integral (n,)) → integrands (n, outputs).
Integrand = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class IntegralResult:
    """Values and errors, shape (integrals, outputs), what they cost, the worst unitarity error, and g_s."""

    values: np.ndarray
    errors: np.ndarray
    evaluations: int
    unitarity_error: float
    spin_degeneracy: int


def integrate(
    conductor: Any,
    params: Mapping[str, Any],
    mu: np.ndarray,
    thermal_energy: np.ndarray,
    integrand: Integrand,
    options: Options,
    *,
    bottom: float | None = None,
) -> IntegralResult:
    """∫ integrand dE for every row of reservoirs.

    Parameters
    ----------
    conductor, params
        Any conductor and one set of its parameters.
    mu, thermal_energy
        Of the reservoirs of each integral, in eV, shape (integrals, reservoirs).
    integrand
        Linear in the transmissions; see `Integrand`.
    bottom
        Where the integral begins, in eV, for weights that do not vanish far below μ.
    options
        `rtol` is relative to ∫|integrand| dE, so that values that cancel to zero have an honest error.

    Raises
    ------
    NotConverged
        If the panels exceed `max_subdivisions`; the message gives the error reached.
    """
    reach = options.window * thermal_energy.max(axis=1)
    low, high = mu.min(axis=1) - reach, mu.max(axis=1) + reach
    if bottom is not None:
        low = np.full_like(low, bottom)
    intervals = _merged(low, high)
    spectrum = TransmissionSpectrum(conductor, params, options)
    if not intervals:
        nothing = integrand(np.zeros(0), np.zeros((0,) + (len(conductor.leads),) * 2), np.zeros(0, dtype=int))
        zeros = np.zeros((len(mu), nothing.shape[1]))
        return IntegralResult(zeros, zeros, 0, 0.0, spectrum.spin_degeneracy)
    spectrum.cover(intervals, _first_breaks(mu, thermal_energy))
    while True:
        pieces = _pieces(spectrum, mu, thermal_energy, low, high)
        values, sizes, doubts = _sums(spectrum, pieces, integrand, len(mu))
        errors = doubts.sum(axis=0) + _ROUNDING * sizes
        tolerance = options.rtol * np.maximum(sizes, _FLOOR * sizes.max(initial=0.0))
        if (errors <= tolerance + _ROUNDING * sizes).all():
            ends = (low, high) if bottom is None else (high,)
            errors = errors + sum(_beyond(spectrum, end, thermal_energy, integrand) for end in ends)
            return IntegralResult(
                values, errors, spectrum.evaluations, spectrum.unitarity_error, spectrum.spin_degeneracy
            )
        failing = errors > tolerance + _ROUNDING * sizes
        share = np.where(failing, tolerance / (2 * np.maximum((doubts > 0).sum(axis=0), 1)), np.inf)
        bad = (doubts > share).any(axis=(1, 2)) & ~spectrum.panels.negligible
        if not bad.any() or len(spectrum.panels) > options.max_subdivisions:
            worst = np.max(errors / np.maximum(sizes, 1e-300))
            raise NotConverged(
                f"an energy integral reached a relative error of {worst:.1e} on {len(spectrum.panels)} panels, not the "
                f"tolerance {options.rtol:.1e}; loosen Options(rtol=…), or raise max_subdivisions"
            )
        spectrum.halve(bad)


def _beyond(
    spectrum: TransmissionSpectrum, end: np.ndarray, thermal_energy: np.ndarray, integrand: Integrand
) -> np.ndarray:
    """A bound on what lies beyond the end of each window, where weights fall as e^(−|E−μ|/k_BT): 2 k_BT |integrand|."""
    transmission = spectrum.at_energy(end)
    return 2 * thermal_energy.max(axis=1)[:, None] * np.abs(integrand(end, transmission, np.arange(len(end))))


def _merged(low: np.ndarray, high: np.ndarray) -> list[tuple[float, float]]:
    """Overlapping intervals joined; empty ones left out."""
    merged: list[tuple[float, float]] = []
    for start, stop in sorted(zip(low.tolist(), high.tolist(), strict=True)):
        if stop <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _first_breaks(mu: np.ndarray, thermal_energy: np.ndarray) -> np.ndarray:
    """Where the first panels end: around the outermost μ, a few of the largest k_BT away, and between them."""
    kt = thermal_energy.max()
    lowest, highest = mu.min(), mu.max()
    around = np.array([-12.0, -4.0, 4.0, 12.0]) * kt
    return np.unique(np.concatenate([lowest + around, highest + around, [lowest, highest]]))


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Stretches of panels, in s, each for one integral."""

    panel: np.ndarray
    integral: np.ndarray
    start: np.ndarray
    stop: np.ndarray


def _pieces(
    spectrum: TransmissionSpectrum,
    mu: np.ndarray,
    thermal_energy: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> _Pieces:
    """All panels cut at the steps of the weights of every integral they meet."""
    order = np.argsort(spectrum.panels.low)
    panels = spectrum.panels[order]
    ends = np.concatenate([panels.low, panels.high])
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    for j in range(len(mu)):
        steps = np.arange(-40.0, 40.0 + _PIECE / 2, _PIECE)
        cuts = np.concatenate(
            [(mu[j][:, None] + thermal_energy[j][:, None] * steps).ravel(), mu[j], [low[j], high[j]], ends]
        )
        cuts = np.unique(cuts[(cuts >= low[j]) & (cuts <= high[j])])
        if len(cuts) < 2:
            continue
        start, stop = cuts[:-1], cuts[1:]
        place = np.searchsorted(panels.low, (start + stop) / 2, side="right") - 1
        inside = (start + stop) / 2 < panels.high[place]  # not in a gap between intervals
        found.append((order[place[inside]], np.full(inside.sum(), j), start[inside], stop[inside]))
    panel, integral, start, stop = (np.concatenate(column) for column in zip(*found, strict=True))
    mine = spectrum.panels[panel]
    return _Pieces(panel, integral, mine.s_of(start), mine.s_of(stop))


def _sums(
    spectrum: TransmissionSpectrum, pieces: _Pieces, integrand: Integrand, integrals: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """∫ integrand, ∫ |integrand| (integrals, outputs), and the doubt that each panel's error brings (panels, …)."""
    leads = spectrum.error.shape[1]
    outputs = integrand(np.zeros(0), np.zeros((0, leads, leads)), np.zeros(0, dtype=int)).shape[1]
    values, sizes = np.zeros((2, integrals, outputs))
    doubts = np.zeros((len(spectrum.panels), integrals, outputs))
    per_chunk = max(1, _CHUNK // len(_GAUSS_X))
    for begin in range(0, len(pieces.panel), per_chunk):
        part = slice(begin, begin + per_chunk)
        half = (pieces.stop[part] - pieces.start[part]) / 2
        s = ((pieces.start[part] + half)[:, None] + half[:, None] * _GAUSS_X).ravel()
        panel = np.repeat(pieces.panel[part], len(_GAUSS_X))
        j = np.repeat(pieces.integral[part], len(_GAUSS_X))
        mine = spectrum.panels[panel]
        energy, weight = mine.energy(s), (half[:, None] * _GAUSS_W).ravel() * mine.slope(s)
        integrated = integrand(energy, spectrum.at(panel, s), j) * weight[:, None]
        # The integrand is linear in T: an error ε_αβ of the transmissions changes it by at most Σ ε_αβ |∂/∂T_αβ|.
        doubt = np.zeros_like(integrated)
        for out, source in np.ndindex(leads, leads):
            single = np.zeros((leads, leads))
            single[out, source] = 1.0
            slope = integrand(energy, np.broadcast_to(single, (len(energy), leads, leads)), j)
            doubt += np.abs(slope) * spectrum.error[panel, out, source][:, None]
        np.add.at(values, j, integrated)
        np.add.at(sizes, j, np.abs(integrated))
        np.add.at(doubts, (panel, j), doubt * weight[:, None])
    return values, sizes, doubts
