"""Random systems with leads, each from one integer: matrices of many kinds, and lattices, with an energy.

What is hard is drawn often: singular hoppings, leads without modes or with hidden parts, detached pieces of a region,
narrow resonances, energies beside thresholds and on levels of the closed region.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

import sharvin as sv

#: Most orbitals of a lead's cell, of all cells together, and of a region from matrices.
_CELL, _CELLS, _SIZE = 6, 14, 18


@dataclass(frozen=True, eq=False)
class RandomSystem:
    """A system as the package takes it and as plain matrices.

    Attributes
    ----------
    kind
        What was drawn, in words.
    system, params, energy
        What to solve, and where (eV).
    h, leads
        The same as matrices: the region, and name → (h0, v, orbitals), v leading outward.
    ordinary
        True if nothing difficult was drawn: such a system must always be solved.
    """

    kind: str
    system: sv.System
    params: Mapping[str, float]
    energy: float
    h: np.ndarray
    leads: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]]
    ordinary: bool


def random_system(seed: int) -> RandomSystem:
    """The system of a seed, the same at every call."""
    rng = np.random.default_rng(seed)
    return _from_lattice(rng) if rng.random() < 0.25 else _from_matrices(rng)


# ---- matrices


@dataclass(frozen=True)
class _Draw:
    """Random matrices, all real or all complex, of one scale."""

    rng: np.random.Generator
    is_complex: bool

    def matrix(self, rows, columns):
        values = self.rng.normal(size=(rows, columns))
        return values + 1j * self.rng.normal(size=(rows, columns)) if self.is_complex else values

    def hermitian(self, size, density=1.0):
        values = self.matrix(size, size) * (self.rng.random((size, size)) < density)
        return (values + values.conj().T) / 2

    def unitary(self, size):
        return np.linalg.qr(self.matrix(size, size))[0]

    def turned(self, h0, v):
        """A cell in another basis, exactly Hermitian again."""
        turn = self.unitary(len(h0))
        h0, v = turn @ h0 @ turn.conj().T, turn @ v @ turn.conj().T
        return (h0 + h0.conj().T) / 2, v


def _full(draw, m):
    return draw.hermitian(m), draw.matrix(m, m)


def _low_rank(draw, m):
    rank = int(draw.rng.integers(1, m + 1))
    return draw.hermitian(m), draw.matrix(m, rank) @ draw.matrix(rank, m)


def _zero_columns(draw, m):
    v = draw.matrix(m, m)
    v[:, draw.rng.random(m) < 0.4] = 0
    v[draw.rng.random(m) < 0.2] = 0
    return draw.hermitian(m), v


def _one_bond(draw, m):
    """Cells joined by one bond, as rows of a lattice cut along a long period are."""
    v = np.zeros((m, m), dtype=complex if draw.is_complex else float)
    v[draw.rng.integers(m), draw.rng.integers(m)] = draw.matrix(1, 1)[0, 0]
    return draw.hermitian(m), v


def _triangular(draw, m):
    """A nilpotent hopping."""
    return draw.hermitian(m), np.triu(draw.matrix(m, m), 1)


def _whole_numbers(draw, m):
    """Small whole numbers: hoppings are often exactly singular, bands exactly degenerate."""
    h0 = np.round(draw.hermitian(m) * 1.5)
    return h0, np.round(draw.matrix(m, m))


def _wire(draw, m):
    """A hard-wall wire: transverse states do not depend on energy."""
    return -(np.eye(m, k=1) + np.eye(m, k=-1)), -np.eye(m)


def _commuting(draw, m):
    """Cell and hopping that are diagonal together, in a hidden basis."""
    h0, v = draw.turned(np.diag(draw.rng.normal(size=m)), np.diag(draw.rng.normal(size=m)))
    return h0, (v + v.conj().T) / 2


def _no_modes(draw, m):
    h0, v = _full(draw, m)
    return h0 + draw.rng.choice([-1, 1]) * draw.rng.choice([7.0, 20.0, 60.0]) * np.eye(m), v


def _hidden_parts(draw, m):
    """Parts that do not feel each other, in a hidden basis."""
    first = int(draw.rng.integers(1, m)) if m > 1 else 1
    h0, v = np.zeros((2, m, m), dtype=complex if draw.is_complex else float)
    for part in (slice(0, first), slice(first, m)):
        size = part.stop - part.start
        if size:
            h0[part, part], v[part, part] = _low_rank(draw, size)
    return draw.turned(h0, v)


def _copies(draw, m):
    """Two or three copies of one lead, mixed: every mode is degenerate."""
    copies = 3 if m % 3 == 0 else 2
    inner = max(m // copies, 1)
    if inner * copies != m:
        return _full(draw, m)
    h0, v = _low_rank(draw, inner)
    return draw.turned(np.kron(h0, np.eye(copies)), np.kron(v, np.eye(copies)))


def _weak(draw, m):
    """Cells that are weakly connected: narrow bands."""
    h0, v = _full(draw, m)
    return h0, v * draw.rng.choice([0.1, 0.03])


def _cut_off(draw, m):
    """Cells that are not connected: a few more orbitals of the region's edge."""
    return draw.hermitian(m), np.zeros((m, m))


