"""Resonances of any width beside references of many digits: never wrong and certified.

A level of a cavity behind links of strength t is t² wide, from 10⁻² eV down to the rounding error of E − H itself.
"""

from fractions import Fraction

import mpmath
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


@pytest.mark.parametrize("solver", available_back_ends())
@pytest.mark.parametrize(("weak", "pairs"), [(0.1, 8), (0.1, 12), (0.3, 14), (0.3, 24), (0.5, 30), (0.5, 44)])
@pytest.mark.parametrize("wall", [False, True])
def test_a_zero_mode_of_a_domain_wall(solver, weak, pairs, wall):
    # Two dimerized halves with a wall between them: T = 1 at E = 0 by the mirror and the sublattices, and its level is
    # weak^(2 pairs) wide, 10⁻²⁸ eV in the narrowest case.
    half = [1.0, weak] * pairs
    hoppings = np.array(half + half[::-1])
    h = np.diag(hoppings, 1) + np.diag(hoppings, -1)
    size = len(h)
    leads = {"L": (0.0, -1.0, [0]), "R": (0.0, -1.0, [size - 1])}
    if wall:  # a piece apart, whose energy says nothing of what is narrow
        h = np.block([[h, np.zeros((size, 1))], [np.zeros((1, size)), np.full((1, 1), 1e3)]])
    system = sv.System.from_matrices(h, leads)
    S = sv.scattering_matrix(system, 0.0, options=sv.Options(solver=solver))
    assert S.transmission("R", "L") == pytest.approx(1.0, abs=BOUND)
    many = sv.scattering_matrix(system, np.linspace(-0.5, 0.5, 21), options=sv.Options(solver=solver))
    assert many.transmission("R", "L").values[10] == pytest.approx(1.0, abs=BOUND)


def chain_self_energy(energy):
    """Σ of a chain of hopping −1 eV, by many digits."""
    return mpmath.mpf(energy) / 2 - 1j * mpmath.sqrt(1 - mpmath.mpf(energy) ** 2 / 4)


def between_chains(h, energy, first, last):
    """T of a few orbitals between two chains of hopping −1 eV, by fifty digits."""
    with mpmath.workdps(50):
        sigma = chain_self_energy(energy)
        a = mpmath.eye(len(h)) * mpmath.mpf(energy) - mpmath.matrix(h.tolist())
        a[first, first] -= sigma
        a[last, last] -= sigma
        source = mpmath.zeros(len(h), 1)
        source[first] = 1
        g = mpmath.lu_solve(a, source)[last]
        return float((2 * mpmath.im(sigma) * abs(g)) ** 2)


@pytest.mark.parametrize("solver", available_back_ends())
@pytest.mark.parametrize(("link", "apart"), [(1e-3, 2e-13), (1e-4, 1e-14), (3e-4, 1e-13)])
def test_two_nearly_equal_dots_side_by_side(solver, link, apart):
    # Of their sum and difference one is almost a bound state in the continuum: right, or now and then refused.
    dot = np.array([[0.1, 0.7], [0.7, 0.3]])
    h = np.zeros((6, 6))
    h[2:4, 2:4], h[4:, 4:] = dot, dot + apart * np.eye(2)
    h[0, [2, 4]] = h[[2, 4], 0] = link
    h[1, [2, 4]] = h[[2, 4], 1] = -0.6 * link
    system = sv.System.from_matrices(h, {"L": (0.0, -1.0, [0]), "R": (0.0, -1.0, [1])})
    refused = 0
    for energy in np.linalg.eigvalsh(dot)[0] + apart * np.linspace(-0.3, 1.3, 7):
        try:
            S = sv.scattering_matrix(system, float(energy), options=sv.Options(solver=solver))
        except sv.NotCertified:
            refused += 1
            continue
        wanted = between_chains(h, float(energy), 0, 1)
        assert S.transmission("R", "L") == pytest.approx(wanted, abs=BOUND)
    assert refused <= 2


@pytest.mark.parametrize("link", [1e-4, 1e-5, 1e-6])
def test_a_dot_beside_a_mirror_symmetric_chain_in_a_batch(link):
    # By layers, in real arithmetic: in the middle of each resonance one quadrature of every wave vanishes on the dot.
    h = np.zeros((5, 5))
    h[0, 1] = h[1, 0] = h[1, 2] = h[2, 1] = -0.6
    h[1, 1], h[3:, 3:] = 0.2, [[0.31, 0.7], [0.7, -0.2]]
    h[1, 3] = h[3, 1] = link
    system = sv.System.from_matrices(h, {"L": (0.0, -1.0, [0]), "R": (0.0, -1.0, [2])})
    level = np.linalg.eigvalsh(h[3:, 3:])[0]
    energies = level + link**2 * np.linspace(-0.5, 0.5, 41)
    found = sv.scattering_matrix(system, energies).transmission("R", "L").values
    wanted = [between_chains(h, float(energy), 0, 2) for energy in energies]
    assert np.abs(found - wanted).max() < BOUND


