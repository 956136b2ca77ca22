"""Blocks of a conserved quantity: labels, block transmissions, and that a declaration changes no sum."""

import numpy as np
import pytest

import sharvin as sv

SPINS = {"up": np.diag([1, 0]), "down": np.diag([0, 1])}
SIGMA_X = np.array([[0, 1], [1, 0]])
SIGMA_Z = np.diag([1, -1])


def chain_with_spin_flip(angle, conserved=SPINS):
    """One site whose Zeeman field is turned by an angle from that of the leads, which is along z."""
    lattice = sv.lattice.chain(orbitals=("up", "down"))
    lead = sv.Model(lattice, sv.onsite(0.3 * SIGMA_Z) + sv.hopping(-np.eye(2)))
    turned = np.cos(angle) * SIGMA_Z + np.sin(angle) * SIGMA_X
    region = sv.Model(lattice, sv.onsite(0.8 * turned) + sv.hopping(-np.eye(2))).region(sv.shape.line(2))
    return region.lead("left", lead, "-x", conserved=conserved).lead("right", lead, "+x", conserved=conserved)


def spin_reference(angle, energy):
    """t = iW†GW for one site, spin up and down of the leads with momenta of their own."""
    fields = 0.3 * np.array([1.0, -1.0])
    k = np.arccos((fields - energy) / 2)
    sigma = np.diag(-np.exp(1j * k))
    turned = np.cos(angle) * SIGMA_Z + np.sin(angle) * SIGMA_X
    g = np.linalg.inv(energy * np.eye(2) - 0.8 * turned - 2 * sigma)
    root = np.diag(np.sqrt(2 * np.sin(k)))
    return np.abs(root @ g @ root) ** 2


@pytest.mark.parametrize("angle", [0.0, 0.4, np.pi / 2])
def test_transmission_between_blocks(angle):
    S = sv.scattering_matrix(chain_with_spin_flip(angle), 0.35)
    wanted = spin_reference(angle, 0.35)
    for row, out in enumerate(SPINS):
        for column, into in enumerate(SPINS):
            found = S.transmission(f"right:{out}", f"left:{into}")
            assert found == pytest.approx(wanted[row, column], abs=1e-12)
    assert S.transmission("right", "left") == pytest.approx(wanted.sum(), abs=1e-12)
    assert S.leads[0].labels == ("up:0", "down:0")
    assert S.leads[0].blocks == ("up", "down")


def test_a_matrix_names_its_blocks_by_eigenvalues():
    S = sv.scattering_matrix(chain_with_spin_flip(0.4, SIGMA_Z), 0.35)
    assert S.leads[0].blocks == ("-1", "1")
    wanted = spin_reference(0.4, 0.35)
    assert S.transmission("right:1", "left:-1") == pytest.approx(wanted[0, 1], abs=1e-12)


def test_a_block_without_open_modes_has_none():
    S = sv.scattering_matrix(chain_with_spin_flip(0.4), 2.1)
    assert S.mode_count("left:up") == 1
    assert S.mode_count("left:down") == 0
    assert S.transmission("right:down", "left:up") == 0.0
    with pytest.raises(sv.InputError, match='no block "dwon"; did you mean "down"'):
        S.mode_count("left:dwon")


