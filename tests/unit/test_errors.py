import pytest

import sharvin as sv
from sharvin import errors


@pytest.mark.parametrize(
    ("error", "parents"),
    [
        (errors.InputError, (errors.SharvinError, ValueError)),
        (errors.GeometryError, (errors.InputError,)),
        (errors.NumericalError, (errors.SharvinError, ArithmeticError)),
        (errors.NotCertified, (errors.NumericalError,)),
        (errors.NotConverged, (errors.NumericalError,)),
        (errors.MissingExtra, (errors.SharvinError, ImportError)),
    ],
)
def test_families(error, parents):
    for parent in parents:
        assert issubclass(error, parent)


def test_bad_input_and_failed_numerics_are_told_apart():
    assert not issubclass(errors.InputError, errors.NumericalError)
    assert sv.InputError is errors.InputError
    assert sv.NotCertified is errors.NotCertified


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("temprature", ["mu", "temperature"], '; did you mean "temperature"?'),
        ("x", ["mu", "temperature"], '; known are "mu", "temperature"'),
        ("x", [], "; there are none"),
        ("Right", ("left", "right"), '; did you mean "right"?'),
        (3, [1, 2], '; known are "1", "2"'),
    ],
)
def test_the_nearest_name(name, known, hint):
    assert errors.nearest(name, known) == hint


def test_the_nearest_name_of_a_generator():
    assert errors.nearest("x", (name for name in ("ab", "cd"))) == '; known are "ab", "cd"'
