import numpy as np
import pytest
from scipy import sparse

from sharvin.linalg import Pattern, available_back_ends, back_end
from sharvin.solvers.layers import Layers

ENERGIES = np.array([-0.7, 0.1, 0.4, 1.3])


def stored(dense):
    """A dense Hermitian matrix by its nonzero elements and its whole diagonal."""
    rows, columns = np.nonzero((dense != 0) | np.eye(len(dense), dtype=bool))
    indptr = np.searchsorted(rows, np.arange(len(dense) + 1))
    return sparse.csr_array((dense[rows, columns], columns, indptr), shape=dense.shape)


def random_graph(seed, size, bonds, dtype):
    """A random Hermitian matrix with some bonds per orbital."""
    rng = np.random.default_rng(seed)
    h = rng.standard_normal((size, size)) + (
        1j * rng.standard_normal((size, size)) if dtype is complex else 0
    )
    h = np.where(rng.random((size, size)) < bonds / size, h, 0)
    return h + h.conj().T


def lattice(width, length, dtype, seed=0):
    """A disordered square lattice, orbitals column by column, in a field if complex."""
    rows, columns = np.zeros((2, width * length), dtype=int)
    sites = np.arange(width * length).reshape(length, width)
    rows = np.concatenate([sites[1:].ravel(), sites[:, 1:].ravel()])
    columns = np.concatenate([sites[:-1].ravel(), sites[:, :-1].ravel()])
    h = np.zeros((width * length, width * length), dtype=dtype)
    h[rows, columns] = -np.exp(0.3j * (rows % width)) if dtype is complex else -1.0
    disorder = np.random.default_rng(seed).uniform(-1, 1, width * length)
    return h + h.conj().T + np.diag(disorder)


def ends(width, length):
    return np.r_[:width, width * (length - 1) : width * length]


def expected(h, kept, energy):
    """C from the inverse of the part of E − H that is eliminated."""
    a = energy * np.eye(len(h)) - h
    rest = np.setdiff1d(np.arange(len(h)), kept)
    return a[np.ix_(kept, kept)] - a[np.ix_(kept, rest)] @ np.linalg.solve(
        a[np.ix_(rest, rest)], a[np.ix_(rest, kept)]
    )


def complements(h, kept, energies, xp=None):
    matrix = stored(h)
    return Layers.of(Pattern.of(matrix), kept).complements(matrix.data, energies, xp)


def assert_close(found, wanted, rtol=1e-10):
    assert np.abs(found - wanted).max(initial=0.0) <= rtol * np.abs(wanted).max(initial=0.0)


def assert_vouched_for(figures):
    assert set(figures) == {
        "elimination_error",
        "elimination_residual",
        "layer_growth",
        "wave_growth",
        "asymmetry",
        "storage",
    }
    for name, figure in figures.items():
        assert figure.shape == ENERGIES.shape
        assert (figure < (1e6 if name == "storage" else 1e-10)).all(), name


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("bonds", [1.0, 2.0, 8.0])
def test_random_graphs_of_any_number_of_pieces(dtype, seed, bonds):
    h = random_graph(seed, 40, bonds, dtype)
    kept = np.sort(np.random.default_rng(seed).choice(40, 1 + 2 * seed, replace=False))
    found, figures = complements(h, kept, ENERGIES)
    assert found.dtype == dtype
    assert np.array_equal(found, found.conj().swapaxes(1, 2))
    for matrix, energy in zip(found, ENERGIES, strict=True):
        assert_close(matrix, expected(h, kept, energy))
    assert_vouched_for(figures)


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("kept", [ends(4, 9), np.array([17]), np.arange(36), np.array([30, 2, 11])])
def test_lattices(dtype, kept):
    h = lattice(4, 9, dtype)
    found, figures = complements(h, kept, ENERGIES)
    for matrix, energy in zip(found, ENERGIES, strict=True):
        assert_close(matrix, expected(h, kept, energy))
    assert_vouched_for(figures)


