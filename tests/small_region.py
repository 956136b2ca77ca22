"""A small region as the solvers see it, with a lead of any Σ, and what the whole matrix gives."""

import numpy as np
from scipy import sparse

import sharvin as sv
from sharvin.solvers.layout import Layout
from sharvin.solvers.region import Region
from sharvin.solvers.secular import SecularMatrix
from sharvin.solvers.whole_region import WholeRegion


class Case:
    """A region whose interface orbitals a wide-band lead touches: eliminated, and whole."""

    def __init__(self, h, interface, solver="auto", *, hermitian=True):
        lead = (sv.WideBand(np.eye(len(interface))), interface)
        system = sv.System.from_matrices(h, {"lead": lead})
        layout = Layout(*system.pattern, [system.lead_cell("lead")])
        self.interface = layout.interface
        self.secular = SecularMatrix(layout.pattern, system.hamiltonian().data, hermitian=hermitian)
        self.region = Region(self.secular, layout, solver)
        self.whole = WholeRegion(self.secular, layout, solver)

    def complement(self, energy):
        """C, tried on random waves."""
        size = len(self.interface)
        return self.region.complement(
            energy, lambda c, number: np.random.default_rng(number).normal(size=(size, 1))
        )


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
