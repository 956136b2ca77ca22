"""What vouches for a port: the lead's own equations, tried on what is handed to the linear problem.

With F the transfer from one cell to the next (ψ_{n+1} = Fψ_n for outgoing waves):

    Σ = v(E − h0 − Σ)⁻¹v†,     v† − (E − h0)F + vF² = 0,     Γ = i(Σ − Σ†) = WW†,     |λ| ≤ 1,

the first for any Σ, the second where F is known by its transverse states. They are tried on a few random vectors.
"""

import numpy as np

from ..errors import NumericalError
from ..leads import Modes, TransverseStates
from ..leads.separable import SeparableWaves

_PROBES = 4
_WHOLE = 64  # orbitals up to which F is computed whole
_SQUARINGS, _TOO_LARGE = 10, 1e6
_GROWS = 1e-11  # |λ| beyond one by which an outgoing wave would grow


def probes(size: int) -> np.ndarray:
    """A few random vectors, or all unit vectors of a small space."""
    if size <= 4 * _PROBES:
        return np.eye(size)
    return np.random.default_rng(size).standard_normal((size, _PROBES)) / np.sqrt(size)


def width_residual(sigma: np.ndarray, width: np.ndarray) -> np.ndarray:
    """|Γ − WW†|, relative to the larger of both, of matrices (…, n, n) and (…, n, modes)."""
    if not sigma.shape[-1]:
        return np.zeros(sigma.shape[:-2])
    x = probes(sigma.shape[-1])
    gamma = 1j * (sigma @ x - sigma.conj().swapaxes(-1, -2) @ x)
    flux = width @ (width.conj().swapaxes(-1, -2) @ x)
    size = np.maximum(np.abs(sigma).max(axis=(-2, -1)), np.abs(flux).max(axis=(-2, -1)))
    return np.abs(gamma - flux).max(axis=(-2, -1)) / np.maximum(size, 1e-300)


def fixed_point_residual(h0: np.ndarray, v: np.ndarray, energy: float, sigma: np.ndarray) -> float:
    """Σ − v(E − h0 − Σ)⁻¹v†, relative to Σ: what it misses of a surface that looks the same one cell further.

    Infinite where F = (E − h0 − Σ)⁻¹v† lets a wave grow: the equation has other solutions than the retarded one.
    """
    size = len(h0)
    x = probes(size)
    try:
        # Where F is small enough to be had whole, its powers tell of growth.
        whole = v.conj().T if size <= _WHOLE else v.conj().T @ x
        forward = np.linalg.solve(energy * np.eye(size) - h0 - sigma, whole)
    except np.linalg.LinAlgError:
        raise NumericalError(
            f"a surface state of the lead lies at E = {energy:.12g} eV; move the energy"
        ) from None
    if size <= _WHOLE:
        if _grows(forward):
            return np.inf
        forward = forward @ x
    image = v @ forward
    scale = max(np.abs(sigma @ x).max(), np.abs(v).max() * np.abs(x).max(), 1e-300)
    return float(np.abs(sigma @ x - image).max() / scale)


def _grows(f: np.ndarray) -> bool:
    """Whether |F^1024| has become too large for waves that decay or keep their size."""
    with np.errstate(all="ignore"):
        for _ in range(_SQUARINGS):
            f = f @ f
        return not np.abs(f).max(initial=0.0) < _TOO_LARGE


def separable_residual(
    h0: np.ndarray, v: np.ndarray, energies: np.ndarray, lead: TransverseStates, waves: SeparableWaves,
    sigma: np.ndarray, touched: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Residual of F's equation and of Σ = vF, (energies,); infinite where an outgoing wave would grow."""
    x = probes(len(h0))

    def forward(vectors: np.ndarray) -> np.ndarray:
        return lead.states @ (waves.factor[:, :, None] * (lead.states.conj().T @ vectors))

    once = forward(x)
    vf, back = v @ once, v.conj().T @ x
    # A transverse state that does not hop lives in its cell alone; F is zero there, and E may be its level.
    missed = back - energies[:, None, None] * once + h0 @ once + v @ forward(once)
    size = np.abs(v).max() * np.abs(x).max() + np.abs(energies) * np.abs(once).max(axis=(1, 2))
    equation = np.abs(missed).max(axis=(1, 2)) / np.maximum(size, 1e-300)
    if not len(touched):
        return equation
    own = sigma @ x[touched]
    across = np.abs(own - vf[:, touched]).max(axis=(1, 2)) / (np.abs(v).max() * np.abs(x).max())
    grows = np.abs(waves.factor).max(axis=1, initial=0.0) > 1 + _GROWS
    return np.where(grows, np.inf, np.maximum(equation, across))


def threshold_distance(h0: np.ndarray, energy: float, modes: Modes) -> float:
    """About how far the nearest threshold of an open mode is, in eV: (dE/dk)²/2|E″|, with E″ as in a chain."""
    if not modes.count:
        return np.inf
    phi = modes.outgoing / np.linalg.norm(modes.outgoing, axis=0)
    curvature = np.abs(energy - np.einsum("ij,ij->j", phi.conj(), h0 @ phi).real)
    return float((modes.velocity**2 / (2 * np.maximum(curvature, modes.velocity))).min())
