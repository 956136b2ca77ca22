import numpy as np
import pytest

import sharvin as sv
from sharvin.conductors.dephasing_probes import without_probes
from sharvin.scattering import thresholds, transmissions

star = sv.FixedScatterer(np.full((4, 4), 0.5) - np.eye(4), dict.fromkeys("abcd", 1), spin_degeneracy=1)


def test_leads_and_properties_are_those_of_the_rest():
    driven = sv.dephased(star, "b", "d", "b")
    assert driven.leads == ("a", "c")
    assert driven.probes == ("b", "d")
    assert driven.spin_degeneracy == 1
    assert driven.parameters == ()
    assert not driven.particle_hole


def test_one_probe_follows_the_textbook():
    # T_eff = T₁₂ + T₁₃T₃₂/(T₁₃ + T₂₃), all T = 1/4: 1/4 + 1/8 with one probe of the three leads.
    T = np.full((3, 3), 0.25) * (1 - np.eye(3))
    driven = sv.dephased(sv.TransmissionMatrix(T, ("1", "2", "3")), "3")
    assert transmissions(driven, np.array([0.0])).values[0, 1, 0] == pytest.approx(0.375)


def test_as_many_electrons_leave_as_come():
    rng = np.random.default_rng(1)
    T = sum(np.eye(6)[rng.permutation(6)] for _ in range(4))
    rest, probes = np.array([0, 2, 5]), np.array([1, 3, 4])
    left = without_probes(T, rest, probes)
    np.testing.assert_allclose(left.sum(axis=0), T.sum(axis=0)[rest], rtol=1e-12)
    np.testing.assert_allclose(left.sum(axis=1), T.sum(axis=1)[rest], rtol=1e-12)


def test_a_probe_that_nothing_enters_does_nothing():
    T = np.zeros((4, 4))
    T[0, 1] = T[1, 0] = 0.6
    T[2, 3] = T[3, 2] = 0.9  # two probes with each other
    found = without_probes(T, np.array([0, 1]), np.array([2, 3]))
    np.testing.assert_array_equal(found, T[:2, :2])


def test_weak_probes_lose_no_digits():
    weak = 1e-13
    T = np.array([[0, 0.5, weak], [0.5, 0, weak], [weak, weak, 0]])
    found = without_probes(T, np.array([0, 1]), np.array([2]))
    assert found[0, 1] == pytest.approx(0.5 + weak / 2, abs=1e-17)


def test_thresholds_are_those_of_the_conductor():
    step = sv.TransmissionFunction(lambda E: np.where(E > 0.3, 1.0, 0.0), jumps=(0.3,))
    driven = sv.dephased(step, "right")
    assert driven.leads == ("left",)
    assert thresholds(driven, (0.0, 1.0)).tolist() == [0.3]


def test_parameters_go_through():
    qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    model = sv.Model(sv.lattice.chain(), sv.onsite(sv.param("V")) + sv.hopping(-1.0))
    lead = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    wire = model.region(sv.shape.line(3)).lead("left", lead, "-x").lead("right", lead, "+x")
    assert "V" in sv.dephased(wire, "right").parameters
    with pytest.raises(sv.InputError, match='did you mean "omega_x"'):
        sv.conductance_matrix(sv.dephased(qpc, "right"), mu=0.0, omegax=1.0)


def test_every_terminal_observable_takes_it():
    driven = sv.dephased(star, "d")
    ends = {"a": sv.Reservoir(1e-3, 1.0), "b": sv.Reservoir(0.0, 1.0), "c": sv.VoltageProbe(1.0)}
    assert sv.steady_state(driven, ends).lead.values.tolist() == ["a", "b", "c"]
    assert sv.thermoelectric(driven, 0.0, 1.0, lead_out="a", lead_in="b").L0.shape == (3, 3)
    assert sv.transmission(driven, 0.0, lead_out="a", lead_in="b") == pytest.approx(0.25 + 0.25 / 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sv.dephased(star), "name at least one lead"),
        (lambda: sv.dephased(star, "e"), 'no lead "e"'),
        (lambda: sv.dephased(sv.SaddlePoint(1e-3, 3e-3), "rihgt"), 'no lead "rihgt".*"right"'),
        (lambda: sv.dephased(star, *"abcd"), "all leads are probes"),
        (lambda: sv.dephased("wire", "a"), "expected a conductor, got str"),
        (lambda: sv.scattering_matrix(sv.dephased(star, "a"), 0.0), "has no scattering matrix"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(sv.InputError, match=message):
        call()


def test_a_particle_hole_doubled_conductor_stays_refused():
    chain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    wire = sv.nambu(chain, delta=0.3).region(sv.shape.line(3))
    wire = wire.lead("left", sv.nambu(chain), "-x").lead("right", sv.nambu(chain), "+x")
    with pytest.raises(sv.InputError, match="particle–hole doubled"):
        sv.conductance_matrix(sv.dephased(wire, "right"), mu=0.0)
