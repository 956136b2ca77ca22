import numpy as np
import pytest
from scipy import sparse

import sharvin as sv
from sharvin.errors import NumericalError
from sharvin.linalg import available_back_ends
from sharvin.solvers.layout import Layout
from sharvin.solvers.region import Region, Solution, first_certified

BACK_ENDS = available_back_ends()


def region_of(h, interface, options):
    """A region whose interface orbitals a wide-band lead touches."""
    lead = (sv.WideBand(np.eye(len(interface))), interface)
    system = sv.System.from_matrices(h, {"lead": lead})
    layout = Layout(*system.pattern, [system.lead_cell("lead")])
    return Region(system.hamiltonian().data, layout, options)


def complement(region, energy):
    """C, tried on random waves."""
    size = len(region.interface)
    return region.complement(energy, lambda c, number: np.random.default_rng(number).normal(size=(size, 1)))


def problem(seed=0, size=20, kept=(3, 11, 0), complex_=True):
    rng = np.random.default_rng(seed)
    h = rng.normal(size=(size, size)) + 1j * complex_ * rng.normal(size=(size, size))
    h = (h + h.conj().T) * (np.abs(np.subtract.outer(range(size), range(size))) <= 2)
    h = h if complex_ else h.real
    interface = np.sort(kept)
    n = len(interface)
    sigma = rng.normal(size=(n, n)) - 1j * np.eye(n)
    source = rng.normal(size=(n, 2)) + 0j
    full = 0.3 * np.eye(size) - h + 0j
    full[np.ix_(interface, interface)] -= sigma
    rhs = np.zeros((size, 2), dtype=complex)
    rhs[interface] = source
    wanted = np.linalg.solve(full, rhs)[interface]
    return sparse.csr_array(h), interface, sigma, source, wanted


@pytest.mark.parametrize("solver", BACK_ENDS)
@pytest.mark.parametrize("complex_", [True, False])
@pytest.mark.parametrize("kept", [(3, 11, 0), (5,), tuple(range(20))])
def test_every_route_solves_the_same_problem(solver, complex_, kept):
    h, interface, sigma, source, wanted = problem(kept=kept, complex_=complex_)
    region = region_of(h, interface, sv.Options(solver=solver))
    routes = [
        region.by_schur(complement(region, 0.3), sigma, source),
        region.by_refinement(0.3, sigma, source),
        region.by_full_matrix(0.3, sigma, source),
        region.by_full_matrix(0.3, sigma, source, pivoting=True),
    ]
    assert [solution.route for solution in routes] == ["schur", "refined", "full", "pivoting"]
    for solution in routes:
        assert np.abs(solution.psi - wanted).max() < 1e-10 * np.abs(wanted).max()
        assert solution.figures["residual"][0] < 1e-13
    assert routes[1].broken == routes[2].broken == []


@pytest.mark.parametrize("complex_", [False, True])
def test_waves_everywhere_and_a_few_columns_at_a_time(complex_, monkeypatch):
    h, interface, sigma, source, wanted = problem(complex_=complex_)
    region = region_of(h, interface, sv.Options())
    full = 0.3 * np.eye(20) - h.toarray() + 0j
    full[np.ix_(interface, interface)] -= sigma
    rhs = np.zeros((20, 2), dtype=complex)
    rhs[interface] = source
    inside = np.linalg.solve(full, rhs)
    for most in (1, 40 * 16):  # bytes: a column, and two
        monkeypatch.setattr("sharvin.solvers.region._COLUMN_BYTES", most)
        for solution in (
            region.by_refinement(0.3, sigma, source, everywhere=True),
            region.by_full_matrix(0.3, sigma, source, everywhere=True),
        ):
            assert np.abs(solution.psi - inside).max() < 1e-12 * np.abs(inside).max()
            assert not solution.broken
        assert np.abs(region.by_refinement(0.3, sigma, source).psi - wanted).max() < 1e-12


@pytest.mark.parametrize("solver", BACK_ENDS)
@pytest.mark.parametrize("pivoting", [False, True])
def test_a_pole_of_the_complement_is_noticed(solver, pivoting):
    # E = 0 is the level of the row that is eliminated; the open system is regular there, with ψ = 0 beside it.
    region = region_of(
        sparse.csr_array(np.array([[0, 1.0], [1.0, 0]])), np.array([1]), sv.Options(solver=solver)
    )
    sigma, source = np.array([[-0.7j]]), np.ones((1, 1), dtype=complex)
    solution, notes = first_certified(
        [
            lambda: region.by_schur(complement(region, 0.0), sigma, source),
            lambda: region.by_full_matrix(0.0, sigma, source, pivoting=pivoting),
        ]
    )
    assert solution.route == ("pivoting" if pivoting else "full")
    assert len(notes) == 1
    assert np.abs(solution.psi).max() < 1e-12  # on the interface


