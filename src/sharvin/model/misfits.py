"""The errors of a lead that does not fit its region: each names a place and what would fit, and holds both to be drawn.

They are made where something is wrong already, so that what they look up may take its time.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from ..errors import GeometryError, InputError
from .bravais import Lattice
from .lead_classes import completed, frame, in_cross_section, one_period
from .point_set import Shape
from .sites import Sites

if TYPE_CHECKING:
    from .attachment import Attachment

_NEAR = np.pi / 6  # a direction further off is not one that was meant
_MOST_SHOWN = 300  # places that a picture needs


def no_period(what: str, sites: Sites, unit: np.ndarray, reach: int) -> GeometryError:
    """No lattice translation of up to `reach` cells is parallel to the direction."""
    lattice = sites.lattice
    fitting, angles = translations_near(lattice, unit, reach)
    outermost = sites.positions[np.argmax(sites.positions @ unit)]
    flat = angles.min() > np.pi / 2 - 1e-6
    offers = "; ".join(
        f"{_shown(lattice, vector, 13)} ({np.degrees(angle):.2g}° off, period {np.linalg.norm(vector):.3g} nm)"
        for vector, angle in zip(fitting, angles, strict=True)
    )
    return GeometryError(
        f"{what}: no lattice translation of up to {reach} cells lies along the direction {_shown(lattice, unit)}; a "
        f"lead from the outermost site, at {_shown(lattice, outermost)} nm, would never repeat. "
        f"{'The lattice is flat there; it repeats along' if flat else 'Directions near it that fit'}: {offers}",
        sites=sites.positions,
        places={"the lead would begin": outermost[None]},
        direction=unit,
        fitting=tuple(fitting),
    )


def translations_near(lattice: Lattice, unit: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Up to three short translations near a direction, the nearest first, and their angles in radians.

    Each is closer to the line than all that are shorter. Where the lattice does not extend along the direction, the
    shortest ones across it.
    """
    d = lattice.dimension
    cells = np.indices((2 * reach + 1,) * d).reshape(d, -1).T - reach
    cells = cells[np.gcd.reduce(cells, axis=1) == 1]  # a multiple says nothing new
    steps = cells @ lattice.vectors
    along = steps @ unit
    off = np.linalg.norm(steps - along[:, None] * unit, axis=1)
    angles = np.arctan2(off, along)
    length = np.linalg.norm(steps, axis=1)
    near = np.flatnonzero(angles < _NEAR)
    if not len(near):
        best = np.flatnonzero(angles < angles.min() + 1e-9)
        if angles[best[0]] > np.pi / 2 - 1e-6:  # either sense is as far off
            best = best[steps[best, np.argmax(np.abs(steps[best]) > 1e-9, axis=1)] > 0]
        order = best[np.lexsort((-best, np.round(length[best], 9)))][:3]
        return steps[order], angles[order]
    order = near[np.lexsort((off[near], np.round(length[near], 9)))]
    closest = np.minimum.accumulate(off[order])
    first = np.append(True, closest[1:] < closest[:-1] * (1 - 1e-9))
    order = [place for place in order[first] if completed(cells[place]) is not None][:3][::-1]
    return steps[order], angles[order]


def no_site(what: str, sites: Sites, shape: Shape, unit: np.ndarray, period: float) -> GeometryError:
    """No site of the region lies in the lead's shape."""
    lattice, axes = sites.lattice, frame(unit)
    across = sites.positions @ axes[1:].T
    low, high = shape.low[1:], shape.high[1:]
    away, along = np.maximum(np.maximum(low - across, across - high), 0).sum(axis=1), sites.positions @ unit
    nearest = int(np.lexsort((-along, np.round(away, 9)))[0])
    place, end = sites.positions[nearest], float(along.max())
    return GeometryError(
        f"{what}: no site of the region lies in the lead's shape. That is endless along the direction, and given in "
        f"the axes of the lead: y counts from the origin across it, along {_shown(lattice, axes[1])}, and lies between "
        f"{low[0]:.6g} and {high[0]:.6g} nm, while the region's sites lie between {across[:, 0].min():.6g} and "
        f"{across[:, 0].max():.6g} nm, the nearest one at {_shown(lattice, place)} nm; move the "
        f"{_moved(sites, shape, unit, nearest)}, or the region",
        sites=sites.positions,
        places={
            "the lead's shape": _cell_of(lattice, shape, unit, period, end),
            "nearest site": place[None],
        },
        direction=unit,
    )


def _moved(sites: Sites, shape: Shape, unit: np.ndarray, nearest: int) -> str:
    """How the shape would be moved to the middle of the region, or at least to its nearest site."""
    across = sites.positions @ frame(unit)[1:].T
    low, high = shape.low[1:], shape.high[1:]
    bounded = np.isfinite(low) & np.isfinite(high)
    middle = (np.where(bounded, low, 0) + np.where(bounded, high, 0)) / 2
    for target in ((across.min(axis=0) + across.max(axis=0)) / 2, across[nearest]):
        step = np.round(np.where(bounded, target - middle, 0), 9)
        moved = shape.translated((0.0, *step))
        if in_cross_section(moved, unit)(*sites.positions.T).any():
            shown = [f"{part:.9g}" for part in (0.0, *step)][: 3 if step[1] else 2]
            return f"shape (shape.translated(({', '.join(shown)})) would hold some)"
    return "shape"


