import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import HBAR2_OVER_2M


@pytest.mark.parametrize("s", [1, 2, 3, 10])
def test_wells_of_whole_order_reflect_nothing(s):
    well = sv.PoschlTeller(height=-s * (s + 1), width=1.0, mass=HBAR2_OVER_2M)
    energies = np.array([1e-6, 0.1, 1.0, 10.0])
    S = sv.scattering_matrix(well, energies)
    np.testing.assert_allclose(S.transmission("right", "left"), 1.0, atol=1e-12)
    # Each of its s bound states at κ = 1 … s adds (k + iκ)/(k − iκ)·(−1) to t: t = Π (ik − j)/(ik + j) up to sign.
    k = np.sqrt(energies)[:, None]
    j = np.arange(1, s + 1)
    np.testing.assert_allclose(S.matrix[:, 1, 0], np.prod((1j * k - j) / (1j * k + j), axis=1), atol=1e-10)


@pytest.mark.parametrize("height", [1e-14, 0.2499, 0.25, 0.2501, 3.0, -1e-14, -0.75, 1e5, -1e5])
def test_unitary_and_finite_everywhere(height):
    conductor = sv.PoschlTeller(height=height, width=1.0, mass=HBAR2_OVER_2M)
    energies = np.array([-1.0, 0.0, 5e-324, 1e-12, 0.25, 1.0, abs(height), 1e8])
    S = sv.scattering_matrix(conductor, energies)
    assert np.isfinite(S.matrix).all()
    assert S.unitarity_error < 1e-12
    assert S.mode_count("left").values.tolist() == [0, 0, 1, 1, 1, 1, 1, 1]


def test_a_shallow_one_reflects_to_first_order():
    """Born: r = −i (m/ħ²k) ∫V e^{2ikx} dx = −i(2mVa²/ħ²)(π/ sinh πka) for small V."""
    k, U = 0.8, 1e-9
    for sign in (1, -1):
        S = sv.scattering_matrix(sv.PoschlTeller(sign * U, 1.0, HBAR2_OVER_2M), k**2)
        assert S.matrix[0, 0] == pytest.approx(-1j * sign * U * np.pi / np.sinh(np.pi * k), rel=1e-8)


def test_the_order_passes_smoothly_through_one_half():
    below, above = (
        sv.scattering_matrix(sv.PoschlTeller(0.25 + side, 1.0, HBAR2_OVER_2M), 0.3).matrix
        for side in (-1e-12, 1e-12)
    )
    np.testing.assert_allclose(below, above, atol=1e-10)


@pytest.mark.parametrize(
    ("fields", "message"),
    [((np.inf, 1.0, 1.0), "height"), ((0.1, -1.0, 1.0), "width"), ((0.1, 1.0, 0.0), "mass")],
)
def test_bad_fields(fields, message):
    with pytest.raises(sv.InputError, match="PoschlTeller: " + message):
        sv.PoschlTeller(*fields)
