"""Right answers and planted wrong ones to the exercises of chapter 3, and what is said."""

from fractions import Fraction

import numpy as np

from notebooklib import statistics as st


def largest_gap(sample):
    x = np.sort(sample)
    n = len(x)
    bell = st.normal_cdf(x)
    return max(np.max(np.arange(1, n + 1) / n - bell), np.max(bell - np.arange(n) / n))


def two_loops(p, q):
    total = [0.0] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            total[i + j] += a * b
    return total


def area(f, low, high, n, rng, scale=1.0, width=None, error=None):
    y = f(rng.uniform(low, high, n))
    width = high - low if width is None else width
    spread = y.std(ddof=1) if error is None else error(y)
    return width * y.mean(), (high - low) * scale * spread / np.sqrt(n)


def own_points(f, low, high, n, rng):
    return area(f, low, high, n, np.random.default_rng(0))


def held(n, p, z=1.96, fewer=0):
    share = np.arange(n + 1) / n
    inside = np.abs(share - p) <= z * np.sqrt(share * (1 - share) / max(n - fewer, 1))
    return float(st.binomial_pmf(n, p)[inside].sum())


def simulated(n, p):
    k = np.random.default_rng(0).binomial(n, p, 200_000) / n
    return np.mean(np.abs(k - p) <= 1.96 * np.sqrt(k * (1 - k) / n))


def read(digits, words):
    found = []
    while digits:
        k = next(k for k, word in enumerate(words) if digits.startswith(word))
        found.append(k)
        digits = digits[len(words[k]) :]
    return found


