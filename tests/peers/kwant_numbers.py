"""Write kwant.json: the numbers of Kwant, which test_kwant.py holds Sharvin to.

It is run by hand after a change of recipes.py, from the root of the repository, with an interpreter that has Kwant
(``bench/kwant_environment.py`` makes one):

    bench/.kwant/bin/python -m tests.peers.kwant_numbers

The systems are a user's Kwant programs: sites, hoppings and leads by Kwant's own means, numbers from the recipes.

Conventions of Kwant, as far as they matter here. The symmetry of a lead points outward; momenta and velocities count in
this direction, and the incoming modes come first. A lead's ``inter_cell_hopping`` is ⟨cell n + 1|H|cell n⟩, n growing
outward, over the orbitals of cell n that couple: the Hermitian conjugate of Sharvin's v. A ``magnetic_gauge`` has the
sign of the charge −e, but counts flux in h/2e.

(C. W. Groth, M. Wimmer, A. R. Akhmerov and X. Waintal, New J. Phys. 16, 063065 (2014).)
"""

import json
from importlib.metadata import version
from itertools import product
from pathlib import Path

import kwant
import numpy as np
from kwant.builder import HoppingKind
from tests.peers import recipes
from tests.peers.recipes import ENERGIES, FLUX, SIZE, STRENGTH, rough

NUMBERS = Path(__file__).with_name("kwant.json")

# ---- systems


def finished(system, lead_of, steps):
    """The system with a lead for each outward step, finalized; Kwant must not have had to add sites for them."""
    for step in steps:
        assert not system.attach_lead(lead_of(step))
    return system.finalized()


def box(name, onsite, hoppings, steps, norbs=1, period=1):
    """A box of a square or cubic lattice, disordered, with leads on whole sides; `onsite` is a function of a site.

    Hoppings are pairs (kind, value), made by a function of the lattice.
    """
    sites = list(product(*(range(count) for count in SIZE[name])))
    lattice = (kwant.lattice.square if len(SIZE[name]) == 2 else kwant.lattice.cubic)(norbs=norbs)

    def lead_of(step):
        outward = np.abs(step)
        lead = kwant.Builder(kwant.TranslationalSymmetry(period * outward))
        lead[[lattice(*site) for site in sites if site @ outward < period]] = onsite
        return connected(lead if sum(step) > 0 else lead.reversed())  # with cells of the same sites

    def connected(part):
        for kind, value in hoppings(lattice):
            part[kind] = value
        return part

    def dirty(site):
        return onsite(site) + rough(STRENGTH, *site.tag) * np.eye(norbs)

    system = kwant.Builder()
    system[[lattice(*site) for site in sites]] = dirty
    return finished(connected(system), lead_of, steps)


def kinds(matrices):
    """Hoppings by displacement."""
    return lambda lattice: [(HoppingKind(offset, lattice), matrix) for offset, matrix in matrices.items()]


def nearest(lattice):
    """A hopping of −1 to the nearest neighbours."""
    return [(lattice.neighbors(), -1.0)]


def along_rows(to, source):
    """⟨i + 1, j|H|i, j⟩ in the field."""
    return recipes.peierls(to.tag[1])


ENDS = (-1, 0), (1, 0)


def square_wire():
    return box("square_wire", lambda site: 4.0, nearest, ENDS)


def wire_in_field():
    hoppings = kinds({(1, 0): along_rows, (0, 1): -1.0})
    return box("wire_in_field", lambda site: 4 + recipes.TILT * site.tag[1], hoppings, ENDS)


def rashba_wire():
    return box(
        "rashba_wire", lambda site: recipes.RASHBA_ONSITE, kinds(recipes.RASHBA_HOPPINGS), ENDS, norbs=2
    )


def cubic_wire():
    ends = (-1, 0, 0), (1, 0, 0)
    return box("cubic_wire", lambda site: recipes.CUBIC_ONSITE, kinds(recipes.CUBIC_HOPPINGS), ends, norbs=2)


def far_hoppings():
    def hoppings(lattice):
        return [(lattice.neighbors(shell), value) for shell, value in recipes.FAR.items()]

    return box("far_hoppings", lambda site: 0.0, hoppings, ENDS, period=2)


