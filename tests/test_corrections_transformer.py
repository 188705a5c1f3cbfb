"""The errata of the notes' chapter 12: each test shows what is printed fail, and what holds."""

import math

import pytest
import torch
from notes_attention import Self_Attention, Self_Attention_Multiple_Head
from torch import nn

from notebooklib.transformer import (
    MultiHeadAttention,
    attention_weights,
    position_shift,
    scaled_dot_product_attention,
    sinusoidal_encoding,
    softmax,
)

X = torch.tensor([[1, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]], dtype=torch.float64)
W_Q = torch.tensor([[1, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 1]], dtype=torch.float64)
W_K = torch.tensor([[0, 0, 1], [1, 1, 0], [0, 1, 0], [1, 1, 0]], dtype=torch.float64)
W_V = torch.tensor([[0, 2, 0], [0, 3, 0], [1, 0, 3], [1, 1, 0]], dtype=torch.float64)
Q, K, V = X @ W_Q, X @ W_K, X @ W_V
PRINTED_WEIGHTS = torch.tensor([[0.0, 0.5, 0.5], [0.0, 1.0, 0.0], [0.0, 0.9, 0.1]])
PRINTED_OUTPUTS = torch.tensor([[2.0, 7.0, 1.5], [2.0, 8.0, 0.0], [2.0, 7.8, 0.3]])


