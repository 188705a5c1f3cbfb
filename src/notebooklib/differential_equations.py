"""Change solved for: motion step by step, flows of the plane, heat, and the price of an option."""

import warnings
from collections.abc import Callable
from contextlib import suppress
from math import sin

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._validate import (
    Array,
    choice,
    finite,
    function,
    nonnegative,
    nonnegative_int,
    positive,
    positive_int,
    real_array,
    square_matrix,
    vector,
    within_float64,
)

Acceleration = Callable[[Array, Array], ArrayLike]
METHODS = ("euler", "rk4", "semi-implicit")

# ----------------------------------------------------------------------------------- motion


def simulate(
    acceleration: Acceleration, x: ArrayLike, v: ArrayLike, times: ArrayLike, method: str = "rk4"
) -> tuple[Array, Array]:
    """Return places and velocities at all times, in one pass over time.

    dx/dt = v,  dv/dt = a(x, v)

    Parameters
    ----------
    acceleration : callable
        a(x, v), of the shape of `x`. It is given arrays, or plain floats where x is one number,
        and must leave them as they are.
    x, v : array_like, any shape
        Where it starts and how fast, of one shape: one number, a thousand starts, several bodies.
    times : array_like, shape (T,)
        Increasing; the first is that of the start.
    method : {"euler", "rk4", "semi-implicit"}
        Forward Euler; Runge and Kutta's of order 4; Euler with the *new* velocity for the place.
        For ẍ = −k x they are stable for no step, for dt < 2.83/√k and for dt < 2/√k.

    Returns
    -------
    x : ndarray, shape (T,), then shape of x
        The places.
    v : ndarray, of that shape
        The velocities.

    Raises
    ------
    ValueError
        If the shapes differ, times do not increase, or the path leaves float64.

    Notes
    -----
    Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, sections I.7
    and II.1; Hairer, Lubich and Wanner, Geometric Numerical Integration, section I.1.

    Examples
    --------
    >>> x, v = simulate(lambda x, v: -9.8, 100, 0, [0, 1, 2])
    >>> x.round(6).tolist(), v.round(6).tolist()
    ([100.0, 95.1, 80.4], [0.0, -9.8, -19.6])
    """
    function(acceleration, "acceleration", takes=2)
    x, v, times = real_array(x, "x"), real_array(v, "v"), vector(times, "times")
    choice(method, "method", METHODS)
    if x.shape != v.shape:
        raise ValueError(f"v: expected the shape of x, {x.shape}, got {v.shape}")
    if np.any(np.diff(times) <= 0):
        raise ValueError(f"times: expected them to increase, got {times[:4].tolist()} …")
    first = real_array(acceleration(x.copy(), v.copy()), "acceleration(x, v)")
    if first.shape != x.shape:
        raise ValueError(f"acceleration: expected the shape of x, {x.shape}, got {first.shape}")
    motion = {"euler": _euler, "semi-implicit": _semi_implicit, "rk4": _rk4}[method]
    start = (x, v) if x.ndim else (float(x), float(v))  # floats are three times as fast
    xs, vs = [start[0]], [start[1]]
    with np.errstate(over="ignore", invalid="ignore"), suppress(ArithmeticError):
        motion(acceleration, *start, np.diff(times).tolist(), xs, vs)
    x, v = np.array(xs, dtype=np.float64), np.array(vs, dtype=np.float64)
    good = (np.isfinite(x) & np.isfinite(v)).reshape(len(xs), -1).all(axis=1)
    if len(xs) < times.size or not good.all():
        came = f"a path that leaves float64 before {times[np.append(good, False).argmin()]:g}"
        raise ValueError(f"times: expected smaller steps, or a tamer acceleration, got {came}")
    return x, v


def _euler(a, x, v, steps, xs, vs):
    for dt in steps:
        x, v = x + v * dt, v + a(x, v) * dt
        xs.append(x)
        vs.append(v)


def _semi_implicit(a, x, v, steps, xs, vs):
    for dt in steps:
        v = v + a(x, v) * dt
        x = x + v * dt
        xs.append(x)
        vs.append(v)


