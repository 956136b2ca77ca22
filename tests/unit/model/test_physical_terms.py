import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import BOHR_MAGNETON, HBAR2_OVER_2M
from sharvin.model.spin import PAULI, is_spinful, spin_matrices
from sharvin.model.values import REQUIRED, Parameter

SPIN = ("up", "down")
LATTICES = {
    "chain": sv.lattice.chain,
    "square": sv.lattice.square,
    "rectangular": lambda a, orbitals=1: sv.lattice.rectangular(a, 1.5 * a, orbitals),
    "triangular": sv.lattice.triangular,
    "cubic": sv.lattice.cubic,
    "bcc": sv.lattice.bcc,
    "fcc": sv.lattice.fcc,
}


def bloch(model, k, **params):
    """H(k) of a model with one site in a cell: Σ_δ ⟨δ|H|0⟩ e^{−ik·δ}, from a large enough region."""
    lattice = model.lattice
    size = 4.5 * np.linalg.norm(lattice.vectors, axis=1).max()
    system = model.region(sv.shape.box((size,) * lattice.dimension))
    m = lattice.orbital_count
    middle = int(np.argmin(np.linalg.norm(system.positions, axis=1)))
    h = system.hamiltonian(**params).toarray().reshape(system.site_count, m, system.site_count, m)
    delta = system.positions - system.positions[middle]
    return np.einsum("s,sab->ab", np.exp(-1j * delta[:, : len(k)] @ k), h[:, :, middle, :])


@pytest.mark.parametrize("name", LATTICES)
def test_the_kinetic_energy_of_slow_waves(name):
    a, mass = 0.7, 0.3
    model = sv.Model(LATTICES[name](a), sv.terms.kinetic(mass=sv.param("m")))
    rng = np.random.default_rng(0)
    for _ in range(3):
        k = rng.normal(size=model.lattice.dimension)
        energies = [bloch(model, size * k, m=mass)[0, 0].real for size in (0.1, 0.05)]
        wanted = [HBAR2_OVER_2M / mass * (size * k) @ (size * k) for size in (0.1, 0.05)]
        errors = np.abs(np.array(energies) / wanted - 1)
        assert errors[0] < 0.02
        assert errors[1] < 0.3 * errors[0]  # second order in the lattice constant
    assert bloch(model, 0 * k, m=mass)[0, 0] == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("name", LATTICES)
@pytest.mark.parametrize(
    ("term", "coupling"),
    [
        (lambda strength: sv.terms.rashba(alpha=strength), [[0, 1, 0], [-1, 0, 0], [0, 0, 0]]),
        (lambda strength: sv.terms.dresselhaus(beta=strength), [[1, 0, 0], [0, -1, 0], [0, 0, 0]]),
    ],
)
def test_spin_orbit_coupling_of_slow_waves(name, term, coupling):
    a, alpha = 0.7, 0.02
    lattice = LATTICES[name](a, orbitals=SPIN)
    model = sv.Model(lattice, sv.hopping(0.0) + term(sv.param("alpha")))
    k = 0.02 * np.array([1.0, -0.7, 0.4])[: lattice.dimension]
    full = np.pad(k, (0, 3 - len(k)))
    wanted = alpha * np.einsum("i,iab->ab", np.array(coupling) @ full, PAULI)
    assert np.abs(bloch(model, k, alpha=alpha) - wanted).max() < 2e-3 * alpha * np.linalg.norm(k)


def test_rashba_subbands_of_a_chain():
    # E = 2t(1 − cos ka) ± (α/a) sin ka: two parabolas shifted by ± mα/ħ² where ka is small.
    a, mass, alpha = 1.0, 0.05, 0.03
    model = sv.Model(
        sv.lattice.chain(a, orbitals=SPIN), sv.terms.kinetic(mass=mass) + sv.terms.rashba(alpha=alpha)
    )
    t = HBAR2_OVER_2M / mass / a**2
    system = model.region(sv.shape.line(6)).lead("right", model, "+x")
    momenta = np.linspace(-3, 3, 31)
    bands = sv.bands(system, lead="right", momenta=momenta).values
    wanted = 2 * t * (1 - np.cos(momenta))[:, None] + alpha / a * np.sin(momenta)[:, None] * [-1, 1]
    assert np.abs(bands - np.sort(wanted, axis=1)).max() < 1e-12
    assert system.spin_degeneracy == 1


def test_zeeman_levels_are_half_of_the_splitting_away():
    g, field = -15.0, (0.3, -0.4, 1.2)
    model = sv.Model(sv.lattice.square(orbitals=SPIN), sv.hopping(0.0) + sv.terms.zeeman(g, B=field))
    h = model.region(sv.shape.rectangle(1, 1)).hamiltonian().toarray()
    half = 0.5 * g * BOHR_MAGNETON
    assert np.abs(h - half * np.einsum("i,iab->ab", field, PAULI)).max() < 1e-18
    assert np.linalg.eigvalsh(h) == pytest.approx([-abs(half) * 1.3, abs(half) * 1.3])
    along_z = sv.Model(sv.lattice.square(orbitals=SPIN), sv.hopping(0.0) + sv.terms.zeeman(g, sv.param("Bz")))
    h = along_z.region(sv.shape.rectangle(1, 1)).hamiltonian(Bz=2.0).toarray()
    assert np.abs(h - 2 * half * PAULI[2]).max() < 1e-18
    varying = sv.Model(
        sv.lattice.chain(orbitals=SPIN), sv.hopping(0.0) + sv.terms.zeeman(g, B=lambda x, slope: slope * x)
    )
    system = varying.region(sv.shape.line(5.5))
    h = system.hamiltonian(slope=0.1).toarray()
    assert np.diag(h)[::2] == pytest.approx(half * 0.1 * system.positions[:, 0])


