import gc
import itertools
import threading
import weakref

import numpy as np
import pytest

import sharvin as sv
from sharvin.observables.shared_spectra import shared_spectrum
from sharvin.scattering import fingerprint, thresholds, transmissions

ENDS = {"left": sv.Reservoir(1e-3, 1.0), "right": sv.Reservoir(-1e-3, 2.0)}


NUMBERS = itertools.count()  # an address may be given again to another function


class Counted:
    """A smooth τ(E), the number of energies at which it was asked, and an offset that may be changed."""

    def __init__(self):
        self.asked, self.offset, self.lock = 0, 0.0, threading.Lock()
        self.number = next(NUMBERS)

    def __call__(self, energy):
        with self.lock:
            self.asked += energy.size
        return 1 / (1 + np.exp(-(energy - self.offset) / 1e-3))


class Declared:
    """A conductor that says what its function depends on."""

    leads, spin_degeneracy = ("left", "right"), 2

    def __init__(self, function):
        self.function = function


@fingerprint.register(Declared)
def _(conductor):
    return Declared, conductor.function.number, conductor.function.offset


@transmissions.register(Declared)
def _(conductor, energy, *, options=None):
    return transmissions(sv.TransmissionFunction(conductor.function), energy, options=options)


@thresholds.register(Declared)
def _(conductor, window):
    return np.zeros(0)


def counted():
    function = Counted()
    return function, Declared(function)


def test_a_second_observable_takes_over_what_the_first_has_sampled():
    function, conductor = counted()
    first = sv.steady_state(conductor, ENDS)
    assert int(first.reused) == 0
    assert int(first.evaluations) == function.asked
    asked = function.asked
    second = sv.heat_engine(conductor, 0.0, mu=0.0, hot=2.0, cold=1.0)
    assert int(second.evaluations) == function.asked - asked
    assert int(second.evaluations) < 0.3 * int(first.evaluations)
    assert int(second.reused) > 0


@pytest.mark.parametrize(
    "observable",
    [
        lambda one: sv.conductance_matrix(one, mu=[-1e-3, 0.0, 1e-3], temperature=1.0),
        lambda one: sv.thermoelectric(one, mu=[0.0], temperature=1.0),
        lambda one: sv.conductance_map(one, bias=[0.0, 1e-3], temperature=1.0),
        lambda one: sv.resistance(one, ("left", "right"), mu=0.0, temperature=1.0),
        lambda one: sv.steady_state(one, ENDS),
        lambda one: sv.current(one, ENDS),
        lambda one: sv.dissipation(one, ENDS),
    ],
)
def test_every_observable_reuses_and_finds_the_same(observable):
    _, conductor = counted()
    fresh = observable(counted()[1])
    sv.steady_state(conductor, ENDS)
    again = observable(conductor)
    assert int(again.reused) > 0
    assert int(again.evaluations) < 0.5 * int(fresh.evaluations)
    for name in fresh.data_vars if hasattr(fresh, "data_vars") else [None]:
        if name in ("evaluations", "reused", "unitarity_error", "steps") or str(name).endswith("_error"):
            continue
        one, other = (result if name is None else result[name] for result in (fresh, again))
        size = float(abs(one).max())
        np.testing.assert_allclose(other, one, rtol=1e-8, atol=1e-9 * size)


def test_the_same_again_costs_nothing():
    function, conductor = counted()
    first = sv.current(conductor, ENDS)
    asked = function.asked
    second = sv.current(conductor, ENDS)
    assert function.asked == asked
    assert (second.values == first.values).all()


@pytest.mark.parametrize("declared", [False, True])
def test_a_function_that_reads_something_else_meanwhile_is_asked_again(declared):
    function, conductor = counted()
    if not declared:
        conductor = sv.TransmissionFunction(function)
    before = sv.current(conductor, ENDS)
    function.offset = 2e-3
    after = sv.current(conductor, ENDS)
    fresh = Counted()
    fresh.offset = 2e-3
    wanted = sv.current(sv.TransmissionFunction(fresh), ENDS)
    np.testing.assert_allclose(after, wanted, rtol=1e-9)
    assert abs(float(after[0] / before[0]) - 1) > 0.1
    assert int(after.reused) == 0
    assert int(after.evaluations) > 0.9 * int(wanted.evaluations)


def test_equal_conductors_share():
    one, other = (sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3) for _ in range(2))
    sv.current(one, ENDS)
    assert int(sv.current(other, ENDS).evaluations) == 0


