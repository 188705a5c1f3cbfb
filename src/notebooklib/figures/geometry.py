"""Vectors, planes, polygons and matrices: the drawings of plane geometry."""

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D, ScaledTranslation
from numpy.typing import ArrayLike

from notebooklib._validate import optional, positive, probability, whole
from notebooklib.figures import _doors
from notebooklib.figures._doors import checked
from notebooklib.figures.style import DATA, FAINT, INK, PARAMETER, PREDICTION, STEP, label_at


@checked()
def plane(ax: Axes, limit: float = 4, *, ticks: float | None = 2) -> None:
    """Turn `ax` into the coordinate plane from -limit to limit: equal aspect, axes through 0.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    limit : float
        Where the plane ends, > 0.
    ticks : float or None
        From one tick to the next; no ticks for None.

    Raises
    ------
    ValueError
        If a length is not > 0, or there would be more than 1000 ticks.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure("square")
    >>> plane(ax, 3, ticks=1)
    >>> ax.get_xticks().tolist()
    [-2, -1, 1, 2]
    """
    if optional(ticks, "ticks", positive) and limit > 500 * ticks:
        raise ValueError(f"ticks: expected at most 1000 of them, got one every {ticks:g}")
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
    for name, spine in ax.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_position("zero") if name in ("left", "bottom") else None
        spine.set(color="#8A9098", zorder=0.9)
    steps = 0 if ticks is None else int(np.ceil(limit / ticks)) - 1  # the ends stay free
    marks = [k * ticks for k in range(-steps, steps + 1) if k]
    ax.set(xticks=marks, yticks=marks)
    ax.tick_params(length=3, pad=2, labelsize=8, colors="#6B7178")


@checked(matrix=_doors.two_by_two, limit=partial(whole, least=1, most=100))
def lattice(ax: Axes, matrix: ArrayLike, limit: int = 4, *, color: str = DATA) -> None:
    """Draw the images under a 2×2 `matrix` of the grid lines x, y = -limit, …, limit.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    matrix : array_like, shape (2, 2)
        Its columns are the images of the basis vectors.
    limit : int
        The last line on each side, 1 to 100.
    color : str
        Of all lines.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, or a number is not finite.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure("square")
    >>> lattice(ax, [[2, 0], [0, 1]], 1)
    >>> ax.lines[0].get_xydata()[:2].tolist()  # the line x = −1
    [[-2.0, -1.0], [-2.0, 1.0]]
    """
    fixed = np.arange(-limit, limit + 1.0)[:, None]
    along = np.array([-limit, limit, np.nan])  # after each line the pen is lifted
    upright = np.stack(np.broadcast_arrays(fixed, along)).reshape(2, -1)
    grid = np.hstack([upright, upright[::-1]])
    ax.plot(*(matrix @ grid), color=color, lw=0.7, alpha=0.55, zorder=1)


@checked()
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
    """Draw a vector from `tail` to `tip`, a dot where it has no length, its label past the tip.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    tip, tail : array_like, shape (2,)
        Where it ends and where it begins.
    color : str
        Of the arrow and its label.
    label : str
        What is written past the tip.
    dashed : bool
        Draw a dashed line.
    width : float
        Of the line, in points.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, or a number is not finite.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure("square")
    >>> arrow(ax, (2, 1), label="v")
    >>> ax.texts[-1].get_text(), [float(x) for x in ax.texts[-1].xy]
    ('v', [2.0, 1.0])
    """
    tail = np.asarray(tail)
    length = float(np.hypot(*(tip - tail)))
    if length <= 1e-9 * max(np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())):
        ax.plot(*tip, "o", color=color, ms=6, zorder=4)
        away = np.array([0.7, 0.7])
    else:
        away = (tip - tail) / length
        style = {"arrowstyle": "-|>,head_width=0.28,head_length=0.55", "color": color, "lw": width}
        style |= {"shrinkA": 0, "shrinkB": 0, "linestyle": (0, (4, 2)) if dashed else "-"}
        ax.annotate("", tip, tail, arrowprops=style, zorder=4)
    if label:
        label_at(ax, tip, label, color=color, offset=11 * away)


@checked(alpha=probability)
def polygon(ax: Axes, corners: ArrayLike, *, color: str = PARAMETER, alpha: float = 0.25) -> None:
    """Fill a polygon and draw its outline.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    corners : array_like, shape (n, 2)
        In order; the last is joined to the first.
    color : str
        Of both.
    alpha : float
        How opaque the filling is, from 0 to 1.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, or a number is not finite.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure("square")
    >>> polygon(ax, [[0, 0], [1, 0], [0, 1]])
    >>> len(ax.lines[0].get_xdata())
    4
    """
    ax.fill(*corners.T, color=color, alpha=alpha, lw=0, zorder=2)
    ax.plot(*np.vstack([corners, corners[:1]]).T, color=color, lw=1.4, zorder=2.5)


@checked()
def line(ax: Axes, a: float, b: float, c: float, **style: object) -> None:
    """Draw the line a x + b y = c across the plane, or nothing where a and b are both 0.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    a, b, c : float
        Of the equation.
    **style : object
        Passed on to `matplotlib.axes.Axes.plot`.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, or a number is not finite.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure("square")
    >>> line(ax, 2, 1, 4, color="black")  # y = 4 − 2x
    >>> x, y = ax.lines[0].get_data()
    >>> (2 * x + y).round(3).tolist()
    [4.0, 4.0]
    """
    if not a and not b:
        return
    a, b, c = (v / max(abs(a), abs(b)) for v in (a, b, c))
    foot, along = np.array([a, b]) * c / (a * a + b * b), np.array([-b, a])
    reach = 100 / np.abs(along).max()
    ax.plot(*np.array([foot - reach * along, foot + reach * along]).T, **style)


