import json

import numpy as np
import pytest
import xarray as xr

import sharvin as sv
from sharvin.scattering import (
    Certificate,
    LeadModes,
    ScatteringMatrix,
    energies_of,
    unitarity_error,
    window_of,
)


def random_unitary(seed, size):
    rng = np.random.default_rng(seed)
    q, r = np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))
    return q * (np.diag(r) / np.abs(np.diag(r)))


LEADS = (LeadModes("left", ("up:0", "up:1", "down:0")), LeadModes("right", ("up:0", "down:0")))


def spinful(seed=0):
    matrix = random_unitary(seed, 5)
    return ScatteringMatrix.certified(
        np.array(0.1),
        LEADS,
        matrix,
        np.ones(5, dtype=bool),
        spin_degeneracy=1,
        certificate=Certificate("test"),
    )


def batch():
    """Three energies; the right lead's last mode opens at the second, a left one closes at the third."""
    open_modes = np.array([[1, 1, 1, 1, 0], [1, 1, 1, 1, 1], [1, 1, 0, 1, 1]], dtype=bool)
    matrix = np.zeros((3, 5, 5), dtype=complex)
    for row, is_open in enumerate(open_modes):
        matrix[row][np.ix_(is_open, is_open)] = random_unitary(row, is_open.sum())
    return ScatteringMatrix.certified(
        np.array([0.1, 0.2, 0.3]),
        LEADS,
        matrix,
        open_modes,
        spin_degeneracy=1,
        certificate=Certificate("test"),
    )


def test_blocks_are_out_in():
    S = spinful()
    assert np.array_equal(S.amplitudes("right", "left"), S.matrix[3:, :3])
    assert np.array_equal(S.amplitudes("left", "right"), S.matrix[:3, 3:])
    block = S.block("right", "left")
    assert block.dims == ("mode_out", "mode_in")
    assert block.mode_out.values.tolist() == ["up:0", "down:0"]
    assert block.mode_in.values.tolist() == ["up:0", "up:1", "down:0"]
    assert np.array_equal(block.values, S.matrix[3:, :3])


def test_transmissions_are_sums_of_squares():
    S = spinful()
    assert S.transmission("right", "left") == pytest.approx((np.abs(S.matrix[3:, :3]) ** 2).sum(), rel=1e-14)
    T = S.transmission_matrix()
    assert T.dims == ("lead_out", "lead_in")
    assert float(T.sel(lead_out="right", lead_in="left")) == pytest.approx(S.transmission("right", "left"))
    assert T.sum("lead_out").values == pytest.approx([3, 2], abs=1e-13)


def test_an_address_selects_a_block():
    S = spinful()
    assert np.array_equal(S.amplitudes("right:up", "left:down"), S.matrix[[3]][:, [2]])
    assert S.mode_count("left:up") == 2
    assert S.mode_count("left:down") == 1
    total = sum(S.transmission("right:" + a, "left:" + b) for a in ("up", "down") for b in ("up", "down"))
    assert total == pytest.approx(S.transmission("right", "left"), rel=1e-13)
    assert S.block("right:up", "left:up").mode_in.values.tolist() == ["up:0", "up:1"]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("rihgt", 'no lead "rihgt"; did you mean "right"'),
        ("right:upp", 'lead "right" has no block "upp"; did you mean "up"'),
        ("right:", 'has no block ""'),
        ("", 'no lead ""'),
    ],
)
def test_an_unknown_address_names_the_nearest(address, message):
    with pytest.raises(sv.InputError, match=message):
        spinful().transmission(address, "left")


def test_a_lead_without_blocks_has_none():
    S = sv.scattering_matrix(sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3), 1e-3)
    with pytest.raises(sv.InputError, match='has no block "up"'):
        S.transmission("right:up", "left")


def test_transmission_eigenvalues():
    S = spinful()
    tau = S.transmission_eigenvalues("right", "left")
    t = S.matrix[3:, :3]
    wanted = np.sort(np.linalg.eigvalsh(t @ t.conj().T))[::-1]
    assert np.abs(tau - wanted).max() < 1e-14
    assert tau.shape == (2,)
    assert np.all(np.diff(tau) <= 0)
    assert np.all((tau >= 0) & (tau <= 1))
    assert tau.sum() == pytest.approx(S.transmission("right", "left"), rel=1e-13)
    # The same from either side, and what is reflected is the rest.
    assert S.transmission_eigenvalues("left", "right") == pytest.approx(tau, abs=1e-13)
    reflected = S.transmission_eigenvalues("right", "right")
    assert np.sort(1 - reflected) == pytest.approx(np.sort(tau), abs=1e-13)


