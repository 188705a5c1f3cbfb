"""The network of the notes, pooling that blurs, the spatial transformer, and their training."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from notebooklib._tensors import device_of
from notebooklib._validate import (
    _refuse,
    below_one,
    choice,
    flag,
    instance,
    nonnegative,
    nonnegative_int,
    optional,
    positive,
    positive_int,
    sequence,
    whole,
)
from notebooklib.convolution.digits import Labelled, _check_labels
from notebooklib.convolution.images import _batch, rotate, shift, warp
from notebooklib.device import autocast, number_format
from notebooklib.training import History, fit, minibatches, warm_cosine


def blur_pool(x: Tensor, border: str = "replicate") -> Tensor:
    """Return the largest of each 2×2 window, blurred before every second place is kept.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        Feature maps of 2×2 pixels or more.
    border : {"circular", "replicate"}
        What stands beyond the border: the other side, or the last pixel again.

    Returns
    -------
    Tensor, shape (N, C, ⌈H/2⌉, ⌈W/2⌉)
        The windows move pixel by pixel; the blur's weights are 1, 2, 1 both ways, over 16.

    Raises
    ------
    ValueError
        If `x` is no batch of such maps, or the border's name is unknown.

    Notes
    -----
    Source: Zhang (2019), arXiv:1904.11486, section 3.2, MaxBlurPool.

    Examples
    --------
    >>> blur_pool(torch.ones(1, 3, 8, 8)).shape
    torch.Size([1, 3, 4, 4])
    """
    _batch(x, "x")
    if min(x.shape[2:]) < 2:
        _refuse("x", "maps of 2×2 pixels or more", f"shape {tuple(x.shape)}")
    choice(border, "border", ("circular", "replicate"))
    largest = F.max_pool2d(F.pad(x, (0, 1, 0, 1), mode=border), 2, stride=1)
    padded = F.pad(largest, (1, 1, 1, 1), mode=border)
    return F.avg_pool2d(F.avg_pool2d(padded, 2, stride=1), 2)  # means of two, twice: 1, 2, 1


class _BlurPool(nn.Module):
    def __init__(self, border: str):
        super().__init__()
        self.border = border

    def forward(self, x: Tensor) -> Tensor:
        return blur_pool(x, self.border)


POOLS = ("blur", "max", "mean")


class ConvNet(nn.Module):
    """Two convolutions, a pooling, two convolutions, the mean of each map, a linear layer.

    With the defaults it is the network of the notes, of 260,298 parameters.

    Parameters
    ----------
    channels : sequence of four int
        Kernels of each convolution, 3×3 pixels each, followed by a ReLU.
    in_channels : int
        Channels of the images.
    classes : int
        Scores that it gives.
    padding : int
        Of each convolution, 0 to 2; 1 keeps the size.
    pool : {"max", "mean", "blur"}
        What halves the size in the middle.
    dropout : float
        Probability of dropping one of the means in training.
    circular : bool
        Beyond the border stands the other side of the picture, not zeros.

    Raises
    ------
    ValueError
        If an argument is not of its kind or range.

    Notes
    -----
    Source: the notes' listing in section 9.2. It gives scores, not shares: the softmax belongs to
    the loss. Weights begin as in He et al. (2015), arXiv:1502.01852, equation 10; the notes' are
    half as large (Glorot), from which these small nets learn more slowly.

    Examples
    --------
    >>> net = ConvNet()
    >>> sum(p.numel() for p in net.parameters()), net(torch.zeros(1, 1, 28, 28)).shape
    (260298, torch.Size([1, 10]))
    """

    def __init__(
        self,
        channels: Sequence[int] = (64, 64, 128, 128),
        *,
        in_channels: int = 1,
        classes: int = 10,
        padding: int = 0,
        pool: str = "max",
        dropout: float = 0.5,
        circular: bool = False,
    ):
        super().__init__()
        sizes = [positive_int(in_channels, "in_channels", most=4096)]
        sizes += [
            positive_int(n, "channels", most=4096) for n in sequence(channels, "channels", size=4)
        ]
        padding = whole(padding, "padding", 0, 2)
        mode = "circular" if flag(circular, "circular") else "zeros"
        layers = []
        for into, out in zip(sizes, sizes[1:], strict=False):
            layers += [nn.Conv2d(into, out, 3, padding=padding, padding_mode=mode), nn.ReLU()]
        pools = nn.MaxPool2d(2), nn.AvgPool2d(2), _BlurPool("circular" if circular else "replicate")
        pool = choice(pool, "pool", POOLS)
        layers.insert(4, pools[("max", "mean", "blur").index(pool)])
        self.features = nn.Sequential(*layers)
        self.dropout = nn.Dropout(below_one(dropout, "dropout"))
        self.head = nn.Linear(sizes[-1], positive_int(classes, "classes", most=10**6))
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):  # a spread that a ReLU keeps
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores of each class.

        Parameters
        ----------
        x : Tensor, shape (N, in_channels, H, W)
            Images, of the weights' type.

        Returns
        -------
        Tensor, shape (N, classes)
            Not normalised.

        Raises
        ------
        ValueError
            If `x` is no such batch, or too small for the convolutions.

        Examples
        --------
        >>> ConvNet((2, 2, 2, 2), padding=1)(torch.zeros(3, 1, 8, 8)).shape
        torch.Size([3, 10])
        """
        first = self.features[0]
        _batch(x, "x", first.in_channels)
        least = 2 if first.padding[0] else 14  # the notes' convolutions eat 14 pixels
        if min(x.shape[2:]) < least:
            _refuse("x", f"images of {least}×{least} pixels or more", f"shape {tuple(x.shape)}")
        return self.head(self.dropout(self.features(x).mean(dim=(2, 3))))


