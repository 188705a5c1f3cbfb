"""Attention and what is built of it, from softmax to a small GPT (chapter 12).

Axes: B sequences, T tokens (n queries, m keys), h heads, d_model features, V words.
A mask is boolean, True where a query may look, as in PyTorch's function
`scaled_dot_product_attention`; its class `torch.nn.MultiheadAttention` means the opposite by True.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._extras import needed
from notebooklib._validate import choice, positive, positive_int

with needed("torch"):
    import torch
    import torch.nn.functional as F
    from torch import Tensor, nn


def softmax(z: Tensor | ArrayLike, temperature: float = 1.0, axis: int = -1) -> Tensor:
    r"""Return the softmax of z at a temperature, \(e^{z_i/T} / \sum_j e^{z_j/T}\).

    The largest entry is subtracted first: the quotient is the same, and no exponent exceeds 0, so
    nothing overflows. As T → 0 the largest entries share the whole; as T → ∞ all share alike.

    Parameters
    ----------
    z : Tensor or array_like
        Logits of any shape. An entry may be -inf (its share is 0), but not all along `axis`.
        Whole numbers become float64.
    temperature : float
        T > 0. Below 1 the distribution is steeper, above 1 flatter.
    axis : int
        The axis along which the shares sum to 1.

    Returns
    -------
    Tensor
        Shares in [0, 1], of the shape of z.

    Raises
    ------
    ValueError
        If the temperature is not a finite number > 0, or z has NaN, +inf or nothing to share.

    Examples
    --------
    >>> softmax([2, 4, 4]).round(decimals=3).tolist()
    [0.063, 0.468, 0.468]
    >>> softmax([2, 4, 4], temperature=1e-3).tolist()
    [0.0, 0.5, 0.5]
    >>> softmax([1e4, 0.0, -1e4], temperature=1e-3).tolist()
    [1.0, 0.0, 0.0]

    Notes
    -----
    Source: Hinton, Vinyals and Dean (2015), arXiv:1503.02531, equation 1.
    """
    temperature = positive(temperature, "temperature")
    z = _real_tensor(z, "z")
    if z.ndim == 0 or z.numel() == 0 or not -z.ndim <= axis < z.ndim:
        raise ValueError(f"z: expected entries along axis {axis}, got shape {tuple(z.shape)}")
    largest = z.amax(dim=axis, keepdim=True)
    if not largest.isfinite().all():
        raise ValueError("z: expected numbers below +inf, not all -inf along the axis, and no NaN")
    span = torch.finfo(torch.promote_types(z.dtype, torch.float32))  # what z can be divided by
    e = torch.exp((z - largest) / min(max(temperature, span.tiny), span.max))
    return e / e.sum(dim=axis, keepdim=True)


def causal_mask(length: int, device: torch.device | None = None) -> Tensor:
    """Return the mask that lets each token see itself and the tokens before it.

    Parameters
    ----------
    length : int
        T, the number of tokens.
    device : torch.device, optional
        Where the mask is made.

    Returns
    -------
    Tensor of bool, shape (T, T)
        Entry (i, j) is True where j ≤ i.

    Raises
    ------
    ValueError
        If length is no whole number ≥ 1.

    Examples
    --------
    >>> causal_mask(3).int().tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.2.3.
    """
    length = positive_int(length, "length")
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


def padding_mask(ids: Tensor, pad: int) -> Tensor:
    """Return the mask that hides the padding of a batch from every query.

    Parameters
    ----------
    ids : Tensor of int, shape (B, T)
        Token numbers.
    pad : int
        The number that stands for padding.

    Returns
    -------
    Tensor of bool, shape (B, 1, 1, T)
        True where a key is a real token; the axes of length 1 stand for all heads and all queries.
        With a causal mask it is combined by ``&``.

    Raises
    ------
    ValueError
        If ids is no batch of rows.

    Examples
    --------
    >>> padding_mask(torch.tensor([[5, 7, 0]]), pad=0).tolist()
    [[[[True, True, False]]]]
    """
    if ids.ndim != 2:
        raise ValueError(f"ids: expected shape (B, T), got shape {tuple(ids.shape)}")
    return (ids != pad)[:, None, None, :]


def attention_weights(
    q: Tensor, k: Tensor, mask: Tensor | None = None, scale: bool = True
) -> Tensor:
    r"""Return how much each query asks of each key, \(\mathrm{softmax}(QK^T/\sqrt{d_k})\).

    Parameters
    ----------
    q : Tensor, shape (..., n, d_k)
        Queries, one a row.
    k : Tensor, shape (..., m, d_k)
        Keys, one a row.
    mask : Tensor of bool, optional
        True where a query may look; any shape that broadcasts to (..., n, m). A query that may
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
        If the shapes do not fit, or the mask is not boolean.

    Examples
    --------
    >>> q = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> attention_weights(q, 8 * q, scale=False).round(decimals=3).tolist()
    [[1.0, 0.0], [0.0, 1.0]]

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, equation 1.
    """
    if min(q.ndim, k.ndim) < 2 or not 0 < q.shape[-1] == k.shape[-1] or not _fit(q, k):
        raise ValueError(
            f"queries and keys: expected rows of one length, got shapes {tuple(q.shape)} "
            f"and {tuple(k.shape)}"
        )
    scores = q @ k.transpose(-2, -1)  # (..., n, d_k) @ (..., d_k, m) → (..., n, m)
    if scale:
        scores = scores / math.sqrt(q.shape[-1])
    if mask is None:
        return scores.softmax(dim=-1)
    _check_mask(mask, scores.shape)
    scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return scores.softmax(dim=-1).masked_fill(~mask, 0.0)


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, scale: bool = True
) -> Tensor:
    r"""Return, for each query, the mixture of the values, \(\mathrm{softmax}(QK^T/\sqrt{d_k})V\).

    Parameters
    ----------
    q, k, mask, scale
        As in `attention_weights`.
    v : Tensor, shape (..., m, d_v)
        Values, one for each key.

    Returns
    -------
    Tensor, shape (..., n, d_v)
        One row for each query.

    Raises
    ------
    ValueError
        If the shapes do not fit, or the mask is not boolean.

    Examples
    --------
    >>> q = torch.tensor([[1, 0, 2], [2, 2, 2], [2, 1, 3]], dtype=torch.float64)
    >>> k = torch.tensor([[0, 1, 1], [4, 4, 0], [2, 3, 1]], dtype=torch.float64)
    >>> v = torch.tensor([[1, 2, 3], [2, 8, 0], [2, 6, 3]], dtype=torch.float64)
    >>> scaled_dot_product_attention(q, k, v)[0].round(decimals=3).tolist()
    [1.864, 6.319, 1.704]

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, equation 1.
    """
    if v.ndim < 2 or v.shape[-2] != k.shape[-2]:
        raise ValueError(
            f"values: expected one row for each of the keys of shape {tuple(k.shape)}, "
            f"got shape {tuple(v.shape)}"
        )
    weights = attention_weights(q, k, mask, scale)
    if not _fit(weights, v):
        raise ValueError(
            f"values: expected {tuple(weights.shape[:-2])} before the rows, "
            f"got shape {tuple(v.shape)}"
        )
    return weights @ v


class MultiHeadAttention(nn.Module):
    r"""Several attentions side by side, \(\mathrm{Concat}(\mathrm{head}_1,\dots)W^O\).

    Head i sees its own d_k = d_model / h columns of Q, K and V, so the heads together cost as much
    as one of full width.

    Parameters
    ----------
    d_model : int
        Width of the input and of the output.
    num_heads : int
        h, a divisor of d_model.
    fused : bool
        Let PyTorch's fused kernel compute the same numbers without storing the n×m weights.

    Raises
    ------
    ValueError
        If num_heads does not divide d_model.

    Examples
    --------
    >>> attention = MultiHeadAttention(d_model=8, num_heads=2)
    >>> attention(torch.zeros(1, 5, 8), causal=True).shape
    torch.Size([1, 5, 8])

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.2.2.
    """

    def __init__(self, d_model: int, num_heads: int, fused: bool = True):
        super().__init__()
        d_model, num_heads = positive_int(d_model, "d_model"), positive_int(num_heads, "num_heads")
        if d_model % num_heads:
            raise ValueError(
                f"num_heads: expected a divisor of d_model = {d_model}, got {num_heads}"
            )
        self.d_model, self.num_heads, self.fused = d_model, num_heads, fused
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
            If a shape does not fit.
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
        """Return each head's attention weights, shape (B, h, n, m), for the same input."""
        q, k, mask, causal = self._queries_keys(x, x if context is None else context, mask, causal)
        return attention_weights(q, k, causal_mask(q.shape[-2], q.device) if causal else mask)

    def _queries_keys(self, x, context, mask, causal):
        for name, value in (("x", x), ("context", context)):
            if value.ndim != 3 or value.shape[-1] != self.d_model or value.shape[0] != x.shape[0]:
                raise ValueError(
                    f"{name}: expected shape (B, tokens, {self.d_model}), got {tuple(value.shape)}"
                )
        if causal and context.shape[1] != x.shape[1]:
            raise ValueError(
                f"causal: expected as many keys as queries, got {context.shape[1]} and {x.shape[1]}"
            )
        q, k = self._split(self.query(x)), self._split(self.key(context))
        if mask is not None:
            if mask.ndim not in (2, 4):  # (B, n, m) would be taken for (h, n, m)
                raise ValueError(f"mask: expected 2 or 4 axes, got shape {tuple(mask.shape)}")
            _check_mask(mask, (*q.shape[:-1], k.shape[-2]))
            if causal:
                mask, causal = mask & causal_mask(q.shape[-2], q.device), False
        return q, k, mask, causal

    def _split(self, features: Tensor) -> Tensor:
        heads = features.unflatten(-1, (self.num_heads, -1))  # (B, n, d_model) → (B, n, h, d_k)
        return heads.transpose(1, 2)  # → (B, h, n, d_k)


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


