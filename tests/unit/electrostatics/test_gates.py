"""Davies' closed form: its limits, and Poisson's integral as a second route."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import dblquad

from sharvin.electrostatics import RectangleGate
from sharvin.errors import InputError

INF = np.inf
DEPTH = 90.0
POINTS = np.array([[-300.0, 40.0], [0.0, 0.0], [75.0, -12.0], [150.0, 125.0], [1e4, 3e3]])


def test_half_plane_is_an_arctangent():
    gate = RectangleGate(x=(0, INF), y=(-INF, INF))
    x = np.linspace(-2000, 2000, 41)
    np.testing.assert_allclose(gate.potential(x, 17.0, DEPTH), 0.5 + np.arctan(x / DEPTH) / np.pi, rtol=1e-12)


def test_full_plane_is_its_voltage():
    plane = RectangleGate(x=(-INF, INF), y=(-INF, INF))
    np.testing.assert_allclose(plane.potential(*POINTS.T, DEPTH), 1.0, rtol=1e-15)


def test_quarter_plane_corner_is_a_quarter():
    assert RectangleGate(x=(0, INF), y=(0, INF)).potential(0.0, 0.0, DEPTH) == pytest.approx(0.25)


def test_complementary_gates_add_up_to_one():
    edges_x, edges_y = (-INF, -150, 150, INF), (-INF, -125, 125, INF)
    tiles = [
        RectangleGate(x=(left, right), y=(bottom, top))
        for left, right in pairwise(edges_x)
        for bottom, top in pairwise(edges_y)
    ]
    total = sum(tile.potential(*POINTS.T, DEPTH) for tile in tiles)
    np.testing.assert_allclose(total, 1.0, rtol=1e-13)


def test_infinite_edges_are_the_limit_of_far_ones():
    near, limit = RectangleGate(x=(-150, 1e9), y=(125, 1e9)), RectangleGate(x=(-150, INF), y=(125, INF))
    np.testing.assert_allclose(limit.potential(*POINTS.T, DEPTH), near.potential(*POINTS.T, DEPTH), atol=1e-7)
    assert np.isfinite(limit.potential(*POINTS.T, DEPTH)).all()


def test_agrees_with_poissons_integral():
    gate = RectangleGate(x=(-100, 60), y=(20, 300))
    for x, y in [(0.0, 0.0), (90.0, 150.0), (-40.0, 100.0)]:
        direct, _ = dblquad(
            lambda v, u, x=x, y=y: DEPTH / (2 * np.pi * ((x - u) ** 2 + (y - v) ** 2 + DEPTH**2) ** 1.5),
            *gate.x,
            *gate.y,
            epsabs=1e-10,
        )
        assert gate.potential(x, y, DEPTH) == pytest.approx(direct, abs=1e-9)


def test_satisfies_laplace():
    gate, step = RectangleGate(x=(-100, 60), y=(20, 300)), 0.5
    x, y = 30.0, 5.0
    around = sum(
        gate.potential(x + dx, y + dy, DEPTH) for dx, dy in [(step, 0), (-step, 0), (0, step), (0, -step)]
    )
    around += gate.potential(x, y, DEPTH + step) + gate.potential(x, y, DEPTH - step)
    assert abs(around - 6 * gate.potential(x, y, DEPTH)) < 1e-9


@pytest.mark.parametrize("bad", [{"x": (1, 1)}, {"x": (2, 1)}, {"x": (0, np.nan)}, {"x": 3}, {"x": ("a", 1)}])
def test_bad_edges_are_refused(bad):
    with pytest.raises(InputError, match="gate upper: x must be two"):
        RectangleGate(**{"x": (0, 1), "y": (0, 1), "name": "upper", **bad})


def test_depth_must_be_positive():
    with pytest.raises(InputError, match="depth must be positive"):
        RectangleGate(x=(0, 1), y=(0, 1)).potential(0, 0, 0.0)
