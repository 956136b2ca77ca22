"""The picture of a split-gate contact: staircases, split steps, transconductance, potential and gates."""

import json
from typing import Any

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..constants import G0

_COLD_TO_WARM = ("#1b3a6b", "#2a8f9e", "#e0702d", "#b3202c", "#6b1b4f")
_ACCENT, _PALE, _GRID = "#b3202c", "#7a8794", "#dfe3e8"


def plot_contact(result: xr.Dataset) -> Figure:
    """Draw a result of `sharvin run`, also when read back from its file.

    Four panels: the staircases at each temperature in the smallest field, with the plateaus found; the coldest
    staircases in the largest field for each g factor; their dG/dV; the potential with the Fermi level and the gates.

    Parameters
    ----------
    result
        With ``conductance`` (gate_voltage, B, g_factor, temperature) in S and ``potential`` (x, y) in eV.
    """
    with matplotlib.rc_context({"font.size": 10, "axes.titlesize": 11, "axes.linewidth": 0.8}):
        figure = Figure(figsize=(12.5, 9.0), layout="constrained")
        panels = figure.subplots(2, 2, width_ratios=(1.12, 1))
        height = result.conductance / G0
        by_field = np.argsort(np.abs(result.B.values))
        _draw_staircases(panels[0, 0], height.isel(B=int(by_field[0]), g_factor=0), result)
        coldest = height.isel(B=int(by_field[-1]), temperature=int(np.argmin(result.temperature.values)))
        reference = height.isel(
            B=int(by_field[0]), g_factor=0, temperature=int(np.argmin(result.temperature.values))
        )
        _draw_split_steps(panels[0, 1], coldest, reference)
        _draw_potential(figure, panels[1, 0], result)
        _draw_slopes(panels[1, 1], coldest, reference)
        for letter, panel in zip("abcd", panels.flat, strict=True):
            panel.set_title(f"{letter}   {panel.get_title(loc='left')}", loc="left", fontweight="bold")
        figure.suptitle(str(result.attrs.get("title", "")), fontsize=15, x=0.01, ha="left")
        screening = str(result.attrs.get("electrostatic_model", "")).partition("screening ")[2]
        figure.supxlabel(
            f"{result.attrs.get('material', '')}\nscreening {screening}", fontsize=8, color=_PALE
        )
    return figure


def _frame(panel: Axes, top: float) -> None:
    """A conductance axis: integer grid, no box."""
    panel.set_yticks(np.arange(0, np.floor(top) + 1))
    panel.grid(axis="y", color=_GRID, linewidth=0.8)
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)
    panel.set_xlabel("gate voltage / V")


def _title(panel: Axes, text: str) -> None:
    panel.set_title(text, loc="left")


def _draw_staircases(panel: Axes, height: xr.DataArray, result: xr.Dataset) -> None:
    """G at each temperature, the coldest on top, and a bar at each plateau found."""
    top = float(height.max())
    for number in range(result.sizes.get("plateau", 0)):
        row = result.isel(plateau=number)
        start, stop, n = float(row.plateau_start), float(row.plateau_stop), int(row.plateau)
        panel.axvspan(start, stop, 0, 1, color="#eef3f8", linewidth=0)
        panel.text(
            (start + stop) / 2,
            0.015,
            f"n = {n}\n{row.plateau_fraction.item():.0%}",
            transform=panel.get_xaxis_transform(),
            ha="center",
            fontsize=8,
            color=_PALE,
        )
    order = np.argsort(-height.temperature.values)
    for place, number in enumerate(order):
        colour = _COLD_TO_WARM[(len(order) - 1 - place) % len(_COLD_TO_WARM)]
        curve = height.isel(temperature=int(number))
        panel.plot(curve.gate_voltage, curve, color=colour, linewidth=1.8, label=f"{_kelvin(curve)}")
    handles, labels = panel.get_legend_handles_labels()
    panel.legend(handles[::-1], labels[::-1], frameon=False, loc="upper left")
    _frame(panel, top)
    panel.set_ylabel("G / (2e²/h)")
    _title(panel, f"Conductance at B = {height.B.item():g} T")


def _kelvin(curve: xr.DataArray) -> str:
    kelvin = curve.temperature.item()
    return f"{1e3 * kelvin:g} mK" if 0 < kelvin < 0.5 else f"{kelvin:g} K"


def _g_styles(coldest: xr.DataArray) -> list[tuple[xr.DataArray, dict[str, Any]]]:
    """The curve of each g factor and how to draw it; the first one is the one to report."""
    styles = []
    for number in range(coldest.sizes["g_factor"]):
        curve = coldest.isel(g_factor=number)
        style: dict[str, Any] = (
            {"color": _ACCENT, "linewidth": 1.8}
            if number == 0
            else {"color": _COLD_TO_WARM[1], "linewidth": 1.5, "linestyle": "-"}
        )
        suffix = "*" if number == 0 and coldest.sizes["g_factor"] > 1 else ""
        styles.append(
            (curve, {**style, "label": f"g{suffix} = {curve.g_factor.item():g}, B = {curve.B.item():g} T"})
        )
    return styles


