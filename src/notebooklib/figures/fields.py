"""Fields over a plane: heat maps, contours, decision regions."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from notebooklib._validate import choice, positive
from notebooklib.figures import _doors
from notebooklib.figures._doors import checked
from notebooklib.figures.style import FAINT, ON_DARK, ON_LIGHT, STEP

FAR = 20  # spans of an axis: beyond this many outside the picture a point is drawn nearer


@checked(height=_doors.table)
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

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, a number is not finite, the three
        tables differ in shape, or the levels do not ascend.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> _, ax = new_figure("square")
    >>> x, y = np.meshgrid([-1, 0, 1], [-2, 0, 2])
    >>> contours(ax, x, y, x**2 + y**2, [1, 4])
    >>> [float(end) for end in ax.get_xlim() + ax.get_ylim()]
    [-1.0, 1.0, -2.0, 2.0]
    """
    _check_grid(x, y, height, "height")
    if not (np.diff(levels) > 0).all():
        raise ValueError(f"levels: expected ascending numbers, got {levels.tolist()}")
    ax.contour(x, y, height, levels, colors=color, linewidths=1, linestyles="solid")
    _frame(ax, x, y)


@checked(values=_doors.table)
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
        If the levels are not positive and ascending, the three tables differ in shape, or an
        argument is not of its kind.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> _, ax = new_figure("square")
    >>> x, y = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    >>> signed_field(ax, x, y, x * y, [0.1, 0.5, 1])
    >>> ax.collections[0].levels[:3].tolist()
    [-1.0, -0.5, -0.1]
    """
    _check_grid(x, y, values, "values")
    if levels[0] <= 0 or not (np.diff(levels) > 0).all():
        raise ValueError(f"levels: expected positive and ascending numbers, got {levels.tolist()}")
    steps, last = [*-levels[::-1], *levels], levels[-1]
    ax.contourf(x, y, values, steps, cmap="RdBu_r", vmin=-last, vmax=last, extend="both")
    _frame(ax, x, y)


@checked(path=_doors.path)
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
        The points passed, the start first. Those that are not finite are left out.
    color, marker : str
        Of the line and its points.
    end_only : bool
        Mark only the last point, larger.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, or no point of `path` is finite.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> _, ax = new_figure("square")
    >>> trajectory(ax, [(4, 1), (2, 0.5), (1, 0.25)])
    >>> ax.lines[0].get_xdata().tolist()
    [4.0, 2.0, 1.0]
    """
    path = path[np.isfinite(path).all(axis=1)]
    if not len(path):
        raise ValueError("path: expected a finite point, got none")
    xlim, ylim = ax.get_xlim(), ax.get_ylim()
    low, high = np.array([xlim, ylim]).T
    reach = FAR * (high - low)
    path = np.clip(path, low - reach, high + reach)
    if end_only:
        ax.plot(*path.T, color=color, lw=1.1)
        ax.plot(*path[-1], marker, color=color, ms=6)
    else:
        ax.plot(*path.T, f"{marker}-", color=color, lw=1.1, ms=3)
    ax.set(xlim=xlim, ylim=ylim)


def _check_grid(x: np.ndarray, y: np.ndarray, values: np.ndarray, name: str) -> None:
    if not x.shape == y.shape == values.shape or min(x.shape) < 2:
        raise ValueError(
            f"{name}: expected a number at each point of a grid of 2 × 2 or more, "
            f"got shapes {x.shape}, {y.shape} and {values.shape}"
        )
    if not (np.ptp(x) and np.ptp(y)):
        raise ValueError("x and y: expected a grid that spans an area, got one of no width")


def _frame(ax: Axes, x: ArrayLike, y: ArrayLike) -> None:
    ax.set(xlim=(np.min(x), np.max(x)), ylim=(np.min(y), np.max(y)), xticks=[], yticks=[])


VECTOR_CELLS = 300  # a heat map of more cells than this is stored as a picture, not as shapes


