"""Checks for the exercises of chapter 3, mathematical statistics."""

from itertools import permutations

import numpy as np

from notebooklib import statistics as st
from notebooklib.exercises import compare, compare_function, exercise, misfit


def _chances(seed: int, n: int) -> np.ndarray:
    p = np.random.default_rng(seed).uniform(0.1, 1, n)
    return p / p.sum()


def _number(answer, expected, what: str, said: dict) -> str:
    """Compare numbers of which the last is the hard one, and name its usual slips."""
    fault = compare(answer, expected, what)
    if fault and not misfit(answer, np.shape(expected)):
        *first, last = np.atleast_1d(np.asarray(answer, dtype=float))
        if first == list(expected[:1] if first else []):
            return next((s for x, s in said.items() if np.isclose(x, last, atol=1e-3)), fault)
    return fault


@exercise("3.1", "Means add, and for independent parts so do variances; the root comes last.")
def wall(answer) -> str:
    said = {
        50: "50 mm is 25 times 2: all bricks would have to err to the same side, and all equally."
        " Variances add, not standard deviations.",
        100: "100 mm² is the variance of the wall. Take its root.",
        2: "2 mm is what a single brick varies by; a wall of 25 varies by more.",
        0.4: "0.4 mm is the standard deviation of the *average* brick, a 25th of the wall's.",
    }
    return _number(answer, [2000.0, 10.0], "the pair", said)


@exercise("3.2", "Shifted copies, each weighted by its chance: a convolution.")
def sum_of(answer) -> str:
    cases = [(_chances(k, k + 2), _chances(k + 3, 2 * k)) for k in (1, 2, 3)]
    slips = {"One of the two was reversed: that is X − Y.": lambda p, q: np.convolve(p, q[::-1])}
    return compare_function(answer, lambda p, q: np.convolve(p, q), cases, slips=slips)


def _edges(x):
    """Return how far the staircase is above Φ after each jump, and before it."""
    x, n = np.sort(x), len(x)
    after = np.searchsorted(x, x, side="right") / n - st.normal_cdf(x)
    return after, np.searchsorted(x, x, side="left") / n - st.normal_cdf(x)


@exercise("3.3", "Both edges of every stair, and the larger distance: Kolmogorov's statistic.")
def gap(answer) -> str:
    rng = np.random.default_rng(4)
    cases = [(rng.normal(size=n) + shift,) for n, shift in ((5, 1), (40, 0), (41, -0.5))]
    only = "You look at one edge of each stair only, the {} one. Mind the other too.".format
    slips = {
        only("upper"): lambda x: np.abs(_edges(x)[0]).max(),
        only("lower"): lambda x: np.abs(_edges(x)[1]).max(),
        "A distance has no sign: the staircase may also lie below Φ.": lambda x: _edges(x)[0].max(),
    }

    def largest(x):
        return np.abs(_edges(x)).max()

    def shown(x):
        return f"array of {len(x)} numbers"

    if fault := compare_function(answer, largest, cases, slips=slips, describe=shown):
        return fault
    ties = [(np.zeros(3),), (rng.choice([-1.0, 1.0], 20),)]
    return compare_function(answer, largest, ties, describe=shown)


@exercise("3.4", "Few values far apart, one of them rare: high stairs and skewness.")
def far_source(answer) -> str:
    if fault := misfit(answer, (10,), "the list of chances"):
        return fault
    p = np.asarray(answer, dtype=float)
    if p.min() < 0:
        return f"A chance is not negative; one of yours is {p.min():.3g}."
    if abs(p.sum() - 1) > 1e-6:
        return f"Chances add up to 1; yours add up to {p.sum():.6g}."
    p = p / p.sum()
    spread = np.sqrt(st.moments(np.arange(10), p)[1])
    if spread < 2 - 1e-9:
        return f"The standard deviation is {spread:.2f}; it should be at least 2."
    far = st.gap_to_normal(p, 30)
    return "" if far > 0.15 else f"The gap of the sum of 30 is {far:.3f}, not above 0.15."


