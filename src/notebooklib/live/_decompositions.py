"""How operations break up into those that run.js knows, where PyTorch has no way or another."""

from notebooklib._extras import needed
from notebooklib.live._hooks import core_aten_decompositions, get_decompositions

with needed("torch"):
    import torch

aten = torch.ops.aten


def _conv_backward(g, x, w, bias_sizes, stride, padding, dilation, transposed, out_pad, groups, on):
    """Write the gradients of a convolution as convolutions."""
    if transposed or groups != 1:
        raise NotImplementedError("the gradient of a transposed or grouped convolution")
    gx = gw = gb = None
    if on[0]:
        axes = zip(x.shape[2:], g.shape[2:], w.shape[2:], stride, padding, dilation, strict=True)
        rest = [n - ((m - 1) * s - 2 * p + d * (k - 1) + 1) for n, m, k, s, p, d in axes]
        gx = aten.convolution(g, w, None, stride, padding, dilation, True, rest, 1)
    if on[1]:
        swapped = x.transpose(0, 1), g.transpose(0, 1)
        gw = aten.convolution(*swapped, None, dilation, padding, stride, False, [0, 0], 1)
        gw = gw.transpose(0, 1)[:, :, : w.shape[2], : w.shape[3]]
    if on[2]:
        gb = g.sum((0, *range(2, g.ndim)))
    return gx, gw, gb


def _pool_backward(g, x, kernel, stride, padding, dilation, ceil_mode, where):
    flat = torch.zeros_like(x).flatten(2).scatter_add(2, where.flatten(2), g.flatten(2))
    return flat.view(x.shape)


def _var_mean(x, dim=None, *, correction=1, keepdim=False):
    dims = list(range(x.ndim)) if dim is None else list(dim)
    mean = x.mean(dims, keepdim=True)
    count = torch.Size([x.shape[d] for d in dims]).numel() - (
        1 if correction is None else correction
    )
    var = (x - mean).square().sum(dims, keepdim=True) / count
    return (var, mean) if keepdim else (var.squeeze(dims), mean.squeeze(dims))


def _layer_norm(x, shape, weight, bias, eps):
    var, mean = _var_mean(x, range(x.ndim - len(shape), x.ndim), correction=0, keepdim=True)
    rstd = (var + eps).rsqrt()
    y = (x - mean) * rstd
    y = y if weight is None else y * weight
    return (y if bias is None else y + bias), mean, rstd


def _slice_scatter(x, y, dim=0, start=None, end=None, step=1):
    places = torch.arange(x.shape[dim])[start:end:step]
    return x.movedim(dim, 0).index_put((places,), y.movedim(dim, 0)).movedim(0, dim)


def _select_scatter(x, y, dim, index):
    index %= x.shape[dim]
    return _slice_scatter(x, y.unsqueeze(dim), dim, index, index + 1)


def _split(x, sizes, dim=0):
    if isinstance(sizes, int):
        sizes = [min(sizes, x.shape[dim] - i) for i in range(0, x.shape[dim], sizes)]
    ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
    return [aten.slice(x, dim, end - n, end) for n, end in zip(sizes, ends, strict=True)]


def _avg_pool(x, size, stride=(), padding=(0, 0), ceil_mode=False, include=True, divisor=None):
    if ceil_mode or divisor or (not include and any(padding)):
        raise NotImplementedError("avg_pool2d with ceil_mode, a divisor or without its padding")
    size = list(size) * 2 if len(size) == 1 else list(size)
    weight = torch.full((x.shape[1], 1, *size), 1 / (size[0] * size[1]), dtype=x.dtype)
    return aten.convolution(
        x, weight, None, stride or size, padding, [1, 1], False, [0, 0], x.shape[1]
    )


def _topk(x, k, dim=-1, largest=True, sorted=True):
    values, places = x.sort(dim, descending=largest)
    return values.narrow(dim, 0, k), places.narrow(dim, 0, k)


def _extreme(most, place):
    def along(x, dim, keepdim=False):
        return most(x, dim, keepdim), place(x, dim, keepdim)

    return along


def _index_select(x, dim, places):
    return x[(slice(None),) * (dim % max(x.ndim, 1)) + (places.reshape(-1),)]


BY_TORCH = """
    addmm _softmax _log_softmax gelu tanh_backward sigmoid_backward threshold_backward gelu_backward
    t transpose _softmax_backward_data _log_softmax_backward_data native_layer_norm_backward
    embedding_dense_backward nll_loss_forward nll_loss_backward native_batch_norm
    _scaled_dot_product_flash_attention_for_cpu _native_batch_norm_legit_no_training leaky_relu elu
    softplus hardtanh select_backward slice_backward mse_loss mse_loss_backward linalg_vector_norm
    stack native_group_norm upsample_bilinear2d _native_batch_norm_legit
""".split()
TABLE = {
    **core_aten_decompositions(),
    **get_decompositions([getattr(aten, name) for name in BY_TORCH]),
    aten.convolution_backward.default: _conv_backward,
    aten.max_pool2d_with_indices_backward.default: _pool_backward,
    aten.native_layer_norm.default: _layer_norm,
    aten.var_mean.correction: _var_mean,
    aten.var.correction: lambda *given, **named: _var_mean(*given, **named)[0],
    aten.avg_pool2d.default: _avg_pool,
    aten.topk.default: _topk,
    aten.max.dim: _extreme(torch.amax, torch.argmax),
    aten.min.dim: _extreme(torch.amin, torch.argmin),
    aten.split.Tensor: _split,
    aten.split_with_sizes.default: _split,
    aten.slice_scatter.default: _slice_scatter,
    aten.select_scatter.default: _select_scatter,
    aten.index_select.default: _index_select,
    aten.special_entr.default: lambda x: torch.where(x > 0, -x * x.clamp(min=1e-300).log(), 0 * x),
    aten.embedding.default: lambda weight, places, *_, **__: weight[places],
}
