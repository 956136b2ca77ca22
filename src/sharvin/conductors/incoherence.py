"""Conductors in series without phase coherence: `incoherent_series` and the conductor it makes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar, NoReturn, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, nearest
from ..options import Options, options_of
from ..reals import shown
from ..scattering import (
    Certificate,
    Conductor,
    LeadModes,
    Transmissions,
    in_batches,
    scattering_matrix,
    thresholds,
    transmissions,
)
from .joining import Joined, same_spin, thresholds_of_parts
from .joint import face_to_face
from .probabilities import Probabilities, closing_error, probabilities
from .probability_products import through_reservoir, without_phase

_BETWEEN = ("phase", "reservoir")
_Found = TypeVar("_Found", Probabilities, Transmissions)


@dataclass(frozen=True, eq=False)
class IncoherentSeries(Joined):
    """Conductors joined without phase coherence; made by `incoherent_series`, which describes it.

    Attributes
    ----------
    conductors
        In their order.
    between
        "phase" or "reservoir": what happens at every joint.
    joint
        The lead of what stands before and the lead of the next that meet.

    Examples
    --------
    >>> import sharvin as sv
    >>> barrier = sv.RectangularBarrier(height=0.3, width=4.0, mass=0.067)
    >>> pair = sv.incoherent_series(barrier, barrier)
    >>> pair.leads, pair.parameters
    (('left', 'right'), ('spin_degeneracy', 'height', 'width', 'mass'))
    """

    conductors: tuple[Conductor, ...]
    between: str = "phase"
    joint: tuple[str, str] = ("right", "left")

    maker: ClassVar[str] = "incoherent_series"
    #: There are none: `series` refuses it.
    phases_known: ClassVar[bool] = False
    #: Only transmissions.
    has_scattering_matrix: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not (isinstance(self.between, str) and self.between in _BETWEEN):
            raise InputError(
                f"incoherent_series: between must be one of {_BETWEEN}, got {shown(self.between)}"
                f"{nearest(str(self.between), _BETWEEN)}"
            )
        self.check()
        if self.keeps_modes:
            self.check_media([{}] * len(self.parts))

    @property
    def parts(self) -> tuple[Conductor, ...]:
        """The conductors, in their order."""
        return self.conductors

    @property
    def keeps_modes(self) -> bool:
        """Whether a joint leaves every electron in its mode, with its direction."""
        return self.between == "phase"


def incoherent_series(
    first: Conductor,
    second: Conductor,
    *more: Conductor,
    between: str = "phase",
    joint: tuple[str, str] = ("right", "left"),
) -> IncoherentSeries:
    """Conductors one after another, without phase coherence between them.

    Nothing interferes across a joint, and energy is kept. With between="phase" an electron forgets its phase and
    nothing else, so that probabilities |S_nm|² are composed as `series` composes amplitudes, T₁₂ = T₁T₂/(1 − R₁′R₂).
    N equal scatterers of one channel have

        R = (h/g_s e²) [1 + N (1 − T)/T],

    from one contact resistance to Ohm's law. With between="reservoir" it also forgets its direction and its mode: at
    each joint stands a reservoir that absorbs all that comes and emits equally both ways, its occupation floating
    energy by energy. Resistances with their contacts add up then, R = Σ_k h/(g_s e² T_k).

    Parameters
    ----------
    first, second, *more
        Conductors, with any number of other leads; those of unknown phases (`Tabulated`, `TransmissionFunction`) and
        other incoherent series too. A parameter goes to every part that takes it.
    between
        "phase" or "reservoir".
    joint
        The lead of what stands before and the lead of the next that meet.

    Returns
    -------
    IncoherentSeries
        A conductor with the leads that are left. It has transmissions and no scattering matrix.

    Raises
    ------
    InputError
        For another `between`, unlike spin degeneracies, a lead that is not there or a name that would stand twice. With
        between="phase" also for unlike masses, potentials or widths at a joint where both sides tell them, and, when
        transmissions are taken, for unlike numbers of modes. A reservoir joins conductors of any widths.

    Notes
    -----
    S. Datta, Electronic Transport in Mesoscopic Systems (Cambridge, 1995), section 2.2, equation 2.2.6; M. Büttiker,
    Phys. Rev. B 33, 3020 (1986); M. J. M. de Jong and C. W. J. Beenakker, Physica A 230, 219 (1996).

    Examples
    --------
    >>> import sharvin as sv
    >>> one = sv.TransmissionFunction(lambda E: 0.8 + 0 * E)
    >>> for between in ("phase", "reservoir"):
    ...     chain = sv.incoherent_series(one, one, one, one, between=between)
    ...     print(round(float(sv.G0 / sv.conductance(chain, mu=0.0)), 12))       # R/(h/2e²)
    2.0
    5.0
    """
    return IncoherentSeries((first, second, *more), between, joint)


@scattering_matrix.register(IncoherentSeries)
def _scattering_matrix(
    conductor: IncoherentSeries, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> NoReturn:
    """None: amplitudes need phases."""
    raise InputError(
        "an incoherent series has no scattering matrix, for its phases are lost; its transmissions are what there is: "
        "sharvin.transmission, sharvin.conductance, sharvin.current"
    )


@thresholds.register(IncoherentSeries)
def _thresholds(conductor: IncoherentSeries, window: tuple[float, float], **params: Any) -> np.ndarray:
    """The thresholds of all parts."""
    return thresholds_of_parts(conductor, window, params)


@transmissions.register(IncoherentSeries)
def _transmissions(
    conductor: IncoherentSeries, energy: np.ndarray, *, options: Options | None = None, **params: Any
) -> Transmissions:
    """Between leads; what reservoirs join needs no more than that of the parts."""
    if not conductor.keeps_modes:
        return _certified(_lead_by_lead(conductor, energy, options, params), options)

    def some(chosen: np.ndarray) -> tuple[Transmissions, float]:
        P = probabilities(conductor, chosen, options=options, **params)
        part = Transmissions(P.between_leads(), P.unitarity_error, P.spin_degeneracy, P.unitarity_error)
        return part, 32.0 * P.matrix.shape[-1] ** 2

    return in_batches(energy, some)


@probabilities.register(IncoherentSeries)
def _probabilities(
    conductor: IncoherentSeries, energy: np.ndarray, *, options: Options | None = None, **params: Any
) -> Probabilities:
    """Between the modes that are left: what a further joint composes."""
    shares = conductor.shares(params)
    if conductor.keeps_modes:
        conductor.check_media(shares)
    found = _of_parts(
        conductor, lambda part, share: probabilities(part, energy, options=options, **share), shares
    )
    product = _phase_lost if conductor.keeps_modes else _reservoir_between
    return _certified(reduce(lambda a, b: product(a, b, conductor.joint), found), options)


def _of_parts(
    conductor: IncoherentSeries,
    of: Callable[[Conductor, dict[str, Any]], _Found],
    shares: Sequence[dict[str, Any]],
) -> list[_Found]:
    """Something of each part; of a part that stands at several places once."""
    known: dict[int, _Found] = {}
    for part, share in zip(conductor.parts, shares, strict=True):
        if id(part) not in known:
            known[id(part)] = of(part, share)
    found = [known[id(part)] for part in conductor.parts]
    same_spin(conductor.maker, [one.spin_degeneracy for one in found])
    return found


def _phase_lost(a: Probabilities, b: Probabilities, joint: tuple[str, str]) -> Probabilities:
    """Mode by mode, in their order."""
    joined = face_to_face(a, b, joint, maker=IncoherentSeries.maker)
    P = without_phase(joined.first, joined.second, joined.modes)
    return _joined(a, b, joint, P, joined.open_modes)


def _reservoir_between(a: Probabilities, b: Probabilities, joint: tuple[str, str]) -> Probabilities:
    """By a reservoir that emits into all modes alike."""
    at_a, at_b = a.at(joint[0]), b.at(joint[1])
    P = through_reservoir(a.matrix, b.matrix, at_a, at_b)
    return _joined(a, b, joint, P, np.hstack([a.open_modes[:, ~at_a], b.open_modes[:, ~at_b]]))


def _joined(
    a: Probabilities, b: Probabilities, joint: tuple[str, str], P: np.ndarray, open_modes: np.ndarray
) -> Probabilities:
    """P with the modes that are left and the error that is left."""
    sides = zip((a, b), joint, strict=True)
    leads = tuple(
        LeadModes(lead.name, lead.labels) for side, at in sides for lead in side.leads if lead.name != at
    )
    error = np.max([a.unitarity_error, b.unitarity_error, closing_error(P, open_modes)], axis=0)
    return Probabilities(a.energy, leads, P, open_modes, error, a.spin_degeneracy)


def _lead_by_lead(
    conductor: IncoherentSeries, energy: np.ndarray, options: Options | None, params: dict[str, Any]
) -> Transmissions:
    """Transmissions of all parts, with reservoirs between them."""
    shares = conductor.shares(params)
    found = _of_parts(
        conductor, lambda part, share: transmissions(part, energy, options=options, **share), shares
    )
    before, after = conductor.joint
    names, T = conductor.parts[0].leads, found[0].values
    for part, one in zip(conductor.parts[1:], found[1:], strict=True):
        at_a, at_b = (
            np.array([name == at for name in of]) for of, at in ((names, before), (part.leads, after))
        )
        T = through_reservoir(T, one.values, at_a, at_b)
        names = (*(name for name in names if name != before), *(name for name in part.leads if name != after))
    # What comes into a lead must be what may leave it, whatever the number of its modes.
    unlike = np.abs(T.sum(axis=1) - T.sum(axis=2)).max(axis=1, initial=0.0)
    error = np.max([unlike, *(one.unitarity_error for one in found)], axis=0)
    unsure = [one.amplitude_error for one in found if one.amplitude_error is not None]
    missed = [one.value_error for one in found if one.value_error is not None]
    return Transmissions(
        T,
        error,
        found[0].spin_degeneracy,
        np.max(unsure, axis=0) if unsure else None,
        np.sum(missed, axis=0) if missed else None,
    )


def _certified(found: _Found, options: Options | None) -> _Found:
    """The same, unless its error breaks the bound."""
    Certificate(
        "incoherent series",
        figures={"unitarity_error": found.unitarity_error},
        bounds={"unitarity_error": options_of(options).unitarity_bound},
    ).require(
        "the transmissions", "Look at the parts one by one: probabilities of one do not add up to its modes."
    )
    return found
