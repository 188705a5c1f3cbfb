"""One palette, three sizes and the book's drawing helpers, so that a colour means one thing.

Every helper takes the Axes to draw on, and arrays; none computes what it shows.
"""

from notebooklib.figures.geometry import (
    arrow,
    lattice,
    line,
    mapped_square,
    matrix_label,
    matrix_table,
    plane,
    polygon,
)
from notebooklib.figures.style import (
    DATA,
    ERROR,
    FAINT,
    INK,
    PARAMETER,
    PREDICTION,
    SIZES,
    STEP,
    label_at,
    new_figure,
    use_style,
)

__all__ = [
    "DATA",
    "ERROR",
    "FAINT",
    "INK",
    "PARAMETER",
    "PREDICTION",
    "SIZES",
    "STEP",
    "arrow",
    "label_at",
    "lattice",
    "line",
    "mapped_square",
    "matrix_label",
    "matrix_table",
    "new_figure",
    "plane",
    "polygon",
    "use_style",
]
