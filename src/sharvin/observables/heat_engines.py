"""Conductors between a hot and a cold reservoir as heat engines: power, efficiency, and their quantum bound."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
from scipy.optimize import brentq, minimize_scalar

from ..constants import BOLTZMANN, E_OVER_H, INVERSE_H
from ..errors import InputError, NotConverged
from ..options import Options, options_of
from ..reals import finite, shown
from ..reservoirs import fermi_difference
from ..schema import ParameterGrid, axis
from .datasets import Variable, labelled_dataset
from .energy_integral import IntegralResult, integrate
from .integrands import Flows
from .reservoir_sets import ReservoirSets
from .shared_spectra import shared_spectrum
from .terminals import check_parameters, leads_of

_HOTTEST = 1e30  # K, of what squares of temperatures can be taken


def heat_engine(
    conductor: Any,
    bias: ArrayLike,
    *,
    mu: float,
    hot: float,
    cold: float,
    options: Options | None = None,
    **params: Any,
) -> xr.Dataset:
    """Power and efficiency of a conductor that drives a current against a bias by a difference of temperature.

    The first lead is the hot one, with μ_hot = μ − eV/2; the second is cold, with μ_cold = μ + eV/2. Driven by heat,
    electrons climb the bias: the power is P = V I, with I the current out of the hot reservoir, the heat taken from it
    J_hot = (g_s/h) ∫ (E − μ_hot) i dE, the efficiency P/J_hot ≤ 1 − T_cold/T_hot.

    Parameters
    ----------
    conductor
        Any conductor with two leads.
    bias
        V in volts against which the current is driven, a number or an array; negative for holes.
    mu
        In eV, in the middle of both reservoirs.
    hot, cold
        Temperatures of the first and the second reservoir, in K.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.Dataset
        Dims (parameters…, bias): ``power`` (W, negative where the bias drives the current), ``heat`` taken from the hot
        reservoir (W), ``current`` (A), ``efficiency`` (1; NaN where it is no engine), ``efficiency_over_carnot``; each
        with its ``…_error`` but the last, and the figures of the pass. The attribute ``carnot`` is 1 − T_cold/T_hot.

    Raises
    ------
    InputError
        For other than two leads, or unless hot > cold ≥ 0.
    NotCertified, NotConverged
        If a scattering matrix or an integral does not reach its bound.

    Notes
    -----
    R. S. Whitney, Phys. Rev. Lett. 112, 130601 (2014); Phys. Rev. B 91, 115425 (2015).

    Examples
    --------
    >>> import numpy as np, sharvin as sv
    >>> step = sv.TransmissionFunction(lambda E: np.where(E > 1e-4, 1.0, 0.0), jumps=(1e-4,))
    >>> engine = sv.heat_engine(step, bias=1e-4, mu=0.0, hot=2.0, cold=1.0)
    >>> bool(0 < engine.efficiency < engine.attrs["carnot"])
    True
    """
    options = options_of(options)
    _two_leads(conductor)
    check_parameters(conductor, params, ("bias", "mu", "hot", "cold", "options"))
    middle, hot, cold = _temperatures(mu, hot, cold)
    volts = axis("bias", bias)
    grid = ParameterGrid(params)
    found = grid.each(
        lambda point: _engine(conductor, point, np.atleast_1d(volts), (middle, hot, cold), options), options
    )
    shape = volts.shape
    values, errors = (
        grid.stack([one.spin_degeneracy * getattr(one, kind).T.reshape(2, *shape) for one in found])
        for kind in ("values", "errors")
    )
    values, errors = np.moveaxis(values, len(grid.shape), 0), np.moveaxis(errors, len(grid.shape), 0)
    current, heat = E_OVER_H * values[0], INVERSE_H * values[1]
    power, power_error = volts * current, np.abs(volts) * E_OVER_H * errors[0]
    heat_error = INVERSE_H * errors[1]
    works = (power > 0) & (heat > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        efficiency = np.where(works, power / heat, np.nan)
        doubt = np.where(works, (power_error + efficiency * heat_error) / heat, np.nan)
    carnot = 1 - cold / hot
    variables = {
        "power": Variable(power, "W", "power", power_error),
        "heat": Variable(heat, "W", "heat taken from the hot reservoir", heat_error),
        "current": Variable(current, "A", "current out of the hot reservoir", E_OVER_H * errors[0]),
        "efficiency": Variable(efficiency, "1", "efficiency", doubt),
        "efficiency_over_carnot": Variable(efficiency / carnot, "1", "efficiency over that of Carnot"),
    }
    return labelled_dataset(
        variables, {"bias": volts}, grid, found, conductor=conductor, options=options,
        carnot=carnot, hot=hot, cold=cold, mu=middle,
        bands_follow="False: S(E) is that of zero bias, not self-consistent",
    )  # fmt: skip


def maximum_power(
    conductor: Any,
    *,
    mu: float,
    hot: float,
    cold: float,
    options: Options | None = None,
    **params: Any,
) -> xr.Dataset:
    """The bias at which a heat engine gives most power, what it gives there, and where it stops.

    Searched between V = 0 and the stopping voltage, at which no current flows; power is taken to have one maximum.

    Parameters
    ----------
    conductor, mu, hot, cold, options, **params
        As for `heat_engine`; parameters are scalars.

    Returns
    -------
    xarray.Dataset
        Without dims: ``bias`` and ``stopping_voltage`` (V), and ``power``, ``heat``, ``efficiency`` … of `heat_engine`
        there, and ``quantum_bound`` (W), that of `quantum_power_bound` for one mode.

    Raises
    ------
    InputError
        As `heat_engine`, and if no thermocurrent flows: T(E) is symmetric around μ.

    Examples
    --------
    A step at the best place reaches the quantum bound:

    >>> import numpy as np, sharvin as sv
    >>> step = sv.TransmissionFunction(lambda E: np.where(E > 0, 1.0, 0.0), jumps=(0.0,))
    >>> mu = -1.5 * 1.144554 * sv.constants.BOLTZMANN  # x (T_hot + T_cold)/2 below the step
    >>> best = sv.maximum_power(step, mu=mu, hot=2.0, cold=1.0)
    >>> round(float(best.power / best.quantum_bound), 6)
    1.0
    """
    options = options_of(options)
    _two_leads(conductor)
    middle, hot, cold = _temperatures(mu, hot, cold)
    if ParameterGrid(params).axes:
        raise InputError("maximum_power: parameters must be scalars; call it for each value of a sweep")

    def at(volts: float) -> xr.Dataset:
        return heat_engine(conductor, volts, mu=middle, hot=hot, cold=cold, options=options, **params)

    free = at(0.0)
    sign = np.sign(float(free.current))
    if abs(float(free.current)) <= float(free.current_error):
        raise InputError(
            "maximum_power: no thermocurrent flows at zero bias, T(E) is symmetric around mu or zero; move mu"
        )
    stop = _stopping_voltage(lambda volts: float(at(volts).current), sign, BOLTZMANN * (hot + cold) / 2)
    best = minimize_scalar(
        lambda volts: -float(at(volts).power),
        bounds=(min(0.0, stop), max(0.0, stop)),
        method="bounded",
        options={"xatol": abs(stop) * 1e-8},
    )
    result = at(float(best.x))
    result["stopping_voltage"] = ((), stop, {"units": "V"})
    bound = quantum_power_bound(hot, cold, spin_degeneracy=int(result.attrs["spin_degeneracy"]))
    result["quantum_bound"] = ((), bound, {"units": "W"})
    return result


def quantum_power_bound(hot: float, cold: float, *, modes: int = 1, spin_degeneracy: int = 2) -> float:
    """The most power that N modes can make of a difference of temperature, in W.

    P = A₀ g_s N (π²k_B²/h) (T_hot − T_cold)² with π²A₀ = max_x x ln(1 + e^(−x)), A₀ = 0.0321: what a sharp step of T(E)
    gives, x k_BT_α above each μ_α.

    Parameters
    ----------
    hot, cold
        In K.
    modes
        N, not counting spin.
    spin_degeneracy
        g_s.

    Raises
    ------
    InputError
        Unless hot ≥ cold ≥ 0 and N ≥ 0.

    Notes
    -----
    R. S. Whitney, Phys. Rev. Lett. 112, 130601 (2014).

    Examples
    --------
    >>> import sharvin as sv
    >>> f"{sv.quantum_power_bound(2.0, 1.0):.4e}"
    '1.8201e-13'
    """
    warm, cool, count = (
        finite(f"quantum_power_bound: {name} must be a number", value)
        for name, value in (("hot", hot), ("cold", cold), ("modes", modes))
    )
    if isinstance(spin_degeneracy, bool) or spin_degeneracy not in (1, 2):
        raise InputError(f"quantum_power_bound: spin_degeneracy must be 1 or 2, got {shown(spin_degeneracy)}")
    if not (_HOTTEST >= warm >= cool >= 0 and count >= 0):
        raise InputError(
            f"quantum_power_bound: expected hot ≥ cold ≥ 0 in K and modes ≥ 0, got {hot}, {cold} and {modes}"
        )
    best = minimize_scalar(
        lambda x: -x * np.log1p(np.exp(-x)), bounds=(0, 10), method="bounded", options={"xatol": 1e-12}
    )
    return float(-best.fun * spin_degeneracy * count * INVERSE_H * BOLTZMANN**2 * (warm - cool) ** 2)


def thermal_conductance_quantum(temperature: float) -> float:
    """Heat conductance of one spin-resolved mode, K = π²k_B²T/3h, in W/K.

    Parameters
    ----------
    temperature
        In K.

    Raises
    ------
    InputError
        For a negative temperature.

    Notes
    -----
    J. B. Pendry, J. Phys. A 16, 2161 (1983); S. Jezouin et al., Science 342, 601 (2013).

    Examples
    --------
    >>> import sharvin as sv
    >>> f"{sv.thermal_conductance_quantum(1.0):.4e}"
    '9.4643e-13'
    """
    kelvin = axis("temperature", temperature, minimum=0.0)
    if kelvin.ndim:
        raise InputError(
            f"thermal_conductance_quantum: temperature must be one number, got shape {kelvin.shape}"
        )
    return np.pi**2 / 3 * INVERSE_H * BOLTZMANN**2 * float(kelvin)


def _engine(
    conductor: Any, point: dict[str, Any], volts: np.ndarray, at: tuple[float, float, float], options: Options
) -> IntegralResult:
    """∫ i dE (eV) and ∫ (E − μ_hot) i dE (eV²) out of the hot reservoir, (biases, 2)."""
    middle, hot, cold = at
    mus = np.column_stack([middle - volts / 2, middle + volts / 2])
    sets = ReservoirSets.resolved(mus, np.broadcast_to(BOLTZMANN * np.array([hot, cold]), mus.shape))
    scale = BOLTZMANN * hot

    def moment(energy: np.ndarray, j: np.ndarray) -> np.ndarray:
        distance = (energy[:, None] - sets.mu[j]) / scale
        return np.stack([np.ones_like(distance), distance], axis=-1)

    flows = Flows(
        2, 2, lambda energy, j: fermi_difference(energy[:, None], sets.mu[j], sets.thermal_energy[j]), moment
    )
    with shared_spectrum(conductor, point, options) as spectrum:
        found = integrate(spectrum, sets, flows, options)
    units = np.array([1.0, scale])
    return IntegralResult(
        found.values[:, :2] * units, found.errors[:, :2] * units, found.evaluations, found.unitarity_error,
        found.spin_degeneracy, found.reused,
    )  # fmt: skip


def _stopping_voltage(current: Callable[[float], float], sign: float, thermal: float) -> float:
    """The bias at which the thermocurrent stops: bracketed from zero outward in steps of k_BT/e, then by bisection."""
    far = sign * thermal
    for _ in range(12):
        if sign * current(far) <= 0:
            return float(brentq(current, 0.0, far, xtol=1e-12 * abs(far)))
        far *= 2
    raise NotConverged(
        f"maximum_power: the current does not stop up to a bias of {far:.3g} V; the levels of the conductor are too "
        "far from mu: move mu"
    )


def _two_leads(conductor: Any) -> None:
    if len(leads_of(conductor)) != 2:
        raise InputError(
            f"a heat engine has a hot and a cold lead, and the conductor has {len(conductor.leads)}; for others use "
            "sharvin.steady_state"
        )


def _temperatures(mu: Any, hot: Any, cold: Any) -> tuple[float, float, float]:
    """μ, T_hot and T_cold, checked."""
    middle = finite("heat_engine: mu must be a number in eV", mu)
    warm, cool = (
        finite(f"heat_engine: {name} must be a temperature in K", value)
        for name, value in (("hot", hot), ("cold", cold))
    )
    if not warm > cool >= 0:
        raise InputError(f"heat_engine: expected hot > cold ≥ 0, in K, got hot = {warm} and cold = {cool}")
    return middle, warm, cool
