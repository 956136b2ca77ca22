"""Every conductor keeps the contract that stands at the top of `sharvin.scattering`."""

import itertools

import numpy as np
import pytest

import sharvin as sv
from sharvin.scattering import Conductor, ScatteringMatrix, transmissions

t = 0.1


def lattice_wire():
    model = sv.Model(sv.lattice.square(a=2.0), sv.onsite(4 * t) + sv.hopping(-t))
    contact = model + sv.onsite(lambda x, y, gate=0.05: gate * np.exp(-((x / 4) ** 2)) * (y / 6) ** 2)
    region = contact.region(sv.shape.rectangle(length=20, width=12))
    return region.lead("left", model, "-x").lead("right", model, "+x")


def spin_orbit_wire():
    lattice = sv.lattice.square(a=2.0, orbitals=("up", "down"))
    rashba = sv.hopping(0.03 * np.array([[0, 1], [-1, 0]]), offset=(1, 0))
    rashba += sv.hopping(-0.03j * np.array([[0, 1], [1, 0]]), offset=(0, 1))
    model = sv.Model(lattice, sv.onsite(4 * t) + sv.hopping(-t) + rashba)
    barrier = model + sv.onsite(lambda x, height=0.02: height * (np.abs(x) < 3))
    region = barrier.region(sv.shape.rectangle(length=12, width=8))
    return region.lead("left", model, "-x").lead("right", model, "+x")


def hall_bar():
    rng = np.random.default_rng(11)
    h = rng.normal(size=(7, 7)) + 1j * rng.normal(size=(7, 7))
    chain = (0.0, -1.0)
    leads = {name: (*chain, [orbital]) for orbital, name in enumerate(("one", "two", "three"))}
    leads["four"] = (sv.WideBand(0.7), [3, 4])
    return sv.System.from_matrices(0.3 * (h + h.conj().T), leads)


def beam_splitter():
    return sv.FixedScatterer(np.array([[1, 1j], [1j, 1]]) / np.sqrt(2), leads={"in": 1, "out": 1})


def tabulated():
    return sv.Tabulated([-1.0, 0.02, 0.02, 1.0], [0.1, 0.3, 0.8, 0.9])


def two_barriers():
    one = sv.RectangularBarrier(height=0.1, width=2.0, mass=0.067)
    return sv.series(one, sv.FreePropagation(length=8.0, mass=0.067), one)


def smooth_function():
    return sv.TransmissionFunction(lambda E: 1 / (1 + np.exp(-(E - 0.05) / 0.01)))


