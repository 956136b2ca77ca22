import numpy as np
import pytest
from scipy import sparse

import sharvin as sv

CHAIN = (0.0, -1.0, [0])
two = np.array([[0.0, 0.3], [0.3, 0.1]])


def build(h=two, **leads):
    return sv.System.from_matrices(h, leads or {"L": CHAIN})


# ---- what is refused, and how it is named


def test_an_element_that_breaks_hermiticity_is_named():
    h = np.diag([1.0, 2.0, 3.0, 4.0]) + 0j
    h[1, 3] = 0.5
    h[3, 1] = 0.05  # a typo
    with pytest.raises(sv.InputError, match=r"h is not Hermitian: element \((1, 3|3, 1)\)") as caught:
        build(h)
    assert "4.5e-01" in str(caught.value)


@pytest.mark.parametrize("wrap", [np.asarray, sparse.csr_array, sparse.coo_matrix, sparse.csc_array])
def test_hermiticity_is_checked_in_every_format(wrap):
    with pytest.raises(sv.InputError, match="h is not Hermitian"):
        build(wrap(np.array([[0, 1.0], [1.1, 0]])))
    with pytest.raises(sv.InputError, match="h is not Hermitian"):
        build(wrap(np.array([[1j, 1.0], [1.0, 0]])))


def test_a_small_error_of_rounding_is_accepted():
    assert build(two + np.array([[0, 1e-13], [0, 0]])).orbital_count == 2


@pytest.mark.parametrize(
    ("h", "message"),
    [
        (np.ones((2, 3)), r"h: expected a square matrix, got shape \(2, 3\)"),
        (np.ones((2, 2, 2)), "h: expected a square matrix"),
        (np.zeros((0, 0)), "h: expected a square matrix"),
        ([[0, np.nan], [np.nan, 0]], "h: row 0 holds a number that is not finite"),
        ([[0, 0], [0, np.inf]], "h: row 1 holds a number that is not finite"),
        ([["a", "b"], ["c", "d"]], "h: expected a matrix of numbers"),
        (None, "h: expected a matrix of numbers"),
    ],
)
def test_a_hamiltonian_without_meaning_is_refused(h, message):
    with pytest.raises(sv.InputError, match=message):
        build(h)


