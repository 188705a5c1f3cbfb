"""Heat maps and bars: what is drawn, in which colours, with which ink."""

import matplotlib
import numpy as np
import pytest

from notebooklib import figures
from notebooklib.figures.fields import contrast


@pytest.fixture
def ax():
    return figures.new_figure("square")[1]


def said(ax):
    return [text.get_text() for text in ax.texts]


def test_row_0_of_a_heat_map_is_on_top_and_its_cells_stand_at_whole_numbers(ax):
    figures.heat_map(ax, [[1, 2, 3], [4, 5, 6]], rows=["a", "b"], columns=range(1, 4))
    assert ax.get_xlim() == (-0.5, 2.5) and ax.get_ylim() == (1.5, -0.5)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "2", "3"]
    assert ax.get_yticks().tolist() == [0, 1]


def test_magnitudes_are_viridis_from_zero_and_signs_are_centred_on_zero(ax):
    figures.heat_map(ax, [[1, 4]])
    figures.heat_map(ax, [[-1, 4]], signed=True)
    plain, signed = ax.collections
    assert (plain.cmap.name, plain.norm.vmin, plain.norm.vmax) == ("viridis", 0, 4)
    assert (signed.cmap.name, signed.norm.vmin, signed.norm.vmax) == ("RdBu_r", -4, 4)


def test_the_limit_fixes_the_colours_whatever_the_values(ax):
    figures.heat_map(ax, [[0.25]], limit=1)
    assert ax.collections[0].norm.vmax == 1


def test_zeros_alone_do_not_divide_by_zero(ax):
    figures.heat_map(ax, np.zeros((2, 2)), numbers="{:.0f}")
    assert {text.get_color() for text in ax.texts} == {figures.ON_DARK}


@pytest.mark.parametrize("signed", [False, True])
def test_the_ink_of_each_number_stands_out_from_its_cell(ax, signed):
    values = np.linspace(-1 if signed else 0, 1, 60).reshape(6, 10)
    figures.heat_map(ax, values, signed=signed, limit=1, numbers="{:.1f}")
    cells = ax.collections[0]
    for text, value in zip(ax.texts, values.flat, strict=True):
        assert text.get_color() in (figures.ON_LIGHT, figures.ON_DARK)
        assert contrast(text.get_color(), cells.cmap(cells.norm(value))) > 4


def test_the_ink_does_not_turn_over_on_a_dark_page():
    from notebooklib.figures.style import DARK

    assert not {figures.ON_LIGHT, figures.ON_DARK} & set(DARK)


def test_contrast_is_that_of_wcag():
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_a_nan_leaves_its_cell_empty(ax):
    figures.heat_map(ax, [[1, np.nan]], numbers="{:.0f}")
    assert said(ax) == ["1"]
    assert ax.collections[0].get_array().mask.tolist() == [[False, True]]


def test_texts_may_be_given_and_an_empty_one_is_not_written(ax):
    figures.heat_map(ax, [[1, 0], [0, 1]], numbers=[["a", ""], ["", "b"]])
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [
        ("a", (0, 0)),
        ("b", (1, 1)),
    ]


def test_numbers_below_zero_have_a_true_minus_sign(ax):
    figures.heat_map(ax, [[-0.5]], signed=True, numbers="{:.1f}")
    figures.bars(ax, [-0.5], numbers="{:.1f}")
    assert said(ax) == ["−0.5", "−0.5"]


def test_a_frame_surrounds_its_cells(ax):
    figures.heat_map(ax, np.eye(4))
    figures.frame_cells(ax, 2, 1, height=2, width=3, color=figures.INK)
    frame = ax.patches[0]
    assert (*frame.get_xy(), frame.get_width(), frame.get_height()) == (0.5, 1.5, 3, 2)
    assert matplotlib.colors.to_hex(frame.get_edgecolor()) == figures.INK


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(values=[1, 2]), r"values: expected shape \(any, any\), got shape \(2,\)"),
        (dict(values=[[1, 2]], rows=["a", "b"]), "rows: expected 1 labels, got 2"),
        (dict(values=[[1, 2]], columns=["a"]), "columns: expected 2 labels, got 1"),
        (dict(values=[[1, 2]], numbers=[["a"]]), "numbers: expected 1 rows of 2 texts"),
    ],
)
def test_a_heat_map_says_what_does_not_fit(ax, arguments, message):
    with pytest.raises(ValueError, match=message):
        figures.heat_map(ax, **arguments)


def test_upright_bars(ax):
    figures.bars(ax, [0.25, 0.75], labels=["a", "b"], limit=1, numbers="{:.2f}")
    assert [(bar.get_height(), bar.get_x() + bar.get_width() / 2) for bar in ax.patches] == [
        (0.25, 0),
        (0.75, 1),
    ]
    assert said(ax) == ["0.25", "0.75"] and ax.get_ylim() == (0, 1)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b"]
    assert {matplotlib.colors.to_hex(bar.get_facecolor()).upper() for bar in ax.patches} == {
        figures.PREDICTION
    }


def test_of_lying_bars_the_first_is_on_top(ax):
    figures.bars(ax, [3, 1], labels=["a", ""], horizontal=True)
    assert [bar.get_width() for bar in ax.patches] == [3, 1]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert ax.get_yticks().tolist() == [0]


def test_bars_of_both_signs_stand_on_a_line_at_zero(ax):
    figures.bars(ax, [-1, 2], limit=3, numbers="{:g}", color=[figures.ERROR, figures.DATA])
    assert ax.get_ylim() == (-3, 3) and ax.lines[0].get_ydata()[0] == 0
    assert [text.get_va() for text in ax.texts] == ["top", "bottom"]
    assert matplotlib.colors.to_hex(ax.patches[0].get_facecolor()).upper() == figures.ERROR


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(values=[[1, 2]]), r"values: expected shape \(any\), got shape \(1, 2\)"),
        (dict(values=[1, 2], labels=["a"]), "labels: expected 2, got 1"),
    ],
)
def test_bars_say_what_does_not_fit(ax, arguments, message):
    with pytest.raises(ValueError, match=message):
        figures.bars(ax, **arguments)
