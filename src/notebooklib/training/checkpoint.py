"""Checkpoints: written whole or not at all, and refused where they are damaged."""

import os
import tempfile
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch


def save_checkpoint(path: str | Path, state: dict[str, Any]) -> None:
    """Write a state to a file so that an interruption leaves the old file or the new one, whole.

    The state goes to a new file in the same folder, is forced to the disk, and then takes the old
    one's name, in one step of the file system.

    Parameters
    ----------
    path : str or Path
        The file; its folder must exist.
    state : dict
        Tensors, numbers, strings, and dicts, lists and tuples of them.

    Raises
    ------
    ValueError
        If the folder does not exist, or the path is a folder.
    """
    path = _check_place(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(_plain(state), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """Read a state that `save_checkpoint` wrote; nothing in the file is run.

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
    """
    if not Path(path).is_file():
        raise ValueError(f"path: expected a checkpoint, got nothing at {path}")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # of many kinds, for the many ways to be no checkpoint
        raise ValueError(
            f"path: expected a checkpoint, got a file that is damaged or holds more than tensors, "
            f"numbers and texts: {path}"
        ) from error


def _check_place(path: str | Path) -> Path:
    path = Path(path)
    if not path.parent.is_dir() or path.is_dir():
        raise ValueError(f"path: expected a file in an existing folder, got {path}")
    return path


def _check_kin(state: Any, optimizer: torch.optim.Optimizer) -> None:
    parts = {"model", "optimizer", "best", "history", "step"}
    if not isinstance(state, dict) or state.keys() != parts:
        raise ValueError(f"checkpoint: expected one that fit wrote, with {sorted(parts)}")
    kept = set(state["optimizer"]["param_groups"][0])
    settings = set(optimizer.param_groups[0])
    if kept != settings:
        raise ValueError(
            f"checkpoint: expected one of {type(optimizer).__name__}, got one of an optimizer "
            f"that differs in {sorted(kept ^ settings)}"
        )


def _plain(state: Any) -> Any:
    """Turn NumPy's numbers into Python's: a checkpoint with others could not be read."""
    if isinstance(state, dict):
        plain = copy(state)  # of its own kind: a model's state knows its layers' versions
        plain.update((key, _plain(value)) for key, value in state.items())
        return plain
    if type(state) in (list, tuple):
        return type(state)(map(_plain, state))
    return state.item() if isinstance(state, np.generic) else state
