"""Models against published numbers: a ring, a Hall bar, ribbons, Hofstadter's gaps, spin–orbit chains.

Lattices have ⟨r|H|r′⟩ = −t with t = 1 eV and a period of 1 nm unless stated otherwise.
"""

from itertools import pairwise

import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import FLUX_QUANTUM, HBAR2_OVER_2M

SIGMA_X, SIGMA_Y, SIGMA_Z = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
SPINS = {"up": np.diag([1.0, 0.0]), "down": np.diag([0.0, 1.0])}

# ---- a ring with a flux

THETA, PHI = 0.9, 1.1  # kL of each arm, and the flux times 2πe/h
RINGS = [(4 / 9, 0.9272900879406066), (0.25, 0.33572637615977935), (0.5, 0.9598388592050513)]


@pytest.mark.parametrize(("epsilon", "expected"), RINGS)
def test_a_ring_composed_of_junctions_and_arms(epsilon, expected):
    # M. Büttiker, Y. Imry and M. Ya. Azbel, Phys. Rev. A 30, 1982 (1984): r = −(a + b), √ε into each arm, a back and b
    # across. For ε = 4/9: T = 16c²/sin²θ / |4cot²θ − 1 − 4i cot θ − 4c²/sin²θ|², c = cos(φ/2).
    a, b, root = (np.sqrt(1 - 2 * epsilon) - 1) / 2, (np.sqrt(1 - 2 * epsilon) + 1) / 2, np.sqrt(epsilon)
    junction = np.array([[-(a + b), root, root], [root, a, b], [root, b, a]])
    turned = np.roll(junction, -1, axis=(0, 1))  # the arms first
    there, back = (np.diag(np.exp(1j * (THETA + sign * PHI / 2))) for sign in np.array([[1, -1], [-1, 1]]))
    arms = np.block([[np.zeros((2, 2)), back], [there, np.zeros((2, 2))]])
    ring = sv.series(
        sv.FixedScatterer(junction, leads={"left": 1, "right": 2}),
        sv.FixedScatterer(arms, leads={"left": 2, "right": 2}),
        sv.FixedScatterer(turned, leads={"left": 2, "right": 1}),
    )
    S = sv.scattering_matrix(ring, 0.0)
    assert S.transmission("right", "left") == pytest.approx(expected, rel=1e-10, abs=1e-12)
    if epsilon == 4 / 9:
        c, cot, sin = np.cos(PHI / 2), 1 / np.tan(THETA), np.sin(THETA)
        closed = 16 * c**2 / sin**2 / abs(4 * cot**2 - 1 - 4j * cot - 4 * c**2 / sin**2) ** 2
        assert S.transmission("right", "left") == pytest.approx(closed, rel=1e-10)


@pytest.mark.parametrize(("epsilon", "expected"), RINGS)
def test_the_ring_as_a_chain(epsilon, expected):
    # A site with the hoppings τ_i to chains has S = −1 + 2ττᵀ/τ², at all k, with (τ² − 2) cos k on site; ε = 2u(1 − u)
    # for the share u of τ² that belongs to the lead.
    bonds, share = 3, (1 - np.sqrt(1 - 2 * epsilon)) / 2
    k, outside = THETA / bonds, np.sqrt(2 * share / (1 - share))
    h = np.zeros((2 * bonds, 2 * bonds), dtype=complex)
    for arm, sign in (([0, 1, 2, 3], 1), ([0, 4, 5, 3], -1)):
        for start, end in pairwise(arm):
            h[end, start] = -np.exp(0.5j * sign * PHI / bonds)
    h = h + h.conj().T
    h[0, 0] = h[bonds, bonds] = outside**2 * np.cos(k)
    leads = {name: (0.0, -1.0, [site], [[-outside]]) for name, site in (("left", 0), ("right", bonds))}
    S = sv.scattering_matrix(sv.System.from_matrices(h, leads), -2 * np.cos(k))
    assert S.transmission("right", "left") == pytest.approx(expected, rel=1e-10, abs=1e-12)


