"""Building beside Kwant and pybinding: closed regions of three lattices, of 10⁴, 10⁵ and 10⁶ sites.

Every figure comes from a process of its own, after a small region to warm up; the programs alternate. Writes
bench/results/build.json and .md. Exit code 1: the programs disagree, or one of them failed.
"""

import argparse
import json
import math
import os
import platform
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

import kwant_environment
import pybinding_environment
from machine import processor
from processes import Failed, Report, duration, reported
from regions import Region

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
ROUNDS = 5
#: From so many sites on Kwant, which takes a minute for them, builds a region once, not in every round.
ONCE = 10**6
#: Kwant/Sharvin at least, and Sharvin/pybinding at most.
ASKED = 20, 1.5
#: Relative difference of what the programs built, in double precision and of one in single precision.
AGREEMENT, AGREEMENT_SINGLE = 1e-12, 1e-6

KWANT, PYBINDING, SINGLE, SHARVIN = "Kwant", "pybinding", "pybinding single", "Sharvin"
_PROGRAMS = {
    KWANT: (str(kwant_environment.PYTHON), str(HERE / "kwant_regions.py")),
    PYBINDING: (str(pybinding_environment.PYTHON), str(HERE / "pybinding_regions.py")),
    SINGLE: (str(pybinding_environment.PYTHON), str(HERE / "pybinding_regions.py"), "--single"),
    SHARVIN: (sys.executable, str(HERE / "sharvin_regions.py")),
}

_FLAT = (100, 100), (400, 250), (1000, 1000)
_NUMBERS = {
    "square": _FLAT,
    "honeycomb": _FLAT,
    "cubic": ((20, 20, 25), (40, 50, 50), (100, 100, 100)),
}
_QUICK = {"square": ((40, 30),), "honeycomb": ((40, 30),), "cubic": ((8, 9, 10),)}


def regions(quick: bool) -> list[Region]:
    """The rows of the table."""
    numbers = _QUICK if quick else _NUMBERS
    plain = [Region(lattice, each) for lattice, sizes in numbers.items() for each in sizes]
    return plain + [Region("square", each, trap=True) for each in numbers["square"][-2:]]


# ---- running


def rounds_of(region: Region, programs: list[str], rounds: int) -> Iterator[dict[str, Report]]:
    """Program → report, round by round."""
    for number in range(rounds):
        left_out = {KWANT} if number and sites(region) >= ONCE else set()
        yield {
            program: reported(program, [*_PROGRAMS[program], *region.words()])
            for program in programs
            if program not in left_out
        }


def sites(region: Region) -> int:
    """Number of sites."""
    return math.prod(region.numbers)


def seconds(program: str, report: Report) -> float:
    """Time of building: with the Hamiltonian, but of Kwant until its system is finalized."""
    times = report["seconds"]
    return times["build"] if program == KWANT else times["build"] + times["evaluate"]


def difference(one: Report, other: Report) -> float:
    """The largest relative difference between the numbers of two reports."""
    pairs = zip(one["numbers"], other["numbers"], strict=True)
    return max(abs(a - b) / max(abs(a), abs(b)) for a, b in pairs)


def measured(region: Region, programs: list[str], rounds: int) -> Report:
    """All rounds of a region, with their medians; ratios are medians of those in a round."""
    done = list(rounds_of(region, programs, rounds))
    result: Report = {"title": title(region), "sites": sites(region), "seconds": {}, "peak_bytes": {}}
    for program in programs:
        reports = [one[program] for one in done if program in one]
        result["seconds"][program] = median(seconds(program, report) for report in reports)
        result["peak_bytes"][program] = max(report["peak_bytes"]["evaluate"] for report in reports)
        if program == KWANT:
            result["kwant_evaluate_seconds"] = median(report["seconds"]["evaluate"] for report in reports)
    for name, above, below in (("kwant_ratio", KWANT, SHARVIN), ("pybinding_ratio", SHARVIN, PYBINDING)):
        ratios = [
            seconds(above, one[above]) / seconds(below, one[below])
            for one in done
            if {above, below} <= set(one)
        ]
        if ratios:
            result[name] = median(ratios)
    apart = [(program, difference(report, one[SHARVIN])) for one in done for program, report in one.items()]
    result["disagreement"] = max(value for program, value in apart if program != SINGLE)
    result["disagreement_single"] = max((value for program, value in apart if program == SINGLE), default=0.0)
    return {**result, "rounds": done}


def title(region: Region) -> str:
    """The region for people."""
    numbers = "×".join(map(str, region.numbers))
    what = "cells × orbitals" if region.lattice == "honeycomb" else ""
    return ", ".join([f"{region.lattice} {numbers} {what}".strip(), *(["in a trap"] if region.trap else [])])


