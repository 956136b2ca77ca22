"""Leads by doubling beside the pencil: the same self-energies, momenta and modes."""

import numpy as np
import pytest

from sharvin.errors import NumericalError
from sharvin.leads import PeriodicLead
from sharvin.leads.bloch_modes import pencil_modes
from sharvin.leads.doubling import WideLead
from sharvin.leads.gauge import reference_vectors


def square(width, flux=0.0, center=None):
    """A square ribbon in a field: a bond along it at height y has the phase 2π flux (y − center)."""
    center = (width - 1) / 2 if center is None else center
    h0 = -(np.eye(width, k=1) + np.eye(width, k=-1))
    phase = 2 * np.pi * flux * (np.arange(width) - center)
    v = -np.diag(np.exp(1j * phase)) if flux else -np.eye(width)
    return h0, v


def disordered(width, seed=1, flux=0.0):
    """A square ribbon whose rows have energies of their own, so that nothing separates or mirrors."""
    h0, v = square(width, flux)
    return h0 + np.diag(0.3 * np.random.default_rng(seed).normal(size=width)), v


def zigzag(orbitals, field=0.0):
    """A zigzag graphene ribbon; the cell is a line across it."""
    h0 = -(np.eye(orbitals, k=1) + np.eye(orbitals, k=-1))
    v = np.zeros((orbitals, orbitals), dtype=complex if field else float)
    # Bonds 0–1, 2–3, … of the line stay in the cell and lead on to the next one in turn.
    for first in range(0, orbitals - 1, 2):
        a, b = (first, first + 1) if first % 4 == 0 else (first + 1, first)
        v[b, a] = -np.exp(1j * field * (first - orbitals / 2 + 0.5)) if field else -1.0
    return h0.astype(v.dtype), v


def random_cell(orbitals, *, complex_, rank=None, seed=0):
    rng = np.random.default_rng(seed)

    def normal(*shape):
        values = rng.normal(size=shape)
        return values + 1j * rng.normal(size=shape) if complex_ else values

    h0 = normal(orbitals, orbitals)
    v = normal(orbitals, orbitals) if rank is None else normal(orbitals, rank) @ normal(rank, orbitals) / 3
    return (h0 + h0.conj().T) / 2, v / 2


def by_both(h0, v, energy):
    references = reference_vectors(len(h0))
    return WideLead.of(h0, v).modes(energy, references), pencil_modes(h0, v, energy, references)


def currents(v, vectors, factors):
    hop = vectors.conj().T @ v @ vectors * factors
    return 1j * hop + (1j * hop).conj().T


def agree(h0, v, energy, tolerance=1e-9):
    found, wanted = by_both(h0, v, energy)
    scale = max(np.abs(wanted.sigma).max(), np.abs(v).max())
    assert found.count == wanted.count
    assert found.incoming.shape == wanted.incoming.shape
    assert np.abs(found.sigma - wanted.sigma).max() < tolerance * scale
    assert np.abs(found.outgoing_factor - wanted.outgoing_factor).max(initial=0) < tolerance
    assert np.abs(found.incoming_factor - wanted.incoming_factor).max(initial=0) < tolerance
    assert np.abs(found.velocity - wanted.velocity).max(initial=0) < 1e-7 * scale
    assert np.array_equal(found.labels, wanted.labels)
    sides = (found.outgoing, found.outgoing_factor, 1), (found.incoming, found.incoming_factor, -1)
    for vectors, factors, sign in sides:
        assert np.abs(np.abs(factors) - 1).max(initial=0) < 1e-12
        assert np.abs(currents(v, vectors, factors) - sign * np.eye(len(factors))).max(initial=0) < 1e-8
    assert found.residual < 1e-10
    assert found.mode_residual < 1e-8
    return found, wanted


FIELDS = [(0.01, None), (0.03, 0.0), (0.01, 7.3), (0.2, -4.0)]


@pytest.mark.parametrize(("flux", "center"), FIELDS)
@pytest.mark.parametrize("energy", [-3.41, -1.13, 0.237, 2.02])
def test_square_ribbons_in_a_field(flux, center, energy):
    agree(*square(48, flux, center), energy)


@pytest.mark.parametrize("width", [40, 41, 63])
def test_the_real_basis_of_a_square_ribbon_in_a_field_is_found_off_the_middle_too(width):
    for center in (None, 3.2):
        lead = WideLead.of(*square(width, 0.02, center))
        assert not np.iscomplexobj(lead.basis.h0)
        assert not np.iscomplexobj(lead.basis.v)
        agree(*square(width, 0.02, center), 0.613)


@pytest.mark.parametrize("flux", [0.0, 0.013])
@pytest.mark.parametrize("energy", [-2.9, -0.371, 1.77])
def test_disordered_square_ribbons(flux, energy):
    agree(*disordered(45, flux=flux), energy)


@pytest.mark.parametrize("field", [0.0, 0.004])
@pytest.mark.parametrize("orbitals", [40, 62])
@pytest.mark.parametrize("energy", [0.153, -0.71, 1.37])
def test_zigzag_ribbons(orbitals, field, energy):
    h0, v = zigzag(orbitals, field)
    found, _ = agree(h0, v, energy)
    assert found.count > 0
    assert len(WideLead.of(h0, v).kept) < orbitals


