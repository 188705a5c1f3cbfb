"""Formulas that modules share which may not import each other, each written once."""

from typing import Any

import numpy as np


def half_cosine(done: Any, floor: float = 0.0) -> Any:
    """Return the fall from 1 to `floor` along half a cosine, at the share `done` of the way."""
    return (1 + floor) / 2 + (1 - floor) / 2 * np.cos(np.pi * done)
