import numpy as np
import pytest

import sharvin as sv

wire = sv.Model(sv.lattice.square(a=2.0), sv.hopping(-1.0))
shape = sv.shape


def has(what, x, y=0.0, z=0.0):
    return bool(np.all(what.contains(np.asarray(x), np.asarray(y), np.asarray(z))))


@pytest.mark.parametrize(
    ("width", "rows"), [(80, 39), (79, 39), (81, 41), (82, 41), (4.1, 3), (4, 1), (2.1, 1)]
)
def test_a_rectangle_is_open(width, rows):
    # |y| < width/2 with y = 0, ±2, ±4, …: 80 nm hold 39 rows between walls exactly 80 nm apart.
    assert wire.region(shape.rectangle(length=2, width=width)).site_count == rows


def test_the_design_s_wire_has_39_rows_and_99_columns():
    system = wire.region(shape.rectangle(length=200, width=80))
    assert system.site_count == 99 * 39
    assert np.abs(system.positions).max(axis=0).tolist() == [98.0, 38.0, 0.0]


@pytest.mark.parametrize("a", [0.1, 0.3, 1 / 3, 0.7, 1.1])
@pytest.mark.parametrize("rows", [3, 9, 39])
def test_rounding_does_not_admit_the_boundary(a, rows):
    model = sv.Model(sv.lattice.square(a=a), sv.hopping(-1.0))
    system = model.region(shape.rectangle(length=2 * a, width=(rows + 1) * a))
    assert system.site_count == rows


def test_boundaries():
    assert has(shape.box((2, 4, 6)), 0.999, 1.999, -2.999)
    assert not has(shape.box((2, 4, 6)), 1.0)
    assert not has(shape.box((2, 4, 6)), 0, -2.0)
    assert not has(shape.box((2, 4, 6)), 0, 0, 3.0)
    assert has(shape.line(3.0, center=5.0), 6.4, 100.0, -100.0)
    assert not has(shape.line(3.0, center=5.0), 6.5)
    assert has(shape.disk(2.0, center=(1, 1)), 2.9, 1.0)
    assert not has(shape.disk(2.0, center=(1, 1)), 3.0, 1.0)
    assert not has(shape.disk(5.0), 3.0, 4.0)  # exactly on the circle
    assert has(shape.rectangle(4, 2, center=(10, -3)), 11.9, -3.9)
    assert not has(shape.rectangle(4, 2, center=(10, -3)), 11.9, -4.0)


def test_the_site_on_a_circle_is_outside():
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    assert model.region(shape.disk(1.0)).site_count == 1
    assert model.region(shape.disk(1.001)).site_count == 5
    assert model.region(shape.disk(5.0)).site_count == 69  # points with x² + y² < 25


def test_union_intersection_difference():
    left, right = shape.rectangle(4, 4, center=(-1, 0)), shape.rectangle(4, 4, center=(1, 0))
    union, both, rest = left | right, left & right, left - right
    x = np.linspace(-4, 4, 81)
    inside = {
        name: part.contains(x, 0 * x, 0 * x)
        for name, part in {"l": left, "r": right, "u": union, "b": both, "d": rest}.items()
    }
    assert np.array_equal(inside["u"], inside["l"] | inside["r"])
    assert np.array_equal(inside["b"], inside["l"] & inside["r"])
    assert np.array_equal(inside["d"], inside["l"] & ~inside["r"])
    assert inside["u"].sum() > inside["l"].sum() > inside["b"].sum() > 0
    assert (union.low[0], union.high[0]) == (-3.0, 3.0)
    assert (both.low[0], both.high[0]) == (-1.0, 1.0)
    assert (rest.low, rest.high) == (left.low, left.high)


def test_a_ring_and_its_count():
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    ring = shape.disk(6.0) - shape.disk(3.0)
    x, y = (grid.ravel() for grid in np.meshgrid(np.arange(-7, 8), np.arange(-7, 8)))
    squared = x**2 + y**2
    assert model.region(ring).site_count == np.count_nonzero((squared < 36) & (squared >= 9))


def test_the_hole_of_a_difference_is_closed():
    # What lies on the boundary of the hole is outside the (open) hole, so it stays.
    assert has(shape.disk(6.0) - shape.disk(3.0), 3.0)


def test_a_ring_leaves_out_both_boundaries():
    ring = shape.ring(outer=6.0, inner=3.0)
    assert has(ring, 3.001)
    assert not has(ring, 3.0)
    assert not has(ring, 6.0)
    assert (ring.low[0], ring.high[1]) == (-6.0, 6.0)
    with pytest.raises(sv.InputError, match="inner must be smaller"):
        shape.ring(outer=1.0, inner=2.0)


