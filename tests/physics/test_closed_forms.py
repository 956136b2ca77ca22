"""Closed forms against reference values, and against independent integrations of the same potentials."""

import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.linalg import expm
from scipy.special import digamma

import sharvin as sv
from sharvin.constants import HBAR2_OVER_2M

#: The mass for which ħ²/2m = 1 eV nm²: the unit system of the reference values.
UNIT_MASS = HBAR2_OVER_2M


def transmission(conductor, energy):
    return sv.scattering_matrix(conductor, energy).transmission("right", "left")


def amplitudes(conductor, energy):
    """(r, t, r′) of a single channel."""
    S = sv.scattering_matrix(conductor, energy).matrix
    return np.array([S[0, 0], S[1, 0], S[1, 1]])


# --- reference values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("energy", "conductance", "fano"),
    [
        (0.0, 8.069300620922317e-05, 0.9999193069948419),
        (1.5, 0.500000006512412, 0.500000006512412),
        (3.0, 1.0000000000005254, 0.00016137298917061316),
        (4.5, 1.5, 0.1666666753498828),
        (6.0, 1.9999999999999998, 8.068649484813878e-05),
        (7.5, 2.5, 0.10000000520992969),
    ],
)
def test_saddle_point_staircase(energy, conductance, fano):
    # M. Büttiker, Phys. Rev. B 41, 7906 (1990); Fertig & Halperin, Phys. Rev. B 36, 7969 (1987).
    S = sv.scattering_matrix(sv.SaddlePoint(omega_x=1.0, omega_y=3.0), energy)
    assert S.transmission("right", "left") == pytest.approx(conductance, rel=1e-10, abs=1e-12)
    tau = S.transmission_eigenvalues("right", "left")
    assert (tau * (1 - tau)).sum() / tau.sum() == pytest.approx(fano, rel=1e-10, abs=1e-12)


def test_hard_wall_subbands_and_staircase():
    # GaAs, W = 100 nm; C. W. J. Beenakker & H. van Houten, Solid State Physics 44, 1 (1991), section 13.
    channel = sv.HardWallChannel(width=100.0, mass=0.067)
    edges = [0.5612390486816977, 2.244956194726791, 5.051151438135279, 8.979824778907163, 14.030976217042443]
    np.testing.assert_allclose(sv.thresholds(channel, (0.0, 15e-3)) * 1e3, edges, rtol=1e-7)
    assert transmission(channel, np.array([1e-3, 5e-3, 10e-3])).values.tolist() == [1, 2, 4]


def test_mode_count_of_a_strip():
    # kW/π = 10.5; Yu. V. Sharvin, Sov. Phys. JETP 21, 655 (1965). (The square wire is solved on a lattice.)
    channel = sv.HardWallChannel(width=1.0, mass=UNIT_MASS)
    assert sv.scattering_matrix(channel, (10.5 * np.pi) ** 2).mode_count("left") == 10


def test_sharvin_s_estimate_of_the_modes_of_a_square_wire():
    # A square wire has a channel for each pair of subbands of its two walls: 77 at kW/π = 10.5, against k²A/4π = 86.6
    # (Sharvin) and k²A/4π − kP/4π = 76.1 (Weyl, with the perimeter P).
    k = 10.5 * np.pi
    assert k**2 / (4 * np.pi) == pytest.approx(86.59014751456868, rel=1e-12)
    assert k**2 / (4 * np.pi) - 4 * k / (4 * np.pi) == pytest.approx(76.09014751456868, rel=1e-12)
    wall = sv.HardWallChannel(width=1.0, mass=UNIT_MASS)
    modes = 0
    for edge in sv.thresholds(wall, (0.0, k**2)):  # a floor for the motion along the other wall
        modes += sv.scattering_matrix(wall, k**2 - edge).mode_count("left")
    assert modes == 77


def test_star_product_amplitudes():
    # S. Datta, Electronic Transport in Mesoscopic Systems (1995), section 3.2.
    t, r = np.cos(0.6), 1j * np.sin(0.6)
    barrier = sv.FixedScatterer([[r, t], [t, r]], leads={"left": 1, "right": 1})
    S = sv.scattering_matrix(sv.series(barrier, barrier, phase=0.7), 0.0)
    expected_t, expected_r = (
        0.5678380733250772 + 0.24703619875612598j,
        -0.3132382561737724 + 0.7200103012150607j,
    )
    assert S.block("right", "left").item() == pytest.approx(expected_t, rel=1e-10)
    assert S.block("left", "left").item() == pytest.approx(expected_r, rel=1e-10)
    assert S.transmission("right", "left") == pytest.approx(0.38346696101341193, rel=1e-10)


