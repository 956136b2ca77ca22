"""Leads: subbands, modes, self-energies."""

from .closed_levels import levels
from .counting import BandCounter
from .decimation import surface_self_energy
from .endless_bands import bulk_bands
from .gauge import reference_vectors
from .lead_bands import bands
from .modes import Modes
from .periodic_lead import PeriodicLead
from .separable import TransverseStates
from .subbands import band_extrema

__all__ = [
    "BandCounter",
    "Modes",
    "PeriodicLead",
    "TransverseStates",
    "band_extrema",
    "bands",
    "bulk_bands",
    "levels",
    "reference_vectors",
    "surface_self_energy",
]
