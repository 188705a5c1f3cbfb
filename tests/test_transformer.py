import math

import numpy as np
import pytest
import scipy.special
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import nn

from notebooklib.transformer import (
    GPT,
    GPTConfig,
    MultiHeadAttention,
    TransformerBlock,
    attention_weights,
    causal_mask,
    frequencies,
    generate,
    next_token_loss,
    padding_mask,
    position_shift,
    scaled_dot_product_attention,
    sinusoidal_encoding,
    softmax,
    trim,
)

TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-12}
finite_logits = arrays(np.float64, st.integers(1, 6), elements=st.floats(-1e4, 1e4))


def draws(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


def tiny(**changes):
    sizes = {"vocab_size": 11, "context": 8, "d_model": 16, "num_heads": 4, "num_layers": 2}
    return GPT(GPTConfig(**{**sizes, **changes})).double()


# softmax


@given(finite_logits, st.floats(0.5, 50))
def test_softmax_equals_scipy(z, temperature):
    theirs = scipy.special.softmax(z / temperature)
    assert np.abs(softmax(z, temperature) - theirs).max() < 1e-12
    ours = softmax(torch.from_numpy(z), temperature).numpy()
    assert np.abs(ours - theirs).max() < 1e-12


@given(finite_logits, st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_softmax_sums_to_one_and_ignores_a_shift(z, temperature, shift):
    shares = softmax(z, temperature)
    assert abs(float(shares.sum()) - 1) < 1e-12
    # a rounding of z + shift, up to 2e-12, is divided by T
    assert np.abs(softmax(z + shift, temperature) - shares).max() < 1e-11 / temperature


@given(st.integers(1, 5), st.integers(1, 5), st.floats(-1e4, 1e4))
def test_cold_softmax_shares_among_the_largest(ties, others, top):
    shares = softmax([top] * ties + [top - 10.0] * others, temperature=1e-3)
    assert shares.tolist() == pytest.approx([1 / ties] * ties + [0.0] * others, abs=0)


@pytest.mark.parametrize("temperature", [1e-3, 1e-300, 5e-324, 1.0, 1e300])
def test_softmax_never_overflows(temperature):
    shares = softmax([1e4, -1e4, 1e4, 0.0], temperature)
    assert np.isfinite(shares).all() and shares.sum() == pytest.approx(1)


def test_hot_softmax_is_even():
    assert softmax([1e4, 0.0, -1e4], temperature=1e12).tolist() == pytest.approx([1 / 3] * 3)


@given(finite_logits)
def test_entropy_of_softmax_grows_with_temperature(z):
    entropies = [
        scipy.special.entr(softmax(z, temperature)).sum() for temperature in (0.1, 1, 10, 1e3)
    ]
    assert all(a <= b + 1e-12 for a, b in zip(entropies, entropies[1:], strict=False))


def test_softmax_along_another_axis():
    z = draws(3, 4)
    assert torch.equal(softmax(z, axis=0), softmax(z.T).T)


def test_softmax_keeps_the_type_and_the_input():
    z = draws(3, dtype=torch.float32)
    before = z.clone()
    assert softmax(z, 0.1).dtype == torch.float32 and torch.equal(z, before)


def test_softmax_has_the_right_gradient():
    z = draws(2, 5).requires_grad_()
    assert torch.autograd.gradcheck(lambda z: softmax(z, 0.7), z)


@pytest.mark.parametrize("temperature", [0, -1, math.inf, math.nan, "1", True])
def test_softmax_refuses_a_temperature(temperature):
    with pytest.raises(ValueError, match="temperature: expected a finite number > 0, got"):
        softmax([1.0, 2.0], temperature)


@pytest.mark.parametrize("z", [[1.0, math.nan], [1.0, math.inf], [-math.inf, -math.inf]])
def test_softmax_refuses_what_is_not_finite(z):
    with pytest.raises(ValueError, match=r"z: expected numbers below \+inf"):
        softmax(z)


@pytest.mark.parametrize("z", [[], 3.0])
def test_softmax_refuses_nothing(z):
    with pytest.raises(
        ValueError, match="z: expected (entries along axis -1|at least one number), got"
    ):
        softmax(z)


@pytest.mark.parametrize("z", [["a"], [1j], [True, False], None])
def test_softmax_refuses_what_is_not_real(z):
    with pytest.raises(ValueError, match="z: expected real numbers, got"):
        softmax(z)


# attention

MASKS = {
    "none": None,
    "causal": causal_mask(5),
    "padding": torch.tensor([[True, True, True, False, False]]),
    "one row sees nothing": causal_mask(5) & (torch.arange(5) != 2)[:, None],
}


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_attention_equals_torch_with_gradients(mask, dtype):
    ours, theirs = (
        [draws(2, 3, 5, 4, seed=seed, dtype=dtype).requires_grad_() for seed in range(3)]
        for _ in range(2)
    )
    one = scaled_dot_product_attention(*ours, mask)
    two = F.scaled_dot_product_attention(*theirs, attn_mask=mask)
    (one**2).sum().backward()
    (two**2).sum().backward()
    assert (one - two).abs().max() < TOLERANCE[dtype]
    got, expected = (torch.stack([x.grad for x in three]) for three in (ours, theirs))
    assert (got - expected).abs().max() < TOLERANCE[dtype] * expected.abs().max()


def test_attention_in_plain_numpy():
    q, k, v = draws(3, 4).numpy(), draws(5, 4, seed=1).numpy(), draws(5, 2, seed=2).numpy()
    e = np.exp(q @ k.T / 2)
    expected = e / e.sum(axis=1, keepdims=True) @ v
    ours = scaled_dot_product_attention(*map(torch.from_numpy, (q, k, v)))
    assert np.abs(ours.numpy() - expected).max() < 1e-12


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_each_query_gives_its_whole_attention(n, m, seed):
    weights = attention_weights(draws(n, 4, seed=seed), draws(m, 4, seed=seed + 1))
    assert weights.shape == (n, m) and (weights.sum(-1) - 1).abs().max() < 1e-12


def test_masked_keys_get_nothing():
    weights = attention_weights(1e3 * draws(5, 4), draws(5, 4, seed=1), causal_mask(5))
    assert weights.triu(1).abs().max() == 0 and weights[0, 0] == 1


def test_without_scale_the_scores_are_larger_by_root_d():
    q, k = draws(3, 16), draws(3, 16, seed=1)
    unscaled = attention_weights(q, k, scale=False)
    assert (unscaled - attention_weights(4 * q, k)).abs().max() < 1e-14


@pytest.mark.parametrize(
    ("q", "k", "v", "message"),
    [
        ((3, 4), (3, 5), (3, 4), "q and k: expected rows of one length"),
        ((4,), (3, 4), (3, 4), "q and k: expected rows of one length"),
        ((3, 4), (3, 4), (2, 4), "v: expected one row for each of the keys"),
    ],
)
def test_attention_refuses_shapes(q, k, v, message):
    with pytest.raises(ValueError, match=message):
        scaled_dot_product_attention(draws(*q), draws(*k), draws(*v))


@pytest.mark.parametrize("shape", [(2, 2), (3, 4), (7, 1, 3, 3)])
def test_attention_refuses_a_mask_of_wrong_shape(shape):
    q = draws(3, 4)
    with pytest.raises(
        ValueError, match=r"mask: expected a shape that broadcasts to \(3, 3\), got"
    ):
        scaled_dot_product_attention(q, q, q, torch.ones(shape, dtype=torch.bool))


def test_attention_refuses_a_mask_of_numbers():
    q = draws(3, 4)
    with pytest.raises(ValueError, match="mask: expected a tensor of booleans.*got torch.float32"):
        attention_weights(q, q, torch.ones(3, 3))


# several heads


def same_weights(ours, theirs):
    """Copy the weights of our MultiHeadAttention into PyTorch's."""
    with torch.no_grad():
        parts = (ours.query, ours.key, ours.value)
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        theirs.out_proj.load_state_dict(ours.output.state_dict())


@pytest.fixture(params=[(fused, dtype) for fused in (True, False) for dtype in TOLERANCE], ids=str)
def pair(request):
    fused, dtype = request.param
    ours = MultiHeadAttention(12, 3, fused=fused).to(dtype)
    theirs = nn.MultiheadAttention(12, 3, batch_first=True, dtype=dtype)
    same_weights(ours, theirs)
    return ours, theirs, dtype


def gradients(module):
    return {name: weight.grad for name, weight in module.named_parameters()}


@pytest.mark.parametrize("kind", ["plain", "causal", "padding", "causal and padding"])
def test_heads_equal_torch_with_gradients(pair, kind):
    ours, theirs, dtype = pair
    x = draws(2, 5, 12, dtype=dtype)
    ids = torch.tensor([[4, 4, 4, 4, 4], [4, 4, 4, 0, 0]])
    causal, padding = "causal" in kind, "padding" in kind
    one = ours(x, mask=padding_mask(ids, pad=0) if padding else None, causal=causal)
    two, weights = theirs(
        *(x, x, x),
        attn_mask=~causal_mask(5) if causal else None,  # True hides here
        key_padding_mask=ids == 0 if padding else None,
        average_attn_weights=False,
    )
    (one**2).sum().backward()
    (two**2).sum().backward()
    assert (one - two).abs().max() < TOLERANCE[dtype]
    mask = padding_mask(ids, pad=0) if padding else None
    assert (ours.weights(x, mask=mask, causal=causal) - weights).abs().max() < TOLERANCE[dtype]
    a, b = gradients(ours), gradients(theirs)
    joined = torch.cat([a[f"{part}.weight"] for part in ("query", "key", "value")])
    for got, expected in (
        (joined, b["in_proj_weight"]),
        (a["output.weight"], b["out_proj.weight"]),
    ):
        assert (got - expected).abs().max() < TOLERANCE[dtype] * expected.abs().max()


def test_cross_attention_equals_torch(pair):
    ours, theirs, dtype = pair
    x, context = draws(2, 3, 12, dtype=dtype), draws(2, 7, 12, seed=1, dtype=dtype)
    assert (ours(x, context) - theirs(x, context, context)[0]).abs().max() < TOLERANCE[dtype]


def test_one_head_is_single_attention_between_projections():
    attention, x = MultiHeadAttention(6, 1).double(), draws(1, 4, 6)
    q, k, v = attention.query(x), attention.key(x), attention.value(x)
    by_hand = attention.output(scaled_dot_product_attention(q, k, v))
    assert (attention(x) - by_hand).abs().max() < 1e-12


@pytest.mark.parametrize("fused", [True, False])
def test_without_positions_attention_follows_a_permutation(fused):
    attention, x = MultiHeadAttention(12, 3, fused).double(), draws(2, 6, 12)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    assert (attention(x[:, order]) - attention(x)[:, order]).abs().max() < 1e-12
    hidden = attention(x[:, order], causal=True) - attention(x, causal=True)[:, order]
    assert hidden.abs().max() > 1e-3  # the causal mask knows the order


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match="num_heads: expected a divisor of d_model = 10, got 3"):
        MultiHeadAttention(10, 3)


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"x": (2, 5, 11)}, r"x: expected shape \(B, n, 12\), got \(2, 5, 11\)"),
        ({"x": (5, 12)}, "x: expected shape"),
        ({"context": (3, 5, 12)}, "context: expected 2 sequences, got 3"),
        ({"context": (2, 7, 12), "causal": True}, "causal: expected as many keys as queries"),
        ({"mask": (2, 5, 5)}, "mask: expected 2 or 4 axes"),
        ({"mask": (4, 4)}, r"mask: expected a shape that broadcasts to \(2, 3, 5, 5\)"),
        ({"mask": (2, 2, 5, 5)}, "mask: expected a shape that broadcasts"),
    ],
)
def test_heads_refuse_shapes(call, message, fused):
    attention = MultiHeadAttention(12, 3, fused).double()
    arguments = {"x": draws(*call.get("x", (2, 5, 12))), "causal": call.get("causal", False)}
    if "context" in call:
        arguments["context"] = draws(*call["context"])
    if "mask" in call:
        arguments["mask"] = torch.ones(call["mask"], dtype=torch.bool)
    with pytest.raises(ValueError, match=message):
        attention(**arguments)


