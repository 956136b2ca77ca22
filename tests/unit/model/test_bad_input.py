"""What a user may get wrong in a model or a system: each program, and the words that its message must hold."""

import numpy as np
import pytest

import sharvin as sv

SQUARE = sv.lattice.square()
GRAPHENE = sv.lattice.honeycomb(a=1.0)
SPIN = sv.lattice.square(orbitals=("up", "down"))
WIRE = sv.Model(SQUARE, sv.hopping(-1.0))
RECTANGLE = sv.shape.rectangle(5, 4)
REGION = WIRE.region(RECTANGLE)
SYSTEM = REGION.lead("L", WIRE, "-x")
DISK = sv.shape.disk(3.0)


def built(terms, lattice=SQUARE, **params):
    """H with these terms besides a hopping."""
    return sv.Model(lattice, sv.hopping(-1.0) + terms).region(DISK).hamiltonian(**params)


def onsite(function, **params):
    return built(sv.onsite(function), **params)


def branching(x):
    return 1.0 if x > 0 else 0.0


def check(program, *words):
    with pytest.raises(sv.InputError) as caught:
        program()
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message


def cases(*rows):
    return pytest.mark.parametrize("case", rows, ids=range(len(rows)))


@cases(
    (lambda: sv.lattice.square(a=0), "lattice constant a", "positive number of nm, got 0"),
    (lambda: sv.lattice.square(a=-2.0), "positive number of nm, got -2.0"),
    (lambda: sv.lattice.honeycomb(a=np.nan), "positive number of nm, got nan"),
    (lambda: sv.lattice.chain(a="2"), "positive number of nm, got '2'"),
    (lambda: sv.lattice.chain(a=True), "positive number of nm, got True"),
    (lambda: sv.lattice.cubic(a=10**400), "positive number of nm"),
    (lambda: sv.lattice.square(a=1e300), "lengths between 1e-30 and 1e+30 nm"),
    (lambda: sv.lattice.rectangular(b=None), "lattice constant b", "got None"),
    (lambda: sv.lattice.square(orbitals=0), "orbitals must be a positive number", "got 0"),
    (lambda: sv.lattice.square(orbitals=()), "orbitals", "different names", "got ()"),
    (lambda: sv.lattice.square(orbitals="up"), "tuple of different names", "the string 'up'"),
    (lambda: sv.lattice.square(orbitals=(1, 2)), "tuple of different names", "(1, 2)"),
    (lambda: sv.lattice.square(orbitals=("s", "s")), "different names"),
    (lambda: sv.lattice.square(orbitals=True), "orbitals", "got True"),
    (lambda: sv.lattice.square(orbitals=10**400), "orbitals must be a positive number, at most 100000"),
    (lambda: sv.lattice.Lattice([[1, 0], [2, 0]]), "linearly independent"),
    (lambda: sv.lattice.Lattice([["1", "0"]]), "vectors must be rows of numbers in nm"),
    (lambda: sv.lattice.Lattice([[1, 0]], basis=[[0, 0], [2, 0]]), '"A" and "B"', "same place", "orbitals="),
    (lambda: sv.lattice.Lattice([[1, 0]], sublattices="A"), "1 sublattices", "as a tuple", "got 'A'"),
    (lambda: sv.lattice.Lattice([[1, 0]], sublattices=3.0), "1 sublattices", "got 3.0"),
    (lambda: sv.lattice.Lattice([[1, 0]], holes=None), "holes must be between 0 and 1"),
    (lambda: sv.lattice.bilayer(stacking=np.array(["AB", "AA"])), 'stacking must be "AB" or "AA"'),
    (lambda: sv.lattice.bilayer(spacing=-1), "lattice constant spacing", "got -1"),
    (lambda: sv.lattice.twisted_bilayer(10**400), "sites", "too large"),
    (lambda: sv.lattice.stack("graphene", [0]), "layer must be a lattice", "'graphene'"),
    (lambda: sv.lattice.stack(SQUARE, [(0, 0), (0, 0)]), '"A1" and "A2"', "same place"),
)
def test_lattices(case):
    check(*case)


