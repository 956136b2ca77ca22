from types import SimpleNamespace

import numpy as np
import pytest

import sharvin as sv
from sharvin.model.lead_cell import LeadCell
from sharvin.model.self_energies import LeadSelfEnergy, SelfEnergy
from sharvin.solvers import ports
from sharvin.solvers.ports import LeadPorts


def cell(h0, v, orbitals=1):
    return LeadCell(np.atleast_2d(np.asarray(h0)), np.atleast_2d(np.asarray(v)), np.arange(orbitals), np.nan)


def given(sigma, energies=None, orbitals=1):
    lead = LeadSelfEnergy.of("L", SelfEnergy(sigma, energies), orbitals)
    return LeadPorts(LeadCell.given(lead, np.arange(orbitals)))


def wide_band(gamma):
    gamma = np.atleast_2d(gamma)
    return LeadCell.given(LeadSelfEnergy.same("L", -0.5j * gamma), np.arange(len(gamma)))


def port_of(lead, energy):
    """Σ, W, U and the velocities at one energy."""
    ports = LeadPorts(lead).at(np.array([energy]))
    return SimpleNamespace(
        sigma=ports.sigma[0], width=ports.width[0], partner=ports.partner[0], velocity=ports.velocity[0]
    )


def random_cell(seed, m=3):
    rng = np.random.default_rng(seed)
    h0 = rng.normal(size=(m, m)) + 1j * rng.normal(size=(m, m))
    return cell(h0 + h0.conj().T, rng.normal(size=(m, m)) + 1j * rng.normal(size=(m, m)), m)


@pytest.mark.parametrize("seed", range(6))
def test_the_width_is_that_of_the_self_energy(seed):
    # WW† = Γ = i(Σ − Σ†) on the interface, and U is unitary.
    lead = random_cell(seed)
    port = port_of(lead, 0.2)
    gamma = 1j * (port.sigma - port.sigma.conj().T)
    assert port.width.shape[1] == len(port.partner) == len(port.velocity)
    assert np.abs(port.width @ port.width.conj().T - gamma).max() < 1e-12
    assert np.abs(port.partner.conj().T @ port.partner - np.eye(len(port.partner))).max(initial=0) < 1e-12
    assert np.all(port.velocity > 0)


@pytest.mark.parametrize("seed", range(6))
def test_a_lead_that_ends_reflects_everything(seed):
    # The lead's own cell −1 as the region: S = (iW†GW − 1)U is unitary, N by N.
    lead = random_cell(seed)
    port = port_of(lead, 0.2)
    waves = np.linalg.solve(0.2 * np.eye(3) - lead.h0 - port.sigma, port.width)
    s = (1j * port.width.conj().T @ waves - np.eye(len(port.partner))) @ port.partner
    assert np.abs(s.conj().T @ s - np.eye(len(s))).max(initial=0) < 1e-10


def test_a_wide_band_port():
    port = port_of(wide_band([[0.4, 0.0], [0.0, 0.0]]), 5.0)
    assert np.abs(port.sigma - np.diag([-0.2j, 0.0])).max() < 1e-16
    assert port.width.shape == (2, 1)
    assert np.abs(port.width @ port.width.conj().T - np.diag([0.4, 0.0])).max() < 1e-15
    assert np.array_equal(port.partner, [[-1.0]])
    assert len(LeadPorts(wide_band(0.4)).band_edges((-9, 9))) == 0


def test_equal_leads_and_mirror_images_are_solved_once(monkeypatch):
    ports._LEADS.clear()
    ports._PORTS.clear()
    solved = []
    modes = ports.PeriodicLead.modes
    monkeypatch.setattr(
        ports.PeriodicLead, "modes", lambda lead, energy: solved.append(energy) or modes(lead, energy)
    )
    lead = random_cell(0)
    mirrored = cell(lead.h0[::-1, ::-1], lead.v[::-1, ::-1], 3)
    energies = np.array([0.2, 0.3])
    found = [LeadPorts(one) for one in (lead, random_cell(0), mirrored)]
    sigmas = []
    for one in found:
        sigma = np.zeros((2, 3, 3), dtype=complex)
        sigma[:, one.touched[:, None], one.touched] = one.at(energies).sigma
        sigmas.append(sigma)
    assert solved == [0.2, 0.3]
    assert np.array_equal(sigmas[0], sigmas[1])
    assert np.array_equal(sigmas[0], sigmas[2][:, ::-1, ::-1])
    LeadPorts(random_cell(1)).at(energies)
    assert solved == [0.2, 0.3, 0.2, 0.3]


def test_a_wide_band_lead_is_not_taken_for_a_periodic_one():
    wide, periodic = LeadPorts(wide_band(0.5)), LeadPorts(cell(0.5, 0.0))
    assert wide.at(np.array([0.1])).sigma.item() == pytest.approx(-0.25j, rel=1e-15)
    assert len(periodic.touched) == 0
    assert periodic.at(np.array([0.1])).labels.size == 0


def test_a_lead_touches_only_the_orbitals_that_hop_outward():
    v = np.zeros((4, 4))
    v[1, 0] = v[3, 2] = -1.0
    h0 = -(np.eye(4, k=1) + np.eye(4, k=-1))
    lead = LeadPorts(cell(h0, v, 4))
    assert sorted(lead.touched) == [1, 3]
    assert lead.at(np.array([0.3, 0.4])).sigma.shape == (2, 2, 2)