@pytest.mark.parametrize("gamma", [1e-8, 1e-12])
def test_faint_leads_that_shift_levels(gamma):
    h = [[0.1, 0.7], [0.7, 0.3]]
    shifts = 0.37, -0.481
    leads = {
        name: (sv.SelfEnergy(shift - 0.5j * gamma), [place])
        for place, (name, shift) in enumerate(zip("LR", shifts, strict=True))
    }
    shifted = np.array(h) + np.diag(shifts)
    for energy in np.linalg.eigvalsh(shifted)[0] + gamma * np.array([-0.4, 0.0, 0.3]):
        with mpmath.workdps(50):
            a = mpmath.eye(2) * mpmath.mpf(float(energy)) - mpmath.matrix(h)
            for place, shift in enumerate(shifts):
                a[place, place] -= mpmath.mpf(shift) - 0.5j * mpmath.mpf(gamma)
            wanted = float((mpmath.mpf(gamma) * abs((a**-1)[0, 1])) ** 2)
        S = sv.scattering_matrix(sv.System.from_matrices(h, leads), float(energy))
        assert S.transmission("R", "L") == pytest.approx(wanted, abs=BOUND)


@pytest.mark.parametrize("coupling", [1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
@pytest.mark.parametrize("away", [0.0, 0.01, 1.0, 1e6])
def test_a_resonance_that_lives_in_a_lead_is_right_or_refused(coupling, away):
    # A level beside a closed chain of the lead, which its open chain feels through `coupling`: ψ is large on the
    # interface and beyond it, where Σ is as uncertain as rounding makes it.
    energy = 0.3
    h0, v = np.array([[0, coupling], [coupling, 10.0]]), np.diag([1.0, 0.7])
    x = (energy - 10) / 0.7
    level = energy - 0.35 * (x + np.sqrt(x * x - 4)) + away * coupling**2
    h = np.array([[0, 0, 1.0], [0, level, 0], [1.0, 0, 0]])
    leads = [(h0, v, [0, 1]), (np.zeros((1, 1)), np.ones((1, 1)), [2])]
    system = sv.System.from_matrices(h, dict(zip("lr", leads, strict=True)))
    wanted = solve(h, leads, energy, eta=1e-34).transmissions
    if coupling < 1e-2 and away <= 1.0 and refused(system, energy, "lead_condition"):
        return
    found = sv.scattering_matrix(system, energy).transmission_matrix().values
    assert np.abs(found - wanted).max() < BOUND


def refused(system, energy, figure):
    """Whether S is refused for a figure."""
    try:
        sv.scattering_matrix(system, energy)
    except sv.NotCertified as error:
        return figure in str(error)
    return False


@pytest.mark.parametrize("narrow", [1e-5, 1e-6, 1e-7])
@pytest.mark.parametrize("share", [0.0, 1.5e-12, 1e-11])
def test_narrow_bands_beside_a_wide_one_feel_what_is_little_to_that(narrow, share):
    # Two narrow chains that `share` couples, in a basis that hides them: to the wide band it is rounding.
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    cell = np.diag([2.0, 0.0, 0.5 * narrow])
    cell[1, 2] = cell[2, 1] = share
    h0, v = (turn @ m @ turn.T for m in (cell, np.diag([1.0, narrow, 0.7 * narrow])))
    h0, v = (h0 + h0.T) / 2, (v + v.T) / 2
    h = np.zeros((4, 4))
    h[:3, :3] = h0
    h[3, :3] = h[:3, 3] = turn @ [0, narrow, 0.4 * narrow]
    leads = [(h0, v, [0, 1, 2]), (np.zeros((1, 1)), np.full((1, 1), narrow), [3])]
    system = sv.System.from_matrices(h, dict(zip("ab", leads, strict=True)))
    energy = 0.3 * narrow
    found = sv.scattering_matrix(system, energy).transmission_matrix().values
    assert np.abs(found - solve(h, leads, energy, eta=1e-34).transmissions).max() < BOUND


def test_a_clean_ribbon_beside_its_threshold_is_transparent_or_refused():
    # Zigzag graphene beside a threshold at which two valleys open: T is a whole number. Rounding of the lead moves the
    # threshold, and shows in T by the square of its part of the distance.
    ribbon = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7))
    system = ribbon.region(sv.shape.rectangle(2.2, 2.1)).lead("a", ribbon, "-x").lead("b", ribbon, "+x")
    threshold = sv.thresholds(system, (1.0, 2.0))[0]
    for side, modes in ((1, 4), (-1, 2)):
        for distance in 10.0 ** np.arange(-14, -3, 0.5):
            try:
                found = sv.scattering_matrix(system, threshold + side * distance).transmission("b", "a")
            except sv.NumericalError:
                closest = distance
            else:
                assert abs(found - modes) < 1e-8
        assert closest < 1e-11
