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
from .rational import Rational

_TAIL = 3  # coefficients that estimate the error of a series
_FINE, _COARSE = 24, 8  # nodes of a panel; every third of the finer ones is a coarser one
_FIRST_LOOK = 1 / 16  # of an interval: panels as wide as that are sampled finely at once
_GOLDEN = (5**0.5 - 1) / 2
#: Energies at which a rational function is compared with S, beside its narrow poles, of which there may be so many.
_TRIALS, _MOST_NARROW = 2, 6
_NARROWEST = 1 / 50  # of the panel of a rational function: parts of it that are narrower are sampled anew
_EPS = float(np.finfo(float).eps)
_ROUNDING = 4 * _EPS
#: What the last coefficients of a series may have of the errors of the amplitudes; and by how much coefficients fall
#: where they still tell of T(E).
_BLUR, _FALLING = 16.0, 4.0
#: A panel whose series falls more slowly than ρ⁻ⁿ with this ρ does not tell how far it has to be divided.
_RESOLVED, _MOST_PARTS = 1.15, 8


def _nodes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Chebyshev points in s, and the matrix that makes a series of values there."""
    points = chebpts1(count)
    return (points + 1) / 2, np.linalg.inv(chebvander(points, count - 1))


def _told(series: np.ndarray, floor: np.ndarray, blur: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the last coefficients tell of the error: of too few samples, and of rounding, (panels, leads, leads).

    It is rounding if the coefficients have stopped to fall, and errors of S (`blur`) can make as much.
    """
    size = np.abs(series)
    tail, nodes = size[:, -_TAIL:].sum(axis=1), series.shape[1]
    level = size[:, nodes // 2 : 3 * nodes // 4].max(axis=1) < _FALLING * size[:, 3 * nodes // 4 :].max(
        axis=1
    )
    rounding = level & (tail <= blur) & (nodes == _FINE)
    return np.where(rounding, 0.0, tail) + floor, np.where(rounding, tail, 0.0)


_FINE_POINTS, _TO_FINE = _nodes(_FINE)
_COARSE_POINTS, _TO_COARSE = _nodes(_COARSE)


