import numpy as np
import pytest
from tests.dense_reference import solve

import sharvin as sv
from sharvin.leads import PeriodicLead


@pytest.mark.parametrize("stiff", [1e3, 1e6, 1e8])
@pytest.mark.parametrize("bond", [1e-3, 1e-6, 1e-8])
def test_weak_bonds_count_beside_a_stiff_orbital(stiff, bond):
    # A chain, a second one weakly bound to it, and a level far away that says nothing of what is weak.
    h0 = np.array([[0.0, bond, 0.0], [bond, 0.0, 0.0], [0.0, 0.0, stiff]])
    v = np.diag([-1.0, -0.6, 0.0])
    h = np.array([[0.1, bond, 0.0], [bond, 0.0, 0.0], [0.0, 0.0, stiff]])
    leads = {"L": (h0, v, [0, 1, 2]), "R": (h0, v.T, [0, 1, 2])}
    energy = 0.123
    S = sv.scattering_matrix(sv.System.from_matrices(h, leads), energy)
    right = solve(h, list(leads.values()), energy)
    assert S.transmission("R", "L") == pytest.approx(right.transmissions[1, 0], abs=1e-9)
    assert len(PeriodicLead(h0, v).modes(energy).labels) == 2
    parts = PeriodicLead(h0, v)._parts
    assert sorted(part.basis.shape[1] for part in parts) == [1, 2]


def test_rounding_connects_nothing():
    h0 = np.array([[0.0, 1e-15], [1e-15, 0.3]])
    assert len(PeriodicLead(h0, -np.eye(2))._parts) == 2


def test_hidden_parts_stand_in_an_order_of_their_own():
    # The even and the odd state of a mirror, whatever their levels.
    v = np.array([[-1.0, 0.1], [0.1, -1.0]])
    orders = []
    for split in (0.5, -0.5):
        h0 = split * np.array([[0.0, 1.0], [1.0, 0.0]])
        # A third orbital, of the even class, lest the whole be separable.
        wide = np.zeros((3, 3))
        wide[:2, :2] = h0
        wide[:2, 2] = wide[2, :2] = 0.4
        hop = np.zeros((3, 3))
        hop[:2, :2] = v
        hop[0, 2] = hop[1, 2] = 0.3
        orders.append([part.basis.shape[1] for part in PeriodicLead(wide, hop)._parts])
    assert sorted(orders[0]) == [1, 2]
    assert orders[0] == orders[1]
