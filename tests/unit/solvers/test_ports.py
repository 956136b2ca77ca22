import numpy as np
import pytest

from sharvin.model.matrices import LeadCell
from sharvin.solvers import ports
from sharvin.solvers.ports import LeadPorts


def cell(h0, v, orbitals=1):
    v = None if v is None else np.atleast_2d(np.asarray(v))
    return LeadCell(np.atleast_2d(np.asarray(h0)), v, np.arange(orbitals), np.nan)


def random_cell(seed, m=3):
    rng = np.random.default_rng(seed)
    h0 = rng.normal(size=(m, m)) + 1j * rng.normal(size=(m, m))
    return cell(h0 + h0.conj().T, rng.normal(size=(m, m)) + 1j * rng.normal(size=(m, m)), m)


@pytest.mark.parametrize("seed", range(6))
def test_the_width_is_that_of_the_self_energy(seed):
    # WW† = Γ = i(Σ − Σ†) on the interface, and U is unitary.
    lead = random_cell(seed)
    port = LeadPorts(lead).at(0.2)
    gamma = 1j * (port.sigma - port.sigma.conj().T)
    assert port.width.shape[1] == len(port.partner) == len(port.velocity)
    assert np.abs(port.width @ port.width.conj().T - gamma).max() < 1e-12
    assert np.abs(port.partner.conj().T @ port.partner - np.eye(len(port.partner))).max(initial=0) < 1e-12
    assert np.all(port.velocity > 0)


@pytest.mark.parametrize("seed", range(6))
def test_a_lead_that_ends_reflects_everything(seed):
    # The lead's own cell −1 as the region: S = (iW†GW − 1)U is unitary, N by N.
    lead = random_cell(seed)
    port = LeadPorts(lead).at(0.2)
    waves = np.linalg.solve(0.2 * np.eye(3) - lead.h0 - port.sigma, port.width)
    s = (1j * port.width.conj().T @ waves - np.eye(len(port.partner))) @ port.partner
    assert np.abs(s.conj().T @ s - np.eye(len(s))).max(initial=0) < 1e-10


def test_a_wide_band_port():
    port = LeadPorts(cell([[0.4, 0.0], [0.0, 0.0]], None, 2)).at(5.0)
    assert np.array_equal(port.sigma, np.diag([-0.2j, 0.0]))
    assert port.width.shape == (2, 1)
    assert np.abs(port.width @ port.width.conj().T - np.diag([0.4, 0.0])).max() < 1e-15
    assert np.array_equal(port.partner, [[-1.0]])
    assert len(LeadPorts(cell([[0.4]], None)).band_edges((-9, 9))) == 0


def test_equal_leads_are_solved_once():
    ports._LEADS.clear()
    ports._PORTS.clear()
    one, other = LeadPorts(cell(0.0, -1.0)), LeadPorts(cell(0.0, -1.0))
    assert one.at(0.3) is other.at(0.3)
    assert one.at(0.3) is not other.at(0.4)
    assert LeadPorts(cell(0.0, -1.1)).at(0.3) is not one.at(0.3)


def test_a_wide_band_lead_is_not_taken_for_a_periodic_one():
    wide, periodic = LeadPorts(cell(0.5, None)).at(0.1), LeadPorts(cell(0.5, 0.0)).at(0.1)
    assert wide.sigma.item() == -0.25j
    assert periodic.sigma.item() == 0
