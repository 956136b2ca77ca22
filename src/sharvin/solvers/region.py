"""A scattering region with its interior eliminated.

With Σ = Σ_α Σ_α on the interface orbitals b, and the rest of the region r, the amplitudes on the interface obey

    [C(E) − Σ] ψ_b = Q,     C = (E − H)_bb − (E − H)_br (E − H)_rr⁻¹ (E − H)_rb.

One sparse factorization gives C, without any Σ inside: real when H is real, and one analysis for a whole sweep. That
has two weak points. Where E is a level of the region cut off from its interface, C has a pole although S has none, and
beside it elimination loses digits: perturbed pivots, the growth of C, and the equations of the interior, on which a few
waves are tried, betray it. And what rounds E − H and C by δA changes S by ψ†δAψ, which counts where a wave of unit
current is large, on a narrow resonance: the size of a few waves tells (`elimination`). Then the waves inside are found
too (`whole_region`).

A level so narrow that its wave, 10⁻¹⁵ of what it is inside, cannot be told on the interface (its width is below a part
in 10³⁰ of the bandwidth) counts as bound, whatever the route: at its very energy S is that of everything else.
"""

from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property

import numpy as np

from ..linalg import Factorization
from .complement import Complement
from .elimination import CONDITION_BOUND, CORRECTIONS, ELIMINATION_BOUND, Elimination, Trial
from .layout import Layout
from .secular import SecularMatrix, largest
from .solution import Figures

#: Largest max|C| / max|E − H|, times the rounding error: digits lost next to a pole of C.
_GROWTH_BOUND = 1e-11


class Region:
    """C of a region at any energy."""

    def __init__(self, secular: SecularMatrix, layout: Layout, solver: str) -> None:
        self._secular = secular
        self._interface, self._inner = layout.interface, layout.inner
        self._analysed = layout.analysed(secular.dtype, solver)

    def complement(self, energy: float, waves: Callable[[np.ndarray, int], np.ndarray]) -> Complement:
        """C(E), tried on waves of unit current, and corrected where they find it wrong.

        `waves` tells from C, and the number of the trial, mixtures of scattering states on the interface, (n, columns),
        real where C is.
        """
        with self._analysed.lent() as factorization:
            elimination = self._eliminated(energy, factorization)
            first = matrix = self._schur(factorization)
            trial = elimination.tried(matrix, waves(matrix, 0))
            for number, columns in enumerate(CORRECTIONS, start=1):
                if trial.error <= ELIMINATION_BOUND or not self._secular.hermitian:
                    break
                matrix = elimination.corrected(first, self._random_waves(columns), self._pieces)
                trial = elimination.tried(matrix, waves(matrix, number))
            return self._vouched(energy, factorization, matrix, trial)

    def complements(
        self, energies: np.ndarray, waves: Callable[[np.ndarray], np.ndarray]
    ) -> list[Complement]:
        """C at a few energies, whose factors are kept side by side, tried but not corrected.

        `waves` tells from C (energies, n, n) the mixtures of scattering states, (energies, n, columns).
        """
        with ExitStack() as lent:
            each = [lent.enter_context(self._analysed.lent()) for _ in energies]
            numbers = energies.tolist()
            eliminations = [self._eliminated(*pair) for pair in zip(numbers, each, strict=True)]
            matrices = np.array([self._schur(factorization) for factorization in each])
            trials = [
                elimination.tried(*pair)
                for elimination, *pair in zip(eliminations, matrices, waves(matrices), strict=True)
            ]
            return [self._vouched(*one) for one in zip(numbers, each, matrices, trials, strict=True)]

    def tried(self, energy: float, complement: Complement, p: np.ndarray) -> Figures:
        """What waves p on the interface, (n, columns), say of a C that others have found already."""
        with self._analysed.lent() as factorization:
            trial = self._eliminated(energy, factorization).tried(complement.matrix, p)
        return self._figures(energy, trial)

    def condition(self, energy: float, storage: float) -> tuple[float, float]:
        """By how much S changes where E − H is rounded, from the storage of a wave; and its bound."""
        return float(np.finfo(float).eps * self._secular.size(energy) * storage), CONDITION_BOUND

    def _eliminated(self, energy: float, factorization: Factorization) -> Elimination:
        values = self._secular.values(energy)
        factorization.factor(values)
        a = self._secular.pattern.matrix(values)
        return Elimination(a, self._interface, self._inner, factorization, self._secular.hermitian)

    def _schur(self, factorization: Factorization) -> np.ndarray:
        matrix = factorization.schur()
        if self._secular.hermitian:  # which elimination in complex arithmetic forgets
            matrix = (matrix + matrix.conj().T) / 2
        return matrix

    def _vouched(
        self, energy: float, factorization: Factorization, matrix: np.ndarray, trial: Trial
    ) -> Complement:
        figures = dict(factorization.certificate()) | self._figures(energy, trial)
        times = largest(matrix) / self._secular.size(energy)
        figures["schur_growth"] = (float(np.finfo(float).eps * times), _GROWTH_BOUND)
        return Complement(matrix, factorization.name, factorization.reason, figures)

    def _figures(self, energy: float, trial: Trial) -> Figures:
        return {
            "elimination_error": (trial.error, ELIMINATION_BOUND),
            "condition": self.condition(energy, trial.storage),
        }

    def _random_waves(self, columns: int) -> np.ndarray:
        size = len(self._interface), columns
        return np.random.default_rng(size).standard_normal(size)

    @cached_property
    def _pieces(self) -> list[np.ndarray]:
        """The places in the interface that belong to each connected piece of the region."""
        piece = self._secular.pieces[self._interface]
        return [np.flatnonzero(piece == number) for number in np.unique(piece)]
