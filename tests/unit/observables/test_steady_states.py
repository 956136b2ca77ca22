import numpy as np
import pytest
import xarray as xr

import sharvin as sv
from sharvin.constants import BOLTZMANN, E2_OVER_H

qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
star = sv.FixedScatterer(np.full((3, 3), 2 / 3) - np.eye(3), {"left": 1, "right": 1, "probe": 1})
ENDS = {"left": sv.Reservoir(1e-3, 1.0), "right": sv.Reservoir(-1e-3, 2.0)}
UNITS = {
    "current": "A", "heat_current": "W", "energy_current": "W", "entropy_current": "W/K", "mu": "eV",
    "temperature": "K", "dissipation": "W", "entropy_production": "W/K",
}  # fmt: skip


def apart(energy):
    """Lead "probe" is coupled to the others above E = 0.1 only."""
    T = np.zeros((len(energy), 3, 3))
    T[:, 0, 1] = T[:, 1, 0] = 0.5
    T[:, 0, 2] = T[:, 2, 0] = np.where(energy > 0.1, 1.0, 0.0)
    return T


lonely = sv.TransmissionMatrix(apart, ("left", "right", "probe"), jumps=(0.1,))


def test_dims_units_and_a_file(tmp_path):
    ends = {"left": sv.Reservoir(4e-3, 1.0), "right": sv.Reservoir(3e-3, 1.0)}
    found = sv.steady_state(qpc, ends, omega_x=[1e-3, 2e-3], omega_y=[2e-3, 3e-3, 4e-3])
    for name, units in UNITS.items():
        own = () if name == "entropy_production" else ("lead",)
        for variable in (found[name], found[f"{name}_error"]):
            assert variable.dims == ("omega_x", "omega_y", *own)
            assert variable.attrs["units"] == units
    for name in ("evaluations", "reused", "unitarity_error", "steps"):
        assert found[name].dims == ("omega_x", "omega_y")
    assert all("units" in variable.attrs for variable in found.variables.values())
    assert "not self-consistent" in found.attrs["bands_follow"]
    found.to_netcdf(tmp_path / "state.nc")
    with xr.open_dataset(tmp_path / "state.nc") as read:
        xr.testing.assert_identical(read.load(), found)


@pytest.mark.parametrize(
    "probe", [sv.VoltageProbe(1.0), sv.ThermalProbe(), sv.ThermalProbe(0.0), sv.DephasingProbe()]
)
def test_a_file_holds_any_probe(probe, tmp_path):
    found = sv.steady_state(star, {**ENDS, "probe": probe})
    assert found.current.dims == ("lead",)
    assert found.lead.values.tolist() == ["left", "right", "probe"]
    found.to_netcdf(tmp_path / "state.nc")
    with xr.open_dataset(tmp_path / "state.nc") as read:
        xr.testing.assert_identical(read.load(), found)


def test_without_probes_it_is_the_current_and_the_dissipation():
    for ends in (ENDS, {"left": sv.Reservoir(4e-3), "right": sv.Reservoir(3e-3)}):
        found = sv.steady_state(qpc, ends)
        np.testing.assert_allclose(found.current, sv.current(qpc, ends), rtol=1e-9)
        np.testing.assert_allclose(found.dissipation, sv.dissipation(qpc, ends), rtol=1e-8)
        assert int(found.steps) == 0
        np.testing.assert_array_equal(found.mu, [end.mu for end in ends.values()])
        np.testing.assert_allclose(found.temperature, [end.temperature for end in ends.values()])


def test_the_order_of_the_dictionary_does_not_matter():
    ends = {**ENDS, "probe": sv.VoltageProbe()}
    there, back = sv.steady_state(star, ends), sv.steady_state(star, dict(reversed(ends.items())))
    np.testing.assert_allclose(there.current, back.current, rtol=1e-12, atol=1e-22)


def test_points_of_a_sweep_are_the_points_alone():
    ends = {"left": sv.Reservoir(4e-3, 1.0), "right": sv.Reservoir(3e-3, 2.0)}
    swept = sv.steady_state(qpc, ends, omega_x=[1e-3, 2e-3])
    alone = sv.steady_state(sv.SaddlePoint(omega_x=2e-3, omega_y=3e-3), ends)
    np.testing.assert_allclose(swept.current.sel(omega_x=2e-3), alone.current, rtol=1e-9)


def test_a_thermal_probe_whose_potential_is_given_lets_charge_through_but_no_heat():
    found = sv.steady_state(star, {**ENDS, "probe": sv.ThermalProbe(0.5e-3)}).sel(lead="probe")
    assert float(found.mu) == 0.5e-3
    assert abs(float(found.heat_current)) < 1e-8 * E2_OVER_H * 1e-6
    assert abs(float(found.current)) > 1e-3 * E2_OVER_H * 1e-3


def test_a_voltage_probe_in_the_middle_and_the_heat_that_keeps_it_cold():
    found = sv.steady_state(
        star, {"left": sv.Reservoir(1e-3), "right": sv.Reservoir(-1e-3), "probe": sv.VoltageProbe()}
    )
    assert float(found.mu.sel(lead="probe")) == pytest.approx(0.0, abs=1e-12)
    assert float(found.dissipation.sel(lead="probe")) > 0
    assert float(found.entropy_production) == np.inf  # heat arrives at T = 0


def test_dephasing_probes_are_in_no_equilibrium():
    found = sv.steady_state(star, {**ENDS, "probe": sv.DephasingProbe()}).sel(lead="probe")
    assert np.isnan(found.mu)
    assert np.isnan(found.temperature)
    assert float(found.current) == float(found.heat_current) == 0.0


