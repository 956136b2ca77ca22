"""Closed forms between a left and a right lead, whose channels do not mix."""

import dataclasses
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from ..options import Options, options_of
from ..scattering import Certificate, Transmissions, in_batches, transmissions
from .closed_form import Amplitudes, ClosedForm

#: Largest S that is made at once. It lives in memory a few times over while its unitarity is checked.
_MOST_GIGABYTES = 1.0
#: Most channels of a closed form: S of one energy would fill that memory.
_MOST_CHANNELS = 4000


@dataclass(frozen=True)
class TwoTerminal(ClosedForm):
    """A closed form with the leads ("left", "right"); abstract."""

    @property
    def leads(self) -> tuple[str, ...]:
        """The names ("left", "right")."""
        return ("left", "right")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The fields, except one called ``energy``."""
        return tuple(item.name for item in dataclasses.fields(self) if item.name != "energy")

    @abstractmethod
    def waves(self, energy: np.ndarray) -> "Waves":
        """Amplitudes of each channel at an array of energies, in eV."""

    def amplitudes(self, energy: np.ndarray) -> Amplitudes:
        """Scattering amplitudes of all channels; the modes of both leads have the labels of the channels."""
        return self.waves(energy).amplitudes()


@dataclass(frozen=True, eq=False)
class Waves:
    """Unit-current amplitudes of channels that do not mix, under time reversal (t from either side is one).

    `reflection` is seen from the left, `reflection_right` from the right; the arrays have the shape (energies,
    channels), and may hold anything where the channel is closed. `labels` name the channels, on both sides.
    """

    reflection: np.ndarray
    transmission: np.ndarray
    reflection_right: np.ndarray
    open_left: np.ndarray
    open_right: np.ndarray
    labels: tuple[str, ...]

    def spread(self, energies: int, labels: tuple[str, ...]) -> "Waves":
        """One channel at energies × channels energies, (energies · channels, 1), as that many channels."""
        arrays = {
            name: array.reshape(energies, len(labels))
            for name, array in vars(self).items()
            if name != "labels"
        }
        return Waves(**arrays, labels=labels)

    def amplitudes(self) -> Amplitudes:
        """S = [[r, t], [t, r′]] per channel, as a matrix over all of them."""
        energies, channels = self.transmission.shape
        gigabytes = energies * (2 * channels) ** 2 * 16 / 2**30
        if gigabytes > _MOST_GIGABYTES:
            raise InputError(
                f"S of {channels} channels at {energies} energies would take {gigabytes:.1f} GB; "
                f"ask for at most {int(energies * _MOST_GIGABYTES / gigabytes)} energies at a time"
            )
        r, t, r_right = self._open
        left, right = np.arange(channels), channels + np.arange(channels)
        S = np.zeros((energies, 2 * channels, 2 * channels), dtype=complex)
        S[:, left, left], S[:, right, right] = r, r_right
        S[:, right, left] = S[:, left, right] = t
        open_modes = np.concatenate([self.open_left, self.open_right], axis=1)
        return Amplitudes(S, open_modes, (self.labels, self.labels))

    def transmissions(self) -> tuple[np.ndarray, np.ndarray]:
        """T_αβ, (energies, 2, 2), and |S†S − 1|, (energies,): S is a 2×2 matrix for each channel."""
        r, t, r_right = self._open
        R, T, R_right = (np.abs(part) ** 2 for part in (r, t, r_right))
        values = np.stack([R, T, T, R_right], axis=-1).sum(axis=1).reshape(-1, 2, 2)
        errors = [R + T - self.open_left, R_right + T - self.open_right, r.conj() * t + t.conj() * r_right]
        return values, np.max([np.abs(error).max(axis=1, initial=0.0) for error in errors], axis=0)

    @property
    def _open(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(r, t, r′), zero where the channel is closed."""
        return (
            np.where(self.open_left, self.reflection, 0),
            np.where(self.open_left & self.open_right, self.transmission, 0),
            np.where(self.open_right, self.reflection_right, 0),
        )


@transmissions.register(TwoTerminal)
def _transmissions(
    conductor: TwoTerminal, energy: np.ndarray, *, options: Options | None = None, **params: Any
) -> Transmissions:
    """Transmissions of channels that do not mix, certified channel by channel; no matrix over all of them is made."""
    conductor, options = conductor.with_parameters(params), options_of(options)

    def some(chosen: np.ndarray) -> tuple[Transmissions, float]:
        waves = conductor.waves(chosen)
        values, error = waves.transmissions()
        Certificate(
            "closed form",
            figures={"unitarity_error": error},
            bounds={"unitarity_error": options.unitarity_bound},
        ).require("the scattering matrix", "Check the fields of the conductor.")
        return Transmissions(values, error, conductor.spin_degeneracy), 200.0 * len(waves.labels)

    return in_batches(energy, some)


def countable(channels: float, conductor: str) -> int:
    """The number of channels, if S of so many can be held."""
    if channels > _MOST_CHANNELS:
        raise InputError(
            f"{conductor}: {channels:.3g} channels are open at this energy, and S of more than {_MOST_CHANNELS} cannot "
            "be held; lower the energy, or choose a narrower or steeper conductor"
        )
    return int(channels)


def moduli(log_ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """|r| and |t| from ln|r/t|, whatever its size: T = 1/(1 + |r/t|²) keeps its relative accuracy at 1e-300."""
    twice = 2 * log_ratio
    return np.exp(-0.5 * np.logaddexp(0, -twice)), np.exp(-0.5 * np.logaddexp(0, twice))
