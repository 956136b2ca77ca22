import numpy as np
import pytest
import xarray as xr

import sharvin as sv

qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
names = ("a", "b", "c")
UNITS = {
    "L0": "1/(eV s)", "L1": "1/s", "L2": "eV/s", "G": "S", "seebeck": "V/K", "peltier": "V",
    "kappa_e": "W/K", "lorenz": "W Ω/K²", "zt": "1", "power_factor": "W/K²",
}  # fmt: skip


def joined(energy):
    up = 1 / (1 + np.exp(-energy / 1e-3))
    T = np.array([[0, 0.5, 0.2], [0.4, 0, 0.3], [0.3, 0.2, 0]])
    return T + up[:, None, None] * (np.ones((3, 3)) - np.eye(3)) * 0.3


three = sv.TransmissionMatrix(joined, names)


def test_dims_come_in_order():
    te = sv.thermoelectric(qpc, mu=[1e-3, 2e-3, 3e-3], temperature=[0.5, 1.0], omega_x=[1e-3, 2e-3])
    assert te.G.dims == te.seebeck_error.dims == ("omega_x", "temperature", "mu")
    assert te.L1.dims == ("omega_x", "temperature", "mu", "lead_out", "lead_in")
    assert te.evaluations.dims == ("omega_x",)
    assert sv.thermoelectric(qpc, mu=1e-3, temperature=1.0).seebeck.dims == ()


def test_all_pairs_have_dims_of_their_own_and_none_with_itself():
    te = sv.thermoelectric(three, mu=[0.0, 1e-3], temperature=1.0)
    assert te.seebeck.dims == ("mu", "lead_out", "lead_in")
    assert np.isnan(te.seebeck.sel(lead_out="a", lead_in="a")).all()
    assert np.isfinite(te.kappa_e.sel(lead_out="a", lead_in="b")).all()


def test_units_and_a_file(tmp_path):
    for te in (
        sv.thermoelectric(qpc, mu=[1e-3, 2e-3], temperature=1.0),
        sv.thermoelectric(three, mu=0.0, temperature=[1.0]),
    ):
        assert {name: te[name].attrs["units"] for name in UNITS} == UNITS
        assert {name: te[f"{name}_error"].attrs["units"] for name in UNITS} == UNITS
        assert all("units" in variable.attrs for variable in te.variables.values())
        te.to_netcdf(tmp_path / "te.nc")
        with xr.open_dataset(tmp_path / "te.nc") as read:
            xr.testing.assert_identical(read.load(), te)


def test_points_of_a_sweep_are_the_points_alone():
    te = sv.thermoelectric(qpc, mu=[1.2e-3, 3e-3], temperature=[0.5, 3.0])
    for k, m in np.ndindex(2, 2):
        alone = sv.thermoelectric(qpc, mu=float(te.mu[m]), temperature=float(te.temperature[k]))
        for name in ("G", "seebeck", "kappa_e", "L2"):
            size = float(abs(alone[name]).max())
            np.testing.assert_allclose(te[name][k, m], alone[name], rtol=1e-8, atol=1e-9 * size)


def test_the_conductance_is_that_of_the_floating_network():
    te = sv.thermoelectric(three, mu=1e-3, temperature=2.0, lead_out="b", lead_in="a")
    G = sv.conductance_matrix(three, mu=1e-3, temperature=2.0)
    np.testing.assert_allclose(te.L0 * sv.constants.E2_OVER_H * sv.constants.PLANCK, G, rtol=1e-9, atol=1e-15)
    assert (te.attrs["lead_out"], te.attrs["lead_in"]) == ("b", "a")


def test_electrons_above_mu_have_a_negative_thermopower():
    te = sv.thermoelectric(
        qpc, mu=[1.0e-3, 2.0e-3], temperature=0.5
    )  # below and above a threshold at 1.5 meV
    assert (te.seebeck < 0).all()


def test_nothing_conducts_gives_nan_ratios_and_no_warning():
    closed = sv.TransmissionFunction(lambda E: np.where(E > 0, 1.0, 0.0), jumps=(0.0,))
    te = sv.thermoelectric(closed, mu=-1.0, temperature=0.01)
    assert float(te.G) == 0.0
    assert np.isnan(te.seebeck)
    assert np.isnan(te.lorenz)


def test_a_third_lead_that_is_coupled_to_nothing_does_not_matter():
    T = np.zeros((3, 3))
    T[0, 1] = T[1, 0] = 0.7
    te = sv.thermoelectric(sv.TransmissionMatrix(T, names), 0.0, 1.0, lead_out="b", lead_in="a")
    assert float(te.G) == pytest.approx(0.7 * sv.G0)
    every = sv.thermoelectric(sv.TransmissionMatrix(T, names), 0.0, 1.0)
    assert float(every.G.sel(lead_out="b", lead_in="a")) == pytest.approx(0.7 * sv.G0)
    assert float(every.G.sel(lead_out="c", lead_in="a")) == 0.0


@pytest.mark.parametrize(
    ("conductor", "arguments", "message"),
    [
        (qpc, {"mu": 0.0, "temperature": 0.0}, "temperature must be positive"),
        (qpc, {"mu": 0.0, "temperature": [1.0, 0.0]}, "temperature must be positive"),
        (qpc, {"mu": 0.0, "temperature": -1.0}, "temperature must be at least"),
        (qpc, {"mu": 0.0, "temperature": 1.0, "lead_out": "left", "lead_in": "left"}, '"left" twice'),
        (three, {"mu": 0.0, "temperature": 1.0, "lead_out": "a"}, "give both"),
        (three, {"mu": 0.0, "temperature": 1.0, "lead_out": "a", "lead_in": "d"}, 'no lead "d"'),
        (qpc, {"mu": 0.0, "temperature": 1.0, "omegax": 1.0}, 'did you mean "omega_x"'),
        (sv.TransmissionMatrix([[0.0]], ("a",)), {"mu": 0.0, "temperature": 1.0}, "two leads at least"),
        (qpc, {"mu": 1.0, "temperature": 1e-12}, "k_BT must be at least"),
    ],
)
def test_bad_input(conductor, arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.thermoelectric(conductor, **arguments)
