"""The scattering matrix, its certificate, and the contract every conductor keeps."""

from .certificate import Certificate, unitarity_error
from .conductor import (
    Conductor,
    Transmissions,
    energies_of,
    fingerprint,
    in_batches,
    scattering_matrix,
    thresholds,
    transmissions,
    window_of,
)
from .matrix import ScatteringMatrix
from .modes import LeadModes
from .states import ScatteringStates

__all__ = [
    "Certificate",
    "Conductor",
    "LeadModes",
    "ScatteringMatrix",
    "ScatteringStates",
    "Transmissions",
    "energies_of",
    "fingerprint",
    "in_batches",
    "scattering_matrix",
    "thresholds",
    "transmissions",
    "unitarity_error",
    "window_of",
]
