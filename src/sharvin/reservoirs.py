"""Reservoirs: electrochemical potential, temperature, and the occupation that follows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from .constants import BOLTZMANN
from .errors import InputError
from .reals import NotReal, reals, shown


def fermi(energy: ArrayLike, mu: ArrayLike, thermal_energy: ArrayLike) -> np.ndarray:
    """Fermi–Dirac occupation f = 1/(1 + e^((E−μ)/k_BT)), broadcast over its arguments (all in eV).

    At k_BT = 0 it is the exact step, with 1/2 at E = μ. No argument overflows.

    >>> float(fermi(0.1, 0.1, 0.0)), float(fermi(1e6, 0.0, 1e-9)), float(fermi(-1e6, 0.0, 1e-9))
    (0.5, 0.0, 1.0)
    """
    distance, kt = np.asarray(energy) - np.asarray(mu), np.asarray(thermal_energy, dtype=float)
    cold = kt == 0
    with np.errstate(over="ignore"):
        smooth = expit(-distance / np.where(cold, 1.0, kt))
    return np.where(cold, np.heaviside(-distance, 0.5), smooth)


def fermi_difference(energy: ArrayLike, mu: np.ndarray, thermal_energy: np.ndarray) -> np.ndarray:
    """f_α − f of the last reservoir, over the last axis of μ and k_BT (in eV), to full relative accuracy.

    At one temperature f₁ − f₂ = f₂(1 − f₁)(e^{(μ₁ − μ₂)/k_BT} − 1), which does not cancel where μ₁ and μ₂ are close.

    >>> mu, kt = np.array([1e-12, 0.0]), np.array([0.025, 0.025])
    >>> round(float(fermi_difference(0.0, mu, kt)[0] / 1e-11), 12)
    1.0
    """
    f = fermi(energy, mu, thermal_energy)
    plain = f - f[..., -1:]
    alike = (thermal_energy == thermal_energy[..., -1:]) & (thermal_energy > 0)
    kt = np.where(alike, thermal_energy, 1.0)
    with np.errstate(over="ignore"):
        x, last = (np.asarray(energy) - mu) / kt, (np.asarray(energy) - mu[..., -1:]) / kt
    distance = np.where(alike, (mu - mu[..., -1:]) / kt, 0.0)
    # With the exponent that is negative: f₁ − f₂ = −f₁(1 − f₂)(e^{−(μ₁ − μ₂)/k_BT} − 1) too.
    up = -expit(-x) * expit(last) * np.expm1(-np.abs(distance))
    down = expit(-last) * expit(x) * np.expm1(-np.abs(distance))
    return np.where(alike, np.where(distance > 0, up, down), plain)


def thermal_weight(energy: ArrayLike, mu: ArrayLike, thermal_energy: ArrayLike) -> np.ndarray:
    """−∂f/∂E = f(1−f)/k_BT in 1/eV, for k_BT > 0, broadcast over its arguments (all in eV).

    >>> float(thermal_weight(0.0, 0.0, 0.025))
    10.0
    """
    kt = np.asarray(thermal_energy, dtype=float)
    with np.errstate(over="ignore"):
        x = (np.asarray(energy) - np.asarray(mu)) / kt
    return expit(x) * expit(-x) / kt


@dataclass(frozen=True)
class Reservoir:
    """An electron reservoir in equilibrium.

    Parameters
    ----------
    mu
        Electrochemical potential, in eV.
    temperature
        Temperature, in K. Zero is allowed and exact.

    Raises
    ------
    InputError
        For a negative temperature or a number that is not finite.

    Examples
    --------
    >>> import sharvin as sv
    >>> left = sv.Reservoir(mu=0.012, temperature=4.0)
    >>> float(left.occupation(0.012))
    0.5
    """

    mu: float
    temperature: float = 0.0

    def __post_init__(self) -> None:
        for name, unit in (("mu", "eV"), ("temperature", "K")):
            value = getattr(self, name)
            try:
                number = reals(value)
            except NotReal as reason:
                raise InputError(
                    f"reservoir: {name} must be one number in {unit}, got {shown(value)}: {reason}"
                ) from None
            if number.ndim:
                raise InputError(f"reservoir: {name} must be one number in {unit}, got shape {number.shape}")
            if not np.isfinite(number):
                raise InputError(f"reservoir: {name} must be a finite number in {unit}, got {value!r}")
            object.__setattr__(self, name, number.item())
        if self.temperature < 0:
            raise InputError(
                f"reservoir: temperature must not be negative, got {self.temperature} K; T = 0 is exact"
            )

    @property
    def thermal_energy(self) -> float:
        """k_BT, in eV."""
        return BOLTZMANN * self.temperature

    def occupation(self, energy: ArrayLike) -> np.ndarray:
        """Fermi–Dirac occupation at an energy or an array of energies, in eV; dimensionless, same shape."""
        try:
            return fermi(reals(energy), self.mu, self.thermal_energy)
        except NotReal as reason:
            raise InputError(
                f"reservoir: energy must be real, in eV, got {shown(energy)}: {reason}"
            ) from None


@dataclass(frozen=True)
class VoltageProbe:
    """A lead that draws no current: its electrochemical potential floats, its temperature is kept.

    An electron that enters leaves again later, with another energy and phase: inelastic scattering. (M. Büttiker,
    Phys. Rev. B 33, 3020 (1986).)

    Parameters
    ----------
    temperature
        In K. The heat that keeping it takes is among the results.

    Raises
    ------
    InputError
        For a negative temperature or a number that is not finite.

    Examples
    --------
    >>> import sharvin as sv
    >>> sv.VoltageProbe(temperature=0.1)
    VoltageProbe(temperature=0.1)
    """

    temperature: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "temperature", Reservoir(0.0, self.temperature).temperature)


@dataclass(frozen=True)
class ThermalProbe:
    """A lead that draws no heat: its temperature floats, and its potential too, drawing no current, unless it is given.

    What enters comes to thermal equilibrium with itself. (Ph. Jacquet, J. Stat. Phys. 134, 709 (2009).)

    Parameters
    ----------
    mu
        Electrochemical potential in eV, to which current may flow then; None floats.

    Raises
    ------
    InputError
        For a number that is not finite.

    Examples
    --------
    >>> import sharvin as sv
    >>> sv.ThermalProbe()
    ThermalProbe(mu=None)
    """

    mu: float | None = None

    def __post_init__(self) -> None:
        if self.mu is not None:
            object.__setattr__(self, "mu", Reservoir(self.mu).mu)


@dataclass(frozen=True)
class DephasingProbe:
    """A lead that draws no current at any energy: its occupation f(E) floats, and is in no equilibrium.

    What enters at an energy leaves at that energy with another phase: elastic dephasing. (M. J. M. de Jong and
    C. W. J. Beenakker, Physica A 230, 219 (1996).)

    Examples
    --------
    >>> import sharvin as sv
    >>> sv.DephasingProbe()
    DephasingProbe()
    """
