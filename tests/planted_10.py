"""Right answers and planted wrong ones to the exercises of chapter 10, and what is said."""

from fractions import Fraction

import numpy as np
import torch


def run(x, W_x, W_h, b, bend=np.tanh, turned=False, carried=True):
    h, states = np.zeros(len(b)), []
    for step in x:
        h = bend(W_x @ step + (W_h.T if turned else W_h) @ (h if carried else 0 * h) + b)
        states.append(h)
    return states


def run_in_torch(x, W_x, W_h, b):
    x, W_x, W_h, b = map(torch.from_numpy, (x, W_x, W_h, np.atleast_1d(b)))
    layer = torch.nn.RNN(W_x.shape[1], len(b), batch_first=True).double()
    with torch.no_grad():
        layer.weight_ih_l0.copy_(W_x), layer.weight_hh_l0.copy_(W_h)
        layer.bias_ih_l0.copy_(b), layer.bias_hh_l0.zero_()
    return layer(x[None])[0][0]


def factor(w, states):
    product = 1.0
    for h in states:
        product *= w * (1 - h**2)
    return product


def clip(grads, limit):
    norm = sum((g**2).sum() for g in grads) ** 0.5
    return [g * min(1, limit / max(norm, 1e-300)) for g in grads]


def clip_in_torch(grads, limit):
    weights = [torch.zeros(g.shape, requires_grad=True) for g in grads]
    for weight, g in zip(weights, grads, strict=True):
        weight.grad = torch.from_numpy(g.astype(np.float32))
    torch.nn.utils.clip_grad_norm_(weights, limit)
    return [weight.grad.double() for weight in weights]


def clip_in_place(grads, limit):
    norm = sum((g**2).sum() for g in grads) ** 0.5
    for g in grads:
        g *= min(1, limit / max(norm, 1e-300))
    return grads


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(x, h, c, W, b, order="figo", joined=lambda h, x: np.r_[h, x]):
    z = dict(zip(order, np.split(W @ joined(h, x) + b, 4), strict=True))
    c = sigmoid(z["f"]) * c + sigmoid(z["i"]) * np.tanh(z["g"])
    return sigmoid(z["o"]) * np.tanh(c), c


def latch(forget=20.0, write=20.0, speak=5.0):
    W = [[0, 0, -forget], [0, 0, write], [0, speak, 0], [0, 0, 0]]
    return W, [forget / 2, -write / 2, 0, 5]


def fit(train, test, size, horizon, constant=1.0, series=None):
    X, y = cut(train if series is None else series, size, horizon)
    X_test, y_test = cut(test, size, horizon)
    X, X_test = (np.c_[A, constant * np.ones(len(A))] for A in (X, X_test))
    return np.mean((X_test @ (np.linalg.pinv(X) @ y) - y_test) ** 2)


def cut(series, size, horizon):
    X = np.lib.stride_tricks.sliding_window_view(series, size)[:-horizon]
    return X, series[size + horizon - 1 :]


def nats(surprise, text):
    return sum(surprise) / (text.count(" ") + 2)


RIGHT = {
    "10.1": [6, 9],
    "10.2": [60, 12, 28],
    "10.3": run,
    "10.4": factor,
    "10.9": clip,
    "10.5": [1, 0.190],
    "10.6": lstm_step,
    "10.7": lambda steps: -np.log(2 ** (1 / steps) - 1),
    "10.8": latch(),
    "10.10": fit,
    "10.11": nats,
}

ALSO_RIGHT = {
    "10.1": [(Fraction(6), 9.0), torch.tensor([6.0, 9.0])],
    "10.2": [(60, 12, 28), np.array([60, 12, 28])],
    "10.3": [run_in_torch, lambda *given: np.array(run(*given)).tolist()],
    "10.4": [lambda w, h: float(np.prod([w * (1 + a) * (1 - a) for a in h]))],
    "10.9": [lambda grads, limit: tuple(clip(grads, limit))],
    "10.5": [(1, 0.1904), [1.0, np.tanh(1) / 4], torch.tensor([1.0, 0.1904])],
    "10.6": [lambda *given: list(map(torch.from_numpy, lstm_step(*given)))],
    "10.7": [lambda steps: float(np.log(0.5 ** (1 / steps) / (1 - 0.5 ** (1 / steps))))],
    "10.8": [
        latch(30, 30, 2),
        (np.array(latch()[0]), np.array(latch()[1])),
        tuple(torch.tensor(part, dtype=torch.float64) for part in latch()),
        ([[0, 0, -20], [0, 0, 20], [0, 5, 0], [0, 0, 0]], [11, -9.5, 0, 0]),
    ],
    "10.10": [lambda *given: torch.tensor(fit(*given))],
    "10.11": [lambda surprise, text: np.sum(surprise) / len([*text.split(), "end"])],
}

