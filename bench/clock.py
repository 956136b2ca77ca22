"""A clock that goes from part to part: what a part calls that is a part itself counts there, and only there.

The parts are functions of the package, each under the name of what it does; while the clock is in force they are
wrapped, and nothing else about the computation changes. So the parts add up to the time of the whole.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from sharvin.linalg.pardiso import _ANALYSE, _FACTOR, Pardiso
from sharvin.model.system import System
from sharvin.solvers.elimination import Elimination
from sharvin.solvers.interface import Interface
from sharvin.solvers.ports import LeadPorts
from sharvin.solvers.region import Region

REST = "rest"
#: Part → functions, as (class, name).
PARTS: dict[str, list[tuple[type, str]]] = {
    "build": [(System, "hamiltonian"), (System, "lead_cell")],
    "leads": [(LeadPorts, "__init__"), (LeadPorts, "at")],
    "symbolic": [(Pardiso, "analyse")],
    "numeric": [(Region, "complement"), (Region, "complements")],
    "probe": [(Elimination, "tried"), (Elimination, "corrected")],
    "interface": [(Interface, "of"), (Interface, "solved")],
}
_PHASES = {_ANALYSE: "symbolic", _FACTOR: "numeric"}


class Clock:
    """Seconds spent in each part; `REST` is what belongs to none."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inside = [REST]

    @contextmanager
    def running(self) -> Iterator[None]:
        """A ``with`` block that is timed."""
        with ExitStack() as wrapped:
            for part, functions in PARTS.items():
                for owner, name in functions:
                    wrapped.enter_context(patch.object(owner, name, self._timed(part, owner, name)))
            wrapped.enter_context(patch.object(Pardiso, "_run", self._timed_phases(Pardiso._run)))
            self._since = time.perf_counter()
            yield
            self._count()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """A ``with`` block whose time belongs to a part."""
        self._count()
        self._inside.append(name)
        try:
            yield
        finally:
            self._count()
            self._inside.pop()

    def _count(self) -> None:
        now = time.perf_counter()
        self.seconds[self._inside[-1]] += now - self._since
        self._since = now

    def _timed(self, part: str, owner: type, name: str) -> Any:
        """A function whose time belongs to a part; class methods stay class methods."""
        bound = isinstance(vars(owner)[name], classmethod)
        function = getattr(owner, name)

        def timed(*arguments: Any, **options: Any) -> Any:
            with self.part(part):
                return function(*arguments, **options)

        return staticmethod(timed) if bound else timed

    def _timed_phases(self, run: Callable[..., None]) -> Callable[..., None]:
        """Of PARDISO's phases, analysis and factorization by name; solving belongs to who asked for it."""

        def timed(solver: Pardiso, phase: int, *buffers: Any) -> None:
            with self.part(_PHASES.get(phase, self._inside[-1])):
                run(solver, phase, *buffers)

        return timed
