from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from scipy import sparse

import sharvin as sv
from sharvin.linalg import Pattern, available_back_ends, back_end
from sharvin.solvers.analyses import _ANALYSES, Analysed, analysed


def chain(size=12, shift=0.3):
    ones = np.ones(size - 1)
    matrix = sparse.csr_array(
        sparse.diags_array([ones, (3 + shift) * np.ones(size), ones], offsets=[-1, 0, 1])
    )
    matrix.sort_indices()
    return matrix


KEPT = np.array([0, 11])


def test_equal_patterns_share_their_factorizations():
    first = analysed(Pattern.of(chain()), KEPT, float, "superlu")
    assert analysed(Pattern.of(chain(shift=0.9)), KEPT.copy(), float, "superlu") is first
    assert analysed(Pattern.of(chain()), np.array([0]), float, "superlu") is not first
    assert analysed(Pattern.of(chain()), KEPT, complex, "superlu") is not first
    assert analysed(Pattern.of(chain()), KEPT, float, "dense") is not first
    assert analysed(Pattern.of(chain(13)), KEPT, float, "superlu") is not first


def counted():
    made = []
    honest = analysed(Pattern.of(chain()), KEPT, float, "dense")
    return Analysed(honest.pattern, lambda: made.append(1) or honest._make()), made


def test_a_factorization_is_made_once_and_lent_again():
    store, made = counted()
    for _ in range(5):
        with store.lent() as factorization:
            factorization.factor(chain().data)
    assert len(made) == 1


def test_each_borrower_at_the_same_time_has_its_own():
    store, made = counted()
    with store.lent() as one, store.lent() as other:
        assert one is not other
    assert len(made) == 2
    with store.lent(), store.lent():
        pass
    assert len(made) == 2


def test_one_that_failed_is_not_lent_again():
    store, made = counted()
    with pytest.raises(ZeroDivisionError), store.lent() as first:
        raise ZeroDivisionError
    with store.lent() as second:
        assert second is not first
    assert len(made) == 2


def test_threads_do_not_meet_on_one_factorization():
    store, made = counted()
    barrier = Barrier(4)

    def complement(shift):
        with store.lent() as factorization:
            barrier.wait(10)
            factorization.factor(chain(shift=shift).data)
            barrier.wait(10)
            return factorization.schur()

    shifts = [0.1, 0.2, 0.3, 0.4]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(complement, shifts))
    assert len(made) == 4
    for shift, schur in zip(shifts, found, strict=True):
        dense = chain(shift=shift).toarray()
        assert np.abs(np.linalg.inv(schur) - np.linalg.inv(dense)[np.ix_(KEPT, KEPT)]).max() < 1e-13


# ---- sweeps of a lattice system change values only


@pytest.fixture
def analyses(monkeypatch):
    """Counts the analyses from here on, with none known before."""
    _ANALYSES.clear()
    counts = []

    def counting(*arguments, **keywords):
        factorization = back_end(*arguments, **keywords)
        honest = factorization.analyse

        def analyse(pattern, **options):
            counts.append(pattern.size)
            return honest(pattern, **options)

        factorization.analyse = analyse
        return factorization

    monkeypatch.setattr("sharvin.solvers.analyses.back_end", counting)
    yield counts
    _ANALYSES.clear()


SWEPT = {
    "on-site": {"gate": [0.1, 0.2, -0.4]},
    "hopping": {"t": [-1.0, -1.1, -0.7]},
    "field": {"B": [3.0, 40.0, -200.0]},
    "strength": {"strength": [0.3, 0.7, 1.0]},
    "seed": {"seed": [1, 2, 3]},
    "lead": {"floor": [0.1, -0.2, 0.4]},
}


def swept_system():
    wire = sv.Model(sv.lattice.square(), sv.hopping(sv.param("t")))
    region = (
        wire
        + sv.onsite(lambda x, y, gate: gate * np.exp(-(x**2)) * y**2)
        + sv.disorder(sv.param("strength"), sv.param("seed"))
    ).region(sv.shape.rectangle(8, 6))
    lead = wire + sv.onsite(sv.param("floor"))
    return region.lead("L", lead, "-x").lead("R", lead, "+x").field(sv.param("B"))


@pytest.mark.parametrize("solver", available_back_ends())
@pytest.mark.parametrize("kind", SWEPT)
def test_a_sweep_changes_values_only(kind, solver, analyses):
    system = swept_system()
    params = {"gate": 0.1, "t": -1.0, "B": 5.0, "strength": 0.4, "seed": 1, "floor": 0.0}
    ((name, values),) = SWEPT[kind].items()
    indptr, indices = system.pattern
    found, data = [], []
    for value in values:
        here = {**params, name: value}
        h = system.hamiltonian(**here)
        assert h.indptr is indptr
        assert h.indices is indices
        assert all(array is known for array, known in zip(system.pattern, (indptr, indices), strict=True))
        S = sv.scattering_matrix(system, 0.3, options=sv.Options(solver=solver, threads=1), **here)
        assert S.certificate.route == "schur"
        found.append(float(S.transmission("R", "L")))
        data.append(h.data)
    assert len(set(found)) == len(values)
    assert kind == "lead" or np.abs(data[1] - data[0]).max() > 1e-3
    assert len(analyses) == 1


def test_another_pattern_is_analysed_again(analyses):
    options = sv.Options(solver="superlu", threads=1)
    params = {"gate": 0.1, "t": -1.0, "B": 5.0, "strength": 0.4, "seed": 1, "floor": 0.0}
    sv.scattering_matrix(swept_system(), 0.3, options=options, **params)
    sv.scattering_matrix(swept_system(), 0.4, options=options, **params)  # an equal one is known
    assert len(analyses) == 1
    sv.scattering_matrix(swept_system(), 0.3, options=options, **{**params, "B": 0.0})  # real numbers
    assert len(analyses) == 2
