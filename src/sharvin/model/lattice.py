"""The lattices by name, and stacks of layers; any other is a `Lattice` of its own vectors."""

from itertools import product
from math import gcd

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from ..reals import NotReal, positive, reals, shown
from .bravais import Lattice

__all__ = [
    "Lattice", "bcc", "bilayer", "chain", "cubic", "diamond", "fcc", "honeycomb", "kagome", "lieb", "rectangular",
    "square", "stack", "triangular", "twisted_bilayer",
]  # fmt: skip

_HEXAGONAL = np.array([[1, 0], [0.5, np.sqrt(0.75)]])
_Orbitals = tuple[str, ...] | int
_MOST_SITES = 10**6  # of the cell of a twisted bilayer


def _period(a: float, name: str = "a") -> float:
    """The lattice constant, or a clear refusal."""
    return positive(f"lattice: the lattice constant {name}", a, "nm")


def chain(a: float = 1.0, orbitals: _Orbitals = 1) -> Lattice:
    """A chain along x with period `a` in nm."""
    return Lattice([[_period(a)]], orbitals=orbitals)


def square(a: float = 1.0, orbitals: _Orbitals = 1) -> Lattice:
    """A square lattice in the xy plane with period `a` in nm.

    >>> import sharvin as sv
    >>> len(sv.lattice.square(a=2.0).neighbours(1))
    4
    """
    return Lattice(_period(a) * np.eye(2), orbitals=orbitals)


def rectangular(a: float = 1.0, b: float = 2.0, orbitals: _Orbitals = 1) -> Lattice:
    """A rectangular lattice in the xy plane with periods `a` along x and `b` along y, in nm.

    Nearest neighbours are those along the shorter period only; hoppings by ``offset=`` tell x from y.
    """
    return Lattice(np.diag([_period(a), _period(b, "b")]), orbitals=orbitals)


def triangular(a: float = 1.0, orbitals: _Orbitals = 1) -> Lattice:
    """A triangular lattice in the xy plane with period `a` in nm along x."""
    return Lattice(_period(a) * _HEXAGONAL, orbitals=orbitals)


def honeycomb(a: float = 0.246, orbitals: _Orbitals = 1) -> Lattice:
    """A honeycomb lattice (graphene) with period `a` in nm; zigzag rows run along x, bonds are a/√3 long.

    Sublattices "A" at the origin and "B" above it, at (0, a/√3).
    """
    a = _period(a)
    return Lattice(a * _HEXAGONAL, basis=[[0, 0], [0, a / np.sqrt(3)]], orbitals=orbitals)


def cubic(a: float = 1.0, orbitals: _Orbitals = 1) -> Lattice:
    """A simple cubic lattice with period `a` in nm."""
    return Lattice(_period(a) * np.eye(3), orbitals=orbitals)


def kagome(a: float = 1.0, orbitals: _Orbitals = 1) -> Lattice:
    """A kagome lattice in the xy plane with period `a` in nm; bonds are a/2 long.

    >>> import sharvin as sv
    >>> len(sv.lattice.kagome().neighbours(1))
    12
    """
    a = _period(a)
    basis = a * np.array([[0, 0], [0.5, 0], [0.25, np.sqrt(0.75) / 2]])
    return Lattice(a * _HEXAGONAL, basis=basis, orbitals=orbitals)


def lieb(a: float = 1.0, orbitals: _Orbitals = 1) -> Lattice:
    """A Lieb lattice, a square one with a site on every edge, with period `a` in nm; bonds are a/2 long.

    Sublattices "A" at the corners, "B" on the edges along x and "C" on those along y.
    """
    a = _period(a)
    return Lattice(a * np.eye(2), basis=a * np.array([[0, 0], [0.5, 0], [0, 0.5]]), orbitals=orbitals)


def bcc(a: float = 1.0, orbitals: _Orbitals = 1) -> Lattice:
    """A body-centred cubic lattice with the cubic period `a` in nm; bonds are √3a/2 long."""
    return Lattice(_period(a) / 2 * (1 - 2 * np.eye(3)), orbitals=orbitals)


def fcc(a: float = 1.0, orbitals: _Orbitals = 1) -> Lattice:
    """A face-centred cubic lattice with the cubic period `a` in nm; bonds are a/√2 long."""
    return Lattice(_period(a) / 2 * (1 - np.eye(3)), orbitals=orbitals)


def diamond(a: float = 1.0, orbitals: _Orbitals = 1) -> Lattice:
    """A diamond (zincblende) lattice with the cubic period `a` in nm; bonds are √3a/4 long.

    Sublattices "A" at the origin and "B" at (a/4, a/4, a/4).
    """
    a = _period(a)
    return Lattice(a / 2 * (1 - np.eye(3)), basis=a / 4 * np.outer([0, 1], np.ones(3)), orbitals=orbitals)