def test_rounding_above_one_is_clipped():
    matrix = np.array([[0, 1 + 1e-14], [1, 0]], dtype=complex)
    leads = (LeadModes("a", ("0",)), LeadModes("b", ("0",)))
    S = ScatteringMatrix.certified(
        np.array(0.0),
        leads,
        matrix,
        np.ones(2, dtype=bool),
        spin_degeneracy=2,
        certificate=Certificate("test"),
    )
    assert S.transmission_eigenvalues("a", "b").tolist() == [1.0]


def test_a_batch_is_padded_and_its_mask_tells_which_modes_exist():
    S = batch()
    assert S.mode_count("right").values.tolist() == [1, 2, 2]
    assert S.mode_count("left").values.tolist() == [3, 3, 2]
    block = S.block("right", "left")
    assert block.dims == ("energy", "mode_out", "mode_in")
    assert block.open_out.values.tolist() == [[1, 0], [1, 1], [1, 1]]
    assert block.open_in.values.tolist() == [[1, 1, 1], [1, 1, 1], [1, 1, 0]]
    assert np.abs(block.values[0, 1]).max() == 0
    T = S.transmission("right", "left")
    assert T.dims == ("energy",)
    assert T.values == pytest.approx([(np.abs(m[3:, :3]) ** 2).sum() for m in S.matrix])
    tau = S.transmission_eigenvalues("right", "left")
    assert tau.shape == (3, 2)
    assert tau[0, 1] == 0
    assert S.energy.tolist() == [0.1, 0.2, 0.3]


def test_a_mode_that_is_open_nowhere_is_left_out_of_a_block():
    open_modes = np.array([1, 1, 0, 1, 1], dtype=bool)
    matrix = np.zeros((5, 5), dtype=complex)
    matrix[np.ix_(open_modes, open_modes)] = random_unitary(3, 4)
    S = ScatteringMatrix.certified(
        np.array(0.1), LEADS, matrix, open_modes, spin_degeneracy=1, certificate=Certificate("test")
    )
    assert S.block("left", "right").shape == (2, 2)
    assert S.block("left", "right").mode_out.values.tolist() == ["up:0", "up:1"]
    assert len(S.transmission_eigenvalues("left", "left")) == 2


def test_no_modes_at_all():
    leads = (LeadModes("left", ()), LeadModes("right", ()))
    S = ScatteringMatrix.certified(
        np.array(0.1),
        leads,
        np.zeros((0, 0)),
        np.zeros(0, dtype=bool),
        spin_degeneracy=2,
        certificate=Certificate("x"),
    )
    assert S.transmission("right", "left") == 0.0
    assert S.unitarity_error == 0.0
    assert S.block("right", "left").shape == (0, 0)
    assert S.transmission_eigenvalues("right", "left").shape == (0,)
    assert S.transmission_matrix().values.tolist() == [[0, 0], [0, 0]]


# ---- the certificate


def test_what_is_not_unitary_is_refused():
    with pytest.raises(sv.NotCertified, match=r"unitarity_error = 1.0e-03 \(bound 1.0e-08\)") as caught:
        ScatteringMatrix.certified(
            np.array(0.1),
            LEADS,
            random_unitary(0, 5) * (1 + 5e-4),
            np.ones(5, dtype=bool),
            spin_degeneracy=1,
            certificate=Certificate("test"),
            remedy="Do this.",
        )
    assert str(caught.value).endswith("Do this.")


def test_a_nan_is_never_certified():
    matrix = random_unitary(0, 5)
    matrix[1, 2] = np.nan
    with pytest.raises(sv.NotCertified):
        ScatteringMatrix.certified(
            np.array(0.1),
            LEADS,
            matrix,
            np.ones(5, dtype=bool),
            spin_degeneracy=1,
            certificate=Certificate("test"),
        )


def test_amplitudes_of_closed_modes_count_as_errors():
    matrix = random_unitary(0, 5)
    open_modes = np.array([1, 1, 1, 1, 0], dtype=bool)
    assert unitarity_error(matrix, open_modes) > 0.1


def test_broken_figures_are_named():
    certificate = Certificate(
        "schur",
        figures={"residual": np.array([1e-12, 1e-3]), "pivots": 0.0, "note": 5.0, "strange": np.nan},
        bounds={"residual": 1e-8, "pivots": 0.0, "strange": 1.0},
    )
    assert certificate.broken == ("residual", "strange")
    assert not certificate.certified
    assert Certificate("closed form").certified
    with pytest.raises(sv.NotCertified, match=r"residual = 1.0e-03 \(bound 1.0e-08\)"):
        certificate.require("the matrix", "Remedy.")


