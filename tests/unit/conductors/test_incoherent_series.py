"""Conductors in series without phase coherence: what is joined, what is refused, and how well it closes."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.conductors import IncoherentSeries
from sharvin.conductors.probabilities import probabilities
from sharvin.conductors.probability_products import flux_inside, through_reservoir, without_phase
from sharvin.conductors.star_product import star_product
from sharvin.scattering import transmissions

BARRIER = sv.RectangularBarrier(0.3, 2.0, 0.067)
GAP = sv.FreePropagation(8.0, 0.067)
MIRROR = sv.FixedScatterer(np.eye(2), {"left": 1, "right": 1})


def constant(tau):
    """One channel, or several."""
    tau = np.atleast_1d(tau)
    return sv.TransmissionFunction(lambda E: np.tile(tau[:, None], E.size))


def T(conductor, energy=0.1, out="right", source="left", **params):
    found = transmissions(conductor, np.array([energy]), **params).values[0]
    return found[conductor.leads.index(out), conductor.leads.index(source)]


def scatterer(seed, **modes):
    """A random unitary matrix."""
    size = sum(modes.values())
    draw = np.random.default_rng(seed).normal(size=(2, size, size))
    return sv.FixedScatterer(np.linalg.qr(draw[0] + 1j * draw[1])[0], modes)


def test_two_scatterers_by_hand():
    T1, T2 = 0.3, 0.6
    phase, reservoir = (
        T(sv.incoherent_series(constant(T1), constant(T2), between=between))
        for between in ("phase", "reservoir")
    )
    assert phase == pytest.approx(T1 * T2 / (1 - (1 - T1) * (1 - T2)), rel=1e-14)
    assert reservoir == pytest.approx(T1 * T2 / (T1 + T2), rel=1e-14)


def test_the_phase_is_the_default():
    assert sv.incoherent_series(BARRIER, GAP).between == "phase"


@pytest.mark.parametrize("between", ["phase", "reservoir"])
def test_many_modes_and_leads_close_and_give_back_equilibrium(between):
    first = scatterer(1, left=3, top=2, right=4)
    second = scatterer(2, left=4, bottom=1, right=2)
    chain = sv.incoherent_series(first, second, between=between)
    assert chain.leads == ("left", "top", "bottom", "right")
    found = transmissions(chain, np.array([0.0, 1.0]))
    assert found.values.shape == (2, 4, 4)
    np.testing.assert_allclose(found.values.sum(axis=1), [[3, 2, 1, 2]] * 2, rtol=1e-13)
    np.testing.assert_allclose(found.values.sum(axis=2), [[3, 2, 1, 2]] * 2, rtol=1e-13)
    assert (found.values > 0).all()
    assert found.unitarity_error.shape == (2,)
    assert (found.unitarity_error < 1e-13).all()
    assert found.spin_degeneracy == 2


def test_the_formula_of_the_star_product_with_probabilities():
    first, second = scatterer(3, left=3, right=4), scatterer(4, left=4, right=2)
    Pa, Pb = (probabilities(part, np.zeros(1)).matrix for part in (first, second))
    direct, _ = star_product(Pa, Pb, 4, 1.0)
    np.testing.assert_allclose(without_phase(Pa, Pb, 4), direct.real, rtol=1e-12)


@pytest.mark.parametrize("size", [0, 1, 2, 5, 8])
def test_elimination_solves_the_linear_problem(size):
    rng = np.random.default_rng(size)
    trip = rng.random((3, size, size)) / max(size, 1) * 0.9
    source = rng.random((3, size, 2))
    x = flux_inside(trip, 1 - trip.sum(axis=1), source)
    np.testing.assert_allclose(x - trip @ x, source, rtol=1e-12)


def test_what_is_joined_does_not_depend_on_how_it_is_grouped():
    a, b, c = scatterer(5, left=2, right=3), scatterer(6, left=3, right=3), scatterer(7, left=3, right=2)
    for between in ("phase", "reservoir"):
        at_once = sv.incoherent_series(a, b, c, between=between)
        left = sv.incoherent_series(sv.incoherent_series(a, b, between=between), c, between=between)
        right = sv.incoherent_series(a, sv.incoherent_series(b, c, between=between), between=between)
        for grouped in (left, right):
            assert T(grouped) == pytest.approx(T(at_once), rel=1e-13)
            np.testing.assert_allclose(
                transmissions(grouped, np.zeros(1)).values, transmissions(at_once, np.zeros(1)).values
            )


def test_joints_of_both_kinds_in_one_chain():
    tau = np.array([0.3, 0.8])
    one = constant(tau)
    by_phase = sv.incoherent_series(one, one)
    pair = (tau / (2 - tau)).sum()
    chain = sv.incoherent_series(by_phase, one, between="reservoir")
    assert T(chain) == pytest.approx(1 / (1 / pair + 1 / tau.sum()), rel=1e-13)
    # A reservoir fills both modes alike, so that what follows it is composed mode by mode with equal shares.
    by_reservoir = sv.incoherent_series(one, one, between="reservoir")
    P = probabilities(by_reservoir, np.zeros(1))
    assert P.matrix.shape == (1, 4, 4)
    np.testing.assert_allclose(P.matrix[0, 2:, :2], np.outer(tau, tau) / (2 * tau.sum()))
    np.testing.assert_allclose(P.between_leads()[0], transmissions(by_reservoir, np.zeros(1)).values[0])
    assert transmissions(sv.incoherent_series(by_reservoir, one), np.zeros(1)).unitarity_error < 1e-14


def test_reservoirs_join_lead_by_lead_as_mode_by_mode():
    first, second = scatterer(8, left=2, top=1, right=3), scatterer(9, left=5, right=2)
    chain = sv.incoherent_series(first, second, between="reservoir")
    P = probabilities(chain, np.zeros(2))
    found = transmissions(chain, np.zeros(2))
    np.testing.assert_allclose(P.between_leads(), found.values, rtol=1e-13)
    assert P.open_modes.shape == (2, 5)


def test_tiny_transmissions_keep_their_digits():
    # 1 − R₁′R₂ would leave four digits of 2e-12, and nothing of 2e-200.
    for tau in (1e-12, 1e-200):
        for between, expected in (("phase", tau / (2 - tau)), ("reservoir", tau / 2)):
            pair = sv.incoherent_series(constant(tau), constant(tau), between=between)
            assert T(pair) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("between", ["phase", "reservoir"])
def test_a_closed_resonator_lets_nothing_through(between):
    found = transmissions(sv.incoherent_series(MIRROR, MIRROR, between=between), np.zeros(3))
    np.testing.assert_array_equal(found.values, np.broadcast_to(np.eye(2), (3, 2, 2)))
    np.testing.assert_array_equal(found.unitarity_error, 0)
    assert T(sv.incoherent_series(MIRROR, constant(0.5), between=between)) == 0
    assert T(sv.incoherent_series(constant(0.5), MIRROR, between=between)) == 0


def test_a_closed_resonator_of_some_modes():
    pair = sv.incoherent_series(constant([0.0, 0.5, 1.0]), constant([0.0, 0.5, 1.0]))
    assert T(pair) == pytest.approx(1 / 3 + 1, rel=1e-14)


def test_modes_that_open_and_energies_without_any():
    channel = sv.HardWallChannel(20.0, 0.067, BARRIER)
    energies = np.linspace(0.0, 0.5, 21)
    found = transmissions(sv.incoherent_series(channel, channel), energies)
    S = sv.scattering_matrix(channel, energies)
    one = np.abs(S.amplitudes("right", "left").diagonal(axis1=1, axis2=2)) ** 2
    np.testing.assert_allclose(found.values[:, 1, 0], (one / (2 - one)).sum(axis=1), rtol=1e-12)
    assert found.values[0].max() == 0


def test_parameters_go_to_every_part_that_takes_them():
    chain = sv.incoherent_series(BARRIER, GAP, BARRIER)
    assert chain.parameters == ("spin_degeneracy", "height", "width", "mass", "length")
    one = T(BARRIER, height=0.2)
    assert T(chain, height=0.2) == pytest.approx(one / (2 - one), rel=1e-13)
    assert sv.thresholds(chain, (-1.0, 1.0)).tolist() == [0.0]
    assert chain.medium("right", {"mass": 0.1}).mass == 0.1


def test_a_part_that_stands_at_many_places_is_solved_once():
    calls = []

    def tau(E):
        calls.append(E.size)
        return 0.9 + 0 * E

    one = sv.TransmissionFunction(tau)
    for between in ("phase", "reservoir"):
        calls.clear()
        chain = sv.incoherent_series(*[one] * 300, between=between)
        assert T(chain) > 0
        assert calls == [1]


def test_observables_take_it():
    chain = sv.incoherent_series(BARRIER, BARRIER)
    G = sv.conductance(chain, mu=[0.1, 0.2], temperature=[0.0, 100.0], height=np.array([0.3, 0.4]))
    assert G.dims == ("height", "temperature", "mu")
    assert G.error.max() < 1e-6 * sv.G0
    assert float(G[0, 0, 0] / sv.G0) == pytest.approx(T(chain), rel=1e-13)
    biased = {"left": sv.Reservoir(mu=0.11, temperature=4.2), "right": sv.Reservoir(mu=0.1, temperature=4.2)}
    current = sv.current(chain, biased)
    assert float(current[0]) > 0
    assert float(current.sum()) == 0


def test_it_has_no_scattering_matrix():
    chain = sv.incoherent_series(BARRIER, BARRIER)
    assert isinstance(chain, IncoherentSeries)
    with pytest.raises(
        sv.InputError, match=r"no scattering matrix.*sharvin\.transmission, sharvin\.conductance"
    ):
        sv.scattering_matrix(chain, 0.1)
    with pytest.raises(sv.InputError, match="phases of a IncoherentSeries are unknown"):
        sv.series(chain, BARRIER)


def test_a_lattice_between_closed_forms():
    t = 0.1
    wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(4 * t) + sv.hopping(-t))
    bump = wire + sv.onsite(lambda x, y, gate: gate * (abs(x) < 3) * (y > 0))
    region = bump.region(sv.shape.rectangle(length=20, width=12))
    system = region.lead("left", wire, "-x").lead("right", wire, "+x")
    energies = np.array([0.01, 0.1, 0.3])
    found = transmissions(sv.incoherent_series(system, system), energies, gate=0.05)
    assert found.unitarity_error.max() < 1e-10
    one = transmissions(system, energies, gate=0.05).values[:, 1, 0]
    assert found.values[0, 1, 0] == 0
    assert (found.values[1:, 1, 0] < one[1:]).all()
    resistors = sv.incoherent_series(system, system, between="reservoir")
    np.testing.assert_allclose(transmissions(resistors, energies, gate=0.05).values[:, 1, 0], one / 2)


def test_a_region_that_absorbs_is_refused():
    chain = (0.0, -1.0, [0])
    site = sv.System.from_matrices([[-0.5j]], {"left": chain, "right": chain}, non_hermitian=True)
    for between in ("phase", "reservoir"):
        with pytest.raises(sv.InputError, match="absorbs or amplifies"):
            transmissions(sv.incoherent_series(site, site, between=between), np.zeros(1))


def test_charge_observables_refuse_what_is_doubled():
    model = sv.nambu(sv.Model(sv.lattice.chain(), sv.hopping(-1.0)))
    wire = model.region(sv.shape.line(4)).lead("left", model, "-x").lead("right", model, "+x")
    for joined in (sv.incoherent_series(wire, wire), sv.series(wire, wire)):
        with pytest.raises(sv.InputError, match="particle–hole doubled"):
            sv.conductance(joined, mu=0.1)


def test_probabilities_that_do_not_close_are_not_certified():
    Pa = np.array([[[0.5, 0.4], [0.5, 0.6]]])
    assert without_phase(Pa, Pa, 1).sum(axis=2).max() > 1.1  # rows tell, even if columns close
    options = sv.Options(unitarity_bound=1e-30)
    with pytest.raises(sv.NotCertified, match="unitarity_error"):
        transmissions(
            sv.incoherent_series(scatterer(1, left=3, right=3), scatterer(2, left=3, right=3)),
            np.zeros(1),
            options=options,
        )


def test_a_reservoir_without_coupling():
    P = np.eye(2)[None]
    at = np.array([False, True]), np.array([True, False])
    np.testing.assert_array_equal(through_reservoir(P, P, *at), np.eye(2)[None])


TWO = sv.FixedScatterer(np.eye(4)[::-1], {"left": 2, "right": 2})
TEE = scatterer(1, left=1, top=1, right=1)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: sv.incoherent_series(BARRIER, GAP, between="phases"),
            'between must be one of.*did you mean "phase"',
        ),
        (lambda: sv.incoherent_series(BARRIER, GAP, between=None), "between must be one of"),
        (lambda: sv.incoherent_series(BARRIER, 0.3), "incoherent_series: expected a conductor, got float"),
        (
            lambda: sv.incoherent_series(BARRIER, sv.SaddlePoint(1, 1, zeeman=0)),
            r"incoherent_series: the spin degeneracies differ \(2 and 1\)",
        ),
        (
            lambda: sv.incoherent_series(BARRIER, GAP, joint=("rigth", "left")),
            'no lead "rigth" to join; did you mean "right"',
        ),
        (
            lambda: sv.incoherent_series(BARRIER, GAP, joint=("right", "lft")),
            'FreePropagation has no lead "lft"',
        ),
        (lambda: sv.incoherent_series(BARRIER, GAP, joint="right"), "joint must be two names"),
        (
            lambda: sv.incoherent_series(BARRIER, GAP, joint=("right", "right")),
            'both conductors have a lead "left"',
        ),
        (lambda: sv.incoherent_series(TEE, BARRIER, TEE), 'both conductors have a lead "top"'),
        (
            lambda: sv.incoherent_series(BARRIER, scatterer(2, left=1, up=1), BARRIER),
            'IncoherentSeries has no lead "right" to join',
        ),
        (
            lambda: sv.incoherent_series(GAP, BARRIER, sv.FreePropagation(8.0)),
            "incoherent_series: unlike media meet",
        ),
        (lambda: T(sv.incoherent_series(TWO, BARRIER)), "incoherent_series: at 0.1 eV 2 modes are open"),
        (lambda: T(sv.incoherent_series(sv.PotentialStep(0.0, 0.1, 0.067), GAP), mass=0.1), "unlike media"),
        (
            lambda: T(
                sv.incoherent_series(sv.SaddlePoint(0.1, 0.3), BARRIER, between="reservoir"), zeeman=0.1
            ),
            "the spin degeneracies differ",
        ),
        (
            lambda: T(sv.incoherent_series(BARRIER, GAP), heigth=0.2),
            'no part of the incoherent series has a parameter "heigth"; did you mean "height"',
        ),
    ],
)
def test_bad_input(build, message):
    with pytest.raises(sv.InputError, match=message):
        build()


def test_a_reservoir_joins_conductors_of_any_width():
    wide = sv.FixedScatterer(np.eye(4)[[2, 3, 0, 1]], {"left": 2, "right": 2})
    chain = sv.incoherent_series(wide, constant(0.5), wide, between="reservoir")
    assert T(chain) == pytest.approx(1 / (1 / 2 + 1 / 0.5 + 1 / 2), rel=1e-14)