# name → (conductor, energies, leads, g_s, a parameter with a value and a misspelling)
CONDUCTORS = {
    "saddle": (
        lambda: sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3),
        np.linspace(-1e-3, 1.4e-2, 9),
        ("left", "right"),
        2,
        ("omega_x", 2e-3, "omegax"),
    ),
    "split saddle": (
        lambda: sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3, zeeman=2e-3),
        np.linspace(-1e-3, 1.4e-2, 9),
        ("left", "right"),
        1,
        ("zeeman", 1e-3, "zeman"),
    ),
    "hard wall": (
        lambda: sv.HardWallChannel(width=50.0, mass=0.067),
        np.linspace(1e-3, 0.05, 9),
        ("left", "right"),
        2,
        ("width", 40.0, "with"),
    ),
    "rectangular": (
        lambda: sv.RectangularBarrier(height=0.1, width=2.0, mass=0.067),
        np.linspace(0.01, 0.3, 9),
        ("left", "right"),
        2,
        ("height", 0.2, "hight"),
    ),
    "delta": (
        lambda: sv.DeltaBarrier(strength=0.2, mass=0.067),
        np.linspace(0.01, 0.3, 9),
        ("left", "right"),
        2,
        ("strength", 0.1, "strenght"),
    ),
    "double": (
        lambda: sv.DoubleBarrier(height=0.3, thickness=4.0, well=8.0, mass=0.067),
        np.linspace(0.01, 0.5, 9),
        ("left", "right"),
        2,
        ("well", 9.0, "wel"),
    ),
    "step": (
        lambda: sv.PotentialStep(height=0.1, mass_left=0.067, mass_right=0.1),
        np.linspace(0.01, 0.3, 9),
        ("left", "right"),
        2,
        ("height", 0.05, "heigth"),
    ),
    "smooth step": (
        lambda: sv.SmoothStep(height=0.1, width=1.0, mass=0.067),
        np.linspace(0.01, 0.3, 9),
        ("left", "right"),
        2,
        ("width", 2.0, "widht"),
    ),
    "pöschl-teller": (
        lambda: sv.PoschlTeller(height=0.1, width=2.0, mass=0.067),
        np.linspace(0.01, 0.3, 9),
        ("left", "right"),
        2,
        ("height", 0.2, "heihgt"),
    ),
    "level": (
        lambda: sv.ResonantLevel(energy=0.0, gamma_left=1e-4, gamma_right=3e-4),
        np.linspace(-1e-3, 1e-3, 9),
        ("left", "right"),
        2,
        ("gamma_left", 2e-4, "gama_left"),
    ),
    "free": (
        lambda: sv.FreePropagation(length=10.0, mass=0.067),
        np.linspace(0.01, 0.3, 9),
        ("left", "right"),
        2,
        ("length", 5.0, "lenght"),
    ),
    "table": (tabulated, np.linspace(-0.5, 0.5, 9), ("left", "right"), 2, ("outside", "hold", "outsize")),
    "function": (smooth_function, np.linspace(0, 0.1, 9), ("left", "right"), 2, None),
    "splitter": (beam_splitter, np.linspace(-1, 1, 3), ("in", "out"), 2, None),
    "probe": (
        lambda: sv.ProbeCoupler(coupling=0.3),
        np.linspace(-1, 1, 3),
        ("left", "right", "probe"),
        2,
        ("coupling", 0.5, "copling"),
    ),
    "separate probes": (
        lambda: sv.ProbeCoupler(coupling=0.3, separate=True),
        np.linspace(-1, 1, 3),
        ("left", "right", "probe_right", "probe_left"),
        2,
        ("coupling", 0.5, "copling"),
    ),
    "series": (two_barriers, np.linspace(0.01, 0.3, 9), ("left", "right"), 2, None),
    "lattice": (lattice_wire, np.linspace(0.02, 0.6, 7), ("left", "right"), 2, ("gate", 0.1, "gat")),
    "spin–orbit": (
        spin_orbit_wire,
        np.linspace(0.02, 0.6, 7),
        ("left", "right"),
        1,
        ("height", 0.1, "hight"),
    ),
    "four leads": (hall_bar, np.linspace(-2.5, 2.4, 7), ("one", "two", "three", "four"), 2, None),
}


@pytest.fixture(params=CONDUCTORS.values(), ids=CONDUCTORS.keys(), scope="module")
def case(request):
    make, *rest = request.param
    return (make(), *rest)


def test_leads_and_spin_degeneracy(case):
    conductor, _, leads, spin_degeneracy, _ = case
    assert isinstance(conductor, Conductor)
    assert isinstance(conductor.leads, tuple)
    assert conductor.leads == leads
    assert conductor.spin_degeneracy == spin_degeneracy


def test_one_energy_and_many_agree(case):
    conductor, energies, leads, spin_degeneracy, _ = case
    batch = sv.scattering_matrix(conductor, energies)
    assert isinstance(batch, ScatteringMatrix)
    assert batch.matrix.shape[0] == len(energies)
    together = batch.transmission_matrix()
    assert together.dims == ("energy", "lead_out", "lead_in")
    assert tuple(together.lead_out.values) == leads
    for row, energy in enumerate(energies):
        single = sv.scattering_matrix(conductor, float(energy))
        assert single.matrix.ndim == 2
        assert single.energy.ndim == 0
        assert single.spin_degeneracy == spin_degeneracy
        alone = single.transmission_matrix()
        assert np.abs(alone.values - together.values[row]).max() < 1e-12
        assert [single.mode_count(lead) for lead in leads] == [
            int(batch.mode_count(lead)[row]) for lead in leads
        ]
        for out in leads:
            for source in leads:
                assert single.transmission(out, source) == pytest.approx(
                    float(alone.sel(lead_out=out, lead_in=source)), abs=1e-13
                )


