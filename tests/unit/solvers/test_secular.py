import numpy as np
import pytest
from scipy import sparse

from sharvin.linalg import Pattern
from sharvin.solvers.secular import SecularMatrix


def hermitian(rng, size, complex_):
    matrix = rng.normal(size=(size, size)) + 1j * complex_ * rng.normal(size=(size, size))
    matrix = matrix + matrix.conj().T
    return matrix if complex_ else matrix.real


def stored(matrix):
    """All elements of a dense matrix, on their pattern."""
    every = sparse.csr_array(np.ones(matrix.shape))
    return Pattern.of(every), matrix.ravel()


@pytest.mark.parametrize("complex_", [False, True])
@pytest.mark.parametrize("overlapping", [False, True])
def test_elements_and_what_rounding_takes_from_them(complex_, overlapping):
    rng = np.random.default_rng(3)
    h, o = hermitian(rng, 5, complex_), np.eye(5) + 0.01 * hermitian(rng, 5, complex_)
    pattern, values = stored(h)
    secular = SecularMatrix(pattern, values, o.ravel() if overlapping else None)
    assert secular.dtype is (complex if complex_ else float)
    energy = 0.1
    wanted = energy * (o if overlapping else np.eye(5)) - h
    assert np.abs(secular.at(energy).toarray() - wanted).max() < 1e-15
    for shift in (energy, 17.0, -23.0):
        largest = np.abs(secular.at(shift).toarray()).max()
        assert (
            largest
            <= secular.size(shift)
            <= (2 if overlapping else 1 + 1e-15) * max(largest, np.abs(h).max())
        )
    # Long double numbers, where there are any, have the digits that are lost.
    if np.finfo(np.longdouble).eps < 1e-18:
        long = np.clongdouble if complex_ else np.longdouble
        unit = (o if overlapping else np.eye(5)).astype(long)
        exact = np.longdouble(energy) * unit - h.astype(long)
        found, rest = secular.exact_values(energy)
        assert np.abs(rest).max() < 1e-15
        assert np.abs(found.astype(long) + rest - exact.ravel()).max() < 1e-18


def test_self_energies_are_taken_off_on_the_interface():
    rng = np.random.default_rng(4)
    h, interface = hermitian(rng, 4, complex_=True), np.array([0, 3])
    sigma = rng.normal(size=(2, 2)) - 1j
    wanted = 0.7 * np.eye(4) - h
    wanted[np.ix_(interface, interface)] -= sigma
    opened = SecularMatrix(*stored(h)).opened(0.7, interface, sigma)
    assert np.abs(opened.toarray() - wanted).max() < 1e-15
    assert opened.has_sorted_indices


def test_absorption_is_the_flux_that_a_wave_loses():
    rng = np.random.default_rng(5)
    h = hermitian(rng, 4, complex_=True) - 0.3j * np.eye(4)
    secular = SecularMatrix(*stored(h), hermitian=False)
    assert secular.dtype is complex
    assert np.abs(secular.absorption().toarray() - 0.6 * np.eye(4)).max() < 1e-15


def test_pieces_that_neither_hopping_nor_overlap_connects():
    h, o = np.zeros((4, 4)), np.eye(4)
    h[0, 2] = h[2, 0] = 1e-200
    o[1, 3] = o[3, 1] = 0.1
    pattern, values = stored(h)
    assert len(set(SecularMatrix(pattern, values).pieces)) == 3
    first, second, *rest = SecularMatrix(pattern, values, o.ravel()).pieces
    assert rest == [first, second]
    assert first != second
