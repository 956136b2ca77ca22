"""Leads: subbands, modes, self-energies."""

from .bloch_modes import Modes, PeriodicLead
from .lead_bands import bands

__all__ = ["Modes", "PeriodicLead", "bands"]
