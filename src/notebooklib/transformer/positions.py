"""Positions as waves: the sinusoidal encoding and the rotation behind it."""

import torch
from torch import Tensor

from notebooklib._validate import finite, positive_int

MOST_FEATURES = 10_000  # features in a matrix of d × d


def frequencies(d_model: int) -> Tensor:
    """Return the frequencies of the positional encoding, ω_c = 10000^(−2c/d).

    Parameters
    ----------
    d_model : int
        Number of features d, even, at most 10,000.

    Returns
    -------
    Tensor of float64, shape (d/2,)
        From ω₀ = 1 down, in radians a step.

    Raises
    ------
    ValueError
        If d_model is no whole number from 2 to 10,000, or odd.

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.5.

    Examples
    --------
    >>> frequencies(4).tolist()
    [1.0, 0.01]
    """
    if positive_int(d_model, "d_model", most=MOST_FEATURES) % 2:
        raise ValueError(f"d_model: expected an even number, got {d_model}")
    return 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)


def sinusoidal_encoding(length: int, d_model: int) -> Tensor:
    """Return the positions 0, 1, … as vectors, pₜ = (sin ω₀t, cos ω₀t, sin ω₁t, cos ω₁t, …).

    Parameters
    ----------
    length : int
        Number of positions t, at most 10,000.
    d_model : int
        Number of features d, even, at most 10,000: d/2 pairs of sine and cosine.

    Returns
    -------
    Tensor of float64, shape (length, d_model)
        Row t is pₜ; every row has length √(d/2).

    Raises
    ------
    ValueError
        If a size is no whole number from 1 to 10,000, or d_model is odd.

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.5.

    Examples
    --------
    >>> sinusoidal_encoding(2, 4).round(decimals=3).tolist()
    [[0.0, 1.0, 0.0, 1.0], [0.841, 0.54, 0.01, 1.0]]
    """
    t = torch.arange(positive_int(length, "length", most=MOST_FEATURES), dtype=torch.float64)
    angles = torch.outer(t, frequencies(d_model))  # (length, d/2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)  # (length, d/2, 2) → d


def position_shift(s: float, d_model: int) -> Tensor:
    """Return the matrix Mₛ that moves every position by s steps, pₜ₊ₛ = Mₛ pₜ.

    Parameters
    ----------
    s : float
        Steps; Mₛ depends on s alone, not on t.
    d_model : int
        Number of features d, even, at most 10,000.

    Returns
    -------
    Tensor of float64, shape (d_model, d_model)
        One plane rotation by ω_c s for each pair, on the diagonal.

    Raises
    ------
    ValueError
        If s is no finite number, or d_model odd or out of range.

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.5; the addition theorems.

    Examples
    --------
    >>> p = sinusoidal_encoding(10, 6)
    >>> torch.allclose(position_shift(5, 6) @ p[2], p[7])
    True
    """
    angles = finite(s, "s") * frequencies(d_model)
    cos, sin = angles.cos(), angles.sin()
    pairs = torch.stack([cos, sin, -sin, cos], dim=-1).unflatten(-1, (2, 2))
    return torch.block_diag(*pairs)