def test_layers_are_what_lies_so_many_bonds_away():
    h = lattice(3, 5, float)
    layers = Layers.of(Pattern.of(stored(h)), ends(3, 5))
    assert [layer.tolist() for layer in layers.orbitals] == [
        [0, 1, 2, 12, 13, 14],
        [3, 4, 5, 9, 10, 11],
        [6, 7, 8],
    ]
    assert layers.sizes == (6, 6, 3)
    assert layers.steps == 2
    assert layers.flops == pytest.approx((2 / 3 + 2 + 2) * 6**3 + (2 / 3 * 27 + 2 * 9 * 6 + 2 * 36 * 3))
    assert layers.numbers == 36 + 18 + 6 * 36
    corner = Layers.of(Pattern.of(stored(h)), np.array([0]))
    assert corner.sizes == (1, 2, 3, 3, 3, 2, 1)


def test_what_nothing_connects_to_the_orbitals_kept_is_dropped():
    # The other piece has a level exactly at the energy, and spoils nothing.
    h = np.zeros((5, 5))
    h[0, 1] = h[1, 0] = 1.0
    h[2, 3] = h[3, 2] = 2.0
    found, figures = complements(h, np.array([0]), np.array([2.0]))
    assert found.item() == 2.0 - 1.0 / 2.0
    assert figures["elimination_error"].item() < 1e-15
    assert Layers.of(Pattern.of(stored(h)), np.array([0])).sizes == (1, 1)


def test_nothing_kept():
    found, figures = complements(lattice(2, 3, float), np.arange(0), ENERGIES)
    assert found.shape == (4, 0, 0)
    assert all((figure == 0).all() and figure.shape == (4,) for figure in figures.values())


@pytest.mark.parametrize("dtype", [float, complex])
def test_realizations(dtype):
    many = [lattice(3, 8, dtype, seed) for seed in range(5)]
    matrices = [stored(h) for h in many]
    values, kept = np.array([matrix.data for matrix in matrices]), ends(3, 8)
    layers = Layers.of(Pattern.of(matrices[0]), kept)
    energies = np.linspace(-1, 1, 5)
    each, _ = layers.complements(values, energies)
    one, figures = layers.complements(values, 0.3)
    assert all(figure.shape == (5,) for figure in figures.values())
    assert all((figure < 1e-10).all() for name, figure in figures.items() if name != "storage")
    for row, h in enumerate(many):
        assert_close(each[row], expected(h, kept, energies[row]))
        assert_close(one[row], expected(h, kept, 0.3))


def test_a_member_does_not_depend_on_the_others():
    h, kept = lattice(4, 9, complex), ends(4, 9)
    together, _ = complements(h, kept, ENERGIES)
    for row, energy in enumerate(ENERGIES):
        assert_close(together[row], complements(h, kept, np.array([energy]))[0][0], 1e-14)


def chain(size):
    return np.eye(size, k=1) + np.eye(size, k=-1)


def test_a_singular_member_is_nan_and_spoils_nothing():
    # A chain kept at one end, seven orbitals eliminated: at its band centre the last pivot is exactly zero.
    found, figures = complements(chain(8), np.array([0]), np.array([0.5, 0.0, -0.3, 0.7]))
    assert np.isnan(found[1]).all()
    for name, figure in figures.items():
        assert np.isnan(figure[1]), name
        assert (figure[[0, 2, 3]] < (1e3 if name == "storage" else 1e-14)).all(), name
    for row, energy in ((0, 0.5), (2, -0.3), (3, 0.7)):
        assert_close(found[row], expected(chain(8), np.array([0]), energy))


def test_a_singular_realization_is_nan_and_spoils_nothing():
    matrices = [stored(chain(8) + shift * np.eye(8)) for shift in (0.2, 0.0, 0.1)]
    layers = Layers.of(Pattern.of(matrices[0]), np.array([0]))
    found, _ = layers.complements(np.array([matrix.data for matrix in matrices]), 0.0)
    assert np.isnan(found[1]).all()
    assert np.isfinite(found[[0, 2]]).all()


