"""The body of a lattice system: a region, the leads fitted to it, and a field.

`Body` is what a `System` asks of what it is made of. Both kinds of body keep one pattern for H whatever the
parameters, and say so by handing out the same index arrays again.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy import sparse

from ..errors import InputError
from .assembly import Assembly
from .attachment import Attachment, attach
from .bravais import Lattice
from .conserved import Blocks
from .inside import sites_inside
from .lead_cell import LeadCell
from .magnetic import Field, in_plane, parallel
from .misfits import gauges_clash, leads_overlap, too_many_filled
from .overlap import shared_places
from .particle_hole import electrons_and_holes, mapped
from .remembered import Remembered
from .shape import Shape
from .sites import Sites
from .terms import Terms, onsite
from .values import Parameter, merge_parameters

if TYPE_CHECKING:
    from .model import Model

_PERIODICITY = 1e-9
_X = np.array([1.0, 0.0, 0.0])


#: Sites that may be filled in for a lead, in units of those of the region: a ragged edge, not another device.
_RAGGED = 0.5


class Body(Protocol):
    """What a system is made of: a lattice region, or the user's own matrices."""

    @property
    def leads(self) -> tuple[str, ...]:
        """Names of the leads, in order."""
        ...

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Named parameters with their defaults."""
        ...

    @property
    def size(self) -> int:
        """Rows of the Hamiltonian."""
        ...

    @property
    def pattern(self) -> tuple[np.ndarray, np.ndarray]:
        """CSR index arrays (indptr, indices) of H: sorted, symmetric, with the whole diagonal; read-only.

        Every matrix that `hamiltonian` returns has these very arrays.
        """
        ...

    def hamiltonian(self, params: Mapping[str, Any]) -> sparse.csr_array:
        """H of the region, with data of its own on the common pattern."""
        ...

    @property
    def overlap(self) -> np.ndarray | None:
        """The elements of the overlap matrix on the pattern; None where the orbitals are orthonormal."""
        ...

    @property
    def hermitian(self) -> bool:
        """Whether H is; if not, the region was asked to absorb or amplify."""
        ...

    def lead_parameters(self, name: str) -> Mapping[str, Any]:
        """The parameters that a lead depends on."""
        ...

    def lead_cell(self, name: str, params: Mapping[str, Any]) -> LeadCell:
        """h0, v and the region's interface orbitals of a lead."""
        ...


