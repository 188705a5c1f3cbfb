"""Checks for the exercises of chapter 8, the multilayer perceptron."""

import sys
from itertools import islice

import numpy as np

from notebooklib import mlp, optim
from notebooklib.exercises import compare, compare_function, exercise, misfit


@exercise("8.1", "Weigh, add the bias, then cut off what is negative.")
def one_layer(answer) -> str:
    if np.shape(answer) in ((2, 1), (1, 2)):  # a column or a row will do
        answer = np.ravel(answer)
    fault = compare(answer, [0, 3], "the output")
    if fault and not compare(answer, [-1, 3]):
        return "Nothing negative may come out: first the bias, then the cut, and −1 becomes 0."
    if fault and not compare(answer, [4, 0]):
        return "The weights are transposed: each node has a row of the matrix, not a column."
    if fault and not compare(answer, [0, 7]):
        return "The bias is missing: add it before you cut off what is negative."
    return fault


def _loops(answer) -> bool:
    """Say whether a function takes more steps of Python for more examples."""
    rng = np.random.default_rng(0)
    W, b, X = rng.standard_normal((3, 2)), rng.standard_normal(3), rng.standard_normal((40, 2))

    def steps(rows: int) -> int:
        count, before = 0, sys.gettrace()

        def trace(frame, event, arg):
            nonlocal count
            frame.f_trace_opcodes = True
            count += 1
            return trace

        sys.settrace(trace)
        try:
            answer(W.copy(), b.copy(), X[:rows].copy())
        finally:
            sys.settrace(before)
        return count

    few, many = (min(steps(rows) for _ in range(3)) for rows in (4, 40))  # what else runs may count
    return many > few + 36


@exercise("8.2", "One product serves the whole batch: X Wᵀ + b.")
def batch_layer(answer) -> str:
    rng = np.random.default_rng(0)
    cases = [
        (np.array([[1.0, -2.0], [3.0, 1.0]]), np.array([-1.0, -4.0]), np.array([[2.0, 1.0]])),
        *(
            (
                rng.integers(-4, 5, (m, n)).astype(float),
                rng.integers(-4, 5, m).astype(float),
                rng.integers(-4, 5, (batch, n)).astype(float),
            )
            for m, n, batch in ((2, 2, 3), (3, 2, 5), (2, 4, 1), (3, 3, 3))
        ),
    ]
    fault = compare_function(answer, lambda W, b, X: np.maximum(X @ W.T + b, 0), cases)
    if fault and not compare_function(answer, lambda W, b, X: X @ W.T + b, cases):
        return "The votes are right, but the bend is missing: negative ones become 0."
    if not fault and _loops(answer):
        return "The numbers are right, but a loop makes them: one product serves all the rows."
    return fault


@exercise("8.3", "With the largest vote taken off first, nothing can overflow.")
def stable_cross_entropy(answer) -> str:
    cases = [
        (np.array([0.0, 0.0]), 0),
        (np.array([1.0, 2.0, 0.5]), 1),
        (np.array([3.0, -1.0, 0.0, 2.0]), 3),
        (np.array([-2000.0, -2000.0]), 1),
        (np.array([1000.0, 0.0, -1000.0]), 0),
        (np.array([1000.0, 0.0, -1000.0]), 1),
        (np.array([20_000.0, 20_001.0]), 0),
    ]

    def oracle(z, k):
        return np.logaddexp.reduce(z) - z[k]

    with np.errstate(all="ignore"):
        fault = compare_function(answer, oracle, cases)
        agrees = [not compare_function(answer, oracle, [case]) for case in cases]
    if fault and all(agrees[:5]) and not agrees[5]:
        return "Nothing overflows any more, but a probability of 0 has no log: take log Σ eᶻ − z_k."
    if fault and all(agrees[:3]):
        return "Right for small votes, but exp overflows or vanishes: subtract the largest first."
    return fault


@exercise("8.4", "Folds multiply where creases in one layer only add.")
def nine_pieces(answer) -> str:
    if not isinstance(answer, mlp.Network):
        return f"A Network is asked for, but {type(answer).__name__} came."
    hidden = sum(answer.sizes[1:-1])
    if hidden > 6:
        return f"It has {hidden} hidden nodes; six at most are allowed."
    try:
        pieces = mlp.count_linear_pieces(answer)
    except ValueError as error:
        return f"Its pieces cannot be counted: {error}"
    return (
        ""
        if pieces >= 9
        else (f"It draws {pieces} piece{'s' * (pieces != 1)} on [0, 1]; nine are asked for.")
    )


