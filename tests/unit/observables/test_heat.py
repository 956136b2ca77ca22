import numpy as np
import pytest

import sharvin as sv

qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
open_channel = sv.TransmissionFunction(lambda E: 1 + 0 * E)


def ends(mu_left, mu_right, t_left=0.0, t_right=0.0):
    return {"left": sv.Reservoir(mu_left, t_left), "right": sv.Reservoir(mu_right, t_right)}


@pytest.mark.parametrize("temperatures", [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.3, 4.0)])
def test_the_sum_is_the_electrical_power(temperatures):
    reservoirs = ends(6e-3, 5.2e-3, *temperatures)
    heat = sv.dissipation(qpc, reservoirs)
    I = sv.current(qpc, reservoirs)  # noqa: E741
    power = 6e-3 * float(I.sel(lead="left")) + 5.2e-3 * float(I.sel(lead="right"))
    assert float(heat.sum()) == pytest.approx(power, rel=1e-9)


def test_half_of_the_power_of_an_open_channel_goes_to_either_side():
    heat = sv.dissipation(open_channel, ends(1e-3, 0.0))
    assert heat.values == pytest.approx(sv.G0 * 1e-6 / 2, rel=1e-12)
    assert heat.attrs["units"] == "W"


def test_the_quantum_of_thermal_conductance():
    # J = g_s π²k²(T_L² − T_R²)/6h, by a channel that is open at every energy.
    hot, cold = 1.0, 0.4
    heat = sv.dissipation(open_channel, ends(0.0, 0.0, hot, cold))
    k, h = 1.380649e-23, 6.62607015e-34
    wanted = 2 * np.pi**2 * k**2 * (hot**2 - cold**2) / (6 * h)
    assert heat.sel(lead="right").item() == pytest.approx(wanted, rel=1e-10)
    assert heat.sel(lead="left").item() == pytest.approx(-wanted, rel=1e-10)


def test_equilibrium_dissipates_nothing():
    assert sv.dissipation(qpc, ends(2e-3, 2e-3, 1.0, 1.0)).values.tolist() == [0.0, 0.0]
    assert sv.dissipation(qpc, ends(2e-3, 2e-3)).values.tolist() == [0.0, 0.0]


def test_zero_temperature_beside_a_sum_by_hand():
    step = sv.TransmissionFunction(lambda E: np.where(E > 1e-3, 1.0, 0.0), jumps=(1e-3,))
    heat = sv.dissipation(step, ends(2e-3, 0.0))
    # Electrons between 1 and 2 meV pass: each leaves a hole μ_L − E behind, and brings E − μ_R.
    unit = sv.G0 * 1e-6
    assert heat.sel(lead="left").item() == pytest.approx(unit * 0.5, rel=1e-12)
    assert heat.sel(lead="right").item() == pytest.approx(unit * 1.5, rel=1e-12)


def test_parameters_are_swept():
    heat = sv.dissipation(qpc, ends(6e-3, 5e-3), omega_x=[1e-3, 2e-3])
    assert heat.dims == ("omega_x", "lead")
    other = sv.dissipation(sv.SaddlePoint(omega_x=2e-3, omega_y=3e-3), ends(6e-3, 5e-3))
    assert heat.sel(omega_x=2e-3).values == pytest.approx(other.values, rel=1e-12)


@pytest.mark.parametrize(
    ("reservoirs", "message"),
    [
        ({"left": sv.Reservoir(0.0)}, 'no reservoir for lead "right"'),
        ({"left": sv.Reservoir(0.0), "right": 1.0}, "expected a Reservoir"),
        (None, "must be a dictionary"),
    ],
)
def test_bad_inputs(reservoirs, message):
    with pytest.raises(sv.InputError, match=message):
        sv.dissipation(qpc, reservoirs)
