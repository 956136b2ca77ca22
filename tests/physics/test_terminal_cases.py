"""Terminals: networks of edges and probes, heat, thermopower, against closed forms and literature values.

In units e = h = k_B = 1, carried over as elsewhere: an energy x becomes x eV, k_BT = x eV a temperature x/k_B.
"""

import numpy as np
import pytest
from scipy import optimize
from scipy.stats import unitary_group

import sharvin as sv
from sharvin.conductors.star_product import star_product
from sharvin.constants import BOLTZMANN, E2_OVER_H, INVERSE_H

H_OVER_E2 = 1 / E2_OVER_H


def kelvin(thermal_energy: float) -> float:
    return thermal_energy / BOLTZMANN


def step(position: float = 0.0) -> sv.TransmissionFunction:
    return sv.TransmissionFunction(
        lambda E: np.where(position < E, 1.0, 0.0), jumps=(position,), spin_degeneracy=1
    )


def constant(value: float) -> sv.TransmissionFunction:
    return sv.TransmissionFunction(lambda E: np.full(np.shape(E), value), spin_degeneracy=1)


def ring(matrix) -> sv.TransmissionMatrix:
    """Leads "1", "2", … with T[out, in]; one spin."""
    return sv.TransmissionMatrix(matrix, tuple(str(n + 1) for n in range(len(matrix))), spin_degeneracy=1)


def resistance(network, current: str, voltage: str) -> float:
    """R in h/e², current and voltage as "14", "23"."""
    return float(sv.resistance(network, tuple(current), tuple(voltage), mu=0.0)) / H_OVER_E2


# ---- two terminals and the heat in their reservoirs


@pytest.mark.parametrize(("T", "G4"), [(0.1, 0.11111111111111112), (0.5, 1.0), (0.9, 9.000000000000002)])
def test_two_and_four_terminals(T, G4):
    # Landauer 1957, 1970; Büttiker, Phys. Rev. Lett. 57, 1761 (1986).
    scatterer = sv.FixedScatterer(
        [[1j * (1 - T) ** 0.5, T**0.5], [T**0.5, 1j * (1 - T) ** 0.5]], {"a": 1, "b": 1}
    )
    found = sv.weak_probes(scatterer, energy=0.0)
    assert sv.R0 / float(found.two_terminal_resistance) == pytest.approx(T, rel=1e-10)
    assert sv.R0 / float(found.four_terminal_resistance) == pytest.approx(G4, rel=1e-10)
    assert float(found.contact_resistance) / sv.R0 == pytest.approx(1.0, rel=1e-10)


def test_the_dipole_of_a_scatterer():
    # Landauer 1957; Büttiker, IBM J. Res. Dev. 32, 317 (1988).
    T = 0.3
    scatterer = sv.FixedScatterer([[-((1 - T) ** 0.5), T**0.5], [T**0.5, (1 - T) ** 0.5]], {"a": 1, "b": 1})
    found = sv.weak_probes(scatterer, energy=0.0)
    assert found.potential.values == pytest.approx([0.85, 0.15], rel=1e-10)
    assert float(found.potential[0] - found.potential[1]) == pytest.approx(0.7, rel=1e-10)
    r = (1 - T) ** 0.5
    assert found.potential_lowest.values == pytest.approx([(1 - r) / 2] * 2, rel=1e-10)
    assert found.potential_highest.values == pytest.approx([(1 + r) / 2] * 2, rel=1e-10)


def weakly_probed(T: float, coupling: float, before: float, after: float):
    """Probe, barrier, probe along a wire of one mode, with phases between them."""
    S = [[1j * (1 - T) ** 0.5, T**0.5], [T**0.5, 1j * (1 - T) ** 0.5]]
    barrier = sv.FixedScatterer(S, {"left": 1, "right": 1})
    first, second = fork("p1", coupling), fork("p2", coupling)
    return sv.series(sv.series(first, barrier, phase=before), second, phase=after)


def fork(probe: str, coupling: float):
    """A probe of one channel on a wire (M. Büttiker, Y. Imry and M. Ya. Azbel, Phys. Rev. A 30, 1982 (1984))."""
    root = (1 - 2 * coupling) ** 0.5
    a, b, c = (root - 1) / 2, (root + 1) / 2, coupling**0.5
    return sv.FixedScatterer([[a, b, c], [b, a, c], [c, c, -(a + b)]], {"left": 1, "right": 1, probe: 1})


