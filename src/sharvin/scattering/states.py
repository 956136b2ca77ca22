"""The waves inside a system, for every incoming mode."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from .matrix import ScatteringMatrix


@dataclass(frozen=True, eq=False)
class ScatteringStates:
    """ψ on every orbital of a region, for every incoming mode of unit current.

    Attributes
    ----------
    scattering_matrix
        S, found from the same waves, with its certificate.
    psi
        In 1/√eV, complex, (orbitals, modes), or (energies, orbitals, modes) over a batch: a column for each column of
        S, zero where the mode is closed.
    positions
        Of the orbitals in nm, (orbitals, 3); None where they are not known.
    """

    scattering_matrix: ScatteringMatrix
    psi: np.ndarray
    positions: np.ndarray | None = None

    def of(self, lead: str) -> xr.DataArray:
        """The waves that come in by a lead (or lead and block): complex, dims (mode_in, orbital), 1/√eV.

        Over a batch (energy, mode_in, orbital), zero where a mode is closed. Coordinates x, y, z in nm where known.
        """
        columns, labels = self.scattering_matrix.columns(lead)
        waves = np.swapaxes(self.psi[..., columns], -1, -2)
        coords = {**self._coords(), "mode_in": np.array(labels, dtype=str if labels else "<U1")}
        dims = ("energy", "mode_in", "orbital")[-waves.ndim :]
        attrs = {"units": "eV^-0.5", "long_name": f"scattering states from {lead}"}
        return xr.DataArray(waves, dims=dims, coords=coords, name="psi", attrs=attrs)

    def density(self) -> xr.DataArray:
        """Local density of states by the lead that fills it, (2π)⁻¹ Σ|ψ|² over its modes: dims (lead_in, orbital),
        1/eV.

        Over a batch (energy, lead_in, orbital). Without spin degeneracy. The sum over leads is the local density of
        states, but for bound states.
        """
        names = self.scattering_matrix.lead_names
        power = np.abs(self.psi) ** 2
        parts = [power[..., self.scattering_matrix.columns(name)[0]].sum(axis=-1) for name in names]
        data = np.stack(parts, axis=-2) / (2 * np.pi)
        dims = ("energy", "lead_in", "orbital")[-data.ndim :]
        attrs = {"units": "eV^-1", "long_name": "local density of states by incoming lead"}
        coords = {**self._coords(), "lead_in": list(names)}
        return xr.DataArray(data, dims=dims, coords=coords, name="density", attrs=attrs)

    def to_dataset(self) -> xr.Dataset:
        """Everything as a Dataset that any NetCDF engine takes; `from_dataset` reads it back."""
        parts = np.stack([np.real(self.psi), np.imag(self.psi)], axis=-1)
        front = ("energy",) if self.psi.ndim == 3 else ()
        dataset = self.scattering_matrix.to_dataset()
        dataset["psi"] = ((*front, "orbital", "mode_in", "part"), parts, {"units": "eV^-0.5"})
        if self.positions is not None:
            for axis, name in enumerate("xyz"):
                dataset[name] = ("orbital", self.positions[:, axis], {"units": "nm"})
        return dataset

    @classmethod
    def from_dataset(cls, dataset: xr.Dataset) -> "ScatteringStates":
        """The states that `to_dataset` wrote.

        Examples
        --------
        >>> import sharvin as sv
        >>> chain = (0.0, -1.0, [0])
        >>> wire = sv.System.from_matrices([[0.3]], leads={"left": chain, "right": chain})
        >>> states = sv.scattering_states(wire, [0.0, 0.5])
        >>> again = sv.ScatteringStates.from_dataset(states.to_dataset())
        >>> bool((again.psi == states.psi).all())
        True
        """
        parts = dataset["psi"].values
        psi = np.empty(parts.shape[:-1], dtype=complex)
        psi.real, psi.imag = parts[..., 0], parts[..., 1]
        known = "x" in dataset
        positions = np.stack([dataset[name].values for name in "xyz"], axis=1) if known else None
        own = dataset.drop_vars([name for name in ("psi", "x", "y", "z") if name in dataset])
        return cls(ScatteringMatrix.from_dataset(own), psi, positions)

    def _coords(self) -> dict[str, Any]:
        energy = self.scattering_matrix.energy
        coords: dict[str, Any] = {"energy": ("energy", energy, {"units": "eV"}) if energy.ndim else energy}
        if self.positions is not None:
            for axis, name in enumerate("xyz"):
                coords[name] = ("orbital", self.positions[:, axis], {"units": "nm"})
        return coords
