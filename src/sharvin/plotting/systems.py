"""Pictures of systems: sites, on-site energies, sublattices, hoppings, leads."""

import re
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from scipy import sparse

from ..errors import InputError, nearest
from ..model.assembly import Assembly
from ..model.foreign_lead import ForeignLead
from ..model.sites import Sites
from ..model.system import LatticeBody, System
from ..model.values import REQUIRED
from ..reals import NotReal, reals, shown
from .canvas import ACCENT, PALE, PLAIN, Canvas, dot, fading, natural_projection, palette, ring, spacing_of

_FEW = 2000  # sites up to which bonds are drawn
_LEAD, _MOST_IN_LEAD = 0.13, 20_000  # length of the piece of a lead, in units of the region's; sites in it
_THREE = 3  # periods that are shown at least


def plot_system(
    system: System,
    ax: Axes | None = None,
    *,
    color: Any = None,
    bonds: bool | None = None,
    projection: str | None = None,
    **params: Any,
) -> Axes:
    """Draw a lattice system: sites coloured by what is asked for, hoppings as lines, leads as pieces that fade out.

    Sites that were filled in to end the leads wear a ring. A system of a million sites takes a few seconds.

    Parameters
    ----------
    system
        A system made from a model.
    ax
        Axes to draw into; new ones by default.
    color
        ``"onsite"``, the mean on-site energy of each site in eV (on particle–hole doubled lattices that of electrons);
        ``"sublattice"``; or values for all sites, such as a local density. Of values for all orbitals those of each
        site are summed. By default on-site energies, if they are known and not all equal.
    bonds
        Whether hoppings are drawn, the stronger the thicker where the parameters are known. By default up to
        2000 sites.
    projection
        ``"xy"``, ``"xz"`` or ``"yz"`` to look along an axis, ``"3d"`` for space; by default what the lattice spans.
    **params
        Parameters of the system. Those that have no default must be given for its on-site energies to be known.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        For a system from matrices, which has no positions, or values that do not fit the sites.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
    >>> system = wire.region(sv.shape.rectangle(length=20, width=10)).lead("left", wire, direction="-x")
    >>> system.plot(color="sublattice").get_xlabel()
    'x (nm)'
    """
    body = system.body
    if not isinstance(body, LatticeBody):
        raise InputError("plot: a system from matrices has no positions to draw")
    with_bonds = len(body.sites) <= _FEW if bonds is None else bonds
    known = bool(params) or REQUIRED not in system.parameters.values()
    by_energy = color is None or (isinstance(color, str) and color == "onsite")
    h = None
    if (by_energy and (known or color is not None)) or (known and with_bonds):
        h = system.hamiltonian(**params)
    values, label = _values(system, color, h)

    positions, lattice = body.sites.positions, body.sites.lattice
    canvas = Canvas.of(ax, projection, natural_projection(lattice.vectors, positions), positions)
    spacing = spacing_of(lattice)
    by_sublattice = isinstance(color, str) and color == "sublattice"
    # Where no bonds are to be seen, dots that leave no gaps.
    diameter = spacing * (0.55 if with_bonds else 0.95 if by_sublattice else 1.6)
    legend: list[tuple[str, dict[str, Any]]] = []
    if with_bonds:
        width = float(np.clip(0.1 * spacing * canvas.scale, 0.4, 2.0))
        widths = (
            width if h is None else width * _strengths(h, body.bonds, len(positions), lattice.orbital_count)
        )
        canvas.lines(positions[body.bonds], colors=PALE, linewidths=widths)
    seen = _on_surface(body.sites) if canvas.solid and not with_bonds else np.ones(len(positions), dtype=bool)
    if by_sublattice:
        legend += _draw_sublattices(canvas, body, diameter, seen)
    elif values is None:
        canvas.dots(positions[seen], diameter, color=PLAIN)
    else:
        canvas.bar(canvas.dots(positions[seen], diameter, values=values[seen]), label)
    if len(system.added):
        canvas.rings(positions[system.added], 1.25 * diameter)
        legend.append(("filled in", ring()))
    for number, lead in enumerate(body.attachments):
        if isinstance(lead, ForeignLead):
            _draw_first_cells(canvas, lead, positions, diameter, with_bonds=with_bonds)
        _draw_lead(canvas, body, number, diameter, with_bonds=with_bonds, by_sublattice=by_sublattice)
    canvas.legend(legend)
    return canvas.finish(spacing)


def _on_surface(sites: Sites) -> np.ndarray:
    """Which sites lack a nearest neighbour: behind these no other is seen."""
    inside = np.ones(len(sites), dtype=bool)
    for to, source, step in sites.lattice.neighbours(1):
        own = np.flatnonzero(inside & (sites.sublattice == source))
        inside[own] = sites.find(sites.cells[own] + np.array(step), to) >= 0
    return ~inside


