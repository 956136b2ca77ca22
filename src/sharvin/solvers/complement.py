"""C, the secular matrix of a region with its interior eliminated, and the waves on the interface that follow from it.

[C(E) − Σ] ψ = Q,      Σ = Σ_α Σ_α.
"""

from dataclasses import dataclass

import numpy as np

from .refinement import dense_solve, growth, residual
from .secular import largest
from .solution import Figures, Solution

#: Largest growth of the waves on the interface, times the rounding error.
INTERFACE_GROWTH_BOUND = 1e-10


@dataclass(frozen=True, eq=False)
class Complement:
    """C at one energy, who computed it and why, and the figures that vouch for it."""

    matrix: np.ndarray
    backend: str
    reason: str
    figures: Figures
    route: str = "schur"

    @property
    def certified(self) -> bool:
        """Whether every figure keeps its bound."""
        return all(value <= bound for value, bound in self.figures.values())

    def absorption(self) -> np.ndarray:
        """i(C† − C), the flux that the region takes for each pair of waves on its interface."""
        return 1j * (self.matrix.conj().T - self.matrix)

    def solved(self, sigma: np.ndarray, source: np.ndarray, residual_bound: float) -> Solution:
        """ψ, with Σ in the matrix."""
        matrix = self.matrix - sigma
        psi = dense_solve(matrix, source)
        # Backward stable: S is that of a C with an error ε|C|.
        times = np.finfo(float).eps * largest(matrix) * largest(psi) ** 2
        figures = {
            **self.figures,
            "residual": (residual(matrix, psi, source), residual_bound),
            "interface_growth": (float(times), INTERFACE_GROWTH_BOUND),
        }
        return Solution(psi, "schur", self.backend, figures)

    def solved_by_reaction_matrix(
        self, sigma: np.ndarray, width: np.ndarray, partner: np.ndarray, residual_bound: float
    ) -> Solution:
        """ψ for Q = iWU with the anti-Hermitian part of Σ, −iWW†/2, taken out.

        G W = A⁻¹W(1 + iR/2)⁻¹, with the reaction matrix R = W†A⁻¹W. S is then the Cayley transform of the Hermitian R,
        and keeps its digits where Σ is large, as it is next to a threshold whose standing wave does not vanish at the
        surface of the lead.
        """
        matrix = self.matrix - (sigma + sigma.conj().T) / 2
        waves = dense_solve(matrix, width)
        reaction = width.conj().T @ waves
        reaction = (reaction + reaction.conj().T) / 2
        psi = waves @ dense_solve(np.eye(len(reaction)) + 0.5j * reaction, 1j * partner)
        missed = residual(self.matrix - sigma, psi, 1j * width @ partner)
        figures = {
            **self.figures,
            "residual": (missed, residual_bound),
            "interface_growth": (float(growth(largest(matrix), waves, width)), INTERFACE_GROWTH_BOUND),
        }
        return Solution(psi, "reaction matrix", self.backend, figures)
