"""Closed forms of one particle on a line: plane waves of known mass at both ends.

ψ″ħ²/2m = (V − E)ψ, with ψ and ψ′/m continuous where the mass changes (D. J. BenDaniel and C. B. Duke,
Phys. Rev. 152, 683 (1966)). The potential is zero far to the left. Amplitudes are those of unit-current waves
e^{±ikx}, whose phases count from the reference planes that each class states.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..constants import HBAR2_OVER_2M
from .joint import Medium
from .two_terminal import TwoTerminal, Waves


def wave_number_squared(kinetic_energy: np.ndarray, mass: float) -> np.ndarray:
    """k² = 2m(E − V)/ħ² in 1/nm², from eV and electron masses; negative in a barrier."""
    return kinetic_energy * (mass / HBAR2_OVER_2M)


def wave_number(kinetic_energy: np.ndarray, mass: float) -> np.ndarray:
    """k in 1/nm, complex: real above the potential, +iκ below it."""
    return np.sqrt(wave_number_squared(kinetic_energy, mass).astype(complex))


@dataclass(frozen=True)
class OneDimensional(TwoTerminal):
    """A potential on a line, constant far to the left (there zero) and far to the right; abstract.

    The channel of a lead is open at energies above the potential there; at that energy itself it is closed.
    """

    @property
    @abstractmethod
    def lead_potentials(self) -> tuple[float, float]:
        """The potential far to the left (zero) and far to the right, in eV."""

    @property
    @abstractmethod
    def lead_masses(self) -> tuple[float, float]:
        """The masses far to the left and right, in electron masses."""

    def medium(self, lead: str, params: Mapping[str, Any]) -> Medium:
        """What lies far out in a lead, for these parameters."""
        side, here = self.leads.index(lead), self.with_parameters(params)
        return Medium(here.lead_masses[side], here.lead_potentials[side])

    @abstractmethod
    def solve(self, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(r, t, r′) at energies at which at least one lead is open, shape (energies,)."""

    def waves(self, energy: np.ndarray) -> Waves:
        """Scattering amplitudes of the one channel, labelled "0"."""
        open_left, open_right = (energy > potential for potential in self.lead_potentials)
        some = open_left | open_right
        found = np.zeros((3, energy.size), dtype=complex)
        found[:, some] = self.solve(energy[some])
        r, t, r_right = found[:, :, None]
        return Waves(r, t, r_right, open_left[:, None], open_right[:, None], ("0",))


class Barrier(OneDimensional):
    """A potential on a line that is zero at both ends, for one mass; abstract."""

    mass: float

    @property
    def lead_potentials(self) -> tuple[float, float]:
        """(0, 0), in eV."""
        return (0.0, 0.0)

    @property
    def lead_masses(self) -> tuple[float, float]:
        """The one mass, twice."""
        return (self.mass, self.mass)
