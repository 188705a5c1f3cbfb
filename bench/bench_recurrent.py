"""Our loops over the steps against PyTorch's layers, forward and backward, as ratios in one run.

Run with one thread:  OMP_NUM_THREADS=1 python bench/bench_recurrent.py

Both compute in float64 with the same weights and must agree to 1e-10. Rounds of the two alternate,
so that a busy machine slows both, and each ratio is the median over the rounds.
"""

import statistics
import time

import torch

from notebooklib.recurrent import lstm, memory, rnn, weights_of
from notebooklib.training import seeded

ROUNDS = 15


def race(kind, rows, steps, inputs, units):
    """Return the median seconds of each, and the median ratio."""
    with seeded(0):
        layer, x = memory(kind, inputs, units), torch.randn(rows, steps, inputs).double()
    weights = list(layer.parameters())

    def ours():
        made = (rnn if kind == "rnn" else lstm)(x, *weights_of(layer))
        return made if kind == "rnn" else made.h

    def gradients(states):
        return torch.autograd.grad(states.square().sum(), weights)

    for a, b in zip(gradients(ours()), gradients(layer(x)[0]), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10 * max(1.0, b.abs().max().item()))
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        gradients(ours())
        middle = time.process_time()
        gradients(layer(x)[0])
        times.append((middle - start, time.process_time() - middle))
    mine, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    return mine, theirs, statistics.median(a / b for a, b in times)


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(f"forward and backward, float64, median of {ROUNDS} alternating rounds, CPU time")
    for kind, *sizes in (("rnn", 16, 50, 5, 16), ("lstm", 16, 50, 5, 16), ("lstm", 16, 24, 32, 64)):
        mine, theirs, ratio = race(kind, *sizes)
        print(
            f"{kind:4} {sizes!s:17}: ours {mine * 1e3:6.1f} ms, PyTorch {theirs * 1e3:6.1f} ms, "
            f"ratio {ratio:.2f}"
        )
