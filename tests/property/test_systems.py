"""Properties that every system with leads has, whatever its matrices; transmissions beside a dense reference."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import (
    band_extrema_distance,
    decimated_surface,
    eigenvector_self_energy,
    open_modes,
    system_transmissions,
    transmissions,
)

import sharvin as sv
from sharvin.linalg import available_back_ends
from sharvin.solvers import ports

BACK_ENDS = available_back_ends()
modest = settings(derandomize=True, deadline=None, max_examples=25)


def hermitian(rng, size, *, complex_=True):
    matrix = rng.normal(size=(size, size)) + 1j * complex_ * rng.normal(size=(size, size))
    return (matrix + matrix.conj().T) / 2 if complex_ else ((matrix + matrix.T) / 2).real


@dataclass
class Case:
    """A random region with leads, as matrices, and an energy away from the turning points of all bands."""

    h: np.ndarray
    leads: list
    energy: float
    names: list = field(init=False)

    def __post_init__(self):
        self.names = [f"lead{number}" for number in range(len(self.leads))]

    def system(self):
        return sv.System.from_matrices(self.h, dict(zip(self.names, self.leads, strict=True)))

    def solve(self, solver="auto"):
        return sv.scattering_matrix(self.system(), self.energy, options=sv.Options(solver=solver))

    def transmissions(self, solver="auto"):
        return self.solve(solver).transmission_matrix().values

    def reference(self):
        return transmissions(self.h, self.leads, self.energy)


def quiet_energy(leads, rng):
    """The energy, of 41 candidates, farthest from all turning points of the leads' bands."""
    candidates = np.linspace(-1.5, 1.5, 41) + rng.uniform(-0.03, 0.03)
    distances = [
        band_extrema_distance(np.asarray(lead[0]), np.asarray(lead[1]), candidates) for lead in leads
    ]
    return float(candidates[np.argmax(np.min(distances, axis=0))])


@st.composite
def cases(draw, only_complex=False, most_leads=4):
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    is_complex = only_complex or draw(st.booleans())
    number = draw(st.integers(1, most_leads))
    size = draw(st.integers(3, 9))
    h = hermitian(rng, size, complex_=is_complex)
    keep = rng.random((size, size)) < 0.6
    h = h * (keep & keep.T)
    leads = []
    for _ in range(number):
        m = draw(st.integers(1, 3))
        h0 = hermitian(rng, m, complex_=is_complex)
        rank = draw(st.integers(1, m))
        parts = rng.normal(size=(2, m, rank)) + 1j * is_complex * rng.normal(size=(2, m, rank))
        v = parts[0] @ parts[1].T if is_complex else (parts[0] @ parts[1].T).real
        if draw(st.integers(0, 5)) == 0:
            h0 = h0 + 60 * np.eye(m)  # no mode at any energy used here
        if draw(st.booleans()):
            leads.append((h0, v, rng.choice(size, m, replace=False).tolist()))
        else:
            wide = int(rng.integers(1, size + 1))
            coupling = rng.normal(size=(wide, m)) + 1j * is_complex * rng.normal(size=(wide, m))
            coupling = coupling if is_complex else coupling.real
            leads.append((h0, v, rng.choice(size, wide, replace=False).tolist(), coupling))
    if draw(st.booleans()):
        island = hermitian(rng, 2, complex_=is_complex)
        h = np.block([[h, np.zeros((size, 2))], [np.zeros((2, size)), island]])
    return Case(h, leads, quiet_energy(leads, rng))


# ---- the reference stands on two legs


@pytest.mark.parametrize("seed", range(12))
def test_decimation_and_eigenvectors_give_the_same_self_energy(seed):
    rng = np.random.default_rng(seed)
    m = int(rng.integers(1, 5))
    h0 = hermitian(rng, m)
    v = rng.normal(size=(m, m)) + 1j * rng.normal(size=(m, m))
    energy = quiet_energy([(h0, v)], rng)
    by_decimation = v @ decimated_surface(h0, v, energy) @ v.conj().T
    assert np.abs(by_decimation - eigenvector_self_energy(h0, v, energy)).max() < 1e-9


# ---- random matrices


