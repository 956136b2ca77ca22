"""The two-dimensional electron gas that the gates act on."""

from dataclasses import dataclass

import numpy as np

from ..constants import HBAR2_OVER_2M, VACUUM_PERMITTIVITY
from ..errors import InputError


@dataclass(frozen=True)
class ElectronGas:
    """A spin-degenerate two-dimensional electron gas with a parabolic band.

    Parameters
    ----------
    density
        Sheet density without gate voltage, in m⁻².
    mass
        Effective mass, in electron masses.
    permittivity
        Relative static permittivity of the semiconductor.
    depth
        Distance from the surface to the gas, in nm.

    Raises
    ------
    InputError
        For a value that is not positive.

    Examples
    --------
    >>> gas = ElectronGas(density=3e15, mass=0.067, permittivity=12.9, depth=90.0)
    >>> round(1e3 * gas.fermi_energy, 2), round(gas.bohr_radius, 2)     # meV, nm
    (10.72, 10.19)
    """

    density: float
    mass: float = 0.067
    permittivity: float = 12.9
    depth: float = 90.0

    def __post_init__(self) -> None:
        for name, unit in (("density", "m⁻²"), ("mass", "mₑ"), ("permittivity", "1"), ("depth", "nm")):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise InputError(
                    f"electron gas: {name} must be positive and finite, in {unit}, got {value!r}"
                )

    @property
    def hbar2_over_2m(self) -> float:
        """ħ²/2m*, in eV nm²."""
        return HBAR2_OVER_2M / self.mass

    @property
    def fermi_energy(self) -> float:
        """E_F = πħ²n/m*, in eV."""
        return 2 * np.pi * self.hbar2_over_2m * self.density * 1e-18

    @property
    def bohr_radius(self) -> float:
        """Effective Bohr radius a_B* = 4πε₀ε_r ħ²/(m*e²), in nm."""
        return 4 * np.pi * VACUUM_PERMITTIVITY * self.permittivity * 2 * self.hbar2_over_2m

    @property
    def thomas_fermi_wavenumber(self) -> float:
        """q_TF = m*e²/(2πε₀ε_r ħ²) = 2/a_B*, in 1/nm; about 0.2 in GaAs, whatever the density."""
        return 2 / self.bohr_radius
