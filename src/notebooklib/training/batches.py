"""What is drawn at random in training: batches, seeds, and the rate's schedule beside them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from notebooklib._formulas import half_cosine
from notebooklib._validate import _came, nonnegative_int, positive, positive_int


def minibatches(*tensors: Tensor, size: int, seed: int = 0) -> Callable[[int], Iterator]:
    """Return the batches of each epoch: the rows, shuffled anew by seed and epoch.

    Parameters
    ----------
    *tensors : Tensor, shape (rows, ...)
        Of equally many rows.
    size : int
        Rows in a batch; the last batch may be smaller.
    seed : int
        Of the shuffling, a whole number ≥ 0. An epoch's order depends on nothing else, so a
        resumed training meets the same batches.

    Returns
    -------
    callable
        Epoch → iterator over batches: a tensor, or a tuple of them where several were given.

    Raises
    ------
    ValueError
        If what is given are no tensors, there are no rows, the tensors have not equally many, or
        a number is out of range; also later, for an epoch that is no whole number ≥ 0.

    Examples
    --------
    >>> [batch.tolist() for batch in minibatches(torch.arange(5), size=2)(0)]
    [[3, 4], [0, 1], [2]]
    """
    size, seed = positive_int(size, "size"), nonnegative_int(seed, "seed")
    for tensor in tensors:
        if not isinstance(tensor, Tensor) or tensor.ndim == 0:
            raise ValueError(f"tensors: expected tensors with rows, got {_came(tensor)}")
    rows = [len(tensor) for tensor in tensors]
    if len(set(rows)) != 1 or 0 in rows:
        raise ValueError(f"tensors: expected equally many rows, at least one, got {rows}")

    def batches(epoch: int) -> Iterator:
        epoch = nonnegative_int(epoch, "epoch")
        generator = torch.Generator().manual_seed(_mixed(seed, epoch))
        for chosen in torch.randperm(rows[0], generator=generator).split(size):
            batch = tuple(tensor[chosen.to(tensor.device)] for tensor in tensors)
            yield batch if len(batch) > 1 else batch[0]

    return batches


def warm_cosine(lr: float, steps: int, warm_up: int = 0) -> Callable[[int], float]:
    r"""Return a schedule: a straight rise over the warm-up, then half a cosine down to lr/10.

    Parameters
    ----------
    lr : float
        The highest learning rate, > 0.
    steps : int
        Steps of the whole training.
    warm_up : int
        Steps of the rise, fewer than `steps`.

    Returns
    -------
    callable
        Step (0, 1, …) → learning rate.

    Raises
    ------
    ValueError
        If a number is out of range; also later, for a step that is no whole number ≥ 0.

    Notes
    -----
    Source: Loshchilov and Hutter (2017), arXiv:1608.03983, equation 5.

    Examples
    --------
    >>> rate = warm_cosine(lr=1.0, steps=101, warm_up=1)
    >>> [round(rate(step), 3) for step in (0, 1, 51, 101)]
    [1.0, 1.0, 0.55, 0.1]
    """
    lr, steps = positive(lr, "lr"), positive_int(steps, "steps")
    if (warm_up := nonnegative_int(warm_up, "warm_up")) >= steps:
        raise ValueError(f"warm_up: expected 0 to {steps - 1} steps, got {warm_up!r}")

    def rate(step: int) -> float:
        step = nonnegative_int(step, "step")
        if step < warm_up:
            return lr * (step + 1) / warm_up
        done = min((step - warm_up) / (steps - warm_up), 1.0)
        return lr * float(half_cosine(done, floor=0.1))

    return rate


@contextmanager
def seeded(seed: int, *more: int) -> Iterator[None]:
    """Seed what PyTorch draws inside the context; the state outside is as if nothing was drawn.

    Parameters
    ----------
    seed, *more : int
        Whole numbers ≥ 0, mixed into one.

    Yields
    ------
    None
        The context is all there is.

    Raises
    ------
    ValueError
        If a seed is no whole number ≥ 0.

    Examples
    --------
    >>> from torch import nn
    >>> with seeded(7):
    ...     one = nn.Linear(3, 2)
    >>> with seeded(7):
    ...     two = nn.Linear(3, 2)
    >>> torch.equal(one.weight, two.weight)
    True
    """
    mixed = _mixed(seed, *more)
    devices = range(torch.cuda.device_count()) if torch.cuda.is_available() else []
    mps = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None
    with torch.random.fork_rng(devices=devices, device_type="cuda"):
        try:
            torch.manual_seed(mixed)  # seeds every device
            yield
        finally:
            if mps is not None:  # fork_rng keeps the states of one kind of device only
                torch.mps.set_rng_state(mps)


def _mixed(*numbers: int) -> int:
    """Return one seed below 2⁶³ for a tuple of whole numbers."""
    mixed = 0
    for number in numbers:
        mixed = (mixed * 1_000_003 + nonnegative_int(number, "seed") + 1) % 2**63
    return mixed
