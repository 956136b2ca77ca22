"""Energies at which a solver may break: band centres, levels of the closed device, bound states, thresholds.

S is right to 1e-8 there, beside closed forms or the reference of a hundred digits, or the package says that it cannot
tell. Run as a script, this module prints a table: kind of energy, how many, the largest error, the routes, and how
close the worst figure of a certificate came to its bound.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from tests.dense_reference import solve

import sharvin as sv
from sharvin.errors import NumericalError

BOUND = 1e-8
OFFSETS = tuple(sign * 10.0**power for power in range(-12, -2) for sign in (1, -1))
SQUARE = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
CHAIN = (0.0, -1.0)


@dataclass(frozen=True)
class Outcome:
    """One energy: the error of T (None if refused), the route, the worst figure in units of its bound."""

    energy: float
    error: float | None
    route: str
    worst: tuple[float, str]


def worst_figure(certificate):
    """The figure closest to its bound, relative to it; figures that must vanish, and do, count as nothing."""
    shares = [
        (float(certificate.figures[name]) / bound if bound else float(certificate.figures[name]), name)
        for name, bound in certificate.bounds.items()
    ]
    return max(shares, default=(0.0, ""))


def outcome(system, energy, wanted, **params):
    """T[out, in] of all leads beside what is wanted (a matrix, or a function that gives it)."""
    try:
        S = sv.scattering_matrix(system, energy, options=sv.Options(threads=1), **params)
    except NumericalError as error:
        return Outcome(energy, None, f"refused: {type(error).__name__}", (np.inf, ""))
    assert S.certificate.certified
    wanted = wanted() if callable(wanted) else wanted
    error = np.abs(S.transmission_matrix().values - wanted).max()
    return Outcome(energy, float(error), S.certificate.route, worst_figure(S.certificate))


def matrices_of(system):
    cells = [system.lead_cell(name) for name in system.leads]
    h = system.hamiltonian().toarray()
    return h, [
        (cell.h0, np.zeros_like(cell.h0) if cell.v is None else cell.v, cell.orbitals) for cell in cells
    ]


def referred(system, energies):
    """Outcomes beside the reference in long numbers."""
    h, leads = matrices_of(system)

    def at(energy):
        def wanted():
            answer = solve(h, leads, energy)
            assert answer.loss < BOUND / 10
            return answer.transmissions

        return outcome(system, energy, wanted)

    return [at(float(energy)) for energy in energies]


def square(width, length, model=SQUARE, leads=SQUARE, field=None):
    """Sites 1 … length by 1 … width between two leads."""
    center = ((length + 1) / 2, (width + 1) / 2)
    region = model.region(sv.shape.rectangle(length=length + 1, width=width + 1, center=center))
    system = region.lead("L", leads, "-x").lead("R", leads, "+x")
    return system if field is None else system.field(field)


def disordered(seed, size, strength=1.0):
    values = strength * np.random.default_rng(seed).uniform(-1, 1, size=(size + 1, size + 1))
    return SQUARE + sv.onsite(lambda x, y: values[np.rint(x).astype(int), np.rint(y).astype(int)])


def clean_wire(width, energy):
    """Nothing is reflected: as many as there are open modes. (On a threshold the standing mode is closed.)"""
    across = -2 * np.cos(np.pi * np.arange(1, width + 1) / (width + 1))
    modes = np.count_nonzero(2 - np.abs(energy - across) > 1e-15)
    return np.array([[0.0, modes], [modes, 0.0]])


# ---- the kinds of energies


def band_centres():
    """E on-site of clean square wires, and next to it."""
    for width, length in ((20, 20), (15, 30)):
        system = square(width, length)
        for energy in (0.0, 1e-13, 1e-9, -1e-6):
            yield outcome(system, energy, clean_wire(width, energy))


def dirac_point():
    """Graphene at the Dirac point between doped leads, beside the reference."""
    model = sv.Model(sv.lattice.honeycomb(), sv.hopping(-1.0))
    doped = model + sv.onsite(-0.7)
    for edge in ("-x", "-y"):
        other = edge.replace("-", "+")
        region = model.region(sv.shape.rectangle(1.1, 0.8))
        system = region.lead("L", doped, edge).lead("R", doped, other)
        yield from referred(system, (0.0, 1e-12, -1e-8))


def levels_of_a_clean_device():
    """Every level of 6 by 7 sites without leads; beyond the energies of the leads nothing is open."""
    system = square(6, 7)
    for energy in np.linalg.eigvalsh(system.hamiltonian().toarray()):
        yield outcome(system, float(energy), clean_wire(6, energy))


def levels_without_the_interface():
    """Levels of the same device cut off from its leads: poles of the Schur complement."""
    system = square(6, 7)
    h, leads = matrices_of(system)
    inner = np.setdiff1d(np.arange(len(h)), np.concatenate([orbitals for *_, orbitals in leads]))
    for energy in np.linalg.eigvalsh(h[np.ix_(inner, inner)]):
        yield outcome(system, float(energy), clean_wire(6, energy))


def levels_of_a_disordered_device():
    """Some levels of 8 by 8 disordered sites, whole and cut off, in doubles beside a dense inverse."""
    system = square(8, 8, disordered(3, 8))
    h, leads = matrices_of(system)
    inner = np.setdiff1d(np.arange(len(h)), np.concatenate([orbitals for *_, orbitals in leads]))
    levels = np.concatenate([np.linalg.eigvalsh(h), np.linalg.eigvalsh(h[np.ix_(inner, inner)])])
    for energy in levels:
        yield outcome(system, float(energy), lambda energy=energy: direct(h, leads, float(energy)))


def direct(h, leads, energy):
    """T by Fisher and Lee for hard-wall leads, a dense inverse in double precision, and refinement once."""
    width = len(leads[0][0])
    across = np.arange(1, width + 1) * np.pi / (width + 1)
    half = (energy + 2 * np.cos(across)) / 2
    inside = half + 0j
    factor = -(inside - np.where(half < 0, -1, 1) * np.sqrt(inside**2 - 1))  # decaying …
    is_open = np.abs(half) < 1
    factor = np.where(is_open, -inside + 1j * np.sqrt(np.abs(1 - inside**2)), factor)  # … or outgoing
    speed = np.where(is_open, 2 * np.sqrt(np.abs(1 - half**2)), 0.0)
    matrix = energy * np.eye(len(h)) - h + 0j
    columns = []
    for h0, _, orbitals in leads:
        # The order of the orbitals across the lead: along the chain of the cell's bonds.
        chain = order_of_chain(h0)
        states = np.sqrt(2 / (width + 1)) * np.sin(np.outer(np.arange(1, width + 1), across))
        place = np.asarray(orbitals)[chain]
        matrix[np.ix_(place, place)] -= (states * -factor) @ states.T
        w = np.zeros((len(h), int(is_open.sum())))
        w[place] = (states * np.sqrt(speed))[:, is_open]
        columns.append(w)
    w = np.concatenate(columns, axis=1)
    inverse = np.linalg.inv(matrix)
    x = inverse @ w
    x += inverse @ (w - matrix @ x)
    s = 1j * w.T @ x - np.eye(w.shape[1])
    n = w.shape[1] // 2
    blocks = [[s[:n, :n], s[:n, n:]], [s[n:, :n], s[n:, n:]]]
    return np.array([[np.sum(np.abs(block) ** 2) for block in row] for row in blocks])


def order_of_chain(h0):
    ends = np.flatnonzero(np.count_nonzero(h0 - np.diag(np.diag(h0)), axis=1) == 1)
    order = [int(ends[0])]
    while len(order) < len(h0):
        order.append(next(int(i) for i in np.flatnonzero(h0[order[-1]]) if i not in order and i != order[-1]))
    return np.array(order)


def bound_states_in_the_continuum():
    """Two equal levels beside one site of a chain: their difference is dark; and an orbital that nothing touches."""
    for level, coupling in ((0.3, 0.5), (0.0, 1.0), (-1.7, 1e-3)):
        h = np.diag([0.2, level, level])
        h[0, 1:] = h[1:, 0] = coupling
        lone = np.diag([0.2, level])
        for offset in (0.0, 1e-14, 1e-12, -1e-9, 1e-6, -1e-3):
            energy = level + offset
            leads = {name: (*CHAIN, [0]) for name in ("L", "R")}
            apart = 1 / (1 + 0.2**2 / (4 - energy**2))
            yield outcome(
                sv.System.from_matrices(lone, leads), energy, [[1 - apart, apart], [apart, 1 - apart]]
            )
            # The even state of the levels is a stub: u = 0.2 + 2c²/(E − ε).
            distance = energy - level
            u = 0.2 + 2 * coupling**2 / distance if distance else np.inf
            t = 1 / (1 + u**2 / (4 - energy**2))
            yield outcome(sv.System.from_matrices(h, leads), energy, [[1 - t, t], [t, 1 - t]])


def a_dark_ring():
    """A square of four equal sites between chains at opposite corners, E on its degenerate level."""
    ring = -np.array([[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0.0]])
    system = sv.System.from_matrices(ring, {"L": (*CHAIN, [0]), "R": (*CHAIN, [3])})
    yield from referred(system, (0.0, 1e-12, -1e-9, 1e-6, 0.5))


def thresholds_of_square_leads():
    width = 4
    system = square(width, 3)
    for edge in sv.thresholds(system, window=(-4.0, 4.0)):
        for offset in OFFSETS:
            yield outcome(system, float(edge + offset), clean_wire(width, edge + offset))


def at_thresholds(system, window, offsets):
    edges = sv.thresholds(system, window=window)
    assert len(edges)
    return referred(system, [edge + offset for edge in edges for offset in offsets])


def thresholds_of_a_disordered_square():
    yield from at_thresholds(square(3, 3, disordered(2, 3)), (-2.0, 0.1), OFFSETS[::3])


def thresholds_of_zigzag_leads():
    model = sv.Model(sv.lattice.honeycomb(), sv.hopping(-1.0))
    dirty = model + sv.onsite(lambda x, y: 0.4 * np.sin(31 * x + 17 * y))
    region = dirty.region(sv.shape.rectangle(0.6, 0.7))
    system = region.lead("L", model, "-x").lead("R", model, "+x")
    yield from at_thresholds(system, (0.05, 1.2), OFFSETS[::3])


def thresholds_in_a_field():
    yield from at_thresholds(square(3, 3, disordered(5, 3), field=600.0), (-3.0, -0.2), OFFSETS[::3])


KINDS = (
    band_centres, dirac_point, levels_of_a_clean_device, levels_without_the_interface,
    levels_of_a_disordered_device, bound_states_in_the_continuum, a_dark_ring, thresholds_of_square_leads,
    thresholds_of_a_disordered_square, thresholds_of_zigzag_leads, thresholds_in_a_field,
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_right_or_refused(kind):
    found = list(kind())
    assert len(found) >= 3
    assert [one for one in found if one.error is not None and not one.error < BOUND] == []
    refused = [one for one in found if one.error is None]
    assert len(refused) <= 0.25 * len(found), refused


def table():
    """Print what was found: one row for each kind of energies."""
    print(f"{'energies':36} {'number':>6} {'refused':>7} {'largest error':>13}  routes; worst figure/bound")
    for kind in KINDS:
        found = list(kind())
        errors = [one.error for one in found if one.error is not None]
        routes = ", ".join(
            f"{route} {number}" for route, number in Counter(one.route for one in found).items()
        )
        share, name = max((one.worst for one in found if one.error is not None), default=(0.0, ""))
        row = f"{kind.__name__.replace('_', ' '):36} {len(found):6} {len(found) - len(errors):7}"
        print(f"{row} {max(errors, default=0.0):13.1e}  {routes}; {name} {share:.1e}")


if __name__ == "__main__":
    table()
