"""Masks, and attention with one head and with several."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from notebooklib._tensors import device_of, tensor, tokens
from notebooklib._validate import flag, optional, positive_int, whole

MOST_CHANNELS = 100_000  # features, of which a map has the square
LONGEST = 30_000  # tokens in a mask of n × n booleans, 0.9 GB


def causal_mask(length: int, device: torch.device | str | None = None) -> Tensor:
    """Return the mask that lets each token see itself and the tokens before it.

    Parameters
    ----------
    length : int
        The number of tokens n, at most 30,000.
    device : torch.device or str, optional
        Where the mask is made.

    Returns
    -------
    Tensor of bool, shape (n, n)
        Entry (i, j) is True where j ≤ i.

    Raises
    ------
    ValueError
        If length is no whole number from 1 to 30,000, or device no device.

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.2.3.

    Examples
    --------
    >>> causal_mask(3).int().tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    """
    length, device = (
        positive_int(length, "length", most=LONGEST),
        optional(device, "device", device_of),
    )
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


def padding_mask(ids: Tensor, pad: int) -> Tensor:
    """Return the mask that hides the padding of a batch from every query.

    Parameters
    ----------
    ids : Tensor of int, shape (B, n)
        Token numbers.
    pad : int
        The number that stands for padding.

    Returns
    -------
    Tensor of bool, shape (B, 1, 1, n)
        True where a key is a real token; the axes of length 1 stand for all heads and all queries.
        With a causal mask it is combined by ``&``.

    Raises
    ------
    ValueError
        If ids is no batch of rows of whole numbers, or pad no whole number.

    Examples
    --------
    >>> padding_mask(torch.tensor([[5, 7, 0]]), pad=0).tolist()
    [[[[True, True, False]]]]
    """
    pad = whole(pad, "pad", -(2**63), 2**63 - 1)
    return (tokens(ids, "ids") != pad)[:, None, None, :]


def attention_weights(
    q: Tensor, k: Tensor, mask: Tensor | None = None, scale: bool = True
) -> Tensor:
    """Return how much each query asks of each key, A = softmax(QKᵀ / √d_k).

    The queries are divided before they are multiplied: in float16 the products may be too large.

    Parameters
    ----------
    q : Tensor, shape (..., n, d_k)
        Queries, one a row.
    k : Tensor, shape (..., m, d_k)
        Keys, one a row.
    mask : Tensor of bool, shape (..., n, m), optional
        True where a query may look; 1 stands for any length. A query that may
        look nowhere gets weights 0.
    scale : bool
        Divide the scores by √d_k, so that their variance does not grow with d_k.

    Returns
    -------
    Tensor, shape (..., n, m)
        Each row sums to 1.

    Raises
    ------
    ValueError
        If queries or keys are not of floating-point numbers of one type, the shapes do not fit, a
        score is not finite, or the mask is not boolean.

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, equation 1.

    Examples
    --------
    >>> q = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> attention_weights(q, 8 * q, scale=False).round(decimals=3).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    q, k, scale = tensor(q, "q"), tensor(k, "k", like=q), flag(scale, "scale")
    if min(q.ndim, k.ndim) < 2 or not 0 < q.shape[-1] == k.shape[-1] or not _fit(q, k):
        raise ValueError(
            f"q and k: expected rows of one length, got shapes {tuple(q.shape)} "
            f"and {tuple(k.shape)}"
        )
    q = q / math.sqrt(q.shape[-1]) if scale else q
    scores = q @ k.transpose(-2, -1)  # (..., n, d_k) @ (..., d_k, m) → (..., n, m)
    if not torch.compiler.is_compiling() and not scores.isfinite().all():
        raise ValueError(f"q and k: expected scores within {scores.dtype}, got inf or nan")
    if mask is None:
        return scores.softmax(dim=-1)
    _check_mask(mask, scores.shape)
    scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return scores.softmax(dim=-1).masked_fill(~mask, 0.0)


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, scale: bool = True
) -> Tensor:
    """Return, for each query, the mixture of the values, softmax(QKᵀ / √d_k) V.

    Parameters
    ----------
    q : Tensor, shape (..., n, d_k)
        Queries, one a row.
    k : Tensor, shape (..., m, d_k)
        Keys, one a row.
    v : Tensor, shape (..., m, d_v)
        Values, one for each key.
    mask : Tensor of bool, shape (..., n, m), optional
        As in `attention_weights`.
    scale : bool
        As in `attention_weights`.

    Returns
    -------
    Tensor, shape (..., n, d_v)
        One row for each query.

    Raises
    ------
    ValueError
        As in `attention_weights`, or if the values do not fit the keys.

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, equation 1.

    Examples
    --------
    >>> q = torch.tensor([[1, 0, 2], [2, 2, 2], [2, 1, 3]], dtype=torch.float64)
    >>> k = torch.tensor([[0, 1, 1], [4, 4, 0], [2, 3, 1]], dtype=torch.float64)
    >>> v = torch.tensor([[1, 2, 3], [2, 8, 0], [2, 6, 3]], dtype=torch.float64)
    >>> scaled_dot_product_attention(q, k, v)[0].round(decimals=3).tolist()
    [1.864, 6.319, 1.704]
    """
    weights, v = attention_weights(q, k, mask, scale), tensor(v, "v", like=q)
    if v.ndim < 2 or v.shape[-2] != k.shape[-2]:
        raise ValueError(
            f"v: expected one row for each of the keys of shape {tuple(k.shape)}, "
            f"got shape {tuple(v.shape)}"
        )
    if not _fit(weights, v):
        raise ValueError(
            f"v: expected {tuple(weights.shape[:-2])} before the rows, got shape {tuple(v.shape)}"
        )
    return weights @ v


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, Concat(head₁, …, headₕ) W^O.

    Head i sees its own d_k = d_model / h columns of Q, K and V, so the heads together cost as much
    as one of full width.

    Parameters
    ----------
    d_model : int
        Width of the input and of the output.
    num_heads : int
        Number of heads h, a divisor of d_model.
    fused : bool
        Let PyTorch's fused kernel compute the same numbers without storing the n×m weights.

    Raises
    ------
    ValueError
        If a size is no whole number ≥ 1, num_heads does not divide d_model, or fused is neither
        True nor False.

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.2.2.

    Examples
    --------
    >>> attention = MultiHeadAttention(d_model=8, num_heads=2)
    >>> attention(torch.zeros(1, 5, 8), causal=True).shape
    torch.Size([1, 5, 8])
    """

    def __init__(self, d_model: int, num_heads: int, fused: bool = True):
        super().__init__()
        d_model = positive_int(d_model, "d_model", most=MOST_CHANNELS)
        num_heads = positive_int(num_heads, "num_heads")
        if d_model % num_heads:
            raise ValueError(
                f"num_heads: expected a divisor of d_model = {d_model}, got {num_heads}"
            )
        self.d_model, self.num_heads, self.fused = d_model, num_heads, flag(fused, "fused")
        self.query = nn.Linear(d_model, d_model)  # all W_i^Q side by side; so K and V
        self.key = nn.Linear(d_model, d_model)
        self.value = nn.Linear(d_model, d_model)
        self.output = nn.Linear(d_model, d_model)  # W^O

    def forward(
        self,
        x: Tensor,
        context: Tensor | None = None,
        mask: Tensor | None = None,
        causal: bool = False,
    ) -> Tensor:
        """Let each token of x ask the tokens of `context`, which is x itself where none is given.

        Parameters
        ----------
        x : Tensor, shape (B, n, d_model)
            Asks: gives the queries.
        context : Tensor, shape (B, m, d_model), optional
            Answers: gives keys and values. Given in cross-attention only.
        mask : Tensor of bool, shape (n, m) or (B or 1, h or 1, n or 1, m), optional
            True where a query may look.
        causal : bool
            Hide from each token the tokens after it.

        Returns
        -------
        Tensor, shape (B, n, d_model)
            The mixed values of all heads, projected.

        Raises
        ------
        ValueError
            If an input is no tensor of the weights' type, a shape does not fit, or the mask is not
            boolean.

        Examples
        --------
        >>> attention, x = MultiHeadAttention(8, 2), torch.zeros(1, 5, 8)
        >>> attention(x, context=torch.zeros(1, 3, 8)).shape
        torch.Size([1, 5, 8])
        """
        context = x if context is None else context
        q, k, mask, causal = self._queries_keys(x, context, mask, causal)
        v = self._split(self.value(context))
        if self.fused:
            heads = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        else:
            mask = causal_mask(q.shape[-2], q.device) if causal else mask
            heads = scaled_dot_product_attention(q, k, v, mask)
        return self.output(heads.transpose(1, 2).flatten(2))  # (B, h, n, d_k) → (B, n, d_model)

    def weights(
        self,
        x: Tensor,
        context: Tensor | None = None,
        mask: Tensor | None = None,
        causal: bool = False,
    ) -> Tensor:
        """Return each head's attention weights for the same input.

        Parameters
        ----------
        x : Tensor, shape (B, n, d_model)
            As in `forward`.
        context : Tensor, shape (B, m, d_model), optional
            As in `forward`.
        mask : Tensor of bool, shape (n, m) or (B or 1, h or 1, n or 1, m), optional
            As in `forward`.
        causal : bool
            As in `forward`.

        Returns
        -------
        Tensor, shape (B, h, n, m)
            Each row sums to 1.

        Raises
        ------
        ValueError
            As in `forward`.

        Examples
        --------
        >>> MultiHeadAttention(8, 2).weights(torch.zeros(1, 2, 8), causal=True)[0, 0].tolist()
        [[1.0, 0.0], [0.5, 0.5]]
        """
        q, k, mask, causal = self._queries_keys(x, x if context is None else context, mask, causal)
        return attention_weights(q, k, causal_mask(q.shape[-2], q.device) if causal else mask)

    def _queries_keys(self, x, context, mask, causal):
        for name, value in (("x", x), ("context", context)):
            _check_features(value, name, self.query.weight)
            if value.shape[0] != x.shape[0]:
                raise ValueError(f"{name}: expected {x.shape[0]} sequences, got {len(value)}")
        causal = flag(causal, "causal")
        if causal and context.shape[1] != x.shape[1]:
            raise ValueError(
                f"causal: expected as many keys as queries, got {context.shape[1]} and {x.shape[1]}"
            )
        q, k = self._split(self.query(x)), self._split(self.key(context))
        if mask is not None:
            if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
                _check_mask(mask, ())
            if mask.ndim not in (2, 4):  # (B, n, m) would be taken for (h, n, m)
                raise ValueError(f"mask: expected 2 or 4 axes, got shape {tuple(mask.shape)}")
            _check_mask(mask, (*q.shape[:-1], k.shape[-2]))
            if causal:
                mask, causal = mask & causal_mask(q.shape[-2], q.device), False
        return q, k, mask, causal

    def _split(self, features: Tensor) -> Tensor:
        heads = features.unflatten(-1, (self.num_heads, -1))  # (B, n, d_model) → (B, n, h, d_k)
        return heads.transpose(1, 2)  # → (B, h, n, d_k)


def _fit(one: Tensor, two: Tensor) -> bool:
    try:
        torch.broadcast_shapes(one.shape[:-2], two.shape[:-2])
    except RuntimeError:
        return False
    return True


def _check_features(value: Tensor, name: str, weight: Tensor) -> None:
    width = weight.shape[-1]
    if tensor(value, name, like=weight).ndim != 3 or value.shape[-1] != width:
        raise ValueError(f"{name}: expected shape (B, n, {width}), got {tuple(value.shape)}")


def _check_mask(mask: Tensor, shape: tuple[int, ...]) -> None:
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        came = mask.dtype if isinstance(mask, Tensor) else type(mask).__name__
        raise ValueError(
            f"mask: expected a tensor of booleans, True where a query may look, got {came}"
        )
    behind = list(zip(reversed(mask.shape), reversed(shape), strict=False))
    if mask.ndim > len(shape) or any(have not in (1, want) for have, want in behind):
        raise ValueError(
            f"mask: expected a shape that broadcasts to {tuple(shape)}, got {tuple(mask.shape)}"
        )