class SpatialTransformer(nn.Module):
    """A classifier that first moves its image: it finds θ, then reads the image through it.

    Parameters
    ----------
    classifier : nn.Module
        Images → scores.
    size : int
        Height and width of the images, a multiple of 4.
    turns_only : bool
        θ is a rotation by one angle, rather than any affine map.

    Raises
    ------
    ValueError
        If an argument is not of its kind.

    Notes
    -----
    Source: Jaderberg et al. (2015), arXiv:1506.02025, section 3. θ starts as the identity.

    Examples
    --------
    >>> net = SpatialTransformer(ConvNet((2, 2, 2, 2), padding=1), size=8)
    >>> x = torch.rand(3, 1, 8, 8)
    >>> torch.allclose(net.straighten(x), x, atol=1e-6)  # before any training
    True
    """

    def __init__(self, classifier: nn.Module, size: int, *, turns_only: bool = False):
        super().__init__()
        size = positive_int(size, "size", most=4096)
        if size % 4:
            _refuse("size", "a multiple of 4", str(size))
        self.classifier = instance(classifier, "classifier", nn.Module)
        self.turns_only = flag(turns_only, "turns_only")
        self.locate = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(size * size, 32),
            nn.ReLU(),
            nn.Linear(32, 1 if turns_only else 6),
        )
        nn.init.zeros_(self.locate[-1].weight)
        nn.init.zeros_(self.locate[-1].bias)

    def theta(self, x: Tensor) -> Tensor:
        """Return the map through which each image is read.

        Parameters
        ----------
        x : Tensor, shape (N, 1, H, W)
            Images.

        Returns
        -------
        Tensor, shape (N, 2, 3)
            As in `warp`.

        Raises
        ------
        ValueError
            If `x` is no batch of images of one channel.

        Examples
        --------
        >>> SpatialTransformer(nn.Flatten(), size=8).theta(torch.rand(1, 1, 8, 8)).tolist()
        [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]
        """
        found = 0.2 * self.locate(_batch(x, "x", 1))  # it turns slowly, or it runs away
        if self.turns_only:
            cos, sin, zero = found.cos(), found.sin(), torch.zeros_like(found)
            found = torch.cat([cos, -sin, zero, sin, cos, zero], dim=1)
        else:
            found = found + torch.tensor([1.0, 0, 0, 0, 1, 0]).to(found)
        return found.reshape(-1, 2, 3)

    def straighten(self, x: Tensor) -> Tensor:
        """Return what the classifier is shown.

        Parameters
        ----------
        x : Tensor, shape (N, 1, H, W)
            Images.

        Returns
        -------
        Tensor, shape (N, 1, H, W)
            Each through its own map.

        Raises
        ------
        ValueError
            If `x` is no batch of images of one channel.

        Examples
        --------
        >>> SpatialTransformer(nn.Flatten(), size=8).straighten(torch.rand(5, 1, 8, 8)).shape
        torch.Size([5, 1, 8, 8])
        """
        return warp(x, self.theta(x))

    def forward(self, x: Tensor) -> Tensor:
        """Return the classifier's scores of the moved images.

        Parameters
        ----------
        x : Tensor, shape (N, 1, H, W)
            Images.

        Returns
        -------
        Tensor, shape (N, classes)
            Not normalised.

        Raises
        ------
        ValueError
            If `x` is no batch of images of one channel.

        Examples
        --------
        >>> SpatialTransformer(nn.Flatten(), size=8)(torch.rand(5, 1, 8, 8)).shape
        torch.Size([5, 64])
        """
        return self.classifier(self.straighten(x))


