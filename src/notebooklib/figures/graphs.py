"""Networks drawn as nodes and edges, bars and curves."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from notebooklib.figures.style import FAINT, INK, PARAMETER, STEP, label_at


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
        If a layer has no node.

    Examples
    --------
    >>> [places.tolist() for places in node_places([2, 1])]
    [[[0.0, 0.5], [0.0, -0.5]], [[2.0, 0.0]]]
    """
    if min(sizes, default=0) < 1:
        raise ValueError(f"sizes: expected at least one node in each layer, got {list(sizes)}")
    columns = enumerate(sizes)
    return [np.array([[apart * k, gap * ((n - 1) / 2 - i)] for i in range(n)]) for k, n in columns]


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
    """Draw a circle at each of `places`, shape (n, 2), with its text inside.

    `size` is the diameter in points of print. What is written `above` and `below` the circles has
    the colour of gradients.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> nodes(ax, [[0, 1], [0, 0]], ["a", "b"])
    >>> [text.get_text() for text in ax.texts]
    ['a', 'b']
    """
    places = np.asarray(places, dtype=float)
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
        for place, text in zip(places, said, strict=True):
            offset = (0, side * (size / 2 + 8))
            label_at(ax, place, text, color=ink, offset=offset, size=9.5)


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
    ax : Axes
        Where to draw.
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

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> edges(ax, [[0, 1], [0, 0]], [[2, 0]], above=[["3", "4"]], lit=[[True, False]])
    >>> [(line.get_xydata()[0].tolist(), line.get_linewidth()) for line in ax.lines]
    [([0.0, 1.0], 2.4), ([0.0, 0.0], 1.0)]
    """
    sources, targets = np.asarray(sources, dtype=float), np.asarray(targets, dtype=float)
    lit = np.broadcast_to(lit, (len(targets), len(sources)))
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
