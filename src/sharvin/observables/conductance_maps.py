"""Differential conductance over gate and bias."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..constants import BOLTZMANN, E2_OVER_H
from ..errors import InputError
from ..options import Options, options_of
from ..reals import finite
from ..reservoirs import thermal_weight
from ..scattering import transmissions
from ..schema import ParameterGrid, axis
from .energy_integral import IntegralResult, integrate
from .integrands import Through, through
from .reservoir_sets import ReservoirSets, resolved
from .results import labelled_integrals
from .shared_spectra import shared_spectrum
from .terminals import check_parameters, lead_pair, leads_of

#: Points in one period of the lock-in's signal; the points of half as many are among them.
_FINE = 63


def conductance_map(
    conductor: Any,
    *,
    bias: ArrayLike,
    mu: float = 0.0,
    temperature: float = 0.0,
    gate: ArrayLike | None = None,
    lever_arm: float = 1.0,
    division: float = 0.5,
    lock_in: float = 0.0,
    options: Options | None = None,
    **params: Any,
) -> xr.DataArray:
    """Differential conductance dI/dV over gate and bias, from one pass over energy.

    With the bias divided as μ_L = μ + ηeV, μ_R = μ − (1 − η)eV between the first and the second lead,

        dI/dV = (g_s e²/h) ∫ T(E) [−η f′(E − μ_L) − (1 − η) f′(E − μ_R)] dE,

    at T = 0 (g_s e²/h) [η T(μ_L) + (1 − η) T(μ_R)]: half-plateaus where one μ has passed a subband that the other has
    not. A lock-in that modulates V by √2 V_rms sin ωt and takes the first harmonic measures
    (2/π) ∫ dI/dV(V + √2 V_rms x) √(1 − x²) dx, −1 < x < 1.

    Parameters
    ----------
    conductor
        Any conductor with two leads.
    bias
        V in volts, a number or an array.
    mu, temperature
        μ at zero bias, in eV, and the temperature of both reservoirs, in K; T = 0 is exact.
    gate
        A number or an array. If the conductor has a parameter of this name it is that parameter; if not, a voltage (V)
        that lowers all energies of the conductor by `lever_arm` · e · gate, as a gate does that acts on all of it.
        Parameters of other names are given by these names.
    lever_arm
        Change of the conductor's energy per change of the gate voltage, in eV/V.
    division
        η: the part of the bias that drops at the first lead; 0.5 is symmetric.
    lock_in
        V_rms of the modulation, in volts; 0 for none.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.DataArray
        Dims (parameters…, gate, bias), those given as arrays, in S, with ``error``, ``unitarity_error``,
        ``evaluations`` and ``reused`` beside it. S(E) is that of zero bias, whatever the bias does to the potential:
        not self-consistent.

    Raises
    ------
    InputError
        For other than two leads, a division outside [0, 1], a negative temperature or modulation, unknown parameters.
    NotCertified, NotConverged
        If a scattering matrix or the integral does not reach its bound.

    Notes
    -----
    L. I. Glazman and A. V. Khaetskii, Europhys. Lett. 9, 263 (1989); N. K. Patel et al., Phys. Rev. B 44, 13549 (1991).

    Examples
    --------
    Half a quantum where the bias exceeds the subband spacing and only one reservoir reaches the first subband:

    >>> import sharvin as sv
    >>> contact = sv.SaddlePoint(omega_x=0.2e-3, omega_y=3e-3)
    >>> G = sv.conductance_map(contact, gate=1.5e-3, bias=[0.0, 2e-3])
    >>> (G / sv.G0).values.round(3)
    array([0.5, 0.5])
    """
    options = options_of(options)
    keywords = ("bias", "mu", "temperature", "gate", "lever_arm", "division", "lock_in", "options")
    pair = _two_leads(conductor)
    known = getattr(conductor, "parameters", None)
    shifts = gate is not None and (known is None or "gate" not in known)
    if gate is not None and not shifts:
        params["gate"] = gate
    check_parameters(conductor, params, keywords)
    volts = axis("bias", bias)
    middle, kelvin = _one("mu", mu), _one("temperature", temperature, minimum=0.0)
    lever = finite("conductance_map: lever_arm must be a number in eV/V", lever_arm)
    if lever != 1.0 and not shifts:
        raise InputError(
            "conductance_map: lever_arm belongs to a gate that shifts energies; this gate does not"
        )
    eta = finite("conductance_map: division must be a number from 0 to 1", division)
    if not 0 <= eta <= 1:
        raise InputError(f"conductance_map: division must be a number from 0 to 1, got {division!r}")
    modulation = finite("conductance_map: lock_in must be a voltage, in V rms", lock_in)
    if modulation < 0:
        raise InputError(f"conductance_map: lock_in must not be negative, in V rms, got {lock_in!r}")
    gates = axis("bias", gate) if shifts else np.zeros(())
    grid = ParameterGrid(params)
    task = _Map(middle + lever * gates, volts, kelvin * BOLTZMANN, eta, modulation)
    found = grid.each(lambda point: task.at(conductor, point, pair, options), options)
    return labelled_integrals(
        found,
        grid,
        {**({"gate": gates} if shifts else {}), "bias": volts},
        unit=E2_OVER_H,
        units="S",
        name="differential_conductance",
        long_name="differential conductance dI/dV",
        conductor=conductor,
        options=options,
        lead_out=pair[0],
        lead_in=pair[1],
        mu=middle,
        temperature=kelvin,
        lever_arm=lever,
        division=eta,
        lock_in=modulation,
        bands_follow="False: S(E) is that of zero bias, not self-consistent",
    )


class _Map:
    """Middles μ (gates), voltages, k_BT, the division and the lock-in's modulation of a map."""

    def __init__(
        self, middles: np.ndarray, volts: np.ndarray, kt: float, division: float, modulation: float
    ) -> None:
        self._shape = (np.atleast_1d(middles).size, np.atleast_1d(volts).size)
        x, self._weights = _modulation(modulation)
        bias = np.atleast_1d(volts)[:, None] + x
        middle = np.atleast_1d(middles)[:, None, None] + 0 * bias
        parts = [(division, middle + division * bias), (1 - division, middle - (1 - division) * bias)]
        self._parts = [(part, mu) for part, mu in parts if part > 0]
        self._kt = kt

    def at(
        self, conductor: Any, point: Mapping[str, Any], pair: tuple[str, str], options: Options
    ) -> IntegralResult:
        """dI/dV in g_s e²/h, (gates × biases)."""
        out, source = (conductor.leads.index(name) for name in pair)
        mus, place = np.unique(np.concatenate([mu.ravel() for _, mu in self._parts]), return_inverse=True)
        kt = resolved(mus, np.full(mus.shape, self._kt))
        result = _averages(conductor, point, mus, kt, (out, source), options)
        values, errors = np.zeros(self._shape), np.zeros(self._shape)
        at = 0
        for part, mu in self._parts:
            mine = place[at : at + mu.size].reshape(mu.shape)
            value, error = result.values[mine, 0], result.errors[mine, 0]
            values += part * value @ self._weights[0]
            errors += part * (
                error @ self._weights[0] + 2 * np.abs(value @ (self._weights[0] - self._weights[1]))
            )
            at += mu.size
        return IntegralResult(
            values, errors, result.evaluations, result.unitarity_error, result.spin_degeneracy, result.reused
        )


