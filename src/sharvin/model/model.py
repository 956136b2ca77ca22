"""A model: a lattice and the terms of a Hamiltonian on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._deferred import DeferredMethod
from ..errors import InputError
from ..reals import number, shown
from .bravais import Lattice
from .shape import Shape
from .spin import is_spinful
from .system import System
from .terms import Terms
from .values import Parameter
from .wrapping import wrapped


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
                f"model: expected a lattice such as sharvin.lattice.square(a=2.0), got {shown(self.lattice)}"
            )
        if not isinstance(self.terms, Terms):
            raise InputError(
                f"model: expected terms such as onsite(0.4) + hopping(-0.1), got {shown(self.terms)}"
            )
        object.__setattr__(self, "terms", self.terms.on(self.lattice))
        self._check_terms()
        given = self.spin_degeneracy
        if (
            isinstance(given, bool)
            or not isinstance(given, (int, float, np.number))
            or given not in (0, 1, 2)
        ):
            raise InputError(f"model: spin_degeneracy must be 1 or 2, got {shown(given)}")
        if given == 0:
            object.__setattr__(self, "spin_degeneracy", 1 if is_spinful(self.lattice.orbitals) else 2)
        _ = self.parameters

    def _check_terms(self) -> None:
        """Refuse terms that are not for the lattice."""
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
                self.lattice.sublattice_number(term.sublattice, "onsite")
        if not self.lattice.holes:  # whose electrons and pairs were looked at before they were doubled
            self.terms.check_one_way()

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

    def wrapped(self, along: object, momentum: float | Parameter) -> "Model":
        """The model as periodic in one direction, with a Bloch momentum: ψ(r + P) = e^{ik} ψ(r).

        The lattice loses that direction. A wide junction is a region of what is left, with leads of the wrapped model:
        one for every momentum, S(k).

        Parameters
        ----------
        along
            The direction of P, as that of a lead: "+y", or a vector along a lattice translation. P is the shortest one.
        momentum
            k in radians per period, or ``sharvin.param("kx")``, say, to be swept.

        Returns
        -------
        Model
            On a lattice of one dimension less, whose sites have the same places but for what is along P.

        Raises
        ------
        InputError
            For a chain, a direction without a period, and terms that depend on the cell, or that change along P (when
            they are evaluated).

        Notes
        -----
        A field perpendicular to a plane that holds P is refused: no gauge keeps both leads and period. Sites of a
        lattice whose vectors are oblique to P stand as if moved along P; wrapped twice, the second P is the part of a
        translation that is across the first one.

        Examples
        --------
        A wide and short sheet of graphene at its neutrality point, between doped leads: the sum over all momenta is the
        number of periods in the width times the average, and G L/W = 4e²/πh with spin, up to corrections of a/L.

        >>> import numpy as np
        >>> import sharvin as sv
        >>> sheet = sv.Model(sv.lattice.honeycomb(a=0.246), sv.hopping(-2.7)).wrapped("+x", momentum=sv.param("kx"))
        >>> doped = sheet + sv.onsite(-0.5)
        >>> strip = sheet.region(sv.shape.box((200, 5))).lead("in", doped, "-y").lead("out", doped, "+y")
        >>> kx = np.linspace(-np.pi, np.pi, 120, endpoint=False)
        >>> average = sv.transmission(strip, energy=0.0, kx=kx).mean("kx")
        >>> float((2 * average * 5 / 0.246 / (4 / np.pi)).round(2))
        0.96
        """
        if not isinstance(momentum, Parameter):
            momentum = number("wrapped: momentum", momentum)
        lattice, terms = wrapped(self.lattice, self.terms, along, momentum)
        return Model(lattice, terms, self.spin_degeneracy)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Named parameters of the terms, with their defaults."""
        return self.terms.parameters

    def region(self, shape: Shape) -> "System":
        """The sites of the lattice inside a shape, as a system without leads.

        That takes some 100 bytes of memory for every site in the shape's box, the Hamiltonian included.

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
