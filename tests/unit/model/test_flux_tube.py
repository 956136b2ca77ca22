import numpy as np
import pytest

import sharvin as sv
from sharvin.model.flux_tube import Band, FluxTube, crossings, cut

wire = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
arm = sv.shape.strip(width=4.0)


def ring(**at):
    """A ring with two arms, threaded by a flux."""
    region = wire.region(sv.shape.ring(outer=11.0, inner=6.0)).flux_tube(
        sv.param("flux"), **(at or {"at": (0.0, 0.0)})
    )
    return region.lead("left", wire, "-x", shape=arm).lead("right", wire, "+x", shape=arm)


def transmission(system, energy, **params):
    return float(sv.scattering_matrix(system, energy, **params).transmission("right", "left"))


def test_the_phase_around_the_tube_and_around_nothing():
    system = wire.region(sv.shape.rectangle(7, 7)).flux_tube(0.3, at=(0.4, -0.7))
    h = system.hamiltonian().toarray()
    site = {tuple(np.rint(r[:2]).astype(int).tolist()): n for n, r in enumerate(system.positions)}
    for (x, y), a in site.items():
        corners = [site.get(place) for place in ((x + 1, y), (x + 1, y + 1), (x, y + 1))]
        if None in corners:
            continue
        b, c, d = corners
        inside = x < 0.4 < x + 1 and y < -0.7 < y + 1
        wanted = np.exp(-2j * np.pi * 0.3) if inside else 1.0
        assert abs(h[b, a] * h[c, b] * h[d, c] * h[a, d] - wanted) < 1e-14


def test_a_ring_of_sites_has_its_levels():
    # N sites on a circle: E_m = −2t cos(2π(m + Φ)/N), Φ in units of h/e.
    count, radius = 12, 5.0
    angles = 2 * np.pi * np.arange(count) / count
    basis = radius * np.column_stack([np.cos(angles), np.sin(angles)])
    lattice = sv.lattice.Lattice([[100.0, 0.0], [0.0, 100.0]], basis=basis)
    length = 2 * radius * np.sin(np.pi / count)
    model = sv.Model(lattice, sv.hopping(-1.0, within=1.001 * length))
    system = model.region(sv.shape.disk(2 * radius)).flux_tube(sv.param("flux"), at=(0, 0))
    for flux in (0.0, 0.2, 0.5, -1.3):
        levels = np.linalg.eigvalsh(system.hamiltonian(flux=flux).toarray())
        exact = np.sort(-2 * np.cos(2 * np.pi * (np.arange(count) + flux) / count))
        np.testing.assert_allclose(levels, exact, atol=1e-13)


def test_transmission_of_a_ring_in_flux():
    system = ring()
    T = {flux: transmission(system, 0.7, flux=flux) for flux in (0.0, 0.25, 0.5, 1.25, -0.25)}
    assert T[1.25] == pytest.approx(T[0.25], abs=1e-10)  # period h/e
    assert T[-0.25] == pytest.approx(T[0.25], abs=1e-10)  # two terminals are even in the flux
    assert abs(T[0.0] - T[0.5]) > 0.05
    # Anywhere in the hole it is the same; also without a cut where one would be.
    for at in ((3.0, -2.0), (-4.5, 1.2), (0.1, 5.0)):
        assert transmission(ring(at=at), 0.7, flux=0.25) == pytest.approx(T[0.25], abs=1e-10)
    # Two tubes add up, and one outside does nothing.
    double = system.flux_tube(sv.param("more"), at=(2.0, 1.0)).flux_tube(0.4, at=(20.0, 30.0))
    assert transmission(double, 0.7, flux=0.1, more=0.15) == pytest.approx(T[0.25], abs=1e-10)


def test_a_tube_is_a_field_in_a_small_spot():
    small = 2.0  # nm: a plaquette's worth of field in the hole
    flux = 0.3 * sv.constants.FLUX_QUANTUM
    spot = lambda x, y: flux * np.exp(-(x**2 + y**2) / small**2) / (np.pi * small**2) * (np.hypot(x, y) < 6)  # noqa: E731
    system = wire.region(sv.shape.ring(outer=11.0, inner=7.5))
    leads = system.lead("left", wire, "-x", shape=arm).lead("right", wire, "+x", shape=arm)
    one = transmission(leads.field(spot), 0.7)
    other = transmission(leads.flux_tube(0.3, at=(0, 0)), 0.7)
    assert one == pytest.approx(other, abs=1e-4)
    assert abs(one - transmission(leads, 0.7)) > 0.01


