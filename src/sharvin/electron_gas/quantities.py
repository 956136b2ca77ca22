"""The quantities that the functions of an electron gas take: their units and ranges in one table, and their reading."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from ..reals import NotReal, reals, shown

#: 1 cm⁻² in nm⁻².
per_cm2: float = 1e-14
#: 1 m⁻² in nm⁻².
per_m2: float = 1e-18

#: Sizes between which products of several quantities are floats.
_SMALLEST, _LARGEST = 1e-60, 1e60


@dataclass(frozen=True)
class _Quantity:
    """A unit, what sign is allowed (positive, not negative, not zero, any), and the largest value that makes sense."""

    unit: str
    sign: str = "positive"
    largest: float = _LARGEST
    hint: str = ""


_PER_NM2 = "nm⁻² (nm⁻¹ in one dimension, nm⁻³ in three)"
_QUANTITIES = {
    "density": _Quantity(_PER_NM2, largest=1e4, hint="; a density in cm⁻² is to be multiplied by per_cm2"),
    "fermi_energy": _Quantity("eV"),
    "mass": _Quantity("electron masses"),
    "velocity": _Quantity("m/s"),
    "mobility": _Quantity("cm²/(V s)"),
    "mean_free_path": _Quantity("nm"),
    "diffusion_constant": _Quantity("m²/s"),
    "time": _Quantity("s"),
    "temperature": _Quantity("K"),
    "any_temperature": _Quantity("K", "not negative"),
    "field": _Quantity("T", "not zero"),
    "any_field": _Quantity("T", "any"),
    "resistance": _Quantity("Ω", "not zero"),
    "g_factor": _Quantity("", "any"),
    "index": _Quantity("", "any"),
    "bias": _Quantity("V", "not zero"),
    "gate_voltage": _Quantity("V", "not zero"),
    "any_gate_voltage": _Quantity("V", "any"),
    "lever_arm": _Quantity("eV/V", "not zero"),
}
_ALLOWED = {
    "positive": lambda values: values > 0,
    "not negative": lambda values: values >= 0,
    "not zero": lambda values: values != 0,
    "any": lambda values: np.ones(values.shape, dtype=bool),
}


def read(function: str, **given: Any) -> tuple[np.ndarray, ...]:
    """Quantities as float arrays of shapes that go together, each in its range, or an `InputError`.

    With "any_" before its name a quantity may also be zero.

    Examples
    --------
    >>> read("cyclotron_energy", mass=0.067, field=[1, 2])
    (array(0.067), array([1., 2.]))
    """
    found = tuple(_one(function, name, value) for name, value in given.items())
    try:
        np.broadcast_shapes(*(values.shape for values in found))
    except ValueError:
        names = [name.removeprefix("any_") for name in given]
        shapes = ", ".join(f"{name} {values.shape}" for name, values in zip(names, found, strict=True))
        raise InputError(
            f"{function}: arrays must have one shape, or shapes that broadcast, got {shapes}"
        ) from None
    return found


def _one(function: str, name: str, value: Any) -> np.ndarray:
    quantity = _QUANTITIES[name]
    kind = "a finite number" if quantity.sign == "any" else quantity.sign
    expected = (
        f"{function}: {name.removeprefix('any_')} must be {kind}{quantity.unit and f', in {quantity.unit}'}"
    )
    try:
        found = reals(value)
    except NotReal as reason:
        raise InputError(f"{expected}, got {shown(value)}: {reason}") from None
    if not (np.isfinite(found) & _ALLOWED[quantity.sign](found)).all():
        raise InputError(f"{expected}, got {shown(value)}")
    size = np.abs(found[found != 0])
    if ((size < _SMALLEST) | (size > quantity.largest)).any():
        raise InputError(
            f"{expected} and between {_SMALLEST:g} and {quantity.largest:g} in size, got {shown(value)}{quantity.hint}"
        )
    return found


def copies(function: str, spin_degeneracy: Any, valley_degeneracy: Any) -> int:
    """g = g_s g_v, the number of equal bands."""
    for name, value in (("spin_degeneracy", spin_degeneracy), ("valley_degeneracy", valley_degeneracy)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise InputError(f"{function}: {name} must be a positive whole number, got {shown(value)}")
    return int(spin_degeneracy) * int(valley_degeneracy)


def one_of(function: str, **given: Any) -> str:
    """Which of two quantities was given; an error for none or both."""
    names = [name for name, value in given.items() if value is not None]
    if len(names) != 1:
        raise InputError(
            f"{function}: give either {'= or '.join(given)}=, got {'both' if names else 'neither'}"
        )
    return names[0]


def plain(values: Any) -> Any:
    """A float for a number, the array for an array."""
    return float(values) if np.ndim(values) == 0 else np.asarray(values)
