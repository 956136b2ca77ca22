import numpy as np
import pytest
import xarray as xr
from scipy.optimize import brentq

import sharvin as sv
from sharvin.observables.hall_measurements import sheet_resistance
from sharvin.observables.pair_response import Estimate

around = sv.FixedScatterer(np.roll(np.eye(6), 1, axis=0), dict.fromkeys("123456", 1), spin_degeneracy=1)
H_OVER_E2 = 2 * sv.R0
BAR = {"current": ("1", "4"), "longitudinal": ("2", "3"), "hall": ("2", "6")}


def blurred(energy):
    """Chiral edges beside bulk between all leads, more of it at higher energies."""
    bulk = 0.1 / (1 + np.exp(-energy / 1e-3))
    return np.roll(np.eye(6), 1, axis=0) + bulk[:, None, None] * (1 - np.eye(6))


bar = sv.TransmissionMatrix(blurred, tuple("123456"), spin_degeneracy=1)


def test_dims_units_and_a_file(tmp_path):
    found = sv.hall_bar(
        bar, **BAR, mu=[0.0, 1e-3, 2e-3], temperature=[0.0, 1.0], probe_distance=200.0, bar_width=50.0
    )
    for name in (
        "longitudinal_resistance",
        "hall_resistance",
        "two_terminal_resistance",
        "rho_xx",
        "sigma_xy",
    ):
        assert found[name].dims == ("temperature", "mu")
    assert found.longitudinal_resistance_error.dims == ("temperature", "mu")
    assert all(f"{name}_error" in found for name in ("rho_xx", "rho_xy", "sigma_xx", "sigma_xy"))
    assert found.rho_xx.attrs["units"] == found.hall_resistance_error.attrs["units"] == "Ω"
    assert found.sigma_xx.attrs["units"] == "S"
    assert all("units" in variable.attrs for variable in found.variables.values())
    found.to_netcdf(tmp_path / "hall.nc")
    with xr.open_dataset(tmp_path / "hall.nc") as read:
        xr.testing.assert_identical(read.load(), found)


def test_they_are_the_resistances_one_by_one():
    found = sv.hall_bar(bar, **BAR, mu=5e-4, temperature=1.0)
    for name, pair in (("longitudinal", ("2", "3")), ("hall", ("2", "6")), ("two_terminal", ("1", "4"))):
        one = sv.resistance(bar, ("1", "4"), pair, mu=5e-4, temperature=1.0)
        assert float(found[f"{name}_resistance"]) == pytest.approx(float(one), rel=1e-9)
    assert "rho_xx" not in found


def test_resistivities_are_inverted_as_a_tensor():
    found = sv.hall_bar(bar, **BAR, mu=0.0, probe_distance=200.0, bar_width=50.0)
    rho_xx, rho_xy = float(found.longitudinal_resistance) / 4, float(found.hall_resistance)
    assert float(found.rho_xx) == pytest.approx(rho_xx)
    assert float(found.rho_xy) == pytest.approx(rho_xy)
    assert float(found.sigma_xx) == pytest.approx(rho_xx / (rho_xx**2 + rho_xy**2))
    assert float(found.sigma_xy) == pytest.approx(rho_xy / (rho_xx**2 + rho_xy**2))


def test_a_plateau():
    found = sv.hall_bar(around, **BAR, mu=0.0, probe_distance=1.0, bar_width=1.0)
    assert float(found.hall_resistance) == pytest.approx(H_OVER_E2)
    assert float(found.sigma_xy) == pytest.approx(1 / H_OVER_E2)
    assert float(found.longitudinal_resistance) == pytest.approx(0.0, abs=1e-9 * H_OVER_E2)


def test_the_sheet_resistance_solves_van_der_pauws_equation():
    first, second = np.array([1.0, 0.01, 30.0]), np.array([1.0, 5.0, 30.0])
    exactly = np.zeros_like(first)
    sheets = sheet_resistance(Estimate(first, exactly), Estimate(second, exactly))
    for one, other, found in zip(first, second, sheets.value, strict=True):

        def excess(x, one=one, other=other):
            return np.exp(-np.pi * one / x) + np.exp(-np.pi * other / x) - 1

        assert found == pytest.approx(brentq(excess, 1e-3, 1e3, xtol=1e-14, rtol=1e-14), rel=1e-9)
    below, above = (Estimate(np.array(values), np.zeros(2)) for values in ([-1.0, 0.0], [1.0, 1.0]))
    assert np.isnan(sheet_resistance(below, above).value).all()


