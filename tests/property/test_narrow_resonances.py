"""Resonances of any width beside references of many digits: never wrong and certified.

A level of a cavity behind links of strength t is t² wide, from 10⁻² eV down to the rounding error of E − H itself.
"""

from fractions import Fraction

import numpy as np
import pytest
from tests.dense_reference import solve

import sharvin as sv
from sharvin.linalg import available_back_ends

BOUND = 1e-9


def hermitian(rng, size, complex_):
    a = rng.normal(size=(size, size)) + 1j * complex_ * rng.normal(size=(size, size))
    a = (a + a.conj().T) / 2
    return a if complex_ else a.real


def cavity(seed):
    """A cavity of a few orbitals, weakly linked to orbitals with one to three leads, and an energy near a level."""
    rng = np.random.default_rng(seed)
    complex_ = bool(rng.random() < 0.5)
    inside, link = int(rng.integers(1, 8)), 10.0 ** rng.uniform(-7.5, -1)
    widths = rng.integers(1, 3, size=int(rng.integers(1, 4)))
    outside = int(widths.sum())
    h = np.zeros((inside + outside,) * 2, dtype=complex if complex_ else float)
    h[:inside, :inside] = hermitian(rng, inside, complex_)
    h[inside:, inside:] = (
        hermitian(rng, outside, complex_) if rng.random() < 0.6 else np.diag(rng.normal(size=outside))
    )
    across = rng.normal(size=(inside, outside)) + 1j * complex_ * rng.normal(size=(inside, outside))
    h[:inside, inside:] = link * (across if complex_ else across.real)
    h[inside:, :inside] = h[:inside, inside:].conj().T
    leads, start = {}, inside
    for name, width in zip("abc", widths.tolist(), strict=False):
        v = -np.eye(width) + 0.2 * rng.normal(size=(width, width))
        leads[name] = (0.3 * hermitian(rng, width, complex_), v, list(range(start, start + width)))
        start += width
    levels = np.linalg.eigvalsh(h[:inside, :inside])
    level = levels[np.argmin(np.abs(levels + 0.3 * rng.normal()))]
    return h, leads, float(level + rng.choice([0, 1, -1, 3, 30]) * link**2 * rng.random())


@pytest.mark.parametrize("solver", available_back_ends())
@pytest.mark.parametrize("first", range(0, 80, 10))
def test_cavities(solver, first):
    for seed in range(first, first + 10):
        h, leads, energy = cavity(seed)
        right = solve(h, list(leads.values()), energy, eta=1e-30, bits=420)
        assert right.loss < BOUND / 10
        if not sum(right.modes):
            continue
        system = sv.System.from_matrices(h, leads)
        S = sv.scattering_matrix(system, energy, options=sv.Options(threads=1, solver=solver))
        error = np.abs(S.transmission_matrix().values - right.transmissions).max()
        assert error < BOUND, f"seed {seed}: off by {error:.1e} by route {S.certificate.route}"


def two_sites(energy, h, gamma, absorption=0.0):
    """T = |ΓG₁₂|² of two sites with a wide-band lead each, Σ = −iΓ/2, in rational numbers; −iη on both sites."""
    first, second = (Fraction(energy) - Fraction(h[i][i]) for i in (0, 1))
    t, lost = Fraction(h[0][1]), Fraction(gamma) / 2 + Fraction(absorption)
    # (E − ε₁ + iΓ/2 + iη)(E − ε₂ + iΓ/2 + iη) − t²
    re, im = first * second - lost**2 - t**2, lost * (first + second)
    return float((Fraction(gamma) * t) ** 2 / (re**2 + im**2))


@pytest.mark.parametrize("solver", available_back_ends())
@pytest.mark.parametrize("gamma", [1e-2, 1e-6, 1e-10, 1e-12, 1e-14])
def test_two_sites_between_faint_leads(solver, gamma):
    h = [[0.1, 0.7], [0.7, 0.3]]
    system = sv.System.from_matrices(h, {"L": (sv.WideBand(gamma), [0]), "R": (sv.WideBand(gamma), [1])})
    level = np.linalg.eigvalsh(h)[0]
    for energy in level + gamma * np.array([-3.0, -0.4, 0.0, 0.2, 1.0]):
        S = sv.scattering_matrix(system, float(energy), options=sv.Options(solver=solver))
        assert S.transmission("R", "L") == pytest.approx(two_sites(float(energy), h, gamma), abs=BOUND)


@pytest.mark.parametrize("solver", available_back_ends())
@pytest.mark.parametrize("link", [1e-3, 1e-5, 1e-7])
def test_a_faint_lead_beside_strong_ones(solver, link):
    # The strong leads of the other piece must not hide how narrow the resonance of the faint ones is.
    rng = np.random.default_rng(3)
    h = np.zeros((6, 6))
    h[:2, :2] = [[0.1, 0.7], [0.7, 0.3]]
    h[2:, 2:] = hermitian(rng, 4, complex_=False)
    gamma = link**2
    leads = {"L": (sv.WideBand(gamma), [0]), "R": (sv.WideBand(gamma), [1])}
    leads |= {"s": (sv.WideBand(40.0), [2]), "d": (sv.WideBand(3.0), [5])}
    system = sv.System.from_matrices(h, leads)
    energy = float(np.linalg.eigvalsh(h[:2, :2])[0] + 0.3 * gamma)
    S = sv.scattering_matrix(system, energy, options=sv.Options(solver=solver))
    assert S.transmission("R", "L") == pytest.approx(two_sites(energy, h[:2, :2].tolist(), gamma), abs=BOUND)


def test_waves_inside_a_narrow_resonance():
    # |ψ|² on two sites between faint leads is Γ|G|²; the sum of all modes is 2π times the local density of states.
    gamma = 1e-12
    h = [[0.1, 0.7], [0.7, 0.3]]
    system = sv.System.from_matrices(h, {"L": (sv.WideBand(gamma), [0]), "R": (sv.WideBand(gamma), [1])})
    energy = float(np.linalg.eigvalsh(h)[0] + 0.3 * gamma)
    states = sv.scattering_states(system, energy)
    assert gamma * np.abs(states.of("L").values[0, 1]) ** 2 == pytest.approx(
        two_sites(energy, h, gamma), rel=1e-9
    )


@pytest.mark.parametrize("gamma", [1e-6, 1e-10, 1e-13])
def test_narrow_resonances_that_absorb(gamma):
    h = np.array([[0.1, 0.7], [0.7, 0.3]])
    eta = 0.2 * gamma
    leads = {"L": (sv.WideBand(gamma), [0]), "R": (sv.WideBand(gamma), [1])}
    system = sv.System.from_matrices(h - 1j * eta * np.eye(2), leads, non_hermitian=True)
    for energy in np.linalg.eigvalsh(h)[0] + gamma * np.array([-0.4, 0.0, 0.2]):
        S = sv.scattering_matrix(system, float(energy))
        wanted = two_sites(float(energy), h.tolist(), gamma, eta)
        assert S.transmission("R", "L") == pytest.approx(wanted, abs=BOUND)