@exercise("8.5", "The steepest direction sets the bound; momentum moves it out by 1 + β.")
def learning_rate_bounds(answer) -> str:
    fault = compare(answer, [0.04, 0.076], "the list of two bounds")
    slips = [
        ([1.0, 1.9], "That is the bound of the flattest direction; the steepest explodes first."),
        ([0.02, 0.038], "At 1/λ the factor 1 − ηλ is 0. The bound, where it is −1, is 2/λ."),
        ([0.04, 0.004], "The first is right. Momentum moves the bound out, by 1 + β."),
        ([0.04, 0.04], "The first is right. Momentum moves the bound: by which factor?"),
        ([0.04, 0.4], "The first is right. The second is its multiple by 1 + β, not 1/(1 − β)."),
        ([0.4, 0.76], "That is the bound of the middle direction; the steepest explodes first."),
        ([0.076, 0.04], "Without momentum comes first, and its bound is the lower one."),
    ]
    return next((says for slip, says in slips if fault and not compare(answer, slip)), fault)


@exercise("8.6", "Two counts: the corrections begin with t = 1, the schedule with t = 0.")
def adam(answer) -> str:
    valley, gorge = optim.bowl(10), optim.rosenbrock()
    cases = [
        (valley.gradient, np.array([-4.0, 1.0]), 0.1, 1),
        (valley.gradient, np.array([-4.0, 1.0]), 0.1, 2),
        (gorge.gradient, np.array([-1.2, 1.0]), 0.02, 40),
        (lambda x: 1e-8 * x, np.array([-3.0, 1.0]), 0.1, 3),  # of the size of ε
        (lambda x: np.array([2 * x[0], 0.0]), np.array([3.0, 1.0]), 0.1, 3),
    ]

    def oracle(grad, x0, lr, steps):
        return walk(grad, x0, lr, steps)

    def walk(grad, x0, lr, steps, correct=True, falls=True, first=0, early=0, inside=0.0, eps=1e-8):
        x, m, s = x0, 0 * x0, 0 * x0
        for t in range(1, steps + 1):
            g = grad(x)
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            a, b = (m / (1 - 0.9**t), s / (1 - 0.999**t)) if correct else (m, s)
            turned = np.pi * (t - 1 + first) / max(steps - early, 1)
            share = (1 + np.cos(turned)) / 2 if falls else 1
            with np.errstate(invalid="ignore"):
                x = x - lr * share * a / (np.sqrt(b + inside) + eps)
        return x

    def describe(grad, x0, lr, steps):
        return f"grad, {x0.tolist()}, {lr}, {steps}"

    def agrees(cases, **slip):
        def wrong(*case):
            return walk(*case, **slip)

        return not compare_function(answer, wrong, cases, describe=describe)

    with np.errstate(all="ignore"):
        fault = compare_function(answer, oracle, cases, describe=describe)
        if not fault or "gives nothing back" in fault or "stops with" in fault:
            return fault
        if agrees(cases[:3], correct=False):
            return "The averages start at 0: divide m by 1 − β₁ᵗ and s by 1 − β₂ᵗ."
        if agrees(cases[:3], falls=False):
            return "That is Adam at a constant rate: let the rate fall along the cosine."
        if agrees(cases[:3], first=1):
            return "The schedule is one step ahead: its first rate is η₀ = lr, for t = 0."
        if agrees(cases[1:3], early=1):
            return "The schedule is too quick: it reaches 0 at t = T, one step after the last."
        if agrees(cases[3:4], inside=1e-8, eps=0.0):
            return "The ε stands inside the root; it is asked for outside."
        if agrees(cases[3:4], eps=0.0):
            return "The ε is missing: where a gradient is 0, or tiny, it makes the difference."
    return fault


