"""Recurrent networks: PyTorch's layers, closed forms and autograd are the oracles."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from notebooklib import recurrent
from notebooklib.recurrent import RecurrentLM, lstm, memory, rnn, set_gate_bias, weights_of
from notebooklib.training import seeded


def draws(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def made(kind, inputs=5, units=4, seed=0):
    with seeded(seed):
        return memory(kind, inputs, units)


SIZES = st.tuples(*(st.integers(1, 5) for _ in range(4)), st.integers(0, 99))


@given(SIZES)
@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_values_and_gradients_are_pytorchs(kind, sizes):
    B, T, D, H, seed = sizes
    layer, x = made(kind, D, H, seed), draws(B, T, D, seed=seed)
    start = [draws(B, H, seed=k).requires_grad_() for k in range(2 if kind == "lstm" else 1)]
    wanted = [x.requires_grad_(), *start, *layer.parameters()]
    state = tuple(s[None] for s in start) if kind == "lstm" else start[0][None]
    theirs, last = layer(x, state)
    ours = (rnn if kind == "rnn" else lstm)(x, *weights_of(layer), *start)
    if kind == "lstm":
        assert torch.allclose(ours.c[:, -1], last[1][0], rtol=0, atol=1e-10)
        ours = ours.h
    assert torch.allclose(ours, theirs, rtol=0, atol=1e-10)
    mix = draws(B, T, H, seed=7)
    for a, b in zip(
        *(torch.autograd.grad((y * mix).sum(), wanted) for y in (ours, theirs)), strict=True
    ):
        assert torch.allclose(a, b, rtol=0, atol=1e-10)


def test_an_lstm_step_is_pytorchs_cell_and_the_notes_formulas():
    layer, x, h, c = made("lstm"), draws(3, 1, 5), draws(3, 4, seed=1), draws(3, 4, seed=2)
    states = lstm(x, *weights_of(layer), h, c)
    joined = torch.cat([h, x[:, 0]], dim=1)  # the notes' [h, x]
    W_x, W_h, b = weights_of(layer)
    i, f, g, o = (joined @ torch.cat([W_h, W_x], dim=1).T + b).chunk(4, dim=1)
    cell = f.sigmoid() * c + i.sigmoid() * g.tanh()
    assert torch.allclose(states.c[:, 0], cell)
    assert torch.allclose(states.h[:, 0], o.sigmoid() * cell.tanh())
    for name, z in (("i", i), ("f", f), ("o", o)):
        assert torch.allclose(getattr(states, name)[:, 0], z.sigmoid())


def test_the_linear_memory_is_a_sum_of_powers():
    layer, x = made("linear"), draws(2, 6, 5)
    with torch.no_grad():
        layer.W_h.copy_(0.5 * draws(4, 4, seed=3))
    W_x, W_h, b = layer.W_x, layer.W_h, layer.b
    power = torch.linalg.matrix_power
    closed = sum((x[:, t] @ W_x.T + b) @ power(W_h.T, 5 - t) for t in range(6))
    states, last = layer(x)
    assert torch.allclose(last, closed) and torch.equal(states[:, -1], last)


@pytest.mark.parametrize("activation", ["tanh", "identity"])
def test_influence_is_autograds_jacobian(activation):
    W_x, W_h, b = draws(4, 5), 0.8 * draws(4, 4, seed=1), draws(4, seed=2)
    x = draws(1, 6, 5, seed=3)
    states = rnn(x, W_x, W_h, b, activation=activation)[0]
    found = recurrent.influence(W_h, states, activation)
    for k in range(1, 6):
        jacobian = torch.autograd.functional.jacobian(
            lambda h, k=k: rnn(x[:, 6 - k :], W_x, W_h, b, h, activation)[0, -1],
            states[5 - k][None],
        )[:, 0]
        assert torch.allclose(found[k], torch.linalg.matrix_norm(jacobian, 2))
    assert found[0] == 1


def test_a_gates_bias_is_set_in_every_layer_and_nowhere_else():
    before, layer = (nn.LSTM(3, 4, num_layers=2) for _ in range(2))
    layer.load_state_dict(before.state_dict())
    set_gate_bias(layer, "forget", 2.5)
    for level in (0, 1):
        total = getattr(layer, f"bias_ih_l{level}") + getattr(layer, f"bias_hh_l{level}")
        old = getattr(before, f"bias_ih_l{level}") + getattr(before, f"bias_hh_l{level}")
        assert total[4:8].tolist() == [2.5] * 4
        assert torch.equal(total[:4], old[:4]) and torch.equal(total[8:], old[8:])


@pytest.mark.parametrize("bias", [-3, 0, 1, 5, 40])
def test_after_a_half_life_half_is_left(bias):
    steps = recurrent.half_life(bias)
    assert math.isclose(math.exp(-steps * math.log1p(math.exp(-bias))), 0.5)


def test_an_extreme_forget_bias_keeps_all():
    assert recurrent.half_life(1000) == math.inf and recurrent.half_life(-1000) > 0


@given(st.integers(1, 30), st.floats(0.01, 3), st.integers(0, 99))
def test_a_matrix_has_the_radius_that_was_asked_for(size, radius, seed):
    W = recurrent.matrix_of_radius(size, radius, torch.Generator().manual_seed(seed))
    assert math.isclose(recurrent.spectral_radius(W), radius, rel_tol=1e-9)


def test_the_recall_task_marks_the_letter_and_says_it():
    for disturbed in (False, True):
        x, y = recurrent.recall_task(50, 7, letters=3, disturbed=disturbed)
        assert torch.equal(x[:, 0, :3].argmax(1), y) and set(y.tolist()) == {0, 1, 2}
        assert torch.equal(x[:, :, 3].sum(1), torch.ones(50).double())
        assert x[:, 1:, :3].sum() == (350 if disturbed else 0)


@given(st.integers(1, 40), st.integers(1, 5), st.integers(1, 5))
def test_windows_hold_the_past_and_their_target_the_future(n, size, horizon):
    if n < size + horizon:
        with pytest.raises(ValueError, match="expected"):
            recurrent.windows(range(n), size, horizon)
        return
    X, y = recurrent.windows(np.arange(float(n)), size, horizon)
    assert np.array_equal(y, X[:, -1] + horizon) and y[-1] == n - 1
    assert (np.diff(X, axis=1) == 1).all() and X[0, 0] == 0


def language_model():
    with seeded(0):
        return RecurrentLM(9, 6, width=4)


def test_a_text_may_be_read_in_pieces():
    model, ids = language_model(), torch.randint(9, (2, 12))
    whole, state, pieces = model(ids), None, []
    for piece in ids.split(5, dim=1):
        logits, state = model.read(piece, state)
        pieces.append(logits)
    assert torch.allclose(torch.cat(pieces, dim=1), whole, rtol=0, atol=1e-12)


def test_what_is_written_follows_the_models_shares():
    model = language_model()
    first = [text[0] for text in model.write([3, 4], 1, rows=4000, temperature=0.5)]
    shares = (model(torch.tensor([[3, 4]]))[0, -1] / 0.5).softmax(-1).detach().numpy()
    counted = np.bincount(first, minlength=9) / 4000
    assert np.abs(counted - shares).max() < 5 * math.sqrt(0.25 / 4000)
    texts = model.write([3], 30, rows=8, stop=5)
    assert all(5 not in text and len(text) <= 30 for text in texts)
    assert any(len(text) < 30 for text in texts)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"x": draws(2, 0, 5)}, "x: expected shape .B, T, 5.*got shape .2, 0, 5."),
        ({"x": draws(2, 3, 4)}, "x: expected"),
        ({"h0": draws(2, 5)}, "h0: expected shape .B, H. = .2, 4., got shape .2, 5."),
        ({"h0": draws(2, 4).float()}, "h0: expected torch.float64, got torch.float32"),
        ({"W_h": draws(16, 5)}, "W_h: expected"),
        ({"b": draws(15)}, r"b: expected shape \(4H,\)"),
    ],
)
def test_what_does_not_fit_is_said(change, said):
    W_x, W_h, b = weights_of(made("lstm"))
    given = {"x": draws(2, 3, 5), "W_x": W_x, "W_h": W_h, "b": b} | change
    with pytest.raises(ValueError, match=said):
        lstm(**given)