@pytest.mark.parametrize(
    ("energy", "expected"),
    [
        (0.5, 0.07417692581896028),
        (1.0, 0.18070663892364858),
        (2.0, 0.47058823529411764),
        (3.0, 0.7509393785479598),
    ],
)
def test_rectangular_barrier(energy, expected):
    barrier = sv.RectangularBarrier(height=2.0, width=1.5, mass=UNIT_MASS)
    assert transmission(barrier, energy) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("height", "values"),
    [
        (-2.0, (1.0, 1.0, 1.0)),
        (-3.0, (0.8887724379094996, 0.9950552319019539, 0.9999502166347026)),
        (3.0, (0.0006318023189008995, 0.015671794189796796, 0.6137765531746592)),
    ],
)
def test_poschl_teller(height, values):
    # L. D. Landau & E. M. Lifshitz, Quantum Mechanics, section 25.
    conductor = sv.PoschlTeller(height=height, width=1.0, mass=UNIT_MASS)
    np.testing.assert_allclose(transmission(conductor, [0.25, 1.0, 3.0]), values, rtol=1e-8)


def test_breit_wigner():
    # A. D. Stone & P. A. Lee, Phys. Rev. Lett. 54, 1196 (1985).
    level = sv.ResonantLevel(energy=0.0, gamma_left=0.1, gamma_right=0.3)
    np.testing.assert_allclose(transmission(level, [0.0, 0.2]), [0.75, 0.375], rtol=1e-10)
    points = sv.thresholds(level, (-0.25, 0.25)).tolist()
    current = quad(lambda E: transmission(level, E), -0.25, 0.25, points=points, epsabs=1e-12)[0]
    assert current == pytest.approx(0.26881661537140317, rel=1e-10)


# --- amplitudes against an integration of the wave equation -----------------------------------------------------


def integrated(potential, span, energy, mass):
    """(r, t, r′) from ψ″ = 2m(V − E)ψ/ħ², integrated from one end of `span` to the other; planes at x = 0."""
    found = []
    for start, end in (span[::-1], span):
        k_in, k_out = (np.sqrt(complex(energy - potential(x)) * mass / HBAR2_OVER_2M) for x in (end, start))
        outward = np.sign(start)
        wave = np.exp(1j * k_out * abs(start))

        def slope(x, y):
            return [y[1], (potential(x) - energy) * mass / HBAR2_OVER_2M * y[0]]

        y = solve_ivp(
            slope, (start, end), [wave, 1j * outward * k_out * wave], method="DOP853", rtol=1e-12, atol=1e-14
        ).y[:, -1]
        derivative = y[1] * outward / (1j * k_in)
        incoming = 0.5 * (y[0] + derivative) * np.exp(1j * k_in * abs(end))
        reflected = 0.5 * (y[0] - derivative) * np.exp(-1j * k_in * abs(end))
        found.append((reflected / incoming, np.sqrt(k_out.real / k_in.real) / incoming))
    (r, t), (r_right, t_back) = found
    assert t_back == pytest.approx(t, abs=1e-9)
    return np.array([r, t, r_right])


@pytest.mark.parametrize("height", [0.1, 0.011, -0.05, -0.7])
@pytest.mark.parametrize("energy", [0.02, 0.1, 0.35])
def test_poschl_teller_amplitudes(height, energy):
    width, mass = 2.0, 0.067
    expected = integrated(lambda x: height / np.cosh(x / width) ** 2, (-70.0, 70.0), energy, mass)
    np.testing.assert_allclose(amplitudes(sv.PoschlTeller(height, width, mass), energy), expected, atol=1e-9)


@pytest.mark.parametrize(("height", "energy"), [(0.1, 0.11), (0.1, 0.4), (-0.2, 0.03), (-0.2, 0.5)])
def test_smooth_step_amplitudes(height, energy):
    width, mass = 1.3, 0.067
    expected = integrated(lambda x: height / (1 + np.exp(-x / width)), (-45.0, 45.0), energy, mass)
    np.testing.assert_allclose(amplitudes(sv.SmoothStep(height, width, mass), energy), expected, atol=1e-9)


