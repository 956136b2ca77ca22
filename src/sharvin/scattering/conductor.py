"""The contract every conductor keeps.

**Conductor.** Anything for which the two generic functions of this module are registered:

- ``scattering_matrix(conductor, energy, options=None, **params)``: S at an energy or an array of energies, in eV;
- ``thresholds(conductor, window, **params)``: the energies in a window at which channels open, in eV, so
  that an energy integral breaks there;

and which has ``leads`` (an ordered tuple of names) and ``spin_degeneracy`` (g_s: 2 when spin is not
explicit, 1 when it is). Closed forms register theirs in ``conductors/``, lattice systems theirs in
``solvers/``. Observables know this contract and the reservoirs, and nothing below.

A third one, ``transmissions``, has a default that takes them from S. A conductor whose channels do not mix registers
its own, which needs no matrix. One that is not phase-coherent has transmissions only: it says so by
``has_scattering_matrix = False``, registers ``transmissions``, and its ``scattering_matrix`` is an error. And a
fourth, ``fingerprint``, lets what was sampled of S(E) serve again; by default nothing is taken to be the same.
"""

import functools
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from ..options import Options
from ..reals import NotReal, reals, shown
from .matrix import ScatteringMatrix

#: Packages that register conductors when they are imported. They lie in lower rows and are named, not imported.
_PROVIDERS = ("sharvin.conductors", "sharvin.solvers")
_FIRST_BATCH = 16  # energies, before the size of a matrix is known
_BATCH_BYTES = 64e6  # of matrices at a time


@runtime_checkable
class Conductor(Protocol):
    """What every conductor shows of itself; its physics is in the two generic functions."""

    @property
    def leads(self) -> tuple[str, ...]:
        """Names of the leads, in order."""
        ...

    @property
    def spin_degeneracy(self) -> int:
        """g_s, the factor that SI results contain and S never does."""
        ...


def _import_providers() -> None:
    for provider in _PROVIDERS:
        import_module(provider)


def _after_providers(function: Any, conductor: Any) -> Any:
    """The implementation for a type met for the first time, once every provider had its chance to register."""
    _import_providers()
    implementation = function.dispatch(type(conductor))
    if implementation is function.dispatch(object):
        raise InputError(
            f"expected a conductor (a closed form such as sharvin.SaddlePoint, or a System with leads), "
            f"got {type(conductor).__name__}"
            + ("; a Model becomes a System by .region(shape).lead(…)" if hasattr(conductor, "region") else "")
        )
    return implementation


