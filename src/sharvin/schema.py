"""The shape of every result: dims, units, and what stands in the attributes.

A result is an ``xarray`` object whose dims come in one order: parameters (in the order given), temperature,
mu or bias or energy, leads, modes. Every variable and coordinate has ``units``. What an array cannot say
stands in ``attrs`` as strings, so that every result survives a NetCDF file.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
import xarray as xr

from ._version import __version__
from .errors import InputError, nearest
from .linalg import in_threads
from .options import Options
from .reals import NotReal, reals, shown

_Result = TypeVar("_Result")

#: Units of the package's own coordinates.
COORDINATE_UNITS = {
    "temperature": "K",
    "mu": "eV",
    "bias": "V",
    "energy": "eV",
    "k": "rad",
    "B": "T",
    "lead": "1",
    "lead_out": "1",
    "lead_in": "1",
    "lead_hot": "1",
    "lead_cold": "1",
    "band": "1",
    "gate": "V",
    "site": "1",
}

#: Names that a model's terms may not take for their own parameters.
RESERVED = frozenset(
    {"energy", "mu", "temperature", "bias", "lead", "lead_out", "lead_in", "lead_other", "mode", "band", "k"}
    | {"part", "options", "window", "reservoirs", "error", "x", "y", "z", "x1", "y1", "z1", "x2", "y2", "z2"}
    | {"sublattice", "conductor", "system", "params", "name", "self", "momenta", "unitarity_error", "bottom"}
    | {"current", "voltage", "series_resistance", "division", "lock_in", "lever_arm", "evaluations", "reused"}
    | {"longitudinal", "hall", "probe_distance", "bar_width", "contacts", "division", "hot", "cold"}
    | {
        "splittings",
        "ax",
        "cell",
        "sublattice_number",
        "lattice",
        "color",
        "bonds",
        "projection",
        "velocities",
    }
)

CONVENTIONS = {
    "index_order": "(out, in)",
    "charge": "e > 0; current = e × particle current, positive from its reservoir into the conductor",
    "voltage": "V = mu/e",
    "spin_degeneracy": "contained in SI results, not in transmissions",
}


class ParameterGrid:
    """The outer product of the parameters that were given as one-dimensional arrays, in the order given.

    Iterating gives one dictionary of scalars per grid point, last parameter fastest.
    """

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.axes: dict[str, np.ndarray] = {}
        self.fixed: dict[str, Any] = {}
        for name, value in params.items():
            shape = _shape(name, value)
            if shape == ():
                self.fixed[name] = value
            elif len(shape) == 1 and shape[0]:
                self.axes[name] = np.asarray(value)
            else:
                raise InputError(
                    f'parameter "{name}" must be a value or a one-dimensional, non-empty array, got shape {shape}'
                )

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each swept parameter."""
        return tuple(len(values) for values in self.axes.values())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for values in itertools.product(*self.axes.values()):
            yield {**self.fixed, **dict(zip(self.axes, values, strict=True))}

    def each(self, function: Callable[[dict[str, Any]], _Result], options: Options) -> list[_Result]:
        """The function of every grid point in turn, some points at a time in threads."""
        return in_threads(function, list(self), options.threads)

    def stack(self, arrays: list[np.ndarray]) -> np.ndarray:
        """Arrays of one shape, one per grid point, as one array with the grid's dims in front."""
        return np.stack(arrays).reshape(self.shape + np.shape(arrays[0]))


def _shape(name: str, value: Any) -> tuple[int, ...]:
    """The shape of a parameter's value, or a clear refusal of one that has none, or holes."""
    try:
        shape = () if isinstance(value, (str, bytes)) else np.shape(value)
    except ValueError:
        raise InputError(
            f'parameter "{name}" must be a value or a one-dimensional array, got rows of unlike lengths'
        ) from None
    if np.ma.isMaskedArray(value) and np.ma.getmaskarray(value).any():
        raise InputError(f'parameter "{name}" has masked items; give the others alone')
    return shape


def axis(name: str, value: Any, *, minimum: float | None = None) -> np.ndarray:
    """A physical axis (mu, temperature, bias, …) as a float array of zero or one dimension."""
    unit = COORDINATE_UNITS[name]
    try:
        values = reals(value)
    except NotReal as reason:
        raise InputError(
            f"{name} must be a number or an array, in {unit}, got {shown(value)}: {reason}"
        ) from None
    if values.ndim > 1 or values.size == 0:
        raise InputError(
            f"{name} must be a number or a one-dimensional array, in {unit}, got shape {values.shape}"
        )
    if not np.isfinite(values).all():
        raise InputError(f"{name} must be finite, in {unit}, got {values[~np.isfinite(values)].flat[0]}")
    if minimum is not None and (values < minimum).any():
        raise InputError(f"{name} must be at least {minimum} {unit}, got {values.min()}")
    return values


def lead_named(conductor: Any, name: str) -> str:
    """The name, if the conductor has such a lead; otherwise an error with the nearest one."""
    if not isinstance(name, str) or name not in conductor.leads:
        raise InputError(f'no lead "{name}"{nearest(str(name), conductor.leads)}')
    return name


def labelled(
    data: np.ndarray,
    coords: Mapping[str, Any],
    *,
    name: str,
    units: str,
    long_name: str,
    conductor: Any = None,
    spin_degeneracy: int | str | None = None,
    options: Options | None = None,
    params: Mapping[str, Any] | None = None,
    beside: Mapping[str, tuple[Any, str]] | None = None,
    **attrs: Any,
) -> xr.DataArray:
    """A result: `data` over `coords`, of which those with zero dimensions become scalar coordinates.

    `beside` holds companions of the data (error estimates, certificates) as name → (values, units); each
    becomes a coordinate over the same leading dims.
    """
    dims = tuple(dim for dim, values in coords.items() if np.ndim(values) == 1)
    described = coordinates(coords)
    for companion, (values, unit) in (beside or {}).items():
        described[companion] = (dims[: np.ndim(values)], values, {"units": unit})
    described_by = about(
        conductor=conductor, spin_degeneracy=spin_degeneracy, options=options, params=params, **attrs
    )
    return xr.DataArray(
        data,
        dims=dims,
        coords=described,
        name=name,
        attrs={"units": units, "long_name": long_name, **described_by},
    )


def coordinates(coords: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Coordinates as xarray takes them, with their units; those with zero dimensions are scalar."""
    return {
        dim: (dim if np.ndim(values) else (), values, {"units": COORDINATE_UNITS.get(dim, "")})
        for dim, values in coords.items()
    }


def about(
    *,
    conductor: Any = None,
    spin_degeneracy: int | str | None = None,
    options: Options | None = None,
    params: Mapping[str, Any] | None = None,
    **attrs: Any,
) -> dict[str, Any]:
    """What stands in the attributes of every result."""
    found: dict[str, Any] = dict(attrs)
    if conductor is not None:
        # A parameter may make spin explicit; then the scattering matrix knows better than the conductor.
        found["spin_degeneracy"] = spin_degeneracy or int(conductor.spin_degeneracy)
        found["conductor"] = type(conductor).__name__
    if options is not None:
        found["options"] = options.to_json()
    found["parameters"] = json.dumps({key: _plain(value) for key, value in (params or {}).items()})
    found["conventions"] = json.dumps(CONVENTIONS, ensure_ascii=False)
    found["sharvin_version"] = __version__
    return found


def _plain(value: Any) -> Any:
    """A parameter as JSON can hold it."""
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value.tolist()]
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, (int, float, str, list)) else repr(value)
