"""The pattern: complete, sorted, symmetric, shared; and values that are worked out only when they must be."""

import numpy as np
import pytest
from scipy import sparse

import sharvin as sv
from sharvin.model.assembly import Assembly
from sharvin.model.remembered import Remembered
from sharvin.model.sites import Sites

HONEYCOMB = sv.lattice.honeycomb(1.0, orbitals=2)


def structurally_complete(h):
    """Sorted, without duplicates, structurally symmetric, the whole diagonal stored."""
    mask = sparse.csr_array((np.ones(h.nnz), h.indices.copy(), h.indptr.copy()), shape=h.shape).toarray()
    rising = all(
        (np.diff(h.indices[a:b]) > 0).all() for a, b in zip(h.indptr[:-1], h.indptr[1:], strict=True)
    )
    return rising and (mask <= 1).all() and (mask == mask.T).all() and mask.diagonal().all()


def shuffled(lattice, terms, shape, seed=0):
    """The same region with its sites in a random order: all rows must be sorted by hand."""
    sites = sv.Model(lattice, terms).region(shape).body.sites
    order = np.random.default_rng(seed).permutation(len(sites))
    mixed = Sites(lattice, sites.cells[order], sites.sublattice[order])
    return Assembly(mixed, np.zeros(len(sites), dtype=int), (terms,)), order


@pytest.mark.parametrize(
    ("lattice", "shape"),
    [
        (sv.lattice.chain(orbitals=3), sv.shape.line(9.0, -40.0)),
        (sv.lattice.square(), sv.shape.rectangle(9, 7) - sv.shape.disk(2.5)),
        (HONEYCOMB, sv.shape.disk(3.1, (-7.3, 2.2))),
        (sv.lattice.cubic(), sv.shape.box((4, 5, 4))),
        (sv.lattice.square(), sv.shape.disk(2.3) | sv.shape.disk(2.3, (3e3, 3e3))),  # mostly empty box
    ],
)  # fmt: skip
def test_the_order_of_sites_does_not_matter(lattice, shape):
    def varying(x1, y2):
        return 0.3 * x1 + 0.2j * y2

    terms = sv.onsite(lambda x: x) + sv.hopping(varying) + sv.hopping(0.4, 2)
    straight = sv.Model(lattice, terms).region(shape).hamiltonian()
    assembly, order = shuffled(lattice, terms, shape)
    mixed = assembly.hamiltonian({})
    m = lattice.orbital_count
    rows = (order[:, None] * m + np.arange(m)).ravel()
    assert np.array_equal(mixed.toarray(), straight.toarray()[np.ix_(rows, rows)])
    assert structurally_complete(mixed)
    assert structurally_complete(straight)
    assert np.array_equal(straight.toarray(), straight.toarray().conj().T)


@pytest.mark.parametrize("direction", ["+x", "-x", "+y"])
def test_filled_edges_keep_rows_sorted(direction):
    model = sv.Model(HONEYCOMB, sv.hopping(-1.0) + sv.hopping(0.1, 2))
    other = sv.Model(HONEYCOMB, sv.hopping(-0.5) + sv.hopping(0.05, 3))  # a shell that the region lacks
    bare = model.region(sv.shape.disk(3.0))
    system = bare.lead("one", other, direction)
    assert system.site_count > bare.site_count
    assert structurally_complete(system.hamiltonian())
    inside = system.hamiltonian().toarray()[: bare.orbital_count, : bare.orbital_count]
    assert np.array_equal(inside, bare.hamiltonian().toarray())


def test_all_matrices_of_a_system_share_their_index_arrays():
    model = sv.Model(sv.lattice.square(), sv.onsite(sv.param("V")) + sv.hopping(-1.0))
    system = model.region(sv.shape.disk(4.0)).lead("L", model, "-x").field(sv.param("B"))
    one, two = system.hamiltonian(V=1.0, B=0.0), system.hamiltonian(V=2.0, B=3.0)
    indptr, indices = system.pattern
    for h in (one, two):
        assert h.indices is indices
        assert h.indptr is indptr
        assert h.indices.dtype == np.int32
    one.data[:] = 7.0  # the caller's own
    assert np.array_equal(system.hamiltonian(V=1.0, B=0.0).diagonal(), np.ones(system.orbital_count))
    with pytest.raises(ValueError, match="read-only"):
        two.eliminate_zeros()
    copy = two.copy()
    copy.eliminate_zeros()
    assert np.array_equal(copy.toarray(), two.toarray())


def test_a_system_from_matrices_has_a_complete_pattern_too():
    h = sparse.csr_array(np.array([[0.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 0.0]]))
    system = sv.System.from_matrices(h, leads={"L": (0.0, -1.0, [0])})
    one, two = system.hamiltonian(), system.hamiltonian()
    assert np.array_equal(one.toarray(), h.toarray())
    assert structurally_complete(one)
    assert one.indices is two.indices is system.pattern[1]
    one.data[:] = 5.0
    assert np.array_equal(two.toarray(), h.toarray())
    assert np.array_equal(system.hamiltonian().toarray(), h.toarray())


class Counted:
    """Functions of the user that count their calls."""

    def __init__(self):
        self.calls = dict.fromkeys(("fixed", "disorder", "gate", "bond"), 0)

    def counts(self):
        return tuple(self.calls.values())

    def terms(self):
        def fixed(x):
            self.calls["fixed"] += 1
            return 0.1 * x

        def disorder(x, seed):
            self.calls["disorder"] += 1
            return np.random.default_rng(seed).normal(size=len(x))

        def gate(y, V=0.0):
            self.calls["gate"] += 1
            return V * y

        def bond(x, V=0.0):
            self.calls["bond"] += 1
            return -1.0 - V * x

        return sv.onsite(fixed) + sv.onsite(disorder) + sv.onsite(gate) + sv.hopping(bond)