def test_a_bound_may_be_loosened():
    options = sv.Options(unitarity_bound=1e-2)
    S = ScatteringMatrix.certified(
        np.array(0.1), LEADS, random_unitary(0, 5) * (1 + 5e-4), np.ones(5, dtype=bool),
        spin_degeneracy=1, certificate=Certificate("test"), options=options,
    )  # fmt: skip
    assert S.unitarity_error == pytest.approx(1e-3, rel=1e-3)


# ---- datasets


@pytest.mark.parametrize("make", [spinful, batch])
def test_a_dataset_survives_a_file(make, tmp_path):
    S = make()
    data = S.to_dataset()
    data.to_netcdf(tmp_path / "s.nc")
    with xr.open_dataset(tmp_path / "s.nc") as back:
        back = back.load()
        xr.testing.assert_identical(back, data)
        assert np.array_equal(back.S.sel(part="re").values + 1j * back.S.sel(part="im").values, S.matrix)
        assert np.array_equal(back.open_modes.values.astype(bool), S.open_modes)
        assert list(json.loads(back.attrs["leads"])) == ["left", "right"]
        assert back.attrs["spin_degeneracy"] == 1
        assert back.attrs["index_order"] == "(out, in)"
        assert all(
            "units" in back[name].attrs for name in back.data_vars if not name.startswith("certificate")
        )


@pytest.mark.parametrize("make", [spinful, batch])
def test_what_is_read_back_is_the_same_matrix(make):
    S = make()
    again = ScatteringMatrix.from_dataset(S.to_dataset())
    assert np.array_equal(again.matrix, S.matrix)
    assert np.array_equal(again.open_modes, S.open_modes)
    assert np.array_equal(again.energy, S.energy)
    assert again.lead_names == S.lead_names
    assert [lead.labels for lead in again.leads] == [lead.labels for lead in S.leads]
    assert again.spin_degeneracy == 1
    assert again.unitarity_error == S.unitarity_error
    assert again.certificate.certified
    assert np.array_equal(again.transmission("right:up", "left"), S.transmission("right:up", "left"))


def test_a_dataset_of_a_lattice_system(tmp_path):
    model = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    system = model.region(sv.shape.rectangle(4, 4)).lead("left", model, "-x").lead("right", model, "+x")
    S = sv.scattering_matrix(system, [-3.0, 0.1, 2.0])
    data = S.to_dataset()
    data.to_netcdf(tmp_path / "s.nc")
    with xr.open_dataset(tmp_path / "s.nc") as back:
        xr.testing.assert_identical(back.load(), data)
    assert data.momentum.attrs["units"] == "rad"
    assert float(data.certificate_unitarity_error.max()) == S.unitarity_error


# ---- inputs


@pytest.mark.parametrize("energy", [1j, "0.1", None, np.nan, np.inf, [0.1, np.nan], [[0.1]], True, []])
def test_energies_without_meaning_are_refused(energy):
    with pytest.raises(sv.InputError, match="energy"):
        energies_of(energy)


def test_energies_are_floats_of_zero_or_one_dimension():
    assert energies_of(1).dtype == float
    assert energies_of(1).shape == ()
    assert energies_of([1, 2]).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("window", [(1, 0), (np.nan, 1), (0, np.inf), (0,), (0, 1, 2), 5, None, "ab"])
def test_windows_without_meaning_are_refused(window):
    with pytest.raises(sv.InputError, match="window"):
        window_of(window)


def test_a_window_may_be_a_point():
    assert window_of((1, 1)) == (1.0, 1.0)
    assert window_of(np.array([0, 2])) == (0.0, 2.0)


@pytest.mark.parametrize("energy", [-1.9, -1.0, 0.3, np.array([-1.5, 0.7])])
def test_momentum_and_velocity_of_a_chain(energy):
    # E = −2t cos k per period of 3 nm: k in rad per period, dE/dk = 2t sin k in eV/rad, whatever the period.
    t = 0.5
    chain = sv.Model(sv.lattice.chain(a=3.0), sv.hopping(-t))
    system = chain.region(sv.shape.line(9)).lead("left", chain, "-x").lead("right", chain, "+x")
    S = sv.scattering_matrix(system, t * energy)
    k = np.ravel(np.arccos(-np.asarray(energy) / 2))
    for lead in S.leads:
        np.testing.assert_allclose(np.ravel(lead.momentum), k, rtol=1e-12)
        np.testing.assert_allclose(np.ravel(lead.velocity), 2 * t * np.sin(k), rtol=1e-12)
    data = S.to_dataset()
    assert data.velocity.attrs["units"] == "eV/rad"
    assert data.momentum.attrs["units"] == "rad"
