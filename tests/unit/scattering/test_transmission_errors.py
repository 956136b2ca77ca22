import numpy as np
import pytest

import sharvin as sv
from sharvin.scattering import Transmissions, transmissions


@pytest.mark.parametrize("a", [1e-3, 1e-6])
@pytest.mark.parametrize("t", [0.0, 1e-5, 0.7])
def test_amplitudes_that_are_off_change_transmissions_by_no_more(a, t):
    found = Transmissions(np.full((1, 2, 2), t**2), np.zeros(1), 2, np.array([a]))
    worst = max(abs(abs(t + a * np.exp(1j * phase)) ** 2 - t**2) for phase in np.linspace(0, 2 * np.pi, 9))
    assert found.error[0, 1, 0] == pytest.approx(worst, rel=1e-9)


def test_what_is_known_of_each_kind_of_conductor():
    energy = np.array([0.3, 0.7])
    chain = (0.0, -1.0, [0])
    wire = sv.System.from_matrices([[0.4]], leads={"left": chain, "right": chain})
    found = transmissions(wire, energy)
    assert found.amplitude_error is not None
    assert (found.amplitude_error < 1e-12).all()
    assert found.value_error is None
    lossy = wire.with_dephasing(rate=0.2)
    told = transmissions(lossy, energy)
    assert told.value_error is not None
    assert (told.error >= told.value_error[:, None, None]).all()
    joined = transmissions(sv.incoherent_series(lossy, lossy, between="reservoir"), energy)
    np.testing.assert_allclose(joined.value_error, 2 * told.value_error)
    assert transmissions(sv.SaddlePoint(0.1, 0.3), energy).value_error is None


def test_integrals_contain_what_iteration_leaves():
    chain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    wire = chain.region(sv.shape.line(40.0)).lead("left", chain, "-x").lead("right", chain, "+x")
    lossy = wire.with_dephasing(rate=0.05)
    G = sv.conductance(lossy, mu=0.3, temperature=2.0)
    told = transmissions(lossy, np.array([0.3])).value_error
    assert told is not None
    assert float(G.error) / sv.G0 >= 0.5 * float(told[0])
