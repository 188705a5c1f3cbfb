"""Right answers and planted wrong ones to the exercises of chapter 9, and what is said."""

import functools
from fractions import Fraction

import numpy as np
import torch
from later import Later
from scipy import signal
from torch import nn

from notebooklib import training
from notebooklib.convolution import ConvNet, split_digits, train_classifier


def spread(a, b, *, turned=True, cut=None):
    c = np.zeros(len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            c[i + j if turned else i - j + len(b) - 1] += x * y
    return c[:cut]


def around(a, b, n=0):
    n = n or max(len(a), len(b))
    return np.fft.ifft(np.fft.fft(a, n) * np.fft.fft(b, n))


def fast(a, b, more=0):
    return around(a, b, len(a) + len(b) - 1 + more)


def power_of_two(a, b):
    n = len(a) + len(b) - 1
    length = 2 ** int(np.ceil(np.log2(n)))
    return np.fft.irfft(np.fft.rfft(a, length) * np.fft.rfft(b, length), length)[:n]


def valid(A, K):
    return signal.correlate2d(A, K, mode="valid")


def laid(A, K):
    h, w = K.shape
    places = range(A.shape[0] - h + 1), range(A.shape[1] - w + 1)
    return [[(A[i : i + h, j : j + w] * K).sum() for j in places[1]] for i in places[0]]


def in_torch(A, K):
    A, K = torch.as_tensor(A), torch.as_tensor(K)
    return nn.functional.conv2d(A[None, None], K[None, None])[0, 0]


def whole(a, b):
    c = np.zeros(len(a) + len(b) - 1, dtype=int)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            c[i + j] = c[i + j] + x * y
    return c


def parameters(channels, kernel, classes, deep=True, bias=1, head=1):
    total = head * classes * (channels[-1] + bias)
    for c, k in zip(channels, channels[1:], strict=False):
        total += k * (kernel * kernel * (c if deep else 1) + bias)
    return total


def sheets(channels, kernel, classes):
    pairs = zip(channels, channels[1:], strict=False)
    return sum(k * c * (kernel**2 + 1) for c, k in pairs) + classes * (channels[-1] + 1)


def field(layers, first=1, late=False, spread_out=True):
    seen, step = first, 1
    for kernel, stride in layers:
        if late:
            step *= stride
        seen += (kernel - 1) * step
        if spread_out and not late:
            step *= stride
    return seen


def field_backwards(layers):
    seen = 1
    for kernel, stride in layers[::-1]:
        seen = (seen - 1) * stride + kernel
    return seen


def pooled(x, of=np.max):
    return np.array(
        [
            [of(x[i : i + 2, j : j + 2]) for j in range(0, x.shape[1] - 1, 2)]
            for i in range(0, x.shape[0] - 1, 2)
        ]
    )


def overlapping(x):
    return np.lib.stride_tricks.sliding_window_view(x, (2, 2)).max(axis=(2, 3))


def even_only(x):
    return x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2).max(axis=(1, 3))


def theta(right, down, size, sign=-1, unit=2):
    return [[1, 0, sign * unit * right / size], [0, 1, sign * unit * down / size]]


@functools.cache
def reader(channels=(8, 8, 12, 12), epochs=30, shifts=1):
    (x, y), _, _ = split_digits()
    with training.seeded(0):
        net = ConvNet(channels, padding=1, dropout=0)
    train_classifier(net, x, y, epochs=epochs, lr=0.03, shifts=shifts)
    return net


