"""The multilayer perceptron in numpy: forward, backward, training, and what depth buys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notebooklib._validate import (
    choice,
    finite,
    matrix,
    nonnegative,
    positive_int,
    real_array,
    vector,
)
from notebooklib.optim import Optimizer

Array = NDArray[np.float64]
Penalty = Callable[[Sequence[Array]], tuple[float, list[Array]]]


# ------------------------------------------------------------------------- activations


@dataclass(frozen=True)
class Activation:
    """An activation function σ and its derivative σ', elementwise, of the pre-activation z.

    Attributes
    ----------
    name : str
        Its name in `ACTIVATIONS`.
    f, df : callable
        σ(z), and σ'(z) written with z and a = σ(z), whichever is cheaper: arrays in, arrays out,
        unchecked, for training loops. Call the object, or `derivative`, for anything else.

    Examples
    --------
    >>> relu = activation("relu")
    >>> relu([-1.0, 2.0]).tolist(), relu.derivative([-1.0, 2.0]).tolist()
    ([0.0, 2.0], [0.0, 1.0])
    """

    name: str
    f: Callable[[Array], Array]
    df: Callable[[Array, Array], Array]

    def __call__(self, z: ArrayLike) -> Array:
        """Return σ(z)."""
        return self.f(real_array(z, "z"))

    def derivative(self, z: ArrayLike) -> Array:
        """Return σ'(z)."""
        z = real_array(z, "z")
        return self.df(z, self.f(z))


def _sigmoid(z):
    return 0.5 + 0.5 * np.tanh(0.5 * z)  # 1 / (1 + exp(-z)), without an exp that can overflow


def _gelu(z):
    return 0.5 * z * (1 + np.tanh(_GELU * (z + 0.044715 * z**3)))


def _gelu_derivative(z, a):
    t = np.tanh(_GELU * (z + 0.044715 * z**3))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * _GELU * (1 + 3 * 0.044715 * z**2)


_GELU = np.sqrt(2 / np.pi)

ACTIVATIONS = {
    a.name: a
    for a in (
        Activation("identity", lambda z: z, lambda z, a: np.ones_like(z)),
        Activation("relu", lambda z: np.maximum(z, 0.0), lambda z, a: (z > 0).astype(z.dtype)),
        Activation(
            "leaky_relu",
            lambda z: np.where(z > 0, z, 0.01 * z),
            lambda z, a: np.where(z > 0, 1.0, 0.01),
        ),
        Activation("sigmoid", _sigmoid, lambda z, a: a * (1 - a)),
        Activation("tanh", np.tanh, lambda z, a: 1 - a * a),
        Activation("softplus", lambda z: np.logaddexp(0.0, z), lambda z, a: _sigmoid(z)),
        Activation("gelu", _gelu, _gelu_derivative),
    )
}


def activation(name: str) -> Activation:
    """Return the activation function of that name.

    Parameters
    ----------
    name : str
        One of 'gelu' (its tanh form), 'identity', 'leaky_relu' (slope 0.01), 'relu', 'sigmoid',
        'softplus', 'tanh'. ReLU and leaky ReLU take the left slope as their derivative at 0.

    Returns
    -------
    Activation
        Callable, with a `derivative`.

    Raises
    ------
    ValueError
        If the name is unknown; the message lists the known ones.

    Examples
    --------
    >>> activation("sigmoid").derivative(0.0).tolist()
    0.25
    """
    return ACTIVATIONS[choice(name, "activation", ACTIVATIONS)]


def softmax(z: ArrayLike) -> Array:
    r"""Turn the numbers of the last axis into probabilities.

    .. math:: p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}

    Parameters
    ----------
    z : array_like, shape (..., n)
        The logits.

    Returns
    -------
    ndarray, shape (..., n)
        Positive numbers that sum to 1 along the last axis.

    Notes
    -----
    The largest logit is subtracted first, which changes nothing but keeps exp from overflowing.

    Examples
    --------
    >>> softmax([1.0, 2.0, 3.0]).round(3).tolist()
    [0.09, 0.245, 0.665]
    >>> softmax([1000.0, 1000.0]).tolist()
    [0.5, 0.5]
    """
    return np.exp(_log_softmax(real_array(z, "z")))


