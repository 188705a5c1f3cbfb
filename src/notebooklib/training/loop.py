"""The loop: batches, steps, held-out measures, early stopping, checkpoints."""

import math
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from functools import partial
from numbers import Real
from pathlib import Path
from typing import Any, TextIO

import torch
from torch import Tensor, nn

from notebooklib._validate import (
    MOST,
    _came,
    flag,
    function,
    instance,
    nonnegative,
    nonnegative_int,
    optional,
    positive,
    positive_int,
)
from notebooklib.training.batches import seeded
from notebooklib.training.checkpoint import (
    _check_kin,
    _check_place,
    load_checkpoint,
    save_checkpoint,
)


@dataclass
class History:
    """What happened in a training, one entry an epoch; ready for a plot.

    Parameters
    ----------
    loss : list of float
        Mean training loss over the epoch's batches, as they were met.
    held_out : list of float
        What `validate` returned; empty without it.
    gradient_norm : list of float
        Largest gradient norm of the epoch, before clipping.
    learning_rate : list of float
        The learning rate at the epoch's last step.
    best_epoch : int
        Index of the epoch whose weights the model has now.
    stopped_early : bool
        Whether the held-out loss stopped the training.

    Examples
    --------
    >>> History(loss=[0.5, 0.25], best_epoch=1).loss[-1]
    0.25
    """

    loss: list[float] = field(default_factory=list)
    held_out: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    best_epoch: int = -1
    stopped_early: bool = False


