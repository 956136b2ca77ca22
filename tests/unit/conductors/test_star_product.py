import numpy as np
import pytest

from sharvin.conductors.star_product import star_product


def unitaries(seed, count, size):
    rng = np.random.default_rng(seed)
    return np.linalg.qr(rng.normal(size=(count, size, size)) + 1j * rng.normal(size=(count, size, size)))[0]


@pytest.mark.parametrize("joint", [0, 1, 3])
def test_a_batch_stays_unitary(joint):
    a, b = unitaries(1, 4, 5), unitaries(2, 4, 6)
    S, residual = star_product(a, b, joint, np.exp(0.3j))
    assert S.shape == (4, 11 - 2 * joint, 11 - 2 * joint)
    np.testing.assert_allclose(
        S.conj().swapaxes(1, 2) @ S, np.broadcast_to(np.eye(S.shape[1]), S.shape), atol=1e-12
    )
    assert residual.shape == (4,)
    assert (residual < 1e-13).all()


def test_against_the_whole_linear_problem():
    """All wave amplitudes of both scatterers as unknowns of one system."""
    a, b, P = unitaries(3, 1, 4)[0], unitaries(4, 1, 5)[0], np.exp(0.8j)
    joint = 2
    S, _ = star_product(a[None], b[None], joint, P)
    # Unknowns: out_a (4), out_b (5); the joint's inputs are the other's outputs.
    M, rhs = np.eye(9, dtype=complex), np.zeros((9, 5), dtype=complex)
    M[:4, 4:6] -= a[:, 2:] * P
    M[4:, 2:4] -= b[:, :2] * P
    rhs[:4, :2], rhs[4:, 2:] = a[:, :2], b[:, 2:]
    out = np.linalg.solve(M, rhs)
    np.testing.assert_allclose(S[0], out[[0, 1, 6, 7, 8]], atol=1e-12)


def test_a_resonator_that_nothing_enters():
    """1 − r₁′r₂ = 0, and both mirrors are perfect: the outside does not depend on the inside."""
    mirror = np.diag([1j, 1.0])[None].astype(complex)
    S, residual = star_product(mirror, mirror[:, ::-1, ::-1], 1, 1.0)
    np.testing.assert_allclose(S[0], np.diag([1j, 1j]))
    assert residual[0] == 0.0


def test_a_resonator_closed_to_rounding_shows_in_the_residual():
    leak = 1e-9
    mirror = np.array([[[1, 1j * leak], [1j * leak, 1]]])
    _, residual = star_product(mirror, mirror, 1, 1.0)
    assert residual[0] > 0.1
