"""Dephasing probes against closed forms and limits (J. L. D'Amato and H. M. Pastawski, PRB 41, 7411 (1990))."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.scattering import transmissions

CHAIN = sv.Model(sv.lattice.chain(a=1.0), sv.hopping(-1.0))
WIRE = sv.Model(sv.lattice.square(a=1.0), sv.onsite(4.0) + sv.hopping(-1.0))


def chain(sites):
    region = CHAIN.region(sv.shape.line(sites, center=(sites - 1) / 2))
    return region.lead("left", CHAIN, "-x").lead("right", CHAIN, "+x")


def strip(length, width, model=WIRE):
    region = model.region(sv.shape.rectangle(length + 1, width + 1))
    return region.lead("left", WIRE, "-x").lead("right", WIRE, "+x")


def resistance(system, energy, **dephasing):
    """R in units of h/e²."""
    return 1 / transmissions(system.with_dephasing(**dephasing), np.array([energy])).values[0, 1, 0]


@pytest.mark.parametrize("eta", [1e-6, 0.1, 1.0, 7.0])
def test_one_site_between_two_chains(eta):
    # E = 0, t = 1: T12 = 4/(2 + η)², T13 = 4η/(2 + η)², T12 + T13/2 = 2/(2 + η), R = (h/e²)(1 + η/2).
    t12, t13 = 4 / (2 + eta) ** 2, 4 * eta / (2 + eta) ** 2
    found = transmissions(chain(1).with_dephasing(rate=eta), np.array([0.0])).values[0]
    assert found[1, 0] == pytest.approx(t12 + t13 / 2, abs=1e-14)
    assert resistance(chain(1), 0.0, rate=eta) == pytest.approx(1 + eta / 2, rel=1e-12)
    assert float(sv.conductance(chain(1).with_dephasing(rate=eta), mu=0.0) / sv.G0) == pytest.approx(
        2 / (2 + eta), rel=1e-10
    )


def test_the_resistance_of_a_chain_grows_by_the_same_for_every_further_site():
    # Contact and ρL: beyond a few ℓ from its ends the chain is a resistor, on which Ohm's law is exact.
    lengths = np.array([80, 120, 160, 200])
    values = np.array([resistance(chain(int(n)), 0.3, rate=0.2) for n in lengths])
    steps = np.diff(values) / np.diff(lengths)
    np.testing.assert_allclose(steps, steps[-1], rtol=1e-6)
    contact = values[0] - steps[-1] * lengths[0]
    assert contact == pytest.approx(1.0, abs=0.01)
    # Half of what the probes send out goes on, so that the mean free path is twice ℓ_φ = ħv/2η.
    coherence = 2 * np.sin(np.arccos(-0.15)) / (2 * 0.2)
    assert 1 / steps[-1] == pytest.approx(2 * coherence, rel=0.01)


def test_a_wire_is_ballistic_below_its_coherence_length_and_ohmic_beyond():
    width, energy = 5, 1.1
    modes = int(sv.open_modes(strip(3, width), "left", energy).mode_count)
    assert resistance(strip(10, width), energy, length=1e7) == pytest.approx(1 / modes, rel=1e-5)
    lengths = np.array([60, 90, 120])
    values = np.array([resistance(strip(int(n), width), energy, length=4.0) for n in lengths])
    steps = np.diff(values) / np.diff(lengths)
    assert steps[0] == pytest.approx(steps[1], rel=1e-6)
    contact = values[0] - steps[1] * lengths[0]
    assert 0.9 / modes < contact < 1.6 / modes
    # R = (h/e²)(1/N)(1 + L/ℓ_mfp), with a mean free path of the order of ℓ_φ.
    assert 1.0 < 1 / (steps[1] * modes) < 16.0


def test_weak_dephasing_is_coherent_transport_with_a_correction_of_first_order():
    system = strip(8, 5, WIRE + sv.disorder(2.0, seed=1))
    coherent = transmissions(system, np.array([1.1])).values[0]
    shift = [
        transmissions(system.with_dephasing(rate=eta), np.array([1.1])).values[0] - coherent
        for eta in (1e-6, 2e-6)
    ]
    assert np.abs(shift[0]).max() < 1e-4
    np.testing.assert_allclose(shift[1], 2 * shift[0], rtol=1e-3, atol=1e-9)


def cross(field):
    arms = {"left": "-x", "right": "+x", "up": "+y", "down": "-y"}
    system = (WIRE + sv.disorder(2.0, seed=2)).region(sv.shape.rectangle(6, 8))
    for name, direction in arms.items():
        system = system.lead(name, WIRE, direction, shape=sv.shape.strip(3.5))
    return system.field(field)


def test_reciprocity_of_what_is_left_of_the_probes():
    # Onsager, Büttiker: T_αβ(B) = T_βα(−B).
    there, back = (
        transmissions(cross(field).with_dephasing(rate=0.1), np.array([1.37])).values[0]
        for field in (300.0, -300.0)
    )
    np.testing.assert_allclose(there, back.T, atol=1e-12)
    assert np.abs(there - there.T).max() > 1e-2  # which is no trivial matter
    modes = transmissions(cross(300.0), np.array([1.37])).values[0].sum(axis=0)
    np.testing.assert_allclose(there.sum(axis=0), modes, rtol=1e-12)
    np.testing.assert_allclose(there.sum(axis=1), modes, rtol=1e-12)


def test_an_edge_state_does_not_mind_losing_its_phase():
    # In a strong field both directions are on opposite edges: probes on an edge give back to the same edge.
    system = strip(24, 14).field(400.0)
    found = transmissions(system.with_dephasing(rate=0.02), np.array([1.0])).values[0]
    coherent = transmissions(system, np.array([1.0])).values[0]
    assert coherent[1, 0] == pytest.approx(1.0, abs=1e-5)
    assert found[1, 0] == pytest.approx(1.0, abs=2e-2)


def test_dephasing_destroys_resonances_and_obeys_ohm():
    # Two strong barriers: the coherent resonance is at T = 1; incoherent, the resistances of the barriers add up.
    barrier = 3.0
    model = CHAIN + sv.onsite(lambda x: np.where(np.abs(np.abs(x) - 5) < 0.1, barrier, 0.0))
    system = model.region(sv.shape.line(15.5)).lead("left", CHAIN, "-x").lead("right", CHAIN, "+x")
    energies = np.linspace(-0.5, 0.5, 101)
    coherent = transmissions(system, energies).values[:, 1, 0]
    dephased = transmissions(system.with_dephasing(rate=0.3), energies).values[:, 1, 0]
    assert np.ptp(coherent) > 0.7
    assert np.ptp(dephased) < 0.03
    one = barrier**2 / 4  # (1 − T)/T of one barrier at E = 0
    assert 1 / dephased[50] > 1 + 2 * one


def test_potentials_of_probes_fall_evenly_along_a_wire():
    found = sv.probe_occupations(chain(61).with_dephasing(rate=0.3), 0.3)
    drop = -np.diff(found.sel(lead="left").values)
    assert (drop > 0).all()
    np.testing.assert_allclose(drop[25:35], drop[30], rtol=1e-4)
    np.testing.assert_allclose(
        found.sel(lead="left").values[::-1], found.sel(lead="right").values, atol=1e-12
    )


def test_current_at_a_bias_is_that_of_the_transmissions():
    dephased = chain(5).with_dephasing(rate=0.2)
    current = sv.current(dephased, bias=1e-6, mu=0.0, temperature=0.0)
    G = sv.conductance(dephased, mu=0.0)
    assert float(current.sel(lead="left")) == pytest.approx(1e-6 * float(G), rel=1e-6)
