"""Charge and heat in linear response: the Onsager matrices and what follows from them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..constants import BOLTZMANN, E2_OVER_H, INVERSE_H, PLANCK
from ..errors import InputError
from ..options import Options, options_of
from ..reservoirs import thermal_weight
from ..schema import ParameterGrid, axis
from .datasets import Variable, labelled_dataset
from .energy_integral import IntegralResult
from .integrands import Response
from .pair_response import PairResponse, between_all, between_two
from .terminals import check_parameters, lead_pair, leads_of
from .thermal_averages import thermal_average

_MOMENTS = 3


def thermoelectric(
    conductor: Any,
    mu: ArrayLike,
    temperature: ArrayLike,
    *,
    lead_out: str | None = None,
    lead_in: str | None = None,
    options: Options | None = None,
    **params: Any,
) -> xr.Dataset:
    """Conductance, thermopower and heat conductance in linear response, from the Onsager matrices.

    L_n,αβ = (g_s/h) ∫ [δ_αβ Σ_γ T_γα − T_αβ] (E − μ)ⁿ (−∂f/∂E) dE. Out of the reservoirs flow

        I_α/e = Σ_β [L₀ δμ_β + L₁ δT_β/T],    J_α = Σ_β [L₁ δμ_β + L₂ δT_β/T].

    Between two leads, with ⟨(E − μ)ⁿ⟩ = −L_n,out,in: G = e²L₀; seebeck = Δμ/(eΔT) at I = 0 = −⟨E − μ⟩/(eT⟨1⟩),
    negative for electrons; peltier = −J/I at ΔT = 0; κ_e = J/ΔT at I = 0 = (L₂ − L₁²/L₀)/T; lorenz = κ_e/(GT);
    zt = seebeck² G T/κ_e; power_factor = seebeck² G.

    Parameters
    ----------
    conductor
        Any conductor.
    mu
        Electrochemical potential in eV, a number or an array.
    temperature
        In K, positive, a number or an array.
    lead_out, lead_in
        The two leads between which ΔT and ΔV lie, ΔT positive where `lead_in` is the warmer; all others float, drawing
        neither charge nor heat. May be left out if there are two leads. With more leads and none named, every pair is
        given, dims (lead_out, lead_in).
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.Dataset
        Dims (parameters…, temperature, mu), and (lead_out, lead_in) for pairs. ``L0`` (1/(eV s)), ``L1`` (1/s) and
        ``L2`` (eV/s) over all (lead_out, lead_in), per particle; ``G`` (S), ``seebeck`` (V/K), ``peltier``
        (V), ``kappa_e`` (W/K), ``lorenz`` (W Ω/K²), ``zt`` (1), ``power_factor`` (W/K²). Each has its ``…_error``;
        beside them stand ``unitarity_error``, ``evaluations`` and ``reused``. Where nothing conducts, ratios are NaN.

    Raises
    ------
    InputError
        For a temperature that is not positive (at T = 0 the thermopower vanishes), unknown leads or parameters.
    NotCertified, NotConverged
        If a scattering matrix or an integral does not reach its bound.

    Notes
    -----
    U. Sivan and Y. Imry, Phys. Rev. B 33, 551 (1986); P. N. Butcher, J. Phys. Condens. Matter 2, 4869 (1990);
    H. van Houten, L. W. Molenkamp, C. W. J. Beenakker and C. T. Foxon, Semicond. Sci. Technol. 7, B215 (1992).

    Examples
    --------
    At a step of the conductance, seebeck = −(k_B/e) 2 ln 2 = −119.46 µV/K for a sharp one:

    >>> import numpy as np, sharvin as sv
    >>> step = sv.TransmissionFunction(lambda E: np.where(E > 0, 1.0, 0.0), jumps=(0.0,))
    >>> te = sv.thermoelectric(step, mu=0.0, temperature=1.0)
    >>> round(float(te.seebeck) * 1e6, 2)
    -119.46
    """
    options = options_of(options)
    names = leads_of(conductor)
    check_parameters(conductor, params, ("mu", "temperature", "lead_out", "lead_in", "options"))
    if len(names) < 2:
        raise InputError(
            f"thermoelectric: heat and charge flow between two leads at least; the conductor has {len(names)}"
        )
    named = lead_out is not None or lead_in is not None or len(names) == 2
    pair = lead_pair(conductor, lead_out, lead_in) if named else None
    if pair is not None and pair[0] == pair[1]:
        raise InputError(f'thermoelectric: lead_out and lead_in must differ, got "{pair[0]}" twice')
    axes = {"temperature": axis("temperature", temperature, minimum=0.0), "mu": axis("mu", mu)}
    if not (axes["temperature"] > 0).all():
        raise InputError(
            "thermoelectric: temperature must be positive, in K: at T = 0 the thermopower vanishes"
        )
    grid = ParameterGrid(params)
    found = grid.each(
        lambda point: _moments(conductor, point, axes["mu"], axes["temperature"], options), options
    )
    moments, errors = (_stacked(kind, found, grid, axes, len(names)) for kind in ("values", "errors"))
    every = {"lead_out": list(names), "lead_in": list(names)}
    degeneracy = grid.stack([np.array(one.spin_degeneracy) for one in found])
    kelvin = axes["temperature"].reshape(axes["temperature"].shape + (1,) * axes["mu"].ndim)

    def spread(values: np.ndarray, dims: int) -> np.ndarray:
        """g_s over the parameters, with `dims` dimensions behind."""
        return values.reshape(values.shape + (1,) * dims)

    behind = sum(values.ndim for values in axes.values())
    variables = _onsager_variables(moments, errors, spread(degeneracy, behind + 2), kelvin, every)
    if pair is None:
        response, own, kelvin, behind = (
            between_all(moments, errors),
            every,
            kelvin[..., None, None],
            behind + 2,
        )
    else:
        out, source = (names.index(name) for name in pair)
        response, own = between_two(moments, errors, out, source), {}
    variables |= _pair_variables(response, spread(degeneracy, behind), kelvin, own)
    about = {} if pair is None else {"lead_out": pair[0], "lead_in": pair[1]}
    return labelled_dataset(variables, axes, grid, found, conductor=conductor, options=options, **about)


def _moments(
    conductor: Any, params: Mapping[str, Any], mus: np.ndarray, temperatures: np.ndarray, options: Options
) -> IntegralResult:
    """∫ M_αβ xⁿ (−∂f/∂E) dE with x = (E − μ)/k_BT, (temperature, mu, leads × 3 × leads)."""
    leads = len(conductor.leads)

    def average(mu: np.ndarray, kt: np.ndarray) -> Response:
        def powers(energy: np.ndarray, j: np.ndarray) -> np.ndarray:
            x = (energy - mu[j]) / kt[j]
            return np.broadcast_to((x[:, None] ** np.arange(_MOMENTS))[:, None, :], (len(x), leads, _MOMENTS))

        def weight(energy: np.ndarray, j: np.ndarray) -> np.ndarray:
            return np.broadcast_to(
                thermal_weight(energy, mu[j], kt[j])[:, None, None], (len(energy), leads, 1)
            )

        return Response(leads, _MOMENTS, 1, powers, weight)

    def cold(transmission: np.ndarray) -> np.ndarray:
        raise InputError(
            f"thermoelectric: k_BT must be at least 2e-13 |mu| to be resolved; {len(transmission)} mu are larger"
        )

    return thermal_average(conductor, params, mus, temperatures, average, cold, options)


def _stacked(
    kind: str, found: list[IntegralResult], grid: ParameterGrid, axes: Mapping[str, np.ndarray], leads: int
) -> np.ndarray:
    """Moments, or their errors, (parameters…, temperature, mu, 3, leads, leads)."""
    sizes = [len(values) for values in axes.values() if values.ndim]
    shape = (*sizes, leads, _MOMENTS, leads)
    return grid.stack([getattr(one, kind).reshape(shape).swapaxes(-3, -2) for one in found])


def _onsager_variables(
    moments: np.ndarray,
    errors: np.ndarray,
    degeneracy: np.ndarray,
    kelvin: np.ndarray,
    own: Mapping[str, Any],
) -> dict[str, Variable]:
    """L_n of all leads, per particle: (g_s/h) (k_BT)ⁿ K_n, with h in eV s."""
    found = {}
    for n, units in enumerate(("1/(eV s)", "1/s", "eV/s")):
        unit = degeneracy / PLANCK * (BOLTZMANN * kelvin[..., None, None]) ** n
        value, error = moments[..., n, :, :], errors[..., n, :, :]
        found[f"L{n}"] = Variable(unit * value, units, f"Onsager matrix L{n}", unit * error, own)
    return found


def _pair_variables(
    a: PairResponse, degeneracy: np.ndarray, kelvin: np.ndarray, own: Mapping[str, Any]
) -> dict[str, Variable]:
    """What follows between two leads, in SI units."""
    seebeck = (a.a12 / a.a11).times(-BOLTZMANN)
    conductance = a.a11.times(E2_OVER_H * degeneracy)
    estimates = {
        "G": (conductance, "S", "conductance"),
        "seebeck": (seebeck, "V/K", "thermopower, negative for electrons"),
        "peltier": ((a.a21 / a.a11).times(-BOLTZMANN * kelvin), "V", "Peltier coefficient −J/I"),
        "kappa_e": (
            a.open_circuit.times(INVERSE_H * degeneracy * BOLTZMANN**2 * kelvin),
            "W/K",
            "heat conductance of electrons at open circuit",
        ),
        "lorenz": ((a.open_circuit / a.a11).times(BOLTZMANN**2), "W Ω/K²", "Lorenz ratio κ_e/(GT)"),
        "zt": (a.figure_of_merit, "1", "figure of merit, electrons alone"),
        "power_factor": (seebeck * seebeck * conductance, "W/K²", "power factor"),
    }
    return {
        name: Variable(found.value, units, long_name, found.error, own)
        for name, (found, units, long_name) in estimates.items()
    }
