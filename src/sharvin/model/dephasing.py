"""How a system gets dephasing probes: `System` has this as a method."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..reals import positive, shown
from .body import LatticeBody
from .dephased_system import DephasedSystem
from .shape import Shape
from .terms import SITE_COORDINATES
from .values import Parameter, Value

if TYPE_CHECKING:
    from .system import System

_WHAT = "with_dephasing"
_TAKEN = "site"  # the dim of the probes in results


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
    resistance: a long wire has R = R_contact + ρL with a mean free path of the order of ℓ_φ, in a chain 2ℓ_φ, since
    half of what comes out goes on. Where disorder scatters more often than that, electrons diffuse, and the phase is
    kept over L_φ = √(Dτ_φ), τ_φ = ħ/2η, instead of ℓ_φ = vτ_φ. Of a wrapped model the probes keep the Bloch momentum.

    Parameters
    ----------
    length
        The ballistic phase-coherence length ℓ_φ in nm; η(E) = ħ⟨v⟩/2ℓ_φ with the mean velocity ⟨v⟩ of all modes that
        are open at E in the leads, or with `velocity`. A number, ``sharvin.param("name")`` or a function of the site's
        coordinates, as `onsite` takes it.
    rate
        Instead of a length: η in eV, in the same ways. A parameter or a function may be zero.
    velocity
        In m/s, with `length`: instead of the mean velocity, which jumps where a mode opens.
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
