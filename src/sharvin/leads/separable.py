"""Leads whose cell and hopping are diagonal together: every transverse state is a chain of its own.

With X†h0X = diag(ε_j) and X†vX = diag(ν_j), ν_j real, the Bloch factors solve λ + 1/λ = (E − ε_j)/ν_j = 2c_j: open for
|c_j| < 1, and otherwise λ = c ∓ √(c²−1), the one inside the unit circle. Hard-wall wires on a square lattice are of
this kind, as is every lead that hops by a multiple of the unit matrix. Transverse states do not depend on energy:
labels and gauge are the same at every energy, and many energies are done at once. A state with ν = 0 lives in its cell
alone and touches nothing.
"""

from dataclasses import dataclass

import numpy as np

from .gauge import reference_vectors
from .modes import Modes

_COMMUTES = 1e-13
#: Couplings between two chains that are left out: those that rounding explains, and such a part of their hoppings.
_ROUNDING, _LEFT_OUT = 8 * np.finfo(float).eps, 1e-11
_AT_THRESHOLD = (
    8 * np.finfo(float).eps
)  # 1 − |cos k| that rounding cannot tell from zero: the mode stands, closed


@dataclass(frozen=True, eq=False)
class TransverseStates:
    """X (orbitals, states), ε_j and ν_j in eV, and a label for each state."""

    states: np.ndarray
    levels: np.ndarray
    hoppings: np.ndarray
    labels: np.ndarray

    @classmethod
    def of(cls, h0: np.ndarray, v: np.ndarray, *, by_level: bool = True) -> "TransverseStates | None":
        """h0 = X ε X† and v = X ν X† with real ν; None if they are not diagonal together.

        They are numbered by ε, or where that changes with the energy by X itself.
        """
        found = _of_equal_hoppings(h0, v) if _equal_hoppings(v) else _of_commuting(h0, v)
        if found is None:
            return None
        states, levels, hoppings = found
        reference = reference_vectors(len(h0), 1)
        order = np.argsort(levels if by_level else np.abs(reference.T @ states)[0], kind="stable")
        states = states[:, order]
        overlap = reference.T @ states
        phase = np.sign(np.real(overlap)) if np.isrealobj(states) else np.conj(overlap / np.abs(overlap))
        states = states * np.where(phase == 0, 1, phase)
        return cls(states, levels[order], hoppings[order], np.arange(len(h0)))

    def at(self, energies: np.ndarray) -> "SeparableWaves":
        """The outgoing waves at many energies (eV)."""
        scale = self.scale
        still = self.still
        cosine = (energies[:, None] - self.levels) / np.where(still, 1.0, 2 * self.hoppings)
        is_open = (1 - np.abs(cosine) > _AT_THRESHOLD) & ~still
        root = np.sqrt(np.abs((1 - cosine) * (1 + cosine)))
        # dE/dk = −2ν sin k > 0 selects the outgoing one of e^{±ik}; of the closed pair c ∓ √(c²−1), whose product is
        # 1, the decaying one is the inverse of the larger.
        propagating = cosine - 1j * np.sign(self.hoppings) * root
        decaying = 1 / np.where(is_open, 1.0, cosine + np.where(cosine < 0, -root, root))
        factor = np.where(still, 0.0, np.where(is_open, propagating, decaying))
        missed = self.hoppings * factor**2 + (self.levels - energies[:, None]) * factor + self.hoppings
        distance = np.where(still, np.inf, 2 * np.abs(self.hoppings) * np.abs(1 - np.abs(cosine)))
        return SeparableWaves(
            factor,
            is_open,
            np.where(is_open, 2 * np.abs(self.hoppings) * root, 0.0),
            np.abs(missed).max(axis=1) / scale,
            distance.min(axis=1),
        )

    def modes(self, energy: float) -> Modes:
        """The modes at one energy."""
        waves = self.at(np.array([energy]))
        factor, is_open, velocity = waves.factor[0], waves.is_open[0], waves.velocity[0]
        open_waves = self.states[:, is_open] / np.sqrt(velocity[is_open])
        return Modes(
            open_waves, open_waves, factor[is_open].conj(), factor[is_open], velocity[is_open],
            self.labels[is_open], transverse_matrix(self.states, self.hoppings * factor),
            float(waves.residual[0]), float(waves.residual[0]),
        )  # fmt: skip

    @property
    def still(self) -> np.ndarray:
        """Which states do not hop, but for rounding, (states,)."""
        return np.abs(self.hoppings) <= 1e-14 * self.scale

    @property
    def scale(self) -> float:
        """The largest energy of the lead, in eV."""
        return float(max(np.abs(self.levels).max(), np.abs(self.hoppings).max(), 1e-300))


