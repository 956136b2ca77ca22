"""Leads in a canonical order of their orbitals, so that equal leads and mirror images are one."""

from dataclasses import dataclass

import numpy as np

from ..model.lead_cell import LeadCell
from .cache import fingerprint

_GROUPS = (1, 2, 4)  # orbitals that stay together where the order of a cell is reversed


@dataclass(frozen=True, eq=False)
class Canonical:
    """A lead with its orbitals in an order that is the same for mirror images.

    Attributes
    ----------
    h0, v, bases
        Of the lead, in that order; bases of the blocks of a conserved quantity.
    order
        Of the orbitals of the cell.
    key
        Tells the lead from others.
    """

    h0: np.ndarray
    v: np.ndarray
    bases: tuple[np.ndarray, ...]
    order: np.ndarray
    key: bytes

    @classmethod
    def of(cls, cell: LeadCell) -> "Canonical":
        """The order with the smallest key, among that of the cell and a few reversed ones."""
        bases = () if cell.blocks is None else cell.blocks.bases
        size = len(cell.h0)
        assert cell.v is not None, "a lead given by its self-energy has no cell"
        if cell.overlap is not None:
            key = fingerprint(cell.h0, cell.v, *bases, *cell.overlap)
            return cls(cell.h0, cell.v, bases, np.arange(size), key)
        orders = [np.arange(size)]
        for group in _GROUPS:
            if size % group == 0:
                orders.append(orders[0].reshape(-1, group)[::-1].ravel())
        elements = [_Elements.of(matrix) for matrix in (cell.h0, cell.v)]
        keys = [
            fingerprint(
                *(part for own in elements for part in own.ordered(order)), *(basis[order] for basis in bases)
            )
            for order in orders
        ]
        chosen = min(range(len(orders)), key=keys.__getitem__)
        order = orders[chosen]
        if chosen == 0:
            return cls(cell.h0, cell.v, bases, order, keys[0])
        across = np.ix_(order, order)
        return cls(
            cell.h0[across], cell.v[across], tuple(basis[order] for basis in bases), order, keys[chosen]
        )


@dataclass(frozen=True, eq=False)
class _Elements:
    """The elements of a matrix that are not zero."""

    size: int
    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, matrix: np.ndarray) -> "_Elements":
        rows, columns = np.nonzero(matrix)
        return cls(len(matrix), rows, columns, matrix[rows, columns])

    def ordered(self, order: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The size, and places and values sorted by place, when the orbitals stand in an order."""
        now = np.empty_like(order)
        now[order] = np.arange(self.size)
        places = now[self.rows] * self.size + now[self.columns]
        sort = np.argsort(places)
        return np.array([self.size]), places[sort], self.values[sort]
