"""Terms of a Hamiltonian: on-site energies and hoppings, as numbers, matrices or functions of coordinates.

Terms add up: ``onsite(4 * t) + hopping(-t)``. A function is called once with arrays of coordinates, never per
site; what is not a coordinate in its signature is a named parameter of the model. Its values are kept until a
parameter of it changes, so what it depends on must be its arguments.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import InputError, nearest
from ..schema import RESERVED
from .lattice import Lattice

_SITE_COORDINATES = ("x", "y", "z", "sublattice")
_BOND_COORDINATES = ("x1", "y1", "z1", "x2", "y2", "z2", "x", "y", "z")
_HERMITICITY = 1e-10
#: What a user's function may raise when it is not made for arrays.
_USER_ERRORS = (TypeError, ValueError, IndexError, KeyError, ZeroDivisionError, AttributeError, NameError)

#: Coordinates by name; each is worked out when a function asks for it.
Coordinates = Mapping[str, Callable[[], np.ndarray]]

#: Marks a parameter without a default.
REQUIRED: Any = inspect.Parameter.empty


@dataclass(frozen=True)
class Parameter:
    """A named parameter standing where a number may stand."""

    name: str


def param(name: str) -> Parameter:
    """A named parameter, to be given when the system is solved: ``onsite(param("V"))``.

    >>> import sharvin as sv
    >>> dot = sv.Model(sv.lattice.chain(), sv.onsite(sv.param("V")) + sv.hopping(-1.0))
    >>> sorted(dot.parameters)
    ['V']
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise InputError(f"param: the name must be a word that may stand as a keyword, got {name!r}")
    _refuse_reserved([name])
    return Parameter(name)


def _refuse_reserved(names: Any) -> None:
    for name in names:
        if name in RESERVED:
            raise InputError(f'the parameter name "{name}" is the package\'s own; call it "{name}_0", say')


@dataclass(frozen=True, eq=False)
class Value:
    """The value of a term: a number, a matrix over orbitals, a `Parameter`, or a function of coordinates."""

    source: Any
    what: str
    coordinates: tuple[str, ...]
    parameters: Mapping[str, Any] = field(init=False)
    arguments: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        parameters: dict[str, Any] = {}
        arguments: list[str] = []
        if isinstance(self.source, Parameter):
            parameters[self.source.name] = REQUIRED
        elif callable(self.source):
            for name, argument in _signature(self.what, self.source).items():
                if argument.kind in (argument.VAR_KEYWORD, argument.VAR_POSITIONAL):
                    raise InputError(f"{self.what}: a function's parameters must be named, not *{name}")
                arguments.append(name)
                if name not in self.coordinates:
                    parameters[name] = argument.default
        else:
            try:
                number = np.asarray(self.source)
            except ValueError:
                raise InputError(f"{self.what}: the rows of its matrix have unlike lengths") from None
            if number.dtype.kind not in "iufc":
                raise InputError(
                    f"{self.what}: expected a number, a matrix, a parameter or a function, got {self.source!r}"
                )
            if number.ndim not in (0, 2) or (number.ndim == 2 and number.shape[0] != number.shape[1]):
                raise InputError(
                    f"{self.what}: expected a number or a square matrix, got shape {number.shape}"
                )
        clash = [name for name in parameters if name in RESERVED]
        if clash:
            raise InputError(
                f'{self.what}: the parameter name "{clash[0]}" is the package\'s own; call it "{clash[0]}_0", say '
                f"(coordinates here are {', '.join(self.coordinates)})"
            )
        object.__setattr__(self, "parameters", parameters)
        object.__setattr__(self, "arguments", tuple(arguments))

    def evaluate(
        self, coordinates: Coordinates, params: Mapping[str, Any], count: int, orbitals: int
    ) -> np.ndarray:
        """The value on `count` sites or bonds, in eV: shape (count, orbitals, orbitals), perhaps a broadcast view."""
        if isinstance(self.source, Parameter):
            raw = params[self.source.name]
        elif callable(self.source):
            raw = self._call(coordinates, params, count)
        else:
            raw = self.source
        try:
            values = np.asarray(raw)
        except ValueError:
            raise InputError(f"{self.what}: the value has rows of unlike lengths") from None
        return self._blocks(values, count, orbitals)

    def _call(self, coordinates: Coordinates, params: Mapping[str, Any], count: int) -> Any:
        arguments = {}
        for name in self.arguments:
            if name in coordinates:
                arguments[name] = coordinates[name]()
            elif name in params:
                arguments[name] = params[name]
        try:
            return self.source(**arguments)
        except _USER_ERRORS as error:
            raise InputError(
                f"{self.what}: the function failed on arrays of {count} coordinates ({error}); it is called once with "
                "arrays, so use numpy functions, and numpy.where instead of if"
            ) from error

    def _blocks(self, raw: np.ndarray, count: int, orbitals: int) -> np.ndarray:
        """A number, one number per site, one matrix, or one matrix per site, as one matrix per site."""
        if raw.dtype.kind not in "iufcb":
            raise InputError(f"{self.what}: expected numbers in eV, got {raw.dtype}")
        if raw.ndim <= 1 and raw.shape in ((), (count,)):
            blocks = (
                np.multiply.outer(raw, np.eye(orbitals)) if orbitals > 1 else raw.reshape(*raw.shape, 1, 1)
            )
        elif raw.shape in ((orbitals, orbitals), (count, orbitals, orbitals)):
            blocks = raw
        else:
            raise InputError(
                f"{self.what}: a value of shape {raw.shape} fits neither {count} sites or bonds nor {orbitals} "
                f"orbital(s); expected a number, shape ({count},), ({orbitals}, {orbitals}) or "
                f"({count}, {orbitals}, {orbitals})"
            )
        if not np.isfinite(raw).all():
            raise InputError(
                f"{self.what}: the value is not finite (NaN or infinite) somewhere; check the function"
            )
        return np.broadcast_to(blocks, (count, orbitals, orbitals))