@dataclass(frozen=True, eq=False)
class SeparableWaves:
    """Outgoing waves of every transverse state at many energies.

    Attributes
    ----------
    factor
        λ_j, (energies, states).
    is_open
        (energies, states).
    velocity
        dE/dk in eV per radian, zero for closed ones, (energies, states).
    residual
        Of λ's equation, relative, (energies,).
    distance
        To the nearest threshold, in eV, (energies,).
    """

    factor: np.ndarray
    is_open: np.ndarray
    velocity: np.ndarray
    residual: np.ndarray
    distance: np.ndarray


def transverse_matrix(states: np.ndarray, diagonal: np.ndarray) -> np.ndarray:
    """X · diag · X†, for one diagonal or many of them (…, states)."""
    if not np.isrealobj(states):
        return (states * diagonal[..., None, :]) @ states.conj().T
    matrix = np.empty((*diagonal.shape[:-1], len(states), len(states)), dtype=complex)
    matrix.real = (states * np.real(diagonal)[..., None, :]) @ states.T
    some = np.imag(diagonal).any(axis=tuple(range(diagonal.ndim - 1)))  # of the open modes alone
    matrix.imag = (states[:, some] * np.imag(diagonal)[..., None, some]) @ states[:, some].T
    return matrix


def _equal_hoppings(v: np.ndarray) -> bool:
    """Whether the hopping is a real multiple of the unit matrix."""
    diagonal = np.diagonal(v)
    return bool(
        np.count_nonzero(v) == np.count_nonzero(diagonal)
        and np.all(diagonal == diagonal[0])
        and np.isreal(diagonal[0])
    )


def _of_equal_hoppings(h0: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """States of the cell alone."""
    levels, states = _of_hard_walls(h0) or np.linalg.eigh(h0)
    return states, levels, np.full(len(h0), np.real(v[0, 0]))


def _of_hard_walls(h0: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Levels and states of a row of W equal sites ε with equal real hoppings t, between hard walls; None if it is none.

    ε + 2t cos q_j and √(2/(W+1)) sin(q_j n) with q_j = πj/(W + 1).
    """
    size = len(h0)
    if size == 1 or np.count_nonzero(h0) > 3 * size - 2 or not np.isrealobj(h0):
        return None
    onsite, hopping = h0[0, 0], h0[0, 1]
    uniform = np.all(np.diagonal(h0) == onsite)
    for side in (1, -1):
        uniform &= np.all(np.diagonal(h0, side) == hopping)
    if not uniform or hopping == 0 or np.count_nonzero(h0) != 2 * (size - 1) + size * (onsite != 0):
        return None
    number = np.arange(1, size + 1)
    sines = np.sin(np.pi / (size + 1) * np.arange(2 * size + 2)) * np.sqrt(2 / (size + 1))
    states = sines[np.outer(number, number) % (2 * size + 2)]
    return onsite + 2 * hopping * np.cos(np.pi / (size + 1) * number), states


def _of_commuting(h0: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """States of the cell and of the hopping, if there are common ones and the hopping is Hermitian."""
    scale = max(np.abs(h0).max(), np.abs(v).max(), 1e-300)
    if np.abs(v - v.conj().T).max() > _COMMUTES * scale:
        return None
    if np.abs(h0 @ v - v @ h0).max() > _COMMUTES * scale**2 * len(h0):
        return None
    # A generic combination separates states that are degenerate in one of the two only.
    _, states = np.linalg.eigh(h0 + (np.pi / 3) * v)
    hopping, cell = states.conj().T @ v @ states, states.conj().T @ h0 @ states
    levels, hoppings = np.real(np.diag(cell)), np.real(np.diag(hopping))
    size = abs(states).T @ (abs(h0) + abs(v)) @ abs(states)
    # A narrow band beside a wide one feels what is little to that; a state that does not hop has no band.
    widths = np.where(np.abs(hoppings) > _ROUNDING * np.diag(size), np.abs(hoppings), np.inf)
    narrower = np.minimum.outer(widths, widths)
    allowed = np.maximum(_ROUNDING * size, np.where(np.isfinite(narrower), _LEFT_OUT * narrower, 0.0))
    off = abs(hopping - np.diag(hoppings)) + abs(cell - np.diag(levels))
    return (states, levels, hoppings) if (off <= allowed).all() else None