def fit(
    model: nn.Module,
    batches: Callable[[int], Iterable],
    loss_fn: Callable[[nn.Module, Any], Tensor],
    optimizer: torch.optim.Optimizer,
    epochs: int,
    *,
    validate: Callable[[nn.Module], float] | None = None,
    patience: int | None = None,
    schedule: Callable[[int], float] | None = None,
    clip: float | None = None,
    autocast: Callable[[], AbstractContextManager] = nullcontext,
    seed: int = 0,
    progress: Callable[[int, int, History], None] | None = None,
    checkpoint: str | Path | None = None,
    resume: bool = False,
) -> History:
    """Train a model: for each batch, move the weights against the gradient of the loss.

    With `validate` the model ends with the weights of the epoch whose held-out loss was least.

    Parameters
    ----------
    model : nn.Module
        Is trained in place.
    batches : callable
        Epoch (0, 1, …) → the epoch's batches; see `minibatches`.
    loss_fn : callable
        Model and batch → the loss, a tensor of one number.
    optimizer : torch.optim.Optimizer
        Holds the model's parameters, all of them or some.
    epochs : int
        Rounds through the batches, those before a resumption included.
    validate : callable, optional
        Model → held-out loss. It is called in evaluation mode, without gradients.
    patience : int, optional
        Stop when the held-out loss has not improved for so many epochs. A loss of NaN improves
        nothing.
    schedule : callable, optional
        Step (0, 1, …) → learning rate ≥ 0; see `warm_cosine`.
    clip : float, optional
        The largest gradient norm; a longer gradient is shortened to it.
    autocast : callable
        Makes the context of the forward pass; see `notebooklib.device.autocast`.
    seed : int
        Of what layers draw (dropout), and `validate`; the caller's own random state is left alone.
    progress : callable, optional
        Is called after each epoch with its number from 1, `epochs` and the history; see
        `ProgressBar`. Silent without it.
    checkpoint : str or Path, optional
        File that is replaced after each epoch.
    resume : bool
        Go on from the checkpoint if there is one. The result is that of a training that was never
        interrupted.

    Returns
    -------
    History
        Losses, gradient norms and learning rates by epoch.

    Raises
    ------
    ValueError
        If a setting is out of range, the optimizer moves weights that are not the model's,
        `patience` is given without `validate`, there is no place for the checkpoint, or the
        checkpoint is damaged, of another model, type of weights or kind of optimizer, of more
        epochs, or was made with `validate` where none is given or without it where one is. The
        model is then as it was. Later: if an epoch has no batches, `loss_fn` gives no tensor of
        one number that depends on the weights, or `schedule` a rate that is no number ≥ 0.
    FloatingPointError
        If a loss or a gradient is not finite; the weights are those before the step.

    Notes
    -----
    Source: Goodfellow, Bengio and Courville, Deep Learning, algorithms 7.1 (early stopping) and
    8.1; clipping by norm: Pascanu, Mikolov and Bengio (2013), arXiv:1211.5063, algorithm 1.

    Examples
    --------
    >>> from notebooklib.training import minibatches
    >>> x = torch.linspace(-1, 1, 32, dtype=torch.float64)[:, None]
    >>> with seeded(0):
    ...     line = nn.Linear(1, 1).double()
    >>> history = fit(
    ...     line,
    ...     minibatches(x, 3 * x + 1, size=8),
    ...     lambda model, batch: ((model(batch[0]) - batch[1]) ** 2).mean(),
    ...     torch.optim.SGD(line.parameters(), lr=0.2),
    ...     epochs=50,
    ... )
    >>> round(line.weight.item(), 3), round(line.bias.item(), 3)
    (3.0, 1.0)
    """
    _check_parts(model, batches, loss_fn, optimizer)
    epochs, seed = positive_int(epochs, "epochs", most=MOST), nonnegative_int(seed, "seed")
    clip = math.inf if clip is None else positive(clip, "clip")
    _check_settings(patience, validate, schedule, autocast, progress, checkpoint, resume)

    history, step, best = History(), 0, None
    if resume and Path(checkpoint).exists():
        history, step, best = _resumed(checkpoint, model, optimizer, epochs, validate)
        history.stopped_early = _is_late(history, patience)

    for epoch in range(len(history.loss), epochs):
        if history.stopped_early:
            break
        losses, norms = [], []
        model.train()
        with seeded(seed, epoch):
            for batch in _of_epoch(batches, epoch):
                _set_rate(optimizer, schedule, step)
                where = f"at step {step} of epoch {epoch}"
                loss, norm = _descend(model, batch, loss_fn, optimizer, clip, autocast, where)
                losses.append(loss)
                norms.append(norm)
                step += 1
        if not losses:
            raise ValueError(f"batches: expected at least one in epoch {epoch}, got none")
        history.loss.append(float(torch.stack(losses).mean()))
        history.gradient_norm.append(float(torch.stack(norms).max()))
        history.learning_rate.append(float(optimizer.param_groups[0]["lr"]))
        if validate is None:
            history.best_epoch = epoch
        else:
            with seeded(seed, epoch), torch.no_grad():
                held_out = _measured(model, validate, "validate")
            if _is_better(held_out, history):
                best, history.best_epoch = deepcopy(model.state_dict()), epoch
            history.held_out.append(held_out)
            history.stopped_early = _is_late(history, patience)
        if checkpoint is not None:
            _save(checkpoint, model, optimizer, best, history, step)
        if progress is not None:
            progress(epoch + 1, epochs, history)
    if best is not None:
        model.load_state_dict(best)
    return history


def _check_parts(model: Any, batches: Any, loss_fn: Any, optimizer: Any) -> None:
    instance(model, "model", nn.Module)
    function(batches, "batches", takes=1)
    function(loss_fn, "loss_fn", takes=2)
    instance(optimizer, "optimizer", torch.optim.Optimizer)
    own = {id(weight) for weight in model.parameters()}
    if not all(id(weight) in own for group in optimizer.param_groups for weight in group["params"]):
        raise ValueError("optimizer: expected one of the model's weights, got one of others")