class TransformerBlock(nn.Module):
    """One layer: the tokens talk to each other, then each thinks for itself.

    Both steps are added to what they read, x + f(norm(x)), so a layer begins near the identity.

    Parameters
    ----------
    d_model : int
        Width of a token.
    num_heads : int
        A divisor of d_model.
    d_ff : int, optional
        Width inside the feed-forward part; 4 d_model where none is given.
    fused : bool
        As in `MultiHeadAttention`.

    Notes
    -----
    Source: Vaswani et al. (2017), arXiv:1706.03762, section 3.1; norm before each step as in
    Radford et al. (2019), section 2.3.

    Examples
    --------
    >>> TransformerBlock(d_model=8, num_heads=2)(torch.zeros(1, 5, 8)).shape
    torch.Size([1, 5, 8])
    """

    def __init__(self, d_model: int, num_heads: int, d_ff: int | None = None, fused: bool = True):
        super().__init__()
        d_ff = 4 * d_model if d_ff is None else positive_int(d_ff, "d_ff")
        self.attention = MultiHeadAttention(d_model, num_heads, fused)
        self.attention_norm = nn.LayerNorm(d_model)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, d_ff), nn.GELU(), nn.Linear(d_ff, d_model)
        )
        self.feed_forward_norm = nn.LayerNorm(d_model)

    def forward(self, x: Tensor, mask: Tensor | None = None, causal: bool = False) -> Tensor:
        """Return x, shape (B, T, d_model), after one round of talk and thought."""
        x = x + self.attention(self.attention_norm(x), mask=mask, causal=causal)
        return x + self.feed_forward(self.feed_forward_norm(x))