def test_blocks_survive_a_file():
    S = sv.scattering_matrix(chain_with_spin_flip(0.4), [0.3, 2.1])
    again = sv.ScatteringMatrix.from_dataset(S.to_dataset())
    assert [lead.blocks for lead in again.leads] == [("up", "down")] * 2
    assert np.array_equal(again.matrix, S.matrix)


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("copies", [1, 2])
def test_a_hidden_quantity_divides_random_leads(is_complex, copies):
    """Leads of two parts, or of parts that are equal and so degenerate, mixed by a unitary."""
    rng = np.random.default_rng(3 + is_complex)
    draw = lambda *shape: rng.normal(size=shape) + 1j * is_complex * rng.normal(size=shape)  # noqa: E731
    size = (2, 3) if copies == 1 else (2, 2)
    m = sum(size)
    h0, v = np.zeros((2, m, m), dtype=complex)
    first = draw(size[0], size[0]), draw(size[0], size[0])
    second = first if copies == 2 else (draw(size[1], size[1]), draw(size[1], size[1]))
    for part, (own, hop) in ((slice(0, 2), first), (slice(2, m), second)):
        h0[part, part], v[part, part] = (own + own.conj().T) / 2, hop
    turn = np.linalg.qr(draw(m, m))[0]
    h0, v = turn @ h0 @ turn.conj().T, turn @ v @ turn.conj().T
    q = turn @ np.diag([0.0] * size[0] + [2.0] * size[1]) @ turn.conj().T
    h0, q = (h0 + h0.conj().T) / 2, (q + q.conj().T) / 2
    if not is_complex:
        h0, v, q = h0.real, v.real, q.real
    h = draw(9, 9)
    h = (h + h.conj().T) / 2
    leads = {"L": (h0, v, np.arange(m)), "R": (h0, v, np.arange(9 - m, 9))}
    plain = sv.scattering_matrix(sv.System.from_matrices(h, leads), 0.1)
    named = sv.scattering_matrix(sv.System.from_matrices(h, leads, conserved={"L": q, "R": q}), 0.1)
    assert np.abs(plain.transmission_matrix().values - named.transmission_matrix().values).max() < 1e-10
    assert named.leads[0].blocks == ("0", "2")
    total = sum(named.transmission(f"R:{out}", f"L:{into}") for out in ("0", "2") for into in ("0", "2"))
    assert total == pytest.approx(plain.transmission("R", "L"), abs=1e-10)
    assert named.mode_count("L:0") + named.mode_count("L:2") == plain.mode_count("L")
    # A lead through itself keeps its quantity.
    wire = np.zeros((2 * m, 2 * m), dtype=h0.dtype)
    wire[:m, :m] = wire[m:, m:] = h0
    wire[:m, m:], wire[m:, :m] = v, v.conj().T
    own = {"L": (h0, v.conj().T, np.arange(m)), "R": (h0, v, np.arange(m, 2 * m))}
    S = sv.scattering_matrix(sv.System.from_matrices(wire, own, conserved={"L": q, "R": q}), 0.1)
    for out in ("0", "2"):
        for into in ("0", "2"):
            modes = S.mode_count(f"L:{into}") if out == into else 0
            assert S.transmission(f"R:{out}", f"L:{into}") == pytest.approx(modes, abs=1e-9)


@pytest.mark.parametrize(
    ("conserved", "message"),
    [
        (SIGMA_X, 'lead does not conserve it: block "-1"'),
        ({"up": np.diag([1, 0])}, "must add up to one"),
        ({"up": np.diag([1, 0]), "down": np.diag([0, 2])}, "must be given by a projector"),
        ({"a:b": np.eye(2)}, "without a colon"),
        (np.eye(3), r"must be a finite \(2, 2\) matrix"),
        ([[0, 1], [0, 0]], "must be Hermitian"),
        ([[0, 1], [0]], "rows of unlike lengths"),
    ],
)
def test_what_is_not_conserved_is_refused(conserved, message):
    with pytest.raises(sv.InputError, match=message):
        sv.scattering_matrix(chain_with_spin_flip(0.1, conserved), 0.3)


def test_a_lead_without_cells_has_no_blocks():
    with pytest.raises(sv.InputError, match="has no modes to divide"):
        sv.System.from_matrices(0.0, {"L": (sv.WideBand(1.0), [0])}, conserved={"L": [[1.0]]})
    with pytest.raises(sv.InputError, match='conserved: no lead "l"'):
        sv.System.from_matrices(0.0, {"L": (0.0, -1.0, [0])}, conserved={"l": [[1.0]]})


@pytest.mark.parametrize(("mixing", "refused"), [(1e-11, True), (1e-15, False)])
def test_what_connects_blocks_a_little_is_not_left_out(mixing, refused):
    h0 = np.array([[0.0, mixing], [mixing, 0.2]])
    lead = {"L": (h0, -np.eye(2), [0, 1])}
    if refused:
        with pytest.raises(sv.InputError, match="does not conserve"):
            sv.System.from_matrices(h0, lead, conserved={"L": np.diag([1.0, -1.0])})
    else:
        sv.System.from_matrices(h0, lead, conserved={"L": np.diag([1.0, -1.0])})
