"""The levels of a closed system."""

from typing import Any

import numpy as np
import xarray as xr
from scipy.linalg import eigh
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.linalg import LinearOperator, eigsh

from ..errors import InputError, NumericalError
from ..linalg import Pattern, back_end
from ..model.system import System
from ..reals import number
from ..schema import labelled

_DENSE = 2000  # orbitals up to which all levels are computed at once
_RESIDUAL = 1e-11  # of levels and states, relative to the largest element of H


def levels(
    system: System, count: int | None = None, near: float | None = None, **params: Any
) -> xr.DataArray:
    """Levels of the scattering region by itself, as if it had no leads: H ψ = E ψ, or E O ψ where orbitals overlap.

    The first cells of leads with a contact of their own count as part of the region.

    Parameters
    ----------
    system
        A system, with leads or without.
    count
        How many; all by default, which takes the time of a dense matrix.
    near
        The levels nearest to an energy in eV; the lowest ones by default.
    **params
        Parameters of the system.

    Returns
    -------
    xarray.DataArray
        Dims (level,), in eV, rising.

    Raises
    ------
    InputError
        For a region that is not Hermitian, a count that is not between 1 and the number of orbitals, and unknown or
        missing parameters.
    NumericalError
        If few levels of a large region could not be found to a part in 10¹¹ of its largest energy.

    Notes
    -----
    Few levels of a large region are found by Lanczos iteration with the sparse inverse about the energy (ARPACK: R. B.
    Lehoucq, D. C. Sorensen and C. Yang, ARPACK Users' Guide (1998)).

    Examples
    --------
    A box between hard walls: E_n = 2t(1 − cos(πn a/L)), with t = ħ²/2ma².

    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.chain(), sv.onsite(2.0) + sv.hopping(-1.0))
    >>> sv.levels(wire.region(sv.shape.line(6)), count=2).values.round(6)
    array([0.267949, 1.      ])
    """
    if not isinstance(system, System):
        raise InputError(f"levels: expected a System, got {type(system).__name__}")
    if not system.hermitian:
        raise InputError("levels: the region absorbs or amplifies, so that it has no real levels")
    size = system.orbital_count
    if count is not None and (
        isinstance(count, bool) or not isinstance(count, (int, np.integer)) or not 1 <= count <= size
    ):
        raise InputError(f"levels: count must be between 1 and {size}, the number of orbitals, got {count!r}")
    center = None if near is None else number("levels: near", near)
    h, overlap = system.hamiltonian(**params), system.overlap
    if count is None or size <= _DENSE or count > size // 3:
        found = eigh(h.toarray(), None if overlap is None else overlap.toarray(), eigvals_only=True)
        if count is not None:
            order = np.arange(size) if center is None else np.argsort(np.abs(found - center), kind="stable")
            found = np.sort(found[order[:count]])
    else:
        found = _sparse(h, overlap, int(count), center)
    return labelled(
        found,
        {"level": np.arange(len(found))},
        name="levels",
        units="eV",
        long_name="level energy",
        conductor=system,
        params=params,
    )


def _sparse(h: Any, overlap: Any, count: int, near: float | None) -> np.ndarray:
    """The levels nearest to an energy; by default the lowest ones."""
    if near is None:
        if overlap is not None:
            return np.sort(eigsh(h, count, M=overlap, which="SA", return_eigenvectors=False))
        diagonal = h.diagonal().real
        near = float(np.min(diagonal + np.abs(diagonal) - abs(h).sum(axis=1)))  # Gershgorin's bound
    scale = float(abs(h).max())
    sigma = near + 1e-9 * scale  # a little beside the energy, which may be a level itself
    mass = eye_array(h.shape[0], format="csr") if overlap is None else overlap
    start = np.random.default_rng(0).standard_normal(h.shape[0]).astype(h.dtype)
    for inverse in (_inverse(h - sigma * mass), None):  # None: ARPACK's own, slower, with exchange of rows
        found, states = eigsh(
            csc_array(h),
            count,
            M=None if overlap is None else csc_array(overlap),
            sigma=sigma,
            v0=start,
            OPinv=inverse,
        )
        missed = np.abs(h @ states - mass @ states * found).max()
        if missed <= _RESIDUAL * scale:
            return np.sort(found)
    raise NumericalError(
        f"levels near {near:.6g} eV were found to {missed:.1e} eV only; move `near` a little, or ask for fewer"
    )


def _inverse(matrix: Any) -> LinearOperator:
    """The inverse of a sparse Hermitian matrix, by the fastest back end that there is."""
    stored = csr_array(matrix)
    stored.sort_indices()
    factorization = back_end("auto", size=stored.shape[0])
    factorization.analyse(Pattern.of(stored), dtype=complex if np.iscomplexobj(stored.data) else float)
    factorization.factor(stored.data)

    def solve(vector: np.ndarray) -> np.ndarray:
        return factorization.solve(vector.reshape(-1, 1))[:, 0]

    return LinearOperator(stored.shape, matvec=solve, dtype=stored.dtype)