class TransmissionSpectrum:
    """T_αβ(E) of a conductor at one set of parameters, on a growing set of panels.

    Attributes
    ----------
    panels
        The stretches sampled so far.
    error
        Estimated largest error of each transmission on each panel, (panels, leads, leads), that more samples can mend.
    noise
        What rounding in S leaves of errors, which no sample can mend, (panels, leads, leads).
    checks
        Energies at which each panel was compared with S.
    identity
        A number for every panel and its error, never given twice.
    evaluations
        Number of scattering matrices computed since `begin`.
    unitarity_error
        The worst unitarity error among all.
    spin_degeneracy
        g_s, as the scattering matrices have it.
    """

    _PER_PANEL = (
        "error",
        "noise",
        "checks",
        "identity",
        "_series",
        "_fine",
        "_floor",
        "_source",
        "_before",
        "_blur",
    )

    def __init__(self, conductor: Any, params: Mapping[str, Any], options: Options) -> None:
        self._conductor: Any = conductor
        self._params, self._options = params, options
        self._leads = len(conductor.leads)
        self._given = 0
        self.evaluations, self.spin_degeneracy = 0, int(conductor.spin_degeneracy)
        nothing, count = np.zeros(0, dtype=bool), self._leads
        self.panels = Panels(np.zeros(0), np.zeros(0), nothing, nothing)
        self.error, self.noise = np.zeros((0, count, count)), np.zeros((0, count, count))
        self.checks = np.zeros(0, dtype=int)
        self.identity = np.zeros(0, dtype=int)
        self._series = np.zeros((0, _FINE, count, count))
        self._fine = nothing
        self._floor = np.zeros((0, count, count))
        self._source, self._blur = np.zeros(0, dtype=int), np.zeros((0, count, count))
        self._rationals: list[tuple[Panels, Rational, np.ndarray]] = []
        self._before = nothing
        self._witnesses = np.zeros(0), np.zeros((0, count, count)), np.zeros((0, count, count))
        self._covered: Intervals = []
        self.unitarity_error = 0.0

    def begin(self, conductor: Any) -> None:
        """Serve anew, for a conductor that is what it was: evaluations and checks are counted from here."""
        self._conductor, self.evaluations = conductor, 0
        self._before = np.ones(len(self.panels), dtype=bool)
        self.checks = np.zeros(len(self.panels), dtype=int)

    def rest(self) -> None:
        """Let go of the conductor, so that it need not live as long as its spectrum."""
        self._conductor = None

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self._series.nbytes + self.error.nbytes

    def reused(self, intervals: Intervals) -> int:
        """Number of scattering matrices, on panels that meet the intervals, that were there before `begin`."""
        mine = self._before & self._meeting(intervals)
        return int(np.where(self._fine[mine], _FINE, _COARSE).sum())

    def cover(self, intervals: Intervals, breaks: np.ndarray) -> None:
        """Lay panels over what of some intervals of energy has none yet, ending at thresholds and at `breaks`."""
        for low, high in outside(intervals, self._covered):
            self._lay(low, high, breaks)
        self._covered = merged([*intervals, *self._covered])
        self._compare_neighbours()

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
        # At those of some closed forms T(E) is as smooth as elsewhere, and needs no other variable.
        is_threshold = np.isin(points, found) & (not getattr(self._conductor, "analytic", False))
        self._add(
            Panels(points[:-1], points[1:], is_threshold[:-1], is_threshold[1:]),
            np.diff(points) > _FIRST_LOOK * (high - low),
        )

    def refine(self, excess: np.ndarray) -> None:
        """Make panels better whose errors are so many times what they may be: more nodes, or parts.

        Where the samples of a panel determine a rational function that scattering matrices confirm (`rational`), parts
        of the panel are sampled from that function, which costs none.
        """
        bad = excess > 1
        relied = bad & (self._source >= 0)
        # Not where the function is not good enough, nor where a narrow part of it has its own rounding.
        poor = self._floor.max(axis=(1, 2)) > self.error.max(axis=(1, 2)) / 2
        widths = np.array([whole.high[0] - whole.low[0] for whole, _, _ in self._rationals] or [np.inf])
        relied &= poor | (self.panels.high - self.panels.low < _NARROWEST * widths[self._source])
        self._source[relied] = -1
        parts = np.where(bad & ~relied, self._parts(excess), 1)
        allowed = self.error / np.maximum(excess, 1.0)[:, None, None]
        rational = self._made_rational(bad & self._fine & (self._source < 0) & ~relied, allowed)
        few = np.where(self._fine, np.maximum(-(-parts // 2), 2), parts // 4 + 1)
        parts = np.where(bad & ~relied & ~rational & (self._source < 0), few, parts)
        again = self.panels[relied]
        self._add_nodes(bad & ~relied & (parts == 1))
        self._replace(parts, relied, again)
        self._compare_neighbours()

    def _parts(self, excess: np.ndarray) -> np.ndarray:
        """Into how many parts panels should be divided for their errors to fall by so much.

        A series with |a_n| ~ ρ⁻ⁿ is that of a function with a singularity (ρ − 1/ρ)/2 half lengths from the panel, or
        so, of k parts of which it is k times as far. So the ρ that is there, and the one that 24 nodes need, tell k.
        """
        nodes = np.where(self._fine, _FINE, _COARSE)
        size = np.abs(self._series).max(axis=(2, 3), initial=0.0)
        every = np.arange(_FINE)
        early, late = (
            np.where((every >= nodes[:, None] * low) & (every < nodes[:, None] * high), size, 0.0).max(axis=1)
            for low, high in ((0.25, 0.5), (0.75, 1.0))
        )
        rho = np.clip((early / np.maximum(late, 1e-300)) ** (2 / nodes), 1.02, 1e3)
        wanted = (np.maximum(excess, 1.0) * rho**nodes) ** (1 / _FINE)
        parts = np.ceil((wanted - 1 / wanted) / (rho - 1 / rho)).astype(int)
        parts = np.clip(parts, 1, np.where(rho < _RESOLVED, 4, _MOST_PARTS))
        return np.where(self._fine, np.maximum(parts, 2), parts)

    def _made_rational(self, chosen: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """Which of some panels (a boolean array) have become rational functions, with errors that are allowed."""
        found: list[tuple[int, Rational, np.ndarray]] = []
        # Not where something was found that samples do not show.
        tail = np.abs(self._series[:, -_TAIL:]).sum(axis=1)
        shown = (self.error <= 2 * (tail + self._floor + self._blur) + _ROUNDING).all(axis=(1, 2))
        for number in np.flatnonzero(chosen & shown).tolist():
            samples = self.at(np.full(_FINE, number), _FINE_POINTS)
            fit = Rational.of(_FINE_POINTS, samples)
            if fit is None or len(fit.narrow) > _MOST_NARROW:
                continue
            blur = self._blur[number] + _ROUNDING * np.abs(samples)
            if (np.abs(fit.at(_FINE_POINTS) - samples) > allowed[number] + blur).any():
                continue
            tried = np.modf(_GOLDEN * (self.identity[number] + np.arange(1, _TRIALS + 1)))[0]
            found.append((number, fit, np.concatenate([tried, fit.narrow])))
        made = np.zeros(len(self.panels), dtype=bool)
        if not found:
            return made
        s, panel = (
            np.concatenate([tried for _, _, tried in found]),
            np.repeat([number for number, _, _ in found], [len(tried) for _, _, tried in found]),
        )
        true, blur = self._computed(self.panels[panel].energy(s))
        for number, fit, tried in found:
            mine, unsure = true[panel == number], blur[panel == number]
            floor = 4 * (np.abs(fit.at(tried) - mine) + _ROUNDING * np.abs(mine)).max(axis=0)
            rounding = (4 * _ROUNDING * np.abs(mine) + unsure).max(axis=0)
            if (floor <= np.maximum(allowed[number] / 4, rounding)).all():
                self._source[number], made[number] = len(self._rationals), True
                self._rationals.append((self.panels[np.array([number])], fit, floor))
        return made

    def _add_nodes(self, chosen: np.ndarray) -> None:
        """Sample coarse panels (a boolean array) at the other two thirds of the finer nodes."""
        if not chosen.any():
            return
        number = np.flatnonzero(chosen)
        known, new = _FINE_POINTS[1::3], np.delete(_FINE_POINTS, np.s_[1::3])
        sampled = np.empty((len(number), _FINE, self._leads, self._leads))
        old = self.at(np.repeat(number, _COARSE), np.tile(known, len(number)))
        sampled[:, 1::3] = old.reshape(len(number), _COARSE, self._leads, self._leads)
        fresh = np.delete(np.arange(_FINE), np.s_[1::3])
        sampled[:, fresh], blur = self._sampled(self.panels[number], new, self._source[number])
        self._series[number] = series = np.einsum("ni,piab->pnab", _TO_FINE, sampled)
        self._fine[number] = True
        self._blur[number] = np.maximum(self._blur[number], blur)
        self.error[number], self.noise[number] = _told(series, self._floor[number], self._blur[number])
        self.identity[number] = self._numbers(len(number))
        self._hear(chosen)

    def _replace(self, parts: np.ndarray, again: np.ndarray, same: Panels) -> None:
        """Replace each panel by that number of equal parts of it (1 leaves it), some by themselves, sampled anew."""
        new = [
            (
                self.panels[parts == count].divided(int(count)),
                np.tile(self._source[parts == count], int(count)),
            )
            for count in np.unique(parts[parts > 1])
        ]
        kept = (parts <= 1) & ~again
        self.panels = self.panels[kept]
        for name in self._PER_PANEL:
            setattr(self, name, getattr(self, name)[kept])
        for panels, source in new:
            self._add(panels, np.zeros(len(panels), dtype=bool), source)
        self._add(same, np.ones(len(same), dtype=bool))

    def doubt(self, energy: np.ndarray) -> None:
        """Compare the series with S at these energies, and raise the errors of panels where that is needed.

        What S was there is remembered: whatever panels come to lie there must agree with it.
        """
        np.add.at(self.checks, self.panel_of(energy), 1)
        energy = energy[~np.isin(energy, self._witnesses[0])]
        if not len(energy):
            return
        found = energy, *self._computed(energy)
        self._witnesses = tuple(np.concatenate(pair) for pair in zip(self._witnesses, found, strict=True))
        self._hear(np.ones(len(self.panels), dtype=bool))

    def _hear(self, chosen: np.ndarray) -> None:
        """Raise the errors of some panels (a boolean array) to what they miss of S where it was remembered."""
        energy, true, blur = self._witnesses
        if not len(energy):
            return
        panel = self.panel_of(energy)
        mine = chosen[panel] & (energy <= self.panels.high[panel])
        panel = panel[mine]
        if not len(panel):
            return
        missed = np.abs(self.at(panel, self.panels[panel].s_of(energy[mine])) - true[mine])
        missed = np.where(missed > 4 * _ROUNDING * np.abs(true[mine]), missed, 0.0)
        self._raise(panel, missed, np.maximum(blur[mine], self._blur[panel]))

    def _compare_neighbours(self) -> None:
        """Raise the errors of panels whose series do not meet where they touch: a jump hides beside an end."""
        order = np.argsort(self.panels.low)
        sign = (-1.0) ** np.arange(_FINE)
        first = np.einsum("n,pnab->pab", sign, self._series)[order]
        last, error = self._series.sum(axis=1)[order], (self.error + self.noise)[order]
        here, there = self.panels[order[:-1]], self.panels[order[1:]]
        touch = (here.high == there.low) & ~here.closes & ~there.opens
        gap = np.abs(last[:-1] - first[1:]) * touch[:, None, None]
        # Series are good to their errors, which are sums of a few coefficients, and to rounding.
        size = np.maximum(
            np.abs(self._series).sum(axis=1)[order][:-1], np.abs(self._series).sum(axis=1)[order][1:]
        )
        allowed = 4 * (error[:-1] + error[1:]) + 8 * _ROUNDING * size
        gap = np.where(gap > allowed, gap, 0.0)
        blur = np.maximum(self._blur[order[:-1]], self._blur[order[1:]])
        self._raise(order[:-1], gap, blur)
        self._raise(order[1:], gap, blur)

    def _raise(self, panel: np.ndarray, missed: np.ndarray, blur: np.ndarray) -> None:
        """Raise the errors of panels by number to what they miss, where that is more; what S may be off is noise."""
        for kind, part in (
            (self.error, np.where(missed > blur, missed, 0.0)),
            (self.noise, np.where(missed > blur, 0.0, missed)),
        ):
            worse = (part > kind[panel]).any(axis=(1, 2))
            np.maximum.at(kind, panel[worse], part[worse])
            changed = np.unique(panel[worse])
            self.identity[changed] = self._numbers(len(changed))

    def at(self, panel: np.ndarray, s: np.ndarray) -> np.ndarray:
        """T_αβ at points s of panels given by number: shape (points, leads, leads)."""
        polynomials = chebvander(2 * s - 1, _FINE - 1)
        values = np.empty((len(s), self._leads, self._leads))
        order = np.argsort(panel, kind="stable")
        used, first = np.unique(panel[order], return_index=True)
        for number, mine in zip(used, np.split(order, first[1:]), strict=True):  # one product for each panel
            series = self._series[number].reshape(_FINE, -1)
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

    def stretches(self) -> tuple[np.ndarray, np.ndarray]:
        """On what each panel was sampled, as a number and its width: the panel, or what a rational function covers."""
        relies = self._source >= 0
        widths = self.panels.high - self.panels.low
        for number, (whole, _, _) in enumerate(self._rationals):
            widths[self._source == number] = whole.high[0] - whole.low[0]
        return np.where(relies, self._source, len(self._rationals) + np.arange(len(relies))), widths

    def _meeting(self, intervals: Intervals) -> np.ndarray:
        """Which panels meet one of the intervals."""
        meet = np.zeros(len(self.panels), dtype=bool)
        for low, high in intervals:
            meet |= (self.panels.low < high) & (self.panels.high > low)
        return meet

    def _computed(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """T_αβ from scattering matrices, and what errors of S may change of them, both (energies, leads, leads).

        Zero for reflections, on which no flow depends.
        """
        found = transmissions(self._conductor, energy, options=self._options, **self._params)
        self.evaluations += energy.size
        self.unitarity_error = max(self.unitarity_error, float(np.max(found.unitarity_error)))
        self.spin_degeneracy = found.spin_degeneracy
        unsure = _EPS if found.amplitude_error is None else np.maximum(found.amplitude_error, _EPS)
        amplitude = _BLUR * np.broadcast_to(unsure, energy.shape)[:, None, None]
        others = 1 - np.eye(self._leads)
        return found.values * others, amplitude * (2 * np.sqrt(found.values) + amplitude) * others

    def _numbers(self, count: int) -> np.ndarray:
        self._given += count
        return np.arange(self._given - count, self._given)

    def _sampled(
        self, panels: Panels, points: np.ndarray, source: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """T_αβ at points s of panels, from S or from rational functions, (panels, points, leads, leads).

        And the most that errors of S may change of them, (panels, leads, leads).
        """
        energies = np.array([panels.energy(np.full(len(panels), s)) for s in points]).T
        found = np.empty((*energies.shape, self._leads, self._leads))
        blur = np.zeros((len(panels), self._leads, self._leads))
        real = source < 0
        if real.any():
            shape = found[real].shape
            values, each = self._computed(energies[real].ravel())
            found[real], blur[real] = values.reshape(shape), each.reshape(shape).max(axis=1)
        for number in np.unique(source[~real]):
            mine, (whole, fit, _) = source == number, self._rationals[number]
            place = energies[mine].ravel()
            s = whole[np.zeros(len(place), dtype=int)].s_of(place)
            values = fit.at(s)
            lost = ~np.isfinite(values).all(axis=(1, 2))
            if lost.any():
                values[lost] = self._computed(place[lost])[0]
            found[mine] = np.maximum(values, 0.0).reshape(found[mine].shape)
        return found, blur

    def _add(self, new: Panels, fine: np.ndarray, source: np.ndarray | None = None) -> None:
        """Sample new panels, finely or coarsely."""
        source = np.full(len(new), -1) if source is None else source
        for kind, points, to_series in ((fine, _FINE_POINTS, _TO_FINE), (~fine, _COARSE_POINTS, _TO_COARSE)):
            panels, count, nodes, mine = new[kind], int(kind.sum()), len(points), source[kind]
            if not count:
                continue
            series = np.zeros((count, _FINE, self._leads, self._leads))
            sampled, blur = self._sampled(panels, points, mine)
            series[:, :nodes] = np.einsum("ni,piab->pnab", to_series, sampled)
            floor = np.zeros((count, self._leads, self._leads))
            for place in np.flatnonzero(mine >= 0):
                floor[place] = self._rationals[mine[place]][2]
            error, noise = _told(series[:, :nodes], floor, blur)
            fresh = {
                "error": error,
                "noise": noise,
                "checks": np.zeros(count, dtype=int),
                "identity": self._numbers(count),
                "_series": series,
                "_fine": np.full(count, nodes == _FINE),
                "_floor": floor,
                "_source": mine,
                "_before": np.zeros(count, dtype=bool),
                "_blur": blur,
            }
            self.panels = self.panels.joined(panels)
            for name in self._PER_PANEL:
                setattr(self, name, np.concatenate([getattr(self, name), fresh[name]]))
            fresh_ones = np.arange(len(self.panels)) >= len(self.panels) - count
            self._hear(fresh_ones)
            heard = self.panel_of(self._witnesses[0])
            np.add.at(self.checks, heard[fresh_ones[heard]], 1)
