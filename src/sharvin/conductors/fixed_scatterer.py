"""A scattering matrix given by its elements."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from ..options import Options
from ..reals import shown
from ..scattering import unitarity_error
from .closed_form import Amplitudes, ClosedForm
from .validation import degeneracy


@dataclass(frozen=True, eq=False, init=False)
class FixedScatterer(ClosedForm):
    """A conductor with one S at every energy: a beam splitter, a random matrix, an experiment's model.

    Parameters
    ----------
    matrix
        S, shape (modes, modes), index order (out, in), rows and columns in the order of the leads.
    leads
        Name of each lead → its number of modes, in order.
    spin_degeneracy
        g_s, contained in SI results only.

    Raises
    ------
    InputError
        If `matrix` is not square, not of the leads' number of modes, holds NaN, or is not unitary (|S†S − 1| beyond
        1e-8, with the figure).

    Notes
    -----
    M. Büttiker, Phys. Rev. Lett. 57, 1761 (1986).

    Examples
    --------
    >>> import numpy as np, sharvin as sv
    >>> splitter = sv.FixedScatterer(np.array([[1, 1j], [1j, 1]]) / np.sqrt(2), leads={"left": 1, "right": 1})
    >>> round(sv.scattering_matrix(splitter, energy=0.0).transmission("right", "left"), 12)
    0.5
    """

    matrix: np.ndarray
    modes: Mapping[str, int]

    def __init__(self, matrix: ArrayLike, leads: Mapping[str, int], *, spin_degeneracy: int = 2) -> None:
        object.__setattr__(self, "matrix", _checked_matrix(matrix))
        object.__setattr__(self, "modes", _checked_leads(leads))
        object.__setattr__(self, "spin_degeneracy", spin_degeneracy)
        degeneracy(self)
        size, total = len(self.matrix), sum(self.modes.values())
        if size != total:
            raise InputError(
                f"FixedScatterer: the leads have {total} modes together, but matrix has shape {self.matrix.shape}"
            )
        error = float(unitarity_error(self.matrix, np.ones(size, dtype=bool)))
        if error > Options().unitarity_bound:
            raise InputError(
                f"FixedScatterer: matrix must be unitary to {Options().unitarity_bound:g} (current is conserved), "
                f"but |S†S − 1| reaches {error:.2g}"
            )

    @property
    def leads(self) -> tuple[str, ...]:
        """Names of the leads, in order."""
        return tuple(self.modes)

    @property
    def parameters(self) -> tuple[str, ...]:
        """None."""
        return ()

    def amplitudes(self, energy: np.ndarray) -> Amplitudes:
        """The one S at every energy; the modes of each lead are labelled "0", "1", …"""
        shape = (energy.size, *self.matrix.shape)
        labels = tuple(tuple(str(n) for n in range(count)) for count in self.modes.values())
        return Amplitudes(np.broadcast_to(self.matrix, shape).copy(), np.ones(shape[:2], dtype=bool), labels)

    def levels(self, low: float, high: float) -> np.ndarray:
        """None."""
        return np.empty(0)


def _checked_matrix(matrix: ArrayLike) -> np.ndarray:
    try:
        found = np.asarray(matrix)
        holes = np.ma.isMaskedArray(matrix) and bool(np.ma.getmaskarray(matrix).any())
        if holes or found.dtype.kind not in "iufcO":
            raise TypeError
        result = np.array(found, dtype=complex)
    except (TypeError, ValueError, OverflowError):
        raise InputError(
            f"FixedScatterer: matrix must be an array of complex numbers without holes, got {shown(matrix)}"
        ) from None
    if result.ndim != 2 or result.shape[0] != result.shape[1] or result.size == 0:
        raise InputError(f"FixedScatterer: matrix must be square, got shape {result.shape}")
    if not np.isfinite(result).all():
        item = tuple(int(i) for i in np.argwhere(~np.isfinite(result))[0])
        raise InputError(f"FixedScatterer: matrix must be finite, but item {item} is {result[item]}")
    result.flags.writeable = False
    return result


def _checked_leads(leads: Any) -> dict[str, int]:
    if not isinstance(leads, Mapping) or not leads:
        raise InputError(
            'FixedScatterer: leads must map each name to its number of modes, as {"left": 1, "right": 1}, '
            f"got {leads!r}"
        )
    for name, count in leads.items():
        if not isinstance(name, str) or not name or ":" in name:
            raise InputError(f'FixedScatterer: a lead\'s name must be a word without ":", got {name!r}')
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 0:
            raise InputError(
                f'FixedScatterer: lead "{name}" must have a whole number of modes, got {count!r}'
            )
    return {name: int(count) for name, count in leads.items()}
