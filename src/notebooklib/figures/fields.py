"""Fields over a plane: heat maps, contours, decision regions."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from notebooklib.figures.style import FAINT, STEP

FAR = 20  # spans of an axis: beyond this many outside the picture a point is drawn nearer


def contours(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    height: ArrayLike,
    levels: Sequence[float],
    *,
    color: str = FAINT,
) -> None:
    """Draw a landscape as a map: one line for each level of `height`, no ticks.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The map ends where the grid ends.
    x, y, height : array_like, shape (rows, columns)
        A grid, as `numpy.meshgrid` makes it, and the height at each of its points.
    levels : sequence of float
        The heights of the lines, ascending; ``[0]`` draws a boundary.
    color : str
        Of all lines.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> _, ax = new_figure("square")
    >>> x, y = np.meshgrid([-1, 0, 1], [-2, 0, 2])
    >>> contours(ax, x, y, x**2 + y**2, [1, 4])
    >>> [float(end) for end in ax.get_xlim() + ax.get_ylim()]
    [-1.0, 1.0, -2.0, 2.0]
    """
    ax.contour(x, y, height, levels, colors=color, linewidths=1, linestyles="solid")
    _frame(ax, x, y)


def signed_field(
    ax: Axes, x: ArrayLike, y: ArrayLike, values: ArrayLike, levels: Sequence[float]
) -> None:
    """Fill a map of `values`: red above zero, blue below, white between ±the first level.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The map ends where the grid ends.
    x, y, values : array_like, shape (rows, columns)
        A grid, as `numpy.meshgrid` makes it, and the value at each of its points.
    levels : sequence of float
        Positive and ascending: where the shade changes, on both sides of zero alike. The last
        one has the full colour.

    Raises
    ------
    ValueError
        If the levels are not positive and ascending.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> _, ax = new_figure("square")
    >>> x, y = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    >>> signed_field(ax, x, y, x * y, [0.1, 0.5, 1])
    >>> ax.collections[0].levels[:3].tolist()
    [-1.0, -0.5, -0.1]
    """
    up = np.asarray(levels, dtype=float)
    if not (up[:1] > 0).all() or not (np.diff(up) > 0).all() or not up.size:
        raise ValueError(f"levels: expected positive and ascending numbers, got {levels!r}")
    steps = [*-up[::-1], *up]
    ax.contourf(x, y, values, steps, cmap="RdBu_r", vmin=-up[-1], vmax=up[-1], extend="both")
    _frame(ax, x, y)


def trajectory(
    ax: Axes, path: ArrayLike, *, color: str = STEP, marker: str = "o", end_only: bool = False
) -> None:
    """Draw a walk over a map that is already there: its line, and a marker at every point.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its limits stay. Points far outside them are drawn nearer, so that a walk which flies
        out can be drawn at all.
    path : array_like, shape (steps + 1, 2)
        The points passed, the start first.
    color, marker : str
        Of the line and its points.
    end_only : bool
        Mark only the last point, larger.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> _, ax = new_figure("square")
    >>> trajectory(ax, [(4, 1), (2, 0.5), (1, 0.25)])
    >>> ax.lines[0].get_xdata().tolist()
    [4.0, 2.0, 1.0]
    """
    path = np.asarray(path, dtype=float)
    xlim, ylim = ax.get_xlim(), ax.get_ylim()
    low, high = np.array([xlim, ylim]).T
    reach = FAR * (high - low)
    path = np.clip(path[np.isfinite(path).all(axis=1)], low - reach, high + reach)
    if end_only:
        ax.plot(*path.T, color=color, lw=1.1)
        ax.plot(*path[-1], marker, color=color, ms=6)
    else:
        ax.plot(*path.T, f"{marker}-", color=color, lw=1.1, ms=3)
    ax.set(xlim=xlim, ylim=ylim)


def _frame(ax: Axes, x: ArrayLike, y: ArrayLike) -> None:
    ax.set(xlim=(np.min(x), np.max(x)), ylim=(np.min(y), np.max(y)), xticks=[], yticks=[])
