"""Parts of a scattering matrix never misreport a sum: every pattern of leads left out."""

import itertools

import numpy as np
import pytest

import sharvin as sv


def random_matrix(leads, absorbing=False):
    rng = np.random.default_rng(len(leads))
    size = sum(leads.values())
    if not absorbing:
        unitary = np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))[0]
        return sv.scattering_matrix(sv.FixedScatterer(unitary, leads=leads), 0.0)
    h = rng.normal(size=(size, size))
    chains = {name: (0.0, -1.0, [place]) for place, name in enumerate(leads)}
    system = sv.System.from_matrices((h + h.T) / 2 - 0.1j * np.eye(size), chains, non_hermitian=True)
    return sv.scattering_matrix(system, 0.3)


def subsets(names):
    return [kept for count in range(len(names) + 1) for kept in itertools.combinations(names, count)]


LEADS = ({"a": 2}, {"a": 1, "b": 3}, {"a": 2, "b": 1, "c": 3}, {"a": 1, "b": 2, "c": 0, "d": 2})


@pytest.mark.parametrize("leads", LEADS)
def test_every_pattern_of_leads_left_out(leads):
    S, names = random_matrix(leads), tuple(leads)
    right = S.transmission_matrix().values
    for out, into in itertools.product(subsets(names), repeat=2):
        part = S.part(lead_out=out, lead_in=into)
        for (row, one), (column, other) in itertools.product(enumerate(names), repeat=2):
            determined = (one in out or len(names) - len(out) == 1) and (
                other in into or len(names) - len(into) == 1
            )
            if determined:
                assert part.transmission(one, other) == pytest.approx(right[row, column], abs=1e-12)
            else:
                with pytest.raises(sv.InputError, match="unitarity does not tell it"):
                    part.transmission(one, other)


def test_a_batch():
    contact = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
    S = sv.scattering_matrix(contact, [1e-3, 2e-3, 5e-3])
    part = S.part(lead_out="left")
    assert np.abs(part.transmission("right", "left") - S.transmission("right", "left").values).max() < 1e-12


def test_nothing_is_completed_where_flux_is_missing():
    S = random_matrix({"a": 1, "b": 1, "c": 1}, absorbing=True)
    part = S.part(lead_out=("a", "b"))
    assert part.transmission("b", "c") == S.transmission("b", "c")
    with pytest.raises(sv.InputError, match="the conductor absorbs"):
        part.transmission("c", "a")


def test_names_are_checked():
    S = random_matrix({"left": 1, "right": 1})
    with pytest.raises(sv.InputError, match='lead_in: no lead "lfet"; did you mean "left"'):
        S.part(lead_in="lfet")
    with pytest.raises(sv.InputError, match='no lead "rihgt"; did you mean "right"'):
        S.part().transmission("rihgt", "left")