@modest
@given(cases(), st.sampled_from(BACK_ENDS))
def test_transmissions_are_those_of_the_reference(case, solver):
    S = case.solve(solver)
    found = S.transmission_matrix().values
    assert S.certificate.certified
    assert np.abs(S.matrix.conj().T @ S.matrix - np.eye(len(S.matrix))).max(initial=0) < 1e-10
    assert np.abs(found - case.reference()).max() < 1e-8


@modest
@given(cases())
def test_transmission_and_reflection_add_up_to_the_modes(case):
    S = case.solve()
    counts = [open_modes(np.asarray(lead[0]), np.asarray(lead[1]), case.energy) for lead in case.leads]
    assert [S.mode_count(name) for name in case.names] == counts
    total = S.transmission_matrix()
    assert np.abs(total.sum("lead_out").values - counts).max() < 1e-10
    assert np.abs(total.sum("lead_in").values - counts).max() < 1e-10


@modest
@given(cases(only_complex=True))
def test_reversed_time_transposes_the_transmissions(case):
    conjugate = [
        tuple(np.conj(part) if position != 2 else part for position, part in enumerate(lead))
        for lead in case.leads
    ]
    reversed_ = Case(np.conj(case.h), conjugate, case.energy)
    assert np.abs(case.transmissions() - reversed_.transmissions().T).max() < 1e-10


@modest
@given(cases(), st.integers(0, 2**31))
def test_phases_of_orbitals_and_cells_do_not_matter(case, seed):
    rng = np.random.default_rng(seed)
    site = np.exp(2j * np.pi * rng.random(len(case.h)))
    leads = []
    for h0, v, orbitals, *coupling in case.leads:
        bloch = np.exp(2j * np.pi * rng.random())
        own = np.exp(2j * np.pi * rng.random(len(h0))) if coupling else site[orbitals]
        turn = np.outer(own, own.conj())
        lead = (h0 * turn, v * turn * bloch, orbitals)
        leads.append((*lead, coupling[0] * np.outer(site[orbitals], own.conj())) if coupling else lead)
    turned = Case(case.h * np.outer(site, site.conj()), leads, case.energy)
    assert np.abs(case.transmissions() - turned.transmissions()).max() < 1e-10


@modest
@given(cases(), st.integers(0, 2**31))
def test_names_of_orbitals_do_not_matter(case, seed):
    rng = np.random.default_rng(seed)
    new = rng.permutation(len(case.h))  # old orbital i is new[i]
    old = np.argsort(new)
    leads = []
    for h0, v, orbitals, *coupling in case.leads:
        cell = rng.permutation(len(h0))
        h0, v, orbitals = h0[np.ix_(cell, cell)], v[np.ix_(cell, cell)], np.asarray(orbitals)
        if coupling:
            leads.append((h0, v, new[orbitals], coupling[0][:, cell]))
        else:
            leads.append((h0, v, new[orbitals[cell]]))
    relabelled = Case(case.h[np.ix_(old, old)], leads, case.energy)
    assert np.abs(case.transmissions() - relabelled.transmissions()).max() < 1e-10


@modest
@given(cases(), st.sampled_from([1e-6, 1e-3, 27.2, 1e6]))
def test_the_unit_of_energy_does_not_matter(case, scale):
    leads = [
        (lead[0] * scale, lead[1] * scale, lead[2], *(coupling * scale for coupling in lead[3:]))
        for lead in case.leads
    ]
    scaled = Case(case.h * scale, leads, case.energy * scale)
    assert np.abs(case.transmissions() - scaled.transmissions()).max() < 1e-10


@modest
@given(st.integers(0, 2**31), st.integers(1, 5), st.integers(1, 5), st.sampled_from(BACK_ENDS))
def test_a_lead_through_a_piece_of_itself_does_not_reflect(seed, m, cells, solver):
    rng = np.random.default_rng(seed)
    h0 = hermitian(rng, m)
    v = rng.normal(size=(m, m)) + 1j * rng.normal(size=(m, m))
    chain = (
        np.kron(np.eye(cells), h0) + np.kron(np.eye(cells, k=1), v) + np.kron(np.eye(cells, k=-1), v.conj().T)
    )
    first, last = np.arange(m), np.arange(m) + (cells - 1) * m
    system = sv.System.from_matrices(chain, {"L": (h0, v.conj().T, first), "R": (h0, v, last)})
    energy = quiet_energy([(h0, v)], rng)
    S = sv.scattering_matrix(system, energy, options=sv.Options(solver=solver))
    modes = open_modes(h0, v, energy)
    assert S.mode_count("L") == S.mode_count("R") == modes
    assert abs(S.transmission("R", "L") - modes) < 1e-10
    assert np.abs(S.amplitudes("L", "L")).max(initial=0) < 1e-8
    assert np.abs(S.amplitudes("R", "R")).max(initial=0) < 1e-8


