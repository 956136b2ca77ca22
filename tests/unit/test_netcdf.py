"""Every kind of result survives a NetCDF file to the last bit."""

import numpy as np
import pytest
import xarray as xr

import sharvin as sv

QPC = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
ZEEMAN = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3, zeeman=2e-3)
ENDS = {"left": sv.Reservoir(4e-3, 0.1), "right": sv.Reservoir(2e-3)}
WIRE = sv.Model(sv.lattice.chain(), sv.onsite(sv.param("V")) + sv.hopping(-1.0))
LEAD = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
SYSTEM = WIRE.region(sv.shape.line(6)).lead("left", LEAD, "-x").lead("right", LEAD, "+x")

RESULTS = {
    "conductance": lambda: sv.conductance(QPC, mu=[1e-3, 3e-3], temperature=[0.0, 1.0], omega_x=[1e-3, 2e-3]),
    "scalar": lambda: sv.conductance(QPC, mu=3e-3),
    "current": lambda: sv.current(QPC, ENDS),
    "biased": lambda: sv.current(QPC, bias=[-1e-3, 1e-3], mu=3e-3, temperature=[0.0, 1.0]),
    "dissipation": lambda: sv.dissipation(QPC, ENDS),
    "density": lambda: sv.current_density(sv.RectangularBarrier(height=0.01, width=5.0), ENDS),
    "transmission": lambda: sv.transmission(SYSTEM, [0.1, 0.2], V=[0.0, 0.5]),
    "bands": lambda: sv.bands(SYSTEM, lead="left", V=0.3),
    "mode counts": lambda: sv.scattering_matrix(QPC, [1e-3, 2e-3]).mode_count("left"),
    "all transmissions": lambda: sv.scattering_matrix(SYSTEM, [0.1, 0.2], V=0.1).transmission_matrix(),
}


@pytest.mark.parametrize("kind", RESULTS)
def test_arrays(kind, tmp_path):
    result = RESULTS[kind]()
    result.to_netcdf(tmp_path / "result.nc")
    with xr.open_dataarray(tmp_path / "result.nc") as read:
        xr.testing.assert_identical(read.load(), result)
        assert read.dims == result.dims
    with xr.open_dataset(tmp_path / "result.nc") as read:
        assert result.name in read


@pytest.mark.parametrize(
    "S",
    [
        sv.scattering_matrix(ZEEMAN, 2e-3),
        sv.scattering_matrix(ZEEMAN, [1e-3, 9e-3]),
        sv.scattering_matrix(SYSTEM, [0.1, 2.5], V=0.3),
        sv.scattering_matrix(SYSTEM, 0.1, V=0.3),
    ],
    ids=["one energy", "energies", "lattice, a closed one among them", "lattice"],
)
def test_scattering_matrices(S, tmp_path):
    S.to_dataset().to_netcdf(tmp_path / "S.nc")
    with xr.open_dataset(tmp_path / "S.nc") as read:
        xr.testing.assert_identical(read.load(), S.to_dataset())
    again = sv.ScatteringMatrix.from_dataset(read)
    np.testing.assert_array_equal(again.matrix, S.matrix)
    np.testing.assert_array_equal(again.open_modes, S.open_modes)
    np.testing.assert_array_equal(again.energy, S.energy)
    assert [lead.labels for lead in again.leads] == [lead.labels for lead in S.leads]
    assert again.spin_degeneracy == S.spin_degeneracy
    assert again.certificate.certified
    assert again.certificate.route == S.certificate.route
    np.testing.assert_array_equal(again.transmission("right", "left"), S.transmission("right", "left"))
