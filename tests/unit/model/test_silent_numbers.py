"""What once came out wrong without a word: now right, or refused."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import FLUX_QUANTUM

wire = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
chain = sv.Model(sv.lattice.chain(), sv.onsite(0.3) + sv.hopping(-1.0))


def flux(system, a=1.0, **params):
    """The flux through all plaquettes of a square lattice in T nm², from the phases of H."""
    h = system.hamiltonian(**params).toarray()
    site = {tuple(np.rint(r[:2] / a).astype(int).tolist()): n for n, r in enumerate(system.positions)}
    found = 0.0
    for (x, y), one in site.items():
        corners = [site.get(place) for place in ((x + 1, y), (x + 1, y + 1), (x, y + 1))]
        if None not in corners:
            b, c, d = corners
            found -= np.angle(h[b, one] * h[c, b] * h[d, c] * h[one, d]) * FLUX_QUANTUM / (2 * np.pi)
    return found


def test_a_number_as_contact_is_minus_its_conjugate_for_holes():
    normal, superconductor = sv.nambu(chain), sv.nambu(chain, delta=0.2)
    region = superconductor.region(sv.shape.line(4)).lead("N", normal, "-x")
    plain = region.lead("S", superconductor, "+x")
    for hop in (-1.0, sv.param("t"), lambda x1: -1.0 + 0 * x1):
        joined = region.lead("S", superconductor, "+x", contact=sv.contact(hop, within=1.05))
        given = {"t": -1.0} if isinstance(hop, type(sv.param("t"))) else {}
        for energy in (0.1, 0.3):
            expected = sv.scattering_matrix(plain, energy).transmission("N:hole", "N:electron")
            found = sv.scattering_matrix(joined, energy, **given).transmission("N:hole", "N:electron")
            assert found == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("direction", ["-x", "+y", (1, 1)])
@pytest.mark.parametrize(
    ("inside", "area"),
    [
        (lambda x, y: abs(x) < 0.5, 12.0),
        (lambda x, y: abs(x) < 2.25, 54.0),
        (lambda x, y: np.hypot(x, y) < 4, 16 * np.pi),
        (lambda x, y: np.hypot(x, y) < 1, np.pi),
        (lambda x, y: (abs(x) < 2) & (abs(y) < 2), 16.0),
    ],
)
def test_a_field_that_jumps_has_its_flux(direction, inside, area):
    region = wire.region(sv.shape.rectangle(26, 14)).lead("l", wire, direction, shape=sv.shape.strip(3.0))
    system = region.field(lambda x, y, B: np.where(inside(x, y), B, 0.0))
    assert flux(system, B=1.0) == pytest.approx(area, abs=2e-3 * max(area, 5))


def test_the_barrier_of_the_docstring_by_its_potential():
    model = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
    region = model.region(sv.shape.rectangle(60, 42)).lead("l", model, "-x").lead("r", model, "+x")
    barrier = region.field(lambda x, height: np.where(abs(x) < 10, height, 0.0))
    assert flux(barrier, 2.0, height=1.0) == pytest.approx(800, rel=1e-6)
    # Kwant with the same plaquettes (kwant.physics.magnetic_gauge).
    for height, expected in ((10.0, 4.197623416612595), (20.0, 2.890164970222313)):
        found = sv.scattering_matrix(barrier, 0.06, height=height).transmission("r", "l")
        assert found == pytest.approx(expected, abs=1e-8)


def test_terms_of_a_foreign_lead_are_those_of_its_own_lattice():
    sheet = wire.region(sv.shape.rectangle(5, 5)).lead("l", wire, "-x")
    line = sv.lattice.Lattice([[0, 0, 1.0]], basis=[[0, 0, 0.8], [0.2, 0, 1.3]], sublattices=("P", "Q"))
    hops = sv.hopping(-1.0, offset=(0,), between=("Q", "P")) + sv.hopping(
        -1.0, offset=(1,), between=("P", "Q")
    )
    system = sheet.lead("tip", sv.Model(line, hops), "+z", contact=sv.contact(-0.2, within=0.9))
    S = sv.scattering_matrix(system, 1.2)
    assert S.transmission("tip", "l") == pytest.approx(S.transmission("l", "tip"), abs=1e-12)
    assert S.transmission("tip", "l") > 1e-4


def _barrier_in_a_lead():
    region = wire.region(sv.shape.rectangle(12, 12)).lead("l", wire, "-x").lead("r", wire, "+x")
    return region.field(lambda x: np.where((x > 8.2) & (x < 14), 100.0, 0.0)).hamiltonian()


def _step_in_the_first_cells_of_a_foreign_lead():
    region = wire.region(sv.shape.rectangle(11, 9)).lead("l", wire, "-x")
    far = sv.contact(
        lambda x1, x2, y1, y2: np.where(abs(x1 - x2) + abs(y1 - y2) < 1.1, -1.0, 0.0), within=9.01
    )
    system = region.lead("r", wire, "+x", shape=sv.shape.strip(9.0), contact=far)
    return system.field(lambda x: np.where(x < 12.5, 0.0, 400.0)).hamiltonian()


def _filled_in_after_a_contact():
    tip = sv.Model(sv.lattice.Lattice([[1.0, 0, 0]], basis=[[0, 5.0, 0]]), sv.hopping(-1.0))
    region = wire.region(sv.shape.disk(4.2)).lead(
        "t", tip, "+x", contact=sv.contact(-1.0, within=1.5), start=-2.0
    )
    return region.lead("r", wire, "+x").hamiltonian()


def _beside_a_lead():
    tip = sv.Model(sv.lattice.Lattice([[0, 0, 1.0]], basis=[[1.9, 0, 0.5]]), sv.hopping(-1.0))
    region = wire.region(sv.shape.rectangle(5, 5)).lead("r", wire, "+x")
    return region.lead("t", tip, "+z", contact=sv.contact(-0.3, within=1.6)).hamiltonian()


def _nothing_left_below_a_tip():
    tip = sv.Model(sv.lattice.Lattice([[0, 0, 1.0]], basis=[[0, 0, 0.5]]), sv.hopping(-1.0))
    region = wire.region(sv.shape.rectangle(9, 5)).lead("t", tip, "+z", contact=sv.contact(-0.3, within=0.6))
    return region.without_sites(lambda x, y: np.hypot(x, y) < 1).hamiltonian()


def _threaded(place):
    return wire.region(sv.shape.rectangle(9, 6)).flux_tube(0.3, at=place)


_TRIANGULAR = sv.Model(sv.lattice.triangular(1.0), sv.hopping(-1.0))
_WRAPPED = wire.wrapped("+y", 0.3)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (_barrier_in_a_lead, 'changes by .* along the lead "r"'),
        (_step_in_the_first_cells_of_a_foreign_lead, 'changes by .* along the lead "r"'),
        (_filled_in_after_a_contact, "attach this lead after the other one"),
        (_beside_a_lead, 'reaches the lead "r"'),
        (_nothing_left_below_a_tip, "no site is left that its contact reaches"),
        (
            lambda: (_TRIANGULAR + sv.onsite(lambda x: np.cos(2 * np.pi * x))).wrapped("+x", 0.4)
            .region(sv.shape.box((50, 12))).hamiltonian(),
            "along the period",
        ),
        (
            lambda: (wire + sv.onsite(lambda y: np.where(abs(y) < 10, 1, 0))).wrapped("+y", 0.4)
            .region(sv.shape.line(9)).hamiltonian(),
            "along the period",
        ),
        (lambda: sv.bands(_WRAPPED.region(sv.shape.line(9)).lead("l", _WRAPPED, "-x").field(5.0), "l"), "no gauge"),
        (
            lambda: _WRAPPED.region(sv.shape.line(9)).lead("l", wire.wrapped("+y", 0.4), "-x"),
            "another Bloch momentum",
        ),
        (
            lambda: wire.wrapped("+y", sv.param("ky")).region(sv.shape.line(9))
            .lead("l", wire.wrapped("+y", sv.param("q")), "-x"),
            "another Bloch momentum",
        ),
        (
            lambda: _WRAPPED.region(sv.shape.line(9)).lead("l", _WRAPPED, "-x", contact=sv.contact(-1.0, within=1.0)),
            "do not go together",
        ),
        (lambda: _WRAPPED + sv.terms.kinetic(0.067), "before Model.wrapped"),
        (lambda: _WRAPPED.region(sv.shape.line(9)).trimmed(), "not to be counted"),
        (lambda: _WRAPPED.region(sv.shape.line(9)).rough_edges(0.1, seed=1), "not to be counted"),
        (
            lambda: (_WRAPPED + sv.impurities(0.2, 0.1, 1.0, seed=1)).region(sv.shape.line(9)).hamiltonian(),
            "no density of scatterers",
        ),
        (lambda: _threaded((0, 0)).hamiltonian(), "on a site or on a bond"),
        (lambda: _threaded((0.5, 0)).hamiltonian(), "on a site or on a bond"),
        (lambda: sv.contact([[1, 2], [3]], 1.0), "unlike lengths"),
        (lambda: sv.contact(np.ma.masked_array(np.eye(2), mask=np.eye(2)), 1.0).blocks(
            np.zeros((2, 3)), np.array([0]), np.array([1]), (np.ones(2), np.ones(2)), {}), "finite numbers"),
        (
            lambda: _WRAPPED.region(sv.shape.line(9)).lead("l", wire.wrapped("-y", 0.3), "-x"),
            "another lattice than the region, with the periods",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(program, words):
    with pytest.raises(sv.InputError, match=words):
        program()


def test_a_field_on_a_chain_along_z():
    line = sv.Model(sv.lattice.Lattice([[0, 0, 1.0]]), sv.hopping(-1.0))
    system = line.region(sv.shape.box((2, 2, 9))).lead("up", line, "+z").field(lambda x, y: 3.0 + x)
    np.testing.assert_allclose(abs(system.hamiltonian()).sum(), 2 * 1.0 * (system.site_count - 1))
