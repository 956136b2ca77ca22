import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import HBAR2_OVER_2M

FIRST = HBAR2_OVER_2M / 0.067 * (np.pi / 50.0) ** 2
CHANNEL = sv.HardWallChannel(width=50.0, mass=0.067)


def test_steps_stand_exactly_at_the_thresholds():
    edges = sv.thresholds(CHANNEL, (0.0, 0.05))
    np.testing.assert_allclose(edges, FIRST * np.arange(1, 5) ** 2, rtol=1e-14)
    for n, edge in enumerate(edges):
        around = np.array([np.nextafter(edge, 0), edge, np.nextafter(edge, 1)])
        T = sv.scattering_matrix(CHANNEL, around).transmission("right", "left")
        assert T.values.tolist() == [n, n, n + 1]  # at the threshold itself the mode is closed


def test_the_window_holds_its_ends():
    edges = sv.thresholds(CHANNEL, (0.0, 0.05))
    assert sv.thresholds(CHANNEL, (edges[1], edges[2])).tolist() == edges[1:3].tolist()


def test_labels_and_padding():
    S = sv.scattering_matrix(CHANNEL, np.array([0.0, 1.5 * FIRST, 10 * FIRST]))
    assert S.leads[0].labels == ("1", "2", "3")
    assert S.mode_count("right").values.tolist() == [0, 1, 3]
    assert S.block("right", "left").coords["mode_out"].values.tolist() == ["1", "2", "3"]


def test_no_mode_at_all():
    S = sv.scattering_matrix(CHANNEL, -1.0)
    assert S.transmission("right", "left") == 0.0
    assert S.mode_count("left") == 0


def test_each_mode_meets_the_barrier_at_its_own_energy():
    barrier = sv.RectangularBarrier(0.01, 10.0, 0.067)
    S = sv.scattering_matrix(sv.HardWallChannel(50.0, 0.067, barrier), 10 * FIRST)
    for n in (1, 2, 3):
        alone = sv.scattering_matrix(barrier, (10 - n**2) * FIRST)
        mode = S.matrix[np.ix_([n - 1, n + 2], [n - 1, n + 2])]
        np.testing.assert_allclose(mode, alone.matrix, rtol=1e-12)
    assert np.count_nonzero(S.matrix) == 12


@pytest.mark.parametrize("height", [5.5, -5.5])
def test_across_a_step_the_two_ends_hold_unlike_numbers_of_modes(height):
    step = sv.PotentialStep(height * FIRST, 0.067, 0.067)
    channel = sv.HardWallChannel(50.0, 0.067, step)
    S = sv.scattering_matrix(channel, 10 * FIRST)
    assert S.mode_count("left") == 3
    assert S.mode_count("right") == (2 if height > 0 else 3)
    np.testing.assert_allclose(sv.thresholds(channel, (0, 5 * FIRST)), _levels(height), rtol=1e-12)


def _levels(height):
    n = np.arange(1, 5) ** 2
    levels = np.sort(np.concatenate([n, n + height])) * FIRST
    return levels[(levels >= 0) & (levels <= 5 * FIRST)]


def test_resonances_of_a_barrier_stand_above_each_edge():
    double = sv.DoubleBarrier(0.3, 3.0, 10.0, 0.067)
    channel = sv.HardWallChannel(50.0, 0.067, double)
    resonance = sv.thresholds(double, (0.01, 0.1))[0]
    assert np.isclose(sv.thresholds(channel, (0.0, 0.1)), FIRST + resonance).any()


def test_width_and_mass_are_parameters():
    S = sv.scattering_matrix(CHANNEL, 10 * FIRST, width=100.0)
    assert S.mode_count("left") == 6


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"width": -1.0}, "width must be a positive number in nm"),
        ({"mass": 0.0}, "mass must be a positive number in electron masses"),
        ({"barrier": 0.3}, "barrier must be a closed form on a line, such as RectangularBarrier, got float"),
        ({"barrier": sv.ResonantLevel(0.0, 1.0, 1.0)}, "barrier must be .* got ResonantLevel"),
        ({"barrier": sv.RectangularBarrier(0.3, 1.0)}, r"must have the channel's mass 0\.067, got 1$"),
        ({"barrier": sv.PotentialStep(0.3, 0.067, 0.1)}, r"mass 0\.067, got 0\.067 and 0\.1"),
    ],
)
def test_bad_fields(fields, message):
    with pytest.raises(sv.InputError, match="HardWallChannel: .*" + message):
        sv.HardWallChannel(**{"width": 50.0, "mass": 0.067, **fields})


@pytest.mark.parametrize("width", [1e-200, 1e200])
def test_a_width_without_a_lowest_level_is_refused(width):
    with pytest.raises(sv.InputError, match="HardWallChannel: width must lie between"):
        sv.HardWallChannel(width, 1.0)


@pytest.mark.parametrize(("width", "mass"), [(1e-100, 1e-100), (1e100, 1e100)])
def test_extreme_widths_give_levels_or_a_refusal(width, mass):
    channel = sv.HardWallChannel(width, mass)
    if width < 1:
        assert sv.scattering_matrix(channel, 1.0).mode_count("left") == 0
    else:
        with pytest.raises(sv.InputError, match="channels are open"):
            sv.scattering_matrix(channel, 1.0)
