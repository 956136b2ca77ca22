"""The programs of a first session, as a user types them, with their numbers."""

import matplotlib

matplotlib.use("agg")

import numpy as np
import pytest

import sharvin as sv

# ---- reservoirs


def test_quanta():
    assert sv.G0 == pytest.approx(7.748091729863649e-05, rel=1e-12)
    assert sv.R0 == pytest.approx(12906.403729652257, rel=1e-12)


left  = sv.Reservoir(mu=0.012, temperature=4.0)          # eV, K; T = 0 is allowed and exact
right = sv.Reservoir(mu=0.010, temperature=0.3)


def test_occupation():
    occupation = left.occupation(np.linspace(0, 0.02, 5))
    expected = 1 / (1 + np.exp((np.linspace(0, 0.02, 5) - 0.012) / (8.617333262145179e-05 * 4.0)))
    np.testing.assert_allclose(occupation, expected, rtol=1e-12)
    assert sv.Reservoir(mu=0.0).occupation([-1.0, 0.0, 1.0]).tolist() == [1.0, 0.5, 0.0]
    assert sv.Reservoir(mu=0.0, temperature=1e-9).occupation([-1e5, 1e5]).tolist() == [1.0, 0.0]


# ---- closed-form conductors

channel = sv.HardWallChannel(width=50.0, mass=0.067)     # nm, electron masses
qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)         # ħω in eV: Tₙ = 1/(1+exp(−2πεₙ)), leads "left" and "right"
zee = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3, zeeman=2e-3)   # spin-explicit, levels ± zeeman/2: steps of e²/h


def test_thresholds():
    found = sv.thresholds(channel, window=(0, 0.05))
    expected = 0.5612390486816977e-3 * 4 * np.arange(1, len(found) + 1) ** 2   # E_n = ħ²(nπ/W)²/2m; W = 50 nm
    np.testing.assert_allclose(found, expected, rtol=1e-7)
    assert len(found) == 4


def test_staircase():
    G  = sv.conductance(qpc, mu=np.linspace(-2e-3, 14e-3, 161), temperature=[0.05, 1.0, 4.2])  # DataArray(temperature, mu), S
    assert G.dims == ("temperature", "mu")
    assert G.shape == (3, 161)
    np.testing.assert_allclose(G.sel(temperature=0.05, mu=[3e-3, 6e-3], method="nearest") / sv.G0, [1, 2], atol=1e-3)
    assert (G.diff("mu") > 0).all()
    assert (G.error <= 1e-9 * G).all()


def test_spin_split_staircase():
    G = sv.conductance(zee, mu=[1.5e-3, 3e-3, 4.5e-3, 6e-3])
    # Levels at 0.5, 2.5, 3.5, 5.5, 6.5, 8.5 meV: one, two, three and four channels, smeared by ħω_x.
    expected = [sum(1 / (1 + np.exp(-2 * np.pi * (mu - level))) for level in (0.5, 2.5, 3.5, 5.5, 6.5, 8.5))
                for mu in (1.5, 3.0, 4.5, 6.0)]
    np.testing.assert_allclose(G / (sv.G0 / 2), expected, rtol=1e-8)


def test_current_and_dissipation():
    I  = sv.current(qpc, {"left": left, "right": right})     # DataArray(lead), A; sums to zero
    assert I.dims == ("lead",)
    assert float(I.sum()) == pytest.approx(0.0, abs=1e-20)
    assert float(I.sel(lead="left")) == pytest.approx(5.81542231e-07, rel=1e-8)
    P = sv.dissipation(qpc, {"left": left, "right": right})  # W into each reservoir; the sum is the electrical power
    assert float(P.sum()) == pytest.approx(2e-3 * float(I.sel(lead="left")), rel=1e-10)


def test_current_voltage_curve():
    IV = sv.current(qpc, bias=np.linspace(-3e-3, 3e-3, 61), mu=5e-3, temperature=1.0)  # DataArray(bias, lead); split ± V/2 about mu
    assert IV.dims == ("bias", "lead")
    np.testing.assert_allclose(IV.sel(lead="left"), -IV.sel(lead="left")[::-1], rtol=1e-9, atol=1e-18)
    slope = float(IV.sel(lead="left").differentiate("bias").isel(bias=30))
    assert slope == pytest.approx(float(sv.conductance(qpc, mu=5e-3, temperature=1.0)), rel=1e-3)


