"""The solver against closed forms: parity of molecular wires, surfaces of leads, and situations without an answer.

Chains have H_(n,n+1) = −t and E = −2t cos k with t = 1 eV. Γ = i(Σ − Σ†), so a level of width Γ has Im Σ = −Γ/2.
"""

from itertools import pairwise

import numpy as np
import pytest

import sharvin as sv
from sharvin.leads import PeriodicLead, surface_self_energy

CHAIN = (0.0, -1.0)


def transmission(system, energy):
    return sv.scattering_matrix(system, energy).transmission("R", "L")


def extrapolated(values):
    """Richardson's limit of values whose error is a series in h², h halved from one to the next."""
    for order in range(1, len(values)):
        values = [(4**order * fine - coarse) / (4**order - 1) for coarse, fine in pairwise(values)]
    return values[0]


def lead_self_energy(h0, v, energy):
    """Σ on the cell before a lead, by its modes."""
    return PeriodicLead(np.atleast_2d(h0).astype(float), np.atleast_2d(v).astype(float)).modes(energy).sigma


# ---- a molecular wire


@pytest.mark.parametrize(
    ("sites", "expected"),
    [
        (1, 0.8520710059171598),
        (2, 0.3030047975759616),
        (3, 0.8520710059171598),
        (4, 0.3030047975759616),
        (5, 0.8520710059171598),
    ],
)
def test_a_molecular_wire_conducts_by_the_parity_of_its_length(sites, expected):
    # T(0) = 4Γ_LΓ_R/(Γ_L + Γ_R)² for odd N; 4y/(1 + y)², y = Γ_LΓ_R/4t², for even N.
    # V. Mujica, M. Kemp and M. A. Ratner, J. Chem. Phys. 101, 6849 (1994).
    h = -(np.eye(sites, k=1) + np.eye(sites, k=-1))
    leads = {"L": (sv.WideBand(0.4), [0]), "R": (sv.WideBand(0.9), [sites - 1])}
    wire = sv.System.from_matrices(h, leads)
    assert transmission(wire, 0.0) == pytest.approx(expected, rel=1e-10, abs=1e-12)
    given = {"L": (sv.SelfEnergy(-0.2j), [0]), "R": (sv.SelfEnergy(-0.45j), [sites - 1])}
    assert transmission(sv.System.from_matrices(h, given), 0.0) == pytest.approx(
        expected, rel=1e-10, abs=1e-12
    )


# ---- surface Green's functions: Σ = v g v†

SSH = ([[0.0, 0.6], [0.6, 0.0]], [[0.0, 0.0], [1.0, 0.0]])  # the first bond is the weaker one


def uniform_surface(energy):
    return lead_self_energy(*CHAIN, energy).item()  # v = −1


def dimerized_surface(energy):
    """g on the first site: it alone is coupled, by a bond of 1 eV, to the last orbital of the cell before."""
    return lead_self_energy(*SSH, energy)[1, 1]


@pytest.mark.parametrize(
    ("energy", "expected"),
    [
        (0.0, -1.0j),
        (1.0, 0.5 - 0.8660254037844386j),
        (1.9, 0.95 - 0.31224989991991997j),
        (2.5, 0.5),
        (-3.0, -0.3819660112501051),
    ],
)
def test_the_surface_of_a_uniform_chain(energy, expected):
    # g = (E − i√(4 − E²))/2. M. P. López Sancho et al., J. Phys. F 15, 851 (1985).
    assert abs(uniform_surface(energy) - expected) <= 1e-8 * abs(expected)


@pytest.mark.parametrize(
    ("energy", "expected"),
    [
        (0.2, 3.0747727084867527),
        (1.0, 0.8200000000000001 - 0.5723635208501673j),
        (2.0, 0.5721224617320373),
    ],
)
def test_the_surface_of_a_dimerized_chain(energy, expected):
    # E w²g² − (E² + w² − v²)g + E = 0 with v = 0.6, w = 1, the retarded root.
    assert abs(dimerized_surface(energy) - expected) <= 1e-8 * abs(expected)


def test_the_edge_state_of_a_dimerized_chain_has_its_weight():
    # g → (1 − v²/w²)/E as E → 0 for w > v. E g is even in E: Richardson's extrapolation in E².
    weight = extrapolated([energy * dimerized_surface(energy) for energy in 0.08 * 0.5 ** np.arange(6)])
    assert abs(weight - 0.64) <= 1e-8 * 0.64


