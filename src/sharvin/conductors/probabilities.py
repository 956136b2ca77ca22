"""Probabilities between the modes of all leads: what is left of S without its phases."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from ..options import Options
from ..scattering import LeadModes, scattering_matrix


@dataclass(frozen=True, eq=False)
class Probabilities:
    """Probabilities P = |S|² at an array of energies, index order (out, in).

    Attributes
    ----------
    energy
        In eV, shape (energies,).
    leads
        The modes of each lead, in the order of the rows and columns.
    matrix
        Real, shape (energies, modes, modes); zero in the rows and columns of closed modes.
    open_modes
        Boolean, shape (energies, modes).
    unitarity_error
        Shape (energies,): of the scattering matrices behind it, or how far Σ P over what goes out of, or comes into,
        an open mode is from one.
    spin_degeneracy
        g_s, never contained in P.
    """

    energy: np.ndarray
    leads: tuple[LeadModes, ...]
    matrix: np.ndarray
    open_modes: np.ndarray
    unitarity_error: np.ndarray
    spin_degeneracy: int

    def at(self, lead: str) -> np.ndarray:
        """Mask of the modes of a lead."""
        return np.array([one.name == lead for one in self.leads for _ in one.labels], dtype=bool)

    def between_leads(self) -> np.ndarray:
        """T_αβ, summed over the modes: shape (energies, leads, leads)."""
        member = np.array([self.at(lead.name) for lead in self.leads], dtype=float)
        return member @ self.matrix @ member.T


@functools.singledispatch
def probabilities(
    conductor: Any, energy: np.ndarray, *, options: Options | None = None, **params: Any
) -> Probabilities:
    """Probabilities of a conductor between its modes; by default |S|². A conductor without S registers its own."""
    S = scattering_matrix(conductor, energy, options=options, **params)
    if S.absorbs:
        raise InputError(
            f"a {type(conductor).__name__} that absorbs or amplifies (non_hermitian=True) cannot be joined without "
            "phase: what enters by its leads need not come out, so probabilities do not add up to one"
        )
    error = np.broadcast_to(S.certificate.figures["unitarity_error"], energy.shape)
    return Probabilities(energy, S.leads, np.abs(S.matrix) ** 2, S.open_modes, error, S.spin_degeneracy)


def closing_error(P: np.ndarray, open_modes: np.ndarray) -> np.ndarray:
    """How far the sums over rows and columns of P are from the number of open modes: per energy."""
    return np.max([np.abs(P.sum(axis=axis) - open_modes).max(axis=1, initial=0.0) for axis in (1, 2)], axis=0)
