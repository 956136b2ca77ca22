import numpy as np
import pytest

from sharvin.errors import NumericalError
from sharvin.solvers.solution import Solution, first_certified


def test_the_first_certified_wins_and_the_rest_is_not_tried():
    good = Solution(np.ones(1), "good", "", {"residual": (1e-16, 1e-8)})
    bad = Solution(np.ones(1), "bad", "", {"residual": (1e-3, 1e-8), "other": (0.0, 1.0)})
    never = Solution(np.ones(1), "never", "", {"residual": (np.nan, 1e-8)})

    def broken():
        raise NumericalError("no pivot")

    solution, notes = first_certified([broken, lambda: bad, lambda: good, lambda: 1 / 0])
    assert solution is good
    assert notes == ("no pivot", "route bad passed over: residual = 1.0e-03")
    solution, _ = first_certified([lambda: never])
    assert solution.broken == ["residual"]  # a figure that is not a number is broken
    with pytest.raises(NumericalError, match="no pivot; no pivot"):
        first_certified([broken, broken])


def test_a_sensitive_one_is_taken_if_nothing_better_is_certified():
    def made(route, condition, **figures):
        return lambda: Solution(np.ones(1), route, "", {"condition": (condition, 1e-9), **figures})

    plain, loud = made("plain", 1e-13), made("loud", 1e-10)
    bad = made("bad", 1e-13, residual=(1.0, 1e-8))
    solution, notes = first_certified([loud, plain])
    assert solution.route == "plain"
    assert notes == ("route loud set aside: condition = 1.0e-10",)
    assert first_certified([loud, bad])[0].route == "loud"
    assert first_certified([loud, made("louder", 5e-10), bad])[0].route == "loud"
    assert first_certified([made("loudest", 2e-9)])[0].broken == ["condition"]
