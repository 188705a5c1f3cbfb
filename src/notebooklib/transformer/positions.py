"""Positions as waves: the sinusoidal encoding and the rotation behind it."""

import torch
from torch import Tensor

from notebooklib._validate import positive_int


def frequencies(d_model: int) -> Tensor:
    r"""Return the frequencies of the positional encoding, \(\omega_k = 10000^{-2k/d}\).

    Parameters
    ----------
    d_model : int
        d, even.

    Returns
    -------
    Tensor of float64, shape (d/2,)
        ω_0 = 1 down to ω_{d/2-1}, in radians a step.

    Raises
    ------
    ValueError
        If d_model is odd.

    Examples
    --------
    >>> frequencies(4).tolist()
    [1.0, 0.01]

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.5.
    """
    if positive_int(d_model, "d_model") % 2:
        raise ValueError(f"d_model: expected an even number, got {d_model}")
    return 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)


def sinusoidal_encoding(length: int, d_model: int) -> Tensor:
    r"""Return the positions 0, 1, … as vectors \((\sin\omega_0t,\cos\omega_0t,\sin\omega_1t,…)\).

    Parameters
    ----------
    length : int
        Number of positions t.
    d_model : int
        d, even: d/2 pairs of sine and cosine.

    Returns
    -------
    Tensor of float64, shape (length, d_model)
        Row t is p_t; every row has length √(d/2).

    Raises
    ------
    ValueError
        If length is no whole number ≥ 1, or d_model is odd.

    Examples
    --------
    >>> sinusoidal_encoding(2, 4).round(decimals=3).tolist()
    [[0.0, 1.0, 0.0, 1.0], [0.841, 0.54, 0.01, 1.0]]

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.5.
    """
    t = torch.arange(positive_int(length, "length"), dtype=torch.float64)
    angles = torch.outer(t, frequencies(d_model))  # (length, d/2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)  # (length, d/2, 2) → d


def rotation(k: float, d_model: int) -> Tensor:
    r"""Return the matrix M_k that moves every position by k steps, \(p_{t+k} = M_k p_t\).

    Parameters
    ----------
    k : float
        Steps; M_k depends on k alone, not on t.
    d_model : int
        d, even.

    Returns
    -------
    Tensor of float64, shape (d_model, d_model)
        One plane rotation by ω_j k for each pair, on the diagonal.

    Raises
    ------
    ValueError
        If d_model is odd.

    Examples
    --------
    >>> p = sinusoidal_encoding(10, 6)
    >>> torch.allclose(rotation(5, 6) @ p[2], p[7])
    True

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.5; the addition theorems.
    """
    angles = k * frequencies(d_model)
    c, s = angles.cos(), angles.sin()
    pairs = torch.stack([torch.stack([c, s], dim=-1), torch.stack([-s, c], dim=-1)], dim=-2)
    return torch.block_diag(*pairs)
