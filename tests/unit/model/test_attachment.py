import numpy as np
import pytest

import sharvin as sv
from sharvin.model.attachment import direction_vector

square = sv.Model(sv.lattice.square(a=2.0), sv.onsite(4.0) + sv.hopping(-1.0))


def bloch_bands(cell, momenta=None):
    momenta = np.linspace(-np.pi, np.pi, 41) if momenta is None else momenta
    hops = np.exp(1j * momenta)[:, None, None] * cell.v
    return np.linalg.eigvalsh(cell.h0 + hops + np.conj(np.swapaxes(hops, 1, 2)))


def consistent(system, name):
    """The region's interface orbitals are coupled to each other and onward as the lead's cells are."""
    cell = system.lead_cell(name)
    return len(np.unique(cell.orbitals)) == len(cell.orbitals) == len(cell.h0)


@pytest.mark.parametrize(
    ("direction", "wanted"),
    [
        ("+x", (1, 0, 0)), ("x", (1, 0, 0)), ("-x", (-1, 0, 0)), ("+y", (0, 1, 0)), ("-z", (0, 0, -1)),
        ((3, 4), (0.6, 0.8, 0)), ([0, 0, -2], (0, 0, -1)), (-5.0, (-1, 0, 0)),
    ],
)  # fmt: skip
def test_directions(direction, wanted):
    assert np.abs(direction_vector(direction) - wanted).max() < 1e-15


@pytest.mark.parametrize(
    "direction", ["right", "", "++x", (0, 0), (1, 2, 3, 4), None, (np.nan, 1), ("a", 1), []]
)
def test_directions_without_meaning_are_refused(direction):
    with pytest.raises(sv.InputError, match="direction"):
        direction_vector(direction)


def test_a_straight_edge():
    system = square.region(sv.shape.rectangle(20, 12)).lead("right", square, "+x")
    assert system.site_count == 9 * 5  # nothing to fill
    cell = system.lead_cell("right")
    assert cell.period == 2.0
    edge = system.positions[cell.orbitals]
    assert np.all(edge[:, 0] == 8.0)
    order = np.argsort(edge[:, 1])
    h0 = cell.h0[np.ix_(order, order)]
    assert np.array_equal(h0, 4 * np.eye(5) - np.eye(5, k=1) - np.eye(5, k=-1))
    assert np.array_equal(cell.v, -np.eye(5))


@pytest.mark.parametrize("direction", ["+x", "-x", "+y", "-y"])
def test_a_ragged_edge_is_filled(direction):
    disk = square.region(sv.shape.disk(9.0))
    system = disk.lead("one", square, direction)
    axis, sign = "xy".index(direction[1]), 1 if direction[0] == "+" else -1
    width = len({round(float(p), 6) for p in disk.positions[:, 1 - axis]})
    cell = system.lead_cell("one")
    assert len(cell.h0) == width
    edge = system.positions[cell.orbitals]
    assert np.all(edge[:, axis] == sign * np.abs(disk.positions[:, axis]).max())
    # Every row of the lead reaches from the edge to the disk without a gap.
    for row in np.unique(system.positions[:, 1 - axis]):
        along = np.sort(system.positions[system.positions[:, 1 - axis] == row][:, axis] * sign)
        assert np.allclose(np.diff(along), 2.0)
        assert along[-1] == np.abs(disk.positions[:, axis]).max()
    assert system.site_count > disk.site_count


def test_what_is_filled_has_the_lead_s_terms():
    region = square + sv.onsite(7.0)
    lead = sv.Model(square.lattice, sv.onsite(1.5) + sv.hopping(-0.25))
    disk = region.region(sv.shape.disk(5.0))
    system = disk.lead("one", lead, "+x")
    h = system.hamiltonian().toarray()
    count = disk.site_count
    assert set(np.diag(h)[:count]) == {11.0}
    assert set(np.diag(h)[count:]) == {1.5}
    assert set(np.unique(h[count:, :count])) == {-0.25, 0.0}
    assert set(np.unique(np.triu(h[:count, :count], 1))) == {-1.0, 0.0}


def test_a_slanted_edge_transmits_what_a_straight_one_does():
    slanted = sv.shape.function(
        lambda x, y, z: (np.abs(y) < 5.5) & (x + 0.7 * y < 9) & (x > -9), low=(-30, -5.5), high=(30, 5.5)
    )
    system = square.region(slanted).lead("left", square, "-x").lead("right", square, "+x")
    S = sv.scattering_matrix(system, 1.9)
    assert S.mode_count("left") == S.mode_count("right") > 1
    assert abs(S.transmission("right", "left") - S.mode_count("left")) < 1e-10


