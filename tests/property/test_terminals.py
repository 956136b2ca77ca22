"""Balances and symmetries of all that flows at terminals, whatever the conductor and the reservoirs.

Conductors are a random S without energy dependence, a few levels with random hopping between broad leads (a dense
Green's function beside them), and networks of transmissions that change smoothly with energy. What is integrated is
also integrated here, by other means: sums over a fine even grid, which converge fast for smooth functions that vanish
at both ends, and `scipy.integrate.quad`.
"""

import functools
import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import unitary_group
from threadpoolctl import threadpool_limits

import sharvin as sv
from sharvin.constants import BOLTZMANN, E2_OVER_H, INVERSE_H, PLANCK

modest = pytest.mark.parametrize("seed", range(4))
few = pytest.mark.parametrize("seed", range(100, 103))


@pytest.fixture(autouse=True)
def one_thread():
    """Matrices here are small: threads of dense algebra would wait for each other."""
    with threadpool_limits(1):
        yield


@dataclass(frozen=True)
class Device:
    """A conductor, the same in the reversed field, and T_αβ at energies (n,), found here, (n, leads, leads)."""

    conductor: object
    reversed: object
    transmission: object

    @property
    def leads(self):
        return self.conductor.leads

    def flow_matrix(self, energy):
        """M_αβ = δ_αβ Σ_γ T_γα − T_αβ, reflections left out."""
        T = self.transmission(energy) * (1 - np.eye(len(self.leads)))
        return T.sum(axis=1)[:, :, None] * np.eye(len(self.leads)) - T


def fixed(rng, names, *, symmetric=False):
    """A random S; in the reversed field it is transposed."""
    sizes = rng.integers(1, 4, size=len(names))
    S = unitary_group.rvs(sizes.sum(), random_state=rng)
    S = S @ S.T if symmetric else S
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    T = np.add.reduceat(np.add.reduceat(np.abs(S) ** 2, starts, axis=0), starts, axis=1)
    leads = dict(zip(names, sizes.tolist(), strict=True))
    return Device(
        sv.FixedScatterer(S, leads),
        sv.FixedScatterer(S.T, leads),
        lambda energy: np.broadcast_to(T, (len(energy), *T.shape)),
    )


def levels(rng, names, *, symmetric=False):
    """Levels some meV apart with random hopping, each lead on a site of its own; reversed time takes H to H*."""
    size = len(names) + int(rng.integers(0, 3))
    H = 4e-3 * rng.normal(size=(size, size))
    H = H if symmetric else H + 4e-3j * rng.normal(size=(size, size))
    H = (H + H.conj().T) / 2
    widths = rng.uniform(2e-3, 8e-3, size=len(names))

    def system(matrix):
        leads = {name: (sv.SelfEnergy(-0.5j * widths[n]), [n]) for n, name in enumerate(names)}
        return sv.System.from_matrices(matrix, leads)

    def transmission(energy):
        Sigma = np.zeros(size, dtype=complex)
        Sigma[: len(names)] = -0.5j * widths
        G = np.linalg.inv(energy[:, None, None] * np.eye(size) - H - np.diag(Sigma))
        T = widths[:, None] * np.abs(G[:, : len(names), : len(names)]) ** 2 * widths
        return T * (1 - np.eye(len(names)))

    return Device(system(H), system(H.conj()), transmission)


def network(rng, names, *, symmetric=False):
    """Σ_k w_k(E) P_k, with P_k = |S_k|² of random S_k and w_k between 0.1 and 1."""
    parts = np.array([np.abs(unitary_group.rvs(len(names), random_state=rng)) ** 2 for _ in range(2)])
    parts = (parts + parts.swapaxes(1, 2)) / 2 if symmetric else parts
    center, width = rng.uniform(-2e-3, 2e-3), rng.uniform(1e-3, 5e-3)

    def transmission(energy, sources=parts):
        up = 0.1 + 0.9 * expit((energy - center) / width)
        return np.einsum("kn,kab->nab", np.stack([up, 1.1 - up]), sources)

    return Device(
        sv.TransmissionMatrix(transmission, names),
        sv.TransmissionMatrix(lambda energy: transmission(energy, parts.swapaxes(1, 2)), names),
        transmission,
    )


