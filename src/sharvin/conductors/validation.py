"""Checks of a closed form's fields: one number each, finite, in range; otherwise one clear message."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import InputError
from ..reals import NotReal, reals, shown

#: Largest size of a field, and smallest of one that is not negative: squares and products of such numbers are floats.
_LARGEST, _SMALLEST = 1e100, 1e-100


def real(what: str, value: Any, unit: str, *, positive: bool = False, minimum: float | None = None) -> float:
    """One finite real number as a float, or an error that calls it `what`."""
    expected = f"{'a positive' if positive else 'a finite'} number in {unit}"
    try:
        found = reals(value)
    except NotReal as reason:
        raise InputError(f"{what} must be {expected}, got {shown(value)}: {reason}") from None
    if found.ndim or not np.isfinite(found) or (positive and found <= 0):
        raise InputError(f"{what} must be {expected}, got {shown(value)}")
    result = found.item()
    tiny = 0 < result < _SMALLEST and (positive or minimum == 0)
    if abs(result) > _LARGEST or tiny:
        raise InputError(
            f"{what} must lie between {_SMALLEST:g} and {_LARGEST:g} {unit} in size, got {shown(value)}"
        )
    if minimum is not None and result < minimum:
        raise InputError(f"{what} must be at least {minimum:g} {unit}, got {value!r}")
    return result


def number(
    owner: object, name: str, unit: str, *, positive: bool = False, minimum: float | None = None
) -> None:
    """Replace the field `name` of a frozen `owner` by a float, or refuse it."""
    what = f"{type(owner).__name__}: {name}"
    value = real(what, getattr(owner, name), unit, positive=positive, minimum=minimum)
    object.__setattr__(owner, name, value)


def degeneracy(owner: object) -> None:
    """Replace the field `spin_degeneracy` by an int, or refuse it."""
    value: Any = getattr(owner, "spin_degeneracy")  # noqa: B009
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise InputError(
            f"{type(owner).__name__}: spin_degeneracy must be a positive whole number "
            f"(2 when spin is not explicit, 1 when it is), got {value!r}"
        )
    object.__setattr__(owner, "spin_degeneracy", int(value))


def array(owner: object, name: str, value: Any, dims: Sequence[int]) -> np.ndarray:
    """A read-only float copy of `value` with one of the allowed numbers of dimensions, without NaN."""
    what = f"{type(owner).__name__}: {name}"
    try:
        result = reals(value, booleans=True)
    except NotReal as reason:
        raise InputError(f"{what} must be an array of real numbers, got {shown(value)}: {reason}") from None
    if result.ndim not in dims:
        raise InputError(
            f"{what} must have {' or '.join(map(str, dims))} dimension(s), got shape {result.shape}"
        )
    if not np.isfinite(result).all():
        item = tuple(int(i) for i in np.argwhere(~np.isfinite(result))[0])
        raise InputError(f"{what} must be finite, but item {_index(item)} is {result[item]}")
    result.flags.writeable = False
    return result


def probabilities(what: str, values: np.ndarray, *, most: float = 1.0, hint: str = "") -> np.ndarray:
    """Values in [0, most], clipped if rounding carried them out by 1e-9 or less; refused otherwise."""
    wrong = ~((values >= -1e-9) & (values <= most + 1e-9))
    if wrong.any():
        item = tuple(int(i) for i in np.argwhere(wrong)[0])
        bound = "be at least 0" if np.isinf(most) else f"lie in [0, {most:g}]"
        raise InputError(f"{what} must {bound}, but item {_index(item)} is {values[item]:.10g}{hint}")
    return np.clip(values, 0.0, most)


def _index(item: tuple[int, ...]) -> str:
    return str(item[0]) if len(item) == 1 else str(item)