@dataclass(frozen=True)
class GPTConfig:
    """The sizes of a `GPT`.

    Parameters
    ----------
    vocab_size : int
        V, the number of words.
    context : int
        The most tokens it can read at once.
    d_model, num_heads, num_layers : int
        Width, heads a layer, layers.
    d_ff : int, optional
        Width inside the feed-forward part; 4 d_model where none is given.
    tied : bool
        Read words and predict words with the same V×d_model table.
    causal : bool
        Hide the future from each token; False gives an encoder, as BERT is.
    positions : {"learned", "sinusoidal", "none"}
        How a token knows its place.
    fused : bool
        As in `MultiHeadAttention`.

    Raises
    ------
    ValueError
        If a size is no whole number ≥ 1, num_heads does not divide d_model, the kind of positions
        is unknown, or the sinusoidal kind is to have an odd d_model.

    Examples
    --------
    >>> GPTConfig(vocab_size=100, context=16).d_model
    64
    """

    vocab_size: int
    context: int
    d_model: int = 64
    num_heads: int = 4
    num_layers: int = 2
    d_ff: int | None = None
    tied: bool = True
    causal: bool = True
    positions: str = "learned"
    fused: bool = True

    def __post_init__(self):
        for name in ("vocab_size", "context", "d_model", "num_heads", "num_layers"):
            positive_int(getattr(self, name), name)
        choice(self.positions, "positions", ("learned", "sinusoidal", "none"))
        if self.d_ff is not None:
            positive_int(self.d_ff, "d_ff")
        if self.d_model % self.num_heads:
            raise ValueError(
                f"num_heads: expected a divisor of d_model = {self.d_model}, got {self.num_heads}"
            )
        if self.positions == "sinusoidal":
            frequencies(self.d_model)  # refuses an odd width


