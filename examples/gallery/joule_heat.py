"""Where the heat goes: not into the conductor.

A coherent conductor scatters elastically, so the power IV is dissipated in the reservoirs, J_α = (g_s/h) ∫ (μ_α −
E) T(E)(f_other − f_α) dE into each. If T(E) does not depend on energy each gets half; behind a step three quarters
of it arrive where the electrons go; and of a narrow level at ε the source gets (μ_source − ε)/eV. To first order
the difference is the Peltier heat, J_drain − J_source = −2TSI.

Source: V. L. Gurevich, Phys. Rev. B 55, 4522 (1997); W. Lee et al., Nature 498, 209 (2013).
"""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from scipy.special import expit

import sharvin as sv
from sharvin.constants import BOLTZMANN, E_OVER_H, INVERSE_H

BIAS = np.linspace(0.2e-3, 4e-3, 20)  # V
KELVIN = 1.0
EDGE = 0.4e-3  # of a smooth step above the middle of the bias, in eV
WIDTH = 2e-6  # of the level, in eV


def conductors() -> dict[str, sv.Conductor]:
    """A channel, a sharp and a smooth step, all with T between 0 and 1."""
    return {
        "constant": sv.TransmissionFunction(lambda E: 1 + 0 * E),
        "step": sv.TransmissionFunction(lambda E: (E > 0).astype(float), jumps=(0.0,)),
        "saddle": sv.SaddlePoint(omega_x=1e-3, omega_y=20e-3, V0=EDGE - 10e-3),
    }


def at_bias(conductor: sv.Conductor, bias: float, kelvin: float) -> xr.Dataset:
    """The steady state, electrons flowing from left to right."""
    ends = {"left": sv.Reservoir(bias / 2, kelvin), "right": sv.Reservoir(-bias / 2, kelvin)}
    return sv.steady_state(conductor, ends)


def over(states: list[xr.Dataset], **axis: np.ndarray) -> xr.Dataset:
    """Heat and currents of many states along a new axis."""
    (name,) = axis
    parts = [state[["dissipation", "current"]].reset_coords(drop=True).drop_attrs() for state in states]
    return xr.concat(parts, name).assign_coords(axis)


def compute() -> dict[str, xr.Dataset]:
    """Steady states over the bias, at T = 0 and warm; and of a level over its place between the reservoirs."""
    found = {}
    for name, conductor in conductors().items():
        states = [at_bias(conductor, V, KELVIN if name == "saddle" else 0.0) for V in BIAS]
        found[name] = over(states, bias=BIAS)
    places = np.linspace(-0.4, 0.4, 9)
    levels = [sv.ResonantLevel(place * BIAS[-1], WIDTH / 2, WIDTH / 2) for place in places]
    found["level"] = over([at_bias(level, BIAS[-1], 0.0) for level in levels], place=places)
    found["response"] = sv.thermoelectric(conductors()["saddle"], mu=0.0, temperature=KELVIN)
    found["small"] = at_bias(conductors()["saddle"], 1e-7, KELVIN)
    return found


def check(result: dict[str, xr.Dataset]) -> None:
    """Shares of the power, closed forms, and that nothing is left for the conductor."""
    for name in ("constant", "step", "saddle", "level"):
        state = result[name]
        bias = state.bias if name != "level" else BIAS[-1]
        power = state.current.sel(lead="left") * bias
        np.testing.assert_allclose(state.dissipation.sum("lead"), power, rtol=1e-7)
    half = INVERSE_H * BIAS**2  # (g_s/h)(eV)²/2, in W: half of IV for T = 1, all of it for the step
    np.testing.assert_allclose(result["constant"].dissipation, np.tile(half[:, None], 2), rtol=1e-9)
    # Above a step in the middle only half of the window conducts: ∫ (eV/2 ∓ E) dE from 0 to eV/2.
    np.testing.assert_allclose(result["step"].dissipation, half[:, None] * [1 / 4, 3 / 4], rtol=1e-9)
    share = source_share(result["level"])
    np.testing.assert_allclose(share, 0.5 - share.place, atol=3e-3)
    current = 2 * E_OVER_H * np.pi * WIDTH / 2  # (g_s e/h) ∫ T dE, but for the tails
    np.testing.assert_allclose(result["level"].current.sel(lead="left"), current, rtol=2e-3)
    # The saddle at 1 K, by a sum over energies.
    energy, step = np.linspace(-6e-3, 6e-3, 6001, retstep=True)
    window = [expit((mu - energy) / (BOLTZMANN * KELVIN)) for mu in (BIAS[-1] / 2, -BIAS[-1] / 2)]
    flow = expit(2 * np.pi * (energy - EDGE) / 1e-3) * (window[0] - window[1])
    heat = [np.sum((mu - energy) * sign * flow) for mu, sign in ((BIAS[-1] / 2, 1), (-BIAS[-1] / 2, -1))]
    np.testing.assert_allclose(
        result["saddle"].dissipation[-1], 2 * INVERSE_H * step * np.array(heat), rtol=1e-6
    )
    # At small bias what the drain gets more is the Peltier heat.
    small, response = result["small"], result["response"]
    more = float(small.dissipation.sel(lead="right") - small.dissipation.sel(lead="left"))
    peltier = -2 * KELVIN * float(response.seebeck) * float(small.current.sel(lead="left"))
    assert abs(more / peltier - 1) < 1e-6
    assert abs(float(small.current.sel(lead="left")) / (1e-7 * float(response.G)) - 1) < 1e-6
    assert more > 0
    assert float(small.dissipation.sel(lead="left")) < 0  # the source is cooled


def source_share(state: xr.Dataset) -> xr.DataArray:
    """The part of the power that the source of electrons gets."""
    return state.dissipation.sel(lead="left") / state.dissipation.sum("lead")


def draw(result: dict[str, xr.Dataset]) -> plt.Figure:
    """The share of the source over the bias, and over the place of a level."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.2), width_ratios=(1.2, 1))
    left.plot(1e3 * BIAS, 1e9 * result["constant"].dissipation.sel(lead="left"), label="both, T(E) = 1")
    labels = {"step": "sharp step, T = 0", "saddle": "saddle, 1 K"}
    for name, label in labels.items():
        (line,) = left.plot(
            1e3 * BIAS, 1e9 * result[name].dissipation.sel(lead="right"), label=f"drain, {label}"
        )
        left.plot(1e3 * BIAS, 1e9 * result[name].dissipation.sel(lead="left"), ls="--", color=line.get_color(),
                  label=f"source, {label}")  # fmt: skip
    left.axhline(0, color="#56616d", lw=0.8)
    left.set(xlabel="bias (mV)", ylabel="heat into the reservoir (nW)", title="a   source and drain")
    left.legend()
    share = source_share(result["level"])
    right.plot([-0.5, 0.5], [1, 0], lw=1, color="#7a8794", label="(μ$_s$ − ε)/eV")
    right.plot(share.place, share, "o", label="source")
    right.plot(share.place, 1 - share, "s", label="drain", color="#b3202c")
    right.plot([-0.5, 0.5], [0, 1], lw=1, color="#7a8794")
    right.set(xlabel="place of the level ε/eV, from drain to source", ylabel="share of the power IV")
    right.set_title("b   a narrow level decides who gets it")
    right.legend(loc="center left")
    return figure


if __name__ == "__main__":
    from _run import run

    run(compute, check, draw)
