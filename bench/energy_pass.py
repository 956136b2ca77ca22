"""Scattering matrices that the energy pass takes, beside a uniform grid of the same error.

Asked of every device: conductance and thermopower over a range of μ, and the current at a bias, as a measurement of a
sweep gives them. The pass serves them all from one sampled spectrum. The uniform grid has the same energies for
all, and the trapezoidal rule, which converges exponentially for smooth T(E); it is refined by halves until its largest
error, of all observables relative to their own largest value, is no larger than that of the pass. Errors are those
against a pass with a tolerance of 1e-13 (1e-12 for the wire). The wire's grid ends at 48,001 energies, unconverged:
">"; a second row for it has the tolerance 1e-6.

    python bench/energy_pass.py
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import sharvin as sv
from sharvin.constants import BOLTZMANN, E2_OVER_H, E_OVER_H
from sharvin.reservoirs import fermi, thermal_weight
from sharvin.scattering import transmissions

MOST, MOST_OF_A_LATTICE = 200_000, 50_000


@dataclass(frozen=True)
class Device:
    """A conductor, the μ of its sweep in eV, the temperature in K and the bias in V; and its parameters."""

    name: str
    conductor: Any
    mu: np.ndarray
    temperature: float
    bias: float


def devices() -> list[Device]:
    kt = BOLTZMANN * 0.05
    level = lambda width: sv.ResonantLevel(0.0, width / 2, width / 2)  # noqa: E731
    model = sv.Model(sv.lattice.square(a=1.0), sv.onsite(4.0) + sv.hopping(-1.0))
    dirty = model + sv.disorder(strength=0.8, seed=3)
    wire = (
        dirty.region(sv.shape.rectangle(length=41, width=9))
        .lead("left", model, "-x")
        .lead("right", model, "+x")
    )
    return [
        Device("saddle point, 50 mK", sv.SaddlePoint(1e-3, 3e-3), np.linspace(-2e-3, 14e-3, 161), 0.05, 1e-3),
        Device("dot, Γ = k_BT/50", level(kt / 50), np.linspace(-8, 8, 41) * kt, 0.05, 4 * kt),
        Device("dot, Γ = 50 k_BT", level(50 * kt), np.linspace(-500, 500, 101) * kt, 0.05, 50 * kt),
        Device("disordered wire, 1 K", wire, np.linspace(0.12, 0.9, 79), 1.0, 0.05),
    ]


def observed(device: Device, rtol: float) -> tuple[list[np.ndarray], int, float]:
    """G, thermopower and currents in natural units, the scattering matrices, and the largest error they tell."""
    options = sv.Options(rtol=rtol)
    te = sv.thermoelectric(device.conductor, device.mu, device.temperature, options=options)
    current = sv.current(
        device.conductor, bias=device.bias, mu=device.mu, temperature=device.temperature, options=options
    )
    values = [te.L0.values[:, 1, 0], te.L1.values[:, 1, 0], current.values[:, 0]]
    errors = [te.L0_error.values[:, 1, 0], te.L1_error.values[:, 1, 0], current.error.values[:, 0]]
    told = max(
        float(np.max(error) / np.abs(value).max()) for value, error in zip(values, errors, strict=True)
    )
    return values, int(te.evaluations) + int(current.evaluations), told


def by_grid(device: Device, count: int) -> list[np.ndarray]:
    """The same by the trapezoidal rule on `count` energies."""
    kt, mu = BOLTZMANN * device.temperature, device.mu[:, None]
    low, high = device.mu.min() - device.bias / 2 - 40 * kt, device.mu.max() + device.bias / 2 + 40 * kt
    energy = np.linspace(low, high, count) + 1e-9 * (high - low)  # not on a threshold
    T = transmissions(device.conductor, energy).values[:, 1, 0]
    step, g = (high - low) / (count - 1), 2
    L0, L1, flow = np.zeros((3, len(device.mu)))
    for part in np.array_split(np.arange(count), max(1, count * len(device.mu) // 4_000_000)):
        E = energy[part]
        weight = thermal_weight(E, mu, kt) * T[part]
        L0 += weight.sum(axis=1)
        L1 += (weight * (E - mu)).sum(axis=1)
        flow += ((fermi(E, mu + device.bias / 2, kt) - fermi(E, mu - device.bias / 2, kt)) * T[part]).sum(
            axis=1
        )
    h = E2_OVER_H / E_OVER_H  # 1/h in 1/(eV s), per e
    return [-g * step * L0, -g * step * L1, g * E_OVER_H * step * flow] if h else []


def error_of(values: list[np.ndarray], exact: list[np.ndarray]) -> float:
    return max(
        float(np.abs(value / np.abs(value).max() - true / np.abs(true).max()).max())
        for value, true in zip(values, exact, strict=True)
    )


def uniform(
    device: Device, exact: list[np.ndarray], error: float, measured: Callable[..., float]
) -> tuple[int, float]:
    """Energies of the first grid with no larger an error, and that; or the largest grid tried."""
    lattice = isinstance(device.conductor, sv.System)  # a fine grid would take hours
    count, most = (6001, MOST_OF_A_LATTICE) if lattice else (65, MOST)
    while True:
        reached = measured(by_grid(device, count), exact)
        if reached <= error or 2 * count > most:
            return count, reached
        count = int(count * 1.25) + 1 if count < 20_000 and not lattice else 2 * count - 1


def main() -> None:
    print(f"{'device':24} {'pass: S':>8} {'told':>9} {'error':>9} {'grid: S':>9} {'error':>9} {'ratio':>7}")
    for device in devices():
        lattice = isinstance(device.conductor, sv.System)
        exact, _, _ = observed(device, 1e-12 if lattice else 1e-13)
        for rtol in (1e-10, 1e-6) if lattice else (1e-10,):
            values, evaluations, told = observed(device, rtol)
            error = max(error_of(values, exact), 1e-13)
            count, reached = uniform(device, exact, error, error_of)
            sign = "" if reached <= error else ">"
            print(
                f"{device.name:24} {evaluations:8d} {told:9.1e} {error:9.1e} {sign + str(count):>9} {reached:9.1e} "
                f"{sign}{count / evaluations:6.1f}"
            )


if __name__ == "__main__":
    main()
