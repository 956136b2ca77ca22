import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import FLUX_QUANTUM
from sharvin.model.magnetic import gauge_phase, in_plane, parallel, peierls_phase


def winding(corners, field, along):
    """Sum of the phases of H around a closed path, ⟨next|H|here⟩ taken at every step."""
    phase = peierls_phase(field, np.asarray(along, dtype=float))
    corners = np.asarray(corners, dtype=float)
    steps = [
        phase(b[None, :], a[None, :])[0] for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)
    ]
    return float(np.angle(np.prod(steps)))


@pytest.mark.parametrize("along", [(1, 0, 0), (0, 1, 0), (-1, 0, 0), (1, 1, 0), (0.3, -2, 0)])
@pytest.mark.parametrize("origin", [(0, 0), (7.0, -3.0)])
def test_the_flux_through_a_plaquette_counter_clockwise(along, origin):
    a, field = 2.0, 12.0
    square = np.array([[0, 0, 0], [a, 0, 0], [a, a, 0], [0, a, 0]]) + np.array([*origin, 0.0])
    wanted = -2 * np.pi * field * a**2 / FLUX_QUANTUM
    assert winding(square, field, along) == pytest.approx(wanted, abs=1e-13)
    assert winding(square[::-1], field, along) == pytest.approx(-wanted, abs=1e-13)


@pytest.mark.parametrize("along", [(1, 0, 0), (0, 1, 0), (2, 1, 0)])
def test_the_flux_through_a_triangle_and_a_hexagon(along):
    field, side = 30.0, 1.3
    angles = np.pi / 3 * np.arange(6)
    hexagon = side * np.column_stack([np.cos(angles), np.sin(angles), 0 * angles])
    area = 1.5 * 3**0.5 * side**2
    assert winding(hexagon, field, along) == pytest.approx(
        -2 * np.pi * field * area / FLUX_QUANTUM, abs=1e-13
    )
    triangle = np.array([[0, 0, 0], [3, 1, 0], [1, 2, 0]])
    assert winding(triangle, field, along) == pytest.approx(
        -2 * np.pi * field * 2.5 / FLUX_QUANTUM, abs=1e-13
    )


def test_phases_along_the_leads_do_not_change():
    phase = peierls_phase(5.0, np.array([1.0, 0, 0]))
    y = np.array([-1.0, 0.0, 2.5])
    for x in (0.0, 17.0):
        to = np.column_stack([x + 1 + 0 * y, y, 0 * y])
        source = np.column_stack([x + 0 * y, y, 0 * y])
        # A = −B y x̂: the phase of ⟨x + 1|H|x⟩ is exp(+i 2π B y/(h/e)).
        wanted = np.exp(2j * np.pi * 5.0 * y / FLUX_QUANTUM)
        assert np.abs(phase(to, source) - wanted).max() < 1e-14


def test_phases_are_hermitian():
    phase = peierls_phase(5.0, np.array([1.0, 2.0, 0]))
    rng = np.random.default_rng(0)
    to, source = rng.normal(size=(2, 9, 3))
    assert np.abs(phase(to, source) * phase(source, to) - 1).max() < 1e-15


def test_the_flux_of_a_system_s_hamiltonian():
    # The product of the hoppings around every plaquette, from the matrix of a system itself.
    model = sv.Model(sv.lattice.square(a=2.0), sv.onsite(1.0) + sv.hopping(-1.0))
    for direction in ("-x", "+y"):
        system = model.region(sv.shape.rectangle(9, 9)).lead("one", model, direction).field(20.0)
        h, r = system.hamiltonian().toarray(), system.positions
        site = {tuple(np.rint(p[:2]).astype(int)): n for n, p in enumerate(r)}
        wanted = np.exp(-2j * np.pi * 20.0 * 4.0 / FLUX_QUANTUM)
        count = 0
        for (x, y), a in site.items():
            try:
                b, c, d = site[x + 2, y], site[x + 2, y + 2], site[x, y + 2]
            except KeyError:
                continue
            count += 1
            assert abs(h[b, a] * h[c, b] * h[d, c] * h[a, d] - wanted) < 1e-13
        assert count >= 9


