"""A system: a finite scattering region with leads, ready to be solved.

A `System` is immutable; ``.lead`` and ``.field`` give a new one. What a solver needs of it is the *interior*
contract: `hamiltonian` (sparse, of a pattern that parameters never change) and `lead_cell` for each lead.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from .._deferred import DeferredMethod
from ..errors import InputError, nearest
from ..reals import number, shown
from . import alterations
from .body import Body, LatticeBody
from .bravais import Lattice
from .dephasing import with_dephasing
from .foreign_lead import Contact
from .lead_cell import LeadCell, WideBand
from .matrices import MatrixBody
from .shape import Shape
from .terms import Terms
from .values import Parameter, bind_parameters

if TYPE_CHECKING:
    from .model import Model

__all__ = ["Body", "LatticeBody", "LeadCell", "System", "WideBand"]


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
        "Draw the sites, what colours them, hoppings and leads; see `sharvin.plotting.plot_system`.",
    )

    def __post_init__(self) -> None:
        if not hasattr(self.body, "lead_cell"):
            raise InputError(
                "System: made by Model.region(shape), or of matrices by System.from_matrices(h, leads), got "
                f"{shown(self.body)}"
            )
        _degeneracy(self.spin_degeneracy)

    @classmethod
    def of_region(cls, lattice: Lattice, terms: Terms, shape: Shape, spin_degeneracy: int) -> "System":
        """The sites of a lattice inside a shape; see `Model.region`."""
        return cls(LatticeBody.of_region(lattice, terms, shape), spin_degeneracy)

    @classmethod
    def from_matrices(
        cls,
        h: Any,
        leads: Mapping[str, tuple[Any, ...]],
        *,
        spin_degeneracy: int = 2,
        overlap: Any = None,
        lead_overlaps: Mapping[str, tuple[Any, ...]] | None = None,
        conserved: Mapping[str, Any] | None = None,
        non_hermitian: bool = False,
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
            lead that couples differently from how it continues. Or ``(WideBand(gamma), orbitals)``, or
            ``(SelfEnergy(sigma), orbitals)``: constant, tabulated or a function of energy.
        spin_degeneracy
            g_s: 2 for a spinless Hamiltonian, 1 if spin is explicit.
        overlap
            O of the region's orbitals, (n, n), positive definite, where they are not orthonormal: it is E·O − H that
            counts.
        lead_overlaps
            Name → ``(s0, s1)``: overlaps inside a lead's cell, and ⟨cell n|cell n + 1⟩, both (m, m); for a lead with a
            coupling of its own perhaps ``(s0, s1, across)``, with across = ⟨region orbitals|cell 0⟩. A lead that is not
            named is orthonormal.
        conserved
            Name → a Hermitian matrix (m, m) that commutes with the lead, or a dictionary of projectors by name: the
            lead's modes then stand in labelled blocks; see `System.lead`.
        non_hermitian
            Whether h may be other than Hermitian: a region that absorbs (H = H₀ − iη) or amplifies. Flux is then
            missing from S, which says how much (`ScatteringMatrix.missing_flux`), and currents are refused.

        Raises
        ------
        InputError
            For a matrix that is not square, not Hermitian (1e-10, relative) or not finite, an overlap that is not
            positive definite, a quantity that is not conserved, or orbitals out of range; the message names the
            matrix.

        Examples
        --------
        A chain with one impurity, T = 1/(1 + (U/(2t sin k))²):

        >>> import sharvin as sv
        >>> chain = (0.0, -1.0, [0])
        >>> dot = sv.System.from_matrices([[1.0]], leads={"L": chain, "R": chain})
        >>> round(sv.scattering_matrix(dot, 0.0).transmission("R", "L"), 12)
        0.8
        """
        if not isinstance(non_hermitian, bool):
            raise InputError(f"from_matrices: non_hermitian must be True or False, got {non_hermitian!r}")
        body = MatrixBody.build(
            h,
            leads,
            overlap=overlap,
            lead_overlaps=lead_overlaps,
            conserved=conserved,
            hermitian=not non_hermitian,
        )
        return cls(body, _degeneracy(spin_degeneracy))

    def lead(
        self,
        name: str,
        model: "Model",
        direction: object,
        *,
        shape: Shape | None = None,
        shift: float | Parameter = 0.0,
        fill: bool = False,
        conserved: Any = None,
        contact: Contact | None = None,
        start: float | None = None,
    ) -> "System":
        """The system with a lead attached; leads are ordered as attached.

        The lead's cell is its shape, or the projection of the region along the direction. Where the region's edge is
        ragged it is first filled up, with the lead's terms, to the outermost site: from the lead inward along its
        hoppings, as far as there are no sites of the region (`System.added` tells them).

        Parameters
        ----------
        name
            A new name.
        model
            A model on the region's lattice, or with `contact` on another one. Its terms may depend on the transverse
            coordinates only.
        direction
            Outward: "+x", "-x", "+y", …, or a vector along a lattice translation.
        shape
            The lead's cross-section, as a shape that is taken to be endless along the lead, in the axes of the lead: x
            outward, y across to the left as seen from above, both from the origin. ``shape.strip(20)`` is a lead 20 nm
            wide, ``shape.strip(20, center=15)`` one beside the axis.
        shift
            Energy in eV that is added to the lead's on-site terms, a number or ``sharvin.param("name")``.
        fill
            Whether more sites may be filled in than half of those of the region. Where the region is not convex, such
            as a cross, that makes it another device, and is refused unless asked for.
        conserved
            A quantity that the lead conserves, over the orbitals of a site: a Hermitian matrix, whose eigenvalues name
            the blocks ("-1", "1"), or a dictionary name → projector, such as ``{"up": [[1, 0], [0, 0]], "down":
            [[0, 0], [0, 1]]}``. The modes of the lead then stand in blocks, with labels such as "up:0", and
            ``S.transmission("right:up", "left:down")`` is between blocks.
        contact
            The hoppings between region and lead, from `sharvin.contact`, for a lead on a lattice of its own. It is the
            half of its endless wire in `shape` (a chain needs none) that lies beyond `start`; its first cells, as far
            as the contact reaches, count as part of the region, behind its sites in matrices.
        start
            With `contact`: where the lead begins along its direction, in nm from the origin; by default beyond the
            outermost site of the region.

        Raises
        ------
        InputError
            For a name in use, a quantity that the lead does not conserve (when it is solved), another lattice,
            another spin degeneracy, a direction in which the lattice has no short period, a shape that misses the
            region or is not ended by it, a lead that would run into another one, or one for which much had to be
            filled in.

        Examples
        --------
        >>> import sharvin as sv
        >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
        >>> system = wire.region(sv.shape.rectangle(length=20, width=10)).lead("left", wire, direction="-x")
        >>> system.leads
        ('left',)
        """
        body = self.lattice_body("lead")
        self._check_name(name)
        self._check_lead(name, model, shape, contact, start)
        if not isinstance(fill, bool):
            raise InputError(f'lead "{name}": fill must be True or False, got {shown(fill)}')
        if not isinstance(shift, Parameter):
            shift = number(f'lead "{name}": shift', shift)
        given = {"shape": shape, "shift": shift, "conserved": conserved}
        if contact is None:
            body = body.with_lead(name, model, direction, fill=fill, **given)
        else:
            body = body.with_foreign_lead(name, model, direction, contact=contact, start=start, **given)
        return dataclasses.replace(self, body=body)

    def opposite_lead(self, name: str, of: str, *, fill: bool = False) -> "System":
        """The system with a copy of one of its leads on the opposite side: the same wire, as if it went on behind.

        Parameters
        ----------
        name
            A new name.
        of
            The name of the lead to copy: its terms, its shift, its cross-section and its conserved quantity.
        fill
            As in `lead`.

        Raises
        ------
        InputError
            For a name in use, no such lead, one on a lattice of its own, and as `lead` where the copy does not fit.

        Examples
        --------
        >>> import sharvin as sv
        >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
        >>> region = wire.region(sv.shape.rectangle(length=20, width=10))
        >>> system = region.lead("left", wire, "-x", shape=sv.shape.strip(width=6.0, center=1.0))
        >>> system.opposite_lead("right", of="left").leads
        ('left', 'right')
        """
        body = self.lattice_body("opposite_lead")
        self._check_name(name)
        if of not in self.leads:
            raise InputError(f'opposite_lead: no lead "{of}"{nearest(str(of), self.leads)}')
        if not isinstance(fill, bool):
            raise InputError(f'opposite_lead "{name}": fill must be True or False, got {shown(fill)}')
        return dataclasses.replace(self, body=body.with_opposite_lead(name, of, fill=fill))

    def _check_name(self, name: Any) -> None:
        """Refuse what is no name of a new lead."""
        if not isinstance(name, str) or not name or ":" in name:
            raise InputError(f"lead: the name must be a non-empty string without a colon, got {shown(name)}")
        if name in self.leads:
            raise InputError(f'lead: there is a lead "{name}" already; names are unique')

    def _check_lead(self, name: Any, model: Any, shape: Any, contact: Any, start: Any) -> None:
        """Refuse what is no lead."""
        if not (hasattr(model, "lattice") and hasattr(model, "terms")):
            raise InputError(f'lead "{name}": expected a Model, got {type(model).__name__}')
        if shape is not None and not isinstance(shape, Shape):
            raise InputError(
                f'lead "{name}": expected a shape such as sharvin.shape.strip(width=20.0), got {shape!r}'
            )
        if model.spin_degeneracy != self.spin_degeneracy:
            raise InputError(
                f'lead "{name}": its model has spin degeneracy {model.spin_degeneracy}, the region '
                f"{self.spin_degeneracy}; make spin explicit in both or in neither, or set spin_degeneracy"
            )
        if contact is not None and not isinstance(contact, Contact):
            raise InputError(f'lead "{name}": expected contact=sharvin.contact(…), got {shown(contact)}')
        if contact is None and start is not None:
            raise InputError(f'lead "{name}": start is for leads with a contact of their own')

    field = alterations.field
    flux_tube = alterations.flux_tube
    without_sites = alterations.without_sites
    vacancies = alterations.vacancies
    rough_edges = alterations.rough_edges
    trimmed = alterations.trimmed
    with_dephasing = with_dephasing

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
    def particle_hole(self) -> bool:
        """Whether the system is particle–hole doubled; see `sharvin.nambu`."""
        return isinstance(self.body, LatticeBody) and self.body.sites.lattice.holes > 0

    @property
    def orbital_count(self) -> int:
        """Rows of the Hamiltonian."""
        return self.body.size

    @property
    def site_count(self) -> int:
        """Number of lattice sites of the region, with those filled in for leads."""
        return len(self.lattice_body("site_count").sites)

    @property
    def added(self) -> np.ndarray:
        """Numbers of the sites that were filled in to end the leads, behind those of the region."""
        return np.flatnonzero(self.lattice_body("added").owner > 0)

    @property
    def positions(self) -> np.ndarray:
        """Positions of the sites in nm, shape (sites, 3)."""
        return self.lattice_body("positions").sites.positions

    def bind(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters with their values; an error names what is missing or misspelt."""
        return bind_parameters(self.parameters, params)

    def hamiltonian(self, **params: Any) -> sparse.csr_array:
        """H of the region in eV, as a sparse matrix whose pattern is the same for all parameters.

        The pattern is symmetric, sorted, and holds the whole diagonal, so there are explicit zeros. Its index arrays
        (`pattern`) are shared by all matrices of the system and read-only; ``.copy()`` gives a matrix that may be
        changed in place (``eliminate_zeros``, say). The data are the caller's own.

        Values of terms are kept until a parameter that they depend on changes: a function is called again only then.
        """
        return self.body.hamiltonian(self.bind(params))

    @property
    def overlap(self) -> sparse.csr_array | None:
        """The overlap matrix O of the region's orbitals, on the pattern of H; None where they are orthonormal."""
        values = self.body.overlap
        if values is None:
            return None
        indptr, indices = self.pattern
        size = self.orbital_count
        return sparse.csr_array((values.copy(), indices, indptr), shape=(size, size))

    @property
    def hermitian(self) -> bool:
        """Whether H is Hermitian; if not, that was asked for, and the region may absorb or amplify."""
        return self.body.hermitian

    @property
    def pattern(self) -> tuple[np.ndarray, np.ndarray]:
        """The CSR index arrays (indptr, indices) of every `hamiltonian` of this system, read-only."""
        return self.body.pattern

    def lead_cell(self, name: str, **params: Any) -> LeadCell:
        """The cell, the hopping and the interface of a lead; see `LeadCell`. Needs the lead's own parameters only.

        Its arrays are read-only: the cell is kept until a parameter of the lead changes.
        """
        if not isinstance(name, str) or name not in self.leads:
            raise InputError(f'no lead "{name}"{nearest(str(name), self.leads)}')
        needed = self.body.lead_parameters(name)
        return self.body.lead_cell(name, bind_parameters(self.parameters, params, needed))

    def lattice_body(self, what: str) -> LatticeBody:
        """The region on a lattice and its leads, for what needs one."""
        if not isinstance(self.body, LatticeBody):
            raise InputError(f"{what}: a system from matrices has no lattice; build it from a Model for that")
        return self.body


def _degeneracy(value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or value not in (1, 2):
        raise InputError(f"spin_degeneracy must be 1 or 2, got {shown(value)}")
    return int(value)