@pytest.mark.parametrize("T", [0.3, 0.9, 1.0])
def test_weak_probes_averaged_over_the_phase(T):
    # Four terminals beside the closed form of `weak_probes`; the phase is averaged in the transmissions to the probes.
    coupling, phases = 1e-6, np.linspace(0, np.pi, 8, endpoint=False) + 0.1
    matrices = [
        sv.scattering_matrix(weakly_probed(T, coupling, a, b), 0.0).transmission_matrix().values
        for a in phases
        for b in phases
    ]
    names = weakly_probed(T, coupling, 0.0, 0.0).leads
    average = sv.TransmissionMatrix(np.mean(matrices, axis=0), names)
    four = float(sv.resistance(average, ("left", "right"), ("p1", "p2"), mu=0.0)) / sv.R0
    two = float(sv.resistance(average, ("left", "right"), mu=0.0)) / sv.R0
    assert four == pytest.approx((1 - T) / T, abs=5 * coupling)
    assert two == pytest.approx(1 / T, abs=5 * coupling)
    # At one phase the reading ripples by as much as `weak_probes` tells.
    if T < 1:
        readings = [
            sv.steady_state(
                weakly_probed(T, coupling, phase, 0.3),
                {
                    "left": sv.Reservoir(1e-3),
                    "right": sv.Reservoir(0.0),
                    "p1": sv.VoltageProbe(),
                    "p2": sv.VoltageProbe(),
                },
            ).mu.sel(lead="p1")
            / 1e-3
            for phase in np.linspace(0, np.pi, 24, endpoint=False)
        ]
        r = (1 - T) ** 0.5
        assert min(readings) == pytest.approx((1 - r) / 2, abs=0.02)
        assert max(readings) == pytest.approx((1 + r) / 2, abs=0.02)


def test_joule_heat_of_a_constant_transmission():
    # Gurevich, Phys. Rev. B 55, 4522 (1997).
    bias, kt = 0.1, 0.01
    ends = {"left": sv.Reservoir(bias / 2, kelvin(kt)), "right": sv.Reservoir(-bias / 2, kelvin(kt))}
    heat = sv.steady_state(constant(0.4), ends).dissipation / INVERSE_H
    assert heat.values == pytest.approx([0.0020000000000000005] * 2, rel=1e-7)
    assert float(heat.sum()) == pytest.approx(0.004000000000000001, rel=1e-7)


def test_two_temperatures_without_a_bias():
    # Pendry 1983; Sivan and Imry, Phys. Rev. B 33, 551 (1986).
    ends = {"left": sv.Reservoir(0.0, 300.0), "right": sv.Reservoir(0.0, 77.0)}
    found = sv.steady_state(constant(0.6), ends)
    assert float(found.heat_current[0]) == pytest.approx(2.3870224004824236e-08, rel=1e-8)
    assert abs(float(found.current[0])) < 1e-9 * E2_OVER_H * BOLTZMANN * 300


# ---- probes


def test_one_voltage_probe():
    # Büttiker, Phys. Rev. B 33, 3020 (1986): T_eff = T₁₂ + T₁₃T₃₂/(T₁₃ + T₃₂).
    network = ring([[0, 0.3, 0.2], [0.3, 0, 0.5], [0.2, 0.5, 0]])
    assert 1 / resistance(network, "12", "12") == pytest.approx(0.44285714285714284, rel=1e-10)
    G = sv.conductance(sv.dephased(network, "3"), mu=0.0)
    assert float(G) / E2_OVER_H == pytest.approx(0.44285714285714284, rel=1e-10)
    for probe in (sv.VoltageProbe(), sv.VoltageProbe(2.0), sv.ThermalProbe()):
        found = sv.steady_state(network, {"1": sv.Reservoir(1e-3), "2": sv.Reservoir(0.0), "3": probe})
        assert float(found.mu[2]) / 1e-3 == pytest.approx(0.28571428571428575, rel=1e-10)
        assert float(found.current[0]) / (E2_OVER_H * 1e-3) == pytest.approx(0.44285714285714284, rel=1e-10)


