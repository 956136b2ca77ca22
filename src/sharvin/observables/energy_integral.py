"""Integrals over energy of transmissions with thermal weights, many at once from one sampled spectrum.

Each integral belongs to a set of reservoirs (`reservoir_sets`). Its energies reach ± `Options.window` · k_BT around
each μ, and between the smallest and the largest μ; where what lies beyond might count, the window is widened. The
spectrum is sampled once for all of them (`spectrum`), and panels are divided until every integral has its tolerance.
Energies are floats, rounded at 1e-16 |μ|: what that brings stands in the errors, and a k_BT that is too small beside μ
to be seen at all (`resolved`) is zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import NotConverged
from ..options import Options
from .integrands import Integrand
from .intervals import merged
from .quadrature import Sums
from .reservoir_sets import ReservoirSets
from .spectrum import TransmissionSpectrum

_FLOOR = 1e-10  # values this much smaller than the largest of their pass are absolute, not relative
_WIDEN, _WIDEST = 1.5, 3.0  # steps in which a window that cuts off too much is widened, and how far


@dataclass(frozen=True, eq=False)
class IntegralResult:
    """Values and errors, shape (integrals, outputs), and what they rest upon.

    Attributes
    ----------
    values, errors
        (integrals, outputs).
    evaluations, reused
        Scattering matrices computed since the spectrum began to serve (`TransmissionSpectrum.begin`), and those on the
        panels of this result that were there before.
    unitarity_error
        The worst of the scattering matrices.
    spin_degeneracy
        g_s.
    """

    values: np.ndarray
    errors: np.ndarray
    evaluations: int
    unitarity_error: float
    spin_degeneracy: int
    reused: int = 0


def common_degeneracy(found: Sequence[Any]) -> int | str:
    """g_s of all results, for the attributes of a sweep; a sweep may be over g_s itself."""
    values = sorted({result.spin_degeneracy for result in found})
    return int(values[0]) if len(values) == 1 else "swept: " + ", ".join(str(value) for value in values)


def integrate(
    spectrum: TransmissionSpectrum, reservoirs: ReservoirSets, integrand: Integrand, options: Options
) -> IntegralResult:
    """∫ integrand dE for every set of reservoirs.

    Parameters
    ----------
    spectrum
        Of a conductor at one set of parameters; it grows as needed.
    reservoirs
        Of each integral.
    integrand
        Linear in the transmissions.
    options
        `rtol` is relative to ∫|integrand| dE, so that values that cancel to zero have an honest error.

    Raises
    ------
    NotConverged
        If the panels exceed `max_subdivisions`; the message gives the error reached.
    """
    width = options.window
    while True:
        intervals = merged(zip(*(ends.tolist() for ends in reservoirs.window(width)), strict=True))
        if not intervals:
            nothing = np.zeros((len(reservoirs), integrand.outputs))
            return IntegralResult(nothing, nothing, 0, 0.0, spectrum.spin_degeneracy)
        spectrum.cover(intervals, reservoirs.first_breaks())
        sums = _converged(spectrum, reservoirs, integrand, width, options)
        beyond = _beyond(spectrum, reservoirs, integrand, width)
        small = (beyond <= _tolerance(sums.sizes, options)).all()
        if small or width > _WIDEST * options.window or not sums.sizes.any():
            break
        width *= _WIDEN
    errors = sums.errors + sums.noise + beyond + reservoirs.coarseness() * sums.sizes
    return IntegralResult(
        sums.values,
        errors,
        spectrum.evaluations,
        spectrum.unitarity_error,
        spectrum.spin_degeneracy,
        spectrum.reused(intervals),
    )


def on_present_panels(
    spectrum: TransmissionSpectrum, reservoirs: ReservoirSets, integrand: Integrand, options: Options
) -> np.ndarray:
    """∫ integrand dE, (integrals, outputs), without sampling anything more: for derivatives that guide a search."""
    return Sums(spectrum, reservoirs, integrand, options.window).values


def _converged(
    spectrum: TransmissionSpectrum,
    reservoirs: ReservoirSets,
    integrand: Integrand,
    width: float,
    options: Options,
) -> Sums:
    """The integrals on panels divided until the errors are small, and compared with S where windows are narrow."""
    _refined(sums := Sums(spectrum, reservoirs, integrand, width), spectrum, options)
    while len(energies := reservoirs.doubtful(spectrum)):
        spectrum.doubt(energies)
        sums.update()
        _refined(sums, spectrum, options)
    return sums


def _refined(sums: Sums, spectrum: TransmissionSpectrum, options: Options) -> None:
    """Divide panels until every integral has its tolerance."""
    while True:
        errors, tolerance = sums.errors, _tolerance(sums.sizes, options) + sums.noise
        failing = errors > tolerance
        if not failing.any():
            return
        excess = sums.insufficient(failing, tolerance)
        bad = excess > 1
        if not bad.any() or len(spectrum.panels) > options.max_subdivisions:
            worst = np.max(errors / np.maximum(sums.sizes, 1e-300))
            remedy = (
                "loosen Options(rtol=…), or raise max_subdivisions"
                if bad.any()
                else "what is left is as narrow as floats allow: loosen Options(rtol=…), raise the temperature (0 is "
                "exact), or move mu a little"
            )
            raise NotConverged(
                f"an energy integral reached a relative error of {worst:.1e} on {len(spectrum.panels)} panels, not the "
                f"tolerance {options.rtol:.1e}; {remedy}"
            )
        spectrum.refine(excess)
        sums.update()


def _tolerance(sizes: np.ndarray, options: Options) -> np.ndarray:
    return options.rtol * np.maximum(sizes, _FLOOR * sizes.max(initial=0.0))


def _beyond(
    spectrum: TransmissionSpectrum, reservoirs: ReservoirSets, integrand: Integrand, width: float
) -> np.ndarray:
    """A bound on what lies outside the windows, where weights fall as e^(−|E−μ|/k_BT), T as at the end, or 1."""
    bound = np.zeros((len(reservoirs), integrand.outputs))
    low, high = reservoirs.window(width)
    every = np.arange(len(reservoirs))
    for end in (low, high) if reservoirs.bottom is None else (high,):
        largest = np.maximum(spectrum.at_energy(end), 1.0)
        bound += reservoirs.thermal_energy.max(axis=1)[:, None] * integrand.change(end, largest, every)
    return 2 * bound
