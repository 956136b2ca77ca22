import numpy as np
import pytest

import sharvin as sv

t = 0.1
model = sv.Model(
    sv.lattice.square(a=2.0), sv.onsite(4 * t) + sv.hopping(-t) + sv.onsite(lambda y, v=0.0: v * y)
)
system = model.region(sv.shape.rectangle(10, 10)).lead("left", model, "-x").lead("right", model, "+x")


def test_bands_of_a_hard_wall_wire():
    bands = sv.bands(system, lead="right", momenta=[0.0, 0.5, np.pi])
    assert bands.dims == ("k", "band")
    transverse = 4 * t - 2 * t * np.cos(np.pi * np.arange(1, 6) / 6)
    wanted = np.sort(transverse - 2 * t * np.cos([[0.0], [0.5], [np.pi]]), axis=1)
    assert bands.shape == wanted.shape == (3, 5)
    assert np.abs(bands.values - wanted).max() < 1e-13


def test_labels_and_units():
    bands = sv.bands(system, lead="left")
    assert bands.sizes == {"k": 201, "band": 5}
    assert (float(bands.k[0]), float(bands.k[-1])) == (-np.pi, np.pi)
    assert bands.attrs["units"] == "eV"
    assert bands.k.attrs["units"] == "rad"
    assert bands.attrs["lead"] == "left"
    assert bands.attrs["period_nm"] == 2.0


def test_parameters_reach_the_lead():
    plain, tilted = sv.bands(system, lead="right"), sv.bands(system, lead="right", v=0.05)
    assert np.abs(plain - tilted).max() > 0.01
    with pytest.raises(sv.InputError, match='no parameter "w"'):
        sv.bands(system, lead="right", w=1.0)


def test_bands_end_where_modes_open():
    edges = sv.thresholds(system, window=(0, 1))
    bands = sv.bands(system, lead="right")
    wanted = np.unique(np.concatenate([bands.min("k").values, bands.max("k").values]).round(12))
    assert np.unique(edges.round(12)) == pytest.approx(wanted, abs=1e-11)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: sv.bands(system, lead="rihgt"), 'did you mean "right"'),
        (lambda: sv.bands(model, lead="right"), "expected a System"),
        (lambda: sv.bands(sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3), lead="left"), "expected a System"),
        (
            lambda: sv.bands(sv.System.from_matrices([[0.0]], {"L": (sv.WideBand(1.0), [0])}), lead="L"),
            "given by its self-energy .*: it has no bands",
        ),
    ],
)
def test_what_has_no_bands_is_refused(ask, message):
    with pytest.raises(sv.InputError, match=message):
        ask()
