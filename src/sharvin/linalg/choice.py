"""Which back end is taken, and why."""

from importlib import metadata
from importlib.util import find_spec

from ..errors import InputError, nearest
from ..options import SOLVER_VARIABLE, SOLVERS, forced_solver
from .dense import Dense
from .factorization import Factorization
from .mumps import Mumps
from .pardiso import Pardiso
from .superlu import SuperLU

_BACK_ENDS: dict[str, type[Factorization]] = {
    "pardiso": Pardiso,
    "mumps": Mumps,
    "superlu": SuperLU,
    "dense": Dense,
}
_TITLES = {"pardiso": "PARDISO", "mumps": "MUMPS", "superlu": "SuperLU", "dense": "dense"}
_REASONS = {
    "pardiso": "its wheel is installed",
    "mumps": "PARDISO is not installed",
    "superlu": "PARDISO is not installed",
}
#: "auto" prefers LAPACK to a back end below this many rows. Measured, per energy: square lattices, the Schur
#: complement onto two opposite edges. PARDISO is never slower (100 rows: 0.04 ms, LAPACK 0.08 ms). LAPACK and MUMPS
#: meet at 200 rows if real and 110 if complex (144 rows: 0.17 and 0.28 ms, 0.40 and 0.27 ms), LAPACK and SuperLU at 330
#: and 220 (196 rows: 0.3 and 0.8 ms, 0.75 and 0.9 ms).
_DENSE_BELOW = {"pardiso": 0, "mumps": 100, "superlu": 200}


def available_back_ends() -> tuple[str, ...]:
    """Names of the back ends that can run here, for a large matrix the fastest first."""
    return tuple(name for name in _BACK_ENDS if _installed(name))


def back_end(name: str = "auto", *, size: int | None = None) -> Factorization:
    """A fresh factorization: of the back end named, or of the one that suits; its `reason` says why this one.

    Parameters
    ----------
    name
        "pardiso", "mumps", "superlu", "dense", or "auto": then the environment variable SHARVIN_SOLVER decides if it
        is set, and otherwise what is installed and the size.
    size
        Number of rows of the matrix, where it is known: "auto" takes "dense" for the smallest.

    Raises
    ------
    InputError
        If there is no such back end.
    MissingExtra
        If it was asked for by name and is not installed; the message says how to install it.

    Examples
    --------
    >>> from sharvin.linalg import back_end
    >>> factorization = back_end("superlu")
    >>> factorization.name, factorization.reason
    ('superlu', 'SuperLU: asked for by name')
    """
    if name not in SOLVERS:
        raise InputError(f'no solver "{name}"{nearest(name, SOLVERS)}')
    name, reason = choose(name, size)
    factorization = _BACK_ENDS[name]()
    factorization.reason = reason
    return factorization


def choose(name: str, size: int | None = None) -> tuple[str, str]:
    """Name of the back end that `back_end` would take, and the reason; a cache of analyses needs the name."""
    if name != "auto":
        return name, f"{_TITLES[name]}: asked for by name"
    forced = forced_solver()
    if forced is not None:
        return forced, f"{_TITLES[forced]}: forced by {SOLVER_VARIABLE}"
    best = next(name for name in _DENSE_BELOW if _installed(name))
    if size is not None and size < _DENSE_BELOW[best]:
        return "dense", f"dense: {size} orbitals, below {_DENSE_BELOW[best]}"
    return best, f"{_TITLES[best]}: {_REASONS[best]}"


def _installed(name: str) -> bool:
    """Whether the package behind a back end is there."""
    if name == "pardiso":
        return find_spec("pymklpardiso") is not None
    if name == "mumps":  # another package has a module of this name
        if find_spec("mumps") is None:
            return False
        try:
            metadata.version("python-mumps")
        except metadata.PackageNotFoundError:
            return False
    return True
