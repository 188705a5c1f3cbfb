"""Checks for the exercises of chapter 9, convolutional architecture.

PyTorch is imported where a check needs it, so that the other chapters do not wait for it.
"""

import copy
from functools import partial

import numpy as np
import scipy

from notebooklib.exercises import compare, compare_function, exercise, misfit
from notebooklib.exercises.chapter_01 import _uses

SUMS = {"convolve", "fft_convolve", "fftconvolve", "oaconvolve", "polymul", "poly1d"}
SLIDES = {"cross_correlate", "correlate", "correlate2d", "convolve2d", "conv2d"} | SUMS


def _lent(answer, banned):
    name = _uses(answer, banned)
    return f"The numbers are right, but `{name}` does the work: write it out." if name else ""


def _drawn(*sizes):
    """Return cases of small quarters, an array for each shape in each of the sizes."""
    rng = np.random.default_rng(0)
    return [tuple(rng.integers(-9, 10, shape) / 4 for shape in case) for case in sizes]


def _shapes(*arrays):
    return ", ".join(f"shape {array.shape}" for array in arrays)


def _around(length):
    """Return the circular convolution over length(M, N) places."""

    def circular(a, b):
        n = length(len(a), len(b))
        return np.fft.ifft(np.fft.fft(a, n) * np.fft.fft(b, n)).real

    return circular


def _no_network(answer):
    import torch

    fits = isinstance(answer, torch.nn.Module)
    return "" if fits else f"A network is asked for, a module, but {type(answer).__name__} came."


@exercise("9.1", "Two numbers and three make four: the copies overlap in all but one place each.")
def by_hand(answer) -> str:
    if not misfit(answer, (2,)) or not misfit(answer, (3,)):
        return "Only the places where they meet fully, or not all: 2 and 3 numbers make 4 places."
    slips = {
        "That is (−1, 1) * (2, 5, 3): the minus belongs to the later copy.": (-2, -3, 2, 3),
        "The second copy is to be taken away, not added.": (2, 7, 8, 3),
        "That slides without turning round: at place 0 only a₀ and b₀ meet.": (3, 2, -3, -2),
    }
    return compare(answer, [2, 3, -2, -3], "the sequence", slips=slips)


@exercise("9.2", "The double loop is the whole of it; everything else is speed.")
def spread(answer) -> str:
    slips = {
        "One must be turned round: i + j is the place, not i − j.": partial(
            np.correlate, mode="full"
        ),
        "One must be turned round: i + j is the place, not j − i.": (
            lambda a, b: np.correlate(b, a, "full")
        ),
        "Places beyond the end of a are missing.": (lambda a, b: np.convolve(a, b)[: len(a)]),
        "What runs over the end comes in again at the start: M + N − 1 places.": _around(max),
    }
    cases = _drawn((3, 3), (1, 4), (5, 2), (2, 5), (1, 1))
    return compare_function(answer, np.convolve, cases, slips=slips) or _lent(answer, SUMS)


@exercise("9.3", "A dot product at each place: among equally strong patches the likest is loudest.")
def answers_of(answer) -> str:
    cases = _drawn(((3, 3), (2, 2)), ((4, 6), (3, 2)), ((5, 4), (1, 3)), ((3, 4), (3, 4)))

    def laid(mode, turned=False):
        slide = scipy.signal.convolve2d if turned else scipy.signal.correlate2d
        return lambda A, K: slide(A, K, mode=mode)

    slips = {
        "The kernel is turned over: that is the convolution.": laid("valid", turned=True),
        "Only the places where the kernel lies inside are asked for.": laid("full"),
        "That has the size of the image; the kernel fits inside at fewer places.": laid("same"),
        "The last row and column are missing.": (lambda A, K: laid("valid")(A, K)[:-1, :-1]),
        "That is the mean of the products, not the sum.": (
            lambda A, K: laid("valid")(A, K) / K.size
        ),
    }
    return compare_function(answer, laid("valid"), cases, slips=slips, describe=_shapes) or _lent(
        answer, SLIDES
    )


@exercise("9.4", "Columns that add up to 0, and rows that tell above from below.")
def level_edges(answer) -> str:
    if fault := misfit(answer, (3, 3), "the kernel"):
        return fault
    K = np.asarray(answer)
    if np.iscomplexobj(K) and K.imag.any():
        return "The kernel should be real."
    K = K.real.astype(float)
    edge = np.zeros((8, 8))
    edge[4:] = 1

    def seen(picture):
        return scipy.signal.correlate2d(picture, K, mode="valid")

    if abs(K.sum()) > 2e-3:
        return f"An even patch of brightness 1 is answered by {K.sum():.3g}, not by 0."
    if np.abs(seen(edge.T)).max() > 2e-3:
        if np.abs(seen(edge)).max() < 2e-3:
            return "It sees upright edges and no level ones: turn it by a quarter."
        return "It also answers upright edges: let each column add up to 0."
    top, bottom = seen(edge).max(), seen(1 - edge).min()
    if abs(top) < 2e-3 and seen(edge).min() < -2e-3:
        return "The sign is the wrong way round: dark above bright should be answered by +1."
    if abs(top - 1) > 2e-3:
        return f"Dark above bright is answered by {top:.3g} at most; it should be 1."
    if seen(edge).min() < -2e-3:
        return "Dark above bright has negative answers, too: that does not tell above from below."
    return "" if abs(bottom + 1) < 2e-3 else f"Bright above dark should reach −1, not {bottom:.3g}."


