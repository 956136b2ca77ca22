"""The systems of Kwant's tutorial in Sharvin's terms, held to the stored numbers of kwant_tutorial.json."""

import json
from pathlib import Path

import numpy as np
import pytest

import sharvin as sv

KWANT = json.loads(Path(__file__).with_name("kwant_tutorial.json").read_text(encoding="utf-8"))["systems"]
BOUND = 1e-9
WIDTH, LENGTH = 10, 30
SQUARE = sv.lattice.square()
WIRE = sv.Model(SQUARE, sv.onsite(4.0) + sv.hopping(-1.0))


def strip(length=LENGTH, width=WIDTH):
    """Sites 0 … length − 1 by 0 … width − 1."""
    return sv.shape.rectangle(length, width, center=((length - 1) / 2, (width - 1) / 2))


def agrees(system, point, **params):
    S = sv.scattering_matrix(system, point["energy"], **params)
    return np.abs(S.transmission_matrix().values - point["transmission"]).max() < BOUND


def test_a_quantum_wire():
    system = WIRE.region(strip()).lead("left", WIRE, "-x").lead("right", WIRE, "+x")
    assert all(agrees(system, point) for point in KWANT["quantum_wire"])


def test_a_rashba_wire_in_a_zeeman_field():
    spin_z = np.diag([1.0, -1.0])
    wire = sv.Model(
        sv.lattice.square(orbitals=("up", "down")),
        sv.onsite(4 * np.eye(2) + 0.08 * spin_z) + sv.hopping(-1.0) + sv.terms.rashba(alpha=-0.5),
    )
    system = wire.region(strip()).lead("left", wire, "-x").lead("right", wire, "+x")
    assert all(agrees(system, point) for point in KWANT["rashba_wire"])


def test_a_quantum_well():
    well = WIRE + sv.onsite(lambda x, well: well * ((x > 10) & (x < 20)))
    system = well.region(strip()).lead("left", WIRE, "-x").lead("right", WIRE, "+x")
    assert all(agrees(system, point, well=point["well"]) for point in KWANT["quantum_well"])


def test_an_aharonov_bohm_ring():
    def across_the_cut(x1, x2, y, phi):
        return np.where((x1 == 1) & (x2 == 0) & (y < 0), -np.exp(1j * phi), -1.0)

    ring = sv.Model(
        SQUARE, sv.onsite(4.0) + sv.hopping(across_the_cut, offset=(1, 0)) + sv.hopping(-1.0, offset=(0, 1))
    )
    system = ring.region(sv.shape.ring(outer=20, inner=10))
    for name, direction in (("left", "-x"), ("right", "+x")):
        system = system.lead(name, WIRE, direction, shape=sv.shape.strip(WIDTH))
    for point in KWANT["ring"]:
        assert len(system.added) == sum(point["added"])
        assert agrees(system, point, phi=point["phi"])


def test_a_graphene_circle_with_a_pn_junction():
    radius, width, height = 10, 2.0, 0.1
    sin30, cos30 = 0.5, 0.75**0.5
    graphene = sv.Model(sv.lattice.honeycomb(1.0), sv.hopping(-1.0))
    junction = sv.onsite(lambda x, y: height * np.tanh((y * cos30 + x * sin30) / width))
    (a,) = graphene.lattice.positions(np.array([[-2, 1]]), np.array([0]))

    def far(x1, y1):  # one long bond between two sites
        return np.where(np.hypot(x1 - a[0], y1 - a[1]) < 1e-6, -1.0, 0.0)

    shortcut = sv.hopping(far, offset=(-4, -1), between=("A", "B"))
    circle = (graphene + junction + shortcut).region(sv.shape.disk(radius) - sv.shape.disk(0.1))
    system = circle.lead("left", graphene, (-1, 0), shape=sv.shape.strip(0.8 * radius), shift=-height)
    system = system.lead(
        "upper right", graphene, (sin30, cos30), shape=sv.shape.strip(0.8 * radius), shift=height
    )
    for point in KWANT["graphene"]:
        assert agrees(system, point)


def test_a_closed_dot_in_a_field():
    dot = WIRE.region(sv.shape.disk(10.0))
    for point in KWANT["closed_dot"]:
        # exp(−iBy) on bonds along x: B flux quanta over 2π in a plaquette, of the charge −e in a field along −z.
        field = -point["B"] / (2 * np.pi) * sv.constants.FLUX_QUANTUM
        levels = np.linalg.eigvalsh(dot.field(field).hamiltonian().toarray())[:15]
        assert np.abs(levels - point["levels"]).max() < BOUND


def test_a_superconducting_junction():
    mu, delta = 0.4, 0.1
    metal = sv.Model(SQUARE, sv.onsite(4 - mu) + sv.hopping(-1.0))
    barrier = metal + sv.onsite(lambda x: 1.5 * (x == 3))
    pairing = sv.nambu(barrier, delta=lambda x: delta * (x >= 4))
    system = pairing.region(strip(length=10)).lead("left", sv.nambu(metal), "-x")
    system = system.lead("right", sv.nambu(metal, delta), "+x")
    for point in KWANT["superconductor"]:
        S = sv.scattering_matrix(system, point["energy"])
        names = S.leads[0].labels
        assert sum(name.startswith("electron") for name in names) == point["electrons"]
        for hole, stored in (("electron", "r_ee"), ("hole", "r_he")):
            assert S.transmission(f"left:{hole}", "left:electron") == pytest.approx(point[stored], abs=BOUND)


def test_a_hall_bar_with_six_terminals():
    system = WIRE.region(strip(length=40, width=12))
    for number, (direction, center) in enumerate(
        [("-x", None), ("+x", None), ("-y", 10), ("+y", -10), ("-y", 30), ("+y", -30)]
    ):
        shape = None if center is None else sv.shape.strip(5.0, center=float(center))
        system = system.lead(f"{number}", WIRE, direction, shape=shape)
    for point in KWANT["hall_bar"]:
        field = point["flux"] * sv.constants.FLUX_QUANTUM
        assert agrees(system.field(field), point)
