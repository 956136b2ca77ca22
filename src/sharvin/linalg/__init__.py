"""Sparse linear algebra behind one contract; see `sharvin.linalg.factorization`."""

from importlib.util import find_spec

from ..errors import InputError
from .factorization import Factorization, Pattern
from .pardiso import Pardiso
from .superlu import SuperLU
from .threads import one_dense_thread

__all__ = [
    "Factorization",
    "Pardiso",
    "Pattern",
    "SuperLU",
    "available_back_ends",
    "back_end",
    "one_dense_thread",
]

_BACK_ENDS: dict[str, type[Factorization]] = {"pardiso": Pardiso, "superlu": SuperLU}


def available_back_ends() -> tuple[str, ...]:
    """Names of the back ends that can run here, the fastest first."""
    return tuple(name for name in _BACK_ENDS if name != "pardiso" or find_spec("pymklpardiso") is not None)


def back_end(name: str = "auto") -> Factorization:
    """A fresh factorization: of the back end named, or of the fastest installed.

    >>> from sharvin.linalg import back_end
    >>> back_end("superlu").name
    'superlu'
    """
    available = available_back_ends()
    if name == "auto":
        name = available[0]
    if name not in available:
        raise InputError(f'solver "{name}" is not installed here; available are {", ".join(available)}')
    return _BACK_ENDS[name]()