def test_the_order_of_energies_does_not_matter(case):
    conductor, energies, *_ = case
    forward = sv.scattering_matrix(conductor, energies).transmission_matrix().values
    backward = sv.scattering_matrix(conductor, energies[::-1]).transmission_matrix().values
    assert np.abs(forward - backward[::-1]).max() < 1e-13


def test_current_is_conserved(case):
    conductor, energies, leads, *_ = case
    S = sv.scattering_matrix(conductor, energies)
    assert S.unitarity_error < 1e-10
    assert S.certificate.certified
    transmission = S.transmission_matrix()
    modes = np.array([S.mode_count(lead).values for lead in leads]).T
    assert np.abs(transmission.sum("lead_out").values - modes).max() < 1e-10
    assert np.abs(transmission.sum("lead_in").values - modes).max() < 1e-10
    for row in range(len(energies)):
        is_open = S.open_modes[row]
        assert np.abs(S.matrix[row][~is_open]).max(initial=0) == 0
        assert np.abs(S.matrix[row][:, ~is_open]).max(initial=0) == 0


def test_thresholds_are_sorted_and_lie_in_the_window(case):
    conductor, energies, *_ = case
    low, high = energies[0], energies[-1]
    found = sv.thresholds(conductor, (low, high))
    assert found.ndim == 1
    assert np.all(np.diff(found) > 0)
    assert np.all((found >= low) & (found <= high))
    narrow = sv.thresholds(conductor, (low, (low + high) / 2))
    assert np.allclose(narrow, found[found <= (low + high) / 2], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in CONDUCTORS if "saddle" not in name])
def test_between_thresholds_the_number_of_modes_is_constant(name):
    # A saddle's channels open over ħω_x about a threshold; those of no weight are left out of S.
    make, energies, leads, *_ = CONDUCTORS[name]
    conductor = make()
    low, high = energies[0], energies[-1]
    ends = np.concatenate([[low], sv.thresholds(conductor, (low, high)), [high]])
    for start, stop in itertools.pairwise(ends):
        if stop - start < 1e-9 * (high - low):
            continue
        inside = start + (stop - start) * np.array([0.01, 0.3, 0.7, 0.99])
        S = sv.scattering_matrix(conductor, inside)
        for lead in leads:
            assert len(set(S.mode_count(lead).values.tolist())) == 1


def test_a_parameter_changes_s_and_a_misspelt_one_is_refused(case):
    conductor, energies, _, _, parameter = case
    wrong = parameter[2] if parameter else "no_such_parameter"
    with pytest.raises(sv.InputError, match=wrong) as caught:
        sv.scattering_matrix(conductor, float(energies[0]), **{wrong: 1.0})
    with pytest.raises(sv.InputError, match=wrong):
        sv.thresholds(conductor, (energies[0], energies[-1]), **{wrong: 1.0})
    if parameter:
        name, value, _ = parameter
        assert f'"{name}"' in str(caught.value)
        changed = sv.scattering_matrix(conductor, energies, **{name: value})
        assert changed.unitarity_error < 1e-10
        if name not in ("outside", "length"):
            plain = sv.scattering_matrix(conductor, energies).transmission_matrix().values
            assert np.abs(changed.transmission_matrix().values - plain).max() > 1e-6


@pytest.mark.parametrize("wrong", [1j, np.nan, np.inf, "high", [[0.1]], None])
def test_an_energy_without_meaning_is_refused(case, wrong):
    with pytest.raises(sv.InputError, match="energy"):
        sv.scattering_matrix(case[0], wrong)


@pytest.mark.parametrize("wrong", [(1, 0), (0, np.inf), 3.0, (0, 1, 2), ("a", "b")])
def test_a_window_without_meaning_is_refused(case, wrong):
    with pytest.raises(sv.InputError, match="window"):
        sv.thresholds(case[0], wrong)


def test_an_unknown_lead_names_the_nearest(case):
    conductor, energies, leads, *_ = case
    S = sv.scattering_matrix(conductor, float(energies[-1]))
    with pytest.raises(sv.InputError, match=f'no lead "{leads[0]}x"; did you mean "{leads[0]}"'):
        S.transmission(leads[0] + "x", leads[1])