class GPT(nn.Module):
    """A stack of `TransformerBlock` that predicts, at each token, the next one.

    Parameters
    ----------
    config : GPTConfig
        The sizes.
    generator : torch.Generator, optional
        Source of the first weights, a CPU generator; seeded 0 where none is given. They are normal
        with deviation 1/√(columns), so that a product keeps the size of what it reads, divided by
        √(2L) on the 2L maps that write into a sum x + f(x), so that it does not grow with depth.

    Examples
    --------
    >>> model = GPT(GPTConfig(vocab_size=10, context=8, d_model=16))
    >>> model(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 10])

    Notes
    -----
    Source: Radford et al. (2019), Language Models are Unsupervised Multitask Learners, section 2.3;
    tied weights: Press and Wolf (2017), arXiv:1608.05859.
    """

    def __init__(self, config: GPTConfig, generator: torch.Generator | None = None):
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocab_size, config.d_model)
        if config.positions == "learned":
            self.places = nn.Parameter(torch.empty(config.context, config.d_model))
        elif config.positions == "sinusoidal":
            places = sinusoidal_encoding(config.context, config.d_model)
            self.register_buffer("places", places.to(self.tokens.weight.dtype))
        self.blocks = nn.ModuleList(
            TransformerBlock(config.d_model, config.num_heads, config.d_ff, config.fused)
            for _ in range(config.num_layers)
        )
        self.norm = nn.LayerNorm(config.d_model)
        self.head = nn.Linear(config.d_model, config.vocab_size, bias=False)
        if config.tied:
            self.head.weight = self.tokens.weight
        self._initialise(generator or torch.Generator().manual_seed(0))

    @torch.no_grad()
    def _initialise(self, generator: torch.Generator) -> None:
        for name, weight in self.named_parameters():
            if name.endswith("bias"):
                weight.zero_()
            elif weight.ndim == 2:  # drawn in float64: the same numbers on every processor
                deviation = weight.shape[1] ** -0.5
                if name.endswith(("attention.output.weight", "feed_forward.2.weight")):
                    deviation /= math.sqrt(2 * self.config.num_layers)
                draws = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
                weight.copy_(deviation * draws)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the logits of the next word after each token.

        Parameters
        ----------
        ids : Tensor of int64, shape (B, T)
            Token numbers below V; T at most `config.context`.
        mask : Tensor of bool, optional
            True where a query may look, as in `MultiHeadAttention`; the causal mask comes on top.

        Returns
        -------
        Tensor, shape (B, T, V)
            Logits.

        Raises
        ------
        ValueError
            If ids is empty, longer than the context, or outside the vocabulary (seen on a CPU).
        """
        return self.head(self.features(ids, mask))

    def features(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return what the last layer makes of each token, shape (B, T, d_model)."""
        x = self._embed(ids)
        for block in self.blocks:
            x = block(x, mask, self.config.causal)
        return self.norm(x)

    @torch.no_grad()
    def attention_maps(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return every head's weights for a batch of sequences, shape (layers, B, h, T, T)."""
        x, maps = self._embed(ids), []
        for block in self.blocks:
            seen = block.attention_norm(x)
            maps.append(block.attention.weights(seen, mask=mask, causal=self.config.causal))
            x = block(x, mask, self.config.causal)
        return torch.stack(maps)

    def _embed(self, ids: Tensor) -> Tensor:
        if ids.ndim != 2 or ids.numel() == 0 or ids.is_floating_point():
            raise ValueError(
                f"ids: expected whole numbers of shape (B, T), got {ids.dtype}, "
                f"shape {tuple(ids.shape)}"
            )
        if ids.shape[1] > self.config.context:
            raise ValueError(
                f"ids: expected at most {self.config.context} tokens, got {ids.shape[1]}"
            )
        if ids.device.type == "cpu" and not torch.compiler.is_compiling():
            _check_vocabulary(ids, self.config.vocab_size)
        x = self.tokens(ids)  # (B, T) → (B, T, d_model)
        return x if self.config.positions == "none" else x + self.places[: ids.shape[1]]


def trim(ids: Tensor, pad: int) -> Tensor:
    """Drop the columns at the right of a batch that hold nothing but padding.

    Parameters
    ----------
    ids : Tensor of int, shape (B, T)
        Rows filled up at the right.
    pad : int
        The number that stands for padding.

    Returns
    -------
    Tensor of int, shape (B, longest)
        The same rows, as long as the longest.

    Raises
    ------
    ValueError
        If ids is no batch of rows.

    Examples
    --------
    >>> trim(torch.tensor([[5, 7, 0, 0], [5, 0, 0, 0]]), pad=0).tolist()
    [[5, 7], [5, 0]]
    """
    if ids.ndim != 2:
        raise ValueError(f"ids: expected shape (B, T), got shape {tuple(ids.shape)}")
    words = (ids != pad).any(dim=0).nonzero()  # the columns that hold a word
    return ids[:, : int(words.max()) + 1 if len(words) else 0]


def next_token_loss(model: nn.Module, ids: Tensor, pad: int | None = None) -> Tensor:
    r"""Return the mean surprise at each next token, \(-\frac1N\sum_t\ln p(x_{t+1}|x_1…x_t)\).

    Parameters
    ----------
    model : nn.Module
        Takes ids of shape (B, T) and returns logits of shape (B, T, V).
    ids : Tensor of int64, shape (B, T+1)
        Rows of text: all but the last token are read, all but the first are predicted.
    pad : int, optional
        Targets with this number do not count.

    Returns
    -------
    Tensor
        A number, in nats a token.

    Raises
    ------
    ValueError
        If a row has fewer than two tokens.

    Examples
    --------
    >>> knows_nothing = lambda ids: torch.zeros(*ids.shape, 8)
    >>> round(next_token_loss(knows_nothing, torch.tensor([[1, 2, 3]])).item(), 3)  # ln 8
    2.079

    Notes
    -----
    Source: Radford et al. (2018), Improving Language Understanding by Generative Pre-Training,
    equation 1.
    """
    if ids.ndim != 2 or ids.shape[1] < 2:
        raise ValueError(f"ids: expected rows of two tokens or more, got shape {tuple(ids.shape)}")
    logits = model(ids[:, :-1])  # (B, T, V)
    ignore = -100 if pad is None else pad
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), ignore_index=ignore)


