"""Integrals over energy of transmissions with thermal weights, many at once from one sampled spectrum.

Each integral j belongs to a set of reservoirs. Its energies reach ± `Options.window` · k_BT around each μ, and between
the smallest and the largest μ; where what lies beyond might count, the window is widened. The spectrum is sampled
once for all of them (`spectrum`); weights vary on the scale of k_BT, so each panel is cut into pieces of a few k_BT
around every μ, on which Gauss–Legendre quadrature is exact to rounding. At T = 0 the pieces end at the μ and the
weights are constant on them. Energies are floats, rounded at 1e-16 |μ|: what that brings stands in the errors, and
a k_BT that is too small beside μ to be seen at all (`resolved`) is zero.
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
_PIECE = (
    4.0  # length of a piece in k_BT: the nodes resolve the poles of f at ± iπk_BT, next to thresholds too
)
_FLOOR = 1e-10  # values this much smaller than the largest of their pass are absolute, not relative
_EPS = np.finfo(float).eps
_ROUNDING = 4 * _EPS
_UNSEEN = 2e-13  # k_BT smaller than this much of |μ| is lost in the rounding of energies near μ
_CHUNK = 200_000  # quadrature nodes handled at once
_WIDEN, _WIDEST = 1.5, 3.0  # steps in which a window that cuts off too much is widened, and how far

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


def common_degeneracy(found: list[IntegralResult]) -> int | str:
    """g_s of all results, for the attributes of a sweep; a sweep may be over g_s itself."""
    values = sorted({result.spin_degeneracy for result in found})
    return int(values[0]) if len(values) == 1 else "swept: " + ", ".join(str(value) for value in values)


@dataclass(frozen=True, eq=False)
class _Weights:
    """The reservoirs of each integral, (integrals, reservoirs) in eV, and the integrand that they give."""

    mu: np.ndarray
    thermal_energy: np.ndarray
    integrand: Integrand
    leads: int
    bottom: float | None

    def __len__(self) -> int:
        return len(self.mu)

    @property
    def outputs(self) -> int:
        """Numbers per integral."""
        nowhere = np.zeros((0, self.leads, self.leads))
        return self.integrand(np.zeros(0), nowhere, np.zeros(0, dtype=int)).shape[1]

    def window(self, width: float) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest energy of each integral, for a window in k_BT."""
        reach = width * self.thermal_energy.max(axis=1)
        low, high = self.mu.min(axis=1) - reach, self.mu.max(axis=1) + reach
        if self.bottom is None:
            return low, high
        return np.full_like(low, self.bottom), np.maximum(high, self.bottom + reach)

    def first_breaks(self) -> np.ndarray:
        """Where the first panels end: around the outermost μ, a few of the largest k_BT away, and between them."""
        kt = self.thermal_energy.max()
        lowest, highest = self.mu.min(), self.mu.max()
        around = np.array([-12.0, -4.0, 4.0, 12.0]) * kt
        return np.unique(np.concatenate([lowest + around, highest + around, [lowest, highest]]))

    def cuts(self, j: int, width: float) -> np.ndarray:
        """Energies between which the weights of integral j vary little."""
        steps = np.arange(-width, width + _PIECE / 2, _PIECE)
        return np.concatenate(
            [(self.mu[j][:, None] + self.thermal_energy[j][:, None] * steps).ravel(), self.mu[j]]
        )

    def coarseness(self) -> np.ndarray:
        """How much, relative to ∫|integrand|, the rounding of energies counts, (integrals, 1).

        Between reservoirs the flow is a difference: what drives it is how far they differ. One reservoir alone has
        the weight −∂f/∂E, as wide as k_BT.
        """
        mu, kt = np.abs(self.mu).max(axis=1) + abs(self.bottom or 0.0), self.thermal_energy.max(axis=1)
        drive = np.ptp(self.mu, axis=1) + np.ptp(self.thermal_energy, axis=1)
        drive, size = (kt, mu) if self.mu.shape[1] == 1 else (drive, mu + 4 * kt)
        return (2 * _EPS * size / np.where(drive > 0, drive, np.inf))[:, None]

    def change(self, energy: np.ndarray, error: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Largest change of the integrands, linear in T, by errors of the transmissions: Σ ε_αβ |∂/∂T_αβ|."""
        change = np.zeros((len(energy), self.outputs))
        for out, source in np.ndindex(self.leads, self.leads):
            single = np.zeros((self.leads, self.leads))
            single[out, source] = 1.0
            slope = self.integrand(energy, np.broadcast_to(single, (len(energy), *single.shape)), j)
            change += np.abs(slope) * error[:, out, source][:, None]
        return change

    def beyond(self, spectrum: TransmissionSpectrum, width: float) -> np.ndarray:
        """A bound on what lies outside the windows, where weights fall as e^(−|E−μ|/k_BT), T as at the end, or 1."""
        bound = np.zeros((len(self), self.outputs))
        low, high = self.window(width)
        for end in (low, high) if self.bottom is None else (high,):
            largest = np.maximum(spectrum.at_energy(end), 1.0)
            bound += self.thermal_energy.max(axis=1)[:, None] * self.change(
                end, largest, np.arange(len(self))
            )
        return 2 * bound


def resolved(mu: np.ndarray, thermal_energy: np.ndarray) -> np.ndarray:
    """k_BT, or zero where floats near μ are too coarse to resolve it.

    >>> resolved(np.array([1e-3, 0.0]), np.array([1e-17, 1e-17]))
    array([0.e+00, 1.e-17])
    """
    return np.where(thermal_energy < _UNSEEN * np.abs(mu), 0.0, thermal_energy)


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
    options
        `rtol` is relative to ∫|integrand| dE, so that values that cancel to zero have an honest error.
    bottom
        Where the integral begins, in eV, for weights that do not vanish far below μ.

    Raises
    ------
    NotConverged
        If the panels exceed `max_subdivisions`; the message gives the error reached.
    """
    weights = _Weights(mu, thermal_energy, integrand, len(conductor.leads), bottom)
    spectrum = TransmissionSpectrum(conductor, params, options)
    width, covered = options.window, []
    while True:
        intervals = _merged(*weights.window(width))
        if not intervals:
            nothing = np.zeros((len(mu), weights.outputs))
            return IntegralResult(nothing, nothing, 0, 0.0, spectrum.spin_degeneracy)
        spectrum.cover(_outside(intervals, covered), weights.first_breaks())
        covered = intervals
        values, sizes, errors = _converged(spectrum, weights, width, options)
        beyond = weights.beyond(spectrum, width)
        if (
            (beyond <= _tolerance(sizes, options)).all()
            or width > _WIDEST * options.window
            or not sizes.any()
        ):
            cost, unitarity = spectrum.evaluations, spectrum.unitarity_error
            errors = errors + beyond + weights.coarseness() * sizes
            return IntegralResult(values, errors, cost, unitarity, spectrum.spin_degeneracy)
        width *= _WIDEN


def _tolerance(sizes: np.ndarray, options: Options) -> np.ndarray:
    return options.rtol * np.maximum(sizes, _FLOOR * sizes.max(initial=0.0))


def _converged(
    spectrum: TransmissionSpectrum, weights: _Weights, width: float, options: Options
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The integrals, those of the absolute values, and their errors, on panels halved until the errors are small."""
    while True:
        values, sizes, doubts = _sums(spectrum, _pieces(spectrum, weights, width), weights)
        rounding = _ROUNDING * sizes
        errors, tolerance = doubts.sum(axis=0) + rounding, _tolerance(sizes, options) + rounding
        failing = errors > tolerance
        if not failing.any():
            return values, sizes, errors
        share = np.where(failing, tolerance / (2 * np.maximum((doubts > 0).sum(axis=0), 1)), np.inf)
        bad = (doubts > share).any(axis=(1, 2)) & ~spectrum.panels.negligible
        if not bad.any() or len(spectrum.panels) > options.max_subdivisions:
            worst = np.max(errors / np.maximum(sizes, 1e-300))
            remedy = (
                "loosen Options(rtol=…), or raise max_subdivisions"
                if bad.any()
                else "what is left is as narrow as floats allow: loosen Options(rtol=…), raise the temperature (0 is "
                "exact), or move mu a little"
            )
            raise NotConverged(
                f"an energy integral reached a relative error of {worst:.1e} on {len(spectrum.panels)} panels, not the "
                f"tolerance {options.rtol:.1e}; {remedy}"
            )
        spectrum.halve(bad)


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


def _outside(
    intervals: list[tuple[float, float]], covered: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """What of the intervals is not covered; each covered one lies inside an interval."""
    rest = []
    for low, high in intervals:
        start = low
        for first, last in covered:
            if low <= first and last <= high:
                rest.append((start, first))
                start = last
        rest.append((start, high))
    return [(start, stop) for start, stop in rest if stop > start]


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Stretches of panels, in s, each for one integral."""

    panel: np.ndarray
    integral: np.ndarray
    start: np.ndarray
    stop: np.ndarray


def _pieces(spectrum: TransmissionSpectrum, weights: _Weights, width: float) -> _Pieces:
    """All panels cut at the steps of the weights of every integral they meet."""
    order = np.argsort(spectrum.panels.low)
    panels = spectrum.panels[order]
    ends = np.concatenate([panels.low, panels.high])
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    for j, (low, high) in enumerate(zip(*weights.window(width), strict=True)):
        cuts = np.concatenate([weights.cuts(j, width), [low, high], ends])
        cuts = np.unique(cuts[(cuts >= low) & (cuts <= high)])
        start, stop = cuts[:-1], cuts[1:]
        place = np.searchsorted(panels.low, (start + stop) / 2, side="right") - 1
        inside = (start + stop) / 2 < panels.high[place]  # not in a gap between intervals
        found.append((order[place[inside]], np.full(inside.sum(), j), start[inside], stop[inside]))
    panel, integral, start, stop = (np.concatenate(column) for column in zip(*found, strict=True))
    mine = spectrum.panels[panel]
    return _Pieces(panel, integral, mine.s_of(start), mine.s_of(stop))


def _sums(
    spectrum: TransmissionSpectrum, pieces: _Pieces, weights: _Weights
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """∫ integrand, ∫ |integrand| (integrals, outputs), and the doubt that each panel's error brings (panels, …)."""
    shape = (len(weights), weights.outputs)
    values, sizes = np.zeros(shape), np.zeros(shape)
    doubts = np.zeros((len(spectrum.panels), *shape))
    per_chunk = max(1, _CHUNK // len(_GAUSS_X))
    for begin in range(0, len(pieces.panel), per_chunk):
        part = slice(begin, begin + per_chunk)
        half = (pieces.stop[part] - pieces.start[part]) / 2
        s = ((pieces.start[part] + half)[:, None] + half[:, None] * _GAUSS_X).ravel()
        panel = np.repeat(pieces.panel[part], len(_GAUSS_X))
        j = np.repeat(pieces.integral[part], len(_GAUSS_X))
        mine = spectrum.panels[panel]
        energy = mine.energy(s)
        measure = ((half[:, None] * _GAUSS_W).ravel() * mine.slope(s))[:, None]
        integrated = weights.integrand(energy, spectrum.at(panel, s), j) * measure
        np.add.at(values, j, integrated)
        np.add.at(sizes, j, np.abs(integrated))
        np.add.at(doubts, (panel, j), weights.change(energy, spectrum.error[panel], j) * measure)
    return values, sizes, doubts
