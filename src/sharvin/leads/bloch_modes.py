"""Modes of a periodic lead at one energy, and the self-energy that follows.

Cells are counted outward, v = ⟨n|H|n+1⟩. A wave ψ_n = λⁿ φ obeys

    (h0 − E + λ v + λ⁻¹ v†) φ = 0,      current J = φ†(iλv − iλ*v†)φ = dE/dk for λ = e^{ik}.

*Outgoing* are the decaying waves |λ| < 1 and the open ones with J > 0. If the columns (φ; λφ) of all outgoing waves
span the deflating subspace (U₁; U₂) then ψ_{n+1} = F ψ_n with F = U₂U₁⁻¹, and Σ = vF acts on cell −1. The decaying
part comes from ordered Schur vectors, never from eigenvectors, which may be parallel to rounding; open modes are
eigenvectors of the Hermitian H(k), and where several share a k their velocity is diagonalized.
(D. H. Lee and J. D. Joannopoulos, Phys. Rev. B 23, 4988 (1981); T. Ando, Phys. Rev. B 44, 8017 (1991);
M. Wimmer, PhD thesis, Regensburg (2009).)
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import ordqz

from ..errors import NumericalError
from .gauge import standard_gauge
from .subbands import bloch

_ON_CIRCLE = (
    1e-6  # | |λ| − 1 | of candidates for open modes; each is then tried on the Hermitian band structure
)
_SAME_MOMENTUM = 1e-10  # momenta closer than this are treated as one degenerate group
_STANDING = 1e-7  # |dE/dk| below this, relative to ‖v‖, is a mode at its threshold: closed
_SOLVED = 1e-11  # |E_n(k) − E| of an open mode, relative to the scale of the lead


@dataclass(frozen=True, eq=False)
class Modes:
    """Open modes of a lead at one energy, normalized to unit current, and its self-energy.

    Attributes
    ----------
    incoming, outgoing
        Wave functions in one cell, (m, modes). Incoming mode j is what outgoing mode j of the same lead, facing the
        other way, would send in: k ↔ −k in outward cells.
    incoming_factor, outgoing_factor
        Bloch factors λ = e^{ik} per cell outward, (modes,).
    velocity
        dE/dk of the outgoing modes, in eV per radian, (modes,), positive.
    labels
        A number per mode: the transverse state where it is conserved, else the order of momenta.
    sigma
        Retarded self-energy on cell −1 in eV, (m, m).
    residual
        Largest relative residual of v† + (h0 − E)F + vF² = 0.
    """

    incoming: np.ndarray
    outgoing: np.ndarray
    incoming_factor: np.ndarray
    outgoing_factor: np.ndarray
    velocity: np.ndarray
    labels: np.ndarray
    sigma: np.ndarray
    residual: float

    @property
    def count(self) -> int:
        """Number of open modes in each direction."""
        return self.outgoing.shape[1]

    @property
    def momentum(self) -> np.ndarray:
        """k of the outgoing modes, in radians per cell, in (−π, π]."""
        return np.angle(self.outgoing_factor)


def pencil_modes(h0: np.ndarray, v: np.ndarray, energy: float, references: np.ndarray) -> Modes:
    """Modes from the generalized Schur form of the companion pencil of (φ_{n−1}, φ_n).

    `references` are the vectors, (m, ≥ m), to which the gauge refers.
    """
    m = len(h0)
    scale = max(np.abs(h0 - energy * np.eye(m)).max(), np.abs(v).max())
    identity, zero, vh = np.eye(m), np.zeros((m, m)), v.conj().T
    a = np.block([[zero, identity], [-vh / scale, (energy * identity - h0) / scale]])
    b = np.block([[identity, zero], [zero, v / scale]])
    _, _, alpha, beta, _, z = ordqz(
        a, b, sort=lambda p, q: np.abs(p) < (1 - _ON_CIRCLE) * np.abs(q), output="complex"
    )
    size_p, size_q = np.abs(alpha), np.abs(beta)
    if np.any(np.maximum(size_p, size_q) < 1e-13):
        raise NumericalError(
            f"a flat band of the lead lies at E = {energy:.12g} eV: its modes are not defined there; move the energy"
        )
    decaying = z[:, : int(np.count_nonzero(size_p < (1 - _ON_CIRCLE) * size_q))]
    near = np.abs(size_p - size_q) <= _ON_CIRCLE * size_q
    candidates = alpha[near] / beta[near]

    outgoing, incoming = _open_modes(h0, v, energy, candidates, references)
    waves, factors = outgoing.vectors, outgoing.factors
    opened = np.concatenate([factors, incoming.factors])
    slow = _slow_waves(h0, v, energy, candidates, opened, m - decaying.shape[1] - len(factors))
    u1 = np.concatenate([decaying[:m], slow[:m], waves / np.linalg.norm(waves, axis=0)], axis=1)
    u2 = np.concatenate([decaying[m:], slow[m:], waves * factors / np.linalg.norm(waves, axis=0)], axis=1)
    if u1.shape[1] != m or len(outgoing.factors) != len(incoming.factors):
        raise NumericalError(
            f"the lead's modes at E = {energy:.12g} eV do not divide into as many outgoing as incoming ones "
            f"({u1.shape[1]} outgoing waves for a cell of {m}, {len(outgoing.factors)} open out, "
            f"{len(incoming.factors)} in); the energy may lie on a flat band or a threshold: move it"
        )
    try:
        forward = np.linalg.solve(u1.T, u2.T).T  # F = U₂U₁⁻¹
    except np.linalg.LinAlgError:
        raise NumericalError(
            f"a surface state of the lead lies at E = {energy:.12g} eV: Σ is infinite there; move the energy"
        ) from None
    sigma = v @ forward
    size = scale * max(1.0, np.abs(forward).max() ** 2)
    residual = np.abs(vh + (h0 - energy * identity) @ forward + sigma @ forward).max() / size
    return Modes(
        incoming.vectors, waves, incoming.factors, factors, outgoing.velocity,
        np.arange(len(factors)), sigma, float(residual),
    )  # fmt: skip


@dataclass(frozen=True)
class _Open:
    """Open modes of one direction: unit-current vectors, Bloch factors, |dE/dk|."""

    vectors: np.ndarray
    factors: np.ndarray
    velocity: np.ndarray


def _open_modes(
    h0: np.ndarray, v: np.ndarray, energy: float, candidates: np.ndarray, references: np.ndarray
) -> tuple[_Open, _Open]:
    """Outgoing and incoming modes among the candidates, each group of equal momenta at a time, ordered by momentum."""
    outgoing: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    incoming: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for group in _groups(np.angle(candidates)):
        momenta, vectors, velocity = _on_shell(h0, v, energy, group)
        true_mode = (np.abs(velocity) > _STANDING * np.abs(v).max()) & np.isfinite(momenta)
        for sign, found in ((1, outgoing), (-1, incoming)):
            chosen = true_mode & (np.sign(velocity) == sign)
            if chosen.any():
                speed = np.abs(velocity[chosen])
                gauged = standard_gauge(vectors[:, chosen] / np.sqrt(speed), speed, references)
                found.append((momenta[chosen], gauged, speed))
    return _ordered(outgoing, len(h0), 1), _ordered(incoming, len(h0), -1)


def _groups(momenta: np.ndarray) -> list[np.ndarray]:
    """Momenta in (−π, π] as groups of nearly equal ones, around the circle."""
    if len(momenta) == 0:
        return []
    momenta = np.sort(momenta)
    gaps = np.diff(momenta, append=momenta[0] + 2 * np.pi)
    starts = np.flatnonzero(gaps > _SAME_MOMENTUM) + 1
    if len(starts) == 0:
        return [momenta]
    rolled = np.roll(momenta, -starts[0])
    return np.split(rolled, (starts[1:] - starts[0]))


def _on_shell(
    h0: np.ndarray, v: np.ndarray, energy: float, group: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Momenta, vectors and velocities of the states at E near the momenta of a group.

    A single mode is followed by Newton's method, k ← k + (E − E_n(k))/(dE_n/dk). A momentum becomes NaN where no
    state at E is found: such a candidate is a slowly decaying wave.
    """
    momentum = np.angle(np.exp(1j * (group - group[0])).mean()) + group[0]
    scale = max(np.abs(h0 - energy * np.eye(len(h0))).max(), np.abs(v).max())
    velocity, vectors, shift, error = _near_shell(h0, v, energy, momentum, len(group))
    for _ in range(8):
        if len(group) > 1 or not 1e-15 < np.abs(shift[0]) < 1e-2:
            break
        momentum = momentum + shift[0]
        velocity, vectors, shift, error = _near_shell(h0, v, energy, momentum, 1)
    lost = ~(np.abs(shift) < max(1e-9, 3 * np.ptp(group))) & (error > _SOLVED * scale)
    return np.where(lost, np.nan, momentum + shift), vectors, velocity


