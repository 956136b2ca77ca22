"""A model: a lattice and the terms of a Hamiltonian on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._deferred import DeferredMethod
from ..errors import InputError
from .bravais import Lattice
from .shape import Shape
from .spin import is_spinful
from .system import System
from .terms import Terms


@dataclass(frozen=True, eq=False)
class Model:
    """A translation-invariant lattice with terms that may depend on position.

    Models grow by adding terms; a region cut from a model, with leads, is a `System`.

    Parameters
    ----------
    lattice
        From `sharvin.lattice`.
    terms
        A sum of `onsite`, `hopping`, and of what `sharvin.terms` and the kinds of disorder give.
    spin_degeneracy
        g_s: 1 or 2. By default 1 if the lattice's orbitals are named with spin ("up" and "down", or "s up", "s down",
        …), 2 if not.

    Raises
    ------
    InputError
        For anything else, or a hopping that the lattice does not have.

    Examples
    --------
    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
    >>> barrier = wire + sv.onsite(lambda x, height: height * (abs(x) < 5))
    >>> sorted(barrier.parameters)
    ['height']
    """

    lattice: Lattice
    terms: Terms
    spin_degeneracy: int = 0

    plot = DeferredMethod(
        "sharvin.plotting.models",
        "plot_model",
        "Draw the unit cell, its neighbours and the hoppings of every term; see `sharvin.plotting.plot_model`.",
    )

    def __post_init__(self) -> None:
        if not isinstance(self.lattice, Lattice):
            raise InputError(
                f"model: expected a lattice such as sharvin.lattice.square(a=2.0), got {self.lattice!r}"
            )
        if not isinstance(self.terms, Terms):
            raise InputError(f"model: expected terms such as onsite(0.4) + hopping(-0.1), got {self.terms!r}")
        object.__setattr__(self, "terms", self.terms.on(self.lattice))
        for term in self.terms.hopping:
            term.bonds(self.lattice)
        for term in (*self.terms.onsite, *self.terms.hopping) if self.lattice.holes else ():
            if term.value.transform is None and np.ndim(term.value.source) != 2:
                raise InputError(
                    "model: it is particle–hole doubled, and holes have −H*, so that a number or a function would be "
                    "wrong for them; add the term before sharvin.nambu, or a matrix over electrons and holes"
                )
        for term in self.terms.onsite:
            if term.sublattice is not None:
                self.lattice.sublattice_number(term.sublattice)
        if self.spin_degeneracy not in (0, 1, 2):
            raise InputError(f"model: spin_degeneracy must be 1 or 2, got {self.spin_degeneracy!r}")
        if self.spin_degeneracy == 0:
            object.__setattr__(self, "spin_degeneracy", 1 if is_spinful(self.lattice.orbitals) else 2)
        _ = self.parameters

    def __add__(self, terms: Terms) -> "Model":
        if not isinstance(terms, Terms):
            return NotImplemented
        return Model(self.lattice, self.terms + terms, self.spin_degeneracy)

    def with_parameters(self, **values: Any) -> "Model":
        """The model with values for some of its parameters, or with other names for them.

        Parameters
        ----------
        **values
            By name of a parameter what it is: a value, or ``sharvin.param("another name")``.

        Examples
        --------
        A lead with a mass of its own:

        >>> import numpy as np
        >>> import sharvin as sv
        >>> graphene = sv.Model(
        ...     sv.lattice.honeycomb(),
        ...     sv.onsite(lambda sublattice, mass: mass * np.where(sublattice == "A", 1, -1)) + sv.hopping(-2.7),
        ... )
        >>> sorted(graphene.with_parameters(mass=sv.param("lead_mass")).parameters)
        ['lead_mass']
        """
        return Model(self.lattice, self.terms.with_parameters(values), self.spin_degeneracy)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Named parameters of the terms, with their defaults."""
        return self.terms.parameters

    def region(self, shape: Shape) -> "System":
        """The sites of the lattice inside a shape, as a system without leads.

        Raises
        ------
        InputError
            If no site lies inside, or the shape is unbounded along a lattice direction.

        Examples
        --------
        >>> import sharvin as sv
        >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
        >>> wire.region(sv.shape.rectangle(length=200, width=80)).site_count
        3861
        """
        return System.of_region(self.lattice, self.terms, shape, self.spin_degeneracy)
