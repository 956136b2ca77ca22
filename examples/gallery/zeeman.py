"""Half-steps in a field: the spins' subbands part.

In a field in the plane each subband splits by gμ_BB, and every spin conducts e²/h on its own: G = (e²/h) Σ_nσ T(μ −
E_n − σgμ_BB/2). Plateaus at half-integer multiples of 2e²/h grow between those at integers, and where the splitting
equals the subband spacing the spins cross: only half-integers are left.

Source: B. J. van Wees et al., Phys. Rev. Lett. 60, 848 (1988); D. A. Wharam et al., J. Phys. C 21, L209 (1988); A.
C. Graham et al., Phys. Rev. Lett. 91, 136404 (2003).
"""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from scipy.special import expit

import sharvin as sv
from sharvin.constants import BOHR_MAGNETON
from sharvin.sweeps import spin_split_conductance

OMEGA_X, OMEGA_Y = 0.25e-3, 2e-3  # ħω in eV
G_FACTOR = 4.0  # of a contact in InGaAs
CROSSING = OMEGA_Y / (G_FACTOR * BOHR_MAGNETON)  # gμ_BB = ħω_y, in T


def compute() -> dict[str, xr.DataArray]:
    """G over field and chemical potential at T = 0, in 2e²/h; and as a field shifts the spins of one contact."""
    mu, field = np.linspace(-1e-3, 7e-3, 321), np.linspace(0, 1.25 * CROSSING, 41)
    splitting = G_FACTOR * BOHR_MAGNETON * field
    G = sv.conductance(sv.SaddlePoint(OMEGA_X, OMEGA_Y, zeeman=0.0), mu, zeeman=splitting) / sv.G0
    G = G.assign_coords(B=("zeeman", field, {"units": "T"})).swap_dims(zeeman="B")
    shifted = spin_split_conductance(
        sv.SaddlePoint(OMEGA_X, OMEGA_Y), mu=mu[100], temperature=0.0, splittings=splitting
    )
    return {"G": G, "shifted": shifted / sv.G0}


def check(result: dict[str, xr.DataArray]) -> None:
    """Integers without a field, halves between them with one, halves alone at the crossing; both ways agree."""
    G = result["G"]

    def at(share: float, mu: np.ndarray) -> np.ndarray:
        """At gμ_BB of this share of ħω_y, and μ in units of ħω_y."""
        return (
            G.sel(B=share * CROSSING, method="nearest")
            .sel(mu=OMEGA_Y * np.asarray(mu), method="nearest")
            .values
        )

    np.testing.assert_allclose(at(0, [1, 2, 3]), [1, 2, 3], atol=1e-5)
    # gμ_BB = ħω_y/2: steps at odd multiples of ħω_y/4, plateaus between.
    np.testing.assert_allclose(at(0.5, np.arange(1, 7) / 2), np.arange(1, 7) / 2, atol=4e-3)
    np.testing.assert_allclose(at(1, [0.5, 1.5, 2.5]), [0.5, 1.5, 2.5], atol=1e-5)
    # Where the spins cross, an integer is the middle of a step as high as without a field.
    np.testing.assert_allclose(at(1, [1, 2]), [1, 2], atol=1e-5)
    slope = G.differentiate("mu")
    crossed = slope.sel(B=CROSSING, method="nearest").sel(mu=OMEGA_Y, method="nearest")
    plain = slope.sel(B=0.0).sel(mu=OMEGA_Y / 2, method="nearest")
    assert abs(float(crossed / plain) - 1) < 1e-3
    # Every point: one Fermi function in energy for each spin-resolved subband.
    mu, subbands = G.mu.values, OMEGA_Y * (np.arange(10) + 0.5)
    half = G.zeeman.values[:, None, None] / 2
    each = [expit(2 * np.pi * (mu[:, None] - subbands - sign * half) / OMEGA_X) for sign in (1, -1)]
    np.testing.assert_allclose(G, np.sum(each, axis=(0, -1)) / 2, atol=1e-9)
    # A field in the plane shifts the spins and does nothing else.
    np.testing.assert_allclose(result["shifted"].isel(temperature=0), G.isel(mu=100), atol=1e-12)


def draw(result: dict[str, xr.DataArray]) -> plt.Figure:
    """Staircases field by field, and the fan of the subbands."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.6), width_ratios=(1.2, 1))
    G = result["G"]
    colours = plt.get_cmap("viridis")(np.linspace(0, 0.9, G.B.size))
    for n, (row, colour) in enumerate(zip(G.transpose("B", "mu"), colours, strict=True)):
        bold = n in (0, 16, 32)
        left.plot(1e3 * row.mu + 0.12 * n, row, color=colour, lw=2.2 if bold else 0.7)
    for n, name in ((0, "B = 0"), (16, "½ħω$_y$"), (32, "ħω$_y$")):
        left.annotate(name, (7.05 + 0.12 * n, float(G[n, -1])), (0, 5), textcoords="offset points",
                      ha="center", fontsize=8.5)  # fmt: skip
    left.set(xlabel="chemical potential μ (meV), shifted by 0.12 meV per trace", ylabel="conductance (2e²/h)")
    left.set_yticks(np.arange(0, 4, 0.5))
    left.set_title("a   half-steps grow between the steps")
    slope = G.differentiate("mu") * 1e-3
    mesh = right.pcolormesh(
        G.B, 1e3 * G.mu, slope.transpose("mu", "B"), cmap="magma", shading="nearest", rasterized=True
    )
    figure.colorbar(mesh, ax=right, label="dG/dμ (2e²/h per meV)")
    right.axvline(CROSSING, color="w", ls=":", lw=1)
    right.text(CROSSING, 6.6, "gμ$_B$B = ħω$_y$ ", color="w", ha="right", fontsize=9)
    right.set(xlabel="field (T)", ylabel="chemical potential μ (meV)")
    right.set_title("b   subbands part and cross")
    right.grid(False)
    return figure


if __name__ == "__main__":
    from _run import run

    run(compute, check, draw)
