"""The experimentalist's numbers: against published tables, against SI formulas, and there and back."""

import numpy as np
import pytest
from scipy import constants as si
from scipy.integrate import quad

import sharvin as sv

gas = sv.electron_gas
GAAS = 0.067
N = 3e11 * gas.per_cm2


def test_gaas_at_three_times_ten_to_the_eleven():
    assert 1e3 * gas.fermi_energy(N, GAAS) == pytest.approx(10.72, abs=0.005)
    assert gas.fermi_wavelength(N) == pytest.approx(45.76, abs=0.005)
    assert gas.fermi_velocity(N, GAAS) == pytest.approx(2.372e5, rel=1e-3)
    assert gas.magnetic_length(1.0) == pytest.approx(25.656, abs=5e-4)
    assert gas.mean_free_path(1e6, N) == pytest.approx(9037, abs=1)
    assert gas.scattering_time(1e6, GAAS) == pytest.approx(38.1e-12, rel=1e-3)
    assert 1e3 * gas.cyclotron_energy(GAAS, 1.0) == pytest.approx(1.728, abs=5e-4)


def test_the_table_of_beenakker_and_van_houten():
    # Solid State Physics 44, 1 (1991), table I: GaAs, n = 4·10¹¹ cm⁻², μ = 10⁴ … 10⁶ cm²/Vs.
    n, mu = 4e11 * gas.per_cm2, np.array([1e4, 1e6])
    assert gas.density(1e-3, GAAS) / gas.per_cm2 == pytest.approx(2.8e10, rel=5e-3)
    assert gas.fermi_wavevector(n) * 1e7 == pytest.approx(1.58e6, rel=5e-3)  # cm⁻¹
    assert gas.fermi_velocity(n, GAAS) * 100 == pytest.approx(2.7e7, rel=2e-2)  # cm/s
    assert gas.fermi_energy(n, GAAS) == pytest.approx(14e-3, rel=3e-2)
    assert gas.fermi_wavelength(n) == pytest.approx(40, rel=1e-2)
    np.testing.assert_allclose(gas.scattering_time(mu, GAAS), [0.38e-12, 38e-12], rtol=1e-2)
    np.testing.assert_allclose(gas.diffusion_constant(mu, n, GAAS) * 1e4, [140, 14000], rtol=3e-2)  # cm²/s
    np.testing.assert_allclose(gas.sheet_resistance(n, mu), [1.6e3, 16], rtol=3e-2)
    np.testing.assert_allclose(gas.mean_free_path(mu, n), [1e2, 1e4], rtol=5e-2)
    thermal = gas.thermal_length(1.0, diffusion_constant=gas.diffusion_constant(mu, n, GAAS))
    np.testing.assert_allclose(np.sqrt(2 * np.pi) * thermal, [330, 3300], rtol=2e-2)  # theirs is √(ħD/k_BT)
    assert gas.cyclotron_radius(n, 1.0) == pytest.approx(100, rel=5e-2)
    assert gas.magnetic_length(1.0) == pytest.approx(26, rel=2e-2)
    assert gas.fermi_energy(n, GAAS) / gas.cyclotron_energy(GAAS, 1.0) == pytest.approx(7.9, rel=5e-2)


