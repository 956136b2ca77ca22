"""Orbitals that overlap: E·O − H in region and leads, beside an orthonormal basis and dense references."""

import numpy as np
import pytest

import sharvin as sv


def hermitian(rng, size, is_complex=True):
    matrix = rng.normal(size=(size, size)) + 1j * is_complex * rng.normal(size=(size, size))
    return (matrix + matrix.conj().T) / 2 if is_complex else np.real(matrix + matrix.T) / 2


def decimated(a, b, energy, eta=1e-9):
    """Σ on the cell before a lead of blocks a(E) on the diagonal of E·O − H and −b outward, at E + iη."""
    z = 1j * eta * np.eye(len(a))
    surface, bulk, alpha, beta = a + z, a + z, b, b.conj().T
    for _ in range(80):
        g = np.linalg.inv(bulk)
        surface = surface - alpha @ g @ beta
        bulk = bulk - alpha @ g @ beta - beta @ g @ alpha
        alpha, beta = alpha @ g @ alpha, beta @ g @ beta
    return b @ np.linalg.inv(surface) @ b.conj().T


def test_a_chain_of_overlapping_orbitals():
    """E(k) = (ε − 2t cos k)/(1 + 2s cos k): T = 1 inside the band, and its velocity."""
    onsite, hopping, overlap, energy = 0.3, -1.0, 0.12, 0.1
    chain = (onsite, hopping, [0])
    h = np.array([[onsite]])
    system = sv.System.from_matrices(
        h, {"L": chain, "R": chain}, lead_overlaps={"L": (1.0, overlap), "R": (1.0, overlap)}
    )
    S = sv.scattering_matrix(system, energy)
    assert S.transmission("R", "L") == pytest.approx(1.0, abs=1e-12)
    cosine = (energy - onsite) / (2 * hopping - 2 * overlap * energy)
    k = np.arccos(cosine)
    velocity = abs((-2 * hopping + 2 * overlap * energy) * np.sin(k) / (1 + 2 * overlap * np.cos(k)))
    (lead, _) = S.leads
    assert lead.velocity[0] == pytest.approx(velocity, rel=1e-12)
    assert abs(lead.momentum[0]) == pytest.approx(k, rel=1e-12)
    edges = [(onsite + 2 * hopping) / (1 + 2 * overlap), (onsite - 2 * hopping) / (1 - 2 * overlap)]
    assert sv.thresholds(system, (-5, 5)) == pytest.approx(edges, rel=1e-10)
    bands = sv.bands(system, "L", momenta=[0.0, k])
    assert bands.values[:, 0] == pytest.approx([edges[0], energy], rel=1e-12)


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("size", [1, 3])
def test_a_change_of_basis_changes_no_transmission(size, is_complex):
    """Orbitals mixed inside the cells, in region and leads: those that a lead touches as in the lead."""
    rng = np.random.default_rng(7 * size + is_complex)
    n = 4 * size
    draw = lambda *shape: rng.normal(size=shape) + 1j * is_complex * rng.normal(size=shape)  # noqa: E731
    h, h0, v = hermitian(rng, n, is_complex), hermitian(rng, size, is_complex) / 3, draw(size, size)
    if not is_complex:
        v = v.real
    first, last = np.arange(size), np.arange(n - size, n)
    leads = {"L": (h0, v, first), "R": (h0, v, last)}
    mix = np.eye(size) + 0.3 * draw(size, size)
    inside = np.zeros((n, n), dtype=complex)
    inside[:size, :size] = inside[-size:, -size:] = mix
    inside[size:-size, size:-size] = np.eye(n - 2 * size) + 0.3 * draw(n - 2 * size, n - 2 * size)
    if not is_complex:
        inside, mix = inside.real, mix.real

    def turned(matrix, basis):
        image = basis.conj().T @ matrix @ basis
        return (image + image.conj().T) / 2

    mixed = {
        name: (turned(h0, mix), mix.conj().T @ v @ mix, orbitals) for name, (_, _, orbitals) in leads.items()
    }
    s0 = turned(np.eye(size), mix)
    system = sv.System.from_matrices(
        turned(h, inside), mixed, overlap=turned(np.eye(n), inside),
        lead_overlaps={name: (s0, np.zeros((size, size))) for name in leads},
    )  # fmt: skip
    plain = sv.System.from_matrices(h, leads)
    energies = [0.05, 0.31, -0.4]
    wanted = sv.scattering_matrix(plain, energies).transmission_matrix().values
    found = sv.scattering_matrix(system, energies)
    assert np.abs(found.transmission_matrix().values - wanted).max() < 1e-10


