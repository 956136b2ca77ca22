import numpy as np
import pytest

from sharvin.errors import NumericalError
from sharvin.solvers.complement import Complement


def complement(matrix, **figures):
    return Complement(matrix, "numpy", "", figures)


def test_both_ways_to_the_same_waves():
    rng = np.random.default_rng(1)
    c = rng.normal(size=(5, 5)) + 1j * rng.normal(size=(5, 5))
    c = c + c.conj().T
    width, shift = rng.normal(size=(5, 2)) + 1j * rng.normal(size=(5, 2)), np.diag(rng.normal(size=5))
    sigma = shift - 0.5j * width @ width.conj().T
    partner = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    found = complement(c, elimination_error=(1e-14, 1e-9))
    solutions = (
        found.solved(sigma, 1j * width @ partner, 1e-10),
        found.solved_by_reaction_matrix(sigma, width, partner, 1e-10),
    )
    wanted = np.linalg.inv(c - sigma) @ (1j * width @ partner)
    for solution in solutions:
        assert np.abs(solution.psi - wanted).max() < 1e-12
        assert solution.broken == []
        assert solution.figures["elimination_error"] == (1e-14, 1e-9)  # that of C goes along
        s = width.conj().T @ solution.psi - partner
        assert np.abs(s.conj().T @ s - np.eye(2)).max() < 1e-12
    assert [solution.route for solution in solutions] == ["schur", "reaction matrix"]


def test_a_large_self_energy():
    # One orbital between two leads with Γ = 1e13 each: t = i√(Γ_L Γ_R)/(E − ε + iΓ).
    width = np.full((1, 2), np.sqrt(1e13))
    sigma = -0.5j * width @ width.T
    s = width.T @ complement(np.ones((1, 1))).solved_by_reaction_matrix(sigma, width, np.eye(2), 1e-10).psi
    assert np.abs(s - 1j * 1e13 / (1 + 1e13j)).max() < 1e-12


def test_a_singular_interface_is_an_error():
    with pytest.raises(NumericalError, match="singular"):
        complement(np.eye(2)).solved(np.eye(2), np.ones((2, 1)), 1e-10)


def test_certified_by_every_figure():
    assert complement(np.eye(1), a=(0.0, 1.0)).certified
    assert not complement(np.eye(1), a=(0.0, 1.0), b=(np.nan, 1.0)).certified


def test_absorption_of_a_level_with_a_width():
    assert complement(np.array([[0.3 + 0.1j]])).absorption() == pytest.approx(0.2)
