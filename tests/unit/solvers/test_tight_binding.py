from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import sharvin as sv
from sharvin.linalg import available_back_ends

BACK_ENDS = available_back_ends()
CHAIN = (0.0, -1.0, [0])


def wire(width=3, length=4):
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    dirty = model + sv.onsite(lambda x, y, v=0.4: v * np.sin(3 * x + y))
    region = dirty.region(sv.shape.rectangle(length + 1, width + 1))
    return region.lead("left", model, "-x").lead("right", model, "+x")


@pytest.mark.parametrize("solver", BACK_ENDS)
@pytest.mark.parametrize("u", [0.0, 0.3, -2.0, 40.0])
def test_an_impurity_in_a_chain(solver, u):
    model = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    impurity = model + sv.onsite(lambda x: u * (x == 0))
    system = impurity.region(sv.shape.line(8)).lead("L", model, "-x").lead("R", model, "+x")
    energies = np.array([-1.9, -0.7, 0.0, 1.3])
    S = sv.scattering_matrix(system, energies, options=sv.Options(solver=solver))
    sine = np.sqrt(1 - (energies / 2) ** 2)
    assert np.abs(S.transmission("R", "L").values - 1 / (1 + (u / (2 * sine)) ** 2)).max() < 1e-12


def test_amplitudes_of_an_impurity_have_the_phases_of_the_modes():
    # t = 1/(1 + iU/(2 sin k)) and r = t − 1 on the impurity, which both leads touch.
    S = sv.scattering_matrix(sv.System.from_matrices([[0.8]], {"L": CHAIN, "R": CHAIN}), 0.5)
    t, r = S.amplitudes("R", "L").item(), S.amplitudes("L", "L").item()
    velocity = np.sqrt(4 - 0.25)
    assert t - r == pytest.approx(t / (1 / (1 + 0.8j / velocity)), abs=1e-12)
    assert t == pytest.approx(S.amplitudes("L", "R").item(), abs=1e-13)


def test_back_ends_agree():
    system = wire().field(200.0)
    energies = np.linspace(-3, 3, 9) + 0.017
    found = [
        sv.scattering_matrix(system, energies, options=sv.Options(solver=solver)) for solver in BACK_ENDS
    ]
    for S, solver in zip(found, BACK_ENDS, strict=True):
        assert solver in S.certificate.backend
        assert np.abs(S.matrix - found[0].matrix).max() < 1e-10


def test_modes_are_labelled_by_transverse_state_and_tracked_over_energy():
    S = sv.scattering_matrix(wire(), [-3.0, -1.5, 0.0, 1.5, 3.0])
    block = S.block("right", "left")
    assert block.dims == ("energy", "mode_out", "mode_in")
    assert S.mode_count("left").values.tolist() == [1, 2, 3, 2, 1]
    # Subbands open from below in order and close from below in order.
    assert block.open_in.values.tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 1, 1], [0, 0, 1]]
    assert block.mode_in.values.tolist() == ["0", "1", "2"]


def test_two_leads_may_share_a_name_s_prefix_and_any_order():
    chain = sv.System.from_matrices([[0.8]], {"a": CHAIN, "ab": CHAIN, "b": CHAIN})
    S = sv.scattering_matrix(chain, 0.2)
    assert S.lead_names == ("a", "ab", "b")
    assert S.transmission("ab", "a") == pytest.approx(S.transmission("b", "a"), abs=1e-13)


def test_the_certificate_says_how_the_matrix_was_found():
    S = sv.scattering_matrix(wire(), 0.1)
    assert S.certificate.certified
    assert S.certificate.route == "schur"
    assert set(S.certificate.bounds) >= {"residual", "lead_residual", "unitarity_error"}
    assert S.certificate.figures["residual"] < 1e-13
    batch = sv.scattering_matrix(wire(), [0.1, 0.2])
    assert np.shape(batch.certificate.figures["residual"]) == (2,)


def test_a_fallback_leaves_a_note():
    system = wire(3, 5)
    # Elimination that exchanges rows ("dense") may get through.
    at_a_level = sv.scattering_matrix(system, 0.0, options=sv.Options(solver="superlu"), v=0.0)
    assert at_a_level.certificate.route != "schur"
    assert any("schur" in note or "singular" in note for note in at_a_level.certificate.notes)
    assert at_a_level.transmission("right", "left") == pytest.approx(3.0, abs=1e-10)


def test_a_bound_that_cannot_be_kept_is_an_error_not_a_number():
    with pytest.raises(sv.NotCertified, match="unitarity") as caught:
        sv.scattering_matrix(wire(), 0.1, options=sv.Options(unitarity_bound=1e-30))
    assert "1.0e-30" in str(caught.value)


def test_a_decoupled_level_at_the_energy_does_no_harm():
    # An orbital that nothing couples to, exactly at E.
    system = sv.System.from_matrices(np.diag([0.8, 0.5]), {"L": CHAIN, "R": CHAIN})
    for solver in BACK_ENDS:
        S = sv.scattering_matrix(system, 0.5, options=sv.Options(solver=solver))
        assert S.transmission("R", "L") == pytest.approx(1 / (1 + 0.64 / 3.75), abs=1e-10)