def test_with_a_uniform_field_and_a_third_lead():
    system = ring().lead("top", wire, "+y", shape=arm).field(sv.param("B"))
    S = sv.scattering_matrix(system, 0.7, flux=0.2, B=25.0)
    back = sv.scattering_matrix(system, 0.7, flux=-0.2, B=-25.0)
    for one, other in (("left", "right"), ("top", "left"), ("right", "top")):
        assert S.transmission(one, other) == pytest.approx(back.transmission(other, one), abs=1e-10)
    assert abs(S.transmission("top", "left") - S.transmission("left", "top")) > 0.01
    same = sv.scattering_matrix(system, 0.7, flux=1.2, B=25.0)
    assert S.transmission("top", "left") == pytest.approx(same.transmission("top", "left"), abs=1e-10)
    # The field stays, whichever is given first.
    again = ring().field(sv.param("B")).lead("top", wire, "+y", shape=arm)
    assert sorted(again.parameters) == ["B", "flux"]


def test_holes_feel_the_opposite_flux():
    super_ring = sv.nambu(wire, delta=0.3)
    region = super_ring.region(sv.shape.ring(outer=9.0, inner=4.0)).flux_tube(0.23, at=(0, 0))
    h = region.hamiltonian().toarray()
    levels = np.linalg.eigvalsh(h)
    np.testing.assert_allclose(levels, -levels[::-1], atol=1e-12)
    electron, hole = h[::2, ::2], h[1::2, 1::2]
    np.testing.assert_allclose(hole, -electron.conj(), atol=1e-14)


def test_a_lead_along_z_is_cut_too():
    cubic = sv.Model(sv.lattice.cubic(), sv.onsite(6.0) + sv.hopping(-1.0))
    tube = cubic.region(sv.shape.box((8, 8, 5)) - sv.shape.disk(1.5))
    tube = tube.lead("down", cubic, "-z").lead("up", cubic, "+z").flux_tube(sv.param("flux"), at=(0.1, 0.2))
    S = [sv.scattering_matrix(tube, 2.5, flux=flux).transmission("up", "down") for flux in (0.0, 0.4, 1.4)]
    assert S[1] == pytest.approx(S[2], abs=1e-10)
    assert S[1] == pytest.approx(np.rint(S[1]), abs=1e-9)  # without scattering: every mode goes through
    bands = [sv.bands(tube, "up", [0.0], flux=flux).values for flux in (0.0, 0.4)]
    assert np.abs(bands[0] - bands[1]).max() > 1e-3


def test_a_cut_runs_between_leads():
    tube = FluxTube(0.5, np.array([1.0, 2.0]))
    places = np.array([[5.0, y, 0.0] for y in (-2.0, 6.0)])
    bands = [
        Band.of("east", np.array([1.0, 0, 0]), places),
        Band.of("north", np.array([0, 1.0, 0]), places[:, [1, 0, 2]]),
    ]
    ray = cut(tube, bands, 0.1)
    way = tube.at + np.linspace(0, 100, 2001)[:, None] * ray
    assert not ((way[:, 0] >= 5) & (way[:, 1] >= -2) & (way[:, 1] <= 6)).any()
    assert not ((way[:, 1] >= 5) & (way[:, 0] >= -2) & (way[:, 0] <= 6)).any()
    assert cut(tube, [], 0.1).shape == (2,)


def test_crossings_are_counted_with_their_sense():
    tube, ray = FluxTube(1.0, np.array([0.0, 0.0])), np.array([1.0, 0.0])
    below, above = np.array([[2.0, -1.0, 0]]), np.array([[2.0, 1.0, 0]])
    assert crossings(tube, ray, above, below).tolist() == [1]
    assert crossings(tube, ray, below, above).tolist() == [-1]
    assert crossings(tube, ray, above * [-1, 1, 1], below * [-1, 1, 1]).tolist() == [0]
    assert crossings(tube, ray, np.add(above, [5.0, 0, 0]), above).tolist() == [0]


@pytest.mark.parametrize("flux", [None, "1", 1j, np.nan, [1.0, 2.0], True])
def test_a_flux_is_a_number(flux):
    region = wire.region(sv.shape.rectangle(6, 6))
    with pytest.raises(sv.InputError, match="flux quanta"):
        region.flux_tube(flux, at=(0, 0))
    with pytest.raises(sv.InputError, match="flux quanta"):
        region.flux_tube(sv.param("flux"), at=(0, 0)).hamiltonian(flux=flux)


@pytest.mark.parametrize("at", [None, 1.0, (1.0,), (1.0, np.nan), (1, 2, 3), "ab"])
def test_a_tube_is_at_a_point(at):
    with pytest.raises(sv.InputError, match=r"a point \(x, y\) in nm"):
        wire.region(sv.shape.rectangle(6, 6)).flux_tube(0.1, at=at)


def test_a_tube_in_a_lead_is_refused():
    system = wire.region(sv.shape.rectangle(9, 6)).lead("left", wire, "-x")
    for at in ((-20.3, 0.2), (-4.0, 0.1)):
        with pytest.raises(sv.InputError, match=r'lies in a lead, or leads \("left"\)'):
            system.flux_tube(0.1, at=at).hamiltonian()
    assert system.flux_tube(0.1, at=(-2.3, 0.1)).hamiltonian().nnz
