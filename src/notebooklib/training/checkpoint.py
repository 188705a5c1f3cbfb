"""Checkpoints: written whole or not at all, and refused where they are damaged."""

import os
import tempfile
import zipfile
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from notebooklib._validate import file_path, instance


def save_checkpoint(path: str | Path, state: dict[str, Any]) -> None:
    """Write a state to a file so that an interruption leaves the old file or the new one, whole.

    The state goes to a new file in the same folder, is forced to the disk, is read back, and only
    then takes the old one's name, in one step of the file system.

    Parameters
    ----------
    path : str or Path
        The file; its folder must exist.
    state : dict
        Tensors, numbers, strings, and dicts, lists and tuples of them.

    Raises
    ------
    ValueError
        If the folder does not exist, the path is a folder, the state is no dict, or it holds
        something that `load_checkpoint` would refuse. The old file is as it was.

    Examples
    --------
    >>> folder = tempfile.TemporaryDirectory()
    >>> save_checkpoint(f"{folder.name}/run.pt", {"step": 3, "weights": torch.ones(2)})
    >>> load_checkpoint(f"{folder.name}/run.pt")
    {'step': 3, 'weights': tensor([1., 1.])}
    >>> folder.cleanup()
    """
    path, state = _check_place(path), instance(state, "state", dict)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(_plain(state), file)
            file.flush()
            os.fsync(file.fileno())
        _check_readable(temporary)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """Read a state that `save_checkpoint` wrote; nothing in the file is run.

    The file's checksums are compared first, so that one flipped bit in it is found.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    dict
        The state, its tensors on the CPU.

    Raises
    ------
    ValueError
        If there is no such file, it is damaged, or reading it would mean running it.

    Examples
    --------
    >>> folder = tempfile.TemporaryDirectory()
    >>> save_checkpoint(f"{folder.name}/run.pt", {"step": 3})
    >>> load_checkpoint(f"{folder.name}/run.pt")
    {'step': 3}
    >>> folder.cleanup()
    """
    path = file_path(path)
    if not path.is_file():
        raise ValueError(f"path: expected a checkpoint, got nothing at {path}")
    try:
        with zipfile.ZipFile(path) as parts:
            if damaged := parts.testzip():  # PyTorch does not compare the checksums
                raise zipfile.BadZipFile(damaged)
        state = torch.load(path, map_location="cpu", weights_only=True)
        return instance(state, "state", dict)
    except Exception as error:  # of many kinds, for the many ways to be no checkpoint
        raise ValueError(
            f"path: expected a checkpoint, got a file that is damaged or holds more than tensors, "
            f"numbers and texts: {path}"
        ) from error


def _check_place(path: str | Path) -> Path:
    path = file_path(path)
    if not path.parent.is_dir() or path.is_dir():
        raise ValueError(f"path: expected a file in an existing folder, got {path}")
    return path


def _check_readable(path: str) -> None:
    try:
        load_checkpoint(path)
    except ValueError as error:
        kinds = "tensors, numbers, texts, and dicts, lists and tuples of them"
        raise ValueError(f"state: expected {kinds}, got what cannot be read back") from error


def _check_kin(state: dict, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Refuse a state that `fit` did not write for this very model and kind of optimizer."""
    parts = {"model", "kind", "optimizer", "best", "history", "step"}
    if state.keys() != parts:
        raise ValueError(f"checkpoint: expected one that fit wrote, with {sorted(parts)}")
    if state["kind"] != (kind := type(optimizer).__name__):
        raise ValueError(f"checkpoint: expected one of {kind}, got one of {state['kind']}")
    for weights in (state["model"], state["best"]):
        if weights is not None and _forms(weights) != _forms(model.state_dict()):
            raise ValueError(
                "checkpoint: expected one of this very model, got weights of other names, shapes "
                "or types"
            )
    _check_history(state["history"], state["step"])


def _check_history(history: Any, step: Any) -> None:
    try:
        done = len(history["loss"])
        lengths = {len(history["gradient_norm"]), len(history["learning_rate"])}
        held_out = len(history["held_out"])
        best = history["best_epoch"]
    except (TypeError, KeyError) as error:
        raise ValueError(f"checkpoint: expected a history, got {type(history).__name__}") from error
    if lengths != {done} or held_out not in (0, done) or best not in range(done):
        raise ValueError(
            f"checkpoint: expected one entry an epoch, got losses of {done} epochs, held-out "
            f"losses of {held_out}, the best in {best!r}"
        )
    if isinstance(step, bool) or not isinstance(step, int) or step < done:
        raise ValueError(f"checkpoint: expected {done} steps or more, got {step!r}")


def _forms(weights: Any) -> dict[str, tuple] | None:
    """Return the shape and the type of each entry of a model's state."""
    if not isinstance(weights, dict):
        return None
    return {
        name: (tuple(entry.shape), entry.dtype) if isinstance(entry, torch.Tensor) else ()
        for name, entry in weights.items()
    }


def _plain(state: Any) -> Any:
    """Turn NumPy's numbers into Python's: a checkpoint with others could not be read."""
    if isinstance(state, dict):
        plain = copy(state)  # of its own kind: a model's state knows its layers' versions
        plain.update((key, _plain(value)) for key, value in state.items())
        return plain
    if type(state) in (list, tuple):
        return type(state)(map(_plain, state))
    return state.item() if isinstance(state, np.generic) else state