def test_errors_of_what_follows_are_those_of_its_change():
    first, second = Estimate(np.array(3.0), np.array(1e-4)), Estimate(np.array(5.0), np.array(2e-4))
    changed = sheet_resistance(
        Estimate(first.value + first.error, first.error), Estimate(second.value + second.error, second.error)
    )
    sheet = sheet_resistance(first, second)
    assert float(sheet.error) == pytest.approx(float(changed.value - sheet.value), rel=1e-3)


def test_van_der_pauw_averages_with_the_reciprocal(tmp_path):
    found = sv.van_der_pauw(bar, ("1", "2", "4", "5"), mu=[0.0, 1e-3], temperature=[0.0, 1.0])
    assert found.resistance_a.dims == found.sheet_resistance.dims == ("temperature", "mu")
    assert all("units" in variable.attrs for variable in found.variables.values())

    def R(current, voltage):
        return sv.resistance(bar, current, voltage, mu=[0.0, 1e-3], temperature=[0.0, 1.0]).values

    one = (R(("1", "2"), ("5", "4")) + R(("5", "4"), ("1", "2"))) / 2
    two = (R(("2", "4"), ("1", "5")) + R(("1", "5"), ("2", "4"))) / 2
    hall = (R(("1", "4"), ("2", "5")) - R(("2", "5"), ("1", "4"))) / 2
    np.testing.assert_allclose(found.resistance_a, one, rtol=1e-8)
    np.testing.assert_allclose(found.resistance_b, two, rtol=1e-8)
    np.testing.assert_allclose(found.hall_resistance, hall, rtol=1e-8)
    found.to_netcdf(tmp_path / "pauw.nc")
    with xr.open_dataset(tmp_path / "pauw.nc") as read:
        xr.testing.assert_identical(read.load(), found)


def test_where_nothing_conducts_is_nan_and_said():
    def opening(energy):
        return np.where(energy > 0, 1.0, 0.0)[:, None, None] * np.roll(np.eye(6), 1, axis=0)

    opened = sv.TransmissionMatrix(opening, tuple("123456"), jumps=(0.0,))
    found = sv.hall_bar(opened, **BAR, mu=[-1e-3, 1e-3])
    assert np.isnan(found.hall_resistance.values).tolist() == [True, False]
    assert np.isnan(found.longitudinal_resistance.values).tolist() == [True, False]
    assert "no current can flow" in found.attrs["undefined"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sv.hall_bar(bar, **BAR, mu=0.0, bar_width=1.0), "both probe_distance= and bar_width="),
        (lambda: sv.hall_bar(bar, **BAR, mu=0.0, bar_width=1.0, probe_distance=-1.0), "probe_distance"),
        (lambda: sv.hall_bar(bar, ("1", "7"), ("2", "3"), ("2", "6"), mu=0.0), 'no lead "7"'),
        (lambda: sv.hall_bar(bar, ("1", "4"), ("2", "2"), ("2", "6"), mu=0.0), 'longitudinal.*"2" twice'),
        (lambda: sv.hall_bar(bar, ("1", "4"), ("2", "3"), "26", mu=0.0), "hall must be two names"),
        (lambda: sv.van_der_pauw(bar, ("1", "2", "3"), mu=0.0), "four different leads"),
        (lambda: sv.van_der_pauw(bar, ("1", "2", "3", "3"), mu=0.0), "four different leads"),
        (lambda: sv.van_der_pauw(bar, ("1", "2", "3", "x"), mu=0.0), 'no lead "x"'),
        (lambda: sv.hall_bar(bar, **BAR, mu=0.0, temperature=-1.0), "temperature must be at least"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(sv.InputError, match=message):
        call()