@cases(
    (lambda: sv.shape.rectangle(length=-5, width=4), "rectangle: length", "positive number of nm, got -5"),
    (lambda: sv.shape.rectangle(5, np.nan), "rectangle: width", "got nan"),
    (lambda: sv.shape.disk("3"), "disk: radius", "got '3'"),
    (lambda: sv.shape.disk(True), "disk: radius", "got True"),
    (lambda: sv.shape.disk(1, center=(0, 0, 0, 0)), "disk: center", "one to three coordinates"),
    (lambda: sv.shape.box((1, 0)), "box: size in y", "got 0"),
    (lambda: sv.shape.ring(outer=2, inner=3), "inner must be smaller than outer"),
    (lambda: sv.shape.strip(width=2j), "strip: width", "got 2j"),
    (lambda: sv.shape.half_space((0, 0)), "half_space: normal", "not be zero"),
    (lambda: sv.shape.half_space((1, 0), offset=[1]), "half_space: offset", "finite number, got [1]"),
    (lambda: DISK.mirrored((0.0, 0.0)), "mirrored: normal", "not be zero"),
    (lambda: DISK.rotated("90"), "rotated: angle", "'90'"),
    (lambda: sv.shape.polygon([(0, 0), (1, 1)]), "three or more"),
    (lambda: sv.shape.bitmap([[True], [True, False]], 1.0), "bitmap", "unlike lengths"),
    (lambda: sv.shape.bitmap([[1.0]], 1.0), "array of booleans"),
    (lambda: WIRE.region(sv.shape.function(lambda x, y, z: x, (0, 0), (3, 3))), "must return booleans", "float64"),
    (lambda: WIRE.region(sv.shape.function(lambda x, y, z: x > 0 and y > 0, (0, 0), (3, 3))), "& and | instead"),
    (lambda: WIRE.region(sv.shape.function(lambda x, y, z: [True], (0, 0), (3, 3))), "array of shape", "(1,)"),
    (lambda: WIRE.region("disk"), "region: expected a shape", "'disk'"),
    (lambda: WIRE.region(sv.shape.disk(0.3, center=(0.5, 0.5))), "no site of the lattice lies inside"),
    (lambda: WIRE.region(sv.shape.strip(4.0)), "unbounded"),
    (lambda: WIRE.region(sv.shape.disk(3.0, center=(1e300, 0))), "far from the origin", "nm"),
    (lambda: WIRE.region(sv.shape.disk(1e9)), "lattice sites", "Lengths are in nm"),
)  # fmt: skip
def test_shapes_and_regions(case):
    check(*case)


@cases(
    (lambda: sv.onsite("4t"), "onsite: expected a number", "'4t'"),
    (lambda: built(sv.onsite(1j)), "onsite", "real, or a Hermitian matrix", "non_hermitian=True"),
    (lambda: sv.onsite(1.0, sublattice=1), "sublattice must be the name of one, got 1"),
    (lambda: built(sv.onsite(1.0, sublattice="B")), 'onsite: no sublattice "B"', '"A"'),
    (lambda: sv.onsite(1.0, non_hermitian="yes"), "True or False, got 'yes'"),
    (lambda: built(sv.onsite(np.eye(3)), SPIN), "shape (3, 3)", "2 orbital(s)"),
    (lambda: built(sv.onsite(np.eye(2))), "shape (2, 2)", "1 orbital(s)"),
    (lambda: sv.onsite([[1, 2], [3]]), "unlike lengths"),
    (lambda: onsite(np.inf), "onsite: the value is not finite", "check the number"),
    (lambda: built(sv.onsite(np.inf), SPIN), "onsite: the value is not finite"),
    (lambda: onsite(lambda x, y: np.where((x == 1) & (y == 2), np.nan, x)), "1 of 25 sites", "(1.0, 2.0, 0.0) nm"),
    (lambda: onsite(branching), "called once with arrays", "numpy.where instead of if"),
    (lambda: onsite(lambda x: 1 / 0), "the function failed", "division by zero"),
    (lambda: onsite(lambda x: x[:-1]), "value of shape (24,)", "25 sites"),
    (lambda: onsite(lambda x: None), "expected numbers in eV", "None"),
    (lambda: onsite(lambda x: "a"), "expected numbers in eV", "'a'"),
    (lambda: onsite(lambda x: [[1], [1, 2]]), "unlike lengths"),
    (lambda: onsite(lambda x: np.array([object()] * len(x))), "expected numbers in eV", "array of them"),
    (lambda: onsite(lambda x: np.ma.masked_less(x, 0)), "expected numbers in eV", "masked_array"),
    (lambda: onsite(lambda x, energy: x), '"energy" is the package\'s own', 'call it "energy_0"'),
    (lambda: sv.param("temperature"), '"temperature" is the package\'s own'),
    (lambda: sv.param(3), "param: the name must be a word"),
    (lambda: onsite(lambda x, depth: x, detph=1.0), 'no parameter "detph"', 'did you mean "depth"'),
    (lambda: onsite(lambda x, depth: x), 'needs a value for "depth"', "depth=…"),
    (lambda: WIRE.with_parameters(depth=1.0), 'no parameter "depth"', "there are none"),
    (lambda: (WIRE + sv.onsite(sv.param("V"))).with_parameters(v=1.0), 'no parameter "v"', '"V"'),
    (lambda: built(sv.onsite(sv.param("V")), V="1"), "expected numbers in eV", "'1'"),
    (lambda: built(sv.onsite(sv.param("V")), V=np.nan), "not finite", "check the parameters"),
)  # fmt: skip
def test_onsite_energies_and_parameters(case):
    check(*case)