def test_four_probes_and_reciprocity():
    # Büttiker, Phys. Rev. Lett. 57, 1761 (1986).
    T = np.array([[0, 0.5, 0.5, 0.7], [1.0, 0, 0.2, 0.5], [0.5, 0.7, 0, 0.5], [0.2, 0.5, 1.0, 0]])
    network, reversed_field = ring(T), ring(T.T)
    assert resistance(network, "13", "24") == pytest.approx(0.32000000000000006, rel=1e-10)
    assert resistance(network, "12", "34") == pytest.approx(0.036666666666666625, rel=1e-10)
    assert resistance(network, "14", "23") == pytest.approx(0.08333333333333337, rel=1e-10)
    for current, voltage in (("13", "24"), ("12", "34"), ("14", "23")):
        assert resistance(network, current, voltage) == pytest.approx(
            resistance(reversed_field, voltage, current), rel=1e-12
        )


@pytest.mark.parametrize("N", [1, 2, 3])
def test_chiral_edges_of_a_hall_bar(N):
    # Büttiker, Phys. Rev. B 38, 9375 (1988): 1 → 2 → … → 6 → 1.
    bar = ring(N * np.roll(np.eye(6), 1, axis=0))
    for current, voltage, wanted in (
        ("14", "23", 0),
        ("14", "26", 1 / N),
        ("14", "14", 1 / N),
        ("14", "65", 0),
    ):
        assert resistance(bar, current, voltage) == pytest.approx(wanted, abs=1e-12)


def test_a_gate_that_reflects_edge_channels():
    # Büttiker 1988; Haug et al., Phys. Rev. Lett. 61, 2797 (1988). N = 3 channels, M = 2 pass between 2,6 and 3,5.
    N, M = 3, 2
    T = np.zeros((6, 6))
    for out, source in ((2, 1), (4, 3), (5, 4), (1, 6)):
        T[out - 1, source - 1] = N
    T[3 - 1, 2 - 1] = T[6 - 1, 5 - 1] = M
    T[6 - 1, 2 - 1] = T[3 - 1, 5 - 1] = N - M
    bar = ring(T)
    wanted = {"23": 1 / M - 1 / N, "65": 1 / M - 1 / N, "26": 1 / N, "35": 1 / N, "25": 1 / M,
              "36": 2 / N - 1 / M, "14": 1 / M}  # fmt: skip
    for voltage, value in wanted.items():
        assert resistance(bar, "14", voltage) == pytest.approx(value, rel=1e-10)


def test_helical_edges():
    # Roth et al., Science 325, 294 (2009).
    def helical(n):
        around = np.roll(np.eye(n), 1, axis=0)
        return ring(around + around.T)

    for n in (3, 4, 6):
        for m in range(1, n):
            assert resistance(helical(n), f"1{1 + m}", f"1{1 + m}") == pytest.approx(
                m * (n - m) / n, rel=1e-10
            )
    four = {"1414": 0.75, "1423": 0.25, "1313": 1.0, "1324": 0.0}
    six = {"1414": 1.5, "1423": 0.5, "1426": 0.0, "1313": 4 / 3, "1346": -2 / 3, "1345": -1 / 3, "1356": -1 / 3,
           "1212": 5 / 6}  # fmt: skip
    for n, cases in ((4, four), (6, six)):
        for pairs, value in cases.items():
            assert resistance(helical(n), pairs[:2], pairs[2:]) == pytest.approx(value, rel=1e-10, abs=1e-12)


def chain_with_probes(levels, eta):
    """Sites of a chain, t = 1, each with a probe Σ = −iη; leads "L" and "R"."""
    n = len(levels)
    h = np.diag(np.asarray(levels, dtype=float)) - np.eye(n, k=1) - np.eye(n, k=-1)
    leads = {"L": (0.0, -1.0, [0]), "R": (0.0, -1.0, [n - 1])}
    probes = {f"p{k}": (sv.SelfEnergy(-1j * eta), [k]) for k in range(n)}
    return sv.System.from_matrices(h, leads | probes)


