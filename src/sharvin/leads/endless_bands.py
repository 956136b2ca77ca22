"""The bands of an endless model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..errors import InputError
from ..model.coordinates import bond_coordinates, site_coordinates
from ..model.model import Model
from ..model.sites import Sites
from ..model.values import bind_parameters
from ..reals import NotReal, reals, shown
from ..schema import labelled

_PERIODICITY = 1e-9


@dataclass(frozen=True, eq=False)
class BlochHamiltonian:
    """H(k) = Σ_δ e^{−ik·δ} ⟨δ|H|0⟩ of a model: elements (count,) of half of the bonds, by row, column and δ."""

    size: int
    rows: np.ndarray
    columns: np.ndarray
    elements: np.ndarray
    displacements: np.ndarray
    onsite: np.ndarray

    @classmethod
    def of(cls, model: Model, params: Mapping[str, Any]) -> "BlochHamiltonian":
        """The Hamiltonian of a model whose terms do not depend on the cell."""
        here, far = (_elements(model, params, step) for step in (0, 5))
        change = max(
            np.abs(one - other).max(initial=0.0) for one, other in zip(here[:2], far[:2], strict=True)
        )
        scale = max(np.abs(part).max(initial=0.0) for part in here[:2])
        if change > _PERIODICITY * max(scale, 1e-300):
            raise InputError(
                f"bulk_bands: the terms of the model change by {change:.1e} eV from one cell to another; an endless "
                "model has bands if they depend on sublattices and bonds only"
            )
        onsite, blocks, to, source, displacements = here
        orbital = np.arange(model.lattice.orbital_count)
        rows = to[:, None, None] * len(orbital) + orbital[:, None] + 0 * orbital
        columns = source[:, None, None] * len(orbital) + 0 * orbital[:, None] + orbital
        every = np.repeat(displacements, len(orbital) ** 2, axis=0)
        return cls(len(onsite), rows.ravel(), columns.ravel(), blocks.ravel(), every, onsite)

    def at(self, momentum: np.ndarray) -> np.ndarray:
        """H(k) at a momentum (kx, ky, kz) in 1/nm."""
        hopping = np.zeros((self.size, self.size), dtype=complex)
        values = self.elements * np.exp(-1j * (self.displacements @ momentum))
        np.add.at(hopping, (self.rows, self.columns), values)
        return self.onsite + hopping + hopping.conj().T


def _elements(model: Model, params: Mapping[str, Any], step: int) -> tuple[np.ndarray, ...]:
    """On-site energies of a cell as a matrix; blocks, ends and displacements of the hoppings that start in it."""
    lattice, m = model.lattice, model.lattice.orbital_count
    cell = np.full((1, lattice.dimension), step)
    every = Sites(
        lattice, np.repeat(cell, lattice.sublattice_count, axis=0), np.arange(lattice.sublattice_count)
    )
    onsite = np.zeros((lattice.sublattice_count, m, m), dtype=complex)
    for term in model.terms.onsite:
        only = term.sublattice
        where = every.sublattice if only is None else np.array([lattice.sublattice_number(only)])
        onsite[where] += term.blocks(site_coordinates(every, where), params, len(where), m)
    matrix = np.zeros((lattice.sublattice_count, m, lattice.sublattice_count, m), dtype=complex)
    number = np.arange(lattice.sublattice_count)
    matrix[number, :, number, :] = onsite
    found = [(np.zeros((0, m, m), dtype=complex), np.zeros(0, int), np.zeros(0, int), np.zeros((0, 3)))]
    for term in model.terms.hopping:
        kinds = term.bonds(lattice)
        to, source = (np.array([kind[end] for kind in kinds]) for end in (0, 1))
        away = np.array([kind[2] for kind in kinds])
        sites = Sites(lattice, np.concatenate([cell + away, cell + 0 * away]), np.concatenate([to, source]))
        count = len(kinds)
        coordinates = bond_coordinates(sites.positions, np.arange(count), count + np.arange(count))
        found.append((term.blocks(coordinates, params, count, m), to, source, lattice.displacements(kinds)))
    size = lattice.sublattice_count * m
    return matrix.reshape(size, size), *(np.concatenate(parts) for parts in zip(*found, strict=True))


def bulk_bands(model: Model, momenta: ArrayLike, **params: Any) -> xr.DataArray:
    """Bands E_n(k) of an endless model: the eigenvalues of H(k) = Σ_δ e^{−ik·δ} ⟨δ|H|0⟩.

    Parameters
    ----------
    model
        A model whose terms do not depend on the cell.
    momenta
        k in 1/nm, (points, 1…3): along x, y and z.
    **params
        Parameters of the model.

    Returns
    -------
    xarray.DataArray
        Dims (point, band), in eV, with the coordinates kx, ky and kz of the points.

    Raises
    ------
    InputError
        For terms that depend on the cell, unknown or missing parameters, and ill-formed momenta.

    Examples
    --------
    Graphene at the corner K of its Brillouin zone, and at Γ:

    >>> import numpy as np
    >>> import sharvin as sv
    >>> graphene = sv.Model(sv.lattice.honeycomb(a=0.246), sv.hopping(-2.7))
    >>> bands = sv.bulk_bands(graphene, [(4 * np.pi / (3 * 0.246), 0), (0, 0)])
    >>> abs(bands.values).round(9)
    array([[0. , 0. ],
           [8.1, 8.1]])
    """
    if not isinstance(model, Model):
        raise InputError(f"bulk_bands: expected a Model, got {type(model).__name__}")
    try:
        points = np.atleast_2d(reals(momenta))
    except NotReal as reason:
        raise InputError(
            f"bulk_bands: momenta must be numbers in 1/nm, got {shown(momenta)}: {reason}"
        ) from None
    if points.ndim != 2 or not 1 <= points.shape[1] <= 3 or not len(points) or not np.isfinite(points).all():
        raise InputError(
            f"bulk_bands: momenta must be rows of one to three finite numbers in 1/nm, got {shown(momenta)}"
        )
    points = np.pad(points, ((0, 0), (0, 3 - points.shape[1])))
    bloch = BlochHamiltonian.of(model, bind_parameters(model.parameters, params))
    energies = np.array([np.linalg.eigvalsh(bloch.at(k)) for k in points])
    found = labelled(
        energies,
        {"point": np.arange(len(points)), "band": np.arange(energies.shape[1])},
        name="bands",
        units="eV",
        long_name="band energy",
        conductor=model,
        params=params,
    )
    components = {f"k{axis}": ("point", points[:, n], {"units": "1/nm"}) for n, axis in enumerate("xyz")}
    return found.assign_coords(components)
