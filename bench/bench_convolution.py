"""Race the library's convolutions against PyTorch's and against loops, as ratios in one run.

Run with one thread:  OMP_NUM_THREADS=1 python bench/bench_convolution.py [--choose | --digits]

The contestants take turns, and each ratio is the median over the rounds. What is counted is the
time of the processor, which a busy machine hardly changes. Instead of racing, `--choose` tries the
settings of the chapter's networks on the held-out digits, from starts that are not used elsewhere,
and never looks at the test digits; `--digits` reads those, with what was chosen, from five starts.
"""

import itertools
import statistics
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from notebooklib import training
from notebooklib.convolution import (
    ConvNet,
    SpatialTransformer,
    accuracy,
    conv2d,
    convolve,
    fft_convolve,
    rotate,
    split_digits,
    train_classifier,
)

ROUNDS = 9
EPOCHS = {False: 15, True: 12}  # of turned digits, without and with a spatial transformer


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


def learnt(seed, *, lr, shifts, dropout):
    """Return the network of the page, trained, and its least loss on the held-out digits."""
    (x, y), held_out, _ = split_digits()
    with training.seeded(seed):
        net = ConvNet((16, 16, 32, 32), padding=1, dropout=dropout)
    how = dict(seed=seed, shifts=shifts, held_out=held_out, patience=10)
    history = train_classifier(net, x, y, epochs=30, lr=lr, **how)
    return net, min(history.held_out)


def turned_reader(seed, *, lr, transformer):
    """Return a network of the last page that learnt turned digits, and its seconds."""
    (x, y), _, _ = split_digits()
    with training.seeded(seed):
        net = ConvNet((8, 8, 16, 16), padding=1, dropout=0)
        net = SpatialTransformer(net, size=8, turns_only=True) if transformer else net
    how = dict(epochs=EPOCHS[transformer], lr=lr, seed=seed, size=32, turns=60)
    return net, seconds(lambda: train_classifier(net, x[:800], y[:800], **how))


def choose():
    """Print how each setting does on the held-out digits."""
    _, (x, y), _ = split_digits()
    print("network of the page: mean of the least held-out losses from two starts")
    for lr, shifts, dropout in itertools.product((0.005, 0.01, 0.02), (0, 1), (0, 0.25)):
        losses = [learnt(s, lr=lr, shifts=shifts, dropout=dropout)[1] for s in (100, 101)]
        print(
            f"  rate {lr:<5} shifts {shifts} dropout {dropout:<4} {np.mean(losses):.4f}", flush=True
        )
    angles = range(-60, 61, 15)
    turned = torch.cat([rotate(x, angle) for angle in angles]), y.repeat(len(angles))
    for transformer in (False, True):
        print(f"{EPOCHS[transformer]} rounds of turned digits, transformer: {transformer}")
        for lr in (0.01, 0.02, 0.03, 0.04):
            runs = [turned_reader(100 + s, lr=lr, transformer=transformer) for s in range(6)]
            found = [accuracy(net, *turned) for net, _ in runs]
            shares = " ".join(f"{share:.3f}" for share in found)
            taken = statistics.median(taken for _, taken in runs)
            mean = np.mean(found)
            print(f"  rate {lr:<5} read {mean:.4f} of {shares} in {taken:.1f} s", flush=True)


def bench_digits():
    """Train the network of the page from five starts, and read the test digits."""
    _, _, test = split_digits()
    found = []
    for seed in range(5):
        start = time.process_time()
        net, _ = learnt(seed, lr=0.01, shifts=0, dropout=0.25)
        found.append(accuracy(net, *test))
        print(f"  seed {seed}: test {found[-1]:.4f}, {time.process_time() - start:.1f} s")
    print(f"  mean {np.mean(found):.4f}, from {min(found):.4f} to {max(found):.4f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    if "--choose" in sys.argv:
        choose()
    elif "--digits" in sys.argv:
        bench_digits()
    else:
        bench_layer()
        bench_crossover()
