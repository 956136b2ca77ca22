import numpy as np
import pytest

import sharvin as sv
from sharvin.model.noise import normal, smoothed, uniform

square = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
honeycomb = sv.Model(sv.lattice.honeycomb(1.0), sv.hopping(-1.0))


def energies(system, **params):
    """On-site energies by position."""
    diagonal = np.real(system.hamiltonian(**params).diagonal())
    return {tuple(np.round(r, 6)): e for r, e in zip(system.positions, diagonal, strict=True)}


def test_numbers_of_sites_are_uniform_and_independent():
    cells = np.indices((200, 200)).reshape(2, -1).T - 100
    numbers = uniform(cells, np.zeros(len(cells), dtype=int), seed=5)
    assert 0 < numbers.min() < numbers.max() < 1
    count, _ = np.histogram(numbers, bins=20, range=(0, 1))
    assert (
        np.sum((count - 2000) ** 2 / 2000) < 45
    )  # χ² of 19 degrees of freedom; 45 has a probability of 7e-4
    for other in (
        uniform(cells, np.zeros(len(cells), dtype=int), seed=6),
        uniform(cells, np.ones(len(cells), dtype=int), seed=5),
        uniform(cells, np.zeros(len(cells), dtype=int), seed=5, stream=1),
        uniform(np.add(cells, [1, 0]), np.zeros(len(cells), dtype=int), seed=5),
        uniform(cells[:, ::-1], np.zeros(len(cells), dtype=int), seed=5),
    ):
        distinct = other != numbers
        assert distinct.mean() > 0.99
        assert abs(np.corrcoef(numbers[distinct], other[distinct])[0, 1]) < 0.02
    gauss = normal(cells, np.zeros(len(cells), dtype=int), seed=5)
    assert abs(gauss.mean()) < 0.02
    assert abs(gauss.std() - 1) < 0.02


@pytest.mark.parametrize("model", [square, honeycomb])
@pytest.mark.parametrize(
    "term",
    [
        sv.disorder(0.5, seed=sv.param("seed")),
        sv.disorder(0.5, seed=sv.param("seed"), distribution="normal"),
        sv.disorder(0.5, seed=sv.param("seed"), length=1.7),
        sv.impurities(0.1, 0.5, 1.3, seed=sv.param("seed")),
        sv.charged_impurities(0.1, 1.0, 0.6, seed=sv.param("seed")),
    ],
)
def test_a_site_has_its_energy_whatever_the_region(model, term):
    dirty = model + term
    one = energies(dirty.region(sv.shape.rectangle(14, 10)), seed=3)
    other = energies(dirty.region(sv.shape.disk(6.0, center=(3, -2))), seed=3)
    common = set(one) & set(other)
    assert len(common) > 30
    assert max(abs(one[r] - other[r]) for r in common) < 1e-13
    again = energies(dirty.region(sv.shape.rectangle(14, 10)), seed=4)
    assert max(abs(one[r] - again[r]) for r in one) > 0.02


def test_strength_and_seed_are_swept_without_another_pattern():
    dirty = (square + sv.disorder(sv.param("W"), seed=sv.param("seed"))).region(sv.shape.disk(8.0))
    one, two = dirty.hamiltonian(W=1.0, seed=1), dirty.hamiltonian(W=2.0, seed=1)
    assert one.indices is two.indices
    assert np.array_equal(2 * one.diagonal(), two.diagonal())
    assert np.abs(one.diagonal()).max() <= 0.5
    assert not np.array_equal(one.diagonal(), dirty.hamiltonian(W=1.0, seed=2).diagonal())


def test_disorder_on_one_sublattice():
    dirty = (honeycomb + sv.disorder(1.0, seed=1, sublattice="B")).region(sv.shape.disk(5.0))
    names = dirty.body.sites.sublattice_names
    diagonal = dirty.hamiltonian().diagonal()
    assert not diagonal[names == "A"].any()
    assert diagonal[names == "B"].all()


@pytest.mark.parametrize("length", [1.0, 3.0])
def test_correlated_disorder_has_its_variance_and_its_correlations(length):
    dirty = square + sv.disorder(0.3, seed=sv.param("seed"), length=length)
    system = dirty.region(sv.shape.rectangle(61, 61))
    order = np.lexsort((system.positions[:, 0], system.positions[:, 1]))
    fields = np.array([np.real(system.hamiltonian(seed=n).diagonal())[order] for n in range(40)])
    fields = fields.reshape(40, 61, 61)
    assert fields.std() == pytest.approx(0.3, rel=0.05)
    for step in (1, 2, 4):
        for moved, still in (
            (fields[:, step:], fields[:, :-step]),
            (fields[..., step:], fields[..., :-step]),
        ):
            wanted = 0.09 * np.exp(-(step**2) / (2 * length**2))
            assert np.mean(moved * still) == pytest.approx(wanted, abs=0.006)


