"""Peierls phases: a perpendicular magnetic field on a lattice.

The particle has charge −e: ⟨r|H|r′⟩ → ⟨r|H|r′⟩ exp(−(ie/ħ) ∫_{r′}^{r} A·dl), with B > 0 along +z. In the Landau
gauge A = −B (n·r) u, with u a direction in the plane and n = ẑ × u, the phases do not change along u: every
lead parallel to u stays periodic. Along a straight bond the integral is −B n·(r + r′)/2 · u·(r − r′).
(R. Peierls, Z. Phys. 80, 763 (1933).)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..constants import FLUX_QUANTUM
from ..errors import InputError
from ..reals import NotReal, reals, shown
from .terms import REQUIRED, Parameter

#: Multiplies ⟨to|H|from⟩ by a phase: (positions to, positions from) → complex array over the bonds.
BondPhase = Callable[[np.ndarray, np.ndarray], np.ndarray]
_AT_ONCE = 2**17  # bonds whose positions are held at the same time


@dataclass(frozen=True, eq=False)
class Field:
    """A perpendicular field, a number of tesla or a parameter, in a gauge for leads with these periods."""

    tesla: float | Parameter
    periods: tuple[np.ndarray, ...]

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The field's own parameter, if it is one."""
        return {self.tesla.name: REQUIRED} if isinstance(self.tesla, Parameter) else {}

    def phases(
        self, positions: np.ndarray, to: np.ndarray, source: np.ndarray, params: Mapping[str, Any]
    ) -> np.ndarray | None:
        """The phases of the bonds between these sites; None without a field, for which H stays real."""
        value = tesla_of(params[self.tesla.name] if isinstance(self.tesla, Parameter) else self.tesla)
        if not value:
            return None
        phase = peierls_phase(value, common_direction(list(self.periods)))
        phases = np.empty(len(to), dtype=complex)
        for start in range(0, len(to), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            phases[some] = phase(positions[to[some]], positions[source[some]])
        return phases


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


def common_direction(periods: list[np.ndarray]) -> np.ndarray:
    """The in-plane direction that all leads share; x if no lead lies in the plane."""
    in_plane = [period[:2] for period in periods if np.abs(period[:2]).max() > 1e-9]
    if not in_plane:
        return np.array([1.0, 0.0, 0.0])
    first = in_plane[0]
    for other in in_plane[1:]:
        if abs(first[0] * other[1] - first[1] * other[0]) > 1e-9 * np.linalg.norm(first) * np.linalg.norm(
            other
        ):
            raise InputError(
                "field: the leads must be parallel to each other in a perpendicular field; "
                f"they run along {first.round(6).tolist()} and {other.round(6).tolist()}"
            )
    return np.array([*first, 0.0])