@pytest.mark.parametrize(
    ("lead", "energies"),
    [(CHAIN, [1.0, 1.9, 2.5, -3.0]), (SSH, [0.2, 1.0, 2.0])],
    ids=["uniform", "dimerized"],
)
def test_decimation_errs_by_a_power_one_of_eta(lead, energies):
    exact = np.array([lead_self_energy(*lead, energy) for energy in energies])
    etas = 10.0 ** -np.arange(4, 9)
    errors = [np.abs(surface_self_energy(*lead, energies, eta) - exact).max(axis=(1, 2)) for eta in etas]
    exponents = np.polyfit(np.log(etas), np.log(errors), 1)[0]
    assert np.abs(exponents - 1).max() < 0.01
    assert np.max(errors[-1]) < 1e-6


# ---- outside the band


@pytest.mark.parametrize(("energy", "sigma"), [(2.5, 0.5), (-3.0, -0.3819660112501051)])
def test_outside_the_band_nothing_is_open_and_the_self_energy_is_real(energy, sigma):
    assert abs(lead_self_energy(*CHAIN, energy).item() - sigma) <= 1e-12
    assert lead_self_energy(*CHAIN, energy).imag.max() == 0
    system = sv.System.from_matrices([[0.7]], {"L": (*CHAIN, [0]), "R": (*CHAIN, [0])})
    S = sv.scattering_matrix(system, energy)
    assert S.mode_count("L") == S.mode_count("R") == 0
    assert S.matrix.shape == (0, 0)
    assert S.transmission("R", "L") == 0
    assert float(sv.conductance(system, mu=energy)) == 0


# ---- hoppings between cells that cannot be inverted


def through_itself(h0, v, energy):
    """One cell of a lead between two halves of it."""
    cell = np.arange(len(h0))
    leads = {"L": (h0, np.conj(v).T, cell), "R": (h0, v, cell)}
    return sv.scattering_matrix(sv.System.from_matrices(h0, leads), energy)


@pytest.mark.parametrize(("energy", "modes"), [(0.0, 1), (1.0, 1), (1.9, 1), (2.1, 0)])
def test_a_chain_in_cells_of_two_sites_is_the_same_chain(energy, modes):
    # I. Rungger and S. Sanvito, Phys. Rev. B 78, 035407 (2008).
    h0, v = -np.array([[0.0, 1], [1, 0]]), -np.array([[0.0, 0], [1, 0]])
    S = through_itself(h0, v, energy)
    assert S.mode_count("L") == S.mode_count("R") == modes
    assert S.transmission("R", "L") == pytest.approx(modes, abs=1e-10)
    assert lead_self_energy(h0, v, energy)[1, 1] == pytest.approx(uniform_surface(energy), abs=1e-12)


def test_the_self_energy_of_a_chain_in_cells_of_two_sites():
    sigma = lead_self_energy([[0, -1], [-1, 0]], [[0, 0], [-1, 0]], 1.0)
    assert np.abs(sigma - np.diag([0, 0.5 - 0.8660254037844386j])).max() <= 1e-6


def armchair(lines):
    """An armchair ribbon of so many dimer lines: sites A₁ … A_N, B₁ … B_N of a cell, and the bonds to the next."""
    odd = np.arange(lines) % 2 == 0
    across = np.eye(lines, k=1) + np.eye(lines, k=-1) + np.diag(1.0 * odd)
    none = np.zeros((lines, lines))
    h0 = -np.block([[none, across], [across.T, none]])
    return h0, -np.block([[none, none], [np.diag(1.0 * ~odd), none]])


def zigzag(lines):
    """A zigzag ribbon of so many zigzag lines: a chain that runs across it, and one bond for every two sites."""
    size = 2 * lines
    v = np.zeros((size, size))
    for line in range(lines):
        v[2 * line + line % 2, 2 * line + 1 - line % 2] = -1.0
    return -(np.eye(size, k=1) + np.eye(size, k=-1)), v


@pytest.mark.parametrize(
    ("lines", "modes"),
    [
        (5, [1, 1, 1, 2, 2, 1]),
        (6, [0, 1, 1, 3, 3, 2]),
        (7, [0, 1, 2, 3, 3, 2]),
        (8, [1, 1, 1, 4, 4, 2]),
        (11, [1, 1, 3, 4, 5, 3]),
    ],
)
def test_armchair_ribbons_transmit_all_their_modes(lines, modes):
    # N(E) = #{p ≤ N/2 : |1 − 2c| < |E| < 1 + 2c}, c = cos(pπ/(N + 1)). K. Wakabayashi et al., Sci. Technol. Adv.
    # Mater. 11, 054504 (2010); Y.-W. Son, M. L. Cohen and S. G. Louie, Phys. Rev. Lett. 97, 216803 (2006).
    S = through_itself(*armchair(lines), [0.05, 0.3, 0.5, 0.9, 1.3, 2.1])
    assert S.mode_count("L").values.tolist() == S.mode_count("R").values.tolist() == modes
    assert np.abs(S.transmission("R", "L").values - modes).max() < 1e-10


