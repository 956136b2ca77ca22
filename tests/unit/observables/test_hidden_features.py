"""What samples fall beside, what changes meanwhile, and what cancels: found, or in the error."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import BOLTZMANN

STAR = sv.FixedScatterer(np.array([[-1, 2, 2], [2, -1, 2], [2, 2, -1]]) / 3, {"l": 1, "r": 1, "p": 1})


def peak(E):
    return 0.1 + 0.9 * np.exp(-(((E - 0.01234) / 1e-5) ** 2))


def test_a_hot_temperature_does_not_spoil_a_cold_one():
    conductor = sv.TransmissionFunction(peak)
    together = sv.conductance(conductor, mu=0.01234, temperature=[0.01, 100.0]) / sv.G0
    alone = sv.conductance(sv.TransmissionFunction(peak), mu=0.01234, temperature=0.01) / sv.G0
    assert float(alone) == pytest.approx(0.9790619, rel=1e-6)
    assert float(together[0]) == pytest.approx(float(alone), rel=1e-9)
    te = sv.thermoelectric(conductor, mu=0.01234 + 5e-6, temperature=[0.01, 100.0])
    cold = sv.thermoelectric(conductor, mu=0.01234 + 5e-6, temperature=0.01)
    assert float(te.seebeck[0]) == pytest.approx(float(cold.seebeck), rel=1e-8)


@pytest.mark.parametrize("place", [1.1e-3, 1.7e-3, 2.3e-3])
def test_a_function_that_changed_in_one_place_is_asked_again(place):
    height = 0.0
    conductor = sv.TransmissionFunction(lambda E: 0.3 + height * np.exp(-(((E - place) / 3e-5) ** 2)))
    before = float(sv.conductance(conductor, mu=1.5e-3, temperature=4.0))
    height = 0.6
    after = float(sv.conductance(conductor, mu=1.5e-3, temperature=4.0))
    assert after > 1.01 * before


def test_thresholds_that_are_not_declared_are_found():
    channel = sv.HardWallChannel(width=50, mass=0.067)
    edge = sv.thresholds(channel, (0.0, 0.004))[0]
    hidden = sv.Options(break_at_thresholds=False)
    for x in np.linspace(-4, 4, 12):
        mu = edge + x * BOLTZMANN
        told = sv.conductance(channel, mu=mu, temperature=1.0)
        found = sv.conductance(channel, mu=mu, temperature=1.0, options=hidden)
        assert float(found) == pytest.approx(float(told), rel=1e-9)


@pytest.mark.parametrize("bias", [1e-5, 1e-8, 1e-10])
def test_flows_that_cancel_at_each_energy(bias):
    ends = {"l": sv.Reservoir(bias, 300.0), "r": sv.Reservoir(0.0, 300.0)}
    balanced = sv.current(STAR, ends | {"p": sv.Reservoir(bias / 2, 300.0)})
    assert abs(float(balanced[2])) < 1e-9 * float(balanced[0])
    found = sv.steady_state(STAR, ends | {"p": sv.VoltageProbe(300.0)})
    assert abs(float(found.mu[2]) / bias - 0.5) <= float(found.mu_error[2]) / bias < 1e-12


def test_nothing_happens_in_equilibrium_at_zero_temperature():
    ends = {"l": sv.Reservoir(0.0), "r": sv.Reservoir(0.0), "p": sv.ThermalProbe()}
    found = sv.steady_state(STAR, ends)
    assert float(found.entropy_production) == 0
    assert found.current.values.tolist() == [0, 0, 0]
    assert float(found.temperature[2]) == 0


@pytest.mark.parametrize("temperature", [0.0, 0.05])
def test_a_probe_whose_potential_is_the_edge_of_a_gap(temperature):
    def gap(E):
        return np.where(np.abs(E) < 3e-4, 0.0, 1.0)[:, None, None] * (1 - np.eye(3))

    network = sv.TransmissionMatrix(gap, ("l", "r", "p"), jumps=(-3e-4, 3e-4))
    ends = {"l": sv.Reservoir(1e-3, temperature), "r": sv.Reservoir(-0.9e-3, temperature)}
    found = sv.steady_state(network, ends | {"p": sv.VoltageProbe(temperature)})
    assert float(found.mu[2]) == pytest.approx(0.35e-3, rel=1e-3)


def test_a_tunnelling_matrix_must_balance_in_its_own_size():
    with pytest.raises(sv.InputError, match="not conserved"):
        sv.TransmissionMatrix([[0, 0], [5e-10, 0]], ("a", "b"))
    assert sv.TransmissionMatrix([[0, 5e-10], [5e-10, 0]], ("a", "b")).leads == ("a", "b")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: sv.quantum_power_bound(2.0, 1.0, spin_degeneracy=None),
        lambda: sv.quantum_power_bound(1e308, 1.0),
        lambda: sv.thermal_conductance_quantum([1.0, 2.0]),
        lambda: sv.TransmissionMatrix(np.zeros((2, 2)), None),
        lambda: sv.TransmissionMatrix(np.zeros((2, 2)), [["a"], ["b"]]),
        lambda: sv.conductance(sv.TransmissionMatrix(lambda E: 1 / 0, ("a", "b")), mu=0.0),
        lambda: sv.dephased(STAR, np.array([])),
    ],
)
def test_bad_input_is_an_input_error(wrong):
    with pytest.raises(sv.InputError):
        wrong()


def test_units_stand_on_gates_and_swept_degeneracies_in_attributes():
    qpc = sv.SaddlePoint(1e-3, 3e-3)
    assert sv.conductance_map(qpc, bias=0.0, gate=[0.0]).gate.attrs["units"] == "V"
    assert sv.weak_probes(qpc, 2e-3, spin_degeneracy=[1, 2]).attrs["spin_degeneracy"] == "swept: 1, 2"


def test_a_level_beside_a_barrier_is_no_noise():
    # Two wires side by side: a high barrier, whose S is good to 1e-11 only, and a level far narrower than k_BT.
    kt = BOLTZMANN * 300.0
    mu, hop = 0.3, 1e-4
    level = mu + 0.5 * kt
    h = np.zeros((6, 6))
    h[0, 1] = h[1, 0] = h[1, 2] = h[2, 1] = -1.0
    h[3, 4] = h[4, 3] = h[4, 5] = h[5, 4] = -hop
    h[1, 1], h[4, 4] = 1e4, level
    wire = np.zeros((2, 2)), -np.eye(2)
    device = sv.System.from_matrices(h, leads={"left": (*wire, [0, 3]), "right": (*wire, [2, 5])})
    G = sv.conductance(device, mu=mu, temperature=300.0)
    barrier = float(sv.transmission(device, energy=mu)) - hop**4  # the level's tail is of that order
    rate = 2 * hop**2 * np.sqrt(1 - (level / 2) ** 2)  # of each side; both end sites are a part of the leads
    area = np.pi * rate / (4 * kt * np.cosh(0.25) ** 2)  # Breit–Wigner: ∫T dE = πΓ, Γ that of each side
    assert float(G) / sv.G0 - barrier == pytest.approx(area, rel=2e-2)
    assert float(G.error) < 1e-6 * float(G)


@pytest.mark.parametrize(
    ("level", "width", "rtol"), [(0.3, 1e-7, 1e-8), (0.3, 1e-10, 1e-5), (10.0, 1e-6, 1e-7)]
)
def test_a_narrow_level_far_from_zero_energy_is_as_exact_as_energies_are(level, width, rtol):
    off, temperature = 3.3e-5, 1.0
    near = sv.conductance(sv.ResonantLevel(0.0, width / 2, width / 2), mu=off, temperature=temperature)
    far = sv.conductance(
        sv.ResonantLevel(level, width / 2, width / 2), mu=level + off, temperature=temperature
    )
    assert abs(float(far - near)) <= float(far.error + near.error)
    assert float(far.error) < rtol * float(far)


@pytest.mark.parametrize(("bias", "temperature"), [(1e-7, 300.0), (1e-6, 4.0)])
@pytest.mark.parametrize("thermal", [False, True])
def test_a_small_bias_across_weak_contacts(bias, temperature, thermal):
    g = 1e-9
    T = np.array([[0, 0, g, 0], [0, 0, 0, 3 * g], [g, 0, 0, 1], [0, 3 * g, 1, 0]])
    probe = sv.ThermalProbe() if thermal else sv.VoltageProbe(temperature)
    found = sv.steady_state(
        sv.TransmissionMatrix(T, leads=tuple("abcd")),
        {"a": sv.Reservoir(bias, temperature), "b": sv.Reservoir(0.0, temperature), "c": probe, "d": probe},
    )
    expected = sv.G0 * bias / (1 / g + 1 + 1 / (3 * g))
    current, error = found.current, found.current_error
    assert float(current[0]) == pytest.approx(expected, rel=1e-4)
    for lead, exact in enumerate((expected, -expected, 0.0, 0.0)):
        assert abs(float(current[lead]) - exact) <= 2 * float(error[lead]) + 1e-12 * expected
    assert (error < 1e-3 * expected).all()


def test_a_small_difference_of_temperature():
    T, warmer = np.array([[0, 0.1, 1], [0.1, 0, 0.01], [1, 0.01, 0]]), 1e-9
    found = sv.steady_state(
        sv.TransmissionMatrix(T, leads=tuple("abc")),
        {"a": sv.Reservoir(0.0, 1.0 + warmer), "b": sv.Reservoir(0.0, 1.0), "c": sv.ThermalProbe()},
    )
    share = (float(found.temperature[2]) - 1.0) / warmer
    assert share == pytest.approx(1 / 1.01, abs=1e-6)


def test_a_cold_probe_at_a_gap_beside_a_thermal_one():
    gap = sv.TransmissionMatrix(
        lambda E: (1.0 * (E > 4e-3))[:, None, None] * np.ones((3, 3)), leads=tuple("abc"), jumps=(4e-3,)
    )
    found = sv.steady_state(
        gap, {"a": sv.Reservoir(0.0, 15.0), "b": sv.VoltageProbe(0.0), "c": sv.ThermalProbe()}
    )
    np.testing.assert_allclose(
        found.mu * 1e3, [0.0, 4.05726, 2.43827], atol=2e-5
    )  # by quadrature and a search
    assert float(found.temperature[2]) == pytest.approx(7.58185, abs=2e-5)
