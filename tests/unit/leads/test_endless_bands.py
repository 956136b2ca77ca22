import numpy as np
import pytest

import sharvin as sv

RNG = np.random.default_rng(4)


def test_graphene_with_a_mass():
    a, t, mass = 0.246, -2.7, 0.3
    model = sv.Model(
        sv.lattice.honeycomb(a),
        sv.onsite(lambda sublattice, mass: mass * np.where(sublattice == "A", 1, -1)) + sv.hopping(t),
    )
    momenta = RNG.uniform(-20, 20, (9, 2))
    a1, a2 = a * np.array([1, 0]), a * np.array([0.5, 0.75**0.5])
    f = t * (1 + np.exp(1j * momenta @ a2) + np.exp(1j * momenta @ (a2 - a1)))
    wanted = np.sqrt(mass**2 + np.abs(f) ** 2)
    bands = sv.bulk_bands(model, momenta, mass=mass)
    assert np.abs(bands.values - np.column_stack([-wanted, wanted])).max() < 1e-12
    assert bands.dims == ("point", "band")
    assert np.array_equal(bands.kx, momenta[:, 0])
    assert bands.kx.attrs["units"] == "1/nm"


@pytest.mark.parametrize(
    ("lattice", "wanted"),
    [
        (sv.lattice.lieb(1.0), lambda kx, ky: [-2 * np.hypot(np.cos(kx / 2), np.cos(ky / 2)), 0 * kx,
                                              2 * np.hypot(np.cos(kx / 2), np.cos(ky / 2))]),
        (sv.lattice.triangular(1.0), lambda kx, ky: [-2 * (np.cos(kx) + 2 * np.cos(kx / 2) * np.cos(3**0.5 / 2 * ky))]),
    ],
)  # fmt: skip
def test_closed_forms(lattice, wanted):
    momenta = RNG.uniform(-4, 4, (7, 2))
    found = sv.bulk_bands(sv.Model(lattice, sv.hopping(-1.0)), momenta).values
    assert np.abs(found - np.transpose(wanted(*momenta.T))).max() < 1e-12


def test_the_flat_band_of_the_kagome_lattice():
    found = sv.bulk_bands(
        sv.Model(sv.lattice.kagome(1.0), sv.hopping(-1.0)), RNG.uniform(-4, 4, (7, 2))
    ).values
    assert np.abs(found[:, 2] - 2.0).max() < 1e-12
    assert np.abs(found[:, :2].sum(axis=1) + 2.0).max() < 1e-12


def test_solids():
    momenta = RNG.uniform(-4, 4, (7, 3))
    cos = np.cos(momenta / 2)
    x, y, z = cos.T
    for lattice, wanted in (
        (sv.lattice.bcc(1.0), -8 * x * y * z),
        (sv.lattice.fcc(1.0), -4 * (x * y + y * z + z * x)),
    ):
        found = sv.bulk_bands(sv.Model(lattice, sv.hopping(-1.0)), momenta).values
        assert np.abs(found[:, 0] - wanted).max() < 1e-12
    diamond = sv.bulk_bands(sv.Model(sv.lattice.diamond(1.0), sv.hopping(-1.0)), momenta).values
    assert np.abs(diamond[:, 1] ** 2 - 4 - 4 * (x * y + y * z + z * x)).max() < 1e-12


def test_rashba_bands():
    a, mass, alpha, g, field = 5.0, 0.023, 0.02, -15.0, 0.7
    model = sv.Model(
        sv.lattice.square(a, orbitals=("up", "down")),
        sv.terms.kinetic(mass) + sv.terms.rashba(alpha) + sv.terms.zeeman(g, sv.param("Bz")),
    )
    momenta = RNG.uniform(-0.3, 0.3, (9, 2))
    t = sv.constants.HBAR2_OVER_2M / mass / a**2
    kinetic = 2 * t * (2 - np.cos(momenta * a).sum(axis=1))
    orbit = alpha / a * np.hypot(*np.sin(momenta * a).T)
    split = np.hypot(orbit, 0.5 * g * sv.constants.BOHR_MAGNETON * field)
    found = sv.bulk_bands(model, momenta, Bz=field).values
    assert np.abs(found - np.column_stack([kinetic - split, kinetic + split])).max() < 1e-12


def test_bilayers_and_moires_by_distance():
    def hopping(x1, y1, z1, x2, y2, z2):
        """Slater–Koster for p_z orbitals; G. Trambly de Laissardière et al., Nano Lett. 10, 804 (2010)."""
        r, d, bond = np.sqrt((x1 - x2) ** 2 + (y1 - y2) ** 2 + (z1 - z2) ** 2), 0.335, 0.246 / 3**0.5
        up = ((z1 - z2) / r) ** 2
        return -2.7 * np.exp(-(r - bond) / 0.0453) * (1 - up) + 0.48 * np.exp(-(r - d) / 0.0453) * up

    term = sv.hopping(hopping, within=0.55)
    bernal = sv.bulk_bands(sv.Model(sv.lattice.bilayer(), term), [(4 * np.pi / (3 * 0.246), 0)]).values[0]
    # At K the sites without a neighbour above are degenerate, and dimers split by ±γ: their own bond, and those to the
    # dimers around, 6 at a (with phases that add up to −3) and 6 at √3a.
    across = [hopping(0, 0, 0, side, 0, 0.335) for side in (0, 0.246, 3**0.5 * 0.246)]
    gamma = across[0] - 3 * across[1] + 6 * across[2]
    assert abs(bernal[2] - bernal[1]) < 1e-12
    assert bernal[3] - bernal[0] == pytest.approx(2 * gamma, abs=1e-12)
    moire = sv.Model(sv.lattice.twisted_bilayer(1), term)
    bands = sv.bulk_bands(moire, [(0, 0), (0.3, 0.1)]).values
    assert bands.shape == (2, 28)
    # The trace does not depend on k; nor do the bands on the cell that the same lattice is described by.
    assert np.abs(bands.sum(axis=1)).max() < 1e-10


@pytest.mark.parametrize(
    ("model", "momenta", "message"),
    [
        (sv.Model(sv.lattice.chain(), sv.onsite(lambda x: x) + sv.hopping(-1.0)), [[0.0]], "change by"),
        (sv.Model(sv.lattice.chain(), sv.hopping(-1.0)), [[np.nan]], "momenta must be"),
        (sv.Model(sv.lattice.chain(), sv.hopping(-1.0)), "K", "momenta must be"),
        (sv.Model(sv.lattice.chain(), sv.hopping(sv.param("t"))), [[0.0]], 'value for "t"'),
        (sv.lattice.chain(), [[0.0]], "expected a Model"),
    ],
)
def test_bands_without_meaning_are_refused(model, momenta, message):
    with pytest.raises(sv.InputError, match=message):
        sv.bulk_bands(model, momenta)
