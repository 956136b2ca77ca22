"""Sharvin and Kwant side by side: the same Hamiltonians, the same numbers asked for, in turns on the same machine.

Every figure comes from a process of its own; the two programs alternate, so that what else the machine does meets
both. Kwant is tried with one thread and with all, and keeps the faster setting; Sharvin runs as it is installed.
Writes bench/results/against_kwant.json and .md. Exit code 1: the programs disagree, or one of them failed.
"""

import argparse
import itertools
import json
import os
import platform
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

import kwant_environment
from cases import CASES, Case
from machine import processor
from processes import THREADS, Failed, Report, duration, reported

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
AGREEMENT = 1e-9
_PROGRAMS = {
    "Kwant": (str(kwant_environment.PYTHON), str(HERE / "kwant_workloads.py")),
    "Sharvin": (sys.executable, str(HERE / "sharvin_workloads.py")),
}

# ---- running


def run(program: str, case: Case, quick: bool, threads: int | None) -> Report:
    """One process of one program: what it printed, and its wall time."""
    options: dict[str, int | str] = {**(case.quick if quick else case.sizes)}
    if program == "Kwant":
        options |= {name: value for name, value in case.kwant.items() if name == "workload" or not quick}
    command = [*_PROGRAMS[program], str(options.pop("workload", case.workload)), "--repeat", "1"]
    command += [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    return reported(program, command, threads)


def seconds(report: Report, case: Case) -> float:
    """Seconds for a unit of work."""
    return report["wall"] if case.whole_process else median(report["seconds"]) / report["units"]


def rounds_of(case: Case, rounds: int, quick: bool) -> Iterator[tuple[Report, Report]]:
    """(Kwant, Sharvin) of each round; the first one tries Kwant's thread settings, and keeps the fastest."""
    every = os.cpu_count() or 1
    settings = [every] if case.whole_process else sorted({1, every})
    tried = [(run("Kwant", case, quick, threads), threads) for threads in settings]
    kwant, best = min(tried, key=lambda pair: seconds(pair[0], case))
    yield kwant, run("Sharvin", case, quick, None)
    for _ in range(rounds - 1):
        kwant = run("Kwant", case, quick, best)
        yield kwant, run("Sharvin", case, quick, None)


def disagreement(kwant: Report, sharvin: Report) -> float:
    """The largest relative difference between the numbers of the two, where both computed them."""
    pairs = itertools.chain.from_iterable(
        zip(ours, theirs, strict=False)
        for ours, theirs in zip(kwant["values"], sharvin["values"], strict=True)
    )
    return max(abs(a - b) / max(abs(a), abs(b), 1e-300) for a, b in pairs)


def title_of(case: Case, quick: bool) -> str:
    """The case for people; in a trial with the sizes that were really run."""
    sizes = ", ".join(f"{name} {value}" for name, value in case.quick.items())
    return f"trial with {sizes} of: {case.title}" if quick else case.title


def compare(case: Case, rounds: int, quick: bool) -> Report:
    """All rounds of a case, with their medians."""
    reports = list(rounds_of(case, rounds, quick))
    times = [(seconds(kwant, case), seconds(sharvin, case)) for kwant, sharvin in reports]
    return {
        "title": title_of(case, quick),
        "kwant_seconds": median(kwant for kwant, _ in times),
        "sharvin_seconds": median(sharvin for _, sharvin in times),
        "ratio": median(kwant / sharvin for kwant, sharvin in times),
        "asked": case.asked,
        "disagreement": max(disagreement(*pair) for pair in reports),
        "kwant_bytes": max(kwant["peak_bytes"] for kwant, _ in reports),
        "sharvin_bytes": max(sharvin["peak_bytes"] for _, sharvin in reports),
        "rounds": [{"kwant": kwant, "sharvin": sharvin} for kwant, sharvin in reports],
    }


# ---- the table


def markdown(results: dict[str, Report], quick: bool) -> str:
    """The results as a Markdown page."""
    lines = ["# Sharvin against Kwant", "", *_circumstances(results, quick), ""]
    lines += [
        "| work | Kwant | Sharvin | ratio | asked | agreement | memory |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [_row(result) for result in results.values()]
    return "\n".join(lines) + "\n"


def _row(result: Report) -> str:
    if "failed" in result:
        return f"| {result['title']} | {result['failed'].replace('|', '/')} | | | | | |"
    asked = "–" if result["asked"] is None else f"{result['asked']:g}"
    times = " | ".join(duration(result[name]) for name in ("kwant_seconds", "sharvin_seconds"))
    memory = " / ".join(f"{result[name] / 1e6:.0f}" for name in ("kwant_bytes", "sharvin_bytes"))
    return (
        f"| {result['title']} | {times} | {result['ratio']:.3g} | {asked} | "
        f"{result['disagreement']:.0e} | {memory} MB |"
    )


def _circumstances(results: dict[str, Report], quick: bool) -> list[str]:
    """On what, with which versions, kernels and threads."""
    lines = [f"{date.today()}, {processor()}, {os.cpu_count()} logical processors, {platform.system()}."]
    if quick:
        lines.append("**Quick sizes: a trial of the benchmark, not a result.**")
    done = [result["rounds"][-1] for result in results.values() if "rounds" in result]
    for program in ("kwant", "sharvin") if done else ():
        versions = ", ".join(f"{name} {what}" for name, what in done[-1][program]["versions"].items())
        kernels = {
            f"{library['internal_api']} {library['version']}: {library['architecture']}"
            for pair in done
            for library in pair[program]["libraries"]
            if library.get("architecture")
        }
        threads = sorted({pair[program]["threads"][THREADS[0]] for pair in done})
        lines.append(f"{program}: {versions}; {', '.join(sorted(kernels))}; threads {' or '.join(threads)}.")
    lines += [
        "",
        "Medians of processes that alternate, for a unit of work; ratio: median of Kwant/Sharvin, pair by pair; "
        "agreement: largest relative difference of the transmissions (of leads: number of modes, sum of velocities, "
        "Tr Σ, ‖Σ‖; of building: sites and bonds); memory: peak of the process, Kwant / Sharvin. Before the clock "
        "starts, each program does one unit of the work at another energy (building: a system of 20×20); not so where "
        "the whole process is timed.",
    ]
    return lines


# ---- the command


def main() -> int:
    """Run the cases asked for; write the results after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=sorted(CASES), metavar="NAME", help=", ".join(CASES))
    parser.add_argument("--quick", action="store_true", help="small sizes, one round, not the million sites")
    parser.add_argument("--repeat", type=int, help="rounds of each case")
    arguments = parser.parse_args()
    kwant_environment.make()
    RESULTS.mkdir(exist_ok=True)
    names = arguments.only or [name for name in CASES if not (arguments.quick and name == "million")]
    results: dict[str, Report] = {}
    for name in names:
        case = CASES[name]
        rounds = arguments.repeat or (1 if arguments.quick else case.rounds)
        try:
            results[name] = compare(case, rounds, arguments.quick)
        except Failed as error:
            results[name] = {"title": title_of(case, arguments.quick), "failed": str(error)}
        print(_row(results[name]), flush=True)
        record = {"processor": processor(), "quick": arguments.quick, "cases": results}
        (RESULTS / "against_kwant.json").write_text(json.dumps(record, indent=1))
        (RESULTS / "against_kwant.md").write_text(markdown(results, arguments.quick))
    good = all(result.get("disagreement", 1.0) <= AGREEMENT for result in results.values())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
