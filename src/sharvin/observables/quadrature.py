"""Sums over panels of an integrand times the occupations of many sets of reservoirs.

Weights vary on the scale of k_BT, so each panel is cut into pieces of a few k_BT around every μ, on which
Gauss–Legendre quadrature is exact to rounding. At T = 0 the pieces end at the μ and the weights are constant on them.
What was summed over a panel is kept for as long as the panel is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import leggauss

from .integrands import Integrand
from .reservoir_sets import ReservoirSets
from .spectrum import TransmissionSpectrum

_GAUSS_X, _GAUSS_W = leggauss(24)
_CHUNK = 4_000_000  # numbers handled at once: nodes × (leads² + outputs)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Stretches of panels, in s, each for one integral; ordered by integral, then by energy."""

    panel: np.ndarray
    integral: np.ndarray
    start: np.ndarray
    stop: np.ndarray


@dataclass(frozen=True, eq=False)
class _Records:
    """What each panel (by its identity) brings to each integral: value, size, doubt and noise, (records, outputs)."""

    panel: np.ndarray
    integral: np.ndarray
    value: np.ndarray
    size: np.ndarray
    doubt: np.ndarray
    noise: np.ndarray

    def __getitem__(self, chosen: np.ndarray) -> "_Records":
        return _Records(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def joined(self, other: "_Records") -> "_Records":
        return _Records(
            *(
                np.concatenate([getattr(self, name), getattr(other, name)])
                for name in self.__dataclass_fields__
            )
        )


class Sums:
    """∫ integrand dE of every set of reservoirs, over the panels of a spectrum as they are.

    Attributes
    ----------
    values, sizes, errors, noise
        ∫ integrand, ∫ |integrand|, and what the errors of the panels and the rounding of transmissions change,
        (integrals, outputs).
    """

    def __init__(
        self, spectrum: TransmissionSpectrum, reservoirs: ReservoirSets, integrand: Integrand, width: float
    ) -> None:
        self._spectrum, self._reservoirs, self._integrand, self._width = (
            spectrum,
            reservoirs,
            integrand,
            width,
        )
        none, empty = np.zeros(0, dtype=int), np.zeros((0, integrand.outputs))
        self._records = _Records(none, none, empty, empty, empty, empty)
        self.update()

    def update(self) -> None:
        """Sum over panels that are new; forget those that are no more."""
        spectrum = self._spectrum
        kept = self._records[np.isin(self._records.panel, spectrum.identity)]
        new = np.flatnonzero(~np.isin(spectrum.identity, kept.panel))
        records = kept.joined(self._summed(self._pieces(new)))
        order = np.argsort(spectrum.identity)
        low = spectrum.panels.low[order][np.searchsorted(spectrum.identity[order], records.panel)]
        # In the order of energy: sums over the same panels are the same to the last digit.
        self._records = records[np.argsort(low, kind="stable")]
        shape = (len(self._reservoirs), self._integrand.outputs)
        self.values, self.sizes, self.errors, self.noise = (np.zeros(shape) for _ in range(4))
        for total, part in (
            (self.values, self._records.value),
            (self.sizes, self._records.size),
            (self.errors, self._records.doubt),
            (self.noise, self._records.noise),
        ):
            np.add.at(total, self._records.integral, part)

    def insufficient(self, failing: np.ndarray, tolerance: np.ndarray) -> np.ndarray:
        """The part of each panel in errors that are too large, in units of its share; 0 for what cannot be divided."""
        doubt, integral = self._records.doubt, self._records.integral
        count = np.zeros(failing.shape)
        np.add.at(count, integral, (doubt > 0).astype(float))
        share = np.where(failing, tolerance / (2 * np.maximum(count, 1)), np.inf)
        excess = (doubt / np.maximum(share, 1e-300)[integral]).max(axis=1, initial=0.0)
        identity = self._spectrum.identity
        order = np.argsort(identity)
        worst = np.zeros(len(identity))
        np.maximum.at(worst, order[np.searchsorted(identity[order], self._records.panel)], excess)
        return np.where(self._spectrum.panels.negligible, 0.0, worst)

    def _pieces(self, chosen: np.ndarray) -> _Pieces:
        """Panels cut at the steps of the weights of every integral they meet."""
        chosen = chosen[np.argsort(self._spectrum.panels.low[chosen])]
        panels = self._spectrum.panels[chosen]
        low, high = self._reservoirs.window(self._width)
        first = np.searchsorted(panels.high, low, side="right")
        last = np.searchsorted(panels.low, high, side="left")
        count = np.maximum(last - first, 0)
        integral = np.repeat(np.arange(len(low)), count)
        met = first[integral] + np.arange(len(integral)) - np.repeat(np.cumsum(count) - count, count)
        starts, stops = (
            np.maximum(panels.low[met], low[integral]),
            np.minimum(panels.high[met], high[integral]),
        )
        cuts = self._reservoirs.cuts(self._width)
        owner = np.repeat(np.arange(len(low)), cuts.shape[1])
        cuts = cuts.ravel()
        inside = (cuts > low[owner]) & (cuts < high[owner])
        energy = np.concatenate([starts, stops, cuts[inside]])
        owner = np.concatenate([integral, integral, owner[inside]])
        order = np.lexsort((energy, owner))
        energy, owner = energy[order], owner[order]
        start, stop, owner = (
            energy[:-1],
            energy[1:],
            np.where(owner[:-1] == owner[1:], owner[:-1], -1),
        )
        middle = (start + stop) / 2
        place = np.searchsorted(panels.low, middle, side="right") - 1
        real = (owner >= 0) & (stop > start) & (place >= 0)
        real[real] &= middle[real] < panels.high[place[real]]
        place, start, stop = place[real], start[real], stop[real]
        mine = panels[place]
        return _Pieces(chosen[place], owner[real], mine.s_of(start), mine.s_of(stop))

    def _summed(self, pieces: _Pieces) -> _Records:
        """What each panel brings to each integral."""
        spectrum, integrand = self._spectrum, self._integrand
        count = len(pieces.panel)
        sums = np.zeros((4, count, integrand.outputs))
        numbers = spectrum.error.shape[1] ** 2 + integrand.outputs
        step = max(1, _CHUNK // (len(_GAUSS_X) * numbers))
        for part in (slice(begin, begin + step) for begin in range(0, count, step)):
            half = (pieces.stop[part] - pieces.start[part]) / 2
            s = ((pieces.start[part] + half)[:, None] + half[:, None] * _GAUSS_X).ravel()
            panel = np.repeat(pieces.panel[part], len(_GAUSS_X))
            j = np.repeat(pieces.integral[part], len(_GAUSS_X))
            mine = spectrum.panels[panel]
            energy = mine.energy(s)
            measure = ((half[:, None] * _GAUSS_W).ravel() * mine.slope(s))[:, None]
            transmission = spectrum.at(panel, s)
            value = integrand(energy, transmission, j) * measure
            doubt = integrand.change(energy, spectrum.error[panel], j) * measure
            noise = integrand.change(energy, spectrum.noise[panel] + spectrum.value_error, j) * measure
            noise += integrand.noise(energy, transmission, j) * measure
            shape = (len(half), len(_GAUSS_X), integrand.outputs)
            for total, summand in zip(sums, (value, np.abs(value), doubt, noise), strict=True):
                total[part] = summand.reshape(shape).sum(axis=1)
        return self._records_of(pieces, sums)

    def _records_of(self, pieces: _Pieces, sums: np.ndarray) -> _Records:
        """Pieces of one panel and one integral, which stand side by side, added up."""
        panel, integral = pieces.panel, pieces.integral
        if not len(panel):
            none = np.zeros(0, dtype=int)
            return _Records(none, none, *sums)
        first = np.flatnonzero((np.diff(panel, prepend=-1) != 0) | (np.diff(integral, prepend=-1) != 0))
        return _Records(
            self._spectrum.identity[panel[first]], integral[first], *np.add.reduceat(sums, first, axis=1)
        )
