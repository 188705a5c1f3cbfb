"""Networks drawn as nodes and edges, bars and curves."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from notebooklib.figures.style import INK, PREDICTION


def bars(
    ax: Axes,
    values: ArrayLike,
    *,
    labels: Sequence | None = None,
    color: str | Sequence[str] = PREDICTION,
    limit: float | None = None,
    numbers: str = "",
    horizontal: bool = False,
    width: float = 0.7,
    size: float = 9.5,
) -> None:
    """Draw one bar a value, upright or (the first on top) lying, with its number at its end.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on; bar k stands at k.
    values : array_like, shape (n,)
        The lengths, of either sign.
    labels : sequence, optional
        What each bar is called; an empty label, or none at all, is no tick.
    color : str or sequence of str
        Of all bars, or of each.
    limit : float, optional
        Where the axis of the values ends; for values of both signs it begins at -limit.
    numbers : str
        How a value is written past the end of its bar, such as ``"{:.2f}"``.
    horizontal : bool
        Lying bars, whose labels may be words.
    width : float
        Of a bar, where 1 is the distance from one to the next.
    size : float
        Of the numbers, in points.

    Raises
    ------
    ValueError
        If `values` is no row of numbers, or `labels` do not fit it.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure()
    >>> bars(ax, [0.2, 0.8], labels=["rain", "sun"], limit=1, numbers="{:.1f}")
    >>> [text.get_text() for text in ax.texts]
    ['0.2', '0.8']
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"values: expected a row of numbers (n,), got shape {values.shape}")
    if labels is not None and len(labels) != len(values):
        raise ValueError(f"labels: expected {len(values)}, got {len(labels)}")
    places = np.arange(len(values))
    both = bool((values < 0).any())
    ends = None if limit is None else (-limit if both else 0, limit)
    named = [(k, str(label)) for k, label in enumerate(labels or []) if str(label)]
    ticks = [k for k, _ in named], [label for _, label in named]
    if horizontal:
        ax.barh(places, values, width, color=color)
        ax.set_yticks(*ticks)
        ax.set(ylim=(len(values) - 0.4, -0.6), xlim=ends)
        ax.tick_params(axis="y", length=0)
    else:
        ax.bar(places, values, width, color=color)
        ax.set_xticks(*ticks)
        ax.set(xlim=(-0.6, len(values) - 0.4), ylim=ends)
        ax.tick_params(axis="x", length=0)
    if both:
        (ax.axvline if horizontal else ax.axhline)(0, color=INK, lw=0.8)
    for k, value in enumerate(values if numbers else []):
        away = -3 if value < 0 else 3
        ax.annotate(
            numbers.format(value),
            (value, k) if horizontal else (k, value),
            (away, 0) if horizontal else (0, away),
            textcoords="offset points",
            ha=("right" if away < 0 else "left") if horizontal else "center",
            va="center" if horizontal else ("top" if away < 0 else "bottom"),
            size=size,
        )
