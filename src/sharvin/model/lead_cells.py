"""The matrices of a lead's cell from its first three cells."""

import numpy as np
from scipy import sparse

from ..errors import InputError
from .bravais import Lattice
from .conserved import Blocks

_PERIODICITY = 1e-9


def periodic_cell(what: str, cells: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """h0 and v from H of three cells: two tell them, the third that they repeat."""
    m = cells.shape[0] // 3
    first, second = cells[:m].tocsr(), cells[m : 2 * m].tocsr()
    h0, v = first[:, :m], first[:, m : 2 * m]
    change = max(abs(second[:, m : 2 * m] - h0).max(), abs(second[:, 2 * m :] - v).max())
    if change > _PERIODICITY * max(np.abs(cells.data).max(initial=0.0), 1e-300):
        raise InputError(
            f"{what}: its terms change along the lead by {change:.1e} eV from one "
            "period to the next; a lead's terms may depend on the transverse coordinates only"
        )
    return h0.toarray(), v.toarray()


def electrons_and_holes(lattice: Lattice) -> Blocks:
    """Electrons and holes of a site, which a lead without pairing conserves."""
    electron, hole = np.diag(lattice.charges > 0), np.diag(lattice.charges < 0)
    names = {"electron": electron.astype(float), "hole": hole.astype(float)}
    return Blocks.of("electrons and holes", names, len(electron))
