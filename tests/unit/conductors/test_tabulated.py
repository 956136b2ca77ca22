import numpy as np
import pytest
import xarray as xr

import sharvin as sv


def T(conductor, energy):
    return np.asarray(sv.scattering_matrix(conductor, energy).transmission("right", "left"))


def test_linear_between_the_points():
    table = sv.Tabulated([0.0, 1.0, 3.0], [0.0, 0.5, 0.1])
    energies = np.linspace(0, 3, 31)
    np.testing.assert_allclose(T(table, energies), np.interp(energies, [0, 1, 3], [0, 0.5, 0.1]), atol=1e-15)
    np.testing.assert_array_equal(T(table, [0.0, 1.0, 3.0]), np.sqrt([0.0, 0.5, 0.1]) ** 2)


def test_a_jump_holds_its_first_value():
    table = sv.Tabulated([0.0, 0.0, 1.0, 1.0, 2.0, 2.0], [0.1, 0.2, 0.3, 0.7, 0.8, 0.9], outside="hold")
    after = 1 + 1e-12
    expected = [0.1, 0.1, 0.2, 0.3, 0.7, 0.8, 0.9]
    np.testing.assert_allclose(T(table, [-1.0, 0.0, 1e-12, 1.0, after, 2.0, 3.0]), expected, atol=1e-10)


def test_several_channels():
    table = sv.Tabulated([0.0, 1.0], [[0.0, 1.0], [0.0, 0.5]])
    tau = sv.scattering_matrix(table, 0.5).transmission_eigenvalues("right", "left")
    np.testing.assert_allclose(tau, [0.5, 0.25])


@pytest.mark.parametrize(("outside", "expected"), [("hold", [0.2, 0.8]), ("zero", [0.0, 0.0])])
def test_beyond_the_ends(outside, expected):
    table = sv.Tabulated([0.0, 1.0], [0.2, 0.8], outside=outside)
    np.testing.assert_allclose(T(table, [-1.0, 2.0]), expected, atol=1e-15)
    np.testing.assert_allclose(T(table, [0.0, 1.0]), [0.2, 0.8], rtol=1e-14)


def test_beyond_the_ends_is_refused_by_default():
    table = sv.Tabulated([0.0, 1.0], [0.2, 0.8])
    with pytest.raises(sv.InputError, match=r"energy 1.5 eV lies outside the table, 0 to 1 eV.*hold.*zero"):
        T(table, [0.5, 1.5])


def test_integrals_break_at_jumps_and_kinks_only():
    energy = [0.0, 1.0, 2.0, 3.0, 3.0, 4.0]
    table = sv.Tabulated(energy, [0.0, 0.1, 0.2, 0.3, 0.5, 0.1])
    assert sv.thresholds(table, (-1.0, 5.0)).tolist() == [0.0, 3.0, 4.0]
    bent = sv.Tabulated(energy, [[0.0, 0.1, 0.2, 0.3, 0.5, 0.1], [0.0, 0.0, 0.1, 0.1, 0.1, 0.1]])
    assert sv.thresholds(bent, (-1.0, 5.0)).tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_a_jump_breaks_whatever_the_slopes_beside_it():
    table = sv.Tabulated([0.0, 1.0, 1.0, 2.0], [0.0, 0.1, 0.2, 0.3])
    assert sv.thresholds(table, (0.5, 1.5)).tolist() == [1.0]


