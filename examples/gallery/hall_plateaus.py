"""The quantum Hall effect in a bar with six terminals.

In a field the modes of a wide conductor run along its edges, to the right on one and to the left on the other, so
that each voltage probe takes the potential of the reservoir its edge comes from: R_xy = h/(g_s e² N) with N filled
Landau levels, and R_xx = 0. N steps where the Fermi level passes E_n = ħω_c(n + 1/2), less a little on a lattice.

Source: K. von Klitzing, G. Dorda and M. Pepper, Phys. Rev. Lett. 45, 494 (1980); M. Büttiker, Phys. Rev. B 38, 9375
(1988).
"""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

import sharvin as sv
from sharvin.constants import FLUX_QUANTUM, HBAR2_OVER_2M

MASS, FERMI = 0.067, 10e-3  # GaAs; eV above the bottom of the band
SPACING = 6.0  # nm between the sites
WIDTH, LENGTH, PROBE = 41 * SPACING, 84 * SPACING, 13 * SPACING
HOPPING = HBAR2_OVER_2M / MASS / SPACING**2


def hall_bar() -> sv.System:
    """Leads at both ends, two probes above and two below, all in the field."""
    gas = sv.Model(sv.lattice.square(a=SPACING), sv.terms.kinetic(mass=MASS))
    bar = (
        gas.region(sv.shape.rectangle(length=LENGTH, width=WIDTH))
        .lead("left", gas, "-x")
        .lead("right", gas, "+x")
    )
    for number, x in (
        (1, -LENGTH / 4),
        (2, LENGTH / 4),
    ):  # across a lead, one counts to the left of its direction
        bar = bar.lead(f"top {number}", gas, "+y", shape=sv.shape.strip(PROBE, center=-x))
        bar = bar.lead(f"bottom {number}", gas, "-y", shape=sv.shape.strip(PROBE, center=x))
    return bar.field(perpendicular=sv.param("B"))


def compute() -> dict[str, xr.DataArray]:
    """R_xy and R_xx over the field."""
    bar, field = hall_bar(), np.linspace(1.2, 6.2, 26)
    along = {"current": ("left", "right"), "mu": FERMI, "B": field}
    return {
        "R_xy": sv.resistance(bar, voltage=("top 1", "bottom 1"), **along),
        "R_xx": sv.resistance(bar, voltage=("top 1", "top 2"), **along),
        "reversed": sv.resistance(bar, voltage=("top 1", "bottom 1"), **{**along, "B": -field[17:18]}),
    }


def landau_levels(field: np.ndarray) -> np.ndarray:
    """E_n of the square lattice, (B, n), to second order in the flux through a plaquette."""
    flux, n = 2 * np.pi * np.abs(field)[:, None] * SPACING**2 / FLUX_QUANTUM, np.arange(8)
    return HOPPING * (flux * (2 * n + 1) - flux**2 / 8 * (2 * n**2 + 2 * n + 1))


def check(result: dict[str, xr.DataArray]) -> None:
    """R_xy = h/2e²N and R_xx = 0 on the plateaus, with N from the Landau levels; the sign is that of electrons."""
    field = result["R_xy"].B.values
    levels = landau_levels(field)
    filled = (levels < FERMI).sum(axis=1)
    # The edges of one side do not touch those of the other where no level is within a tenth of ħω_c of the Fermi level.
    plateau = np.abs(levels - FERMI).min(axis=1) > 0.1 * (levels[:, 1] - levels[:, 0])
    assert set(filled[plateau]) >= {1, 2, 3, 4}
    assert plateau.mean() > 0.6
    # With V = μ/e and I = e × the particle current, B > 0 drives what comes from the left to the top.
    np.testing.assert_allclose(result["R_xy"][plateau], sv.R0 / filled[plateau], rtol=1e-4)
    np.testing.assert_allclose(result["R_xx"][plateau], 0, atol=1e-4 * sv.R0)
    np.testing.assert_allclose(result["reversed"], -result["R_xy"][17], rtol=1e-6)
    high = field > 3
    np.testing.assert_allclose(result["R_xy"][plateau & high], sv.R0 / filled[plateau & high], rtol=1e-9)


def draw(result: dict[str, xr.DataArray]) -> plt.Figure:
    """Both resistances over the field."""
    figure, axes = plt.subplots(figsize=(7.5, 4.6))
    field = result["R_xy"].B
    density = sv.electron_gas.density(FERMI, mass=MASS)
    axes.plot(field, sv.electron_gas.hall_resistance(density, field.values) / 1e3, ls="--", lw=1, color="#7a8794",
              label="classical, B/ne")  # fmt: skip
    axes.plot(field, result["R_xy"] / 1e3, "o-", ms=3.5, label="R$_{xy}$")
    axes.plot(field, result["R_xx"] / 1e3, "o-", ms=3.5, color="#b3202c", label="R$_{xx}$")
    for N in range(1, 6):
        axes.axhline(sv.R0 / N / 1e3, color="#7a8794", lw=0.7, ls=":")
        axes.text(6.35, sv.R0 / N / 1e3, f"h/{2 * N}e²", va="center", fontsize=9)
    axes.grid(False)
    axes.set(xlabel="field (T)", ylabel="resistance (kΩ)", xlim=(1.1, 6.3))
    axes.set_title(
        f"Hall bar, {WIDTH:.0f} nm wide, {density / sv.electron_gas.per_cm2 / 1e11:.1f}·10¹¹ electrons/cm²"
    )
    axes.legend(loc="upper left")
    return figure


if __name__ == "__main__":
    from _run import run

    run(compute, check, draw)
