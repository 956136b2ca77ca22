"""Lattice systems against closed forms: chains with scatterers, wires, levels, stubs, magnetic wires.

Chains have H_(n,n+1) = −t and E = −2t cos k with t = 1 eV.
"""

import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import FLUX_QUANTUM, HBAR2_OVER_2M
from sharvin.leads import PeriodicLead

CHAIN = (0.0, -1.0)


def between_chains(h, first=0, last=-1):
    """A region between two uniform chains that end on its orbitals `first` and `last`."""
    h = np.atleast_2d(np.asarray(h, dtype=float))
    last = last % len(h)
    return sv.System.from_matrices(h, leads={"L": (*CHAIN, [first]), "R": (*CHAIN, [last])})


def chain_of(onsite):
    onsite = np.asarray(onsite, dtype=float)
    hop = -np.ones(len(onsite) - 1)
    return np.diag(onsite) + np.diag(hop, 1) + np.diag(hop, -1)


def transmission(system, energy):
    return sv.scattering_matrix(system, energy).transmission("R", "L")


@pytest.mark.parametrize(
    ("U", "values"),
    [
        (0.5, [0.6093750000000001, 0.9230769230769231, 0.9411764705882353, 0.9335106382978724]),
        (1.0, [0.2805755395683454, 0.75, 0.8, 0.7782705099778271]),
        (3.0, [0.041533546325878606, 0.25, 0.3076923076923077, 0.28057553956834536]),
    ],
)
def test_impurity_in_a_chain(U, values):
    # T = 1/(1 + (U/(2t sin k))²). Economou, Green's Functions in Quantum Physics; Datta 1995.
    for energy, exact in zip([-1.9, -1.0, 0.0, 0.7], values, strict=True):
        assert transmission(between_chains([[U]]), energy) == pytest.approx(exact, rel=1e-10)


@pytest.mark.parametrize("U", [1.0, -0.6, 3.0])
@pytest.mark.parametrize("energy", [-1.9, -1.0, 0.0, 0.7])
def test_impurity_amplitudes(U, energy):
    # t = 1/(1 + iU/(2t sin k)), r = t − 1, with the reference plane of both leads at the impurity; det S = t/t* if the
    # outgoing waves stand in the order (R, L). Fisher and Lee, Phys. Rev. B 23, 6851 (1981); Datta 1995, section 3.4.
    S = sv.scattering_matrix(between_chains([[U]]), energy)
    t = 1 / (1 + 1j * U / (2 * np.sqrt(1 - energy**2 / 4)))
    np.testing.assert_allclose(S.matrix, [[t - 1, t], [t, t - 1]], atol=1e-12)
    assert np.linalg.det(S.matrix[::-1]) == pytest.approx(t / np.conj(t), abs=1e-12)


def test_impurity_amplitudes_at_unit_strength():
    # The values at U = 1, k = π/3 of Fisher and Lee's formulas.
    S = sv.scattering_matrix(between_chains([[1.0]]), -1.0)
    t, r = S.block("R", "L").item(), S.block("L", "L").item()
    assert t == pytest.approx(0.7499999999999999 - 0.43301270189221935j, rel=1e-10)
    assert r == pytest.approx(-0.2500000000000001 - 0.43301270189221935j, rel=1e-10)
    assert np.linalg.det(S.matrix[::-1]) == pytest.approx(0.4999999999999999 - 0.8660254037844386j, rel=1e-10)
    assert np.angle(t / r) % np.pi == pytest.approx(1.5707963267948968, rel=1e-10)


def test_phases_count_from_the_interface_of_each_lead():
    # Free sites n to the left and m to the right of an impurity: t and r gain e^{ik(n+m)} and e^{2ikn}.
    U, energy, n, m = 1.0, -1.0, 2, 3
    k = np.arccos(-energy / 2)
    S = sv.scattering_matrix(between_chains(chain_of([0.0] * n + [U] + [0.0] * m)), energy)
    t = 1 / (1 + 1j * U / (2 * np.sin(k)))
    expected = [
        [(t - 1) * np.exp(2j * k * n), t * np.exp(1j * k * (n + m))],
        [t * np.exp(1j * k * (n + m)), (t - 1) * np.exp(2j * k * m)],
    ]
    np.testing.assert_allclose(S.matrix, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("U", "energy"), [(0.5, 2.0615528128088303), (1.0, 2.23606797749979), (3.0, 3.605551275463989)]
)
def test_bound_state_of_an_impurity(U, energy):
    # E_b = √(4t² + U²), on a chain so long that its ends do not feel it (Economou).
    chain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0) + sv.onsite(lambda x: np.where(x == 0, U, 0.0)))
    h = chain.region(sv.shape.line(200)).hamiltonian().toarray()
    assert np.linalg.eigvalsh(h)[-1] == pytest.approx(energy, rel=1e-10)


