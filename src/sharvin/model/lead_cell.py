"""Leads as solvers see them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .conserved import Blocks
from .self_energies import LeadSelfEnergy


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
        The orbitals of the region that are cell −1, (m,); −1 for one that the region lacks, and cell 0 does not reach.
    period
        Length of a cell in nm; NaN where it is not known.
    self_energy
        What is known of a lead that is not periodic; None for a periodic one.
    blocks
        The eigenspaces of its conserved quantity, if one was declared.
    overlap
        (s0, s1): overlaps inside the cell and ⟨cell n|cell n + 1⟩, (m, m); None where orbitals are orthonormal.
    """

    h0: np.ndarray
    v: np.ndarray | None
    orbitals: np.ndarray
    period: float
    self_energy: LeadSelfEnergy | None = None
    blocks: Blocks | None = None
    overlap: tuple[np.ndarray, np.ndarray] | None = None

    @classmethod
    def given(cls, self_energy: LeadSelfEnergy, orbitals: np.ndarray) -> "LeadCell":
        """A lead given by its self-energy on some orbitals."""
        return cls(np.zeros((len(orbitals),) * 2), None, orbitals, np.nan, self_energy)
