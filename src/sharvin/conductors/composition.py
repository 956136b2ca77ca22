"""Conductors in series, phase-coherent: `series` and the conductor it makes."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from ..options import Options, options_of
from ..scattering import (
    Certificate,
    Conductor,
    LeadModes,
    ScatteringMatrix,
    energies_of,
    scattering_matrix,
    thresholds,
)
from .joining import Joined, same_spin, thresholds_of_parts
from .joint import face_to_face
from .star_product import star_product
from .validation import real


@dataclass(frozen=True, eq=False)
class Series(Joined):
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

    maker: ClassVar[str] = "series"
    own_parameters: ClassVar[tuple[str, ...]] = ("phase",)

    def __post_init__(self) -> None:
        object.__setattr__(self, "phase", real("series: phase", self.phase, "rad"))
        for part in self.parts:
            if not getattr(part, "phases_known", True):
                raise InputError(
                    f"series: the phases of a {type(part).__name__} are unknown, so it cannot interfere; give a "
                    "conductor with amplitudes (a closed form, a FixedScatterer, a System)"
                )
        self.check()
        self.check_media(({}, {}))

    @property
    def parts(self) -> tuple[Conductor, Conductor]:
        """The two conductors."""
        return (self.first, self.second)


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
    shares = conductor.shares(params)
    conductor.check_media(shares)
    a, b = (
        scattering_matrix(part, np.atleast_1d(energies), options=options, **share)
        for part, share in zip(conductor.parts, shares, strict=True)
    )
    same_spin("series", [a.spin_degeneracy, b.spin_degeneracy])
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
    real("series: phase", params.get("phase", conductor.phase), "rad")
    return thresholds_of_parts(conductor, window, params)
