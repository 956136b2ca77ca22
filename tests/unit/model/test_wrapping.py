import numpy as np
import pytest

import sharvin as sv

square = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.3) + sv.hopping(-1.0) + sv.hopping(0.2, 2))
graphene = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7) + sv.hopping(0.1, 2))
kagome = sv.Model(sv.lattice.kagome(), sv.onsite(0.1, "B") + sv.hopping(-1.0))
rashba = sv.Model(
    sv.lattice.square(a=5.0, orbitals=("up", "down")),
    sv.terms.kinetic(mass=0.05) + sv.terms.rashba(alpha=0.05) + sv.terms.zeeman(g=2.0, B=3.0),
)
cubic = sv.Model(sv.lattice.fcc(a=0.5), sv.hopping(-1.0))


@pytest.mark.parametrize("model", [square, graphene, kagome, rashba])
@pytest.mark.parametrize("along", ["+x", "+y", (1, 3**0.5), (-1, 2)])
def test_bands_are_those_of_the_model(model, along):
    # H(k, q) of the wrapped model has the bands of the model at K with K·P = k, and q along what is left.
    if not _has(model, along):
        return
    wrapped = model.wrapped(along, sv.param("around"))
    period, vector = wrapped.lattice.periods[0], wrapped.lattice.vectors[0]
    assert abs(period @ vector) < 1e-12
    for k, q in ((0.0, 0.3), (0.7, -1.1), (np.pi, 2.0), (-2.4, 0.0)):
        expected = sv.bulk_bands(
            model, [k * period / (period @ period) + q * vector / (vector @ vector)]
        ).values
        # The vector of the wrapped lattice is one of the model less what is along P: the phase for that is in q.
        shifts = _shears(model, wrapped, k)
        found = [
            sv.bulk_bands(wrapped, [(q + s) * vector / (vector @ vector)], around=k).values for s in shifts
        ]
        assert np.abs(np.array(found) - expected).max(axis=(1, 2)).min() < 1e-12


def test_the_usual_directions_have_periods():
    assert all(_has(model, along) for model in (square, graphene, kagome, rashba) for along in ("+x", "+y"))
    assert _has(graphene, (1, 3**0.5))
    assert not _has(graphene, (-1, 2))


def _shears(model, wrapped, k):
    """k times how far along P (in periods) the vector is that the wrapped lattice has without it."""
    period = wrapped.lattice.periods[0]
    steps = np.indices((9, 9)).reshape(2, -1).T - 4
    translations = steps @ model.lattice.vectors
    along = translations @ period / (period @ period)
    off = translations - np.outer(along, period)
    same = np.linalg.norm(off - wrapped.lattice.vectors[0], axis=1) < 1e-9
    return np.unique((along[same] * k).round(12))


def test_a_ring_of_cells_has_the_momenta_2pi_n_over_their_number():
    # Periodic with N cells: the transmission is the sum over the N momenta.
    count, a = 7, 2.0
    wrapped = sv.Model(sv.lattice.square(a=a), sv.onsite(0.3) + sv.hopping(-1.0)).wrapped(
        "+y", sv.param("ky")
    )
    barrier = wrapped + sv.onsite(lambda x, height: height * np.exp(-(x**2) / 9))
    strip = barrier.region(sv.shape.line(20.0)).lead("left", wrapped, "-x").lead("right", wrapped, "+x")
    ky = 2 * np.pi * np.arange(count) / count
    total = float(sv.transmission(strip, energy=0.8, height=1.1, ky=ky).sum("ky"))

    x = strip.positions[:, 0]
    potential = 0.3 + 1.1 * np.exp(-(x**2) / 9)
    around = -(np.roll(np.eye(count), 1, axis=0) + np.roll(np.eye(count), -1, axis=0))
    chain = -(np.eye(len(x), k=1) + np.eye(len(x), k=-1))
    order = np.argsort(x)
    here = np.eye(count)
    h = np.kron(np.diag(potential[order]), here) + np.kron(np.eye(len(x)), around) + np.kron(chain, here)
    lead = (0.3 * np.eye(count) + around, -np.eye(count))
    first, last = np.arange(count), len(h) - count + np.arange(count)
    tube = sv.System.from_matrices(h, leads={"left": (*lead, first), "right": (*lead, last)})
    assert total == pytest.approx(
        float(sv.scattering_matrix(tube, 0.8).transmission("right", "left")), abs=1e-10
    )
    assert total > 1


