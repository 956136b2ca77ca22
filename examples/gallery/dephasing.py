"""From quantum to Ohm: a clean wire whose electrons lose their phase on the way.

On every site of a wire sits a probe that absorbs electrons at a rate 2η/ħ and returns them at the same energy, in
another phase and direction, ℓ_φ = ħv/2η. What is short beside ℓ_φ is ballistic, R = h/2e²N; what is long obeys Ohm's
law, R = R_contact + ρL with ρ = R_contact/2ℓ_φ for one mode: back-scattering takes twice the coherence length.

Source: J. L. D'Amato and H. M. Pastawski, Phys. Rev. B 41, 7411 (1990); S. Datta, Electronic Transport in Mesoscopic
Systems (Cambridge, 1995), section 2.2.
"""

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

import sharvin as sv

SPACING, HOPPING, MU = 2.0, 0.1422, 0.1737  # nm, eV, eV: one mode is open
LENGTHS = np.array([10.0, 20.0, 50.0, 100.0, 200.0, 400.0, 800.0])
COHERENCE = np.array([100.0, 300.0, 3000.0])  # nm


def wire(length: float) -> sv.System:
    """Three rows of sites between leads of the same kind."""
    model = sv.Model(sv.lattice.square(a=SPACING), sv.onsite(4 * HOPPING) + sv.hopping(-HOPPING))
    rectangle = sv.shape.rectangle(length=length, width=4 * SPACING)
    return model.region(rectangle).lead("left", model, "-x").lead("right", model, "+x")


def compute() -> xr.DataArray:
    """R/(h/2e²) over coherence length and length, that of the columns of sites with probes."""
    wires = [wire(length) for length in LENGTHS]
    found = [
        [
            float(sv.resistance(one.with_dephasing(length=coherence), ("left", "right"), mu=MU)) / sv.R0
            for one in wires
        ]
        for coherence in COHERENCE
    ]
    columns = np.array([one.orbital_count // 3 for one in wires])
    coords = {
        "coherence": ("coherence", COHERENCE, {"units": "nm"}),
        "length": ("length", SPACING * columns, {"units": "nm"}),
    }
    return xr.DataArray(found, coords=coords)


def check(result: xr.DataArray) -> None:
    """R = (h/2e²)(1 + L/2ℓ_φ): the contacts, and Ohm's law."""
    expected = 1 + result.length / (2 * result.coherence)
    assert abs(result / expected - 1).max() < 2e-4
    # The contacts alone where the wire is short, and a resistivity that does not depend on the length where it is long.
    assert abs(result.sel(coherence=3000.0)[0] - 1) < 2e-3
    slope = result.sel(coherence=100.0).diff("length") / result.length.diff("length")
    assert abs(slope[-3:] * 200.0 - 1).max() < 2e-4


def draw(result: xr.DataArray) -> plt.Figure:
    """Resistance over the length."""
    figure, axes = plt.subplots(figsize=(6.5, 4.4))
    length = np.geomspace(8, 1000, 200)
    for n, coherence in enumerate(COHERENCE):
        axes.plot(length, 1 + length / (2 * coherence), color=f"C{n}", lw=1)
        axes.plot(result.length, result[n], "o", ms=5, color=f"C{n}", label=f"ℓ$_φ$ = {coherence:.0f} nm")
    axes.axhline(1, color="#7a8794", ls=":", lw=1)
    axes.text(950, 0.98, "ballistic: h/2e²", ha="right", va="top", fontsize=9, color="#56616d")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="length (nm)",
        ylabel="resistance (h/2e²)",
        ylim=(0.9, 8),
        xlim=(8, 1000),
    )
    axes.set_yticks([1, 2, 3, 4, 6], ["1", "2", "3", "4", "6"])
    axes.set_title("a clean wire with dephasing: R = R$_{contact}$ (1 + L/2ℓ$_φ$)")
    axes.legend()
    return figure


if __name__ == "__main__":
    from _run import run

    run(compute, check, draw)
