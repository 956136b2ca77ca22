"""Lattices: primitive vectors, sublattices, orbitals, and who neighbours whom.

A site is an integer cell and a sublattice; its position is cell · vectors + basis[sublattice], in nm, always
with three components (x, y, z). All orbitals of a site stand together in matrices.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, nearest

_CELLS = 4  # neighbours are searched so many cells away in each direction


@dataclass(frozen=True, eq=False, init=False)
class Lattice:
    """A Bravais lattice with a basis.

    Parameters
    ----------
    vectors
        Primitive vectors in nm, shape (d, 1…3), d = 1, 2 or 3.
    basis
        Positions of the sublattices in the cell in nm, shape (sublattices, 1…3); one at the origin by default.
    sublattices
        Their names; "A", "B", … by default.
    orbitals
        Names of the orbitals of each site (spin included), or their number.

    Raises
    ------
    InputError
        For linearly dependent vectors, coinciding sublattices, or shapes that do not fit.

    Examples
    --------
    >>> import sharvin as sv
    >>> kagome = sv.lattice.Lattice([[1, 0], [0.5, 0.75**0.5]], basis=[[0, 0], [0.5, 0], [0.25, 0.75**0.5 / 2]])
    >>> len(kagome.neighbours(1))
    12
    """

    vectors: np.ndarray
    basis: np.ndarray
    sublattices: tuple[str, ...]
    orbitals: tuple[str, ...]

    def __init__(
        self,
        vectors: ArrayLike,
        basis: ArrayLike = ((0.0,),),
        sublattices: tuple[str, ...] | None = None,
        orbitals: tuple[str, ...] | int = 1,
    ) -> None:
        rows, places = _three_columns("vectors", vectors), _three_columns("basis", basis)
        if not 1 <= len(rows) <= 3 or np.linalg.matrix_rank(rows) < len(rows):
            raise InputError(f"lattice: vectors must be 1 to 3 linearly independent rows, got {vectors!r}")
        names = tuple(sublattices or "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(places)])
        if len(names) != len(places) or len(set(names)) != len(names):
            raise InputError(
                f"lattice: {len(places)} sublattices need as many different names, got {names!r}"
            )
        if isinstance(orbitals, str):
            raise InputError(
                f"lattice: orbitals must be a number or a tuple of names, got the string {orbitals!r}"
            )
        if isinstance(orbitals, (int, np.integer)):
            orbitals = tuple(str(number) for number in range(int(orbitals)))
        if not isinstance(orbitals, (tuple, list)):
            raise InputError(f"lattice: orbitals must be a number or a tuple of names, got {orbitals!r}")
        if not orbitals or len(set(orbitals)) != len(orbitals):
            raise InputError(
                f"lattice: orbitals must be a positive number or different names, got {orbitals!r}"
            )
        for array in (rows, places):
            array.setflags(write=False)
        fields = {"vectors": rows, "basis": places, "sublattices": names, "orbitals": tuple(orbitals)}
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        if self._separations[0][0] < 1e-9:
            raise InputError("lattice: two sublattices lie on the same place")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Lattice)
            and np.array_equal(self.vectors, other.vectors)
            and np.array_equal(self.basis, other.basis)
            and (self.sublattices, self.orbitals) == (other.sublattices, other.orbitals)
        )

    def __hash__(self) -> int:
        return hash((self.vectors.tobytes(), self.basis.tobytes(), self.orbitals))

    @property
    def dimension(self) -> int:
        """Number of primitive vectors."""
        return len(self.vectors)

    @property
    def orbital_count(self) -> int:
        """Orbitals of a site."""
        return len(self.orbitals)

    @property
    def sublattice_count(self) -> int:
        """Sites of a cell."""
        return len(self.basis)

    def positions(self, cells: np.ndarray, sublattice: np.ndarray) -> np.ndarray:
        """Positions in nm, shape (sites, 3), of sites given as cells (sites, d) and sublattice numbers (sites,)."""
        columns = np.zeros((3, len(cells)))  # x, y and z each in one piece: that is how they are read
        for axis, column in enumerate(columns):
            for steps, length in zip(cells.T, self.vectors[:, axis], strict=True):
                if length != 0:
                    column += steps * length
            if self.basis[:, axis].any():
                column += self.basis[sublattice, axis]
        return columns.T

    def sublattice_number(self, name: str) -> int:
        """The number of a sublattice by its name."""
        if name not in self.sublattices:
            raise InputError(f'no sublattice "{name}"{nearest(name, self.sublattices)}')
        return self.sublattices.index(name)

    def neighbours(self, shell: int) -> list[tuple[int, int, tuple[int, ...]]]:
        """The directed bonds of the `shell`-th neighbours (1 = nearest) as (sublattice to, sublattice from, Δcell).

        The bond leads from cell R to cell R + Δcell; both directions are listed.
        """
        lengths = _distinct([length for length, *_ in self._separations])
        if not 1 <= shell <= len(lengths):
            raise InputError(f"neighbours must be between 1 and {len(lengths)}, got {shell}")
        wanted = lengths[shell - 1]
        # A sphere that the cells searched surely hold: so many spacings of the lattice planes, less the basis.
        planes = 1 / np.linalg.norm(np.linalg.pinv(self.vectors), axis=0)
        safe = _CELLS * planes.min() - np.ptp(self.basis, axis=0).max()
        if wanted > safe:
            raise InputError(
                f"neighbours: shell {shell} lies at {wanted:.6g} nm, and with these vectors the search reaches "
                f"{safe:.6g} nm only; choose a nearer shell, shorter lattice vectors, or give hoppings by offset="
            )
        close = [bond for bond in self._separations if abs(bond[0] - wanted) < 1e-6 * wanted]
        return [(to, source, cell) for _, to, source, cell in close]

    @cached_property
    def _separations(self) -> list[tuple[float, int, int, tuple[int, ...]]]:
        """(length, to, from, Δcell) of every pair of sites in reach of a few cells."""
        reach = np.indices((2 * _CELLS + 1,) * self.dimension).reshape(self.dimension, -1).T - _CELLS
        found = []
        for to in range(self.sublattice_count):
            for source in range(self.sublattice_count):
                delta = reach @ self.vectors + self.basis[to] - self.basis[source]
                lengths = np.linalg.norm(delta, axis=1)
                for length, cell in zip(lengths, reach, strict=True):
                    if to != source or cell.any():
                        found.append((float(length), to, source, tuple(int(c) for c in cell)))
        return sorted(found)


def _three_columns(name: str, value: ArrayLike) -> np.ndarray:
    """Rows of one to three components as rows of three."""
    try:
        rows = np.atleast_2d(np.asarray(value, dtype=float))
    except (TypeError, ValueError):
        raise InputError(f"lattice: {name} must be rows of numbers in nm, got {value!r}") from None
    if rows.ndim != 2 or not 1 <= rows.shape[1] <= 3 or not np.isfinite(rows).all():
        raise InputError(f"lattice: {name} must be rows of one to three finite numbers in nm, got {value!r}")
    return np.pad(rows, ((0, 0), (0, 3 - rows.shape[1])))


def _distinct(lengths: list[float]) -> list[float]:
    """Sorted lengths without repetitions (to a part in 10⁶)."""
    distinct: list[float] = []
    for length in sorted(lengths):
        if not distinct or length > distinct[-1] * (1 + 1e-6):
            distinct.append(length)
    return distinct


def _period(a: float) -> float:
    """The lattice constant, or a clear refusal."""
    if not (isinstance(a, (int, float, np.floating, np.integer)) and np.isfinite(a) and a > 0):
        raise InputError(f"lattice: the lattice constant a must be a positive number of nm, got {a!r}")
    return float(a)


def chain(a: float = 1.0, orbitals: tuple[str, ...] | int = 1) -> Lattice:
    """A chain along x with period `a` in nm."""
    return Lattice([[_period(a)]], orbitals=orbitals)


def square(a: float = 1.0, orbitals: tuple[str, ...] | int = 1) -> Lattice:
    """A square lattice in the xy plane with period `a` in nm.

    >>> import sharvin as sv
    >>> len(sv.lattice.square(a=2.0).neighbours(1))
    4
    """
    return Lattice(_period(a) * np.eye(2), orbitals=orbitals)


def triangular(a: float = 1.0, orbitals: tuple[str, ...] | int = 1) -> Lattice:
    """A triangular lattice in the xy plane with period `a` in nm along x."""
    return Lattice(_period(a) * np.array([[1, 0], [0.5, np.sqrt(0.75)]]), orbitals=orbitals)


def honeycomb(a: float = 0.246, orbitals: tuple[str, ...] | int = 1) -> Lattice:
    """A honeycomb lattice (graphene) with period `a` in nm; zigzag rows run along x, bonds are a/√3 long.

    Sublattices "A" at the origin and "B" above it, at (0, a/√3).
    """
    a = _period(a)
    return Lattice(
        a * np.array([[1, 0], [0.5, np.sqrt(0.75)]]), basis=[[0, 0], [0, a / np.sqrt(3)]], orbitals=orbitals
    )


def cubic(a: float = 1.0, orbitals: tuple[str, ...] | int = 1) -> Lattice:
    """A simple cubic lattice with period `a` in nm."""
    return Lattice(_period(a) * np.eye(3), orbitals=orbitals)
