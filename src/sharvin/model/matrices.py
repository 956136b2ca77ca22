"""Systems and leads given as matrices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from ..errors import InputError
from ..reals import shown
from .self_energies import LeadSelfEnergy, SelfEnergy

_HERMITICITY = 1e-10


@dataclass(frozen=True)
class WideBand:
    """A lead without structure: self-energy Σ = −iΓ/2 at every energy, Γ = `gamma` (eV), one channel per orbital.

    A level of width Γ has Im Σ = −Γ/2. `gamma` is a number or a positive semi-definite matrix over the orbitals. The
    same as ``SelfEnergy(-0.5j * gamma)``.

    Examples
    --------
    >>> import sharvin as sv
    >>> lead = (sv.WideBand(1.0), [0])
    >>> level = sv.System.from_matrices([[0.0]], leads={"L": lead, "R": lead})
    >>> round(sv.scattering_matrix(level, 1.0).transmission("R", "L"), 12)
    0.5
    """

    gamma: Any


@dataclass(frozen=True, eq=False)
class LeadCell:
    """A lead as a solver sees it: periodic, or given by its self-energy.

    Attributes
    ----------
    h0
        Hamiltonian of one cell in eV, (m, m); zero for a lead given by its self-energy.
    v
        ⟨cell n|H|cell n + 1⟩ in eV, (m, m), n growing outward; None for a lead given by its self-energy.
    orbitals
        The orbitals of the region that are cell −1, (m,).
    period
        Length of a cell in nm; NaN where it is not known.
    self_energy
        What is known of a lead that is not periodic; None for a periodic one.
    """

    h0: np.ndarray
    v: np.ndarray | None
    orbitals: np.ndarray
    period: float
    self_energy: LeadSelfEnergy | None = None

    @classmethod
    def given(cls, self_energy: LeadSelfEnergy, orbitals: np.ndarray) -> "LeadCell":
        """A lead given by its self-energy on some orbitals."""
        return cls(np.zeros((len(orbitals),) * 2), None, orbitals, np.nan, self_energy)


@dataclass(frozen=True, eq=False)
class MatrixBody:
    """A region and its leads as matrices."""

    h: sparse.csr_array
    cells: Mapping[str, LeadCell]

    @classmethod
    def build(cls, h: Any, leads: Mapping[str, tuple[Any, ...]]) -> "MatrixBody":
        """Check the matrices; put the first cell of leads with a coupling of their own into the region."""
        h = _square("h", h)
        check_hermitian("h", h)
        if not isinstance(leads, Mapping):
            raise InputError(
                f"leads must be a dictionary name → (h0, v, orbitals), got {type(leads).__name__}"
            )
        cells: dict[str, LeadCell] = {}
        size = h.shape[0]  # a lead with a coupling of its own makes h grow, but not what a user may name
        for name, lead in leads.items():
            if not isinstance(name, str) or not name or ":" in name:
                raise InputError(f"leads: a name must be a non-empty string without a colon, got {name!r}")
            h, cells[name] = _fitted(name, h, lead, size)
            for array in (cells[name].h0, cells[name].v, cells[name].orbitals):
                if array is not None:
                    array.setflags(write=False)  # shared by all that ask, and known to caches by its identity
        return cls(_with_full_pattern(h), cells)

    @property
    def leads(self) -> tuple[str, ...]:
        """Names of the leads, in order."""
        return tuple(self.cells)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Matrices have no parameters."""
        return {}

    @property
    def size(self) -> int:
        """Rows of the Hamiltonian."""
        return self.h.shape[0]

    def hamiltonian(self, params: Mapping[str, Any]) -> sparse.csr_array:
        """H of the region, on the common pattern."""
        h = sparse.csr_array((self.h.data.copy(), self.h.indices, self.h.indptr), shape=self.h.shape)
        h.indices, h.indptr = self.pattern[1], self.pattern[0]  # the very arrays, where SciPy made views
        return h

    @property
    def pattern(self) -> tuple[np.ndarray, np.ndarray]:
        """CSR index arrays (indptr, indices) of H: sorted, symmetric, with the whole diagonal; read-only."""
        return self.h.indptr, self.h.indices

    def lead_parameters(self, name: str) -> Mapping[str, Any]:
        """Matrices have no parameters."""
        return {}

    def lead_cell(self, name: str, params: Mapping[str, Any]) -> LeadCell:
        """The cell of a lead."""
        return self.cells[name]


def _with_full_pattern(h: sparse.csr_array) -> sparse.csr_array:
    """H with its whole diagonal stored and a symmetric pattern (explicit zeros where it has none)."""
    size, coo, diagonal = h.shape[0], h.tocoo(), np.arange(h.shape[0])
    rows, columns = coo.coords
    data = np.concatenate([coo.data, np.zeros(len(coo.data) + size, dtype=coo.data.dtype)])
    coords = (np.concatenate([rows, columns, diagonal]), np.concatenate([columns, rows, diagonal]))
    full = sparse.coo_array((data, coords), shape=h.shape).tocsr()
    full.sort_indices()
    for shared in (full.indptr, full.indices):
        shared.setflags(write=False)
    return full


