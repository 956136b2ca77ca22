"""Tunnel currents through layers that are uniform in two directions."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ..constants import BOLTZMANN, E_OVER_H, HBAR2_OVER_2M
from ..errors import InputError
from ..options import Options, options_of
from ..reservoirs import Reservoir
from ..schema import ParameterGrid
from .energy_integral import integrate
from .results import labelled_integrals
from .terminals import check_parameters, reservoirs_of

_PER_SQUARE_METRE = 1e18


def supply(energy: np.ndarray, mu: np.ndarray, thermal_energy: np.ndarray) -> np.ndarray:
    """∫_E^∞ f dE′ = k_BT ln(1 + e^((μ−E)/k_BT)) in eV: occupied transverse energies at longitudinal energy E.

    >>> supply(np.array([-1.0, 1.0]), 0.0, 0.0)
    array([1., 0.])
    """
    cold = np.equal(thermal_energy, 0)
    kt = np.where(cold, 1.0, thermal_energy)
    with np.errstate(over="ignore"):
        warm = kt * np.logaddexp(0.0, (mu - energy) / kt)
    return np.where(cold, np.maximum(mu - energy, 0.0), warm)


def current_density(
    conductor: Any,
    reservoirs: Mapping[str, Reservoir],
    *,
    mass: float = 1.0,
    bottom: float = 0.0,
    options: Options | None = None,
    **params: Any,
) -> xr.DataArray:
    """Current density through layers, the Tsu–Esaki formula.

    J = g_s (e/h) (m/2πħ²) ∫ T(E) k_BT ln[(1 + e^((μ_L−E)/k_BT)) / (1 + e^((μ_R−E)/k_BT))] dE

    with E the energy of motion across the layers, of which T alone depends; k_BT may differ between the sides.

    Parameters
    ----------
    conductor
        A conductor with two leads: the layers as a one-dimensional barrier.
    reservoirs
        Lead → `Reservoir`.
    mass
        Effective mass of the motion along the layers, in electron masses, the same on both sides.
    bottom
        The bottom of the band, in eV, where the integral begins.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.DataArray
        Dims (parameters…, lead), in A/m²: from each reservoir into the conductor, with ``error`` beside it.

    Raises
    ------
    InputError
        For other than two leads, or a mass that is not positive.
    NotCertified, NotConverged
        If a scattering matrix or the integral does not reach its bound.

    Notes
    -----
    R. Tsu and L. Esaki, Appl. Phys. Lett. 22, 562 (1973).

    Examples
    --------
    >>> import sharvin as sv
    >>> barrier = sv.RectangularBarrier(height=0.3, width=2.0, mass=0.067)
    >>> ends = {"left": sv.Reservoir(0.05, temperature=300), "right": sv.Reservoir(0.0, temperature=300)}
    >>> float(sv.current_density(barrier, ends, mass=0.067).sel(lead="left")) > 0
    True
    """
    options = options_of(options)
    check_parameters(conductor, params, ("reservoirs", "mass", "bottom", "options"))
    chosen = reservoirs_of(conductor, reservoirs)
    if len(chosen) != 2:
        raise InputError(f"current_density: layers have two sides, and the conductor has {len(chosen)} leads")
    if not (np.isfinite(mass) and mass > 0):
        raise InputError(f"current_density: mass must be positive, in electron masses, got {mass!r}")
    mus = np.array([[reservoir.mu for reservoir in chosen]])
    kts = np.array([[BOLTZMANN * reservoir.temperature for reservoir in chosen]])

    def integrand(energy: np.ndarray, transmission: np.ndarray, j: np.ndarray) -> np.ndarray:
        first, second = supply(energy[:, None], mus[j], kts[j]).T
        flow = transmission[:, 1, 0] * first - transmission[:, 0, 1] * second
        return np.column_stack([flow, -flow])

    grid = ParameterGrid(params)
    found = [integrate(conductor, point, mus, kts, integrand, options, bottom=bottom) for point in grid]
    transverse_states = mass / (4 * np.pi * HBAR2_OVER_2M) * _PER_SQUARE_METRE  # m/2πħ² in 1/(eV m²)
    return labelled_integrals(
        found,
        grid,
        {"lead": list(conductor.leads)},
        unit=E_OVER_H * transverse_states,
        units="A/m2",
        name="current_density",
        long_name="current density into the conductor",
        conductor=conductor,
        options=options,
        reservoirs=reservoirs,
    )
