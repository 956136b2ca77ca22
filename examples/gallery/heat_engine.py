"""A conductor as a heat engine: power and efficiency against the bias, and what bounds them.

Heat drives electrons from a hot to a cold reservoir against a bias V: P = VI, η = P/J_hot. A narrow level at ε
works at η = eV/(ε − μ_hot) until, at the stopping voltage, it reaches Carnot's efficiency and gives nothing; most
power comes from a sharp step, x k_BT_α above each μ_α with x = 1.14455: P = 0.316347 k_B²(T_hot − T_cold)²/h for
each spin, which no mode can exceed.

Source: R. S. Whitney, Phys. Rev. Lett. 112, 130601 (2014); T. E. Humphrey et al., Phys. Rev. Lett. 89, 116801
(2002).
"""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from scipy.special import expit

import sharvin as sv
from sharvin.constants import BOLTZMANN, E_OVER_H, INVERSE_H

HOT, COLD = 2.0, 1.0  # K
MEAN = BOLTZMANN * (HOT + COLD) / 2  # eV
X = 1.14455  # where x ln(1 + e^−x) is largest: the root of (1 + eˣ) ln(1 + e^−x) = x
BEST = X * MEAN  # the step above μ, in eV
LEVEL = 2.5 * MEAN  # the level above μ, in eV


def conductors() -> dict[str, sv.Conductor]:
    """A step, a level as wide as gives much power, a narrow one, and one without tails."""
    slit = 1e-4 * MEAN
    return {
        "step": sv.TransmissionFunction(lambda E: (E > BEST).astype(float), jumps=(BEST,)),
        "level": sv.ResonantLevel(LEVEL, 0.5 * MEAN, 0.5 * MEAN),
        "narrow level": sv.ResonantLevel(LEVEL, 0.02 * MEAN, 0.02 * MEAN),
        "slit": sv.TransmissionFunction(
            lambda E: (abs(E - LEVEL) < slit / 2).astype(float), jumps=(LEVEL - slit / 2, LEVEL + slit / 2)
        ),
    }


def compute() -> dict[str, xr.Dataset]:
    """Each engine over the bias, and at its greatest power."""
    found = {}
    for name, conductor in conductors().items():
        best = sv.maximum_power(conductor, mu=0.0, hot=HOT, cold=COLD)
        bias = np.sin(np.linspace(0, np.pi / 2, 62)[1:]) ** 2 * float(best.stopping_voltage) * (1 - 1e-6)
        found[name] = sv.heat_engine(conductor, bias, mu=0.0, hot=HOT, cold=COLD)
        found[f"{name}, best"] = best
    return found


