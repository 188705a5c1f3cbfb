"""The errata of chapter 9: what the notes print fails, what the chapter teaches holds."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import signal
from torch import nn

from notebooklib import convolution as cv
from notebooklib import training


def test_e_cv_1_the_fft_needs_padding_and_the_sum_needs_zeros():
    """The notes' sum reads a₃ and b₄, which do not exist; the unpadded FFT goes round."""
    a, b = [1, 2, 3], [4, 5, 6]
    with pytest.raises(IndexError):
        [sum(a[j] * b[i - j] for j in range(i + 1)) for i in range(5)]
    round_about = np.fft.ifft(np.fft.fft(a) * np.fft.fft(b)).real
    np.testing.assert_allclose(round_about, [31, 31, 28])
    padded = np.fft.ifft(np.fft.fft(a, 5) * np.fft.fft(b, 5)).real
    for c in (padded, cv.convolve(a, b), cv.fft_convolve(a, b)):
        np.testing.assert_allclose(c, [4, 13, 28, 27, 18])


def test_e_cv_2_libraries_do_not_turn_the_kernel():
    """The notes' double sum is scipy's convolution; PyTorch's layer is the cross-correlation."""
    rng = np.random.default_rng(0)
    A, K = rng.standard_normal((5, 6)), rng.standard_normal((3, 3))
    sums = np.zeros((7, 8))
    for (i, j), (m, n) in ((ij, mn) for ij in np.ndindex(7, 8) for mn in np.ndindex(3, 3)):
        if 0 <= i - m < 5 and 0 <= j - n < 6:
            sums[i, j] += K[m, n] * A[i - m, j - n]
    np.testing.assert_allclose(sums, signal.convolve2d(A, K, mode="full"))
    np.testing.assert_allclose(sums, cv.convolve(A, K))
    layer = F.conv2d(torch.tensor(A)[None, None], torch.tensor(K)[None, None])[0, 0].numpy()
    np.testing.assert_allclose(layer, signal.correlate2d(A, K, mode="valid"))
    np.testing.assert_allclose(layer, cv.cross_correlate(A, K))
    assert not np.allclose(layer, signal.convolve2d(A, K, mode="valid"))
    np.testing.assert_allclose(layer, signal.convolve2d(A, K[::-1, ::-1], mode="valid"))


def test_e_cv_3_the_last_weights_are_not_the_best():
    """Early stopping by `patience` alone ends two epochs past the best; the loop goes back."""
    (x, y), held_out, _ = cv.split_digits()
    with training.seeded(0):
        net = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    history = cv.train_classifier(
        net, x[:200], y[:200], epochs=60, lr=0.02, held_out=held_out, patience=2
    )
    assert history.stopped_early and history.best_epoch == len(history.held_out) - 3
    with torch.no_grad():
        now = F.cross_entropy(net(held_out[0]), held_out[1]).item()
    assert now == pytest.approx(min(history.held_out)) and now < history.held_out[-1]


def test_e_cv_4_only_the_last_layer_gives_class_scores():
    """One linear layer follows the mean of the maps: it is the output layer, there is no other."""
    linear = [layer for layer in cv.ConvNet().modules() if isinstance(layer, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linear] == [(128, 10)]


def test_e_cv_5_pooling_has_no_parameters():
    """The notes' network has 260,298 with and without it; a flattened layer would feel it."""

    def count(net):
        return sum(p.numel() for p in net.parameters())

    net = cv.ConvNet()
    assert count(net) == 260_298
    del net.features[4]
    assert count(net) == 260_298 and net.features(torch.zeros(1, 1, 28, 28)).shape[-1] == 20
    assert 128 * 20 * 20 * 10 / (128 * 8 * 8 * 10) == 6.25  # weights of a dense layer on the maps


def test_e_cv_6_pooling_tolerates_neither_a_pixel_nor_a_turn():
    """A 2×2 maximum changes under one pixel and under a quarter turn, which it only carries on."""
    x = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    pooled = F.max_pool2d(x, 2)
    assert not torch.equal(F.max_pool2d(cv.shift(x, 1, 0), 2), pooled)
    turned = F.max_pool2d(torch.rot90(x, 1, (2, 3)), 2)
    assert not torch.equal(turned, pooled)
    assert torch.equal(turned, torch.rot90(pooled, 1, (2, 3)))
    theta = torch.tensor([[[0.0, -1, 0], [1, 0, 0]]])  # what a spatial transformer may choose
    assert torch.allclose(cv.warp(cv.warp(x, theta), theta), torch.rot90(x, 2, (2, 3)), atol=1e-6)