# Cells of graphene ribbons: along a zigzag row the period is a and a chain adds two sites; across, √3 a and four.
@pytest.mark.parametrize(
    ("direction", "period"), [("+x", 1.0), ("-x", 1.0), ("+y", 3**0.5), ("-y", 3**0.5), ((1, 3**0.5), 1.0)]
)
def test_honeycomb_leads(direction, period):
    graphene = sv.Model(sv.lattice.honeycomb(1.0), sv.hopping(-1.0))
    region = graphene.region(sv.shape.rectangle(6.2, 6.1))
    system = region.lead("one", graphene, direction)
    cell = system.lead_cell("one")
    assert cell.period == pytest.approx(period, rel=1e-12)
    assert consistent(system, "one")
    # The interface repeats the cell: H of the region between its orbitals is h0.
    h = system.hamiltonian().toarray()
    assert np.abs(h[np.ix_(cell.orbitals, cell.orbitals)] - cell.h0).max() == 0
    bands = bloch_bands(cell)
    assert np.abs(bands + bands[:, ::-1]).max() < 1e-12  # sublattice symmetry
    assert np.abs(bands).max() < 3.0


@pytest.mark.parametrize("pair", [("-x", "+x"), ("-y", "+y")])
def test_a_clean_honeycomb_ribbon_transmits_every_mode(pair):
    graphene = sv.Model(sv.lattice.honeycomb(1.0), sv.hopping(-1.0))
    system = graphene.region(sv.shape.rectangle(5.2, 5.1))
    for name, direction in zip(("one", "two"), pair, strict=True):
        system = system.lead(name, graphene, direction)
    total = 0
    for energy in (0.13, 0.77, 1.31):
        S = sv.scattering_matrix(system, energy)
        bands = bloch_bands(system.lead_cell("one"), np.linspace(-np.pi, np.pi, 2001))
        crossings = int(np.count_nonzero((bands[:-1] < energy) & (bands[1:] >= energy)))
        assert S.mode_count("one") == S.mode_count("two") == crossings
        assert abs(S.transmission("two", "one") - crossings) < 1e-9
        total += crossings
    assert total >= 3


@pytest.mark.parametrize("reach", [2, 3])
def test_longer_hoppings_make_a_longer_cell(reach):
    model = sv.Model(sv.lattice.chain(), sv.hopping(-1.0) + sv.hopping(0.3, reach))
    system = model.region(sv.shape.line(12)).lead("left", model, "-x").lead("right", model, "+x")
    cell = system.lead_cell("right")
    assert cell.period == reach
    assert cell.h0.shape == (reach, reach)
    # The bands are those of the chain, folded.
    momenta = np.linspace(-np.pi, np.pi, 41)
    unfolded = (momenta[:, None] + 2 * np.pi * np.arange(reach)) / reach
    wanted = np.sort(-2 * np.cos(unfolded) + 0.6 * np.cos(reach * unfolded), axis=1)
    assert np.abs(bloch_bands(cell, momenta) - wanted).max() < 1e-12
    S = sv.scattering_matrix(system, 0.37)
    assert abs(S.transmission("right", "left") - S.mode_count("left")) < 1e-10
    assert S.mode_count("left") >= 1


def test_diagonal_hoppings_do_not_make_a_longer_cell():
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0) + sv.hopping(0.2, 2))
    system = model.region(sv.shape.rectangle(6, 6)).lead("right", model, "+x")
    assert system.lead_cell("right").period == 1.0
    assert np.count_nonzero(system.lead_cell("right").v) == 5 + 2 * 4


def test_a_diagonal_lead_on_the_square_lattice():
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    corner = sv.shape.function(
        lambda x, y, z: (np.abs(x - y) < 2.5) & (np.abs(x + y) < 6.5), (-6, -6), (6, 6)
    )
    system = model.region(corner).lead("out", model, (1, 1)).lead("in", model, (-1, -1))
    assert system.lead_cell("out").period == pytest.approx(2**0.5)
    S = sv.scattering_matrix(system, 0.21)
    assert S.mode_count("in") >= 1
    assert abs(S.transmission("out", "in") - S.mode_count("in")) < 1e-10


