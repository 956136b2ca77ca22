"""Integrals beside scipy's, on transmissions that are hard to integrate."""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad

import sharvin as sv
from sharvin.constants import BOLTZMANN
from sharvin.observables.energy_integral import integrate
from sharvin.observables.integrands import Through
from sharvin.observables.reservoir_sets import ReservoirSets
from sharvin.observables.spectrum import TransmissionSpectrum
from sharvin.reservoirs import thermal_weight


def lorentzian(width, centre=0.0):
    return lambda E: width**2 / ((E - centre) ** 2 + width**2)


def fano(E):
    x = (E - 3e-4) / 1e-5
    return (x + 1) ** 2 / (x**2 + 1) / 2


def square_root(E):
    return np.sqrt(np.clip(E, 0, None) * 100) / (1 + np.sqrt(np.clip(E, 0, None) * 100))


def fringes(E):
    return 0.5 + 0.5 * np.sin(E / 2e-5)


# name → (T(E), thresholds that are declared, where scipy needs help)
NASTY = {
    "constant": (lambda E: 0.37 + 0 * E, (), ()),
    "narrow resonance": (lorentzian(1e-7), (), (-1e-6, 0, 1e-6)),
    "two resonances": (
        lambda E: (lorentzian(1e-6, 1e-3)(E) + lorentzian(1e-5, -2e-3)(E)) / 2,
        (),
        (-2e-3, 1e-3),
    ),
    "fano": (fano, (), (2.9e-4, 3e-4, 3.1e-4)),
    "square root": (square_root, (0.0,), (0.0,)),
    "fringes": (fringes, (), tuple(np.arange(-40, 41) * 1e-4)),
    "declared step": (lambda E: np.where(E > 2e-4, 1.0, 0.0), (2e-4,), (2e-4,)),
}


def of_function(name):
    function, jumps, _ = NASTY[name]
    return sv.TransmissionFunction(function, jumps=jumps)


def by_scipy(name, mu, kt):
    function, _, points = NASTY[name]
    window = 40 * kt
    low, high = mu - window, mu + window
    breaks = np.unique(
        [low, high, *(p for p in points if low < p < high), *(mu + kt * np.array([-10, -2, 2, 10]))]
    )
    total = 0.0
    for start, stop in itertools.pairwise(breaks):
        value, _ = quad(
            lambda E: float(function(np.float64(E)) * thermal_weight(E, mu, kt)), start, stop, epsabs=1e-14,
            epsrel=1e-12, limit=500,
        )  # fmt: skip
        total += value
    return total


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize(("mu", "temperature"), [(0.0, 0.3), (2e-4, 0.05), (-1e-3, 1.0)])
def test_conductance_beside_scipy(name, mu, temperature):
    wanted = by_scipy(name, mu, BOLTZMANN * temperature)
    G = sv.conductance(of_function(name), mu=mu, temperature=temperature)
    assert float(G) / sv.G0 == pytest.approx(wanted, rel=2e-9, abs=1e-13)
    assert float(G.error) >= 0
    assert abs(float(G) / sv.G0 - wanted) <= float(G.error) / sv.G0 + 1e-9 * wanted + 1e-13


def test_many_mu_and_temperatures_share_one_pass():
    mus, temperatures = np.linspace(-1e-3, 1e-3, 7), np.array([0.02, 0.3, 4.0])
    together = sv.conductance(of_function("fano"), mu=mus, temperature=temperatures)
    assert together.dims == ("temperature", "mu")
    for i, temperature in enumerate(temperatures):
        for j, mu in enumerate(mus):
            alone = float(sv.conductance(of_function("fano"), mu=mu, temperature=temperature))
            assert float(together[i, j]) == pytest.approx(alone, rel=1e-9)


def test_a_step_is_a_fermi_function():
    step, mus = of_function("declared step"), np.linspace(-2e-3, 2e-3, 9)
    for temperature in (0.05, 1.0, 4.2):
        kt = BOLTZMANN * temperature
        G = sv.conductance(step, mu=mus, temperature=temperature) / sv.G0
        wanted = 1 / (1 + np.exp((2e-4 - mus) / kt))
        assert np.abs(G.values - wanted).max() < 1e-10
        assert np.abs(G.values / wanted - 1)[wanted > 1e-9].max() < 1e-9


