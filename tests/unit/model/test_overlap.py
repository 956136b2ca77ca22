import numpy as np
import pytest

import sharvin as sv
from sharvin.model.overlap import shared_with_lead

SQUARE = sv.Model(sv.lattice.square(), sv.onsite(0.0) + sv.hopping(-1.0))
BOX = SQUARE.region(sv.shape.rectangle(7, 5.5))


def test_what_is_filled_in_is_a_ragged_edge_not_another_device():
    cross = SQUARE.region(sv.shape.rectangle(20, 4) | sv.shape.rectangle(4, 20))
    with pytest.raises(sv.InputError, match=r'lead "W".*128 sites.*beside the 105.*fill=True'):
        cross.lead("W", SQUARE, "-x")
    assert cross.lead("W", SQUARE, "-x", fill=True).site_count == 105 + 128
    disk = SQUARE.region(sv.shape.disk(8.0))
    assert disk.lead("L", SQUARE, "-x").lead("R", SQUARE, "+x").site_count > disk.site_count


@pytest.mark.parametrize("order", ["LTD", "TDL", "DLT", "TD"])
def test_leads_that_run_into_each_other_are_refused_in_any_order(order):
    directions = {"L": "-x", "T": "+y", "D": (1, 1)}

    def attached(system, names):
        for name in names:
            system = system.lead(name, SQUARE, directions[name])
        return system

    with pytest.raises(sv.InputError, match="would take sites of lead"):
        attached(BOX, order)


def test_two_leads_on_the_same_side_are_refused():
    with pytest.raises(sv.InputError, match=r'lead "again".*lead "R"'):
        BOX.lead("R", SQUARE, "+x").lead("again", SQUARE, "+x")


def test_leads_in_all_four_directions_and_on_a_diagonal_pair_have_room():
    system = BOX
    for name, direction in (("W", "-x"), ("E", "+x"), ("N", "+y"), ("S", "-y")):
        system = system.lead(name, SQUARE, direction)
    assert len(system.leads) == 4
    assert len(BOX.lead("NE", SQUARE, (1, 1)).lead("SW", SQUARE, (-1, -1)).leads) == 2


def test_leads_that_meet_far_away_are_refused():
    # Their directions converge: (5, −1) from the top edge, "+x" from … the same rows, 30 cells on.
    tall = SQUARE.region(sv.shape.rectangle(3, 12))
    with pytest.raises(sv.InputError, match="would take sites"):
        tall.lead("R", SQUARE, "+x").lead("slanted", SQUARE, (5, -1), fill=True)


def test_a_lead_of_another_spin_degeneracy_is_refused():
    other = sv.Model(SQUARE.lattice, SQUARE.terms, spin_degeneracy=1)
    with pytest.raises(sv.InputError, match='lead "L": its model has spin degeneracy 1, the region 2'):
        BOX.lead("L", other, "-x")


def test_the_shared_sites_are_those_of_the_lead():
    lead = BOX.lead("R", SQUARE, "+x").body.attachments[0]
    inside = lead.front + 3 * lead.period_cells
    where = np.concatenate([inside, lead.front, inside + np.array([0, 100])])
    shared = shared_with_lead(lead, where, np.zeros(len(where), dtype=int))
    count = len(inside)
    assert shared.tolist() == [True] * count + [False] * 2 * count
