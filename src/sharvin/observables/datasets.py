"""Several observables of one energy pass as one Dataset, each with its error beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from ..options import Options
from ..schema import ParameterGrid, about, coordinates
from .energy_integral import IntegralResult, common_degeneracy
from .results import about_the_pass


@dataclass(frozen=True, eq=False)
class Variable:
    """A variable of a Dataset: values over the common axes and its own, units, what it is, and perhaps its error."""

    values: np.ndarray
    units: str
    long_name: str
    error: np.ndarray | None = None
    axes: Mapping[str, Any] | None = None


def labelled_dataset(
    variables: Mapping[str, Variable],
    axes: Mapping[str, Any],
    grid: ParameterGrid,
    found: list[IntegralResult],
    *,
    conductor: Any,
    options: Options,
    **attrs: Any,
) -> xr.Dataset:
    """A Dataset of variables over the grid's parameters and `axes`; ``name_error`` beside each that has an error."""
    common = {**grid.axes, **axes}
    arrays: dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]] = {}
    coords = dict(common)
    for name, variable in variables.items():
        own = {**common, **(variable.axes or {})}
        dims = tuple(dim for dim, values in own.items() if np.ndim(values) == 1)
        coords |= own
        about_it = {"units": variable.units, "long_name": variable.long_name}
        arrays[name] = (dims, variable.values, about_it)
        if variable.error is not None:
            doubt = {"units": variable.units, "long_name": f"estimated error, {variable.long_name}"}
            arrays[f"{name}_error"] = (dims, variable.error, doubt)
    for name, (values, units) in about_the_pass(found, grid).items():
        arrays[name] = (tuple(grid.axes), values, {"units": units})
    described = about(
        conductor=conductor,
        spin_degeneracy=common_degeneracy(found),
        options=options,
        params=grid.fixed,
        **attrs,
    )
    return xr.Dataset(arrays, coords=coordinates(coords), attrs=described)
