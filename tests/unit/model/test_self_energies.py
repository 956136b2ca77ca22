import numpy as np
import pytest

import sharvin as sv

CHAIN = (0.0, -1.0, [0])
two = np.array([[0.0, 0.3], [0.3, 0.1]])
TABLE = [0.0, 1.0, 2.0]


def build(sigma, energies=None, orbitals=(0,), h=two):
    """A region with a lead of that self-energy, and a chain."""
    lead = (sv.SelfEnergy(sigma, energies), list(orbitals))
    return sv.System.from_matrices(h, {"given": lead, "chain": CHAIN})


def transmission(system, energy, out="chain", into="given"):
    return sv.scattering_matrix(system, energy).transmission(out, into)


def of_chain(energies):
    """Σ of a chain of hopping −1: e^{ik}t with E = 2t cos k, t = −1, that does not grow and is not advanced."""
    root = np.sqrt((energies**2 - 4).astype(complex))
    outside = np.abs(energies) > 2
    return (energies - np.where(outside, np.sign(energies), 1j) * np.where(outside, root, root / 1j)) / 2


# ---- what it is


@pytest.mark.parametrize("energy", [-0.5, 0.2, 0.9])
def test_a_level_between_two_constants_is_lorentzian(energy):
    left, right, level, shift = 0.3, 0.5, 0.2, 0.07
    leads = {"L": (sv.SelfEnergy(shift - 0.5j * left), [0]), "R": (sv.SelfEnergy(-0.5j * right), [0])}
    S = sv.scattering_matrix(sv.System.from_matrices([[level]], leads), energy)
    wanted = left * right / ((energy - level - shift) ** 2 + ((left + right) / 2) ** 2)
    assert S.transmission("R", "L") == pytest.approx(wanted, rel=1e-13)
    assert S.unitarity_error < 1e-13
    assert len(sv.thresholds(build(-1j), (-10, 10))) == 2  # the chain's own


@pytest.mark.parametrize("gamma", [0.4, [[0.4, 0.1j], [-0.1j, 0.3]], [[0.4, 0.4], [0.4, 0.4]]])
def test_a_wide_band_is_a_constant_self_energy(gamma):
    wide = sv.System.from_matrices(two, {"given": (sv.WideBand(gamma), [0, 1]), "chain": CHAIN})
    given = build(-0.5j * np.asarray(gamma), orbitals=[0, 1])
    one, other = (sv.scattering_matrix(system, [0.1, 0.7]) for system in (wide, given))
    assert np.array_equal(one.matrix, other.matrix)


def test_the_self_energy_of_a_chain_stands_for_the_chain():
    energies = np.concatenate([np.linspace(-1.99, 1.99, 41), [2.3, -3.0]])
    periodic = sv.System.from_matrices(two, {"given": CHAIN, "chain": (0.0, -1.0, [1])})
    other = {"chain": (0.0, -1.0, [1])}
    called = sv.System.from_matrices(two, {"given": (sv.SelfEnergy(of_chain), [0]), **other})
    sorted_energies = np.sort(energies)
    table = sv.SelfEnergy(of_chain(sorted_energies), sorted_energies)
    tabulated = sv.System.from_matrices(two, {"given": (table, [0]), **other})
    wanted = sv.scattering_matrix(periodic, energies)
    for system in (called, tabulated):
        S = sv.scattering_matrix(system, energies)
        for pair in (("chain", "given"), ("given", "given"), ("given", "chain")):
            assert np.abs(S.transmission(*pair) - wanted.transmission(*pair)).max() < 1e-12
        assert np.array_equal(S.mode_count("given"), wanted.mode_count("given"))
        assert np.max(S.unitarity_error) < 1e-12


