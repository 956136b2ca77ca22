import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from mpl_toolkits.mplot3d import Axes3D

import sharvin as sv
from sharvin.plotting.canvas import ACCENT, PALETTE
from sharvin.plotting.dots import Dots

matplotlib.use("agg")
WIRE = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
GRAPHENE = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7))


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def dots_of(ax):
    return [artist for artist in ax.collections if isinstance(artist, Dots)]


def lines_of(ax):
    return [artist for artist in ax.collections if isinstance(artist, LineCollection)]


def words_of(ax):
    legends = ax.figure.legends or [ax.get_legend()]
    return [entry.get_text() for entry in legends[0].get_texts()]


def drawn(ax):
    ax.figure.canvas.draw()
    return ax


def test_sites_bonds_and_the_lead_of_a_small_system():
    system = WIRE.region(sv.shape.rectangle(20, 10)).lead("left", WIRE, direction="-x")
    ax = drawn(system.plot())
    sites, lead = dots_of(ax)
    assert np.array_equal(sites.get_offsets(), system.positions[:, :2])
    bonds, lead_bonds = lines_of(ax)
    # 9 × 5 sites: 8 · 5 bonds along x and 9 · 4 along y; of each cell of a lead 4 across and 1 · 5 inward.
    assert len(bonds.get_segments()) == 8 * 5 + 9 * 4
    cells = len(lead.get_offsets()) // 5
    assert len(lead_bonds.get_segments()) == cells * (4 + 5)
    assert lead.get_offsets()[:, 0].max() == -10.0
    assert lead.get_array()[0] > lead.get_array()[-1] > 0
    assert [text.get_text() for text in ax.texts] == ["left"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_aspect()) == ("x (nm)", "y (nm)", 1.0)


def test_on_site_energies_are_shown_where_they_differ_and_are_known():
    contact = WIRE + sv.onsite(lambda x, gate: gate * x**2)
    system = contact.region(sv.shape.rectangle(20, 10))
    assert dots_of(system.plot())[0].get_array() is None
    ax = system.plot(gate=0.1)
    assert np.abs(dots_of(ax)[0].get_array() - 0.4 - 0.1 * system.positions[:, 0] ** 2).max() < 1e-14
    assert ax.figure.axes[1].get_ylabel() == "on-site energy (eV)"
    with pytest.raises(sv.InputError, match='needs a value for "gate"'):
        system.plot(color="onsite")
    flat = WIRE.region(sv.shape.rectangle(20, 10))
    assert dots_of(flat.plot())[0].get_array() is None
    assert set(dots_of(flat.plot(color="onsite"))[0].get_array()) == {0.4}


def test_of_doubled_sites_the_energy_of_electrons_is_shown():
    model = sv.nambu(WIRE + sv.onsite(lambda x: 0.1 * x), 0.01)
    system = model.region(sv.shape.rectangle(20, 10))
    assert np.abs(dots_of(system.plot())[0].get_array() - 0.4 - 0.1 * system.positions[:, 0]).max() < 1e-14


def test_sublattices_have_colours_and_a_legend():
    system = GRAPHENE.region(sv.shape.disk(1.0)).lead("up", GRAPHENE, "+y", shape=sv.shape.strip(0.8))
    ax = system.plot(color="sublattice")
    assert words_of(ax)[:2] == ["A", "B"]
    for number, dots in enumerate(dots_of(ax)[:2]):
        own = system.positions[system.body.sites.sublattice == number]
        assert np.array_equal(dots.get_offsets(), own[:, :2])
        assert np.allclose(dots.get_facecolor(), to_rgba(PALETTE[number]))


def test_filled_in_sites_wear_a_ring():
    system = WIRE.region(sv.shape.disk(19.0)).lead("west", WIRE, "-x", shape=sv.shape.strip(20.0))
    assert len(system.added)
    ax = drawn(system.plot())
    (ring,) = [dots for dots in dots_of(ax) if np.allclose(dots.get_edgecolor(), to_rgba(ACCENT))]
    assert np.array_equal(ring.get_offsets(), system.positions[system.added][:, :2])
    assert ring.get_facecolor().size == 0
    assert words_of(ax) == ["filled in"]


def test_values_over_sites_or_orbitals():
    spinful = sv.Model(sv.lattice.square(orbitals=2), sv.hopping(-1.0))
    system = spinful.region(sv.shape.rectangle(6, 4))
    of_sites = np.arange(system.site_count) * 1.0
    assert np.array_equal(dots_of(system.plot(color=of_sites))[0].get_array(), of_sites)
    density = xr.DataArray(
        np.repeat(of_sites, 2), dims="orbital", attrs={"units": "eV^-1", "long_name": "local density"}
    )
    ax = system.plot(color=density)
    assert np.array_equal(dots_of(ax)[0].get_array(), 2 * of_sites)
    assert ax.figure.axes[1].get_ylabel() == "local density (eV$^{-1}$)"
    for wrong, words in (
        (of_sites[:-1], "each of the 15 sites"),
        (1j * of_sites, "complex"),
        ("sublatice", 'did you mean "sublattice"'),
    ):
        with pytest.raises(sv.InputError, match=words):
            system.plot(color=wrong)


