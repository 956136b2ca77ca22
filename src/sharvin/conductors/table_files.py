"""Reading a table of transmissions: text columns or NetCDF, never anything that could execute."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np
import xarray as xr

from ..errors import InputError, nearest

_NETCDF = (".nc", ".nc4", ".cdf", ".h5", ".hdf5")


def read_table(
    path: str | PathLike[str], *, columns: Sequence[int] | None, variable: str
) -> tuple[np.ndarray, np.ndarray]:
    """Energies in eV, and transmissions of shape (energies,) or (channels, energies)."""
    if not isinstance(path, (str, PathLike)):
        raise InputError(f"Tabulated: path must be the name of a file, got {path!r}")
    file = Path(path)
    if not file.is_file():
        raise InputError(f"no such file: {file}")
    if file.suffix.lower() in _NETCDF:
        if columns is not None:
            raise InputError(
                f"{file}: columns are those of a text file; a NetCDF file is read by variable name"
            )
        return _read_netcdf(file, variable)
    return _read_text(file, columns)


def _read_text(file: Path, columns: Sequence[int] | None) -> tuple[np.ndarray, np.ndarray]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{file}: not a text file; NetCDF files end in {', '.join(_NETCDF)}") from None
    rows = [line for line in lines if line.partition("#")[0].strip()]
    if not rows:
        raise InputError(f"{file}: holds no numbers; expected columns: energy in eV, then τ of each channel")
    comma = "," in rows[0].partition("#")[0]
    try:
        table = np.loadtxt(rows, delimiter="," if comma else None, comments="#", ndmin=2)
    except ValueError as error:
        raise InputError(
            f"{file}: expected columns of numbers (energy in eV, then τ of each channel; comments after #): {error}"
        ) from None
    if columns is not None:
        known = range(table.shape[1])
        for column in columns:
            if column not in known:
                raise InputError(f"{file}: no column {column}; there are {table.shape[1]}, counted from 0")
        table = table[:, list(columns)]
    if table.shape[1] < 2:
        raise InputError(
            f"{file}: expected at least two columns (energy in eV, then τ), got {table.shape[1]}"
        )
    transmission = table[:, 1:].T
    return table[:, 0], transmission[0] if len(transmission) == 1 else transmission


def _read_netcdf(file: Path, variable: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        with xr.open_dataset(file, engine="h5netcdf") as dataset:
            data = dataset.load()
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: not a NetCDF 4 file: {error}") from None
    if variable not in data.data_vars:
        raise InputError(f'{file}: no variable "{variable}"{nearest(variable, map(str, data.data_vars))}')
    transmission = data[variable]
    if "energy" not in transmission.coords or "energy" not in transmission.dims or transmission.ndim > 2:
        raise InputError(
            f'{file}: "{variable}" must have the dimension energy, with its coordinate, and at most one other; '
            f"got {tuple(transmission.dims)}"
        )
    unit = transmission.coords["energy"].attrs.get("units", "eV")
    if unit != "eV":
        raise InputError(f'{file}: energy must be in eV, its units are "{unit}"')
    return transmission.coords["energy"].values, transmission.transpose(..., "energy").values
