import numpy as np
import pytest
from scipy.integrate import quad

import sharvin as sv
from sharvin.observables.integrands import net_flow

qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
three = sv.System.from_matrices([[0.2]], {name: (0.0, -1.0, [0]) for name in ("a", "b", "c")})
level = sv.ResonantLevel(energy=0.0, gamma_left=1e-4, gamma_right=3e-4)


def ends(mu_left, mu_right, t_left=0.0, t_right=0.0):
    return {"left": sv.Reservoir(mu_left, t_left), "right": sv.Reservoir(mu_right, t_right)}


def test_zero_temperature_is_an_arctangent():
    # ∫ Γ_LΓ_R/(E² + (Γ/2)²) dE between μ_R and μ_L.
    mu_left, mu_right = 5e-4, -1e-4
    I = sv.current(level, ends(mu_left, mu_right))  # noqa: E741
    half = 2e-4
    wanted = 1e-4 * 3e-4 / half * (np.arctan(mu_left / half) - np.arctan(mu_right / half))
    assert float(I.sel(lead="left")) == pytest.approx(sv.G0 * wanted, rel=1e-10)
    assert float(I.sel(lead="right")) == pytest.approx(-sv.G0 * wanted, rel=1e-10)


@pytest.mark.parametrize("temperature", [0.0, 0.01, 4.2])
def test_equilibrium_carries_no_current(temperature):
    I = sv.current(qpc, ends(2e-3, 2e-3, temperature, temperature))  # noqa: E741
    assert I.values.tolist() == [0.0, 0.0]


def test_a_hot_and_a_cold_reservoir_drive_a_current():
    I = sv.current(level, ends(1e-4, 1e-4, 4.0, 0.0))  # noqa: E741
    assert abs(float(I.sel(lead="left"))) > 1e-12
    assert abs(float(I.sum())) < 1e-12 * abs(float(I.sel(lead="left")))


def test_the_sign_is_that_of_the_higher_potential():
    assert float(sv.current(qpc, ends(5e-3, 4e-3)).sel(lead="left")) > 0
    assert float(sv.current(qpc, ends(4e-3, 5e-3)).sel(lead="left")) < 0
    assert float(sv.current(qpc, bias=1e-4, mu=5e-3).sel(lead="left")) > 0


def test_a_bias_is_split_about_mu():
    IV = sv.current(qpc, bias=[-1e-3, 2e-3], mu=[5e-3, 6e-3], temperature=[0.0, 1.0])
    assert IV.dims == ("temperature", "mu", "bias", "lead")
    assert IV.shape == (2, 2, 2, 2)
    for k, temperature in enumerate((0.0, 1.0)):
        for m, mu in enumerate((5e-3, 6e-3)):
            for b, volts in enumerate((-1e-3, 2e-3)):
                alone = sv.current(qpc, ends(mu + volts / 2, mu - volts / 2, temperature, temperature))
                assert IV.values[k, m, b] == pytest.approx(alone.values, rel=1e-9)
    assert IV.bias.attrs["units"] == "V"
    assert "not self-consistent" in IV.attrs["bands_follow"]


def test_numbers_make_no_dims():
    I = sv.current(qpc, bias=1e-4, mu=5e-3, temperature=1.0)  # noqa: E741
    assert I.dims == ("lead",)
    assert (float(I.bias), float(I.mu), float(I.temperature)) == (1e-4, 5e-3, 1.0)


def test_three_terminals_follow_the_transmissions():
    reservoirs = {"a": sv.Reservoir(1e-4), "b": sv.Reservoir(0.0), "c": sv.Reservoir(-2e-4)}
    I = sv.current(three, reservoirs)  # noqa: E741
    mus = np.array([1e-4, 0.0, -2e-4])

    def T(E):
        # A level at 0.2 with the self-energies of three chains, Γ = 2 sin k: T = Γ²/|E − 0.2 − 3Σ|².
        sine = np.sqrt(1 - E**2 / 4)
        return (2 * sine) ** 2 / abs(E - 0.2 - 3 * (E / 2 - 1j * sine)) ** 2

    wanted = [sv.G0 * sum(quad(T, other, mu, epsabs=1e-18)[0] for other in mus) for mu in mus]
    assert I.values == pytest.approx(wanted, rel=1e-9)
    assert abs(I.values.sum()) < 1e-15 * np.abs(I.values).max()


def test_net_flow_takes_the_common_occupation_off():
    rng = np.random.default_rng(0)
    T = rng.random((5, 3, 3))
    f = rng.random((5, 3))
    flow = net_flow(T, f)
    assert np.abs(flow.sum(axis=1)).max() < 1e-14
    assert np.abs(net_flow(T, np.ones((5, 3)))).max() == 0
    unitary = (T + np.swapaxes(T, 1, 2)) / 2  # columns and rows of symmetric T: Σ_β T_βα = Σ_β T_αβ
    wanted = [[sum(unitary[n, b, a] * f[n, a] - unitary[n, a, b] * f[n, b] for b in range(3)) for a in range(3)]
              for n in range(5)]  # fmt: skip
    assert np.abs(net_flow(unitary, f) - wanted).max() < 1e-14


