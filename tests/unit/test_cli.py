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
from matplotlib import image

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


def fine(screening: str = "thomas-fermi", points: int = 23, fields: str = "0, 10") -> str:
    """The example at zero temperature, over two plateaus: one energy for each gate voltage and field."""
    text = EXAMPLE.split("[lattice]")[0].replace('screening = "thomas-fermi"', f'screening = "{screening}"')
    return text + (
        "[lattice]\nspacing = 8\nlength = 560\nwidth = 400\n"
        '[sweep]\ngates = ["upper", "lower"]\n'
        f"voltages = [{{ start = -3.6, stop = -0.9, points = {points} }}]\n"
        f"[measurement]\ntemperatures = [0]\nfields = [{fields}]\ng_factors = [1.2]\n"
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
    picture = image.imread(tmp_path / "out" / "point.png")
    assert picture.shape == (1440, 2000, 4)  # 12.5 × 9 inches
    for row in (400, 1000):
        for column in (500, 1500):
            inside = picture[
                row - 150 : row + 150, column - 250 : column + 250, :3
            ]  # within the axes of a panel
            assert (inside.min(axis=-1) < 0.9).mean() > 0.01  # a curve, or a map


def test_the_example_s_physics_on_a_coarse_sweep():
    """Plateaus at 1 and 2 times 2e²/h, split by a field of 10 T, between which dG/dV falls by more than half."""
    result = study_run.run_study(parse(tomllib.loads(fine())))
    assert result.plateau.values.tolist() == [1, 2]
    assert (result.plateau_fraction > 0.5).all()
    G = result.conductance.isel(temperature=0, g_factor=0) / sharvin.G0
    for number in (1, 2):
        flat = slice(*(float(result[f"plateau_{end}"].sel(plateau=number)) for end in ("start", "stop")))
        np.testing.assert_allclose(G.sel(B=0.0, gate_voltage=flat), number, atol=0.02)
    split = G.sel(B=10.0).values
    for half in (0.5, 1.5):
        assert np.count_nonzero(np.abs(split - half) < 0.05) >= 2
        assert np.count_nonzero(np.abs(G.sel(B=0.0).values - half) < 0.03) < 2
    dips = result.spin_dip.isel(g_factor=0).values
    assert np.isfinite(dips[:2]).all()
    assert (dips[:2] < 0.5).all()


def test_screening_is_switched_in_the_file():
    found = {}
    for screening in ("thomas-fermi", "textbook", "none"):
        result = study_run.run_study(parse(tomllib.loads(fine(screening, points=7, fields="0"))))
        G = result.conductance.squeeze() / sharvin.G0
        found[screening] = (
            G.values,
            result.attrs["electrostatic_model"],
            float(np.abs(result.potential).max()),
        )
    on, book, off = found.values()
    # The gas screens the gates: with it, the same voltage closes the contact less.
    assert (on[0] >= off[0] - 1e-9).all()
    assert on[0].max() > off[0].max() + 0.5
    assert len({model for _, model, _ in found.values()}) == 3
    assert np.abs(on[0] - book[0]).max() > 0.01


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
    monkeypatch.setattr("sharvin.plotting.point_contact.plot_contact", plot)
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


def test_missing_gates_are_refused_in_one_line(file):
    text = coarse()
    file.write_text(text[: text.index("[[gate]]")] + text[text.index("[electrostatics]") :], encoding="utf-8")
    result = invoke("run", file)
    assert result.exit_code == 2
    assert (
        result.output == "point.toml: gate: missing; the gates, one [[gate]] table each, with name, x and y\n"
    )


def test_a_swept_gate_that_is_not_there_is_refused_in_one_line(file):
    file.write_text(coarse().replace('name = "upper"', 'name = "third"'), encoding="utf-8")
    result = invoke("run", file)
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert line.startswith('point.toml: sweep.gates: no gate "upper"; known are "third", "lower"')


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
