"""Softmax, the losses with their gradients, and the targets they compare with."""

import inspect
import sys
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._validate import (
    MOST,
    Array,
    matrix,
    positive,
    positive_int,
    real_array,
    whole,
    whole_labels,
    within_float64,
)


def softmax(z: ArrayLike, temperature: float = 1.0, axis: int = -1) -> Array:
    """Turn logits into shares of the whole, at a temperature T.

    pᵢ = exp(zᵢ/T) / Σⱼ exp(zⱼ/T)

    Parameters
    ----------
    z : array_like or Tensor, shape (..., n, ...)
        Logits; n of them along `axis`. An entry may be -inf (its share is 0), but not all along
        `axis`.
    temperature : float
        Temperature T > 0. Below 1 the distribution is steeper, above 1 flatter: as T → 0 the
        largest entries share the whole, as T → ∞ all share alike.
    axis : int
        The axis along which the shares sum to 1, from -ndim to ndim - 1.

    Returns
    -------
    ndarray, or Tensor where one came, shape (..., n, ...)
        Shares in [0, 1].

    Raises
    ------
    ValueError
        If the temperature is not a finite number > 0, there is no such axis, or z has NaN, +inf,
        gaps or nothing to share.

    Notes
    -----
    The largest logit is subtracted first: the quotient is the same, and no exponent exceeds 0, so
    nothing overflows. Source: Hinton, Vinyals and Dean (2015), arXiv:1503.02531, equation 1.

    Examples
    --------
    >>> softmax([1.0, 2.0, 3.0]).round(3).tolist()
    [0.09, 0.245, 0.665]
    >>> softmax([2, 4, 4], temperature=1e-3).tolist()
    [0.0, 0.5, 0.5]
    >>> softmax([1e4, 0.0, -1e4]).tolist()
    [1.0, 0.0, 0.0]
    """
    temperature = positive(temperature, "temperature")
    z, library, span = _logits(z)
    if z.ndim == 0:
        raise ValueError(f"z: expected entries along axis {axis}, got a single number")
    axis = whole(axis, "axis", -z.ndim, z.ndim - 1)
    largest = library.amax(z, axis=axis, keepdims=True)
    if not (bounded := library.isfinite(largest)).all():
        expected = "numbers below +inf, not all -inf along the axis, and no NaN"
        raise ValueError(f"z: expected {expected}, got {float(largest[~bounded][0])}")
    with np.errstate(over="ignore"):  # a gap beyond float64 is -inf, and exp(-inf) is 0
        e = library.exp((z - largest) / min(max(temperature, span.tiny), span.max))
    return e / e.sum(axis=axis, keepdims=True)


