"""A Hall bar and what its reservoirs feel, as a user types it, with its numbers."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import ELEMENTARY_CHARGE

model  = sv.Model(sv.lattice.square(a=4.0), sv.terms.kinetic(mass=0.067))
system = model.region(sv.shape.rectangle(length=160, width=64)).lead("source", model, "-x").lead("drain", model, "+x")
for name, direction, x in (("p1", "+y", 45), ("p2", "+y", -45), ("p3", "-y", -45)):
    system = system.lead(name, model, direction, shape=sv.shape.strip(width=40, center=x))
bar = system.field(perpendicular=sv.param("B"))

MU, T, B = 0.0086, 0.1, 5.0                     # between the Landau levels at 4.3 and 13.0 meV: one edge channel


@pytest.fixture(scope="module")
def G():
    return sv.conductance_matrix(bar, mu=MU, temperature=T, B=B)


def test_one_edge_channel(G):
    assert G.dims == ("lead_out", "lead_in")
    along_the_edge = [("p1", "source"), ("p2", "p1"), ("drain", "p2"), ("p3", "drain"), ("source", "p3")]
    for out, source in along_the_edge:
        assert float(G.sel(lead_out=out, lead_in=source)) / sv.G0 == pytest.approx(-1.0, abs=2e-3)
        assert abs(float(G.sel(lead_out=source, lead_in=out))) / sv.G0 < 2e-3       # not the other way round
    np.testing.assert_allclose(G.sum("lead_in"), 0.0, atol=1e-10 * sv.G0)
    np.testing.assert_allclose(G.sum("lead_out"), 0.0, atol=1e-10 * sv.G0)
    assert int(G.evaluations) < 300
    assert float(G.error.max()) < 1e-9 * sv.G0


def test_hall_and_longitudinal_resistance(G):
    R = sv.resistance(bar, current=("source", "drain"), voltage=("p1", "p2"), mu=MU, temperature=T, B=np.linspace(0, 8, 3))
    assert R.dims == ("B",)
    assert R.attrs["units"] == "Ω"
    assert float(R[0]) > 1e3                                    # ballistic, scattered by the probes
    assert (abs(R[1:]) < 0.1).all()                             # an edge loses nothing between two probes
    across = sv.resistance(bar, current=("source", "drain"), voltage=("p1", "p3"), mu=MU, temperature=T, B=B)
    assert float(across) * sv.G0 == pytest.approx(1.0, abs=1e-8)
    assert int(across.evaluations) == 0                         # the conductance matrix had them all


def test_what_floats_and_where_the_heat_goes():
    res = {"source": sv.Reservoir(mu=MU + 1e-3, temperature=T), "drain": sv.Reservoir(mu=MU - 1e-3, temperature=T),
           "p1": sv.VoltageProbe(temperature=T), "p2": sv.ThermalProbe(), "p3": sv.DephasingProbe()}
    sol = sv.steady_state(bar, res, B=B)
    current = sv.G0 * 2e-3
    np.testing.assert_allclose(sol.current, [current, -current, 0, 0, 0], atol=1e-6 * current)
    np.testing.assert_allclose(sol.energy_current.sum(), 0.0, atol=1e-12 * current)
    np.testing.assert_allclose(sol.mu[2:4], MU + 1e-3, atol=1e-8)       # both follow the source, along the upper edge
    assert float(sol.temperature[3]) == pytest.approx(0.1001, abs=2e-4)
    np.testing.assert_allclose(sol.dissipation[:2], current * 1e-3, rtol=1e-5)   # half in each reservoir, none in the bar
    assert float(sol.entropy_production) == pytest.approx(current * 2e-3 / T, rel=1e-5)
    assert int(sol.evaluations) < 800


def test_all_onsager_coefficients_from_the_same_matrices(G):
    te = sv.thermoelectric(bar, mu=MU, temperature=T, B=B)
    assert int(te.evaluations) == 0
    assert int(te.reused) == int(G.evaluations)
    np.testing.assert_allclose(te.G.sel(lead_out="drain", lead_in="p2"), -G.sel(lead_out="drain", lead_in="p2"), rtol=1e-9)
    np.testing.assert_allclose(te.L0 * ELEMENTARY_CHARGE, G, rtol=1e-9, atol=1e-9 * sv.G0)      # L0 in 1/(eV s)
    assert set(te.data_vars) > {"G", "seebeck", "peltier", "kappa_e", "lorenz", "zt", "power_factor"}
    assert float(abs(te.seebeck.sel(lead_out="drain", lead_in="source"))) < 1e-11    # on a plateau, V/K


def test_dephasing_and_a_map():
    dev  = system.with_dephasing(length=300.0, region=sv.shape.disk(radius=25))
    pair = ("source", "drain")
    R, coherent = sv.resistance(dev, pair, mu=MU), sv.resistance(system, pair, mu=MU)
    assert float(R) > 1.02 * float(coherent)
    qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    dIdV = sv.conductance_map(qpc, gate=np.linspace(0, 5e-3, 3), bias=np.linspace(-1e-3, 1e-3, 3), temperature=0.1)
    assert dIdV.dims == ("gate", "bias")
    assert float(dIdV[2, 1]) / sv.G0 == pytest.approx(1.9584, abs=1e-4)
