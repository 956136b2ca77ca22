"""The conventions of the package, one test each."""

import numpy as np
import pytest
import scipy.constants as si
import xarray as xr

import sharvin as sv
from sharvin import constants
from sharvin.constants import BOLTZMANN, E2_OVER_H, E_OVER_H, FLUX_QUANTUM
from sharvin.leads import PeriodicLead

QPC = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
WIRE = sv.Model(sv.lattice.square(a=1.0), sv.onsite(4.0) + sv.hopping(-1.0))


def bar(model=WIRE, length=7, width=9):
    return model.region(sv.shape.rectangle(length, width)).lead("left", WIRE, "-x").lead("right", WIRE, "+x")


def test_units_are_ev_nm_kelvin_tesla_and_si():
    assert BOLTZMANN * si.e == si.k
    assert constants.HBAR2_OVER_2M == pytest.approx(si.hbar**2 / (2 * si.m_e * si.e) * 1e18, rel=1e-14)
    assert FLUX_QUANTUM * 1e-18 == pytest.approx(si.h / si.e, rel=1e-14)
    assert sv.G0 == pytest.approx(2 * si.e**2 / si.h, rel=1e-14)
    assert sv.conductance(QPC, mu=3e-3).attrs["units"] == "S"
    assert sv.current(QPC, bias=1e-3, mu=3e-3).attrs["units"] == "A"
    assert sv.dissipation(QPC, {"left": sv.Reservoir(0), "right": sv.Reservoir(0)}).attrs["units"] == "W"


def test_indices_are_out_in():
    # One-way traffic from left to right: only the (right, left) element conducts.
    one_way = sv.FixedScatterer([[0, 0, 1], [1, 0, 0], [0, 1, 0]], leads={"left": 1, "right": 1, "top": 1})
    S = sv.scattering_matrix(one_way, 0.0)
    assert S.transmission("right", "left") == 1
    assert S.transmission("left", "right") == 0
    assert float(S.transmission_matrix().sel(lead_out="right", lead_in="left")) == 1
    assert S.block("right", "left").dims == ("mode_out", "mode_in")
    assert float(sv.conductance(one_way, mu=0.0, lead_out="right", lead_in="left")) == pytest.approx(sv.G0)
    assert float(sv.conductance(one_way, mu=0.0, lead_out="left", lead_in="right")) == 0


def test_current_is_positive_into_the_conductor_from_the_higher_potential():
    current = sv.current(QPC, {"left": sv.Reservoir(4e-3), "right": sv.Reservoir(2e-3)})
    assert current.sel(lead="left") > 0
    assert float(current.sum()) == 0
    # V = μ/e: with V > 0 the first lead is the higher one.
    assert sv.current(QPC, bias=2e-3, mu=3e-3).sel(lead="left") == pytest.approx(
        float(current.sel(lead="left"))
    )


def test_current_formula_for_three_terminals():
    # I_α = g_s (e/h) Σ_β ∫ [T_βα f_α − T_αβ f_β] dE, here at T = 0 with constant, non-reciprocal transmissions.
    one_way = sv.FixedScatterer([[0, 0, 1], [1, 0, 0], [0, 1, 0]], leads={"a": 1, "b": 1, "c": 1})
    mu = {"a": 3e-3, "b": 1e-3, "c": 0.0}
    current = sv.current(one_way, {name: sv.Reservoir(value) for name, value in mu.items()}) / (2 * E_OVER_H)
    np.testing.assert_allclose(current, [mu["a"] - mu["c"], mu["b"] - mu["a"], mu["c"] - mu["b"]], atol=1e-15)


def test_spin_degeneracy_stands_in_si_results_only():
    single = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3, spin_degeneracy=1)
    assert float(sv.transmission(QPC, 3e-3)) == float(sv.transmission(single, 3e-3))
    assert float(sv.conductance(QPC, mu=3e-3)) == 2 * float(sv.conductance(single, mu=3e-3))
    assert sv.conductance(QPC, mu=3e-3).attrs["spin_degeneracy"] == 2
    spinless, spinful = sv.lattice.square(), sv.lattice.square(orbitals=("up", "down"))
    assert sv.Model(spinless, sv.hopping(-1.0)).spin_degeneracy == 2
    assert sv.Model(spinful, sv.hopping(-1.0)).spin_degeneracy == 1
    assert sv.Model(spinful, sv.hopping(-1.0), spin_degeneracy=2).spin_degeneracy == 2
    # Spin made explicit changes nothing measurable.
    lead = (4.0 * np.eye(1), -np.eye(1), [0])
    pair = (4.0 * np.eye(2), -np.eye(2), [0, 1])
    once = sv.System.from_matrices([[4.3]], leads={"left": lead, "right": lead})
    twice = sv.System.from_matrices(4.3 * np.eye(2), leads={"left": pair, "right": pair}, spin_degeneracy=1)
    assert float(sv.conductance(twice, mu=3.0)) == pytest.approx(
        float(sv.conductance(once, mu=3.0)), rel=1e-12
    )


