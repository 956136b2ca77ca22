import numpy as np
import pytest

from sharvin.leads.real_basis import real_basis


def square_in_field(width, flux, center):
    h0 = -(np.eye(width, k=1) + np.eye(width, k=-1))
    return h0, -np.diag(np.exp(2j * np.pi * flux * (np.arange(width) - center)))


def reproduced(h0, v, basis, tolerance=1e-13):
    size = len(h0)
    q = np.eye(size) if basis.vectors is None else basis.vectors.toarray()
    assert np.abs(q.conj().T @ q - np.eye(size)).max() < 1e-14
    assert not np.iscomplexobj(basis.h0)
    assert not np.iscomplexobj(basis.v)
    assert abs(abs(basis.phase) - 1) < 1e-14
    scale = max(np.abs(h0).max(), np.abs(v).max())
    assert np.abs(q @ basis.h0 @ q.conj().T - h0).max() < tolerance * scale
    assert np.abs(basis.phase * q @ basis.v @ q.conj().T - v).max() < tolerance * scale
    matrix = np.random.default_rng(0).normal(size=(size, size)) + 0j
    assert np.abs(basis.spread_matrix(matrix) - q @ matrix @ q.conj().T).max() < 1e-13
    assert np.abs(basis.spread(matrix) - q @ matrix).max() < 1e-13


def test_what_is_real_stays_as_it_is():
    rng = np.random.default_rng(1)
    h0, v = rng.normal(size=(2, 7, 7))
    for kind in (float, complex):
        basis = real_basis((h0 + h0.T).astype(kind), v.astype(kind))
        assert basis.vectors is None
        reproduced(h0 + h0.T, v, basis)


@pytest.mark.parametrize("width", [2, 5, 8, 41])
@pytest.mark.parametrize("center", [None, 0.0, 3.7, -12.0])
def test_a_uniform_field_is_undone_by_the_mirror_wherever_its_gauge_is_centred(width, center):
    h0, v = square_in_field(width, 0.031, (width - 1) / 2 if center is None else center)
    reproduced(h0, v, real_basis(h0, v))


@pytest.mark.parametrize("group", [2, 3, 4])
def test_orbitals_are_reversed_in_groups(group):
    # Each row has `group` orbitals, mixed by the same real matrices in the cell and in the hopping.
    rng = np.random.default_rng(group)
    rows = 5
    h0, v = square_in_field(rows, 0.02, 2.0)
    own, mixed = rng.normal(size=(2, group, group))
    h0 = np.kron(np.eye(rows), own + own.T) + np.kron(h0, np.eye(group))
    v = np.kron(v, mixed)
    assert real_basis(h0, v) is not None
    reproduced(h0, v, real_basis(h0, v))


def test_bloch_factors_are_turned_by_the_phase():
    h0, v = square_in_field(6, 0.05, 0.3)
    basis = real_basis(h0, v)
    assert abs(basis.phase - 1) > 1e-3
    for momentum in (0.0, 0.7, -2.1):
        factor = np.exp(1j * momentum)
        turned = factor * basis.phase
        there = basis.h0 + turned * basis.v + np.conj(turned) * basis.v.T
        here = h0 + factor * v + np.conj(factor) * v.conj().T
        assert np.abs(np.linalg.eigvalsh(there) - np.linalg.eigvalsh(here)).max() < 1e-13


def test_a_generic_complex_cell_has_none():
    rng = np.random.default_rng(2)
    for size in (3, 6, 40):
        h0 = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
        v = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
        assert real_basis(h0 + h0.conj().T, v) is None


def test_a_symmetry_that_is_nearly_there_is_not_taken():
    h0, v = square_in_field(6, 0.05, 2.5)
    h0 = h0.astype(complex)
    h0[1, 1] += 1e-9
    assert real_basis(h0, v) is None
    assert real_basis(h0, np.zeros_like(v)) is not None  # nothing but a real cell


def test_no_hopping_and_a_complex_cell_has_none():
    h0 = np.array([[0.0, 1j, 0.2], [-1j, 0.3, 0.1], [0.2, 0.1, -1.0]])
    assert real_basis(h0, np.zeros((3, 3))) is None