def test_more_shapes_and_their_boundaries():
    assert has(shape.ellipse(4, 2, center=(1, 0)), 2.999)
    assert not has(shape.ellipse(4, 2), 0.0, 1.0)
    assert has(shape.ball(2.0), 1.1, 1.1, 1.1)
    assert not has(shape.ball(3.0), 2.0, 2.0, 1.0)  # exactly on the sphere
    wire = shape.cylinder(radius=1.0, length=10.0, center=(5, 0, 0))
    assert has(wire, 9.9, 0.0, -0.99)
    assert not has(wire, 10.0)
    assert not has(wire, 5.0, 0.6, 0.8)
    assert wire.low.tolist() == [0, -1, -1]
    strip = shape.strip(4.0, center=1.0)
    assert has(strip, 1e6, 2.999, 5.0)
    assert not has(strip, 0.0, -1.0)
    assert (strip.low[1], strip.high[1]) == (-1.0, 3.0)


@pytest.mark.parametrize(
    ("normal", "inside", "boundary"),
    [
        ((1, 0), (0.51, 9, 9), (0.5, 0, 0)),
        ((0, -2), (3, -0.6, 0), (3, -0.5, 7)),
        ((3, 4), (1, 1, 0), (0.3, 0.4, 0)),
    ],
)
def test_half_spaces(normal, inside, boundary):
    half = shape.half_space(normal, 0.5)
    assert has(half, *inside)
    assert not has(half, *boundary)
    assert ((half.low < inside) & (inside < half.high)).all()


def test_a_half_space_bounds_a_shape():
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    quarter = shape.disk(3.5) & shape.half_space((1, 0)) & shape.half_space((0, 1))
    assert model.region(quarter).site_count == 6  # x, y > 0 and x² + y² < 12.25


def test_polygons():
    # An L, not convex; the count of interior points is Pick's: A − b/2 + 1.
    corners = [(0, 0), (6, 0), (6, 2), (2, 2), (2, 5), (0, 5)]
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    area, on_boundary = 6 * 2 + 2 * 3, 6 + 2 + 4 + 3 + 2 + 5
    for order in (corners, corners[::-1], corners[3:] + corners[:3]):
        assert model.region(shape.polygon(order)).site_count == area - on_boundary // 2 + 1
    star = shape.polygon([(np.cos(a), np.sin(a)) for a in 4 * np.pi / 5 * np.arange(5)])
    assert not has(star, 0.0)  # twice around
    assert has(star, 0.8)
    same = shape.polygon([(-2, -1), (2, -1), (2, 1), (-2, 1)])
    x, y = np.random.default_rng(0).uniform(-3, 3, (2, 10_000))
    assert np.array_equal(same.contains(x, y, 0 * x), shape.rectangle(4, 2).contains(x, y, 0 * x))


@pytest.mark.parametrize("corners", [[(0, 0), (1, 1)], "abc", [(0, 0, 0)] * 3, [(0, 0), (1, 0), (np.nan, 1)]])
def test_a_polygon_without_meaning_is_refused(corners):
    with pytest.raises(sv.InputError, match="polygon"):
        shape.polygon(corners)


def test_a_bitmap_lies_as_it_is_printed():
    image = shape.bitmap(np.array([[1, 1, 0], [1, 0, 0]], dtype=bool), pixel=2.0, center=(10, 0))
    assert (image.low[:2].tolist(), image.high[:2].tolist()) == ([7, -2], [13, 2])
    assert has(image, 8.0, 1.0)
    assert has(image, 10.0, 1.0)
    assert has(image, 8.0, -1.0)
    assert not has(image, 10.0, -1.0)
    assert has(image, 9.0, 1.0)  # between two pixels that are true
    assert not has(image, 11.0, 1.0)
    assert not has(image, 9.0, 0.0)  # the corner of one that is false
    for x, y in ((7, 1), (8, 2), (8, -2), (100, 0), (-100, 100)):
        assert not has(image, float(x), float(y))
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    assert model.region(shape.bitmap(np.ones((8, 5), dtype=bool), pixel=1.0)).site_count == 5 * 7
    for bad in (np.ones((2, 2)), np.ones(3, dtype=bool), "mask"):
        with pytest.raises(sv.InputError, match="bitmap"):
            shape.bitmap(bad, pixel=1.0)


