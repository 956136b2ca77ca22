import numpy as np
import pytest

import sharvin as sv

metal = sv.Model(sv.lattice.chain(), sv.onsite(sv.param("level")) + sv.hopping(-1.0))
spinful = sv.Model(
    sv.lattice.square(a=5.0, orbitals=("up", "down")),
    sv.terms.kinetic(mass=0.023) + sv.terms.rashba(alpha=0.02) + sv.terms.zeeman(g=-15.0, B=sv.param("Bz")),
)


def halves(h):
    """The blocks ee, eh, he, hh of a dense H whose sites have as many electrons as holes."""
    return h[0::2, 0::2], h[0::2, 1::2], h[1::2, 0::2], h[1::2, 1::2]


def test_the_blocks_of_a_chain():
    model = sv.nambu(metal, delta=sv.param("Delta"))
    assert model.lattice.orbitals == ("electron 0", "hole 0")
    assert model.spin_degeneracy == 2
    h = model.region(sv.shape.line(5)).hamiltonian(level=0.3, Delta=0.1 + 0.2j).toarray()
    plain = metal.region(sv.shape.line(5)).hamiltonian(level=0.3).toarray()
    ee, eh, he, hh = halves(h)
    assert np.array_equal(ee, plain)
    assert np.array_equal(hh, -plain.conj())
    assert np.array_equal(eh, (0.1 + 0.2j) * np.eye(len(eh)))
    assert np.array_equal(he, eh.conj().T)


@pytest.mark.parametrize(
    "delta",
    [
        0.05,
        0.03 - 0.04j,
        lambda x, y, D=0.05: D * np.exp(0.3j * x) * (y > 0),
        np.array([[0, 0.02], [-0.02, 0]]),
        sv.hopping(np.array([[0.01, 0.02j], [0.03, 0.04]])),  # any matrix on a bond, p and d waves
        sv.onsite(np.array([[0, 0.02j], [-0.02j, 0]])) + sv.hopping(0.01 * np.eye(2), offset=(0, 1)),
    ],
)
def test_particle_hole_symmetry_of_the_hamiltonian(delta):
    # τ_x H* τ_x = −H, with spin explicit.
    system = sv.nambu(spinful, delta).region(sv.shape.rectangle(22, 17)).field(0.8)
    h = system.hamiltonian(Bz=0.5).toarray()
    assert np.abs(h - h.conj().T).max() < 1e-16
    swap = np.kron(np.eye(system.site_count), np.kron([[0, 1], [1, 0]], np.eye(2)))
    assert np.abs(swap @ h.conj() @ swap + h).max() < 1e-16
    assert np.abs(h).max() > 0.01


def test_a_singlet_with_spin_explicit_is_two_of_one_with_spin_implicit():
    lattice = sv.lattice.square
    implicit = sv.Model(lattice(), sv.onsite(lambda x, y: 0.3 * x + 0.1 * y) + sv.hopping(-1.0))
    explicit = sv.Model(
        lattice(orbitals=("up", "down")), sv.onsite(lambda x, y: 0.3 * x + 0.1 * y) + sv.hopping(-1.0)
    )
    shape = sv.shape.rectangle(5, 4)
    levels = [
        np.linalg.eigvalsh(sv.nambu(model, 0.2j).region(shape).hamiltonian().toarray())
        for model in (implicit, explicit)
    ]
    assert np.abs(np.repeat(levels[0], 2) - levels[1]).max() < 1e-12


def test_the_gap_of_a_uniform_superconductor():
    # E = √(ξ² + Δ²) for every level ξ of the normal region.
    delta = 0.17 * np.exp(0.4j)
    h = sv.nambu(metal, delta).region(sv.shape.line(12)).hamiltonian(level=0.4).toarray()
    normal = np.linalg.eigvalsh(metal.region(sv.shape.line(12)).hamiltonian(level=0.4).toarray())
    wanted = np.sqrt(normal**2 + 0.17**2)
    assert np.abs(np.linalg.eigvalsh(h) - np.sort(np.concatenate([-wanted, wanted]))).max() < 1e-12


def junction(barrier, level=0.0):
    """A normal chain, a barrier on one site, and a superconducting chain."""
    rough = metal + sv.onsite(lambda x, Z: Z * (np.abs(x) < 0.1))
    normal, superconductor = sv.nambu(metal), sv.nambu(rough, sv.param("Delta"))
    lead = sv.nambu(metal, sv.param("Delta"))
    # Δ in the region too, right of the normal lead.
    system = superconductor.region(sv.shape.line(0.5)).lead("N", normal, "-x").lead("S", lead, "+x")
    return system, {"Delta": 1e-4, "Z": barrier, "level": level}


@pytest.mark.parametrize("barrier", [0.0, 0.7, 2.0])
def test_andreev_reflection_of_blonder_tinkham_and_klapwijk(barrier):
    # At the band centre v = 2t: Z_BTK = U/ħv = U/2t; Δ ≪ t.
    system, params = junction(barrier)
    z = barrier / 2
    for share in (0.0, 0.3, 0.9, 1.5, 4.0):
        energy = share * params["Delta"] + 1e-12
        S = sv.scattering_matrix(system, energy, **params)
        found = S.transmission("N:hole", "N:electron"), S.transmission("N:electron", "N:electron")
        if share < 1:
            a = 1 / (share**2 + (1 - share**2) * (1 + 2 * z**2) ** 2)
            wanted = a, 1 - a
        else:
            u2 = 0.5 * (1 + np.sqrt(1 - 1 / share**2))
            v2 = 1 - u2
            gamma2 = (u2 + z**2 * (u2 - v2)) ** 2
            wanted = u2 * v2 / gamma2, (u2 - v2) ** 2 * z**2 * (1 + z**2) / gamma2
        assert np.abs(np.array(found) - wanted).max() < 2e-3