def test_a_matrix_self_energy_of_a_ribbon_stands_for_the_ribbon():
    from sharvin.leads import PeriodicLead

    h0 = -(np.eye(4, k=1) + np.eye(4, k=-1))
    v = -np.diag(np.exp(0.3j * np.arange(4)))
    ribbon = PeriodicLead(h0, v)
    lead = sv.SelfEnergy(lambda energies: np.array([ribbon.modes(energy).sigma for energy in energies]))
    h = np.kron(np.eye(2), h0) + np.kron(np.eye(2, k=1), v.conj().T) + np.kron(np.eye(2, k=-1), v) + 0j
    h[1, 1] = 0.6
    right = (h0, v, [0, 1, 2, 3])
    systems = [
        sv.System.from_matrices(h, {"L": (h0, v.conj().T, [4, 5, 6, 7]), "R": one})
        for one in (right, (lead, [0, 1, 2, 3]))
    ]
    one, other = (sv.scattering_matrix(system, [-1.3, 0.2, 1.1]) for system in systems)
    assert np.abs(one.transmission("R", "L") - other.transmission("R", "L")).max() < 1e-11
    assert np.array_equal(one.mode_count("R"), other.mode_count("R"))


def test_between_two_energies_the_table_is_linear():
    table, exact = build([-0.1j, -0.5j], [0.0, 1.0]), build(-0.2j)
    assert transmission(table, 0.25) == pytest.approx(transmission(exact, 0.25), rel=1e-13)
    for energy, sigma in ((0.0, -0.1j), (1.0, -0.5j)):
        assert transmission(table, energy) == pytest.approx(transmission(build(sigma), energy), rel=1e-13)


def test_a_number_is_that_times_the_identity():
    for sigma, energies in ((-0.3j, None), ([-0.3j, -0.3j], [-1, 1]), (lambda E: -0.3j + 0 * E, None)):
        system = build(sigma, energies, orbitals=[0, 1])
        matrix = build(-0.3j * np.eye(2), orbitals=[0, 1])
        assert transmission(system, 0.2) == pytest.approx(transmission(matrix, 0.2), rel=1e-13)


def test_the_scattering_matrix_is_smooth():
    direction = np.array([1.0, 2j]) / 5**0.5

    def sigma(energies):
        turned = direction * np.exp(1j * np.multiply.outer(energies, [1.0, -2.0]))
        return 0.2 - 0.4j * (1 + energies[:, None, None] ** 2) * turned[:, :, None] * turned[:, None].conj()

    system = build(lambda E: sigma(E), orbitals=[0, 1])
    for step in (1e-3, 1e-5):
        S = sv.scattering_matrix(system, 0.3 + step * np.arange(3))
        assert np.abs(np.diff(S.matrix, axis=0)).max() < 20 * step


def test_a_hermitian_part_that_is_not_real_counts():
    # A flux through a ring made by the self-energy: Γ is real, C is real, Σ is not symmetric.
    shift = np.array([[0, 0.4j], [-0.4j, 0]])
    given = build(shift - 0.5j * np.eye(2), orbitals=[0, 1])
    by_hand = sv.System.from_matrices(two + shift, {"given": (sv.WideBand(1.0), [0, 1]), "chain": CHAIN})
    assert transmission(given, 0.3) == pytest.approx(transmission(by_hand, 0.3), rel=1e-12)
    assert abs(transmission(given, 0.3) - transmission(build(-0.5j, orbitals=[0, 1]), 0.3)) > 1e-3


def test_the_certificate_vouches_for_it():
    certificate = sv.scattering_matrix(build(-0.3j), [0.1, 0.2]).certificate
    assert certificate.bounds["lead_residual"] == 1e-9
    assert certificate.figures["lead_residual"].max() < 1e-15


def test_rounding_below_zero_is_accepted_and_leaves_s_unitary():
    S = sv.scattering_matrix(build(np.diag([-0.5j, 1e-12j]), orbitals=[0, 1]), 0.2)
    assert S.mode_count("given") == 1
    assert S.unitarity_error < 1e-14


