import numpy as np
import pytest

import sharvin as sv
from sharvin.schema import RESERVED

line = sv.shape.line(6)  # sites −2 … 2


def matrix(terms, lattice=None, shape=line, **params):
    lattice = lattice or sv.lattice.chain()
    return sv.Model(lattice, terms).region(shape).hamiltonian(**params).toarray()


# ---- functions and parameters


def test_a_function_is_called_once_with_arrays():
    calls = []

    def well(x, depth):
        calls.append(x.shape)
        return -depth * np.cos(x)

    h = matrix(sv.onsite(well), depth=2.0)
    assert calls == [(5,)]
    assert np.abs(np.diag(h) + 2 * np.cos(np.arange(-2, 3))).max() < 1e-15


def test_any_coordinate_may_be_left_out():
    lattice = sv.lattice.cubic()
    box = sv.shape.box((4, 4, 4))
    positions = sv.Model(lattice, sv.onsite(0.0)).region(box).positions
    for pick, function in enumerate([lambda x: x, lambda y: y, lambda z: z]):
        h = matrix(sv.onsite(function), lattice, box)
        assert np.array_equal(np.diag(h), positions[:, pick])
    h = matrix(sv.onsite(lambda z, x: 10 * z + x), lattice, box)
    assert np.array_equal(np.diag(h), 10 * positions[:, 2] + positions[:, 0])


def test_a_function_knows_sublattices_by_name():
    h = matrix(sv.onsite(lambda sublattice: np.where(sublattice == "A", 0.5, -0.5)), sv.lattice.honeycomb(1.0),
               sv.shape.disk(2.0))  # fmt: skip
    values = np.diag(h)
    assert set(values) == {0.5, -0.5}
    only_a = matrix(sv.onsite(1.0, sublattice="A"), sv.lattice.honeycomb(1.0), sv.shape.disk(2.0))
    assert np.array_equal(np.diag(only_a), (values > 0).astype(float))


def test_a_hopping_function_gets_both_ends_and_the_middle():
    def bond(x1, x2, x, y1, y2, y, z1, z2, z):
        assert np.array_equal(x1 - x2, np.ones_like(x))  # the value is for r − r′ > 0
        assert np.array_equal((x1 + x2) / 2, x)
        assert not np.any([y1, y2, y, z1, z2, z])
        return x + 1j * x1

    h = matrix(sv.hopping(bond))
    for n in range(4):
        assert h[n + 1, n] == (n - 1.5) + 1j * (n - 1)
        assert h[n, n + 1] == np.conj(h[n + 1, n])


def test_a_default_stands_where_no_value_is_given():
    terms = sv.onsite(lambda x, v=3.0: v + 0 * x)
    assert dict(sv.Model(sv.lattice.chain(), terms).parameters) == {"v": 3.0}
    assert np.diag(matrix(terms)).tolist() == [3.0] * 5
    assert np.diag(matrix(terms, v=1.0)).tolist() == [1.0] * 5


def test_param_stands_for_a_number_or_a_matrix():
    assert np.diag(matrix(sv.onsite(sv.param("V")), V=0.7)).tolist() == [0.7] * 5
    two = sv.lattice.chain(orbitals=2)
    block = np.array([[1, 2j], [-2j, 3]])
    h = matrix(sv.onsite(sv.param("M")), two, M=block)
    assert np.array_equal(h[:2, :2], block)
    assert matrix(sv.hopping(sv.param("t")), t=-2.5)[1, 0] == -2.5


def test_one_parameter_may_serve_two_terms():
    terms = sv.onsite(lambda x, v: v + 0 * x) + sv.onsite(lambda x, v=2.0: v * x)
    assert np.diag(matrix(terms)).tolist() == [-2.0, 0.0, 2.0, 4.0, 6.0]


def test_two_defaults_of_one_name_are_refused():
    terms = sv.onsite(lambda x, v=1.0: v * x) + sv.onsite(lambda x, v=2.0: v * x)
    with pytest.raises(sv.InputError, match='"v" has two defaults'):
        sv.Model(sv.lattice.chain(), terms)


def test_a_missing_parameter_is_named():
    with pytest.raises(sv.InputError, match='needs a value for "depth"'):
        matrix(sv.onsite(lambda x, depth: depth * x))