# ---- a lattice with leads

t = 0.1422                                               # eV = ħ²/2ma² for m = 0.067, a = 2 nm
wire    = sv.Model(sv.lattice.square(a=2.0), sv.onsite(4 * t) + sv.hopping(-t))
contact = wire + sv.onsite(lambda x, y, gate: gate * np.exp(-(x / 30)**2) * (y / 20)**2)
system  = (contact.region(sv.shape.rectangle(length=200, width=80))
                  .lead("left",  wire, direction="-x")
                  .lead("right", wire, direction="+x"))


def test_lattice_scattering_matrix():
    S = sv.scattering_matrix(system, energy=0.01, gate=0.05)
    assert S.transmission("right", "left") == pytest.approx(0.958008811651, rel=1e-9)        # Tr t†t, dimensionless
    tau = S.transmission_eigenvalues("right", "left")                                        # τₙ in [0, 1], sorted
    assert tau.shape == (3,)
    assert (np.diff(tau) <= 0).all()
    assert tau.sum() == pytest.approx(S.transmission("right", "left"), rel=1e-12)
    r = S.block("left", "left")                                                              # r; block(out, in)
    assert r.dims == ("mode_out", "mode_in")
    assert float((abs(r) ** 2).sum()) == pytest.approx(3 - S.transmission("right", "left"), rel=1e-10)
    assert S.unitarity_error < 1e-10
    assert S.certificate.certified
    assert S.certificate.figures["residual"] < 1e-12


def test_pinching_off():
    G = sv.conductance(system, mu=0.01, temperature=1.0, gate=np.linspace(0, 0.2, 41))   # DataArray(gate), S
    assert G.dims == ("gate",)
    assert float(G[0] / sv.G0) == pytest.approx(3.0, abs=1e-6)      # three subbands of the 80 nm wire lie below 10 meV
    assert float(G[8] / sv.G0) == pytest.approx(0.9927, abs=1e-3)   # one is left
    assert float(G[-1] / sv.G0) < 1e-4
    assert (G.error < 1e-9 * G).all()


def test_subbands():
    E = sv.bands(system, lead="right")                            # subbands of a lead: DataArray(k, band), eV
    assert E.dims == ("k", "band")
    bottoms = 2 * t * (1 - np.cos(np.arange(1, 4) * np.pi / 40))
    np.testing.assert_allclose(E.sel(k=0, method="nearest")[:3], bottoms, rtol=1e-9)
    assert len(E.plot.line(x="k", add_legend=False)) == 39


def test_picture():
    ax = system.plot(gate=0.05)
    assert ax.get_xlabel() == "x (nm)"
    assert len(ax.collections) >= 3
    assert system.plot() is not None


# ---- matrices


def test_the_matrices_of_the_readme():
    h     = np.diag(np.full(7, -1.0), 1) + np.diag(np.full(7, -1.0), -1)          # four sites of two orbitals, eV
    spin  = np.diag([1.0, -1.0])                                                  # commutes with the leads, not with h
    chain = (np.zeros((2, 2)), -np.eye(2))                                        # cell, hopping outward
    wire  = sv.System.from_matrices(h, leads={"left": (*chain, [0, 1]), "right": (*chain, [6, 7])},
                                    conserved={"left": spin, "right": spin})
    S = sv.scattering_matrix(wire, energy=np.linspace(-1.5, 1.5, 301))
    flipped = S.transmission("right:1", "left:-1")                                # from spin down on the left to up on the right
    assert flipped.shape == (301,)
    assert 0.01 < flipped.max() <= 1
    np.testing.assert_allclose(S.transmission("right", "left"),
                               sum(S.transmission(f"right:{a}", f"left:{b}") for a in ("1", "-1") for b in ("1", "-1")))
    density = sv.scattering_states(wire, energy=0.2).density().sel(lead_in="left")
    assert density.shape == (8,)
    assert (density > 0).all()
    assert S.certificate.certified
