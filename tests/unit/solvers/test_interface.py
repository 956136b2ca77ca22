"""S on the interface beside dense inverses of everything."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.solvers.interface import Interface
from sharvin.solvers.ports import LeadPorts, Ports

ENERGIES = np.array([-1.23, 0.117, 0.9])


def ribbon(width, onsite=0.0):
    return -(np.eye(width, k=1) + np.eye(width, k=-1)) + onsite * np.eye(width), -np.eye(width)


def random_lead(m, seed):
    rng = np.random.default_rng(seed)
    h0, v = rng.normal(size=(2, m, m)) + 1j * rng.normal(size=(2, m, m))
    return (h0 + h0.conj().T) / 2, v


def system_of(h, leads):
    return sv.System.from_matrices(h, leads)


def hermitian(size, seed, complex_):
    rng = np.random.default_rng(seed)
    h = rng.normal(size=(size, size)) + 1j * complex_ * rng.normal(size=(size, size))
    h = (h + h.conj().T) / 2
    return h if complex_ else h.real


def sides_of(system, energies):
    """The interface (all orbitals), and the leads' places on it."""
    ports, places = [], []
    for name in system.leads:
        cell = system.lead_cell(name)
        lead = LeadPorts(cell)
        ports.append(lead.at(energies))
        places.append(np.asarray(cell.orbitals)[lead.touched])
    return Interface.of(ports, places, system.orbital_count), places


def dense_s(h, ports, places, row, energy):
    """S = i W†GWU − U with G = (E − H − Σ)⁻¹, by an inverse, on the open modes."""
    matrix = energy * np.eye(len(h)) - h + 0j
    columns, partners = [], []
    for port, place in zip(ports, places, strict=True):
        matrix[np.ix_(place, place)] -= port.sigma[row]
        is_open = port.open_modes[row]
        width = np.zeros((len(h), is_open.sum()), dtype=complex)
        width[place] = port.width[row][:, is_open]
        columns.append(width)
        partners.append(port.partner[row][np.ix_(is_open, is_open)])
    width = np.concatenate(columns, axis=1)
    partner = np.zeros((width.shape[1],) * 2, dtype=complex)
    start = 0
    for block in partners:
        partner[start : start + len(block), start : start + len(block)] = block
        start += len(block)
    return (1j * width.conj().T @ np.linalg.inv(matrix) @ width - np.eye(len(partner))) @ partner


LEADS = {
    "separable": {"L": (*ribbon(3), [0, 1, 2]), "R": (*ribbon(4, 0.3), [4, 5, 6, 7])},
    "complex": {"L": (*random_lead(3, 1), [0, 1, 2]), "R": (*random_lead(2, 2), [5, 7])},
    "both": {"L": (*random_lead(3, 1), [0, 1, 2]), "R": (*ribbon(4, 0.3), [4, 5, 6, 7])},
    "shared orbitals": {
        "a": (*ribbon(3), [0, 1, 2]), "b": (*ribbon(3, 0.5), [1, 2, 3]), "c": (*random_lead(2, 3), [2, 3]),
        "d": (sv.WideBand(0.7), [2]),
    },
    "shared orbitals, real": {"a": (*ribbon(3), [0, 1, 2]), "b": (*ribbon(3, 0.5), [2, 1, 3])},
    "wide band": {"L": (sv.WideBand(0.4), [0]), "R": (sv.WideBand(np.diag([0.9, 0.2])), [3, 6])},
}  # fmt: skip


@pytest.mark.parametrize("complex_", [False, True])
@pytest.mark.parametrize("leads", LEADS.values(), ids=LEADS)
def test_both_paths_agree_with_a_dense_inverse(leads, complex_):
    h = hermitian(8, 5, complex_)
    sides, places = sides_of(system_of(h, leads), ENERGIES)
    stack = ENERGIES[:, None, None] * np.eye(8) - h
    assert np.isrealobj(stack) is not complex_
    found = sides.solved(stack)
    matrices, figures = found.matrices, found.figures
    for row, energy in enumerate(ENERGIES):
        is_open = sides.open_modes[row]
        wanted = dense_s(h, sides.ports, places, row, energy)
        found = matrices[row][np.ix_(is_open, is_open)]
        assert found.shape == wanted.shape
        assert np.abs(found - wanted).max(initial=0) < 1e-11
        assert figures["unitarity_error"][row] < 1e-11
        assert figures["residual"][row] < 1e-13
        assert figures["interface_growth"][row] < 1e-11


def test_real_arithmetic_is_taken_where_all_is_real():
    sides, _ = sides_of(system_of(hermitian(8, 5, False), LEADS["separable"]), ENERGIES)
    assert np.isrealobj(sides.width)
    assert np.isrealobj(sides.partner)
    mixed, _ = sides_of(system_of(hermitian(8, 5, False), LEADS["both"]), ENERGIES)
    assert np.iscomplexobj(mixed.width)


