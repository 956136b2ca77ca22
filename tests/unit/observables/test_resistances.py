import numpy as np
import pytest
import xarray as xr

import sharvin as sv

qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
star = sv.FixedScatterer(np.full((4, 4), 0.5) - np.eye(4), dict.fromkeys("abcd", 1))
around = sv.FixedScatterer(np.roll(np.eye(4), 1, axis=0), dict.fromkeys("abcd", 1))
step = sv.TransmissionFunction(lambda E: np.where(E > 0, 1.0, 0.0), jumps=(0.0,))


def lonely(energy):
    """Lead c is coupled to the others above E = 0 only."""
    T = np.zeros((len(energy), 3, 3))
    T[:, 0, 1] = T[:, 1, 0] = 1.0
    T[:, 0, 2] = T[:, 2, 0] = np.where(energy > 0, 1.0, 0.0)
    return T


switched = sv.TransmissionMatrix(lonely, ("a", "b", "c"), jumps=(0.0,))


def test_dims_units_and_a_file(tmp_path):
    R = sv.resistance(
        qpc, ("left", "right"), mu=[3e-3, 4e-3, 5e-3], temperature=[0.0, 1.0], omega_x=[1e-3, 2e-3]
    )
    assert R.dims == ("omega_x", "temperature", "mu")
    assert R.shape == (2, 2, 3)
    assert R.error.dims == R.dims
    assert R.attrs["units"] == R.error.attrs["units"] == "Ω"
    assert all("units" in coordinate.attrs for coordinate in R.coords.values())
    assert (R.attrs["current"], R.attrs["undefined"]) == ("left → right", "")
    R.to_netcdf(tmp_path / "R.nc")
    with xr.open_dataarray(tmp_path / "R.nc") as read:
        xr.testing.assert_identical(read.load(), R)
    assert sv.resistance(qpc, ("left", "right"), mu=3e-3).dims == ()


def test_two_terminals_are_one_over_the_conductance():
    for temperature in (0.0, 0.5):
        R = float(sv.resistance(qpc, ("left", "right"), mu=2e-3, temperature=temperature))
        assert R == pytest.approx(1 / float(sv.conductance(qpc, mu=2e-3, temperature=temperature)), rel=1e-9)


def test_exchanged_leads_change_the_sign():
    there = float(sv.resistance(around, ("a", "c"), ("b", "d"), mu=0.0))
    assert float(sv.resistance(around, ("c", "a"), ("b", "d"), mu=0.0)) == pytest.approx(-there)
    assert float(sv.resistance(around, ("a", "c"), ("d", "b"), mu=0.0)) == pytest.approx(-there)
    assert there == pytest.approx(sv.R0)


def test_a_resistance_in_series_counts_where_current_flows():
    bare = float(sv.resistance(star, ("a", "b"), mu=0.0))
    more = {"a": 100.0, "b": 20.0, "c": 7.0}
    assert float(sv.resistance(star, ("a", "b"), mu=0.0, series_resistance=more)) == pytest.approx(bare + 120)
    four = float(sv.resistance(around, ("a", "c"), ("b", "d"), mu=0.0, series_resistance=more))
    assert four == pytest.approx(sv.R0)
    three = [
        float(sv.resistance(around, ("a", "c"), ("a", "b"), mu=0.0, series_resistance=given))
        for given in (None, more)
    ]
    assert three[1] - three[0] == pytest.approx(100.0)


def test_two_terminals_that_do_not_conduct_are_infinite_in_a_sweep():
    R = sv.resistance(step, ("left", "right"), mu=[-1e-3, 1e-3])
    assert R.values.tolist() == [np.inf, pytest.approx(sv.R0)]
    assert "at 1 of 2 points" in R.attrs["undefined"]
    assert "no current can flow" in R.attrs["undefined"]


def test_a_potential_that_is_undefined_is_nan_in_a_sweep(tmp_path):
    R = sv.resistance(switched, ("a", "b"), ("a", "c"), mu=[-1e-3, 1e-3])
    assert np.isnan(R.values[0])
    assert R.values[1] == pytest.approx(0.0, abs=1e-9)
    assert 'the potential of lead "c" is undefined' in R.attrs["undefined"]
    assert "at 1 of 2 points" in R.attrs["undefined"]
    R.to_netcdf(tmp_path / "R.nc")
    with xr.open_dataarray(tmp_path / "R.nc") as read:
        xr.testing.assert_identical(read.load(), R)


def test_leads_beside_that_float_alone_do_not_matter():
    R = sv.resistance(switched, ("a", "b"), mu=[-1e-3, 1e-3])
    assert R.values == pytest.approx(sv.R0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: sv.resistance(star, ("a", "a"), mu=0.0),
            'current must be two different leads, got "a" twice',
        ),
        (lambda: sv.resistance(star, ("a", "b"), ("c", "c"), mu=0.0), 'got "c" twice'),
        (lambda: sv.resistance(qpc, ("left", "rigth"), mu=0.0), 'no lead "rigth".*"right"'),
        (lambda: sv.resistance(star, "ab", mu=0.0), "must be two names"),
        (lambda: sv.resistance(star, ("a", "b", "c"), mu=0.0), "must be two names"),
        (lambda: sv.resistance(star, ("a", "b"), mu=0.0, temperature=-1.0), "temperature must be at least"),
        (lambda: sv.resistance(qpc, ("left", "right"), mu=0.0, omegay=1.0), 'did you mean "omega_y"'),
        (lambda: sv.resistance(star, ("a", "b"), mu=0.0, series_resistance=5.0), "dictionary lead → Ω"),
        (lambda: sv.resistance(star, ("a", "b"), mu=0.0, series_resistance={"e": 5.0}), 'no lead "e"'),
        (lambda: sv.resistance(star, ("a", "b"), mu=0.0, series_resistance={"a": -5.0}), "not negative"),
        (lambda: sv.resistance(star, ("a", "b"), mu=0.0, series_resistance={"a": "5"}), "number of Ω"),
        (lambda: sv.resistance(step, ("left", "right"), mu=-1.0), "no current can flow"),
        (lambda: sv.resistance(switched, ("a", "b"), ("a", "c"), mu=-1.0), 'lead "c" is undefined'),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(sv.InputError, match=message):
        call()
