"""Several nets of one shape, trained side by side: the seeds of an experiment in one pass."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from notebooklib._validate import function, instance, positive_int, sequence
from notebooklib.training.batches import minibatches


def fit_together(
    models: Sequence[nn.Module],
    x: Tensor,
    y: Tensor,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: Callable[[list[Tensor]], torch.optim.Optimizer],
    epochs: int,
    *,
    size: int,
    seed: int = 0,
) -> Tensor:
    """Train models of one shape at once, all on the same batches, each by its own loss.

    The result is that of training them one after the other, by an optimizer that treats every
    number by itself, as SGD and Adam do; one pass over several is several times as fast.

    Parameters
    ----------
    models : sequence of nn.Module
        Alike but for their weights; they are trained in place.
    x, y : Tensor, shapes (rows, ...)
        What they read, and what they should say.
    loss_fn : callable
        Prediction and target of a batch → loss, a tensor of one number.
    optimizer : callable
        Weights, a list of one tensor → optimizer: ``lambda w: torch.optim.Adam(w, lr=0.003)``.
    epochs : int
        Rounds through the rows.
    size : int
        Rows in a batch; the last may be smaller.
    seed : int
        Of the shuffling.

    Returns
    -------
    Tensor, shape (models, epochs)
        Mean training loss over the epoch's batches, as they were met. Where a loss is not finite,
        that model is lost; the others go on.

    Raises
    ------
    ValueError
        If there are no models, they are not alike, or a setting is out of range.

    Notes
    -----
    Source: `torch.func.stack_module_state` and `torch.func.vmap`.

    Examples
    --------
    >>> x = torch.linspace(-1, 1, 32)[:, None]
    >>> lines = [nn.Linear(1, 1) for _ in range(3)]
    >>> losses = fit_together(
    ...     lines, x, 3 * x, nn.functional.mse_loss,
    ...     lambda w: torch.optim.SGD(w, lr=0.2), epochs=60, size=8,
    ... )
    >>> losses.shape, [round(line.weight.item(), 2) for line in lines]
    (torch.Size([3, 60]), [3.0, 3.0, 3.0])
    """
    models = [instance(model, "models", nn.Module) for model in sequence(models, "models")]
    function(loss_fn, "loss_fn", takes=2)
    function(optimizer, "optimizer", takes=1)
    epochs, batches = positive_int(epochs, "epochs"), minibatches(x, y, size=size, seed=seed)
    shapes = [{k: v.shape for k, v in model.state_dict().items()} for model in models]
    if not models or any(shape != shapes[0] for shape in shapes):
        raise ValueError(f"models: expected one or more of one shape, got {len(models)}")
    weights, buffers = stack_module_state(models)
    every = torch.cat([weight.detach().flatten() for weight in weights.values()])
    every.grad = torch.zeros_like(every)  # all in one tensor: the optimizer's step is one as well
    sizes = [weight.numel() for weight in weights.values()]
    for name, part, grad in zip(
        [*weights], every.split(sizes), every.grad.split(sizes), strict=True
    ):
        shape = weights[name].shape
        weights[name] = part.view(shape).requires_grad_()
        weights[name].grad = grad.view(shape)
    tied = len([*models[0].named_parameters(remove_duplicate=False)]) > len(weights)

    def one(weights: dict, buffers: dict, x: Tensor, y: Tensor) -> Tensor:
        said = functional_call(models[0], (weights, buffers), (x,), tie_weights=tied)
        return loss_fn(said, y)

    each, chosen = vmap(one, in_dims=(0, 0, None, None)), optimizer([every])
    history = []
    for epoch in range(epochs):
        losses = []
        for batch in batches(epoch):
            every.grad.zero_()
            loss = each(weights, buffers, *batch)
            loss.sum().backward()
            chosen.step()
            losses.append(loss.detach())
        history.append(torch.stack(losses).mean(dim=0))
    with torch.no_grad():
        for k, model in enumerate(models):
            for name, weight in model.named_parameters():
                weight.copy_(weights[name][k])
    return torch.stack(history, dim=1)