@pytest.mark.parametrize("seed", range(4))
def test_many_energies_are_those_one_by_one(seed):
    lead = LeadPorts(random_cell(seed))
    energies = np.linspace(-3, 3, 7)
    together = lead.at(energies)
    for row, energy in enumerate(energies):
        alone = lead.at(np.array([energy]))
        is_open = together.open_modes[row]
        assert np.array_equal(together.labels[is_open], alone.labels)
        assert np.array_equal(together.sigma[row], alone.sigma[0])
        assert np.array_equal(together.width[row][:, is_open], alone.width[0])
        assert not together.width[row][:, ~is_open].any()


def turning(energies):
    """Σ of three orbitals whose two channels turn, cross in strength, and shift levels."""
    angle = np.multiply.outer(energies, [1.0, 0.4])
    one = np.stack([np.cos(angle[:, 0]), 1j * np.sin(angle[:, 0]), 0 * energies], axis=1)
    two = np.stack([0 * energies, 0 * energies, np.exp(1j * angle[:, 1])], axis=1)
    strengths = [1 + energies, 1 - energies]
    gamma = sum(
        strength[:, None, None] * state[:, :, None] * state[:, None, :].conj()
        for strength, state in zip(strengths, (one, two), strict=True)
    )
    return np.diag([0.3, -0.1, 0.0]) * energies[:, None, None] - 0.5j * gamma


def test_the_width_of_a_given_self_energy_is_its_own():
    energies = np.linspace(-0.5, 0.5, 21)
    ports = given(turning, orbitals=3).at(energies)
    sigma = turning(energies)
    gamma = 1j * (sigma - sigma.conj().swapaxes(1, 2))
    assert ports.width.shape == (21, 3, 2)
    assert np.abs(ports.width @ ports.width.conj().swapaxes(1, 2) - gamma).max() < 1e-14
    assert np.abs(ports.sigma - sigma).max() < 1e-14
    assert ports.figures["lead_residual"].max() < 1e-14
    assert np.isnan(ports.velocity).all()
    assert np.array_equal(ports.labels, [0, 1])


@pytest.mark.parametrize("full_rank", [False, True])
def test_the_width_is_smooth_where_strengths_cross(full_rank):
    # At E = 0 both channels are equally strong; eigenvectors by order would change places there.
    def sigma(energies):
        return turning(energies) - 0.1j * full_rank * np.eye(3)

    lead = given(sigma, orbitals=3)
    for step in (1e-3, 1e-5, 1e-7):
        energies = np.array([-1.5, -0.5, 0.5, 1.5]) * step
        width = lead.at(energies).width
        assert np.abs(np.diff(width, axis=0)).max() < 3 * step
        backwards = lead.at(energies[::-1]).width
        assert np.abs(backwards[::-1] - width).max() < 1e-13


def test_channels_that_are_closed_at_some_energies():
    lead = given([[[0, 0], [0, 0]], [[-1j, 0], [0, 0]], [[-1j, 0], [0, -1j]]], [0.0, 1.0, 2.0], 2)
    ports = lead.at(np.array([0.0, 0.5, 1.0, 1.5]))
    assert ports.open_modes.tolist() == [[False, False], [True, False], [True, False], [True, True]]
    assert not ports.width[~np.broadcast_to(ports.open_modes[:, None], ports.width.shape)].any()
    assert np.abs(ports.partner - -np.eye(2) * ports.open_modes[:, :, None]).max() == 0
    assert lead.band_edges((-9, 9)).tolist() == [0.0, 1.0]
    assert lead.band_edges((0.5, 9)).tolist() == [1.0]


def test_a_real_width_goes_with_a_symmetric_self_energy_only():
    # Arithmetic on the interface is real where W is; a Hermitian part that is not real must not be lost there.
    symmetric, shifted = np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([[0, 1j], [-1j, 0]])
    assert np.isrealobj(given(-0.5j * symmetric, orbitals=2).at(np.zeros(1)).width)
    assert np.iscomplexobj(given(shifted - 0.5j * symmetric, orbitals=2).at(np.zeros(1)).width)


@pytest.mark.parametrize("below", [1e-3, 1e-6, 1e-9])
def test_the_distance_to_a_threshold(below):
    # A chain in a gauge that makes it look unlike one: the band ends at 2, and (dE/dk)²/2|E″| is (4 − E²)/2E.
    lead = LeadPorts(cell(0.0, np.exp(0.3j)))
    figures = lead.at(np.array([2 - below])).figures
    assert figures["threshold_distance"][0] == pytest.approx(below, rel=1e-3)


def test_digits_lost_to_a_state_of_the_surface_are_noticed():
    # Zigzag, three chains wide: the edge state meets the band at E = 0, where Σ and F diverge.
    h0 = -(np.eye(6, k=1) + np.eye(6, k=-1))
    v = np.zeros((6, 6))
    v[[1, 3, 5], [0, 2, 4]] = -1.0
    growth = LeadPorts(cell(h0, v, 6)).at(np.array([1e-11, 1e-6, 0.1])).figures["lead_growth"]
    assert growth[0] > ports.BOUNDS["lead_growth"] > growth[1] > growth[2]
    region = np.kron(np.eye(3), h0) + np.kron(np.eye(3, k=1), v) + np.kron(np.eye(3, k=-1), v.T)
    system = sv.System.from_matrices(region, {"L": (h0, v.T, range(6)), "R": (h0, v, range(12, 18))})
    assert sv.scattering_matrix(system, 1e-6).transmission("R", "L") == pytest.approx(1.0, abs=1e-8)
    with pytest.raises(sv.NotCertified, match="lead_growth"):
        sv.scattering_matrix(system, 1e-11)
