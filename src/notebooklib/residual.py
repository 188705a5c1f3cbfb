"""Residual networks: blocks that add to what they read, and what their gradients and paths do."""

import math
from collections.abc import Callable

from notebooklib._extras import needed

with needed("torch"):
    import torch
    import torch.nn.functional as F
    from torch import Tensor, nn
    from torch.func import functional_call, vjp, vmap

from notebooklib._tensors import random_source, tensor
from notebooklib._validate import _came, flag, function, instance, positive_int

MOST_WIDTH, MOST_BLOCKS = 4096, 1000


class ResidualBlock(nn.Module):
    """Two weight layers, and a shortcut that adds what they read to what they make of it.

    y = φ(W_s x + F(x)),  F(x) = W₂ φ(W₁ x + b₁) + b₂,  φ = ReLU,  W_s = I where the widths agree

    Parameters
    ----------
    d_in : int
        Width of x.
    d_out : int, optional
        Width of y; `d_in` where none is given. Where they differ, the shortcut is a weight matrix
        of its own, the projection W_s.
    skip : bool
        False gives the plain pair of layers, y = φ(F(x)).
    norm : bool
        Normalise over the batch before each ReLU (batch normalisation by the statistics of the
        batch at hand, in training and after it).
    preactivation : bool
        Normalise and rectify *before* each weight layer instead, y = W_s x + F(x): nothing stands
        on the shortcut.

    Raises
    ------
    ValueError
        If a width is no whole number ≥ 1, or a switch is no truth value.

    Notes
    -----
    Source: He et al. (2016), arXiv:1512.03385, equations 1 and 2; before the weights: He et al.
    (2016), arXiv:1603.05027, figure 4(e).

    Examples
    --------
    >>> block = ResidualBlock(3)
    >>> for weight in block.second.parameters():  # F = 0: what is left is the shortcut
    ...     _ = nn.init.zeros_(weight)
    >>> block(torch.tensor([[1.0, 2.0, 3.0]])).tolist()
    [[1.0, 2.0, 3.0]]
    """

    def __init__(
        self,
        d_in: int,
        d_out: int | None = None,
        *,
        skip: bool = True,
        norm: bool = False,
        preactivation: bool = False,
    ):
        super().__init__()
        d_in = positive_int(d_in, "d_in", most=MOST_WIDTH)
        d_out = d_in if d_out is None else positive_int(d_out, "d_out", most=MOST_WIDTH)
        self.skip = flag(skip, "skip")
        self.preactivation = flag(preactivation, "preactivation")
        self.first, self.second = nn.Linear(d_in, d_out), nn.Linear(d_out, d_out)
        sizes = (d_in, d_out) if preactivation else (d_out, d_out)
        self.norms = nn.ModuleList(_norm(size, flag(norm, "norm")) for size in sizes)
        narrow = d_in == d_out
        self.projection = nn.Identity() if narrow else nn.Linear(d_in, d_out, bias=False)

    def branch(self, x: Tensor) -> Tensor:
        """Return F(x), what the two layers make of x.

        Parameters
        ----------
        x : Tensor, shape (B, d_in)
            The rows.

        Returns
        -------
        Tensor, shape (B, d_out)
            What is to be added.

        Raises
        ------
        ValueError
            If x is no tensor of rows of width d_in.

        Examples
        --------
        >>> ResidualBlock(3, 5).branch(torch.ones(2, 3)).shape
        torch.Size([2, 5])
        """
        _check_rows(x, self.first.in_features)
        if self.preactivation:
            inside = self.first(F.relu(self.norms[0](x)))
            return self.second(F.relu(self.norms[1](inside)))
        return self.norms[1](self.second(F.relu(self.norms[0](self.first(x)))))

    def forward(self, x: Tensor, on: Tensor | float = 1.0) -> Tensor:
        """Return the rows after the block.

        Parameters
        ----------
        x : Tensor, shape (B, d_in)
            The rows.
        on : float or Tensor, shape ()
            A factor on F(x): 0 switches the block off. A plain block that is switched off passes
            on what it read.

        Returns
        -------
        Tensor, shape (B, d_out)
            Shortcut and branch together.

        Raises
        ------
        ValueError
            If x is no tensor of rows of width d_in.

        Examples
        --------
        >>> x = torch.ones(1, 3)
        >>> torch.equal(ResidualBlock(3)(x, on=0), x)
        True
        """
        branch, kept = self.branch(x), self.projection(x)
        if self.skip:
            y = kept + on * branch
        else:
            y = kept + on * (branch - kept)
        return y if self.preactivation else F.relu(y)


