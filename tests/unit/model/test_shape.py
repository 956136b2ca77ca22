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
