"""Tunnel currents through layers that are uniform in two directions."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ..constants import E_OVER_H, HBAR2_OVER_2M
from ..errors import InputError
from ..options import Options, options_of
from ..reals import NotReal, reals, shown
from ..reservoirs import Reservoir
from ..schema import ParameterGrid
from .energy_integral import IntegralResult, integrate
from .integrands import Flows
from .reservoir_sets import ReservoirSets, resolved
from .results import labelled_integrals
from .shared_spectra import shared_spectrum
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
    mass: float | None = None,
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
        Effective mass of the motion along the layers, in electron masses, the same on both sides. May be left out if
        the conductor has one mass at both of its ends and tells it, as a `RectangularBarrier` does.
    bottom
        The bottom of the band, in eV, where the integral begins.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.DataArray
        Dims (parameters…, lead), in A/m²: from each reservoir into the conductor, with ``error`` beside it, which
        contains the rounding of energies, 4e-16 (|μ| + 4k_BT) beside the differences of μ and k_BT.

    Raises
    ------
    InputError
        For other than two leads, a mass that is not positive, or none where the conductor does not tell its own.
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
    >>> J = sv.current_density(barrier, ends)  # with the mass of the barrier
    >>> bool(J.sel(lead="left") > 0)
    True
    """
    options = options_of(options)
    check_parameters(conductor, params, ("reservoirs", "mass", "bottom", "options"))
    chosen = reservoirs_of(conductor, reservoirs)
    if len(chosen) != 2:
        raise InputError(f"current_density: layers have two sides, and the conductor has {len(chosen)} leads")
    if mass is not None and _number("mass", mass, "electron masses") <= 0:
        raise InputError(f"current_density: mass must be positive, in electron masses, got {mass!r}")
    bottom = _number("bottom", bottom, "eV")
    grid = ParameterGrid(params)
    found = grid.each(lambda point: _density(conductor, point, chosen, mass, bottom, options), options)
    transverse_states = _PER_SQUARE_METRE / (4 * np.pi * HBAR2_OVER_2M)  # m/2πħ² in 1/(eV m²), for m = mₑ
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


def _density(
    conductor: Any,
    params: Mapping[str, Any],
    reservoirs: list[Reservoir],
    mass: float | None,
    bottom: float,
    options: Options,
) -> IntegralResult:
    """m ∫ T(E) (supply_L − supply_R) dE in electron masses × eV² at one set of parameters."""
    transverse_mass = _own_mass(conductor, params) if mass is None else float(mass)
    mu = np.array([[reservoir.mu for reservoir in reservoirs]])
    kt = np.array([[reservoir.thermal_energy for reservoir in reservoirs]])
    sets = ReservoirSets(mu, resolved(mu, kt), bottom)
    flows = Flows(
        2,
        1,
        lambda energy, j: _drive(supply(energy[:, None], sets.mu[j], sets.thermal_energy[j])),
        lambda energy, j: np.full((len(energy), 2, 1), transverse_mass),
    )
    with shared_spectrum(conductor, params, options) as spectrum:
        return integrate(spectrum, sets, flows, options)


def _drive(occupation: np.ndarray) -> np.ndarray:
    return occupation - occupation[:, -1:]


def _own_mass(conductor: Any, params: Mapping[str, Any]) -> float:
    """The mass at both ends of a conductor that tells its media (`medium`), in electron masses."""
    tell = getattr(conductor, "medium", None)
    media = [None if tell is None else tell(lead, params) for lead in conductor.leads]
    # Between walls there is no motion along layers.
    masses = [None if medium is None or medium.width is not None else medium.mass for medium in media]
    if masses[0] is None or masses[1] is None:
        raise InputError(
            f"current_density: {type(conductor).__name__} does not tell its mass; give mass=, in electron masses"
        )
    if masses[0] != masses[1]:
        raise InputError(
            f"current_density: the masses at the two ends of {type(conductor).__name__} differ; give mass=, that of "
            "the motion along the layers"
        )
    return masses[0]


def _number(name: str, value: Any, unit: str) -> float:
    """One finite real number, or a clear refusal."""
    try:
        number = reals(value)
    except NotReal as reason:
        raise InputError(
            f"current_density: {name} must be a number in {unit}, got {shown(value)}: {reason}"
        ) from None
    if number.ndim or not np.isfinite(number):
        raise InputError(f"current_density: {name} must be one finite number in {unit}, got {shown(value)}")
    return number.item()
