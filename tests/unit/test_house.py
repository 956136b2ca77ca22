"""The house's own promises: what its papers say about the package is so."""

import re
import subprocess
import sys
import tomllib
import types
import venv
import zipfile
from pathlib import Path

import pytest

import sharvin

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "sharvin"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def output_of(program: str, python: str | Path = sys.executable, cwd: Path = ROOT) -> str:
    """What a program prints in an interpreter of its own."""
    run = subprocess.run([python, "-c", program], capture_output=True, text=True, check=False, cwd=cwd)
    assert run.returncode == 0, run.stderr
    return run.stdout


def run_the_first_program(python: str | Path = sys.executable, cwd: Path = ROOT) -> list[float]:
    """The numbers that the README's program prints, drawing without a screen."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    program = re.findall(r"^```python\n(.*?)^```$", readme, flags=re.DOTALL | re.MULTILINE)[0]
    printed = output_of("import matplotlib\nmatplotlib.use('agg')\n" + program, python, cwd)
    return [float(number) for number in re.findall(r"[\d.]+", printed)]


def test_all_programs_of_the_readme_run_one_after_the_other():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    programs = re.findall(r"^```python\n(.*?)^```$", readme, flags=re.DOTALL | re.MULTILINE)
    assert len(programs) == 5
    print_last = (
        "\nprint(round(float(sv.conductance(system, mu=0.01, temperature=0.0, gate=0.0) / sv.G0), 9))"
    )
    assert (
        output_of("import matplotlib\nmatplotlib.use('agg')\n" + "\n".join(programs) + print_last).split()[-1]
        == "3.0"
    )


@pytest.mark.parametrize("name", sharvin.__all__)
def test_every_public_name_leads_somewhere(name):
    assert getattr(sharvin, name) is not None


def test_a_typo_at_the_top_level_names_the_nearest():
    with pytest.raises(AttributeError, match='did you mean "SaddlePoint"'):
        _ = sharvin.SadlePoint


def test_no_module_has_the_name_of_a_public_function():
    modules = {path.stem for path in SOURCE.rglob("*.py")} | {path.name for path in SOURCE.rglob("*/")}
    functions = {
        name for name in sharvin.__all__ if not isinstance(getattr(sharvin, name), (type, types.ModuleType))
    }
    assert not modules & functions


def test_the_import_is_light():
    # The best of three, for the first one may find a cold disk.
    program = (
        "import sys, time, xarray\n"
        "start = time.perf_counter()\n"
        "import sharvin\n"
        "print(time.perf_counter() - start, *sorted({'matplotlib', 'sympy'} & set(sys.modules)))"
    )
    runs = [output_of(program).split() for _ in range(3)]
    assert min(float(run[0]) for run in runs) < 0.3
    assert [run[1:] for run in runs] == [[], [], []]


def test_the_first_program_of_the_readme_prints_what_it_says():
    assert run_the_first_program() == [1.0, 2.0, 3.0] * 3


def test_the_citation_has_the_version_of_the_package():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {sharvin.__version__}\n" in citation


def test_every_hard_dependency_is_justified():
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    justified = set(re.findall(r"^\| `([\w-]+)` \|", contributing, flags=re.MULTILINE))
    required = {re.match(r"[\w-]+", requirement).group() for requirement in PROJECT["dependencies"]}
    assert required <= justified


@pytest.mark.long
def test_the_wheel_runs_the_first_program_in_an_empty_environment(tmp_path):
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert "sharvin/py.typed" in zipfile.ZipFile(wheel).namelist()

    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    assert output_of("import sharvin; print(sharvin.__file__)", python, tmp_path).startswith(str(tmp_path))
    assert run_the_first_program(python, tmp_path) == [1.0, 2.0, 3.0] * 3
