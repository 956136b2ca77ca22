import numpy as np
import pytest

import sharvin as sv

chain = sv.Model(sv.lattice.chain(), sv.onsite(2.0) + sv.hopping(-1.0))
square = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))


def test_a_box():
    wanted = 2 - 2 * np.cos(np.pi * np.arange(1, 10) / 10)
    system = chain.region(sv.shape.line(10)).lead("left", chain, "-x")
    assert np.abs(sv.levels(system).values - wanted).max() < 1e-12
    assert np.abs(sv.levels(system, count=3).values - wanted[:3]).max() < 1e-12
    assert np.abs(sv.levels(system, count=3, near=2.1).values - wanted[3:6]).max() < 1e-12
    assert sv.levels(system).attrs["units"] == "eV"


@pytest.mark.parametrize("near", [None, 1.234])
def test_few_levels_of_a_large_region_by_iteration(near):
    # 63 × 47 sites between hard walls: sums of levels of two boxes.
    x, y = (2 - 2 * np.cos(np.pi * np.arange(1, n + 1) / (n + 1)) for n in (63, 47))
    every = np.sort(np.add.outer(x, y).ravel())
    wanted = every[:6] if near is None else np.sort(every[np.argsort(np.abs(every - near))[:6]])
    found = sv.levels(square.region(sv.shape.rectangle(64, 48)), count=6, near=near).values
    assert np.abs(found - wanted).max() < 1e-10


def test_landau_levels_of_graphene():
    # E_n = ±√(2n) ħv/ℓ_B with ħv = √3|t|a/2: many levels of a flake pile up there, up to its edges.
    a, t, field = 0.246, -2.7, 60.0
    flake = sv.Model(sv.lattice.honeycomb(a), sv.hopping(t)).region(sv.shape.disk(22.0)).field(field)
    velocity = 3**0.5 / 2 * abs(t) * a
    magnetic_length = np.sqrt(sv.constants.FLUX_QUANTUM / (2 * np.pi * field))
    for n in (1, 2):
        level = np.sqrt(2 * n) * velocity / magnetic_length
        found = sv.levels(flake, count=12, near=level).values
        assert np.median(found) == pytest.approx(level, rel=0.01)


def test_overlapping_orbitals():
    h, o = np.diag([0.1, 0.4, -0.3]), np.eye(3)
    h[0, 1] = h[1, 0] = -1.0
    o[0, 1] = o[1, 0] = 0.2
    system = sv.System.from_matrices(h, {"lead": (sv.WideBand(1.0), [0])}, overlap=o)
    found = sv.levels(system).values
    for energy in found:
        assert abs(np.linalg.det(energy * o - h)) < 1e-12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "count must be between 1 and 9"),
        ({"count": 10}, "count must be between 1 and 9"),
        ({"count": True}, "count must be"),
        ({"near": "EF"}, "near must be"),
        ({"V": 1.0}, 'no parameter "V"'),
    ],
)
def test_levels_without_meaning_are_refused(arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.levels(chain.region(sv.shape.line(10)), **arguments)


def test_a_region_that_absorbs_has_none():
    lossy = chain + sv.onsite(-0.1j, non_hermitian=True)
    with pytest.raises(sv.InputError, match="no real levels"):
        sv.levels(lossy.region(sv.shape.line(4)))
    with pytest.raises(sv.InputError, match="expected a System"):
        sv.levels(chain)