def test_the_smoothing_is_the_sum_over_all_sites():
    lattice = sv.lattice.honeycomb(1.0)
    system = honeycomb.region(sv.shape.disk(2.5))
    sites = system.body.sites
    reach = 2.2
    found = smoothed(
        lattice, sites.cells, sites.sublattice, lambda *at: uniform(*at, 7), lambda r: np.exp(-r), reach
    )
    around = honeycomb.region(sv.shape.disk(6.0)).body.sites
    noise = uniform(around.cells, around.sublattice, 7)
    distance = np.linalg.norm(sites.positions[:, None] - around.positions[None], axis=2)
    wanted = np.where(distance <= reach, np.exp(-distance), 0) @ noise
    assert np.abs(found - wanted).max() < 1e-12


def test_impurities_by_a_sum_over_them():
    density, strength, length = 0.08, 0.4, 0.9
    system = (square + sv.impurities(density, strength, length, seed=11)).region(sv.shape.disk(6.0))
    around = square.region(sv.shape.disk(14.0)).body.sites
    there = uniform(around.cells, around.sublattice, 11) < density
    height = strength * (2 * uniform(around.cells, around.sublattice, 11, stream=1) - 1) * there
    assert abs(there.mean() - density) < 0.03
    distance = np.linalg.norm(system.positions[:, None] - around.positions[None], axis=2)
    wanted = np.exp(-(distance**2) / (2 * length**2)) @ height
    assert np.abs(system.hamiltonian().diagonal() - wanted).max() < 1e-7  # the tails beyond six lengths


def test_a_single_charge_is_a_screened_coulomb_potential():
    # At so small a density one looks for a charge, and finds its potential around it.
    d, decay = 2.0, 1.5
    term = sv.charged_impurities(0.004, d, decay, seed=2, permittivity=10.0)
    system = (square + term).region(sv.shape.rectangle(41, 41))
    potential = system.hamiltonian().diagonal()
    lowest = system.positions[np.argmin(potential)]
    s = np.hypot(np.linalg.norm(system.positions - lowest, axis=1), d)
    near = s < 3.5
    coulomb = 1.4399645 / 10.0  # e²/4πε₀ in eV nm
    assert potential[near].min() == pytest.approx(-coulomb / d * np.exp(-d / decay), rel=0.1)
    assert np.abs(potential[near] + coulomb / s[near] * np.exp(-s[near] / decay)).max() < 0.1 * coulomb / d
    repelling = (square + sv.charged_impurities(0.004, d, decay, 2, permittivity=10.0, charge=-1)).region(
        sv.shape.rectangle(41, 41)
    )
    assert np.allclose(repelling.hamiltonian().diagonal(), -potential)


def test_disorder_from_the_mobility():
    # With W from it, Born's 1/τ = (2π/ħ) ν W²a²/12 gives μ = eτ/m back.
    mobility, mass, a = 2e5, 0.067, 4.0
    width = sv.disorder_strength(mobility, mass, a)
    hbar, m, e = 1.054571817e-34, mass * 9.1093837139e-31, 1.602176634e-19
    density = m / (2 * np.pi * hbar**2)
    rate = 2 * np.pi / hbar * density * (width * e) ** 2 * (a * 1e-9) ** 2 / 12
    assert e / (rate * m) * 1e4 == pytest.approx(mobility, rel=1e-8)


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (lambda: sv.disorder(1.0, 1, distribution="cauchy"), "distribution"),
        (lambda: (square + sv.disorder(1.0, 1.5)).region(sv.shape.disk(3.0)).hamiltonian(), "seed must be"),
        (lambda: (square + sv.disorder("W", 1)).region(sv.shape.disk(3.0)).hamiltonian(), "strength must"),
        (
            lambda: (square + sv.disorder(1.0, 1, length=-1)).region(sv.shape.disk(3.0)).hamiltonian(),
            "length",
        ),
        (lambda: (square + sv.impurities(2, 1, 1, 1)).region(sv.shape.disk(3.0)).hamiltonian(), "density"),
        (lambda: (square + sv.disorder(1, 1, length=1e4)).region(sv.shape.disk(3.0)).hamiltonian(), "smooth"),
        (lambda: sv.disorder_strength(-1, 1, 1), "mobility"),
    ],
)
def test_disorder_without_meaning_is_refused(term, message):
    with pytest.raises(sv.InputError, match=message):
        term()
