"""What the two workload programs share: their command line, the clock, and the JSON object they print."""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from processes import THREADS


@dataclass(frozen=True)
class Sizes:
    """Sites along the leads (length), across (width, height); units of work in a repetition (count)."""

    length: int
    width: int
    height: int
    count: int


@dataclass(frozen=True)
class Work:
    """What is timed: ``run(repetition)`` gives numbers that both programs must agree on, ``units`` units of work.

    The warm-up is run once before, with the repetition −1, and is not timed; `warm_up` says what it is.
    """

    run: Callable[[int], Any]
    units: int
    unit: str
    warm: Callable[[], Any] | None = None
    warm_up: str = "none"


def main(program: str, workloads: dict[str, Callable[[Sizes], Work]], versions: dict[str, str]) -> None:
    """Run the workload named on the command line and print what came of it."""
    arguments = _arguments(program, workloads)
    sizes = Sizes(arguments.length, arguments.width, arguments.height, arguments.count)
    work = workloads[arguments.workload](sizes)
    if work.warm is not None:
        work.warm()
    seconds, values = [], []
    for repetition in range(arguments.repeat):
        start = time.perf_counter()
        result = work.run(repetition)
        seconds.append(time.perf_counter() - start)
        values.append(np.ravel(result).tolist())
    report = {
        "program": program,
        "workload": arguments.workload,
        "sizes": vars(sizes),
        "warm_up": work.warm_up,
        "seconds": seconds,
        "units": work.units,
        "unit": work.unit,
        "values": values,
        "peak_bytes": peak_bytes(),
        "versions": {"python": sys.version.split()[0], **versions},
        "threads": {name: os.environ.get(name, "default") for name in THREADS},
        "libraries": libraries(),
    }
    print(json.dumps(report))


def _arguments(program: str, workloads: dict[str, Callable[[Sizes], Work]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"One workload of the benchmark, by {program}.")
    parser.add_argument("workload", choices=sorted(workloads))
    parser.add_argument("--length", type=int, default=100, help="sites along the leads")
    parser.add_argument("--width", type=int, default=100, help="sites across (graphene: orbitals)")
    parser.add_argument("--height", type=int, default=1, help="sites across, in the third direction")
    parser.add_argument("--count", type=int, default=1, help="energies, or realizations, in a repetition")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions timed")
    return parser.parse_args()


def peak_bytes() -> int:
    """Peak memory of this process; the kernel counts in kilobytes, but in bytes on macOS."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def libraries() -> list[dict[str, Any]]:
    """The dense libraries in use: which, the kernels they chose, their threads; nothing without threadpoolctl."""
    try:
        from threadpoolctl import threadpool_info  # noqa: PLC0415  # an environment may lack it
    except ImportError:
        return []
    kept = ("internal_api", "version", "architecture", "num_threads")
    return [{key: entry.get(key) for key in kept} for entry in threadpool_info()]