def test_terminal_observables_take_it(case):
    conductor, energies, leads, spin_degeneracy, _ = case
    mu = float(energies[len(energies) // 2])
    G = sv.conductance(conductor, mu=mu, lead_out=leads[1], lead_in=leads[0])
    T = sv.scattering_matrix(conductor, mu).transmission(leads[1], leads[0])
    assert float(G) == pytest.approx(spin_degeneracy * sv.G0 / 2 * T, rel=1e-12)


def incoherent_tees(between):
    draw = np.random.default_rng(5).normal(size=(2, 5, 5))
    tee = sv.FixedScatterer(np.linalg.qr(draw[0] + 1j * draw[1])[0], {"left": 2, "up": 1, "right": 2})
    return sv.incoherent_series(tabulated_pair(), tee, tabulated_pair(), between=between)


def tabulated_pair():
    return sv.Tabulated([-1.0, 0.02, 0.02, 1.0], [[0.1, 0.3, 0.8, 0.9], [0.0, 0.0, 0.1, 0.2]])


# name → (conductor, energies, leads, open modes); none of them has a scattering matrix
WITHOUT_PHASES = {
    "phase lost": (
        lambda: incoherent_tees("phase"),
        np.linspace(-0.5, 0.5, 9),
        ("left", "up", "right"),
        (2, 1, 2),
    ),
    "reservoirs": (
        lambda: incoherent_tees("reservoir"),
        np.linspace(-0.5, 0.5, 9),
        ("left", "up", "right"),
        (2, 1, 2),
    ),
}


@pytest.mark.parametrize(
    ("make", "energies", "leads", "modes"), WITHOUT_PHASES.values(), ids=WITHOUT_PHASES.keys()
)
def test_a_conductor_without_phases_has_transmissions(make, energies, leads, modes):
    conductor = make()
    assert isinstance(conductor, Conductor)
    assert (conductor.leads, conductor.spin_degeneracy, conductor.phases_known) == (leads, 2, False)
    with pytest.raises(sv.InputError, match="no scattering matrix"):
        sv.scattering_matrix(conductor, 0.0)
    found = transmissions(conductor, energies)
    assert found.values.shape == (len(energies), len(leads), len(leads))
    assert found.unitarity_error.shape == energies.shape
    assert found.unitarity_error.max() < 1e-13
    np.testing.assert_allclose(found.values.sum(axis=1), np.tile(modes, (len(energies), 1)), rtol=1e-13)
    np.testing.assert_allclose(found.values.sum(axis=2), np.tile(modes, (len(energies), 1)), rtol=1e-13)
    backward = transmissions(conductor, energies[::-1]).values
    assert np.abs(found.values - backward[::-1]).max() < 1e-13
    assert sv.thresholds(conductor, (-0.5, 0.5)).tolist() == [0.02]
    for function, where in ((transmissions, energies), (sv.thresholds, (0, 1))):
        with pytest.raises(sv.InputError, match="tpyo"):
            function(conductor, where, tpyo=1.0)
    G = sv.conductance(conductor, mu=float(energies[4]), lead_out=leads[1], lead_in=leads[0])
    assert float(G / sv.G0) == pytest.approx(found.values[4, 1, 0], rel=1e-12)


@pytest.mark.parametrize("thing", [3.0, "saddle", None, {"left": 1}])
def test_what_is_no_conductor_is_refused(thing):
    with pytest.raises(sv.InputError, match="expected a conductor"):
        sv.scattering_matrix(thing, 0.0)
    with pytest.raises(sv.InputError, match="expected a conductor"):
        sv.thresholds(thing, (0, 1))


def test_a_model_is_told_how_to_become_a_conductor():
    model = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    with pytest.raises(sv.InputError, match="region"):
        sv.scattering_matrix(model, 0.0)


def test_a_system_without_leads_has_no_scattering_matrix():
    system = sv.Model(sv.lattice.chain(), sv.hopping(-1.0)).region(sv.shape.line(4))
    with pytest.raises(sv.InputError, match="no leads"):
        sv.scattering_matrix(system, 0.0)
    assert len(sv.thresholds(system, (-3, 3))) == 0
