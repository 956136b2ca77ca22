"""What is measured at the terminals: one file for each kind of observable."""

from .conductance_matrices import conductance_matrix
from .conductances import conductance, contact_resistance
from .current_densities import current_density
from .currents import current
from .heat import dissipation
from .resistances import resistance
from .steady_states import steady_state
from .thermoelectrics import thermoelectric
from .transmissions import transmission

__all__ = [
    "conductance",
    "conductance_matrix",
    "contact_resistance",
    "current",
    "current_density",
    "dissipation",
    "resistance",
    "steady_state",
    "thermoelectric",
    "transmission",
]
