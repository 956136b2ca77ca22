"""Leads whose cell and hopping are diagonal together: every transverse state is a chain of its own.

With X†h0X = diag(ε_j) and X†vX = diag(ν_j), ν_j real, the Bloch factors solve λ + 1/λ = (E − ε_j)/ν_j = 2c_j: open for
|c_j| < 1, and otherwise λ = c ∓ √(c²−1), the one inside the unit circle. Hard-wall wires on a square lattice are of
this kind, as is every lead that hops by a multiple of the unit matrix. Transverse states do not depend on energy:
labels and gauge are the same at every energy. A state with ν = 0 lives in its cell alone and touches nothing.
"""

from typing import Any

import numpy as np

from .gauge import reference_vectors

_COMMUTES = 1e-13
_AT_THRESHOLD = (
    8 * np.finfo(float).eps
)  # 1 − |cos k| that rounding cannot tell from zero: the mode stands, closed


def transverse_states(h0: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """(X, ε, ν) with h0 = X ε X† and v = X ν X†, ν real, ordered by ε; None if there are none."""
    scale = max(np.abs(h0).max(), np.abs(v).max(), 1e-300)
    if np.abs(v - v.conj().T).max() > _COMMUTES * scale:
        return None
    if np.abs(h0 @ v - v @ h0).max() > _COMMUTES * scale**2 * len(h0):
        return None
    # A generic combination separates states that are degenerate in one of the two only.
    _, states = np.linalg.eigh(h0 + (np.pi / 3) * v)
    hopping, cell = states.conj().T @ v @ states, states.conj().T @ h0 @ states
    off = np.abs(hopping - np.diag(np.diag(hopping))).max() + np.abs(cell - np.diag(np.diag(cell))).max()
    if off > 1e-12 * scale * len(h0):
        return None
    energies, hoppings = np.real(np.diag(cell)), np.real(np.diag(hopping))
    order = np.argsort(energies, kind="stable")
    states = states[:, order]
    overlap = reference_vectors(len(h0))[:, :1].T @ states
    phase = np.sign(np.real(overlap)) if np.isrealobj(states) else np.conj(overlap / np.abs(overlap))
    return states * np.where(phase == 0, 1, phase), energies[order], hoppings[order]


def separable_modes(
    states: np.ndarray, levels: np.ndarray, hoppings: np.ndarray, energy: float
) -> dict[str, Any]:
    """The fields of `Modes` at an energy, from the transverse states X and their ε_j, ν_j."""
    scale = max(np.abs(levels).max(), np.abs(hoppings).max())
    still = np.abs(hoppings) <= 1e-14 * scale
    cosine = (energy - levels) / np.where(still, 1.0, 2 * hoppings)
    is_open = (1 - np.abs(cosine) > _AT_THRESHOLD) & ~still
    root = np.sqrt(np.abs((1 - cosine) * (1 + cosine)))
    # dE/dk = −2ν sin k > 0 selects the outgoing one of e^{±ik}; of the closed pair c ∓ √(c²−1), whose product is 1,
    # the decaying one is the inverse of the larger.
    propagating = cosine - 1j * np.sign(hoppings) * root
    decaying = 1 / np.where(is_open, 1.0, cosine + np.where(cosine < 0, -root, root))
    factor = np.where(still, 0.0, np.where(is_open, propagating, decaying))
    velocity = 2 * np.abs(hoppings) * root
    sigma = (states * (hoppings * factor)) @ states.conj().T
    waves = states[:, is_open] / np.sqrt(velocity[is_open])
    return {
        "incoming": waves,
        "outgoing": waves,
        "incoming_factor": factor[is_open].conj(),
        "outgoing_factor": factor[is_open],
        "velocity": velocity[is_open],
        "labels": np.flatnonzero(is_open),
        "sigma": sigma,
        "residual": float(
            np.abs(hoppings * factor**2 + (levels - energy) * factor + hoppings).max() / max(scale, 1e-300)
        ),
    }
