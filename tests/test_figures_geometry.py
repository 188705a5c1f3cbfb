"""What the drawings of plane geometry put on their Axes."""

import numpy as np
import pytest

from notebooklib import figures


@pytest.fixture
def ax():
    return figures.new_figure("square")[1]


def shown(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


@pytest.mark.parametrize(("a", "b", "c"), [(2, 1, 4), (0, 3, -6), (-2, 0, 1), (1e-3, 1e-3, 0)])
def test_line_holds_the_points_of_its_equation_and_crosses_the_whole_plane(ax, a, b, c):
    figures.line(ax, a, b, c)
    x, y = ax.lines[0].get_data()
    assert np.allclose(a * x + b * y, c)
    assert max(np.ptp(x), np.ptp(y)) >= 200


def test_no_line_is_left_of_an_equation_without_unknowns(ax):
    figures.line(ax, 0, 0, -10)
    assert not ax.lines


def test_mapped_square_draws_the_square_the_columns_and_their_names(ax):
    matrix = np.array([[2, -0.5], [0.5, 1.5]])
    figures.mapped_square(ax, matrix, labels=("first", "second"))
    corners = ax.patches[0].get_xy()[:4]
    assert np.allclose(corners, [[0, 0], [2, 0.5], [1.5, 2], [-0.5, 1.5]])
    arrows = [text for text in ax.texts if text.arrow_patch is not None]
    assert [tuple(a.xy) for a in arrows] == [(2, 0.5), (-0.5, 1.5)]
    labels = {text.get_text(): text.get_color() for text in ax.texts if text.get_text()}
    assert labels == {"first": figures.STEP, "second": figures.PREDICTION}


def test_matrix_label_writes_rows_from_the_top_in_the_upper_left_corner(ax):
    figures.plane(ax, 3)
    figures.matrix_label(ax, [[1, -2], [3, -0.001]], column_colors=(figures.STEP, figures.DATA))
    assert shown(ax) == ["A =", "1.00", "−2.00", "3.00", "0.00"]
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    plot = ax.get_window_extent()
    assert all(plot.x0 <= box.x0 and box.y1 <= plot.y1 + 2 for box in boxes)
    assert boxes[1].x1 < boxes[2].x0 and boxes[3].y1 < boxes[1].y0 + 2
    assert [t.get_color() for t in ax.texts[1:3]] == [figures.STEP, figures.DATA]
    assert ax.get_xlim() == (-3, 3)  # the brackets do not stretch the plane


def test_matrix_table_is_bracketed_and_marks_the_right_hand_side(ax):
    colors = (figures.DATA, figures.PREDICTION)
    figures.matrix_table(ax, [[2, 1, 5], [1, 3, 10]], row_colors=colors, augmented=True, title="t")
    assert shown(ax) == ["2", "1", "5", "1", "3", "10"]
    assert [text.get_color() for text in ax.texts] == [colors[0]] * 3 + [colors[1]] * 3
    bar, left, right = (np.array(drawn.get_xydata()) for drawn in ax.lines)
    columns = [text.get_position()[0] for text in ax.texts[:3]]
    assert columns[1] < bar[0, 0] < columns[2]
    assert left[:, 0].min() < columns[0] and right[:, 0].max() > columns[2]
    assert ax.get_xlim() == (0, 1) and ax.get_title() == "t"
