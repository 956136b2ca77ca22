"""Leads that run into each other, or into sites: places that two parts of a system would share.

A lead holds the sites front + n·P, n = 1, 2, …, of each of its classes. Two leads at an angle can only meet within a
distance that their widths and the angle set, so a bounded number of cells has to be compared.
"""

import numpy as np

from .attachment import Attachment

_MOST_CELLS = 4000  # of a lead that are compared, at the flattest angles


def shared_with_lead(attachment: Attachment, cells: np.ndarray, sublattice: np.ndarray) -> np.ndarray:
    """Which sites (cells (n, d), sublattice (n,)) are sites of a lead."""
    period = attachment.period_cells
    first = attachment.front + period
    axis = int(np.argmax(np.abs(period)))

    def reduced(where: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        steps = where[:, axis] // period[axis]
        return where - steps[:, None] * period, steps

    ours, begin = reduced(first)
    theirs, steps = reduced(cells.astype(first.dtype))
    rows = np.concatenate([np.column_stack([ours, attachment.kind]), np.column_stack([theirs, sublattice])])
    _, key = np.unique(rows, axis=0, return_inverse=True)
    key = key.ravel()
    start = np.full(key.max(initial=0) + 1, np.iinfo(np.int64).max)
    start[key[: len(ours)]] = begin
    return steps >= start[key[len(ours) :]]


def shared_places(new: Attachment, other: Attachment, extent: float) -> np.ndarray:
    """Positions in nm of what a new lead, or what is filled in for it, shares with another lead; the nearest first.

    `extent` is the largest distance of two sites of the region, in nm.
    """
    lattice = new.cell_sites.lattice
    filled = shared_with_lead(other, new.fill_cells, new.fill_sublattice)
    places = [lattice.positions(new.fill_cells[filled], new.fill_sublattice[filled])]
    cells, kind = _cells_that_may_meet(new, other, extent)
    meet = shared_with_lead(other, cells, kind)
    return np.concatenate([*places, lattice.positions(cells[meet], kind[meet])])


def _cells_that_may_meet(one: Attachment, other: Attachment, extent: float) -> tuple[np.ndarray, np.ndarray]:
    """Cells and sublattices of the sites of a lead that another one can meet."""
    a, b = (lead.period / np.linalg.norm(lead.period) for lead in (one, other))
    along = float(a @ b)
    sine = np.sqrt(max(0.0, 1 - along**2))
    if sine < 1e-9 and along < 0:  # they run apart
        return one.front[:0], one.kind[:0]
    length = np.linalg.norm(one.period)
    reach = 2 * extent / (sine if sine > 1e-9 else 1.0)
    count = min(_MOST_CELLS, int(np.ceil(reach / length)) + 2)
    steps = np.arange(1, count + 1)
    cells = (one.front[None] + steps[:, None, None] * one.period_cells).reshape(-1, one.front.shape[1])
    return cells, np.tile(one.kind, count)
