import numpy as np
import pytest
from scipy import sparse
from tests.small_region import Case, problem

from sharvin.errors import NumericalError
from sharvin.linalg import available_back_ends
from sharvin.solvers.solution import first_certified

BACK_ENDS = available_back_ends()


@pytest.mark.parametrize("solver", BACK_ENDS)
@pytest.mark.parametrize("complex_", [True, False])
@pytest.mark.parametrize("kept", [(3, 11, 0), (5,), tuple(range(20))])
def test_every_route_solves_the_same_problem(solver, complex_, kept):
    h, interface, sigma, source, wanted = problem(kept=kept, complex_=complex_)
    case = Case(h, interface, solver)
    routes = [
        case.complement(0.3).solved(sigma, source, 1e-10),
        case.whole.refined(0.3, sigma, source),
        case.whole.full(0.3, sigma, source),
        case.whole.full(0.3, sigma, source, pivoting=True),
    ]
    assert [solution.route for solution in routes] == ["schur", "refined", "full", "pivoting"]
    for solution in routes:
        assert np.abs(solution.psi - wanted).max() < 1e-10 * np.abs(wanted).max()
        assert solution.figures["residual"][0] < 1e-13
    assert routes[1].broken == routes[2].broken == []


@pytest.mark.parametrize("complex_", [False, True])
def test_waves_everywhere_and_a_few_columns_at_a_time(complex_, monkeypatch):
    h, interface, sigma, source, wanted = problem(complex_=complex_)
    case = Case(h, interface)
    full = 0.3 * np.eye(20) - h.toarray() + 0j
    full[np.ix_(interface, interface)] -= sigma
    rhs = np.zeros((20, 2), dtype=complex)
    rhs[interface] = source
    inside = np.linalg.solve(full, rhs)
    for most in (1, 40 * 16):  # bytes: a column, and two
        monkeypatch.setattr("sharvin.solvers.whole_region._COLUMN_BYTES", most)
        for solution in (
            case.whole.refined(0.3, sigma, source, everywhere=True),
            case.whole.full(0.3, sigma, source, everywhere=True),
        ):
            assert np.abs(solution.psi - inside).max() < 1e-12 * np.abs(inside).max()
            assert not solution.broken
        assert np.abs(case.whole.refined(0.3, sigma, source).psi - wanted).max() < 1e-12


@pytest.mark.parametrize("solver", BACK_ENDS)
@pytest.mark.parametrize("pivoting", [False, True])
def test_a_pole_of_the_complement_is_noticed(solver, pivoting):
    # E = 0 is the level of the row that is eliminated; the open system is regular there, with ψ = 0 beside it.
    case = Case(sparse.csr_array(np.array([[0, 1.0], [1.0, 0]])), np.array([1]), solver)
    sigma, source = np.array([[-0.7j]]), np.ones((1, 1), dtype=complex)
    solution, notes = first_certified(
        [
            lambda: case.complement(0.0).solved(sigma, source, 1e-10),
            lambda: case.whole.full(0.0, sigma, source, pivoting=pivoting),
        ]
    )
    assert solution.route == ("pivoting" if pivoting else "full")
    assert len(notes) == 1
    assert np.abs(solution.psi).max() < 1e-12  # on the interface


@pytest.mark.parametrize("solver", BACK_ENDS)
def test_a_dark_state_at_the_energy_is_no_obstacle_or_an_error(solver):
    # Two equal levels beside one site: their difference couples to nothing, and E − H − Σ is singular.
    h = sparse.csr_array(np.array([[0, 1, 0], [1, 0, 0.5], [0, 0.5, 0.0]]))
    case = Case(h, np.array([1]), solver)
    sigma, source = np.array([[-0.7j]]), np.ones((1, 1), dtype=complex)
    solution = case.whole.full(0.0, sigma, source)
    assert solution.broken or np.abs(solution.psi).max() < 1e-10
    with pytest.raises(NumericalError, match="singular"):
        case.whole.full(0.0, sigma, source, pivoting=True)


def test_the_values_are_not_changed():
    h, interface, sigma, source, _ = problem()
    case = Case(h, interface)
    before = case.secular.h.copy()
    case.complement(0.3).solved(sigma, source, 1e-10)
    case.whole.refined(0.3, sigma, source)
    case.whole.full(0.3, sigma, source)
    assert np.array_equal(case.secular.h, before)


def test_sources_without_columns():
    h, interface, sigma, _, _ = problem()
    nothing = np.zeros((len(interface), 0), dtype=complex)
    for solver in BACK_ENDS:
        case = Case(h, interface, solver)
        assert case.complement(0.3).solved(sigma, nothing, 1e-10).psi.shape == (3, 0)
        assert case.whole.refined(0.3, sigma, nothing).psi.shape == (3, 0)


def test_the_worst_of_all_columns_counts(monkeypatch):
    h, interface, sigma, source, _ = problem()
    case = Case(h, interface)
    plain = case.whole.full(0.3, sigma, source).figures
    monkeypatch.setattr("sharvin.solvers.whole_region._COLUMN_BYTES", 1)  # a column at a time
    found = iter([(1e-3, 1e-20), (1e-20, 1e-2)])
    monkeypatch.setattr("sharvin.solvers.whole_region.refined", lambda *given: (0 * given[2], *next(found)))
    worst = case.whole.full(0.3, sigma, source).figures
    assert {name: value for name, (value, _) in worst.items()} == {"residual": 1e-3, "correction": 1e-2}
    found = iter([(np.nan, 1e-20), (1e-20, np.nan)])
    broken = case.whole.full(0.3, sigma, source)
    assert sorted(broken.broken) == sorted(plain) == ["correction", "residual"]


@pytest.mark.parametrize("hermitian", [True, False])
def test_waves_inside_are_kept_where_flux_is_lost(hermitian):
    h, interface, sigma, source, _ = problem()
    case = Case(h, interface, hermitian=hermitian)
    for solution in (case.whole.refined(0.3, sigma, source), case.whole.full(0.3, sigma, source)):
        assert len(solution.psi) == (3 if hermitian else 20)
