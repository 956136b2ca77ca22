"""Half-plateaus at finite bias: dI/dV of a point contact over gate and bias.

A bias V splits the Fermi level in two, μ + ηeV and μ − (1 − η)eV, and dI/dV = (2e²/h) [η T(μ_L) + (1 − η) T(μ_R)]:
where one of them has passed a subband that the other has not, η = 1/2 gives half a quantum. The lines on which
either meets a subband are borders of diamonds, whose corners lie at eV = ħω_y, the subband spacing; a lock-in blurs
them by its own signal.

Source: L. I. Glazman and A. V. Khaetskii, Europhys. Lett. 9, 263 (1989); N. K. Patel et al., Phys. Rev. B 44, 13549
(1991).
"""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from scipy.special import expit

import sharvin as sv

OMEGA_X, OMEGA_Y = 0.4e-3, 3e-3  # ħω in eV
LEVER = 0.02  # eV per volt of the gate
LOCK_IN = 0.3e-3  # V rms
CUTS = [0.05, 0.11]  # V of the gate


def compute() -> dict[str, xr.DataArray]:
    """Maps in 2e²/h: of the saddle, of a sharp step through a lock-in, and with the bias dropping on one side only."""
    saddle = sv.SaddlePoint(omega_x=OMEGA_X, omega_y=OMEGA_Y)
    gate = np.linspace(0, 0.55, 221)
    bias = np.linspace(-4.5e-3, 4.5e-3, 91)
    step = sv.TransmissionFunction(lambda E: (E > 0).astype(float), jumps=(0.0,))
    plain = {"gate": gate, "lever_arm": LEVER}
    return {
        "map": sv.conductance_map(saddle, bias=bias, **plain) / sv.G0,
        "one-sided": sv.conductance_map(saddle, bias=bias[::10], division=1.0, **plain) / sv.G0,
        "lock-in": sv.conductance_map(saddle, bias=bias, gate=CUTS, lever_arm=LEVER, lock_in=LOCK_IN) / sv.G0,
        "blurred step": sv.conductance_map(step, bias=np.linspace(1e-3, 3e-3, 21), mu=-1e-3, lock_in=LOCK_IN)
        / sv.G0,
    }


def steps(mu: np.ndarray) -> np.ndarray:
    """T of the saddle."""
    return expit(2 * np.pi * (np.asarray(mu)[..., None] - OMEGA_Y * (np.arange(12) + 0.5)) / OMEGA_X).sum(
        axis=-1
    )


def check(result: dict[str, xr.DataArray]) -> None:
    """Half-plateaus, every point of the map, the corners of the diamonds, and the blur of a lock-in."""
    found, one_sided = result["map"], result["one-sided"]
    # Between the subbands at zero bias; and where the bias has passed the spacing, halves.
    for gate, bias, plateau in ((1, 0, 1), (2, 0, 2), (0.5, 1, 0.5), (1.5, 1, 1.5), (2.5, 1, 2.5)):
        here = found.sel(gate=gate * OMEGA_Y / LEVER, bias=bias * OMEGA_Y, method="nearest")
        assert abs(float(here) - plateau) < 2e-3
    mu, half = LEVER * found.gate.values[:, None], found.bias.values / 2
    np.testing.assert_allclose(found, (steps(mu + half) + steps(mu - half)) / 2, atol=1e-9)
    np.testing.assert_allclose(one_sided, steps(mu + one_sided.bias.values), atol=1e-9)
    assert abs(corner(found) - OMEGA_Y) < 0.01 * OMEGA_Y
    # A step at 2 mV, half a quantum high, through a modulation of √2 V_rms: the integral of (2/π)√(1 − x²), to what
    # 63 points in a period of it can resolve of a jump.
    blurred = result["blurred step"]
    x = np.clip((blurred.bias.values - 2e-3) / (np.sqrt(2) * LOCK_IN), -1, 1)
    np.testing.assert_allclose(
        blurred, 0.25 + (x * np.sqrt(1 - x**2) + np.arcsin(x)) / (2 * np.pi), atol=1 / 127
    )
    # The same of the saddle, by a sum over 4000 phases of the modulation: the first harmonic over V_rms.
    phase = np.linspace(0, np.pi, 4000, endpoint=False) + np.pi / 8000
    volts = result["lock-in"].bias.values[:, None] + np.sqrt(2) * LOCK_IN * np.cos(phase)
    for gate, measured in zip(CUTS, result["lock-in"], strict=True):
        there = (steps(LEVER * gate + volts / 2) + steps(LEVER * gate - volts / 2)) / 2
        np.testing.assert_allclose(measured, (2 * np.sin(phase) ** 2 * there).mean(axis=1), atol=1e-6)