@pytest.mark.parametrize("shift", [0.0, 1e-12, 1e-9, 1e-6])
def test_a_level_coupled_by_nothing_but_a_thread(shift):
    h = np.diag([0.0, 0.5])
    h[0, 1] = h[1, 0] = 1e-3
    system = sv.System.from_matrices(h, {"L": CHAIN, "R": CHAIN})
    # A Fano antiresonance: T = 1/(1 + (u/2 sin k)²) with u = 1e-6/(E − 0.5) on the site.
    energy = 0.5 + shift
    u = 1e-6 / shift if shift else np.inf
    wanted = 1 / (1 + u**2 / (4 - energy**2))
    found = sv.scattering_matrix(system, energy).transmission("R", "L")
    assert found == pytest.approx(wanted, rel=1e-3, abs=1e-12)  # rounding of 0.5 + shift


def test_no_modes_at_all():
    S = sv.scattering_matrix(sv.System.from_matrices([[0.8]], {"L": CHAIN, "R": CHAIN}), 5.0)
    assert S.matrix.shape == (0, 0)
    assert S.transmission("R", "L") == 0
    assert S.unitarity_error == 0
    batch = sv.scattering_matrix(sv.System.from_matrices([[0.8]], {"L": CHAIN, "R": CHAIN}), [5.0, 6.0])
    assert batch.transmission("R", "L").values.tolist() == [0.0, 0.0]


def test_thresholds_of_a_wire_are_the_edges_of_its_subbands():
    transverse = -2 * np.cos(np.pi * np.arange(1, 4) / 4)
    wanted = np.sort(np.concatenate([transverse - 2, transverse + 2]))
    found = sv.thresholds(wire(), (-5, 5))
    assert np.abs(found[:, None] - wanted).min(axis=0).max() < 1e-12
    assert np.abs(found[:, None] - wanted).min(axis=1).max() < 1e-12


def test_threads_may_solve_one_system():
    system = wire(5, 8).field(100.0)
    energies = np.linspace(-2, 2, 24) + 0.003
    alone = [sv.scattering_matrix(system, energy).matrix for energy in energies]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda energy: sv.scattering_matrix(system, energy).matrix, energies))
    for one, other in zip(alone, together, strict=True):
        assert np.abs(one - other).max() < 1e-11


def flat_band_system():
    """Leads with a flat band at E = 0.5 eV that is coupled to the other one by the region's own hoppings."""
    h0, v = np.diag([0.0, 0.5]), np.array([[-1.0, 0.0], [0.0, 0.0]])
    turn = np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    h0, v = turn @ h0 @ turn.T, turn @ v @ turn.T
    return h0, v


def test_a_flat_level_of_the_lead_that_is_decoupled_does_no_harm():
    """A level of each cell of a lead that hops to nothing, plain or hidden by the choice of orbitals, exactly at E."""
    h0, v = flat_band_system()
    h = h0 + np.diag([0.2, 0.0])
    system = sv.System.from_matrices(h, {"L": (h0, v, [0, 1]), "R": (h0, v, [0, 1])})
    at, beside = (sv.scattering_matrix(system, 0.5 + shift).transmission("R", "L") for shift in (0.0, 1e-7))
    assert at == pytest.approx(beside, abs=1e-6)
    # Together with a part whose transverse states depend on energy.
    big, hop = np.zeros((2, 4, 4))
    big[:2, :2], hop[:2, :2] = h0, v
    big[2:, 2:], hop[2:, 2:] = [[0.1, 0.4], [0.4, -0.2]], [[0.3, 0.8], [0.0, 0.0]]
    region = big + np.full((4, 4), 0.1)
    system = sv.System.from_matrices(region, {"L": (big, hop, range(4)), "R": (big, hop, range(4))})
    at, beside = (sv.scattering_matrix(system, 0.5 + shift) for shift in (0.0, 1e-7))
    assert at.certificate.certified
    change = at.transmission_matrix().values - beside.transmission_matrix().values
    assert np.abs(change).max() < 1e-5


def test_one_energy_that_fails_loses_none_of_the_others():
    """Cells that are not connected have flat bands at their levels, here at 0.5 eV."""
    loose = sv.System.from_matrices(
        [[0.1]], {"L": (0.0, -1.0, [0]), "R": (0.0, -1.0, [0]), "loose": (0.5, 0.0, [0])}
    )
    energies = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    with pytest.raises(
        sv.NumericalError, match=r"flat band.*1 of 5 energies failed, in \.failed; the other 4"
    ) as info:
        sv.scattering_matrix(loose, energies)
    assert info.value.failed.tolist() == [0.5]
    kept = np.delete(energies, 2)
    assert np.array_equal(info.value.partial.energy, kept)
    whole = sv.scattering_matrix(loose, kept)
    assert np.array_equal(info.value.partial.matrix, whole.matrix)
    with pytest.raises(sv.NumericalError) as info:
        sv.scattering_matrix(loose, 0.5)
    assert info.value.partial is None
    with pytest.raises(sv.NumericalError, match="1 of 1 energies failed") as info:
        sv.scattering_matrix(loose, [0.5])
    assert info.value.failed.tolist() == [0.5]
    assert info.value.partial is None
    with pytest.raises(sv.NumericalError, match="2 of 2 energies failed") as info:
        sv.scattering_matrix(loose, [0.5, 0.5])
    assert info.value.partial is None


def test_a_closed_energy_changes_no_bound_of_the_others():
    chain = sv.System.from_matrices([[0.2]], {"L": CHAIN, "R": CHAIN})
    alone = sv.scattering_matrix(chain, [0.3]).certificate.bounds
    assert sv.scattering_matrix(chain, [0.3, 5.0]).certificate.bounds["residual"] == alone["residual"]