@pytest.mark.parametrize(("level", "bound"), [(3.0, 3.1771243444677046), (1.4, None)])
def test_bound_state_of_a_level_between_chains(level, bound):
    # a = t_L² = t_R² = 1/4: above the band iff ε > 2 − 2a = 1.5 (Newns and Anderson).
    terms = sv.onsite(lambda x: np.where(x == 0, level, 0.0)) + sv.hopping(
        lambda x1, x2: np.where((x1 == 0) | (x2 == 0), -0.5, -1.0)
    )
    h = sv.Model(sv.lattice.chain(), terms).region(sv.shape.line(200)).hamiltonian().toarray()
    highest = np.linalg.eigvalsh(h)[-1]
    assert highest < 2 if bound is None else highest == pytest.approx(bound, rel=1e-10)


@pytest.mark.parametrize(
    ("ratio", "energy", "expected"),
    [
        (0.2, 0.0, 0.14792899408284027),
        (0.2, 1.0, 0.11520737327188942),
        (0.5, 0.0, 0.64),
        (0.5, 1.0, 0.5714285714285714),
        (2.0, 0.0, 0.64),
        (2.0, 1.0, 0.5714285714285714),
    ],
)
def test_modified_bond(ratio, energy, expected):
    # T = 4a² sin²k/[(1 − a²)² + 4a² sin²k].
    assert transmission(between_chains([[0, -ratio], [-ratio, 0]]), energy) == pytest.approx(
        expected, rel=1e-10
    )


@pytest.mark.parametrize(
    ("energy", "expected"),
    [(-1.5, 6.007970572896434e-05), (-1.0, 0.04477611940298508), (0.0, 0.8), (1.0, 1.0)],
)
def test_lattice_barrier(energy, expected):
    # T = 1/(1 + (V/2 sin k)² U_{N−1}(x)²), x = (E − V)/2t, N = 8, V = 1 (Chebyshev polynomials of the second kind).
    assert transmission(between_chains(chain_of(np.ones(8))), energy) == pytest.approx(expected, rel=1e-9)


def test_deep_tunnelling_keeps_its_relative_accuracy():
    deep = transmission(between_chains(chain_of(3 * np.ones(60))), 0.0)
    assert deep == pytest.approx(1.5479389425851976e-50, rel=1e-6)


