import numpy as np

from sharvin.observables.intervals import merged, outside


def test_overlapping_and_touching_ones_are_joined_in_order():
    assert merged([(4.0, 5.0), (0.0, 1.0), (1.0, 2.0), (0.5, 1.5)]) == [(0.0, 2.0), (4.0, 5.0)]
    assert merged([(0.0, 10.0), (1.0, 2.0)]) == [(0.0, 10.0)]


def test_empty_and_reversed_ones_are_left_out():
    assert merged([(1.0, 1.0), (3.0, 2.0)]) == []
    assert merged([]) == []


def test_what_others_do_not_cover():
    assert outside([(0.0, 1.0)], []) == [(0.0, 1.0)]
    assert outside([(0.0, 1.0)], [(0.0, 1.0)]) == []
    assert outside([(0.0, 1.0)], [(-1.0, 2.0)]) == []
    assert outside([(0.0, 1.0)], [(1.0, 2.0), (-1.0, 0.0)]) == [(0.0, 1.0)]
    assert outside([(0.0, 2.0), (3.0, 5.0)], [(1.0, 4.0)]) == [(0.0, 1.0), (4.0, 5.0)]


def test_both_together_cover_all_that_was_asked_once():
    rng = np.random.default_rng(0)
    for _ in range(200):
        wanted, covered = (
            merged((float(a), float(b)) for a, b in rng.integers(0, 30, size=(rng.integers(1, 6), 2)))
            for _ in range(2)
        )
        rest = outside(wanted, covered)
        for point in np.arange(30) + 0.5:
            inside = [any(a < point < b for a, b in union) for union in (wanted, covered, rest)]
            assert inside[2] == (inside[0] and not inside[1])
