import numpy as np

import sharvin as sv
from sharvin.model.assembly import Assembly
from sharvin.model.sites import Sites

SX, SY, SZ = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1.0, -1.0])


def by_hand(system, onsite, hop, orbitals=1):
    """A dense H from positions alone: onsite(r) and hop(r, r′), matrices over orbitals or None."""
    r = system.positions
    h = np.zeros((len(r) * orbitals,) * 2, dtype=complex)
    for i, to in enumerate(r):
        for j, source in enumerate(r):
            block = onsite(to) if i == j else hop(to, source)
            if block is not None:
                h[i * orbitals : (i + 1) * orbitals, j * orbitals : (j + 1) * orbitals] = block
    return h


def test_a_square_lattice_by_hand():
    model = sv.Model(
        sv.lattice.square(a=2.0), sv.onsite(lambda x, y: x * y**2) + sv.hopping(-0.7) + sv.hopping(0.2, 2)
    )
    system = model.region(sv.shape.rectangle(length=11, width=9))

    def hop(to, source):
        squared = round(float(np.sum((to - source) ** 2)) / 4)
        return {1: -0.7, 2: 0.2}.get(squared)

    wanted = by_hand(system, lambda r: r[0] * r[1] ** 2, hop)
    h = system.hamiltonian()
    assert h.dtype == float
    assert np.abs(h.toarray() - wanted).max() < 1e-14


