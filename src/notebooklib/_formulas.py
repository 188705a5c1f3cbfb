"""Formulas that the NumPy side and the PyTorch side of the book share, each written once."""

from types import ModuleType
from typing import Any

import numpy as np


def softmax(z: Any, temperature: float, axis: int, library: ModuleType) -> Any:
    """Return pᵢ = exp(zᵢ/T) / Σⱼ exp(zⱼ/T) of an array of `library`, NumPy or PyTorch.

    The largest entry is subtracted first: the quotient is the same, and nothing overflows.
    """
    largest = library.amax(z, axis=axis, keepdims=True)
    e = library.exp((z - largest) / temperature)
    return e / e.sum(axis=axis, keepdims=True)


def half_cosine(done: Any, floor: float = 0.0) -> Any:
    """Return the fall from 1 to `floor` along half a cosine, at the share `done` of the way."""
    return (1 + floor) / 2 + (1 - floor) / 2 * np.cos(np.pi * done)
