"""Networks that read step by step: states, gates, and what they remember (chapter 10).

Axes: B sequences, T steps, D features a step, H units of the hidden state. The gates of an LSTM
stand below each other in PyTorch's order: input, forget, candidate, output.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notebooklib._extras import needed

with needed("torch"):
    import torch
    from torch import Tensor, nn

from notebooklib._tensors import random_source, tensor, tokens
from notebooklib._validate import (
    _came,
    _refuse,
    choice,
    finite,
    flag,
    instance,
    nonnegative,
    optional,
    positive,
    positive_int,
    square_matrix,
    vector,
    whole,
    whole_array,
)

_MOST = 10_000  # units, steps or rows of one kind: more is a slip of the finger, not a lesson
_GATES = {"input": 0, "forget": 1, "output": 3}
_BENDS = {"tanh": torch.tanh, "identity": lambda z: z}


class LSTMStates(NamedTuple):
    """What an LSTM computes at each step.

    Attributes
    ----------
    h, c : Tensor, shape (B, T, H)
        Hidden state and cell state.
    i, f, g, o : Tensor, shape (B, T, H)
        Input gate, forget gate, candidate and output gate.

    Examples
    --------
    >>> LSTMStates._fields
    ('h', 'c', 'i', 'f', 'g', 'o')
    """

    h: Tensor
    c: Tensor
    i: Tensor
    f: Tensor
    g: Tensor
    o: Tensor


def rnn(
    x: Tensor,
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    h0: Tensor | None = None,
    activation: str = "tanh",
) -> Tensor:
    """Return the hidden states of a recurrent network, hₜ = σ(W_h hₜ₋₁ + W_x xₜ + b).

    Parameters
    ----------
    x : Tensor, shape (B, T, D)
        The inputs.
    W_x, W_h, b : Tensor, shapes (H, D), (H, H) and (H,)
        The weights.
    h0 : Tensor, shape (B, H), optional
        The state before the first step; zeros where none is given.
    activation : {"tanh", "identity"}
        σ; the identity makes a linear memory.

    Returns
    -------
    Tensor, shape (B, T, H)
        h₁ … h_T.

    Raises
    ------
    ValueError
        If a shape does not fit, T is 0, or the tensors are not of one floating-point type.

    Notes
    -----
    Source: Elman (1990), Finding structure in time.

    Examples
    --------
    >>> one = torch.ones(1, 1)
    >>> x = torch.tensor([[[4.0], [0.0], [2.0]]])
    >>> rnn(x, one, one / 2, torch.zeros(1), activation="identity").flatten().tolist()
    [4.0, 2.0, 3.0]
    """
    bend = _BENDS[choice(activation, "activation", _BENDS)]
    h = _start(h0, "h0", _weights(x, W_x, W_h, b, gates=1))
    states = []
    for step in (x @ W_x.T + b).unbind(dim=1):
        h = bend(step + h @ W_h.T)
        states.append(h)
    return torch.stack(states, dim=1)


def lstm(
    x: Tensor,
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    h0: Tensor | None = None,
    c0: Tensor | None = None,
) -> LSTMStates:
    """Return the states and the gates of an LSTM, cₜ = fₜ ⊙ cₜ₋₁ + iₜ ⊙ gₜ, hₜ = oₜ ⊙ tanh cₜ.

    Parameters
    ----------
    x : Tensor, shape (B, T, D)
        The inputs.
    W_x, W_h, b : Tensor, shapes (4H, D), (4H, H) and (4H,)
        The weights of input gate, forget gate, candidate and output gate, in this order.
    h0, c0 : Tensor, shape (B, H), optional
        The states before the first step; zeros where none are given.

    Returns
    -------
    LSTMStates
        Hidden state, cell state and gates at each step.

    Raises
    ------
    ValueError
        If a shape does not fit, T is 0, or the tensors are not of one floating-point type.

    Notes
    -----
    Source: Hochreiter and Schmidhuber (1997), Long short-term memory; with the forget gate of
    Gers, Schmidhuber and Cummins (2000).

    Examples
    --------
    >>> x, W = torch.ones(1, 3, 2), torch.zeros(4, 2)
    >>> states = lstm(x, W, torch.zeros(4, 1), torch.tensor([0.0, 50.0, 50.0, 0.0]))
    >>> states.c.flatten().tolist()
    [0.5, 1.0, 1.5]
    """
    like = _weights(x, W_x, W_h, b, gates=4)
    h, c = _start(h0, "h0", like), _start(c0, "c0", like)
    steps = []
    for step in (x @ W_x.T + b).unbind(dim=1):
        i, f, g, o = (step + h @ W_h.T).chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        steps.append((h, c, i, f, g, o))
    return LSTMStates(*(torch.stack(part, dim=1) for part in zip(*steps, strict=True)))


def _weights(x: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor, gates: int) -> Tensor:
    """Return zeros of shape (B, H) where all shapes fit."""
    tensor(x, "x")
    for value, name in ((W_x, "W_x"), (W_h, "W_h"), (b, "b")):
        tensor(value, name, like=x)
    H = len(b) // gates if b.ndim == 1 else 0
    if not H or len(b) % gates:
        kind = f"({gates}H,)" if gates > 1 else "(H,)"
        _refuse("b", f"shape {kind}", f"shape {tuple(b.shape)}")
    if W_h.shape != (gates * H, H):
        _refuse("W_h", f"shape {(gates * H, H)}", f"shape {tuple(W_h.shape)}")
    if W_x.ndim != 2 or len(W_x) != gates * H or W_x.shape[1] == 0:
        _refuse("W_x", f"shape ({gates * H}, D)", f"shape {tuple(W_x.shape)}")
    D = W_x.shape[1]
    if x.ndim != 3 or x.shape[2] != D or x.numel() == 0:
        _refuse("x", f"shape (B, T, {D}), B and T at least 1", f"shape {tuple(x.shape)}")
    return x.new_zeros(len(x), H)


def _start(state: Tensor | None, name: str, like: Tensor) -> Tensor:
    if state is None:
        return like
    if tensor(state, name, like=like).shape != like.shape:
        _refuse(name, f"shape (B, H) = {tuple(like.shape)}", f"shape {tuple(state.shape)}")
    return state


def weights_of(layer: nn.RNN | nn.LSTM) -> tuple[Tensor, Tensor, Tensor]:
    """Return the weights of PyTorch's layer as `rnn` and `lstm` take them.

    Parameters
    ----------
    layer : nn.RNN or nn.LSTM
        Its first layer is read. PyTorch adds two biases; they come as their sum.

    Returns
    -------
    tuple of Tensor
        W_x, W_h and b; gradients flow through them to the layer.

    Raises
    ------
    ValueError
        If `layer` is neither, or has no bias.

    Examples
    --------
    >>> [tuple(weight.shape) for weight in weights_of(nn.LSTM(3, 2))]
    [(8, 3), (8, 2), (8,)]
    """
    if not isinstance(layer, nn.RNN | nn.LSTM) or not layer.bias:
        _refuse("layer", "an RNN or LSTM of PyTorch with a bias", _came(layer))
    return layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0 + layer.bias_hh_l0


@torch.no_grad()
def set_gate_bias(layer: nn.LSTM, gate: str, bias: float) -> nn.LSTM:
    """Set the bias of a gate: where nothing else speaks, it stands at σ(bias).

    Parameters
    ----------
    layer : nn.LSTM
        Is changed in place, in each of its layers and all of its units.
    gate : {"input", "forget", "output"}
        Which.
    bias : float
        The sum of PyTorch's two biases.

    Returns
    -------
    nn.LSTM
        The same layer.

    Raises
    ------
    ValueError
        If `layer` is no LSTM with a bias, the gate unknown, or the bias not finite.

    Notes
    -----
    Source: Gers, Schmidhuber and Cummins (2000); Jozefowicz, Zaremba and Sutskever (2015).

    Examples
    --------
    >>> weights_of(set_gate_bias(nn.LSTM(1, 1), "forget", 3))[2][1].item()
    3.0
    """
    H, bias = instance(layer, "layer", nn.LSTM).hidden_size, finite(bias, "bias")
    if not layer.bias:
        _refuse("layer", "one with a bias", "bias=False")
    row = H * _GATES[choice(gate, "gate", _GATES)]
    for name, weight in layer.named_parameters():
        if name.startswith("bias"):
            weight[row : row + H] = bias if name.startswith("bias_ih") else 0.0
    return layer


def half_life(bias: float) -> float:
    """Return after how many steps half is left in a cell that keeps σ(bias) a step.

    n = −ln 2 / ln σ(b)

    Parameters
    ----------
    bias : float
        What the forget gate's σ is taken of.

    Returns
    -------
    float
        In steps.

    Raises
    ------
    ValueError
        If the bias is not finite.

    Examples
    --------
    >>> [round(half_life(b), 1) for b in (0, 1, 2, 3, 5)]
    [1.0, 2.2, 5.5, 14.3, 103.2]
    """
    bias = finite(bias, "bias")
    lost = np.logaddexp(0.0, -bias)  # −ln σ(b)
    return float(math.log(2) / lost) if lost else math.inf


def spectral_radius(W: ArrayLike) -> float:
    """Return the largest absolute value of an eigenvalue.

    Parameters
    ----------
    W : array_like, shape (H, H)
        A square matrix.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    ValueError
        If `W` is no square matrix of finite numbers.

    Examples
    --------
    >>> round(spectral_radius([[0, 2], [-2, 0]]), 12)
    2.0
    """
    return float(np.abs(np.linalg.eigvals(square_matrix(W, "W"))).max())


def matrix_of_radius(size: int, radius: float, generator: torch.Generator | None = None) -> Tensor:
    """Return a matrix of normal draws, scaled to a given spectral radius.

    Parameters
    ----------
    size : int
        Rows and columns, at most 10,000.
    radius : float
        At least 0.
    generator : torch.Generator, optional
        Source of the draws, a CPU generator; seeded 0 where none is given.

    Returns
    -------
    Tensor of float64, shape (size, size)
        The matrix.

    Raises
    ------
    ValueError
        If `size` is no whole number from 1 to 10,000, `radius` no number ≥ 0, or `generator`
        none of the CPU.

    Examples
    --------
    >>> round(spectral_radius(matrix_of_radius(20, 0.9)), 12)
    0.9
    """
    size, radius = positive_int(size, "size", most=_MOST), nonnegative(radius, "radius")
    W = torch.randn(size, size, generator=random_source(generator), dtype=torch.float64)
    return W * (radius / spectral_radius(W.numpy()))


def influence(W_h: Tensor, states: Tensor, activation: str = "tanh") -> Tensor:
    """Return ‖∂h_T/∂h_{T−k}‖₂ of a recurrent network for k = 0 … T−1.

    The chain rule multiplies the Jacobians ∂hₜ/∂hₜ₋₁ = diag(1 − hₜ²) W_h, without the first factor
    where the activation is the identity.

    Parameters
    ----------
    W_h : Tensor, shape (H, H)
        The recurrent weights.
    states : Tensor, shape (T, H)
        The states h₁ … h_T that one sequence led to.
    activation : {"tanh", "identity"}
        As in `rnn`.

    Returns
    -------
    Tensor, shape (T,)
        The largest factor by which a small change k steps back is stretched. The first is 1.

    Raises
    ------
    ValueError
        If the shapes do not fit or the tensors are not of one floating-point type.

    Notes
    -----
    Source: Pascanu, Mikolov and Bengio (2013), arXiv:1211.5063, equation 5.

    Examples
    --------
    >>> W = torch.tensor([[0.5]])
    >>> influence(W, torch.zeros(4, 1)).tolist()
    [1.0, 0.5, 0.25, 0.125]
    """
    choice(activation, "activation", _BENDS)
    tensor(W_h, "W_h")
    H = len(W_h) if W_h.ndim else 0
    if W_h.shape != (H, H) or not H:
        _refuse("W_h", "a square matrix", f"shape {tuple(W_h.shape)}")
    if tensor(states, "states", like=W_h).shape[1:] != (H,) or not len(states):
        _refuse("states", f"shape (T, {H}), T at least 1", f"shape {tuple(states.shape)}")
    product, norms = torch.eye(H, dtype=W_h.dtype), []
    for h in states.flip(0):
        norms.append(torch.linalg.matrix_norm(product, 2))
        slopes = torch.ones_like(h) if activation == "identity" else 1 - h**2
        product = (product * slopes) @ W_h  # (product · diag(slopes)) W_h
    return torch.stack(norms)


def recall_task(
    rows: int,
    delay: int,
    letters: int = 4,
    disturbed: bool = False,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Return sequences that begin with a letter to be told at their end.

    Parameters
    ----------
    rows : int
        How many sequences, at most 10,000.
    delay : int
        Steps between the letter and the end, at most 10,000.
    letters : int
        How many letters there are, 2 to 100.
    disturbed : bool
        Whether other letters follow in between, unmarked, or nothing.
    generator : torch.Generator, optional
        Source of the draws, a CPU generator; seeded 0 where none is given.

    Returns
    -------
    x : Tensor of float64, shape (rows, delay + 1, letters + 1)
        One-hot letters; the last column marks the letter to remember by 1.
    y : Tensor of int64, shape (rows,)
        That letter.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: after Hochreiter and Schmidhuber (1997), experiment 2.

    Examples
    --------
    >>> x, y = recall_task(1, delay=2)
    >>> y.tolist(), x[0].tolist()
    ([0], [[1.0, 0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]])
    """
    rows, delay = positive_int(rows, "rows", most=_MOST), positive_int(delay, "delay", most=_MOST)
    letters, generator = whole(letters, "letters", 2, 100), random_source(generator)
    said = torch.randint(letters, (rows, delay + 1), generator=generator)
    x = nn.functional.one_hot(said, letters + 1).double()
    if not flag(disturbed, "disturbed"):
        x[:, 1:] = 0
    x[:, 0, -1] = 1
    return x, said[:, 0]


