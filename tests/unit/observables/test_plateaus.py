"""The detector finds what is flat, and nothing on a staircase that is smeared."""

import numpy as np
import pytest
import xarray as xr
from scipy.special import expit

from sharvin.constants import BOLTZMANN, G0
from sharvin.errors import InputError
from sharvin.observables.plateaus import find_plateaus, split_step_dip

OMEGA_Y = 1.5e-3
MU = np.linspace(-1e-3, 8.5e-3, 461)


def staircase(smearing, energy=MU, splitting=0.0, spacing=OMEGA_Y, quantum=G0):
    """Σ_n 1/(1 + e^{−(E − E_n)/w}): thermal smearing with w = kT, or a saddle with w = ħω_x/2π."""
    levels = spacing * (np.arange(8) + 0.5)
    levels = np.concatenate([levels - splitting / 2, levels + splitting / 2])
    height = expit((energy[:, None] - levels) / smearing).sum(axis=1) / 2
    return xr.DataArray(quantum * height, dims="gate", coords={"gate": ("gate", energy, {"units": "V"})})


def test_ideal_staircase():
    found = find_plateaus(staircase(1e-6), "gate")
    np.testing.assert_array_equal(found.plateau, [1, 2, 3, 4, 5])
    np.testing.assert_allclose(found.step_spacing, OMEGA_Y, rtol=0.02)
    np.testing.assert_allclose(found.fraction, 1.0, atol=0.03)
    assert found.width.attrs["units"] == "V"
    assert found.fraction.attrs["units"] == "1"


def test_width_of_a_saddle_in_closed_form():
    """A step leaves its plateau by 0.01 at E = E_n ± w ln 99."""
    width = 60e-6
    found = find_plateaus(staircase(width, np.linspace(-1e-3, 8.5e-3, 20001)))
    np.testing.assert_allclose(found.width, OMEGA_Y - 2 * width * np.log(99), rtol=1e-3)
    np.testing.assert_allclose(found.start, OMEGA_Y * (found.plateau - 0.5) + width * np.log(99), atol=1e-6)


def test_coarse_samples_understate():
    fine, coarse = (find_plateaus(staircase(60e-6, np.linspace(-1e-3, 8.5e-3, n))) for n in (20001, 93))
    assert (coarse.width < fine.width).all()
    assert (coarse.width > 0.8 * fine.width).all()


def test_nothing_at_4_2_kelvin():
    assert find_plateaus(staircase(BOLTZMANN * 4.2)).sizes["plateau"] == 0


def test_nothing_on_a_short_saddle():
    assert find_plateaus(staircase(1.0 * OMEGA_Y / (2 * np.pi))).sizes["plateau"] == 0


def test_twenty_per_cent_is_the_limit():
    """(ω_y − 2 w ln 99)/ω_y = 0.2 at w = 0.8 ω_y/(2 ln 99)."""
    limit = 0.8 * OMEGA_Y / (2 * np.log(99))
    fine = np.linspace(-1e-3, 8.5e-3, 20001)
    assert find_plateaus(staircase(0.9 * limit, fine)).sizes["plateau"] == 5
    assert find_plateaus(staircase(1.1 * limit, fine)).sizes["plateau"] == 0


def test_falling_and_reversed_staircases_are_the_same():
    rising = staircase(60e-6)
    falling = rising.assign_coords(gate=-rising.gate)
    for other in (falling, rising[::-1], falling[::-1]):
        np.testing.assert_allclose(find_plateaus(other).width, find_plateaus(rising).width)
        np.testing.assert_allclose(split_step_dip(other), split_step_dip(rising))


def test_a_plateau_at_the_end_of_the_data_has_no_spacing():
    inside = staircase(1e-6).sel(gate=slice(None, 2.5e-3))
    np.testing.assert_array_equal(find_plateaus(inside).plateau, [1])


def test_a_resonance_divides_a_plateau():
    height = staircase(1e-6)
    disturbed = height - 0.5 * G0 * np.exp(-(((height.gate - 1.7e-3) / 2e-5) ** 2))
    whole, part = find_plateaus(height), find_plateaus(disturbed)
    assert 0.3 < float(part.width[0] / whole.width[0]) < 0.75
    np.testing.assert_allclose(part.width[1:], whole.width[1:])


def test_half_steps_count_with_half_the_quantum():
    found = find_plateaus(staircase(20e-6, splitting=0.6e-3), quantum=G0 / 2)
    np.testing.assert_array_equal(found.plateau[:6], [1, 2, 3, 4, 5, 6])


def test_dip_of_a_split_saddle_in_closed_form():
    """Two steps of width w, Δ apart: slope(0)/slope(Δ/2) = 2 sech²(Δ/4w)·… of sech²(E/2w)."""
    width, splitting = 0.05e-3, 0.4e-3
    fine = np.linspace(-1e-3, 8.5e-3, 20001)
    dip = split_step_dip(staircase(width, fine, splitting))
    middle = 2 / np.cosh(splitting / (4 * width)) ** 2
    top = 1 + 1 / np.cosh(splitting / (2 * width)) ** 2
    np.testing.assert_allclose(dip[:5], middle / top, rtol=2e-3)


def test_unsplit_and_hardly_split_steps_have_no_dip():
    fine = np.linspace(-1e-3, 8.5e-3, 4001)
    np.testing.assert_allclose(split_step_dip(staircase(0.1e-3, fine))[:5], 1.0, atol=1e-3)
    assert (split_step_dip(staircase(0.1e-3, fine, 0.1e-3), steps=5) > 0.95).all()


def test_a_step_that_is_not_there_is_nan():
    assert np.isnan(split_step_dip(staircase(1e-5).sel(gate=slice(None, 2.5e-3)), steps=4)[-1])


def test_missing_samples_are_skipped():
    broken = staircase(60e-6).copy()
    broken[390:] = np.nan
    np.testing.assert_array_equal(find_plateaus(broken).plateau, [1, 2, 3, 4])


def test_errors_name_the_way_out():
    with pytest.raises(InputError, match='no dimension "gat"; did you mean "gate"'):
        find_plateaus(staircase(1e-5), "gat")
    with pytest.raises(InputError, match="select the others"):
        find_plateaus(staircase(1e-5).expand_dims(temperature=[1.0]))
    with pytest.raises(InputError, match="must be sorted"):
        find_plateaus(staircase(1e-5).isel(gate=[3, 1, 2]))