@exercise("8.7", "Four answers, not three: a semidefinite Hessian leaves it open.")
def classify(answer) -> str:
    if not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."
    spectra = {
        "minimum": [(2, 1), (1, 2, 3), (2, 1.2e-9), (3,)],
        "maximum": [(-1, -3), (-1, -2, -3), (-1, -2, -3, -4), (-1, -1.2e-9)],
        "saddle": [(2, -1), (3, 0, -1), (1, -1, -2), (2, 1, -1), (1.2e-9, -1.2e-9), (2, 1, -1, -3)],
        "undecided": [(2, 0), (0, -1), (0, 0), (2, 1, 0), (2, 9e-10), (2, -9e-10), (9e-10, -2)],
    }
    for expected, spectrum in ((name, each) for name, group in spectra.items() for each in group):
        rng, H = np.random.default_rng(len(spectrum)), np.diag(np.array(spectrum, dtype=float))
        Q = np.linalg.qr(rng.standard_normal(H.shape))[0]
        H = Q @ H @ Q.T
        H = (H + H.T) / 2
        given = H.copy()
        try:
            got = answer(given)
        except Exception as error:
            return f"With eigenvalues {spectrum} it stops with {type(error).__name__}: {error}"
        if got is None:
            return f"With eigenvalues {spectrum} it gives nothing back. Is there a `return`?"
        if not np.array_equal(given, H):
            return "It changes its argument: work on a copy."
        if not isinstance(got, str) or got != expected:
            return f"With eigenvalues {spectrum} it should say {expected!r}, not {got!r}."
    return ""


@exercise("8.8", "The ball remembers the way along the valley and forgets the way across.")
def heavy_ball(answer) -> str:
    if fault := misfit(answer, (2,), "the pair (lr, momentum)"):
        return fault
    if np.iscomplexobj(answer):
        return "The pair (lr, momentum) should be two real numbers."
    lr, momentum = (float(value) for value in answer)
    if lr <= 0 or not 0 <= momentum < 1:
        return "The learning rate must be above 0, the momentum at least 0 and below 1."
    valley = optim.bowl(100)
    bound = optim.max_stable_lr(valley.hessian(valley.start), momentum=momentum)
    if lr >= bound:
        return f"The rate is not below its bound, {bound:.3g}: across the valley it never settles."
    path = optim.gradient_descent(valley.gradient, valley.start, lr=lr, steps=60, momentum=momentum)
    nearest = float(np.linalg.norm(path, axis=1).min())
    return "" if nearest < 0.01 else f"In 60 steps it comes no nearer than {nearest:.2g}."


@exercise("8.9", "Told, times the gate, is δ; signals make gradients, weights make messages.")
def one_node(answer) -> str:
    fault = compare(answer, [2.0, 2.0, -4.0, 2.0, 6.0, 2.0], "the list of six numbers")
    if fault and not compare(answer, [8.0, 8.0, -16.0, 8.0, 24.0, 8.0]):
        return "The gate is missing: multiply what the node is told by σ'(0) = 1/4 first."
    if fault and not compare(answer, [2.0, 6.0, 2.0, 2.0, 2.0, -4.0]):
        return "Signals and weights have changed places: a weight's gradient uses its signal."
    return fault


def _layer_cases():
    """Return two layers and batches (G, Z, X, W): square shapes would hide a transpose."""
    for seed, (batch, nodes, inputs) in ((83, (1, 2, 3)), (82, (5, 3, 2))):
        rng = np.random.default_rng(seed)
        shapes = [(batch, nodes), (batch, nodes), (batch, inputs), (nodes, inputs)]
        yield tuple(rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], size=s) for s in shapes)


@exercise("8.10", "Gate, then three products: one for W, one for b, one for the layer below.")
def relu_backward(answer) -> str:
    if not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."
    for G, Z, X, W in _layer_cases():
        given = [array.copy() for array in (G, Z, X, W)]
        try:
            got = answer(*given)
        except Exception as error:
            return f"With G of shape {G.shape} it stops with {type(error).__name__}: {error}"
        if not all(map(np.array_equal, given, (G, Z, X, W))):
            return "It changes its argument: work on a copy."
        if not isinstance(got, tuple | list) or len(got) != 3:
            return "Return three arrays: dW, db, dX."
        delta = G * (Z > 0)
        if np.shape(got[1]) == (1, G.shape[1]):  # a row will do
            got = got[0], np.reshape(got[1], -1), got[2]
        if not compare(got[2], G @ W) and not np.allclose(G, delta):
            return "The gate is missing: where Z is not positive, nothing passes."
        expected = delta.T @ X, delta.sum(axis=0), delta @ W
        for name, ours, right in zip(("dW", "db", "dX"), got, expected, strict=True):
            if fault := compare(ours, right, f"array {name} (batch of {len(G)})"):
                return fault
    return ""


