"""The command line: what it writes, what it refuses, and that a late failure costs nothing that was finished."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from click.testing import CliRunner

import sharvin
from sharvin import cli
from sharvin.config import parse
from sharvin.config import run as study_run

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / "examples" / "qpc.toml").read_text(encoding="utf-8")


def coarse() -> str:
    """The example with a coarse lattice and few points."""
    text = EXAMPLE.split("[lattice]")[0]
    return text + (
        "[lattice]\nspacing = 8\nlength = 560\nwidth = 400\n"
        '[sweep]\ngates = ["upper", "lower"]\nvoltages = [{ start = -3.2, stop = -1.2, points = 17 }]\n'
        "[measurement]\ntemperatures = [0.05]\nfields = [0, 10]\ng_factors = [1.2]\n"
        "[numerics]\nrtol = 5e-3\nwindow = 12\n"
    )


def invoke(*arguments):
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "point.toml"
    path.write_text(coarse(), encoding="utf-8")
    return path


def test_version():
    result = invoke("--version")
    assert result.exit_code == 0
    assert sharvin.__version__ in result.output


def test_a_run_writes_numbers_and_picture(file, tmp_path):
    result = invoke("run", file, "--output-dir", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "Plateaus" in result.output
    with xr.open_dataset(tmp_path / "out" / "point.nc") as data:
        assert data.conductance.dims == ("gate_voltage", "B", "g_factor", "temperature")
        assert data.attrs["complete"] == "yes"
        assert "not self-consistent" in data.attrs["electrostatic_model"]
        assert json.loads(data.attrs["g_factors"]) == [1.2]
        assert {
            name: data[name].attrs["units"] for name in ("conductance", "gate_voltage", "B", "potential")
        } == {
            "conductance": "S",
            "gate_voltage": "V",
            "B": "T",
            "potential": "eV",
        }
        assert data.plateau.values.tolist() == [1]
        assert 0.5 < float(data.plateau_fraction[0]) < 0.8
        flat = data.conductance.sel(gate_voltage=slice(-2.4, -2.1), B=0.0) / sharvin.G0
        np.testing.assert_allclose(flat, 1.0, atol=1e-3)
        half = data.conductance.sel(gate_voltage=-2.9, method="nearest").sel(B=10.0) / sharvin.G0
        np.testing.assert_allclose(half, 0.5, atol=0.03)
    assert (tmp_path / "out" / "point.png").stat().st_size > 20_000


def test_quiet_says_nothing(file, tmp_path, monkeypatch):
    monkeypatch.setattr(study_run, "sample", lambda study, voltage: np.full((2, 1, 1), 0.0))
    result = invoke("run", file, "--quiet", "--output-dir", tmp_path)
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("failure", [RuntimeError("the machine caught fire"), KeyboardInterrupt()])
def test_a_late_failure_keeps_what_was_finished(file, tmp_path, monkeypatch, failure):
    voltages = parse(tomllib.loads(coarse())).sweep.values()

    def sample(study, voltage):
        if voltage == voltages[10]:
            raise failure
        return np.full((2, 1, 1), sharvin.G0 / 3)

    monkeypatch.setattr(study_run, "sample", sample)
    result = invoke("run", file, "--output-dir", tmp_path)
    assert result.exit_code == 1
    assert "stopped after 10 of 17 gate voltages" in result.output
    assert "Traceback" not in result.output
    with xr.open_dataset(tmp_path / "point.nc") as data:
        assert data.attrs["complete"].startswith("no")
        assert int(np.isfinite(data.conductance).all(("B", "g_factor", "temperature")).sum()) == 10


def test_a_failed_picture_keeps_the_numbers(file, tmp_path, monkeypatch):
    def plot(_):
        raise ValueError("no paint")

    monkeypatch.setattr(study_run, "sample", lambda study, voltage: np.full((2, 1, 1), 0.0))
    monkeypatch.setattr("sharvin.plotting.contact.plot_contact", plot)
    result = invoke("run", file, "--quiet", "--output-dir", tmp_path)
    assert result.exit_code == 1
    assert "the picture failed (no paint)" in result.output
    assert (tmp_path / "point.nc").exists()


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("depth = 90", "depht = 90", 'gas.depht: unknown key; did you mean "depth"?'),
        ("depth = 90", "depth = -90", "gas.depth: must be greater than 0, got -90.0"),
        ("[0.05]", "[-0.05]", "measurement.temperatures[0]: must be at least 0, got -0.05"),
        ('gates = ["upper"', 'gates = ["uper"', 'sweep.gates: no gate "uper"; did you mean "upper"?'),
        ("depth = 90", "depth = \"__import__('os')\"", "is not arithmetic"),
        ("[gas]", "[gas", "not TOML"),
    ],
)
def test_a_bad_file_gives_its_lines_and_exit_code_2(file, before, after, line):
    file.write_text(coarse().replace(before, after), encoding="utf-8")
    result = invoke("run", file)
    assert result.exit_code == 2
    assert line in result.output
    assert all(text.startswith("point.toml: ") for text in result.output.splitlines())


def test_a_missing_file_and_a_bad_folder(file, tmp_path):
    result = invoke("run", tmp_path / "pont.toml")
    assert result.exit_code == 2
    assert result.output == 'pont.toml: no such file; did you mean "point.toml"?\n'
    (tmp_path / "taken").write_text("")
    assert invoke("run", file, "--output-dir", tmp_path / "taken" / "out").exit_code == 2


def test_the_installed_command_shows_no_traceback(tmp_path):
    program = "from sharvin.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", program, "run", "none.toml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (2, "none.toml: no such file\n")
