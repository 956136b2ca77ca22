"""Sharvin: quantum transport in the Landauer–Büttiker picture.

A phase-coherent conductor, described by its scattering matrix S(E), connects reservoirs, described by μ and
T; every current, conductance and heat flow at its terminals follows. Energies are in eV, lengths in nm,
temperatures in K, fields in T; results are in SI units.

>>> import sharvin as sv
>>> contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
>>> round(float(sv.conductance(contact, mu=3e-3) / sv.G0), 6)
1.0
"""

from importlib import import_module
from typing import Any

from ._version import __version__

#: Public name → the module that holds it. Nothing is imported before it is used.
_HOME = {
    "G0": "constants",
    "R0": "constants",
    "GeometryError": "errors",
    "InputError": "errors",
    "NotCertified": "errors",
    "NotConverged": "errors",
    "NumericalError": "errors",
    "SharvinError": "errors",
    "Options": "options",
    "DephasingProbe": "reservoirs",
    "Reservoir": "reservoirs",
    "ThermalProbe": "reservoirs",
    "VoltageProbe": "reservoirs",
    "Certificate": "scattering",
    "Conductor": "scattering",
    "ScatteringMatrix": "scattering",
    "ScatteringStates": "scattering",
    "scattering_matrix": "scattering",
    "thresholds": "scattering",
    "scattering_states": "solvers",
    "open_modes": "solvers",
    "probe_occupations": "solvers",
    "DephasedSystem": "model.dephased_system",
    "Model": "model.model",
    "SelfEnergy": "model.self_energies",
    "System": "model.system",
    "WideBand": "model.system",
    "charged_impurities": "model.site_disorder",
    "contact": "model.foreign_lead",
    "disorder": "model.site_disorder",
    "disorder_strength": "model.site_disorder",
    "hopping": "model.terms",
    "impurities": "model.site_disorder",
    "nambu": "model.bogoliubov",
    "onsite": "model.terms",
    "param": "model.values",
    "bands": "leads",
    "bulk_bands": "leads",
    "levels": "leads",
    "DeltaBarrier": "conductors",
    "DoubleBarrier": "conductors",
    "FixedScatterer": "conductors",
    "FreePropagation": "conductors",
    "HardWallChannel": "conductors",
    "PoschlTeller": "conductors",
    "PotentialStep": "conductors",
    "ProbeCoupler": "conductors",
    "RectangularBarrier": "conductors",
    "ResonantLevel": "conductors",
    "SaddlePoint": "conductors",
    "SmoothStep": "conductors",
    "Tabulated": "conductors",
    "TransmissionFunction": "conductors",
    "TransmissionMatrix": "conductors",
    "dephased": "conductors",
    "incoherent_series": "conductors",
    "series": "conductors",
    "conductance": "observables",
    "conductance_map": "observables",
    "conductance_matrix": "observables",
    "contact_resistance": "observables",
    "current": "observables",
    "current_density": "observables",
    "dissipation": "observables",
    "resistance": "observables",
    "hall_bar": "observables",
    "heat_engine": "observables",
    "maximum_power": "observables",
    "quantum_power_bound": "observables",
    "steady_state": "observables",
    "thermal_conductance_quantum": "observables",
    "thermoelectric": "observables",
    "transmission": "observables",
    "van_der_pauw": "observables",
    "weak_probes": "observables",
}

#: Modules that are part of the interface, by their public names.
_MODULES = {
    "constants": "constants",
    "electron_gas": "electron_gas",
    "errors": "errors",
    "lattice": "model.lattice",
    "shape": "model.shape",
    "terms": "model.physical_terms",
}

__all__ = [*_HOME, *_MODULES, "__version__"]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value = import_module(f"{__name__}.{_MODULES[name]}")
    elif name in _HOME:
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    else:
        from .errors import nearest  # only on the way to an error

        raise AttributeError(f'sharvin has no "{name}"{nearest(name, [*_HOME, *_MODULES])}')
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
