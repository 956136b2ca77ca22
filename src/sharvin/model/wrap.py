"""What is periodic around a translation of the lattice, with a Bloch phase: ψ(r + P) = e^{ik} ψ(r)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from ..errors import InputError
from ..reals import number
from .values import REQUIRED, Coordinates, Parameter, Value

_PERIODICITY = 1e-9
_ROUNDING = 4e-16
_AWAY = (0.381, 1.0, 7.62, 41.3, 1000.0)  # periods after which values are looked at again


@dataclass(frozen=True, eq=False)
class Wrap:
    """How a term goes around a period P (3,) in nm: `steps` of it from the end ⟨r| to the end |r′⟩, of momentum k.

    `aside` is r − r′ less what the wrapped lattice has for it, (3,), in nm: it is along P.
    """

    period: np.ndarray
    momentum: float | Parameter = 0.0
    steps: int = 0
    aside: np.ndarray | None = None

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The momentum, if it is a parameter of the term."""
        return {self.momentum.name: REQUIRED} if self.steps and isinstance(self.momentum, Parameter) else {}

    def bound(self, values: Mapping[str, Any]) -> "Wrap":
        """With a value, or another name, for the momentum."""
        if self.parameters.keys() & values.keys() and isinstance(self.momentum, Parameter):
            return replace(self, momentum=values[self.momentum.name])
        return self

    def phase(self, params: Mapping[str, Any]) -> complex | float:
        """e^{−ik·steps}, by which ⟨r|H|r′ − steps·P⟩ becomes ⟨r|H(k)|r′⟩."""
        if not self.steps:
            return 1.0
        given = params[self.momentum.name] if isinstance(self.momentum, Parameter) else self.momentum
        angle = number("momentum", given) * self.steps
        # At π and π/2 exactly −1 and −i, so that bonds which cancel there do so; they are real where they may be.
        real, imaginary = (
            0.0 if abs(part) < _ROUNDING * abs(angle) else part for part in (np.cos(angle), -np.sin(angle))
        )
        return complex(real, imaginary) if imaginary else float(real)


def unwrapped(coordinates: Coordinates, wraps: tuple[Wrap, ...]) -> Coordinates:
    """Coordinates of bonds with |r′⟩ where it is before it is wrapped."""
    aside = sum((wrap.aside for wrap in wraps if wrap.aside is not None), np.zeros(3))
    if not aside.any():
        return coordinates
    moved = dict(coordinates)
    for axis, name in enumerate("xyz"):
        moved[name + "2"] = lambda axis=axis, get=coordinates[name + "2"]: get() - aside[axis]
        moved[name] = lambda axis=axis, get=coordinates[name]: get() - aside[axis] / 2
    return moved


def check_wrapped(
    value: Value,
    wraps: tuple[Wrap, ...],
    blocks: np.ndarray,
    coordinates: Coordinates,
    params: Mapping[str, Any],
) -> None:
    """Refuse values that change along the period, which have no Bloch momentum, or not at the places of a lattice that
    is sheared along it.
    """
    places = [name for name in value.arguments if name[0] in "xyz" and name in coordinates]
    if not (places and len(blocks)):
        return
    for wrap, periods in product(wraps, _AWAY):
        shifted = dict(coordinates)
        for name in places:
            by = periods * wrap.period["xyz".index(name[0])]
            shifted[name] = lambda name=name, by=by: coordinates[name]() + by
        other = value.evaluate(shifted, params, len(blocks), blocks.shape[1])
        change = float(np.abs(other - blocks).max())
        if change > _PERIODICITY * max(float(np.abs(blocks).max()), 1e-300):
            raise InputError(
                f"{value.what}: the value changes by {change:.1e} eV along the period {wrap.period.round(6).tolist()} "
                "nm of the wrapped model, which has no Bloch momentum then; it may depend on the other coordinates only"
            )
