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
