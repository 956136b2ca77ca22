"""Integrals over energy, in SI units, as labelled results."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ..options import Options
from ..reservoirs import Reservoir
from ..schema import ParameterGrid, labelled
from .energy_integral import IntegralResult, common_degeneracy


def labelled_integrals(
    found: list[IntegralResult],
    grid: ParameterGrid,
    axes: Mapping[str, Any],
    *,
    unit: float,
    conductor: Any,
    options: Options,
    units: str,
    reservoirs: Mapping[str, Reservoir] | None = None,
    **about: Any,
) -> xr.DataArray:
    """g_s · unit · ∫ over the grid's parameters and `axes`, with ``error`` and figures of the energy pass beside.

    `found` holds one result per grid point; its values fill `axes` in their order, those given as arrays.
    """
    if reservoirs is not None:
        about["reservoirs"] = str({name: (r.mu, r.temperature) for name, r in reservoirs.items()})
    sizes = [len(values) for values in axes.values() if getattr(values, "ndim", 1)]

    def stacked(kind: str) -> Any:
        return grid.stack([unit * one.spin_degeneracy * getattr(one, kind).reshape(sizes) for one in found])

    return labelled(
        stacked("values"),
        {**grid.axes, **axes},
        units=units,
        conductor=conductor,
        spin_degeneracy=common_degeneracy(found),
        options=options,
        params=grid.fixed,
        beside={
            "error": (stacked("errors"), units),
            **about_the_pass(found, grid),
        },
        **about,
    )


def about_the_pass(found: list[IntegralResult], grid: ParameterGrid) -> dict[str, tuple[np.ndarray, str]]:
    """The worst unitarity error, and the numbers of scattering matrices, computed and reused, of every grid point."""
    return {
        name: (grid.stack([np.array(getattr(one, name)) for one in found]), "1")
        for name in ("unitarity_error", "evaluations", "reused")
    }