def test_formulas_in_si_units():
    n, m, mu, B = 3e15, GAAS * si.m_e, 50.0, 0.7  # m⁻², kg, m²/Vs, T
    k = np.sqrt(2 * np.pi * n)
    assert gas.fermi_wavevector(n * gas.per_m2) == pytest.approx(1e-9 * k, rel=1e-12)
    assert gas.fermi_energy(n * gas.per_m2, GAAS) == pytest.approx(
        np.pi * si.hbar**2 * n / m / si.e, rel=1e-9
    )
    assert gas.fermi_velocity(n * gas.per_m2, GAAS) == pytest.approx(si.hbar * k / m, rel=1e-9)
    assert gas.scattering_time(1e4 * mu, GAAS) == pytest.approx(mu * m / si.e, rel=1e-9)
    assert gas.mean_free_path(1e4 * mu, n * gas.per_m2) == pytest.approx(
        1e9 * si.hbar * k * mu / si.e, rel=1e-9
    )
    D = (si.hbar * k / m) ** 2 * mu * m / si.e / 2
    assert gas.diffusion_constant(1e4 * mu, n * gas.per_m2, GAAS) == pytest.approx(D, rel=1e-9)
    assert gas.conductivity(n * gas.per_m2, 1e4 * mu) == pytest.approx(n * si.e * mu, rel=1e-12)
    assert gas.hall_resistance(n * gas.per_m2, B) == pytest.approx(B / (n * si.e), rel=1e-12)
    assert gas.magnetic_length(B) == pytest.approx(1e9 * np.sqrt(si.hbar / (si.e * B)), rel=1e-12)
    assert gas.cyclotron_radius(n * gas.per_m2, B) == pytest.approx(1e9 * si.hbar * k / (si.e * B), rel=1e-12)
    assert gas.cyclotron_energy(GAAS, B) == pytest.approx(si.hbar * B / m, rel=1e-9)
    assert gas.filling_factor(n * gas.per_m2, B) == pytest.approx(n * si.h / (si.e * B), rel=1e-12)
    assert gas.zeeman_energy(2.0, B) == pytest.approx(
        2 * si.physical_constants["Bohr magneton"][0] * B / si.e
    )
    assert gas.thermal_energy(300.0) == pytest.approx(si.k * 300 / si.e, rel=1e-12)
    assert gas.thermal_length(0.3, velocity=2e5) == pytest.approx(
        1e9 * si.hbar * 2e5 / (2 * np.pi * si.k * 0.3)
    )
    assert gas.dephasing_rate(1e-11) == pytest.approx(si.hbar / 2e-11 / si.e, rel=1e-12)


@pytest.mark.parametrize("dimension", [1, 2, 3])
@pytest.mark.parametrize(("spin", "valley"), [(2, 1), (1, 1), (2, 6)])
def test_density_and_fermi_energy_are_inverse(dimension, spin, valley):
    sea = {"dimension": dimension, "spin_degeneracy": spin, "valley_degeneracy": valley}
    n = np.array([1e-4, 0.02, 3.0])
    E = gas.fermi_energy(n, GAAS, **sea)
    np.testing.assert_allclose(gas.density(E, GAAS, **sea), n, rtol=1e-13)
    path = gas.mean_free_path(1e5, n, **sea)
    np.testing.assert_allclose(gas.mobility(path, n, **sea), 1e5, rtol=1e-13)
    # v_F²τ/d = v_F ℓ/d
    v = gas.fermi_velocity(n, GAAS, **sea)
    D = gas.diffusion_constant(1e5, n, GAAS, **sea)
    np.testing.assert_allclose(D, v * path * 1e-9 / dimension, rtol=1e-12)
    np.testing.assert_allclose(D, v**2 * gas.scattering_time(1e5, GAAS) / dimension, rtol=1e-12)
    np.testing.assert_allclose(gas.fermi_wavelength(n, **sea) * gas.fermi_wavevector(n, **sea), 2 * np.pi)


def test_wavevectors_of_one_and_three_dimensions():
    assert gas.fermi_wavevector(0.1, dimension=1) == pytest.approx(np.pi * 0.1 / 2, rel=1e-14)
    # Copper, 8.47·10²² cm⁻³: k_F = 1.36 Å⁻¹, E_F = 7.00 eV (N. W. Ashcroft and N. D. Mermin, table 2.1).
    assert gas.fermi_wavevector(84.7, dimension=3) == pytest.approx(13.6, rel=2e-3)
    assert gas.fermi_energy(84.7, 1.0, dimension=3) == pytest.approx(7.00, rel=5e-3)


def test_modes_of_a_wire_open_at_the_fermi_energy():
    # A wire k_F W/π = 10.5 wide has ten modes.
    width = 10.5 * np.pi / gas.fermi_wavevector(N)
    wire = sv.HardWallChannel(width=width, mass=GAAS)
    assert sv.scattering_matrix(wire, gas.fermi_energy(N, GAAS)).mode_count("left") == 10


