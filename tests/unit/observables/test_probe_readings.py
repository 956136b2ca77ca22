import numpy as np
import pytest
import xarray as xr

import sharvin as sv

barrier = sv.DeltaBarrier(strength=0.5, mass=0.067)
NAMES = ("potential", "potential_lowest", "potential_highest")
OHMS = ("two_terminal_resistance", "contact_resistance", "four_terminal_resistance")


def test_dims_units_and_a_file(tmp_path):
    found = sv.weak_probes(barrier, energy=[0.01, 0.05, 0.1], strength=[0.2, 0.5])
    for name in NAMES:
        assert found[name].dims == ("strength", "energy", "lead")
        assert found[name].attrs["units"] == "1"
    for name in OHMS:
        assert found[name].dims == ("strength", "energy")
        assert found[name].attrs["units"] == "Ω"
    assert all("units" in variable.attrs for variable in found.variables.values())
    found.to_netcdf(tmp_path / "probes.nc")
    with xr.open_dataset(tmp_path / "probes.nc") as read:
        xr.testing.assert_identical(read.load(), found)
    assert sv.weak_probes(barrier, energy=0.05).potential.dims == ("lead",)


def test_one_mode_reads_as_the_closed_form_says():
    energies = np.array([0.01, 0.05, 0.3])
    found = sv.weak_probes(barrier, energy=energies)
    T = sv.scattering_matrix(barrier, energies).transmission("right", "left").values
    np.testing.assert_allclose(found.potential.sel(lead="left"), (1 + (1 - T)) / 2, rtol=1e-12)
    np.testing.assert_allclose(found.potential.sel(lead="right"), T / 2, rtol=1e-12)
    np.testing.assert_allclose(found.four_terminal_resistance, sv.R0 * (1 - T) / T, rtol=1e-9)
    np.testing.assert_allclose(found.contact_resistance, sv.R0, rtol=1e-9)


def test_readings_stay_between_the_reservoirs_and_add_up():
    found = sv.weak_probes(sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3), energy=np.linspace(0, 1e-2, 9))
    assert (found.potential_lowest <= found.potential + 1e-12).all()
    assert (found.potential <= found.potential_highest + 1e-12).all()
    assert (found.potential_lowest >= -1e-12).all()
    assert (found.potential_highest <= 1 + 1e-12).all()
    parts = found.contact_resistance + found.four_terminal_resistance
    np.testing.assert_allclose(parts, found.two_terminal_resistance, rtol=1e-9)


def test_a_scatterer_that_reflects_all_has_an_infinite_resistance():
    mirror = sv.FixedScatterer([[1, 0], [0, 1]], {"left": 1, "right": 1})
    found = sv.weak_probes(mirror, energy=0.0)
    assert float(found.two_terminal_resistance) == np.inf
    assert found.potential.values == pytest.approx([1.0, 0.0])
    assert float(found.four_terminal_resistance) == np.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sv.weak_probes(barrier, energy=np.nan), "energy must be finite"),
        (lambda: sv.weak_probes(barrier, energy=0.05, strenght=0.5), 'did you mean "strength"'),
        (
            lambda: sv.weak_probes(sv.FixedScatterer(np.eye(3), {"a": 1, "b": 1, "c": 1}), energy=0.0),
            "two leads, got 3",
        ),
        (
            lambda: sv.weak_probes(sv.TransmissionMatrix([[0, 1], [1, 0]], ("a", "b")), energy=0.0),
            "no scattering matrix",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(sv.InputError, match=message):
        call()