def _check_settings(
    patience: Any,
    validate: Any,
    schedule: Any,
    autocast: Any,
    progress: Any,
    checkpoint: Any,
    resume: Any,
) -> None:
    settings = (validate, "validate", 1), (schedule, "schedule", 1), (progress, "progress", 3)
    for setting, name, takes in settings:
        optional(setting, name, partial(function, takes=takes))
    function(autocast, "autocast", takes=0)
    if optional(patience, "patience", positive_int) and validate is None:
        raise ValueError("patience: expected validate beside it, got None")
    if flag(resume, "resume") and checkpoint is None:
        raise ValueError("resume: expected a checkpoint to go on from, got None")
    if checkpoint is not None:
        _check_place(checkpoint)


def _save(
    checkpoint: str | Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    best: dict | None,
    history: History,
    step: int,
) -> None:
    state = {"model": model.state_dict(), "best": best, "history": asdict(history), "step": step}
    state |= {"kind": type(optimizer).__name__, "optimizer": optimizer.state_dict()}
    save_checkpoint(checkpoint, state)


def _resumed(
    checkpoint: str | Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    validate: object,
) -> tuple[History, int, dict | None]:
    """Put model and optimizer where the checkpoint left them; return history, step and best."""
    state = load_checkpoint(checkpoint)
    _check_kin(state, model, optimizer)
    history, best = History(**state["history"]), state["best"]
    done = len(history.loss)
    if done > epochs:
        raise ValueError(f"epochs: expected the {done} of the checkpoint or more, got {epochs}")
    if (best is None) != (validate is None):
        kind = "none" if best is None else "one"
        raise ValueError(f"validate: expected {kind}, as in the checkpoint's {done} epochs")
    before = deepcopy(optimizer.state_dict())
    try:
        optimizer.load_state_dict(state["optimizer"])
        _check_averages(optimizer)
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        optimizer.load_state_dict(before)
        raise ValueError(f"checkpoint: expected one of this very model: {error}") from error
    model.load_state_dict(state["model"])
    return history, state["step"], best


def _check_averages(optimizer: torch.optim.Optimizer) -> None:
    for weight, kept in optimizer.state.items():
        for name, average in kept.items():
            if isinstance(average, Tensor) and average.shape not in ((), weight.shape):
                came = f"{tuple(average.shape)}, got weights of shape {tuple(weight.shape)}"
                raise ValueError(f"its {name} has shape {came}")


def _of_epoch(batches: Callable[[int], Iterable], epoch: int) -> Iterable:
    found = batches(epoch)
    if not isinstance(found, Iterable):
        raise ValueError(
            f"batches: expected a list or an iterator for an epoch, got {_came(found)}"
        )
    return found


def _set_rate(
    optimizer: torch.optim.Optimizer, schedule: Callable[[int], float] | None, step: int
) -> None:
    if schedule is not None:
        rate = nonnegative(schedule(step), f"schedule at step {step}")
        for group in optimizer.param_groups:
            group["lr"] = rate


def _descend(
    model: nn.Module,
    batch: Any,
    loss_fn: Callable[[nn.Module, Any], Tensor],
    optimizer: torch.optim.Optimizer,
    clip: float,
    autocast: Callable[[], AbstractContextManager],
    where: str,
) -> tuple[Tensor, Tensor]:
    """Take one step against the gradient of the batch's loss; return the loss and its norm."""
    optimizer.zero_grad()
    with autocast():
        loss = loss_fn(model, batch)
    if not isinstance(loss, Tensor) or loss.numel() != 1 or not loss.requires_grad:
        came = f"shape {tuple(loss.shape)}" if isinstance(loss, Tensor) else _came(loss)
        raise ValueError(
            f"loss_fn: expected a tensor of one number that depends on the weights, got {came}"
        )
    if not torch.isfinite(loss):
        raise FloatingPointError(
            f"the loss became {loss.item()} {where}: try a smaller learning rate, or clip"
        )
    loss.backward()
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    norm = nn.utils.get_total_norm(weight.grad for weight in weights if weight.grad is not None)
    if not torch.isfinite(norm):
        raise FloatingPointError(
            f"the gradient's norm became {norm.item()} {where}, where the loss was {loss.item()}"
        )
    if clip < math.inf:
        nn.utils.clip_grads_with_norm_(weights, clip, norm)
    optimizer.step()
    return loss.detach(), norm


