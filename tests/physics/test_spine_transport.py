"""Thermal and finite-bias transport of closed forms against closed forms and literature values.

Cases in units e = h = k_B = 1 are carried over to eV, K and SI: an energy x becomes x eV, k_BT = x eV is a temperature
x/k_B, and conductances per spin are compared in e²/h.
"""

import mpmath
import numpy as np
import pytest
import xarray as xr
from scipy import integrate

import sharvin as sv
from sharvin.constants import BOLTZMANN, E2_OVER_H, E_OVER_H, INVERSE_H


def kelvin(thermal_energy: float) -> float:
    return thermal_energy / BOLTZMANN


def step(position: float) -> sv.TransmissionFunction:
    return sv.TransmissionFunction(lambda E: np.where(position < E, 1.0, 0.0), jumps=(position,))


def constant(value: float) -> sv.TransmissionFunction:
    return sv.TransmissionFunction(lambda E: np.full(np.shape(E), value))


def test_constants_of_nature():
    # CODATA; van Houten and Beenakker, Physics Today 49(7), 22 (1996).
    assert sv.G0 == pytest.approx(7.748091729863649e-05, rel=1e-9)
    assert 2 * sv.R0 == pytest.approx(25812.807459304513, rel=1e-9)
    assert sv.R0 == pytest.approx(12906.403729652257, rel=1e-9)
    assert BOLTZMANN == pytest.approx(8.617333262145179e-05, rel=1e-9)
    # π²k_B²/3h in W/K², and the Lorenz number, from the package's constants
    assert np.pi**2 * BOLTZMANN**2 / 3 * INVERSE_H == pytest.approx(9.46431151638664e-13, rel=1e-9)
    assert np.pi**2 / 3 * BOLTZMANN**2 == pytest.approx(2.443004509073667e-08, rel=1e-9)


@pytest.mark.parametrize(
    ("modes", "resistance"),
    [(1, 12906.403729652257), (2, 6453.201864826128), (3, 4302.134576550751), (10, 1290.6403729652257)],
)
def test_contact_resistance(modes, resistance):
    # Sharvin 1965; Imry 1986; Datta, Electronic Transport in Mesoscopic Systems (1995), section 2.1.
    assert sv.contact_resistance(modes) == pytest.approx(resistance, rel=1e-9)
    channel = sv.HardWallChannel(width=100.0, mass=0.067)
    between = sv.thresholds(channel, window=(0, 1.0))[modes - 1 : modes + 1].mean()
    assert 1 / float(sv.conductance(channel, mu=between)) == pytest.approx(resistance, rel=1e-9)


def test_perfect_channel_is_linear_at_any_bias_and_temperature():
    # Datta 1995: I = (e/h) eV.
    current = sv.current(constant(1.0), bias=0.137, mu=0.0, temperature=kelvin(0.025))
    assert float(current.sel(lead="left")) / (2 * E_OVER_H) == pytest.approx(0.137, rel=1e-10)


def test_step_transmission():
    # van Houten, Molenkamp, Beenakker and Foxon, Semicond. Sci. Technol. 7, B215 (1992).
    mu, kt, bias = 0.03, 0.025, 0.05
    current = sv.current(step(0.0), bias=bias, mu=mu, temperature=kelvin(kt))
    assert float(current.sel(lead="left")) / (2 * E_OVER_H) == pytest.approx(0.0376736112596776, rel=1e-10)
    conductance = sv.conductance(step(0.0), mu=mu, temperature=kelvin(kt))
    assert float(conductance) / sv.G0 == pytest.approx(0.7685247834990176, rel=1e-10)


def test_thermal_step_is_a_fermi_function():
    # G(T) = G0/(1 + e^{(E0−μ)/k_BT}) to 1e-10 over ten orders of magnitude.
    x = np.linspace(-20, 20, 41)
    kt = BOLTZMANN * 0.3
    conductance = sv.conductance(step(0.01), mu=0.01 + x * kt, temperature=0.3)
    expected = 1 / (1 + np.exp(-x))
    # Beyond the window of ± 40 k_BT lies e⁻⁴⁰ = 4e-18 G0, which stands in the error.
    np.testing.assert_allclose(conductance / sv.G0, expected, rtol=1e-10, atol=5e-18)
    assert (np.abs(conductance / sv.G0 - expected) <= conductance.error / sv.G0 + 1e-13 * expected).all()