# ---- the quantum Hall effect on a square lattice

SQUARE = sv.Model(sv.lattice.square(), sv.hopping(-1.0), spin_degeneracy=1)


def voltages(system, energy):
    """V of every terminal in (h/e²) × the current that enters at L and leaves at R, where V = 0."""
    T = sv.scattering_matrix(system, energy).transmission_matrix()
    names, G = T.lead_out.values.tolist(), np.diag(T.sum("lead_in").values) - T.values
    others = [number for number, name in enumerate(names) if name != "R"]
    current = np.array([1.0 if names[number] == "L" else 0.0 for number in others])
    found = np.linalg.solve(G[np.ix_(others, others)], current)
    return {"R": 0.0, **{names[number]: float(v) for number, v in zip(others, found, strict=True)}}


def hall_bar(flux):
    """30 × 10 sites; as much flux through the plaquettes of the leads L and R, but none through the probes'."""
    bar = SQUARE.region(sv.shape.rectangle(31, 11, center=(14.5, 4.5)))
    bar = bar.lead("L", SQUARE, "-x").lead("R", SQUARE, "+x").field(flux * FLUX_QUANTUM)
    cells = {name: bar.lead_cell(name) for name in bar.leads}
    leads = {name: (cell.h0, cell.v, cell.orbitals) for name, cell in cells.items()}
    x, y = bar.positions[:, :2].T.round()
    probe = -(np.eye(4, k=1) + np.eye(4, k=-1)), -np.eye(4)
    for name, row, start in (("upper 1", 9, 6), ("upper 2", 9, 20), ("lower 1", 0, 6), ("lower 2", 0, 20)):
        leads[name] = (*probe, np.flatnonzero((y == row) & (x >= start) & (x < start + 4)))
    return sv.System.from_matrices(bar.hamiltonian(), leads, spin_degeneracy=1)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_hall_bar_with_six_terminals(sign):
    # D. R. Hofstadter, Phys. Rev. B 14, 2239 (1976); D. J. Thouless et al., Phys. Rev. Lett. 49, 405 (1982);
    # H. U. Baranger and A. D. Stone, Phys. Rev. B 40, 8169 (1989). The edges of ten sites overlap a little.
    V = voltages(hall_bar(sign * 0.2), -2.6)
    along = {"upper": 4.132828400615907e-06, "lower": 4.133794561156634e-06}
    for edge, expected in along.items():
        assert V[f"{edge} 1"] - V[f"{edge} 2"] == pytest.approx(expected, abs=2e-5)
    # Electrons that come from L keep to the upper edge for B > 0, and its probes follow L.
    for number in "12":
        across = V[f"upper {number}"] - V[f"lower {number}"]
        assert sign * across == pytest.approx(0.9999981953148129, abs=2e-5)
        assert abs(sign * across - 1) < 1e-4
    assert V["L"] == pytest.approx(1.0000070874503366, abs=2e-5)


def test_a_hall_bar_on_the_lattice_with_the_field_in_its_probes_too():
    bar = SQUARE.region(sv.shape.rectangle(31, 11, center=(14.5, 4.5)))
    bar = bar.lead("L", SQUARE, "-x").lead("R", SQUARE, "+x")
    probes = {"1": ("+y", -7.5), "2": ("+y", -22.5), "3": ("-y", 7.5), "4": ("-y", 22.5)}
    for name, (direction, center) in probes.items():
        bar = bar.lead(name, SQUARE, direction, shape=sv.shape.strip(5.0, center=center))
    V = voltages(bar.field(0.2 * FLUX_QUANTUM), -2.6)
    ideal = {"L": 1, "R": 0, "1": 1, "2": 1, "3": 0, "4": 0}
    assert max(abs(V[name] - ideal[name]) for name in bar.leads) < 2e-5


