"""A Bravais lattice with a basis: primitive vectors, sublattices, orbitals, and who neighbours whom.

A site is an integer cell and a sublattice; its position is cell · vectors + basis[sublattice], in nm, always
with three components (x, y, z). All orbitals of a site stand together in matrices.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count, islice, product
from string import ascii_uppercase
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from ..errors import InputError, nearest
from ..reals import NotReal, reals, shown

#: Lengths of bonds that differ by less, relatively, belong to one shell.
_EQUAL = 1e-6
#: Sites that are closer, in units of the shortest vector, lie on the same place.
_SAME_PLACE = 1e-9
#: Shells that may be asked for, places among which neighbours are searched, orbitals of a site.
_MOST_SHELLS, _MOST_PLACES, _MOST_ORBITALS = 1000, 10**7, 10**5
#: Lengths in nm whose powers and ratios are numbers.
_SHORTEST, _LONGEST = 1e-30, 1e30

#: (sublattice to, sublattice from, Δcell): the bonds from cell R to cell R + Δcell, for every R.
Kind = tuple[int, int, tuple[int, ...]]


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
        Their names; "A", "B", …, "Z", "AA", … by default.
    orbitals
        Names of the orbitals of each site (spin included), or their number.
    holes
        How many of them, the last ones, are of holes: of the charge +e (`sharvin.nambu` makes such lattices).
    periods
        Translations (n, 3) in nm around which it is wrapped (`Model.wrapped` makes such lattices).

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
    holes: int
    periods: np.ndarray

    def __init__(
        self,
        vectors: ArrayLike,
        basis: ArrayLike = ((0.0,),),
        sublattices: tuple[str, ...] | None = None,
        orbitals: tuple[str, ...] | int = 1,
        *,
        holes: int = 0,
        periods: ArrayLike = (),
    ) -> None:
        rows, places = _three_columns("vectors", vectors), _three_columns("basis", basis)
        if not 1 <= len(rows) <= 3 or np.linalg.matrix_rank(rows) < len(rows):
            raise InputError(
                f"lattice: vectors must be 1 to 3 linearly independent rows, got {shown(vectors)}"
            )
        names = _sublattice_names(sublattices, len(places))
        orbitals = _orbital_names(orbitals)
        if not _is_integer(holes) or not 0 <= holes <= len(orbitals):
            raise InputError(
                f"lattice: holes must be between 0 and {len(orbitals)}, the number of orbitals, got {shown(holes)}"
            )
        around = np.asarray(periods, dtype=float).reshape(-1, 3)
        for array in (rows, places, around):
            array.setflags(write=False)
        fields = {
            "vectors": rows,
            "basis": places,
            "sublattices": names,
            "orbitals": tuple(orbitals),
            "holes": holes,
            "periods": around,
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        shortest = float(np.linalg.norm(rows, axis=1).min())
        coinciding = (
            () if len(around) else _bonds_within(self, _SAME_PLACE * shortest)[1]
        )  # around a period they may
        for one, other, _ in coinciding:
            raise InputError(
                f'lattice: the sublattices "{names[other]}" and "{names[one]}" lie on the same place, up to lattice '
                "vectors; name each site of the cell once, and give a site several states by orbitals="
            )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Lattice)
            and np.array_equal(self.vectors, other.vectors)
            and np.array_equal(self.basis, other.basis)
            and (self.sublattices, self.orbitals) == (other.sublattices, other.orbitals)
            and self.holes == other.holes
            and np.array_equal(self.periods, other.periods)
        )

    def unlike(self, other: "Lattice") -> str:
        """What tells the lattice from another one, for a message."""
        for name in ("orbitals", "sublattices", "vectors", "basis", "holes", "periods"):
            own, its = getattr(self, name), getattr(other, name)
            if not np.array_equal(own, its):
                own, its = (part.tolist() if isinstance(part, np.ndarray) else part for part in (own, its))
                return f"{name} {shown(own)} and not {shown(its)}"
        return "nothing"

    def __hash__(self) -> int:
        return hash((self.vectors.tobytes(), self.basis.tobytes(), self.orbitals))

    @cached_property
    def inverse(self) -> np.ndarray:
        """The matrix (3, d) that gives places in units of the primitive vectors."""
        return np.linalg.pinv(self.vectors)

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

    @property
    def charges(self) -> np.ndarray:
        """Of each orbital of a site, 1 for electrons and −1 for holes: the sense in which Peierls phases turn."""
        return np.where(np.arange(self.orbital_count) < self.orbital_count - self.holes, 1, -1)

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

    def sublattice_number(self, name: str, what: str = "lattice") -> int:
        """The number of a sublattice by its name; `what` asks for it."""
        if not isinstance(name, str) or name not in self.sublattices:
            given = f'"{name}"' if isinstance(name, str) else shown(name)
            raise InputError(f"{what}: no sublattice {given}{nearest(shown(name), self.sublattices)}")
        return self.sublattices.index(name)

    def neighbours(self, shell: int) -> tuple[Kind, ...]:
        """The directed bonds of the `shell`-th neighbours (1 = nearest), both directions of each.

        A shell holds the bonds of one length, on whatever sublattices.
        """
        if not 1 <= shell <= _MOST_SHELLS:
            raise InputError(f"neighbours must be between 1 and {_MOST_SHELLS}, got {shell}")
        return _shell(self, shell)

    def bonds_within(self, radius: float) -> tuple[Kind, ...]:
        """The directed bonds no longer than a radius in nm, both directions of each, the shortest first."""
        return _bonds_within(self, radius * (1 + _EQUAL))[1]

    def forward(self, kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
        """Those of the bonds whose displacement has its first component that is not zero positive."""
        return _forward(self, kinds)

    def displacements(self, kinds: Sequence[Kind]) -> np.ndarray:
        """r(to) − r(from) of bonds in nm, (bonds, 3)."""
        to, source = (np.array([kind[end] for kind in kinds], dtype=int) for end in (0, 1))
        steps = np.array([kind[2] for kind in kinds], dtype=int).reshape(len(kinds), self.dimension)
        return self.positions(steps, to) - self.basis[source]


def _letters() -> Iterator[str]:
    """A, B, …, Z, AA, AB, …"""
    return ("".join(letters) for n in count(1) for letters in product(ascii_uppercase, repeat=n))


@lru_cache(maxsize=32)
def _forward(lattice: Lattice, kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """Bonds that lead forward."""
    delta = lattice.displacements(kinds)
    leading = np.take_along_axis(delta, (np.abs(delta) > 1e-9).argmax(axis=1)[:, None], axis=1)[:, 0]
    return tuple(kind for kind, along in zip(kinds, leading.tolist(), strict=True) if along > 0)


@lru_cache(maxsize=32)
def _shell(lattice: Lattice, shell: int) -> tuple[Kind, ...]:
    """The bonds of the `shell`-th neighbours."""
    radius = float(np.linalg.norm(lattice.vectors, axis=1).min())  # which is the length of a bond
    while True:
        lengths, kinds = _bonds_within(lattice, radius * (1 + 2 * _EQUAL))
        first = np.flatnonzero(np.diff(lengths, prepend=0.0) > _EQUAL * lengths)
        if len(first) > shell:  # the last one may not be whole
            return kinds[first[shell - 1] : first[shell]]
        radius *= 1.5


@lru_cache(maxsize=32)
def _bonds_within(lattice: Lattice, radius: float) -> tuple[np.ndarray, tuple[Kind, ...]]:
    """Lengths, rising, and kinds of all bonds up to a length."""
    fractions = lattice.basis @ lattice.inverse
    spacing = 1 / np.linalg.norm(lattice.inverse, axis=0)  # of the lattice planes
    reach = np.ceil(radius / spacing + np.ptp(fractions, axis=0))
    places = lattice.sublattice_count * math.prod((2 * reach + 1).tolist())
    if not places <= _MOST_PLACES:
        raise InputError(
            f"neighbours within {radius:.6g} nm are sought among {places:.1e} sites, which is too many; "
            "lengths are in nm"
        )
    cells = np.array(list(product(*(range(-n, n + 1) for n in reach.astype(int).tolist()))))
    where = np.repeat(np.arange(len(cells)), lattice.sublattice_count)
    kind = np.tile(np.arange(lattice.sublattice_count), len(cells))
    points = lattice.positions(cells[where], kind)
    pairs = cKDTree(lattice.basis).sparse_distance_matrix(cKDTree(points), radius, output_type="ndarray")
    source, place, length = pairs["i"], pairs["j"], pairs["v"]
    is_bond = (kind[place] != source) | cells[where[place]].any(axis=1)
    source, place, length = source[is_bond], place[is_bond], length[is_bond]
    order = np.lexsort((place, source, np.round(length / (length.max(initial=1.0) * _EQUAL / 10))))
    steps = map(tuple, cells[where[place[order]]].tolist())
    kinds = tuple(zip(kind[place[order]].tolist(), source[order].tolist(), steps, strict=True))
    return length[order], kinds


def _orbital_names(orbitals: tuple[str, ...] | int) -> tuple[str, ...]:
    """Names of orbitals, or a clear refusal."""
    if _is_integer(orbitals):
        if not 1 <= orbitals <= _MOST_ORBITALS:
            raise InputError(
                f"lattice: orbitals must be a positive number, at most {_MOST_ORBITALS}, or a tuple of names, got "
                f"{shown(orbitals)}"
            )
        return tuple(str(number) for number in range(int(orbitals)))
    if not isinstance(orbitals, (tuple, list)) or not _are_names(orbitals):
        kind = "the string " if isinstance(orbitals, str) else ""
        raise InputError(
            f"lattice: orbitals must be a positive number or a tuple of different names, got {kind}{shown(orbitals)}"
        )
    return tuple(orbitals)


def _sublattice_names(sublattices: tuple[str, ...] | None, count: int) -> tuple[str, ...]:
    """Names of sublattices, or a clear refusal."""
    if sublattices is None:
        return tuple(islice(_letters(), count))
    if not isinstance(sublattices, (tuple, list)) or not _are_names(sublattices) or len(sublattices) != count:
        raise InputError(
            f"lattice: {count} sublattices need as many different names, as a tuple, got {shown(sublattices)}"
        )
    return tuple(sublattices)


def _are_names(given: Sequence[Any]) -> bool:
    """Whether these are different strings, one at least, and none empty."""
    return (
        len(given) > 0
        and all(isinstance(name, str) and name for name in given)
        and len(set(given)) == len(given)
    )


def _is_integer(value: Any) -> TypeGuard[int]:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _three_columns(name: str, value: ArrayLike) -> np.ndarray:
    """Rows of one to three components as rows of three."""
    try:
        rows = np.atleast_2d(reals(value))
    except NotReal as reason:
        raise InputError(
            f"lattice: {name} must be rows of numbers in nm, got {shown(value)}: {reason}"
        ) from None
    if rows.ndim != 2 or not 1 <= rows.shape[1] <= 3 or not np.isfinite(rows).all():
        raise InputError(
            f"lattice: {name} must be rows of one to three finite numbers in nm, got {shown(value)}"
        )
    size = np.abs(rows).max(axis=1)
    if (size > _LONGEST).any() or (name == "vectors" and (size < _SHORTEST).any() and rows.any(axis=1).all()):
        raise InputError(
            f"lattice: {name} must be rows of lengths between {_SHORTEST:.0e} and {_LONGEST:.0e} nm, got "
            f"{shown(value)}"
        )
    return np.pad(rows, ((0, 0), (0, 3 - rows.shape[1])))
