"""The errata of the notes' chapter 10: each test shows what is printed fail, and what holds."""

import numpy as np
import torch
from torch import nn
from torch.autograd.functional import jacobian

from notebooklib.recurrent import lstm, memory, rnn, set_gate_bias, weights_of
from notebooklib.training import seeded


def weights(kind, inputs, units, seed):
    with seeded(seed):
        layer, x = memory(kind, inputs, units), torch.randn(1, 50, inputs).double()
    return layer, x


def stretch(x, W_x, W_h, b):
    """Return the norm of ∂(h_T, C_T)/∂h₀."""

    def end(h):
        states = lstm(x, W_x, W_h, b, h)
        return torch.cat([states.h[0, -1], states.c[0, -1]])

    J = jacobian(end, torch.zeros(1, W_h.shape[1]).double())[:, 0]
    return torch.linalg.matrix_norm(J, 2).item()


def test_e_rn_1_an_lstm_forgets_when_new_and_explodes_with_large_weights():
    """The LSTM is said to solve vanishing and exploding gradients."""
    new, kept, large = [], [], []
    for seed in range(5):
        layer, x = weights("lstm", 3, 16, seed)
        W_x, W_h, b = (w.detach() for w in weights_of(layer))
        new.append(stretch(x, W_x, W_h, b))
        large.append(stretch(x, W_x, 20 * W_h, b))
        b = weights_of(set_gate_bias(layer, "forget", 3))[2].detach()
        kept.append(stretch(x, W_x, W_h, b))
    assert max(new) < 1e-6
    assert min(kept) > 1e-2
    assert np.exp(np.mean(np.log(large))) > 1e6


def test_e_rn_2_the_product_is_elementwise_and_the_output_a_layer_on_top():
    """`*` is not explained, h₀ and C₀ are missing, y_t stands among the cell's equations."""
    layer, x = weights("lstm", 3, 4, 0)
    W_x, W_h, b = weights_of(layer)
    states, (theirs, _) = lstm(x, W_x, W_h, b), layer(x)
    assert torch.allclose(states.h, theirs, rtol=0, atol=1e-10)  # no y in it: its size is H
    i, f, g = (getattr(states, name)[0, 1] for name in "ifg")
    elementwise = f * states.c[0, 0] + i * g
    assert torch.allclose(states.c[0, 1], elementwise)
    assert not torch.allclose(states.c[0, 1], f @ states.c[0, 0] + i @ g)
    zero = torch.zeros(1, 4).double()
    assert torch.equal(lstm(x, W_x, W_h, b, zero, zero).h, states.h)
    assert not torch.allclose(lstm(x, W_x, W_h, b, zero, zero + 1).h, states.h)
    plain, x = weights("rnn", 3, 4, 0)
    by_tanh, by_sigmoid = rnn(x, *weights_of(plain)), nn.Sigmoid()
    W_x, W_h, b = weights_of(plain)
    assert torch.allclose(plain(x)[0], by_tanh)
    assert not torch.allclose(plain(x)[0][:, 0], by_sigmoid(x[:, 0] @ W_x.T + b))
