"""Solutions of the linear problem of a region, each with the figures that vouch for it, and the choice among them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import NumericalError
from .elimination import CONDITION_GOAL

#: What is measured, by its name: the value, and its bound.
Figures = dict[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Solution:
    """ψ for every source column (on the interface, or everywhere), and the figures that vouch for it.

    `matrix` is S, once it was found from ψ.
    """

    psi: np.ndarray
    route: str
    backend: str
    figures: Figures
    matrix: np.ndarray | None = None

    @property
    def broken(self) -> list[str]:
        """Names of the figures outside their bounds."""
        return [name for name, (value, bound) in self.figures.items() if not value <= bound]

    @property
    def sensitive(self) -> bool:
        """Whether rounding of E − H counts, though not so much that S is refused: refined waves are better."""
        return self.figures.get("condition", (0.0, 0.0))[0] > CONDITION_GOAL


def first_certified(attempts: list[Callable[[], Solution]]) -> tuple[Solution, tuple[str, ...]]:
    """The first solution that keeps its bounds, or the last one tried; with a note for each that was passed over.

    One that is sensitive to rounding is taken if none of the others keeps its bounds.
    """
    notes: list[str] = []
    solution = second = None
    for attempt in attempts:
        try:
            solution = attempt()
        except NumericalError as error:
            notes.append(str(error))
            continue
        if not solution.broken and not solution.sensitive:
            return solution, tuple(notes)
        if not solution.broken:
            second = second or solution
            notes.append(
                f"route {solution.route} set aside: condition = {solution.figures['condition'][0]:.1e}"
            )
            continue
        figures = ", ".join(f"{name} = {solution.figures[name][0]:.1e}" for name in solution.broken)
        notes.append(f"route {solution.route} passed over: {figures}")
    if second is not None:
        return second, tuple(notes)
    if solution is None:
        raise NumericalError("the linear problem of the region has no solution: " + "; ".join(notes))
    return solution, tuple(notes)