@exercise("9.5", "28 + 4 pixels with the border, 28 starts to choose from, every second one taken.")
def size_of(answer) -> str:
    slips = {
        "The border is missing: two zeros on *each* side make 32 pixels.": 10,
        "The + 1 for the first place is missing, or the second border: 28 + 4 = 32 pixels.": 13,
        "Only whole places count, and the first place makes one more.": 13.5,
        "That is stride 1; every second place is left out.": 28,
        "Only whole places count: round down.": 14.5,
        "Half of 27 steps is 13, rounded down, and the first place makes one more.": 15,
        "That is without the border: add two zeros on each side.": 12,
        "The kernel needs room: it cannot start at the last four pixels.": 16,
    }
    return compare(answer, 14, "the number", slips=slips)


@exercise("9.6", "As deep as its input, once for each map, and a bias: that is all a layer holds.")
def parameters(answer) -> str:
    cases = [([1, 64, 64, 128, 128], 3, 10), ([3, 8], 5, 2), ([1, 4, 4], 1, 3), ([16, 3], 7, 10)]

    def count(channels, kernel, classes, *, deep=True, bias=1, head=True, sheets=False):
        pairs = zip(channels, channels[1:], strict=False)
        each = ((k, c if deep else 1, c if sheets else 1) for c, k in pairs)
        convs = sum(k * (kernel**2 * depth + bias * n) for k, depth, n in each)
        return convs + head * classes * (channels[-1] + bias)

    slips = {
        "The biases are missing: one for each map, and one for each class.": partial(count, bias=0),
        "A kernel is as deep as its input: it has kernel² · C weights.": partial(count, deep=False),
        "One bias for each map, not one for each sheet of a kernel.": partial(count, sheets=True),
        "The linear layer at the end is missing.": partial(count, head=False),
    }
    return compare_function(answer, count, cases, slips=slips)


@exercise("9.7", "Padded, multiplied, taken back: three transforms in place of M · N products.")
def fast(answer) -> str:
    def real(a, b):
        got = answer(a, b)
        got = got.detach().numpy() if hasattr(got, "detach") else got
        wobble = np.iscomplexobj(got) and np.abs(np.imag(got)).max(initial=0) < 1e-9
        return np.real(got) if wobble else got

    slips = {
        "One place too few: the result has M + N − 1.": _around(lambda m, n: max(m, n, m + n - 2)),
        "The padding is still there: cut the result to M + N − 1.": _around(lambda m, n: m + n),
    }
    if callable(answer):
        real.__name__ = getattr(answer, "__name__", "your function")
    cases = _drawn((3, 3), (1, 4), (5, 2), (2, 7), (8, 8), (6, 5))
    if callable(answer) and not compare_function(real, _around(max), cases[:1]):
        return "It goes round: first pad both with zeros to M + N − 1 places."
    fault = compare_function(real if callable(answer) else answer, np.convolve, cases, slips=slips)
    return fault or _lent(answer, SUMS)


@exercise("9.8", "A stride spreads out everything that comes after it.")
def field_of_view(answer) -> str:
    notes = [(3, 1), (3, 1), (2, 2), (3, 1), (3, 1)]
    cases = [(notes,), ([(3, 1)] * 5,), ([(5, 2), (3, 2), (3, 1)],), ([(1, 1)],), ([(7, 3)],)]

    def field(layers, *, spread=True, late=False, first=1):
        seen, jump = first, 1
        for kernel, stride in layers:
            jump = jump * stride if late else jump
            seen += (kernel - 1) * jump
            jump = jump * stride if spread and not late else jump
        return seen

    slips = {
        "The strides are missing: they make later steps longer.": partial(field, spread=False),
        "A stride spreads out the layers after it, not its own kernel.": partial(field, late=True),
        "It begins at one pixel, not at none.": partial(field, first=0),
        "Neighbours overlap: they share all but one pixel.": (
            lambda layers: sum(k for k, _ in layers)
        ),
    }
    return compare_function(answer, field, cases, slips=slips)