_LEADS = {
    "full": (_full, 6),
    "low rank": (_low_rank, 4),
    "zero columns": (_zero_columns, 3),
    "one bond": (_one_bond, 2),
    "triangular": (_triangular, 2),
    "whole numbers": (_whole_numbers, 2),
    "wire": (_wire, 3),
    "commuting": (_commuting, 2),
    "no modes": (_no_modes, 2),
    "hidden parts": (_hidden_parts, 4),
    "copies": (_copies, 4),
    "weak": (_weak, 2),
    "cut off": (_cut_off, 1),
}
_REGIONS = {
    "plain": 6,
    "detached part": 2,
    "two parts": 2,
    "part behind one lead": 2,
    "weak links": 3,
    "shared orbitals": 2,
    "copies": 1,
}
_ENERGIES = {"random": 8, "threshold": 5, "level": 2, "inner level": 2, "round": 1}


def _chosen(rng, weights):
    names = list(weights)
    chances = np.array([weights[name] for name in names], dtype=float)
    return names[int(rng.choice(len(names), p=chances / chances.sum()))]


def _from_matrices(rng):
    draw = _Draw(rng, bool(rng.random() < 0.6))
    kinds, cells = _cells(draw)
    region = _chosen(rng, _REGIONS)
    h, places = _region(draw, region, cells)
    if region != "shared orbitals":
        h, places = _fitted(rng, h, places, cells)
    scale = float(rng.choice([1.0, 1.0, 1e-3, 10.0]))
    h = h * scale
    leads = {
        f"lead{number}": (h0 * scale, v * scale, place)
        for number, ((h0, v), place) in enumerate(zip(cells, places, strict=True))
    }
    at, energy = _energy(rng, h, leads)
    kind = f"{'complex' if draw.is_complex else 'real'}; leads: {', '.join(kinds)}; region: {region}; energy: {at}"
    ordinary = at == "random" and not {"whole numbers", "cut off"} & set(
        kinds
    )  # those may have flat bands there
    system = sv.System.from_matrices(h, leads)
    return RandomSystem(kind, system, {}, energy, h, leads, ordinary)


def _cells(draw):
    """Names and matrices (h0, v) of one to five leads; sometimes all are equal, or mirror images."""
    rng = draw.rng
    count = int(rng.choice([1, 2, 3, 4, 5], p=[0.12, 0.4, 0.24, 0.14, 0.1]))
    sizes = rng.choice(np.arange(1, _CELL + 1), size=count, p=[0.22, 0.26, 0.22, 0.14, 0.08, 0.08])
    while sizes.sum() > _CELLS:
        sizes[np.argmax(sizes)] -= 1
    weights = {name: weight for name, (_, weight) in _LEADS.items()}
    kinds = [_chosen(rng, weights) for _ in range(count)]
    alike = rng.random()
    if alike < 0.25:
        kinds, sizes = kinds[:1] * count, [sizes.min()] * count
        h0, v = _LEADS[kinds[0]][0](draw, int(sizes[0]))
        flips = [alike < 0.12 and number % 2 == 1 for number in range(count)]
        return kinds, [(h0, v.conj().T if flip else v) for flip in flips]
    return kinds, [_LEADS[kind][0](draw, int(m)) for kind, m in zip(kinds, sizes, strict=True)]


