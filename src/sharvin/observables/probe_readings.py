"""What weak voltage probes beside a scatterer read: contact resistance apart from that of the scatterer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ..constants import E2_OVER_H
from ..errors import InputError
from ..options import Options, options_of
from ..scattering import ScatteringMatrix, scattering_matrix
from ..schema import ParameterGrid, about, axis, coordinates
from .energy_integral import common_degeneracy
from .terminals import check_parameters, leads_of


def weak_probes(
    conductor: Any, energy: ArrayLike, *, options: Options | None = None, **params: Any
) -> xr.Dataset:
    """Potentials that weak voltage probes read on both sides of a scatterer, and the resistances that follow.

    The reservoirs are at μ = 1 (first lead) and 0. A weak probe is filled by the waves that pass it, in mode n in
    proportion to 1/v_n. Averaged over its place (over the phase between incoming and reflected wave) it reads, with
    R_n = Σ_m |r_nm|² and T_n = Σ_m |t_nm|² and averages weighted by 1/v_n,

        μ_left = (1 + ⟨R⟩)/2,    μ_right = ⟨T⟩/2,

    so that of R = h/(g_s e² T) a part is that of the scatterer, R (μ_left − μ_right), and the rest sits at the
    contacts: for one mode h/(g_s e²) (1 − T)/T, and h/(g_s e²). At one place it reads more or less:
    (1 + R + 2|r| cos θ)/(2 + 2|r| cos θ), between (1 − |r|)/2 and (1 + |r|)/2.

    Parameters
    ----------
    conductor
        Any conductor with two leads and a scattering matrix.
    energy
        In eV, a number or an array.
    options
        Numerical choices.
    **params
        Parameters of the conductor; one-dimensional arrays are swept.

    Returns
    -------
    xarray.Dataset
        Dims (parameters…, energy). ``potential`` and its ``potential_lowest`` and ``potential_highest`` over places,
        with a further dim lead, in units of the applied voltage; ``two_terminal_resistance``, ``contact_resistance``
        (both contacts) and ``four_terminal_resistance`` in Ω; ``unitarity_error`` of the scattering matrices. NaN where
        no mode is open, resistances infinite where T = 0.

    Raises
    ------
    InputError
        For other than two leads, or a conductor without a scattering matrix.
    NotCertified
        As `scattering_matrix`.

    Notes
    -----
    M. Büttiker, Y. Imry, R. Landauer and S. Pinhas, Phys. Rev. B 31, 6207 (1985); M. Büttiker, Phys. Rev. B 40, 3409
    (1989), for the dependence on the phase. Where velocities are unknown, modes count alike.

    Examples
    --------
    >>> import sharvin as sv
    >>> barrier = sv.DeltaBarrier(strength=0.5, mass=0.067)
    >>> found = sv.weak_probes(barrier, energy=0.05)
    >>> round(float((found.two_terminal_resistance - found.four_terminal_resistance) / sv.R0), 12)
    1.0
    """
    options = options_of(options)
    names = leads_of(conductor)
    check_parameters(conductor, params, ("energy", "options"))
    if len(names) != 2:
        raise InputError(f"weak_probes: expected a conductor with two leads, got {len(names)}")
    energies, grid = axis("energy", energy), ParameterGrid(params)
    found = grid.each(
        lambda point: _readings(
            scattering_matrix(conductor, np.atleast_1d(energies), options=options, **point)
        ),
        options,
    )
    shape = energies.shape
    axes = {**grid.axes, "energy": energies}
    dims = tuple(name for name, values in axes.items() if np.ndim(values))
    arrays: dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]] = {
        name: (
            (*dims, "lead"),
            grid.stack([getattr(one, name).reshape(*shape, 2) for one in found]),
            {"units": "1"},
        )
        for name in ("potential", "potential_lowest", "potential_highest")
    }
    with np.errstate(divide="ignore"):
        two = grid.stack(
            [(1 / (E2_OVER_H * one.spin_degeneracy * one.transmission)).reshape(shape) for one in found]
        )
    drop = arrays["potential"][1][..., 0] - arrays["potential"][1][..., 1]
    with np.errstate(invalid="ignore"):
        for name, values in (
            ("two_terminal_resistance", two),
            ("four_terminal_resistance", two * drop),
            ("contact_resistance", np.where(drop < 1, two * (1 - drop), np.nan)),
        ):
            arrays[name] = (dims, values, {"units": "Ω"})
    unitarity_error = grid.stack([one.unitarity_error.reshape(shape) for one in found])
    arrays["unitarity_error"] = (dims, unitarity_error, {"units": "1"})
    return xr.Dataset(
        arrays,
        coords=coordinates({**axes, "lead": list(names)}),
        attrs=about(
            conductor=conductor, spin_degeneracy=common_degeneracy(found), options=options, params=grid.fixed
        ),
    )


@dataclass(frozen=True, eq=False)
class _Readings:
    """Readings on both sides, (energies, 2), T, the unitarity error and g_s."""

    potential: np.ndarray
    potential_lowest: np.ndarray
    potential_highest: np.ndarray
    transmission: np.ndarray
    unitarity_error: np.ndarray
    spin_degeneracy: int


def _readings(S: ScatteringMatrix) -> _Readings:
    """What probes read on both sides, at every energy."""
    left, right = S.lead_names
    transmission = (np.abs(S.amplitudes(right, left)) ** 2).sum(axis=(-2, -1))
    found = []
    for lead, other, near in ((left, right, 1.0), (right, left, 0.0)):
        slots, _ = S.columns(lead)
        weights = _weights(S, lead, slots)
        r, t = S.amplitudes(lead, lead), S.amplitudes(lead, other)
        total = weights.sum(axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            reflected = ((np.abs(r) ** 2).sum(axis=-1) * weights).sum(axis=-1) / total
            through = ((np.abs(t) ** 2).sum(axis=-1) * weights).sum(axis=-1) / total
            ripple = (np.abs(np.diagonal(r, axis1=-2, axis2=-1)) * weights).sum(axis=-1) / total
            # Filled from its own side: incoming 1, reflected, and their interference; from the other: what passes.
            own = [1 + reflected + 2 * ripple * cosine for cosine in (0.0, -1.0, 1.0)]
            part = [np.where(mine + through == 0, near, mine / (mine + through)) for mine in own]
        share = part if near else [1 - one for one in part]
        found.append([share[0], np.minimum(share[1], share[2]), np.maximum(share[1], share[2])])
    mean, lowest, highest = (np.stack([side[n] for side in found], axis=-1) for n in range(3))
    error = np.broadcast_to(S.certificate.figures["unitarity_error"], transmission.shape)
    return _Readings(mean, lowest, highest, transmission, error, S.spin_degeneracy)


def _weights(S: ScatteringMatrix, lead: str, slots: np.ndarray) -> np.ndarray:
    """1/v of open modes, or 1 where the velocities of a lead are unknown; 0 for closed modes; (energies, modes)."""
    is_open = S.open_modes[..., slots]
    velocity = next(one for one in S.leads if one.name == lead).velocity
    if velocity is None or not np.isfinite(np.where(is_open, velocity, 1.0)).all():
        return is_open.astype(float)
    return np.where(is_open, 1 / np.where(is_open, np.abs(velocity), 1.0), 0.0)
