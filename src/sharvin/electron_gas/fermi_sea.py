"""Density, Fermi wavevector, energy and velocity of electrons in one, two or three dimensions."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..constants import HBAR, HBAR2_OVER_2M
from ..errors import InputError
from ..reals import shown
from .quantities import copies, plain, read

#: Length, area, volume of the unit ball.
_BALL = {1: 2.0, 2: np.pi, 3: 4 * np.pi / 3}


def fermi_wavevector(
    density: ArrayLike, *, dimension: int = 2, spin_degeneracy: int = 2, valley_degeneracy: int = 1
) -> Any:
    """k_F from n = g_s g_v Ω_d (k_F/2π)^d, Ω = 2, π, 4π/3: in two dimensions k_F = √(4πn/g_s g_v).

    Parameters
    ----------
    density
        n in nm⁻² (nm⁻¹ in one dimension, nm⁻³ in three), a number or an array; `per_cm2` converts.
    dimension
        1, 2 or 3.
    spin_degeneracy, valley_degeneracy
        g_s and g_v.

    Returns
    -------
    float or numpy.ndarray
        In nm⁻¹.

    Raises
    ------
    InputError
        For a density that is not positive, or beyond 10⁴ nm⁻² (it was in cm⁻²), another dimension or degeneracy.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), table I.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.fermi_wavevector(3e11 * sv.electron_gas.per_cm2), 5)
    0.13729
    """
    (n,) = read("fermi_wavevector", density=density)
    return plain(wavevector("fermi_wavevector", n, dimension, spin_degeneracy, valley_degeneracy))


def fermi_wavelength(
    density: ArrayLike, *, dimension: int = 2, spin_degeneracy: int = 2, valley_degeneracy: int = 1
) -> Any:
    """λ_F = 2π/k_F, in nm.

    Parameters
    ----------
    density, dimension, spin_degeneracy, valley_degeneracy
        As of `fermi_wavevector`.

    Returns
    -------
    float or numpy.ndarray
        In nm.

    Raises
    ------
    InputError
        As `fermi_wavevector`.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), table I.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.fermi_wavelength(3e11 * sv.electron_gas.per_cm2), 2)
    45.76
    """
    (n,) = read("fermi_wavelength", density=density)
    k = wavevector("fermi_wavelength", n, dimension, spin_degeneracy, valley_degeneracy)
    return plain(2 * np.pi / k)


def fermi_energy(
    density: ArrayLike,
    mass: ArrayLike,
    *,
    dimension: int = 2,
    spin_degeneracy: int = 2,
    valley_degeneracy: int = 1,
) -> Any:
    """E_F = ħ²k_F²/2m above the bottom of a parabolic band, at T = 0: in two dimensions 2πħ²n/(g_s g_v m).

    Parameters
    ----------
    density
        n in nm⁻² (nm⁻¹, nm⁻³).
    mass
        m in electron masses.
    dimension, spin_degeneracy, valley_degeneracy
        As of `fermi_wavevector`.

    Returns
    -------
    float or numpy.ndarray
        In eV.

    Raises
    ------
    InputError
        For what is not positive, shapes that do not go together, and as `fermi_wavevector`.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), table I.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(1e3 * sv.electron_gas.fermi_energy(3e11 * sv.electron_gas.per_cm2, mass=0.067), 2)      # meV
    10.72
    """
    n, m = read("fermi_energy", density=density, mass=mass)
    k = wavevector("fermi_energy", n, dimension, spin_degeneracy, valley_degeneracy)
    return plain(HBAR2_OVER_2M * k**2 / m)


def density(
    fermi_energy: ArrayLike,
    mass: ArrayLike,
    *,
    dimension: int = 2,
    spin_degeneracy: int = 2,
    valley_degeneracy: int = 1,
) -> Any:
    """n of a parabolic band filled up to E_F, the inverse of `fermi_energy`: in two dimensions g_s g_v m E_F/2πħ².

    Parameters
    ----------
    fermi_energy
        E_F in eV, from the bottom of the band.
    mass
        m in electron masses.
    dimension, spin_degeneracy, valley_degeneracy
        As of `fermi_wavevector`.

    Returns
    -------
    float or numpy.ndarray
        In nm⁻² (nm⁻¹ in one dimension, nm⁻³ in three).

    Raises
    ------
    InputError
        For what is not positive, another dimension or degeneracy.

    Notes
    -----
    T. Ando, A. B. Fowler and F. Stern, Rev. Mod. Phys. 54, 437 (1982).

    Examples
    --------
    One meV of GaAs holds 2.8·10¹⁰ electrons in a cm²:

    >>> import sharvin as sv
    >>> round(sv.electron_gas.density(1e-3, mass=0.067) / sv.electron_gas.per_cm2 / 1e10, 2)
    2.8
    """
    E, m = read("density", fermi_energy=fermi_energy, mass=mass)
    g, d = copies("density", spin_degeneracy, valley_degeneracy), _dimension("density", dimension)
    k = np.sqrt(E * m / HBAR2_OVER_2M)
    return plain(g * _BALL[d] * (k / (2 * np.pi)) ** d)


def fermi_velocity(
    density: ArrayLike,
    mass: ArrayLike,
    *,
    dimension: int = 2,
    spin_degeneracy: int = 2,
    valley_degeneracy: int = 1,
) -> Any:
    """v_F = ħk_F/m, in m/s.

    Parameters
    ----------
    density
        n in nm⁻² (nm⁻¹, nm⁻³).
    mass
        m in electron masses.
    dimension, spin_degeneracy, valley_degeneracy
        As of `fermi_wavevector`.

    Returns
    -------
    float or numpy.ndarray
        In m/s.

    Raises
    ------
    InputError
        As `fermi_energy`.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), table I.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.fermi_velocity(3e11 * sv.electron_gas.per_cm2, mass=0.067) / 1e5, 3)
    2.372
    """
    n, m = read("fermi_velocity", density=density, mass=mass)
    k = wavevector("fermi_velocity", n, dimension, spin_degeneracy, valley_degeneracy)
    return plain(velocity_of(k, m))


def dirac_fermi_energy(
    density: ArrayLike, velocity: ArrayLike = 1e6, *, spin_degeneracy: int = 2, valley_degeneracy: int = 2
) -> Any:
    """E_F = ħ v k_F of graphene, with k_F = √(4πn/g_s g_v) = √(πn), counted from the Dirac point.

    Parameters
    ----------
    density
        n in nm⁻², of electrons, or of holes, whose energy is −E_F.
    velocity
        v in m/s.
    spin_degeneracy, valley_degeneracy
        g_s and g_v.

    Returns
    -------
    float or numpy.ndarray
        In eV.

    Raises
    ------
    InputError
        For what is not positive, and as `fermi_wavevector`.

    Notes
    -----
    A. H. Castro Neto et al., Rev. Mod. Phys. 81, 109 (2009).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(1e3 * sv.electron_gas.dirac_fermi_energy(1e12 * sv.electron_gas.per_cm2), 1)            # meV
    116.7
    """
    n, v = read("dirac_fermi_energy", density=density, velocity=velocity)
    k = wavevector("dirac_fermi_energy", n, 2, spin_degeneracy, valley_degeneracy)
    return plain(HBAR * 1e9 * v * k)


def dirac_density(
    fermi_energy: ArrayLike,
    velocity: ArrayLike = 1e6,
    *,
    spin_degeneracy: int = 2,
    valley_degeneracy: int = 2,
) -> Any:
    """n = g_s g_v E_F²/4π(ħv)² of graphene, the inverse of `dirac_fermi_energy`.

    Parameters
    ----------
    fermi_energy
        |E_F| in eV, counted from the Dirac point.
    velocity
        v in m/s.
    spin_degeneracy, valley_degeneracy
        g_s and g_v.

    Returns
    -------
    float or numpy.ndarray
        In nm⁻².

    Raises
    ------
    InputError
        For what is not positive, or another degeneracy.

    Notes
    -----
    A. H. Castro Neto et al., Rev. Mod. Phys. 81, 109 (2009).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.dirac_density(0.1) / sv.electron_gas.per_cm2 / 1e11, 2)
    7.35
    """
    E, v = read("dirac_density", fermi_energy=fermi_energy, velocity=velocity)
    g = copies("dirac_density", spin_degeneracy, valley_degeneracy)
    return plain(g / (4 * np.pi) * (E / (HBAR * 1e9 * v)) ** 2)


def _dimension(function: str, dimension: Any) -> int:
    if isinstance(dimension, bool) or not isinstance(dimension, (int, np.integer)) or dimension not in _BALL:
        raise InputError(f"{function}: dimension must be 1, 2 or 3, got {shown(dimension)}")
    return int(dimension)


def wavevector(
    function: str, density: np.ndarray, dimension: Any, spin_degeneracy: Any, valley_degeneracy: Any
) -> np.ndarray:
    """k_F in nm⁻¹, for a function by whose name errors are called."""
    g, d = copies(function, spin_degeneracy, valley_degeneracy), _dimension(function, dimension)
    return 2 * np.pi * (density / (g * _BALL[d])) ** (1 / d)


def velocity_of(k: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """ħk/m in m/s."""
    return 1e-9 * 2 * HBAR2_OVER_2M / HBAR * k / mass
