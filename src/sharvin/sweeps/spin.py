"""A field in the plane of a two-dimensional conductor: it shifts the two spins and does nothing else."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..errors import InputError
from ..observables import conductance
from ..options import Options


def spin_split_conductance(
    conductor: Any,
    *,
    mu: float,
    temperature: ArrayLike,
    splittings: ArrayLike,
    options: Options | None = None,
    **params: Any,
) -> xr.DataArray:
    """Two-terminal conductance with the spins' levels ± splitting/2, from one pass over energy.

    A spin whose levels are raised by Δ/2 conducts as without the shift at μ − Δ/2, so that
    G(Δ) = ½ [G(μ − Δ/2) + G(μ + Δ/2)]: no scattering matrix beyond those of the unsplit conductor is needed.

    Parameters
    ----------
    conductor
        Spin-degenerate (g_s = 2) and with two leads.
    mu
        Chemical potential, in eV.
    temperature
        Temperatures, in K.
    splittings
        Full Zeeman splittings Δ = g μ_B B, in eV.
    options
        Numerical choices.
    **params
        Scalar parameters of the conductor.

    Returns
    -------
    xarray.DataArray
        Dims (splitting, temperature), in S.

    Raises
    ------
    InputError
        For a conductor that is spin-explicit already.

    Examples
    --------
    >>> import sharvin as sv
    >>> from sharvin.sweeps import spin_split_conductance
    >>> contact = sv.SaddlePoint(omega_x=0.5e-3, omega_y=4e-3)
    >>> G = spin_split_conductance(contact, mu=2e-3, temperature=[0.05], splittings=[0.0, 2e-3])
    >>> bool(abs(G.sel(splitting=2e-3) - G.sel(splitting=0.0)).max() < 1e-3 * sv.G0)
    True
    """
    if conductor.spin_degeneracy != 2:
        raise InputError(
            "spin_split_conductance: the conductor must be spin-degenerate (g_s = 2); it is spin-explicit"
        )
    half = np.atleast_1d(np.asarray(splittings, dtype=float)) / 2
    shifts, position = np.unique(np.concatenate([-half, half]), return_inverse=True)
    temperature = np.atleast_1d(np.asarray(temperature, dtype=float))
    base = conductance(conductor, mu + shifts, temperature, options=options, **params)
    values = base.transpose("mu", "temperature").values[position]
    coords = {
        "splitting": ("splitting", 2 * half, {"units": "eV"}),
        "temperature": ("temperature", temperature, {"units": "K"}),
    }
    return xr.DataArray(
        (values[: len(half)] + values[len(half) :]) / 2,
        dims=("splitting", "temperature"),
        coords=coords,
        name="conductance",
        attrs=base.attrs,
    )