def test_probes_on_every_site_add_at_the_band_centre_only():
    # D'Amato and Pastawski, Phys. Rev. B 41, 7411 (1990). One site: R = (h/e²)(1 + η/2).
    def ohms(levels, eta):
        system = chain_with_probes(levels, eta)
        elastic = sv.dephased(system, *(f"p{k}" for k in range(len(levels))))
        return float(sv.resistance(elastic, ("L", "R"), mu=0.0)) / sv.R0

    for eta, wanted in ((0.1, 0.9523809523809523), (1.0, 0.6666666666666666), (10.0, 0.16666666666666666)):
        assert 1 / ohms([0.0], eta) == pytest.approx(wanted, rel=1e-10)
    # Two scatterers with a probe on each do not add unless the probes take all phase between them.
    apart = [ohms([0.7], 0.2) - 1, ohms([0.7], 0.2) - 1]
    assert abs(ohms([0.7, 0.7], 0.2) - 1 - sum(apart)) > 0.05


def test_full_probes_between_scatterers_add():
    # Two barriers and a probe that takes everything: R = R₁ + R₂, whatever the phase between them.
    def barrier(T):
        return sv.FixedScatterer(
            [[1j * (1 - T) ** 0.5, T**0.5], [T**0.5, 1j * (1 - T) ** 0.5]], {"left": 1, "right": 1}
        )

    def coherent(T1, T2, phase):
        return float(
            sv.resistance(sv.series(barrier(T1), barrier(T2), phase=phase), ("left", "right"), mu=0.0)
        )

    for phase in (0.3, 1.1):
        whole = sv.series(barrier(0.6), sv.ProbeCoupler(1.0), barrier(0.3), phase=phase)
        assert float(sv.resistance(whole, ("left", "right"), mu=0.0)) / sv.R0 == pytest.approx(
            1 / 0.6 + 1 / 0.3, rel=1e-10
        )
    assert abs(coherent(0.6, 0.3, 0.3) - coherent(0.6, 0.3, 1.1)) > 0.3 * sv.R0


# ---- heat and thermopower


@pytest.mark.parametrize(
    ("temperature", "K"),
    [(0.1, 9.464311516386642e-14), (1, 9.46431151638664e-13), (300, 2.8392934549159923e-10)],
)
def test_the_quantum_of_thermal_conductance(temperature, K):
    # Pendry 1983; Rego and Kirczenow, Phys. Rev. Lett. 81, 232 (1998).
    assert sv.thermal_conductance_quantum(temperature) == pytest.approx(K, rel=1e-8)
    te = sv.thermoelectric(constant(1.0), mu=0.2, temperature=temperature)
    assert float(te.kappa_e) == pytest.approx(K, rel=1e-8)
    assert float(te.lorenz) == pytest.approx(np.pi**2 / 3 * BOLTZMANN**2, rel=1e-8)
    assert abs(float(te.seebeck)) <= float(te.seebeck_error) < 1e-9 * BOLTZMANN


STEP = {
    -2.0: (
        0.8807970779778823,
        -0.41477641584135905,
        1.8917875650086642,
        0.6528569181675252,
        0.08009983245549275,
    ),
    0.0: (0.5, -1.3862943611198906, 0.6840280390118236, 0.415839183343351, 1.4047757884670473),
    1.0: (0.2689414213699951, -2.164795240251424, 0.3124102702325491, 0.353093006656311, 4.034280044771345),
    3.0: (
        0.04742587317756678,
        -4.024490395608039,
        0.04858416564231882,
        0.31138731915748574,
        15.810382517031567,
    ),
}


@pytest.mark.parametrize("x", STEP)
def test_a_step_of_the_transmission(x):
    # Streda, J. Phys. Condens. Matter 1, 1025 (1989); Proetto, Phys. Rev. B 44, 9096 (1991).
    G, S, K, lorenz, zt = STEP[x]
    temperature = 0.7
    te = sv.thermoelectric(step(), mu=-x * BOLTZMANN * temperature, temperature=temperature)
    assert float(te.G) / E2_OVER_H == pytest.approx(G, rel=1e-9)
    assert float(te.seebeck) / BOLTZMANN == pytest.approx(S, rel=1e-9)
    assert float(te.peltier) == pytest.approx(temperature * float(te.seebeck), rel=1e-9)
    assert float(te.kappa_e) / (INVERSE_H * BOLTZMANN**2 * temperature) == pytest.approx(K, rel=1e-9)
    assert float(te.lorenz) / (np.pi**2 / 3 * BOLTZMANN**2) == pytest.approx(lorenz, rel=1e-9)
    assert float(te.zt) == pytest.approx(zt, rel=1e-9)
    assert float(te.power_factor) == pytest.approx(float(te.G * te.seebeck**2), rel=1e-12)
    for name in ("G", "seebeck", "kappa_e", "lorenz", "zt"):
        assert 0 < float(te[f"{name}_error"]) < 1e-7 * abs(float(te[name]))


