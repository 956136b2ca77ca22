"""Methods whose code is imported when they are called: drawing."""

from importlib import import_module
from typing import Any


class DeferredMethod:
    """A method whose body lives in a module that is imported at its first call.

    It lets an object of a lower layer offer a drawing without the drawing library being loaded.
    """

    def __init__(self, module: str, function: str, doc: str) -> None:
        self._module, self._function = module, function
        self.__doc__ = doc

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        return getattr(import_module(self._module), self._function).__get__(instance)