# positions


def test_encoding_component_by_component():
    ours = sinusoidal_encoding(7, 6)
    for t in range(7):
        for k in range(3):
            angle = t / 10000 ** (2 * k / 6)
            assert abs(ours[t, 2 * k] - math.sin(angle)) < 1e-12
            assert abs(ours[t, 2 * k + 1] - math.cos(angle)) < 1e-12


@given(st.integers(0, 50), st.integers(0, 50), st.sampled_from([2, 6, 16]))
def test_rotation_moves_every_position(t, k, d):
    p = sinusoidal_encoding(101, d)
    M = position_shift(k, d)
    assert (M @ p[t] - p[t + k]).abs().max() < 1e-11
    assert (M.T @ M - torch.eye(d)).abs().max() < 1e-12


def test_rotations_add():
    assert (position_shift(3, 8) @ position_shift(4, 8) - position_shift(7, 8)).abs().max() < 1e-12


@pytest.mark.parametrize("make", [frequencies, lambda d: sinusoidal_encoding(3, d)])
@pytest.mark.parametrize(("d", "message"), [(5, "even number, got 5"), (0, "whole number >= 1")])
def test_positions_refuse_a_width(make, d, message):
    with pytest.raises(ValueError, match=f"d_model: expected an? .*{message}"):
        make(d)


