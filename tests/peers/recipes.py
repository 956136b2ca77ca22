"""Systems that two programs can build alike: their numbers, and disorder without a generator.

Nothing here knows Kwant or Sharvin. Energies are in units of the hopping (in eV for Sharvin), lattice constants are 1,
and all disorder is a formula of whole numbers: it does not matter who visits the sites, or in which order.
"""

import numpy as np

#: System → the energies at which it is solved. Square and cubic lattices have on-site energies of 4 and 6.
ENERGIES = {
    "square_wire": (0.35, 1.7, 4.003, 4.118, 6.9),
    "wire_in_field": (0.9, 2.2, 4.05, 6.3),
    "zigzag_ribbon": (0.013, 0.31, -0.72, 1.45),
    "armchair_ribbon": (0.11, -0.47, 1.03, 2.2),
    "rashba_wire": (0.6, 1.9, 3.7, 5.2),
    "cubic_wire": (1.3, 3.1, 5.03, 6.6),
    "far_hoppings": (-2.7, -1.1, 0.4, 2.3),
    "two_site_cells": (-2.1, -0.9, 0.65, 1.9),
    "crossing": (0.7, 2.4, 3.96, 5.5),
    "crossing_in_field": (2.2, 3.9, 6.1),
    "cross_in_field": (0.9, 1.6, 2.9, 4.4),
    "complex_leads": (-2.45, -1.3, 0.25, 1.9, 2.8),
    "closed_lead": (0.5, 1.6, -0.4),
    "one_lead": (0.45, 2.1, 4.2),
}

#: Sites, or cells, along x, y and z.
SIZE = {
    "square_wire": (30, 20),
    "wire_in_field": (20, 14),
    "rashba_wire": (12, 7),
    "cubic_wire": (8, 5, 5),
    "far_hoppings": (12, 7),
    "two_site_cells": (6, 4),  # cells and rows
    "crossing": (6, 8),
    "crossing_in_field": (4, 4, 3),
    "cross_in_field": (9, 9),
    "closed_lead": (10, 6),
    "one_lead": (9, 7),
}

#: Graphene in rectangles ((x, x), (y, y)) without their boundaries; zigzag rows run along x, a bond is 1/√3 long.
RIBBONS = {
    "zigzag_ribbon": ((-0.75, 9.25), (0.3, 0.3 + 6 * 0.75**0.5)),
    "armchair_ribbon": ((-0.25, 3.75), (-0.1, 7 * 3**0.5 - 0.1)),
}

STRENGTH = 0.6  # of the disorder
FLUX = 0.03  # flux quanta h/e through a plaquette, B > 0 along +z
TILT = 0.06  # rise of the energy from row to row of the wire in a field: k and −k are no longer alike
STEP = 3.0  # rise of the energy in the closed lead
FAR = {1: -1.0, 2: -0.3, 3: 0.12}  # shell of neighbours → hopping
IN_CELL, TO_NEXT, ROWS, STAGGER = -1.2, -0.7, (-0.4, -0.25), 0.3  # cells of two sites

#: What a system has besides its size and its disorder.
_FURTHER = {
    "wire_in_field": {"flux": FLUX, "tilt": TILT},
    "crossing_in_field": {"flux": FLUX},
    "cross_in_field": {"flux": FLUX},
    "closed_lead": {"step": STEP},
    "far_hoppings": {"hoppings": list(FAR.values())},
    "two_site_cells": {"hoppings": [IN_CELL, TO_NEXT, *ROWS], "stagger": STAGGER},
}


def parameters(name):
    """The numbers that stand beside the results of a system, so that a change of the recipe does not go unnoticed."""
    if name == "complex_leads":
        return {"size": [len(PLACES)], "orbitals": ORBITALS}
    size = SIZE.get(name) or np.diff(RIBBONS[name])[:, 0].tolist()
    return {"size": list(size), "strength": STRENGTH, **_FURTHER.get(name, {})}


def rough(strength, i, j=0, k=0):
    """Disorder between ±strength on the sites of whole numbers (i, j, k), which may be arrays."""
    i, j, k = (np.rint(index) for index in (i, j, k))
    quadratic = 1.1 * i * i + 0.7 * j * j + 1.9 * k * k + 3.7 * i * j + 5.3 * j * k + 2.9 * k * i
    return strength * np.sin(12.9898 * i + 78.233 * j + 37.719 * k + quadratic)


def generic(number, size):
    """A complex matrix without any symmetry; each number gives another one."""
    row, column = np.indices((size, size))
    return rough(1.0, row, column, 2 * number) + 1j * rough(1.0, row, column, 2 * number + 1)


def hermitian(number, size):
    """A Hermitian matrix without any other symmetry."""
    matrix = generic(number, size)
    return (matrix + matrix.conj().T) / 2


