"""Models that are periodic around one translation of their lattice: the rest of it, with a Bloch momentum."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import InputError
from .attachment import adapted_basis, direction_vector
from .bravais import Lattice
from .sites import Sites
from .terms import HoppingTerm, OnsiteTerm, Terms
from .values import Parameter
from .wrap import Wrap


def wrapped(
    lattice: Lattice, terms: Terms, along: object, momentum: float | Parameter
) -> tuple[Lattice, Terms]:
    """A lattice without a direction, and the terms on it with the momentum in that direction."""
    if lattice.dimension < 2:
        raise InputError("wrapped: the lattice is a chain, and has no direction to spare")
    basis = adapted_basis(Sites.of_cell(lattice), direction_vector(along, "wrapped"), "wrapped")
    period = basis[0] @ lattice.vectors
    unit = period / np.linalg.norm(period)
    rest = basis[1:] @ lattice.vectors
    rest = rest - np.outer(rest @ unit, unit)  # what is along the period is periodic
    smaller = Lattice(
        rest,
        lattice.basis,
        lattice.sublattices,
        lattice.orbitals,
        holes=lattice.holes,
        periods=np.vstack([lattice.periods, period]),
    )
    found: list[Any] = []
    for term in terms.terms:
        if isinstance(term, HoppingTerm):
            found += _bonds(
                term, lattice, smaller, np.rint(np.linalg.inv(basis)).astype(int), Wrap(period, momentum)
            )
        elif isinstance(term, OnsiteTerm):
            _check_cells(term)
            found.append(replace(term, wraps=(*term.wraps, Wrap(period))))
    return smaller, Terms(tuple(found))


def _bonds(
    term: HoppingTerm, lattice: Lattice, smaller: Lattice, inverse: np.ndarray, wrap: Wrap
) -> list[HoppingTerm]:
    """Each kind of bond as a term of its own, of the wrapped lattice."""
    found = []
    for kind in term.bonds(lattice):
        to, source, cell = kind
        steps, *rest = (np.array(cell) @ inverse).tolist()
        aside = lattice.displacements([kind])[0] - smaller.displacements([(to, source, tuple(rest))])[0]
        names = smaller.sublattices[to], smaller.sublattices[source]
        around = (*term.wraps, replace(wrap, steps=steps, aside=aside))
        found.append(HoppingTerm(term.value, None, tuple(rest), names, wraps=around))
    return found


def _check_cells(term: OnsiteTerm) -> None:
    if "cell" in term.value.arguments:
        raise InputError(
            "wrapped: a term depends on the cell (disorder does), and would be the same in every period; add it to the "
            "wrapped model if that is meant"
        )
