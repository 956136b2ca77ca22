"""What holds for every closed form, at whatever fields and energy."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import sharvin as sv
from sharvin.conductors import Series
from sharvin.constants import HBAR2_OVER_2M

PROFILE = settings(derandomize=True, max_examples=40, deadline=None)

energy = st.floats(-2.0, 2.0)
height = st.floats(-2.0, 2.0)
width = st.floats(0.01, 30.0)
mass = st.floats(0.01, 3.0)
gamma = st.just(0.0) | st.floats(1e-100, 1.0)

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
def test_unitary_and_bounded(conductor, batch):
    S = sv.scattering_matrix(conductor, batch)
    assert S.unitarity_error <= 1e-10
    for at, single in enumerate(batch):
        tau = sv.scattering_matrix(conductor, single).transmission_eigenvalues("right", "left")
        assert ((tau >= 0) & (tau <= 1)).all()
        np.testing.assert_allclose(tau.sum(), S.transmission("right", "left")[at], rtol=1e-12, atol=1e-300)
    closed = ~S.open_modes
    assert not S.matrix[closed[:, :, None] | closed[:, None, :]].any()


def mirrored(conductor, at):
    """The conductor with left and right exchanged, built anew, and the energy from the bottom of its new left lead."""
    if isinstance(conductor, sv.PotentialStep):
        V = conductor.height
        return sv.PotentialStep(-V, conductor.mass_right, conductor.mass_left), at - V
    if isinstance(conductor, sv.SmoothStep):
        return sv.SmoothStep(-conductor.height, conductor.width, conductor.mass), at - conductor.height
    if isinstance(conductor, sv.ResonantLevel):
        return sv.ResonantLevel(conductor.energy, conductor.gamma_right, conductor.gamma_left), at
    if isinstance(conductor, Series):
        (first, _), (second, _) = (mirrored(part, at) for part in conductor.parts)
        return sv.series(second, first), at
    return conductor, at  # a barrier that is its own image


level = st.builds(sv.ResonantLevel, energy, gamma, gamma)
barrier_of = {
    sv.RectangularBarrier: st.tuples(height, st.floats(0.01, 6.0)),
    sv.DeltaBarrier: st.tuples(height),
    sv.PoschlTeller: st.tuples(height, st.floats(0.01, 6.0)),
    sv.FreePropagation: st.tuples(st.floats(0.0, 6.0)),
}
same_mass = st.one_of(
    *(fields.map(lambda values, form=form: form(*values, mass=0.3)) for form, fields in barrier_of.items())
)
chains = st.lists(same_mass, min_size=2, max_size=4).map(lambda parts: sv.series(*parts))


@PROFILE
@given(steps | level | chains, st.floats(-2.0, 2.0))
def test_the_mirror_image_is_the_same_seen_from_the_other_side(conductor, at):
    """S of what is really built the other way round, amplitudes and phases: t ↔ t′, r ↔ r′."""
    image, energy_there = mirrored(conductor, at)
    if isinstance(conductor, (sv.PotentialStep, sv.SmoothStep)):
        assume(min(abs(at), abs(at - conductor.height)) > 1e-9)  # E − V is rounded
    S, T = sv.scattering_matrix(conductor, at), sv.scattering_matrix(image, energy_there)
    np.testing.assert_allclose(T.matrix, S.matrix[::-1, ::-1], atol=1e-8)
    assert T.open_modes.tolist() == S.open_modes[::-1].tolist()


def layers_of(conductor):
    """(potential, width) of a conductor made of flat layers."""
    if isinstance(conductor, sv.DoubleBarrier):
        barrier = (conductor.height, conductor.thickness)
        return [barrier, (0.0, conductor.well), barrier]
    return [(conductor.height, conductor.width)]


def from_wave_equation(conductor, at):
    """(r, t, r′) from ψ and ψ′ carried through flat layers by exact 2 × 2 matrices, from either side."""
    k = np.sqrt(at * conductor.mass / HBAR2_OVER_2M)
    transfer = np.eye(2, dtype=complex)
    for potential, thickness in layers_of(conductor):
        q = np.sqrt(complex(at - potential) * conductor.mass / HBAR2_OVER_2M)
        sine = np.sin(q * thickness) / q
        transfer = (
            np.array([[np.cos(q * thickness), sine], [-(q**2) * sine, np.cos(q * thickness)]]) @ transfer
        )
    out = np.array([-transfer @ [1, -1j * k], [1, 1j * k]]).T
    into = np.array([transfer @ [1, 1j * k], [-1, 1j * k]]).T
    (r, back), (t, r_right) = np.linalg.solve(out, into)
    return r, t, back, r_right


layered = st.one_of(
    st.builds(sv.RectangularBarrier, height, st.floats(0.01, 1.0), mass),
    st.builds(sv.DoubleBarrier, height, st.floats(0.01, 0.5), st.floats(0.01, 6.0), mass),
)


@PROFILE
@given(layered, st.floats(0.01, 2.0))
def test_flat_layers_obey_the_wave_equation(conductor, at):
    """Both directions, so that reciprocity t = t′ comes from the equation and not from how S is filled."""
    potentials = [potential for potential, _ in layers_of(conductor)]
    assume(min(abs(at - potential) for potential in potentials) > 1e-6)
    decay = sum(np.sqrt(max(V - at, 0) * conductor.mass / HBAR2_OVER_2M) * d for V, d in layers_of(conductor))
    assume(decay < 7)  # the transfer matrix forgets e^(2·decay) of its digits
    r, t, back, r_right = from_wave_equation(conductor, at)
    np.testing.assert_allclose(
        sv.scattering_matrix(conductor, at).matrix, [[r, back], [t, r_right]], atol=1e-8
    )


@PROFILE
@given(st.floats(-2.0, 2.0), mass, mass, st.floats(-2.0, 2.0))
def test_a_step_obeys_the_wave_equation(V, mass_left, mass_right, at):
    """ψ and ψ′/m are continuous at the step, for a wave from either side."""
    assume(at > 1e-3 and at - V > 1e-3)
    left, right = np.sqrt(at / mass_left), np.sqrt((at - V) / mass_right)  # k/m, the velocities
    (r, back), (t, r_right) = sv.scattering_matrix(sv.PotentialStep(V, mass_left, mass_right), at).matrix
    from_left = [(1 + r) / np.sqrt(left), (1 - r) * np.sqrt(left)]
    np.testing.assert_allclose(from_left, [t / np.sqrt(right), t * np.sqrt(right)], atol=1e-10)
    from_right = [(1 + r_right) / np.sqrt(right), (1 - r_right) * np.sqrt(right)]
    np.testing.assert_allclose(from_right, [back / np.sqrt(left), back * np.sqrt(left)], atol=1e-10)


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
