import numpy as np
import pytest

import sharvin as sv
from sharvin.constants import FLUX_QUANTUM
from sharvin.model.gauges import in_plane, parallel
from sharvin.model.magnetic import peierls_phase
from sharvin.model.vector_potential import ProfilePotential, UniformPotential


def phases(field, along):
    """The phase of bonds (to, source) in a uniform field."""
    potential = UniformPotential(field, np.asarray(along, dtype=float))
    return lambda to, source: peierls_phase(potential.integrals(to, source) / FLUX_QUANTUM)


def winding(corners, field, along):
    """Sum of the phases of H around a closed path, ⟨next|H|here⟩ taken at every step."""
    phase = phases(field, along)
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
    phase = phases(5.0, (1, 0, 0))
    y = np.array([-1.0, 0.0, 2.5])
    for x in (0.0, 17.0):
        to = np.column_stack([x + 1 + 0 * y, y, 0 * y])
        source = np.column_stack([x + 0 * y, y, 0 * y])
        # A = −B y x̂: the phase of ⟨x + 1|H|x⟩ is exp(+i 2π B y/(h/e)).
        wanted = np.exp(2j * np.pi * 5.0 * y / FLUX_QUANTUM)
        assert np.abs(phase(to, source) - wanted).max() < 1e-14


def test_phases_are_hermitian():
    phase = phases(5.0, (1, 2, 0))
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


# ---- fields that vary

wire = sv.Model(sv.lattice.square(), sv.onsite(4.0) + sv.hopping(-1.0))


def fluxes(system, **params):
    """Of a system on the square lattice the flux through every plaquette in T nm², by the place of its middle."""
    h = system.hamiltonian(**params).toarray()
    site = {tuple(np.rint(2 * r[:2]).astype(int).tolist()): n for n, r in enumerate(system.positions)}
    found = {}
    for (x, y), a in site.items():
        corners = [site.get(place) for place in ((x + 2, y), (x + 2, y + 2), (x, y + 2))]
        if None not in corners:
            b, c, d = corners
            angle = np.angle(h[b, a] * h[c, b] * h[d, c] * h[a, d])
            found[x / 2 + 0.5, y / 2 + 0.5] = -angle * FLUX_QUANTUM / (2 * np.pi)
    return found


def smooth(x, y, height, spread=9.0):
    return height * np.exp(-((x - 2.0) ** 2 + (y + 1.0) ** 2) / spread**2)


@pytest.mark.parametrize("along", ["-x", "+y", None])
def test_the_flux_of_a_profile_through_plaquettes(along):
    system = wire.region(sv.shape.rectangle(25, 19))
    if along is not None:
        system = system.lead("one", wire, along)
    cutoff = lambda x, y, height: np.where(np.hypot(x, y) < 7, smooth(x, y, height), 0.0)  # noqa: E731
    field = system.field(smooth if along is None else cutoff)
    nodes, weights = np.polynomial.legendre.leggauss(6)
    for (x, y), flux in fluxes(field, height=80.0).items():
        if along is not None and 4 < np.hypot(x, y) < 10:  # near its jump
            continue
        exact = (
            weights
            @ (smooth if along is None else cutoff)(x + nodes[:, None] / 2, y + nodes / 2, 80.0)
            @ weights
            / 4
        )
        assert flux == pytest.approx(exact, abs=1e-4 * 80 if along else 2e-5 * 80)


def test_a_profile_that_is_uniform():
    cases = [
        four_terminals(),
        wire.region(sv.shape.rectangle(20, 9)).lead("a", wire, "-x").lead("b", wire, "+x"),
    ]
    for system in cases:
        uniform = transmissions(system.field(sv.param("B")), 0.9, B=70.0)
        profile = transmissions(system.field(lambda x, B: B + 0 * x), 0.9, B=70.0)
        assert np.abs(profile - uniform).max() < 1e-10
        assert np.abs(transmissions(system.field(lambda B: B), 0.9, B=70.0) - uniform).max() < 1e-10


