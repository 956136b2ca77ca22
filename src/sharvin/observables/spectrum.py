"""Transmissions as functions of energy: sampled once, as coarsely as they allow, and exact to a stated error.

What T_αβ(E) looks like has nothing to do with the reservoirs. So it is sampled on panels that end at the thresholds
of the channels, as Chebyshev series in a variable s ∈ [0, 1],

    E = a + (b − a) h(s),    h = s,  s²,  1 − (1 − s)²  or  s²(3 − 2s),

with dE/ds = 0 where the panel's end is a threshold: that turns the branch point (E − E_n)^{1/2} into a polynomial.
The last coefficients of a series estimate its error; a panel that is not good enough for the integral at hand
is halved. (L. N. Trefethen, Approximation Theory and Approximation Practice, SIAM, 2013.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial.chebyshev import chebpts1, chebvander

from ..options import Options
from ..scattering import thresholds, transmissions

_TAIL = 3  # coefficients that estimate the error of a series
_COARSE = 1e-6  # tolerance above which panels need fewer nodes


@dataclass(frozen=True, eq=False)
class Panels:
    """Stretches of energy in eV, and whether their lower and upper ends are thresholds; all arrays (panels,)."""

    low: np.ndarray
    high: np.ndarray
    opens: np.ndarray
    closes: np.ndarray

    def __len__(self) -> int:
        return len(self.low)

    def __getitem__(self, chosen: Any) -> "Panels":
        return Panels(self.low[chosen], self.high[chosen], self.opens[chosen], self.closes[chosen])

    def joined(self, other: "Panels") -> "Panels":
        """These panels and others behind them."""
        mine, theirs = (
            (self.low, self.high, self.opens, self.closes),
            (other.low, other.high, other.opens, other.closes),
        )
        return Panels(*(np.concatenate(pair) for pair in zip(mine, theirs, strict=True)))

    def halves(self) -> "Panels":
        """Lower halves, then upper halves; the middle is no threshold."""
        middle, none = (self.low + self.high) / 2, np.zeros(len(self), dtype=bool)
        return Panels(self.low, middle, self.opens, none).joined(Panels(middle, self.high, none, self.closes))

    @property
    def negligible(self) -> np.ndarray:
        """Panels too narrow for floating point to halve."""
        return self.high - self.low <= 1e-13 * np.maximum(np.abs(self.low), np.abs(self.high))

    def energy(self, s: np.ndarray) -> np.ndarray:
        """E(s), for s of shape (panels,)."""
        h = np.select(self._kinds, [s * s * (3 - 2 * s), s * s, s * (2 - s)], s)
        return self.low + (self.high - self.low) * h

    def slope(self, s: np.ndarray) -> np.ndarray:
        """dE/ds."""
        return (self.high - self.low) * np.select(self._kinds, [6 * s * (1 - s), 2 * s, 2 * (1 - s)], 1.0)

    def s_of(self, energy: np.ndarray) -> np.ndarray:
        """The inverse of E(s)."""
        y = np.clip((energy - self.low) / (self.high - self.low), 0.0, 1.0)
        smooth = 0.5 - np.sin(np.arcsin(1 - 2 * y) / 3)
        return np.select(self._kinds, [smooth, np.sqrt(y), 1 - np.sqrt(1 - y)], y)

    @property
    def _kinds(self) -> list[np.ndarray]:
        return [self.opens & self.closes, self.opens, self.closes]


class TransmissionSpectrum:
    """T_αβ(E) of a conductor at one set of parameters, on a growing set of panels.

    Attributes
    ----------
    panels
        The stretches sampled so far.
    error
        Estimated largest error of each transmission on each panel, (panels, leads, leads).
    evaluations
        Number of scattering matrices computed so far.
    unitarity_error
        The worst unitarity error among them.
    spin_degeneracy
        g_s, as the scattering matrices have it.
    """

    def __init__(self, conductor: Any, params: Mapping[str, Any], options: Options) -> None:
        self._conductor, self._params, self._options = conductor, params, options
        count = len(conductor.leads)
        nothing = np.zeros(0, dtype=bool)
        self.panels = Panels(np.zeros(0), np.zeros(0), nothing, nothing)
        self.error = np.zeros((0, count, count))
        nodes = 8 if options.rtol > _COARSE else 16
        self._points = (chebpts1(nodes) + 1) / 2
        self._to_series = np.linalg.inv(chebvander(chebpts1(nodes), nodes - 1))
        self._series = np.zeros((0, nodes, count, count))
        self.evaluations, self.unitarity_error = 0, 0.0
        self.spin_degeneracy: int = conductor.spin_degeneracy

    def cover(self, intervals: list[tuple[float, float]], breaks: np.ndarray) -> None:
        """Lay the first panels over intervals of energy, ending at thresholds and at `breaks`."""
        for low, high in intervals:
            found = np.zeros(0)
            if self._options.break_at_thresholds:
                found = thresholds(self._conductor, (low, high), **self._params)
            points = np.unique(np.concatenate([[low, high], found, breaks]))
            points = points[(points >= low) & (points <= high)]
            # Leads that differ by rounding have thresholds that do; a sliver between two is not worth a panel.
            sliver = max(1e-14 * max(abs(low), abs(high)), 1e-3 * self._options.rtol * (high - low))
            wide = (np.diff(points, prepend=-np.inf) > sliver) & (high - points > sliver)
            points = points[wide | (points == low) | (points == high)]
            is_threshold = np.isin(points, found)
            self._add(Panels(points[:-1], points[1:], is_threshold[:-1], is_threshold[1:]))

    def halve(self, chosen: np.ndarray) -> None:
        """Replace panels (a boolean array) by their halves."""
        halves = self.panels[chosen].halves()
        self.panels, self.error, self._series = (
            self.panels[~chosen],
            self.error[~chosen],
            self._series[~chosen],
        )
        self._add(halves)

    def at(self, panel: np.ndarray, s: np.ndarray) -> np.ndarray:
        """T_αβ at points s of panels given by number: shape (points, leads, leads)."""
        values = np.einsum("pn,pnab->pab", chebvander(2 * s - 1, len(self._points) - 1), self._series[panel])
        return np.maximum(values, 0.0)

    def at_energy(self, energy: np.ndarray) -> np.ndarray:
        """T_αβ at energies on the panels: shape (energies, leads, leads)."""
        order = np.argsort(self.panels.low)
        place = np.searchsorted(self.panels.low[order], energy, side="right") - 1
        panel = order[np.clip(place, 0, None)]
        return self.at(panel, self.panels[panel].s_of(energy))

    def _add(self, new: Panels) -> None:
        """Sample new panels, all their energies at once."""
        if not len(new):
            return
        energies = np.array([new.energy(np.full(len(new), s)) for s in self._points]).T
        found = transmissions(self._conductor, energies.ravel(), options=self._options, **self._params)
        sampled = found.values.reshape(*energies.shape, *self._series.shape[2:])
        series = np.einsum("ni,piab->pnab", self._to_series, sampled)
        self.evaluations += energies.size
        self.unitarity_error = max(self.unitarity_error, float(np.max(found.unitarity_error)))
        self.spin_degeneracy = found.spin_degeneracy
        self.panels = self.panels.joined(new)
        self.error = np.concatenate([self.error, np.abs(series[:, -_TAIL:]).sum(axis=1)])
        self._series = np.concatenate([self._series, series])
