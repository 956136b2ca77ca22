import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import LineCollection
from mpl_toolkits.mplot3d import Axes3D

import sharvin as sv
from sharvin.plotting.dots import Dots

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def parts(ax):
    ax.figure.canvas.draw()
    dots = [artist for artist in ax.collections if isinstance(artist, Dots)]
    outline, *bonds = [artist for artist in ax.collections if isinstance(artist, LineCollection)]
    return dots, outline, bonds


def words_of(ax):
    return [entry.get_text() for entry in ax.figure.legends[0].get_texts()]


def test_graphene_with_two_shells():
    lattice = sv.lattice.honeycomb()
    model = sv.Model(lattice, sv.hopping(-2.7) + sv.hopping(sv.param("t2"), neighbours=2))
    ax = model.plot()
    dots, outline, bonds = parts(ax)
    assert [len(artist.get_offsets()) for artist in dots] == [8, 1, 8, 1]
    assert np.array_equal(
        np.concatenate([dots[1].get_offsets(), dots[3].get_offsets()]), lattice.basis[:, :2]
    )
    assert len(outline.get_segments()) == 4
    # Three bonds from either site, and six.
    assert [len(artist.get_segments()) for artist in bonds] == [6, 12]
    lengths = [np.linalg.norm(np.diff(artist.get_segments(), axis=1), axis=2).ravel() for artist in bonds]
    assert np.allclose(lengths[0], 0.246 / 3**0.5)
    assert np.allclose(lengths[1], 0.246)
    assert not np.array_equal(bonds[0].get_color(), bonds[1].get_color())
    assert bonds[0].get_linestyle() != bonds[1].get_linestyle()
    assert words_of(ax) == ["A", "B", "hopping −2.7 eV, 1st neighbours", "hopping t2, 2nd neighbours"]
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["$a_1$", "$a_2$"]
    assert ax.get_xlabel() == "x (nm)"


def test_a_bond_over_another_site_is_bent():
    chain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0) + sv.hopping(0.3, neighbours=2))
    _, _, (straight, bent) = parts(chain.plot())
    assert all(len(segment) == 2 for segment in straight.get_segments())
    ends = sorted(float(segment[-1, 0]) for segment in bent.get_segments())
    assert ends == pytest.approx([-2, 2])
    assert all(np.abs(segment[:, 1]).max() > 0.2 for segment in bent.get_segments())


def test_terms_are_named_by_their_value_and_bonds():
    matrix = 0.1j * np.array([[0, -1j], [1j, 0]])
    terms = (
        sv.hopping(matrix, offset=(-1, 0))
        + sv.hopping(lambda x1, t: t * x1, within=1.0)
        + sv.hopping(np.eye(2), neighbours=4)
    )
    model = sv.Model(sv.lattice.square(orbitals=2), terms)
    assert words_of(model.plot())[1:] == [
        "hopping 2×2 matrix, offset (−1, 0)", "hopping f(x1, t), within 1 nm", "hopping 2×2 matrix, 4th neighbours",
    ]  # fmt: skip
    lieb = sv.Model(sv.lattice.lieb(), sv.hopping(1.0, between=("A", "B")))
    assert words_of(lieb.plot())[-1] == "hopping 1 eV, 1st neighbours, A–B"


def test_space_and_a_model_without_hoppings():
    ax = sv.Model(sv.lattice.diamond(), sv.hopping(-1.0)).plot()
    ax.figure.canvas.draw()
    assert isinstance(ax, Axes3D)
    dots, _, bonds = parts(sv.Model(sv.lattice.kagome(), sv.onsite(1.0)).plot())
    assert len(dots) == 6
    assert bonds == []


def test_a_large_cell_needs_no_names():
    model = sv.Model(sv.lattice.twisted_bilayer(5, 6), sv.hopping(-2.7))
    ax = model.plot()
    ax.figure.canvas.draw()
    assert words_of(ax) == ["hopping −2.7 eV, 1st neighbours"]