def test_a_lead_along_a_cubic_axis():
    model = sv.Model(sv.lattice.cubic(), sv.hopping(-1.0))
    system = model.region(sv.shape.box((4, 4, 6))).lead("up", model, "+z").lead("down", model, "-z")
    S = sv.scattering_matrix(system, 0.3)
    levels = -2 * np.cos(np.pi * np.arange(1, 4) / 4)
    transverse = np.add.outer(levels, levels).ravel()
    count = int(np.count_nonzero(np.abs(0.3 - transverse) < 2))
    assert S.mode_count("up") == count == 7
    assert abs(S.transmission("up", "down") - count) < 1e-10


def test_a_direction_without_a_period_is_refused():
    with pytest.raises(sv.InputError, match="no lattice translation"):
        square.region(sv.shape.rectangle(9, 9)).lead("one", square, (1, 2**0.5))
    chain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    with pytest.raises(sv.InputError, match="no lattice translation"):
        chain.region(sv.shape.line(5)).lead("one", chain, "+y")


@pytest.mark.parametrize(
    "varying",
    [
        sv.onsite(lambda x: 0.01 * x),
        sv.hopping(lambda x: 0.01 * x),
        sv.onsite(lambda x, v=0.3: v * np.cos(x)),
    ],
)
def test_a_lead_that_changes_along_itself_is_refused(varying):
    lead = square + varying
    system = square.region(sv.shape.rectangle(9, 9)).lead("one", lead, "+x")
    with pytest.raises(sv.InputError, match='lead "one": its terms change along the lead'):
        system.lead_cell("one")
    with pytest.raises(sv.InputError, match="transverse coordinates only"):
        sv.scattering_matrix(system, 2.0)


def test_a_lead_may_change_across_itself():
    lead = square + sv.onsite(lambda y, v: v * y**2)
    system = square.region(sv.shape.rectangle(9, 9)).lead("one", lead, "+x")
    cell = system.lead_cell("one", v=0.1)
    y = system.positions[cell.orbitals][:, 1]
    assert np.abs(np.diag(cell.h0) - 4 - 0.1 * y**2).max() < 1e-14


@pytest.mark.parametrize("name", ["", "a:b", 3, None])
def test_a_name_without_meaning_is_refused(name):
    with pytest.raises(sv.InputError, match="name"):
        square.region(sv.shape.rectangle(9, 9)).lead(name, square, "+x")


def test_a_name_twice_another_lattice_and_no_model_are_refused():
    system = square.region(sv.shape.rectangle(9, 9)).lead("one", square, "+x")
    with pytest.raises(sv.InputError, match='"one" already'):
        system.lead("one", square, "-x")
    with pytest.raises(sv.InputError, match="another lattice"):
        system.lead("two", sv.Model(sv.lattice.square(a=1.0), sv.hopping(-1.0)), "-x")
    with pytest.raises(sv.InputError, match="expected a Model"):
        system.lead("two", sv.hopping(-1.0), "-x")
    assert system.leads == ("one",)


def test_a_region_without_leads_is_not_changed_by_lead():
    region = square.region(sv.shape.disk(5.0))
    before = region.site_count
    region.lead("one", square, "+x")
    assert region.leads == ()
    assert region.site_count == before


def test_a_second_lead_fits_the_region_that_was_filled_for_the_first():
    system = square.region(sv.shape.disk(9.0)).lead("left", square, "-x").lead("right", square, "+x")
    S = sv.scattering_matrix(system, 1.3)
    assert abs(S.transmission("right", "left") - S.mode_count("left")) < 1e-10


def plus(arm=4.0, length=14.0):
    """A cross with arms."""
    return sv.shape.rectangle(2 * length, 2 * arm) | sv.shape.rectangle(2 * arm, 2 * length)


def test_a_shape_cuts_a_lead_out_of_the_lattice():
    region = square.region(sv.shape.disk(19.0))
    system = region.lead("west", square, (-1, 0), shape=sv.shape.strip(12.0))
    cell = system.lead_cell("west")
    assert len(cell.h0) == 5
    edge = system.positions[cell.orbitals]
    assert set(edge[:, 1].tolist()) == {-4.0, -2.0, 0.0, 2.0, 4.0}
    assert set(edge[:, 0].tolist()) == {-18.0}
    # Sites that the disk lacks in the strip, at x = −18: y = ±4, …; the disk has (−18, ±6) neither.
    added = system.positions[system.added]
    assert {tuple(r) for r in added[:, :2].tolist()} == {
        (x, y) for x in (-18.0,) for y in (-4.0, 4.0) if x**2 + y**2 >= 19**2
    } | {(-18.0, y) for y in (-2.0, 2.0) if 18**2 + y**2 >= 19**2}
    above = region.lead("west", square, (-1, 0), shape=sv.shape.strip(4.0, center=8.0))
    # Across to the left as seen from above: outward is −x, so to −y.
    assert set(above.positions[above.lead_cell("west").orbitals][:, 1].tolist()) == {-8.0}


