import numpy as np
import pytest

import sharvin as sv

BARRIER = sv.DeltaBarrier(strength=0.3, mass=0.067)


@pytest.mark.parametrize("coupling", [0, 0.2, 1, np.float64(0.7)])
@pytest.mark.parametrize("separate", [False, True])
def test_unitary_without_reflection_into_the_wire(coupling, separate):
    S = sv.scattering_matrix(sv.ProbeCoupler(coupling, separate=separate), [0.0, 1.0])
    assert S.matrix.shape == (2, 4, 4)
    assert S.unitarity_error < 1e-15
    for lead in ("left", "right"):
        assert S.transmission(lead, lead).values.tolist() == [0, 0]
    np.testing.assert_allclose(S.transmission("right", "left"), 1 - coupling, rtol=1e-15)
    np.testing.assert_allclose(S.transmission("left", "right"), 1 - coupling, rtol=1e-15)


def test_the_matrix_as_published():
    t, c = np.sqrt(0.7), np.sqrt(0.3)
    expected = [[0, t, c, 0], [t, 0, 0, c], [c, 0, 0, -t], [0, c, -t, 0]]
    S = sv.scattering_matrix(sv.ProbeCoupler(0.3), 0.0)
    np.testing.assert_allclose(S.matrix, expected, rtol=1e-15)
    np.testing.assert_array_equal(S.matrix, S.matrix.T)
    assert S.lead_names == ("left", "right", "probe")
    assert S.mode_count("probe") == 2


def test_separate_channels_give_back_in_the_direction_in_which_they_took():
    coupler = sv.ProbeCoupler(0.3, probe="meter", separate=True)
    assert coupler.leads == ("left", "right", "meter_right", "meter_left")
    T = sv.scattering_matrix(coupler, 0.0).transmission_matrix()
    for out, source in (
        ("meter_right", "left"),
        ("right", "meter_right"),
        ("meter_left", "right"),
        ("left", "meter_left"),
    ):
        assert float(T.sel(lead_out=out, lead_in=source)) == pytest.approx(0.3, rel=1e-15)
    for out, source in (
        ("meter_left", "left"),
        ("left", "meter_right"),
        ("meter_right", "right"),
        ("right", "meter_left"),
        ("meter_left", "meter_right"),
    ):
        assert float(T.sel(lead_out=out, lead_in=source)) == 0


def test_separate_or_not_the_wire_sees_the_same():
    one, two = (
        sv.scattering_matrix(sv.ProbeCoupler(0.3, separate=separate), 0.0) for separate in (False, True)
    )
    np.testing.assert_array_equal(one.matrix[:2, :2], two.matrix[:2, :2])
    for lead in ("left", "right"):
        both = sum(two.transmission(lead, f"probe_{side}") for side in ("left", "right"))
        assert one.transmission(lead, "probe") == pytest.approx(both, rel=1e-15)


def test_the_coupling_is_a_parameter():
    coupler = sv.ProbeCoupler(0.3)
    G = sv.conductance(coupler, mu=0.0, lead_out="right", lead_in="left", coupling=np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(G / sv.G0, [1, 0.5, 0], rtol=1e-15)
    with pytest.raises(sv.InputError, match='no parameter "copling"; did you mean "coupling"'):
        sv.scattering_matrix(coupler, 0.0, copling=0.1)
    assert sv.thresholds(coupler, (-1, 1)).size == 0


def test_between_barriers():
    wire = sv.series(BARRIER, sv.ProbeCoupler(0.25), BARRIER)
    assert wire.leads == ("left", "probe", "right")
    assert wire.parameters == ("phase", "spin_degeneracy", "strength", "mass", "coupling")
    free, coupled = (sv.scattering_matrix(wire, 0.1, phase=0.4, coupling=value) for value in (0.0, 0.25))
    direct = sv.scattering_matrix(sv.series(BARRIER, BARRIER), 0.1, phase=0.8)
    assert free.transmission("right", "left") == pytest.approx(
        direct.transmission("right", "left"), rel=1e-13
    )
    assert free.transmission("probe", "left") == 0
    # t = t₁ √(1−ε) t₂ e^{2iθ}/(1 − (1−ε) r₁′ r₂ e^{4iθ})
    one = sv.scattering_matrix(BARRIER, 0.1).matrix
    there = np.sqrt(0.75) * np.exp(0.8j)
    t = one[1, 0] ** 2 * there / (1 - (there * one[1, 1]) * (there * one[0, 0]))
    assert coupled.amplitudes("right", "left")[0, 0] == pytest.approx(t, rel=1e-13)


def test_couplers_of_many_names_in_a_chain():
    chain = sv.series(*(sv.ProbeCoupler(0.1, probe=f"p{n}") for n in range(3)))
    assert chain.leads == ("left", "p0", "p1", "right", "p2")
    S = sv.scattering_matrix(chain, 0.0, coupling=0.2)
    assert S.transmission("right", "left") == pytest.approx(0.8**3, rel=1e-14)
    with pytest.raises(sv.InputError, match='both conductors have a lead "probe"'):
        sv.series(sv.ProbeCoupler(0.1), sv.ProbeCoupler(0.1))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"coupling": 1.2}, "coupling must be at most 1"),
        ({"coupling": -0.1}, "coupling must be at least 0"),
        ({"coupling": np.nan}, "coupling must be a finite number"),
        ({"coupling": [0.1]}, "coupling must be a finite number"),
        ({"coupling": 0.1, "probe": "a:b"}, 'a word without ":"'),
        ({"coupling": 0.1, "probe": ""}, "a word"),
        ({"coupling": 0.1, "probe": 3}, "a word"),
        ({"coupling": 0.1, "probe": "left"}, '"left" is a lead of the wire'),
        ({"coupling": 0.1, "separate": "yes"}, "separate must be True or False"),
        ({"coupling": 0.1, "spin_degeneracy": 0}, "spin_degeneracy"),
    ],
)
def test_bad_input(fields, message):
    with pytest.raises(sv.InputError, match=message):
        sv.ProbeCoupler(**fields)