@dataclass(frozen=True, eq=False)
class LatticeBody:
    """A region cut from a lattice, the leads fitted to it, and a perpendicular field."""

    sites: Sites
    owner: np.ndarray
    terms: tuple[Terms, ...]
    leads: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    conserved: tuple[Blocks | None, ...] = ()
    field: float | Parameter = 0.0

    @classmethod
    def of_region(cls, lattice: Lattice, terms: Terms, shape: Shape) -> "LatticeBody":
        """The sites of a lattice inside a shape."""
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
        return cls(sites, np.zeros(len(sites), dtype=np.int16), (terms,))

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Named parameters of all terms and of the field, with their defaults."""
        return self._parameters

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}  # nothing computed

    @cached_property
    def _parameters(self) -> Mapping[str, Any]:
        return merge_parameters([*(terms.parameters for terms in self.terms), self._region_field.parameters])

    def lead_parameters(self, name: str) -> Mapping[str, Any]:
        """The parameters that a lead depends on."""
        own = self.terms[1 + self.leads.index(name)].parameters
        return merge_parameters([own, self._region_field.parameters])

    @cached_property
    def _directions(self) -> list[np.ndarray]:
        """The gauge of each lead: its direction in the plane, or the region's gauge for a lead along z."""
        own = [in_plane(attachment.period) for attachment in self.attachments]
        first = next((direction for direction in own if direction is not None), _X)
        return [first if direction is None else direction for direction in own]

    @cached_property
    def _region_field(self) -> Field:
        """The field in the gauge of the first lead, but where the others meet the region."""
        first, *others = self._directions or [_X]
        turned = [
            (attachment.interface[attachment.interface >= 0], direction)
            for attachment, direction in zip(self.attachments[1:], others, strict=False)
            if not parallel(direction, first)
        ]
        return Field(self.field, first, tuple(turned))

    @property
    def size(self) -> int:
        """Rows of the Hamiltonian."""
        return self._region.size

    @property
    def pattern(self) -> tuple[np.ndarray, np.ndarray]:
        """CSR index arrays (indptr, indices) of H: sorted, symmetric, with the whole diagonal; read-only."""
        return self._region.pattern

    def hamiltonian(self, params: Mapping[str, Any]) -> sparse.csr_array:
        """H of the region, with the sites that were filled in for the leads; Hermitian as its terms are."""
        return self._region.hamiltonian(params)

    def lead_cell(self, name: str, params: Mapping[str, Any]) -> LeadCell:
        """h0, v and the region's interface orbitals of a lead; the same object while its parameters stay."""
        number = self.leads.index(name)
        own = {parameter: params[parameter] for parameter in self.lead_parameters(name)}
        return self._known_cells[number].get(own, lambda: self._lead_cell(number, own))

    def _lead_cell(self, number: int, params: Mapping[str, Any]) -> LeadCell:
        attachment = self.attachments[number]
        cells = self._cells[number].hamiltonian(params)
        m = cells.shape[0] // 3
        first, second = cells[:m].tocsr(), cells[m : 2 * m].tocsr()
        h0, v = first[:, :m], first[:, m : 2 * m]
        change = max(abs(second[:, m : 2 * m] - h0).max(), abs(second[:, 2 * m :] - v).max())
        if change > _PERIODICITY * max(np.abs(cells.data).max(initial=0.0), 1e-300):
            raise InputError(
                f'lead "{self.leads[number]}": its terms change along the lead by {change:.1e} eV from one '
                "period to the next; a lead's terms may depend on the transverse coordinates only"
            )
        orbital = np.arange(self.sites.lattice.orbital_count)
        site = attachment.interface[:, None]
        orbitals = np.where(site < 0, -1, site * len(orbital) + orbital).ravel()
        matrices = (h0.toarray(), v.toarray(), orbitals)
        for array in matrices:
            array.setflags(write=False)  # kept, and shared by all that ask
        blocks = self.conserved[number]
        if blocks is not None:
            blocks = blocks.on_sites(m // len(orbital))
            blocks.check(f'lead "{self.leads[number]}": conserved', *matrices[:2])
        elif self.sites.lattice.holes:
            blocks = self._charges.on_sites(m // len(orbital))
            blocks = blocks if blocks.conserved_by(*matrices[:2]) else None
        return LeadCell(*matrices, float(np.linalg.norm(attachment.period)), blocks=blocks)

    @cached_property
    def _charges(self) -> Blocks:
        """Electrons and holes, which a lead without pairing conserves."""
        electron, hole = np.diag(self.sites.lattice.charges > 0), np.diag(self.sites.lattice.charges < 0)
        names = {"electron": electron.astype(float), "hole": hole.astype(float)}
        return Blocks.of("electrons and holes", names, len(electron))

    @property
    def bonds(self) -> np.ndarray:
        """Pairs of sites that a hopping connects, (bonds, 2)."""
        return self._region.bonds

    @property
    def overlap(self) -> np.ndarray | None:
        """None: the orbitals of a lattice are orthonormal."""
        return None

    @property
    def hermitian(self) -> bool:
        """Whether all terms are."""
        return all(terms.hermitian for terms in self.terms)

    def with_lead(
        self,
        name: str,
        model: "Model",
        direction: object,
        *,
        shape: Shape | None,
        shift: float | Parameter,
        fill: bool,
        conserved: Any,
    ) -> "LatticeBody":
        """The body with one more lead, filled up to it; not by many sites, unless that is asked for."""
        if not model.terms.hermitian:
            raise InputError(
                f'lead "{name}": its model has on-site terms that are not Hermitian, and a lead that absorbs has no '
                "modes of unit current; keep them to the region"
            )
        if model.lattice != self.sites.lattice:
            raise InputError(f'lead "{name}": its model is on another lattice than the region')
        terms = model.terms + self._shifted(shift)
        attachment = attach(self.sites, terms, direction, shape, own=self.owner == 0, what=f'lead "{name}"')
        if len(attachment.fill_cells) > _RAGGED * len(self.sites) and not fill:
            raise too_many_filled(f'lead "{name}"', self.sites, attachment)
        self._check_room(name, attachment)
        number = len(self.leads) + 1
        blocks = None
        if conserved is not None:
            blocks = Blocks.of(f'lead "{name}": conserved', conserved, model.lattice.orbital_count)
        return dataclasses.replace(
            self,
            sites=self.sites.with_more(attachment.fill_cells, attachment.fill_sublattice),
            owner=np.concatenate(
                [self.owner, np.full(len(attachment.fill_cells), number, dtype=self.owner.dtype)]
            ),
            terms=(*self.terms, terms),
            leads=(*self.leads, name),
            attachments=(*self.attachments, attachment),
            conserved=(*self.conserved, blocks),
        )

    def _shifted(self, shift: float | Parameter) -> Terms:
        """A shift of all energies; of holes it is the opposite one."""
        if isinstance(shift, (int, float)) and not shift:
            return Terms(())
        terms, lattice = onsite(shift), self.sites.lattice
        if not lattice.holes:
            return terms
        electrons = lattice.orbital_count - lattice.holes
        return Terms(tuple(mapped(term, electrons_and_holes, electrons) for term in terms.terms))

    def _check_gauges(self) -> None:
        """Refuse leads that share a site in a field although their gauges differ."""
        for n, (name, lead) in enumerate(zip(self.leads, self.attachments, strict=True)):
            for other, earlier in zip(self.leads[:n], self.attachments[:n], strict=True):
                shared = np.intersect1d(lead.interface[lead.interface >= 0], earlier.interface)
                if len(shared) and not parallel(
                    self._directions[n], self._directions[self.leads.index(other)]
                ):
                    raise gauges_clash(other, name, self.sites, shared)

    def _check_room(self, name: str, new: Attachment) -> None:
        """Refuse a lead that would run into another one, or fill in sites that belong to another one."""
        extent = float(np.linalg.norm(np.ptp(self.sites.positions, axis=0))) if self.leads else 0.0
        for other, lead in zip(self.leads, self.attachments, strict=True):
            shared = shared_places(new, lead, extent)
            if len(shared):
                raise leads_overlap(f'lead "{name}"', other, self.sites, shared, new.period)

    @cached_property
    def _region(self) -> Assembly:
        if self.field:
            self._check_gauges()
        members = {
            number: attachment.members
            for number, attachment in enumerate(self.attachments, start=1)
            if attachment.members is not None
        }
        return Assembly(self.sites, self.owner, self.terms, self._region_field, members)

    @cached_property
    def _cells(self) -> list[Assembly]:
        """The first three cells of each lead: two tell the matrices, the third that they repeat."""
        return [
            Assembly(
                attachment.cell_sites,
                np.zeros(len(attachment.cell_sites), dtype=np.int16),
                (terms,),
                Field(self.field, direction),
            )
            for attachment, terms, direction in zip(
                self.attachments, self.terms[1:], self._directions, strict=True
            )
        ]

    @cached_property
    def _known_cells(self) -> list[Remembered[LeadCell]]:
        return [Remembered() for _ in self.leads]
