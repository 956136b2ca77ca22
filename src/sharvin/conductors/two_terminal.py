"""Closed forms between a left and a right lead, whose channels do not mix."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
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


@dataclass(frozen=True, eq=False)
class Waves:
    """Unit-current amplitudes of channels that do not mix, under time reversal (t from either side is one).

    `reflection` is seen from the left, `reflection_right` from the right; all have one shape, (energies,)
    or (energies, channels), and may hold anything where the channel is closed.
    """

    reflection: np.ndarray
    transmission: np.ndarray
    reflection_right: np.ndarray
    open_left: np.ndarray
    open_right: np.ndarray

    def reshape(self, *shape: int) -> "Waves":
        """The same amplitudes, in another shape."""
        return Waves(*(getattr(self, item.name).reshape(shape) for item in dataclasses.fields(self)))

    def amplitudes(self, labels: tuple[str, ...]) -> Amplitudes:
        """S = [[r, t], [t, r′]] per channel; the channels are named by `labels` on both sides."""
        waves = self.reshape(len(self.transmission), len(labels))
        energies, channels = waves.transmission.shape
        gigabytes = energies * (2 * channels) ** 2 * 16 / 2**30
        if gigabytes > _MOST_GIGABYTES:
            raise InputError(
                f"S of {channels} channels at {energies} energies would take {gigabytes:.1f} GB; "
                f"ask for at most {int(energies * _MOST_GIGABYTES / gigabytes)} energies at a time"
            )
        left, right = np.arange(channels), channels + np.arange(channels)
        S = np.zeros((energies, 2 * channels, 2 * channels), dtype=complex)
        S[:, left, left] = np.where(waves.open_left, waves.reflection, 0)
        S[:, right, right] = np.where(waves.open_right, waves.reflection_right, 0)
        through = np.where(waves.open_left & waves.open_right, waves.transmission, 0)
        S[:, right, left] = S[:, left, right] = through
        open_modes = np.concatenate([waves.open_left, waves.open_right], axis=1)
        return Amplitudes(S, open_modes, (labels, labels))


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
