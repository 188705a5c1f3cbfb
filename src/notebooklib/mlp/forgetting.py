"""How a network forgets one task while it learns another, and a penalty against it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._validate import (
    Array,
    generator,
    instance,
    matrix,
    nonnegative,
    real_array,
    sequence,
    within_float64,
)
from notebooklib.mlp.losses import softmax
from notebooklib.mlp.network import Network, Penalty


@within_float64
def fisher_diagonal(network: Network, X: ArrayLike, y: ArrayLike | None = None) -> list[Array]:
    """Return how much each parameter matters for a task: the diagonal of Fisher's information.

    bᵢ = (1/N) Σₙ E[(∂ log p(c | xₙ) / ∂θᵢ)²], the mean over classes c drawn from p(· | xₙ)

    Parameters
    ----------
    network : Network
        Trained on the task, with the cross-entropy loss.
    X : array_like, shape (n, inputs)
        The task's examples.
    y : array_like of int, shape (n,), optional
        With labels, they take the place of the expectation over the network's own predictions:
        the "empirical" Fisher information, which is small where the task is already solved.

    Returns
    -------
    list of ndarray
        The importances bᵢ ≥ 0, in the shapes of ``network.parameters``.

    Raises
    ------
    ValueError
        If the network's loss is no cross entropy: then it has no p(c | x); or if the data do not
        fit it.

    Notes
    -----
    Source: Kirkpatrick et al. (2017), eq. 3; Martens (2020), section 11, on the empirical form.

    Examples
    --------
    >>> network = Network.from_weights([[[0.0], [0.0]]], [[0.0, 0.0]])
    >>> [b.tolist() for b in fisher_diagonal(network, [[2.0]])]
    [[[1.0], [1.0]], [0.25, 0.25]]
    """
    if instance(network, "network", Network).loss_name != "cross_entropy":
        raise ValueError(f"network: expected the loss 'cross_entropy', got {network.loss_name!r}")
    zs, xs = network.forward(X)
    n, classes = xs[-1].shape
    p = softmax(xs[-1])
    share = p if y is None else network._targets(y, n)
    weights = [np.zeros_like(W) for W in network.weights]
    biases = [np.zeros_like(b) for b in network.biases]
    for c, target in enumerate(np.eye(classes)):
        for layer, delta in enumerate(network._deltas(zs, xs, p - target)):
            square = share[:, [c]] * delta**2 / n  # (n, nodes)
            weights[layer] += square.T @ xs[layer] ** 2  # (δᵢ xⱼ)² summed over the examples
            biases[layer] += square.sum(axis=0)
    return weights + biases


def ewc_penalty(
    importance: Sequence[ArrayLike], anchor: Sequence[ArrayLike], strength: float
) -> Penalty:
    """Return the penalty of elastic weight consolidation, which ties what mattered to its place.

    λ Σᵢ bᵢ (θᵢ − θᵢ_old)²

    Parameters
    ----------
    importance : sequence of array_like
        The numbers bᵢ ≥ 0, for example from `fisher_diagonal`. All ones, with an anchor of zeros,
        make it plain L2 regularisation.
    anchor : sequence of array_like
        The parameters θ_old after the old task, in the same shapes.
    strength : float
        The factor λ ≥ 0.

    Returns
    -------
    callable
        Takes parameters, returns the penalty and its gradients; for ``Network.fit(penalty=…)``.

    Raises
    ------
    ValueError
        If shapes differ, or an importance or the strength is negative.

    Notes
    -----
    Source: Kirkpatrick et al. (2017), eq. 3, which writes λ/2 for our λ.

    Examples
    --------
    >>> penalty = ewc_penalty([[1.0, 0.0]], [[0.0, 0.0]], strength=0.5)
    >>> value, gradients = penalty([np.array([2.0, 2.0])])
    >>> value, gradients[0].tolist()
    (2.0, [2.0, 0.0])
    """
    strength = nonnegative(strength, "strength")
    b = [real_array(a, "importance") for a in sequence(importance, "importance")]
    old = [real_array(a, "anchor") for a in sequence(anchor, "anchor")]
    if [a.shape for a in b] != [a.shape for a in old]:
        came = f"{[a.shape for a in b]} and {[a.shape for a in old]}"
        raise ValueError(f"importance and anchor: expected equal shapes, got {came}")
    if (least := min(float(a.min()) for a in b)) < 0:
        raise ValueError(f"importance: expected numbers >= 0, got {least}")

    @within_float64
    def penalty(params: Sequence[Array]) -> tuple[float, list[Array]]:
        if (came := [np.shape(p) for p in params]) != (shapes := [o.shape for o in old]):
            raise ValueError(f"params: expected arrays of shapes {shapes}, got {came}")
        moved = [p - o for p, o in zip(params, old, strict=True)]
        value = strength * sum((a * m * m).sum() for a, m in zip(b, moved, strict=True))
        return float(value), [2 * strength * a * m for a, m in zip(b, moved, strict=True)]

    return penalty


def permute_pixels(*images: ArrayLike, rng: np.random.Generator) -> list[Array]:
    """Shuffle the columns of several arrays in the same random way: a new task of equal difficulty.

    Parameters
    ----------
    *images : array_like, shape (n, pixels)
        For example training and test images, one per row.
    rng : numpy.random.Generator
        Draws the permutation.

    Returns
    -------
    list of ndarray
        The arrays with their columns in the new order.

    Raises
    ------
    ValueError
        If there is no array, their widths differ, or `rng` is no generator.

    Notes
    -----
    Source: Goodfellow et al. (2014), "permuted MNIST".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> [a.tolist() for a in permute_pixels([[1, 2, 3]], [[4, 5, 6]], rng=rng)]
    [[[3.0, 1.0, 2.0]], [[6.0, 4.0, 5.0]]]
    """
    arrays = [matrix(a, "images") for a in sequence(images, "images")]
    if len({a.shape[1] for a in arrays}) != 1:
        raise ValueError(
            f"images: expected arrays of equal width, got shapes {[a.shape for a in arrays]}"
        )
    order = generator(rng).permutation(arrays[0].shape[1])
    return [a[:, order] for a in arrays]
