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


def parts(slopes):
    found = np.ones(1)
    for slope in slopes:
        found = np.append(found, 0) + slope * np.append(0, found)
    return found


def shuffled(noise):
    @torch.no_grad()
    def prepare(net):
        for layer in net.weight_layers()[1:-1]:
            order = torch.randperm(24, generator=torch.Generator().manual_seed(1))
            layer.weight.mul_(noise).add_(torch.eye(24)[order])

    return prepare


def patched(net):
    for one in net.blocks:
        one.forward = lambda x, on=1.0: x
    halved(net)


def each(net, x, y, keep=False, forget=False, lost=False):
    shares, on = [], torch.ones(len(net.blocks), dtype=x.dtype)
    for k in range(len(on)):
        on = on if keep else torch.ones_like(on)
        on[k] = 0
        right = net(x, 1 - on if forget else on).argmax(1) == y
        shares.append(1 - right.double().mean().item() if lost else right.double().mean())
    return shares


def ignores_projection(x, W1, b1, W2, b2, W_s=None):
    same = W_s is None or len(x) == len(b2)
    return block(x, W1, b1, W2, b2, None if same else W_s)


def normalized(v, W):
    return v * np.sqrt((W**2).sum(1, keepdims=True) / (v**2).sum(1, keepdims=True))


RIGHT = {
    "11.1": [3, 2.5],
    "11.2": block,
    "11.3": 21,
    "11.4": stacked,
    "11.5": math.sqrt(math.exp(0.01) - 1),
    "11.6": shuffled(0.1),
    "11.7": 2**8,
    "11.8": parts,
    "11.10": normalized,
    "11.9": each,
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
        (ignores_projection, "should not be|index"),
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
        (lambda net: None, "as they were"),
        (halved, "below 0.7"),
        (near_identity(0.1), "near the identity"),
        (with_shortcuts, "as they were"),
        (patched, "below 0.7"),
        (lambda net: net.blocks.pop(0), "not its build"),
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
        (lambda slopes: counts(len(slopes)), "numbers of paths"),
        (lambda slopes: parts(slopes)[::-1], "order is reversed"),
        (lambda slopes: parts(slopes)[1:], "0 branches, counts too"),
        (lambda slopes: [1.0] * (len(slopes) + 1), "should not be|index"),
    ],
    "11.9": [
        (functools.partial(each, forget=True), "but one are off"),
        (functools.partial(each, lost=True), "shares lost"),
        (functools.partial(each, keep=True), "stays off"),
        (lambda net, x, y: [1.0] * len(net.blocks), "should not be|index"),
        (lambda net, x, y: None, "gives nothing back"),
    ],
    "11.10": [
        (lambda v, W: v / np.linalg.norm(v, axis=1)[:, None], "length 1 now"),
        (lambda v, W: v * np.linalg.norm(W) / np.linalg.norm(v), "one length"),
        (
            lambda v, W: v / np.linalg.norm(v, axis=0) * np.linalg.norm(W, axis=0),
            "Those are the columns",
        ),
    ],
}
ALSO_RIGHT = {
    "11.1": [(3, 2.5), np.array([[3], [2.5]])],
    "11.2": [block],
    "11.4": [stacked],
    "11.5": [0.1002, 0.1],
    "11.6": [shuffled(0.05)],
    "11.8": [lambda slopes: np.poly([-slope for slope in slopes])],
    "11.10": [normalized],
    "11.9": [lambda net, x, y: torch.stack(each(net, x, y))],
}
