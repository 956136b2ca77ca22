"""What pictures of lattices are drawn on: a plane or space in nm, with sites as dots, bonds as lines, and arrows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgba
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.mplot3d.art3d import Line3DCollection

from ..errors import InputError, nearest
from ..model.bravais import Lattice
from .dots import MANY, Dots

#: One for each sublattice, or kind of hopping: the colours of Okabe and Ito, which are told apart by all eyes.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#F0E442", "#7F4F24", "#999999")
#: What is outside of a region, or wrong with it; what is plain; what stands behind.
ACCENT, PLAIN, PALE = "#D55E00", "#5B6670", "#B4BCC4"

_PROJECTIONS = {"xy": (0, 1), "xz": (0, 2), "yz": (1, 2), "3d": (0, 1, 2)}
_WIDTH, _LARGEST = 6.4, 7.0  # of a new figure, in inches
_DRAWN = 0.7  # of the width of a figure that the axes take
_SMALLEST = 0.6  # diameter of a dot, in points
_LETTER, _LINE, _LINE_LENGTH = 9.0, 13.0, 80  # width and height of a letter, in points; letters in a line
_FLAT = 0.02  # higher than this, in units of its length, a picture has a second dimension


def palette(number: int) -> str:
    """The colour of a sublattice or of a kind of hopping."""
    return PALETTE[number % len(PALETTE)]


def fading(color: str) -> Colormap:
    """From nothing to a colour."""
    full = to_rgba(color)
    return LinearSegmentedColormap.from_list("fading", [(*full[:3], 0.0), (*full[:3], 0.85)])


def spacing_of(lattice: Lattice) -> float:
    """The shortest distance of two sites, in nm; those of a wrapped lattice may be drawn in one place."""
    shells = (np.linalg.norm(lattice.displacements(lattice.neighbours(shell)[:1])) for shell in (1, 2))
    return float(next(length for length in shells if length > 0))


def natural_projection(vectors: np.ndarray, positions: np.ndarray) -> str:
    """The plane of a lattice in which positions spread, or "3d" if they spread in space."""
    extent = np.ptp(positions, axis=0) if len(positions) else np.zeros(3)
    spanned = (np.abs(vectors).max(axis=0) > 0) & (extent > 1e-9)
    if spanned.all():
        return "3d"
    # Axes of the lattice first, then those along which its cell has a width; x before y before z.
    rank = sorted(range(3), key=lambda axis: (not spanned[axis], not extent[axis] > 1e-9, axis))
    return "".join("xyz"[axis] for axis in sorted(rank[:2]))


@dataclass(frozen=True)
class Canvas:
    """Axes, which of the coordinates x, y, z they show, and about how many points of the page a nanometre takes."""

    ax: Axes
    columns: tuple[int, ...]
    scale: float
    extent: np.ndarray
    own: bool

    @classmethod
    def of(cls, ax: Axes | None, projection: str | None, natural: str, positions: np.ndarray) -> "Canvas":
        """For these positions, in given axes or in a new figure.

        Raises
        ------
        InputError
            For a projection that there is not, or that the axes are not made for.
        """
        if projection is not None and projection not in _PROJECTIONS:
            raise InputError(f"plot: no projection {projection!r}{nearest(str(projection), _PROJECTIONS)}")
        if ax is not None:
            solid = isinstance(ax, Axes3D)
            if projection is None:
                projection = "3d" if solid else "xy" if natural == "3d" else natural
            if solid != (projection == "3d"):
                needed = 'fig.add_subplot(projection="3d")' if not solid else "plain axes"
                raise InputError(f'plot: the projection "{projection}" needs other axes: {needed}')
        columns = _PROJECTIONS[projection or natural]
        extent = np.ptp(positions, axis=0)[list(columns)] if len(positions) else np.zeros(len(columns))
        extent = np.maximum(extent, max(extent.max(), 1e-3) * 1e-3)
        own = ax is None
        if ax is None:
            ax = _new_axes(extent)
        width = 72 * _WIDTH * _DRAWN
        return cls(ax, columns, float(width / max(extent[0], extent[1])), extent, own)

    @property
    def solid(self) -> bool:
        """Whether it shows space, not a plane."""
        return len(self.columns) == 3

    @property
    def wide(self) -> bool:
        """Whether it is much wider than high."""
        return not self.solid and bool(self.extent[1] < 0.45 * self.extent[0])

    def dots(
        self,
        positions: np.ndarray,
        diameter: float,
        *,
        color: str | None = None,
        values: np.ndarray | None = None,
        cmap: Any = "viridis",
        smallest: float = _SMALLEST,
        zorder: float = 2.0,
        **style: Any,
    ) -> Collection:
        """Sites at positions (n, 3), of a diameter in nm, in one colour or in those of their values.

        None is smaller than `smallest`, in points.
        """
        points = np.ascontiguousarray(positions[:, list(self.columns)])
        style = {"linewidths": 0, "zorder": zorder, **style}
        if values is not None:
            style |= {"cmap": cmap}
        else:
            style |= {"facecolors": color}
        if self.solid:
            size = float(np.clip(self.scale * diameter, max(smallest, 2 * _SMALLEST), 14)) ** 2
            style["rasterized"] = len(points) > MANY
            dots: Any = self.ax.scatter(*points.T, s=size, c=values, depthshade=values is None, **style)  # pyright: ignore
            return dots
        dots = Dots(points, diameter, smallest, offset_transform=self.ax.transData, **style)
        if values is not None:
            dots.set_array(values)
        self.ax.add_collection(dots)
        return dots

    def rings(self, positions: np.ndarray, diameter: float, color: str = ACCENT) -> Collection:
        """Circles around sites."""
        width = float(np.clip(0.15 * diameter * self.scale, 0.6, 1.6))
        return self.dots(positions, diameter, color="none", edgecolors=color, linewidths=width, zorder=3)

    def lines(self, segments: np.ndarray, *, zorder: float = 1.0, **style: Any) -> None:
        """Lines through positions (lines, points, 3), all of one artist."""
        if not len(segments):
            return
        shown = segments[:, :, list(self.columns)]
        if self.solid:
            self.ax.add_collection(Line3DCollection(list(shown), **style))
        else:
            self.ax.add_collection(LineCollection(list(shown), zorder=zorder, capstyle="round", **style))

    def arrow(self, start: np.ndarray, along: np.ndarray, color: str, label: str = "") -> None:
        """An arrow, with a label at its tip."""
        columns = list(self.columns)
        tail, step = start[columns], along[columns]
        ax: Any = self.ax
        if self.solid:
            ax.quiver(*tail, *step, color=color, arrow_length_ratio=0.15, linewidth=1.8)
        else:
            style = {"arrowstyle": "-|>,head_length=0.5,head_width=0.22", "color": color, "linewidth": 1.8}
            style |= {"shrinkA": 0, "shrinkB": 0}
            ax.annotate("", tail + step, tail, arrowprops=style, zorder=5)
            ax.update_datalim([tail, tail + step])
        if label:
            self.text(start + 1.02 * along, label, color, outward=along)

    def text(self, position: np.ndarray, label: str, color: str, outward: np.ndarray | None = None) -> None:
        """Words at a position, or a little further outward from it."""
        ax: Any = self.ax
        place = position[list(self.columns)]
        step = np.zeros(len(place)) if outward is None else outward[list(self.columns)]
        unit = step / max(float(np.linalg.norm(step)), 1e-300)
        if self.solid:
            ax.text(
                *(place + 12 / self.scale * unit), label, color=color, ha="center", va="center", zorder=100
            )
            return
        across = "center" if abs(unit[0]) < 0.5 else "left" if unit[0] > 0 else "right"
        ax.annotate(
            label, place, xytext=tuple(6 * unit), textcoords="offset points", color=color, zorder=6,
            ha=across, va="center" if abs(unit[1]) < 0.5 else "bottom" if unit[1] > 0 else "top",
            annotation_clip=False,
        )  # fmt: skip
        room = np.array([_LETTER * len(label), _LINE]) / self.scale
        ax.update_datalim([place + (6 / self.scale + (np.abs(unit) > 0.5) * room) * unit])

    def legend(self, entries: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """A legend below a picture of its own, or in given axes: words, and the style of a dot or line for each."""
        if not entries:
            return
        handles = [Line2D([], [], **style) for _, style in entries]
        labels = [label for label, _ in entries]
        where: Any = self.ax.figure if self.own else self.ax
        place = "outside lower center" if self.own else "best"
        columns = max(1, min(4, len(labels), _LINE_LENGTH // (6 + max(map(len, labels)))))
        where.legend(handles, labels, loc=place, ncols=columns, frameon=not self.own)

    def bar(self, dots: Collection, label: str) -> None:
        """The bar of colours of some dots."""
        figure: Any = self.ax.figure
        style: dict[str, Any] = (
            {"location": "top", "shrink": 0.6, "aspect": 40} if self.wide else {"shrink": 0.8}
        )
        style |= {"ticks": MaxNLocator(5), "format": "{x:.4g}"}
        figure.colorbar(dots, ax=self.ax, label=label, pad=0.1 if self.solid else 0.02, **style)

    def finish(self, room: float) -> Axes:
        """Equal scales, labels in nm, and `room` in nm around what is drawn."""
        ax: Any = self.ax
        names = ["xyz"[axis] for axis in self.columns]
        for axis, name in zip("xyz", names, strict=False):
            getattr(ax, f"set_{axis}label")(f"{name} (nm)")
        if self.solid:
            ax.set_aspect("equal")
            for axis, part in zip(
                (ax.xaxis, ax.yaxis, ax.zaxis), self.extent / self.extent.max(), strict=True
            ):
                axis.set_major_locator(MaxNLocator(max(1, round(6 * part))))
            return ax
        ax.set_aspect("equal", adjustable="box")
        low, high = ax.dataLim.min - room, ax.dataLim.max + room
        if ax.dataLim.height <= _FLAT * ax.dataLim.width:  # a chain
            middle, half = (low[1] + high[1]) / 2, 0.06 * (high[0] - low[0])
            low[1], high[1] = middle - half, middle + half
            ax.set_yticks([])
            ax.spines["left"].set_visible(False)
            ax.set_ylabel("")
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)
        return ax


def dot(color: str, **style: Any) -> dict[str, Any]:
    """The style of a dot in a legend."""
    return {"linestyle": "", "marker": "o", "color": color, "markersize": 7, "markeredgewidth": 0, **style}


def ring(color: str = ACCENT) -> dict[str, Any]:
    """The style of a ring in a legend."""
    return dot("none", markeredgecolor=color, markeredgewidth=1.4, markerfacecolor="none")


def _new_axes(extent: np.ndarray) -> Axes:
    """Axes of a new figure that is as high as the picture needs."""
    if len(extent) == 3:
        figure = plt.figure(figsize=(_WIDTH, 5.4), layout="constrained")
        return figure.add_subplot(projection="3d")
    height = float(np.clip(_WIDTH * _DRAWN * (extent[1] / extent[0] + 0.15) + 1.0, 2.2, _LARGEST))
    return plt.figure(figsize=(_WIDTH, height), layout="constrained").add_subplot()
