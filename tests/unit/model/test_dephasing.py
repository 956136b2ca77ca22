"""What `System.with_dephasing` takes, and what it refuses."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.model.dephased_system import DephasedSystem

SQUARE = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
CHAIN = (0.0, -1.0, [0])


def bar(model=SQUARE):
    region = model.region(sv.shape.rectangle(length=6, width=4))
    return region.lead("left", model, "-x").lead("right", model, "+x")


def matrices(**options):
    return sv.System.from_matrices([[0.0]], {"L": CHAIN, "R": CHAIN}, **options)


def test_it_shows_what_the_system_shows():
    dephased = bar(SQUARE + sv.onsite(sv.param("gate"))).with_dephasing(rate=sv.param("eta"))
    assert isinstance(dephased, sv.DephasedSystem)
    assert dephased.leads == ("left", "right")
    assert dephased.spin_degeneracy == 2
    assert set(dephased.parameters) == {"gate", "eta"}
    assert dephased.phases_known is False
    bound, own = dephased.split({"gate": 0.1, "eta": 0.2})
    assert bound == {"gate": 0.1, "eta": 0.2}
    assert own == {"gate": 0.1}


def test_all_sites_have_a_probe_or_those_of_a_region():
    system = bar()
    np.testing.assert_array_equal(system.with_dephasing(rate=0.1).sites, np.arange(15))
    some = system.with_dephasing(rate=0.1, region=sv.shape.rectangle(2.5, 2.5))
    np.testing.assert_array_equal(np.abs(some.positions).max(axis=1) <= 1, True)
    assert len(some.sites) == 9


def test_orbitals_of_a_site_share_its_probe():
    spinful = sv.Model(sv.lattice.square(orbitals=("up", "down")), sv.hopping(-1.0))
    dephased = bar(spinful).with_dephasing(rate=0.1)
    np.testing.assert_array_equal(dephased.site_of_orbital, np.repeat(np.arange(15), 2))


def test_rates_are_numbers_parameters_or_functions():
    system = bar()
    x = system.positions[:, 0]
    assert (system.with_dephasing(rate=0.1).rates({}, np.nan) == 0.1).all()
    assert (system.with_dephasing(rate=sv.param("eta")).rates({"eta": 0.3}, np.nan) == 0.3).all()
    ramp = system.with_dephasing(rate=lambda x, slope: slope * np.abs(x))
    np.testing.assert_allclose(ramp.rates({"slope": 0.2}, np.nan), 0.2 * np.abs(x))


def test_a_length_is_a_rate_times_the_velocity():
    # ℓ = ħv/2η, with ħv in eV nm.
    system = bar()
    assert system.with_dephasing(length=50.0).rates({}, 2.0) == pytest.approx(np.full(15, 0.02))
    given = system.with_dephasing(length=50.0, velocity=1e6)
    assert not given.needs_velocity
    assert given.rates({}, np.nan)[0] == pytest.approx(0.6582119569 / 100, rel=1e-9)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({}, "give one of length= .nm. and rate= .eV., got neither"),
        ({"length": 1.0, "rate": 1.0}, "got both"),
        ({"rate": 0.0}, "rate must be a positive number of eV, got 0.0"),
        ({"rate": -0.1}, "rate must be a positive number of eV"),
        ({"length": 0}, "length must be a positive number of nm, got 0"),
        ({"length": "long"}, "length must be a positive number of nm, got 'long'"),
        ({"rate": np.inf}, "must be a positive number"),
        ({"rate": 0.1, "velocity": 1e5}, "with rate= leave it out"),
        ({"length": 10.0, "velocity": -1e5}, "velocity must be a positive number of m/s"),
        ({"rate": 0.1, "region": 3}, "expected region=sharvin.shape"),
        ({"rate": 0.1, "region": sv.shape.disk(1.0, (100, 0))}, "no site of the system lies in region="),
        ({"rate": lambda site: site}, "site_0"),
        ({"rate": lambda energy: energy}, "energy_0"),
    ],
)
def test_what_is_not_meant_is_refused(choices, message):
    with pytest.raises(sv.InputError, match=message):
        bar().with_dephasing(**choices)


def test_values_are_checked_when_they_are_known():
    system = bar()
    with pytest.raises(sv.InputError, match=r"rates in eV that are not negative, got -0\.1"):
        system.with_dephasing(rate=sv.param("eta")).rates({"eta": -0.1}, np.nan)
    with pytest.raises(sv.InputError, match=r"positive lengths in nm, got 0\.0"):
        system.with_dephasing(length=sv.param("l")).rates({"l": 0.0}, 1.0)
    with pytest.raises(sv.InputError, match="rates in eV that are not negative, got 1j"):
        system.with_dephasing(rate=lambda x: 1j + 0 * x).rates({}, np.nan)


def test_matrices_have_rates_only():
    system = matrices()
    assert isinstance(system.with_dephasing(rate=0.1), DephasedSystem)
    assert system.with_dephasing(rate=0.1).positions is None
    for choices in ({"length": 10.0}, {"rate": 0.1, "region": sv.shape.disk(1.0)}):
        with pytest.raises(sv.InputError, match="which a system from matrices does not have; give rate="):
            system.with_dephasing(**choices)
    with pytest.raises(sv.InputError, match="no coordinates; give a number or a parameter"):
        system.with_dephasing(rate=lambda x: x)


def test_systems_without_meaning_are_refused():
    absorbing = sv.System.from_matrices([[-0.1j]], {"L": CHAIN, "R": CHAIN}, non_hermitian=True)
    with pytest.raises(sv.InputError, match="absorbs or amplifies"):
        absorbing.with_dephasing(rate=0.1)
    with pytest.raises(sv.InputError, match="overlap"):
        matrices(overlap=[[1.1]]).with_dephasing(rate=0.1)
    doubled = sv.nambu(SQUARE, delta=0.1)
    with pytest.raises(sv.InputError, match="particle–hole doubled"):
        bar(doubled).with_dephasing(rate=0.1)
