"""The bare electrostatic potential of patterned surface gates, in closed form.

The surface z = 0 is an equipotential: V_g under a gate and, Fermi-level pinning being assumed, zero elsewhere.
Below it φ solves Laplace's equation, so that at the depth d of the electron gas

    φ(r, d) = (1/2π) ∫ V(r′) d / (|r − r′|² + d²)^{3/2} d²r′ .

For a rectangle L < x < R, B < y < T the integral is elementary
(J. H. Davies, I. A. Larkin, E. V. Sukhorukov, J. Appl. Phys. 77, 4504 (1995)):

    φ(x, y, d)/V = g(x−L, y−B) + g(x−L, T−y) + g(R−x, y−B) + g(R−x, T−y),
    g(u, v) = (1/2π) arctan[ u v / (d √(u² + v² + d²)) ] .
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError


def _corner(u: np.ndarray, v: np.ndarray, depth: float) -> np.ndarray:
    """g(u, v) of the module's formula. An infinite edge makes all of `u` (or `v`) infinite: then the limit."""
    if np.isinf(u).any():
        argument = np.sign(u) * v / depth
    elif np.isinf(v).any():
        argument = np.sign(v) * u / depth
    else:
        argument = u * v / (depth * np.sqrt(u**2 + v**2 + depth**2))
    return np.arctan(argument) / (2 * np.pi)


@dataclass(frozen=True)
class RectangleGate:
    """A rectangular metal gate on a pinned surface.

    Parameters
    ----------
    x, y
        Its edges (left, right) and (bottom, top), in nm; ``-inf`` and ``inf`` make it semi-infinite.
    name
        What its voltage is called.

    Raises
    ------
    InputError
        If the edges are not two increasing numbers.

    Examples
    --------
    >>> import numpy as np
    >>> half_plane = RectangleGate(x=(0, np.inf), y=(-np.inf, np.inf))
    >>> float(half_plane.potential(90.0, 0.0, depth=90.0))      # 1/2 + arctan(x/d)/π
    0.75
    """

    x: tuple[float, float]
    y: tuple[float, float]
    name: str = "gate"

    def __post_init__(self) -> None:
        for axis in ("x", "y"):
            try:
                low, high = (float(edge) for edge in getattr(self, axis))
            except (TypeError, ValueError):
                raise InputError(
                    f"gate {self.name}: {axis} must be two edges in nm, got {getattr(self, axis)!r}"
                ) from None
            if not low < high:
                raise InputError(
                    f"gate {self.name}: {axis} must be two increasing edges in nm, got {low}, {high}"
                )
            object.__setattr__(self, axis, (low, high))

    def potential(self, x: ArrayLike, y: ArrayLike, depth: float) -> np.ndarray:
        """φ/V at the points (x, y) and `depth` below the surface (all in nm): dimensionless, between 0 and 1."""
        if not depth > 0:
            raise InputError(f"depth must be positive, in nm, got {depth!r}")
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        (left, right), (bottom, top) = self.x, self.y
        return (
            _corner(x - left, y - bottom, depth)
            + _corner(x - left, top - y, depth)
            + _corner(right - x, y - bottom, depth)
            + _corner(right - x, top - y, depth)
        )