def _near_shell(
    h0: np.ndarray, v: np.ndarray, energy: float, momentum: float, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """dE/dk, vectors, the Newton step of k and |E_n(k) − E| of the `count` states nearest to E at a momentum."""
    h = bloch(h0, v, momentum)
    bands, states = np.linalg.eigh(h)
    states = states[:, np.sort(np.argsort(np.abs(bands - energy))[:count])]
    slope = 1j * np.exp(1j * momentum) * v
    velocity, rotation = np.linalg.eigh(states.conj().T @ (slope + slope.conj().T) @ states)
    vectors = states @ rotation
    levels = np.real(np.einsum("ij,ij->j", vectors.conj(), h @ vectors))
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = (energy - levels) / velocity
    return velocity, vectors, shift, np.abs(levels - energy)


def _ordered(found: list[tuple[np.ndarray, np.ndarray, np.ndarray]], size: int, direction: int) -> _Open:
    """Modes by ascending momentum along their own direction."""
    if not found:
        return _Open(np.zeros((size, 0), dtype=complex), np.zeros(0, dtype=complex), np.zeros(0))
    momenta = np.concatenate([momentum for momentum, _, _ in found])
    order = np.argsort(np.angle(np.exp(1j * direction * momenta)), kind="stable")
    vectors = np.concatenate([vector for _, vector, _ in found], axis=1)[:, order]
    return _Open(
        vectors, np.exp(1j * momenta[order]), np.concatenate([speed for _, _, speed in found])[order]
    )


def _slow_waves(
    h0: np.ndarray, v: np.ndarray, energy: float, candidates: np.ndarray, opened: np.ndarray, wanted: int
) -> np.ndarray:
    """Vectors (φ; λφ) of decaying waves within a hair of a threshold: candidates near the unit circle, but not open.

    Such waves come in pairs λ, 1/λ*; of each pair the decaying one belongs to the outgoing waves.
    """
    if wanted <= 0:
        return np.zeros((2 * len(h0), 0))
    rest = list(candidates)
    for factor in opened:
        rest.pop(int(np.argmin(np.abs(np.array(rest) - factor))))
    found = [_refined_wave(h0, v, energy, factor) for factor in rest]
    found = sorted(found, key=lambda wave: abs(wave[0]))[:wanted]
    return np.array([np.concatenate([vector, factor * vector]) for factor, vector in found]).T.reshape(
        2 * len(h0), -1
    )


def _refined_wave(
    h0: np.ndarray, v: np.ndarray, energy: float, factor: complex
) -> tuple[complex, np.ndarray]:
    """λ and φ with M(λ)φ = (h0 − E + λv + v†/λ)φ = 0, from a λ nearby, by Newton's method.

    Next to a threshold the pencil gives λ to the root of the rounding error only.
    """
    m, vector = h0 - energy * np.eye(len(h0)), np.zeros(len(h0))
    for _ in range(8):
        left, _, right = np.linalg.svd(m + factor * v + v.conj().T / factor)
        left, vector = left[:, -1], right[-1].conj()
        value = left.conj() @ (m + factor * v + v.conj().T / factor) @ vector
        slope = left.conj() @ (v - v.conj().T / factor**2) @ vector
        step = value / slope if slope != 0 else 0.0
        if not abs(step) < 1e-3 or abs(step) < 1e-16:
            break
        factor = factor - step
    return factor, vector
