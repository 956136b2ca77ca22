"""A lead through a piece of itself: nothing is reflected, and no mode is scattered into another.

The region is L cells of the lead, so every mode goes on as it came,

    r = 0,     |t| a permutation matrix,     t_L = e^{ik(L − 1)} t_1,

with k the momenta of the outgoing modes. Modes of equal momentum may be turned among each other: in their block t is
unitary. The gauge of the modes drops out of all three.
"""

import numpy as np
import pytest
from tests.random_leads import busy_energy, copies_of, random_lead
from tests.reference import open_modes

import sharvin as sv

LENGTHS = (1, 2, 3, 7)
EXACT = 1e-10


def through_itself(h0, v, cells, energy):
    """S of so many cells between two halves of the lead."""
    m = len(h0)
    ahead = np.kron(np.eye(cells, k=1), v)
    h = np.kron(np.eye(cells), h0) + ahead + ahead.conj().T
    leads = {"L": (h0, v.conj().T, np.arange(m)), "R": (h0, v, np.arange(m) + (cells - 1) * m)}
    return sv.scattering_matrix(sv.System.from_matrices(h, leads), energy)


def check_nothing_is_reflected(S, modes):
    assert S.mode_count("L") == S.mode_count("R") == modes > 0
    assert np.abs(S.amplitudes("L", "L")).max() < EXACT
    assert np.abs(S.amplitudes("R", "R")).max() < EXACT


def check_phases(h0, v, energy, scattering):
    """t_L = e^{ik(L − 1)} t_1 in both directions."""
    for side, (out, source) in enumerate((("L", "R"), ("R", "L"))):
        momentum = scattering[1].leads[side].momentum
        for cells, S in scattering.items():
            gained = np.exp(1j * momentum * (cells - 1))[:, None]
            assert (
                np.abs(S.amplitudes(out, source) - gained * scattering[1].amplitudes(out, source)).max()
                < EXACT
            )


@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
@pytest.mark.parametrize("full", [False, True], ids=["low rank", "full rank"])
@pytest.mark.parametrize("size", range(1, 7))
@pytest.mark.parametrize("seed", range(2))
def test_every_mode_goes_on_as_it_came(seed, size, full, is_complex):
    rng = np.random.default_rng([seed, size, full, is_complex])
    rank = size if full else int(rng.integers(1, max(size, 2)))
    h0, v = random_lead(rng, size, rank, is_complex=is_complex)
    energy = busy_energy(h0, v)
    scattering = {cells: through_itself(h0, v, cells, energy) for cells in LENGTHS}
    modes = open_modes(h0, v, energy)
    for S in scattering.values():
        check_nothing_is_reflected(S, modes)
        for out, source in (("R", "L"), ("L", "R")):
            size_of_t = np.abs(S.amplitudes(out, source))
            permutation = np.rint(size_of_t)
            assert (permutation.sum(axis=0) == 1).all()
            assert (permutation.sum(axis=1) == 1).all()
            assert np.abs(size_of_t - permutation).max() < EXACT
    check_phases(h0, v, energy, scattering)


@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
@pytest.mark.parametrize(("inner", "number"), [(1, 2), (2, 2), (3, 2), (1, 3), (2, 3), (1, 6)])
@pytest.mark.parametrize("seed", range(2))
def test_degenerate_modes_are_turned_among_each_other_at_most(seed, inner, number, is_complex):
    rng = np.random.default_rng([seed, inner, number, is_complex])
    lead = random_lead(rng, inner, int(rng.integers(1, inner + 1)), is_complex=is_complex)
    h0, v = copies_of(rng, *lead, number, is_complex=is_complex)
    energy = busy_energy(*lead)
    scattering = {cells: through_itself(h0, v, cells, energy) for cells in LENGTHS}
    single = open_modes(*lead, energy)
    for S in scattering.values():
        check_nothing_is_reflected(S, number * single)
        for side, (out, source) in enumerate((("L", "R"), ("R", "L"))):
            momentum = S.leads[side].momentum
            t = S.amplitudes(out, source)
            alike = np.abs(np.exp(1j * (momentum[:, None] - momentum)) - 1) < 1e-6
            assert (alike.sum(axis=1) == number).all()
            # Each incoming mode goes into the modes of one momentum, and in that block t is unitary.
            weight = alike.astype(float) @ np.abs(t) ** 2
            assert ((weight > 0.5).sum(axis=0) == number).all()
            assert np.sqrt(weight[weight < 0.5]).max(initial=0) < EXACT
            assert np.abs(t.conj().T @ t - np.eye(len(t))).max() < EXACT
    check_phases(h0, v, energy, scattering)


def test_a_cell_in_the_middle_that_is_another_is_noticed():
    rng = np.random.default_rng(0)
    h0, v = random_lead(rng, 3, 3, is_complex=True)
    energy = busy_energy(h0, v)
    leads = {"L": (h0, v.conj().T, [0, 1, 2]), "R": (h0, v, [0, 1, 2])}
    S = sv.scattering_matrix(sv.System.from_matrices(h0 + 0.01 * np.eye(3), leads), energy)
    assert np.abs(S.amplitudes("L", "L")).max() > 1e-4