def test_a_misspelt_parameter_names_the_nearest():
    with pytest.raises(sv.InputError, match='no parameter "depht"; did you mean "depth"'):
        matrix(sv.onsite(lambda x, depth=1.0: depth * x), depht=2.0)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_the_package_s_own_names_are_refused_as_parameters(name):
    with pytest.raises(sv.InputError, match=f'"{name}" is the package\'s own; call it "{name}_0"'):
        sv.param(name)


@pytest.mark.parametrize("name", ["energy", "mu", "temperature", "bias", "lead", "options", "window", "k"])
def test_the_package_s_own_names_are_refused_in_functions(name):
    function = eval(f"lambda x, {name}: x")  # noqa: S307
    with pytest.raises(sv.InputError, match=f'"{name}" is the package\'s own'):
        sv.onsite(function)
    with pytest.raises(sv.InputError, match=f'"{name}" is the package\'s own'):
        sv.hopping(function)


def test_bond_coordinates_are_no_parameters_of_sites():
    with pytest.raises(sv.InputError, match='"x1" is the package\'s own'):
        sv.onsite(lambda x1: x1)
    with pytest.raises(sv.InputError, match='"sublattice" is the package\'s own'):
        sv.hopping(lambda sublattice: 1.0)


def test_variadic_functions_are_refused():
    with pytest.raises(sv.InputError, match=r"must be named, not \*args"):
        sv.onsite(lambda *args: args[0])
    with pytest.raises(sv.InputError, match=r"must be named, not \*others"):
        sv.onsite(lambda x, **others: x)


# ---- values without meaning


@pytest.mark.parametrize("value", ["4t", None, [1.0, 2.0], np.ones((2, 3)), {"a": 1}, np.array(["a"])])
@pytest.mark.parametrize("term", [sv.onsite, sv.hopping])
def test_what_is_no_value_is_refused(term, value):
    with pytest.raises(sv.InputError, match="expected a"):
        term(value)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(bad):
    with pytest.raises(sv.InputError, match="onsite: the value is not finite"):
        matrix(sv.onsite(bad))
    with pytest.raises(sv.InputError, match="hopping: the value is not finite"):
        matrix(sv.hopping(lambda x: np.where(x > 1, bad, -1.0)))
    with pytest.raises(sv.InputError, match="onsite: the value is not finite"):
        matrix(sv.onsite(sv.param("V")), V=bad)


def test_a_function_for_one_site_at_a_time_is_told_so():
    with pytest.raises(sv.InputError, match="called once with arrays"):
        matrix(sv.onsite(lambda x: 1.0 if x > 0 else 0.0))


@pytest.mark.parametrize(
    "wrong", [lambda x: x[:-1], lambda x: np.ones((len(x), 2)), lambda x: np.ones((2, 2))]
)
def test_a_value_of_a_wrong_shape_is_refused(wrong):
    with pytest.raises(sv.InputError, match="shape"):
        matrix(sv.onsite(wrong))


def test_a_matrix_that_does_not_fit_the_orbitals_is_refused():
    with pytest.raises(sv.InputError, match=r"shape \(3, 3\) fits neither"):
        matrix(sv.onsite(np.eye(3)), sv.lattice.chain(orbitals=2))


def test_a_function_that_returns_words_is_refused():
    with pytest.raises(sv.InputError, match="expected numbers in eV"):
        matrix(sv.onsite(lambda x: np.array(["a"] * len(x))))


@pytest.mark.parametrize("value", [1j, 1 + 1e-6j, np.array([[0, 1], [0, 0]]), np.array([[0, 1j], [1j, 0]])])
def test_an_onsite_energy_that_is_not_hermitian_is_refused(value):
    lattice = sv.lattice.chain(orbitals=2 if np.ndim(value) else 1)
    with pytest.raises(sv.InputError, match="real, or a Hermitian matrix"):
        matrix(sv.onsite(value), lattice)


def test_hermiticity_is_not_hidden_by_a_large_neighbour_of_another_site():
    with pytest.raises(sv.InputError, match="Hermitian"):
        matrix(sv.onsite(lambda x: 1.0 + 1e-3j * (x == 0)))


# ---- which bonds


