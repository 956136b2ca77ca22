"""Two- and four-terminal resistance of one channel, ballistic and with a barrier.

Between the reservoirs, R₂ = (h/2e²)/T, of which h/2e² sits at the contacts; two probes that draw no current should
find the barrier alone, R₄ = (h/2e²)(1 − T)/T. Weak point probes feel the standing waves too: with R = 1 − T and
phases θ of the reflected waves at the probes, R₄ = (h/2e²) [1/T − ½ Σ 1/(1 + √R cos θ)], which may be negative;
probes as long as half a wavelength average over θ, and Landauer's formula is left.

Source: R. Landauer, IBM J. Res. Dev. 1, 223 (1957); M. Büttiker, IBM J. Res. Dev. 32, 317 (1988); B. Gao et al.,
Phys. Rev. Lett. 95, 196802 (2005).
"""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from scipy.sparse import diags_array

import sharvin as sv
from sharvin.constants import HBAR2_OVER_2M

SPACING = 2.0  # nm between the sites of the chain
HOPPING = HBAR2_OVER_2M / 0.067 / SPACING**2  # of electrons in GaAs, in eV
HALF_WAVE = 12  # sites in half a wavelength: k = π/24 nm⁻¹
PHASE = np.pi / HALF_WAVE  # k times the spacing
ENERGY = 2 * HOPPING * (1 - np.cos(PHASE))  # 9.7 meV above the bottom of the band
SPEED = 2 * HOPPING * np.sin(PHASE)  # ħv over the spacing
COUPLING = 1e-3  # g of a point probe: Γ/2 in units of ħv
HEIGHT = 1.0  # of the barrier in the picture: T = 1/(1 + HEIGHT²)

WIRE = {"current": ("left", "right")}
PROBES = {**WIRE, "voltage": ("probe 1", "probe 2")}


def wire(distance: int, height: float, length: int = 1) -> sv.System:
    """A chain with a barrier of `height` SPEED on one site, and probes `length` sites long, `distance` off it."""
    middle = distance + length
    energies = np.full(2 * middle + 1, 2 * HOPPING)
    energies[middle] += height * SPEED
    hops = np.full(2 * middle, -HOPPING)
    chain = ([[2 * HOPPING]], [[-HOPPING]])
    probe = sv.WideBand(2 * COUPLING * SPEED / length * np.eye(length))
    sites = np.arange(length)
    return sv.System.from_matrices(
        diags_array([hops, energies, hops], offsets=[-1, 0, 1]),
        leads={
            "left": (*chain, [0]),
            "right": (*chain, [2 * middle]),
            "probe 1": (probe, middle - distance - sites),
            "probe 2": (probe, middle + distance + sites),
        },
    )


def compute() -> dict[str, xr.DataArray]:
    """R₄ and R₂ over the distance of point probes, and over the height of the barrier with long ones; in h/2e²."""
    distance = np.arange(1, 3 * HALF_WAVE + 1)
    heights = np.array([0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0])
    found = {}
    for name, height in (("ballistic", 0.0), ("barrier", HEIGHT)):
        for kind, terminals, sites in (("two", WIRE, distance[2::4]), ("four", PROBES, distance)):
            R = [sv.resistance(wire(d, height), **terminals, mu=ENERGY) / sv.R0 for d in sites]
            found[f"{name}, {kind}"] = xr.DataArray(R, coords={"distance": 2 * SPACING * sites})
    for kind, terminals in (("two", WIRE), ("four", PROBES)):
        R = [sv.resistance(wire(3, h, HALF_WAVE), **terminals, mu=ENERGY) / sv.R0 for h in heights]
        found[f"long, {kind}"] = xr.DataArray(R, coords={"transmission": 1 / (1 + heights**2)})
    return found


def ripple(distance: np.ndarray, height: float) -> np.ndarray:
    """R₄ of weak point probes, from the standing waves; `distance` between the two."""
    T = 1 / (1 + height**2)
    theta = np.angle(-1j * height / (1 + 1j * height)) + PHASE * distance / SPACING
    return 1 / T - 1 / (1 + np.sqrt(1 - T) * np.cos(theta))