def test_lattices_share_as_long_as_their_matrices_are_equal():
    model = sv.Model(sv.lattice.square(), sv.onsite(lambda x, bump: 4 + bump * (x == 0)) + sv.hopping(-1.0))
    lead = model.with_parameters(bump=0.0)

    def wire():
        return model.region(sv.shape.rectangle(5, 3)).lead("left", lead, "-x").lead("right", lead, "+x")

    first = sv.conductance(wire(), mu=1.5, temperature=10.0, bump=0.3)
    assert int(sv.conductance(wire(), mu=1.5, temperature=10.0, bump=0.3).evaluations) == 0
    other = sv.conductance(wire(), mu=1.5, temperature=10.0, bump=0.6)
    assert int(other.reused) == 0
    assert abs(float(other / first) - 1) > 1e-3


def test_conductors_are_let_go():
    conductor = sv.FixedScatterer(np.eye(2)[::-1], {"left": 1, "right": 1})
    known = weakref.ref(conductor)
    sv.conductance(conductor, mu=0.0, temperature=1.0)
    del conductor
    gc.collect()
    assert known() is None


def test_parameters_and_options_are_told_apart():
    qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3.1415e-3)
    sv.current(qpc, ENDS)
    assert int(sv.current(qpc, ENDS, omega_x=2e-3).reused) == 0
    assert int(sv.current(qpc, ENDS, options=sv.Options(rtol=1e-8)).reused) == 0
    assert int(sv.current(qpc, ENDS).reused) > 0
    sv.current(qpc, ENDS, omega_x=[1e-3, 2e-3])
    swept = sv.current(qpc, ENDS, omega_x=[2e-3, 4e-3])
    assert (swept.reused.values > 0).tolist() == [True, False]


def test_other_windows_are_added():
    function, conductor = counted()
    sv.conductance(conductor, mu=0.0, temperature=1.0)
    far = sv.conductance(conductor, mu=0.02, temperature=1.0)
    assert int(far.reused) == 0
    asked = function.asked
    both = sv.conductance(conductor, mu=[0.0, 0.02], temperature=1.0)
    assert function.asked - asked < 0.3 * asked
    alone = sv.conductance(counted()[1], mu=[0.0, 0.02], temperature=1.0)
    np.testing.assert_allclose(both, alone, rtol=1e-9)


def test_a_finer_tolerance_than_was_sampled_for_is_reached():
    function, conductor = counted()
    sv.conductance(conductor, mu=0.0, temperature=10.0)
    cold = float(sv.conductance(conductor, mu=1e-4, temperature=0.01))
    assert cold == pytest.approx(sv.G0 * float(function(np.array([1e-4]))[0]), rel=1e-5)


def test_what_failed_is_not_kept():
    function, conductor = counted()

    def fails():
        with shared_spectrum(conductor, {}, sv.Options()) as spectrum:
            spectrum.cover([(0.0, 1.0)], np.zeros(0))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with shared_spectrum(conductor, {}, sv.Options()) as spectrum:
        assert len(spectrum.panels) == 0
    assert function.asked


def test_two_threads_do_not_share_one_spectrum():
    _, conductor = counted()
    with (
        shared_spectrum(conductor, {}, sv.Options()) as one,
        shared_spectrum(conductor, {}, sv.Options()) as other,
    ):
        assert one is not other


def resonances(energy):
    """A level as narrow as 1e-8 eV, alone."""
    return 1 / (1 + ((energy - 1.37e-4) / 1e-8) ** 2)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_narrow_window_beside_a_wide_one_is_not_missed(order):
    """kT of 1 µK around the level and of 10 K elsewhere, in one call: the samples of the wide one fall beside it."""
    level = sv.ResonantLevel(energy=1.37e-4, gamma_left=1e-8, gamma_right=1e-8)
    temperatures = [10.0, 1e-6]
    G = sv.conductance(level, mu=1.37e-4, temperature=[temperatures[n] for n in order])
    narrow = float(G.sel(temperature=1e-6))
    assert narrow == pytest.approx(sv.G0, rel=1e-3)


def test_a_narrow_window_is_found_after_a_wide_one():
    conductor = sv.TransmissionFunction(resonances)
    sv.conductance(conductor, mu=0.0, temperature=10.0)
    found = sv.conductance(conductor, mu=1.37e-4, temperature=1e-6)
    assert float(found) == pytest.approx(sv.G0, rel=1e-3)


def test_the_sampled_transmissions_are_those_of_the_conductor():
    qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    sv.current(qpc, ENDS)
    with shared_spectrum(qpc, {}, sv.Options()) as spectrum:
        energy = np.linspace(-2e-3, 2e-3, 41)
        found = spectrum.at_energy(energy)
        between = transmissions(qpc, energy).values * (1 - np.eye(2))
        np.testing.assert_allclose(found, between, atol=1e-8)