# ---- energies at which the region without its interface has a level

OFFSETS = [0.0, 1e-12, -1e-12, 1e-10, 1e-8, -1e-7, 1e-6]


@settings(derandomize=True, deadline=None, max_examples=12)
@given(st.integers(0, 2**31), st.booleans(), st.sampled_from(BACK_ENDS))
def test_levels_of_the_closed_region_are_no_obstacle(seed, complex_, solver):
    rng = np.random.default_rng(seed)
    size, m = 8, 2
    h = hermitian(rng, size, complex_=complex_)
    v = 6 * np.eye(m)
    leads = [
        (hermitian(rng, m, complex_=complex_), v, [0, 1]),
        (hermitian(rng, m, complex_=complex_), v, [2, 3]),
    ]
    levels = np.linalg.eigvalsh(h[4:, 4:])
    system = sv.System.from_matrices(h, {"L": leads[0], "R": leads[1]})
    for level in levels:
        for offset in OFFSETS:
            S = sv.scattering_matrix(system, level + offset, options=sv.Options(solver=solver))
            wanted = transmissions(h, leads, level + offset)
            assert np.abs(S.transmission_matrix().values - wanted).max() < 1e-8, (level, offset)
            assert S.certificate.certified
            assert S.mode_count("L") == 2


def wire(width, length, field=0.0):
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    center = ((length + 1) / 2, (width + 1) / 2)  # sites 1 … length, 1 … width
    region = model.region(sv.shape.rectangle(length=length + 1, width=width + 1, center=center))
    return region.lead("left", model, "-x").lead("right", model, "+x").field(field)


def hard_wall_count(width, energy):
    transverse = -2 * np.cos(np.pi * np.arange(1, width + 1) / (width + 1))
    return int(np.count_nonzero(np.abs(energy - transverse) < 2))


@pytest.mark.parametrize("solver", BACK_ENDS)
@pytest.mark.parametrize(("width", "length"), [(1, 3), (2, 2), (4, 7), (7, 7), (9, 9), (15, 20)])
def test_a_clean_wire_transmits_every_mode_at_the_band_centre(width, length, solver):
    system = wire(width, length)
    for energy in OFFSETS:
        S = sv.scattering_matrix(system, energy, options=sv.Options(solver=solver))
        assert abs(S.transmission("right", "left") - width) < 1e-8, energy
        assert S.transmission("left", "left") < 1e-8


@pytest.mark.parametrize("solver", BACK_ENDS)
def test_a_clean_wire_transmits_every_mode_at_its_degenerate_levels(solver):
    width, length = 6, 8
    system = wire(width, length)
    along = -2 * np.cos(np.pi * np.arange(1, length - 1) / (length - 1))
    across = -2 * np.cos(np.pi * np.arange(1, width + 1) / (width + 1))
    levels = (along[:, None] + across[None, :]).ravel()
    edges = np.concatenate([across - 2, across + 2])
    levels = levels[np.abs(levels[:, None] - edges).min(axis=1) > 1e-3]
    assert len(levels) > 20
    S = sv.scattering_matrix(system, levels, options=sv.Options(solver=solver))
    counts = [hard_wall_count(width, level) for level in levels]
    assert np.abs(S.transmission("right", "left").values - counts).max() < 1e-8


