import numpy as np
import pytest

import sharvin as sv
from sharvin.conductors.two_terminal import Waves, moduli


def test_moduli_without_overflow():
    log_ratio = np.array([-np.inf, -1e6, -50.0, 0.0, 50.0, 300.0, 1e6, np.inf])
    r, t = moduli(log_ratio)
    np.testing.assert_allclose(r**2 + t**2, 1.0, rtol=1e-14)
    np.testing.assert_allclose(t, [1, 1, 1, np.sqrt(0.5), np.exp(-50), np.exp(-300), 0, 0], rtol=1e-13)
    np.testing.assert_allclose(r[:4], [0, 0, np.exp(-50), np.sqrt(0.5)], rtol=1e-13)


def test_closed_channels_hold_no_amplitude():
    ones = np.ones((1, 2))
    waves = Waves(0.6 * ones, 0.8 * ones, np.nan * ones, np.array([[True, True]]), np.array([[True, False]]))
    waves.reflection_right[0, 0] = -0.6
    found = waves.amplitudes(("a", "b"))
    assert found.labels == (("a", "b"), ("a", "b"))
    assert found.open_modes.tolist() == [[True, True, True, False]]
    expected = [[0.6, 0, 0.8, 0], [0, 0.6, 0, 0], [0.8, 0, -0.6, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(found.matrix[0], expected)


def test_an_s_that_would_not_fit_is_refused():
    with pytest.raises(sv.InputError, match=r"would take .* GB; ask for at most \d+ energies at a time"):
        sv.scattering_matrix(sv.SaddlePoint(1e-3, 1e-3), np.linspace(0.0, 1.0, 1000))
