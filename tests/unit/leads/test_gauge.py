import numpy as np

from sharvin.leads.gauge import reference_vectors, standard_gauge


def vectors(seed, m, count):
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.normal(size=(m, count)) + 1j * rng.normal(size=(m, count)))
    return q


def test_the_phase_does_not_depend_on_the_phase_given():
    references = reference_vectors(5)
    wave = vectors(0, 5, 1)
    speed = np.array([1.3])
    one = standard_gauge(wave, speed, references)
    other = standard_gauge(wave * np.exp(2.1j), speed, references)
    assert np.abs(one - other).max() < 1e-14
    overlap = (one.conj().T @ references[:, :1]).item()
    assert overlap.real > 0
    assert abs(overlap.imag) < 1e-14


def test_a_degenerate_space_does_not_depend_on_its_basis():
    references = reference_vectors(6)
    basis = vectors(1, 6, 3)
    turn = vectors(2, 3, 3)
    speed = np.full(3, 0.7)
    one, other = standard_gauge(basis, speed, references), standard_gauge(basis @ turn, speed, references)
    assert np.abs(one - other).max() < 1e-13
    assert np.abs(one.conj().T @ one - np.eye(3)).max() < 1e-13


def test_unlike_speeds_are_not_mixed():
    references = reference_vectors(6)
    basis = vectors(3, 6, 2)
    gauged = standard_gauge(basis, np.array([0.7, 0.9]), references)
    overlap = np.abs(basis.conj().T @ gauged)
    assert np.abs(overlap - np.eye(2)).max() < 1e-13


def test_references_are_fixed_independent_and_complex():
    references = reference_vectors(40)
    assert reference_vectors(40) is references
    assert not references.flags.writeable
    assert np.linalg.matrix_rank(references) == 40
    assert np.abs(references.imag).max() > 0.1