def test_what_is_added_is_bound_to_the_lead_s_strip_only():
    # A site is added beside one of the region outside of the strip, and not bound to it.
    shape = sv.shape.rectangle(12, 12) - sv.shape.rectangle(4, 4, center=(4, 1))
    region = square.region(shape)
    assert sorted(region.positions[region.positions[:, 0] == 4.0][:, 1]) == [-4.0, -2.0, 4.0]
    lead = sv.Model(square.lattice, sv.onsite(9.0) + sv.hopping(-0.5))
    system = region.lead("east", lead, "+x", shape=sv.shape.strip(6.0))
    assert system.positions[system.added][:, :2].tolist() == [[4.0, 0.0], [4.0, 2.0]]
    h, r = system.hamiltonian().toarray(), system.positions
    at = {tuple(p[:2]): n for n, p in enumerate(r)}
    assert h[at[4, 0], at[4, 2]] == h[at[4, 0], at[4, -2]] == h[at[4, 0], at[2, 0]] == -0.5
    assert h[at[4, 2], at[4, 2]] == 9.0
    assert h[at[4, 2], at[4, 4]] == 0  # outside of the strip
    assert h[at[2, 2], at[4, 2]] == -0.5
    assert h[at[2, 2], at[2, 4]] == -1.0


def test_four_leads_on_a_cross_of_which_each_is_narrower_than_the_projection():
    region = square.region(plus())
    system = region
    for name, direction in {"w": "-x", "s": "-y", "e": "+x", "n": "+y"}.items():
        system = system.lead(name, square, direction, shape=sv.shape.strip(8.0))
    assert system.site_count == region.site_count
    assert len(system.added) == 0
    S = sv.scattering_matrix(system, 2.2)
    assert S.mode_count("w") == S.mode_count("n") == 2
    assert S.transmission("e", "w") == pytest.approx(S.transmission("n", "s"), abs=1e-12)
    with pytest.raises(sv.InputError, match="another device"):
        region.lead("w", square, "-x")


def test_a_lead_that_starts_where_a_hole_is():
    # From the lead inward along its hoppings: a hole that the edge opens into is filled, one that is closed is not.
    holes = sv.shape.rectangle(4.2, 2.2, center=(8, 0)) | sv.shape.rectangle(2.2, 2.2, center=(0, 0))
    region = square.region(sv.shape.rectangle(20, 12) - holes)
    system = region.lead("east", square, "+x")
    assert sorted(system.positions[system.added][:, 0].tolist()) == [6.0, 8.0]
    assert not system.positions[system.added][:, 1].any()
    # A hole behind a closed edge stays, if no gap of the edge leads into it.
    closed = square.region(sv.shape.rectangle(20, 12) - sv.shape.rectangle(2.2, 2.2, center=(6, 0)))
    assert len(closed.lead("east", square, "+x").added) == 0


def test_a_dangling_site_that_no_hopping_reaches_is_not_added():
    # The top row of a zigzag strip hangs on the row below: where that is there the region ends the lead.
    graphene = sv.Model(sv.lattice.honeycomb(1.0), sv.hopping(-1.0))
    bond = 1 / 3**0.5
    strip = sv.shape.strip(3.2 * bond, center=0.2 * bond)
    outside = sv.shape.half_space((0, 1), 0.5 * bond) & sv.shape.half_space((1, 0), 3.9)
    region = graphene.region(sv.shape.rectangle(10, 8) - outside)
    system = region.lead("east", graphene, "+x", shape=strip)
    cell = system.lead_cell("east")
    S = sv.scattering_matrix(system, 0.4)
    assert S.certificate.figures["unitarity_error"] < 1e-12
    missing = cell.orbitals < 0
    assert not cell.v[missing].any()


