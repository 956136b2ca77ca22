import numpy as np
import pytest

from sharvin.observables.irregularity import beside, noise_of

E0, WIDTH = 0.3, 1e-3


def lorentzian(energy, place, width):
    return 1 / (1 + ((energy - place) / width) ** 2)


def test_energies_lie_within_a_millionth_of_the_panel_but_apart():
    near = beside(np.array([E0, 0.0, 10.0]), np.array([WIDTH, WIDTH, 1e-15]))
    assert (near[:, 0] == [E0, 0.0, 10.0]).all()
    assert np.abs(near[:2] - near[:2, :1]).max() <= 1e-6 * WIDTH
    assert all(len(set(one)) == 4 for one in near)


@pytest.mark.parametrize("distance", [1e-4, 1e-2, 0.3])
def test_the_tail_of_a_level_is_no_noise(distance):
    # A level far narrower than the distance of samples, that far from one, in panels.
    energy = beside(np.array([E0]), np.array([WIDTH]))
    tail = lorentzian(energy, E0 + distance * WIDTH, 1e-9 * WIDTH)
    assert noise_of(tail, tail)[0] < 1e-2 * tail.max()  # no background: its own rounding would be noise


def test_rounding_is_found_and_what_is_more_is_not():
    rng = np.random.default_rng(1)
    energy = beside(np.full(50, E0), np.full(50, WIDTH))
    jitter = rng.uniform(-1, 1, energy.shape)
    smooth = 0.3 + (energy - E0) / WIDTH
    found = noise_of(smooth + 1e-12 * jitter, 1e-16 + 0 * energy)
    assert (found > 0).all()
    assert found.max() < 2e-11
    assert np.median(found) > 2e-12
    assert (noise_of(smooth + 0.1 * jitter, 1e-16 + 0 * energy) == 0).all()  # a feature, not rounding
    small = noise_of(1e-20 * (1 + jitter), np.full(energy.shape, 1e-20))  # as much as S tells of itself
    assert (small > 0).all()
