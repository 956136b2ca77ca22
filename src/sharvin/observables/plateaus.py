"""Plateaus of a conductance staircase, and the dip that a splitting opens in a step.

The staircase is given as samples of G along one coordinate, such as a gate voltage. Between samples it is taken
to be linear: near a plateau, which G leaves exponentially slowly, that understates the plateau's width.
"""

import numpy as np
import xarray as xr

from ..constants import G0
from ..errors import InputError, nearest


def find_plateaus(
    conductance: xr.DataArray,
    coordinate: str | None = None,
    *,
    quantum: float = G0,
    tolerance: float = 0.01,
    least_fraction: float = 0.2,
) -> xr.Dataset:
    """Plateaus of a staircase: ranges with |G/quantum − n| < `tolerance`, wide enough.

    Wide enough is at least `least_fraction` of the step spacing, the distance between the two crossings of
    G/quantum = n ∓ 1/2 on either side of the range. A plateau that lacks one of them (at the end of the data) is
    left out, for its spacing is not known.

    Parameters
    ----------
    conductance
        G over one dimension, in S.
    coordinate
        The name of that dimension; may be left out.
    quantum
        The height of a step, in S.
    tolerance, least_fraction
        What counts as flat, in units of `quantum`, and as wide.

    Returns
    -------
    Dataset over ``plateau`` (the number n): ``start``, ``stop``, ``width`` and ``step_spacing`` in the units of the
    coordinate, ``fraction`` = width/step_spacing.

    Raises
    ------
    InputError
        If the conductance is not one-dimensional or the coordinate is not sorted.

    Examples
    --------
    >>> import sharvin as sv
    >>> contact = sv.SaddlePoint(omega_x=0.3e-3, omega_y=3e-3)
    >>> G = sv.conductance(contact, mu=np.linspace(0, 12e-3, 241), temperature=0.05)
    >>> find_plateaus(G).plateau.values
    array([1, 2, 3])
    """
    position, height, name = _samples(conductance, coordinate, quantum)
    found = []
    for number in range(1, round(np.nanmax(height, initial=0.0)) + 1):
        best = _widest(position, height, number, tolerance)
        if best is not None and best["width"] >= least_fraction * best["step_spacing"]:
            found.append({"plateau": number, **best})
    unit = str(conductance[name].attrs.get("units", ""))
    units = dict.fromkeys(("start", "stop", "width", "step_spacing"), unit) | {"fraction": "1"}
    variables = {key: ("plateau", [item[key] for item in found], {"units": u}) for key, u in units.items()}
    numbers = np.array([item["plateau"] for item in found], dtype=int)
    about = {
        "coordinate": name,
        "quantum_S": quantum,
        "tolerance": tolerance,
        "least_fraction": least_fraction,
    }
    return xr.Dataset(variables, coords={"plateau": ("plateau", numbers, {"units": "1"})}, attrs=about)


def split_step_dip(
    conductance: xr.DataArray, coordinate: str | None = None, *, steps: int | None = None, quantum: float = G0
) -> xr.DataArray:
    """How deep |dG/dV| dips between the paired maxima of each split step, relative to the smaller maximum.

    A spin splitting turns the step from n − 1 to n into two of half the height, meeting at G/quantum = n − 1/2.
    The maxima are the largest slopes on the two sides of that crossing, inside the step; the dip is the smallest
    slope between them. An unsplit step has its maximum at the crossing and the ratio 1; fully split, 0.

    Parameters
    ----------
    conductance, coordinate, quantum
        As for `find_plateaus`.
    steps
        How many steps to look at, from the first; by default all that the data contain whole.

    Returns
    -------
    DataArray over ``step``: the ratio, dimensionless; NaN for a step that the data do not hold whole.

    Examples
    --------
    >>> import sharvin as sv
    >>> split = sv.SaddlePoint(omega_x=0.5e-3, omega_y=4e-3, zeeman=1.2e-3)
    >>> G = sv.conductance(split, mu=np.linspace(0, 8e-3, 161))
    >>> bool(split_step_dip(G)[0] < 0.1)
    True
    """
    position, height, _ = _samples(conductance, coordinate, quantum)
    count = round(np.nanmax(height, initial=0.0)) if steps is None else steps
    ratios = [_dip(position, height, number) for number in range(1, count + 1)]
    coords = {"step": ("step", np.arange(1, count + 1), {"units": "1"})}
    attrs = {"units": "1", "long_name": "dip of dG/dV between the paired maxima over the smaller maximum"}
    return xr.DataArray(np.array(ratios, dtype=float), dims="step", coords=coords, name="dip", attrs=attrs)


