"""The scattering matrix: amplitudes between the modes of all leads, with a certificate.

Indices are (out, in) everywhere: ``S.transmission("right", "left")`` goes from left to right.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from ..errors import InputError, nearest
from ..options import Options, options_of
from . import datasets
from .certificate import Certificate, unitarity_error
from .modes import LeadModes
from .partial import PartialScatteringMatrix, chosen


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
        """Build S, add its unitarity error to the certificate, and refuse it if a bound is broken.

        A certificate with ``missing_flux`` among its figures is one of a conductor that absorbs or amplifies, whose S
        is not unitary; what vouches for the flux is in that certificate then.
        """
        options = options_of(options)
        if "missing_flux" not in certificate.figures:
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
        if self.absorbs:
            return float(np.max(unitarity_error(self.matrix, self.open_modes), initial=0.0))
        return float(np.max(self.certificate.figures["unitarity_error"], initial=0.0))

    @property
    def absorbs(self) -> bool:
        """Whether the conductor was asked to absorb or amplify: S need not be unitary then."""
        return "missing_flux" in self.certificate.figures

    def missing_flux(self, lead_in: str) -> Any:
        """N − Σ_α T_α: what of the modes of `lead_in` comes out nowhere, summed; negative where more comes out.

        Zero to rounding unless the conductor absorbs or amplifies. A float, or a DataArray over the energies of a
        batch.

        Examples
        --------
        A site that absorbs, −iη with η = 0.5 eV, in a chain of hopping −1 eV: A = 4η/(2 + η)²:

        >>> import sharvin as sv
        >>> chain = (0.0, -1.0, [0])
        >>> site = sv.System.from_matrices([[-0.5j]], {"L": chain, "R": chain}, non_hermitian=True)
        >>> round(sv.scattering_matrix(site, 0.0).missing_flux("L"), 12)
        0.32
        """
        columns, _ = self.columns(lead_in)
        missing = self.open_modes[..., columns].sum(axis=-1) - (np.abs(self.matrix[..., columns]) ** 2).sum(
            axis=(-2, -1)
        )
        return float(missing) if self.energy.ndim == 0 else self._over_energy(missing, "missing flux")

    def columns(self, lead: str) -> tuple[np.ndarray, list[str]]:
        """Where the modes of a lead (or lead and block) stand in S, and their labels."""
        slots, own = self._slots(lead), self._lead(lead)
        return slots, [own.labels[slot] for slot in slots - self._offset(own)]

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

    def part(self, *, lead_out: Any = None, lead_in: Any = None) -> PartialScatteringMatrix:
        """The amplitudes from some leads into some leads, without the others; all for None.

        Sums that it has not are completed by unitarity where that determines them, and refused where not.

        Examples
        --------
        >>> import numpy as np, sharvin as sv
        >>> beam = sv.FixedScatterer(np.array([[0.6, 0.8], [-0.8, 0.6]]), leads={"left": 1, "right": 1})
        >>> reflection = sv.scattering_matrix(beam, energy=0.0).part(lead_out="left", lead_in="left")
        >>> round(reflection.transmission("right", "left"), 12)
        0.64
        """
        out = chosen("lead_out", lead_out, self.lead_names)
        into = chosen("lead_in", lead_in, self.lead_names)
        counts = [self.open_modes[..., self._slots(name)].sum(axis=-1) for name in self.lead_names]
        return PartialScatteringMatrix(
            self.energy,
            self.lead_names,
            out,
            into,
            np.stack(counts, axis=-1),
            {(one, other): self.amplitudes(one, other).copy() for one in out for other in into},
            not self.absorbs,
        )

    def to_dataset(self) -> xr.Dataset:
        """Everything as a Dataset that any NetCDF engine takes; `from_dataset` reads it back.

        Complex numbers stand in a trailing dim ``part`` = re, im; labels and open modes beside them.
        """
        return datasets.written(**vars(self))

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
        return cls(**datasets.read(dataset))

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
        known = {*blocks, *lead.blocks} - {""}
        if wanted not in known:
            raise InputError(f'lead "{lead.name}" has no block "{wanted}"{nearest(wanted, sorted(known))}')
        return slots[[block == wanted for block in blocks]]
