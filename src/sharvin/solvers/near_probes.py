"""An approximate inverse of D − T_PP: of what goes between probes of the same layer and of neighbouring ones.

That part N of T_PP makes a block tridiagonal matrix, which is solved exactly. The part beyond, R, shortens the way out
where electrons are not dephased at once; only a share of it is kept on the diagonal,

    P = D − (1 − s)R1 − N,     s = Σ R1 / Σ T_PP1,

so that P is exact for what all probes have in common where most of T_PP is near, and close to D where little is.
"""

from typing import Any

import numpy as np
from scipy import sparse

from .layered_green import LayeredGreen


class NearProbes:
    """P by layers, factored.

    Parameters
    ----------
    green, emission, total, from_leads
        As `ProbeNetwork` has them, the last one of all leads together, (probes,).
    """

    def __init__(
        self, green: LayeredGreen, emission: sparse.csr_array, total: np.ndarray, from_leads: np.ndarray
    ) -> None:
        self._probes: list[np.ndarray] = []
        own: list[np.ndarray] = []
        below: list[np.ndarray] = []
        above: list[np.ndarray] = []
        columns: Any = emission.tocsc()
        last: Any = None
        for rows, here, under, over in green.near():
            part = columns[:, rows]
            probes = np.unique(part.indices)
            gamma = part.tocsr()[probes]
            self._probes.append(probes)
            own.append(_between(gamma, here, gamma))
            if last is not None:
                below.append(_between(gamma, under, last))
                above.append(_between(last, over, gamma))
            last = gamma
        near = np.zeros(len(total))
        for k, probes in enumerate(self._probes):
            near[probes] += own[k].sum(axis=1)
            if k:
                near[probes] += below[k - 1].sum(axis=1)
                near[self._probes[k - 1]] += above[k - 1].sum(axis=1)
        every = total - from_leads
        beyond = np.maximum(every - near, 0.0)
        diagonal = total - (1 - beyond.sum() / every.sum()) * beyond
        self._below, self._above = below, above
        self._factor(
            [np.diag(diagonal[probes]) - block for probes, block in zip(self._probes, own, strict=True)]
        )

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """P⁻¹ · rhs, (probes,)."""
        parts = [rhs[self._probes[0]]]
        for k, below in enumerate(self._below):
            parts.append(rhs[self._probes[k + 1]] + below @ (self._inverse[k] @ parts[k]))
        result = np.zeros(len(rhs))
        inside = np.zeros(0)
        for k in reversed(range(len(parts))):
            if k < len(self._above):
                parts[k] = parts[k] + self._above[k] @ inside
            inside = self._inverse[k] @ parts[k]
            result[self._probes[k]] = inside
        return result

    def _factor(self, blocks: list[np.ndarray]) -> None:
        """(P_kk − N_{k,k−1} S_{k−1}⁻¹ N_{k−1,k})⁻¹ from the first layer to the last."""
        self._inverse: list[Any] = [np.linalg.inv(blocks[0])]
        for block, below, above in zip(blocks[1:], self._below, self._above, strict=True):
            self._inverse.append(np.linalg.inv(block - below @ self._inverse[-1] @ above))


def _between(to: sparse.csr_array, probabilities: np.ndarray, source: sparse.csr_array) -> np.ndarray:
    """Σ_ab Γ_a |G_ab|² Γ_b between the probes of two layers."""
    return np.asarray(to @ (source @ probabilities.T).T)
