"""Transmissions as functions of energy: sampled once, as coarsely as they allow, and exact to a stated error.

What T_αβ(E) looks like has nothing to do with the reservoirs. So it is sampled on panels that end at the thresholds
of the channels, as Chebyshev series in a variable s ∈ [0, 1] (`panels`). The last coefficients of a series estimate
its error; a panel that is not good enough for the integral at hand is divided. A spectrum grows with what is asked of
it, and may serve many observables one after another (`shared_spectra`).
(L. N. Trefethen, Approximation Theory and Approximation Practice, SIAM, 2013.)
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.polynomial.chebyshev import chebpts1, chebvander

from ..options import Options
from ..scattering import thresholds, transmissions
from .intervals import Intervals, merged, outside
from .panels import Panels

_TAIL = 3  # coefficients that estimate the error of a series
_COARSE = 1e-6  # tolerance above which panels need fewer nodes
_GOLDEN = (5**0.5 - 1) / 2
#: A conductor has become another one if its transmissions differ from the series by so many times their error, and
#: by so much of their size.
_FOREIGN, _FOREIGN_PART = 1e3, 1e-6


class TransmissionSpectrum:
    """T_αβ(E) of a conductor at one set of parameters, on a growing set of panels.

    Attributes
    ----------
    panels
        The stretches sampled so far.
    error
        Estimated largest error of each transmission on each panel, (panels, leads, leads).
    identity
        A number for every panel and its error, never given twice.
    evaluations
        Number of scattering matrices computed since `begin`.
    unitarity_error
        The worst unitarity error among all.
    spin_degeneracy
        g_s, as the scattering matrices have it.
    """

    def __init__(self, conductor: Any, params: Mapping[str, Any], options: Options) -> None:
        self._conductor, self._params, self._options = conductor, params, options
        self._leads = len(conductor.leads)
        nodes = 8 if options.rtol > _COARSE else 16
        self._points = (chebpts1(nodes) + 1) / 2
        self._to_series = np.linalg.inv(chebvander(chebpts1(nodes), nodes - 1))
        self._begun, self._given = 0, 0
        self.evaluations, self.spin_degeneracy = 0, int(conductor.spin_degeneracy)
        self._forget()

    def _forget(self) -> None:
        nothing, count = np.zeros(0, dtype=bool), self._leads
        self.panels = Panels(np.zeros(0), np.zeros(0), nothing, nothing)
        self.error = np.zeros((0, count, count))
        self.identity = np.zeros(0, dtype=int)
        self._series = np.zeros((0, len(self._points), count, count))
        self._before = self._untried = nothing
        self._covered: Intervals = []
        self.unitarity_error = 0.0

    def begin(self) -> None:
        """Count evaluations anew; what is there already is taken on trust no longer (`cover`)."""
        self._begun, self.evaluations = self._begun + 1, 0
        self._before = np.ones(len(self.panels), dtype=bool)
        self._untried = self._before.copy()

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self._series.nbytes + self.error.nbytes

    def reused(self, intervals: Intervals) -> int:
        """Number of scattering matrices, on panels that meet the intervals, that were there before `begin`."""
        return int((self._before & self._meeting(intervals)).sum()) * len(self._points)

    def cover(self, intervals: Intervals, breaks: np.ndarray) -> None:
        """Lay panels over what of some intervals of energy has none yet, ending at thresholds and at `breaks`.

        Panels that were there before `begin` are tried at one energy each. If a conductor is found to be another one
        than it was (a function of the user's may read what has changed since), all that was sampled is dropped.
        """
        old = self._untried & self._meeting(intervals)
        if old.any():
            s = np.modf(_GOLDEN * (self.identity[old] + self._begun * _GOLDEN))[0]
            if self._foreign(self.panels[old].energy(s)):
                self._forget()
            else:
                self._untried[old] = False
        for low, high in outside(intervals, self._covered):
            self._lay(low, high, breaks)
        self._covered = merged([*intervals, *self._covered])

    def _lay(self, low: float, high: float, breaks: np.ndarray) -> None:
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

    def divide(self, chosen: np.ndarray, parts: int) -> None:
        """Replace panels (a boolean array) by equal parts of them."""
        divided = self.panels[chosen].divided(parts)
        self.panels = self.panels[~chosen]
        for name in ("error", "identity", "_series", "_before", "_untried"):
            setattr(self, name, getattr(self, name)[~chosen])
        self._add(divided)

    def doubt(self, energy: np.ndarray) -> None:
        """Compare the series with S at these energies, and raise the errors of panels where that is needed."""
        if not len(energy):
            return
        panel, missed = self._missed(energy)
        worse = (missed > self.error[panel]).any(axis=(1, 2))
        np.maximum.at(self.error, panel[worse], missed[worse])
        changed = np.unique(panel[worse])
        self.identity[changed] = self._numbers(len(changed))

    def at(self, panel: np.ndarray, s: np.ndarray) -> np.ndarray:
        """T_αβ at points s of panels given by number: shape (points, leads, leads)."""
        polynomials = chebvander(2 * s - 1, len(self._points) - 1)
        values = np.empty((len(s), self._leads, self._leads))
        order = np.argsort(panel, kind="stable")
        used, first = np.unique(panel[order], return_index=True)
        for number, mine in zip(used, np.split(order, first[1:]), strict=True):  # one product for each panel
            series = self._series[number].reshape(len(self._points), -1)
            values[mine] = (polynomials[mine] @ series).reshape(-1, self._leads, self._leads)
        return np.maximum(values, 0.0)

    def at_energy(self, energy: np.ndarray) -> np.ndarray:
        """T_αβ at energies on the panels: shape (energies, leads, leads)."""
        panel = self.panel_of(energy)
        return self.at(panel, self.panels[panel].s_of(energy))

    def panel_of(self, energy: np.ndarray) -> np.ndarray:
        """The number of the panel on which, or beside which, an energy lies."""
        order = np.argsort(self.panels.low)
        place = np.searchsorted(self.panels.low[order], energy, side="right") - 1
        return order[np.clip(place, 0, None)]

    def _missed(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The panels of energies, and by how much the series there differ from scattering matrices."""
        found = self._computed(energy)
        panel = self.panel_of(energy)
        return panel, np.abs(self.at(panel, self.panels[panel].s_of(energy)) - found)

    def _foreign(self, energy: np.ndarray) -> bool:
        """Whether transmissions differ by far more than the series may; smaller doubts are written down."""
        panel, missed = self._missed(energy)
        size = 1 + self._series[panel, 0]
        if (missed > np.maximum(_FOREIGN * self.error[panel], _FOREIGN_PART * size)).any():
            return True
        np.maximum.at(self.error, panel, np.where(missed > self.error[panel], missed, 0.0))
        return False

    def _meeting(self, intervals: Intervals) -> np.ndarray:
        """Which panels meet one of the intervals."""
        meet = np.zeros(len(self.panels), dtype=bool)
        for low, high in intervals:
            meet |= (self.panels.low < high) & (self.panels.high > low)
        return meet

    def _computed(self, energy: np.ndarray) -> np.ndarray:
        """T_αβ from scattering matrices, (energies, leads, leads)."""
        found = transmissions(self._conductor, energy, options=self._options, **self._params)
        self.evaluations += energy.size
        self.unitarity_error = max(self.unitarity_error, float(np.max(found.unitarity_error)))
        self.spin_degeneracy = found.spin_degeneracy
        return found.values

    def _numbers(self, count: int) -> np.ndarray:
        self._given += count
        return np.arange(self._given - count, self._given)

    def _add(self, new: Panels) -> None:
        """Sample new panels, all their energies at once."""
        if not len(new):
            return
        energies = np.array([new.energy(np.full(len(new), s)) for s in self._points]).T
        sampled = self._computed(energies.ravel()).reshape(*energies.shape, self._leads, self._leads)
        series = np.einsum("ni,piab->pnab", self._to_series, sampled)
        self.panels = self.panels.joined(new)
        self.error = np.concatenate([self.error, np.abs(series[:, -_TAIL:]).sum(axis=1)])
        self.identity = np.concatenate([self.identity, self._numbers(len(new))])
        self._series = np.concatenate([self._series, series])
        for name in ("_before", "_untried"):
            setattr(self, name, np.concatenate([getattr(self, name), np.zeros(len(new), dtype=bool)]))
