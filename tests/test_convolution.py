"""Convolution against SciPy and PyTorch, pictures against NumPy, training against its promises."""

import gzip
import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal
from torch import nn

from notebooklib import convolution as cv
from notebooklib import training

RNG = np.random.default_rng(0)
sizes = st.lists(st.integers(1, 9), min_size=1, max_size=3)


# ---------------------------------------------------------------------------------- product


@given(sizes, st.data())
def test_both_products_are_scipys(shape, data):
    other = data.draw(st.tuples(*[st.integers(1, 9)] * len(shape)))
    rng = np.random.default_rng(sum(shape))
    a, b = rng.standard_normal(shape), rng.standard_normal(other)
    expected = signal.convolve(a, b, mode="full", method="direct")
    for product in (cv.convolve, cv.fft_convolve):
        np.testing.assert_allclose(product(a, b), expected, rtol=0, atol=1e-12)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=6), st.integers(-3, 3))
def test_convolution_multiplies_polynomials(a, x):
    b = [2, -1, 3]
    c = cv.convolve(a, b)
    value = [np.polynomial.polynomial.polyval(x, p) for p in (a, b, c)]
    assert value[0] * value[1] == value[2]


def test_convolution_commutes_and_associates():
    a, b, c = (RNG.standard_normal(n) for n in (4, 7, 3))
    np.testing.assert_allclose(cv.convolve(a, b), cv.convolve(b, a))
    left, right = cv.convolve(cv.convolve(a, b), c), cv.convolve(a, cv.convolve(b, c))
    np.testing.assert_allclose(left, right, atol=1e-12)


# ------------------------------------------------------------------------------------ layer

SAME = cv.ConvNet((2, 2, 2, 2), padding=1)
LAYERS = list(itertools.product((1, 2, 3), (0, 1, 2), (1, 2), ((3, 3), (1, 1), (2, 3))))


@pytest.mark.parametrize(("stride", "padding", "dilation", "kernel"), LAYERS)
def test_a_layer_is_torchs(stride, padding, dilation, kernel):
    x, w = RNG.standard_normal((2, 3, 9, 8)), RNG.standard_normal((4, 3, *kernel))
    bias = RNG.standard_normal(4)
    how = {"stride": stride, "padding": padding, "dilation": dilation}
    expected = F.conv2d(*map(torch.tensor, (x, w, bias)), **how).numpy()
    got = cv.conv2d(x, w, bias, **how)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)
    high, wide = (cv.output_size(n, k, **how) for n, k in zip(x.shape[2:], kernel, strict=True))
    assert got.shape == (2, 4, high, wide)


def test_a_kernel_may_be_as_large_as_the_image():
    x, w = RNG.standard_normal((1, 2, 3, 4)), RNG.standard_normal((1, 2, 3, 4))
    np.testing.assert_allclose(cv.conv2d(x, w), np.sum(x * w)[None, None, None, None])


@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_same_keeps_the_size(dilation):
    x, w = RNG.standard_normal((1, 2, 7, 9)), RNG.standard_normal((3, 2, 3, 5))
    expected = F.conv2d(torch.tensor(x), torch.tensor(w), padding="same", dilation=dilation)
    got = cv.conv2d(x, w, padding="same", dilation=dilation)
    np.testing.assert_allclose(got, expected.numpy(), rtol=0, atol=1e-12)


