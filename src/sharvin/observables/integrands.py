"""What is integrated over energy: numbers linear in the transmissions, weighted with the occupations of reservoirs.

With M_αβ = δ_αβ Σ_γ T_γα − T_αβ (γ, β ≠ α), the flow out of reservoir α at one energy is i_α = Σ_β M_αβ f_β, and by
unitarity a common occupation drives none. Each integrand also tells how much errors of the transmissions change it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

_EPS = np.finfo(float).eps
#: What rounding may have changed of a transmission that a series of 24 terms gives.
ROUNDING = 16 * _EPS

#: (energies (n,), number of the integral (n,)) → an array whose first axis is n.
Weight = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Integrand(Protocol):
    """Numbers per energy, linear in the transmissions."""

    @property
    def outputs(self) -> int:
        """How many numbers."""
        ...

    def __call__(self, energy: np.ndarray, transmission: np.ndarray, j: np.ndarray) -> np.ndarray:
        """From energies (n,), transmissions (n, leads, leads) and the number of the integral (n,): (n, outputs)."""
        ...

    def change(self, energy: np.ndarray, error: np.ndarray, j: np.ndarray) -> np.ndarray:
        """The most that errors of the transmissions (n, leads, leads) change it, (n, outputs)."""
        ...

    def noise(self, energy: np.ndarray, transmission: np.ndarray, j: np.ndarray) -> np.ndarray:
        """The most that rounding of transmissions and occupations changes it, (n, outputs)."""
        ...


@dataclass(frozen=True, eq=False)
class Through:
    """T from one lead into another, times a weight (n,); from a lead into all others if it is named twice."""

    out: int
    source: int
    weight: Weight
    outputs: int = 1

    def __call__(self, energy: np.ndarray, transmission: np.ndarray, j: np.ndarray) -> np.ndarray:
        """T(E) w(E)."""
        return (through(transmission, self.out, self.source) * self.weight(energy, j))[:, None]

    def change(self, energy: np.ndarray, error: np.ndarray, j: np.ndarray) -> np.ndarray:
        """δT |w|."""
        return (through(error, self.out, self.source) * np.abs(self.weight(energy, j)))[:, None]

    def noise(self, energy: np.ndarray, transmission: np.ndarray, j: np.ndarray) -> np.ndarray:
        """That of the transmission."""
        return self.change(energy, ROUNDING * transmission, j)


@dataclass(frozen=True, eq=False)
class Flows:
    """m_αk i_α: flows between reservoirs of given occupations.

    Attributes
    ----------
    leads, moments
        Numbers of α and of k.
    drive
        f_α − f with f of the last lead, (n, leads).
    moment
        m_αk, (n, leads, moments).
    """

    leads: int
    moments: int
    drive: Weight
    moment: Weight

    @property
    def outputs(self) -> int:
        """Leads × moments."""
        return self.leads * self.moments

    def __call__(self, energy: np.ndarray, transmission: np.ndarray, j: np.ndarray) -> np.ndarray:
        """m_αk i_α, the moments of a lead side by side."""
        flow = driven_flow(transmission, self.drive(energy, j))
        return (flow[:, :, None] * self.moment(energy, j)).reshape(len(energy), -1)

    def change(self, energy: np.ndarray, error: np.ndarray, j: np.ndarray) -> np.ndarray:
        """|m_αk| Σ_β (δT_βα |f_α − f| + δT_αβ |f_β − f|), with f that of the last lead."""
        return self._spread(energy, error, np.abs(self.drive(energy, j)), j)

    def noise(self, energy: np.ndarray, transmission: np.ndarray, j: np.ndarray) -> np.ndarray:
        """That of transmissions: flows that cancel leave theirs."""
        return self.change(energy, ROUNDING * transmission, j)

    def _spread(
        self, energy: np.ndarray, between: np.ndarray, drive: np.ndarray, j: np.ndarray
    ) -> np.ndarray:
        between = _between(between)
        flow = between.sum(axis=1) * drive + np.einsum("nab,nb->na", between, drive)
        return (flow[:, :, None] * np.abs(self.moment(energy, j))).reshape(len(energy), -1)


@dataclass(frozen=True, eq=False)
class Response:
    """m_αk M_αβ g_βl: how the flow from α changes with what g_βl is the change of f_β by.

    Attributes
    ----------
    leads, moments, changes
        Numbers of α and β, of k and of l.
    moment
        m_αk, (n, leads, moments).
    slope
        g_βl, (n, leads, changes).
    """

    leads: int
    moments: int
    changes: int
    moment: Weight
    slope: Weight

    @property
    def outputs(self) -> int:
        """Leads × moments × leads × changes."""
        return self.leads**2 * self.moments * self.changes

    def __call__(self, energy: np.ndarray, transmission: np.ndarray, j: np.ndarray) -> np.ndarray:
        """In the order (α, k, β, l)."""
        return self._weighted(energy, flow_matrix(transmission), j)

    def change(self, energy: np.ndarray, error: np.ndarray, j: np.ndarray) -> np.ndarray:
        """With |m| |g| and the sums of errors in the place of M."""
        between = _between(error)
        diagonal = between.sum(axis=1)[:, :, None] * np.eye(self.leads)
        return self._weighted(energy, between + diagonal, j, absolute=True)

    def noise(self, energy: np.ndarray, transmission: np.ndarray, j: np.ndarray) -> np.ndarray:
        """That of the transmissions."""
        return self.change(energy, ROUNDING * transmission, j)

    def _weighted(
        self, energy: np.ndarray, matrix: np.ndarray, j: np.ndarray, *, absolute: bool = False
    ) -> np.ndarray:
        left, right = self.moment(energy, j), self.slope(energy, j)
        if absolute:
            left, right = np.abs(left), np.abs(right)
        found = left[:, :, :, None, None] * matrix[:, :, None, :, None] * right[:, None, None, :, :]
        return found.reshape(len(energy), -1)


def through(transmission: np.ndarray, out: int, source: int) -> np.ndarray:
    """T from one lead into another; from a lead into all others if it is named twice. (n, leads, leads) → (n,)."""
    if out != source:
        return transmission[:, out, source]
    return np.delete(transmission[:, :, source], source, axis=1).sum(axis=1)


def net_flow(transmission: np.ndarray, occupation: np.ndarray) -> np.ndarray:
    """i_α(E) = Σ_β [T_βα f_α − T_αβ f_β]: from (n, leads, leads) and (n, leads), shape (n, leads).

    By unitarity a common occupation drives no current: the last reservoir's is taken off before the sum, so that
    nothing large cancels. The flows add up to zero whatever the transmissions are.
    """
    return driven_flow(transmission, occupation - occupation[:, -1:])


def driven_flow(transmission: np.ndarray, drive: np.ndarray) -> np.ndarray:
    """The same from differences of occupations, to whatever common one."""
    between = _between(transmission)
    return between.sum(axis=1) * drive - np.einsum("nab,nb->na", between, drive)


def flow_matrix(transmission: np.ndarray) -> np.ndarray:
    """M_αβ = δ_αβ Σ_γ T_γα − T_αβ without reflections, (…, leads, leads); every column adds up to zero."""
    between = _between(transmission)
    return between.sum(axis=-2)[..., None, :] * np.eye(transmission.shape[-1]) - between


def _between(transmission: np.ndarray) -> np.ndarray:
    """Transmissions without the reflections on the diagonal."""
    return transmission * (1 - np.eye(transmission.shape[-1]))