KINDS = (fixed, levels, network)


def drawn(seed, least=2, most=5, kinds=KINDS, **how):
    rng = np.random.default_rng(seed)
    names = tuple("abcdef"[: int(rng.integers(least, most + 1))])
    return rng, kinds[int(rng.integers(len(kinds)))](rng, names, **how)


def random_reservoir(rng):
    return sv.Reservoir(rng.uniform(-3e-3, 3e-3), rng.choice([0.0, rng.uniform(0.1, 20.0)]))


def random_terminals(rng, leads):
    """Two reservoirs at least; the others reservoirs or probes."""
    ends = [random_reservoir(rng), random_reservoir(rng)]
    others = [
        random_reservoir,
        lambda rng: sv.VoltageProbe(rng.choice([0.0, rng.uniform(0.1, 20.0)])),
        lambda rng: sv.ThermalProbe(),
        lambda rng: sv.DephasingProbe(),
    ]
    ends += [others[int(rng.integers(4))](rng) for _ in leads[2:]]
    return dict(zip(leads, [ends[n] for n in rng.permutation(len(ends))], strict=True))


def vanishes(value, error, size):
    """Zero within its error, and the error small beside what adds up to it."""
    assert abs(value) <= error + 1e-13 * size
    assert error <= 1e-7 * size + 1e-30


# ---- balances


@functools.lru_cache
def at_rest(seed):
    """A random device between random reservoirs and probes: (device, what its leads end in, all flows)."""
    rng, device = drawn(seed)
    ends = random_terminals(rng, device.leads)
    return device, ends, sv.steady_state(device.conductor, ends)


@modest
def test_charge_and_energy_are_conserved(seed):
    _, _, found = at_rest(seed)
    for kind in ("current", "energy_current"):
        flow, error = found[kind], found[f"{kind}_error"]
        vanishes(float(flow.sum()), float(error.sum()), float(abs(flow).sum()))


@modest
def test_heat_that_arrives_is_the_electrical_power(seed):
    _, _, found = at_rest(seed)
    mu = found.mu.fillna(0.0)
    power = float((mu * found.current).sum())
    error = float(found.dissipation_error.sum() + (abs(mu) * found.current_error).sum())
    assert np.array_equal(found.dissipation, -found.heat_current)
    vanishes(float(found.dissipation.sum()) - power, error, float(abs(found.dissipation).sum()))


@modest
def test_the_three_currents_belong_together(seed):
    _, _, found = at_rest(seed)
    wanted = found.heat_current + found.mu.fillna(0.0) * found.current
    np.testing.assert_allclose(
        found.energy_current, wanted, rtol=1e-12, atol=1e-14 * float(abs(wanted).max())
    )
    warm = found.temperature > 0
    np.testing.assert_allclose(
        found.entropy_current.where(warm, 0.0), (found.heat_current / found.temperature).where(warm, 0.0)
    )


@modest
def test_entropy_does_not_fall(seed):
    _, _, found = at_rest(seed)
    assert float(found.entropy_production) >= -float(found.entropy_production_error)


@modest
def test_entropy_does_not_fall_between_warm_reservoirs_without_a_bias(seed):
    rng, device = drawn(seed)
    ends = {name: sv.Reservoir(1e-3, rng.uniform(0.5, 20.0)) for name in device.leads}
    found = sv.steady_state(device.conductor, ends)
    assert float(found.entropy_production) > 0


