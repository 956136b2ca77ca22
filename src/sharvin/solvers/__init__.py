"""Solvers: the scattering matrix of lattice systems. Importing this package registers them."""

from . import tight_binding

__all__ = ["tight_binding"]
