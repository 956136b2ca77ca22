"""A conductor given by a table of transmissions, from arrays or a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, ClassVar, Self

import numpy as np

from ..errors import InputError, nearest
from .table_files import read_table
from .transmission_function import scattering_without_phases
from .two_terminal import TwoTerminal, Waves
from .validation import array, degeneracy, probabilities

_OUTSIDE = ("raise", "hold", "zero")


@dataclass(frozen=True, eq=False)
class Tabulated(TwoTerminal):
    """A conductor of which a table of τ(E) is known, interpolated linearly.

    An energy that stands twice in the table is a jump; at that energy itself the first of the two values holds.
    S = [[√(1−τ), i√τ], [i√τ, √(1−τ)]] per channel: right for every current and its noise. The phases are made up, and
    `series` refuses it.

    Parameters
    ----------
    energy
        In eV, not decreasing, shape (energies,).
    transmission
        Shape (energies,) for one channel, (channels, energies) for several.
    outside
        What holds beyond the table's ends: "raise" refuses, "hold" continues the end values, "zero" transmits nothing.
    opening
        None, or "sequential": `transmission` is a total T(E) of channels that open one after another, as in an
        adiabatic contact, and channel n has τ_n = T − n, between 0 and 1. Conductances need no such choice
        (give the τ_n where you know them); noise does.
    spin_degeneracy
        g_s, contained in SI results only; T is per spin where it is 2.

    Raises
    ------
    InputError
        For energies out of order (with the position), NaN, a τ outside [0, 1] by more than 1e-9 (with the item), a
        total beyond 1 without `opening`, shapes that do not fit; for an energy outside the table when S is taken.

    Notes
    -----
    Its `thresholds` hold the jumps and every kink, so that an integral over the table is exact.

    Examples
    --------
    >>> import sharvin as sv
    >>> table = sv.Tabulated([0.0, 0.01, 0.01, 0.02], [0.0, 0.2, 0.8, 1.0])
    >>> sv.scattering_matrix(table, energy=[0.005, 0.015]).transmission("right", "left").values.round(12)
    array([0.1, 0.9])
    >>> sv.thresholds(table, window=(0.005, 0.015))
    array([0.01])
    """

    energy: Any
    transmission: Any
    outside: str = "raise"
    opening: str | None = None

    #: The phases of S are made up.
    phases_known: ClassVar[bool] = False

    def __post_init__(self) -> None:
        degeneracy(self)
        if self.outside not in _OUTSIDE:
            raise InputError(f'Tabulated: no outside "{self.outside}"{nearest(self.outside, _OUTSIDE)}')
        if self.opening not in (None, "sequential"):
            raise InputError(f'Tabulated: opening must be None or "sequential", got {self.opening!r}')
        energy = array(self, "energy", self.energy, (1,))
        values = array(self, "transmission", self.transmission, (1, 2))
        _check_order(energy)
        if values.shape[-1] != energy.size or values.size == 0:
            raise InputError(
                "Tabulated: transmission must have shape (energies,) or (channels, energies) with "
                f"{energy.size} energies, got {values.shape}"
            )
        object.__setattr__(self, "energy", energy)
        object.__setattr__(self, "transmission", self._probabilities(values))

    @classmethod
    def from_file(
        cls,
        path: str | PathLike[str],
        *,
        columns: Sequence[int] | None = None,
        variable: str = "transmission",
        outside: str = "raise",
        opening: str | None = None,
        spin_degeneracy: int = 2,
    ) -> Self:
        r"""A table from text columns or a NetCDF file. Nothing in the file is executed.

        Parameters
        ----------
        path
            Text with columns separated by white space or commas and comments after #: the energy in eV, then τ of
            each channel. Or NetCDF (.nc, .nc4, .cdf, .h5): `variable` over ``energy`` and, if there are several
            channels, one other dimension.
        columns
            Which columns of a text file to take, counted from 0, the energy first; all if None.
        variable
            Name of the variable in a NetCDF file.
        outside, opening, spin_degeneracy
            As in the class.

        Returns
        -------
        Tabulated

        Raises
        ------
        InputError
            If the file is missing, is not a table, or its values are refused by the class.

        Examples
        --------
        >>> import pathlib, tempfile, sharvin as sv
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "t.csv")
        ...     _ = path.write_text("# E (eV), T\n0.00, 0.0\n0.02, 1.0\n", encoding="utf-8")
        ...     table = sv.Tabulated.from_file(path)
        >>> table.energy, table.transmission
        (array([0.  , 0.02]), array([0., 1.]))
        """
        energy, transmission = read_table(path, columns=columns, variable=variable)
        return cls(energy, transmission, outside, opening, spin_degeneracy=spin_degeneracy)

    def waves(self, energy: np.ndarray) -> Waves:
        """Amplitudes of the channels, labelled "0", "1", …, all open at every energy."""
        low, high = self.energy[0], self.energy[-1]
        beyond = (energy < low) | (energy > high)
        if self.outside == "raise" and beyond.any():
            raise InputError(
                f"Tabulated: energy {energy[beyond][0]:g} eV lies outside the table, {low:g} to {high:g} eV; "
                'extend the table, or say outside="hold" or outside="zero"'
            )
        tau = self._interpolate(energy)
        return scattering_without_phases(np.where(beyond, 0.0, tau) if self.outside == "zero" else tau)

    def levels(self, low: float, high: float) -> np.ndarray:
        """The table's ends, its jumps, and the energies at which the slope of a channel changes."""
        values = np.atleast_2d(self.transmission)
        step = np.diff(self.energy)
        jump = step == 0
        slope = np.diff(values, axis=1) / np.where(jump, 1.0, step)
        scale = np.abs(slope[:, 1:]) + np.abs(slope[:, :-1])
        kink = (np.abs(np.diff(slope, axis=1)) > 1e-9 * scale).any(axis=0) | jump[1:] | jump[:-1]
        breaks = np.concatenate([self.energy[[0, -1]], self.energy[1:-1][kink]])
        return np.concatenate([breaks, self._openings()]) if self.opening else breaks

    def _openings(self) -> np.ndarray:
        """Energies at which a total passes a whole number, where the next channel starts to open."""
        below, above = self.transmission[:-1], self.transmission[1:]
        found = [np.empty(0)]
        for n in range(1, int(self.transmission.max()) + 1):
            at = np.flatnonzero((below - n) * (above - n) < 0)
            part = (n - below[at]) / (above[at] - below[at])
            found.append(self.energy[at] + part * (self.energy[at + 1] - self.energy[at]))
        return np.concatenate(found)

    def _interpolate(self, energy: np.ndarray) -> np.ndarray:
        """τ of the channels, shape (channels, energies); beyond the ends, the end values."""
        values = np.atleast_2d(self.transmission)
        above = np.clip(np.searchsorted(self.energy, energy, side="left"), 1, self.energy.size - 1)
        low, high = self.energy[above - 1], self.energy[above]
        part = np.where(high > low, (energy - low) / np.where(high > low, high - low, 1.0), energy > high)
        part = np.clip(part, 0.0, 1.0)
        tau = (1 - part) * values[:, above - 1] + part * values[:, above]
        if self.opening is None:
            return tau
        channels = max(1, int(np.ceil(self.transmission.max())))
        return np.clip(tau - np.arange(channels)[:, None], 0.0, 1.0)

    def _probabilities(self, values: np.ndarray) -> np.ndarray:
        if self.opening == "sequential":
            if values.ndim == 2:
                raise InputError(
                    'Tabulated: opening="sequential" divides one total T(E), shape (energies,), into channels; '
                    f"got shape {values.shape}"
                )
            checked = probabilities("Tabulated: transmission", values, most=np.inf)
        else:
            hint = (
                ""
                if values.ndim == 2
                else (
                    '; if this is the total of channels that open one after another, say opening="sequential", and if '
                    "you know τ_n of each channel, give them with shape (channels, energies)"
                )
            )
            checked = probabilities("Tabulated: transmission", values, hint=hint)
        checked.flags.writeable = False
        return checked


def _check_order(energy: np.ndarray) -> None:
    """Refuse energies that are too few, decrease, or stand more than twice."""
    if energy.size < 2:
        raise InputError(f"Tabulated: energy must have at least two items, got {energy.size}")
    falls = np.flatnonzero(np.diff(energy) < 0)
    if falls.size:
        at = int(falls[0]) + 1
        raise InputError(
            f"Tabulated: energy must not decrease, but item {at} ({energy[at]:g}) is below item {at - 1} "
            f"({energy[at - 1]:g}); sort the table"
        )
    thrice = np.flatnonzero(energy[2:] == energy[:-2])
    if thrice.size:
        at = int(thrice[0])
        raise InputError(
            f"Tabulated: energy {energy[at]:g} stands more than twice, from item {at}; a jump has two values"
        )