RARE = [0.94, *[0] * 8, 0.06]
RIGHT = {
    "3.1": [2000, 10],
    "3.2": two_loops,
    "3.3": largest_gap,
    "3.4": RARE,
    "3.5": area,
    "3.6": [20, 4],
    "3.7": held,
    "3.8": 0.75,
    "3.9": lambda t, a, b: 1 / (1 + a / (1 - b) * (1 - t) / t),
    "3.10": lambda prior, likelihood: prior * likelihood / (prior @ likelihood),
    "3.11": 1.75,
    "3.12": read,
    "3.13": ["1", "000", "001", "010", "011"],
}
WRONG = {  # two or more planted answers an exercise: the answer, and a word of what is said
    "3.1": [
        ([2000, 50], "Variances add"),
        ([2000, 100], "Take its root"),
        ([2000, 0.4], "average"),
        ([80, 10], "should not be|factor"),
        ([10, 2000], "wrong places"),
        (2000, "shape"),
    ],
    "3.2": [
        (lambda p, q: np.convolve(p, q[::-1]), "reversed"),
        (lambda p, q: np.convolve(p, q)[::-1], "wrong places|should not be"),
        (lambda p, q: np.convolve(p, q, mode="same"), "shape"),
        (lambda p, q: np.outer(p, q), "shape"),
        (lambda p, q: np.convolve(p, p), "shape|should not be"),
    ],
    "3.3": [
        (lambda x: np.abs([np.mean(x <= v) - st.normal_cdf(v) for v in x]).max(), "the upper one"),
        (lambda x: np.abs([np.mean(x < v) - st.normal_cdf(v) for v in x]).max(), "the lower one"),
        (lambda x: abs(x.mean()), "should not be"),
        (lambda x: (np.arange(1, len(x) + 1) / len(x) - st.normal_cdf(np.sort(x))).max(), "sign"),
    ],
    "3.4": [
        ([0.5, *[0] * 8, 0.5], "gap"),
        ([0.98, *[0] * 8, 0.02], "standard deviation"),
        ([1.0, *[0] * 8, 0.5], "add up"),
        ([1.06, *[0] * 8, -0.06], "not negative"),
        ([0.5, 0.5], "shape"),
    ],
    "3.5": [
        (lambda f, a, b, n, rng: area(f, a, b, n, rng, width=1), "mean height"),
        (lambda f, a, b, n, rng: area(f, a, b, n, rng, np.sqrt(n)), "single heights"),
        (lambda f, a, b, n, rng: area(f, a, b, n, rng, 1 / np.sqrt(n)), "only with √n"),
        (lambda f, a, b, n, rng: area(f, a, b, n, rng, 1 / (b - a)), "multiplied by the width"),
        (lambda f, a, b, n, rng: area(f, a, b, n, rng, 3), "states the error"),
        (lambda f, a, b, n, rng: area(f, a, b, n, rng)[0], "shape"),
        (lambda f, a, b, n, rng: (2 * area(f, a, b, n, rng)[0], 0.1), "errors off"),
        (own_points, "draw from `rng`"),
        (lambda f, a, b, n, rng: area(f, a, b, n, np.random), "and nothing else"),
    ],
    "3.6": [([20, 16], "Take its root"), ([20, 0.4], "single trial"), ([80, 4], "index 0")],
    "3.7": [
        (simulated, "simulating"),
        (lambda n, p: 0.95, "the promise"),
        (lambda n, p: round(held(n, p), 2), "rounding"),
        (lambda n, p: held(n, p, 2), "should not be"),
        (lambda n, p: held(n, p, 1.96, 1), "should not be|Close"),
        (
            lambda n, p: st.binomial_pmf(n, p)[
                np.abs(np.arange(n + 1) / n - p) <= 1.96 * np.sqrt(p * (1 - p) / n)
            ].sum(),
            "true p",
        ),
        (st.coverage, "does the work"),
        (lambda n, p: st.coverage(n, p), "does the work"),
    ],
    "3.8": [
        (0.9, "test's view"),
        (9, "Bayes factor"),
        (3, "odds"),
        (0.225, "Divide"),
        (0.3, "share"),
        (75, "at most 1"),
    ],
    "3.9": [
        (lambda t, a, b: t / (1 - t) * (1 - b) / a, "chance"),
        (lambda t, a, b: st.posterior(t, a, 1 - b), "if `target`"),
        (lambda t, a, b: 1 / (1 + a / b * (1 - t) / t), "false alarm rate"),
        (lambda t, a, b: 1 / (1 + (1 - b) / a * (1 - t) / t), "if `target`"),
        (lambda t, a, b: t / (1 - t) * b / a, "1 − specificity; and"),
    ],
    "3.10": [
        (lambda p, q: p * q, "divide by their sum"),
        (lambda p, q: q / q.sum(), "multiplied by its prior"),
        (lambda p, q: (p + q) / (p + q).sum(), "should not be"),
        (lambda p, q: p, "should not be"),
    ],
    "3.11": [
        (2, "equal"),
        (2.25, "Weigh"),
        (9, "Weigh"),
        (1.75 * np.log(2), "nats"),
        (-1.75, "sign"),
    ],
    "3.12": [
        (lambda digits, words: read(digits, words)[::-1], "should not be"),
        (lambda digits, words: read(digits, words)[:-1], "last symbol"),
        (lambda digits, words: "".join(map(str, read(digits, words))), "list of numbers"),
        (lambda digits, words: [words.index(d) for d in digits], "stops with"),
        (lambda digits, words: [0] * len(read(digits, words)), "should not be"),
    ],
    "3.13": [
        (["0", "1", "10", "11", "100"], "begins"),
        (["0", "100", "101", "110", "1110"], "entropy is"),
        (["000", "001", "010", "011", "100"], "single digit"),
        (["0", "10", "110", "1110"], "Five"),
        (["0", "10", "110", "1110", "2"], "0s and 1s"),
        (["00", "00", "01", "10", "11"], "begins"),
        (["00", "01", "10", "110", "111"], "single digit"),
    ],
}
ALSO_RIGHT = {
    "3.1": [(2000.0, np.sqrt(100)), [[2000], [10]][0] + [10]],
    "3.2": [np.convolve, lambda p, q: np.convolve(q, p)],
    "3.4": [[0.06, *[0] * 8, 0.94]],
    "3.8": [Fraction(3, 4)],
    "3.10": [lambda p, q: [a * b / sum(p * q) for a, b in zip(p, q, strict=True)]],
    "3.12": [lambda digits, words: np.array(read(digits, words))],
    "3.13": [("1", "01", "001", "0000", "0001"), np.array(["0", "10", "110", "1110", "1111"])],
}
