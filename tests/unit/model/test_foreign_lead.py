import numpy as np
import pytest

import sharvin as sv

wire = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
rough = wire + sv.onsite(lambda x, y: 0.3 * np.sin(3 * x + y**2))
joint = sv.contact(-1.0, within=1.0)
arm = sv.shape.strip(width=6.0)


def transmissions(system, energy, **params):
    S = sv.scattering_matrix(system, energy, **params)
    names = sorted(system.leads)
    return np.array([[float(S.transmission(a, b)) for b in names] for a in names])


def cross(foreign, model=rough, lead=wire, contact=joint):
    """A square with three leads, those named as leads on a lattice of their own."""
    system = model.region(sv.shape.rectangle(13, 11))
    for name, direction in (("w", "-x"), ("n", "+y"), ("e", "+x")):
        extra = {"contact": contact} if name in foreign else {}
        system = system.lead(name, lead, direction, shape=arm, **extra)
    return system


@pytest.mark.parametrize("foreign", ["w", "n", "we", "nwe"])
def test_on_the_same_lattice_it_is_the_same_lead(foreign):
    expected = transmissions(cross(""), 1.1)
    found = transmissions(cross(foreign), 1.1)
    np.testing.assert_allclose(found, expected, atol=1e-10)
    assert cross(foreign).leads == ("w", "n", "e")
    assert cross(foreign).orbital_count == cross("").orbital_count + 5 * len(foreign)
    assert cross(foreign).site_count == cross("").site_count


@pytest.mark.parametrize("foreign", ["w", "n", "we", "nwe"])
def test_in_a_field_and_with_a_flux_tube(foreign):
    one, other = (
        cross(which).field(sv.param("B")).flux_tube(sv.param("flux"), at=(1.3, -3.2))
        for which in ("", foreign)
    )
    for params in ({"B": 70.0, "flux": 0.0}, {"B": -40.0, "flux": 0.3}, {"B": 0.0, "flux": 0.3}):
        np.testing.assert_allclose(
            transmissions(other, 1.1, **params), transmissions(one, 1.1, **params), atol=1e-10
        )
    spot = lambda x, y: 60.0 + 90 * np.maximum(1 - (x**2 + y**2) / 9, 0) ** 3  # noqa: E731
    varied = [transmissions(cross(which).field(spot), 1.1) for which in ("", foreign)]
    np.testing.assert_allclose(varied[1], varied[0], atol=1e-4)
    assert np.abs(varied[0] - varied[0].T).max() > 0.05


def test_electrons_and_holes():
    metal = wire + sv.onsite(-1.1)
    doubled, lead = sv.nambu(rough + sv.onsite(-1.1), delta=0.3), sv.nambu(metal)
    hop = sv.contact(np.diag([-1.0, 1.0]), within=1.0)
    one, other = (cross(which, doubled, lead, hop).field(30.0) for which in ("", "nw"))
    S, same = (sv.scattering_matrix(system, 0.05) for system in (one, other))
    for out, source in (("w:hole", "w:electron"), ("n:hole", "w:electron"), ("e:electron", "n:hole")):
        assert same.transmission(out, source) == pytest.approx(S.transmission(out, source), abs=1e-10)
    assert S.transmission("w:hole", "w:electron") > 1e-3


def test_a_tip_by_matrices():
    # A chain above a sheet, tunnelling to several sites: the same from matrices.
    graphene = sv.Model(sv.lattice.honeycomb(1.0), sv.hopping(-1.0))
    tip = sv.Model(
        sv.lattice.Lattice([[0, 0, 0.8]], basis=[[0.3, 0.2, 0.9]]), sv.onsite(0.2) + sv.hopping(-1.5)
    )
    sheet = (
        graphene.region(sv.shape.rectangle(7, 5)).lead("left", graphene, "-x").lead("right", graphene, "+x")
    )
    tunnel = sv.contact(
        lambda x1, y1, x2, y2, strength: strength * np.exp(-np.hypot(x1 - x2, y1 - y2)), within=1.6
    )
    system = sheet.lead("tip", tip, "+z", contact=tunnel)
    found = transmissions(system, 0.4, strength=0.5)

    h = sheet.hamiltonian().toarray()
    leads = {
        name: (sheet.lead_cell(name).h0, sheet.lead_cell(name).v, sheet.lead_cell(name).orbitals)
        for name in ("left", "right")
    }
    distance = np.linalg.norm(sheet.positions - [0.3, 0.2, 0.9], axis=1)
    near = np.flatnonzero(distance <= 1.6)
    place = sheet.positions[near]
    hops = 0.5 * np.exp(-np.hypot(place[:, 0] - 0.3, place[:, 1] - 0.2))
    second = np.linalg.norm(sheet.positions - [0.3, 0.2, 1.7], axis=1) <= 1.6
    assert len(near) > 2
    assert not second.any()
    leads["tip"] = ([[0.2]], [[-1.5]], near, hops[:, None])
    np.testing.assert_allclose(found, transmissions(sv.System.from_matrices(h, leads=leads), 0.4), atol=1e-11)
    assert sorted(system.parameters) == ["strength"]
    psi = sv.scattering_states(system, 0.4, strength=0.5)
    assert len(psi.psi) == system.orbital_count


