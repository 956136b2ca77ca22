"""Voltage probes as a network of probabilities, and their elimination.

Probe i takes from the orbitals a of its site at the rate Γ_i = 2η_i, and so

    T_ij = Γ_iΓ_j Σ_ab |G_ab|²,   T_iβ = Γ_i Σ_a,m |(GW_β)_am|²,   T_αj = Σ_b,m |(W_α†G)_mb|² Γ_j,   D_i = Γ_i Σ_a A_aa,

A = i(G − G†) = G(Γ_P + Γ_L)G† = G†(Γ_P + Γ_L)G, which says that D_i is both all that goes into probe i and all that
comes out of it: Σ_j T_ij + Σ_β T_iβ = D_i = Σ_j T_ji + Σ_α T_αi. No current flows into a probe that has the occupation

    Σ_β f_iβ f_β,     (D − T_PP) f = T_PL,     Σ_β f_iβ = 1,

and the leads see T_LL + T_LP f. (J. L. D'Amato and H. M. Pastawski, Phys. Rev. B 41, 7411 (1990).) Since an electron
that comes out of a probe leaves by the leads at last, 1†T_LP(D − T_PP)⁻¹ = 1†: what a solution f misses of its
equation, summed over the probes, bounds what the transmissions miss.

T_PP is dense. Of a large system it is never formed: its product with a vector is the diagonal of G X G†.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, gmres

from .dense_green import DenseGreen
from .layered_green import LayeredGreen
from .near_probes import NearProbes

#: What an iterated solution misses of its equation, summed up, relative to what enters; vectors that the iteration
#: keeps, and how often it starts anew.
_MISSED, _RESTART, _CYCLES = 1e-12, 100, 20


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
        cls,
        green: DenseGreen | LayeredGreen,
        emission: sparse.csr_array,
        into: np.ndarray,
        out: np.ndarray,
        lead: np.ndarray,
    ) -> "ProbeNetwork":
        """From GW and G†W, (orbitals, modes), and the lead of each mode as rows of ones, (leads, modes)."""
        from_leads = emission @ (np.abs(into) ** 2 @ lead.T)
        to_leads = (emission @ (np.abs(out) ** 2 @ lead.T)).T
        total = emission @ (-2 * np.imag(green.diagonal))
        return cls(green, emission, from_leads, to_leads, total)

    def between(self, x: np.ndarray) -> np.ndarray:
        """T_PP x, (probes,)."""
        return self.emission @ self.green.spread(self.emission.T @ x)

    def figures(self, occupation: np.ndarray) -> dict[str, float]:
        """What vouches for the probabilities, and for occupations (probes, leads), in units of all that enters.

        - ``probe_flux_error``: Σ_i |Σ_j T_ij + Σ_β T_iβ − D_i|;
        - ``occupation_error``: Σ_i |T_iβ − Σ_j (D − T_PP)_ij f_jβ|, the sum of all leads but the last one, since all
          together have the error above.
        """
        entering = max(1.0, float(self.from_leads.sum()))
        flux = self.between(np.ones(len(self.total))) + self.from_leads.sum(axis=1) - self.total
        missed = [
            np.abs(source - self.total * own + self.between(own)).sum()
            for source, own in zip(self.from_leads[:, :-1].T, occupation[:, :-1].T, strict=True)
        ]
        return {
            "probe_flux_error": float(np.abs(flux).sum() / entering),
            "occupation_error": float(sum(missed) / entering),
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
        """f of all leads but one by iteration; that of the last one is what the others leave of 1."""
        size, taken = len(self.total), 0
        if not np.isfinite(self.total).all():
            raise np.linalg.LinAlgError("the Green's function has no finite diagonal")

        def product(x: np.ndarray) -> np.ndarray:
            nonlocal taken
            taken += 1
            return self.total * x - self.between(x)

        operator, inverse = _operator(size, product), _operator(size, near.solve)
        found = np.zeros(self.from_leads.shape)
        for lead, source in enumerate(self.from_leads[:, :-1].T):
            most = _MISSED * source.sum() / np.sqrt(size)  # then Σ|r| is below that part of what enters
            found[:, lead], _ = gmres(
                operator, source, M=inverse, rtol=0.0, atol=most, restart=_RESTART, maxiter=_CYCLES
            )
        found[:, -1] = 1 - found[:, :-1].sum(axis=1)
        return found, taken


def _operator(size: int, function: Callable[[np.ndarray], np.ndarray]) -> Any:
    """A linear function of vectors as SciPy's iterations take it."""
    make: Any = LinearOperator
    return make((size, size), matvec=function, dtype=float)
