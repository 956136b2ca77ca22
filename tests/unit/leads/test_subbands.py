import numpy as np
import pytest

from sharvin.leads.subbands import band_energies, band_extrema, bloch


def test_the_bloch_hamiltonian():
    h0, v = np.array([[1.0, 2j], [-2j, 3.0]]), np.array([[0.1, 0.2], [0.3, 0.4j]])
    k = 0.7
    wanted = h0 + v * np.exp(1j * k) + v.conj().T * np.exp(-1j * k)
    assert np.abs(bloch(h0, v, k) - wanted).max() < 1e-15
    assert np.abs(wanted - wanted.conj().T).max() < 1e-15


def test_the_bands_of_a_chain():
    k = np.linspace(-np.pi, np.pi, 7)
    bands = band_energies(np.array([[0.5]]), np.array([[-1.0]]), k)
    assert np.abs(bands[:, 0] - 0.5 + 2 * np.cos(k)).max() < 1e-14


def test_extrema_at_and_away_from_symmetric_momenta():
    # E = −2 cos k + 2·0.6·cos 2k folded to one cell of two sites has extrema at k = 0, π/… and where cos k = 1/2.4.
    h0 = np.array([[0.0, -1.0], [-1.0, 0.0]])
    v = np.array([[0.6, 0.0], [-1.0, 0.6]])
    interior = np.arccos(2 / (8 * 0.6))
    energy = lambda q: -2 * np.cos(q) + 1.2 * np.cos(2 * q)  # noqa: E731
    wanted = np.array([energy(0.0), energy(np.pi), energy(interior)])
    found = band_extrema(h0, v, (-5, 5))
    assert np.abs(found[:, None] - wanted).min(axis=0).max() < 1e-10


def test_only_the_window_is_returned():
    found = band_extrema(np.array([[0.0]]), np.array([[-1.0]]), (-3, 0))
    assert found == pytest.approx([-2.0], abs=1e-12)
    assert len(band_extrema(np.array([[0.0]]), np.array([[-1.0]]), (-1, 1))) == 0


@pytest.mark.parametrize("phase", [0.3, 1.0, 2.5])
def test_a_phase_per_cell_moves_no_extremum(phase):
    h0, v = np.array([[0.0, 0.4], [0.4, 0.3]]), np.array([[-1.0, 0.2], [0.0, -0.8]])
    plain, turned = (band_extrema(h0, x, (-5, 5)) for x in (v, v * np.exp(1j * phase)))
    assert plain == pytest.approx(turned, abs=1e-9)


@pytest.mark.parametrize("coupling", [0.003, 0.03, 0.3])
def test_extrema_that_spin_orbit_coupling_draws_apart(coupling):
    # E = 2 − 2 cos k ± √(4λ² sin²k + b²): a maximum of the lower band at k = 0, minima on both sides.
    field = coupling**2
    sigma_y, sigma_z = np.array([[0, -1j], [1j, 0]]), np.diag([1.0, -1.0])
    h0, v = 2 * np.eye(2) + field * sigma_z, -np.eye(2) - 1j * coupling * sigma_y
    found = band_extrema(h0, v, (-1.0, 1.0))
    k = np.linspace(0, 2 * coupling, 20001)
    lowest = (2 - 2 * np.cos(k) - np.sqrt(4 * coupling**2 * np.sin(k) ** 2 + field**2)).min()
    assert found == pytest.approx([lowest, -field, field], abs=1e-7 * coupling**2)