class ResidualNet(nn.Module):
    """A layer in, equal blocks, a layer out; weights drawn with He's spread √(2/n), biases 0.

    Parameters
    ----------
    inputs, width, outputs : int
        Numbers read, width of every block, numbers given.
    blocks : int
        Number of blocks L ≥ 1, of two weight layers each.
    skip, norm, preactivation : bool
        As in `ResidualBlock`.
    generator : torch.Generator, optional
        Of the weights; seeded 0 where none is given.

    Raises
    ------
    ValueError
        If a size is no whole number ≥ 1, a switch no truth value, or `generator` no generator.

    Notes
    -----
    Source: He et al. (2016), arXiv:1512.03385, section 3.3, here with weight layers in the place of
    convolutions; the spread: He et al. (2015), arXiv:1502.01852, equation 10.

    Examples
    --------
    >>> net = ResidualNet(64, width=16, outputs=10, blocks=3)
    >>> net(torch.zeros(5, 64)).shape, len(net.blocks)
    (torch.Size([5, 10]), 3)
    """

    def __init__(
        self,
        inputs: int,
        width: int,
        outputs: int,
        blocks: int,
        *,
        skip: bool = True,
        norm: bool = False,
        preactivation: bool = False,
        generator: torch.Generator | None = None,
    ):
        super().__init__()
        inputs = positive_int(inputs, "inputs", most=MOST_WIDTH)
        width = positive_int(width, "width", most=MOST_WIDTH)
        outputs = positive_int(outputs, "outputs", most=MOST_WIDTH)
        blocks = positive_int(blocks, "blocks", most=MOST_BLOCKS)
        kind = {"skip": skip, "norm": norm, "preactivation": preactivation}
        self.blocks = nn.ModuleList(ResidualBlock(width, **kind) for _ in range(blocks))
        self.entry, self.out = nn.Linear(inputs, width), nn.Linear(width, outputs)
        generator = random_source(generator)
        for layer in self.weight_layers():
            spread = math.sqrt(2 / layer.in_features)
            nn.init.normal_(layer.weight, std=spread, generator=generator)
            nn.init.zeros_(layer.bias)

    def weight_layers(self) -> list[nn.Linear]:
        """Return the weight layers from the way in to the way out.

        Returns
        -------
        list of nn.Linear
            2L + 2 of them.

        Examples
        --------
        >>> len(ResidualNet(64, 16, 10, blocks=3).weight_layers())
        8
        """
        inside = [layer for block in self.blocks for layer in (block.first, block.second)]
        return [self.entry, *inside, self.out]

    def states(self, x: Tensor, on: Tensor | None = None) -> list[Tensor]:
        """Return what runs along the net: h₀ before the first block, h_L after the last.

        Parameters
        ----------
        x : Tensor, shape (B, inputs)
            The rows.
        on : Tensor, shape (L,), optional
            A factor for each block, as in `ResidualBlock`; all 1 where none is given.

        Returns
        -------
        list of Tensor, each of shape (B, width)
            L + 1 of them.

        Raises
        ------
        ValueError
            If x is no tensor of rows of the right width, or `on` has not one number a block.

        Examples
        --------
        >>> [tuple(h.shape) for h in ResidualNet(4, 3, 2, blocks=2).states(torch.ones(1, 4))]
        [(1, 3), (1, 3), (1, 3)]
        """
        _check_rows(x, self.entry.in_features)
        on = x.new_ones(len(self.blocks)) if on is None else tensor(on, "on")
        if on.shape != (len(self.blocks),):
            came = f"shape {tuple(on.shape)}"
            raise ValueError(f"on: expected a number for each of {len(self.blocks)}, got {came}")
        states = [F.relu(self.entry(x))]
        for k, block in enumerate(self.blocks):
            states.append(block(states[-1], on[k]))
        return states

    def forward(self, x: Tensor, on: Tensor | None = None) -> Tensor:
        """Return the scores.

        Parameters
        ----------
        x : Tensor, shape (B, inputs)
            The rows.
        on : Tensor, shape (L,), optional
            As in `states`.

        Returns
        -------
        Tensor, shape (B, outputs)
            The scores.

        Raises
        ------
        ValueError
            As in `states`.

        Examples
        --------
        >>> net, x = ResidualNet(4, 3, 2, blocks=2), torch.ones(1, 4)
        >>> torch.equal(net(x, on=torch.zeros(2)), net.out(F.relu(net.entry(x))))
        True
        """
        return self.out(self.states(x, on)[-1])


