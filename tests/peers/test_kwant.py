"""Sharvin against Kwant: the stored numbers of kwant.json, for systems that were built by Kwant's own means.

What is compared does not depend on how a program chooses the phases of its modes, or the modes of one momentum. Momenta
depend on the vector potential, which is the same here.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from tests.peers import recipes
from tests.peers.recipes import ENERGIES, FLUX, SIZE, STRENGTH, rough

import sharvin as sv
from sharvin.solvers.ports import LeadPorts

KWANT = json.loads(Path(__file__).with_name("kwant.json").read_text(encoding="utf-8"))["systems"]

# ---- systems: leads in the order of the stored numbers


def box(name, onsite, hoppings, directions, lattice=None):
    """A disordered box of a square or cubic lattice, with leads on whole sides."""
    size = SIZE[name]
    if lattice is None:
        lattice = sv.lattice.square() if len(size) == 2 else sv.lattice.cubic()
    wire = sv.Model(lattice, sv.onsite(onsite) + hoppings)
    dirt = sv.onsite(lambda x, y, z: rough(STRENGTH, x, y, z))
    region = (wire + dirt).region(sv.shape.box(size, tuple((n - 1) / 2 for n in size)))
    return with_leads(region, wire, directions)


def with_leads(region, wire, directions):
    """The region with leads of one model, named after their directions."""
    for direction in directions:
        region = region.lead(direction, wire, direction)
    return region


def by_displacement(matrices):
    """Hoppings from displacement → matrix."""
    return sum_of([sv.hopping(matrix, offset=offset) for offset, matrix in matrices.items()])


def sum_of(terms):
    """The sum of terms."""
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


NEAREST = sv.hopping(-1.0)
ENDS = "-x", "+x"
IN_FIELD = FLUX * sv.constants.FLUX_QUANTUM  # tesla, for plaquettes of 1 nm²


def square_wire():
    return box("square_wire", 4.0, NEAREST, ENDS)


def wire_in_field():
    return box("wire_in_field", lambda y: 4 + recipes.TILT * y, NEAREST, ENDS).field(IN_FIELD)


def rashba_wire():
    lattice, hoppings = sv.lattice.square(orbitals=("up", "down")), by_displacement(recipes.RASHBA_HOPPINGS)
    return box("rashba_wire", recipes.RASHBA_ONSITE, hoppings, ENDS, lattice)


def cubic_wire():
    hoppings = by_displacement(recipes.CUBIC_HOPPINGS)
    return box("cubic_wire", recipes.CUBIC_ONSITE, hoppings, ENDS, sv.lattice.cubic(orbitals=2))


def far_hoppings():
    hoppings = sum_of([sv.hopping(value, neighbours=shell) for shell, value in recipes.FAR.items()])
    return box("far_hoppings", 0.0, hoppings, ENDS)


def crossing():
    return box("crossing", 4.0, NEAREST, (*ENDS, "-y", "+y"))


def crossing_in_field():
    return box("crossing_in_field", 6.0, NEAREST, (*ENDS, "-z", "+z")).field(IN_FIELD)


def one_lead():
    return box("one_lead", 4.0, NEAREST, ENDS[:1])


def closed_lead():
    open_side = box("closed_lead", 4.0, NEAREST, ENDS[:1])
    return open_side.lead("+x", sv.Model(sv.lattice.square(), sv.onsite(4 + recipes.STEP) + NEAREST), "+x")


def two_site_cells():
    lattice = sv.lattice.Lattice([[2, 0], [0, 1]], basis=[[0, 0], [1, 0]])
    length, width = SIZE["two_site_cells"]
    terms = [
        sv.onsite(recipes.STAGGER, "A"),
        sv.onsite(-recipes.STAGGER, "B"),
        sv.hopping(recipes.IN_CELL, offset=(0, 0), between=("A", "B")),
        sv.hopping(recipes.TO_NEXT, offset=(1, 0), between=("A", "B")),
        *(
            sv.hopping(value, offset=(0, 1), between=(row, row))
            for row, value in zip("AB", recipes.ROWS, strict=True)
        ),
    ]
    wire = sv.Model(lattice, sum_of(terms))
    dirty = wire + sv.onsite(lambda x, y: rough(STRENGTH, x, y))
    center = (length - 0.5, (width - 1) / 2)
    return with_leads(dirty.region(sv.shape.rectangle(2 * length, width, center)), wire, ENDS)


def ribbon(name, directions):
    wire = sv.Model(sv.lattice.honeycomb(a=1.0), NEAREST)
    dirty = wire + sv.onsite(lambda x, y: rough(STRENGTH, 2 * x, 2 * 3**0.5 * y))
    sides = np.array(recipes.RIBBONS[name])
    (length, width), center = np.diff(sides)[:, 0], sides.mean(axis=1)
    return with_leads(dirty.region(sv.shape.rectangle(length, width, tuple(center))), wire, directions)


def zigzag_ribbon():
    return ribbon("zigzag_ribbon", ENDS)


def armchair_ribbon():
    return ribbon("armchair_ribbon", ("+y", "-y"))


def complex_leads():
    size, places = recipes.ORBITALS, len(recipes.PLACES)
    blocks = np.zeros((places, places, size, size), dtype=complex)
    for place, matrix in enumerate(recipes.complex_sites()):
        blocks[place, place] = matrix
    for (to, source), matrix in zip(recipes.BONDS, recipes.complex_bonds(), strict=True):
        blocks[to, source], blocks[source, to] = matrix, matrix.conj().T
    leads = {
        name: (h0, v, place * size + np.arange(size))
        for (name, (place, _)), (h0, v) in zip(recipes.ARMS.items(), recipes.complex_cells(), strict=True)
    }
    h = blocks.swapaxes(1, 2).reshape(places * size, places * size)
    return sv.System.from_matrices(h, leads, spin_degeneracy=1)


def cross_in_field():
    return sv.System.from_matrices(*recipes.cross_matrices())


# ---- numbers


def reflection(cell, energy, r):
    """Tr[iΓGΓ − Γ] over the orbitals where a lead begins: what r is between its modes, without them.

    In the notation of the solver r = (iW†GW − 1)U and Γ = WW†, so that it is Tr[W r U†W†].
    """
    port = LeadPorts(cell).at(np.array([energy]))
    width, partner = port.width[0], port.partner[0]
    trace = np.trace(width @ r @ partner.conj().T @ width.conj().T)
    return [trace.real, trace.imag]


def measured(system, energy):
    """The numbers that are stored for Kwant, by Sharvin."""
    S = sv.scattering_matrix(system, energy)
    leads = system.leads
    return {
        "energy": energy,
        "modes": [S.mode_count(lead) for lead in leads],
        "transmission": S.transmission_matrix().values,
        "eigenvalues": [[S.transmission_eigenvalues(out, source) for source in leads] for out in leads],
        "momentum": [lead.momentum for lead in S.leads],
        "velocity": [lead.velocity for lead in S.leads],
        "reflection": [
            reflection(system.lead_cell(lead), energy, S.amplitudes(lead, lead)) for lead in leads
        ],
    }


@cache
def both(name):
    """Pairs of points, by Sharvin and by Kwant."""
    system = globals()[name]()
    return [(measured(system, point["energy"]), point) for point in KWANT[name]["points"]]


def paired(ours, theirs):
    """Two sets of complex numbers, reordered so that the nearest stand side by side."""
    ours, theirs = np.asarray(ours, dtype=complex), np.asarray(theirs, dtype=complex)
    rows, columns = linear_sum_assignment(np.abs(ours[:, None] - theirs))
    return ours[rows], theirs[columns]


# ---- tests

every_system = pytest.mark.parametrize("name", ENERGIES)


def test_the_numbers_are_those_of_the_recipes():
    assert {
        name: tuple(point["energy"] for point in found["points"]) for name, found in KWANT.items()
    } == ENERGIES
    assert {name: found["parameters"] for name, found in KWANT.items()} == {
        name: recipes.parameters(name) for name in ENERGIES
    }


@every_system
def test_equal_mode_counts(name):
    for ours, theirs in both(name):
        assert ours["modes"] == theirs["modes"]


@every_system
def test_equal_transmissions_and_reflections(name):
    for ours, theirs in both(name):
        np.testing.assert_allclose(ours["transmission"], theirs["transmission"], rtol=0, atol=1e-9)


@every_system
def test_equal_transmission_eigenvalues(name):
    for ours, theirs in both(name):
        for row, their_row in zip(ours["eigenvalues"], theirs["eigenvalues"], strict=True):
            for tau, their_tau in zip(row, their_row, strict=True):
                np.testing.assert_allclose(tau, their_tau, rtol=0, atol=1e-8)


@every_system
def test_equal_momenta_and_velocities_of_the_open_modes(name):
    for ours, theirs in both(name):
        for lead in range(len(ours["modes"])):
            velocity, their_velocity = (np.sort(side["velocity"][lead]) for side in (ours, theirs))
            np.testing.assert_allclose(velocity, their_velocity, rtol=0, atol=1e-8)
            factors = [np.exp(1j * np.array(side["momentum"][lead])) for side in (ours, theirs)]
            np.testing.assert_allclose(*paired(*factors), rtol=0, atol=1e-8)


@every_system
def test_equal_phases_of_reflection(name):
    # With one lead, they are all that there is to compare.
    for ours, theirs in both(name):
        np.testing.assert_allclose(ours["reflection"], theirs["reflection"], rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", ["crossing_in_field", "cross_in_field", "complex_leads"])
def test_the_direction_of_time_shows(name):
    # Otherwise a field of the wrong sign, or the conjugate of a hopping, could pass.
    differences = [
        np.abs(T - T.T).max() for T in (np.array(theirs["transmission"]) for _, theirs in both(name))
    ]
    assert max(differences) > 0.1
