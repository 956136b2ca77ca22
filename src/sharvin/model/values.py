"""Values of terms: numbers, matrices, parameters, or functions of coordinates; and the parameters they bring along.

A function is called once with arrays of coordinates, never per site; what is not a coordinate in its signature is a
named parameter of the model.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..errors import InputError, nearest
from ..reals import shown
from ..schema import RESERVED

#: What a user's function may raise when it is not made for arrays.
USER_ERRORS = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, NameError)

#: Coordinates by name; each is worked out when a function asks for it.
Coordinates = Mapping[str, Callable[[], Any]]

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
        raise InputError(f"param: the name must be a word that may stand as a keyword, got {shown(name)}")
    _refuse_reserved([name])
    return Parameter(name)


def _refuse_reserved(names: Any) -> None:
    for name in names:
        if name in RESERVED:
            raise InputError(f'the parameter name "{name}" is the package\'s own; call it "{name}_0", say')


@dataclass(frozen=True, eq=False)
class Value:
    """The value of a term: a number, a matrix over orbitals, a `Parameter`, or a function of coordinates.

    `transform` makes matrices over all orbitals of a site from those over the first `of` of them that the source gives.
    """

    source: Any
    what: str
    coordinates: tuple[str, ...]
    transform: Callable[[np.ndarray], np.ndarray] | None = None
    of: int | None = None
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
            if number.dtype.kind not in "iufc" or np.ma.is_masked(self.source):
                raise InputError(
                    f"{self.what}: expected a number, a matrix, a parameter or a function, got {shown(self.source)}"
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

    @property
    def is_number(self) -> bool:
        """Whether it is a number or a matrix: the same everywhere, whatever the parameters."""
        return not (isinstance(self.source, Parameter) or callable(self.source))

    def evaluate(
        self, coordinates: Coordinates, params: Mapping[str, Any], count: int, orbitals: int
    ) -> np.ndarray:
        """The value on `count` sites or bonds, in eV: shape (count, orbitals, orbitals), perhaps a broadcast view."""
        if isinstance(self.source, Parameter):
            raw = params[self.source.name]
        elif callable(self.source):
            raw = self.call(coordinates, params, count)
        else:
            raw = self.source
        try:
            values = np.asarray(raw)
        except ValueError:
            raise InputError(f"{self.what}: the value has rows of unlike lengths") from None
        if values.dtype.kind not in "iufcb" or np.ma.is_masked(raw):
            raise InputError(
                f"{self.what}: expected numbers in eV, an array of them or matrices, got {shown(raw)}"
            )
        if not np.isfinite(values).all():
            raise self._not_finite(values, coordinates, count)
        blocks = self._blocks(values, count, self.of or orbitals)
        if self.transform is None:
            return blocks
        one = blocks.strides[0] == 0 and count > 0
        return np.broadcast_to(self.transform(blocks[:1] if one else blocks), (count, orbitals, orbitals))

    def bound(self, values: Mapping[str, Any]) -> "Value":
        """With values, or parameters of other names, for some of its parameters."""
        own = {name: values[name] for name in self.parameters if name in values}
        if not own:
            return self
        if isinstance(self.source, Parameter):
            return replace(self, source=own[self.source.name])
        kept = [p for name, p in inspect.signature(self.source).parameters.items() if name not in own]
        named = [value.name for value in own.values() if isinstance(value, Parameter)]
        new = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in dict.fromkeys(named)]

        def bound(**given: Any) -> Any:
            filled = {name: given[v.name] if isinstance(v, Parameter) else v for name, v in own.items()}
            return self.source(**{p.name: given[p.name] for p in kept if p.name in given}, **filled)

        taken = {p.name for p in new}
        kept_alone = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in kept if p.name not in taken]
        setattr(bound, "__signature__", inspect.Signature([*kept_alone, *new]))  # noqa: B010
        return replace(self, source=bound)

    def call(self, coordinates: Coordinates, params: Mapping[str, Any], count: int) -> Any:
        """What the user's function gives for `count` sites or bonds."""
        arguments = {}
        for name in self.arguments:
            if name in coordinates:
                arguments[name] = coordinates[name]()
            elif name in params:
                arguments[name] = params[name]
        try:
            return self.source(**arguments)
        except InputError:
            raise
        except USER_ERRORS as error:
            raise InputError(
                f"{self.what}: the function failed on arrays of {count} coordinates ({error}); it is called once with "
                "arrays, so use numpy functions, and numpy.where instead of if"
            ) from error

    def _blocks(self, raw: np.ndarray, count: int, orbitals: int) -> np.ndarray:
        """A number, one number per site, one matrix, or one matrix per site, as one matrix per site."""
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
        return np.broadcast_to(blocks, (count, orbitals, orbitals))

    def _not_finite(self, values: np.ndarray, coordinates: Coordinates, count: int) -> InputError:
        """The error that says where a value is NaN or infinite."""
        where = ""
        if values.ndim and len(values) == count:
            bad = np.flatnonzero(~np.isfinite(values.reshape(count, -1)).all(axis=1))
            place = [round(float(coordinates[axis]()[bad[0]]), 6) for axis in "xyz"]
            what = "sites" if self.what == "onsite" else "bonds"
            where = f" on {len(bad)} of {count} {what}, the first at (x, y, z) = {tuple(place)} nm"
        source = "function" if callable(self.source) else "parameters" if self.parameters else "number"
        return InputError(
            f"{self.what}: the value is not finite (NaN or infinite){where}; check the {source}"
        )


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