@pytest.mark.parametrize(
    ("energy", "cells", "expected"),
    [
        (-0.5, 2, 0.45368620037807184),
        (-0.5, 5, 0.057446398152346576),
        (-0.5, 10, 0.0017030921469612498),
        (0.4, 2, 0.9776923202268246),
        (0.4, 5, 0.873765944331624),
        (0.4, 10, 0.7909426059035294),
    ],
)
def test_locally_periodic_chain(energy, cells, expected):
    # T_N = 1/(1 + (1/T₁ − 1) sin²(Nφ)/sin²φ): N cells of one impurity U = 1 and two free sites.
    system = between_chains(chain_of([1.0, 0.0, 0.0] * cells))
    assert transmission(system, energy) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("sites", "energy", "expected"),
    [
        (1, 0.2, 0.3974905897114179),
        (1, 0.9, 0.9149787535410765),
        (3, 0.2, 0.7333333333333334),
        (3, 0.9, 0.9976367906631254),
        (1, 0.0, 0.0),
        (3, 0.0, 0.0),
        (3, -np.sqrt(2), 0.0),
        (3, np.sqrt(2), 0.0),
        (3, 1.0, 1.0),
        (3, -1.0, 1.0),
        (2, 0.0, 1.0),
    ],
)
def test_side_coupled_stub(sites, energy, expected):
    # T = 1/(1 + (Σ_s/2 sin k)²), Σ_s = V² U_{N−1}(E/2)/U_N(E/2), V = 0.7: zeros at the levels of the stub, T = 1 at
    # the zeros of Σ_s, the levels of the stub without its first site. Sols et al., J. Appl. Phys. 66, 3892 (1989).
    h = np.zeros((sites + 1, sites + 1))
    h[1:, 1:] = chain_of(np.zeros(sites)) if sites > 1 else 0.0
    h[0, 1] = h[1, 0] = 0.7
    assert transmission(between_chains(h, 0, 0), energy) == pytest.approx(expected, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize(
    ("level", "energy", "expected"),
    [
        (0.0, 0.0, 1.0),
        (0.0, 1.0, 0.25),
        (0.0, 1.8, 0.025401069518716568),
        (1.5, 0.0, 0.1),
        (1.5, 1.0, 0.25),
        (1.5, 1.8, 0.6785714285714287),
    ],
)
def test_level_between_chains(level, energy, expected):
    # T = a²(4 − E²)/[(E(1 − a) − ε)² + a²(4 − E²)], a = t_L² = t_R² = 1/4: leads that couple by another hopping.
    lead = (*CHAIN, [0], [[-0.5]])
    system = sv.System.from_matrices([[level]], leads={"L": lead, "R": lead})
    assert transmission(system, energy) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("v", "w", "dimers", "expected"),
    [
        (1.0, 0.6, 4, 0.045586359433267186),
        (1.0, 0.6, 10, 0.0001015547996524224),
        (0.6, 1.0, 4, 0.23596677342694578),
        (0.6, 1.0, 10, 0.0005848142840076454),
    ],
)
def test_ssh_chain_between_wide_bands(v, w, dimers, expected):
    # T(0) = 4y/(1 + y)², y = (Γ²/4) w^{2(N−1)}/v^{2N}, Γ = 1 (Su, Schrieffer and Heeger's chain, at mid-gap).
    hop = np.array(([v, w] * dimers)[:-1])
    wide = sv.WideBand(1.0)
    system = sv.System.from_matrices(
        np.diag(hop, 1) + np.diag(hop, -1), leads={"L": (wide, [0]), "R": (wide, [2 * dimers - 1])}
    )
    assert transmission(system, 0.0) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("energy", "modes"), [(-3.9, 1), (-3.5, 2), (-2.0, 5), (-0.5, 8), (0.0, 10), (1.0, 7), (3.0, 3), (4.1, 0)]
)
def test_hard_wall_wire_counts_its_modes(energy, modes):
    # N(E) = #{n : |E + 2 cos(nπ/(M+1))| < 2}, M = 10 sites across; T = N to 1e-10, at the band centre as well.
    wire = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    region = wire.region(sv.shape.rectangle(length=13, width=11, center=(0, 0.5)))
    system = region.lead("L", wire, "-x").lead("R", wire, "+x")
    S = sv.scattering_matrix(system, energy)
    assert S.mode_count("L") == modes
    assert S.transmission("R", "L") == pytest.approx(modes, abs=1e-10)
    assert S.transmission("L", "L") == pytest.approx(0.0, abs=1e-10)


def test_mode_count_of_a_square_wire():
    # kW/π = 10.5: 77 modes (n, m) with n² + m² < 110.25; Sharvin 1965. On 29 × 29 sites the levels lie a little lower,
    # but the same 77 below the same gap.
    M = 29
    across = 2 - 2 * np.cos(np.arange(1, M + 1) * np.pi / (M + 1))
    levels = np.sort(np.add.outer(across, across).ravel())
    n2 = np.add.outer(*[np.arange(1, M + 1) ** 2] * 2)
    inside = np.add.outer(across, across)[n2 < 10.5**2]
    assert inside.size == 77
    assert inside.max() < levels[77]
    wire = sv.Model(sv.lattice.cubic(), sv.onsite(6.0) + sv.hopping(-1.0))
    system = wire.region(sv.shape.box((1.5, M + 1, M + 1))).lead("L", wire, "-x").lead("R", wire, "+x")
    S = sv.scattering_matrix(system, 0.5 * (inside.max() + levels[77]))
    assert S.mode_count("L") == S.mode_count("R") == 77
    assert S.transmission("R", "L") == pytest.approx(77, abs=1e-9)


def test_discretized_barrier_converges_with_order_two():
    # ħ²/2m = 1, V0 = 2, L = 1.5, E = 1: T = 0.18070663892364858; a grid of spacing a errs by O(a²), 1e-3 at L/200.
    exact, errors = 0.18070663892364858, []
    reference = {50: 1.8392683398621434e-05, 100: 4.599769299701295e-06, 200: 1.150042421460551e-06}
    for points in reference:
        a = 1.5 / points
        t = 1 / a**2
        lead = sv.Model(sv.lattice.chain(a=a), sv.onsite(2 * t) + sv.hopping(-t))
        # The wall lies half way between two sites.
        barrier = lead + sv.onsite(lambda x: np.where(np.abs(x) < 0.75 - 1e-9, 2.0, 0.0) + np.where(
            np.isclose(np.abs(x), 0.75), 1.0, 0.0))  # fmt: skip
        system = barrier.region(sv.shape.line(2.0)).lead("L", lead, "-x").lead("R", lead, "+x")
        errors.append(transmission(system, 1.0) - exact)
        # Differences of nearly equal numbers: known to the rounding of H, whose entries are 1/a².
        assert errors[-1] == pytest.approx(reference[points], rel=1e-6)
    assert errors[-1] < 1e-3 * exact
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.1)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2.0, abs=0.1)