def test_cross_correlation_is_scipys():
    A, K = RNG.standard_normal((6, 7)), RNG.standard_normal((3, 2))
    expected = signal.correlate2d(A, K, mode="valid")
    np.testing.assert_allclose(cv.cross_correlate(A, K), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cv.output_size(3, 4), "kernel: expected at most 3 pixels"),
        (lambda: cv.output_size(5, 3, dilation=3), "kernel: expected at most 5 pixels.*got 7"),
        (lambda: cv.output_size(5, 3, stride=0), "stride: expected a whole number >= 1, got 0"),
        (lambda: cv.conv2d(np.ones((1, 1, 3, 9)), np.ones((1, 1, 5, 5))), "kernel: expected at"),
        (lambda: cv.conv2d(np.ones((1, 2, 5, 5)), np.ones((1, 3, 3, 3))), "w: expected kernels of"),
        (
            lambda: cv.conv2d(np.ones((1, 1, 5, 5)), np.ones((1, 1, 2, 3)), padding="same"),
            "w: expected kernels of odd size",
        ),
        (
            lambda: cv.conv2d(
                np.ones((1, 1, 5, 5)), np.ones((1, 1, 3, 3)), padding="same", stride=2
            ),
            "padding: expected a number",
        ),
        (lambda: cv.conv2d(np.ones((1, 1, 5, 5)), np.ones((1, 1, 3, 3)), padding="x"), "padding: "),
        (
            lambda: cv.conv2d(np.ones((1, 1, 5, 5)), np.ones((2, 1, 3, 3)), [1.0]),
            "bias: expected",
        ),
        (lambda: cv.fft_convolve([1e308] * 4, [1.0] * 4), "expected numbers that stay within"),
        (lambda: cv.cross_correlate(np.ones((3, 3)), np.ones((2, 4))), "kernel: expected at most"),
        (lambda: cv.convolve(3.0, [1.0]), "a: expected one axis or more"),
        (lambda: cv.convolve([1.0], [[1.0]]), "b: expected 1 axes"),
        (
            lambda: cv.convolve(np.ones((10_001, 1)), np.ones((1, 10_000))),
            "b: expected at most 100,000,000",
        ),
        (lambda: cv.ConvNet()(torch.zeros(1, 1, 13, 99)), "x: expected images of 14×14"),
        (lambda: SAME(torch.zeros(1, 1, 1, 9)), "x: expected images of 2×2"),
        (lambda: cv.ConvNet()(torch.zeros(1, 3, 28, 28)), "x: expected 1 channel, got 3"),
        (lambda: cv.SpatialTransformer(nn.Flatten(), size=10), "size: expected a multiple of 4"),
        (lambda: cv.blur_pool(torch.zeros(1, 1, 1, 5)), "x: expected maps of 2×2"),
        (
            lambda: cv.warp(torch.zeros(2, 1, 3, 3), torch.zeros(1, 2, 3)),
            r"theta: expected shape \(2, 2, 3\)",
        ),
    ],
)
def test_what_does_not_fit_is_told(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------------------------- pictures


def test_quarter_turns_are_numpys():
    x = torch.rand(2, 3, 6, 6, dtype=torch.float64)
    for k in range(4):
        turned = cv.rotate(x, 90 * k)
        np.testing.assert_allclose(turned, np.rot90(x, k, axes=(2, 3)), atol=1e-12)
    each = cv.rotate(x, torch.tensor([0.0, 90.0]))
    np.testing.assert_allclose(each[1], np.rot90(x[1], 1, axes=(1, 2)), atol=1e-6)


@pytest.mark.parametrize(("right", "down"), list(itertools.product((-7, -2, 0, 1, 3), repeat=2)))
def test_a_shift_is_a_padded_copy(right, down):
    x = torch.rand(2, 3, 5, 6)
    padded = F.pad(x, (9, 9, 9, 9))
    expected = padded[:, :, 9 - down : 14 - down, 9 - right : 15 - right]
    assert torch.equal(cv.shift(x, right, down), expected)
    each = cv.shift(x, torch.tensor([0, right]), torch.tensor([0, down]))
    assert torch.equal(each[0], x[0]) and torch.equal(each[1], expected[1])


def test_warp_has_a_gradient_in_theta():
    x = torch.rand(1, 1, 5, 5, dtype=torch.float64)
    theta = torch.tensor([[[0.9, 0.1, 0.05], [-0.2, 1.1, 0.03]]], dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda t: cv.warp(x, t), theta.requires_grad_())


# ----------------------------------------------------------------------------------- network


def test_blur_pool_is_a_blur_of_a_dense_maximum():
    x = RNG.standard_normal((1, 1, 8, 8))
    wide = np.pad(x[0, 0], ((0, 1), (0, 1)), mode="edge")
    dense = np.lib.stride_tricks.sliding_window_view(wide, (2, 2)).max(axis=(2, 3))
    line = np.array([1, 2, 1]) / 4
    padded = np.pad(dense, 1, mode="edge")
    expected = signal.correlate2d(padded, np.outer(line, line), mode="valid")[::2, ::2]
    np.testing.assert_allclose(cv.blur_pool(torch.tensor(x))[0, 0], expected, atol=1e-12)


@pytest.mark.parametrize("pool", ["max", "mean", "blur"])
def test_a_circular_network_does_not_feel_a_move_by_its_stride(pool):
    with training.seeded(0):
        net = cv.ConvNet((4, 4, 4, 4), padding=1, pool=pool, circular=True).double().eval()
        x = torch.rand(3, 1, 8, 8, dtype=torch.float64)
    scores = net(x)
    assert torch.allclose(net(x.roll((2, 4), (2, 3))), scores, atol=1e-12)
    assert not torch.allclose(net(x.roll(1, 2)), scores, atol=1e-6)


def test_a_transformer_of_turns_only_turns():
    net = cv.SpatialTransformer(nn.Flatten(), size=8, turns_only=True)
    nn.init.ones_(net.locate[-1].bias)
    cos, sin = np.cos(0.2), np.sin(0.2)
    found = net.theta(torch.rand(1, 1, 8, 8))[0].detach()
    np.testing.assert_allclose(found, [[cos, -sin, 0], [sin, cos, 0]], atol=1e-6)


def test_weights_begin_as_he_says():
    net = cv.ConvNet()
    assert net.dropout.p == 0.5
    for layer in (*net.features[2::2], net.head):
        if hasattr(layer, "weight"):
            assert layer.weight.std().item() == pytest.approx(
                np.sqrt(2 / layer.weight[0].numel()), rel=0.1
            )
            assert not layer.bias.any()


def test_pictures_are_moved_both_ways_and_by_all_of_the_range(monkeypatch):
    seen = {"shift": [], "rotate": []}
    for name, moves in seen.items():

        def record(x, *by, moves=moves):
            moves.extend(by)
            return x

        monkeypatch.setattr(f"notebooklib.convolution.network.{name}", record)
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    cv.train_classifier(
        net, torch.rand(99, 1, 2, 2), torch.arange(99) % 2, epochs=2, shifts=1, turns=10
    )
    assert set(torch.cat(seen["shift"]).tolist()) == {-1, 0, 1}
    degrees = torch.cat(seen["rotate"])
    assert -10 <= degrees.min() < -8 and 8 < degrees.max() <= 10


def test_the_network_of_the_notes_has_its_sizes():
    x, seen = torch.zeros(1, 1, 28, 28), []
    for layer in cv.ConvNet().features:
        x = layer(x)
        seen.append(x.shape[-1])
    assert list(dict.fromkeys(seen)) == [26, 24, 12, 10, 8]


def test_training_lowers_the_loss_repeats_itself_and_keeps_the_best():
    (x, y), held_out, _ = cv.split_digits()
    losses = []
    for _ in range(2):
        with training.seeded(0):
            net = cv.ConvNet((4, 4, 8, 8), padding=1, dropout=0.1)
        history = cv.train_classifier(
            net, x[:256], y[:256], epochs=8, held_out=held_out, patience=8, shifts=1, turns=10
        )
        losses.append(history.held_out)
        assert history.loss[-1] < history.loss[0]
    assert losses[0] == losses[1]
    with torch.no_grad():
        now = F.cross_entropy(net.eval()(held_out[0]), held_out[1]).item()
    assert now == pytest.approx(min(losses[0]))


def test_each_digit_keeps_its_label():
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    known = {(image / 16).tobytes(): label for image, label in zip(images, labels, strict=True)}
    for x, y in cv.split_digits():
        assert [known[image.numpy().tobytes()] for image in x] == y.tolist()


def test_accuracy_counts_all_images_without_dropout_and_leaves_the_modes():
    net = nn.Sequential(nn.Flatten(), nn.Dropout(0.9), nn.Identity().eval())
    x = torch.eye(3).repeat(400, 1).reshape(1200, 1, 1, 3)
    y = torch.arange(1200) % 3
    y[1000:] = 0
    assert cv.accuracy(net, x, y) == (y == torch.arange(1200) % 3).double().mean()
    assert [module.training for module in net] == [True, True, False]
    with pytest.raises(ValueError, match="labels: expected numbers 0, 1, …, got -1"):
        cv.accuracy(net, x, y - 1)


@pytest.mark.slow
def test_five_seeds_read_digits():
    """The setting of the page, chosen by the held-out digits: 98.6 % of the test digits."""
    (x, y), held_out, test = cv.split_digits()
    found = []
    for seed in range(5):
        with training.seeded(seed):
            net = cv.ConvNet((16, 16, 32, 32), padding=1, dropout=0.25)
        how = dict(held_out=held_out, patience=10)
        cv.train_classifier(net, x, y, epochs=30, lr=0.01, seed=seed, **how)
        found.append(cv.accuracy(net, *test))
    assert np.mean(found) >= 0.985, found


# ------------------------------------------------------------------------------------- MNIST


def write_idx(path, array, pack=gzip.compress):
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">u4").tobytes()
    path.write_bytes(pack(head + array.tobytes()))


