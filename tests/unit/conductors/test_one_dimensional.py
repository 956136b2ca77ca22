import numpy as np
import pytest

import sharvin as sv
from sharvin.conductors.one_dimensional import Barrier, OneDimensional, wave_number, wave_number_squared
from sharvin.constants import HBAR2_OVER_2M


def test_wave_numbers():
    np.testing.assert_allclose(
        wave_number_squared(np.array([HBAR2_OVER_2M, -1.0]), 2.0), [2.0, -2 / HBAR2_OVER_2M]
    )
    k = wave_number(np.array([HBAR2_OVER_2M, -HBAR2_OVER_2M, 0.0]), 4.0)
    np.testing.assert_allclose(k, [2.0, 2.0j, 0.0])


@pytest.mark.parametrize("cls", [OneDimensional, Barrier])
def test_bases_are_abstract(cls):
    with pytest.raises(TypeError, match="abstract"):
        cls()


def test_masses_and_potentials_of_the_ends():
    assert sv.RectangularBarrier(0.3, 1.0, 0.067).lead_masses == (0.067, 0.067)
    assert sv.PotentialStep(0.3, 0.067, 0.1).lead_masses == (0.067, 0.1)
    assert sv.PotentialStep(0.3).lead_potentials == (0.0, 0.3)
    assert sv.SmoothStep(-0.3, 1.0).lead_potentials == (0.0, -0.3)
    assert sv.DeltaBarrier(0.3).lead_potentials == (0.0, 0.0)


def test_each_end_tells_its_medium():
    step = sv.PotentialStep(0.2, 0.067, 0.1)
    assert (step.medium("left", {}).mass, step.medium("left", {}).potential) == (0.067, 0.0)
    assert (step.medium("right", {}).mass, step.medium("right", {}).potential) == (0.1, 0.2)
    assert step.medium("right", {"height": 0.3, "mass_right": 1.0}).potential == 0.3
