import numpy as np
import pytest
from tests.small_region import Case, problem

import sharvin as sv
from sharvin.linalg import available_back_ends

BACK_ENDS = available_back_ends()


@pytest.mark.parametrize("solver", BACK_ENDS)
@pytest.mark.parametrize("complex_", [False, True])
def test_a_few_energies_side_by_side_are_those_one_by_one(solver, complex_):
    h, interface, _, _, _ = problem(complex_=complex_)
    case = Case(h, interface, solver)
    energies = np.array([0.3, -0.2, 1.1])
    wave = np.random.default_rng(0).normal(size=(3, 1))
    together = case.region.complements(energies, lambda c: np.broadcast_to(wave, (3, 3, 1)))
    for energy, found in zip(energies.tolist(), together, strict=True):
        alone = case.region.complement(energy, lambda c, number: wave)
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
