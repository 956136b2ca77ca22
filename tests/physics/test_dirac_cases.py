"""Dirac electrons against closed forms of the continuum, as limits of lattices.

A square lattice with half a flux quantum in each plaquette has E² = 4t²(cos²k_x + cos²k_y): two Dirac cones, as
graphene has. Rows that are not connected, every one of which conducts at its band centre, stand for leads that are
doped without limit. Graphene at one momentum across is a chain of two sites in a cell, with the bonds t = 1 eV and
t − q, q being ħv times the momentum.
"""

import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import FLUX_QUANTUM, HBAR2_OVER_2M


def limit(x, values):
    """The value at x = 0 of the polynomial through these points (Neville)."""
    x, values = list(x), list(values)
    for order in range(1, len(x)):
        values = [
            (x[n + order] * values[n] - x[n] * values[n + 1]) / (x[n + order] - x[n])
            for n in range(len(values) - 1)
        ]
    return values[0]


def fano(tau):
    return (tau * (1 - tau)).sum() / tau.sum()


# ---- a wide and short sheet at the Dirac point


def sheet(length, width, across):
    """So many columns, and rows between walls `width` apart, with the hopping −`across` from row to row."""
    rows = sv.Model(sv.lattice.square(), sv.hopping(-1.0, offset=(1, 0)))
    region = (rows + sv.hopping(-across, offset=(0, 1))).region(
        sv.shape.rectangle(length + 1, width, center=((length + 1) / 2, width / 2))
    )
    return region.lead("left", rows, "-x").lead("right", rows, "+x").field(FLUX_QUANTUM / 2)


def eigenvalues(length, aspect):
    """τ of a sheet of W/L = `aspect`; an odd number of rows apart, walls give q = (n + 1/2)π/W, as heavy masses do."""
    width = (2 * aspect - 1) * length // 2
    across = width / (aspect * length)
    S = sv.scattering_matrix(sheet(length, width, across), 0.0)
    tau = S.transmission_eigenvalues("right", "left")
    # On the lattice cosh⁻²(κL) with sinh κ = (t_y/t_x) cos k_y, k_y = nπ/W.
    kappa = np.arcsinh(across * np.abs(np.cos(np.arange(1, width) * np.pi / width)))
    assert np.abs(tau - np.sort(1 / np.cosh(kappa * length) ** 2)[::-1]).max() < 1e-12
    return tau


@pytest.mark.parametrize(
    ("aspect", "lengths", "sigma", "factor", "left"),
    [
        (1, (10, 18, 26, 34, 42, 50), 0.6366197723675814, 0.8414904453022228, 1e-7),
        (2, (10, 14, 18, 22, 26), 1.2137037351948805, 0.4626811389962737, 1e-8),
        (4, (10, 14, 18, 22), 1.2730163563810337, 0.33520340040073693, 2e-6),
        (10, (6, 10, 14), 1.2732395447315288, 0.3333333335235968, 2e-4),
    ],
)
def test_pseudodiffusion_at_the_dirac_point(aspect, lengths, sigma, factor, left):
    # T_n = cosh⁻²(q_n L), q_n = (n + 1/2)π/W: σ → 4e²/πh and F → 1/3. J. Tworzydło et al., Phys. Rev. Lett. 96, 246802
    # (2006); M. I. Katsnelson, Eur. Phys. J. B 51, 157 (2006). The lattice errs by a series in 1/L²: `left` remains.
    found = [eigenvalues(length, aspect) for length in lengths]
    x = [length**-2.0 for length in lengths]
    assert limit(x, [2 * tau.sum() / aspect for tau in found]) == pytest.approx(sigma, rel=left)
    assert limit(x, [fano(tau) for tau in found]) == pytest.approx(factor, rel=left)


def graphene_between_wide_bands(lines, rows):
    """An armchair ribbon whose zigzag ends are as if they went on with bonds t to chains at their band centre."""
    a = 0.246
    graphene = sv.Model(sv.lattice.honeycomb(a), sv.hopping(-1.0))
    width, low, high = (lines + 1) * a / 2, a / np.sqrt(3) - 0.01, rows * np.sqrt(0.75) * a + 0.01
    ribbon = graphene.region(sv.shape.rectangle(width, high - low, center=(width / 2, (low + high) / 2)))
    y = ribbon.positions[:, 1]
    ends = {"left": np.flatnonzero(y < y.min() + 1e-6), "right": np.flatnonzero(y > y.max() - 1e-6)}
    leads = {name: (sv.WideBand(2.0), sites) for name, sites in ends.items()}
    return sv.System.from_matrices(ribbon.hamiltonian(), leads)