# the block and the GPT


def test_block_equals_torchs_encoder_layer():
    ours = TransformerBlock(12, 3, d_ff=20).double()
    theirs = nn.TransformerEncoderLayer(
        *(12, 3, 20, 0.0), activation="gelu", batch_first=True, norm_first=True, dtype=torch.float64
    )
    same_weights(ours.attention, theirs.self_attn)
    theirs.linear1.load_state_dict(ours.feed_forward[0].state_dict())
    theirs.linear2.load_state_dict(ours.feed_forward[2].state_dict())
    x = draws(2, 5, 12)
    assert (ours(x, causal=True) - theirs(x, ~causal_mask(5))).abs().max() < 1e-12


@pytest.mark.parametrize("fused", [True, False])
def test_the_future_is_hidden(fused):
    model = tiny(fused=fused)
    ids = torch.tensor([[1, 2, 3, 4, 5]])
    changed = torch.tensor([[1, 2, 3, 9, 5]])
    difference = (model(ids) - model(changed)).abs().amax(-1)[0]
    assert difference[:3].max() == 0 and difference[3:].min() > 1e-6


def test_without_a_mask_the_future_is_seen():
    model = tiny(causal=False)
    difference = model(torch.tensor([[1, 2, 3]])) - model(torch.tensor([[1, 2, 9]]))
    assert difference.abs().amax(-1).min() > 1e-6


