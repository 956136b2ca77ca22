"""Pictures of systems: sites, on-site energies, bonds, leads."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ..errors import InputError
from ..model.system import LatticeBody, System
from ..model.values import REQUIRED

_FEW = 3000  # sites up to which bonds are drawn one by one


def plot_system(system: System, ax: Axes | None = None, **params: Any) -> Axes:
    """Draw a lattice system in the xy plane: sites coloured by on-site energy, leads by arrows.

    Parameters
    ----------
    system
        A system made from a model.
    ax
        Axes to draw into; new ones by default.
    **params
        Parameters of the system; where they are all given (or have defaults) the mean on-site energy of each site, in
        eV, is shown by colour.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        For a system from matrices, which has no positions.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
    >>> system = wire.region(sv.shape.rectangle(length=20, width=10)).lead("left", wire, direction="-x")
    >>> system.plot().get_xlabel()
    'x (nm)'
    """
    body = system.body
    if not isinstance(body, LatticeBody):
        raise InputError("plot: a system from matrices has no positions to draw")
    if ax is None:
        ax = plt.figure(layout="constrained").add_subplot()
    x, y, _ = body.sites.positions.T
    if len(x) <= _FEW:
        segments = body.sites.positions[body.bonds][:, :, :2]
        ax.add_collection(LineCollection(list(segments), colors="0.75", linewidths=0.6, zorder=1))
    size = _marker_size(x, y)
    if params or REQUIRED not in system.parameters.values():
        energies = np.real(system.hamiltonian(**params).diagonal()).reshape(len(x), -1).mean(axis=1)
        points = ax.scatter(x, y, c=energies, s=size, linewidths=0, cmap="viridis", zorder=2)
        ax.figure.colorbar(points, ax=ax, label="on-site energy (eV)", shrink=0.8)
    else:
        ax.scatter(x, y, s=size, color="0.35", linewidths=0, zorder=2)
    for name, attachment in zip(body.leads, body.attachments, strict=True):
        front = body.sites.lattice.positions(attachment.front, attachment.kind)
        _draw_lead(ax, name, front, attachment.period, size)
    ax.set_aspect("equal")
    ax.margins(0.15)
    ax.set_xlabel("x (nm)")
    ax.set_ylabel("y (nm)")
    return ax


def _marker_size(x: np.ndarray, y: np.ndarray) -> float:
    """Area of a marker in points² for which neighbouring sites just touch."""
    area = max(np.ptp(x), 1e-9) * max(np.ptp(y), np.ptp(x) / 20, 1e-9)
    width = 300.0  # points, about the width of the axes
    return float(np.clip(0.5 * width**2 * area / max(np.ptp(x), 1e-9) ** 2 / len(x), 0.5, 60.0))


def _draw_lead(ax: Axes, name: str, interface: np.ndarray, period: np.ndarray, size: float) -> None:
    """Fading copies of the interface outward, and the lead's name."""
    for step, alpha in ((1, 0.6), (2, 0.35), (3, 0.15)):
        cell = interface + step * period
        ax.scatter(cell[:, 0], cell[:, 1], s=size, color="tab:red", alpha=alpha, linewidths=0, zorder=1)
    end = interface.mean(axis=0) + 4 * period
    unit = period / np.linalg.norm(period)
    ax.annotate(
        name,
        end[:2],
        xytext=(12 * unit[0], 12 * unit[1]),
        textcoords="offset points",
        ha="center",
        va="center",
        color="tab:red",
    )
