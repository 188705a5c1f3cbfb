"""Draw the pictures of the cover, one a chapter, into book/_static/cover: each shows its idea.

usage: cover_pictures.py
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from notebooklib import figures
from notebooklib.figures.pictures import bare, svg

FOLDER = Path(__file__).resolve().parents[1] / "book" / "_static" / "cover"
INCHES = (3.2, 2.0)
WIDTH, HEIGHT = 16, 10  # the units in which most of the pictures are drawn
GREY = "#6B7178"


def linear_algebra(ax: Axes) -> None:
    """Draw the plane under a shear: where the two basis arrows land."""
    shear = np.array([[1.0, 0.6], [0.15, 1.0]])
    figures.lattice(ax, shear, 9)
    figures.polygon(ax, (shear @ np.array([[0, 1, 1, 0], [0, 0, 1, 1]])).T * 1.9)
    figures.arrow(ax, shear[:, 0] * 1.9, color=figures.STEP, width=2.6)
    figures.arrow(ax, shear[:, 1] * 1.9, color=figures.PREDICTION, width=2.6)
    ax.set(xlim=(-3.6, 5.2), ylim=(-1.9, 3.6), aspect="equal")


def mathematical_analysis(ax: Axes) -> None:
    """Draw a damped pendulum's phase plane: every start spirals into rest."""
    x, y = np.meshgrid(np.linspace(-4.2, 4.2, 11), np.linspace(-2.6, 2.6, 7))
    u, v = y, -np.sin(x) - 0.3 * y
    size = np.hypot(u, v) + 1e-9
    ax.quiver(x, y, u / size, v / size, color=figures.FAINT, scale=26, width=0.006, pivot="mid")
    path = [np.array([-3.6, 2.3])]
    for _ in range(900):
        a, b = path[-1]
        path.append(path[-1] + 0.02 * np.array([b, -np.sin(a) - 0.3 * b]))
    ax.plot(*np.array(path[::5]).T, color=figures.STEP, lw=2.2)
    ax.plot(*path[0], "o", color=figures.DATA, ms=7)
    ax.plot(0, 0, "o", color=figures.PREDICTION, ms=7)
    ax.set(xlim=(-4.2, 4.2), ylim=(-2.6, 2.6))


def mathematical_statistics(ax: Axes) -> None:
    """Draw sums of twelve draws: they pile up under one bell."""
    rng = np.random.default_rng(3)
    sums = rng.random((4000, 12)).sum(axis=1) - 6
    edges = np.linspace(-3.4, 3.4, 24)
    ax.hist(sums, edges, density=True, color=figures.DATA, alpha=0.55, rwidth=0.86)
    t = np.linspace(-3.6, 3.6, 120)
    ax.plot(t, np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi), color=figures.PREDICTION, lw=2.6)
    ax.plot([-3.6, 3.6], [0, 0], color=GREY, lw=0.9)
    ax.set(xlim=(-3.7, 3.7), ylim=(-0.03, 0.46))


def supervised_learning(ax: Axes) -> None:
    """Draw one curve that follows the law, one that follows every accident."""
    rng = np.random.default_rng(11)
    x = np.linspace(-1, 1, 11)
    y = np.sin(2.4 * x) + rng.normal(0, 0.28, len(x))
    t = np.linspace(-1.02, 1.02, 200)
    wild = np.polynomial.Polynomial.fit(x, y, 10)
    ax.plot(t, wild(t), color=figures.ERROR, lw=1.4, ls=(0, (4, 2)))
    ax.plot(t, np.polynomial.Polynomial.fit(x, y, 3)(t), color=figures.PREDICTION, lw=2.6)
    ax.plot(x, y, "o", color=figures.DATA, ms=6)
    ax.set(xlim=(-1.12, 1.12), ylim=(-1.8, 1.8))