@torch.no_grad()
def generate(
    model: GPT,
    prompt: Tensor | ArrayLike,
    length: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
    stop: int | None = None,
) -> Tensor:
    """Continue a prompt, one drawn token at a time.

    Parameters
    ----------
    model : GPT
        Gives the logits of the next token.
    prompt : Tensor or array_like of int, shape (t,) or (B, t)
        One beginning, or B of one length.
    length : int
        Tokens to add; t + length may not exceed the model's context.
    temperature : float
        T > 0, as in `softmax`.
    top_k : int, optional
        Draw from the k likeliest tokens only (from more where the k-th is tied); 1 is greedy.
    generator : torch.Generator, optional
        Source of the draws, a CPU generator. Seeded 0 where none is given.
    stop : int, optional
        A sequence that has drawn this token says nothing but this token from there on; when all
        have, the drawing ends.

    Returns
    -------
    Tensor of int64, shape (t + n,) or (B, t + n) with n ≤ length
        The prompt and what was drawn.

    Raises
    ------
    ValueError
        If the prompt is empty or outside the vocabulary, prompt and length exceed the context, the
        temperature is not a finite number > 0, top_k is not in 1 … V, or stop not in 0 … V-1.

    Examples
    --------
    >>> model = GPT(GPTConfig(vocab_size=10, context=8, d_model=16))
    >>> generate(model, [1, 2], length=3).shape
    torch.Size([5])

    Notes
    -----
    Source: Fan, Lewis and Dauphin (2018), arXiv:1805.04833, section 5.3 (top-k).
    """
    temperature = positive(temperature, "temperature")
    length = positive_int(length, "length")
    vocab_size, context = model.config.vocab_size, model.config.context
    if top_k is not None and positive_int(top_k, "top_k") > vocab_size:
        raise ValueError(f"top_k: expected at most {vocab_size} words, got {top_k}")
    prompt = torch.as_tensor(prompt)
    if prompt.ndim not in (1, 2) or prompt.numel() == 0:
        raise ValueError(f"prompt: expected at least one token, got shape {tuple(prompt.shape)}")
    if prompt.is_floating_point():
        raise ValueError(f"prompt: expected whole numbers, got {prompt.dtype}")
    if prompt.shape[-1] + length > context:
        raise ValueError(
            f"prompt and length: expected at most {context} tokens together, "
            f"got {prompt.shape[-1]} + {length}"
        )
    _check_vocabulary(prompt, vocab_size)
    if stop is not None and not 0 <= stop < vocab_size:
        raise ValueError(f"stop: expected a token of 0 … {vocab_size - 1}, got {stop!r}")
    generator = generator or torch.Generator().manual_seed(0)
    ids = prompt.long().reshape(-1, prompt.shape[-1]).to(model.tokens.weight.device)  # (B, t)
    stopped = torch.zeros(len(ids), 1, dtype=torch.bool, device=ids.device)
    for _ in range(length):
        logits = model(ids)[:, -1].cpu().double()  # (B, V): only the last token's matter
        if top_k is not None:
            kth = logits.topk(top_k).values[:, -1:]
            logits = logits.masked_fill(logits < kth, -torch.inf)
        shares = softmax(logits, temperature).cumsum(dim=-1)
        draw = torch.rand(len(ids), 1, generator=generator, dtype=torch.float64)
        word = torch.searchsorted(shares, draw * shares[:, -1:], right=True).to(ids.device)
        if stop is not None:
            word = word.masked_fill(stopped, stop)
            stopped = word == stop
        ids = torch.cat([ids, word], dim=1)
        if stopped.all():
            break
    return ids.reshape(*prompt.shape[:-1], -1)