def _rk4(a, x, v, steps, xs, vs):
    for dt in steps:
        half, sixth = dt / 2, dt / 6
        a1 = a(x, v)
        v2 = v + half * a1
        a2 = a(x + half * v, v2)
        v3 = v + half * a2
        a3 = a(x + half * v2, v3)
        a4 = a(x + dt * v3, v + dt * a3)
        middle = a2 + a3
        x = x + dt * (v + sixth * (a1 + middle))  # v + 2 v2 + 2 v3 + v4, put together
        v = v + sixth * (a1 + 2 * middle + a4)
        xs.append(x)
        vs.append(v)


def pendulum(g: float = 9.8, L: float = 2.0, mu: float = 0.1) -> Acceleration:
    """Return the acceleration of a damped pendulum, as a function of angle and angular velocity.

    θ̈ = −μ θ̇ − (g/L) sin θ

    Parameters
    ----------
    g : float
        Gravity in m/s², above 0.
    L : float
        The length in m, above 0.
    mu : float
        Damping in 1/s; 0 for none.

    Returns
    -------
    callable
        θ, θ̇ ↦ θ̈ in rad/s²; θ is 0 where it hangs.

    Raises
    ------
    ValueError
        If `g` or `L` is not above 0, or `mu` is negative.

    Notes
    -----
    Source: Strogatz, Nonlinear Dynamics and Chaos, section 6.7; chapter 2.

    Examples
    --------
    >>> round(float(pendulum()(np.pi / 2, 1.0)), 3)
    -5.0
    """
    back, mu = -positive(g, "g") / positive(L, "L"), nonnegative(mu, "mu")

    def acceleration(theta, omega):
        try:  # a number, by the faster sine
            return back * sin(theta) - mu * omega
        except (TypeError, ValueError, DeprecationWarning):  # arrays; an infinite angle
            return back * np.sin(theta) - mu * omega

    return acceleration


def gravity(masses: ArrayLike, G: float = 1.0) -> Acceleration:
    """Return the acceleration of bodies that attract one another.

    v̇ᵢ = G Σⱼ mⱼ (xⱼ − xᵢ) / ‖xⱼ − xᵢ‖³

    Parameters
    ----------
    masses : array_like, shape (n,)
        Above 0.
    G : float
        The constant of gravitation, above 0.

    Returns
    -------
    callable
        x, v ↦ v̇, arrays of shape (n, d), a row for each body.

    Raises
    ------
    ValueError
        If a mass or `G` is not above 0.

    Notes
    -----
    Source: Newton's law; chapter 2.

    Examples
    --------
    >>> gravity([1, 3])(np.array([[0.0, 0], [2, 0]]), np.zeros((2, 2))).tolist()
    [[0.75, 0.0], [-0.25, 0.0]]
    """
    m, G = vector(masses, "masses"), positive(G, "G")
    if m.min() <= 0:
        raise ValueError(f"masses: expected numbers > 0, got {m.min():g}")

    def acceleration(x: Array, v: Array) -> Array:
        if len(x) != m.size:
            raise ValueError(f"x: expected {m.size} bodies, one for each mass, got {len(x)}")
        apart = x[None] - x[:, None]  # from body i to body j
        distance = np.linalg.norm(apart, axis=-1)
        np.fill_diagonal(distance, np.inf)
        return G * np.einsum("j,ijd->id", m, apart / distance[:, :, None] ** 3)

    return acceleration


def classify_flow(M: ArrayLike, *, tol: float = 1e-9) -> str:
    """Return what the flow of dv/dt = M v looks like around 0, from trace and determinant.

    λ = τ/2 ± √(τ²/4 − Δ) with the trace τ and the determinant Δ

    Parameters
    ----------
    M : array_like, shape (2, 2)
        The matrix.
    tol : float
        What counts as 0 when the largest entry of M is scaled to 1.

    Returns
    -------
    str
        "saddle", "sink", "source", "spiral sink", "spiral source", "centre", or "line" where
        the determinant is 0.

    Raises
    ------
    ValueError
        If M is not 2×2 or not finite.

    Notes
    -----
    Source: Strogatz, Nonlinear Dynamics and Chaos, section 5.2; chapter 2.

    Examples
    --------
    >>> classify_flow([[0, 1], [-4, 0]]), classify_flow([[0, 1], [-4, -1]])
    ('centre', 'spiral sink')
    """
    M, tol = square_matrix(M, "M", size=2), nonnegative(tol, "tol")
    (a, b), (c, d) = M / (np.abs(M).max() or 1)
    trace, determinant = a + d, a * d - b * c
    if abs(determinant) <= tol:
        return "line"
    if determinant < 0:
        return "saddle"
    if abs(trace) <= tol:
        return "centre"
    kind = "spiral " if trace**2 / 4 - determinant < -tol else ""
    return kind + ("sink" if trace < 0 else "source")


