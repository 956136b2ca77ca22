"""A file is a valid study, or gives one line for each thing that is wrong with it."""

import copy
import tomllib
from pathlib import Path

import numpy as np
import pytest

from sharvin.config import ConfigError, load, parse

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "qpc.toml"


@pytest.fixture
def data():
    return copy.deepcopy(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")))


def put(data, path, value):
    for part in path[:-1]:
        data = data[part]
    data[path[-1]] = value


def lines(data):
    with pytest.raises(ConfigError) as caught:
        parse(data, "qpc.toml")
    assert all(line.startswith("qpc.toml: ") and "\n" not in line for line in caught.value.lines)
    return [line.removeprefix("qpc.toml: ") for line in caught.value.lines]


def test_the_example_is_valid():
    study = load(EXAMPLE)
    assert study.gate[0].x == (-150.0, 150.0)
    assert study.gate[1].y == (-np.inf, -125.0)
    assert study.measurement.g_factors[0] == 1.2
    voltages = study.sweep.values()
    assert (np.diff(voltages) > 0).all()
    assert len(voltages) == sum(part.points for part in study.sweep.voltages) - 1


CASES = [
    (
        ("gas", "depht"),
        3,
        'gas.depht: unknown key; did you mean "depth"? (allowed: density, mass, permittivity, depth)',
    ),
    (("gatee",), 3, 'gatee: unknown key; did you mean "gate"? (allowed: title, gas, gate,'),
    (("gate", 0, "colour"), 3, "gate[0].colour: unknown key (allowed: name, x, y, voltage)"),
    (
        ("gas", "depth"),
        -3,
        "gas.depth: must be greater than 0, got -3.0; distance of the gas from the surface, in nm",
    ),
    (("gas", "depth"), True, "gas.depth: must be a number"),
    (("gas", "depth"), [1], "gas.depth: must be a number"),
    (("gas", "density"), float("inf"), "gas.density: must be"),
    (("gas", "density"), float("nan"), "gas.density: must be"),
    (("gas", "density"), "__import__('os')", "gas.density: \"__import__('os')\" is not arithmetic"),
    (("gas", "density"), "9**9**9", 'gas.density: "9**9**9" has no finite value'),
    (
        ("measurement", "temperatures"),
        [0.05, -1],
        "measurement.temperatures[1]: must be at least 0, got -1; temperatures, in K",
    ),
    (("measurement", "temperatures"), [1, 1], "measurement: temperatures must be distinct"),
    (("measurement", "temperatures"), [], "measurement.temperatures: must have at least 1"),
    (("measurement", "temperatures"), 4.2, "measurement.temperatures: must be an array"),
    (
        ("sweep", "gates"),
        ["uper"],
        'sweep.gates: no gate "uper"; did you mean "upper"? (gates: upper, lower)',
    ),
    (("gate",), [], "gate: must have at least 1"),
    (("gate", 0, "x"), [1], "gate[0].x[1]: missing; left and right edge, in nm"),
    (("gate", 0, "x"), [2, 1], "gate[0]: x must be two increasing edges, in nm, got 2.0, 1.0"),
    (("gate", 0, "x"), ["nan", 1], "gate[0].x[0]: "),
    (("gate", 0, "name"), "lower", "gate: names must be distinct"),
    (("gate", 0, "voltage"), -1, 'gate[0].voltage: gate "upper" is swept'),
    (
        ("electrostatics", "screening"),
        "textbok",
        'electrostatics.screening: must be one of "thomas-fermi", "textbook", "none", got "textbok"; did you mean',
    ),
    (("sweep", "voltages", 0, "points"), 2.5, "sweep.voltages[0].points: must be a whole number, got 2.5"),
    (("sweep", "voltages", 0, "points"), 1, "sweep.voltages[0].points: must be at least 2, got 1"),
    (("lattice", "length"), 703, "lattice: length must be an even multiple of spacing"),
    (("gas", "density"), 2e15, "lattice.spacing: must be at most 6.31 nm at this density"),
    (("gas",), 3, "gas: must be a table, got 3"),
    (("title",), 3, "title: must be text, got 3"),
]


@pytest.mark.parametrize(("path", "value", "line"), CASES, ids=[f"{case[0][-1]}={case[1]}" for case in CASES])
def test_one_line_names_the_key_and_what_is_allowed(data, path, value, line):
    put(data, path, value)
    found = lines(data)
    assert len(found) == 1
    assert found[0].startswith(line)


def test_a_missing_gate_table(data):
    del data["gate"]
    assert lines(data) == ["gate: missing; the gates, one [[gate]] table each, with name, x and y"]


def test_several_errors_give_several_lines(data):
    data["gas"]["depht"] = data["gas"].pop("depth")
    data["lattice"]["spacing"] = 0
    assert [line.split(":")[0] for line in lines(data)] == ["gas.depth", "gas.depht", "lattice.spacing"]


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "qpc.toml").write_text("[gas\n")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "deep.toml").write_text("a = " + "[" * 100_000)
    with pytest.raises(ConfigError, match=r"^qpc.toml: not TOML: .*line 1"):
        load(tmp_path / "qpc.toml")
    with pytest.raises(ConfigError, match=r'^qcp.toml: no such file; did you mean "qpc.toml"\?$'):
        load(tmp_path / "qcp.toml")
    with pytest.raises(ConfigError, match=r"^binary.toml: cannot be read"):
        load(tmp_path / "binary.toml")
    with pytest.raises(ConfigError, match=r"^deep.toml: not TOML"):
        load(tmp_path / "deep.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)