def test_digits_lost_beside_a_level_of_a_layer_are_told():
    # A piece of 12 orbitals inside, cut off from the outer ones, has a level: the layers meet it, C does not.
    h, kept = lattice(4, 9, float), ends(4, 9)
    layers = Layers.of(Pattern.of(stored(h)), kept)
    inner = np.concatenate(layers.orbitals[2:])
    level = np.linalg.eigvalsh(h[np.ix_(inner, inner)])[5]
    energies = level + np.array([1e-1, 1e-5, 1e-9, 1e-13])
    found, figures = layers.complements(stored(h).data, energies)
    wrong = [np.abs(c - expected(h, kept, e)).max() for c, e in zip(found, energies, strict=True)]
    assert wrong[0] < 1e-13
    assert wrong[3] > 1e-8
    growth, error, asymmetry = (figures[name] for name in ("layer_growth", "elimination_error", "asymmetry"))
    assert (np.diff(growth) > 0).all()
    assert growth[3] > 1e-5
    for row in range(4):
        assert wrong[row] < 1e3 * max(error[row], asymmetry[row], 1e-15)


def test_a_wrong_coupling_is_found_by_the_wave():
    # Sabotage: one element of one block is taken from elsewhere. Az is formed without the blocks.
    matrix = stored(lattice(4, 9, float))
    layers = Layers.of(Pattern.of(matrix), ends(4, 9))
    zero = len(matrix.data)
    places = layers.inward[1].places
    places[np.flatnonzero(places != zero)[0]] = zero
    _, figures = layers.complements(matrix.data, ENERGIES)
    assert (figures["elimination_residual"] > 1e-4).all()


@pytest.mark.parametrize("name", available_back_ends())
@pytest.mark.parametrize("dtype", [float, complex])
def test_back_ends_agree(name, dtype):
    matrix, kept = stored(lattice(5, 12, dtype)), ends(5, 12)
    pattern = Pattern.of(matrix)
    found, _ = Layers.of(pattern, kept).complements(matrix.data, ENERGIES)
    factorization = back_end(name)
    factorization.analyse(pattern, dtype=dtype, schur=kept)
    for row, energy in enumerate(ENERGIES):
        values = -matrix.data
        values[pattern.diagonal] += energy
        factorization.factor(values)
        assert_close(found[row], factorization.schur())


# ---- other array libraries


def agrees_with_numpy(xp, back, dtype):
    """A sweep, realizations and a singular member, in another library."""
    h, kept = lattice(4, 9, dtype), ends(4, 9)
    matrix = stored(h)
    layers = Layers.of(Pattern.of(matrix), kept)
    many = matrix.data * np.linspace(0.9, 1.1, 4)[:, None]
    for values in (matrix.data, many):
        wanted, _ = layers.complements(values, ENERGIES)
        found, figures = layers.complements(xp.asarray(values), xp.asarray(ENERGIES), xp)
        assert type(found) is type(xp.asarray(ENERGIES))
        assert_close(back(found), wanted)
        assert_vouched_for({name: back(figure) for name, figure in figures.items()})
    assert_close(back(layers.complements(matrix.data, ENERGIES, xp)[0]), complements(h, kept, ENERGIES)[0])
    singular, figures = complements(chain(8).astype(dtype), np.array([0]), np.array([0.5, 0.0, 0.7]), xp)
    assert np.isnan(back(singular)).ravel().tolist() == [False, True, False]
    assert np.isnan(back(figures["elimination_error"])).tolist() == [False, True, False]
    nothing, _ = complements(h, np.arange(0), ENERGIES, xp)
    assert back(nothing).shape == (4, 0, 0)


@pytest.mark.parametrize("dtype", [float, complex])
def test_the_array_standard_suffices(dtype):
    xp = pytest.importorskip("array_api_strict")
    agrees_with_numpy(xp, np.asarray, dtype)
    h, kept = lattice(4, 9, dtype), ends(4, 9)
    matrix = stored(h)
    layers = Layers.of(Pattern.of(matrix), kept)
    found, _ = layers.complements(xp.asarray(matrix.data), xp.asarray(ENERGIES))  # its namespace is found
    assert_close(np.asarray(found), complements(h, kept, ENERGIES)[0])


@pytest.mark.parametrize("dtype", [float, complex])
def test_pytorch_on_the_processor(dtype):
    torch = pytest.importorskip("torch")
    agrees_with_numpy(torch, lambda array: array.numpy(), dtype)
