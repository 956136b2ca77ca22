"""Conductors in series, phase-coherent: `series` and the conductor it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, nearest
from ..options import Options, options_of
from ..scattering import (
    Certificate,
    Conductor,
    LeadModes,
    ScatteringMatrix,
    energies_of,
    scattering_matrix,
    thresholds,
    window_of,
)
from .joint import Medium, face_to_face, medium_of, same_medium
from .star_product import star_product
from .validation import real


@dataclass(frozen=True, eq=False)
class Series:
    """Two conductors joined coherently; made by `series`, which describes it.

    Attributes
    ----------
    first, second
        The two conductors.
    phase
        θ of the propagation between them, in rad.
    joint
        The lead of the first and the lead of the second that meet.

    Examples
    --------
    >>> import sharvin as sv
    >>> barrier = sv.DeltaBarrier(strength=0.2, mass=0.067)
    >>> pair = sv.series(barrier, barrier, phase=1.0)
    >>> pair.leads, pair.parameters
    (('left', 'right'), ('phase', 'spin_degeneracy', 'strength', 'mass'))
    """

    first: Conductor
    second: Conductor
    phase: float = 0.0
    joint: tuple[str, str] = ("right", "left")

    def __post_init__(self) -> None:
        object.__setattr__(self, "phase", real("series: phase", self.phase, "rad"))
        _check_joint(self.joint)
        for part, lead in zip(self.parts, self.joint, strict=True):
            _check_part(part, lead)
        if self.first.spin_degeneracy != self.second.spin_degeneracy:
            raise InputError(_unlike(self.first.spin_degeneracy, self.second.spin_degeneracy))
        same_medium(self.parts, self.joint, ({}, {}))
        twice = set(self._outer(0)) & set(self._outer(1))
        if twice:
            raise InputError(
                f'series: both conductors have a lead "{min(twice)}" that is not at the joint; give it another name '
                f"in one of them, or join there (joint={self.joint!r} now)"
            )

    @property
    def parts(self) -> tuple[Conductor, Conductor]:
        """The two conductors."""
        return (self.first, self.second)

    @property
    def leads(self) -> tuple[str, ...]:
        """The leads of the first, then those of the second, without the two at the joint."""
        return self._outer(0) + self._outer(1)

    @property
    def spin_degeneracy(self) -> int:
        """g_s of both parts."""
        return self.first.spin_degeneracy

    @property
    def parameters(self) -> tuple[str, ...]:
        """``phase``, and what either part takes, as far as the parts name it."""
        names = [name for part in self.parts for name in _parameters(part) or ()]
        return tuple(dict.fromkeys(["phase", *names]))

    def medium(self, lead: str, params: Mapping[str, Any]) -> Medium | None:
        """What lies far out in a lead, for these parameters, if the part with that lead tells."""
        position = 0 if lead in self._outer(0) else 1
        return medium_of(self.parts[position], lead, self._divide(params)[position])

    def _outer(self, position: int) -> tuple[str, ...]:
        return tuple(lead for lead in self.parts[position].leads if lead != self.joint[position])

    def _divide(self, params: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The parameters that each part takes; an error for one that nobody does."""
        shares: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        for name, value in params.items():
            taken = name == "phase"
            for part, share in zip(self.parts, shares, strict=True):
                known = _parameters(part)
                if known is None or name in known:
                    share[name], taken = value, True
            if not taken:
                raise InputError(
                    f'no part of the series has a parameter "{name}"{nearest(name, self.parameters)}'
                )
        return shares


def series(
    first: Conductor,
    second: Conductor,
    *more: Conductor,
    phase: float = 0.0,
    joint: tuple[str, str] = ("right", "left"),
) -> Series:
    """Conductors one after another, phase-coherent: S by the star product.

    At each joint a wave that leaves the left one arrives at the right one with e^{iθ} and back, t₁₂ =
    t₁ t₂ e^{iθ}/(1 − r₁′ r₂ e^{2iθ}); with several modes, mode by mode in their order, any reflection matrices. All
    energies are done at once. A parameter goes to every part that takes it.

    Parameters
    ----------
    first, second, *more
        Conductors, closed forms or lattice systems alike, with as many open modes on both sides of each joint.
    phase
        θ, in rad, at every joint. For a phase kL that depends on energy, put a `FreePropagation` between.
    joint
        The lead of the left and the lead of the right one that meet.

    Returns
    -------
    Series
        A conductor with the leads that are left.

    Raises
    ------
    InputError
        For a conductor whose phases are unknown (`Tabulated`, `TransmissionFunction`), unlike spin degeneracies,
        unlike masses, potentials or widths at a joint where both sides tell them (a step of mass or potential is a
        `PotentialStep`), a lead that is not there or a name that would stand twice; when S is taken, for unlike
        numbers of modes.

    Notes
    -----
    S. Datta, Electronic Transport in Mesoscopic Systems (Cambridge, 1995), section 3.2.

    The reference planes of the two leads at a joint become one: two lattice systems share the cell at which they
    meet. Only open modes pass a joint. Evanescent ones, which S does not hold, are left out; keep scatterers
    further from it than the slowest of them decays.

    Examples
    --------
    >>> import sharvin as sv
    >>> one = sv.RectangularBarrier(height=0.3, width=4.0, mass=0.067)
    >>> double = sv.series(one, sv.FreePropagation(length=8.0, mass=0.067), one)
    >>> direct = sv.DoubleBarrier(height=0.3, thickness=4.0, well=8.0, mass=0.067)
    >>> a, b = (sv.scattering_matrix(c, energy=0.05).transmission("right", "left") for c in (double, direct))
    >>> abs(a / b - 1) < 1e-10
    True
    """
    joined = Series(first, second, phase, joint)
    for conductor in more:
        joined = Series(joined, conductor, phase, joint)
    return joined