@pytest.mark.parametrize("complex_", [False, True])
@pytest.mark.parametrize(("orbitals", "rank"), [(40, None), (64, None), (80, 10), (50, 3), (60, 1)])
def test_random_cells(orbitals, rank, complex_):
    h0, v = random_cell(orbitals, complex_=complex_, rank=rank, seed=orbitals)
    for energy in (-1.37, 0.21, 6.3):
        agree(h0, v, energy)


def test_outside_every_band_there_is_no_mode_and_the_self_energy_is_hermitian():
    h0, v = disordered(44, flux=0.02)
    found, _ = agree(h0, v, 11.0)
    assert found.count == 0
    assert np.abs(found.sigma - found.sigma.conj().T).max() < 1e-12


def test_the_gauge_is_that_of_the_pencil():
    # Modes of a momentum of their own: the same vectors, phases and all.
    for h0, v in (disordered(42), square(42, 0.017, 5.0), random_cell(40, complex_=True, rank=9)):
        found, wanted = by_both(h0, v, 0.318)
        assert found.count > 0
        assert np.abs(found.outgoing - wanted.outgoing).max() < 1e-6 * np.abs(wanted.outgoing).max()
        assert np.abs(found.incoming - wanted.incoming).max() < 1e-6 * np.abs(wanted.incoming).max()


def test_lone_orbitals_and_equal_chains():
    # Every momentum of a stack of equal pairs of chains is degenerate: the groups are divided by velocity.
    rng = np.random.default_rng(3)
    single, hop = rng.normal(size=(21, 21)), rng.normal(size=(21, 21)) / 2
    h0, v = np.kron(np.eye(2), (single + single.T) / 2), np.kron(np.eye(2), hop)
    found, wanted = by_both(h0, v, 0.4)
    assert found.count == wanted.count > 0
    assert found.count % 2 == 0
    assert np.abs(found.sigma - wanted.sigma).max() < 1e-9 * np.abs(wanted.sigma).max()
    form = currents(v, found.outgoing, found.outgoing_factor)
    assert np.abs(form - np.eye(found.count)).max() < 1e-8


# ---- where doubling has to give up


def centre(width):
    """The centre of the band: half the transverse states of a clean square ribbon stand or have levels there."""
    return square(width)


@pytest.mark.parametrize("energy", [0.0, -1.0, 4.0])
def test_doubling_is_right_or_says_that_it_is_not_at_round_energies(energy):
    for width in (40, 47):
        h0, v = centre(width)
        try:
            found = WideLead.of(h0, v).modes(energy, reference_vectors(width))
        except NumericalError:
            continue
        wanted = PeriodicLead(h0, v).modes(energy)
        assert found.count == wanted.count
        assert np.abs(found.sigma - wanted.sigma).max() < 1e-8


def test_a_reordering_that_fails_is_a_numerical_error(monkeypatch):
    # As it does, now and then, for a clean ribbon of 40 rows at E = −2.
    def refused(*arguments, **keywords):
        raise ValueError("Reordering of (A, B) failed")

    h0, v = disordered(40, seed=4)
    monkeypatch.setattr("sharvin.leads.doubling.linalg.ordqz", refused)
    PeriodicLead(h0, v).modes(0.3)


def test_a_level_of_the_rest_at_the_energy_is_an_error_and_the_pencil_takes_over():
    # The orbital that does not hop outward has its level at E: it cannot be eliminated from its cell.
    h0, v = disordered(42)
    v = v.copy()
    h0 = h0.copy()
    v[20] = v[:, 20] = 0
    h0[20, 20] = 0.25
    lead = WideLead.of(h0, v)
    assert lead.rest.tolist() == [20]
    with pytest.raises(NumericalError, match="level of the eliminated cells"):
        lead.modes(0.25, reference_vectors(42))
    found = PeriodicLead(h0, v).modes(0.25)
    wanted = pencil_modes(h0, v, 0.25, reference_vectors(42))
    assert found.count == wanted.count > 0
    assert np.abs(found.sigma - wanted.sigma).max() < 1e-9


def test_at_a_band_edge_a_wide_lead_is_right_by_one_way_or_the_other():
    h0, v = disordered(40, seed=4)
    lead = PeriodicLead(h0, v)
    edges = lead.band_edges((-1.0, 0.0))
    assert len(edges)
    for offset in (1e-12, -1e-12, 1e-9):
        energy = float(edges[0]) + offset
        found = lead.modes(energy)
        wanted = pencil_modes(h0, v, energy, reference_vectors(40))
        assert found.count == wanted.count
        assert np.abs(found.sigma - wanted.sigma).max() < 1e-7


def test_the_lead_falls_back_on_the_pencil_where_doubling_gives_up(monkeypatch):
    h0, v = disordered(40, seed=4)

    def refused(self, energy, references):
        raise NumericalError("no")

    wanted = pencil_modes(h0, v, 0.3, reference_vectors(40))
    monkeypatch.setattr(WideLead, "modes", refused)
    found = PeriodicLead(h0, v).modes(0.3)
    assert np.abs(found.sigma - wanted.sigma).max() < 1e-12
    assert found.count == wanted.count


@pytest.mark.parametrize("flux", [0.0, 0.02])
def test_a_wide_lead_at_its_band_centre_is_certified_by_some_way(flux):
    h0, v = zigzag(44, flux)
    for energy in (0.0, 1e-9, 1e-6):
        try:
            found = PeriodicLead(h0, v).modes(energy)
        except NumericalError:  # the flat edge states of a zigzag ribbon lie there
            continue
        assert found.residual < 1e-9
        assert found.outgoing.shape == found.incoming.shape