@pytest.mark.parametrize(
    ("lead", "message"),
    [
        (3.0, "expected a tuple"),
        ((0.0, -1.0), "periodic lead"),
        ((0.0,), "expected a tuple"),
        ((0.0, -1.0, [0], [[1]], 5), "expected a tuple"),
        ([0.0, -1.0, [0]], "expected a tuple"),
        ((1j, -1.0, [0]), "h0 is not Hermitian"),
        (([[0, 1], [2, 0]], np.eye(2), [0, 1]), r'"bad": h0 is not Hermitian: element \((0, 1|1, 0)\)'),
        ((np.nan, -1.0, [0]), '"bad": h0: row 0 holds a number that is not finite'),
        ((0.0, np.inf, [0]), '"bad": v: row 0 holds a number that is not finite'),
        ((np.eye(2), -1.0, [0, 1]), r"v has shape \(1, 1\), h0 has \(2, 2\)"),
        ((np.eye(2), np.ones((2, 3)), [0, 1]), "v: expected a square matrix"),
        ((np.eye(2), np.eye(2), [0]), "1 orbitals for a cell of 2"),
        ((0.0, -1.0, [2]), r"orbital 2 is not in 0 … 1"),
        ((0.0, -1.0, [-1]), r"orbital -1 is not in 0 … 1"),
        ((np.eye(2), np.eye(2), [1, 1]), r"named twice in \[1, 1\]"),
        ((0.0, -1.0, [0.0]), "list of integers"),
        ((0.0, -1.0, ["a"]), "list of integers"),
        ((0.0, -1.0, []), "list of integers"),
        ((0.0, -1.0, [[0]]), "list of integers"),
        ((0.0, -1.0, [0, 1], [[1.0]]), r"coupling .*\(2, 1\)"),
        ((sv.WideBand(-0.1), [0]), "gamma must not be negative"),
        ((sv.WideBand(np.diag([1.0, -0.5])), [0, 1]), "gamma must not be negative"),
        ((sv.WideBand(np.nan), [0]), "gamma must be a number or a finite"),
        ((sv.WideBand(np.eye(2)), [0]), r"finite \(1, 1\) matrix"),
        ((sv.WideBand([[1, 2], [0, 1]]), [0, 1]), "gamma is not Hermitian"),
        ((sv.WideBand(1.0), -1.0, [0]), "periodic lead"),
        ((sv.WideBand(1.0), [7]), "orbital 7 is not in"),
        ((sv.WideBand(1.0), [0, 0]), "named twice"),
        ((sv.SelfEnergy(-1j), -1.0, [0]), "periodic lead"),
        ((sv.SelfEnergy(-1j), [7]), "orbital 7 is not in"),
        ((sv.SelfEnergy(-1j),), "expected a tuple"),
    ],
)
def test_a_lead_without_meaning_is_refused(lead, message):
    with pytest.raises(sv.InputError, match=message) as caught:
        build(L=CHAIN, bad=lead)
    assert '"bad"' in str(caught.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_coupling_that_is_not_finite_is_refused(bad):
    with pytest.raises(sv.InputError, match="bad"):
        build(L=CHAIN, bad=(0.0, -1.0, [0], [[bad]]))


@pytest.mark.parametrize("leads", [[CHAIN], None, "L"])
def test_leads_must_have_names(leads):
    with pytest.raises(sv.InputError, match="dictionary"):
        sv.System.from_matrices(two, leads)


@pytest.mark.parametrize("name", ["", "a:b", 3])
def test_a_name_without_meaning_is_refused(name):
    with pytest.raises(sv.InputError, match="name"):
        sv.System.from_matrices(two, {name: CHAIN})


@pytest.mark.parametrize("value", [0, 3, 1.5, "two", None])
def test_a_spin_degeneracy_without_meaning_is_refused(value):
    with pytest.raises(sv.InputError, match="spin_degeneracy must be 1 or 2"):
        sv.System.from_matrices(two, {"L": CHAIN}, spin_degeneracy=value)
    with pytest.raises(sv.InputError, match="spin_degeneracy must be 1 or 2"):
        build().with_spin_degeneracy(value)


def test_matrices_have_no_lattice():
    system = build()
    model = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    for ask in (lambda: system.positions, lambda: system.site_count, lambda: system.field(1.0),
                lambda: system.lead("more", model, "+x")):  # fmt: skip
        with pytest.raises(sv.InputError, match="has no lattice"):
            ask()


def test_matrices_have_no_parameters():
    assert dict(build().parameters) == {}
    with pytest.raises(sv.InputError, match='no parameter "gate"; there are none'):
        build().hamiltonian(gate=1.0)


# ---- what is accepted


def test_numbers_lists_and_sparse_matrices():
    for h in (two, two.tolist(), sparse.csr_array(two), sparse.coo_matrix(two), two.astype(complex)):
        assert np.array_equal(build(h).hamiltonian().toarray(), two)
    assert build(1.5).hamiltonian().toarray().tolist() == [[1.5]]
    assert build(np.array([[1, 2], [2, 3]])).hamiltonian().dtype == float  # integers


def test_duplicate_entries_of_a_sparse_matrix_add_up():
    h = sparse.coo_array(([1.0, 2.0, 3.0, 3.0], ([0, 0, 0, 1], [0, 0, 1, 0])), shape=(2, 2))
    assert build(h).hamiltonian().toarray().tolist() == [[3.0, 3.0], [3.0, 0.0]]


def test_the_user_s_matrices_are_not_changed():
    h, h0, v = two.copy(), np.zeros((1, 1)), -np.ones((1, 1))
    system = sv.System.from_matrices(h, {"L": (h0, v, [0]), "R": (h0, v, [1], np.array([[0.5]]))})
    sv.scattering_matrix(system, 0.2)
    assert np.array_equal(h, two)
    assert (h0.item(), v.item()) == (0.0, -1.0)


def impurity(energy, u):
    """T of a chain with hopping −1 and one impurity, in closed form."""
    return 1 / (1 + u**2 / (4 - energy**2))


@pytest.mark.parametrize("energy", [-1.7, -0.3, 0.0, 1.1])
def test_a_chain_with_one_impurity(energy):
    system = sv.System.from_matrices([[0.8]], {"L": CHAIN, "R": CHAIN})  # both leads on one site
    S = sv.scattering_matrix(system, energy)
    assert abs(S.transmission("R", "L") - impurity(energy, 0.8)) < 1e-12
    assert abs(S.transmission("L", "L") - 1 + impurity(energy, 0.8)) < 1e-12


def test_a_coupling_of_its_own():
    # The lead's first cell becomes part of the region: the same as writing it there by hand.
    weak = (0.0, -1.0, [1], [[-0.3]])
    system = sv.System.from_matrices(two, {"L": CHAIN, "R": weak})
    h = np.array([[0.0, 0.3, 0], [0.3, 0.1, -0.3], [0, -0.3, 0]])
    by_hand = sv.System.from_matrices(h, {"L": CHAIN, "R": (0.0, -1.0, [2])})
    assert np.array_equal(system.hamiltonian().toarray(), h)
    for energy in (-1.1, 0.4):
        one, other = (sv.scattering_matrix(s, energy).transmission("R", "L") for s in (system, by_hand))
        assert one == pytest.approx(other, abs=1e-13)
        assert 0 < one < 1


def test_a_coupling_of_many_orbitals_to_a_wider_cell():
    coupling = np.array([[0.1, 0.2j], [0.3, 0.0], [-0.4j, 0.5]])
    h0, v = np.array([[0, 1.0], [1.0, 0.2]]), np.diag([1.0, 0.7])
    system = sv.System.from_matrices(np.diag([1.0, 2, 3, 4]), {"a": (h0, v, [3, 0, 2], coupling)})
    h = system.hamiltonian().toarray()
    assert np.array_equal(h[[3, 0, 2]][:, 4:], coupling)
    assert np.array_equal(h[4:, [3, 0, 2]], coupling.conj().T)
    assert np.array_equal(h[4:, 4:], h0)
    cell = system.lead_cell("a")
    assert cell.orbitals.tolist() == [4, 5]
    assert np.array_equal(cell.v, v)


def test_wide_band_leads_are_lorentzian():
    left, right, level = 0.3, 0.5, 0.2
    system = sv.System.from_matrices(
        [[level]], {"L": (sv.WideBand(left), [0]), "R": (sv.WideBand(right), [0])}
    )
    for energy in (-0.5, 0.2, 0.9):
        wanted = left * right / ((energy - level) ** 2 + ((left + right) / 2) ** 2)
        S = sv.scattering_matrix(system, energy)
        assert S.transmission("R", "L") == pytest.approx(wanted, rel=1e-13)
        assert S.mode_count("L") == 1
    assert len(sv.thresholds(system, (-10, 10))) == 0


def test_a_wide_band_matrix_has_as_many_channels_as_its_rank():
    direction = np.array([[1.0], [1j]]) / 2**0.5
    system = sv.System.from_matrices(
        two,
        {
            "one": (sv.WideBand(0.4 * direction @ direction.conj().T), [0, 1]),
            "two": (sv.WideBand(0.2), [0, 1]),
        },
    )
    S = sv.scattering_matrix(system, 0.1)
    assert (S.mode_count("one"), S.mode_count("two")) == (1, 2)
    assert S.unitarity_error < 1e-13


def test_a_wide_band_of_no_width_is_no_lead_but_shifts_nothing():
    system = sv.System.from_matrices([[0.8]], {"none": (sv.WideBand(0.0), [0]), "L": CHAIN, "R": CHAIN})
    S = sv.scattering_matrix(system, 0.5)
    assert S.mode_count("none") == 0
    assert abs(S.transmission("R", "L") - impurity(0.5, 0.8)) < 1e-12
    assert S.transmission("none", "L") == 0


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_lead_of_zero_hopping_shifts_nothing(position):
    leads = [("L", CHAIN), ("R", CHAIN)]
    leads.insert(position, ("dead", (0.3, 0.0, [0])))
    S = sv.scattering_matrix(sv.System.from_matrices([[0.8]], dict(leads)), 0.5)
    assert S.mode_count("dead") == 0
    assert abs(S.transmission("R", "L") - impurity(0.5, 0.8)) < 1e-12
    assert abs(S.transmission("L", "L") + S.transmission("R", "L") - 1) < 1e-12


def test_five_leads_on_one_site():
    system = sv.System.from_matrices([[0.0]], {f"lead{n}": CHAIN for n in range(5)})
    T = sv.scattering_matrix(system, 0.0).transmission_matrix().values
    # G = 1/(5i): t = i v G = 2/5 in magnitude, so T = 4/25 and R = 9/25.
    assert np.abs(T - np.where(np.eye(5) == 1, 9 / 25, 4 / 25)).max() < 1e-13


def test_spin_degeneracy_multiplies_the_conductance_only():
    system = sv.System.from_matrices([[0.0]], {"L": CHAIN, "R": CHAIN})
    assert system.spin_degeneracy == 2
    one = system.with_spin_degeneracy(1)
    assert float(sv.conductance(system, mu=0.0)) == pytest.approx(sv.G0, rel=1e-12)
    assert float(sv.conductance(one, mu=0.0)) == pytest.approx(sv.G0 / 2, rel=1e-12)
    assert sv.scattering_matrix(one, 0.0).transmission("R", "L") == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("lead", "message"),
    [
        ((0.0, -1.0, [0], [[1], [1, 2]]), "coupling has rows of unlike lengths"),
        ((0.0, -1.0, [[0], [1, 2]]), "orbitals has rows of unlike lengths"),
        ((sv.WideBand([[1], [1, 2]]), [0]), "gamma has rows of unlike lengths"),
    ],
)
def test_ragged_lists_are_refused(lead, message):
    with pytest.raises(sv.InputError, match=message):
        sv.System.from_matrices([[1.0]], {"L": lead})


