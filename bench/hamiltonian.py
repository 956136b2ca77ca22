"""The numbers of the Hamiltonians that both programs build: energies in units of the hopping, lattice constant 1."""

import numpy as np

STRENGTH = 1.0  # width of the disorder
SEED = 7
FLUX = 0.01  # flux quanta h/e in a plaquette of the square lattice

#: Spin–orbit wire: ⟨r + x|H|r⟩, ⟨r + y|H|r⟩ and ⟨r + z|H|r⟩ of −∇² + α(k_x σ_y − k_y σ_x), with α = 0.4.
_ALPHA = 0.4
_SIGMA_X, _SIGMA_Y = np.array([[0, 1], [1, 0]], dtype=complex), np.array([[0, -1j], [1j, 0]])
SPIN_ORBIT_HOPPINGS = {
    (1, 0, 0): -np.eye(2) + 0.5j * _ALPHA * _SIGMA_Y,
    (0, 1, 0): -np.eye(2) - 0.5j * _ALPHA * _SIGMA_X,
    (0, 0, 1): -np.eye(2),
}
SPIN_ORBIT_STRENGTH = 0.5

#: Where the energies of a sweep begin: in a band, away from its centre, at no threshold.
SQUARE_ENERGY, GRAPHENE_ENERGY, SPIN_ORBIT_ENERGY = 0.50123, 0.30123, 1.00123
#: Of the cross in a field: three modes are open in each lead, and disorder broadens the fourth Landau level to there,
#: so that no lead is cut off from another one.
CROSS_ENERGY = 0.41123


def energies(first: float, count: int, repetition: int) -> np.ndarray:
    """The energies of a repetition: others for each, so that no repetition finds the work of the last one done."""
    return first + 1.37e-3 * np.arange(count) + 1.1e-5 * repetition
