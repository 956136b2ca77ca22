"""Corner cases: what is refused rather than taken for something else, sweeps of g_s, thresholds in a thermal window."""

import numpy as np
import pytest

import sharvin as sv

QPC = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
HONEYCOMB = sv.lattice.honeycomb()


def test_spin_degeneracy_may_be_swept():
    channel = sv.HardWallChannel(width=50.0, mass=0.067)
    conductance = sv.conductance(channel, mu=5e-3, spin_degeneracy=[1, 2])
    np.testing.assert_allclose(conductance / sv.G0, [0.5, 1.0], rtol=1e-12)
    current = sv.current(QPC, bias=1e-4, mu=3e-3, spin_degeneracy=[2, 1]).sel(lead="left")
    assert float(current[0]) == pytest.approx(2 * float(current[1]))
    ends = {"left": sv.Reservoir(4e-3), "right": sv.Reservoir(3e-3)}
    heat = sv.dissipation(QPC, ends, spin_degeneracy=[2, 1]).sum("lead")
    assert float(heat[0]) == pytest.approx(2 * float(heat[1]))


def test_a_parameter_that_makes_spin_explicit_sets_the_degeneracy():
    conductance = sv.conductance(QPC, mu=3e-3, temperature=[0.0, 0.1], zeeman=1e-3)
    np.testing.assert_allclose(conductance / sv.G0, 1.0, rtol=1e-3)
    assert conductance.attrs["spin_degeneracy"] == 1


def test_a_lead_whose_hopping_changes_along_it():
    wire = sv.Model(sv.lattice.chain(), sv.hopping(lambda x: -1 - 0.01 * x))
    system = wire.region(sv.shape.line(6)).lead("l", wire, "-x")
    with pytest.raises(sv.InputError, match="change along the lead"):
        sv.scattering_matrix(system, 0.2)


def test_a_function_shape_stays_inside_its_box():
    everything = sv.shape.function(lambda x, y, z: np.ones_like(x, bool), low=(-1, -1), high=(1, 1))
    positions = sv.Model(HONEYCOMB, sv.hopping(-1.0)).region(everything).positions
    assert np.abs(positions[:, :2]).max() <= 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sv.Model(HONEYCOMB, sv.hopping(-2.7, between=("A", "C"))), 'no sublattice "C"'),
        (lambda: sv.Model(HONEYCOMB, sv.hopping(-2.7, between=("A", "A"))), "no bond of shell 1"),
        (lambda: sv.hopping(-2.7, between="A"), "two sublattices"),
        (lambda: sv.hopping(-1.0, offset=(1.7, 0)), "integers"),
        (lambda: sv.hopping(-1.0, neighbours=1.5), "whole number"),
        (lambda: sv.Model(HONEYCOMB, sv.hopping(-1.0, 0)), "between 1 and"),
        (
            lambda: sv.current(QPC, {"left": sv.Reservoir(0), "right": sv.Reservoir(0)}, temperature=20.0),
            "not both",
        ),
        (lambda: sv.current(3.0, bias=1e-3, mu=0.0), "expected a conductor"),
        (lambda: sv.Options(rtol="a"), "finite number"),
        (lambda: sv.Options(threads=-1), "threads"),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(sv.InputError, match=message):
        make()


def test_leads_may_not_name_orbitals_that_another_lead_brought():
    leads = {"L": (0.0, -1.0, [0], [[0.5]]), "R": (0.0, -1.0, [1])}
    with pytest.raises(sv.InputError, match='lead "R": orbital 1'):
        sv.System.from_matrices([[1.0]], leads=leads)


def test_a_lead_of_nothing_has_no_channels():
    system = sv.System.from_matrices([[1.0]], leads={"L": (0.0, -1.0, [0]), "R": (0.0, 0.0, [0])})
    S = sv.scattering_matrix(system, 0.3)
    assert S.mode_count("R") == 0
    assert S.transmission("R", "L") == 0


@pytest.mark.parametrize("mu", [4e-3, 12e-3, 15e-3])
def test_thresholds_inside_a_thermal_window_of_a_wire_in_a_field(mu):
    # The energy integral comes within 1e-9 of thresholds, where velocities are differences of large numbers.
    t = 0.1422
    wire = sv.Model(sv.lattice.square(a=4.0), sv.onsite(t) + sv.hopping(-t / 4))
    system = (
        wire.region(sv.shape.rectangle(16, 80)).lead("left", wire, "-x").lead("right", wire, "+x").field(2.0)
    )
    conductance = sv.conductance(system, mu=mu, temperature=4.2, options=sv.Options(rtol=1e-6, window=20))
    assert float(conductance.unitarity_error) < 1e-10
    kt = 4.2 * sv.constants.BOLTZMANN
    bottoms = sv.thresholds(system, (-0.01, mu + 40 * kt))
    expected = sum(1 / (1 + np.exp((bottom - mu) / kt)) for bottom in bottoms)  # a clean wire: T = N(E)
    assert float(conductance) / sv.G0 == pytest.approx(expected, rel=1e-5)


def test_keywords_of_an_observable_are_among_the_nearest_names():
    with pytest.raises(sv.InputError, match='did you mean "temperature"'):
        sv.conductance(QPC, mu=0.0, temprature=1.0)


