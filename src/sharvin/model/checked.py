"""Checks of matrices that a user gives: what they must be, and messages that name what is wrong with one."""

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from ..errors import InputError
from ..reals import shown

_HERMITICITY, _ROUNDING = 1e-10, 1e-14  # of an element, and of the largest one
_FINEST = 1e-6  # width of an interval of momenta on which an overlap is not known to be positive, at least
_CELLS = 200  # of each lead, at most, with which the overlap as a whole is tried


def dense(what: str, matrix: Any) -> np.ndarray:
    """A dense or sparse matrix as an array."""
    try:
        return np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix)
    except ValueError:
        raise InputError(f"{what} has rows of unlike lengths, got {shown(matrix)}") from None


def square(what: str, matrix: Any) -> sparse.csr_array:
    """A number or a square, finite matrix as a sparse one."""
    try:
        given: Any = matrix if sparse.issparse(matrix) else np.atleast_2d(np.asarray(matrix))
    except ValueError:
        raise InputError(f"{what}: expected a matrix, got rows of unlike lengths") from None
    if given.dtype.kind not in "iufc":
        raise InputError(f"{what}: expected a matrix of numbers in eV, got {given.dtype}")
    if given.ndim != 2 or given.shape[0] != given.shape[1] or given.shape[0] == 0:
        raise InputError(f"{what}: expected a square matrix, got shape {given.shape}")
    dtype = complex if given.dtype.kind == "c" else float
    matrix = sparse.csr_array(given, dtype=dtype, copy=True)  # what was given stays as it is
    matrix.sum_duplicates()
    if not np.isfinite(matrix.data).all():
        bad = np.flatnonzero(~np.isfinite(matrix.data))[0]
        row = int(np.searchsorted(matrix.indptr, bad, side="right") - 1)
        raise InputError(f"{what}: row {row} holds a number that is not finite")
    return matrix


def orbitals_of(name: str, orbitals: Any, size: int) -> np.ndarray:
    """The orbitals of a region that a lead touches."""
    values = np.atleast_1d(dense(f'lead "{name}": orbitals', orbitals))
    if values.dtype.kind not in "iu" or values.ndim != 1 or len(values) == 0:
        raise InputError(f'lead "{name}": orbitals must be a list of integers, got {orbitals!r}')
    if values.min() < 0 or values.max() >= size:
        raise InputError(
            f'lead "{name}": orbital {values[(values < 0) | (values >= size)][0]} is not in 0 … {size - 1}'
        )
    if len(np.unique(values)) != len(values):
        raise InputError(f'lead "{name}": an orbital is named twice in {values.tolist()}')
    return values.astype(np.int64)


def width_matrix(name: str, gamma: Any, count: int) -> np.ndarray:
    """Γ as a positive semi-definite matrix over the orbitals."""
    width = dense(f'lead "{name}": gamma', gamma)
    if width.dtype.kind not in "iufc":
        raise InputError(f'lead "{name}": gamma must be a number or a matrix in eV, got {gamma!r}')
    width = width * np.eye(count) if width.ndim == 0 else np.atleast_2d(width)
    if width.shape != (count, count) or not np.isfinite(width).all():
        raise InputError(
            f'lead "{name}": gamma must be a number or a finite ({count}, {count}) matrix, got {gamma!r}'
        )
    check_hermitian(f'lead "{name}": gamma', width)
    if np.linalg.eigvalsh(width).min() < -_HERMITICITY * np.abs(width).max(initial=1e-300):
        raise InputError(f'lead "{name}": gamma must not be negative, got {gamma!r} (it broadens: Σ = −iΓ/2)')
    return width


def check_hermitian(what: str, matrix: Any) -> None:
    """Refuse a matrix that is not Hermitian to a relative 1e-10 of its elements, naming the worst element."""
    difference = sparse.coo_array(matrix - matrix.conj().T)
    if difference.nnz == 0:
        return
    pairs = sparse.csr_array(abs(matrix) + abs(matrix).T)
    size = (
        pairs[difference.coords[0], difference.coords[1]] / 2 + _ROUNDING / _HERMITICITY * abs(matrix).max()
    )
    worst = np.argmax(np.abs(difference.data) / size)
    if np.abs(difference.data[worst]) > _HERMITICITY * size[worst]:
        i, j = int(difference.coords[0][worst]), int(difference.coords[1][worst])
        raise InputError(
            f"{what} is not Hermitian: element ({i}, {j}) and the conjugate of ({j}, {i}) differ by "
            f"{np.abs(difference.data[worst]):.1e}"
        )


def check_positive(what: str, matrix: sparse.csr_array) -> None:
    """Refuse an overlap matrix that is not Hermitian and positive definite."""
    check_hermitian(what, matrix)
    try:  # Gauss without exchange of rows has positive pivots only where the matrix is positive definite
        lu = splu(
            sparse.csc_array(matrix),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
        positive = bool((np.real(lu.U.diagonal()) > 0).all()) and np.array_equal(lu.perm_r, lu.perm_c)
    except RuntimeError:
        positive = False
    if not positive:
        raise InputError(f"{what} is not positive definite, as overlaps of independent orbitals are")


def check_positive_lead(name: str, s0: np.ndarray, s1: np.ndarray) -> None:
    """Refuse the overlaps of a lead unless s0 + s1 e^{ik} + s1† e^{−ik} is positive definite."""
    check_hermitian(f'lead "{name}": overlap s0', s0)
    # S(k + δ) differs by |s1|δ² at most from S(k) + δ S′(k), which is positive between two δ if it is so at both.
    bend = float(np.linalg.norm(s1, 2))
    intervals = [(np.pi, np.pi)]  # their middles and half widths
    while intervals:
        momentum, half = intervals.pop()
        hop = s1 * np.exp(1j * momentum)
        whole, slope = s0 + hop + hop.conj().T, 1j * (hop - hop.conj().T)
        lowest = float(np.linalg.eigvalsh(whole)[0])
        if not lowest > 0 or half < _FINEST:
            raise InputError(
                f'lead "{name}": its overlap s0 + s1 e^(ik) + h.c. is not positive definite: it has the eigenvalue '
                f"{lowest:.3g} at k = {momentum:.3g}"
            )
        ends = [np.linalg.eigvalsh(whole + sign * half * slope)[0] for sign in (1, -1)]
        if min(ends) <= bend * half**2:
            intervals += [(momentum - half / 2, half / 2), (momentum + half / 2, half / 2)]


def surface_overlap(s0: np.ndarray, s1: np.ndarray) -> np.ndarray:
    """What a lead takes from the overlap of the cell before it: s1 X⁻¹ s1† with X = s0 − s1 X⁻¹ s1†."""
    taken = np.zeros_like(s0, dtype=np.result_type(s0, s1))
    for _ in range(_CELLS):
        last, taken = taken, s1 @ np.linalg.solve(s0 - taken, s1.conj().T)
        if np.abs(taken - last).max() <= 1e-15 * np.abs(s0).max():
            break
    return taken
