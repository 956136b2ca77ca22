"""Gauges of a region and its leads in a perpendicular field: one for each, and how they are joined.

A region is in the gauge of its first lead's direction, but where other leads meet it. A lead along z has the gauge of
the region, cuts of flux tubes included; the cuts avoid all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..errors import InputError
from .attachment import Attachment
from .flux_tube import Band, cut
from .foreign_lead import ForeignLead
from .magnetic import Endless, Field, GaugedField, Region, Turned
from .misfits import gauges_clash
from .sites import Sites

_X = np.array([1.0, 0.0, 0.0])


@dataclass(frozen=True, eq=False)
class Gauges:
    """A field on a region with leads."""

    field: Field
    sites: Sites
    names: tuple[str, ...]
    attachments: Sequence[Attachment | ForeignLead]

    @cached_property
    def _along(self) -> list[np.ndarray | None]:
        """The direction of each lead in the plane; None for one along z."""
        return [in_plane(attachment.period) for attachment in self.attachments]

    @cached_property
    def _own(self) -> Region:
        first = next((direction for direction in self._along if direction is not None), _X)
        if not self.field.varies:
            return Region(first)
        places = [
            self.sites.positions,
            *(lead.places for lead in self.attachments if isinstance(lead, ForeignLead)),
        ]
        return Region(first, np.concatenate(places))

    @cached_property
    def _step(self) -> float:
        """A length in nm that is shorter than most bonds."""
        lattice = self.sites.lattice
        lengths = np.linalg.norm(lattice.vectors[:, :2], axis=1)
        lengths = lengths[lengths > 0] if lengths.any() else np.ones(1)
        return 0.5 * float(lengths.min()) / lattice.sublattice_count**0.5

    @cached_property
    def region(self) -> GaugedField:
        """The field on the region."""
        if not self.field:
            return GaugedField()
        turned = []
        for number, (attachment, direction) in enumerate(zip(self.attachments, self._along, strict=True)):
            if direction is None or (parallel(direction, self._own.along) and not self.field.varies):
                continue
            sites = _met(attachment)
            if len(sites):
                turned.append(self._turned(number, sites, self.sites.positions[sites[0]]))
        return GaugedField(self.field, self._own, tuple(turned), self._cuts, self._step)

    def _turned(self, number: int, sites: np.ndarray, place: np.ndarray) -> Turned:
        """Sites in the gauge of a lead, which meets the region at a place."""
        # Where fields are uniform χ does not depend on the way to the lead, and leads that share sites have it alike.
        return Turned(sites, self._endless(number), place if self.field.varies else np.zeros(3))

    def contact(self, number: int) -> GaugedField:
        """The field on the sites of the region and, behind them, those of the first cells of a lead."""
        lead, own = self.attachments[number], self.region
        assert isinstance(lead, ForeignLead)
        direction = self._along[number]
        if (
            not self.field
            or direction is None
            or (parallel(direction, self._own.along) and not self.field.varies)
        ):
            return own
        sites = len(self.sites) + np.arange(len(lead.within))
        return replace(own, turned=(*own.turned, self._turned(number, sites, lead.places[0])))

    def lead(self, number: int) -> GaugedField:
        """The field on the cells of a lead."""
        if not self.field:
            return GaugedField()
        if self._along[number] is None:
            return GaugedField(self.field, self._own, (), self._cuts, self._step)
        return GaugedField(replace(self.field, tubes=()), self._endless(number), step=self._step)

    def _endless(self, number: int) -> Endless:
        attachment, direction = self.attachments[number], self._along[number]
        assert direction is not None
        inside = attachment.within.positions if isinstance(attachment, ForeignLead) else attachment.places
        period = float(np.linalg.norm(attachment.period))
        return Endless(self.names[number], direction, attachment.places, period, inside)

    @cached_property
    def _cuts(self) -> tuple[np.ndarray, ...]:
        """A cut for each flux tube, that no lead in the plane is crossed by."""
        bands = []
        for name, attachment, direction in zip(self.names, self.attachments, self._along, strict=True):
            if direction is not None:
                met = self.sites.positions[_met(attachment)]
                if isinstance(attachment, ForeignLead):
                    touched, _ = attachment.bonds(self.sites.positions)
                    met = np.concatenate([attachment.within.positions, self.sites.positions[touched]])
                bands.append(Band.of(name, direction, np.concatenate([met, attachment.places])))
        return tuple(cut(tube, bands, 2 * self._step) for tube in self.field.tubes)

    def check(self) -> None:
        """Refuse leads that share a site although their gauges differ, and periods in the plane."""
        lattices = [
            self.sites.lattice,
            *(lead.lattice for lead in self.attachments if isinstance(lead, ForeignLead)),
        ]
        if max(np.abs(lattice.periods[:, :2]).max(initial=0.0) for lattice in lattices) > 1e-9:
            raise InputError(
                "field: the model is wrapped around a period in the plane, and no gauge of a perpendicular field keeps "
                "both that and the leads; take a finite width instead"
            )
        for n, (name, lead) in enumerate(zip(self.names, self.attachments, strict=True)):
            for other, earlier in enumerate(self.attachments[:n]):
                directions = [self._along[n], self._along[other]]
                turned = [direction for direction in directions if direction is not None]
                # A lead along z has the gauge of the region; in one that varies each of the others has its own.
                one, two = (self._own.along if direction is None else direction for direction in directions)
                shared = np.intersect1d(_met(lead), _met(earlier))
                if len(shared) and (not parallel(one, two) or (turned and self.field.varies)):
                    raise gauges_clash(self.names[other], name, self.sites, shared)


def _met(attachment: Attachment | ForeignLead) -> np.ndarray:
    """Numbers of the sites of the region that are in the gauge of a lead: those that count as a cell of it."""
    if isinstance(attachment, ForeignLead):
        return np.zeros(0, dtype=int)
    return attachment.interface[attachment.interface >= 0]


def in_plane(period: np.ndarray) -> np.ndarray | None:
    """The direction of a lead in the plane; None for one along z."""
    length = float(np.linalg.norm(period[:2]))
    return np.array([*period[:2] / length, 0.0]) if length > 1e-9 else None


def parallel(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two directions in the plane have the same gauge."""
    return bool(abs(one[0] * other[1] - one[1] * other[0]) < 1e-9)
