"""Solvers: scattering matrices of lattice systems, waves inside, dephasing. Importing this package registers them."""

from .dephased_transmissions import probe_occupations
from .mode_tables import open_modes
from .tight_binding import scattering_states

__all__ = ["open_modes", "probe_occupations", "scattering_states"]
