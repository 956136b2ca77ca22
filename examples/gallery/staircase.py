"""The conductance staircase of a point contact against temperature.

Each subband of the contact adds one quantum, G = G0 Σ_n ∫ T_n(E) (−∂f/∂E) dE with G0 = 2e²/h. Temperature smears a
step over 3.53 k_BT and leaves its middle where it is; tunnelling smears it as well, for a saddle is a Fermi
function in energy, T_n = 1/(1 + exp(−2π(E − E_n)/ħω_x)), of the temperature ħω_x/2πk_B.

Source: M. Büttiker, Phys. Rev. B 41, 7906 (1990); B. J. van Wees et al., Phys. Rev. B 43, 12431 (1991).
"""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.special import expit

import sharvin as sv
from sharvin.constants import BOLTZMANN

OMEGA_X, OMEGA_Y = 0.5e-3, 3e-3  # ħω in eV
STEPS = OMEGA_Y * (np.arange(4) + 0.5)
OWN = OMEGA_X / (2 * np.pi) / BOLTZMANN  # the temperature that the saddle itself seems to have, in K
LOGISTIC = 2 * np.log(3 + 2 * np.sqrt(2))  # 3.5255: full width at half maximum of −∂f/∂E, in k_BT


def compute() -> dict[str, xr.DataArray]:
    """Staircases of the saddle and of a sharp contact, in 2e²/h, and the widths of their first steps."""
    mu, temperature = np.linspace(0.0, 11e-3, 111), [0.1, OWN, 2.0, 4.2]
    saddle = sv.SaddlePoint(omega_x=OMEGA_X, omega_y=OMEGA_Y)
    sharp = sv.TransmissionFunction(lambda E: (STEPS[:, None] < E).astype(float), jumps=STEPS)
    return {
        "saddle": sv.conductance(saddle, mu, temperature) / sv.G0,
        "sharp": sv.conductance(sharp, mu, temperature) / sv.G0,
        "width of saddle": widths(saddle),
        "width of sharp": widths(sharp),
    }


def widths(contact: sv.Conductor) -> xr.DataArray:
    """Full width at half maximum of dG/dμ at the first step, in eV."""
    kelvin = np.array([0.4, OWN, 1.2, 1.6, 2.0])
    return xr.DataArray(
        [width(contact, T) for T in kelvin], coords={"temperature": kelvin}, attrs={"units": "eV"}
    )


def width(contact: sv.Conductor, temperature: float) -> float:
    """The same at one temperature."""
    reach = 4 * BOLTZMANN * (temperature + 0.5)
    G = sv.conductance(contact, STEPS[0] + np.linspace(-reach, reach, 41), temperature)
    slope = CubicSpline(G.mu, G).derivative()
    ends = [(G.mu[0], STEPS[0]), (STEPS[0], G.mu[-1])]
    return float(np.ptp([brentq(lambda E: slope(E) - slope(STEPS[0]) / 2, *end) for end in ends]))


def check(result: dict[str, xr.DataArray]) -> None:
    """Sharp steps are Fermi functions; a step's middle stays; widths are 3.53 k_BT; plateaus stand."""
    saddle, sharp = result["saddle"], result["sharp"]
    mu, kt = sharp.mu.values, BOLTZMANN * sharp.temperature.values[:, None]
    np.testing.assert_allclose(sharp, sum(expit((mu - E) / kt) for E in STEPS), atol=1e-9)
    # The middle of a step does not move, at half a quantum above the plateau.
    np.testing.assert_allclose(
        saddle.sel(mu=STEPS[:3], method="nearest"), np.tile([0.5, 1.5, 2.5], (4, 1)), atol=1e-3
    )
    # Where temperature and tunnelling smear alike, with u = (μ − E_n)/k_BT: eᵘ(eᵘ − 1 − u)/(eᵘ − 1)², 1/2 for u → 0.
    u = (mu - np.arange(0.5, 8)[:, None] * OMEGA_Y) / (BOLTZMANN * OWN)
    w = np.where(np.abs(u) < 1e-6, 1.0, u)
    alike = np.where(w == u, (1 - np.exp(-w) - w * np.exp(-w)) / np.expm1(-w) ** 2, 0.5)
    np.testing.assert_allclose(saddle.sel(temperature=OWN), alike.sum(axis=0), atol=1e-8)
    np.testing.assert_allclose(
        saddle.sel(temperature=0.1, mu=OMEGA_Y * np.arange(1, 4), method="nearest"), [1, 2, 3], atol=1e-7
    )
    # Widths: of temperature alone, and with those of the saddle, which are 3.53 ħω_x/2π at least.
    thermal = LOGISTIC * BOLTZMANN * result["width of sharp"].temperature
    np.testing.assert_allclose(result["width of sharp"], thermal, rtol=3e-3)
    both = result["width of saddle"].values
    own = LOGISTIC * BOLTZMANN * OWN
    assert (both > np.hypot(thermal, own)).all()
    assert (both < thermal + own).all()
    # And where both are equal, that of the formula above: its slope is 1/6 at the middle.
    slope = lambda u: np.exp(u) * ((u - 2) * np.exp(u) + u + 2) / np.expm1(u) ** 3  # noqa: E731
    alike = 2 * brentq(lambda u: slope(u) - 1 / 12, 1.0, 5.0) * BOLTZMANN * OWN
    np.testing.assert_allclose(both[1], alike, rtol=2e-3)


def draw(result: dict[str, xr.DataArray]) -> plt.Figure:
    """The staircases, and the width of the first step against temperature."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.2), width_ratios=(1.5, 1))
    for row in result["saddle"]:
        left.plot(1e3 * row.mu, row, label=f"{float(row.temperature):.2g} K")
    left.set(
        xlabel="chemical potential μ (meV)", ylabel="conductance (2e²/h)", title="a   the staircase melts"
    )
    left.set_yticks(range(5))
    left.legend(title="temperature")
    line, own = np.array([0.0, 2.2]), 1e3 * LOGISTIC * BOLTZMANN * OWN
    right.plot(line, 1e3 * LOGISTIC * BOLTZMANN * line, color="#7a8794", lw=1, label="3.53 k$_B$T")
    for name, marker in (("sharp", "o"), ("saddle", "s")):
        widths = result[f"width of {name}"]
        right.plot(widths.temperature, 1e3 * widths, marker, label=f"{name} contact")
    right.axhline(own, ls=":", color="#7a8794")
    right.text(
        2.25, own - 0.012, "saddle at T = 0: 0.56 ħω$_x$", ha="right", va="top", fontsize=8.5, color="#56616d"
    )
    right.set(xlabel="temperature (K)", ylabel="width of the first step (meV)", xlim=(0, 2.3), ylim=(0, None))
    right.set_title("b   a step is 3.53 k$_B$T wide")
    right.legend()
    return figure


if __name__ == "__main__":
    from _run import run

    run(compute, check, draw)