def check(result: dict[str, xr.DataArray]) -> None:
    """The contacts' h/2e² without a barrier, none of it between probes; the standing waves; and Landauer's formula."""
    g, distance = COUPLING, result["ballistic, four"].distance.values
    # Without a barrier each probe reflects −g/(1 + g): R₄ = g(1 − cos 2kd), on the average the g that two probes cost.
    plain = g * (1 - np.cos(2 * PHASE * distance / SPACING))
    np.testing.assert_allclose(result["ballistic, four"], plain, atol=3 * g**2)
    assert abs(float(result["ballistic, four"].mean()) - g) < 3 * g**2
    np.testing.assert_allclose(result["ballistic, two"], 1, atol=5 * g)
    four = result["barrier, four"]
    np.testing.assert_allclose(four, ripple(distance, HEIGHT), atol=8 * g)
    np.testing.assert_allclose(result["barrier, two"], 1 + HEIGHT**2, atol=10 * g)
    assert float(four.min()) < -0.3  # against the current
    # The mean of what point probes measure is (1 − √T)/T, for each divides by a density that oscillates.
    T = 1 / (1 + HEIGHT**2)
    assert abs(float(four.mean()) - (1 - np.sqrt(T)) / T) < 10 * g
    # A probe that averages over the phase itself: Landauer's resistance of the barrier, R₂ − h/2e².
    long = result["long, four"]
    np.testing.assert_allclose(long, (1 - long.transmission) / long.transmission, atol=5 * g)
    np.testing.assert_allclose(result["long, two"] - long, 1, atol=5 * g)


def draw(result: dict[str, xr.DataArray]) -> plt.Figure:
    """What point probes measure over their distance, and long ones over the transmission of the barrier."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 4))
    fine = np.linspace(0, 6 * HALF_WAVE * SPACING, 600)
    four = result["ballistic, four"]
    left.plot(fine, 1e3 * COUPLING * (1 - np.cos(2 * PHASE * fine / SPACING)), lw=1, color="#7a8794")
    left.plot(four.distance, 1e3 * four, "o", ms=4)
    left.axhline(1e3 * COUPLING, ls=":", color="#7a8794")
    left.text(
        75, 2.35, "dotted, the mean: the coupling g of the probes", ha="center", fontsize=8.5, color="#56616d"
    )
    left.set(xlabel="distance between point probes (nm)", ylabel="R$_4$ (10$^{-3}$ h/2e²)", ylim=(-0.1, 2.5))
    left.set_title("a   no barrier: nothing between the probes")
    middle.plot(fine, ripple(fine, HEIGHT), lw=1, color="#7a8794")
    middle.plot(result["barrier, four"].distance, result["barrier, four"], "o", ms=4, label="R$_4$")
    middle.plot(result["barrier, two"].distance, result["barrier, two"], "s", ms=4, label="R$_2$")
    middle.axhline(0, color="#56616d", lw=0.8)
    middle.set(xlabel="distance between point probes (nm)", ylabel="resistance (h/2e²)", ylim=(-1.7, 2.9))
    middle.set_title("b   T = 1/2: probes feel standing waves")
    middle.legend(ncols=2, loc="upper left")
    T = np.linspace(0.18, 1, 200)
    for kind, curve, marker, name in (("two", 1 / T, "s", "R$_2$"), ("four", (1 - T) / T, "o", "R$_4$")):
        points = result[f"long, {kind}"]
        right.plot(T, curve, lw=1, color="#7a8794")
        right.plot(points.transmission, points, marker, color={"two": "C1", "four": "C0"}[kind], label=name)
    right.annotate("1/T", (0.32, 1 / 0.32), (6, 3), textcoords="offset points")
    right.annotate("(1 − T)/T", (0.45, 0.55 / 0.45), (-6, -8), textcoords="offset points", ha="right")
    right.set(xlabel="transmission of the barrier T", ylabel="resistance (h/2e²)", ylim=(-0.1, None))
    right.set_title("c   probes half a wavelength long")
    right.legend()
    return figure


if __name__ == "__main__":
    from _run import run

    run(compute, check, draw)