def _logits(z: Any) -> tuple[Any, ModuleType, Any]:
    """Return logits, the library that computes with them, and what they can be divided by."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(z, torch.Tensor):
        return real_array(z, "z", finite=False), np, np.finfo(np.float64)
    from notebooklib._tensors import real_tensor

    z = real_tensor(z, "z")
    return z, torch, torch.finfo(torch.promote_types(z.dtype, torch.float32))


def _log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def _checked(loss):
    """Check predictions and targets at the door; the bare function stays in `__wrapped__`."""
    signature = inspect.signature(loss)

    @wraps(loss)
    def checked(*args, **kwargs) -> tuple[float, Array]:
        (name, predictions), (_, targets) = signature.bind(*args, **kwargs).arguments.items()
        predictions = matrix(predictions, name)
        targets = matrix(targets, "targets", shape=predictions.shape)
        if loss.__name__ == "cross_entropy":
            _check_distributions(targets, "targets")
        return within_float64(loss)(predictions, targets)

    return checked


@_checked
def cross_entropy(logits: ArrayLike, targets: ArrayLike) -> tuple[float, Array]:
    """Return the mean cross entropy of a batch, after a softmax, and its gradient.

    L = −(1/B) Σ_b Σᵢ y_bᵢ log p_bᵢ, ∂L/∂z = (p − y)/B, p = softmax(z)

    Parameters
    ----------
    logits : array_like, shape (batch, classes)
        The numbers z before the softmax.
    targets : array_like, shape (batch, classes)
        The wanted probabilities y: rows of numbers ≥ 0 that sum to 1, one-hot for labels.

    Returns
    -------
    loss : float
        The mean over the batch, in nats.
    gradient : ndarray, shape (batch, classes)
        The gradient ∂L/∂z.

    Raises
    ------
    ValueError
        If the shapes differ, a row of targets is no distribution, or a number is not finite or
        overflows.

    Notes
    -----
    Source: chapter 8; ``torch.nn.functional.cross_entropy``.

    Examples
    --------
    >>> loss, gradient = cross_entropy([[0.0, 0.0]], [[1.0, 0.0]])
    >>> round(loss, 3), gradient.tolist()
    (0.693, [[-0.5, 0.5]])
    """
    log_p = _log_softmax(logits)
    loss = -(targets * log_p).sum() / len(logits)
    return float(loss), (np.exp(log_p) - targets) / len(logits)


@_checked
def mean_squared_error(predictions: ArrayLike, targets: ArrayLike) -> tuple[float, Array]:
    """Return the mean squared error over all numbers of a batch, and its gradient.

    L = (1/n) Σᵢ (ŷᵢ − yᵢ)², ∂L/∂ŷ = (2/n)(ŷ − y), n = batch · outputs

    Parameters
    ----------
    predictions, targets : array_like, shape (batch, outputs)
        What the network says, ŷ, and what is wanted, y.

    Returns
    -------
    loss : float
        The mean.
    gradient : ndarray, shape (batch, outputs)
        The gradient ∂L/∂ŷ.

    Raises
    ------
    ValueError
        If the shapes differ, or a number is not finite or overflows.

    Notes
    -----
    Source: chapter 8; ``torch.nn.functional.mse_loss``.

    Examples
    --------
    >>> loss, gradient = mean_squared_error([[1.0], [2.0]], [[0.0], [4.0]])
    >>> loss, gradient.tolist()
    (2.5, [[1.0], [-2.0]])
    """
    error = predictions - targets
    return float(np.vdot(error, error)) / error.size, 2 * error / error.size


@_checked
def quadratic_cost(predictions: ArrayLike, targets: ArrayLike) -> tuple[float, Array]:
    """Return half the squared distance to the targets, averaged over a batch, and its gradient.

    L = 1/(2B) Σ_b ‖a_b − y_b‖², ∂L/∂a = (a − y)/B

    Parameters
    ----------
    predictions, targets : array_like, shape (batch, outputs)
        What the network says, a, and what is wanted, y.

    Returns
    -------
    loss : float
        The mean over the batch.
    gradient : ndarray, shape (batch, outputs)
        The gradient ∂L/∂a.

    Raises
    ------
    ValueError
        If the shapes differ, or a number is not finite or overflows.

    Notes
    -----
    Source: chapter 8.

    Examples
    --------
    >>> loss, gradient = quadratic_cost([[1.0, 0.0], [2.0, 0.0]], [[0.0, 0.0], [4.0, 0.0]])
    >>> loss, gradient.tolist()
    (1.25, [[0.5, 0.0], [-1.0, 0.0]])
    """
    error = predictions - targets
    return float(np.vdot(error, error)) / (2 * len(error)), error / len(error)


LOSSES = {
    "cross_entropy": cross_entropy,
    "mse": mean_squared_error,
    "quadratic": quadratic_cost,
}


def one_hot(labels: ArrayLike, num_classes: int) -> Array:
    """Write each class label as a row with a single 1.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        Whole numbers from 0 to ``num_classes - 1``.
    num_classes : int
        How many classes there are, from 1 to a million.

    Returns
    -------
    ndarray, shape (n, num_classes)
        Row i is 1 at column ``labels[i]``, 0 elsewhere.

    Raises
    ------
    ValueError
        If a label is no whole number or is out of range, or the table would not fit in memory.

    Examples
    --------
    >>> one_hot([2, 0], 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    num_classes = positive_int(num_classes, "num_classes", most=1_000_000)
    columns = whole_labels(labels, "labels", num_classes)
    positive_int(columns.size * num_classes, "labels × num_classes", most=MOST)
    table = np.zeros((columns.size, num_classes))
    table[np.arange(columns.size), columns] = 1
    return table


def _check_distributions(Y, name):
    wrong = (Y < 0).any(axis=1) | (np.abs(np.clip(Y, -1, 2).sum(axis=1) - 1) > 1e-5)
    if wrong.any():
        row = Y[wrong.argmax()]
        raise ValueError(f"{name}: expected rows of numbers >= 0 that sum to 1, got {row}")
