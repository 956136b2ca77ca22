"""Particle–hole doubling: the Bogoliubov–de Gennes Hamiltonian of a model with a pair potential.

    H_BdG = [[H, Δ], [Δ†, −H*]]     on (electrons, holes), each with the orbitals of the model.

With spin explicit, or for spinless electrons, holes are c† of the same orbitals, and Δ is antisymmetric: Δ iσ_y for a
singlet. Of a model whose spin is left implicit electrons of one spin pair with holes of the other, H being the same for
both, and Δ is symmetric: the singlet Δ itself. Peierls phases turn the other way for holes.
(P. G. de Gennes, Superconductivity of Metals and Alloys (1966), chapter 5.)
"""

from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import InputError
from ..reals import shown
from .bravais import Lattice
from .composed import composed
from .model import Model
from .particle_hole import blocks, electrons_and_holes, mapped
from .spin import is_spinful, spin_matrices
from .terms import HoppingTerm, Terms, onsite

_SYMMETRY = 1e-10


def nambu(model: Model, delta: Any = 0.0) -> Model:
    """A model with superconductivity, by particle–hole doubling.

    Parameters
    ----------
    model
        The normal model, its energies counted from the Fermi level: subtract μ on site.
    delta
        The pair potential in eV. A number (perhaps complex), a parameter, or a function of x, y, z and of parameters is
        the singlet Δ(r) on site. A matrix over the orbitals is any Δ on site, antisymmetric with spin explicit. For
        others, such as p waves, give `Terms`: ``sharvin.hopping(matrix, …)`` is the pair potential Δ_rr′ of bonds, and
        that of the other direction follows from Δ_r′r = −Δ_rr′ᵀ (without the sign where spin is left implicit).

    Returns
    -------
    Model
        On a lattice of twice as many orbitals, "electron s", …, "hole s", … for the orbitals "s". A lead of a doubled
        model without Δ has its modes in the blocks "electron" and "hole", so that ``S.transmission("lead:hole",
        "lead:electron")`` is Andreev reflection.

    Raises
    ------
    InputError
        For a model that is doubled already, a pair potential of the wrong symmetry, or one on site of a single spinless
        orbital.

    Notes
    -----
    In a magnetic field Δ has the phase of a gauge: that of the first lead's direction u, A = −B (n·r) u with n = ẑ × u
    and the origin of coordinates, where `System.field` is uniform. A real Δ in a region with a field is therefore one
    particular texture of phases; give Δ its own phase there, or keep the field out of the superconductor.

    The spin degeneracy stays: 2 if spin is left implicit, where electrons of either spin have holes of the other. The
    conductance of a normal lead is (e²/h) g_s (N − R_ee + R_he), N being its electron modes.

    Examples
    --------
    A clean contact between a normal and a superconducting chain: below the gap an electron comes back as a hole.

    >>> import sharvin as sv
    >>> metal = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    >>> normal, superconductor = sv.nambu(metal), sv.nambu(metal, delta=1e-3)
    >>> region = superconductor.region(sv.shape.line(4)).lead("N", normal, "-x").lead("S", superconductor, "+x")
    >>> S = sv.scattering_matrix(region, energy=0.5e-3)
    >>> round(S.transmission("N:hole", "N:electron"), 4)
    1.0
    """
    if not isinstance(model, Model):
        raise InputError(f"nambu: expected a Model, got {type(model).__name__}")
    if model.lattice.holes:
        raise InputError("nambu: the model is particle–hole doubled already")
    lattice, m = model.lattice, model.lattice.orbital_count
    names = tuple(f"{kind} {name}" for kind in ("electron", "hole") for name in lattice.orbitals)
    doubled = Lattice(
        lattice.vectors, lattice.basis, lattice.sublattices, names, holes=m, periods=lattice.periods
    )
    terms = tuple(mapped(term, electrons_and_holes, m) for term in model.terms.terms)
    return Model(doubled, Terms(terms) + _pairing(model, delta), model.spin_degeneracy)


def _pairing(model: Model, delta: Any) -> Terms:
    """The terms of Δ and Δ†."""
    lattice, m = model.lattice, model.lattice.orbital_count
    sign = 1 if model.spin_degeneracy == 2 else -1  # Δ_r′r = ± Δ_rr′ᵀ
    if isinstance(delta, (int, float, complex)) and delta == 0:
        return Terms(())
    if not isinstance(delta, Terms):
        delta = onsite(delta if isinstance(delta, list) or np.ndim(delta) == 2 else _singlet(model, delta))

    def on_site(pair: np.ndarray) -> np.ndarray:
        missed = np.abs(pair - sign * pair.swapaxes(-1, -2)).max(initial=0.0)
        if missed > _SYMMETRY * np.abs(pair).max(initial=1e-300):
            raise InputError(
                f"nambu: the pair potential on site must be {'' if sign == 1 else 'anti'}symmetric in the orbitals; it "
                f"misses that by {missed:.1e} eV"
                + ("" if m > 1 else ". A single spinless orbital holds no pair")
            )
        return blocks(0, pair, pair.conj().swapaxes(-1, -2), 0)

    def on_bond(pair: np.ndarray) -> np.ndarray:
        return blocks(0, pair, sign * pair.conj(), 0)

    found, pairs = [], delta.on(lattice)
    pairs.check_one_way()
    for term in pairs.terms:
        is_hopping = isinstance(term, HoppingTerm)
        paired = mapped(term, on_bond if is_hopping else on_site, m)
        found.append(paired if is_hopping else replace(paired, hermitian=True))
    return Terms(tuple(found))


def _singlet(model: Model, delta: Any) -> Any:
    """Δ of a singlet on site as a matrix over the orbitals."""
    if model.spin_degeneracy == 2:
        matrix = np.eye(model.lattice.orbital_count)
    elif is_spinful(model.lattice.orbitals):
        matrix = (1j * spin_matrices(model.lattice, "nambu")[1]).real
    else:
        raise InputError(
            "nambu: spinless electrons have no singlet; give delta as an antisymmetric matrix over the orbitals, or as "
            f"Terms with the pair potential of bonds, got {shown(delta)}"
        )
    return composed(lambda *, factor: np.multiply.outer(factor, matrix), factor=delta)
