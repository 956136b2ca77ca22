"""Regions that absorb or amplify: only on request, with the missing flux reported and currents refused."""

import numpy as np
import pytest

import sharvin as sv
from sharvin.linalg import available_back_ends

CHAIN = (0.0, -1.0, [0])


def site(eta):
    return sv.System.from_matrices([[-1j * eta]], {"L": CHAIN, "R": CHAIN}, non_hermitian=True)


@pytest.mark.parametrize("eta", [0.5, -0.5, 3.0])
def test_an_absorbing_site_in_a_chain(eta):
    """T = 4/(2 + η)², R = η²/(2 + η)², A = 4η/(2 + η)² (J. C. J. Paasschens et al., PRB 54, 11887 (1996), case K04)."""
    S = sv.scattering_matrix(site(eta), 0.0)
    assert S.transmission("R", "L") == pytest.approx(4 / (2 + eta) ** 2, rel=1e-12)
    assert S.transmission("L", "L") == pytest.approx(eta**2 / (2 + eta) ** 2, rel=1e-12)
    assert S.missing_flux("L") == pytest.approx(4 * eta / (2 + eta) ** 2, rel=1e-12)
    assert S.absorbs
    assert S.certificate.certified
    # Of the two incoming waves, the even combination finds the site.
    assert S.certificate.figures["missing_flux"] == pytest.approx(8 * eta / (2 + eta) ** 2, rel=1e-12)
    assert "unitarity_error" not in S.certificate.figures


def test_a_site_that_lases_has_no_answer():
    with pytest.raises(sv.NumericalError):
        sv.scattering_matrix(site(-2.0), 0.0)


def test_flux_is_conserved_unless_it_was_asked_for():
    with pytest.raises(sv.InputError, match="h is not Hermitian"):
        sv.System.from_matrices([[-0.5j]], {"L": CHAIN, "R": CHAIN})
    wire = sv.Model(sv.lattice.chain(), sv.onsite(-0.5j) + sv.hopping(-1.0)).region(sv.shape.line(3))
    with pytest.raises(sv.InputError, match="non_hermitian=True"):
        wire.hamiltonian()


def test_currents_of_what_absorbs_are_refused():
    with pytest.raises(sv.InputError, match="absorbs or amplifies"):
        sv.conductance(site(0.5), mu=0.0)
    reservoirs = {"L": sv.Reservoir(0.1, 1.0), "R": sv.Reservoir(0.0, 1.0)}
    with pytest.raises(sv.InputError, match="absorbs or amplifies"):
        sv.current(site(0.5), reservoirs)
    assert sv.transmission(site(0.5), energy=0.0).item() == pytest.approx(0.64, rel=1e-12)


@pytest.mark.parametrize("solver", available_back_ends())
def test_a_lattice_that_absorbs_beside_a_dense_reference(solver):
    """Every T and R from G = (E − H − Σ)⁻¹ with Σ of the clean wire, and the flux that is missing from both sides."""
    wire = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    dirty = wire + sv.onsite(
        lambda x, y: 0.3 * np.sin(5 * x + 3 * y**2) - 0.2j * (np.abs(x) < 2), non_hermitian=True
    )
    region = dirty.region(sv.shape.rectangle(9, 6))
    system = region.lead("left", wire, "-x").lead("right", wire, "+x")
    assert not system.hermitian
    energy = 0.37
    S = sv.scattering_matrix(system, energy, options=sv.Options(solver=solver))
    h = system.hamiltonian().toarray()
    transverse, states = np.linalg.eigh(system.lead_cell("left").h0)
    cosine = (transverse - energy) / 2 + 0j
    factor = cosine + 1j * np.sqrt(1 - cosine**2)
    factor = np.where(np.abs(factor) > 1 + 1e-9, 1 / factor, factor)
    own = states @ np.diag(-factor) @ states.T
    a, widths = energy * np.eye(len(h)) - h, []
    for name in ("left", "right"):
        where = system.lead_cell(name).orbitals
        a[np.ix_(where, where)] -= own
        width = np.zeros(h.shape, dtype=complex)
        width[np.ix_(where, where)] = 1j * (own - own.conj().T)
        widths.append(width)
    g = np.linalg.inv(a)
    transmitted = np.trace(widths[1] @ g @ widths[0] @ g.conj().T).real
    lost = np.trace(1j * (h - h.conj().T) @ g @ widths[0] @ g.conj().T).real
    assert S.transmission("right", "left") == pytest.approx(transmitted, rel=1e-10)
    assert S.missing_flux("left") == pytest.approx(lost, rel=1e-9)
    assert S.certificate.figures["flux_error"] < 1e-10


