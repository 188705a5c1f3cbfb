"""Right answers and planted wrong ones to the exercises of chapter 11, and what is said."""

import functools
import math

import numpy as np
import torch


def relu(z):
    return np.maximum(z, 0)


def block(x, W1, b1, W2, b2, W_s=None):
    return relu((x if W_s is None else W_s @ x) + W2 @ relu(W1 @ x + b1) + b2)


def added_late(x, W1, b1, W2, b2, W_s=None):
    return (x if W_s is None else W_s @ x) + relu(W2 @ relu(W1 @ x + b1) + b2)


def left_open(x, W1, b1, W2, b2, W_s=None):
    return (x if W_s is None else W_s @ x) + W2 @ relu(W1 @ x + b1) + b2


def without_shortcut(x, W1, b1, W2, b2, W_s=None):
    return relu(W2 @ relu(W1 @ x + b1) + b2)


def without_bend(x, W1, b1, W2, b2, W_s=None):
    return relu((x if W_s is None else W_s @ x) + W2 @ (W1 @ x + b1) + b2)


def stacked(branches):
    whole = np.eye(len(branches[0]))
    for J in branches:
        whole = whole + J @ whole
    return whole


def reversed_stack(branches):
    return functools.reduce(lambda whole, J: whole @ (np.eye(len(J)) + J), branches, np.eye(
        len(branches[0])))  # fmt: skip


def near_identity(noise):
    @torch.no_grad()
    def prepare(net):
        for layer in net.weight_layers()[1:-1]:
            layer.weight.mul_(noise).add_(torch.eye(len(layer.weight)))

    return prepare


@torch.no_grad()
def halved(net):
    for layer in net.weight_layers()[1:-1]:
        layer.weight.mul_(0.5)


def with_shortcuts(net):
    for one in net.blocks:
        one.skip = True


def counts(blocks):
    return [math.comb(blocks, k) for k in range(blocks + 1)]


def normalized(v, W):
    return v * np.sqrt((W**2).sum(1, keepdims=True) / (v**2).sum(1, keepdims=True))


RIGHT = {
    "11.1": [3, 2.5],
    "11.2": block,
    "11.3": 21,
    "11.4": stacked,
    "11.5": math.sqrt(math.exp(0.01) - 1),
    "11.6": near_identity(0.1),
    "11.7": 2**8,
    "11.8": lambda blocks: np.array(counts(blocks)),
    "11.10": normalized,
    "11.9": "small difference",
}
WRONG = {
    "11.1": [
        ([1, 1.5], "the branch alone"),
        ([3, 2], "second weight layer is missing"),
        ([5, 3.5], "first weight layer is missing"),
        ([3, 2.5, 0], "shape"),
    ],
    "11.2": [
        (added_late, "before the last ReLU"),
        (left_open, "last ReLU is missing"),
        (without_shortcut, "shortcut is missing"),
        (without_bend, "between the two weight layers"),
        (lambda x, W1, b1, W2, b2, W_s=None: None, "gives nothing back"),
    ],
    "11.3": [
        (18, "branch alone"),
        (9, "with g = g"),
        (7, "inner factor"),
        (6, "∂f/∂g"),
        (20, "should|is not|factor|not"),
    ],
    "11.4": [
        (reversed_stack, "order is reversed"),
        (lambda b: functools.reduce(lambda w, J: J @ w, b), "identity is missing"),
        (lambda b: np.eye(len(b[0])) + sum(b), "multiply"),
    ],
    "11.5": [
        (0.01, "take its root"),
        (0.01005, "take its root"),
        (1.005, "one block"),
        (1.01005, "1 \\+ a²"),
        (0.2, "factor|should"),
    ],
    "11.6": [
        (lambda net: None, "below 0.7"),
        (halved, "below 0.7"),
        (with_shortcuts, "not its build"),
        (lambda net: 1 / 0, "ZeroDivisionError"),
        (3, "Give a function"),
    ],
    "11.7": [
        (1024, "all ten blocks are on"),
        (1022, "takes half"),
        (8, "blocks are left"),
        (512, "one block off"),
        (100, "subsets"),
    ],
    "11.8": [
        (lambda n: np.array(counts(n)) / 2**n, "shares of the paths"),
        (lambda n: counts(n)[1:], "0 blocks, counts too"),
        (lambda n: [1] * (n + 1), "should not be|index"),
    ],
    "11.10": [
        (lambda v, W: v / np.linalg.norm(v, axis=1)[:, None], "length 1 now"),
        (lambda v, W: v * np.linalg.norm(W) / np.linalg.norm(v), "one length"),
        (
            lambda v, W: v / np.linalg.norm(v, axis=0) * np.linalg.norm(W, axis=0),
            "Those are the columns",
        ),
    ],
    "11.9": [("shortcut", "has no shortcut"), ("both", "Answer with one"), (3, "Answer with one")],
}
ALSO_RIGHT = {
    "11.1": [(3, 2.5), np.array([[3], [2.5]])],
    "11.2": [block],
    "11.4": [stacked],
    "11.5": [0.1002, 0.1],
    "11.6": [near_identity(0.05)],
    "11.8": [counts],
    "11.10": [normalized],
    "11.9": ["Small difference"],
}
