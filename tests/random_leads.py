"""Random leads, h0 and v = ⟨cell n|H|cell n + 1⟩, and energies at which many of their modes are open."""

import numpy as np
from tests.reference import band_extrema_distance


def random_matrix(rng, rows, columns, *, is_complex):
    values = rng.normal(size=(rows, columns))
    return values + 1j * rng.normal(size=(rows, columns)) if is_complex else values


def random_lead(rng, size, rank, *, is_complex):
    """A cell of so many orbitals and a hopping of that rank."""
    h0 = random_matrix(rng, size, size, is_complex=is_complex)
    parts = [random_matrix(rng, size, rank, is_complex=is_complex) for _ in range(2)]
    return (h0 + h0.conj().T) / 2, parts[0] @ parts[1].T


def copies_of(rng, h0, v, number, *, is_complex):
    """So many copies of a lead that do not feel each other, mixed by a unitary: every mode is degenerate."""
    turn = np.linalg.qr(random_matrix(rng, number * len(h0), number * len(h0), is_complex=is_complex))[0]
    h0, v = (turn @ np.kron(matrix, np.eye(number)) @ turn.conj().T for matrix in (h0, v))
    return (h0 + h0.conj().T) / 2, v


def busy_energy(h0, v):
    """An energy with as many open modes as may be had at a fair distance from all turning points of the bands."""
    hops = np.exp(1j * np.linspace(-np.pi, np.pi, 401))[:, None, None] * v
    bands = np.linalg.eigvalsh(h0 + hops + hops.conj().swapaxes(1, 2))
    candidates = np.linspace(bands.min(), bands.max(), 43)[1:-1]
    below = bands[:, None, :] < candidates[:, None]
    counts = np.count_nonzero(below[:-1] & ~below[1:], axis=(0, 2))
    distances = band_extrema_distance(h0, v, candidates, points=401)
    fair = distances >= 0.5 * distances[counts > 0].max()
    return float(candidates[np.argmax(np.where(fair, counts, 0))])