GAPS = {
    (1, 3): [(-1.3660254037844384, 1), (1.3660254037844388, -1)],
    (1, 5): [
        (-2.1252635164918923, 1),
        (-0.6420395219202061, 2),
        (0.6420395219202062, -2),
        (2.1252635164918923, -1),
    ],
    (2, 5): [
        (-2.254159785921101, -2),
        (-0.9451427915461544, 1),
        (0.9451427915461539, -1),
        (2.254159785921102, 2),
    ],
}


@pytest.mark.parametrize(
    ("p", "q", "energy", "chern"), [(p, q, *gap) for (p, q), gaps in GAPS.items() for gap in gaps]
)
def test_edge_channels_in_the_gaps_of_hofstadters_butterfly(p, q, energy, chern):
    # Gap r of the flux p/q has r = qs + p·t with |t| ≤ q/2: |t| channels, which go to the right along the upper edge
    # for t > 0. D. J. Thouless et al., Phys. Rev. Lett. 49, 405 (1982); Y. Hatsugai, Phys. Rev. Lett. 71, 3697 (1993).
    ribbon = SQUARE.region(sv.shape.rectangle(3, 61, center=(0, 0.5)))  # 60 sites across
    ribbon = ribbon.lead("L", SQUARE, "-x").lead("R", SQUARE, "+x").field(p / q * FLUX_QUANTUM)
    S = sv.scattering_matrix(ribbon, energy)
    assert S.mode_count("L") == S.mode_count("R") == abs(chern)
    assert S.transmission("R", "L") == pytest.approx(abs(chern), abs=1e-10)
    density = sv.scattering_states(ribbon, energy).density().sel(lead_in="L").values
    height = np.sign(ribbon.positions[:, 1] - 0.5)  # the slower edge states reach the other half a little
    assert (density * height).sum() / density.sum() == pytest.approx(np.sign(chern), abs=2e-3)


# ---- graphene ribbons

A = 0.246
GRAPHENE = sv.Model(sv.lattice.honeycomb(A), sv.hopping(-1.0))


def armchair(lines):
    width = (lines + 1) * A / 2
    ribbon = GRAPHENE.region(sv.shape.rectangle(width, 3 * A, center=(width / 2, 0.0)))
    return ribbon.lead("L", GRAPHENE, "-y").lead("R", GRAPHENE, "+y")


def zigzag(lines):
    row, bond = np.sqrt(0.75) * A, A / np.sqrt(3)
    low, high = bond - 0.01, lines * row + 0.01  # from a row of B to one of A
    ribbon = GRAPHENE.region(sv.shape.rectangle(3 * A, high - low, center=(0.0, (low + high) / 2)))
    return ribbon.lead("L", GRAPHENE, "-x").lead("R", GRAPHENE, "+x")


@pytest.mark.parametrize(
    ("lines", "gap", "modes"),
    [
        (5, 0.0, [1, 1, 1, 2, 2, 1]),
        (6, 0.4939592074349344, [0, 1, 1, 3, 3, 2]),
        (7, 0.46926627053964065, [0, 1, 2, 3, 3, 2]),
        (8, 0.0, [1, 1, 1, 4, 4, 2]),
        (11, 0.0, [1, 1, 3, 4, 5, 3]),
    ],
)
def test_armchair_ribbons_of_graphene(lines, gap, modes):
    # N(E) = #{p ≤ N/2 : |1 − 2c| < |E| < 1 + 2c}, c = cos(pπ/(N + 1)); metals for N = 3m + 2. K. Wakabayashi et al.,
    # Sci. Technol. Adv. Mater. 11, 054504 (2010); Y.-W. Son, M. L. Cohen and S. G. Louie, Phys. Rev. Lett. 97, 216803
    # (2006).
    ribbon = armchair(lines)
    S = sv.scattering_matrix(ribbon, [0.05, 0.3, 0.5, 0.9, 1.3, 2.1])
    assert S.mode_count("L").values.tolist() == modes
    assert np.abs(S.transmission("R", "L").values - modes).max() < 1e-10
    levels = sv.bands(ribbon, "R", momenta=[0.0]).values
    assert 2 * np.abs(levels).min() == pytest.approx(gap, abs=1e-12)