def test_a_wide_junction_tends_to_the_average():
    # Hard walls cost a constant: T/W tends to the average over momenta as 1/W.
    model = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
    step = model + sv.onsite(lambda x: 0.4 * (abs(x) < 3))
    wrapped = step.wrapped("+y", sv.param("ky"))
    leads = model.wrapped("+y", sv.param("ky"))
    strip = wrapped.region(sv.shape.line(12.0)).lead("left", leads, "-x").lead("right", leads, "+x")
    ky = np.linspace(-np.pi, np.pi, 240, endpoint=False)
    average = float(sv.transmission(strip, energy=0.7, ky=ky).mean("ky"))
    found = []
    for width in (100, 200):
        bar = (
            step.region(sv.shape.rectangle(12, width + 1))
            .lead("left", model, "-x")
            .lead("right", model, "+x")
        )
        found.append(float(sv.scattering_matrix(bar, 0.7).transmission("right", "left")))
    assert (found[1] - found[0]) / 100 == pytest.approx(average, rel=0.01)


def test_hoppings_that_depend_on_their_ends_keep_their_length():
    # A strained sheet: hopping by distance, which wrapping must not shorten.
    by_length = sv.hopping(lambda x1, y1, x2, y2: -np.exp(-np.hypot(x1 - x2, y1 - y2)), within=1.5)
    sheet = sv.Model(sv.lattice.triangular(a=1.0), by_length)
    wrapped = sheet.wrapped("+x", momentum=0.4)
    period, vector = wrapped.lattice.periods[0], wrapped.lattice.vectors[0]
    for q in (0.0, 1.0):
        shears = _shears(sheet, wrapped, 0.4)
        expected = sv.bulk_bands(
            sheet, [0.4 * period / (period @ period) + q * vector / (vector @ vector)]
        ).values
        found = [
            sv.bulk_bands(wrapped, [(q + shift) * vector / (vector @ vector)]).values for shift in shears
        ]
        assert np.abs(np.array(found) - expected).max(axis=(1, 2)).min() < 1e-12


def test_three_dimensions_twice():
    line = cubic.wrapped((0, 1, 1), sv.param("first"))
    assert line.lattice.dimension == 2
    chain = line.wrapped((0, 1, -1), sv.param("second"))
    assert chain.lattice.dimension == 1
    assert sorted(chain.parameters) == ["first", "second"]
    assert chain.lattice.periods.shape == (2, 3)
    # The trace of H² does not depend on momenta in the average: Σ t² over 12 neighbours.
    rng = np.random.default_rng(3)
    grid = 2 * np.pi * np.arange(4) / 4
    along = chain.lattice.vectors[0] / np.sum(chain.lattice.vectors[0] ** 2)
    squares = [
        sv.bulk_bands(chain, [q * along], first=a, second=b).values ** 2
        for a in grid + rng.random() for b in grid + rng.random() for q in grid
    ]  # fmt: skip
    assert np.mean(squares) == pytest.approx(12.0, rel=0.2)


def _has(model, along):
    try:
        model.wrapped(along, 0.0)
    except sv.InputError:
        return False
    return True


def test_bonds_that_cancel_at_the_zone_boundary():
    # Honeycomb around its zigzag direction at k = π: dimers that nothing connects. No channel, nothing refused.
    sheet = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7)).wrapped("+x", sv.param("kx"))
    strip = (
        sheet.region(sv.shape.box((200, 5)))
        .lead("in", sheet + sv.onsite(-1.0), "-y")
        .lead("out", sheet, "+y")
    )
    for k in (np.pi, -np.pi, 3 * np.pi):
        assert not strip.lead_cell("out", kx=k).v.any()
        S = sv.scattering_matrix(strip, 0.0, kx=k)
        assert S.transmission("out", "in") == 0


def test_particles_and_holes():
    # Doubling and wrapping commute; at −k the levels are the opposite ones.
    pairing = {"delta": 0.3}
    one = sv.nambu(rashba, **pairing).wrapped("+y", sv.param("ky"))
    other = sv.nambu(rashba.wrapped("+y", sv.param("ky")), **pairing)
    assert one.lattice == other.lattice
    shape = sv.shape.line(31.0)
    h, same = (model.region(shape).hamiltonian(ky=0.7).toarray() for model in (one, other))
    np.testing.assert_allclose(h, same, atol=1e-14)
    there, back = (np.linalg.eigvalsh(one.region(shape).hamiltonian(ky=k).toarray()) for k in (0.7, -0.7))
    np.testing.assert_allclose(there, -back[::-1], atol=1e-12)


