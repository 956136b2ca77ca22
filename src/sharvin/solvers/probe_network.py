"""Voltage probes as a network of probabilities, and their elimination.

Probe i takes from the orbitals a of its site at the rate Γ_i = 2η_i, and so

    T_ij = Γ_iΓ_j Σ_ab |G_ab|²,   T_iβ = Γ_i Σ_a,m |(GW_β)_am|²,   T_αj = Σ_b,m |(W_α†G)_mb|² Γ_j,   D_i = Γ_i Σ_a A_aa,

A = i(G − G†) = G(Γ_P + Γ_L)G† = G†(Γ_P + Γ_L)G, which says that D_i is both all that goes into probe i and all that comes
out of it: Σ_j T_ij + Σ_β T_iβ = D_i = Σ_j T_ji + Σ_α T_αi. No current flows into a probe that has the occupation

    Σ_β f_iβ f_β,     (D − T_PP) f = T_PL,     Σ_β f_iβ = 1,

and the leads see T_LL + T_LP f. (J. L. D'Amato and H. M. Pastawski, Phys. Rev. B 41, 7411 (1990).) Since an electron that
comes out of a probe leaves by the leads at last, 1†T_LP(D − T_PP)⁻¹ = 1†: what a solution f misses of its equation,
summed over the probes, bounds what the transmissions miss.

T_PP is dense. Of a large system it is never formed: its product with a vector is the diagonal of G X G†.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, gmres

from ..errors import NumericalError
from .dense_green import DenseGreen
from .layered_green import LayeredGreen
from .near_probes import NearProbes

#: Of the residual that the iteration reaches, relative to its source; vectors kept, and how often it starts anew.
_RTOL, _RESTART, _CYCLES = 1e-13, 100, 20


@dataclass(frozen=True, eq=False)
class ProbeNetwork:
    """Probes and leads, and the probabilities between them.

    Attributes
    ----------
    green
        G.
    emission
        Γ of each probe on the orbitals of its site, (probes, orbitals).
    from_leads, to_leads
        T_PL (probes, leads) and T_LP (leads, probes).
    total
        D, (probes,).
    """

    green: DenseGreen | LayeredGreen
    emission: sparse.csr_array
    from_leads: np.ndarray
    to_leads: np.ndarray
    total: np.ndarray

    @classmethod
    def of(
        cls, green: DenseGreen | LayeredGreen, emission: sparse.csr_array, into: np.ndarray, out: np.ndarray, lead: np.ndarray
    ) -> "ProbeNetwork":
        """From GW and G†W, (orbitals, modes), and the lead of each mode as rows of ones, (leads, modes)."""
        from_leads = emission @ (np.abs(into) ** 2 @ lead.T)
        to_leads = (emission @ (np.abs(out) ** 2 @ lead.T)).T
        total = emission @ (-2 * green.diagonal.imag)
        return cls(green, emission, from_leads, to_leads, total)

    def between(self, x: np.ndarray) -> np.ndarray:
        """T_PP x, (probes,)."""
        return self.emission @ self.green.spread(self.emission.T @ x)

    def figures(self, occupation: np.ndarray) -> dict[str, float]:
        """What vouches for the probabilities, and for occupations (probes, leads), in units of all that enters.

        - ``probe_flux_error``: Σ_i |Σ_j T_ij + Σ_β T_iβ − D_i|;
        - ``occupation_error``: Σ_i |T_iβ − Σ_j (D − T_PP)_ij f_jβ|, of all leads together.
        """
        entering = max(1.0, float(self.from_leads.sum()))
        flux = self.between(np.ones(len(self.total))) + self.from_leads.sum(axis=1) - self.total
        left = [self.total * own - self.between(own) for own in occupation.T]
        return {
            "probe_flux_error": float(np.abs(flux).sum() / entering),
            "occupation_error": float(np.abs(self.from_leads - np.array(left).T).sum() / entering),
        }

    def occupations(self) -> tuple[np.ndarray, int]:
        """f, (probes, leads), and how many products T_PP x that took; none where T_PP is at hand."""
        if isinstance(self.green, DenseGreen):
            return np.linalg.solve(np.diag(self.total) - self._all_between(self.green), self.from_leads), 0
        near = NearProbes(self.green, self.emission, self.total, self.from_leads.sum(axis=1))
        return self._iterated(near)

    def _all_between(self, green: DenseGreen) -> np.ndarray:
        """T_PP."""
        emission = self.emission[:, green.orbitals]
        return np.asarray(emission @ (emission @ green.probabilities.T).T)

    def _iterated(self, near: NearProbes) -> tuple[np.ndarray, int]:
        size, taken = len(self.total), 0

        def product(x: np.ndarray) -> np.ndarray:
            nonlocal taken
            taken += 1
            return self.total * x - self.between(x)

        operator: Any = LinearOperator((size, size), matvec=product, dtype=float)
        inverse: Any = LinearOperator((size, size), matvec=near.solve, dtype=float)
        found = np.zeros(self.from_leads.shape)
        for lead, source in enumerate(self.from_leads.T):
            found[:, lead], missed = gmres(
                operator, source, M=inverse, rtol=_RTOL, restart=_RESTART, maxiter=_CYCLES
            )
        return found, taken
