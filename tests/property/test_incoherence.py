"""Without phase coherence: sum rules and inequalities for any scatterers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import sharvin as sv
from sharvin.scattering import transmissions

PROFILE = settings(derandomize=True, max_examples=40, deadline=None)
seeds = st.integers(0, 10**6)
counts = st.integers(1, 4)
between = st.sampled_from(["phase", "reservoir"])


def scatterer(seed, **modes):
    size = sum(modes.values())
    draw = np.random.default_rng(seed).normal(size=(2, size, size))
    return sv.FixedScatterer(np.linalg.qr(draw[0] + 1j * draw[1])[0], modes)


def between_leads(conductor):
    return transmissions(conductor, np.zeros(1)).values[0]


@PROFILE
@given(seeds, counts, counts, counts, between)
def test_everything_that_enters_leaves_and_equilibrium_stays(seed, left, joint, right, between):
    first = scatterer(seed, left=left, top=1, right=joint)
    second = scatterer(seed + 1, left=joint, right=right)
    T = between_leads(sv.incoherent_series(first, second, between=between))
    assert (T >= 0).all()
    np.testing.assert_allclose(T.sum(axis=0), [left, 1, right], rtol=1e-12)
    np.testing.assert_allclose(T.sum(axis=1), [left, 1, right], rtol=1e-12)


@PROFILE
@given(seeds, counts, between)
def test_a_second_scatterer_never_helps(seed, modes, between):
    first, second = (scatterer(seed + n, left=modes, right=modes) for n in (0, 1))
    T = between_leads(sv.incoherent_series(first, second, between=between))[1, 0]
    alone = min(between_leads(part)[1, 0] for part in (first, second))
    assert T <= alone * (1 + 1e-12)


@PROFILE
@given(st.lists(st.floats(1e-6, 1.0), min_size=2, max_size=6))
def test_reservoirs_add_one_contact_for_each_joint(taus):
    parts = [sv.TransmissionFunction(lambda E, tau=tau: tau + 0 * E) for tau in taus]
    phase, reservoir = (
        1 / between_leads(sv.incoherent_series(*parts, between=how))[1, 0] for how in ("phase", "reservoir")
    )
    np.testing.assert_allclose(reservoir, sum(1 / tau for tau in taus), rtol=1e-12)
    np.testing.assert_allclose(reservoir - phase, len(taus) - 1, rtol=1e-9, atol=1e-12 * reservoir)
