"""The two families of errors: bad input, and a number that could not be computed to its bound.

Every message says what was expected, what came, and what to do.
"""

import difflib
from collections.abc import Iterable
from typing import Any


class SharvinError(Exception):
    """Anything that Sharvin raises on purpose."""


class InputError(SharvinError, ValueError):
    """The program or the file asked for something that has no meaning; the message says how to ask."""


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
