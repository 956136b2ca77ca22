import numpy as np
import pytest
import xarray as xr

import sharvin as sv
from sharvin.conductors.table_files import read_table


def read(path, **choices):
    return read_table(path, **{"columns": None, "variable": "transmission", **choices})


@pytest.mark.parametrize(
    "text",
    [
        "# energy T\n0.0 0.1\n0.5 0.2\n",
        "0.0,0.1\n0.5,0.2",
        "# a, b\n\n 0.0 , 0.1 # first\n0.5,\t0.2\n",
        "\t0\t1e-1\r\n5e-1\t2e-1\r\n",
    ],
)
def test_text(tmp_path, text):
    path = tmp_path / "t.dat"
    path.write_text(text, encoding="utf-8")
    energy, tau = read(path)
    np.testing.assert_array_equal(energy, [0.0, 0.5])
    np.testing.assert_array_equal(tau, [0.1, 0.2])


def test_columns(tmp_path):
    path = tmp_path / "t.dat"
    path.write_text("1 0.0 9 0.1\n2 0.5 9 0.2\n", encoding="utf-8")
    energy, tau = read(str(path), columns=(1, 3))
    np.testing.assert_array_equal([energy, tau], [[0.0, 0.5], [0.1, 0.2]])
    assert read(path)[1].shape == (3, 2)


@pytest.mark.parametrize(
    ("text", "choices", "message"),
    [
        ("energy T\n0 1\n", {}, "expected columns of numbers"),
        ("0,5 0,1\n1,0 0,2\n", {}, "expected columns of numbers"),
        ("0 0.1\n1\n", {}, "expected columns of numbers"),
        ("# nothing\n\n", {}, "holds no numbers"),
        ("0\n1\n", {}, "expected at least two columns"),
        ("0 1\n1 1\n", {"columns": (0, 2)}, "no column 2; there are 2, counted from 0"),
        ("__import__('os').abort() 1\n", {}, "expected columns of numbers"),
    ],
)
def test_bad_text(tmp_path, text, choices, message):
    path = tmp_path / "t.dat"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(sv.InputError, match=message):
        read(path, **choices)


def test_a_pickle_is_not_opened(tmp_path):
    path = tmp_path / "t.npy"
    np.save(path, np.array([object()]), allow_pickle=True)
    with pytest.raises(sv.InputError, match="not a text file"):
        read(path)


def test_no_file(tmp_path):
    with pytest.raises(sv.InputError, match=r"no such file: .*nowhere"):
        read(tmp_path / "nowhere.csv")


def dataset(units="eV"):
    energy = ("energy", [0.0, 0.5], {"units": units})
    tau = xr.DataArray([[0.1, 0.0], [0.2, 0.3]], dims=("energy", "channel"), coords={"energy": energy})
    return xr.Dataset({"transmission": tau, "bare": ("point", [1.0, 2.0])})


def test_netcdf(tmp_path):
    dataset().to_netcdf(tmp_path / "t.nc", engine="h5netcdf")
    energy, tau = read(tmp_path / "t.nc")
    np.testing.assert_array_equal(energy, [0.0, 0.5])
    np.testing.assert_array_equal(tau, [[0.1, 0.2], [0.0, 0.3]])


@pytest.mark.parametrize(
    ("units", "choices", "message"),
    [
        ("meV", {}, 'energy must be in eV, its units are "meV"'),
        ("eV", {"variable": "transmision"}, 'no variable "transmision"; did you mean "transmission"'),
        ("eV", {"variable": "bare"}, "must have the dimension energy"),
        ("eV", {"columns": (0, 1)}, "columns are those of a text file"),
    ],
)
def test_bad_netcdf(tmp_path, units, choices, message):
    dataset(units).to_netcdf(tmp_path / "t.nc", engine="h5netcdf")
    with pytest.raises(sv.InputError, match=message):
        read(tmp_path / "t.nc", **choices)


def test_a_file_that_only_has_the_name(tmp_path):
    (tmp_path / "t.nc").write_text("0 1", encoding="utf-8")
    with pytest.raises(sv.InputError, match="not a NetCDF 4 file"):
        read(tmp_path / "t.nc")


@pytest.mark.parametrize("path", [3, None, 1.5, b"t.csv", ["t.csv"]])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(sv.InputError, match="path must be the name of a file"):
        sv.Tabulated.from_file(path)
