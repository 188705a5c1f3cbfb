"""Our FFT against NumPy's, and the pendulum in one pass against the lecture notes' function.

Run with one thread:  OMP_NUM_THREADS=1 python bench/bench_analysis.py

The contestants take turns, so that a busy machine slows all of them; CPU time, medians.
"""

import statistics
import time

import numpy as np

from notebooklib.analysis import dft_matrix, fft
from notebooklib.differential_equations import METHODS, pendulum, simulate


def race(contestants, rounds, calls=None):
    """Return the median seconds of CPU of each function, run in turn, each so many calls a turn."""
    spent = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            often = (calls or {}).get(name, 1)
            start = time.process_time()
            for _ in range(often):
                run()
            spent[name].append((time.process_time() - start) / often)
    return {name: statistics.median(seconds) for name, seconds in spent.items()}


def fft_recursive(x):
    """Return the DFT of a signal whose length is a power of 2, as the chapter writes it."""
    if len(x) == 1:
        return x
    even, odd = fft_recursive(x[::2]), fft_recursive(x[1::2])
    turned = np.exp(-2j * np.pi * np.arange(len(odd)) / len(x)) * odd
    return np.concatenate([even + turned, even - turned])


def get_theta_double_dot(theta, theta_dot, g=9.8, L=2, mu=0.1):
    """Return the acceleration as the lecture notes write it."""
    return -mu * theta_dot - (g / L) * np.sin(theta)


def notes_theta(t):
    """Return the angle at time t as the lecture notes compute it, from the start each time."""
    theta, theta_dot, delta_t = np.pi / 3, 0, 0.01
    for _ in np.arange(0, t, delta_t):
        theta_double_dot = get_theta_double_dot(theta, theta_dot)
        theta += theta_dot * delta_t
        theta_dot += theta_double_dot * delta_t
    return theta


def transforms(N, rounds=41):
    """Print times and ratios for signals of length N."""
    x = np.random.default_rng(0).standard_normal(N) + 0j
    assert np.abs(fft(x) - np.fft.fft(x)).max() < 1e-10
    contestants = {"numpy": lambda: np.fft.fft(x), "ours": lambda: fft(x)}
    if N & (N - 1) == 0:
        contestants["recursive"] = lambda: fft_recursive(x)
    if N <= 1024:
        W = dft_matrix(N)
        contestants["matrix"] = lambda: W @ x
    spent = race(contestants, rounds)
    shown = (f"{k} {s * 1e3:.3f} ms ({s / spent['numpy']:.2f})" for k, s in spent.items())
    print(f"FFT, N = {N:6}: " + ", ".join(shown))


if __name__ == "__main__":
    for length in (2**6, 2**8, 2**10, 2**16, 10**5, 65537):
        transforms(length, 9 if length == 2**16 else 41)
    times = np.arange(1000) * 0.01
    assert np.isclose(
        simulate(pendulum(), np.pi / 3, 0, times, "euler")[0][500], notes_theta(4.995)
    )
    starts = np.random.default_rng(0).uniform(-3, 3, (2, 1000))
    contestants = {"notes": lambda: [notes_theta(t) for t in times]}
    for method in METHODS:
        contestants[method] = lambda method=method: simulate(
            pendulum(), np.pi / 3, 0, times, method
        )
    contestants["all three"] = lambda: [contestants[method]() for method in METHODS]
    contestants["rk4, 1,000 starts"] = lambda: simulate(pendulum(), *starts, times, "rk4")
    spent = race(contestants, 7, dict.fromkeys((*METHODS, "all three"), 20))
    print("pendulum at 1,000 times:")
    for name, seconds in spent.items():
        print(f"  {name:18} {seconds * 1e3:8.2f} ms, {spent['notes'] / seconds:6.0f} times faster")
