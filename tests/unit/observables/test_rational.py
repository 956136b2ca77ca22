import numpy as np
import pytest
from numpy.polynomial.chebyshev import chebpts1

from sharvin.observables.rational import Rational

POINTS = (chebpts1(24) + 1) / 2


def levels(s, places, width):
    peaks = [1 / (1 + ((s - place) / width) ** 2) for place in places]
    one, other = peaks[0], peaks[-1]
    return np.stack([np.stack([0 * one, one], -1), np.stack([0.3 * one + 0.5 * other, 0 * one], -1)], -2)


@pytest.mark.parametrize("places", [(0.0,), (1.0,), (0.4,), (0.2, 0.7), (-0.1, 1.1)])
@pytest.mark.parametrize("width", [0.05, 0.3])
def test_levels_are_reproduced_between_the_samples(places, width):
    fit = Rational.of(POINTS, levels(POINTS, places, width))
    assert fit is not None
    s = np.linspace(0, 1, 301)
    np.testing.assert_allclose(fit.at(s), levels(s, places, width), atol=1e-11)


@pytest.mark.parametrize("place", [0.0, 1.0])
def test_poles_of_rounding_are_left_out(place):
    fit = Rational.of(POINTS, levels(POINTS, (place,), 0.0463))
    assert fit is not None
    real = fit.poles[np.imag(fit.poles) == 0].real
    assert not ((real > 0) & (real < 1)).any()
    assert len(fit.narrow) <= 1


def test_narrow_poles_are_told_once():
    fit = Rational.of(POINTS, levels(POINTS, (0.37,), 0.03))
    assert fit is not None
    np.testing.assert_allclose(fit.narrow, [0.37], atol=1e-9)


def test_nothing_to_fit():
    assert Rational.of(POINTS, np.zeros((24, 2, 2))) is None
