"""Checks for the exercises of chapter 10, the recurrent architecture."""

import functools
import itertools

import numpy as np

from notebooklib.exercises import compare, compare_function, exercise, misfit


def _briefly(*given):
    """Write the arguments of a call; of long arrays the shape only."""
    shown = []
    for argument in given:
        long = isinstance(argument, np.ndarray) and argument.size > 8
        text = argument if isinstance(argument, str) else np.round(argument, 3)
        shown.append(f"shape {argument.shape}" if long else str(text))
    return ", ".join(shown)


_compared = functools.partial(compare_function, describe=_briefly)


def _flat(answer):
    """Return a function whose result, some arrays, comes as one row of numbers."""
    if not callable(answer) or isinstance(answer, type):
        return answer

    def joined(*given):
        got = answer(*given)
        if got is None or callable(got) or isinstance(got, str | dict):
            return got
        parts = itertools.islice(got, 10_000)  # an object may claim to hold any number of them
        return np.concatenate([np.asarray(_numbers(part), dtype=float).ravel() for part in parts])

    joined.__name__ = getattr(answer, "__name__", "answer")
    return joined


def _numbers(part):
    return part.detach().numpy() if hasattr(part, "detach") else part


@exercise("10.1", "What was said last counts in full; each step back halves the rest.")
def echo(answer) -> str:
    slips = {
        "The two are exchanged: what comes last is halved least.": (9, 6),
        "Nothing is forgotten in that: the state is halved before each new input.": (12, 12),
        "That is the last input alone; half of the state before comes with it.": (4, 8),
        "The same three numbers, but 8 is halved twice in one order and never in the other.": (
            6,
            6,
        ),
        "The last input is not halved: first the state, then the input is added.": (3, 4.5),
    }
    return compare(answer, [6, 9], slips=slips)


@exercise("10.2", "The weights are the same at each step, so a text of any length will do.")
def shapes(answer) -> str:
    slips = {
        "PyTorch keeps two biases and adds them; the formula has one.": (60, 12, 32),
        "The bias is missing: one for each of the 4 units.": (60, 12, 24),
        "All five steps use the same weights.": (60, 12, 140),
        "Each of the three texts ends in a state of its own.": (60, 4, 28),
        "The last state is that of the last step alone.": (60, 60, 28),
        "A state has 4 numbers, however many features go in.": (30, 12, 28),
        "There are three texts.": (20, 4, 28),
        "There are three texts, and a state after each step of each.": (20, 12, 28),
    }
    return compare(answer, [60, 12, 28], "the list of three", slips=slips)


def _run(x, W_x, W_h, b, *, bend=np.tanh, turned=False, bias=1.0, renew=True):
    h, states = np.zeros(len(b)), []
    for step in x:
        new = bend(W_x @ step + (W_h.T if turned else W_h) @ h + bias * b)
        states.append(new)
        h = new if renew else h
    return np.array(states)


