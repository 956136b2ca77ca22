"""Deliberate errors inside the solver are noticed: refused, or put right by another route.

Each test breaks one thing and asks for S. Either `NotCertified` (or another `NumericalError`) says so, or S is right
all the same, and then the certificate tells which route took over.
"""

from dataclasses import replace

import numpy as np
import pytest

import sharvin as sv
from sharvin.errors import NumericalError
from sharvin.leads import PeriodicLead
from sharvin.leads.separable import TransverseStates
from sharvin.linalg import Dense, Mumps, Pardiso, SuperLU, available_back_ends
from sharvin.solvers import analyses, layout, ports

BOUND = 1e-8
TOO_LARGE = 1e-6
BACK_ENDS = {"pardiso": Pardiso, "mumps": Mumps, "superlu": SuperLU, "dense": Dense}


@pytest.fixture(autouse=True)
def forgotten():
    """Nothing computed before a sabotage serves during it, and nothing sabotaged serves later."""
    stores = ports._LEADS, ports._PORTS, layout._LAYOUTS, analyses._ANALYSES
    for store in stores:
        store.clear()
    yield
    for store in stores:
        store.clear()


def random_lead(m, seed, complex_=True):
    rng = np.random.default_rng(seed)
    h0, v = rng.normal(size=(2, m, m)) + 1j * complex_ * rng.normal(size=(2, m, m))
    return ((h0 + h0.conj().T) / 2, v) if complex_ else (((h0 + h0.T) / 2).real, v.real)


def from_matrices(complex_=True, m=4, seed=0):
    """Two unlike leads of m orbitals on a region of 5m."""
    rng = np.random.default_rng(seed + 10)
    size = 5 * m
    h = rng.normal(size=(size, size)) + 1j * complex_ * rng.normal(size=(size, size))
    h = (h + h.conj().T) * (np.abs(np.subtract.outer(range(size), range(size))) <= m)
    leads = {
        name: (
            *random_lead(m, seed + number, complex_),
            list(range(number * (size - m), number * (size - m) + m)),
        )
        for number, name in enumerate(("L", "R"))
    }
    return sv.System.from_matrices(h if complex_ else h.real, leads)


def lattice(width=9, length=12, field=None):
    """A disordered square wire between clean leads in a field: neither separable nor real."""
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    dirty = model + sv.onsite(lambda x, y: 0.7 * np.sin(5 * x + 3 * y**2))
    region = dirty.region(sv.shape.rectangle(length + 1, width + 1))
    system = region.lead("L", model, "-x").lead("R", model, "+x")
    return system if field is None else system.field(field)


SYSTEMS = {
    "complex matrices": lambda: from_matrices(),
    "real matrices": lambda: from_matrices(complex_=False),
    "larger cells": lambda: from_matrices(m=9, seed=4),
    "wide cells": lambda: from_matrices(m=42, seed=7),
    "lattice in a field": lambda: lattice(field=300.0),
}
ENERGY = 0.2371
each_system = pytest.mark.parametrize("make", SYSTEMS.values(), ids=SYSTEMS)
each_solver = pytest.mark.parametrize("solver", available_back_ends())


def solve(system, energy=ENERGY, solver="auto"):
    return sv.scattering_matrix(system, energy, options=sv.Options(solver=solver, threads=1))


def caught(make, sabotage, energy=ENERGY, solver="auto", figure=None):
    """Solve before and under a sabotage; what the certificate says, or the message of the refusal."""
    system = make()
    right = solve(system, energy, solver)
    assert right.certificate.certified
    for store in (ports._LEADS, ports._PORTS, layout._LAYOUTS, analyses._ANALYSES):
        store.clear()
    struck = sabotage()
    found, refusal = None, ""
    try:
        found = solve(system, energy, solver)
    except NumericalError as error:
        refusal = str(error)
    assert struck, "nothing was sabotaged"
    if found is None:
        assert figure is None or figure in refusal, refusal
        return refusal
    assert found.matrix.shape == right.matrix.shape, "modes were lost, and nobody noticed"
    error = np.abs(found.matrix - right.matrix).max()
    assert error < BOUND, f"S is off by {error:.1e}, and certified by route {found.certificate.route!r}"
    return found.certificate


# ---- leads


