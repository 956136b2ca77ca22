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
}
# Neighbours of one site in each shell, and their distance in lattice constants (any book of crystals).
SHELLS = {
    "chain": [(2, 1), (2, 2), (2, 3)],
    "square": [(4, 1), (4, 2**0.5), (4, 2), (8, 5**0.5)],
    "triangular": [(6, 1), (6, 3**0.5), (6, 2), (12, 7**0.5)],
    "honeycomb": [(3, 3**-0.5), (6, 1), (3, 2 / 3**0.5), (6, (7 / 3) ** 0.5)],
    "cubic": [(6, 1), (12, 2**0.5), (8, 3**0.5), (6, 2)],
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
    dimension, sublattices = {"chain": (1, 1), "honeycomb": (2, 2), "cubic": (3, 1)}.get(name, (2, 1))
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


@pytest.mark.parametrize("shell", [0, -1, 10**6])
def test_a_shell_that_is_not_there_is_refused(shell):
    with pytest.raises(sv.InputError, match="neighbours must be between"):
        sv.lattice.square().neighbours(shell)


def test_an_unknown_sublattice_names_the_nearest():
    lattice = Lattice([[1.0]], basis=[[0.0], [0.5]], sublattices=("gallium", "arsenic"))
    assert lattice.sublattice_number("arsenic") == 1
    with pytest.raises(sv.InputError, match='did you mean "gallium"'):
        lattice.sublattice_number("galium")
