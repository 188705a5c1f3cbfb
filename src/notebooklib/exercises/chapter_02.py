"""Checks for the exercises of chapter 2, mathematical analysis."""

from functools import partial

import numpy as np

from notebooklib.exercises import compare, compare_function, exercise, misfit


@exercise("2.1", "Both terms of the product rule, and the inner derivative 2x in the second.")
def product_and_chain(answer) -> str:
    return compare(answer, 32.0, "the derivative", slips={
        "The second term lacks the inner derivative: (1 + x²)³ changes by 3(1 + x²)² · 2x.": 20,
        "That is the second term of the product rule alone. x itself changes, too.": 24,
        "That is 3(1 + x²)², the outer derivative alone.": 12,
        "That is the first term of the product rule alone; the second factor changes, too.": 8,
    })  # fmt: skip


FUNCTIONS = [
    (np.sin, np.cos, 1.0),
    (np.exp, np.exp, 0.0),
    (np.square, lambda x: 2 * x, 1e6),
    (np.square, lambda x: 2 * x, -1e6),
    (np.log, lambda x: 1 / x, 1.0),
    (np.cos, lambda x: -np.sin(x), -2.0),
]


@exercise("2.2", "A step that grows with x: the curve and the rounding cost about the same.")
def slope(answer) -> str:
    if not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."
    for f, exact, x in FUNCTIONS:
        shown, asked = f"slope({f.__name__}, {x:g})", []
        got = answer(lambda z, f=f, asked=asked: (asked.append(z), f(z))[1], x)
        if fault := misfit(got, (), shown):
            return fault
        if not asked:
            return f"{shown} does not ask f for a value."
        if any(np.all(z == x) for z in asked):
            return f"{shown} asks f at x itself: a one-sided quotient. Step to both sides."
        error = abs(complex(got) - exact(x)) / abs(exact(x))
        if error > 3e-7:
            fault = f"{shown} is off by {error:.0e} of itself: "
            large = "at a million a step of 1e-5 drowns. (And below 0?)"
            return fault + (large if abs(x) > 1e5 else "seven digits are asked for.")
    return ""


@exercise("2.3", "Only a 0/0 may be differentiated, as often as it stays one.")
def limits(answer) -> str:
    return compare(answer, [2.0, 0.5, 3.0], "the list of limits", slips={
        "The third is 6/2 at 0, no 0/0: L'Hôpital's rule does not apply to it.": [2, 0.5, 1],
        "The derivative of e²ˣ has the inner factor 2.": [1, 0.5, 3],
        "The second is 0/0 twice; the denominator's second derivative is 2.": [2, 1, 3],
        "The second is 0/0 still after one round: (eˣ − 1)/2x. Go on.": [2, 0, 3],
    })  # fmt: skip


def _input(f, y):
    low, high = 0.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) < y else (low, middle)
    return low


@exercise("2.4", "One over the slope, at the place that f takes to y.")
def inverse_slope(answer) -> str:
    cases = [
        (lambda x: x**3 + x, lambda x: 3 * x**2 + 1, 2.0),
        (lambda x: x**3 + x, lambda x: 3 * x**2 + 1, 30.0),
        (lambda x: np.exp(x / 3), lambda x: np.exp(x / 3) / 3, 4.0),
        (lambda x: 2 * x + np.sin(x), lambda x: 2 + np.cos(x), 11.0),
    ]

    def right(f, slope, y):
        return 1 / slope(_input(f, y))

    slips = {
        "That is 1/f′(y): the slope is needed at the input, f⁻¹(y).": lambda f, df, y: 1 / df(y),
        "That is the slope of f. The way back is one over it.": lambda f, df, y: df(_input(f, y)),
        "That is f⁻¹(y) itself; its derivative is asked for.": lambda f, df, y: _input(f, y),
    }
    describe = "f, slope, {2:g}".format
    return compare_function(answer, right, cases, describe=describe, slips=slips)


@exercise("2.5", "What the right wall gains, the left one loses: f(b) b′ = f(a) a′.")
def walls(answer) -> str:
    if not isinstance(answer, list | tuple) or len(answer) != 2 or not all(map(callable, answer)):
        return "A pair of two functions is asked for."
    grid = np.linspace(1, 3, 41)
    try:
        a, b = [[f(float(x)) for x in grid] for f in answer]
    except ZeroDivisionError:
        return "A wall breaks between 1 and 3: there it divides by 0. Choose a smaller area."
    if fault := misfit(a, (41,), "a(x)") or misfit(b, (41,), "b(x)"):
        return fault
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if not (np.all(a > 0) and np.all(a < b)):
        return "Both walls should be positive, and a(x) < b(x), for x between 1 and 3."
    if np.any(np.diff(a) <= 0) or np.any(np.diff(b) <= 0):
        return "Both walls should move to the right as x grows."
    area = 1 / a - 1 / b
    if np.ptp(area) > 1e-6 * min(np.ptp(1 / a), area.max()):
        return f"The area changes, from {area[0]:.6g} at x = 1 to {area[-1]:.6g} at x = 3."
    return ""


