"""Terms of a Hamiltonian: on-site energies and hoppings, as numbers, matrices or functions of coordinates.

Terms add up: ``onsite(4 * t) + hopping(-t)``. A function is called once with arrays of coordinates, never per
site; what is not a coordinate in its signature is a named parameter of the model. Its values are kept until a
parameter of it changes, so what it depends on must be its arguments.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import InputError, nearest
from ..reals import positive, shown
from .bravais import Kind, Lattice
from .values import Coordinates, Value, merge_parameters
from .wrap import Wrap, check_wrapped, unwrapped

#: What a function of sites may ask for.
SITE_COORDINATES = ("x", "y", "z", "sublattice", "sublattice_number", "cell", "lattice")
BOND_COORDINATES = ("x1", "y1", "z1", "x2", "y2", "z2", "x", "y", "z")
_HERMITICITY = 1e-10
_FURTHEST = 2**30  # lattice vectors of an offset


@dataclass(frozen=True, eq=False)
class OnsiteTerm:
    """An on-site term; see `onsite`."""

    value: Value
    sublattice: str | None
    hermitian: bool = True
    wraps: tuple[Wrap, ...] = ()

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Named parameters with their defaults."""
        return self.value.parameters

    def bound(self, values: Mapping[str, Any]) -> "OnsiteTerm":
        """With values, or parameters of other names, for some of the parameters."""
        return replace(self, value=self.value.bound(values))

    def blocks(
        self, coordinates: Coordinates, params: Mapping[str, Any], count: int, orbitals: int
    ) -> np.ndarray:
        """On-site matrices at `count` sites: shape (count, orbitals, orbitals), Hermitian unless said otherwise."""
        blocks = self.value.evaluate(coordinates, params, count, orbitals)
        check_wrapped(self.value, self.wraps, blocks, coordinates, params)
        if not self.hermitian or (orbitals == 1 and not np.iscomplexobj(blocks)):
            return blocks
        distinct = blocks[:1] if blocks.strides[0] == 0 else blocks
        error = np.abs(distinct - np.conj(np.swapaxes(distinct, 1, 2))).max(initial=0.0)
        if error > _HERMITICITY * np.abs(distinct).max(initial=1e-300):
            raise InputError(
                f"onsite: the energy must be real, or a Hermitian matrix; it misses that by {error:.1e} eV (for sites "
                "that absorb or amplify say non_hermitian=True)"
            )
        return blocks