def test_zeeman_is_the_full_splitting():
    split = sv.SaddlePoint(omega_x=0.1e-3, omega_y=3e-3, zeeman=2e-3)
    np.testing.assert_allclose(sv.thresholds(split, (0, 3e-3)), [0.5e-3, 2.5e-3], rtol=1e-12)
    assert split.spin_degeneracy == 1
    assert float(sv.conductance(split, mu=1.5e-3)) == pytest.approx(E2_OVER_H, rel=1e-6)


def test_dissipation_is_heat_into_the_reservoir():
    # A cold conductor between μ_L > μ_R: both reservoirs are heated, and the sum is the electrical power.
    ends = {"left": sv.Reservoir(4e-3), "right": sv.Reservoir(2e-3)}
    heat, current = sv.dissipation(QPC, ends), sv.current(QPC, ends)
    assert (heat >= 0).all()
    assert float(heat.sum()) == pytest.approx(2e-3 * float(current.sel(lead="left")), rel=1e-10)
    # A hot reservoir at the same μ gives heat away.
    warm = sv.dissipation(QPC, {"left": sv.Reservoir(1.5e-3, 2.0), "right": sv.Reservoir(1.5e-3, 1.0)})
    assert warm.sel(lead="left") < 0 < warm.sel(lead="right")


def test_peierls_phase_of_a_charge_minus_e():
    # Counter-clockwise around a plaquette: exp(−(ie/ħ)∮A·dl) = exp(−2πi B a²/(h/e)).
    hop = sv.Model(sv.lattice.square(a=2.0), sv.hopping(1.0))
    square = hop.region(sv.shape.rectangle(4, 4, center=(1, 1))).field(30.0)
    h, xy = square.hamiltonian().toarray(), square.positions[:, :2].tolist()
    corners = [xy.index(corner) for corner in ([0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0])]
    loop = np.prod([h[corners[(n + 1) % 4], corners[n]] for n in range(4)])
    assert loop == pytest.approx(np.exp(-2j * np.pi * 30.0 * 4.0 / FLUX_QUANTUM), abs=1e-14)


def test_lead_matrices_point_outward_and_the_interface_is_cell_minus_one():
    # A chain whose hopping carries a phase: ⟨n|H|n+1⟩ outward is the value to the left, its conjugate to the right.
    value = -np.exp(0.3j)
    chain = sv.Model(sv.lattice.chain(), sv.hopping(value))  # ⟨x + 1|H|x⟩ = value
    system = chain.region(sv.shape.line(4)).lead("left", chain, "-x").lead("right", chain, "+x")
    left, right = system.lead_cell("left"), system.lead_cell("right")
    assert left.v.item() == value
    assert right.v.item() == np.conj(value)
    assert system.positions[left.orbitals, 0].tolist() == [-1.0]
    assert system.positions[right.orbitals, 0].tolist() == [1.0]


def test_finite_bias_says_that_it_is_not_self_consistent():
    current = sv.current(QPC, bias=2e-3, mu=4.5e-3)
    assert "not self-consistent" in current.attrs["bands_follow"]
    # T at the energies of zero bias: ∫ Σ_n 1/(1 + e^{−2π(E − E_n)/ħω_x}) dE from 3.5 to 5.5 meV.
    bottoms = np.array([1.5e-3, 4.5e-3, 7.5e-3, 10.5e-3])
    low, high = (np.logaddexp(0, 2 * np.pi * (E - bottoms) / 1e-3).sum() for E in (3.5e-3, 5.5e-3))
    assert float(current.sel(lead="left")) == pytest.approx(
        2 * E_OVER_H * 1e-3 / (2 * np.pi) * (high - low), rel=1e-10
    )


