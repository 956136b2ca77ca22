"""Transmission eigenvalues beside Green's functions, and what a reversed field does to transmissions.

Caroli's matrix Γ_α G Γ_β G† has the eigenvalues of tt† and zeros beside them (C. Caroli et al., J. Phys. C 4, 916
(1971); D. S. Fisher and P. A. Lee, Phys. Rev. B 23, 6851 (1981)). Reversal of time takes B to −B, and a Zeeman field
with it, so T_αβ(B) = T_βα(−B) (M. Büttiker, Phys. Rev. Lett. 57, 1761 (1986)). S itself obeys that up to the gauge of
the modes, T exactly.
"""

import itertools

import numpy as np
import pytest
from tests.random_systems import random_system
from tests.reference import band_extrema_distance, decimated_surface

import sharvin as sv

# ---- transmission eigenvalues


def dense_green_function(h, leads, energy):
    """G = (E − H − Σ)⁻¹ of the whole region and Γ of each lead, all (n, n)."""
    size = len(h)
    inverse, widths = energy * np.eye(size) - h.astype(complex), []
    for h0, v, orbitals in leads:
        sigma = np.zeros((size, size), dtype=complex)
        sigma[np.ix_(orbitals, orbitals)] = v @ decimated_surface(h0, v, energy) @ np.conj(v).T
        inverse = inverse - sigma
        widths.append(1j * (sigma - sigma.conj().T))
    return np.linalg.inv(inverse), widths


def carolis_eigenvalues(green, width_out, width_in):
    """Eigenvalues of Γ_α G Γ_β G†, largest first, as those of the Hermitian Γ_α^½ G Γ_β G† Γ_α^½."""
    values, states = np.linalg.eigh(width_out)
    root = states * np.sqrt(np.maximum(values, 0)) @ states.conj().T
    return np.linalg.eigvalsh(root @ green @ width_in @ green.conj().T @ root)[::-1]


def fair_systems():
    """Random systems of the plain kind, with energies far enough from thresholds for the reference in doubles."""
    for seed in itertools.count(1000):
        case = random_system(seed)
        if not case.ordinary:
            continue
        leads = [lead for lead in case.leads.values() if lead[1].any()]
        scale = max(max(np.abs(h0).max(), np.abs(v).max()) for h0, v, _ in leads) if leads else 0.0
        if (
            leads
            and len(case.leads) > 1
            and all(band_extrema_distance(h0, v, [case.energy])[0] > 0.02 * scale for h0, v, _ in leads)
        ):
            yield case


def test_transmission_eigenvalues_are_those_of_carolis_matrix():
    for case in itertools.islice(fair_systems(), 60):
        S = sv.scattering_matrix(case.system, case.energy, **case.params)
        green, widths = dense_green_function(case.h, list(case.leads.values()), case.energy)
        for (out, width_out), (source, width_in) in itertools.permutations(
            zip(case.leads, widths, strict=True), 2
        ):
            wanted = carolis_eigenvalues(green, width_out, width_in)
            found = S.transmission_eigenvalues(out, source)
            padded = np.zeros(max(len(found), len(wanted)))
            padded[: len(found)] = found
            padded[: len(wanted)] -= wanted
            assert np.abs(padded).max() < 1e-9, (case.kind, out, source)


# ---- reversed fields

LENGTH, WIDTH = 5, 4
PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
FIELDS = [0.03, 0.11, 0.27]  # flux quanta per plaquette
ENERGIES = [-1.62, -0.37, 0.55, 1.43]


def lattice_wire(flux, *, leads, spinful=False, seed=0):
    """A disordered square lattice in a field, sites x WIDTH + y, with wires to the left and right and below the middle.

    With spin: Zeeman splitting along a skew direction that changes its sign with the field, and spin-orbit coupling
    that does not. The third wire lies outside the field; its Zeeman splitting stays.
    """
    rng = np.random.default_rng(seed)
    disorder = rng.uniform(-0.6, 0.6, size=LENGTH * WIDTH)
    spin = np.eye(2 if spinful else 1)
    zeeman = np.tensordot([3.0, 1.0, 4.0], PAULI, axes=1) * flux if spinful else np.zeros((1, 1))
    twist = 0.2 * PAULI if spinful else np.zeros((3, 1, 1))
    phases = np.diag(np.exp(2j * np.pi * flux * np.arange(WIDTH)))
    along = -np.kron(phases, spin - 1j * twist[1])  # ⟨x|H|x + 1⟩ of a column of sites
    across = np.kron(np.eye(WIDTH, k=1), -(spin + 1j * twist[0]))
    column = across + across.conj().T + np.kron(np.eye(WIDTH), zeeman)
    ahead = np.kron(np.eye(LENGTH, k=1), along)
    h = np.kron(np.eye(LENGTH), column) + ahead + ahead.conj().T + np.kron(np.diag(disorder), spin)
    cell, s = np.arange(WIDTH * len(spin)), len(spin)
    wires = {"L": (column, along.conj().T, cell), "R": (column, along, cell + (LENGTH - 1) * WIDTH * s)}
    if leads == 3:
        below = np.concatenate([np.arange(s) + x * WIDTH * s for x in (1, 2, 3)])
        row = np.kron(np.eye(3, k=1), -(spin - 1j * twist[1]))
        wires["B"] = (row + row.conj().T + np.kron(np.eye(3), zeeman), np.kron(np.eye(3), -spin + 0j), below)
    return h, wires


def matrix_of_transmissions(h, wires, energy):
    return sv.scattering_matrix(sv.System.from_matrices(h, wires), energy).transmission_matrix().values


def check_reciprocity(forward, backward):
    assert np.abs(forward - backward.T).max() < 1e-12


@pytest.mark.parametrize("energy", ENERGIES)
@pytest.mark.parametrize("flux", FIELDS)
@pytest.mark.parametrize("leads", [2, 3])
def test_transmissions_are_transposed_in_the_reversed_field(leads, flux, energy):
    plus, minus = (
        matrix_of_transmissions(*lattice_wire(sign * flux, leads=leads), energy) for sign in (1, -1)
    )
    check_reciprocity(plus, minus)
    h, wires = lattice_wire(flux, leads=leads)
    conjugated = {name: (h0.conj(), v.conj(), orbitals) for name, (h0, v, orbitals) in wires.items()}
    check_reciprocity(plus, matrix_of_transmissions(h.conj(), conjugated, energy))


@pytest.mark.parametrize("energy", ENERGIES)
@pytest.mark.parametrize("flux", FIELDS)
@pytest.mark.parametrize("leads", [2, 3])
def test_with_spin_field_and_zeeman_splitting_are_reversed_together(leads, flux, energy):
    plus, minus = (
        matrix_of_transmissions(*lattice_wire(sign * flux, leads=leads, spinful=True), energy)
        for sign in (1, -1)
    )
    check_reciprocity(plus, minus)


@pytest.mark.parametrize("spinful", [False, True])
def test_with_three_leads_the_field_alone_would_not_do(spinful):
    forward = matrix_of_transmissions(*lattice_wire(0.11, leads=3, spinful=spinful), 0.55)
    assert np.abs(forward - forward.T).max() > 1e-2
