import json

import numpy as np
import pytest

import sharvin as sv
from sharvin.schema import COORDINATE_UNITS, RESERVED, ParameterGrid, axis, labelled, lead_named

qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)


# ---- ParameterGrid


def test_the_outer_product_in_the_order_given():
    grid = ParameterGrid({"b": [1, 2], "fixed": 7, "a": np.array([10.0, 20.0, 30.0])})
    assert grid.shape == (2, 3)
    assert list(grid.axes) == ["b", "a"]
    points = list(grid)
    assert len(points) == 6
    assert [(point["b"], point["a"]) for point in points] == [(b, a) for b in (1, 2) for a in (10, 20, 30)]
    assert all(point["fixed"] == 7 for point in points)


def test_without_arrays_there_is_one_point():
    grid = ParameterGrid({"a": 1.0, "word": "hold"})
    assert grid.shape == ()
    assert list(grid) == [{"a": 1.0, "word": "hold"}]
    assert list(ParameterGrid({})) == [{}]


def test_results_are_stacked_with_the_grid_in_front():
    grid = ParameterGrid({"a": [1, 2], "b": [3, 4, 5]})
    stacked = grid.stack([np.full(4, point["a"] * 10 + point["b"]) for point in grid])
    assert stacked.shape == (2, 3, 4)
    assert stacked[1, 2].tolist() == [25] * 4
    assert grid.stack([np.array(1.0)] * 6).shape == (2, 3)
    assert ParameterGrid({}).stack([np.arange(3)]).shape == (3,)


@pytest.mark.parametrize("value", [[], [[1.0]], np.zeros((2, 2)), np.zeros((1, 0))])
def test_arrays_without_meaning_are_refused(value):
    with pytest.raises(sv.InputError, match='parameter "gate" must be a value or a one-dimensional'):
        ParameterGrid({"gate": value})


def test_rows_of_unlike_lengths_are_refused():
    with pytest.raises(sv.InputError, match=r'parameter "V0" must be .* rows of unlike lengths'):
        ParameterGrid({"V0": [1, [2, 3]]})
    with pytest.raises(sv.InputError, match='parameter "V0"'):
        sv.conductance(qpc, mu=1e-3, V0=[1, [2, 3]])


def test_masked_items_of_a_sweep_are_refused():
    masked = np.ma.masked_array([1e-3, 2e-3], mask=[True, False])
    with pytest.raises(sv.InputError, match='parameter "V0" has masked items'):
        sv.conductance(qpc, mu=1e-3, V0=masked)
    whole = np.ma.masked_array([1e-3, 2e-3], mask=False)
    assert ParameterGrid({"V0": whole}).shape == (2,)


# ---- axis


def test_an_axis_is_a_float_array_of_zero_or_one_dimension():
    assert axis("mu", 1).shape == ()
    assert axis("mu", [1, 2]).dtype == float
    assert axis("temperature", 0.0, minimum=0.0) == 0.0


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.nan, "mu must be finite, in eV, got nan"),
        ([0.0, -np.inf], "got -inf"),
        ([], "one-dimensional"),
        ([[1.0]], r"got shape \(1, 1\)"),
        ("a", "in eV, got 'a'"),
        (None, "mu must be"),
        (1j, "mu must be"),
    ],
)
def test_an_axis_without_meaning_is_refused(value, message):
    with pytest.raises(sv.InputError, match=message):
        axis("mu", value)


@pytest.mark.parametrize(
    "value",
    [
        np.array([1e-3 + 1e-3j]),
        True,
        [True, 1e-3],
        "0.001",
        ["0.001"],
        10**400,
        [1e-3, [2e-3]],
        np.ma.masked_array([1e-3, 2e-3], mask=[False, True]),
    ],
)
@pytest.mark.parametrize("name", ["mu", "temperature", "bias"])
def test_an_axis_takes_real_numbers_only(name, value):
    with pytest.raises(sv.InputError, match=f"{name} must be a number or an array, in .*: it"):
        axis(name, value)
    with pytest.raises(sv.InputError, match=f"{name} must be"):
        sv.current(qpc, **{"mu": 1e-3, "bias": 1e-3, "temperature": 0.0, name: value})


