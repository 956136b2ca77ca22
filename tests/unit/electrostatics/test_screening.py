"""Linear Thomas–Fermi screening: closed forms, single waves, and the padding's error by a second route."""

import numpy as np
import pytest
from scipy import constants as si
from scipy.integrate import quad

from sharvin.electrostatics import ElectronGas, GatePotential, RectangleGate, dielectric_function, screen
from sharvin.errors import InputError

GAS = ElectronGas(density=1e15, mass=0.067, permittivity=12.9, depth=90.0)
Q_TF = GAS.thomas_fermi_wavenumber
EXTENT = ((-400, 400), (-300, 300))
UPPER = RectangleGate(x=(-150, 150), y=(125, np.inf), name="upper")
LOWER = RectangleGate(x=(-150, 150), y=(-np.inf, -125), name="lower")


def test_thomas_fermi_wavenumber_in_si():
    expected = 0.067 * si.m_e * si.e**2 / (2 * np.pi * si.epsilon_0 * 12.9 * si.hbar**2) * 1e-9
    assert pytest.approx(expected, rel=1e-12) == Q_TF
    assert 0.19 < Q_TF < 0.21
    assert Q_TF * GAS.bohr_radius == pytest.approx(2.0)


def test_fermi_energy_in_si():
    expected = np.pi * si.hbar**2 * 1e15 / (0.067 * si.m_e) / si.e
    assert GAS.fermi_energy == pytest.approx(expected, rel=1e-12)


def test_wide_gate_depletes_at_the_plate_capacitor_voltage():
    """ε(0) = 1 + 2 q_TF d is a capacitor of the thickness d in series with the quantum capacitance."""
    capacitor = si.e * GAS.density * GAS.depth * 1e-9 / (si.epsilon_0 * GAS.permittivity)
    depletion = GAS.fermi_energy * dielectric_function(0.0, Q_TF, GAS.depth)
    assert depletion == pytest.approx(capacitor + GAS.fermi_energy, rel=1e-12)


def test_dielectric_function_limits():
    assert dielectric_function(0.0, Q_TF, 90.0) == pytest.approx(1 + 2 * Q_TF * 90.0)
    assert dielectric_function(1e-9, Q_TF, 90.0) == pytest.approx(1 + 2 * Q_TF * 90.0)
    assert dielectric_function(10.0, Q_TF, 90.0) == pytest.approx(dielectric_function(10.0, Q_TF, None))
    assert dielectric_function(0.0, Q_TF, None) == np.inf
    assert dielectric_function(Q_TF, Q_TF, None) == pytest.approx(2.0)


@pytest.mark.parametrize("depth", [90.0, None])
@pytest.mark.parametrize("orders", [(3, 0), (0, 7), (5, 11), (40, 23)])
def test_a_single_wave_is_divided_by_epsilon(depth, orders):
    shape, step = (64, 48), (5.0, 6.0)
    waves, total = [], 0.0
    for n, h, order in zip(shape, step, orders, strict=True):
        q = np.pi * order / (n * h)
        waves.append(np.cos(q * h * (np.arange(n) + 0.5)))
        total = np.hypot(total, q)
    wave = np.outer(*waves)
    screened = screen(wave, step, Q_TF, depth)
    np.testing.assert_allclose(screened, wave / dielectric_function(total, Q_TF, depth), atol=1e-14)


def test_half_plane_agrees_with_its_fourier_integral():
    """U(x)/V = 1/(2ε(0)) + (1/π)∫ e^{−qd} sin(qx) / (q ε(q)) dq."""
    gate = RectangleGate(x=(0, np.inf), y=(-np.inf, np.inf), name="half")
    potential = GatePotential([gate], GAS, EXTENT)
    for x in (-200.0, -40.0, 0.0, 65.0, 300.0):
        integral, _ = quad(
            lambda q, x=x: (
                np.exp(-q * GAS.depth) * x * np.sinc(q * x / np.pi) / dielectric_function(q, Q_TF, GAS.depth)
            ),
            0.0,
            0.4,
            limit=400,
        )
        expected = 0.5 / dielectric_function(0.0, Q_TF, GAS.depth) + integral / np.pi
        assert potential.unit("half", x, 0.0) == pytest.approx(float(expected), abs=3e-5)


