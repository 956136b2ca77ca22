"""The probes' network: by layers and as a whole, and against leads on every site."""

import numpy as np
import pytest
from scipy import sparse

import sharvin as sv
from sharvin.scattering import transmissions
from sharvin.solvers.dense_green import DenseGreen
from sharvin.solvers.dephased_problem import DephasedProblem
from sharvin.solvers.layered_green import LayeredGreen
from sharvin.solvers.site_layers import SiteGraph

WIRE = sv.Model(sv.lattice.square(a=1.0), sv.onsite(4.0) + sv.hopping(-1.0))
ROUGH = WIRE + sv.disorder(1.0, seed=3)
FLUX = 250.0  # T, 0.06 flux quanta through a cell


def bar(length, width, field=FLUX):
    center = (length - 1) / 2, (width - 1) / 2
    region = ROUGH.region(sv.shape.rectangle(length, width, center))
    system = region.lead("left", WIRE, "-x").lead("right", WIRE, "+x")
    return system.field(field) if field else system


def corner(side):
    """Leads at a left and an upper side, and one that is narrower, so that layers are no columns."""
    system = bar(side, side, field=0.0)
    return system.lead("top", WIRE, "+y", shape=sv.shape.strip(4.0, center=-(side // 2))).field(FLUX)


def block_tridiagonal(sizes, seed=0):
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    layer = np.repeat(np.arange(len(sizes)), sizes)
    a = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n)) + 4j * np.eye(n)
    a *= np.abs(layer[:, None] - layer) <= 1
    order = rng.permutation(n)
    layers = [np.flatnonzero(layer[order] == k) for k in range(len(sizes))]
    return sparse.csr_array(a[np.ix_(order, order)]), layers


@pytest.mark.parametrize("sizes", [(3,), (2, 4), (3, 1, 5, 2, 4)])
def test_layers_give_what_the_inverse_gives(sizes):
    matrix, layers = block_tridiagonal(sizes)
    g = np.linalg.inv(matrix.toarray())
    layered, dense = LayeredGreen(matrix, layers), DenseGreen(matrix, np.arange(sum(sizes)))
    x = np.random.default_rng(1).normal(size=sum(sizes))
    rhs = np.random.default_rng(2).normal(size=(sum(sizes), 2))
    for green in (layered, dense):
        np.testing.assert_allclose(green.diagonal, np.diagonal(g), atol=1e-12)
        np.testing.assert_allclose(green.spread(x), np.abs(g) ** 2 @ x, atol=1e-12)
        np.testing.assert_allclose(green.solve(rhs), g @ rhs, atol=1e-12)
        np.testing.assert_allclose(green.solve_adjoint(rhs), g.conj().T @ rhs, atol=1e-12)
    for k, (rows, own, below, above) in enumerate(layered.near()):
        np.testing.assert_allclose(own, np.abs(g[np.ix_(rows, rows)]) ** 2, atol=1e-12)
        if k:
            np.testing.assert_allclose(below, np.abs(g[np.ix_(rows, layers[k - 1])]) ** 2, atol=1e-12)
            np.testing.assert_allclose(above, np.abs(g[np.ix_(layers[k - 1], rows)]) ** 2, atol=1e-12)


def test_orbitals_in_no_layer_are_left_out():
    matrix, layers = block_tridiagonal((2, 3))
    whole = sparse.block_diag([matrix, sparse.eye_array(2)], format="csr")
    for green in (LayeredGreen(whole, layers), DenseGreen(whole, np.arange(5))):
        np.testing.assert_array_equal(green.spread(np.ones(7))[5:], 0)
        np.testing.assert_array_equal(green.solve(np.ones((7, 1)))[5:], 0)
        np.testing.assert_array_equal(green.diagonal[5:], 0)


def test_layers_hold_whole_sites_and_what_a_lead_binds_lies_close():
    h = sparse.csr_array(sparse.diags_array([np.ones(59), np.ones(59)], offsets=[1, -1]))
    site = np.arange(60) // 2
    graph = SiteGraph.of(h, site, [np.array([0]), np.array([30, 59])])
    layers = graph.layers(np.array([True, True]))
    layer = np.empty(60, dtype=int)
    for k, orbitals in enumerate(layers):
        layer[orbitals] = k
    np.testing.assert_array_equal(np.sort(np.concatenate(layers)), np.arange(60))
    assert (layer[::2] == layer[1::2]).all()
    assert np.abs(np.diff(layer)).max() <= 1
    assert abs(layer[30] - layer[59]) <= 1


@pytest.mark.parametrize("system", [bar(9, 30), corner(25), bar(40, 12, field=0.0)])
@pytest.mark.parametrize("rate", [1e-3, 0.05, 1.5])
def test_iteration_by_layers_agrees_with_the_whole(system, rate):
    problem = DephasedProblem(system.with_dephasing(rate=rate), {}, sv.Options())
    ((whole,), (layered,)) = (problem.at(np.array([1.37]), dense=dense) for dense in (True, False))
    assert whole.products == 0
    assert 0 < layered.products < 60
    np.testing.assert_allclose(layered.transmission, whole.transmission, atol=1e-11)
    np.testing.assert_allclose(layered.occupation, whole.occupation, atol=1e-9)


def test_a_system_of_any_size_takes_either_way():
    energies = np.array([0.7, 1.37])
    for system in (bar(5, 4), bar(30, 24)):
        problem = DephasedProblem(system.with_dephasing(rate=0.1), {}, sv.Options())
        chosen, whole = problem.at(energies), problem.at(energies, dense=True)
        for one, other in zip(chosen, whole, strict=True):
            np.testing.assert_allclose(one.transmission, other.transmission, atol=1e-11)


def by_explicit_leads(system, etas, energy, groups):
    """Transmissions after the elimination, by NumPy, of one wide-band lead on the orbitals of every site."""
    leads = {name: _as_lead(system.lead_cell(name)) for name in system.leads}
    probes = {
        f"probe {i}": (sv.WideBand(2 * eta * np.eye(len(own))), own)
        for i, (eta, own) in enumerate(zip(etas, groups, strict=True))
    }
    whole = sv.System.from_matrices(system.hamiltonian(), {**leads, **probes})
    t = sv.scattering_matrix(whole, energy).transmission_matrix().values
    n = len(leads)
    t_pp = t[n:, n:] - np.diag(np.diag(t[n:, n:]))  # what comes back to its own probe does not count
    out = t.sum(axis=0)[n:] - np.diag(t)[n:]
    f = np.linalg.solve(np.diag(out) - t_pp, t[n:, :n])
    return t[:n, :n] + t[:n, n:] @ f, f


def _as_lead(cell):
    return cell.h0, cell.v, cell.orbitals


@pytest.mark.parametrize("field", [0.0, FLUX])
def test_probes_are_leads_that_draw_no_current(field):
    system = bar(4, 5, field)
    etas = np.random.default_rng(5).uniform(0.02, 0.4, size=20)
    wanted, occupations = by_explicit_leads(system, etas, 1.37, np.arange(20)[:, None])
    dephased = system.with_dephasing(rate=lambda x: etas)
    found = transmissions(dephased, np.array([1.37]))
    np.testing.assert_allclose(found.values[0], wanted, atol=1e-10)
    assert found.unitarity_error.max() < 1e-12
    np.testing.assert_allclose(sv.probe_occupations(dephased, 1.37), occupations, atol=1e-10)
    (layered,) = DephasedProblem(dephased, {}, sv.Options()).at(np.array([1.37]), dense=False)
    np.testing.assert_allclose(layered.transmission, wanted, atol=1e-10)


def test_two_orbitals_of_a_site_share_a_probe():
    # Spin–orbit coupling: what a probe takes as one spin it gives back as either.
    lattice = sv.lattice.square(a=1.0, orbitals=("up", "down"))
    sigma_y = np.array([[0, -1j], [1j, 0]])
    model = sv.Model(lattice, sv.hopping(-1.0) + sv.hopping(0.4j * sigma_y, offset=(1, 0)))
    rough = model + sv.disorder(1.0, seed=3)
    system = (
        rough.region(sv.shape.rectangle(3, 2, (1, 0.5))).lead("left", model, "-x").lead("right", model, "+x")
    )
    etas = np.random.default_rng(5).uniform(0.05, 0.4, size=6)
    wanted, _ = by_explicit_leads(system, etas, -0.9, np.arange(12).reshape(6, 2))
    problem = DephasedProblem(system.with_dephasing(rate=lambda x: etas), {}, sv.Options())
    for dense in (True, False):
        (point,) = problem.at(np.array([-0.9]), dense=dense)
        np.testing.assert_allclose(point.transmission, wanted, atol=1e-10)


def test_probes_in_a_part_of_the_region():
    system = bar(8, 5)
    part = sv.shape.rectangle(length=3.0, width=10, center=(3.5, 0))
    masked = system.with_dephasing(rate=lambda x: np.where(np.abs(x - 3.5) < 1.5, 0.2, 0.0))
    dephased = system.with_dephasing(rate=0.2, region=part)
    problems = [DephasedProblem(one, {}, sv.Options()) for one in (dephased, masked)]
    energies = np.array([1.37])
    ((one,), (other,), (layered,)) = (
        problems[0].at(energies),
        problems[1].at(energies),
        problems[0].at(energies, dense=False),
    )
    np.testing.assert_allclose(one.transmission, other.transmission, atol=1e-13)
    np.testing.assert_allclose(one.transmission, layered.transmission, atol=1e-11)
    assert np.isnan(other.occupation).all(axis=1).sum() == 30


def test_first_cells_of_a_lead_on_a_lattice_of_its_own_keep_the_phase():
    arm, contact = sv.shape.strip(width=4.0), sv.contact(-1.0, within=1.0)
    found = []
    for extra in ({}, {"contact": contact}):
        region = ROUGH.region(sv.shape.rectangle(7, 6)).lead("left", WIRE, "-x", shape=arm)
        dephased = region.lead("right", WIRE, "+x", shape=arm, **extra).with_dephasing(rate=0.1)
        problem = DephasedProblem(dephased, {}, sv.Options())
        found += [problem.at(np.array([1.37]), dense=dense)[0] for dense in (True, False)]
    for point in found[1:]:
        np.testing.assert_allclose(point.transmission, found[0].transmission, atol=1e-11)
        np.testing.assert_allclose(point.occupation, found[0].occupation, atol=1e-9)


def test_no_rate_is_the_coherent_system():
    system = bar(6, 5)
    dephased = system.with_dephasing(rate=sv.param("eta"))
    found = transmissions(dephased, np.array([1.37]), eta=0.0).values
    np.testing.assert_allclose(found, transmissions(system, np.array([1.37])).values, atol=1e-14)


def test_sites_that_no_lead_reaches_have_no_occupation():
    h = np.diag([0.0, 0.3, 0.1])
    h[1, 2] = h[2, 1] = -1.0
    chain = (0.0, -1.0, [0])
    dephased = sv.System.from_matrices(h, {"L": chain, "R": chain}).with_dephasing(rate=0.5)
    occupation = sv.probe_occupations(dephased, 0.0)
    np.testing.assert_allclose(occupation.values, [[0.5, 0.5], [np.nan] * 2, [np.nan] * 2])
    assert float(sv.conductance(dephased, mu=0.0) / sv.G0) == pytest.approx(2 / 2.5)


def test_below_all_bands_nothing_flows():
    dephased = bar(5, 4).with_dephasing(length=20.0)
    found = transmissions(dephased, np.array([-1.0, 1.37]))
    np.testing.assert_array_equal(found.values[0], 0)
    assert found.values[1, 1, 0] > 0.5
    assert np.isnan(sv.probe_occupations(dephased, -1.0)).all()


def test_a_length_takes_the_mean_velocity_of_the_leads():
    system = bar(6, 5)
    slopes = np.concatenate([sv.open_modes(system, name, 1.37).slope for name in system.leads])
    wanted = transmissions(system.with_dephasing(rate=slopes.mean() / 40.0), np.array([1.37])).values
    found = transmissions(system.with_dephasing(length=20.0), np.array([1.37])).values
    np.testing.assert_allclose(found, wanted, atol=1e-13)
    fine = sv.Model(sv.lattice.chain(a=0.5), sv.hopping(-1.0))
    wire = fine.region(sv.shape.line(20.0)).lead("left", fine, "-x").lead("right", fine, "+x")
    by_length = transmissions(wire.with_dephasing(length=20.0), np.array([0.0])).values
    by_velocity = wire.with_dephasing(length=20.0, velocity=2 * 0.5e-9 / 6.582119569509066e-16)
    np.testing.assert_allclose(by_length, transmissions(by_velocity, np.array([0.0])).values, rtol=1e-9)


def test_it_is_a_conductor_without_a_scattering_matrix():
    dephased = bar(5, 4).with_dephasing(rate=sv.param("eta"))
    with pytest.raises(sv.InputError, match="have no amplitudes, only probabilities; ask for"):
        sv.scattering_matrix(dephased, 1.0, eta=0.1)
    with pytest.raises(sv.InputError, match='no parameter "etta"; did you mean "eta"'):
        transmissions(dephased, np.array([1.0]), etta=0.1)
    with pytest.raises(sv.InputError, match='no parameter "etta"'):
        sv.thresholds(dephased, (0, 1), etta=0.1)
    with pytest.raises(sv.InputError, match='needs a value for "eta"'):
        transmissions(dephased, np.array([1.0]))
    edges = sv.thresholds(bar(5, 4), (0, 2))
    np.testing.assert_array_equal(sv.thresholds(dephased, (0, 2)), edges)
    np.testing.assert_array_equal(sv.thresholds(dephased, (0, 2), eta=0.1), edges)


def test_occupations_are_labelled_and_add_up():
    dephased = bar(5, 4).with_dephasing(rate=sv.param("eta"), region=sv.shape.rectangle(4, 20, (4, 0)))
    found = sv.probe_occupations(dephased, [1.0, 1.37], eta=[0.1, 0.2, 0.3])
    assert found.dims == ("eta", "energy", "site", "lead")
    assert found.shape == (3, 2, 8, 2)
    np.testing.assert_allclose(found.sum("lead"), 1, atol=1e-10)
    assert (found.x > 2).all()
    assert found.x.attrs["units"] == "nm"
    assert (found.error < 1e-10).all()
    with pytest.raises(sv.InputError, match="expected a system with probes"):
        sv.probe_occupations(bar(5, 4), 1.0)


def spoilt(monkeypatch, kind, name):
    """A method of a Green's function that is wrong by a millionth."""
    right = getattr(kind, name)
    monkeypatch.setattr(kind, name, lambda self, x: right(self, x) * (1 + 1e-6))


@pytest.mark.parametrize("name", ["spread", "solve", "solve_adjoint"])
def test_what_goes_wrong_by_layers_is_seen_and_done_as_a_whole(name, monkeypatch):
    energies = np.array([1.37])
    problem = DephasedProblem(bar(40, 16).with_dephasing(rate=0.1), {}, sv.Options())
    (right,) = problem.at(energies)
    assert right.products > 0
    spoilt(monkeypatch, LayeredGreen, name)
    with pytest.raises(sv.NotCertified, match=r"are not certified: \w+ = "):
        problem.at(energies, dense=False)
    (point,) = problem.at(energies)
    assert point.products == 0
    np.testing.assert_allclose(point.transmission, right.transmission, atol=1e-11)


def test_where_nothing_helps_it_is_not_certified(monkeypatch):
    dephased = bar(5, 4).with_dephasing(rate=0.1)
    spoilt(monkeypatch, DenseGreen, "solve")
    spoilt(monkeypatch, LayeredGreen, "solve")
    with pytest.raises(sv.NotCertified, match="not certified: residual ="):
        transmissions(dephased, np.array([1.37]))
    monkeypatch.setattr(np.linalg, "inv", raise_singular)
    with pytest.raises(sv.NotCertified, match="not certified: G is singular"):
        transmissions(dephased, np.array([1.37]))


def raise_singular(matrix):
    raise np.linalg.LinAlgError
