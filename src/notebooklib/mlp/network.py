"""The network: forward, backward, and training by mini-batches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notebooklib._validate import (
    MOST,
    Array,
    below_one,
    choice,
    function,
    generator,
    instance,
    matrix,
    positive_int,
    real_array,
    sequence,
    vector,
    whole_labels,
    within_float64,
)
from notebooklib.mlp.activations import ACTIVATIONS
from notebooklib.mlp.losses import LOSSES, _check_distributions, one_hot, softmax
from notebooklib.optim import Optimizer

Penalty = Callable[[Sequence[Array]], tuple[float, list[Array]]]


@within_float64
def dropout(a: ArrayLike, p: float, *, rng: np.random.Generator) -> Array:
    """Switch each number off with probability p, and scale the others up to keep the mean.

    ãᵢ = mᵢ aᵢ / (1 − p), with mᵢ = 0 with probability p, else 1

    Parameters
    ----------
    a : array_like, any shape
        The activations.
    p : float
        The probability in [0, 1) of switching off.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    ndarray, shape of `a`
        The thinned activations. At test time nothing is dropped and nothing scaled.

    Raises
    ------
    ValueError
        If p is not in [0, 1), a number is not finite, or `rng` is no generator.

    Notes
    -----
    Source: Srivastava et al. (2014), section 10: "inverted" dropout.

    Examples
    --------
    >>> dropout([1.0, 1.0, 1.0, 1.0], 0.5, rng=np.random.default_rng(1)).tolist()
    [2.0, 2.0, 0.0, 2.0]
    """
    a, p = real_array(a, "a"), below_one(p, "dropout probability p")
    return a * (generator(rng).random(a.shape) >= p) / (1 - p)


def _layer_sizes(sizes: Sequence[int]) -> list[int]:
    """Return the sizes of at least two layers, small enough that their weights fit in memory."""
    sizes = [positive_int(n, "sizes", most=1_000_000) for n in sequence(sizes, "sizes")]
    if len(sizes) < 2:
        raise ValueError(f"sizes: expected an input and an output layer at least, got {sizes}")
    weights = sum(n * m for n, m in zip(sizes[:-1], sizes[1:], strict=True))
    positive_int(weights, "weights between the sizes", most=MOST)
    return sizes


class Gradients(NamedTuple):
    """A loss and its gradient with respect to every weight and bias.

    Attributes
    ----------
    loss : float
        The mean loss of the batch.
    weights, biases : list of ndarray
        The gradients of each layer, in the shapes of `Network.weights` and `Network.biases`.

    Examples
    --------
    >>> network = Network.from_weights([[[1.0]]], [[0.0]], loss="mse")
    >>> network.backpropagation([[2.0]], [1.0])
    Gradients(loss=1.0, weights=[array([[4.]])], biases=[array([2.])])
    """

    loss: float
    weights: list[Array]
    biases: list[Array]


@dataclass(frozen=True)
class LearningCurve:
    """What a training run went through, one number an epoch.

    Attributes
    ----------
    loss : ndarray, shape (epochs,)
        The mean loss of the batches, each measured before its update, penalty included.
    validation_loss, validation_accuracy : ndarray, shape (epochs,), or None
        Measured after each epoch, where validation data were given; no penalty.

    Examples
    --------
    >>> LearningCurve(np.array([0.7, 0.5])).validation_loss is None
    True
    """

    loss: Array
    validation_loss: Array | None = None
    validation_accuracy: Array | None = None


class Network:
    """A multilayer perceptron that takes a whole mini-batch at once: rows are examples.

    Zˡ = Xˡ⁻¹ (Wˡ)ᵀ + bˡ, Xˡ = σ(Zˡ)

    Parameters
    ----------
    sizes : sequence of int
        Nodes per layer, input first: ``[64, 30, 10]`` has one hidden layer.
    activation, output : str
        Names of the activations of the hidden layers and of the last layer.
    loss : str
        One of 'cross_entropy' (the softmax is inside it, so `output` stays 'identity'), 'mse',
        'quadratic'.
    rng : numpy.random.Generator
        Draws the weights: He's spread √(2/n) for the ReLU family, Xavier's √(2/(n+m)) for the
        rest, n nodes in, m out. Biases start at 0.

    Attributes
    ----------
    weights, biases : list of ndarray
        For each layer l, Wˡ of shape (nodes of layer l, nodes of layer l − 1) and bˡ of shape
        (nodes of layer l,).

    Raises
    ------
    ValueError
        If there are fewer than two sizes, one is no whole number above 0, or a name is unknown.

    Notes
    -----
    Source: Rumelhart, Hinton, Williams (1986); He et al. (2015), eq. 10; Glorot, Bengio (2010),
    eq. 12.

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
        sizes, rng = _layer_sizes(sizes), generator(rng)
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

        Parameters
        ----------
        weights : sequence of array_like
            For each layer l the matrix Wˡ, of shape (nodes of layer l, nodes of layer l − 1).
        biases : sequence of array_like
            For each layer l the vector bˡ, of shape (nodes of layer l,).
        **options : str
            The names `activation`, `output` and `loss`, as of `Network`.

        Returns
        -------
        Network
            The network.

        Raises
        ------
        ValueError
            If the shapes do not chain: Wˡ needs as many columns as Wˡ⁻¹ has rows.

        Examples
        --------
        >>> Network.from_weights([[[1.0, -1.0]]], [[0.5]], loss="mse")([[2.0, 1.0]]).tolist()
        [[1.5]]
        """
        weights = sequence(weights, "weights")
        biases = sequence(biases, "biases", size=len(weights))
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
        """Return all pre-activations Z¹ … Zᴸ and all activations X⁰ … Xᴸ of a batch.

        Parameters
        ----------
        X : array_like, shape (batch, inputs)
            The examples.

        Returns
        -------
        zs : list of ndarray
            The pre-activations, each of shape (batch, nodes of its layer).
        xs : list of ndarray
            The activations, the input first.

        Raises
        ------
        ValueError
            If the examples do not fit the network.

        Examples
        --------
        >>> zs, xs = Network.from_weights([[[2.0]]], [[1.0]], output="relu").forward([[-3.0]])
        >>> zs[0].tolist(), xs[1].tolist()
        ([[-5.0]], [[0.0]])
        """
        return self._forward(self._inputs(X))

    def _forward(self, X):
        zs, xs = [], [X]
        for W, b, activation in zip(self.weights, self.biases, self.activations, strict=True):
            zs.append(xs[-1] @ W.T + b)  # (batch, nodes)
            xs.append(activation.f(zs[-1]))
        return zs, xs

    def backpropagation(self, X: ArrayLike, Y: ArrayLike) -> Gradients:
        """Return the loss of a batch and its gradient, found from the last layer to the first.

        δˡ = ∂L/∂Zˡ = ∂L/∂Xˡ ⊙ σ'(Zˡ), ∂L/∂Wˡ = (δˡ)ᵀ Xˡ⁻¹, ∂L/∂bˡ = Σ_batch δˡ, ∂L/∂Xˡ⁻¹ = δˡ Wˡ

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

        Raises
        ------
        ValueError
            If shapes do not fit the network, a label is out of range, or a number is not finite.

        Notes
        -----
        Source: Rumelhart, Hinton, Williams (1986); chapter 8.

        Examples
        --------
        >>> network = Network.from_weights([[[1.0]]], [[0.0]], loss="mse")
        >>> network.backpropagation([[2.0]], [1.0]).weights[0].tolist()
        [[4.0]]
        """
        X = self._inputs(X)
        return self._backpropagation(X, self._targets(Y, len(X), "Y"))

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
    ) -> LearningCurve:
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
        LearningCurve
            The losses, epoch by epoch. The network itself holds the new weights.

        Raises
        ------
        ValueError
            If shapes do not fit the network, a label is out of range, or a number is below 1.

        Notes
        -----
        Source: chapter 8.

        Examples
        --------
        >>> from notebooklib.optim import SGD
        >>> network = Network.from_weights([[[0.0]]], [[0.0]], loss="mse")
        >>> rng = np.random.default_rng(0)
        >>> network.fit([[1.0]], [1.0], epochs=2, batch_size=1, optimizer=SGD(0.1), rng=rng).loss
        array([1.  , 0.36])
        """
        epochs = positive_int(epochs, "epochs", most=MOST)
        batch_size = positive_int(batch_size, "batch_size")
        X, rng = self._inputs(X), generator(rng)
        Y = self._targets(y, len(X))
        if validation is not None:
            X_val, y_val = sequence(validation, "validation", size=2)
            X_val = self._inputs(X_val, "validation X")
            validation = X_val, self._targets(y_val, len(X_val), "validation y")
        if penalty is not None:
            self._check_penalty(function(penalty, "penalty", takes=1))
        state = instance(optimizer, "optimizer", Optimizer).init(self.parameters)
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
        return LearningCurve(np.array(losses), *(np.array(m) for m in zip(*measured, strict=True)))

    def _update(self, X, Y, optimizer, state, penalty):
        """Make one step on one batch; return its loss and the optimiser's new state."""
        loss, grad_weights, grad_biases = self._backpropagation(X, Y)
        grads = grad_weights + grad_biases
        if penalty is not None:
            extra, extra_grads = penalty(self.parameters)
            loss += extra
            grads = [g + e for g, e in zip(grads, extra_grads, strict=True)]
        self.parameters, state = optimizer._step(self.parameters, grads, state)
        return loss, state

    @property
    def parameters(self) -> list[Array]:
        """All weights, then all biases."""
        return self.weights + self.biases

    @parameters.setter
    def parameters(self, arrays):
        shapes = [p.shape for p in self.parameters]
        if (came := [np.shape(a) for a in arrays]) != shapes:
            raise ValueError(f"parameters: expected arrays of shapes {shapes}, got {came}")
        self.weights, self.biases = arrays[: len(self.weights)], arrays[len(self.weights) :]

    # ---- use

    def __call__(self, X: ArrayLike) -> Array:
        """Return the last layer's activations: logits where the loss is the cross entropy."""
        return self._forward(self._inputs(X))[1][-1]

    def probabilities(self, X: ArrayLike) -> Array:
        """Return the softmax of the last layer: the class probabilities of each example.

        Parameters
        ----------
        X : array_like, shape (n, inputs)
            The examples.

        Returns
        -------
        ndarray, shape (n, outputs)
            Rows that sum to 1.

        Raises
        ------
        ValueError
            If the examples do not fit the network.

        Examples
        --------
        >>> Network.from_weights([[[0.0], [0.0]]], [[0.0, 0.0]]).probabilities([[3.0]]).tolist()
        [[0.5, 0.5]]
        """
        return softmax(self(X))

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return for each example the class whose output is largest.

        Parameters
        ----------
        X : array_like, shape (n, inputs)
            The examples.

        Returns
        -------
        ndarray of int, shape (n,)
            The classes.

        Raises
        ------
        ValueError
            If the examples do not fit the network.

        Examples
        --------
        >>> Network.from_weights([[[1.0], [-1.0]]], [[0.0, 0.0]]).predict([[3.0], [-3.0]]).tolist()
        [0, 1]
        """
        return self(X).argmax(axis=1)

    def accuracy(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the share of examples whose predicted class is right; nan for one output.

        Parameters
        ----------
        X : array_like, shape (n, inputs)
            The examples.
        y : array_like, shape (n,) or (n, outputs)
            Their labels, or one-hot rows.

        Returns
        -------
        float
            The share in [0, 1].

        Raises
        ------
        ValueError
            If the data do not fit the network, or a label is out of range.

        Examples
        --------
        >>> network = Network.from_weights([[[1.0], [-1.0]]], [[0.0, 0.0]])
        >>> network.accuracy([[3.0], [-3.0]], [0, 0])
        0.5
        """
        X = self._inputs(X)
        Y = self._targets(y, len(X))
        if self.sizes[-1] == 1:
            return float("nan")
        return float((self.predict(X) == Y.argmax(axis=1)).mean())

    def loss(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the mean loss over the examples.

        Parameters
        ----------
        X : array_like, shape (n, inputs)
            The examples.
        y : array_like, shape (n,) or (n, outputs)
            Class labels, or targets, as in `backpropagation`.

        Returns
        -------
        float
            The loss.

        Raises
        ------
        ValueError
            If the data do not fit the network, or a label is out of range.

        Examples
        --------
        >>> Network.from_weights([[[1.0]]], [[0.0]], loss="mse").loss([[2.0]], [1.0])
        1.0
        """
        X = self._inputs(X)
        return self._loss(self(X), self._targets(y, len(X)))[0]

    # ---- checks at the door

    def _inputs(self, X, name="X"):
        return matrix(X, name, shape=(None, self.sizes[0]))

    def _targets(self, y, n, name="y"):
        Y = real_array(y, name)
        if Y.ndim == 1:
            Y = Y[:, None] if self.sizes[-1] == 1 else self._one_hot(Y, name)
        Y = matrix(Y, name, shape=(n, self.sizes[-1]))
        if self.loss_name == "cross_entropy":
            _check_distributions(Y, name)
        return Y

    def _one_hot(self, y, name):
        classes = self.sizes[-1]
        return one_hot(whole_labels(y, name, classes), classes)

    def _check_penalty(self, penalty):
        shapes = [p.shape for p in self.parameters]
        try:
            _, extra = penalty(self.parameters)
            came = [np.shape(e) for e in extra]
        except (TypeError, ValueError) as error:
            raise ValueError(f"penalty: expected a number and gradients, got {error}") from error
        if came != shapes:
            raise ValueError(f"penalty: expected gradients of shapes {shapes}, got {came}")