@scattering_matrix.register(Series)
def _scattering_matrix(
    conductor: Series, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> ScatteringMatrix:
    """S of conductors in series, at one energy or at all energies of an array at once."""
    options = options_of(options)
    energies = energies_of(energy)
    phase = real("series: phase", params.get("phase", conductor.phase), "rad")
    shares = conductor._divide(params)
    same_medium(conductor.parts, conductor.joint, shares)
    a, b = (
        scattering_matrix(part, np.atleast_1d(energies), options=options, **share)
        for part, share in zip(conductor.parts, shares, strict=True)
    )
    if a.spin_degeneracy != b.spin_degeneracy:
        raise InputError(_unlike(a.spin_degeneracy, b.spin_degeneracy))
    joined = face_to_face(a, b, conductor.joint)
    S, residual = star_product(joined.first, joined.second, joined.modes, np.exp(1j * phase))
    outer = [
        lead
        for part, at in zip((a, b), conductor.joint, strict=True)
        for lead in part.leads
        if lead.name != at
    ]
    only = (0,) if energies.ndim == 0 else ()
    return ScatteringMatrix.certified(
        energies,
        tuple(LeadModes(lead.name, lead.labels) for lead in outer),
        S[only],
        joined.open_modes[only],
        spin_degeneracy=a.spin_degeneracy,
        certificate=Certificate(
            route="star product",
            backend="+".join(sorted({a.certificate.backend, b.certificate.backend} - {""})),
            figures={"joint_residual": residual[only]},
            bounds={"joint_residual": options.residual_bound},
            notes=a.certificate.notes + b.certificate.notes,
        ),
        options=options,
        remedy="A resonator between the parts is closed to rounding: move the energy a little.",
    )


@thresholds.register(Series)
def _thresholds(conductor: Series, window: tuple[float, float], **params: Any) -> np.ndarray:
    """The thresholds of both parts."""
    window = window_of(window)
    real("series: phase", params.get("phase", conductor.phase), "rad")
    shares = conductor._divide(params)
    found = [thresholds(part, window, **share) for part, share in zip(conductor.parts, shares, strict=True)]
    return np.unique(np.concatenate(found))


def _parameters(part: Any) -> tuple[str, ...] | None:
    """The names of a conductor's parameters, or None if it does not tell (then it takes, or refuses, all)."""
    if isinstance(part, Series) and any(_parameters(inner) is None for inner in part.parts):
        return None
    names = getattr(part, "parameters", None)
    return None if names is None or callable(names) else tuple(names)


def _unlike(first: int, second: int) -> str:
    return (
        f"series: the spin degeneracies differ ({first} and {second}); make spin explicit in both conductors, or in "
        "neither, or set spin_degeneracy"
    )


def _check_joint(joint: Any) -> None:
    if not (isinstance(joint, tuple) and len(joint) == 2 and all(isinstance(lead, str) for lead in joint)):
        raise InputError(
            "series: joint must be two names of leads, (of the left conductor, of the right one), "
            f'such as ("right", "left"); got {joint!r}'
        )


def _check_part(part: Any, lead: str) -> None:
    kind = type(part).__name__
    if not isinstance(part, Conductor):
        raise InputError(f"series: expected a conductor, got {kind}")
    if not getattr(part, "phases_known", True):
        raise InputError(
            f"series: the phases of a {kind} are unknown, so it cannot interfere; give a conductor with amplitudes "
            "(a closed form, a FixedScatterer, a System)"
        )
    if lead not in part.leads:
        raise InputError(f'series: {kind} has no lead "{lead}" to join{nearest(lead, part.leads)}')
