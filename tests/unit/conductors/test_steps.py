import numpy as np
import pytest

import sharvin as sv


@pytest.mark.parametrize("kind", ["sharp", "smooth"])
@pytest.mark.parametrize("height", [0.4, -0.4])
def test_which_side_is_open(kind, height):
    step = sv.PotentialStep(height) if kind == "sharp" else sv.SmoothStep(height, 1.0)
    low, high = sorted((0.0, height))
    energies = np.array([low - 0.1, low, 0.5 * (low + high), high, high + 0.1])
    S = sv.scattering_matrix(step, energies)
    shallow, deep = ("right", "left") if height > 0 else ("left", "right")
    assert S.mode_count(deep).values.tolist() == [0, 0, 1, 1, 1]
    assert S.mode_count(shallow).values.tolist() == [0, 0, 0, 0, 1]
    np.testing.assert_allclose(S.transmission(deep, deep)[2:4], 1.0, rtol=1e-14)
    assert S.unitarity_error < 1e-14
    np.testing.assert_array_equal(sv.thresholds(step, (-1.0, 1.0)), [low, high])


def test_matched_velocities_reflect_nothing():
    """v = ħk/m is equal on both sides where (E − V)/m_R = E/m_L."""
    step = sv.PotentialStep(height=-0.1, mass_left=0.1, mass_right=0.2)
    assert sv.scattering_matrix(step, 0.1).transmission("left", "left") == pytest.approx(0.0, abs=1e-30)


@pytest.mark.parametrize("height", [0.3, -0.3])
def test_both_kinds_vanish_without_height(height):
    for step in (sv.PotentialStep(0.0), sv.SmoothStep(0.0, 2.0)):
        np.testing.assert_allclose(sv.scattering_matrix(step, 0.2).matrix, [[0, 1], [1, 0]], atol=1e-15)


@pytest.mark.parametrize("width", [1e-9, 1.0, 1e3, 1e6])
def test_no_overflow_at_any_width(width):
    energies = np.array([-5.0, 5e-324, 1e-12, 0.3, 0.3 + 1e-16, 0.31, 1e6])
    S = sv.scattering_matrix(sv.SmoothStep(0.3, width), energies)
    assert np.isfinite(S.matrix).all()
    assert S.unitarity_error < 1e-13


def test_a_wide_step_reflects_exponentially_little():
    k, q = (np.sqrt(E / sv.constants.HBAR2_OVER_2M) for E in (0.5, 0.2))
    R = sv.scattering_matrix(sv.SmoothStep(0.3, 20.0), 0.5).transmission("left", "left")
    assert pytest.approx(np.exp(-4 * np.pi * 20.0 * q), rel=1e-9) == R
    assert k > q


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: sv.PotentialStep(np.nan), "PotentialStep: height"),
        (lambda: sv.PotentialStep(0.1, 0.0), "PotentialStep: mass_left"),
        (lambda: sv.PotentialStep(0.1, 1.0, -1.0), "PotentialStep: mass_right"),
        (lambda: sv.SmoothStep(0.1, 0.0), "SmoothStep: width"),
        (lambda: sv.SmoothStep(None, 1.0), "SmoothStep: height"),
        (lambda: sv.SmoothStep(0.1, 1.0, 0.0), "SmoothStep: mass"),
    ],
)
def test_bad_fields(build, message):
    with pytest.raises(sv.InputError, match=message):
        build()
