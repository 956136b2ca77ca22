import numpy as np
import pytest

from sharvin.observables.floating import Potentials, connected_with


def conductances(pairs, count):
    """G of a network of resistors (i, j, conductance)."""
    G = np.zeros((count, count))
    for i, j, value in pairs:
        G[i, j] = G[j, i] = -value
    return G - np.diag(G.sum(axis=1))


ladder = conductances([(0, 1, 1.0), (1, 2, 2.0), (2, 3, 4.0)], 4)
exact = np.zeros((4, 4))


def test_resistors_in_series():
    found = Potentials.of(ladder, exact, 0, 3)
    np.testing.assert_allclose(found.values, [1.75, 0.75, 0.25, 0.0], rtol=1e-14)
    value, error = found.between(0, 2)
    assert value == pytest.approx(1.5)
    assert 0 < error < 1e-13


def test_an_error_of_a_conductance_is_carried_on():
    doubt = np.zeros((4, 4))
    doubt[0, 0] = 1e-6
    found = Potentials.of(ladder, doubt, 0, 3)
    moved = ladder.copy()
    moved[0, 0] += 1e-6
    change = np.abs(Potentials.of(moved, exact, 0, 3).values - found.values)
    assert (change <= found.errors + 1e-12).all()
    assert found.errors.max() < 10 * change.max()


def test_weak_contacts_float_as_precisely_as_strong_ones():
    G = conductances([(0, 1, 1.0), (1, 2, 1e-14)], 3)
    found = Potentials.of(G, np.zeros((3, 3)), 0, 1)
    np.testing.assert_allclose(found.values, [1.0, 0.0, 0.0], atol=1e-14)


def test_leads_of_another_part_have_no_potential():
    G = conductances([(0, 1, 1.0), (2, 3, 1.0)], 4)
    found = Potentials.of(G, exact, 0, 1)
    assert np.isnan(found.values).tolist() == [False, False, True, True]
    assert np.isnan(Potentials.of(G, exact, 0, 2).values[[0, 2]]).all()


def test_a_coupling_below_its_error_is_none():
    G = conductances([(0, 1, 1.0), (1, 2, 1e-9)], 3)
    assert np.isfinite(Potentials.of(G, np.full((3, 3), 1e-10), 0, 1).values).all()
    assert np.isnan(Potentials.of(G, np.full((3, 3), 1e-8), 0, 1).values[2])


def test_many_at_once():
    apart = conductances([(0, 1, 1.0), (2, 3, 1.0)], 4)
    both = np.array([ladder, apart])
    found = Potentials.of(both, np.zeros_like(both), 0, 1)
    assert found.values.shape == (2, 4)
    np.testing.assert_allclose(found.values[0], Potentials.of(ladder, exact, 0, 1).values)
    assert np.isnan(found.values[1]).tolist() == [False, False, True, True]


@pytest.mark.parametrize("count", [2, 3, 5, 8, 9])
def test_a_chain_hangs_together(count):
    chain = conductances([(n, n + 1, 1.0) for n in range(count - 1)], count)
    assert connected_with(chain, np.zeros_like(chain), 0).all()
    chain[count - 2, count - 1] = chain[count - 1, count - 2] = 0.0
    assert connected_with(chain, np.zeros_like(chain), count - 1).tolist() == [False] * (count - 1) + [True]


def test_one_way_is_enough():
    around = np.eye(3) - np.roll(np.eye(3), 1, axis=0)
    assert connected_with(around, np.zeros((3, 3)), 0).all()


def test_several_leads_at_once():
    G = conductances([(0, 1, 1.0), (2, 3, 1.0)], 5)
    assert connected_with(G, np.zeros((5, 5)), 0, 2).tolist() == [True, True, True, True, False]
