"""The multilayer perceptron in numpy: forward, backward, training, and what depth buys."""

from notebooklib.mlp.activations import ACTIVATIONS, Activation, activation
from notebooklib.mlp.expressivity import count_linear_pieces, maxout, maxout_tangents, sawtooth
from notebooklib.mlp.forgetting import ewc_penalty, fisher_diagonal, permute_pixels
from notebooklib.mlp.losses import (
    LOSSES,
    cross_entropy,
    mean_squared_error,
    one_hot,
    quadratic_cost,
    softmax,
)
from notebooklib.mlp.network import Gradients, LearningCurve, Network, dropout
from notebooklib.mlp.notes import NotesNetwork

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Gradients",
    "LearningCurve",
    "LOSSES",
    "Network",
    "NotesNetwork",
    "activation",
    "count_linear_pieces",
    "cross_entropy",
    "dropout",
    "ewc_penalty",
    "fisher_diagonal",
    "maxout",
    "maxout_tangents",
    "mean_squared_error",
    "one_hot",
    "permute_pixels",
    "quadratic_cost",
    "sawtooth",
    "softmax",
]
