import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import HBAR2_OVER_2M


def T(conductor, energy):
    return np.asarray(sv.scattering_matrix(conductor, energy).transmission("right", "left"))


def test_rectangular_barrier_at_its_top():
    barrier = sv.RectangularBarrier(height=0.3, width=2.0, mass=0.067)
    limit = 1 / (1 + 0.067 * 0.3 * 2.0**2 / (4 * HBAR2_OVER_2M))
    assert T(barrier, 0.3) == pytest.approx(limit, rel=1e-13)
    around = T(barrier, 0.3 + 1e-13 * np.array([-1, 1]))
    np.testing.assert_allclose(around, limit, rtol=1e-10)


def test_a_barrier_without_height_is_empty():
    for conductor in (sv.RectangularBarrier(0.0, 3.0), sv.DoubleBarrier(0.0, 1.0, 1.0)):
        S = sv.scattering_matrix(conductor, 0.7)
        free = sv.scattering_matrix(sv.FreePropagation(3.0), 0.7)
        np.testing.assert_allclose(S.matrix, free.matrix, atol=1e-14)


def test_total_transmission_over_the_barrier():
    width = 2.0
    energies = 0.3 + HBAR2_OVER_2M / 0.067 * (np.pi * np.arange(1, 4) / width) ** 2
    np.testing.assert_allclose(T(sv.RectangularBarrier(0.3, width, 0.067), energies), 1.0, atol=1e-12)


@pytest.mark.parametrize(
    "conductor",
    [
        sv.RectangularBarrier(1.0, 5.0),
        sv.RectangularBarrier(-1.0, 5.0),
        sv.DeltaBarrier(1.0),
        sv.DoubleBarrier(1.0, 2.0, 3.0),
        sv.DoubleBarrier(1.0, 1e4, 3.0),
        sv.FreePropagation(3.0),
    ],
    ids=lambda c: type(c).__name__,
)
def test_the_channel_is_closed_up_to_zero_energy(conductor):
    energies = np.array([-1.0, 0.0, 5e-324, 1e-300, 1e-9, 1e9])
    S = sv.scattering_matrix(conductor, energies)
    assert S.mode_count("left").values.tolist() == [0, 0, 1, 1, 1, 1]
    assert np.isfinite(S.matrix).all()
    assert sv.thresholds(conductor, (-0.1, 0.1))[0] == 0.0


def test_a_delta_well_transmits_like_the_barrier_with_the_opposite_phase():
    barrier, well = (sv.scattering_matrix(sv.DeltaBarrier(sign * 0.3), 0.2).matrix for sign in (1, -1))
    np.testing.assert_allclose(well, np.conj(barrier), rtol=1e-14)
    np.testing.assert_allclose(barrier[1, 0] - barrier[0, 0], 1.0, rtol=1e-14)  # ψ is continuous


def test_free_propagation_of_no_length():
    np.testing.assert_array_equal(sv.scattering_matrix(sv.FreePropagation(0.0), 0.2).matrix, [[0, 1], [1, 0]])


def test_resonances_of_the_double_barrier():
    double = sv.DoubleBarrier(height=0.5, thickness=3.0, well=12.0, mass=0.067)
    found = sv.thresholds(double, (-1.0, 2.0))
    grid = np.linspace(1e-4, 0.49, 200_001)
    values = T(double, grid)
    peaks = grid[1:-1][(values[1:-1] > values[:-2]) & (values[1:-1] > values[2:]) & (values[1:-1] > 0.1)]
    assert len(peaks) == 4
    np.testing.assert_allclose(found[1:], peaks, atol=5e-6)
    np.testing.assert_allclose(T(double, found[1:]), 1.0, atol=1e-6)


def test_the_levels_of_a_deep_well_are_those_of_hard_walls():
    double = sv.DoubleBarrier(height=1e6, thickness=1.0, well=10.0, mass=0.067)
    edges = sv.thresholds(sv.HardWallChannel(width=10.0, mass=0.067), (0.0, 0.5))
    np.testing.assert_allclose(sv.thresholds(double, (1e-3, 0.51))[: len(edges)], edges, rtol=1e-3)


def test_no_resonance_without_barriers():
    assert sv.thresholds(sv.DoubleBarrier(-0.5, 3.0, 12.0), (-1.0, 1.0)).tolist() == [0.0]
    assert sv.thresholds(sv.DoubleBarrier(0.5, 3.0, 12.0), (-1.0, -0.5)).tolist() == []


def test_opaque_to_the_last_digit():
    """e^(−κd) underflows: T is zero, S unitary, and nothing is NaN."""
    double = sv.DoubleBarrier(height=1.0, thickness=1e4, well=3.0)
    S = sv.scattering_matrix(
        double, np.append(sv.thresholds(double, (0.01, 0.9)), np.linspace(0.01, 0.9, 99))
    )
    assert (S.transmission("right", "left") == 0).all()
    assert S.unitarity_error < 1e-13


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: sv.RectangularBarrier(0.3, 0.0),
            "RectangularBarrier: width must be a positive number in nm",
        ),
        (
            lambda: sv.RectangularBarrier(np.nan, 1.0),
            "RectangularBarrier: height must be a finite number in eV",
        ),
        (lambda: sv.RectangularBarrier(0.3, 1.0, -1.0), "mass must be a positive number in electron masses"),
        (lambda: sv.RectangularBarrier(0.3, 1.0, spin_degeneracy=0), "spin_degeneracy"),
        (lambda: sv.DeltaBarrier(np.inf), "DeltaBarrier: strength"),
        (lambda: sv.DeltaBarrier(1.0, 0.0), "DeltaBarrier: mass"),
        (lambda: sv.DoubleBarrier(0.3, -1.0, 1.0), "DoubleBarrier: thickness"),
        (lambda: sv.DoubleBarrier(0.3, 1.0, 0.0), "DoubleBarrier: well"),
        (lambda: sv.DoubleBarrier("high", 1.0, 1.0), "DoubleBarrier: height"),
        (lambda: sv.DoubleBarrier(0.3, 1.0, 1.0, 0.0), "DoubleBarrier: mass"),
        (lambda: sv.FreePropagation(-1.0), "FreePropagation: length must be at least 0 nm"),
        (lambda: sv.FreePropagation(1.0, np.nan), "FreePropagation: mass"),
    ],
)
def test_bad_fields(build, message):
    with pytest.raises(sv.InputError, match=message):
        build()


def test_more_resonances_than_can_be_looked_for_are_refused():
    endless = sv.DoubleBarrier(height=1e9, thickness=1.0, well=1e6)
    with pytest.raises(sv.InputError, match="resonances lie below"):
        sv.thresholds(endless, (0.0, 1e9))
    assert len(sv.thresholds(endless, (0.0, 1e-6))) > 1  # a low window holds few
