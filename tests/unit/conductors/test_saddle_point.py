import dataclasses

import numpy as np
import pytest
from scipy.special import expit

import sharvin as sv

QPC = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)


def test_transmission_of_each_channel():
    energies = np.linspace(-5e-3, 15e-3, 41)
    S = sv.scattering_matrix(sv.SaddlePoint(1e-3, 3e-3, V0=1e-3), energies)
    eps = (energies[:, None] - 1e-3 - (np.arange(20) + 0.5) * 3e-3) / 1e-3
    np.testing.assert_allclose(
        S.transmission("right", "left"), expit(2 * np.pi * eps).sum(axis=1), rtol=1e-12
    )
    assert S.leads[0].labels[:3] == ("0", "1", "2")


def test_the_channels_left_out_are_negligible():
    energies = np.linspace(-0.03, 0.03, 31)
    for omega_y in (0.7e-3, 3e-3, 30e-3):
        S = sv.scattering_matrix(sv.SaddlePoint(1e-3, omega_y), energies)
        kept = S.open_modes[:, : len(S.leads[0].labels)].sum(axis=1)
        first_out = (energies - (kept + 0.5) * omega_y) / 1e-3
        lowest = np.minimum((energies - 0.5 * omega_y) / 1e-3, 0)
        assert (2 * np.pi * (first_out - lowest) < np.log(1e-18)).all()
        assert (kept >= 1).all()


def test_no_overflow_at_any_energy():
    S = sv.scattering_matrix(sv.SaddlePoint(1e-6, 1.0), np.array([-1e3, -1e-4, 0.0, 1e-4, 1.0]))
    assert np.isfinite(S.matrix).all()
    assert S.unitarity_error < 1e-14
    T = sv.scattering_matrix(QPC, 1.5e-3 - 20e-3).transmission("right", "left")
    assert pytest.approx(np.exp(-40 * np.pi), rel=1e-12) == T


def test_half_open_at_the_levels():
    levels = sv.thresholds(QPC, (0.0, 14e-3))
    np.testing.assert_allclose(levels, 3e-3 * (np.arange(5) + 0.5), rtol=1e-14)
    T = sv.scattering_matrix(QPC, levels).transmission("right", "left")
    np.testing.assert_allclose(T, np.arange(5) + 0.5, atol=1e-7)
    assert sv.thresholds(QPC, (-1.0, 0.0)).size == 0


def test_the_wave_is_held_longest_at_the_top():
    """dφ/dε = −Re ψ(1/2 + iε), which peaks at ε = 0 with γ + 2 ln 2."""
    step = 1e-8
    below, above = (sv.scattering_matrix(QPC, 1.5e-3 + side * step).matrix[:, 0] for side in (-1, 1))
    delay = np.angle(above[len(above) // 2] / below[len(below) // 2]) / (2 * step / 1e-3)
    assert delay == pytest.approx(np.euler_gamma + 2 * np.log(2), rel=1e-6)


class TestZeeman:
    def test_levels_are_shifted_by_half_the_splitting(self):
        split = sv.SaddlePoint(1e-3, 3e-3, zeeman=1e-3)
        energy = 2e-3
        S = sv.scattering_matrix(split, energy)
        up, down = (
            sv.scattering_matrix(QPC, energy + side * 0.5e-3).transmission("right", "left")
            for side in (-1, 1)
        )
        assert S.transmission("right:up", "left:up") == pytest.approx(up, rel=1e-12)
        assert S.transmission("right:down", "left:down") == pytest.approx(down, rel=1e-12)
        assert S.transmission("right:up", "left:down") == 0.0
        assert S.leads[0].labels[0] == "up:0"
        np.testing.assert_allclose(sv.thresholds(split, (0, 3e-3)), [1e-3, 2e-3])

    def test_spin_is_explicit_even_without_splitting(self):
        plain, split = (sv.scattering_matrix(c, 2e-3) for c in (QPC, sv.SaddlePoint(1e-3, 3e-3, zeeman=0.0)))
        assert (plain.spin_degeneracy, split.spin_degeneracy) == (2, 1)
        T = [S.transmission("right", "left") * S.spin_degeneracy for S in (plain, split)]
        assert T[0] == pytest.approx(T[1], rel=1e-14)

    def test_as_a_parameter_it_makes_spin_explicit(self):
        S = sv.scattering_matrix(QPC, 2e-3, zeeman=1e-3)
        assert S.spin_degeneracy == 1
        assert QPC.spin_degeneracy == 2

    def test_a_copy_with_another_field_keeps_it(self):
        split = dataclasses.replace(sv.SaddlePoint(1e-3, 3e-3, zeeman=1e-3), V0=1e-3)
        assert split.spin_degeneracy == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"omega_x": 0.0}, "omega_x must be a positive number in eV"),
        ({"omega_y": -3e-3}, r"omega_y must be a positive number in eV, got -0\.003"),
        ({"V0": np.nan}, "V0 must be a finite number in eV"),
        ({"zeeman": "big"}, "zeeman must be a finite number in eV"),
        ({"zeeman": 1e-3, "spin_degeneracy": 4}, "with zeeman the spin degeneracy is 1, got 4"),
    ],
)
def test_bad_fields(fields, message):
    with pytest.raises(sv.InputError, match="SaddlePoint: " + message):
        sv.SaddlePoint(**{"omega_x": 1e-3, "omega_y": 3e-3, **fields})
