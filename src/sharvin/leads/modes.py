"""What is known of a lead at one energy."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Modes:
    """Open modes of a lead at one energy, normalized to unit current, and its self-energy.

    Attributes
    ----------
    incoming, outgoing
        Wave functions in one cell, (m, modes). Incoming mode j is what outgoing mode j of the same lead, facing the
        other way, would send in: k ↔ −k in outward cells.
    incoming_factor, outgoing_factor
        Bloch factors λ = e^{ik} per cell outward, (modes,).
    velocity
        dE/dk of the outgoing modes, in eV per radian, (modes,), positive.
    labels
        A number per mode: the transverse state where it is conserved, else the order of momenta.
    sigma
        Retarded self-energy on cell −1 in eV, (m, m).
    residual
        Relative residual of the equation that the self-energy obeys.
    mode_residual
        Largest relative residual |(h0 − E + λv + λ⁻¹v†)φ| of the open modes, φ normalized.
    """

    incoming: np.ndarray
    outgoing: np.ndarray
    incoming_factor: np.ndarray
    outgoing_factor: np.ndarray
    velocity: np.ndarray
    labels: np.ndarray
    sigma: np.ndarray
    residual: float
    mode_residual: float

    @property
    def count(self) -> int:
        """Number of open modes in each direction."""
        return self.outgoing.shape[1]

    @property
    def momentum(self) -> np.ndarray:
        """k of the outgoing modes, in radians per cell, in (−π, π]."""
        return np.angle(self.outgoing_factor)


def mode_residual(h0: Any, v: Any, energy: float, factors: np.ndarray, phi: np.ndarray) -> float:
    """Largest |(h0 − E + λv + λ⁻¹v†)φ| of waves (columns), relative to |φ| and the scale of the lead."""
    missed = h0 @ phi - energy * phi + v @ phi * factors + v.conj().T @ phi / factors
    scale = max(abs(h0).max(), abs(v).max(), abs(energy))
    return float((np.linalg.norm(missed, axis=0) / np.linalg.norm(phi, axis=0)).max(initial=0.0) / scale)