def unsupervised_learning(ax: Axes) -> None:
    """Draw a cloud that finds its own axes."""
    rng = np.random.default_rng(5)
    turn = np.array([[0.9, -0.43], [0.43, 0.9]])
    cloud = (turn @ (rng.normal(size=(2, 130)) * [[2.3], [0.75]])).T
    ax.plot(*cloud.T, "o", color=figures.DATA, ms=3.4, alpha=0.75)
    _, axes = np.linalg.eigh(np.cov(cloud.T))
    for direction, length, color in ((axes[:, 1], 4.6, figures.PARAMETER), (axes[:, 0], 2, GREY)):
        direction = direction * np.sign(direction[1])
        figures.arrow(ax, direction * length, -direction * length, color=color, width=2.4)
    ax.set(xlim=(-6.2, 6.2), ylim=(-3.9, 3.9), aspect="equal")


def self_supervised_learning(ax: Axes) -> None:
    """Draw a hidden word that the others bring back."""
    words = ("the", "cat", "", "its", "ball")
    for k, word in enumerate(words):
        hidden = not word
        box(ax, 0.5 + 3.05 * k, 1.2, 2.75, 2.1, figures.PARAMETER if hidden else figures.DATA)
        ax.text(1.87 + 3.05 * k, 2.25, word or "?", ha="center", va="center", size=10)
    for k, (word, share) in enumerate((("lost", 5.4), ("saw", 2.6), ("ate", 1.2))):
        ax.barh(8.6 - 1.6 * k, share, 1.0, left=6.6, color=figures.PREDICTION, alpha=0.9)
        ax.text(6.2, 8.6 - 1.6 * k, word, ha="right", va="center", size=10)
    frame(ax)


def reinforcement_learning(ax: Axes) -> None:
    """Draw a grid of cells, each with the move that pays best; walls stand between."""
    walls, goal = {(2, 1), (2, 2), (4, 3)}, (6, 3)
    value = {goal: 0}
    todo = [goal]
    while todo:  # how many moves to the goal
        here = todo.pop(0)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            near = here[0] + dx, here[1] + dy
            if 0 <= near[0] < 7 and 0 <= near[1] < 4 and near not in walls and near not in value:
                value[near] = value[here] + 1
                todo.append(near)
    for x in range(7):
        for y in range(4):
            place = (1.0 + 2 * x, 0.9 + 2.05 * y)
            if (x, y) in walls:
                ax.add_patch(Rectangle(place, 1.9, 1.95, color=GREY, lw=0))
                continue
            strength = 0.08 + 0.5 * 0.8 ** value[x, y]
            patch = Rectangle(place, 1.9, 1.95, color=figures.PREDICTION, alpha=strength, lw=0)
            ax.add_patch(patch)
            middle = np.array(place) + [0.95, 0.97]
            if (x, y) == goal:
                ax.plot(*middle, "*", color=figures.STEP, ms=13)
                continue
            steps = ((1, 0), (0, 1), (-1, 0), (0, -1))
            best = next(d for d in steps if value.get((x + d[0], y + d[1]), 99) < value[x, y])
            half = 0.55 * np.array(best)
            figures.arrow(ax, middle + half, middle - half, color=figures.STEP, width=1.3)
    frame(ax)


def multilayer_perceptron(ax: Axes) -> None:
    """Draw layers of nodes, joined by weighted edges."""
    rng = np.random.default_rng(2)
    layers = [[(x, 5 + 2.05 * (k - (n - 1) / 2)) for k in range(n)] for x, n in
              ((1.8, 3), (6.0, 4), (10.2, 4), (14.2, 2))]  # fmt: skip
    for left, right in zip(layers, layers[1:], strict=False):
        for a in left:
            for b in right:
                weight = rng.normal()
                color = figures.PARAMETER if weight > 0 else GREY
                ax.plot(*zip(a, b, strict=True), color=color, lw=0.3 + 1.1 * abs(weight), alpha=0.6)
    colors = (figures.DATA, figures.PARAMETER, figures.PARAMETER, figures.PREDICTION)
    for layer, color in zip(layers, colors, strict=True):
        for node in layer:
            ax.add_patch(Circle(node, 0.72, facecolor=color, edgecolor="white", lw=1.2, zorder=3))
    frame(ax)


