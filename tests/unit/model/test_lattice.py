import numpy as np
import pytest

import sharvin as sv
from sharvin.model.lattice import Lattice

LATTICES = {
    "chain": sv.lattice.chain(1.5),
    "square": sv.lattice.square(1.5),
    "triangular": sv.lattice.triangular(1.5),
    "honeycomb": sv.lattice.honeycomb(1.5),
    "cubic": sv.lattice.cubic(1.5),
    "kagome": sv.lattice.kagome(1.5),
    "lieb": sv.lattice.lieb(1.5),
    "bcc": sv.lattice.bcc(1.5),
    "fcc": sv.lattice.fcc(1.5),
    "diamond": sv.lattice.diamond(1.5),
}
# Neighbours of one site in each shell, and their distance in lattice constants (any book of crystals).
SHELLS = {
    "chain": [(2, 1), (2, 2), (2, 3)],
    "square": [(4, 1), (4, 2**0.5), (4, 2), (8, 5**0.5)],
    "triangular": [(6, 1), (6, 3**0.5), (6, 2), (12, 7**0.5)],
    "honeycomb": [(3, 3**-0.5), (6, 1), (3, 2 / 3**0.5), (6, (7 / 3) ** 0.5)],
    "cubic": [(6, 1), (12, 2**0.5), (8, 3**0.5), (6, 2)],
    "kagome": [(4, 0.5), (4, 0.75**0.5), (6, 1)],
    "lieb": [(8 / 3, 0.5), (8 / 3, 0.5**0.5), (12 / 3, 1)],
    "bcc": [(8, 0.75**0.5), (6, 1), (12, 2**0.5), (24, 2.75**0.5), (8, 3**0.5)],
    "fcc": [(12, 0.5**0.5), (6, 1), (24, 1.5**0.5), (12, 2**0.5)],
    "diamond": [(4, 3**0.5 / 4), (12, 0.5**0.5), (12, 11**0.5 / 4), (6, 1)],
}


@pytest.mark.parametrize(
    ("name", "shell"), [(name, shell) for name in LATTICES for shell in range(1, len(SHELLS[name]) + 1)]
)
def test_neighbour_shells(name, shell):
    lattice = LATTICES[name]
    count, distance = SHELLS[name][shell - 1]
    bonds = lattice.neighbours(shell)
    assert len(bonds) == count * lattice.sublattice_count
    for to, source, cell in bonds:
        ends = lattice.positions(np.array([cell, [0] * lattice.dimension]), np.array([to, source]))
        assert np.linalg.norm(ends[0] - ends[1]) == pytest.approx(1.5 * distance, rel=1e-12)
        assert (source, to, tuple(-c for c in cell)) in bonds
    assert len(set(bonds)) == len(bonds)


@pytest.mark.parametrize("name", LATTICES)
def test_dimensions_and_orbitals(name):
    solid = dict.fromkeys(("cubic", "bcc", "fcc"), (3, 1)) | {"diamond": (3, 2)}
    flat = {"chain": (1, 1), "honeycomb": (2, 2), "kagome": (2, 3), "lieb": (2, 3)}
    dimension, sublattices = (solid | flat).get(name, (2, 1))
    lattice = LATTICES[name]
    assert (lattice.dimension, lattice.sublattice_count, lattice.orbital_count) == (dimension, sublattices, 1)
    assert getattr(sv.lattice, name)(orbitals=("s", "p")).orbitals == ("s", "p")
    assert getattr(sv.lattice, name)(orbitals=3).orbital_count == 3


def test_positions_are_cells_times_vectors_plus_basis():
    lattice = sv.lattice.honeycomb(2.0)
    found = lattice.positions(np.array([[1, 2], [0, -1]]), np.array([1, 0]))
    wanted = [[2 * (1 + 1), 2 * 2 * 0.75**0.5 + 2 / 3**0.5, 0], [-1, -2 * 0.75**0.5, 0]]
    assert np.abs(found - wanted).max() < 1e-13


