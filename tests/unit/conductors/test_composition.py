import numpy as np
import pytest

import sharvin as sv
from sharvin.conductors import Series

BARRIER = sv.RectangularBarrier(0.3, 2.0, 0.067)
GAP = sv.FreePropagation(8.0, 0.067)
SWAP = np.eye(3)[[2, 0, 1]]


def T(conductor, energy=0.1, **params):
    return sv.scattering_matrix(conductor, energy, **params).transmission("right", "left")


def test_many_conductors_at_many_energies():
    energies = np.linspace(-0.1, 0.9, 51)
    composed = sv.scattering_matrix(sv.series(BARRIER, GAP, BARRIER), energies)
    direct = sv.scattering_matrix(sv.DoubleBarrier(0.3, 2.0, 8.0, 0.067), energies)
    np.testing.assert_allclose(composed.matrix, direct.matrix, atol=1e-12)
    np.testing.assert_array_equal(composed.open_modes, direct.open_modes)
    assert composed.certificate.route == "star product"
    assert "joint_residual" in composed.certificate.figures


def test_many_modes():
    barrier, gap, double = (
        sv.HardWallChannel(20.0, 0.067, inside)
        for inside in (BARRIER, GAP, sv.DoubleBarrier(0.3, 2.0, 8.0, 0.067))
    )
    energies = np.linspace(0.0, 0.5, 21)
    composed = sv.scattering_matrix(sv.series(barrier, gap, barrier), energies)
    np.testing.assert_allclose(composed.matrix, sv.scattering_matrix(double, energies).matrix, atol=1e-11)


def test_the_phase_stands_at_every_joint():
    k = np.sqrt(0.1 * 0.067 / sv.constants.HBAR2_OVER_2M)
    direct = sv.series(BARRIER, GAP, BARRIER, GAP, BARRIER)
    by_phase = sv.series(BARRIER, BARRIER, BARRIER, phase=8.0 * k)
    assert T(by_phase) == pytest.approx(T(direct), rel=1e-10)
    assert T(sv.series(BARRIER, BARRIER, BARRIER), phase=8.0 * k) == pytest.approx(T(direct), rel=1e-10)


def test_unlike_numbers_of_modes():
    two, one = sv.FixedScatterer(np.eye(4)[::-1], {"left": 2, "right": 2}), BARRIER
    with pytest.raises(
        sv.InputError, match=r'at 0\.1 eV 2 modes are open in "right" of one conductor and 1 in "left"'
    ):
        T(sv.series(two, one))


STEP = sv.PotentialStep(0.05, 0.067, 0.067)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            (BARRIER, sv.FreePropagation(8.0)),
            r'0\.067 electron masses at 0 eV in "right" of Rectangular.* and 1 electron',
        ),
        ((sv.FreePropagation(0.0, 0.5), GAP), "unlike media"),
        ((sv.DeltaBarrier(0.1), BARRIER), "unlike media"),
        ((sv.SmoothStep(0.05, 1.0, 0.067), GAP), r'0\.05 eV in "right" of SmoothStep and .* 0 eV in "left"'),
        ((STEP, BARRIER), "unlike media"),
        ((STEP, STEP), "unlike media"),
        ((sv.PotentialStep(0.0, 0.067, 0.1), BARRIER), "PotentialStep\\(height, mass_left, mass_right\\)"),
        ((BARRIER, GAP, sv.DeltaBarrier(0.1, 0.5)), 'in "right" of Series and 0.5 electron masses'),
        ((GAP, sv.series(sv.FreePropagation(1.0, 0.1), sv.FreePropagation(1.0, 0.1))), "of Series"),
        ((BARRIER, sv.series(STEP, sv.FixedScatterer(np.eye(2), {"left": 1, "right": 1})), BARRIER), None),
    ],
)
def test_unlike_media_do_not_meet(parts, message):
    if message is None:  # what does not tell is accepted
        assert sv.series(*parts).leads == ("left", "right")
        return
    with pytest.raises(sv.InputError, match=message):
        sv.series(*parts)


@pytest.mark.parametrize(
    "other",
    [
        sv.HardWallChannel(10.5, 0.067),
        sv.HardWallChannel(10.0, 0.07),
        sv.HardWallChannel(10.0, 0.067, STEP),
        BARRIER,
    ],
)
def test_unlike_channels_do_not_meet(other):
    # With one open mode each, the joint would otherwise let everything through.
    channel = sv.HardWallChannel(10.0, 0.067)
    with pytest.raises(sv.InputError, match=r"unlike media .* between walls 10 nm apart"):
        sv.series(other, channel)
    assert T(sv.series(channel, sv.HardWallChannel(10.0, 0.067, STEP)), 0.2) < 1


