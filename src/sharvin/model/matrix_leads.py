"""Leads given as matrices: checked, and fitted to the region."""

import dataclasses
from typing import Any

import numpy as np

from ..errors import InputError
from .checked import check_hermitian, check_positive_lead, dense, orbitals_of, square, width_matrix
from .conserved import Blocks
from .lead_cell import LeadCell, WideBand
from .matrix_region import GrowingRegion
from .self_energies import LeadSelfEnergy, SelfEnergy


def divided(name: str, cell: LeadCell, given: Any) -> LeadCell:
    """A lead with its conserved quantity."""
    what = f'lead "{name}": conserved'
    if cell.v is None:
        raise InputError(f"{what}: a lead given by its self-energy has no modes to divide into blocks")
    blocks = Blocks.of(what, given, len(cell.h0))
    blocks.check(what, cell.h0, cell.v)
    if cell.overlap is not None:
        blocks.check(f"{what} (overlap)", *cell.overlap)
    return dataclasses.replace(cell, blocks=blocks)


def fitted(name: str, region: GrowingRegion, lead: Any, overlaps: Any) -> LeadCell:
    """The lead; the region grows by its first cell if it has a coupling of its own."""
    if not isinstance(lead, tuple) or len(lead) not in (2, 3, 4):
        raise InputError(
            f'lead "{name}": expected a tuple (h0, v, orbitals), (WideBand(gamma), orbitals) or '
            f"(SelfEnergy(sigma), orbitals), got {lead!r}"
        )
    if isinstance(lead[0], (WideBand, SelfEnergy)) != (len(lead) == 2):
        raise InputError(
            f'lead "{name}": expected (h0, v, orbitals) for a periodic lead, (WideBand(gamma), orbitals) or '
            "(SelfEnergy(sigma), orbitals) else"
        )
    orbitals = orbitals_of(name, lead[1 if len(lead) == 2 else 2], region.named)
    if len(lead) == 2:
        if overlaps is not None:
            raise InputError(
                f'lead_overlaps: lead "{name}" is given by its self-energy, which knows no overlap'
            )
        return LeadCell.given(_self_energy(name, lead[0], len(orbitals)), orbitals)
    h0 = square(f'lead "{name}": h0', lead[0]).toarray()
    check_hermitian(f'lead "{name}": h0', h0)
    h0 = (h0 + h0.conj().T) / 2
    v = square(f'lead "{name}": v', lead[1]).toarray()
    if v.shape != h0.shape:
        raise InputError(f'lead "{name}": v has shape {v.shape}, h0 has {h0.shape}; they must be equal')
    overlap, across = _overlaps(name, overlaps, len(h0), len(orbitals), coupled=len(lead) == 4)
    if len(lead) == 3:
        if len(orbitals) != len(h0):
            raise InputError(
                f'lead "{name}": {len(orbitals)} orbitals for a cell of {len(h0)}; the orbitals are the region\'s copy '
                "of the cell, in its order (a lead that couples otherwise takes a fourth item, its coupling)"
            )
        return LeadCell(h0, v, orbitals, np.nan, overlap=overlap)
    coupling = _coupling(f'lead "{name}": coupling', lead[-1], (len(orbitals), len(h0)))
    own = np.eye(len(h0)) if overlap is None else overlap[0]
    return LeadCell(h0, v, region.grow(orbitals, (coupling, h0), (across, own)), np.nan, overlap=overlap)


def _self_energy(name: str, given: Any, size: int) -> LeadSelfEnergy:
    """What stands for a lead on `size` orbitals."""
    if isinstance(given, WideBand):
        return LeadSelfEnergy.same(name, -0.5j * width_matrix(name, given.gamma, size))
    return LeadSelfEnergy.of(name, given, size)


def _overlaps(
    name: str, given: Any, cell: int, orbitals: int, *, coupled: bool
) -> tuple[tuple[np.ndarray, np.ndarray] | None, np.ndarray]:
    """(s0, s1) of a lead, None if its orbitals are orthonormal; the overlap of the region with its first cell."""
    across = np.zeros((orbitals, cell))
    if given is None:
        return None, across
    if not isinstance(given, tuple) or len(given) not in ((2, 3) if coupled else (2,)):
        raise InputError(
            f'lead_overlaps: lead "{name}" takes a tuple (s0, s1)'
            + (" or, as it couples in its own way, (s0, s1, overlap with the region)" if coupled else "")
            + f", got {given!r}"
        )
    s0, s1 = (
        square(f'lead "{name}": overlap {part}', matrix).toarray()
        for part, matrix in zip(("s0", "s1"), given, strict=False)
    )
    for part, matrix in (("s0", s0), ("s1", s1)):
        if len(matrix) != cell:
            raise InputError(f'lead "{name}": overlap {part} has shape {matrix.shape}, h0 has {(cell, cell)}')
    check_positive_lead(name, s0, s1)
    s0 = (s0 + s0.conj().T) / 2
    if len(given) == 3:
        across = _coupling(f'lead "{name}": overlap with the region', given[2], (orbitals, cell))
    return (s0, s1), across


def _coupling(what: str, given: Any, shape: tuple[int, int]) -> np.ndarray:
    """A matrix ⟨orbitals of the region|…|cell⟩."""
    coupling = np.atleast_2d(dense(what, given))
    if coupling.dtype.kind not in "iufc":
        raise InputError(f"{what}: expected a matrix of numbers in eV, got {coupling.dtype}")
    if coupling.shape != shape:
        raise InputError(
            f"{what} must be a matrix ⟨orbitals|H|cell⟩ of shape {shape}, got shape {coupling.shape}"
        )
    if not np.isfinite(coupling).all():
        raise InputError(f"{what} holds a number that is not finite")
    return coupling
