import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_svg import RendererSVG

from notebooklib import figures
from notebooklib.figures.pictures import svg


@pytest.fixture
def ax():
    return figures.new_figure("square")[1]


@pytest.mark.parametrize(("size", "inches"), figures.SIZES.items())
def test_sizes(size, inches):
    figure, _ = figures.new_figure(size)
    assert tuple(figure.get_size_inches()) == inches


def test_unknown_size_lists_the_known_ones():
    with pytest.raises(ValueError, match="expected one of 'single', 'square', 'wide', got 'huge'"):
        figures.new_figure("huge")


def test_the_style_is_the_books():
    with plt.rc_context():
        plt.rcdefaults()
        figures.use_style()
        assert plt.rcParams["svg.hashsalt"] == "book"
        assert plt.rcParams["figure.facecolor"] == "white"


def test_plane_has_equal_aspect_and_no_tick_at_zero(ax):
    figures.plane(ax, 4)
    assert ax.get_aspect() == 1
    assert ax.get_xticks().tolist() == [-2, 2]


def test_lattice_moves_every_grid_line(ax):
    matrix = np.array([[0, -1], [1, 0]])
    figures.lattice(ax, matrix, 2)
    drawn = ax.lines[0].get_xydata()
    lines = drawn[np.isfinite(drawn).all(axis=1)].reshape(-1, 2, 2)
    assert len(lines) == 10
    assert np.isnan(drawn).any(axis=1).sum() == 10  # each ends before the next begins
    assert np.allclose(lines[0], [[2, -2], [-2, -2]])  # x = -2 turns into y = -2
    assert np.allclose(lines[5], [[2, -2], [2, 2]])  # y = -2 turns into x = 2


def test_arrow_points_from_tail_to_tip(ax):
    figures.arrow(ax, (2, 1), (1, 1), label="v")
    drawn = [text for text in ax.texts if text.arrow_patch is not None][0]
    assert tuple(drawn.xy) == (2, 1)
    assert tuple(drawn.xyann) == (1, 1)
    assert ax.texts[-1].get_text() == "v"


def test_an_arrow_without_length_is_a_dot(ax):
    figures.arrow(ax, (0, 0))
    assert ax.lines[0].get_marker() == "o"


def test_polygon_closes_its_outline(ax):
    figures.polygon(ax, [[0, 0], [1, 0], [0, 1]])
    assert np.array_equal(ax.lines[0].get_xydata()[0], ax.lines[0].get_xydata()[-1])


def test_colours_are_distinct_also_for_the_colour_blind():
    """Every pair differs clearly in lightness or hue after deuteranopia (Viénot et al. 1999)."""
    palette = [figures.DATA, figures.STEP, figures.PREDICTION, figures.PARAMETER, figures.ERROR]
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in palette]) / 255
    linear = rgb**2.2
    deuteranopia = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])
    seen = np.clip(linear @ deuteranopia.T, 0, 1) ** (1 / 2.2)
    gaps = np.linalg.norm(seen[:, None] - seen[None], axis=-1)[np.triu_indices(5, 1)]
    assert gaps.min() > 0.1


def test_letters_follow_the_fonts_that_are_set(monkeypatch):
    """All pictures share what is known of letters, and are as matplotlib alone would draw them."""
    for font in ("font.sans-serif", "mathtext.it"):
        drawn = []
        for face in ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans"):
            with plt.rc_context({"mathtext.fontset": "custom", font: face}):
                figure, ax = figures.new_figure()
                ax.set_title("A word and $x^2$")
                drawn.append(svg(figure))
                with monkeypatch.context() as patch:
                    patch.setattr("notebooklib.figures.pictures._Renderer", RendererSVG)
                    assert svg(figure) == drawn[-1]
        assert drawn[0] == drawn[2] != drawn[1], font


def test_a_figure_keeps_its_dots_an_inch():
    figure, _ = figures.new_figure()
    dpi = figure.dpi
    svg(figure)
    assert figure.dpi == dpi