def crossing():
    return box("crossing", lambda site: 4.0, nearest, (*ENDS, (0, -1), (0, 1)))


def crossing_in_field():
    hoppings = kinds({(1, 0, 0): along_rows, (0, 1, 0): -1.0, (0, 0, 1): -1.0})
    sides = (-1, 0, 0), (1, 0, 0), (0, 0, -1), (0, 0, 1)
    return box("crossing_in_field", lambda site: 6.0, hoppings, sides)


def one_lead():
    return box("one_lead", lambda site: 4.0, nearest, ENDS[:1])


def closed_lead():
    """The right lead is another one than the left."""
    lattice = kwant.lattice.square(norbs=1)
    length, width = SIZE["closed_lead"]

    def lead_of(step):
        lead = kwant.Builder(kwant.TranslationalSymmetry(step))
        lead[(lattice(0, j) for j in range(width))] = 4 + recipes.STEP * (step[0] > 0)
        lead[lattice.neighbors()] = -1.0
        return lead

    system = kwant.Builder()
    system[(lattice(i, j) for i in range(length) for j in range(width))] = lambda r: (
        4 + rough(STRENGTH, *r.tag)
    )
    system[lattice.neighbors()] = -1.0
    return finished(system, lead_of, ENDS)


def two_site_cells():
    """A ladder of dimers: the hopping from cell to cell is singular."""
    lattice = kwant.lattice.general([(2, 0), (0, 1)], [(0, 0), (1, 0)], norbs=1)
    a, b = lattice.sublattices
    length, width = SIZE["two_site_cells"]

    def stagger(site):
        return recipes.STAGGER * (1 if site.family == a else -1)

    def connected(part):
        part[HoppingKind((0, 0), a, b)] = recipes.IN_CELL
        part[HoppingKind((1, 0), a, b)] = recipes.TO_NEXT
        for family, value in zip((a, b), recipes.ROWS, strict=True):
            part[HoppingKind((0, 1), family)] = value
        return part

    def lead_of(step):
        lead = kwant.Builder(kwant.TranslationalSymmetry(lattice.vec(step)))
        lead[(family(0, j) for family in (a, b) for j in range(width))] = stagger
        return connected(lead)

    system = kwant.Builder()
    sites = (family(i, j) for family in (a, b) for i in range(length) for j in range(width))
    system[sites] = lambda site: stagger(site) + rough(STRENGTH, *site.pos)
    return finished(connected(system), lead_of, ENDS)


def ribbon(name, period, across):
    """Disordered graphene with a lead along `period` and one along −`period`; `across` keeps their fronts straight."""
    lattice = kwant.lattice.honeycomb(norbs=1)
    sides = recipes.RIBBONS[name]
    axis, length = int(np.argmax(np.abs(lattice.vec(period)))), np.linalg.norm(lattice.vec(period))

    def inside(position):
        return all(low < x < high for x, (low, high) in zip(position, sides, strict=True))

    system = kwant.Builder()
    system[lattice.shape(inside, np.mean(sides, axis=1))] = lambda site: rough(
        STRENGTH, 2 * site.pos[0], 2 * 3**0.5 * site.pos[1]
    )
    system[lattice.neighbors()] = -1.0

    symmetry = kwant.TranslationalSymmetry(lattice.vec(period))
    for sublattice in lattice.sublattices:
        symmetry.add_site_family(sublattice, other_vectors=[across])
    lead = kwant.Builder(symmetry)
    lead[[site for site in system.sites() if site.pos[axis] < sides[axis][0] + length]] = 0.0
    lead[lattice.neighbors()] = -1.0
    return finished(system, lambda step: lead if step > 0 else lead.reversed(), (1, -1))


def zigzag_ribbon():
    return ribbon("zigzag_ribbon", (-1, 0), (-1, 2))


def armchair_ribbon():
    return ribbon("armchair_ribbon", (-1, 2), (1, 0))


