"""Solvers: the scattering matrix of lattice systems, and the waves inside. Importing this package registers them."""

from .tight_binding import scattering_states

__all__ = ["scattering_states"]
