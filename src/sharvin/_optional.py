"""Imports of optional packages, which wait until they are used."""

from importlib import import_module
from types import ModuleType

from .errors import MissingExtra


def optional_import(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional package, or say which extra installs it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(
            f'{purpose} needs the package "{module}"; install it with: pip install "sharvin[{extra}]"'
        ) from error
