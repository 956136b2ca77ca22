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
from .foreign_lead import Contact, ForeignLead, foreign_lead
from .gauges import Gauges
from .inside import sites_inside
from .joined import Joined, Joint
from .lead_cell import LeadCell
from .lead_cells import electrons_and_holes as charge_blocks
from .lead_cells import periodic_cell
from .magnetic import NO_FIELD, Field, GaugedField
from .misfits import leads_overlap, too_many_filled
from .overlap import shared_places
from .particle_hole import electrons_and_holes, mapped
from .pattern import reversed_kind
from .remembered import Remembered
from .shape import Shape
from .sites import Sites
from .terms import Terms, onsite
from .values import Parameter, merge_parameters

if TYPE_CHECKING:
    from .model import Model


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
    attachments: tuple[Attachment | ForeignLead, ...] = ()
    conserved: tuple[Blocks | None, ...] = ()
    field: Field = NO_FIELD

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
        joints = [lead.contact.value.parameters for lead in self.attachments if isinstance(lead, ForeignLead)]
        return merge_parameters([*(terms.parameters for terms in self.terms), *joints, self.field.parameters])

    def lead_parameters(self, name: str) -> Mapping[str, Any]:
        """The parameters that a lead depends on."""
        number = self.leads.index(name)
        return merge_parameters([self.terms[1 + number].parameters, self._gauges.lead(number).parameters])

    @cached_property
    def _gauges(self) -> Gauges:
        gauges = Gauges(self.field, self.sites, self.leads, self.attachments)
        if self.field:
            gauges.check()
        return gauges

    @property
    def size(self) -> int:
        """Rows of the Hamiltonian: those of the sites, and of the first cells of leads on lattices of their own."""
        return self._whole.size

    @property
    def pattern(self) -> tuple[np.ndarray, np.ndarray]:
        """CSR index arrays (indptr, indices) of H: sorted, symmetric, with the whole diagonal; read-only."""
        return self._whole.pattern

    @property
    def orbital_positions(self) -> np.ndarray:
        """Places of the orbitals in nm, (rows of H, 3)."""
        sites = [self.sites, *(lead.within for lead in self.attachments if isinstance(lead, ForeignLead))]
        return np.concatenate([np.repeat(own.positions, own.lattice.orbital_count, axis=0) for own in sites])

    def hamiltonian(self, params: Mapping[str, Any]) -> sparse.csr_array:
        """H of the region, with the sites that were filled in for the leads; Hermitian as its terms are."""
        return self._whole.hamiltonian(params)

    def lead_cell(self, name: str, params: Mapping[str, Any]) -> LeadCell:
        """h0, v and the region's interface orbitals of a lead; the same object while its parameters stay."""
        number = self.leads.index(name)
        own = {parameter: params[parameter] for parameter in self.lead_parameters(name)}
        return self._known_cells[number].get(own, lambda: self._lead_cell(number, own))

    def _lead_cell(self, number: int, params: Mapping[str, Any]) -> LeadCell:
        attachment, what = self.attachments[number], f'lead "{self.leads[number]}"'
        lattice = self._lattice_of(number)
        h0, v = periodic_cell(what, self._cells[number].hamiltonian(params))
        matrices = (h0, v, self._interface(number))
        for array in matrices:
            array.setflags(write=False)  # kept, and shared by all that ask
        sites = len(h0) // lattice.orbital_count
        blocks = self.conserved[number]
        if blocks is not None:
            blocks = blocks.on_sites(sites)
            blocks.check(f"{what}: conserved", *matrices[:2])
        elif lattice.holes:
            blocks = charge_blocks(lattice).on_sites(sites)
            blocks = blocks if blocks.conserved_by(*matrices[:2]) else None
        return LeadCell(*matrices, float(np.linalg.norm(attachment.period)), blocks=blocks)

    def _interface(self, number: int) -> np.ndarray:
        """The orbitals of the region that are a lead's cell −1."""
        attachment = self.attachments[number]
        if isinstance(attachment, ForeignLead):
            before = [lead.size for lead in self.attachments[:number] if isinstance(lead, ForeignLead)]
            start = self._region.size + sum(before)
            return (
                start
                + attachment.size
                - np.arange(attachment.count * attachment.lattice.orbital_count, 0, -1)
            )
        orbital = np.arange(self.sites.lattice.orbital_count)
        site = attachment.interface[:, None]
        return np.where(site < 0, -1, site * len(orbital) + orbital).ravel()

    def _lattice_of(self, number: int) -> Lattice:
        """The lattice of a lead: its own, or that of the region."""
        attachment = self.attachments[number]
        return attachment.lattice if isinstance(attachment, ForeignLead) else self.sites.lattice

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

    @cached_property
    def neighbours(self) -> sparse.csr_array:
        """1 for each pair of sites that a hopping connects, (sites, sites)."""
        to, source = self.bonds.T
        ends = np.concatenate([to, source]), np.concatenate([source, to])
        count = len(self.sites)
        found = sparse.csr_array((np.ones(len(ends[0]), dtype=np.int32), ends), shape=(count, count))
        found.data[:] = 1  # however many terms a bond has
        return found

    @cached_property
    def full_neighbours(self) -> np.ndarray:
        """How many neighbours each site has where nothing is missing, (sites,)."""
        kinds = {kind for term in self.terms[0].hopping for kind in term.bonds(self.sites.lattice)}
        kinds |= {reversed_kind(kind) for kind in kinds}
        count = np.bincount([to for to, _, _ in kinds], minlength=self.sites.lattice.sublattice_count)
        return count[self.sites.sublattice]

    @cached_property
    def held(self) -> np.ndarray:
        """Sites that leads need, (sites,): those where they meet the region, and those filled in for them."""
        held = self.owner > 0
        for attachment in self.attachments:
            if isinstance(attachment, Attachment):
                held[attachment.interface[attachment.interface >= 0]] = True
        return held

    def without(self, gone: np.ndarray) -> "LatticeBody":
        """The body without some of its sites; those that leads need stay."""
        kept = ~gone | self.held
        if not kept.any():
            raise InputError("no site of the region is left; take fewer of them away")
        number = np.cumsum(kept) - 1
        attachments = [
            attachment
            if isinstance(attachment, ForeignLead)
            else dataclasses.replace(
                attachment,
                interface=np.where(attachment.interface < 0, -1, number[attachment.interface]),
                members=None
                if attachment.members is None
                else attachment.members[kept[: len(attachment.members)]],
            )
            for attachment in self.attachments
        ]
        sites = Sites(self.sites.lattice, self.sites.cells[kept], self.sites.sublattice[kept])
        return dataclasses.replace(self, sites=sites, owner=self.owner[kept], attachments=tuple(attachments))

    def with_foreign_lead(
        self,
        name: str,
        model: "Model",
        direction: object,
        *,
        shape: Shape | None,
        shift: float | Parameter,
        conserved: Any,
        contact: Contact,
        start: float | None,
    ) -> "LatticeBody":
        """The body with a lead on a lattice of its own."""
        _check_lead(name, model)
        if bool(model.lattice.holes) != bool(self.sites.lattice.holes):
            raise InputError(
                f'lead "{name}": both its model and the region must be particle–hole doubled (sharvin.nambu), or '
                "neither"
            )
        if len(self.sites.lattice.periods) or len(model.lattice.periods):
            raise InputError(
                f'lead "{name}": a contact of its own and a wrapped model do not go together, since distances around '
                "the period would be missed; take a finite width, or a lead of the region's lattice"
            )
        terms = model.terms + _shifted(shift, model.lattice)
        lead = foreign_lead(name, self.sites, model.lattice, terms, direction, shape, start, contact)
        blocks = _blocks(name, conserved, model.lattice)
        return dataclasses.replace(
            self,
            terms=(*self.terms, terms),
            leads=(*self.leads, name),
            attachments=(*self.attachments, lead),
            conserved=(*self.conserved, blocks),
        )

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
        _check_lead(name, model)
        if model.lattice != self.sites.lattice:
            raise InputError(
                f'lead "{name}": its model is on another lattice than the region, with the '
                f"{model.lattice.unlike(self.sites.lattice)}; make both models of one lattice, or give the hoppings "
                "between the two, contact=sharvin.contact(…)"
            )
        momenta = self.terms[0].momenta | model.terms.momenta
        if len(momenta) > len({period for period, _ in momenta}):
            raise InputError(
                f'lead "{name}": it is wrapped with another Bloch momentum than the region, and the momentum is '
                "conserved; wrap both with the same number, or the same sharvin.param(name)"
            )
        terms = model.terms + _shifted(shift, model.lattice)
        attachment = attach(self.sites, terms, direction, shape, own=self.owner == 0, what=f'lead "{name}"')
        blocks = _blocks(name, conserved, model.lattice)
        return self._filled_up(name, terms, attachment, blocks, fill=fill)

    def with_opposite_lead(self, name: str, of: str, *, fill: bool) -> "LatticeBody":
        """The body with a copy of one of its leads in the opposite direction."""
        number = self.leads.index(of)
        lead, terms = self.attachments[number], self.terms[1 + number]
        if isinstance(lead, ForeignLead):
            raise InputError(
                f'opposite_lead "{name}": the lead "{of}" is on a lattice of its own; attach the other one by its '
                "model and contact"
            )
        cell = Sites(self.sites.lattice, lead.front, lead.kind)
        attachment = attach(self.sites, terms, -lead.period, like=cell, what=f'lead "{name}"')
        return self._filled_up(name, terms, attachment, self.conserved[number], fill=fill)

    def _filled_up(
        self, name: str, terms: Terms, attachment: Attachment, blocks: Blocks | None, *, fill: bool
    ) -> "LatticeBody":
        """The body with a lead that was fitted to it, and the sites that were filled in for it."""
        if len(attachment.fill_cells) > _RAGGED * len(self.sites) and not fill:
            raise too_many_filled(f'lead "{name}"', self.sites, attachment)
        self._check_room(name, attachment)
        number = len(self.leads) + 1
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

    def _check_room(self, name: str, new: Attachment) -> None:
        """Refuse a lead that would run into another one, or fill in sites that belong to another one."""
        extent = float(np.linalg.norm(np.ptp(self.sites.positions, axis=0))) if self.leads else 0.0
        for other, lead in zip(self.leads, self.attachments, strict=True):
            if isinstance(lead, ForeignLead):
                continue
            shared = shared_places(new, lead, extent)
            if len(shared):
                raise leads_overlap(f'lead "{name}"', other, self.sites, shared, new.period)

    @cached_property
    def _region(self) -> Assembly:
        members = {
            number: attachment.members
            for number, attachment in enumerate(self.attachments, start=1)
            if isinstance(attachment, Attachment) and attachment.members is not None
        }
        terms = [self.terms[0]]
        for own, lead in zip(self.terms[1:], self.attachments, strict=True):
            terms.append(Terms(()) if isinstance(lead, ForeignLead) else own)  # which none of these sites has
        return Assembly(self.sites, self.owner, tuple(terms), self._gauges.region, members)

    @cached_property
    def _whole(self) -> Assembly | Joined:
        """The region, with the first cells of leads on lattices of their own."""
        joints = []
        for number, lead in enumerate(self.attachments):
            if isinstance(lead, ForeignLead):
                others = {
                    name: other.cell_sites.positions
                    for name, other in zip(self.leads, self.attachments, strict=True)
                    if other is not lead
                }
                lead.check(self.leads[number], self.sites.positions, others)
                cells = _clean(lead.within, self.terms[1 + number], self._gauges.lead(number))
                joints.append(Joint(lead, cells, self._gauges.contact(number)))
        return Joined(self._region, joints) if joints else self._region

    @cached_property
    def _cells(self) -> list[Assembly]:
        """The first three cells of each lead: two tell the matrices, the third that they repeat."""
        return [
            _clean(attachment.cell_sites, terms, self._gauges.lead(number))
            for number, (attachment, terms) in enumerate(zip(self.attachments, self.terms[1:], strict=True))
        ]

    @cached_property
    def _known_cells(self) -> list[Remembered[LeadCell]]:
        return [Remembered() for _ in self.leads]


def _clean(sites: Sites, terms: Terms, field: GaugedField) -> Assembly:
    """Sites of one kind of terms."""
    return Assembly(sites, np.zeros(len(sites), dtype=np.int16), (terms,), field)


def _check_lead(name: str, model: "Model") -> None:
    if not model.terms.hermitian:
        raise InputError(
            f'lead "{name}": its model has on-site terms that are not Hermitian, and a lead that absorbs has no '
            "modes of unit current; keep them to the region"
        )


def _blocks(name: str, conserved: Any, lattice: Lattice) -> Blocks | None:
    """The eigenspaces of what a lead was said to conserve, over the orbitals of a site."""
    if conserved is None:
        return None
    return Blocks.of(f'lead "{name}": conserved', conserved, lattice.orbital_count)


def _shifted(shift: float | Parameter, lattice: Lattice) -> Terms:
    """A shift of all energies; of holes it is the opposite one."""
    if isinstance(shift, (int, float)) and not shift:
        return Terms(())
    terms = onsite(shift)
    if not lattice.holes:
        return terms
    electrons = lattice.orbital_count - lattice.holes
    return Terms(tuple(mapped(term, electrons_and_holes, electrons) for term in terms.terms))