@pytest.mark.parametrize(("lines", "modes"), [(4, [1, 1, 1, 1, 3, 4, 2]), (8, [1, 1, 1, 3, 5, 7, 5])])
def test_zigzag_ribbons_of_graphene(lines, modes):
    # M. Fujita et al., J. Phys. Soc. Jpn. 65, 1920 (1996).
    ribbon = zigzag(lines)
    S = sv.scattering_matrix(ribbon, [0.01, 0.1, 0.3, 0.6, 0.9, 1.2, 2.0])
    assert S.mode_count("L").values.tolist() == modes
    assert np.abs(S.transmission("R", "L").values - modes).max() < 1e-10


def test_bands_of_a_zigzag_ribbon():
    # At ka = 2, from the secular equation of K. Wakabayashi et al. (2010).
    upper = [0.4127326539571375, 1.0557556539501387, 1.5994514278154461, 1.9564284278224455]
    found = sv.bands(zigzag(4), "R", momenta=[2.0, -2.0]).values
    assert np.abs(found - np.concatenate([-np.array(upper[::-1]), upper])).max() < 1e-12


# ---- spin–orbit coupling


@pytest.mark.parametrize(
    ("bonds", "kept", "flipped"),
    [
        (5, 0.30383686199308896, 0.6961631380069111),
        (8, 7.002433343441753e-05, 0.9999299756665656),
        (20, 0.4790857234964316, 0.5209142765035684),
    ],
)
@pytest.mark.parametrize("made_of", ["matrices", "terms"])
def test_a_spin_turns_in_a_rashba_chain(bonds, kept, flipped, made_of):
    # T = cos²(N atan(λ/t)) and sin²(…), at any energy, for hoppings −t + iλσ_y between leads with √(t² + λ²).
    # S. Datta and B. Das, Appl. Phys. Lett. 56, 665 (1990); F. Mireles and G. Kirczenow, Phys. Rev. B 64, 024426
    # (2001).
    coupling, matched = 0.2, -np.sqrt(1.04) * np.eye(2)
    if made_of == "matrices":
        h = np.kron(np.eye(bonds + 1, k=-1), -np.eye(2) + 1j * coupling * SIGMA_Y)
        ends = {"L": [0, 1], "R": [2 * bonds, 2 * bonds + 1]}
        leads = {name: (np.zeros((2, 2)), matched, sites) for name, sites in ends.items()}
        system = sv.System.from_matrices(
            h + h.conj().T, leads, conserved=dict.fromkeys("LR", SPINS), spin_degeneracy=1
        )
    else:
        lattice = sv.lattice.square(orbitals=("up", "down"))
        wire = sv.Model(lattice, sv.hopping(-1.0, offset=(1, 0)) + sv.terms.rashba(alpha=-2 * coupling))
        lead = sv.Model(lattice, sv.hopping(matched, offset=(1, 0)))
        region = wire.region(sv.shape.rectangle(bonds + 1, 1.5, center=(bonds / 2, 0.0)))
        system = region.lead("L", lead, "-x", conserved=SPINS).lead("R", lead, "+x", conserved=SPINS)
    S = sv.scattering_matrix(system, [0.6, -1.3])
    for one, other in (("up", "down"), ("down", "up")):
        found = S.transmission(f"R:{one}", f"L:{one}").values, S.transmission(f"R:{other}", f"L:{one}").values
        assert found[0] == pytest.approx(kept, rel=1e-10, abs=1e-12)
        assert found[1] == pytest.approx(flipped, rel=1e-10, abs=1e-12)


HALF_TURN = 239.38823652841205  # πħ²/2mα in nm, for m = 0.05 and α = 10⁻¹¹ eV m


