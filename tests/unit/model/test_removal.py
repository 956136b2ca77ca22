import numpy as np
import pytest

import sharvin as sv

square = sv.Model(sv.lattice.square(), sv.onsite(lambda x, y: 0.01 * x + 0.003 * y) + sv.hopping(-1.0))
wire = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
honeycomb = sv.Model(sv.lattice.honeycomb(1.0), sv.hopping(-1.0))


def places(system):
    """The sites as a set of places."""
    return {tuple(row) for row in np.round(system.positions, 6).tolist()}


def bar(model=square, length=30, width=12):
    """A strip with two leads."""
    region = model.region(sv.shape.rectangle(length, width))
    lead = wire if model is square else model
    return region.lead("left", lead, "-x").lead("right", lead, "+x")


def test_sites_go_by_place_or_by_mask():
    region = square.region(sv.shape.rectangle(20, 10))
    by_function = region.without_sites(lambda x, y: x**2 + y**2 < 9)
    by_mask = region.without_sites(np.linalg.norm(region.positions, axis=1) < 3)
    assert places(by_function) == places(by_mask) < places(region)
    assert region.without_sites(lambda x: x > 1e3).site_count == region.site_count
    # What is left is H of the region, without rows and columns.
    kept = np.linalg.norm(region.positions, axis=1) >= 3
    whole = region.hamiltonian().toarray()
    np.testing.assert_array_equal(by_mask.hamiltonian().toarray(), whole[np.ix_(kept, kept)])


def test_with_leads_it_is_the_same_as_before_them():
    hole = sv.shape.disk(3.0, center=(1.0, 0.5))
    shape = sv.shape.rectangle(30, 12) - hole
    before = square.region(shape).lead("left", wire, "-x").lead("right", wire, "+x")
    after = bar().without_sites(lambda x, y: ~shape.contains(x, y, 0 * x))
    assert places(before) == places(after)
    for energy in (-1.7, 0.3):
        expected = sv.scattering_matrix(before, energy).transmission("right", "left")
        assert sv.scattering_matrix(after, energy).transmission("right", "left") == pytest.approx(
            expected, rel=1e-10
        )


def test_leads_keep_the_sites_that_they_meet():
    system = bar()
    assert system.vacancies(1.0, seed=1).site_count == 2 * 11  # the two outermost columns
    everything = system.without_sites(lambda x: x < 1e3)
    S = sv.scattering_matrix(everything, 0.3)
    assert S.transmission("right", "left") == pytest.approx(0.0, abs=1e-12)
    assert S.transmission("left", "left") == pytest.approx(len(S.block("left", "left")), rel=1e-10)


def test_ragged_fills_and_narrow_leads_survive_removal():
    shape = sv.shape.disk(12.0)
    strip = sv.shape.strip(width=8)
    system = honeycomb.region(shape)
    system = system.lead("left", honeycomb, "-x", shape=strip).lead("top", honeycomb, "+y", shape=strip)
    assert len(system.added) > 0
    cut = system.vacancies(0.05, seed=3)
    assert len(cut.added) == len(system.added)
    assert places(cut) < places(system)
    added = {tuple(row) for row in np.round(system.positions[system.added], 6).tolist()}
    assert {tuple(row) for row in np.round(cut.positions[cut.added], 6).tolist()} == added
    S = sv.scattering_matrix(cut, 0.4)
    assert S.certificate.certified
    # The same from matrices: rows and columns of the whole, leads as they were.
    rows = np.array([tuple(row) in places(cut) for row in np.round(system.positions, 6).tolist()])
    number = np.cumsum(rows) - 1
    leads = {}
    for name in system.leads:
        cell = system.lead_cell(name)
        there = cell.orbitals >= 0
        coupling = cell.v[there]
        leads[name] = (cell.h0, cell.v, number[cell.orbitals[there]], coupling)
    h = system.hamiltonian().toarray()[np.ix_(rows, rows)]
    reference = sv.scattering_matrix(sv.System.from_matrices(h, leads=leads), 0.4)
    assert S.transmission("top", "left") == pytest.approx(reference.transmission("top", "left"), rel=1e-9)