def stack(layer: Lattice, offsets: ArrayLike) -> Lattice:
    """Copies of a lattice displaced against each other: its sublattices "A", "B" become "A1", "B1", "A2", …

    Parameters
    ----------
    layer
        A lattice; its vectors are those of the stack.
    offsets
        Displacement of each copy in nm, (layers, 1…3).

    Raises
    ------
    InputError
        If sites of two layers lie on the same place.

    Examples
    --------
    Rhombohedral trilayer graphene:

    >>> import sharvin as sv
    >>> graphene = sv.lattice.honeycomb()
    >>> bond = 0.246 / 3**0.5
    >>> trilayer = sv.lattice.stack(graphene, [(0, bond * n, 0.335 * n) for n in range(3)])
    >>> trilayer.sublattices
    ('A1', 'B1', 'A2', 'B2', 'A3', 'B3')
    """
    if not isinstance(layer, Lattice):
        raise InputError(
            f"stack: layer must be a lattice such as sharvin.lattice.honeycomb(), got {shown(layer)}"
        )
    try:
        shifts = np.atleast_2d(reals(offsets))
    except NotReal as reason:
        raise InputError(
            f"stack: offsets must be displacements in nm, got {shown(offsets)}: {reason}"
        ) from None
    if shifts.ndim != 2 or not 1 <= shifts.shape[1] <= 3 or not np.isfinite(shifts).all():
        raise InputError(f"stack: offsets must be rows of one to three finite numbers, got {shown(offsets)}")
    shifts = np.pad(shifts, ((0, 0), (0, 3 - shifts.shape[1])))
    basis = np.concatenate([layer.basis + shift for shift in shifts])
    names = tuple(f"{name}{n + 1}" for n in range(len(shifts)) for name in layer.sublattices)
    return Lattice(layer.vectors, basis, names, layer.orbitals)


def bilayer(
    a: float = 0.246, spacing: float = 0.335, stacking: str = "AB", orbitals: _Orbitals = 1
) -> Lattice:
    """Bilayer graphene: sublattices "A1", "B1" at z = 0 and "A2", "B2" at z = `spacing`, in nm.

    `stacking` "AB" (Bernal) puts A2 above B1; "AA" puts each site above the one of its name.
    """
    if not isinstance(stacking, str) or stacking not in ("AB", "AA"):
        raise InputError(f'bilayer: stacking must be "AB" or "AA", got {shown(stacking)}')
    layer = honeycomb(a, orbitals)
    bottom, up = np.zeros(3), np.array([0, 0, _period(spacing, "spacing")])
    return stack(layer, [bottom, up + (layer.basis[1] if stacking == "AB" else bottom)])


def twisted_bilayer(
    m: int, r: int = 1, a: float = 0.246, spacing: float = 0.335, orbitals: _Orbitals = 1
) -> Lattice:
    """Twisted bilayer graphene at a commensurate angle, cos θ = (3m² + 3mr + r²/2)/(3m² + 3mr + r²).

    From AA stacking the upper layer, at z = `spacing`, is turned by θ about a site on top of another one. The moiré
    cell has its first vector along x, and 4(3m² + 3mr + r²) sites, a third of them where 3 divides r. Sublattices are
    named by layer, sublattice and number: "1A0", "1B0", …, "2B6".
    (J. M. B. Lopes dos Santos, N. M. R. Peres and A. H. Castro Neto, Phys. Rev. B 86, 155449 (2012).)

    Parameters
    ----------
    m, r
        Positive coprime integers; r = 1 gives the smallest cell at small angles, θ ≈ 1/(√3 m).
    a, spacing
        Period of graphene and distance of the layers, in nm.
    orbitals
        Of each site.

    Examples
    --------
    >>> import sharvin as sv
    >>> sv.lattice.twisted_bilayer(1).sublattice_count          # 21.8°
    28
    """
    for name, value in (("m", m), ("r", r)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise InputError(f"twisted_bilayer: {name} must be a positive integer, got {shown(value)}")
    if gcd(m, r) != 1:
        raise InputError(f"twisted_bilayer: m and r must be coprime, got {m} and {r}")
    if 4 * (3 * m**2 + 3 * m * r + r**2) > _MOST_SITES:
        raise InputError(
            f"twisted_bilayer: the moiré cell would have more than {_MOST_SITES:.0e} sites; m and r of this size, "
            f"{shown(m)} and {shown(r)}, are too large"
        )
    a, spacing = _period(a), _period(spacing, "spacing")
    if r % 3 == 0:
        steps = np.array([[m + r // 3, r // 3], [-(r // 3), m + 2 * r // 3]])
    else:
        steps = np.array([[m, m + r], [-m - r, 2 * m + r]])
    cosine = (3 * m**2 + 3 * m * r + r**2 / 2) / (3 * m**2 + 3 * m * r + r**2)
    layer = honeycomb(a)
    moire = steps @ layer.vectors[:, :2]
    names, places = [], []
    for number, angle in enumerate((0.0, np.arccos(cosine))):
        turned = layer.vectors[:, :2] @ _turn(angle), layer.basis[:, :2] @ _turn(angle)
        for name, origin in zip(layer.sublattices, turned[1], strict=True):
            inside = _cell_sites(moire, turned[0], origin)
            names += [f"{number + 1}{name}{n}" for n in range(len(inside))]
            places.append(np.column_stack([inside, np.full(len(inside), number * spacing)]))
    level = _turn(-np.arctan2(moire[0, 1], moire[0, 0]))
    basis = np.concatenate(places)
    basis[:, :2] = basis[:, :2] @ level
    return Lattice(moire @ level, basis, tuple(names), orbitals)


def _turn(angle: float) -> np.ndarray:
    """Rows times this matrix are turned by an angle, counter-clockwise."""
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _cell_sites(cell: np.ndarray, vectors: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """The sites n · vectors + origin in one cell of a commensurate superlattice."""
    count = round(abs(np.linalg.det(cell) / np.linalg.det(vectors)))
    corners = np.array(list(product((0, 1), repeat=2))) @ cell @ np.linalg.inv(vectors)
    low, high = np.floor(corners.min(axis=0)).astype(int) - 1, np.ceil(corners.max(axis=0)).astype(int) + 1
    steps = np.indices(high - low + 1).reshape(2, -1).T + low
    sites = steps @ vectors + origin
    fractions = sites @ np.linalg.inv(cell)
    inside = ((fractions > -1e-6) & (fractions < 1 - 1e-6)).all(axis=1)
    assert np.count_nonzero(inside) == count, "a commensurate cell holds a whole number of cells"
    return sites[inside]