def test_lattice_wire_and_hard_wall_channel_agree():
    # The subbands of a fine lattice approach those of the continuum, from below, with order a².
    width, mass, a = 20.0, 0.067, 0.5
    t = HBAR2_OVER_2M / mass / a**2
    wire = sv.Model(sv.lattice.square(a=a), sv.onsite(4 * t) + sv.hopping(-t))
    system = (
        wire.region(sv.shape.rectangle(length=4 * a, width=width)).lead("L", wire, "-x").lead("R", wire, "+x")
    )
    continuum = sv.thresholds(sv.HardWallChannel(width=width, mass=mass), (0, 0.15))
    lattice = sv.thresholds(system, (0, 0.15))
    exact_lattice = 2 * t * (1 - np.cos(np.arange(1, len(lattice) + 1) * np.pi * a / width))
    np.testing.assert_allclose(lattice, exact_lattice, rtol=1e-9)
    np.testing.assert_allclose(lattice, continuum[: len(lattice)], rtol=(np.pi * 3 * a / width) ** 2 / 12)


def test_landau_levels_in_a_wide_wire():
    # States in the middle of a wide wire lie at ħω_c(n + 1/2), ħω_c = ħeB/m = 4π (ħ²/2m) B/(h/e), but for the lattice.
    mass, a, field = 0.067, 1.0, 20.0
    t = HBAR2_OVER_2M / mass / a**2
    wire = sv.Model(sv.lattice.square(a=a), sv.onsite(4 * t) + sv.hopping(-t))
    system = (
        wire.region(sv.shape.rectangle(length=3 * a, width=60)).lead("R", wire, "+x").field(sv.param("B"))
    )
    cyclotron = 4 * np.pi * HBAR2_OVER_2M / mass * field / FLUX_QUANTUM
    momenta = np.array([0.0, 0.1, -0.2, 0.9])
    bands = sv.bands(system, lead="R", momenta=momenta, B=field).values
    np.testing.assert_allclose(bands[0, :2], cyclotron * np.array([0.5, 1.5]), rtol=0.01)
    # Harper's equation, diagonalized: rows y with the energy 4t − 2t cos(k + 2πBay/(h/e)), coupled by −t.
    y = np.arange(-29, 30) * a
    hop = np.eye(len(y), k=1) + np.eye(len(y), k=-1)
    for k, found in zip(momenta, bands, strict=True):
        rows = 4 * t - 2 * t * np.cos(k + 2 * np.pi * field * a * y / FLUX_QUANTUM)
        np.testing.assert_allclose(found, np.linalg.eigvalsh(np.diag(rows) - t * hop), rtol=1e-9)


def test_onsager_and_chirality_in_a_field():
    # T_αβ(B) = T_βα(−B); electrons in B ∥ +z circle counter-clockwise, so they skip to the right along the upper edge.
    t = 1.0
    wire = sv.Model(sv.lattice.square(a=1.0), sv.onsite(4 * t) + sv.hopping(-t))
    dirty = wire + sv.onsite(lambda x, y: 0.7 * np.sin(17 * x + 5 * y**2))
    system = dirty.region(sv.shape.rectangle(21, 17)).lead("L", wire, "-x").lead("R", wire, "+x")
    system = system.field(sv.param("B"))
    B = 0.05 * FLUX_QUANTUM
    plus, minus = (sv.scattering_matrix(system, 0.9, B=sign * B) for sign in (1, -1))
    np.testing.assert_allclose(plus.transmission_matrix(), minus.transmission_matrix().T, atol=1e-12)
    bar = wire.region(sv.shape.rectangle(5, 41)).lead("R", wire, "+x").field(0.08 * FLUX_QUANTUM)
    cell = bar.lead_cell("R")
    edge = PeriodicLead(cell.h0, cell.v).modes(0.8)
    assert edge.count == 1
    weight = np.abs(edge.outgoing[:, 0]) ** 2
    height = bar.positions[cell.orbitals, 1]
    assert weight @ height / weight.sum() > 15
