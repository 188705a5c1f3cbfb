"""The network as the lecture notes print it, mended only where it would not run."""

import inspect
from collections.abc import Callable, Sequence
from functools import wraps

import numpy as np

from notebooklib._validate import (
    MOST,
    generator,
    matrix,
    positive,
    positive_int,
    sequence,
    within_float64,
)
from notebooklib.mlp.activations import _sigmoid
from notebooklib.mlp.network import _layer_sizes


def _checked(method: Callable) -> Callable:
    """Check what a method is given, so that its body stays as the notes print it."""
    signature = inspect.signature(method)

    @wraps(method)
    def checked(*args, **kwargs):
        given = signature.bind(*args, **kwargs).arguments
        for name in _CHECKS.keys() & given:
            if given[name] is not None or signature.parameters[name].default is not None:
                given[name] = _CHECKS[name](given["self"], given[name], name)
        return within_float64(method)(**given)

    return checked


def _pairs(network, examples, name):
    pairs = [sequence(pair, name, size=2) for pair in sequence(examples, name)]
    return [(_input(network, x, name), _output(network, y, name)) for x, y in pairs]


def _input(network, x, name):
    return matrix(x, name, shape=(network.weights[0].shape[1], 1))


def _output(network, y, name):
    return matrix(y, name, shape=(len(network.biases[-1]), 1))


