import gc
import weakref

import numpy as np
import pytest

import sharvin as sv
from sharvin.errors import InputError
from sharvin.solvers import analyses
from sharvin.solvers.layout import layout_of


@pytest.fixture(scope="module")
def system():
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    dirty = model + sv.onsite(lambda x, y, v=0.4: v * np.sin(3 * x + y))
    lead = model + sv.onsite(lambda x, y, u=0.0: u + 0 * x)
    region = dirty.region(sv.shape.rectangle(7, 5))
    return region.lead("left", model, "-x").lead("right", lead, "+x")


def test_the_layout_stays_while_only_values_change(system):
    first = layout_of(system, {"v": 0.1})
    assert layout_of(system, {"v": 0.7}) is first
    assert layout_of(system, {"v": 0.1}) is first


def test_a_lead_that_changes_makes_a_new_one(system):
    first = layout_of(system, {"u": 0.0})
    changed = layout_of(system, {"u": 0.2})
    assert changed is not first
    assert changed.pattern.indices is first.pattern.indices
    assert layout_of(system, {"u": 0.2}) is changed


def test_systems_do_not_share_a_layout():
    chain = (0.0, -1.0, [0])
    one, other = (sv.System.from_matrices([[u]], {"L": chain}) for u in (0.0, 1.0))
    assert layout_of(one, {}) is not layout_of(other, {})
    assert layout_of(one, {}) is layout_of(one, {})


def test_interface_and_inner_orbitals_divide_the_region(system):
    layout = layout_of(system, {})
    both = np.sort(np.concatenate([layout.interface, layout.inner]))
    assert np.array_equal(both, np.arange(system.orbital_count))
    for name, place, lead in zip(system.leads, layout.places, layout.leads, strict=True):
        wanted = system.lead_cell(name).orbitals[lead.touched]
        assert np.array_equal(layout.interface[place], wanted)


def test_leads_that_share_orbitals_share_places():
    two = (-(np.eye(2, k=1) + np.eye(2, k=-1)), -np.eye(2))
    system = sv.System.from_matrices(np.diag([0.1, 0.2, 0.3]), {"a": (*two, [0, 2]), "b": (*two, [2, 1])})
    layout = layout_of(system, {})
    assert layout.interface.tolist() == [0, 1, 2]
    assert [place.tolist() for place in layout.places] == [[0, 2], [2, 1]]
    assert len(layout.inner) == 0


def test_orbitals_that_do_not_hop_outward_are_inner():
    v = np.zeros((4, 4))
    v[1, 0] = -1.0
    h0 = -(np.eye(4, k=1) + np.eye(4, k=-1))
    layout = layout_of(sv.System.from_matrices(np.zeros((6, 6)), {"a": (h0, v, [5, 4, 3, 2])}), {})
    assert layout.interface.tolist() == [4]
    assert layout.inner.tolist() == [0, 1, 2, 3, 5]


def test_an_analysis_is_kept(system):
    layout = layout_of(system, {})
    assert layout.analysed(float, "superlu") is layout.analysed(float, "superlu")
    assert layout.analysed(float, "superlu") is not layout.analysed(complex, "superlu")
    assert layout.analysed(float, "superlu") is not layout.analysed(float, "dense")


def test_values_that_change_are_seen_behind_the_same_layout(system):
    found = {v: sv.scattering_matrix(system, 0.37, v=v).matrix for v in (0.1, 0.9)}
    assert np.abs(found[0.1] - found[0.9]).max() > 1e-3
    again = sv.scattering_matrix(system, 0.37, v=0.1).matrix
    assert np.abs(again - found[0.1]).max() < 1e-13


def test_a_system_without_leads_is_refused():
    with pytest.raises(InputError, match="no leads"):
        layout_of(sv.System.from_matrices([[0.0]], {}), {})


def test_factors_are_kept_by_their_store_alone():
    # Many patterns must not pile up: a layout remembers its factors only as long as there is room for them.
    wire = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    system = wire.region(sv.shape.rectangle(9, 7)).lead("left", wire, "-x")
    layout = layout_of(system, {})
    first = layout.analysed(float, "superlu")
    assert layout.analysed(float, "superlu") is first
    gone = weakref.ref(first)
    del first
    analyses._ANALYSES.clear()
    gc.collect()
    assert gone() is None
    assert layout.analysed(float, "superlu") is not None
