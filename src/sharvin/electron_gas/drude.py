"""Mobility, mean free path, diffusion and resistance: one scattering time, of momentum."""

from typing import Any

from numpy.typing import ArrayLike

from ..constants import ELEMENTARY_CHARGE, HBAR, HBAR2_OVER_2M
from .fermi_sea import velocity_of, wavevector
from .quantities import plain, read

#: 1 cm² in nm².
_CM2 = 1e14


def scattering_time(mobility: ArrayLike, mass: ArrayLike) -> Any:
    """τ = μm/e, between collisions that turn the momentum (the transport time, not the shorter one of a state).

    Parameters
    ----------
    mobility
        μ in cm²/(V s).
    mass
        m in electron masses.

    Returns
    -------
    float or numpy.ndarray
        In s.

    Raises
    ------
    InputError
        For what is not positive.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), section 4 and table I.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(1e12 * sv.electron_gas.scattering_time(mobility=1e6, mass=0.067), 1)      # ps
    38.1
    """
    mu, m = read("scattering_time", mobility=mobility, mass=mass)
    return plain(_CM2 * mu * m * HBAR**2 / (2 * HBAR2_OVER_2M))


def mean_free_path(
    mobility: ArrayLike,
    density: ArrayLike,
    *,
    dimension: int = 2,
    spin_degeneracy: int = 2,
    valley_degeneracy: int = 1,
) -> Any:
    """ℓ = v_F τ = ħ k_F μ/e, whatever the mass.

    Parameters
    ----------
    mobility
        μ in cm²/(V s).
    density
        n in nm⁻² (nm⁻¹, nm⁻³).
    dimension, spin_degeneracy, valley_degeneracy
        As of `fermi_wavevector`.

    Returns
    -------
    float or numpy.ndarray
        In nm.

    Raises
    ------
    InputError
        For what is not positive, and as `fermi_wavevector`.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), table I.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.mean_free_path(mobility=1e6, density=3e11 * sv.electron_gas.per_cm2))
    9037
    """
    mu, n = read("mean_free_path", mobility=mobility, density=density)
    k = wavevector("mean_free_path", n, dimension, spin_degeneracy, valley_degeneracy)
    return plain(HBAR * _CM2 * mu * k)


def mobility(
    mean_free_path: ArrayLike,
    density: ArrayLike,
    *,
    dimension: int = 2,
    spin_degeneracy: int = 2,
    valley_degeneracy: int = 1,
) -> Any:
    """μ = eℓ/ħk_F, the inverse of `mean_free_path`.

    Parameters
    ----------
    mean_free_path
        ℓ in nm.
    density
        n in nm⁻² (nm⁻¹, nm⁻³).
    dimension, spin_degeneracy, valley_degeneracy
        As of `fermi_wavevector`.

    Returns
    -------
    float or numpy.ndarray
        In cm²/(V s).

    Raises
    ------
    InputError
        For what is not positive, and as `fermi_wavevector`.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), table I.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.mobility(mean_free_path=1000, density=3e11 * sv.electron_gas.per_cm2) / 1e5, 3)
    1.107
    """
    path, n = read("mobility", mean_free_path=mean_free_path, density=density)
    k = wavevector("mobility", n, dimension, spin_degeneracy, valley_degeneracy)
    return plain(path / (HBAR * k) / _CM2)


def diffusion_constant(
    mobility: ArrayLike,
    density: ArrayLike,
    mass: ArrayLike,
    *,
    dimension: int = 2,
    spin_degeneracy: int = 2,
    valley_degeneracy: int = 1,
) -> Any:
    """D = v_F²τ/d = v_F ℓ/d at T = 0.

    Parameters
    ----------
    mobility
        μ in cm²/(V s).
    density
        n in nm⁻² (nm⁻¹, nm⁻³).
    mass
        m in electron masses.
    dimension, spin_degeneracy, valley_degeneracy
        As of `fermi_wavevector`.

    Returns
    -------
    float or numpy.ndarray
        In m²/s.

    Raises
    ------
    InputError
        For what is not positive, and as `fermi_wavevector`.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), section 4. With Einstein's relation
    σ = e²νD, ν the density of states, it is Drude's σ = neμ.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.diffusion_constant(1e6, 4e11 * sv.electron_gas.per_cm2, mass=0.067), 2)
    1.43
    """
    mu, n, m = read("diffusion_constant", mobility=mobility, density=density, mass=mass)
    k = wavevector("diffusion_constant", n, dimension, spin_degeneracy, valley_degeneracy)
    return plain(velocity_of(k, m) * HBAR * _CM2 * mu * k * 1e-9 / dimension)


def conductivity(density: ArrayLike, mobility: ArrayLike) -> Any:
    """σ = neμ of a two-dimensional gas without a field, for each square.

    Parameters
    ----------
    density
        n in nm⁻².
    mobility
        μ in cm²/(V s).

    Returns
    -------
    float or numpy.ndarray
        In S.

    Raises
    ------
    InputError
        For what is not positive.

    Notes
    -----
    P. Drude, Ann. Phys. 306, 566 (1900).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(1e3 * sv.electron_gas.conductivity(3e11 * sv.electron_gas.per_cm2, mobility=1e6), 2)     # mS
    48.07
    """
    n, mu = read("conductivity", density=density, mobility=mobility)
    return plain(n * ELEMENTARY_CHARGE * _CM2 * mu)


def sheet_resistance(density: ArrayLike, mobility: ArrayLike) -> Any:
    """R = 1/neμ of a square of a two-dimensional gas.

    Parameters
    ----------
    density
        n in nm⁻².
    mobility
        μ in cm²/(V s).

    Returns
    -------
    float or numpy.ndarray
        In Ω.

    Raises
    ------
    InputError
        For what is not positive.

    Notes
    -----
    P. Drude, Ann. Phys. 306, 566 (1900).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.sheet_resistance(3e11 * sv.electron_gas.per_cm2, mobility=1e6), 2)
    20.81
    """
    n, mu = read("sheet_resistance", density=density, mobility=mobility)
    return plain(1 / (n * ELEMENTARY_CHARGE * _CM2 * mu))
