"""Right answers and planted wrong ones to the exercises of chapter 2, and what is said."""

from fractions import Fraction

import numpy as np

from notebooklib.analysis import jacobian


def slope(f, x, step=1e-5, relative=True):
    h = step * (max(abs(x), 1) if relative else 1)
    return (f(x + h) - f(x - h)) / (2 * h)


def where(f, y):
    low, high = 0.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) < y else (low, middle)
    return low


def layer(A, b, x, square=True, bend=True, bias=True, to_x=True):
    y = np.tanh(A @ x + b)
    by_z = 2 * y if square else np.ones(len(y))
    if bend:
        by_z = by_z * (1 - (y if bias else np.tanh(A @ x)) ** 2)
    return by_z @ A if to_x else by_z


def sine(x, terms, sign=-1, first=1):
    total, term = 0.0, x**first
    for k in range(terms):
        total += term
        term *= sign * x * x / ((2 * k + 1 + first) * (2 * k + 2 + first))
    return total


def strongest(x, rate, skip=1):
    size = np.abs(np.fft.fft(x))[: len(x) // 2 + 1]
    return (skip + size[skip:].argmax()) * rate / len(x)


def step(x, v, dt, a):
    v = v + dt * a(x, v)
    return x + dt * v, v


PHASES = np.array([0, 1, 2, 3, 0, -3, -2, -1])
FLAT = np.fft.ifft(np.exp(1j * PHASES)).real
RIGHT = {
    "2.1": 32,
    "2.2": slope,
    "2.3": [2, 0.5, 3],
    "2.4": lambda f, slope, y: 1 / slope(where(f, y)),
    "2.5": (lambda x: x, lambda x: 1 / (1 / x - 0.1)),
    "2.6": [[4, 2], [2, 12]],
    "2.7": layer,
    "2.8": sine,
    "2.9": [1, 10**0.5, 5],
    "2.10": [0, 2, 0, 2],
    "2.11": strongest,
    "2.12": FLAT,
    "2.13": [3, -2],
    "2.14": step,
    "2.15": 1 / 16,
}
WRONG = {  # two or more planted answers an exercise: the answer, and a word of what is said
    "2.1": [
        (20, "inner derivative"),
        (24, "second term"),
        (12, "outer derivative"),
        (8, "first term"),
        (-32, "sign"),
    ],
    "2.2": [
        (lambda f, x: (f(x + 1e-5) - f(x)) / 1e-5, "one-sided"),
        (lambda f, x: (f(x) - f(x - 1e-8)) / 1e-8, "one-sided"),
        (lambda f, x: np.cos(x), "does not ask"),
        (lambda f, x: slope(f, x, 1e-5 * max(x, 1), relative=False), "below 0"),
        (lambda f, x: slope(f, x, 1e-5, relative=False), "a million"),
        (lambda f, x: slope(f, x, 1e-12), "seven digits"),
        (lambda f, x: slope(f, x, 1e-2), "seven digits"),
        (lambda f, x: slope(f, x) * 2, "seven digits"),
        (lambda f, x: None, "return"),
        (0.54, "A function is asked for"),
    ],
    "2.3": [
        ([2, 0.5, 1], "does not apply"),
        ([1, 0.5, 3], "inner factor"),
        ([2, 1, 3], "second derivative"),
        ([2, 0, 3], "Go on"),
        ([2, 0.5], "shape"),
    ],
    "2.4": [
        (lambda f, slope, y: 1 / slope(y), "at the input"),
        (lambda f, slope, y: slope(where(f, y)), "The way back"),
        (lambda f, slope, y: where(f, y), "itself"),
        (lambda f, slope, y: 0.25, "should not be"),
    ],
    "2.5": [
        ((lambda x: x, lambda x: 2 * x), "The area changes"),
        ((lambda x: 1, lambda x: 2), "move to the right"),
        ((lambda x: 2 * x, lambda x: x), "a\\(x\\) < b\\(x\\)"),
        ((lambda x: x, lambda x: 1 / (1 / x - 0.5)), "divides by 0"),
        ((lambda x: 1 + 1e-7 * x, lambda x: 2 + 1e-7 * x), "The area changes"),
        ((lambda x: x, lambda x: x * (1 + 1e-12)), "The area changes"),
        ((lambda x: x, lambda x: 1 / (1 / x - 0.41)), "a\\(x\\) < b\\(x\\)"),
        ([1, 2], "pair of two functions"),
    ],
    "2.6": [
        ([[2, 12], [12, 6]], "4 at"),
        ([[4, 4], [4, 12]], "2 at"),
        ([[4, 0], [0, 12]], "mixes"),
        ([4, 13], "shape"),
    ],
    "2.7": [
        (lambda A, b, x: layer(A, b, x, square=False), "outer square"),
        (lambda A, b, x: layer(A, b, x, bend=False), "slope of tanh"),
        (lambda A, b, x: layer(A, b, x, bias=False), "should not be"),
        (lambda A, b, x: layer(A, b, x, to_x=False), "go on to x|shape"),
        (lambda A, b, x: -layer(A, b, x), "sign"),
        (lambda A, b, x: jacobian(lambda p: (np.tanh(A @ p + b) ** 2).sum(), x), "should|rounded"),
    ],
    "2.8": [
        (lambda x, terms: sine(x, terms, sign=1), "alternate|should not be"),
        (lambda x, terms: sine(x, terms, first=0), "cosine"),
        (lambda x, terms: sine(x, terms + 1), "too many"),
        (lambda x, terms: sine(x, terms - 1), "too few"),
        (lambda x, terms: np.sin(x), "itself"),
        (lambda x, terms: sine(x, min(terms, 20)), "should not be"),
        (lambda x, terms: sine(x, (terms + 1) // 2), "powers up to"),
    ],
    "2.9": [
        ([1, 3, 5], "Pythagoras"),
        ([1, 1, 5], "Pythagoras"),
        ([2, 10**0.5, 5], "breaks at 0"),
        ([1, 10**0.5, 4], "nearest zeros"),
    ],
    "2.10": [
        ([0, 1, 0, 1], "divided by √N"),
        ([0, 0.5, 0, 0.5], "divided by N"),
        ([0, 2, 0, 0], "twins"),
        ([0, 0, 2, 0], "half a turn"),
        ([2, 0, 2, 0], "sum of the samples"),
    ],
    "2.11": [
        (lambda x, rate: strongest(x, rate, 0), "mean"),
        (lambda x, rate: strongest(x, rate) * len(x) / rate, "place k"),
        (lambda x, rate: strongest(x, rate) / rate, "turns a sample"),
        (lambda x, rate: rate - strongest(x, rate), "twin"),
        (
            lambda x, rate: (1 + np.fft.rfft(x).real[1:].argmax()) * rate / len(x),
            "where the wave begins",
        ),
    ],
    "2.12": [
        ([1, 0, 0, 0, 0, 0, 0, 0], "three of the numbers"),
        (np.fft.ifft(np.exp(1j * np.arange(8))), "real"),
        (8 * FLAT, "not 1"),
        ([1, 1, 1], "shape"),
    ],
    "2.13": [([1, -6], "trace and"), ([1, 0], "diagonal"), ([-2, 3], "larger first")],
    "2.14": [
        (lambda x, v, dt, a: (x + dt * v, v + dt * a(x, v)), "forward Euler"),
        (lambda x, v, dt, a: step(x, v, dt, a)[::-1], "place comes first"),
        (lambda x, v, dt, a: (x + dt * v, v + dt * a(x + dt * v, v)), "old state"),
        (lambda x, v, dt, a: x, "shape"),
    ],
    "2.15": [(0.125, "r = 1"), (0.25, "where is α"), (0.03125, "1/4"), (0.5, "Dimensions")],
}
ALSO_RIGHT = {
    "2.1": [32.0, Fraction(32)],
    "2.2": [lambda f, x: slope(f, x, 3e-6), lambda f, x: slope(f, x, 1e-4)],
    "2.3": [(2, Fraction(1, 2), 3)],
    "2.5": [[lambda x: x / 2, lambda x: x / (2 - x / 2) if x < 0 else 1 / (2 / x - 0.2)]],
    "2.7": [lambda A, b, x: layer(A, b, x).tolist()],
    "2.8": [lambda x, terms: np.float64(sine(x, terms))],
    "2.9": [(1.0, np.sqrt(10), 5.0)],
    "2.10": [np.fft.fft([1, 0, -1, 0])],
    "2.12": [FLAT + 0j, -FLAT, np.roll(FLAT, 3).tolist()],
}