def test_an_encoder_without_positions_reads_a_bag_of_words():
    model = tiny(causal=False, positions="none")
    one, two = model(torch.tensor([[1, 2, 3]])), model(torch.tensor([[3, 1, 2]]))
    assert (one[:, [2, 0, 1]] - two).abs().max() < 1e-12


@pytest.mark.parametrize("positions", ["learned", "sinusoidal"])
def test_with_positions_order_counts(positions):
    model = tiny(causal=False, positions=positions)
    one, two = model(torch.tensor([[1, 2, 3]])), model(torch.tensor([[3, 1, 2]]))
    assert (one[:, [2, 0, 1]] - two).abs().max() > 1e-3


def test_fused_and_plain_models_agree():
    one, two = tiny(fused=True), tiny(fused=False)
    ids = torch.tensor([[1, 2, 3, 4], [5, 6, 0, 0]])
    mask = padding_mask(ids, pad=0)
    assert (one(ids, mask) - two(ids, mask)).abs().max() < 1e-12


def test_padding_changes_no_real_token():
    model = tiny(causal=False)
    short, padded = torch.tensor([[5, 6]]), torch.tensor([[5, 6, 0, 0]])
    seen = model(padded, padding_mask(padded, pad=0))[:, :2]
    assert (seen - model(short)).abs().max() < 1e-12


