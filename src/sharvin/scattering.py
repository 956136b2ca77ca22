"""The scattering matrix, its certificate, and the contract every conductor keeps.

**Conductor.** Anything for which the two generic functions of this module are registered:

- ``scattering_matrix(conductor, energy, options=None, **params)``: S at an energy or an array of energies, in eV;
- ``thresholds(conductor, window, **params)``: the energies in a window at which channels open, in eV, so
  that an energy integral breaks there;

and which has ``leads`` (an ordered tuple of names) and ``spin_degeneracy`` (g_s: 2 when spin is not
explicit, 1 when it is). Closed forms register theirs in ``conductors/``, lattice systems theirs in
``solvers/``. Observables know this contract and the reservoirs, and nothing below.

Indices are (out, in) everywhere: ``S.transmission("right", "left")`` goes from left to right.
"""

import functools
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from .errors import InputError, NotCertified, nearest
from .linalg import one_dense_thread
from .options import Options, options_of

#: Packages that register conductors when they are imported. They lie in lower rows and are named, not imported.
_PROVIDERS = ("sharvin.conductors", "sharvin.solvers")


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


def _after_providers(function: Any, conductor: Any) -> Any:
    """The implementation for a type met for the first time, once every provider had its chance to register."""
    for provider in _PROVIDERS:
        import_module(provider)
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
) -> "ScatteringMatrix":
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


def energies_of(energy: ArrayLike) -> np.ndarray:
    """The energies as a float array of zero or one dimension, or a clear refusal."""
    try:
        values = np.asarray(energy)
    except ValueError:
        raise InputError(
            "energy must be a number or a one-dimensional array, got rows of unlike lengths"
        ) from None
    if np.iscomplexobj(values) or values.dtype.kind not in "iuf":
        raise InputError(f"energy must be real, in eV, got {energy!r}")
    values = values.astype(float)
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
        low, high = (float(edge) for edge in window)
    except (TypeError, ValueError):
        raise InputError(f"window must be (lowest, highest) energy in eV, got {window!r}") from None
    if not (np.isfinite(low) and np.isfinite(high) and low <= high):
        raise InputError(f"window must be finite with lowest ≤ highest, in eV, got ({low}, {high})")
    return low, high


@dataclass(frozen=True)
class Certificate:
    """What vouches for a scattering matrix: figures beside the bounds that they must keep.

    Attributes
    ----------
    route
        The way S was computed ("closed form", "schur", "full", …).
    backend
        What solved the linear problem ("", "pardiso", "superlu").
    figures
        Name → value, a number or an array over the energies.
    bounds
        Name → largest allowed value, for the figures that have one.
    notes
        What a reader should know of the way taken (a fallback and its reason).
    """

    route: str
    backend: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    bounds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def broken(self) -> tuple[str, ...]:
        """Names of the figures outside their bound (a figure that is not a number is broken)."""
        return tuple(
            name
            for name, bound in self.bounds.items()
            if not np.max(self.figures[name], initial=0.0) <= bound
        )

    @property
    def certified(self) -> bool:
        """Whether every figure keeps its bound."""
        return not self.broken

    def require(self, what: str, remedy: str) -> None:
        """Raise `NotCertified` with the broken figures and a remedy, unless every figure keeps its bound."""
        if self.broken:
            figures = ", ".join(
                f"{name} = {np.max(self.figures[name]):.1e} (bound {self.bounds[name]:.1e})"
                for name in self.broken
            )
            raise NotCertified(f"{what} is not certified by route {self.route!r}: {figures}. {remedy}")