def _region(draw, region, cells):
    """H of a region, and the orbitals of each lead in it."""
    rng = draw.rng
    sizes = [len(h0) for h0, _ in cells]
    if region == "shared orbitals":
        size = int(rng.integers(max(sizes), 13))
        return draw.hermitian(size, 0.7), [rng.choice(size, m, replace=False) for m in sizes]
    ends = np.cumsum(sizes)
    places = [np.arange(end - m, end) for end, m in zip(ends, sizes, strict=True)]
    size = int(ends[-1] + rng.integers(0, _SIZE - _CELLS + 1))
    h = draw.hermitian(size, float(rng.choice([0.4, 0.7, 1.0])))
    if region == "copies":  # the same, twice, not connected, and each lead on one of the two
        return np.kron(np.eye(2), h), [place + size * int(rng.integers(2)) for place in places]
    if region == "plain":
        return h, places
    extra = np.arange(size, size + int(rng.integers(1, 4)))
    h = np.block(
        [[h, np.zeros((size, len(extra)))], [np.zeros((len(extra), size)), draw.hermitian(len(extra))]]
    )
    if region == "part behind one lead":
        place = places[int(rng.integers(len(places)))]
        h[np.ix_(extra, place)] = draw.matrix(len(extra), len(place))
        h[np.ix_(place, extra)] = h[np.ix_(extra, place)].conj().T
    elif region == "two parts":  # the first lead on one, all others on the other
        first = np.arange(sizes[0])
        rest = np.arange(sizes[0], len(h))
        h[np.ix_(first, rest)] = 0
        h[np.ix_(rest, first)] = 0
        inside = np.arange(ends[-1], len(h))
        h[np.ix_(rest, inside)] += draw.matrix(len(rest), len(inside)) / 4
        h = (h + h.conj().T) / 2
    elif region == "weak links":  # a dot, joined to one or two orbitals of the rest
        link = 10 ** rng.uniform(-3, -1.5)
        for place in rng.choice(size, int(rng.integers(1, min(size, 3) + 1)), replace=False):
            h[extra, place] = link * draw.matrix(len(extra), 1)[:, 0]
            h[place, extra] = h[extra, place].conj()
    return h, places


def _fitted(rng, h, places, cells):
    """The region with the leads' own cells where the leads are (half the time), its orbitals shuffled."""
    if rng.random() < 0.5:
        for place, (h0, _) in zip(places, cells, strict=True):
            h = h.astype(np.result_type(h, h0))
            h[np.ix_(place, place)] = h0
    new = rng.permutation(len(h))
    old = np.argsort(new)
    return h[np.ix_(old, old)], [new[place] for place in places]


# ---- energies


def _bands(h0, v, momenta):
    hops = np.exp(1j * np.asarray(momenta))[:, None, None] * v
    return np.linalg.eigvalsh(h0 + hops + np.conj(np.swapaxes(hops, 1, 2)))


def lead_thresholds(h0, v, points=241):
    """Turning points of the bands of a lead: of a sampled band, each refined."""
    momenta = np.linspace(-np.pi, np.pi, points)
    bands = _bands(h0, v, momenta)
    found = []
    for number in range(len(h0)):
        for sign in (1, -1):
            band = sign * bands[:-1, number]
            for turn in np.flatnonzero((band > np.roll(band, 1)) & (band >= np.roll(band, -1))):
                low, high = momenta[turn] - np.diff(momenta[:2])[0], momenta[turn] + np.diff(momenta[:2])[0]
                best = minimize_scalar(
                    lambda k, n=number, s=sign: -s * _bands(h0, v, [k])[0, n],
                    bounds=(low, high),
                    method="bounded",
                    options={"xatol": 1e-9},
                )
                found.append(-sign * float(best.fun))
    return np.array(found)