def convolutional_architecture(ax: Axes) -> None:
    """Draw a window that slides over an image and answers with one number a place."""
    image = _digit(3) / 16
    cells(ax, image, (0.9, 1.0), 1.0, figures.DATA)
    kernel = np.array([[1, 0, -1]] * 3)
    answer = np.array(
        [[np.sum(kernel * image[r : r + 3, c : c + 3]) for c in range(6)] for r in range(6)]
    )
    cells(ax, np.abs(answer) / np.abs(answer).max(), (10.0, 2.0), 0.86, figures.PREDICTION)
    ax.add_patch(Rectangle((2.9, 5.0), 3, 3, fill=False, edgecolor=figures.STEP, lw=2.4, zorder=4))
    place = (10.0 + 2 * 0.86, 2.0 + 4 * 0.86)
    ax.add_patch(Rectangle(place, 0.86, 0.86, fill=False, edgecolor=figures.STEP, lw=2, zorder=4))
    figures.arrow(ax, (place[0] - 0.1, place[1] + 0.5), (6.1, 6.5), color=figures.STEP, width=1.5)
    frame(ax)


def recurrent_architecture(ax: Axes) -> None:
    """Draw the same cell again and again, a state handed on from step to step."""
    for k in range(4):
        x = 1.3 + 3.75 * k
        box(ax, x, 4.0, 2.1, 2.1, figures.PARAMETER)
        ax.plot(x + 1.05, 1.4, "o", color=figures.DATA, ms=9)
        ax.plot(x + 1.05, 8.7, "s", color=figures.PREDICTION, ms=8)
        figures.arrow(ax, (x + 1.05, 3.8), (x + 1.05, 2.1), color=figures.DATA, width=1.5)
        figures.arrow(ax, (x + 1.05, 8.0), (x + 1.05, 6.3), color=figures.PREDICTION, width=1.5)
        end = x + 3.6 if k < 3 else x + 2.9
        figures.arrow(ax, (end, 5.05), (x + 2.25, 5.05), color=figures.PARAMETER, width=2.2)
    frame(ax)


def residual_architecture(ax: Axes) -> None:
    """Draw blocks that each add a little; a straight road leads past all of them."""
    ax.plot([0.4, 15.2], [3.0, 3.0], color=figures.STEP, lw=2.6)
    figures.arrow(ax, (15.6, 3.0), (14.6, 3.0), color=figures.STEP, width=2.6)
    for k in range(4):
        x = 1.2 + 3.65 * k
        box(ax, x + 0.35, 5.2, 1.9, 1.9, figures.PARAMETER)
        bend(ax, (x - 0.35, 3.0), (x + 0.35, 6.15), "angle,angleA=90,angleB=180,rad=7")
        bend(ax, (x + 2.25, 6.15), (x + 2.8, 3.4), "angle,angleA=0,angleB=90,rad=5", head=True)
        circle = Circle((x + 2.8, 3.0), 0.48, facecolor="white", edgecolor=figures.STEP, lw=1.6)
        circle.set_zorder(5)
        ax.add_patch(circle)
        ax.text(x + 2.8, 2.96, "+", ha="center", va="center", size=9, zorder=6)
    frame(ax)


def transformer_architecture(ax: Axes) -> None:
    """Draw a token that takes much from one other, little from the rest."""
    words = ("the", "cat", "lost", "its", "ball", "it")
    shares = (0.08, 1.0, 0.14, 0.2, 0.42)
    place = [1.4 + 2.62 * k for k in range(6)]
    for k, share in enumerate(shares):
        arc = FancyArrowPatch(
            (place[5], 3.1), (place[k], 3.1), arrowstyle="-",
            connectionstyle=f"arc3,rad={0.62 - 0.05 * k}",
            color=figures.PREDICTION, lw=0.8 + 4.2 * share, alpha=0.25 + 0.7 * share,
        )  # fmt: skip
        ax.add_patch(arc)
    for x, word in zip(place, words, strict=True):
        asks = word == "it"
        ax.text(x, 2.0, word, ha="center", va="center", size=11, weight="bold" if asks else None,
                color=figures.STEP if asks else figures.INK)  # fmt: skip
    frame(ax)