def test_rashba_by_hand():
    # H = p²/2m + α(k_x σ_y − k_y σ_x) on a lattice, with a Zeeman term.
    lattice = sv.lattice.square(orbitals=("up", "down"))
    alpha, t = 0.13, 1.0
    terms = sv.onsite(4 * t * np.eye(2) + 0.2 * SZ) + sv.hopping(-t)
    terms += sv.hopping(-0.5j * alpha * SY, offset=(1, 0)) + sv.hopping(0.5j * alpha * SX, offset=(0, 1))
    system = sv.Model(lattice, terms).region(sv.shape.rectangle(length=5, width=4))

    def hop(to, source):
        step = tuple(np.rint(to - source)[:2].astype(int))
        own = {(1, 0): -t * np.eye(2) - 0.5j * alpha * SY, (0, 1): -t * np.eye(2) + 0.5j * alpha * SX}
        back = tuple(-s for s in step)
        return own[step] if step in own else own[back].conj().T if back in own else None

    wanted = by_hand(system, lambda r: 4 * t * np.eye(2) + 0.2 * SZ, hop, orbitals=2)
    h = system.hamiltonian().toarray()
    assert np.abs(h - wanted).max() < 1e-14
    assert np.abs(h - h.conj().T).max() == 0
    # Time reversal iσ_y K is kept without the Zeeman term.
    flip = np.kron(np.eye(len(h) // 2), 1j * SY)
    without = h - 0.2 * np.kron(np.eye(len(h) // 2), SZ)
    assert np.abs(flip @ without.conj() @ flip.conj().T - without).max() < 1e-14


def test_a_matrix_valued_hopping_has_its_rows_at_the_end_r():
    lattice = sv.lattice.chain(orbitals=("s", "p"))
    v = np.array([[1, 2], [3, 4j]])
    h = sv.Model(lattice, sv.hopping(v)).region(sv.shape.line(3)).hamiltonian().toarray()  # sites −1, 0, 1
    assert np.array_equal(h[2:4, 0:2], v)
    assert np.array_equal(h[0:2, 2:4], v.conj().T)


def test_a_function_may_return_a_matrix_for_each_site_or_bond():
    lattice = sv.lattice.chain(orbitals=2)
    onsite = sv.onsite(lambda x: np.multiply.outer(x, SZ) + np.multiply.outer(x**2, SX))
    hop = sv.hopping(lambda x: np.multiply.outer(1 + x, SY))
    h = sv.Model(lattice, onsite + hop).region(sv.shape.line(5)).hamiltonian().toarray()  # −2 … 2
    assert np.abs(h[0:2, 0:2] - (-2 * SZ + 4 * SX)).max() == 0
    assert np.abs(h[4:6, 2:4] - 0.5 * SY).max() == 0


def test_a_number_is_a_multiple_of_the_unit_matrix():
    lattice = sv.lattice.chain(orbitals=3)
    h = sv.Model(lattice, sv.onsite(lambda x: x) + sv.hopping(-1.0)).region(sv.shape.line(3)).hamiltonian()
    assert np.array_equal(h.toarray()[6:9, 6:9], np.eye(3))
    assert np.array_equal(h.toarray()[3:6, 0:3], -np.eye(3))


def test_a_count_of_sites_that_equals_a_matrix_size_is_not_confused():
    # Two sites with two orbitals: (2,) is a number per site, (2, 2) a matrix.
    lattice = sv.lattice.chain(orbitals=2)
    two = sv.shape.box((2.0,), (0.5,))
    numbers = sv.Model(lattice, sv.onsite(lambda x: np.array([1.0, 2.0]))).region(two)
    assert np.array_equal(np.diag(numbers.hamiltonian().toarray()), [1, 1, 2, 2])
    block = sv.Model(lattice, sv.onsite(lambda x: SX)).region(two)
    assert np.array_equal(block.hamiltonian().toarray(), np.kron(np.eye(2), SX))


def test_a_honeycomb_sheet_by_hand():
    system = sv.Model(sv.lattice.honeycomb(1.0), sv.hopping(-2.7)).region(sv.shape.disk(2.5))

    def hop(to, source):
        return -2.7 if abs(np.linalg.norm(to - source) - 3**-0.5) < 1e-9 else None

    wanted = by_hand(system, lambda r: 0.0, hop)
    assert np.abs(system.hamiltonian().toarray() - wanted).max() == 0
    assert np.abs(np.linalg.eigvalsh(wanted) + np.linalg.eigvalsh(wanted)[::-1]).max() < 1e-12


def test_a_cubic_block_has_the_levels_of_three_chains():
    system = sv.Model(sv.lattice.cubic(), sv.hopping(-1.0)).region(sv.shape.box((4, 5, 6)))
    levels = [-2 * np.cos(np.pi * np.arange(1, n + 1) / (n + 1)) for n in (3, 5, 5)]
    wanted = np.sort(np.add.outer(np.add.outer(levels[0], levels[1]), levels[2]).ravel())
    assert np.abs(np.linalg.eigvalsh(system.hamiltonian().toarray()) - wanted).max() < 1e-12


def test_the_pattern_does_not_depend_on_parameters():
    terms = sv.onsite(lambda x, v: v * x) + sv.hopping(lambda x, v: -v * (x > 0))
    system = sv.Model(sv.lattice.square(), terms).region(sv.shape.rectangle(5, 5)).field(sv.param("B"))
    one, two = (system.hamiltonian(v=v, B=b) for v, b in ((0.0, 0.0), (2.0, 100.0)))
    assert np.array_equal(one.indices, two.indices)
    assert np.array_equal(one.indptr, two.indptr)
    assert one.dtype == float
    assert two.dtype == complex


def test_find_sites():
    sites = Sites(sv.lattice.square(), np.array([[0, 0], [2, 1], [-3, 4]]), np.zeros(3, dtype=int))
    found = sites.find(np.array([[2, 1], [2, 2], [100, 0], [-3, 4], [0, 0]]), 0)
    assert found.tolist() == [1, -1, -1, 2, 0]
    more = sites.with_more(np.array([[5, 5]]), np.array([0]))
    assert more.find(np.array([[5, 5]]), 0).tolist() == [3]
    assert len(sites) == 3


def test_a_bond_between_owners_belongs_to_the_later():
    cells = np.arange(4)[:, None]
    sites = Sites(sv.lattice.chain(), cells, np.zeros(4, dtype=int))
    terms = (sv.onsite(1.0) + sv.hopping(-1.0), sv.onsite(5.0) + sv.hopping(-3.0))
    assembly = Assembly(sites, np.array([0, 0, 1, 1]), terms)
    h = assembly.hamiltonian({}).toarray()
    assert np.diag(h).tolist() == [1, 1, 5, 5]
    assert np.diag(h, 1).tolist() == [-1, -3, -3]
    assert sorted(map(sorted, assembly.bonds.tolist())) == [[0, 1], [1, 2], [2, 3]]
