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
from ..scattering import Transmissions, thresholds, transmissions
from .intervals import Intervals, merged, outside
from .irregularity import beside, noise_of
from .panels import Panels
from .rational import Rational

_TAIL = 3  # coefficients that estimate the error of a series
_FINE, _COARSE = 24, 8  # nodes of a panel; every third of the finer ones is a coarser one
_FIRST_LOOK = 1 / 16  # of an interval: panels as wide as that are sampled finely at once
_GOLDEN = (5**0.5 - 1) / 2
#: Energies at which a rational function is compared with S, beside its narrow poles, of which there may be so many.
_TRIALS, _MOST_NARROW = 2, 6
_NARROWEST = 1 / 50  # of the panel of a rational function: parts of it that are narrower are sampled anew
_ROUNDING = 4 * np.finfo(float).eps
_FALLING = 4.0  # by so much coefficients fall where they still tell of T(E)
#: A panel whose series falls more slowly than ρ⁻ⁿ with this ρ does not tell how far it has to be divided.
_RESOLVED, _MOST_PARTS = 1.15, 8


def _nodes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Chebyshev points in s, and the matrix that makes a series of values there."""
    points = chebpts1(count)
    return (points + 1) / 2, np.linalg.inv(chebvander(points, count - 1))


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
        That of rounding in S, which no sample can mend, (panels, leads, leads).
    checks
        Energies at which each panel was compared with S.
    identity
        A number for every panel and its error, never given twice.
    evaluations
        Number of scattering matrices computed since `begin`.
    unitarity_error
        The worst unitarity error among all.
    value_error
        By how much any T may be off, whatever the samples.
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
        "_listened",
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
        self._source = np.zeros(0, dtype=int)
        self._rationals: list[tuple[Panels, Rational, np.ndarray]] = []
        self._before, self._listened = nothing, nothing
        self._witnesses = np.zeros(0), np.zeros((0, count, count))
        self._covered: Intervals = []
        self.unitarity_error, self.value_error = 0.0, 0.0

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
        bad &= ~self._listen(bad)
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
        shown = (self.error <= 2 * (tail + self._floor) + _ROUNDING).all(axis=(1, 2))
        for number in np.flatnonzero(chosen & shown).tolist():
            samples = self.at(np.full(_FINE, number), _FINE_POINTS)
            fit = Rational.of(_FINE_POINTS, samples)
            if fit is None or len(fit.narrow) > _MOST_NARROW:
                continue
            if (np.abs(fit.at(_FINE_POINTS) - samples) > allowed[number] + _ROUNDING * np.abs(samples)).any():
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
        true = self._computed(self.panels[panel].energy(s))
        for number, fit, tried in found:
            mine = true[panel == number]
            floor = 4 * (np.abs(fit.at(tried) - mine) + _ROUNDING * np.abs(mine)).max(axis=0)
            if (floor <= np.maximum(allowed[number] / 4, 4 * _ROUNDING * np.abs(mine).max(axis=0))).all():
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
        sampled[:, fresh] = self._sampled(self.panels[number], new, self._source[number])
        self._series[number] = np.einsum("ni,piab->pnab", _TO_FINE, sampled)
        self._fine[number], self._listened[number] = True, False
        self.error[number] = np.abs(self._series[number, -_TAIL:]).sum(axis=1) + self._floor[number]
        self.noise[number] = 0.0
        self.identity[number] = self._numbers(len(number))
        self._hear(chosen)

    def _listen(self, chosen: np.ndarray) -> np.ndarray:
        """Which of some panels (a boolean array) have an error of rounding, for some pair of leads; noise from now on.

        Where coefficients have stopped to fall, or S was found to be elsewhere, T is sampled again, next to where it is
        farthest from a smooth function.
        """
        nodes = np.where(self._fine, _FINE, _COARSE)[:, None, None, None]
        size, every = np.abs(self._series), np.arange(_FINE)[:, None, None]
        late = np.where(every >= 3 * nodes // 4, size, 0.0).max(axis=1)
        early = np.where((every >= nodes // 2) & (every < 3 * nodes // 4), size, 0.0).max(axis=1)
        tail = np.where(every >= nodes - _TAIL, size, 0.0).sum(axis=1) + self._floor
        flat = ((early < _FALLING * late) | (self.error > 2 * tail)).any(axis=(1, 2))
        number = np.flatnonzero(chosen & flat & ~self._listened & (self._source < 0))
        heard = np.zeros(len(self.panels), dtype=bool)
        if not len(number):
            return heard
        self._listened[number] = True
        energy = np.array([self._roughest(panel) for panel in number.tolist()])
        panels = self.panels[number]
        near = beside(energy, panels.high - panels.low)
        found, shape = self._found(near.ravel()), (*near.shape, self._leads, self._leads)
        noise = noise_of(found.values.reshape(shape), found.error.reshape(shape))
        mine = (self.error[number] <= noise) & (self.error[number] > self._floor[number])
        self.noise[number] = np.maximum(self.noise[number], np.where(mine, self.error[number], 0.0))
        self.error[number] = np.where(mine, self._floor[number], self.error[number])
        heard[number] = mine.any(axis=(1, 2))
        self.identity[heard] = self._numbers(int(heard.sum()))
        return heard

    def _roughest(self, panel: int) -> float:
        """The energy of a panel, of its nodes and of those remembered, where S is farthest from a smooth function."""
        fine, error = self._fine[panel], np.maximum(self.error[panel], 1e-300)
        points = _FINE_POINTS if fine else _COARSE_POINTS
        here = self.panels[np.full(len(points), panel)]
        rough = chebvander(2 * points - 1, _FINE - 1)
        rough[:, : len(points) // 2] = 0.0
        off = np.abs(np.einsum("pn,nab->pab", rough, self._series[panel]) / error).max(axis=(1, 2))
        energy, true = self._witnesses
        mine = (energy >= self.panels.low[panel]) & (energy <= self.panels.high[panel])
        missed = np.abs(self.at_energy(energy[mine]) - true[mine]) if mine.any() else np.zeros((0, 1, 1))
        off = np.concatenate([off, (missed / error).max(axis=(1, 2))])
        return float(np.concatenate([here.energy(points), energy[mine]])[off.argmax()])

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
        self._witnesses = (
            np.concatenate([self._witnesses[0], energy]),
            np.concatenate([self._witnesses[1], self._computed(energy)]),
        )
        self._hear(np.ones(len(self.panels), dtype=bool))

    def _hear(self, chosen: np.ndarray) -> None:
        """Raise the errors of some panels (a boolean array) to what they miss of S where it was remembered."""
        energy, true = self._witnesses
        if not len(energy):
            return
        panel = self.panel_of(energy)
        mine = chosen[panel] & (energy <= self.panels.high[panel])
        panel = panel[mine]
        if not len(panel):
            return
        missed = np.abs(self.at(panel, self.panels[panel].s_of(energy[mine])) - true[mine])
        self._raise(panel, np.where(missed > 4 * _ROUNDING * np.abs(true[mine]), missed, 0.0))

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
        self._raise(order[:-1], gap)
        self._raise(order[1:], gap)

    def _raise(self, panel: np.ndarray, error: np.ndarray) -> None:
        """Raise the errors of panels by number to others, where these are larger."""
        error = np.where(error > self.noise[panel], error, 0.0)
        worse = (error > self.error[panel]).any(axis=(1, 2))
        np.maximum.at(self.error, panel[worse], error[worse])
        changed = np.unique(panel[worse])
        self._listened[changed] = False
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

    def _computed(self, energy: np.ndarray) -> np.ndarray:
        """T_αβ from scattering matrices, (energies, leads, leads); 0 for reflections, on which no flow depends."""
        return self._found(energy).values * (1 - np.eye(self._leads))

    def _found(self, energy: np.ndarray) -> Transmissions:
        """What scattering matrices tell, and its figures taken down."""
        found = transmissions(self._conductor, energy, options=self._options, **self._params)
        self.evaluations += energy.size
        self.unitarity_error = max(self.unitarity_error, float(np.max(found.unitarity_error)))
        if found.value_error is not None:
            self.value_error = max(self.value_error, float(np.max(found.value_error)))
        self.spin_degeneracy = found.spin_degeneracy
        return found

    def _numbers(self, count: int) -> np.ndarray:
        self._given += count
        return np.arange(self._given - count, self._given)

    def _sampled(self, panels: Panels, points: np.ndarray, source: np.ndarray) -> np.ndarray:
        """T_αβ at points s of panels, from S or from rational functions, (panels, points, leads, leads)."""
        energies = np.array([panels.energy(np.full(len(panels), s)) for s in points]).T
        found = np.empty((*energies.shape, self._leads, self._leads))
        real = source < 0
        if real.any():
            found[real] = self._computed(energies[real].ravel()).reshape(found[real].shape)
        for number in np.unique(source[~real]):
            mine, (whole, fit, _) = source == number, self._rationals[number]
            place = energies[mine].ravel()
            s = whole[np.zeros(len(place), dtype=int)].s_of(place)
            values = fit.at(s)
            lost = ~np.isfinite(values).all(axis=(1, 2))
            if lost.any():
                values[lost] = self._computed(place[lost])
            found[mine] = np.maximum(values, 0.0).reshape(found[mine].shape)
        return found

    def _add(self, new: Panels, fine: np.ndarray, source: np.ndarray | None = None) -> None:
        """Sample new panels, finely or coarsely."""
        source = np.full(len(new), -1) if source is None else source
        for kind, points, to_series in ((fine, _FINE_POINTS, _TO_FINE), (~fine, _COARSE_POINTS, _TO_COARSE)):
            panels, count, nodes, mine = new[kind], int(kind.sum()), len(points), source[kind]
            if not count:
                continue
            series = np.zeros((count, _FINE, self._leads, self._leads))
            series[:, :nodes] = np.einsum("ni,piab->pnab", to_series, self._sampled(panels, points, mine))
            floor = np.zeros((count, self._leads, self._leads))
            for place in np.flatnonzero(mine >= 0):
                floor[place] = self._rationals[mine[place]][2]
            fresh = {
                "error": np.abs(series[:, nodes - _TAIL : nodes]).sum(axis=1) + floor,
                "noise": np.zeros((count, self._leads, self._leads)),
                "checks": np.zeros(count, dtype=int),
                "identity": self._numbers(count),
                "_series": series,
                "_fine": np.full(count, nodes == _FINE),
                "_floor": floor,
                "_source": mine,
                "_before": np.zeros(count, dtype=bool),
                "_listened": np.zeros(count, dtype=bool),
            }
            self.panels = self.panels.joined(panels)
            for name in self._PER_PANEL:
                setattr(self, name, np.concatenate([getattr(self, name), fresh[name]]))
            fresh_ones = np.arange(len(self.panels)) >= len(self.panels) - count
            self._hear(fresh_ones)
            heard = self.panel_of(self._witnesses[0])
            np.add.at(self.checks, heard[fresh_ones[heard]], 1)
