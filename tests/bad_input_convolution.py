"""A right call of each public function of chapter 9."""

import tempfile

import numpy as np
import torch
from bad_input_torch import DEVICE, MODULE, PATH, floats, maybe, nothings
from bad_values import (
    ARRAY,
    BELOW_ONE,
    COUNT,
    FLAG,
    MATRIX,
    NONNEGATIVE,
    POSITIVE,
    SIZE,
    VECTOR,
    Kind,
    array,
    door,
    name,
    things,
    whole,
)
from torch import nn

from notebooklib import convolution as cv
from notebooklib import training

MODULES = [cv]
PICTURES = torch.rand(2, 1, 4, 4)
BATCH = Kind(
    lambda right: (
        floats("float16").bad(right)
        | {"a dimension less": right[0], "a dimension more": right[None], "empty": right[:0]}
    ),
    admits=lambda value: isinstance(value, torch.Tensor),
)
GRAY = Kind(lambda right: BATCH.bad(right) | {"two channels": right.expand(-1, 2, -1, -1)})
LABELS = Kind(
    lambda right: (
        nothings()
        | {"floats": right.double(), "few": right[:1], "negative": -right - 1, "rows": right[None]}
    ),
    lambda right: {"int32": right.int(), "uint8": right.to(torch.uint8)},
)
PIXELS = Kind(
    lambda right: (
        nothings("number")
        | {"floats": torch.ones(2), "three": torch.tensor([1, 2, 3]), "far": 2**40}
        | {"truth": torch.tensor([True, False])}
    ),
    lambda right: {"tensor": torch.tensor(right), "each": torch.tensor([right, right])},
)
ANGLES = Kind(
    lambda right: (
        nothings("number", "float", "array", "list", "set")
        | {"three": [1.0, 2.0, 3.0], "nan": float("nan"), "text": "left"}
    ),
    lambda right: {"each": [right, right], "array": np.array([right, right])},
)
PADDING = Kind(lambda right: SIZE.bad(0) | {"another": "valid"})
STEPS = {"stride": (COUNT, 1), "dilation": (COUNT, 1)}
SCORES = {"images": (BATCH, PICTURES), "labels": (LABELS, torch.tensor([3, 1]))}
HELD_OUT = Kind(
    lambda right: nothings("None", "list") | {"one": [PICTURES], "numbers": [1, 2]},
    admits=lambda value: value is None,
)


def net():
    with training.seeded(0):
        return nn.Sequential(nn.Flatten(), nn.Linear(16, 10))


FLAT = net()
SMALL = cv.ConvNet((2, 2, 2, 2), padding=1).eval()
MOVES = cv.SpatialTransformer(nn.Flatten(), size=4).eval()


def read(path):
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes([0, 0, 8, 1, 0, 0, 0, 1, 7])), file.flush()
        return cv.read_idx(file.name if isinstance(path, str) and path == "x" else path)


def loaded(folder):
    return None if folder is None else cv.load_mnist(folder)


DOORS = [
    door(cv.convolve, a=(ARRAY, [1.0, 2.0]), b=(ARRAY, [3.0, 4.0])),
    door(cv.fft_convolve, a=(ARRAY, [1.0, 2.0]), b=(ARRAY, [3.0, 4.0])),
    door(
        cv.output_size,
        size=(whole(1, 10**8), 9),
        kernel=(COUNT, 3),
        padding=(whole(0, 10**8), 1),
        **STEPS,
    ),
    door(
        cv.conv2d,
        x=(array(4), np.ones((1, 1, 3, 3))),
        w=(array(4), np.ones((2, 1, 1, 1))),
        bias=(
            Kind(
                lambda right: {k: v for k, v in VECTOR.bad(right).items() if v is not None},
                VECTOR.unusual,
            ),
            [1.0, 2.0],
        ),
        padding=(PADDING, 0),
        **STEPS,
    ),
    door(cv.cross_correlate, image=(MATRIX, np.ones((3, 3))), kernel=(MATRIX, [[1.0, 2.0]])),
    door(cv.warp, images=(BATCH, PICTURES), theta=(floats(), torch.ones(2, 2, 3))),
    door(cv.rotate, images=(BATCH, PICTURES), degrees=(ANGLES, 30.0)),
    door(cv.shift, images=(BATCH, PICTURES), right=(PIXELS, 1), down=(PIXELS, -1)),
    door(cv.split_digits, seed=(SIZE, 0)),
    door(cv.accuracy, net=(MODULE, FLAT), **SCORES),
    door(read, of=cv.read_idx, path=(PATH, "x")),
    door(loaded, of=cv.load_mnist, folder=(maybe(PATH), None)),
    door(cv.blur_pool, x=(BATCH, PICTURES), border=(name(), "circular")),
    door(
        lambda **given: repr(cv.ConvNet(**given)),
        of=cv.ConvNet,
        channels=(things(whole(1, 4096)), [2, 2, 2, 2]),
        in_channels=(whole(1, 4096), 1),
        classes=(whole(1, 10**6), 10),
        padding=(whole(0, 2), 1),
        pool=(name(), "max"),
        dropout=(BELOW_ONE, 0.5),
        circular=(FLAG, False),
    ),
    door(SMALL, of=cv.ConvNet.forward, x=(GRAY, PICTURES)),
    door(
        lambda **given: repr(cv.SpatialTransformer(**given)),
        of=cv.SpatialTransformer,
        classifier=(MODULE, nn.Flatten()),
        size=(whole(1, 4096), 8),
        turns_only=(FLAG, False),
    ),
    door(MOVES.theta, of=cv.SpatialTransformer.theta, x=(GRAY, PICTURES)),
    door(MOVES.straighten, of=cv.SpatialTransformer.straighten, x=(GRAY, PICTURES)),
    door(MOVES, of=cv.SpatialTransformer.forward, x=(GRAY, PICTURES)),
    door(
        cv.train_classifier,
        changes=("net",),
        net=(MODULE, FLAT),
        **SCORES,
        epochs=(whole(1, 10**6), 1),
        lr=(POSITIVE, 0.5),
        size=(COUNT, 2),
        seed=(SIZE, 0),
        shifts=(whole(0, 1000), 0),
        turns=(NONNEGATIVE, 0),
        held_out=(HELD_OUT, None),
        patience=(maybe(whole()), None),
        device=(DEVICE, "cpu"),
    ),
]
