import numpy as np
import pytest

import sharvin as sv

CIRCULATOR = np.eye(3)[[2, 0, 1]]  # left → top → right → left


def test_a_circulator():
    conductor = sv.FixedScatterer(CIRCULATOR, leads={"left": 1, "top": 1, "right": 1})
    assert conductor.leads == ("left", "top", "right")
    S = sv.scattering_matrix(conductor, np.array([-3.0, 8.0]))
    np.testing.assert_array_equal(S.transmission("top", "left"), [1.0, 1.0])
    np.testing.assert_array_equal(S.transmission("left", "top"), [0.0, 0.0])
    assert sv.thresholds(conductor, (-1.0, 1.0)).size == 0


def test_leads_of_several_modes():
    conductor = sv.FixedScatterer(CIRCULATOR, leads={"left": 2, "right": 1}, spin_degeneracy=1)
    S = sv.scattering_matrix(conductor, 0.0)
    assert S.block("right", "left").shape == (1, 2)
    assert S.leads[0].labels == ("0", "1")
    assert S.spin_degeneracy == 1


def test_is_a_copy():
    matrix = np.eye(2, dtype=complex)
    conductor = sv.FixedScatterer(matrix, {"left": 1, "right": 1})
    matrix[:] = 5
    assert sv.scattering_matrix(conductor, 0.0).unitarity_error == 0.0
    with pytest.raises(ValueError, match="read-only"):
        conductor.matrix[0, 0] = 2


def test_has_no_parameters():
    with pytest.raises(sv.InputError, match='has no parameter "matrix"; there are none'):
        sv.scattering_matrix(sv.FixedScatterer(np.eye(2), {"left": 1, "right": 1}), 0.0, matrix=np.eye(2))


@pytest.mark.parametrize(
    ("matrix", "leads", "message"),
    [
        (np.ones((2, 3)), {"left": 1, "right": 1}, r"matrix must be square, got shape \(2, 3\)"),
        (np.ones(2), {"left": 1, "right": 1}, "matrix must be square"),
        (np.empty((0, 0)), {"left": 0}, "matrix must be square"),
        (np.eye(3), {"left": 1, "right": 1}, r"have 2 modes together, but matrix has shape \(3, 3\)"),
        ([[np.nan, 0], [0, 1]], {"left": 1, "right": 1}, r"matrix must be finite, but item \(0, 0\)"),
        ([[1, 0.1], [0, 1]], {"left": 1, "right": 1}, r"must be unitary to 1e-08 .* reaches 0\.1"),
        ([["a", "b"], ["c", "d"]], {"left": 1, "right": 1}, "array of complex numbers"),
        ([["1", "0"], ["0", "1"]], {"left": 1, "right": 1}, "array of complex numbers"),
        ([[10**400, 0], [0, 1]], {"left": 1, "right": 1}, "array of complex numbers"),
        (
            np.ma.masked_array(np.eye(2), mask=np.eye(2)),
            {"left": 1, "right": 1},
            "complex numbers without holes",
        ),
        (np.eye(2), ["left", "right"], "leads must map each name to its number of modes"),
        (np.eye(2), {}, "leads must map"),
        (np.eye(2), {"left": 1.0, "right": 1}, 'lead "left" must have a whole number of modes'),
        (np.eye(2), {"a:b": 1, "right": 1}, "name must be a word"),
        (np.eye(2), {1: 1, "right": 1}, "name must be a word"),
    ],
)
def test_bad_input(matrix, leads, message):
    with pytest.raises(sv.InputError, match="FixedScatterer: .*" + message):
        sv.FixedScatterer(matrix, leads)