def peierls(row):
    """⟨i + 1, j|H|i, j⟩ of a square lattice in a field, by its row j: charge −e, and A = −By along x.

    Counter-clockwise around a plaquette the phases add up to −2π of the flux.
    """
    return -np.exp(2j * np.pi * FLUX * row)


# ---- spin and orbitals

SIGMA_X, SIGMA_Y, SIGMA_Z = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])

#: Rashba's coupling 0.4 (k_x σ_y − k_y σ_x) and a Zeeman energy, on a square lattice: displacement → hopping.
RASHBA_ONSITE = 4 * np.eye(2) + 0.3 * SIGMA_Z + 0.1 * SIGMA_X
RASHBA_HOPPINGS = {(1, 0): -np.eye(2) + 0.2j * SIGMA_Y, (0, 1): -np.eye(2) - 0.2j * SIGMA_X}

#: Two orbitals on each site of a cubic lattice.
CUBIC_ONSITE = 6 * np.eye(2) + 0.4 * hermitian(1, 2)
CUBIC_HOPPINGS = {
    offset: -np.eye(2) + 0.3 * generic(number, 2)
    for number, offset in enumerate(((1, 0, 0), (0, 1, 0), (0, 0, 1)), 2)
}

# ---- three leads of three orbitals, without any symmetry

ORBITALS = 3
PLACES = ((0, 0), (1, 0), (2, 0), (1, 1))  # a T of four sites
BONDS = ((0, 1), (1, 2), (1, 3))  # ⟨place|H|place⟩ is given
ARMS = {"-x": (0, (-1, 0)), "+x": (2, (1, 0)), "+y": (3, (0, 1))}  # place and outward step


def complex_sites():
    """On-site matrices of the places."""
    return [hermitian(number, ORBITALS) for number in range(len(PLACES))]


def complex_bonds():
    """Hoppings of the bonds."""
    return [generic(10 + number, ORBITALS) for number in range(len(BONDS))]


def complex_cells():
    """(h0, v) of the leads, v = ⟨cell n|H|cell n + 1⟩ with n growing outward; the second v is singular."""
    cells = [
        (hermitian(20 + number, ORBITALS), generic(30 + number, ORBITALS)) for number in range(len(ARMS))
    ]
    cells[1][1][:, 0] = 2 * cells[1][1][:, 1]
    return cells


# ---- a cross in a field, whose leads are not parallel

CROSS = SIZE["cross_in_field"][0]
FIRST, LAST = 2, 6  # rows of an arm


def cross_sites():
    """The sites (i, j) of the cross."""
    across = range(FIRST, LAST + 1)
    return [(i, j) for i in range(CROSS) for j in range(CROSS) if i in across or j in across]


def cross_matrices():
    """H of the cross in the field and its leads, name → (h0, v, orbitals).

    A Landau gauge is fit for leads along x, or along y, but not for both. H is in the first one; the last rows of the
    arms along y are turned by exp(−2πi FLUX i j) into the second, in which ⟨i, j + 1|H|i, j⟩ = −exp(−2πi FLUX i). In
    these phases i and j are counted from the first row of an arm, as Kwant does, so that momenta are equal too.
    """
    sites = cross_sites()
    number = {site: row for row, site in enumerate(sites)}
    h = np.zeros((len(sites), len(sites)), dtype=complex)
    for (i, j), row in number.items():
        h[row, row] = 4 + rough(STRENGTH, i, j)
        for bond, value in (((i + 1, j), peierls(j - FIRST)), ((i, j + 1), -1.0)):
            if bond in number:
                h[number[bond], row], h[row, number[bond]] = value, np.conj(value)
    angle = [(i - FIRST) * (j - FIRST) if j in (0, CROSS - 1) else 0 for i, j in sites]
    turn = np.exp(-2j * np.pi * FLUX * np.array(angle))
    h = turn[:, None] * h * turn.conj()

    rows = np.arange(LAST - FIRST + 1)
    cell = 4 * np.eye(len(rows)) - np.eye(len(rows), k=1) - np.eye(len(rows), k=-1)
    forth = np.diag(peierls(rows))  # ⟨i + 1|H|i⟩ in the first gauge, and ⟨j|H|j + 1⟩ in the second
    ends = {
        "-x": (forth, 0),
        "+x": (forth.conj(), CROSS - 1),
        "-y": (forth.conj(), 0),
        "+y": (forth, CROSS - 1),
    }
    leads = {
        name: (cell, v, [number[(end, n) if name[1] == "x" else (n, end)] for n in range(FIRST, LAST + 1)])
        for name, (v, end) in ends.items()
    }
    return h, leads
