"""Run a workload program in a process of its own, in surroundings that favour none."""

import json
import os
import subprocess
import time
from typing import Any

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
#: Settings of the surroundings that would choose another BLAS kernel, or block size, than the processor's own.
_UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", *THREADS)

Report = dict[str, Any]


class Failed(Exception):
    """A workload program stopped with an error."""


def reported(program: str, command: list[str], threads: int | None = None) -> Report:
    """What the command printed as JSON, and its wall time; `program` names it where it fails."""
    environment = {name: value for name, value in os.environ.items() if name not in _UNSET}
    if threads is not None:
        environment |= dict.fromkeys(THREADS, str(threads))
    start = time.perf_counter()
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - start
    if finished.returncode:
        last = (finished.stderr.strip().splitlines() or ["no message"])[-1]
        raise Failed(f"{program} stopped with exit code {finished.returncode}: {last}")
    return {**json.loads(finished.stdout), "wall": wall}


def duration(seconds: float) -> str:
    """A time for people."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1e3 * seconds:.3g} ms"