_CHECKS = {
    "training_data": _pairs,
    "test_data": _pairs,
    "mini_batch": _pairs,
    "x": _input,
    "y": _output,
    "epochs": lambda network, value, name: positive_int(value, name, most=MOST),
    "mini_batch_size": lambda network, value, name: positive_int(value, name),
    "eta": lambda network, value, name: positive(value, name),
    "rng": lambda network, value, name: generator(value, name),
}


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

    Raises
    ------
    ValueError
        If there are fewer than two sizes, one is no whole number above 0, or `rng` is no generator.

    Notes
    -----
    Source: the lecture notes, chapter 8; Nielsen, Neural Networks and Deep Learning, chapter 1.

    Examples
    --------
    >>> network = NotesNetwork([2, 3, 1], rng=np.random.default_rng(0))
    >>> nabla_b, nabla_w = network.backpropagation(np.ones((2, 1)), np.ones((1, 1)))
    >>> [w.shape for w in nabla_w]
    [(3, 2), (1, 3)]
    """

    def __init__(self, sizes: Sequence[int], *, rng: np.random.Generator):
        sizes, rng = _layer_sizes(sizes), generator(rng)
        self.num_layers = len(sizes)
        self.biases = [rng.standard_normal((n, 1)) for n in sizes[1:]]
        self.weights = [
            rng.standard_normal((m, n)) for n, m in zip(sizes[:-1], sizes[1:], strict=True)
        ]

    @_checked
    def sgd(self, training_data, epochs, mini_batch_size, eta, *, rng, test_data=None):
        """Train; return the number of right answers on `test_data` after each epoch.

        Parameters
        ----------
        training_data : sequence of (x, y)
            The examples: columns of shape (inputs, 1) and (outputs, 1).
        epochs, mini_batch_size : int
            How often to go through the data, and how many examples a step sees.
        eta : float
            The learning rate η > 0.
        rng : numpy.random.Generator
            Shuffles the examples.
        test_data : sequence of (x, y), optional
            Examples to count the right answers on.

        Returns
        -------
        list of int
            A count for each epoch; empty without `test_data`.

        Raises
        ------
        ValueError
            If an example does not fit the network, or a number is out of its range.

        Examples
        --------
        >>> network = NotesNetwork([1, 2], rng=np.random.default_rng(0))
        >>> pair = [[1.0]], [[0.0], [1.0]]
        >>> network.sgd([pair], 2, 1, 9.0, rng=np.random.default_rng(0), test_data=[pair])
        [1, 1]
        """
        correct = []
        for _ in range(epochs):
            shuffled = [training_data[i] for i in rng.permutation(len(training_data))]
            for k in range(0, len(shuffled), mini_batch_size):
                self.update_mini_batch(shuffled[k : k + mini_batch_size], eta)
            if test_data is not None:
                correct.append(self.evaluate(test_data))
        return correct

    @_checked
    def update_mini_batch(self, mini_batch, eta):
        """Step against the gradient averaged over the batch, summed example by example.

        Parameters
        ----------
        mini_batch : sequence of (x, y)
            The examples: columns of shape (inputs, 1) and (outputs, 1).
        eta : float
            The learning rate η > 0.

        Raises
        ------
        ValueError
            If an example does not fit the network, or the rate is not above 0.

        Examples
        --------
        >>> network = NotesNetwork([1, 1], rng=np.random.default_rng(0))
        >>> before = network.feedforward([[1.0]])
        >>> network.update_mini_batch([([[1.0]], [[1.0]])], 1.0)
        >>> bool(network.feedforward([[1.0]]) > before)
        True
        """
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            delta_b, delta_w = self.backpropagation(x, y)
            nabla_b = [nb + db for nb, db in zip(nabla_b, delta_b, strict=True)]
            nabla_w = [nw + dw for nw, dw in zip(nabla_w, delta_w, strict=True)]
        rate = eta / len(mini_batch)
        self.biases = [b - rate * nb for b, nb in zip(self.biases, nabla_b, strict=True)]
        self.weights = [w - rate * nw for w, nw in zip(self.weights, nabla_w, strict=True)]

    @_checked
    def backpropagation(self, x, y):
        """Return the gradients of one example's cost, layer by layer.

        Parameters
        ----------
        x : array_like, shape (inputs, 1)
            The example.
        y : array_like, shape (outputs, 1)
            What is wanted.

        Returns
        -------
        nabla_b : list of ndarray
            The gradients of the biases, in their shapes.
        nabla_w : list of ndarray
            The gradients of the weights, in their shapes.

        Raises
        ------
        ValueError
            If the example does not fit the network.

        Examples
        --------
        >>> network = NotesNetwork([2, 1], rng=np.random.default_rng(0))
        >>> [b.shape for b in network.backpropagation([[1.0], [2.0]], [[0.0]])[0]]
        [(1, 1)]
        """
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

    @_checked
    def evaluate(self, test_data):
        """Return how many examples have their largest output where y has its largest number.

        Parameters
        ----------
        test_data : sequence of (x, y)
            The examples: columns of shape (inputs, 1) and (outputs, 1).

        Returns
        -------
        int
            The count.

        Raises
        ------
        ValueError
            If an example does not fit the network.

        Examples
        --------
        >>> network = NotesNetwork([1, 1], rng=np.random.default_rng(0))
        >>> network.evaluate([([[1.0]], [[1.0]])])
        1
        """
        return sum(int(self.feedforward(x).argmax() == y.argmax()) for x, y in test_data)

    @_checked
    def feedforward(self, x):
        """Return the network's output for one example.

        Parameters
        ----------
        x : array_like, shape (inputs, 1)
            The example.

        Returns
        -------
        ndarray, shape (outputs, 1)
            The output, each number in (0, 1).

        Raises
        ------
        ValueError
            If the example does not fit the network.

        Examples
        --------
        >>> NotesNetwork([2, 3], rng=np.random.default_rng(0)).feedforward([[1.0], [2.0]]).shape
        (3, 1)
        """
        for b, w in zip(self.biases, self.weights, strict=True):
            x = self.non_linearity(np.dot(w, x) + b)
        return x

    @staticmethod
    def non_linearity(z):
        """Return the sigmoid 1 / (1 + exp(−z)), elementwise.

        Parameters
        ----------
        z : ndarray, any shape
            The pre-activations.

        Returns
        -------
        ndarray, shape of `z`
            Numbers in (0, 1).

        Examples
        --------
        >>> NotesNetwork.non_linearity(np.zeros(1)).tolist()
        [0.5]
        """
        return _sigmoid(z)

    @staticmethod
    def d_non_linearity(z):
        """Return the sigmoid's derivative σ(z) (1 − σ(z)), elementwise.

        Parameters
        ----------
        z : ndarray, any shape
            The pre-activations.

        Returns
        -------
        ndarray, shape of `z`
            The slopes, at most 1/4.

        Examples
        --------
        >>> NotesNetwork.d_non_linearity(np.zeros(1)).tolist()
        [0.25]
        """
        s = _sigmoid(z)
        return s * (1 - s)

    @staticmethod
    def cost_derivative(a, y):
        """Return ∂C/∂a of the quadratic cost C = ½‖a − y‖².

        Parameters
        ----------
        a, y : ndarray, shape (outputs, 1)
            The output and what is wanted.

        Returns
        -------
        ndarray, shape (outputs, 1)
            The difference a − y.

        Examples
        --------
        >>> NotesNetwork.cost_derivative(np.array([[1.0]]), np.array([[3.0]])).tolist()
        [[-2.0]]
        """
        return a - y
