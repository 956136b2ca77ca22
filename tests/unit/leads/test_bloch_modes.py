import numpy as np
import pytest
from tests.reference import decimated_surface, open_modes

import sharvin as sv
from sharvin.errors import NumericalError
from sharvin.leads import PeriodicLead


def arrays(h0, v):
    return np.atleast_2d(np.asarray(h0)), np.atleast_2d(np.asarray(v))


def hermitian(rng, m):
    h = rng.normal(size=(m, m)) + 1j * rng.normal(size=(m, m))
    return (h + h.conj().T) / 2


def ladder(width, cross=-1.0, along=-1.0):
    return cross * (np.eye(width, k=1) + np.eye(width, k=-1)), along * np.eye(width)


def current(modes, vectors, factors, v):
    """φ†(iλv − iλ*v†)φ of all pairs: the current form, in eV."""
    hop = vectors.conj().T @ v @ vectors * factors[None, :]
    return 1j * hop + (1j * hop).conj().T


def check(h0, v, energy, modes, tolerance=1e-10):
    """Waves at E of unit current, outward and inward, and a Σ that obeys its equation."""
    for vectors, factors, sign in (
        (modes.outgoing, modes.outgoing_factor, 1),
        (modes.incoming, modes.incoming_factor, -1),
    ):
        assert np.abs(np.abs(factors) - 1).max(initial=0) < 1e-12
        waves = (h0 - energy * np.eye(len(h0))) @ vectors
        waves = waves + v @ vectors * factors + v.conj().T @ vectors / factors
        assert np.abs(waves).max(initial=0) < tolerance * max(1, np.abs(vectors).max(initial=0))
        form = current(modes, vectors, factors, v)
        assert np.abs(form - sign * np.eye(len(factors))).max(initial=0) < 1e-8
    g = np.linalg.inv(energy * np.eye(len(h0)) - h0 - modes.sigma)
    scale = max(1.0, np.abs(modes.sigma).max())
    assert np.abs(v @ g @ v.conj().T - modes.sigma).max() < 1e-8 * scale
    gamma = 1j * (modes.sigma - modes.sigma.conj().T)
    widths = np.linalg.eigvalsh(gamma)
    assert widths.min() > -1e-9 * scale
    assert np.count_nonzero(widths > 1e-7 * max(widths.max(), 1e-3)) == modes.count


@pytest.mark.parametrize("t", [-1.0, 1.0, 0.3, -2.5])
@pytest.mark.parametrize("x", [-0.95, -0.2, 0.0, 0.6, 0.999])
def test_a_chain(t, x):
    h0, v = arrays(0.7, t)
    energy = 0.7 + 2 * abs(t) * x
    modes = PeriodicLead(h0, v).modes(energy)
    speed = np.sqrt(4 * t**2 - (energy - 0.7) ** 2)
    assert modes.count == 1
    assert modes.velocity == pytest.approx([speed], rel=1e-12)
    assert 0.7 + 2 * t * np.cos(modes.momentum[0]) == pytest.approx(energy, abs=1e-12)
    assert -2 * t * np.sin(modes.momentum[0]) > 0
    assert np.abs(modes.outgoing) ** 2 == pytest.approx(1 / speed, rel=1e-12)
    assert modes.sigma.item() == pytest.approx((energy - 0.7) / 2 - 0.5j * speed, abs=1e-13)
    check(h0, v, energy, modes)


@pytest.mark.parametrize("energy", [-2.5, 2.00001, 7.0, 1e6])
def test_outside_the_band_there_are_no_modes_and_the_self_energy_is_real(energy):
    modes = PeriodicLead(*arrays(0.0, -1.0)).modes(energy)
    assert modes.count == 0
    assert modes.incoming.shape == modes.outgoing.shape == (1, 0)
    wanted = energy / 2 - np.sign(energy) * np.sqrt(energy**2 / 4 - 1) if abs(energy) < 1e3 else 1 / energy
    assert modes.sigma.item() == pytest.approx(wanted, rel=1e-10)
    assert modes.sigma.item().imag == 0


def test_outside_the_band_of_a_general_lead_the_self_energy_is_hermitian():
    rng = np.random.default_rng(2)
    h0, v = hermitian(rng, 3), rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
    modes = PeriodicLead(h0, v).modes(40.0)
    assert modes.count == 0
    assert np.abs(modes.sigma - modes.sigma.conj().T).max() < 1e-13
    check(h0, v, 40.0, modes)


