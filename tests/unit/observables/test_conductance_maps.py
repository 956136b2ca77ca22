import numpy as np
import pytest
import xarray as xr

import sharvin as sv

qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
GATES, BIASES = [0.0, 2e-3, 5e-3], [-2e-3, 0.0, 1e-3, 4e-3]


def test_dims_units_and_a_file(tmp_path):
    G = sv.conductance_map(qpc, gate=GATES, bias=BIASES, temperature=1.0, omega_x=[1e-3, 2e-3])
    assert G.dims == ("omega_x", "gate", "bias")
    assert G.shape == (2, 3, 4)
    assert G.error.dims == G.dims
    assert (G.attrs["units"], G.error.attrs["units"], G.bias.attrs["units"]) == ("S", "S", "V")
    assert all("units" in coordinate.attrs for coordinate in G.coords.values())
    assert "not self-consistent" in G.attrs["bands_follow"]
    G.to_netcdf(tmp_path / "map.nc")
    with xr.open_dataarray(tmp_path / "map.nc") as read:
        xr.testing.assert_identical(read.load(), G)
    assert sv.conductance_map(qpc, bias=0.0).dims == ()
    assert sv.conductance_map(qpc, bias=BIASES).dims == ("bias",)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_at_zero_bias_it_is_the_conductance(temperature):
    G = sv.conductance_map(qpc, gate=GATES, bias=0.0, mu=1e-3, temperature=temperature, lever_arm=0.5)
    for gate, found in zip(GATES, G.values, strict=True):
        wanted = float(sv.conductance(qpc, mu=1e-3 + 0.5 * gate, temperature=temperature))
        assert found == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("division", [0.0, 0.3, 0.5, 1.0])
def test_it_is_the_derivative_of_the_current(temperature, division):
    bias, step, mu = 2e-3, 1e-6, 2e-3

    def current(V):
        ends = {
            "left": sv.Reservoir(mu + division * V, temperature),
            "right": sv.Reservoir(mu - (1 - division) * V, temperature),
        }
        return float(sv.current(qpc, ends).sel(lead="left"))

    slope = (current(bias + step) - current(bias - step)) / (2 * step)
    G = float(sv.conductance_map(qpc, bias=bias, mu=mu, temperature=temperature, division=division))
    assert G == pytest.approx(slope, rel=1e-5)


@pytest.mark.parametrize("temperature", [0.0, 0.5])
def test_a_lock_in_averages_over_its_modulation(temperature):
    rms, bias = 3e-4, 1.5e-3
    found = sv.conductance_map(qpc, bias=bias, mu=2e-3, temperature=temperature, lock_in=rms)
    angle = (np.arange(400) + 0.5) * np.pi / 400
    volts = bias + np.sqrt(2) * rms * np.cos(angle)
    inner = sv.conductance_map(qpc, bias=np.sort(volts), mu=2e-3, temperature=temperature).values[::-1]
    wanted = (2 / np.pi) * (inner * np.sin(angle) ** 2).sum() * np.pi / 400
    assert float(found) == pytest.approx(wanted, rel=1e-6)


def test_a_parameter_called_gate_is_that_of_the_conductor():
    model = sv.Model(sv.lattice.chain(), sv.onsite(sv.param("gate")) + sv.hopping(-1.0))
    lead = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    wire = model.region(sv.shape.line(3)).lead("left", lead, "-x").lead("right", lead, "+x")
    G = sv.conductance_map(wire, gate=[0.0, 0.5], bias=[0.0, 0.2], mu=0.1)
    assert G.dims == ("gate", "bias")
    for gate in (0.0, 0.5):
        wanted = float(sv.conductance(wire, mu=0.1, gate=gate))
        assert float(G.sel(gate=gate, bias=0.0)) == pytest.approx(wanted, rel=1e-9)
    with pytest.raises(sv.InputError, match="lever_arm belongs to a gate that shifts"):
        sv.conductance_map(wire, gate=[0.0], bias=0.0, lever_arm=0.1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"bias": 0.0, "temperature": -1.0}, "temperature must be at least"),
        ({"bias": 0.0, "temperature": [1.0, 2.0]}, "temperature must be one number"),
        ({"bias": 0.0, "mu": [1.0, 2.0]}, "mu must be one number"),
        ({"bias": np.nan}, "bias must be finite"),
        ({"bias": 0.0, "division": 1.5}, "division must be a number from 0 to 1"),
        ({"bias": 0.0, "division": "half"}, "division must be a number"),
        ({"bias": 0.0, "lock_in": -1e-3}, "lock_in must not be negative"),
        ({"bias": 0.0, "omegax": 1.0}, 'did you mean "omega_x"'),
        ({"bias": 0.0, "lever": 1.0}, 'did you mean "lever_arm"'),
        ({"bias": 0.0, "gate": [[0.0]]}, "one-dimensional"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.conductance_map(qpc, **arguments)


def test_three_leads_are_refused():
    star = sv.FixedScatterer(np.full((3, 3), 2 / 3) - np.eye(3), {"a": 1, "b": 1, "c": 1})
    with pytest.raises(sv.InputError, match=r"the conductor has 3.*steady_state"):
        sv.conductance_map(star, bias=0.0)
