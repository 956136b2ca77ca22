"""From gates to a system: a lattice region under a gate potential, between leads that continue its ends."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import InputError
from ..model import lattice, shape
from ..model.model import Model
from ..model.system import System
from ..model.terms import hopping, onsite
from .potential import GatePotential


def split_gate_contact(
    potential: GatePotential,
    *,
    swept: Sequence[str] | None = None,
    fixed: Mapping[str, float] | None = None,
    spacing: float = 5.0,
) -> System:
    """A region of an electron gas under gates, with leads "left" and "right" along x, as a lattice system.

    The region fills the extent of the potential, with hard walls along its edges in y. On a square lattice
    H = −ħ²∇²/2m* + U becomes the on-site energy 4t + U and the hopping −t, with t = ħ²/2m*a². The leads continue
    the potential of the region's last columns. Energies are counted from the band bottom of the gas without gate
    voltage, so that the Fermi level is ``potential.gas.fermi_energy``.

    Parameters
    ----------
    potential
        Gates, gas and extent; the extent must be a whole number of lattice spacings, centred at zero.
    swept
        The gates that share the parameter ``gate_voltage``, in V; by default all.
    fixed
        Voltages of other gates, in V, by name.
    spacing
        Lattice spacing a, in nm. Keep t = ħ²/2m*a² well above the Fermi energy.

    Returns
    -------
    System
        With the parameter ``gate_voltage``; spin degeneracy 2.

    Raises
    ------
    InputError
        For an unknown gate, or an extent that the lattice does not fit.

    Examples
    --------
    >>> from sharvin.electrostatics import ElectronGas, GatePotential, RectangleGate
    >>> upper = RectangleGate(x=(-50, 50), y=(60, np.inf), name="upper")
    >>> lower = RectangleGate(x=(-50, 50), y=(-np.inf, -60), name="lower")
    >>> potential = GatePotential([upper, lower], ElectronGas(1e15), extent=((-200, 200), (-100, 100)))
    >>> system = split_gate_contact(potential, spacing=10.0)
    >>> system.leads, list(system.parameters), system.site_count
    (('left', 'right'), ['gate_voltage'], 741)
    """
    if not spacing > 0:
        raise InputError(f"spacing must be positive, in nm, got {spacing!r}")
    swept = tuple(potential.gates) if swept is None else tuple(swept)
    fixed = dict(fixed or {})
    half_length, half_width = (
        _half(axis, *edges, spacing) for axis, edges in zip("xy", potential.extent, strict=True)
    )
    for name in (*swept, *fixed):
        potential.unit(name, 0.0, 0.0)
    last = half_length - spacing

    def energy(x: np.ndarray, y: np.ndarray, gate_voltage: float) -> np.ndarray:
        return potential(x, y, {**fixed, **dict.fromkeys(swept, gate_voltage)})

    hop = potential.gas.hbar2_over_2m / spacing**2
    plain = Model(lattice.square(a=spacing), onsite(4 * hop) + hopping(-hop))
    left = plain + onsite(lambda y, gate_voltage: energy(np.full_like(y, -last), y, gate_voltage))
    right = plain + onsite(lambda y, gate_voltage: energy(np.full_like(y, last), y, gate_voltage))
    region = (plain + onsite(energy)).region(shape.rectangle(length=2 * half_length, width=2 * half_width))
    return region.lead("left", left, direction="-x").lead("right", right, direction="+x")


def _half(axis: str, low: float, high: float, spacing: float) -> float:
    """Half the extent along one axis, if the lattice fits it."""
    half = high / spacing
    if low != -high or abs(half - round(half)) > 1e-9 or round(half) < 2:
        raise InputError(
            f"the extent along {axis} must reach from −c to c with c a multiple of the lattice spacing "
            f"{spacing} nm, got {low} to {high}"
        )
    return round(half) * spacing
