import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from notebooklib import figures


@pytest.fixture
def ax():
    yield figures.new_figure("square")[1]
    plt.close("all")


@pytest.fixture
def grid():
    return np.meshgrid(np.linspace(-3, 3, 61), np.linspace(-2, 2, 41))


def lines_of(drawn):
    return [path.vertices for path in drawn.get_paths()]


def test_a_contour_line_keeps_its_height(ax, grid):
    x, y = grid
    figures.contours(ax, x, y, x**2 + y**2, [1, 2.25])
    for radius, line in zip((1, 1.5), lines_of(ax.collections[0]), strict=True):
        assert np.hypot(*line.T) == pytest.approx(radius, abs=2e-3)


def test_contours_end_with_the_grid_and_have_no_ticks(ax, grid):
    figures.contours(ax, *grid, grid[0], [0])
    assert (ax.get_xlim(), ax.get_ylim()) == ((-3, 3), (-2, 2))
    assert not ax.get_xticks().size and not ax.get_yticks().size


def test_contours_take_one_colour_and_are_solid_below_zero_too(ax, grid):
    figures.contours(ax, *grid, grid[0], [-1, 1], color=figures.INK)
    drawn = ax.collections[0]
    assert {to_hex(c) for c in drawn.get_edgecolor()} == {figures.INK}
    assert all(dashes is None for _, dashes in drawn.get_linestyle())


def test_a_signed_field_is_red_above_zero_and_blue_below(ax, grid):
    x, y = grid
    figures.signed_field(ax, x, y, x, [0.5, 1, 2])
    drawn = ax.collections[0]
    assert drawn.levels.tolist() == [-2, -1, -0.5, 0.5, 1, 2]
    red, _, blue, _ = np.array(drawn.get_facecolor()).T
    assert (blue[:3] > red[:3]).all() and (red[-3:] > blue[-3:]).all()
    assert abs(red[3] - blue[3]) < 0.01  # between the two innermost levels it is white


@pytest.mark.parametrize("levels", [[], [0, 1], [-1, 1], [2, 1]])
def test_signed_levels_are_positive_and_ascending(ax, grid, levels):
    with pytest.raises(ValueError, match="levels: expected (positive and ascending|at least one)"):
        figures.signed_field(ax, *grid, grid[0], levels)


def test_a_trajectory_passes_its_points_and_leaves_the_map_as_it_is(ax, grid):
    figures.contours(ax, *grid, grid[0], [0])
    figures.trajectory(ax, [(1, 1), (5, 0), (0, -1)])
    (line,) = ax.lines
    assert line.get_xydata().tolist() == [[1, 1], [5, 0], [0, -1]]
    assert (line.get_color(), line.get_marker()) == (figures.STEP, "o")
    assert (ax.get_xlim(), ax.get_ylim()) == ((-3, 3), (-2, 2))


def test_a_trajectory_can_mark_its_end_alone(ax):
    figures.trajectory(ax, [(0, 0), (1, 2), (2, 1)], color=figures.DATA, marker="s", end_only=True)
    line, end = ax.lines
    assert line.get_marker() == "None"
    assert (end.get_xydata().tolist(), end.get_marker()) == ([[2, 1]], "s")
    assert line.get_color() == end.get_color() == figures.DATA


def test_a_walk_that_flies_out_is_drawn_nearer_and_ends_where_it_overflows(ax):
    ax.set(xlim=(0, 1), ylim=(-1, 1))
    figures.trajectory(ax, [(0.5, 0), (0.2, -1e9), (np.inf, np.nan)])
    assert ax.lines[0].get_xydata().tolist() == [[0.5, 0], [0.2, -41]]
