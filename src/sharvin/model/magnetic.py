"""Peierls phases: a perpendicular magnetic field on a lattice.

The particle has charge −e: ⟨r|H|r′⟩ → ⟨r|H|r′⟩ exp(−(ie/ħ) ∫_{r′}^{r} A·dl), with B > 0 along +z. In the Landau
gauge A = −B (n·r) u, with u a direction in the plane and n = ẑ × u, the phases do not change along u: every
lead parallel to u stays periodic. Along a straight bond the integral is −B n·(r + r′)/2 · u·(r − r′).
(R. Peierls, Z. Phys. 80, 763 (1933).)

Leads in other directions have gauges of their own, A + ∇χ. Two Landau gauges differ by χ = χ_u′ − χ_u with
χ_u = −(B/2) (u·r)(n·r), since A = (B/2) ẑ × r + ∇χ_u. In the gauge of a lead, states have the phases exp(−(ie/ħ) χ);
those of the orbitals where it meets the region are given these phases, and the rest of the region keeps its gauge.
(H. U. Baranger and A. D. Stone, Phys. Rev. B 40, 8169 (1989).)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..constants import FLUX_QUANTUM
from ..errors import InputError
from ..reals import NotReal, reals, shown
from .values import REQUIRED, Parameter

#: Multiplies ⟨to|H|from⟩ by a phase: (positions to, positions from) → complex array over the bonds.
BondPhase = Callable[[np.ndarray, np.ndarray], np.ndarray]
_AT_ONCE = 2**17  # bonds whose positions are held at the same time


@dataclass(frozen=True, eq=False)
class Field:
    """A perpendicular field, a number of tesla or a parameter, in the gauge of a direction in the plane.

    `turned` are sites of a region, by their numbers, that are in the gauge of another direction.
    """

    tesla: float | Parameter
    along: np.ndarray
    turned: tuple[tuple[np.ndarray, np.ndarray], ...] = ()

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The field's own parameter, if it is one."""
        return {self.tesla.name: REQUIRED} if isinstance(self.tesla, Parameter) else {}

    def phases(
        self, positions: np.ndarray, to: np.ndarray, source: np.ndarray, params: Mapping[str, Any]
    ) -> np.ndarray | None:
        """The phases of the bonds between these sites; None without a field, for which H stays real."""
        phases = self.bond_phases(positions, to, source, params)
        turns = self.turns(positions, params)
        return phases if phases is None or turns is None else phases * (turns[to] * turns[source].conj())

    def bond_phases(
        self, positions: np.ndarray, to: np.ndarray, source: np.ndarray, params: Mapping[str, Any]
    ) -> np.ndarray | None:
        """The phases of the bonds in one gauge for all sites; None without a field."""
        value = self._value(params)
        if not value:
            return None
        phase = peierls_phase(value, self.along)
        phases = np.empty(len(to), dtype=complex)
        for start in range(0, len(to), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            phases[some] = phase(positions[to[some]], positions[source[some]])
        return phases

    def turns(self, positions: np.ndarray, params: Mapping[str, Any]) -> np.ndarray | None:
        """The phases of the states on sites that are in another gauge, 1 on the rest; None if there are none."""
        value = self._value(params)
        if not (value and self.turned):
            return None
        turn = np.ones(len(positions), dtype=complex)
        for sites, direction in self.turned:
            turn[sites] = gauge_phase(value, self.along, direction, positions[sites])
        return turn

    def _value(self, params: Mapping[str, Any]) -> float:
        return tesla_of(params[self.tesla.name] if isinstance(self.tesla, Parameter) else self.tesla)


def tesla_of(value: Any) -> float:
    """A field as a finite number of tesla, or a clear refusal."""
    try:
        found = reals(value)
    except NotReal:
        found = np.full(1, np.nan)
    if found.ndim or not np.isfinite(found):
        raise InputError(
            f"field: expected a finite number of tesla, or sharvin.param(name), got {shown(value)}"
        )
    return float(found)


def peierls_phase(field: float, along: np.ndarray) -> BondPhase:
    """exp(−(ie/ħ)∫A·dl) for a field in tesla, in the gauge that is constant along the in-plane vector `along`.

    The sum around a plaquette of area a² is −2π B a²/(h/e), counted counter-clockwise.
    """
    u = np.array([along[0], along[1], 0.0])
    u = u / np.linalg.norm(u)
    n = np.array([-u[1], u[0], 0.0])

    def phase(to: np.ndarray, source: np.ndarray) -> np.ndarray:
        integral = -field * ((to + source) / 2 @ n) * ((to - source) @ u)
        angle = -2 * np.pi / FLUX_QUANTUM * integral
        factor: Any = np.empty(
            angle.shape, dtype=complex
        )  # cos and sin of reals are faster than a complex exp
        np.cos(angle, out=factor.real)
        np.sin(angle, out=factor.imag)
        return factor

    return phase


def gauge_phase(field: float, along: np.ndarray, other: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """exp(−(ie/ħ)χ) at positions, by which states in the gauge of `other` differ from those in that of `along`."""

    def quadratic(direction: np.ndarray) -> np.ndarray:
        x, y = positions.T[:2]
        ux, uy = direction[:2] / np.linalg.norm(direction[:2])
        return (ux * x + uy * y) * (ux * y - uy * x)

    return np.exp(1j * np.pi * field / FLUX_QUANTUM * (quadratic(other) - quadratic(along)))


def in_plane(period: np.ndarray) -> np.ndarray | None:
    """The direction of a lead in the plane; None for one along z."""
    length = float(np.linalg.norm(period[:2]))
    return np.array([*period[:2] / length, 0.0]) if length > 1e-9 else None


def parallel(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two directions in the plane have the same gauge."""
    return bool(abs(one[0] * other[1] - one[1] * other[0]) < 1e-9)