def draws(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_worked_example_is_right_up_to_the_scores():
    assert Q.tolist() == [[1, 0, 2], [2, 2, 2], [2, 1, 3]]
    assert K.tolist() == [[0, 1, 1], [4, 4, 0], [2, 3, 1]]
    assert V.tolist() == [[1, 2, 3], [2, 8, 0], [2, 6, 3]]
    assert (Q @ K.T).tolist() == [[2, 4, 4], [4, 16, 12], [4, 12, 10]]


def test_e_tf_1_the_example_is_unscaled():
    """The headings have softmax(QKᵀ/√d_k), the numbers are those of softmax(QKᵀ)."""
    unscaled = attention_weights(Q, K, scale=False)
    listing = [
        [6.3379e-02, 4.6831e-01, 4.6831e-01],
        [6.0337e-06, 9.8201e-01, 1.7986e-02],
        [2.9539e-04, 8.8054e-01, 1.1917e-01],
    ]
    assert torch.allclose(unscaled, torch.tensor(listing, dtype=torch.float64), rtol=1e-4, atol=0)
    scaled = [[0.136, 0.432, 0.432], [0.001, 0.909, 0.090], [0.007, 0.755, 0.238]]
    assert attention_weights(Q, K).round(decimals=3).tolist() == scaled
    outputs = [[1.864, 6.319, 1.704], [1.999, 7.814, 0.273], [1.993, 7.480, 0.736]]
    assert scaled_dot_product_attention(Q, K, V).round(decimals=3).tolist() == outputs


def test_e_tf_2_a_weight_is_rounded_to_the_wrong_digit():
    """α₁₁ = 0.0634 is printed as 0.0; rounded it is 0.1, and y₁ is (1.94, 6.68, 1.60)."""
    weights = attention_weights(Q, K, scale=False)
    rounded = weights.round(decimals=1)
    assert rounded[0].tolist() == [0.1, 0.5, 0.5]
    assert torch.allclose(rounded[1:], PRINTED_WEIGHTS[1:].double())
    exact = weights @ V
    assert exact[0].round(decimals=2).tolist() == [1.94, 6.68, 1.60]
    assert (exact[0] - PRINTED_OUTPUTS[0]).abs().max() > 0.3
    listing = [[1.9366, 6.6831, 1.5951], [2.0, 7.9640, 0.0540], [1.9997, 7.7599, 0.3584]]
    assert exact.round(decimals=4).tolist() == listing
    assert torch.allclose(PRINTED_WEIGHTS @ V.float(), PRINTED_OUTPUTS)  # what the listing prints


def test_e_tf_3_the_values_are_rows_of_v_not_columns_of_its_weight():
    """v_i names columns of W_V and, in y₁ = Σ α₁ᵢ vᵢ, rows of V; only the rows sum to y₁."""
    weights = attention_weights(Q, K, scale=False)
    by_rows = sum(weights[0, i] * V[i] for i in range(3))
    by_columns = sum(weights[0, i] * W_V[:, i] for i in range(3))
    assert torch.allclose(by_rows, (weights @ V)[0], atol=1e-14)
    assert by_columns.shape != by_rows.shape


def test_e_tf_4_a_large_inner_product_may_mean_long_not_similar():
    """The box takes the inner product for similarity; it also grows with the lengths."""
    a, same, long = torch.tensor([1.0, 0.0]), torch.tensor([1.0, 0.0]), torch.tensor([5.0, 5.0])
    assert a @ long > a @ same
    cosine = torch.nn.functional.cosine_similarity
    assert cosine(a, long, dim=0) < cosine(a, same, dim=0)


def test_e_tf_5_the_cold_limit_shares_among_ties():
    """T → 0 is said to leave one 1; tied maxima share, and T must be above 0."""
    cold = softmax([2, 4, 4], temperature=1e-3)
    assert cold.tolist() == [0.0, 0.5, 0.5]
    assert softmax([2, 4, 5], temperature=1e-3).tolist() == [0.0, 0.0, 1.0]
    for temperature in (0, -0.5):  # both are "T < 1"
        with pytest.raises(ValueError, match="temperature"):
            softmax([2, 4, 4], temperature)


@pytest.mark.parametrize("d_k", [4, 64, 1024])
def test_e_tf_6_variance_one_needs_independent_components(d_k):
    """Division by √d_k gives variance 1 for independent components of mean 0, variance 1 only."""
    q, k = draws(4000, d_k), draws(4000, d_k, seed=1)
    scores = (q * k).sum(-1)
    assert scores.var().item() == pytest.approx(d_k, rel=0.15)
    assert (scores / math.sqrt(d_k)).var().item() == pytest.approx(1, rel=0.15)
    same = d_k * q[:, 0] * k[:, 0]  # every component of q a copy of its first, and so of k
    assert (same / math.sqrt(d_k)).var().item() > 0.7 * d_k


def test_e_tf_7_without_softmax_it_is_no_attention():
    """QKᵀV, the title of the box, omits softmax and scale: its rows are no mixtures."""
    product, mixture = Q @ K.T @ V, scaled_dot_product_attention(Q, K, V)
    assert (mixture >= V.amin(0)).all() and (mixture <= V.amax(0)).all()
    assert (product > V.amax(0)).all()


def test_e_tf_8_the_import_binds_no_nn_and_weights_have_no_batch_axis():
    """`import torch.nn` leaves `nn` unbound; a weight is dim_k×input_dim, whatever the batch."""
    with pytest.raises(NameError, match="nn"):
        exec("import torch.nn\nclass Broken(nn.Module): pass", {})
    exec("from torch import nn\nclass Mended(nn.Module): pass", {})
    assert Self_Attention(input_dim=5, dim_k=3, dim_v=2).q.weight.shape == (3, 5)


def test_e_tf_9_scaling_after_softmax_only_shrinks_the_rows():
    """The class scales after softmax: rows sum to 1/√d_k, and the steepness is unscaled."""
    theirs, x = Self_Attention(4, 6, 6).double(), draws(1, 3, 4)
    q, k = theirs.q(x), theirs.k(x)
    with torch.no_grad():  # with values 1 the output is the sum of the row
        theirs.v.weight.zero_()
        theirs.v.bias.fill_(1.0)
    sums = theirs(x)
    assert torch.allclose(sums, torch.full_like(sums, 1 / math.sqrt(6)))
    assert sums.detach().round(decimals=3)[0, 0, 0] == 0.408
    with torch.no_grad():
        theirs.v.weight.copy_(draws(6, 4, seed=1))
    v = theirs.v(x)
    unscaled = scaled_dot_product_attention(q, k, v, scale=False) / math.sqrt(6)
    assert torch.allclose(theirs(x), unscaled)
    right = nn.functional.scaled_dot_product_attention(q, k, v)
    assert not torch.allclose(theirs(x), right, atol=0.01)
    assert torch.allclose(scaled_dot_product_attention(q, k, v), right, atol=1e-14)


def changed_outputs(attention, x, batch, token):
    """Return which outputs of which sample move when one token of one sample is moved."""
    moved = x.clone()
    moved[batch, token] += 1.0
    return ((attention(moved) - attention(x)).abs().amax(-1) > 1e-9).tolist()


def test_e_tf_10_reshape_without_transpose_cuts_the_text_into_chunks(capsys):
    """Each "head" of the class holds S/h tokens with their channels posing as positions."""
    theirs, x = Self_Attention_Multiple_Head(4, 8, 8, nums_head=2).double(), draws(2, 4, 4)
    assert changed_outputs(theirs, x, 0, 2) == [[False, False, True, True], [False] * 4]
    ours = MultiHeadAttention(4, 2).double()
    assert changed_outputs(ours, x, 0, 2) == [[True] * 4, [False] * 4]
    # (a) block (head 0, sample 1) is the second half of sample 0
    blocks = theirs.q(x).reshape(-1, 2, 4, 4)
    assert torch.equal(blocks[0, 1].flatten(), theirs.q(x)[0, 2:].flatten())
    # (c) no output projection
    assert {name for name, _ in theirs.named_children()} == {"q", "k", "v"}
    assert {name for name, _ in ours.named_children()} == {"query", "key", "value", "output"}
    # (d) it prints
    assert "torch.Size" in capsys.readouterr().out
    # (b) the factor is 1/√d_k of the whole width, and no part of the result depends on it
    before = theirs(x)
    assert theirs._norm_fact == pytest.approx(1 / math.sqrt(8))
    theirs._norm_fact = 1e9
    assert torch.equal(theirs(x), before)


def test_e_tf_11_the_frequencies_begin_at_zero():
    """The components have ω₀ … ω_{d/2-1}, the vector written out has ω₁ … ω_{d/2}."""
    d, t = 16, 3
    by_component = torch.empty(d, dtype=torch.float64)
    for i in range(d):
        angle = t / 10000 ** (2 * (i // 2) / d)
        by_component[i] = math.sin(angle) if i % 2 == 0 else math.cos(angle)
    written_out = torch.tensor(
        [f(t / 10000 ** (2 * k / d)) for k in range(1, d // 2 + 1) for f in (math.sin, math.cos)],
        dtype=torch.float64,
    )
    ours = sinusoidal_encoding(t + 1, d)[t]
    assert torch.allclose(ours, by_component, atol=1e-14)
    assert (ours - written_out).abs().max() > 0.5
    omega = [10000 ** (-2 * k / d) for k in range(d // 2 + 1)]
    assert (omega[0], omega[1]) == (1.0, pytest.approx(0.316, abs=5e-4))
    assert (omega[-2], omega[-1]) == (pytest.approx(3.2e-4, rel=0.02), pytest.approx(1e-4))


def test_e_tf_12_shifts_are_rotations_and_bounded_is_not_trained():
    """p_{t+k} = M_k p_t, M_k of k alone; bounded values do not make unseen positions familiar."""
    p, M = sinusoidal_encoding(5000, 16), position_shift(5, 16)
    for t in (0, 10, 500):
        assert (M @ p[t] - p[t + 5]).abs().max() < 1e-12
        assert (p[t + 5] - p[t]).norm().item() == pytest.approx(1.93026, abs=5e-6)
    not_shared = position_shift(6, 16) @ p[10] - p[15]  # another k, another matrix
    assert not_shared.abs().max() > 0.1
    gaps = torch.cdist(p, p, compute_mode="donot_use_mm_for_euclid_dist")
    gaps.fill_diagonal_(math.inf)
    assert gaps.min().item() == pytest.approx(1.01, abs=0.005)
    assert p.abs().max() <= 1
    # the slowest pair has met only a part of its values in the first 64 positions
    assert p[:64, -2].max() < 0.03 and p[:, -2].max() > 0.99
