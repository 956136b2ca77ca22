"""Programs of devices, as a user types them, with their numbers."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import BOHR_MAGNETON, BOLTZMANN, E2_OVER_H, FLUX_QUANTUM, HBAR, HBAR2_OVER_2M

# ---- a flake of graphene with a hole, disorder and two leads at a right angle

lat   = sv.lattice.honeycomb(a=0.246)
bulk  = sv.Model(lat, sv.onsite(lambda sublattice, mass=0.0: mass * np.where(sublattice == "A", 1, -1)) + sv.hopping(-2.7))
dis   = sv.disorder(strength=0.5, seed=sv.param("seed"))
flake = (bulk + dis).region(sv.shape.disk(radius=40) - sv.shape.disk(radius=10))


def test_a_flake():
    device = flake.lead("left", bulk, direction=(-1, 0), shape=sv.shape.strip(width=20)) \
                  .lead("top",  bulk, direction=(0, 1),  shape=sv.shape.strip(width=20), shift=0.3)
    device = device.field(perpendicular=sv.param("B"))
    assert device.site_count == 180530
    S = sv.scattering_matrix(device, energy=0.2, B=5.0, seed=7)
    assert S.certificate.certified
    assert S.mode_count("left") == 4                            # of a ribbon 20 nm wide, at 5 T
    assert S.mode_count("top")  == 2                            # its Dirac point is 0.1 eV above the energy
    assert S.transmission("top", "left") == pytest.approx(1.418796780, abs=1e-6)
    assert S.transmission("left", "top") == pytest.approx(S.transmission("top", "left"), abs=1e-9)   # two leads
    assert S.transmission("left", "left") + S.transmission("top", "left") == pytest.approx(4, abs=1e-9)


# ---- the ring of the README: rough, dirty, threaded by a flux

def test_a_ring_of_graphene():
    graphene = sv.Model(sv.lattice.honeycomb(a=0.246), sv.hopping(-2.7))
    dirty    = graphene + sv.disorder(strength=0.3, seed=sv.param("seed"))        # belongs to sites and seed
    ring     = dirty.region(sv.shape.disk(radius=12) - sv.shape.disk(radius=5)).rough_edges(0.1, seed=1).trimmed()
    ring     = (ring.lead("left", graphene, direction="-x", shape=sv.shape.strip(width=6))
                    .opposite_lead("right", of="left")
                    .field(perpendicular=sv.param("B"))                           # tesla, or a function of x and y
                    .flux_tube(sv.param("flux"), at=(0, 0)))                      # in units of h/e

    T = sv.transmission(ring, energy=0.4, seed=7, B=2.0, flux=[0.0, 0.2, 0.5, 1.0])
    assert T.dims == ("flux",)
    assert float(T[-1]) == pytest.approx(float(T[0]), abs=1e-9)
    assert float(T.max() - T.min()) > 0.1
    table = sv.open_modes(ring, "left", energy=0.4, seed=7, B=2.0, flux=0.0)      # momenta and velocities
    assert int(table.mode_count) == 2
    assert (table.velocity < 1.5 * 0.246e-9 * 2.7 / (2 * HBAR) * 3**0.5).all()    # at most the Fermi velocity, about
    assert ring.plot(seed=7, B=0, flux=0).get_xlabel() == "x (nm)"


# ---- the models of a Rashba wire with pairing, as they are written down

def test_models_compose():
    rashba = sv.Model(sv.lattice.square(a=5.0, orbitals=("up", "down")),
                      sv.terms.kinetic(mass=0.023) + sv.terms.rashba(alpha=0.02) + sv.terms.zeeman(g=-15.0, B=sv.param("Bz")))
    wire   = sv.nambu(rashba, delta=sv.param("Delta"))              # particle–hole doubled
    assert sorted(wire.parameters) == ["Bz", "Delta"]
    levels = sv.levels(wire.region(sv.shape.rectangle(length=60, width=30)), Bz=0.5, Delta=1e-3)
    np.testing.assert_allclose(levels, -levels[::-1], atol=1e-12)


# ---- a tip above a sheet, and a wide junction

def test_a_tip_and_a_wide_junction():
    graphene = sv.Model(sv.lattice.honeycomb(a=0.246), sv.hopping(-2.7))
    tip      = sv.Model(sv.lattice.Lattice([[0, 0, 0.3]], basis=[[0, 0, 0.5]]), sv.hopping(-1.0))
    tunnel   = sv.contact(lambda x1, y1, x2, y2: 0.05 * np.exp(-np.hypot(x1 - x2, y1 - y2) / 0.1), within=0.7)
    sheet    = graphene.region(sv.shape.rectangle(length=8, width=5)).lead("left", graphene, "-x").opposite_lead("right", of="left")
    S        = sv.scattering_matrix(sheet.lead("tip", tip, "+z", contact=tunnel), energy=0.6)
    assert S.transmission("tip", "left") == pytest.approx(S.transmission("left", "tip"), rel=1e-9)
    assert S.transmission("left", "tip") + S.transmission("right", "tip") == pytest.approx(1 - S.transmission("tip", "tip"), abs=1e-12)
    assert 1e-5 < S.transmission("tip", "left") < 1e-2

    # A potential step in a gas, W → ∞: each ky meets the step of its own energy along x.
    t, a, mass = HBAR2_OVER_2M / 0.067 / 4.0, 2.0, 0.067
    gas   = sv.Model(sv.lattice.square(a=a), sv.terms.kinetic(mass=mass)).wrapped("+y", momentum=sv.param("ky"))
    lower = gas.region(sv.shape.line(20)).lead("left", gas, "-x").lead("right", gas + sv.onsite(0.02), "+x")
    T     = sv.transmission(lower, energy=0.05, ky=[0.0, 0.2, 0.3])
    for ky, found in zip(T.ky.values, T.values, strict=True):
        k, q = (np.arccos(1 - (0.05 - V - 2 * t * (1 - np.cos(ky))) / (2 * t)) for V in (0.0, 0.02))
        # Amplitudes at the step between chains of equal hopping: |S|² = sin k sin q / sin²((k + q)/2).
        assert found == pytest.approx(np.sin(k) * np.sin(q) / np.sin((k + q) / 2) ** 2, rel=1e-9)


# ---- a Rashba wire, as a normal conductor and as a superconductor

square = sv.lattice.square(a=5.0, orbitals=("up", "down"))
gas    = sv.Model(square, sv.onsite(-0.02) + sv.terms.kinetic(mass=0.023) + sv.terms.zeeman(g=-15.0, B=sv.param("Bz")))
rashba = sv.Model(square, gas.terms + sv.terms.rashba(alpha=0.02))
wire   = sv.nambu(rashba, delta=sv.param("Delta"))
strip  = sv.shape.rectangle(length=200, width=60)
spins  = {"up": np.diag([1, 0]), "down": np.diag([0, 1])}
kinds  = {f"{kind} {spin}": np.diag(np.eye(4)[2 * n + m]) for n, kind in enumerate(("electron", "hole"))
                                                          for m, spin in enumerate(spins)}


def test_spins_turn_in_a_rashba_wire():
    system = rashba.region(strip).lead("left", gas, "-x", conserved=spins).lead("right", gas, "+x", conserved=spins)
    S = sv.scattering_matrix(system, energy=0.0, Bz=0.5)
    assert S.mode_count("left:up") == S.mode_count("left:down") == 2
    assert S.transmission("right:up", "left:down") == pytest.approx(1.569775468319, rel=1e-9)     # blocks of a conserved quantity
    assert S.transmission("right:up", "left:up")   == pytest.approx(0.425466413378, rel=1e-9)
    # The half turn about z, and time reversal with the mirror y → −y, leave H as it is: up ← down is down ← up.
    assert S.transmission("right:down", "left:up") == pytest.approx(S.transmission("right:up", "left:down"), rel=1e-9)
    every = [S.transmission(f"{lead}:{spin}", "left:down") for lead in ("left", "right") for spin in spins]
    assert sum(every) == pytest.approx(2, abs=1e-10)


def test_a_superconducting_rashba_wire():
    normal = sv.nambu(gas)
    system = wire.region(strip).lead("left", normal, "-x", conserved=kinds).lead("right", normal, "+x", conserved=kinds)

    # H of electrons and holes: τ_x H* τ_x = −H.
    h  = system.hamiltonian(Bz=0.5, Delta=1e-3).toarray()
    tx = np.kron(np.eye(system.site_count), np.kron([[0, 1], [1, 0]], np.eye(2)))
    assert np.abs(tx @ h.conj() @ tx + h).max() < 1e-15

    # S: the probability from a to b at E is that from the antiparticle of a to that of b at −E.
    other = {kind: kind.replace("electron", "x").replace("hole", "electron").replace("x", "hole") for kind in kinds}
    plus  = sv.scattering_matrix(system, energy=+0.3e-3, Bz=0.5, Delta=1e-3)
    minus = sv.scattering_matrix(system, energy=-0.3e-3, Bz=0.5, Delta=1e-3)
    for out, into in [(o, i) for o in kinds for i in kinds]:
        for a, b in (("left", "left"), ("right", "left"), ("left", "right")):
            assert plus.transmission(f"{a}:{out}", f"{b}:{into}") == pytest.approx(
                minus.transmission(f"{a}:{other[out]}", f"{b}:{other[into]}"), abs=1e-10)

    # A singlet takes an up electron and leaves a hole of the down band; without Δ it is the normal wire.
    assert plus.transmission("left:hole down", "left:electron up") > 100 * plus.transmission("left:hole up", "left:electron up")
    plain = sv.scattering_matrix(system, energy=0.0, Bz=0.5, Delta=0.0)
    assert plain.transmission("right:electron up", "left:electron down") == pytest.approx(1.569775468319, rel=1e-9)
    assert plain.transmission("left:hole down", "left:electron up") == 0


def test_the_bands_of_rashba():
    fine = sv.lattice.square(a=0.5, orbitals=("up", "down"))
    free = sv.Model(fine, sv.terms.kinetic(mass=0.023) + sv.terms.rashba(alpha=0.02) + sv.terms.zeeman(g=-15.0, B=sv.param("Bz")))
    k    = np.array([0.0, 0.005, 0.02, -0.05])                                    # 1/nm
    E    = sv.bulk_bands(free, np.column_stack([k, 0 * k]), Bz=0.0)
    free_electron = HBAR2_OVER_2M / 0.023 * k**2
    wanted = np.column_stack([free_electron - 0.02 * abs(k), free_electron + 0.02 * abs(k)])    # ħ²k²/2m ± αk
    np.testing.assert_allclose(E, wanted, atol=4e-7)                              # but for (ka)²/6 of αk, and /12 of ħ²k²/2m
    split  = np.hypot(0.02 * k, 15 * BOHR_MAGNETON * 0.5 / 2)                     # with a field, ± √(α²k² + (gμ_BB/2)²)
    E = sv.bulk_bands(free, np.column_stack([k, 0 * k]), Bz=0.5)
    np.testing.assert_allclose(E, np.column_stack([free_electron - split, free_electron + split]), atol=4e-7)


def test_a_wire_has_one_mode_in_the_gap_of_zeeman():
    line   = sv.lattice.square(a=5.0, orbitals=("up", "down"))
    row    = sv.Model(line, sv.terms.kinetic(mass=0.023) + sv.terms.rashba(alpha=0.02) + sv.terms.zeeman(g=-15.0, B=sv.param("Bz")))
    system = row.region(sv.shape.rectangle(20, 6)).lead("left", row, "-x").lead("right", row, "+x")       # one row of sites
    bottom = 2 * HBAR2_OVER_2M / 0.023 / 5.0**2                                   # ħ²/ma² of the motion across
    gap    = 15 * BOHR_MAGNETON * 0.1
    S = sv.scattering_matrix(system, bottom + gap * np.array([-0.6, 0.0, 0.6]), Bz=0.1)
    assert S.mode_count("left").values.tolist() == [2, 1, 2]                      # spin–orbit coupling is stronger than the field
    np.testing.assert_allclose(S.transmission("right", "left"), [2, 1, 2], atol=1e-10)
    edges = sv.thresholds(system, window=(bottom - gap, bottom + gap), Bz=0.1) - bottom
    deep  = 0.023 * 0.02**2 / HBAR2_OVER_2M / 4                                   # mα²/2ħ²
    np.testing.assert_allclose(edges[1:], [-gap / 2, gap / 2], rtol=1e-8)
    assert edges[0] == pytest.approx(-deep - gap**2 / (16 * deep), rel=1e-3)      # where the band begins, but for (ka)²
    mu, T = np.array([-7e-5, 0.0, 7e-5]), 0.1
    fermi = 1 / (1 + np.exp((edges[:, None] - mu) / (BOLTZMANN * T)))
    G     = sv.conductance(system, mu=bottom + mu, temperature=T, Bz=0.1)
    np.testing.assert_allclose(G / E2_OVER_H, [2, -1, 1] @ fermi, rtol=1e-9)


def test_a_dirty_contact_to_a_superconductor():
    """R_he = Σ τ²/(2 − τ)² at E = 0: C. W. J. Beenakker, Phys. Rev. B 46, 12841 (1992)."""
    metal = sv.Model(sv.lattice.square(), sv.onsite(2.3) + sv.hopping(-1.0))
    dirty = metal + sv.onsite(lambda x, y: 1.2 * np.sin(37 * x + 91 * y**2) * (abs(x) < 5))
    field = sv.shape.rectangle(14, 9)

    system = dirty.region(field).lead("N", metal, "-x").lead("S", metal, "+x")
    tau    = sv.scattering_matrix(system, energy=0.0).transmission_eigenvalues("S", "N")

    doubled = sv.nambu(dirty).region(field).lead("N", sv.nambu(metal), "-x") \
                             .lead("S", sv.nambu(metal, delta=sv.param("Delta")), "+x")
    R_he  = [sv.scattering_matrix(doubled, energy=0.0, Delta=Delta).transmission("N:hole", "N:electron") for Delta in (2e-4, 1e-4)]
    limit = 2 * R_he[1] - R_he[0]                                                 # Δ ≪ E_F
    assert len(tau) == 4
    assert tau[0] > 0.9 > 0.5 > tau[-1]
    assert limit == pytest.approx((tau**2 / (2 - tau)**2).sum(), rel=1e-8)


@pytest.mark.parametrize("Z", [0.0, 0.5, 2.0])
def test_andreev_reflection_at_a_barrier(Z):
    """1/(1 + 2Z²)² at E = 0: G. E. Blonder, M. Tinkham and T. M. Klapwijk, Phys. Rev. B 25, 4515 (1982)."""
    chain   = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    barrier = chain + sv.onsite(lambda x, U: np.where(x == 0, U, 0.0))            # at the band centre Z = U/ħv = U/2t
    system  = sv.nambu(barrier).region(sv.shape.line(1.5)).lead("N", sv.nambu(chain), "-x") \
                               .lead("S", sv.nambu(chain, delta=1e-5), "+x")
    S = sv.scattering_matrix(system, energy=1e-12, U=2 * Z)
    assert S.transmission("N:hole", "N:electron") == pytest.approx(1 / (1 + 2 * Z**2)**2, rel=1e-4)


# ---- graphene

graphene = sv.Model(sv.lattice.honeycomb(a=0.246), sv.hopping(-2.7))
velocity = np.sqrt(3) / 2 * 2.7 * 0.246                                           # ħv in eV nm


def magnetic_length(B):
    return np.sqrt(FLUX_QUANTUM / (2 * np.pi * B))                                # √(ħ/eB) in nm


def test_a_zigzag_ribbon_has_an_odd_number_of_modes():
    W      = 10.0
    ribbon = graphene.region(sv.shape.rectangle(length=1.0, width=W)).lead("left", graphene, "-x").lead("right", graphene, "+x")
    E      = np.pi * velocity / W * np.array([0.25, 1.0, 2.0, 3.0, 4.0])          # one subband of each valley every πħv/W, about
    T      = sv.transmission(ribbon, E)
    np.testing.assert_allclose(T, [1, 1, 3, 5, 7], atol=1e-9)
    np.testing.assert_allclose(sv.transmission(ribbon, -E), T, atol=1e-9)


@pytest.mark.parametrize(("lines", "modes"), [(41, 1), (42, 0), (43, 0), (44, 1)])
def test_every_third_armchair_ribbon_is_metallic(lines, modes):
    W      = (lines + 1) * 0.246 / 2                                              # between the walls of `lines` dimer lines
    ribbon = graphene.region(sv.shape.rectangle(length=W, width=1.0, center=(W / 2, 0)))
    ribbon = ribbon.lead("lower", graphene, "-y").lead("upper", graphene, "+y")
    np.testing.assert_allclose(sv.transmission(ribbon, [-0.01, 0.01]), modes, atol=1e-9)
    gap    = {0: 2 * np.pi * velocity / (3 * W), 1: 0.0}[modes]                   # of q = (n + 1/3)π/W
    bands  = sv.bands(ribbon, lead="upper", momenta=[0.0])
    assert 2 * abs(bands).min() == pytest.approx(gap, rel=0.02, abs=1e-12)


def test_landau_levels_of_graphene():
    """E = ± √(2n) ħv/ℓ, lower by n(a/ℓ)²/8 on the lattice: P. Plochocka et al., Phys. Rev. Lett. 100, 087401 (2008)."""
    ribbon = graphene.region(sv.shape.rectangle(length=30, width=0.5)).lead("upper", graphene, "+y").field(sv.param("B"))
    left   = []
    for B in (120.0, 60.0):
        E    = sv.bands(ribbon, lead="upper", momenta=[0.0], B=B).values[0]       # orbits about the middle of the ribbon
        bent = (0.246 / magnetic_length(B))**2 / 8
        for n in (1, 2):
            level = np.sqrt(2 * n) * velocity / magnetic_length(B)
            pairs = E[abs(abs(E) - level) < 0.1 * level]                          # two valleys, electrons and holes
            assert len(pairs) == 4
            np.testing.assert_allclose(abs(pairs) / level, 1 - n * bent, atol=2 * n**2 * bent**2)
            assert n * bent < 3e-3
        assert (abs(E) < 1e-3 * velocity / magnetic_length(B)).sum() == 2         # n = 0
        left.append(bent)
    assert left[0] == pytest.approx(2 * left[1])                                  # it goes with the field


def test_landau_levels_of_a_gas():
    """ħω_c(n + 1/2), lower by ħω_c(a/ℓ)²(2n² + 2n + 1)/16: the mean of −(ħ²a²/24m)(k_x⁴ + k_y⁴)."""
    n, B  = np.arange(4), 10.0
    omega = 4 * np.pi * HBAR2_OVER_2M / 0.067 * B / FLUX_QUANTUM                  # ħω_c = ħeB/m
    for a in (2.0, 1.0):
        free = sv.Model(sv.lattice.square(a), sv.terms.kinetic(mass=0.067))
        bar  = free.region(sv.shape.rectangle(length=4, width=120)).lead("right", free, "+x").field(B)
        E    = sv.bands(bar, lead="right", momenta=[0.0]).values[0, :4] / omega
        small = (a / magnetic_length(B))**2
        np.testing.assert_allclose(E, n + 0.5 - small * (2 * n**2 + 2 * n + 1) / 16, atol=2 * small**2)


# ---- the quantum Hall effect

def hall_conductance(system, energy):
    """e²/h over R_xy, of four terminals: the current flows from source to drain."""
    T      = sv.scattering_matrix(system, energy).transmission_matrix()
    names  = ["source", "upper", "lower"]                                         # the drain is at V = 0
    G      = np.diag(T.sum("lead_in").values) - T.values
    rows   = [T.lead_out.values.tolist().index(name) for name in names]
    source, upper, lower = np.linalg.solve(G[np.ix_(rows, rows)], [1, 0, 0])
    assert source == pytest.approx(abs(upper - lower), abs=1e-5)                  # no resistance along an edge
    return 1 / (upper - lower)


def test_plateaus_of_graphene():
    B    = 200.0
    bar  = graphene.region(sv.shape.rectangle(length=24, width=12))
    bar  = bar.lead("source", graphene, "-x").lead("drain", graphene, "+x")
    bar  = bar.lead("upper",  graphene, "+y", shape=sv.shape.strip(6.0)).lead("lower", graphene, "-y", shape=sv.shape.strip(6.0))
    bar  = bar.field(B)
    E    = np.sqrt(2) * velocity / magnetic_length(B)
    for share, plateau in ((-1.2, -6), (-0.5, -2), (0.5, 2), (0.7, 2), (1.2, 6)):  # 4(n + 1/2) e²/h: a half-integer effect
        sigma = bar.spin_degeneracy * hall_conductance(bar, share * E)
        assert sigma == pytest.approx(plateau, abs=1e-6)


def test_plateaus_of_a_gas():
    B     = 20.0
    free  = sv.Model(sv.lattice.square(a=2.0), sv.terms.kinetic(mass=0.067))
    bar   = free.region(sv.shape.rectangle(length=160, width=100))
    bar   = bar.lead("source", free, "-x").lead("drain", free, "+x")
    bar   = bar.lead("upper",  free, "+y", shape=sv.shape.strip(50)).lead("lower", free, "-y", shape=sv.shape.strip(50))
    bar   = bar.field(B)
    omega = 4 * np.pi * HBAR2_OVER_2M / 0.067 * B / FLUX_QUANTUM
    for filled in (1, 2):
        assert hall_conductance(bar, 0.97 * filled * omega) == pytest.approx(filled, abs=1e-6)


# ---- interference

def test_a_thin_ring_has_the_period_of_a_flux_quantum():
    chain = sv.Model(sv.lattice.square(a=1.0), sv.hopping(-1.0))
    ring  = chain.region(sv.shape.rectangle(12, 10) - sv.shape.rectangle(9, 7))   # a loop of 10 nm × 8 nm, one site thick
    ring  = ring.lead("left", chain, "-x", shape=sv.shape.strip(1.5)).lead("right", chain, "+x", shape=sv.shape.strip(1.5))
    ring  = ring.field(perpendicular=sv.param("B"))
    flux  = np.array([0, 0.25, 0.5, 0.75, 1, 1.25, 2.5])                          # in h/e
    T     = sv.transmission(ring, 0.3, B=flux * FLUX_QUANTUM / 80).values
    assert T[4] == pytest.approx(T[0], abs=1e-10)
    assert T[5] == pytest.approx(T[1], abs=1e-10)
    assert T[3] == pytest.approx(T[1], abs=1e-10)                                 # T(−B) = T(B) of two terminals
    assert max(T[2], T[6]) < 1e-20                                                # two equal arms: no way through at h/2e
    G     = sv.conductance(ring, mu=0.3, B=[0, FLUX_QUANTUM / 80])
    assert G[0] == pytest.approx(2 * E2_OVER_H * T[0], rel=1e-9)
