"""Checks at the door for what PyTorch computes with; the others stand in `_validate`."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._extras import needed
from notebooklib._validate import _as_numbers, _came, _refuse

with needed("torch"):
    import torch
    from torch import Tensor


def tensor(value: Tensor, name: str, *, like: Tensor | None = None) -> Tensor:
    """Return `value` if it is a tensor of floating-point numbers, of the type of `like`."""
    if not isinstance(value, Tensor) or not value.is_floating_point():
        _refuse(name, "a tensor of floating-point numbers", _kind(value))
    mixed = like is not None and value.dtype != like.dtype
    if mixed and not torch.is_autocast_enabled(value.device.type):
        _refuse(name, f"{like.dtype}", f"{value.dtype}")
    return value


def tokens(value: Tensor, name: str, size: int | None = None) -> Tensor:
    """Return `value`, rows of token numbers, as int64; all below `size` where it is given.

    Reading their range waits for the device once: a wrong number would stop a GPU for good.
    """
    if not isinstance(value, Tensor) or value.is_floating_point() or value.is_complex():
        _refuse(name, "a tensor of whole numbers", _kind(value))
    if value.dtype == torch.bool:
        _refuse(name, "whole numbers", "booleans")
    if value.ndim != 2 or (size is not None and value.numel() == 0):
        _refuse(name, "rows of tokens, shape (B, T)", f"shape {tuple(value.shape)}")
    value = value.long()
    if size is not None and readable(value):
        low, high = torch.stack(value.aminmax()).tolist()
        if low < 0 or high >= size:
            came = f"{low if low < 0 else high}"
            _refuse(name, f"tokens of the vocabulary, 0 … {size - 1}", came)
    return value


def readable(value: Tensor) -> bool:
    """Return whether numbers can be read now: not in a program that is only being written down."""
    written = torch.compiler.is_compiling() or value.is_meta
    return not written and not (value.is_cuda and torch.cuda.is_current_stream_capturing())


def real_tensor(value: Tensor | ArrayLike, name: str) -> Tensor:
    """Return `value` as a tensor; whole numbers and what came as no tensor become float64."""
    if not isinstance(value, Tensor):  # a list by NumPy: PyTorch would round it to float32
        array = _as_numbers(value, name)
        kept = array.dtype.kind == "f" and array.dtype.itemsize <= 8
        dtype = array.dtype.newbyteorder("=") if kept else np.float64
        value = torch.from_numpy(np.array(array, dtype=dtype, order="C"))
    if value.is_complex() or value.dtype == torch.bool:
        _refuse(name, "real numbers", str(value.dtype))
    return value if value.is_floating_point() else value.double()


def random_source(value: torch.Generator | None, name: str = "generator") -> torch.Generator:
    """Return a generator of the CPU: `value`, or one seeded 0 where it is None."""
    if value is None:
        return torch.Generator().manual_seed(0)
    if not isinstance(value, torch.Generator) or value.device.type != "cpu":
        _refuse(name, "a torch.Generator of the CPU", _came(value))
    return value


def device_of(value: torch.device | str, name: str = "device") -> torch.device:
    """Return `value`, a device or its name, as a device."""
    try:
        if isinstance(value, torch.device | str):
            return torch.device(value)
    except RuntimeError:
        pass
    _refuse(name, "a device such as 'cpu' or 'cuda:0'", _came(value))


def _kind(value: Any) -> str:
    return str(value.dtype) if isinstance(value, Tensor) else _came(value)
