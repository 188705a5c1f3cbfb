"""Right answers and planted wrong ones to the exercises of chapter 8, and what is said."""

from fractions import Fraction

import numpy as np
import sympy
import torch

from notebooklib import mlp, optim
from notebooklib.optim import Adam


def stable(z, k):
    z = z - z.max()
    return np.log(np.exp(z).sum()) - z[k]


def naive(z, k):
    with np.errstate(all="ignore"):
        return -np.log(np.exp(z[k]) / np.exp(z).sum())


def zigzags(times):
    bend, zigzag = [0, -1 / 3, -2 / 3], [3, -6, 6]
    weights = [[[1]] * 3, *[[zigzag] * 3] * (times - 1), [zigzag]]
    return mlp.Network.from_weights(weights, [bend] * times + [[0]], loss="mse")


def adam(grad, x, lr, steps, correct=True, root=np.sqrt, eps=1e-8, first=0, falls=True):
    m, s = 0 * x, 0 * x
    for t in range(1, steps + 1):
        g = grad(x)
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        a, b = (m / (1 - 0.9**t), s / (1 - 0.999**t)) if correct else (m, s)
        rate = lr * (1 + np.cos(np.pi * (t - 1 + first) / steps)) / 2 if falls else lr
        with np.errstate(invalid="ignore"):
            x = x - rate * a / (root(b) + eps)
    return x


def adam_of_the_library(grad, x0, lr, steps):
    rule = optim.Adam(optim.cosine_decay(lr, total=steps))
    return optim.minimize(rule, grad, x0, steps)[-1]


def adam_of_torch(grad, x0, lr, steps):
    x = torch.tensor(x0, requires_grad=True)
    rule = torch.optim.Adam([x], lr=lr)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(rule, steps)
    for _ in range(steps):
        x.grad = torch.tensor(grad(x.detach().numpy()))
        rule.step()
        fall.step()
    return x


def signs(H, zero="undecided", tol=1e-9):
    e = np.linalg.eigvalsh(H)
    up, down = (e > tol), (e < -tol)
    if up.any() and down.any():
        return "saddle"
    return "minimum" if up.all() else "maximum" if down.all() else zero


def by_determinant(H):  # right for 2×2
    if abs(np.linalg.det(H)) < 1e-8:
        return "undecided"
    if np.linalg.det(H) < 0:
        return "saddle"
    return "minimum" if np.trace(H) > 0 else "maximum"


def by_extremes(H):
    e = np.linalg.eigvals(H).real
    low, high = e.min(), e.max()
    if low < -1e-9 and high > 1e-9:
        return "saddle"
    return "minimum" if low > 1e-9 else "maximum" if high < -1e-9 else "undecided"


def backward(G, Z, X, W):
    delta = G * (Z > 0)
    return delta.T @ X, delta.sum(axis=0), delta @ W


def backward_without_gate(G, Z, X, W):
    return G.T @ X, G.sum(axis=0), G @ W


def backward_with_mean(G, Z, X, W):
    delta = G * (Z > 0)
    return delta.T @ X, delta.mean(axis=0), delta @ W


def backward_transposed(G, Z, X, W):
    delta = G * (Z > 0)
    return X.T @ delta, delta.sum(axis=0), delta @ W


def batches(n, size, rng):
    order = rng.permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]


def turned(n, size, rng):
    order = np.roll(np.arange(n), rng.integers(1, n))
    return [order[start : start + size] for start in range(0, n, size)]


def unseeded(n, size, rng):
    return batches(n, size, np.random.default_rng())


def layer_by_rows(W, b, X):
    return np.array([np.maximum(W @ x + b, 0) for x in X])


def layer_in_a_while(W, b, X):
    rows = []
    while len(rows) < len(X):
        rows.append(np.maximum(W @ X[len(rows)] + b, 0))
    return np.array(rows)


def wide_floats(z, k):
    e = np.exp(z.astype(np.longdouble))
    return float(-np.log(e[k] / e.sum()))


def learned(X, y, strength=0.01, epochs=60):
    network = mlp.Network([64, 100, 10], rng=np.random.default_rng(0))
    zeros = [0 * p for p in network.parameters]
    decay = mlp.ewc_penalty([z + 1 for z in zeros], zeros, strength)
    rng, options = np.random.default_rng(1), {"epochs": epochs, "batch_size": 20}
    network.fit(X, y, optimizer=Adam(0.003), penalty=decay, rng=rng, **options)
    return network