def test_a_jump_that_is_not_declared_is_found_by_halving():
    hidden = sv.TransmissionFunction(lambda E: np.where(E > 2e-4, 1.0, 0.0))
    kt = BOLTZMANN * 1.0
    G = sv.conductance(hidden, mu=1e-4, temperature=1.0) / sv.G0
    wanted = 1 / (1 + np.exp(1e-4 / kt))
    assert float(G) == pytest.approx(wanted, rel=1e-9)
    assert abs(float(G) - wanted) <= float(G.error) / sv.G0
    with pytest.raises(sv.NotConverged, match="max_subdivisions"):
        sv.conductance(hidden, mu=1e-4, temperature=1.0, options=sv.Options(max_subdivisions=20))


def test_what_does_not_converge_is_an_error_with_a_remedy():
    wild = sv.TransmissionFunction(lambda E: 0.5 + 0.5 * np.sin(E / 1e-9))
    with pytest.raises(sv.NotConverged, match="max_subdivisions") as caught:
        sv.conductance(wild, mu=0.0, temperature=1.0, options=sv.Options(max_subdivisions=40))
    assert "tolerance 1.0e-10" in str(caught.value)


def test_a_jump_narrower_than_floats_allow_is_an_error_or_within_its_error():
    step = sv.TransmissionFunction(lambda E: np.where(E > 3e-3, 1.0, 0.0), jumps=(3e-3,))
    for temperature in (1e-11, 1e-10, 1e-9, 1e-7, 1e-5, 1e-3):
        G = sv.conductance(step, mu=3e-3, temperature=temperature) / sv.G0
        assert abs(float(G) - 0.5) <= float(G.error) / sv.G0 < 1e-14 / temperature
    hidden = sv.TransmissionFunction(lambda E: np.where(E > 3e-3, 1.0, 0.0))
    kt = BOLTZMANN * 1e-10
    with pytest.raises(sv.NotConverged, match=r"as narrow as floats allow.*raise the temperature"):
        sv.conductance(hidden, mu=3e-3 - 1.3 * kt, temperature=1e-10)


def test_a_looser_tolerance_costs_less():
    conductor = of_function("fano")

    def cost(rtol):
        weight = Through(1, 0, lambda E, j: thermal_weight(E, 0.0, 1e-4))
        options, reservoir = sv.Options(rtol=rtol), ReservoirSets(np.zeros((1, 1)), np.full((1, 1), 1e-4))
        result = integrate(TransmissionSpectrum(conductor, {}, options), reservoir, weight, options)
        return result.evaluations, result.values.item()

    (many, exact), (few, rough) = cost(1e-12), cost(1e-4)
    assert few < many
    assert rough == pytest.approx(exact, rel=1e-3)


def test_an_empty_window_is_zero():
    cold = ReservoirSets(np.zeros((2, 2)), np.zeros((2, 2)))
    spectrum = TransmissionSpectrum(of_function("fano"), {}, sv.Options())
    nothing = integrate(spectrum, cold, Through(1, 0, lambda E, j: E), sv.Options())
    assert nothing.values.tolist() == [[0.0], [0.0]]
    assert nothing.evaluations == 0


@pytest.mark.parametrize("name", ["narrow resonance", "square root", "declared step", "fringes"])
def test_currents_at_zero_temperature_beside_scipy(name):
    function, _, points = NASTY[name]
    low, high = -4e-4, 7e-4
    breaks = np.unique([low, high, *(p for p in points if low < p < high)])
    wanted = sum(
        quad(lambda E: float(function(np.float64(E))), a, b, epsabs=1e-18, epsrel=1e-12, limit=400)[0]
        for a, b in itertools.pairwise(breaks)
    )
    I = sv.current(of_function(name), {"left": sv.Reservoir(high), "right": sv.Reservoir(low)})  # noqa: E741
    assert float(I.sel(lead="left")) / sv.G0 == pytest.approx(wanted, rel=1e-9)
    assert float(I.sum()) == 0.0
