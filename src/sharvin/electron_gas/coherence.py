"""How far interference reaches: temperature and dephasing."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..constants import BOLTZMANN, HBAR
from .quantities import one_of, plain, read


def thermal_energy(temperature: ArrayLike) -> Any:
    """k_BT.

    Parameters
    ----------
    temperature
        T in K.

    Returns
    -------
    float or numpy.ndarray
        In eV.

    Raises
    ------
    InputError
        For a negative temperature.

    Notes
    -----
    −∂f/∂E is 3.5 k_BT wide at half its height.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(1e6 * sv.electron_gas.thermal_energy(4.2), 1)                # µeV
    361.9
    """
    (T,) = read("thermal_energy", any_temperature=temperature)
    return plain(BOLTZMANN * T)


def thermal_length(
    temperature: ArrayLike,
    *,
    velocity: ArrayLike | None = None,
    diffusion_constant: ArrayLike | None = None,
) -> Any:
    """L_T = ħv/2πk_BT of ballistic paths, or √(ħD/2πk_BT) of diffusive ones; give v or D.

    It is how far an electron comes in the time ħ/2πk_BT. Waves whose ballistic paths differ by L, averaged over the
    energies of −∂f/∂E, interfere with the amplitude x/sinh x, x = L/2L_T, which falls as e^(−L/2L_T).

    Parameters
    ----------
    temperature
        T in K, above zero.
    velocity
        v in m/s: ballistic.
    diffusion_constant
        D in m²/s: diffusive.

    Returns
    -------
    float or numpy.ndarray
        In nm.

    Raises
    ------
    InputError
        For what is not positive; for both, or neither, of v and D.

    Notes
    -----
    Definitions differ by factors: C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), have
    √(ħD/k_BT), which is √(2π) times this.

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.thermal_length(1.0, velocity=2.4e5))
    292
    >>> round(sv.electron_gas.thermal_length(1.0, diffusion_constant=0.014))
    130
    """
    if one_of("thermal_length", velocity=velocity, diffusion_constant=diffusion_constant) == "velocity":
        T, v = read("thermal_length", temperature=temperature, velocity=velocity)
        return plain(1e9 * v * HBAR / (2 * np.pi * BOLTZMANN * T))
    T, D = read("thermal_length", temperature=temperature, diffusion_constant=diffusion_constant)
    return plain(1e9 * np.sqrt(D * HBAR / (2 * np.pi * BOLTZMANN * T)))


def dephasing_length(
    time: ArrayLike, *, velocity: ArrayLike | None = None, diffusion_constant: ArrayLike | None = None
) -> Any:
    """L_φ = vτ_φ of ballistic paths, or √(Dτ_φ) of diffusive ones; give v or D.

    Parameters
    ----------
    time
        τ_φ in s.
    velocity
        v in m/s: ballistic, for τ_φ shorter than the scattering time.
    diffusion_constant
        D in m²/s: diffusive.

    Returns
    -------
    float or numpy.ndarray
        In nm.

    Raises
    ------
    InputError
        For what is not positive; for both, or neither, of v and D.

    Notes
    -----
    B. L. Altshuler, A. G. Aronov and D. E. Khmelnitsky, J. Phys. C 15, 7367 (1982).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.dephasing_length(1e-11, velocity=2.4e5))
    2400
    >>> round(sv.electron_gas.dephasing_length(1e-11, diffusion_constant=0.014))
    374
    """
    if one_of("dephasing_length", velocity=velocity, diffusion_constant=diffusion_constant) == "velocity":
        tau, v = read("dephasing_length", time=time, velocity=velocity)
        return plain(1e9 * v * tau)
    tau, D = read("dephasing_length", time=time, diffusion_constant=diffusion_constant)
    return plain(1e9 * np.sqrt(D * tau))


def dephasing_rate(time: ArrayLike) -> Any:
    """η = ħ/2τ_φ: a self-energy −iη lets the probability of a coherent wave decay as e^(−t/τ_φ).

    Parameters
    ----------
    time
        τ_φ in s.

    Returns
    -------
    float or numpy.ndarray
        In eV.

    Raises
    ------
    InputError
        For what is not positive.

    Notes
    -----
    J. L. D'Amato and H. M. Pastawski, Phys. Rev. B 41, 7411 (1990).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(1e6 * sv.electron_gas.dephasing_rate(1e-11), 1)              # µeV
    32.9
    """
    (tau,) = read("dephasing_rate", time=time)
    return plain(HBAR / (2 * tau))