def _real_tensor(value: Tensor | ArrayLike, name: str) -> Tensor:
    try:
        if not isinstance(value, Tensor):  # a list by NumPy: PyTorch would round it to float32
            value = np.asarray(value)
            value = np.array(value, dtype=value.dtype.newbyteorder("="), order="C")
        tensor = torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name}: expected real numbers, got {value!r}") from error
    if tensor.is_complex() or tensor.dtype == torch.bool:
        raise ValueError(f"{name}: expected real numbers, got {tensor.dtype}")
    return tensor if tensor.is_floating_point() else tensor.double()


def _fit(one: Tensor, two: Tensor) -> bool:
    try:
        torch.broadcast_shapes(one.shape[:-2], two.shape[:-2])
    except RuntimeError:
        return False
    return True


def _check_mask(mask: Tensor, shape: tuple[int, ...]) -> None:
    if mask.dtype != torch.bool:
        raise ValueError(f"mask: expected booleans, True where a query may look, got {mask.dtype}")
    behind = list(zip(reversed(mask.shape), reversed(shape), strict=False))
    if mask.ndim > len(shape) or any(have not in (1, want) for have, want in behind):
        raise ValueError(
            f"mask: expected a shape that broadcasts to {tuple(shape)}, got {tuple(mask.shape)}"
        )


def _check_vocabulary(ids: Tensor, vocab_size: int) -> None:
    low, high = int(ids.min()), int(ids.max())
    if low < 0 or high >= vocab_size:
        raise ValueError(
            f"ids: expected tokens of the vocabulary, 0 … {vocab_size - 1}, "
            f"got {low if low < 0 else high}"
        )
