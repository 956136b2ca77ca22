import numpy as np
import pytest

import sharvin as sv
from sharvin.conductors.joint import face_to_face
from sharvin.scattering import Certificate, LeadModes, ScatteringMatrix


def batch(open_modes, labels):
    """Two leads with the given labels each; element (i, j) of S is 10 i + j where both modes are open."""
    open_modes = np.array(open_modes)
    size = open_modes.shape[1]
    matrix = np.add.outer(10.0 * np.arange(size), np.arange(size)) * np.ones((len(open_modes), 1, 1))
    matrix = np.where(open_modes[:, :, None] & open_modes[:, None, :], matrix, 0)
    leads = (LeadModes("left", labels), LeadModes("right", labels))
    return ScatteringMatrix(
        np.arange(len(open_modes)) * 1.0, leads, matrix, open_modes, 2, Certificate("test")
    )


def test_open_modes_are_matched_in_their_order_at_each_energy():
    a = batch([[True] * 4, [True, False, False, True]], ("0", "1"))
    b = batch([[True] * 4, [True, False, True, True]], ("0", "1"))
    found = face_to_face(a, b, ("right", "left"))
    assert found.modes == 2
    np.testing.assert_array_equal(found.first[0], a.matrix[0])
    # At the second energy only mode 1 of a's right is open: it stands where mode 0 of b's left does.
    assert found.first[1, 2, 0] == a.matrix[1, 3, 0] != 0
    assert found.second[1, 0, 2] == b.matrix[1, 0, 2] != 0
    assert found.open_modes.tolist() == [[True, True, True, True], [True, False, True, True]]


def test_the_order_of_many_modes_is_kept():
    labels = tuple(str(n) for n in range(60))
    is_open = np.arange(120) % 3 > 0
    a = batch([is_open], labels)
    found = face_to_face(a, a, ("right", "left"))
    assert found.modes == 40
    np.testing.assert_array_equal(found.first[0, 1, 60:], a.matrix[0, 1, 60:][is_open[60:]])


def test_the_lead_at_the_joint_may_stand_first():
    a = batch([[True] * 4], ("0", "1"))
    found = face_to_face(a, a, ("left", "right"))
    np.testing.assert_array_equal(found.first[0], a.matrix[0][np.ix_([2, 3, 0, 1], [2, 3, 0, 1])])
    np.testing.assert_array_equal(found.second[0], a.matrix[0][np.ix_([2, 3, 0, 1], [2, 3, 0, 1])])


def test_unlike_numbers_of_modes():
    a, b = batch([[True] * 4] * 2, ("0", "1")), batch([[True] * 4, [False, True, True, True]], ("0", "1"))
    with pytest.raises(
        sv.InputError, match='at 1 eV 2 modes are open in "right" of one conductor and 1 in "left"'
    ):
        face_to_face(a, b, ("right", "left"))


def test_blocks_must_meet_their_like():
    a, b = batch([[True] * 4], ("up:0", "down:0")), batch([[True] * 4], ("down:0", "up:0"))
    with pytest.raises(
        sv.InputError, match='mode number 0 at the joint is "up" on one side and "down" on the other'
    ):
        face_to_face(a, b, ("right", "left"))
    face_to_face(a, batch([[True] * 4], ("0", "1")), ("right", "left"))  # one side does not tell