# ------------------------------------------------------------------ many variables, and series


@exercise("2.6", "One partial derivative for each variable; mixed ones are equal.")
def second_derivatives(answer) -> str:
    return compare(answer, [[4.0, 2.0], [2.0, 12.0]], "the Hessian", slips={
        "∂²f/∂x² = 2y, which is 4 at (1, 2).": [[2, 12], [12, 6]],
        "The mixed one is ∂/∂y of 2xy, that is 2x, which is 2 at (1, 2).": [[4, 4], [4, 12]],
        "x²y mixes both variables: its mixed derivative is 2x, not 0.": [[4, 0], [0, 12]],
    })  # fmt: skip


@exercise("2.7", "Backwards through the layers: the outer slopes times the inner Jacobian.")
def chained_gradient(answer) -> str:
    rng = np.random.default_rng(0)
    sizes = ((2, 3), (3, 3), (4, 2), (1, 2))
    cases = [tuple(map(rng.standard_normal, ((m, n), m, n))) for m, n in sizes]
    cases.append((1e-7 * cases[0][0], *cases[0][1:]))  # too small a slope for differences

    def by_z(A, b, x):
        return 2 * np.tanh(A @ x + b) * (1 - np.tanh(A @ x + b) ** 2)

    def describe(A, b, x):
        return f"A, b, {x.round(2).tolist()}"

    return compare_function(
        answer, lambda A, b, x: A.T @ by_z(A, b, x), cases, describe=describe, slips={
        "The outer square is missing: its derivative is 2 tanh.": lambda A, b, x: (
            A.T @ (1 - np.tanh(A @ x + b) ** 2)
        ),
        "The slope of tanh, 1 − tanh², is missing.": lambda A, b, x: A.T @ (2 * np.tanh(A @ x + b)),
        "Those are the derivatives by z = Ax + b; go on to x.": by_z,
    })  # fmt: skip


def _series(x, terms, sign=-1, first=1, more=0):
    total, term = 0.0, x**first
    for k in range(terms + more):
        total += term
        term *= sign * x * x / ((2 * k + 1 + first) * (2 * k + 2 + first))
    return total