def half_turn_by_transport(a):
    """The length after which a spin is turned over, from how far 100 nm turn it, on a lattice of period a."""
    lattice = sv.lattice.square(a, orbitals=("up", "down"))
    lead = sv.Model(lattice, sv.terms.kinetic(mass=0.05))
    region = sv.Model(lattice, lead.terms + sv.terms.rashba(alpha=0.01)).region(
        sv.shape.rectangle(100 + a / 2, 1.5 * a)
    )
    system = region.lead("L", lead, "-x", conserved=SPINS).lead("R", lead, "+x", conserved=SPINS)
    across = HBAR2_OVER_2M / 0.05 * 2 / a**2  # of one row, above which the wire conducts
    S = sv.scattering_matrix(system, across + 0.02)
    ratio = S.transmission("R:down", "L:up") / S.transmission("R:up", "L:up")
    return np.pi * 100 / (2 * np.arctan(np.sqrt(ratio)))


def half_turn_by_bands(a):
    """π over the difference of the momenta that two bands have at one energy: twice that of their minima."""
    lattice = sv.lattice.square(a, orbitals=("up", "down"))
    gas = sv.Model(lattice, sv.terms.kinetic(mass=0.05) + sv.terms.rashba(alpha=0.01))
    lowest = np.pi / (2 * HALF_TURN) + np.array([-1e-3, 0.0, 1e-3])
    below, middle, above = sv.bulk_bands(gas, np.column_stack([lowest, 0 * lowest])).values[:, 0]
    # E = const − C cos((k − k₀)a): three values d apart in ka give k₀.
    d = 1e-3 * a
    sine, cosine = (above - below) / np.sin(d), (above + below - 2 * middle) / (1 - np.cos(d))
    angle = np.arctan2(sine, cosine)
    return np.pi / (2 * (lowest[1] - angle / a))


@pytest.mark.parametrize("half_turn", [half_turn_by_transport, half_turn_by_bands])
def test_the_length_of_datta_and_das(half_turn):
    # S. Datta and B. Das, Appl. Phys. Lett. 56, 665 (1990). A lattice errs by a²: Richardson's limit.
    found = [half_turn(a) for a in (2.0, 1.0, 0.5)]
    assert abs(found[0] / HALF_TURN - 1) < 1e-4
    once = [(4 * fine - coarse) / 3 for coarse, fine in pairwise(found)]
    assert (16 * once[1] - once[0]) / 15 == pytest.approx(HALF_TURN, rel=1e-7)


def test_spin_orbit_coupling_alone_filters_no_spin():
    # Kramers: eigenvalues in pairs; one channel of one orbital is not polarized. J. H. Bardarson, J. Phys. A 41, 405203
    # (2008); F. Zhai and H. Q. Xu, Phys. Rev. Lett. 94, 246601 (2005).
    one, h = np.eye(2), np.zeros((8, 8), dtype=complex)
    bonds = -one + 0.3j * SIGMA_Y, -one + 0.5j * SIGMA_X, -0.7 * one + 0.2j * SIGMA_Z
    for number, bond in enumerate(bonds):
        h[2 * number + 2 : 2 * number + 4, 2 * number : 2 * number + 2] = bond
    h = h + h.conj().T + np.diag(np.repeat([0.0, 0.8, -0.4, 0.0], 2))
    leads = {"L": (0 * one, -one, [0, 1]), "R": (0 * one, -one, [6, 7])}
    S = sv.scattering_matrix(
        sv.System.from_matrices(h, leads, conserved=dict.fromkeys("LR", SPINS), spin_degeneracy=1), 0.5
    )
    assert S.transmission_eigenvalues("R", "L") == pytest.approx(2 * [0.5164145547675482], rel=1e-10)
    expected = {
        "up": (0.38754780348610507, 0.12886675128144326),
        "down": (0.12886675128144326, 0.3875478034861052),
    }
    for spin, wanted in expected.items():
        found = [S.transmission(f"R:{out}", f"L:{spin}") for out in ("up", "down")]
        assert found == pytest.approx(wanted, rel=1e-10)