def test_equal_lattices_are_equal_and_others_are_not():
    assert sv.lattice.square(2.0) == sv.lattice.square(2.0)
    assert hash(sv.lattice.square(2.0)) == hash(sv.lattice.square(2.0))
    assert sv.lattice.square(2.0) != sv.lattice.square(2.1)
    assert sv.lattice.square() != sv.lattice.square(orbitals=2)
    assert sv.lattice.square() != sv.lattice.triangular()
    assert sv.lattice.square() != "square"


def test_a_lattice_does_not_change():
    with pytest.raises(ValueError, match="read-only"):
        sv.lattice.square().vectors[0, 0] = 3.0


@pytest.mark.parametrize("a", [0, -1.0, np.nan, np.inf, "2", None, [1.0]])
@pytest.mark.parametrize("name", LATTICES)
def test_a_lattice_constant_without_meaning_is_refused(name, a):
    with pytest.raises(sv.InputError, match="lattice constant"):
        getattr(sv.lattice, name)(a)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1, 0], [2, 0]],), "linearly independent"),
        ((np.eye(3)[:, :, None],), "rows"),
        (([[1, 0], [0, np.nan]],), "finite"),
        (([[1, 0, 0, 0]],), "one to three"),
        (("square",), "rows of numbers"),
        (([[1, 0], [0, 1]], [[0, 0], [0, 0]]), "same place"),
        (([[1, 0], [0, 1]], [[0, 0], [1, 0]]), "same place"),
        (([[1, 0], [0, 1]], [[0, 0], [0.5, 0]], ("A",)), "as many different names"),
        (([[1, 0], [0, 1]], [[0, 0], [0.5, 0]], ("A", "A")), "as many different names"),
        (([[1, 0], [0, 1]], [[0, 0]], None, ("up", "up")), "different names"),
        (([[1, 0], [0, 1]], [[0, 0]], None, 0), "positive number"),
    ],
)
def test_a_lattice_without_meaning_is_refused(arguments, message):
    with pytest.raises(sv.InputError, match=message):
        Lattice(*arguments)


def test_a_basis_shifted_by_a_lattice_vector_of_another_sublattice_is_found():
    # The shortest bond leads across cells although the basis sites look far apart.
    lattice = Lattice([[1.0]], basis=[[0.0], [0.9]])
    assert sorted(lattice.neighbours(1)) == [(0, 1, (1,)), (1, 0, (-1,))]


def test_a_rectangular_lattice_has_two_periods():
    lattice = sv.lattice.rectangular(2.0, 3.0)
    assert lattice.vectors.tolist() == [[2, 0, 0], [0, 3, 0]]
    assert len(lattice.neighbours(1)) == len(lattice.neighbours(2)) == 2
    with pytest.raises(sv.InputError, match="lattice constant b"):
        sv.lattice.rectangular(1.0, -1.0)


@pytest.mark.parametrize("name", LATTICES)
def test_bonds_within_a_distance_are_the_shells_up_to_it(name):
    lattice = LATTICES[name]
    shells = [lattice.neighbours(n) for n in (1, 2, 3)]
    longest = np.linalg.norm(lattice.displacements(shells[2]), axis=1)
    assert np.ptp(longest) < 1e-12
    found = lattice.bonds_within(float(longest[0]))
    assert set(found) == {kind for shell in shells for kind in shell}
    assert len(found) == len(set(found))
    assert lattice.bonds_within(1e-3) == ()


def test_shells_of_a_skew_lattice_are_all_found():
    # The vectors (1, 0) and (7, 1) span the square lattice.
    skew = Lattice([[1.0, 0.0], [7.0, 1.0]])
    for shell, (count, distance) in enumerate(SHELLS["square"], start=1):
        bonds = skew.neighbours(shell)
        assert len(bonds) == count
        assert np.allclose(np.linalg.norm(skew.displacements(bonds), axis=1), distance, rtol=1e-12)


def test_a_distance_that_reaches_too_far_is_refused():
    with pytest.raises(sv.InputError, match="too many"):
        sv.lattice.square(a=1e-3).bonds_within(100.0)