def test_pseudodiffusion_in_graphene():
    # A metallic armchair ribbon has q_n = nπ/W, n = 0, ±1, …; on the lattice T = cosh⁻²(M ln 2 cos(pπ/(N + 1))).
    found, lengths = [], (6, 8, 10, 12, 14)
    for rows in lengths:
        lines = 6 * rows - 1  # W/L = √12, and N = 3m + 2
        S = sv.scattering_matrix(graphene_between_wide_bands(lines, rows), 0.0)
        tau = S.transmission_eigenvalues("right", "left")
        across = 2 * np.cos(np.arange(1, lines // 2 + 1) * np.pi / (lines + 1))
        assert np.abs(tau - np.sort(1 / np.cosh(rows * np.log(across)) ** 2)[::-1]).max() < 1e-12
        found.append(tau)
    continuum = 1 / np.cosh(np.arange(-20, 21) * np.pi / np.sqrt(12)) ** 2
    x = [rows**-2.0 for rows in lengths]
    assert limit(x, [2 * tau.sum() / np.sqrt(12) for tau in found]) == pytest.approx(
        2 * continuum.sum() / np.sqrt(12), rel=1e-4
    )
    assert limit(x, [fano(tau) for tau in found]) == pytest.approx(fano(continuum), rel=1e-4)
    assert 2 * continuum.sum() / np.sqrt(12) == pytest.approx(4 / np.pi, rel=1e-2)


# ---- two sheets in series


def test_two_sheets_at_the_dirac_point_behind_each_other():
    # Averaged over the phase that doped graphene between them adds, F = 1/4. J. Wiener and M. Kindermann, Phys. Rev. B
    # 84, 245420 (2011). Where modes are nearly closed resonances are narrow: θ = atan(eᵘ) from θ = 0 to π/2.
    u = np.arange(-20, 20, 0.25)
    theta, weight = np.arctan(np.exp(u)), 1 / np.cosh(u)
    mass = 0.067  # FreePropagation turns an energy into a phase kL, whatever its mass
    energies, means = HBAR2_OVER_2M / mass * theta**2, np.zeros(2)
    for tau in 1 / np.cosh((np.arange(48) + 0.5) * np.pi / 16) ** 2:  # W/L = 16
        r, t = np.sqrt(1 - tau), 1j * np.sqrt(tau)
        one = sv.FixedScatterer([[r, t], [t, r]], leads={"left": 1, "right": 1})
        both = sv.series(one, sv.FreePropagation(length=1.0, mass=mass), one)
        T = sv.transmission(both, energies).values
        means += [(weight * T).sum(), (weight * T**2).sum()]
    assert 1 - means[1] / means[0] == pytest.approx(0.25, rel=1e-6)


# ---- Klein tunnelling


def graphene_at(q):
    """Graphene at one momentum across: cells of two sites, 1 nm long, ħv = 1 eV nm at q = 0."""
    cells = sv.lattice.Lattice([[1.0]], basis=[[0.0], [0.5]])
    bonds = sv.hopping(-1.0, offset=(1,), between=("A", "B")) + sv.hopping(
        q - 1.0, offset=(0,), between=("B", "A")
    )
    return sv.Model(cells, bonds)


def junction(potential, reach, q):
    """A potential, odd in x, between an n and a p lead; the Fermi level is zero."""
    sheet, height = graphene_at(q), float(potential(np.array(1e6)))
    region = (sheet + sv.onsite(potential)).region(sv.shape.line(2 * reach))
    return region.lead("n", sheet, "-x", shift=-height).lead("p", sheet, "+x", shift=height)


KLEIN = [0.0, 30.0, 60.0]


@pytest.mark.parametrize(("degrees", "expected"), list(zip(KLEIN, [1.0, 0.75, 0.25], strict=True)))
def test_klein_tunnelling_through_a_sharp_junction(degrees, expected):
    # T = cos²φ. M. I. Katsnelson, K. S. Novoselov and A. K. Geim, Nature Phys. 2, 620 (2006).
    energies = 0.02 * np.arange(1, 8)  # of the Fermi level above and below the Dirac points, which is ħv/λ
    found = []
    for energy in energies:
        step = junction(
            lambda x, level=energy: level * np.sign(x), 1.75, energy * np.sin(np.radians(degrees))
        )
        found.append(sv.scattering_matrix(step, 0.0).transmission("p", "n"))
    assert found[0] == pytest.approx(expected, rel=1e-4)
    assert limit(energies, found) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("degrees", "expected"), list(zip(KLEIN, [1.0, 0.8090454696004267, 0.3200798658343589], strict=True))
)
def test_klein_tunnelling_through_a_high_barrier(degrees, expected):
    # T = cos²φ/(1 − cos²(q_x D) sin²φ) at q_x D = 1 (the same). D cells, a barrier of 1/D, and an energy of 1/D².
    cells, found = np.array([10, 14, 20, 28, 40, 56, 80]), []
    for D in cells:
        energy = 1 / D**2
        q = energy * np.sin(np.radians(degrees))
        inside = np.sqrt(
            q**2 + 4 * (1 - q) * np.sin(0.5 / D) ** 2
        )  # k_x D = 1: E² = q² + 4t(t − q) sin²(k_x/2)
        sheet = graphene_at(q)
        barrier = sv.onsite(lambda x, D=D, top=energy + inside: top * (np.abs(x - D / 2 + 0.25) < D / 2))
        region = (sheet + barrier).region(sv.shape.line(D + 4.0, center=D / 2 - 0.25))
        system = region.lead("L", sheet, "-x").lead("R", sheet, "+x")
        found.append(sv.scattering_matrix(system, energy).transmission("R", "L"))
    assert limit(1 / cells, found) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("degrees", "expected"), list(zip(KLEIN, [1.0, 0.207879576350762, 0.008983291021129438], strict=True))
)
def test_klein_tunnelling_through_a_smooth_junction(degrees, expected):
    # T = exp(−π k_F d sin²φ), k_F d = 2, for a slope ħvk_F/d. V. V. Cheianov and V. I. Fal'ko, Phys. Rev. B 74, 041403
    # (2006). The slope is that of U tanh(x/w) with U² = 1/2n, k_F = 1/n: high against ħvk_F, low against the band.
    inverse, found = np.array([6, 8, 11, 16, 22, 30]), []
    for n in inverse:
        height, slope = np.sqrt(0.5 / n), 0.5 / n**2
        smooth = junction(
            lambda x, U=height, w=height / slope: U * np.tanh(x / w),
            np.ceil(11 * height / slope) + 0.375,
            np.sin(np.radians(degrees)) / n,
        )
        found.append(sv.scattering_matrix(smooth, 0.0).transmission("p", "n"))
    assert limit(1 / inverse, found) == pytest.approx(expected, rel=1e-7)
