"""What is measured at the terminals: one file for each kind of observable."""

from .conductance_maps import conductance_map
from .conductance_matrices import conductance_matrix
from .conductances import conductance, contact_resistance
from .current_densities import current_density
from .currents import current
from .hall_measurements import hall_bar, van_der_pauw
from .heat import dissipation
from .heat_engines import heat_engine, maximum_power, quantum_power_bound, thermal_conductance_quantum
from .probe_readings import weak_probes
from .resistances import resistance
from .steady_states import steady_state
from .thermoelectrics import thermoelectric
from .transmissions import transmission

__all__ = [
    "conductance",
    "conductance_map",
    "conductance_matrix",
    "contact_resistance",
    "current",
    "current_density",
    "dissipation",
    "hall_bar",
    "heat_engine",
    "maximum_power",
    "quantum_power_bound",
    "resistance",
    "steady_state",
    "thermal_conductance_quantum",
    "thermoelectric",
    "transmission",
    "van_der_pauw",
    "weak_probes",
]
