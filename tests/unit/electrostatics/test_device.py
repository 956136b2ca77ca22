"""The lattice system of a split gate: its Hamiltonian is −ħ²∇²/2m + U, its leads continue the ends."""

import numpy as np
import pytest

from sharvin.electrostatics import ElectronGas, GatePotential, RectangleGate, split_gate_contact
from sharvin.errors import InputError

GAS = ElectronGas(density=1e15)
GATES = [
    RectangleGate(x=(-50, 50), y=(60, np.inf), name="upper"),
    RectangleGate(x=(-50, 50), y=(-np.inf, -60), name="lower"),
]
EXTENT = ((-200, 200), (-100, 100))


@pytest.fixture(scope="module")
def potential():
    return GatePotential(GATES, GAS, EXTENT, padding=800.0)


def test_the_hamiltonian_holds_the_potential_at_each_site(potential):
    system = split_gate_contact(potential, spacing=10.0)
    x, y, _ = system.positions.T
    hop = GAS.hbar2_over_2m / 100
    diagonal = system.hamiltonian(gate_voltage=-1.5).diagonal()
    expected = 4 * hop + potential(x, y, {"upper": -1.5, "lower": -1.5})
    np.testing.assert_allclose(diagonal, expected, rtol=1e-12)
    assert (np.abs(x).max(), np.abs(y).max()) == pytest.approx((190.0, 90.0))


def test_the_leads_continue_the_last_columns(potential):
    system = split_gate_contact(potential, spacing=10.0, swept=["upper"], fixed={"lower": -0.3})
    hop = GAS.hbar2_over_2m / 100
    for name, column in (("left", -190.0), ("right", 190.0)):
        cell = system.lead_cell(name, gate_voltage=-2.0)
        y = system.positions[cell.orbitals, 1]
        expected = 4 * hop + potential(np.full_like(y, column), y, {"upper": -2.0, "lower": -0.3})
        np.testing.assert_allclose(np.diagonal(cell.h0), expected, rtol=1e-12)


def test_errors_name_the_way_out(potential):
    with pytest.raises(InputError, match='no gate "lowr"; did you mean "lower"'):
        split_gate_contact(potential, swept=["lowr"])
    with pytest.raises(InputError, match="multiple of the lattice spacing 7"):
        split_gate_contact(potential, spacing=7.0)
    with pytest.raises(InputError, match="spacing must be positive"):
        split_gate_contact(potential, spacing=0.0)
