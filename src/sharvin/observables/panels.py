"""Stretches of energy on which transmissions are smooth functions of a variable s ∈ [0, 1].

    E = a + (b − a) h(s),    h = s,  s²,  1 − (1 − s)²  or  s²(3 − 2s),

with dE/ds = 0 where the stretch ends at a threshold: that turns the branch point (E − E_n)^{1/2} into a polynomial.
"""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Panels:
    """Stretches of energy in eV, and whether their lower and upper ends are thresholds; all arrays (panels,)."""

    low: np.ndarray
    high: np.ndarray
    opens: np.ndarray
    closes: np.ndarray

    def __len__(self) -> int:
        return len(self.low)

    def __getitem__(self, chosen: Any) -> "Panels":
        return Panels(self.low[chosen], self.high[chosen], self.opens[chosen], self.closes[chosen])

    def joined(self, other: "Panels") -> "Panels":
        """These panels and others behind them."""
        mine, theirs = (
            (self.low, self.high, self.opens, self.closes),
            (other.low, other.high, other.opens, other.closes),
        )
        return Panels(*(np.concatenate(pair) for pair in zip(mine, theirs, strict=True)))

    def divided(self, parts: int) -> "Panels":
        """As many equal parts of each panel: the first of all, then the second …; what ends inside is no threshold."""
        none = np.zeros(len(self), dtype=bool)
        ends = [self.low + (self.high - self.low) * part / parts for part in range(parts)] + [self.high]
        found = [
            Panels(
                ends[n],
                ends[n + 1],
                self.opens if n == 0 else none,
                self.closes if n == parts - 1 else none,
            )
            for n in range(parts)
        ]
        return functools.reduce(Panels.joined, found)

    @property
    def negligible(self) -> np.ndarray:
        """Panels too narrow for floating point to divide."""
        return self.high - self.low <= 1e-13 * np.maximum(np.abs(self.low), np.abs(self.high))

    def energy(self, s: np.ndarray) -> np.ndarray:
        """E(s), for s of shape (panels,)."""
        h = np.select(self._kinds, [s * s * (3 - 2 * s), s * s, s * (2 - s)], s)
        return self.low + (self.high - self.low) * h

    def slope(self, s: np.ndarray) -> np.ndarray:
        """dE/ds."""
        return (self.high - self.low) * np.select(self._kinds, [6 * s * (1 - s), 2 * s, 2 * (1 - s)], 1.0)

    def s_of(self, energy: np.ndarray) -> np.ndarray:
        """The inverse of E(s)."""
        y = np.clip((energy - self.low) / (self.high - self.low), 0.0, 1.0)
        smooth = 0.5 - np.sin(np.arcsin(1 - 2 * y) / 3)
        return np.select(self._kinds, [smooth, np.sqrt(y), 1 - np.sqrt(1 - y)], y)

    @property
    def _kinds(self) -> list[np.ndarray]:
        return [self.opens & self.closes, self.opens, self.closes]