@pytest.mark.parametrize(
    ("conductor", "arguments", "message"),
    [
        (qpc, {}, "give reservoirs="),
        (qpc, {"bias": 1e-3}, "give reservoirs="),
        (qpc, {"mu": 1e-3}, "give reservoirs="),
        (qpc, {"reservoirs": ends(0, 0), "bias": 1e-3, "mu": 0.0}, "not both"),
        (qpc, {"reservoirs": {"left": sv.Reservoir(0.0)}}, 'no reservoir for lead "right"'),
        (qpc, {"reservoirs": {**ends(0, 0), "rihgt": sv.Reservoir(0.0)}}, 'did you mean "right"'),
        (qpc, {"reservoirs": {"left": sv.Reservoir(0.0), "right": 0.0}}, "expected a Reservoir"),
        (qpc, {"reservoirs": [sv.Reservoir(0.0)] * 2}, "must be a dictionary"),
        (qpc, {"bias": np.nan, "mu": 0.0}, "bias must be finite, in V"),
        (qpc, {"bias": 1e-3, "mu": np.inf}, "mu must be finite, in eV"),
        (qpc, {"bias": 1e-3, "mu": 0.0, "temperature": -4.0}, "temperature must be at least"),
        (qpc, {"bias": "1 mV", "mu": 0.0}, "bias must be a number"),
        (qpc, {"bias": [[1e-3]], "mu": 0.0}, "one-dimensional"),
        (qpc, {"bias": 1e-3, "mu": 0.0, "omegax": 1.0}, 'did you mean "omega_x"'),
        (three, {"bias": 1e-3, "mu": 0.0}, "the conductor has 3"),
    ],
)
def test_bad_inputs(conductor, arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.current(conductor, **arguments)


@pytest.mark.parametrize("temperature", [0.0, 1e-9, 1e-3, 4.0])
@pytest.mark.parametrize("bias", [1e-14, 3e-14, -1e-12, 1e-9])
def test_a_tiny_bias_has_an_honest_error(temperature, bias):
    # T is odd about T = 1/2 at the threshold: I = G V to second order in V.
    mu = 1.5e-3
    exact = float(sv.conductance(qpc, mu=mu, temperature=max(temperature, 1e-5))) * bias
    I = sv.current(qpc, bias=bias, mu=mu, temperature=temperature).sel(lead="left")  # noqa: E741
    assert abs(float(I) - exact) <= float(I.error) + 1e-8 * abs(exact)
    assert 0 < float(I.error) < 2e-4 * abs(exact)


@pytest.mark.parametrize("bias", [1e-15, -1e-15, 1e-18, 1e-20, [1e-3, 1e-20]])
@pytest.mark.parametrize("temperature", [0.0, 1e-18, 4.0])
def test_a_bias_lost_in_the_rounding_of_mu_is_refused(bias, temperature):
    with pytest.raises(sv.InputError, match=r"lost in the rounding of mu = 0\.0015 eV.*sharvin\.conductance"):
        sv.current(qpc, bias=bias, mu=1.5e-3, temperature=temperature)
    assert float(sv.current(qpc, bias=1e-15, mu=0.0).sel(lead="left")) > 0  # beside μ = 0 nothing is lost


@pytest.mark.parametrize("steps", [1, 2, 5, 40, 300, 10**5])
def test_reservoirs_a_few_floats_apart(steps):
    mu = 1.5e-3
    upper = mu + steps * np.spacing(mu)
    exact = float(sv.conductance(qpc, mu=mu)) * (upper - mu)
    I = sv.current(qpc, ends(upper, mu)).sel(lead="left")  # noqa: E741
    assert abs(float(I) - exact) <= float(I.error) + 1e-12 * exact
    assert float(I.error) < 4 / steps * exact
    heat = sv.dissipation(qpc, ends(upper, mu)).sum()
    assert abs(float(heat) - exact * (upper - mu)) <= 4 / steps * exact * (upper - mu)


@pytest.mark.parametrize("temperatures", [(1e-18, 0.0), (1e-20, 1e-18), (1e-16, 1e-9)])
def test_temperatures_beside_which_mu_is_coarse(temperatures):
    I = sv.current(qpc, ends(1.5e-3, 1.5e-3, *temperatures))  # noqa: E741
    assert np.abs(I.values).max() <= float(I.error.max()) <= 1e-15 * sv.G0