# ---- the table


def markdown(results: list[Report], quick: bool) -> str:
    """The results as a Markdown page."""
    lines = ["# Building, beside Kwant and pybinding", "", *_circumstances(results, quick), ""]
    asked = f"Kwant/Sharvin (asked: ≥ {ASKED[0]:g}) | Sharvin/pybinding (asked: ≤ {ASKED[1]:g})"
    lines += [
        f"| region | Kwant | its H | pybinding | in single precision | Sharvin | {asked} | agreement | memory |",
        "|---|" + "--:|" * 9,
    ]
    return "\n".join([*lines, *map(_row, results)]) + "\n"


def _row(result: Report) -> str:
    if "failed" in result:
        return f"| {result['title']} | {result['failed'].replace('|', '/')} |" + " |" * 8
    times = {program: duration(value) for program, value in result["seconds"].items()}
    its_h = duration(result["kwant_evaluate_seconds"]) if KWANT in times else "–"
    ratios = [f"{result[name]:.3g}" if name in result else "–" for name in ("kwant_ratio", "pybinding_ratio")]
    memory = " / ".join(
        f"{result['peak_bytes'][program] / 1e6:.0f}" if program in times else "–"
        for program in (KWANT, PYBINDING, SHARVIN)
    )
    cells = [
        times.get(KWANT, "–"), its_h, times.get(PYBINDING, "–"), times.get(SINGLE, "–"), times[SHARVIN],
        *ratios, f"{result['disagreement']:.0e}", f"{memory} MB",
    ]  # fmt: skip
    return f"| {result['title']} | " + " | ".join(cells) + " |"


def _circumstances(results: list[Report], quick: bool) -> list[str]:
    """On what, with which versions, and what the columns are."""
    lines = [f"{date.today()}, {processor()}, {os.cpu_count()} logical processors, {platform.system()}."]
    if quick:
        lines.append("**Quick sizes: a trial of the benchmark, not a result.**")
    found = {
        program: report
        for result in results
        for one in result.get("rounds", ())
        for program, report in one.items()
    }
    for program in (KWANT, PYBINDING, SHARVIN):
        if program in found:
            versions = ", ".join(f"{name} {what}" for name, what in found[program]["versions"].items())
            lines.append(f"{program}: {versions}.")
        else:
            lines.append(f"{program} was left out.")
    return [
        *lines,
        "",
        "Medians of processes that alternate, from the lattice to the sparse Hamiltonian; of Kwant until its system "
        "is finalized, and its Hamiltonian beside it. Kwant's sites come from generators, the others' from shapes. "
        "pybinding computes in single precision unless it is told not to: its first column, and the ratio, are in "
        "double precision. Ratios: medians of those of a round. Agreement: largest relative difference to Sharvin, in "
        "double precision, of the number of sites, the number of elements, Σ|H|, and the sum over rows of "
        "(elements)². Memory: peak of the process, Kwant / pybinding / Sharvin. From "
        f"{ONCE:,} sites on Kwant builds once, not in every round.",
    ]


# ---- the command


def main() -> int:
    """Measure the regions asked for; write the results after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small regions, one round")
    parser.add_argument("--repeat", type=int, default=ROUNDS, help=f"rounds of each region ({ROUNDS})")
    parser.add_argument(
        "--kwant-most", type=int, default=10**6, metavar="SITES", help="Kwant's largest region (10⁶)"
    )
    arguments = parser.parse_args()
    if arguments.kwant_most > 0:
        kwant_environment.make()
    with_pybinding = pybinding_environment.make()
    RESULTS.mkdir(exist_ok=True)
    results: list[Report] = []
    for region in regions(arguments.quick):
        with_kwant = sites(region) <= arguments.kwant_most
        programs = [KWANT] * with_kwant + [PYBINDING, SINGLE] * with_pybinding + [SHARVIN]
        try:
            result = measured(region, programs, 1 if arguments.quick else arguments.repeat)
        except Failed as error:
            result = {"title": title(region), "failed": str(error)}
        results.append(result)
        print(_row(result), flush=True)
        record = {"processor": processor(), "quick": arguments.quick, "regions": results}
        (RESULTS / "build.json").write_text(json.dumps(record, indent=1))
        (RESULTS / "build.md").write_text(markdown(results, arguments.quick))
    good = all(
        result.get("disagreement", 1.0) <= AGREEMENT and result["disagreement_single"] <= AGREEMENT_SINGLE
        for result in results
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