def test_landau_levels():
    # The lowest level of a large patch: x = ħω_c/2 = 2πt B a²/(h/e) above the band's bottom, less x²/8t on a lattice.
    t, field, side = 1.0, 400.0, 1.0
    model = sv.Model(sv.lattice.square(a=side), sv.onsite(4 * t) + sv.hopping(-t))
    h = model.region(sv.shape.disk(14.0)).field(field).hamiltonian().toarray()
    x = 2 * np.pi * t * field * side**2 / FLUX_QUANTUM
    assert np.linalg.eigvalsh(h)[0] == pytest.approx(x - x**2 / (8 * t), rel=5e-3)


def test_a_charge_circulates_with_the_field_s_sense():
    # An electron (−e) in B > 0 along z circles counter-clockwise: L_z > 0 in the lowest state of a disk.
    model = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
    system = model.region(sv.shape.disk(6.0)).field(150.0)
    h, r = system.hamiltonian().toarray(), system.positions
    # The moment −∂E/∂B of the ground state is negative (diamagnetic) and m = −(e/2) r × v; so r × v > 0.
    _, states = np.linalg.eigh(h)
    ground = states[:, 0]
    velocity = [
        1j * (h * (r[None, :, k] - r[:, None, k])) for k in (0, 1)
    ]  # i[H, r]: ⟨i|..|j⟩ = iH_ij(r_j − r_i)
    circulation = sum(
        sign
        * np.real(ground.conj() @ (r[:, i][:, None] * velocity[j] + velocity[j] * r[None, :, i]) @ ground)
        / 2
        for i, j, sign in ((0, 1, 1), (1, 0, -1))
    )
    assert circulation > 0.05


def test_directions_in_the_plane():
    assert in_plane(np.array([0, 3.0, 0])).tolist() == [0, 1, 0]
    assert in_plane(np.array([3.0, 0, 4.0])).tolist() == [1, 0, 0]
    assert in_plane(np.array([0, 0, 1.0])) is None
    assert parallel(np.array([1.0, 0, 0]), np.array([-1.0, 0, 0]))
    assert not parallel(np.array([1.0, 0, 0]), np.array([0.6, 0.8, 0]))


@pytest.mark.parametrize(("one", "other"), [((1, 0), (0, 1)), ((1, 0), (1, 1)), ((2, -1), (0.3, 5))])
def test_gauges_differ_by_phases_of_states(one, other):
    one, other = (np.array([*direction, 0.0]) for direction in (one, other))
    to, source = np.random.default_rng(2).normal(size=(2, 9, 3))
    turn = [gauge_phase(7.0, one, other, end) for end in (to, source)]
    found = turn[0] * peierls_phase(7.0, one)(to, source) * turn[1].conj()
    assert np.abs(found - peierls_phase(7.0, other)(to, source)).max() < 1e-13


def four_terminals(order=("west", "south", "east", "north"), center=(0.0, 0.0), seed=1):
    """A square with narrow leads on its four sides."""
    directions = {"west": (-1, 0), "south": (0, -1), "east": (1, 0), "north": (0, 1)}
    model = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
    rough = model + sv.onsite(lambda x, y: 0.4 * np.sin(3 * (x - center[0]) + (y - center[1]) ** 2 + seed))
    system = rough.region(sv.shape.rectangle(14, 12, center=center))
    for name in order:
        ux, uy = directions[name]
        across = -uy * center[0] + ux * center[1]
        system = system.lead(name, model, (ux, uy), shape=sv.shape.strip(7.0, center=across))
    return system