def test_closed_leads_carry_no_current():
    closed = sv.TransmissionFunction(lambda E: np.where(E > 1.0, 1.0, 0.0), jumps=(1.0,))
    for kelvin in (0.0, 0.1):
        ends = {"left": sv.Reservoir(1e-3, kelvin), "right": sv.Reservoir(-1e-3, 2 * kelvin)}
        found = sv.steady_state(closed, ends)
        for name in ("current", "heat_current", "energy_current", "entropy_current"):
            assert np.array_equal(np.abs(found[name]), np.zeros(2))
        assert float(found.entropy_production) == 0.0


@pytest.mark.parametrize("probe", [sv.VoltageProbe(), sv.ThermalProbe(), sv.VoltageProbe(0.1)])
def test_a_probe_that_is_coupled_to_nothing_is_refused_by_name(probe):
    with pytest.raises(sv.InputError, match=r'probe at "probe".*its potential is undefined'):
        sv.steady_state(lonely, {**ENDS, "probe": probe})


def test_a_dephasing_probe_that_is_coupled_to_nothing_does_nothing():
    found = sv.steady_state(lonely, {**ENDS, "probe": sv.DephasingProbe()})
    two = sv.TransmissionMatrix([[0, 0.5], [0.5, 0]], ("left", "right"))
    np.testing.assert_allclose(found.current[:2], sv.steady_state(two, ENDS).current, rtol=1e-9)


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        (dict.fromkeys(("left", "right", "probe"), sv.VoltageProbe()), "all terminals float"),
        (dict.fromkeys(("left", "right", "probe"), sv.DephasingProbe()), "all terminals float"),
        (ENDS, 'no reservoir for lead "probe"'),
        ({**ENDS, "prope": sv.VoltageProbe()}, 'no lead "prope".*"probe"'),
        ({**ENDS, "probe": sv.VoltageProbe(), "more": sv.Reservoir(0.0)}, 'no lead "more"'),
        ({**ENDS, "probe": 0.0}, 'lead "probe": expected a Reservoir'),
        ({**ENDS, "probe": sv.VoltageProbe}, 'lead "probe": expected a Reservoir'),
        ([sv.Reservoir(0.0)] * 3, "must be a dictionary"),
    ],
)
def test_bad_terminals(ends, message):
    with pytest.raises(sv.InputError, match=message):
        sv.steady_state(star, ends)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sv.VoltageProbe(-1.0), "temperature must not be negative"),
        (lambda: sv.Reservoir(0.0, -1.0), "temperature must not be negative"),
        (lambda: sv.ThermalProbe(np.nan), "mu must be a finite number"),
        (lambda: sv.VoltageProbe("cold"), "temperature must be one number"),
        (lambda: sv.steady_state(qpc, ENDS, omegax=1e-3), 'no parameter "omegax".*"omega_x"'),
        (lambda: sv.steady_state(qpc, ENDS, reservoir=1), 'did you mean "reservoirs"'),
        (lambda: sv.steady_state(None, ENDS), "expected a conductor"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(sv.InputError, match=message):
        call()


def test_a_particle_hole_doubled_conductor_is_refused():
    chain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    wire = sv.nambu(chain, delta=0.3).region(sv.shape.line(3))
    wire = wire.lead("left", sv.nambu(chain), "-x").lead("right", sv.nambu(chain), "+x")
    for ends in (ENDS, {**ENDS, "right": sv.DephasingProbe()}):
        with pytest.raises(sv.InputError, match="particle–hole doubled"):
            sv.steady_state(wire, ends)


def test_inverted_occupations_have_no_temperature():
    """A probe that a full reservoir feeds in the upper half of a band, and an empty one in the lower half."""

    def sorted_by_energy(energy):
        T = np.zeros((len(energy), 3, 3))
        band = np.where(abs(energy) < 1e-3, 1.0, 0.0)
        low, high = np.where(energy < 0, band, 0.0), np.where(energy > 0, band, 0.0)
        T[:, 1, 2] = T[:, 2, 1] = low
        T[:, 0, 2] = T[:, 2, 0] = high
        return T

    inverted = sv.TransmissionMatrix(sorted_by_energy, ("left", "right", "probe"), jumps=(-1e-3, 0.0, 1e-3))
    ends = {"left": sv.Reservoir(1e-3), "right": sv.Reservoir(-1e-3), "probe": sv.ThermalProbe(0.0)}
    with pytest.raises(sv.NotConverged, match=r'"probe".*negative temperature'):
        sv.steady_state(inverted, ends)


def test_a_narrow_level_is_found_between_reservoirs_a_wide_window_apart():
    """Narrow windows around a level far below the width of k_BT elsewhere."""
    kt = 10 * BOLTZMANN
    narrow = sv.ResonantLevel(energy=3.3e-4, gamma_left=1e-7, gamma_right=1e-7)
    ends = {"left": sv.Reservoir(1e-4, 10.0), "right": sv.Reservoir(-1e-4, 1e-3)}
    current = float(sv.steady_state(narrow, ends).current[0])
    gamma = 2e-7
    hot = 1 / (1 + np.exp((3.3e-4 - 1e-4) / kt))  # the cold reservoir is empty there
    wanted = sv.G0 * np.pi * (1e-7 * 1e-7 / gamma) * 2 * hot
    assert current == pytest.approx(wanted, rel=2e-3)
