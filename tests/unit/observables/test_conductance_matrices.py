import numpy as np
import pytest
import xarray as xr

import sharvin as sv

qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
star = sv.FixedScatterer(np.full((3, 3), 2 / 3) - np.eye(3), {"a": 1, "b": 1, "c": 1})
superconductor = sv.nambu(
    sv.Model(sv.lattice.chain(), sv.onsite(0.1) + sv.hopping(-1.0)), delta=0.3
).region(sv.shape.line(3))  # fmt: skip


def doubled():
    lead = sv.nambu(sv.Model(sv.lattice.chain(), sv.hopping(-1.0)))
    return superconductor.lead("left", lead, "-x").lead("right", lead, "+x")


def test_dims_come_in_order_and_numbers_make_none():
    G = sv.conductance_matrix(qpc, mu=[1e-3, 3e-3, 5e-3], temperature=[0.0, 1.0], omega_x=[1e-3, 2e-3])
    assert G.dims == ("omega_x", "temperature", "mu", "lead_out", "lead_in")
    assert G.shape == (2, 2, 3, 2, 2)
    assert G.error.dims == G.dims
    assert G.evaluations.dims == G.reused.dims == G.unitarity_error.dims == ("omega_x",)
    assert G.lead_out.values.tolist() == ["left", "right"]
    assert sv.conductance_matrix(qpc, mu=3e-3).dims == ("lead_out", "lead_in")


def test_every_variable_has_units():
    G = sv.conductance_matrix(qpc, mu=[3e-3], temperature=[1.0], omega_x=[1e-3])
    assert (G.attrs["units"], G.error.attrs["units"]) == ("S", "S")
    assert (G.mu.attrs["units"], G.temperature.attrs["units"]) == ("eV", "K")
    assert all("units" in coordinate.attrs for coordinate in G.coords.values())
    assert G.attrs["spin_degeneracy"] == 2


def test_a_file_gives_it_back(tmp_path):
    G = sv.conductance_matrix(qpc, mu=[3e-3, 4e-3], temperature=1.0, omega_x=[1e-3, 2e-3])
    G.to_netcdf(tmp_path / "G.nc")
    with xr.open_dataarray(tmp_path / "G.nc") as read:
        xr.testing.assert_identical(read.load(), G)


def test_points_of_a_sweep_are_the_points_alone():
    G = sv.conductance_matrix(qpc, mu=[1.4e-3, 3e-3], temperature=[0.0, 2.0], omega_x=[1e-3, 2e-3])
    for place in np.ndindex(2, 2, 2):
        here = G[place]
        alone = sv.conductance_matrix(
            sv.SaddlePoint(omega_x=float(here.omega_x), omega_y=3e-3),
            mu=float(here.mu),
            temperature=float(here.temperature),
        )
        np.testing.assert_allclose(here, alone, rtol=1e-9)


def test_two_terminals_are_the_conductance():
    for temperature in (0.0, 0.7):
        G = sv.conductance_matrix(qpc, mu=2e-3, temperature=temperature)
        one = float(sv.conductance(qpc, mu=2e-3, temperature=temperature))
        np.testing.assert_allclose(G, [[one, -one], [-one, one]], rtol=1e-10)


def test_rows_are_where_the_current_is_measured():
    around = sv.FixedScatterer(np.roll(np.eye(3), 1, axis=0), {"a": 1, "b": 1, "c": 1})  # a → b → c → a
    G = sv.conductance_matrix(around, mu=0.0) / sv.G0
    assert float(G.sel(lead_out="b", lead_in="a")) == -1.0
    assert float(G.sel(lead_out="a", lead_in="b")) == 0.0


def test_closed_leads_conduct_nothing():
    closed = sv.TransmissionFunction(lambda E: np.where(E > 0, 1.0, 0.0), jumps=(0.0,))
    for temperature in (0.0, 0.01):
        G = sv.conductance_matrix(closed, mu=-1.0, temperature=temperature)
        assert np.array_equal(np.abs(G.values), np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mu": 0.0, "temperature": -1.0}, "temperature must be at least"),
        ({"mu": np.nan}, "mu must be finite, in eV"),
        ({"mu": "0 eV"}, "mu must be a number"),
        ({"mu": [[0.0]]}, "one-dimensional"),
        ({"mu": 0.0, "omegax": 1e-3}, 'no parameter "omegax".*did you mean "omega_x"'),
        ({"mu": 0.0, "temprature": 1.0}, 'did you mean "temperature"'),
        ({"mu": 0.0, "bias": 1e-3}, "steady_state"),
        ({"mu": 0.0, "reservoirs": {}}, "steady_state"),
        ({"mu": 0.0, "options": {"rtol": 1e-6}}, "sharvin.Options"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.conductance_matrix(qpc, **arguments)


def test_a_particle_hole_doubled_conductor_is_refused():
    with pytest.raises(sv.InputError, match="particle–hole doubled"):
        sv.conductance_matrix(doubled(), mu=0.0)


def test_no_leads_are_refused():
    alone = sv.Model(sv.lattice.chain(), sv.hopping(-1.0)).region(sv.shape.line(3))
    with pytest.raises(sv.InputError, match="no leads"):
        sv.conductance_matrix(alone, mu=0.0)


def test_a_model_is_told_how_to_become_a_conductor():
    with pytest.raises(sv.InputError, match="becomes a System"):
        sv.conductance_matrix(sv.Model(sv.lattice.chain(), sv.hopping(-1.0)), mu=0.0)
