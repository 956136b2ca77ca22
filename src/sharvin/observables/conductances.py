"""Linear conductance at any temperature."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..constants import E2_OVER_H
from ..errors import InputError
from ..options import Options, options_of
from ..reals import NotReal, reals, shown
from ..reservoirs import thermal_weight
from ..schema import ParameterGrid, axis
from .energy_integral import IntegralResult
from .integrands import Through, through
from .results import labelled_integrals
from .terminals import check_parameters, lead_pair
from .thermal_averages import thermal_average


def conductance(
    conductor: Any,
    mu: ArrayLike,
    temperature: ArrayLike = 0.0,
    *,
    lead_out: str | None = None,
    lead_in: str | None = None,
    options: Options | None = None,
    **params: Any,
) -> xr.DataArray:
    """Linear conductance between two leads, G = (g_s e²/h) ∫ T(E) (−∂f/∂E) dE; at T = 0, (g_s e²/h) T(μ).

    Parameters
    ----------
    conductor
        Any conductor.
    mu
        Electrochemical potential in eV, a number or an array.
    temperature
        In K, a number or an array; zero is exact, and so is taken what lies below 2e-13 |μ|/k_B, where floats near μ
        cannot resolve k_BT. Above that, the error contains the rounding of E − μ, 4e-16 |μ|/k_BT of the value.
    lead_out, lead_in
        Names of leads; may be left out if there are two. For one lead twice, T is what leaves it for all others,
        N − R: zero for a conductor with a single lead.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept, their outer product being computed.

    Returns
    -------
    xarray.DataArray
        Dims (parameters…, temperature, mu), those given as arrays, in S. Beside it stand ``error``, the estimated
        absolute error in S, and ``unitarity_error``, the worst of the scattering matrices used. All μ and
        temperatures share one sampling of T(E).

    Raises
    ------
    InputError
        For a negative temperature, unknown leads or parameters.
    NotCertified, NotConverged
        If a scattering matrix or the integral does not reach its bound.

    Notes
    -----
    R. Landauer, IBM J. Res. Dev. 1, 223 (1957); M. Büttiker, Phys. Rev. Lett. 57, 1761 (1986).

    Examples
    --------
    >>> import numpy as np
    >>> import sharvin as sv
    >>> contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    >>> G = sv.conductance(contact, mu=np.array([1.5e-3, 3e-3]), temperature=1.0)
    >>> (G / sv.G0).values.round(3)
    array([0.5, 1. ])
    """
    options = options_of(options)
    if {"reservoirs", "bias"} & set(params):
        raise InputError("conductance is the linear response; for reservoirs or a bias use sharvin.current")
    check_parameters(conductor, params, ("mu", "temperature", "lead_out", "lead_in", "options"))
    out, source = lead_pair(conductor, lead_out, lead_in)
    mus, temperatures = axis("mu", mu), axis("temperature", temperature, minimum=0.0)
    grid = ParameterGrid(params)
    found = grid.each(
        lambda point: _at_one_point(conductor, point, mus, temperatures, (out, source), options), options
    )
    return labelled_integrals(
        found,
        grid,
        {"temperature": temperatures, "mu": mus},
        unit=E2_OVER_H,
        units="S",
        name="conductance",
        long_name="conductance",
        conductor=conductor,
        options=options,
        lead_out=out,
        lead_in=source,
    )


def _at_one_point(
    conductor: Any,
    params: Mapping[str, Any],
    mus: np.ndarray,
    temperatures: np.ndarray,
    pair: tuple[str, str],
    options: Options,
) -> IntegralResult:
    """⟨T⟩ and its error at one set of parameters, over (temperature, mu)."""
    out, source = (conductor.leads.index(name) for name in pair)

    def average(mu: np.ndarray, kt: np.ndarray) -> Through:
        return Through(out, source, lambda energy, j: thermal_weight(energy, mu[j], kt[j]))

    def cold(transmission: np.ndarray) -> np.ndarray:
        return through(transmission, out, source)[:, None]

    return thermal_average(conductor, params, mus, temperatures, average, cold, options)


def contact_resistance(modes: ArrayLike, spin_degeneracy: int = 2) -> Any:
    """Resistance of a ballistic conductor with N open modes, R = h/(g_s e² N), in Ω.

    It sits at the interfaces with the reservoirs, where the power is dissipated. (Yu. V. Sharvin, Sov. Phys.
    JETP 21, 655 (1965); Y. Imry, in Directions in Condensed Matter Physics, World Scientific (1986).)

    Parameters
    ----------
    modes
        Number of open modes, N = 1, 2, … (or an array), not counting spin.
    spin_degeneracy
        g_s, 1 or 2.

    Raises
    ------
    InputError
        For N ≤ 0, without an open mode nothing conducts; for a number that is not whole; for another g_s.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.contact_resistance(1), 3)
    12906.404
    """
    try:
        number = reals(modes)
    except NotReal as reason:
        raise InputError(
            f"contact_resistance: the number of modes must be a number, got {shown(modes)}: {reason}"
        ) from None
    if not (number.size and (number > 0).all()):
        raise InputError(f"contact_resistance: the number of modes must be positive, got {shown(modes)}")
    if not (np.isfinite(number) & (number == np.round(number))).all():
        raise InputError(f"contact_resistance: the number of modes must be whole, got {shown(modes)}")
    whole = isinstance(spin_degeneracy, (int, np.integer)) and not isinstance(spin_degeneracy, bool)
    if not (whole and spin_degeneracy in (1, 2)):
        raise InputError(f"contact_resistance: spin_degeneracy must be 1 or 2, got {spin_degeneracy!r}")
    resistance = 1 / (spin_degeneracy * E2_OVER_H * number)
    return float(resistance) if resistance.ndim == 0 else resistance
