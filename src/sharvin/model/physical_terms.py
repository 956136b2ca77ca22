"""Terms by the physics they stand for; what they are on a lattice is worked out from it when a model is made.

With bonds δ of a Bravais lattice and weights w_δ such that Σ_δ w_δ δ_i δ_j = δ_ij in the space of the lattice (1/2a² on
a square lattice), derivatives are ∂_j ψ ≈ Σ_δ w_δ δ_j ψ(r + δ) and ∇²ψ ≈ Σ_δ 2w_δ [ψ(r + δ) − ψ(r)], to second order in
the lattice constant. So

    ħ²k²/2m       →   ⟨r|H|r⟩ = Σ_δ t_δ,  ⟨r + δ|H|r⟩ = −t_δ,   t_δ = (ħ²/2m) 2w_δ
    σ_i M_ij k_j  →   ⟨r + δ|H|r⟩ = i w_δ σ_i M_ij δ_j.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from ..constants import BOHR_MAGNETON, HBAR2_OVER_2M
from ..errors import InputError
from ..reals import NotReal, reals, shown
from .bravais import Lattice
from .composed import composed
from .spin import spin_matrices
from .terms import Recipe, Terms, hopping, onsite
from .values import REQUIRED, Parameter

__all__ = ["dresselhaus", "exchange", "hopping", "kinetic", "onsite", "rashba", "zeeman"]

_RASHBA = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 0]])
_DRESSELHAUS = np.diag([1, -1, 0])


def kinetic(mass: float | Parameter) -> Terms:
    """The kinetic energy ħ²k²/2m, with hard walls where a region ends.

    Parameters
    ----------
    mass
        Effective mass in electron masses, a number or a parameter.

    Raises
    ------
    InputError
        For a mass that is not positive; and, when the model is made, for a lattice with several sites in a cell.

    Examples
    --------
    On a square lattice of 2 nm in GaAs t = ħ²/2ma² = 142 meV; the band begins at zero:

    >>> import sharvin as sv
    >>> gas = sv.Model(sv.lattice.square(a=2.0), sv.terms.kinetic(mass=0.067))
    >>> h = gas.region(sv.shape.rectangle(5.0, 5.0)).hamiltonian()
    >>> (h.diagonal()[0] / 4).round(4), (-h[0, 1]).round(4)
    (np.float64(0.1422), np.float64(0.1422))
    """
    _check_number("kinetic: mass", mass, positive=True)

    def build(lattice: Lattice) -> Terms:
        bonds = _bonds(lattice, "kinetic")

        def scaled(factor: float) -> Any:
            def energy(*, mass: Any) -> float:
                return factor * HBAR2_OVER_2M / _given("kinetic: mass", mass, positive=True)

            return composed(energy, mass=mass)

        diagonal = onsite(scaled(4 * sum(bond.weight for bond in bonds)))
        return reduce(add, [hopping(scaled(-2 * b.weight), offset=b.offset) for b in bonds], diagonal)

    return _recipe(build, mass)


def rashba(alpha: Any) -> Terms:
    """Rashba spin–orbit coupling α(σ_x k_y − σ_y k_x).

    Parameters
    ----------
    alpha
        α in eV nm: a number, a parameter, or a function of x, y, z (the middle of a bond) and of parameters.

    Notes
    -----
    Y. A. Bychkov and E. I. Rashba, J. Phys. C 17, 6039 (1984); F. Mireles and G. Kirczenow, Phys. Rev. B 64, 024426
    (2001), for the lattice.

    Examples
    --------
    >>> import sharvin as sv
    >>> square = sv.lattice.square(a=5.0, orbitals=("up", "down"))
    >>> gas = sv.Model(square, sv.terms.kinetic(mass=0.023) + sv.terms.rashba(alpha=0.02))
    """
    return _spin_orbit("rashba", "alpha", alpha, _RASHBA)


def dresselhaus(beta: Any) -> Terms:
    """Linear Dresselhaus spin–orbit coupling of a well along [001], β(σ_x k_x − σ_y k_y), x along [100].

    Parameters
    ----------
    beta
        β in eV nm, as α of `rashba`.

    Notes
    -----
    G. Dresselhaus, Phys. Rev. 100, 580 (1955).
    """
    return _spin_orbit("dresselhaus", "beta", beta, _DRESSELHAUS)


def zeeman(g: float, B: Any) -> Terms:
    """The Zeeman energy (gμ_B/2) B·σ: levels ± half of the splitting gμ_B B.

    Parameters
    ----------
    g
        The g-factor, with its sign.
    B
        Field in T: one along z, or three components. Each is a number, a parameter, or a function of x, y, z and of
        parameters.

    Examples
    --------
    >>> import sharvin as sv
    >>> dot = sv.Model(sv.lattice.square(orbitals=("up", "down")), sv.hopping(-1.0) + sv.terms.zeeman(2.0, B=1.0))
    >>> h = dot.region(sv.shape.rectangle(1.0, 1.0)).hamiltonian()
    >>> (1e6 * h.diagonal().real).round(2)          # ± μ_B · 1 T in µeV
    array([ 57.88, -57.88])
    """
    half = 0.5 * _given("zeeman: g", g) * BOHR_MAGNETON
    components = tuple(B) if isinstance(B, (tuple, list)) or np.ndim(B) == 1 else (0.0, 0.0, B)
    if len(components) != 3:
        raise InputError(f"zeeman: B must be one field along z or three components in T, got {shown(B)}")
    for component in components:
        _check_number("zeeman: B", component)

    def build(lattice: Lattice) -> Terms:
        sigma = spin_matrices(lattice, "zeeman")
        parts = [
            onsite(_scaled("zeeman: B", component, half * matrix))
            for component, matrix in zip(components, sigma, strict=True)
            if not (isinstance(component, (int, float)) and component == 0)
        ]
        return reduce(add, parts, Terms(()))

    return _recipe(build, *components)


def exchange(strength: Any, texture: Callable[..., Any]) -> Terms:
    """Exchange with a magnetic texture, J n(r)·σ.

    Parameters
    ----------
    strength
        J in eV: a number, a parameter, or a function of x, y, z and of parameters.
    texture
        A function of x, y, z (and of parameters) that returns the three components (n_x, n_y, n_z) of n(r), each a
        number or an array over the sites.

    Examples
    --------
    A domain wall:

    >>> import numpy as np
    >>> import sharvin as sv
    >>> wall = sv.terms.exchange(0.1, lambda x, width: (1 / np.cosh(x / width), 0, np.tanh(x / width)))
    >>> magnet = sv.Model(sv.lattice.square(orbitals=("up", "down")), sv.hopping(-1.0) + wall)
    >>> sorted(magnet.parameters)
    ['width']
    """
    if not callable(texture):
        raise InputError(
            f"exchange: texture must be a function that returns (nx, ny, nz), got {shown(texture)}"
        )
    _check_number("exchange: strength", strength)

    def build(lattice: Lattice) -> Terms:
        sigma = spin_matrices(lattice, "exchange")

        def energy(*, strength: Any, texture: Any) -> np.ndarray:
            if (
                not isinstance(texture, (tuple, list, np.ndarray))
                or not np.iterable(texture)
                or len(texture) != 3
            ):
                raise InputError(f"exchange: texture must return (nx, ny, nz), got {shown(texture)}")
            factor = _real("exchange: strength", strength)
            parts = [
                np.multiply.outer(factor * _real("exchange: texture", n), m)
                for n, m in zip(texture, sigma, strict=True)
            ]
            return parts[0] + parts[1] + parts[2]

        return onsite(composed(energy, strength=strength, texture=texture))

    return _recipe(build, strength)


def _spin_orbit(what: str, name: str, strength: Any, coupling: np.ndarray) -> Terms:
    """strength · Σ_ij σ_i M_ij k_j."""
    _check_number(f"{what}: {name}", strength)

    def build(lattice: Lattice) -> Terms:
        sigma = spin_matrices(lattice, what)
        parts = []
        for bond in _bonds(lattice, what):
            matrix = 1j * bond.weight * np.tensordot(coupling @ bond.delta, sigma, axes=1)
            if matrix.any():
                parts.append(hopping(_scaled(f"{what}: {name}", strength, matrix), offset=bond.offset))
        return reduce(add, parts, Terms(()))

    return _recipe(build, strength)


@dataclass(frozen=True, eq=False)
class _Bond:
    """A bond by lattice vectors and by its vector in nm, and its weight."""

    offset: tuple[int, ...]
    delta: np.ndarray
    weight: float


def _bonds(lattice: Lattice, what: str) -> list[_Bond]:
    """Bonds for derivatives, one of each pair ±δ."""
    if lattice.sublattice_count > 1:
        raise InputError(
            f"{what}: it needs a lattice with one site in a cell, on which it stands for a continuum; this one has "
            f"{lattice.sublattice_count} sublattices"
        )
    gram = lattice.vectors @ lattice.vectors.T
    if np.abs(gram - np.diag(np.diag(gram))).max() < 1e-9 * gram.max():
        steps = np.eye(lattice.dimension, dtype=int)
        return [
            _Bond(tuple(step.tolist()), vector, 0.5 / length2)
            for step, vector, length2 in zip(steps, lattice.vectors, np.diag(gram).tolist(), strict=True)
        ]
    nearest = [kind for kind in lattice.neighbours(1) if kind[2] > (0,) * lattice.dimension]
    deltas = lattice.displacements(nearest)
    inside = np.linalg.svd(lattice.vectors)[2][: lattice.dimension]  # axes of the space of the lattice
    moments = inside @ (2 * deltas.T @ deltas) @ inside.T
    weight = lattice.dimension / np.trace(moments)
    if np.abs(weight * moments - np.eye(lattice.dimension)).max() > 1e-9:
        raise InputError(
            f"{what}: the nearest neighbours of this lattice are not the same in all directions, and its vectors not "
            "perpendicular; use a square, rectangular, triangular or cubic lattice"
        )
    return [_Bond(kind[2], delta, float(weight)) for kind, delta in zip(nearest, deltas, strict=True)]


def _recipe(build: Callable[[Lattice], Terms], *values: Any) -> Terms:
    """Terms that are worked out for a lattice, with the parameters that these values have."""
    parameters: dict[str, Any] = {}
    for value in values:
        if isinstance(value, Parameter):
            parameters[value.name] = REQUIRED
    return Terms((Recipe(build, parameters),))


def _scaled(what: str, value: Any, matrix: np.ndarray) -> Callable[..., Any]:
    """value · matrix, as a term takes it; `value` is a number, a parameter, or a function of coordinates."""
    return composed(lambda *, factor: np.multiply.outer(_real(what, factor), matrix), factor=value)


def _real(what: str, value: Any) -> np.ndarray:
    """What a parameter or a function gave, as finite real numbers, or a clear refusal."""
    try:
        found = reals(value)
    except NotReal as reason:
        raise InputError(f"{what} must be real numbers, got {shown(value)}: {reason}") from None
    if not np.isfinite(found).all():
        raise InputError(f"{what} must be finite, got {shown(value)}; check the function")
    return found


def _check_number(what: str, value: Any, *, positive: bool = False) -> None:
    """Refuse what is neither a number, a parameter nor a function."""
    if isinstance(value, Parameter) or (callable(value) and not positive):
        return
    _given(what, value, positive=positive)


def _given(what: str, value: Any, *, positive: bool = False) -> float:
    """A finite number, or a clear refusal."""
    try:
        found = reals(value)
    except NotReal:
        found = np.full(1, np.nan)
    if found.ndim or not np.isfinite(found) or (positive and not found > 0):
        kind = "a positive number" if positive else "a finite number"
        raise InputError(f"{what} must be {kind} or a parameter, got {shown(value)}")
    return float(found)
