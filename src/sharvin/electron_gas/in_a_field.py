"""An electron gas in a magnetic field: Hall effect, cyclotron motion, Landau levels, spin splitting."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..constants import BOHR_MAGNETON, E2_OVER_H, FLUX_QUANTUM, HBAR, HBAR2_OVER_2M
from ..errors import InputError
from ..reals import shown
from .fermi_sea import wavevector
from .quantities import plain, read


def hall_resistance(density: ArrayLike, field: ArrayLike) -> Any:
    """R_xy = B/ne of a two-dimensional gas, with the sign of B.

    Parameters
    ----------
    density
        n in nm⁻².
    field
        B in T, perpendicular.

    Returns
    -------
    float or numpy.ndarray
        In Ω; at filling factor ν, h/νe².

    Raises
    ------
    InputError
        For a density that is not positive, or what is no number.

    Notes
    -----
    E. H. Hall, Am. J. Math. 2, 287 (1879).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.hall_resistance(3e11 * sv.electron_gas.per_cm2, field=1.0), 1)
    2080.5
    """
    n, B = read("hall_resistance", density=density, any_field=field)
    return plain(B / (n * FLUX_QUANTUM) / E2_OVER_H)


def density_from_hall(resistance: ArrayLike, field: ArrayLike) -> Any:
    """n = |B/eR_xy|, the inverse of `hall_resistance`; signs, which tell how contacts are wired, are ignored.

    Parameters
    ----------
    resistance
        R_xy in Ω, in a field so low that it is proportional to it.
    field
        B in T, perpendicular.

    Returns
    -------
    float or numpy.ndarray
        In nm⁻².

    Raises
    ------
    InputError
        For a resistance or a field of zero.

    Notes
    -----
    E. H. Hall, Am. J. Math. 2, 287 (1879).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.density_from_hall(2080.5, field=1.0) / sv.electron_gas.per_cm2 / 1e11, 3)
    3.0
    """
    R, B = read("density_from_hall", resistance=resistance, field=field)
    return plain(np.abs(B / R) / (FLUX_QUANTUM * E2_OVER_H))


def magnetic_length(field: ArrayLike) -> Any:
    """ℓ_B = √(ħ/e|B|).

    Parameters
    ----------
    field
        B in T.

    Returns
    -------
    float or numpy.ndarray
        In nm.

    Raises
    ------
    InputError
        For a field of zero, where it is infinite.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), section 4.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.magnetic_length(1.0), 3)
    25.656
    """
    (B,) = read("magnetic_length", field=field)
    return plain(np.sqrt(FLUX_QUANTUM / (2 * np.pi * np.abs(B))))


def cyclotron_radius(
    density: ArrayLike, field: ArrayLike, *, spin_degeneracy: int = 2, valley_degeneracy: int = 1
) -> Any:
    """r_c = ħk_F/e|B| = k_F ℓ_B², of electrons at the Fermi energy in a plane; in graphene too, with g_v = 2.

    Parameters
    ----------
    density
        n in nm⁻².
    field
        B in T, perpendicular.
    spin_degeneracy, valley_degeneracy
        g_s and g_v.

    Returns
    -------
    float or numpy.ndarray
        In nm.

    Raises
    ------
    InputError
        For a density that is not positive, a field of zero, and as `fermi_wavevector`.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), table I.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.cyclotron_radius(3e11 * sv.electron_gas.per_cm2, field=1.0), 1)
    90.4
    """
    n, B = read("cyclotron_radius", density=density, field=field)
    k = wavevector("cyclotron_radius", n, 2, spin_degeneracy, valley_degeneracy)
    return plain(k * FLUX_QUANTUM / (2 * np.pi * np.abs(B)))


def cyclotron_energy(mass: ArrayLike, field: ArrayLike) -> Any:
    """ħω_c = ħe|B|/m, the distance of Landau levels of a parabolic band.

    Parameters
    ----------
    mass
        m in electron masses.
    field
        B in T, perpendicular.

    Returns
    -------
    float or numpy.ndarray
        In eV.

    Raises
    ------
    InputError
        For a mass that is not positive, or what is no number.

    Notes
    -----
    L. Landau, Z. Phys. 64, 629 (1930).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(1e3 * sv.electron_gas.cyclotron_energy(mass=0.067, field=1.0), 3)        # meV
    1.728
    """
    m, B = read("cyclotron_energy", mass=mass, any_field=field)
    return plain(4 * np.pi * HBAR2_OVER_2M / m * np.abs(B) / FLUX_QUANTUM)


def filling_factor(density: ArrayLike, field: ArrayLike) -> Any:
    """ν = nh/e|B|, filled Landau levels counted with spin and valley.

    Parameters
    ----------
    density
        n in nm⁻².
    field
        B in T, perpendicular.

    Returns
    -------
    float or numpy.ndarray
        Dimensionless.

    Raises
    ------
    InputError
        For a density that is not positive, or a field of zero.

    Notes
    -----
    K. von Klitzing, G. Dorda and M. Pepper, Phys. Rev. Lett. 45, 494 (1980).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.filling_factor(3e11 * sv.electron_gas.per_cm2, field=6.2), 2)
    2.0
    """
    n, B = read("filling_factor", density=density, field=field)
    return plain(n * FLUX_QUANTUM / np.abs(B))


def landau_levels(index: ArrayLike, mass: ArrayLike, field: ArrayLike) -> Any:
    """E_N = ħω_c (N + 1/2), from the bottom of a parabolic band, without spin.

    Parameters
    ----------
    index
        N = 0, 1, 2, …, a number or an array.
    mass
        m in electron masses.
    field
        B in T, perpendicular.

    Returns
    -------
    float or numpy.ndarray
        In eV.

    Raises
    ------
    InputError
        For an index that is negative or not whole, a mass that is not positive.

    Notes
    -----
    L. Landau, Z. Phys. 64, 629 (1930).

    Examples
    --------
    >>> import sharvin as sv
    >>> (1e3 * sv.electron_gas.landau_levels([0, 1, 2], mass=0.067, field=1.0)).round(3)        # meV
    array([0.864, 2.592, 4.32 ])
    """
    N, m, B = read("landau_levels", index=index, mass=mass, any_field=field)
    _check_whole("landau_levels", N, negative=False)
    return plain((N + 0.5) * cyclotron_energy(m, B))


def dirac_landau_levels(index: ArrayLike, field: ArrayLike, velocity: ArrayLike = 1e6) -> Any:
    """E_N = sgn(N) v √(2eħ|B N|) of graphene, from the Dirac point.

    Parameters
    ----------
    index
        N = …, −1, 0, 1, …, a number or an array.
    field
        B in T, perpendicular.
    velocity
        v in m/s.

    Returns
    -------
    float or numpy.ndarray
        In eV.

    Raises
    ------
    InputError
        For an index that is not whole, a velocity that is not positive.

    Notes
    -----
    A. H. Castro Neto et al., Rev. Mod. Phys. 81, 109 (2009), section II.I.

    Examples
    --------
    >>> import sharvin as sv
    >>> (1e3 * sv.electron_gas.dirac_landau_levels([-1, 0, 1, 2], field=1.0)).round(2)          # meV
    array([-36.28,   0.  ,  36.28,  51.31])
    """
    N, B, v = read("dirac_landau_levels", index=index, any_field=field, velocity=velocity)
    _check_whole("dirac_landau_levels", N, negative=True)
    return plain(np.sign(N) * HBAR * 1e9 * v * np.sqrt(4 * np.pi * np.abs(B * N) / FLUX_QUANTUM))


def zeeman_energy(g_factor: ArrayLike, field: ArrayLike) -> Any:
    """g μ_B B, the full splitting of the two spins, with the signs of g and B.

    Parameters
    ----------
    g_factor
        g, −0.44 in GaAs.
    field
        B in T, in any direction.

    Returns
    -------
    float or numpy.ndarray
        In eV; what `zeeman` of `SaddlePoint` takes.

    Raises
    ------
    InputError
        For what is no number.

    Notes
    -----
    C. Weisbuch and C. Hermann, Phys. Rev. B 15, 816 (1977), for GaAs.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(1e6 * sv.electron_gas.zeeman_energy(-0.44, field=1.0), 2)                # µeV
    -25.47
    """
    g, B = read("zeeman_energy", g_factor=g_factor, any_field=field)
    return plain(g * BOHR_MAGNETON * B)


def _check_whole(function: str, index: np.ndarray, *, negative: bool) -> None:
    if (index != np.round(index)).any() or (not negative and (index < 0).any()):
        kinds = "whole numbers" if negative else "whole numbers from 0"
        raise InputError(f"{function}: index must be {kinds}, got {shown(index.tolist())}")