@pytest.mark.parametrize("height", [0.1, -0.1])
def test_smooth_step_total_reflection(height):
    width, mass, energy = 1.3, 0.067, 0.06 if height > 0 else -0.04
    conductor = sv.SmoothStep(height, width, mass)

    def potential(x):
        return height / (1 + np.exp(-x / width))

    # Seen from the deeper side: start from a decaying wave on the closed side, and read off r on the open one.
    closed, open_end = (25.0, -45.0) if height > 0 else (-25.0, 45.0)
    kappa = np.sqrt((potential(closed) - energy) * mass / HBAR2_OVER_2M)
    k = np.sqrt((energy - potential(open_end)) * mass / HBAR2_OVER_2M)
    y = solve_ivp(
        lambda x, y: [y[1], (potential(x) - energy) * mass / HBAR2_OVER_2M * y[0]],
        (closed, open_end),
        [1e-9, -np.sign(closed) * kappa * 1e-9],
        method="DOP853",
        rtol=1e-12,
        atol=1e-20,
    ).y[:, -1]
    derivative = y[1] * np.sign(closed) / (1j * k)
    expected = (y[0] - derivative) / (y[0] + derivative) * np.exp(-2j * k * abs(open_end))
    S = sv.scattering_matrix(conductor, energy)
    assert S.block(*(("left",) * 2 if height > 0 else ("right",) * 2)).item() == pytest.approx(
        expected, abs=1e-8
    )
    assert S.mode_count("left") + S.mode_count("right") == 1


def transferred(layers, energy, mass_left, mass_right, potential_right=0.0):
    """(r, t, r′) between outer faces, from the transfer matrices of (potential, width, mass) layers.

    The state is (ψ, ψ′/m); a layer of zero width and potential strength λ/width kicks it.
    """
    transfer = np.eye(2, dtype=complex)
    for potential, width, mass in layers:
        generator = np.array([[0, mass], [(potential - energy) / HBAR2_OVER_2M, 0]])
        transfer = expm(generator * width) @ transfer
    k_left = np.sqrt(complex(energy) * mass_left / HBAR2_OVER_2M) / mass_left
    k_right = np.sqrt(complex(energy - potential_right) * mass_right / HBAR2_OVER_2M) / mass_right
    # Columns: outgoing on the left, outgoing on the right; right-hand sides: incoming from the left, the right.
    left_out, left_in = np.array([1, -1j * k_left]), np.array([1, 1j * k_left])
    right_out, right_in = np.array([1, 1j * k_right]), np.array([1, -1j * k_right])
    out = np.stack([-transfer @ left_out, right_out], axis=1)
    into = np.stack([transfer @ left_in, -right_in], axis=1)
    S = np.linalg.solve(out, into)
    S[1, 0] *= np.sqrt(k_right.real / k_left.real)
    return np.array([S[0, 0], S[1, 0], S[1, 1]])


@pytest.mark.parametrize("energy", [0.01, 0.1, 0.3, 0.31, 1.7])
@pytest.mark.parametrize("height", [0.3, -0.4])
def test_rectangular_barrier_amplitudes(energy, height):
    conductor = sv.RectangularBarrier(height=height, width=3.0, mass=0.067)
    expected = transferred([(height, 3.0, 0.067)], energy, 0.067, 0.067)
    np.testing.assert_allclose(amplitudes(conductor, energy), expected, atol=1e-12)


@pytest.mark.parametrize("energy", [0.01, 0.048, 0.2, 0.3, 0.9])
def test_double_barrier_amplitudes(energy):
    conductor = sv.DoubleBarrier(height=0.3, thickness=3.0, well=8.0, mass=0.067)
    layers = [(0.3, 3.0, 0.067), (0.0, 8.0, 0.067), (0.3, 3.0, 0.067)]
    np.testing.assert_allclose(
        amplitudes(conductor, energy), transferred(layers, energy, 0.067, 0.067), atol=1e-11
    )


@pytest.mark.parametrize("strength", [0.2, -0.3])
def test_delta_barrier_amplitudes(strength):
    width = 1e-7
    conductor = sv.DeltaBarrier(strength=strength, mass=0.067)
    expected = transferred([(strength / width, width, 0.067)], 0.05, 0.067, 0.067)
    np.testing.assert_allclose(amplitudes(conductor, 0.05), expected, atol=1e-6)


def test_free_propagation_amplitudes():
    expected = transferred([(0.0, 11.0, 0.067)], 0.05, 0.067, 0.067)
    np.testing.assert_allclose(amplitudes(sv.FreePropagation(11.0, 0.067), 0.05), expected, atol=1e-12)