RESONANCE = {
    (0.05, 0.0): (0.0, 0.9179449292604848, 0.9706860786089199),
    (0.05, 2.0): (-0.10611193754423673, 0.9251455005160336, 0.9378186939947964),
    (0.5, 0.0): (0.0, 0.308122698978139, 0.496602482042547),
    (0.5, 2.0): (-1.1435128856952017, 0.46138389312168, 0.30755392315616686),
    (5.0, 0.0): (0.0, 0.037779773022994026, 0.07446544716265473),
    (5.0, 2.0): (-1.8714089880562683, 0.08384258712788317, 0.033072424536149406),
}


@pytest.mark.parametrize(("ratio", "offset"), RESONANCE)
def test_a_resonance(ratio, offset):
    # Murphy, Mukerjee and Moore, Phys. Rev. B 78, 161406 (2008).
    S, lorenz, G = RESONANCE[ratio, offset]
    width, temperature = 1e-3, kelvin(1e-3 * ratio)
    level = sv.ResonantLevel(
        energy=offset * BOLTZMANN * temperature,
        gamma_left=width / 2,
        gamma_right=width / 2,
        spin_degeneracy=1,
    )
    te = sv.thermoelectric(level, mu=0.0, temperature=temperature)
    assert float(te.seebeck) / BOLTZMANN == pytest.approx(S, rel=1e-7, abs=1e-9)
    assert float(te.lorenz) / (np.pi**2 / 3 * BOLTZMANN**2) == pytest.approx(lorenz, rel=1e-7)
    assert float(te.G) / E2_OVER_H == pytest.approx(G, rel=1e-7)


def test_nyquist_conductance_of_a_resonance():
    # G(T) by the trigamma function: S = 4k_BT G.
    kt, gamma, level = 0.04, 0.1, 0.03
    z = 0.5 + (gamma / 2 + 1j * level) / (2 * np.pi * kt)
    wanted = gamma / (4 * np.pi * kt) * float(np.real(_trigamma(z)))
    conductor = sv.ResonantLevel(level, gamma / 2, gamma / 2, spin_degeneracy=1)
    assert float(sv.conductance(conductor, mu=0.0, temperature=kelvin(kt))) / E2_OVER_H == pytest.approx(
        wanted, rel=1e-8
    )


def _trigamma(z: complex) -> complex:
    n = np.arange(200_000)
    return (1 / (z + n) ** 2).sum() + 1 / (z + 200_000) + 1 / (2 * (z + 200_000) ** 2)


def test_sommerfeld_and_mott():
    # Ashcroft and Mermin, appendix C: G to sixth order; seebeck = −(π²/3)(k_B²T/e) d ln T/dμ.
    kt, mu = 0.02, 0.1
    contact = sv.SaddlePoint(omega_x=1.0, omega_y=40.0, V0=-20.0, spin_degeneracy=1)  # one subband, at E = 0
    G = float(sv.conductance(contact, mu=mu, temperature=kelvin(kt))) / E2_OVER_H
    assert G == pytest.approx(0.6503685896717338, rel=1e-6)
    # Mott's formula in the limit T → 0, from another route: the derivative of T.
    T = lambda E: sv.scattering_matrix(contact, E).transmission("right", "left")  # noqa: E731
    slope = (T(mu + 1e-4) - T(mu - 1e-4)) / 2e-4 / T(mu)
    for kt in (1e-3, 2e-3):
        te = sv.thermoelectric(contact, mu=mu, temperature=kelvin(kt))
        mott = -(np.pi**2) / 3 * BOLTZMANN * kt * slope
        assert float(te.seebeck) == pytest.approx(mott, rel=3e2 * kt**2 + 1e-6)
        assert float(te.lorenz) / (np.pi**2 / 3 * BOLTZMANN**2) == pytest.approx(1.0, abs=1e2 * kt**2)