def test_a_magnetic_barrier_by_its_potential():
    # A_y(x) = ∫B dx for B = B₀ cos²(πx/28): a gauge without lead directions; A_y is constant in the field-free leads.
    height = 60.0
    system = wire.region(sv.shape.rectangle(30, 9)).lead("a", wire, "-x").lead("b", wire, "+x")
    barrier = lambda x, height: height * np.cos(np.pi * x / 28) ** 2 * (abs(x) < 14)  # noqa: E731
    profile = transmissions(system.field(barrier), 0.9, height=height)

    def potential(x):
        x = np.clip(x, -14, 14)
        return height * (x / 2 + 7 / np.pi * np.sin(np.pi * x / 14))

    h = system.hamiltonian().tocoo()
    x, y = system.positions.T[:2]
    integral = potential((x[h.row] + x[h.col]) / 2) * (y[h.row] - y[h.col])
    h.data = h.data * np.exp(-2j * np.pi * integral / FLUX_QUANTUM)
    leads = {}
    for name, end in (("a", -14.0), ("b", 14.0)):
        cell = system.lead_cell(name)
        turn = np.exp(-2j * np.pi * potential(end) * y[cell.orbitals] / FLUX_QUANTUM)
        h0, v = (turn[:, None] * matrix * turn.conj() for matrix in (cell.h0, cell.v))
        leads[name] = (h0, v, cell.orbitals)
    reference = transmissions(sv.System.from_matrices(h.toarray(), leads=leads), 0.9)
    assert np.abs(reference - transmissions(system, 0.9)).max() > 0.1
    assert np.abs(profile - reference).max() < 1e-5


def bump(x, y, height):
    return height * np.maximum(1 - (x**2 + y**2) / 25, 0) ** 3 + 30.0


def test_a_profile_does_not_depend_on_the_gauge():
    one = transmissions(four_terminals().field(bump), 0.9, height=200.0)
    assert np.abs(one - transmissions(four_terminals().field(bump), 0.9, height=0.0)).max() > 0.1
    for order in (("north", "west", "east", "south"), ("south", "north", "west", "east")):
        other = transmissions(four_terminals(order=order).field(bump), 0.9, height=200.0)
        assert np.abs(other - one).max() < 1e-4
    back = transmissions(four_terminals().field(lambda x, y: -bump(x, y, 200.0)), 0.9)
    np.testing.assert_allclose(back, one.T, atol=1e-10)


def test_a_profile_must_not_change_along_a_lead():
    system = wire.region(sv.shape.rectangle(20, 9)).lead("a", wire, "-x").lead("b", wire, "+x")
    with pytest.raises(sv.InputError, match=r'changes by .* T along the lead "a".*make the region longer'):
        sv.scattering_matrix(system.field(lambda x: 0.1 * x), 0.9)
    across = system.field(lambda y, B: B * y)  # but across it, it may
    S = sv.scattering_matrix(across, 0.9, B=3.0)
    assert S.transmission("b", "a") == pytest.approx(S.transmission("a", "b"), abs=1e-10)
    assert sorted(across.parameters) == ["B"]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: x * np.nan, "finite number of tesla"),
        (lambda x: [1.0, 2.0], "finite number of tesla"),
        (lambda x: 1j * x, "real numbers"),
        (lambda x: "B", "real numbers"),
        (lambda x: 1.0 if x > 0 else 0.0, "numpy.where"),
    ],
)
def test_functions_without_meaning_are_refused(function, words):
    with pytest.raises(sv.InputError, match=words):
        wire.region(sv.shape.rectangle(6, 6)).field(function).hamiltonian()


def test_leads_along_z_take_part():
    tube = sv.Model(sv.lattice.cubic(), sv.onsite(6.0) + sv.hopping(-1.0))
    system = tube.region(sv.shape.box((6, 5, 6))).lead("down", tube, "-z").lead("up", tube, "+z")
    uniform = transmissions(system.field(70.0), 2.0)
    assert np.abs(transmissions(system.field(lambda x: 70.0 + 0 * x), 2.0) - uniform).max() < 1e-10
    varied = transmissions(system.field(lambda x, y: 70.0 + 20 * x * y), 2.0)
    np.testing.assert_allclose(varied, varied.T, atol=1e-9)
    np.testing.assert_allclose(varied.sum(axis=0), np.rint(varied.sum(axis=0)), atol=1e-9)


def test_a_potential_is_the_same_along_its_lead():
    potential = ProfilePotential.of(
        lambda x, y: y**2, np.array([1.0, 0, 0]), np.array([[0, -3.0, 0], [9, 3.0, 0]]), 0.5
    )
    to = np.array([[1.0, 2.0, 0], [7.0, 2.0, 0]])
    found = potential.integrals(to, to - [1.0, 0.5, 0])
    assert found[0] == pytest.approx(found[1], abs=1e-13)
    # −∫F dx with F = (y³ + 27)/3 along the bond from (0, 1.5) to (1, 2).
    y = np.linspace(1.5, 2.0, 2001)
    assert found[0] == pytest.approx(-np.trapezoid((y**3 + 27) / 3, y) / 0.5, abs=1e-6)