class TestSequentialOpening:
    TABLE = sv.Tabulated([0.0, 1.0, 2.0], [0.0, 2.5, 1.5], opening="sequential")

    def test_channels_open_one_after_another(self):
        S = sv.scattering_matrix(self.TABLE, np.array([0.2, 0.6, 1.0, 2.0]))
        tau = S.transmission_eigenvalues("right", "left")
        np.testing.assert_allclose(tau, [[0.5, 0, 0], [1, 0.5, 0], [1, 1, 0.5], [1, 0.5, 0]], atol=1e-14)
        np.testing.assert_allclose(S.transmission("right", "left"), [0.5, 1.5, 2.5, 1.5])

    def test_each_opening_is_a_threshold(self):
        np.testing.assert_allclose(sv.thresholds(self.TABLE, (-1, 3)), [0.0, 0.4, 0.8, 1.0, 1.5, 2.0])

    def test_is_for_one_total(self):
        with pytest.raises(sv.InputError, match=r"divides one total T\(E\)"):
            sv.Tabulated([0.0, 1.0], [[0.0, 1.0]], opening="sequential")

    def test_a_negative_total(self):
        with pytest.raises(sv.InputError, match=r"must be at least 0, but item 1 is -0\.5"):
            sv.Tabulated([0.0, 1.0], [0.0, -0.5], opening="sequential")


def test_rounding_is_clipped():
    table = sv.Tabulated([0.0, 1.0], [-1e-10, 1 + 1e-10])
    assert table.transmission.tolist() == [0.0, 1.0]


def test_later_changes_of_the_arrays_do_not_reach_the_table():
    energy, tau = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    table = sv.Tabulated(energy, tau)
    tau[:] = 7
    assert T(table, 0.5) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="read-only"):
        table.transmission[0] = 0.5


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (([0.0, 2.0, 1.0], [0.1] * 3), r"must not decrease, but item 2 \(1\) is below item 1 \(2\); sort"),
        (([0.0, 0.0, 0.0], [0.1] * 3), "energy 0 stands more than twice, from item 0"),
        (([0.0], [0.1]), "at least two items, got 1"),
        (([0.0, 1.0], [0.1] * 3), r"with 2 energies, got \(3,\)"),
        (([0.0, 1.0], np.ones((2, 3))), r"with 2 energies, got \(2, 3\)"),
        (([0.0, 1.0], np.empty((0, 2))), r"got \(0, 2\)"),
        (([0.0, 1.0], 0.5), r"must have 1 or 2 dimension\(s\)"),
        (([0.0, np.nan], [0.1, 0.1]), "energy must be finite, but item 1 is nan"),
        (([0.0, 1.0], [0.1, np.nan]), "transmission must be finite, but item 1 is nan"),
        (([0.0, 1.0], [0.1, -0.1]), r"must lie in \[0, 1\], but item 1 is -0\.1"),
        (([0.0, 1.0], [0.1, 3.0]), r'item 1 is 3; if this is the total.*opening="sequential"'),
        (([0.0, 1.0], [[0.1, 0.2], [0.3, 1.2]]), r"but item \(1, 1\) is 1\.2$"),
        (([0.0, 1.0], [0.1, 0.2], "holds"), 'no outside "holds"; did you mean "hold"'),
        (([0.0, 1.0], [0.1, 0.2], "hold", "parallel"), 'opening must be None or "sequential"'),
    ],
)
def test_bad_tables(args, message):
    with pytest.raises(sv.InputError, match="Tabulated: .*" + message):
        sv.Tabulated(*args)


def test_from_a_file_with_every_choice(tmp_path):
    path = tmp_path / "T.nc"
    total = xr.DataArray(
        [0.0, 2.0], dims="energy", coords={"energy": ("energy", [0.0, 1.0], {"units": "eV"})}
    )
    xr.Dataset({"total": total}).to_netcdf(path, engine="h5netcdf")
    table = sv.Tabulated.from_file(
        path, variable="total", outside="hold", opening="sequential", spin_degeneracy=1
    )
    S = sv.scattering_matrix(table, 9.0)
    assert (S.spin_degeneracy, S.mode_count("left")) == (1, 2)
    assert S.transmission("right", "left") == 2.0


@pytest.mark.parametrize(
    ("energy", "transmission"),
    [([0.0, 1j], [0.0, 1.0]), ([0.0, 1.0], [0.5 + 0j, 0.5]), ([0.0, 10**400], [0.0, 1.0])],
)
def test_a_table_is_real(energy, transmission):
    with pytest.raises(sv.InputError, match="must be an array of real numbers"):
        sv.Tabulated(energy, transmission)