def test_particle_hole_symmetry_of_s():
    # A closed form that needs none: T of electrons at E is T of holes at −E, block by block.
    rough = metal + sv.disorder(1.0, seed=3)
    system = (
        sv.nambu(rough, delta=lambda x: 0.1 * np.exp(0.2j * x) * (np.abs(x) < 5))
        .region(sv.shape.line(21))
        .lead("L", sv.nambu(metal), "-x")
        .lead("R", sv.nambu(metal), "+x")
    )
    swap = {"electron": "hole", "hole": "electron"}
    for energy in (0.03, 0.2):
        plus, minus = (sv.scattering_matrix(system, sign * energy, level=0.3) for sign in (1, -1))
        for out in ("L:electron", "L:hole", "R:electron", "R:hole"):
            for source in ("L:electron", "R:hole"):
                other = [f"{name.split(':')[0]}:{swap[name.split(':')[1]]}" for name in (out, source)]
                assert plus.transmission(out, source) == pytest.approx(minus.transmission(*other), abs=1e-11)
        assert plus.transmission("L:hole", "L:electron") > 1e-4


def test_holes_turn_the_other_way_in_a_field():
    # Without pairing electrons have S(B), and holes at E that of electrons at −E in the field −B.
    plain = sv.Model(sv.lattice.square(), sv.onsite(lambda x, y: 0.3 * np.sin(x + 2 * y)) + sv.hopping(-1.0))
    lead = sv.Model(sv.lattice.square(), sv.hopping(-1.0))

    def device(region, one):
        return (
            region.region(sv.shape.rectangle(9, 8))
            .lead("w", one, "-x", shape=sv.shape.strip(5.0))
            .lead("n", one, "+y", shape=sv.shape.strip(5.0))
            .lead("e", one, "+x", shape=sv.shape.strip(5.0))
            .field(200.0)
        )

    doubled = sv.scattering_matrix(device(sv.nambu(plain), sv.nambu(lead)), 0.4)
    electrons = sv.scattering_matrix(device(plain, lead), 0.4)
    holes = sv.scattering_matrix(device(plain, lead), -0.4)
    for out in "wne":
        for source in "wne":
            one, other = (doubled.transmission(f"{out}:{k}", f"{source}:{k}") for k in ("electron", "hole"))
            assert one == pytest.approx(electrons.transmission(out, source), abs=1e-11)
            assert other == pytest.approx(holes.transmission(out, source), abs=1e-11)  # S* of it at −B … at B
            assert doubled.transmission(f"{out}:electron", f"{source}:hole") == 0


def test_a_shift_of_a_lead_moves_holes_the_other_way():
    system = sv.nambu(metal).region(sv.shape.line(3)).lead("L", sv.nambu(metal), "-x", shift=0.25)
    cell = system.lead_cell("L", level=0.1)
    assert np.diag(cell.h0).tolist() == [0.35, -0.35]


def test_a_kitaev_chain_has_its_end_modes():
    spinless = sv.Model(sv.lattice.chain(), sv.onsite(0.0) + sv.hopping(-1.0), spin_degeneracy=1)
    h = sv.nambu(spinless, delta=sv.hopping(1.0)).region(sv.shape.line(10)).hamiltonian().toarray()
    levels = np.abs(np.linalg.eigvalsh(h))
    assert np.count_nonzero(levels < 1e-12) == 2  # at t = Δ, μ = 0 they are the ends' Majoranas
    assert np.abs(np.sort(levels)[2:] - 2).max() < 1e-12


def test_charge_observables_refuse_what_is_doubled():
    system, params = junction(0.5)
    for observable in (sv.conductance, sv.transmission):
        with pytest.raises(sv.InputError, match="particle–hole doubled"):
            observable(system, 0.0, **params)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sv.nambu(sv.lattice.chain()), "expected a Model"),
        (lambda: sv.nambu(sv.nambu(metal)), "doubled already"),
        (lambda: sv.nambu(sv.Model(sv.lattice.chain(), sv.hopping(1.0), 1), 0.1), "no singlet"),
        (
            lambda: sv.nambu(spinful, np.eye(2)).region(sv.shape.rectangle(9, 9)).hamiltonian(Bz=0),
            "antisymmetric",
        ),
        (
            lambda: (
                sv.nambu(sv.Model(sv.lattice.chain(), sv.hopping(1.0), 1), sv.onsite(0.1))
                .region(sv.shape.line(3))
                .hamiltonian()
            ),
            "holds no pair",
        ),
    ],
)
def test_a_doubling_without_meaning_is_refused(make, message):
    with pytest.raises(sv.InputError, match=message):
        make()


@pytest.mark.parametrize("term", [sv.onsite(0.1), sv.disorder(0.5, seed=1), sv.hopping(sv.param("t"))])
def test_terms_that_know_nothing_of_holes_are_refused_after_doubling(term):
    with pytest.raises(sv.InputError, match=r"add the term before sharvin\.nambu"):
        sv.nambu(metal) + term
    exchange = sv.nambu(metal) + sv.onsite(np.diag([0.2, -0.2]))  # a matrix over electrons and holes
    h = exchange.region(sv.shape.line(3)).hamiltonian(level=0.1).toarray()
    assert np.allclose(np.diag(h), [0.3, -0.3] * 3, atol=1e-15)
