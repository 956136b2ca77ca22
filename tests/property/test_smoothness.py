"""S(E) is a smooth function between thresholds, whoever asks and in which order."""

import numpy as np
import pytest
from tests.random_leads import busy_energy, copies_of, random_lead
from tests.reference import band_extrema_distance

import sharvin as sv
from sharvin.solvers import ports

STEP = 1e-5


def semicircle(energies):
    """Self-energy of the end of a chain of hopping 1.5 eV."""
    return energies / 2 - 1j * np.sqrt(2.25 - energies**2 / 4)


def random_system(kind):
    """A random region with two leads of a kind, an energy and its distance from the nearest threshold."""
    rng = np.random.default_rng([3, *kind.encode()])
    is_complex = "complex" in kind
    if kind == "self-energies":
        h, _ = random_lead(rng, 4, 4, is_complex=True)
        leads = {name: (sv.SelfEnergy(semicircle), [place]) for name, place in (("L", 0), ("R", 3))}
        return sv.System.from_matrices(h, leads), 0.37, 1.0
    h0, v = random_lead(rng, 3, 2 if "low" in kind else 3, is_complex=is_complex)
    energy = busy_energy(h0, v)
    distance = float(band_extrema_distance(h0, v, [energy])[0])
    if "copies" in kind:
        h0, v = copies_of(rng, h0, v, 2, is_complex=is_complex)
    m = len(h0)
    h, _ = random_lead(rng, 2 * m + 2, 2 * m + 2, is_complex=is_complex)
    leads = {"L": (h0, v.conj().T, np.arange(m)), "R": (h0, v, np.arange(m) + m)}
    return sv.System.from_matrices(h, leads), energy, distance


SINGLE = ("real", "complex", "complex low rank", "self-energies")
DEGENERATE = ("real copies", "complex copies")


@pytest.mark.parametrize("kind", SINGLE + DEGENERATE)
def test_a_step_half_as_long_changes_s_half_as_much(kind):
    system, energy, _ = random_system(kind)
    here, half, full = (sv.scattering_matrix(system, energy + part * STEP).matrix for part in (0.0, 0.5, 1.0))
    assert here.shape == half.shape == full.shape
    assert len(here) >= 2
    change = np.abs(full - here).max()
    assert 1e-7 < change < 1e-2
    assert change / np.abs(half - here).max() == pytest.approx(2.0, abs=0.02)
    assert np.abs(full - 2 * half + here).max() < 0.01 * change


@pytest.mark.parametrize("kind", SINGLE + DEGENERATE)
def test_s_is_the_same_in_a_batch_one_by_one_and_reversed(kind):
    system, energy, distance = random_system(kind)
    energies = energy + np.linspace(-0.3, 0.3, 9) * distance

    def matrices(asked):
        ports._PORTS.clear()  # nothing is remembered of who asked before
        return sv.scattering_matrix(system, asked).matrix

    together = matrices(energies)
    assert together.shape[1] >= 2
    assert np.abs(matrices(energies[::-1])[::-1] - together).max() < 1e-12
    alone = np.array([matrices(value) for value in energies])
    assert np.abs(alone - together).max() < 1e-12
    backward = np.array([matrices(value) for value in energies[::-1]])[::-1]
    assert np.array_equal(backward, alone)
