"""The two families of errors: bad input, and a number that could not be computed to its bound.

Every message says what was expected, what came, and what to do.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._deferred import DeferredMethod


class SharvinError(Exception):
    """Anything that Sharvin raises on purpose."""


class InputError(SharvinError, ValueError):
    """The program or the file asked for something that has no meaning; the message says how to ask."""


class GeometryError(InputError):
    """A lead does not fit a region: the message names the place, and ``.plot()`` draws it.

    Positions are in nm, with three components.

    Attributes
    ----------
    sites
        Positions of the sites of the region, (sites, 3).
    places
        What is wrong → where that is, (places, 3).
    direction
        Of the lead, outward, (3,); None where no lead is at fault.
    fitting
        Vectors near it that `System.lead` takes for a direction instead, the nearest first, (3,) each.

    Examples
    --------
    >>> import sharvin as sv
    >>> square = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    >>> box = square.region(sv.shape.rectangle(10, 10))
    >>> try:
    ...     box.lead("one", square, direction=(1, 1.9))
    ... except sv.GeometryError as error:
    ...     fitting = error.fitting
    >>> [vector.tolist() for vector in fitting]
    [[1.0, 2.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]]
    """

    plot = DeferredMethod(
        "sharvin.plotting.geometry_errors",
        "plot_geometry_error",
        "Draw the region and the places that are wrong; see `sharvin.plotting.plot_geometry_error`.",
    )

    def __init__(
        self,
        message: str,
        *,
        sites: Any = None,
        places: Mapping[str, Any] | None = None,
        direction: Any = None,
        fitting: Sequence[Any] = (),
    ) -> None:
        super().__init__(message)
        self.sites, self.places = sites, dict(places or {})
        self.direction, self.fitting = direction, tuple(fitting)


class NumericalError(SharvinError, ArithmeticError):
    """The question was sound, but no answer within the bound was found.

    Attributes
    ----------
    partial
        What was computed of a batch all the same: the scattering matrix at the other energies. None if there is
        nothing.
    failed
        The energies of the batch at which there is no answer, in eV.
    """

    partial: Any = None
    failed: Any = None

    def of_batch(self, failed: Any, partial: Any) -> "NumericalError":
        """The same error for a batch of energies of which some failed."""
        count = 0 if partial is None else len(partial.energy)
        others = f"; the other {count} energies are in .partial of this error" if count else ""
        error = type(self)(
            f"{self} ({len(failed)} of {len(failed) + count} energies failed, in .failed{others})"
        )
        error.failed, error.partial = failed, partial
        return error


class NotCertified(NumericalError):
    """A scattering matrix broke a bound of its certificate by every route that was tried."""


class NotConverged(NumericalError):
    """An adaptive method stopped before reaching its tolerance."""


class MissingExtra(SharvinError, ImportError):
    """An optional package is needed for what was asked; the message says which extra installs it."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint ``; did you mean "…"?`` with the nearest known name, or the known names when none is near.

    >>> nearest("temprature", ["mu", "temperature"])
    '; did you mean "temperature"?'
    >>> nearest("x", ["mu", "temperature"])
    '; known are "mu", "temperature"'
    """
    known = [str(k) for k in known]
    close = difflib.get_close_matches(str(name), known, n=1)
    if close:
        return f'; did you mean "{close[0]}"?'
    if not known:
        return "; there are none"
    return "; known are " + ", ".join(f'"{k}"' for k in known)