@checked(values=_doors.gappy_table)
def heat_map(
    ax: Axes,
    values: ArrayLike,
    *,
    rows: Sequence | None = None,
    columns: Sequence | None = None,
    signed: bool = False,
    limit: float | None = None,
    numbers: str | Sequence[Sequence[str]] = "",
    size: float = 9.0,
    aspect: str = "equal",
) -> None:
    """Colour a table of values, row 0 on top, cell (r, c) around the point x = c, y = r.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    values : array_like, shape (m, n)
        A NaN leaves its cell empty.
    rows, columns : sequence, optional
        The labels at the left and below; no ticks where left out. An empty label is no tick.
    signed : bool
        Signs: blue below 0, white at 0, red above. Otherwise magnitudes: viridis from 0 up.
    limit : float, optional
        The value of the last colour; the largest magnitude in `values` where left out.
    numbers : str or rows of str
        How the value of a cell is written in it, such as ``"{:.2f}"``, or the texts themselves;
        nothing is written where it is empty. The ink suits the cell, on a dark page too.
    size : float
        Of the numbers, in points.
    aspect : {"equal", "auto"}
        Square cells, or cells that fill the Axes.

    Raises
    ------
    ValueError
        If `values` is no table, labels or texts do not fit it, a number is infinite, or an
        argument is not of its kind.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure("square")
    >>> heat_map(ax, [[0.9, 0.1], [0.5, 0.5]], rows=["a", "b"], numbers="{:.1f}")
    >>> [text.get_text() for text in ax.texts]
    ['0.9', '0.1', '0.5', '0.5']
    """
    choice(aspect, "aspect", ("equal", "auto"))
    if np.isinf(values).any():
        raise ValueError("values: expected finite numbers or NaN, got inf")
    (m, n), empty = values.shape, np.isnan(values)
    for name, labels, count in (("rows", rows, m), ("columns", columns, n)):
        if labels is not None and len(labels) != count:
            raise ValueError(f"{name}: expected {count} labels, got {len(labels)}")
    if limit is None:
        limit = float(np.abs(values[~empty]).max(initial=0.0)) or 1.0
    cells = ax.pcolormesh(
        np.arange(n + 1) - 0.5,
        np.arange(m + 1) - 0.5,
        np.ma.masked_where(empty, values),
        cmap="RdBu_r" if signed else "viridis",
        vmin=-limit if signed else 0,
        vmax=limit,
        edgecolors="face",  # no seams between neighbours, on a dark page
        linewidth=1,
        rasterized=values.size > VECTOR_CELLS,
    )
    ax.set(xlim=(-0.5, n - 0.5), ylim=(m - 0.5, -0.5), aspect=aspect)
    for axis, labels in ((ax.xaxis, columns), (ax.yaxis, rows)):
        named = [(k, str(label)) for k, label in enumerate(labels or []) if str(label)]
        axis.set_ticks([k for k, _ in named], [label for _, label in named])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if isinstance(numbers, str):
        written = [[_doors.written(numbers, value, "numbers") for value in row] for row in values]
    else:
        rows_of = _doors.listed(numbers, "numbers")
        written = [list(map(str, _doors.listed(row, "numbers"))) for row in rows_of]
        if [len(row) for row in written] != [n] * m:
            raise ValueError(f"numbers: expected {m} rows of {n} texts, got {written}")
    for (r, c), value in np.ndenumerate(values):
        if written[r][c] and not empty[r, c]:
            ink = ink_on(cells.cmap(cells.norm(value)))
            ax.text(c, r, written[r][c], color=ink, size=size, ha="center", va="center")


@checked(height=positive)
def frame_cells(
    ax: Axes,
    row: float,
    column: float,
    *,
    height: float = 1,
    width: float = 1,
    color: str = STEP,
    thickness: float = 2.5,
) -> None:
    """Frame a block of cells of a heat map, `height` × `width` from its first row and column on.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The heat map's.
    row, column : float
        The first cell of the block.
    height, width : float
        How many cells it has, > 0.
    color : str
        Of the frame.
    thickness : float
        Of its line, in points.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, or a number is not finite.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure("square")
    >>> heat_map(ax, [[1, 2, 3], [4, 5, 6]])
    >>> frame_cells(ax, 1, 0, width=3)
    >>> ax.patches[0].get_xy(), ax.patches[0].get_width()
    ((-0.5, 0.5), 3.0)
    """
    style = {"fill": False, "ec": color, "lw": thickness, "clip_on": False, "zorder": 4}
    ax.add_patch(Rectangle((column - 0.5, row - 0.5), width, height, **style))


@checked()
def ink_on(color: str | ArrayLike) -> str:
    """Return the ink of a number written on a patch of `color`: ON_LIGHT or ON_DARK.

    The one of the greater contrast, as WCAG 2 defines it. Both stay as they are on a dark page,
    as the patch does.

    Parameters
    ----------
    color : str or array_like of float, shape (3,) or (4,)
        A colour as matplotlib takes it.

    Returns
    -------
    str
        The ink.

    Raises
    ------
    ValueError
        If `color` is none.

    Examples
    --------
    >>> ink_on("white") == ON_LIGHT, ink_on("#440154") == ON_DARK
    (True, True)
    """
    return max((ON_LIGHT, ON_DARK), key=lambda ink: contrast(ink, color))


@checked(one=_doors.color, other=_doors.color)
def contrast(one: str | ArrayLike, other: str | ArrayLike) -> float:
    """Return the contrast of two colours by WCAG 2, from 1 (alike) to 21 (black and white).

    Parameters
    ----------
    one, other : str or array_like of float, shape (3,) or (4,)
        Colours as matplotlib takes them; how transparent they are does not count.

    Returns
    -------
    float
        The contrast.

    Raises
    ------
    ValueError
        If one is no colour.

    Examples
    --------
    >>> round(contrast("black", "white"), 1)
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str | ArrayLike) -> float:
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