@dataclass(frozen=True, eq=False)
class OnsiteTerm:
    """An on-site term; see `onsite`."""

    value: Value
    sublattice: str | None
    hermitian: bool = True

    def blocks(
        self, coordinates: Coordinates, params: Mapping[str, Any], count: int, orbitals: int
    ) -> np.ndarray:
        """On-site matrices at `count` sites: shape (count, orbitals, orbitals), Hermitian unless said otherwise."""
        blocks = self.value.evaluate(coordinates, params, count, orbitals)
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

    def bonds(self, lattice: Lattice) -> list[tuple[int, int, tuple[int, ...]]]:
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
            to, source = (lattice.sublattice_number(name) for name in pair)
            if to == source and not any(self.offset):
                raise InputError("hopping: a site has no hopping onto itself; use onsite")
            return [(to, source, self.offset)]
        if self.between is not None:
            for name in self.between:
                lattice.sublattice_number(name)
        bonds = []
        for to, source, cell in lattice.neighbours(1 if self.shell is None else self.shell):
            delta = lattice.positions(np.array([cell]), np.array([to])) - lattice.basis[source]
            leading = delta[0][np.abs(delta[0]) > 1e-9][0]
            names = {lattice.sublattices[to], lattice.sublattices[source]}
            if leading > 0 and (self.between is None or names == set(self.between)):
                bonds.append((to, source, cell))
        if not bonds:
            raise InputError(
                f"hopping: no bond of shell {self.shell or 1} joins the sublattices {self.between}"
            )
        return bonds

    def blocks(
        self, coordinates: Coordinates, params: Mapping[str, Any], count: int, orbitals: int
    ) -> np.ndarray:
        """⟨to|H|from⟩ on `count` bonds: shape (count, orbitals, orbitals)."""
        return self.value.evaluate(coordinates, params, count, orbitals)


@dataclass(frozen=True, eq=False)
class Terms:
    """A sum of terms."""

    terms: tuple[OnsiteTerm | HoppingTerm, ...]

    def __add__(self, other: "Terms") -> "Terms":
        if not isinstance(other, Terms):
            return NotImplemented
        return Terms(self.terms + other.terms)

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
    def parameters(self) -> dict[str, Any]:
        """Named parameters with their defaults (`REQUIRED` where there is none)."""
        return merge_parameters([term.value.parameters for term in self.terms])