def corner(found: xr.DataArray) -> float:
    """The bias at which the first subband's line through μ_R meets the second's through μ_L, in V."""
    slope = found.differentiate("gate")
    lines = []
    for low, high, sign in ((0.5, 0.95, 1), (1.05, 1.5, -1)):  # in units of ħω_y
        rows = slope.sel(
            gate=slice(low * OMEGA_Y / LEVER, high * OMEGA_Y / LEVER), bias=slice(0.9e-3, 2.1e-3)
        )
        lines.append(np.polyfit(rows.bias, LEVER * rows.idxmax("gate"), 1))
        assert abs(lines[-1][0] - sign / 2) < 0.02  # half of the bias drops at either side
    return float((lines[1][1] - lines[0][1]) / (lines[0][0] - lines[1][0]))


def draw(result: dict[str, xr.DataArray]) -> plt.Figure:
    """The map, its derivative, and cuts."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4.4), width_ratios=(1, 1, 1.1))
    found = result["map"]
    bias = 1e3 * found.bias
    mesh = left.pcolormesh(bias, found.gate, found, cmap="viridis", shading="nearest", rasterized=True)
    figure.colorbar(mesh, ax=left, label="dI/dV (2e²/h)")
    names = [(0.15, 0, "1"), (0.3, 0, "2"), (0.45, 0, "3")]
    names += [
        (gate, V, text) for gate, text in ((0.075, "½"), (0.225, "1½"), (0.375, "2½")) for V in (-2.9, 2.9)
    ]
    for gate, V, text in names:
        left.text(V, gate, text, ha="center", va="center", color="w")
    left.set(xlabel="bias (mV)", ylabel="gate voltage (V)", title="a   dI/dV")
    slope = found.differentiate("gate")
    mesh = middle.pcolormesh(bias, found.gate, slope, cmap="magma", shading="nearest", rasterized=True)
    figure.colorbar(mesh, ax=middle, label="d²I/dV dV$_g$ (2e²/h per V)")
    middle.annotate("", (0, 0.15), (1e3 * OMEGA_Y, 0.15), arrowprops={"arrowstyle": "<->", "color": "w"})
    middle.text(0.5e3 * OMEGA_Y, 0.157, "ħω$_y$/e", color="w", ha="center", va="bottom")
    middle.set(xlabel="bias (mV)", title="b   diamonds as wide as the subband spacing")
    for axes in (left, middle):
        axes.grid(False)
    for n, gate in enumerate(CUTS):
        cut = found.sel(gate=gate, method="nearest")
        right.plot(bias, cut, color=f"C{3 * n}", label=f"gate at {gate} V")
        right.plot(bias, result["lock-in"].isel(gate=n), color=f"C{3 * n}", ls=":")
        left.axhline(gate, color=("w", "#f0b0b0")[n], lw=0.7, ls=":")
    right.plot([], [], color="#56616d", ls=":", label=f"through a lock-in, {1e3 * LOCK_IN:.1g} mV rms")
    right.set(xlabel="bias (mV)", ylabel="dI/dV (2e²/h)", yticks=(0, 0.5, 1), ylim=(-0.05, 1.4))
    right.set_title("c   cuts, as measured")
    right.legend(loc="upper center")
    return figure


if __name__ == "__main__":
    from _run import run

    run(compute, check, draw)
