"""What each operation of a live figure is tried on: shapes, dtypes, gradients and edge values."""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.func import grad, hessian, vmap

from notebooklib.live._operations import BINARY, UNARY

RNG = torch.Generator().manual_seed(0)
inf, nan = math.inf, math.nan
EDGES = torch.tensor([0.0, -0.0, 1, -1, 0.5, -0.5, 2.5, -2.5, 1e-8, -1e-8, 30, -30, inf, -inf, nan])


def normal(*shape):
    return torch.randn(*shape, generator=RNG, dtype=torch.float64)


def positive(*shape):
    return torch.rand(*shape, generator=RNG, dtype=torch.float64) + 0.1


def whole(high, *shape):
    return torch.randint(high, shape, generator=RNG)


def layers():
    torch.manual_seed(0)
    made = {
        "bn": nn.BatchNorm2d(3),
        "gru": nn.GRU(6, 4),
        "lstm": nn.LSTM(6, 4),
        "mha": nn.MultiheadAttention(6, 2),
    }
    return nn.ModuleDict(made).double().eval()


LAYERS = layers()


def y(f):
    """Return the function that names the result of `f`."""
    return lambda x: {"y": f(x)}


def in_place(x):
    x = x.clone()
    x[0] = 5
    x[1:, 2] += 1
    x.mul_(2)
    return x


def small_net(x, w):
    return F.max_pool2d(F.conv2d(x, w, None, 1, 1).relu(), 2).flatten(1).tanh()


def pairs(f):
    def fn(x, y, e, d):
        return {
            "same": f(x, y),
            "row": f(x, y[0]),
            "spread": f(x[:, :1], y[:1]),
            "number": f(x, 0.5),
            "one": f(x[0, 0], y),
            "edges": f(e[:, None], d),
        }

    return fn


CASES = {}
for name in UNARY:
    if name not in ("copy", "bitwise_not"):
        f = getattr(torch, name)
        domain = positive if name in ("log", "sqrt", "rsqrt") else normal
        CASES[name] = (
            lambda x, e, f=f: {"y": f(x), "flat": f(x[0, 0]), "edges": f(e), "none": f(x[:0])},
            {"x": domain(3, 4), "e": EDGES},
        )
for name in BINARY:
    if not name.startswith("bitwise"):
        f = getattr(torch, name)
        spread = name not in ("maximum", "minimum", "atan2") and not name.startswith("logical")
        fn = (
            pairs(f) if spread else lambda x, y, e, d, f=f: {"y": f(x, y[0]), "e": f(e[:, None], d)}
        )
        CASES[name] = (fn, {"x": positive(3, 4), "y": positive(3, 4), "e": EDGES, "d": EDGES})