def test_absorption_far_from_small_is_still_certified_when_it_vanishes():
    """non_hermitian=True with a Hermitian h changes nothing but the name of the figure."""
    h = np.array([[0.3, -1.0], [-1.0, 0.1]])
    leads = {"L": CHAIN, "R": (0.0, -1.0, [1])}
    plain = sv.scattering_matrix(sv.System.from_matrices(h, leads), [0.1, 0.7])
    S = sv.scattering_matrix(sv.System.from_matrices(h, leads, non_hermitian=True), [0.1, 0.7])
    assert np.abs(S.matrix - plain.matrix).max() < 1e-12
    assert np.abs(S.certificate.figures["missing_flux"]).max() < 1e-12


def test_a_region_that_does_not_even_reciprocate():
    """Hoppings of unlike size there and back (N. Hatano and D. R. Nelson, PRL 77, 570 (1996))."""
    h = np.array([[0.0, -1.4], [-0.6, 0.0]])
    system = sv.System.from_matrices(h, {"L": CHAIN, "R": (0.0, -1.0, [1])}, non_hermitian=True)
    S = sv.scattering_matrix(system, 0.0)
    # t = iW†GW with Σ = −i at the band centre and Γ = 2.
    g = np.linalg.inv(1j * np.eye(2) - h)
    assert S.transmission("R", "L") == pytest.approx(4 * abs(g[1, 0]) ** 2, rel=1e-12)
    assert S.transmission("L", "R") == pytest.approx(4 * abs(g[0, 1]) ** 2, rel=1e-12)


def test_leads_do_not_absorb():
    wire = sv.Model(sv.lattice.chain(), sv.hopping(-1.0))
    lossy = wire + sv.onsite(-0.1j, non_hermitian=True)
    with pytest.raises(sv.InputError, match="keep them to the region"):
        wire.region(sv.shape.line(3)).lead("left", lossy, "-x")
    with pytest.raises(sv.InputError, match="non_hermitian must be True or False"):
        sv.onsite(-0.1j, non_hermitian="yes")


def test_a_file_keeps_the_missing_flux():
    S = sv.scattering_matrix(site(0.5), [0.0, 0.3])
    again = sv.ScatteringMatrix.from_dataset(S.to_dataset())
    assert again.absorbs
    assert np.array_equal(again.missing_flux("L"), S.missing_flux("L"))


def test_energies_without_open_modes_among_others():
    chain = (0.0, -1.0, [0])
    system = sv.System.from_matrices([[0.1 - 0.05j]], {"L": chain, "R": chain}, non_hermitian=True)
    energies = np.array([-2.5, -0.3, 0.4, 2.7])
    S = sv.scattering_matrix(system, energies)
    assert S.open_modes.any(axis=1).tolist() == [False, True, True, False]
    for row in (1, 2):
        alone = sv.scattering_matrix(system, float(energies[row]))
        assert S.transmission("R", "L").values[row] == pytest.approx(alone.transmission("R", "L"), abs=1e-14)
    # A figure that a route does not have is −∞ there, and spoils nothing.
    assert np.isneginf(S.certificate.figures["interface_growth"]).tolist() == [True, False, False, True]
    assert S.certificate.certified


def test_a_real_region_that_is_not_symmetric():
    # Real hoppings that differ by direction, beside the Green's function of the whole; nothing is made complex.
    h = np.array([[0.2, 0.7, 0], [0.3, 0.1, 0.5], [0, 0.9, 0.3]])
    chain = (0.0, -1.0)
    system = sv.System.from_matrices(h, {"l": (*chain, [0]), "r": (*chain, [2])}, non_hermitian=True)
    energy = 0.4
    sigma = (energy - 1j * np.sqrt(4 - energy**2)) / 2
    a = energy * np.eye(3) - h - np.diag([sigma, 0, sigma])
    green = np.linalg.inv(a)
    for solver in available_back_ends():
        S = sv.scattering_matrix(system, energy, options=sv.Options(solver=solver))
        for out, source, element in (("r", "l", green[2, 0]), ("l", "r", green[0, 2])):
            wanted = (4 - energy**2) * abs(element) ** 2
            assert S.transmission(out, source) == pytest.approx(wanted, rel=1e-12)