def test_a_coupling_and_a_width_may_be_sparse():
    dense, thin = (
        sv.System.from_matrices(
            [[0.3]], {"L": (0.0, -1.0, [0], kind([[0.5]])), "R": (sv.WideBand(kind([[0.7]])), [0])}
        )
        for kind in (np.array, sparse.csr_array)
    )
    found = [sv.scattering_matrix(system, 0.2).transmission("R", "L") for system in (dense, thin)]
    assert found[0] == found[1] > 0


def test_the_cells_of_leads_cannot_be_written_to():
    h0, orbitals = np.zeros((1, 1)), np.array([0])
    system = sv.System.from_matrices([[0.3]], {"L": (h0, -1.0, orbitals), "R": (sv.WideBand(0.7), [0])})
    for name in system.leads:
        cell = system.lead_cell(name)
        with pytest.raises(ValueError, match="read-only"):
            cell.h0[0, 0] = 1.0
        with pytest.raises(ValueError, match="read-only"):
            cell.orbitals[0] = 1
    h0[0, 0], orbitals[0] = 5.0, 0  # the user's own arrays stay the user's


def test_what_rounding_left_of_hermiticity_is_taken_out():
    h, h0 = two.copy(), np.array([[0.1, 0.2], [0.2, 0.3]])
    h[0, 1] += 1e-13
    h0[1, 0] += 1e-13
    system = build(h, L=(h0, -np.eye(2), [0, 1]))
    for matrix in (system.hamiltonian().toarray(), system.lead_cell("L").h0):
        assert np.array_equal(matrix, matrix.T)
    assert system.hamiltonian().toarray()[0, 1] == pytest.approx(0.3 + 5e-14, abs=1e-16)
