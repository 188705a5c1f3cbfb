"""Schedules of the learning rate: functions from a step's number to its rate."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._formulas import half_cosine
from notebooklib._validate import (
    Array,
    function,
    nonnegative,
    positive,
    positive_int,
    real_array,
    share,
)
from notebooklib.optim.descent import Schedule


def inverse_square_root(lr: float) -> Schedule:
    """Return the schedule that falls with the square root of the step.

    ηₜ = η / √(t + 1)

    Parameters
    ----------
    lr : float
        The learning rate η > 0 at step 0.

    Returns
    -------
    callable
        The rate ηₜ for a step t ≥ 0, a number or an array.

    Raises
    ------
    ValueError
        If the rate is not above 0; when it is called, if a step is negative.

    Notes
    -----
    Source: chapter 8.

    Examples
    --------
    >>> inverse_square_root(0.1)([0, 3, 8]).round(3).tolist()
    [0.1, 0.05, 0.033]
    """
    lr = positive(lr, "learning rate lr")
    return _schedule(lambda t: lr / np.sqrt(t + 1))


def step_decay(lr: float, *, gamma: float, every: int) -> Schedule:
    """Return the staircase that multiplies the learning rate by γ every few steps.

    ηₜ = η γ^⌊t/s⌋

    Parameters
    ----------
    lr : float
        The learning rate η > 0 at step 0.
    gamma : float
        The factor γ in (0, 1] of one stair.
    every : int
        The length s ≥ 1 of a stair, in steps.

    Returns
    -------
    callable
        The rate ηₜ for a step t ≥ 0, a number or an array.

    Raises
    ------
    ValueError
        If an argument is out of its range; when it is called, if a step is negative.

    Notes
    -----
    Source: ``torch.optim.lr_scheduler.StepLR``; chapter 8.

    Examples
    --------
    >>> step_decay(0.8, gamma=0.5, every=10)([0, 9, 10, 25]).tolist()
    [0.8, 0.8, 0.4, 0.2]
    """
    lr, gamma = positive(lr, "learning rate lr"), share(gamma, "gamma")
    every = positive_int(every, "every")
    return _schedule(lambda t: lr * gamma ** np.floor(t / every))


def linear_decay(lr: float, *, total: int) -> Schedule:
    """Return the schedule that falls in a straight line to 0 and stays there.

    ηₜ = η (1 − t/T) for 0 ≤ t ≤ T

    Parameters
    ----------
    lr : float
        The learning rate η > 0 at step 0.
    total : int
        The step T ≥ 1 at which it reaches 0.

    Returns
    -------
    callable
        The rate ηₜ for a step t ≥ 0, a number or an array.

    Raises
    ------
    ValueError
        If an argument is out of its range; when it is called, if a step is negative.

    Notes
    -----
    Source: ``torch.optim.lr_scheduler.PolynomialLR`` with power 1; chapter 8.

    Examples
    --------
    >>> linear_decay(0.1, total=100)([0, 50, 100, 120]).tolist()
    [0.1, 0.05, 0.0, 0.0]
    """
    lr, total = positive(lr, "learning rate lr"), positive_int(total, "total")
    return _schedule(lambda t: lr * (1 - np.minimum(t / total, 1)))


def exponential_decay(lr: float, *, rate: float) -> Schedule:
    """Return the schedule that falls by the same factor at every step.

    ηₜ = η e^(−kt)

    Parameters
    ----------
    lr : float
        The learning rate η > 0 at step 0.
    rate : float
        The rate k ≥ 0 per step; the factor of one step is γ = e^(−k).

    Returns
    -------
    callable
        The rate ηₜ for a step t ≥ 0, a number or an array.

    Raises
    ------
    ValueError
        If an argument is out of its range; when it is called, if a step is negative.

    Notes
    -----
    Source: ``torch.optim.lr_scheduler.ExponentialLR`` with gamma = exp(-rate); chapter 8.

    Examples
    --------
    >>> exponential_decay(0.1, rate=0.1)([0, 10, 20]).round(3).tolist()
    [0.1, 0.037, 0.014]
    """
    lr, rate = positive(lr, "learning rate lr"), nonnegative(rate, "rate")
    return _schedule(lambda t: lr * np.exp(-np.minimum(rate, 1e3) * t))


def cosine_decay(lr: float, *, total: int) -> Schedule:
    """Return the schedule that falls to 0 along half a cosine and stays there.

    ηₜ = η (1 + cos(πt/T)) / 2 for 0 ≤ t ≤ T

    Parameters
    ----------
    lr : float
        The learning rate η > 0 at step 0.
    total : int
        The step T ≥ 1 at which it reaches 0.

    Returns
    -------
    callable
        The rate ηₜ for a step t ≥ 0, a number or an array.

    Raises
    ------
    ValueError
        If an argument is out of its range; when it is called, if a step is negative.

    Notes
    -----
    Source: Loshchilov, Hutter (2017), eq. 5, without restarts; ``CosineAnnealingLR`` up to T.

    Examples
    --------
    >>> cosine_decay(0.1, total=100)([0, 25, 50, 100]).round(3).tolist()
    [0.1, 0.085, 0.05, 0.0]
    """
    lr, total = positive(lr, "learning rate lr"), positive_int(total, "total")
    return _schedule(lambda t: lr * half_cosine(np.minimum(t / total, 1)))


def warm_up(schedule: Schedule, *, steps: int) -> Schedule:
    """Return a schedule that first rises in a straight line to the start of another, then is it.

    η₀ (t + 1) / (s + 1) for t < s, then ηₜ₋ₛ

    Parameters
    ----------
    schedule : callable
        The schedule η that follows the rise.
    steps : int
        The length s ≥ 1 of the rise.

    Returns
    -------
    callable
        The rate for a step t ≥ 0, a number or an array.

    Raises
    ------
    ValueError
        If `schedule` is no function or `steps` below 1; when it is called, if a step is negative.

    Notes
    -----
    Source: Goyal et al. (2017), section 2.2; ``LinearLR``, then the other, in ``SequentialLR``.

    Examples
    --------
    >>> warm_up(linear_decay(0.1, total=10), steps=4)([0, 1, 4, 9, 14]).round(2).tolist()
    [0.02, 0.04, 0.1, 0.05, 0.0]
    """
    schedule, steps = function(schedule, "schedule", takes=1), positive_int(steps, "steps")

    def rate(t: Array) -> Array:
        after = real_array(schedule(np.maximum(t - steps, 0)), "schedule")
        if after.shape not in ((), t.shape):
            raise ValueError(f"schedule: expected shape {t.shape}, got shape {after.shape}")
        return np.minimum((t + 1) / (steps + 1), 1) * after

    return _schedule(rate)


def _schedule(rate: Callable[[Array], Array]) -> Schedule:
    """Wrap η(t): refuse steps below 0, and give a float for a number, an array for an array."""

    def schedule(t: ArrayLike) -> float | Array:
        steps = real_array(t, "step t")
        if (steps < 0).any():
            raise ValueError(f"step t: expected a number >= 0, got {float(steps.min())}")
        rates = rate(steps)
        return float(rates) if steps.ndim == 0 else rates

    return schedule