@pytest.mark.parametrize(
    ("kt", "mu", "expected"),
    [
        (0.1, 1.5, 0.500000013974758),
        (0.1, 2.0, 0.9327241690403174),
        (0.1, 3.0, 1.0000000000011278),
        (0.5, 1.5, 0.5029397171647461),
        (0.5, 2.0, 0.7257926383073527),
        (0.5, 3.0, 1.0001469905727005),
    ],
)
def test_smeared_saddle_point(kt, mu, expected):
    # Büttiker, Phys. Rev. B 41, 7906 (1990), thermally averaged; energies in ħω_x = 1 meV.
    contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    conductance = sv.conductance(contact, mu=mu * 1e-3, temperature=kelvin(kt * 1e-3))
    assert float(conductance) / sv.G0 == pytest.approx(expected, rel=1e-7, abs=1e-9)


def test_staircase_of_the_saddle_point_at_zero_temperature():
    # Büttiker, Phys. Rev. B 41, 7906 (1990); Fano factors Σ τ(1−τ)/Σ τ from the eigenvalues.
    contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    energies = np.array([0.0, 1.5, 3.0, 4.5, 6.0, 7.5]) * 1e-3
    conductance = [8.069300620922317e-05, 0.500000006512412, 1.0000000000005254, 1.5, 1.9999999999999998, 2.5]
    fano = [
        0.9999193069948419,
        0.500000006512412,
        0.00016137298917061316,
        0.1666666753498828,
        8.068649484813878e-05,
    ]
    np.testing.assert_allclose(sv.conductance(contact, mu=energies) / sv.G0, conductance, rtol=1e-10)
    for energy, expected in zip(energies, fano, strict=False):
        tau = sv.scattering_matrix(contact, energy).transmission_eigenvalues("right", "left")
        assert (tau * (1 - tau)).sum() / tau.sum() == pytest.approx(expected, rel=1e-9)


def test_breit_wigner_at_zero_temperature():
    # T = Γ_LΓ_R/(E² + Γ²/4); I = (e/h)(2Γ_LΓ_R/Γ)[atan(2μ_L/Γ) − atan(2μ_R/Γ)].
    level = sv.ResonantLevel(energy=0.0, gamma_left=0.1, gamma_right=0.3)
    np.testing.assert_allclose(sv.transmission(level, [0.0, 0.2]), [0.75, 0.375], rtol=1e-10)
    current = sv.current(level, bias=0.5, mu=0.0)
    assert float(current.sel(lead="left")) / (2 * E_OVER_H) == pytest.approx(0.26881661537140317, rel=1e-10)
    saturated = sv.current(level, bias=2e9, mu=0.0)
    assert float(saturated.sel(lead="left")) / (2 * E_OVER_H) == pytest.approx(0.4712388980384689, rel=1e-8)


def digamma_current(gamma_left, gamma_right, position, kt, mu_left, mu_right):
    gamma = gamma_left + gamma_right
    psi = [
        mpmath.digamma(0.5 + (gamma / 2 + 1j * (mu - position)) / (2 * mpmath.pi * kt))
        for mu in (mu_left, mu_right)
    ]
    return float(2 * gamma_left * gamma_right / gamma * (psi[0] - psi[1]).imag)


def test_breit_wigner_at_finite_temperature_and_bias():
    level = sv.ResonantLevel(energy=0.05, gamma_left=0.1, gamma_right=0.3)
    T = kelvin(0.04)
    ends = {"left": sv.Reservoir(0.1, T), "right": sv.Reservoir(-0.15, T)}
    current = float(sv.current(level, ends).sel(lead="left")) / (2 * E_OVER_H)
    assert current == pytest.approx(0.14659066541400398, rel=1e-9)
    assert current == pytest.approx(digamma_current(0.1, 0.3, 0.05, 0.04, 0.1, -0.15), rel=1e-9)
    assert float(sv.conductance(level, mu=0.0, temperature=T)) / sv.G0 == pytest.approx(
        0.6522784953517957, rel=1e-9
    )


def test_breit_wigner_at_high_temperature():
    # Γ ≪ k_BT: G = (e²/h)(2πΓ_LΓ_R/Γ)/(4k_BT cosh²[(ε − μ)/2k_BT]); 2.0393427266882047 for Γ_L = 0.1, Γ_R = 0.3,
    # ε = 0.05, k_BT = 0.04, μ = 0 (Jauho, Wingreen and Meir, Phys. Rev. B 50, 5528 (1994)). It is linear in Γ.
    for narrow, rel in ((1e-4, 1e-3), (1e-6, 1e-5)):
        level = sv.ResonantLevel(energy=0.05, gamma_left=0.1 * narrow, gamma_right=0.3 * narrow)
        G = float(sv.conductance(level, mu=0.0, temperature=kelvin(0.04))) / sv.G0
        assert G / narrow == pytest.approx(2.0393427266882047, rel=rel)


