"""Vectors, planes, polygons and matrices: the drawings of plane geometry."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from notebooklib.figures.style import DATA, FAINT, INK, PARAMETER, label_at


def plane(ax: Axes, limit: float = 4, *, ticks: float | None = 2) -> None:
    """Turn `ax` into the coordinate plane from -limit to limit: equal aspect, axes through 0."""
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
    for name, spine in ax.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_position("zero") if name in ("left", "bottom") else None
        spine.set(color="#8A9098", zorder=0.9)
    steps = 0 if ticks is None else int(np.ceil(limit / ticks)) - 1  # the ends stay free
    marks = [k * ticks for k in range(-steps, steps + 1) if k]
    ax.set(xticks=marks, yticks=marks)
    ax.tick_params(length=3, pad=2, labelsize=8, colors="#6B7178")


def lattice(ax: Axes, matrix: ArrayLike, limit: int = 4, *, color: str = DATA) -> None:
    """Draw the images under a 2×2 `matrix` of the grid lines x, y = -limit, …, limit."""
    ends = np.array([[-limit, limit], [-limit, limit]], dtype=float)
    for k in range(-limit, limit + 1):
        for fixed in (0, 1):
            line = ends.copy()
            line[fixed] = k
            ax.plot(*(np.asarray(matrix) @ line), color=color, lw=0.7, alpha=0.55, zorder=1)


def arrow(
    ax: Axes,
    tip: ArrayLike,
    tail: ArrayLike = (0.0, 0.0),
    *,
    color: str = DATA,
    label: str = "",
    dashed: bool = False,
    width: float = 2.2,
) -> None:
    """Draw a vector from `tail` to `tip`, a dot where it has no length, its label past the tip."""
    tip, tail = np.asarray(tip, dtype=float), np.asarray(tail, dtype=float)
    length = float(np.hypot(*(tip - tail)))
    if length < 1e-9:
        ax.plot(*tip, "o", color=color, ms=6, zorder=4)
        away = np.array([0.7, 0.7])
    else:
        away = (tip - tail) / length
        style = {"arrowstyle": "-|>,head_width=0.28,head_length=0.55", "color": color, "lw": width}
        style |= {"shrinkA": 0, "shrinkB": 0, "linestyle": (0, (4, 2)) if dashed else "-"}
        ax.annotate("", tip, tail, arrowprops=style, zorder=4)
    if label:
        label_at(ax, tip, label, color=color, offset=11 * away)


def polygon(ax: Axes, corners: ArrayLike, *, color: str = PARAMETER, alpha: float = 0.25) -> None:
    """Fill the polygon with the given `corners`, shape (n, 2), and draw its outline."""
    corners = np.asarray(corners, dtype=float)
    ax.fill(*corners.T, color=color, alpha=alpha, lw=0, zorder=2)
    ax.plot(*np.vstack([corners, corners[:1]]).T, color=color, lw=1.4, zorder=2.5)


def matrix_table(
    ax: Axes,
    matrix: ArrayLike,
    *,
    row_colors: tuple[str, ...] | None = None,
    column_colors: tuple[str, ...] | None = None,
    augmented: bool = False,
    title: str = "",
) -> None:
    """Write the numbers of a matrix of two rows, coloured by row or by column, in place of a plot.

    `augmented` draws the line before the last column.
    """
    matrix = np.asarray(matrix, dtype=float)
    places = np.linspace(0.15, 0.85, matrix.shape[1])
    for (r, c), value in np.ndenumerate(matrix):
        color = row_colors[r] if row_colors else column_colors[c] if column_colors else INK
        height = 0.62 - 0.24 * r
        ax.text(places[c], height, f"{value:z.4g}", color=color, size=15, ha="center")
    if augmented:
        ax.plot([places[-2:].mean()] * 2, [0.3, 0.78], color=FAINT)
    ax.set(xlim=(0, 1), ylim=(0, 1), title=title)
    ax.axis("off")
