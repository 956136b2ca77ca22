import numpy as np
import pytest

import sharvin as sv

qpc = sv.SaddlePoint(omega_x=1e-3, omega_y=3e-3)
three = sv.System.from_matrices([[0.0]], {name: (0.0, -1.0, [0]) for name in ("a", "b", "c")})


def test_zero_temperature_is_the_transmission_at_mu():
    mus = np.linspace(-1e-3, 1e-2, 12)
    G = sv.conductance(qpc, mu=mus)
    T = sv.scattering_matrix(qpc, mus).transmission("right", "left").values
    assert np.abs(G.values - sv.G0 * T).max() < 1e-18
    assert G.dims == ("mu",)
    assert float(G.temperature) == 0.0


def test_zero_and_finite_temperatures_in_one_array():
    mus = np.array([1.5e-3, 3e-3])
    G = sv.conductance(qpc, mu=mus, temperature=[1.0, 0.0, 0.1, 0.0])
    assert G.dims == ("temperature", "mu")
    cold = sv.conductance(qpc, mu=mus)
    assert np.array_equal(G.values[1], cold.values)
    assert np.array_equal(G.values[3], cold.values)
    for row, temperature in ((0, 1.0), (2, 0.1)):
        alone = sv.conductance(qpc, mu=mus, temperature=temperature)
        assert np.abs(G.values[row] / alone.values - 1).max() < 1e-9


def test_the_limit_of_low_temperature():
    G = [float(sv.conductance(qpc, mu=1.7e-3, temperature=T)) for T in (0.0, 1e-3)]
    assert G[1] == pytest.approx(G[0], rel=1e-6)
    assert G[1] != G[0]


@pytest.mark.parametrize("pair", [("b", "a"), ("a", "b"), ("c", "a"), ("a", "a")])
def test_leads_are_named_out_and_in(pair):
    G = sv.conductance(three, mu=0.0, lead_out=pair[0], lead_in=pair[1])
    T = 4 / 9 if pair[0] != pair[1] else 8 / 9  # with itself: N − R
    assert float(G) == pytest.approx(sv.G0 * T, rel=1e-12)
    assert (G.attrs["lead_out"], G.attrs["lead_in"]) == pair


def test_parameters_are_swept_in_front():
    G = sv.conductance(qpc, mu=[1e-3, 2e-3, 3e-3], temperature=[0.0, 1.0], omega_x=[1e-3, 2e-3], omega_y=3e-3)
    assert G.dims == ("omega_x", "temperature", "mu")
    assert G.shape == (2, 2, 3)
    other = sv.conductance(
        sv.SaddlePoint(omega_x=2e-3, omega_y=3e-3), mu=[1e-3, 2e-3, 3e-3], temperature=[0.0, 1.0]
    )
    assert np.abs(G.sel(omega_x=2e-3).values / other.values - 1).max() < 1e-12
    assert '"omega_y": 0.003' in G.attrs["parameters"]
    assert G.unitarity_error.dims == ("omega_x",)


def test_units_and_companions():
    G = sv.conductance(qpc, mu=[1e-3], temperature=1.0)
    assert G.attrs["units"] == "S"
    assert G.mu.attrs["units"] == "eV"
    assert G.temperature.attrs["units"] == "K"
    assert G.error.attrs["units"] == "S"
    assert 0 <= float(G.error.item()) < 1e-9 * sv.G0
    assert G.attrs["spin_degeneracy"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mu": np.nan}, "mu must be finite, in eV"),
        ({"mu": [0.0, np.inf]}, "mu must be finite, in eV"),
        ({"mu": "high"}, "mu must be a number or an array, in eV"),
        ({"mu": None}, "mu must be"),
        ({"mu": []}, "mu must be a number or a one-dimensional array"),
        ({"mu": [[0.0]]}, "mu must be a number or a one-dimensional array"),
        ({"mu": 1j}, "mu must be"),
        ({"mu": 0.0, "temperature": -1.0}, "temperature must be at least 0.0 K, got -1.0"),
        ({"mu": 0.0, "temperature": [1.0, -1e-9]}, "temperature must be at least"),
        ({"mu": 0.0, "temperature": np.nan}, "temperature must be finite, in K"),
        ({"mu": 0.0, "lead_out": "right"}, "both lead_out= and lead_in="),
        ({"mu": 0.0, "lead_out": "right", "lead_in": "lefft"}, 'did you mean "left"'),
        ({"mu": 0.0, "omegax": 1e-3}, 'did you mean "omega_x"'),
        ({"mu": 0.0, "omega_x": [[1e-3]]}, "omega_x"),
        ({"mu": 0.0, "omega_x": []}, "omega_x"),
        ({"mu": 0.0, "bias": 1e-3}, "use sharvin.current"),
        ({"mu": 0.0, "reservoirs": {}}, "use sharvin.current"),
    ],
)
def test_bad_inputs(arguments, message):
    with pytest.raises(sv.InputError, match=message):
        sv.conductance(qpc, **arguments)


