"""Potentials of leads that float: linear networks of conductances, and which of their nodes hang together."""

from dataclasses import dataclass

import numpy as np

_EPS = np.finfo(float).eps


@dataclass(frozen=True, eq=False)
class Potentials:
    """Potentials of all leads per ampere from `source` to `drain`, the drain at zero: values, errors (…, leads), V/A.

    A lead that is not connected with the drain, or is so by less than the error of the conductances, has no potential:
    NaN.
    """

    values: np.ndarray
    errors: np.ndarray

    @classmethod
    def of(cls, conductance: np.ndarray, error: np.ndarray, source: int, drain: int) -> "Potentials":
        """From conductance matrices and their errors, (…, leads, leads) in S."""
        connected = connected_with(conductance, error, drain)
        flows = connected[..., source]
        rest = np.delete(np.arange(conductance.shape[-1]), drain)
        inside = connected[..., rest] & flows[..., None]
        both = inside[..., :, None] & inside[..., None, :]
        reduced = conductance[..., rest[:, None], rest]
        reduced = np.where(both, reduced, np.eye(len(rest)))
        scale = np.abs(np.diagonal(reduced, axis1=-2, axis2=-1))  # rows of weak probes are small
        inverse = np.linalg.inv(reduced / scale[..., :, None]) / scale[..., None, :]
        place = int(np.flatnonzero(rest == source)[0])
        solved = inverse[..., place]
        doubt = np.where(both, error[..., rest[:, None], rest], 0.0)
        spread = np.abs(inverse) @ (doubt @ np.abs(solved)[..., None])
        rounding = 4 * _EPS * np.abs(inverse) @ (np.abs(reduced) @ np.abs(solved)[..., None])
        values, errors = np.zeros(conductance.shape[:-1]), np.zeros(conductance.shape[:-1])
        values[..., rest] = np.where(inside, solved, np.nan)
        errors[..., rest] = np.where(inside, (spread + rounding)[..., 0], np.nan)
        values[..., drain] = np.where(flows, 0.0, np.nan)
        return cls(values, errors)

    def between(self, plus: int, minus: int) -> tuple[np.ndarray, np.ndarray]:
        """Voltage per ampere between two leads, and its error."""
        return (
            self.values[..., plus] - self.values[..., minus],
            self.errors[..., plus] + self.errors[..., minus],
        )


def connected_with(conductance: np.ndarray, error: np.ndarray, *leads: int) -> np.ndarray:
    """Which leads hang together with one of some, by conductances that exceed their errors, (…, leads)."""
    count = conductance.shape[-1]
    rounding = 4 * _EPS * np.abs(conductance).max(axis=(-2, -1), keepdims=True, initial=0.0)
    couples = -conductance - error > rounding
    reach = (couples | couples.swapaxes(-1, -2) | np.eye(count, dtype=bool)).astype(float)
    for _ in range(max(1, int(np.ceil(np.log2(count))))):
        reach = (reach @ reach > 0).astype(float)
    return (reach[..., list(leads)] > 0).any(axis=-1)
