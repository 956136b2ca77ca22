"""A system: a finite scattering region with leads, ready to be solved.

A `System` is immutable; ``.lead`` and ``.field`` give a new one. What a solver needs of it is the *interior*
contract: `hamiltonian` (sparse, of a pattern that parameters never change) and `lead_cell` for each lead.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy import sparse

from .._optional import DeferredMethod
from ..errors import InputError
from .assembly import Assembly, BondPhase, Sites, sites_inside
from .attachment import Attachment, attach
from .lattice import Lattice
from .magnetic import common_direction, peierls_phase
from .matrices import LeadCell, MatrixBody, WideBand, check_hermitian
from .shape import Shape
from .terms import REQUIRED, Parameter, Terms, bind_parameters, merge_parameters

if TYPE_CHECKING:
    from .model import Model

_PERIODICITY = 1e-9

__all__ = ["LeadCell", "System", "WideBand"]


class Body(Protocol):
    """What a system is made of: a lattice region, or the user's own matrices."""

    @property
    def leads(self) -> tuple[str, ...]: ...
    @property
    def parameters(self) -> Mapping[str, Any]: ...
    @property
    def size(self) -> int: ...
    def hamiltonian(self, params: Mapping[str, Any]) -> sparse.csr_array: ...
    def lead_parameters(self, name: str) -> Mapping[str, Any]: ...
    def lead_cell(self, name: str, params: Mapping[str, Any]) -> LeadCell: ...


@dataclass(frozen=True, eq=False)
class LatticeBody:
    """A region cut from a lattice, the leads fitted to it, and a perpendicular field."""

    sites: Sites
    owner: np.ndarray
    terms: tuple[Terms, ...]
    leads: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    field: float | Parameter = 0.0

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Named parameters of all terms and of the field, with their defaults."""
        return self._parameters

    @cached_property
    def _parameters(self) -> Mapping[str, Any]:
        return merge_parameters([*(terms.parameters for terms in self.terms), self._field_parameters])

    def lead_parameters(self, name: str) -> Mapping[str, Any]:
        """The parameters that a lead depends on."""
        return merge_parameters([self.terms[1 + self.leads.index(name)].parameters, self._field_parameters])

    @property
    def _field_parameters(self) -> Mapping[str, Any]:
        return {self.field.name: REQUIRED} if isinstance(self.field, Parameter) else {}

    @property
    def size(self) -> int:
        """Rows of the Hamiltonian."""
        return self._region.size

    def hamiltonian(self, params: Mapping[str, Any]) -> sparse.csr_array:
        """H of the region, with the sites that were filled in for the leads."""
        return self._region.hamiltonian(params, self._phase(params))

    def lead_cell(self, name: str, params: Mapping[str, Any]) -> LeadCell:
        """h0, v and the region's interface orbitals of a lead."""
        number = self.leads.index(name)
        attachment = self.attachments[number]
        cells = self._cells[number].hamiltonian(params, self._phase(params)).toarray()
        m = len(cells) // 3
        h0, v = cells[:m, :m], cells[:m, m : 2 * m]
        change = max(
            np.abs(cells[m : 2 * m, m : 2 * m] - h0).max(), np.abs(cells[m : 2 * m, 2 * m :] - v).max()
        )
        if change > _PERIODICITY * max(np.abs(cells).max(), 1e-300):
            raise InputError(
                f'lead "{name}": its terms change along the lead by {change:.1e} eV from one '
                "period to the next; a lead's terms may depend on the transverse coordinates only"
            )
        orbital = np.arange(self.sites.lattice.orbital_count)
        orbitals = (attachment.interface[:, None] * len(orbital) + orbital).ravel()
        return LeadCell(h0, v, orbitals, float(np.linalg.norm(attachment.period)))

    @property
    def bonds(self) -> np.ndarray:
        """Pairs of sites that a hopping connects, (bonds, 2)."""
        return self._region.bonds

    def with_lead(self, name: str, model: "Model", direction: object) -> "LatticeBody":
        """The body with one more lead, filled up to it."""
        if model.lattice != self.sites.lattice:
            raise InputError(f'lead "{name}": its model is on another lattice than the region')
        attachment = attach(self.sites, model.terms, direction)
        number = len(self.leads) + 1
        return dataclasses.replace(
            self,
            sites=self.sites.with_more(attachment.fill_cells, attachment.fill_sublattice),
            owner=np.concatenate([self.owner, np.full(len(attachment.fill_cells), number)]),
            terms=(*self.terms, model.terms),
            leads=(*self.leads, name),
            attachments=(*self.attachments, attachment),
        )

    def _phase(self, params: Mapping[str, Any]) -> BondPhase | None:
        field = params[self.field.name] if isinstance(self.field, Parameter) else self.field
        direction = (
            common_direction([attachment.period for attachment in self.attachments]) if field else None
        )
        return None if direction is None else peierls_phase(float(field), direction)

    @cached_property
    def _region(self) -> Assembly:
        return Assembly(self.sites, self.owner, self.terms)

    @cached_property
    def _cells(self) -> list[Assembly]:
        """The first three cells of each lead: two tell the matrices, the third that they repeat."""
        return [
            Assembly(attachment.cell_sites, np.zeros(len(attachment.cell_sites), dtype=int), (terms,))
            for attachment, terms in zip(self.attachments, self.terms[1:], strict=True)
        ]


