"""Convolution and the networks built of it (chapter 9).

Axes, as in PyTorch: N images, C channels, H rows from the top, W columns from the left.
"""

from notebooklib._extras import needed

with needed("torch"):
    from notebooklib.convolution.digits import accuracy, load_mnist, read_idx, split_digits
    from notebooklib.convolution.images import rotate, shift, warp
    from notebooklib.convolution.layer import conv2d, cross_correlate, output_size
    from notebooklib.convolution.network import (
        ConvNet,
        SpatialTransformer,
        blur_pool,
        train_classifier,
    )
    from notebooklib.convolution.product import convolve, fft_convolve

__all__ = [
    "ConvNet",
    "SpatialTransformer",
    "accuracy",
    "blur_pool",
    "conv2d",
    "convolve",
    "cross_correlate",
    "fft_convolve",
    "load_mnist",
    "output_size",
    "read_idx",
    "rotate",
    "shift",
    "split_digits",
    "train_classifier",
    "warp",
]