def test_attention_maps_are_those_of_the_forward_pass():
    model, ids = tiny(), torch.tensor([[1, 2, 3, 4]])
    maps = model.attention_maps(ids)
    assert maps.shape == (2, 1, 4, 4, 4)
    assert (maps.sum(-1) - 1).abs().max() < 1e-12 and maps.triu(1).max() == 0
    attention = model.blocks[0].attention
    x = model.blocks[0].attention_norm(model._embed(ids))
    values = attention.value(x).unflatten(-1, (4, 4)).transpose(1, 2)
    mixed = (maps[0] @ values).transpose(1, 2).flatten(2)
    assert (attention.output(mixed) - attention(x, causal=True)).abs().max() < 1e-12


@pytest.mark.parametrize(("tied", "count"), [(True, 0), (False, 11 * 16)])
def test_parameter_count(tied, count):
    layer = 4 * (16 * 16 + 16) + 2 * 4 * 16 * 16 + 4 * 16 + 16 + 2 * 2 * 16
    expected = 11 * 16 + 8 * 16 + 2 * layer + 2 * 16 + count
    assert sum(weight.numel() for weight in tiny(tied=tied).parameters()) == expected


def test_first_weights_come_from_the_generator_alone():
    torch.manual_seed(1)
    one = tiny().state_dict()
    torch.manual_seed(2)
    two = tiny().state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)
    other = GPT(tiny().config, torch.Generator().manual_seed(5)).double()
    assert not torch.equal(other.tokens.weight, one["tokens.weight"])


def test_first_weights_keep_the_sum_from_growing_with_depth():
    sizes, ids = [], torch.arange(32)[None]
    for depth in (2, 16):
        model = GPT(GPTConfig(50, 32, num_layers=depth)).double()
        x = model._embed(ids)
        for block in model.blocks:
            x = block(x, causal=True)
        sizes.append(x.std().item())
    assert sizes[1] == pytest.approx(sizes[0], rel=0.3)


def test_gradients_of_the_loss_by_finite_differences():
    model = tiny(d_model=4, num_heads=2, num_layers=1, fused=False)
    ids = torch.tensor([[1, 2, 3, 0]])
    weight = model.blocks[0].attention.key.weight
    next_token_loss(model, ids, pad=0).backward()
    h, (i, j) = 1e-5, (1, 2)
    with torch.no_grad():
        weight[i, j] += h
        above = next_token_loss(model, ids, pad=0)
        weight[i, j] -= 2 * h
        below = next_token_loss(model, ids, pad=0)
    assert weight.grad[i, j] == pytest.approx(float(above - below) / (2 * h), rel=1e-5, abs=1e-12)


def test_loss_by_hand():
    model, ids = tiny(), torch.tensor([[1, 2, 3], [1, 4, 0]])
    logs = model(ids[:, :-1]).log_softmax(-1)
    by_hand = -(logs[0, 0, 2] + logs[0, 1, 3] + logs[1, 0, 4]) / 3
    assert abs(next_token_loss(model, ids, pad=0) - by_hand) < 1e-12
    with_pad = -(logs[0, 0, 2] + logs[0, 1, 3] + logs[1, 0, 4] + logs[1, 1, 0]) / 4
    assert abs(next_token_loss(model, ids) - with_pad) < 1e-12