def _fourier_series(x, y, half):
    """The upper gate in a mirrored box of ± `half`, coefficient by coefficient, without sampling anything."""
    count = int(0.2 * 2 * half / np.pi)
    q = np.pi * np.arange(count) / (2 * half)

    def coefficients(low, high):
        low, high = low + half, high + half
        return (
            np.where(q == 0, 0.5, 1.0)
            * (high * np.sinc(q * high / np.pi) - low * np.sinc(q * low / np.pi))
            / half
        )

    total = np.hypot(q[:, None], q[None, :])
    transfer = np.exp(-total * GAS.depth) / dielectric_function(total, Q_TF, GAS.depth)
    weights = np.outer(coefficients(*UPPER.x), coefficients(UPPER.y[0], half)) * transfer
    return np.cos(q * (x + half)) @ weights @ np.cos(q * (y + half))


@pytest.mark.parametrize("point", [(0, 0), (150, 100), (0, 290), (400, 0), (-380, -250)])
def test_split_gate_agrees_with_its_fourier_series(point):
    """The stated error of the padding: below 1e-5 of the gate voltage, everywhere in the extent."""
    value = GatePotential([UPPER], GAS, EXTENT).unit("upper", *point)
    assert value == pytest.approx(_fourier_series(*point, half=6000.0), abs=1e-5)


def test_error_of_the_padding_falls_as_its_square():
    def deviation(padding):
        return GatePotential([UPPER], GAS, EXTENT, padding=padding).unit("upper", 0, 0) - _fourier_series(
            0, 0, 6000.0
        )

    assert deviation(1000.0) / deviation(2000.0) == pytest.approx(4.0, rel=0.5)


def test_error_of_the_spline():
    x, y = np.meshgrid(np.linspace(-400, 400, 101), np.linspace(-300, 300, 77), indexing="ij")
    plain = GatePotential([UPPER], GAS, EXTENT, padding=3000.0).unit("upper", x, y)
    finer = GatePotential([UPPER], GAS, EXTENT, padding=3000.0, spacing=5.0).unit("upper", x, y)
    assert np.abs(plain - finer).max() < 1e-6


def test_screening_off_is_the_bare_potential():
    bare = GatePotential([UPPER, LOWER], GAS, EXTENT, screening="none")
    assert bare(10.0, 20.0, {"upper": -1.0}) == pytest.approx(UPPER.potential(10.0, 20.0, GAS.depth))
    assert "none" in bare.description


def test_negative_voltage_repels_and_the_answer_is_linear():
    potential = GatePotential([UPPER, LOWER], GAS, EXTENT, padding=800.0)
    x, y = np.array([0.0, 30.0]), np.array([-50.0, 10.0])
    both = potential(x, y, {"upper": -2.0, "lower": -1.0})
    assert (both > 0).all()
    parts = 2 * potential(x, y, {"upper": -1.0}) + potential(x, y, {"lower": -1.0})
    np.testing.assert_allclose(both, parts, rtol=1e-12)


def test_a_split_gate_is_symmetric_and_a_saddle():
    potential = GatePotential([UPPER, LOWER], GAS, EXTENT, padding=800.0)
    both = {"upper": -1.0, "lower": -1.0}
    assert potential(60.0, 40.0, both) == pytest.approx(float(potential(-60.0, -40.0, both)))
    assert potential(100.0, 0.0, both) < potential(0.0, 0.0, both) < potential(0.0, 50.0, both)


def test_errors_name_the_way_out():
    with pytest.raises(InputError, match='no gate "uper"; did you mean "upper"'):
        GatePotential([UPPER], GAS, EXTENT, padding=500.0)(0, 0, {"uper": -1.0})
    with pytest.raises(InputError, match='no kind "thomas-fermy"; did you mean "thomas-fermi"'):
        GatePotential([UPPER], GAS, EXTENT, screening="thomas-fermy")
    with pytest.raises(InputError, match="x lies outside the extent"):
        GatePotential([UPPER], GAS, EXTENT, padding=500.0)(1000.0, 0, {"upper": -1.0})
    with pytest.raises(InputError, match="at least one gate, each with its own name"):
        GatePotential([UPPER, UPPER], GAS, EXTENT)
    with pytest.raises(InputError, match="two increasing pairs"):
        GatePotential([UPPER], GAS, ((0, 0), (0, 1)))
    with pytest.raises(InputError, match="two dimensions"):
        screen(np.zeros(3), (1, 1), Q_TF, 90.0)
    with pytest.raises(InputError, match="depth must be positive and finite, in nm"):
        ElectronGas(density=1e15, depth=-1.0)
