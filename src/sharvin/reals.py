"""Reading real numbers that a user gave: what would silently become another number is refused."""

from typing import Any

import numpy as np

from .errors import InputError


class NotReal(ValueError):
    """The value is not made of real numbers; the text says why, to be put into a message behind the value."""


def reals(value: Any, *, booleans: bool = False) -> np.ndarray:
    """The value as a float array of any shape.

    Raises
    ------
    NotReal
        For complex numbers, strings, booleans (unless allowed), masked items, rows of unlike lengths, and integers
        beyond the largest float.

    Examples
    --------
    >>> reals([1, 2.5])
    array([1. , 2.5])
    """
    if np.ma.isMaskedArray(value) and np.ma.getmaskarray(value).any():
        raise NotReal("it has masked items")
    try:
        found = np.asarray(value)
    except (TypeError, ValueError):
        raise NotReal("its rows have unlike lengths") from None
    if found.dtype.kind == "O":
        return _of_objects(found)
    if found.dtype.kind == "c":
        raise NotReal("it is complex")
    if found.dtype.kind not in ("iufb" if booleans else "iuf") or (not booleans and _holds_booleans(value)):
        raise NotReal("it is not made of numbers")
    with np.errstate(over="ignore"):
        return found.astype(float)


def _holds_booleans(value: Any) -> bool:
    """Whether booleans hide among the numbers of a list, which NumPy would turn into 0 and 1."""
    return isinstance(value, (list, tuple)) and any(isinstance(item, (bool, np.bool_)) for item in value)


def _of_objects(found: np.ndarray) -> np.ndarray:
    """Fractions, decimals and integers of any size, one by one."""
    result = np.empty(found.shape)
    for place, item in np.ndenumerate(found):
        if isinstance(item, (str, bytes, bool, np.bool_, complex, np.complexfloating)):
            raise NotReal("it is not made of real numbers")
        try:
            result[place] = float(item)
        except OverflowError:
            raise NotReal("it is beyond the largest float, 1.8e308") from None
        except (TypeError, ValueError):
            raise NotReal("it is not made of numbers") from None
    return result


def shown(value: Any) -> str:
    """The value as a message shows it: on one line, whole if that is short."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # an integer with more digits than Python prints
        return "an integer of very many digits"
    return text if len(text) <= 80 else text[:60] + " …"


def number(what: str, value: Any) -> float:
    """The value as a finite number, or an `InputError` that says what it is of.

    Examples
    --------
    >>> number("angle", 2)
    2.0
    """
    return finite(f"{what} must be a finite number", value)


def finite(expected: str, value: Any) -> float:
    """The value as a finite number, or an `InputError` that begins with what was expected.

    Examples
    --------
    >>> finite("field: expected a finite number of tesla", 2)
    2.0
    """
    try:
        found = reals(value)
    except NotReal:
        found = np.full(1, np.nan)
    if found.ndim or not np.isfinite(found):
        raise InputError(f"{expected}, got {shown(value)}")
    return float(found)


def integer(what: str, value: Any) -> int:
    """The value as an integer of 64 bits, or an `InputError` that says what it is of.

    Examples
    --------
    >>> integer("seed", 7)
    7
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not -(2**63) <= value < 2**63:
        raise InputError(f"{what} must be an integer of 64 bits, got {shown(value)}")
    return int(value)


def positive(what: str, value: Any, unit: str = "") -> float:
    """The value as a finite positive number, or an `InputError` that says what it is of.

    Examples
    --------
    >>> positive("disk: radius", 2, "nm")
    2.0
    """
    try:
        found = number(what, value)
    except InputError:
        found = np.nan
    if not found > 0:
        raise InputError(f"{what} must be a positive number{unit and f' of {unit}'}, got {shown(value)}")
    return found
