"""What a convolutional layer computes, in NumPy: windows, and one product of matrices."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from notebooklib._validate import (
    MOST,
    Array,
    _refuse,
    nonnegative_int,
    optional,
    positive_int,
    real_array,
    vector,
    within_float64,
)


def output_size(
    size: int, kernel: int, *, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Return how many places a kernel finds along one axis.

    ⌊(size + 2 padding − dilation (kernel − 1) − 1) / stride⌋ + 1

    Parameters
    ----------
    size : int
        Pixels along the axis.
    kernel : int
        Pixels of the kernel.
    stride : int
        From one place to the next.
    padding : int
        Zeros added at each end.
    dilation : int
        From one pixel of the kernel to the next; 1 leaves no gaps.

    Returns
    -------
    int
        One or more.

    Raises
    ------
    ValueError
        If a number is not whole or too small, or the kernel is longer than the padded axis.

    Notes
    -----
    Source: Dumoulin and Visin (2016), arXiv:1603.07285, relationship 6 and section 5.1.

    Examples
    --------
    >>> output_size(28, 3), output_size(28, 5, stride=2, padding=2)
    (26, 14)
    """
    size, kernel = positive_int(size, "size", most=MOST), positive_int(kernel, "kernel")
    stride, dilation = positive_int(stride, "stride"), positive_int(dilation, "dilation")
    padding = nonnegative_int(padding, "padding", most=MOST)
    spread = dilation * (kernel - 1) + 1
    if spread > size + 2 * padding:
        _refuse("kernel", f"at most {size + 2 * padding} pixels, the padded image", str(spread))
    return (size + 2 * padding - spread) // stride + 1


@within_float64
def conv2d(
    x: ArrayLike,
    w: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    stride: int = 1,
    padding: int | str = 0,
    dilation: int = 1,
) -> Array:
    """Return what a convolutional layer makes of images: each kernel's answer at each place.

    yₖ(i, j) = bₖ + Σ_c Σₘ Σₙ wₖ(c, m, n) x(c, s i + d m, s j + d n), stride s, dilation d: a
    cross-correlation, the kernel is not turned over

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        Images.
    w : array_like, shape (K, C, kernel_h, kernel_w)
        K kernels, each as deep as the images.
    bias : array_like, shape (K,), optional
        Is added to each kernel's answers.
    stride, padding, dilation : int
        As in `output_size`, for both axes. The padding "same" keeps the size: it needs an odd
        kernel and stride 1.

    Returns
    -------
    ndarray, shape (N, K, H', W')
        K feature maps an image.

    Raises
    ------
    ValueError
        If a shape does not fit, a kernel is larger than the padded image, or a number is wrong.

    Notes
    -----
    Source: chapter 9; the same as `torch.nn.functional.conv2d`. The windows are copied side by
    side, so that one product of matrices does all the work (Chellapilla, Puri and Simard, 2006).

    Examples
    --------
    >>> conv2d(np.ones((1, 2, 4, 4)), np.ones((1, 2, 3, 3))).tolist()
    [[[[18.0, 18.0], [18.0, 18.0]]]]
    """
    x, w = real_array(x, "x", ndim=4), real_array(w, "w", ndim=4)
    if w.shape[1] != x.shape[1]:
        _refuse("w", f"kernels of {x.shape[1]} channels, as the images", str(w.shape[1]))
    bias = optional(bias, "bias", lambda value, name: vector(value, name, size=len(w)))
    dilation, stride = positive_int(dilation, "dilation"), positive_int(stride, "stride")
    rows, columns = _paddings(padding, w.shape[2:], stride, dilation)
    steps = dict(stride=stride, dilation=dilation)
    high = output_size(x.shape[2], w.shape[2], padding=rows, **steps)
    wide = output_size(x.shape[3], w.shape[3], padding=columns, **steps)
    if rows or columns:
        x = np.pad(x, ((0, 0), (0, 0), (rows, rows), (columns, columns)))
    y, flat = np.empty((len(x), len(w), high * wide)), w.reshape(len(w), -1)
    windows = np.empty((*w.shape[1:], high, wide))
    for image, answers in zip(x, y, strict=True):  # one at a time: its windows stay in the cache
        for m, n in np.ndindex(w.shape[2:]):  # pixel (m, n) of all windows at once
            seen = image[:, m * dilation :: stride, n * dilation :: stride]
            windows[:, m, n] = seen[:, :high, :wide]
        np.matmul(flat, windows.reshape(flat.shape[1], -1), out=answers)
    y = y.reshape(len(x), len(w), high, wide)
    return y if bias is None else y + bias[:, None, None]


@within_float64
def cross_correlate(image: ArrayLike, kernel: ArrayLike) -> Array:
    """Return the kernel's answer at each place where it lies inside the image.

    B(i, j) = Σₘ Σₙ K(m, n) A(i + m, j + n)

    Parameters
    ----------
    image : array_like, shape (H, W)
        The image A.
    kernel : array_like, shape (kernel_h, kernel_w)
        The kernel K, no larger than the image.

    Returns
    -------
    ndarray, shape (H − kernel_h + 1, W − kernel_w + 1)
        One number for each place.

    Raises
    ------
    ValueError
        If an argument is no table of finite numbers, or the kernel is larger than the image.

    Notes
    -----
    Source: chapter 9; the same as `scipy.signal.correlate2d` with ``mode="valid"``.

    Examples
    --------
    >>> cross_correlate([[0, 0, 9], [0, 0, 9]], [[-1, 1]]).tolist()
    [[0.0, 9.0], [0.0, 9.0]]
    """
    image, kernel = real_array(image, "image", ndim=2), real_array(kernel, "kernel", ndim=2)
    if any(k > n for k, n in zip(kernel.shape, image.shape, strict=True)):
        _refuse("kernel", f"at most the image's {image.shape}", f"shape {kernel.shape}")
    return np.einsum("ijmn,mn->ij", sliding_window_view(image, kernel.shape), kernel)


def _paddings(padding: int | str, kernel: tuple[int, ...], stride: int, dilation: int) -> tuple:
    if isinstance(padding, str):
        if padding != "same":
            _refuse("padding", 'a whole number >= 0 or "same"', repr(padding[:20]))
        if stride != 1:
            _refuse("padding", 'a number where stride is not 1, "same" keeps the size', '"same"')
        if odd := [k for k in kernel if k % 2 == 0]:
            _refuse("w", 'kernels of odd size for padding "same"', str(odd[0]))
        return tuple(dilation * (k - 1) // 2 for k in kernel)
    return (nonnegative_int(padding, "padding", most=MOST),) * 2
