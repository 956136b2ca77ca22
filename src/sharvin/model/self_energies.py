"""Leads given by their self-energy: a constant, a table, or a function of energy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError

_CAUSAL = 1e-10  # of the largest element of Σ: eigenvalues of Γ may be negative by this
_ABSENT = 1e-13  # of the largest element of Σ: eigenvalues of Γ below this are rounding, not channels


@dataclass(frozen=True, eq=False)
class SelfEnergy:
    """A lead given by its retarded self-energy Σ(E) in eV on the orbitals that it touches.

    Its anti-Hermitian part broadens levels, Γ = i(Σ − Σ†), which must be positive semi-definite; its Hermitian part
    shifts them. There are as many channels as Γ has non-zero eigenvalues (below 10⁻¹³ of the largest element of Σ they
    count as rounding: give faint channels a lead of their own). Their amplitudes are those of W = Γ^½ where
    Γ has full rank; where it has not, W (Γ = WW†) is turned to the reference vectors that fix the gauge of all modes.
    So S(E) is as smooth as Σ(E) while the rank stays. Stands in place of ``(h0, v)`` in `System.from_matrices`.

    Parameters
    ----------
    sigma
        A number (that times the identity) or an (n, n) matrix in eV: the same at every energy. With `energies`, an
        array (m,) or (m, n, n): a table, interpolated linearly. Or a function that takes energies (k,) in eV and
        returns (k,) or (k, n, n) in eV; it may be called from several threads.
    energies
        Increasing energies (m,) of the table in eV, two at least. Outside them Σ is not known: to ask for it is an
        `InputError`.

    Raises
    ------
    InputError
        From `System.from_matrices`, for a shape that fits neither the orbitals nor the energies, numbers that are not
        finite, energies that do not increase, or Γ with a negative eigenvalue: an advanced self-energy (take Σ†), or
        one that is not causal. For a function, when it is called.

    Notes
    -----
    `sharvin.thresholds` knows the energies of a table at which the rank of Γ changes; of a function it knows none, so
    that integrals over energy do not break at its band edges.

    S. Datta, Electronic Transport in Mesoscopic Systems (Cambridge University Press, 1995), ch. 3.

    Examples
    --------
    A level ε = 0.2 eV between two leads, T = Γ_L Γ_R/((E − ε)² + Γ²/4) with Γ = Γ_L + Γ_R:

    >>> import sharvin as sv
    >>> lead = (sv.SelfEnergy(-0.25j), [0])  # Γ_L = Γ_R = 0.5 eV
    >>> level = sv.System.from_matrices([[0.2]], leads={"L": lead, "R": lead})
    >>> round(sv.scattering_matrix(level, 0.7).transmission("R", "L"), 12)  # E − ε = Γ/2
    0.5

    A semi-infinite chain of hopping −1 eV, as a function:

    >>> chain = sv.SelfEnergy(lambda E: E / 2 - 1j * (1 - E**2 / 4) ** 0.5)
    >>> site = sv.System.from_matrices([[0.0]], leads={"L": (chain, [0]), "R": (chain, [0])})
    >>> round(sv.scattering_matrix(site, 0.3).transmission("R", "L"), 12)
    1.0
    """

    sigma: Any
    energies: Any = None


@dataclass(frozen=True, eq=False)
class LeadSelfEnergy:
    """The self-energy of a lead, checked, on `size` orbitals, at any energy.

    Attributes
    ----------
    name
        Of the lead, for errors.
    size
        Number n of orbitals.
    constant
        Whether it is the same at every energy.
    table
        Energies (m,) and Σ (m, n, n), or None.
    """

    name: str
    size: int
    constant: bool
    table: tuple[np.ndarray, np.ndarray] | None
    _function: Callable[[np.ndarray], Any]

    @classmethod
    def same(cls, name: str, sigma: np.ndarray) -> "LeadSelfEnergy":
        """One matrix at every energy."""
        return cls(name, len(sigma), True, None, lambda energies: np.tile(sigma, (len(energies), 1, 1)))

    @classmethod
    def of(cls, name: str, given: SelfEnergy, size: int) -> "LeadSelfEnergy":
        """What the user gave, on `size` orbitals."""
        if callable(given.sigma):
            if given.energies is not None:
                raise InputError(
                    f'lead "{name}": a function sigma(E) takes no energies, they belong to a table'
                )
            return cls(name, size, False, None, given.sigma)
        if given.energies is None:
            sigma = _matrices(name, given.sigma, None, size)
            _check_causal(name, None, sigma)
            return cls.same(name, sigma[0])
        energies = _table_energies(name, given.energies)
        sigma = _matrices(name, given.sigma, len(energies), size)
        _check_causal(name, energies, sigma)
        return cls(name, size, False, (energies, sigma), lambda asked: _interpolated(energies, sigma, asked))

    def at(self, energies: np.ndarray) -> np.ndarray:
        """Σ in eV at energies (k,) in eV, (k, n, n)."""
        if self.table is not None:
            first, last = self.table[0][[0, -1]]
            outside = energies[(energies < first) | (energies > last)]
            if len(outside):
                raise InputError(
                    f'lead "{self.name}": its self-energy is tabulated from {first:.12g} to {last:.12g} eV, and was '
                    f"asked for at E = {outside[0]:.12g} eV; extend the table, or stay inside"
                )
        sigma = self._function(energies)
        if self.table is None and not self.constant:
            sigma = _matrices(self.name, sigma, len(energies), self.size)
            _check_causal(self.name, energies, sigma)
        return sigma

    def thresholds(self, window: tuple[float, float]) -> np.ndarray:
        """Energies of the table in a window at which the rank of Γ changes, sorted; none without a table."""
        if self.table is None:
            return np.zeros(0)
        energies, sigma = self.table
        at = channel_count(sigma)
        # Between two energies Γ is a mixture of both, whose rank is the same all along.
        between = channel_count((sigma[1:] + sigma[:-1]) / 2)
        before, after = np.append(at[0], between), np.append(between, at[-1])
        changes = (before != at) | (at != after)
        return energies[changes & (energies >= window[0]) & (energies <= window[1])]


def broadening(sigma: np.ndarray) -> np.ndarray:
    """Γ = i(Σ − Σ†) of matrices (…, n, n); real where Σ is symmetric."""
    gamma = 1j * (sigma - sigma.conj().swapaxes(-1, -2))
    return gamma if gamma.imag.any() else gamma.real


def channels(sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eigenvalues (k, n), rising, and eigenvectors of Γ at each energy; how many of the last ones are channels (k,)."""
    values, states = np.linalg.eigh(broadening(sigma))
    return values, states, (values > _ABSENT * _size(sigma)[:, None]).sum(axis=1)


