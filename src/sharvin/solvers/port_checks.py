"""What vouches for a port: the lead's own equations, tried on what is handed to the linear problem.

With F the transfer from one cell to the next (ψ_{n+1} = Fψ_n for outgoing waves):

    Σ = v(E − h0 − Σ)⁻¹v†,     v† − (E − h0)F + vF² = 0,     Γ = i(Σ − Σ†) = WW†,     |λ| ≤ 1,

the first for any Σ, the second where F is known by its transverse states. They are tried on a few random vectors.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.linalg import lapack

from ..errors import NumericalError
from ..leads import Modes, TransverseStates
from ..leads.separable import SeparableWaves

_PROBES = 4
_WHOLE = 64  # orbitals up to which all eigenvalues of F are computed
_OUTSIDE = 1e-5  # distance of an eigenvalue from the unit circle that makes a wave grow
#: In a wider cell, a wave must not have grown so many times, so many cells after its first maximum.
_CELLS, _TIMES = 32, 5.0
_GROWS = 1e-11  # |λ| beyond one by which an outgoing wave would grow


@lru_cache(maxsize=64)
def probes(size: int) -> np.ndarray:
    """A few random vectors, or all unit vectors of a small space."""
    if size <= 4 * _PROBES:
        found = np.eye(size)
    else:
        found = np.random.default_rng(size).standard_normal((size, _PROBES)) / np.sqrt(size)
    found.setflags(write=False)
    return found


def width_residual(sigma: np.ndarray, width: np.ndarray) -> np.ndarray:
    """|Γ − WW†|, relative to the larger of both, of matrices (…, n, n) and (…, n, modes)."""
    if not sigma.shape[-1]:
        return np.zeros(sigma.shape[:-2])
    x = probes(sigma.shape[-1])
    gamma = 1j * (sigma @ x - sigma.conj().swapaxes(-1, -2) @ x)
    flux = width @ (width.conj().swapaxes(-1, -2) @ x)
    size = np.maximum(np.abs(sigma).max(axis=(-2, -1)), np.abs(flux).max(axis=(-2, -1)))
    return np.abs(gamma - flux).max(axis=(-2, -1)) / np.maximum(size, 1e-300)


def fixed_point_residual(
    h0: np.ndarray, v: np.ndarray, energy: float, sigma: np.ndarray
) -> tuple[float, float]:
    """Σ − v(E − h0 − Σ)⁻¹v†, relative to Σ and to F = (E − h0 − Σ)⁻¹v†, and the largest element of F.

    The first is what Σ misses of a surface that looks the same one cell further. It is infinite where F lets a wave
    grow: the equation has other solutions than the retarded one. By the second rounding grows, next to a state of the
    surface.
    """
    size = len(h0)
    x = probes(size)
    factors, order, singular = lapack.zgetrf(energy * np.eye(size) - h0 - sigma)
    if singular:
        raise NumericalError(f"a surface state of the lead lies at E = {energy:.12g} eV; move the energy")

    def forward(vectors: np.ndarray) -> np.ndarray:
        return lapack.zgetrs(factors, order, v.conj().T @ vectors)[0]

    if size <= _WHOLE:
        whole = forward(np.eye(size))
        once, grows, size_f = whole @ x, _has_growing_eigenvalue(whole), np.abs(whole).max(initial=0.0)
    else:
        once = forward(x)
        size_f = np.abs(once).max() / np.abs(x).max()
        grows = _keeps_growing(forward, once[:, :1])
    if grows:
        return np.inf, float(size_f)
    scale = max(np.abs(sigma @ x).max(), np.abs(v).max() * np.abs(x).max(), 1e-300)
    return float(np.abs(sigma @ x - v @ once).max() / (scale * max(1.0, size_f))), float(size_f)


def _has_growing_eigenvalue(f: np.ndarray) -> bool:
    """Whether an eigenvalue of F lies outside the unit circle, by more than rounding does to a double one."""
    if not np.isfinite(f).all():
        return True
    blur = max(_OUTSIDE, 10 * np.sqrt(np.finfo(float).eps * max(1.0, np.abs(f).max())))
    return bool(np.abs(np.linalg.eigvals(f)).max(initial=0.0) > 1 + blur)


def _keeps_growing(forward: Callable[[np.ndarray], np.ndarray], wave: np.ndarray) -> bool:
    """Whether a wave carried on over many cells goes on to grow; what decays or runs stays below its first maximum."""
    sizes = []
    for _ in range(2 * _CELLS):
        sizes.append(float(np.linalg.norm(wave)))
        wave = forward(wave)
    return not np.linalg.norm(wave) < _TIMES * max(sizes[:_CELLS]) + 1e-300


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
