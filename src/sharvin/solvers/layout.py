"""What stays while parameters change: the pattern of H, the leads, and the orbitals where they meet."""

from functools import cached_property
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from ..errors import InputError
from ..linalg import Pattern, others
from ..linalg.choice import choose
from ..model.lead_cell import LeadCell
from ..model.system import System
from .analyses import Analysed, analysed
from .cache import Store
from .layers import Layers
from .ports import LeadPorts

#: Measured: layers win over sparse elimination, with what is called around it, below these sizes.
_MANY, _SMALL_REGION, _THIN, _FEW_FLOPS = 10, 2000, 20, 3e5
_LAYOUTS: Store = Store(256e6, lambda layout: 1e4 + 32.0 * len(layout.pattern.indices), alone=True)


class Layout:
    """The pattern of H, the leads, and the interface orbitals of a system.

    Attributes
    ----------
    pattern
        Of H and of E − H.
    leads
        The ports of each lead.
    interface, inner
        Orbitals that a lead touches, and the others; sorted.
    places
        Of the orbitals of each lead, where in the interface they stand.
    """

    def __init__(self, indptr: np.ndarray, indices: np.ndarray, cells: list[LeadCell]) -> None:
        self._source = indptr, indices, cells  # kept alive: the cache knows them by their identity
        self.pattern = Pattern(indptr, indices)
        self.leads = [LeadPorts(cell) for cell in cells]
        orbitals = [cell.orbitals[lead.touched] for cell, lead in zip(cells, self.leads, strict=True)]
        self.interface, where = np.unique(np.concatenate(orbitals), return_inverse=True)
        self.inner = others(self.pattern.size, self.interface)
        self.places = np.split(where, np.cumsum([len(mine) for mine in orbitals])[:-1])
        # Factors are large: they are kept as long as the store of analyses has room for them, and here no longer.
        self._analysed: WeakValueDictionary[tuple[type, str], Analysed] = WeakValueDictionary()

    @cached_property
    def layers(self) -> Layers:
        """The region in layers around the interface."""
        return Layers.of(self.pattern, self.interface)

    def suits_layers(self, energies: int) -> bool:
        """Whether many energies at once, layer by layer, are faster than one sparse factorization for each.

        They are while Python costs more than arithmetic: for small regions, and thin ones of some length.
        """
        if energies < _MANY or self.pattern.size > _SMALL_REGION or not len(self.interface):
            return False
        return max(self.layers.sizes) <= _THIN and self.layers.flops <= _FEW_FLOPS

    def analysed(self, dtype: type, solver: str) -> Analysed:
        """Factorizations analysed for the pattern, the interface kept."""
        name, _ = choose(solver, self.pattern.size)
        found = self._analysed.get((dtype, name))
        if found is None:
            found = self._analysed[dtype, name] = analysed(self.pattern, self.interface, dtype, solver)
        return found


def layout_of(system: System, params: dict[str, Any]) -> Layout:
    """The layout of a system at a set of parameters; the same one while only values of H change."""
    if not system.leads:
        raise InputError("the system has no leads, so it has no scattering matrix; attach one with .lead(…)")
    cells = [system.lead_cell(name, **params) for name in system.leads]
    indptr, indices = system.pattern
    key = (id(indptr), id(indices), *(id(cell) for cell in cells))
    return _LAYOUTS.get(key, lambda: Layout(indptr, indices, cells))
