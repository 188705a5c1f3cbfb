"""Networks drawn as nodes and edges, bars and curves."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from notebooklib._validate import positive, positive_int, sequence, text
from notebooklib.figures import _doors
from notebooklib.figures._doors import checked
from notebooklib.figures.style import FAINT, INK, PARAMETER, PREDICTION, STEP, label_at


def node_places(sizes: Sequence[int], *, apart: float = 2.0, gap: float = 1.0) -> list[np.ndarray]:
    """Return where the nodes of a layered network stand: a column a layer, centred on height 0.

    Parameters
    ----------
    sizes : sequence of int
        How many nodes each layer has.
    apart : float
        The distance from one column to the next.
    gap : float
        The distance from one node to the node below it.

    Returns
    -------
    list of ndarray, shape (n, 2)
        One array a layer, its uppermost node first.

    Raises
    ------
    ValueError
        If there is no layer, a layer has no node or more than 1000, or a distance is not > 0.

    Examples
    --------
    >>> [places.tolist() for places in node_places([2, 1])]
    [[[0.0, 0.5], [0.0, -0.5]], [[2.0, 0.0]]]
    """
    sizes = [positive_int(size, "sizes", most=1000) for size in sequence(sizes, "sizes")]
    apart, gap = positive(apart, "apart"), positive(gap, "gap")
    columns = enumerate(sizes)
    return [np.array([[apart * k, gap * ((n - 1) / 2 - i)] for i in range(n)]) for k, n in columns]


@checked(texts=_doors.texts, above=_doors.texts, below=_doors.texts)
def nodes(
    ax: Axes,
    places: ArrayLike,
    texts: Sequence[str] | None = None,
    *,
    above: Sequence[str] | None = None,
    below: Sequence[str] | None = None,
    color: str = INK,
    text_color: str = INK,
    size: float = 15,
) -> None:
    """Draw a circle at each of `places`, with its text inside.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    places : array_like, shape (n, 2)
        The centres.
    texts : sequence of str, optional
        One a node, written inside.
    above, below : sequence of str, optional
        One a node, written above and below it in the colour of gradients.
    color, text_color : str
        Of the circles, and of the texts inside.
    size : float
        The diameter, in points of print.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, a number is not finite, or there is not one text
        a node.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> nodes(ax, [[0, 1], [0, 0]], ["a", "b"])
    >>> [text.get_text() for text in ax.texts]
    ['a', 'b']
    """
    ax.plot(*places.T, "o", ms=size, mfc="white", mec=color, mew=1.6, zorder=3)
    written = [
        ("texts", texts, text_color, 0),
        ("above", above, STEP, 1),
        ("below", below, STEP, -1),
    ]
    for name, said, ink, side in written:
        if said is None:
            continue
        if len(said) != len(places):
            raise ValueError(f"{name}: expected {len(places)}, one a node, got {len(said)}")
        for place, word in zip(places, said, strict=True):
            offset = (0, side * (size / 2 + 8))
            label_at(ax, place, word, color=ink, offset=offset, size=9.5)


@checked()
def edges(
    ax: Axes,
    sources: ArrayLike,
    targets: ArrayLike,
    *,
    above: ArrayLike | None = None,
    below: ArrayLike | None = None,
    at: float = 0.5,
    lit: ArrayLike = False,
    color: str = FAINT,
    lit_color: str = STEP,
) -> None:
    """Draw a line from each source to each target; the lit ones are thick and coloured.

    Arrays that say something of each line are indexed as the weights of a layer are: target first.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn on.
    sources, targets : array_like, shape (n, 2) and (m, 2)
        The places of the nodes.
    above, below : array_like of str, shape (m, n), optional
        What is written above and below each line: weights there, gradients here.
    at : float
        Where on the line that is written, from 0 (source) to 1 (target).
    lit : bool or array_like of bool, shape (m, n)
        Which lines are lit.
    color, lit_color : str
        The colour of the lines that are not lit, and of those that are.

    Raises
    ------
    ValueError
        If an argument is not of its kind or shape, a number is not finite, or `above`, `below` or
        `lit` has not one entry a line.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> edges(ax, [[0, 1], [0, 0]], [[2, 0]], above=[["3", "4"]], lit=[[True, False]])
    >>> [(line.get_xydata()[0].tolist(), line.get_linewidth()) for line in ax.lines]
    [([0.0, 1.0], 2.4), ([0.0, 0.0], 1.0)]
    """
    m, n = shape = len(targets), len(sources)
    for name, said in (("above", above), ("below", below)):
        if said is not None and [len(_doors.listed(row, name)) for row in said] != [n] * m:
            raise ValueError(f"{name}: expected {m} rows of {n} texts, got others")
    lit = np.broadcast_to(_doors.truths(lit, "lit", shape), shape)
    for (i, j), shines in np.ndenumerate(lit):
        ends, look = np.array([sources[j], targets[i]]), {"color": color, "lw": 1.0}
        if shines:
            look = {"color": lit_color, "lw": 2.4}
        ax.plot(*ends.T, **look, solid_capstyle="round", zorder=1.5 if shines else 1)
        place = ends[0] + at * (ends[1] - ends[0])
        for texts, ink, side in ((above, PARAMETER, 1), (below, STEP, -1)):
            if texts is not None:
                aside = -12 * side * np.sign(ends[1, 1] - ends[0, 1])  # off a line that slants
                label_at(ax, place, texts[i][j], color=ink, offset=(aside, 7 * side), size=9)


@checked(values=_doors.row, color=_doors.colors, numbers=text)
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
        If `values` is no row of finite numbers, `labels` or colours do not fit it, or an argument
        is not of its kind.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure()
    >>> bars(ax, [0.2, 0.8], labels=["rain", "sun"], limit=1, numbers="{:.1f}")
    >>> [text.get_text() for text in ax.texts]
    ['0.2', '0.8']
    """
    if labels is not None and len(labels) != len(values):
        raise ValueError(f"labels: expected {len(values)}, got {len(labels)}")
    if isinstance(color, list) and len(color) != len(values):
        raise ValueError(f"color: expected one, or {len(values)}, got {len(color)}")
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
            _doors.written(numbers, value, "numbers"),
            (value, k) if horizontal else (k, value),
            (away, 0) if horizontal else (0, away),
            textcoords="offset points",
            ha=("right" if away < 0 else "left") if horizontal else "center",
            va="center" if horizontal else ("top" if away < 0 else "bottom"),
            size=size,
        )