@dataclass(frozen=True, eq=False)
class System:
    """A scattering region with leads.

    Made by `Model.region` or `System.from_matrices`; see there.

    Attributes
    ----------
    body
        The region and its leads, as a lattice or as matrices.
    spin_degeneracy
        g_s, which multiplies conductances and currents in SI units.
    """

    body: Body
    spin_degeneracy: int = 2

    plot = DeferredMethod(
        "sharvin.plotting.systems",
        "plot_system",
        "Draw the sites, the on-site energies and the leads; see `sharvin.plotting.plot_system`.",
    )

    @classmethod
    def of_region(cls, lattice: Lattice, terms: Terms, shape: Shape, spin_degeneracy: int) -> "System":
        """The sites of a lattice inside a shape; see `Model.region`."""
        if not isinstance(shape, Shape):
            raise InputError(f"region: expected a shape such as sharvin.shape.rectangle(…), got {shape!r}")
        low, high = shape.low, shape.high
        spanned = np.abs(lattice.vectors).max(axis=0) > 0
        if not np.isfinite([low[spanned], high[spanned]]).all():
            raise InputError("region: the shape is unbounded along a direction in which the lattice extends")
        sites = (
            sites_inside(lattice, shape.contains, low, high)
            if (low[spanned] <= high[spanned]).all()
            else None
        )
        if sites is None or len(sites) == 0:
            raise InputError(
                f"region: no site of the lattice lies inside the shape; its box reaches from {low[spanned].tolist()} "
                f"to {high[spanned].tolist()} nm, the lattice vectors are {lattice.vectors.tolist()} nm"
            )
        return cls(LatticeBody(sites, np.zeros(len(sites), dtype=int), (terms,)), spin_degeneracy)

    @classmethod
    def from_matrices(
        cls, h: Any, leads: Mapping[str, tuple[Any, ...]], *, spin_degeneracy: int = 2
    ) -> "System":
        """A system from matrices in eV.

        Parameters
        ----------
        h
            Hamiltonian of the region, dense or sparse, shape (n, n), Hermitian.
        leads
            Name → ``(h0, v, orbitals)``: the lead's cell (m, m); the hopping v = ⟨cell n|H|cell n + 1⟩ (m, m), n
            growing outward; and the m orbitals of the region that are the lead's cell −1. Or
            ``(h0, v, orbitals, coupling)`` with coupling = ⟨region orbitals|H|cell 0⟩, shape (len(orbitals), m), for a
            lead that couples differently from how it continues. Or ``(WideBand(gamma), orbitals)``.
        spin_degeneracy
            g_s: 2 for a spinless Hamiltonian, 1 if spin is explicit.

        Raises
        ------
        InputError
            For a matrix that is not square, not Hermitian (1e-10, relative) or not finite, or orbitals out of range;
            the message names the matrix.

        Examples
        --------
        A chain with one impurity, T = 1/(1 + (U/(2t sin k))²):

        >>> import sharvin as sv
        >>> chain = (0.0, -1.0, [0])
        >>> dot = sv.System.from_matrices([[1.0]], leads={"L": chain, "R": chain})
        >>> round(sv.scattering_matrix(dot, 0.0).transmission("R", "L"), 12)
        0.8
        """
        return cls(MatrixBody.build(h, leads), _degeneracy(spin_degeneracy))

    def lead(self, name: str, model: "Model", direction: object) -> "System":
        """The system with a lead attached; leads are ordered as attached.

        The lead's cell is the projection of the region along the direction. Where the region's edge is ragged it is
        first filled up, with the lead's terms, to the outermost site.

        Parameters
        ----------
        name
            A new name.
        model
            A model on the region's lattice. Its terms may depend on the transverse coordinates only.
        direction
            Outward: "+x", "-x", "+y", …, or a vector along a lattice translation.

        Raises
        ------
        InputError
            For a name in use, another lattice, or a direction in which the lattice has no short period.

        Examples
        --------
        >>> import sharvin as sv
        >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
        >>> system = wire.region(sv.shape.rectangle(length=20, width=10)).lead("left", wire, direction="-x")
        >>> system.leads
        ('left',)
        """
        body = self._lattice_body("lead")
        if not isinstance(name, str) or not name or ":" in name:
            raise InputError(f"lead: the name must be a non-empty string without a colon, got {name!r}")
        if name in self.leads:
            raise InputError(f'lead: there is a lead "{name}" already; names are unique')
        if not (hasattr(model, "lattice") and hasattr(model, "terms")):
            raise InputError(f'lead "{name}": expected a Model, got {type(model).__name__}')
        return dataclasses.replace(self, body=body.with_lead(name, model, direction))

    def field(self, perpendicular: float | Parameter) -> "System":
        """The system in a perpendicular magnetic field, by Peierls phases, through region and leads.

        The particle has charge −e and B > 0 points along +z. All leads must be parallel to each other.

        Parameters
        ----------
        perpendicular
            In tesla, or ``sharvin.param("B")`` to be swept.

        Examples
        --------
        >>> import sharvin as sv
        >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
        >>> region = wire.region(sv.shape.rectangle(length=20, width=10)).lead("left", wire, direction="-x")
        >>> sorted(region.field(perpendicular=sv.param("B")).parameters)
        ['B']
        """
        if not isinstance(perpendicular, Parameter) and not (
            isinstance(perpendicular, (int, float, np.number)) and np.isfinite(perpendicular)
        ):
            raise InputError(f"field: expected tesla or sharvin.param(name), got {perpendicular!r}")
        return dataclasses.replace(
            self, body=dataclasses.replace(self._lattice_body("field"), field=perpendicular)
        )

    def with_spin_degeneracy(self, spin_degeneracy: int) -> "System":
        """The same system with another g_s (1 or 2)."""
        return dataclasses.replace(self, spin_degeneracy=_degeneracy(spin_degeneracy))

    @property
    def leads(self) -> tuple[str, ...]:
        """Names of the leads, in order."""
        return self.body.leads

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Named parameters with their defaults."""
        return self.body.parameters

    @property
    def orbital_count(self) -> int:
        """Rows of the Hamiltonian."""
        return self.body.size

    @property
    def site_count(self) -> int:
        """Number of lattice sites of the region, with those filled in for leads."""
        return len(self._lattice_body("site_count").sites)

    @property
    def positions(self) -> np.ndarray:
        """Positions of the sites in nm, shape (sites, 3)."""
        return self._lattice_body("positions").sites.positions

    def bind(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters with their values; an error names what is missing or misspelt."""
        return bind_parameters(self.parameters, params)

    def hamiltonian(self, **params: Any) -> sparse.csr_array:
        """H of the region in eV; its pattern is the same for all parameters."""
        h = self.body.hamiltonian(self.bind(params))
        check_hermitian("the Hamiltonian of the region", h)
        return h

    def lead_cell(self, name: str, **params: Any) -> LeadCell:
        """The cell, the hopping and the interface of a lead; see `LeadCell`. Needs the lead's own parameters only."""
        needed = self.body.lead_parameters(name)
        return self.body.lead_cell(name, bind_parameters(self.parameters, params, needed))

    def _lattice_body(self, what: str) -> LatticeBody:
        if not isinstance(self.body, LatticeBody):
            raise InputError(f"{what}: a system from matrices has no lattice; build it from a Model for that")
        return self.body


def _degeneracy(value: int) -> int:
    if value not in (1, 2):
        raise InputError(f"spin_degeneracy must be 1 or 2, got {value!r}")
    return int(value)
