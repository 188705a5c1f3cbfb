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


def _var_mean(x, dim=None, *, correction=1, keepdim=False):
    dims = list(range(x.ndim)) if dim is None else list(dim)
    mean = x.mean(dims, keepdim=True)
    count = torch.Size([x.shape[d] for d in dims]).numel() - (
        1 if correction is None else correction
    )
    var = (x - mean).square().sum(dims, keepdim=True) / count
    return (var, mean) if keepdim else (var.squeeze(dims), mean.squeeze(dims))


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


BY_TORCH = """
    addmm _softmax _log_softmax gelu native_batch_norm _native_batch_norm_legit_no_training
    leaky_relu elu hardtanh linalg_vector_norm native_group_norm upsample_bilinear2d
    _native_batch_norm_legit max_pool2d_with_indices_backward native_layer_norm slice_scatter
    index_select embedding
""".split()
TABLE = {
    **core_aten_decompositions(),
    **get_decompositions([getattr(aten, name) for name in BY_TORCH]),
    aten.convolution_backward.default: _conv_backward,
    aten.var_mean.correction: _var_mean,
    aten.var.correction: lambda *given, **named: _var_mean(*given, **named)[0],
    aten.avg_pool2d.default: _avg_pool,
    aten.topk.default: _topk,
    aten.max.dim: _extreme(torch.amax, torch.argmax),
    aten.min.dim: _extreme(torch.amin, torch.argmin),
    aten.split.Tensor: _split,
    aten.split_with_sizes.default: _split,
}