def test_an_axis_below_its_minimum_is_refused():
    with pytest.raises(sv.InputError, match=r"temperature must be at least 0.0 K, got -2.0"):
        axis("temperature", [1.0, -2.0, -1.0], minimum=0.0)


def test_names_that_calls_and_results_use_themselves_are_reserved():
    # Each would end in a raw TypeError, or stand twice in a result.
    names = {
        "unitarity_error",
        "error",
        "name",
        "self",
        "momenta",
        "window",
        "system",
        "params",
        "bottom",
        "ax",
    }
    assert names <= RESERVED
    for name in names:
        with pytest.raises(sv.InputError, match="package's own"):
            sv.param(name)


def test_the_package_s_axes_are_reserved_names():
    assert {"energy", "mu", "temperature", "bias", "lead"} <= RESERVED
    assert COORDINATE_UNITS["temperature"] == "K"


# ---- labelled


def example(**more):
    return labelled(
        np.zeros((2, 3)),
        {"gate": np.array([0.1, 0.2]), "temperature": np.array(4.0), "mu": np.array([1.0, 2.0, 3.0])},
        name="conductance",
        units="S",
        long_name="conductance",
        **more,
    )


def test_dims_coordinates_and_units():
    result = example()
    assert result.dims == ("gate", "mu")
    assert float(result.temperature) == 4.0
    assert result.attrs["units"] == "S"
    assert result.mu.attrs["units"] == "eV"
    assert result.temperature.attrs["units"] == "K"
    assert all("units" in result[name].attrs for name in result.coords)


def test_companions_share_the_leading_dims():
    result = example(beside={"error": (np.ones((2, 3)), "S"), "unitarity_error": (np.zeros(2), "1")})
    assert result.error.dims == ("gate", "mu")
    assert result.unitarity_error.dims == ("gate",)
    assert result.error.attrs["units"] == "S"


def test_attributes_say_what_an_array_cannot():
    result = example(
        conductor=qpc,
        options=sv.Options(rtol=1e-6),
        params={"v": np.float64(0.5), "word": "hold", "list": np.array([1, 2]), "thing": len},
        lead_out="right",
    )
    assert result.attrs["spin_degeneracy"] == 2
    assert result.attrs["conductor"] == "SaddlePoint"
    assert json.loads(result.attrs["options"])["rtol"] == 1e-6
    parameters = json.loads(result.attrs["parameters"])
    assert parameters["v"] == 0.5
    assert parameters["word"] == "hold"
    assert parameters["list"] == [1, 2]
    assert "len" in parameters["thing"]
    assert result.attrs["lead_out"] == "right"
    assert "e > 0" in json.loads(result.attrs["conventions"])["charge"]
    assert result.attrs["sharvin_version"] == sv.__version__


def test_attributes_survive_a_file(tmp_path):
    import xarray as xr

    result = sv.current(qpc, bias=[1e-4, 2e-4], mu=5e-3, omega_x=[1e-3, 2e-3])
    result.to_netcdf(tmp_path / "iv.nc")
    with xr.open_dataarray(tmp_path / "iv.nc") as back:
        xr.testing.assert_identical(back.load(), result)


def test_every_kind_of_result_has_units_on_every_coordinate():
    results = [
        sv.conductance(qpc, mu=[1e-3], temperature=[1.0, 2.0], omega_x=[1e-3]),
        sv.current(qpc, bias=[1e-4], mu=5e-3),
        sv.dissipation(qpc, {"left": sv.Reservoir(1e-3), "right": sv.Reservoir(0.0)}),
        sv.transmission(qpc, [1e-3, 2e-3]),
    ]
    for result in results:
        assert "units" in result.attrs
        for name in result.coords:
            assert "units" in result[name].attrs, (result.name, name)
        for key, value in result.attrs.items():
            assert isinstance(value, (str, int, float)), (result.name, key)


def test_a_lead_by_name():
    assert lead_named(qpc, "left") == "left"
    with pytest.raises(sv.InputError, match='no lead "Left"; did you mean "left"'):
        lead_named(qpc, "Left")