@exercise("3.5", "Width times mean height, and an error that falls with the root of n.")
def monte_carlo(answer) -> str:
    if not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."
    cases = [
        (lambda x: x**2, 0.0, 3.0, 9.0, 3 * np.sqrt(81 / 5 - 9)),
        (lambda x: np.exp(-(x**2)), -2.0, 2.0, 1.7641627, 4 * np.sqrt(0.31329 - 0.44104**2)),
    ]
    for k, (f, low, high, area, spread) in enumerate(cases):
        shown, n = f"monte_carlo({('x²', 'e^(−x²)')[k]}, {low:g}, {high:g}, 4900, rng)", 4900
        try:
            rngs = (np.random.default_rng(k + seed) for seed in (1, 9, 1))
            got, other, again = (answer(f, low, high, n, rng) for rng in rngs)
        except Exception as error:
            return f"{shown} stops with {type(error).__name__}: {error}"
        if fault := misfit(got, (2,), shown):
            return fault
        estimate, error = np.asarray(got, dtype=float)
        true, width = spread / n**0.5, high - low
        if abs(estimate * width - area) < 6 * true:
            return "That is the mean height. The area is the mean height times the width."
        if abs(estimate - area) > 6 * true:
            return f"{shown} gives {estimate:.4g} for the area {area:.4g}, many errors off."
        slips = {
            spread: "That is the spread of single heights: divide by √n as well.",
            true / width: "The error must be multiplied by the width, like the area.",
            spread / n: "Divided by n: the error falls only with √n.",
            true**2: "That is the error's square, a variance: take the root.",
        }
        if abs(error / true - 1) > 0.1:
            told = f"{shown} states the error {error:.3g}; it is about {true:.3g}."
            return next((s for x, s in slips.items() if abs(error / x - 1) < 0.1), told)
        if np.asarray(other, dtype=float)[0] == estimate:
            return "Another generator gave the very same estimate: draw from `rng`."
        if np.asarray(again, dtype=float)[0] != estimate:
            return "The same generator gave another estimate: draw from `rng` and nothing else."
    return ""


@exercise("3.6", "np, and the root of np(1 − p).")
def count(answer) -> str:
    said = {
        16: "16 is the variance, np(1 − p). Take its root.",
        0.4: "0.4 is the standard deviation of a single trial; a hundred vary by more.",
        0.04: "0.04 belongs to the share of successes; the number is asked.",
        20**0.5: "√(np) forgets the factor 1 − p.",
    }
    return _number(answer, [20.0, 4.0], "the pair", said)


@exercise("3.7", "Exact sums, no simulation: an interval's promise can be counted.")
def covered(answer) -> str:
    cases = [(17, 0.5), (18, 0.5), (20, 0.05), (37, 0.35), (1, 0.5), (8, 0.99), (12, 0.3)]

    def counted(n, p, ends):
        k = np.arange(n + 1)
        middle = k / n
        half = 1.96 * np.sqrt(middle * (1 - middle) / n)
        if ends == "p":
            half = 1.96 * np.sqrt(p * (1 - p) / n) + 0 * middle
        held = (middle - half <= p) & (p <= middle + half)
        return held.mean() if ends == "mean" else st.binomial_pmf(n, p)[held].sum()

    slips = {
        "Wilson's interval holds that, or one with the true p. Here the root takes k/n.": "p",
        "Each k counts by its chance, not equally.": "mean",
    }
    slips = {said: (lambda n, p, ends=ends: counted(n, p, ends)) for said, ends in slips.items()}
    slips["That is the promise. What does the recipe hold?"] = lambda n, p: 0.95
    fault = compare_function(answer, lambda n, p: counted(n, p, ""), cases, slips=slips)
    names = getattr(getattr(answer, "__code__", None), "co_names", ())
    if not fault and (answer is st.coverage or "coverage" in names):
        return "The numbers are right, but `coverage` does the work: add the chances yourself."
    try:
        off = abs(float(answer(20, 0.05)) - counted(20, 0.05, "")) if fault else 0
    except Exception:
        return fault
    near = 1e-7 < off < 0.01
    return (
        "Close, but not exact: sum the chances, without simulating or rounding." if near else fault
    )


@exercise("3.8", "Odds 1 : 3, multiplied by 9, are 3 : 1.")
def three_quarters(answer) -> str:
    said = {
        0.9: "0.9 is P(B|A), the test's view. P(A|B) is asked.",
        9: "9 is the Bayes factor: it multiplies the odds, it is no chance.",
        3: "3 are the posterior odds, 3 : 1. Which chance is that?",
        0.225: "0.225 is P(A∩B), the area of the true alarms. Divide by all alarms.",
        0.3: "0.3 is P(B), the area of all alarms. Which share of it are true ones?",
        0.25: "0.25 is the prior; something was seen since.",
        75: "A chance is at most 1: write 0.75.",
    }
    return _number(answer, 0.75, "the posterior", said)


