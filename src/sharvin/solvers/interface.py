"""The dense problem on the interface, at many energies in stacked calls: from C, Σ, W and U to S.

    [C − Σ] ψ = iWU,      S = W†ψ − U,

with the modes that are closed at an energy as columns of zeros. (D. S. Fisher and P. A. Lee, Phys. Rev. B 23, 6851
(1981).) Where C and W are real the imaginary part of Σ, −WW†/2, is left to the end, and all that is large is real:

    [C − Re Σ] φ = W,     R = W†φ,     S = −(1 − iR/2)(1 + iR/2)⁻¹U,

R being the reaction matrix. Next to a level of C − Re Σ that loses digits, which the growth of φ tells.

What rounds Re Σ by δΣ, which is of the order of ε|Re Σ|, changes S by ψ†δΣψ: that counts on a narrow resonance whose
wave is large on the interface, and in the lead (`lead_condition`).
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from .port_checks import probes, width_residual
from .ports import Ports
from .refinement import growth

#: Largest relative difference of Γ and WW†; and largest change of S by rounding of the leads.
WIDTH_BOUND, LEAD_CONDITION_BOUND = 1e-9, 2e-9


@dataclass(frozen=True, eq=False)
class Solved:
    """S (energies, modes, modes), mixtures of scattering states on the interface (energies, n, columns), and figures.

    Mixtures are real where C is: real and imaginary parts in columns of their own.
    """

    matrices: np.ndarray
    mixed: np.ndarray
    figures: dict[str, np.ndarray]

    def at(self, row: int) -> "Solved":
        """At one of the energies."""
        only = slice(row, row + 1)
        figures = {name: values[only] for name, values in self.figures.items()}
        return Solved(self.matrices[only], self.mixed[only], figures)


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
    rounded
        The largest element of each row of Re Σ, as far as it was worked out, and not given, (energies, n).
    """

    ports: list[Ports]
    sigma: np.ndarray
    width: np.ndarray
    partner: np.ndarray
    open_modes: np.ndarray
    rounded: np.ndarray

    @classmethod
    def of(cls, ports: list[Ports], places: list[np.ndarray], size: int) -> "Interface":
        """Each lead's matrices at its places on an interface of `size` orbitals; leads may share orbitals."""
        energies = len(ports[0].sigma)
        starts = np.cumsum([0] + [len(port.labels) for port in ports])
        sigma = np.zeros((energies, size, size), dtype=complex)
        kind = np.result_type(*(port.width.dtype for port in ports), *(port.partner.dtype for port in ports))
        width = np.zeros((energies, size, starts[-1]), dtype=kind)
        partner = np.zeros((energies, starts[-1], starts[-1]), dtype=kind)
        rounded = np.zeros((energies, size))
        for port, place, start, stop in zip(ports, places, starts[:-1], starts[1:], strict=True):
            sigma[:, place[:, None], place] += port.sigma
            width[:, place, start:stop] += port.width
            partner[:, start:stop, start:stop] = port.partner
            rounded[:, place] = np.maximum(rounded[:, place], port.rounded)
        open_modes = np.concatenate([port.open_modes for port in ports], axis=1)
        return cls(ports, sigma, width, partner, open_modes, rounded)

    def at(self, row: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Σ, W and U at one energy, on the modes that are open there."""
        is_open = self.open_modes[row]
        return self.sigma[row], self.width[row][:, is_open], self.partner[row][np.ix_(is_open, is_open)]

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

    def condition(self, row: int, psi: np.ndarray) -> float:
        """By how much S changes where the leads are rounded, from the waves of all modes on the interface."""
        return float(_lead_condition(self.rounded[row], psi))

    @cached_property
    def _width_residual(self) -> np.ndarray:
        return width_residual(self.sigma, self.width)

    def mixtures(self, columns: int, number: int = 0) -> np.ndarray:
        """Random amplitudes for all modes, of unit variance in all columns together; others for any number."""
        return _mixtures(self.open_modes.shape[1], columns, number)

    def solved(
        self, complements: np.ndarray, rows: slice = slice(None), *, columns: int = 2, number: int = 0
    ) -> Solved:
        """S from C (energies, n, n), NaN if that is singular, at all energies or in some rows.

        `columns` (an even number) and `number` are of the `mixtures` of modes that are asked for on the interface;
        where C is real, half of the columns are real parts, and half imaginary ones.
        """
        sigma, width, partner = self.sigma[rows], self.width[rows], self.partner[rows]
        is_open = self.open_modes[rows]
        mixtures = self.mixtures(columns // 2 if np.isrealobj(complements) else columns, number)
        if np.isrealobj(complements) and np.isrealobj(width) and np.isrealobj(partner):
            matrix, source = complements - np.real(sigma), width
            waves = _stacked_solve(matrix, source)
            reaction = width.swapaxes(1, 2) @ waves
            half = 0.25j * (reaction + reaction.swapaxes(1, 2))
            one = np.eye(half.shape[-1])
            matrices = -_stacked_solve(one + half, (one - half) @ partner)
            # What is closed stays closed.
            matrices *= is_open[:, :, None] & is_open[:, None, :]
            parts = 0.5 * (partner - matrices) @ mixtures  # of ψ = iφ(U − S)/2
            mixed = waves @ np.concatenate([np.real(parts), np.imag(parts)], axis=-1)
        else:
            matrix, source = complements - sigma, 1j * width @ partner
            waves = _stacked_solve(matrix, source)
            matrices = width.conj().swapaxes(1, 2) @ waves - partner
            mixed = waves @ mixtures
            if np.isrealobj(complements):
                mixed = np.concatenate([np.real(mixed), np.imag(mixed)], axis=-1)
        size = _largest(matrix)
        tried = probes(source.shape[-1])
        wave, sent = waves @ tried, source @ tried
        figures = {
            "width_residual": self._width_residual[rows],
            "residual": _largest(matrix @ wave - sent) / (size * _largest(wave) + _largest(sent) + 1e-300),
            "interface_growth": growth(size, waves, source),
            "lead_condition": _lead_condition(self.rounded[rows], mixed),
            "unitarity_error": _largest(
                matrices.conj().swapaxes(1, 2) @ (matrices @ tried) - is_open[:, :, None] * tried
            ),
        }
        return Solved(matrices, mixed, figures)


@lru_cache(maxsize=64)
def _mixtures(modes: int, columns: int, number: int) -> np.ndarray:
    found = np.random.default_rng((modes, number)).standard_normal((modes, columns)) / np.sqrt(columns)
    found.setflags(write=False)
    return found


def _lead_condition(sizes: np.ndarray, waves: np.ndarray) -> np.ndarray:
    """ε (Σ_b |Σ|_b² |ψ_b|⁴)^½ of waves (…, n, columns), all columns together, and the sizes (…, n) of rows of Σ."""
    flux = sizes * np.sum(np.abs(waves) ** 2, axis=-1)
    return np.finfo(float).eps * np.linalg.norm(flux, axis=-1)


def _largest(stack: np.ndarray) -> np.ndarray:
    """The largest element of each matrix."""
    return np.abs(stack).max(axis=(1, 2), initial=0.0)


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
