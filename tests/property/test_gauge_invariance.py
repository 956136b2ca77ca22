"""What a device does not depend on: where it lies, the order of its leads, how it is turned, and the gauge.

Each draw is a disordered region of a random shape in a field, with two to four leads, some of them at an angle. The
region is in the gauge of its first lead, and each lead at an angle in its own (`sharvin.model.magnetic`), so that
another order of the leads is another gauge for the whole region. Transmissions, Σ|t|² over the modes of two leads, are
free of it.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import sharvin as sv

CLOSE = 1e-9
modest = settings(derandomize=True, deadline=None, max_examples=6)

SQUARE = sv.Model(sv.lattice.square(), sv.hopping(-1.0) + sv.hopping(0.2, 2))
HONEYCOMB = sv.Model(sv.lattice.honeycomb(a=1.0), sv.hopping(-1.0))
VECTORS = {"square": [(1.0, 0.0), (0.0, 1.0)], "honeycomb": [(1.0, 0.0), (0.5, np.sqrt(0.75))]}
DIRECTIONS = {
    "square": [(1, 0), (0, 1), (-1, 0), (0, -1)],
    "honeycomb": [(1.0, 0.0), (-1.0, 0.0), (0.5, np.sqrt(0.75)), (-0.5, -np.sqrt(0.75))],
}


@dataclass(frozen=True)
class Device:
    """A region about `center` with leads in some directions, in a field in T at an energy."""

    lattice: str
    size: tuple
    hole: float
    directions: tuple
    width: float
    field: float
    energy: float
    phase: float
    center: tuple = (0.0, 0.0)
    turn: int = 0  # right angles

    def disorder(self, x, y):
        """Without any symmetry, in coordinates that go with the device."""
        x, y = x - self.center[0], y - self.center[1]
        for _ in range(self.turn % 4):
            x, y = y, -x
        return 0.8 * np.sin(12.9898 * x + 78.233 * y + self.phase) * np.cos(39.35 * x - 11.135 * y)

    def shape(self):
        length, width = self.size
        whole = sv.shape.rectangle(length, width) if self.lattice == "square" else sv.shape.disk(length / 1.6)
        pierced = whole - sv.shape.disk(self.hole, center=(0.5, -0.5))
        return pierced.rotated(self.turn * np.pi / 2).translated(self.center)

    def section(self, direction):
        """The strip about the axis of a lead through the centre of the device."""
        across = np.array([-direction[1], direction[0]]) / np.hypot(*direction)
        return sv.shape.strip(self.width, center=float(across @ self.center))

    def system(self, order=None):
        clean = SQUARE if self.lattice == "square" else HONEYCOMB
        system = (clean + sv.onsite(self.disorder)).region(self.shape())
        for number in range(len(self.directions)) if order is None else order:
            direction = self.directions[number]
            for _ in range(self.turn % 4):
                direction = (-direction[1], direction[0])
            system = system.lead(f"lead{number}", clean, direction, shape=self.section(direction))
        return system.field(self.field)

    def solved(self, order=None):
        return sv.scattering_matrix(self.system(order), self.energy)

    def transmissions(self, order=None):
        """T by the leads' numbers, whatever their order."""
        S = self.solved(order)
        names = [f"lead{number}" for number in range(len(self.directions))]
        return np.array([[float(S.transmission(out, source)) for source in names] for out in names])


@st.composite
def devices(draw, lattice=None):
    """A device, and its transmissions: some of them at least, away from thresholds."""
    kind = draw(st.sampled_from(["square", "honeycomb"])) if lattice is None else lattice
    number = draw(st.integers(2, 4))
    device = Device(
        lattice=kind,
        size=(draw(st.integers(6, 9)) + 0.1, draw(st.integers(6, 9)) + 0.1),
        hole=draw(st.sampled_from([0.6, 1.2, 1.6])),
        directions=tuple(draw(st.permutations(DIRECTIONS[kind]))[:number]),
        width=draw(st.sampled_from([2.2, 3.3])),
        field=draw(st.sampled_from([-1.0, 1.0])) * draw(st.floats(20.0, 700.0)),
        energy=draw(st.floats(-1.8, 1.8)),
        phase=draw(st.floats(0.0, 6.0)),
    )
    system = device.system()
    edges = sv.thresholds(system, window=(device.energy - 0.02, device.energy + 0.02))
    assume(len(edges) == 0)  # T has a branch point there, and a rounding of E shows
    transmissions = device.transmissions()
    assume((transmissions > 1e-3).sum() > 2)
    return device, transmissions


def check_same(found, wanted):
    assert np.abs(found - wanted).max() < CLOSE


@modest
@given(devices(), st.integers(-40, 40), st.integers(-40, 40))
def test_where_a_device_lies_does_not_matter(drawn, m, n):
    device, wanted = drawn
    one, other = VECTORS[device.lattice]
    center = tuple(m * a + n * b for a, b in zip(one, other, strict=True))
    check_same(replace(device, center=center).transmissions(), wanted)


@modest
@given(devices(), st.data())
def test_the_order_of_the_leads_does_not_matter(drawn, data):
    device, wanted = drawn
    order = data.draw(st.permutations(range(1, len(device.directions))))
    check_same(device.transmissions([*order, 0]), wanted)  # another one is the first


@modest
@given(devices("square"), st.integers(1, 3))
def test_a_device_turned_by_right_angles_is_the_same(drawn, turn):
    device, wanted = drawn
    check_same(replace(device, turn=turn).transmissions(), wanted)


@modest
@given(devices())
def test_the_reversed_field_transposes_the_transmissions_and_s_is_unitary(drawn):
    device, wanted = drawn
    S = device.solved()
    assert len(S.matrix) > 0
    assert np.abs(S.matrix.conj().T @ S.matrix - np.eye(len(S.matrix))).max() < CLOSE
    check_same(replace(device, field=-device.field).transmissions().T, wanted)


# ---- what would not pass: a field or disorder that does nothing


@pytest.mark.parametrize("lattice", ["square", "honeycomb"])
def test_a_field_and_disorder_that_do_nothing_would_not_pass(lattice):
    leads = tuple(DIRECTIONS[lattice][:3])
    device = Device(lattice, (9.1, 8.1), 1.2, leads, 3.3, 300.0, 0.55, 1.0)
    here = device.transmissions()
    assert np.abs(here - here.T).max() > 1e-3
    assert np.abs(here - replace(device, field=0.0).transmissions()).max() > 1e-3
    assert np.abs(here - replace(device, phase=1.1).transmissions()).max() > 1e-3
