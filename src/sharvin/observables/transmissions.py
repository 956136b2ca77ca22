"""Transmission probabilities as labelled results."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..options import Options, options_of
from ..scattering import scattering_matrix, transmissions
from ..schema import ParameterGrid, axis, labelled
from .terminals import check_parameters, lead_pair


def transmission(
    conductor: Any,
    energy: ArrayLike,
    lead_out: str | None = None,
    lead_in: str | None = None,
    *,
    options: Options | None = None,
    **params: Any,
) -> xr.DataArray:
    """T(E) = Tr t†t from `lead_in` into `lead_out`, without spin degeneracy.

    Parameters
    ----------
    conductor
        Any conductor.
    energy
        In eV, a number or an array.
    lead_out, lead_in
        Names of leads; may be left out if there are two: from the first into the second.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.DataArray
        Dims (parameters…, energy), dimensionless, with ``unitarity_error`` beside it: for a region that absorbs, by
        how much the missing flux and the absorbed one differ.

    Raises
    ------
    InputError, NotCertified
        As `scattering_matrix`.

    Examples
    --------
    >>> import sharvin as sv
    >>> contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    >>> sv.transmission(contact, [1.5e-3, 3e-3]).values.round(6)
    array([0.5, 1. ])
    """
    options = options_of(options)
    check_parameters(conductor, params, ("energy", "lead_out", "lead_in", "options"))
    out, source = lead_pair(conductor, lead_out, lead_in)
    energies, grid = axis("energy", energy), ParameterGrid(params)
    places = tuple(conductor.leads.index(name) for name in (out, source))

    def at(point: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, int]:
        if not getattr(conductor, "has_scattering_matrix", True):
            known = transmissions(conductor, np.atleast_1d(energies), options=options, **point)
            values, errors = known.values[:, places[0], places[1]], known.unitarity_error
            return values.reshape(energies.shape), errors.reshape(energies.shape), known.spin_degeneracy
        S = scattering_matrix(conductor, energies, options=options, **point)
        error = S.certificate.figures["flux_error" if S.absorbs else "unitarity_error"]
        return (
            np.asarray(S.transmission(out, source)),
            np.broadcast_to(error, energies.shape),
            S.spin_degeneracy,
        )

    found = grid.each(at, options)
    values, errors, degeneracies = zip(*found, strict=True)
    return labelled(
        grid.stack(list(values)),
        {**grid.axes, "energy": energies},
        name="transmission",
        units="1",
        long_name=f"transmission {out} ← {source}",
        conductor=conductor,
        spin_degeneracy=degeneracies[-1],
        options=options,
        params=grid.fixed,
        beside={"unitarity_error": (grid.stack(list(errors)), "1")},
        lead_out=out,
        lead_in=source,
    )
