import numpy as np
import pytest

from sharvin.leads import BandCounter, PeriodicLead
from sharvin.leads.counting import _between
from sharvin.leads.subbands import bloch


def random_lead(size, seed):
    rng = np.random.default_rng(seed)
    h0 = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    return (h0 + h0.conj().T) / 2, rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))


def ribbon(width, seed=0, flux=0.011):
    h0 = -(np.eye(width, k=1) + np.eye(width, k=-1))
    h0 += np.diag(0.2 * np.random.default_rng(seed).normal(size=width))
    return h0, -np.diag(np.exp(2j * np.pi * flux * np.arange(width)))


def momenta(h0, v, energy):
    modes = PeriodicLead(h0, v).modes(energy)
    return modes.momentum, np.angle(modes.incoming_factor)


LEADS = {
    "random": random_lead(4, 1),
    "wider random": random_lead(12, 2),
    "ribbon": ribbon(20),
    "sparse ribbon": ribbon(90),
    "real ribbon": ribbon(70, flux=0.0),
}
each_lead = pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
ENERGIES = (-1.27, 0.133, 0.9)


@each_lead
@pytest.mark.parametrize("energy", ENERGIES)
def test_the_right_momenta_are_not_miscounted(lead, energy):
    outgoing, incoming = momenta(*lead, energy)
    assert len(outgoing) == len(incoming) > 0
    assert BandCounter(*lead).miscounted(energy, outgoing, incoming) == 0


def counts_without(lead, energy, *, out=False, into=False):
    """What the count says with each of the momenta left out in turn."""
    outgoing, incoming = momenta(*lead, energy)
    counter = BandCounter(*lead)
    return np.array(
        [
            counter.miscounted(
                energy,
                np.delete(outgoing, lost) if out else outgoing,
                np.delete(incoming, lost) if into else incoming,
            )
            for lost in range(len(outgoing))
        ]
    )


WITHOUT = [{"out": True}, {"into": True}, {"out": True, "into": True}]


@each_lead
@pytest.mark.parametrize("without", WITHOUT, ids=["outgoing", "incoming", "pair"])
def test_most_momenta_that_are_lost_are_missed(lead, without):
    counts = np.concatenate([counts_without(lead, energy, **without) for energy in ENERGIES])
    assert np.mean(counts > 0) > 0.5


@pytest.mark.parametrize("seed", range(8))
def test_an_outgoing_momentum_lost_in_the_middle_of_a_small_lead_is_missed(seed):
    # Three bands: every gap between momenta is counted in.
    h0, v = random_lead(3, seed)
    for energy in (-0.7, 0.2, 1.1):
        outgoing, incoming = momenta(h0, v, energy)
        every = np.sort(np.concatenate([outgoing, incoming]))
        for lost, momentum in enumerate(outgoing):
            if momentum not in (every[0], every[-1]):
                fewer = np.delete(outgoing, lost)
                assert BandCounter(h0, v).miscounted(energy, fewer, incoming) > 0


def test_any_outgoing_or_incoming_momentum_that_is_lost_is_missed():
    for lead in (LEADS["random"], LEADS["wider random"], LEADS["ribbon"]):
        for energy in ENERGIES:
            assert counts_without(lead, energy, out=True).min() > 0
            assert counts_without(lead, energy, into=True).min() > 0


def test_all_modes_lost_are_missed():
    h0, v = ribbon(20)
    nothing = np.zeros(0)
    assert BandCounter(h0, v).miscounted(0.1, nothing, nothing) > 0
    assert BandCounter(h0, v).miscounted(9.0, nothing, nothing) == 0


def test_momenta_of_the_wrong_direction_are_missed():
    h0, v = ribbon(20)
    outgoing, incoming = momenta(h0, v, 0.133)
    assert BandCounter(h0, v).miscounted(0.133, incoming, outgoing) > 0


@pytest.mark.parametrize("lead", [ribbon(90), ribbon(70, flux=0.0), ribbon(66, 5)])
def test_inertia_by_sparse_elimination_is_that_of_the_eigenvalues(lead):
    counter = BandCounter(*lead)
    assert counter._sparse is not None
    right = 0
    for energy in np.linspace(-4.5, 4.5, 7) + 0.0123:
        for momentum in (-3.0, -1.1, 0.02, 2.2):
            found = counter.below(energy, momentum)
            wanted = np.count_nonzero(np.linalg.eigvalsh(bloch(*lead, momentum)) < energy)
            assert found in (wanted, -1)
            right += found == wanted
    assert right > 20


def test_a_full_cell_is_counted_by_eigenvalues():
    h0, v = random_lead(70, 0)
    counter = BandCounter(h0, v)
    assert counter._sparse is None
    assert counter.below(0.3, 1.0) == np.count_nonzero(np.linalg.eigvalsh(bloch(h0, v, 1.0)) < 0.3)


def test_a_zero_pivot_is_no_count():
    # E at the level of every orbital: the diagonal of E − H(k) vanishes.
    width = 70
    h0 = -(np.eye(width, k=1) + np.eye(width, k=-1))
    counter = BandCounter(h0, np.zeros((width, width)))
    assert counter._sparse is not None
    assert counter.below(0.0, 0.5) in (-1, 35)


def test_points_lie_between_the_momenta():
    found = np.array([-2.0, -1.0, 0.5, 0.5 + 1e-9, 3.0])
    points = _between(found)
    assert np.all(np.diff(points) > 0)
    assert np.abs(points[:, None] - found).min() > 1e-7
    passed = np.searchsorted(found, points)
    assert set(passed) == {0, 1, 2, 4, 5}
