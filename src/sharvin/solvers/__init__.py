"""Solvers: the scattering matrix of lattice systems, and the waves inside. Importing this package registers them."""

from . import dephased
from .mode_tables import open_modes
from .tight_binding import scattering_states

__all__ = ["open_modes", "scattering_states"]