def explainable_ai(ax: Axes) -> None:
    """Draw where one looks to tell a three from an eight."""
    image = _digit(3) / 16
    cells(ax, image, (0.5, 1.4), 0.9, GREY)
    x, y = data_xy()
    centre = x[y == 3].mean(axis=0) - x[y == 8].mean(axis=0)  # what tells a 3 from an 8
    map_ = (centre.reshape(8, 8) / 16) * (0.3 + image)
    scale = np.abs(map_).max()
    for (r, c), value in np.ndenumerate(map_ / scale):
        color = figures.ERROR if value > 0 else figures.DATA
        ax.add_patch(
            Rectangle((8.4 + 0.9 * c, 1.4 + 0.9 * (7 - r)), 0.84, 0.84, color=color, lw=0,
                      alpha=min(1, 0.06 + abs(value)))
        )  # fmt: skip
    frame(ax)


# --------------------------------------------------------------------------------------- parts


def data_xy() -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's digits and what they are."""
    from sklearn.datasets import load_digits

    return load_digits(return_X_y=True)


def _digit(kind: int) -> np.ndarray:
    x, y = data_xy()
    return x[y == kind][2].reshape(8, 8)


def box(ax: Axes, x: float, y: float, width: float, height: float, color: str) -> None:
    """Draw a rounded box."""
    style = "round,pad=0,rounding_size=0.45"
    for look in ({"facecolor": color, "alpha": 0.28, "lw": 0}, {"fill": False, "edgecolor": color}):
        ax.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=style, **{"lw": 1.5} | look))


def bend(ax: Axes, start: tuple, end: tuple, how: str, *, head: bool = False) -> None:
    """Draw a bent line."""
    line = FancyArrowPatch(start, end, connectionstyle=how, color=figures.PARAMETER, lw=1.6,
                           arrowstyle="-|>" if head else "-", mutation_scale=9,
                           shrinkA=0, shrinkB=0)  # fmt: skip
    ax.add_patch(line)


def cells(ax: Axes, values: np.ndarray, corner: tuple, size: float, color: str) -> None:
    """Draw a matrix of shares as cells, the first row on top."""
    rows = len(values)
    for (r, c), value in np.ndenumerate(values):
        place = (corner[0] + c * size, corner[1] + (rows - 1 - r) * size)
        share = 0.06 + 0.94 * value
        ax.add_patch(Rectangle(place, 0.94 * size, 0.94 * size, color=color, lw=0, alpha=share))


def frame(ax: Axes) -> None:
    """Give a drawing the picture's own units."""
    ax.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))


CHAPTERS = (
    linear_algebra, mathematical_analysis, mathematical_statistics, supervised_learning,
    unsupervised_learning, self_supervised_learning, reinforcement_learning, multilayer_perceptron,
    convolutional_architecture, recurrent_architecture, residual_architecture,
    transformer_architecture, explainable_ai,
)  # fmt: skip


def drawn(draw) -> str:
    """Return a picture as SVG on a clear ground."""
    figure = Figure(figsize=INCHES, facecolor="none")
    ax = figure.add_axes((0, 0, 1, 1), facecolor="none")
    ax.axis("off")
    draw(ax)
    ax.axis("off")
    return bare(svg(figure)) + "\n"


def main() -> None:
    """Write all pictures."""
    figures.use_style()
    FOLDER.mkdir(exist_ok=True)
    for number, draw in enumerate(CHAPTERS, start=1):
        (FOLDER / f"{number:02d}.svg").write_text(drawn(draw), encoding="utf-8")


if __name__ == "__main__":
    main()
