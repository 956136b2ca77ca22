"""What holds for every closed form, at whatever fields and energy."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import sharvin as sv

PROFILE = settings(derandomize=True, max_examples=40, deadline=None)

energy = st.floats(-2.0, 2.0)
height = st.floats(-2.0, 2.0)
width = st.floats(0.01, 30.0)
mass = st.floats(0.01, 3.0)
gamma = st.floats(0.0, 1.0)

barriers = st.one_of(
    st.builds(sv.RectangularBarrier, height, width, mass),
    st.builds(sv.DeltaBarrier, height, mass),
    st.builds(sv.DoubleBarrier, height, width, width, mass),
    st.builds(sv.PoschlTeller, height, width, mass),
    st.builds(sv.FreePropagation, width, mass),
)
steps = st.one_of(
    st.builds(sv.PotentialStep, height, mass, mass), st.builds(sv.SmoothStep, height, width, mass)
)
contacts = st.one_of(
    st.builds(sv.ResonantLevel, energy, gamma, gamma),
    st.builds(sv.SaddlePoint, st.floats(0.05, 1.0), st.floats(0.2, 1.0), height, st.none() | gamma),
    st.builds(sv.HardWallChannel, st.floats(0.5, 5.0), st.floats(0.05, 1.0)),
    st.builds(
        lambda W, V, d: sv.HardWallChannel(W, 0.5, sv.RectangularBarrier(V, d, 0.5)),
        st.floats(0.5, 5.0),
        height,
        width,
    ),
)
energies = st.lists(energy, min_size=1, max_size=6)


@PROFILE
@given(barriers | steps | contacts, energies)
def test_unitary_reciprocal_and_bounded(conductor, batch):
    S = sv.scattering_matrix(conductor, batch)
    assert S.unitarity_error <= 1e-10
    np.testing.assert_array_equal(S.matrix, S.matrix.swapaxes(1, 2))  # time reversal
    for at, single in enumerate(batch):
        tau = sv.scattering_matrix(conductor, single).transmission_eigenvalues("right", "left")
        assert ((tau >= 0) & (tau <= 1)).all()
        np.testing.assert_allclose(tau.sum(), S.transmission("right", "left")[at], rtol=1e-12, atol=1e-300)
    closed = ~S.open_modes
    assert not S.matrix[closed[:, :, None] | closed[:, None, :]].any()


@PROFILE
@given(st.builds(sv.PoschlTeller, height, width, mass) | steps, st.floats(-2.0, 2.0))
def test_the_mirror_image_has_the_same_transmission(conductor, at):
    """T is the same from both sides, and R too: |r| = |r′|."""
    S = sv.scattering_matrix(conductor, at)
    both = S.open_modes.all()
    assert S.transmission("right", "left") == S.transmission("left", "right")
    if both:
        np.testing.assert_allclose(abs(S.matrix[0, 0]), abs(S.matrix[1, 1]), rtol=1e-12, atol=1e-15)


@PROFILE
@given(st.floats(0.05, 2.0), st.floats(0.1, 1.0), st.floats(0.1, 6.0), st.floats(0.01, 3.0))
def test_two_barriers_in_series_are_the_double_barrier(V, thickness, well, at):
    one, empty = sv.RectangularBarrier(V, thickness, 0.3), sv.FreePropagation(well, 0.3)
    composed = sv.scattering_matrix(sv.series(one, empty, one), at)
    direct = sv.scattering_matrix(sv.DoubleBarrier(V, thickness, well, 0.3), at)
    np.testing.assert_allclose(composed.matrix, direct.matrix, atol=1e-10)


@PROFILE
@given(st.floats(0.1, 2.0), st.floats(0.0, 3.0), st.floats(0.01, 3.0))
def test_a_barrier_is_two_halves_in_series(V, thickness, at):
    half = sv.RectangularBarrier(V, thickness / 2 + 0.1, 0.3)
    whole = sv.RectangularBarrier(V, thickness + 0.2, 0.3)
    joined = sv.scattering_matrix(sv.series(half, half), at)
    np.testing.assert_allclose(joined.matrix, sv.scattering_matrix(whole, at).matrix, atol=1e-11)


def random_scatterer(seed, left, right):
    rng = np.random.default_rng(seed)
    size = left + right
    unitary, _ = np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))
    return sv.FixedScatterer(unitary, leads={"left": left, "right": right})


@PROFILE
@given(st.integers(0, 2**31), st.lists(st.integers(1, 4), min_size=4, max_size=4), st.floats(0, 6))
def test_series_is_associative(seed, n, theta):
    a, b, c = (random_scatterer(seed + i, n[i], n[i + 1]) for i in range(3))
    first = sv.series(sv.series(a, b, phase=theta), c, phase=theta)
    last = sv.series(a, sv.series(b, c, phase=theta), phase=theta)
    S = sv.scattering_matrix(first, 0.0)
    np.testing.assert_allclose(S.matrix, sv.scattering_matrix(last, 0.0).matrix, atol=1e-9)
    assert S.unitarity_error <= 1e-10


@PROFILE
@given(st.integers(0, 2**31), st.integers(1, 4), st.integers(1, 4), st.floats(0, 6))
def test_series_sums_the_multiple_reflections(seed, left, middle, theta):
    """The star product against the geometric series of paths, summed until nothing is left."""
    a, b = random_scatterer(seed, left, middle), random_scatterer(seed + 1, middle, 2)
    P = np.exp(1j * theta)
    t1, r1_back = a.matrix[left:, :left], a.matrix[left:, left:]
    r2, t2 = b.matrix[:middle, :middle], b.matrix[middle:, :middle]
    trip = P * r1_back @ r2 * P
    paths = np.eye(middle)
    for _ in range(30):  # (1 + A)(1 + A²)(1 + A⁴)… = 1/(1 − A)
        paths, trip = paths + trip @ paths, trip @ trip
    S = sv.scattering_matrix(sv.series(a, b, phase=theta), 0.0)
    np.testing.assert_allclose(S.amplitudes("right", "left"), t2 * P @ paths @ t1, atol=1e-8)


@PROFILE
@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=8), st.floats(0.0, 1.0))
def test_a_table_lies_between_its_neighbours(tau, part):
    table = sv.Tabulated(np.arange(len(tau), dtype=float), tau)
    at = part * (len(tau) - 1)
    below, above = tau[int(at)], tau[min(int(at) + 1, len(tau) - 1)]
    T = sv.scattering_matrix(table, at).transmission("right", "left")
    assert min(below, above) - 1e-12 <= T <= max(below, above) + 1e-12
    np.testing.assert_allclose(T, np.interp(at, np.arange(len(tau)), tau), atol=1e-12)
