"""Leads: subbands, modes, self-energies."""

from .bloch_modes import Modes
from .lead_bands import bands
from .periodic_lead import PeriodicLead

__all__ = ["Modes", "PeriodicLead", "bands"]
