import pickle

import numpy as np
import pytest

import sharvin as sv

square = sv.lattice.square(a=2.0)


def test_spin_degeneracy_follows_the_names_of_the_orbitals():
    spin = sv.lattice.square(orbitals=("up", "down"))
    assert sv.Model(square, sv.hopping(-1.0)).spin_degeneracy == 2
    assert sv.Model(spin, sv.hopping(-1.0)).spin_degeneracy == 1
    assert sv.Model(sv.lattice.square(orbitals=("s", "p")), sv.hopping(-1.0)).spin_degeneracy == 2
    assert sv.Model(spin, sv.hopping(-1.0), spin_degeneracy=2).spin_degeneracy == 2
    region = sv.Model(spin, sv.hopping(-1.0)).region(sv.shape.rectangle(3, 3))
    assert region.spin_degeneracy == 1
    assert (sv.Model(square, sv.hopping(-1.0), 1) + sv.onsite(1.0)).spin_degeneracy == 1


@pytest.mark.parametrize("value", [3, -1, 1.5, "2"])
def test_a_spin_degeneracy_without_meaning_is_refused(value):
    with pytest.raises(sv.InputError, match="spin_degeneracy must be 1 or 2"):
        sv.Model(square, sv.hopping(-1.0), value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("square", sv.hopping(-1.0)), "expected a lattice"), ((square, -1.0), "expected terms"),
     ((sv.hopping(-1.0), square), "expected a lattice")],
)  # fmt: skip
def test_a_model_of_something_else_is_refused(arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.Model(*arguments)


def test_adding_terms_leaves_the_model_as_it_was():
    wire = sv.Model(square, sv.hopping(-1.0))
    more = wire + sv.onsite(lambda x, gate: gate * x)
    assert dict(wire.parameters) == {}
    assert sorted(more.parameters) == ["gate"]


def test_a_system_is_immutable():
    system = sv.Model(square, sv.hopping(-1.0)).region(sv.shape.rectangle(9, 9))
    with pytest.raises(AttributeError):
        system.spin_degeneracy = 1
    in_field = system.field(3.0)
    assert not np.iscomplexobj(system.hamiltonian().data)
    assert np.iscomplexobj(in_field.hamiltonian().data)


def test_parameters_of_leads_and_field_are_the_system_s():
    wire = sv.Model(square, sv.onsite(sv.param("floor")) + sv.hopping(-1.0))
    contact = wire + sv.onsite(lambda x, gate=0.1: gate * x)
    system = contact.region(sv.shape.rectangle(9, 9)).lead("L", wire + sv.onsite(sv.param("shift")), "-x")
    assert sorted(system.field(sv.param("B")).parameters) == ["B", "floor", "gate", "shift"]
    assert system.bind({"floor": 1.0, "shift": 2.0}) == {"floor": 1.0, "gate": 0.1, "shift": 2.0}
    with pytest.raises(sv.InputError, match='did you mean "shift"'):
        system.bind({"floor": 1.0, "shfit": 2.0})
    with pytest.raises(sv.InputError, match='"floor"'):
        system.bind({"shift": 2.0})


def test_the_lead_s_own_parameters_reach_it():
    wire = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    lead = wire + sv.onsite(sv.param("shift"))
    system = wire.region(sv.shape.line(4)).lead("L", lead, "-x").lead("R", wire, "+x")
    assert system.lead_cell("L", shift=3.0).h0.item() == 3.0
    assert system.lead_cell("R", shift=3.0).h0.item() == 0.0
    assert sv.scattering_matrix(system, 0.1, shift=5.0).mode_count("L") == 0


def test_orbitals_of_a_site_stand_together():
    lattice = sv.lattice.square(orbitals=2)
    system = sv.Model(lattice, sv.hopping(-1.0)).region(sv.shape.rectangle(3.5, 3.5))
    assert system.site_count == 9
    assert system.orbital_count == 18
    assert system.positions.shape == (9, 3)


def test_an_unknown_attribute_of_a_system_raises():
    system = sv.Model(square, sv.hopping(-1.0)).region(sv.shape.rectangle(9, 9))
    with pytest.raises(AttributeError):
        _ = system.lead_names


def test_a_system_of_numbers_can_be_sent_to_another_process():
    wire = sv.Model(square, sv.onsite(4.0) + sv.hopping(-1.0))
    system = wire.region(sv.shape.rectangle(9, 9)).lead("L", wire, "-x").lead("R", wire, "+x").field(5.0)
    before = sv.scattering_matrix(system, 1.3)
    copy = pickle.loads(pickle.dumps(system))  # noqa: S301
    assert np.array_equal(sv.scattering_matrix(copy, 1.3).matrix, before.matrix)