def test_klein_tunnelling_and_conservation():
    # Normal incidence passes any barrier in graphene; S is certified at all momenta.
    sheet = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7)).wrapped("+x", sv.param("kx"))
    barrier = sheet + sv.onsite(lambda y: 0.6 / (1 + np.exp((abs(y) - 10) / 1.0)))
    strip = barrier.region(sv.shape.strip(width=60.0)).lead("in", sheet, "-y").lead("out", sheet, "+y")
    corner = 2 * np.pi / 3
    T = sv.transmission(strip, energy=0.1, kx=corner + np.array([0.0, 0.004, 0.008]))
    assert float(T[0]) == pytest.approx(1.0, abs=1e-3)
    assert (np.diff(T.values.ravel()) < 0).all()
    both = sv.transmission(strip, energy=0.1, kx=[0.9 * corner, -0.9 * corner])
    assert float(both[0]) == pytest.approx(float(both[1]), abs=1e-10)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: sv.Model(sv.lattice.chain(), sv.hopping(-1.0)).wrapped("+x", 0.1), "a chain"),
        (lambda: square.wrapped((1, 2**0.5), 0.1), "no lattice translation"),
        (lambda: square.wrapped("+y", 0.1) + sv.hopping(0.1), "offset and between"),
        (lambda: square.wrapped("+y", "ky"), "momentum must be a finite number"),
        (lambda: square.wrapped("+y", np.nan), "momentum must be a finite number"),
        (lambda: (square + sv.disorder(1.0, seed=1)).wrapped("+y", 0.1), "depends on the cell"),
        (
            lambda: (
                (square + sv.onsite(lambda y: 0.1 * y))
                .wrapped("+y", 0.1)
                .region(sv.shape.line(9))
                .hamiltonian()
            ),
            "changes by .* along the period",
        ),
        (
            lambda: (
                (square + sv.hopping(lambda y: 0.1 * y))
                .wrapped("+y", 0.1)
                .region(sv.shape.line(9))
                .hamiltonian()
            ),
            "changes by .* along the period",
        ),
        (lambda: square.wrapped("+y", 0.1).region(sv.shape.line(9)).field(1.0).hamiltonian(), "no gauge"),
        (
            lambda: square.wrapped("+y", sv.param("ky")).region(sv.shape.line(9)).hamiltonian(ky="x"),
            "momentum must be a finite number",
        ),
    ],
)
def test_what_is_refused(make, words):
    with pytest.raises(sv.InputError, match=words):
        make()


def test_a_field_along_the_other_directions_stays():
    # Layers of squares stacked along z, wrapped there: a perpendicular field is fine.
    stack = sv.Model(sv.lattice.cubic(), sv.onsite(6.0) + sv.hopping(-1.0)).wrapped("+z", 0.0)
    flat = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
    shape = sv.shape.rectangle(9, 7)
    one, other = (model.region(shape).field(80.0).hamiltonian().toarray() for model in (stack, flat))
    np.testing.assert_allclose(one, other, atol=1e-14)


def test_a_region_of_a_wrapped_model_works_with_the_rest():
    wrapped = square.wrapped("+y", sv.param("ky")) + sv.disorder(0.3, seed=4)
    region = wrapped.region(sv.shape.line(60.0)).vacancies(0.05, seed=1)
    lead = square.wrapped("+y", sv.param("ky"))
    system = region.lead("left", lead, "-x").lead("right", lead.with_parameters(ky=sv.param("ky")), "+x")
    S = sv.scattering_matrix(system, energy=[-1.0, 0.2], ky=0.3)
    assert S.certificate.certified
    renamed = square.wrapped("+y", sv.param("ky")).with_parameters(ky=0.3)
    assert not renamed.parameters
    np.testing.assert_allclose(
        renamed.region(sv.shape.line(9)).hamiltonian().toarray(),
        square.wrapped("+y", 0.3).region(sv.shape.line(9)).hamiltonian().toarray(),
    )