class Blank(nn.Module):
    """A network that holds a number and says the same of every picture."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.ones(len(x), 10, dtype=x.dtype) * (1 + self.weight)


def steady(*layers, into=8, kernel=3, mode="circular"):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, into, kernel, padding=kernel // 2, padding_mode=mode),
        nn.ReLU(),
        *layers,
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(into, 10),
    )


def faint():
    net = steady()
    with torch.no_grad():
        net[-1].weight *= 1e-4
        net[-1].bias *= 0
    return net


def upright():
    """A steady network whose kernels are their own mirror images."""
    net = steady()
    with torch.no_grad():
        net[0].weight += net[0].weight.flip(3).clone()
    return net


RISING = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]) / 3
RIGHT = {
    "9.1": [2, 3, -2, -3],
    "9.2": spread,
    "9.3": laid,
    "9.4": RISING,
    "9.7": fast,
    "9.5": 14,
    "9.6": parameters,
    "9.8": field,
    "9.9": pooled,
    "9.10": Later(reader),
    "9.11": theta,
    "9.12": steady(),
}
ALSO_RIGHT = {
    "9.1": [(2, 3, -2, -3), torch.tensor([2.0, 3, -2, -3]), [Fraction(2), 3, -2, -3]],
    "9.2": [lambda a, b: spread(b, a), lambda a, b: spread(a, b).tolist()],
    "9.3": [lambda A, K: np.array(laid(A, K)), lambda A, K: torch.tensor(laid(A, K))],
    "9.4": [
        [[0, -1, 0], [0, 0, 0], [0, 1, 0]],
        np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]) / 4,
        torch.tensor([[-1.0, 0, 0], [0, 0, 0], [1, 0, 0]]),
        [[-0.333, -0.333, -0.333], [0, 0, 0], [0.333, 0.333, 0.334]],
        [[0, 0, 0], [0, -1, 0], [0, 1, 0]],
    ],
    "9.7": [lambda a, b: fast(a, b).real, power_of_two, lambda a, b: torch.tensor(fast(a, b))],
    "9.5": [14.0, np.int64(14), torch.tensor(14)],
    "9.6": [lambda c, k, n: torch.tensor(parameters(c, k, n))],
    "9.8": [field_backwards],
    "9.9": [lambda x: nn.functional.max_pool2d(torch.tensor(x)[None], 2)[0]],
    "9.11": [
        lambda *given: np.array(theta(*given)),
        lambda *given: torch.tensor(theta(*given), requires_grad=True),
    ],
    "9.12": [steady().double(), steady(kernel=5), faint()],
}
WRONG = {
    "9.1": [
        ([-2, -3, 2, 3], "minus belongs to the later"),
        ([2, 7, 8, 3], "taken away, not added"),
        ([3, 2, -3, -2], "without turning round"),
        ([2, 3, -2], "make 4 places"),
        ([2, -5], "make 4 places"),
        ([2, 3, -2, 3], "should not be"),
        ("2 3", "should be numbers"),
    ],
    "9.2": [
        (functools.partial(spread, turned=False), "turned round"),
        (lambda a, b: spread(a, b)[: len(a)], "beyond the end of a"),
        (lambda a, b: around(a, b).real, "comes in again"),
        (lambda a, b: None, "gives nothing back"),
        (lambda a, b: a * b, "stops with|shape"),
        (np.convolve, "does the work"),
        (lambda a, b: np.polymul(a, b) if len(a) + len(b) else a, "does the work|should"),
        (lambda a, b: signal.fftconvolve(a, b), "does the work"),
        (functools.partial(lambda a, b: np.correlate(b, a, "full")), "turned round"),
        (whole, "should not be|rounded"),
        ([4, 13], "function is asked for"),
    ],
    "9.3": [
        (in_torch, "`conv2d` does the work"),
        (valid, "`correlate2d` does the work"),
        (lambda A, K: valid(A, K[::-1, ::-1]), "turned over"),
        (lambda A, K: signal.correlate2d(A, K, mode="full"), "kernel lies inside"),
        (lambda A, K: signal.correlate2d(A, K, mode="same"), "size of the image"),
        (lambda A, K: valid(A, K) / K.size, "mean of the products"),
        (lambda A, K: valid(A, K).T, "transpose|shape"),
        (lambda A, K: A.__imul__(2), "changes its argument"),
        (7, "function is asked for"),
    ],
    "9.4": [
        (RISING.T, "turn it by a quarter"),
        (-RISING, "wrong way round"),
        (3 * RISING, "it should be 1"),
        ([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], "upright edges"),
        (np.ones((3, 3)) / 9, "even patch"),
        (RISING * (1 + 1j), "real"),
        (np.zeros((3, 3)), "it should be 1"),
        ([[0, -1, 0], [0, 2, 0], [0, -1, 0]], "tell above from below"),
        ([[0, 0, 0], [1, 1, 1], [-1, -1, -1]], "wrong way round|should be 1"),
        ([-1, 0, 1], "shape"),
    ],
    "9.7": [
        (around, "goes round"),
        (lambda a, b: np.fft.ifft(np.fft.fft(a) * np.fft.fft(b)), "goes round"),
        (lambda a, b: fast(a, b, 1).real, "cut the result"),
        (lambda a, b: fast(a, b) ** 2, "should not be|factor|places"),
        (lambda a, b: np.fft.fft(a, 9) * np.fft.fft(b, 9), "shape"),
        (lambda a, b: None, "gives nothing back"),
        (lambda a, b: np.convolve(a, b), "does the work"),
        (lambda a, b: fast(a, b).real.round(), "rounded|should not be"),
        ([1], "function is asked for"),
    ],
    "9.5": [
        (10, "each\\* side make 32"),
        (13, "first place is missing"),
        (13.5, "one more"),
        (28, "stride 1"),
        (14.5, "round down"),
        (15, "rounded down"),
        (12, "without the border"),
        (16, "needs room"),
        (3, "should not be"),
    ],
    "9.6": [
        (functools.partial(parameters, bias=0), "biases are missing"),
        (functools.partial(parameters, deep=False), "as deep as its input"),
        (functools.partial(parameters, head=0), "linear layer"),
        (sheets, "not one for each sheet"),
        (lambda *given: 260_298, "should not be"),
        (lambda *given: None, "gives nothing back"),
    ],
    "9.8": [
        (functools.partial(field, spread_out=False), "strides are missing"),
        (functools.partial(field, late=True), "after it"),
        (functools.partial(field, first=0), "not at none"),
        (lambda layers: sum(k for k, _ in layers), "share all but one"),
        (lambda layers: 14, "should not be"),
        (14, "function is asked for"),
    ],
    "9.9": [
        (functools.partial(pooled, of=np.mean), "mean of each block"),
        (overlapping, "overlap"),
        (lambda x: np.maximum(pooled(x), 0), "negative numbers is not 0"),
        (lambda x: x[::2, ::2], "every second pixel|shape"),
        (even_only, "no partner"),
        (lambda x: pooled(x, np.min), "should not be|places|sign"),
        (lambda x: None, "gives nothing back"),
    ],
    "9.10": [
        (ConvNet((8, 8, 16, 16), padding=1), "at most 3,000"),
        (ConvNet((2, 2, 2, 2), padding=1), "Is it trained|95 %"),
        (Later(lambda: reader((4, 4, 4, 4), 2)), "95 %|trained"),
        (Later(lambda: reader(shifts=0)), "of moved ones; 95 %"),
        (nn.Flatten(), "no parameters"),
        (nn.Linear(64, 10), "stops with"),
        (reader, "module, but"),
    ],
    "9.11": [
        (functools.partial(theta, sign=1), "further left"),
        (functools.partial(theta, unit=1), "2 / size"),
        (functools.partial(theta, sign=1, unit=1), "half the length"),
        (lambda right, down, size: theta(right, down, size - 1), "are the borders"),
        (lambda right, down, size: theta(down, right, size), "Across comes first"),
        (lambda *given: np.eye(3), "shape"),
        (lambda *given: None, "gives nothing back"),
        ([[1, 0, 0], [0, 1, 0]], "function is asked for"),
    ],
    "9.12": [
        (ConvNet((4, 4, 4, 4), padding=1), "cyclic move"),
        (ConvNet((4, 4, 4, 4), padding=1, circular=True), "even moves only"),
        (steady(mode="zeros"), "cyclic move"),
        (nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), "cyclic move"),
        (steady(kernel=1), "Shuffled pixels"),
        (upright(), "Mirrored"),
        (Blank(), "the same of every digit"),
        (nn.Flatten(), "scores of shape"),
        (nn.Linear(3, 10), "stops with"),
        (steady, "module, but"),
    ],
}