x234, x345 = normal(2, 3, 4), normal(3, 4, 5)
CASES |= {
    "copy": (
        lambda x, i: {
            "whole": x.long(),
            "truth": x.bool(),
            "back": i.double(),
            "int": i.int(),
            "b": i.bool(),
        },
        {"x": torch.cat([3 * normal(5), torch.tensor([0.0, -0.5, 256.0])]), "i": whole(300, 6)},
    ),
    "truth": (
        lambda x, y: {
            "and": (x > 0) & (y > 0),
            "or": (x > 0) | (y > 0),
            "not": ~(x > 0),
            "xor": (x > 0) ^ (y > 0),
            "sum": (x > 0).sum(),
            "plus": ((x > 0) + (y > 0)).sum(),
            "times": (x > 0) * (y > 0),
            "share": (x > 0).double().mean(),
            "of": torch.where(x > 0, y > 0, x > 0),
        },
        {"x": normal(9), "y": normal(9)},
    ),
    "whole numbers": (
        lambda i, j: {
            "add": i + j,
            "sub": i - j,
            "mul": i * j,
            "div": i / j,
            "floor": i // j,
            "mod": i % j,
            "not": ~i,
            "and": i & j,
            "or": i | j,
            "sum": i.sum(),
            "max": i.max(),
            "cum": i.cumsum(0),
            "rounded": torch.div(i, j, rounding_mode="trunc"),
            "pow": i**2,
            "neg": -i,
            "eq": i == j,
        },
        {"i": whole(40, 8) - 20, "j": whole(7, 8) + 1},
    ),
    "remainders": (
        lambda x, y: {
            "remainder": x % y,
            "fmod": torch.fmod(x, y),
            "floor": x // y,
            "trunc": torch.div(x, y, rounding_mode="trunc"),
        },
        {
            "x": torch.cat([5 * normal(50), torch.tensor([1.0, 0.3, -1.0, 7.0, 1.0, -1.0])]),
            "y": torch.cat([normal(50), torch.tensor([0.1, 0.1, 0.1, 0.0, -0.0, inf])]),
        },
    ),
    "erf": (y(torch.erf), {"x": 3 * normal(500)}),
    "gelu": (
        lambda x: {"exact": F.gelu(x), "tanh": F.gelu(x, approximate="tanh")},
        {"x": 3 * normal(50)},
    ),
    "round half": (y(torch.round), {"x": torch.arange(-5, 6).double() / 2}),
    "where": (
        lambda x, y: {
            "y": torch.where(x > 0, x, y),
            "n": torch.where(x > 0, x, 0.0),
            "m": x.masked_fill(x > 0, -inf),
        },
        {"x": normal(3, 4), "y": normal(4)},
    ),
    "clamp": (
        lambda x, e, low: {
            "a": x.clamp(-0.5, 0.5),
            "b": x.clamp(min=0),
            "c": x.clamp(max=0),
            "d": x.clamp(low, low + 1),
            "e": e.clamp(-1, 1),
            "f": x[:1].clamp(min=low),
        },
        {"x": normal(9), "e": EDGES, "low": normal(9)},
    ),
    "folds": (
        lambda x: {
            "a": x.sum(),
            "b": x.sum(1),
            "c": x.mean((0, 2), keepdim=True),
            "d": x.prod(-1),
            "e": x.amax((0, 1)),
            "f": x.amin(2),
            "g": (x > 1).any(0),
            "h": (x > -1).all(1),
            "i": x.max(),
            "v": x.var(1),
            "s": x.std((0, 2)),
            "n": x.norm(),
            "m": x.min(),
            "j": x.max(1)[0],
            "k": x.min(1)[1],
            "p": x.prod(),
            "q": x.mean(),
            "r": x.sum((0, 1, 2)),
        },
        {"x": x345},
    ),
    "folds of edges": (
        lambda e: {
            "max": e.amax(),
            "least": e[:12].amin(),
            "sum": e.sum(),
            "any": e.isnan().any(),
            "arg": e.argmax(),
            "first": e[:12].argmax(),
            "low": e.argmin(),
        },
        {"e": EDGES},
    ),
    "ties": (
        lambda x: {
            "a": x.argmax(1),
            "b": x.argmin(1),
            "c": x.argmax(),
            "s": x.sort(dim=1, stable=True)[1],
        },
        {"x": whole(3, 6, 8).double()},
    ),
    "arg": (
        lambda x: {
            "a": x.argmax(),
            "b": x.argmax(1),
            "c": x.argmin(0),
            "k": x.argmax(1, keepdim=True),
        },
        {"x": normal(4, 5)},
    ),
    "cumsum": (lambda x: {"a": x.cumsum(0), "b": x.cumsum(-1)}, {"x": normal(3, 4)}),
    "sort": (
        lambda x, e: {
            "a": x.sort(0)[0],
            "b": x.sort(-1, descending=True)[1],
            "c": x.topk(3)[0],
            "d": x.argsort(1),
            "e": e.sort()[0],
            "f": e.sort(descending=True)[0],
        },
        {"x": normal(5, 6), "e": EDGES},
    ),
    "softmax": (
        lambda x: {
            "a": x.softmax(-1),
            "b": x.log_softmax(0),
            "c": x.logsumexp(1),
            "hidden": x.masked_fill(x > 0.3, -inf).softmax(1),
            "large": (1000 * x).softmax(1),
        },
        {"x": normal(6, 7)},
    ),
    "views": (
        lambda x: {
            "a": x.permute(2, 0, 1),
            "b": x.transpose(0, 2).reshape(-1),
            "c": x[:, 1],
            "d": x[1:, ::2, -1],
            "e": x.flip(0, 2),
            "f": x[None].expand(2, 3, 4, 5),
            "g": x.repeat(2, 1, 3),
            "h": x[:, :, :4].diagonal(0, 1, 2),
            "i": torch.cat([x, x[:1]]),
            "j": torch.stack([x, -x], 1),
            "k": F.pad(x, (1, 2, 0, 1)),
            "l": x.unflatten(1, (2, 2)).mT,
            "m": x.roll(1, 0),
            "n": x.chunk(2, 1)[1],
            "o": x.tril(),
            "p": x.unbind(0)[2],
            "q": x[-2:, 1:3],
            "r": x[:0],
            "s": x.diagonal(-1, 0, 1),
            "t": x[0, 0, 0],
            "u": x.squeeze(),
            "w": x[:, None].movedim(0, 2),
            "z": torch.cat([x[:0], x], 0),
            "one": x.reshape(6, 10),
        },
        {"x": x345},
    ),
    "products": (
        lambda x, y, v: {
            "a": x @ y,
            "b": x[0] @ y[0],
            "c": x @ v,
            "d": v @ y,
            "e": F.linear(x, y[0].T, v[:1]),
            "f": torch.einsum("bij,bjk->ik", x, y),
            "g": torch.outer(v, v),
            "h": v.dot(v),
            "i": x[0, :1] @ y[0, :, :1],
            "j": torch.addmm(x[0, :, :1], x[0], y[0]),
            "k": torch.bmm(x, y),
        },
        {"x": x234, "y": normal(2, 4, 5), "v": normal(4)},
    ),
    "conv": (
        lambda x, w, b: {
            "a": F.conv2d(x, w, b),
            "b": F.conv2d(x, w, None, 2, 1),
            "c": F.conv2d(x, w, b, 1, 2, 2),
            "d": F.conv_transpose2d(x[:, :2], w[:2, :3], None, 2, 1, 1),
            "g": F.conv2d(x[:, :2], w[:4, :1], groups=2),
            "h": F.conv2d(x, w, b, (2, 1), (1, 0)),
        },
        {"x": normal(2, 3, 7, 8), "w": normal(4, 3, 3, 3), "b": normal(4)},
    ),
    "conv1d": (
        lambda x, w: {"a": F.conv1d(x, w, None, 1, 1), "b": F.conv1d(x, w, None, 2)},
        {"x": normal(2, 3, 9), "w": normal(4, 3, 3)},
    ),
    "pool": (
        lambda x: {
            "a": F.max_pool2d(x, 2),
            "b": F.max_pool2d(x, 3, 2, 1),
            "c": x.mean((2, 3)),
            "d": F.avg_pool2d(x, 2),
            "e": F.adaptive_avg_pool2d(x, 1),
        },
        {"x": normal(2, 3, 8, 8)},
    ),
    "index": (
        lambda x, i, j: {
            "a": x[i],
            "b": x[:, j],
            "c": x[i, j],
            "d": x[i[:, None], j],
            "n": x[-i],
            "e": x.gather(1, j[None].expand(5, -1)),
            "f": F.embedding(i, x),
            "g": x.index_select(1, j),
            "h": (i[:, None] == torch.arange(5)).long(),
            "one": x[i[0][None]][0],
        },
        {"x": normal(5, 6), "i": whole(5, 4), "j": whole(6, 4)},
    ),
    "scatter": (
        lambda x, i, y: {
            "a": x.scatter_add(0, i, y),
            "b": x.index_put((i[0],), y[:1], accumulate=True),
            "c": x.index_put((i[:, 0],), y),
            "d": x.scatter(0, i, y),
            "e": x.scatter(1, i[:, :1], 9.0),
        },
        {
            "x": normal(5, 6),
            "y": normal(5, 6),
            "i": torch.stack([torch.randperm(5, generator=RNG) for _ in range(6)], 1),
        },
    ),
    "in place": (y(in_place), {"x": normal(4, 5)}),
    "norms": (
        lambda x, w: {
            "l": F.layer_norm(x, (6,), w, w),
            "r": F.rms_norm(x, (6,)),
            "n": F.normalize(x),
        },
        {"x": normal(3, 6), "w": normal(6)},
    ),
    "losses": (
        lambda x, i: {
            "c": F.cross_entropy(x, i),
            "m": F.mse_loss(x, 2 * x),
            "l": F.l1_loss(x, 2 * x),
            "b": F.binary_cross_entropy_with_logits(x, x.sigmoid()),
        },
        {"x": normal(5, 6), "i": whole(6, 5)},
    ),
    "attention": (
        lambda q, k, v: {
            "a": F.scaled_dot_product_attention(q, k, v, is_causal=True),
            "b": F.scaled_dot_product_attention(q, k, v),
        },
        {"q": normal(1, 2, 5, 4), "k": normal(1, 2, 5, 4), "v": normal(1, 2, 5, 4)},
    ),
    "activations": (
        lambda x: {
            "s": F.silu(x),
            "e": F.elu(x),
            "l": F.leaky_relu(x),
            "p": F.softplus(x),
            "m": F.mish(x),
            "h": F.hardtanh(x),
        },
        {"x": 4 * normal(20)},
    ),
    "layers": (
        lambda x, s: {
            "bn": LAYERS["bn"](x),
            "gru": LAYERS["gru"](s)[0],
            "lstm": LAYERS["lstm"](s)[0],
            "mha": LAYERS["mha"](s, s, s)[0],
            "cos": F.cosine_similarity(s[0], s[1]),
            "up": F.interpolate(x, scale_factor=2, mode="bilinear"),
        },
        {"x": normal(2, 3, 8, 8), "s": normal(2, 5, 6)},
    ),
    "gradients": (
        lambda x, w: dict(
            zip("xw", grad(lambda x, w: small_net(x, w).square().sum(), (0, 1))(x, w), strict=True)
        ),
        {"x": normal(2, 1, 8, 8), "w": normal(3, 1, 3, 3)},
    ),
    "gradient of a softmax": (
        lambda x, i: {"y": grad(lambda x: F.cross_entropy(F.layer_norm(x, (6,)), i))(x)},
        {"x": normal(5, 6), "i": whole(6, 5)},
    ),
    "hessian": (y(hessian(lambda x: (x[0] ** 2 * x[1]).sin() + (x**4).sum())), {"x": normal(2)}),
    "vmap": (y(vmap(grad(lambda x: (x.sin() * x.cos()).sum()))), {"x": normal(4, 3)}),
    "entropy": (y(torch.special.entr), {"x": torch.tensor([0.0, 0.2, 1.0], dtype=torch.float64)}),
    "loop": (y(lambda x: [x := x - 0.1 * x.sin() for _ in range(30)][-1]), {"x": normal(4)}),
}
