import numpy as np
import pytest
import xarray as xr

import sharvin as sv
from sharvin.constants import BOLTZMANN

step = sv.TransmissionFunction(lambda E: np.where(E > 1e-4, 1.0, 0.0), jumps=(1e-4,))
qpc = sv.SaddlePoint(omega_x=1e-4, omega_y=3e-3)
UNITS = {"power": "W", "heat": "W", "current": "A", "efficiency": "1", "efficiency_over_carnot": "1"}


def test_dims_units_and_a_file(tmp_path):
    engine = sv.heat_engine(qpc, bias=[0.0, 5e-5, 1e-4], mu=1.2e-3, hot=2.0, cold=1.0, omega_x=[1e-4, 2e-4])
    for name, units in UNITS.items():
        assert engine[name].dims == ("omega_x", "bias")
        assert engine[name].attrs["units"] == units
    assert engine.power_error.dims == ("omega_x", "bias")
    assert engine.evaluations.dims == ("omega_x",)
    assert all("units" in variable.attrs for variable in engine.variables.values())
    assert engine.attrs["carnot"] == 0.5
    engine.to_netcdf(tmp_path / "engine.nc")
    with xr.open_dataset(tmp_path / "engine.nc") as read:
        xr.testing.assert_identical(read.load(), engine)
    assert sv.heat_engine(step, bias=1e-5, mu=0.0, hot=2.0, cold=1.0).power.dims == ()


@pytest.mark.parametrize("cold", [0.0, 1.0])
def test_it_is_the_steady_state_between_the_two(cold):
    bias, mu, hot = 5e-5, 2e-5, 3.0
    engine = sv.heat_engine(step, bias, mu=mu, hot=hot, cold=cold)
    ends = {"left": sv.Reservoir(mu - bias / 2, hot), "right": sv.Reservoir(mu + bias / 2, cold)}
    found = sv.steady_state(step, ends)
    assert float(engine.current) == pytest.approx(float(found.current[0]), rel=1e-9)
    assert float(engine.heat) == pytest.approx(float(found.heat_current[0]), rel=1e-9)
    assert float(engine.power) == pytest.approx(bias * float(found.current[0]), rel=1e-9)
    # What is taken from the hot reservoir and does not become power warms the cold one.
    assert float(engine.heat - engine.power) == pytest.approx(float(found.dissipation[1]), rel=1e-9)
    assert float(engine.efficiency) == pytest.approx(float(engine.power / engine.heat))


def test_beyond_the_stopping_voltage_it_is_no_engine():
    best = sv.maximum_power(step, mu=0.0, hot=2.0, cold=1.0)
    stop = float(best.stopping_voltage)
    around = sv.heat_engine(step, [0.99 * stop, 1.01 * stop], mu=0.0, hot=2.0, cold=1.0)
    assert around.power.values[0] > 0 > around.power.values[1]
    assert np.isfinite(around.efficiency.values).tolist() == [True, False]


def test_the_best_bias_is_better_than_its_neighbours():
    best = sv.maximum_power(step, mu=0.0, hot=2.0, cold=1.0)
    near = sv.heat_engine(step, float(best.bias) * np.array([0.97, 1.03]), mu=0.0, hot=2.0, cold=1.0)
    assert (near.power < best.power).all()
    assert float(best.power) < float(best.quantum_bound)
    assert best.bias.attrs["units"] == best.stopping_voltage.attrs["units"] == "V"
    assert best.quantum_bound.attrs["units"] == "W"


def test_holes_drive_the_other_way():
    holes = sv.TransmissionFunction(lambda E: np.where(E < -1e-4, 1.0, 0.0), jumps=(-1e-4,))
    one = sv.maximum_power(step, mu=0.0, hot=2.0, cold=1.0)
    other = sv.maximum_power(holes, mu=0.0, hot=2.0, cold=1.0)
    assert float(other.bias) == pytest.approx(-float(one.bias), rel=1e-5)
    assert float(other.power) == pytest.approx(float(one.power), rel=1e-7)


def test_the_bound_counts_modes_and_spins():
    one = sv.quantum_power_bound(2.0, 1.0, spin_degeneracy=1)
    assert sv.quantum_power_bound(2.0, 1.0) == pytest.approx(2 * one)
    assert sv.quantum_power_bound(2.0, 1.0, modes=3, spin_degeneracy=1) == pytest.approx(3 * one)
    assert sv.quantum_power_bound(3.0, 1.0, spin_degeneracy=1) == pytest.approx(4 * one)
    assert sv.quantum_power_bound(1.0, 1.0) == 0.0


def test_the_heat_quantum_grows_with_temperature():
    assert sv.thermal_conductance_quantum(0.0) == 0.0
    assert sv.thermal_conductance_quantum(2.0) == pytest.approx(2 * sv.thermal_conductance_quantum(1.0))


ENGINE = {"mu": 0.0, "hot": 2.0, "cold": 1.0}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sv.heat_engine(step, 0.0, mu=0.0, hot=1.0, cold=2.0), "expected hot > cold"),
        (lambda: sv.heat_engine(step, 0.0, mu=0.0, hot=1.0, cold=1.0), "expected hot > cold"),
        (lambda: sv.heat_engine(step, 0.0, mu=0.0, hot=1.0, cold=-1.0), "expected hot > cold"),
        (lambda: sv.heat_engine(step, 0.0, mu=0.0, hot="warm", cold=1.0), "hot must be a temperature"),
        (lambda: sv.heat_engine(step, 0.0, mu=[0.0, 1.0], hot=2.0, cold=1.0), "mu must be a number"),
        (lambda: sv.heat_engine(step, np.inf, **ENGINE), "bias must be finite"),
        (lambda: sv.heat_engine(qpc, 0.0, **ENGINE, omegax=1.0), 'did you mean "omega_x"'),
        (lambda: sv.maximum_power(qpc, **ENGINE, omega_x=[1e-4, 2e-4]), "parameters must be scalars"),
        (lambda: sv.maximum_power(qpc, **ENGINE, omegax=1e-4), 'did you mean "omega_x"'),
        (lambda: sv.quantum_power_bound(1.0, 2.0), "expected hot ≥ cold"),
        (lambda: sv.quantum_power_bound(2.0, 1.0, modes=-1), "expected hot ≥ cold"),
        (lambda: sv.thermal_conductance_quantum(-1.0), "temperature must be at least"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(sv.InputError, match=message):
        call()


def test_a_symmetric_level_gives_no_thermocurrent():
    level = sv.ResonantLevel(energy=0.0, gamma_left=1e-4, gamma_right=1e-4)
    with pytest.raises(sv.InputError, match="no thermocurrent"):
        sv.maximum_power(level, mu=0.0, hot=2.0, cold=1.0)


def test_three_leads_are_refused():
    star = sv.FixedScatterer(np.full((3, 3), 2 / 3) - np.eye(3), {"a": 1, "b": 1, "c": 1})
    with pytest.raises(sv.InputError, match=r"the conductor has 3.*steady_state"):
        sv.heat_engine(star, 0.0, **ENGINE)


def test_a_level_far_above_still_stops():
    level = sv.ResonantLevel(energy=20 * BOLTZMANN, gamma_left=1e-6, gamma_right=1e-6)
    best = sv.maximum_power(level, mu=0.0, hot=2.0, cold=1.0)
    assert 0 < float(best.efficiency) < 0.5
