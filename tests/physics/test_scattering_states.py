"""Scattering states: the equations they solve, the densities of states they add up to, and S read off from them."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.linalg import available_back_ends


def dot():
    """A disordered wire of hopping −1 eV."""
    wire = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    rough = wire + sv.onsite(lambda x, y: 0.4 * np.sin(9 * x + 4 * y**2))
    region = rough.region(sv.shape.rectangle(8, 5))
    return region.lead("left", wire, "-x").lead("right", wire, "+x")


def dense_green(system, energy):
    """G with Σ of hard-wall leads of hopping −1 eV."""
    h = system.hamiltonian().toarray()
    a = energy * np.eye(len(h)) - h + 0j
    for name in system.leads:
        cell = system.lead_cell(name)
        levels, states = np.linalg.eigh(cell.h0)
        cosine = (levels - energy) / 2 + 0j
        factor = cosine + 1j * np.sqrt(1 - cosine**2)
        factor = np.where(np.abs(factor) > 1 + 1e-9, 1 / factor, factor)
        a[np.ix_(cell.orbitals, cell.orbitals)] -= states @ np.diag(-factor) @ states.T
    return np.linalg.inv(a), a


@pytest.mark.parametrize("solver", available_back_ends())
def test_densities_add_up_to_the_local_density_of_states(solver):
    system, energy = dot(), 0.73
    states = sv.scattering_states(system, energy, options=sv.Options(solver=solver))
    g, _ = dense_green(system, energy)
    total = states.density().sum("lead_in").values
    assert np.abs(total + np.imag(np.diag(g)) / np.pi).max() < 1e-11


def test_the_waves_solve_the_equation_inside_and_give_s():
    system, energy = dot(), 0.73
    states = sv.scattering_states(system, energy)
    h = system.hamiltonian().toarray()
    inner = np.setdiff1d(
        np.arange(len(h)), np.concatenate([system.lead_cell(n).orbitals for n in system.leads])
    )
    assert np.abs((energy * states.psi - h @ states.psi)[inner]).max() < 1e-12
    S = sv.scattering_matrix(system, energy)
    assert np.abs(states.scattering_matrix.matrix - S.matrix).max() < 1e-11
    assert states.scattering_matrix.certificate.figures["residual"] < 1e-13
    assert states.scattering_matrix.certificate.route == "refined"


def test_the_current_through_every_bond_column_is_the_transmission():
    system, energy = dot(), 0.73
    states = sv.scattering_states(system, energy)
    psi = states.of("left").values
    x = states.positions[:, 0]
    h = system.hamiltonian().toarray()
    for column in np.unique(x)[:-1]:
        here, there = np.flatnonzero(x == column), np.flatnonzero(x > column)
        flow = 2 * np.imag(
            np.einsum("mi,ij,mj->", psi[:, there].conj(), h[np.ix_(there, here)], psi[:, here])
        )
        assert flow == pytest.approx(states.scattering_matrix.transmission("right", "left"), abs=1e-11)


def test_a_batch_is_padded_and_labelled():
    system = dot()
    energies = [-3.2, 0.5]
    states = sv.scattering_states(system, energies)
    psi = states.of("left")
    assert psi.dims == ("energy", "mode_in", "orbital")
    assert psi.attrs["units"] == "eV^-0.5"
    assert list(psi.coords["mode_in"].values) == list(states.scattering_matrix.leads[0].labels)
    assert np.array_equal(
        np.abs(psi.values).sum(axis=-1) > 0, states.scattering_matrix.open_modes[:, : psi.shape[1]]
    )
    for row, energy in enumerate(energies):
        alone = sv.scattering_states(system, energy)
        kept = states.scattering_matrix.open_modes[row]
        assert np.abs(states.psi[row][:, kept] - alone.psi).max() < 1e-12
    again = sv.ScatteringStates.from_dataset(states.to_dataset())
    assert np.array_equal(again.psi, states.psi)
    assert np.array_equal(again.positions, states.positions)
    assert np.array_equal(again.scattering_matrix.matrix, states.scattering_matrix.matrix)


def test_states_survive_a_file(tmp_path):
    states = sv.scattering_states(dot(), [-3.2, 0.5])
    states.to_dataset().to_netcdf(tmp_path / "states.nc")
    import xarray as xr

    with xr.open_dataset(tmp_path / "states.nc") as dataset:
        again = sv.ScatteringStates.from_dataset(dataset)
    assert np.array_equal(again.psi, states.psi)


def test_the_band_centre_and_a_bound_state_do_no_harm():
    """A clean wire at E = 0 of the lattice, and a site that nothing is coupled to, exactly at E."""
    wire = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    region = wire.region(sv.shape.rectangle(7, 5)).lead("left", wire, "-x").lead("right", wire, "+x")
    states = sv.scattering_states(region, 0.0)
    g, _ = dense_green(region, 0.0)
    assert np.abs(states.density().sum("lead_in").values + np.imag(np.diag(g)) / np.pi).max() < 1e-10
    h = np.diag([0.1, 0.4])
    chain = (0.0, -1.0, [0])
    lonely = sv.System.from_matrices(h, {"L": chain, "R": chain})
    states = sv.scattering_states(lonely, 0.4 + 1e-9)
    assert np.abs(states.psi[1]).max() == 0.0


def test_no_open_mode_gives_no_state():
    states = sv.scattering_states(dot(), [-5.0, 0.5])
    assert np.abs(states.psi[0]).max() == 0
    assert sv.scattering_states(dot(), -5.0).psi.shape == (35, 0)


def test_only_a_system_has_an_inside():
    with pytest.raises(sv.InputError, match="expected a System with leads, got SaddlePoint"):
        sv.scattering_states(sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3), 0.0)
    with pytest.raises(sv.InputError, match='no parameter "V"'):
        sv.scattering_states(dot(), 0.0, V=1.0)
