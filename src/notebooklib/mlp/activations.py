"""Activation functions with their derivatives."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._validate import Array, choice, real_array


@dataclass(frozen=True)
class Activation:
    """An activation function σ and its derivative σ', elementwise, of the pre-activation z.

    Attributes
    ----------
    name : str
        Its name in `ACTIVATIONS`.
    f, df : callable
        The function σ(z), and σ'(z) written with z and a = σ(z), whichever is cheaper: arrays in,
        arrays out, unchecked, for training loops. Call the object, or `derivative`, for anything
        else.

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
        """Return σ'(z).

        Parameters
        ----------
        z : array_like, any shape
            The pre-activations.

        Returns
        -------
        ndarray, shape of `z`
            The slopes.

        Raises
        ------
        ValueError
            If a number is not finite.

        Examples
        --------
        >>> activation("tanh").derivative([0.0, 100.0]).tolist()[0]
        1.0
        """
        z = real_array(z, "z")
        return self.df(z, self.f(z))


def _sigmoid(z):
    e = np.exp(np.minimum(z, 0.0))  # no exp that can overflow
    return np.where(z < -10, e / (1 + e), 0.5 + 0.5 * np.tanh(0.5 * z))


def _sigmoid_slope(z):
    s = _sigmoid(-np.abs(z))  # at most 1/2, so that 1 - s loses nothing
    return s * (1 - s)


def _gelu(z):
    c = np.clip(z, -25.0, 25.0)  # beyond, tanh is ±1; c**3 cannot overflow
    return 0.5 * z * (1 + np.tanh(_GELU * (c + 0.044715 * c**3)))


def _gelu_derivative(z, a):
    c = np.clip(z, -25.0, 25.0)
    t = np.tanh(_GELU * (c + 0.044715 * c**3))
    return 0.5 * (1 + t) + 0.5 * c * (1 - t**2) * _GELU * (1 + 3 * 0.044715 * c**2)


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
        Activation(
            "sigmoid",
            _sigmoid,
            lambda z, a: np.where(np.abs(z) > 10, _sigmoid_slope(z), a * (1 - a)),
        ),
        Activation(
            "tanh",
            np.tanh,
            lambda z, a: np.where(
                np.abs(z) > 10, 4 * _sigmoid_slope(2 * np.clip(z, -999, 999)), 1 - a * a
            ),
        ),
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

    Notes
    -----
    Source: chapter 8; Hendrycks, Gimpel (2016) for GELU.

    Examples
    --------
    >>> activation("sigmoid").derivative(0.0).tolist()
    0.25
    """
    return ACTIVATIONS[choice(name, "activation", ACTIVATIONS)]