def _is_better(held_out: float, history: History) -> bool:
    """Return whether `held_out` is less than the best so far; any number beats NaN."""
    if not history.held_out:
        return True
    least = history.held_out[history.best_epoch]
    return held_out < least or math.isnan(least) > math.isnan(held_out)


@torch.no_grad()
def evaluate(model: nn.Module, measure: Callable[[nn.Module], float]) -> float:
    """Return a measure of the model in evaluation mode, and leave each layer in its mode.

    Parameters
    ----------
    model : nn.Module
        The model.
    measure : callable
        Model → number.

    Returns
    -------
    float
        The number.

    Raises
    ------
    ValueError
        If `model` is no module, or `measure` no function that gives a number.

    Examples
    --------
    >>> evaluate(nn.Dropout(), lambda model: model(torch.ones(4)).sum())
    4.0
    """
    instance(model, "model", nn.Module)
    return _measured(model, function(measure, "measure", takes=1), "measure")


def _measured(model: nn.Module, measure: Callable[[nn.Module], float], name: str) -> float:
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        measured = measure(model)
    finally:
        for module, training in modes:
            module.training = training
    single = isinstance(measured, Tensor) and measured.numel() == 1 and not measured.is_complex()
    if not single and not isinstance(measured, Real):
        raise ValueError(f"{name}: expected a function that gives a number, got {_came(measured)}")
    return float(measured)


class ProgressBar:
    r"""A line of plain text that shows how far a training is, for `fit(progress=…)`.

    Parameters
    ----------
    stream : text stream, optional
        Where it is written; standard error where none is given.
    width : int
        Characters of the bar, at most 1000.

    Raises
    ------
    ValueError
        If the stream cannot be written to, or `width` is no whole number from 1 to 1000.

    Examples
    --------
    >>> from io import StringIO
    >>> stream = StringIO()
    >>> ProgressBar(stream, width=8)(1, 2, History(loss=[0.5], held_out=[0.625]))
    >>> stream.getvalue()
    '\r[####....] epoch 1/2  loss 0.500  held out 0.625'
    """

    def __init__(self, stream: TextIO | None = None, width: int = 24):
        if stream is not None and not hasattr(stream, "write"):
            raise ValueError(f"stream: expected a stream to write to, got {_came(stream)}")
        self.stream, self.width = stream, positive_int(width, "width", most=1000)
        self._length = 0

    def __call__(self, epoch: int, epochs: int, history: History) -> None:
        """Write the line anew.

        Parameters
        ----------
        epoch, epochs : int
            The epoch that has ended, counted from 1, and how many there will be.
        history : History
            Of one epoch or more.

        Raises
        ------
        ValueError
            If a number is no whole number ≥ 1, or the history is empty.
        """
        epochs = positive_int(epochs, "epochs", most=MOST)
        epoch = positive_int(epoch, "epoch", most=epochs)
        if not instance(history, "history", History).loss:
            raise ValueError("history: expected one epoch or more, got none")
        stream = self.stream or sys.stderr
        done = self.width * epoch // epochs
        line = f"\r[{'#' * done}{'.' * (self.width - done)}] epoch {epoch}/{epochs}"
        line += f"  loss {history.loss[-1]:.3f}"
        if history.held_out:
            line += f"  held out {history.held_out[-1]:.3f}"
        ends = epoch == epochs or history.stopped_early
        stream.write(line.ljust(self._length) + ("\n" if ends else ""))  # covers a longer line
        self._length = 0 if ends else len(line)
        stream.flush()


def _is_late(history: History, patience: int | None) -> bool:
    return patience is not None and len(history.held_out) - 1 - history.best_epoch >= patience
