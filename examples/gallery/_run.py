"""What the scripts of the gallery share: the command line, and the look of a picture."""

import argparse
from collections.abc import Callable
from typing import Any

import matplotlib
import matplotlib.pyplot as plt

#: From cold to warm, and from few to many.
COLOURS = ("#1b3a6b", "#2a8f9e", "#e0702d", "#b3202c", "#6b1b4f")

STYLE = {
    "font.size": 10,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": matplotlib.cycler(color=COLOURS),
    "grid.color": "#dfe3e8",
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 130,
}


def run(compute: Callable[[], Any], check: Callable[[Any], None], draw: Callable[[Any], Any]) -> None:
    """Compute, check, draw; show the picture, or save it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--save", metavar="FILE.png", help="save the picture instead of showing it")
    save = parser.parse_args().save
    result = compute()
    check(result)
    if save:
        matplotlib.use("agg")
    with plt.rc_context(STYLE):
        figure = draw(result)
        if save:
            figure.savefig(save)
        else:
            plt.show()
