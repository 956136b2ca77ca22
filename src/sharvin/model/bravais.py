"""A Bravais lattice with a basis: primitive vectors, sublattices, orbitals, and who neighbours whom.

A site is an integer cell and a sublattice; its position is cell · vectors + basis[sublattice], in nm, always
with three components (x, y, z). All orbitals of a site stand together in matrices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice, product
from string import ascii_uppercase

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from ..errors import InputError, nearest

#: Lengths of bonds that differ by less, relatively, belong to one shell.
_EQUAL = 1e-6
#: Shells that may be asked for, and places among which neighbours are searched.
_MOST_SHELLS, _MOST_PLACES = 1000, 10**7

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
            raise InputError(f"lattice: vectors must be 1 to 3 linearly independent rows, got {vectors!r}")
        names = tuple(sublattices or islice(_letters(), len(places)))
        if len(names) != len(places) or len(set(names)) != len(names):
            raise InputError(
                f"lattice: {len(places)} sublattices need as many different names, got {names!r}"
            )
        orbitals = _orbital_names(orbitals)
        if not 0 <= holes <= len(orbitals):
            raise InputError(f"lattice: holes must be between 0 and {len(orbitals)}, got {holes!r}")
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
        if not len(around) and len(_bonds_within(self, 1e-9)[0]):  # around a period they may, as seen from it
            raise InputError("lattice: two sublattices lie on the same place")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Lattice)
            and np.array_equal(self.vectors, other.vectors)
            and np.array_equal(self.basis, other.basis)
            and (self.sublattices, self.orbitals) == (other.sublattices, other.orbitals)
            and self.holes == other.holes
            and np.array_equal(self.periods, other.periods)
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

    def sublattice_number(self, name: str) -> int:
        """The number of a sublattice by its name."""
        if name not in self.sublattices:
            raise InputError(f'no sublattice "{name}"{nearest(name, self.sublattices)}')
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

    def displacements(self, kinds: Sequence[Kind]) -> np.ndarray:
        """r(to) − r(from) of bonds in nm, (bonds, 3)."""
        to, source = (np.array([kind[end] for kind in kinds], dtype=int) for end in (0, 1))
        steps = np.array([kind[2] for kind in kinds], dtype=int).reshape(len(kinds), self.dimension)
        return self.positions(steps, to) - self.basis[source]


def _letters() -> Iterator[str]:
    """A, B, …, Z, AA, AB, …"""
    return ("".join(letters) for n in count(1) for letters in product(ascii_uppercase, repeat=n))


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
    fractions = lattice.basis @ np.linalg.pinv(lattice.vectors)
    spacing = 1 / np.linalg.norm(np.linalg.pinv(lattice.vectors), axis=0)  # of the lattice planes
    reach = np.ceil(radius / spacing + np.ptp(fractions, axis=0)).astype(int)
    places = lattice.sublattice_count * float(np.prod(2.0 * reach + 1))
    if not places <= _MOST_PLACES:
        raise InputError(
            f"neighbours within {radius:.6g} nm are sought among {places:.1e} sites, which is too many; "
            "lengths are in nm"
        )
    cells = np.array(list(product(*(range(-n, n + 1) for n in reach))))
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
    if isinstance(orbitals, str):
        raise InputError(
            f"lattice: orbitals must be a number or a tuple of names, got the string {orbitals!r}"
        )
    if isinstance(orbitals, (int, np.integer)):
        orbitals = tuple(str(number) for number in range(int(orbitals)))
    if not isinstance(orbitals, (tuple, list)):
        raise InputError(f"lattice: orbitals must be a number or a tuple of names, got {orbitals!r}")
    if not orbitals or len(set(orbitals)) != len(orbitals):
        raise InputError(f"lattice: orbitals must be a positive number or different names, got {orbitals!r}")
    return tuple(orbitals)


def _three_columns(name: str, value: ArrayLike) -> np.ndarray:
    """Rows of one to three components as rows of three."""
    try:
        rows = np.atleast_2d(np.asarray(value, dtype=float))
    except (TypeError, ValueError):
        raise InputError(f"lattice: {name} must be rows of numbers in nm, got {value!r}") from None
    if rows.ndim != 2 or not 1 <= rows.shape[1] <= 3 or not np.isfinite(rows).all():
        raise InputError(f"lattice: {name} must be rows of one to three finite numbers in nm, got {value!r}")
    return np.pad(rows, ((0, 0), (0, 3 - rows.shape[1])))
