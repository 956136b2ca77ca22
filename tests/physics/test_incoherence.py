"""What is left without phase coherence: Ohm's law, from probabilities, from reservoirs and from probes."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.scattering import transmissions


def channel(tau):
    return sv.TransmissionFunction(lambda E: tau + 0 * E)


def resistance(conductor):
    """In units of h/e² per spin, hence of h/g_s e²."""
    G = sv.conductance(conductor, mu=0.0, lead_out="right", lead_in="left")
    return 1 / float(G / (conductor.spin_degeneracy * sv.constants.E2_OVER_H))


@pytest.mark.parametrize(
    ("count", "expected"), [(1, 0.9), (10, 0.4736842105263158), (100, 0.08256880733944955)]
)
def test_ohms_law_from_scatterers_in_series(count, expected):
    # T_N = T₁/(N(1 − T₁) + T₁): S. Datta, Electronic Transport in Mesoscopic Systems (1995), equation 2.2.6.
    one = channel(0.9)
    chain = sv.incoherent_series(*[one] * count) if count > 1 else one
    found = transmissions(chain, np.zeros(1)).values[0, 1, 0]
    assert found == pytest.approx(expected, rel=1e-12)
    # R_N = (h/2e²)(1 + N(1 − T₁)/T₁), the contact and N scatterers.
    R = 1 / float(sv.conductance(chain, mu=0.0))
    assert R / sv.R0 == pytest.approx(1 + count * 0.1 / 0.9, rel=1e-12)


@pytest.mark.parametrize(("between", "expected"), [("phase", 2.0), ("reservoir", 5.0)])
def test_scatterers_between_which_the_phase_or_everything_is_lost(between, expected):
    # T₁ = 0.8, N = 4: 1 + N(1 − T)/T against N/T. M. J. M. de Jong and C. W. J. Beenakker, Physica A 230, 219 (1996).
    chain = sv.incoherent_series(*[channel(0.8)] * 4, between=between)
    assert resistance(chain) == pytest.approx(expected, rel=1e-13)


def test_contacts_that_reflect_stand_in_series():
    # R = (h/e²)(1/T_s + 1/T_d − 1), T_s = 0.5, T_d = 0.8: M. Büttiker, Phys. Rev. B 38, 9375 (1988).
    assert resistance(sv.incoherent_series(channel(0.5), channel(0.8))) == pytest.approx(2.25, rel=1e-13)


def test_unlike_scatterers_add_up():
    taus = np.array([0.2, 0.5, 0.9, 0.35])
    parts = [channel(tau) for tau in taus]
    assert resistance(sv.incoherent_series(*parts)) == pytest.approx(1 + ((1 - taus) / taus).sum(), rel=1e-13)
    between = sv.incoherent_series(*parts, between="reservoir")
    assert resistance(between) == pytest.approx((1 / taus).sum(), rel=1e-13)


def test_the_mean_over_the_phase_of_the_coherent_series_is_the_incoherent_one():
    # ∫dθ/2π T₁T₂/|1 − r₁′r₂e^{2iθ}|² = T₁T₂/(1 − R₁R₂).
    first = sv.RectangularBarrier(height=0.3, width=2.0, mass=0.067)
    second = sv.DeltaBarrier(strength=0.3, mass=0.067)
    energy = np.array([0.08, 0.2])
    phases = np.arange(300) * np.pi / 300
    coherent = [
        sv.scattering_matrix(sv.series(first, second), energy, phase=phase).transmission_matrix().values
        for phase in phases
    ]
    incoherent = transmissions(sv.incoherent_series(first, second), energy).values
    np.testing.assert_allclose(np.mean(coherent, axis=0), incoherent, rtol=1e-12)


def test_the_sum_over_all_paths_with_many_modes():
    """Probabilities of paths that bounce n times between the scatterers, n = 0, 1, 2, …"""

    def unitary(seed, size):
        draw = np.random.default_rng(seed).normal(size=(2, size, size))
        return np.linalg.qr(draw[0] + 1j * draw[1])[0]

    U, V = unitary(1, 6), unitary(2, 5)
    a = sv.FixedScatterer(U, {"left": 2, "top": 1, "right": 3})
    b = sv.FixedScatterer(V, {"left": 3, "right": 2})
    Pa, Pb = np.abs(U) ** 2, np.abs(V) ** 2
    flux, through = Pa[3:, :3], np.zeros((2, 3))  # what comes from left and top
    for _ in range(400):
        through += Pb[3:, :3] @ flux
        flux = Pa[3:, 3:] @ Pb[:3, :3] @ flux
    found = transmissions(sv.incoherent_series(a, b), np.zeros(1)).values[0]
    np.testing.assert_allclose(found[2, :2], [through[:, :2].sum(), through[:, 2].sum()], rtol=1e-12)


def without(T, probes):
    """Transmissions once some leads float one by one: T_αβ + T_αp T_pβ/Σ_{γ≠p} T_γp. (M. Büttiker, 1986.)"""
    for probe in sorted(probes, reverse=True):
        sent, taken = np.delete(T[:, probe], probe), np.delete(T[probe], probe)
        rest = np.delete(np.delete(T, probe, axis=0), probe, axis=1)
        T = rest + (np.outer(sent, taken) / sent.sum() if sent.sum() else 0)
    return T


def eliminated(conductor, energy=0.0):
    """T from left to right, all other leads floating."""
    leads = conductor.leads
    T = transmissions(conductor, np.array([energy])).values[0]
    left = without(T, [leads.index(name) for name in leads if name not in ("left", "right")])
    kept = [name for name in leads if name in ("left", "right")]
    return left[kept.index("right"), kept.index("left")]


@pytest.mark.parametrize(("coupling", "expected"), [(0.0, 1.0), (0.2, 0.9), (1.0, 0.5)])
def test_a_voltage_probe_disturbs(coupling, expected):
    # G/(e²/h) = 1 − ε/2: M. Büttiker, Phys. Rev. B 33, 3020 (1986).
    assert eliminated(sv.ProbeCoupler(coupling)) == pytest.approx(expected, rel=1e-15)
    # With right- and left-movers apart nothing is turned back.
    assert eliminated(sv.ProbeCoupler(coupling, separate=True)) == pytest.approx(1, rel=1e-15)


def test_two_weak_probes_read_the_same_potential():
    # R₄ = 0 of a ballistic wire: R. de Picciotto et al., Nature 411, 51 (2001).
    wire = sv.series(sv.ProbeCoupler(1e-6, probe="one"), sv.ProbeCoupler(1e-6, probe="two"))
    T = transmissions(wire, np.zeros(1)).values[0]
    G = np.diag(T.sum(axis=0)) - T
    order = [wire.leads.index(name) for name in ("left", "right", "one", "two")]
    G = G[np.ix_(order, order)]
    one, two = np.linalg.solve(G[2:, 2:], -G[2:, 0])  # at V = 1 on the left, 0 on the right
    assert one == pytest.approx(0.5, abs=1e-6)
    assert abs(one - two) < 2e-6


@pytest.mark.parametrize("between", ["phase", "reservoir"])
def test_probes_that_take_everything_are_incoherent_joints(between):
    taus = (0.8, 0.3, 0.6)
    scatterers = [
        sv.FixedScatterer(
            [[np.sqrt(1 - tau), 1j * np.sqrt(tau)], [1j * np.sqrt(tau), np.sqrt(1 - tau)]],
            {"left": 1, "right": 1},
        )
        for tau in taus
    ]
    first, *others = scatterers
    parts = [first]
    for number, other in enumerate(others):
        parts += [sv.ProbeCoupler(1.0, probe=f"p{number}", separate=between == "phase"), other]
    expected = transmissions(sv.incoherent_series(*scatterers, between=between), np.zeros(1)).values[0, 1, 0]
    assert eliminated(sv.series(*parts)) == pytest.approx(expected, rel=1e-13)


def test_a_probe_between_barriers_takes_their_resonance_away():
    barrier = sv.DeltaBarrier(strength=0.3, mass=0.067)
    energy = 0.1
    couplings = np.array([0.0, 0.3, 1.0])
    phases = np.linspace(0, np.pi, 60)
    found = []
    for coupling in couplings:
        wires = [
            sv.series(barrier, sv.ProbeCoupler(coupling, separate=True), barrier, phase=phase / 2)
            for phase in phases
        ]
        found.append([eliminated(wire, energy) for wire in wires])
    incoherent = transmissions(sv.incoherent_series(barrier, barrier), np.array([energy])).values[0, 1, 0]
    np.testing.assert_allclose(found[2], incoherent, rtol=1e-12)
    contrast = np.ptp(found, axis=1)
    assert contrast[0] > 1.4 * contrast[1] > 0
    assert contrast[2] < 1e-13
