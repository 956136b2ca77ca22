import numpy as np
import pytest

import sharvin as sv


def test_one_channel():
    conductor = sv.TransmissionFunction(lambda E: np.clip(E, 0, 1))
    S = sv.scattering_matrix(conductor, np.array([-1.0, 0.25, 2.0]))
    np.testing.assert_array_equal(S.transmission("right", "left"), [0.0, 0.25, 1.0])
    np.testing.assert_allclose(S.matrix[1], [[np.sqrt(0.75), 0.5j], [0.5j, np.sqrt(0.75)]])
    assert S.open_modes.all()


def test_several_channels():
    conductor = sv.TransmissionFunction(lambda E: np.stack([0 * E + 0.3, 0 * E + 0.9]))
    S = sv.scattering_matrix(conductor, 0.1)
    np.testing.assert_allclose(S.transmission_eigenvalues("right", "left"), [0.9, 0.3])
    assert S.leads[0].labels == ("0", "1")


def test_a_constant():
    assert sv.scattering_matrix(sv.TransmissionFunction(lambda E: 0.3), [0.0, 1.0]).matrix.shape == (2, 2, 2)


def test_jumps_are_the_thresholds():
    conductor = sv.TransmissionFunction(np.abs, jumps=[0.3, 0.1, 0.2])
    assert sv.thresholds(conductor, (0.1, 0.25)).tolist() == [0.1, 0.2]
    assert sv.TransmissionFunction(np.abs, jumps=0.5).jumps == (0.5,)


def test_says_that_its_phases_are_unknown():
    assert not sv.TransmissionFunction.phases_known
    assert sv.SaddlePoint.phases_known


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda E: 2 * np.ones_like(E), r"τ\(E\) must lie in \[0, 1\], but item \(0, 0\) is 2"),
        (lambda E: np.nan * E, r"τ\(E\) must be finite, but item 0 is nan"),
        (
            lambda E: np.ones(7),
            r"must have shape \(energies,\) or \(channels, energies\) with 3 energies, got \(7,\)",
        ),
        (lambda E: np.ones((3, 2)), r"got \(3, 2\)"),
        (lambda E: "half", "must be an array of real numbers"),
        (lambda E: 0.5 + 0j * E, "must be an array of real numbers.*complex"),
        (lambda E: [0.5, [0.5]], "must be an array of real numbers.*unlike lengths"),
    ],
)
def test_bad_values(function, message):
    with pytest.raises(sv.InputError, match="TransmissionFunction: .*" + message):
        sv.scattering_matrix(sv.TransmissionFunction(function), np.array([0.0, 0.1, 0.2]))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (([0.1, 0.2],), "function must be callable.*for arrays there is Tabulated"),
        ((np.abs, [np.nan]), "jumps must be finite"),
        ((np.abs, ["a"]), "jumps must be an array of real numbers"),
    ],
)
def test_bad_fields(args, message):
    with pytest.raises(sv.InputError, match="TransmissionFunction: " + message):
        sv.TransmissionFunction(*args)


def test_a_comparison_is_a_step():
    step = sv.TransmissionFunction(lambda E: E > 0.1)
    assert sv.scattering_matrix(step, [0.0, 0.2]).transmission("right", "left").values.tolist() == [0.0, 1.0]


def divides_by_zero(E):
    return 1 / 0


def branches(E):
    return 1.0 if E > 0 else 0.0


@pytest.mark.parametrize(("function", "kind"), [(divides_by_zero, ZeroDivisionError), (branches, ValueError)])
def test_what_the_function_raises_is_kept_as_the_cause(function, kind):
    conductor = sv.TransmissionFunction(function)
    for ask in (sv.scattering_matrix, sv.transmission, lambda c, E: sv.conductance(c, E, 1.0)):
        with pytest.raises(sv.InputError, match=f"{function.__name__}, called with an array") as caught:
            ask(conductor, np.array([0.0, 0.1]))
        assert isinstance(caught.value.__cause__, kind)