@checked(matrix=_doors.two_by_two, labels=_doors.texts)
def mapped_square(ax: Axes, matrix: ArrayLike, *, labels: tuple[str, str] = ("", "")) -> None:
    """Draw what a 2×2 `matrix` makes of the grid, the unit square and the two basis arrows.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    matrix : array_like, shape (2, 2)
        Its columns are the two arrows.
    labels : sequence of two str
        What is written past their tips.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, or a number is not finite.

    Examples
    --------
    >>> from notebooklib.figures import new_figure, plane
    >>> figure, ax = new_figure("square")
    >>> plane(ax, 3)
    >>> mapped_square(ax, [[2, 0], [0, 1]], labels=("first", "second"))
    >>> [text.get_text() for text in ax.texts if text.get_text()]
    ['first', 'second']
    """
    if len(labels) != 2:
        raise ValueError(f"labels: expected two, got {len(labels)}")
    columns = matrix.T
    lattice(ax, matrix, 6)
    polygon(ax, np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) @ columns)
    for column, color, label in zip(columns, (STEP, PREDICTION), labels, strict=True):
        arrow(ax, column, color=color, label=label)


@checked(matrix=_doors.table)
def matrix_label(
    ax: Axes,
    matrix: ArrayLike,
    *,
    name: str = "A",
    column_colors: tuple[str, ...] | None = None,
    fmt: str = "{:z.2f}",
) -> None:
    """Write `name` = `matrix`, in brackets, into the upper left corner of a plot.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    matrix : array_like, shape (m, n)
        What is written.
    name : str
        What stands before it.
    column_colors : sequence of str, optional
        One a column.
    fmt : str
        How an entry is written.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, a number is not finite, there is not one colour
        a column, or `fmt` is no format of a number.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure("square")
    >>> matrix_label(ax, [[2, 0], [0, 0.5]], fmt="{:g}")
    >>> [text.get_text() for text in ax.texts]
    ['A =', '2', '0', '0', '0.5']
    """
    _check_count(column_colors, "column_colors", matrix.shape[1])
    wide, high, left = 32, 15, 26  # points: an entry, a row, what stands before the bracket
    right, low = left + wide * matrix.shape[1], -high * matrix.shape[0]
    figure = ax.figure
    points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
    points = points + ScaledTranslation(0.01, 0.99, ax.transAxes)
    slab = Rectangle((-2, low - 3), right + 8, -low + 6, color="white", lw=0, transform=points)
    ax.add_patch(slab).set_zorder(6)
    style = {"transform": points, "zorder": 7, "va": "center", "size": 10.5}
    ax.text(0, low / 2, f"{name} =", **style)
    for (r, c), value in np.ndenumerate(matrix):
        color = column_colors[c] if column_colors else INK
        x, y = left + wide * (c + 0.5), -high * (r + 0.5)
        number = _doors.written(fmt, value, "fmt")
        ax.text(x, y, number, color=color, ha="center", **style)
    for x, inwards in ((left, 4), (right, -4)):
        corners = [x + inwards, x, x, x + inwards], [0, 0, low, low]
        ax.plot(*corners, color=INK, lw=1.2, transform=points, zorder=7, scalex=False, scaley=False)


@checked(matrix=_doors.two_rows)
def matrix_table(
    ax: Axes,
    matrix: ArrayLike,
    *,
    row_colors: tuple[str, ...] | None = None,
    column_colors: tuple[str, ...] | None = None,
    augmented: bool = False,
    title: str = "",
) -> None:
    """Write a matrix of two rows in place of a plot, coloured by row or by column.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on; its axes are taken away.
    matrix : array_like, shape (2, n)
        What is written.
    row_colors, column_colors : sequence of str, optional
        One a row, or one a column.
    augmented : bool
        Draw the line before the last column.
    title : str
        What stands above.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, a number is not finite, or there is not one
        colour a row or column.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure("square")
    >>> matrix_table(ax, [[2, 1, 5], [1, 3, 10]], augmented=True, title="start")
    >>> [text.get_text() for text in ax.texts]
    ['2', '1', '5', '1', '3', '10']
    """
    _check_count(row_colors, "row_colors", 2)
    _check_count(column_colors, "column_colors", matrix.shape[1])
    places = 0.5 + 0.35 * (np.arange(matrix.shape[1]) - (matrix.shape[1] - 1) / 2)
    for (r, c), value in np.ndenumerate(matrix):
        color = row_colors[r] if row_colors else column_colors[c] if column_colors else INK
        height = 0.62 - 0.24 * r
        number = f"{value:z.4g}".replace("-", "−")
        ax.text(places[c], height, number, color=color, size=15, ha="center")
    if augmented:
        ax.plot([places[-2:].mean()] * 2, [0.3, 0.78], color=FAINT)
    for x, inwards in ((places[0] - 0.14, 0.03), (places[-1] + 0.14, -0.03)):
        corners = [x + inwards, x, x, x + inwards], [0.8, 0.8, 0.28, 0.28]
        ax.plot(*corners, color=INK, lw=1.4)
    ax.set(xlim=(0, 1), ylim=(0, 1), title=title)
    ax.axis("off")


def _check_count(colors: list[str] | None, name: str, count: int) -> None:
    if colors is not None and len(colors) != count:
        raise ValueError(f"{name}: expected {count} colours, got {len(colors)}")
