"""Leads as the linear problem sees them.

A port says everything about a lead in three small matrices over the interface orbitals that the lead touches: the
self-energy Σ, the source Q that one unit-current incoming wave puts into (E − H − Σ)ψ = Q, and how outgoing amplitudes
are read off: S = Pψ + D. With Γ = i(Σ − Σ†) and the outgoing and incoming modes Φ′, Φ (unit current)

    W = ΓΦ′,  Γ = WW†,  U = Φ′†ΓΦ:      Q = iWU,     P = W†,     D = −U,      S = (iW†GW − 1)U,

because Γ is the current form: it vanishes on evanescent waves, which so need not be taken apart. (D. S. Fisher and
P. A. Lee, Phys. Rev. B 23, 6851 (1981).) S is unitary for any W if Γ = WW†. Next to a threshold, where velocities are
differences of large numbers, that is made so: modes are rescaled by the flux that Σ gives them, and the
anti-Hermitian part of Σ is −iWW†/2. Whether Σ is still the self-energy of the lead, none of whose modes is lost, its
fixed-point equation tells, and an independent count of the open modes.

Where Σ is diagonal in transverse states X that do not depend on energy, W = X√(dE/dk) and U = 1, for all energies at
once. Where Σ is given there are no modes, and no cell behind it: any W with Γ = WW† will do, and U = −1. With the
eigenvalues γ > 0 and eigenvectors X of Γ and reference vectors R, W = X√γ Y, Y the polar factor of X†R: eigenvectors
may cross as they like, and W follows Γ smoothly as long as its rank stays. With full rank R = 1, so W = Γ^½.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ..errors import NumericalError
from ..leads import BandCounter, Modes, PeriodicLead, TransverseStates, band_extrema, reference_vectors
from ..leads.modes import mode_residual
from ..leads.separable import transverse_matrix
from ..model.lead_cell import LeadCell
from ..model.self_energies import LeadSelfEnergy, broadening, channels
from .cache import Store
from .canonical import Canonical
from .port_checks import fixed_point_residual, separable_residual, threshold_distance

_LEADS: Store = Store(64, lambda lead: 1)
_PORTS: Store = Store(256e6, lambda port: float(port.sigma.nbytes + port.width.nbytes + port.partner.nbytes))
#: What a port is vouched for by, and the largest value of each.
BOUNDS = {
    "lead_residual": 1e-9,
    "lead_growth": 1e-9,
    "mode_residual": 1e-7,
    "mode_miscount": 0.0,
    "threshold_blur": 1e-8,
}
#: A mode slower than so much of the hopping is beside a threshold, which is looked for so far off, of the scale.
_SLOW, _BESIDE = 1e-4, 1e-9
_WIDE = 100  # orbitals of a cell from which on its matrices are sparse


@dataclass(frozen=True, eq=False)
class Port:
    """One lead at one energy: Σ, W and U of the module over the orbitals it touches.

    `labels` number the modes; momentum and velocity follow `Modes`; `figures` vouch for it (`BOUNDS`).
    """

    sigma: np.ndarray
    width: np.ndarray
    partner: np.ndarray
    labels: np.ndarray
    momentum: np.ndarray
    velocity: np.ndarray
    figures: dict[str, float]


@dataclass(frozen=True, eq=False)
class Ports:
    """One lead at several energies, all on the labels that are open at one of them; zero where a mode is closed.

    Attributes
    ----------
    sigma, width, partner
        Σ (energies, n, n), W (energies, n, labels) and U (energies, labels, labels).
    labels
        (labels,), sorted.
    open_modes, momentum, velocity
        (energies, labels).
    figures
        Name → (energies,).
    given
        Whether Σ was given, and is exact, rather than worked out from a lead's cells.
    """

    sigma: np.ndarray
    width: np.ndarray
    partner: np.ndarray
    labels: np.ndarray
    open_modes: np.ndarray
    momentum: np.ndarray
    velocity: np.ndarray
    figures: dict[str, np.ndarray]
    given: bool = False

    @cached_property
    def rounded(self) -> np.ndarray:
        """The largest element of each row of Re Σ, which rounding changes a part of, (energies, n); 0 if Σ is given.

        Re Σ = (Σ + Σ†)/2. The rest is −iWW†/2 with the W that S is made with, whatever rounding made of it.
        """
        if self.given:
            return np.zeros(self.sigma.shape[:2])
        return np.abs(self.sigma + self.sigma.conj().swapaxes(1, 2)).max(axis=-1, initial=0.0) / 2

    @classmethod
    def of(cls, ports: Sequence[Port]) -> "Ports":
        """The ports of several energies side by side."""
        labels = np.unique(np.concatenate([port.labels for port in ports]))
        count, size = len(ports), len(labels)
        n = len(ports[0].sigma)
        width = np.zeros((count, n, size), dtype=ports[0].width.dtype)
        partner = np.zeros((count, size, size), dtype=ports[0].partner.dtype)
        open_modes = np.zeros((count, size), dtype=bool)
        momentum, velocity = np.full((2, count, size), np.nan)
        for row, port in enumerate(ports):
            slots = np.searchsorted(labels, port.labels)
            width[row][:, slots] = port.width
            partner[row][np.ix_(slots, slots)] = port.partner
            open_modes[row, slots] = True
            momentum[row, slots], velocity[row, slots] = port.momentum, port.velocity
        figures = {name: np.array([port.figures[name] for port in ports]) for name in ports[0].figures}
        sigma = np.array([port.sigma for port in ports])
        return cls(sigma, width, partner, labels, open_modes, momentum, velocity, figures)


class LeadPorts:
    """The ports of one lead at any energy; equal leads, and mirror images, share everything.

    Where orbitals overlap it is at each energy another lead of orthonormal ones, h0 − E(s0 − 1) and v − E s1, that has
    the same waves.

    `touched` are the orbitals of cell −1, by their place in the cell, on which Σ does not vanish.
    """

    def __init__(self, cell: LeadCell) -> None:
        self.touched = np.arange(len(cell.h0))
        self._given, self._overlap = cell.self_energy, cell.overlap
        self._blocks = () if cell.blocks is None else cell.blocks.names
        if cell.v is None:
            return
        lead = Canonical.of(cell)
        h0, v, bases, self._key = lead.h0, lead.v, lead.bases, lead.key
        hops = v != 0 if cell.overlap is None else (v != 0) | (cell.overlap[1] != 0)
        outward = hops.any(axis=1)
        self.touched = lead.order[outward]
        self._outward = np.flatnonzero(outward)
        self._h0, self._v, self._bases = h0, v, bases
        if self._overlap is None:
            self._lead: _Lead = _LEADS.get(self._key, lambda: _Lead(h0, v, bases))

    def label(self, number: int) -> str:
        """The name of a mode by its number: "3", or with a conserved quantity "up:3"."""
        if not self._blocks:
            return str(number)
        block, rest = divmod(int(number), len(self._h0) ** 2)
        return f"{self._blocks[block]}:{rest}"

    @property
    def block_names(self) -> tuple[str, ...]:
        """Of the conserved quantity; none without one."""
        return self._blocks

    def at(self, energies: np.ndarray) -> Ports:
        """The ports at several energies in eV."""
        if self._given is not None:
            return _given(self._given, energies)
        if self._overlap is None and self._lead.transverse is not None:
            transverse = self._lead.transverse
            key = self._key, energies.tobytes()
            return _PORTS.get(key, lambda: _separable(self._lead, transverse, self._outward, energies))
        return Ports.of([self._one(float(energy)) for energy in energies])

    def band_edges(self, window: tuple[float, float]) -> np.ndarray:
        """Energies in the window at which modes open, in eV, as far as they are known."""
        if self._given is not None:
            return self._given.thresholds(window)
        if self._overlap is not None:
            return band_extrema(self._h0, self._v, window, self._overlap)
        return self._lead.periodic.band_edges(window)

    def _one(self, energy: float) -> Port:
        return _PORTS.get((self._key, energy), lambda: self._lead_at(energy).port(energy, self._outward))

    def _lead_at(self, energy: float) -> "_Lead":
        """The lead of orthonormal orbitals that has the same waves at an energy."""
        if self._overlap is None:
            return self._lead
        s0, s1 = self._overlap
        h0 = self._h0 - energy * (s0 - np.eye(len(s0)))
        return _Lead(h0, self._v - energy * s1, self._bases, self._overlap)


_Bases = tuple[np.ndarray, ...]


class _Lead:
    """A periodic lead, and what checks it; `overlap` (s0, s1) tells velocities where orbitals are not orthonormal."""

    def __init__(
        self,
        h0: np.ndarray,
        v: np.ndarray,
        bases: _Bases = (),
        overlap: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> None:
        self.h0, self.v = h0, v
        self.periodic = PeriodicLead(h0, v, bases, by_level=overlap is None)
        self.transverse = self.periodic.transverse
        self._overlap = overlap
        # States that do not hop are levels of single cells, on which E may lie; the others are checked without them.
        running = self.periodic.running
        self._running = running
        inside = [part if running is None else running.conj().T @ part @ running for part in (h0, v)]
        self._checked = inside[0], inside[1]

    @cached_property
    def _counter(self) -> BandCounter:
        return BandCounter(*self._checked)

    @cached_property
    def _multiplied(self) -> tuple[Any, Any]:
        """h0 and v as they multiply waves fastest: sparse in wide leads."""
        return (self.h0, self.v) if len(self.h0) < _WIDE else (csr_array(self.h0), csr_array(self.v))

    def port(self, energy: float, touched: np.ndarray) -> Port:
        """Σ, W, U of the module from the modes at one energy."""
        modes = self.periodic.modes(energy)
        if modes.incoming.shape[1] != modes.count:
            raise NumericalError(
                f"the lead has {modes.count} outgoing and {modes.incoming.shape[1]} incoming modes at "
                f"E = {energy:.12g} eV, where there are as many; move the energy"
            )
        hermitian, gamma = (
            (modes.sigma + modes.sigma.conj().T) / 2,
            1j * (modes.sigma - modes.sigma.conj().T),
        )
        flux, rotation = np.linalg.eigh(modes.outgoing.conj().T @ gamma @ modes.outgoing)
        if flux.size and not flux.min() > 0:
            raise NumericalError(
                f"an outgoing mode of the lead carries no current at E = {energy:.12g} eV, on a threshold; "
                "move the energy"
            )
        outgoing = modes.outgoing @ (rotation / np.sqrt(flux)) @ rotation.conj().T
        width = gamma @ outgoing
        left, _, right = np.linalg.svd(width.conj().T @ modes.incoming)
        sigma = hermitian - 0.5j * width @ width.conj().T
        return Port(
            sigma[np.ix_(touched, touched)], width[touched], left @ right,
            modes.labels, modes.momentum, self._velocity(modes), self._figures(energy, sigma, modes),
        )  # fmt: skip

    def _velocity(self, modes: Modes) -> np.ndarray:
        """dE/dk: a mode φ of unit current has the velocity 1/φ†(s0 + s1 λ + s1†/λ)φ."""
        if self._overlap is None:
            return modes.velocity
        phi, factor = modes.outgoing, modes.outgoing_factor
        s0, s1 = self._overlap
        image = s0 @ phi + s1 @ phi * factor + s1.conj().T @ phi / factor
        return 1 / np.einsum("ij,ij->j", phi.conj(), image).real

    def _figures(self, energy: float, sigma: np.ndarray, modes: Modes) -> dict[str, float]:
        miscount = self._counter.miscounted(energy, modes.momentum, np.angle(modes.incoming_factor))
        inside = sigma if self._running is None else self._running.conj().T @ sigma @ self._running
        h0, v = self._checked
        residual, growth = fixed_point_residual(h0, v, energy, inside)
        missed = [
            mode_residual(*self._multiplied, energy, factors, waves)
            for factors, waves in (
                (modes.outgoing_factor, modes.outgoing),
                (modes.incoming_factor, modes.incoming),
            )
        ]
        return {
            "lead_residual": float(np.max([modes.residual, residual])),
            "lead_growth": float(np.finfo(float).eps * growth),
            "mode_residual": float(np.max([modes.mode_residual, *missed])),
            "mode_miscount": float(miscount),
            "threshold_blur": self._threshold_blur(energy, modes),
            "threshold_distance": threshold_distance(self.h0, energy, modes),
        }

    def _threshold_blur(self, energy: float, modes: Modes) -> float:
        """(ε scale/(E − E_n))², by which rounding of the lead changes transmissions beside a threshold E_n.

        It moves E_n by ε times the scale of the lead. Amplitudes of a mode that has just opened change as much as its
        velocity does, and where it would go through without reflection, transmissions by the square.
        """
        if not modes.count or modes.velocity.min() > _SLOW * np.abs(self.v).max():
            return 0.0
        scale = max(np.abs(self.h0).max(), np.abs(self.v).max(), abs(energy))
        edges = self.periodic.band_edges((energy - _BESIDE * scale, energy + _BESIDE * scale))
        distance = np.abs(edges - energy).min(initial=_BESIDE * scale)
        return float((np.finfo(float).eps * scale / max(distance, 1e-300)) ** 2)


def _separable(lead: _Lead, transverse: TransverseStates, touched: np.ndarray, energies: np.ndarray) -> Ports:
    """Ports of a lead of independent chains: W = X√(dE/dk), U = 1."""
    waves = transverse.at(energies)
    used = waves.is_open.any(axis=0)
    order = np.flatnonzero(used)[np.argsort(transverse.labels[used])]
    states, is_open = transverse.states[touched], waves.is_open[:, order]
    sigma = transverse_matrix(states, transverse.hoppings * waves.factor)
    width = states[:, order] * np.sqrt(waves.velocity[:, None, order])
    none = np.zeros(len(energies))
    return Ports(
        sigma,
        width,
        is_open[:, :, None] * np.eye(len(order)),
        transverse.labels[order],
        is_open,
        np.where(is_open, np.angle(waves.factor[:, order]), np.nan),
        np.where(is_open, waves.velocity[:, order], np.nan),
        {
            "lead_residual": separable_residual(lead.h0, lead.v, energies, transverse, waves, sigma, touched),
            "mode_residual": waves.residual,
            "lead_growth": none,
            "mode_miscount": none,
            "threshold_blur": none,
            "threshold_distance": waves.distance,
        },
    )


def _given(lead: LeadSelfEnergy, energies: np.ndarray) -> Ports:
    """Ports of a lead given by its self-energy: as many channels as Γ has positive eigenvalues."""
    sigma = lead.at(energies[:1] if lead.constant else energies)
    values, states, rank = channels(sigma)
    size, most = sigma.shape[-1], int(rank.max())
    plain = not (sigma != sigma.swapaxes(1, 2)).any() and (np.isin(rank, (0, size))).all()
    width = np.zeros((len(sigma), size, most), dtype=float if plain else complex)
    for count in np.unique(rank[rank > 0]):
        rows = np.flatnonzero(rank == count)
        basis = states[rows, :, size - count :]
        reference = np.eye(size) if count == size else reference_vectors(size)[:, :count]
        left, _, right = np.linalg.svd(basis.conj().swapaxes(1, 2) @ reference)
        roots = np.sqrt(values[rows, None, size - count :])
        width[rows, :, :count] = basis * roots @ (left @ right)
    gamma = width @ width.conj().swapaxes(1, 2)
    missed = np.abs(broadening(sigma) - gamma).max(axis=(1, 2)) / (np.abs(sigma).max(axis=(1, 2)) + 1e-300)
    hermitian = (sigma + sigma.conj().swapaxes(1, 2)) / 2
    is_open = np.arange(most) < rank[:, None]

    def every(values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values, (len(energies), *values.shape[1:]))

    nothing = np.full((len(energies), most), np.nan)
    none = np.zeros(len(energies))
    return Ports(
        every(hermitian - 0.5j * gamma), every(width), every(is_open[:, :, None] * -np.eye(most)),
        np.arange(most), every(is_open), nothing, nothing,
        {"lead_residual": every(missed), "mode_residual": none, "mode_miscount": none, "lead_growth": none,
         "threshold_blur": none,
         "threshold_distance": none + np.inf},
        given=True,
    )  # fmt: skip