def test_a_narrow_level_stops_at_carnot():
    # Mahan and Sofo 1996; Humphrey et al., Phys. Rev. Lett. 89, 116801 (2002): (E−μ_L)/T_L = (E−μ_R)/T_R.
    level = sv.ResonantLevel(energy=1.0, gamma_left=5e-5, gamma_right=5e-5, spin_degeneracy=1)

    # μ_hot = 0, μ_cold = V in the case; the engine puts them at μ ∓ V/2.
    def current(V):
        return float(sv.heat_engine(level, V, mu=V / 2, hot=kelvin(2.0), cold=kelvin(1.0)).current)

    stop = optimize.brentq(current, 0.4, 0.6, xtol=1e-12)
    assert stop == pytest.approx(0.5, abs=2e-3)
    engine = sv.heat_engine(level, 0.999 * stop, mu=stop / 2, hot=kelvin(2.0), cold=kelvin(1.0))
    assert float(engine.efficiency) < engine.attrs["carnot"] == 0.5


@pytest.mark.parametrize(
    ("ratio", "efficiency"),
    [(0.2, 0.3768054413273972), (0.5, 0.20799625039481395), (0.9, 0.0359937512393627)],
)
def test_the_most_power_of_one_channel(ratio, efficiency):
    # Whitney, Phys. Rev. Lett. 112, 130601 (2014).
    x, hot, cold = 1.1445544409119055, 2.0, 2.0 * ratio
    assert sv.quantum_power_bound(hot, cold, spin_degeneracy=1) == pytest.approx(
        0.31634671137020604 * INVERSE_H * BOLTZMANN**2 * (hot - cold) ** 2, rel=1e-9
    )
    best = sv.maximum_power(step(), mu=-x * BOLTZMANN * (hot + cold) / 2, hot=hot, cold=cold)
    assert float(best.power) == pytest.approx(float(best.quantum_bound), rel=1e-6)
    assert float(best.efficiency) == pytest.approx(efficiency, rel=1e-6)
    assert float(best.bias) == pytest.approx(x * BOLTZMANN * (hot - cold), rel=1e-3)
    for shift in (-0.3, 0.3):
        worse = sv.maximum_power(step(), mu=(shift - x) * BOLTZMANN * (hot + cold) / 2, hot=hot, cold=cold)
        assert worse.power < best.power


def test_power_of_linear_response():
    # Esposito et al. 2009; Nakpathomkun et al. 2010: the power factor is largest at these distances.
    def power_factor(conductor):
        return lambda x: (
            -float(sv.thermoelectric(conductor, mu=-x * BOLTZMANN, temperature=1.0).power_factor)
            / (INVERSE_H * BOLTZMANN**2)
        )

    def best(conductor, low, high):
        return optimize.minimize_scalar(
            power_factor(conductor), bounds=(low, high), method="bounded", options={"xatol": 1e-9}
        )

    narrow = sv.ResonantLevel(0.0, 1e-5 * BOLTZMANN, 1e-5 * BOLTZMANN, spin_degeneracy=1)
    assert best(narrow, 2.0, 3.0).x == pytest.approx(2.3993572805154675, abs=1e-4)
    found = best(step(), 0.8, 1.5)
    assert found.x == pytest.approx(1.1445544314211387, abs=1e-5)
    assert -found.fun / 4 == pytest.approx(0.31634671137020615, rel=1e-9)


BOXCAR = {0.001: (0.9892445451691162, 1.6022844695591165), 0.1: (0.8842191893756793, 1.4192710068833658),
          0.5: (0.7021920403750748, 1.1216357111234039)}  # fmt: skip


@pytest.mark.parametrize("part", BOXCAR)
def test_the_best_efficiency_at_given_power(part):
    # Whitney, Phys. Rev. B 91, 115425 (2015): T = 1 from e0 = eV/η_C to e1. Units k_BT_L = 1 eV, T_R = T_L/2.
    wanted, bias = BOXCAR[part]
    target = part * 0.31634671137020604 * 0.25
    lower = bias / 0.5

    def engine(upper):
        box = sv.TransmissionFunction(
            lambda E: np.where((lower < E) & (upper > E), 1.0, 0.0), jumps=(lower, upper), spin_degeneracy=1
        )
        # E and μ counted from μ_L = 0, μ_R = V.
        return sv.heat_engine(box, bias, mu=bias / 2, hot=kelvin(1.0), cold=kelvin(0.5))

    upper = optimize.brentq(
        lambda e1: float(engine(e1).power) / INVERSE_H - target, lower + 1e-6, lower + 20.0, xtol=1e-10
    )
    assert float(engine(upper).efficiency) / 0.5 == pytest.approx(wanted, rel=1e-5)