def test_shapes_move():
    x, y, z = np.random.default_rng(1).uniform(-6, 6, (3, 5000))
    l_shape = shape.polygon([(0, 0), (4, 0), (4, 1), (1, 1), (1, 3), (0, 3)])
    plain = l_shape.contains(x, y, z)
    moved = l_shape.translated((1, -2, 3))
    assert np.array_equal(moved.contains(x + 1, y - 2, z + 3), plain)
    assert (moved.low[:2].tolist(), moved.high[:2].tolist()) == ([1, -2], [5, 1])
    angle, cx, cy = 0.7, 0.5, -1.0
    turned = l_shape.rotated(angle, center=(cx, cy))
    across = np.cos(angle) * (x - cx) - np.sin(angle) * (y - cy) + cx
    up = np.sin(angle) * (x - cx) + np.cos(angle) * (y - cy) + cy
    assert np.array_equal(turned.contains(across, up, z), plain)
    inside = across[plain], up[plain]
    for axis, values in enumerate(inside):
        assert turned.low[axis] <= values.min()
        assert values.max() <= turned.high[axis]
    mirrored = l_shape.mirrored((1, 0), center=(1, 0))
    assert np.array_equal(mirrored.contains(2 - x, y, z), plain)
    assert mirrored.low[:2].tolist() == [-2, 0]
    both = l_shape.mirrored((1, 1))
    assert np.array_equal(both.contains(-y, -x, z), plain)


def test_right_angles_are_exact_and_free_coordinates_stay_free():
    turned = shape.rectangle(4, 2).rotated(np.pi / 2)
    assert (turned.low.tolist(), turned.high.tolist()) == ([-1, -2, -np.inf], [1, 2, np.inf])
    assert not has(turned, 0.0, 2.0)
    assert not has(turned, 1.0, 0.0)
    upright = shape.strip(2.0).rotated(np.pi / 2)
    assert (upright.low[0], upright.high[0], upright.low[1]) == (-1, 1, -np.inf)
    slanted = shape.strip(2.0).rotated(0.3)
    assert not np.isfinite([slanted.low[:2], slanted.high[:2]]).any()
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    assert model.region(shape.rectangle(6, 4).rotated(np.pi)).site_count == 5 * 3
    assert model.region(shape.disk(5.0) & shape.strip(2.0).rotated(np.pi / 4)).site_count == 7 + 2 * 6


@pytest.mark.parametrize(
    ("move", "message"),
    [
        (lambda s: s.translated("up"), "translated: by"),
        (lambda s: s.translated((1, 2, 3, 4)), "translated: by"),
        (lambda s: s.rotated(np.nan), "rotated: angle"),
        (lambda s: s.rotated((1, 2)), "rotated: angle"),
        (lambda s: s.mirrored((0, 0)), "normal must not be zero"),
    ],
)
def test_a_move_without_meaning_is_refused(move, message):
    with pytest.raises(sv.InputError, match=message):
        move(shape.disk(1.0))


def test_a_function_with_its_frame():
    triangle = shape.function(lambda x, y, z: (y > 0) & (y < x), low=(0, 0), high=(5, 5))
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    assert model.region(triangle).site_count == 1 + 2 + 3 + 4


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda v: shape.rectangle(v, 1.0), "length"),
        (lambda v: shape.rectangle(1.0, v), "width"),
        (lambda v: shape.disk(v), "radius"),
        (lambda v: shape.line(v), "size in x"),
        (lambda v: shape.box((1.0, v)), "size in y"),
    ],
)
def test_a_length_without_meaning_is_refused(make, name, value):
    with pytest.raises(sv.InputError, match=f"{name} must be a positive number of nm"):
        make(value)


def test_a_shape_without_sites_is_refused():
    with pytest.raises(sv.InputError, match="no site"):
        wire.region(shape.rectangle(1.0, 1.0, center=(1.0, 1.0)))
    with pytest.raises(sv.InputError, match="no site"):
        wire.region(shape.disk(3.0) & shape.disk(3.0, center=(50, 0)))


def test_an_unbounded_shape_is_refused():
    with pytest.raises(sv.InputError, match="unbounded"):
        wire.region(shape.line(10.0))
    with pytest.raises(sv.InputError, match="unbounded"):
        sv.Model(sv.lattice.cubic(), sv.hopping(-1.0)).region(shape.rectangle(4, 4))


def test_what_is_no_shape_is_refused():
    with pytest.raises(sv.InputError, match="expected a shape"):
        wire.region((10, 10))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, (0, 0), (1, 1)), "expected a function"),
        ((abs, "a", (1,)), "low must be coordinates in nm"),
        ((abs, 0, 1), "low must be one to three coordinates"),
        ((abs, (2, 2), (1, 1)), "low must lie below high"),
        ((abs, (0, 0), (1, 1, 1)), "low must lie below high"),
    ],
)
def test_a_shape_by_a_function_needs_a_function_and_a_box(arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.shape.function(*arguments)