def test_an_exchange_texture_by_site():
    wall = sv.terms.exchange(
        sv.param("J"), lambda x, width=2.0: (1 / np.cosh(x / width), 0, np.tanh(x / width))
    )
    model = sv.Model(sv.lattice.chain(orbitals=SPIN), sv.hopping(-1.0) + wall)
    assert dict(model.parameters)["width"] == 2.0
    system = model.region(sv.shape.line(9))
    h = system.hamiltonian(J=0.4, width=1.5).toarray()
    for n, (x, _, _) in enumerate(system.positions):
        own = h[2 * n : 2 * n + 2, 2 * n : 2 * n + 2]
        wanted = 0.4 * (PAULI[0] / np.cosh(x / 1.5) + PAULI[2] * np.tanh(x / 1.5))
        assert np.abs(own - wanted).max() < 1e-15
    strong = sv.Model(
        sv.lattice.chain(orbitals=SPIN),
        sv.hopping(-1.0) + sv.terms.exchange(lambda x, J: J * (x > 0), lambda x: (0, 1, 0)),
    )
    h = strong.region(sv.shape.line(5)).hamiltonian(J=0.2).toarray()
    assert np.abs(h[-2:, -2:] - 0.2 * PAULI[1]).max() == 0
    assert not h[:2, :2].any()


def test_a_gated_rashba_coupling_is_taken_in_the_middle_of_bonds():
    model = sv.Model(
        sv.lattice.chain(orbitals=SPIN), sv.hopping(0.0) + sv.terms.rashba(lambda x, slope: slope * x)
    )
    system = model.region(sv.shape.line(7))
    h = system.hamiltonian(slope=0.1).toarray()
    assert np.abs(h - h.conj().T).max() == 0
    for n in range(system.site_count - 1):
        x = system.positions[[n, n + 1], 0].mean()
        assert np.abs(h[2 * n + 2 : 2 * n + 4, 2 * n : 2 * n + 2] + 0.05j * x * PAULI[1]).max() < 1e-16


def test_spins_of_several_orbitals():
    orbitals = ("s up", "p up", "s down", "p down")
    lattice = sv.lattice.square(orbitals=orbitals)
    assert is_spinful(orbitals)
    assert sv.Model(lattice, sv.hopping(1.0)).spin_degeneracy == 1
    sigma = spin_matrices(lattice, "test")
    for i, j, k, sign in ((0, 1, 2, 1), (1, 2, 0, 1), (2, 0, 1, 1)):
        assert np.abs(sigma[i] @ sigma[j] - sigma[j] @ sigma[i] - 2j * sign * sigma[k]).max() == 0
        assert np.abs(sigma[i] @ sigma[i] - np.eye(4)).max() == 0
    assert np.diag(sigma[2]).real.tolist() == [1, 1, -1, -1]
    assert sigma[0][0, 2] == sigma[0][1, 3] == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sv.terms.kinetic(mass=0.0), "mass must be a positive number"),
        (lambda: sv.terms.kinetic(mass="heavy"), "mass must be a positive number"),
        (lambda: sv.terms.rashba("strong"), "alpha must be a finite number"),
        (lambda: sv.terms.zeeman(2.0, (1, 2)), "three components"),
        (lambda: sv.terms.zeeman(None, 1.0), "g must be a finite number"),
        (lambda: sv.terms.exchange(1.0, (0, 0, 1)), "texture must be a function"),
        (lambda: sv.Model(sv.lattice.honeycomb(), sv.terms.kinetic(0.1)), "one site in a cell"),
        (lambda: sv.Model(sv.lattice.square(), sv.terms.rashba(0.1)), r'"up", "down"'),
        (lambda: sv.Model(sv.lattice.square(orbitals=("s up", "p")), sv.terms.zeeman(1, 1)), "orbitals"),
        (
            lambda: sv.Model(sv.lattice.Lattice([[1, 0], [0.3, 2.0]]), sv.terms.kinetic(0.1)),
            "same in all directions",
        ),
    ],
)
def test_terms_without_meaning_are_refused(make, message):
    with pytest.raises(sv.InputError, match=message):
        make()


def test_parameters_are_bound_or_renamed():
    model = sv.Model(
        sv.lattice.chain(),
        sv.onsite(lambda x, v, w=2.0: v * x + w)
        + sv.hopping(sv.param("t"))
        + sv.terms.kinetic(sv.param("m")),
    )
    assert sorted(model.parameters) == ["m", "t", "v", "w"]
    lead = model.with_parameters(v=0.0, t=sv.param("t_lead"), m=0.1)
    assert dict(lead.parameters) == {"t_lead": REQUIRED, "w": 2.0}
    system = model.region(sv.shape.line(4))
    h = model.with_parameters(v=0.5, m=0.1).region(sv.shape.line(4)).hamiltonian(t=-1.0)
    assert abs(h - system.hamiltonian(v=0.5, t=-1.0, m=0.1)).max() == 0
    swapped = model.with_parameters(v=sv.param("w"), w=sv.param("v"))
    h = swapped.region(sv.shape.line(4)).hamiltonian(w=0.5, v=2.0, t=-1.0, m=0.1)
    assert abs(h - system.hamiltonian(v=0.5, w=2.0, t=-1.0, m=0.1)).max() == 0
    with pytest.raises(sv.InputError, match='no parameter "mas"'):
        model.with_parameters(mas=1.0)
    with pytest.raises(sv.InputError, match="package's own"):
        model.with_parameters(v=Parameter("energy"))
