"""Random networks of reservoirs and probes: the search for what floats ends, and nothing is drawn that must not be.

Three to seven leads of one to three modes, joined by a random S or by transmissions that change smoothly with
energy; two reservoirs at least, at voltages up to 10 mV apart and temperatures from 10 mK to 30 K, or zero; the other
leads are voltage probes, thermal probes and dephasing probes in any mixture. Every lead is coupled to every other at
all energies.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import unitary_group
from threadpoolctl import threadpool_limits

import sharvin as sv
from sharvin.constants import BOLTZMANN, E2_OVER_H, INVERSE_H

CHUNK = 10
# Seeds below the first are tried by `make test`, those below the second by `make test-all`.
SHORT, LONG = 50, 1000
#: Of the flows that meet in a probe: what it may draw.
RESIDUAL = 2e-9


@pytest.fixture(autouse=True)
def one_thread():
    """Matrices here are small: threads of dense algebra would wait for each other."""
    with threadpool_limits(1):
        yield


@dataclass(frozen=True)
class Configuration:
    """A conductor, what its leads end in, and T at an energy in the middle."""

    conductor: object
    terminals: dict
    transmission: np.ndarray
    scale: float  # of the reservoirs' energies, in eV


def random_probabilities(rng, sizes):
    """|S|² of a random S, added up over the modes of leads."""
    S = unitary_group.rvs(sum(sizes), random_state=rng)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return S, np.add.reduceat(np.add.reduceat(np.abs(S) ** 2, starts, axis=0), starts, axis=1)


def smooth_network(rng, sizes, names, width):
    """Σ_k w_k(E) |S_k|², with w_k between 0.2 and 1: rows and columns have equal sums at every energy."""
    parts = np.array([random_probabilities(rng, sizes)[1] for _ in range(3)])
    if rng.random() < 0.5:
        parts = (parts + parts.swapaxes(1, 2)) / 2
    centers, widths = rng.uniform(-1, 1, size=2) * width, width * 10 ** rng.uniform(-0.7, 1, size=2)

    def matrix(energy):
        up, down = expit((energy - centers[0]) / widths[0]), expit((centers[1] - energy) / widths[1])
        weights = np.stack([0.2 + 0.8 * up, 0.2 + 0.8 * down, np.ones_like(energy)], axis=-1)
        return np.einsum("nk,kab->nab", weights, parts)

    return sv.TransmissionMatrix(matrix, names), matrix(np.zeros(1))[0]


def random_temperature(rng):
    return 0.0 if rng.random() < 0.2 else float(10 ** rng.uniform(-2, np.log10(30)))


def random_configuration(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(3, 8))
    sizes = rng.integers(1, 4, size=count)
    names = tuple(f"lead{n}" for n in range(count))
    reservoirs = int(rng.integers(2, count))
    bias = 10 ** rng.uniform(-5, -2)
    mus = rng.uniform(-bias / 2, bias / 2, size=reservoirs)
    ends = [sv.Reservoir(mu, random_temperature(rng)) for mu in mus]
    for kind in rng.integers(0, 3, size=count - reservoirs):
        ends.append(
            [sv.VoltageProbe(random_temperature(rng)), sv.ThermalProbe(), sv.DephasingProbe()][int(kind)]
        )
    order = rng.permutation(count)
    terminals = {names[place]: end for place, end in zip(order, ends, strict=True)}
    warmest = max(getattr(end, "temperature", 0.0) for end in ends)
    scale = max(np.ptp(mus), 4 * BOLTZMANN * warmest)
    if rng.random() < 0.5:
        S, T = random_probabilities(rng, sizes)
        conductor = sv.FixedScatterer(S, dict(zip(names, sizes.tolist(), strict=True)))
    else:
        conductor, T = smooth_network(rng, sizes, names, scale)
    return Configuration(conductor, terminals, T, scale)


def drawn(configuration, found):
    """What probes draw of charge and heat, of what meets in them."""
    T = configuration.transmission
    meets = (T.sum(axis=0) - np.diagonal(T)) * configuration.scale
    rest = []
    for name, terminal in configuration.terminals.items():
        if isinstance(terminal, sv.Reservoir):
            continue
        mine, place = found.sel(lead=name), configuration.conductor.leads.index(name)
        charge = 2 * E2_OVER_H * meets[place]
        rest.append(abs(float(mine.current)) / charge)
        if not isinstance(terminal, sv.VoltageProbe):
            heat = 2 * INVERSE_H * meets[place] * configuration.scale
            rest.append(abs(float(mine.heat_current)) / heat)
    return max(rest)


def outcome(seed):
    """(what probes draw at most, steps of the search); what must hold is asserted."""
    configuration = random_configuration(seed)
    found = sv.steady_state(configuration.conductor, configuration.terminals)
    left = drawn(configuration, found)
    assert left <= RESIDUAL, f"seed {seed}: a probe draws {left:.1e}"
    for kind in ("current", "energy_current"):
        total, error = abs(float(found[kind].sum())), float(found[f"{kind}_error"].sum())
        assert total <= error + 1e-12 * float(abs(found[kind]).sum()), f"seed {seed}: {kind}"
    power = float((found.mu.fillna(0) * found.current).sum())
    doubt = float(found.dissipation_error.sum() + (abs(found.mu.fillna(0)) * found.current_error).sum())
    size = float(abs(found.dissipation).sum())
    assert abs(float(found.dissipation.sum()) - power) <= doubt + 1e-12 * size, f"seed {seed}: power"
    assert float(found.entropy_production) >= -float(found.entropy_production_error), f"seed {seed}: entropy"
    within_the_reservoirs(configuration, found, seed)
    return left, int(found.steps)


def within_the_reservoirs(configuration, found, seed):
    """No thermal probe is colder than the coldest of what keeps a temperature."""
    kept = [end.temperature for end in configuration.terminals.values() if hasattr(end, "temperature")]
    for name, terminal in configuration.terminals.items():
        if isinstance(terminal, sv.ThermalProbe):
            mine = found.sel(lead=name)
            error = float(mine.temperature_error) + 1e-9 * max(kept)
            assert float(mine.temperature) >= min(kept) - error, f"seed {seed}: {name} is too cold"


@pytest.mark.parametrize("first", range(0, SHORT, CHUNK))
def test_random_probes_come_to_rest(first):
    for seed in range(first, first + CHUNK):
        outcome(seed)


@pytest.mark.long
def test_a_thousand_random_configurations_of_probes_come_to_rest():
    failed = []
    for seed in range(SHORT, LONG):
        try:
            outcome(seed)
        except sv.NumericalError as error:
            failed.append((seed, str(error)))
    assert failed == []


def test_every_kind_of_terminal_is_drawn():
    configurations = [random_configuration(seed) for seed in range(4 * SHORT)]
    kinds = {type(end) for one in configurations for end in one.terminals.values()}
    assert kinds == {sv.Reservoir, sv.VoltageProbe, sv.ThermalProbe, sv.DephasingProbe}
    assert {len(one.terminals) for one in configurations} == {3, 4, 5, 6, 7}
    assert {type(one.conductor) for one in configurations} == {sv.FixedScatterer, sv.TransmissionMatrix}
    assert any(
        all(not end.temperature for end in one.terminals.values() if isinstance(end, sv.Reservoir))
        for one in configurations
    )


def test_a_seed_gives_the_same_configuration_again():
    for seed in range(20):
        first, second = random_configuration(seed), random_configuration(seed)
        assert first.terminals == second.terminals
        assert np.array_equal(first.transmission, second.transmission)