def test_a_far_shell_is_complete():
    assert len(sv.lattice.square().neighbours(7)) == 8  # (±1, ±3) and (±3, ±1), the distance √10
    assert len(sv.lattice.square().neighbours(13)) == 12  # (±5, 0), (±3, ±4), …, the distance 5
    assert len(sv.lattice.Lattice([[1, 0], [10, 1]]).neighbours(1)) == 4


def test_a_band_bottom_far_above_both_potentials_still_emits():
    # Richardson: J = A T² e^{μ/k_BT} far below the bottom, A = 4πemk_B²/h³.
    ends = {"left": sv.Reservoir(-1.04, 300.0), "right": sv.Reservoir(-3.0, 300.0)}
    open_door = sv.TransmissionFunction(lambda E: np.ones_like(E))
    density = float(sv.current_density(open_door, ends, mass=1.0).sel(lead="left"))
    richardson = 1201732.289489034 * 300.0**2 * np.exp(-1.04 / (sv.constants.BOLTZMANN * 300.0))
    assert density == pytest.approx(richardson, rel=1e-7)


def test_a_ribbon_whose_self_energy_diverges_at_its_threshold():
    # Zigzag graphene: two valleys open at once, and the standing wave is largest at the surface of the lead.
    bulk = sv.Model(HONEYCOMB, sv.hopping(-2.7))
    ribbon = bulk.region(sv.shape.rectangle(2.2, 2.1)).lead("a", bulk, "-x").lead("b", bulk, "+x")
    threshold = sv.thresholds(ribbon, (1.0, 2.0))[0]
    conductance = sv.conductance(ribbon, mu=threshold, temperature=[0.1, 1.0])
    np.testing.assert_allclose(conductance / sv.G0, 3.0, rtol=1e-9)  # half way from two modes to four


def test_conductors_with_more_channels_than_memory_are_refused_at_once():
    with pytest.raises(sv.InputError, match="channels"):
        sv.conductance(sv.HardWallChannel(width=1e9, mass=1.0), mu=1.0)
    with pytest.raises(sv.InputError, match="channels"):
        sv.conductance(sv.SaddlePoint(omega_x=1e-3, omega_y=1e-12), mu=1e-3)


@pytest.mark.parametrize(
    "make",
    [
        lambda: sv.conductance(QPC, mu=0.0, options={"rtol": 1e-5}),
        lambda: sv.shape.rectangle("a", 3),
        lambda: sv.shape.box((1, 1, 1, 1)),
        lambda: sv.shape.disk(3, "ab"),
        lambda: sv.param(3),
        lambda: sv.contact_resistance("a"),
        lambda: sv.System.from_matrices([[0.0, 1], [1]], leads={}),
        lambda: sv.scattering_matrix(QPC, [[1.0, 2.0], [3.0]]),
    ],
)
def test_what_is_no_number_or_of_unlike_rows_is_refused_as_input(make):
    with pytest.raises(sv.InputError):
        make()


def test_a_shape_function_that_is_not_made_for_arrays():
    wire = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    with pytest.raises(sv.InputError, match="called once with arrays"):
        wire.region(sv.shape.function(lambda x, y, z: x > 0 and y > 0, (-2, -2), (2, 2)))


def test_one_bad_energy_is_refused_in_a_batch_as_it_is_alone():
    # Zero modes of a flake with more sites on one sublattice than on the other, between doped leads.
    bulk = sv.Model(HONEYCOMB, sv.hopping(-2.7))
    doped = bulk + sv.onsite(-1.0)
    flake = bulk.region(sv.shape.rectangle(6, 5)).lead("l", doped, "-x").lead("r", doped, "+x")
    assert sv.scattering_matrix(flake, 0.3).certificate.certified
    for energy in (0.0, [0.0, 0.3]):
        with pytest.raises(sv.NotCertified, match="E = 0 eV"):
            sv.scattering_matrix(flake, energy)


@pytest.mark.parametrize("momenta", ["a", 1j, [], [0.1, 1j], True, [[0.0]], [np.nan], [0.0, [1.0]], 10**400])
def test_momenta_of_bands_are_real_numbers(momenta):
    system = sv.System.from_matrices([[0.0]], leads={"L": (0.0, -1.0, [0])})
    with pytest.raises(
        sv.InputError, match="bands: momenta must be a one-dimensional array of finite numbers"
    ):
        sv.bands(system, lead="L", momenta=momenta)
    assert sv.bands(system, lead="L", momenta=0.0).values.tolist() == [[-2.0]]


@pytest.mark.parametrize("energy", [True, [True, 1e-3], "0.001", 1j, 10**400, [1e-3, [2e-3]], np.ma.masked])
def test_energies_are_real_numbers(energy):
    for ask in (sv.scattering_matrix, sv.transmission):
        with pytest.raises(sv.InputError, match="energy must be"):
            ask(QPC, energy)


@pytest.mark.parametrize("window", [(True, 1.0), ("0", 1.0), (0.0, 1j), (0.0, 10**400), 3, None])
def test_a_window_is_two_real_numbers(window):
    with pytest.raises(sv.InputError, match="window must be"):
        sv.thresholds(QPC, window)


def test_integers_beyond_the_floats_are_refused():
    with pytest.raises(sv.InputError, match="beyond the largest float"):
        sv.SaddlePoint(omega_x=10**400, omega_y=3e-3)
    with pytest.raises(sv.InputError, match="beyond the largest float"):
        sv.conductance(QPC, mu=1e-3, omega_x=[1e-3, 10**400])
