import dataclasses
import json

import numpy as np
import pytest

import sharvin as sv
from sharvin.options import SOLVER_VARIABLE, SOLVERS, forced_solver


def test_defaults():
    options = sv.Options()
    assert (options.rtol, options.window, options.solver) == (1e-10, 40.0, "auto")
    assert options.unitarity_bound == options.residual_bound == 1e-8


def test_options_are_frozen_and_hashable():
    with pytest.raises(dataclasses.FrozenInstanceError):
        sv.Options().rtol = 1e-3
    assert hash(sv.Options(rtol=1e-6)) == hash(sv.Options(rtol=1e-6))
    assert sv.Options(rtol=1e-6) != sv.Options()


@pytest.mark.parametrize("name", ["rtol", "window", "max_subdivisions", "unitarity_bound", "residual_bound"])
@pytest.mark.parametrize("value", [0, -1, np.nan])
def test_what_must_be_positive(name, value):
    with pytest.raises(sv.InputError, match=f"options: {name} must be (positive|a finite number)"):
        sv.Options(**{name: value})


def test_a_window_too_narrow_is_refused():
    with pytest.raises(sv.InputError, match="at least 5"):
        sv.Options(window=4.9)
    assert sv.Options(window=5.0).window == 5.0


@pytest.mark.parametrize(
    ("solver", "hint"), [("paradiso", 'did you mean "pardiso"'), ("umfpack", "known are")]
)
def test_an_unknown_solver_names_the_nearest(solver, hint):
    with pytest.raises(sv.InputError, match=hint):
        sv.Options(solver=solver)


def test_the_variable_of_the_environment_names_a_solver(monkeypatch):
    monkeypatch.delenv(SOLVER_VARIABLE, raising=False)
    assert forced_solver() is None
    for value, wanted in [("superlu", "superlu"), (" dense ", "dense"), ("auto", None), ("", None)]:
        monkeypatch.setenv("SHARVIN_SOLVER", value)
        assert forced_solver() == wanted
    monkeypatch.setenv("SHARVIN_SOLVER", "superlou")
    with pytest.raises(sv.InputError, match='SHARVIN_SOLVER: no solver "superlou"; did you mean "superlu"'):
        forced_solver()


def test_the_docstring_knows_every_solver_and_the_variable():
    assert SOLVER_VARIABLE == "SHARVIN_SOLVER"
    for name in (*SOLVERS, SOLVER_VARIABLE):
        assert name in sv.Options.__doc__


def test_a_misspelt_option_raises():
    with pytest.raises(TypeError, match="rtoll"):
        sv.Options(rtoll=1e-3)


def test_json_round_trip():
    options = sv.Options(rtol=1e-6, solver="superlu")
    assert sv.Options(**json.loads(options.to_json())) == options


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"max_subdivisions": 0.5}, "max_subdivisions must be a whole number, got 0.5"),
        ({"break_at_thresholds": "no"}, "break_at_thresholds must be True or False, got 'no'"),
    ],
)
def test_choices_of_another_kind_are_refused(choice, message):
    with pytest.raises(sv.InputError, match=message):
        sv.Options(**choice)