def test_vacancies_belong_to_sites_and_seeds():
    large, small = honeycomb.region(sv.shape.rectangle(60, 40)), honeycomb.region(sv.shape.rectangle(30, 20))
    assert places(small.vacancies(0.1, seed=5)) == places(large.vacancies(0.1, seed=5)) & places(small)
    assert places(small.vacancies(0.1, seed=5)) != places(small.vacancies(0.1, seed=6))
    assert places(large.vacancies(0.3, seed=5)) < places(
        large.vacancies(0.1, seed=5)
    )  # one grows out of the other
    missing = 1 - large.vacancies(0.1, seed=5).site_count / large.site_count
    assert missing == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / large.site_count))
    only = places(large) - places(large.vacancies(0.3, seed=5, sublattice="B"))
    sublattice = dict(
        zip(map(tuple, np.round(large.positions, 6).tolist()), large.body.sites.sublattice, strict=True)
    )
    assert {sublattice[place] for place in only} == {1}
    disordered = sv.Model(sv.lattice.honeycomb(1.0), sv.hopping(-1.0) + sv.disorder(1.0, seed=5)).region(
        sv.shape.rectangle(60, 40)
    )
    energies = np.real(disordered.hamiltonian().diagonal())
    left = places(large.vacancies(0.3, seed=5))
    gone = np.array([tuple(row) not in left for row in np.round(disordered.positions, 6).tolist()])
    assert abs(energies[gone].mean()) < 4 / np.sqrt(12 * gone.sum())  # the same seed, other numbers


def test_rough_edges_stay_at_the_edges():
    system = bar()
    for layers in (1, 2, 3):
        rough = system.rough_edges(0.4, seed=2, layers=layers)
        gone = np.array(sorted(places(system) - places(rough)))
        # Edge rows only: y = ±5, then ±4, … and nothing from the columns that meet leads.
        assert np.abs(gone[:, 1]).min() >= 6 - layers
        assert np.abs(gone[:, 0]).max() < np.abs(system.positions[:, 0]).max()
    first = places(system) - places(system.rough_edges(0.4, seed=2))
    assert len(first) / (2 * 27) == pytest.approx(0.4, abs=0.2)
    assert first <= places(system) - places(system.rough_edges(0.4, seed=2, layers=3))
    peeled = places(system) - places(system.rough_edges(1.0, seed=2, layers=1))
    assert peeled == {place for place in places(system) if abs(place[1]) == 5 and abs(place[0]) < 14}


def test_loose_ends_are_trimmed_to_the_end():
    flake = honeycomb.region(sv.shape.disk(6.0)).vacancies(0.2, seed=8)
    trimmed = flake.trimmed()
    degrees = np.bincount(trimmed.body.bonds.ravel(), minlength=trimmed.site_count)
    assert degrees.min() == 2
    assert trimmed.trimmed().site_count == trimmed.site_count
    comb = square.region(sv.shape.rectangle(20, 4)).without_sites(lambda x, y: (y > 0) & (x % 3 == 0))
    assert comb.trimmed().site_count == comb.site_count  # every site has two neighbours or more
    chain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    system = chain.region(sv.shape.line(9)).lead("left", chain, "-x")
    assert system.trimmed().site_count == 1  # all but what the lead needs
    with pytest.raises(sv.InputError, match="no site of the region is left"):
        chain.region(sv.shape.line(9)).trimmed()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.without_sites(lambda x, gate: x > gate), "cannot depend on parameters"),
        (lambda s: s.without_sites(lambda x: x), "True or False"),
        (lambda s: s.without_sites([True, False]), "each of the"),
        (lambda s: s.without_sites(3), "each of the"),
        (lambda s: s.without_sites(lambda x: x > -1e9).site_count, None),
        (lambda s: s.vacancies(1.5, seed=1), "between 0 and 1"),
        (lambda s: s.vacancies(float("nan"), seed=1), "finite number"),
        (lambda s: s.vacancies(0.1, seed=0.5), "integer"),
        (lambda s: s.vacancies(0.1, seed=sv.param("seed")), "integer"),
        (lambda s: s.vacancies(0.1, seed=1, sublattice="C"), 'no sublattice "C"'),
        (lambda s: s.rough_edges(-0.1, seed=1), "between 0 and 1"),
        (lambda s: s.rough_edges(0.1, seed=1, layers=0), "1 or more"),
        (lambda s: s.trimmed(0), "1 or more"),
    ],
)  # fmt: skip
def test_what_is_refused(change, words):
    if words is None:
        assert change(bar()) == 2 * 11
        return
    with pytest.raises(sv.InputError, match=words):
        change(bar())


def test_matrices_have_no_sites():
    system = sv.System.from_matrices([[0.0]], leads={"L": (0.0, -1.0, [0])})
    with pytest.raises(sv.InputError, match="no lattice"):
        system.vacancies(0.1, seed=1)
