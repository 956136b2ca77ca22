"""Thermopower of a staircase: a peak at every step, and as many quanta of heat as of charge on the plateaus.

A difference of temperature drives electrons above μ one way and those below it the other, so that S = −⟨E − μ⟩/(eT)
with the mean over T(E)(−∂f/∂E): at a sharp step from n to n + 1 modes S = −(k_B/e) ln 2/(n + 1/2), and for smooth
ones at low temperature −(π²k_B²T/3e) d ln T(E)/dE. On a plateau κ = N g_s π²k_B²T/3h, N quanta of heat for each
spin.

Source: P. Streda, J. Phys. Condens. Matter 1, 1025 (1989); H. van Houten et al., Semicond. Sci. Technol. 7, B215
(1992).
"""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from scipy.special import expit

import sharvin as sv
from sharvin.constants import BOLTZMANN

OMEGA_X, OMEGA_Y = 0.5e-3, 3e-3  # ħω of the saddle, in eV
STEPS = OMEGA_Y * (np.arange(5) + 0.5)
KELVIN, COLD = 1.0, 0.02
LORENZ = np.pi**2 / 3 * BOLTZMANN**2  # V²/K²


def compute() -> dict[str, xr.Dataset]:
    """All coefficients of sharp steps at 1 K, and of a saddle at 1 K and very cold."""
    sharp = sv.TransmissionFunction(lambda E: (STEPS[:, None] < E).astype(float), jumps=STEPS)
    saddle = sv.SaddlePoint(omega_x=OMEGA_X, omega_y=OMEGA_Y)
    mu = np.linspace(0.75e-3, 9.75e-3, 181)
    return {
        "sharp": sv.thermoelectric(sharp, mu, KELVIN),
        "saddle": sv.thermoelectric(saddle, mu, KELVIN),
        "cold": sv.thermoelectric(saddle, mu[::4], COLD),
    }


def transmission(energy: np.ndarray) -> np.ndarray:
    """T(E) of the saddle."""
    return sum(expit(2 * np.pi * (energy - OMEGA_Y * (n + 0.5)) / OMEGA_X) for n in range(9))


def mott(mu: np.ndarray) -> np.ndarray:
    """d ln T(E)/dE of the saddle, in 1/eV."""
    step = 1e-7
    return (np.log(transmission(mu + step)) - np.log(transmission(mu - step))) / (2 * step)


def check(result: dict[str, xr.Dataset]) -> None:
    """Peaks, Mott's formula, quanta of heat, Wiedemann and Franz, and Thomson's relation."""
    sharp, cold = result["sharp"], result["cold"]
    at_steps = 1e6 * sharp.seebeck.sel(mu=STEPS[:3], method="nearest").values
    np.testing.assert_allclose(
        at_steps, [-119.463, -39.821, -23.893], atol=2e-3
    )  # µV/K: −(k_B/e) ln 2/(n + 1/2)
    np.testing.assert_allclose(at_steps, -1e6 * BOLTZMANN * np.log(2) / (np.arange(3) + 0.5), rtol=1e-6)
    np.testing.assert_allclose(sharp.peltier, KELVIN * sharp.seebeck, rtol=1e-9)
    # Cold enough, only the slope of T(E) at μ counts; the next order is (k_BT · 2π/ħω_x)².
    np.testing.assert_allclose(cold.seebeck, -LORENZ * COLD * mott(cold.mu.values), rtol=5e-3, atol=1e-12)
    np.testing.assert_allclose(cold.lorenz, LORENZ, rtol=5e-3)
    # The saddle at 1 K, by a sum over energies.
    x = np.linspace(-30, 30, 3001)
    tau = transmission(result["saddle"].mu.values[:, None] + BOLTZMANN * KELVIN * x) * expit(x) * expit(-x)
    np.testing.assert_allclose(
        result["saddle"].seebeck, -BOLTZMANN * (tau @ x) / tau.sum(axis=1), rtol=1e-6, atol=1e-12
    )
    # Plateaus: N quanta of heat per spin, and with N quanta of charge the Lorenz number.
    plateaus = sharp.sel(mu=OMEGA_Y * np.arange(1, 4), method="nearest")
    quantum = sv.thermal_conductance_quantum(KELVIN)
    assert abs(quantum - 9.4643e-13) < 1e-17  # W/K: S. Jezouin et al., Science 342, 601 (2013)
    np.testing.assert_allclose(plateaus.kappa_e, 2 * quantum * np.arange(1, 4), rtol=1e-4)
    np.testing.assert_allclose(plateaus.lorenz, LORENZ, rtol=1e-4)
    # At a step it is smaller: κ lacks L₁²/L₀, and with m = n + 1/2 modes the ratio is π²/3 − (ln 2/m)².
    at_step = sharp.lorenz.sel(mu=STEPS[:3], method="nearest") / BOLTZMANN**2
    np.testing.assert_allclose(at_step, np.pi**2 / 3 - (np.log(2) / (np.arange(3) + 0.5)) ** 2, rtol=1e-6)


def draw(result: dict[str, xr.Dataset]) -> plt.Figure:
    """Charge and heat conductance in their quanta, and the thermopower."""
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(7.5, 6.4), sharex=True, height_ratios=(1, 1.2))
    sharp, saddle = result["sharp"], result["saddle"]
    mu = 1e3 * sharp.mu
    upper.plot(mu, sharp.G / sv.G0, label="G / (2e²/h)")
    upper.plot(mu, sharp.kappa_e / (2 * sv.thermal_conductance_quantum(KELVIN)), label="κ / (2π²k$_B^2$T/3h)")
    upper.set(
        ylabel="quanta", yticks=range(5), title="a   sharp steps at 1 K: as many quanta of heat as of charge"
    )
    upper.legend()
    lower.plot(mu, -1e6 * sharp.seebeck, label="sharp steps, 1 K")
    lower.plot(mu, -1e6 * saddle.seebeck, label="saddle, 1 K")
    lower.plot(
        mu, 1e6 * LORENZ * KELVIN * mott(sharp.mu.values), ls=":", color="C1", label="saddle, Mott's formula"
    )
    for n, E in enumerate(STEPS[:3]):
        value = 1e6 * BOLTZMANN * np.log(2) / (n + 0.5)
        lower.plot(1e3 * E, value, "o", color="#b3202c")
        lower.annotate(f"{value:.1f}", (1e3 * E, value), (7, 2), textcoords="offset points", color="#b3202c")
    lower.set(xlabel="chemical potential μ (meV)", ylabel="−S (µV/K)", ylim=(0, 150))
    lower.set_title("b   −S = (k$_B$/e) ln 2/(n + 1/2) at the steps")
    lower.legend()
    return figure


if __name__ == "__main__":
    from _run import run

    run(compute, check, draw)
