"""Linear conductances between all terminals."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..constants import E2_OVER_H
from ..errors import InputError
from ..options import Options, options_of
from ..reservoirs import thermal_weight
from ..schema import ParameterGrid, axis
from .energy_integral import IntegralResult
from .integrands import Response, flow_matrix
from .results import labelled_integrals
from .terminals import check_parameters, leads_of
from .thermal_averages import thermal_average


def conductance_matrix(
    conductor: Any,
    mu: ArrayLike,
    temperature: ArrayLike = 0.0,
    *,
    options: Options | None = None,
    **params: Any,
) -> xr.DataArray:
    """Linear conductances between all leads, G_αβ = (g_s e²/h) ∫ [δ_αβ Σ_γ T_γα − T_αβ] (−∂f/∂E) dE (γ, β ≠ α).

    I_α = Σ_β G_αβ V_β, currents counted from the reservoir into the conductor: G_αα > 0, G_αβ < 0. Columns add up to
    zero exactly, rows to the unitarity error. G_αβ(B) = G_βα(−B).

    Parameters
    ----------
    conductor
        Any conductor, with any number of leads.
    mu
        Electrochemical potential in eV, a number or an array.
    temperature
        In K, a number or an array; zero is exact.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.DataArray
        Dims (parameters…, temperature, mu, lead_out, lead_in), in S. Beside it stand ``error`` (S), ``unitarity_error``
        and ``evaluations`` and ``reused``, the numbers of scattering matrices computed and taken over.

    Raises
    ------
    InputError
        For a negative temperature, unknown parameters, no leads, or a particle–hole doubled conductor.
    NotCertified, NotConverged
        If a scattering matrix or the integral does not reach its bound.

    Notes
    -----
    M. Büttiker, Phys. Rev. Lett. 57, 1761 (1986); IBM J. Res. Dev. 32, 317 (1988).

    Examples
    --------
    >>> import sharvin as sv
    >>> contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    >>> G = sv.conductance_matrix(contact, mu=3e-3, temperature=0.1)
    >>> (G / sv.G0).values.round(3)
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    options = options_of(options)
    found, grid, axes = conductances_between_all(conductor, mu, temperature, options, params)
    names = list(conductor.leads)
    return labelled_integrals(
        found,
        grid,
        {**axes, "lead_out": names, "lead_in": names},
        unit=E2_OVER_H,
        units="S",
        name="conductance_matrix",
        long_name="conductance matrix",
        conductor=conductor,
        options=options,
    )


def conductances_between_all(
    conductor: Any, mu: ArrayLike, temperature: ArrayLike, options: Options, params: Mapping[str, Any]
) -> tuple[list[IntegralResult], ParameterGrid, dict[str, np.ndarray]]:
    """⟨M_αβ⟩ of every grid point, (temperature, mu, leads²), the grid, and the axes temperature and mu."""
    if {"reservoirs", "bias"} & set(params):
        raise InputError("linear response has no reservoirs and no bias; for these use sharvin.steady_state")
    names = leads_of(conductor)
    check_parameters(conductor, params, ("mu", "temperature", "options"))
    if not names:
        raise InputError("the conductor has no leads, so nothing flows; attach some with .lead(…)")
    axes = {"temperature": axis("temperature", temperature, minimum=0.0), "mu": axis("mu", mu)}
    ones = np.ones((1, len(names), 1))

    def average(mu: np.ndarray, kt: np.ndarray) -> Response:
        def weight(energy: np.ndarray, j: np.ndarray) -> np.ndarray:
            return thermal_weight(energy, mu[j], kt[j])[:, None, None] * ones

        return Response(
            len(names), 1, 1, lambda energy, j: np.broadcast_to(ones, (len(j), *ones.shape[1:])), weight
        )

    def cold(transmission: np.ndarray) -> np.ndarray:
        return flow_matrix(transmission).reshape(len(transmission), -1)

    def at(point: dict[str, Any]) -> IntegralResult:
        return thermal_average(conductor, point, axes["mu"], axes["temperature"], average, cold, options)

    grid = ParameterGrid(params)
    return grid.each(at, options), grid, axes
