"""The spin-split conductance from one pass agrees with a conductor whose spins are explicit."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.errors import InputError
from sharvin.sweeps import spin_split_conductance


@pytest.mark.parametrize("temperature", [0.0, 0.05, 4.2])
def test_agrees_with_explicit_spin(temperature):
    plain = sv.SaddlePoint(omega_x=0.4e-3, omega_y=2e-3)
    splittings = np.array([0.0, 0.3e-3, 0.9e-3])
    options = sv.Options(rtol=1e-8)
    for mu in (0.8e-3, 2.1e-3):
        found = spin_split_conductance(
            plain, mu=mu, temperature=[temperature], splittings=splittings, options=options
        )
        assert found.dims == ("splitting", "temperature")
        for splitting in splittings[1:]:
            explicit = sv.SaddlePoint(omega_x=0.4e-3, omega_y=2e-3, zeeman=splitting)
            expected = sv.conductance(explicit, mu=mu, temperature=temperature, options=options)
            value = found.sel(splitting=splitting).item()
            assert value == pytest.approx(expected.item(), rel=1e-7)


def test_a_spin_explicit_conductor_is_refused():
    explicit = sv.SaddlePoint(omega_x=0.4e-3, omega_y=2e-3, zeeman=1e-3)
    with pytest.raises(InputError, match="must be spin-degenerate"):
        spin_split_conductance(explicit, mu=0.0, temperature=[1.0], splittings=[1e-3])