@pytest.mark.parametrize("seed", range(6))
def test_random_overlaps_beside_decimation(seed):
    """T = Tr Γ_L G Γ_R G† with Σ by decimation at E + iη."""
    rng = np.random.default_rng(seed)
    is_complex, m, n, energy = seed % 2 == 1, 1 + seed % 3, 7, 0.2
    draw = lambda *shape: rng.normal(size=shape) + 1j * is_complex * rng.normal(size=shape)  # noqa: E731
    h, h0, v = hermitian(rng, n, is_complex), hermitian(rng, m, is_complex) / 4, draw(m, m)
    s0, s1 = np.eye(m) + 0.1 * hermitian(rng, m, is_complex), 0.1 * draw(m, m)
    overlap = np.eye(n) + 0.1 * hermitian(rng, n, is_complex)
    if not is_complex:
        v, s1 = v.real, s1.real
    places = {"L": np.arange(m), "R": np.arange(n - m, n)}
    coupling, across = draw(m, m), 0.1 * draw(m, m)
    leads = {
        "L": (h0, v, places["L"]),
        "R": (h0, v, places["R"], coupling if is_complex else coupling.real),
    }
    across = across if is_complex else across.real
    system = sv.System.from_matrices(
        h, leads, overlap=overlap, lead_overlaps={"L": (s0, s1), "R": (s0, s1, across)}
    )
    size = n + m  # the lead with a coupling of its own brings its first cell along
    a = np.zeros((size, size), dtype=complex)
    a[:n, :n] = energy * overlap - h
    a[n:, n:] = energy * s0 - h0
    a[n - m : n, n:] = energy * across - leads["R"][3]
    a[n:, n - m : n] = a[n - m : n, n:].conj().T
    sigma = decimated(energy * s0 - h0, v - energy * s1, energy)
    widths, total = [], a.copy()
    for where in (np.arange(m), np.arange(n, size)):
        total[np.ix_(where, where)] -= sigma
        width = np.zeros((size, size), dtype=complex)
        width[np.ix_(where, where)] = 1j * (sigma - sigma.conj().T)
        widths.append(width)
    g = np.linalg.inv(total)
    wanted = np.trace(widths[1] @ g @ widths[0] @ g.conj().T).real
    S = sv.scattering_matrix(system, energy)
    assert S.mode_count("L") > 0 or wanted < 1e-6
    assert S.transmission("R", "L") == pytest.approx(wanted, abs=1e-6)
    assert S.certificate.certified


