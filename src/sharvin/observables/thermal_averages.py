"""Averages of transmissions with −∂f/∂E over many μ and temperatures, from one spectrum; exact at T = 0."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..constants import BOLTZMANN
from ..options import Options
from ..scattering import transmissions
from .energy_integral import IntegralResult, integrate
from .integrands import Integrand
from .reservoir_sets import ReservoirSets, resolved
from .shared_spectra import shared_spectrum


def thermal_average(
    conductor: Any,
    params: Mapping[str, Any],
    mus: np.ndarray,
    temperatures: np.ndarray,
    average: Callable[[np.ndarray, np.ndarray], Integrand],
    cold: Callable[[np.ndarray], np.ndarray],
    options: Options,
) -> IntegralResult:
    """Values and errors at one set of parameters, over temperature and mu, (temperatures, mus, outputs).

    `average` gives the integrand for the μ and k_BT (integrals,) of the warm ones, `cold` its value at T = 0 from
    transmissions (n, leads, leads).
    """
    kt, mu = np.broadcast_arrays(
        BOLTZMANN * np.atleast_1d(temperatures)[:, None], np.atleast_1d(mus)[None, :]
    )
    kt = resolved(mu, kt)
    is_cold = kt == 0
    count = average(mu[~is_cold], kt[~is_cold]).outputs
    values, errors = np.zeros((*kt.shape, count)), np.zeros((*kt.shape, count))
    unitarity, spin_degeneracy, evaluations, reused = 0.0, int(conductor.spin_degeneracy), 0, 0
    if is_cold.any():
        found = transmissions(conductor, np.atleast_1d(mus), options=options, **params)
        at_mu = cold(found.values)
        doubt = np.abs(cold(found.error)) + found.unitarity_error[:, None]
        values[is_cold] = np.broadcast_to(at_mu, values.shape)[is_cold]
        errors[is_cold] = np.broadcast_to(doubt, values.shape)[is_cold]
        unitarity, spin_degeneracy = float(found.unitarity_error.max()), found.spin_degeneracy
        evaluations = mus.size
    if not is_cold.all():
        warm_mu, warm_kt = mu[~is_cold], kt[~is_cold]
        with shared_spectrum(conductor, params, options) as spectrum:
            sets = ReservoirSets(warm_mu[:, None], warm_kt[:, None])
            result = integrate(spectrum, sets, average(warm_mu, warm_kt), options)
        values[~is_cold], errors[~is_cold] = result.values, result.errors
        unitarity = max(unitarity, result.unitarity_error)
        spin_degeneracy, reused = result.spin_degeneracy, result.reused
        evaluations += result.evaluations
    return IntegralResult(values, errors, evaluations, unitarity, spin_degeneracy, reused)
