"""Tunnel currents through layers: which mass, which bottom, and how exact."""

import numpy as np
import pytest
from scipy.integrate import quad

import sharvin as sv
from sharvin.constants import BOLTZMANN, E_OVER_H, HBAR2_OVER_2M
from sharvin.observables.current_densities import supply

BARRIER = sv.RectangularBarrier(height=0.3, width=2.0, mass=0.067)
ENDS = {"left": sv.Reservoir(0.05, temperature=300), "right": sv.Reservoir(0.0, temperature=300)}
OPEN = sv.TransmissionFunction(lambda E: np.ones_like(E))


def left(conductor, reservoirs=ENDS, **choices):
    return float(sv.current_density(conductor, reservoirs, **choices).sel(lead="left"))


def test_beside_scipy():
    def integrand(E):
        first, second = (supply(np.array(E), end.mu, 300 * BOLTZMANN) for end in ENDS.values())
        return float(sv.transmission(BARRIER, E)) * float(first - second)

    value, _ = quad(integrand, 1e-15, 1.5, points=[0.01, 0.05, 0.3, 0.5], limit=400, epsrel=1e-11)
    wanted = 2 * E_OVER_H * 0.067 / (4 * np.pi * HBAR2_OVER_2M) * 1e18 * value
    assert left(BARRIER) == pytest.approx(wanted, rel=1e-9)


def test_the_mass_is_that_of_the_conductor():
    assert left(BARRIER) == left(BARRIER, mass=0.067)
    assert left(BARRIER, mass=0.134) == pytest.approx(2 * left(BARRIER), rel=1e-12)
    double = sv.series(BARRIER, sv.FreePropagation(3.0, 0.067), BARRIER)
    assert left(double) == left(double, mass=0.067)
    step = sv.PotentialStep(-0.1, 0.067, 0.067)
    assert left(step) == left(step, mass=0.067)


def test_a_swept_mass_is_swept_along_the_layers_too():
    step = sv.PotentialStep(-0.1, 0.067, 0.067)
    swept = sv.current_density(step, ENDS, mass_left=[0.067], mass_right=0.067)
    assert float(swept.sel(lead="left").item()) == left(step)
    with pytest.raises(sv.InputError, match="the masses at the two ends of PotentialStep differ"):
        sv.current_density(step, ENDS, mass_left=[0.067, 0.1])


@pytest.mark.parametrize(
    ("conductor", "message"),
    [
        (OPEN, "TransmissionFunction does not tell its mass; give mass="),
        (sv.Tabulated([0.0, 1.0], [0.0, 1.0], outside="hold"), "does not tell its mass"),
        (
            sv.series(sv.FixedScatterer(np.eye(2)[::-1], {"left": 1, "right": 1}), BARRIER),
            "Series does not tell its mass",
        ),
        (sv.HardWallChannel(10.0, 0.067), "HardWallChannel does not tell its mass"),
        (sv.PotentialStep(0.1, 0.067, 0.1), "masses at the two ends of PotentialStep differ; give mass="),
    ],
)
def test_without_a_mass_it_is_asked_for(conductor, message):
    with pytest.raises(sv.InputError, match=message):
        sv.current_density(conductor, ENDS)
    assert left(conductor, mass=0.067) > 0


@pytest.mark.parametrize("name", ["mass", "bottom"])
@pytest.mark.parametrize("value", ["0.067", [0.067], np.nan, np.inf, 1j, True, 10**400, {}])
def test_mass_and_bottom_are_numbers(name, value):
    with pytest.raises(sv.InputError, match=f"current_density: {name} must be"):
        sv.current_density(BARRIER, ENDS, **{name: value})


@pytest.mark.parametrize("mass", [0.0, -0.067])
def test_a_mass_is_positive(mass):
    with pytest.raises(sv.InputError, match="mass must be positive"):
        sv.current_density(BARRIER, ENDS, mass=mass)


@pytest.mark.parametrize("bias", [1e-3, 1e-7, 1e-10, 1e-12, 1e-14])
def test_a_small_bias_has_an_honest_error(bias):
    # Through an open door at T = 0: ∫ (supply_L − supply_R) dE = (μ_L² − μ_R²)/2.
    upper = 0.05 + bias
    J = sv.current_density(OPEN, {"left": sv.Reservoir(upper), "right": sv.Reservoir(0.05)}, mass=1.0)
    wanted = 2 * E_OVER_H / (4 * np.pi * HBAR2_OVER_2M) * 1e18 * (upper - 0.05) * (upper + 0.05) / 2
    assert abs(float(J.sel(lead="left")) - wanted) <= float(J.error.sel(lead="left")) + 1e-13 * wanted
    assert float(J.error.sel(lead="left")) < max(1e-15 / bias, 1e-12) * wanted