def train_classifier(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epochs: int,
    lr: float = 0.01,
    size: int = 64,
    seed: int = 0,
    shifts: int = 0,
    turns: float = 0.0,
    held_out: Labelled | None = None,
    patience: int | None = None,
    device: torch.device | str = "cpu",
) -> History:
    """Train a network to name what images show: Adam on the cross entropy, a rate that falls.

    While it learns, the kernels stand in memory channel by channel last, which changes the speed
    alone. On a CUDA device they stay so, the images stand so, too, and products are computed in
    bfloat16 where the GPU has them.

    Parameters
    ----------
    net : nn.Module
        Images → scores. It is trained in place, and stays on the device.
    images : Tensor, shape (N, C, H, W)
        Of floating-point numbers; `net` gets their type on the CPU.
    labels : Tensor of int, shape (N,)
        The right classes.
    epochs : int
        Rounds through the images, at most.
    lr : float
        The highest learning rate, reached after a tenth of the steps.
    size : int
        Images in a batch.
    seed : int
        Of the batches, the moves and the dropout.
    shifts : int
        Each time an image is met, it is moved by up to so many pixels both ways.
    turns : float
        Each time an image is met, it is turned by up to so many degrees to either side.
    held_out : pair of Tensor, optional
        Images and labels whose loss is watched; the weights of its best epoch are kept.
    patience : int, optional
        Stop when that loss has not fallen for so many epochs.
    device : torch.device or str
        Where to train.

    Returns
    -------
    History
        Losses by epoch.

    Raises
    ------
    ValueError
        If an argument is not of its kind or range, or `patience` stands without `held_out`.

    Notes
    -----
    Source: the notes' listing in section 9.2, whose rate does not fall and whose early stopping
    keeps the last weights rather than the best.

    Examples
    --------
    >>> x = torch.eye(4, dtype=torch.float64).reshape(4, 1, 2, 2)
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 4))
    >>> history = train_classifier(net, x, torch.arange(4), epochs=40, lr=0.1)
    >>> history.loss[-1] < history.loss[0]
    True
    """
    instance(net, "net", nn.Module)
    labels = _check_labels(labels, _batch(images))
    epochs, size = positive_int(epochs, "epochs", most=10**6), positive_int(size, "size")
    lr, seed = positive(lr, "lr"), nonnegative_int(seed, "seed")
    shifts, turns = nonnegative_int(shifts, "shifts", most=1000), nonnegative(turns, "turns")
    device = device_of(device)
    numbers = number_format(device)
    form = torch.channels_last if device.type == "cuda" else torch.contiguous_format
    dtype = images.dtype if device.type == "cpu" else numbers.weights

    def placed(x: Tensor) -> Tensor:
        return x.to(device, dtype, memory_format=form)

    def loss(net: nn.Module, pair: Labelled) -> Tensor:
        x, y = pair
        if shifts:
            x = shift(x, *torch.randint(-shifts, shifts + 1, (2, len(x)), device=device))
        if turns:
            x = rotate(x, (2 * torch.rand(len(x), device=device, dtype=x.dtype) - 1) * turns)
        return F.cross_entropy(net(x), y)

    def watched(net: nn.Module) -> Tensor:
        with autocast(device, numbers):
            return F.cross_entropy(net(placed(held_out[0])), held_out[1].to(device))

    net.to(device, dtype, memory_format=form)
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d) and layer.in_channels > 1:  # with one it would be slower
            layer.to(memory_format=torch.channels_last)
    if held_out is not None:
        _check_labels(sequence(held_out, "held_out", size=2)[1], _batch(held_out[0], "held_out"))
    steps = epochs * -(-len(images) // size)
    schedule = warm_cosine(lr, steps, steps // 10)
    history = fit(
        net,
        minibatches(placed(images), labels.to(device), size=size, seed=seed),
        loss,
        torch.optim.Adam(net.parameters(), lr=lr, fused=device.type == "cpu" or None),
        epochs,
        validate=watched if held_out is not None else None,
        patience=optional(patience, "patience", positive_int),
        schedule=schedule,
        autocast=lambda: autocast(device, numbers),
        seed=seed,
    )
    net.to(memory_format=form)
    return history