@pytest.fixture
def modes_changed(monkeypatch):
    """Let a function change what `PeriodicLead.modes` answers."""

    def arrange(change):
        honest = PeriodicLead.modes
        struck = []

        def sabotaged(lead, energy):
            modes = honest(lead, energy)
            if modes.count:
                struck.append(energy)
                return change(lead, energy, modes)
            return modes

        # Leads of independent chains are not asked for modes; here they are.
        monkeypatch.setattr(PeriodicLead, "transverse", None)
        monkeypatch.setattr(PeriodicLead, "modes", sabotaged)
        return struck

    return arrange


def without(modes, lost, *, out=True, into=True):
    """Modes with one outgoing and one incoming one left out."""
    keep = np.arange(modes.count) != lost
    if out:
        modes = replace(
            modes, outgoing=modes.outgoing[:, keep], outgoing_factor=modes.outgoing_factor[keep],
            velocity=modes.velocity[keep], labels=modes.labels[keep],
        )  # fmt: skip
    if into:
        modes = replace(modes, incoming=modes.incoming[:, keep], incoming_factor=modes.incoming_factor[keep])
    return modes


def without_flux(modes, lost):
    """Σ with what the outgoing mode adds to Γ taken out: the other waves are left their current alone."""
    sigma = modes.sigma
    gamma = 1j * (sigma - sigma.conj().T)
    width = gamma @ np.delete(modes.outgoing, lost, axis=1)
    hermitian = (sigma + sigma.conj().T) / 2
    return without(replace(modes, sigma=hermitian - 0.5j * width @ width.conj().T), lost)