@pytest.mark.parametrize("solver", BACK_ENDS)
def test_a_dark_state_at_the_energy_is_no_obstacle_or_an_error(solver):
    # Two equal levels beside one site: their difference couples to nothing, and E − H − Σ is singular.
    h = sparse.csr_array(np.array([[0, 1, 0], [1, 0, 0.5], [0, 0.5, 0.0]]))
    region = region_of(h, np.array([1]), sv.Options(solver=solver))
    sigma, source = np.array([[-0.7j]]), np.ones((1, 1), dtype=complex)
    solution = region.by_full_matrix(0.0, sigma, source)
    assert solution.broken or np.abs(solution.psi).max() < 1e-10
    with pytest.raises(NumericalError, match="singular"):
        region.by_full_matrix(0.0, sigma, source, pivoting=True)


def test_the_first_certified_wins_and_the_rest_is_not_tried():
    good = Solution(np.ones(1), "good", "", {"residual": (1e-16, 1e-8)})
    bad = Solution(np.ones(1), "bad", "", {"residual": (1e-3, 1e-8), "other": (0.0, 1.0)})
    never = Solution(np.ones(1), "never", "", {"residual": (np.nan, 1e-8)})

    def broken():
        raise NumericalError("no pivot")

    solution, notes = first_certified([broken, lambda: bad, lambda: good, lambda: 1 / 0])
    assert solution is good
    assert notes == ("no pivot", "route bad passed over: residual = 1.0e-03")
    solution, _ = first_certified([lambda: never])
    assert solution.broken == ["residual"]  # a figure that is not a number is broken
    with pytest.raises(NumericalError, match="no pivot; no pivot"):
        first_certified([broken, broken])


def test_a_sensitive_one_is_taken_if_nothing_better_is_certified():
    def made(route, condition, **figures):
        return lambda: Solution(np.ones(1), route, "", {"condition": (condition, 1e-9), **figures})

    plain, loud = made("plain", 1e-13), made("loud", 1e-10)
    bad = made("bad", 1e-13, residual=(1.0, 1e-8))
    solution, notes = first_certified([loud, plain])
    assert solution.route == "plain"
    assert notes == ("route loud set aside: condition = 1.0e-10",)
    assert first_certified([loud, bad])[0].route == "loud"
    assert first_certified([loud, made("louder", 5e-10), bad])[0].route == "loud"
    assert first_certified([made("loudest", 2e-9)])[0].broken == ["condition"]


def test_the_values_are_not_changed():
    h, interface, sigma, source, _ = problem()
    region = region_of(h, interface, sv.Options())
    before = region._values.copy()
    region.by_schur(complement(region, 0.3), sigma, source)
    region.by_refinement(0.3, sigma, source)
    region.by_full_matrix(0.3, sigma, source)
    assert np.array_equal(region._values, before)


def test_sources_without_columns():
    h, interface, sigma, _, _ = problem()
    nothing = np.zeros((len(interface), 0), dtype=complex)
    for solver in BACK_ENDS:
        region = region_of(h, interface, sv.Options(solver=solver))
        assert region.by_schur(complement(region, 0.3), sigma, nothing).psi.shape == (3, 0)
        assert region.by_refinement(0.3, sigma, nothing).psi.shape == (3, 0)


@pytest.mark.parametrize("solver", BACK_ENDS)
@pytest.mark.parametrize("complex_", [False, True])
def test_a_few_energies_side_by_side_are_those_one_by_one(solver, complex_):
    h, interface, _, _, _ = problem(complex_=complex_)
    region = region_of(h, interface, sv.Options(solver=solver))
    energies = np.array([0.3, -0.2, 1.1])
    wave = np.random.default_rng(0).normal(size=(3, 1))
    together = region.complements(energies, lambda c: np.broadcast_to(wave, (3, 3, 1)))
    for energy, found in zip(energies.tolist(), together, strict=True):
        alone = region.complement(energy, lambda c, number: wave)
        assert np.abs(found.matrix - alone.matrix).max() < 1e-11 * np.abs(alone.matrix).max()
        assert found.certified
        assert set(found.figures) == set(alone.figures)


@pytest.mark.parametrize("solver", BACK_ENDS)
def test_an_energy_without_a_complement_spoils_none_beside_it(solver):
    # At E = 0 the orbital inside is on its level, and elimination meets a pivot of zero.
    h = np.array([[0.3, 0.7, 0.0], [0.7, 0.0, 0.7], [0.0, 0.7, -0.2]])
    system = sv.System.from_matrices(h, {"L": (0.0, -1.0, [0]), "R": (0.0, -1.0, [2])})
    energies = np.linspace(-0.4, 0.4, 9)
    options = sv.Options(solver=solver, threads=1)
    together = sv.scattering_matrix(system, energies, options=options)
    for row, energy in enumerate(energies.tolist()):
        alone = sv.scattering_matrix(system, energy, options=options)
        assert np.abs(together.matrix[row] - alone.matrix).max() < 1e-12