def gradient_norms(net: ResidualNet, loss: Callable[[ResidualNet], Tensor]) -> Tensor:
    """Return the length ‖∂L/∂W‖ of the gradient of each weight layer, from in to out.

    Parameters
    ----------
    net : ResidualNet
        The net; its weights and their gradients are left as they are.
    loss : callable
        Net → loss, a tensor of one number.

    Returns
    -------
    Tensor, shape (2L + 2,)
        Frobenius norms.

    Raises
    ------
    ValueError
        If `net` is no `ResidualNet` or `loss` no function.

    Examples
    --------
    >>> net = ResidualNet(4, 3, 2, blocks=2)
    >>> gradient_norms(net, lambda net: net(torch.ones(1, 4)).sum()).shape
    torch.Size([6])
    """
    instance(net, "net", ResidualNet)
    weights = [layer.weight for layer in net.weight_layers()]
    value = function(loss, "loss", takes=1)(net)
    return torch.stack([g.norm() for g in torch.autograd.grad(value, weights)])


def path_gradients(net: ResidualNet, x: Tensor, loss: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the gradient of the loss at h₀, split by how many branches its paths went through.

    ∏ₗ (I + Jₗ)ᵀ g = Σₖ (the sum of all products of k of the Jₗᵀ) g,  Jₗ = ∂Fₗ/∂h

    Parameters
    ----------
    net : ResidualNet
        With shortcuts and `preactivation`, so that nothing but the branches stands on a path, and
        without `norm`, which ties the rows of a batch to each other.
    x : Tensor, shape (B, inputs)
        The rows.
    loss : callable
        Scores, shape (B, outputs) → loss, a tensor of one number.

    Returns
    -------
    Tensor, shape (L + 1, B, width)
        Row k: the part of all paths through k of the L branches. They sum to ∂loss/∂h₀.

    Raises
    ------
    ValueError
        If `net` is of another kind, x no tensor of rows of the right width, or `loss` no function.

    Notes
    -----
    Source: the paths are those of Veit, Wilber and Belongie (2016), arXiv:1605.06431, figure 1;
    the split is exact, by the coefficients of ∏ (I + t Jₗ).

    Examples
    --------
    >>> net = ResidualNet(4, 3, 2, blocks=2, preactivation=True)
    >>> path_gradients(net, torch.ones(1, 4), lambda scores: scores.sum()).shape
    torch.Size([3, 1, 3])
    """
    instance(net, "net", ResidualNet)
    clear = net.blocks[0].skip and net.blocks[0].preactivation
    if not clear or isinstance(net.blocks[0].norms[0], nn.BatchNorm1d):
        raise ValueError("net: expected one with skip and preactivation and without norm")
    states = net.states(x)
    function(loss, "loss", takes=1)
    paths = torch.autograd.grad(loss(net.out(states[-1])), states[-1])[0][None]
    for block, h in zip(reversed(net.blocks), reversed(states[:-1]), strict=True):
        back = vjp(block.branch, h.detach())[1]
        through = vmap(lambda g, back=back: back(g)[0])(paths)
        none = torch.zeros_like(paths[:1])
        paths = torch.cat([paths, none]) + torch.cat([none, through])
    return paths.detach()


def random_direction(
    net: nn.Module, *, filters: bool = True, generator: torch.Generator | None = None
) -> dict[str, Tensor]:
    """Return a random direction among all weights, one that a landscape can be cut along.

    Parameters
    ----------
    net : nn.Module
        The net.
    filters : bool
        Give each filter (a row of a weight matrix) the length of the net's own: filter
        normalisation. Otherwise the whole direction has the length of all weights together.
    generator : torch.Generator, optional
        Of the direction; seeded 0 where none is given.

    Returns
    -------
    dict of str to Tensor
        A tensor for each parameter; 0 for biases and the settings of norms.

    Raises
    ------
    ValueError
        If `net` is no module, `filters` no truth value, or `generator` no generator.

    Notes
    -----
    Source: Li et al. (2018), arXiv:1712.09913, section 4.

    Examples
    --------
    >>> net = nn.Linear(4, 2)
    >>> step = random_direction(net)["weight"]
    >>> torch.allclose(step.norm(dim=1), net.weight.norm(dim=1))
    True
    """
    instance(net, "net", nn.Module)
    flag(filters, "filters")
    generator = random_source(generator)
    drawn = {}
    for name, weight in net.named_parameters():
        noise = torch.randn(weight.shape, generator=generator, dtype=weight.dtype)
        drawn[name] = noise if weight.ndim > 1 else torch.zeros_like(noise)
    own = {name: weight.detach() for name, weight in net.named_parameters()}
    if not filters:
        ratio = _length(own) / _length(drawn)
        return {name: ratio * noise for name, noise in drawn.items()}
    for name, noise in drawn.items():
        if noise.ndim > 1:
            rows = noise.flatten(1).norm(dim=1), own[name].flatten(1).norm(dim=1)
            noise.mul_((rows[1] / rows[0]).reshape(-1, *[1] * (noise.ndim - 1)))
    return drawn


def shifted(net: nn.Module, x: Tensor, *steps: tuple[float, dict[str, Tensor]]) -> Tensor:
    """Return what the net would say of x with its weights moved by some steps; none is kept.

    Parameters
    ----------
    net : nn.Module
        The net.
    x : Tensor, shape (B, inputs)
        The rows.
    *steps : tuple
        How far, and along which direction; see `random_direction`.

    Returns
    -------
    Tensor, shape (B, outputs)
        The scores.

    Raises
    ------
    ValueError
        If `net` is no module or a step no pair of a number and a direction.

    Examples
    --------
    >>> net, x = nn.Linear(4, 2), torch.ones(1, 4)
    >>> torch.equal(shifted(net, x, (0.0, random_direction(net))), net(x))
    True
    """
    instance(net, "net", nn.Module)
    weights = dict(net.named_parameters())
    for step in steps:
        if not (isinstance(step, tuple) and len(step) == 2 and isinstance(step[1], dict)):
            raise ValueError(
                f"steps: expected pairs of a number and a direction, got {_came(step)}"
            )
        weights = {name: weight + step[0] * step[1][name] for name, weight in weights.items()}
    return functional_call(net, weights, (x,))


def _length(tensors: dict[str, Tensor]) -> Tensor:
    return torch.cat([part.flatten() for part in tensors.values() if part.ndim > 1]).norm()


def _norm(size: int, norm: bool) -> nn.Module:
    return nn.BatchNorm1d(size, track_running_stats=False) if norm else nn.Identity()


def _check_rows(x: Tensor, width: int) -> None:
    if tensor(x, "x").ndim != 2 or x.shape[1] != width:
        raise ValueError(f"x: expected rows of {width} numbers, got shape {tuple(x.shape)}")
