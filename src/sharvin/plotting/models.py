"""Pictures of models: the unit cell, its neighbours, and the hoppings of every term."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..model.bravais import Kind, Lattice
from ..model.model import Model
from ..model.terms import HoppingTerm
from ..model.values import Parameter
from .canvas import ACCENT, PLAIN, Canvas, dot, natural_projection, palette, spacing_of

_NAMED = 12  # sublattices up to which each has its name beside it
_MOST_CELLS = 400  # surrounding cells that are drawn
_BULGE = 0.16  # of a bond that passes over another site, in units of its length
_STYLES = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (5, 1.2, 1, 1.2)))  # one for each term
_COLOURS = (PLAIN, "#CC79A7", "#009E73", ACCENT, "#56B4E9")
_FADED = 0.28
_POINTS, _MOST_COMPARED = 25, 10**7  # of a bent line; pairs of bond and site


def plot_model(model: Model, ax: Axes | None = None, *, projection: str | None = None) -> Axes:
    """Draw the unit cell of a model in the midst of its neighbours, with the hoppings of every term.

    Sublattices have colours and names, lattice vectors are arrows, and the sites of the surrounding cells are faded.
    Each term's hoppings from the sites of the cell have a style and colour of their own; those that would pass over
    other sites are bent. Parameters need no values.

    Parameters
    ----------
    model
        Any model.
    ax
        Axes to draw into; new ones by default.
    projection
        ``"xy"``, ``"xz"`` or ``"yz"`` to look along an axis, ``"3d"`` for space; by default what the lattice spans.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import sharvin as sv
    >>> graphene = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7) + sv.hopping(sv.param("t2"), neighbours=2))
    >>> ax = graphene.plot()
    >>> [entry.get_text() for entry in ax.figure.legends[0].get_texts()]
    ['A', 'B', 'hopping −2.7 eV, 1st neighbours', 'hopping t2, 2nd neighbours']
    """
    lattice, terms = model.lattice, model.terms.hopping
    kinds = [term.bonds(lattice) for term in terms]
    cells = _cells(lattice, [kind for group in kinds for kind in group])
    count = lattice.sublattice_count
    positions = lattice.positions(np.repeat(cells, count, axis=0), np.tile(np.arange(count), len(cells)))
    canvas = Canvas.of(ax, projection, natural_projection(lattice.vectors, positions), positions)
    spacing = spacing_of(lattice)
    diameter = 0.26 * spacing
    legend: list[tuple[str, dict[str, Any]]] = []
    _draw_cell(canvas, lattice)
    for number, name in enumerate(lattice.sublattices):
        own = positions[number::count]
        home = ~cells.any(axis=1)
        faded = 0.6 if canvas.solid else _FADED  # depth fades them more
        canvas.dots(own[~home], diameter, color=palette(number), alpha=faded, zorder=2)
        canvas.dots(own[home], 1.3 * diameter, color=palette(number), zorder=4, smallest=3)
        if count <= _NAMED:
            legend.append((name, dot(palette(number))))
    for number, (term, group) in enumerate(zip(terms, kinds, strict=True)):
        style = {"color": _COLOURS[number % len(_COLOURS)], "linestyle": _STYLES[number % len(_STYLES)]}
        width = max(1.0, 2.4 - 0.5 * number)  # of terms on the same bonds each shows beside the earlier ones
        canvas.lines(_bonds(canvas, lattice, group, positions), linewidths=width, colors=style["color"],
                     linestyles=[style["linestyle"]], zorder=1 + 0.01 * number)  # fmt: skip
        legend.append((_description(term), {**style, "linewidth": width}))
    canvas.legend(legend)
    return canvas.finish(0.4 * spacing)


def _cells(lattice: Lattice, kinds: list[Kind]) -> np.ndarray:
    """The home cell, those around it, and those that its hoppings lead to."""
    d = lattice.dimension
    around = np.indices((3,) * d).reshape(d, -1).T - 1
    steps = np.array([kind[2] for kind in kinds], dtype=int).reshape(-1, d)
    reached = np.unique(np.concatenate([steps, -steps]), axis=0)
    order = np.argsort(np.linalg.norm(reached @ lattice.vectors, axis=1), kind="stable")
    return np.unique(np.concatenate([around, reached[order][:_MOST_CELLS]]), axis=0)


def _draw_cell(canvas: Canvas, lattice: Lattice) -> None:
    """The outline of the unit cell about its sites, with the lattice vectors as arrows along its edges."""
    vectors, d = lattice.vectors, lattice.dimension
    corner = (lattice.basis.min(axis=0) + lattice.basis.max(axis=0)) / 2 - vectors.sum(axis=0) / 2
    if d == 1:  # beside the chain
        corner = corner - 0.3 * np.linalg.norm(vectors[0]) * _across(canvas, vectors)[0]
    steps = np.indices((2,) * d).reshape(d, -1).T
    edges = [(a, b) for a in steps for b in steps if (b - a).min() >= 0 and (b - a).sum() == 1]
    canvas.lines(corner + np.array(edges) @ vectors, colors=PLAIN, linewidths=0.7, linestyles=":", zorder=0.5)
    for number, vector in enumerate(vectors, start=1):
        canvas.arrow(corner, vector, "black", f"$a_{number}$")


def _bonds(canvas: Canvas, lattice: Lattice, kinds: list[Kind], positions: np.ndarray) -> np.ndarray:
    """Lines (bonds, points, 3) of both senses of some bonds, each from a site of the home cell."""
    both = [*kinds, *((source, to, tuple(-step for step in cell)) for to, source, cell in kinds)]
    start = lattice.basis[[source for _, source, _ in both]]
    step = lattice.displacements(both)
    straight = np.stack([start, start + step], axis=1)
    over = _passes_over(start, step, positions)
    if canvas.solid or not over.any():
        return straight
    part = np.linspace(0, 1, _POINTS)[:, None]
    bend = 4 * _BULGE * part * (1 - part)
    sideways = np.where(over[:, None], _across(canvas, step) * np.linalg.norm(step, axis=1)[:, None], 0)
    return start[:, None] + part * step[:, None] + bend * sideways[:, None]


def _passes_over(start: np.ndarray, step: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Which bonds have a site in their way; none where there are too many to tell."""
    if len(start) * len(positions) > _MOST_COMPARED:
        return np.zeros(len(start), dtype=bool)
    away = positions - start[:, None]
    # Bonds around a period may have no length.
    length = np.maximum(np.linalg.norm(step, axis=1)[:, None], 1e-150)
    along = np.einsum("bpx,bx->bp", away, step) / length**2
    off = np.linalg.norm(away - along[..., None] * step[:, None], axis=2)
    return ((along > 0.01) & (along < 0.99) & (off < 0.05 * length)).any(axis=1)


def _across(canvas: Canvas, vectors: np.ndarray) -> np.ndarray:
    """Unit vectors perpendicular to others in the plane that is shown."""
    first, second = canvas.columns[:2]
    turned = np.zeros_like(vectors)
    turned[:, first], turned[:, second] = -vectors[:, second], vectors[:, first]
    return turned / np.maximum(np.linalg.norm(turned, axis=1), 1e-300)[:, None]


def _description(term: HoppingTerm) -> str:
    """A term in words: its value, and the bonds that have it."""
    source = term.value.source
    if isinstance(source, Parameter):
        value = source.name
    elif callable(source):
        value = f"f({', '.join(term.value.arguments)})"
    elif np.ndim(source):
        value = "{}×{} matrix".format(*np.shape(source))
    else:
        value = f"{np.asarray(source):.4g} eV".replace("-", "−")
    if term.offset is not None:
        where = f"offset ({', '.join(map(str, term.offset))})".replace("-", "−")
    elif term.within is not None:
        where = f"within {term.within:.4g} nm"
    else:
        shell = term.shell or 1
        where = f"{shell}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(shell, 'th') } neighbours"
    between = "" if term.between is None else f", {'–'.join(term.between)}"
    return f"hopping {value}, {where}{between}"
