"""A straight channel between hard walls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..constants import HBAR2_OVER_2M
from ..errors import InputError
from .joint import Medium
from .one_dimensional import OneDimensional
from .two_terminal import TwoTerminal, Waves, countable
from .validation import degeneracy, number


@dataclass(frozen=True)
class HardWallChannel(TwoTerminal):
    """A channel of one width between hard walls, empty or with a barrier across it.

    Mode n = 1, 2, … opens at E_n = ħ²(nπ/W)²/2m; at E_n itself it is still closed. Empty, the channel transmits every
    open mode, and the number of modes is that of half wavelengths across it. A `barrier` that depends on the
    distance along the channel only does not mix modes, and mode n meets it with the energy E − E_n.

    Parameters
    ----------
    width
        W, in nm.
    mass
        In electron masses.
    barrier
        A closed form on a line (`RectangularBarrier`, `PotentialStep`, …) of the same mass, or None.
    spin_degeneracy
        g_s, contained in SI results only.

    Raises
    ------
    InputError
        For a width or a mass that is not positive, a `barrier` that is none, or of another mass.

    Notes
    -----
    C. W. J. Beenakker and H. van Houten, Solid State Physics 44, 1 (1991), section 13.

    Examples
    --------
    >>> import sharvin as sv
    >>> channel = sv.HardWallChannel(width=50.0, mass=0.067)
    >>> sv.scattering_matrix(channel, energy=[0.002, 0.003, 0.01]).transmission("right", "left").values
    array([0., 1., 2.])
    """

    width: float
    mass: float
    barrier: OneDimensional | None = None

    def __post_init__(self) -> None:
        degeneracy(self)
        number(self, "width", "nm", positive=True)
        number(self, "mass", "electron masses", positive=True)
        if self.barrier is None:
            return
        if not isinstance(self.barrier, OneDimensional):
            raise InputError(
                "HardWallChannel: barrier must be a closed form on a line, such as RectangularBarrier, "
                f"got {type(self.barrier).__name__}"
            )
        if any(mass != self.mass for mass in self.barrier.lead_masses):
            raise InputError(
                f"HardWallChannel: the barrier must have the channel's mass {self.mass:g}, "
                f"got {' and '.join(f'{mass:g}' for mass in sorted(set(self.barrier.lead_masses)))}"
            )

    def medium(self, lead: str, params: Mapping[str, Any]) -> Medium:
        """What lies far out in a lead, for these parameters."""
        here = self.with_parameters(params)
        potentials = (0.0, 0.0) if here.barrier is None else here.barrier.lead_potentials
        return Medium(here.mass, potentials[self.leads.index(lead)], here.width)

    def waves(self, energy: np.ndarray) -> Waves:
        """Amplitudes of the modes that are open at one of the energies, labelled "1", "2", …"""
        edges = self._edges(float(np.max(energy, initial=0.0)) - self._bottom)
        along = energy[:, None] - edges
        labels = tuple(str(n) for n in range(1, len(edges) + 1))
        if self.barrier is not None:
            return self.barrier.waves(along.ravel()).spread(len(along), labels)
        is_open, none = along > 0, np.zeros(along.shape)
        return Waves(none, np.ones(along.shape), none, is_open, is_open, labels)

    def levels(self, low: float, high: float) -> np.ndarray:
        """E_n, or E_n plus each level of the barrier."""
        edges = self._edges(high - self._bottom)
        if self.barrier is None:
            return edges
        return np.add.outer(edges, self.barrier.levels(self._bottom, high)).ravel()

    @property
    def _bottom(self) -> float:
        """The lower of the potentials at the channel's two ends."""
        return 0.0 if self.barrier is None else min(self.barrier.lead_potentials)

    def _edges(self, highest: float) -> np.ndarray:
        """E_n of the modes up to an energy above the bottom of the channel, in eV."""
        first = HBAR2_OVER_2M / self.mass * (np.pi / self.width) ** 2
        n = np.arange(1, countable(np.sqrt(max(highest, 0.0) / first), "HardWallChannel") + 2)
        edges = first * n**2
        return edges[edges <= highest]
