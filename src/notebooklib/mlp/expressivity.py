"""What depth buys: sawtooth networks, pieces of a line, and maxout."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._validate import (
    Array,
    function,
    instance,
    interval,
    positive_int,
    real_array,
    vector,
    within_float64,
)
from notebooklib.mlp.network import Network


def sawtooth(depth: int) -> Network:
    """Return a network of ReLUs that draws 2ᵏ straight pieces with k layers of two.

    Each layer folds [0, 1] once more with the tent t(x) = 2 relu(x) − 4 relu(x − ½).

    Parameters
    ----------
    depth : int
        The number k of hidden layers, from 1 to 1000.

    Returns
    -------
    Network
        One input, one output: the tent applied k times, for inputs in [0, 1].

    Raises
    ------
    ValueError
        If `depth` is no whole number from 1 to 1000.

    Notes
    -----
    Source: Telgarsky (2016), section 1.1; Montúfar et al. (2014).

    Examples
    --------
    >>> sawtooth(2)([[0.0], [0.25], [0.5], [0.75], [1.0]]).ravel().tolist()
    [0.0, 1.0, 0.0, 1.0, 0.0]
    >>> [count_linear_pieces(sawtooth(k)) for k in (1, 3, 6)]
    [2, 8, 64]
    """
    depth = positive_int(depth, "depth", most=1000)
    bend, tent = [0.0, -0.5], [2.0, -4.0]
    weights = [[[1.0], [1.0]], *[[tent, tent]] * (depth - 1), [tent]]
    return Network.from_weights(weights, [bend] * depth + [[0.0]], loss="mse")


@within_float64
def count_linear_pieces(network: Network, low: float = 0.0, high: float = 1.0) -> int:
    """Count the straight pieces of a ReLU network with one input and one output, exactly.

    Layer by layer, the points where some node's pre-activation crosses zero are found: between
    points already known everything is linear, so each crossing is one division.

    Parameters
    ----------
    network : Network
        With one input, one output, hidden layers of 'relu' or 'leaky_relu', and a linear output.
    low, high : float
        The interval to look at, low < high.

    Returns
    -------
    int
        The number of pieces; neighbours of equal slope count as one.

    Raises
    ------
    ValueError
        If the network is another kind, the interval is empty, or there are over a million pieces.

    Notes
    -----
    Source: Montúfar et al. (2014); chapter 8.

    Examples
    --------
    >>> absolute_value = Network.from_weights([[[1], [-1]], [[1, 1]]], [[0, 0], [0]], loss="mse")
    >>> count_linear_pieces(absolute_value, -1.0, 1.0)
    2
    """
    low, high = interval(low, high)
    if instance(network, "network", Network).sizes[0] != 1 or network.sizes[-1] != 1:
        raise ValueError(f"network: expected one input and one output, got sizes {network.sizes}")
    *hidden, last = [a.name for a in network.activations]
    if not set(hidden) <= {"relu", "leaky_relu"} or last != "identity":
        raise ValueError(
            f"network: expected ReLU layers and a linear output, got {hidden + [last]}"
        )
    x = np.array([low, high], dtype=np.float64)
    for layer in range(len(hidden)):
        z = network.forward(x[:, None])[0][layer]  # (points, nodes): linear between points
        left, right = z[:-1], z[1:]
        i, node = np.nonzero(left * right < 0)
        left, right = left[i, node], right[i, node]
        crossings = x[i] + (x[i + 1] - x[i]) * left / (left - right)
        x = np.unique(np.concatenate([x, crossings]))
        if x.size > 1_000_000:
            raise ValueError(f"network: expected at most a million pieces, got {x.size} points")
    x = x[np.append(np.diff(x) > 1e-12 * (high - low), True)]  # rounding may split one point in two
    slopes = np.diff(network(x[:, None])[:, 0]) / np.diff(x)
    return 1 + int((np.abs(np.diff(slopes)) > 1e-6 * np.abs(slopes).max()).sum())


@within_float64
def maxout(x: ArrayLike, slopes: ArrayLike, intercepts: ArrayLike) -> Array:
    """Return the largest of several straight lines at each x: one maxout node with one input.

    h(x) = maxₖ (wₖ x + bₖ)

    Parameters
    ----------
    x : array_like, any shape
        Where to evaluate.
    slopes, intercepts : array_like, shape (pieces,)
        The lines' numbers w and b.

    Returns
    -------
    ndarray, shape of `x`
        The heights h(x): convex and piecewise linear, whatever w and b are.

    Raises
    ------
    ValueError
        If there are not as many intercepts as slopes, or a number is not finite.

    Notes
    -----
    Source: Goodfellow et al. (2013), "Maxout networks", section 3.

    Examples
    --------
    >>> maxout([-2.0, 0.5, 3.0], [1.0, -1.0], [0.0, 0.0]).tolist()
    [2.0, 0.5, 3.0]
    """
    w = vector(slopes, "slopes")
    b = vector(intercepts, "intercepts", size=w.size)
    return (real_array(x, "x")[..., None] * w + b).max(axis=-1)  # (..., pieces) -> (...)


@within_float64
def maxout_tangents(
    f: Callable[[Array], Array],
    derivative: Callable[[Array], Array],
    pieces: int,
    *,
    low: float = -1.0,
    high: float = 1.0,
) -> tuple[Array, Array]:
    """Return the lines of a maxout node that approximates a convex function by its tangents.

    The interval is cut into equal parts, and the tangent taken at the middle of each.

    Parameters
    ----------
    f, derivative : callable
        A convex function and its derivative: arrays in, arrays of the same shape out.
    pieces : int
        How many lines, at least 1.
    low, high : float
        The interval, low < high.

    Returns
    -------
    slopes : ndarray, shape (pieces,)
        For `maxout`. On the square over [-1, 1] the largest error is 1 / pieces².
    intercepts : ndarray, shape (pieces,)
        The lines' heights at 0.

    Raises
    ------
    ValueError
        If the interval is empty, `pieces` below 1, or a function gives no vector of finite numbers.

    Notes
    -----
    Source: chapter 8.

    Examples
    --------
    >>> w, b = maxout_tangents(np.square, lambda x: 2 * x, 4)
    >>> float((1 - maxout(1.0, w, b)).round(4))
    0.0625
    """
    (low, high), pieces = interval(low, high), positive_int(pieces, "pieces", most=1_000_000)
    middle = low + (high - low) * (np.arange(pieces) + 0.5) / pieces
    slopes = vector(function(derivative, "derivative", takes=1)(middle), "derivative", size=pieces)
    return slopes, vector(function(f, "f", takes=1)(middle), "f", size=pieces) - slopes * middle
