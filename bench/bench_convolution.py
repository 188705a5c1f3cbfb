"""Race the library's convolutions against PyTorch's and against loops, as ratios in one run.

Run with one thread:  OMP_NUM_THREADS=1 python bench/bench_convolution.py [--digits]

The contestants take turns, and each ratio is the median over the rounds. What is counted is the
time of the processor, which a busy machine hardly changes. With `--digits` the network of the
chapter reads digits from five starts, each in the float64 of the page.
"""

import statistics
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from notebooklib import training
from notebooklib.convolution import (
    ConvNet,
    accuracy,
    conv2d,
    convolve,
    fft_convolve,
    split_digits,
    train_classifier,
)

ROUNDS = 9


def seconds(function, *given):
    """Return what one call takes of the processor."""
    start = time.process_time()
    function(*given)
    return time.process_time() - start


def loops(x, w):
    """Return a layer's answers, pixel by pixel; each dot product of a window is NumPy's."""
    (N, _, H, W), (K, _, h, v) = x.shape, w.shape
    y = np.zeros((N, K, H - h + 1, W - v + 1))
    for n, k, i, j in np.ndindex(y.shape):
        y[n, k, i, j] = (x[n, :, i : i + h, j : j + v] * w[k]).sum()
    return y


def race(first, second, rounds=ROUNDS):
    """Return the median seconds of each, and the median of first / second."""
    pairs = [(seconds(*first), seconds(*second)) for _ in range(rounds)]
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return one, other, statistics.median(a / b for a, b in pairs)


def bench_layer():
    """Race ours against PyTorch in both formats, and against the loops."""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((32, 16, 28, 28)), rng.standard_normal((32, 16, 3, 3))
    doubles = torch.tensor(x), torch.tensor(w)
    singles = tuple(t.float() for t in doubles)
    assert np.allclose(conv2d(x, w), F.conv2d(*doubles).numpy(), atol=1e-10)
    assert np.allclose(conv2d(x[:1], w), loops(x[:1], w), atol=1e-10)
    print("a layer of 32×16×28×28 with 32 kernels of 3×3")
    for name, given in (("PyTorch, float64", doubles), ("PyTorch, float32", singles)):
        ours, theirs, ratio = race((conv2d, x, w), (F.conv2d, *given))
        print(f"  ours {ours * 1e3:6.1f} ms, {name} {theirs * 1e3:6.1f} ms, ratio {ratio:5.2f}")
    slow, ours, ratio = race((loops, x, w), (conv2d, x, w), 3)
    print(f"  loops over pixels {slow * 1e3:,.0f} ms, ours {ours * 1e3:.1f} ms, ratio {ratio:.0f}")


def bench_crossover():
    """Race the sum against the FFT, by the size of the kernel."""
    rng = np.random.default_rng(0)
    image = rng.standard_normal((256, 256))
    print("a picture of 256×256: time of the sum over time of the FFT")
    for k in (3, 5, 7, 9, 11, 15, 31):
        given = image, rng.standard_normal((k, k))
        assert np.allclose(convolve(*given), fft_convolve(*given))
        ratio = race((convolve, *given), (fft_convolve, *given))[2]
        print(f"  kernel {k:2}×{k:<2} {ratio:6.2f}")


def bench_digits():
    """Train the network of the page from five starts."""
    (x, y), held_out, test = split_digits()
    found = []
    for seed in range(5):
        with training.seeded(seed):
            net = ConvNet((16, 16, 32, 32), padding=1, dropout=0.25)
        start = time.process_time()
        train_classifier(
            net, x, y, epochs=30, lr=0.01, seed=seed, shifts=1, held_out=held_out, patience=10
        )
        taken = time.process_time() - start
        found.append((accuracy(net, *held_out), accuracy(net, *test)))
        print(f"  seed {seed}: held out {found[-1][0]:.4f}, test {found[-1][1]:.4f}, {taken:.1f} s")
    watched, tested = np.array(found).T
    print(f"  mean: held out {watched.mean():.4f}, test {tested.mean():.4f} ± {tested.std():.4f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    bench_layer()
    bench_crossover()
    if "--digits" in sys.argv:
        bench_digits()