def test_trim_keeps_every_word():
    ids = torch.tensor([[5, 7, 0, 0], [5, 8, 9, 0]])
    assert trim(ids, pad=0).tolist() == [[5, 7, 0], [5, 8, 9]]


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (torch.zeros(1, 9, dtype=torch.long), "ids: expected at most 8 tokens, got 9"),
        (torch.tensor([[1, 11]]), "ids: expected tokens of the vocabulary, 0 … 10, got 11"),
        (torch.tensor([[-1, 1]]), "ids: expected tokens of the vocabulary, 0 … 10, got -1"),
        (
            torch.zeros(0, 3, dtype=torch.long),
            "ids: expected (a tensor of whole numbers|rows of tokens)",
        ),
        (torch.tensor([1, 2]), "ids: expected (a tensor of whole numbers|rows of tokens)"),
        (torch.tensor([[1.0, 2.0]]), "ids: expected (a tensor of whole numbers|rows of tokens)"),
    ],
)
def test_gpt_refuses_ids(ids, message):
    with pytest.raises(ValueError, match=message):
        tiny()(ids)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_heads": 3}, "num_heads: expected a divisor of d_model = 16, got 3"),
        ({"num_layers": 0}, "num_layers: expected a whole number >= 1, got 0"),
        ({"vocab_size": 2.5}, "vocab_size: expected a whole number >= 1, got 2.5"),
        ({"positions": "rotary"}, "positions: expected one of 'learned', 'none', 'sinusoidal'"),
        ({"d_model": 15, "num_heads": 5, "positions": "sinusoidal"}, "expected an even number"),
    ],
)
def test_gpt_refuses_sizes(changes, message):
    with pytest.raises(ValueError, match=message):
        tiny(**changes)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: next_token_loss(tiny(), torch.tensor([[1]])), "ids: expected rows of two tokens"),
        (
            lambda: trim(torch.tensor([1, 0]), 0),
            r"ids: expected rows of tokens, shape \(B, T\), got shape \(2,\)",
        ),
        (
            lambda: padding_mask(torch.tensor([1, 0]), 0),
            r"ids: expected rows of tokens, shape \(B, T\)",
        ),
        (lambda: causal_mask(0), "length: expected a whole number >= 1"),
    ],
)
def test_helpers_refuse(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# generation


class Fixed(nn.Module):
    """A model whose next word does not depend on the text."""

    def __init__(self, logits):
        super().__init__()
        self.logits = torch.tensor(logits, dtype=torch.float64)
        self.tokens = nn.Embedding(1, 1)
        self.config = GPTConfig(vocab_size=len(logits), context=4001, d_model=4)

    def forward(self, ids):
        return self.logits.expand(*ids.shape, -1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_draws_follow_the_softmax(temperature):
    model = Fixed([0.0, 1.0, 2.0, -1.0])
    drawn = generate(model, [[0]] * 20_000, 1, temperature)[:, 1]
    shares = torch.bincount(drawn, minlength=4) / 20_000
    p = softmax(model.logits, temperature)
    assert ((shares - p).abs() < 4 * (p * (1 - p) / 20_000).sqrt()).all()


def test_top_k_draws_only_from_the_likeliest():
    drawn = generate(Fixed([0.0, 1.0, 2.0, -1.0]), [[0]] * 5000, 1, top_k=2)[:, 1]
    shares = torch.bincount(drawn, minlength=4) / 5000
    assert shares[[0, 3]].tolist() == [0, 0]
    assert float(shares[2]) == pytest.approx(math.e / (1 + math.e), abs=0.03)


def test_top_1_is_greedy():
    model = tiny()
    ids = generate(model, [1, 2], 5, top_k=1)
    for t in range(2, 7):
        assert ids[t] == model(ids[None, :t])[0, -1].argmax()


def test_generation_keeps_the_prompt_and_repeats_by_seed():
    model = tiny()
    one, two, three = (
        generate(model, [3, 4], 6, generator=torch.Generator().manual_seed(s)) for s in (1, 1, 2)
    )
    assert one[:2].tolist() == [3, 4] and torch.equal(one, two) and not torch.equal(one, three)


def test_generation_stops():
    ids = generate(Fixed([0.0, 0.0, 0.0]), [[0]] * 50, 100, stop=2)
    assert ids.shape[1] < 60
    for row in ids.tolist():
        assert set(row[row.index(2) :]) == {2}


def test_stop_in_the_prompt_does_not_stop():
    ids = generate(Fixed([0.0, 9.0, -9.0]), [2, 2], 5, stop=2)
    assert ids.tolist() == [2, 2, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prompt": []}, "prompt: expected whole numbers, at least one, got"),
        ({"prompt": [[], []]}, "prompt: expected whole numbers, at least one, got"),
        ({"prompt": 3}, r"prompt: expected shape \(t,\) or \(B, t\), got shape \(\)"),
        ({"prompt": [1.5]}, "prompt: expected whole numbers, at least one, got float64"),
        ({"prompt": [11]}, "prompt: expected numbers 0 … 10, got 11 … 11"),
        ({"length": 7}, r"prompt and length: expected at most 8 tokens together, got 2 \+ 7"),
        ({"length": 0}, "length: expected a whole number >= 1"),
        ({"temperature": 0}, "temperature: expected a finite number > 0, got 0"),
        ({"temperature": math.nan}, "temperature: expected a finite number > 0"),
        ({"top_k": 12}, "top_k: expected at most 11 words, got 12"),
        ({"top_k": 0}, "top_k: expected a whole number >= 1"),
    ],
)
def test_generation_refuses(changes, message):
    with pytest.raises(ValueError, match=message):
        generate(**{"model": tiny(), "prompt": [1, 2], "length": 3, **changes})


# learning


def test_positions_are_needed_to_tell_order():
    """Which of two marks came first: a bag of words cannot know."""
    ids = torch.tensor([[1, 2, 3], [2, 1, 3]])
    target = torch.tensor([4, 5])
    losses = {}
    for positions in ("learned", "none"):
        model = tiny(causal=False, positions=positions)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(60):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids)[:, -1], target)
            loss.backward()
            optimizer.step()
        losses[positions] = loss.item()
    assert losses["learned"] < 0.01 and losses["none"] > math.log(2) - 1e-6