@modest
@pytest.mark.parametrize("temperature", [0.0, 0.02, 4.0, 77.0])
def test_nothing_flows_in_equilibrium(seed, temperature):
    rng, device = drawn(seed)
    mu = rng.uniform(-2e-3, 2e-3)
    ends = dict.fromkeys(device.leads, sv.Reservoir(mu, temperature))
    found = sv.steady_state(device.conductor, ends)
    for kind in ("current", "heat_current", "energy_current", "entropy_current", "dissipation"):
        assert not found[kind].any()
    assert float(found.entropy_production) == 0.0


@modest
@pytest.mark.parametrize("temperature", [0.0, 0.02, 4.0])
def test_probes_between_equal_reservoirs_take_their_state(seed, temperature):
    rng, device = drawn(seed, least=3)
    mu = rng.uniform(-2e-3, 2e-3)
    probes = [sv.VoltageProbe(temperature), sv.ThermalProbe()]
    ends = {
        name: sv.Reservoir(mu, temperature) if n < 2 else probes[int(rng.integers(2))]
        for n, name in enumerate(device.leads)
    }
    found = sv.steady_state(device.conductor, ends)
    scale = max(BOLTZMANN * temperature, 1e-7)
    assert float(abs(found.current).max()) < 1e-8 * E2_OVER_H * scale
    assert found.mu.values == pytest.approx(mu, abs=1e-6 * scale)
    if temperature:
        assert found.temperature.values == pytest.approx(temperature, rel=1e-6)


@modest
def test_probes_draw_nothing(seed):
    _, ends, found = at_rest(seed)
    scale = max(np.ptp(found.mu.dropna("lead").values), 4 * BOLTZMANN * float(found.temperature.max()))
    for name, end in ends.items():
        mine = found.sel(lead=name)
        if isinstance(end, sv.DephasingProbe):
            assert not mine.current
            assert not mine.heat_current
            assert np.isnan(mine.mu)
        if isinstance(end, (sv.VoltageProbe, sv.ThermalProbe)):
            assert abs(float(mine.current)) < 1e-8 * 2 * E2_OVER_H * scale
        if isinstance(end, sv.ThermalProbe):
            assert abs(float(mine.heat_current)) < 1e-8 * 2 * INVERSE_H * scale**2


@modest
def test_voltage_probes_lie_between_the_reservoirs(seed):
    """If all are equally warm and transmissions are those of one energy."""
    rng, device = drawn(seed, least=3, kinds=(fixed,))
    temperature = rng.choice([0.0, 1.0])
    ends = {
        name: sv.Reservoir(rng.uniform(-1e-3, 1e-3), temperature) if n < 2 else sv.VoltageProbe(temperature)
        for n, name in enumerate(device.leads)
    }
    mu = sv.steady_state(device.conductor, ends).mu.values
    assert mu[:2].min() - 1e-12 <= mu.min()
    assert mu.max() <= mu[:2].max() + 1e-12


@modest
def test_all_of_one_sign_reversed_reverses_currents(seed):
    """μ → −μ around the symmetric S of one energy: electrons become holes."""
    rng, device = drawn(seed, kinds=(fixed,))
    mus = rng.uniform(-1e-3, 1e-3, size=len(device.leads))
    kelvin = rng.uniform(0.1, 4.0, size=len(device.leads))
    there, back = (
        sv.steady_state(
            device.conductor,
            {name: sv.Reservoir(sign * mus[n], kelvin[n]) for n, name in enumerate(device.leads)},
        )
        for sign in (1, -1)
    )
    size = float(abs(there.current).max())
    np.testing.assert_allclose(there.current, -back.current, atol=1e-9 * size)
    np.testing.assert_allclose(
        there.heat_current, back.heat_current, atol=1e-9 * float(abs(there.heat_current).max())
    )


# ---- two routes


def occupation(end, energy):
    kt = BOLTZMANN * end.temperature
    return expit(-(energy - end.mu) / kt) if kt else np.heaviside(end.mu - energy, 0.5)


