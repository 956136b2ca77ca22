import copy
import pickle
import re

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from mpl_toolkits.mplot3d import Axes3D

import sharvin as sv
from sharvin.plotting.dots import Dots

matplotlib.use("agg")
SQUARE = sv.Model(sv.lattice.square(a=2.0), sv.hopping(-1.0))
BOX = SQUARE.region(sv.shape.rectangle(20, 12))
CROSS = SQUARE.region(sv.shape.rectangle(40, 8) | sv.shape.rectangle(8, 40))


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def refused(attach):
    with pytest.raises(sv.GeometryError) as caught:
        attach()
    return caught.value


CASES = {
    "no site": lambda: BOX.lead("one", SQUARE, "+x", shape=sv.shape.strip(8.0, center=40.0)),
    "no period": lambda: BOX.lead("one", SQUARE, (1, 2**0.5)),
    "not ended": lambda: BOX.lead("one", SQUARE, "+x", shape=sv.shape.strip(20.0)),
    "overlap": lambda: BOX.lead("R", SQUARE, "+x").lead("one", SQUARE, (1, 1)),
    "filled": lambda: CROSS.lead("one", SQUARE, "-x"),
}


@pytest.mark.parametrize(
    ("case", "title", "places"),
    [
        ("no site", "no site of the region lies in the lead's shape", {"the lead's shape": 6, "nearest site": 1}),
        ("no period", "no lattice translation of up to 12 cells lies along", {"the lead would begin": 1}),
        ("not ended", "behind its site at [8, -8] nm there is none", {"no site of the region behind": 4}),
        ("overlap", 'it would take sites of lead "R", such as the one at [10, 2] nm', {'of lead "R" too': 10}),
        ("filled", "128 sites would be filled in beside the 105", {"would be filled in": 128}),
    ],
)  # fmt: skip
def test_the_picture_marks_the_places_and_the_direction(case, title, places):
    error = refused(CASES[case])
    ax = error.plot()
    ax.figure.canvas.draw()
    assert ax.get_title(loc="left").replace("\n", " ").startswith(f'lead "one": {title}')
    assert {label: len(spots) for label, spots in error.places.items()} == places
    region, *marked = [artist for artist in ax.collections if isinstance(artist, Dots)]
    assert np.array_equal(region.get_offsets(), error.sites[:, :2])
    for dots, spots in zip(marked, error.places.values(), strict=True):
        assert np.array_equal(dots.get_offsets(), spots[:, :2])
        assert not np.array_equal(dots.get_facecolor(), region.get_facecolor())
    words = [entry.get_text() for entry in ax.figure.legends[0].get_texts()]
    assert words[: 2 + len(places)] == ["region", *places, "direction"]
    assert "lead" in [text.get_text() for text in ax.texts]
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None) is not None]
    assert len(arrows) == 1 + len(error.fitting)
    (x0, y0), (x1, y1) = arrows[0].xyann, arrows[0].xy
    assert np.allclose(np.array([x1 - x0, y1 - y0]) / np.hypot(x1 - x0, y1 - y0), error.direction[:2])


@pytest.mark.parametrize("case", CASES)
def test_the_error_is_bad_input_holds_what_is_there_and_travels(case):
    error = refused(CASES[case])
    assert isinstance(error, sv.InputError)
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301
        assert (type(again), str(again)) == (sv.GeometryError, str(error))
        assert np.array_equal(again.sites, error.sites)
        assert again.places.keys() == error.places.keys()
        assert again.plot() is not None
    assert refused(CASES["no site"]).sites is BOX.positions


def test_directions_that_fit_are_named_nearest_first_and_fit():
    error = refused(CASES["no period"])
    message = str(error)
    assert "the outermost site, at [8, 4] nm" in message
    assert "[4, 6] (1.6° off, period 7.21 nm); [2, 2] (9.7° off, period 2.83 nm)" in message
    for vector in re.findall(r"\[([^]]*)\] \(", message):
        direction = [float(part) for part in vector.split(",")]
        assert BOX.lead("one", SQUARE, direction, fill=True).leads == ("one",)
    angles = [np.arccos(v @ error.direction / np.linalg.norm(v)) for v in error.fitting]
    assert angles == sorted(angles)


@pytest.mark.parametrize("direction", [(1, 1), (1, 0.1), (-0.3, 1), (0.2, -0.9)])
def test_directions_as_printed_fit_a_lattice_of_irrational_vectors(direction):
    graphene = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7))
    region = graphene.region(sv.shape.disk(2.0))
    error = refused(lambda: region.lead("one", graphene, direction))
    printed = re.findall(r"\[([^]]*)\] \(", str(error))
    assert 1 <= len(printed) == len(error.fitting) <= 3
    for vector in printed:
        assert region.lead("one", graphene, [float(part) for part in vector.split(",")], fill=True)


def test_out_of_a_flat_lattice_its_own_translations_are_offered():
    error = refused(lambda: BOX.lead("up", SQUARE, "+z"))
    assert "it repeats along: [2, 0] (90° off, period 2 nm); [0, 2]" in str(error)
    assert isinstance(error.plot(), Axes3D)
    chain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    error = refused(lambda: chain.region(sv.shape.line(5)).lead("one", chain, "+y"))
    assert [vector.tolist() for vector in error.fitting] == [[1.0, 0.0, 0.0]]


def test_what_to_do_about_a_shape_is_told_and_works():
    message = str(refused(CASES["no site"]))
    assert "between 36 and 44 nm" in message
    assert "the nearest one at [8, 4] nm" in message
    assert "shape.translated((0, -40))" in message
    moved = sv.shape.strip(8.0, center=40.0).translated((0, -40))
    assert BOX.lead("one", SQUARE, "+x", shape=moved).leads == ("one",)
    between_rows = refused(lambda: BOX.lead("one", SQUARE, "+x", shape=sv.shape.strip(0.5, center=1.0)))
    assert "shape.translated((0, -1))" in str(between_rows)
    message = str(refused(CASES["not ended"]))
    assert "such as sharvin.shape.strip(10)," in message
    assert len(BOX.lead("one", SQUARE, "+x", shape=sv.shape.strip(10)).added) == 0
    message = str(refused(CASES["filled"]))
    assert "as far back as [-4, -18] nm" in message
    assert "such as sharvin.shape.strip(6)," in message
    assert len(CROSS.lead("one", SQUARE, "-x", shape=sv.shape.strip(6)).added) == 0


def test_leads_that_cannot_have_one_gauge_are_drawn_too():
    system = BOX.lead("w", SQUARE, "-x").lead("n", SQUARE, "+y")
    error = refused(lambda: system.field(1.0).hamiltonian())
    assert error.direction is None
    assert list(error.places) == ['of "w" and "n"']
    error.plot().figure.canvas.draw()


def test_an_error_without_sites_has_no_picture():
    with pytest.raises(sv.InputError, match="holds no sites"):
        sv.GeometryError("lead: too short").plot()


def test_a_region_in_space_is_drawn_in_space_and_axes_may_be_given():
    cubic = sv.Model(sv.lattice.cubic(), sv.hopping(-1.0))
    region = cubic.region(sv.shape.box((5, 5, 5)))
    shape = sv.shape.cylinder(2.0, 1.0, center=(0, 20, 3))
    error = refused(lambda: region.lead("one", cubic, "+x", shape=shape))
    assert "shape.translated((0, -20, -3))" in str(error)
    error.plot().figure.canvas.draw()
    ax = plt.figure().add_subplot()
    assert error.plot(ax) is ax
    assert ax.get_legend() is not None
