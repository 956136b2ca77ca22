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

import numpy as np

from ..errors import NumericalError
from .energy_shell import Open, Shell, groups_of, on_shell, ordered
from .gauge import standard_gauge
from .modes import Modes, mode_residual
from .schur_form import ordered_schur
from .subbands import bloch

_ON_CIRCLE = (
    1e-6  # | |λ| − 1 | of candidates for open modes; each is then tried on the Hermitian band structure
)
_STANDING = 1e-7  # |dE/dk| below this, relative to ‖v‖, is a mode at its threshold: closed
_SOLVED = 1e-11  # |E_n(k) − E| of an open mode, relative to the scale of the lead


def pencil_modes(h0: np.ndarray, v: np.ndarray, energy: float, references: np.ndarray) -> Modes:
    """Modes from the generalized Schur form of the companion pencil of (φ_{n−1}, φ_n).

    `references` are the vectors, (m, ≥ m), to which the gauge refers.
    """
    m = len(h0)
    scale = max(np.abs(h0 - energy * np.eye(m)).max(), np.abs(v).max())
    identity, zero, vh = np.eye(m), np.zeros((m, m)), v.conj().T
    a = np.block([[zero, identity], [-vh / scale, (energy * identity - h0) / scale]])
    b = np.block([[identity, zero], [zero, v / scale]])
    alpha, beta, z = ordered_schur(a, b, lambda p, q: p < (1 - _ON_CIRCLE) * q, "complex")
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
    missed = max(mode_residual(h0, v, energy, side.factors, side.vectors) for side in (outgoing, incoming))
    return Modes(
        incoming.vectors, waves, incoming.factors, factors, outgoing.velocity,
        np.arange(len(factors)), sigma, float(residual), missed,
    )  # fmt: skip


def _open_modes(
    h0: np.ndarray, v: np.ndarray, energy: float, candidates: np.ndarray, references: np.ndarray
) -> tuple[Open, Open]:
    """Outgoing and incoming modes among the candidates, each group of equal momenta at a time, ordered by momentum."""
    outgoing: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    incoming: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    momenta = np.angle(candidates)
    for members in groups_of(momenta):
        found, shell = _followed(h0, v, energy, momenta[members])
        true_mode = (shell.speed > _STANDING * np.abs(v).max()) & np.isfinite(found)
        for sign, side in ((1, outgoing), (-1, incoming)):
            chosen = true_mode & (np.sign(shell.velocity) == sign)
            if chosen.any():
                waves = standard_gauge(shell.waves[:, chosen], shell.speed[chosen], references)
                side.append((found[chosen], waves, shell.speed[chosen]))
    return ordered(outgoing, len(h0), 1), ordered(incoming, len(h0), -1)


def _followed(h0: np.ndarray, v: np.ndarray, energy: float, group: np.ndarray) -> tuple[np.ndarray, Shell]:
    """Momenta of the states at E near the momenta of a group, and the states.

    A single mode is followed by Newton's method, k ← k + (E − E_n(k))/(dE_n/dk). A momentum becomes NaN where no
    state at E is found: such a candidate is a slowly decaying wave.
    """
    momentum = np.angle(np.exp(1j * (group - group[0])).mean()) + group[0]
    scale = max(np.abs(h0 - energy * np.eye(len(h0))).max(), np.abs(v).max())
    shell = _nearest(h0, v, energy, momentum, len(group))
    for _ in range(8):
        if len(group) > 1 or not 1e-15 < np.abs(shell.shift[0]) < 1e-2:
            break
        momentum = momentum + shell.shift[0]
        shell = _nearest(h0, v, energy, momentum, 1)
    lost = ~(np.abs(shell.shift) < max(1e-9, 3 * np.ptp(group))) & (shell.error > _SOLVED * scale)
    return np.where(lost, np.nan, momentum + shell.shift), shell


def _nearest(h0: np.ndarray, v: np.ndarray, energy: float, momentum: float, count: int) -> Shell:
    """The `count` states nearest to E at a momentum."""
    bands, states = np.linalg.eigh(bloch(h0, v, momentum))
    return on_shell(h0, v, energy, momentum, states[:, np.sort(np.argsort(np.abs(bands - energy))[:count])])


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