def breaks(ends, width):
    mus = [end.mu for end in ends]
    reach = [width * BOLTZMANN * end.temperature for end in ends]
    low = min(mu - r for mu, r in zip(mus, reach, strict=True))
    high = max(mu + r for mu, r in zip(mus, reach, strict=True))
    inner = [
        mu + x * BOLTZMANN * end.temperature for end, mu in zip(ends, mus, strict=True) for x in (-8, 0, 8)
    ]
    return np.unique([low, high, *(point for point in inner if low < point < high)])


def by_quad(function, points):
    return sum(
        quad(function, a, b, epsabs=0, epsrel=1e-10, limit=200)[0] for a, b in itertools.pairwise(points)
    )


@few
def test_flows_are_those_of_another_quadrature(seed):
    rng, device = drawn(seed, most=3)
    ends = {name: random_reservoir(rng) for name in device.leads}
    found = sv.steady_state(device.conductor, ends)
    points = breaks(list(ends.values()), 40)
    number = int(rng.integers(len(device.leads)))
    mine = found.isel(lead=number)

    def flow(energy):
        f = np.array([occupation(end, energy) for end in ends.values()])
        return device.flow_matrix(np.array([energy]))[0, number] @ (f - f[number])

    size = 2 * E2_OVER_H * max(np.ptp([end.mu for end in ends.values()]), BOLTZMANN)
    assert float(mine.current) == pytest.approx(
        2 * E2_OVER_H * by_quad(flow, points), rel=1e-7, abs=1e-9 * size
    )
    heat = 2 * INVERSE_H * by_quad(lambda E: (E - float(mine.mu)) * flow(E), points)
    assert float(mine.heat_current) == pytest.approx(heat, rel=1e-7, abs=1e-12 * size)


@few
def test_dephasing_probes_are_eliminated_at_each_energy(seed):
    rng, device = drawn(seed, least=3)
    count = len(device.leads)
    probes = rng.choice(count, size=int(rng.integers(1, count - 1)), replace=False)
    rest = np.setdiff1d(np.arange(count), probes)

    def reduced(energy):
        M = device.flow_matrix(energy)
        MRR, MRP = M[:, rest[:, None], rest], M[:, rest[:, None], probes]
        MPR, MPP = M[:, probes[:, None], rest], M[:, probes[:, None], probes]
        return MRR - MRP @ np.linalg.solve(MPP, MPR)

    driven = sv.dephased(device.conductor, *(device.leads[p] for p in probes))
    assert driven.leads == tuple(device.leads[r] for r in rest)
    at = 1e-3
    G = sv.conductance_matrix(driven, mu=at)
    np.testing.assert_allclose(G.values / sv.G0, reduced(np.array([at]))[0], atol=1e-10)

    ends = {name: random_reservoir(rng) for name in driven.leads}
    dephasing = {device.leads[p]: sv.DephasingProbe() for p in probes}
    whole = sv.steady_state(device.conductor, ends | dephasing).sel(lead=list(driven.leads))
    points = breaks(list(ends.values()), 40)

    def flow(energy):
        f = np.array([occupation(end, energy) for end in ends.values()])
        return reduced(np.array([energy]))[0, 0] @ (f - f[0])

    wanted = 2 * E2_OVER_H * by_quad(flow, points)
    size = 2 * E2_OVER_H * BOLTZMANN
    assert float(whole.current[0]) == pytest.approx(wanted, rel=1e-7, abs=1e-9 * size)
    same = sv.steady_state(driven, ends)
    np.testing.assert_allclose(whole.current, same.current, rtol=1e-9, atol=1e-9 * size)


@modest
def test_dephasing_probes_may_go_one_after_another(seed):
    _, device = drawn(seed, least=4)
    first, second = device.leads[:2]
    together = sv.conductance_matrix(sv.dephased(device.conductor, first, second), mu=0.0)
    nested = sv.conductance_matrix(sv.dephased(sv.dephased(device.conductor, second), first), mu=0.0)
    np.testing.assert_allclose(together, nested, atol=1e-12 * sv.G0)