@pytest.mark.parametrize("leads", [LEADS["separable"], LEADS["both"], LEADS["shared orbitals"]])
@pytest.mark.parametrize("complex_", [False, True])
def test_closed_modes_stay_zero(leads, complex_):
    energies = np.array([-3.6, -2.2, -0.4, 1.7, 3.1, 40.0])
    sides, _ = sides_of(system_of(hermitian(8, 6, complex_), leads), energies)
    assert not sides.open_modes.all()
    solved = sides.solved(energies[:, None, None] * np.eye(8) - hermitian(8, 6, complex_))
    matrices, figures = solved.matrices, solved.figures
    closed = ~(sides.open_modes[:, :, None] & sides.open_modes[:, None, :])
    assert not matrices[closed].any()
    assert figures["unitarity_error"].max() < 1e-10
    assert (np.abs(matrices).sum(axis=1) > 0).tolist() == sides.open_modes.tolist()


def test_a_singular_energy_is_not_a_number_and_leaves_the_others():
    # An orbital that nothing couples to, at one of the energies.
    h = np.zeros((9, 9))
    h[:8, :8] = hermitian(8, 7, False)
    h[8, 8] = 0.25
    energies = np.array([-0.5, 0.25, 0.5])
    sides, _ = sides_of(system_of(h, LEADS["separable"]), energies)
    solved = sides.solved(energies[:, None, None] * np.eye(9) - h)
    matrices, figures = solved.matrices, solved.figures
    assert np.isnan(figures["residual"][1]) or not figures["residual"][1] < 1e-8
    assert np.isfinite(matrices[[0, 2]]).all()
    assert figures["unitarity_error"][[0, 2]].max() < 1e-12


def test_amplitudes_and_source_belong_together():
    h = hermitian(8, 5, True)
    sides, places = sides_of(system_of(h, LEADS["both"]), ENERGIES)
    source = 1j * sides.width[1] @ sides.partner[1]
    psi = np.linalg.solve(ENERGIES[1] * np.eye(8) - h - sides.sigma[1], source)
    is_open = np.ix_(sides.open_modes[1], sides.open_modes[1])
    wanted = dense_s(h, sides.ports, places, 1, ENERGIES[1])
    assert np.abs(sides.amplitudes(1, psi[:, sides.open_modes[1]])[is_open] - wanted).max() < 1e-12


@pytest.mark.parametrize("complex_", [False, True])
@pytest.mark.parametrize("leads", [LEADS["separable"], LEADS["both"], LEADS["wide band"]])
def test_mixtures_are_of_scattering_states(complex_, leads):
    h = hermitian(8, 5, complex_)
    sides, _ = sides_of(system_of(h, leads), ENERGIES)
    found = sides.solved(ENERGIES[1:3, None, None] * np.eye(8) - h, slice(1, 3), columns=4, number=2)
    assert found.matrices.shape[0] == 2
    assert found.mixed.shape == (2, 8, 4)
    one = sides.solved(ENERGIES[2:3, None, None] * np.eye(8) - h, slice(2, 3), columns=4, number=2)
    assert np.abs(found.at(1).mixed - one.mixed).max() < 1e-12
    source = 1j * sides.width[2] @ sides.partner[2]
    psi = np.linalg.solve(ENERGIES[2] * np.eye(8) - h - sides.sigma[2], source)
    if complex_:
        assert np.abs(found.mixed[1] - psi @ sides.mixtures(4, 2)).max() < 1e-11
    else:  # both parts of half as many waves, in any order and sign
        assert np.isrealobj(found.mixed)
        wanted = psi @ sides.mixtures(2, 2)
        both = np.concatenate([np.real(wanted), np.imag(wanted)], axis=1)
        assert np.abs(found.mixed[1] @ found.mixed[1].T - both @ both.T).max() < 1e-10


def test_mixtures_have_unit_variance_and_differ_by_number():
    sides, _ = sides_of(system_of(hermitian(8, 5, True), LEADS["both"]), ENERGIES)
    total = np.mean([np.sum(sides.mixtures(4, number) ** 2, axis=1) for number in range(400)])
    assert total == pytest.approx(1.0, abs=0.1)
    assert not np.array_equal(sides.mixtures(1, 0), sides.mixtures(1, 1))


def test_the_worst_figure_of_all_leads_counts():
    sides, _ = sides_of(system_of(hermitian(8, 5, True), LEADS["both"]), ENERGIES)
    ports: list[Ports] = sides.ports
    figures = sides.figures(1)
    for name in ("lead_residual", "mode_residual", "mode_miscount"):
        assert figures[name] == max(port.figures[name][1] for port in ports)
    assert figures["threshold_distance"] == min(port.figures["threshold_distance"][1] for port in ports)
