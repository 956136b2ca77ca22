"""Flux tubes: a flux through one point of the plane, and no field elsewhere (Y. Aharonov and D. Bohm, 1959).

The gauge is a cut from the point to infinity: a line that crosses it counter-clockwise has ∫A·dl = Φ, all others have
none. What encloses the point does not depend on where the cut runs, but no lead may be crossed by it, since that would
not be periodic then.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..reals import NotReal, finite, reals, shown
from .values import Parameter

_ON = 1e-9  # of a bond's length, that a point on it may be off
_TRIALS = 720  # directions of a cut that are tried


@dataclass(frozen=True, eq=False)
class FluxTube:
    """A flux, in units of h/e or as a parameter, through a point (x, y) in nm."""

    flux: float | Parameter
    at: np.ndarray

    @classmethod
    def of(cls, flux: object, at: object) -> "FluxTube":
        """A tube from what a user gave."""
        try:
            point = reals(at)
        except NotReal:
            point = np.zeros(0)
        if point.shape != (2,) or not np.isfinite(point).all():
            raise InputError(f"flux_tube: at must be a point (x, y) in nm, got {shown(at)}")
        return cls(flux if isinstance(flux, Parameter) else flux_of(flux), point)


def flux_of(value: object) -> float:
    """A flux as a finite number of flux quanta."""
    return finite("flux_tube: expected a finite number of flux quanta h/e, or sharvin.param(name)", value)


@dataclass(frozen=True, eq=False)
class Band:
    """Where a lead is, in the plane: s ≥ start and low ≤ n ≤ high, in the axes of its direction."""

    name: str
    direction: np.ndarray
    start: float
    low: float
    high: float

    @classmethod
    def of(cls, name: str, direction: np.ndarray, places: np.ndarray) -> "Band":
        """The band of a lead along a unit vector, outward from sites (sites, 3)."""
        across = np.array([-direction[1], direction[0]])
        s, n = places[:, :2] @ direction[:2], places[:, :2] @ across
        return cls(name, direction[:2], float(s.min()), float(n.min()), float(n.max()))

    def met_by(self, point: np.ndarray, ray: np.ndarray, slack: float) -> np.ndarray:
        """Which of the rays (rays, 2) from a point meet the band, or come as near as the slack."""
        across = np.array([-self.direction[1], self.direction[0]])
        s, n = point @ self.direction, point @ across
        ds, dn = ray @ self.direction, ray @ across
        enter, leave = np.zeros(len(ray)), np.full(len(ray), np.inf)
        for low, high, place, rate in (
            (self.start - slack, np.inf, s, ds),
            (self.low - slack, self.high + slack, n, dn),
        ):
            with np.errstate(divide="ignore", invalid="ignore"):
                one, other = (low - place) / rate, (high - place) / rate
            inside = low <= place <= high
            still = np.abs(rate) < 1e-12
            enter = np.maximum(enter, np.where(still, 0.0 if inside else np.inf, np.minimum(one, other)))
            leave = np.minimum(leave, np.where(still, np.inf, np.maximum(one, other)))
        return enter <= leave


def cut(tube: FluxTube, bands: Sequence[Band], slack: float) -> np.ndarray:
    """A direction (2,) from the tube to infinity that crosses no lead."""
    angles = 2 * np.pi * (np.arange(_TRIALS) + 0.382) / _TRIALS  # none along an axis, where sites are
    rays = np.column_stack([np.cos(angles), np.sin(angles)])
    meets = [band.met_by(tube.at, rays, slack) for band in bands]
    free = ~np.any(meets, axis=0) if meets else np.ones(len(rays), dtype=bool)
    if not free.any():
        names = ", ".join(f'"{band.name}"' for band, met in zip(bands, meets, strict=True) if met.any())
        raise InputError(
            f"flux_tube: the point {tube.at.tolist()} nm lies in a lead, or leads ({names}) enclose it without a gap; "
            "narrower leads (shape=) leave one"
        )
    # The middle of the widest gap.
    start = int(np.argmin(free))
    order = np.roll(np.arange(_TRIALS), -start)
    best, length, run = int(order[0]) if free[order[0]] else 0, 0, 0
    for place, number in enumerate(order):
        run = run + 1 if free[number] else 0
        if run > length:
            length, best = run, int(order[place - run // 2])
    return rays[best]


def crossings(tube: FluxTube, ray: np.ndarray, to: np.ndarray, source: np.ndarray) -> np.ndarray:
    """How often lines from `source` to `to` cross the cut counter-clockwise: 1, 0 or −1, (lines,)."""
    here, there = source[:, :2] - tube.at, to[:, :2] - tube.at
    onto = np.abs(here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0]) <= _ON * np.sum(
        (there - here) ** 2, axis=1
    )
    if (onto & (np.sum(here * there, axis=1) <= 0)).any():
        raise InputError(
            f"flux_tube: the point {tube.at.tolist()} nm lies on a site or on a bond, and which loops enclose it is "
            "not clear; move it into the middle of a plaquette"
        )
    before = ray[0] * here[:, 1] - ray[1] * here[:, 0]
    after = ray[0] * there[:, 1] - ray[1] * there[:, 0]
    sense = (after >= 0).astype(int) - (before >= 0)
    crossed = np.flatnonzero(sense)
    share = before[crossed] / (before[crossed] - after[crossed])
    outward = (here[crossed] + share[:, None] * (there[crossed] - here[crossed])) @ ray
    sense[crossed[outward <= 0]] = 0
    return sense