@modest
@pytest.mark.parametrize("temperature", [0.0, 1.0, 10.0])
def test_at_one_energy_all_probes_read_alike(seed, temperature):
    """Without energy dependence a voltage probe, elastic or not, leaves the same currents (Büttiker 1988)."""
    rng, device = drawn(seed, least=3, kinds=(fixed,))
    ends = {name: sv.Reservoir(rng.uniform(-1e-3, 1e-3), temperature) for name in device.leads[:-1]}
    last = device.leads[-1]
    currents = [
        sv.steady_state(device.conductor, {**ends, last: probe}).current.values
        for probe in (
            sv.VoltageProbe(temperature),
            sv.VoltageProbe(3.0),
            sv.ThermalProbe(),
            sv.DephasingProbe(),
        )
    ]
    for other in currents[1:]:
        np.testing.assert_allclose(other, currents[0], atol=1e-8 * np.abs(currents[0]).max())


# ---- linear response


@modest
@pytest.mark.parametrize("temperature", [0.0, 4.0])
def test_conductances_add_up_to_zero_and_turn_with_the_field(seed, temperature):
    rng, device = drawn(seed)
    mu = rng.uniform(-2e-3, 2e-3)
    there = sv.conductance_matrix(device.conductor, mu, temperature)
    back = sv.conductance_matrix(device.reversed, mu, temperature)
    G, error = there.values / sv.G0, float((there.error + back.error).sum()) / sv.G0 + 1e-12
    assert np.abs(G.sum(axis=0)).max() < 1e-13
    assert np.abs(G.sum(axis=1)).max() <= error
    assert np.abs(G - back.values.T / sv.G0).max() <= error
    assert (np.diagonal(G) > 0).all()
    assert (G[~np.eye(len(G), dtype=bool)] <= 0).all()


@modest
@pytest.mark.parametrize("temperature", [0.2, 20.0])
def test_onsager_relations(seed, temperature):
    rng, device = drawn(seed)
    mu = rng.uniform(-2e-3, 2e-3)
    there, back = (
        sv.thermoelectric(one, mu, temperature, lead_out="a", lead_in="b")
        for one in (device.conductor, device.reversed)
    )
    for n in range(3):
        L, turned = there[f"L{n}"].values, back[f"L{n}"].values.T
        doubt = float(there[f"L{n}_error"].sum() + back[f"L{n}_error"].sum())
        assert np.abs(L - turned).max() <= doubt + 1e-12 * np.abs(L).max()
        assert np.abs(L.sum(axis=0)).max() <= doubt + 1e-12 * np.abs(L).max()
        assert np.abs(L.sum(axis=1)).max() <= doubt + 1e-12 * np.abs(L).max()
    # Between two leads, peltier(B) = T seebeck(−B).
    assert float(there.peltier) == pytest.approx(
        temperature * float(back.seebeck), rel=1e-7, abs=1e-9 * temperature * BOLTZMANN
    )


@modest
@pytest.mark.parametrize("temperature", [0.2, 4.0])
def test_without_a_field_the_onsager_matrices_are_symmetric(seed, temperature):
    rng, device = drawn(seed, symmetric=True)
    mu = rng.uniform(-2e-3, 2e-3)
    te = sv.thermoelectric(device.conductor, mu, temperature, lead_out="a", lead_in="b")
    for n in range(3):
        L, doubt = te[f"L{n}"].values, te[f"L{n}_error"].values
        assert (np.abs(L - L.T) <= doubt + doubt.T + 1e-12 * np.abs(L).max()).all()
    assert float(te.peltier) == pytest.approx(
        temperature * float(te.seebeck), rel=1e-7, abs=1e-9 * temperature * BOLTZMANN
    )
    assert float(te.kappa_e) > 0
    assert float(te.zt) >= 0