def test_a_contact_that_reaches_several_cells():
    # Hoppings of the region's own lattice to second neighbours along a chain: two cells count as region.
    chain = sv.Model(sv.lattice.chain(), sv.onsite(0.1) + sv.hopping(-1.0) + sv.hopping(0.3, 2))
    dot = chain + sv.onsite(lambda x: 0.5 * (abs(x) < 2))
    expected = dot.region(sv.shape.line(9)).lead("l", chain, "-x").lead("r", chain, "+x")
    own = sv.contact(lambda x1, x2: np.where(abs(x1 - x2) < 1.5, -1.0, 0.3), within=2.0)
    system = dot.region(sv.shape.line(9)).lead("l", chain, "-x").lead("r", chain, "+x", contact=own)
    assert system.orbital_count == expected.orbital_count + 2
    np.testing.assert_allclose(transmissions(system, -0.6), transmissions(expected, -0.6), atol=1e-10)


def test_orbitals_may_differ_in_number():
    # A spinful chain on a spinless one: the spin that couples passes, the other is reflected whole.
    spinful = sv.Model(sv.lattice.chain(orbitals=("up", "down")), sv.hopping(-1.0), spin_degeneracy=1)
    plain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0), spin_degeneracy=1)
    region = plain.region(sv.shape.line(6)).lead("l", plain, "-x")
    spins = {"up": np.diag([1.0, 0.0]), "down": np.diag([0.0, 1.0])}
    system = region.lead(
        "r", spinful, "+x", contact=sv.contact(np.array([[-1.0, 0.0]]), within=1.0), conserved=spins
    )
    S = sv.scattering_matrix(system, 0.3)
    assert S.transmission("r:up", "l") == pytest.approx(1.0, abs=1e-12)
    assert S.transmission("r:down", "l") == pytest.approx(0.0, abs=1e-12)
    assert S.transmission("r:down", "r:down") == pytest.approx(1.0, abs=1e-12)


def test_sites_may_go_afterwards_and_the_lead_may_be_shifted():
    system = cross("n").lead("s", wire, "-y", shape=arm, contact=joint, shift=sv.param("V"), start=5.0)
    fewer = system.vacancies(0.1, seed=3)
    assert fewer.site_count < system.site_count
    found = transmissions(fewer, 1.1, V=0.2)
    np.testing.assert_allclose(found.sum(axis=0), np.rint(found.sum(axis=0)), atol=1e-9)
    native = cross("").lead("s", wire, "-y", shape=arm, shift=sv.param("V")).vacancies(0.1, seed=3)
    assert native.site_count >= fewer.site_count
    cell = system.lead_cell("s", V=0.2)
    np.testing.assert_allclose(np.diag(cell.h0), 4.2)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: cross("").lead("x", sv.Model(sv.lattice.triangular(), sv.hopping(-1.0)), "-x"),
            r"contact=sharvin\.contact",
        ),
        (lambda: cross("n", contact=sv.contact(-1.0, within=0.3)), "no site of the region is within 0.3 nm"),
        (lambda: cross("n", contact=sv.contact(-1.0, within=30.0)), "runs beside the region"),
        (lambda: cross("n", contact=-1.0), r"expected contact=sharvin\.contact"),
        (lambda: cross("").lead("x", wire, "-y", contact=joint), "it needs a shape"),
        (lambda: cross("").lead("x", wire, "-y", start=3.0), "start is for leads with a contact"),
        (lambda: sv.contact(-1.0, within=0.0), "positive distance"),
        (lambda: sv.contact("a", within=1.0), "expected a number"),
        (lambda: cross("n", contact=sv.contact(np.eye(2), within=1.0)).hamiltonian(), "does not fit"),
        (
            lambda: cross("n", contact=sv.contact(lambda x: x * np.nan, within=1.0)).hamiltonian(),
            "finite numbers",
        ),
        (lambda: cross("wne", lead=sv.nambu(wire)), "particle–hole doubled"),
        (lambda: cross("").lead("x", wire, "-y", contact=joint, shape=sv.shape.half_space((0, 1))), "no end"),
        (
            lambda: cross("").lead("x", wire, "-y", contact=joint, shape=sv.shape.strip(0.5, center=0.5)),
            "no site of its",
        ),
    ],
)
def test_what_is_refused(make, words):
    with pytest.raises(sv.InputError, match=words):
        make()
