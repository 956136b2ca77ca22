import numpy as np
import pytest

import sharvin as sv
from sharvin.observables.panels import Panels
from sharvin.observables.spectrum import TransmissionSpectrum

LOW, HIGH = np.array([0.0, 1.0, 2.0, 5.0]), np.array([1.0, 2.0, 5.0, 5.5])
panels = Panels(LOW, HIGH, np.array([False, True, False, True]), np.array([False, False, True, True]))


def test_energies_of_panels_and_back():
    for s in (0.0, 0.1, 0.5, 0.93, 1.0):
        energy = panels.energy(np.full(4, s))
        assert np.abs(panels.s_of(energy) - s).max() < 1e-7
        step = 1e-6 if 0 < s < 1 else 0
        if step:
            slope = (panels.energy(np.full(4, s + step)) - panels.energy(np.full(4, s - step))) / (2 * step)
            assert np.abs(panels.slope(np.full(4, s)) - slope).max() < 1e-8
    assert np.array_equal(panels.energy(np.zeros(4)), LOW)
    assert np.array_equal(panels.energy(np.ones(4)), HIGH)


def test_the_slope_vanishes_at_thresholds_only():
    assert (panels.slope(np.zeros(4)) == 0).tolist() == [False, True, False, True]
    assert (panels.slope(np.ones(4)) == 0).tolist() == [False, False, True, True]


def test_halves_keep_the_thresholds_at_the_ends():
    halves = panels.divided(2)
    assert len(halves) == 8
    assert halves.opens.tolist() == [False, True, False, True] + [False] * 4
    assert halves.closes.tolist() == [False] * 4 + [False, False, True, True]
    assert np.array_equal(np.sort(halves.high - halves.low), np.sort(np.repeat((HIGH - LOW) / 2, 2)))


def test_an_interpolated_transmission():
    barrier = sv.RectangularBarrier(height=0.1, width=2.0, mass=0.067)
    spectrum = TransmissionSpectrum(barrier, {}, sv.Options())
    spectrum.cover([(-0.05, 0.4)], np.array([0.2]))
    for _ in range(9):
        spectrum.refine(spectrum.error.max(axis=(1, 2)) / 1e-10)
    energies = np.linspace(0.003, 0.39, 57)
    order = np.argsort(spectrum.panels.low)
    place = order[np.searchsorted(spectrum.panels.low[order], energies, side="right") - 1]
    found = spectrum.at(place, spectrum.panels[place].s_of(energies))[:, 1, 0]
    wanted = sv.scattering_matrix(barrier, energies).transmission("right", "left").values
    assert np.abs(found - wanted).max() < 1e-8
    assert 24 < spectrum.evaluations < 400
    assert spectrum.unitarity_error < 1e-10
    assert spectrum.spin_degeneracy == 2


def test_panels_end_at_thresholds():
    channel = sv.HardWallChannel(width=50.0, mass=0.067)
    spectrum = TransmissionSpectrum(channel, {}, sv.Options())
    spectrum.cover([(0.0, 0.03)], np.zeros(0))
    levels = sv.thresholds(channel, (0.0, 0.03))
    assert len(levels) == 3
    ends = np.concatenate([spectrum.panels.low, spectrum.panels.high])
    assert np.abs(ends[:, None] - levels).min(axis=0).max() == 0
    assert spectrum.error.max() < 1e-14  # T is constant on each


def test_a_lattice_wire_is_exact_between_thresholds():
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    system = model.region(sv.shape.rectangle(4, 4)).lead("left", model, "-x").lead("right", model, "+x")
    spectrum = TransmissionSpectrum(system, {}, sv.Options())
    spectrum.cover([(-3.0, -0.5)], np.zeros(0))
    assert spectrum.error.max() < 1e-8
    with pytest.raises(sv.InputError, match="no parameter"):
        TransmissionSpectrum(system, {"v": 1.0}, sv.Options()).cover([(-3.0, -0.5)], np.zeros(0))
