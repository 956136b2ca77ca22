"""Values that are computed again only when the parameters they depend on have changed."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import numpy as np

_Result = TypeVar("_Result")


class Remembered(Generic[_Result]):
    """The last result of a computation, with the parameters it belongs to.

    Threads may share it: the entry is replaced as a whole, and at worst two of them compute the same.
    """

    def __init__(self) -> None:
        self._last: tuple[Any, _Result] | None = None

    def get(self, params: Mapping[str, Any], make: Callable[[], _Result]) -> _Result:
        """What was made last if it was for the same parameters, else what `make` gives now."""
        key = _key(params)
        last = self._last
        if key is not None and last is not None and last[0] == key:
            return last[1]
        result = make()
        if key is not None:
            self._last = (key, result)
        return result


def _key(params: Mapping[str, Any]) -> Any:
    """Something that is equal for equal values only, or None where a value may change behind our back."""
    keys = [_value_key(params[name]) for name in sorted(params)]
    return None if None in keys else tuple(keys)


def _value_key(value: Any) -> Any:
    """A number, a text, or an array by its bytes; None for any other object, such as a random generator."""
    if isinstance(value, (float, complex)):
        return type(value), repr(value)  # 0.0 == −0.0, and NaN differs from itself
    if value is None or type(value) in (bool, int, str):
        return type(value), value
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biufcSU":
        return type(value), value.dtype.str, value.shape, value.tobytes()
    if type(value) is tuple:
        keys = [_value_key(item) for item in value]
        return None if None in keys else (tuple, *keys)
    return None
