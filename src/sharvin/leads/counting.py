"""An independent count of the open modes of a lead.

The number N(k) of bands below E changes by one where a band crosses E: downward in k for an outgoing mode (dE/dk > 0
lifts a band above E), upward for an incoming one. So momenta that were found predict the difference of N between any
two momenta, and N itself is an inertia, which a factorization of E − H(k) counts without knowing of modes (Sylvester).
Where a band is counted at too few momenta, a pair of crossings between two of them leaves no trace: this is a check
beside others, not a proof.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from .subbands import bloch

_SPARSE = 0.1  # share of elements below which the inertia is counted by sparse elimination
_FEW = 64  # orbitals below which eigenvalues are counted
_MOST_POINTS = 12  # momenta at which bands are counted, in the widest gaps between those found
_NARROW = 1e-6  # rad; momenta closer than this are not told apart by a count between them


class BandCounter:
    """Counts the bands of a lead below an energy."""

    def __init__(self, h0: np.ndarray, v: np.ndarray) -> None:
        self._h0, self._v = h0, v
        self._sparse = None
        filled = np.count_nonzero(h0) + 2 * np.count_nonzero(v) + len(h0)
        if len(h0) > _FEW and filled < _SPARSE * h0.size:
            self._sparse = tuple(sparse.csc_array(part) for part in (h0, v, v.conj().T, np.eye(len(h0))))

    def miscounted(self, energy: float, outgoing: np.ndarray, incoming: np.ndarray) -> int:
        """By how many crossings the momenta found (rad per cell, of both directions) miss what bands below E tell.

        Zero if all is well. Bands are counted between the momenta found, in the widest gaps.
        """
        found = np.concatenate([outgoing, incoming])
        jump = np.concatenate([-np.ones(len(outgoing)), np.ones(len(incoming))])
        order = np.argsort(found)
        points = _between(found[order])
        below = np.array([self.below(energy, point) for point in points])
        known = below >= 0
        passed = np.searchsorted(found[order], points[known])
        expected = np.concatenate([[0.0], np.cumsum(jump[order])])[passed]
        off = below[known] - expected
        unpaired = abs(len(outgoing) - len(incoming))
        return max(unpaired, int(np.ptp(off)) if len(off) else 0)

    def below(self, energy: float, momentum: float) -> int:
        """The number of bands below E at a momentum, or −1 where elimination meets a zero pivot."""
        if self._sparse is None:
            return int(np.count_nonzero(np.linalg.eigvalsh(bloch(self._h0, self._v, momentum)) < energy))
        h0, v, back, one = self._sparse
        factor = np.exp(1j * momentum)
        matrix = energy * one - h0 - factor * v - factor.conjugate() * back
        try:
            lu = splu(
                matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
            )
        except RuntimeError:
            return -1
        if not np.array_equal(lu.perm_r, lu.perm_c):
            return -1
        return int(np.count_nonzero(np.real(lu.U.diagonal()) > 0))


def _between(found: np.ndarray) -> np.ndarray:
    """Momenta in (−π, π] at which to count: two fixed ones, and the middles of the widest gaps."""
    edges = np.concatenate([[-np.pi], found, [np.pi]])
    gaps = np.diff(edges)
    widest = np.argsort(-gaps, kind="stable")[:_MOST_POINTS]
    widest = widest[gaps[widest] > _NARROW]
    fixed = np.array([-2.2360679, 0.0314159])  # generic
    near = np.abs(fixed[:, None] - found).min(axis=1, initial=np.pi) > _NARROW
    return np.sort(np.concatenate([(edges[:-1] + gaps / 2)[widest], fixed[near]]))
