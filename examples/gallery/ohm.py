"""From ballistic to ohmic: what happens to N scatterers in a row when electrons lose their phase, or everything.

Without phases probabilities compose, and R = (h/2e²) [1 + N(1 − T)/T]: the contacts and Ohm's law. If electrons
also forget their direction between the scatterers, each brings its contacts with it, R = (h/2e²) N/T; if they keep
their phase, they localise: ⟨ln T_N⟩ = N ln T, and the resistance grows exponentially.

Source: S. Datta, Electronic Transport in Mesoscopic Systems (Cambridge, 1995), chapters 2 and 5; P. W. Anderson et
al., Phys. Rev. B 22, 3519 (1980).
"""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

import sharvin as sv

T = 0.9  # of one scatterer
APART = 100.0  # nm from one scatterer to the next
COUNTS = np.array([2, 4, 8, 12, 16, 24, 32, 40])
SAMPLES = 600


def compute() -> dict[str, xr.DataArray]:
    """R/(h/2e²) over the number of scatterers: phases lost, everything lost; and ln T of coherent chains."""
    one = sv.TransmissionFunction(lambda E: T + 0 * E)
    length = {"length": ("length", COUNTS * APART, {"units": "nm"})}
    found = {}
    for between in ("phase", "reservoir"):
        chains = [sv.incoherent_series(*[one] * N, between=between) for N in COUNTS]
        found[between] = xr.DataArray(
            [sv.G0 / sv.conductance(chain, mu=0.0) for chain in chains], coords=length
        )
    found["coherent"] = xr.concat([log_transmission(N) for N in COUNTS], "length").assign_coords(length)
    return found


def log_transmission(count: int) -> xr.DataArray:
    """ln T of a chain with many phases between its scatterers: at many energies, for they lie at random far apart."""
    random = np.random.default_rng(count)
    r, t = 1j * np.sqrt(1 - T), np.sqrt(T)
    one = sv.FixedScatterer([[r, t], [t, r]], leads={"left": 1, "right": 1})
    gaps = [sv.FreePropagation(length=L, mass=0.067) for L in random.uniform(0.5e6, 1.5e6, count - 1)]
    parts = [one, *[part for gap in gaps for part in (gap, one)]]
    tau = sv.transmission(joined(parts), energy=np.sort(random.uniform(9e-3, 11e-3, SAMPLES)))
    return xr.DataArray(np.log(tau.values), dims="sample")


def joined(parts: list[sv.Conductor]) -> sv.Conductor:
    """All parts in series, joined two by two."""
    middle = len(parts) // 2
    return sv.series(joined(parts[:middle]), joined(parts[middle:])) if middle else parts[0]


def check(result: dict[str, xr.DataArray]) -> None:
    """Ohm's law with and without contacts in between; and the mean of ln T, which adds up exactly."""
    np.testing.assert_allclose(result["phase"], 1 + COUNTS * (1 - T) / T, rtol=1e-12)
    np.testing.assert_allclose(result["reservoir"], COUNTS / T, rtol=1e-12)
    log = result["coherent"]
    doubt = log.std("sample") / np.sqrt(SAMPLES)
    assert (abs(log.mean("sample") - COUNTS * np.log(T)) < 4 * doubt).all()
    assert (doubt < 0.1).all()
    # The mean resistance is that of a few samples: ⟨1/T_N⟩ = ½ [1 + (1 + 2(1 − T)/T)ᴺ], R. Landauer, Philos. Mag. 21,
    # 863 (1970).
    short = np.exp(-log.values[:4])
    mean = (1 + (1 + 2 * (1 - T) / T) ** COUNTS[:4]) / 2
    assert (abs(short.mean(axis=1) - mean) < 4 * short.std(axis=1) / np.sqrt(SAMPLES)).all()


def draw(result: dict[str, xr.DataArray]) -> plt.Figure:
    """Resistance over the length."""
    figure, axes = plt.subplots(figsize=(7.5, 4.6))
    micrometres, N = COUNTS * APART / 1e3, np.linspace(0, 42, 200)
    x = N * APART / 1e3
    curves = {
        "coherent": ("C3", "D", np.exp(-N * np.log(T)), "phase kept: e$^{−⟨ln T⟩}$"),
        "reservoir": ("C2", "s", N / T, "everything lost: N/T"),
        "phase": ("C0", "o", 1 + N * (1 - T) / T, "phase lost: 1 + N (1 − T)/T"),
    }
    for name, (colour, marker, curve, label) in curves.items():
        axes.plot(x, curve, lw=1, color=colour)
        if name == "coherent":
            log = result[name]
            mean, doubt = log.mean("sample"), log.std("sample") / np.sqrt(SAMPLES)
            low, high = (np.exp(-log.quantile(q, "sample")) for q in (0.75, 0.25))
            axes.fill_between(
                micrometres, low, high, color=colour, alpha=0.12, lw=0, label="half of all samples"
            )
            axes.errorbar(
                micrometres, np.exp(-mean), np.exp(-mean) * doubt, fmt=marker, ms=5, color=colour, label=label
            )
        else:
            axes.plot(micrometres, result[name], marker, color=colour, label=label)
    axes.axhline(1, color="#7a8794", ls=":", lw=1)
    axes.text(4.2, 1.04, "ballistic: h/2e²", ha="right", va="bottom", fontsize=9, color="#56616d")
    axes.set(
        yscale="log",
        xlabel="length (µm), a scatterer every 0.1 µm",
        ylabel="resistance (h/2e²)",
        ylim=(0.8, 150),
    )
    axes.set_title(f"scatterers with T = {T} in a row")
    axes.legend()
    return figure


if __name__ == "__main__":
    from _run import run

    run(compute, check, draw)
