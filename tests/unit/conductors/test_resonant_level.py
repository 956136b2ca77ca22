import numpy as np
import pytest

import sharvin as sv


def test_breit_wigner_with_unlike_couplings():
    level = sv.ResonantLevel(energy=0.3, gamma_left=0.01, gamma_right=0.04)
    S = sv.scattering_matrix(level, np.array([0.3, 0.325, 0.275]))
    np.testing.assert_allclose(S.transmission("right", "left"), [0.64, 0.32, 0.32], rtol=1e-12)
    np.testing.assert_allclose(S.matrix[0], [[0.6, -0.8], [-0.8, -0.6]], atol=1e-14)


def test_open_at_every_energy():
    S = sv.scattering_matrix(sv.ResonantLevel(0.0, 1e-3, 1e-3), np.array([-1e9, 0.0, 1e9]))
    assert S.open_modes.all()
    np.testing.assert_allclose(S.matrix[0], np.eye(2), atol=1e-11)


def test_the_level_is_where_an_integral_breaks():
    level = sv.ResonantLevel(0.3, 1e-9, 1e-9)
    assert sv.thresholds(level, (0.0, 1.0)).tolist() == [0.3]
    assert sv.thresholds(level, (0.4, 1.0)).tolist() == []


@pytest.mark.parametrize("gammas", [(0.0, 0.0), (0.0, 0.1), (0.1, 0.0)])
def test_a_level_without_one_coupling_transmits_nothing(gammas):
    S = sv.scattering_matrix(sv.ResonantLevel(0.3, *gammas), np.array([0.3, 0.31]))
    np.testing.assert_array_equal(S.transmission("right", "left"), 0.0)
    assert S.unitarity_error < 1e-14


def test_the_position_is_no_parameter():
    level = sv.ResonantLevel(0.3, 0.1, 0.1)
    assert "energy" not in level.parameters
    with pytest.raises(sv.InputError, match='no parameter "eps"; known are "spin_degeneracy", "gamma_left"'):
        sv.scattering_matrix(level, 0.0, eps=0.1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ((np.nan, 0.1, 0.1), "energy must be a finite number in eV"),
        ((0.0, -0.1, 0.1), r"gamma_left must be at least 0 eV, got -0\.1"),
        ((0.0, 0.1, -1e-9), "gamma_right must be at least 0 eV"),
    ],
)
def test_bad_fields(fields, message):
    with pytest.raises(sv.InputError, match="ResonantLevel: " + message):
        sv.ResonantLevel(*fields)


def test_rates_whose_product_is_no_float_are_refused():
    # At 1e-255 eV Γ_LΓ_R is zero as a float, and S was not unitary on resonance.
    for gamma in (1e-255, 1e-310):
        with pytest.raises(sv.InputError, match="gamma_left must lie between"):
            sv.ResonantLevel(0.0, gamma, gamma)
    level = sv.ResonantLevel(0.0, 1e-100, 1e-100)
    assert sv.scattering_matrix(level, 0.0).transmission("right", "left") == pytest.approx(1.0, rel=1e-12)
