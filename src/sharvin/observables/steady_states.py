"""Currents, heat and floating potentials of a conductor between any reservoirs and probes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from ..conductors import dephased
from ..constants import BOLTZMANN, E_OVER_H, INVERSE_H
from ..errors import InputError, nearest
from ..options import Options, options_of
from ..reservoirs import DephasingProbe, Reservoir, ThermalProbe, VoltageProbe
from ..schema import ParameterGrid, lead_named
from .datasets import Variable, labelled_dataset
from .floating_reservoirs import FloatingReservoirs, Solution
from .shared_spectra import shared_spectrum
from .terminals import check_parameters, leads_of

_KINDS = (Reservoir, VoltageProbe, ThermalProbe, DephasingProbe)


def steady_state(
    conductor: Any,
    reservoirs: Mapping[str, Reservoir | VoltageProbe | ThermalProbe | DephasingProbe],
    *,
    options: Options | None = None,
    **params: Any,
) -> xr.Dataset:
    """All mean flows between reservoirs and probes, at any bias and temperatures, from one pass over energy.

    With i_α(E) = Σ_β [T_βα f_α − T_αβ f_β], positive out of reservoir α into the conductor,

        I_α = (g_s e/h) ∫ i_α dE,    J_α = (g_s/h) ∫ (E − μ_α) i_α dE,    energy current = J_α + μ_α I_α/e.

    What floats is found first: μ of a `VoltageProbe` by I = 0; of a `ThermalProbe` T by J = 0 and, unless it is given,
    μ by I = 0; of a `DephasingProbe` the occupation at each energy by i(E) = 0.

    Parameters
    ----------
    conductor
        Any conductor.
    reservoirs
        Lead → `Reservoir`, `VoltageProbe`, `ThermalProbe` or `DephasingProbe`, one for every lead, a `Reservoir` among
        them.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.Dataset
        Dims (parameters…, lead): ``current`` (A), ``heat_current`` (W) and ``energy_current`` (W) out of the
        reservoirs, ``entropy_current`` = J/T (W/K), ``mu`` (eV) and ``temperature`` (K) of all (NaN for dephasing
        probes, which are in no equilibrium), ``dissipation`` = −J (W), the heat that arrives. Dims (parameters…):
        ``entropy_production`` = −Σ J/T (W/K), which is never negative; infinite if heat arrives in a reservoir at
        T = 0. Currents add up to zero, as do energy currents; dissipation adds up to the electrical power Σ μ_α I_α/e.
        Each has its ``…_error``; beside them stand ``unitarity_error``, ``evaluations``, ``reused``, and ``steps`` of
        the search for what floats. S(E) is that of zero bias: not self-consistent.

    Raises
    ------
    InputError
        For a lead without a reservoir or a reservoir without a lead, no `Reservoir` at all, or a probe that is coupled
        to none, whose potential is undefined.
    NotCertified, NotConverged
        If a scattering matrix or an integral does not reach its bound, or the search for what floats does not end.

    Notes
    -----
    M. Büttiker, Phys. Rev. B 33, 3020 (1986); Ph. Jacquet, J. Stat. Phys. 134, 709 (2009); currents and temperatures of
    such probes are unique: C. A. Stafford, Phys. Rev. B 93, 245403 (2016).

    Examples
    --------
    A thermal probe in the middle of a wire between leads at different voltages is hotter than both:

    >>> import numpy as np, sharvin as sv
    >>> S = np.array([[-1, 2, 2], [2, -1, 2], [2, 2, -1]]) / 3
    >>> star = sv.FixedScatterer(S, leads={"left": 1, "right": 1, "probe": 1})
    >>> ends = {"left": sv.Reservoir(1e-3), "right": sv.Reservoir(-1e-3), "probe": sv.ThermalProbe()}
    >>> sol = sv.steady_state(star, ends)
    >>> round(float(sol.temperature.sel(lead="probe")), 4)  # √3 eV/2πk_B
    6.3979
    >>> abs(float(sol.mu.sel(lead="probe"))) < 1e-15
    True
    """
    options = options_of(options)
    check_parameters(conductor, params, ("reservoirs", "options"))
    terminals = terminals_of(conductor, reservoirs)
    grid = ParameterGrid(params)
    elastic = [name for name, terminal in terminals.items() if isinstance(terminal, DephasingProbe)]
    driven = dephased(conductor, *elastic) if elastic else conductor

    def at(point: dict[str, Any]) -> Solution:
        rest = [terminals[name] for name in driven.leads]
        with shared_spectrum(driven, point, options) as spectrum:
            return FloatingReservoirs(tuple(driven.leads), rest, spectrum, options).solve()  # type: ignore[arg-type]

    solutions = grid.each(at, options)
    slots = np.array([conductor.leads.index(name) for name in driven.leads])
    states = [_State.of(solution, slots, len(conductor.leads)) for solution in solutions]
    return labelled_dataset(
        _variables(states, grid, list(conductor.leads)),
        {},
        grid,
        [solution.flows for solution in solutions],
        conductor=conductor,
        options=options,
        reservoirs=str({name: repr(terminal) for name, terminal in terminals.items()}),
        bands_follow="False: S(E) is that of zero bias, not self-consistent",
    )


def terminals_of(conductor: Any, reservoirs: Any) -> dict[str, Any]:
    """What every lead ends in, in the order of the leads, checked."""
    names = leads_of(conductor)
    if not isinstance(reservoirs, Mapping):
        raise InputError(f"reservoirs must be a dictionary lead → Reservoir, got {type(reservoirs).__name__}")
    for name, terminal in reservoirs.items():
        lead_named(conductor, name)
        if not isinstance(terminal, _KINDS):
            raise InputError(
                f'lead "{name}": expected a Reservoir, VoltageProbe, ThermalProbe or DephasingProbe, got {terminal!r}'
            )
    missing = [name for name in names if name not in reservoirs]
    if missing:
        raise InputError(f'no reservoir for lead "{missing[0]}"{nearest(missing[0], reservoirs)}')
    if not any(isinstance(terminal, Reservoir) for terminal in reservoirs.values()):
        raise InputError(
            "all terminals float, so that no potential is determined; give one lead at least a Reservoir(mu, …)"
        )
    return {name: reservoirs[name] for name in names}


@dataclass(frozen=True, eq=False)
class _State:
    """A solution over all leads, in SI units: name → (values, errors), and the steps of the search."""

    found: dict[str, tuple[np.ndarray, np.ndarray]]
    steps: int

    @classmethod
    def of(cls, solution: Solution, slots: np.ndarray, leads: int) -> "_State":
        """With zero flows at leads that are dephasing probes, which have neither μ nor T."""

        def spread(values: np.ndarray, fill: float = 0.0) -> np.ndarray:
            result = np.full(leads, fill)
            result[slots] = values
            return result

        flows, g = solution.flows, solution.flows.spin_degeneracy
        (particles, heat), (particle_errors, heat_errors) = (
            kind.reshape(-1, 2).T for kind in (flows.values, flows.errors)
        )
        kelvin, kelvin_error = solution.thermal_energy / BOLTZMANN, solution.thermal_energy_error / BOLTZMANN
        J, J_error = g * INVERSE_H * heat, g * INVERSE_H * heat_errors
        energy = heat + solution.mu * particles
        energy_error = heat_errors + np.abs(solution.mu) * particle_errors
        entropy, entropy_error = _entropy(J, J_error, kelvin)
        found = {
            "current": (g * E_OVER_H * particles, g * E_OVER_H * particle_errors),
            "heat_current": (J, J_error),
            "energy_current": (g * INVERSE_H * energy, g * INVERSE_H * energy_error),
            "entropy_current": (entropy, entropy_error),
            "dissipation": (-J, J_error),
        }
        found = {name: (spread(value), spread(error)) for name, (value, error) in found.items()}
        found["mu"] = spread(solution.mu, np.nan), spread(solution.mu_error, np.nan)
        found["temperature"] = spread(kelvin, np.nan), spread(kelvin_error, np.nan)
        found["entropy_production"] = -np.asarray(entropy.sum()), np.asarray(entropy_error.sum())
        return cls(found, solution.steps)


def _entropy(heat: np.ndarray, error: np.ndarray, kelvin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """J/T and its error; at T = 0 infinite, unless the heat vanishes within its error."""
    cold = kelvin == 0
    warm = np.where(cold, 1.0, kelvin)
    at_zero = np.where(np.abs(heat) <= error, 0.0, np.copysign(np.inf, heat))
    return np.where(cold, at_zero, heat / warm), np.where(cold, 0.0, error / warm)


_DESCRIBED = {
    "current": ("A", "current out of the reservoir"),
    "heat_current": ("W", "heat current out of the reservoir"),
    "energy_current": ("W", "energy current out of the reservoir"),
    "entropy_current": ("W/K", "entropy current out of the reservoir"),
    "mu": ("eV", "electrochemical potential"),
    "temperature": ("K", "temperature"),
    "dissipation": ("W", "heat into the reservoir"),
    "entropy_production": ("W/K", "entropy produced per time"),
}


def _variables(states: list[_State], grid: ParameterGrid, leads: list[str]) -> dict[str, Variable]:
    """All of `_DESCRIBED` over the grid."""
    variables = {}
    for name, (units, long_name) in _DESCRIBED.items():
        values, errors = (grid.stack([state.found[name][n] for state in states]) for n in (0, 1))
        own = {} if name == "entropy_production" else {"lead": leads}
        variables[name] = Variable(values, units, long_name, errors, own)
    steps = grid.stack([np.array(state.steps) for state in states])
    variables["steps"] = Variable(steps, "1", "steps of the search for what floats")
    return variables