def test_three_leads_need_names():
    with pytest.raises(sv.InputError, match="3 lead"):
        sv.conductance(three, mu=0.0)


@pytest.mark.parametrize("thing", [3.0, sv.Model(sv.lattice.chain(), sv.hopping(-1.0))])
def test_what_is_no_conductor_is_refused(thing):
    with pytest.raises(sv.InputError, match="expected a conductor"):
        sv.conductance(thing, mu=0.0)


def test_contact_resistance():
    assert sv.contact_resistance(1) == pytest.approx(sv.R0)
    assert sv.contact_resistance(4, spin_degeneracy=1) == pytest.approx(sv.R0 / 2)
    assert sv.contact_resistance([1, 2]).tolist() == pytest.approx([sv.R0, sv.R0 / 2])


@pytest.mark.parametrize("modes", [1.5, [1, 2.5], np.inf])
def test_contact_resistance_of_a_part_of_a_mode_is_refused(modes):
    with pytest.raises(sv.InputError, match="must be whole"):
        sv.contact_resistance(modes)
    assert sv.contact_resistance(2.0) == sv.contact_resistance(2)


@pytest.mark.parametrize("modes", [True, [True, 2], "1", 1 + 0j, None])
def test_contact_resistance_of_what_is_no_number_is_refused(modes):
    with pytest.raises(sv.InputError, match="must be a number"):
        sv.contact_resistance(modes)


@pytest.mark.parametrize("spin", [True, 1.0, [1, 2], np.array([2]), "2", None])
def test_contact_resistance_of_one_spin_degeneracy(spin):
    with pytest.raises(sv.InputError, match="spin_degeneracy must be 1 or 2"):
        sv.contact_resistance(1, spin_degeneracy=spin)


@pytest.mark.parametrize("modes", [0, -1, [1, 0], np.nan, []])
def test_contact_resistance_without_modes_is_refused(modes):
    with pytest.raises(sv.InputError, match="must be positive"):
        sv.contact_resistance(modes)


def test_contact_resistance_of_other_spins_is_refused():
    with pytest.raises(sv.InputError, match="1 or 2"):
        sv.contact_resistance(1, spin_degeneracy=3)


COLD = np.logspace(-20, -3, 35)


@pytest.mark.parametrize("mu", [1.5e-3, 1.7e-3, 3e-3])
def test_temperatures_beside_which_mu_is_coarse_have_honest_errors(mu):
    # kT is too small to smear the step of the contact: G is that of T = 0, and (πkT)²/6 T″ is below 1e-9.
    exact = float(sv.conductance(qpc, mu=mu))
    for temperature in COLD[COLD < 1e-5]:
        G = sv.conductance(qpc, mu=mu, temperature=temperature)
        assert abs(float(G) - exact) <= float(G.error) + 1e-12 * exact, temperature
        assert float(G.error) <= 2e-3 * exact


def test_what_floats_cannot_resolve_is_zero_temperature():
    G = sv.conductance(qpc, mu=[1.5e-3, 3e-3], temperature=[0.0, 1e-18, 1e-14, 1e-13])
    assert (G.values == G.values[0]).all()
    assert (G.error.values == G.error.values[0]).all()
    assert float(G.error.min()) > 0


def test_zero_and_finite_temperature_within_one_array_of_mu():
    # At mu = 0 every temperature is resolved, at 3 meV not.
    step = sv.TransmissionFunction(lambda E: np.where(E > 0, 0.8, 0.2), jumps=(0.0,))
    G = sv.conductance(step, mu=[0.0, 3e-3], temperature=1e-14) / sv.G0
    assert G.values == pytest.approx([0.5, 0.8], rel=1e-9)