@pytest.mark.parametrize("width", [1e-2, 1e-4, 1e-7])
def test_narrow_resonance_is_found(width):
    # Γ from k_BT to 10⁻⁵ k_BT: the digamma form holds all the way.
    kt = 0.01
    level = sv.ResonantLevel(energy=0.033, gamma_left=width, gamma_right=2 * width)
    ends = {"left": sv.Reservoir(0.06, kelvin(kt)), "right": sv.Reservoir(-0.02, kelvin(kt))}
    current = float(sv.current(level, ends).sel(lead="left")) / (2 * E_OVER_H)
    assert current == pytest.approx(digamma_current(width, 2 * width, 0.033, kt, 0.06, -0.02), rel=1e-9)


def test_quadrature_against_the_closed_current_of_unlike_temperatures():
    # A step: ∫_{E0} (f_L − f_R) dE = k_BT_L ln(1 + e^{x_L}) − k_BT_R ln(1 + e^{x_R}), x = (μ − E0)/k_BT.
    ends = {"left": sv.Reservoir(0.012, 4.0), "right": sv.Reservoir(0.010, 0.3)}
    sides = [r.thermal_energy * np.logaddexp(0, (r.mu - 0.011) / r.thermal_energy) for r in ends.values()]
    current = float(sv.current(step(0.011), ends).sel(lead="left")) / (2 * E_OVER_H)
    assert current == pytest.approx(sides[0] - sides[1], rel=1e-10)


def test_joule_heat_of_constant_transmission():
    # Gurevich, Phys. Rev. B 55, 4522 (1997): both reservoirs take IV/2.
    T = kelvin(0.01)
    ends = {"left": sv.Reservoir(0.05, T), "right": sv.Reservoir(-0.05, T)}
    heat = sv.dissipation(constant(0.4), ends) / (2 * INVERSE_H)
    np.testing.assert_allclose(heat, [0.002, 0.002], rtol=1e-7)


def test_power_is_dissipated_in_the_reservoirs_only():
    contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    ends = {"left": sv.Reservoir(0.012, 4.0), "right": sv.Reservoir(0.010, 0.3)}
    current = sv.current(contact, ends)
    power = sum(ends[name].mu * float(current.sel(lead=name)) for name in ends)
    assert float(sv.dissipation(contact, ends).sum()) == pytest.approx(power, rel=1e-10)


@pytest.mark.parametrize(("barrier", "expected"), [(0.1, 2248383326.965523), (0.5, 430.94309911775656)])
def test_richardson(barrier, expected):
    # Tsu and Esaki, Appl. Phys. Lett. 22, 562 (1973); J = −A T² Li₂(−e^{−(E0−μ)/k_BT}) at 300 K, m = mₑ.
    ends = {"left": sv.Reservoir(0.0, 300.0), "right": sv.Reservoir(-60.0, 300.0)}
    density = sv.current_density(step(barrier), ends, mass=1.0, bottom=-1.0)
    # The reference was made with k_B rounded in the tenth digit: relative 1e-8 as its source states.
    assert float(density.sel(lead="left")) == pytest.approx(expected, rel=1e-8)


def test_current_agrees_with_plain_quadrature():
    # Two routes: the package's panels, and scipy's adaptive rule on the closed formula of a double barrier.
    device = sv.DoubleBarrier(height=0.3, thickness=2.0, well=5.0, mass=0.067)
    ends = {"left": sv.Reservoir(0.10, 40.0), "right": sv.Reservoir(0.05, 10.0)}

    def integrand(E):
        occupations = [reservoir.occupation(E) for reservoir in ends.values()]
        return float(sv.transmission(device, E)) * (occupations[0] - occupations[1])

    peaks = sv.thresholds(device, (0.0, 0.25))
    expected, error = integrate.quad(
        integrand, 1e-12, 0.25, points=[*peaks, 0.05, 0.1], limit=400, epsrel=1e-9
    )
    current = sv.current(device, ends)
    assert float(current.sel(lead="left")) / (2 * E_OVER_H) == pytest.approx(
        expected, rel=1e-7, abs=2 * error
    )