@dataclass(frozen=True, eq=False)
class HoppingTerm:
    """A hopping term; see `hopping`."""

    value: Value
    shell: int | None
    offset: tuple[int, ...] | None
    between: tuple[str, str] | None
    within: float | None = None
    wraps: tuple[Wrap, ...] = ()

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Named parameters with their defaults."""
        return merge_parameters([self.value.parameters, *(wrap.parameters for wrap in self.wraps)])

    def bound(self, values: Mapping[str, Any]) -> "HoppingTerm":
        """With values, or parameters of other names, for some of the parameters."""
        wraps = tuple(wrap.bound(values) for wrap in self.wraps)
        return replace(self, value=self.value.bound(values), wraps=wraps)

    def bonds(self, lattice: Lattice) -> list[Kind]:
        """The bonds ⟨to, R + Δ|H|from, R⟩ that the value is for, each pair of sites once."""
        if self.offset is not None:
            if len(self.offset) != lattice.dimension:
                raise InputError(
                    f"hopping: offset counts lattice vectors: {lattice.dimension} integers expected, got {self.offset}"
                )
            if self.between is None and lattice.sublattice_count > 1:
                names = list(lattice.sublattices)
                raise InputError(f"hopping: with sublattices {names}, offset needs between=(to, from)")
            pair = self.between or (lattice.sublattices[0],) * 2
            to, source = (lattice.sublattice_number(name, "hopping") for name in pair)
            if to == source and not any(self.offset) and not self.wraps:
                raise InputError("hopping: a site has no hopping onto itself; use onsite")
            return [(to, source, self.offset)]
        if len(lattice.periods):
            raise InputError(
                "hopping: around the period of a wrapped model distances are not those of its sites; add the hopping "
                "before Model.wrapped, or give offset and between"
            )
        every = (
            lattice.neighbours(1 if self.shell is None else self.shell)
            if self.within is None
            else lattice.bonds_within(self.within)
        )
        names = (
            None
            if self.between is None
            else {lattice.sublattice_number(name, "hopping") for name in self.between}
        )
        bonds = [kind for kind in lattice.forward(every) if names is None or {kind[0], kind[1]} == names]
        if not bonds:
            where = f"of shell {self.shell or 1}" if self.within is None else f"within {self.within:.6g} nm"
            raise InputError(
                f"hopping: there is no bond {where}"
                + ("" if self.between is None else f" between the sublattices {self.between}")
            )
        return bonds

    @property
    def asked(self) -> tuple[Any, tuple[str, str] | None, tuple[int, ...] | None]:
        """The bonds as they were asked for: by shell or distance, sublattices, offset."""
        kind = None if self.offset is not None else self.within or self.shell or 1
        return kind, self.between, self.offset

    def blocks(
        self, coordinates: Coordinates, params: Mapping[str, Any], count: int, orbitals: int
    ) -> np.ndarray:
        """⟨to|H|from⟩ on `count` bonds: shape (count, orbitals, orbitals)."""
        coordinates = unwrapped(coordinates, self.wraps)
        blocks = self.value.evaluate(coordinates, params, count, orbitals)
        check_wrapped(self.value, self.wraps, blocks, coordinates, params)
        for wrap in self.wraps:
            blocks = blocks * wrap.phase(params)
        return blocks


@dataclass(frozen=True, eq=False)
class Recipe:
    """Terms that depend on the lattice they are for, as `build` (lattice) tells; and the parameters they will have."""

    build: Callable[[Lattice], "Terms"]
    parameters: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Terms:
    """A sum of terms."""

    terms: tuple[OnsiteTerm | HoppingTerm | Recipe, ...]

    def __add__(self, other: "Terms") -> "Terms":
        if not isinstance(other, Terms):
            return NotImplemented
        return Terms(self.terms + other.terms)

    def on(self, lattice: Lattice) -> "Terms":
        """The same terms for a lattice, with every recipe worked out."""
        found: list[OnsiteTerm | HoppingTerm | Recipe] = []
        for term in self.terms:
            made = term.build(lattice).on(lattice) if isinstance(term, Recipe) else Terms((term,))
            if isinstance(term, Recipe) and made.hopping and len(lattice.periods):
                raise InputError(
                    "terms: on a wrapped model they would lack the direction of its period; add them before "
                    "Model.wrapped"
                )
            found += made.terms
        return Terms(tuple(found))

    def with_parameters(self, values: Mapping[str, Any]) -> "Terms":
        """With values, or parameters of other names, for some of the parameters."""
        for name in values:
            if name not in self.parameters:
                raise InputError(f'no parameter "{name}"{nearest(name, self.parameters)}')
        return Terms(tuple(term if isinstance(term, Recipe) else term.bound(values) for term in self.terms))

    def check_one_way(self) -> None:
        """Refuse bonds that are given in both directions, which would count twice."""
        known: set[Any] = set()
        for term in self.hopping:
            if term.wraps:  # around a period there are bonds both ways, each of its own
                continue
            bond = kind, between, offset = term.asked
            back = (kind, between and between[::-1], None if offset is None else tuple(-n for n in offset))
            if back != bond and back in known:
                given = ", ".join(
                    f"{name}={value}"
                    for name, value in (("offset", offset), ("between", between))
                    if value is not None
                )
                raise InputError(
                    f"hopping: the bond {given} is there in the other direction too. Each hopping comes with its "
                    "Hermitian conjugate, so that the two would add up: give one of the directions, with the sum if "
                    "you mean both"
                )
            known.add(bond)

    @property
    def momenta(self) -> set[tuple[Any, Any]]:
        """The Bloch momenta of wrapped terms, each with its period."""
        wraps = [wrap for term in self.hopping for wrap in term.wraps if wrap.steps]
        return {(tuple(wrap.period.round(9).tolist()), wrap.momentum) for wrap in wraps}

    @property
    def onsite(self) -> list[OnsiteTerm]:
        """The on-site terms."""
        return [term for term in self.terms if isinstance(term, OnsiteTerm)]

    @property
    def hermitian(self) -> bool:
        """Whether the sum is Hermitian; if not, it was asked for."""
        return all(term.hermitian for term in self.onsite)

    @property
    def hopping(self) -> list[HoppingTerm]:
        """The hopping terms."""
        return [term for term in self.terms if isinstance(term, HoppingTerm)]

    @property
    def in_order(self) -> list[OnsiteTerm | HoppingTerm]:
        """All of them in the order in which they are summed."""
        return [*self.onsite, *self.hopping]

    @property
    def parameters(self) -> dict[str, Any]:
        """Named parameters with their defaults (`REQUIRED` where there is none)."""
        return merge_parameters([term.parameters for term in self.terms])


def onsite(value: Any, sublattice: str | None = None, *, non_hermitian: bool = False) -> Terms:
    """An on-site energy ⟨r|H|r⟩, in eV.

    Parameters
    ----------
    value
        A number, a Hermitian matrix over the orbitals, `param` (name), or a function of the coordinate arrays
        ``x, y, z`` (nm), ``sublattice`` (names) and ``cell`` (integers, a row for each site) and of named parameters,
        any of which may be left out of its signature. A function returns a number, an array over the sites, or matrices
        (…, orbitals, orbitals). Its values are kept until a parameter of it changes, so it must depend on nothing but
        its arguments: disorder takes a ``seed``.
    sublattice
        Restrict the term to one sublattice.
    non_hermitian
        Whether the sites may absorb (−iη with η > 0) or amplify. Flux is then missing from the scattering matrix, which
        says how much; a lead takes no such terms.

    Raises
    ------
    InputError
        For a value that is neither, an energy that is not real (a matrix that is not Hermitian), or a parameter with
        one of the package's own names.

    Examples
    --------
    >>> import sharvin as sv
    >>> well = sv.onsite(lambda x, depth: -depth * (abs(x) < 10))
    >>> sorted(well.parameters)
    ['depth']
    """
    if not isinstance(non_hermitian, bool):
        raise InputError(f"onsite: non_hermitian must be True or False, got {shown(non_hermitian)}")
    if sublattice is not None and not isinstance(sublattice, str):
        raise InputError(f"onsite: sublattice must be the name of one, got {shown(sublattice)}")
    value = Value(value, "onsite", SITE_COORDINATES)
    return Terms((OnsiteTerm(value, sublattice, hermitian=not non_hermitian),))


def hopping(
    value: Any,
    neighbours: int | None = None,
    *,
    offset: tuple[int, ...] | None = None,
    between: tuple[str, str] | None = None,
    within: float | None = None,
) -> Terms:
    """A hopping ⟨r|H|r′⟩, in eV, with its Hermitian conjugate, so that each bond is given in one direction.

    Parameters
    ----------
    value
        A number, a matrix over the orbitals (rows belong to r), `param` (name), or a function of the arrays
        ``x1, y1, z1`` (the end r), ``x2, y2, z2`` (the end r′), ``x, y, z`` (the middle of the bond), all in nm,
        and of named parameters; on nothing else must it depend.
    neighbours
        Shell of neighbours, 1 (nearest, the default), 2, …. Of the two directions of a bond, the value is for the
        one whose displacement r − r′ has its first non-zero component positive.
    offset
        Instead of a shell: r − r′ in lattice vectors, such as (1, 0).
    within
        Instead of a shell: a distance in nm. All bonds up to it have the value, so that it should be a function of
        their ends.
    between
        Restrict to bonds between two sublattices; with `offset`, (sublattice of r, sublattice of r′).

    Raises
    ------
    InputError
        For a value that is neither, or a bond that does not exist; by a model, for a bond in both directions.

    Examples
    --------
    >>> import numpy as np
    >>> import sharvin as sv
    >>> spin_orbit = sv.hopping(0.1j * np.array([[0, -1j], [1j, 0]]), offset=(1, 0))
    >>> wire = sv.Model(sv.lattice.square(orbitals=("up", "down")), sv.hopping(-1.0) + spin_orbit)
    """
    if sum(choice is not None for choice in (neighbours, offset, within)) > 1:
        raise InputError("hopping: give one of neighbours, offset and within, not two")
    if within is not None:
        within = positive("hopping: within", within, "nm")
    if neighbours is not None and (
        isinstance(neighbours, bool) or not isinstance(neighbours, (int, np.integer))
    ):
        raise InputError(f"hopping: neighbours is a whole number, 1 for the nearest, got {shown(neighbours)}")
    if offset is not None:
        offset = _steps(offset)
    if between is not None:
        names = tuple(between) if isinstance(between, (tuple, list)) else ()
        if len(names) != 2 or not all(isinstance(name, str) for name in names):
            raise InputError(f"hopping: between must name two sublattices, (to, from), got {shown(between)}")
        between = names
    term = HoppingTerm(Value(value, "hopping", BOND_COORDINATES), neighbours, offset, between, within)
    return Terms((term,))


def _steps(offset: Any) -> tuple[int, ...]:
    """Numbers of lattice vectors, or a clear refusal."""
    try:
        steps = np.asarray(offset)
    except ValueError:
        steps = np.zeros(0)
    if steps.dtype.kind not in "iu" or steps.ndim != 1 or (np.abs(steps) > _FURTHEST).any():
        raise InputError(f"hopping: offset must be integers, one per lattice vector, got {shown(offset)}")
    return tuple(int(step) for step in steps)