def _averages(
    conductor: Any,
    point: Mapping[str, Any],
    mus: np.ndarray,
    kts: np.ndarray,
    pair: tuple[int, int],
    options: Options,
) -> IntegralResult:
    """⟨T⟩ at every μ, (mus, 1)."""
    if (kts == 0).any():
        found = transmissions(conductor, mus, options=options, **point)
        values = through(found.values, *pair)[:, None]
        errors = through(found.error, *pair)[:, None] + found.unitarity_error[:, None]
        return IntegralResult(
            values, errors, mus.size, float(found.unitarity_error.max()), found.spin_degeneracy
        )
    average = Through(*pair, lambda energy, j: thermal_weight(energy, mus[j], kts[j]))
    with shared_spectrum(conductor, point, options) as spectrum:
        return integrate(spectrum, ReservoirSets(mus[:, None], kts[:, None]), average, options)


def _modulation(volts: float) -> tuple[np.ndarray, np.ndarray]:
    """Voltages of the modulation, and their weights, once all and once every second (…, 2 × points).

    Gauss–Chebyshev quadrature of the second kind with 63 points, of which those with 31 are a part.
    """
    if volts == 0:
        return np.zeros(1), np.ones((2, 1))
    angle = np.pi * np.arange(1, _FINE + 1) / (_FINE + 1)
    fine = 2 / (_FINE + 1) * np.sin(angle) ** 2
    coarse = np.where(np.arange(1, _FINE + 1) % 2 == 0, 2 * fine, 0.0)
    return np.sqrt(2) * volts * np.cos(angle), np.array([fine, coarse])


def _two_leads(conductor: Any) -> tuple[str, str]:
    """(out, in) of a conductor with two leads."""
    if len(leads_of(conductor)) != 2:
        raise InputError(
            f"conductance_map: a bias is between two leads, and the conductor has {len(conductor.leads)}; for others "
            "use sharvin.steady_state, or sharvin.dephased for those that are dephasing probes"
        )
    return lead_pair(conductor, None, None)


def _one(name: str, value: Any, *, minimum: float | None = None) -> float:
    """One number of a physical axis."""
    found = axis(name, value, minimum=minimum)
    if found.ndim:
        raise InputError(f"conductance_map: {name} must be one number; sweep bias, gate and parameters")
    return float(found)
