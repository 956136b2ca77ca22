import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import HBAR

wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
system = (
    wire.region(sv.shape.rectangle(length=20, width=12)).lead("left", wire, "-x").lead("right", wire, "+x")
)


def test_the_table_of_a_wire_in_closed_form():
    # E = 0.4 − 0.2 cos(nπ/6) − 0.2 cos k for five rows.
    energies = np.array([0.11, 0.21, 0.35])
    table = sv.open_modes(system, "right", energies)
    assert dict(table.sizes) == {"energy": 3, "mode": 4}
    transverse = 0.4 - 0.2 * np.cos(np.arange(1, 6) * np.pi / 6)
    cosine = (transverse - energies[:, None]) / 0.2
    k = np.where(np.abs(cosine) < 1, np.arccos(np.clip(cosine, -1, 1)), np.nan)[:, : table.sizes["mode"]]
    np.testing.assert_allclose(table.momentum, k, rtol=1e-9)
    np.testing.assert_allclose(table.wavenumber, k / 2.0, rtol=1e-9)
    np.testing.assert_allclose(table.slope, 0.2 * np.sin(k), rtol=1e-9)
    np.testing.assert_allclose(table.velocity, 0.2 * np.sin(k) * 2e-9 / HBAR, rtol=1e-9)
    assert table.mode_count.values.tolist() == np.isfinite(k).sum(axis=1).tolist()
    assert table.velocity.attrs["units"] == "m/s"


def test_labels_are_those_of_the_scattering_matrix():
    S = sv.scattering_matrix(system, 0.21)
    table = sv.open_modes(system, "left", 0.21)
    assert table.momentum.dims == ("mode",)
    assert table.mode.values.tolist() == S.columns("left")[1]
    assert int(table.mode_count) == len(S.block("left", "left"))
    rashba = sv.Model(
        sv.lattice.square(a=2.0, orbitals=("up", "down")),
        sv.onsite(0.4) + sv.hopping(-0.1) + sv.terms.zeeman(g=2.0, B=9.0),
    )
    spins = {"up": np.diag([1.0, 0.0]), "down": np.diag([0.0, 1.0])}
    split = rashba.region(sv.shape.rectangle(6, 7)).lead("l", rashba, "-x", conserved=spins)
    names = sv.open_modes(split, "l", 0.2).mode.values.tolist()
    assert {name.split(":")[0] for name in names} == {"up", "down"}


def test_no_modes_and_files(tmp_path):
    table = sv.open_modes(system, "left", 0.01)
    assert int(table.mode_count) == 0
    table = sv.open_modes(system, "left", [0.1, 0.21])
    table.to_netcdf(tmp_path / "modes.nc", engine="h5netcdf")


def test_velocities_of_bands():
    bands = sv.bands(system, "right", np.linspace(-3, 3, 61), velocities=True)
    k = bands.k.values[:, None]
    np.testing.assert_allclose(bands.slope, 0.2 * np.sin(k) + 0 * bands, atol=1e-12)
    np.testing.assert_allclose(bands.velocity, 0.2 * np.sin(k) * 2e-9 / HBAR + 0 * bands, atol=1e-6)
    assert "velocity" not in sv.bands(system, "right", [0.0]).coords
    # Bands that cross at k = 0: two chains that move in opposite senses, ±2t sin k + ….
    lead = (np.zeros((2, 2)), np.diag([-1j, 1j]), [0, 1])
    pair = sv.System.from_matrices(np.zeros((2, 2)), leads={"L": lead})
    found = sv.bands(pair, "L", [0.0], velocities=True)
    np.testing.assert_allclose(np.sort(found.slope.values[0]), [-2.0, 2.0], atol=1e-12)
    assert np.isnan(found.velocity).all()  # matrices do not tell the period
    # With overlaps: E = −2cos k/(1 + 0.2 cos k), and its derivative.
    overlapping = sv.System.from_matrices(
        [[0.0]], leads={"L": (0.0, -1.0, [0])}, lead_overlaps={"L": (1.0, 0.1)}, overlap=[[1.0]]
    )
    k = np.linspace(-3, 3, 41)
    found = sv.bands(overlapping, "L", k, velocities=True)
    np.testing.assert_allclose(found.slope[:, 0], 2 * np.sin(k) / (1 + 0.2 * np.cos(k)) ** 2, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: sv.open_modes(system, "rihgt", 0.1), 'no lead "rihgt".*right'),
        (lambda: sv.open_modes(system, "left", 0.1j), "energy"),
        (lambda: sv.open_modes("system", "left", 0.1), "expected a System"),
        (lambda: sv.open_modes(system, "left", 0.1, gate=1.0), 'no parameter "gate"'),
        (
            lambda: sv.open_modes(
                sv.System.from_matrices([[0.0]], leads={"L": (sv.WideBand(1.0), [0])}), "L", 0.1
            ),
            "self-energy",
        ),
        (lambda: sv.bands(system, "left", velocities=1), "True or False"),
    ],
)
def test_what_is_refused(make, words):
    with pytest.raises(sv.InputError, match=words):
        make()