@each_system
@pytest.mark.parametrize("which", [0, -1, "middle"])
def test_a_dropped_pair_of_modes(make, which, modes_changed):
    def change(lead, energy, modes):
        return without_flux(modes, modes.count // 2 if which == "middle" else which % modes.count)

    assert isinstance(caught(make, lambda: modes_changed(change)), str)


@each_system
def test_a_dropped_pair_of_modes_whose_flux_stays_in_the_self_energy(make, modes_changed):
    def change(lead, energy, modes):
        return without(modes, 0)

    assert isinstance(caught(make, lambda: modes_changed(change)), str)


@each_system
def test_all_modes_dropped(make, modes_changed):
    def change(lead, energy, modes):
        hermitian = (modes.sigma + modes.sigma.conj().T) / 2
        for _ in range(modes.count):
            modes = without(modes, 0)
        return replace(modes, sigma=hermitian)

    assert isinstance(caught(make, lambda: modes_changed(change)), str)


@each_system
@pytest.mark.parametrize("side", ["out", "into"])
def test_a_dropped_mode_of_one_direction(make, side, modes_changed):
    def change(lead, energy, modes):
        return without(modes, 0, out=side == "out", into=side == "into")

    assert isinstance(caught(make, lambda: modes_changed(change)), str)


@each_system
def test_a_dropped_pair_next_to_its_threshold(make, modes_changed):
    # There the flux of the pair is small, and with it what Σ loses.
    system = make()
    edges = sv.thresholds(system, window=(-1.0, 1.0))
    assert len(edges)

    def change(lead, energy, modes):
        return without_flux(modes, int(np.argmin(modes.velocity)))

    for offset in (1e-9, -1e-9, 1e-6, -1e-6):
        for edge in edges[:2]:
            answer = dropped_near(system, float(edge) + offset, change, modes_changed)
            assert answer is None or "NumericalError" in answer or "not certified" in answer


def dropped_near(system, energy, change, modes_changed):
    try:
        solve(system, energy)
    except NumericalError:
        return None  # refused even without a sabotage
    for store in (ports._LEADS, ports._PORTS):
        store.clear()
    honest, transverse = PeriodicLead.modes, PeriodicLead.__dict__["transverse"]
    modes_changed(change)
    try:
        solve(system, energy)
    except NumericalError as error:
        return f"NumericalError: {error}"
    finally:
        PeriodicLead.modes, PeriodicLead.transverse = honest, transverse
        ports._LEADS.clear()
        ports._PORTS.clear()
    raise AssertionError(f"a pair is lost at E = {energy!r}, and nobody noticed")


@each_system
def test_one_element_of_the_self_energy_is_off(make, modes_changed):
    def change(lead, energy, modes):
        sigma = modes.sigma.copy()
        place = np.unravel_index(np.argmax(np.abs(sigma)), sigma.shape)
        sigma[place] *= 1 + TOO_LARGE
        return replace(modes, sigma=sigma)

    assert isinstance(caught(make, lambda: modes_changed(change)), str)


@each_system
def test_the_hermitian_part_of_the_self_energy_is_off(make, modes_changed):
    def change(lead, energy, modes):
        shift = np.zeros(modes.sigma.shape)
        shift[0, 0] = TOO_LARGE * np.abs(modes.sigma).max()
        return replace(modes, sigma=modes.sigma + shift)

    assert isinstance(caught(make, lambda: modes_changed(change)), str)


@each_system
def test_an_advanced_self_energy(make, modes_changed):
    def change(lead, energy, modes):
        return replace(modes, sigma=modes.sigma.conj().T)

    assert isinstance(caught(make, lambda: modes_changed(change)), str)


@each_system
def test_an_advanced_self_energy_with_its_incoming_modes(make, modes_changed):
    # All that is outgoing taken for incoming: consistent, and of the wrong sign of time.
    def change(lead, energy, modes):
        return replace(
            modes, sigma=modes.sigma.conj().T, incoming=modes.outgoing, outgoing=modes.incoming,
            incoming_factor=modes.outgoing_factor, outgoing_factor=modes.incoming_factor,
        )  # fmt: skip

    assert isinstance(caught(make, lambda: modes_changed(change)), str)


def waves_of(h0, v, energy):
    """All (λ, φ) of a lead with invertible hopping, decaying ones first."""
    m = len(h0)
    back = np.linalg.solve(v, np.hstack([energy * np.eye(m) - h0, -v.conj().T]))
    companion = np.block([[back[:, :m], back[:, m:]], [np.eye(m), np.zeros((m, m))]])
    factors, vectors = np.linalg.eig(companion)
    order = np.argsort(np.abs(factors))
    return factors[order], vectors[m:, order]


@pytest.mark.parametrize("name", ["complex matrices", "larger cells", "lattice in a field"])
def test_a_decaying_wave_exchanged_for_its_growing_partner(name, modes_changed):
    def change(lead, energy, modes):
        factors, vectors = waves_of(lead.h0, lead.v, energy)
        decaying = np.flatnonzero(np.abs(factors) < 1 - 1e-6)
        assert len(decaying)
        lost = decaying[-1]
        partner = int(np.argmin(np.abs(factors - 1 / factors[lost].conj())))
        chosen = [*[place for place in decaying if place != lost], partner]
        phi = np.concatenate([vectors[:, chosen], modes.outgoing], axis=1)
        factor = np.concatenate([factors[chosen], modes.outgoing_factor])
        forward = phi * factor @ np.linalg.inv(phi)
        return replace(modes, sigma=lead.v @ forward)

    assert isinstance(caught(SYSTEMS[name], lambda: modes_changed(change)), str)


@pytest.mark.parametrize("name", ["complex matrices", "larger cells", "lattice in a field"])
def test_all_decaying_waves_exchanged_for_their_growing_partners(name, modes_changed):
    # Σ still obeys its fixed-point equation, and carries no current too much.
    def change(lead, energy, modes):
        factors, vectors = waves_of(lead.h0, lead.v, energy)
        growing = np.flatnonzero(np.abs(factors) > 1 + 1e-6)
        phi = np.concatenate([vectors[:, growing], modes.outgoing], axis=1)
        factor = np.concatenate([factors[growing], modes.outgoing_factor])
        return replace(modes, sigma=lead.v @ (phi * factor @ np.linalg.inv(phi)))

    assert isinstance(caught(SYSTEMS[name], lambda: modes_changed(change)), str)


def turned_outgoing(lead, energy, modes):
    """A wrong W: one of its waves is turned a little. Modes are rescaled by the flux of Σ, which tells nothing."""
    outgoing = modes.outgoing.copy()
    outgoing[:, 0] += TOO_LARGE * np.abs(outgoing).max() * np.random.default_rng(1).normal(size=len(outgoing))
    return replace(modes, outgoing=outgoing)


@each_system
def test_outgoing_waves_that_are_no_waves(make, modes_changed):
    caught(make, lambda: modes_changed(turned_outgoing))


# ---- leads of independent chains


@pytest.fixture
def chains_changed(monkeypatch):
    """Let a function change what `TransverseStates.at` answers."""

    def arrange(change):
        honest = TransverseStates.at
        struck = []

        def sabotaged(states, energies):
            struck.append(len(energies))
            return change(states, honest(states, energies))

        monkeypatch.setattr(TransverseStates, "at", sabotaged)
        return struck

    return arrange


def flipped(waves, mode):
    is_open, velocity = waves.is_open.copy(), waves.velocity.copy()
    is_open[:, mode] = False
    velocity[:, mode] = 0
    return replace(waves, is_open=is_open, velocity=velocity)


def test_a_dropped_pair_of_independent_chains(chains_changed):
    # The factor e^{ik} stays, the mode is declared closed.
    assert isinstance(caught(lattice, lambda: chains_changed(lambda _, waves: flipped(waves, 4))), str)


def test_a_dropped_pair_of_independent_chains_without_its_flux(chains_changed):
    def change(states, waves):
        factor = waves.factor.copy()
        factor[:, 4] = factor[:, 4].real
        return replace(flipped(waves, 4), factor=factor)

    assert isinstance(caught(lattice, lambda: chains_changed(change)), str)


def test_a_wave_factor_of_independent_chains_is_off(chains_changed):
    def change(states, waves):
        factor = waves.factor.copy()
        factor[:, 3] *= 1 + TOO_LARGE
        return replace(waves, factor=factor)

    caught(lattice, lambda: chains_changed(change))


def test_a_growing_wave_of_independent_chains(chains_changed):
    def change(states, waves):
        factor = waves.factor.copy()
        closed = ~waves.is_open
        factor[closed] = 1 / factor[closed]
        return replace(waves, factor=factor)

    caught(lattice, lambda: chains_changed(change), energy=1.2371)


def test_advanced_waves_of_independent_chains(chains_changed):
    assert isinstance(
        caught(lattice, lambda: chains_changed(lambda _, waves: replace(waves, factor=waves.factor.conj()))),
        str,
    )


# ---- ports: W, U


@pytest.fixture
def port_changed(monkeypatch):
    """Let a function change every port of a lead."""

    def arrange(change):
        honest = ports.LeadPorts.at
        struck = []

        def sabotaged(lead, energies):
            struck.append(len(energies))
            return change(honest(lead, energies))

        monkeypatch.setattr(ports.LeadPorts, "at", sabotaged)
        return struck

    return arrange


def wrong_width(port):
    width = port.width.copy()
    width[:, 0, 0] += TOO_LARGE * np.abs(width).max()
    return replace(port, width=width)


def width_without_a_column(port):
    width = port.width.copy()
    width[:, :, 0] = 0
    return replace(port, width=width)


@each_system
def test_a_wrong_w(make, port_changed):
    assert isinstance(caught(make, lambda: port_changed(wrong_width), figure="unitarity_error"), str)


def test_a_w_without_one_of_its_columns(port_changed):
    make = SYSTEMS["lattice in a field"]
    assert isinstance(
        caught(make, lambda: port_changed(width_without_a_column), figure="unitarity_error"), str
    )


@pytest.mark.parametrize("change", [wrong_width, width_without_a_column])
def test_a_wrong_w_in_real_arithmetic(change, port_changed):
    assert isinstance(caught(lattice, lambda: port_changed(change)), str)


def test_a_lead_with_a_single_mode_and_no_w(port_changed):
    # The only mode of the only lead that has one: what is left of S = W†ψ − U is unitary.
    assert isinstance(caught(SYSTEMS["real matrices"], lambda: port_changed(width_without_a_column)), str)


@each_system
def test_a_partner_that_is_not_unitary(make, port_changed):
    def change(port):
        return replace(port, partner=port.partner * (1 + TOO_LARGE))

    assert isinstance(caught(make, lambda: port_changed(change), figure="unitarity_error"), str)


# ---- elimination


@pytest.fixture
def elimination_changed(monkeypatch):
    """Let functions change what the factorizations answer."""

    def arrange(solver, **changes):
        struck = []
        kind = BACK_ENDS[solver]

        def wrapped(name, change):
            honest = getattr(kind, name)

            def sabotaged(self, *args):
                struck.append(name)
                return change(honest(self, *args))

            return sabotaged

        for name, change in changes.items():
            monkeypatch.setattr(kind, name, wrapped(name, change))
        return struck

    return arrange


def off_by_one_element(matrix, row=0, column=0):
    matrix = matrix.copy()
    matrix[row, column] += TOO_LARGE * np.abs(matrix).max()
    if row != column:
        matrix[column, row] = np.conj(matrix[row, column])
    return matrix


def not_hermitian(matrix):
    matrix = matrix.copy()
    matrix[0, -1] += 1e-3 * np.abs(matrix).max()
    return matrix


ELIMINATED = {name: SYSTEMS[name] for name in ("complex matrices", "real matrices", "lattice in a field")}
ELIMINATED["lattice"] = lattice
each_eliminated = pytest.mark.parametrize("make", ELIMINATED.values(), ids=ELIMINATED)


@each_solver
@each_eliminated
def test_a_perturbed_pivot_that_the_certificate_reports(make, solver, elimination_changed):
    def change(figures):
        name, (_, bound) = next(iter(figures.items()))
        return {**figures, name: (1.0, bound)}

    certificate = caught(make, lambda: elimination_changed(solver, certificate=change), solver=solver)
    assert isinstance(certificate, sv.Certificate)
    assert certificate.route != "schur"
    assert any("schur passed over" in note for note in certificate.notes)


@each_solver
@each_eliminated
@pytest.mark.parametrize("where", [(0, 0), (1, 0), (2, 3)])
def test_one_element_of_the_schur_complement_is_off(make, solver, where, elimination_changed):
    def change(matrix):
        return off_by_one_element(matrix, *where)

    answer = caught(make, lambda: elimination_changed(solver, schur=change), solver=solver)
    if isinstance(answer, sv.Certificate) and answer.route == "schur":
        assert answer.figures["elimination_error"] < 5e-9


@each_solver
@each_eliminated
def test_a_schur_complement_that_is_not_hermitian(make, solver, elimination_changed):
    caught(make, lambda: elimination_changed(solver, schur=not_hermitian), solver=solver)


@each_solver
@each_eliminated
def test_a_schur_complement_of_another_energy(make, solver, elimination_changed):
    def change(matrix):
        return matrix + 1e-5 * np.eye(len(matrix))

    caught(make, lambda: elimination_changed(solver, schur=change), solver=solver)


@each_solver
@each_eliminated
def test_a_schur_complement_that_is_random(make, solver, elimination_changed):
    def change(matrix):
        rng = np.random.default_rng(len(matrix))
        noise = rng.normal(size=matrix.shape)
        return matrix + 1e-4 * np.abs(matrix).max() * (noise + noise.T)

    caught(make, lambda: elimination_changed(solver, schur=change), solver=solver)


@each_solver
@each_eliminated
def test_solutions_that_are_off(make, solver, elimination_changed):
    # What checks the complement is wrong itself: that must not spoil a right one unnoticed.
    def change(x):
        return x * (1 + 1e-5)

    changes = {"extended": change} if solver == "pardiso" else {"solve": change}
    caught(make, lambda: elimination_changed(solver, **changes), solver=solver)


@each_solver
def test_a_schur_complement_that_is_not_a_number(solver, elimination_changed):
    def change(matrix):
        return np.full_like(matrix, np.nan)

    answer = caught(lattice, lambda: elimination_changed(solver, schur=change), solver=solver)
    assert isinstance(answer, str) or answer.route in ("full", "pivoting")


# ---- growing waves where they are hardest to see


def slowest_exchanged(lead, energy, modes):
    """The decaying wave that decays least exchanged for its growing partner."""
    factors, vectors = waves_of(lead.h0, lead.v, energy)
    decaying = np.flatnonzero(np.abs(factors) < 1 - 1e-6)
    partner = int(np.argmin(np.abs(factors - 1 / factors[decaying[-1]].conj())))
    chosen = [*decaying[:-1], partner]
    phi = np.concatenate([vectors[:, chosen], modes.outgoing], axis=1)
    factor = np.concatenate([factors[chosen], modes.outgoing_factor])
    return replace(modes, sigma=lead.v @ (phi * factor @ np.linalg.inv(phi)))


def test_a_growing_wave_in_a_wide_lead(modes_changed):
    caught(lambda: lattice(72, 6, field=100.0), lambda: modes_changed(slowest_exchanged))


def test_a_wave_that_grows_slowly(modes_changed):
    system = lattice(field=300.0)
    edge = float(sv.thresholds(system, window=(-1.0, 1.0))[0])
    caught(lambda: system, lambda: modes_changed(slowest_exchanged), energy=edge - 1e-4)