def test_a_step_of_mass_is_a_conductor_of_its_own():
    light, heavy = sv.FreePropagation(2.0, 0.067), sv.FreePropagation(3.0, 0.1)
    steps = sv.series(
        light, sv.PotentialStep(0.0, 0.067, 0.1), heavy, sv.PotentialStep(0.0, 0.1, 0.067), light
    )
    assert steps.medium("right", {}).mass == 0.067
    # Fabry and Perot: velocities k/m on both sides of a slab of the heavier mass.
    v, w = np.sqrt(0.1 / 0.067), np.sqrt(0.1 / 0.1)
    phase = 3.0 * np.sqrt(0.1 * 0.1 / sv.constants.HBAR2_OVER_2M)
    assert T(steps) == pytest.approx(1 / (1 + ((v / w - w / v) / 2 * np.sin(phase)) ** 2), rel=1e-12)


def test_parameters_may_not_make_media_unlike():
    pair = sv.series(sv.PotentialStep(0.0, 0.1, 0.067), BARRIER)
    assert T(pair) > 0
    with pytest.raises(sv.InputError, match="unlike media"):
        T(pair, mass=0.1)  # of the barrier only: the step has mass_left and mass_right
    assert T(pair, mass=0.1, mass_right=0.1) > 0


def test_leads_that_are_left_keep_their_order():
    tee = sv.FixedScatterer(SWAP, {"left": 1, "top": 1, "right": 1})
    assert sv.series(tee, BARRIER).leads == ("left", "top", "right")
    assert sv.series(BARRIER, tee).leads == ("left", "top", "right")


def test_joined_back_to_front():
    assert sv.series(BARRIER, GAP, joint=("left", "right")).leads == ("right", "left")


def test_another_joint():
    tee = sv.FixedScatterer(SWAP, {"left": 1, "top": 1, "bottom": 1})
    joined = sv.series(tee, BARRIER, joint=("top", "left"))
    assert joined.leads == ("left", "bottom", "right")
    S = sv.scattering_matrix(joined, 0.1)
    assert S.transmission("right", "left") == pytest.approx(T(BARRIER), rel=1e-12)
    assert S.transmission("bottom", "left") == pytest.approx(1 - T(BARRIER), rel=1e-12)


def test_parameters_go_to_every_part_that_takes_them():
    composed = sv.series(BARRIER, GAP, BARRIER)
    direct = sv.DoubleBarrier(0.4, 2.0, 9.0, 0.067)
    assert T(composed, height=0.4, length=9.0) == pytest.approx(T(direct), rel=1e-11)
    assert composed.parameters == ("phase", "spin_degeneracy", "height", "width", "mass", "length")


def test_thresholds_of_all_parts():
    composed = sv.series(sv.PotentialStep(0.3), sv.FixedScatterer(np.eye(2), {"left": 1, "right": 1}))
    assert sv.thresholds(composed, (-1.0, 1.0)).tolist() == [0.0, 0.3]
    assert sv.thresholds(composed, (-1.0, 1.0), height=0.5).tolist() == [0.0, 0.5]


def test_spin_resolved_parts():
    contact = sv.SaddlePoint(0.1, 0.3, zeeman=0.2)
    S = sv.scattering_matrix(sv.series(contact, contact, phase=0.4), np.linspace(-0.5, 1.0, 7))
    assert S.spin_degeneracy == 1
    assert (S.transmission("right:up", "left:up") < S.transmission("right:down", "left:down")).all()


def test_lattice_systems():
    """Two bumps in one wire, and as two systems: the cell at the joint is counted once."""
    t = 0.1422
    wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(4 * t) + sv.hopping(-t))

    def system(length, *centres):
        bumps = sv.onsite(lambda x, y, gate: gate * sum((abs(x - c) < 9) * (y > 0) for c in centres))
        region = (wire + bumps).region(sv.shape.rectangle(length=length, width=20))
        return region.lead("left", wire, direction="-x").lead("right", wire, direction="+x")

    # 81 nm hold the columns −40 … 40 nm, so that the centres stand 80 nm apart.
    composed, direct = sv.series(system(81, 0.0), system(81, 0.0)), system(161, -40.0, 40.0)
    energies = np.array([0.01, 0.2, 0.3])
    found, expected = (sv.scattering_matrix(c, energies, gate=0.1) for c in (composed, direct))
    assert found.mode_count("left").values.tolist() == [0, 4, 5]
    np.testing.assert_allclose(found.matrix, expected.matrix, atol=1e-9)
    assert composed.parameters == ("phase", "gate")
    assert sv.thresholds(composed, (0.0, 0.3), gate=0.1).size == 5