def windows(series: ArrayLike, size: int, horizon: int = 1) -> tuple[NDArray, NDArray]:
    """Cut a series into windows, each with the value that comes `horizon` steps after its end.

    Parameters
    ----------
    series : array_like, shape (n,)
        The values, in order.
    size : int
        Values a window.
    horizon : int
        How far ahead the target lies, ≥ 1.

    Returns
    -------
    X : ndarray, shape (m, size)
        The windows; m = n − size − horizon + 1.
    y : ndarray, shape (m,)
        Their targets.

    Raises
    ------
    ValueError
        If a number is out of range, or the series too short for one window.

    Examples
    --------
    >>> X, y = windows([1, 2, 3, 4, 5], size=2, horizon=2)
    >>> X.tolist(), y.tolist()
    ([[1.0, 2.0], [2.0, 3.0]], [4.0, 5.0])
    """
    series = vector(series, "series")
    size = positive_int(size, "size", most=len(series))
    horizon = positive_int(horizon, "horizon", most=len(series))
    if len(series) < size + horizon:
        _refuse("series", f"at least {size + horizon} values", str(len(series)))
    X = np.lib.stride_tricks.sliding_window_view(series[:-horizon], size)
    return X.copy(), series[size + horizon - 1 :]


class LinearMemory(nn.Module):
    """A recurrent layer without a bend, hₜ = W_h hₜ₋₁ + W_x xₜ + b, whose W_h begins as identity.

    Parameters
    ----------
    input_size, hidden_size : int
        D and H, at most 10,000.

    Raises
    ------
    ValueError
        If a size is no whole number from 1 to 10,000.

    Examples
    --------
    >>> LinearMemory(3, 2)(torch.zeros(1, 5, 3))[0].shape
    torch.Size([1, 5, 2])
    """

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__()
        D = positive_int(input_size, "input_size", most=_MOST)
        H = positive_int(hidden_size, "hidden_size", most=_MOST)
        self.W_x, self.W_h = nn.Parameter(torch.empty(H, D)), nn.Parameter(torch.eye(H))
        self.b = nn.Parameter(torch.zeros(H))
        nn.init.uniform_(self.W_x, -(H**-0.5), H**-0.5)

    def forward(self, x: Tensor, h0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return all states and the last one, as PyTorch's layers do.

        Parameters
        ----------
        x : Tensor, shape (B, T, D)
            The inputs.
        h0 : Tensor, shape (B, H), optional
            As the second result of an earlier call; zeros where none is given.

        Returns
        -------
        states : Tensor, shape (B, T, H)
            h₁ … h_T.
        last : Tensor, shape (B, H)
            h_T.

        Raises
        ------
        ValueError
            If a shape or a type does not fit.

        Examples
        --------
        >>> memory, x = LinearMemory(3, 2), torch.ones(1, 4, 3)
        >>> states, state = memory(x[:, :2])
        >>> torch.allclose(memory(x[:, 2:], state)[1], memory(x)[1])
        True
        """
        tensor(x, "x", like=self.W_x)
        states = rnn(x, self.W_x, self.W_h, self.b, h0, activation="identity")
        return states, states[:, -1]


_LAYERS = {"rnn": nn.RNN, "lstm": nn.LSTM, "linear": LinearMemory}


def memory(kind: str, input_size: int, hidden_size: int) -> nn.Module:
    """Return a recurrent layer in float64 that takes (B, T, D) and returns states and state.

    Parameters
    ----------
    kind : {"rnn", "lstm", "linear"}
        PyTorch's `RNN` or `LSTM`, or `LinearMemory`.
    input_size, hidden_size : int
        D and H, at most 10,000.

    Returns
    -------
    nn.Module
        With fresh weights, as PyTorch draws them.

    Raises
    ------
    ValueError
        If the kind is unknown or a size out of range.

    Examples
    --------
    >>> memory("lstm", 3, 2)(torch.zeros(1, 5, 3, dtype=torch.float64))[0].shape
    torch.Size([1, 5, 2])
    """
    layer = _LAYERS[choice(kind, "kind", _LAYERS)]
    D = positive_int(input_size, "input_size", most=_MOST)
    H = positive_int(hidden_size, "hidden_size", most=_MOST)
    return (layer(D, H) if kind == "linear" else layer(D, H, batch_first=True)).double()


class RecurrentLM(nn.Module):
    """A language model with a state: an embedding, an LSTM, and a vote for each next token.

    Parameters
    ----------
    vocab_size : int
        The number of tokens V, at most 10,000.
    hidden_size : int
        Units H of the LSTM, at most 10,000.
    width : int
        Features of a token when it enters, at most 10,000.
    forget_bias : float
        Where the forget gates begin.

    Raises
    ------
    ValueError
        If a size is out of range, or the bias not finite.

    Notes
    -----
    Source: Mikolov et al. (2010), Recurrent neural network based language model, with an LSTM.

    Examples
    --------
    >>> RecurrentLM(vocab_size=10, hidden_size=8)(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 10])
    """

    def __init__(
        self, vocab_size: int, hidden_size: int, width: int = 32, forget_bias: float = 1.0
    ):
        super().__init__()
        V = positive_int(vocab_size, "vocab_size", most=_MOST)
        self.tokens = nn.Embedding(V, positive_int(width, "width", most=_MOST))
        self.memory = memory("lstm", self.tokens.embedding_dim, hidden_size)
        set_gate_bias(self.memory, "forget", finite(forget_bias, "forget_bias"))
        self.head = nn.Linear(self.memory.hidden_size, V)
        self.double()

    def forward(self, ids: Tensor) -> Tensor:
        """Return the logits of the next token after each token.

        Parameters
        ----------
        ids : Tensor of int64, shape (B, T)
            Token numbers below V.

        Returns
        -------
        Tensor, shape (B, T, V)
            Logits.

        Raises
        ------
        ValueError
            If ids is empty or outside the vocabulary.

        Examples
        --------
        >>> RecurrentLM(10, 8)(torch.tensor([[1, 2], [4, 5]])).shape
        torch.Size([2, 2, 10])
        """
        return self.read(ids)[0]

    def read(
        self, ids: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Read on from a state; return the logits and the new state.

        Parameters
        ----------
        ids : Tensor of int64, shape (B, T)
            As in `forward`.
        state : tuple of Tensor, shape (1, B, H), optional
            Hidden and cell state that an earlier call returned; zeros where none is given.

        Returns
        -------
        logits : Tensor, shape (B, T, V)
            As in `forward`.
        state : tuple of Tensor, shape (1, B, H)
            Hidden and cell state after the last token.

        Raises
        ------
        ValueError
            As in `forward`.

        Examples
        --------
        >>> model, ids = RecurrentLM(10, 8), torch.tensor([[1, 2, 3]])
        >>> _, state = model.read(ids[:, :2])
        >>> torch.allclose(model.read(ids[:, 2:], state)[0], model(ids)[:, 2:])
        True
        """
        ids = tokens(ids, "ids", self.tokens.num_embeddings)
        states, state = self.memory(self.tokens(ids), state)
        return self.head(states), state

    @torch.no_grad()
    def write(
        self,
        prompt: ArrayLike,
        length: int,
        rows: int = 1,
        temperature: float = 1.0,
        stop: int | None = None,
        generator: torch.Generator | None = None,
    ) -> list[list[int]]:
        """Read a beginning and write on; each token costs the same, however long the text is.

        Parameters
        ----------
        prompt : array_like of int, shape (t,)
            Token numbers, at least one.
        length : int
            The most tokens to write, up to 10,000.
        rows : int
            How many texts, at most 10,000.
        temperature : float
            Above 0: logits are divided by it.
        stop : int, optional
            The token after which a text ends.
        generator : torch.Generator, optional
            Source of the draws, a CPU generator; seeded 0 where none is given.

        Returns
        -------
        list of list of int
            What was written, without the prompt and without `stop`.

        Raises
        ------
        ValueError
            If a number is out of range, or the prompt empty or outside the vocabulary.

        Examples
        --------
        >>> len(RecurrentLM(10, 8).write([1, 2], length=5)[0])
        5
        """
        V, generator = self.tokens.num_embeddings, random_source(generator)
        ids, length = (
            whole_array(prompt, "prompt", size=V),
            positive_int(length, "length", most=_MOST),
        )
        if ids.ndim != 1:
            _refuse("prompt", "tokens, shape (t,)", f"shape {ids.shape}")
        rows, temperature = (
            positive_int(rows, "rows", most=_MOST),
            positive(temperature, "temperature"),
        )
        stop = optional(stop, "stop", lambda value, name: whole(value, name, 0, V - 1))
        ids, state, written = torch.from_numpy(ids).repeat(rows, 1), None, []
        for _ in range(length):
            logits, state = self.read(ids, state)
            shares = (logits[:, -1] / max(temperature, 1e-30)).softmax(dim=-1)
            ids = torch.multinomial(shares, 1, generator=generator)
            written.append(ids)
        texts = torch.cat(written, dim=1).tolist()
        return [text[: text.index(stop)] if stop in text else text for text in texts]
