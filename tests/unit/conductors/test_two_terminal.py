import numpy as np
import pytest

import sharvin as sv
from sharvin.conductors.two_terminal import Waves, moduli
from sharvin.scattering import transmissions


def test_moduli_without_overflow():
    log_ratio = np.array([-np.inf, -1e6, -50.0, 0.0, 50.0, 300.0, 1e6, np.inf])
    r, t = moduli(log_ratio)
    np.testing.assert_allclose(r**2 + t**2, 1.0, rtol=1e-14)
    np.testing.assert_allclose(t, [1, 1, 1, np.sqrt(0.5), np.exp(-50), np.exp(-300), 0, 0], rtol=1e-13)
    np.testing.assert_allclose(r[:4], [0, 0, np.exp(-50), np.sqrt(0.5)], rtol=1e-13)


def test_closed_channels_hold_no_amplitude():
    ones = np.ones((1, 2))
    waves = Waves(
        0.6 * ones, 0.8 * ones, np.nan * ones, np.array([[True, True]]), np.array([[True, False]]), ("a", "b")
    )
    waves.reflection_right[0, 0] = -0.6
    found = waves.amplitudes()
    assert found.labels == (("a", "b"), ("a", "b"))
    assert found.open_modes.tolist() == [[True, True, True, False]]
    expected = [[0.6, 0, 0.8, 0], [0, 0.6, 0, 0], [0.8, 0, -0.6, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(found.matrix[0], expected)


def test_an_s_that_would_not_fit_is_refused():
    with pytest.raises(sv.InputError, match=r"would take .* GB; ask for at most \d+ energies at a time"):
        sv.scattering_matrix(sv.SaddlePoint(1e-3, 1e-3), np.linspace(0.0, 1.0, 1000))


@pytest.mark.parametrize(
    "conductor",
    [
        sv.SaddlePoint(1e-3, 3e-3, zeeman=1e-3),
        sv.HardWallChannel(40.0, 0.067, sv.PotentialStep(0.01, 0.067, 0.067)),
        sv.ResonantLevel(0.004, 1e-3, 3e-3),
        sv.Tabulated([-1.0, 1.0], [[0.2, 0.7], [0.0, 1.0]]),
    ],
)
def test_transmissions_channel_by_channel_are_those_of_s(conductor):
    energy = np.array([0.013, -0.002, 0.004, 0.0305])
    found, S = transmissions(conductor, energy), sv.scattering_matrix(conductor, energy)
    np.testing.assert_allclose(found.values, S.transmission_matrix(), atol=1e-14)
    assert found.spin_degeneracy == S.spin_degeneracy
    np.testing.assert_allclose(found.unitarity_error, S.certificate.figures["unitarity_error"], atol=1e-14)


def test_a_channel_that_loses_flux_is_not_certified():
    leaky = sv.TransmissionFunction(lambda E: np.full(E.shape, 0.5))
    lossy = Waves(*(np.full((2, 1), value) for value in (0.5, 0.5, 0.5, True, True)), ("0",))
    assert lossy.transmissions()[1] == pytest.approx([0.5, 0.5])
    object.__setattr__(leaky, "waves", lambda energy: lossy)
    with pytest.raises(sv.NotCertified, match=r"unitarity_error = 5\.0e-01"):
        transmissions(leaky, np.zeros(2))
