"""Decimation against the self-energy by modes, which is the authority."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.leads import PeriodicLead, surface_self_energy


def ribbon(rows, flux):
    """A square ribbon with a flux per plaquette, in units of h/e."""
    return -(np.eye(rows, k=1) + np.eye(rows, k=-1)), -np.diag(np.exp(2j * np.pi * flux * np.arange(rows)))


def zigzag(rows):
    """A zigzag ribbon of graphene: a chain that zigzags across, and one bond outward for every two orbitals."""
    v = np.zeros((rows, rows))
    for pair in range(rows // 2):
        ends = [2 * pair, 2 * pair + 1]
        v[tuple(ends if pair % 2 == 0 else ends[::-1])] = -1.0
    return -(np.eye(rows, k=1) + np.eye(rows, k=-1)), v


def random_cell(seed, m=4):
    rng = np.random.default_rng(seed)
    h0, v = rng.normal(size=(2, m, m)) + 1j * rng.normal(size=(2, m, m))
    return (h0 + h0.conj().T) / 2, v


LEADS = {
    "chain": (np.zeros((1, 1)), -np.ones((1, 1)), [-1.3, 0.3, 2.4]),
    "field": (*ribbon(8, 0.07), [-1.1, 0.4, 2.2]),
    "zigzag": (*zigzag(8), [-0.9, 0.35, 1.7]),
    **{f"random {seed}": (*random_cell(seed), [-2.0, 0.2, 1.5]) for seed in range(4)},
}
each_lead = pytest.mark.parametrize(("h0", "v", "energies"), LEADS.values(), ids=LEADS.keys())


def by_modes(h0, v, energies):
    lead = PeriodicLead(h0, v)
    return np.array([lead.modes(energy).sigma for energy in energies])


@each_lead
def test_it_agrees_with_the_modes(h0, v, energies):
    assert np.abs(surface_self_energy(h0, v, energies, 1e-11) - by_modes(h0, v, energies)).max() < 1e-8


@each_lead
def test_its_error_falls_linearly_in_eta(h0, v, energies):
    etas = 10.0 ** -np.arange(4, 9)
    wanted = by_modes(h0, v, energies)
    errors = [np.abs(surface_self_energy(h0, v, energies, eta) - wanted).max(axis=(1, 2)) for eta in etas]
    slopes = np.polyfit(np.log(etas), np.log(errors), 1)[0]
    assert np.abs(slopes - 1).max() < 0.01


def test_a_chain_in_closed_form():
    z = np.array([-1.2, 0.7, 2.5]) + 1e-3j
    root = np.sqrt(z / 2 - 1) * np.sqrt(z / 2 + 1)
    found = surface_self_energy(0.5, -2.0, 2 * z.real + 0.5, 2e-3)
    assert np.abs(found[:, 0, 0] - 2 * (z / 2 - root)).max() < 1e-13


def test_many_energies_are_those_one_by_one():
    h0, v, energies = LEADS["field"]
    together = surface_self_energy(h0, v, energies, 1e-6)
    assert together.shape == (3, 8, 8)
    for sigma, energy in zip(together, energies, strict=True):
        assert np.abs(sigma - surface_self_energy(h0, v, energy, 1e-6)).max() < 1e-12
    assert surface_self_energy(h0, v, [], 1e-6).shape == (0, 8, 8)


def test_no_hopping_has_no_self_energy():
    assert surface_self_energy(0.3, 0.0, 0.1, 1e-6) == 0


@pytest.mark.parametrize(
    ("h0", "v", "energy", "eta"),
    [
        (0.0, -1.0, 0.0, 1e-9),  # a level of one cell: elimination loses what η leaves
        (*random_cell(3), 0.2, 1e-16),  # waves no longer decay within rounding
    ],
)
def test_what_is_lost_in_rounding_is_said(h0, v, energy, eta):
    with pytest.raises(sv.NotConverged, match="take a larger eta"):
        surface_self_energy(h0, v, energy, eta)


@pytest.mark.parametrize(
    ("h0", "v", "energy", "eta", "message"),
    [
        (np.eye(2), 1.0, 0.0, 1e-6, r"shapes \(2, 2\), \(1, 1\)"),
        (np.ones((1, 2)), np.ones((1, 2)), 0.0, 1e-6, "shape"),
        (0.0, 1.0, [[0.0]], 1e-6, "shape"),
        (np.nan, 1.0, 0.0, 1e-6, "finite"),
        (0.0, 1.0, np.inf, 1e-6, "finite"),
        (1j, 1.0, 0.0, 1e-6, "h0 is not Hermitian"),
        ("a", 1.0, 0.0, 1e-6, "must be numbers in eV"),
        (0.0, 1.0, 1j, 1e-6, "energy must be real numbers in eV, got complex128"),
        (0.0, 1.0, 0.0, 0.0, "eta must be a positive"),
        (0.0, 1.0, 0.0, -1e-6, "eta must be a positive"),
        (0.0, 1.0, 0.0, np.nan, "eta must be a positive"),
    ],
)
def test_what_has_no_meaning_is_refused(h0, v, energy, eta, message):
    with pytest.raises(sv.InputError, match=message):
        surface_self_energy(h0, v, energy, eta)