def moments(device, mu, temperature):
    """∫ M xⁿ (−∂f/∂E) dE for n = 0, 1, 2, x = (E − μ)/k_BT, by an even sum, (3, leads, leads)."""
    kt = BOLTZMANN * temperature
    x = np.linspace(-50, 50, 4001)
    weight = expit(x) * expit(-x) * (x[1] - x[0])
    M = device.flow_matrix(mu + kt * x)
    return np.array([np.einsum("n,nab->ab", weight * x**n, M) for n in range(3)])


def floating_response(K, out, source, change):
    """(i, j/k_BT) out of `source` for δμ (change 0) or k_BδT (1) there, all others but `out` at rest of both flows."""
    count = K.shape[-1]
    whole = np.block([[K[0], K[1]], [K[1], K[2]]])
    known = np.array([out, source, count + out, count + source])
    floats = np.setdiff1d(np.arange(2 * count), known)
    drive = np.zeros(2 * count)
    drive[source + change * count] = 1.0
    drive[floats] = np.linalg.solve(whole[np.ix_(floats, floats)], -whole[floats] @ drive)
    flow = whole @ drive
    return flow[source], flow[count + source]


@modest
@pytest.mark.parametrize("temperature", [0.5, 20.0])
def test_thermoelectrics_with_floating_leads_beside_a_linear_network(seed, temperature):
    rng, device = drawn(seed)
    mu = rng.uniform(-2e-3, 2e-3)
    out, source = rng.choice(len(device.leads), size=2, replace=False)
    te = sv.thermoelectric(
        device.conductor, mu, temperature, lead_out=device.leads[out], lead_in=device.leads[source]
    )
    K = moments(device, mu, temperature)
    a11, a21 = floating_response(K, out, source, 0)
    a12, a22 = floating_response(K, out, source, 1)
    for n in range(3):
        unit = 2 / PLANCK * (BOLTZMANN * temperature) ** n
        np.testing.assert_allclose(te[f"L{n}"] / unit, K[n], rtol=1e-8, atol=1e-9)
    floor = 1e-9 * BOLTZMANN
    assert float(te.G) == pytest.approx(sv.G0 * a11, rel=1e-7)
    assert float(te.seebeck) == pytest.approx(-BOLTZMANN * a12 / a11, rel=1e-7, abs=floor)
    assert float(te.peltier) == pytest.approx(
        -BOLTZMANN * temperature * a21 / a11, rel=1e-7, abs=floor * temperature
    )
    kappa = 2 * INVERSE_H * BOLTZMANN**2 * temperature * (a22 - a12 * a21 / a11)
    assert float(te.kappa_e) == pytest.approx(kappa, rel=1e-7)
    assert float(te.zt) == pytest.approx(
        float(te.seebeck) ** 2 * float(te.G) * temperature / kappa, rel=1e-6, abs=1e-15
    )


@few
def test_all_pairs_are_the_pairs_one_by_one_in_either_direction(seed):
    _, device = drawn(seed, least=3, most=4)
    every = sv.thermoelectric(device.conductor, 1e-3, 3.0)
    for out, source in itertools.permutations(device.leads, 2):
        one = sv.thermoelectric(device.conductor, 1e-3, 3.0, lead_out=out, lead_in=source)
        for name in ("G", "seebeck", "peltier", "kappa_e"):
            there = float(every[name].sel(lead_out=out, lead_in=source))
            size = {"conductance": sv.G0, "seebeck": BOLTZMANN, "peltier": BOLTZMANN}.get(name, 0.0)
            assert there == pytest.approx(float(one[name]), rel=1e-7, abs=1e-9 * size)
            back = float(every[name].sel(lead_out=source, lead_in=out))
            assert back == pytest.approx(there, rel=1e-6, abs=1e-8 * size)


@few
def test_small_voltages_drive_what_the_conductance_matrix_says(seed):
    rng, device = drawn(seed, most=4)
    mu = rng.uniform(-2e-3, 2e-3)
    temperature, volts = 2.0, 1e-6
    G = sv.conductance_matrix(device.conductor, mu, temperature)
    for driven in device.leads:

        def current(sign, driven=driven):
            ends = {
                name: sv.Reservoir(mu + sign * volts * (name == driven), temperature) for name in device.leads
            }
            return sv.steady_state(device.conductor, ends).current

        slope = (current(1) - current(-1)) / (2 * volts)
        np.testing.assert_allclose(slope, G.sel(lead_in=driven), atol=2e-6 * sv.G0)