def test_one_energy_and_no_mode():
    assert sv.scattering_matrix(sv.series(BARRIER, BARRIER), 0.1).matrix.shape == (2, 2)
    assert T(sv.series(BARRIER, BARRIER), -1.0) == 0.0


class Mute:
    """A conductor that does not name its parameters."""

    leads = ("left", "right")
    spin_degeneracy = 2


@sv.scattering_matrix.register(Mute)
def _(conductor, energy, *, options=None, gate=0.3):
    return sv.scattering_matrix(BARRIER, energy, options=options, height=gate)


def test_a_conductor_that_does_not_name_its_parameters_takes_them_all():
    composed = sv.series(sv.series(Mute(), GAP), Mute())
    assert T(composed, gate=0.5) == pytest.approx(T(sv.DoubleBarrier(0.5, 2.0, 8.0, 0.067)), rel=1e-11)


def test_perfect_mirrors_facing_each_other():
    mirror = sv.FixedScatterer(np.eye(2), {"left": 1, "right": 1})
    S = sv.scattering_matrix(sv.series(mirror, mirror), 0.0)
    np.testing.assert_array_equal(S.matrix, np.eye(2))


def test_a_resonator_closed_to_rounding_is_not_certified():
    leaky = sv.FixedScatterer([[1, 1e-9j], [1e-9j, 1]], {"left": 1, "right": 1})
    with pytest.raises(sv.NotCertified, match="closed to rounding: move the energy a little"):
        sv.scattering_matrix(sv.series(leaky, leaky), 0.0)


def test_unlike_spin_through_a_parameter():
    contact = sv.SaddlePoint(0.1, 0.3)
    with pytest.raises(sv.InputError, match=r"spin degeneracies differ \(1 and 2\)"):
        sv.scattering_matrix(sv.series(contact, BARRIER), 0.1, zeeman=0.1)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: sv.series(BARRIER, sv.Tabulated([0, 1], [0, 1])), "phases of a Tabulated are unknown"),
        (
            lambda: sv.series(sv.TransmissionFunction(abs), BARRIER),
            "phases of a TransmissionFunction are unknown",
        ),
        (lambda: sv.series(BARRIER, sv.SaddlePoint(1, 1, zeeman=0)), r"spin degeneracies differ \(2 and 1\)"),
        (lambda: sv.series(BARRIER, 0.3), "expected a conductor, got float"),
        (
            lambda: sv.series(BARRIER, BARRIER, joint=("rigth", "left")),
            'no lead "rigth" to join; did you mean "right"',
        ),
        (lambda: sv.series(BARRIER, BARRIER, joint="right"), "joint must be two names"),
        (lambda: sv.series(BARRIER, BARRIER, joint=("right", "right")), 'both conductors have a lead "left"'),
        (lambda: sv.series(BARRIER, BARRIER, phase="0.3"), "series: phase must be a finite number in rad"),
        (lambda: sv.series(BARRIER, BARRIER, phase=np.nan), "series: phase must be a finite number in rad"),
        (lambda: sv.series(BARRIER, BARRIER, phase=None), "series: phase must be a finite number in rad"),
    ],
)
def test_bad_input(build, message):
    with pytest.raises(sv.InputError, match=message):
        build()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"heigth": 0.3}, 'no part of the series has a parameter "heigth"; did you mean "height"'),
        ({"phase": [0.1, 0.2]}, "phase must be a finite number in rad"),
        ({"height": "tall"}, "height must be a finite number in eV"),
    ],
)
def test_bad_parameters(params, message):
    composed = sv.series(BARRIER, GAP)
    with pytest.raises(sv.InputError, match=message):
        sv.scattering_matrix(composed, 0.1, **params)
    with pytest.raises(sv.InputError, match=message):
        sv.thresholds(composed, (0.0, 1.0), **params)


def test_series_makes_a_series():
    assert isinstance(sv.series(BARRIER, GAP), Series)
