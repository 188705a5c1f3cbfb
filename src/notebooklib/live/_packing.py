"""What travels: constants as base64, graphs as compressed JSON, and a short name for a graph."""

import base64
import hashlib
import json
import zlib
from typing import Any

from notebooklib._extras import needed

with needed("torch"):
    import torch
    from torch import Tensor

DTYPES = {
    torch.float64: "float64",
    torch.float32: "float32",
    torch.int64: "int64",
    torch.int32: "int32",
    torch.bool: "bool",
}
LARGE = 256  # entries from which float32 may travel as float16


def stored(value: Tensor, weights: str = "float32") -> dict:
    """Return a constant as {"fill": x}, or as base64 of its bytes by their kind."""
    value = value.detach().cpu().contiguous()
    flat = value.reshape(-1)
    if flat.numel() and bool((flat == flat[0]).all()) and not _minus_zeros(flat):
        return {"fill": plain(flat[0].item())}
    if value.dtype == torch.int64 and value.numel() and int(value.abs().max()) >= 2**31:
        raise ValueError("a constant: expected whole numbers below 2³¹, got a larger one")
    if value.dtype == torch.float32 and value.numel() >= LARGE and weights == "float16":
        kind, value = "float16", value.half()
    elif value.dtype == torch.int64:
        kind, value = "int32", value.to(torch.int32)
    elif value.dtype == torch.float64 and value.float().double().equal(value):
        kind, value = "float32", value.float()
    else:
        kind = DTYPES[value.dtype]
        value = value.to(torch.uint8) if value.dtype == torch.bool else value
    return {kind: base64.b64encode(value.numpy().tobytes()).decode()}


def _minus_zeros(flat: Tensor) -> bool:
    return flat.is_floating_point() and bool(((flat == 0) & flat.signbit()).any())


def plain(x: Any) -> Any:
    """Return a number as JSON can hold it: "nan", "inf" and "-inf" as texts."""
    return x if x == x and abs(x) < float("inf") else str(x)


def packed(content: dict) -> bytes:
    """Return what JSON can hold, compressed."""
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)


def digest(graph: dict) -> str:
    """Return eight digits that change with a graph, but not with the weights in it."""
    bare = {k: graph[k] for k in ("inputs", "outputs", "tensors", "nodes")}
    return hashlib.sha256(json.dumps(bare, sort_keys=True).encode()).hexdigest()[:8]