@cases(
    (lambda: sv.hopping(-1.0, neighbours=True), "whole number", "got True"),
    (lambda: sv.hopping(-1.0, offset=[[1], [1, 2]]), "offset must be integers"),
    (lambda: sv.hopping(-1.0, offset=(1.0, 0.0)), "offset must be integers"),
    (lambda: sv.hopping(-1.0, offset="x"), "offset must be integers", "'x'"),
    (lambda: built(sv.hopping(-1.0, offset=(1,))), "2 integers expected"),
    (lambda: built(sv.hopping(-1.0, offset=(0, 0))), "onto itself", "use onsite"),
    (lambda: built(sv.hopping(-1.0, offset=(0, 1)), GRAPHENE), "between=(to, from)"),
    (lambda: built(sv.hopping(-1.0, between=("A", "C")), GRAPHENE), 'hopping: no sublattice "C"'),
    (lambda: sv.hopping(-1.0, between=3), "two sublattices", "got 3"),
    (lambda: sv.hopping(-1.0, between=("A", 1)), "two sublattices"),
    (lambda: sv.hopping(-1.0, within=-1.0), "hopping: within", "positive number of nm"),
    (lambda: sv.hopping(-1.0, within="1"), "hopping: within", "'1'"),
    (lambda: built(sv.hopping(-1.0, within=1e300)), "too many", "lengths are in nm"),
    (lambda: sv.hopping(-1.0, 2, within=3.0), "not two"),
    (lambda: built(sv.hopping(lambda x1: np.where(x1 > 0, np.nan, 1))), "hopping", "bonds, the first at"),
    (lambda: built(sv.hopping(np.eye(3)), SPIN), "shape (3, 3)", "2 orbital(s)"),
)
def test_hoppings(case):
    check(*case)


ALONG, BACK = sv.hopping(1.0, offset=(1, 0)), sv.hopping(2j, offset=(-1, 0))


@cases(
    (lambda: sv.Model(SQUARE, ALONG + BACK), "offset=(-1, 0)", "other direction", "Hermitian conjugate"),
    (lambda: sv.Model(SQUARE, ALONG) + BACK, "offset=(-1, 0)", "add up"),
    (
        lambda: sv.Model(
            GRAPHENE,
            sv.hopping(-1.0, offset=(0, 1), between=("A", "B"))
            + sv.hopping(-1.0, offset=(0, -1), between=("B", "A")),
        ),
        "between=('B', 'A')",
        "other direction",
    ),
    (
        lambda: sv.Model(GRAPHENE, sv.hopping(1, between=("A", "B")) + sv.hopping(1, 1, between=("B", "A"))),
        "between=('B', 'A')",
    ),
    (lambda: sv.nambu(sv.Model(SQUARE, ALONG, 1), delta=ALONG + BACK), "other direction"),
)
def test_a_bond_in_both_directions_would_count_twice(case):
    check(*case)


def test_terms_on_one_bond_in_one_direction_add_up():
    both = sv.Model(SQUARE, sv.hopping(-1.0) + ALONG + sv.hopping(2j, offset=(1, 0)))
    h = both.region(sv.shape.box((3.0, 1.0))).hamiltonian().toarray()
    assert h[1, 0] == 2j
    two = sv.hopping(1.0, offset=(0, 0), between=("A", "B")) + sv.hopping(
        1.0, offset=(0, 0), between=("A", "B")
    )
    assert sv.Model(GRAPHENE, two).region(DISK).hamiltonian().max() == 2.0
    sv.nambu(sv.Model(SQUARE, BACK, 1), delta=ALONG)  # Δ and H are not the same elements