@dataclass(frozen=True)
class LeadModes:
    """The modes of one lead as they stand in a scattering matrix.

    A label is ``"3"`` or, where a conserved quantity divides the modes into blocks, ``"up:3"``; the
    address ``"right:up"`` then selects those modes. Momentum (rad per lead period) and velocity
    (nm/s along the outgoing direction, for outgoing modes) are given where the conductor knows them.
    """

    name: str
    labels: tuple[str, ...]
    momentum: np.ndarray | None = None
    velocity: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class ScatteringMatrix:
    """S at one energy or at a batch of energies; index order is (out, in).

    Over a batch the matrices are padded to the largest number of modes, and `open_modes` tells which
    modes exist at which energy; the amplitudes of closed modes are zero.

    Attributes
    ----------
    energy
        eV; shape () or (energies,).
    leads
        The modes of each lead, in the order of the rows and columns.
    matrix
        Complex amplitudes, shape (modes, modes) or (energies, modes, modes).
    open_modes
        Boolean, shape (modes,) or (energies, modes).
    spin_degeneracy
        g_s of the conductor. Never contained in the amplitudes.
    certificate
        The figures that vouch for S.
    """

    energy: np.ndarray
    leads: tuple[LeadModes, ...]
    matrix: np.ndarray
    open_modes: np.ndarray
    spin_degeneracy: int
    certificate: Certificate

    @classmethod
    def certified(
        cls,
        energy: np.ndarray,
        leads: tuple[LeadModes, ...],
        matrix: np.ndarray,
        open_modes: np.ndarray,
        *,
        spin_degeneracy: int,
        certificate: Certificate,
        options: Options | None = None,
        remedy: str = "Move the energy a little, or report the conductor.",
    ) -> "ScatteringMatrix":
        """Build S, add its unitarity error to the certificate, and refuse it if a bound is broken."""
        options = options_of(options)
        error = unitarity_error(matrix, open_modes)
        certificate = Certificate(
            certificate.route,
            certificate.backend,
            {**certificate.figures, "unitarity_error": error},
            {**certificate.bounds, "unitarity_error": options.unitarity_bound},
            certificate.notes,
        )
        certificate.require("the scattering matrix", remedy)
        return cls(energy, leads, matrix, open_modes, spin_degeneracy, certificate)

    @property
    def lead_names(self) -> tuple[str, ...]:
        """Names of the leads, in order."""
        return tuple(lead.name for lead in self.leads)

    @property
    def unitarity_error(self) -> float:
        """Largest element of |S†S − 1| over open modes, at any energy."""
        return float(np.max(self.certificate.figures["unitarity_error"], initial=0.0))

    def mode_count(self, lead: str) -> Any:
        """Number of open modes of a lead (or lead and block): an int, or an array over the energies."""
        count = self.open_modes[..., self._slots(lead)].sum(axis=-1)
        return int(count) if self.energy.ndim == 0 else self._over_energy(count, "mode count")

    def amplitudes(self, lead_out: str, lead_in: str) -> np.ndarray:
        """The block of S from `lead_in` into `lead_out`: complex, shape (…, modes out, modes in)."""
        return self.matrix[..., self._slots(lead_out)[:, None], self._slots(lead_in)[None, :]]

    def block(self, lead_out: str, lead_in: str) -> xr.DataArray:
        """The block of S from `lead_in` into `lead_out`, its axes labelled by modes.

        Returns
        -------
        xarray.DataArray
            Complex, dims (mode_out, mode_in), or (energy, mode_out, mode_in) over a batch, where the coordinates
            ``open_out`` and ``open_in`` (1 or 0) tell which modes exist at which energy.

        Examples
        --------
        >>> import sharvin as sv
        >>> S = sv.scattering_matrix(sv.ResonantLevel(energy=0.0, gamma_left=1e-3, gamma_right=1e-3), 0.0)
        >>> abs(S.block("right", "left").item())
        1.0
        """
        data = self.amplitudes(lead_out, lead_in)
        coords: dict[str, Any] = {}
        keep = []
        for side, address in (("out", lead_out), ("in", lead_in)):
            slots, lead = self._slots(address), self._lead(address)
            first = slots - self._offset(lead)
            exists = self.open_modes[..., slots]
            kept = np.flatnonzero(exists if self.energy.ndim == 0 else exists.any(axis=0))
            keep.append(kept)
            dim = f"mode_{side}"
            coords[dim] = (
                np.array(lead.labels, dtype=str)[first][kept] if len(kept) else np.array([], dtype="<U1")
            )
            if self.energy.ndim:
                coords[f"open_{side}"] = (("energy", dim), exists[:, kept].astype(np.int8))
        data = data[..., keep[0][:, None], keep[1][None, :]]
        dims = ("energy", "mode_out", "mode_in")[-data.ndim :]
        coords["energy"] = ("energy", self.energy, {"units": "eV"}) if self.energy.ndim else self.energy
        attrs = {"units": "1", "long_name": f"S({lead_out} ← {lead_in})"}
        return xr.DataArray(data, dims=dims, coords=coords, name="S", attrs=attrs)

    def transmission(self, lead_out: str, lead_in: str) -> Any:
        """Tr t†t from `lead_in` into `lead_out`: dimensionless, without spin degeneracy.

        For one lead twice it is the reflection. A float, or a DataArray over the energies of a batch.
        """
        power = (np.abs(self.amplitudes(lead_out, lead_in)) ** 2).sum(axis=(-2, -1))
        return float(power) if self.energy.ndim == 0 else self._over_energy(power, "transmission")

    def transmission_matrix(self) -> xr.DataArray:
        """All transmissions T(out, in): DataArray (lead_out, lead_in), or (energy, lead_out, lead_in)."""
        names = list(self.lead_names)
        power = np.abs(self.matrix) ** 2
        starts = np.cumsum([0] + [len(lead.labels) for lead in self.leads])
        member = np.zeros((len(names), starts[-1]))
        for row, (start, stop) in enumerate(itertools.pairwise(starts)):
            member[row, start:stop] = 1.0
        data = member @ power @ member.T
        dims = ("energy", "lead_out", "lead_in")[-data.ndim :]
        coords: dict[str, Any] = {"lead_out": names, "lead_in": names}
        coords["energy"] = ("energy", self.energy, {"units": "eV"}) if self.energy.ndim else self.energy
        return xr.DataArray(data, dims=dims, coords=coords, name="transmission", attrs={"units": "1"})

    def transmission_eigenvalues(self, lead_out: str, lead_in: str) -> np.ndarray:
        """Transmission eigenvalues τₙ of t†t, in [0, 1], largest first.

        There are min(open out, open in) of them; over a batch, shape (energies, most), padded with zeros.
        """
        tau = np.linalg.svd(self.amplitudes(lead_out, lead_in), compute_uv=False) ** 2
        if self.energy.ndim == 0:
            tau = tau[: min(self.mode_count(lead_out), self.mode_count(lead_in))]
        return np.minimum(tau, 1.0) if np.all(tau <= 1 + 1e-9) else tau

    def to_dataset(self) -> xr.Dataset:
        """Everything as a Dataset that any NetCDF engine takes; `from_dataset` reads it back.

        Complex numbers stand in a trailing dim ``part`` = re, im; labels and open modes beside them.
        """
        n_energy = "energy" if self.energy.ndim else None
        front = (n_energy,) if n_energy else ()
        labels = [f"{lead.name}:{label}" for lead in self.leads for label in lead.labels]
        parts = np.stack([np.real(self.matrix), np.imag(self.matrix)], axis=-1)
        data = {
            "S": ((*front, "mode_out", "mode_in", "part"), parts, {"units": "1"}),
            "open_modes": ((*front, "mode_out"), self.open_modes.astype(np.int8), {"units": "1"}),
        }
        for name in ("momentum", "velocity"):
            columns = [getattr(lead, name) for lead in self.leads]
            if all(column is not None for column in columns):
                values = np.concatenate(columns, axis=-1).reshape(self.open_modes.shape)
                units = {"momentum": "rad", "velocity": "nm/s"}[name]
                data[name] = ((*front, "mode_out"), values, {"units": units})
        for name, value in self.certificate.figures.items():
            per_energy = np.shape(value) == self.energy.shape and self.energy.ndim == 1
            data[f"certificate_{name}"] = (front if per_energy else (), np.asarray(value, dtype=float))
        coords = {
            "energy": (front, self.energy, {"units": "eV"}),
            "mode_out": np.array(labels, dtype=str if labels else "<U1"),
            "mode_in": np.array(labels, dtype=str if labels else "<U1"),
            "part": ["re", "im"],
        }
        attrs = {
            "leads": json.dumps({lead.name: lead.labels for lead in self.leads}),
            "spin_degeneracy": self.spin_degeneracy,
            "route": self.certificate.route,
            "backend": self.certificate.backend,
            "bounds": json.dumps(dict(self.certificate.bounds)),
            "notes": json.dumps(self.certificate.notes, ensure_ascii=False),
            "index_order": "(out, in)",
        }
        return xr.Dataset(data, coords=coords, attrs=attrs)

    @classmethod
    def from_dataset(cls, dataset: xr.Dataset) -> "ScatteringMatrix":
        """The scattering matrix that `to_dataset` wrote.

        Examples
        --------
        >>> import sharvin as sv
        >>> S = sv.scattering_matrix(sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3), [1e-3, 3e-3])
        >>> again = sv.ScatteringMatrix.from_dataset(S.to_dataset())
        >>> bool((again.matrix == S.matrix).all())
        True
        """
        parts = dataset["S"].values
        matrix = np.empty(parts.shape[:-1], dtype=complex)
        matrix.real, matrix.imag = parts[..., 0], parts[..., 1]
        leads, begin = [], 0
        for name, labels in json.loads(dataset.attrs["leads"]).items():
            mine = slice(begin, begin + len(labels))
            known = {
                kind: dataset[kind].values[..., mine] for kind in ("momentum", "velocity") if kind in dataset
            }
            leads.append(LeadModes(name, tuple(labels), **known))
            begin = mine.stop
        figures = {
            str(name).removeprefix("certificate_"): array.values
            for name, array in dataset.items()
            if str(name).startswith("certificate_")
        }
        certificate = Certificate(
            dataset.attrs["route"], dataset.attrs["backend"], figures,
            json.loads(dataset.attrs["bounds"]), tuple(json.loads(dataset.attrs["notes"])),
        )  # fmt: skip
        energy, degeneracy = dataset["energy"].values, int(dataset.attrs["spin_degeneracy"])
        return cls(energy, tuple(leads), matrix, dataset["open_modes"].values != 0, degeneracy, certificate)

    def _over_energy(self, values: np.ndarray, name: str) -> xr.DataArray:
        coords = {"energy": ("energy", self.energy, {"units": "eV"})}
        return xr.DataArray(values, dims=("energy",), coords=coords, name=name, attrs={"units": "1"})

    def _lead(self, address: str) -> LeadModes:
        name = address if address in self.lead_names else str(address).partition(":")[0]
        for lead in self.leads:
            if lead.name == name:
                return lead
        raise InputError(f'no lead "{name}"{nearest(name, self.lead_names)}')

    def _offset(self, lead: LeadModes) -> int:
        position = self.leads.index(lead)
        return sum(len(before.labels) for before in self.leads[:position])

    def _slots(self, address: str) -> np.ndarray:
        """Rows of S that belong to a lead, or to a lead and block."""
        lead = self._lead(address)
        slots = self._offset(lead) + np.arange(len(lead.labels))
        if address == lead.name:
            return slots
        wanted = address.removeprefix(lead.name + ":")
        blocks = [label.rpartition(":")[0] for label in lead.labels]
        if wanted not in blocks:
            raise InputError(
                f'lead "{lead.name}" has no block "{wanted}"{nearest(wanted, set(blocks) - {""})}'
            )
        return slots[[block == wanted for block in blocks]]


def unitarity_error(matrix: np.ndarray, open_modes: np.ndarray) -> Any:
    """max |S†S − 1| over the open modes; one number per energy, NaN where S has one."""
    if matrix.shape[-1] == 0:
        return np.zeros(matrix.shape[:-2])
    identity = open_modes[..., :, None] * np.eye(matrix.shape[-1])
    with one_dense_thread():
        gram = np.swapaxes(np.conj(matrix), -1, -2) @ matrix
    return np.abs(gram - identity).max(axis=(-2, -1))
