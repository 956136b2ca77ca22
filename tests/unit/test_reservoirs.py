import numpy as np
import pytest
from scipy.integrate import quad

import sharvin as sv
from sharvin.constants import BOLTZMANN
from sharvin.reservoirs import fermi, thermal_weight


def test_fermi_dirac():
    reservoir = sv.Reservoir(mu=0.012, temperature=4.0)
    E = np.linspace(0, 0.02, 41)
    wanted = 1 / (1 + np.exp((E - 0.012) / (BOLTZMANN * 4.0)))
    assert np.abs(reservoir.occupation(E) / wanted - 1).max() < 1e-13
    assert reservoir.occupation(E).shape == E.shape
    assert float(reservoir.occupation(0.012)) == 0.5
    assert reservoir.thermal_energy == BOLTZMANN * 4.0


def test_zero_temperature_is_an_exact_step():
    cold = sv.Reservoir(mu=0.01)
    below, above = np.nextafter(0.01, 0), np.nextafter(0.01, 1)
    assert cold.occupation([below, 0.01, above]).tolist() == [1.0, 0.5, 0.0]


@pytest.mark.parametrize("temperature", [1e-12, 1e-3, 300.0, 1e9, 1e300])
def test_no_energy_overflows(temperature):
    reservoir = sv.Reservoir(mu=0.0, temperature=temperature)
    f = reservoir.occupation([-1e300, -1.0, 0.0, 1.0, 1e300])
    assert np.isfinite(f).all()
    assert np.all((f >= 0) & (f <= 1))
    assert f[0] >= f[1] >= 0.5 == f[2] >= f[3] >= f[4]


def test_particles_and_holes():
    x = np.linspace(-3, 3, 13)
    assert np.abs(fermi(x, 0.0, 0.7) + fermi(-x, 0.0, 0.7) - 1).max() < 1e-15


def test_far_above_mu_the_tail_keeps_its_digits():
    assert float(fermi(700.0, 0.0, 1.0)) == pytest.approx(np.exp(-700.0), rel=1e-12)


def test_broadcasting_over_reservoirs():
    f = fermi(np.zeros((3, 1)), np.array([0.0, 1.0]), np.array([0.0, 0.5]))
    assert f.shape == (3, 2)
    assert f[0, 0] == 0.5
    assert f[0, 1] == pytest.approx(1 / (1 + np.exp(-2.0)))


def test_the_thermal_weight_is_the_derivative_and_integrates_to_one():
    kt, step = 0.3, 1e-5
    E = np.linspace(-2, 2, 9)
    numeric = (fermi(E - step, 0.1, kt) - fermi(E + step, 0.1, kt)) / (2 * step)
    assert np.abs(thermal_weight(E, 0.1, kt) - numeric).max() < 1e-8
    assert quad(lambda e: float(thermal_weight(e, 0.1, kt)), -20, 20, points=[0.1])[0] == pytest.approx(
        1, abs=1e-10
    )
    assert float(thermal_weight(1e6, 0.0, 1e-9)) == 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mu": np.nan}, "mu must be a finite number in eV"),
        ({"mu": np.inf}, "mu must be a finite number in eV"),
        ({"mu": "high"}, "mu must be one number in eV"),
        ({"mu": None}, "mu must be one number in eV"),
        ({"mu": [0.0, 1.0]}, "mu must be one number in eV"),
        ({"mu": 0.0, "temperature": -1e-9}, "must not be negative"),
        ({"mu": 0.0, "temperature": np.nan}, "temperature must be a finite number in K"),
        ({"mu": 0.0, "temperature": "4 K"}, "temperature must be one number in K"),
        ({"mu": True}, "mu must be one number in eV"),
        ({"mu": "0.001"}, "mu must be one number in eV"),
        ({"mu": 1e-3 + 0j}, "mu must be one number in eV.*complex"),
        ({"mu": np.complex128(1j)}, "mu must be one number in eV.*complex"),
        ({"mu": 10**400}, "mu must be one number in eV.*beyond the largest float"),
        ({"mu": 0.0, "temperature": False}, "temperature must be one number in K"),
    ],
)
def test_bad_inputs(arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.Reservoir(**arguments)


def test_a_reservoir_is_frozen_and_its_numbers_are_floats():
    reservoir = sv.Reservoir(np.float32(1.0), 4)
    assert (type(reservoir.mu), type(reservoir.temperature)) == (float, float)
    assert reservoir == sv.Reservoir(1.0, 4.0)
    with pytest.raises(AttributeError):
        reservoir.mu = 2.0


@pytest.mark.parametrize("energy", ["a", 1j, np.array([0.1, 1j]), True, [0.1, [0.2]], 10**400])
def test_an_occupation_is_at_real_energies(energy):
    with pytest.raises(sv.InputError, match="reservoir: energy must be real, in eV"):
        sv.Reservoir(0.0, 1.0).occupation(energy)
