"""Leads as the linear problem sees them.

A port says everything about a lead in four small matrices over its interface orbitals: the self-energy Σ, the
source Q that one unit-current incoming wave puts into (E − H − Σ)ψ = Q, and how outgoing amplitudes are read
off: S = Pψ + D. For a periodic lead with incoming φ, λ and outgoing φ′, λ′ (unit current)

    Q = (λv − Σ)φ,     P = iφ′†(Σ − λ′*v†),     D = −Pφ,

the last two because the current form is conserved and vanishes between different modes, so that no evanescent
wave has to be taken apart. For a wide-band lead Γ = WW†, Σ = −iΓ/2: Q = W, P = −iW†, D = 1.
"""

from dataclasses import dataclass

import numpy as np

from ..leads import Modes, PeriodicLead
from ..model.matrices import LeadCell
from .cache import Store, fingerprint

_LEADS = Store(64, lambda lead: 1)
_PORTS = Store(
    256e6, lambda port: float(sum(array.nbytes for array in (port.sigma, port.source, port.projection)))
)


@dataclass(frozen=True, eq=False)
class Port:
    """One lead at one energy; see the module. `labels` number the modes, the rest follows `Modes`."""

    sigma: np.ndarray
    source: np.ndarray
    projection: np.ndarray
    direct: np.ndarray
    labels: np.ndarray
    momentum: np.ndarray
    velocity: np.ndarray
    residual: float


class LeadPorts:
    """The ports of one lead at any energy; equal leads share everything."""

    def __init__(self, cell: LeadCell) -> None:
        self._cell = cell
        self._key = fingerprint(cell.h0, np.zeros(0) if cell.v is None else cell.v)
        if cell.v is not None:
            v = cell.v
            self._lead: PeriodicLead = _LEADS.get(self._key, lambda: PeriodicLead(cell.h0, v))

    def at(self, energy: float) -> Port:
        """The port at an energy in eV."""
        return _PORTS.get((self._key, energy), lambda: self._make(energy))

    def band_edges(self, window: tuple[float, float]) -> np.ndarray:
        """Energies in the window at which modes open, in eV; none for a wide-band lead."""
        return np.zeros(0) if self._cell.v is None else self._lead.band_edges(window)

    def _make(self, energy: float) -> Port:
        if self._cell.v is None:
            return _wide_band(self._cell.h0)
        return _periodic(self._cell.v, self._lead.modes(energy))


def _periodic(v: np.ndarray, modes: Modes) -> Port:
    source = (v @ modes.incoming) * modes.incoming_factor - modes.sigma @ modes.incoming
    projection = 1j * (
        modes.outgoing.conj().T @ modes.sigma
        - modes.outgoing_factor.conj()[:, None] * (v @ modes.outgoing).conj().T
    )
    direct = -projection @ modes.incoming
    return Port(
        modes.sigma, source, projection, direct, modes.labels, modes.momentum, modes.velocity, modes.residual
    )


def _wide_band(gamma: np.ndarray) -> Port:
    width, states = np.linalg.eigh(gamma)
    kept = width > 1e-14 * max(np.abs(width).max(), 1e-300)
    w = states[:, kept] * np.sqrt(width[kept])
    count = int(kept.sum())
    nothing = np.full(count, np.nan)
    return Port(-0.5j * gamma, w, -1j * w.conj().T, np.eye(count), np.arange(count), nothing, nothing, 0.0)
