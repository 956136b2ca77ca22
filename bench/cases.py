"""The benchmark: its cases, their sizes, and the figures asked for.

A case names a workload of both programs and its sizes. `kwant` holds what differs on Kwant's side: fewer units, where
each takes Kwant long (times are per unit anyway), or the workload of another name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One row of the table.

    Attributes
    ----------
    title
        What is timed, for people.
    workload
        The function of the two workload programs.
    sizes, quick
        Options of that function, at full size and for a trial of the benchmark itself.
    kwant
        Options that Kwant gets instead; "workload" among them names another function.
    rounds
        How often the two programs alternate, at most.
    whole_process
        Whether the figure is the wall time of the process, start and imports included.
    asked
        The ratio Kwant/Sharvin that is asked for, where one is.
    """

    title: str
    workload: str
    sizes: Mapping[str, int]
    quick: Mapping[str, int]
    kwant: Mapping[str, int | str] = field(default_factory=dict)
    rounds: int = 5
    whole_process: bool = False
    asked: float | None = None


def _square(side: int, count: int = 1) -> dict[str, int]:
    return {"length": side, "width": side, "count": count}


_LEAD, _SMALL_LEAD = {"length": 4, "width": 400}, {"length": 4, "width": 60}
_SMALL_SWEEP = _square(12, 6)

CASES: dict[str, Case] = {
    "build-400": Case("build, square 400×400, two leads", "build", _square(400), _square(40), asked=20),
    "build-1000": Case("build, square 1000×1000, two leads", "build", _square(1000), _square(60), rounds=3, asked=20),
    "square": Case(
        "S per energy, disordered square 400×400", "square_sweep", _square(400, 4), _square(40, 2), rounds=3,
        asked=25,
    ),
    "field": Case(
        "the same in a field, 0.01 flux quanta in a plaquette",
        "field_sweep", _square(400, 4), _square(40, 2), rounds=3,
        asked=5,
    ),
    "cross": Case(
        "S per energy, disordered cross in that field, four leads 200 wide, bars 400 long",
        "cross_sweep",
        {"length": 400, "width": 200, "count": 4}, {"length": 60, "width": 30, "count": 2}, {"count": 2}, rounds=3,
        asked=5,
    ),
    "graphene": Case(
        "S per energy, disordered zigzag ribbon, 400 orbitals × 200 cells",
        "graphene_sweep",
        {"length": 200, "width": 400, "count": 4}, {"length": 20, "width": 40, "count": 2}, rounds=3,
        asked=7,
    ),
    "small-20": Case("S per energy, 20×20, 200 energies", "square_sweep", _square(20, 200), _SMALL_SWEEP, asked=30),
    "small-20-frozen": Case(
        "the same, Kwant's Hamiltonian evaluated beforehand",
        "square_sweep", _square(20, 200), _SMALL_SWEEP, {"workload": "square_sweep_frozen"},
    ),
    "small-50": Case("S per energy, 50×50, 200 energies", "square_sweep", _square(50, 200), _SMALL_SWEEP, asked=20),
    "small-50-frozen": Case(
        "the same, Kwant's Hamiltonian evaluated beforehand",
        "square_sweep", _square(50, 200), _SMALL_SWEEP, {"workload": "square_sweep_frozen"},
    ),
    "realizations": Case(
        "T per realization, 500 of disordered 100×100 (Kwant: 50 of them)",
        "realizations", _square(100, 500), _square(20, 6), {"count": 50}, rounds=3,
        asked=20,
    ),
    "spin-orbit": Case(
        "S per energy, wire 20×20×100 with spin–orbit coupling",
        "spin_orbit_sweep",
        {"length": 100, "width": 20, "height": 20, "count": 1}, {"length": 8, "width": 5, "height": 4}, rounds=2,
        asked=2,
    ),
    "modes-square": Case("modes of a lead, square, 400 wide", "square_modes", _LEAD, _SMALL_LEAD, asked=30),
    "modes-field": Case("modes of a lead, square in a field, 400 wide", "field_modes", _LEAD, _SMALL_LEAD, asked=2),
    "modes-graphene": Case("modes of a lead, zigzag, 400 orbitals", "graphene_modes", _LEAD, _SMALL_LEAD, asked=2),
    "million": Case(
        "10⁶ sites, from the model to T, the whole process",
        "whole", _square(1000), _square(50), rounds=1, whole_process=True,
        asked=10,
    ),
}  # fmt: skip
