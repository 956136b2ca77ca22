"""Where the time of one scattering matrix goes, and how each part grows with the size of the system.

Squares of N×N disordered sites with two leads of full width, without a field (real matrices) and in one (complex).
Every repetition starts from nothing, all caches empty, and ends with S at one energy; then it asks for S at another
energy, where patterns, analysis and what the leads keep are there already. A clock that goes from part to part
(`clock`) splits the first of the two into

- build: model, system, Hamiltonian, cells of the leads;
- leads: Σ and modes of both leads, which are mirror images and share them. Without a field the leads are separable:
  the transverse states are found once (inside this clock) and everything else is in closed form. In a field the modes
  are found by doubling, of N×N matrices;
- symbolic: ordering and analysis of the pattern;
- numeric: the sparse factorization with the Schur complement C onto the interface, with the memory that it asks for
  when it is the first of its pattern;
- probe: a scattering state continued into the interior, on which C is tried, and a few more where it finds C wrong,
  which is rare;
- interface: the dense problem of the 2N orbitals on the interface, and its residuals;
- rest: layout of the problem, fingerprints for the caches, unitarity and the labelled result.

Prints a Markdown table of medians and the powers of N that the largest three sizes tell, and at last what the
factorization reaches of the machine's dense peak (`peak`). Writes bench/results/growth.json and growth.png. Needs
PARDISO: it is its phases that are told apart.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import growth_picture
import numpy as np
import peak
from clock import PARTS, REST, Clock
from hamiltonian import FLUX, SEED, SQUARE_ENERGY, energies
from harness import Sizes
from machine import processor
from sharvin_workloads import in_field, square, square_disorder, versions

import sharvin as sv
from sharvin.linalg import available_back_ends
from sharvin.solvers import analyses, layout, ports

RESULTS = Path(__file__).resolve().parent / "results"
COLUMNS = [*PARTS, REST, "sum", "next energy"]
FITTED = 3  # largest sizes that tell the power
PARDISO = sv.Options(solver="pardiso")

Times = dict[str, float]


@dataclass(frozen=True)
class Series:
    """Squares of several sizes, of one kind."""

    name: str
    title: str
    prepare: Callable[[sv.System], sv.System]
    sides: tuple[int, ...]
    quick: tuple[int, ...] = (12, 24, 48)


SERIES = [
    Series("no field", "B = 0", lambda system: system, (50, 100, 200, 400, 700, 1000)),
    Series("field", f"B > 0, {FLUX:g} flux quanta in a plaquette", in_field, (50, 100, 200, 400)),
]


# ---- measuring


def forget() -> None:
    """Empty the caches that outlive a system."""
    for store in (layout._LAYOUTS, ports._LEADS, ports._PORTS, analyses._ANALYSES):
        store.clear()


def once(series: Series, side: int, repetition: int) -> Times:
    """Seconds of each part from nothing to S, of their sum, and of S at the next energy."""
    forget()
    first, second = energies(SQUARE_ENERGY, 2, repetition).tolist()
    clock, again = Clock(), Clock()
    with clock.running():
        with clock.part("build"):
            system = series.prepare(square(Sizes(side, side, 1, 1), square_disorder))
        sv.scattering_matrix(system, first, options=PARDISO, seed=SEED)
    with again.running():
        sv.scattering_matrix(system, second, options=PARDISO, seed=SEED)
    whole = {"sum": sum(clock.seconds.values()), "next energy": sum(again.seconds.values())}
    parts = {part: clock.seconds[part] for part in (*PARTS, REST)}
    return {**parts, **whole, **{f"next {part}": again.seconds[part] for part in (*PARTS, REST)}}


def medians(series: Series, side: int) -> Times:
    """Medians over a few repetitions; the sum is the median of sums."""
    every = [once(series, side, repetition) for repetition in range(5 if side <= 200 else 3)]
    return {name: float(np.median([times[name] for times in every])) for name in every[0]}


def exponents(times: dict[int, Times]) -> Times:
    """The power of N of each column: least squares of logarithms over the largest sizes; NaN if there is only one."""
    sides = sorted(times)[-FITTED:]
    if len(sides) < 2:
        return dict.fromkeys(COLUMNS, np.nan)
    return {
        name: float(np.polyfit(np.log(sides), np.log([times[side][name] for side in sides]), 1)[0])
        for name in COLUMNS
    }


# ---- telling


def row(first: str, cells: Iterable[str]) -> None:
    """Print a row of a Markdown table at once."""
    print(f"| {first} | " + " | ".join(cells) + " |", flush=True)


def table(series: Series, sides: tuple[int, ...]) -> dict[str, Any]:
    """Measure a series and print it row by row: milliseconds, and the powers of N below."""
    print(f"\n{series.title}: medians in ms\n")
    row("N", COLUMNS)
    row("--:", ["--:"] * len(COLUMNS))
    times = {}
    for side in sides:
        times[side] = medians(series, side)
        row(str(side), (f"{1e3 * times[side][name]:.3g}" for name in COLUMNS))
    powers = exponents(times)
    row("power of N", (f"{powers[name]:.1f}" for name in COLUMNS))
    print(f"\nPowers from N = {', '.join(map(str, sorted(times)[-FITTED:]))}.", flush=True)
    return {"title": series.title, "seconds": times, "powers": powers}


def main() -> None:
    """Measure, print, and keep the numbers and the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes: a trial of the program, not a result"
    )
    parser.add_argument("--largest", type=int, default=1000, help="leave out sizes above this one")
    arguments = parser.parse_args()
    if "pardiso" not in available_back_ends():
        print("Nothing is measured: PARDISO is not installed.")
        return
    once(SERIES[1], 12, -1)  # what is imported when it is first used
    found = {}
    for series in SERIES:
        sides = series.quick if arguments.quick else series.sides
        found[series.name] = table(series, tuple(side for side in sides if side <= arguments.largest))
    forget()
    largest = max(found["no field"]["seconds"])
    reached = peak.measured(largest, 500 if arguments.quick else peak.PRODUCT)
    print(f"\n{reached}")
    RESULTS.mkdir(exist_ok=True)
    record = {
        "date": str(date.today()),
        "processor": processor(),
        "logical_processors": os.cpu_count(),
        "versions": versions(),
        "quick": arguments.quick,
        "series": found,
        "peak": reached.as_json(),
    }
    (RESULTS / "growth.json").write_text(json.dumps(record, indent=1))
    growth_picture.draw(found, RESULTS / "growth.png")


if __name__ == "__main__":
    main()
