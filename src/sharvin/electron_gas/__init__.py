"""The experimentalist's numbers of an electron gas: Fermi energy, mean free path, filling factor, lever arm, …

Functions of numbers or arrays, at zero temperature. Units are those of the package, and where papers quote others,
the papers':

- lengths in nm, energies in eV, temperatures in K, magnetic fields in T, resistances in Ω;
- densities in nm⁻² (nm⁻¹ in one dimension, nm⁻³ in three): ``3e11 * per_cm2`` is 3·10¹¹ cm⁻²;
- **mobilities in cm²/(V s)**, as in `sharvin.disorder_strength`;
- masses in electron masses, velocities in m/s, diffusion constants in m²/s, times in s.

The band is parabolic with one mass in all directions, in `spin_degeneracy` · `valley_degeneracy` equal copies.
Functions with ``dirac_`` in their names are for the linear bands of graphene. Scattering has one time.

>>> import sharvin as sv
>>> gas = sv.electron_gas
>>> n = 3e11 * gas.per_cm2
>>> round(1e3 * gas.fermi_energy(n, mass=0.067), 2)               # meV
10.72
>>> round(gas.mean_free_path(mobility=1e6, density=n))            # nm
9037
"""

from .coherence import dephasing_length, dephasing_rate, thermal_energy, thermal_length
from .drude import (
    conductivity,
    diffusion_constant,
    mean_free_path,
    mobility,
    scattering_time,
    sheet_resistance,
)
from .fermi_sea import (
    density,
    dirac_density,
    dirac_fermi_energy,
    fermi_energy,
    fermi_velocity,
    fermi_wavelength,
    fermi_wavevector,
)
from .gate_voltages import gate_voltage_to_energy, lever_arm
from .in_a_field import (
    cyclotron_energy,
    cyclotron_radius,
    density_from_hall,
    dirac_landau_levels,
    filling_factor,
    hall_resistance,
    landau_levels,
    magnetic_length,
    zeeman_energy,
)
from .quantities import per_cm2, per_m2

__all__ = [
    "conductivity",
    "cyclotron_energy",
    "cyclotron_radius",
    "density",
    "density_from_hall",
    "dephasing_length",
    "dephasing_rate",
    "diffusion_constant",
    "dirac_density",
    "dirac_fermi_energy",
    "dirac_landau_levels",
    "fermi_energy",
    "fermi_velocity",
    "fermi_wavelength",
    "fermi_wavevector",
    "filling_factor",
    "gate_voltage_to_energy",
    "hall_resistance",
    "landau_levels",
    "lever_arm",
    "magnetic_length",
    "mean_free_path",
    "mobility",
    "per_cm2",
    "per_m2",
    "scattering_time",
    "sheet_resistance",
    "thermal_energy",
    "thermal_length",
    "zeeman_energy",
]
