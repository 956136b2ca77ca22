"""Leads as the linear problem sees them.

A port says everything about a lead in four small matrices over its interface orbitals: the self-energy Σ, the
source Q that one unit-current incoming wave puts into (E − H − Σ)ψ = Q, and how outgoing amplitudes are read
off: S = Pψ + D. With Γ = i(Σ − Σ†) and the outgoing and incoming modes Φ′, Φ (unit current)

    W = ΓΦ′,  Γ = WW†,  U = Φ′†ΓΦ:      Q = iWU,     P = W†,     D = −U,      S = (iW†GW − 1)U,

because Γ is the current form: it vanishes on evanescent waves, which so need not be taken apart. (D. S. Fisher and
P. A. Lee, Phys. Rev. B 23, 6851 (1981).) S is unitary for any W if Γ = WW†. Next to a threshold, where velocities are
differences of large numbers, that is made so: modes are rescaled by the flux that Σ gives them, and the
anti-Hermitian part of Σ is −iWW†/2. Whether Σ is still the self-energy of the lead, none of whose modes is lost, its
fixed-point equation tells. A wide-band lead has Σ = −iΓ/2, any W with Γ = WW†, and U = −1.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import NumericalError
from ..leads import Modes, PeriodicLead
from ..model.matrices import LeadCell
from .cache import Store, fingerprint

_LEADS = Store(64, lambda lead: 1)
_PORTS = Store(
    256e6, lambda port: float(sum(array.nbytes for array in (port.sigma, port.width, port.partner)))
)


@dataclass(frozen=True, eq=False)
class Port:
    """One lead at one energy: Σ, W and U of the module. `labels` number the modes, the rest follows `Modes`."""

    sigma: np.ndarray
    width: np.ndarray
    partner: np.ndarray
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
        return _periodic(self._cell.h0, self._cell.v, energy, self._lead.modes(energy))


def _periodic(h0: np.ndarray, v: np.ndarray, energy: float, modes: Modes) -> Port:
    hermitian, gamma = (modes.sigma + modes.sigma.conj().T) / 2, 1j * (modes.sigma - modes.sigma.conj().T)
    flux, rotation = np.linalg.eigh(modes.outgoing.conj().T @ gamma @ modes.outgoing)
    if flux.size and not flux.min() > 0:
        raise NumericalError(
            f"an outgoing mode of the lead carries no current at E = {energy:.12g} eV, on a threshold; move the energy"
        )
    outgoing = modes.outgoing @ (rotation / np.sqrt(flux)) @ rotation.conj().T
    width = gamma @ outgoing
    left, _, right = np.linalg.svd(width.conj().T @ modes.incoming)
    partner = left @ right
    sigma = hermitian - 0.5j * width @ width.conj().T
    residual = float(np.max([modes.residual, _fixed_point_residual(h0, v, energy, sigma)]))
    return Port(
        sigma, width, partner,
        modes.labels, modes.momentum, modes.velocity, residual,
    )  # fmt: skip


def _fixed_point_residual(h0: np.ndarray, v: np.ndarray, energy: float, sigma: np.ndarray) -> float:
    """Σ − v(E − h0 − Σ)⁻¹v†, relative to its terms: what Σ misses of a surface that looks the same one cell further."""
    try:
        forward = np.linalg.solve(energy * np.eye(len(h0)) - h0 - sigma, v.conj().T)
    except np.linalg.LinAlgError:
        raise NumericalError(
            f"a surface state of the lead lies at E = {energy:.12g} eV; move the energy"
        ) from None
    scale = max(np.abs(sigma).max(), np.abs(v).max(), 1e-300)
    return float(np.abs(sigma - v @ forward).max() / (scale * max(1.0, np.abs(forward).max()) ** 2))


def _wide_band(gamma: np.ndarray) -> Port:
    width, states = np.linalg.eigh(gamma)
    kept = width > 1e-14 * max(np.abs(width).max(), 1e-300)
    w = states[:, kept] * np.sqrt(width[kept])
    count = int(kept.sum())
    nothing = np.full(count, np.nan)
    return Port(-0.5j * gamma, w, -np.eye(count), np.arange(count), nothing, nothing, 0.0)
