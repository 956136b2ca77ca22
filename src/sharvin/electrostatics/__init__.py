"""Potentials of patterned gates in a two-dimensional electron gas."""

from .device import split_gate_contact
from .gas import ElectronGas
from .gates import RectangleGate
from .potential import SCREENING, GatePotential
from .screening import dielectric_function, screen

__all__ = [
    "SCREENING",
    "ElectronGas",
    "GatePotential",
    "RectangleGate",
    "dielectric_function",
    "screen",
    "split_gate_contact",
]
