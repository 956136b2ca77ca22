"""Reservoirs of which some potentials and temperatures float: the equations, and their solution.

Out of lead α flow the particles P_α = ∫ i_α dE and the heat Q_α = ∫ (E − μ_α) i_α dE. Each μ that floats has the
equation P = 0, each temperature Q = 0. The unknowns are u = (μ − μ₀)/d and v = ((k_BT)² − (k_BT₀)²)/wd, with w the
scale of the reservoirs, in which energies of the heat are counted too, and d how far they differ, perhaps far less.
Were transmissions independent of energy,

    P_α = Σ_β M_αβ μ_β,    ∫ E i_α dE = Σ_β M_αβ (μ_β²/2 + π² k_B²T_β²/6),

both would be linear in μ and in μ²/2 + π²k_B²T²/6; the search begins there.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import brentq, root

from ..errors import InputError, NotConverged
from ..options import Options
from ..reservoirs import Reservoir, ThermalProbe, VoltageProbe, fermi_difference, thermal_weight
from .energy_integral import IntegralResult, integrate, on_present_panels
from .floating import connected_with
from .integrands import Flows, Response
from .reservoir_sets import ReservoirSets
from .spectrum import TransmissionSpectrum

Terminal = Reservoir | VoltageProbe | ThermalProbe

_CLOSE = 1e-9  # of the flows that are driven: what may be left over, beside the errors of the integrals
_EPS = float(np.finfo(float).eps)
_SMOOTHING = 1e-3  # of the scale: the k_BT with which derivatives of cold reservoirs are taken
_FAR = 30.0  # of u and v: where the search is stopped from going
_STEPS = 60
_SWEEPS = 3, 12, 45  # over the unknowns one by one, after each of which all are tried at once
#: The tolerance and the window, in k_BT, of integrals that only show the way: trial temperatures are high.
_ROUGH, _ROUGH_WINDOW = 1e-4, 12.0
_FINEST, _ORDINARY = (
    1e-9,
    1e-3,
)  # the scale of reservoirs that are all alike at T = 0, beside their μ or so many eV


@dataclass(frozen=True, eq=False)
class Solution:
    """μ and k_BT of all leads in eV, their errors, the flows (leads × (P, Q)), and what they rest upon."""

    mu: np.ndarray
    thermal_energy: np.ndarray
    mu_error: np.ndarray
    thermal_energy_error: np.ndarray
    flows: IntegralResult
    steps: int


class FloatingReservoirs:
    """The terminals of a conductor, with the equations for what floats.

    Parameters
    ----------
    names
        Of the leads.
    terminals
        One for each lead; a `Reservoir` among them.
    spectrum
        Of the conductor, with these leads.
    options
        Numerical choices.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        terminals: list[Terminal],
        spectrum: TransmissionSpectrum,
        options: Options,
    ) -> None:
        self._names, self._spectrum, self._options = names, spectrum, options
        self._rough = replace(
            options, rtol=max(options.rtol, _ROUGH), window=min(options.window, _ROUGH_WINDOW)
        )
        self._mu_floats = np.array([_floating_mu(terminal) for terminal in terminals])
        self._kt_floats = np.array([isinstance(terminal, ThermalProbe) for terminal in terminals])
        fixed = [terminal for terminal in terminals if isinstance(terminal, Reservoir)]
        mus = [terminal.mu for terminal in fixed]
        mus += [
            terminal.mu
            for terminal in terminals
            if isinstance(terminal, ThermalProbe) and terminal.mu is not None
        ]
        kts = [reservoir_thermal_energy(terminal) for terminal in terminals]
        self._middle = (min(mus) + max(mus)) / 2
        warm = [kt for kt, floats in zip(kts, self._kt_floats, strict=True) if not floats]
        seen = _FINEST * max(_ORDINARY, *map(abs, mus))
        self._scale = max(max(mus) - min(mus), *(4 * kt for kt in kts), seen)
        #: How far the reservoirs differ, and the temperature from which others are counted.
        self._drive, self._warmth = max(max(mus) - min(mus), 4 * (max(warm) - min(warm))), max(warm)
        self._mu = np.array([getattr(terminal, "mu", None) or 0.0 for terminal in terminals])
        self._mu[self._mu_floats] = self._middle
        self._kt = np.array(kts)
        self._coupling = np.ones(len(names))

    @property
    def count(self) -> int:
        """Number of unknowns."""
        return int(self._mu_floats.sum() + self._kt_floats.sum())

    def solve(self) -> Solution:
        """Everything at rest.

        Raises
        ------
        InputError
            For a probe that is coupled to nothing.
        NotConverged
            If no μ and temperatures are found; the message says how near the search came, and which probe is worst.
        """
        if not self.count:
            return self._solution(np.zeros(0), 0)
        mean = self._mean_response()
        self._require_coupling(mean)
        if self._drive == 0:  # all reservoirs are alike, and so are the probes
            self._drive = self._scale
            return self._solution(np.zeros(self.count), 0)
        guess, steps = self._first_guess(mean), 0
        ends: list[np.ndarray] = []
        for start in (guess, guess * 0.5, self._at_rest()):
            near, first = self._searched(start, self._rough)
            unknown, second = self._searched(near, self._options)
            steps += first + second
            ends.append(self._polished(unknown))
            if self._left_over(ends[-1]) <= 1:
                return self._solution(ends[-1], steps)
        best = min(ends, key=lambda end: self._left_over(end, coarsely=True))
        if self._left_over(best, coarsely=True) <= 1:
            return self._solution(best, steps)
        apart = guess
        for sweeps in _SWEEPS:
            apart, first = self._one_by_one(apart, sweeps)
            unknown, second = self._searched(apart, self._options)
            steps += first + second
            for end in (apart, self._polished(unknown)):
                if self._left_over(end) <= 1:
                    return self._solution(end, steps)
        raise NotConverged(self._why_not(apart, steps))

    def _one_by_one(self, start: np.ndarray, sweeps: int) -> tuple[np.ndarray, int]:
        """Every equation in turn for its own unknown, by bisection: where T(E) jumps there is no slope to follow.

        What flows out of a probe grows with its own μ and T.
        """
        unknown, steps = start.copy(), 0
        coldest = -(self._warmth**2) / (self._scale * self._drive)
        bounds = [(-_FAR if moment == 0 else coldest, _FAR) for _, moment in self._equations()]
        for _ in range(sweeps):
            before = unknown.copy()
            for n, (low, high) in enumerate(bounds):

                def out_of(value: float, n: int = n) -> float:
                    trial = unknown.copy()
                    trial[n] = value
                    return float(self._residual(trial)[n])

                near = [max(low, unknown[n] - 1.0), min(high, unknown[n] + 1.0)]
                if out_of(near[0]) > 0 or out_of(near[1]) < 0:
                    near = [low, high]
                    if out_of(low) > 0 or out_of(high) < 0:
                        return unknown, steps
                unknown[n], told = brentq(out_of, near[0], near[1], xtol=1e-15, full_output=True)
                steps += int(told.function_calls)
            if np.abs(unknown - before).max() < 1e-13:
                break
        return unknown, steps

    def _why_not(self, unknown: np.ndarray, steps: int) -> str:
        """What is wrong with the end of a search that failed."""
        residual = self._residual(unknown)
        lead, moment = self._equations()[int(np.abs(residual).argmax())]
        name, count = self._names[lead], int(self._mu_floats.sum())
        hottest = unknown.copy()
        hottest[count:] = np.where(np.flatnonzero(self._kt_floats) == lead, _FAR, unknown[count:])
        heat = self._flows(*self._state(hottest)).values.reshape(-1, 2)[lead, 1]
        if moment == 1 and heat < 0:
            return (
                f'steady_state: no temperature of the thermal probe at "{name}" stops the heat that flows into it: '
                "what meets in it is occupied more at high energies than at low, as at a negative temperature. Let its "
                "mu float too, or give it one between those of the reservoirs, or take a DephasingProbe"
            )
        return (
            f'steady_state: after {steps} steps the probe at "{name}" still draws {np.abs(residual).max():.1e} of what '
            "meets in it; give fewer thermal probes at a time, a smaller bias, or a temperature above zero"
        )

    def _searched(self, start: np.ndarray, accuracy: Options) -> tuple[np.ndarray, int]:
        """A root by Powell's hybrid method, and the number of times the flows were computed."""
        rough = accuracy is self._rough
        most: Any = {"xtol": _ROUGH if rough else 1e-13, "maxfev": _STEPS * (1 + len(start))}
        found = root(self._residual, start, args=(accuracy,), jac=self._jacobian, method="hybr", options=most)
        return (start if rough and not found.success else found.x), int(found.nfev)

    def _polished(self, unknown: np.ndarray) -> np.ndarray:
        """One or two steps of Newton's more, for as long as they help."""
        best, left = unknown, np.abs(self._residual(unknown)).max()
        for _ in range(3):
            trial = best - np.linalg.lstsq(self._jacobian(best), self._residual(best))[0]
            now = np.abs(self._residual(trial)).max()
            if not now < 0.5 * left:
                break
            best, left = trial, now
        return best

    # ---- unknowns

    def _equations(self) -> list[tuple[int, int]]:
        """(lead, moment) of each equation: particles (0) where μ floats, heat (1) where the temperature does."""
        return [(int(lead), 0) for lead in np.flatnonzero(self._mu_floats)] + [
            (int(lead), 1) for lead in np.flatnonzero(self._kt_floats)
        ]

    def _state(self, unknown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """μ and k_BT of all leads."""
        mu, kt, count = self._mu.copy(), self._kt.copy(), int(self._mu_floats.sum())
        bounded = np.clip(unknown[:count], -_FAR, _FAR)
        mu[self._mu_floats] = self._middle + self._drive * bounded
        kt[self._kt_floats] = np.sqrt(np.abs(self._squares(np.minimum(unknown[count:], _FAR))))
        return mu, kt

    def _squares(self, v: np.ndarray) -> np.ndarray:
        """(k_BT)² of temperatures that float; negative ones count as positive."""
        return self._warmth**2 + self._scale * self._drive * v

    def _at_rest(self) -> np.ndarray:
        """Probes in the middle of the reservoirs."""
        warm = np.full(int(self._kt_floats.sum()), 0.03 * self._drive / self._scale)
        return np.concatenate([np.zeros(int(self._mu_floats.sum())), warm])

    def _first_guess(self, mean: np.ndarray) -> np.ndarray:
        """What transmissions that do not depend on energy would give."""
        u, ratio = (self._mu - self._middle) / self._drive, self._drive / self._scale
        u[self._mu_floats] = _balanced(mean, u, self._mu_floats)
        warmer = (self._kt - self._warmth) * (self._kt + self._warmth) / (self._scale * self._drive)
        energy = ratio * u**2 / 2 + np.pi**2 / 6 * warmer
        energy[self._kt_floats] = _balanced(mean, energy, self._kt_floats)
        v = 6 / np.pi**2 * (energy - ratio * u**2 / 2)
        coldest = (1e-4 * self._drive - self._warmth**2 / self._drive) / self._scale
        return np.concatenate([u[self._mu_floats], np.maximum(v[self._kt_floats], coldest)])

    # ---- equations

    def _flows(self, mu: np.ndarray, kt: np.ndarray, accuracy: Options | None = None) -> IntegralResult:
        """P_α and Q_α/w of all leads in eV, (1, leads × 2)."""
        sets = ReservoirSets.resolved(mu[None, :], kt[None, :])

        def moment(energy: np.ndarray, j: np.ndarray) -> np.ndarray:
            distance = (energy[:, None] - sets.mu[j]) / self._scale
            return np.stack([np.ones_like(distance), distance], axis=-1)

        flows = Flows(
            len(mu),
            2,
            lambda energy, j: fermi_difference(energy[:, None], sets.mu[j], sets.thermal_energy[j]),
            moment,
        )
        return integrate(self._spectrum, sets, flows, accuracy or self._options)

    def _residual(self, unknown: np.ndarray, accuracy: Options | None = None) -> np.ndarray:
        """What flows into each probe, of what meets in it."""
        values = self._flows(*self._state(unknown), accuracy).values.reshape(-1, 2)
        return np.array(
            [
                values[lead, moment] / (self._coupling[lead] * self._drive)
                for lead, moment in self._equations()
            ]
        )

    def _left_over(self, unknown: np.ndarray, *, coarsely: bool = False) -> float:
        """The largest residual, of what is allowed; `coarsely`, of what μ and k_BT, as floats, can reach."""
        reach = max(1.0, (self._scale + abs(self._middle)) / self._drive) if coarsely else 1.0
        found = self._flows(*self._state(unknown))
        values, errors = found.values.reshape(-1, 2), found.errors.reshape(-1, 2)
        driven = np.abs(values[~(self._mu_floats | self._kt_floats)]).max(initial=0.0)
        parts = []
        for lead, moment in self._equations():
            most = self._coupling[lead] * self._drive
            allowed = max(_CLOSE * min(most, driven), 16 * _EPS * reach * most) + 2 * errors[lead, moment]
            parts.append(abs(values[lead, moment]) / allowed)
        return max(parts)

    def _jacobian(self, unknown: np.ndarray, accuracy: Options | None = None) -> np.ndarray:
        """∂ residual/∂ unknown."""
        slopes, equations = self._slopes(unknown, accuracy), self._equations()
        return np.array(
            [
                [
                    slopes[lead, moment, other, change] / (self._coupling[lead] * self._drive)
                    for other, change in equations
                ]
                for lead, moment in equations
            ]
        )

    def _slopes(self, unknown: np.ndarray, accuracy: Options | None = None) -> np.ndarray:
        """∂(P, Q/w)/∂(u, v), (leads, 2, leads, 2); reservoirs at T = 0 are taken a little warmer."""
        mu, kt = self._state(unknown)
        smooth = np.maximum(kt, _SMOOTHING * self._drive)
        sets, scale, leads = ReservoirSets(mu[None, :], smooth[None, :]), self._scale, len(mu)

        def moment(energy: np.ndarray, j: np.ndarray) -> np.ndarray:
            distance = (energy[:, None] - mu) / scale
            return np.stack([np.ones_like(distance), distance], axis=-1)

        def slope(energy: np.ndarray, j: np.ndarray) -> np.ndarray:
            distance = energy[:, None] - mu
            weight = thermal_weight(energy[:, None], mu, smooth) * self._drive
            return np.stack([weight, weight * distance / smooth**2 * scale / 2], axis=-1)

        response = Response(leads, 2, 2, moment, slope)
        present = on_present_panels(self._spectrum, sets, response, accuracy or self._options)
        found = present.reshape(leads, 2, leads, 2)
        particles = self._flows(mu, kt, accuracy).values.reshape(-1, 2)[:, 0]
        # μ_α stands in (E − μ_α) too.
        found[np.arange(leads), 1, np.arange(leads), 0] -= particles * self._drive / scale
        squares = self._squares(unknown[int(self._mu_floats.sum()) :])
        found[:, :, self._kt_floats, 1] *= np.where(squares < 0, -1.0, 1.0)
        return found

    # ---- couplings

    def _mean_response(self) -> np.ndarray:
        """M_αβ, averaged over the energies of the reservoirs, (leads, leads)."""
        width = np.maximum(self._kt, self._scale / 8)
        sets = ReservoirSets(self._mu[None, :], width[None, :])
        self._flows(self._mu, width, self._rough)  # lays the panels
        leads = len(width)

        def weight(energy: np.ndarray, j: np.ndarray) -> np.ndarray:
            mean = thermal_weight(energy[:, None], self._mu, width).mean(axis=1)
            return np.broadcast_to(mean[:, None, None], (len(energy), leads, 1))

        response = Response(leads, 1, 1, lambda energy, j: np.ones((len(energy), leads, 1)), weight)
        return on_present_panels(self._spectrum, sets, response, self._rough).reshape(leads, leads)

    def _require_coupling(self, mean: np.ndarray) -> None:
        """Refuse probes whose potential is undefined; note how strongly the others couple."""
        floats = self._mu_floats | self._kt_floats
        error = np.full(mean.shape, 4 * self._spectrum.unitarity_error)
        fed = connected_with(mean, error, *np.flatnonzero(~floats).tolist())
        lost = [name for name, there in zip(self._names, fed, strict=True) if not there]
        if lost:
            raise InputError(
                f'steady_state: the probe at "{lost[0]}" is coupled to no reservoir at the energies in question, so '
                "that its potential is undefined: no mode is open there, or all are reflected, to the error of S. Give "
                "it a Reservoir, or leave the lead out"
            )
        self._coupling = np.where(floats, np.abs(np.diagonal(mean)), 1.0)

    def _solution(self, unknown: np.ndarray, steps: int) -> Solution:
        """Flows and errors at the end of the search."""
        mu, kt = self._state(unknown)
        flows = self._flows(mu, kt)
        mu_error, kt_error = np.zeros(len(mu)), np.zeros(len(mu))
        if len(unknown):
            equations = self._equations()
            errors, values = flows.errors.reshape(-1, 2), np.abs(flows.values.reshape(-1, 2))
            doubt = np.array(
                [(errors[k] + values[k]) / self._coupling[k[0]] / self._drive for k in equations]
            )
            spread = np.abs(np.linalg.pinv(self._jacobian(unknown))) @ doubt
            count = int(self._mu_floats.sum())
            mu_error[self._mu_floats] = self._drive * spread[:count]
            warm = kt[self._kt_floats]
            squares = self._scale * self._drive * spread[count:]
            kt_error[self._kt_floats] = np.minimum(squares / np.maximum(2 * warm, 1e-300), np.sqrt(squares))
            flows = replace(flows, errors=self._with_what_floats(unknown, flows, spread))
        return Solution(mu, kt, mu_error, kt_error, self._in_electronvolts(flows), steps)

    def _with_what_floats(self, unknown: np.ndarray, flows: IntegralResult, spread: np.ndarray) -> np.ndarray:
        """Errors of the flows, with those of the unknowns in them; out of a probe flows nothing, but what is left."""
        slopes, equations = np.abs(self._slopes(unknown)), self._equations()
        errors = flows.errors.reshape(-1, 2).copy()
        follows = sum(
            slopes[:, :, lead, change] * part for (lead, change), part in zip(equations, spread, strict=True)
        )
        errors += follows
        for lead, moment in equations:
            left = float(np.abs(flows.values.reshape(-1, 2)[lead, moment]))
            errors[lead, moment] = max(flows.errors.reshape(-1, 2)[lead, moment], left)
        return errors.reshape(flows.errors.shape)

    def _in_electronvolts(self, flows: IntegralResult) -> IntegralResult:
        units = np.tile([1.0, self._scale], len(self._names))
        return IntegralResult(
            flows.values * units, flows.errors * units, flows.evaluations, flows.unitarity_error,
            flows.spin_degeneracy, flows.reused,
        )  # fmt: skip


def _floating_mu(terminal: Terminal) -> bool:
    return isinstance(terminal, VoltageProbe) or (isinstance(terminal, ThermalProbe) and terminal.mu is None)


def reservoir_thermal_energy(terminal: Terminal) -> float:
    """k_BT of what has a temperature, in eV; zero for a thermal probe."""
    if isinstance(terminal, Reservoir):
        return terminal.thermal_energy
    return Reservoir(0.0, terminal.temperature).thermal_energy if isinstance(terminal, VoltageProbe) else 0.0


def _balanced(mean: np.ndarray, known: np.ndarray, floats: np.ndarray) -> np.ndarray:
    """The values of `known` at the leads that float for which Σ_β M_αβ x_β = 0 there."""
    inner = mean[np.ix_(floats, floats)]
    outer = mean[np.ix_(floats, ~floats)] @ known[~floats]
    return -np.linalg.lstsq(inner, outer)[0]
