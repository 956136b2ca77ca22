"""Resistances with current between two leads and voltage between two others, which draw none."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..constants import E2_OVER_H
from ..errors import InputError
from ..options import Options, options_of
from ..reals import NotReal, reals, shown
from ..schema import ParameterGrid, labelled, lead_named
from .conductance_matrices import conductances_between_all
from .energy_integral import IntegralResult, common_degeneracy
from .floating import Potentials
from .results import about_the_pass
from .terminals import leads_of

Pair = tuple[str, str]


def resistance(
    conductor: Any,
    current: Pair,
    voltage: Pair | None = None,
    *,
    mu: ArrayLike,
    temperature: ArrayLike = 0.0,
    series_resistance: Mapping[str, float] | None = None,
    options: Options | None = None,
    **params: Any,
) -> xr.DataArray:
    """Resistance R = (V₊ − V₋)/I: current I from one lead into another, all other leads floating (drawing no current).

    For four leads, R_mn,kl = (h/g_s e²)(T_km T_ln − T_kn T_lm)/D. R_mn,kl(B) = R_kl,mn(−B).

    Parameters
    ----------
    conductor
        Any conductor.
    current
        (source, drain): I flows from the reservoir of the first through the conductor into the second.
    voltage
        (plus, minus): the leads between which the voltage is measured; by default those of the current (two-terminal).
    mu, temperature
        In eV and K, numbers or arrays; T = 0 is exact.
    series_resistance
        Lead → Ω of what lies between it and where the voltage is measured: a wire, a filter, a bad contact. It counts
        at leads that carry current. None by default.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.DataArray
        Dims (parameters…, temperature, mu), in Ω, with ``error`` (Ω), ``unitarity_error``, ``evaluations`` and
        ``reused`` beside it. Where at some points of a sweep no current can flow it is infinite for two terminals, and
        where a potential is undefined NaN; ``attrs["undefined"]`` says so.

    Raises
    ------
    InputError
        For unknown leads or parameters, one lead twice; if at no point current can flow or the potential of a voltage
        lead is defined: one without coupling to the others takes no potential.
    NotCertified, NotConverged
        If a scattering matrix or an integral does not reach its bound.

    Notes
    -----
    M. Büttiker, Phys. Rev. Lett. 57, 1761 (1986).

    Examples
    --------
    A chiral edge channel past four contacts, 1 → 2 → 3 → 4 → 1: no longitudinal resistance, h/e² across:

    >>> import numpy as np, sharvin as sv
    >>> edge = sv.FixedScatterer(np.roll(np.eye(4), 1, axis=0), {"1": 1, "2": 1, "3": 1, "4": 1}, spin_degeneracy=1)
    >>> along = sv.resistance(edge, current=("1", "4"), voltage=("2", "3"), mu=0.0)
    >>> across = sv.resistance(edge, current=("1", "3"), voltage=("2", "4"), mu=0.0)
    >>> round(float(along), 6), round(float(across) / (2 * sv.R0), 9)
    (0.0, 1.0)
    """
    options = options_of(options)
    flow = pair_of(conductor, "current", current)
    pairs = flow, flow if voltage is None else pair_of(conductor, "voltage", voltage)
    network = Network.of(conductor, mu, temperature, options, params)
    values, errors = network.resistance(*pairs, series_resistance)
    undefined = network.require(values, *pairs)
    return labelled(
        values,
        network.axes,
        name="resistance",
        units="Ω",
        long_name=f"resistance, current {pairs[0][0]} → {pairs[0][1]}, voltage {pairs[1][0]} − {pairs[1][1]}",
        conductor=conductor,
        spin_degeneracy=common_degeneracy(network.found),
        options=options,
        params=network.grid.fixed,
        beside={"error": (errors, "Ω"), **about_the_pass(network.found, network.grid)},
        current=" → ".join(pairs[0]),
        voltage=" − ".join(pairs[1]),
        undefined=undefined,
    )


class Network:
    """The conductance matrices of a sweep, as a network of which any resistance may be asked.

    Attributes
    ----------
    conductance, error
        (parameters…, temperature, mu, leads, leads), in S; axes given as numbers are absent.
    axes, axes_behind
        Of all but the leads; of these, temperature and mu.
    found, grid
        What they were made of.
    """

    def __init__(
        self, conductor: Any, found: list[IntegralResult], grid: ParameterGrid, axes: Mapping[str, Any]
    ) -> None:
        self.leads, self.found, self.grid = tuple(conductor.leads), found, grid
        self.axes, self.axes_behind = {**grid.axes, **axes}, dict(axes)
        count = len(self.leads)
        sizes = [len(values) for values in axes.values() if values.ndim]

        def stacked(kind: str) -> np.ndarray:
            return grid.stack(
                [
                    E2_OVER_H * one.spin_degeneracy * getattr(one, kind).reshape(*sizes, count, count)
                    for one in found
                ]
            )

        self.conductance, self.error = stacked("values"), stacked("errors")

    @classmethod
    def of(
        cls,
        conductor: Any,
        mu: ArrayLike,
        temperature: ArrayLike,
        options: Options,
        params: Mapping[str, Any],
    ) -> "Network":
        """Of a conductor."""
        return cls(conductor, *conductances_between_all(conductor, mu, temperature, options, params))

    def resistance(
        self, current: Pair, voltage: Pair, series_resistance: Mapping[str, float] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """R and its error in Ω; NaN where undefined, infinite where two terminals do not conduct."""
        source, drain, plus, minus = (self.leads.index(name) for name in (*current, *voltage))
        found = Potentials.of(self.conductance, self.error, source, drain)
        values, errors = found.between(plus, minus)
        if current == voltage:
            values = np.where(np.isnan(values), np.inf, values)
        for lead, resistance in _series(series_resistance, self).items():
            carried = (lead == current[0]) - (lead == current[1])
            values = values + resistance * carried * ((lead == voltage[0]) - (lead == voltage[1]))
        return values, errors

    def require(self, values: np.ndarray, current: Pair, voltage: Pair) -> str:
        """What is undefined of a sweep, in words; an error if nothing is defined."""
        if np.isfinite(values).all():
            return ""
        source, drain = current
        found = Potentials.of(self.conductance, self.error, self.leads.index(source), self.leads.index(drain))
        flows = np.isfinite(found.values[..., self.leads.index(source)])
        lost = [
            name for name in voltage if (flows & np.isnan(found.values[..., self.leads.index(name)])).any()
        ]
        said = []
        if not flows.all():
            said.append(
                f'no current can flow from "{source}" to "{drain}": they are not coupled beyond the error of S'
            )
        said += [
            f'the potential of lead "{name}" is undefined: it is not coupled to the others beyond the error of S'
            for name in lost
        ]
        text = "; ".join(said)
        if not np.isfinite(values).any():
            raise InputError(
                f"resistance: {text}. Look at sharvin.conductance_matrix and at the open modes of the leads"
            )
        return f"at {int((~np.isfinite(values)).sum())} of {values.size} points {text}"


def pair_of(conductor: Any, what: str, pair: Any) -> Pair:
    """Two different leads, checked; `what` they are for."""
    leads_of(conductor)
    if not (isinstance(pair, (tuple, list)) and len(pair) == 2):
        raise InputError(f"{what} must be two names of leads, such as (plus, minus), got {shown(pair)}")
    first, second = (lead_named(conductor, name) for name in pair)
    if first == second:
        raise InputError(f'{what} must be two different leads, got "{first}" twice')
    return first, second


def _series(given: Any, network: Network) -> dict[str, float]:
    """Lead → Ω, checked."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError(f"series_resistance must be a dictionary lead → Ω, got {shown(given)}")
    found = {}
    for name, value in given.items():
        lead_named(network, name)
        try:
            number = reals(value)
        except NotReal:
            number = np.full((), np.nan)
        if number.ndim or not (np.isfinite(number) and number >= 0):
            raise InputError(
                f'series_resistance of "{name}" must be a number of Ω that is not negative, got {shown(value)}'
            )
        found[name] = float(number)
    return found