# ---- circular ensembles, by samples with fixed seeds


def _circular(beta, size, count, seed):
    """Scattering matrices of `size` channels: symmetric (β = 1), any (2), or self-dual with two spins each (4)."""
    U = unitary_group.rvs(size * (2 if beta == 4 else 1), size=count, random_state=seed)
    if beta == 2:
        return U
    if beta == 1:
        return U.swapaxes(1, 2) @ U
    flip = np.kron(np.eye(size), [[0, 1], [-1, 0]])
    return flip @ U.swapaxes(1, 2) @ flip.T @ U  # its transmissions come in pairs


def _cavity(S, leads):
    """Σ T and Σ T(1 − T) of a sample, over distinct T."""
    spins = len(S) // sum(leads)
    modes = {name: spins * count for name, count in zip(("left", "right"), leads, strict=True)}
    cavity = sv.FixedScatterer(S, modes, spin_degeneracy=1)
    T = np.linalg.svd(S[modes["left"] :, : modes["left"]], compute_uv=False) ** 2
    g = float(sv.conductance(cavity, mu=0.0)) / (sv.G0 / 2)
    assert g == pytest.approx(T.sum(), rel=1e-12)
    return g / spins, (T * (1 - T)).sum() / spins


@pytest.mark.parametrize(
    ("beta", "leads", "mean", "variance", "noise"),
    [(1, (1, 1), 1 / 3, 0.08888888888888889, 0.13333333333333333), (2, (1, 1), 0.5, 0.08333333333333333, 1 / 6),
     (4, (1, 1), 2 / 3, 0.05555555555555555, 1 / 6), (1, (2, 3), 1.0, 0.1, 0.3), (2, (2, 3), 1.2, 0.06, 0.3),
     (4, (2, 3), 1.3333333333333333, 0.031746031746031744, 0.2857142857142857),
     (1, (5, 5), 2.272727272727273, 0.11443102352193261, 0.6293706293706294),
     (2, (5, 5), 2.5, 0.06313131313131314, 0.6313131313131313),
     (4, (5, 5), 2.6315789473684212, 0.032996578132638094, 0.6269349845201239)],
)  # fmt: skip
def test_chaotic_cavities(beta, leads, mean, variance, noise):
    # Baranger and Mello, Phys. Rev. Lett. 73, 142 (1994); Jalabert et al., Europhys. Lett. 27, 255 (1994).
    count = 200
    g, through = np.array([_cavity(S, leads) for S in _circular(beta, sum(leads), count, 3)]).T
    assert abs(g.mean() - mean) < 4 * (variance / count) ** 0.5
    assert abs(g.var() / variance - 1) < 0.35
    assert abs(through.mean() - noise) < 4 * through.std() / count**0.5
    if leads == (1, 1):  # P(T) = (β/2) T^(β/2−1)
        exact = 0.1 ** (beta / 2)
        assert abs((g < 0.1).mean() - exact) < 4 * (exact * (1 - exact) / count) ** 0.5
        assert abs(np.median(g) - 2 ** (-2 / beta)) < 0.1


@pytest.mark.parametrize(("beta", "correction"), [(1, -0.25), (2, 0.0), (4, 0.125)])
def test_weak_localization_and_universal_fluctuations_of_a_large_cavity(beta, correction):
    # δg → (1 − 2/β)/4 and var g → 1/8β, both to 1/N. Beenakker, Rev. Mod. Phys. 69, 731 (1997).
    size, count = 12, 150
    g = np.array([_cavity(S, (size, size))[0] for S in _circular(beta, 2 * size, count, 5)])
    assert abs(g.mean() - size / 2 - correction) < 4 * (1 / (8 * beta) / count) ** 0.5 + 0.25 / size
    assert abs(8 * beta * g.var() - 1) < 4 * (2 / count) ** 0.5 + 1 / size