def test_graphene():
    # A. H. Castro Neto et al., Rev. Mod. Phys. 81, 109 (2009): E_N = ±36 meV √(B N), k_F = √(πn).
    n = 1e12 * gas.per_cm2
    assert gas.dirac_fermi_energy(n) == pytest.approx(si.hbar * 1e6 * np.sqrt(np.pi * 1e16) / si.e, rel=1e-12)
    assert gas.dirac_density(gas.dirac_fermi_energy(n, 0.9e6), 0.9e6) == pytest.approx(n, rel=1e-13)
    levels = gas.dirac_landau_levels([-2, -1, 0, 1, 4], field=-2.0)
    np.testing.assert_allclose(levels, levels[3] * np.array([-np.sqrt(2), -1, 0, 1, 2]), rtol=1e-13)
    assert gas.dirac_landau_levels(1, 1.0) == pytest.approx(
        1e6 * np.sqrt(2 * si.e * si.hbar) / si.e, rel=1e-12
    )
    # At E_F = E_N the radius is √(2N) ℓ_B.
    B, index = 3.0, 5
    n = gas.dirac_density(gas.dirac_landau_levels(index, B))
    assert gas.cyclotron_radius(n, B, valley_degeneracy=2) == pytest.approx(
        np.sqrt(2 * index) * gas.magnetic_length(B), rel=1e-12
    )


def test_landau_levels_and_what_they_hold():
    levels = gas.landau_levels(np.arange(4), GAAS, 2.0)
    np.testing.assert_allclose(np.diff(levels), gas.cyclotron_energy(GAAS, 2.0), rtol=1e-12)
    assert levels[0] == pytest.approx(gas.cyclotron_energy(GAAS, 2.0) / 2, rel=1e-14)
    # ħω_c of the density of states are two levels of one flux quantum each.
    n = gas.density(gas.cyclotron_energy(GAAS, 2.0), GAAS)
    assert gas.filling_factor(n, 2.0) == pytest.approx(2, rel=1e-12)
    assert gas.hall_resistance(n, 2.0) == pytest.approx(sv.R0, rel=1e-12)


def test_hall_there_and_back():
    B = np.array([-1.0, 0.5, 2.0])
    R = gas.hall_resistance(N, B)
    assert R[0] < 0 < R[1]
    np.testing.assert_allclose(gas.density_from_hall(R, B), N, rtol=1e-14)
    assert gas.density_from_hall(-R[1], B[1]) == pytest.approx(N, rel=1e-14)
    assert gas.hall_resistance(N, 0.0) == 0


def test_conductivity_is_that_of_einstein():
    # σ = e²νD with ν = n/E_F, and k_Fℓ quanta e²/h.
    mu = 2e5
    sigma = gas.conductivity(N, mu)
    E = gas.fermi_energy(N, GAAS)
    D = gas.diffusion_constant(mu, N, GAAS)
    assert sigma == pytest.approx(si.e * N * 1e18 / E * D, rel=1e-9)
    assert sigma == pytest.approx(
        sv.constants.E2_OVER_H * gas.fermi_wavevector(N) * gas.mean_free_path(mu, N), rel=1e-9
    )
    assert sigma * gas.sheet_resistance(N, mu) == pytest.approx(1, rel=1e-14)


def test_interference_falls_over_the_thermal_length():
    """∫ cos(EL/ħv)(−∂f/∂E) dE = x/sinh x with x = L/2L_T."""
    T, v = 2.0, 1e5
    kT, period = gas.thermal_energy(T), sv.constants.HBAR * 1e9 * v
    for length in (50.0, 300.0):
        found, _ = quad(
            lambda y, L=length: np.cos(y * kT * L / period) / (4 * np.cosh(y / 2) ** 2), -60, 60, limit=400
        )
        x = length / (2 * gas.thermal_length(T, velocity=v))
        assert found == pytest.approx(x / np.sinh(x), rel=1e-8)


def test_lengths_of_one_time():
    time = sv.constants.HBAR / (2 * np.pi * gas.thermal_energy(1.5))
    for way in ({"velocity": 2e5}, {"diffusion_constant": 0.05}):
        assert gas.thermal_length(1.5, **way) == pytest.approx(gas.dephasing_length(time, **way), rel=1e-13)
    assert gas.dephasing_length(1e-11, velocity=2e5) == pytest.approx(2000, rel=1e-14)
    assert gas.dephasing_length(1e-11, diffusion_constant=0.1) == pytest.approx(1000, rel=1e-14)


