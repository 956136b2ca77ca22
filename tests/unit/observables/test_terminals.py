import pytest

import sharvin as sv
from sharvin.observables.terminals import lead_pair, reservoirs_of

two = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
one = sv.System.from_matrices([[0.0]], {"only": (0.0, -1.0, [0])})


def test_two_leads_need_no_names():
    assert lead_pair(two, None, None) == ("right", "left")
    assert lead_pair(two, "left", "right") == ("left", "right")


def test_one_lead_is_not_two():
    with pytest.raises(sv.InputError, match=r'1 lead.*"only"'):
        lead_pair(one, None, None)
    assert lead_pair(one, "only", "only") == ("only", "only")


def test_reservoirs_come_in_the_order_of_the_leads():
    left, right = sv.Reservoir(1.0), sv.Reservoir(2.0)
    assert reservoirs_of(two, {"right": right, "left": left}) == [left, right]


def test_a_model_is_told_how_to_become_a_conductor():
    model = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    with pytest.raises(sv.InputError, match="becomes a System"):
        lead_pair(model, None, None)