def test_the_matrix_of_overlaps_is_told():
    system = sv.System.from_matrices(np.zeros((2, 2)), {"L": (0.0, -1.0, [0])}, overlap=[[1, 0.2], [0.2, 1]])
    assert np.allclose(system.overlap.toarray(), [[1, 0.2], [0.2, 1]])
    assert sv.System.from_matrices(0.0, {"L": (0.0, -1.0, [0])}).overlap is None
    assert system.hamiltonian().nnz == system.overlap.nnz == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"overlap": [[1, 2], [2, 1]]}, "overlap is not positive definite"),
        ({"overlap": [[1, 2], [0, 1]]}, "overlap is not Hermitian"),
        ({"overlap": [[1]]}, "overlap has shape"),
        ({"lead_overlaps": {"L": (1.0, 0.6)}}, 'lead "L": its overlap .* is not positive definite'),
        ({"lead_overlaps": {"l": (1.0, 0.1)}}, 'no lead "l"; known are "L"'),
        ({"lead_overlaps": {"L": 0.1}}, r"takes a tuple \(s0, s1\)"),
        ({"lead_overlaps": {"L": (np.eye(2), np.eye(2))}}, "overlap s0 has shape"),
        ({"lead_overlaps": [1]}, "must be a dictionary"),
    ],
)
def test_overlaps_without_sense_are_refused(arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.System.from_matrices(np.zeros((2, 2)), {"L": (0.0, -1.0, [0])}, **arguments)


def test_overlaps_must_be_positive_between_all_momenta():
    # s0 + s1 e^{ik} + h.c. is positive but in a short interval around k = 1.22, between any few that are tried.
    s0 = np.eye(2) + 0j
    s1 = -0.5000001 * np.diag([np.exp(-1.22j), 0.3])
    lead = (np.zeros((2, 2)), -np.eye(2), [0, 1])
    overlaps = {"L": (s0, s1)}
    with pytest.raises(sv.InputError, match="not positive definite: it has the eigenvalue"):
        sv.System.from_matrices(np.zeros((2, 2)), {"L": lead}, lead_overlaps=overlaps)
    fine = {"L": (s0, 0.99 * s1)}
    sv.System.from_matrices(np.zeros((2, 2)), {"L": lead}, lead_overlaps=fine)


def test_overlaps_must_be_positive_for_region_and_leads_together():
    # Each is positive by itself; the lead takes 0.49²/x = 0.4 from the orbital that couples to it, x = 1 − 0.49²/x.
    chain = (0.0, -1.0, [0])
    overlaps = {"L": (1.0, 0.49)}
    sv.System.from_matrices([[0.0]], {"L": chain}, overlap=[[0.5]], lead_overlaps=overlaps)
    with pytest.raises(sv.InputError, match="overlap of region and leads together is not positive definite"):
        sv.System.from_matrices([[0.0]], {"L": chain}, overlap=[[0.3]], lead_overlaps=overlaps)
    # So does a coupling of its own, between the region and the first cell.
    coupled = (0.0, -1.0, [0], [[-1.0]])
    sv.System.from_matrices([[0.0]], {"L": coupled}, lead_overlaps={"L": (1.0, 0.1, [[0.9]])})
    with pytest.raises(sv.InputError, match="together"):
        sv.System.from_matrices([[0.0]], {"L": coupled}, lead_overlaps={"L": (1.0, 0.1, [[1.0]])})


def test_labels_do_not_follow_the_levels_of_a_lead():
    """Two mirror classes whose levels, of h0 − E(s0 − 1), cross at some energy: S(E) is smooth there."""
    h0 = np.array([[0.0, 0.6], [0.6, 0.0]])
    s0 = np.array([[1.0, 0.3], [0.3, 1.0]])
    v, s1 = np.array([[-1.0, 0.1], [0.1, -1.0]]), np.array([[0.05, 0.02], [0.02, 0.05]])
    h = np.array([[0.2, 0.6, 0.1], [0.6, -0.1, 0.3], [0.1, 0.3, 0.4]])
    lead = (h0, v, [0, 1])
    system = sv.System.from_matrices(h, {"L": lead}, overlap=np.eye(3), lead_overlaps={"L": (s0, s1)})
    crossing = 0.6 / 0.3
    energies = crossing + np.array([-1e-3, -1e-6, 1e-6, 1e-3])
    matrices = [sv.scattering_matrix(system, float(energy)).matrix for energy in energies]
    assert np.abs(matrices[1] - matrices[2]).max() < 1e-4
    assert np.abs(matrices[0] - matrices[3]).max() < 0.1
