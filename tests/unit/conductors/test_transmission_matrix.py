import numpy as np
import pytest

import sharvin as sv
from sharvin.scattering import thresholds, transmissions

NAMES = ("a", "b", "c")
around = np.roll(np.eye(3), 1, axis=0)


def test_index_order_is_out_in():
    ring = sv.TransmissionMatrix(around, NAMES)  # a → b → c → a
    assert float(sv.transmission(ring, 0.0, lead_out="b", lead_in="a")) == 1.0
    assert float(sv.transmission(ring, 0.0, lead_out="a", lead_in="b")) == 0.0


def test_reflections_do_not_matter():
    for observable in (
        lambda one: sv.conductance_matrix(one, 0.0),
        lambda one: sv.resistance(one, ("a", "b"), ("a", "c"), mu=0.0),
        lambda one: sv.conductance_matrix(sv.dephased(one, "c"), 0.0),
    ):
        bare, with_them = (
            observable(sv.TransmissionMatrix(T, NAMES)) for T in (around, around + 3 * np.eye(3))
        )
        np.testing.assert_allclose(with_them, bare, rtol=1e-13)


def test_a_function_of_energy_breaks_at_its_jumps():
    opened = sv.TransmissionMatrix(
        lambda E: np.where(E > 0.1, 1.0, 0.0)[:, None, None] * around, NAMES, jumps=[0.1, 0.7]
    )
    assert thresholds(opened, (0.0, 0.5)).tolist() == [0.1]
    assert opened.jumps == (0.1, 0.7)
    G = sv.conductance_matrix(opened, mu=0.1, temperature=1.0)
    assert float(G.sel(lead_out="a", lead_in="a")) == pytest.approx(sv.G0 / 2, rel=1e-10)


def test_it_does_not_change_with_the_array_it_came_from_or_shapes_of_energies():
    one = sv.TransmissionMatrix(around, NAMES)
    assert transmissions(one, np.linspace(0, 1, 5)).values.shape == (5, 3, 3)
    given = around.copy()
    kept = sv.TransmissionMatrix(given, NAMES)
    given[1, 0] = 5.0
    np.testing.assert_array_equal(transmissions(kept, np.array([0.0])).values[0], around)


def test_spin_counts_in_conductances_only():
    one, two = (sv.TransmissionMatrix(around, NAMES, spin_degeneracy=g) for g in (1, 2))
    np.testing.assert_allclose(sv.conductance_matrix(two, 0.0), 2 * sv.conductance_matrix(one, 0.0))
    assert float(sv.transmission(two, 0.0, lead_out="b", lead_in="a")) == 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((around[:2], NAMES), r"expected shape \(3, 3\)"),
        ((around, ("a", "b")), r"expected shape \(2, 2\)"),
        ((-around, NAMES), "not negative"),
        ((around * np.nan, NAMES), "finite"),
        ((around * 1j, NAMES), "real"),
        (([["x"] * 3] * 3, NAMES), "real numbers"),
        ((np.array([[0, 1, 0], [0, 0, 1], [0.5, 0, 0]]), NAMES), "currents are not conserved at lead"),
        ((around, ("a", "b", "b")), "must be different names"),
        ((around, ()), "must be different names"),
        ((around, ("a", "b", 3)), "must be different names"),
        ((around, NAMES, [np.inf]), "jumps must be finite"),
        ((around, NAMES, 5.0), "jumps must be finite"),
        ((around, NAMES, (), 0), "spin_degeneracy"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.TransmissionMatrix(*arguments)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda E: around, r"expected shape \(1, 3, 3\)"),
        (lambda E: -np.ones((len(E), 3, 3)), "not negative"),
        (lambda E: np.full((len(E), 3, 3), np.nan), "finite"),
        (
            lambda E: np.broadcast_to([[0, 1, 0], [0, 0, 1], [0.5, 0, 0]], (len(E), 3, 3)),
            "currents are not conserved",
        ),
    ],
)
def test_a_bad_function_is_found_when_it_is_called(function, message):
    bad = sv.TransmissionMatrix(function, NAMES)
    with pytest.raises(sv.InputError, match=message):
        sv.conductance_matrix(bad, mu=0.0)


def test_the_lead_that_is_out_of_balance_is_named():
    T = np.zeros((3, 3))
    T[0, 1] = T[1, 0] = 1.0
    T[2, 1] = 0.5
    T[2, 0] = 0.5
    with pytest.raises(sv.InputError, match='at lead "c"'):
        sv.TransmissionMatrix(T, NAMES)


def test_it_has_no_scattering_matrix_and_no_parameters():
    ring = sv.TransmissionMatrix(around, NAMES)
    with pytest.raises(sv.InputError, match="no scattering matrix"):
        sv.scattering_matrix(ring, 0.0)
    with pytest.raises(sv.InputError, match='no parameter "V"'):
        sv.conductance_matrix(ring, mu=0.0, V=1.0)