@exercise("9.9", "Nothing in it can learn: a pooling layer has no parameters.")
def pooled(answer) -> str:
    cases = _drawn([(4, 4)], [(6, 2)], [(5, 7)], [(2, 3)])
    cases[1] = (-1 - np.abs(cases[1][0]),)

    def blocks(x):
        high, wide = x.shape[0] // 2, x.shape[1] // 2
        return x[: 2 * high, : 2 * wide].reshape(high, 2, wide, 2)

    def largest(x):
        return blocks(x).max(axis=(1, 3))

    def overlapping(x):
        return np.lib.stride_tricks.sliding_window_view(x, (2, 2)).max(axis=(2, 3))

    fault = compare_function(answer, largest, cases, describe=_shapes)
    if fault and not compare_function(answer, largest, cases[:2]):
        return "Right for even sizes. Of 5 rows the last has no partner: it is left out."
    slips = {
        "That is the mean of each block, not the largest.": (lambda x: blocks(x).mean(axis=(1, 3))),
        "The largest of negative numbers is not 0.": (lambda x: largest(x).clip(0)),
        "The blocks overlap here: the window should move by two pixels.": overlapping,
        "That only keeps every second pixel, the largest or not.": (
            lambda x: blocks(x)[:, 0, :, 0]
        ),
    }
    return fault and compare_function(answer, largest, cases[:2], slips=slips, describe=_shapes)


@exercise("9.10", "Small, and it reads digits that it has never seen.")
def small_reader(answer) -> str:
    from notebooklib.convolution import accuracy, shift, split_digits

    if fault := _no_network(answer):
        return fault
    _, _, (x, y) = split_digits()
    count = sum(t.numel() for t in answer.state_dict().values())
    if not count:
        return "It has no parameters: what could it have learned?"
    if count > 3000:
        return f"It holds {count:,} numbers; at most 3,000 are allowed."
    x = x.to(next(answer.parameters()).dtype)
    try:
        share = accuracy(answer, x, y)
        moves = ((1, 0), (-1, 0), (0, 1), (0, -1))
        moved = np.mean([accuracy(answer, shift(x, *move), y) for move in moves])
    except Exception as error:
        return f"On the test digits, shape {tuple(x.shape)}, it stops with {error}"
    if share < 0.2:
        return f"It reads {share:.1%} of the test digits, no better than chance. Is it trained?"
    read = f"It reads {share:.1%} of the test digits and {moved:.1%} of moved ones"
    return "" if min(share, moved) >= 0.95 else f"{read}; 95 % are asked for."


@exercise("9.11", "θ says where each place of the result is read, so its signs run backwards.")
def shift_map(answer) -> str:
    cases = [(1, 0, 8), (0, 2, 8), (-3, 1, 12), (0, 0, 5), (2, -2, 28)]

    def theta(right, down, size, *, sign=-1, unit=2):
        return [[1, 0, sign * unit * right / size], [0, 1, sign * unit * down / size]]

    slips = {
        "The wrong way: a move to the right is read further left.": partial(theta, sign=1),
        "From −1 to 1 are size pixels: one pixel is 2 / size.": partial(theta, unit=1),
        "Wrong way and half the length: one pixel is 2 / size.": partial(theta, sign=1, unit=1),
        "−1 and 1 are the borders: a pixel is 2 / size.": (lambda r, d, n: theta(r, d, n - 1)),
        "Across comes first: it is the upper row.": (lambda right, down, n: theta(down, right, n)),
    }
    return compare_function(answer, theta, cases, slips=slips)


@exercise("9.12", "Equivariant layers all the way, and a mean that forgets where.")
def indifferent(answer) -> str:
    import torch

    from notebooklib.convolution import split_digits

    if fault := _no_network(answer):
        return fault
    weight = next(answer.parameters(), torch.zeros(1))
    x = split_digits()[2][0][:20].to(weight.dtype)
    order = torch.randperm(64, generator=torch.Generator().manual_seed(0))
    answer = copy.deepcopy(answer).eval()
    try:
        with torch.no_grad():
            scores, mirrored = answer(x), answer(x.flip(3))
            mixed = answer(x.flatten(2)[:, :, order].view_as(x))
            moves = [(i, j) for i in range(8) for j in range(8)]
            moved = {move: answer(x.roll(move, (2, 3))) for move in moves}
    except Exception as error:
        return f"On digits of shape {tuple(x.shape)} it stops with {error}"
    if scores.shape != (20, 10) or not torch.isfinite(scores).all():
        return f"20 digits should give finite scores of shape (20, 10), not {tuple(scores.shape)}."
    spread = (scores - scores.mean(0)).abs().max()
    if spread <= 1e-6 * scores.abs().max():
        return "It says the same of every digit: that is indifference to everything."
    off = {where: (other - scores).abs().max() / spread for where, other in moved.items()}
    worst = max(off, key=off.get)
    if off[worst] > 1e-4:
        if all(off[i, j] < 1e-4 for i in range(0, 8, 2) for j in range(0, 8, 2)):
            return "It is indifferent to even moves only: somewhere every second place is left out."
        return f"A cyclic move by {worst} changes its scores: which layer knows where a pixel is?"
    if (mixed - scores).abs().max() < 1e-4 * spread:
        return "Shuffled pixels get the same scores: it counts ink and sees no pattern."
    if (mirrored - scores).abs().max() < 1e-4 * spread:
        return "Mirrored digits get the same scores, too: it should tell left from right."
    return ""