def _samples(
    conductance: xr.DataArray, coordinate: str | None, quantum: float
) -> tuple[np.ndarray, np.ndarray, str]:
    """Position (increasing) and G/quantum of the finite samples, and the coordinate's name."""
    if coordinate is not None and coordinate not in conductance.dims:
        known = nearest(coordinate, [str(dim) for dim in conductance.dims])
        raise InputError(f'plateaus: the conductance has no dimension "{coordinate}"{known}')
    if conductance.ndim != 1:
        raise InputError(
            f"plateaus: expected a conductance over one dimension, got {conductance.dims}; select the others with .sel"
        )
    name = str(conductance.dims[0])
    position, height = (
        np.asarray(conductance[name], dtype=float),
        np.asarray(conductance, dtype=float) / quantum,
    )
    if (np.diff(position) < 0).all():
        position, height = position[::-1], height[::-1]
    if not (np.diff(position) > 0).all():
        raise InputError(f'plateaus: the coordinate "{name}" must be sorted, each value once')
    finite = np.isfinite(height)
    return position[finite], height[finite], name


def _widest(
    position: np.ndarray, height: np.ndarray, number: int, tolerance: float
) -> dict[str, float] | None:
    """The widest range around G = number, with its step spacing, or None."""
    distance = np.abs(height - number)
    edges = np.diff(np.concatenate([[0], (distance < tolerance).astype(int), [0]]))
    found = []
    for first, last in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1, strict=True):
        start, below = (_crossing(position, distance, int(first), -1, level) for level in (tolerance, 0.5))
        stop, above = (_crossing(position, distance, int(last), 1, level) for level in (tolerance, 0.5))
        if start is None or stop is None or below is None or above is None:
            continue
        width, spacing = stop - start, above - below
        figures = {
            "start": start,
            "stop": stop,
            "width": width,
            "step_spacing": spacing,
            "fraction": width / spacing,
        }
        found.append(figures)
    return max(found, key=lambda figures: figures["width"], default=None)


def _crossing(position: np.ndarray, distance: np.ndarray, start: int, way: int, level: float) -> float | None:
    """Where `distance` first reaches `level`, going one way from a sample below it."""
    index = start
    while 0 <= index + way < len(position):
        if distance[index + way] >= level:
            part = (level - distance[index]) / (distance[index + way] - distance[index])
            return float(position[index] + part * (position[index + way] - position[index]))
        index += way
    return None


def _dip(position: np.ndarray, height: np.ndarray, number: int) -> float:
    """min/max of the slope around the middle of the step from number − 1 to number."""
    rising = height if height[-1] >= height[0] else height[::-1]
    place = position if height[-1] >= height[0] else -position[::-1]
    above = np.flatnonzero(rising > number - 0.5)
    low = np.flatnonzero(rising <= number - 1 + 0.05)
    high = np.flatnonzero(rising >= number - 0.05)
    if not (len(above) and above[0] > 0 and len(low) and len(high)):
        return np.nan
    middle = int(above[0]) - 1
    slope = np.abs(np.diff(rising) / np.diff(place))
    start = int(low[low <= middle].max(initial=0))
    stop = int(high[high > middle].min(initial=len(slope)))
    left = start + int(np.argmax(slope[start : middle + 1]))
    right = middle + int(np.argmax(slope[middle:stop]))
    return float(slope[left : right + 1].min() / min(slope[left], slope[right]))