def test_zero_temperature_is_the_limit_of_small_ones():
    contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    mu = np.linspace(0, 8e-3, 9)
    cold = sv.conductance(contact, mu=mu, temperature=0.0)
    cool = sv.conductance(contact, mu=mu, temperature=1e-4)
    np.testing.assert_allclose(cool, cold, rtol=1e-5)
    both = sv.conductance(contact, mu=mu, temperature=[0.0, 1e-4])
    np.testing.assert_array_equal(both.isel(temperature=0), cold)


def test_spin_resolved_steps():
    contact = sv.SaddlePoint(omega_x=0.2e-3, omega_y=3e-3, zeeman=2e-3)
    conductance = sv.conductance(contact, mu=[1.5e-3, 3.5e-3, 4.5e-3])
    np.testing.assert_allclose(conductance / E2_OVER_H, [1.0, 2.5, 3.0], rtol=1e-6)
    assert conductance.attrs["spin_degeneracy"] == 1
    assert float(sv.conductance(contact, mu=1.5e-3)) / E2_OVER_H == pytest.approx(1.0, abs=1e-6)


def saddle_integral(energy):
    """∫ T dE up to an energy for ħω_x = 1 meV, ħω_y = 3 meV: Σ_n (ħω_x/2π) ln(1 + e^{2π(E − E_n)/ħω_x})."""
    bottoms = 3e-3 * (np.arange(8) + 0.5)
    return 1e-3 / (2 * np.pi) * np.logaddexp(0, 2 * np.pi * (energy - bottoms) / 1e-3).sum()


@pytest.mark.parametrize(
    ("mu", "bias"), [(1.5e-3, 3e-3), (4.5e-3, 3e-3), (3e-3, 1e-3), (4e-3, -2e-3), (5e-3, 9e-3)]
)
def test_current_of_the_saddle_point_at_finite_bias(mu, bias):
    contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    expected = saddle_integral(mu + bias / 2) - saddle_integral(mu - bias / 2)
    current = sv.current(contact, bias=bias, mu=mu)
    np.testing.assert_allclose(current / (2 * E_OVER_H), [expected, -expected], rtol=1e-10)
    beside, error = integrate.quad(
        lambda E: float(sv.transmission(contact, E)), mu - bias / 2, mu + bias / 2, epsrel=1e-11, limit=200
    )
    assert float(current.sel(lead="left")) / (2 * E_OVER_H) == pytest.approx(beside, rel=1e-9, abs=2 * error)


@pytest.mark.parametrize(("mu", "half"), [(1.5e-3, 0.5), (4.5e-3, 1.5), (7.5e-3, 2.5)])
def test_half_plateaus_at_finite_bias(mu, half):
    # dI/dV = (e²/h)[T(μ + eV/2) + T(μ − eV/2)] (g_s = 2): with a subband more open on one side than on the other,
    # half-integer plateaus. L. I. Glazman and A. V. Khaetskii, Europhys. Lett. 9, 263 (1989).
    contact = sv.SaddlePoint(omega_x=0.3e-3, omega_y=3e-3)
    bias = np.array([2.8e-3, 3.0e-3, 3.2e-3])
    current = sv.current(contact, bias=bias, mu=mu).sel(lead="left")
    slope = np.diff(current) / np.diff(bias) / sv.G0
    np.testing.assert_allclose(slope, half, atol=2e-3)


def test_bias_is_split_about_mu():
    contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    swept = sv.current(contact, bias=[-1e-3, 2e-3], mu=[1e-3, 4e-3], temperature=[0.0, 1.0])
    assert swept.dims == ("temperature", "mu", "bias", "lead")
    for i, mu in enumerate((1e-3, 4e-3)):
        for j, bias in enumerate((-1e-3, 2e-3)):
            expected = saddle_integral(mu + bias / 2) - saddle_integral(mu - bias / 2)
            assert float(swept[0, i, j, 0]) / (2 * E_OVER_H) == pytest.approx(expected, rel=1e-10)
    ends = {"left": sv.Reservoir(5e-3, 1.0), "right": sv.Reservoir(3e-3, 1.0)}
    xr.testing.assert_allclose(
        swept.isel(temperature=1, mu=1, bias=1).drop_vars(swept.coords, errors="ignore"),
        sv.current(contact, ends).drop_vars(swept.coords, errors="ignore"),
        rtol=1e-9,
    )
