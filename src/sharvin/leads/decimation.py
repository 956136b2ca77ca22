"""The self-energy of a lead by decimation, a little above the real axis.

Modes are the authority here; this is the textbook's way, to compare with and for what has no modes. At E + iη all
waves decay. Eliminating every other cell of a semi-infinite lead doubles the distance between those that are left,

    g = (E + iη − ε)⁻¹,   ε_s′ = ε_s + αgβ,   ε′ = ε + αgβ + βgα,   α′ = αgα,   β′ = βgβ,

from ε = ε_s = h0, α = v, β = v† on, until the coupling has died out: about log₂(1/η) times. (M. P. López Sancho,
J. M. López Sancho and J. Rubio, J. Phys. F 15, 851 (1985).)
"""

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, NotConverged
from ..model.checked import check_hermitian

_DOUBLINGS = 100
_GONE = np.finfo(float).eps  # of |v|: a coupling that has died out
_SOLVED = (
    1e-7  # relative residual of Σ = v(E + iη − h0 − Σ)⁻¹v†, and of Γ ≥ 0: what is worse was lost in rounding
)


def surface_self_energy(h0: ArrayLike, v: ArrayLike, energy: ArrayLike, eta: float) -> np.ndarray:
    """Self-energy Σ(E + iη) = v g v† of a semi-infinite periodic lead, by decimation.

    g is the Green's function of the lead on its first cell. Σ differs from that at real E by η |dΣ/dE|, and by
    rounding errors. Close to a threshold dΣ/dE diverges. Where E is a level of 1, 2, 4, … cells cut off from the
    others, as in the middle of a band, elimination loses digits, the more the smaller η is.

    Parameters
    ----------
    h0
        Hamiltonian of a cell in eV, Hermitian, (m, m).
    v
        ⟨cell n|H|cell n + 1⟩ in eV, (m, m), n growing outward.
    energy
        E in eV, a number or (k,).
    eta
        η > 0 in eV.

    Returns
    -------
    numpy.ndarray
        In eV, (m, m) or (k, m, m), on the cell before the first one of the lead.

    Raises
    ------
    InputError
        For matrices that do not fit each other, numbers that are not finite, or η that is not positive.
    NotConverged
        Where Σ was lost in rounding: it misses its equation Σ = v(E + iη − h0 − Σ)⁻¹v†, or Γ = i(Σ − Σ†) ≥ 0, by
        more than a relative 1e-7.

    Examples
    --------
    In the band of a chain of hopping −t, Σ = −t e^{ik} with E = −2t cos k; at E = t, (1 − i√3)t/2:

    >>> from sharvin.leads import surface_self_energy
    >>> surface_self_energy(0.0, -1.0, 1.0, eta=1e-9).round(6)
    array([[0.5-0.866025j]])
    """
    cell, hopping, energies = _checked(h0, v, energy, eta)
    flat, unit = energies.reshape(-1), np.eye(len(cell))
    shifted = (flat + 1j * eta)[:, None, None] * unit

    def one_cell_further(beyond: np.ndarray) -> np.ndarray:
        return hopping @ np.linalg.solve(shifted - beyond, np.broadcast_to(hopping.conj().T, shifted.shape))

    try:
        with np.errstate(all="ignore"):  # what overflows shows in the residual
            sigma = one_cell_further(_decimated(cell, hopping, shifted))
            missed = np.abs(one_cell_further(cell + sigma) - sigma).max(axis=(1, 2))
            missed = np.maximum(missed, _gain(sigma))
    except np.linalg.LinAlgError:
        raise NotConverged(
            f"surface_self_energy: elimination met a singular cell with η = {eta:.1e} eV; take a larger eta"
        ) from None
    scale = np.abs(sigma).max(axis=(1, 2)) + np.abs(hopping).max() + 1e-300
    bad = np.flatnonzero(np.logical_not(missed <= _SOLVED * scale))
    if len(bad):
        raise NotConverged(
            f"surface_self_energy: Σ misses its equation, or Γ ≥ 0, by {missed[bad[0]]:.1e} eV at E = "
            f"{flat[bad[0]]:.12g} eV with η = {eta:.1e} eV; take a larger eta"
        )
    return sigma.reshape(energies.shape + cell.shape)


def _checked(
    h0: ArrayLike, v: ArrayLike, energy: ArrayLike, eta: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The cell, the hopping and the energies as arrays, or a clear refusal."""
    try:
        cell, hopping = (np.atleast_2d(np.asarray(matrix, dtype=complex)) for matrix in (h0, v))
        energies = np.asarray(energy)
    except (TypeError, ValueError):
        raise InputError("surface_self_energy: h0, v and energy must be numbers in eV") from None
    if cell.ndim != 2 or cell.shape[0] != cell.shape[1] or hopping.shape != cell.shape or energies.ndim > 1:
        raise InputError(
            "surface_self_energy: expected h0 and v of one shape (m, m) and energies (k,), got shapes "
            f"{cell.shape}, {hopping.shape} and {energies.shape}"
        )
    if energies.size and energies.dtype.kind not in "iuf":
        raise InputError(f"surface_self_energy: energy must be real numbers in eV, got {energies.dtype}")
    if not (np.isfinite(cell).all() and np.isfinite(hopping).all() and np.isfinite(energies).all()):
        raise InputError("surface_self_energy: h0, v and energy must be finite numbers in eV")
    if not (np.isfinite(eta) and eta > 0):
        raise InputError(f"surface_self_energy: eta must be a positive number of eV, got {eta!r}")
    check_hermitian("surface_self_energy: h0", cell)
    return cell, hopping, energies


def _gain(sigma: np.ndarray) -> np.ndarray:
    """How negative Γ is at each energy: waves that grow were taken for decaying ones. NaN where Σ is not finite."""
    finite = np.asarray(np.isfinite(sigma).all(axis=(1, 2)))
    gamma = 1j * (sigma - sigma.conj().swapaxes(1, 2))
    lowest = np.linalg.eigvalsh(np.where(finite[:, None, None], gamma, 0))[:, 0]
    return np.where(finite, np.maximum(-lowest, 0), np.nan)


def _decimated(cell: np.ndarray, hopping: np.ndarray, shifted: np.ndarray) -> np.ndarray:
    """ε_s at each energy when the coupling has died out; energies where it has are left alone."""
    surface, bulk, ahead, back = (
        np.broadcast_to(matrix, shifted.shape).copy() for matrix in (cell, cell, hopping, hopping.conj().T)
    )
    gone = _GONE * np.abs(hopping).max()
    size = len(cell)
    for _ in range(_DOUBLINGS):
        reach = np.maximum(np.abs(ahead), np.abs(back)).max(axis=(1, 2))
        left = np.flatnonzero(reach > gone)
        if not len(left):
            break
        a, b = ahead[left], back[left]
        waves = np.linalg.solve(shifted[left] - bulk[left], np.concatenate([a, b], axis=2))
        ga, gb = waves[:, :, :size], waves[:, :, size:]
        surface[left] += a @ gb
        bulk[left] += a @ gb + b @ ga
        ahead[left], back[left] = a @ ga, b @ gb
    return surface