def _listed(batch, most: int) -> list:
    """Return the numbers of one batch, of an endless one the first `most` + 1."""
    return np.asarray(list(islice(batch, most + 1))).ravel().tolist()


@exercise("8.11", "Shuffle once, then slice: every example has its turn in every epoch.")
def mini_batches(answer) -> str:
    if not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."
    firsts = set()
    for n, size, seed in ((12, 4, 0), (10, 4, 1), (10, 4, 2), (5, 9, 3), (7, 1, 4)):
        case = f"batches({n}, {size}, rng)"
        try:
            got = answer(n, size, np.random.default_rng(seed))
            rows = None if got is None else [_listed(batch, n) for batch in islice(got, n + 1)]
        except Exception as error:
            return f"{case} stops with {type(error).__name__}: {error}"
        if rows is None:
            return f"{case} is missing: nothing came back. Is there a `return`?"
        flat = [i for batch in rows for i in batch]
        if not all(isinstance(i, int) for i in flat):
            return f"{case} should hold whole numbers, which can be indices, not {flat[0]!r}."
        if sorted(flat) != list(range(n)):
            return f"{case} should hold each of 0 to {n - 1} once, but holds {sorted(flat)}."
        sizes = [len(batch) for batch in rows]
        if sizes != [min(size, n - start) for start in range(0, n, size)]:
            return f"{case} should cut into {size} at a time, but the sizes are {sizes}."
        if n == 10:
            firsts.add(tuple(flat))
            again = answer(n, size, np.random.default_rng(seed))
            if [i for batch in again for i in _listed(batch, n)] != flat:
                return "The same generator gives another order each time: draw it from `rng` alone."
    if tuple(range(10)) in firsts:
        return "The order is not shuffled."
    if len(firsts) < 2:
        return "Two generators give the same order: draw it from `rng`."
    rng = np.random.default_rng(5)
    orders = {tuple(i for b in answer(4, 2, rng) for i in _listed(b, 4)) for _ in range(600)}
    if len(orders) < 24:
        return (
            f"Of the 24 orders of four examples only {len(orders)} ever come: shuffle them freely."
        )
    return ""


@exercise("8.12", "The batch is at rest, yet each example pulls: single steps would never stop.")
def cancelling_batch(answer) -> str:
    if fault := misfit(answer, (3, 2), "the batch"):
        return fault
    if np.iscomplexobj(np.asarray(answer)):
        return "The batch should hold real numbers, but complex ones came."
    x, y = np.asarray(answer, dtype=float).T
    if len(set(x.tolist())) < 3:
        return "The three x must differ."
    gradients, sizes = (2 * x - y) * x, (np.abs(2 * x) + np.abs(y)) * np.abs(x)
    for k, (gradient, size) in enumerate(zip(gradients, sizes, strict=True), start=1):
        if abs(gradient) <= 1e-12 * size:
            return f"Example {k} has gradient 0 on its own."
    if abs(gradients.sum()) > 1e-12 * sizes.max():
        return f"The gradients {[float(f'{g:.6g}') for g in gradients]} do not cancel."
    return ""


@exercise("8.13", "It did not learn the errors by heart. Did digits kept aside say so first?")
def learn_from_errors(answer) -> str:
    if not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    for seed in (0, 4, 5):
        rng = np.random.default_rng(seed)
        order, wrong = rng.permutation(len(images)), rng.permutation(200)[:40]
        hidden = np.random.default_rng(100 + seed)  # no other copy of the digits is of use
        X = images[order][:, hidden.permutation(64)] / 16
        y = hidden.permutation(10)[labels[order]]
        told = y[:200].copy()
        told[wrong] = (told[wrong] + rng.integers(1, 10, 40)) % 10
        try:
            network = answer(X[:200].copy(), told)
        except Exception as error:
            return f"learn(X, y) stops with {type(error).__name__}: {error}"
        if network is None:
            return "learn(X, y) gives nothing back. Is there a `return`?"
        if not isinstance(network, mlp.Network) or (network.sizes[0], network.sizes[-1]) != (
            64,
            10,
        ):
            return "It should return an `mlp.Network` with 64 inputs and 10 outputs."
        right = network.accuracy(X[200:], y[200:])
        if right < 0.80:
            learnt = network.accuracy(X[:200], told)
            return (
                f"Of 100 fresh digits it reads {100 * right:.0f} rightly; of 100 it learnt from, "
                f"errors included, it repeats {100 * learnt:.0f}."
            )
    return ""
