"""Write kwant_tutorial.json: the systems of Kwant's tutorial, by Kwant; test_kwant_tutorial.py holds Sharvin to them.

It is run by hand, from the root of the repository, with an interpreter that has Kwant:

    bench/.kwant/bin/python -m tests.peers.kwant_tutorial

The systems are those of the tutorial of Kwant 1.5 (https://kwant-project.org/doc/1/tutorial), with its numbers: quantum
wire, Rashba wire with a Zeeman field, quantum well, Aharonov–Bohm ring, graphene circle with a pn junction, closed
quantum dot, superconducting junction; and a Hall bar with six terminals in the gauge that Kwant works out.
"""

import inspect
import json
from cmath import exp
from importlib.metadata import version
from math import cos, pi, sin, sqrt, tanh
from pathlib import Path

import kwant
import numpy as np
import tinyarray

NUMBERS = Path(__file__).with_name("kwant_tutorial.json")
T = 1.0
WIDTH, LENGTH = 10, 30
SIGMA = [
    tinyarray.array(m) for m in ([[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
]


def transmissions(system, energy, **params):
    S = kwant.smatrix(system, energy, params=params)
    count = len(system.leads)
    return [[S.transmission(a, b) for b in range(count)] for a in range(count)]


def strip(onsite, hoppings, norbs=1, region=None, length=LENGTH):
    """A wire along x with two leads; `hoppings` by displacement; `region` another on-site term inside."""
    lattice = kwant.lattice.square(norbs=norbs)

    def filled(part, sites, value):
        part[sites] = value
        for offset, hop in hoppings.items():
            part[kwant.builder.HoppingKind(offset, lattice, lattice)] = hop
        return part

    inside = [lattice(x, y) for x in range(length) for y in range(WIDTH)]
    system = filled(kwant.Builder(), inside, region or onsite)
    lead = filled(
        kwant.Builder(kwant.TranslationalSymmetry((-1, 0))), [lattice(0, j) for j in range(WIDTH)], onsite
    )
    system.attach_lead(lead)
    system.attach_lead(lead.reversed())
    return system.finalized()


def quantum_wire():
    system = strip(4 * T, {(1, 0): -T, (0, 1): -T})
    return [{"energy": e, "transmission": transmissions(system, e)} for e in (0.105, 0.31, 0.555, 0.93)]


def rashba_wire():
    alpha, zeeman = 0.5, 0.08
    system = strip(
        4 * T * SIGMA[0] + zeeman * SIGMA[3],
        {
            (1, 0): -T * SIGMA[0] + 1j * alpha * SIGMA[2] / 2,
            (0, 1): -T * SIGMA[0] - 1j * alpha * SIGMA[1] / 2,
        },
        norbs=2,
    )
    return [{"energy": e, "transmission": transmissions(system, e)} for e in (-0.185, 0.0, 0.155, 0.5)]


def quantum_well():
    def potential(site, well):
        return 4 * T + (well if 10 < site.pos[0] < 20 else 0)

    system = strip(4 * T, {(1, 0): -T, (0, 1): -T}, region=potential)
    return [
        {"well": -depth, "energy": 0.2, "transmission": transmissions(system, 0.2, well=-depth)}
        for depth in (0.1, 0.37, 0.77, 0.95)
    ]


def ring():
    inner, outer = 10, 20
    lattice = kwant.lattice.square(norbs=1)
    system = kwant.Builder()
    system[lattice.shape(lambda pos: inner**2 < pos[0] ** 2 + pos[1] ** 2 < outer**2, (0, inner + 1))] = 4 * T
    system[lattice.neighbors()] = -T

    def hopping_phase(site1, site2, phi):
        return -T * exp(1j * phi)

    def crosses_branchcut(hop):
        ix0, iy0 = hop[0].tag
        return iy0 < 0 and ix0 == 1

    def hops_across_cut(builder):
        for hop in kwant.builder.HoppingKind((1, 0), lattice, lattice)(builder):
            if crosses_branchcut(hop):
                yield hop

    system[hops_across_cut] = hopping_phase
    lead = kwant.Builder(kwant.TranslationalSymmetry((-1, 0)))
    lead[lattice.shape(lambda pos: -WIDTH / 2 < pos[1] < WIDTH / 2, (0, 0))] = 4 * T
    lead[lattice.neighbors()] = -T
    added = len(system.attach_lead(lead)), len(system.attach_lead(lead.reversed()))
    finished = system.finalized()
    return [
        {"phi": phi, "energy": 0.15, "added": added, "transmission": transmissions(finished, 0.15, phi=phi)}
        for phi in (0.0, 0.6 * pi, 1.7, 2 * pi * 1.23)
    ]


def graphene():
    radius, width, height = 10, 2.0, 0.1
    sin_30, cos_30 = sin(pi / 6), cos(pi / 6)
    lattice = kwant.lattice.general([(1, 0), (sin_30, cos_30)], [(0, 0), (0, 1 / sqrt(3))], norbs=1)
    a, b = lattice.sublattices
    hoppings = [
        kwant.builder.HoppingKind(*kind) for kind in (((0, 0), a, b), ((0, 1), a, b), ((-1, 1), a, b))
    ]

    def potential(site):
        x, y = site.pos
        return height * tanh((y * cos_30 + x * sin_30) / width)

    system = kwant.Builder()
    system[lattice.shape(lambda pos: pos[0] ** 2 + pos[1] ** 2 < radius**2, (0, 0))] = potential
    system[hoppings] = -1
    del system[a(0, 0)]
    system[a(-2, 1), b(2, 2)] = -1

    def lead(translation, across, energy):
        part = kwant.Builder(kwant.TranslationalSymmetry(lattice.vec(translation)))
        part[lattice.shape(lambda pos: -0.4 * radius < across(pos) < 0.4 * radius, (0, 0))] = energy
        part[hoppings] = -1
        return part

    added = [
        len(system.attach_lead(lead((-1, 0), lambda pos: pos[1], -height))),
        len(system.attach_lead(lead((0, 1), lambda pos: pos[1] * sin_30 - pos[0] * cos_30, height))),
    ]
    finished = system.finalized()
    return [
        {"energy": e, "added": added, "transmission": transmissions(finished, e)}
        for e in (-0.19, -0.053, 0.0, 0.017, 0.142, 0.7)
    ]


def closed_dot():
    radius = 10
    lattice = kwant.lattice.square(norbs=1)
    system = kwant.Builder()
    system[lattice.shape(lambda pos: pos[0] ** 2 + pos[1] ** 2 < radius**2, (0, 0))] = 4 * T

    def along_x(site1, site2, B):
        y = site1.pos[1]
        return -T * exp(-1j * B * y)

    system[kwant.builder.HoppingKind((1, 0), lattice, lattice)] = along_x
    system[kwant.builder.HoppingKind((0, 1), lattice, lattice)] = -T
    finished = system.finalized()
    return [
        {"B": B, "levels": np.linalg.eigvalsh(finished.hamiltonian_submatrix(params={"B": B}))[:15].tolist()}
        for B in (0.0, 0.045, 0.099)
    ]


def superconductor():
    length, barrier, at, mu, delta, begins = 10, 1.5, (3, 4), 0.4, 0.1, 4
    tau_x, tau_z = SIGMA[1], SIGMA[3]
    lattice = kwant.lattice.square(norbs=2)
    system = kwant.Builder()
    system[(lattice(x, y) for x in range(begins) for y in range(WIDTH))] = (4 * T - mu) * tau_z
    system[(lattice(x, y) for x in range(begins, length) for y in range(WIDTH))] = (
        4 * T - mu
    ) * tau_z + delta * tau_x
    system[(lattice(x, y) for x in range(*at) for y in range(WIDTH))] = (4 * T + barrier - mu) * tau_z
    system[lattice.neighbors()] = -T * tau_z
    left = kwant.Builder(
        kwant.TranslationalSymmetry((-1, 0)), conservation_law=-tau_z, particle_hole=SIGMA[2]
    )
    left[(lattice(0, j) for j in range(WIDTH))] = (4 * T - mu) * tau_z
    left[lattice.neighbors()] = -T * tau_z
    right = kwant.Builder(kwant.TranslationalSymmetry((1, 0)))
    right[(lattice(0, j) for j in range(WIDTH))] = (4 * T - mu) * tau_z + delta * tau_x
    right[lattice.neighbors()] = -T * tau_z
    system.attach_lead(left)
    system.attach_lead(right)
    finished = system.finalized()
    found = []
    for energy in (0.0, 0.034, 0.098, 0.15):
        S = kwant.smatrix(finished, energy)
        electrons = S.submatrix((0, 0), (0, 0)).shape[0]
        r_ee, r_he = S.transmission((0, 0), (0, 0)), S.transmission((0, 1), (0, 0))
        found.append({"energy": energy, "electrons": electrons, "r_ee": r_ee, "r_he": r_he})
    return found


def hall_bar():
    """Two leads along x and four across, in a field by ``magnetic_gauge``."""
    lattice = kwant.lattice.square(norbs=1)

    def hop(site1, site2, phases):
        return -T * phases(site1, site2)

    def lead_hop(name):
        def value(site1, site2, phase):
            return -T * phase(site1, site2)

        names = ("site1", "site2", name)
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        value.__signature__ = inspect.Signature([inspect.Parameter(each, kind) for each in names])
        return value

    system = kwant.Builder()
    system[(lattice(x, y) for x in range(40) for y in range(12))] = 4 * T
    system[lattice.neighbors()] = hop
    places = [((-1, 0), [(0, y) for y in range(12)]), ((1, 0), [(0, y) for y in range(12)])]
    for x in (8, 28):
        places += [((0, -1), [(x + n, 0) for n in range(5)]), ((0, 1), [(x + n, 0) for n in range(5)])]
    for number, (direction, cell) in enumerate(places):
        lead = kwant.Builder(kwant.TranslationalSymmetry(direction))
        lead[(lattice(*site) for site in cell)] = 4 * T
        lead[lattice.neighbors()] = lead_hop(f"phases_{number}")
        system.attach_lead(lead)
    finished = system.finalized()
    gauge = kwant.physics.magnetic_gauge(finished)
    found = []
    for flux, energy in ((0.05, 0.5), (0.05, 1.03), (0.02, 0.61)):  # h/e in a plaquette
        # Kwant counts in h/2e, for which a field of 2 · flux has the phases of the charge −e.
        fields = gauge(*[2 * flux] * (1 + len(places)))
        names = {"phases": fields[0], **{f"phases_{n}": phase for n, phase in enumerate(fields[1:])}}
        found.append(
            {"flux": flux, "energy": energy, "transmission": transmissions(finished, energy, **names)}
        )
    return found


def main():
    systems = (
        quantum_wire, rashba_wire, quantum_well, ring, graphene, closed_dot, superconductor, hall_bar,
    )  # fmt: skip
    lines = [f'"{system.__name__}": {json.dumps(system())}' for system in systems]
    head = f'{{"kwant": "{version("kwant")}",\n"systems": {{\n'
    NUMBERS.write_text(head + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
