"""The palette, the three sizes, and the look of text: what every figure of the book shares."""

from importlib.resources import files
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from notebooklib._validate import choice, positive_int
from notebooklib._validate import text as a_text
from notebooklib.figures import typeface
from notebooklib.figures._doors import checked

DATA = "#3F8FE8"  # input, data
STEP = "#D47D07"  # gradient, step, movement
PREDICTION = "#1F7567"  # prediction, output
PARAMETER = "#CC59B4"  # parameter, latent quantity
ERROR = "#D11225"  # error, loss
INK = "#222222"
FAINT = "#C9CDD2"
ON_LIGHT = "#212121"  # a number on a light patch of a heat map, on a light page and on a dark one
ON_DARK = "#fefefe"  # the same on a dark patch

# A text in a palette colour is darkened to 4.5 to 1 against white; lines keep the colour.
TEXT_INK = {"#3f8fe8": "#1f6fc4", "#d47d07": "#9c5c05", "#cc59b4": "#b0409a"}

# On a dark page these change, and the colours of lines stay.
DARK = {
    "#ffffff": "#14181e",
    "#222222": "#e6e8eb",
    "#000000": "#e6e8eb",
    "#555555": "#aab2bd",
    "#6b7178": "#9aa3ad",
    "#e4e4e4": "#3a4048",
    "#c9cdd2": "#4a525c",
    "#1f7567": "#3db39f",
    "#d11225": "#ff6b6b",
    "#1f6fc4": "#6fb0f7",
    "#9c5c05": "#eb9a35",
    "#b0409a": "#e07fcd",
}

SIZES = {"single": (6.0, 3.4), "wide": (7.2, 2.8), "square": (4.2, 4.2)}  # inches


def use_style() -> None:
    """Load the book's style sheet; in a notebook, also choose what a figure is shown as.

    There a figure becomes an SVG for the page, a PNG at the pixels of a dense screen for where
    SVGs are not shown, and a text of all that it says, which the tests compare.

    Examples
    --------
    >>> with plt.rc_context():
    ...     use_style()
    ...     plt.rcParams["svg.hashsalt"]
    'book'
    """
    typeface.install()
    plt.style.use(str(files("notebooklib.figures") / "book.mplstyle"))
    try:
        from IPython import get_ipython
    except ImportError:  # outside Jupyter there is nothing to set
        return
    if (shell := get_ipython()) is not None:
        from notebooklib.figures.notebook import show_figures_as_pictures

        show_figures_as_pictures(shell)


def new_figure(size: str = "single", panels: int = 1, **options: Any) -> tuple[Figure, Any]:
    """Return a figure of one of the book's three sizes and its Axes, side by side if several.

    Parameters
    ----------
    size : {"single", "wide", "square"}
        6×3.4, 7.2×2.8 or 4.2×4.2 inches.
    panels : int
        How many Axes stand side by side, at most 6.
    **options : object
        Passed on to `matplotlib.pyplot.subplots`, such as ``width_ratios``.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Empty.
    axes : matplotlib.axes.Axes or ndarray of them
        One, or an array where `panels` is more than one.

    Raises
    ------
    ValueError
        If `size` is no size of the book, or `panels` no whole number from 1 to 6.

    Examples
    --------
    >>> figure, (left, right) = new_figure("wide", panels=2)
    >>> figure.get_size_inches().tolist()
    [7.2, 2.8]
    """
    size, panels = choice(size, "size", SIZES), positive_int(panels, "panels", most=6)
    return plt.subplots(1, panels, figsize=SIZES[size], **options)


@checked(text=a_text)
def label_at(
    ax: Axes,
    point: ArrayLike,
    text: str,
    *,
    color: str = INK,
    offset: ArrayLike = (0.0, 0.0),
    ha: str = "center",
    size: float = 10.5,
) -> None:
    """Write `text` beside a data point, on a light halo.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    point : array_like, shape (2,)
        The data point.
    text : str
        What is written.
    color : str
        Of the text.
    offset : array_like, shape (2,)
        How far from the point its middle stands, in points of print.
    ha : {"left", "center", "right"}
        Which part of the text stands there.
    size : float
        Of the text, in points of print.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, or a number is not finite.

    Examples
    --------
    >>> figure, ax = new_figure("square")
    >>> label_at(ax, (0.5, 0.5), "the middle", offset=(0, 8))
    >>> ax.texts[0].get_text()
    'the middle'
    """
    from matplotlib.patheffects import withStroke

    choice(ha, "ha", ("left", "center", "right"))
    ax.annotate(
        text,
        np.asarray(point, dtype=float),
        np.asarray(offset, dtype=float),
        textcoords="offset points",
        color=color,
        ha=ha,
        va="center",
        size=size,
        zorder=6,
        path_effects=[withStroke(linewidth=3, foreground="white")],
    )