def _wires(beta, modes, slices, reflection, count, seed):
    """S of wires of many thin slices, each of which reflects a little between random modes."""
    rng, size = np.random.default_rng(seed), modes * (2 if beta == 4 else 1)
    flip = np.kron(np.eye(modes), [[0, 1], [-1, 0]])
    r, t, S = reflection**0.5, (1 - reflection) ** 0.5, np.zeros(0)
    for n in range(slices):
        u, v, w, x = (unitary_group.rvs(size, size=count, random_state=rng) for _ in range(4))
        if beta == 1:
            w, x = u.swapaxes(1, 2), v.swapaxes(1, 2)
        if beta == 4:
            w, x = flip @ u.swapaxes(1, 2) @ flip.T, flip @ v.swapaxes(1, 2) @ flip.T
        one = np.block([[-r * u @ w, t * u @ x], [t * v @ w, r * v @ x]])
        S = one if n == 0 else star_product(S, one, size, 1.0)[0]
    return S


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_weak_localization_and_universal_fluctuations_of_a_wire(beta):
    # ⟨g⟩ = N/(1 + s) + (1 − 2/β)/3 · (s/(1 + s))³, var g = (2/15β)(1 − (1 + 6s)/(1 + s)⁶) with s = L/ℓ ≪ N, which
    # become (1 − 2/β)/3 and 2/15β: Mello and Stone, Phys. Rev. B 44, 3559 (1991).
    modes, slices, reflection, count = 10, 40, 0.07, 200
    s = slices * reflection / (1 - reflection)
    g = np.array([_cavity(S, (modes, modes))[0] for S in _wires(beta, modes, slices, reflection, count, 7)])
    correction = (1 - 2 / beta) / 3 * (s / (1 + s)) ** 3
    variance = 2 / (15 * beta) * (1 - (1 + 6 * s) / (1 + s) ** 6)
    assert abs(g.mean() - modes / (1 + s) - correction) < 4 * (variance / count) ** 0.5
    assert abs(g.var() / variance - 1) < 4 * (2 / count) ** 0.5


# ---- a lattice


def hall_bar_of(width: int, magnetic_length: float, disorder: float):
    """Six terminals on a square lattice of 1 nm, hopping 1 eV; leads as wide as the bar, probes on top and below."""
    model = sv.Model(sv.lattice.square(a=1.0), sv.onsite(4.0) + sv.hopping(-1.0))
    dirty = model + sv.disorder(strength=disorder, seed=5)
    length = 3 * width
    system = dirty.region(sv.shape.rectangle(length=length, width=width))
    probe = width // 2
    system = system.lead("source", model, "-x").lead("drain", model, "+x")
    # "y counts across the lead from its axis": x for a lead along +y is −y of the shape, and +y along −y.
    for name, x, direction, sign in (
        ("p1", -length / 4, "+y", -1), ("p2", length / 4, "+y", -1),
        ("p5", length / 4, "-y", 1), ("p6", -length / 4, "-y", 1),
    ):  # fmt: skip
        system = system.lead(name, model, direction, shape=sv.shape.strip(width=probe, center=sign * x))
    field = sv.constants.FLUX_QUANTUM / (2 * np.pi * magnetic_length**2)
    return system.field(perpendicular=field)


@pytest.mark.parametrize("disorder", [0.0, 0.02])
def test_a_lattice_hall_bar_is_quantized(disorder):
    # W = 25 ℓ_B, ℓ_B = 4 sites, gap ≈ 2t a²/ℓ_B² = 0.125 eV: Büttiker 1988. One channel below E = 0.15 eV.
    bar = hall_bar_of(100, 4.0, disorder)
    found = sv.hall_bar(bar, ("source", "drain"), ("p1", "p2"), ("p1", "p6"), mu=0.1231)
    assert abs(float(found.hall_resistance)) / sv.R0 == pytest.approx(1.0, abs=1e-10)
    assert abs(float(found.longitudinal_resistance)) / sv.R0 < 1e-10
    assert float(found.two_terminal_resistance) / sv.R0 == pytest.approx(1.0, abs=1e-10)
    assert float(found.hall_resistance_error) / sv.R0 < 1e-8
