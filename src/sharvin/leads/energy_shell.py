"""Open modes of one direction: on the energy shell, at unit current, in the standard gauge, ordered by momentum.

They are eigenvectors of the Hermitian H(k) = h0 + v e^{ik} + v† e^{−ik}, and where several share a k their velocity
dE/dk is diagonalized.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SAME_MOMENTUM = 1e-10  # momenta closer than this are treated as one degenerate group


@dataclass(frozen=True, eq=False)
class Open:
    """Open modes of one direction: unit-current vectors, Bloch factors, |dE/dk|."""

    vectors: np.ndarray
    factors: np.ndarray
    velocity: np.ndarray


@dataclass(frozen=True, eq=False)
class Shell:
    """States next to the energy shell at one momentum: dE/dk, vectors, the Newton step of k and |E_n(k) − E|."""

    velocity: np.ndarray
    vectors: np.ndarray
    shift: np.ndarray
    error: np.ndarray

    @property
    def speed(self) -> np.ndarray:
        """|dE/dk|."""
        return np.abs(self.velocity)

    @property
    def waves(self) -> np.ndarray:
        """The vectors at unit current."""
        return self.vectors / np.sqrt(self.speed)


def groups_of(momenta: np.ndarray) -> list[np.ndarray]:
    """Positions of momenta in (−π, π] in groups of nearly equal ones, around the circle."""
    if len(momenta) == 0:
        return []
    order = np.argsort(momenta, kind="stable")
    gaps = np.diff(momenta[order], append=momenta[order[0]] + 2 * np.pi)
    starts = np.flatnonzero(gaps > SAME_MOMENTUM) + 1
    if len(starts) == 0:
        return [order]
    return np.split(np.roll(order, -starts[0]), starts[1:] - starts[0])


def on_shell(h0: Any, v: Any, energy: float, momentum: float, states: np.ndarray) -> Shell:
    """The states of the space of `states` (orthonormal columns) that have a velocity each, at a momentum."""
    hop = np.exp(1j * momentum) * (states.conj().T @ (v @ states))
    velocity, rotation = np.linalg.eigh(1j * (hop - hop.conj().T))
    bloch = states.conj().T @ (h0 @ states) + hop + hop.conj().T
    levels = np.real(np.einsum("ij,ij->j", rotation.conj(), bloch @ rotation))
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = (energy - levels) / velocity
    return Shell(velocity, states @ rotation, shift, np.abs(levels - energy))


def single_states(h0: Any, v: Any, energy: float, momenta: np.ndarray, states: np.ndarray) -> Shell:
    """States of a momentum each, one per column, as `on_shell` would give them one by one."""
    vectors = states / np.linalg.norm(states, axis=0)
    hop = np.exp(1j * momenta) * np.einsum("ij,ij->j", vectors.conj(), v @ vectors)
    levels = np.einsum("ij,ij->j", vectors.conj(), h0 @ vectors).real + 2 * hop.real
    velocity = -2 * hop.imag
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = (energy - levels) / velocity
    return Shell(velocity, vectors, shift, np.abs(levels - energy))


def ordered(found: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]], size: int, direction: int) -> Open:
    """(momenta, vectors, speeds) of groups as modes by ascending momentum along their own direction."""
    if not found:
        return Open(np.zeros((size, 0), dtype=complex), np.zeros(0, dtype=complex), np.zeros(0))
    momenta = np.concatenate([momentum for momentum, _, _ in found])
    along = np.angle(np.exp(1j * direction * momenta))
    for members in groups_of(along):  # equal but for rounding, which must not put them in another order
        along[members] = along[members.min()]
    order = np.argsort(along, kind="stable")
    vectors = np.concatenate([vector for _, vector, _ in found], axis=1)[:, order]
    speeds = np.concatenate([speed for _, _, speed in found])[order]
    return Open(vectors, np.exp(1j * momenta[order]), speeds)
