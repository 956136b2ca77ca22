"""Make bench/.kwant: an environment with Kwant 1.5.0 and its MUMPS solver, built from source.

Where Debian's packages for that are missing it says which, and stops with the exit code 2.
"""

import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from ctypes.util import find_library
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".kwant"
PYTHON = ENVIRONMENT / "bin" / "python"
_STAMP = ENVIRONMENT / "complete"

#: Built without isolation, against these; Kwant 1.5.0 knows neither NumPy 2 nor setuptools 80.
_FIRST = ("numpy<2", "setuptools<80", "wheel", "cython", "scipy", "tinyarray", "threadpoolctl")
_KWANT = "kwant==1.5.0"
_CHECK = "import kwant; assert type(kwant.smatrix.__self__).__module__ == 'kwant.solvers.mumps'"


def missing() -> list[str]:
    """Debian packages that building Kwant needs and this machine lacks."""
    packages = [name for name in ("gcc", "g++", "gfortran", "pkg-config") if shutil.which(name) is None]
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        packages.append(f"python{sys.version_info.major}.{sys.version_info.minor}-dev")
    libraries = {"zmumps_seq": "libmumps-seq-dev", "openblas": "libopenblas-dev"}
    return packages + [package for library, package in libraries.items() if not _links(library)]


def _links(library: str) -> bool:
    """Whether the C compiler finds a library."""
    if shutil.which("gcc") is None:
        return find_library(library) is not None
    with tempfile.TemporaryDirectory() as folder:
        command = ["gcc", "-xc", "-", "-o", str(Path(folder, "trial")), f"-l{library}"]
        trial = subprocess.run(
            command, input=b"int main(void) { return 0; }", capture_output=True, check=False
        )
    return trial.returncode == 0


def make() -> None:
    """Make the environment, unless it is there."""
    if _STAMP.exists():
        return
    if packages := missing():
        print("Kwant with MUMPS can't be built here; missing: " + ", ".join(packages), file=sys.stderr)
        print("    sudo apt-get install " + " ".join(packages), file=sys.stderr)
        raise SystemExit(2)
    print(
        "Building Kwant 1.5.0 with MUMPS into bench/.kwant (a few minutes, once)", file=sys.stderr, flush=True
    )
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *_FIRST], check=True)
    subprocess.run([*pip, "--no-cache-dir", "--no-build-isolation", _KWANT], check=True)
    if subprocess.run([str(PYTHON), "-c", _CHECK], check=False).returncode:
        print("Kwant was built, but without MUMPS: its build did not find the library", file=sys.stderr)
        raise SystemExit(2)
    _STAMP.touch()


if __name__ == "__main__":
    make()
