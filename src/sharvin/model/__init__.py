"""Models of matter: lattices, shapes, the terms of a Hamiltonian, and systems with leads."""

from . import lattice, shape
from .model import Model
from .system import System, WideBand
from .terms import hopping, onsite
from .values import param

__all__ = ["Model", "System", "WideBand", "hopping", "lattice", "onsite", "param", "shape"]
