"""Peierls phases: a perpendicular magnetic field on a lattice.

The particle has charge −e: ⟨r|H|r′⟩ → ⟨r|H|r′⟩ exp(−(ie/ħ) ∫_{r′}^{r} A·dl), with B > 0 along +z.
(R. Peierls, Z. Phys. 80, 763 (1933).)

Every lead is in the gauge of its direction, in which it stays periodic. Gauges differ, A′ = A + ∇χ, and states in them
by the phases exp(−(ie/ħ) χ): those of the orbitals where a lead meets the region are given these phases, and the rest
of the region keeps its gauge. (H. U. Baranger and A. D. Stone, Phys. Rev. B 40, 8169 (1989).)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..constants import FLUX_QUANTUM
from ..errors import InputError
from ..reals import NotReal, finite, reals, shown
from .flux_tube import FluxTube, crossings, flux_of
from .remembered import Remembered
from .values import REQUIRED, Parameter, Value
from .vector_potential import EndlessPotential, ProfilePotential, UniformPotential, VectorPotential, axes_of

_AT_ONCE = 2**17  # bonds whose positions are held at the same time
#: Where the field of a lead is looked at, in periods: closely where it begins, and less so further out.
_OUTWARD = np.concatenate([np.arange(0, 50, 0.25), 50 * 1.05 ** np.arange(120)])
_UNIFORM = 1e-9  # of a field along a lead, relative, or in tesla


@dataclass(frozen=True, eq=False)
class Field:
    """What field there is: so many tesla, a parameter, or a function of x and y; and flux tubes."""

    perpendicular: float | Parameter | Value = 0.0
    tubes: tuple[FluxTube, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tubes) or not (isinstance(self.perpendicular, float) and self.perpendicular == 0)

    @property
    def varies(self) -> bool:
        """Whether it is given by a function."""
        return isinstance(self.perpendicular, Value)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Its parameters, with their defaults."""
        found = dict(self.perpendicular.parameters) if isinstance(self.perpendicular, Value) else {}
        named = (self.perpendicular, *(tube.flux for tube in self.tubes))
        return found | {value.name: REQUIRED for value in named if isinstance(value, Parameter)}

    def tesla(self, params: Mapping[str, Any]) -> float:
        """The uniform field."""
        value = self.perpendicular
        return tesla_of(params[value.name] if isinstance(value, Parameter) else value)

    def at(self, x: np.ndarray, y: np.ndarray, params: Mapping[str, Any]) -> np.ndarray:
        """The field at points (points,) in tesla, where a function gives it."""
        given = self.perpendicular.call({"x": lambda: x, "y": lambda: y}, params, len(x))  # pyright: ignore[reportAttributeAccessIssue]
        try:
            found = reals(given)
        except NotReal as reason:
            raise InputError(f"field: the function must give real numbers of tesla, and {reason}") from None
        if found.shape not in ((), x.shape) or not np.isfinite(found).all():
            raise InputError(
                f"field: the function must give a finite number of tesla, or one for each of the {len(x)} points, got "
                f"{shown(given)}"
            )
        return np.broadcast_to(found, x.shape)


NO_FIELD = Field()


def field_of(perpendicular: Any, tubes: tuple[FluxTube, ...] = ()) -> Field:
    """A field from what a user gave."""
    if isinstance(perpendicular, Parameter):
        return Field(perpendicular, tubes)
    if callable(perpendicular):
        return Field(Value(perpendicular, "field", ("x", "y")), tubes)
    return Field(tesla_of(perpendicular), tubes)


def tesla_of(value: Any) -> float:
    """A field as a finite number of tesla, or a clear refusal."""
    return finite(
        "field: expected a finite number of tesla, sharvin.param(name), or a function of x and y", value
    )