def transmissions(system, energy, **params):
    S = sv.scattering_matrix(system, energy, **params)
    names = sorted(system.leads)
    return np.array([[float(S.transmission(a, b)) for b in names] for a in names])


def test_leads_at_angles_in_a_field():
    # The same whatever the gauge of the region (that of the lead attached first) and the origin of the coordinates.
    one = transmissions(four_terminals().field(90.0), 0.9)
    assert one.sum() > 4
    for other in (
        four_terminals(order=("north", "west", "east", "south")),
        four_terminals(order=("south", "north", "west", "east")),
        four_terminals(center=(40, -23)),
    ):
        assert np.abs(transmissions(other.field(90.0), 0.9) - one).max() < 1e-11
    reverse = transmissions(four_terminals().field(-90.0), 0.9)
    assert np.abs(reverse - one.T).max() < 1e-11
    assert np.abs(one - one.T).max() > 0.1


def test_leads_at_an_angle_that_share_a_corner_are_refused_in_a_field():
    model = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
    system = model.region(sv.shape.rectangle(10, 8)).lead("w", model, "-x").lead("n", model, "+y")
    assert np.isfinite(transmissions(system, 0.9)).all()
    for field in (1.0, sv.param("B")):
        with pytest.raises(sv.InputError, match=r'"w" and "n".*share the site at \[-4.0, 3.0, 0.0\] nm'):
            system.field(field).hamiltonian(**({} if field == 1.0 else {"B": 1.0}))


def test_a_diagonal_lead_in_a_field():
    # A clean corner from a lead along x into one along the diagonal: S is unitary, and reversed by −B.
    model = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))
    region = model.region(sv.shape.disk(9.0))
    system = region.lead("in", model, "-x", shape=sv.shape.strip(8.0)).lead(
        "out", model, (1, 1), shape=sv.shape.strip(8.0)
    )
    for energy in (0.5, 1.3):
        there = sv.scattering_matrix(system.field(60.0), energy)
        back = sv.scattering_matrix(system.field(-60.0), energy)
        assert there.certificate.figures["unitarity_error"] < 1e-10
        assert there.transmission("out", "in") == pytest.approx(back.transmission("in", "out"), abs=1e-10)
    assert there.transmission("out", "in") > 0.5


def test_a_quantized_hall_resistance_between_leads_at_right_angles():
    # One edge channel: each lead sends everything into the next one, R_xy = h/e² for a single spin.
    matrix = transmissions(four_terminals(seed=0).field(500.0), 1.0)
    names = sorted(("west", "south", "east", "north"))
    chain = [names.index(name) for name in ("east", "north", "west", "south")]  # counter-clockwise
    wanted = np.zeros((4, 4))
    for a, b in zip(chain, chain[1:] + chain[:1], strict=True):
        wanted[b, a] = 1.0
    found = matrix - np.diag(np.diag(matrix))
    assert np.abs(found - wanted).max() < 0.02 or np.abs(found - wanted.T).max() < 0.02


@pytest.mark.parametrize("wrong", [np.nan, np.inf, "1 T", None, [1.0], 1j])
def test_a_field_without_meaning_is_refused(wrong):
    system = sv.Model(sv.lattice.square(), sv.hopping(-1.0)).region(sv.shape.rectangle(5, 5))
    with pytest.raises(sv.InputError, match="field"):
        system.field(wrong)


@pytest.mark.parametrize("value", [None, "1", 1j, True, np.nan, [1.0, 2.0]])
def test_a_field_is_a_finite_number_of_tesla(value):
    wire = sv.Model(sv.lattice.square(), sv.hopping(-1.0))
    system = wire.region(sv.shape.rectangle(5, 4)).lead("left", wire, "-x")
    with pytest.raises(sv.InputError, match=r"field: expected a finite number of tesla"):
        system.field(value)
    with pytest.raises(sv.InputError, match=r"field: expected a finite number of tesla"):
        system.field(sv.param("B")).hamiltonian(B=value)
