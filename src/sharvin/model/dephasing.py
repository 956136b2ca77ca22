"""A system whose electrons lose their phase: a voltage probe on every site of a part of the region.

On each site i sits a fictitious lead with the self-energy −iη_i on all of its orbitals, Γ_i = 2η_i. It draws no current
at any energy: its occupation f_i(E) floats, so that every electron it takes comes back at the same energy, with a
phase and a direction that know nothing of the former ones. (J. L. D'Amato and H. M. Pastawski, Phys. Rev. B 41, 7411
(1990), after M. Büttiker, IBM J. Res. Dev. 32, 63 (1988).)

In a wave of velocity v the coherent flux decays as exp(−2ηx/ħv): the electron keeps its phase for the time
τ_φ = ħ/2η and the ballistic length ℓ_φ = vτ_φ = ħv/2η.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..constants import HBAR
from ..errors import InputError
from ..reals import positive, shown
from .body import LatticeBody
from .coordinates import site_coordinates
from .shape import Shape
from .terms import SITE_COORDINATES
from .values import Parameter, Value, bind_parameters, merge_parameters

if TYPE_CHECKING:
    from .system import System

_WHAT = "with_dephasing"
_TAKEN = "site"  # the dim of the probes in results


@dataclass(frozen=True, eq=False)
class DephasedSystem:
    """A system with a voltage probe on every site of a part of its region; made by `System.with_dephasing`.

    It is a conductor without a scattering matrix: only probabilities are known of it. `sharvin.conductance`,
    `sharvin.current` and whatever else needs transmissions take it as they take the system.

    Attributes
    ----------
    system
        The system without probes.
    region
        The shape whose sites have probes; None for all sites.
    strength
        η in eV, or ℓ_φ in nm, as a number, a parameter or a function of coordinates.
    by_length
        Whether `strength` is a length.
    velocity
        The velocity in m/s that makes η of a length; None for the mean velocity of the open modes of the leads.
    """

    system: "System"
    region: Shape | None
    strength: Value
    by_length: bool
    velocity: float | None = None

    #: S does not exist, only transmissions do.
    phases_known: ClassVar[bool] = False

    @property
    def leads(self) -> tuple[str, ...]:
        """Names of the leads, in order; the probes are no leads."""
        return self.system.leads

    @property
    def spin_degeneracy(self) -> int:
        """g_s of the system."""
        return self.system.spin_degeneracy

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Named parameters of the system and of the strength, with their defaults."""
        return merge_parameters([self.system.parameters, self.strength.parameters])

    @property
    def needs_velocity(self) -> bool:
        """Whether the mean velocity of the leads' open modes is needed for η."""
        return self.by_length and self.velocity is None

    @cached_property
    def sites(self) -> np.ndarray:
        """Numbers of the sites that have a probe, ascending."""
        body = self.system.body
        if not isinstance(body, LatticeBody):
            return np.arange(body.size)
        if self.region is None:
            return np.arange(len(body.sites))
        inside = self.region.contains(*body.sites.positions.T)
        return np.flatnonzero(np.broadcast_to(inside, len(body.sites)))

    @property
    def positions(self) -> np.ndarray | None:
        """Places of these sites in nm, (sites, 3); None for a system from matrices."""
        body = self.system.body
        return body.sites.positions[self.sites] if isinstance(body, LatticeBody) else None

    @cached_property
    def site_of_orbital(self) -> np.ndarray:
        """The site of each row of H; first cells of leads on lattices of their own have numbers behind the others."""
        body = self.system.body
        if not isinstance(body, LatticeBody):
            return np.arange(body.size)
        own = np.repeat(np.arange(len(body.sites)), body.sites.lattice.orbital_count)
        rest = np.arange(body.size - len(own))  # one orbital, one site: no probe is there
        return np.concatenate([own, len(body.sites) + rest])

    def split(self, params: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """All parameters, bound, and those among them that the system takes."""
        bound = bind_parameters(self.parameters, params)
        return bound, {name: bound[name] for name in self.system.parameters}

    def rates(self, params: Mapping[str, Any], slope: float) -> np.ndarray:
        """η in eV on each of `sites`.

        Parameters
        ----------
        params
            All parameters, bound.
        slope
            ħ times the mean velocity of the open modes, in eV nm, which counts if `needs_velocity`.
        """
        values = self._strengths(params)
        if not self.by_length:
            return values
        if self.velocity is not None:
            slope = HBAR * self.velocity * 1e9
        return slope / (2 * values)

    def _strengths(self, params: Mapping[str, Any]) -> np.ndarray:
        """The rate in eV, or the length in nm, on each site with a probe."""
        body, count = self.system.body, len(self.sites)
        coordinates = site_coordinates(body.sites, self.sites) if isinstance(body, LatticeBody) else {}
        values = self.strength.evaluate(coordinates, params, count, 1)[:, 0, 0]
        name = "length" if self.by_length else "rate"
        wrong = np.iscomplexobj(values) or not ((values > 0) if self.by_length else (values >= 0)).all()
        if wrong:
            expected = "positive lengths in nm" if self.by_length else "rates in eV that are not negative"
            raise InputError(
                f"{_WHAT}: expected {expected}, and real, got {shown(values[~(np.real(values) > 0)][:1])} from {name}="
            )
        return np.array(values, dtype=float)


def with_dephasing(
    system: "System",
    *,
    length: float | Parameter | Callable[..., Any] | None = None,
    rate: float | Parameter | Callable[..., Any] | None = None,
    velocity: float | None = None,
    region: Shape | None = None,
) -> DephasedSystem:
    """The system with a voltage probe on every site, in which electrons lose their phase.

    The probe of site i has the self-energy −iη_i on each orbital of the site (one probe for all of them), and the
    occupation at which no current flows into it, at each energy. Elimination of the probes leaves

        T_αβ + Σ_ij T_αi [(D − T_PP)⁻¹]_ij T_jβ,     T_ij = Γ_iΓ_j Σ|G_ij|²,     D_i = Γ_i Σ A_ii,

    sums over the orbitals of a site, Γ_i = 2η_i, A = i(G − G†), G = (E − H − Σ + iη)⁻¹: what enters by the leads comes
    out by them. Of one site between two chains of hopping t, at E = 0, the resistance is (h/e²)(1 + η/2t).

    The probes send out what they take in all directions alike. They take the momentum with the phase, and add a
    resistance: a long wire has R = R_contact + ρL with a mean free path of the order of ℓ_φ. Where disorder scatters
    more often than that, electrons diffuse, and the phase is kept over L_φ = √(Dτ_φ), τ_φ = ħ/2η, instead of
    ℓ_φ = vτ_φ. Of a wrapped model the probes keep the Bloch momentum.

    Parameters
    ----------
    length
        The ballistic phase-coherence length ℓ_φ in nm; η(E) = ħ⟨v⟩/2ℓ_φ with the mean velocity ⟨v⟩ of all modes that
        are open at E in the leads, or with `velocity`. A number, ``sharvin.param("name")`` or a function of the site's
        coordinates, as `onsite` takes it.
    rate
        Instead of a length: η in eV, in the same ways. A parameter or a function may be zero.
    velocity
        In m/s, with `length`; needed where leads have no known velocity.
    region
        A shape; the sites in it have probes. By default all sites of the region have one; the first cells of a lead on
        a lattice of its own have none.

    Raises
    ------
    InputError
        If not one of `length` and `rate` is given, or not a positive one; for a region without sites; for a system
        that is not Hermitian, has overlaps, or is particle–hole doubled; for a length or a region of a system from
        matrices, where nothing has a place.

    Notes
    -----
    J. L. D'Amato and H. M. Pastawski, Phys. Rev. B 41, 7411 (1990); M. Büttiker, IBM J. Res. Dev. 32, 63 (1988).

    Examples
    --------
    >>> import sharvin as sv
    >>> chain = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    >>> wire = chain.region(sv.shape.line(30.0)).lead("left", chain, "-x").lead("right", chain, "+x")
    >>> dephased = wire.with_dephasing(length=sv.param("coherence"))
    >>> G = sv.conductance(dephased, mu=0.0, coherence=[1e9, 20.0])
    >>> (G / sv.G0).values.round(4)
    array([1.    , 0.5796])
    """
    _check_system(system, by_length=length is not None, region=region)
    if (length is None) == (rate is None):
        got = "neither" if rate is None else "both"
        raise InputError(f"{_WHAT}: give one of length= (nm) and rate= (eV), got {got}")
    if velocity is not None:
        if length is None:
            raise InputError(f"{_WHAT}: velocity= makes a rate of a length; with rate= leave it out")
        velocity = positive(f"{_WHAT}: velocity", velocity, "m/s")
    name, unit, given = ("rate", "eV", rate) if length is None else ("length", "nm", length)
    dephased = DephasedSystem(
        system, region, _strength(system, name, unit, given), length is not None, velocity
    )
    if _TAKEN in dephased.parameters:
        raise InputError(
            f'{_WHAT}: "{_TAKEN}" is the dim of the probes in results; call the parameter "{_TAKEN}_0"'
        )
    if not len(dephased.sites):
        raise InputError(
            f"{_WHAT}: no site of the system lies in region=, so that nothing would be dephased; lengths are in nm"
        )
    return dephased


def _strength(system: "System", name: str, unit: str, given: Any) -> Value:
    """The rate or the length; a number must be positive."""
    what = f"{_WHAT}: {name}"
    on_lattice = isinstance(system.body, LatticeBody)
    if isinstance(given, Parameter):
        return Value(given, what, SITE_COORDINATES)
    if callable(given):
        if not on_lattice:
            raise InputError(
                f"{what}: a system from matrices has no coordinates; give a number or a parameter"
            )
        return Value(given, what, SITE_COORDINATES)
    return Value(positive(what, given, unit), what, SITE_COORDINATES)


def _check_system(system: "System", *, by_length: bool, region: Any) -> None:
    """Refuse what probes have no meaning for."""
    if region is not None and not isinstance(region, Shape):
        raise InputError(
            f"{_WHAT}: expected region=sharvin.shape.rectangle(…) or another shape, got {shown(region)}"
        )
    if not isinstance(system.body, LatticeBody) and (by_length or region is not None):
        given = "a length needs the period of the leads" if by_length else "a region needs places"
        raise InputError(
            f"{_WHAT}: {given}, which a system from matrices does not have; give rate= (eV), on all orbitals"
        )
    if not system.hermitian:
        raise InputError(
            f"{_WHAT}: the system absorbs or amplifies (non_hermitian=True), and probes give back only what they took; "
            "leave the non-Hermitian terms out"
        )
    if system.body.overlap is not None:
        raise InputError(
            f"{_WHAT}: the orbitals of the system overlap, so that its sites share density; make them orthonormal"
        )
    if system.particle_hole:
        raise InputError(
            f"{_WHAT}: the system is particle–hole doubled, where a probe would have to balance charges and not "
            "particles; this is not supported"
        )
