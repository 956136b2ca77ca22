"""Pictures of leads that do not fit: the region in grey, the places that are wrong in red, the lead's direction."""

import re
import textwrap

import numpy as np
from matplotlib.axes import Axes
from scipy.spatial import cKDTree

from ..errors import GeometryError, InputError
from .canvas import ACCENT, PALE, PALETTE, Canvas, dot

_SAMPLE = 1000  # sites among which the distance of neighbours is sought
_SOLID = 0.25  # thicker than this, in units of its length, a region is drawn in space
_ARROW = 0.22  # length of an arrow, in units of the region's


def plot_geometry_error(error: GeometryError, ax: Axes | None = None, projection: str | None = None) -> Axes:
    """Draw what a lead was to be fitted to, and where it does not fit.

    Sites of the region are grey, the places that the message names red. Arrows show the direction that was asked for,
    and those near it that fit.

    Parameters
    ----------
    error
        As it was caught.
    ax
        Axes to draw into; new ones by default.
    projection
        ``"xy"``, ``"xz"``, ``"yz"`` or ``"3d"``; by default what fits the region.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.hopping(-0.1))
    >>> region = wire.region(sv.shape.rectangle(length=20, width=12))
    >>> try:
    ...     region.lead("right", wire, direction="+x", shape=sv.shape.strip(8, center=30))
    ... except sv.GeometryError as error:
    ...     ax = error.plot()
    >>> print(ax.get_title(loc="left"))
    lead "right": no site of the region lies in the lead's shape
    """
    if error.sites is None:
        raise InputError("plot: the error holds no sites to draw")
    sites = np.asarray(error.sites)
    places = {label: np.asarray(spots) for label, spots in error.places.items() if len(spots)}
    spacing = _spacing(sites)
    arrows = _arrows(error, sites, places, spacing)
    everything = np.concatenate([sites, *places.values(), *(arrow.cumsum(axis=0) for arrow in arrows)])
    canvas = Canvas.of(ax, projection, _natural(sites, error.direction), everything)
    canvas.dots(sites, 0.55 * spacing, color=PALE)
    legend = [("region", dot(PALE))]
    for label, color, spots in zip(places, (ACCENT, "#8B1A00", "#CC79A7"), places.values(), strict=False):
        canvas.dots(spots, 0.75 * spacing, color=color, smallest=3.5, zorder=3)
        legend.append((label, dot(color)))
    line = {"marker": r"$\rightarrow$", "linestyle": "", "markersize": 12}
    for number, (start, along) in enumerate(arrows):
        canvas.arrow(start, along, PALETTE[2] if number else ACCENT, "" if number else "lead")
        if number < 2:
            words, color = ("would fit", PALETTE[2]) if number else ("direction", ACCENT)
            legend.append((words, {**line, "color": color}))
    canvas.legend(legend)
    canvas.ax.set_title(textwrap.fill(_first_sentence(str(error)), 62), fontsize="medium", loc="left")
    return canvas.finish(1.5 * spacing)


def _first_sentence(message: str) -> str:
    return re.split(r"[.;] ", message, maxsplit=1)[0]


def _natural(sites: np.ndarray, direction: np.ndarray | None) -> str:
    """The plane in which a region lies, unless it is thick or the lead leaves the plane."""
    extent: np.ndarray = np.ptp(sites, axis=0) + (0 if direction is None else 1e-9 * np.abs(direction))
    order = np.argsort(-extent, kind="stable")
    third = order[2]
    leaves = direction is not None and abs(direction[third]) > 1e-9
    if leaves or extent[third] > _SOLID * extent[order[0]]:
        return "3d"
    return "".join("xyz"[axis] for axis in sorted(order[:2]))


def _spacing(sites: np.ndarray) -> float:
    """The distance of neighbouring sites in nm, among the first ones."""
    some = sites[:_SAMPLE]
    if len(some) < 2:
        return 1.0
    distances, _ = cKDTree(some).query(some, k=2)
    return float(np.asarray(distances)[:, 1].min())


def _arrows(
    error: GeometryError, sites: np.ndarray, places: dict[str, np.ndarray], spacing: float
) -> list[np.ndarray]:
    """Start and vector of an arrow along the lead, beyond the region where the first places are.

    Then those of the directions that fit; each is (2, 3), in nm.
    """
    if error.direction is None:
        return []
    unit = np.asarray(error.direction)
    spots = next(iter(places.values()), sites)
    middle = (spots.min(axis=0) + spots.max(axis=0)) / 2
    end = float(max((sites @ unit).max(), (spots @ unit).max()))
    start = middle + (end - float(middle @ unit) + spacing) * unit
    length = max(_ARROW * float(np.linalg.norm(np.ptp(sites, axis=0))), 2 * spacing)
    units = [vector / np.linalg.norm(vector) for vector in map(np.asarray, error.fitting)]
    return [np.array([start, length * unit]), *(np.array([start, 0.8 * length * fits]) for fits in units)]