@pytest.mark.parametrize("width", [1, 2, 5, 12])
@pytest.mark.parametrize("energy", [-3.1, -1.234, 0.0, 0.5, 2.9])
def test_a_ladder(width, energy):
    h0, v = ladder(width)
    modes = PeriodicLead(h0, v).modes(energy)
    transverse = -2 * np.cos(np.pi * np.arange(1, width + 1) / (width + 1))
    is_open = np.abs(energy - transverse) < 2
    assert modes.count == is_open.sum()
    assert np.sort(modes.velocity) == pytest.approx(np.sort(np.sqrt(4 - (energy - transverse[is_open]) ** 2)))
    check(h0, v, energy, modes)


@pytest.mark.parametrize("threshold", [-2.0, 2.0])
def test_exactly_on_a_threshold_the_mode_is_closed(threshold):
    lead = PeriodicLead(*arrays(0.0, -1.0))
    assert lead.modes(threshold).count == 0
    assert lead.modes(threshold * (1 - 1e-9)).count == 1
    assert lead.modes(threshold * (1 + 1e-9)).count == 0
    assert lead.modes(threshold).sigma.item() == pytest.approx(np.sign(threshold), abs=1e-7)


@pytest.mark.parametrize("offset", [-1e-6, -1e-9, 0.0, 1e-9, 1e-6])
def test_near_and_on_a_threshold_of_a_lead_that_does_not_separate(offset):
    # Two chains that are coupled along a diagonal: h0 and v do not commute.
    h0, v = np.array([[0.0, 0.4], [0.4, 0.3]]), np.array([[-1.0, 0.2], [0.0, -0.8]])
    k = np.linspace(-np.pi, np.pi, 20001)
    hops = np.exp(1j * k)[:, None, None] * v
    bands = np.linalg.eigvalsh(h0 + hops + np.conj(np.swapaxes(hops, 1, 2)))
    lead = PeriodicLead(h0, v)
    bottom = lead.band_edges((-5, 5))[0]
    assert bottom == pytest.approx(bands.min(), abs=1e-7)
    modes = lead.modes(bottom + offset)
    assert modes.count == (1 if offset > 0 else 0)
    assert modes.residual < 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_random_leads(seed):
    rng = np.random.default_rng(seed)
    m = int(rng.integers(1, 6))
    h0 = hermitian(rng, m)
    v = rng.normal(size=(m, m)) + 1j * rng.normal(size=(m, m))
    energy = rng.uniform(-1, 1)
    modes = PeriodicLead(h0, v).modes(energy)
    assert modes.count == open_modes(h0, v, energy)
    check(h0, v, energy, modes, tolerance=1e-9)
    wanted = v @ decimated_surface(h0, v, energy) @ v.conj().T
    assert np.abs(modes.sigma - wanted).max() < 1e-8 * max(1, np.abs(wanted).max())


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_singular_hoppings(seed, rank):
    rng = np.random.default_rng(100 + seed)
    m = 4
    h0 = hermitian(rng, m)
    parts = rng.normal(size=(2, m, rank)) + 1j * rng.normal(size=(2, m, rank))
    v = parts[0] @ parts[1].T
    energy = rng.uniform(-1, 1)
    modes = PeriodicLead(h0, v).modes(energy)
    assert modes.count == open_modes(h0, v, energy)
    check(h0, v, energy, modes, tolerance=1e-9)


def test_a_dimerized_chain():
    # One orbital of a cell couples onward, the other backward: v is nilpotent.
    a, b = 0.8, 1.3
    h0, v = np.array([[0, a], [a, 0]]), np.array([[0, 0], [b, 0]])
    lead = PeriodicLead(h0, v)
    for energy, count in ((0.3, 0), (0.5001, 1), (1.2, 1), (-2.0, 1), (2.11, 0)):
        modes = lead.modes(energy)
        assert modes.count == count
        assert modes.residual < 1e-12
    assert lead.band_edges((-3, 3)) == pytest.approx([-2.1, -0.5, 0.5, 2.1], abs=1e-12)
    energy = 1.2
    modes = lead.modes(energy)
    assert 2 * a * b * np.cos(modes.momentum[0]) == pytest.approx(energy**2 - a**2 - b**2, abs=1e-12)
    check(h0, v, energy, modes)


def test_degenerate_spins():
    h0, v = ladder(3)
    single = PeriodicLead(h0, v).modes(0.4)
    both = PeriodicLead(np.kron(h0, np.eye(2)), np.kron(v, np.eye(2))).modes(0.4)
    assert both.count == 2 * single.count
    assert np.abs(both.sigma - np.kron(single.sigma, np.eye(2))).max() < 1e-13
    check(np.kron(h0, np.eye(2)), np.kron(v, np.eye(2)), 0.4, both)


