"""A conductor some of whose leads are dephasing probes: what enters them comes out again at the same energy."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, nearest
from ..options import Options
from ..reals import shown
from ..scattering import (
    Conductor,
    ScatteringMatrix,
    Transmissions,
    fingerprint,
    scattering_matrix,
    thresholds,
    transmissions,
)

_EPS = np.finfo(float).eps


@dataclass(frozen=True, eq=False)
class Dephased:
    """A conductor without some of its leads, which are dephasing probes; made by `dephased`, which describes it.

    Attributes
    ----------
    conductor
        The conductor with all leads.
    probes
        Names of the leads that are probes.
    """

    conductor: Conductor
    probes: tuple[str, ...]

    #: What passes a probe has lost its phase.
    phases_known: ClassVar[bool] = False
    #: There is no S any more, only transmissions.
    has_scattering_matrix: ClassVar[bool] = False

    @property
    def leads(self) -> tuple[str, ...]:
        """The leads that are left."""
        return tuple(name for name in self.conductor.leads if name not in self.probes)

    @property
    def spin_degeneracy(self) -> int:
        """g_s of the conductor."""
        return self.conductor.spin_degeneracy

    @property
    def parameters(self) -> tuple[str, ...] | None:
        """Those of the conductor, if it tells."""
        return getattr(self.conductor, "parameters", None)

    @property
    def particle_hole(self) -> bool:
        """Whether the conductor is particle–hole doubled."""
        return bool(getattr(self.conductor, "particle_hole", False))


def dephased(conductor: Conductor, *probes: str) -> Dephased:
    """A conductor some of whose leads are dephasing probes, whose occupation floats at each energy.

    With M_αβ = δ_αβ Σ_γ T_γα − T_αβ and probes P, what is left between the other leads R is

        M_eff = M_RR − M_RP M_PP⁻¹ M_PR,    T_eff = T_RR + T_RP M_PP⁻¹ T_PR.

    For one probe, T_eff = T₁₂ + T₁₃T₃₂/(T₁₃ + T₂₃). A probe that is coupled to no other lead at an energy does nothing
    there. The result is a conductor for every observable that needs transmissions; it has no scattering matrix.

    Parameters
    ----------
    conductor
        Any conductor.
    *probes
        Names of the leads that are probes.

    Raises
    ------
    InputError
        For an unknown lead, none, or no lead left.

    Notes
    -----
    M. Büttiker, Phys. Rev. B 33, 3020 (1986); M. J. M. de Jong and C. W. J. Beenakker, Physica A 230, 219 (1996).

    Examples
    --------
    A beam splitter in the way to a probe that has both of its arms halves what goes through:

    >>> import numpy as np, sharvin as sv
    >>> S = np.roll(np.eye(3), 1, axis=0)  # 1 → probe → 2 → 1
    >>> loop = sv.FixedScatterer(S, {"1": 1, "probe": 1, "2": 1})
    >>> G = sv.conductance(sv.dephased(loop, "probe"), mu=0.0, lead_out="2", lead_in="1")
    >>> float(G / sv.G0)
    1.0
    """
    if not isinstance(conductor, Conductor):
        raise InputError(f"dephased: expected a conductor, got {type(conductor).__name__}")
    if len(probes) == 1 and not isinstance(probes[0], str):
        raise InputError(f"dephased: probes must be names of leads, got {shown(probes[0])}")
    if not probes:
        raise InputError('dephased: name at least one lead that is a probe, as dephased(conductor, "p1")')
    for name in probes:
        if not isinstance(name, str) or name not in conductor.leads:
            raise InputError(f'dephased: no lead "{name}"{nearest(str(name), conductor.leads)}')
    if set(probes) == set(conductor.leads):
        raise InputError("dephased: all leads are probes; at least one must be left to drive them")
    return Dephased(conductor, tuple(dict.fromkeys(probes)))


@transmissions.register(Dephased)
def _transmissions(
    conductor: Dephased, energy: np.ndarray, *, options: Options | None = None, **params: Any
) -> Transmissions:
    """T_eff of `dephased`."""
    found = transmissions(conductor.conductor, energy, options=options, **params)
    names = conductor.conductor.leads
    probe = np.array([name in conductor.probes for name in names])
    values = without_probes(found.values, np.flatnonzero(~probe), np.flatnonzero(probe))
    # What leaves a probe goes somewhere with probability one: errors of S add up, they are not amplified.
    error = found.unitarity_error * (1 + probe.sum())
    return Transmissions(values, error, found.spin_degeneracy, found.amplitude_error, found.value_error)


@fingerprint.register(Dephased)
def _fingerprint(conductor: Dephased, **params: Any) -> Hashable | None:
    inner = fingerprint(conductor.conductor, **params)
    return None if inner is None else (Dephased, inner, conductor.probes)


@thresholds.register(Dephased)
def _thresholds(conductor: Dephased, window: tuple[float, float], **params: Any) -> np.ndarray:
    return thresholds(conductor.conductor, window, **params)


@scattering_matrix.register(Dephased)
def _scattering_matrix(
    conductor: Dephased, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> ScatteringMatrix:
    raise InputError(
        "a conductor with dephasing probes has no scattering matrix, only transmissions: use sharvin.transmission, or "
        "sharvin.scattering_matrix of the conductor with the probes as leads"
    )


def without_probes(transmission: np.ndarray, rest: np.ndarray, probes: np.ndarray) -> np.ndarray:
    """T_eff between the leads `rest`, from T between all, (…, leads, leads)."""
    between = transmission * (1 - np.eye(transmission.shape[-1]))
    leaving = between.sum(axis=-2)[..., probes]  # into all others
    # A probe, or a group of them, that nothing enters is left out; it would be singular.
    active = _fed(between, rest, probes)
    matrix = leaving[..., None, :] * np.eye(len(probes)) - between[..., probes[:, None], probes]
    both = active[..., :, None] & active[..., None, :]
    matrix = np.where(both, matrix, np.eye(len(probes)))
    into = np.where(active[..., :, None], transmission[..., probes[:, None], rest], 0.0)
    out_of = np.where(active[..., None, :], transmission[..., rest[:, None], probes], 0.0)
    scale = np.abs(np.diagonal(matrix, axis1=-2, axis2=-1))[..., :, None]
    return transmission[..., rest[:, None], rest] + out_of @ np.linalg.solve(matrix / scale, into / scale)


def _fed(between: np.ndarray, rest: np.ndarray, probes: np.ndarray) -> np.ndarray:
    """Which probes something enters from the leads `rest`, directly or through other probes, (…, probes)."""
    floor = 4 * _EPS * between.max(axis=(-2, -1), keepdims=True, initial=0.0)
    couples = between > floor
    couples |= couples.swapaxes(-1, -2)
    reached = couples[..., probes[:, None], rest].any(axis=-1)
    among = couples[..., probes[:, None], probes].astype(float)
    for _ in range(len(probes)):
        further = reached | ((among @ reached[..., None].astype(float))[..., 0] > 0)
        if (further == reached).all():
            break
        reached = further
    return reached