@pytest.mark.parametrize(("height", "energy"), [(0.2, 0.21), (0.2, 1.0), (-0.3, 0.05)])
def test_potential_step_amplitudes(height, energy):
    conductor = sv.PotentialStep(height=height, mass_left=0.067, mass_right=0.15)
    expected = transferred([], energy, 0.067, 0.15, potential_right=height)
    np.testing.assert_allclose(amplitudes(conductor, energy), expected, atol=1e-13)


def test_potential_step_total_reflection():
    conductor = sv.PotentialStep(height=0.2, mass_left=0.067, mass_right=0.15)
    k, kappa = np.sqrt(0.05 * 0.067 / HBAR2_OVER_2M), np.sqrt(0.15 * 0.15 / HBAR2_OVER_2M)
    expected = (1j * k / 0.067 + kappa / 0.15) / (1j * k / 0.067 - kappa / 0.15)
    S = sv.scattering_matrix(conductor, 0.05)
    assert S.block("left", "left").item() == pytest.approx(expected, abs=1e-14)
    assert S.open_modes.tolist() == [True, False]


def inverted_parabola_amplitudes(eps):
    """(r, t) of ψ″ = −(x²/4 + ε)ψ in the waves x^(−1/2) exp[±i(x²/4 + ε ln x)], from an integration.

    The outgoing wave is the parabolic-cylinder function's asymptotic series in 1/x², for ν = −1/2 + iε.
    """
    nu, x = -0.5 + 1j * eps, 14.0

    def outgoing(x):
        term, total, slope = 1.0 + 0j, 0j, 0j
        for n in range(20):
            total += term
            slope += -2 * n / x * term
            term *= (2 * n - nu) * (2 * n + 1 - nu) / (n + 1) * (-0.5j / x**2)
        front = x**nu * np.exp(0.25j * x**2)
        return front * total, front * ((nu / x + 0.5j * x) * total + slope)

    u, du = outgoing(x)
    y = solve_ivp(
        lambda x, y: [y[1], -(0.25 * x**2 + eps) * y[0]],
        (x, -x),
        [u, du],
        method="DOP853",
        rtol=1e-12,
        atol=1e-13,
    ).y[:, -1]
    # At −x, ψ = A u* + B u with dψ/dx = −(A du* + B du).
    incoming, reflected = np.linalg.solve([[np.conj(u), u], [-np.conj(du), -du]], y)
    return reflected / incoming, 1 / incoming


@pytest.mark.parametrize("eps", [-0.7, -0.2, 0.0, 0.3, 1.1])
def test_saddle_point_amplitudes(eps):
    S = sv.scattering_matrix(sv.SaddlePoint(omega_x=1e-3, omega_y=1.0, V0=-0.5), 1e-3 * eps)
    r, t = inverted_parabola_amplitudes(eps)
    assert S.block("right", "left").item() == pytest.approx(t, abs=1e-9)
    assert S.block("left", "left").item() == pytest.approx(r, abs=1e-9)


def test_resonant_level_is_the_limit_of_a_double_barrier():
    double = sv.DoubleBarrier(height=0.5, thickness=7.0, well=6.0, mass=0.067)
    resonance = sv.thresholds(double, (0.0, 0.1))[1]
    # The width of the resonance from the delay, dφ/dE = 2/Γ at its centre.
    step = 1e-10
    below, above = (amplitudes(double, resonance + side)[1] for side in (-step, step))
    gamma = 2 / (np.angle(above / below) / (2 * step))
    level = sv.ResonantLevel(energy=resonance, gamma_left=gamma / 2, gamma_right=gamma / 2)
    energies = resonance + gamma * np.linspace(-3, 3, 13)
    np.testing.assert_allclose(transmission(double, energies), transmission(level, energies), rtol=1e-3)


# --- far from the easy cases ------------------------------------------------------------------------------------