def test_a_function_is_called_again_only_when_its_parameters_change():
    counted = Counted()
    system = sv.Model(sv.lattice.square(), counted.terms()).region(sv.shape.disk(4.0))
    first = system.hamiltonian(seed=1, V=0.3).toarray()
    assert counted.counts() == (1, 1, 1, 1)
    assert np.array_equal(system.hamiltonian(seed=1, V=0.3).toarray(), first)
    assert counted.counts() == (1, 1, 1, 1)
    other = system.hamiltonian(seed=2, V=0.3).toarray()
    assert counted.counts() == (1, 2, 1, 1)
    assert np.count_nonzero(other - first) == np.count_nonzero(np.diag(other - first)) == len(first)
    system.hamiltonian(seed=2)
    assert counted.counts() == (1, 2, 2, 2)
    again = system.hamiltonian(seed=1, V=0.3).toarray()
    assert counted.counts() == (1, 3, 3, 3)
    assert np.array_equal(again, first)
    fresh = sv.Model(sv.lattice.square(), Counted().terms()).region(sv.shape.disk(4.0))
    assert np.array_equal(fresh.hamiltonian(seed=1, V=0.3).toarray(), first)


def test_in_a_field_only_the_phases_change_with_it():
    counted = Counted()
    model = sv.Model(sv.lattice.square(), counted.terms())
    system = model.region(sv.shape.disk(4.0)).field(sv.param("B"))
    with_field = system.hamiltonian(seed=1, B=2.0).toarray()
    without = system.hamiltonian(seed=1, B=0.0)
    assert counted.counts() == (1, 1, 1, 2)  # the bonds' values depend on V and B
    assert without.dtype == float
    assert np.abs(np.abs(with_field) - np.abs(without.toarray())).max() < 1e-15
    assert np.abs(system.hamiltonian(seed=1, B=2.0).toarray() - with_field).max() == 0


def test_a_lead_cell_is_kept_while_its_own_parameters_stay():
    counted = Counted()
    wire = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))

    def across(y, V):
        counted.calls["gate"] += 1
        return V * y**2

    region = wire + sv.onsite(lambda x, seed: np.random.default_rng(seed).normal(size=len(x)))
    system = region.region(sv.shape.rectangle(9, 9)).lead("L", wire + sv.onsite(across), "-x")
    one = system.lead_cell("L", V=0.1, seed=1)
    assert system.lead_cell("L", V=0.1, seed=2) is one
    assert counted.calls["gate"] == 1
    other = system.lead_cell("L", V=0.2)
    assert counted.calls["gate"] == 2
    assert np.abs(np.diag(other.h0 - one.h0)).max() == pytest.approx(0.1 * 4**2)
    with pytest.raises(ValueError, match="read-only"):
        one.h0[0, 0] = 1.0


def test_an_array_changed_in_place_is_another_value_and_a_result_used_again_is_copied():
    workspace = np.zeros(5)

    def onsite(x, profile):
        np.multiply(profile, 2.0, out=workspace)
        return workspace

    system = sv.Model(sv.lattice.chain(), sv.onsite(onsite) + sv.onsite(sv.param("V"))).region(
        sv.shape.line(5.5)
    )
    profile = np.arange(5.0)
    assert system.hamiltonian(profile=profile, V=0.0).diagonal().tolist() == [0, 2, 4, 6, 8]
    workspace[:] = 100.0
    assert system.hamiltonian(profile=profile, V=1.0).diagonal().tolist() == [1, 3, 5, 7, 9]
    profile[0] = 10.0
    assert system.hamiltonian(profile=profile, V=0.0).diagonal().tolist() == [20, 2, 4, 6, 8]


def test_a_generator_as_a_parameter_is_asked_each_time():
    terms = sv.onsite(lambda x, rng: rng.normal(size=len(x)))
    system = sv.Model(sv.lattice.chain(), terms).region(sv.shape.line(9))
    rng = np.random.default_rng(0)
    assert np.all(system.hamiltonian(rng=rng).diagonal() != system.hamiltonian(rng=rng).diagonal())


@pytest.mark.parametrize(
    ("value", "other"),
    [(1, 1.0), (0.0, -0.0), (1, True), ("a", "b"), (1.0, np.float32(1.0)), ((1, 2), (1, 2.0)),
     (np.zeros(2), np.zeros((2, 1))), (np.zeros(2), np.zeros(2, dtype=int)), (None, 0)],
)  # fmt: skip
def test_values_are_remembered_by_type_and_value(value, other):
    made = []
    remembered: Remembered[int] = Remembered()
    for params in (value, value, other, other, value):
        remembered.get({"p": params}, lambda: made.append(0) or len(made))
    assert len(made) == 3


def test_functions_see_the_same_coordinates_whether_or_not_edges_were_filled():
    seen = {}

    def onsite(x, y, z, sublattice):
        seen["ends"] = (x.copy(), y.copy(), z.copy(), sublattice.copy())
        return 0.0

    def hop(x1, y2, z, x):
        seen["bonds"] = (x1.copy(), y2.copy(), z.copy(), x.copy())
        return -1.0

    lattice = sv.lattice.honeycomb(1.0)
    model = sv.Model(lattice, sv.onsite(onsite) + sv.hopping(hop))
    plain = sv.Model(lattice, sv.hopping(-1.0))
    bare = model.region(sv.shape.disk(2.6))
    bare.hamiltonian()
    before = seen.copy()
    system = bare.lead("one", plain, "+x")
    system.hamiltonian()
    assert system.site_count > bare.site_count
    for key, arrays in seen.items():
        for array, known in zip(arrays, before[key], strict=True):
            assert np.array_equal(np.sort(array), np.sort(known))