def test_a_shape_that_misses_the_region_or_is_not_ended_by_it_is_refused():
    region = square.region(sv.shape.rectangle(20, 12))
    with pytest.raises(sv.InputError, match="no site of the region lies in the lead's shape"):
        region.lead("one", square, "+x", shape=sv.shape.strip(8.0, center=40.0))
    with pytest.raises(sv.InputError, match="does not end it"):
        region.lead("one", square, "+x", shape=sv.shape.strip(20.0))
    with pytest.raises(sv.InputError, match="expected a shape"):
        region.lead("one", square, "+x", shape=20.0)


def test_a_round_wire():
    model = sv.Model(sv.lattice.cubic(), sv.onsite(6.0) + sv.hopping(-1.0))
    section = sv.shape.cylinder(radius=2.4, length=1.0)
    for direction, region in (
        ("+x", sv.shape.cylinder(radius=2.4, length=8.0)),
        ("-z", sv.shape.disk(2.4) & sv.shape.box((9, 9, 8))),
    ):
        system = model.region(region).lead("one", model, direction, shape=section)
        assert len(system.lead_cell("one").h0) == 21
        assert len(system.added) == 0


@pytest.mark.parametrize("shift", [0.3, sv.param("V")])
def test_a_lead_with_a_shift_of_its_energies(shift):
    system = square.region(sv.shape.disk(9.0)).lead("one", square, "+x", shift=shift)
    params = {} if shift == 0.3 else {"V": 0.3}
    cell = system.lead_cell("one", **params)
    assert np.allclose(np.diag(cell.h0), 4.3)
    diagonal = system.hamiltonian(**params).diagonal()
    assert np.allclose(diagonal[system.added], 4.3)
    assert np.allclose(np.delete(diagonal, system.added), 4.0)


# ---- copies on the opposite side


def test_an_opposite_lead_is_the_same_wire():
    graphene = sv.Model(
        sv.lattice.honeycomb(1.0), sv.onsite(0.1, "A") + sv.hopping(-1.0) + sv.hopping(0.05, 2)
    )
    region = graphene.region(sv.shape.disk(8.0))
    strip = sv.shape.strip(width=7.0, center=1.2)
    for direction, back in (((-1, 0), (1, 0)), ((0, 1), (0, -1)), ((1, 3**0.5), (-1, -(3**0.5)))):
        system = region.lead("one", graphene, direction, shape=strip, shift=sv.param("V"))
        copied = system.opposite_lead("two", of="one")
        # Across the other lead the axis points the other way.
        wanted = system.lead(
            "two", graphene, back, shape=sv.shape.strip(width=7.0, center=-1.2), shift=sv.param("V")
        )
        assert copied.leads == ("one", "two")
        np.testing.assert_array_equal(copied.positions, wanted.positions)
        S, T = (sv.scattering_matrix(each, 0.4, V=0.05) for each in (copied, wanted))
        assert S.transmission("two", "one") == pytest.approx(T.transmission("two", "one"), abs=1e-10)
        assert S.transmission("two", "one") > 0.1


def test_an_opposite_lead_of_full_width_and_with_blocks():
    wire = sv.Model(sv.lattice.square(orbitals=("up", "down")), sv.onsite(4.0) + sv.hopping(-1.0))
    spins = {"up": np.diag([1.0, 0.0]), "down": np.diag([0.0, 1.0])}
    system = (
        wire.region(sv.shape.rectangle(9, 6))
        .lead("l", wire, "-x", conserved=spins)
        .opposite_lead("r", of="l")
    )
    S = sv.scattering_matrix(system.field(20.0), 1.3)
    assert S.transmission("r:up", "l:up") == pytest.approx(S.mode_count("l") / 2, abs=1e-10)
    assert S.transmission("r:up", "l:down") == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda s, w: s.opposite_lead("l", of="l"), "already"),
        (lambda s, w: s.opposite_lead("r", of="left"), 'no lead "left"'),
        (lambda s, w: s.opposite_lead("r", of="l", fill=1), "True or False"),
        (lambda s, w: s.opposite_lead("r", of="l").lead("x", w, "+x"), "overlap"),
        (
            lambda s, w: s.lead(
                "t", w, "+y", shape=sv.shape.strip(4.0), contact=sv.contact(-1.0, within=1.0)
            ).opposite_lead("b", of="t"),
            "lattice of its own",
        ),
    ],
)
def test_opposite_leads_that_are_refused(make, words):
    wire = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
    system = wire.region(sv.shape.rectangle(12, 9)).lead("l", wire, "-x", shape=sv.shape.strip(5.0))
    with pytest.raises(sv.InputError, match=words):
        make(system, wire)