def test_a_lever_arm_there_and_back():
    alpha = gas.lever_arm(bias=3e-3, gate_voltage=-0.05)
    assert alpha == pytest.approx(-0.06, rel=1e-14)
    assert gas.gate_voltage_to_energy([0.0, -0.05], alpha).tolist() == pytest.approx([0, 3e-3])


def test_the_mobility_of_a_disordered_lattice():
    # σ's τ in Born's approximation: 1/τ = (2π/ħ) ν W²a²/12.
    W = sv.disorder_strength(mobility=1e5, mass=GAAS, a=5.0)
    density_of_states = gas.density(1.0, GAAS, spin_degeneracy=1)  # nm⁻² eV⁻¹
    rate = 2 * np.pi / sv.constants.HBAR * density_of_states * W**2 * 25 / 12
    assert gas.scattering_time(1e5, GAAS) == pytest.approx(1 / rate, rel=1e-12)


def test_numbers_give_floats_and_arrays_arrays():
    assert type(gas.fermi_energy(N, GAAS)) is float
    assert type(gas.magnetic_length(np.float64(1))) is float
    table = gas.fermi_energy(np.array([[N], [2 * N]]), [0.067, 0.1, 0.2])
    assert table.shape == (2, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: gas.fermi_energy(3e11, GAAS),
            "fermi_energy: density .* got 3.*; a density in cm⁻² .* per_cm2",
        ),
        (lambda: gas.fermi_wavelength(-N), "fermi_wavelength: density must be positive, in nm⁻²"),
        (lambda: gas.fermi_energy(N, 0.0), "mass must be positive, in electron masses"),
        (lambda: gas.fermi_energy([N, N], [0.1, 0.2, 0.3]), r"density \(2,\), mass \(3,\)"),
        (lambda: gas.fermi_wavevector(N, dimension=4), "dimension must be 1, 2 or 3"),
        (lambda: gas.fermi_wavevector(N, dimension=2.5), "dimension must be 1, 2 or 3"),
        (lambda: gas.fermi_wavevector(N, dimension=True), "dimension must be 1, 2 or 3"),
        (
            lambda: gas.fermi_wavevector(N, spin_degeneracy=0),
            "spin_degeneracy must be a positive whole number",
        ),
        (lambda: gas.mobility(1e3, N, valley_degeneracy=1.5), "mobility: valley_degeneracy"),
        (lambda: gas.density(-1e-3, GAAS), "density: fermi_energy must be positive, in eV"),
        (lambda: gas.scattering_time("high", GAAS), r"mobility must be positive, in cm²/\(V s\), got 'high'"),
        (lambda: gas.scattering_time(np.nan, GAAS), "mobility must be positive"),
        (lambda: gas.scattering_time(1e-80, GAAS), "between 1e-60 and 1e"),
        (lambda: gas.magnetic_length(0.0), "field must be not zero, in T"),
        (lambda: gas.filling_factor(N, [1.0, 0.0]), "field must be not zero, in T"),
        (lambda: gas.density_from_hall(0.0, 1.0), "resistance must be not zero, in Ω"),
        (lambda: gas.zeeman_energy(np.inf, 1.0), "g_factor must be a finite number, got inf"),
        (lambda: gas.landau_levels(-1, GAAS, 1.0), "index must be whole numbers from 0"),
        (lambda: gas.landau_levels(0.5, GAAS, 1.0), "index must be whole numbers from 0"),
        (lambda: gas.dirac_landau_levels(0.5, 1.0), "index must be whole numbers"),
        (lambda: gas.thermal_energy(-1.0), "temperature must be not negative, in K"),
        (lambda: gas.thermal_length(0.0, velocity=1e5), "temperature must be positive, in K"),
        (lambda: gas.thermal_length(1.0), "give either velocity= or diffusion_constant=, got neither"),
        (lambda: gas.dephasing_length(1.0, velocity=1, diffusion_constant=1), "got both"),
        (lambda: gas.lever_arm(1e-3, 0.0), "gate_voltage must be not zero, in V"),
        (lambda: gas.dirac_density(1j), "it is complex"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(sv.InputError, match=message):
        call()


def test_no_module_has_the_name_of_one_of_its_functions():
    from pathlib import Path

    stems = {path.stem for path in Path(sv.__file__).parent.rglob("*.py")}
    assert not stems & set(gas.__all__)
    assert all(getattr(gas, name) is not None for name in gas.__all__)
