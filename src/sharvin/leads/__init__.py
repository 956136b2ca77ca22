"""Leads: subbands, modes, self-energies."""

from .counting import BandCounter
from .decimation import surface_self_energy
from .gauge import reference_vectors
from .lead_bands import bands
from .modes import Modes
from .periodic_lead import PeriodicLead
from .separable import TransverseStates

__all__ = [
    "BandCounter",
    "Modes",
    "PeriodicLead",
    "TransverseStates",
    "bands",
    "reference_vectors",
    "surface_self_energy",
]