@few
def test_a_small_difference_of_temperature_makes_the_voltage_of_seebeck(seed):
    """The cold end is open: a voltage probe; all other leads are thermal probes."""
    rng, device = drawn(seed, most=4, kinds=(levels, network))
    mu = rng.uniform(-2e-3, 2e-3)
    temperature, difference = 5.0, 1e-3
    hot, cold, *others = device.leads
    te = sv.thermoelectric(device.conductor, mu, temperature, lead_out=cold, lead_in=hot)
    ends = {
        hot: sv.Reservoir(mu, temperature + difference / 2),
        cold: sv.VoltageProbe(temperature - difference / 2),
    }
    found = sv.steady_state(device.conductor, ends | dict.fromkeys(others, sv.ThermalProbe()))
    volts = (mu - float(found.mu.sel(lead=cold))) / difference
    assert volts == pytest.approx(float(te.seebeck), rel=2e-5, abs=1e-6 * BOLTZMANN)
    heat = float(found.heat_current.sel(lead=hot)) / difference
    assert heat == pytest.approx(float(te.kappa_e), rel=2e-5)


# ---- resistances


@modest
@pytest.mark.parametrize("temperature", [0.0, 2.0])
def test_currents_and_voltages_change_places_in_the_reversed_field(seed, temperature):
    _, device = drawn(seed, least=4)
    pairs = (("a", "b"), ("c", "d")), (("a", "c"), ("b", "d")), (("a", "d"), ("a", "b"))
    for current, voltage in pairs:
        there = sv.resistance(device.conductor, current, voltage, mu=0.0, temperature=temperature)
        back = sv.resistance(device.reversed, voltage, current, mu=0.0, temperature=temperature)
        error = float(there.error + back.error)
        assert abs(float(there - back)) <= error + 1e-11 * sv.R0
        assert error < 1e-6 * sv.R0


@modest
def test_resistances_are_those_of_the_linear_network(seed):
    rng, device = drawn(seed, least=3, most=6)
    m, n = rng.choice(len(device.leads), size=2, replace=False)
    k, l = rng.choice(len(device.leads), size=2, replace=False)  # noqa: E741
    names = device.leads
    G = sv.G0 * device.flow_matrix(np.array([5e-4]))[0]
    injected = np.zeros(len(names))
    injected[m], injected[n] = 1.0, -1.0
    V = np.linalg.lstsq(G, injected)[0]
    R = sv.resistance(device.conductor, (names[m], names[n]), (names[k], names[l]), mu=5e-4)
    assert float(R) == pytest.approx(V[k] - V[l], rel=1e-8, abs=1e-9 * sv.R0)


@modest
def test_four_terminals_follow_buttikers_formula(seed):
    """R_mn,kl = (h/e²)(T_km T_ln − T_kn T_lm)/D; every 3 × 3 cofactor of M is D (Phys. Rev. Lett. 57, 1761 (1986))."""
    _, device = drawn(seed, least=4, most=4)
    at = np.zeros(1)
    T, M = device.transmission(at)[0], device.flow_matrix(at)[0]
    D = np.linalg.det(M[:3, :3])
    for m, n, k, l in ((0, 1, 2, 3), (0, 2, 1, 3), (3, 0, 1, 2), (2, 1, 3, 0)):  # noqa: E741
        current, voltage = (device.leads[m], device.leads[n]), (device.leads[k], device.leads[l])
        R = float(sv.resistance(device.conductor, current, voltage, mu=0.0)) / sv.R0
        assert R == pytest.approx((T[k, m] * T[l, n] - T[k, n] * T[l, m]) / D, rel=1e-8, abs=1e-9)
