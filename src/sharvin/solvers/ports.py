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
once. A wide-band lead has Σ = −iΓ/2, any W with Γ = WW†, and U = −1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import NumericalError
from ..leads import BandCounter, Modes, PeriodicLead, TransverseStates
from ..model.matrices import LeadCell
from .cache import Store, fingerprint

_LEADS: Store = Store(64, lambda lead: 1)
_PORTS: Store = Store(256e6, lambda port: float(port.sigma.nbytes + port.width.nbytes + port.partner.nbytes))
_PROBES = 4  # random vectors on which the fixed-point equation is tried
#: What a port is vouched for by, and the largest value of each.
BOUNDS = {
    "lead_residual": 1e-9,
    "mode_residual": 1e-7,
    "mode_miscount": 0.0,
}


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
    """

    sigma: np.ndarray
    width: np.ndarray
    partner: np.ndarray
    labels: np.ndarray
    open_modes: np.ndarray
    momentum: np.ndarray
    velocity: np.ndarray
    figures: dict[str, np.ndarray]

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

    `touched` are the orbitals of cell −1, by their place in the cell, on which Σ does not vanish.
    """

    def __init__(self, cell: LeadCell) -> None:
        self.touched = np.arange(len(cell.h0))
        self._transverse: TransverseStates | None = None
        if cell.v is None:
            self._gamma = cell.h0
            return
        self._gamma = None
        h0, v, order, self._key = _canonical(cell.h0, cell.v)
        outward = np.abs(v).max(axis=1, initial=0.0) > 0
        self.touched = order[outward]
        self._outward = np.flatnonzero(outward)
        self._lead: _Lead = _LEADS.get(self._key, lambda: _Lead(h0, v))

    def at(self, energies: np.ndarray) -> Ports:
        """The ports at several energies in eV."""
        if self._gamma is not None:
            wide = _wide_band(self._gamma)
            return Ports.of([wide] * len(energies))
        if self._lead.transverse is not None:
            transverse = self._lead.transverse
            key = self._key, energies.tobytes()
            return _PORTS.get(key, lambda: _separable(transverse, self._outward, energies))
        return Ports.of([self._one(float(energy)) for energy in energies])

    def band_edges(self, window: tuple[float, float]) -> np.ndarray:
        """Energies in the window at which modes open, in eV; none for a wide-band lead."""
        return np.zeros(0) if self._gamma is not None else self._lead.periodic.band_edges(window)

    def _one(self, energy: float) -> Port:
        return _PORTS.get((self._key, energy), lambda: self._lead.port(energy, self._outward))


def _canonical(h0: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, bytes]:
    """A lead with its orbitals in one of a few orders, always the same for mirror images; the order; a key."""
    size = len(h0)
    orders = [np.arange(size)]
    orders += [np.arange(size).reshape(-1, group)[::-1].ravel() for group in (1, 2, 4) if size % group == 0]
    keys = [fingerprint(h0[np.ix_(order, order)], v[np.ix_(order, order)]) for order in orders]
    chosen = int(np.argmin(np.array(keys, dtype=object)))
    order = orders[chosen]
    return h0[np.ix_(order, order)], v[np.ix_(order, order)], order, keys[chosen]


class _Lead:
    """A periodic lead, and what checks it."""

    def __init__(self, h0: np.ndarray, v: np.ndarray) -> None:
        self._h0, self._v = h0, v
        self.periodic = PeriodicLead(h0, v)
        self.transverse = self.periodic.transverse
        self._counter = BandCounter(h0, v)

    def port(self, energy: float, touched: np.ndarray) -> Port:
        """Σ, W, U of the module from the modes at one energy."""
        modes = self.periodic.modes(energy)
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
            modes.labels, modes.momentum, modes.velocity, self._figures(energy, sigma, modes),
        )  # fmt: skip

    def _figures(self, energy: float, sigma: np.ndarray, modes: Modes) -> dict[str, float]:
        lost = abs(modes.outgoing.shape[1] - modes.incoming.shape[1])
        miscount = self._counter.miscounted(energy, modes.momentum, np.angle(modes.incoming_factor))
        residual = _fixed_point_residual(self._h0, self._v, energy, sigma)
        return {
            "lead_residual": float(np.max([modes.residual, residual])),
            "mode_residual": modes.mode_residual,
            "mode_miscount": float(lost + miscount),
            "threshold_distance": _threshold_distance(self._h0, energy, modes),
        }


def _fixed_point_residual(h0: np.ndarray, v: np.ndarray, energy: float, sigma: np.ndarray) -> float:
    """Σ − v(E − h0 − Σ)⁻¹v†, relative to its terms: what Σ misses of a surface that looks the same one cell further.

    It is tried on random vectors, where a cell is larger than a few orbitals.
    """
    size = len(h0)
    probes = np.eye(size)
    if size > 4 * _PROBES:
        probes = np.random.default_rng(size).standard_normal((size, _PROBES)) / np.sqrt(size)
    try:
        forward = np.linalg.solve(energy * np.eye(size) - h0 - sigma, v.conj().T @ probes)
    except np.linalg.LinAlgError:
        raise NumericalError(
            f"a surface state of the lead lies at E = {energy:.12g} eV; move the energy"
        ) from None
    scale = max(np.abs(sigma).max(), np.abs(v).max(), 1e-300)
    return float(np.abs(sigma @ probes - v @ forward).max() / (scale * max(1.0, np.abs(forward).max()) ** 2))


def _threshold_distance(h0: np.ndarray, energy: float, modes: Modes) -> float:
    """About how far the nearest threshold of an open mode is, in eV: (dE/dk)²/2|E″|, with E″ as in a chain."""
    if not modes.count:
        return np.inf
    phi = modes.outgoing / np.linalg.norm(modes.outgoing, axis=0)
    curvature = np.abs(energy - np.einsum("ij,ij->j", phi.conj(), h0 @ phi).real)
    return float((modes.velocity**2 / (2 * np.maximum(curvature, modes.velocity))).min())


def _separable(lead: TransverseStates, touched: np.ndarray, energies: np.ndarray) -> Ports:
    """Ports of a lead of independent chains: W = X√(dE/dk), U = 1."""
    waves = lead.at(energies)
    used = waves.is_open.any(axis=0)
    order = np.flatnonzero(used)[np.argsort(lead.labels[used])]
    states, is_open = lead.states[touched], waves.is_open[:, order]
    sigma = (states * (lead.hoppings * waves.factor)[:, None, :]) @ states.conj().T
    none = np.zeros(len(energies))
    return Ports(
        sigma,
        states[:, order] * np.sqrt(waves.velocity[:, None, order]),
        is_open[:, :, None] * np.eye(len(order)),
        lead.labels[order],
        is_open,
        np.where(is_open, np.angle(waves.factor[:, order]), np.nan),
        np.where(is_open, waves.velocity[:, order], np.nan),
        {
            "lead_residual": waves.residual,
            "mode_residual": waves.residual,
            "mode_miscount": none,
            "threshold_distance": waves.distance,
        },
    )


def _wide_band(gamma: np.ndarray) -> Port:
    width, states = np.linalg.eigh(gamma)
    kept = width > 1e-14 * max(np.abs(width).max(), 1e-300)
    w = states[:, kept] * np.sqrt(width[kept])
    count = int(kept.sum())
    nothing = np.full(count, np.nan)
    return Port(
        -0.5j * gamma, w, -np.eye(count), np.arange(count), nothing, nothing,
        {"lead_residual": 0.0, "mode_residual": 0.0, "mode_miscount": 0.0, "threshold_distance": np.inf},
    )  # fmt: skip