# ------------------------------------------------------------------------- heat and options


@within_float64
def heat(T: ArrayLike, alpha: float, dx: float, dt: float, steps: int) -> Array:
    """Return how heat flows along a rod whose ends are kept at their temperatures.

    Tᵢ(t + Δt) = Tᵢ + α Δt/Δx² (Tᵢ₊₁ − 2 Tᵢ + Tᵢ₋₁)

    Parameters
    ----------
    T : array_like, shape (n,)
        Temperatures along the rod, n ≥ 3.
    alpha : float
        Diffusivity in m²/s, above 0.
    dx, dt : float
        The steps in m and s, above 0. Stable for dt ≤ dx²/2α; beyond it a warning says so.
    steps : int
        How many steps in time, 0 to 1,000,000.

    Returns
    -------
    ndarray, shape (steps + 1, n)
        The temperatures at all times.

    Raises
    ------
    ValueError
        If there are fewer than three places, a number is not finite or a step not above 0.

    Notes
    -----
    Source: LeVeque, Finite Difference Methods for Ordinary and Partial Differential Equations,
    section 9.1; chapter 2.

    Examples
    --------
    >>> heat([0, 0, 8, 0, 0], 1, 1, 0.25, 2)[2].tolist()
    [0.0, 2.0, 3.0, 2.0, 0.0]
    """
    T, steps = vector(T, "T"), nonnegative_int(steps, "steps", most=1_000_000)
    alpha, dx, dt = positive(alpha, "alpha"), positive(dx, "dx"), positive(dt, "dt")
    if T.size < 3:
        raise ValueError(f"T: expected at least 3 places, got {T.size}")
    r = alpha * (dt / dx) / dx
    if r > 0.5 + 1e-12:
        limit = f"the limit is dx²/2α = {dx * (dx / (2 * alpha)):g}"
        warnings.warn(f"heat: a step of dt = {dt:g} is unstable, {limit}", stacklevel=3)
    found = np.empty((steps + 1, T.size))
    found[:] = T  # the ends stay
    for k in range(steps):
        found[k + 1, 1:-1] += r * np.diff(found[k], 2) + found[k, 1:-1] - T[1:-1]
    return found


def annual_volatility(prices: ArrayLike, days: float = 252) -> float:
    """Return the volatility of daily prices, scaled to a year.

    σ = s · √days, with the standard deviation s of ln(Sₖ₊₁/Sₖ)

    Parameters
    ----------
    prices : array_like, shape (n,)
        Closing prices of successive trading days, above 0, n ≥ 3.
    days : float
        Trading days in a year.

    Returns
    -------
    float
        σ per √year.

    Raises
    ------
    ValueError
        If there are fewer than three prices or one is not above 0.

    Notes
    -----
    Source: Hull, Options, Futures, and Other Derivatives, section 15.4; chapter 2.

    Examples
    --------
    >>> round(annual_volatility([100, 101, 100, 101], 252), 3)
    0.182
    """
    prices, days = vector(prices, "prices"), positive(days, "days")
    if prices.size < 3 or prices.min() <= 0:
        came = f"{prices.size} of them, the lowest {prices.min():g}"
        raise ValueError(f"prices: expected at least three numbers > 0, got {came}")
    return float(np.std(np.diff(np.log(prices)), ddof=1) * np.sqrt(days))