def complex_leads():
    """What is left without any symmetry: ⟨cell n|H|cell n + 1⟩ must not be mistaken for its conjugate."""
    lattice = kwant.lattice.square(norbs=recipes.ORBITALS)
    places = [lattice(*place) for place in recipes.PLACES]
    system = kwant.Builder()
    for place, matrix in zip(places, recipes.complex_sites(), strict=True):
        system[place] = matrix
    for (to, source), matrix in zip(recipes.BONDS, recipes.complex_bonds(), strict=True):
        system[places[to], places[source]] = matrix
    for (end, step), (h0, v) in zip(recipes.ARMS.values(), recipes.complex_cells(), strict=True):
        lead = kwant.Builder(kwant.TranslationalSymmetry(step))
        lead[places[end]] = h0
        lead[places[end], lattice(*np.add(places[end].tag, step))] = v
        assert np.array_equal(lead.finalized().inter_cell_hopping(), v.conj().T)
        system.attach_lead(lead)
    return system.finalized()


def cross_in_field():
    """A gauge for leads that are not parallel is found by Kwant, for a finished system: the hoppings learn it last."""
    lattice = kwant.lattice.square(norbs=1)
    steps = (*ENDS, (0, -1), (0, 1))
    gauge = {}

    def connected(part, name):
        part[lattice.neighbors()] = lambda to, source: -gauge[name](to, source)
        return part

    def lead_of(step):
        lead = kwant.Builder(kwant.TranslationalSymmetry(step))
        arm = range(recipes.FIRST, recipes.LAST + 1)
        lead[(lattice(0, n) if step[0] else lattice(n, 0) for n in arm)] = 4.0
        return connected(lead, step)

    system = kwant.Builder()
    system[(lattice(*site) for site in recipes.cross_sites())] = lambda site: 4 + rough(STRENGTH, *site.tag)
    system = finished(connected(system, "cross"), lead_of, steps)
    phases = kwant.physics.magnetic_gauge(system)(*[2 * FLUX] * (1 + len(steps)))
    gauge.update(zip(("cross", *steps), phases, strict=True))
    return system


# ---- numbers


def squares(block):
    """Squares of singular values, largest first."""
    return (np.linalg.svd(block, compute_uv=False) ** 2).tolist() if block.size else []


def reflection(lead, G, energy):
    """Tr[iΓGΓ − Γ] over the orbitals where a lead begins, as (re, im): the phases of r in a form without modes."""
    sigma = lead.selfenergy(energy)
    gamma = 1j * (sigma - sigma.conj().T)
    trace = np.trace(1j * gamma @ G @ gamma - gamma)
    return [trace.real, trace.imag]


def measured(system, energy):
    """What is compared at an energy; matrices are [out][in], momenta and velocities those of the outgoing modes."""
    S = kwant.smatrix(system, energy)
    leads = range(len(system.leads))
    blocks = [[S.submatrix(out, source) for source in leads] for out in leads]
    modes = [len(info.momenta) // 2 for info in S.lead_info]
    point = {
        "energy": energy,
        "modes": modes,
        "transmission": [[float(np.linalg.norm(block) ** 2) for block in row] for row in blocks],
        "eigenvalues": [[squares(block) for block in row] for row in blocks],
        "momentum": [info.momenta[count:].tolist() for info, count in zip(S.lead_info, modes, strict=True)],
        "velocity": [
            info.velocities[count:].tolist() for info, count in zip(S.lead_info, modes, strict=True)
        ],
        "reflection": [[0.0, 0.0] for _ in leads],
    }
    if any(modes):  # without modes there is no Γ, and Kwant gives no Green's function
        G = kwant.greens_function(system, energy)
        point["reflection"] = [
            reflection(system.leads[lead], G.submatrix(lead, lead), energy) for lead in leads
        ]
    return point


def main():
    """Solve all systems and write the file, a line for each system and energy."""
    systems = []
    for name, energies in ENERGIES.items():
        system = globals()[name]()
        points = [measured(system, energy) for energy in energies]
        print(name, [point["modes"] for point in points])
        head, rows = json.dumps(recipes.parameters(name)), ",\n".join(json.dumps(point) for point in points)
        systems.append(f'"{name}": {{"parameters": {head}, "points": [\n{rows}\n]}}')
    written = ",\n".join(systems)
    NUMBERS.write_text(
        f'{{"kwant": "{version("kwant")}",\n"systems": {{\n{written}\n}}}}\n', encoding="utf-8"
    )


if __name__ == "__main__":
    main()