RIGHT = {
    "8.1": [0, 3],
    "8.2": lambda W, b, X: np.maximum(X @ W.T + b, 0),
    "8.3": stable,
    "8.4": zigzags(2),
    "8.5": [0.04, 0.076],
    "8.6": adam,
    "8.7": signs,
    "8.8": (0.033, 0.67),
    "8.9": [2, 2, -4, 2, 6, 2],
    "8.10": backward,
    "8.11": batches,
    "8.12": [(1, 1), (2, 3.5), (4, 8.5)],
    "8.13": learned,
}
WRONG = {
    "8.1": [
        ([-1, 3], "before the activation"),
        ([4, 0], "transposed"),
        ([0, 7], "bias is missing"),
        ([3, 0], "wrong places"),
    ],
    "8.2": [
        (lambda W, b, X: X @ W.T + b, "bend is missing"),
        (lambda W, b, X: np.maximum(X @ W + b, 0), "should|stops"),
        (lambda W, b, X: np.maximum(X @ W.T, 0) + b, "should"),
        (lambda W, b, X: np.maximum(W @ X.T + b[:, None], 0), "transpose"),
        (layer_by_rows, "a loop makes them"),
        (layer_in_a_while, "a loop makes them"),
        (lambda W, b, X: np.apply_along_axis(lambda x: np.maximum(W @ x + b, 0), 1, X), "loop"),
    ],
    "8.3": [
        (naive, "subtract the largest"),
        (wide_floats, "subtract the largest|not finite"),
        (lambda z, k: -stable(z, k), "sign|should not be"),
        (lambda z, k: stable(z, k) / np.log(2), "should not be"),
        (lambda z, k: stable(z, 0), "should not be"),
    ],
    "8.4": [
        (mlp.sawtooth(3), "8 pieces"),
        (mlp.sawtooth(4), "8 hidden nodes"),
        (zigzags(1), "3 pieces"),
        (mlp.Network([2, 3, 1], loss="mse", rng=np.random.default_rng(0)), "one input"),
    ],
    "8.5": [
        ([1.0, 1.9], "flattest"),
        ([0.02, 0.038], "factor"),
        ([0.04, 0.4], "not 1/"),
        ([0.04, 0.004], "moves the bound out"),
        ([0.04, 0.04], "by which factor"),
        ([0.4, 0.76], "middle"),
        ([0.076, 0.04], "comes first"),
        ([0.04, 0.2], "index 1"),
        (0.04, "shape"),
    ],
    "8.6": [
        (lambda g, x, lr, n: adam(g, x, lr, n, correct=False), "start at 0"),
        (lambda g, x, lr, n: adam(g, x, lr, n, falls=False), "constant rate"),
        (lambda g, x, lr, n: adam(g, x, lr, n, first=1), "one step ahead"),
        (lambda g, x, lr, n: adam(g, x, lr, n, eps=0), "ε is missing"),
        (
            lambda g, x, lr, n: adam(g, x, lr, n, eps=0, root=lambda s: np.sqrt(s + 1e-8)),
            "inside the root",
        ),
        (lambda g, x, lr, n: adam(g, x, lr, n, root=lambda s: s), "should not be|places|factor"),
        (lambda g, x, lr, n: x - lr * n * g(x), "should not be|places|factor"),
        (lambda g, x, lr, n: x - lr * np.sign(g(x)), "should not be|places|factor"),
        (lambda g, x, lr, n: np.array([x, adam(g, x, lr, n)]), "shape"),
        (lambda g, x, lr, n: None, "gives nothing back"),
    ],
    "8.7": [
        (lambda H: signs(H, "minimum"), "'undecided'"),
        (lambda H: signs(H, "saddle"), "'undecided'"),
        (lambda H: signs(H, tol=0), "'undecided'"),
        (lambda H: signs(H, tol=1e-6), "should say 'minimum'"),
        (optim.classify_critical_point, "'undecided'"),  # its zero is relative to the largest
        (by_determinant, "should say"),
        (lambda H: "minimum" if np.linalg.det(H) > 0 else "saddle", "'maximum'"),
        (lambda H: None, "gives nothing back"),
        ("saddle", "function"),
    ],
    "8.8": [
        ((0.0198, 0.0), "no nearer"),
        ((0.033, 0.9), "no nearer"),
        ((0.05, 0.0), "flies out"),
        ((0.67, 0.033), "flies out"),
        ((0.033, 1.0), "below 1"),
        ((0.033, -0.5), "at least 0"),
        ((0.033 + 1e-9j, 0.67), "real"),
        (0.033, "shape"),
    ],
    "8.9": [
        ([8, 8, -16, 8, 24, 8], "gate is missing"),
        ([2, 6, 2, 2, 2, -4], "changed places"),
        ([2, 2, -4, 0, 6, 2], "index 3"),
        ([-2, -2, 4, -2, -6, -2], "sign"),
    ],
    "8.10": [
        (backward_without_gate, "gate is missing"),
        (backward_with_mean, "db"),
        (backward_transposed, "transpose"),
        (lambda G, Z, X, W: G @ W, "three arrays"),
        (lambda G, Z, X, W: G @ W.T, "stops with"),
    ],
    "8.11": [
        (lambda n, size, rng: [range(k, min(k + size, n)) for k in range(0, n, size)], "shuffled"),
        (lambda n, size, rng: batches(n, size, np.random.default_rng(0)), "same order"),
        (lambda n, size, rng: [rng.integers(n, size=size) for _ in range(n // size)], "once"),
        (lambda n, size, rng: batches(n, size, rng)[: n // size], "once"),
        (lambda n, size, rng: [rng.permutation(n)], "at a time"),
        (turned, "only 3 ever come"),
        (unseeded, "another order each time"),
    ],
    "8.12": [
        ([(1, 2), (2, 4), (3, 6)], "gradient 0"),
        ([(1, 1), (1, 3), (2, 3)], "differ"),
        ([(1, 1), (2, 3), (3, 5)], "cancel"),
        ([1, 2, 3], "shape"),
        ([(1, 1), (2, 3.5), (4, 8.5 + 1e-9)], "cancel"),
        ([(1j, 1), (2, 3.5), (4, 8.5)], "complex"),
        ([(0, 5), (1, 1), (-1, -1)], "Example 1 has gradient 0"),
    ],
    "8.13": [
        (lambda X, y: learned(X, y, 0, 100), "errors included, it repeats 100"),
        (lambda X, y: learned(X, y, 1.0), "fresh digits"),
        (lambda X, y: mlp.Network([64, 10], rng=np.random.default_rng(0)), "fresh digits"),
        (lambda X, y: mlp.Network([64, 9], rng=np.random.default_rng(0)), "10 outputs"),
        (lambda X, y: y, "mlp.Network"),
    ],
}


def adam_as_torch_writes_it(grad, x0, lr, steps):
    x, m, s = x0.copy(), np.zeros(len(x0)), np.zeros(len(x0))
    for k in range(steps):
        g = grad(x)
        m += 0.1 * (g - m)
        s += 0.001 * (g * g - s)
        rate = lr * np.cos(np.pi * k / steps / 2) ** 2  # the half angle
        scale = np.sqrt(s) / np.sqrt(1 - 0.999 ** (k + 1)) + 1e-8
        x -= rate / (1 - 0.9 ** (k + 1)) * m / scale
    return x


def by_counting(H):
    e = np.linalg.eigh(H)[0]
    e = e[~np.isclose(e, 0, rtol=0, atol=1e-9)]
    if {*np.sign(e)} == {1, -1}:
        return "saddle"
    if len(e) < len(H):
        return "undecided"
    return "minimum" if e[0] > 0 else "maximum"


def by_cholesky(H):
    def definite(A):
        try:
            np.linalg.cholesky(A - 1e-9 * np.eye(len(A)))
        except np.linalg.LinAlgError:
            return False
        return True

    if definite(H) or definite(-H):
        return "minimum" if definite(H) else "maximum"
    e = np.linalg.svd(H)
    signs_of = np.sign(np.sum(e[0] * e[2].T, axis=0))[e[1] > 1e-9]
    return "saddle" if len({*signs_of}) == 2 else "undecided"


ALSO_RIGHT = {
    "8.5": [
        (Fraction(1, 25), Fraction(19, 250)),
        np.array([0.04, 0.076]),
        torch.tensor([0.04, 0.076]),
        [sympy.Rational(1, 25), sympy.Rational(19, 250)],
        (2 / 50, 2 / 50 * 1.9),
    ],
    "8.6": [
        adam_of_the_library,
        adam_of_torch,
        adam_as_torch_writes_it,
        lambda g, x, lr, n: adam(g, x, lr, n).tolist(),
        lambda grad, x0, lr, steps: tuple(adam(lambda p: grad(np.array(p)), x0, lr, steps)),
    ],
    "8.7": [
        by_extremes,
        by_counting,
        by_cholesky,
        lambda H: np.str_(signs(H)),
        lambda H: signs(torch.tensor(H).numpy()),
    ],
    "8.8": [
        (0.003, 0.925),  # it comes near on its way
        (4 / 121, (9 / 11) ** 2),
        [Fraction(1, 33), Fraction(2, 3)],
        torch.tensor([0.033, 0.67]),
        np.array([0.02, 0.75]),
    ],
}