@within_float64
def black_scholes(S: ArrayLike, K: float, r: float, sigma: float, T: float) -> Array:
    """Return the price of a European call, in closed form.

    V = S Φ(d₁) − K e^{−rT} Φ(d₂),  d₁,₂ = [ln(S/K) + (r ± σ²/2) T] / (σ√T)

    Parameters
    ----------
    S : array_like, any shape
        Prices of the share, above 0.
    K : float
        The price at which it may be bought, above 0.
    r, sigma : float
        Interest a year; volatility per √year, above 0.
    T : float
        Years until then, above 0.

    Returns
    -------
    ndarray, shape of S
        What the right to buy is worth today.

    Raises
    ------
    ValueError
        If a price, `sigma` or `T` is not above 0, or a number overflows.

    Notes
    -----
    Source: Black and Scholes (1973), The Pricing of Options and Corporate Liabilities, eq. 13.

    Examples
    --------
    >>> round(float(black_scholes(100, 100, 0.05, 0.2, 1)), 4)
    10.4506
    """
    from scipy.special import ndtr

    S, K, r = real_array(S, "S"), positive(K, "K"), finite(r, "r")
    sigma, T = positive(sigma, "sigma"), positive(T, "T")
    if S.min() <= 0:
        raise ValueError(f"S: expected prices > 0, got {S.min():g}")
    spread = positive(sigma * np.sqrt(T), "sigma √T")
    d = (np.log(S) - np.log(K) + r * T) / spread
    return S * ndtr(d + spread / 2) - K * np.exp(-r * T) * ndtr(d - spread / 2)


@within_float64
def black_scholes_grid(
    K: float, r: float, sigma: float, T: float, places: int = 200, steps: int = 100
) -> tuple[Array, Array]:
    """Return the price of a European call from its differential equation, by finite differences.

    ∂V/∂t + r S ∂V/∂S + ½ σ² S² ∂²V/∂S² − r V = 0, backwards from V(S, T) = max(S − K, 0)

    Parameters
    ----------
    K, r, sigma, T : float
        As in `black_scholes`.
    places : int
        Steps in S from 0 to 4 K, a multiple of 4 (then K is a place), 8 to 4,000.
    steps : int
        Steps in time, 1 to 100,000; Crank and Nicolson's, stable for all. Few of them ring at
        the kink; σ√T above ½ feels the end at 4 K.

    Returns
    -------
    S : ndarray, shape (places + 1,)
        The prices of the share.
    V : ndarray, shape (steps + 1, places + 1)
        The price of the call; row k is k steps before the end.

    Raises
    ------
    ValueError
        If `K`, `sigma` or `T` is not above 0, or the numbers of steps do not fit.

    Notes
    -----
    Source: Wilmott, Howison and Dewynne, The Mathematics of Financial Derivatives, section 8.6.

    Examples
    --------
    >>> S, V = black_scholes_grid(100, 0.05, 0.2, 1)
    >>> round(float(V[-1, S == 100][0]), 2)
    10.44
    """
    from scipy.linalg import solve_banded

    K, r, sigma, T = positive(K, "K"), finite(r, "r"), positive(sigma, "sigma"), positive(T, "T")
    n, steps = positive_int(places, "places", most=4000), positive_int(steps, "steps", most=100_000)
    if n < 8 or n % 4:
        raise ValueError(f"places: expected a multiple of 4 from 8 on, got {n}")
    j, dt = np.arange(1, n), T / steps
    diffusion, drift = (sigma * j) ** 2 / 2, r * j / 2
    below, at, above = diffusion - drift, -2 * diffusion - r, diffusion + drift
    implicit = np.zeros((3, n - 1))  # 1 − ½ dt A, by diagonals
    implicit[0, 1:], implicit[1], implicit[2, :-1] = above[:-1], at, below[1:]
    implicit *= -dt / 2
    implicit[1] += 1
    S = np.linspace(0, positive(4 * K, "4 K"), n + 1)
    V = np.empty((steps + 1, n + 1))
    V[0] = np.maximum(S - K, 0)
    for k in range(steps):
        old, new = V[k], V[k + 1]
        new[0], new[-1] = 0, 4 * K - K * np.exp(-r * (k + 1) * dt)
        right = old[1:-1] + dt / 2 * (below * old[:-2] + at * old[1:-1] + above * old[2:])
        right[-1] += dt / 2 * above[-1] * new[-1]
        new[1:-1] = solve_banded((1, 1), implicit, right)
    return S, V