@cases(
    (lambda: sv.Model("square", sv.hopping(-1.0)), "expected a lattice", "'square'"),
    (lambda: sv.Model(SQUARE, -1.0), "expected terms", "-1.0"),
    (lambda: sv.Model(SQUARE, sv.hopping(-1.0), True), "spin_degeneracy must be 1 or 2, got True"),
    (lambda: sv.Model(SQUARE, sv.hopping(-1.0), np.ones(2)), "spin_degeneracy must be 1 or 2"),
    (lambda: sv.System([[0.0]]), "Model.region", "System.from_matrices"),
    (lambda: sv.System(SYSTEM.body, spin_degeneracy=3), "spin_degeneracy must be 1 or 2, got 3"),
    (lambda: SYSTEM.with_spin_degeneracy([[1], [1, 2]]), "spin_degeneracy must be 1 or 2"),
    (lambda: SYSTEM.field(np.nan), "finite number of tesla", "nan"),
    (lambda: SYSTEM.field("1"), "finite number of tesla", "'1'"),
    (lambda: SYSTEM.hamiltonian(gate=1), 'no parameter "gate"'),
    (lambda: SYSTEM.lead_cell("l"), 'no lead "l"', '"L"'),
    (lambda: SYSTEM.lead_cell(np.ones(2)), "no lead"),
    (lambda: SYSTEM.lead("L", WIRE, "+x"), 'there is a lead "L" already'),
    (lambda: REGION.lead("", WIRE, "+x"), "non-empty string"),
    (lambda: REGION.lead("a:b", WIRE, "+x"), "without a colon"),
    (lambda: REGION.lead("R", "wire", "+x"), "expected a Model, got str"),
    (
        lambda: REGION.lead("R", sv.Model(SPIN, sv.hopping(-1.0), 2), "+x"),
        "another lattice",
        "orbitals ('up', 'down')",
    ),
    (lambda: REGION.lead("R", sv.Model(SPIN, sv.hopping(-1.0)), "+x"), "spin degeneracy 1"),
    (
        lambda: REGION.lead("R", sv.Model(GRAPHENE, sv.hopping(-1.0)), "+x"),
        "another lattice",
        "sublattices ('A', 'B')",
    ),
    (lambda: REGION.lead("R", WIRE, (0, 0)), "direction"),
    (lambda: REGION.lead("R", WIRE, "x+"), "direction", '"x+"'),
    (lambda: REGION.lead("R", WIRE, (True, False)), "direction"),
    (lambda: REGION.lead("R", WIRE, (1, np.pi)), "no lattice translation"),
    (lambda: REGION.lead("R", WIRE, "+x", shape=4.0), "expected a shape", "4.0"),
    (lambda: REGION.lead("R", WIRE, "+x", shape=sv.shape.strip(1.0, center=20)), "no site of the region"),
    (lambda: SYSTEM.lead("R", WIRE, "-x"), 'lead "R"', 'lead "L"', "may not overlap"),
    (lambda: REGION.lead("R", WIRE, "+x", fill="yes"), "fill must be True or False"),
    (lambda: REGION.lead("R", WIRE, "+x", shift="1"), 'lead "R": shift must be a finite number', "'1'"),
    (lambda: REGION.lead("R", WIRE, "+x", shift=np.nan), 'lead "R": shift'),
    (lambda: REGION.lead("R", WIRE + sv.onsite(lambda x: x), "+x").lead_cell("R"), "change along the lead"),
    (lambda: REGION.lead("R", WIRE, "+x", conserved=np.eye(2)), "conserved", "(1, 1) matrix"),
)
def test_models_systems_and_leads(case):
    check(*case)


def test_a_quantity_that_a_lead_does_not_conserve():
    spin_orbit = sv.Model(SPIN, sv.terms.kinetic(1.0) + sv.terms.rashba(0.1))
    system = spin_orbit.region(RECTANGLE).lead("L", spin_orbit, "-x", conserved=np.diag([1.0, -1.0]))
    check(lambda: system.lead_cell("L"), 'lead "L"', "does not conserve it", "eV")
    huge = WIRE.region(RECTANGLE).lead("L", WIRE, "-x", conserved=[[1e300]])
    assert huge.lead_cell("L").blocks.names == ("1e+300",)


