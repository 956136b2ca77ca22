import numpy as np
import pytest

from sharvin.linalg import Pattern, available_back_ends, back_end

if "pardiso" not in available_back_ends():
    pytest.skip("py-mkl-pardiso is not installed", allow_module_level=True)


def test_superlu_stands_in_and_says_so():
    factorization = back_end("pardiso")
    for _ in range(2):
        factorization.analyse(Pattern(np.arange(5), np.arange(4)), dtype=float, schur=np.array([1]))
        assert factorization.reason == (
            "PARDISO: asked for by name; SuperLU stands in, for no connected rows are to be eliminated"
        )
    factorization.factor(np.array([1.0, 2.0, 3.0, 4.0]))
    assert np.array_equal(factorization.schur(), [[2.0]])


def test_the_growth_of_a_solution_is_noticed():
    # Pivots of 1e-7 are large enough for PARDISO to leave them alone.
    factorization = back_end("pardiso")
    factorization.analyse(Pattern(np.arange(3), np.arange(2)), dtype=float)
    for small, wanted in ((1.0, 2**-52), (1e-7, 1e7 * 2**-52)):
        factorization.factor(np.array([1.0, small]))
        factorization.solve(np.ones((2, 1)))
        certificate = factorization.certificate()
        assert certificate["perturbed_pivots"][0] == 0
        assert np.isclose(certificate["elimination_growth"][0], wanted, rtol=1e-6)
