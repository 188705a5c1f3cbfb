"""Where to compute, and in which numbers: CUDA, MPS or CPU."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from notebooklib._extras import needed

with needed("torch"):
    import torch

from notebooklib._tensors import device_of
from notebooklib._validate import instance, optional

VARIABLE = "NOTEBOOKLIB_DEVICE"


@dataclass(frozen=True)
class NumberFormat:
    """The numbers that a device computes with.

    Parameters
    ----------
    weights : torch.dtype
        Type of weights and data.
    autocast : torch.dtype or None
        Type in which matrix products are computed where that is another one.

    Raises
    ------
    ValueError
        If a type is no floating-point type of PyTorch.

    Examples
    --------
    >>> NumberFormat(torch.float32, torch.bfloat16).autocast
    torch.bfloat16
    """

    weights: torch.dtype
    autocast: torch.dtype | None = None

    def __post_init__(self):
        _floating(self.weights, "weights")
        optional(self.autocast, "autocast", _floating)


def pick_device(environ: Mapping[str, str] = os.environ) -> torch.device:
    """Return the device to compute on: CUDA, else MPS, else the CPU.

    Parameters
    ----------
    environ : mapping
        The environment. Its ``NOTEBOOKLIB_DEVICE``, if not empty, decides: ``cpu``, ``mps``,
        ``cuda``, or ``cuda:1`` for the second GPU.

    Returns
    -------
    torch.device
        A device that this machine has.

    Raises
    ------
    ValueError
        If `environ` is no mapping, or ``NOTEBOOKLIB_DEVICE`` names no device, or one that this
        machine lacks.

    Examples
    --------
    >>> pick_device({"NOTEBOOKLIB_DEVICE": "cpu"})
    device(type='cpu')
    """
    environ = instance(environ, "environ", Mapping)
    present = ["cpu"]
    if torch.backends.mps.is_available():
        present.insert(0, "mps")
    if torch.cuda.is_available():
        present = ["cuda", *(f"cuda:{i}" for i in range(torch.cuda.device_count())), *present]
    named = str(environ.get(VARIABLE, "")).strip().lower()
    if named and named not in present:
        listed = ", ".join(repr(name) for name in present)
        raise ValueError(f"{VARIABLE}: this machine has {listed}, got {named!r}")
    return torch.device(named or present[0])


def number_format(device: torch.device | str) -> NumberFormat:
    """Return the numbers to train with on a device.

    float64 on the CPU, where results are shown: a training in it prints the same digits on every
    processor. On CUDA float32 weights and bfloat16 products where the GPU has them; elsewhere
    float32.

    Parameters
    ----------
    device : torch.device or str
        As `pick_device` returns it.

    Returns
    -------
    NumberFormat
        Types of the weights and of the products.

    Raises
    ------
    ValueError
        If `device` is no device.

    Notes
    -----
    Source: Micikevicius et al. (2018), arXiv:1710.03740; bfloat16 needs no loss scaling, see
    Kalamkar et al. (2019), arXiv:1905.12322.

    Examples
    --------
    >>> number_format(torch.device("cpu"))
    NumberFormat(weights=torch.float64, autocast=None)
    """
    device = device_of(device)
    if device.type == "cpu":
        return NumberFormat(torch.float64)
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return NumberFormat(torch.float32, torch.bfloat16)
    return NumberFormat(torch.float32)


def autocast(
    device: torch.device | str, numbers: NumberFormat | None = None
) -> AbstractContextManager:
    """Return the context in which a model's forward pass and loss belong.

    Parameters
    ----------
    device : torch.device or str
        Where the model is.
    numbers : NumberFormat, optional
        Those of `number_format` where none are given.

    Returns
    -------
    context manager
        One that changes nothing where the products are of the weights' type.

    Raises
    ------
    ValueError
        If `device` is no device, or `numbers` no `NumberFormat`.

    Examples
    --------
    >>> with autocast(torch.device("cpu")):
    ...     torch.get_autocast_dtype("cpu"), torch.is_autocast_enabled("cpu")
    (torch.bfloat16, False)
    """
    device = device_of(device)
    numbers = number_format(device) if numbers is None else numbers
    instance(numbers, "numbers", NumberFormat)
    if numbers.autocast is None:
        return nullcontext()
    return torch.autocast(device.type, dtype=numbers.autocast)


def _floating(dtype: torch.dtype, name: str) -> torch.dtype:
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise ValueError(f"{name}: expected a floating-point type of PyTorch, got {dtype!r}")
    return dtype