@pytest.mark.parametrize("seed", range(5))
def test_degenerate_spins_in_a_turned_basis_of_a_general_lead(seed):
    # The same for a lead that does not separate, the two spins mixed by a unitary matrix.
    rng = np.random.default_rng(seed)
    m = 3
    h0 = hermitian(rng, m)
    v = rng.normal(size=(m, m)) + 1j * rng.normal(size=(m, m))
    u, _ = np.linalg.qr(rng.normal(size=(2 * m, 2 * m)) + 1j * rng.normal(size=(2 * m, 2 * m)))
    big_h0, big_v = (u @ np.kron(x, np.eye(2)) @ u.conj().T for x in (h0, v))
    energy = 0.1
    single = PeriodicLead(h0, v).modes(energy)
    both = PeriodicLead(big_h0, big_v).modes(energy)
    assert both.count == 2 * single.count
    assert np.abs(both.sigma - u @ np.kron(single.sigma, np.eye(2)) @ u.conj().T).max() < 1e-9
    check(big_h0, big_v, energy, both, tolerance=1e-9)


@pytest.mark.parametrize(
    ("h0", "v"),
    [(0.3, 0.0), (np.diag([0.3, 0.3]), np.zeros((2, 2)))],
)
def test_a_flat_band_is_refused_at_its_energy(h0, v):
    lead = PeriodicLead(*arrays(h0, v))
    with pytest.raises(NumericalError, match="flat band"):
        lead.modes(0.3)
    assert lead.modes(0.3 + 1e-3).count <= 1


def test_an_orbital_that_is_connected_to_nothing_does_no_harm():
    modes = PeriodicLead(np.diag([0.3, 1.0]), np.diag([0.0, -1.0])).modes(0.3)
    assert modes.count == 1
    assert np.abs(modes.sigma[0]).max() == 0


def test_a_flat_band_that_symmetry_decouples_does_no_harm():
    # A diamond chain: the antisymmetric combination of the two middle sites is localized at E = 0, and touches nothing.
    h0 = np.array([[0.0, 1, 1], [1, 0, 0], [1, 0, 0]])
    v = np.array([[0.0, 0, 0], [1, 0, 0], [1, 0, 0]])
    lead = PeriodicLead(h0, v)
    at, near = lead.modes(0.0), lead.modes(1e-9)
    assert at.count == near.count == 1
    assert np.abs(at.sigma - near.sigma).max() < 1e-6
    modes = lead.modes(0.5)
    assert modes.count == open_modes(h0, v, 0.5)
    check(h0, v, 0.5, modes)


def test_a_lead_of_zero_hopping_has_no_modes_and_no_self_energy():
    h0 = hermitian(np.random.default_rng(0), 3)
    modes = PeriodicLead(h0, np.zeros((3, 3))).modes(0.123)
    assert modes.count == 0
    assert np.abs(modes.sigma).max() == 0


def test_disconnected_parts_are_solved_apart():
    h0, v = np.diag([0.0, 1.5, 40.0]), -np.eye(3)
    modes = PeriodicLead(h0, v).modes(0.2)
    assert modes.count == 2
    assert np.abs(modes.sigma - np.diag(np.diag(modes.sigma))).max() == 0
    assert len(set(modes.labels)) == 2
    check(h0, v, 0.2, modes)


def test_equal_and_opposite_edge_modes_in_a_strong_field():
    # Eigenvectors of the transfer matrix fail here; see the design's trap.
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    system = model.region(sv.shape.rectangle(3, 41)).lead("R", model, "+x").field(200.0)
    cell = system.lead_cell("R")
    lead = PeriodicLead(cell.h0, cell.v)
    for energy in (-3.0, -2.2, 0.13):
        modes = lead.modes(energy)
        assert modes.residual < 1e-11
        assert modes.count == open_modes(cell.h0, cell.v, energy)
        check(cell.h0, cell.v, energy, modes, tolerance=1e-9)


@pytest.mark.parametrize("scale", [1e-6, 1e3])
def test_the_unit_of_energy_does_not_matter(scale):
    rng = np.random.default_rng(8)
    h0, v = hermitian(rng, 3), rng.normal(size=(3, 3)) + 0j
    one, other = PeriodicLead(h0, v).modes(0.3), PeriodicLead(h0 * scale, v * scale).modes(0.3 * scale)
    assert one.count == other.count
    assert np.abs(other.sigma / scale - one.sigma).max() < 1e-10
    assert np.abs(np.sort(other.velocity) / scale - np.sort(one.velocity)).max() < 1e-10