def test_thresholds_are_where_the_rank_changes():
    sigma = np.zeros((5, 2, 2), dtype=complex)
    sigma[1:4, 0, 0] = -1j
    sigma[2, 1, 1] = -0.5j  # open on both sides of 2, up to 1 and 3
    system = sv.System.from_matrices(two, {"given": (sv.SelfEnergy(sigma, np.arange(5.0)), [0, 1])})
    assert sv.thresholds(system, (-9, 9)).tolist() == [0.0, 1.0, 3.0, 4.0]
    assert sv.thresholds(system, (0.5, 3.0)).tolist() == [1.0, 3.0]


def test_the_user_s_arrays_are_not_kept():
    sigma, energies = np.array([-0.1j, -0.5j]), np.array([0.0, 1.0])
    system = build(sigma, energies)
    before = transmission(system, 0.5)
    sigma[:], energies[:] = -9j, [5.0, 6.0]
    assert transmission(system, 0.5) == before


# ---- what is refused


@pytest.mark.parametrize(
    ("sigma", "energies", "message"),
    [
        (1j, None, r"advanced; take its conjugate transpose: Γ .* eigenvalues -2, -2 eV"),
        (np.diag([-1j, 0.5j]), None, r"not causal: Γ .* eigenvalues -1, 2 eV"),
        ([-1j, 1j, -1j], TABLE, r"advanced; take its conjugate transpose at E = 1 eV"),
        (np.nan, None, "not finite"),
        ([-1j, np.inf, -1j], TABLE, r"not finite \(number 1\)"),
        (np.eye(3), None, r"a number or a \(2, 2\) matrix in eV, got shape \(3, 3\)"),
        ([-1j, -1j], None, "got shape"),
        (-1j, TABLE, r"at each of 3 energies, got shape \(\)"),
        ([-1j, -1j], TABLE, r"at each of 3 energies, got shape \(2,\)"),
        (np.zeros((3, 1, 1)), TABLE, r"got shape \(3, 1, 1\)"),
        (np.zeros((2, 2)), TABLE, "got shape"),
        ("a", None, "got <U1"),
        (None, None, "got object"),
        ([[1, 2], [3]], None, "rows of unlike lengths"),
        ([-1j, -1j], [[0], [1, 2]], "energies of a self-energy .* rows of unlike lengths"),
        ([-1j, -1j], [1.0, 1.0], "increasing numbers in eV, got 1 before 1"),
        ([-1j, -1j], [1.0, 0.0], "got 1 before 0"),
        ([-1j, -1j], [0.0, np.nan], "got nan"),
        ([-1j], [0.0], r"two or more .* shape \(1,\)"),
        ([-1j, -1j], [0j, 1j], "got complex128"),
        ([-1j, -1j], 1.0, r"shape \(\)"),
        (of_chain, TABLE, "takes no energies"),
    ],
)
def test_what_has_no_meaning_is_refused(sigma, energies, message):
    with pytest.raises(sv.InputError, match=message) as caught:
        build(sigma, energies, orbitals=[0, 1])
    assert 'lead "given"' in str(caught.value)


@pytest.mark.parametrize("energy", [-0.1, 2.1, [0.5, 7.0]])
def test_outside_the_table_is_refused(energy):
    with pytest.raises(
        sv.InputError, match=rf'"given".* from 0 to 2 eV.* E = {np.max(np.abs(energy)):.1g}|E = -0.1'
    ):
        sv.scattering_matrix(build([-1j] * 3, TABLE), energy)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda E: 1j + 0 * E, "advanced; .* at E = 0.2 eV"),
        (lambda E: np.zeros((len(E), 3, 3)), r"got shape \(1, 3, 3\)"),
        (lambda E: np.nan * E, "not finite"),
        (lambda E: None, "got object"),
    ],
)
def test_what_a_function_must_not_return(function, message):
    with pytest.raises(sv.InputError, match=message):
        sv.scattering_matrix(build(function, orbitals=[0, 1]), 0.2)