def _energy(rng, h, leads):
    """What kind of energy was drawn, and the energy: of a few of that kind, one at which most leads have modes."""
    at = _chosen(rng, _ENERGIES)
    _, (h0, v, _) = list(leads.items())[int(rng.integers(len(leads)))]
    scale = max(np.abs(h0).max(), np.abs(v).max())
    candidates = _candidates(rng, at, h, leads, h0, v)
    if len(candidates) == 0:
        at, candidates = "random", _candidates(rng, "random", h, leads, h0, v)
    few = rng.choice(candidates, 4 if rng.random() < 0.8 else 1)
    windows = [_bands(*lead[:2], np.linspace(-np.pi, np.pi, 32)) for lead in leads.values()]
    opened = [
        sum(bool(((bands.min(axis=0) < energy) & (energy < bands.max(axis=0))).any()) for bands in windows)
        for energy in few
    ]
    energy = float(few[np.argmax(opened)])
    if at == "threshold":
        return at, energy + float(rng.choice([-1, 1]) * 10 ** rng.uniform(-8, -3) * scale)
    return at, energy if at == "random" else _off_thresholds(energy, leads)


def _candidates(rng, at, h, leads, h0, v):
    """Energies of a kind, some of them for one lead's cell."""
    scale = max(np.abs(h0).max(), np.abs(v).max())
    if at == "threshold":
        return lead_thresholds(h0, v) if v.any() else []
    if at == "level":
        return np.linalg.eigvalsh(h)
    if at == "inner level":
        interface = np.concatenate([place for *_, place in leads.values()])
        inside = np.setdiff1d(np.arange(len(h)), interface)
        return np.linalg.eigvalsh(h[np.ix_(inside, inside)]) if len(inside) else []
    if at == "round":  # near the middle, at a number that is exact in binary
        return np.array([0.0, 0.25, -0.5, 0.375]) * 2.0 ** np.round(np.log2(scale))
    bands = _bands(h0, v, np.linspace(-np.pi, np.pi, 32))
    margin = 0.1 * (np.ptp(bands) + scale)
    return rng.uniform(bands.min() - margin, bands.max() + margin, 8)


def _off_thresholds(energy, leads):
    """The energy, or one 10⁻⁸ away if it lies on a threshold, where rounding decides which modes are open."""
    for h0, v, _ in leads.values():
        scale = max(np.abs(h0).max(), np.abs(v).max())
        if v.any() and (np.abs(lead_thresholds(h0, v) - energy) < 1e-10 * scale).any():
            return energy + 1e-8 * scale
    return energy


# ---- lattices

_PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


def _rough(x, y, disorder, phase):
    """A deterministic potential without any symmetry."""
    return disorder * np.sin(12.9898 * x + 78.233 * y + phase) * np.cos(39.35 * x - 11.135 * y)


def _from_lattice(rng):
    draws = {
        "chain": _chain,
        "square": _square,
        "square with spin": _square_with_spin,
        "cross": _cross,
        "zigzag": _zigzag,
        "armchair": _armchair,
        "chiral": _chiral,
    }
    kind = str(rng.choice(list(draws)))
    system, params, centre = draws[kind](rng)
    h = system.hamiltonian(**params).toarray()
    cells = {name: system.lead_cell(name, **params) for name in system.leads}
    leads = {name: (cell.h0, cell.v, cell.orbitals) for name, cell in cells.items()}
    at, energy = ("centre", _off_thresholds(0.0, leads)) if centre else _energy(rng, h, leads)
    kind = f"lattice: {kind}; energy: {at}"
    return RandomSystem(kind, system, params, energy, h, leads, ordinary=at == "random")


def _disorder(rng):
    return {"disorder": float(rng.choice([0.0, 0.3, 1.5])), "phase": float(rng.uniform(0, 6))}


