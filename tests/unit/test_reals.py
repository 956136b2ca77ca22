"""Only real numbers are read as real numbers."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import xarray as xr

from sharvin.reals import NotReal, reals, shown


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1, 1.0),
        (np.float32(0.5), 0.5),
        (np.array([1, 2], dtype=np.uint8), [1.0, 2.0]),
        ([[1.0], [2]], [[1.0], [2.0]]),
        (xr.DataArray([0.5]), [0.5]),
        (Fraction(1, 4), 0.25),
        ([Decimal("0.5"), 2], [0.5, 2.0]),
        (2**70, 2.0**70),
        (np.ma.masked_array([1.0, 2.0], mask=[False, False]), [1.0, 2.0]),
        (np.longdouble(0.5), 0.5),
    ],
)
def test_numbers_of_any_kind(value, wanted):
    found = reals(value)
    assert (type(found), found.dtype) == (np.ndarray, np.dtype(float))
    assert found.tolist() == wanted


def test_what_is_read_is_a_copy():
    values = np.array([1.0, 2.0])
    reals(values)[0] = 5.0
    assert values[0] == 1.0


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1j, "complex"),
        (np.complex128(1.0), "complex"),
        ([1.0, 2 + 0j], "complex"),
        (np.array([1j], dtype=object), "not made of real numbers"),
        (True, "not made of numbers"),
        ([True, False], "not made of numbers"),
        ([True, 0.5], "not made of numbers"),
        ("0.001", "not made of numbers"),
        (["0.001", 1.0], "not made of numbers"),
        (b"1", "not made of numbers"),
        (None, "not made of numbers"),
        ({}, "not made of numbers"),
        (np.datetime64("2026-01-01"), "not made of numbers"),
        ([1, [2, 3]], "unlike lengths"),
        (10**400, "beyond the largest float"),
        ([1.0, -(10**400)], "beyond the largest float"),
        (np.ma.masked_array([1.0, 2.0], mask=[False, True]), "masked"),
        (np.ma.masked, "masked"),
    ],
)
def test_what_would_silently_become_another_number_is_refused(value, reason):
    with pytest.raises(NotReal, match=reason):
        reals(value)


def test_booleans_are_taken_where_they_may_stand():
    assert reals([True, False], booleans=True).tolist() == [1.0, 0.0]


def test_long_values_are_shown_short():
    assert shown("a") == "'a'"
    assert len(shown(list(range(1000)))) < 80
    assert shown(10**5000) == "an integer of very many digits"
