"""Handwritten digits to learn from: those of scikit-learn, and MNIST where the reader has it."""

import gzip
import struct
from pathlib import Path
from urllib.error import URLError

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from notebooklib._validate import _refuse, file_path, instance, nonnegative_int, optional
from notebooklib.convolution.images import _batch

Labelled = tuple[Tensor, Tensor]
FILES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


def split_digits(seed: int = 9) -> tuple[Labelled, Labelled, Labelled]:
    """Return the 1797 digits of scikit-learn: 1137 to learn from, 300 to choose by, 360 to test.

    Parameters
    ----------
    seed : int
        Of the order in which they are dealt out. The network's settings were chosen by the
        300 of the default, before its 360 were read.

    Returns
    -------
    tuple of three pairs of Tensor, shapes (N, 1, 8, 8) and (N,)
        Images from 0 (paper) to 1 (ink) in float64, and the digits they show.

    Raises
    ------
    ValueError
        If `seed` is no whole number ≥ 0.

    Notes
    -----
    Source: `sklearn.datasets.load_digits`, from Alpaydin and Kaynak (1998), CC BY 4.0. Digits of
    one writer may stand in all three parts.

    Examples
    --------
    >>> [tuple(x.shape) for x, y in split_digits()]
    [(1137, 1, 8, 8), (300, 1, 8, 8), (360, 1, 8, 8)]
    """
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(nonnegative_int(seed, "seed")).permutation(len(images))
    x = torch.from_numpy(images[order] / 16).reshape(-1, 1, 8, 8)
    parts = x.split([1137, 300, 360]), torch.from_numpy(labels[order]).split([1137, 300, 360])
    return tuple(zip(*parts, strict=True))


@torch.no_grad()
def accuracy(net: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the share of images whose largest score is that of their label; `net` in eval mode.

    Parameters
    ----------
    net : nn.Module
        Images → scores, shape (N, classes).
    images : Tensor, shape (N, C, H, W)
        Of floating-point numbers.
    labels : Tensor of int, shape (N,)
        The right classes.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If `net` is no module, or the shapes do not fit.

    Examples
    --------
    >>> accuracy(nn.Flatten(), torch.eye(3).reshape(3, 1, 1, 3), torch.tensor([0, 1, 1]))
    0.6666666666666666
    """
    instance(net, "net", nn.Module), _batch(images)
    _check_labels(labels, images)
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    scores = torch.cat([net(part) for part in images.split(1000)])
    for module, training in modes:
        module.training = training
    return (scores.argmax(1) == labels).double().mean().item()


def _check_labels(labels: Tensor, images: Tensor) -> Tensor:
    """Return `labels` as int64 if they are whole numbers ≥ 0, one for each image."""
    whole = isinstance(labels, Tensor) and labels.dtype in (torch.int64, torch.int32, torch.uint8)
    if not whole or labels.shape != images.shape[:1]:
        came = f"shape {tuple(labels.shape)}" if whole else type(labels).__name__
        _refuse("labels", f"{len(images)} whole numbers, a label for each image", came)
    if labels.min() < 0:
        _refuse("labels", "numbers 0, 1, …", str(labels.min().item()))
    return labels.long()


def read_idx(path: str | Path) -> NDArray[np.uint8]:
    """Return the array in a file of the IDX format, in which MNIST is handed on.

    Parameters
    ----------
    path : str or Path
        Plain, or packed by gzip.

    Returns
    -------
    ndarray of uint8, shape (...)
        As the file states it.

    Raises
    ------
    ValueError
        If there is no such file, or it is not IDX, or not as long as it says.

    Notes
    -----
    Source: LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist: two zeros, the type (8 for
    bytes), the number of axes; the length of each axis, four bytes, the highest first; the numbers.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1])), file.flush()
    ...     read_idx(file.name).tolist()
    [7, 2, 1]
    """
    path = file_path(path)
    if not path.is_file():
        _refuse("path", "a file in the IDX format", f"{str(path)!r}, where none is")
    content = path.read_bytes()
    try:
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError) as error:
        _refuse("path", "a file in the IDX format", f"a broken gzip file ({error})")
    axes = content[3] if content[:3] == b"\x00\x00\x08" and len(content) > 3 else 0
    if not axes or len(content) < 4 + 4 * axes:
        _refuse("path", "a file in the IDX format, of bytes", f"one that begins {content[:4]!r}")
    shape = struct.unpack(f">{axes}I", content[4 : 4 + 4 * axes])
    numbers = np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * axes)
    if numbers.size != np.prod(shape, dtype=float):
        _refuse("path", f"numbers of shape {shape}", f"{numbers.size:,} of them")
    return numbers.reshape(shape)


def load_mnist(folder: str | Path | None = None) -> tuple[Labelled, Labelled]:
    """Return MNIST: 60,000 digits of 28×28 pixels to learn from, 10,000 to test.

    Parameters
    ----------
    folder : str or Path, optional
        Holds the four IDX files under their own names, packed or not. Where none is given, they
        are fetched from openml.org and kept by scikit-learn.

    Returns
    -------
    tuple of two pairs of Tensor, shapes (N, 1, 28, 28) and (N,)
        Images from 0 to 1 in float32, and the digits they show.

    Raises
    ------
    ValueError
        If a file is missing or damaged.
    ConnectionError
        If openml.org cannot be reached.

    Notes
    -----
    Source: LeCun et al. (1998), doi:10.1109/5.726791.

    Examples
    --------
    >>> load_mnist("no such folder")
    Traceback (most recent call last):
    ValueError: folder: expected train-images-idx3-ubyte, got none of that name in 'no such folder'
    """
    folder = optional(folder, "folder", file_path)
    images, labels = _fetched() if folder is None else _stored(folder)
    pairs = []
    for x, y in zip(images, labels, strict=True):
        if x.ndim != 3 or y.shape != x.shape[:1]:
            _refuse("folder", "as many labels as images", f"shapes {y.shape} and {x.shape}")
        pairs.append((torch.tensor(x[:, None] / np.float32(255)), torch.tensor(y.astype(int))))
    return tuple(pairs)


def _stored(folder: Path) -> tuple[list, list]:
    arrays = []
    for name in FILES:
        ends = ("-ubyte", "-ubyte.gz", ".ubyte")
        found = [folder / (name + end) for end in ends if (folder / (name + end)).is_file()]
        if not found:
            _refuse("folder", f"{name}-ubyte", f"none of that name in {str(folder)!r}")
        arrays.append(read_idx(found[0]))
    return arrays[::2], arrays[1::2]


def _fetched() -> tuple[list, list]:
    from sklearn.datasets import fetch_openml

    try:
        x, y = fetch_openml("mnist_784", return_X_y=True, as_frame=False)
    except (URLError, OSError) as error:
        raise ConnectionError(
            f"MNIST is not on this machine, and openml.org cannot be reached ({error}). Put the "
            "four files of MNIST into a folder and call load_mnist(folder)."
        ) from error
    x, y = x.reshape(-1, 28, 28), y.astype(int)
    return [x[:60000], x[60000:]], [y[:60000], y[60000:]]