@pytest.mark.parametrize(("lines", "modes"), [(4, [1, 1, 1, 1, 3, 4, 2]), (8, [1, 1, 1, 3, 5, 7, 5])])
def test_zigzag_ribbons_transmit_all_their_modes(lines, modes):
    # M. Fujita et al., J. Phys. Soc. Jpn. 65, 1920 (1996): one mode, the edge state, near E = 0.
    S = through_itself(*zigzag(lines), [0.01, 0.1, 0.3, 0.6, 0.9, 1.2, 2.0])
    assert S.mode_count("L").values.tolist() == S.mode_count("R").values.tolist() == modes
    assert np.abs(S.transmission("R", "L").values - modes).max() < 1e-10


# ---- no lead, one lead

DIMER = [[0.0, -0.5], [-0.5, 0.0]]


def test_without_leads_there_are_levels_but_no_transmission():
    dimer = sv.System.from_matrices(DIMER, {})
    assert np.linalg.eigvalsh(dimer.hamiltonian().toarray()) == pytest.approx([-0.5, 0.5], rel=1e-8)
    with pytest.raises(ValueError, match="no leads"):
        sv.scattering_matrix(dimer, 0.4)
    with pytest.raises(ValueError, match="no leads"):
        sv.transmission(dimer, 0.4)


def test_one_lead_reflects_everything_after_a_delay():
    # |r| = 1, G = [[0]], and Q = −i r* dr/dE (ħ = 1) in 1/eV, by Richardson's extrapolation of central differences.
    dimer = sv.System.from_matrices(DIMER, {"L": (*CHAIN, [0])})

    def amplitude(energy):
        return sv.scattering_matrix(dimer, energy).amplitudes("L", "L").item()

    here = amplitude(0.4)
    assert abs(here) == pytest.approx(1.0, rel=1e-12)
    assert float(sv.conductance(dimer, mu=0.4, lead_out="L", lead_in="L")) == 0
    steps = 0.02 * 0.5 ** np.arange(4)
    slope = extrapolated([(amplitude(0.4 + step) - amplitude(0.4 - step)) / (2 * step) for step in steps])
    delay = -1j * np.conj(here) * slope
    assert abs(delay.imag) < 1e-8
    assert delay.real == pytest.approx(3.4673142475580367, rel=1e-8)


# ---- no way through


def separate(kind):
    """Two leads on two halves without a bond between them."""
    if kind == "lattice":
        model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
        cut = sv.Model(sv.lattice.square(), sv.hopping(lambda x1, x2: -1.0 * ((x1 < 0.5) == (x2 < 0.5))))
        region = cut.region(sv.shape.rectangle(length=7, width=4))
        return region.lead("L", model, "-x").lead("R", model, "+x")
    lead = {
        "chains": CHAIN,
        "wide bands": (sv.WideBand(0.4),),
        "self-energies": (sv.SelfEnergy(0.1 - 0.2j),),
    }[kind]
    h = np.zeros((5, 5))
    h[:2, :2], h[2:, 2:] = DIMER, -(np.eye(3, k=1) + np.eye(3, k=-1))
    return sv.System.from_matrices(h, {"L": (*lead, [0]), "R": (*lead, [3])})


@pytest.mark.parametrize("kind", ["chains", "wide bands", "self-energies", "lattice"])
@pytest.mark.parametrize("energy", [0.0, 0.4, 0.5, 1.0])  # among them, levels of the halves
def test_nothing_goes_from_one_half_to_another_that_is_not_connected(kind, energy):
    system = separate(kind)
    S = sv.scattering_matrix(system, energy)
    assert S.mode_count("L") > 0
    assert S.transmission("R", "L") == S.transmission("L", "R") == 0
    assert S.transmission("L", "L") == pytest.approx(S.mode_count("L"), abs=1e-12)
    assert float(sv.conductance(system, mu=energy)) == 0


@pytest.mark.parametrize("kind", ["chains", "wide bands", "self-energies"])
def test_nothing_goes_there_at_any_temperature(kind):
    conductance = sv.conductance(separate(kind), mu=[0.0, 0.4, 0.5, 1.0], temperature=[4.2, 300.0])
    assert (conductance == 0).all()


# ---- a lead whose cells are not connected


@pytest.mark.parametrize("cell", [[[0.2]], [[0.2, -0.3], [-0.3, -0.1]]])
@pytest.mark.parametrize("energy", [-1.7, 0.0, 0.2 + 1e-6, 0.4, 3.0])
def test_a_lead_of_zero_hopping_has_no_channels(cell, energy):
    orbitals = list(range(len(cell)))
    flat = (cell, np.zeros_like(cell), orbitals)
    system = sv.System.from_matrices(cell, {"L": (*CHAIN, [0]), "R": flat})
    S = sv.scattering_matrix(system, energy)
    assert S.mode_count("R") == 0
    assert S.transmission("R", "L") == S.transmission("L", "R") == 0
    assert S.transmission("L", "L") == pytest.approx(S.mode_count("L"), abs=1e-12)
    alone = sv.scattering_matrix(sv.System.from_matrices(cell, {"L": flat, "R": flat}), energy)
    assert alone.matrix.shape == (0, 0)
    assert alone.transmission("R", "L") == 0


