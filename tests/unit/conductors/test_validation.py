from dataclasses import dataclass

import numpy as np
import pytest

from sharvin.conductors.validation import array, degeneracy, number, probabilities, real
from sharvin.errors import InputError


@dataclass(frozen=True)
class Thing:
    size: object
    spin_degeneracy: object = 2


def test_real_takes_numbers_of_any_kind():
    assert real("x", np.float32(0.5), "eV") == 0.5
    assert real("x", 3, "eV") == 3.0
    assert real("x", np.array(2.0), "eV") == 2.0


@pytest.mark.parametrize(
    "bad", ["1.0", None, [1.0], np.ones(1), 1j, np.nan, np.inf, True, {}, np.True_, np.complex128(1), 10**400]
)
def test_real_refuses(bad):
    with pytest.raises(InputError, match="Thing: size must be a finite number in nm, got"):
        number(Thing(bad), "size", "nm")


@pytest.mark.parametrize("bad", [0, -1.0, np.nan])
def test_positive(bad):
    with pytest.raises(InputError, match="x must be a positive number in nm, got"):
        real("x", bad, "nm", positive=True)


def test_minimum():
    assert real("x", 0.0, "eV", minimum=0.0) == 0.0
    with pytest.raises(InputError, match=r"x must be at least 0 eV, got -0\.1"):
        real("x", -0.1, "eV", minimum=0.0)


def test_number_replaces_the_field_by_a_float():
    thing = Thing(np.int64(3))
    number(thing, "size", "nm")
    assert type(thing.size) is float
    assert thing.size == 3.0


@pytest.mark.parametrize("bad", [0, -2, 1.5, "2", True, None])
def test_degeneracy_refuses(bad):
    with pytest.raises(InputError, match="Thing: spin_degeneracy must be a positive whole number"):
        degeneracy(Thing(1.0, bad))


def test_degeneracy_becomes_an_int():
    thing = Thing(1.0, np.int64(4))
    degeneracy(thing)
    assert type(thing.spin_degeneracy) is int


def test_array_is_a_read_only_copy():
    values = np.arange(3.0)
    result = array(Thing(1.0), "size", values, (1,))
    values[0] = 9
    assert result[0] == 0
    assert not result.flags.writeable


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([[1.0]], r"must have 1 dimension\(s\), got shape \(1, 1\)"),
        ([0.0, np.nan], "must be finite, but item 1 is nan"),
        (["a"], "must be an array of real numbers"),
        ([1j], "must be an array of real numbers"),
    ],
)
def test_array_refuses(bad, message):
    with pytest.raises(InputError, match="Thing: size " + message):
        array(Thing(1.0), "size", bad, (1,))


def test_probabilities_are_clipped_within_rounding():
    np.testing.assert_array_equal(probabilities("τ", np.array([-1e-10, 0.5, 1 + 1e-10])), [0, 0.5, 1])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0.5, 1.1], r"τ must lie in \[0, 1\], but item 1 is 1\.1; hint"),
        ([[0.5], [-0.1]], r"item \(1, 0\) is -0\.1"),
        ([np.nan], "item 0 is nan"),
    ],
)
def test_probabilities_refuse(values, message):
    with pytest.raises(InputError, match=message):
        probabilities("τ", np.array(values), hint="; hint")


@pytest.mark.parametrize("bad", [1e101, -1e101, 1e300])
def test_numbers_whose_squares_are_no_floats_are_refused(bad):
    with pytest.raises(InputError, match="x must lie between 1e-100 and 1e\\+100 nm in size"):
        real("x", bad, "nm")
    with pytest.raises(InputError, match="x must lie between"):
        real("x", 1e-101, "nm", positive=True)
    assert real("x", 1e-300, "eV") == 1e-300  # a height may well be nothing


@pytest.mark.parametrize(
    "bad", [[1j], np.array([1.0 + 0j]), np.ma.masked_array([1.0], mask=[True]), [1.0, [2.0]]]
)
def test_an_array_is_real(bad):
    with pytest.raises(InputError, match="Thing: x must be an array of real numbers"):
        array(Thing(1.0), "x", bad, (1,))