def _draw_split_steps(panel: Axes, coldest: xr.DataArray, reference: xr.DataArray) -> None:
    """G of each g factor in the field."""
    panel.plot(
        reference.gate_voltage,
        reference,
        color=_PALE,
        linewidth=1.1,
        linestyle=(0, (4, 2)),
        label=f"B = {reference.B.item():g}",
    )
    for curve, style in reversed(_g_styles(coldest)):
        panel.plot(curve.gate_voltage, curve, **style)
    _frame(panel, float(coldest.max()))
    panel.set_yticks(np.arange(0.5, np.floor(float(coldest.max())) + 1), minor=True)
    panel.grid(axis="y", which="minor", color=_GRID, linewidth=0.8, linestyle=":")
    panel.set_ylabel("G / (2e²/h)")
    panel.legend(frameon=False, loc="upper left")
    _title(panel, f"Spin-split steps at {_kelvin(coldest)}")


def _draw_slopes(panel: Axes, coldest: xr.DataArray, reference: xr.DataArray) -> None:
    """|V| dG/dV, which gives all steps about one height, each curve on a base line of its own."""
    plain: dict[str, Any] = {"color": _PALE, "linewidth": 1.1, "label": f"B = {reference.B.item():g}"}
    curves = [(reference, plain), *reversed(_g_styles(coldest))]
    voltage = reference.gate_voltage.values
    middle = (voltage[1:] + voltage[:-1]) / 2
    slopes = [np.abs(middle) * np.diff(curve.values) / np.diff(voltage) for curve, _ in curves]
    step = 1.12 * max(float(np.nanmax(slope, initial=1e-12)) for slope in slopes)
    for number, (slope, (_, style)) in enumerate(zip(slopes, curves, strict=True)):
        panel.axhline(number * step, color=_GRID, linewidth=0.8)
        panel.fill_between(
            middle, number * step, number * step + slope, color=style["color"], alpha=0.12, linewidth=0
        )
        panel.plot(middle, number * step + slope, color=style["color"], linewidth=style["linewidth"])
        panel.text(
            0.01,
            (number + 0.78) * step,
            style["label"],
            color=style["color"],
            transform=panel.get_yaxis_transform(),
        )
    panel.spines[["top", "right"]].set_visible(False)
    panel.set(ylim=(-0.03 * step, len(curves) * step), yticks=[])
    panel.set_xlabel("gate voltage / V")
    panel.set_ylabel("|V| dG/dV, each on its own base line")
    _title(panel, f"Transconductance at {_kelvin(coldest)}")


def _draw_potential(figure: Figure, panel: Axes, result: xr.Dataset) -> None:
    """U − E_F as a map, its contours, the Fermi level in bold, and the gates."""
    fermi = float(result.attrs["fermi_energy_eV"])
    energy = 1e3 * (result.potential - fermi)
    low, high = float(energy.min()), 15.0
    x, y = energy.x.values, energy.y.values
    shades = panel.pcolormesh(
        x,
        y,
        energy.values.T,
        cmap="RdBu_r",
        norm=TwoSlopeNorm(0.0, min(low, -1.0), high),
        shading="gouraud",
        rasterized=True,
    )
    panel.contour(x, y, energy.values.T, levels=np.arange(-10, 60, 1.0), colors="#00000030", linewidths=0.5)
    level = panel.contour(x, y, energy.values.T, levels=[0.0], colors="black", linewidths=1.8)
    panel.clabel(level, fmt={0.0: "$E_F$"}, fontsize=9)
    for gate in json.loads(result.attrs["gates"]):
        _draw_gate(panel, gate, (x[0], x[-1]), (y[0], y[-1]))
    bar = figure.colorbar(shades, ax=panel, extend="max", pad=0.02)
    bar.set_ticks([tick for tick in (-8, -6, -4, -3, -2, -1, 0, 5, 10, 15) if tick >= low])
    bar.set_label("$U - E_F$ / meV")
    panel.set_aspect("equal")
    panel.set_xlabel("x / nm")
    panel.set_ylabel("y / nm")
    voltage = f"{result.potential.attrs['gate_voltage_V']:.2f}".replace("-", "−")
    _title(panel, f"Potential energy at {voltage} V")


def _draw_gate(panel: Axes, gate: dict[str, Any], x: tuple[float, float], y: tuple[float, float]) -> None:
    """The outline of a gate, cut off beyond the picture."""
    left, right = np.clip(gate["x"], x[0] - 20, x[1] + 20)
    bottom, top = np.clip(gate["y"], y[0] - 20, y[1] + 20)
    outline = Rectangle(
        (left, bottom),
        right - left,
        top - bottom,
        fill=False,
        edgecolor="#f2c230",
        linewidth=2.0,
        hatch="//",
        alpha=0.9,
    )
    panel.add_patch(outline)
    panel.set(xlim=x, ylim=y)
    centre = ((max(left, x[0]) + min(right, x[1])) / 2, (max(bottom, y[0]) + min(top, y[1])) / 2)
    panel.annotate(
        f"gate {gate['name']}",
        centre,
        ha="center",
        va="center",
        fontsize=9,
        bbox={"boxstyle": "round", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
    )