WRONG = {
    "10.1": [
        ([9, 6], "exchanged"),
        ([12, 12], "Nothing is forgotten"),
        ([4, 8], "the last input alone"),
        ([6, 6], "halved twice"),
        ([3, 4.5], "not halved"),
        ([6, 8], "should not be 8"),
    ],
    "10.2": [
        ([60, 12, 32], "two biases"),
        ([60, 12, 24], "bias is missing"),
        ([60, 12, 140], "same weights"),
        ([60, 4, 28], "a state of its own"),
        ([60, 60, 28], "last step alone"),
        ([30, 12, 28], "4 numbers"),
        ([20, 4, 28], "three texts"),
        ([20, 12, 28], "three texts"),
    ],
    "10.3": [
        (lambda *given: run(*given, turned=True), "transposed"),
        (lambda *given: run(*given, bend=lambda z: z), "tanh is missing"),
        (lambda x, W_x, W_h, b: run(x, W_x, W_h, 0 * b), "bias is missing"),
        (lambda *given: run(*given, carried=False), "not handed on"),
        (lambda *given: run(*given)[-1], "Only the last"),
        (lambda *given: [np.zeros(len(given[3])), *run(*given)], "no state of the text"),
    ],
    "10.4": [
        (lambda w, states: w ** len(states), "slopes are missing"),
        (lambda w, states: w * np.prod(1 - states**2), "belongs to each step"),
        (lambda w, states: np.prod(1 - states**2), "weights are missing"),
        (lambda w, states: np.prod(w * (1 - np.tanh(states) ** 2)), "a tanh already"),
        (lambda w, states: sum(w * (1 - states**2)), "not added"),
    ],
    "10.9": [
        (lambda grads, limit: [clip([g], limit)[0] for g in grads], "factor of its own"),
        (lambda grads, limit: [g.clip(-limit, limit) for g in grads], "Each entry"),
        (clip_in_place, "changes its argument"),
        (
            lambda grads, limit: [
                g * limit / max(sum((a**2).sum() for a in grads) ** 0.5, 1e-9) for g in grads
            ],
            "stretched",
        ),
        (lambda grads, limit: grads, "too large|times"),
    ],
    "10.5": [
        ([1, 0.25], "goes through a tanh"),
        ([1, 0.7616], "output gate is missing"),
        ([1.25, 0.212], "input gate is missing"),
        ([0.75, 0.1588], "Nothing was written"),
        ([1, 0.2], "should not be"),
    ],
    "10.6": [
        (lambda *given: lstm_step(*given, order="ifgo"), "PyTorch's order"),
        (lambda *given: lstm_step(*given, joined=lambda h, x: np.r_[x, h]), r"\[h, x\]"),
        (lambda *given: lstm_step(*given)[::-1], "exchanged"),
        (lambda *given: lstm_step(*given)[0], "shape"),
    ],
    "10.7": [
        (lambda steps: 2 ** (-1 / steps), "which bias makes"),
        (lambda steps: np.log(2 ** (1 / steps) - 1), "sign is wrong"),
        (lambda steps: -np.log(np.exp(1 / steps) - 1), "1/e is left"),
        (lambda steps: 0.0, "to the power n"),
    ],
    "10.8": [
        (latch(write=0.0), "was to be remembered"),
        (latch(forget=4.0), "steps after its mark"),
        (latch(forget=-20.0), "was to be remembered"),
        (latch(speak=-5.0), "Right at the mark"),
        (np.zeros((4, 3)), "Two things"),
        ((np.zeros((3, 3)), np.zeros(4)), "shape"),
    ],
    "10.10": [
        (lambda *given: fit(*given, series=given[1]), "has seen the test"),
        (lambda *given: fit(*given, constant=0.0), "constant is missing"),
        (lambda a, b, size, h: fit(a, b, size, h + 1), "one step too far"),
        (lambda *given: fit(*given) ** 0.5, "without a root"),
        (
            lambda a, b, size, h: np.mean((cut(b, size, h)[0][:, -1] - cut(b, size, h)[1]) ** 2),
            "last value",
        ),
    ],
    "10.11": [
        (lambda surprise, text: surprise.sum() / len(text.split()), "end of the story is a token"),
        (lambda surprise, text: surprise.mean(), "mean a letter"),
        (lambda surprise, text: surprise[:-1].mean(), "without the end"),
        (lambda surprise, text: surprise[:-1].sum() / (len(text.split()) + 1), "is missing"),
        (lambda surprise, text: np.exp(nats(surprise, text)), "perplexity"),
        (lambda surprise, text: nats(surprise, text) / np.log(2), "bits"),
        (lambda surprise, text: surprise.sum() / (text.count(" ") - text.count(".") + 2), "Dots"),
    ],
}
