"""Random systems of many kinds beside an independent reference of a hundred digits: never wrong and certified.

For each system the package either finds every transmission to 1e-8 and every number of open modes, or says that it
can't. It may say so for at most one system in fifty, and never for an ordinary one.
"""

import functools

import numpy as np
import pytest
from tests.dense_reference import solve
from tests.random_systems import random_system

import sharvin as sv

BOUND = 1e-8
REFUSALS = 0.02
CHUNK = 10
# Seeds below the first are tried by `make test`, those below the second by `make test-all`.
SHORT, LONG = 300, 10_000

drawn_of = functools.lru_cache(maxsize=SHORT)(random_system)


def reference(drawn, **precision):
    answer = solve(drawn.h, list(drawn.leads.values()), drawn.energy, **precision)
    assert answer.loss < BOUND / 10, f"the reference is out of its depth: {drawn.kind}, E = {drawn.energy!r}"
    return answer


@functools.lru_cache(maxsize=SHORT)
def outcome(seed):
    """("right" or "refused" or "wrong", what there is to say about it)."""
    drawn = drawn_of(seed)
    label = f"seed {seed} ({drawn.kind}), E = {drawn.energy!r} eV"
    try:
        S = sv.scattering_matrix(drawn.system, drawn.energy, options=sv.Options(threads=1), **drawn.params)
    except sv.NumericalError as error:
        if drawn.ordinary:
            return "wrong", f"{label}: an ordinary system is refused: {error}"
        return "refused", f"{label}: {error}"
    right = reference(drawn)
    modes = [S.mode_count(name) for name in drawn.leads]
    if modes != right.modes:
        return "wrong", f"{label}: {modes} open modes, the reference has {right.modes}"
    error = np.abs(S.transmission_matrix().values - right.transmissions).max(initial=0.0)
    if not error < BOUND:
        return "wrong", f"{label}: transmissions are off by {error:.1e}, by route {S.certificate.route!r}"
    return ("right", label) if S.certificate.certified else ("wrong", f"{label}: not certified, not refused")


def those(verdict, seeds):
    return [text for found, text in map(outcome, seeds) if found == verdict]


@pytest.mark.parametrize("first", range(0, SHORT, CHUNK))
def test_random_systems_are_right_or_refused(first):
    assert those("wrong", range(first, first + CHUNK)) == []


def test_few_random_systems_are_refused():
    refused = those("refused", range(SHORT))
    assert len(refused) <= REFUSALS * SHORT, refused


@pytest.mark.long
def test_ten_thousand_random_systems_are_right_or_refused():
    wrong, refused = [], []
    for seed in range(SHORT, LONG):
        verdict, text = outcome(seed)
        if verdict != "right":
            (wrong if verdict == "wrong" else refused).append(text)
    assert wrong == []
    assert len(refused) <= REFUSALS * (LONG - SHORT), refused


# ---- the reference, and what is drawn


@pytest.mark.parametrize("seed", range(0, 60, 6))
def test_the_reference_does_not_depend_on_its_precision(seed):
    drawn = drawn_of(seed)
    usual, finer = reference(drawn), reference(drawn, eta=1e-23, bits=448)
    assert usual.modes == finer.modes
    assert np.abs(usual.transmissions - finer.transmissions).max() < 1e-10


def test_the_reference_knows_the_chain():
    """T = 1/(1 + (U/(2t sin k))²) of an impurity U; and beyond the band no mode at all."""
    chain = (np.array([[0.0]]), np.array([[-1.0]]), [0])
    for energy, potential in ((0.3, 1.0), (-1.7, 0.4), (1.99, -2.5)):
        velocity = np.sqrt(4 - energy**2)
        answer = solve(np.array([[potential]]), [chain, chain], energy)
        assert answer.modes == [1, 1]
        assert abs(answer.transmissions[1, 0] - 1 / (1 + (potential / velocity) ** 2)) < 1e-14
        assert abs(answer.transmissions.sum(axis=0) - 1).max() < 1e-14
    assert solve(np.array([[1.0]]), [chain, chain], 2.01).modes == [0, 0]


def test_a_seed_gives_the_same_system_again():
    for seed in range(20):
        first, second = drawn_of(seed), random_system(seed)
        assert first.kind == second.kind
        assert first.energy == second.energy
        assert np.array_equal(first.h, second.h)


def test_every_kind_is_drawn():
    kinds = " ".join(drawn_of(seed).kind for seed in range(SHORT))
    for word in (
        "real", "complex", "full", "low rank", "zero columns", "one bond", "triangular", "whole numbers", "wire",
        "commuting", "no modes", "hidden parts", "copies", "weak", "cut off", "plain", "detached part", "two parts",
        "part behind one lead", "weak links", "shared orbitals", "random", "threshold", "energy: level",
        "inner level", "round", "chain", "square with spin", "cross", "zigzag", "armchair", "chiral",
    ):  # fmt: skip
        assert word in kinds
    assert {len(drawn_of(seed).leads) for seed in range(SHORT)} == {1, 2, 3, 4, 5}