@pytest.fixture
def mnist(tmp_path):
    """Give a folder with a small MNIST, two of its files packed."""
    rng = np.random.default_rng(0)
    for name, shape in (
        ("train-images-idx3-ubyte.gz", (5, 28, 28)),
        ("train-labels-idx1-ubyte", (5,)),
        ("t10k-images-idx3-ubyte", (2, 28, 28)),
        ("t10k-labels-idx1-ubyte.gz", (2,)),
    ):
        numbers = rng.integers(0, 10, shape, dtype=np.uint8)
        write_idx(tmp_path / name, numbers, gzip.compress if name.endswith("gz") else bytes)
    return tmp_path


def test_mnist_is_read_from_a_folder(mnist):
    (x, y), (x_test, y_test) = cv.load_mnist(mnist)
    assert x.shape == (5, 1, 28, 28) and x.dtype == torch.float32 and y.dtype == torch.int64
    raw = cv.read_idx(mnist / "train-images-idx3-ubyte.gz")
    np.testing.assert_allclose(x[:, 0] * 255, raw, rtol=1e-6)
    assert len(x_test) == len(y_test) == 2


def test_a_damaged_mnist_is_told(mnist):
    short = mnist / "train-labels-idx1-ubyte"
    short.write_bytes(short.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"numbers of shape \(5,\), got 4 of them"):
        cv.load_mnist(mnist)
    write_idx(short, np.zeros(3, dtype=np.uint8), bytes)
    with pytest.raises(ValueError, match="as many labels as images"):
        cv.load_mnist(mnist)
    short.write_bytes(gzip.compress(b"x")[:-9])
    with pytest.raises(ValueError, match="broken gzip"):
        cv.load_mnist(mnist)
    short.write_bytes(b"\x00\x00\x0d\x01")
    with pytest.raises(ValueError, match="in the IDX format, of bytes"):
        cv.load_mnist(mnist)


def test_offline_mnist_says_what_to_do(monkeypatch):
    def fails(*args, **kwargs):
        raise OSError("no route")

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fails)
    with pytest.raises(ConnectionError, match=r"no route.*call load_mnist\(folder\)"):
        cv.load_mnist()


def test_mnist_is_fetched_where_there_is_a_network(monkeypatch):
    def fetched(name, **options):
        assert name == "mnist_784"
        labels = np.arange(60001) % 10
        return np.broadcast_to(np.float64(255), (60001, 784)), labels.astype(str)

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetched)
    (x, y), (x_test, y_test) = cv.load_mnist()
    assert x.shape == (60000, 1, 28, 28) and y_test.tolist() == [0] and x_test.max() == 1


def test_training_leaves_the_kernels_where_they_were_in_memory():
    net = cv.ConvNet((2, 2, 2, 2), padding=1)
    cv.train_classifier(net, torch.rand(4, 1, 8, 8), torch.arange(4), epochs=1)
    assert all(kernel.is_contiguous() for kernel in net.parameters())