def test_neighbours_beyond_the_first():
    h = matrix(sv.hopping(-1.0) + sv.hopping(0.25, 2) + sv.hopping(0.1, neighbours=3))
    wanted = -np.eye(5, k=1) + 0.25 * np.eye(5, k=2) + 0.1 * np.eye(5, k=3)
    assert np.array_equal(h, wanted + wanted.T)


def test_an_offset_is_r_minus_r_prime():
    h = matrix(sv.hopping(2j, offset=(1,)))
    assert h[1, 0] == 2j  # ⟨r = 1|H|r′ = 0⟩
    assert h[0, 1] == -2j
    back = matrix(sv.hopping(2j, offset=(-1,)))
    assert back[0, 1] == 2j


def test_a_shell_has_its_value_for_positive_displacements():
    square, shape = sv.lattice.square(), sv.shape.rectangle(4, 4)
    region = sv.Model(square, sv.hopping(1j)).region(shape)
    h, r = region.hamiltonian().toarray(), region.positions
    for i, j in np.argwhere(h != 0):
        delta = r[i] - r[j]
        first = delta[np.abs(delta) > 1e-9][0]
        assert h[i, j] == (1j if first > 0 else -1j)


def test_between_restricts_to_two_sublattices():
    lattice = sv.lattice.honeycomb(1.0)
    shape = sv.shape.disk(3.0)
    second = sv.Model(lattice, sv.hopping(1.0, 2, between=("A", "A"))).region(shape)
    h = second.hamiltonian().toarray()
    is_a = np.diag(matrix(sv.onsite(1.0, sublattice="A"), lattice, shape)) == 1
    assert np.abs(h[~is_a]).max() == 0
    assert h[is_a].sum(axis=1).max() == 6
    one = sv.Model(lattice, sv.hopping(-2.0, offset=(0, 0), between=("A", "B"))).region(shape)
    bonds = np.argwhere(one.hamiltonian().toarray() == -2.0)
    delta = one.positions[bonds[:, 0]] - one.positions[bonds[:, 1]]
    assert len(bonds) > 10
    assert np.allclose(np.abs(delta), [0, 3**-0.5, 0])


def test_between_needs_known_names():
    lattice = sv.lattice.honeycomb()
    with pytest.raises(sv.InputError, match='no sublattice "C"'):
        sv.Model(lattice, sv.hopping(1.0, offset=(0, 0), between=("A", "C")))
    with pytest.raises(sv.InputError, match='no sublattice "a"'):
        sv.Model(lattice, sv.onsite(1.0, sublattice="a"))


@pytest.mark.parametrize(
    ("lattice", "make", "message"),
    [
        (sv.lattice.square(), lambda: sv.hopping(1.0, offset=(1,)), "2 integers"),
        (sv.lattice.square(), lambda: sv.hopping(1.0, offset=(0, 0)), "use onsite"),
        (sv.lattice.honeycomb(), lambda: sv.hopping(1.0, offset=(0, 1)), r"between=\(to, from\)"),
        (sv.lattice.square(), lambda: sv.hopping(1.0, 10**6), "neighbours must be between"),
        (sv.lattice.square(), lambda: sv.hopping(1.0, 2, offset=(1, 0)), "not two"),
    ],
)
def test_a_bond_that_does_not_exist_is_refused(lattice, make, message):
    with pytest.raises(sv.InputError, match=message):
        sv.Model(lattice, make())


# ---- sums


def test_terms_add_up():
    h = matrix(sv.onsite(1.0) + sv.onsite(lambda x: x) + sv.hopping(-1.0) + sv.hopping(0.25))
    assert np.diag(h).tolist() == [-1.0, 0.0, 1.0, 2.0, 3.0]
    assert np.diag(h, 1).tolist() == [-0.75] * 4


def test_terms_add_to_terms_only():
    with pytest.raises(TypeError):
        sv.onsite(1.0) + 3.0
    with pytest.raises(TypeError):
        sv.Model(sv.lattice.chain(), sv.onsite(1.0)) + 3.0


def test_a_ragged_matrix_and_a_function_without_a_signature_are_refused():
    with pytest.raises(sv.InputError, match="rows of its matrix have unlike lengths"):
        sv.onsite([[1, 2], [3]])
    with pytest.raises(sv.InputError, match="does not tell its parameters"):
        sv.onsite(int)
