"""Probabilities of two scatterers that share a lead in which phases are lost, for a batch of energies.

Nothing is subtracted, so each probability keeps its relative accuracy, however small it is: 1 − R is never formed,
what leaves is added up instead. (W. K. Grassmann, M. I. Taksar and D. P. Heyman, Oper. Res. 33, 1107 (1985).)
"""

import numpy as np


def without_phase(Pa: np.ndarray, Pb: np.ndarray, joint: int) -> np.ndarray:
    """Probabilities of a and b joined mode by mode, when only the phase is lost between them.

    The last `joint` modes of a meet the first `joint` modes of b; shapes (energies, modes, modes), order (out, in).
    With x the flux that leaves a into the joint,

        (1 − a_jj b_jj) x = a_jo in_a + a_jj b_jo in_b,

    and what comes out follows: T₁₂ = T₁ T₂/(1 − R₁′ R₂) for one mode. (S. Datta, Electronic Transport in Mesoscopic
    Systems (Cambridge, 1995), section 2.2.)
    """
    na = Pa.shape[-1] - joint
    a_oo, a_oj, a_jo, a_jj = Pa[:, :na, :na], Pa[:, :na, na:], Pa[:, na:, :na], Pa[:, na:, na:]
    b_jj, b_jo, b_oj, b_oo = (
        Pb[:, :joint, :joint],
        Pb[:, :joint, joint:],
        Pb[:, joint:, :joint],
        Pb[:, joint:, joint:],
    )
    # What leaves for good: into the leads of b at once, or reflected by b and then into those of a.
    escape = b_oj.sum(axis=1) + (a_oj.sum(axis=1)[:, None] @ b_jj)[:, 0]
    x = flux_inside(a_jj @ b_jj, escape, np.concatenate([a_jo, a_jj @ b_jo], axis=2))
    returning = b_jj @ x
    returning[:, :, na:] += b_jo
    P = np.concatenate([a_oj @ returning, b_oj @ x], axis=1)
    P[:, :na, :na] += a_oo
    P[:, na:, na:] += b_oo
    return P


def flux_inside(trip: np.ndarray, escape: np.ndarray, source: np.ndarray) -> np.ndarray:
    """x of (1 − trip) x = source, where 1 − trip has the column sums `escape`: block elimination without differences.

    Shapes (energies, n, n), (energies, n), (energies, n, sources). The diagonal of `trip` is not needed. Where nothing
    escapes nothing enters, and x = 0: a resonator closed on both sides.
    """
    n = trip.shape[-1]
    if n < 2:
        return _ratio(source, escape[:, :, None])
    half = n // 2
    one, two = slice(None, half), slice(half, None)
    leaving = escape[:, one] + trip[:, two, one].sum(axis=1)
    y = flux_inside(trip[:, one, one], leaving, np.concatenate([trip[:, one, two], source[:, one]], axis=2))
    through, from_source = y[:, :, : n - half], y[:, :, n - half :]
    x_two = flux_inside(
        trip[:, two, two] + trip[:, two, one] @ through,
        escape[:, two] + (escape[:, None, one] @ through)[:, 0],
        source[:, two] + trip[:, two, one] @ from_source,
    )
    return np.concatenate([from_source + through @ x_two, x_two], axis=1)


def through_reservoir(Pa: np.ndarray, Pb: np.ndarray, at_a: np.ndarray, at_b: np.ndarray) -> np.ndarray:
    """Probabilities of a and b with a reservoir between them that floats energy by energy.

    It absorbs all that comes out of a at `at_a` and of b at `at_b` (masks of the modes, or of the lead), and emits
    equally into all of them, T_αβ + T_αp T_pβ/Σ_γ T_γp. (M. Büttiker, Phys. Rev. B 33, 3020 (1986).)
    """
    na = int((~at_a).sum())
    emitted = np.concatenate(
        [Pa[:, ~at_a][:, :, at_a].sum(axis=2), Pb[:, ~at_b][:, :, at_b].sum(axis=2)], axis=1
    )
    absorbed = np.concatenate(
        [Pa[:, at_a][:, :, ~at_a].sum(axis=1), Pb[:, at_b][:, :, ~at_b].sum(axis=1)], axis=1
    )
    occupation = _ratio(absorbed, emitted.sum(axis=1, keepdims=True))
    P = emitted[:, :, None] * occupation[:, None, :]
    P[:, :na, :na] += Pa[:, ~at_a][:, :, ~at_a]
    P[:, na:, na:] += Pb[:, ~at_b][:, :, ~at_b]
    return P


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part/whole, zero where both are."""
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
