"""What changes a lattice system: a field, flux tubes, sites that are taken away. `System` has these as methods."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .flux_tube import FluxTube
from .magnetic import field_of
from .removal import chosen_sites, loose_sites, random_sites, rough_sites
from .values import Parameter

if TYPE_CHECKING:
    from .system import System


def field(system: "System", perpendicular: float | Parameter | Callable[..., Any]) -> "System":
    """The system in a perpendicular magnetic field, by Peierls phases, through region and leads.

    The particle has charge −e and B > 0 points along +z. Leads may run in any directions: each is in the gauge that
    does not change along it. Results do not depend on gauges, but for pair potentials, whose phases are those of a
    gauge (see `sharvin.nambu`).

    Parameters
    ----------
    perpendicular
        In tesla, or ``sharvin.param("B")`` to be swept, or a function of the arrays ``x, y`` in nm and of named
        parameters. The function must not change along a lead, from the outermost sites of the region on.
        Every cell of a mesh finer than the lattice has its flux; a jump is smeared over a bond or two.

    Raises
    ------
    InputError
        For anything else, a field that changes along a lead, and leads with gauges of their own that share a site
        (the last two when it is solved).

    Examples
    --------
    >>> import numpy as np
    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
    >>> region = wire.region(sv.shape.rectangle(length=60, width=10)).lead("left", wire, direction="-x")
    >>> sorted(region.field(perpendicular=sv.param("B")).parameters)
    ['B']

    A magnetic barrier:

    >>> barrier = region.field(lambda x, height: np.where(abs(x) < 10, height, 0.0))
    """
    body = system.lattice_body("field")
    return replace(system, body=replace(body, field=field_of(perpendicular, body.field.tubes)))


def flux_tube(system: "System", flux: float | Parameter, at: tuple[float, float]) -> "System":
    """The system with a magnetic flux through one point, and no other field from it (Aharonov–Bohm).

    A particle of charge −e that goes around the point counter-clockwise gets the phase −2π Φ/(h/e). Tubes add up,
    and to a `field`.

    Parameters
    ----------
    flux
        Φ in units of h/e, along +z, or ``sharvin.param("flux")`` to be swept.
    at
        The point (x, y) in nm.

    Raises
    ------
    InputError
        For a flux that is no number; and for a point that lies in a lead, or that leads enclose without a gap (when it
        is solved).

    Notes
    -----
    Y. Aharonov and D. Bohm, Phys. Rev. 115, 485 (1959).

    Examples
    --------
    A ring:

    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.square(a=1.0), sv.onsite(4.0) + sv.hopping(-1.0))
    >>> ring = wire.region(sv.shape.ring(inner=8.0, outer=12.0)).flux_tube(sv.param("flux"), at=(0, 0))
    >>> arm = sv.shape.strip(width=5.0)
    >>> ring = ring.lead("left", wire, "-x", shape=arm).lead("right", wire, "+x", shape=arm)
    >>> T = [sv.scattering_matrix(ring, 0.7, flux=flux).transmission("right", "left") for flux in (0.3, 1.3)]
    >>> bool(abs(T[1] - T[0]) < 1e-10)
    True
    """
    body = system.lattice_body("flux_tube")
    field = replace(body.field, tubes=(*body.field.tubes, FluxTube.of(flux, at)))
    return replace(system, body=replace(body, field=field))


def without_sites(system: "System", where: Any) -> "System":
    """The system without some of its sites; those stay that leads meet, or that were filled in for them.

    Parameters
    ----------
    where
        A function of the coordinate arrays ``x, y, z`` (nm), ``sublattice`` and ``cell``, as `onsite` takes it,
        that is true where sites go; or True or False for each site.

    Raises
    ------
    InputError
        For anything else, or if no site is left.

    Examples
    --------
    An antidot:

    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.square(a=1.0), sv.hopping(-1.0))
    >>> region = wire.region(sv.shape.rectangle(length=20, width=10))
    >>> region.site_count, region.without_sites(lambda x, y: x**2 + y**2 < 4).site_count
    (171, 162)
    """
    body = system.lattice_body("without_sites")
    return replace(system, body=body.without(chosen_sites(body.sites, where)))


def vacancies(system: "System", probability: float, seed: int, *, sublattice: str | None = None) -> "System":
    """The system with sites missing at random: each with a probability, whatever the others do.

    Whether a site is missing depends on the seed, on its cell and on its sublattice, and on nothing else. Those
    stay where leads meet the region.

    Parameters
    ----------
    probability
        Between 0 and 1: the share of sites that are missing.
    seed
        An integer. It cannot be a parameter, since the pattern of the Hamiltonian depends on it.
    sublattice
        Restrict the vacancies to one sublattice.

    Raises
    ------
    InputError
        For a probability or a seed that is none, or if no site is left.

    Examples
    --------
    >>> import sharvin as sv
    >>> graphene = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7))
    >>> ribbon = graphene.region(sv.shape.rectangle(length=20, width=10))
    >>> ribbon.vacancies(0.01, seed=4).site_count < ribbon.site_count
    True
    """
    body = system.lattice_body("vacancies")
    return replace(system, body=body.without(random_sites(body.sites, probability, seed, sublattice)))


def rough_edges(system: "System", probability: float, seed: int, *, layers: int = 1) -> "System":
    """The system with a rough edge: sites that lack neighbours are taken away with a probability, layer by layer.

    A site is at the edge if it has fewer neighbours than one inside; in the next layer also if it lost one in
    this. Which go depends on a seed, and on their places in the lattice. Those stay where leads meet the region, so
    that the edges between leads are rough if they are attached before.

    Parameters
    ----------
    probability
        Between 0 and 1, for each site of a layer.
    seed
        An integer.
    layers
        How often.

    Raises
    ------
    InputError
        For a probability, a seed or a number of layers that is none, or if no site is left.

    Notes
    -----
    D. A. Areshkin, D. Gunlycke and C. T. White, Nano Lett. 7, 204 (2007), for ribbons of graphene.

    Examples
    --------
    >>> import sharvin as sv
    >>> graphene = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7))
    >>> ribbon = graphene.region(sv.shape.rectangle(length=20, width=10))
    >>> ribbon = ribbon.lead("left", graphene, "-x").lead("right", graphene, "+x")
    >>> rough = ribbon.rough_edges(0.2, seed=1, layers=2).trimmed()
    """
    body = system.lattice_body("rough_edges")
    _check_neighbours("rough_edges", system)
    neighbours = body.neighbours, body.full_neighbours
    gone = rough_sites(body.sites, *neighbours, body.held, probability, layers, seed)
    return replace(system, body=body.without(gone))


def trimmed(system: "System", neighbours: int = 2) -> "System":
    """The system without loose ends: every site has at least so many neighbours, or meets a lead.

    Parameters
    ----------
    neighbours
        The least number; 2 leaves no site that hangs on a single bond.

    Raises
    ------
    InputError
        For a number below 1, or if no site is left.

    Examples
    --------
    >>> import sharvin as sv
    >>> graphene = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7))
    >>> disk = graphene.region(sv.shape.disk(radius=2.0))
    >>> disk.site_count - disk.trimmed().site_count
    12
    """
    body = system.lattice_body("trimmed")
    _check_neighbours("trimmed", system)
    return replace(system, body=body.without(loose_sites(body.neighbours, body.held, neighbours)))


def _check_neighbours(what: str, system: "System") -> None:
    """Refuse to count neighbours around a period, where one site may be several of them."""
    if len(system.lattice_body(what).sites.lattice.periods):
        raise InputError(
            f"{what}: in a wrapped model neighbours are not to be counted; name the sites, without_sites"
        )
