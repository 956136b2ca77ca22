"""The picture of growth.py: time of each part against N on logarithmic scales, and powers of N as guides."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = {
    "sum": "black",
    "build": "#009e73",
    "leads": "#e69f00",
    "symbolic": "#56b4e9",
    "numeric": "#d55e00",
    "probe": "#cc79a7",
    "interface": "#0072b2",
    "rest": "#8c8c8c",
}
POWERS, GUIDED = (1, 2, 3), 2.5  # of N, and over which factor of N a guide is drawn
LEAST_GAP = 0.16  # of two labels, in decades


def draw(found: dict[str, dict[str, Any]], path: Path) -> None:
    """A panel for each series, on one scale."""
    style = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    with rc_context(style):
        figure = Figure(figsize=(11, 5), layout="constrained")
        panels = figure.subplots(1, len(found), sharey=True, squeeze=False)[0]
        for axes, series in zip(panels, found.values(), strict=True):
            panel(axes, series)
        panels[0].set_ylabel("time of the part (s)")
        figure.suptitle("From the model to S at one energy: where the time goes, N×N sites with two leads")
        figure.savefig(path, dpi=160)


def panel(axes: Axes, series: dict[str, Any]) -> None:
    """The lines of a series, each with its name and its power of N at its end."""
    sides, seconds = np.array(sorted(series["seconds"])), series["seconds"]
    lines = {name: np.array([seconds[side][name] for side in sides]) for name in COLOURS}
    axes.set(xscale="log", yscale="log", title=series["title"], xlabel="N (sites along an edge)")
    axes.set_xlim(0.8 * sides[0], 1.12 * sides[-1])
    axes.set_xticks(sides, [str(side) for side in sides])
    axes.minorticks_off()
    axes.grid(axis="y", color="0.93")
    guides(axes, sides, lines["sum"])
    for name, colour in COLOURS.items():
        width = 2.2 if name == "sum" else 1.4
        axes.plot(sides, lines[name], "o-", color=colour, linewidth=width, markersize=3.5)
    heights = spread({name: values[-1] for name, values in lines.items()})
    for name, height in heights.items():
        axes.annotate(
            rf"{name}  $N^{{{series['powers'][name]:.1f}}}$",
            (sides[-1], height),
            xytext=(10, 0),
            textcoords="offset points",
            color=COLOURS[name],
            va="center",
            annotation_clip=False,
        )


def guides(axes: Axes, sides: np.ndarray, longest: np.ndarray) -> None:
    """Thin lines of N, N² and N³ that leave one point above all others, at the smallest size."""
    ends = sides[0] * np.array([1, GUIDED])
    for power in POWERS:
        heights = 3 * longest[0] * (ends / ends[0]) ** power
        axes.plot(ends, heights, color="0.7", linewidth=0.8, zorder=0)
        name = "N" if power == 1 else f"N^{power}"
        place = {"xytext": (3, 0), "textcoords": "offset points", "va": "center"}
        axes.annotate(f"${name}$", (ends[1], heights[1]), color="0.5", **place)


def spread(values: dict[str, float]) -> dict[str, float]:
    """Heights for the labels of values: in their order, and at least a gap apart, about where they belong."""
    names = sorted(values, key=lambda name: values[name])
    wanted = np.log10([values[name] for name in names])
    steps = LEAST_GAP * np.arange(len(names))
    # Without the gaps the heights must not fall: the nearest such sequence, by pooling neighbours that would.
    pools: list[list[float]] = []
    for height in wanted - steps:
        pools.append([height])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    level = np.concatenate([np.full(len(pool), np.mean(pool)) for pool in pools])
    return dict(zip(names, (10 ** (level + steps)).tolist(), strict=True))