@cases(
    (lambda: sv.terms.kinetic(0), "kinetic: mass", "positive number"),
    (lambda: built(sv.terms.kinetic(1.0), GRAPHENE), "kinetic", "one site in a cell"),
    (lambda: sv.terms.rashba("a"), "rashba: alpha", "'a'"),
    (lambda: built(sv.terms.rashba(0.1)), "rashba", 'orbitals ("up", "down")'),
    (lambda: built(sv.terms.rashba(sv.param("a")), SPIN, a=1j), "rashba: alpha must be real", "1j"),
    (lambda: built(sv.terms.dresselhaus(lambda x: x * np.inf), SPIN), "dresselhaus: beta must be finite"),
    (lambda: sv.terms.zeeman("2", 1.0), "zeeman: g"),
    (lambda: sv.terms.zeeman(2, (1.0, 2.0)), "three components"),
    (lambda: built(sv.terms.zeeman(2, sv.param("b")), SPIN, b="1"), "zeeman: B must be real", "'1'"),
    (lambda: sv.terms.exchange(1.0, (0, 0, 1)), "texture must be a function"),
    (lambda: built(sv.terms.exchange(1.0, lambda x: x), SPIN), "must return (nx, ny, nz)"),
    (lambda: built(sv.terms.exchange(1.0, lambda x: (np.inf, 0, 0)), SPIN), "texture must be finite"),
    (lambda: sv.disorder(0.1, 1.5), "disorder: seed must be an integer", "1.5"),
    (lambda: sv.disorder(0.1, True), "seed must be an integer"),
    (lambda: sv.disorder("1", 1), "disorder: strength"),
    (lambda: sv.disorder(0.1, 1, length=0), "disorder: length", "positive"),
    (lambda: sv.disorder(0.1, 1, distribution="gauss"), "distribution must be one of", "'gauss'"),
    (lambda: built(sv.disorder(0.1, sv.param("s")), s="1"), "disorder: seed must be an integer"),
    (lambda: built(sv.disorder(0.1, 1, length=1e300)), "lengths are in nm"),
    (lambda: built(sv.disorder(0.1, 1, sublattice="B")), 'no sublattice "B"'),
    (lambda: sv.impurities(0.1, 0.1, -1.0, 1), "impurities: length", "positive"),
    (lambda: built(sv.impurities(7.0, 0.1, 1.0, 1)), "impurities: density must be between"),
    (lambda: sv.impurities(0.1, 0.1, 1.0, "1"), "impurities: seed"),
    (lambda: sv.charged_impurities(0.1, 0.0, 1.0, 1), "charged_impurities: distance"),
    (lambda: sv.charged_impurities(0.1, 1.0, 1.0, 1, charge="e"), "charged_impurities: charge"),
    (lambda: sv.disorder_strength(-1e6, 0.067, 5.0), "disorder_strength: mobility", "cm²/Vs"),
    (lambda: sv.nambu("model"), "nambu: expected a Model"),
    (lambda: sv.nambu(WIRE, delta=np.eye(2)).region(DISK).hamiltonian(), "shape (2, 2)"),
    (lambda: sv.nambu(WIRE, delta=[[1], [1, 2]]), "unlike lengths"),
)
def test_terms_with_names(case):
    check(*case)


@cases(
    (lambda: sv.bands(SYSTEM, "left"), 'no lead "left"'),
    (lambda: sv.bands(SYSTEM, np.ones(2)), "no lead"),
    (lambda: sv.bands(WIRE, "L"), "expected a System"),
    (lambda: sv.bulk_bands(SYSTEM, [(0, 0)]), "expected a Model, got System"),
    (lambda: sv.bulk_bands(WIRE, "Gamma"), "momenta must be numbers in 1/nm", "'Gamma'"),
    (lambda: sv.bulk_bands(WIRE, [(np.nan, 0)]), "finite numbers in 1/nm"),
    (lambda: sv.bulk_bands(WIRE + sv.onsite(lambda x: x), [(0, 0)]), "change by", "from one cell to another"),
    (lambda: sv.levels(WIRE), "expected a System, got Model"),
    (lambda: sv.levels(SYSTEM, count=0), "count must be between 1 and"),
    (lambda: sv.levels(SYSTEM, count=2.0), "count must be between 1 and"),
    (lambda: sv.levels(SYSTEM, near="0"), "levels: near", "'0'"),
)
def test_bands_and_levels(case):
    check(*case)


@pytest.mark.parametrize("add", [lambda: sv.onsite(1.0) + 3.0, lambda: WIRE + "onsite", lambda: DISK | 3.0])
def test_what_python_itself_refuses(add):
    with pytest.raises(TypeError, match="unsupported operand"):
        add()


def test_an_unknown_keyword_is_python_s_own_error():
    with pytest.raises(TypeError, match="unexpected keyword"):
        sv.lattice.square(period=2.0)
