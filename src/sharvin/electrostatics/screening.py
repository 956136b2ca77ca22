"""Linear Thomas–Fermi screening of a potential by the electron gas itself.

An electron gas with the density of states m*/πħ² answers a potential energy U by δn = −(m*/πħ²) U. The
potential of that charge, between the gas and the equipotential surface at the distance d (which holds its image
charges, the boundary condition of :mod:`~sharvin.electrostatics.gates`), adds to the bare one, so that

    U(q) = U_bare(q)/ε(q),   ε(q) = 1 + (q_TF/q)(1 − e^{−2qd}),   ε(0) = 1 + 2 q_TF d .

Without images, for a gas far from every conductor, ε(q) = 1 + q_TF/q
(F. Stern, Phys. Rev. Lett. 18, 546 (1967); here in the long-wavelength, Thomas–Fermi form).

The answer is linear: it holds where electrons remain. Where the gates deplete the gas nothing is left to screen,
so the model overestimates screening there and with it the voltage that closes a constriction.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import fft

from ..errors import InputError


def dielectric_function(q: ArrayLike, thomas_fermi: float, depth: float | None) -> np.ndarray:
    """ε(q) of the gas: with the surface's images at the distance `depth`, or without them for ``depth=None``.

    `q` and `thomas_fermi` (q_TF) in 1/nm, `depth` in nm. Without images ε(0) is infinite.

    >>> float(dielectric_function(0.0, 0.2, depth=90.0))
    37.0
    >>> float(dielectric_function(0.1, 0.2, depth=None))
    3.0
    """
    q = np.asarray(q, dtype=float)
    still = q == 0
    safe = np.where(still, 1.0, q)
    if depth is None:
        return np.where(still, np.inf, 1 + thomas_fermi / safe)
    return 1 + thomas_fermi * np.where(still, 2 * depth, -np.expm1(-2 * safe * depth) / safe)


def screen(
    bare: np.ndarray, spacing: tuple[float, float], thomas_fermi: float, depth: float | None
) -> np.ndarray:
    """U from U_bare on a rectangular grid of cell centres, by one cosine transform.

    The transform continues `bare` beyond the grid by its mirror images, which keeps it continuous; what that
    changes inside falls off within a few depths of the edge, so pad the grid by some ten depths
    (:class:`~sharvin.electrostatics.GatePotential` does).

    Parameters
    ----------
    bare
        Samples of shape (nx, ny), in any unit.
    spacing
        Grid spacing along x and y, in nm.
    thomas_fermi, depth
        q_TF in 1/nm and the distance to the surface in nm (None: without images).

    Examples
    --------
    >>> flat = screen(np.full((8, 8), 37.0), (5.0, 5.0), thomas_fermi=0.2, depth=90.0)
    >>> bool(np.allclose(flat, 1.0))
    True
    """
    bare = np.asarray(bare, dtype=float)
    if bare.ndim != 2:
        raise InputError(f"screen: the samples must have two dimensions (x, y), got shape {bare.shape}")
    qx, qy = (np.pi * np.arange(n) / (n * step) for n, step in zip(bare.shape, spacing, strict=True))
    epsilon = dielectric_function(np.hypot(qx[:, None], qy[None, :]), thomas_fermi, depth)
    return np.asarray(fft.idctn(np.asarray(fft.dctn(bare, type=2)) / epsilon, type=2))