def _cell_of(lattice: Lattice, shape: Shape, unit: np.ndarray, period: float, end: float) -> np.ndarray:
    """Sites that a lead of this shape would have, about where the region ends."""
    found = None
    with suppress(InputError):  # of a shape with more sites than can be listed
        found = one_period(lattice, shape, unit, period)
    if found is None:
        return np.zeros((0, 3))
    return found.positions[:_MOST_SHOWN] + np.floor(end / period) * period * unit


def not_ended(
    what: str, sites: Sites, cell: np.ndarray, ended: np.ndarray, number: int, period: np.ndarray
) -> GeometryError:
    """Behind the site `number` of the lead's cell the region has none; `ended` tells of which it has some."""
    lattice, unit = sites.lattice, period / np.linalg.norm(period)
    axis = frame(unit)[1]
    inside = cell[ended] @ axis
    wrong = cell[np.flatnonzero(~ended)[:_MOST_SHOWN]] if not ended[number] else cell[[number]]
    return GeometryError(
        f"{what}: behind its site at {_shown(lattice, cell[number])} nm there is none of the region, along the "
        "direction or reached by its hoppings, so that the region does not end it. The sites that it ends lie between "
        f"{inside.min():.6g} and {inside.max():.6g} nm across, along {_shown(lattice, axis)}; choose a narrower "
        f"shape{_strip(lattice, cell @ axis, inside)}, or a region that reaches as far across",
        sites=sites.positions,
        places={"no site of the region behind": wrong},
        direction=unit,
    )


def too_many_filled(what: str, sites: Sites, attachment: "Attachment") -> GeometryError:
    """To end the lead so much would be filled in that the region became another device."""
    lattice, unit = sites.lattice, attachment.period / np.linalg.norm(attachment.period)
    axis = frame(unit)[1]
    filled = lattice.positions(attachment.fill_cells, attachment.fill_sublattice)
    ends = attachment.interface[(attachment.interface >= 0) & (attachment.interface < len(sites))]
    across, there = lattice.positions(attachment.front, attachment.kind) @ axis, sites.positions[ends] @ axis
    furthest = filled[np.argmin(filled @ unit)]
    return GeometryError(
        f"{what}: {len(filled)} sites would be filled in beside the {len(sites)} of the region. Its cell lies between "
        f"{across.min():.6g} and {across.max():.6g} nm across, along {_shown(lattice, axis)}, and what the region "
        f"lacks there would be added, as far back as {_shown(lattice, furthest)} nm, which makes it another device; "
        f"say fill=True if that is wanted, give the lead a narrower shape{_strip(lattice, across, there)}, or cut the "
        "region so that its edge there is straight",
        sites=sites.positions,
        places={"would be filled in": filled},
        direction=unit,
    )


def leads_overlap(
    what: str, other: str, sites: Sites, shared: np.ndarray, period: np.ndarray
) -> GeometryError:
    """The lead would have places of another lead, `shared`."""
    return GeometryError(
        f'{what}: it would take sites of lead "{other}", such as the one at {_shown(sites.lattice, shared[0])} nm; '
        "leads may not overlap. Attach them in other directions, make one of them narrower (shape=), or let the "
        "edges of the region be further apart",
        sites=sites.positions,
        places={f'of lead "{other}" too': shared[:_MOST_SHOWN]},
        direction=period / np.linalg.norm(period),
    )


def gauges_clash(one: str, other: str, sites: Sites, shared: np.ndarray) -> GeometryError:
    """Two leads at an angle share sites, by number, which in a field cannot be in the gauges of both."""
    places = sites.positions[shared]
    return GeometryError(
        f'field: the leads "{one}" and "{other}" have gauges of their own and share the site at '
        f"{places[0].round(6).tolist()} nm, which cannot be in both; make one of them narrower "
        "(shape=), or let the region reach out between them",
        sites=sites.positions,
        places={f'of "{one}" and "{other}"': places},
    )


def _strip(lattice: Lattice, across: np.ndarray, inside: np.ndarray) -> str:
    """The strip that holds those coordinates across a planar lead, in words; "" where none would."""
    rows = np.unique(np.round(across, 6))
    if lattice.dimension != 2 or len(rows) < 2 or not len(inside):
        return ""
    low, high = float(inside.min()), float(inside.max())
    width, center = high - low + float(np.diff(rows).min()), (low + high) / 2
    place = f", center={center:.6g}" if abs(center) > 1e-6 else ""
    return f", such as sharvin.shape.strip({width:.6g}{place})"


def _shown(lattice: Lattice, vector: np.ndarray, digits: int = 6) -> str:
    """A vector as it may be typed, without a z that means nothing."""
    flat = not vector[2] and not lattice.vectors[:, 2].any()
    parts = np.round(vector[: 2 if flat else 3], 12) + 0.0  # no −0
    return "[" + ", ".join(f"{part:.{digits}g}" for part in parts) + "]"
