"""What Hall bars and van der Pauw samples measure, from one network of conductances."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
from scipy.optimize import elementwise

from ..errors import InputError
from ..options import Options, options_of
from ..reals import positive, shown
from ..schema import lead_named
from .datasets import Variable, labelled_dataset
from .pair_response import Estimate
from .resistances import Network, Pair, pair_of
from .terminals import leads_of


def hall_bar(
    conductor: Any,
    current: Pair,
    longitudinal: Pair,
    hall: Pair,
    *,
    mu: ArrayLike,
    temperature: ArrayLike = 0.0,
    probe_distance: float | None = None,
    bar_width: float | None = None,
    options: Options | None = None,
    **params: Any,
) -> xr.Dataset:
    """Longitudinal and Hall resistance of a bar, and with its dimensions the resistivities and conductivities.

    R_xx = (V₁ − V₂)/I along the bar, R_xy = (V₁ − V₆)/I across it; all leads but those of the current float. With the
    distance L of the probes along the bar and its width W, ρ_xx = R_xx W/L, ρ_xy = R_xy,
    σ_xx = ρ_xx/(ρ_xx² + ρ_xy²), σ_xy = ρ_xy/(ρ_xx² + ρ_xy²): as for a homogeneous bar with local Ohm's law.

    Parameters
    ----------
    conductor
        Any conductor.
    current
        (source, drain).
    longitudinal, hall
        (plus, minus): two leads on one edge; two opposite each other.
    mu, temperature
        In eV and K, numbers or arrays.
    probe_distance, bar_width
        L and W in nm, both or neither.
    options
        Numerical choices.
    **params
        Parameters of the conductor, such as the field; one-dimensional arrays are swept.

    Returns
    -------
    xarray.Dataset
        Dims (parameters…, temperature, mu): ``longitudinal_resistance``, ``hall_resistance`` and
        ``two_terminal_resistance`` (Ω); with dimensions also ``rho_xx``, ``rho_xy`` (Ω per square), ``sigma_xx``,
        ``sigma_xy`` (S per square). Each has its ``…_error``. NaN where no current flows.

    Raises
    ------
    InputError
        As `resistance`; for one dimension without the other.

    Notes
    -----
    M. Büttiker, Phys. Rev. B 38, 9375 (1988).

    Examples
    --------
    Two chiral channels around a bar with six contacts, R_xy = h/2e² per spin:

    >>> import numpy as np, sharvin as sv
    >>> around = np.kron(np.roll(np.eye(6), 1, axis=0), np.eye(2))
    >>> bar = sv.FixedScatterer(around, dict.fromkeys("123456", 2), spin_degeneracy=1)
    >>> found = sv.hall_bar(bar, current=("1", "4"), longitudinal=("2", "3"), hall=("2", "6"), mu=0.0)
    >>> round(float(found.hall_resistance / sv.R0), 9), float(found.longitudinal_resistance)
    (1.0, 0.0)
    """
    options = options_of(options)
    pairs = {
        "longitudinal_resistance": pair_of(conductor, "longitudinal", longitudinal),
        "hall_resistance": pair_of(conductor, "hall", hall),
        "two_terminal_resistance": pair_of(conductor, "current", current),
    }
    if (probe_distance is None) != (bar_width is None):
        raise InputError("hall_bar: give both probe_distance= and bar_width= in nm, or neither")
    flow = pairs["two_terminal_resistance"]
    network = Network.of(conductor, mu, temperature, options, params)
    undefined: list[str] = []
    found: dict[str, Estimate] = {}
    for name, pair in pairs.items():
        found[name] = Estimate(*network.resistance(flow, pair))
        undefined.append(network.require(found[name].value, flow, pair))
    variables = {
        name: Variable(one.value, "Ω", name.replace("_", " "), one.error) for name, one in found.items()
    }
    if probe_distance is not None and bar_width is not None:
        squares = positive("hall_bar: probe_distance", probe_distance, "nm") / positive(
            "hall_bar: bar_width", bar_width, "nm"
        )
        variables |= _resistivities(
            found["longitudinal_resistance"].times(1 / squares), found["hall_resistance"]
        )
    return labelled_dataset(
        variables, network.axes_behind, network.grid, network.found, conductor=conductor, options=options,
        current=" → ".join(flow), undefined="; ".join(dict.fromkeys(filter(None, undefined))),
    )  # fmt: skip


def van_der_pauw(
    conductor: Any,
    contacts: tuple[str, str, str, str],
    *,
    mu: ArrayLike,
    temperature: ArrayLike = 0.0,
    options: Options | None = None,
    **params: Any,
) -> xr.Dataset:
    """Sheet resistance from four contacts in order around the edge of a sample of any shape.

    With R_A = (V_d − V_c)/I_ab and R_B = (V_a − V_d)/I_bc, each averaged with its reciprocal (current and voltage
    exchanged), the sheet resistance R_s obeys exp(−πR_A/R_s) + exp(−πR_B/R_s) = 1: that of a homogeneous sample without
    holes, with small contacts at its edge and local Ohm's law, which a phase-coherent sample need not obey. The Hall
    resistance is (V_b − V_d)/I_ac, half of the difference to its reciprocal.

    Parameters
    ----------
    conductor
        Any conductor.
    contacts
        Names (a, b, c, d) of four leads in order around the edge.
    mu, temperature
        In eV and K, numbers or arrays.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.Dataset
        Dims (parameters…, temperature, mu): ``resistance_a``, ``resistance_b``, ``sheet_resistance`` (NaN where R_A or
        R_B is negative) and ``hall_resistance``, in Ω, each with its ``…_error``.

    Raises
    ------
    InputError
        As `resistance`; for other than four different leads.

    Notes
    -----
    L. J. van der Pauw, Philips Res. Rep. 13, 1 (1958).

    Examples
    --------
    Four contacts that are joined to each other all alike, T = 1/9 · 4:

    >>> import numpy as np, sharvin as sv
    >>> star = sv.FixedScatterer(np.full((4, 4), 0.5) - np.eye(4), dict.fromkeys("abcd", 1))
    >>> found = sv.van_der_pauw(star, contacts=("a", "b", "c", "d"), mu=0.0)
    >>> abs(float(found.resistance_a)) < 1e-9
    True
    """
    options = options_of(options)
    a, b, c, d = _four(conductor, contacts)
    network = Network.of(conductor, mu, temperature, options, params)

    def average(current: Pair, voltage: Pair, sign: float) -> tuple[np.ndarray, np.ndarray]:
        (one, doubt), (other, more) = (
            network.resistance(current, voltage),
            network.resistance(voltage, current),
        )
        undefined.append(network.require(one, current, voltage))
        return (one + sign * other) / 2, (doubt + more) / 2

    undefined: list[str] = []
    first, first_error = average((a, b), (d, c), 1.0)
    second, second_error = average((b, c), (a, d), 1.0)
    across, across_error = average((a, c), (b, d), -1.0)
    sheet = sheet_resistance(Estimate(first, first_error), Estimate(second, second_error))
    variables = {
        "resistance_a": Variable(first, "Ω", "resistance, current ab, voltage dc", first_error),
        "resistance_b": Variable(second, "Ω", "resistance, current bc, voltage ad", second_error),
        "sheet_resistance": Variable(sheet.value, "Ω", "sheet resistance", sheet.error),
        "hall_resistance": Variable(across, "Ω", "Hall resistance", across_error),
    }
    return labelled_dataset(
        variables, network.axes_behind, network.grid, network.found, conductor=conductor, options=options,
        contacts=", ".join((a, b, c, d)), undefined="; ".join(dict.fromkeys(filter(None, undefined))),
    )  # fmt: skip


def sheet_resistance(first: Estimate, second: Estimate) -> Estimate:
    """R_s of exp(−πR_A/R_s) + exp(−πR_B/R_s) = 1, in the unit of both; NaN unless both are positive.

    >>> one = Estimate(np.array(1.0), np.array(1e-3))
    >>> found = sheet_resistance(one, one)  # π/ln 2
    >>> round(float(found.value), 6), round(float(found.error / found.value), 6)
    (4.53236, 0.001)
    """
    usable = (first.value > 0) & (second.value > 0)
    one, other = np.where(usable, first.value, 1.0), np.where(usable, second.value, 1.0)
    low, high = (np.log(2) / np.pi / bound(one, other) for bound in (np.maximum, np.minimum))
    found = elementwise.find_root(
        lambda x, p, q: np.exp(-np.pi * p * x) + np.exp(-np.pi * q * x) - 1,
        (low * (1 - 1e-9), high * (1 + 1e-9)),
        args=(one, other),
    )
    value = np.where(usable, 1 / found.x, np.nan)
    # dR_s/R_s = Σ w dR / Σ w R, w = exp(−πR/R_s)
    weight, more = np.exp(-np.pi * one * found.x), np.exp(-np.pi * other * found.x)
    error = value * (weight * first.error + more * second.error) / (weight * one + more * other)
    return Estimate(value, error)


def _resistivities(along: Estimate, across: Estimate) -> dict[str, Variable]:
    """ρ and σ of a homogeneous bar."""
    both = along * along + across * across
    sigma_xx, sigma_xy = along / both, across / both
    return {
        "rho_xx": Variable(along.value, "Ω", "longitudinal resistivity, per square", along.error),
        "rho_xy": Variable(across.value, "Ω", "Hall resistivity, per square", across.error),
        "sigma_xx": Variable(sigma_xx.value, "S", "longitudinal conductivity, per square", sigma_xx.error),
        "sigma_xy": Variable(sigma_xy.value, "S", "Hall conductivity, per square", sigma_xy.error),
    }


def _four(conductor: Any, contacts: Any) -> tuple[str, str, str, str]:
    leads_of(conductor)
    if not (isinstance(contacts, (tuple, list)) and len(contacts) == 4 and len(set(map(str, contacts))) == 4):
        raise InputError(
            f"van_der_pauw: contacts must be four different leads in order around the edge, got {shown(contacts)}"
        )
    a, b, c, d = (lead_named(conductor, name) for name in contacts)
    return a, b, c, d