def test_without_a_mask_a_language_model_copies_the_answer():
    """Its loss falls below the entropy of coin flips, which no honest predictor can."""
    ids = torch.randint(1, 3, (64, 8), generator=torch.Generator().manual_seed(0))
    losses = {}
    for causal in (True, False):
        model = tiny(causal=causal)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(60):
            optimizer.zero_grad()
            next_token_loss(model, ids[:32]).backward()
            optimizer.step()
        losses[causal] = next_token_loss(model, ids[32:]).item()
    assert losses[False] < 0.5 * math.log(2) and losses[True] > 0.95 * math.log(2)


@pytest.mark.parametrize("fused", [True, False])
def test_the_model_is_one_graph_to_the_compiler(fused):
    model, ids = tiny(fused=fused), torch.tensor([[1, 2, 3, 4]])
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    assert (compiled(ids) - model(ids)).abs().max() < 1e-12


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("temperature", [5e-324, 1e-300, 1e-46, 1e-40])
def test_the_coldest_softmax(dtype, temperature):
    z = torch.tensor([1.0, 2.0, -math.inf, 2.0], dtype=dtype)
    assert softmax(z, temperature).tolist() == [0.0, 0.5, 0.0, 0.5]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("temperature", [1e39, 1e300])
def test_the_hottest_softmax(dtype, temperature):
    z = torch.tensor([1.0, 2.0, -math.inf], dtype=dtype)
    assert softmax(z, temperature).tolist() == [0.5, 0.5, 0.0]


def test_a_list_is_not_rounded_to_float32():
    z = [0.1, 0.7]
    theirs = softmax(torch.tensor(z, dtype=torch.float64)).tolist()
    assert softmax(z).tolist() == pytest.approx(theirs, rel=1e-15)
    assert softmax([1e39, 0.0]).tolist() == [1.0, 0.0]


def test_any_array_of_numpy_will_do():
    z = np.array([1.0, 2.0])
    assert softmax(z[::-1]).tolist() == softmax([2.0, 1.0]).tolist()
    assert softmax(z.astype(">f8")).tolist() == softmax([1.0, 2.0]).tolist()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"d_model": 6}, "num_heads: expected a divisor of d_model = 6, got 4"),
        ({"d_ff": 0}, "d_ff: expected a whole number >= 1, got 0"),
        ({"d_model": 5, "num_heads": 1, "positions": "sinusoidal"}, "expected an even number"),
    ],
)
def test_the_config_itself_refuses(changes, message):
    with pytest.raises(ValueError, match=message):
        GPTConfig(**{"vocab_size": 10, "context": 4, **changes})


