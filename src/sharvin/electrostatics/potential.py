"""The potential energy of an electron under a set of gates, bare or screened, as a function of their voltages."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import fft
from scipy.interpolate import RectBivariateSpline

from ..errors import InputError, nearest
from .gas import ElectronGas
from .gates import RectangleGate
from .screening import screen

#: What each choice of screening means, as it stands in the attributes of a result.
SCREENING = {
    "thomas-fermi": "linear Thomas-Fermi, with image charges in the surface: 1 + (q_TF/q)(1 - exp(-2qd))",
    "textbook": "linear Thomas-Fermi, without image charges: 1 + q_TF/q",
    "none": "none: bare gate potential",
}


class GatePotential:
    """Potential energy U = −e Σ_g V_g φ_g(x, y) of an electron in the plane of the gas, in eV.

    Each φ_g is computed once, for one volt: Davies' closed form, and if it is screened one cosine transform on
    a grid that covers `extent` and a padding around it, from which a quintic spline reads. With the default
    grid, in a split gate, the mirror images beyond the padding change φ_g by less than 1e-5 and the spline by
    less than 1e-6 (both measured by tests; φ_g under a wide gate is 1/ε(0), about 0.03). Gates should end well
    inside the padding or be infinite.

    Parameters
    ----------
    gates
        The gates, with distinct names.
    gas
        The electron gas below them.
    extent
        Where U will be asked for: ((x_min, x_max), (y_min, y_max)), in nm.
    screening
        "thomas-fermi" (default), "textbook" (no images in the surface) or "none".
    padding
        Width of the padding on each side, in nm; by default forty depths.
    spacing
        Grid spacing, in nm; by default a twelfth of the depth.

    Raises
    ------
    InputError
        For no gate, two gates of one name, an unknown kind of screening, an empty extent.

    Examples
    --------
    >>> gas = ElectronGas(density=3e15)
    >>> plane = RectangleGate(x=(-np.inf, np.inf), y=(-np.inf, np.inf), name="top")
    >>> U = GatePotential([plane], gas, extent=((-50, 50), (-50, 50)))
    >>> ratio = U(0.0, 0.0, {"top": -1.0}) * (1 + 2 * gas.thomas_fermi_wavenumber * gas.depth)
    >>> round(float(ratio), 9)
    1.0
    """

    def __init__(
        self,
        gates: Sequence[RectangleGate],
        gas: ElectronGas,
        extent: tuple[tuple[float, float], tuple[float, float]],
        *,
        screening: str = "thomas-fermi",
        padding: float | None = None,
        spacing: float | None = None,
    ) -> None:
        self.gates = {gate.name: gate for gate in gates}
        self.gas, self.extent, self.screening = gas, extent, screening
        self.padding = 40 * gas.depth if padding is None else padding
        self.spacing = gas.depth / 12 if spacing is None else spacing
        if not self.gates or len(self.gates) < len(gates):
            raise InputError("gates: give at least one gate, each with its own name")
        if screening not in SCREENING:
            raise InputError(f'screening: no kind "{screening}"{nearest(screening, SCREENING)}')
        if not all(low < high for low, high in extent):
            raise InputError(f"extent must be two increasing pairs in nm, got {extent}")
        if screening != "none":
            self._splines = {name: self._screened(gate) for name, gate in self.gates.items()}

    @property
    def description(self) -> str:
        """The electrostatic model in one sentence."""
        return (
            "Davies, Larkin and Sukhorukov's closed form for rectangular gates on a pinned surface "
            f"(J. Appl. Phys. 77, 4504 (1995)); screening {SCREENING[self.screening]}; not self-consistent"
        )

    def unit(self, name: str, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """φ_g of one gate: the (screened) potential in the gas per volt on the gate, dimensionless."""
        if name not in self.gates:
            raise InputError(f'no gate "{name}"{nearest(name, self.gates)}')
        if self.screening == "none":
            return self.gates[name].potential(x, y, self.gas.depth)
        x, y = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
        for axis, values, (low, high) in (("x", x, self.extent[0]), ("y", y, self.extent[1])):
            if values.size and (values.min() < low - self.spacing or values.max() > high + self.spacing):
                raise InputError(
                    f"{axis} lies outside the extent of the screened potential, {low} to {high} nm"
                )
        return self._splines[name](x, y, grid=False)

    def __call__(self, x: ArrayLike, y: ArrayLike, voltages: Mapping[str, float]) -> np.ndarray:
        """U at the points (x, y) in nm, for gate voltages in V by name; gates left out are at zero. In eV."""
        total = np.zeros(np.broadcast_shapes(np.shape(x), np.shape(y)))
        for name, volts in voltages.items():
            total = total - volts * self.unit(name, x, y)
        return total

    def _screened(self, gate: RectangleGate) -> RectBivariateSpline:
        """One gate's screened φ at one volt, on the padded grid."""
        x, y = (self._axis(low, high) for low, high in self.extent)
        depth = self.gas.depth
        images = depth if self.screening == "thomas-fermi" else None
        bare = gate.potential(x[:, None], y[None, :], depth)
        values = screen(bare, (self.spacing, self.spacing), self.gas.thomas_fermi_wavenumber, images)
        margin = 8 * self.spacing
        near_x, near_y = (
            (axis > low - margin) & (axis < high + margin)
            for axis, (low, high) in zip((x, y), self.extent, strict=True)
        )
        return RectBivariateSpline(x[near_x], y[near_y], values[near_x][:, near_y], kx=5, ky=5)

    def _axis(self, low: float, high: float) -> np.ndarray:
        """Cell centres of the padded grid along one axis, their number a quick one to transform."""
        count = int(np.ceil((high - low + 2 * self.padding) / self.spacing))
        count = fft.next_fast_len(count, real=True) or count
        return (low + high) / 2 + (np.arange(count) - (count - 1) / 2) * self.spacing