def channel_count(sigma: np.ndarray) -> np.ndarray:
    """Rank of Γ at each energy, (k,)."""
    return channels(sigma)[2]


def _size(sigma: np.ndarray) -> np.ndarray:
    """Largest element of each matrix."""
    return np.maximum(np.abs(sigma).max(axis=(1, 2)), 1e-300)


def _interpolated(energies: np.ndarray, sigma: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Linear between the energies of a table."""
    left = np.clip(np.searchsorted(energies, asked, side="right") - 1, 0, len(energies) - 2)
    share = ((asked - energies[left]) / (energies[left + 1] - energies[left]))[:, None, None]
    return (1 - share) * sigma[left] + share * sigma[left + 1]


def _table_energies(name: str, energies: Any) -> np.ndarray:
    """The energies of a table."""
    expected = f'lead "{name}": energies of a self-energy must be two or more increasing numbers in eV'
    try:
        values = np.array(energies)
    except ValueError:
        raise InputError(f"{expected}, got rows of unlike lengths") from None
    if values.ndim != 1 or values.dtype.kind not in "iuf" or len(values) < 2:
        raise InputError(f"{expected}, got {values.dtype} of shape {values.shape}")
    values = values.astype(float)
    if not np.isfinite(values).all():
        raise InputError(f"{expected}, got {values[~np.isfinite(values)][0]}")
    falls = np.flatnonzero(np.diff(values) <= 0)
    if len(falls):
        raise InputError(f"{expected}, got {values[falls[0]]:.12g} before {values[falls[0] + 1]:.12g}")
    return values


def _matrices(name: str, sigma: Any, count: int | None, size: int) -> np.ndarray:
    """Σ as complex matrices (count, size, size) of its own, from numbers or matrices; count is None for a constant."""
    often = "" if count is None else f" at each of {count} energies"
    expected = f'lead "{name}": the self-energy must be a number or a ({size}, {size}) matrix in eV{often}'
    try:
        values = np.asarray(sigma)
    except ValueError:
        raise InputError(f"{expected}, got rows of unlike lengths") from None
    if values.dtype.kind not in "iufc":
        raise InputError(f"{expected}, got {values.dtype}")
    if not np.isfinite(values).all():
        where = "" if count is None else f" (number {np.argwhere(~np.isfinite(values))[0][0]})"
        raise InputError(f"{expected}, got one that is not finite{where}")
    head = () if count is None else (count,)
    if values.shape == head:
        values = values[..., None, None] * np.eye(size)
    if values.shape != (*head, size, size):
        raise InputError(f"{expected}, got shape {np.shape(sigma)}")
    return values.astype(complex).reshape(-1, size, size)


def _check_causal(name: str, energies: np.ndarray | None, sigma: np.ndarray) -> None:
    """Refuse Γ with a negative eigenvalue."""
    values = np.linalg.eigvalsh(broadening(sigma))
    bad = np.flatnonzero(values[:, 0] < -_CAUSAL * _size(sigma))
    if not len(bad):
        return
    row = int(bad[0])
    kind = (
        "advanced; take its conjugate transpose"
        if values[row, -1] <= -values[row, 0] * _CAUSAL
        else "not causal"
    )
    where = "" if energies is None else f" at E = {energies[row]:.12g} eV"
    listed = ", ".join(f"{value:.3g}" for value in values[row][:4]) + (", …" if values.shape[1] > 4 else "")
    raise InputError(
        f'lead "{name}": the self-energy is {kind}{where}: Γ = i(Σ − Σ†) must not be negative, and has eigenvalues '
        f"{listed} eV"
    )