def check(result: dict[str, xr.Dataset]) -> None:
    """Whitney's bound and where it is reached; the efficiency of a narrow level, and Carnot's where it stops."""
    bound = sv.quantum_power_bound(HOT, COLD)
    unit = 2 * INVERSE_H * BOLTZMANN**2 * (HOT - COLD) ** 2  # both spins
    assert abs(bound / unit - 0.316347) < 1e-6
    assert abs((1 + np.exp(X)) * np.log1p(np.exp(-X)) - X) < 1e-4
    best = result["step, best"]
    np.testing.assert_allclose([best.power, best.quantum_bound], bound, rtol=1e-6)
    # There both reservoirs lie x k_BT below the step: eV = x k_B(T_hot − T_cold).
    assert abs(float(best.bias) / (X * BOLTZMANN * (HOT - COLD)) - 1) < 1e-3
    for name in conductors():
        engine = result[name]
        assert (engine.power < bound * (1 + 1e-9)).all()
        assert (engine.efficiency_over_carnot.dropna("bias") < 1).all()
        assert abs(float(engine.power.max() / result[f"{name}, best"].power) - 1) < 2e-3
    # The currents of the step in closed form, and what the levels do, by a sum over energies.
    step = result["step"]
    filled = [
        T * np.log1p(np.exp(-(BEST + sign * step.bias / 2) / (BOLTZMANN * T)))
        for T, sign in ((HOT, 1), (COLD, -1))
    ]
    np.testing.assert_allclose(
        step.power, 2 * E_OVER_H * BOLTZMANN * step.bias * (filled[0] - filled[1]), atol=1e-6 * bound
    )
    energy, width = np.linspace(-40 * MEAN, 40 * MEAN, 80001, retstep=True)
    for name, gamma in (("level", 1.0 * MEAN), ("narrow level", 0.04 * MEAN)):
        best = result[f"{name}, best"]
        V = float(best.bias)
        flow = (gamma / 2) ** 2 / ((energy - LEVEL) ** 2 + (gamma / 2) ** 2)
        flow *= expit(-(energy + V / 2) / (BOLTZMANN * HOT)) - expit(-(energy - V / 2) / (BOLTZMANN * COLD))
        np.testing.assert_allclose(best.power, 2 * E_OVER_H * V * flow.sum() * width, rtol=1e-4)
        efficiency = V * flow.sum() / (flow @ (energy + V / 2))
        np.testing.assert_allclose(best.efficiency, efficiency, rtol=1e-4)
    # One energy: each electron takes ε − μ_hot = ε + eV/2 from the hot side and makes eV of it.
    slit, carnot = result["slit"], 1 - COLD / HOT
    np.testing.assert_allclose(slit.efficiency, slit.bias / (LEVEL + slit.bias / 2), rtol=1e-3)
    stop = 2 * LEVEL * (HOT - COLD) / (HOT + COLD)  # (ε − μ_hot)/T_hot = (ε − μ_cold)/T_cold
    assert abs(float(result["slit, best"].stopping_voltage) / stop - 1) < 1e-5
    assert abs(float(slit.efficiency[-1]) / carnot - 1) < 1e-3
    # The tails of a level let heat pass for nothing; the narrower, the less.
    wide, narrow = (float(result[name].efficiency_over_carnot.max()) for name in ("level", "narrow level"))
    assert wide < narrow < 1


def draw(result: dict[str, xr.Dataset]) -> plt.Figure:
    """Power over bias, and efficiency over power."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.8, 4.3))
    bound = sv.quantum_power_bound(HOT, COLD)
    labels = {"step": "sharp step", "level": "level, Γ = k$_B$T", "narrow level": "level, Γ = 0.04k$_B$T"}
    for name, label in labels.items():
        engine = result[name]
        left.plot(1e3 * engine.bias, 1e15 * engine.power, label=label)
        ratio = engine.efficiency_over_carnot
        right.plot(np.r_[0, engine.power / bound], np.r_[0, ratio], label=label)
    left.axhline(1e15 * bound, ls=":", color="#56616d")
    left.text(
        0.0,
        1e15 * bound * 1.02,
        "quantum bound: 0.316 k$_B^2$ΔT²/h per spin",
        va="bottom",
        fontsize=9,
        color="#56616d",
    )
    left.set(xlabel="bias against the current (mV)", ylabel="power (fW)", ylim=(0, 1.15e15 * bound))
    left.set_title(f"a   power, {HOT:g} K to {COLD:g} K")
    slit = result["slit"]
    right.plot(slit.power / bound, slit.efficiency_over_carnot, color="#7a8794", ls="--", label="one energy")
    right.plot(0, 1, "o", color="#7a8794", clip_on=False, label="Carnot")
    right.axvline(1, ls=":", color="#56616d")
    right.set(
        xlabel="power over the quantum bound",
        ylabel="efficiency over Carnot's",
        xlim=(0, 1.05),
        ylim=(0, 1.03),
    )
    right.set_title("b   round trip from V = 0 to where it stops")
    right.legend(loc="upper right", bbox_to_anchor=(0.9, 0.98))
    return figure


if __name__ == "__main__":
    from _run import run

    run(compute, check, draw)