def test_a_flat_band_at_the_energy_is_an_error_that_says_so():
    system = sv.System.from_matrices([[0.3]], {"L": (*CHAIN, [0]), "R": (0.2, 0.0, [0])})
    with pytest.raises(sv.NumericalError, match="a flat band, on which modes are not defined"):
        sv.scattering_matrix(system, 0.2)


# ---- what changes nothing

SIZE, ENERGY = 5, 0.35
LEFT, RIGHT = [0, 1], [3, 4]


def molecule():
    """A region without symmetry and the self-energies of two leads on two orbitals each, in eV."""
    sites = np.arange(SIZE)
    h = np.diag([0.3, -0.7, 0.5, 0.1, -0.4]) - np.eye(SIZE, k=1) - np.eye(SIZE, k=-1)
    h = h + 0.3 * (
        np.eye(SIZE, k=2) * np.exp(0.6j * sites) + np.eye(SIZE, k=-2) * np.exp(-0.6j * sites[:, None])
    )
    left = np.array([[0.1, 0.05j], [-0.05j, -0.2]]) - 0.5j * np.array([[0.5, 0.1 + 0.1j], [0.1 - 0.1j, 0.3]])
    right = np.array([[-0.3, 0.1], [0.1, 0.2]]) - 0.5j * np.array([[0.8, 0.2j], [-0.2j, 0.4]])
    return h, left, right


def through(h, left, right, energy=ENERGY, places=(LEFT, RIGHT)):
    leads = {"L": (sv.SelfEnergy(left), places[0]), "R": (sv.SelfEnergy(right), places[1])}
    return transmission(sv.System.from_matrices(h, leads), energy)


def test_the_molecule_conducts_as_carolis_formula_says():
    h, left, right = molecule()
    inverse = ENERGY * np.eye(SIZE) - h
    inverse[np.ix_(LEFT, LEFT)] -= left
    inverse[np.ix_(RIGHT, RIGHT)] -= right
    across = np.linalg.inv(inverse)[np.ix_(RIGHT, LEFT)]
    width_left, width_right = (1j * (sigma - sigma.conj().T) for sigma in (left, right))
    wanted = np.trace(width_right @ across @ width_left @ across.conj().T).real
    assert 0.05 < wanted < 1.95
    assert through(h, left, right) == pytest.approx(wanted, abs=1e-12)


def test_a_phase_at_each_orbital_changes_no_transmission():
    h, left, right = molecule()
    phase = np.exp(0.4j * np.arange(SIZE) ** 2)
    turn = np.outer(phase, phase.conj())
    turned = (h * turn, left * turn[np.ix_(LEFT, LEFT)], right * turn[np.ix_(RIGHT, RIGHT)])
    assert through(*turned) == pytest.approx(through(h, left, right), abs=1e-12)


def test_the_unit_of_energy_changes_no_transmission():
    h, left, right = molecule()
    scaled = through(2.7 * h, 2.7 * left, 2.7 * right, 2.7 * ENERGY)
    assert scaled == pytest.approx(through(h, left, right), abs=1e-12)


def test_the_order_of_the_orbitals_changes_no_transmission():
    h, left, right = molecule()
    new = np.array([2, 4, 1, 0, 3])  # orbital i becomes new[i]
    old = np.argsort(new)
    renamed = through(h[np.ix_(old, old)], left, right, places=(new[LEFT], new[RIGHT]))
    assert renamed == pytest.approx(through(h, left, right), abs=1e-12)


def test_the_lattice_cut_in_two_conducts_nothing_at_any_temperature():
    """K06 for hoppings that are zero, at the band centre, where elimination is corrected: each piece by itself."""
    wire = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    cut = sv.Model(sv.lattice.square(), sv.hopping(lambda x1, x2: -1.0 * ((x1 < 0.5) == (x2 < 0.5))))
    region = cut.region(sv.shape.rectangle(length=7, width=4))
    system = region.lead("L", wire, "-x").lead("R", wire, "+x")
    energies = np.concatenate([[3.625117049988528e-06], np.logspace(-9, 0, 60)])
    assert sv.scattering_matrix(system, energies).transmission("R", "L").values.max() == 0.0
    assert sv.conductance(system, mu=0.0, temperature=4.2).item() == 0.0
