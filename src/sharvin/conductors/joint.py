"""Two conductors brought face to face: the media and the modes that meet, in the same order on both sides."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..errors import InputError
from ..scattering import LeadModes


@dataclass(frozen=True)
class Medium:
    """What lies far out in a lead: mass in electron masses, potential in eV, nm between hard walls (None on a line)."""

    mass: float
    potential: float
    width: float | None = None

    def __str__(self) -> str:
        walls = "" if self.width is None else f" between walls {self.width:g} nm apart"
        return f"{self.mass:g} electron masses at {self.potential:g} eV{walls}"

    def is_like(self, other: "Medium") -> bool:
        """Whether they are the same, but for rounding."""
        mine, theirs = ((side.mass, side.potential, side.width or math.inf) for side in (self, other))
        return all(
            math.isclose(*pair, rel_tol=1e-12, abs_tol=1e-15) for pair in zip(mine, theirs, strict=True)
        )


def medium_of(conductor: Any, lead: str, params: Mapping[str, Any]) -> Medium | None:
    """The medium far out in a lead, or None if the conductor does not tell."""
    tell: Any = getattr(conductor, "medium", None)
    return None if tell is None else tell(lead, params)


def same_medium(
    parts: tuple[Any, Any],
    joint: tuple[str, str],
    shares: tuple[Mapping[str, Any], Mapping[str, Any]],
    *,
    maker: str = "series",
) -> None:
    """Refuse a joint of unlike media, where both sides tell theirs."""
    first, second = (medium_of(*side) for side in zip(parts, joint, shares, strict=True))
    if first is None or second is None or first.is_like(second):
        return
    told = " and ".join(
        f'{side} in "{lead}" of {type(part).__name__}'
        for side, lead, part in zip((first, second), joint, parts, strict=True)
    )
    raise InputError(
        f"{maker}: unlike media meet at a joint, {told}; both sides must have the same mass, potential and width. A "
        "step of mass or potential is a conductor of its own: PotentialStep(height, mass_left, mass_right)"
    )


class Batch(Protocol):
    """Matrices between modes, at an array of energies: S, or probabilities."""

    @property
    def energy(self) -> np.ndarray:
        """In eV, shape (energies,)."""
        ...

    @property
    def leads(self) -> tuple[LeadModes, ...]:
        """The modes of each lead, in the order of the rows and columns."""
        ...

    @property
    def matrix(self) -> np.ndarray:
        """Shape (energies, modes, modes)."""
        ...

    @property
    def open_modes(self) -> np.ndarray:
        """Boolean, shape (energies, modes)."""
        ...


@dataclass(frozen=True, eq=False)
class FaceToFace:
    """Matrices of two conductors with their common lead in the middle.

    Attributes
    ----------
    first, second
        The matrix of each, shape (energies, modes, modes): the joint's modes stand last in the first, first in the
        second.
    modes
        Number of modes that meet (the largest over the energies; the others are zero).
    open_modes
        Boolean, shape (energies, modes that are left).
    """

    first: np.ndarray
    second: np.ndarray
    modes: int
    open_modes: np.ndarray


def face_to_face(a: Batch, b: Batch, joint: tuple[str, str], *, maker: str = "series") -> FaceToFace:
    """Sort the modes of two batches; the open ones at the joint are matched in their order."""
    outer_a, inner_a = _positions(a, joint[0])
    outer_b, inner_b = _positions(b, joint[1])
    count = _same_count(a, b, (inner_a, inner_b), joint, maker)
    _same_blocks(a, b, joint, count, maker)
    order_a = np.hstack([_broadcast(outer_a, a), _open_first(a, inner_a)[:, :count]])
    order_b = np.hstack([_open_first(b, inner_b)[:, :count], _broadcast(outer_b, b)])
    open_modes = np.hstack([a.open_modes[:, outer_a], b.open_modes[:, outer_b]])
    return FaceToFace(_permuted(a.matrix, order_a), _permuted(b.matrix, order_b), count, open_modes)


def _positions(S: Batch, joint: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the leads that are left, and of the lead at the joint."""
    names = np.array([lead.name for lead in S.leads for _ in lead.labels], dtype=object)
    return np.flatnonzero(names != joint), np.flatnonzero(names == joint)


def _broadcast(rows: np.ndarray, S: Batch) -> np.ndarray:
    return np.broadcast_to(rows, (len(S.matrix), rows.size))


def _open_first(S: Batch, rows: np.ndarray) -> np.ndarray:
    """The rows per energy, those of open modes first, otherwise in their order."""
    return rows[np.argsort(~S.open_modes[:, rows], axis=1, kind="stable")]


def _permuted(matrix: np.ndarray, order: np.ndarray) -> np.ndarray:
    matrix = np.take_along_axis(matrix, order[:, :, None], axis=1)
    return np.take_along_axis(matrix, order[:, None, :], axis=2)


def _same_count(
    a: Batch, b: Batch, inner: tuple[np.ndarray, np.ndarray], joint: tuple[str, str], maker: str
) -> int:
    """The largest number of modes that meet, if it is the same from both sides at every energy."""
    open_a, open_b = (S.open_modes[:, rows].sum(axis=1) for S, rows in zip((a, b), inner, strict=True))
    unlike = np.flatnonzero(open_a != open_b)
    if unlike.size:
        at = unlike[0]
        raise InputError(
            f'{maker}: at {np.atleast_1d(a.energy)[at]:g} eV {open_a[at]} modes are open in "{joint[0]}" of one '
            f'conductor and {open_b[at]} in "{joint[1]}" of the next; a joint matches them one to one, in their order, '
            "so both sides must have the same width and potential there"
        )
    return int(open_a.max(initial=0))


def _same_blocks(a: Batch, b: Batch, joint: tuple[str, str], count: int, maker: str) -> None:
    """Refuse a joint at which an up mode would meet a down mode."""
    sides = [_blocks(S, at)[:, :count] for S, at in zip((a, b), joint, strict=True)]
    if any((side == "").all() for side in sides):
        return
    unlike = np.argwhere(sides[0] != sides[1])
    if unlike.size:
        energy, mode = unlike[0]
        raise InputError(
            f"{maker}: at {np.atleast_1d(a.energy)[energy]:g} eV mode number {mode} at the joint is "
            f'"{sides[0][energy, mode]}" on one side and "{sides[1][energy, mode]}" on the other; '
            "both must have the same blocks, with as many modes each"
        )


def _blocks(S: Batch, joint: str) -> np.ndarray:
    """The block of each mode at the joint, in the order of `_open_first`; "" where the mode is closed."""
    rows = _positions(S, joint)[1]
    names = np.array([label.rpartition(":")[0] for lead in S.leads for label in lead.labels], dtype=object)
    order = _open_first(S, rows)
    return np.where(np.take_along_axis(S.open_modes, order, axis=1), names[order], "")
