"""Where the energy goes: heat that arrives in each reservoir."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ..constants import INVERSE_H
from ..options import Options, options_of
from ..reservoirs import Reservoir, fermi_difference
from ..schema import ParameterGrid
from .energy_integral import IntegralResult, integrate
from .integrands import Flows
from .reservoir_sets import ReservoirSets
from .results import labelled_integrals
from .shared_spectra import shared_spectrum
from .terminals import check_parameters, reservoirs_of


def dissipation(
    conductor: Any,
    reservoirs: Mapping[str, Reservoir],
    *,
    options: Options | None = None,
    **params: Any,
) -> xr.DataArray:
    """Heat that arrives in each reservoir, −J_α = −(g_s/h) ∫ (E − μ_α) i_α(E) dE.

    i_α = Σ_β [T_βα f_α − T_αβ f_β] is the flow from reservoir α into the conductor. Nothing is dissipated in the
    coherent conductor: the sum over all reservoirs is the electrical power Σ_α μ_α I_α/e.

    Parameters
    ----------
    conductor
        Any conductor.
    reservoirs
        Lead → `Reservoir`, one for every lead.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.DataArray
        Dims (parameters…, lead), in W; negative for a reservoir that is cooled. Beside it stand ``error`` (W) and
        ``unitarity_error``. The error contains the rounding of energies, 4e-16 (|μ| + 4k_BT) beside the differences of
        μ and k_BT that drive the flow.

    Raises
    ------
    InputError
        For a lead without a reservoir, or a reservoir without a lead.
    NotCertified, NotConverged
        If a scattering matrix or the integral does not reach its bound.

    Notes
    -----
    U. Sivan and Y. Imry, Phys. Rev. B 33, 551 (1986).

    Examples
    --------
    >>> import sharvin as sv
    >>> contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    >>> ends = {"left": sv.Reservoir(mu=3.1e-3), "right": sv.Reservoir(mu=2.9e-3)}
    >>> power = float(sv.dissipation(contact, ends).sum())
    >>> round(power / (sv.G0 * (2e-4) ** 2), 6)
    1.0
    """
    options = options_of(options)
    check_parameters(conductor, params, ("reservoirs", "options"))
    chosen = reservoirs_of(conductor, reservoirs)
    sets = ReservoirSets.resolved(
        np.array([[reservoir.mu for reservoir in chosen]]),
        np.array([[reservoir.thermal_energy for reservoir in chosen]]),
    )
    heat = Flows(
        len(chosen),
        1,
        lambda energy, j: fermi_difference(energy[:, None], sets.mu[j], sets.thermal_energy[j]),
        lambda energy, j: (sets.mu[j] - energy[:, None])[:, :, None],
    )

    def at(point: dict[str, Any]) -> IntegralResult:
        with shared_spectrum(conductor, point, options) as spectrum:
            return integrate(spectrum, sets, heat, options)

    grid = ParameterGrid(params)
    found = grid.each(at, options)
    return labelled_integrals(
        found,
        grid,
        {"lead": list(conductor.leads)},
        unit=INVERSE_H,
        units="W",
        name="dissipation",
        long_name="heat into the reservoir",
        conductor=conductor,
        options=options,
        reservoirs=reservoirs,
    )
