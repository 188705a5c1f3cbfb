"""A block, a small GPT, and its loss on the next token."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from notebooklib._tensors import random_source, readable, tensor, tokens
from notebooklib._validate import choice, flag, function, instance, optional, positive_int, whole
from notebooklib.transformer.attention import MOST_CHANNELS, MultiHeadAttention, _check_features
from notebooklib.transformer.positions import frequencies, sinusoidal_encoding

MOST_WEIGHTS = 10**9  # 8 GB in float64: more is a slip of the finger, not a lesson


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

    Raises
    ------
    ValueError
        If a size is no whole number ≥ 1, or num_heads does not divide d_model.

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
        self.attention = MultiHeadAttention(d_model, num_heads, fused)
        d_model = self.attention.d_model
        d_ff = 4 * d_model if d_ff is None else positive_int(d_ff, "d_ff", most=4 * MOST_CHANNELS)
        self.attention_norm = nn.LayerNorm(d_model)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, d_ff), nn.GELU(), nn.Linear(d_ff, d_model)
        )
        self.feed_forward_norm = nn.LayerNorm(d_model)

    def forward(self, x: Tensor, mask: Tensor | None = None, causal: bool = False) -> Tensor:
        """Return the tokens after one round of talk and thought.

        Parameters
        ----------
        x : Tensor, shape (B, n, d_model)
            The tokens.
        mask : Tensor of bool, shape (n, n) or (B or 1, h or 1, n or 1, n), optional
            As in `MultiHeadAttention`.
        causal : bool
            Hide from each token the tokens after it.

        Returns
        -------
        Tensor, shape (B, n, d_model)
            The tokens, each with what was added to it.

        Raises
        ------
        ValueError
            As in `MultiHeadAttention`.

        Examples
        --------
        >>> block, x = TransformerBlock(8, 2), torch.ones(1, 3, 8)
        >>> torch.equal(block(x, causal=True)[:, :2], block(x[:, :2], causal=True))
        True
        """
        _check_features(x, "x", self.attention_norm.weight)
        x = x + self.attention(self.attention_norm(x), mask=mask, causal=causal)
        return x + self.feed_forward(self.feed_forward_norm(x))


@dataclass(frozen=True)
class GPTConfig:
    """The sizes of a `GPT`.

    Parameters
    ----------
    vocab_size : int
        The number of words V.
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
        If a size is no whole number ≥ 1, all together make more than a billion weights, num_heads
        does not divide d_model, the kind of positions is unknown, or the sinusoidal kind is to have
        an odd d_model.

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
            object.__setattr__(self, name, positive_int(getattr(self, name), name))
        choice(self.positions, "positions", ("learned", "sinusoidal", "none"))
        object.__setattr__(self, "d_ff", optional(self.d_ff, "d_ff", positive_int))
        for name in ("tied", "causal", "fused"):
            object.__setattr__(self, name, flag(getattr(self, name), name))
        if self.d_model % self.num_heads:
            raise ValueError(
                f"num_heads: expected a divisor of d_model = {self.d_model}, got {self.num_heads}"
            )
        layer = 4 * self.d_model + 2 * (self.d_ff or 4 * self.d_model)
        rows = self.vocab_size + self.context + self.num_layers * layer
        if rows * self.d_model > MOST_WEIGHTS:
            raise ValueError(f"sizes: expected at most {MOST_WEIGHTS:,} weights, got more")
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

    Raises
    ------
    ValueError
        If `config` is no `GPTConfig`, or `generator` no generator of the CPU.

    Notes
    -----
    Source: Radford et al. (2019), Language Models are Unsupervised Multitask Learners, section 2.3;
    tied weights: Press and Wolf (2017), arXiv:1608.05859.

    Examples
    --------
    >>> model = GPT(GPTConfig(vocab_size=10, context=8, d_model=16))
    >>> model(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 10])
    """

    def __init__(self, config: GPTConfig, generator: torch.Generator | None = None):
        super().__init__()
        self.config = instance(config, "config", GPTConfig)
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
        self._initialise(random_source(generator))

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
        ids : Tensor of int64, shape (B, n)
            Token numbers below V; n at most `config.context`.
        mask : Tensor of bool, shape (n, n) or (B or 1, h or 1, n or 1, n), optional
            True where a query may look, as in `MultiHeadAttention`; the causal mask comes on top.

        Returns
        -------
        Tensor, shape (B, n, V)
            Logits.

        Raises
        ------
        ValueError
            If ids is empty, longer than the context, or outside the vocabulary.

        Examples
        --------
        >>> model = GPT(GPTConfig(vocab_size=10, context=8, d_model=16))
        >>> model(torch.tensor([[1, 2, 3], [4, 5, 6]])).shape
        torch.Size([2, 3, 10])
        """
        return self.head(self.features(ids, mask))

    def features(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return what the last layer makes of each token.

        Parameters
        ----------
        ids : Tensor of int64, shape (B, n)
            As in `forward`.
        mask : Tensor of bool, shape (n, n) or (B or 1, h or 1, n or 1, n), optional
            As in `forward`.

        Returns
        -------
        Tensor, shape (B, n, d_model)
            What the head turns into logits.

        Raises
        ------
        ValueError
            As in `forward`.

        Examples
        --------
        >>> model = GPT(GPTConfig(vocab_size=10, context=8, d_model=16))
        >>> model.features(torch.tensor([[1, 2, 3]])).shape
        torch.Size([1, 3, 16])
        """
        x = self._embed(ids)
        for block in self.blocks:
            x = block(x, mask, self.config.causal)
        return self.norm(x)

    @torch.no_grad()
    def attention_maps(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return every head's attention weights for a batch of sequences.

        Parameters
        ----------
        ids : Tensor of int64, shape (B, n)
            As in `forward`.
        mask : Tensor of bool, shape (n, n) or (B or 1, h or 1, n or 1, n), optional
            As in `forward`.

        Returns
        -------
        Tensor, shape (layers, B, h, n, n)
            Each row sums to 1.

        Raises
        ------
        ValueError
            As in `forward`.

        Examples
        --------
        >>> model = GPT(GPTConfig(vocab_size=10, context=8, d_model=16, num_heads=2))
        >>> model.attention_maps(torch.tensor([[1, 2, 3]])).shape
        torch.Size([2, 1, 2, 3, 3])
        """
        x, maps = self._embed(ids), []
        for block in self.blocks:
            seen = block.attention_norm(x)
            maps.append(block.attention.weights(seen, mask=mask, causal=self.config.causal))
            x = block(x, mask, self.config.causal)
        return torch.stack(maps)

    def _embed(self, ids: Tensor) -> Tensor:
        ids = tokens(ids, "ids", self.config.vocab_size)
        if ids.shape[1] > self.config.context:
            raise ValueError(
                f"ids: expected at most {self.config.context} tokens, got {ids.shape[1]}"
            )
        x = self.tokens(ids)  # (B, n) → (B, n, d_model)
        return x if self.config.positions == "none" else x + self.places[: ids.shape[1]]


def trim(ids: Tensor, pad: int) -> Tensor:
    """Drop the columns at the right of a batch that hold nothing but padding.

    Parameters
    ----------
    ids : Tensor of int, shape (B, n)
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
        If ids is no batch of rows of whole numbers, or pad no whole number.

    Examples
    --------
    >>> trim(torch.tensor([[5, 7, 0, 0], [5, 0, 0, 0]]), pad=0).tolist()
    [[5, 7], [5, 0]]
    """
    tokens(ids, "ids")
    pad = _token(pad, "pad")
    words = (ids != pad).any(dim=0).nonzero()  # the columns that hold a word
    return ids[:, : int(words.max()) + 1 if len(words) else 0]


def next_token_loss(model: nn.Module, ids: Tensor, pad: int | None = None) -> Tensor:
    """Return the mean surprise at each next token, L = −(1/N) Σₜ ln p(xₜ₊₁ | x₁ … xₜ).

    Parameters
    ----------
    model : nn.Module
        Takes ids of shape (B, n) and returns logits of shape (B, n, V).
    ids : Tensor of int64, shape (B, n+1)
        Rows of text: all but the last token are read, all but the first are predicted.
    pad : int, optional
        Targets with this number do not count.

    Returns
    -------
    Tensor, shape ()
        In nats a token.

    Raises
    ------
    ValueError
        If a row has fewer than two tokens, all targets are padding or one is no word, or the
        model gives no logits of shape (B, n, V).

    Notes
    -----
    Source: Radford et al. (2018), Improving Language Understanding by Generative Pre-Training,
    equation 1.

    Examples
    --------
    >>> knows_nothing = lambda ids: torch.zeros(*ids.shape, 8)
    >>> round(next_token_loss(knows_nothing, torch.tensor([[1, 2, 3]])).item(), 3)  # ln 8
    2.079
    """
    function(model, "model", takes=1)
    ids = tokens(ids, "ids")
    if ids.shape[1] < 2:
        raise ValueError(f"ids: expected rows of two tokens or more, got shape {tuple(ids.shape)}")
    logits = tensor(model(ids[:, :-1]), "model's logits")  # (B, n, V)
    if logits.ndim != 3 or logits.shape[:2] != ids[:, 1:].shape:
        wanted = f"({len(ids)}, {ids.shape[1] - 1}, V)"
        raise ValueError(
            f"model: expected logits of shape {wanted}, got shape {tuple(logits.shape)}"
        )
    targets, pad = ids[:, 1:].flatten(), optional(pad, "pad", _token)
    _check_targets(targets, logits.shape[-1], pad)
    ignored = -100 if pad is None else pad
    return F.cross_entropy(logits.flatten(0, 1), targets, ignore_index=ignored)


def _token(value: int, name: str) -> int:
    return whole(value, name, -(2**63), 2**63 - 1)


def _check_targets(targets: Tensor, size: int, pad: int | None) -> None:
    if not readable(targets):
        return
    counts = targets != pad if pad is not None else torch.ones_like(targets, dtype=torch.bool)
    wrong = counts & ((targets < 0) | (targets >= size))
    some, bad = torch.stack([counts.any(), wrong.any()]).tolist()  # waits for the device once
    if not some:
        raise ValueError("ids: expected a token to predict, got only padding")
    if bad:
        came = int(targets[wrong][0])
        raise ValueError(f"ids: expected tokens to predict of 0 … {size - 1}, got {came}")
