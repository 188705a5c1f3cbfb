"""Race `Network` (a whole mini-batch at once) against `NotesNetwork` (one example at a time).

Run with one BLAS thread:  OMP_NUM_THREADS=1 python bench/bench_mlp.py

Both train for three epochs from the same weights, on the same examples, with the same sigmoid
layers, cost and learning rate; the final weights must agree. Rounds of the two alternate, so that
a busy machine slows both, and each ratio is the median over the rounds. The digits are
scikit-learn's; the [784, 30, 10] data are random numbers of that size: the speed does not depend
on what they show.
"""

import statistics
import time

import numpy as np
from sklearn.datasets import load_digits

from notebooklib.mlp import Network, NotesNetwork, one_hot
from notebooklib.optim import SGD

ROUNDS, EPOCHS, LR, SEED = 15, 3, 0.5, 0


def digits():
    """Return the 1797 images of 8×8 pixels and their labels."""
    X, y = load_digits(return_X_y=True)
    return X / 16, y


def random_images(n=1000):
    """Return random images of 28×28 pixels and random labels."""
    rng = np.random.default_rng(SEED)
    return rng.random((n, 784)), rng.integers(10, size=n)


def race(X, y, sizes, batch_size):
    """Return the median seconds of each, and the median ratio."""
    Y = one_hot(y, sizes[-1])
    examples = [(x[:, None], t[:, None]) for x, t in zip(X, Y, strict=True)]
    times = []
    for _ in range(ROUNDS):
        theirs = NotesNetwork(sizes, rng=np.random.default_rng(SEED))
        ours = Network.from_weights(
            theirs.weights,
            [b[:, 0] for b in theirs.biases],
            activation="sigmoid",
            output="sigmoid",
            loss="quadratic",
        )
        start = time.perf_counter()
        theirs.sgd(examples, EPOCHS, batch_size, LR, rng=np.random.default_rng(SEED))
        middle = time.perf_counter()
        ours.fit(
            X,
            y,
            epochs=EPOCHS,
            batch_size=batch_size,
            optimizer=SGD(LR),
            rng=np.random.default_rng(SEED),
        )
        times.append((middle - start, time.perf_counter() - middle))
        for a, b in zip(ours.weights, theirs.weights, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
    notes, network = (statistics.median(column) for column in zip(*times, strict=True))
    return notes, network, statistics.median(a / b for a, b in times)


if __name__ == "__main__":
    print(f"{EPOCHS} epochs, median of {ROUNDS} alternating rounds")
    for name, data, sizes, batch_size, floor in (
        ("digits", digits(), [64, 30, 10], 32, 12),
        ("random images", random_images(), [784, 30, 10], 10, 4),
    ):
        notes, network, ratio = race(*data, sizes, batch_size)
        print(
            f"{name:14s} {sizes!s:14s} batches of {batch_size:2d}: notes {notes * 1e3:6.1f} ms, "
            f"Network {network * 1e3:5.1f} ms, ratio {ratio:4.1f} (at least {floor}: "
            f"{ratio >= floor})"
        )