def _values(system: System, color: Any, h: sparse.csr_array | None) -> tuple[np.ndarray | None, str]:
    """What colours the sites, and in which words; None for one colour, or those of the sublattices."""
    count, orbitals = system.site_count, system.lattice_body("plot").sites.lattice.orbital_count
    if color is None or isinstance(color, str):
        if color not in (None, "onsite", "sublattice"):
            raise InputError(
                f'plot: color must be "onsite", "sublattice" or values for all sites, got "{color}"'
                f"{nearest(color, ['onsite', 'sublattice'])}"
            )
        if h is None or color == "sublattice":
            return None, ""
        energies = np.real(h.diagonal())[: count * orbitals].reshape(count, -1)
        energies = energies[:, system.body.sites.lattice.charges > 0].mean(axis=1)  # pyright: ignore
        plain = color is None and np.ptp(energies) <= 1e-12 * np.abs(energies).max()
        return (None if plain else energies), "on-site energy (eV)"
    try:
        values = reals(color)
    except NotReal as reason:
        raise InputError(
            f"plot: color must be real values for the sites, got {shown(color)}: {reason}"
        ) from None
    if values.shape == (system.orbital_count,):
        values = values[: count * orbitals].reshape(count, -1).sum(axis=1)
    if values.shape != (count,):
        raise InputError(
            f"plot: color must have a value for each of the {count} sites, or of the {system.orbital_count} orbitals, "
            f"got the shape {values.shape}"
        )
    attrs = getattr(color, "attrs", {})
    name = str(attrs.get("long_name") or getattr(color, "name", None) or "")
    units = re.sub(r"\^(-?[\d.]+)", r"$^{\1}$", str(attrs.get("units", "")))
    return values, f"{name} ({units})".strip() if units else name


def _strengths(h: sparse.csr_array, bonds: np.ndarray, sites: int, orbitals: int) -> np.ndarray:
    """The Frobenius norms of hoppings, in units of the largest one."""
    if not len(bonds):
        return np.ones(0)
    entries = h[: sites * orbitals, : sites * orbitals].tocoo()
    rows, columns = (index // orbitals for index in entries.coords)
    squares = sparse.coo_array((np.abs(entries.data) ** 2, (rows, columns)), shape=(sites, sites)).tocsr()
    norms = np.sqrt(squares[bonds[:, 0], bonds[:, 1]])
    return norms / max(norms.max(), 1e-300)


def _draw_sublattices(
    canvas: Canvas, body: LatticeBody, diameter: float, seen: np.ndarray
) -> list[tuple[str, dict[str, Any]]]:
    """The sites of each sublattice in its colour; and the legend."""
    names = body.sites.lattice.sublattices
    for number in range(len(names)):
        chosen = seen & (body.sites.sublattice == number)
        if chosen.any():
            canvas.dots(body.sites.positions[chosen], diameter, color=palette(number))
    return [(name, dot(palette(number))) for number, name in enumerate(names)]


def _draw_first_cells(
    canvas: Canvas, lead: ForeignLead, positions: np.ndarray, diameter: float, *, with_bonds: bool
) -> None:
    """The cells of a lead on its own lattice that the contact reaches, and the contact."""
    if with_bonds:
        here, there = lead.bonds(positions)
        ends = np.stack([positions[here], lead.within.positions[there]], axis=1)
        canvas.lines(
            ends, colors=[ACCENT], linewidths=float(np.clip(0.08 * diameter * canvas.scale, 0.4, 1.5))
        )
    canvas.dots(lead.within.positions, diameter, color=ACCENT)


def _draw_lead(
    canvas: Canvas, body: LatticeBody, number: int, diameter: float, *, with_bonds: bool, by_sublattice: bool
) -> None:
    """A piece of a lead that fades outward, and the lead's name."""
    lead = body.attachments[number]
    first = lead.places
    across, length = len(first), float(np.linalg.norm(lead.period))
    room = _LEAD * float(np.linalg.norm(canvas.extent))
    count = max(_THREE, min(int(np.ceil(room / length)), _MOST_IN_LEAD // across))
    steps = np.arange(1, count + 1)
    positions = (first + steps[:, None, None] * lead.period).reshape(-1, 3)
    fade = 1 - (steps - 0.5) / count
    if with_bonds:
        segments, step = _lead_bonds(body, number, count)
        shades = np.tile(to_rgba(ACCENT), (len(segments), 1))
        shades[:, 3] = 0.7 * fade[step - 1]
        canvas.lines(
            segments, colors=shades, linewidths=float(np.clip(0.08 * diameter * canvas.scale, 0.4, 1.5))
        )
    for kind in np.unique(lead.kind) if by_sublattice else [None]:
        chosen = slice(None) if kind is None else np.tile(lead.kind == kind, count)
        colours = fading(ACCENT if kind is None else palette(kind))
        shown = np.repeat(fade, across)[chosen]
        dots = canvas.dots(positions[chosen], diameter, values=shown, cmap=colours, zorder=1.5)
        dots.set_clim(0, 1)
    end = first.mean(axis=0) + (count + 0.5) * lead.period
    canvas.text(end, body.leads[number], ACCENT, outward=lead.period)


def _lead_bonds(body: LatticeBody, number: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Bonds of the first cells of a lead as lines (bonds, 2, 3), those to the region among them, and whose they are."""
    lead = body.attachments[number]
    across, own = len(lead.places), lead.cell_sites
    terms = body.terms[1 + number]
    pairs = np.sort(Assembly(own, np.zeros(len(own), dtype=np.int16), (terms,)).bonds, axis=1)
    pairs = pairs[pairs[:, 0] < across]  # the others repeat those from the first cell
    lines, cells = [], []
    for step in range(count):
        chosen = pairs if step < count - 1 else pairs[pairs[:, 1] < across]
        lines.append(own.positions[chosen] + step * lead.period)
        cells.append(np.full(len(chosen), step + 1))
    outward = pairs[pairs[:, 1] >= across]
    joints = outward[lead.there[outward[:, 0]]]
    ends = [lead.places[joints[:, 0]], own.positions[joints[:, 1] - across]]
    lines.append(np.stack(ends, axis=1))
    cells.append(np.ones(len(joints), dtype=int))
    return np.concatenate(lines), np.concatenate(cells)