def test_many_sublattices_have_names():
    lattice = Lattice([[100.0]], basis=[[float(n)] for n in range(60)])
    assert lattice.sublattices[:2] + lattice.sublattices[25:28] == ("A", "B", "Z", "AA", "AB")
    assert lattice.sublattices[-1] == "BH"


def test_stacks_of_layers():
    bond = 0.246 / 3**0.5
    bernal = sv.lattice.bilayer()
    assert bernal.sublattices == ("A1", "B1", "A2", "B2")
    assert np.allclose(bernal.basis[2], bernal.basis[1] + [0, 0, 0.335])
    up = np.array([0, 0, 0.335])
    assert np.allclose(sv.lattice.bilayer(stacking="AA").basis[2:], bernal.basis[:2] + up)
    # One bond straight up in each cell, as long as the layers are apart.
    vertical = [kind for kind in bernal.bonds_within(0.336) if {kind[0], kind[1]} == {1, 2}]
    assert vertical.count((2, 1, (0, 0))) == vertical.count((1, 2, (0, 0))) == 1
    assert len(bernal.neighbours(1)) == 12
    assert np.linalg.norm(bernal.displacements(bernal.neighbours(1)), axis=1) == pytest.approx(bond)
    with pytest.raises(sv.InputError, match="stacking"):
        sv.lattice.bilayer(stacking="ABC")
    with pytest.raises(sv.InputError, match="same place"):
        sv.lattice.stack(sv.lattice.square(), [(0, 0), (1, 0)])
    with pytest.raises(sv.InputError, match="offsets"):
        sv.lattice.stack(sv.lattice.square(), "AB")


@pytest.mark.parametrize(
    ("m", "r", "degrees", "sites"),
    # From J. M. B. Lopes dos Santos et al., Phys. Rev. B 86, 155449 (2012): θ and the number of atoms.
    [(1, 1, 21.787, 28), (2, 1, 13.174, 76), (6, 1, 5.086, 508), (1, 3, 38.213, 28), (1, 2, 32.204, 52)],
)
def test_commensurate_twists(m, r, degrees, sites):
    lattice = sv.lattice.twisted_bilayer(m, r)
    assert lattice.sublattice_count == sites
    z = lattice.basis[:, 2]
    assert np.count_nonzero(z == 0) == np.count_nonzero(z == 0.335) == sites // 2
    first, second = lattice.vectors[:, :2]
    assert first[1] == pytest.approx(0, abs=1e-12)
    assert first[0] > 0
    assert np.linalg.norm(first) == pytest.approx(np.linalg.norm(second))
    # Three bonds for each site inside its layer, and the directions of the two layers' bonds differ by θ.
    bonds = lattice.neighbours(1)
    assert len(bonds) == 3 * sites
    delta = lattice.displacements(bonds)
    assert np.linalg.norm(delta, axis=1) == pytest.approx(0.246 / 3**0.5)
    layer = z[[kind[0] for kind in bonds]] > 0
    turns = np.degrees(np.arctan2(delta[:, 1], delta[:, 0])) % 60  # of bonds from A to B and from B to A
    one, other = (turns[layer == upper] for upper in (False, True))
    twist = (other[0] - one[0]) % 60
    assert min(twist, 60 - twist) == pytest.approx(min(degrees, 60 - degrees), abs=2e-3)


@pytest.mark.parametrize(("m", "r"), [(0, 1), (2, 2), (1.5, 1), (True, 1)])
def test_a_twist_without_meaning_is_refused(m, r):
    with pytest.raises(sv.InputError, match="twisted_bilayer"):
        sv.lattice.twisted_bilayer(m, r)


@pytest.mark.parametrize("shell", [0, -1, 10**6])
def test_a_shell_that_is_not_there_is_refused(shell):
    with pytest.raises(sv.InputError, match="neighbours must be between"):
        sv.lattice.square().neighbours(shell)


def test_an_unknown_sublattice_names_the_nearest():
    lattice = Lattice([[1.0]], basis=[[0.0], [0.5]], sublattices=("gallium", "arsenic"))
    assert lattice.sublattice_number("arsenic") == 1
    with pytest.raises(sv.InputError, match='did you mean "gallium"'):
        lattice.sublattice_number("galium")