def test_trim_drops_no_word():
    ids = torch.tensor([[0, 0, 5, 0], [0, 5, 6, 0]])
    assert trim(ids, pad=0).tolist() == [[0, 0, 5], [0, 5, 6]]
    assert trim(torch.tensor([[5, 0, 7, 0]]), pad=0).tolist() == [[5, 0, 7]]
    assert trim(torch.zeros(2, 3).long(), pad=0).shape == (2, 0)
    assert trim(torch.zeros(0, 3).long(), pad=0).shape == (0, 0)


def test_attention_refuses_batches_that_do_not_fit():
    q, k, v = torch.zeros(2, 3, 4), torch.zeros(3, 5, 4), torch.zeros(3, 3, 4)
    with pytest.raises(ValueError, match="q and k: expected"):
        attention_weights(q, k)
    with pytest.raises(ValueError, match="q and k: expected"):
        attention_weights(q[..., :0], q[..., :0])
    with pytest.raises(ValueError, match="v: expected"):
        scaled_dot_product_attention(q, q, v)


@pytest.mark.parametrize("stop", [-1, 10])
def test_a_stop_outside_the_vocabulary(stop):
    model = GPT(GPTConfig(vocab_size=10, context=8, d_model=16))
    with pytest.raises(ValueError, match="stop: expected a whole number from 0 to 9, got"):
        generate(model, [1], length=3, stop=stop)


def test_scores_of_half_precision_do_not_overflow():
    q = torch.full((2, 1024), 10.0, dtype=torch.float16)  # 1024 · 10 · 10 is more than 65504
    assert attention_weights(q, q).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    with pytest.raises(ValueError, match="q and k: expected scores within torch.float16, got inf"):
        attention_weights(q, q, scale=False)


def test_padding_alone_and_words_unknown_have_no_loss():
    def even(ids):
        return torch.zeros(*ids.shape, 8)

    with pytest.raises(ValueError, match="ids: expected a token to predict, got only padding"):
        next_token_loss(even, torch.tensor([[1, 0, 0]]), pad=0)
    for last in (8, -1, -100):
        with pytest.raises(
            ValueError, match=f"ids: expected tokens to predict of 0 … 7, got {last}"
        ):
            next_token_loss(even, torch.tensor([[1, 2, last]]), pad=0)
    assert next_token_loss(even, torch.tensor([[1, 2, -1]]), pad=-1).item() == pytest.approx(
        math.log(8)
    )


@pytest.mark.parametrize("wrong", [lambda z: z.transpose(1, 2), lambda z: z[:, :1], lambda z: z[0]])
def test_logits_stand_in_their_order(wrong):
    ids = torch.tensor([[1, 2, 3, 4]])
    with pytest.raises(ValueError, match=r"model: expected logits of shape \(1, 3, V\), got shape"):
        next_token_loss(lambda ids: wrong(torch.zeros(*ids.shape, 8)), ids)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int32])
def test_ids_may_be_small_integers(dtype):
    model, ids = tiny(), torch.tensor([[1, 2, 3]])
    assert torch.equal(model(ids.to(dtype)), model(ids))
    assert next_token_loss(model, ids.to(dtype)) == next_token_loss(model, ids)
    assert torch.equal(generate(model, ids.to(dtype), 2), generate(model, ids, 2))


@pytest.mark.parametrize("prompt", [["1"], "1", [True], [1.0], None, [[1], [1, 2]], [1 + 0j]])
def test_a_prompt_is_of_whole_numbers(prompt):
    with pytest.raises(ValueError, match="prompt: expected"):
        generate(tiny(), prompt, 2)


def test_gaps_are_no_logits():
    with pytest.raises(ValueError, match="z: expected numbers without gaps, got a masked array"):
        softmax(np.ma.masked_array([1.0, 2.0], mask=[False, True]))


def test_every_kind_of_whole_number_has_a_softmax():
    for dtype in (np.uint8, np.uint16, np.uint32, np.uint64, ">i4", np.longdouble):
        assert softmax(np.array([1, 2], dtype=dtype)).tolist() == softmax([1.0, 2.0]).tolist()


def test_a_model_without_numbers_still_tells_its_shapes():
    model = tiny().to("meta")
    ids = torch.zeros(2, 5, dtype=torch.int64, device="meta")
    assert model(ids).shape == (2, 5, 11) and next_token_loss(model, ids).shape == ()
