"""Writing on: one token after the other, drawn from the model's forecast."""

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from notebooklib._tensors import random_source
from notebooklib._validate import _came, positive, positive_int, whole, whole_array
from notebooklib.mlp.losses import softmax
from notebooklib.transformer.gpt import GPT


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
        Temperature T > 0, as in `softmax`.
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
        If the model is no GPT, the prompt is empty, not of whole numbers or outside the vocabulary,
        prompt and length exceed the context, the temperature is not a finite number > 0, top_k is
        not in 1 … V, stop not in 0 … V-1, or the generator none of the CPU.

    Notes
    -----
    Source: Fan, Lewis and Dauphin (2018), arXiv:1805.04833, section 5.3 (top-k).

    Examples
    --------
    >>> from notebooklib.transformer import GPT, GPTConfig
    >>> model = GPT(GPTConfig(vocab_size=10, context=8, d_model=16))
    >>> generate(model, [1, 2], length=3).shape
    torch.Size([5])
    """
    temperature = positive(temperature, "temperature")
    length = positive_int(length, "length")
    generator = random_source(generator)
    if not isinstance(model, nn.Module) or not hasattr(model, "config"):
        raise ValueError(f"model: expected a GPT, got {_came(model)}")
    vocab_size, context = model.config.vocab_size, model.config.context
    if top_k is not None and positive_int(top_k, "top_k") > vocab_size:
        raise ValueError(f"top_k: expected at most {vocab_size} words, got {top_k}")
    if stop is not None:
        whole(stop, "stop", 0, vocab_size - 1)
    prompt = _prompt(prompt, vocab_size)
    if prompt.shape[-1] + length > context:
        raise ValueError(
            f"prompt and length: expected at most {context} tokens together, "
            f"got {prompt.shape[-1]} + {length}"
        )
    ids = prompt.reshape(-1, prompt.shape[-1]).to(model.tokens.weight.device)  # (B, t)
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


def _prompt(prompt: Tensor | ArrayLike, vocab_size: int) -> Tensor:
    """Return one beginning or several as int64."""
    prompt = prompt.cpu().numpy() if isinstance(prompt, Tensor) else prompt
    ids = whole_array(prompt, "prompt", size=vocab_size)
    if ids.ndim not in (1, 2):
        raise ValueError(f"prompt: expected shape (t,) or (B, t), got shape {ids.shape}")
    return torch.from_numpy(ids)
