"""The dense problem on the interface, at many energies in stacked calls: from C, Σ, W and U to S.

    [C − Σ] ψ = iWU,      S = W†ψ − U,

with the modes that are closed at an energy as columns of zeros. (D. S. Fisher and P. A. Lee, Phys. Rev. B 23, 6851
(1981).) Where C and W are real the imaginary part of Σ, −WW†/2, is left to the end, and all that is large is real:

    [C − Re Σ] φ = W,     R = W†φ,     S = −(1 − iR/2)(1 + iR/2)⁻¹U,

R being the reaction matrix. Next to a level of C − Re Σ that loses digits, which the growth of φ tells.
"""

from dataclasses import dataclass

import numpy as np

from ..scattering import unitarity_error
from .port_checks import width_residual
from .ports import Ports

#: Largest growth of the waves on the interface, times the rounding error.
INTERFACE_GROWTH_BOUND = 1e-10
#: Largest relative difference of Γ and WW†.
WIDTH_BOUND = 1e-9


@dataclass(frozen=True, eq=False)
class Interface:
    """All leads on the interface orbitals, at several energies.

    Attributes
    ----------
    ports
        Of each lead.
    sigma, width, partner
        Σ (energies, n, n), W (energies, n, modes), U (energies, modes, modes), the modes of one lead after another.
    open_modes
        (energies, modes).
    """

    ports: list[Ports]
    sigma: np.ndarray
    width: np.ndarray
    partner: np.ndarray
    open_modes: np.ndarray

    @classmethod
    def of(cls, ports: list[Ports], places: list[np.ndarray], size: int) -> "Interface":
        """Each lead's matrices at its places on an interface of `size` orbitals; leads may share orbitals."""
        energies = len(ports[0].sigma)
        starts = np.cumsum([0] + [len(port.labels) for port in ports])
        sigma = np.zeros((energies, size, size), dtype=complex)
        kind = np.result_type(*(port.width.dtype for port in ports), *(port.partner.dtype for port in ports))
        width = np.zeros((energies, size, starts[-1]), dtype=kind)
        partner = np.zeros((energies, starts[-1], starts[-1]), dtype=kind)
        for port, place, start, stop in zip(ports, places, starts[:-1], starts[1:], strict=True):
            sigma[:, place[:, None], place] += port.sigma
            width[:, place, start:stop] += port.width
            partner[:, start:stop, start:stop] = port.partner
        open_modes = np.concatenate([port.open_modes for port in ports], axis=1)
        return cls(ports, sigma, width, partner, open_modes)

    def at(self, row: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Σ, W and U at one energy, on the modes that are open there."""
        is_open = self.open_modes[row]
        return self.sigma[row], self.width[row][:, is_open], self.partner[row][np.ix_(is_open, is_open)]

    @property
    def source(self) -> np.ndarray:
        """iWU."""
        return 1j * self.width @ self.partner

    def figures(self, row: int) -> dict[str, float]:
        """What vouches for the leads at one energy: the worst of each figure."""
        names = self.ports[0].figures
        worst = {name: max(float(port.figures[name][row]) for port in self.ports) for name in names}
        distance = min(float(port.figures["threshold_distance"][row]) for port in self.ports)
        return {**worst, "threshold_distance": distance}

    def amplitudes(self, row: int, psi: np.ndarray) -> np.ndarray:
        """S = W†ψ − U at one energy from ψ on the interface, a column for each open mode; zero where one is closed."""
        is_open = self.open_modes[row]
        _, width, partner = self.at(row)
        matrix = np.zeros((len(is_open),) * 2, dtype=complex)
        matrix[np.ix_(is_open, is_open)] = width.conj().T @ psi - partner
        return matrix

    def solved(self, complements: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """S (energies, modes, modes) and its figures (energies,) from C (energies, n, n); NaN if that is singular."""
        if np.isrealobj(complements) and np.isrealobj(self.width) and np.isrealobj(self.partner):
            matrix, source = complements - np.real(self.sigma), self.width
            waves = _stacked_solve(matrix, source)
            reaction = self.width.swapaxes(1, 2) @ waves
            half = 0.25j * (reaction + reaction.swapaxes(1, 2))
            one = np.eye(half.shape[-1])
            matrices = -_stacked_solve(one + half, (one - half) @ self.partner)
            # What is closed stays closed.
            matrices *= self.open_modes[:, :, None] & self.open_modes[:, None, :]
        else:
            matrix, source = complements - self.sigma, self.source
            waves = _stacked_solve(matrix, source)
            matrices = self.width.conj().swapaxes(1, 2) @ waves - self.partner
        missed, size, wave, strength = (
            np.abs(part).max(axis=(1, 2), initial=0.0)
            for part in (matrix @ waves - source, matrix, waves, source)
        )
        return matrices, {
            "width_residual": width_residual(self.sigma, self.width),
            "residual": missed / (size * wave + strength + 1e-300),
            "interface_growth": np.finfo(float).eps * size * wave / (strength + 1e-300),
            "unitarity_error": np.asarray(unitarity_error(matrices, self.open_modes)),
        }


def _stacked_solve(matrix: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Solutions of many systems; NaN for those that are singular."""
    try:
        return np.linalg.solve(matrix, source)
    except np.linalg.LinAlgError:
        if len(matrix) == 1:
            return np.full_like(source, np.nan)
        half = len(matrix) // 2
        return np.concatenate(
            [_stacked_solve(matrix[:half], source[:half]), _stacked_solve(matrix[half:], source[half:])]
        )