def test_deep_tunnelling_keeps_its_relative_accuracy():
    """T near 1e-50 to 1e-12, against the same formulas in 60 digits."""
    mp.mp.dps = 60
    one = mp.mpf(1)

    k, kappa = mp.sqrt(mp.mpf(0.5)), mp.sqrt(mp.mpf(1.5))
    rectangular = 1 / (1 + 4 * mp.sinh(kappa * 47) ** 2 / (4 * k**2 * kappa**2))
    conductor = sv.RectangularBarrier(2.0, 47.0, UNIT_MASS)
    assert float(rectangular) < 1e-48
    assert transmission(conductor, 0.5) == pytest.approx(float(rectangular), rel=1e-12)

    beta = mp.sqrt(4 * mp.mpf(400) - 1) / 2
    eckart = mp.sinh(mp.pi) ** 2 / (mp.sinh(mp.pi) ** 2 + mp.cosh(mp.pi * beta) ** 2)
    assert float(eckart) < 1e-50
    assert transmission(sv.PoschlTeller(400.0, 1.0, UNIT_MASS), 1.0) == pytest.approx(
        float(eckart), rel=1e-12
    )

    saddle = 1 / (1 + mp.exp(-2 * mp.pi * -(mp.mpf(20))))
    assert transmission(sv.SaddlePoint(1.0, 8.0), -16.0) == pytest.approx(float(saddle), rel=1e-12)

    level = one / 4 / (mp.mpf(10) ** 50 + one / 4)
    assert transmission(sv.ResonantLevel(0.0, 0.5, 0.5), 1e25) == pytest.approx(float(level), rel=1e-12)

    step = 4 * mp.sqrt(mp.mpf("1e-100")) / (1 + mp.sqrt(mp.mpf("1e-100"))) ** 2
    high = sv.PotentialStep(height=-1.0, mass_left=UNIT_MASS, mass_right=UNIT_MASS)
    assert transmission(high, 1e-100) == pytest.approx(float(step), rel=1e-12)
    smooth = sv.SmoothStep(height=-1.0, width=0.1, mass=UNIT_MASS)
    x, y = 2 * mp.pi * mp.mpf("0.1") * mp.sqrt(mp.mpf("1e-100")), 2 * mp.pi * mp.mpf("0.1")
    expected = mp.sinh(x) * mp.sinh(y) / mp.sinh((x + y) / 2) ** 2
    assert transmission(smooth, 1e-100) == pytest.approx(float(expected), rel=1e-12)

    delta = 1 / (1 + mp.mpf(10) ** 50 / 4)
    assert transmission(sv.DeltaBarrier(1e25, UNIT_MASS), 1.0) == pytest.approx(float(delta), rel=1e-12)


def test_double_barrier_transmits_fully_on_resonance_however_opaque():
    double = sv.DoubleBarrier(height=2.0, thickness=8.0, well=4.0, mass=UNIT_MASS)
    resonance = sv.thresholds(double, (0.1, 1.0))[0]
    background = transmission(double, resonance * 1.01)
    assert background < 1e-12
    # The energy is a float: its last bit is the accuracy with which the resonance can be hit.
    around = resonance + np.arange(-40, 41) * np.spacing(resonance)
    assert transmission(double, around).max() == pytest.approx(1.0, abs=1e-3)


def test_thermal_average_of_the_resonant_level():
    """∫(−∂f/∂E)T dE against its trigamma closed form, Γ_LΓ_R/(ΓkT) Re ψ′(1/2 + (Γ/2 + iε)/2πkT)/π."""
    gamma_left, gamma_right, kT, eps = 1e-3, 2e-3, 0.5e-3, 0.7e-3
    gamma = gamma_left + gamma_right
    level = sv.ResonantLevel(eps, gamma_left, gamma_right)

    def integrand(E):
        return transmission(level, E) / (4 * kT * np.cosh(E / (2 * kT)) ** 2)

    points = sv.thresholds(level, (-40 * kT, 40 * kT)).tolist()
    value = quad(integrand, -40 * kT, 40 * kT, points=points, limit=200, epsrel=1e-12)[0]
    z, h = 0.5 + (gamma / 2 + 1j * eps) / (2 * np.pi * kT), 1e-5
    trigamma = (digamma(z + h) - digamma(z - h)) / (2 * h)
    assert value == pytest.approx(gamma_left * gamma_right / gamma / (kT * np.pi) * trigamma.real, rel=1e-8)


def test_smooth_step_and_saddle_limits():
    sharp = sv.PotentialStep(0.1, 0.067, 0.067)
    smooth = sv.SmoothStep(0.1, 1e-5, 0.067)
    for energy in (0.05, 0.11, 0.5):
        np.testing.assert_allclose(amplitudes(smooth, energy), amplitudes(sharp, energy), atol=1e-5)
    thin = sv.PoschlTeller(height=1e5, width=1e-6, mass=0.067)  # ∫V dx = 2Va
    delta = sv.DeltaBarrier(strength=0.2, mass=0.067)
    np.testing.assert_allclose(amplitudes(thin, 0.05), amplitudes(delta, 0.05), atol=1e-5)
