"""The star product: S of two scatterers that share one lead, for a batch of energies.

R. Redheffer, J. Math. Phys. (MIT) 41, 1 (1962); S. Datta, Electronic Transport in Mesoscopic Systems
(Cambridge, 1995), section 3.2.
"""

import numpy as np


def star_product(Sa: np.ndarray, Sb: np.ndarray, joint: int, phase: complex) -> tuple[np.ndarray, np.ndarray]:
    """S of a and b joined, and the residual of the linear problem behind it, per energy.

    The last `joint` modes of a meet the first `joint` modes of b, after a propagation e^{iθ} = `phase`. With x
    the wave that leaves a into the joint,

        (1 − a_jj e^{iθ} b_jj e^{iθ}) x = a_jo in_a + a_jj e^{iθ} b_jo in_b,

    and what comes out follows: t₁₂ = t₁ t₂ e^{iθ}/(1 − r₁′ r₂ e^{2iθ}) for one mode.
    """
    na, nb = Sa.shape[-1] - joint, Sb.shape[-1] - joint
    a_oo, a_oj, a_jo, a_jj = Sa[:, :na, :na], Sa[:, :na, na:], Sa[:, na:, :na], Sa[:, na:, na:]
    b_jj, b_jo, b_oj, b_oo = (
        Sb[:, :joint, :joint],
        Sb[:, :joint, joint:],
        Sb[:, joint:, :joint],
        Sb[:, joint:, joint:],
    )
    there, back = phase * b_jj * phase, phase * b_jo
    trip = np.eye(joint) - a_jj @ there
    source = np.concatenate([a_jo, a_jj @ back], axis=2)
    x, residual = _solve(trip, source)
    returning = there @ x
    returning[:, :, na:] += back
    S = np.empty((len(Sa), na + nb, na + nb), dtype=complex)
    S[:, :na] = a_oj @ returning
    S[:, :na, :na] += a_oo
    S[:, na:] = (b_oj * phase) @ x
    S[:, na:, na:] += b_oo
    return S, residual


def _solve(trip: np.ndarray, source: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x of trip · x = source, and its relative residual, per energy.

    A resonator that nothing enters has a singular `trip` on resonance; the wave inside is then undetermined, what
    reaches the leads does not depend on it, and the least-norm solution is the limit. If something does enter, no
    solution exists, which the residual shows.
    """
    try:
        x = np.linalg.solve(trip, source)
    except np.linalg.LinAlgError:
        x = np.linalg.pinv(trip, rcond=1e-15) @ source
    size_trip, size_x, size_source, missed = (
        np.abs(part).max(axis=1, initial=0.0) for part in (trip, x, source, trip @ x - source)
    )
    scale = size_trip.max(axis=1, initial=0.0)[:, None] * size_x + size_source
    return x, (missed / np.where(scale == 0, 1.0, scale)).max(axis=1, initial=0.0)
