"""A system whose electrons lose their phase: a voltage probe on every site of a part of the region.

On each site i sits a fictitious lead with the self-energy −iη_i on all of its orbitals, Γ_i = 2η_i. It draws no current
at any energy: its occupation f_i(E) floats, so that every electron it takes comes back at the same energy, with a
phase and a direction that know nothing of the former ones. (J. L. D'Amato and H. M. Pastawski, Phys. Rev. B 41, 7411
(1990), after M. Büttiker, IBM J. Res. Dev. 32, 63 (1988).)

In a wave of velocity v the coherent flux decays as exp(−2ηx/ħv): the electron keeps its phase for the time
τ_φ = ħ/2η and the ballistic length ℓ_φ = vτ_φ = ħv/2η.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..constants import HBAR
from ..errors import InputError
from ..reals import shown
from .body import LatticeBody
from .coordinates import site_coordinates
from .shape import Shape
from .values import Value, bind_parameters, merge_parameters

if TYPE_CHECKING:
    from .system import System


@dataclass(frozen=True, eq=False)
class DephasedSystem:
    """A system with a voltage probe on every site of a part of its region; made by `System.with_dephasing`.

    It is a conductor without a scattering matrix: only probabilities are known of it. `sharvin.conductance`,
    `sharvin.current` and whatever else needs transmissions take it as they take the system.

    Attributes
    ----------
    system
        The system without probes.
    region
        The shape whose sites have probes; None for all sites.
    strength
        η in eV, or ℓ_φ in nm, as a number, a parameter or a function of coordinates.
    by_length
        Whether `strength` is a length.
    velocity
        The velocity in m/s that makes η of a length; None for the mean velocity of the open modes of the leads.
    """

    system: "System"
    region: Shape | None
    strength: Value
    by_length: bool
    velocity: float | None = None

    #: What a probe re-emits has lost its phase.
    phases_known: ClassVar[bool] = False
    #: S does not exist, only transmissions do.
    has_scattering_matrix: ClassVar[bool] = False

    @property
    def leads(self) -> tuple[str, ...]:
        """Names of the leads, in order; the probes are no leads."""
        return self.system.leads

    @property
    def spin_degeneracy(self) -> int:
        """g_s of the system."""
        return self.system.spin_degeneracy

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Named parameters of the system and of the strength, with their defaults."""
        return merge_parameters([self.system.parameters, self.strength.parameters])

    @property
    def needs_velocity(self) -> bool:
        """Whether the mean velocity of the leads' open modes is needed for η."""
        return self.by_length and self.velocity is None

    @cached_property
    def sites(self) -> np.ndarray:
        """Numbers of the sites that have a probe, ascending."""
        body = self.system.body
        if not isinstance(body, LatticeBody):
            return np.arange(body.size)
        if self.region is None:
            return np.arange(len(body.sites))
        inside = self.region.contains(*body.sites.positions.T)
        return np.flatnonzero(np.broadcast_to(inside, len(body.sites)))

    @property
    def positions(self) -> np.ndarray | None:
        """Places of these sites in nm, (sites, 3); None for a system from matrices."""
        body = self.system.body
        return body.sites.positions[self.sites] if isinstance(body, LatticeBody) else None

    @cached_property
    def site_of_orbital(self) -> np.ndarray:
        """The site of each row of H; first cells of leads on lattices of their own have numbers behind the others."""
        body = self.system.body
        if not isinstance(body, LatticeBody):
            return np.arange(body.size)
        own = np.repeat(np.arange(len(body.sites)), body.sites.lattice.orbital_count)
        rest = np.arange(body.size - len(own))  # one orbital, one site: no probe is there
        return np.concatenate([own, len(body.sites) + rest])

    def split(self, params: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """All parameters, bound, and those among them that the system takes."""
        bound = bind_parameters(self.parameters, params)
        return bound, {name: bound[name] for name in self.system.parameters}

    def rates(self, params: Mapping[str, Any], slope: float) -> np.ndarray:
        """η in eV on each of `sites`.

        Parameters
        ----------
        params
            All parameters, bound.
        slope
            ħ times the mean velocity of the open modes, in eV nm, which counts if `needs_velocity`.
        """
        values = self._strengths(params)
        if not self.by_length:
            return values
        if self.velocity is not None:
            slope = HBAR * self.velocity * 1e9
        return slope / (2 * values)

    def _strengths(self, params: Mapping[str, Any]) -> np.ndarray:
        """The rate in eV, or the length in nm, on each site with a probe."""
        body, count = self.system.body, len(self.sites)
        coordinates = site_coordinates(body.sites, self.sites) if isinstance(body, LatticeBody) else {}
        values = self.strength.evaluate(coordinates, params, count, 1)[:, 0, 0]
        name = "length" if self.by_length else "rate"
        right = (values > 0) if self.by_length and np.isrealobj(values) else (np.real(values) >= 0)
        right = right & (np.imag(values) == 0)
        if not right.all():
            expected = "positive lengths in nm" if self.by_length else "rates in eV that are not negative"
            wrong = shown(values[~right][0].item())
            raise InputError(f"with_dephasing: expected {expected}, got {wrong} from {name}=")
        return np.array(values, dtype=float)