def test_strong_hoppings_are_thick():
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0, offset=(1, 0)) + sv.hopping(0.25, offset=(0, 1)))
    ax = model.region(sv.shape.rectangle(6, 6)).plot()
    (bonds,) = lines_of(ax)
    along_x = [segment[0, 1] == segment[1, 1] for segment in bonds.get_segments()]
    widths = np.array(bonds.get_linewidths())
    assert np.allclose(widths, widths.max() * np.where(along_x, 1, 0.25))


def test_bonds_on_request_only():
    system = WIRE.region(sv.shape.rectangle(20, 10))
    assert lines_of(system.plot(bonds=False)) == []
    large = WIRE.region(sv.shape.rectangle(120, 90))
    assert large.site_count > 2000
    assert lines_of(large.plot()) == []
    assert len(lines_of(large.plot(bonds=True))) == 1


@pytest.mark.parametrize("color", [None, "sublattice", "values"])
def test_a_hundred_thousand_sites_are_few_artists(color):
    system = GRAPHENE.region(sv.shape.rectangle(55, 48)).lead("left", GRAPHENE, "-x")
    assert system.site_count > 100_000
    wave = np.sin(system.positions[:, 0])
    ax = drawn(system.plot(color=wave if color == "values" else color))
    assert len(ax.collections) <= 4
    assert len(ax.patches) + len(ax.lines) == 0
    region = [dots for dots in dots_of(ax) if len(dots.get_offsets()) > 40_000]
    assert sum(len(dots.get_offsets()) for dots in region) == system.site_count
    for dots in region:
        assert len(dots.get_paths()) == len(dots.get_transforms()) == 1  # one circle, drawn many times
        assert dots.get_rasterized()
        assert isinstance(dots.get_offsets(), np.ndarray)


def test_many_dots_have_the_colours_of_their_values():
    # Large enough for the quick way; each half of the picture has one value.
    system = sv.Model(sv.lattice.square(), sv.hopping(-1.0)).region(sv.shape.rectangle(100, 100))
    ax = system.plot(color=np.where(system.positions[:, 0] < 0, 0.0, 1.0))
    ax.set_xlim(-30, 30)
    ax.set_ylim(-30, 30)
    drawn(ax)
    image = np.asarray(ax.figure.canvas.buffer_rgba())[..., :3] / 255
    viridis = matplotlib.colormaps["viridis"]
    for place, value in ((-15.0, 0.0), (15.0, 1.0)):
        column, row = ax.transData.transform((place, 0.0)).astype(int)
        patch = image[len(image) - row - 4 : len(image) - row + 4, column - 4 : column + 4]
        assert np.abs(np.median(patch, axis=(0, 1)) - viridis(value)[:3]).max() < 0.03


def test_a_chain_is_a_low_picture():
    chain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    ax = drawn(chain.region(sv.shape.line(20)).lead("L", chain, "-x").lead("R", chain, "+x").plot())
    assert ax.get_ylim()[1] == -ax.get_ylim()[0] > 0
    assert len(ax.get_yticks()) == 0
    assert ax.figure.get_figheight() < 3
    low, high = ax.get_xlim()
    assert low < -13
    assert high > 13


def test_space_is_drawn_in_space_or_as_a_plane():
    cubic = sv.Model(sv.lattice.cubic(), sv.hopping(-1.0))
    system = cubic.region(sv.shape.box((4, 4, 6))).lead("up", cubic, "+z")
    ax = drawn(system.plot())
    assert isinstance(ax, Axes3D)
    assert ax.get_zlabel() == "z (nm)"
    flat = drawn(system.plot(projection="xz"))
    assert not isinstance(flat, Axes3D)
    assert flat.get_ylabel() == "z (nm)"
    assert np.array_equal(dots_of(flat)[0].get_offsets(), system.positions[:, [0, 2]])
    film = cubic.region(sv.shape.box((6, 6, 1)))
    assert not isinstance(film.plot(), Axes3D)
    given = plt.figure().add_subplot()
    assert system.plot(given) is given
    with pytest.raises(sv.InputError, match="needs other axes"):
        system.plot(given, projection="3d")
    with pytest.raises(sv.InputError, match="no projection"):
        system.plot(projection="zx")


def test_of_many_sites_in_space_the_surface_is_drawn():
    cubic = sv.Model(sv.lattice.cubic(), sv.hopping(-1.0))
    system = cubic.region(sv.shape.box((16, 16, 16)))
    (surface,) = system.plot(color="sublattice").collections
    assert len(surface._offsets3d[0]) == 15**3 - 13**3


def test_a_system_from_matrices_has_no_picture():
    with pytest.raises(sv.InputError, match="no positions"):
        sv.System.from_matrices([[0.0]], leads={"L": (0.0, -1.0, [0])}).plot()
