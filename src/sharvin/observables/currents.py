"""Charge currents at any temperatures and bias."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..constants import BOLTZMANN, E_OVER_H
from ..errors import InputError
from ..options import Options, options_of
from ..reservoirs import Reservoir, fermi_difference
from ..schema import ParameterGrid, axis
from .energy_integral import IntegralResult, integrate
from .integrands import Flows
from .reservoir_sets import ReservoirSets
from .results import labelled_integrals
from .shared_spectra import shared_spectrum
from .terminals import check_parameters, leads_of, reservoirs_of

#: A bias smaller than this much of |μ| would be known to fewer than four digits: μ ± eV/2 are floats.
_SMALLEST_BIAS = 1e-12


def current(
    conductor: Any,
    reservoirs: Mapping[str, Reservoir] | None = None,
    *,
    bias: ArrayLike | None = None,
    mu: ArrayLike | None = None,
    temperature: ArrayLike | None = None,
    options: Options | None = None,
    **params: Any,
) -> xr.DataArray:
    """Current from every reservoir into the conductor, I_α = g_s (e/h) Σ_β ∫ [T_βα f_α − T_αβ f_β] dE.

    Parameters
    ----------
    conductor
        Any conductor.
    reservoirs
        Lead → `Reservoir`, one for every lead.
    bias, mu, temperature
        Instead of reservoirs, for two leads: V in volts, numbers or arrays; the potentials are μ ± eV/2, the first
        lead's the upper one for V > 0; `temperature` (K) is that of both, zero by default. A V below 1e-12 |μ|/e
        that is not zero is refused: see `conductance`.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.DataArray
        Dims (parameters…, lead) or (parameters…, temperature, mu, bias, lead), those given as arrays, in A; positive
        from the reservoir into the conductor, so that the currents add up to zero. Beside it stand ``error`` (A) and
        ``unitarity_error``. T = 0 is exact. S(E) is that of zero bias: not self-consistent. The error contains the
        rounding of energies, 4e-16 (|μ| + 4k_BT) beside the differences of μ and k_BT that drive the current.

    Raises
    ------
    InputError
        For a lead without a reservoir, a reservoir without a lead, a bias on other than two leads, or one that is
        lost in the rounding of μ.
    NotCertified, NotConverged
        If a scattering matrix or the integral does not reach its bound.

    Notes
    -----
    M. Büttiker, Phys. Rev. B 46, 12485 (1992).

    Examples
    --------
    >>> import sharvin as sv
    >>> contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    >>> I = sv.current(contact, bias=1e-4, mu=3e-3)
    >>> round(float(I.sel(lead="left") / (sv.G0 * 1e-4)), 6)
    1.0
    """
    options = options_of(options)
    check_parameters(conductor, params, ("reservoirs", "bias", "mu", "temperature", "options"))
    if reservoirs is not None:
        if bias is not None or mu is not None or temperature is not None:
            raise InputError("current: give reservoirs, or bias= with mu= and temperature=, not both")
        chosen = reservoirs_of(conductor, reservoirs)
        axes: dict[str, Any] = {}
        mus = np.array([[reservoir.mu for reservoir in chosen]])
        kts = np.array([[reservoir.thermal_energy for reservoir in chosen]])
    else:
        axes, mus, kts = _biased(conductor, bias, mu, temperature)
    grid = ParameterGrid(params)
    found = grid.each(lambda point: _currents(conductor, point, mus, kts, options), options)
    return labelled_integrals(
        found,
        grid,
        {**axes, "lead": list(conductor.leads)},
        unit=E_OVER_H,
        units="A",
        name="current",
        long_name="current into the conductor",
        conductor=conductor,
        options=options,
        reservoirs=reservoirs or {},
        bands_follow="False: S(E) is that of zero bias, not self-consistent",
    )


def _biased(
    conductor: Any, bias: ArrayLike | None, mu: ArrayLike | None, temperature: ArrayLike | None
) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """The axes, and μ and k_BT of both reservoirs at every point of their outer product."""
    if bias is None or mu is None:
        raise InputError(
            "current: give reservoirs={lead: Reservoir, …}, or bias= (V) with mu= (eV) and temperature= (K)"
        )
    if len(leads_of(conductor)) != 2:
        raise InputError(
            f"current: a bias is between two leads, and the conductor has {len(conductor.leads)}; give reservoirs"
        )
    axes = {
        "temperature": axis("temperature", 0.0 if temperature is None else temperature, minimum=0.0),
        "mu": axis("mu", mu),
        "bias": axis("bias", bias),
    }
    kt, middle, volts = (
        mesh.ravel()
        for mesh in np.meshgrid(*(np.atleast_1d(values) for values in axes.values()), indexing="ij")
    )
    lost = (volts != 0) & (np.abs(volts) < _SMALLEST_BIAS * np.abs(middle))
    if lost.any():
        raise InputError(
            f"current: a bias of {volts[lost][0]:g} V is lost in the rounding of mu = {middle[lost][0]:g} eV; give 0, "
            f"or at least {_SMALLEST_BIAS:g} of mu, or take the linear response from sharvin.conductance"
        )
    mus = np.column_stack([middle + volts / 2, middle - volts / 2])
    return axes, mus, BOLTZMANN * np.column_stack([kt, kt])


def _currents(
    conductor: Any, params: Mapping[str, Any], mus: np.ndarray, kts: np.ndarray, options: Options
) -> IntegralResult:
    """∫ i_α dE in eV for every row of reservoirs."""
    sets, leads = ReservoirSets.resolved(mus, kts), len(conductor.leads)
    flows = Flows(
        leads,
        1,
        lambda energy, j: fermi_difference(energy[:, None], sets.mu[j], sets.thermal_energy[j]),
        lambda energy, j: np.ones((len(energy), leads, 1)),
    )
    with shared_spectrum(conductor, params, options) as spectrum:
        return integrate(spectrum, sets, flows, options)
