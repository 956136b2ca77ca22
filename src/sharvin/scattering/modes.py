"""The modes of a lead as they stand in a scattering matrix."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LeadModes:
    """The modes of one lead as they stand in a scattering matrix.

    A label is ``"3"`` or, where a conserved quantity divides the modes into blocks, ``"up:3"``; the
    address ``"right:up"`` then selects those modes. The momentum k (rad per lead period) and the
    velocity dE/dk (eV/rad, positive: outward) of the outgoing modes are given where the conductor knows
    them; times the period over ħ the latter is a speed. `blocks` names all blocks of a conserved quantity, those
    without an open mode among them.
    """

    name: str
    labels: tuple[str, ...]
    momentum: np.ndarray | None = None
    velocity: np.ndarray | None = None
    blocks: tuple[str, ...] = ()