def test_a_random_wire_at_its_closed_levels_in_a_field():
    rng = np.random.default_rng(5)
    values = rng.normal(size=35) / 3  # 7 by 5 sites
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    dirty = model + sv.onsite(lambda x, y: values[(7 * np.rint(y + 2) + np.rint(x + 3)).astype(int)])
    region = dirty.region(sv.shape.rectangle(length=8, width=6))
    system = region.lead("left", model, "-x").lead("right", model, "+x").field(300.0)
    h = system.hamiltonian().toarray()
    interface = np.concatenate([system.lead_cell(name).orbitals for name in system.leads])
    inside = np.setdiff1d(np.arange(len(h)), interface)
    levels = np.linalg.eigvalsh(h[np.ix_(inside, inside)])
    cell = system.lead_cell("right")
    levels = levels[band_extrema_distance(cell.h0, cell.v, levels) > 0.05]
    assert len(levels) > 5
    for level in levels:
        for solver in BACK_ENDS:
            S = sv.scattering_matrix(system, level, options=sv.Options(solver=solver))
            wanted = system_transmissions(system, level)
            assert np.abs(S.transmission_matrix().values - wanted).max() < 1e-8
            assert S.certificate.certified


# ---- lattice systems in a field


@settings(derandomize=True, deadline=None, max_examples=15)
@given(st.integers(0, 2**31), st.floats(10.0, 900.0), st.floats(-3.5, 3.5), st.sampled_from(BACK_ENDS))
def test_onsager_in_a_field(seed, tesla, energy, solver):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=35)
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    region = (
        model + sv.onsite(lambda x, y: values[(7 * np.rint(y + 2) + np.rint(x + 3)).astype(int)])
    ).region(sv.shape.rectangle(length=8, width=6))
    system = region.lead("left", model, "-x").lead("right", model, "+x").field(sv.param("B"))
    cell = system.lead_cell("left", B=tesla)
    options = np.array([energy, energy + 0.07, energy + 0.2, energy + 0.3])
    energy = options[np.argmax(band_extrema_distance(cell.h0, cell.v, options))]
    S = {sign: sv.scattering_matrix(system, energy, B=sign * tesla, options=sv.Options(solver=solver))
         for sign in (1, -1)}  # fmt: skip
    forward, backward = (S[sign].transmission_matrix().values for sign in (1, -1))
    assert np.abs(forward - backward.T).max() < 1e-9
    assert np.abs(forward - system_transmissions(system, energy, B=tesla)).max() < 1e-8


def test_a_field_that_changes_nothing_would_not_pass_as_onsager():
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    dirty = model + sv.onsite(lambda x, y: 0.7 * np.sin(5 * x + 3 * y**2))
    system = (
        dirty.region(sv.shape.rectangle(length=8, width=6))
        .lead("left", model, "-x")
        .lead("right", model, "+x")
        .field(sv.param("B"))
    )
    with_field, without = (float(sv.transmission(system, 0.3, B=tesla)) for tesla in (400.0, 0.0))
    assert abs(with_field - without) > 1e-3


# ---- smoothness between thresholds

DELTA = 1e-7


@pytest.mark.parametrize("tesla", [0.0, 150.0, 600.0])
@pytest.mark.parametrize("width", [1, 4, 9])
def test_s_is_smooth_between_thresholds(width, tesla):
    system = wire(width, 5, tesla)
    edges = sv.thresholds(system, window=(-3.9, 3.9))
    energies = np.linspace(-3.8, 3.8, 60) + 0.01234
    if len(edges):
        energies = energies[np.abs(energies[:, None] - edges).min(axis=1) > 0.03]
    assert len(energies) > 10
    compared = 0
    for energy in energies:
        here, there = (sv.scattering_matrix(system, value).matrix for value in (energy, energy + DELTA))
        assert here.shape == there.shape
        if here.size:
            compared += 1
            assert np.abs(there - here).max() < 300 * DELTA, energy
    assert compared > 10


@pytest.mark.parametrize("tesla", [0.0, 400.0])
def test_s_does_not_depend_on_the_order_of_evaluation(tesla):
    system = wire(5, 4, tesla)
    energies = np.array([-2.51, -0.97, 0.33, 1.41, 2.83])

    def amplitudes(order):
        ports._PORTS.clear()
        return {value: sv.scattering_matrix(system, value).matrix for value in energies[order]}

    upward, downward, shuffled = (
        amplitudes(order) for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3])
    )
    batch = sv.scattering_matrix(system, energies)
    for row, value in enumerate(energies):
        assert np.array_equal(upward[value], downward[value])
        assert np.array_equal(upward[value], shuffled[value])
        mine = np.flatnonzero(batch.open_modes[row])
        assert np.abs(batch.matrix[row][np.ix_(mine, mine)] - upward[value]).max() < 1e-12
