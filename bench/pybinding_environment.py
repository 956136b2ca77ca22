"""Make bench/.pybinding: an environment with pybinding, from the wheel of its maintained branch.

Where there is no such wheel for the Python or the machine it says so, and the benchmark goes on without pybinding.
"""

import subprocess
import sys
import venv
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parent / ".pybinding"
PYTHON = ENVIRONMENT / "bin" / "python"
_STAMP = ENVIRONMENT / "complete"

#: Imported as `pybinding`; wheels are for CPython 3.11 to 3.13 on x86-64. It brings NumPy, SciPy and Matplotlib.
_PACKAGES = ("pybinding-dev==1.0.6", "threadpoolctl")
_CHECK = "import pybinding; pybinding.Model(pybinding.Lattice(a1=[1, 0], a2=[0, 1]))"


def make() -> bool:
    """Make the environment, unless it is there; whether it is."""
    if _STAMP.exists():
        return True
    print("Installing pybinding into bench/.pybinding (a minute, once)", file=sys.stderr, flush=True)
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    commands = [[*pip, "--only-binary", ":all:", *_PACKAGES], [str(PYTHON), "-c", _CHECK]]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            print(f"pybinding can't be installed here, and is left out: {last}", file=sys.stderr, flush=True)
            return False
    _STAMP.touch()
    return True


if __name__ == "__main__":
    sys.exit(0 if make() else 2)
