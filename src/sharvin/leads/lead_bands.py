"""The subbands of a system's lead as a labelled result."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..constants import HBAR
from ..errors import InputError
from ..model.system import System
from ..reals import NotReal, reals, shown
from ..schema import labelled, lead_named
from .subbands import band_energies, bands_and_slopes


def bands(
    system: System, lead: str, momenta: ArrayLike | None = None, *, velocities: bool = False, **params: Any
) -> xr.DataArray:
    """Subbands E_n(k) of a lead: the eigenvalues of H(k) = h0 + v e^{ik} + v† e^{−ik}.

    Where its orbitals overlap, H(k)φ = E S(k)φ with S(k) = s0 + s1 e^{ik} + s1† e^{−ik}.

    Parameters
    ----------
    system
        A system with leads.
    lead
        The name of a lead.
    momenta
        k in radians per cell, outward; 201 values from −π to π by default.
    velocities
        Whether to give (1/ħ) dE_n/dk beside the bands, by the Hellmann–Feynman theorem. Where bands touch, those of the
        states that keep their sense along k are.
    **params
        Parameters of the system.

    Returns
    -------
    xarray.DataArray
        Dims (k, band), in eV; ``.plot.line(x="k")`` draws it. The length of a cell in nm stands in the attrs. With
        `velocities` the coordinates ``slope``, dE/dk in eV per radian, and ``velocity`` in m/s, NaN for leads from
        matrices, whose period is not known.

    Raises
    ------
    InputError
        For an unknown lead or parameter, momenta that are not real numbers, or a lead given by its self-energy, which
        has no bands.

    Examples
    --------
    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.chain(), sv.onsite(2.0) + sv.hopping(-1.0))
    >>> system = wire.region(sv.shape.line(4)).lead("right", wire, direction="+x")
    >>> sv.bands(system, lead="right", momenta=[0.0]).values.round(12)
    array([[0.]])
    """
    if not isinstance(system, System):
        raise InputError(f"bands: expected a System with leads, got {type(system).__name__}")
    cell = system.lead_cell(lead_named(system, lead), **params)
    if cell.v is None:
        raise InputError(f'lead "{lead}" is given by its self-energy (a wide band, say): it has no bands')
    if not isinstance(velocities, bool):
        raise InputError(f"bands: velocities must be True or False, got {shown(velocities)}")
    k = np.linspace(-np.pi, np.pi, 201) if momenta is None else _momenta(momenta)
    beside = {}
    if velocities:
        energies, slopes = bands_and_slopes(cell.h0, cell.v, k, cell.overlap)
        speeds = slopes * cell.period * 1e-9 / HBAR
        beside = {"slope": (slopes, "eV/rad"), "velocity": (speeds, "m/s")}
    else:
        energies = band_energies(cell.h0, cell.v, k, cell.overlap)
    return labelled(
        energies,
        {"k": k, "band": np.arange(len(cell.h0))},
        name="bands",
        units="eV",
        long_name="subband energy",
        conductor=system,
        params=params,
        beside=beside,
        lead=lead,
        period_nm=cell.period,
    )


def _momenta(momenta: ArrayLike) -> np.ndarray:
    """Momenta as a one-dimensional array, or a clear refusal."""
    expected = "bands: momenta must be a one-dimensional array of finite numbers, in radians per cell"
    try:
        k = np.atleast_1d(reals(momenta))
    except NotReal as reason:
        raise InputError(f"{expected}, got {shown(momenta)}: {reason}") from None
    if k.ndim != 1 or k.size == 0 or not np.isfinite(k).all():
        raise InputError(f"{expected}, got {shown(momenta)}")
    return k