def _chain(rng):
    model = sv.Model(sv.lattice.chain(), sv.hopping(-1.0) + sv.hopping(float(rng.normal()), 2))
    rough = model + sv.onsite(lambda x, disorder, phase: _rough(x, 0.0, disorder, phase))
    region = rough.region(sv.shape.line(length=float(rng.integers(3, 12))))
    return region.lead("left", model, "-x").lead("right", model, "+x"), _disorder(rng), False


def _ribbon(rng, model, rough, length, width, directions=("-x", "+x")):
    region = rough.region(sv.shape.rectangle(length=length, width=width))
    return region.lead("first", model, directions[0]).lead("second", model, directions[1])


def _square(rng):
    """A wire, half the time in a field of up to a flux quantum in a few cells, with next-nearest hoppings or not."""
    terms = sv.hopping(-1.0)
    if rng.random() < 0.5:
        terms = terms + sv.hopping(float(rng.uniform(-0.5, 0.5)), 2)
    model = sv.Model(sv.lattice.square(), terms)
    system = _ribbon(
        rng, model, model + sv.onsite(_rough), float(rng.integers(3, 6)), float(rng.integers(2, 6))
    )
    params = _disorder(rng)
    if rng.random() < 0.6:
        return system.field(sv.param("B")), {**params, "B": float(rng.uniform(-1500, 1500))}, False
    return system, params, False


def _square_with_spin(rng):
    """Spin and orbit, and a Zeeman term in any direction."""
    rashba, zeeman = float(rng.choice([0.0, 0.3])), rng.normal(size=3) * rng.choice([0.0, 0.4])
    lattice = sv.lattice.square(orbitals=("up", "down"))
    terms = (
        sv.onsite(np.tensordot(zeeman, _PAULI, axes=1))
        + sv.hopping(-np.eye(2) + 1j * rashba * _PAULI[1], offset=(1, 0))
        + sv.hopping(-np.eye(2) - 1j * rashba * _PAULI[0], offset=(0, 1))
    )
    model = sv.Model(lattice, terms)
    system = _ribbon(
        rng, model, model + sv.onsite(_rough), float(rng.integers(3, 5)), float(rng.integers(2, 5))
    )
    params = _disorder(rng)
    if rng.random() < 0.5:
        return system.field(sv.param("B")), {**params, "B": float(rng.uniform(-1500, 1500))}, False
    return system, params, False


def _cross(rng):
    """Three or four wires that meet."""
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    arms = rng.permutation(["-x", "+x", "-y", "+y"])[: int(rng.integers(3, 5))]
    side = float(rng.integers(2, 6))
    system = (model + sv.onsite(_rough)).region(sv.shape.rectangle(side, side))
    for arm in arms:
        system = system.lead(str(arm), model, str(arm))
    return system, _disorder(rng), False


def _zigzag(rng):
    model = sv.Model(sv.lattice.honeycomb(a=1.0), sv.hopping(-1.0))
    system = _ribbon(
        rng, model, model + sv.onsite(_rough), float(rng.integers(2, 4)), float(rng.choice([1.5, 2.5]))
    )
    params = _disorder(rng)
    if rng.random() < 0.4:
        return system.field(sv.param("B")), {**params, "B": float(rng.uniform(-1500, 1500))}, False
    return system, params, False


def _armchair(rng):
    model = sv.Model(sv.lattice.honeycomb(a=1.0), sv.hopping(-1.0))
    width, length = 1.2, float(rng.choice([3.2, 5.0]))
    system = _ribbon(rng, model, model + sv.onsite(_rough), width, length, ("-y", "+y"))
    return system, _disorder(rng), False


def _chiral(rng):
    """Hoppings at random, no on-site energies, at the centre of all bands."""
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    rough = sv.Model(
        sv.lattice.square(), sv.hopping(lambda x, y, disorder, phase: _rough(x, y, disorder, phase) - 1)
    )
    return (
        _ribbon(rng, model, rough, float(rng.integers(2, 7)), float(rng.integers(2, 6))),
        _disorder(rng),
        True,
    )