def test_modes_carry_unit_current():
    system = bar().field(0.05 * FLUX_QUANTUM)
    cell = system.lead_cell("right")
    modes = PeriodicLead(cell.h0, cell.v).modes(0.9)
    assert modes.count > 0
    for waves, factors, sign in (
        (modes.outgoing, modes.outgoing_factor, 1),
        (modes.incoming, modes.incoming_factor, -1),
    ):
        slope = 1j * waves.conj().T @ cell.v @ (waves * factors)
        np.testing.assert_allclose(slope + slope.conj().T, sign * np.eye(modes.count), atol=1e-10)


@pytest.mark.parametrize("field", [0.0, 0.03 * FLUX_QUANTUM])
def test_s_is_smooth_between_thresholds_in_any_order_of_evaluation(field):
    dirty = WIRE + sv.onsite(lambda x, y: 0.4 * np.sin(3 * x + 7 * y**2))
    system = bar(dirty).field(field) if field else bar(dirty)
    low, high = sv.thresholds(system, (0.5, 4.0))[1:3]
    energies = np.linspace(low, high, 9)[1:-1]
    delta = 1e-6
    for energy in energies[[3, 0, 6, 1, 5, 2, 4]]:
        near, far = (sv.scattering_matrix(system, energy + shift).matrix for shift in (0.0, delta))
        assert np.abs(far - near).max() < 1e3 * delta
        np.testing.assert_array_equal(near, sv.scattering_matrix(system, energy).matrix)


def test_shapes_are_open_sets():
    rows = (
        sv.Model(sv.lattice.square(a=2.0), sv.hopping(-1.0))
        .region(sv.shape.rectangle(200, 80))
        .positions[:, 1]
    )
    assert len(np.unique(rows)) == 39
    assert (rows.min(), rows.max()) == (-38.0, 38.0)


def test_result_dims_come_in_one_order():
    contact = WIRE + sv.onsite(lambda x, V, W: V * np.exp(-(x**2)) + W)
    conductance = sv.conductance(
        bar(contact),
        mu=[0.9, 1.0],
        temperature=[0.0, 300.0],
        V=[0.0, 0.1],
        W=0.0,
        options=sv.Options(rtol=1e-4, window=10),
    )
    assert conductance.dims == ("V", "temperature", "mu")
    assert conductance.coords["temperature"].attrs["units"] == "K"
    assert conductance.coords["mu"].attrs["units"] == "eV"
    assert conductance.coords["error"].attrs["units"] == "S"
    assert all(isinstance(value, (str, int, float)) for value in conductance.attrs.values())
    currents = sv.current(QPC, bias=[0.0, 1e-3], mu=3e-3, temperature=[0.0, 1.0])
    assert currents.dims == ("temperature", "bias", "lead")


def test_over_energies_transmissions_are_arrays_and_blocks_are_padded():
    channel = sv.HardWallChannel(width=50.0, mass=0.067)
    S = sv.scattering_matrix(channel, [1e-3, 3e-3, 10e-3])
    assert isinstance(S.transmission("right", "left"), xr.DataArray)
    assert S.transmission("right", "left").values.tolist() == [0.0, 1.0, 2.0]
    block = S.block("right", "left")
    assert block.dims == ("energy", "mode_out", "mode_in")
    assert block.shape == (3, 2, 2)
    assert block.open_out.values.tolist() == [[0, 0], [1, 0], [1, 1]]


def test_labels_of_blocks_are_lead_colon_block():
    split = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3, zeeman=2e-3)
    S = sv.scattering_matrix(split, 1.5e-3)
    assert S.transmission("right:up", "left:down") == 0
    total = S.transmission("right:up", "left:up") + S.transmission("right:down", "left:down")
    assert total == pytest.approx(S.transmission("right", "left"))


def test_the_packages_own_names_are_not_parameters():
    for name in ("energy", "mu", "temperature", "bias", "lead", "options", "unitarity_error", "name", "self"):
        with pytest.raises(sv.InputError, match="package's own"):
            sv.param(name)
    with pytest.raises(sv.InputError, match='"mu_0"'):
        sv.onsite(lambda x, mu: mu * x)


def test_options_are_the_only_numerical_choices():
    conductance = sv.conductance(QPC, mu=3e-3, temperature=1.0, options=sv.Options(rtol=1e-6))
    assert '"rtol": 1e-06' in conductance.attrs["options"]
    with pytest.raises(TypeError):
        sv.Options(tolerance=1e-3)