@exercise("3.9", "Odds of the target, divided by the Bayes factor, are the prior odds.")
def prevalence_for(answer) -> str:
    cases = [(0.5, 0.8, 0.9), (0.9, 0.95, 0.7), (0.2, 0.6, 0.999)]

    def prior(target, sensitivity, specificity, divide=True):
        factor = sensitivity / (1 - specificity)
        o = target / (1 - target) * factor ** (-1 if divide else 1)
        return o / (1 + o)

    slips = {
        "That is the posterior if `target` were the prior. Divide by the Bayes factor instead.": (
            lambda t, a, b: prior(t, a, b, divide=False)
        ),
        "Those are odds. Turn them into a chance: o/(1 + o).": (
            lambda t, a, b: t / (1 - t) * (1 - b) / a
        ),
        "P(B|¬A) is the false alarm rate, 1 − specificity.": (lambda t, a, b: prior(t, a, 1 - b)),
        "P(B|¬A) is 1 − specificity; and those are odds, not yet a chance.": (
            lambda t, a, b: t / (1 - t) * b / a
        ),
    }
    return compare_function(answer, prior, cases, slips=slips)


@exercise("3.10", "Multiply, then divide by the sum: Bayes for as many hypotheses as you like.")
def update(answer) -> str:
    cases = [
        (np.array([0.5, 0.5]), np.array([0.9, 0.1])),
        (_chances(5, 6), np.array([0.0, 1.0, 0.3, 0.2, 0.7, 0.1])),
    ]
    slips = {
        "The products must add up to 1: divide by their sum.": lambda p, q: p * q,
        "You normalised the likelihoods alone; each belongs multiplied by its prior.": (
            lambda p, q: q / q.sum()
        ),
    }
    return compare_function(answer, lambda p, q: p * q / (p @ q), cases, slips=slips)


@exercise("3.11", "Each outcome's surprise, weighed by its chance.")
def four_outcomes(answer) -> str:
    said = {
        2: "2 bits is the entropy of four *equal* chances; these differ.",
        2.25: "2.25 is the plain average of the four surprisals. Weigh each by its chance.",
        9: "9 is the sum of the four surprisals. Weigh each by its chance.",
        1.75 * np.log(2): "That is in nats: take the logarithm to base 2.",
        -1.75: "The sign: the logarithm of a chance is negative, surprise is not.",
    }
    return _number(answer, 1.75, "the entropy", said)


@exercise("3.12", "No word begins another, so the first that fits is the right one.")
def decode(answer) -> str:
    if not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."
    codes = [["0", "10", "11"], ["110", "0", "111", "10"], ["00", "01", "1"], ["0", "1"]]
    rng = np.random.default_rng(6)
    for words in codes:
        for length in (1, 7, 40, 0):
            letters = rng.integers(0, len(words), length).tolist()
            digits = "".join(words[k] for k in letters)
            call = f"decode({digits[:12]!r}, {words})"
            try:
                got = answer(digits, list(words))
            except Exception as error:
                return f"{call} stops with {type(error).__name__}: {error}"
            if isinstance(got, str) or not hasattr(got, "__len__"):
                return f"decode should return a list of numbers, but {type(got).__name__} came."
            if length and len(got) == length - 1 and list(got) == letters[:-1]:
                return "The last symbol is missing: it is complete when its word is."
            if len(got) != length:
                return f"{call} should have {length} symbols, but has {len(got)}."
            for place, (a, b) in enumerate(zip(got, letters, strict=True)):
                if a != b:
                    return f"{call}: the symbol at place {place} should not be {a!r:.20}."
    return ""


@exercise("3.13", "2.2 digits a symbol, 0.08 above the entropy; no code does better.")
def own_code(answer) -> str:
    p = np.array([0.4, 0.2, 0.2, 0.1, 0.1])
    if isinstance(answer, np.ndarray):
        answer = answer.ravel().tolist()
    if not isinstance(answer, list | tuple) or len(answer) != 5:
        return "Five code words are asked for, in a list."
    if any(not isinstance(w, str) or not w or set(w) - {"0", "1"} for w in answer):
        return "Each code word is a text of 0s and 1s, such as '101'."
    for a, b in permutations(answer, 2):
        if b.startswith(a):
            return f"{a!r} begins {b!r}: after reading {a!r} nobody knows whether to go on."
    if len(answer[0]) > 1:
        return "It can be read. But the most frequent symbol is to have a single digit."
    H, length = st.entropy(p), st.mean_length(p, answer)
    if length - H > 0.1:
        return f"It can be read, at {length:.2f} bits a symbol; the entropy is {H:.2f}."
    return ""
