"""Sites and their index: maps with holes, negative coordinates, one to three dimensions, mostly empty boxes."""

import itertools
import pickle

import numpy as np
import pytest

import sharvin as sv
from sharvin.model.sites import SiteIndex, Sites

TWO = sv.lattice.Lattice([[1.0, 0.0], [0.0, 1.0]], basis=[[0, 0], [0.5, 0.5]])


def random_sites(lattice, count, spread, seed=1):
    rng = np.random.default_rng(seed)
    cells = rng.integers(-spread, spread, size=(4 * count, lattice.dimension))
    sublattice = rng.integers(0, lattice.sublattice_count, size=len(cells))
    both = np.unique(np.column_stack([cells, sublattice]), axis=0)
    both = both[rng.permutation(len(both))[:count]]
    return Sites(lattice, both[:, :-1], both[:, -1])


@pytest.mark.parametrize("spread", [6, 40, 10**6], ids=["dense", "holes", "mostly empty"])
@pytest.mark.parametrize("lattice", [sv.lattice.chain(), sv.lattice.square(), TWO, sv.lattice.cubic()])
def test_every_site_is_found_and_no_other(lattice, spread):
    sites = random_sites(lattice, 60, spread)
    assert sites.find(sites.cells, sites.sublattice).tolist() == list(range(len(sites)))
    numbers = {
        (*cell, sub): n
        for n, (cell, sub) in enumerate(zip(sites.cells.tolist(), sites.sublattice.tolist(), strict=True))
    }
    near = sites.cells[:, None, :] + np.array(list(itertools.product((-1, 0, 1), repeat=lattice.dimension)))
    near = near.reshape(-1, lattice.dimension)
    for sub in range(lattice.sublattice_count):
        wanted = [numbers.get((*cell, sub), -1) for cell in near.tolist()]
        assert sites.find(near, sub).tolist() == wanted


@pytest.mark.parametrize("spread", [5, 10**6])
@pytest.mark.parametrize("lattice", [sv.lattice.chain(), TWO, sv.lattice.cubic()])
def test_a_step_of_the_key_is_a_translation(lattice, spread):
    sites = random_sites(lattice, 50, spread)
    index = SiteIndex(sites, halo=np.full(lattice.dimension, 2))
    for cell in itertools.product((-2, 0, 1), repeat=lattice.dimension):
        for other in range(lattice.sublattice_count):
            rows = np.flatnonzero(sites.sublattice == 0)
            found = index.at(index.keys[rows] + index.step(cell, other))
            assert found.tolist() == sites.find(sites.cells[rows] + np.array(cell), other).tolist()


def test_sites_that_nothing_is_added_to_are_the_same():
    sites = random_sites(sv.lattice.square(), 5, 9)
    assert sites.with_more(np.zeros((0, 2), dtype=int), np.zeros(0, dtype=int)) is sites


def test_positions_cannot_be_changed_and_do_not_travel():
    system = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7)).region(sv.shape.disk(2.0))
    with pytest.raises(ValueError, match="read-only"):
        system.positions[0, 0] = 7.0
    with pytest.raises(ValueError, match="read-only"):
        system.positions.T[0][0] = 7.0
    before = len(pickle.dumps(sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7)).region(sv.shape.disk(2.0))))
    _ = system.hamiltonian()
    assert len(pickle.dumps(system)) == before


@pytest.mark.parametrize(
    ("lattice", "size"),
    [
        (sv.lattice.square(), (1e6, 1e6)), (sv.lattice.square(), (1e9, 10.0)), (sv.lattice.square(), (10.0, 1e9)),
        (sv.lattice.honeycomb(), (1e300, 1e300)), (sv.lattice.chain(), (1e10,)), (sv.lattice.cubic(), (1e4,) * 3),
    ],
)  # fmt: skip
def test_a_box_far_too_large_is_refused_with_its_sites_and_memory(lattice, size):
    with pytest.raises(sv.InputError, match=r"about .* lattice sites; to list them would take about .* GB"):
        sv.Model(lattice, sv.hopping(-1.0)).region(sv.shape.box(size))


def test_memory_that_runs_out_is_told_like_a_box_too_large(monkeypatch):
    def exhausted(*_):
        raise MemoryError

    monkeypatch.setattr(sv.lattice.Lattice, "positions", exhausted)
    with pytest.raises(sv.InputError, match="GB of memory"):
        sv.Model(sv.lattice.square(), sv.onsite(1.0)).region(sv.shape.rectangle(9, 9))


@pytest.mark.parametrize("center", [(0.0, 0.0), (-3e4, 7e4), (1e9, -1e9)])
def test_a_skew_lattice_in_a_long_thin_box(center):
    # The box that the lattice vectors span is hundreds of times larger than the shape.
    system = sv.Model(sv.lattice.triangular(), sv.onsite(1.0)).region(sv.shape.rectangle(3.3, 2000.0, center))
    rows = 2000 / 0.75**0.5  # of three and four sites in turn
    assert system.site_count == pytest.approx(3.5 * rows, abs=8)
    assert np.abs(system.positions[:, :2] - center).max(axis=0) == pytest.approx([1.65, 1000.0], abs=1.0)
    order = np.lexsort(system.body.sites.cells.T[::-1])
    assert np.array_equal(order, np.arange(system.site_count))