@dataclass(frozen=True, eq=False)
class Region:
    """The gauge of a direction, for the field as it is in a part of the plane, told by points (points, 3)."""

    along: np.ndarray
    points: np.ndarray | None = None

    def potential(self, source: Field, params: Mapping[str, Any], step: float) -> VectorPotential:
        """The vector potential, for a lattice with bonds longer than `step`."""
        if self.points is None or not source.varies:
            return UniformPotential(source.tesla(params), self.along)
        return ProfilePotential.of(lambda x, y: source.at(x, y, params), self.along, self.points, step)


@dataclass(frozen=True, eq=False)
class Endless:
    """The gauge of a lead along its direction, for the field that it has at its `front` (sites, 3), without end.

    `inside` are sites of the region that are in this gauge, too.
    """

    name: str
    along: np.ndarray
    front: np.ndarray
    period: float
    inside: np.ndarray

    def potential(self, source: Field, params: Mapping[str, Any], step: float) -> VectorPotential:
        """The vector potential, the same however far out; refused if the field does not stay the same."""
        if not source.varies:
            return UniformPotential(source.tesla(params), self.along)
        self._check(source, params)
        u, n = axes_of(self.along)
        start = float((self.front @ u).max())

        def frozen(x: np.ndarray, y: np.ndarray) -> np.ndarray:
            across = n[0] * x + n[1] * y
            return source.at(start * u[0] + across * n[0], start * u[1] + across * n[1], params)

        return EndlessPotential.of(frozen, u, self.front, step)

    def _check(self, source: Field, params: Mapping[str, Any]) -> None:
        u, n = axes_of(self.along)
        start = float((self.front @ u).max())
        outward = start + self.period * _OUTWARD
        across = np.concatenate([np.repeat(self.front @ n, len(outward)), self.inside @ n])
        along = np.concatenate([np.tile(outward, len(self.front)), self.inside @ u])

        def at(s: np.ndarray) -> np.ndarray:
            return source.at(s * u[0] + across * n[0], s * u[1] + across * n[1], params)

        here = at(np.full(len(along), start))
        change = np.abs(at(along) - here).max()
        if change > _UNIFORM * max(np.abs(here).max(), 1.0):
            raise InputError(
                f'field: it changes by {change:.1e} T along the lead "{self.name}", and a lead is endless; let it '
                "reach its value there inside the region (numpy.where, or a function that is cut off), or make the "
                "region longer"
            )


_ALONG_X = Region(np.array([1.0, 0.0, 0.0]))


@dataclass(frozen=True, eq=False)
class Turned:
    """Sites of a region, by their numbers, that are in the gauge of a lead; χ is counted from a point of it."""

    sites: np.ndarray
    gauge: Endless
    origin: np.ndarray


