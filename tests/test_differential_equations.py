"""Motion, flows, heat and options, against SciPy, closed forms and what is conserved."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as hypo
from scipy import integrate, linalg

from notebooklib import differential_equations as de

# ----------------------------------------------------------------------------------- motion


def notes_theta(t, mu=0.1, g=9.8, L=2):
    """Return what the lecture notes compute, word for word."""
    theta, theta_dot, delta_t = np.pi / 3, 0, 0.01
    for _ in np.arange(0, t, delta_t):
        theta_double_dot = -mu * theta_dot - (g / L) * np.sin(theta)
        theta += theta_dot * delta_t
        theta_dot += theta_double_dot * delta_t
    return theta


def energy(theta, omega, g=9.8, L=2):
    return omega**2 / 2 + g / L * (1 - np.cos(theta))


def test_euler_is_the_notes_function_at_all_times_in_one_pass():
    times = np.arange(401) / 100
    theta, _ = de.simulate(de.pendulum(), np.pi / 3, 0, times, "euler")
    for k in (1, 2, 100, 250, 400):
        assert np.isclose(theta[k], notes_theta(times[k] - 0.005), atol=1e-12)


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("semi-implicit", 1), ("rk4", 4)])
def test_the_order_of_convergence(method, order):
    found = integrate.solve_ivp(
        lambda t, y: [y[1], de.pendulum()(y[0], y[1])],
        (0, 2),
        [1.0, 0.5],
        rtol=1e-12,
        atol=1e-13,
    ).y[:, -1]
    errors = []
    for steps in (100, 200, 400):
        x, v = de.simulate(de.pendulum(), 1.0, 0.5, np.linspace(0, 2, steps + 1), method)
        errors.append(np.hypot(x[-1] - found[0], v[-1] - found[1]))
    assert np.allclose(np.log2(np.divide(errors[:-1], errors[1:])), order, atol=0.15)


def test_e_ma_6_forward_euler_gains_energy_and_the_others_do_not():
    times = np.arange(6001) / 100
    start = energy(np.pi / 3, 0)
    last = {}
    for method in de.METHODS:
        e = energy(*de.simulate(de.pendulum(mu=0), np.pi / 3, 0, times, method)) / start
        last[method] = e[-1], np.abs(e - 1).max()
    assert np.isclose(last["euler"][0], 4.40, atol=0.01)
    assert 0.005 < last["semi-implicit"][1] < 0.03
    assert last["rk4"][1] < 1e-6


def test_e_ma_6_the_notes_take_a_step_too_many_and_end_with_the_wrong_sign():
    counts = [len(np.arange(0, k / 100, 0.01)) for k in range(2000)]
    assert sum(a != b for b, a in enumerate(counts)) == 68
    assert next(k for k, count in enumerate(counts) if k != count) == 7
    exact = integrate.solve_ivp(
        lambda t, y: [y[1], de.pendulum()(y[0], y[1])],
        (0, 60),
        [np.pi / 3, 0],
        rtol=1e-10,
        atol=1e-12,
    ).y[0, -1]
    assert np.isclose(notes_theta(60), -0.0363, atol=5e-4)
    assert np.isclose(exact, 0.0401, atol=5e-4)
    path = de.simulate(de.pendulum(), np.pi / 3, 0, np.arange(6001) / 100)[0]
    assert np.isclose(path[-1], exact, atol=1e-6)


def test_e_ma_5_a_stiffness_of_omega_swings_with_its_root():
    times = np.linspace(0, 5, 2001)
    x, _ = de.simulate(lambda x, v: -3 * x, 1, 0, times)
    assert np.allclose(x, np.cos(np.sqrt(3) * times), atol=1e-9)


@pytest.mark.parametrize("method", de.METHODS)
@pytest.mark.parametrize("start", [1.0, [1.0, 1.0]])
@pytest.mark.parametrize(
    "acceleration",
    [
        lambda x, v: x * 1e200,
        lambda x, v: x**9,
        lambda x, v: 1 / (1 - (x > 3)),
        de.pendulum(mu=1e9),
    ],
)
def test_a_path_that_leaves_float64_is_refused(method, start, acceleration):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="leaves float64 before [0-9]"):
        de.simulate(acceleration, start, np.ones_like(start), np.arange(200) * 0.25, method)


@pytest.mark.parametrize("method", de.METHODS)
def test_a_thousand_starts_at_once_are_what_each_is_alone(method):
    rng = np.random.default_rng(0)
    x, v = rng.uniform(-3, 3, (2, 1000))
    times = np.cumsum(rng.uniform(0.01, 0.1, 30))
    xs, vs = de.simulate(de.pendulum(), x, v, times, method)
    assert xs.shape == vs.shape == (30, 1000)
    for k in (0, 500, 999):
        alone = de.simulate(de.pendulum(), x[k], v[k], times, method)
        assert np.allclose(alone, (xs[:, k], vs[:, k]), atol=1e-12)


def test_one_start_in_an_array_is_that_start():
    alone = de.simulate(de.pendulum(), 1.0, 0.5, [0, 0.1, 0.3])
    inside = de.simulate(de.pendulum(), [1.0], [0.5], [0, 0.1, 0.3])
    assert np.allclose(np.array(inside)[..., 0], alone, atol=1e-15)


def test_free_fall_is_a_parabola():
    times = np.linspace(0, 3, 7)
    y, v = de.simulate(lambda x, v: -9.8, 100, 5, times)
    assert np.allclose(y, 100 + 5 * times - 4.9 * times**2)
    assert np.allclose(v, 5 - 9.8 * times)


def test_two_bodies_keep_energy_momentum_and_angular_momentum():
    m, G = np.array([3.0, 1.0]), 2.0
    x, v = np.array([[0.0, 0], [1, 0]]), np.array([[0.0, -0.6], [0, 2.0]])
    xs, vs = de.simulate(de.gravity(m, G), x, v, np.linspace(0, 10, 20001))
    apart = np.linalg.norm(xs[:, 1] - xs[:, 0], axis=1)
    energy = (m * (vs**2).sum(-1)).sum(-1) / 2 - G * m.prod() / apart
    momentum = np.einsum("i,tid->td", m, vs)
    turning = np.einsum("i,ti->t", m, xs[..., 0] * vs[..., 1] - xs[..., 1] * vs[..., 0])
    for kept in (energy, momentum, turning):
        assert np.abs(kept - kept[0]).max() < 1e-8
    assert np.ptp(apart) > 0.1


def test_gravity_of_three_bodies_is_newtons():
    rng = np.random.default_rng(0)
    m, x = rng.uniform(1, 2, 3), rng.standard_normal((3, 3))
    found = de.gravity(m, 0.5)(x, 0 * x)
    for i in range(3):
        pulls = [
            m[j] * (x[j] - x[i]) / np.linalg.norm(x[j] - x[i]) ** 3 for j in range(3) if j != i
        ]
        assert np.allclose(found[i], 0.5 * np.sum(pulls, axis=0))


def test_bodies_and_masses_must_agree():
    with pytest.raises(ValueError, match="x: expected 1 bodies, one for each mass, got 2"):
        de.gravity([2.0])(np.eye(2), np.eye(2))


def test_what_simulate_refuses():
    def still(x, v):
        return 0 * x

    with pytest.raises(ValueError, match="times: expected them to increase"):
        de.simulate(still, 0, 0, [0, 1, 1])
    with pytest.raises(ValueError, match="v: expected the shape of x"):
        de.simulate(still, [0, 1], 0, [0, 1])
    with pytest.raises(ValueError, match="acceleration: expected the shape of x"):
        de.simulate(lambda x, v: np.ones(3), 0, 0, [0, 1])
    with pytest.raises(ValueError, match="times: expected smaller steps"):
        de.simulate(lambda x, v: x**3, 2.0, 0, np.arange(20.0))


# ------------------------------------------------------------------------------------ flows


@given(hypo.lists(hypo.integers(-4, 4), min_size=4, max_size=4))
def test_the_kind_of_a_flow_is_read_off_its_eigenvalues(entries):
    M = np.reshape(entries, (2, 2))
    kind = de.classify_flow(M)
    one, other = np.linalg.eigvals(M)
    real = sorted((one.real, other.real))
    if kind == "line":
        assert round(np.linalg.det(M)) == 0
    elif kind == "saddle":
        assert real[0] < 0 < real[1]
    elif kind == "centre":
        assert abs(one.imag) > 0.5 and np.allclose(real, 0, atol=1e-7)
    else:
        assert (abs(one.imag) > 1e-3) == kind.startswith("spiral")
        assert real[0] * real[1] > 0 and (real[0] < 0) == kind.endswith("sink")


def test_e_ma_4_the_derivative_of_the_matrix_exponential():
    M, h = np.array([[0.1, 1.0], [-2.0, -0.3]]), 1e-5
    slope = (linalg.expm(M * (1 + h)) - linalg.expm(M * (1 - h))) / (2 * h)
    assert np.allclose(slope, M @ linalg.expm(M), atol=1e-8)


# ------------------------------------------------------------------------------------- heat


def test_a_sine_of_heat_decays_as_it_should():
    n = 101
    x = np.linspace(0, 1, n)
    dx, alpha = x[1], 0.3
    dt = 0.4 * dx**2 / alpha
    T = de.heat(np.sin(2 * np.pi * x), alpha, dx, dt, 400)
    want = np.exp(-alpha * (2 * np.pi) ** 2 * 400 * dt) * np.sin(2 * np.pi * x)
    assert np.allclose(T[-1], want, atol=2e-3)
    exact = (1 - 4 * 0.4 * np.sin(np.pi * dx) ** 2) ** 400 * np.sin(2 * np.pi * x)
    assert np.allclose(T[-1], exact, atol=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("alpha", "dx"), [(1, 0.1), (1, 0.025), (2, 0.1)])
def test_the_limit_itself_is_no_reason_to_warn(alpha, dx):
    de.heat([0, 1, 0], alpha, dx, dx**2 / (2 * alpha), 1)


def test_beyond_the_limit_a_warning_names_it_and_the_heat_explodes():
    spike = np.zeros(21)
    spike[10] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calm = de.heat(spike, 1, 0.1, 0.005, 200)
    assert np.all(calm >= 0) and calm.sum(axis=1).max() <= 1 + 1e-12
    with pytest.warns(UserWarning, match=r"limit is dx²/2α = 0.005"):
        wild = de.heat(spike, 1, 0.1, 0.0055, 200)
    assert np.abs(wild[-1]).max() > 1e6


def test_the_ends_stay_and_a_straight_line_is_at_rest():
    line = np.linspace(3, 7, 9)
    assert np.allclose(de.heat(line, 1, 1, 0.4, 50), line)
    with pytest.raises(ValueError, match="T: expected at least 3 places, got 2"):
        de.heat([1, 2], 1, 1, 0.1, 1)


# ---------------------------------------------------------------------------------- options


def test_the_closed_form_is_the_mean_of_what_is_paid():
    S, K, r, sigma, T = 90.0, 100.0, 0.03, 0.3, 0.7

    def paid(z):
        end = S * np.exp((r - sigma**2 / 2) * T + sigma * np.sqrt(T) * z)
        return max(end - K, 0) * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)

    mean = integrate.quad(paid, -12, 12, limit=200)[0] * np.exp(-r * T)
    assert np.isclose(de.black_scholes(S, K, r, sigma, T), mean, atol=1e-6)


def test_the_closed_form_solves_the_equation():
    K, r, sigma, T, S = 100, 0.05, 0.2, 1.0, np.array([70.0, 100, 130])

    def V(s, left):
        return de.black_scholes(s, K, r, sigma, left)

    h, k = 0.01, 1e-4
    by_time = -(V(S, T + k) - V(S, T - k)) / (2 * k)
    slope, bend = (
        (V(S + h, T) - V(S - h, T)) / (2 * h),
        np.diff([V(S - h, T), V(S, T), V(S + h, T)], 2, axis=0)[0] / h**2,
    )
    rest = by_time + r * S * slope + sigma**2 * S**2 * bend / 2 - r * V(S, T)
    assert np.abs(rest).max() < 1e-5


def test_the_grid_converges_to_the_closed_form_with_order_two():
    errors = []
    for n in (100, 200, 400):
        S, V = de.black_scholes_grid(100, 0.05, 0.2, 1, n, n)
        inside = (S > 50) & (S < 150)
        errors.append(
            np.abs(V[-1] - de.black_scholes(np.maximum(S, 1e-9), 100, 0.05, 0.2, 1))[inside].max()
        )
    assert np.allclose(np.log2(np.divide(errors[:-1], errors[1:])), 2, atol=0.2)
    assert errors[-1] < 0.005


def test_the_volatility_of_a_random_walk_is_found():
    rng = np.random.default_rng(0)
    prices = 100 * np.exp(np.cumsum(0.3 / np.sqrt(252) * rng.standard_normal(20_000)))
    assert np.isclose(de.annual_volatility(prices), 0.3, rtol=0.02)
    assert np.isclose(
        de.annual_volatility(prices, 365), de.annual_volatility(prices) * (365 / 252) ** 0.5
    )


def test_what_the_market_refuses():
    with pytest.raises(ValueError, match="prices: expected at least three numbers > 0"):
        de.annual_volatility([1, 2, 0])
    with pytest.raises(ValueError, match="S: expected prices > 0"):
        de.black_scholes(0, 1, 0, 1, 1)
    with pytest.raises(ValueError, match="places: expected a multiple of 4"):
        de.black_scholes_grid(1, 0, 1, 1, places=9)
