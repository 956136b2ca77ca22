import numpy as np
import pytest

import sharvin as sv

qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)


def test_over_energies_and_parameters():
    energies = np.array([1e-3, 2e-3, 5e-3])
    T = sv.transmission(qpc, energies, omega_x=[1e-3, 2e-3])
    assert T.dims == ("omega_x", "energy")
    for omega_x in (1e-3, 2e-3):
        S = sv.scattering_matrix(qpc, energies, omega_x=omega_x)
        assert np.array_equal(T.sel(omega_x=omega_x).values, S.transmission("right", "left").values)
    assert T.attrs["units"] == "1"
    assert T.energy.attrs["units"] == "eV"
    assert T.unitarity_error.dims == ("omega_x", "energy")


def test_a_number_makes_no_dim():
    T = sv.transmission(qpc, 1.5e-3)
    assert T.dims == ()
    assert float(T) == pytest.approx(0.5, abs=1e-6)


def test_reflection_and_named_leads():
    assert float(sv.transmission(qpc, 1.5e-3, "left", "left")) == pytest.approx(
        sv.scattering_matrix(qpc, 1.5e-3).transmission("left", "left")
    )
    with pytest.raises(sv.InputError, match="neither"):
        sv.transmission(qpc, 1.5e-3, "left")
    with pytest.raises(sv.InputError, match='did you mean "left"'):
        sv.transmission(qpc, 1.5e-3, "left", "lef")


@pytest.mark.parametrize("energy", [np.nan, "one", [[1.0]], [], None])
def test_an_energy_without_meaning_is_refused(energy):
    with pytest.raises(sv.InputError, match="energy must be"):
        sv.transmission(qpc, energy)
