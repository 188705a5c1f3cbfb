"""The start of a live figure, drawn by matplotlib from the same marks: for print and GitHub."""

from collections.abc import Mapping, Sequence
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from notebooklib import figures
from notebooklib.live import marks as m
from notebooklib.live._say import say

SCREEN = 100  # pixels an inch
MARGINS = dict.fromkeys(("plane", "none"), (0, 0, 0, 0))  # left, right, top, bottom
MARGINS |= {"frame": (46, 10, 12, 40), "below": (10, 10, 12, 40)}
CYCLE = (
    figures.DATA,
    figures.STEP,
    figures.PREDICTION,
    figures.PARAMETER,
    figures.ERROR,
    "#555555",
)
SHAPES = ("o", "s", "^", "D", "v", "p")


def ticks(low: float, high: float) -> list[float]:
    """Return the places of ticks between two numbers, the ends of a plane left free."""
    places = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(low, high)
    margin = 1e-9 * (high - low)
    return [round(float(p), 12) for p in places if low - margin <= p <= high + margin]


def panel_figure(panel: m.Panel, read: Mapping) -> Figure:
    """Return a figure of one panel that covers it pixel by pixel."""
    width, height = panel.size
    figure = plt.figure(figsize=(width / SCREEN, height / SCREEN))
    left, right, top, bottom = MARGINS[panel.axes]
    box = (left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height)
    draw_panel(figure.add_axes(box), panel, read)
    return figure


def whole_figure(show: Sequence, read: Mapping, words: str = "") -> Figure:
    """Return a figure of all panels and bars side by side, with their titles, below the words."""
    blocks = [block for block in show if isinstance(block, m.Panel | m.Bars)]
    blocks = [block for block in blocks if not getattr(block, "hidden", False)]
    columns = min(len(blocks), 3) or 1
    lines = -(-len(blocks) // columns) or 1
    figure, axes = plt.subplots(lines, columns, figsize=(3.6 * columns, 3.4 * lines), squeeze=False)
    for ax, block in zip(axes.flat, blocks, strict=False):
        draw_panel(ax, block, read) if isinstance(block, m.Panel) else _bars(ax, block, read)
        ax.set_title(say(block.title, read), fontsize=10.5)
    for ax in list(axes.flat)[len(blocks) :]:
        ax.axis("off")
    figure.suptitle(fill(words, 36 * columns), fontsize=10.5)
    figure.tight_layout()
    return figure


def draw_panel(ax: Axes, panel: m.Panel, read: Mapping) -> None:
    """Draw the axes of a panel and its marks, but for those that wait for a guess."""
    fixed = panel.x is not None and panel.y is not None
    if panel.axes == "plane" and fixed:
        figures.plane(ax, 1, ticks=None)
        inside = [
            [t for t in ticks(*ends) if t and ends[0] < t < ends[1]] for ends in (panel.x, panel.y)
        ]
        ax.set(xticks=inside[0], yticks=inside[1])
    elif panel.axes == "none":
        ax.axis("off")
    for mark in panel.marks:
        if not mark.hidden:
            DRAW[type(mark)](ax, mark, read, panel)
    ax.set_xlabel(panel.xlabel, size=9.5, labelpad=-2)
    ax.set_ylabel(panel.ylabel, size=9.5)
    ax.tick_params(pad=2, labelsize=9)
    if panel.axes == "below":
        ax.set(yticks=[])
        ax.spines["left"].set_visible(False)
    low, high = ax.dataLim.intervaly
    low = min(0, low)
    ax.set(xlim=panel.x or (0, 50), ylim=panel.y or (low, low + 1.08 * (high - low)))
    if panel.axes == "plane":
        ax.set_aspect("equal", adjustable="box")


def array(name: str, read: Mapping) -> np.ndarray:
    """Return a value as numbers."""
    return read[name].detach().double().numpy()


def _lines(ax, mark, read, panel):
    v = array(mark.of, read)
    for line in v.reshape(-1, *v.shape[-2:]):
        style = (0, (5, 4)) if mark.dashed else "-"
        ax.plot(*line.T, color=mark.color, lw=0.75 * mark.width, ls=style)


def _area(ax, mark, read, panel):
    k = int(array(mark.by, read)) if mark.by else 0
    color = mark.colors[min(k, len(mark.colors) - 1)]
    ax.add_patch(Polygon(array(mark.of, read), facecolor=color, alpha=0.3, edgecolor=color))


def _arrows(ax, mark, read, panel):
    for tip in array(mark.of, read).reshape(-1, 2):
        style = {"arrowstyle": "-|>", "color": mark.color, "lw": 2.2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", tip, (0, 0), arrowprops=style)


def _dots(ax, mark, read, panel):
    v = array(mark.of, read).reshape(-1, 2)
    kinds = array(mark.by, read).ravel() if mark.by else np.zeros(len(v))
    for kind in np.unique(kinds):
        color = CYCLE[int(kind) % 6] if mark.by else mark.color
        at, area = v[kinds == kind].T, 2 * mark.size**2
        ax.scatter(*at, s=area, c=color, marker=SHAPES[int(kind) % 6], ec="white", lw=0.5, zorder=3)


def _label(ax, mark, read, panel):
    at, text = array(mark.of, read), say(mark.text, read)
    figures.label_at(ax, at, text, color=mark.color, offset=np.multiply(mark.offset, 0.72))


def _picture(ax, mark, read, panel):
    cmap = LinearSegmentedColormap.from_list("", mark.colors)
    box = {"extent": (*panel.x, *panel.y), "aspect": "auto", "zorder": 0}
    box["interpolation"] = "bilinear" if mark.smooth else "nearest"
    ax.imshow(array(mark.of, read), cmap=cmap, vmin=mark.low, vmax=mark.high, **box)


def _trail(ax, mark, read, panel):
    first = array(mark.of, read).item()
    ax.plot([0], [first], "o", color=mark.color)
    offset = 9, 8 - 16 * len(ax.texts)
    figures.label_at(ax, (0, first), mark.label, color=mark.color, offset=offset, ha="left")


DRAW = {
    m.Lines: _lines, m.Area: _area, m.Arrows: _arrows, m.Dots: _dots, m.Label: _label,
    m.Picture: _picture, m.Trail: _trail,
}  # fmt: skip


def _bars(ax: Axes, bars: m.Bars, read: Mapping) -> None:
    v = array(bars.of, read)
    order = sorted(range(len(v)), key=lambda i: -v[i])[: bars.top] if bars.top else range(len(v))
    names = [bars.names[i] for i in order][::-1]
    ax.barh(names, [v[i] for i in order][::-1], color=figures.PREDICTION)
    if bars.diamonds:
        ax.plot(array(bars.diamonds, read)[list(order)[::-1]], names, "D", color=figures.DATA)
    ax.set_xlim(0, None)