def _log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


# ------------------------------------------------------------------------------ losses


def _checked(loss):
    """Check predictions and targets at the door; the bare function stays in `__wrapped__`."""

    @wraps(loss)
    def checked(predictions: ArrayLike, targets: ArrayLike) -> tuple[float, Array]:
        predictions = matrix(predictions, "predictions")
        targets = matrix(targets, "targets", shape=predictions.shape)
        if loss.__name__ == "cross_entropy":
            _check_distributions(targets)
        return loss(predictions, targets)

    return checked


@_checked
def cross_entropy(logits: ArrayLike, targets: ArrayLike) -> tuple[float, Array]:
    r"""Return the mean cross entropy of a batch, after a softmax, and its gradient.

    .. math:: L = -\frac1B \sum_{b=1}^B \sum_i y_{bi} \log p_{bi}, \qquad
              \frac{\partial L}{\partial z} = \frac{p - y}{B}, \qquad p = \mathrm{softmax}(z)

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
        ∂L/∂z.

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
    r"""Return the mean squared error over all numbers of a batch, and its gradient.

    .. math:: L = \frac{1}{n} \sum_{i=1}^n (\hat y_i - y_i)^2, \qquad
              \frac{\partial L}{\partial \hat y} = \frac{2}{n} (\hat y - y)

    Parameters
    ----------
    predictions, targets : array_like, shape (batch, outputs)
        ŷ and y, n = batch · outputs numbers each.

    Returns
    -------
    loss : float
        The mean.
    gradient : ndarray, shape (batch, outputs)
        ∂L/∂ŷ.

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
    r"""Return half the squared distance to the targets, averaged over a batch, and its gradient.

    .. math:: L = \frac{1}{2B} \sum_{b=1}^B \lVert a_b - y_b \rVert^2, \qquad
              \frac{\partial L}{\partial a} = \frac{a - y}{B}

    Parameters
    ----------
    predictions, targets : array_like, shape (batch, outputs)
        a and y.

    Returns
    -------
    loss : float
        The mean over the batch.
    gradient : ndarray, shape (batch, outputs)
        ∂L/∂a.

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
        How many classes there are, at least 1.

    Returns
    -------
    ndarray, shape (n, num_classes)
        Row i is 1 at column ``labels[i]``, 0 elsewhere.

    Raises
    ------
    ValueError
        If a label is no whole number or is out of range.

    Examples
    --------
    >>> one_hot([2, 0], 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    num_classes = positive_int(num_classes, "num_classes")
    values = vector(labels, "labels")
    wrong = (values != np.floor(values)) | (values < 0) | (values >= num_classes)
    if wrong.any():
        where = int(wrong.argmax())
        raise ValueError(
            f"labels: expected whole numbers from 0 to {num_classes - 1}, "
            f"got {values[where]:g} at {where}"
        )
    return np.eye(num_classes)[values.astype(int)]


def dropout(a: ArrayLike, p: float, *, rng: np.random.Generator) -> Array:
    r"""Switch each number off with probability p, and scale the others up to keep the mean.

    .. math:: \tilde a_i = \frac{m_i}{1 - p} a_i, \qquad m_i = 0 \text{ with probability } p,
              \text{ else } 1

    Parameters
    ----------
    a : array_like
        The activations, of any shape.
    p : float
        The probability in [0, 1) of switching off.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    ndarray
        An array of the same shape. At test time nothing is dropped and nothing scaled.

    References
    ----------
    Srivastava et al. (2014), section 10: "inverted" dropout.

    Examples
    --------
    >>> dropout([1.0, 1.0, 1.0, 1.0], 0.5, rng=np.random.default_rng(1)).tolist()
    [2.0, 2.0, 0.0, 2.0]
    """
    a = real_array(a, "a")
    if nonnegative(p, "dropout probability") >= 1:
        raise ValueError(f"dropout probability: expected a number in [0, 1), got {p!r}")
    return a * (rng.random(a.shape) >= p) / (1 - p)


# ----------------------------------------------------------------------------- network


class Gradients(NamedTuple):
    """A loss and its gradient with respect to every weight and bias."""

    loss: float
    weights: list[Array]
    biases: list[Array]


@dataclass(frozen=True)
class History:
    """What a training run went through, one number an epoch.

    Attributes
    ----------
    loss : ndarray, shape (epochs,)
        The mean loss of the batches, each measured before its update, penalty included.
    validation_loss, validation_accuracy : ndarray, shape (epochs,), or None
        Measured after each epoch, where validation data were given; no penalty.
    """

    loss: Array
    validation_loss: Array | None = None
    validation_accuracy: Array | None = None


class Network:
    r"""A multilayer perceptron that takes a whole mini-batch at once: rows are examples.

    .. math:: Z^l = X^{l-1} (W^l)^T + b^l, \qquad X^l = \sigma(Z^l)

    Parameters
    ----------
    sizes : sequence of int
        Nodes per layer, input first: ``[64, 30, 10]`` has one hidden layer.
    activation, output : str
        Names of the activations of the hidden layers and of the last layer.
    loss : str
        'cross_entropy' (the softmax is inside it, so `output` stays 'identity'), 'mse', or
        'quadratic'.
    rng : numpy.random.Generator
        Draws the weights: He's spread √(2/n) for the ReLU family, Xavier's √(2/(n+m)) for the
        rest, n nodes in, m out. Biases start at 0.

    Attributes
    ----------
    weights, biases : list of ndarray
        W^l of shape (nodes of layer l, nodes of layer l-1) and b^l of shape (nodes of layer l,).

    References
    ----------
    Rumelhart, Hinton, Williams (1986); He et al. (2015), eq. 10; Glorot, Bengio (2010), eq. 12.

    Examples
    --------
    >>> network = Network([2, 3, 2], rng=np.random.default_rng(0))
    >>> [W.shape for W in network.weights]
    [(3, 2), (2, 3)]
    >>> network([[0.0, 0.0], [1.0, 2.0]]).shape
    (2, 2)
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: str = "relu",
        output: str = "identity",
        loss: str = "cross_entropy",
        rng: np.random.Generator,
    ):
        sizes = [positive_int(n, "sizes") for n in sizes]
        if len(sizes) < 2:
            raise ValueError(f"sizes: expected an input and an output layer at least, got {sizes}")
        self.sizes = tuple(sizes)
        self.loss_name = choice(loss, "loss", LOSSES)
        self._loss = LOSSES[loss].__wrapped__  # unchecked: the arrays were checked at the door
        hidden = ACTIVATIONS[choice(activation, "activation", ACTIVATIONS)]
        last = ACTIVATIONS[choice(output, "output", ACTIVATIONS)]
        self.activations = [hidden] * (len(sizes) - 2) + [last]
        self.weights, self.biases = [], []
        for n, m in zip(sizes[:-1], sizes[1:], strict=True):
            he = activation in ("relu", "leaky_relu", "softplus", "gelu")
            spread = np.sqrt(2 / n if he else 2 / (n + m))
            self.weights.append(spread * rng.standard_normal((m, n)))
            self.biases.append(np.zeros(m))

    @classmethod
    def from_weights(
        cls, weights: Sequence[ArrayLike], biases: Sequence[ArrayLike], **options: str
    ) -> "Network":
        """Return a network with given weights and biases.

        Raises
        ------
        ValueError
            If the shapes do not chain: W^l needs as many columns as W^{l-1} has rows.

        Examples
        --------
        >>> Network.from_weights([[[1.0, -1.0]]], [[0.5]], loss="mse")([[2.0, 1.0]]).tolist()
        [[1.5]]
        """
        if len(weights) == 0 or len(weights) != len(biases):
            raise ValueError(
                "expected as many biases as weights, at least one, "
                f"got {len(weights)} weights and {len(biases)} biases"
            )
        sizes = [matrix(weights[0], "weights[0]").shape[1]]
        checked: list[tuple[Array, Array]] = []
        for layer, (W, b) in enumerate(zip(weights, biases, strict=True)):
            W = matrix(W, f"weights[{layer}]", shape=(None, sizes[-1]))
            checked.append((W, vector(b, f"biases[{layer}]", size=len(W))))
            sizes.append(len(W))
        network = cls(sizes, rng=np.random.default_rng(0), **options)
        network.weights, network.biases = (list(arrays) for arrays in zip(*checked, strict=True))
        return network

    # ---- forward and backward

    def forward(self, X: ArrayLike) -> tuple[list[Array], list[Array]]:
        """Return all pre-activations Z^1 … Z^L and all activations X^0 … X^L of a batch."""
        return self._forward(self._inputs(X))

    def _forward(self, X):
        zs, xs = [], [X]
        for W, b, activation in zip(self.weights, self.biases, self.activations, strict=True):
            zs.append(xs[-1] @ W.T + b)  # (batch, nodes)
            xs.append(activation.f(zs[-1]))
        return zs, xs

    def backpropagation(self, X: ArrayLike, Y: ArrayLike) -> Gradients:
        r"""Return the loss of a batch and its gradient, found from the last layer to the first.

        .. math:: \delta^l = \frac{\partial L}{\partial Z^l}
                  = \frac{\partial L}{\partial X^l} \odot \sigma'(Z^l), \qquad
                  \frac{\partial L}{\partial W^l} = (\delta^l)^T X^{l-1}, \qquad
                  \frac{\partial L}{\partial b^l} = \sum_{\text{batch}} \delta^l, \qquad
                  \frac{\partial L}{\partial X^{l-1}} = \delta^l W^l

        Parameters
        ----------
        X : array_like, shape (batch, inputs)
            The examples.
        Y : array_like, shape (batch, outputs), or (batch,)
            The targets. A vector holds class labels, written as one-hot rows, or, for a
            network with one output, the targets themselves.

        Returns
        -------
        Gradients
            The loss, and the gradients in the shapes of `weights` and `biases`.
        """
        X = self._inputs(X)
        return self._backpropagation(X, self._targets(Y, len(X)))

    def _backpropagation(self, X, Y):
        zs, xs = self._forward(X)
        loss, gradient = self._loss(xs[-1], Y)
        deltas = self._deltas(zs, xs, gradient)
        weights = [delta.T @ x for delta, x in zip(deltas, xs, strict=False)]
        biases = [delta.sum(axis=0) for delta in deltas]
        return Gradients(loss, weights, biases)

    def _deltas(self, zs, xs, gradient):
        """Return ∂L/∂Z of every layer, given ∂L/∂X of the last."""
        deltas = []
        for layer in reversed(range(len(self.weights))):
            delta = gradient * self.activations[layer].df(zs[layer], xs[layer + 1])
            deltas.append(delta)
            if layer:
                gradient = delta @ self.weights[layer]  # ∂L/∂X of the layer below
        return deltas[::-1]

    # ---- training

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        epochs: int,
        batch_size: int,
        optimizer: Optimizer,
        rng: np.random.Generator,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        penalty: Penalty | None = None,
    ) -> History:
        """Train on mini-batches: shuffle, split, and make one update a batch, every epoch.

        Parameters
        ----------
        X : array_like, shape (n, inputs)
            The examples.
        y : array_like, shape (n,) or (n, outputs)
            Class labels, or targets, as in `backpropagation`.
        epochs, batch_size : int
            How often to go through the data, and how many examples an update sees.
        optimizer : Optimizer
            The update rule, for example ``Adam(lr=0.01)``. It starts afresh with each call.
        rng : numpy.random.Generator
            Shuffles the examples.
        validation : (X, y), optional
            Data to measure after each epoch, not to learn from.
        penalty : callable, optional
            A term added to the loss: parameters in, its value and gradients out, as from
            `ewc_penalty`.

        Returns
        -------
        History
            The losses, epoch by epoch. The network itself holds the new weights.

        Raises
        ------
        ValueError
            If shapes do not fit the network, a label is out of range, or a number is below 1.
        """
        epochs, batch_size = positive_int(epochs, "epochs"), positive_int(batch_size, "batch_size")
        X = self._inputs(X)
        Y = self._targets(y, len(X))
        if validation is not None:
            X_val, y_val = self._inputs(validation[0]), validation[1]
            validation = X_val, self._targets(y_val, len(X_val))
        state = optimizer.init(self.parameters)
        losses, measured = [], []
        with np.errstate(over="ignore", invalid="ignore"):  # a diverging run may overflow
            for _ in range(epochs):
                order, total = rng.permutation(len(X)), 0.0
                for start in range(0, len(X), batch_size):
                    batch = order[start : start + batch_size]
                    loss, state = self._update(X[batch], Y[batch], optimizer, state, penalty)
                    total += loss * len(batch)
                losses.append(total / len(X))
                if validation is not None:
                    measured.append((self.loss(*validation), self.accuracy(*validation)))
        return History(np.array(losses), *(np.array(m) for m in zip(*measured, strict=True)))

    def _update(self, X, Y, optimizer, state, penalty):
        """Make one step on one batch; return its loss and the optimiser's new state."""
        loss, grad_weights, grad_biases = self._backpropagation(X, Y)
        grads = grad_weights + grad_biases
        if penalty is not None:
            extra, extra_grads = penalty(self.parameters)
            loss += extra
            grads = [g + e for g, e in zip(grads, extra_grads, strict=True)]
        self.parameters, state = optimizer.step(self.parameters, grads, state)
        return loss, state

    @property
    def parameters(self) -> list[Array]:
        """All weights, then all biases."""
        return self.weights + self.biases

    @parameters.setter
    def parameters(self, arrays):
        self.weights, self.biases = arrays[: len(self.weights)], arrays[len(self.weights) :]

    # ---- use

    def __call__(self, X: ArrayLike) -> Array:
        """Return the last layer's activations: logits where the loss is the cross entropy."""
        return self._forward(self._inputs(X))[1][-1]

    def probabilities(self, X: ArrayLike) -> Array:
        """Return the softmax of the last layer: the class probabilities of each example."""
        return softmax(self(X))

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return for each example the class whose output is largest."""
        return self(X).argmax(axis=1)

    def accuracy(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the share of examples whose predicted class is right; nan for one output."""
        X = self._inputs(X)
        Y = self._targets(y, len(X))
        if self.sizes[-1] == 1:
            return float("nan")
        return float((self.predict(X) == Y.argmax(axis=1)).mean())

    def loss(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the mean loss over the examples."""
        X = self._inputs(X)
        return self._loss(self(X), self._targets(y, len(X)))[0]

    # ---- checks at the door

    def _inputs(self, X):
        return matrix(X, "X", shape=(None, self.sizes[0]))

    def _targets(self, y, n):
        Y = real_array(y, "y")
        if Y.ndim == 1:
            Y = Y[:, None] if self.sizes[-1] == 1 else one_hot(Y, self.sizes[-1])
        Y = matrix(Y, "y", shape=(n, self.sizes[-1]))
        if self.loss_name == "cross_entropy":
            _check_distributions(Y)
        return Y


def _check_distributions(Y):
    if (Y < 0).any() or not np.allclose(Y.sum(axis=1), 1):
        raise ValueError("targets: expected rows of numbers >= 0 that sum to 1 (one-hot rows)")


# ------------------------------------------------------------------- the notes' network


class NotesNetwork:
    """The notes' network, completed: sigmoid layers, quadratic cost, one example at a time.

    The notes print three methods; what they call but leave out (weights, biases, the sigmoid and
    its derivative, the cost's derivative, the evaluation) is added, and the caller's list is
    no longer shuffled. Examples are pairs (x, y) of columns, of shape (inputs, 1) and
    (outputs, 1). It is here to be compared with `Network`, which takes a whole batch at once.

    Parameters
    ----------
    sizes : sequence of int
        Nodes per layer, input first.
    rng : numpy.random.Generator
        Draws the weights and biases from the standard normal distribution.

    Examples
    --------
    >>> network = NotesNetwork([2, 3, 1], rng=np.random.default_rng(0))
    >>> nabla_b, nabla_w = network.backpropagation(np.ones((2, 1)), np.ones((1, 1)))
    >>> [w.shape for w in nabla_w]
    [(3, 2), (1, 3)]
    """

    def __init__(self, sizes: Sequence[int], *, rng: np.random.Generator):
        self.num_layers = len(sizes)
        self.biases = [rng.standard_normal((n, 1)) for n in sizes[1:]]
        self.weights = [
            rng.standard_normal((m, n)) for n, m in zip(sizes[:-1], sizes[1:], strict=True)
        ]

    def sgd(self, training_data, epochs, mini_batch_size, eta, *, rng, test_data=None):
        """Train; return the number of right answers on `test_data` after each epoch."""
        correct = []
        for _ in range(epochs):
            shuffled = [training_data[i] for i in rng.permutation(len(training_data))]
            for k in range(0, len(shuffled), mini_batch_size):
                self.update_mini_batch(shuffled[k : k + mini_batch_size], eta)
            if test_data is not None:
                correct.append(self.evaluate(test_data))
        return correct

    def update_mini_batch(self, mini_batch, eta):
        """Step against the gradient averaged over the batch, summed example by example."""
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            delta_b, delta_w = self.backpropagation(x, y)
            nabla_b = [nb + db for nb, db in zip(nabla_b, delta_b, strict=True)]
            nabla_w = [nw + dw for nw, dw in zip(nabla_w, delta_w, strict=True)]
        rate = eta / len(mini_batch)
        self.biases = [b - rate * nb for b, nb in zip(self.biases, nabla_b, strict=True)]
        self.weights = [w - rate * nw for w, nw in zip(self.weights, nabla_w, strict=True)]

    def backpropagation(self, x, y):
        """Return the gradients (nabla_b, nabla_w) of one example's cost, layer by layer."""
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activations, zs = [x], []
        for b, w in zip(self.biases, self.weights, strict=True):
            zs.append(np.dot(w, activations[-1]) + b)
            activations.append(self.non_linearity(zs[-1]))
        delta = self.cost_derivative(activations[-1], y) * self.d_non_linearity(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].T)
        for back in range(2, self.num_layers):  # layers counted from the end
            delta = np.dot(self.weights[-back + 1].T, delta) * self.d_non_linearity(zs[-back])
            nabla_b[-back] = delta
            nabla_w[-back] = np.dot(delta, activations[-back - 1].T)
        return nabla_b, nabla_w

    def evaluate(self, test_data):
        """Return how many examples have their largest output where y has its largest number."""
        return sum(int(self.feedforward(x).argmax() == y.argmax()) for x, y in test_data)

    def feedforward(self, x):
        """Return the network's output for one example."""
        for b, w in zip(self.biases, self.weights, strict=True):
            x = self.non_linearity(np.dot(w, x) + b)
        return x

    @staticmethod
    def non_linearity(z):
        """Return the sigmoid of z."""
        return _sigmoid(z)

    @staticmethod
    def d_non_linearity(z):
        """Return the sigmoid's derivative at z."""
        s = _sigmoid(z)
        return s * (1 - s)

    @staticmethod
    def cost_derivative(a, y):
        """Return ∂C/∂a of the quadratic cost C = ½‖a - y‖²."""
        return a - y


# --------------------------------------------------------------- learning without forgetting


def fisher_diagonal(network: Network, X: ArrayLike, y: ArrayLike | None = None) -> list[Array]:
    r"""Return how much each parameter matters for a task: the diagonal of Fisher's information.

    .. math:: b_i = \frac1N \sum_{n=1}^N \mathbb{E}_{c \sim p(\cdot | x_n)}
              \left[\left(\frac{\partial \log p(c | x_n)}{\partial \theta_i}\right)^2\right]

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
        The importances b_i ≥ 0, in the shapes of ``network.parameters``.

    Raises
    ------
    ValueError
        If the network's loss is no cross entropy: then it has no p(c | x).

    References
    ----------
    Kirkpatrick et al. (2017), eq. 3; Martens (2020), section 11, on the empirical form.

    Examples
    --------
    >>> network = Network.from_weights([[[0.0], [0.0]]], [[0.0, 0.0]])
    >>> [b.tolist() for b in fisher_diagonal(network, [[2.0]])]
    [[[1.0], [1.0]], [0.25, 0.25]]
    """
    if network.loss_name != "cross_entropy":
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
    r"""Return the penalty of elastic weight consolidation, which ties what mattered to its place.

    .. math:: \lambda \sum_i b_i (\theta_i - \theta_i^{\text{old}})^2

    Parameters
    ----------
    importance : sequence of array_like
        b_i ≥ 0, for example from `fisher_diagonal`. All ones, with an anchor of zeros, make it
        plain L2 regularisation.
    anchor : sequence of array_like
        θ^old, the parameters after the old task, in the same shapes.
    strength : float
        λ ≥ 0.

    Returns
    -------
    callable
        Takes parameters, returns the penalty and its gradients; for ``Network.fit(penalty=…)``.

    References
    ----------
    Kirkpatrick et al. (2017), eq. 3, which writes λ/2 for our λ.

    Examples
    --------
    >>> penalty = ewc_penalty([[1.0, 0.0]], [[0.0, 0.0]], strength=0.5)
    >>> value, gradients = penalty([np.array([2.0, 2.0])])
    >>> value, gradients[0].tolist()
    (2.0, [2.0, 0.0])
    """
    strength = nonnegative(strength, "strength")
    b = [real_array(a, f"importance[{i}]") for i, a in enumerate(importance)]
    old = [real_array(a, f"anchor[{i}]") for i, a in enumerate(anchor)]
    if [a.shape for a in b] != [a.shape for a in old]:
        raise ValueError(
            "anchor: expected the shapes of importance, "
            f"{[a.shape for a in b]}, got {[a.shape for a in old]}"
        )
    if any((a < 0).any() for a in b):
        raise ValueError("importance: expected numbers >= 0")

    def penalty(params: Sequence[Array]) -> tuple[float, list[Array]]:
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

    References
    ----------
    Goodfellow et al. (2014), "permuted MNIST".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> [a.tolist() for a in permute_pixels([[1, 2, 3]], [[4, 5, 6]], rng=rng)]
    [[[3.0, 1.0, 2.0]], [[6.0, 4.0, 5.0]]]
    """
    arrays = [matrix(a, "images") for a in images]
    if len({a.shape[1] for a in arrays}) != 1:
        raise ValueError(
            f"images: expected arrays of equal width, got shapes {[a.shape for a in arrays]}"
        )
    order = rng.permutation(arrays[0].shape[1])
    return [a[:, order] for a in arrays]


# ----------------------------------------------------------------------- what depth buys


def sawtooth(depth: int) -> Network:
    r"""Return a network of `depth` layers of two ReLUs each that draws 2^depth straight pieces.

    Each layer folds [0, 1] once more with the tent
    :math:`t(x) = 2\,\mathrm{relu}(x) - 4\,\mathrm{relu}(x - \tfrac12)`.

    Parameters
    ----------
    depth : int
        The number k ≥ 1 of hidden layers.

    Returns
    -------
    Network
        One input, one output: the tent applied k times, for inputs in [0, 1].

    References
    ----------
    Telgarsky (2016), section 1.1; Montúfar et al. (2014).

    Examples
    --------
    >>> sawtooth(2)([[0.0], [0.25], [0.5], [0.75], [1.0]]).ravel().tolist()
    [0.0, 1.0, 0.0, 1.0, 0.0]
    >>> [count_linear_pieces(sawtooth(k)) for k in (1, 3, 6)]
    [2, 8, 64]
    """
    depth = positive_int(depth, "depth")
    bend, tent = [0.0, -0.5], [2.0, -4.0]
    weights = [[[1.0], [1.0]], *[[tent, tent]] * (depth - 1), [tent]]
    return Network.from_weights(weights, [bend] * depth + [[0.0]], loss="mse")


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

    Examples
    --------
    >>> absolute_value = Network.from_weights([[[1], [-1]], [[1, 1]]], [[0, 0], [0]], loss="mse")
    >>> count_linear_pieces(absolute_value, -1.0, 1.0)
    2
    """
    if finite(low, "low") >= finite(high, "high"):
        raise ValueError(f"interval: expected low < high, got {low!r} and {high!r}")
    if network.sizes[0] != 1 or network.sizes[-1] != 1:
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
    x = x[np.append(np.diff(x) > 1e-12 * (high - low), True)]  # rounding may split one point in two
    slopes = np.diff(network(x[:, None])[:, 0]) / np.diff(x)
    return 1 + int((np.abs(np.diff(slopes)) > 1e-6 * np.abs(slopes).max()).sum())


def maxout(x: ArrayLike, slopes: ArrayLike, intercepts: ArrayLike) -> Array:
    r"""Return the largest of several straight lines at each x: one maxout node with one input.

    .. math:: h(x) = \max_k\, (w_k x + b_k)

    Parameters
    ----------
    x : array_like
        Where to evaluate, any shape.
    slopes, intercepts : array_like, shape (pieces,)
        w and b.

    Returns
    -------
    ndarray
        h(x), in the shape of `x`: convex and piecewise linear, whatever w and b are.

    References
    ----------
    Goodfellow et al. (2013), "Maxout networks", section 3.

    Examples
    --------
    >>> maxout([-2.0, 0.5, 3.0], [1.0, -1.0], [0.0, 0.0]).tolist()
    [2.0, 0.5, 3.0]
    """
    w = vector(slopes, "slopes")
    b = vector(intercepts, "intercepts", size=w.size)
    return (real_array(x, "x")[..., None] * w + b).max(axis=-1)  # (..., pieces) -> (...)


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
    slopes, intercepts : ndarray, shape (pieces,)
        For `maxout`. On the square over [-1, 1] the largest error is 1 / pieces².

    Examples
    --------
    >>> w, b = maxout_tangents(np.square, lambda x: 2 * x, 4)
    >>> float((1 - maxout(1.0, w, b)).round(4))
    0.0625
    """
    if finite(low, "low") >= finite(high, "high"):
        raise ValueError(f"interval: expected low < high, got {low!r} and {high!r}")
    pieces = positive_int(pieces, "pieces")
    middle = low + (high - low) * (np.arange(pieces) + 0.5) / pieces
    slopes = derivative(middle)
    return slopes, f(middle) - slopes * middle