@exercise("2.8", "Each new term is the last one times a small number: no power, no factorial.")
def sine_series(answer) -> str:
    cases = [(x, n) for x in (0.5, -2.0, 3.0) for n in (1, 2, 3, 6)]
    cases += [(10.0, 8), (10.0, 60), (1.0, 200), (100.0, 60)]
    return compare_function(answer, _series, cases, slips={
        "The signs must alternate: without that it is sinh.": partial(_series, sign=1),
        "That is the cosine's series, the even powers.": partial(_series, first=0),
        "One term too many: `terms` of them are asked for.": partial(_series, more=1),
        "One term too few: `terms` of them are asked for.": partial(_series, more=-1),
        "Those are the powers up to `terms`; so many *terms* are asked for.": lambda x, terms: (
            _series(x, (terms + 1) // 2)
        ),
        "The sine itself; a sum of so many terms is asked for.": lambda x, terms: np.sin(x),
    })  # fmt: skip


@exercise("2.9", "As far as the nearest trouble, in the complex plane.")
def radii(answer) -> str:
    right = [1.0, np.sqrt(10), 5.0]
    said = [
        (1, 3, "1/(1 + x²) breaks at ±i. The distance from 3 to i goes by Pythagoras."),
        (1, 1, "1/(1 + x²) breaks at ±i, and the centre is 3: by Pythagoras."),
        (0, 2, "ln x breaks at 0, and the centre is 1."),
        (2, 4, "The nearest zeros of x² − 6x + 25 are 3 ± 4i; the centre is 0."),
    ]
    slips = {why: [*right[:k], x, *right[k + 1 :]] for k, x, why in said}
    return compare(answer, right, "the list of radii", slips=slips)


# --------------------------------------------------------------------------------------- waves


@exercise("2.10", "A cosine with one turn: half for the arm each way, times N.")
def four_samples(answer) -> str:
    return compare(answer, [0.0, 2.0, 0.0, 2.0], "the list", slips={
        "The sum in (2.9) is not divided by √N or so: 1 − e^{−iπ} = 2.": [0, 1, 0, 1],
        "The sum in (2.9) is not divided by N: 1 − e^{−iπ} = 2.": [0, 0.5, 0, 0.5],
        "A real signal has twins: X[3] is the conjugate of X[1].": [0, 2, 0, 0],
        "k = 2 is 1, −1, 1, −1: half a turn each tick.": [0, 0, 2, 0],
        "X[0] is the sum of the samples, 0.": [2, 0, 2, 0],
    })  # fmt: skip


def _strongest(x, rate, skip=1, size=np.abs):
    size = size(np.fft.fft(x))[: len(x) // 2 + 1]
    return (skip + size[skip:].argmax()) * rate / len(x)


@exercise("2.11", "k turns in N/rate seconds are k · rate/N turns a second.")
def strongest(answer) -> str:
    cases = []
    right = np.pi / 2
    waves = [(64, 64, 5, 2), (200, 100, 12.5, 3.5), (81, 27, 4, right), (60, 8, 4.0, np.pi)]
    for seed, (N, rate, f, phase) in enumerate(waves):
        noise = np.random.default_rng(seed).normal(0, 0.1, N)
        wave = np.cos(2 * np.pi * f / rate * np.arange(N) + phase)
        cases.append((4 + wave + noise, float(rate)))
    slips = {
        "That is k = 0, the mean of the signal: no wave.": partial(_strongest, skip=0),
        "X[k] is complex; its real part depends on where the wave begins. Take its size.": (
            partial(_strongest, size=np.real)
        ),
        "That is the place k. The window is N/rate seconds long.": (
            lambda x, rate: _strongest(x, len(x))
        ),
        "That is k/N, turns a sample; multiply by the samples a second.": (
            lambda x, rate: _strongest(x, 1)
        ),
        "That is the negative twin, at N − k.": lambda x, rate: rate - _strongest(x, rate),
    }

    def describe(x, rate):
        return f"{len(x)} samples, {rate:g}"

    return compare_function(answer, _strongest, cases, describe=describe, slips=slips)


@exercise("2.12", "All frequencies alike, and no click: the phases make the difference.")
def flat_spectrum(answer) -> str:
    if fault := misfit(answer, (8,)):
        return fault
    x = np.asarray(answer, dtype=complex)
    if np.abs(x.imag).max() > 1e-9:
        return "The numbers should be real: phases of k and 8 − k must be opposite."
    k, size = max(enumerate(np.abs(np.fft.fft(x))), key=lambda pair: abs(pair[1] - 1))
    if abs(size - 1) > 2e-3:
        return f"|X[{k}]| is {size:.3f}, not 1."
    if np.count_nonzero(np.abs(x) > 1e-3) < 3:
        return "At least three of the numbers should differ from 0."
    return ""


# ------------------------------------------------------------------------ differential equations


@exercise("2.13", "3 and −2: a saddle. All states but those of one line run away.")
def flow_rates(answer) -> str:
    return compare(answer, [3.0, -2.0], "the pair", slips={
        "Those are trace and determinant: the eigenvalues' sum and product.": [1, -6],
        "Those are the diagonal entries. 2 and 3 beside them count as well.": [1, 0],
        "Their sum should be the trace, 1 + 0.": [2, -3],
        "Right, but the larger first.": [-2, 3],
    })  # fmt: skip


def _step(x, v, dt, a):
    new = v + dt * a(x, v)
    return np.array([x + dt * new, new])


@exercise("2.14", "One line changes its place, and the energy stays in bounds.")
def semi_implicit_step(answer) -> str:
    def pull(x, v):
        return -4.0 * x - 0.5 * v

    cases = [(1.0, 0.0, 0.1, pull), (0.5, -1.0, 0.2, pull), (-2.0, 3.0, 0.01, pull)]

    def moved_first(x, v, dt, a):
        return np.array([x + dt * v, v + dt * a(x + dt * v, v)])

    return compare_function(
        answer, _step, cases, describe="{:g}, {:g}, {:g}, a".format, slips={
        "That is forward Euler: the place should move with the new velocity.": (
            lambda x, v, dt, a: np.array([x + dt * v, v + dt * a(x, v)])
        ),
        "The place comes first in the pair.": lambda x, v, dt, a: _step(x, v, dt, a)[::-1],
        "The acceleration is that of the old state; here the place had moved already.": moved_first,
    })  # fmt: skip


@exercise("2.15", "dx²/2α; a grid twice as fine needs steps four times as small.")
def largest_step(answer) -> str:
    return compare(answer, 0.0625, "the step", slips={
        "That is dx²/α, r = 1: the zigzag then has the factor −3.": 0.125,
        "That is dx² or so: where is α, and the 2?": 0.25,
        "That is r = 1/4; up to 1/2 the scheme is stable.": 0.03125,
        "Dimensions: dx² over α is a time, dx is not.": 0.5,
    })  # fmt: skip