@dataclass(frozen=True, eq=False)
class GaugedField:
    """A field in a gauge, as an assembly of sites takes it: phases of bonds.

    `turned` are sites in gauges of their own; `cuts` are directions of the cuts of the flux tubes; `step` is shorter
    than a bond, in nm.
    """

    source: Field = NO_FIELD
    gauge: Region | Endless = _ALONG_X
    turned: tuple[Turned, ...] = ()
    cuts: tuple[np.ndarray, ...] = ()
    step: float = 1.0
    _known: Remembered = field(default_factory=Remembered)

    def __bool__(self) -> bool:
        return bool(self.source)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The field's own parameters."""
        return self.source.parameters

    def hopping_phases(
        self,
        positions: np.ndarray,
        to: np.ndarray,
        source: np.ndarray,
        params: Mapping[str, Any],
        charges_to: np.ndarray,
        charges_source: np.ndarray,
    ) -> np.ndarray | None:
        """What multiplies the blocks ⟨to|H|source⟩, (bonds, 1, 1) or by orbitals; None without a field.

        `charges_to` and `charges_source` tell of each orbital of a site: 1 for an electron's, −1 for a hole's. What
        mixes them, a pair potential, is in the gauge of the region.
        """
        phases, turns = self.bond_phases(positions, to, source, params), self.turns(positions, params)
        if (charges_to > 0).all() and (charges_source > 0).all():
            if phases is None:
                return None
            return (phases if turns is None else phases * (turns[to] * turns[source].conj()))[:, None, None]
        found: Any = 1.0
        if phases is not None:
            alike = charges_to[:, None] == charges_source
            found = np.where(alike, phases[:, None, None] ** charges_to[:, None], 1.0)
        if turns is not None:
            found = found * _turned(turns, to, charges_to, source, charges_source)
        return None if np.ndim(found) == 0 else found

    def onsite_phases(
        self, positions: np.ndarray, where: np.ndarray, params: Mapping[str, Any], charges: np.ndarray
    ) -> np.ndarray | None:
        """What multiplies the blocks ⟨r|H|r⟩: something else than 1 between electrons and holes only."""
        turns = None if (charges > 0).all() else self.turns(positions, params)
        return None if turns is None else _turned(turns, where, charges, where, charges)

    def bond_phases(
        self, positions: np.ndarray, to: np.ndarray, source: np.ndarray, params: Mapping[str, Any]
    ) -> np.ndarray | None:
        """The phases of the bonds in one gauge for all sites; None without a field."""
        fluxes = [
            flux_of(params[t.flux.name] if isinstance(t.flux, Parameter) else t.flux)
            for t in self.source.tubes
        ]
        tubes = [item for item in zip(self.source.tubes, self.cuts, fluxes, strict=False) if item[2]]
        there = self._is_there(params)
        if not (there or tubes):
            return None
        potential = self._potential(params) if there else None
        phases = np.empty(len(to), dtype=complex)
        for start in range(0, len(to), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            ends = positions[to[some]], positions[source[some]]
            quanta = (
                np.zeros(len(ends[0])) if potential is None else potential.integrals(*ends) / FLUX_QUANTUM
            )
            for tube, ray, flux in tubes:
                quanta += flux * crossings(tube, ray, *ends)
            phases[some] = peierls_phase(quanta)
        return phases

    def turns(self, positions: np.ndarray, params: Mapping[str, Any]) -> np.ndarray | None:
        """The phases of the states on sites that are in another gauge, 1 on the rest; None if there are none."""
        if not (self.turned and self._is_there(params)):
            return None
        potential = self._potential(params)
        turn = np.ones(len(positions), dtype=complex)
        for item in self.turned:
            places = positions[item.sites]
            origin = np.broadcast_to(item.origin, places.shape)
            other = item.gauge.potential(self.source, params, self.step)
            chi = other.integrals(places, origin) - potential.integrals(places, origin)
            turn[item.sites] = peierls_phase(chi / FLUX_QUANTUM)
        return turn

    def _is_there(self, params: Mapping[str, Any]) -> bool:
        """Whether there is a field apart from the tubes."""
        return self.source.varies or self.source.tesla(params) != 0

    def _potential(self, params: Mapping[str, Any]) -> VectorPotential:
        own = {name: params[name] for name in self.parameters}
        return self._known.get(own, lambda: self.gauge.potential(self.source, own, self.step))


def _turned(
    turns: np.ndarray, to: np.ndarray, charges_to: np.ndarray, source: np.ndarray, charges_source: np.ndarray
) -> np.ndarray:
    """The phases of blocks between sites in gauges of their own, by the charges of orbitals."""
    return turns[to][:, None, None] ** charges_to[:, None] / turns[source][:, None, None] ** charges_source


def peierls_phase(quanta: np.ndarray) -> np.ndarray:
    """exp(−(ie/ħ)∫A·dl) = exp(−2πi q) for integrals q in units of h/e."""
    angle = -2 * np.pi * quanta
    factor: Any = np.empty(angle.shape, dtype=complex)
    np.cos(angle, out=factor.real)  # faster than a complex exp
    np.sin(angle, out=factor.imag)
    return factor