def _signature(what: str, function: Any) -> Mapping[str, inspect.Parameter]:
    """The parameters of a user's function, by name."""
    try:
        return inspect.signature(function).parameters
    except ValueError:
        raise InputError(
            f"{what}: {function!r} does not tell its parameters; give a function such as lambda x, y: …"
        ) from None


def _same(one: Any, other: Any) -> bool:
    return one is other or (np.shape(one) == np.shape(other) and bool(np.all(one == other)))


def merge_parameters(groups: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The union of parameters; one name has one default."""
    merged: dict[str, Any] = {}
    for group in groups:
        for name, default in group.items():
            known = merged.get(name, REQUIRED)
            if known is not REQUIRED and default is not REQUIRED and not _same(known, default):
                raise InputError(f'the parameter "{name}" has two defaults, {known!r} and {default!r}')
            merged[name] = default if known is REQUIRED else known
    return merged


def bind_parameters(
    parameters: Mapping[str, Any], given: Mapping[str, Any], needed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values of all parameters, or an error that names what is missing (of those needed) or misspelt."""
    for name in given:
        if name not in parameters:
            raise InputError(f'no parameter "{name}"{nearest(name, parameters)}')
    bound = {**parameters, **given}
    missing = [name for name in (parameters if needed is None else needed) if bound[name] is REQUIRED]
    if missing:
        names = ", ".join(f'"{name}"' for name in missing)
        raise InputError(f"the model needs a value for {names}; give it by keyword, as {missing[0]}=…")
    return bound


def onsite(value: Any, sublattice: str | None = None, *, non_hermitian: bool = False) -> Terms:
    """An on-site energy ⟨r|H|r⟩, in eV.

    Parameters
    ----------
    value
        A number, a Hermitian matrix over the orbitals, `param` (name), or a function of the coordinate arrays
        ``x, y, z`` (nm) and ``sublattice`` (names) and of named parameters, any of which may be left out of its
        signature. A function returns a number, an array over the sites, or matrices (…, orbitals, orbitals). Its
        values are kept until a parameter of it changes, so it must depend on nothing but its arguments: disorder takes
        a ``seed``.
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
        raise InputError(f"onsite: non_hermitian must be True or False, got {non_hermitian!r}")
    value = Value(value, "onsite", _SITE_COORDINATES)
    return Terms((OnsiteTerm(value, sublattice, hermitian=not non_hermitian),))


def hopping(
    value: Any,
    neighbours: int | None = None,
    *,
    offset: tuple[int, ...] | None = None,
    between: tuple[str, str] | None = None,
) -> Terms:
    """A hopping ⟨r|H|r′⟩, in eV, with its Hermitian conjugate.

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
    between
        Restrict to bonds between two sublattices; with `offset`, (sublattice of r, sublattice of r′).

    Raises
    ------
    InputError
        For a value that is neither, or a bond that does not exist.

    Examples
    --------
    >>> import numpy as np
    >>> import sharvin as sv
    >>> spin_orbit = sv.hopping(0.1j * np.array([[0, -1j], [1j, 0]]), offset=(1, 0))
    >>> wire = sv.Model(sv.lattice.square(orbitals=("up", "down")), sv.hopping(-1.0) + spin_orbit)
    """
    if neighbours is not None and offset is not None:
        raise InputError("hopping: give neighbours or offset, not both")
    if neighbours is not None and not isinstance(neighbours, (int, np.integer)):
        raise InputError(f"hopping: neighbours is a whole number, 1 for the nearest, got {neighbours!r}")
    if offset is not None:
        steps = np.asarray(offset)
        if steps.dtype.kind not in "iu" or steps.ndim != 1:
            raise InputError(f"hopping: offset must be integers, one per lattice vector, got {offset!r}")
        offset = tuple(steps.tolist())
    if between is not None and (isinstance(between, str) or len(between) != 2):
        raise InputError(f"hopping: between must name two sublattices, (to, from), got {between!r}")
    term = HoppingTerm(Value(value, "hopping", _BOND_COORDINATES), neighbours, offset, between)
    return Terms((term,))
