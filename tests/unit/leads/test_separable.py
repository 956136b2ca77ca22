import numpy as np
import pytest

from sharvin.leads.bloch_modes import pencil_modes
from sharvin.leads.gauge import reference_vectors
from sharvin.leads.separable import TransverseStates


def wire(width, v=None):
    h0 = -(np.eye(width, k=1) + np.eye(width, k=-1))
    return h0, -np.eye(width) if v is None else v


def test_transverse_states_diagonalize_both():
    h0, _ = wire(5)
    v = -0.7 * np.eye(5) + 0.2 * h0 - 0.05 * h0 @ h0
    found = TransverseStates.of(h0, v)
    states, levels, hoppings = found.states, found.levels, found.hoppings
    assert np.abs(states.conj().T @ states - np.eye(5)).max() < 1e-14
    assert np.abs(states * levels @ states.conj().T - h0).max() < 1e-13
    assert np.abs(states * hoppings @ states.conj().T - v).max() < 1e-13
    assert np.all(np.diff(levels) >= 0)


def test_degenerate_cells_are_told_apart_by_their_hopping():
    v = np.array([[0, 1.0], [1.0, 0]])
    found = TransverseStates.of(np.zeros((2, 2)), v)
    states, levels, hoppings = found.states, found.levels, found.hoppings
    assert sorted(hoppings.round(14)) == [-1.0, 1.0]
    assert np.abs(states * hoppings @ states.conj().T - v).max() < 1e-14
    assert np.abs(levels).max() < 1e-14


def test_what_does_not_separate_is_left_to_the_pencil():
    h0, _ = wire(3)
    assert TransverseStates.of(h0, np.diag([1.0, 2.0, 3.0])) is None  # do not commute
    assert TransverseStates.of(h0, 1j * np.eye(3)) is None  # not Hermitian
    assert TransverseStates.of(h0, np.eye(3, k=1)) is None


def test_both_ways_give_the_same_modes():
    h0, v = wire(6)
    states = TransverseStates.of(h0, v)
    for energy in (-3.3, -0.71, 0.0123, 2.2):
        one, other = states.modes(energy), pencil_modes(h0, v, energy, reference_vectors(len(h0)))
        assert one.outgoing.shape == other.outgoing.shape
        assert np.abs(one.sigma - other.sigma).max() < 1e-10
        assert np.abs(np.sort(one.velocity) - np.sort(other.velocity)).max() < 1e-10


def test_a_large_argument_of_a_closed_mode_loses_no_digits():
    modes = TransverseStates(np.eye(1), np.zeros(1), -np.ones(1), np.arange(1)).modes(1e8)
    assert abs(modes.sigma.item() * 1e8 - 1) < 1e-14


def test_many_energies_at_once_are_those_one_by_one():
    found = TransverseStates.of(*wire(4))
    energies = np.array([-3.3, 0.0123, 2.2, 9.0])
    waves = found.at(energies)
    for row, energy in enumerate(energies):
        modes = found.modes(energy)
        assert modes.labels.tolist() == np.flatnonzero(waves.is_open[row]).tolist()
        assert np.array_equal(modes.outgoing_factor, waves.factor[row][waves.is_open[row]])
    # Subbands are 2 wide on either side of their middles, −2 cos(πn/5).
    edges = np.add.outer([-2.0, 2.0], -2 * np.cos(np.pi * np.arange(1, 5) / 5)).ravel()
    assert np.abs(waves.distance - np.abs(energies[:, None] - edges).min(axis=1)).max() < 1e-13


@pytest.mark.parametrize("size", [1, 2, 3, 8, 51])
@pytest.mark.parametrize(("onsite", "hopping"), [(0.0, -1.0), (4.0, -1.0), (-0.3, 0.7)])
def test_rows_between_hard_walls_are_known_in_closed_form(size, onsite, hopping):
    h0 = onsite * np.eye(size) + hopping * (np.eye(size, k=1) + np.eye(size, k=-1))
    found = TransverseStates.of(h0, -0.5 * np.eye(size))
    levels, states = np.linalg.eigh(h0)
    assert np.abs(found.levels - levels).max() < 1e-13
    assert np.abs(np.abs(np.sum(found.states * states, axis=0)) - 1).max() < 1e-12
    assert np.abs(h0 @ found.states - found.states * found.levels).max() < 1e-13


@pytest.mark.parametrize("change", [(0, 0), (3, 3), (0, 1), (2, 3), (0, 4)])
def test_rows_that_are_not_uniform_are_diagonalized(change):
    h0 = -np.eye(5, k=1) - np.eye(5, k=-1)
    h0[change] += 0.1
    h0[change[::-1]] = h0[change]
    found = TransverseStates.of(h0, -np.eye(5))
    assert np.abs(found.levels - np.linalg.eigvalsh(h0)).max() < 1e-13
    assert np.abs(h0 @ found.states - found.states * found.levels).max() < 1e-13
