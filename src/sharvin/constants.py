"""Constants of nature in the package's units: eV, nm, K, T in; A, S, V, W, Ω out.

All come from ``scipy.constants`` (CODATA); none is typed in.
"""

from scipy import constants as _si

#: Elementary charge e > 0, in C; also J per eV.
ELEMENTARY_CHARGE: float = _si.e
#: Planck constant h, in eV s.
PLANCK: float = _si.h / _si.e
#: Reduced Planck constant ħ, in eV s.
HBAR: float = _si.hbar / _si.e
#: Boltzmann constant k_B, in eV/K.
BOLTZMANN: float = _si.k / _si.e
#: Bohr magneton μ_B, in eV/T.
BOHR_MAGNETON: float = _si.physical_constants["Bohr magneton in eV/T"][0]
#: ħ²/2mₑ with the free-electron mass, in eV nm².
HBAR2_OVER_2M: float = _si.hbar**2 / (2 * _si.m_e) / _si.e * 1e18
#: h/e, the flux quantum of a single charge, in T nm².
FLUX_QUANTUM: float = _si.h / _si.e * 1e18
#: ε₀/e, in electrons per (V nm).
VACUUM_PERMITTIVITY: float = _si.epsilon_0 / _si.e * 1e-9

#: Conductance of one spin-resolved channel, e²/h, in S.
E2_OVER_H: float = _si.e**2 / _si.h
#: Current per eV of bias and spin-resolved channel, e/h · (1 eV), in A/eV.
E_OVER_H: float = _si.e / PLANCK
#: Heat current per eV² and spin-resolved channel, (1/h)·(1 eV)², in W/eV².
INVERSE_H: float = _si.e / PLANCK
#: Conductance quantum G0 = 2e²/h, in S.
G0: float = 2 * E2_OVER_H
#: Contact resistance of one spin-degenerate channel, R0 = h/2e², in Ω.
R0: float = 1 / G0
