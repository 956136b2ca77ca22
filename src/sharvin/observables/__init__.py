"""What is measured at the terminals: one file for each kind of observable."""

from .conductances import conductance, contact_resistance
from .current_densities import current_density
from .currents import current
from .heat import dissipation
from .transmissions import transmission

__all__ = ["conductance", "contact_resistance", "current", "current_density", "dissipation", "transmission"]
