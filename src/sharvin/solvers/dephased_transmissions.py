"""What a system with dephasing probes shows as a conductor: transmissions, thresholds, and no scattering matrix."""

from collections.abc import Mapping
from typing import Any, Never

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..errors import InputError, NotCertified, nearest
from ..model.dephased_system import DephasedSystem
from ..options import Options, options_of
from ..scattering import Transmissions, energies_of, in_batches, scattering_matrix, thresholds, transmissions
from ..schema import ParameterGrid, labelled
from .dephased_problem import DephasedPoint, DephasedProblem


@transmissions.register
def _(
    dephased: DephasedSystem, energy: np.ndarray, *, options: Options | None = None, **params: Any
) -> Transmissions:
    problem = DephasedProblem(dephased, params, options_of(options))
    interface = problem.interface_size

    def some(energies: np.ndarray) -> tuple[Transmissions, float]:
        points = problem.at(energies)
        values = np.array([point.transmission for point in points])
        errors = np.array([point.error for point in points])
        found = Transmissions(values, errors, dephased.spin_degeneracy, value_error=errors)
        return found, 64.0 * interface**2

    return in_batches(np.atleast_1d(energies_of(energy)), some)


@thresholds.register
def _(dephased: DephasedSystem, window: tuple[float, float], **params: Any) -> np.ndarray:
    for name in params:
        if name not in dephased.parameters:
            raise InputError(f'no parameter "{name}"{nearest(name, dephased.parameters)}')
    own = {name: value for name, value in params.items() if name in dephased.system.parameters}
    return thresholds(dephased.system, window, **own)


@scattering_matrix.register
def _(dephased: DephasedSystem, energy: ArrayLike, *, options: Options | None = None, **params: Any) -> Never:
    raise InputError(
        "scattering_matrix: electrons that lose their phase have no amplitudes, only probabilities; ask for "
        "sharvin.transmission, sharvin.conductance or sharvin.current, or for the system without probes, .system"
    )


def probe_occupations(
    dephased: DephasedSystem, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> xr.DataArray:
    """The share of each lead in the occupation of each dephasing probe, f_i(E) = Σ_β f_iβ f_β(E), Σ_β f_iβ = 1.

    At small bias the probe of site i has the potential μ_i = Σ_β f_iβ μ_β: the drop of voltage along the conductor.

    Parameters
    ----------
    dephased
        A system with probes, from `System.with_dephasing`.
    energy
        Energy in eV, or a one-dimensional array of energies.
    options
        Numerical choices.
    **params
        Parameters of the system and of the rate or length; one-dimensional arrays are swept.

    Returns
    -------
    xarray.DataArray
        Dims (parameters…, energy, site, lead), dimensionless; ``site`` holds the numbers of the sites that have a
        probe, and on a lattice ``x``, ``y``, ``z`` their places in nm. NaN where the rate is zero, or no open lead
        reaches the site. Beside it stands ``error``, the largest |Σ_β f_iβ − 1| or relative flux that is not conserved.

    Raises
    ------
    InputError
        For what has no probes, unknown, missing or ill-formed parameters, a complex or infinite energy.
    NotCertified
        If a bound of the certificate is missed.

    Notes
    -----
    J. L. D'Amato and H. M. Pastawski, Phys. Rev. B 41, 7411 (1990).

    Examples
    --------
    Half of the potential drops at the contacts of one dephased site, and the site is in the middle:

    >>> import sharvin as sv
    >>> chain = (0.0, -1.0, [0])
    >>> wire = sv.System.from_matrices([[0.0]], leads={"left": chain, "right": chain})
    >>> sv.probe_occupations(wire.with_dephasing(rate=1.0), energy=0.0).values.round(12)
    array([[0.5, 0.5]])
    """
    if not isinstance(dephased, DephasedSystem):
        raise InputError(
            f"probe_occupations: expected a system with probes, from system.with_dephasing(…), got "
            f"{type(dephased).__name__}"
        )
    options = options_of(options)
    energies, grid = energies_of(energy), ParameterGrid(params)
    found = grid.each(lambda point: _at(dephased, energies, point, options), options)
    only = slice(None) if energies.ndim else 0
    values = [np.array([point.occupation for point in points])[only] for points in found]
    errors = [np.array([_occupation_error(point) for point in points])[only] for points in found]
    result = labelled(
        grid.stack(values),
        {**grid.axes, "energy": energies, "site": dephased.sites, "lead": list(dephased.leads)},
        name="probe_occupations",
        units="1",
        long_name="share of a lead in the occupation of a probe",
        conductor=dephased,
        options=options,
        params=grid.fixed,
        beside={"error": (grid.stack(errors), "1")},
    )
    places = dephased.positions
    if places is None:
        return result
    columns = zip("xyz", places.T, strict=True)
    return result.assign_coords({name: ("site", column, {"units": "nm"}) for name, column in columns})


def _at(
    dephased: DephasedSystem, energies: np.ndarray, params: Mapping[str, Any], options: Options
) -> list[DephasedPoint]:
    """What is known at some energies; refused where occupations do not add up."""
    points = DephasedProblem(dephased, params, options).at(np.atleast_1d(energies))
    for energy, point in zip(np.atleast_1d(energies), points, strict=True):
        error = _occupation_error(point)
        if not error <= options.unitarity_bound:
            raise NotCertified(
                f"probe_occupations: at E = {energy:.12g} eV the shares of all leads miss 1 by {error:.1e} (bound "
                f"{options.unitarity_bound:.1e}): a probe is nearly cut off from the leads; leave it out by region="
            )
    return points


def _occupation_error(point: DephasedPoint) -> float:
    """The larger of what the shares of all leads miss of 1, and of what the leads miss of their flux."""
    sums = point.occupation.sum(axis=1)
    return float(np.abs(sums[np.isfinite(sums)] - 1).max(initial=point.error))