@functools.singledispatch
def scattering_matrix(
    conductor: Any, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> ScatteringMatrix:
    """Scattering matrix S(E) of a conductor: outgoing amplitudes = S · incoming amplitudes, unit-current modes.

    Parameters
    ----------
    conductor
        Any conductor: a closed form, a composition, a lattice system with leads.
    energy
        Energy in eV, or a one-dimensional array of energies.
    options
        Numerical choices.
    **params
        Parameters of the conductor: those its terms name, or the fields of a closed form.

    Returns
    -------
    ScatteringMatrix
        With one leading energy dimension if `energy` is an array.

    Raises
    ------
    InputError
        Unknown, missing or ill-formed parameters, a complex or infinite energy.
    NotCertified
        If no route reaches the bounds of the certificate.

    Notes
    -----
    M. Büttiker, Phys. Rev. Lett. 57, 1761 (1986); C. W. J. Beenakker and H. van Houten,
    Solid State Physics 44, 1 (1991).

    Examples
    --------
    >>> import sharvin as sv
    >>> S = sv.scattering_matrix(sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3), energy=1.5e-3)
    >>> round(S.transmission("right", "left"), 6)
    0.5
    """
    implementation = _after_providers(scattering_matrix, conductor)
    return implementation(conductor, energy, options=options, **params)


@functools.singledispatch
def thresholds(conductor: Any, window: tuple[float, float], **params: Any) -> np.ndarray:
    """Energies at which channels of a conductor open or close inside a window.

    Parameters
    ----------
    conductor
        Any conductor.
    window
        (lowest, highest) energy, in eV.
    **params
        Parameters of the conductor.

    Returns
    -------
    numpy.ndarray
        Sorted energies in eV, shape (number of thresholds,).

    Examples
    --------
    >>> import sharvin as sv
    >>> sv.thresholds(sv.HardWallChannel(width=50.0, mass=0.067), window=(0, 0.01)).round(6)
    array([0.002245, 0.00898 ])
    """
    implementation = _after_providers(thresholds, conductor)
    return implementation(conductor, window, **params)


@dataclass(frozen=True, eq=False)
class Transmissions:
    """What currents need of S: no phases.

    Attributes
    ----------
    values
        T_αβ = Tr t†t without spin degeneracy, shape (energies, leads, leads), index order (out, in).
    unitarity_error
        Of the scattering matrices, shape (energies,).
    spin_degeneracy
        g_s, as S has it.
    amplitude_error
        About how much the amplitudes behind T may be off, shape (energies,) (`Certificate.amplitude_error`); None where
        that is known to be no more than rounding.
    value_error
        About how much any T itself may be off, shape (energies,), where equations for probabilities were iterated.
    """

    values: np.ndarray
    unitarity_error: np.ndarray
    spin_degeneracy: int
    amplitude_error: np.ndarray | None = None
    value_error: np.ndarray | None = None

    @property
    def error(self) -> np.ndarray:
        """What amplitudes off by a, and rounding, change: εT + 2√T a + a², and `value_error`; shaped as `values`."""
        error = np.finfo(float).eps * self.values
        if self.amplitude_error is not None:
            a = self.amplitude_error[:, None, None]
            error = error + a * (2 * np.sqrt(np.maximum(self.values, 0.0)) + a)
        return error if self.value_error is None else error + self.value_error[:, None, None]


@functools.singledispatch
def transmissions(
    conductor: Any, energy: np.ndarray, *, options: Options | None = None, **params: Any
) -> Transmissions:
    """Transmissions between all leads at an array of energies, taken from S and certified with it.

    Raises
    ------
    InputError, NotCertified
        As `scattering_matrix`.

    Examples
    --------
    >>> import sharvin as sv
    >>> from sharvin.scattering import transmissions
    >>> found = transmissions(sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3), np.array([1.5e-3, 3e-3]))
    >>> found.values[:, 1, 0].round(6)
    array([0.5, 1. ])
    """
    _import_providers()
    own = transmissions.dispatch(type(conductor))
    if own is not transmissions.dispatch(object):  # it was not known before
        return own(conductor, energy, options=options, **params)

    def some(chosen: np.ndarray) -> tuple[Transmissions, float]:
        S = scattering_matrix(conductor, chosen, options=options, **params)
        if S.absorbs:
            raise InputError(
                "the conductor absorbs or amplifies (non_hermitian=True), so that what enters by its leads need not "
                "come out, and currents do not follow from S; S.transmission and S.missing_flux tell what they can"
            )
        error = np.broadcast_to(S.certificate.figures["unitarity_error"], chosen.shape)
        amplitude_error = np.broadcast_to(S.certificate.amplitude_error, chosen.shape)
        part = Transmissions(S.transmission_matrix().values, error, S.spin_degeneracy, amplitude_error)
        return part, 16.0 * S.matrix.shape[-1] ** 2

    return in_batches(energy, some)


@functools.singledispatch
def fingerprint(conductor: Any, **params: Any) -> Hashable | None:
    """What is equal for two conductors, or one at two times, only if S(E) is: a digest of all that S(E) depends on.

    None, the default, if that cannot be told, as where a function of the user's is called.

    Examples
    --------
    >>> import sharvin as sv
    >>> from sharvin.scattering import fingerprint
    >>> one, same, other = (sv.SaddlePoint(x * 1e-3, 3e-3) for x in (1, 1, 2))
    >>> fingerprint(one) == fingerprint(same), fingerprint(one) == fingerprint(other)
    (True, False)
    """
    for provider in _PROVIDERS:
        import_module(provider)
    implementation = fingerprint.dispatch(type(conductor))
    return None if implementation is fingerprint.dispatch(object) else implementation(conductor, **params)


def in_batches(
    energy: np.ndarray, some: Callable[[np.ndarray], tuple[Transmissions, float]]
) -> Transmissions:
    """Transmissions at many energies, of which so few are handled at a time that they fit into a bounded memory.

    `some` gives those at a few energies, and the bytes that one of these took.
    """
    order = np.argsort(-energy, kind="stable")  # the highest first: they have the most modes
    parts: list[Transmissions] = []
    begin, batch = 0, _FIRST_BATCH
    while begin < len(order):
        part, size = some(energy[order[begin : begin + batch]])
        parts.append(part)
        begin, batch = begin + batch, max(1, int(_BATCH_BYTES // max(size, 1)))
    back = np.argsort(order, kind="stable")

    def together(name: str) -> np.ndarray | None:
        told = [getattr(part, name) for part in parts]
        return None if any(one is None for one in told) else np.concatenate(told)[back]

    return Transmissions(
        np.concatenate([part.values for part in parts])[back],
        np.concatenate([part.unitarity_error for part in parts])[back],
        parts[0].spin_degeneracy,
        together("amplitude_error"),
        together("value_error"),
    )


def energies_of(energy: ArrayLike) -> np.ndarray:
    """The energies as a float array of zero or one dimension, or a clear refusal."""
    try:
        values = reals(energy)
    except NotReal as reason:
        raise InputError(
            f"energy must be a real number or a one-dimensional array of them, in eV, got {shown(energy)}: {reason}"
        ) from None
    if values.ndim > 1:
        raise InputError(f"energy must be a number or a one-dimensional array, got shape {values.shape}")
    if values.size == 0:
        raise InputError("energy must hold at least one value, in eV, got an empty array")
    if not np.isfinite(values).all():
        raise InputError("energy must be finite, in eV, got " + str(values[~np.isfinite(values)][0]))
    return values


def window_of(window: Iterable[float]) -> tuple[float, float]:
    """The (lowest, highest) energy of a window, or a clear refusal."""
    try:
        low, high = (reals(edge).item() for edge in window)
    except (TypeError, ValueError):
        raise InputError(f"window must be (lowest, highest) energy in eV, got {window!r}") from None
    if not (np.isfinite(low) and np.isfinite(high) and low <= high):
        raise InputError(f"window must be finite with lowest ≤ highest, in eV, got ({low}, {high})")
    return low, high