def _draws(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return tuple(rng.standard_normal(shape) for shape in shapes)


@exercise("10.3", "One line in a loop: each state is made of the one before and of what comes in.")
def loop(answer) -> str:
    cases = [
        _draws((T, D), (H, D), (H, H), H, seed=T) for T, D, H in ((4, 2, 3), (7, 3, 2), (1, 1, 1))
    ]
    slips = {
        "W_h is transposed: the formula has W_h h.": dict(turned=True),
        "The tanh is missing.": dict(bend=lambda z: z),
        "The bias is missing.": dict(bias=0.0),
        "The state is not handed on: each step starts from zeros.": dict(renew=False),
    }
    slips = {why: lambda *g, how=how: _run(*g, **how) for why, how in slips.items()}
    slips["Only the last state comes back; all are asked for."] = lambda *g: _run(*g)[-1]
    why = "The zeros before the first step are no state of the text: leave them out."
    slips[why] = lambda *g: np.vstack([np.zeros(len(g[3])), _run(*g)])
    return _compared(answer, _run, cases, slips=slips)


@exercise("10.4", "A weight and a slope for each step: the product vanishes or explodes.")
def back_through_time(answer) -> str:
    cases = [
        (0.5, [0.9, -0.3, 0.1]),
        (2.0, [0.0, 0.2]),
        (-1.5, [0.5, 0.5, 0.99, 0.1]),
        (3.0, [0.5]),
    ]
    cases = [(w, np.array(h)) for w, h in cases]

    def oracle(w, states):
        return np.prod(w * (1 - states**2))

    slips = {
        "The slopes are missing: tanh passes on 1 − h² of a change.": lambda w, h: w ** len(h),
        "The weight belongs to each step.": lambda w, h: w * np.prod(1 - h**2),
        "The weights are missing: only the slopes are multiplied.": lambda w, h: np.prod(1 - h**2),
        "1 − tanh² of the state takes the tanh twice: the state is a tanh already.": (
            lambda w, h: np.prod(w * (1 - np.tanh(h) ** 2))
        ),
        "Factors of a chain are multiplied, not added.": lambda w, h: np.sum(w * (1 - h**2)),
    }
    return _compared(answer, oracle, cases, slips=slips)


@exercise("10.5", "Three quarters kept, a quarter written, and a quarter of it shown.")
def lstm_by_hand(answer) -> str:
    right = [1.0, 0.25 * np.tanh(1)]
    what = "the pair of c and h"
    if fault := misfit(answer, (2,), what):
        return fault
    got = np.asarray(answer, dtype=complex)
    if np.abs(got - right).max() < 6e-4:
        return ""
    slips = {
        (1.0, 0.25): "The cell state goes through a tanh before the output gate shows it.",
        (1.0, np.tanh(1)): "The output gate is missing: it shows a quarter.",
        (
            1.25,
            0.25 * np.tanh(1.25),
        ): "The input gate is missing: it lets half of the candidate in.",
        (0.75, 0.25 * np.tanh(0.75)): "Nothing was written: add input gate times candidate.",
    }
    for wrong, why in slips.items():
        if np.abs(got - wrong).max() < 6e-4:
            return why
    return compare(answer, right, what)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _step(x, h, c, W, b, *, order=(0, 1, 2, 3), first="h", bend=np.tanh, show=np.tanh):
    z = W @ np.concatenate([h, x] if first == "h" else [x, h]) + b
    parts = z.reshape(4, -1)
    f, i, g, o = (parts[k] for k in order)
    c = _sigmoid(f) * c + _sigmoid(i) * bend(g)
    return np.concatenate([_sigmoid(o) * show(c), c])


@exercise("10.6", "Four gates from one product, two lines of bookkeeping.")
def lstm_step(answer) -> str:
    cases = [_draws(D, H, H, (4 * H, H + D), 4 * H, seed=H) for D, H in ((2, 3), (3, 1), (1, 2))]
    slips = {
        "The rows come as forget, input, candidate, output; you took PyTorch's order.": dict(
            order=(1, 0, 2, 3)
        ),
        "The state stands before the input: W is applied to [h, x].": dict(first="x"),
        "The candidate is a tanh, not a gate.": dict(bend=_sigmoid),
        "The output gate shows tanh c, not c.": dict(show=lambda c: c),
    }
    slips = {why: lambda *g, how=how: _step(*g, **how) for why, how in slips.items()}
    slips["First h, then c: the two are exchanged."] = lambda *g: np.roll(_step(*g), len(g[1]))
    return _compared(_flat(answer), _step, cases, slips=slips)


@exercise("10.7", "For long times: to remember ten times as long, add ln 10, about 2.3.")
def bias_for(answer) -> str:
    def oracle(steps):
        return -np.log(np.expm1(np.log(2) / steps))

    slips = {
        "That is what the gate should let through; which bias makes σ give it?": (
            lambda steps: 2 ** (-1 / steps)
        ),
        "The sign is wrong: a gate that keeps more has a larger bias.": lambda steps: (
            -oracle(steps)
        ),
        "With that bias 1/e is left after so many steps, not a half.": (
            lambda steps: -np.log(np.expm1(1 / steps))
        ),
        "With that bias a half is lost at the first step: the kept share is to the power n.": (
            lambda steps: 0.0 * steps
        ),
    }
    return _compared(answer, oracle, [(1.0,), (2.0,), (10.0,), (100.0,)], slips=slips)


@exercise("10.8", "Three numbers open and close the gates: that is all a memory needs.")
def latch(answer) -> str:
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return "Two things are asked for: W with 4 rows and 3 columns, and b with 4 numbers."
    for part, shape, what in zip(answer, ((4, 3), (4,)), ("W", "b"), strict=True):
        if fault := misfit(part, shape, what):
            return fault
    W, b = (np.asarray(_numbers(part)).astype(complex).real for part in answer)
    rng, steps = np.random.default_rng(5), 200
    for marks in ([0], [3], [0, 100], [5, 6, 7], [50, 199]):
        values = rng.choice([-1.0, 1.0], steps)
        h = c = np.zeros(1)
        due = 0.0
        for t in range(steps):
            due = values[t] if t in marks else due
            with np.errstate(over="ignore"):
                h, c = _step(np.array([values[t], float(t in marks)]), h, c, W, b).reshape(2, 1)
            if due and not h[0] * due > 0.1:
                since = t - max(m for m in marks if m <= t)
                kind = "right at the mark" if since == 0 else f"{since} steps after its mark"
                return (
                    f"{kind.capitalize()} h is {h[0]:.2f}, where {due:+.0f} was to be remembered."
                )
    return ""


def _clip(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * min(1.0, limit / norm) if norm else g for g in grads]


@exercise("10.9", "One factor for all: the direction stays, the length is cut.")
def clip(answer) -> str:
    long, short = _draws((2, 3), 4, seed=1), _draws(3, (1, 2), 2, seed=2)
    cases = [(*long, 1.0), (*short, 0.5), (*long, 100.0), (np.zeros(2), 1.0)]

    def flat(function):  # of some arrays and a limit: the list is made anew for each call
        if not callable(function) or isinstance(function, type):
            return function
        joined = _flat(function)
        return functools.wraps(joined)(lambda *given: joined(list(given[:-1]), given[-1]))

    def always(grads, limit):
        norm = np.sqrt(sum(np.sum(g**2) for g in grads)) or 1.0
        return [g * limit / norm for g in grads]

    slips = {
        "Each array has a factor of its own: that turns the whole gradient.": (
            lambda grads, limit: [_clip([g], limit)[0] for g in grads]
        ),
        "Each entry is cut by itself: that turns the gradient.": (
            lambda grads, limit: [np.clip(g, -limit, limit) for g in grads]
        ),
        "A gradient shorter than the limit stays as it is; yours is stretched.": always,
    }
    slips = {why: flat(slip) for why, slip in slips.items()}
    return _compared(flat(answer), flat(_clip), cases, slips=slips)


def _windows(series, size, horizon):
    starts = range(len(series) - size - horizon + 1)
    X = np.array([series[k : k + size] for k in starts])
    return X, np.array([series[k + size + horizon - 1] for k in starts])


def _regression(train, test, size, horizon, *, constant=1.0, late=0, known=False):
    parts = [
        _windows(np.asarray(s), size, horizon + late) for s in (test if known else train, test)
    ]
    (X, y), (X_test, y_test) = parts
    X, X_test = (np.c_[A, np.full(len(A), constant)] for A in (X, X_test))
    return np.mean((X_test @ np.linalg.lstsq(X, y, rcond=None)[0] - y_test) ** 2)


@exercise("10.10", "Fitted on the past, judged on the future: whoever forecasts must beat this.")
def autoregression(answer) -> str:
    steps = np.arange(120)
    series = [3 + np.sin(steps / k) + 0.3 * _draws(120, seed=k)[0] for k in (3, 5)]
    cases = [(s[:80], s[80:], size, h) for s, size, h in zip(series, (4, 6), (1, 3), strict=True)]
    slips = {
        "The fit has seen the test: its coefficients come from the train series alone.": dict(
            known=True
        ),
        "The constant is missing: a column of ones beside the window.": dict(constant=0.0),
        "The target lies one step too far: horizon 1 is the value right after the window.": dict(
            late=1
        ),
    }
    slips = {why: lambda *g, how=how: _regression(*g, **how) for why, how in slips.items()}
    slips["That is the error of the last value, not of a fit."] = lambda train, test, size, h: (
        np.mean((_windows(test, size, h)[0][:, -1] - _windows(test, size, h)[1]) ** 2)
    )
    slips["The mean of the squared errors is asked for, without a root."] = lambda *g: (
        _regression(*g) ** 0.5
    )
    return _compared(answer, _regression, cases, slips=slips)


@exercise("10.11", "Spelling is paid letter by letter; the bill is comparable word by word.")
def nats_a_word(answer) -> str:
    texts = ["anna had a ring .", "ben the boy was in the inn . he had a cup ."]
    cases = [(np.abs(_draws(len(text) + 1, seed=len(text))[0]), text) for text in texts]

    def oracle(surprise, text):
        return surprise.sum() / (len(text.split()) + 1)

    slips = {
        "The end of the story is a token, too.": lambda s, text: s.sum() / len(text.split()),
        "That is the mean a letter.": lambda s, text: s.mean(),
        "That is the mean a letter, without the end.": lambda s, text: s[:-1].mean(),
        "The surprise at the end of the story is missing.": (
            lambda s, text: s[:-1].sum() / (len(text.split()) + 1)
        ),
        "That is the perplexity; asked for are nats.": lambda s, text: np.exp(oracle(s, text)),
        "That is in bits; asked for are nats.": lambda s, text: oracle(s, text) / np.log(2),
        "Dots are tokens, too.": (
            lambda s, text: s.sum() / (len(text.replace(".", " ").split()) + 1)
        ),
    }
    return _compared(answer, oracle, cases, slips=slips)