def _fitted(name: str, h: sparse.csr_array, lead: Any, size: int) -> tuple[sparse.csr_array, LeadCell]:
    """The region, perhaps grown by the lead's first cell, and the lead."""
    if not isinstance(lead, tuple) or len(lead) not in (2, 3, 4):
        raise InputError(
            f'lead "{name}": expected a tuple (h0, v, orbitals), (WideBand(gamma), orbitals) or '
            f"(SelfEnergy(sigma), orbitals), got {lead!r}"
        )
    if isinstance(lead[0], (WideBand, SelfEnergy)) != (len(lead) == 2):
        raise InputError(
            f'lead "{name}": expected (h0, v, orbitals) for a periodic lead, (WideBand(gamma), orbitals) or '
            "(SelfEnergy(sigma), orbitals) else"
        )
    orbitals = _orbitals(name, lead[1 if len(lead) == 2 else 2], size)
    if isinstance(lead[0], WideBand):
        width = _width_matrix(name, lead[0].gamma, len(orbitals))
        return h, LeadCell.given(LeadSelfEnergy.same(name, -0.5j * width), orbitals)
    if isinstance(lead[0], SelfEnergy):
        return h, LeadCell.given(LeadSelfEnergy.of(name, lead[0], len(orbitals)), orbitals)
    h0 = _square(f'lead "{name}": h0', lead[0]).toarray()
    check_hermitian(f'lead "{name}": h0', h0)
    v = _square(f'lead "{name}": v', lead[1]).toarray()
    if v.shape != h0.shape:
        raise InputError(f'lead "{name}": v has shape {v.shape}, h0 has {h0.shape}; they must be equal')
    if len(lead) == 3:
        if len(orbitals) != len(h0):
            raise InputError(
                f'lead "{name}": {len(orbitals)} orbitals for a cell of {len(h0)}; the orbitals are the region\'s copy '
                "of the cell, in its order (a lead that couples otherwise takes a fourth item, its coupling)"
            )
        return h, LeadCell(h0, v, orbitals, np.nan)
    return _grown(name, h, h0, v, orbitals, np.atleast_2d(_dense(f'lead "{name}": coupling', lead[-1])))


def _grown(
    name: str, h: sparse.csr_array, h0: np.ndarray, v: np.ndarray, orbitals: np.ndarray, coupling: np.ndarray
) -> tuple[sparse.csr_array, LeadCell]:
    """The region with the first cell of a lead behind it, so that the lead couples to that as it continues."""
    if coupling.shape != (len(orbitals), len(h0)) or coupling.dtype.kind not in "iufc":
        raise InputError(
            f'lead "{name}": coupling must be a matrix ⟨orbitals|H|cell⟩ of shape {(len(orbitals), len(h0))}, got '
            f"shape {coupling.shape}"
        )
    if not np.isfinite(coupling).all():
        raise InputError(f'lead "{name}": coupling holds a number that is not finite')
    where = (orbitals, np.arange(len(orbitals)))
    spread = sparse.csr_array((np.ones(len(orbitals)), where), shape=(h.shape[0], len(orbitals)))
    bridge = spread @ sparse.csr_array(coupling)
    grown = sparse.block_array([[h, bridge], [bridge.conj().T, sparse.csr_array(h0)]], format="csr")
    return grown, LeadCell(h0, v, np.arange(h.shape[0], grown.shape[0]), np.nan)


def _dense(what: str, matrix: Any) -> np.ndarray:
    """A dense or sparse matrix as an array."""
    try:
        return np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix)
    except ValueError:
        raise InputError(f"{what} has rows of unlike lengths, got {shown(matrix)}") from None


def _square(what: str, matrix: Any) -> sparse.csr_array:
    """A number or a square, finite matrix as a sparse one."""
    try:
        given: Any = matrix if sparse.issparse(matrix) else np.atleast_2d(np.asarray(matrix))
    except ValueError:
        raise InputError(f"{what}: expected a matrix, got rows of unlike lengths") from None
    if given.dtype.kind not in "iufc":
        raise InputError(f"{what}: expected a matrix of numbers in eV, got {given.dtype}")
    if given.ndim != 2 or given.shape[0] != given.shape[1] or given.shape[0] == 0:
        raise InputError(f"{what}: expected a square matrix, got shape {given.shape}")
    square: Any = sparse.csr_array(given, dtype=complex if given.dtype.kind == "c" else float)
    square.sum_duplicates()
    if not np.isfinite(square.data).all():
        bad = np.flatnonzero(~np.isfinite(square.data))[0]
        row = int(np.searchsorted(square.indptr, bad, side="right") - 1)
        raise InputError(f"{what}: row {row} holds a number that is not finite")
    return square


def _orbitals(name: str, orbitals: Any, size: int) -> np.ndarray:
    values = np.atleast_1d(_dense(f'lead "{name}": orbitals', orbitals))
    if values.dtype.kind not in "iu" or values.ndim != 1 or len(values) == 0:
        raise InputError(f'lead "{name}": orbitals must be a list of integers, got {orbitals!r}')
    if values.min() < 0 or values.max() >= size:
        raise InputError(
            f'lead "{name}": orbital {values[(values < 0) | (values >= size)][0]} is not in 0 … {size - 1}'
        )
    if len(np.unique(values)) != len(values):
        raise InputError(f'lead "{name}": an orbital is named twice in {values.tolist()}')
    return values.astype(np.int64)


def _width_matrix(name: str, gamma: Any, count: int) -> np.ndarray:
    """Γ as a positive semi-definite matrix over the orbitals."""
    width = _dense(f'lead "{name}": gamma', gamma)
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
    """Refuse a matrix that is not Hermitian to a relative 1e-10, naming the worst element."""
    difference = sparse.coo_array(matrix - matrix.conj().T)
    if difference.nnz == 0:
        return
    worst = np.argmax(np.abs(difference.data))
    scale = abs(matrix).max()
    if np.abs(difference.data[worst]) > _HERMITICITY * scale:
        i, j = int(difference.coords[0][worst]), int(difference.coords[1][worst])
        raise InputError(
            f"{what} is not Hermitian: element ({i}, {j}) and the conjugate of ({j}, {i}) differ by "
            f"{np.abs(difference.data[worst]):.1e}"
        )
