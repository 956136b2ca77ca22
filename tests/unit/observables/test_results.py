import numpy as np
import pytest

import sharvin as sv
from sharvin.observables.energy_integral import IntegralResult
from sharvin.observables.results import labelled_integrals
from sharvin.schema import ParameterGrid

CONTACT = sv.SaddlePoint(1e-3, 3e-3)


def test_values_carry_their_own_spin_degeneracy():
    found = [
        IntegralResult(np.array([[1.0], [2.0]]), np.array([[0.1], [0.2]]), 5, 1e-15, degeneracy)
        for degeneracy in (2, 1)
    ]
    result = labelled_integrals(
        found,
        ParameterGrid({"spin_degeneracy": [2, 1], "V0": 0.0}),
        {"mu": np.array([0.0, 1.0]), "lead": ["left"]},
        unit=10.0,
        units="A",
        name="current",
        long_name="a current",
        conductor=CONTACT,
        options=sv.Options(),
        reservoirs={"left": sv.Reservoir(0.1, 2.0)},
    )
    assert result.dims == ("spin_degeneracy", "mu", "lead")
    assert result.values.ravel().tolist() == [20, 40, 10, 20]
    assert result.error.values.ravel() == pytest.approx([2, 4, 1, 2])
    assert result.unitarity_error.dims == ("spin_degeneracy",)
    assert result.attrs["spin_degeneracy"] == "swept: 1, 2"
    assert result.attrs["reservoirs"] == "{'left': (0.1, 2.0)}"
    assert result.attrs["units"] == "A"
    assert result.error.attrs["units"] == "A"


def test_axes_given_as_numbers_are_no_dimensions():
    one = IntegralResult(np.array([[3.0]]), np.array([[0.0]]), 1, 0.0, 2)
    result = labelled_integrals(
        [one], ParameterGrid({}), {"temperature": np.array(1.0), "mu": np.array(0.0)},
        unit=1.0, units="S", name="g", long_name="g", conductor=CONTACT, options=sv.Options(),
    )  # fmt: skip
    assert result.dims == ()
    assert result.item() == 6.0
    assert result.temperature.item() == 1.0
