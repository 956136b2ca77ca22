"""Functions for terms whose arguments may be numbers, named parameters, or functions in their turn."""

import inspect
from collections.abc import Callable
from typing import Any

from .values import Parameter

_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def composed(
    function: Callable[..., Any], coordinates: tuple[str, ...] = (), **arguments: Any
) -> Callable[..., Any]:
    """function(*coordinates, **arguments) as a term takes it: a function of coordinates and named parameters.

    Of the arguments a `Parameter` is given by its name, a function is called with what it asks for, and anything else
    is itself.
    """
    asked = {name: _asked_by(argument) for name, argument in arguments.items()}

    def value(**given: Any) -> Any:
        filled = {}
        for name, argument in arguments.items():
            own = {asking: given[asking] for asking in asked[name] if asking in given}
            is_named = isinstance(argument, Parameter)
            filled[name] = (
                own[argument.name] if is_named else argument(**own) if callable(argument) else argument
            )
        return function(*(given[name] for name in coordinates), **filled)

    every = {name: inspect.Parameter(name, _KEYWORD) for name in coordinates}
    for own in asked.values():
        every |= own
    setattr(value, "__signature__", inspect.Signature(list(every.values())))  # noqa: B010
    return value


def _asked_by(argument: Any) -> dict[str, inspect.Parameter]:
    """What an argument needs to be told."""
    if isinstance(argument, Parameter):
        return {argument.name: inspect.Parameter(argument.name, _KEYWORD)}
    if not callable(argument):
        return {}
    return {
        name: asked.replace(kind=_KEYWORD) for name, asked in inspect.signature(argument).parameters.items()
    }
