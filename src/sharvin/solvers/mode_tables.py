"""The open modes of a lead as a table."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..constants import HBAR
from ..errors import InputError
from ..model.system import System
from ..scattering import energies_of
from ..schema import labelled, lead_named
from .ports import LeadPorts
from .problem import certified_ports


def open_modes(system: System, lead: str, energy: ArrayLike, **params: Any) -> xr.Dataset:
    """The modes of a lead that are open: their momenta and velocities, under the labels that S gives them.

    Of the outgoing modes: E_n(k) = E with dE_n/dk > 0, n growing outward.

    Parameters
    ----------
    system
        A system with leads.
    lead
        The name of a lead.
    energy
        In eV, a number or a one-dimensional array.
    **params
        Parameters of the system.

    Returns
    -------
    xarray.Dataset
        Dims (energy, mode), without `energy` for a single one: ``momentum`` k in radians per cell, ``wavenumber`` in
        1/nm and ``velocity`` in m/s, NaN where the mode is closed (and, of the last two, for leads from matrices, whose
        period is not known); ``slope``, dE/dk in eV per radian; ``mode_count``, how many modes are open. The coordinate
        ``mode`` holds the labels, with those of blocks such as "up:0".

    Raises
    ------
    InputError
        For an unknown lead or parameter, or a lead given by its self-energy, whose modes have no momenta.
    NotCertified
        If the modes of the lead miss a bound of its certificate.

    Examples
    --------
    A channel 20 nm wide, with ħ²k²/2m + E_n of its subbands:

    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.square(a=1.0), sv.terms.kinetic(mass=0.067))
    >>> system = wire.region(sv.shape.rectangle(length=10, width=20)).lead("right", wire, "+x")
    >>> table = sv.open_modes(system, "right", energy=0.08)
    >>> table.wavenumber.values.round(3), (table.velocity.values / 1e3).round(0)
    (array([0.342, 0.207]), array([580., 356.]))
    """
    if not isinstance(system, System):
        raise InputError(f"open_modes: expected a System with leads, got {type(system).__name__}")
    energies = energies_of(energy)
    cell = system.lead_cell(lead_named(system, lead), **params)
    if cell.v is None:
        raise InputError(f'lead "{lead}" is given by its self-energy: its channels have no momenta')
    ports = LeadPorts(cell)
    found = certified_ports(lead, ports, np.atleast_1d(energies))
    labels = np.array([ports.label(number) for number in found.labels], dtype=str)
    only = slice(None) if energies.ndim else 0
    momentum = np.where(found.open_modes, found.momentum, np.nan)
    slope = np.where(found.open_modes, found.velocity, np.nan)
    coords = {"energy": energies, "mode": labels if len(labels) else np.zeros(0, dtype="<U1")}
    columns = {
        "momentum": (momentum, "rad", "momentum per cell"),
        "wavenumber": (momentum / cell.period, "1/nm", "wave number"),
        "velocity": (slope * cell.period * 1e-9 / HBAR, "m/s", "velocity"),
        "slope": (slope, "eV/rad", "dE/dk"),
    }
    about = {"conductor": system, "params": params, "lead": lead, "period_nm": cell.period}
    table = {
        name: labelled(values[only], coords, name=name, units=units, long_name=text, **about)
        for name, (values, units, text) in columns.items()
    }
    table["mode_count"] = labelled(
        found.open_modes.sum(axis=1)[only],
        {"energy": energies},
        name="mode_count",
        units="1",
        long_name="open modes",
        **about,
    )
    return xr.Dataset(table, attrs=table["momentum"].attrs | {"units": "", "long_name": "open modes"})
