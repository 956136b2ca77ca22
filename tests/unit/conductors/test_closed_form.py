import dataclasses
import pickle

import numpy as np
import pytest

import sharvin as sv
from sharvin.conductors import ClosedForm
from sharvin.scattering import Conductor

EVERY = [
    sv.DeltaBarrier(0.1, 0.067),
    sv.DoubleBarrier(0.3, 2.0, 8.0, 0.067),
    sv.FixedScatterer([[0, 1], [1, 0]], {"left": 1, "right": 1}),
    sv.FreePropagation(10.0, 0.067),
    sv.HardWallChannel(50.0, 0.067),
    sv.HardWallChannel(50.0, 0.067, sv.RectangularBarrier(0.01, 5.0, 0.067)),
    sv.PoschlTeller(0.1, 2.0, 0.067),
    sv.PotentialStep(0.1, 0.067, 0.1),
    sv.RectangularBarrier(0.3, 2.0, 0.067),
    sv.ResonantLevel(0.02, 1e-3, 2e-3),
    sv.SaddlePoint(5e-3, 1e-2),
    sv.SaddlePoint(5e-3, 1e-2, zeeman=1e-3),
    sv.SmoothStep(0.1, 2.0, 0.067),
    sv.Tabulated([-1.0, 0.05, 0.05, 1.0], [0.0, 0.1, 0.9, 1.0]),
    sv.TransmissionFunction(np.abs),
]
NAMES = [f"{type(c).__name__}{i}" for i, c in enumerate(EVERY)]


@pytest.fixture(params=EVERY, ids=NAMES)
def conductor(request):
    return request.param


def test_every_closed_form_is_a_conductor(conductor):
    assert isinstance(conductor, ClosedForm)
    assert isinstance(conductor, Conductor)
    assert conductor.leads == ("left", "right")


def test_a_batch_holds_the_same_numbers_as_its_energies_one_by_one(conductor):
    energies = np.array([-0.03, 0.0, 0.02, 0.04, 0.05, 0.3, 0.11])
    batch = sv.scattering_matrix(conductor, energies)
    assert batch.matrix.shape == (7, *batch.open_modes.shape[1:], batch.open_modes.shape[1])
    for at, energy in enumerate(energies):
        single = sv.scattering_matrix(conductor, energy)
        assert single.energy.ndim == 0
        assert single.matrix.ndim == 2
        assert single.spin_degeneracy == conductor.spin_degeneracy
        for lead in conductor.leads:
            assert single.mode_count(lead) == batch.mode_count(lead)[at]
            np.testing.assert_allclose(
                single.transmission(lead, "left"), batch.transmission(lead, "left")[at], rtol=1e-13
            )


def test_an_empty_batch(conductor):
    found = conductor.amplitudes(np.empty(0))
    modes = sum(len(labels) for labels in found.labels)
    assert found.matrix.shape == (0, modes, modes)
    assert found.open_modes.shape == (0, modes)


def test_thresholds_are_sorted_and_inside_the_window(conductor):
    everything = sv.thresholds(conductor, (-2.0, 2.0))
    assert (np.diff(everything) > 0).all()
    some = sv.thresholds(conductor, (0.0, 0.1))
    np.testing.assert_allclose(some, everything[(everything >= 0) & (everything <= 0.1)], rtol=1e-9)


def test_the_number_of_modes_changes_only_at_thresholds(conductor):
    breaks = sv.thresholds(conductor, (-0.1, 0.1))
    grid = np.linspace(-0.1, 0.1, 4001)
    if isinstance(conductor, sv.SaddlePoint):
        return  # the channels that S holds: all that transmit at all
    count = sv.scattering_matrix(conductor, grid).open_modes.sum(axis=1)
    for at in np.flatnonzero(np.diff(count)):
        assert ((breaks >= grid[at]) & (breaks <= grid[at + 1])).any()


def test_the_certificate(conductor):
    S = sv.scattering_matrix(conductor, 0.05)
    assert S.certificate.route == "closed form"
    assert S.unitarity_error < 1e-12


@pytest.mark.parametrize("options", [sv.Options(unitarity_bound=1e-30)])
def test_the_bound_of_the_options_is_kept(options):
    with pytest.raises(sv.NotCertified, match="unitarity_error"):
        sv.scattering_matrix(sv.ResonantLevel(0.0, 1e-3, 2e-3), 1e-4, options=options)


def test_fields_are_parameters():
    qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    by_name = sv.scattering_matrix(qpc, 1e-3, omega_x=2e-3, V0=1e-4)
    direct = sv.scattering_matrix(sv.SaddlePoint(omega_x=2e-3, omega_y=3e-3, V0=1e-4), 1e-3)
    np.testing.assert_array_equal(by_name.matrix, direct.matrix)
    assert by_name.matrix[0, 0] != sv.scattering_matrix(qpc, 1e-3).matrix[0, 0]
    np.testing.assert_allclose(sv.thresholds(qpc, (0.0, 5e-3), omega_y=4e-3), [2e-3])
    assert sv.scattering_matrix(qpc, 0.0, spin_degeneracy=1).spin_degeneracy == 1


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"omega": 1.0}, 'SaddlePoint has no parameter "omega"; did you mean "omega_[xy]"'),
        ({"gate": 1.0}, 'no parameter "gate"; known are'),
        ({"omega_x": -1.0}, "omega_x must be a positive number in eV, got -1.0"),
        ({"omega_x": [1.0, 2.0]}, "omega_x must be a positive number in eV"),
        ({"zeeman": None}, 'parameter "zeeman" must have a value, got None'),
    ],
)
def test_parameters_refused(params, message):
    qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    with pytest.raises(sv.InputError, match=message):
        sv.scattering_matrix(qpc, 0.0, **params)
    with pytest.raises(sv.InputError, match=message):
        sv.thresholds(qpc, (0.0, 1.0), **params)


@pytest.mark.parametrize("energy", [1j, np.nan, np.inf, "0.1", [[0.1]]])
def test_energy_refused(energy):
    with pytest.raises(sv.InputError, match="energy must be"):
        sv.scattering_matrix(sv.DeltaBarrier(0.1), energy)


@pytest.mark.parametrize("window", [(1.0, 0.0), 3.0, (0.0, np.nan), "ab"])
def test_window_refused(window):
    with pytest.raises(sv.InputError, match="window must be"):
        sv.thresholds(sv.DeltaBarrier(0.1), window)


def test_frozen(conductor):
    with pytest.raises(dataclasses.FrozenInstanceError):
        conductor.spin_degeneracy = 3


def test_travels_to_another_process(conductor):
    copy = pickle.loads(pickle.dumps(conductor))  # noqa: S301
    np.testing.assert_array_equal(
        sv.scattering_matrix(copy, 0.05).matrix, sv.scattering_matrix(conductor, 0.05).matrix
    )


def test_classes_are_abstract_or_final():
    def concrete(cls):
        return [sub for child in cls.__subclasses__() for sub in (child, *concrete(child))]

    for cls in concrete(ClosedForm):
        if not getattr(cls, "__abstractmethods__", None):
            assert not cls.__subclasses__(), cls
